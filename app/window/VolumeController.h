// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "Preferences.h"
#include "base/Async.h"
#include "engine/VolumeRun.h"
#include "kit/Theme.h"

#include <QObject>
#include <QPointer>

namespace cairn::dialogs {
class VolumeDialog;
}

namespace cairn::app {

class ClusterSession;

/// Makes storage, and tries PVCs from two nodes, for whichever page asks. One dialog at a time; what was begun is the engine's and
/// goes on when the dialog is closed. GUI thread.
class VolumeController : public QObject {
    Q_OBJECT

public:
    /// All outlive it. Dialogs belong to `window`.
    VolumeController(Changes &changes, Preferences &preferences, QWidget *window);
    ~VolumeController() override;

    /// Null before the session ends.
    void setSession(ClusterSession *session);
    /// Opens the dialog; `name` is proposed.
    void make(const QString &ns, const QString &name);
    /// Asks for agreement, then tries. "ns/claim" is in proving() meanwhile. `image` and `pullSecrets` are proposed where no pod
    /// tells what can be run; "" for none.
    void prove(const QString &ns, const QString &claim, const QString &image = {}, const QStringList &pullSecrets = {});
    const QSet<QString> &proving() const { return m_proving; }

signals:
    /// The objects are there; the claim may still be unbound. `claim` is "" where the kind makes none.
    void made(const QString &ns, const QString &claim);
    void provingChanged();
    /// The result is on the claim, or could not be found out.
    void proven(const QString &ns, const QString &claim);
    void notice(cairn::kit::Tone tone, const QString &title, const QString &text);

private:
    void readOffers();
    void tryIt();
    void makeIt();
    void save(const QString &yaml);
    void showRun();
    void ask(const ckpt::ProofRequest &request);
    void run(const ckpt::ProofRequest &request);
    void leave(const QString &ns, const QString &claim);

    Changes &m_changes;
    Preferences &m_preferences;
    QWidget *m_window;
    ClusterSession *m_session = nullptr;
    QString m_ns; ///< of the dialog
    QPointer<dialogs::VolumeDialog> m_dialog;
    std::optional<VolumePlan> m_plan; ///< as the server tried it last
    std::shared_ptr<VolumeRun> m_run;
    QSet<QString> m_proving;
    async::Scope m_reading;
    async::Scope m_trying;
    async::Scope m_scope;
};

} // namespace cairn::app
