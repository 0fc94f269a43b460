// SPDX-License-Identifier: GPL-3.0-or-later
// An object store looked at from a pod: the script with the tools that images have, and what reaches the pod.
#include "FaultStore.h"
#include "PodHere.h"
#include "ShellSupport.h"

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::services;
using namespace cairn::test;

namespace {

const QByteArray secretKey = "Canary/7f3a+\"secret";
using State = Check::State;

Target storeAt(int port)
{
    return {.kind = Kind::S3,
        .consumer = Consumer::Pipelines,
        .host = u"localhost"_s,
        .port = port,
        .user = u"AKIDCANARY"_s,
        .password = Secret(secretKey),
        .database = u"mlpipeline"_s};
}

Target writing(Target target)
{
    target.mayWrite = true;
    return target;
}

} // namespace

class TestS3InPod : public QObject
{
    Q_OBJECT
private slots:
    void everyToolAsksTheSame_data()
    {
        QTest::addColumn<QStringList>("tools");
        QTest::addColumn<bool>("tls");
        const QStringList common{u"sh"_s, u"tr"_s, u"cut"_s, u"sort"_s, u"head"_s, u"tail"_s, u"cat"_s, u"sed"_s, u"grep"_s, u"rm"_s, u"timeout"_s, u"getent"_s, u"date"_s, u"sleep"_s};
        for (const bool tls : {false, true}) {
            const auto row = [&](const char *name, const QStringList &more) { QTest::addRow("%s%s", name, tls ? ", TLS" : "") << common + more << tls; };
            row("curl", {u"curl"_s, u"bash"_s});
            row("python3", {u"python3"_s});
            if (tls)
                row("openssl", {u"openssl"_s, u"bash"_s});
            else
                row("bash", {u"bash"_s});
        }
        QTest::newRow("busybox") << QStringList() << false;
    }
    void everyToolAsksTheSame()
    {
        QFETCH(QStringList, tools);
        QFETCH(bool, tls);
        const Pki pki;
        FaultStore store;
        const auto server = tls ? std::make_unique<FaultServer>(store.script(), FaultServer::Tls{.identity = pki.issue({})}) : std::make_unique<FaultServer>(store.script());
        const QTemporaryDir scratch;
        Pod pod;
        pod.only(tools);
        if (tools.contains(u"python3"_s) && !QFile::exists(pod.tools.filePath(u"python3"_s)))
            QSKIP("no python3 of the system");
        if (tools.isEmpty()) {
            const support::Shell busybox = support::shells(scratch).last();
            pod.shell = busybox.program;
            pod.path = busybox.path;
        }
        Target target = writing(storeAt(server->port()));
        if (tls) {
            target.tls = Tls::Verify;
            target.ca = pki.caPem();
        }
        const Report report = pod.look(target, 10);
        for (const QString &id : {u"name"_s, u"tcp"_s, u"s3"_s, u"clock"_s, u"region"_s, u"login"_s, u"style"_s, u"bucket"_s, u"list"_s, u"write"_s, u"read"_s, u"delete"_s})
            QVERIFY2(checkOf(report, id).state == State::Ok, qPrintable(said(report, id)));
        QVERIFY2(checkOf(report, u"tls"_s).state == (tls ? State::Ok : State::Warn), qPrintable(said(report, u"tls"_s)));
        QVERIFY(store.objects.isEmpty());
        QByteArrayList methods;
        for (const FaultRequest &request : server->requests())
            methods.append(request.method);
        QCOMPARE(methods, (QByteArrayList{"GET", "PUT", "GET", "DELETE"}));
        // The secret key never reaches the pod, in no shape, and nothing stays there.
        for (const QByteArray &shape : {secretKey, secretKey.toBase64(), secretKey.toHex(), secretKey.toPercentEncoding()})
            QVERIFY(!pod.given.contains(shape));
        QVERIFY(!pod.arguments.join(u' ').contains(u"AKID"_s));
        QCOMPARE(pod.left(), QStringList());
    }

