// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "Preferences.h"
#include "engine/CheckpointReader.h"
#include "engine/ClusterSession.h"
#include "engine/Keychain.h"
#include "engine/VerifyFlows.h"

#include <QElapsedTimer>
#include <QPointer>

namespace cairn::dialogs {
class CompareDialog;
class VerifyDialog;
} // namespace cairn::dialogs
namespace cairn::pages {
class JobPage;
}

namespace cairn::app {

/// Full reads and comparisons of the checkpoints of the job that is shown. One full read at a time; it goes on when its dialog or the job is
/// left, and ends with the session. GUI thread.
class VerifyController : public QObject
{
    Q_OBJECT

public:
    /// `http` and `keychain` as for JobController. `file` holds the results; empty: the usual place.
    VerifyController(net::HttpClient &http, Keychain &keychain, Preferences &preferences, CheckpointReader &reader, pages::JobPage *page,
                     const QString &file = {}, QObject *parent = nullptr);

    void setSession(ClusterSession *session);
    /// The job that the page shows; "" for none.
    void setJob(const QString &uid);

signals:
    void notice(const QString &title, const QString &text, bool error);

private:
    struct Running {
        QString uid;
        QString path;
        QString name;
        ckpt::VerifyState state;
        QElapsedTimer since;
    };
    void ask(const QString &path);
    void begin(const QString &uid, const QString &path, const QString &name);
    void told(const ckpt::VerifyState &state);
    void end(const Result<Verification> &result, const std::optional<Error> &trouble);
    void compare(const QString &a, const QString &b);
    void runComparison(const QString &uid, const QString &a, const QString &b, const QPointer<dialogs::CompareDialog> &dialog);
    /// Shows what earlier full reads came to.
    void readKept();
    /// Opens where the job saves; empty where nothing was listed.
    OpenShelf shelfOf(const QString &uid) const;
    /// A dialog that is open for this checkpoint.
    dialogs::VerifyDialog *dialogFor(const QString &uid, const QString &path) const;
    QString refusal() const;
    const Job *job(const QString &uid) const;
    static QString nameOf(const Checkpoint &checkpoint);

    net::HttpClient &m_http;
    Keychain &m_keychain;
    Preferences &m_preferences;
    CheckpointReader &m_reader;
    pages::JobPage *m_page;
    const std::shared_ptr<store::VerificationStore> m_store;
    ClusterSession *m_session = nullptr;
    QString m_uid;
    std::optional<Running> m_running;
    QPointer<dialogs::VerifyDialog> m_dialog;
    QString m_dialogUid;
    async::Scope m_keptScope;
    async::Scope m_compareScope;
    async::Scope m_scope; ///< of the full read
};

} // namespace cairn::app
