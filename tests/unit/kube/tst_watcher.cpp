// SPDX-License-Identifier: GPL-3.0-or-later
#include "FakeTransport.h"
#include "ProtoWriter.h"
#include "kube/Watcher.h"

#include <QTest>
#include <QUrlQuery>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace cairn;
using namespace cairn::kube;
using cairn::test::answer;
using Phase = FeedState::Phase;

namespace {

QByteArray job(const char *uid, int version)
{
    return "{\"kind\":\"PyTorchJob\",\"metadata\":{\"name\":\"n-"_ba + uid + "\",\"uid\":\"" + uid
        + "\",\"resourceVersion\":\"" + QByteArray::number(version) + "\"}}";
}
QByteArray page(const QByteArrayList &items, int version, const char *token = "", int remaining = 0)
{
    return "{\"kind\":\"PyTorchJobList\",\"metadata\":{\"resourceVersion\":\""_ba + QByteArray::number(version)
        + "\",\"continue\":\"" + token + "\",\"remainingItemCount\":" + QByteArray::number(remaining) + "},\"items\":["
        + items.join(',') + "]}";
}
QByteArray notice(const char *type, const QByteArray &object)
{
    return "{\"type\":\""_ba + type + "\",\"object\":" + object + "}\n";
}
QByteArray status(int code, const char *reason, const char *token = "", const char *name = "")
{
    return "{\"kind\":\"Status\",\"code\":"_ba + QByteArray::number(code) + ",\"reason\":\"" + reason
        + "\",\"message\":\"m\",\"metadata\":{\"continue\":\"" + token + "\"},\"details\":{\"name\":\"" + name + "\"}}";
}
QString value(const net::Request &request, const char *key)
{
    return QUrlQuery(request.path.section(u'?', 1)).queryItemValue(QLatin1StringView(key), QUrl::FullyDecoded);
}

/// Everything a watcher said, and the set a page would show.
struct Listener {
    test::Latch latch;
    QMap<QString, int> rows; ///< UID → version
    QList<FeedState> states;
    int deltas = 0;
    int upserts = 0;
    int most = 0; ///< upserts at one go
    QStringList removed;
    int completes = 0;

    template <class T = Job>
    WatchHandlers<T> handlers()
    {
        WatchHandlers<T> h;
        h.delta = [this](const Delta<T> &delta) {
            latch.change([&] {
                ++deltas;
                upserts += int(delta.upserts.size());
                most = qMax(most, int(delta.upserts.size()));
                completes += delta.complete;
                for (const T &object : delta.upserts)
                    rows[object.uid] = object.resourceVersion.toInt();
                for (const QString &uid : delta.removed)
                    rows.remove(uid);
                removed += delta.removed;
            });
        };
        h.state = [this](const FeedState &state) { latch.change([&] { states.append(state); }); };
        return h;
    }
    bool waitRows(const QMap<QString, int> &expected)
    {
        return latch.wait([&] { return rows == expected; });
    }
    bool waitPhase(Phase phase)
    {
        return latch.wait([&] { return !states.isEmpty() && states.last().phase == phase; });
    }
    FeedState state()
    {
        return latch.read([&] { return states.last(); });
    }
};

WatchOptions quick()
{
    WatchOptions options;
    options.backoffFirst = 1ms;
    options.backoffCap = 2ms;
    options.flushAfter = 1ms;
    return options;
}

struct Bench {
    std::shared_ptr<test::FakeTransport> server = std::make_shared<test::FakeTransport>();
    Cluster cluster{server};
    Listener listener;
    std::unique_ptr<Watcher<Job>> watcher;

    explicit Bench(const QString &ns = {}, WatchOptions options = quick())
        : watcher(std::make_unique<Watcher<Job>>(cluster, facts(JobKind::PyTorchJob).resource, ns,
                                                 jobDecoder(JobKind::PyTorchJob), listener.handlers(), options))
    {
    }
    /// A first list of one page and a watch that stands.
    std::shared_ptr<test::FakeTransport::Channel> settle(const QByteArrayList &items, int version)
    {
        server->request(0);
        server->reply(0, answer(200, page(items, version)));
        auto channel = server->channel(0);
        if (channel)
            channel->start();
        return listener.waitPhase(Phase::Live) ? channel : nullptr;
    }
};

/// Pods are read in protobuf, the first time in one piece.
struct PodBench {
    std::shared_ptr<test::FakeTransport> server = std::make_shared<test::FakeTransport>();
    Cluster cluster{server};
    Listener listener;
    Watcher<Pod> watcher{cluster, kinds::pods(), {}, podDecoder(), listener.handlers<Pod>(), quick()};

