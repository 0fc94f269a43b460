// SPDX-License-Identifier: GPL-3.0-or-later
#include "StorageController.h"

#include "ActionRegistry.h"
#include "VolumeController.h"
#include "base/Text.h"
#include "checkpoints/SaveLocation.h"
#include "kube/Rights.h"
#include "manifest/Yaml.h"
#include "pages/StoragePage.h"
#include "situation/Measuring.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QTimer>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

constexpr qint64 measurePeriod = 60;      ///< seconds; what the kubelet and Prometheus renew their numbers in
constexpr qint64 keepPeriod = 600;        ///< the history holds one sample an hour
constexpr qint64 prometheusAgain = 600;
constexpr qint64 seekPeriod = 10;         ///< seconds; for a PVC to measure by itself
constexpr std::chrono::milliseconds slice{3}; ///< of a slot that gathers
constexpr int shortWait = 150, longWait = 5000; ///< ms

QString keyOf(const VolumeUse &use)
{
    return use.ns + u'/' + use.claim;
}

} // namespace

StorageController::StorageController(CheckpointReader &reader, Preferences &preferences, VolumeController &volumes, QObject *parent)
    : ListController({u"storage"_s, u"storage"_s, tr("Storage")}, new pages::StoragePage, parent)
    , m_reader(reader)
    , m_preferences(preferences)
    , m_volumes(volumes)
    , m_page(static_cast<pages::StoragePage *>(page()))
    , m_history(std::make_shared<store::UsageHistory>())
    , m_soon(new QTimer(this))
{
    m_soon->setSingleShot(true);
    connect(m_soon, &QTimer::timeout, this, &StorageController::judge);
    connect(&reader, &CheckpointReader::changed, this, [this] {
        if (m_feeds)
            judgeSoon();
    });
    connect(m_page, &pages::StoragePage::jobRequested, this, &StorageController::goToJob);
    connect(m_page, &pages::StoragePage::measureRequested, this, &StorageController::measureOne);
    connect(m_page, &pages::StoragePage::makeRequested, this, [this] {
        // Beside the PVC that is looked at, else where the context works.
        const Claim *claim = m_feeds ? m_feeds->claims.store.find(m_page->currentKey()) : nullptr;
        if (m_session)
            m_volumes.make(claim ? claim->ns : m_session->sharedCluster()->defaultNamespace(), u"checkpoints"_s);
    });
    connect(m_page, &pages::StoragePage::proveRequested, this, [this](const QString &uid) {
        if (const Claim *claim = m_feeds ? m_feeds->claims.store.find(uid) : nullptr)
            m_volumes.prove(claim->ns, claim->name);
    });
    connect(&volumes, &VolumeController::provingChanged, this, [this] { m_page->setProving(m_volumes.proving()); });
    connect(m_page, &pages::StoragePage::kubeletRequested, this, [this](bool on) {
        if (!m_session)
            return;
        m_preferences.allowKubelets(m_session->server(), on);
        m_kubeletProblem.clear();
        if (!on) {
            m_uses[static_cast<int>(UseSource::Kubelet)].clear();
            m_kubeletAsked = false;
        }
        measureAll();
        judge();
    });
}

StorageController::~StorageController() = default;

void StorageController::addActions(ActionRegistry &actions)
{
    using items::PaletteEntry;
    actions.addSource(u"claim"_s,
                      [this] {
                          QList<PaletteEntry> list;
                          for (const storage::ClaimAccount &account : m_accounts.value_or(QList<storage::ClaimAccount>()))
                              list.append({u"claim:"_s + account.key(), PaletteEntry::Kind::Object, place().icon, text::safe(account.claim.name),
                                           tr("PVC · %1", "namespace").arg(text::safe(account.claim.ns)), {}, {}, false});
                          return list;
                      },
                      [this](const QString &key, bool) { go(place().id, key); });
}

void StorageController::setSession(ClusterSession *session)
{
    m_scope.cancel();
    if (m_feeds)
        m_feeds->disconnect(this);
    m_feeds = nullptr;
    m_soon->stop();
    if (m_session) {
        m_session->pods().disconnect(this);
        m_session->jobs().disconnect(this);
    }
    m_session = session;
    m_clusterId.clear();
    m_samples.clear();
    for (auto &uses : m_uses)
        uses.clear();
    m_prometheus.reset();
    m_prometheusSought = m_kept = m_measured = {};
    m_kubeletAsked = m_prometheusKnown = m_judging = m_judgeAgain = m_measuringAll = false;
    m_prometheusProblem.clear();
    m_kubeletProblem.clear();
    m_measuring.clear();
    m_measuredAlone.clear();
    m_soughtNext = {};
    m_accounts.reset();
    m_gathering.reset();
    m_page->setFeed({});
    m_page->setClaims({});
    m_page->setBuckets({});
    m_page->setMeasuring({});
    emit badgeChanged(0);
}

