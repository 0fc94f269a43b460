// SPDX-License-Identifier: GPL-3.0-or-later
#include "JobController.h"

#include "LogStart.h"
#include "VerifyController.h"
#include "base/Names.h"
#include "base/Text.h"
#include "engine/VerifyFlows.h"
#include "jobs/ShownOnly.h"
#include "jobs/Unfinished.h"
#include "kube/Rights.h"
#include "manifest/Prune.h"
#include "manifest/Yaml.h"
#include "pages/LogPane.h"

#include <QJsonArray>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

/// How old the list of an open, running job may get before it is read again by itself.
constexpr auto listingMaxAge = std::chrono::seconds(60);

} // namespace

JobController::JobController(net::HttpClient &http, Keychain &keychain, Preferences &preferences, CheckpointReader &reader, pages::JobPage *page, QObject *parent)
    : QObject(parent)
    , m_http(http)
    , m_keychain(keychain)
    , m_preferences(preferences)
    , m_reader(reader)
    , m_page(page)
    , m_verify(new VerifyController(http, keychain, preferences, reader, page, {}, this))
{
    connect(m_verify, &VerifyController::notice, this, &JobController::notice);
    m_whySoon.setSingleShot(true);
    connect(&m_whySoon, &QTimer::timeout, this, &JobController::askWhy);
    connect(page, &pages::JobPage::whyRequested, this, &JobController::askWhy);
    connect(&reader, &CheckpointReader::changed, this, [this](const QString &uid) {
        if (uid == m_uid && m_reader.known(uid))
            showListing();
    });
    using pages::JobPage;
    connect(page, &JobPage::tabShown, this, &JobController::onTab);
    connect(page, &JobPage::resumeRequested, this, [this](const QString &checkpoint) { emit resumeRequested(m_uid, checkpoint); });
    connect(page, &JobPage::readAgainRequested, this, &JobController::readCheckpoints);
    connect(page, &JobPage::cancelListingRequested, this, [this] {
        m_listScope.cancel();
        m_reading = false;
        emit readingChanged(m_uid, false);
        showListing();
    });
    connect(page, &JobPage::helperAllowed, this, [this] {
        if (const Job *shown = job()) {
            m_preferences.allowHelper(m_session->server(), shown->ns, m_askedImage);
            m_page->setListingConsent(std::nullopt);
            startListing(ListVia::Helper);
        }
    });
    connect(page, &JobPage::execChosen, this, [this] {
        m_page->setListingConsent(std::nullopt);
        startListing(ListVia::Exec);
    });
    connect(page, &JobPage::bucketAllowed, this, [this] {
        m_preferences.allowBucket(m_askedBucket);
        m_page->setListingConsent(std::nullopt);
        listBucket();
    });
    connect(page, &JobPage::saveLocationCorrected, this, [this](const QString &path) {
        const Job *shown = job();
        if (!shown)
            return;
        m_scope.run(
            this,
            [cluster = m_session->sharedCluster(), ref = shown->ref(), path](std::stop_token stop) {
                return correctSaveLocation(*cluster, ref, path, stop);
            },
            [this](const Result<> &done) {
                if (!done)
                    emit notice(tr("The folder could not be remembered on the job"), done.error().oneLine(), true);
                else
                    m_reader.forget(m_uid); // the watch brings the annotation, and with it a new reading
            });
    });
    connect(page, &JobPage::bucketServerNamed, this, [this](const QString &server) {
        const Job *shown = job();
        if (!shown)
            return;
        m_page->setListingRunning(tr("Remembering the server…"));
        m_listScope.run(
            this, [cluster = m_session->sharedCluster(), ref = shown->ref(), server](std::stop_token stop) { return nameEndpoint(*cluster, ref, server, stop); },
            [this](const Result<> &done) {
                if (done)
                    listBucket(); // asks first whether the keys may go there
                else
                    m_page->setListingError(done.error(), pages::JobPage::Ask::Server);
            });
    });
    connect(page, &JobPage::finishResumeRequested, this, [this] { emit recoverRequested(m_uid, true); });
    connect(page, &JobPage::undoResumeRequested, this, [this] { emit recoverRequested(m_uid, false); });
    connect(page, &JobPage::yamlRetryRequested, this, &JobController::readYaml);
    connect(page->logs(), &pages::LogPane::previousToggled, this, &JobController::startLogs);
    connect(page->logs(), &pages::LogPane::retryRequested, this, &JobController::startLogs);
}