    static QByteArray pod(const char *uid, int version) { return test::proto::pod("n-"_ba + uid, uid, version); }
    static QByteArray list(const QByteArrayList &pods, int version)
    {
        return test::proto::envelope("PodList", test::proto::podList(pods, version));
    }
    static constexpr auto protobuf = "application/vnd.kubernetes.protobuf";
};

} // namespace

class TestWatcher : public QObject
{
    Q_OBJECT
private slots:
    void rowsOfTheFirstPageComeAtOnceAndTheWatchBeginsWithThem()
    {
        Bench b;
        QCOMPARE(value(b.server->request(0), "limit"), u"500"_s);
        QCOMPARE(value(b.server->request(0), "resourceVersion"), QString());
        b.server->reply(0, answer(200, page({job("a", 5), job("b", 6)}, 10, "t1", 3)));
        QVERIFY(b.listener.waitRows({{u"a"_s, 5}, {u"b"_s, 6}}));
        // The second page is still on its way.
        const auto channel = b.server->channel(0);
        QVERIFY(channel);
        QCOMPARE(value(channel->request, "resourceVersion"), u"10"_s);
        QCOMPARE(value(channel->request, "allowWatchBookmarks"), u"true"_s);
        QVERIFY(value(channel->request, "timeoutSeconds").toInt() >= 240);
        QCOMPARE(value(b.server->request(1), "limit"), u"1000"_s);
        QCOMPARE(value(b.server->request(1), "continue"), u"t1"_s);
        QVERIFY(b.listener.latch.wait([&] { return b.listener.states.last().loaded == 2; }));
        QCOMPARE(b.listener.state().phase, Phase::Loading);
        QCOMPARE(b.listener.state().expected, qint64(5));
        channel->start();
        channel->send(notice("ADDED", job("e", 11)));
        QVERIFY(b.listener.waitRows({{u"a"_s, 5}, {u"b"_s, 6}, {u"e"_s, 11}}));
        QCOMPARE(b.listener.state().phase, Phase::Loading);
        b.server->reply(1, answer(200, page({job("c", 7)}, 10)));
        QVERIFY(b.listener.waitPhase(Phase::Live));
        QVERIFY(b.listener.waitRows({{u"a"_s, 5}, {u"b"_s, 6}, {u"c"_s, 7}, {u"e"_s, 11}}));
        QCOMPARE(b.listener.completes, 1);
        QVERIFY(b.listener.state().lastGood.isValid());
    }

    void aLongPageComesInPieces()
    {
        Bench b;
        QByteArrayList items;
        for (int i = 0; i < 1201; ++i)
            items.append(job(QByteArray::number(i).constData(), i + 1));
        QVERIFY(b.settle(items, 2000));
        QCOMPARE(b.listener.rows.size(), 1201);
        QCOMPARE(b.listener.upserts, 1201);
        QCOMPARE(b.listener.completes, 1);
        QCOMPARE(b.listener.most, 250);
    }

    void theNewerOfPageAndEventWins()
    {
        Bench b;
        b.server->request(0);
        b.server->reply(0, answer(200, page({job("a", 5)}, 10, "t1", 2)));
        const auto channel = b.server->channel(0);
        b.server->request(1);
        channel->start();
        channel->send(notice("MODIFIED", job("b", 12)) + notice("DELETED", job("c", 13))
                      + notice("MODIFIED", job("a", 14)));
        QVERIFY(b.listener.waitRows({{u"a"_s, 14}, {u"b"_s, 12}}));
        b.server->reply(1, answer(200, page({job("b", 6), job("c", 7)}, 10)));
        QVERIFY(b.listener.waitPhase(Phase::Live));
        QVERIFY(b.listener.waitRows({{u"a"_s, 14}, {u"b"_s, 12}}));
    }

    void anExpiredTokenGoesOnWithTheFreshOne()
    {
        Bench b;
        b.server->request(0);
        b.server->reply(0, answer(200, page({job("a", 5)}, 10, "t1", 1)));
        b.server->request(1);
        b.server->reply(1, answer(410, status(410, "Expired", "fresh")));
        QCOMPARE(value(b.server->request(2), "continue"), u"fresh"_s);
        b.server->reply(2, answer(200, page({job("b", 20)}, 25)));
        b.server->channel(0)->start();
        QVERIFY(b.listener.waitPhase(Phase::Live));
        QVERIFY(b.listener.waitRows({{u"a"_s, 5}, {u"b"_s, 20}}));
        QCOMPARE(b.server->requestCount(), size_t(3));
    }

