// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Async.h"
#include "dialogs/BulkView.h"
#include "engine/BulkFlows.h"

#include <QObject>
#include <QPointer>
#include <QTimer>

namespace cairn::dialogs {
class BulkDialog;
}

namespace cairn::app {

/// One bulk dialog from the first look at the jobs to the last result. Deletes itself with its dialog; work that was
/// begun goes on when the dialog is closed. GUI thread.
class BulkController : public QObject
{
    Q_OBJECT

public:
    /// `jobs` belong to `targets`, in the same order.
    BulkController(std::shared_ptr<ObjectApi> api, jobs::BulkAct act, const QList<Job> &jobs, const QList<BulkTarget> &targets,
                   QWidget *window);
    ~BulkController() override;

signals:
    /// The work ended after the dialog was closed.
    void ended(const QString &title, const QString &text, bool error);

private:
    void look();
    void act();
    void onItems(const Result<QList<jobs::BulkItem>> &items);
    void onResults(const QList<jobs::BulkResult> &results);
    void show();
    void showSoon();

    const std::shared_ptr<ObjectApi> m_api;
    const QList<Job> m_jobs;
    const QList<BulkTarget> m_targets;
    QPointer<dialogs::BulkDialog> m_dialog;
    dialogs::BulkView m_view;
    QList<jobs::BulkItem> m_items;
    QTimer m_later; ///< a table of thousands is not laid out for every one of them
    std::stop_source m_stop; ///< the user's Stop; unlike the end of a scope it lets the results through
    async::Scope m_looking;
    async::Scope m_acting;
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