void JobController::setSession(ClusterSession *session)
{
    close();
    if (m_session)
        m_session->jobs().disconnect(this);
    m_session = session;
    m_verify->setSession(session);
    if (!session)
        return;
    connect(&session->jobs(), &store::StoreSignals::changed, this, [this](const store::StoreChange &change) {
        if (change.removed.contains(m_uid))
            m_page->setNoJob(tr("The job was deleted."));
        else if (change.changed.contains(m_uid) || change.added.contains(m_uid))
            refresh();
    });
    connect(&session->jobs(), &store::JobStore::podsChanged, this, [this](const QSet<QString> &uids) {
        if (!uids.contains(m_uid))
            return;
        const QList<Pod> pods = m_session->jobs().podsOf(m_uid);
        m_page->setPods(pods);
        askWhySoon();
        if (m_logsAwaited && std::ranges::any_of(pods, hasStarted)) {
            startLogs();
            return;
        }
        if (!m_logs || m_page->logs()->isPrevious())
            return;
        // A pod that appeared while its job's logs are followed joins them.
        for (const Pod &pod : pods) {
            if (!m_logSources.contains(pod.uid) && m_logSources.size() < LogStreamer::maxPods) {
                const int source = m_page->logs()->addPod(pod.name);
                m_logSources.insert(pod.uid, source);
                m_logs->follow(source, pod, m_logContainer);
            }
        }
    });
    connect(&session->jobs(), &store::JobStore::eventsChanged, this, [this](const QSet<QString> &uids) {
        if (!uids.contains(m_uid))
            return;
        m_page->setEvents(m_session->jobs().eventsOf(m_uid));
        askWhySoon();
    });
}

const Job *JobController::job() const
{
    return m_session ? m_session->jobs().find(m_uid) : nullptr;
}

void JobController::open(const QString &uid)
{
    if (uid == m_uid)
        return;
    close();
    m_uid = uid;
    const Job *shown = job();
    if (!shown) {
        m_page->setNoJob(tr("The job no longer exists."));
        return;
    }
    refresh();
    checkPatch(*shown);
    m_page->setPods(m_session->jobs().podsOf(uid));
    m_page->setEvents(m_session->jobs().eventsOf(uid));
    const FeedState &events = m_session->jobs().eventsState();
    m_page->setEventsRefusal(events.phase == FeedState::Phase::Forbidden ? events.error.oneLine() : QString());
    if (m_reader.known(uid))
        showListing();
    else
        askForListing();
    m_verify->setJob(uid);
    onTab(m_page->tab());
}

void JobController::close()
{
    m_listScope.cancel();
    m_yamlScope.cancel();
    m_scope.cancel();
    forgetWhy();
    m_logs.reset();
    m_logSources.clear();
    m_logsAwaited = false;
    if (m_reading)
        emit readingChanged(m_uid, false);
    m_reading = false;
    m_rightsInPlace.reset();
    m_askedBucket.clear();
    m_uid.clear();
    m_verify->setJob({});
}

void JobController::refresh()
{
    const Job *shown = job();
    if (!shown)
        return;
    std::optional<items::CheckpointSummary> summary;
    if (const CheckpointReader::Known *listing = m_reader.known(m_uid))
        summary = items::summarize(listing->listing.listing);
    m_page->setNow(m_now);
    m_page->setJob(*shown, summary);
    const Job *parent = m_session->jobs().find(shown->lineage.parentUid);
    m_page->setParentKey(parent ? items::jobKey(*parent) : QString());
    showLocation();
    showPending(*shown);
    checkRights(*shown);
    askWhySoon();
}