    void anExpiredTokenWithoutAFreshOneReadsAllInOnePiece()
    {
        Bench b;
        b.server->request(0);
        b.server->reply(0, answer(200, page({job("a", 5)}, 10, "t1", 1)));
        b.server->request(1);
        b.server->reply(1, answer(410, status(410, "Expired")));
        QCOMPARE(value(b.server->request(2), "limit"), QString());
        QCOMPARE(value(b.server->request(2), "continue"), QString());
        b.server->reply(2, answer(200, page({job("b", 20)}, 25)));
        b.server->channel(1)->start();
        QVERIFY(b.listener.waitPhase(Phase::Live));
        QVERIFY(b.listener.waitRows({{u"b"_s, 20}}));
    }

    void freshTokensWithoutPagesAreNotTakenForEver()
    {
        Bench b;
        b.server->request(0);
        b.server->reply(0, answer(200, page({job("a", 5)}, 10, "t1", 1)));
        for (size_t i = 1; i <= 2; ++i) {
            b.server->request(i);
            b.server->reply(i, answer(410, status(410, "Expired", "fresh")));
        }
        QCOMPARE(value(b.server->request(2), "continue"), u"fresh"_s);
        QCOMPARE(value(b.server->request(3), "continue"), QString());
        QCOMPARE(value(b.server->request(3), "limit"), QString());
    }

    void aServerThatRepeatsAPageIsNotAskedForItAgain()
    {
        Bench b;
        b.server->request(0);
        b.server->reply(0, answer(200, page({job("a", 5)}, 10, "t1", 1)));
        b.server->request(1);
        b.server->reply(1, answer(200, page({job("a", 5)}, 10, "t1", 1)));
        QVERIFY(b.listener.waitPhase(Phase::Failed));
        QCOMPARE(value(b.server->request(2), "continue"), QString()); // begun anew, after a wait
    }

    void relistAfter410TellsDifferencesOnly()
    {
        Bench b;
        const auto channel = b.settle({job("a", 5), job("b", 6), job("c", 7)}, 10);
        QVERIFY(channel);
        const int before = b.listener.upserts;
        channel->send(notice("ERROR", status(410, "Expired")));
        b.server->request(1);
        QCOMPARE(b.listener.state().phase, Phase::Live); // rows stay, nothing to worry about yet
        b.server->reply(1, answer(200, page({job("a", 5), job("c", 30), job("d", 31)}, 40)));
        QVERIFY(b.listener.waitRows({{u"a"_s, 5}, {u"c"_s, 30}, {u"d"_s, 31}}));
        QCOMPARE(b.listener.removed, QStringList{u"b"_s});
        QCOMPARE(b.listener.upserts - before, 2); // "a" is not told again
        QCOMPARE(value(b.server->channel(1)->request, "resourceVersion"), u"40"_s);
    }

    void aWatchRefusedWith410Relists()
    {
        Bench b;
        const auto channel = b.settle({job("a", 5)}, 10);
        QVERIFY(channel);
        channel->send(notice("MODIFIED", job("a", 11)));
        QVERIFY(b.listener.waitRows({{u"a"_s, 11}}));
        channel->end();
        const auto second = b.server->channel(1);
        second->end(answer(410, status(410, "Expired")));
        b.server->request(1);
        b.server->reply(1, answer(200, page({}, 50)));
        QVERIFY(b.listener.waitRows({}));
    }

    void aWatchThatEndsGoesOnFromTheLastBookmark()
    {
        Bench b;
        const auto channel = b.settle({job("a", 5)}, 10);
        QVERIFY(channel);
        channel->send(notice("BOOKMARK", job("", 77)));
        channel->end();
        const auto second = b.server->channel(1);
        QVERIFY(second);
        QCOMPARE(value(second->request, "resourceVersion"), u"77"_s);
        QCOMPARE(b.listener.state().phase, Phase::Live);
        QVERIFY(channel->isClosed());
    }

    void aLostConnectionIsShownAndTheWatchResumed()
    {
        Bench b;
        const auto channel = b.settle({job("a", 5)}, 10);
        QVERIFY(channel);
        channel->end(fail(Error::make(Error::Kind::Network, u"gone"_s)));
        QVERIFY(b.listener.waitPhase(Phase::Stale));
        QCOMPARE(b.listener.state().error.kind, Error::Kind::Network);
        const auto second = b.server->channel(1);
        QVERIFY(second);
        QCOMPARE(value(second->request, "resourceVersion"), u"10"_s);
        second->start();
        QVERIFY(b.listener.waitPhase(Phase::Live));
        QCOMPARE(b.listener.rows.size(), 1);
    }

