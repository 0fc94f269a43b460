// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/Changes.h"
#include "engine/CheckpointReader.h"
#include "engine/ClusterSession.h"
#include "pages/JobsPage.h"

#include <QTimer>

namespace cairn::app {

/// What is done to the jobs that are selected on the Jobs page: asks what the user may do to them, and opens the dialogs.
/// GUI thread.
class JobActions : public QObject
{
    Q_OBJECT

public:
    /// All outlive it. Dialogs belong to `window`.
    JobActions(Changes &changes, CheckpointReader &reader, pages::JobsPage *page, QWidget *window);

    /// Nullptr when nothing is connected. The session must outlive its use here: pass nullptr before it goes.
    void setSession(ClusterSession *session);

signals:
    void notice(const QString &title, const QString &text, bool error);

private:
    QList<Job> jobsOf(const QStringList &keys) const;
    void begin(pages::SelectionBar::Act act, const QStringList &keys);
    void askRights();

    Changes &m_changes;
    CheckpointReader &m_reader;
    pages::JobsPage *m_page;
    QWidget *m_window;
    ClusterSession *m_session = nullptr;
    QTimer m_ask; ///< a selection that is still growing
    async::Scope m_scope;
};

/// Why the user may not do this to any of `jobs`; no entry where they may to one, or where the server did not say.
/// Blocking.
QHash<pages::SelectionBar::Act, QString> bulkRefusals(ObjectApi &api, const QList<ObjectRef> &jobs, std::stop_token stop);

} // namespace cairn::app