void JobController::showLocation()
{
    const Job *shown = job();
    const ckpt::SaveLocation location = ckpt::locate(*shown);
    items::SaveLocation view;
    view.path = text::safe(location.kind == ckpt::SaveLocation::Kind::Remote ? location.uri : location.place.containerPath);
    view.claim = text::safe(location.place.claim);
    view.guessed = location.guessed();
    view.corrected = location.origin == ckpt::SaveLocation::Origin::Annotation;
    view.reason = location.guessed() ? tr("It is guessed from %1.").arg(text::safe(location.from)) : location.reason;
    m_page->setSaveLocation(view);
}

void JobController::setChanges(const Changes *changes)
{
    m_changes = changes;
    connect(changes, &Changes::changed, this, [this] {
        if (const Job *shown = job())
            showPending(*shown);
    });
}

void JobController::showPending(const Job &shown)
{
    const auto unfinished = jobs::unfinishedChange(shown);
    if (!unfinished) {
        m_page->setPendingResume(std::nullopt);
        return;
    }
    items::PendingResume view;
    view.canFinish = view.canUndo = false;
    if (m_changes && m_changes->jobs().contains(shown.uid)) {
        view.text = tr("A change to this job is in progress.");
    } else if (!unfinished->canAct()) {
        view.text = tr("This job carries the record of a resume that cannot be read.");
        view.detail = unfinished->problem;
    } else {
        const jobs::ResumeState &state = *unfinished->record;
        view.canFinish = view.canUndo = true;
        view.text = tr("A resume that started %1 was not finished.").arg(text::ago(state.begun, m_now));
        view.detail = tr("From %1; it is now: %2. Finish continues from there, Roll back restores the job as it was.")
                          .arg(text::safe(state.checkpoint), jobs::phaseText(state.phase));
    }
    m_page->setPendingResume(view);
}

/// Once for each job that is opened: whether the acts that change it are worth asking for.
void JobController::checkPatch(const Job &shown)
{
    m_page->setPatchRefusal({});
    const ResourceKind &kind = shown.facts().resource;
    m_scope.run(
        this,
        [cluster = m_session->sharedCluster(), query = AccessQuery{u"patch"_s, kind.group, kind.plural, {}, shown.ns, {}}](
            std::stop_token stop) { return cluster->may(query, stop); },
        [this, plural = kind.plural, ns = shown.ns, uid = m_uid](const Result<AccessAnswer> &answer) {
            if (uid == m_uid && answer && !answer->allowed)
                m_page->setPatchRefusal(tr("You don't have permission to %1 %2 in namespace %3.").arg(u"patch"_s, plural, text::safe(ns)));
        });
}

void JobController::checkRights(const Job &shown)
{
    if (const ckpt::SaveLocation location = ckpt::locate(shown); location.kind == ckpt::SaveLocation::Kind::Remote && !savesToBucket(location)) {
        m_rightsInPlace.reset();
        m_page->setResumeRefusal(location.reason);
        return;
    }
    if (const change::Note refusal = jobs::shownOnly(shown.kind); !refusal.id.isEmpty()) {
        m_rightsInPlace.reset();
        m_page->setResumeRefusal(refusal.text + u' ' + refusal.fix);
        return;
    }
    // In place needs patch; a new job, which an unfinished one may become as well, needs create.
    const bool inPlace = shown.canGoOnInPlace();
    if (m_rightsInPlace == inPlace)
        return;
    m_rightsInPlace = inPlace;
    const ResourceKind &kind = shown.facts().resource;
    QList<AccessQuery> queries{{u"create"_s, kind.group, kind.plural, {}, shown.ns, {}}};
    if (inPlace)
        queries.prepend({u"patch"_s, kind.group, kind.plural, {}, shown.ns, {}});
    m_scope.run(
        this,
        [cluster = m_session->sharedCluster(), queries](std::stop_token stop) {
            // What cannot be asked is not refused: the server has the last word when it comes to it.
            for (const AccessQuery &query : queries) {
                const Result<AccessAnswer> answer = cluster->may(query, stop);
                if (!answer || answer->allowed)
                    return true;
            }
            return false;
        },
        [this, query = queries.first()](bool may) {
            m_page->setResumeRefusal(may ? QString()
                                         : tr("You don't have permission to %1 %2 in namespace %3.").arg(query.verb, query.resource, text::safe(query.ns)));
        });
}

