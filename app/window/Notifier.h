// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "DesktopNotifications.h"
#include "Preferences.h"
#include "engine/ClusterSession.h"
#include "kit/Messages.h"
#include "situation/Alerts.h"

namespace cairn::app {

class Changes;
class CheckpointReader;
class HaController;
class HaRecorder;
class NodesController;
class StorageController;

/// Tells the user what changed for the worse: on the desktop, or in the window while it is in front or the hours are
/// quiet. Looks for checkpoints that are due, where that is wanted and allowed. GUI thread.
class Notifier : public QObject
{
    Q_OBJECT

public:
    /// All outlive this.
    Notifier(const NodesController &nodes, HaController &ha, StorageController &storage, HaRecorder &recorder, CheckpointReader &reader, Preferences &preferences,
             kit::ToastHost *toasts, QWidget *window);

    /// The changes that run here, of which nobody needs to be told; outlive this.
    void setChanges(const Changes *changes) { m_changes = changes; }
    /// nullptr before the session ends.
    void setSession(ClusterSession *session);
    void setNow(const QDateTime &now);
    /// Shows one that says it is a trial.
    void tryIt();
    DesktopNotifications &desktop() { return m_desktop; }

signals:
    /// The user wants to see what an alert is about.
    void showRequested(cairn::situation::AlertKind kind, const QString &target);

private:
    std::optional<QList<situation::NodeLoad>> lostNodes() const;
    QSet<QString> touched(const QDateTime &now) const;
    void tellOf(const situation::OverviewFacts &facts);
    void lookAtComponents();
    void tellLeaders(const QList<LeaderChange> &changes);
    void tell(const situation::Alert &alert);
    void toast(const QString &key, const QString &title, const QString &text, bool stays);
    static kit::Notice notice(const QString &key, const QString &title, const QString &text, bool stays);
    void withdrawSettled();
    void act(const QString &key);

    const NodesController &m_nodes;
    HaController &m_ha;
    StorageController &m_storage;
    HaRecorder &m_recorder;
    CheckpointReader &m_reader;
    Preferences &m_preferences;
    const Changes *m_changes = nullptr;
    kit::ToastHost *m_toasts;
    QWidget *m_window;
    ClusterSession *m_session = nullptr;
    DesktopNotifications m_desktop;
    situation::AlertWatch m_watch;
    QDateTime m_looked;
    QHash<QString, std::pair<situation::AlertKind, QString>> m_told; ///< by key of the notification
};

} // namespace cairn::app
