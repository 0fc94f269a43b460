// SPDX-License-Identifier: GPL-3.0-or-later
#include "JobsController.h"

#include "ActionRegistry.h"
#include "JobActions.h"
#include "JobController.h"
#include "JobEditController.h"
#include "ResumeController.h"
#include "base/Text.h"
#include "engine/BucketFlows.h"
#include "engine/CheckpointReader.h"
#include "engine/VerifyFlows.h"
#include "items/JobTableModel.h"
#include "jobs/LossOfWork.h"
#include "kube/Rights.h"
#include "manifest/Yaml.h"
#include "pages/JobPage.h"
#include "pages/JobsPage.h"
#include "pages/NamespaceSelector.h"

#include <QJsonArray>
#include <QJsonObject>

using namespace Qt::StringLiterals;

namespace cairn::app {
JobsController::JobsController(Engine &engine, Preferences &preferences, CheckpointReader &reader, QWidget *window)
    : JobsController(engine, preferences, reader, new pages::JobPage, window)
{
}

JobsController::JobsController(Engine &engine, Preferences &preferences, CheckpointReader &reader, pages::JobPage *job, QWidget *window)
    : ListController({u"jobs"_s, u"jobs"_s, tr("Jobs")}, new pages::JobsPage(job), window)
    , m_engine(engine)
    , m_preferences(preferences)
    , m_reader(reader)
    , m_window(window)
    , m_jobPage(job)
    , m_page(static_cast<pages::JobsPage *>(page()))
    , m_job(new JobController(engine.http(), engine.keychain(), preferences, reader, m_jobPage, this))
    , m_actions(new JobActions(engine.changes(), reader, m_page, window))
{
    wirePage();
    m_job->setChanges(&engine.changes());
    const auto setReading = [this](const QString &uid, bool reading) { m_page->model()->setReading(uid, reading); };
    connect(m_job, &JobController::readingChanged, this, setReading);
    connect(&m_reader, &CheckpointReader::readingChanged, this, setReading);
    connect(&m_reader, &CheckpointReader::changed, this, &JobsController::showCheckpoints);
    connect(m_job, &JobController::resumeRequested, this, &JobsController::resume);
    connect(m_job, &JobController::recoverRequested, this, &JobsController::recover);
    const auto tell = [this](const QString &title, const QString &text, bool error) {
        emit notice(error ? kit::Tone::Err : kit::Tone::Info, title, text);
    };
    connect(m_job, &JobController::notice, this, tell);
    connect(m_actions, &JobActions::notice, this, tell);
}

void JobsController::wirePage()
{
    using pages::JobsPage;
    connect(m_page, &JobsPage::jobOpened, m_job, &JobController::open);
    connect(m_page, &JobsPage::jobClosed, m_job, &JobController::close);
    connect(m_page, &JobsPage::logsRequested, this, [this](const QString &key) { showTab(key, pages::JobPage::Tab::Logs); });
    connect(m_page, &JobsPage::resumeRequested, this, [this](const QString &key) {
        m_page->openJob(key);
        resume(key, m_jobPage->selectedCheckpoint());
    });
    connect(m_page, &JobsPage::newJobRequested, this, [this] { go(u"launch"_s); });
    connect(m_page, &JobsPage::cloneRequested, this, &JobsController::cloneRequested);
    connect(m_jobPage, &pages::JobPage::cloneRequested, this, [this] { emit cloneRequested(m_page->currentJob()); });
    connect(m_jobPage, &pages::JobPage::newJobRequested, this,
            [this](const QString &checkpoint) { emit newJobRequested(m_page->currentJob(), checkpoint); });
    connect(m_page, &JobsPage::fileDropped, this, &JobsController::fileDropped);
    connect(m_page, &JobsPage::textDropped, this, &JobsController::textDropped);
    connect(m_page, &JobsPage::dropRefused, this, [this](const QString &why) { emit notice(kit::Tone::Warn, tr("Nothing was opened"), why); });
    connect(m_page, &JobsPage::jobActRequested, this, &JobsController::act);
    connect(m_jobPage, &pages::JobPage::actRequested, this, [this](pages::JobAct which) { act(which, m_page->currentJob()); });
    connect(m_page, &JobsPage::namespacesChanged, this, &JobsController::namespacesWanted);
    connect(m_jobPage, &pages::JobPage::openJobRequested, m_page, &JobsPage::openJob);
    const auto copied = [this](const QString &what) { emit notice(kit::Tone::Info, tr("Copied: %1").arg(what), {}); };
    connect(m_page, &JobsPage::copied, this, copied);
    connect(m_jobPage, &pages::JobPage::copied, this, copied);
}

void JobsController::setSession(ClusterSession *session)
{
    if (m_session) {
        m_session->disconnect(this);
        m_session->jobs().disconnect(this);
    }
    m_session = session;
    m_job->setSession(session);
    m_actions->setSession(session);
    m_openWhenSeen.clear();
    m_launched.clear();
    if (!session)
        return;
    m_page->closeJob();
    m_page->model()->setJobs({});
    m_page->namespaces()->setSelected({});
    store::JobStore &jobs = session->jobs();
    connect(&jobs, &store::StoreSignals::changed, this, [this](const store::StoreChange &change) {
        m_page->model()->applyDelta(m_session->jobs().delta(change));
        for (const QString &uid : change.added) {
            showCheckpoints(uid);
            if (m_openWhenSeen.remove(uid))
                openSeen(uid);
        }
    });
    connect(&jobs, &store::StoreSignals::stateChanged, this, &JobsController::showFeed);
    connect(session, &ClusterSession::factsChanged, this, [this] {
        const kube::Cluster::Namespaces &known = m_session->namespaces();
        m_page->namespaces()->setNamespaces(known.names);
        m_page->namespaces()->setListRefusal(known.complete ? QString() : known.error.what);
    });
    showFeed();
}

void JobsController::showCheckpoints(const QString &uid)
{
    if (const CheckpointReader::Known *known = m_reader.known(uid))
        m_page->model()->setCheckpoints(uid, items::summarize(known->listing.listing));
}

void JobsController::showFeed()
{
    const FeedState state = m_session->jobs().jobsState();
    const QString ns = m_session->watched().value(0, m_session->cluster().defaultNamespace());
    m_page->setFeed(state, state.phase == FeedState::Phase::Forbidden ? manifest::toYaml(kube::roleFor(u"cairn-view"_s, ns, kube::needs::viewJobs())) : QString());
}

void JobsController::refresh()
{
    if (m_session)
        m_session->retryNow();
}

void JobsController::setNow(const QDateTime &now)
{
    m_page->setNow(now);
    m_job->setNow(now);
}

void JobsController::select(const QString &uid)
{
    if (m_session && !m_session->jobs().find(uid)) {
        m_openWhenSeen.insert(uid, {}); // it was just made: the watch tells of it next
        return;
    }
    openSeen(uid);
}

void JobsController::showLaunched(const QString &uid)
{
    m_launched = uid;
    select(uid);
}

void JobsController::openSeen(const QString &uid)
{
    m_page->openJob(uid);
    if (uid.isEmpty() || uid != m_launched)
        return;
    m_launched.clear();
    m_jobPage->showTab(pages::JobPage::Tab::Events);
}

void JobsController::showTab(const QString &uid, pages::JobPage::Tab tab)
{
    m_page->openJob(uid);
    m_jobPage->showTab(tab);
}

void JobsController::addActions(ActionRegistry &actions)
{
    using items::PaletteEntry;
    actions.addSource(u"namespace"_s,
                      [this] {
                          QList<PaletteEntry> list;
                          if (!m_session)
                              return list;
                          const auto add = [&](const QString &name, const QString &text) {
                              list.append({u"namespace:"_s + name, PaletteEntry::Kind::Namespace, u"namespace"_s, text, {}, {}, {}, false});
                          };
                          add({}, tr("Show all namespaces"));
                          for (const QString &name : m_session->namespaces().names)
                              add(name, tr("Show only namespace %1").arg(text::safe(name)));
                          return list;
                      },
                      [this](const QString &name, bool) {
                          const QStringList names = name.isEmpty() ? QStringList() : QStringList{name};
                          m_page->namespaces()->setSelected(names);
                          emit namespacesWanted(names);
                      });
    // The palette makes these for each job that it finds.
    actions.addSource(u"open"_s, {}, [this](const QString &uid, bool) { goToJob(uid); });
    actions.addSource(u"resume"_s, {}, [this](const QString &uid, bool) {
        goToJob(uid);
        resume(uid, {});
    });
    const auto tab = [this](pages::JobPage::Tab which) {
        return [this, which](const QString &uid, bool) {
            goToJob(uid);
            m_jobPage->showTab(which);
        };
    };
    actions.addSource(u"logs"_s, {}, tab(pages::JobPage::Tab::Logs));
    actions.addSource(u"yaml"_s, {}, tab(pages::JobPage::Tab::Yaml));
    actions.addKeys(tr("Jobs"), {{u"R"_s, tr("Resume…")},
                                 {u"L"_s, tr("Logs of the job")},
                                 {u"V"_s, tr("Verify the checkpoint fully…")},
                                 {u"C"_s, tr("Compare the two checked checkpoints…")},
                                 {u"Del"_s, tr("Delete the selected jobs…")},
                                 {u"Menu"_s, tr("All actions for them")}});
    actions.addKeys(tr("Logs"), {{u"F"_s, tr("Follow the log")}, {u"N"_s, tr("Next hit")}, {u"Shift N"_s, tr("Previous hit")}, {u"E"_s, tr("Next error")}});
}

void JobsController::act(pages::JobAct which, const QString &uid)
{
    const Job *job = m_session ? m_session->jobs().find(uid) : nullptr;
    if (!job)
        return;
    switch (which) {
    case pages::JobAct::Scale: new ScaleController(m_engine.changes(), m_session->sharedCluster(), job->ref(), m_window); break; // deletes itself
    case pages::JobAct::Edit: new EditController(m_engine.changes(), m_session->sharedCluster(), job->ref(), m_window); break;
    case pages::JobAct::Convert: emit convertRequested(uid); break;
    }
}

void JobsController::resume(const QString &uid, const QString &checkpoint)
{
    begin(uid, checkpoint, jobs::Act::Resume);
}

void JobsController::startFromWeights(const QString &uid, const QString &checkpoint)
{
    begin(uid, checkpoint, jobs::Act::StartFromWeights);
}

void JobsController::begin(const QString &uid, const QString &checkpoint, jobs::Act act)
{
    const Job *job = m_session ? m_session->jobs().find(uid) : nullptr;
    const CheckpointReader::Known *known = m_reader.known(uid);
    if (!job || !known) {
        emit notice(kit::Tone::Info, tr("The checkpoints are not read yet"), tr("Read the list first, then choose one."));
        return;
    }
    const auto [read, looksDone] = readingFor(known->via);
    ResumeController *resume = newResume();
    connect(resume, &ResumeController::listed, this, [this, via = known->via](const QString &of, const JobListing &listing) { m_reader.put(of, {listing, via}); });
    resume->plan(*job, known->listing, read, looksDone, checkpoint, act);
}

JobsController::Reading JobsController::readingFor(ListVia via)
{
    const std::shared_ptr<kube::Cluster> cluster = m_session->sharedCluster();
    if (via == ListVia::Bucket) {
        const QStringList allowed = m_preferences.allowedBuckets();
        return {[cluster, server = m_session->server(),
                 read = agreedBucket(m_engine.http(), m_engine.keychain(), *cluster, m_session->server(), {allowed.begin(), allowed.end()})](
                    const JobDetail &now, std::stop_token stop, const ckpt::Progress &progress) {
                    return withFoundDamage(read(now, stop, progress), *cluster, server, now.job, stop);
                },
                {}};
    }
    // One helper for all looks of this resume: to start one takes seconds, for which the job would stand still.
    const auto held = holdHelper(cluster);
    return {[cluster, held, via, server = m_session->server(), consent = m_preferences.helperConsent(m_session->server())](
                const JobDetail &now, std::stop_token stop, const ckpt::Progress &progress) {
                return withFoundDamage(readCheckpoints(*cluster, now.job, now.pods, via, stop, progress,
                                                       [&](const ckpt::HelperPod &request) { return consent.check(request); }, held),
                                       *cluster, server, now.job, stop);
            },
            [held] { endHelper(held); }};
}

void JobsController::recover(const QString &uid, bool finish)
{
    const Job *job = m_session ? m_session->jobs().find(uid) : nullptr;
    if (!job)
        return;
    // What was whole when the change began may be gone since.
    const bool bucket = savesToBucket(ckpt::locate(*job));
    Reading reading;
    if (finish && (bucket || m_preferences.helperAllowed(m_session->server(), job->ns)))
        reading = readingFor(bucket ? ListVia::Bucket : ListVia::Helper);
    newResume()->recover(*job, finish, reading.read, reading.looksDone);
}

ResumeController *JobsController::newResume()
{
    auto *resume = new ResumeController(m_engine.changes(), m_session->sharedCluster(), m_window);
    connect(resume, &ResumeController::applied, this, [this](const ObjectRef &target) {
        if (!m_session)
            return;
        if (m_session->jobs().find(target.uid))
            m_page->openJob(target.uid);
        else
            m_openWhenSeen.insert(target.uid, target);
        m_job->readCheckpoints();
    });
    connect(resume, &ResumeController::logsRequested, this, [this](const ObjectRef &target) {
        showTab(target.uid, pages::JobPage::Tab::Logs);
    });
    return resume;
}

} // namespace cairn::app
