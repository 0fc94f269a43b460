// SPDX-License-Identifier: GPL-3.0-or-later
// Brokers looked at from a pod: the first step of their protocols with the tools that images have, and answers that mean harm.
#include "FaultServer.h"
#include "PodHere.h"

#include <QtEndian>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

using namespace cairn;
using namespace cairn::test;

namespace {

using State = Check::State;

QByteArray sized(const QByteArray &bytes)
{
    QByteArray size(4, '\0');
    qToBigEndian(static_cast<quint32>(bytes.size()), size.data());
    return size + bytes;
}

QByteArray amqpStart()
{
    const QByteArray table = "\x0c" "capabilitiesF" + sized("\x02okt\x01") + "\x05" "countI" + QByteArray(4, '\1') + "\x0c" "cluster_nameS" + sized("rabbit@one")
        + "\7productS" + sized("RabbitMQ") + "\7versionS" + sized("3.13.1");
    const QByteArray method = QByteArray::fromHex("000a000a0009") + sized(table) + sized("PLAIN") + sized("en_US");
    return QByteArray::fromHex("010000") + sized(method) + '\xce';
}

FaultScript rabbitMq()
{
    return [](FaultConnection &peer) {
        QByteArray hello;
        peer.readExactly(&hello, 8);
        if (hello == QByteArray::fromHex("414d515000000901"))
            peer.write(amqpStart());
        peer.waitForClose();
    };
}

Target target(Kind kind, int port)
{
    return {.kind = kind, .consumer = Consumer::Eventing, .host = u"localhost"_s, .port = port};
}

const QStringList COMMON{u"sh"_s, u"tr"_s, u"cut"_s, u"sort"_s, u"head"_s, u"tail"_s, u"cat"_s, u"sed"_s, u"rm"_s, u"timeout"_s, u"getent"_s, u"sleep"_s, u"od"_s};

/// Three brokers of librdkafka's own, made for tests.
class Brokers
{
public:
    Brokers()
    {
        char why[512];
        m_kafka = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), why, sizeof why);
        cluster = rd_kafka_mock_cluster_new(m_kafka, 3);
        names = QString::fromLatin1(rd_kafka_mock_cluster_bootstraps(cluster)).split(u',');
    }
    ~Brokers()
    {
        rd_kafka_mock_cluster_destroy(cluster);
        rd_kafka_destroy(m_kafka);
    }
    Brokers(const Brokers &) = delete;
    Brokers &operator=(const Brokers &) = delete;

    rd_kafka_mock_cluster_t *cluster;
    QStringList names;

private:
    rd_kafka_t *m_kafka;
};

/// Both calls of the script, as the flow makes them.
Report look(Pod &pod, const Target &target)
{
    const QByteArray marker = podMarker();
    const QByteArray first = pod.print(target, marker, 5);
    const auto next = podNext(target, first, marker);
    return podReport(target, first, marker, u"pod"_s, next ? pod.print(*next, marker, 5) : QByteArray());
}

} // namespace

class TestBrokerInPod : public QObject
{
    Q_OBJECT
private slots:
    void everyToolSpeaksAmqp_data()
    {
        QTest::addColumn<QStringList>("tools");
        QTest::addColumn<bool>("tls");
        QTest::newRow("python3") << QStringList{u"python3"_s} << false;
        QTest::newRow("bash") << QStringList{u"bash"_s, u"dd"_s} << false;
        QTest::newRow("python3, TLS") << QStringList{u"python3"_s} << true;
        QTest::newRow("openssl, TLS") << QStringList{u"openssl"_s, u"bash"_s} << true;
    }
    void everyToolSpeaksAmqp()
    {
        QFETCH(QStringList, tools);
        QFETCH(bool, tls);
        const Pki pki;
        const auto server = tls ? std::make_unique<FaultServer>(rabbitMq(), FaultServer::Tls{.identity = pki.issue({})}) : std::make_unique<FaultServer>(rabbitMq());
        Pod pod;
        pod.only(COMMON + tools);
        Target wish = target(Kind::RabbitMq, server->port());
        if (tls) {
            wish.tls = Tls::Verify;
            wish.ca = pki.caPem();
        }
        const Report report = look(pod, wish);
        QVERIFY2(checkOf(report, u"version"_s).text == u"RabbitMQ 3.13.1."_s, qPrintable(said(report, u"version"_s)));
        QVERIFY2(checkOf(report, u"metadata"_s).text.contains(u"rabbit@one"_s), qPrintable(said(report, u"metadata"_s)));
        QVERIFY2(checkOf(report, u"tls"_s).state == (tls ? State::Ok : State::Warn), qPrintable(said(report, u"tls"_s)));
        QCOMPARE(checkOf(report, u"brokers"_s).state, State::Skipped);
        QVERIFY(report.usable());
        QCOMPARE(pod.left(), QStringList());
    }

    void brokersAreCountedByWhomThePodReaches_data()
    {
        QTest::addColumn<QStringList>("tools");
        QTest::newRow("python3") << QStringList{u"python3"_s};
        QTest::newRow("bash") << QStringList{u"bash"_s, u"dd"_s};
    }
    void brokersAreCountedByWhomThePodReaches()
    {
        QFETCH(QStringList, tools);
        Brokers brokers;
        Pod pod;
        pod.only(COMMON + tools);
        Target wish = target(Kind::Kafka, 0);
        wish.servers = brokers.names.mid(0, 1); // the others are found
        Report report = look(pod, wish);
        QVERIFY2(checkOf(report, u"brokers"_s).state == State::Ok, qPrintable(said(report, u"brokers"_s)));
        QVERIFY2(checkOf(report, u"brokers"_s).text.contains(u"3 of 3"_s), qPrintable(said(report, u"brokers"_s)));
        QCOMPARE(checkOf(report, u"metadata"_s).state, State::Ok);
        QVERIFY(report.usable());
        rd_kafka_mock_broker_set_down(brokers.cluster, 2);
        report = look(pod, wish);
        QVERIFY2(checkOf(report, u"brokers"_s).state == State::Failed, qPrintable(said(report, u"brokers"_s)));
        QVERIFY2(checkOf(report, u"brokers"_s).text.contains(u"2 of 3. Not reachable:"_s), qPrintable(said(report, u"brokers"_s)));
    }