void JobController::readCheckpoints()
{
    const CheckpointReader::Known *before = m_reader.known(m_uid);
    if (before && before->via != ListVia::Bucket)
        startListing(before->via);
    else
        askForListing();
}

void JobController::askForListing()
{
    const Job *shown = job();
    if (!shown)
        return;
    const ckpt::SaveLocation location = ckpt::locate(*shown);
    if (savesToBucket(location)) {
        listBucket();
        return;
    }
    if (location.kind != ckpt::SaveLocation::Kind::Claim) {
        Error error = Error::make(Error::Kind::Unsupported, tr("The checkpoints of this job cannot be listed"), location.reason,
                                  ckpt::howToCorrect(location));
        m_page->setListingError(error, pages::JobPage::Ask::Folder);
        return;
    }
    if (m_preferences.helperAllowed(m_session->server(), shown->ns))
        startListing(ListVia::Helper);
    else
        askForHelper();
}

void JobController::askForHelper()
{
    const Job *shown = job();
    if (!shown)
        return;
    const ckpt::SaveLocation location = ckpt::locate(*shown);
    // What would be created, whether it may be, and whether exec would do instead.
    m_page->setListingRunning(tr("Checking how the PVC can be read…"));
    struct Ways {
        Result<ckpt::ClaimRequest> request;
        Result<AccessAnswer> create;
        Result<AccessAnswer> exec;
    };
    m_listScope.run(
        this,
        [cluster = m_session->sharedCluster(), ns = shown->ns, claim = location.place.claim, ref = shown->ref()](std::stop_token stop) {
            return Ways{ckpt::planClaim(*cluster, ns, claim, ref, stop),
                        cluster->may({u"create"_s, u"batch"_s, u"jobs"_s, {}, ns, {}}, stop),
                        cluster->may({u"create"_s, {}, u"pods"_s, u"exec"_s, ns, {}}, stop)};
        },
        [this, location](const Ways &ways) {
            const Job *now = job();
            if (!now)
                return;
            if (!ways.request) {
                m_page->setListingError(ways.request.error());
                return;
            }
            items::ListingConsent consent;
            consent.ns = text::safe(now->ns);
            consent.claim = text::safe(location.place.claim);
            consent.what = manifest::toYaml(ckpt::helperJob(*ways.request, u"cairn-list-…"_s));
            m_askedImage = ways.request->image;
            consent.image = text::safe(m_askedImage);
            for (const QString &image : m_preferences.helperConsent(m_session->server()).images(now->ns))
                consent.agreedImages.append(text::safe(image));
            consent.mayCreate = !ways.create || ways.create->allowed;
            if (!consent.mayCreate)
                consent.createRefusal = tr("You don't have permission to create jobs.batch in namespace %1.").arg(consent.ns);
            consent.mayExec = ways.exec && ways.exec->allowed && execTarget(m_session->jobs().podsOf(m_uid), *now, location.place.claim);
            if (!consent.mayCreate && !consent.mayExec) {
                m_page->setListingForbidden(tr("You don't have permission to read the PVC %1").arg(consent.claim),
                                            tr("%1 has permission neither to create jobs in the group batch nor to run commands in pods of namespace %2.")
                                                .arg(text::safe(m_session->user()), consent.ns),
                                            manifest::toYaml(kube::roleFor(u"cairn-read-checkpoints"_s, now->ns, kube::needs::readCheckpoints())));
                return;
            }
            m_page->setListingConsent(consent);
        });
}