    void reconnectingGoesOnFromWhereItIs()
    {
        Bench b;
        const auto channel = b.settle({job("a", 5)}, 10);
        QVERIFY(channel);
        channel->send(notice("MODIFIED", job("a", 12)));
        QVERIFY(b.listener.waitRows({{u"a"_s, 12}}));
        b.watcher->reconnect();
        const auto second = b.server->channel(1);
        QVERIFY(second);
        QVERIFY(channel->isClosed());
        QCOMPARE(value(second->request, "resourceVersion"), u"12"_s);
        second->start();
        second->send(notice("ADDED", job("b", 13)));
        QVERIFY(b.listener.waitRows({{u"a"_s, 12}, {u"b"_s, 13}}));
        QCOMPARE(b.server->requestCount(), size_t(1)); // no list
    }

    void reconnectingBeginsAListAnew()
    {
        Bench b;
        b.server->request(0);
        b.watcher->reconnect();
        QVERIFY(!b.server->request(1).path.isEmpty()); // the first may wait for ever
        b.server->reply(1, answer(200, page({job("a", 5)}, 10)));
        b.server->channel(0)->start();
        QVERIFY(b.listener.waitPhase(Phase::Live));
    }

    void aServerThatIsDownFailsAndIsTriedAgain()
    {
        Bench b;
        b.server->request(0);
        b.server->reply(0, fail(Error::make(Error::Kind::Network, u"refused"_s)));
        QVERIFY(b.listener.waitPhase(Phase::Failed));
        QVERIFY(b.server->request(1).path.startsWith("/apis/kubeflow.org"_L1));
        QCOMPARE(b.listener.state().phase, Phase::Failed); // no flicker while it is tried again
        b.server->reply(1, answer(200, page({job("a", 5)}, 10)));
        b.server->channel(0)->start();
        QVERIFY(b.listener.waitPhase(Phase::Live));
    }

    void forbiddenIsFinalUntilAsked()
    {
        Bench b;
        b.server->request(0);
        b.server->reply(0, answer(403, status(403, "Forbidden")));
        // Is it perhaps not served at all? Discovery says that it is.
        QCOMPARE(b.server->request(1).path, u"/api"_s);
        b.server->reply(1, answer(200, "{\"kind\":\"APIGroupDiscoveryList\",\"items\":[]}"));
        QCOMPARE(b.server->request(2).path, u"/apis"_s);
        b.server->reply(
            2,
            answer(
                200,
                "{\"kind\":\"APIGroupDiscoveryList\",\"items\":[{\"metadata\":{\"name\":\"kubeflow.org\"},\"versions\":"
                "[{\"version\":\"v1\","
                "\"resources\":[{\"resource\":\"pytorchjobs\",\"responseKind\":{\"kind\":\"PyTorchJob\"},\"scope\":"
                "\"Namespaced\"}]}]}]}"));
        QVERIFY(b.listener.waitPhase(Phase::Forbidden));
        QCOMPARE(b.listener.state().error.kind, Error::Kind::Forbidden);
        QCOMPARE(b.server->requestCount(), size_t(3));
        b.watcher->retryNow();
        b.server->request(3);
        b.server->reply(3, answer(200, page({job("a", 5)}, 10)));
        b.server->channel(0)->start();
        QVERIFY(b.listener.waitPhase(Phase::Live));
        // Whoever asks again and again leaves the list alone that is on its way.
        b.server->channel(0)->end(answer(403, status(403, "Forbidden")));
        QVERIFY(b.listener.waitPhase(Phase::Forbidden));
        b.watcher->retryNow();
        b.server->request(4);
        for (int i = 0; i < 5; ++i) {
            b.watcher->retryNow();
            QTest::qWait(2);
        }
        b.server->reply(4, answer(200, page({job("a", 5)}, 10)));
        b.server->channel(1)->start();
        QVERIFY(b.listener.waitPhase(Phase::Live));
        QCOMPARE(b.server->requestCount(), size_t(5));
    }

