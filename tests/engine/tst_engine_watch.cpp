// SPDX-License-Identifier: GPL-3.0-or-later
#include "EngineTest.h"
#include "kube/Feed.h"
#include "kube/Watcher.h"

#include <QJsonDocument>
#include <condition_variable>
#include <random>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace cairn;
using namespace cairn::kube;
using namespace cairn::test;
using Phase = FeedState::Phase;

namespace {

/// What a page fed by a watcher would show. Conditions are waited for, up to a minute.
template <class T>
struct Shown {
    std::mutex mutex;
    std::condition_variable changed;
    QMap<QString, T> rows;         ///< by name
    QHash<QString, QString> names; ///< UID → name
    QList<FeedState> states;
    QStringList removed;
    int upserts = 0;
    int completes = 0;

    WatchHandlers<T> handlers()
    {
        WatchHandlers<T> h;
        h.delta = [this](const Delta<T> &delta) {
            const std::lock_guard lock(mutex);
            for (const QString &uid : delta.removed) {
                removed.append(names.value(uid));
                rows.remove(names.take(uid));
            }
            for (const T &item : delta.upserts) {
                rows[item.name] = item;
                names[item.uid] = item.name;
            }
            upserts += int(delta.upserts.size());
            completes += delta.complete;
            changed.notify_all();
        };
        h.state = [this](const FeedState &state) {
            const std::lock_guard lock(mutex);
            states.append(state);
            changed.notify_all();
        };
        return h;
    }
    template <class F>
    bool wait(F condition)
    {
        std::unique_lock lock(mutex);
        return changed.wait_for(lock, 60s, condition);
    }
    bool waitPhase(Phase phase)
    {
        return wait([&] { return !states.isEmpty() && states.last().phase == phase; });
    }
};

bool isWatch(const net::Request &request)
{
    return value(request, "watch") == "true"_L1;
}

} // namespace

class TestEngineWatch : public QObject
{
    Q_OBJECT

    std::unique_ptr<TestCluster> m_lab;
    QStringList m_namespaces;