void JobController::beginReading()
{
    m_reading = true;
    emit readingChanged(m_uid, true);
    m_page->setListingRunning(tr("Reading checkpoints…"));
}

void JobController::endReading(const Result<JobListing> &listing, ListVia via)
{
    m_reading = false;
    emit readingChanged(m_uid, false);
    if (!listing && !refusedImage(listing.error()).isEmpty()) {
        askForHelper(); // the image is another one than was agreed to
        return;
    }
    if (!listing) {
        using Ask = pages::JobPage::Ask;
        m_page->setListingError(listing.error(), listing.error().reason == endpointUnknown ? Ask::Server : Ask::Nothing);
        return;
    }
    m_reader.put(m_uid, {*listing, via}); // shows it too
}

ckpt::Progress JobController::shownProgress()
{
    return m_listScope.sink<QString, qint64>(this, [this](const QString &what, qint64 done) { m_page->setListingRunning(what, done); });
}

void JobController::startListing(ListVia via)
{
    const Job *shown = job();
    if (!shown || m_reading)
        return;
    beginReading();
    m_listScope.run(
        this,
        [cluster = m_session->sharedCluster(), shown = *shown, pods = m_session->jobs().podsOf(m_uid), via, progress = shownProgress(),
         server = m_session->server(), consent = m_preferences.helperConsent(m_session->server())](std::stop_token stop) {
            return withFoundDamage(app::readCheckpoints(*cluster, shown, pods, via, stop, progress,
                                                        [&](const ckpt::HelperPod &request) { return consent.check(request); }),
                                   *cluster, server, shown, stop);
        },
        [this, via](const Result<JobListing> &listing) { endReading(listing, via); });
}

void JobController::listBucket()
{
    const Job *shown = job();
    if (!shown || m_reading)
        return;
    beginReading();
    struct Outcome {
        std::optional<BucketPlan> question;
        Result<JobListing> listing;
    };
    m_listScope.run(
        this,
        [&http = m_http, &keychain = m_keychain, cluster = m_session->sharedCluster(), shown = *shown, pods = m_session->jobs().podsOf(m_uid),
         server = m_session->server(), allowed = m_preferences.allowedBuckets(), progress = shownProgress()](std::stop_token stop) -> Outcome {
            const Result<BucketPlan> plan = planBucket(*cluster, shown, stop);
            if (!plan)
                return {{}, fail(plan.error())};
            // Made anew each time, so a job that was changed since is asked about again.
            if (!allowed.contains(plan->consentKey(server, shown.ns)))
                return {*plan, {}};
            Result<s3::Access> access = accessOfJob(*cluster, shown, *plan, stop);
            if (!access)
                return {{}, fail(access.error())};
            addKeptKeys(keychain, *access, plan->place.bucket, stop);
            return {{}, withFoundDamage(readBucket(http, shown, pods, *plan, *access, stop, progress), *cluster, server, shown, stop)};
        },
        [this](const Outcome &outcome) {
            if (!outcome.question) {
                endReading(outcome.listing, ListVia::Bucket);
                return;
            }
            m_reading = false;
            emit readingChanged(m_uid, false);
            const Job *now = job();
            if (!now)
                return;
            const BucketPlan &plan = *outcome.question;
            m_askedBucket = plan.consentKey(m_session->server(), now->ns);
            m_page->setBucketConsent({now->ns, plan.uri, plan.server(), plan.secrets(), plan.store.isEncrypted(), plan.keySources()});
        });
}

void JobController::showListing()
{
    const CheckpointReader::Known *listing = m_reader.known(m_uid);
    if (!listing)
        return;
    const Job *shown = job();
    const Checkpoint *proposed = shown ? listing->listing.attemptOf(*shown).newestResumable() : nullptr;
    m_page->setListing(listing->listing.listing, proposed ? proposed->path : QString());
    refresh();
}