    /// The watch, which began with the first page, waits to be tried again while the second page is refused: what came of
    /// the list is half of it, and no watch makes it whole.
    void halfAListIsNeverLive()
    {
        Bench b;
        b.server->request(0);
        b.server->reply(0, answer(200, page({job("a", 5)}, 10, "more", 1)));
        const auto watch = b.server->channel(0);
        QVERIFY(watch);
        b.server->request(1);
        watch->end(answer(429, status(429, "TooManyRequests"), "application/json", {{"retry-after", "1"}}));
        QVERIFY(b.listener.waitPhase(Phase::Failed));
        b.server->reply(1, answer(403, status(403, "Forbidden")));
        b.server->request(2); // discovery: is it served at all?
        b.server->reply(2, answer(200, "{\"kind\":\"APIGroupDiscoveryList\",\"items\":[]}"));
        b.server->request(3);
        b.server->reply(3, answer(200,
                                  "{\"kind\":\"APIGroupDiscoveryList\",\"items\":[{\"metadata\":{\"name\":\"kubeflow.org\"},\"versions\":"
                                  "[{\"version\":\"v1\",\"resources\":[{\"resource\":\"pytorchjobs\",\"responseKind\":{\"kind\":\"PyTorchJob\"},"
                                  "\"scope\":\"Namespaced\"}]}]}]}"));
        QVERIFY(b.listener.waitPhase(Phase::Forbidden));
        QTest::qWait(1300); // longer than the server asked the watch to wait
        QCOMPARE(b.server->channelCount(), size_t(1));
        QCOMPARE(b.listener.state().phase, Phase::Forbidden);
    }

    void whatIsNotServedIsAbsentEvenWhereForbidden()
    {
        Bench b;
        b.server->request(0);
        b.server->reply(0, answer(403, status(403, "Forbidden")));
        b.server->request(1);
        b.server->reply(1, answer(200, "{\"kind\":\"APIGroupDiscoveryList\",\"items\":[]}"));
        b.server->request(2);
        b.server->reply(2, answer(200, "{\"kind\":\"APIGroupDiscoveryList\",\"items\":[]}"));
        QVERIFY(b.listener.waitPhase(Phase::Absent));
    }

    void anAbsentResourceIsLookedForAgain()
    {
        WatchOptions options = quick();
        options.absentRecheck = 1ms;
        Bench b({}, options);
        b.server->request(0);
        b.server->reply(0, answer(404, "404 page not found", "text/plain"));
        QVERIFY(b.listener.waitPhase(Phase::Absent));
        b.server->request(1);
        QCOMPARE(b.listener.state().phase, Phase::Absent);
        b.server->reply(1, answer(200, page({job("a", 5)}, 10)));
        b.server->channel(0)->start();
        QVERIFY(b.listener.waitPhase(Phase::Live));
    }

    void aRemovedResourceTakesItsRowsAlong()
    {
        WatchOptions options = quick();
        options.absentRecheck = 1h;
        Bench b({}, options);
        const auto channel = b.settle({job("a", 5)}, 10);
        QVERIFY(channel);
        channel->end();
        b.server->channel(1)->end(answer(404, "404 page not found", "text/plain"));
        QVERIFY(b.listener.waitPhase(Phase::Absent));
        QVERIFY(b.listener.waitRows({}));
    }

    void aRejectedCredentialIsTriedAfreshOnce()
    {
        Bench b;
        const auto channel = b.settle({job("a", 5)}, 10);
        QVERIFY(channel);
        channel->end();
        b.server->channel(1)->end(answer(401, status(401, "Unauthorized")));
        const auto third = b.server->channel(2);
        QVERIFY(third);
        QCOMPARE(b.listener.state().phase, Phase::Live); // the refresh is not worth a word
        third->end(answer(401, status(401, "Unauthorized")));
        QVERIFY(b.listener.waitPhase(Phase::Stale));
        QCOMPARE(b.listener.state().error.kind, Error::Kind::Auth);
    }

    void retryAfterIsObeyed()
    {
        WatchOptions options = quick();
        Bench b({}, options);
        b.server->request(0);
        b.server->reply(0, answer(429, status(429, "TooManyRequests"), "application/json", {{"retry-after", "3600"}}));
        QVERIFY(b.listener.waitPhase(Phase::Failed));
        QVERIFY(b.listener.state().error.retryAfter == std::chrono::seconds(3600));
        QCOMPARE(b.server->requestCount(), size_t(1));
        b.watcher->retryNow(); // the user need not wait
        QVERIFY(!b.server->request(1).path.isEmpty());
    }

    void eventsOfOneObjectAreToldOnce()
    {
        WatchOptions options = quick();
        options.flushAfter = 50ms;
        Bench b({}, options);
        const auto channel = b.settle({}, 10);
        QVERIFY(channel);
        const int deltas = b.listener.deltas;
        QByteArray burst;
        for (int version = 11; version < 400; ++version)
            burst += notice("MODIFIED", job("a", version));
        burst += notice("ADDED", job("b", 400)) + notice("DELETED", job("b", 401)) + notice("ADDED", job("c", 402));
        channel->send(burst);
        QVERIFY(b.listener.waitRows({{u"a"_s, 399}, {u"c"_s, 402}}));
        QCOMPARE(b.listener.deltas - deltas, 1);
        QCOMPARE(b.listener.upserts, 2);
    }

