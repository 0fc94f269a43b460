// SPDX-License-Identifier: GPL-3.0-or-later
// services::probe against stores that refuse as real ones do not on demand. A real one: tests/services/test_services.py.
#include "FaultStore.h"
#include "services/Probe.h"
#include "services/S3Look.h"

#include <QElapsedTimer>
#include <QTest>
#include <atomic>
#include <thread>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::services;
using namespace cairn::test;

namespace {

constexpr auto KEY = "AKIDCANARY";
constexpr auto SECRET = "Canary/7f3a+secret";
using State = Check::State;

Target target(quint16 port)
{
    return {.kind = Kind::S3,
        .host = u"localhost"_s,
        .port = port,
        .user = QString::fromLatin1(KEY),
        .password = Secret(SECRET),
        .database = u"mlpipeline"_s};
}

Check at(const Report &report, const QString &id)
{
    const auto it = std::ranges::find(report.checks, id, &Check::id);
    return it == report.checks.cend() ? Check{.id = u"missing"_s, .what = id} : *it;
}

/// What holds of every report: all that there is to look at is in it, as text for people without a key.
void verify(const Report &report)
{
    QCOMPARE(report.checks.size(), 13);
    for (const Check &check : report.checks) {
        QVERIFY2(!check.text.isEmpty() && !check.what.isEmpty(), qPrintable(check.id));
        QVERIFY2(check.state != State::Failed || !check.fix.isEmpty(), qPrintable(check.id + u": "_s + check.text));
        for (const QString &text : {check.text, check.fix}) {
            QVERIFY2(!text.contains(QLatin1StringView(SECRET)) && !text.contains(QLatin1StringView(KEY)), qPrintable(text));
            QVERIFY2(text.size() < 600, qPrintable(text));
            for (const QChar c : text)
                QVERIFY2(c.unicode() >= 0x20 && c.unicode() != 0x7f && (c.unicode() < 0x202a || c.unicode() > 0x202e),
                    qPrintable(text));
        }
    }
}

#define VERIFY_STATE(report, id, wanted, word)                                                                         \
    do {                                                                                                               \
        const Check check = at(report, id);                                                                            \
        QVERIFY2(check.state == (wanted) && (check.text + u' ' + check.fix).contains(QLatin1StringView(word)),         \
            qPrintable(check.what + u": "_s + check.text + u" | "_s + check.fix));                                     \
        verify(report);                                                                                                \
    } while (false)

} // namespace

class TestS3Probe : public QObject {
    Q_OBJECT

private slots:
    void aStoreThatCanBeUsed()
    {
        FaultStore store;
        const FaultServer server(store.script());
        Report report = probe(target(server.port()), 5, {});
        verify(report);
        for (const QString &id : {u"name"_s, u"tcp"_s, u"s3"_s, u"clock"_s, u"region"_s, u"login"_s, u"style"_s, u"bucket"_s, u"list"_s})
            QVERIFY2(at(report, id).state == State::Ok, qPrintable(id + at(report, id).text));
        VERIFY_STATE(report, u"s3"_s, State::Ok, "FaultStore");
        VERIFY_STATE(report, u"tls"_s, State::Warn, "Not encrypted");
        // Nothing is written where nobody agreed.
        for (const QString &id : {u"write"_s, u"read"_s, u"delete"_s})
            VERIFY_STATE(report, id, State::Skipped, "agree");
        QVERIFY(report.usable());
        for (const FaultRequest &request : server.requests()) {
            QCOMPARE(request.method, "GET"_ba);
            QVERIFY2(request.target.startsWith("/mlpipeline?list-type=2"), request.target.constData());
            for (const auto &header : request.headers)
                QVERIFY(!header.second.contains(SECRET));
        }
    }

    void oneObjectIsWrittenAndGone()
    {
        FaultStore store;
        const FaultServer server(store.script());
        Target wish = target(server.port());
        wish.mayWrite = true;
        const Report report = probe(wish, 5, {});
        verify(report);
        for (const QString &id : {u"write"_s, u"read"_s, u"delete"_s})
            QVERIFY2(at(report, id).state == State::Ok, qPrintable(id + at(report, id).text));
        QByteArrayList methods;
        for (const FaultRequest &request : server.requests()) {
            methods.append(request.method);
            QVERIFY2(methods.size() == 1 || request.target.startsWith("/mlpipeline/cairn-probe/"), request.target.constData());
        }
        QCOMPARE(methods, (QByteArrayList{"GET", "PUT", "GET", "DELETE"}));
        QVERIFY(store.objects.isEmpty());
    }

