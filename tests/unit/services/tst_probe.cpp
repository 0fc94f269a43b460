// SPDX-License-Identifier: GPL-3.0-or-later
// services::probe against servers that do what real ones do not on demand. The real ones:
// tests/services/test_services.py.
#include "FaultServer.h"
#include "services/Probe.h"

#include <QElapsedTimer>
#include <QFile>
#include <QTest>
#include <QtEndian>
#include <atomic>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <thread>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace cairn;
using namespace cairn::services;
using namespace cairn::test;

Q_DECLARE_METATYPE(cairn::services::Kind)

namespace {

constexpr auto PASSWORD = "Canary-7f3a";

Target target(Kind kind, quint16 port, Tls tls = Tls::Off, const QByteArray &ca = {})
{
    return {.kind = kind,
        .host = u"localhost"_s,
        .port = port,
        .user = u"kubeflow"_s,
        .password = Secret(PASSWORD),
        .tls = tls,
        .ca = ca};
}

Check at(const Report &report, const QString &id)
{
    for (const Check &check : report.checks) {
        if (check.id == id)
            return check;
    }
    return {.id = u"missing"_s, .what = id};
}

/// What holds of every report.
void verify(const Report &report)
{
    QCOMPARE(report.from, u"this machine"_s);
    for (const Check &check : report.checks) {
        QVERIFY2(!check.text.isEmpty() && !check.what.isEmpty(), qPrintable(check.id));
        QVERIFY2(
            check.state != Check::State::Failed || !check.fix.isEmpty(), qPrintable(check.id + u": "_s + check.text));
        for (const QString &text : {check.text, check.fix}) {
            QVERIFY2(!text.contains(QString::fromLatin1(PASSWORD)), qPrintable(text));
            QVERIFY2(text.size() < 600, qPrintable(text));
            for (const QChar c : text)
                QVERIFY2(c.unicode() >= 0x20 && c.unicode() != 0x7f && (c.unicode() < 0x202a || c.unicode() > 0x202e),
                    qPrintable(text));
        }
    }
}

#define VERIFY_FAILED(report, id, word)                                                                                \
    do {                                                                                                               \
        const Check check = at(report, id);                                                                            \
        QVERIFY2(check.state == Check::State::Failed && check.text.contains(QLatin1StringView(word)),                  \
            qPrintable(check.what + u": "_s + check.text));                                                            \
        QVERIFY(!report.usable());                                                                                     \
        verify(report);                                                                                                \
    } while (false)

// ---- MySQL

QByteArray packet(int number, const QByteArray &body)
{
    QByteArray header(4, '\0');
    qToLittleEndian(static_cast<quint32>(body.size()) | static_cast<quint32>(number) << 24, header.data());
    return header + body;
}

QByteArray mySqlGreeting(const QByteArray &version, bool tls = false)
{
    const QByteArray low = tls ? "008a" : "0082"; // CLIENT_SECURE_CONNECTION, CLIENT_PROTOCOL_41 and CLIENT_SSL
    return packet(0,
        '\x0a' + version + '\0' + QByteArray(4, '\1') + "saltsalt" + '\0'
            + QByteArray::fromHex(low
                + "2d02000800"
                  "15")
            + QByteArray(10, '\0') + "saltsaltsalt" + '\0' + "mysql_native_password" + '\0');
}

QByteArray mySqlError(int number, quint16 code, const QByteArray &text)
{
    QByteArray little(2, '\0');
    qToLittleEndian(code, little.data());
    return packet(number, '\xff' + little + "#HY000" + text);
}

const QByteArray MYSQL_OK = QByteArray::fromHex("00000002000000");

QByteArray readPacket(FaultConnection &peer)
{
    QByteArray header, body;
    if (!peer.readExactly(&header, 4))
        return {};
    peer.readExactly(&body, qFromLittleEndian<quint32>(header.constData()) & 0xffffff);
    return body;
}

QByteArray mySqlColumn()
{
    return QByteArray("\3def\0\0\0\1x\0\x0c", 11)
        + QByteArray::fromHex("2d00"
                              "00010000"
                              "fd"
                              "0000"
                              "00"
                              "0000");
}

/// One column of texts.
QByteArray mySqlRows(const QByteArrayList &rows)
{
    const QByteArray end = QByteArray::fromHex("fe00000200");
    QByteArray all = packet(1, "\1") + packet(2, mySqlColumn()) + packet(3, end);
    int number = 4;
    for (const QByteArray &row : rows)
        all += packet(number++, QByteArray(1, static_cast<char>(row.size())) + row);
    return all + packet(number, end);
}

/// A whole server: it lets everybody in, and answers as told.
FaultScript mySql(
    const QByteArray &version, const QByteArray &createUser, const QByteArrayList &grants, const QByteArray &idle)
{
    return [=](FaultConnection &peer) {
        peer.write(mySqlGreeting(version));
        if (readPacket(peer).isEmpty())
            return;
        peer.write(packet(2, MYSQL_OK));
        for (;;) {
            const QByteArray query = readPacket(peer);
            if (query.isEmpty() || query[0] != 3)
                return;
            if (query.contains("VERSION"))
                peer.write(mySqlRows({version}));
            else if (query.contains("CREATE USER"))
                peer.write(createUser.isEmpty() ? mySqlError(1, 1227, "you may not") : mySqlRows({createUser}));
            else if (query.contains("GRANTS"))
                peer.write(mySqlRows(grants));
            else if (query.contains("wait_timeout"))
                peer.write(mySqlRows({idle}));
            else
                peer.write(packet(1, MYSQL_OK));
        }
    };
}

FaultScript mySqlRefuses(quint16 code, const QByteArray &text)
{
    return [=](FaultConnection &peer) {
        peer.write(mySqlGreeting("8.0.36"));
        if (!readPacket(peer).isEmpty())
            peer.write(mySqlError(2, code, text));
        peer.waitForClose();
    };
}

// ---- PostgreSQL

QByteArray message(char type, const QByteArray &body)
{
    QByteArray size(4, '\0');
    qToBigEndian(static_cast<quint32>(body.size() + 4), size.data());
    return type + size + body;
}

QByteArray postgresError(const QByteArray &code, const QByteArray &text)
{
    return message(
        'E', "SFATAL" + QByteArray(1, '\0') + "VFATAL" + '\0' + 'C' + code + '\0' + 'M' + text + '\0' + '\0');
}

QByteArray readStartup(FaultConnection &peer)
{
    QByteArray size, body;
    if (peer.readExactly(&size, 4))
        peer.readExactly(&body, qFromBigEndian<qint32>(size.constData()) - 4);
    return body;
}

FaultScript postgresAnswers(const QByteArray &answer)
{
    return [=](FaultConnection &peer) {
        readStartup(peer);
        peer.write(answer);
        peer.waitForClose();
    };
}

// ---- AMQP

QByteArray amqpFrame(const QByteArray &method)
{
    QByteArray size(4, '\0');
    qToBigEndian(static_cast<quint32>(method.size()), size.data());
    return QByteArray::fromHex("010000") + size + method + '\xce';
}

QByteArray longText(const QByteArray &text)
{
    QByteArray size(4, '\0');
    qToBigEndian(static_cast<quint32>(text.size()), size.data());
    return size + text;
}

QByteArray amqpStart(const QByteArray &product, const QByteArray &version)
{
    const QByteArray table = "\7productS" + longText(product) + "\7versionS" + longText(version);
    return amqpFrame(
        QByteArray::fromHex("000a000a0009") + longText(table) + longText("PLAIN AMQPLAIN") + longText("en_US"));
}

FaultScript amqpRefuses(quint16 code, const QByteArray &text)
{
    return [=](FaultConnection &peer) {
        QByteArray hello;
        peer.readExactly(&hello, 8);
        peer.write(amqpStart("RabbitMQ", "3.13.1"));
        peer.readExactly(&hello, 7);
        peer.readExactly(&hello, qFromBigEndian<qint32>(hello.constData() + 3) + 1);
        QByteArray number(2, '\0');
        qToBigEndian(code, number.data());
        peer.write(amqpFrame(
            QByteArray::fromHex("000a0032") + number + static_cast<char>(text.size()) + text + QByteArray(4, '\0')));
        peer.waitForClose();
    };
}

// ---- What any server may do

const FaultScript SILENT = [](FaultConnection &peer) { peer.waitForClose(); };
const FaultScript CLOSES = [](FaultConnection &) {};
const FaultScript GARBAGE = [](FaultConnection &peer) {
    peer.write(QByteArray("\x1b]0;owned\x07 SSH-2.0-OpenSSH \xff\xfe\x00\r\n", 30).repeated(100));
    peer.waitForClose();
};
FaultScript endless(const QByteArray &first, const QByteArray &again)
{
    return [=](FaultConnection &peer) {
        const QByteArray block = again.repeated(static_cast<qsizetype>(64 * 1024 / again.size()));
        if (peer.write(first)) {
            while (peer.write(block)) { }
        }
    };
}

qint64 memoryInUse()
{
    QFile file(u"/proc/self/statm"_s);
    return file.open(QIODevice::ReadOnly) ? file.readAll().split(' ').value(1).toLongLong() * 4096 : 0;
}

const QList<Kind> KINDS{Kind::MySql, Kind::PostgreSql, Kind::Kafka, Kind::RabbitMq};

} // namespace