    void aBigBurstIsHandedOnWithoutWaiting()
    {
        WatchOptions options = quick();
        options.flushAfter = 1h;
        options.flushAt = 10;
        Bench b({}, options);
        const auto channel = b.settle({}, 10);
        QVERIFY(channel);
        QByteArray burst;
        for (int i = 0; i < 10; ++i)
            burst += notice("ADDED", job(QByteArray::number(i).constData(), 11 + i));
        channel->send(burst);
        QVERIFY(b.listener.latch.wait([&] { return b.listener.rows.size() == 10; }));
    }

    void aDamagedStreamIsBegunAnew()
    {
        Bench b;
        const auto channel = b.settle({job("a", 5)}, 10);
        QVERIFY(channel);
        channel->send("<html>gateway</html>");
        QVERIFY(b.listener.waitPhase(Phase::Stale));
        b.server->request(1);
        b.server->reply(1, answer(200, page({job("a", 5)}, 20)));
        b.server->channel(1)->start();
        QVERIFY(b.listener.waitPhase(Phase::Live));
    }

    void aWebPageInsteadOfAListSaysSo()
    {
        Bench b;
        b.server->request(0);
        b.server->reply(0, answer(200, "<!DOCTYPE html><html>sign in</html>", "text/html"));
        QVERIFY(b.listener.waitPhase(Phase::Failed));
        QCOMPARE(b.listener.state().error.reason, u"NotKubernetes"_s);
    }

    void oneNamespaceIsWatchedByItsPath()
    {
        Bench b(u"ml"_s);
        QCOMPARE(b.server->request(0).path.section(u'?', 0, 0), u"/apis/kubeflow.org/v1/namespaces/ml/pytorchjobs"_s);
    }

    void selectorsGoAlongWithListAndWatch()
    {
        WatchOptions options = quick();
        options.labelSelector = u"a=b,c"_s;
        options.fieldSelector = u"spec.nodeName=n"_s;
        Bench b({}, options);
        QVERIFY(b.settle({}, 10));
        for (const net::Request &request : {b.server->request(0), b.server->channel(0)->request}) {
            QCOMPARE(value(request, "labelSelector"), u"a=b,c"_s);
            QCOMPARE(value(request, "fieldSelector"), u"spec.nodeName=n"_s);
        }
    }

    void aNameThatLeavesItsPlaceIsRefusedUnsent()
    {
        Bench b(u"../../secrets"_s);
        QVERIFY(b.listener.waitPhase(Phase::Failed));
        QCOMPARE(b.server->requestCount(), size_t(0));
    }

    void protobufIsAskedForWhereItIsRead()
    {
        PodBench pods;
        const auto list = pods.server->channel(0);
        QVERIFY(list);
        QVERIFY(list->request.headers.contains(net::Header("Accept", "application/vnd.kubernetes.protobuf,application/json")));
        Bench jobs;
        QVERIFY(jobs.server->request(0).headers.contains(net::Header("Accept", "application/json")));
    }

    void theFirstListInProtobufComesInOnePiece()
    {
        PodBench b;
        const auto list = b.server->channel(0);
        QVERIFY(list);
        QCOMPARE(value(list->request, "resourceVersion"), u"0"_s); // out of the server's cache
        QCOMPARE(value(list->request, "limit"), QString());
        QCOMPARE(value(list->request, "watch"), QString());
        QByteArrayList pods;
        QMap<QString, int> rows;
        for (int i = 0; i < 501; ++i) {
            pods.append(PodBench::pod(QByteArray::number(i).constData(), 5 + i));
            rows.insert(QString::number(i), 5 + i);
        }
        const QByteArray bytes = PodBench::list(pods, 1000);
        list->start(PodBench::protobuf);
        list->send(bytes.chopped(1));
        // All but the last pod are shown, and the watch begins, while the list still travels.
        QVERIFY(b.listener.latch.wait([&] { return b.listener.rows.size() == 500; }));
        const auto watch = b.server->channel(1);
        QVERIFY(watch);
        QCOMPARE(value(watch->request, "resourceVersion"), u"1000"_s);
        QCOMPARE(value(watch->request, "watch"), u"true"_s);
        QCOMPARE(b.listener.state().phase, Phase::Loading);
        watch->start();
        list->send(bytes.last(1));
        list->end();
        QVERIFY(b.listener.waitPhase(Phase::Live));
        QVERIFY(b.listener.waitRows(rows));
        QCOMPARE(b.listener.completes, 1);
        QCOMPARE(b.server->requestCount(), size_t(0));
    }

