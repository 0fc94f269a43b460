// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Async.h"
#include "engine/JobChangeRun.h"
#include "engine/JobEditFlows.h"

#include <QPointer>
#include <QTimer>

namespace cairn::dialogs {
class ChangeDialog;
class EditDialog;
class ScaleDialog;
} // namespace cairn::dialogs

namespace cairn::app {

class SchemaProvider;

/// One dialog that changes one job, from the first look to the end. Deletes itself with its dialog; what was begun is the
/// engine's and goes on. GUI thread.
class JobChangeController : public QObject {
    Q_OBJECT

public:
    ~JobChangeController() override;

protected:
    JobChangeController(Changes &changes, std::shared_ptr<ObjectApi> api, const ObjectRef &job, QWidget *window);
    void show(dialogs::ChangeDialog *dialog);
    /// Carries it out and shows it.
    void carryOut(const change::Change &change, const QString &title);
    /// Asks what would come of what is in the dialog.
    virtual void ask() = 0;

    Changes &m_changes;
    const std::shared_ptr<ObjectApi> m_api;
    const ObjectRef m_job;
    async::Scope m_scope;
    async::Scope m_asking; ///< a newer question takes its place
    QTimer m_soon;         ///< until ask(): something is still being typed

private:
    void showProgress();

    QPointer<dialogs::ChangeDialog> m_shown;
    std::shared_ptr<JobChangeRun> m_run;
};

class ScaleController : public JobChangeController {
    Q_OBJECT

public:
    ScaleController(Changes &changes, std::shared_ptr<ObjectApi> api, const ObjectRef &job, QWidget *window);

private:
    void ask() override;

    QPointer<dialogs::ScaleDialog> m_dialog;
    std::optional<int> m_workers;
    std::optional<JobScale> m_scale;
};

class EditController : public JobChangeController {
    Q_OBJECT

public:
    EditController(Changes &changes, std::shared_ptr<ObjectApi> api, const ObjectRef &job, QWidget *window);
    ~EditController() override;

private:
    void read();
    void ask() override;

    QPointer<dialogs::EditDialog> m_dialog;
    std::unique_ptr<SchemaProvider> m_provider;
    QJsonObject m_base; ///< as the edit began
    std::optional<JobEdit> m_edit;
};

} // namespace cairn::app