void StorageController::judgeSoon()
{
    // All pods and jobs are gone through: while nobody looks, the Overview and notifications can wait a little.
    if (!m_soon->isActive())
        m_soon->start(m_page->isVisible() || !m_accounts ? shortWait : longWait);
}

void StorageController::open()
{
    if (!m_session)
        return;
    if (m_feeds) {
        judge();
        return;
    }
    const auto soon = [this] { judgeSoon(); };
    m_feeds = &m_session->storage();
    connect(m_feeds, &StorageFeeds::changed, this, soon);
    connect(&m_session->pods(), &store::StoreSignals::changed, this, [this](const store::StoreChange &change) {
        if (!change.added.isEmpty() || !change.removed.isEmpty())
            judgeSoon();
    });
    connect(&m_session->jobs(), &store::StoreSignals::changed, this, soon);
    readClusterId();
    measureAll();
}

void StorageController::refresh()
{
    if (!m_feeds)
        return;
    m_feeds->each([](WatchedKind &watched) { watched.retryNow(); });
    if (m_clusterId.isEmpty())
        readClusterId();
    m_prometheusSought = {};
    measureAll();
}

void StorageController::setNow(const QDateTime &now)
{
    if (!m_feeds)
        return;
    if (m_page->isVisible())
        m_page->setNow(now);
    if (!m_measured.isValid() || m_measured.secsTo(now) >= measurePeriod)
        measureAll();
    if (!m_soughtNext.isValid() || m_soughtNext.secsTo(now) >= seekPeriod) {
        m_soughtNext = now;
        measureNext(now);
    }
}

/// Where the user agreed to helper pods, what running jobs fill is measured without a word, one at a time.
void StorageController::measureNext(const QDateTime &now)
{
    if (!m_measuring.isEmpty() || !m_accounts || !m_session->link().state().isSettled())
        return;
    situation::MeasureFacts facts;
    facts.agreed = helperNamespaces();
    if (facts.agreed.isEmpty())
        return;
    facts.accounts = *m_accounts;
    m_session->jobs().each([&](const Job &job) { facts.take(job); });
    facts.tried = m_measuredAlone;
    facts.now = now;
    const QString uid = situation::nextToMeasure(facts);
    if (const Claim *claim = m_feeds->claims.store.find(uid)) {
        m_measuredAlone.insert(uid, now);
        measure(*claim);
    }
}

ProxyGet StorageController::proxy() const
{
    return [cluster = m_session->sharedCluster()](const ObjectRef &target, const QString &path, std::stop_token stop) {
        return cluster->viaProxy(target, path, stop);
    };
}

void StorageController::readClusterId()
{
    struct Found {
        QString id;
        HistoryRound history;
    };
    m_scope.run(
        this,
        [cluster = m_session->sharedCluster(), history = m_history, server = m_session->server()](std::stop_token stop) {
            const Result<QString> id = clusterId(*cluster, stop);
            // Who may not read kube-system still gets a history, filed under the address of the server.
            if (!id && id.error().kind != Error::Kind::Forbidden && id.error().kind != Error::Kind::NotFound)
                return Found();
            const QString name = id && !id->isEmpty() ? *id : server;
            return Found{name, readHistory(*history, name)};
        },
        [this](const Found &found) {
            m_clusterId = found.id;
            if (found.id.isEmpty())
                judge();
            else
                take(found.history);
        });
}

void StorageController::take(const HistoryRound &round)
{
    if (round.samples)
        m_samples = *round.samples;
    m_historyNotice.take(round);
    const Error *notice = m_historyNotice.shown();
    m_page->setHistoryNotice(notice ? notice->what : QString(), notice ? notice->why + u' ' + notice->fix : QString());
    judge();
}