    /// Also where reading fails, and where the store never says whether it wrote.
    void theObjectGoesAlsoWhereSomethingFails_data()
    {
        QTest::addColumn<int>("which");
        QTest::newRow("it cannot be read") << 0;
        QTest::newRow("no answer to the writing") << 1;
        QTest::newRow("an error of the store after it wrote") << 2;
        QTest::newRow("stopped meanwhile") << 3;
    }
    void theObjectGoesAlsoWhereSomethingFails()
    {
        QFETCH(const int, which);
        FaultStore store;
        std::stop_source stop;
        store.first = [&](const FaultRequest &request) -> std::optional<QByteArray> {
            if (request.method == "GET" && request.target.contains("cairn-probe") && which == 0)
                return FaultStore::refusal(403, "AccessDenied");
            if (request.method != "PUT" || which == 0)
                return std::nullopt;
            store.objects.insert(request.target, request.body);
            if (which == 3)
                stop.request_stop();
            return which == 2 ? FaultStore::refusal(500, "InternalError") : which == 3 ? faults::answer(200, {}) : QByteArray("\r\n");
        };
        const FaultServer server(store.script());
        Target wish = target(server.port());
        wish.mayWrite = true;
        const Report report = probe(wish, 3, stop.get_token());
        verify(report);
        const std::lock_guard lock(store.mutex);
        QVERIFY(store.objects.isEmpty());
        QCOMPARE(server.requests().last().method, "DELETE"_ba);
        QCOMPARE(at(report, u"delete"_s).state, State::Ok);
        if (which == 0)
            VERIFY_STATE(report, u"read"_s, State::Failed, "s3:GetObject");
    }

    void whatMayNotBeWrittenIsNotDeleted()
    {
        FaultStore store;
        store.first = [](const FaultRequest &request) -> std::optional<QByteArray> {
            return request.method == "PUT" ? std::optional(FaultStore::refusal(403, "AccessDenied")) : std::nullopt;
        };
        const FaultServer server(store.script());
        Target wish = target(server.port());
        wish.mayWrite = true;
        const Report report = probe(wish, 5, {});
        VERIFY_STATE(report, u"write"_s, State::Failed, "s3:PutObject");
        QCOMPARE(server.requests().last().method, "PUT"_ba); // a deletion would leave a mark
        QVERIFY(!report.usable());
    }

    void whatStaysIsSaid()
    {
        FaultStore store;
        QByteArray deleted = "HTTP/1.1 204 No Content\r\nx-amz-delete-marker: true\r\nx-amz-version-id: 7\r\n\r\n";
        store.first = [&](const FaultRequest &request) -> std::optional<QByteArray> {
            return request.method == "DELETE" ? std::optional(deleted) : std::nullopt;
        };
        const FaultServer server(store.script());
        Target wish = target(server.port());
        wish.mayWrite = true;
        Report report = probe(wish, 5, {});
        VERIFY_STATE(report, u"delete"_s, State::Warn, "delete marker and the old version of cairn-probe/");
        {
            const std::lock_guard lock(store.mutex);
            deleted = FaultStore::refusal(403, "AccessDenied");
        }
        report = probe(wish, 5, {});
        VERIFY_STATE(report, u"delete"_s, State::Failed, "Delete cairn-probe/");
    }