    void aBrokerThatWantsASignInIsNotCalledReachable()
    {
        Brokers brokers;
        Pod pod;
        Target wish = target(Kind::Kafka, 0);
        wish.servers = brokers.names;
        wish.user = u"kubeflow"_s;
        const Report report = look(pod, wish);
        QCOMPARE(checkOf(report, u"login"_s).state, State::Skipped);
        QCOMPARE(checkOf(report, u"metadata"_s).state, State::Skipped);
        QVERIFY2(checkOf(report, u"brokers"_s).text.contains(u"3 of 3 named servers"_s), qPrintable(said(report, u"brokers"_s)));
        QVERIFY2(checkOf(report, u"brokers"_s).state == State::Ok, qPrintable(said(report, u"brokers"_s)));
    }

    void whatDoesNotSpeakTheProtocolFails_data()
    {
        QTest::addColumn<Kind>("kind");
        QTest::newRow("Kafka") << Kind::Kafka;
        QTest::newRow("RabbitMQ") << Kind::RabbitMq;
    }
    void whatDoesNotSpeakTheProtocolFails()
    {
        QFETCH(Kind, kind);
        const FaultServer server([](FaultConnection &peer) {
            peer.write("\x1b]0;owned\x07 SSH-2.0-OpenSSH \xff\xfe\r\n");
            peer.waitForClose();
        });
        Pod pod;
        Target wish = target(kind, server.port());
        wish.servers = {u"localhost:%1"_s.arg(server.port())};
        const Report report = look(pod, wish);
        QVERIFY2(checkOf(report, u"metadata"_s).state == State::Failed, qPrintable(said(report, u"metadata"_s)));
        QVERIFY(!report.usable());
        QVERIFY(checkOf(report, u"brokers"_s).state == State::Skipped);
    }

    void withoutAToolItIsNameAndTcpAlone()
    {
        const FaultServer server(rabbitMq());
        Pod pod;
        pod.only({u"sh"_s, u"tr"_s, u"cut"_s, u"sort"_s, u"head"_s, u"tail"_s, u"cat"_s, u"sed"_s, u"rm"_s, u"getent"_s, u"perl"_s});
        const Report report = look(pod, target(Kind::RabbitMq, server.port()));
        QCOMPARE(checkOf(report, u"tcp"_s).state, State::Ok);
        for (const QString &id : {u"version"_s, u"metadata"_s, u"brokers"_s}) {
            QCOMPARE(checkOf(report, id).state, State::Skipped);
            QVERIFY2(checkOf(report, id).text.contains(u"Name, TCP and TLS only"_s), qPrintable(said(report, id)));
        }
    }

    void answersThatMeanHarmDoNone_data()
    {
        QTest::addColumn<QByteArray>("answer");
        const QByteArray versions = sized(QByteArray::fromHex("00000001" "0000" "00000001" "000300000009"));
        const auto metadata = [&](const QByteArray &body) { return versions + sized(QByteArray::fromHex("00000002") + body); };
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("half a size") << QByteArray::fromHex("0000");
        QTest::newRow("a size below zero") << QByteArray::fromHex("ffffffff00000001");
        QTest::newRow("more than there is") << QByteArray::fromHex("7fffffff00000001");
        QTest::newRow("two thousand million brokers") << metadata(QByteArray::fromHex("7fffffff"));
        QTest::newRow("a name below zero") << metadata(QByteArray::fromHex("00000001" "00000000" "8000"));
        QTest::newRow("names that lead elsewhere") << metadata(QByteArray::fromHex("00000002" "00000000" "0008") + "$(x);a b" + QByteArray::fromHex("00002384" "ffff" "00000001" "0001") + "a"
                                                               + QByteArray::fromHex("ffffffff" "ffff"));
        QTest::newRow("AMQP of tables without end") << QByteArray::fromHex("010000" "00000010" "000a000a0009" "7fffffff" "000000000000");
        QTest::newRow("AMQP of a type that is none") << QByteArray::fromHex("010000" "0000000e" "000a000a0009" "00000004" "01615a00" "ce");
    }
    void answersThatMeanHarmDoNone()
    {
        QFETCH(QByteArray, answer);
        for (const Kind kind : {Kind::Kafka, Kind::RabbitMq}) {
            const QByteArray output = "@@m B 1\n@@m name 0 ok 10.0.0.1\n@@m tcp 0 0 \n@@m talk 0 0 \n@@m h 0 " + answer.toHex() + "\n@@m Z\n";
            const Target wish = target(kind, 9092);
            QVERIFY(!podNext(wish, output, "m"));
            const Report report = podReport(wish, output, "m", u"pod"_s);
            QVERIFY(checkOf(report, u"brokers"_s).state == State::Skipped);
            for (const Check &check : report.checks)
                QVERIFY(!check.text.isEmpty() && check.text.size() < 2000);
        }
    }
};

QTEST_GUILESS_MAIN(TestBrokerInPod)
#include "tst_brokerinpod.moc"