    void aListThatIsCutIsReadInPages()
    {
        PodBench b;
        QByteArrayList pods;
        for (int i = 0; i < 501; ++i)
            pods.append(PodBench::pod(QByteArray::number(i).constData(), 5));
        auto list = b.server->channel(0);
        QVERIFY(list);
        list->start(PodBench::protobuf);
        list->send(PodBench::list(pods, 1000).chopped(1));
        QVERIFY(b.listener.latch.wait([&] { return b.listener.rows.size() == 500; }));
        QVERIFY(b.server->channel(1)); // the watch
        list->end(fail(Error::make(Error::Kind::Network, u"cut"_s)));
        QCOMPARE(value(b.server->request(0), "limit"), u"500"_s);
        QVERIFY(b.server->channel(1)->isClosed()); // it belonged to the list that failed
        b.server->reply(0, answer(200, PodBench::list({PodBench::pod("7", 9)}, 1001), PodBench::protobuf));
        const auto watch = b.server->channel(2);
        QVERIFY(watch);
        QCOMPARE(value(watch->request, "resourceVersion"), u"1001"_s);
        watch->start();
        QVERIFY(b.listener.waitPhase(Phase::Live));
        QVERIFY(b.listener.waitRows({{u"7"_s, 9}})); // what only the cut one had is gone
    }

    void aListThatCannotBeReadInOnePieceIsReadInPages_data()
    {
        QTest::addColumn<QByteArray>("type");
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("json") << "application/json"_ba << QByteArray();
        QTest::newRow("garbage") << QByteArray(PodBench::protobuf) << "<html>"_ba;
        QTest::newRow("another kind") << QByteArray(PodBench::protobuf)
                                      << test::proto::envelope("Status", test::proto::podList({PodBench::pod("a", 5)}, 5));
    }
    void aListThatCannotBeReadInOnePieceIsReadInPages()
    {
        QFETCH(QByteArray, type);
        QFETCH(QByteArray, body);
        PodBench b;
        const auto list = b.server->channel(0);
        QVERIFY(list);
        list->start(type);
        if (!body.isEmpty())
            list->send(body);
        QCOMPARE(value(b.server->request(0), "limit"), u"500"_s);
        QVERIFY(list->isClosed());
    }

    void aRefusalBeforeTheListIsToldAtOnce()
    {
        PodBench b;
        b.server->automatic = [](const net::Request &) { return answer(403, status(403, "Forbidden")); };
        const auto list = b.server->channel(0);
        QVERIFY(list);
        list->end(answer(403, status(403, "Forbidden")));
        QVERIFY(b.listener.waitPhase(Phase::Forbidden));
        PodBench busy; // others are asked again in pages, with all the ways to try again
        const auto refused = busy.server->channel(0);
        QVERIFY(refused);
        refused->end(answer(500, status(500, "InternalError")));
        QCOMPARE(value(busy.server->request(0), "limit"), u"500"_s);
    }

    void endingNeverWaitsForTheServer()
    {
        Bench b;
        b.server->request(0); // never answered
        b.watcher.reset();
        Bench second;
        second.server->request(0);
        second.server->reply(0, answer(200, page({job("a", 5)}, 10, "t1", 1)));
        second.server->request(1); // never answered, and the watch is open
        second.watcher.reset();
        QVERIFY(second.server->channel(0)->isClosed());
    }

    /// Random histories of a server, read through pages and a watch in every order, end in the server's own set.
    /// A server that is behind (another apiserver's cache) lists an older moment, and its watch tells again what was
    /// known: of a name that passed on, the new owner must stay although the old one came back for a while.
    void aListOfAnOlderMomentLosesNothing()
    {
        Listener listener;
        WatchedSet<Job> set(jobDecoder(JobKind::PyTorchJob), listener.handlers());
        const auto list = [&](const QByteArrayList &items, int version) {
            set.beginList();
            QVERIFY(set.page(page(items, version), WireFormat::Json));
        };
        const auto event = [&](const char *type, const QByteArray &object) { QVERIFY(set.event(notice(type, object), WireFormat::Json)); };
        list({job("new", 20), job("other", 15)}, 20);
        set.endList();
        set.flush(u"20"_s);
        // Then: 10 "old" is there, 12 it goes, 20 "new" comes.
        list({job("old", 10)}, 11);
        set.flush(u"11"_s);
        event("DELETED", job("old", 12));
        event("ADDED", job("other", 15));
        event("ADDED", job("new", 20));
        set.endList();
        set.flush(u"20"_s);
        QCOMPARE(listener.rows, (QMap<QString, int>{{u"new"_s, 20}, {u"other"_s, 15}}));
        // The same with a list that ends before the watch has told anything: what it removes comes back in the same batch,
        // which is so long that it is handed on in pieces.
        list({job("old", 10)}, 11);
        set.endList();
        event("DELETED", job("old", 12));
        event("ADDED", job("new", 20));
        event("ADDED", job("other", 15));
        QMap<QString, int> all{{u"new"_s, 20}, {u"other"_s, 15}};
        for (int i = 0; i < 600; ++i) {
            const QByteArray uid = "more-" + QByteArray::number(i);
            event("ADDED", job(uid.constData(), 21 + i));
            all[QString::fromLatin1(uid)] = 21 + i;
        }
        set.flush(u"700"_s);
        QCOMPARE(listener.rows, all);
        for (const QString &uid : {u"new"_s, u"other"_s})
            QVERIFY2(!listener.removed.contains(uid), "told as gone and as there in one batch");
    }