    void aCertificateThatIsNotTrustedEndsIt_data()
    {
        QTest::addColumn<QStringList>("more");
        QTest::newRow("curl") << QStringList{u"curl"_s, u"bash"_s};
        QTest::newRow("openssl") << QStringList{u"openssl"_s, u"bash"_s};
    }
    void aCertificateThatIsNotTrustedEndsIt()
    {
        QFETCH(QStringList, more);
        const Pki pki, other;
        FaultStore store;
        const FaultServer server(store.script(), {.identity = pki.issue({})});
        Pod pod;
        pod.only(QStringList{u"sh"_s, u"tr"_s, u"cut"_s, u"sort"_s, u"head"_s, u"tail"_s, u"cat"_s, u"sed"_s, u"rm"_s, u"timeout"_s, u"getent"_s, u"date"_s} + more);
        Target target = storeAt(server.port());
        target.tls = Tls::Verify;
        target.ca = other.caPem();
        const Report report = pod.look(target);
        QVERIFY2(checkOf(report, u"tls"_s).state == State::Failed, qPrintable(said(report, u"tls"_s)));
        QVERIFY(server.requests().isEmpty() && !report.usable());
    }

    void whatAnImageHasNoToolForIsSkipped()
    {
        FaultStore store;
        const FaultServer server(store.script());
        Pod pod;
        pod.only({u"sh"_s, u"tr"_s, u"cut"_s, u"sort"_s, u"head"_s, u"tail"_s, u"cat"_s, u"sed"_s, u"rm"_s, u"getent"_s, u"perl"_s});
        const Report report = pod.look(writing(storeAt(server.port())));
        QVERIFY2(checkOf(report, u"s3"_s).state == State::Skipped, qPrintable(said(report, u"s3"_s)));
        QVERIFY2(checkOf(report, u"s3"_s).text.contains(u"curl"_s), qPrintable(said(report, u"s3"_s)));
        QVERIFY(server.requests().isEmpty());
    }

    void anotherRegionIsSaid()
    {
        FaultStore store;
        store.region = "lab-west-1";
        const FaultServer server(store.script());
        Pod pod;
        Report report = pod.look(writing(storeAt(server.port())));
        QVERIFY2(checkOf(report, u"region"_s).fix.contains(u"lab-west-1"_s), qPrintable(said(report, u"region"_s)));
        QCOMPARE(checkOf(report, u"list"_s).state, State::Skipped);
        QCOMPARE(server.requests().size(), 1);
        Target target = storeAt(server.port());
        target.region = "lab-west-1";
        report = pod.look(target);
        QVERIFY2(checkOf(report, u"list"_s).state == State::Ok, qPrintable(said(report, u"list"_s)));
    }

