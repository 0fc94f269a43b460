// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "HaFlows.h"
#include "PageController.h"
#include "Preferences.h"
#include "components/Component.h"
#include "engine/ClusterSession.h"
#include "engine/HaRecorder.h"

#include <QPointer>
#include <optional>

namespace cairn::dialogs {
class AcceptDialog;
}
namespace cairn::pages {
class HaPage;
}

class QTimer;

namespace cairn::app {

class CheckpointReader;

/// Fills the High availability page. Its feeds run from the first time the page is opened until the session ends: most
/// people look at jobs only. They watch where Kubeflow lives, whatever namespaces the jobs are shown of. The audit reads whole
/// objects in a flow, while the page is shown: once, and again when what is watched has changed, at most every 15 s, else every 5 min. GUI thread.
class HaController : public ListController
{
    Q_OBJECT

public:
    /// All outlive it.
    HaController(const CheckpointReader &reader, Preferences &preferences, HaRecorder &recorder, QObject *parent);
    ~HaController() override;

    void setSession(ClusterSession *session) override;
    void open() override;
    void refresh() override;
    void setNow(const QDateTime &now) override;
    void select(const QString &key) override;
    /// The badge is how many critical and high findings count; before the first audit, how many components would fall with a node.
    void addActions(ActionRegistry &actions) override;
    /// nullptr until they were judged for the first time.
    const QList<components::Component> *components() const { return m_known ? &*m_known : nullptr; }

signals:
    /// The leader of this component is to be killed, to see who takes over; its key. Nothing was asked yet.
    void failoverRequested(const QString &component);
    /// These workloads are to be in the overlay; the wizard is wanted.
    void overlayRequested(const QList<cairn::audit::ObjectName> &workloads);

private:
    void judge();
    void showHistory();
    void showHistories();
    void showOffer();
    void auditSoon();
    void beginAudit(bool asked); ///< by somebody: who sees how it goes
    void readAcceptedAgain();
    void showReport();
    void showBadge();
    void answerWhatIf();
    void ask(const QList<audit::Finding> &findings);
    void renew(const QString &key);
    void withdraw(const QString &key);
    void change(const QString &path, const std::function<Result<>(audit::AcceptanceFile &file)> &edit, dialogs::AcceptDialog *dialog);
    void save(const QString &format);
    void showYaml(const audit::ObjectName &object);
    const audit::Acceptance *entryOf(const QString &key) const;

    const CheckpointReader &m_reader;
    Preferences &m_preferences;
    HaRecorder &m_recorder;
    pages::HaPage *m_page;
    ClusterSession *m_session = nullptr;
    ComponentFeeds *m_feeds = nullptr; ///< the session's; nullptr until opened
    QTimer *m_soon;   ///< changes come in bursts
    QDateTime m_judged; ///< leases age without any change
    std::optional<QList<components::Component>> m_known;
    QList<components::Component> m_judgedAs; ///< m_known without the times of leases

    std::shared_ptr<const Audited> m_audited; ///< nullptr until the first audit
    Accepted m_accepted;
    QList<audit::ObjectName> m_offered; ///< workloads that the button in front adds
    bool m_auditing = false;
    bool m_changed = true;   ///< since the last audit began
    bool m_held = false;     ///< cancelled, or it failed in a way that is no better in 15 s: until somebody asks
    QDateTime m_auditEnded;
    QString m_node;          ///< that what-if is asked about; "" for the one that stops most
    bool m_asking = false;
    QDateTime m_answered;    ///< when the last answer was begun
    async::Scope m_question;
    async::Scope m_histories;
    async::Scope m_audit;    ///< the one that runs
    async::Scope m_scope;
};

} // namespace cairn::app