    Cluster &cluster() { return *m_lab->cluster; }
    QString newNamespace()
    {
        const QString ns = freshName(u"cairn-engine-"_s);
        const auto made =
            cluster().create(kinds::namespaces(), {}, {{u"metadata"_s, QJsonObject{{u"name"_s, ns}}}}, {}, {});
        if (!made)
            qWarning("%s", qPrintable(made.error().oneLine()));
        m_namespaces.append(ns);
        return ns;
    }
    bool create(const QString &ns, const QString &name)
    {
        const auto made = cluster().create(kinds::pods(), ns, gatedPod(name), {}, {});
        if (!made)
            qWarning("%s", qPrintable(made.error().oneLine()));
        return made.has_value();
    }
    bool createJob(const QString &ns, const QString &name, const QJsonObject &runPolicy)
    {
        const ResourceKind kind = facts(JobKind::PyTorchJob).resource;
        const QJsonObject container{{u"name"_s, u"pytorch"_s}, {u"image"_s, u"none"_s}};
        const QJsonObject workers{
            {u"replicas"_s, 2},
            {u"template"_s, QJsonObject{{u"spec"_s, QJsonObject{{u"containers"_s, QJsonArray{container}}}}}}};
        const auto made = cluster().create(
            kind, ns,
            {{u"apiVersion"_s, kind.apiVersion()},
             {u"kind"_s, kind.kind},
             {u"metadata"_s, QJsonObject{{u"name"_s, name}}},
             {u"spec"_s, QJsonObject{{u"runPolicy"_s, runPolicy},
                                     {u"pytorchReplicaSpecs"_s, QJsonObject{{u"Worker"_s, workers}}}}}},
            {}, {});
        if (!made)
            qWarning("%s", qPrintable(made.error().oneLine()));
        return made.has_value();
    }
    Result<QJsonObject> label(const QString &ns, const QString &name, const QString &text)
    {
        return cluster().patch(
            {kinds::pods(), ns, name, {}}, PatchType::Merge,
            QJsonObject{
                {u"metadata"_s, QJsonObject{{u"labels"_s, QJsonObject{{u"training.kubeflow.org/job-name"_s, text}}}}}},
            {}, {});
    }
    Result<> remove(const QString &ns, const QString &name)
    {
        return cluster().remove({kinds::pods(), ns, name, {}}, {}, {});
    }
    /// Lets this user list and watch pods in the namespace.
    bool letRead(const QString &ns, const QByteArray &user)
    {
        const QString group = u"rbac.authorization.k8s.io"_s;
        const QJsonObject meta{{u"name"_s, u"reader"_s}};
        const QJsonObject rule{{u"apiGroups"_s, QJsonArray{QString()}},
                               {u"resources"_s, QJsonArray{u"pods"_s}},
                               {u"verbs"_s, QJsonArray{u"list"_s, u"watch"_s}}};
        const QJsonObject role{{u"apiGroup"_s, group}, {u"kind"_s, u"Role"_s}, {u"name"_s, u"reader"_s}};
        const QJsonObject subject{
            {u"kind"_s, u"User"_s}, {u"apiGroup"_s, group}, {u"name"_s, QString::fromLatin1(user)}};
        return cluster().create({group, u"v1"_s, u"roles"_s, u"Role"_s, true}, ns,
                                {{u"metadata"_s, meta}, {u"rules"_s, QJsonArray{rule}}}, {}, {})
            && cluster().create({group, u"v1"_s, u"rolebindings"_s, u"RoleBinding"_s, true}, ns,
                                {{u"metadata"_s, meta}, {u"roleRef"_s, role}, {u"subjects"_s, QJsonArray{subject}}}, {},
                                {});
    }
    QMap<QString, QString> serverSays(const QString &ns)
    {
        QMap<QString, QString> versions;
        const auto list = cluster().list(kinds::pods(), ns, {}, {}, {});
        if (list) {
            for (const QJsonObject &pod : *list)
                versions[pod[u"metadata"_s][u"name"_s].toString()] =
                    pod[u"metadata"_s][u"resourceVersion"_s].toString();
        }
        return versions;
    }

private slots:
    void initTestCase()
    {
        m_lab = std::make_unique<TestCluster>();
        QVERIFY2(m_lab->cluster, qPrintable(m_lab->problem));
    }
    void cleanupTestCase()
    {
        for (const QString &ns : m_namespaces)
            (void)cluster().remove({kinds::namespaces(), {}, ns, {}}, {}, {});
    }

    void pagesAndEventsBecomeOneSet()
    {
        const QString ns = newNamespace();
        for (int i = 0; i < 20; ++i)
            QVERIFY(create(ns, u"p%1"_s.arg(i)));
        WatchOptions options;
        options.streamed = false;
        options.firstPage = 7;
        options.laterPages = 6;
        Shown<Pod> shown;
        const Watcher<Pod> watcher(cluster(), kinds::pods(), ns, podDecoder(), shown.handlers(), options);
        QVERIFY(shown.waitPhase(Phase::Live));
        QCOMPARE(shown.rows.size(), 20);
        QCOMPARE(shown.completes, 1);
        QCOMPARE(shown.rows[u"p3"_s].phase, u"Pending"_s);
        QCOMPARE(shown.rows[u"p3"_s].reason, u"SchedulingGated"_s);
        const auto loading = std::ranges::find_if(shown.states, [](const FeedState &s) { return s.loaded == 7; });
        QVERIFY(loading != shown.states.end());
        QCOMPARE(loading->expected, qint64(20));

        QVERIFY(create(ns, u"late"_s));
        QVERIFY(label(ns, u"p0"_s, u"job"_s));
        QVERIFY(remove(ns, u"p1"_s));
        QVERIFY(shown.wait([&] {
            return shown.rows.contains(u"late"_s) && shown.rows[u"p0"_s].jobName == "job"_L1
                && !shown.rows.contains(u"p1"_s);
        }));
    }

