// SPDX-License-Identifier: GPL-3.0-or-later
#include "FakeTransport.h"
#include "kube/Feed.h"

#include <QTest>
#include <QThread>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace cairn;
using namespace cairn::kube;
using cairn::test::answer;

namespace {

QByteArray page(const QByteArray &ns)
{
    const QByteArray uid = "u-" + ns;
    return "{\"kind\":\"TFJobList\",\"metadata\":{\"resourceVersion\":\"9\"},\"items\":[{\"metadata\":{\"name\":\"n\",\"namespace\":\""_ba
        + ns + "\",\"uid\":\"" + uid + "\",\"resourceVersion\":\"3\"}}]}";
}

QByteArray nsOf(const net::Request &request)
{
    return request.path.contains("/namespaces/"_L1)
        ? request.path.section(u"/namespaces/"_s, 1).section(u'/', 0, 0).toUtf8()
        : QByteArray();
}

} // namespace

class TestFeed : public QObject
{
    Q_OBJECT

    std::shared_ptr<test::FakeTransport> m_server;
    std::unique_ptr<Cluster> m_cluster;
    std::unique_ptr<Feed<Job>> m_feed;
    QStringList m_rows;
    QList<FeedState> m_states;
    int m_resets = 0;
    bool m_wrongThread = false;

private slots:
    void init()
    {
        m_server = std::make_shared<test::FakeTransport>();
        m_cluster = std::make_unique<Cluster>(m_server);
        m_rows.clear();
        m_states.clear();
        m_resets = 0;
        Feed<Job>::Handlers handlers;
        handlers.reset = [this] {
            ++m_resets;
            m_rows.clear();
        };
        handlers.delta = [this](const Delta<Job> &delta) {
            m_wrongThread |= QThread::currentThread() != thread();
            for (const Job &job : delta.upserts)
                m_rows.append(job.uid);
        };
        handlers.state = [this](const FeedState &state) { m_states.append(state); };
        m_feed = std::make_unique<Feed<Job>>(
            *m_cluster, facts(JobKind::TFJob).resource, [] { return jobDecoder(JobKind::TFJob); }, handlers);
    }
    void cleanup()
    {
        m_feed.reset();
        m_cluster.reset();
        QVERIFY(!m_wrongThread);
    }

    void everyNamespaceOfTheScopeIsWatched()
    {
        m_server->automatic = [](const net::Request &r) { return answer(200, page(nsOf(r))); };
        m_feed->start({{u"a"_s, u"b"_s}, {}});
        QTRY_COMPARE(m_rows.size(), 2);
        m_rows.sort();
        QCOMPARE(m_rows, (QStringList{u"u-a"_s, u"u-b"_s}));
        QVERIFY(m_feed->state().phase == FeedState::Phase::Loading);
        m_server->channel(0)->start();
        m_server->channel(1)->start();
        QTRY_VERIFY(m_feed->state().phase == FeedState::Phase::Live);
        QCOMPARE(m_states.last().loaded, qint64(2));
    }

    void whoMayNotListAllGetsTheirOwn()
    {
        m_server->automatic = [](const net::Request &r) -> Result<net::Response> {
            if (r.path == "/api"_L1)
                return answer(404, "");
            if (r.path == "/apis"_L1)
                return answer(500, "");
            return nsOf(r).isEmpty() ? answer(403, "{\"kind\":\"Status\",\"code\":403}") : answer(200, page(nsOf(r)));
        };
        m_feed->start({{}, {u"mine"_s}});
        QTRY_COMPARE(m_rows, QStringList{u"u-mine"_s});
        QTRY_VERIFY(m_server->channel(0) != nullptr);
        m_server->channel(0)->start();
        QTRY_VERIFY(m_feed->state().phase == FeedState::Phase::Live);
    }

    void oneForbiddenNamespaceOfManyIsNamedAndTheOthersShow()
    {
        m_server->automatic = [](const net::Request &r) -> Result<net::Response> {
            if (r.path == "/api"_L1 || r.path == "/apis"_L1) // what is served is not known
                return answer(500, "");
            if (nsOf(r) == "shut")
                return answer(403, "{\"kind\":\"Status\",\"code\":403,\"reason\":\"Forbidden\",\"message\":\"no\"}");
            return answer(200, page(nsOf(r)));
        };
        m_feed->start({{u"a"_s, u"shut"_s, u"b"_s}, {}});
        QTRY_VERIFY(m_server->channel(1) != nullptr);
        m_server->channel(0)->start();
        m_server->channel(1)->start();
        QTRY_VERIFY(m_feed->state().phase == FeedState::Phase::Live);
        m_rows.sort();
        QCOMPARE(m_rows, (QStringList{u"u-a"_s, u"u-b"_s}));
        QVERIFY2(m_feed->state().error.oneLine().contains(u"shut"_s), qPrintable(m_feed->state().error.oneLine()));
        for (const auto &[ns, state] : m_feed->parts())
            QCOMPARE(state.phase, ns == "shut"_L1 ? FeedState::Phase::Forbidden : FeedState::Phase::Live);
    }

    void aNewScopeForgetsTheOldRowsAndTheirLateNews()
    {
        m_server->automatic = [](const net::Request &r) { return answer(200, page(nsOf(r))); };
        m_feed->start({{u"old"_s}, {}});
        QVERIFY(m_server->channel(0)); // its rows wait in the event queue
        m_feed->start({{u"new"_s}, {}});
        QTRY_COMPARE(m_rows, QStringList{u"u-new"_s});
        QCOMPARE(m_resets, 2);
        QTRY_VERIFY(m_server->channel(0)->isClosed());
    }

    void statesAreCombined_data()
    {
        using P = FeedState::Phase;
        QTest::addColumn<QList<int>>("parts");
        QTest::addColumn<int>("all");
        const auto row = [](const char *name, const QList<P> &parts, P all) {
            QList<int> numbers;
            for (const P part : parts)
                numbers.append(int(part));
            QTest::newRow(name) << numbers << int(all);
        };
        row("live", {P::Live, P::Live}, P::Live);
        row("one loads", {P::Live, P::Loading}, P::Loading);
        row("one is stale", {P::Live, P::Stale, P::Loading}, P::Stale);
        row("one failed beside rows", {P::Live, P::Failed}, P::Stale);
        row("all failed", {P::Failed, P::Failed}, P::Failed);
        row("some kinds are absent", {P::Absent, P::Live, P::Absent}, P::Live);
        row("all absent", {P::Absent, P::Absent}, P::Absent);
        row("some forbidden", {P::Forbidden, P::Live}, P::Live);
        row("all forbidden", {P::Forbidden, P::Absent}, P::Forbidden);
    }
    void statesAreCombined()
    {
        QFETCH(QList<int>, parts);
        QFETCH(int, all);
        QList<FeedState> states;
        for (const int part : parts) {
            FeedState state;
            state.phase = FeedState::Phase(part);
            state.error = Error::make(Error::Kind::Forbidden, QString::number(part));
            states.append(state);
        }
        const FeedState result = combined(states);
        QCOMPARE(int(result.phase), all);
        if (parts.contains(int(FeedState::Phase::Forbidden)))
            QCOMPARE(result.error.what, QString::number(int(FeedState::Phase::Forbidden)));
    }
};

QTEST_GUILESS_MAIN(TestFeed)
#include "tst_feed.moc"