    void randomHistoriesEndInTheServersSet_data()
    {
        QTest::addColumn<uint>("seed");
        for (uint seed = 1; seed <= 300; ++seed)
            QTest::addRow("%u", seed) << seed;
    }
    void randomHistoriesEndInTheServersSet()
    {
        QFETCH(uint, seed);
        std::mt19937 random(seed);
        const auto below = [&](int n) { return int(random() % uint(n)); };

        QMap<QByteArray, int> server; // UID → version
        QByteArrayList log;           // events, in order
        int version = 1;
        int born = 0;
        const auto mutate = [&] {
            ++version;
            const int what = server.isEmpty() ? 0 : below(3);
            if (what == 0) {
                const QByteArray uid = "u" + QByteArray::number(below(1000)) + "-" + QByteArray::number(++born);
                server[uid] = version;
                log.append(notice("ADDED", job(uid.constData(), version)));
                return;
            }
            const QByteArray uid = std::next(server.keyBegin(), below(int(server.size()))).base().key();
            if (what == 1) {
                server[uid] = version;
                log.append(notice("MODIFIED", job(uid.constData(), version)));
            } else {
                server.remove(uid);
                log.append(notice("DELETED", job(uid.constData(), version)));
            }
        };

        QMap<QString, int> shown;
        int badTimes = 0;
        WatchHandlers<Job> handlers;
        handlers.state = [](const FeedState &) {};
        handlers.delta = [&](const Delta<Job> &delta) {
            QSet<QString> once;
            for (const Job &j : delta.upserts) {
                badTimes += once.contains(j.uid);
                once.insert(j.uid);
                shown[j.uid] = j.resourceVersion.toInt();
            }
            for (const QString &uid : delta.removed) {
                badTimes += once.contains(uid) || !(shown.contains(uid) || !once.contains(uid));
                shown.remove(uid);
            }
        };
        WatchedSet<Job> set(jobDecoder(JobKind::PyTorchJob), handlers);

        for (int round = 0; round < 4; ++round) {
            for (int i = below(40); i > 0; --i)
                mutate(); // missed: the watch lost its place
            log.clear();
            QMap<QByteArray, int> snapshot = server; // what the pages show
            QByteArrayList keys = snapshot.keys();
            set.beginList();
            qsizetype told = 0;
            const auto hear = [&](qsizetype count) {
                for (; count > 0 && told < log.size(); --count)
                    QVERIFY(set.event(log[told++], WireFormat::Json));
            };
            while (!keys.isEmpty()) {
                QByteArrayList items;
                for (int n = 1 + below(5); n > 0 && !keys.isEmpty(); --n) {
                    const QByteArray uid = keys.takeFirst();
                    items.append(job(uid.constData(), snapshot[uid]));
                }
                QVERIFY(set.page(page(items, version), WireFormat::Json));
                if (below(2))
                    set.flush({});
                for (int i = below(4); i > 0; --i)
                    mutate();
                hear(below(4));
                if (below(8) == 0) { // the token expired: the rest comes from newer data
                    const QByteArray from = keys.value(0);
                    snapshot = server;
                    keys.clear();
                    for (const QByteArray &uid : snapshot.keys()) {
                        if (!from.isEmpty() && uid >= from)
                            keys.append(uid);
                    }
                }
            }
            set.endList();
            for (int i = below(10); i > 0; --i)
                mutate();
            hear(log.size());
            set.flush({});
        }
        QMap<QString, int> expected;
        for (auto it = server.cbegin(); it != server.cend(); ++it)
            expected[QString::fromUtf8(it.key())] = it.value();
        QCOMPARE(shown, expected);
        QCOMPARE(badTimes, 0);
        QCOMPARE(set.known(), server.size());
    }
};

QTEST_GUILESS_MAIN(TestWatcher)
#include "tst_watcher.moc"