    void refusals_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<QString>("id");
        QTest::addColumn<State>("state");
        QTest::addColumn<QString>("word");
        const auto row = [](const char *name, const QByteArray &answer, const QString &id, State state, const QString &word) {
            QTest::newRow(name) << answer << id << state << word;
        };
        const auto refusal = [](int status, const QByteArray &code, const QByteArray &more = {}, const QByteArray &headers = {}) {
            return FaultStore::refusal(status, code, more, headers);
        };
        row("unknown key", refusal(403, "InvalidAccessKeyId"), u"login"_s, State::Failed, u"does not know the access key"_s);
        row("wrong secret", refusal(403, "SignatureDoesNotMatch"), u"login"_s, State::Failed, u"secret key"_s);
        row("no such bucket", refusal(404, "NoSuchBucket"), u"bucket"_s, State::Failed, u"no bucket mlpipeline"_s);
        row("no right to list", refusal(403, "AccessDenied"), u"list"_s, State::Failed, u"s3:ListBucket"_s);
        row("no path style", refusal(403, "SecondLevelDomainForbidden"), u"style"_s, State::Failed, u"in the path"_s);
        row("clock", refusal(403, "RequestTimeTooSkewed", {}, FaultStore::date(QDateTime::currentDateTimeUtc().addSecs(3660))), u"clock"_s,
            State::Failed, u"differ by 1 h"_s);
        row("clock that is a little wrong", FaultStore::xml(200, "<ListBucketResult/>", FaultStore::date(QDateTime::currentDateTimeUtc().addSecs(330))),
            u"clock"_s, State::Warn, u"differ by 5 min"_s);
        row("no clock", FaultStore::xml(200, "<ListBucketResult/>"), u"clock"_s, State::Skipped, u"does not tell"_s);
        row("a console", faults::answer(200, "<!doctype html><html>"), u"s3"_s, State::Failed, u"web page"_s);
        row("something else", faults::answer(404, "404 page not found"), u"s3"_s, State::Failed, u"status 404"_s);
        row("busy", refusal(503, "SlowDown"), u"bucket"_s, State::Failed, u"overloaded"_s);
        row("to https", "HTTP/1.1 301 Moved\r\nLocation: https://localhost/\r\nContent-Length: 0\r\n\r\n", u"s3"_s, State::Failed, u"Choose TLS"_s);
        row("elsewhere", "HTTP/1.1 307 Moved\r\nx-amz-request-id: 1\r\nLocation: http://evil.example/\x1b[31m\r\nContent-Length: 0\r\n\r\n",
            u"bucket"_s, State::Failed, u"redirects to"_s);
        row("the key is repeated", refusal(400, "Odd", QByteArray("<Message>you sent ") + SECRET + " of " + KEY + " \xe2\x80\xae</Message>"),
            u"bucket"_s, State::Failed, u"you sent *** of ***"_s);
        row("no http", "SSH-2.0-OpenSSH\r\n", u"s3"_s, State::Failed, u"does not speak HTTP"_s);
        row("chunks", "HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n2f\r\n<Error><Code>InvalidAccessKeyId</Code></Error>\r\n0\r\n\r\n",
            u"login"_s, State::Failed, u"does not know the access key"_s);
    }
    void refusals()
    {
        QFETCH(const QByteArray, answer);
        QFETCH(const QString, id);
        QFETCH(const State, state);
        QFETCH(const QString, word);
        FaultStore store;
        store.first = [&](const FaultRequest &) { return std::optional(answer); };
        const FaultServer server(store.script());
        const Report report = probe(target(server.port()), 2, {});
        VERIFY_STATE(report, id, state, word.toLatin1());
        QCOMPARE(report.usable(), state != State::Failed);
    }

    void theRightRegionIsSaidAndTheRestIsLookedAt()
    {
        FaultStore store;
        store.region = "eu-central-1";
        const FaultServer server(store.script());
        Target wish = target(server.port());
        Report report = probe(wish, 5, {});
        VERIFY_STATE(report, u"region"_s, State::Warn, "Set the region to eu-central-1");
        VERIFY_STATE(report, u"list"_s, State::Ok, "");
        wish.region = "us-west-2";
        report = probe(wish, 5, {});
        VERIFY_STATE(report, u"region"_s, State::Failed, "in region eu-central-1, not in us-west-2");
        VERIFY_STATE(report, u"list"_s, State::Ok, "");
        wish.region = "eu-central-1";
        VERIFY_STATE(probe(wish, 5, {}), u"region"_s, State::Ok, "eu-central-1");
        // Nobody signs for a name that is none.
        store.region = "evil.example/";
        report = probe(target(server.port()), 5, {});
        QVERIFY(!report.usable());
        verify(report);
    }

    void awsNamesItsRegion()
    {
        const auto of = [](const QString &host) {
            Target wish = target(443);
            wish.host = host;
            return s3look::regionOf(wish);
        };
        QCOMPARE(of(u"s3.eu-central-1.amazonaws.com"_s), "eu-central-1"_ba);
        QCOMPARE(of(u"s3.dualstack.eu-west-1.amazonaws.com"_s), "eu-west-1"_ba);
        QCOMPARE(of(u"s3-us-west-2.amazonaws.com"_s), "us-west-2"_ba);
        QCOMPARE(of(u"s3.cn-north-1.amazonaws.com.cn"_s), "cn-north-1"_ba);
        QCOMPARE(of(u"s3.amazonaws.com"_s), "us-east-1"_ba);
        QCOMPARE(of(u"s3.eu-central-1.amazonaws.com.evil.example"_s), "us-east-1"_ba);
    }

    void withoutKeysItIsThereButNotTested()
    {
        FaultStore store;
        const FaultServer server(store.script());
        Target wish = target(server.port());
        wish.user.clear();
        wish.password = {};
        wish.mayWrite = true;
        Report report = probe(wish, 5, {});
        VERIFY_STATE(report, u"bucket"_s, State::Warn, "not tested");
        for (const QString &id : {u"login"_s, u"list"_s, u"write"_s, u"read"_s, u"delete"_s})
            VERIFY_STATE(report, id, State::Skipped, "no keys");
        for (const FaultRequest &request : server.requests())
            QVERIFY(request.method == "GET" && !request.hasHeader("authorization"));
        store.first = [&](const FaultRequest &) { return std::optional(store.page()); };
        VERIFY_STATE(probe(wish, 5, {}), u"list"_s, State::Warn, "Anybody may list");
    }

    void aBucketBeforeTheName()
    {
        FaultStore store;
        store.first = [&](const FaultRequest &request) {
            return std::optional(request.header("host").startsWith("mlpipeline.localhost") ? store.page() : FaultStore::refusal(404, "NoSuchBucket"));
        };
        const FaultServer server(store.script());
        const Report report = probe(target(server.port()), 5, {});
        VERIFY_STATE(report, u"style"_s, State::Failed, "before the server's name");
        VERIFY_STATE(report, u"bucket"_s, State::Failed, "no bucket");
    }

    void aBucketThatIsNotThereIsNoMatterOfStyle()
    {
        FaultStore store;
        store.first = [](const FaultRequest &request) { // as MinIO without a domain: the name it is asked by means nothing to it
            return std::optional(request.target.startsWith("/mlpipeline") ? FaultStore::refusal(404, "NoSuchBucket")
                                                                         : FaultStore::xml(200, "<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>"));
        };
        const FaultServer server(store.script());
        const Report report = probe(target(server.port()), 5, {});
        VERIFY_STATE(report, u"bucket"_s, State::Failed, "no bucket mlpipeline");
        VERIFY_STATE(report, u"style"_s, State::Skipped, "");
        QVERIFY2(at(report, u"bucket"_s).fix.contains(u"aws s3 mb s3://mlpipeline --endpoint-url http://localhost:%1"_s.arg(server.port())), qPrintable(at(report, u"bucket"_s).fix));
    }

    void tls()
    {
        const Pki pki, other;
        FaultStore store;
        const FaultServer server(store.script(), {.identity = pki.issue({})});
        Target wish = target(server.port());
        wish.tls = Tls::Verify;
        wish.ca = pki.caPem();
        Report report = probe(wish, 5, {});
        VERIFY_STATE(report, u"tls"_s, State::Warn, "signed by Test authority"); // it ends tomorrow
        VERIFY_STATE(report, u"list"_s, State::Ok, "");
        const qsizetype asked = server.requests().size();
        wish.ca = other.caPem();
        VERIFY_STATE(probe(wish, 5, {}), u"tls"_s, State::Failed, "not the given CA");
        QCOMPARE(server.requests().size(), asked); // nothing is signed for whoever that is
        wish.tls = Tls::Off;
        VERIFY_STATE(probe(wish, 3, {}), u"s3"_s, State::Failed, "Choose TLS");
        const FaultServer plain(faults::garbage());
        Target secure = target(plain.port());
        secure.tls = Tls::Verify;
        VERIFY_STATE(probe(secure, 3, {}), u"tls"_s, State::Failed, "does not speak TLS");
    }

    void serversThatMeanHarm_data()
    {
        QTest::addColumn<int>("which");
        for (int which = 0; which < 6; ++which)
            QTest::addRow("%d", which) << which;
    }
    void serversThatMeanHarm()
    {
        QFETCH(const int, which);
        const FaultScript scripts[] = {faults::silent(), faults::garbage(), faults::closeWithoutAnswer(), faults::endlessHeader(),
            faults::slowDrip(std::chrono::milliseconds(1)), faults::truncateBody()};
        const FaultServer server(scripts[which]);
        QElapsedTimer since;
        since.start();
        const Report report = probe(target(server.port()), 1, {});
        verify(report);
        QVERIFY(!report.usable());
        QCOMPARE(at(report, u"tcp"_s).state, State::Ok);
        QVERIFY2(since.elapsed() < 10'000, QByteArray::number(since.elapsed()).constData());
    }

    /// A store that would be good, were it not that its answer goes on for ever: components would read it for ever too.
    void anAnswerWithoutEnd_data()
    {
        QTest::addColumn<QByteArray>("headers");
        QTest::addColumn<QByteArray>("piece");
        QTest::addColumn<int>("pause");
        QTest::newRow("to the end of the connection") << QByteArray() << QByteArray(16'384, ' ') << 0;
        QTest::newRow("in chunks") << "Transfer-Encoding: chunked\r\n"_ba << "400\r\n" + QByteArray(1024, ' ') + "\r\n" << 0;
        QTest::newRow("of a length that nobody has") << "Content-Length: 9223372036854775807\r\n"_ba << QByteArray(16'384, ' ') << 0;
        QTest::newRow("a little at a time") << QByteArray() << " "_ba << 50;
    }
    void anAnswerWithoutEnd()
    {
        QFETCH(const QByteArray, headers);
        QFETCH(const QByteArray, piece);
        QFETCH(const int, pause);
        const FaultServer server([&](FaultConnection &connection) {
            if (!connection.readRequest())
                return;
            const QByteArray body = "<?xml version=\"1.0\"?><ListBucketResult></ListBucketResult>";
            const QByteArray first = headers.contains("chunked") ? QByteArray::number(body.size(), 16) + "\r\n" + body + "\r\n" : body;
            connection.write("HTTP/1.1 200 OK\r\nx-amz-request-id: 1\r\nContent-Type: application/xml\r\n" + FaultStore::date() + headers + "\r\n" + first);
            while (connection.write(piece) && connection.sleepFor(std::chrono::milliseconds(pause))) { }
        });
        QElapsedTimer since;
        since.start();
        const Report report = probe(target(server.port()), 1, {});
        VERIFY_STATE(report, u"s3"_s, State::Failed, "has no end");
        QVERIFY(!report.usable());
        QVERIFY2(since.elapsed() < 6'000, QByteArray::number(since.elapsed()).constData());
    }

    /// More than is asked for, but with an end: it is judged by how it begins.
    void aLongAnswerThatEnds()
    {
        FaultStore store;
        store.first = [](const FaultRequest &) {
            return std::optional(FaultStore::xml(200, "<ListBucketResult>" + QByteArray("<Contents><Key>a</Key></Contents>").repeated(9000) + "</ListBucketResult>", "x-amz-request-id: 1\r\n"));
        };
        const FaultServer server(store.script());
        const Report report = probe(target(server.port()), 5, {});
        VERIFY_STATE(report, u"list"_s, State::Ok, "");
        QVERIFY(report.usable());
    }

    void aKeyThatNoHeaderHolds()
    {
        FaultStore store;
        const FaultServer server(store.script());
        Target wish = target(server.port());
        for (const QString &user : {u"AK\r\nX-Evil: 1"_s, u"AK\n"_s, u"A\u00c4"_s}) {
            wish.user = user;
            VERIFY_STATE(probe(wish, 5, {}), u"login"_s, State::Failed, "no access key has");
        }
        QVERIFY(server.requests().isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestS3Probe)
#include "tst_s3probe.moc"