    void aVersionTheServerForgotIsRelisted()
    {
        // Of a custom resource, since the server began to keep its changes only when it was defined: version 1 is older
        // for sure. Another controller's, so that the operator changes nothing meanwhile.
        const QString ns = newNamespace();
        const ResourceKind kind = facts(JobKind::PyTorchJob).resource;
        const QJsonObject foreign{{u"managedBy"_s, u"kueue.x-k8s.io/multikueue"_s}};
        QVERIFY(createJob(ns, u"stays"_s, foreign) && createJob(ns, u"goes"_s, foreign) && createJob(ns, u"turns"_s, foreign));
        const auto spy = std::make_shared<SpyTransport>(httpTransport(m_lab->http, m_lab->credentials));
        std::atomic<bool> forget = false;
        spy->bend = [&](net::Request &request) {
            if (isWatch(request) && forget.exchange(false))
                request.path.replace(u"resourceVersion="_s + value(request, "resourceVersion"), u"resourceVersion=1"_s);
        };
        Cluster spied(spy);
        WatchOptions options;
        options.watchShortest = options.watchLongest = 2s;
        options.backoffFirst = 1ms;
        Shown<Job> shown;
        const Watcher<Job> watcher(spied, kind, ns, jobDecoder(JobKind::PyTorchJob), shown.handlers(), options);
        QVERIFY(shown.waitPhase(Phase::Live));
        const int before = shown.upserts;
        forget = true;
        QVERIFY(shown.wait([&] { return shown.completes >= 2; })); // the watch ended by itself, the next one met 410
        QCOMPARE(shown.rows.keys(), (QStringList{u"goes"_s, u"stays"_s, u"turns"_s}));
        QCOMPARE(shown.upserts, before); // nothing had changed, so nothing was told
        QVERIFY(shown.removed.isEmpty());
        QVERIFY(cluster().remove({kind, ns, u"goes"_s, {}}, {}, {}));
        QVERIFY(cluster().patch({kind, ns, u"turns"_s, {}}, PatchType::Merge,
                                QJsonObject{{u"metadata"_s, QJsonObject{{u"annotations"_s, QJsonObject{{u"cairn.console/checkpoint-dir"_s, u"/turned"_s}}}}}}, {}, {}));
        QVERIFY(shown.wait([&] {
            return !shown.rows.contains(u"goes"_s) && shown.rows[u"turns"_s].annotations.contains(u"cairn.console/checkpoint-dir"_s);
        }));
    }