    void whatWasRefusedIsNotDeletedAndTheRestGoes_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<bool>("deleted");
        QTest::newRow("refused") << 403 << false;
        QTest::newRow("an error of the store") << 500 << true;
    }
    void whatWasRefusedIsNotDeletedAndTheRestGoes()
    {
        QFETCH(int, status);
        QFETCH(bool, deleted);
        FaultStore store;
        store.first = [&](const FaultRequest &request) -> std::optional<QByteArray> {
            return request.method == "PUT" ? std::optional(FaultStore::refusal(status, status == 403 ? "AccessDenied" : "InternalError")) : std::nullopt;
        };
        const FaultServer server(store.script());
        Pod pod;
        const Report report = pod.look(writing(storeAt(server.port())));
        QVERIFY2(checkOf(report, u"write"_s).state == State::Failed, qPrintable(said(report, u"write"_s)));
        QCOMPARE(server.requests().last().method, deleted ? "DELETE"_ba : "PUT"_ba);
    }

    void withoutKeysAndWithoutConsentNothingIsWritten()
    {
        FaultStore store;
        const FaultServer server(store.script());
        Pod pod;
        Target nobody = writing(storeAt(server.port()));
        nobody.user.clear();
        nobody.password = {};
        Report report = pod.look(nobody);
        QVERIFY2(checkOf(report, u"bucket"_s).state == State::Warn, qPrintable(said(report, u"bucket"_s)));
        report = pod.look(storeAt(server.port()));
        QVERIFY2(checkOf(report, u"write"_s).text.contains(u"agree"_s), qPrintable(said(report, u"write"_s)));
        for (const FaultRequest &request : server.requests())
            QCOMPARE(request.method, "GET"_ba);
    }

    /// By amount: a tool that writes more than any answer is long is cut off. By time: one that reads on is ended.
    void anAnswerWithoutEnd_data()
    {
        QTest::addColumn<QStringList>("more");
        QTest::addColumn<int>("pause");
        QTest::newRow("curl") << QStringList{u"curl"_s} << 0;
        QTest::newRow("bash") << QStringList{u"bash"_s} << 0;
        QTest::newRow("bash, slowly") << QStringList{u"bash"_s} << 50;
    }
    void anAnswerWithoutEnd()
    {
        QFETCH(const QStringList, more);
        QFETCH(const int, pause);
        const FaultServer server([&](FaultConnection &connection) {
            if (!connection.readRequest())
                return;
            connection.write("HTTP/1.1 200 OK\r\nx-amz-request-id: 1\r\n" + FaultStore::date() + "\r\n<ListBucketResult></ListBucketResult>\n");
            while (connection.write(pause > 0 ? QByteArray("\n") : QByteArray(16'384, '\n')) && connection.sleepFor(std::chrono::milliseconds(pause))) { }
        });
        Pod pod;
        // curl needs bash for the connection before it.
        pod.only(QStringList{u"sh"_s, u"tr"_s, u"cut"_s, u"sort"_s, u"head"_s, u"tail"_s, u"cat"_s, u"sed"_s, u"rm"_s, u"timeout"_s, u"getent"_s, u"date"_s, u"bash"_s} + more);
        const Report report = pod.look(storeAt(server.port()), 2);
        QVERIFY2(checkOf(report, u"s3"_s).state == State::Failed && checkOf(report, u"s3"_s).text.contains(u"no end"_s), qPrintable(said(report, u"s3"_s)));
        QVERIFY(!report.usable());
        QCOMPARE(pod.left(), QStringList());
    }

    void outputThatMeansHarmDoesNone_data()
    {
        QTest::addColumn<QByteArray>("output");
        const QByteArray head = "@@m B 1\n@@m name 0 ok 10.0.0.1\n@@m tcp 0 0 \n"_ba;
        QTest::newRow("cut") << head;
        QTest::newRow("no answer") << head + "@@m http 0 0 \n@@m Z\n";
        QTest::newRow("late") << head + "@@m http 0 124 \n@@m Z\n";
        QTest::newRow("lines") << head + "@@m http 0 0 \n" + QByteArray("@@m a 0 HTTP/1.1 200 OK\n").repeated(10'000) + "@@m Z\n";
        QTest::newRow("keys") << head + "@@m clock 99999999999999999999\n@@m http 0 0 \n@@m a 0 HTTP/1.1 400 Odd\n@@m a 0 \n@@m a 0 <Error><Code>Odd</Code><Message>AKIDCANARY " + secretKey
                + " \x1b[31m\xe2\x80\xae</Message></Error>\n@@m Z\n";
    }
    void outputThatMeansHarmDoesNone()
    {
        QFETCH(QByteArray, output);
        const Target target = storeAt(9000);
        const Report report = podReport(target, output, "m", u"pod"_s);
        QCOMPARE(report.checks.size(), 13);
        QVERIFY(checkOf(report, u"login"_s).state != State::Ok);
        for (const Check &check : report.checks) {
            QVERIFY(!check.text.isEmpty() && check.text.size() < 2000);
            for (const QString &text : {check.text, check.fix})
                QVERIFY(!text.contains(u"AKID"_s) && !text.contains(u"Canary"_s) && !text.contains(QChar(0x1b)) && !text.contains(QChar(0x202e)));
        }
    }
};

QTEST_GUILESS_MAIN(TestS3InPod)
#include "tst_s3inpod.moc"