void JobController::setNow(const QDateTime &now)
{
    m_now = now;
    if (m_uid.isEmpty())
        return;
    m_page->setNow(now);
    const Job *shown = job();
    const CheckpointReader::Known *listing = m_reader.known(m_uid);
    keepWhyFresh(now);
    if (!shown || !m_page->isVisible() || m_reading)
        return;
    if (listing && shown->phase == JobPhase::Running && listing->listing.listing.readAt.secsTo(now) > listingMaxAge.count())
        readCheckpoints();
    else if (!listing && shown->annotations.contains(names::name("checkpoint-dir"_L1)) && m_preferences.helperAllowed(m_session->server(), shown->ns))
        askForListing();
}

void JobController::onTab(pages::JobPage::Tab tab)
{
    if (m_uid.isEmpty())
        return;
    if (tab == pages::JobPage::Tab::Yaml)
        readYaml();
    else if (tab == pages::JobPage::Tab::Logs && !m_logs)
        startLogs();
}

void JobController::readYaml()
{
    const Job *shown = job();
    if (!shown)
        return;
    m_page->setYamlLoading();
    m_yamlScope.cancel();
    m_yamlScope.run(
        this,
        [cluster = m_session->sharedCluster(), ref = shown->ref()](std::stop_token stop) -> Result<QString> {
            const Result<QJsonObject> object = cluster->get(ref, stop);
            if (!object)
                return fail(object.error());
            return manifest::toYaml(manifest::forDisplay(*object));
        },
        [this](const Result<QString> &yaml) {
            if (yaml)
                m_page->setYaml(*yaml);
            else
                m_page->setYamlError(yaml.error());
        });
}

void JobController::startLogs()
{
    const Job *shown = job();
    if (!shown)
        return;
    pages::LogPane *pane = m_page->logs();
    m_logs.reset();
    m_logSources.clear();
    m_logsAwaited = false;
    QList<Pod> pods = m_session->jobs().podsOf(m_uid);
    const bool possible = std::ranges::any_of(pods, [](const Pod &pod) { return pod.restarts() > 0; });
    pane->setPreviousPossible(possible, possible ? QString() : tr("No container of this job was restarted."));
    if (pods.isEmpty()) {
        m_logsAwaited = !isFinished(shown->phase);
        pane->setNothing(tr("No pods"), isFinished(shown->phase) ? tr("The pods of this job are gone, and their logs with them.")
                                                                  : tr("Logs appear here when the first pod starts."));
        return;
    }
    if (pods.size() > LogStreamer::maxPods) {
        emit notice(tr("The logs of the first %1 pods are shown").arg(LogStreamer::maxPods), tr("The job has %1; the others are left out.").arg(pods.size()), false);
        pods = pods.first(LogStreamer::maxPods);
    }
    QStringList podNames;
    for (const Pod &pod : pods)
        podNames.append(pod.name);
    pane->begin(podNames);
    pane->setLoading();
    m_logs = std::make_unique<LogStreamer>(m_session->sharedCluster(), pane->isPrevious());
    m_logContainer = shown->container;
    connect(m_logs.get(), &LogStreamer::lines, pane, [pane](std::vector<logs::LogBuffer::Raw> batch) {
        pane->setContent();
        pane->append(std::move(batch));
    });
    connect(m_logs.get(), &LogStreamer::ended, pane, [this, pane](int source, const std::optional<Error> &error) {
        if (error && error->kind != Error::Kind::Cancelled && pane->lineCount() == 0) {
            const QList<Pod> now = m_session ? m_session->jobs().podsOf(m_uid) : QList<Pod>();
            m_logsAwaited = std::ranges::none_of(now, hasStarted);
            if (error->kind == Error::Kind::Forbidden)
                pane->setForbidden(error->what, error->why, {});
            else
                pane->setError(*error);
            return;
        }
        pane->setContent();
        pane->setPodEnded(source, error ? error->what : QString());
    });
    for (int i = 0; i < pods.size(); ++i) {
        m_logSources.insert(pods[i].uid, i);
        m_logs->follow(i, pods[i], m_logContainer);
    }
}

} // namespace cairn::app