class TestProbe : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        // None of these may find its way to a server.
        qputenv("PGPASSWORD", "leaked");
        qputenv("PGUSER", "leaked");
        qputenv("PGDATABASE", "leaked");
        qputenv("PGOPTIONS", "-c leaked=1");
    }

    void aPortWhereNobodyListens_data() { kinds(); }
    void aPortWhereNobodyListens()
    {
        QFETCH(const Kind, kind);
        const ClosedPort port;
        const Report report = probe(target(kind, port.port()), 5, {});
        QVERIFY2(at(report, u"name"_s).state == Check::State::Ok, qPrintable(at(report, u"name"_s).text));
        VERIFY_FAILED(report, u"tcp"_s, "refuses the connection");
        QCOMPARE(at(report, u"login"_s).state, Check::State::Skipped);
    }

    void aNameThatIsNone_data() { kinds(); }
    void aNameThatIsNone()
    {
        QFETCH(const Kind, kind);
        Target wish = target(kind, 1);
        for (const QString &host :
            {u"no such host"_s, u"/var/run/postgresql"_s, u"a,b"_s, QString(300, u'x'), u"\u202ehost"_s, u""_s}) {
            wish.host = host;
            VERIFY_FAILED(probe(wish, 5, {}), u"name"_s, "is no host and port");
        }
        wish.host = u"nowhere.invalid"_s;
        const Report report = probe(wish, 5, {});
        VERIFY_FAILED(report, u"name"_s, "nowhere.invalid");
        QCOMPARE(at(report, u"tcp"_s).state, Check::State::Skipped);
    }

    void garbageSilenceAndAClosedConnection_data()
    {
        QTest::addColumn<Kind>("kind");
        QTest::addColumn<int>("which");
        for (const Kind kind : KINDS) {
            for (int which = 0; which < 4; ++which)
                QTest::addRow("%s %d", qPrintable(kindWord(kind)), which) << kind << which;
        }
    }
    void garbageSilenceAndAClosedConnection()
    {
        QFETCH(const Kind, kind);
        QFETCH(const int, which);
        const FaultScript script[] = {GARBAGE, CLOSES, SILENT, endless("", QByteArray("\x0a\xff\x80\x00 endless", 12))};
        const FaultServer server(script[which]);
        const qint64 before = memoryInUse();
        const Report report = probe(target(kind, server.port()), 1, {});
        verify(report);
        QVERIFY(!report.usable());
        QCOMPARE(at(report, u"tcp"_s).state, Check::State::Ok);
        QVERIFY2(at(report, u"login"_s).state == Check::State::Failed, qPrintable(at(report, u"login"_s).text));
        QVERIFY(memoryInUse() - before < 64 << 20);
    }

    void certificates_data()
    {
        QTest::addColumn<Kind>("kind");
        for (const Kind kind : KINDS)
            QTest::newRow(qPrintable(kindWord(kind))) << kind;
    }
    void certificates()
    {
        QFETCH(const Kind, kind);
        const Pki pki, other;
        const bool later = kind == Kind::MySql || kind == Kind::PostgreSql;
        const auto serve = [&](const Pki::Wish &wish) {
            return std::make_unique<FaultServer>(
                [kind](FaultConnection &peer) {
                    if (kind == Kind::MySql) {
                        peer.write(mySqlGreeting("8.0.36", true));
                        char request[36]; // and no byte more: the handshake follows
                        for (qsizetype got = 0, now = 1; got < qsizetype(sizeof request) && now > 0; got += now)
                            now = peer.readSome(request + got, qsizetype(sizeof request) - got);
                    } else if (kind == Kind::PostgreSql) {
                        readStartup(peer);
                        peer.write("S");
                    }
                    if (kind == Kind::MySql || kind == Kind::PostgreSql)
                        peer.startTls();
                    peer.waitForClose();
                },
                FaultServer::Tls{.identity = pki.issue(wish), .atOnce = !later});
        };
        const auto look = [&](const FaultServer &server, const QByteArray &ca, Tls tls = Tls::Verify) {
            return probe(target(kind, server.port(), tls, ca), 1, {});
        };
        const auto good = serve({});
        Report report = look(*good, pki.caPem());
        QVERIFY2(at(report, u"tls"_s).state == Check::State::Warn,
            qPrintable(at(report, u"tls"_s).text)); // it ends tomorrow
        QVERIFY2(
            at(report, u"tls"_s).text.contains("signed by Test authority"_L1), qPrintable(at(report, u"tls"_s).text));
        verify(report);
        VERIFY_FAILED(look(*good, other.caPem()), u"tls"_s, "which is not the given CA");
        VERIFY_FAILED(look(*good, {}), u"tls"_s, "which this machine does not trust");
        VERIFY_FAILED(look(*good, "no PEM"), u"tls"_s, "holds no certificate");
        report = look(*good, {}, Tls::Encrypt);
        QCOMPARE(at(report, u"tls"_s).state, Check::State::Warn);
        QVERIFY(at(report, u"tls"_s).text.contains("nobody checks who answers"_L1));

        VERIFY_FAILED(look(*serve({.validFromDays = -10, .validToDays = -1}), pki.caPem()), u"tls"_s, "expired on");
        VERIFY_FAILED(look(*serve({.dnsNames = {u"db.example.org"_s}}), pki.caPem()), u"tls"_s,
            "is for db.example.org, not for localhost");
        VERIFY_FAILED(look(*serve({.selfSigned = true}), pki.caPem()), u"tls"_s, "self-signed");
        const auto hostile = serve({.commonName = u"a\u202eb\u001b[31m"_s, .dnsNames = {}});
        VERIFY_FAILED(look(*hostile, pki.caPem()), u"tls"_s, "\\u{202E}");
        // Nothing was said to any of them that was not accepted: their connections carried no user.
        QCOMPARE(at(look(*hostile, pki.caPem()), u"login"_s).state, Check::State::Skipped);
    }

    void noTlsWhereItIsAskedFor()
    {
        const FaultServer plain(mySqlRefuses(1045, "no"));
        VERIFY_FAILED(probe(target(Kind::MySql, plain.port(), Tls::Encrypt), 5, {}), u"tls"_s, "offers no TLS");
        const FaultServer postgres(postgresAnswers("N"));
        VERIFY_FAILED(probe(target(Kind::PostgreSql, postgres.port(), Tls::Verify), 5, {}), u"tls"_s, "offers no TLS");
        const FaultServer talks(GARBAGE);
        VERIFY_FAILED(probe(target(Kind::RabbitMq, talks.port(), Tls::Verify), 5, {}), u"tls"_s, "does not speak TLS");
        VERIFY_FAILED(probe(target(Kind::Kafka, talks.port(), Tls::Verify), 5, {}), u"tls"_s, "does not speak TLS");
        // A byte behind the answer would be taken for one that came encrypted.
        const FaultServer injects(postgresAnswers("SX"));
        VERIFY_FAILED(
            probe(target(Kind::PostgreSql, injects.port(), Tls::Encrypt), 5, {}), u"tls"_s, "before TLS begins");
    }

    void aStopIsHeardAtOnce_data()
    {
        QTest::addColumn<Kind>("kind");
        QTest::addColumn<QByteArray>("first");
        for (const Kind kind : KINDS)
            QTest::newRow(qPrintable(kindWord(kind))) << kind << QByteArray();
        QTest::newRow("MySQL, after the greeting") << Kind::MySql << mySqlGreeting("8.0.36");
        QTest::newRow("PostgreSQL, after a question")
            << Kind::PostgreSql << message('R', QByteArray::fromHex("00000005") + "salt");
        QTest::newRow("RabbitMQ, after the greeting") << Kind::RabbitMq << amqpStart("RabbitMQ", "3.13.1");
    }
    void aStopIsHeardAtOnce()
    {
        QFETCH(const Kind, kind);
        QFETCH(const QByteArray, first);
        qint64 best = 1'000'000;
        for (int attempt = 0; attempt < 3 && best > 200; ++attempt) { // a busy machine may be late, but not three times
            const FaultServer server([&](FaultConnection &peer) {
                peer.write(first);
                peer.waitForClose();
            });
            std::stop_source stop;
            QElapsedTimer since;
            std::thread later([&] {
                server.waitUntil([&](const FaultServer &each) {
                    return each.connections() > (kind == Kind::MySql && !first.isEmpty() ? 1 : 0);
                });
                std::this_thread::sleep_for(50ms); // into the library
                since.start();
                stop.request_stop();
            });
            const Report report = probe(target(kind, server.port()), 60, stop.get_token());
            best = std::min(best, since.elapsed());
            later.join();
            QCOMPARE(at(report, u"login"_s).state, Check::State::Skipped);
            QVERIFY(!report.usable() || at(report, u"login"_s).text.contains("Stopped"_L1));
            verify(report);
        }
        QVERIFY2(best <= 200, QByteArray::number(best).constData());
    }

    void mySqlSaysWhyNobodyGetsIn_data()
    {
        QTest::addColumn<int>("code");
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("word");
        QTest::newRow("password") << 1045 << QByteArray("Access denied for user 'kubeflow'@'h' (using password: YES)")
                                  << u"the password is wrong"_s;
        QTest::newRow("plugin not loaded") << 1524 << QByteArray("Plugin 'mysql_native_password' is not loaded")
                                           << u"does not have the account's plugin loaded"_s;
        QTest::newRow("TLS wanted") << 3159 << QByteArray("Connections using insecure transport are prohibited")
                                    << u"without TLS"_s;
        QTest::newRow("locked") << 3118 << QByteArray("Access denied. Account is locked.") << u"locked"_s;
        QTest::newRow("full") << 1040 << QByteArray("Too many connections") << u"no connection left"_s;
        QTest::newRow("hostile") << 9999 << QByteArray("\x1b[31m\xe2\x80\xae Canary-7f3a ") + QByteArray(400, 'x')
                                 << u"\\x1B[31m\\u{202E} ***"_s;
    }
    void mySqlSaysWhyNobodyGetsIn()
    {
        QFETCH(const int, code);
        QFETCH(const QByteArray, text);
        QFETCH(const QString, word);
        const FaultServer server(mySqlRefuses(static_cast<quint16>(code), text));
        const Report report = probe(target(Kind::MySql, server.port()), 5, {});
        VERIFY_FAILED(report, u"login"_s, word.toLatin1());
        QCOMPARE(at(report, u"version"_s).state, Check::State::Ok); // the greeting told it
    }

    void mySqlThatRefusesBeforeItGreets()
    {
        const FaultServer server([](FaultConnection &peer) {
            peer.write(packet(0, QByteArray::fromHex("ff6a04") + "Host 'x' is not allowed to connect"));
        });
        VERIFY_FAILED(probe(target(Kind::MySql, server.port()), 5, {}), u"login"_s, "lets nobody in from this machine");
    }

    void mySqlAsPipelinesNeedsIt_data()
    {
        QTest::addColumn<QByteArray>("version");
        QTest::addColumn<Check::State>("state");
        QTest::newRow("5.7") << QByteArray("5.7.44") << Check::State::Failed;
        QTest::newRow("8.0") << QByteArray("8.0.36") << Check::State::Ok;
        QTest::newRow("8.4") << QByteArray("8.4.3") << Check::State::Ok;
        QTest::newRow("9.1") << QByteArray("9.1.0") << Check::State::Failed;
        QTest::newRow("MariaDB") << QByteArray("5.5.5-10.11.6-MariaDB") << Check::State::Warn;
        QTest::newRow("nonsense") << QByteArray("\x1b[2Jeight") << Check::State::Warn;
    }
    void mySqlAsPipelinesNeedsIt()
    {
        QFETCH(const QByteArray, version);
        QFETCH(const Check::State, state);
        const FaultServer server(
            mySql(version, "CREATE USER `kubeflow`@`%` IDENTIFIED WITH 'mysql_native_password' AS '*F1'",
                {"GRANT ALL PRIVILEGES ON `mlpipeline`.* TO `kubeflow`@`%`",
                    "GRANT ALL PRIVILEGES ON `metadb`.* TO `kubeflow`@`%`",
                    "GRANT ALL PRIVILEGES ON `cachedb`.* TO `kubeflow`@`%`"},
                "28800"));
        Target wish = target(Kind::MySql, server.port());
        wish.consumer = Consumer::Pipelines;
        wish.lifeSeconds = 120;
        const Report report = probe(wish, 5, {});
        verify(report);
        QVERIFY2(at(report, u"version"_s).state == state, qPrintable(at(report, u"version"_s).text));
        for (const QString &id : {u"login"_s, u"plugin"_s, u"create"_s, u"lifetime"_s})
            QVERIFY2(at(report, id).state == Check::State::Ok, qPrintable(id + at(report, id).text));
        QCOMPARE(report.usable(), state != Check::State::Failed);
    }

    void mySqlAsPipelinesCannotUseIt()
    {
        const FaultServer server(
            mySql("8.4.3", "CREATE USER `kubeflow`@`%` IDENTIFIED WITH 'caching_sha2_password' AS 'Canary-7f3a'",
                {"GRANT USAGE ON *.* TO `kubeflow`@`%`", "GRANT ALL PRIVILEGES ON `mlpipeline`.* TO `kubeflow`@`%`"},
                "60"));
        Target wish = target(Kind::MySql, server.port());
        wish.consumer = Consumer::Pipelines;
        wish.lifeSeconds = 120;
        const Report report = probe(wish, 5, {});
        VERIFY_FAILED(report, u"plugin"_s, "caching_sha2_password");
        VERIFY_FAILED(report, u"create"_s, "no right CREATE on metadb, cachedb");
        QCOMPARE(at(report, u"lifetime"_s).state, Check::State::Warn);
    }

    void mySqlThatKeepsToItselfWhoTheUserIs()
    {
        const FaultServer server(mySql("8.0.36", {}, {"GRANT `admin`@`%` TO `kubeflow`@`%`"}, "x"));
        const Report report = probe(target(Kind::MySql, server.port()), 5, {});
        verify(report);
        QCOMPARE(at(report, u"plugin"_s).state, Check::State::Skipped);
        QCOMPARE(at(report, u"create"_s).state, Check::State::Warn);
        QCOMPARE(at(report, u"lifetime"_s).state, Check::State::Skipped);
    }

    /// A server may ask for the password as it is, or for any file of this machine.
    void mySqlThatWantsWhatItMayNotHave()
    {
        std::mutex mutex;
        QByteArray got;
        const FaultServer asks([&](FaultConnection &peer) {
            peer.write(mySqlGreeting("8.0.36"));
            if (readPacket(peer).isEmpty())
                return;
            peer.write(packet(2,
                "\xfe"
                "mysql_clear_password"
                    + QByteArray(1, '\0')));
            const QByteArray answer = readPacket(peer);
            const std::lock_guard lock(mutex);
            got += answer;
        });
        VERIFY_FAILED(probe(target(Kind::MySql, asks.port()), 5, {}), u"login"_s, "not used here");
        const FaultServer reads([&](FaultConnection &peer) {
            peer.write(mySqlGreeting("8.0.36"));
            if (readPacket(peer).isEmpty())
                return;
            peer.write(packet(2, MYSQL_OK));
            readPacket(peer);
            peer.write(packet(1, "\xfb/etc/passwd"));
            const QByteArray answer = readPacket(peer);
            const std::lock_guard lock(mutex);
            got += answer;
        });
        verify(probe(target(Kind::MySql, reads.port()), 2, {}));
        const std::lock_guard lock(mutex);
        QVERIFY2(!got.contains(PASSWORD) && !got.contains("root:"), got.constData());
    }

    void mySqlWithoutEnd_data()
    {
        QTest::addColumn<QByteArray>("first");
        QTest::addColumn<QByteArray>("again");
        const QByteArray end = QByteArray::fromHex("fe00000200");
        QTest::newRow("rows") << packet(1, "\1") + packet(2, mySqlColumn()) + packet(3, end) << packet(4, "\5aaaaa");
        QTest::newRow("columns") << packet(1, "\xfd\xff\xff\xff") << packet(2, mySqlColumn());
        QTest::newRow("a row of a gigabyte")
            << packet(1, "\1") + packet(2, mySqlColumn()) + packet(3, end) << QByteArray(64 * 1024, '\xff');
    }
    void mySqlWithoutEnd()
    {
        QFETCH(const QByteArray, first);
        QFETCH(const QByteArray, again);
        const FaultServer server([&](FaultConnection &peer) {
            peer.write(mySqlGreeting("8.0.36"));
            if (readPacket(peer).isEmpty())
                return;
            peer.write(packet(2, MYSQL_OK));
            readPacket(peer);
            endless(first, again)(peer);
        });
        const qint64 before = memoryInUse();
        QElapsedTimer since;
        since.start();
        const Report report = probe(target(Kind::MySql, server.port()), 20, {});
        verify(report);
        QVERIFY(!report.usable());
        QVERIFY(since.elapsed() < 15'000);
        QVERIFY2(memoryInUse() - before < 128 << 20, QByteArray::number(memoryInUse() - before).constData());
    }

    void postgresSaysWhyNobodyGetsIn_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<QString>("word");
        QTest::newRow("password") << postgresError("28P01", "password authentication failed")
                                  << u"the password is wrong"_s;
        QTest::newRow("address") << postgresError("28000", "no pg_hba.conf entry for host \"h\"")
                                 << u"no pg_hba.conf entry"_s;
        QTest::newRow("database") << postgresError("3D000", "database \"x\" does not exist")
                                  << u"the database does not exist"_s;
        QTest::newRow("full") << postgresError("53300", "too many clients already") << u"no connection left"_s;
        QTest::newRow("starts") << postgresError("57P03", "the database system is starting up") << u"not ready"_s;
        QTest::newRow("hostile") << postgresError("XX000", "\x1b[31m\xe2\x80\xae Canary-7f3a " + QByteArray(400, 'x'))
                                 << u"\\x1B[31m\\u{202E} ***"_s;
        QTest::newRow("too much to compute")
            << message('R', QByteArray::fromHex("0000000a") + "SCRAM-SHA-256" + QByteArray(2, '\0'))
                + message('R', QByteArray::fromHex("0000000b") + "r=x,s=QUJD,i=2147483647")
            << u"more rounds of hashing"_s;
        QTest::newRow("no such message") << message('?', QByteArray(100, 'x')) << u"broke off"_s;
        QTest::newRow("copy") << message('R', QByteArray(4, '\0')) + message('Z', "I")
                + message('G', QByteArray(3, '\0'))
                              << u""_s;
    }
    void postgresSaysWhyNobodyGetsIn()
    {
        QFETCH(const QByteArray, answer);
        QFETCH(const QString, word);
        const FaultServer server(postgresAnswers(answer));
        const Report report = probe(target(Kind::PostgreSql, server.port()), 3, {});
        verify(report);
        QVERIFY(!report.usable());
        if (!word.isEmpty())
            VERIFY_FAILED(report, u"login"_s, word.toLatin1());
    }

    void postgresIsToldNothingOfTheEnvironment()
    {
        std::mutex mutex;
        QByteArray told;
        const FaultServer server([&](FaultConnection &peer) {
            const QByteArray startup = readStartup(peer);
            peer.write(message('R', QByteArray::fromHex("00000003"))); // the password as it is
            QByteArray answer;
            peer.readExactly(&answer, 6);
            const std::lock_guard lock(mutex);
            told += startup + answer;
        });
        Target wish = target(Kind::PostgreSql, server.port());
        wish.password = {};
        verify(probe(wish, 3, {}));
        const std::lock_guard lock(mutex);
        QVERIFY(told.contains("kubeflow"));
        QVERIFY2(!told.contains("leak"), told.toPercentEncoding().constData());
    }

    void rabbitMqSaysWhyNobodyGetsIn_data()
    {
        QTest::addColumn<int>("code");
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("word");
        QTest::newRow("password") << 403 << QByteArray("ACCESS_REFUSED - Login was refused")
                                  << u"refuses user kubeflow"_s;
        QTest::newRow("vhost") << 530 << QByteArray("NOT_ALLOWED - vhost / not found")
                               << u"not use the virtual host /"_s;
        QTest::newRow("hostile") << 541 << QByteArray("\x1b[31m\xe2\x80\xae Canary-7f3a")
                                 << u"\\x1B[31m\\u{202E} ***"_s;
    }
    void rabbitMqSaysWhyNobodyGetsIn()
    {
        QFETCH(const int, code);
        QFETCH(const QByteArray, text);
        QFETCH(const QString, word);
        const FaultServer server(amqpRefuses(static_cast<quint16>(code), text));
        const Report report = probe(target(Kind::RabbitMq, server.port()), 5, {});
        VERIFY_FAILED(report, u"login"_s, word.toLatin1());
        QCOMPARE(at(report, u"version"_s).text, u"RabbitMQ 3.13.1."_s);
    }

    void aBrokerOfTablesWithinTables()
    {
        QByteArray table;
        for (int i = 0; i < 20'000; ++i)
            table = "\1aF" + longText(table.left(100'000));
        const FaultServer server([&](FaultConnection &peer) {
            peer.write(amqpFrame(
                QByteArray::fromHex("000a000a0009") + longText(table) + longText("PLAIN") + longText("en_US")));
            peer.waitForClose();
        });
        const Report report = probe(target(Kind::RabbitMq, server.port()), 2, {});
        verify(report);
        QVERIFY(!report.usable());
    }

    /// librdkafka brings brokers of its own, for tests.
    void brokersAreCountedByWhomOneReaches()
    {
        char why[512];
        rd_kafka_conf_t *conf = rd_kafka_conf_new();
        rd_kafka_t *kafka = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why);
        rd_kafka_mock_cluster_t *cluster = rd_kafka_mock_cluster_new(kafka, 3);
        Target wish = target(Kind::Kafka, 0);
        wish.user.clear();
        wish.consumer = Consumer::Eventing;
        wish.servers = QString::fromLatin1(rd_kafka_mock_cluster_bootstraps(cluster)).split(u',');
        Report report = probe(wish, 5, {});
        verify(report);
        QVERIFY2(at(report, u"brokers"_s).state == Check::State::Ok, qPrintable(at(report, u"brokers"_s).text));
        QVERIFY(report.usable());
        rd_kafka_mock_broker_set_down(cluster, 2);
        report = probe(wish, 5, {});
        VERIFY_FAILED(report, u"brokers"_s, "Reachable brokers: 2 of 3. Not reachable:");
        rd_kafka_mock_cluster_destroy(cluster);
        rd_kafka_destroy(kafka);
    }

    void ofSeveralServersOneIsEnough()
    {
        const ClosedPort closed;
        const FaultServer open(SILENT);
        Target wish = target(Kind::Kafka, 0);
        wish.servers = {u"localhost:%1"_s.arg(closed.port()), u"localhost:%1"_s.arg(open.port())};
        const Report report = probe(wish, 1, {});
        QCOMPARE(at(report, u"tcp"_s).state, Check::State::Warn);
        QVERIFY(at(report, u"tcp"_s).text.contains("refuses"_L1) && at(report, u"tcp"_s).text.contains("accepts"_L1));
        QCOMPARE(at(report, u"login"_s).state, Check::State::Failed);
        verify(report);
    }

    void withoutAUserNobodySignsIn()
    {
        const FaultServer server(mySqlRefuses(1045, "no"));
        Target wish = target(Kind::MySql, server.port());
        wish.user.clear();
        const Report report = probe(wish, 5, {});
        verify(report);
        QCOMPARE(server.connections(), 1);
        QCOMPARE(at(report, u"login"_s).state, Check::State::Skipped);
        QCOMPARE(at(report, u"version"_s).state, Check::State::Ok);
    }

    /// As where a user was given, but no password.
    void withoutAUserTheGreetingIsReadAllTheSame_data() { garbageSilenceAndAClosedConnection_data(); }
    void withoutAUserTheGreetingIsReadAllTheSame()
    {
        QFETCH(const Kind, kind);
        QFETCH(const int, which);
        const FaultScript script[] = {GARBAGE, CLOSES, SILENT, endless("", QByteArray("\x0a\xff\x80\x00 endless", 12))};
        const FaultServer server(script[which]);
        Target wish = target(kind, server.port());
        wish.user.clear();
        wish.password = {};
        const Report report = probe(wish, 1, {});
        verify(report);
        QVERIFY(!report.usable());
        QCOMPARE(at(report, u"tcp"_s).state, Check::State::Ok);
    }

    void withoutAUserPostgresSaysHowItSignsIn_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<QString>("bad");
        QTest::newRow("password") << message('R', QByteArray::fromHex("00000005") + "salt") << QString();
        QTest::newRow("SASL") << message('R', QByteArray::fromHex("0000000a") + "SCRAM-SHA-256" + QByteArray(2, '\0')) << QString();
        QTest::newRow("everybody is let in") << message('R', QByteArray(4, '\0')) << QString();
        QTest::newRow("not this user") << postgresError("28000", "no pg_hba.conf entry") << QString();
        QTest::newRow("starting") << postgresError("57P03", "the database system is starting up") << u"takes no connections now (57P03)"_s;
        QTest::newRow("full") << postgresError("53300", "sorry, too many clients already") << u"takes no connections now (53300)"_s;
        QTest::newRow("no code") << postgresError("\x1b[31m", "x") << u"does not speak PostgreSQL's protocol"_s;
        QTest::newRow("no such sign-in") << message('R', QByteArray::fromHex("7fffffff")) << u"does not speak PostgreSQL's protocol"_s;
        QTest::newRow("too long") << QByteArray("R\x7f\xff\xff\xff") << u"does not speak PostgreSQL's protocol"_s;
        QTest::newRow("too short") << QByteArray("R\0\0\0\4", 5) << u"does not speak PostgreSQL's protocol"_s;
    }
    void withoutAUserPostgresSaysHowItSignsIn()
    {
        QFETCH(const QByteArray, answer);
        QFETCH(const QString, bad);
        std::mutex mutex;
        QByteArray told;
        const FaultServer server([&](FaultConnection &peer) {
            const QByteArray startup = readStartup(peer);
            {
                const std::lock_guard lock(mutex);
                told = startup;
            }
            peer.write(answer);
            peer.waitForClose();
        });
        Target wish = target(Kind::PostgreSql, server.port());
        wish.user.clear();
        wish.password = {};
        const Report report = probe(wish, 3, {});
        verify(report);
        if (!bad.isEmpty()) {
            VERIFY_FAILED(report, u"login"_s, bad.toUtf8());
            return;
        }
        QCOMPARE(at(report, u"login"_s).state, Check::State::Skipped);
        QVERIFY2(at(report, u"login"_s).text.contains(u"Sign-in was not tried"_s), qPrintable(at(report, u"login"_s).text));
        QVERIFY(report.usable());
        const std::lock_guard lock(mutex);
        QCOMPARE(told, "\0\3\0\0user\0cairn\0database\0postgres\0application_name\0cairn\0\0"_ba);
    }

    void withoutAUserRabbitMqSaysWhatItIs()
    {
        std::mutex mutex;
        QByteArray told;
        const FaultServer server([&](FaultConnection &peer) {
            QByteArray hello;
            peer.readExactly(&hello, 8);
            {
                const std::lock_guard lock(mutex);
                told = hello;
            }
            peer.write(amqpStart("RabbitMQ", "3.13.1"));
            peer.waitForClose();
        });
        Target wish = target(Kind::RabbitMq, server.port());
        wish.user.clear();
        wish.password = {};
        const Report report = probe(wish, 3, {});
        verify(report);
        QCOMPARE(at(report, u"login"_s).state, Check::State::Skipped);
        QVERIFY2(at(report, u"login"_s).text.contains(u"Sign-in was not tried"_s), qPrintable(at(report, u"login"_s).text));
        QCOMPARE(at(report, u"version"_s).text, u"RabbitMQ 3.13.1."_s);
        QVERIFY(report.usable());
        const std::lock_guard lock(mutex);
        QCOMPARE(told, QByteArray::fromHex("414d515000000901"));
    }

private:
    static void kinds()
    {
        QTest::addColumn<Kind>("kind");
        for (const Kind kind : KINDS)
            QTest::newRow(qPrintable(kindWord(kind))) << kind;
    }
};

QTEST_GUILESS_MAIN(TestProbe)
#include "tst_probe.moc"