void StorageController::measureAll()
{
    if (!m_feeds || m_measuringAll)
        return;
    const QDateTime now = QDateTime::currentDateTimeUtc();
    m_measured = now;
    m_measuringAll = true;
    const bool seek = !m_prometheus && (!m_prometheusSought.isValid() || m_prometheusSought.secsTo(now) >= prometheusAgain);
    if (seek)
        m_prometheusSought = now;
    QStringList nodes;
    if (m_preferences.kubeletsAllowed(m_session->server())) {
        QSet<QString> mounting;
        for (const QString &key : m_session->mountingPods()) {
            const Pod *pod = m_session->pods().find(key);
            if (!pod->node.isEmpty() && pod->phase == "Running"_L1)
                mounting.insert(pod->node);
        }
        nodes = mounting.values();
        nodes.sort();
        // Begun before the pods were read: nobody knows yet whom to ask.
        if (m_session->jobs().podsState().phase == FeedState::Phase::Loading)
            m_measured = {};
    }
    struct Round {
        std::optional<PrometheusPlace> place;
        Measured prometheus, kubelets;
        bool askedKubelets = false;
    };
    m_scope.run(
        this,
        [cluster = m_session->sharedCluster(), get = proxy(), place = m_prometheus, seek, nodes](std::stop_token stop) {
            Round round{place, {}, {}, !nodes.isEmpty()};
            if (seek) {
                if (Result<std::optional<PrometheusPlace>> found = app::findPrometheus(*cluster, stop))
                    round.place = *found;
            }
            if (round.place)
                round.prometheus = readPrometheus(get, *round.place, stop);
            if (!nodes.isEmpty())
                round.kubelets = readKubelets(get, nodes, stop);
            return round;
        },
        [this](const Round &round) {
            m_measuringAll = false;
            m_prometheus = round.place;
            m_prometheusKnown = true;
            m_prometheusProblem = round.prometheus.problem ? round.prometheus.problem->oneLine() : QString();
            take(UseSource::Prometheus, round.prometheus);
            if (round.askedKubelets && m_preferences.kubeletsAllowed(m_session->server())) {
                m_kubeletProblem = round.kubelets.problem ? round.kubelets.problem->oneLine() : QString();
                m_kubeletAsked = m_kubeletAsked || !round.kubelets.problem || !round.kubelets.uses.isEmpty();
                take(UseSource::Kubelet, round.kubelets);
            }
            const QDateTime at = QDateTime::currentDateTimeUtc();
            if (!m_kept.isValid() || m_kept.secsTo(at) >= keepPeriod)
                keep();
            judge();
        });
}

void StorageController::take(UseSource source, const Measured &measured)
{
    QHash<QString, VolumeUse> &uses = m_uses[static_cast<int>(source)];
    for (const VolumeUse &use : measured.uses)
        uses.insert(keyOf(use), use);
}

void StorageController::measureOne(const QString &uid)
{
    const Claim *claim = m_feeds ? m_feeds->claims.store.find(uid) : nullptr;
    if (!claim || m_measuring.contains(uid))
        return;
    // To the images of the namespace's jobs, and to the one that the last try named. Another pod's image asks again.
    if (const QString image = m_refusedImages.take(uid); !image.isEmpty())
        m_preferences.allowHelper(m_session->server(), claim->ns, image);
    m_session->jobs().each([&](const Job &job) {
        if (job.ns == claim->ns && !job.image.isEmpty())
            m_preferences.allowHelper(m_session->server(), job.ns, job.image);
    });
    m_page->setHelperAllowed(helperNamespaces());
    measure(*claim);
}

void StorageController::measure(const Claim &claim)
{
    const QString uid = claim.uid;
    m_measuring.insert(uid);
    m_page->setMeasureProblem(uid, nullptr);
    m_page->setMeasuring(m_measuring);
    m_scope.run(
        this,
        [cluster = m_session->sharedCluster(), ns = claim.ns, name = claim.name,
         job = jobWithImage(m_session->jobs().jobs(), claim), consent = m_preferences.helperConsent(m_session->server())](std::stop_token stop) {
            return measureClaim(*cluster, ns, name, job, stop, {}, [&](const ckpt::HelperPod &request) { return consent.check(request); });
        },
        [this, uid](const Result<VolumeUse> &use) {
            m_measuring.remove(uid);
            m_page->setMeasuring(m_measuring);
            if (use) {
                m_uses[static_cast<int>(UseSource::Helper)].insert(keyOf(*use), *use);
                keep();
                judge();
            } else {
                if (const QString image = refusedImage(use.error()); !image.isEmpty())
                    m_refusedImages.insert(uid, image);
                m_page->setMeasureProblem(uid, &use.error());
            }
        });
}

