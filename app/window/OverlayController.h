// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "PageController.h"
#include "audit/Scene.h"
#include "checkpoints/HelperJob.h"
#include "engine/ClusterSession.h"
#include "engine/OverlayFlows.h"
#include "overlay/Folder.h"
#include "overlay/Plan.h"
#include "overlay/Settings.h"

#include <QPointer>

namespace cairn::dialogs {
class AskDialog;
class PlanDialog;
struct PlanView;
} // namespace cairn::dialogs
namespace cairn::pages {
class OverlayPage;
struct OverlayResult;
} // namespace cairn::pages

class QTimer;

namespace cairn::app {

class Changes;
class OverlayRun;

/// The wizard that makes Kubeflow highly available. It reads the cluster when it is opened, works out what follows from each
/// choice in a flow, keeps the settings as a draft, and in the end saves the folder, copies commands, or applies them as a change
/// of the engine. GUI thread.
class OverlayController : public PageController
{
    Q_OBJECT

public:
    OverlayController(Changes &changes, QObject *parent);
    ~OverlayController() override;

    void setSession(ClusterSession *session) override;
    /// What a session is to the wizard; nullptr for none. `context` is shown.
    void setCluster(std::shared_ptr<ObjectApi> cluster, const QString &server, const QString &context);
    void open() override;
    void focus() override;
    void refresh() override;
    void setNow(const QDateTime &now) override;
    QWidget *sidebar() const override;
    /// Finishes a recorded change that is not done, or rolls it back; by its OpenChange::key.
    void recover(const QString &key, bool finish);
    /// Shows the wizard with these workloads taken in, beside whatever the draft has.
    void include(const QList<audit::ObjectName> &workloads);

private:
    /// `quietly`: what was worked out stays until it is read.
    void readScene(bool quietly = false);
    void readWhatIsOld();
    void workOut();
    void keepDraft();
    void takeWanted();
    void askKustomize();
    void compare(const QString &path);
    void settle(const QString &path, const overlay::Settlement &choice);
    void correct(qsizetype landing);
    void correctChoice(const audit::ObjectName &workload, const audit::ObjectName &nearest);
    void askDiscard();
    void discard();
    void chooseFolder();
    void save();
    void copy();
    void apply();
    void tryOut(const std::function<QList<change::Check>(std::stop_token)> &ask);
    void showRecorded(const RecordedChange &recorded, bool finish);
    void openDialog();
    void makeRun(const QString &title);
    void showProgress();
    void updateApply();
    void test(const QString &id, bool fromCluster);
    void runTest(const QString &id, bool fromCluster, const QString &agreed);
    /// A service of the settings as they are; nothing where it is not chosen or the cluster was not read.
    std::optional<overlay::Outside> outside(const QString &id) const;
    /// The overlay as a plan, with the services whose Secrets are written.
    struct Planned {
        std::shared_ptr<const overlay::Apply> apply;
        QMap<QString, Secret> secrets; ///< change::Options::secrets
    };
    void begin(const Planned &planned);
    void showPlan(const Planned &planned);

    Changes &m_changes;
    pages::OverlayPage *m_page;
    std::shared_ptr<ObjectApi> m_cluster; ///< nullptr without a session
    QString m_context;
    std::shared_ptr<const audit::Scene> m_scene; ///< nullptr until read
    std::shared_ptr<const pages::OverlayResult> m_result;
    QString m_draft;    ///< its file
    QString m_folder;   ///< to save in; "" until chosen
    QDateTime m_kept;   ///< when the draft was written
    bool m_reading = false;
    bool m_keeping = false; ///< the draft is being written
    bool m_saves = false; ///< as soon as it is worked out for m_folder
    bool m_warned = false; ///< that files in m_folder were edited by hand: the next Save is meant so
    QList<audit::ObjectName> m_wanted; ///< to be taken in as soon as the cluster is read
    QHash<QString, overlay::Settlement> m_settlements; ///< by path in m_folder
    QTimer *m_soon, *m_keepSoon;
    QPointer<dialogs::PlanDialog> m_dialog;
    std::unique_ptr<dialogs::PlanView> m_view;
    std::shared_ptr<OverlayRun> m_run; ///< the last one
    async::Scope m_working; ///< what follows from the settings; a newer one takes its place
    async::Scope m_trying;
    async::Scope m_building; ///< what kustomize says of m_result
    async::Scope m_merging;
    async::Scope m_testing; ///< one service at a time
    QString m_tested;       ///< that one; "" for none
    std::optional<ckpt::HelperPod> m_asked; ///< the pod that may be created for it
    async::Scope m_scope;
};

} // namespace cairn::app
