// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "Preferences.h"
#include "engine/BucketFlows.h"
#include "engine/Changes.h"
#include "engine/CheckpointReader.h"
#include "engine/ClusterSession.h"
#include "engine/Keychain.h"
#include "engine/LogStreamer.h"
#include "pages/JobPage.h"
#include "pages/WhyPanel.h"

#include <QTimer>
#include <optional>

namespace cairn::app {

class VerifyController;

/// One opened job: its checkpoints, logs, YAML and events on the Job page, and the wish to resume. GUI thread.
class JobController : public QObject
{
    Q_OBJECT

public:
    /// `http` asks buckets, `keychain` has keys for them; both outlive the flows (Engine waits for them).
    JobController(net::HttpClient &http, Keychain &keychain, Preferences &preferences, CheckpointReader &reader, pages::JobPage *page,
                  QObject *parent = nullptr);

    /// The changes that run here; outlive this.
    void setChanges(const Changes *changes);
    /// Nullptr when nothing is connected. The session must outlive its use here: pass nullptr before it goes.
    void setSession(ClusterSession *session);
    void open(const QString &uid);
    void close();
    QString current() const { return m_uid; }
    void setNow(const QDateTime &now);

    void readCheckpoints();

signals:
    void readingChanged(const QString &uid, bool reading);
    /// `checkpoint` is a path within the listing.
    void resumeRequested(const QString &uid, const QString &checkpoint);
    void recoverRequested(const QString &uid, bool finish);
    void notice(const QString &title, const QString &text, bool error);

private:
    void refresh();
    void showListing();
    void askForListing();
    /// Shows what a helper would run and asks for it.
    void askForHelper();
    void startListing(ListVia via);
    /// Lists the bucket, or asks first where its keys have not been agreed to.
    void listBucket();
    void beginReading();
    void endReading(const Result<JobListing> &listing, ListVia via);
    ckpt::Progress shownProgress();
    void showLocation();
    void showPending(const Job &job);
    void checkRights(const Job &job);
    void checkPatch(const Job &job);
    void startLogs();
    void readYaml();
    void onTab(pages::JobPage::Tab tab);
    /// Something happened to the job: why it does not start may be another reason now.
    void askWhySoon();
    void askWhy();
    void forgetWhy();
    void keepWhyFresh(const QDateTime &now);
    /// It does not run, and never did.
    static bool isStarting(const Job &job);
    const Job *job() const;

    net::HttpClient &m_http;
    Keychain &m_keychain;
    Preferences &m_preferences;
    CheckpointReader &m_reader;
    pages::JobPage *m_page;
    VerifyController *m_verify;
    const Changes *m_changes = nullptr;
    ClusterSession *m_session = nullptr;
    QString m_uid;
    std::unique_ptr<LogStreamer> m_logs;
    QHash<QString, int> m_logSources; ///< pod UID → source
    bool m_logsAwaited = false;       ///< they begin when a pod has started
    QString m_logContainer;           ///< of those that are followed
    QString m_askedImage;             ///< of the helper that is asked about; raw
    QString m_askedBucket;            ///< consent key of the question that is shown
    bool m_reading = false;
    pages::JobWhyView m_why;
    QTimer m_whySoon;
    std::chrono::milliseconds m_whyTook{0};
    QDateTime m_whyAsked; ///< when it was read last, or could not be
    async::Scope m_whyScope;
    std::optional<bool> m_rightsInPlace; ///< for which of the two ways the rights were asked; nullopt: not yet
    QDateTime m_now = QDateTime::currentDateTimeUtc();
    async::Scope m_listScope;
    async::Scope m_yamlScope;
    async::Scope m_scope;
};

} // namespace cairn::app