QList<VolumeUse> StorageController::uses() const
{
    QList<VolumeUse> all;
    for (const auto &uses : m_uses)
        all += uses.values();
    return all;
}

/// Puts the newest measurement of each claim into the history.
void StorageController::keep()
{
    if (m_clusterId.isEmpty())
        return;
    const QHash<QString, UsageSample> samples = storage::newestSamples(m_feeds->claims.store.values(), uses());
    if (samples.isEmpty())
        return;
    m_kept = QDateTime::currentDateTimeUtc();
    m_scope.run(
        this,
        [history = m_history, cluster = m_clusterId, samples, now = m_kept](std::stop_token) { return addToHistory(*history, cluster, samples, now); },
        [this](const HistoryRound &round) { take(round); });
}

QSet<QString> StorageController::helperNamespaces() const
{
    QSet<QString> namespaces;
    m_feeds->claims.store.each([&](const Claim &claim) { namespaces.insert(claim.ns); });
    namespaces.removeIf([this](const QString &ns) { return !m_preferences.helperAllowed(m_session->server(), ns); });
    return namespaces;
}

void StorageController::judge()
{
    m_soon->stop();
    if (!m_feeds)
        return;
    pages::StoragePage::Sources sources;
    sources.prometheusSought = m_prometheusKnown;
    if (m_prometheus)
        sources.prometheus = m_prometheus->ns + u'/' + m_prometheus->service;
    sources.prometheusProblem = m_prometheusProblem;
    sources.kubelet = m_preferences.kubeletsAllowed(m_session->server());
    sources.kubeletProblem = m_kubeletProblem;
    m_page->setSources(sources);
    if (m_judging) {
        m_judgeAgain = true;
        return;
    }
    m_judging = true;
    m_gathering.emplace(
        m_session->mountingPods().values(), m_session->jobs().uids(), [pods = &m_session->pods()](const QString &uid) { return pods->find(uid); },
        [jobs = &m_session->jobs()](const QString &uid) { return jobs->find(uid); });
    gather();
}

void StorageController::gather()
{
    if (!m_gathering)
        return; // the session ended
    if (!m_gathering->goOn(slice)) {
        QTimer::singleShot(0, this, &StorageController::gather);
        return;
    }
    storage::ClaimFacts facts = m_gathering->take();
    m_gathering.reset();
    facts.claims = m_feeds->claims.store.values();
    facts.volumes = m_feeds->volumes.store.values();
    const FeedState::Phase volumes = m_feeds->volumes.state().phase;
    facts.volumesRead = volumes == FeedState::Phase::Live || volumes == FeedState::Phase::Stale;
    facts.classes = m_feeds->classes.store.values();
    facts.uses = uses();
    facts.kubeletAsked = m_kubeletAsked;
    facts.history = m_samples;
    facts.now = QDateTime::currentDateTimeUtc();
    struct Judged {
        QList<storage::ClaimAccount> accounts;
        CheckpointReader::Places places;
    };
    // The forecasts of a thousand claims take more than a moment.
    m_scope.run(
        this,
        [facts = std::move(facts), saves = claimSaves(m_session->jobs(), m_reader)](std::stop_token) mutable {
            facts.shares = storage::sharesOf(std::move(saves));
            Judged judged{storage::account(facts), {}};
            for (const Job &job : facts.jobs)
                judged.places.insert(job.uid, {job.resourceVersion, ckpt::locate(job)});
            return judged;
        },
        [this](Judged judged) {
            const QList<storage::ClaimAccount> &accounts = judged.accounts;
            m_judging = false;
            m_reader.setPlaces(std::move(judged.places));
            const FeedState state = m_feeds->claims.state();
            m_page->setHelperAllowed(helperNamespaces());
            m_page->setBuckets(storage::bucketsOf(bucketSaves(m_session->jobs(), m_reader)));
            m_page->setClaims(accounts);
            if (state.phase == FeedState::Phase::Live || state.phase == FeedState::Phase::Stale)
                m_accounts = accounts;
            m_page->setFeed(state, state.phase == FeedState::Phase::Forbidden ? manifest::toYaml(kube::roleFor(u"cairn-view-storage"_s, {}, kube::needs::viewStorage())) : QString());
            emit badgeChanged(static_cast<int>(
                std::ranges::count(accounts, storage::Severity::Now, [](const storage::ClaimAccount &a) { return storage::severity(a); })));
            if (std::exchange(m_judgeAgain, false))
                judge();
        });
}

} // namespace cairn::app
