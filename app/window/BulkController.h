// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Async.h"
#include "dialogs/BulkView.h"
#include "engine/BulkFlows.h"
#include "engine/Changes.h"

#include <QObject>
#include <QPointer>
#include <QTimer>

namespace cairn::dialogs {
class BulkDialog;
}

namespace cairn::app {

/// One bulk dialog from the first look at the jobs to the last result. Deletes itself with its dialog; what was begun is the
/// engine's and goes on. GUI thread.
class BulkController : public QObject
{
    Q_OBJECT

public:
    /// `jobs` belong to `targets`, in the same order.
    BulkController(Changes &changes, std::shared_ptr<ObjectApi> api, jobs::BulkAct act, const QList<Job> &jobs,
                   const QList<BulkTarget> &targets, QWidget *window);
    ~BulkController() override;

private:
    void look();
    void act();
    void onItems(const Result<QList<jobs::BulkItem>> &items);
    void showResult(int index);
    void countResults();
    void show();
    void showSoon();

    Changes &m_changes;
    const std::shared_ptr<ObjectApi> m_api;
    const QList<Job> m_jobs;
    const QList<BulkTarget> m_targets;
    QPointer<dialogs::BulkDialog> m_dialog;
    dialogs::BulkView m_view;
    QList<jobs::BulkItem> m_items;
    QTimer m_later; ///< a table of thousands is not laid out for every one of them
    std::shared_ptr<BulkRun> m_run; ///< once it was begun
    async::Scope m_looking;
};

/// The jobs' YAML into a file that the user names. Deletes itself when that is done or refused. GUI thread.
class SaveYamlController : public QObject
{
    Q_OBJECT

public:
    SaveYamlController(std::shared_ptr<ObjectApi> api, const QList<ObjectRef> &jobs, QWidget *window);

signals:
    void ended(const QString &title, const QString &text, bool error);

private:
    void save(const QString &path, bool whole);

    const std::shared_ptr<ObjectApi> m_api;
    const QList<ObjectRef> m_jobs;
    async::Scope m_scope;
};

} // namespace cairn::app