    void bookmarksCarryAQuietWatchOn()
    {
        const QString quiet = newNamespace();
        const QString busy = newNamespace();
        QVERIFY(create(quiet, u"only"_s));
        const auto spy = std::make_shared<SpyTransport>(httpTransport(m_lab->http, m_lab->credentials));
        Cluster spied(spy);
        WatchOptions options;
        options.watchShortest = options.watchLongest = 5s;
        Shown<Pod> shown;
        const Watcher<Pod> watcher(spied, kinds::pods(), quiet, podDecoder(), shown.handlers(), options);
        QVERIFY(shown.waitPhase(Phase::Live));
        QVERIFY(create(busy, u"elsewhere"_s)); // moves the version of all pods on
        const auto watches = [&] {
            QStringList versions;
            for (const net::Request &request : spy->requests()) {
                if (isWatch(request))
                    versions.append(value(request, "resourceVersion"));
            }
            return versions;
        };
        QTRY_VERIFY_WITH_TIMEOUT(watches().size() >= 2, 60'000);
        QVERIFY2(watches()[1].toULongLong() > watches()[0].toULongLong(), qPrintable(watches().join(u' ')));
        QCOMPARE(shown.states.last().phase, Phase::Live);
        QCOMPARE(shown.completes, 1); // no relist
        QCOMPARE(shown.upserts, 1);
    }

    void churnUnderSmallPagesAndShortWatchesLosesNothing()
    {
        const QString ns = newNamespace();
        for (int i = 0; i < 12; ++i)
            QVERIFY(create(ns, u"p%1"_s.arg(i)));
        WatchOptions options;
        options.streamed = false;
        options.firstPage = options.laterPages = 3;
        options.watchShortest = options.watchLongest = 1s;
        Shown<Pod> shown;
        const Watcher<Pod> watcher(cluster(), kinds::pods(), ns, podDecoder(), shown.handlers(), options);
        std::mt19937 random(7);
        for (int i = 0; i < 150; ++i) {
            const QString name = u"p%1"_s.arg(random() % 16);
            switch (random() % 3) {
            case 0: (void)cluster().create(kinds::pods(), ns, gatedPod(name), {}, {}); break;
            case 1: (void)label(ns, name, QString::number(i)); break;
            default: (void)remove(ns, name); break;
            }
        }
        const QMap<QString, QString> server = serverSays(ns);
        QVERIFY(!server.isEmpty());
        QVERIFY(shown.wait([&] {
            QMap<QString, QString> mine;
            for (const Pod &pod : shown.rows)
                mine[pod.name] = pod.resourceVersion;
            return mine == server;
        }));
    }

    void whoMayNotListIsToldAndMayAskAgain()
    {
        const QString ns = newNamespace();
        QVERIFY(create(ns, u"secret"_s));
        const QByteArray user = freshName(u"cairn-user-"_s).toLatin1();
        Cluster nobody(
            m_lab->http,
            std::make_shared<OtherCredentials>(m_lab->credentials, QList<net::Header>{{"Impersonate-User", user}}));
        Shown<Pod> shown;
        Watcher<Pod> watcher(nobody, kinds::pods(), ns, podDecoder(), shown.handlers());
        QVERIFY(shown.waitPhase(Phase::Forbidden));
        QVERIFY(shown.states.last().error.fix.contains(QString::fromLatin1(user)));
        QVERIFY(shown.rows.isEmpty());

        QVERIFY(letRead(ns, user));
        QTRY_VERIFY_WITH_TIMEOUT(nobody.list(kinds::pods(), ns, {}, {}, {}), 10'000);
        watcher.retryNow();
        QVERIFY(shown.waitPhase(Phase::Live));
        QVERIFY(shown.rows.contains(u"secret"_s));
    }

    void aFeedFallsBackToTheNamespacesOneHas()
    {
        const QString ns = newNamespace();
        QVERIFY(create(ns, u"mine"_s));
        const QByteArray user = freshName(u"cairn-user-"_s).toLatin1();
        QVERIFY(letRead(ns, user));
        Cluster limited(
            m_lab->http,
            std::make_shared<OtherCredentials>(m_lab->credentials, QList<net::Header>{{"Impersonate-User", user}}));
        QTRY_VERIFY_WITH_TIMEOUT(limited.list(kinds::pods(), ns, {}, {}, {}), 10'000);
        QStringList rows;
        Feed<Pod>::Handlers handlers;
        handlers.reset = [&] { rows.clear(); };
        handlers.delta = [&](const Delta<Pod> &delta) {
            for (const Pod &pod : delta.upserts)
                rows.append(pod.name);
        };
        handlers.state = [](const FeedState &) {};
        Feed<Pod> feed(limited, kinds::pods(), &podDecoder, handlers);
        feed.start({{}, {ns}});
        QTRY_COMPARE_WITH_TIMEOUT(rows, QStringList{u"mine"_s}, 30'000);
        QTRY_VERIFY_WITH_TIMEOUT(feed.state().phase == Phase::Live, 30'000);
    }

    void aResourceMayComeAndGo()
    {
        const QString group = freshName(u"g"_s) + u".cairn.test"_s;
        const ResourceKind kind{group, u"v1"_s, u"things"_s, u"Thing"_s, true};
        const QString ns = newNamespace();
        WatchOptions options;
        options.absentRecheck = 200ms;
        options.backoffFirst = 50ms;
        options.watchShortest = options.watchLongest = 5s;
        Shown<Job> shown;
        const Watcher<Job> watcher(cluster(), kind, {}, jobDecoder(JobKind::PyTorchJob), shown.handlers(), options);
        QVERIFY(shown.waitPhase(Phase::Absent));

        const QString crd = u"things."_s + group;
        const QJsonObject schema{
            {u"openAPIV3Schema"_s,
             QJsonObject{{u"type"_s, u"object"_s}, {u"x-kubernetes-preserve-unknown-fields"_s, true}}}};
        QVERIFY(cluster().create(
            kinds::crds(), {},
            {{u"apiVersion"_s, u"apiextensions.k8s.io/v1"_s},
             {u"kind"_s, u"CustomResourceDefinition"_s},
             {u"metadata"_s, QJsonObject{{u"name"_s, crd}}},
             {u"spec"_s,
              QJsonObject{
                  {u"group"_s, group},
                  {u"scope"_s, u"Namespaced"_s},
                  {u"names"_s,
                   QJsonObject{{u"plural"_s, u"things"_s},
                               {u"singular"_s, u"thing"_s},
                               {u"kind"_s, u"Thing"_s},
                               {u"listKind"_s, u"ThingList"_s}}},
                  {u"versions"_s,
                   QJsonArray{QJsonObject{
                       {u"name"_s, u"v1"_s}, {u"served"_s, true}, {u"storage"_s, true}, {u"schema"_s, schema}}}}}}},
            {}, {}));
        QVERIFY(shown.waitPhase(Phase::Live));
        const QJsonObject thing{{u"apiVersion"_s, group + u"/v1"_s},
                                {u"kind"_s, u"Thing"_s},
                                {u"metadata"_s, QJsonObject{{u"name"_s, u"one"_s}}}};
        QString refusal;
        bool done = false; // QTRY asks once more after a yes
        const auto made = [&] {
            if (done)
                return true;
            const auto result = cluster().create(kind, ns, thing, {}, {});
            refusal = result ? QString() : result.error().oneLine();
            done = result.has_value();
            return done;
        };
        QTRY_VERIFY2_WITH_TIMEOUT(made(), qPrintable(refusal), 20'000);
        QVERIFY(shown.wait([&] { return shown.rows.contains(u"one"_s); }));
        QVERIFY(cluster().remove({kinds::crds(), {}, crd, {}}, {}, {}));
        QVERIFY(shown.waitPhase(Phase::Absent));
        QVERIFY(shown.wait([&] { return shown.rows.isEmpty(); }));
    }

    void theStoredVersionOfAResourceMayChange()
    {
        const QString group = freshName(u"g"_s) + u".cairn.test"_s;
        const ResourceKind kind{group, u"v1"_s, u"things"_s, u"Thing"_s, true};
        const QString ns = newNamespace();
        const auto versions = [](bool v1Served, bool v2Stored) {
            const QJsonObject schema{{u"openAPIV3Schema"_s, QJsonObject{{u"type"_s, u"object"_s}, {u"x-kubernetes-preserve-unknown-fields"_s, true}}}};
            const auto version = [&](const QString &name, bool served, bool stored) {
                return QJsonObject{{u"name"_s, name}, {u"served"_s, served}, {u"storage"_s, stored}, {u"schema"_s, schema}};
            };
            return QJsonObject{{u"versions"_s, QJsonArray{version(u"v1"_s, v1Served, !v2Stored), version(u"v2"_s, true, v2Stored)}}};
        };
        QJsonObject spec = versions(true, false);
        spec[u"group"_s] = group;
        spec[u"scope"_s] = u"Namespaced"_s;
        spec[u"names"_s] = QJsonObject{{u"plural"_s, u"things"_s}, {u"singular"_s, u"thing"_s}, {u"kind"_s, u"Thing"_s}, {u"listKind"_s, u"ThingList"_s}};
        const QString name = u"things."_s + group;
        const ObjectRef crd{kinds::crds(), {}, name, {}};
        QVERIFY(cluster().create(kinds::crds(), {},
                                 {{u"apiVersion"_s, u"apiextensions.k8s.io/v1"_s}, {u"kind"_s, u"CustomResourceDefinition"_s},
                                  {u"metadata"_s, QJsonObject{{u"name"_s, name}}}, {u"spec"_s, spec}}, {}, {}));
        const auto make = [&](const QString &thing, const QString &version) {
            ResourceKind made = kind;
            made.version = version;
            bool done = false; // QTRY asks once more after a yes
            return [this, made, thing, ns, done]() mutable {
                done = done || cluster().create(made, ns, {{u"apiVersion"_s, made.apiVersion()}, {u"kind"_s, u"Thing"_s},
                                                           {u"metadata"_s, QJsonObject{{u"name"_s, thing}}}}, {}, {});
                return done;
            };
        };
        WatchOptions options;
        options.absentRecheck = 200ms;
        options.backoffFirst = 50ms;
        options.watchShortest = options.watchLongest = 5s;
        Shown<Job> shown;
        const Watcher<Job> watcher(cluster(), kind, {}, jobDecoder(JobKind::PyTorchJob), shown.handlers(), options);
        QVERIFY(shown.waitPhase(Phase::Live));
        auto first = make(u"one"_s, u"v1"_s);
        QTRY_VERIFY_WITH_TIMEOUT(first(), 20'000);
        QVERIFY(shown.wait([&] { return shown.rows.contains(u"one"_s); }));

        // Stored as v2: what is there and what comes reads on as v1.
        QVERIFY(cluster().patch(crd, PatchType::Merge, QJsonObject{{u"spec"_s, versions(true, true)}}, {}, {}));
        auto second = make(u"two"_s, u"v2"_s);
        QTRY_VERIFY_WITH_TIMEOUT(second(), 20'000);
        QVERIFY(shown.wait([&] { return shown.rows.contains(u"one"_s) && shown.rows.contains(u"two"_s); }));

        // No longer served, and again.
        QVERIFY(cluster().patch(crd, PatchType::Merge, QJsonObject{{u"spec"_s, versions(false, true)}}, {}, {}));
        QVERIFY(shown.waitPhase(Phase::Absent));
        QVERIFY(shown.wait([&] { return shown.rows.isEmpty(); }));
        QVERIFY(cluster().patch(crd, PatchType::Merge, QJsonObject{{u"spec"_s, versions(true, true)}}, {}, {}));
        QVERIFY(shown.waitPhase(Phase::Live));
        QVERIFY(shown.wait([&] { return shown.rows.size() == 2; }));
        QVERIFY(cluster().remove(crd, {}, {}));
    }

    void aTrainingJobIsFollowedFromBirthToSuspension()
    {
        const QString ns = newNamespace();
        const ResourceKind kind = facts(JobKind::PyTorchJob).resource;
        Shown<Job> shown;
        const Watcher<Job> watcher(cluster(), kind, ns, jobDecoder(JobKind::PyTorchJob), shown.handlers());
        QVERIFY(shown.waitPhase(Phase::Live));
        QVERIFY(createJob(ns, u"t"_s, {{u"suspend"_s, true}}));
        QVERIFY(shown.wait([&] { return shown.rows.value(u"t"_s).phase == JobPhase::Suspended; }));
        QCOMPARE(shown.rows[u"t"_s].desired(), 2);
        const Result<Job> direct =
            decodeJob(QJsonDocument(*cluster().get({kind, ns, u"t"_s, {}}, {})).toJson(), JobKind::PyTorchJob);
        QVERIFY(direct);
        QCOMPARE(direct->uid, shown.rows[u"t"_s].uid);
    }
};

QTEST_GUILESS_MAIN(TestEngineWatch)
#include "tst_engine_watch.moc"
