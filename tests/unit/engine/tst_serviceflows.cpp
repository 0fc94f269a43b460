// SPDX-License-Identifier: GPL-3.0-or-later
// Services looked at from a pod: the script itself in the shells that images have, what is left behind, what a password comes to, and
// output that means harm.
#include "FakeObjectApi.h"
#include "ShellSupport.h"
#include "base/Names.h"
#include "change/Change.h"
#include "engine/ServiceFlows.h"
#include "services/InPod.h"

#include <QJsonDocument>
#include <QStandardPaths>
#include <QTest>
#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::app;
using namespace cairn::services;
using namespace cairn::tests;

namespace {

const auto password = "p\"a\\s:s w#rd'"_ba;

/// A port of this machine that accepts connections and says nothing; closed, nothing listens there.
class Port
{
public:
    Port()
    {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        void *raw = &address;
        if (bind(m_socket, static_cast<sockaddr *>(raw), size) != 0 || listen(m_socket, 16) != 0 || getsockname(m_socket, static_cast<sockaddr *>(raw), &size) != 0)
            qFatal("no port");
        number = ntohs(address.sin_port);
    }
    ~Port() { close(m_socket); }
    Port(const Port &) = delete;
    Port &operator=(const Port &) = delete;
    int number = 0;

private:
    const int m_socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
};

/// A cluster whose kubelet runs what is executed in a pod as a process of this machine, in a folder that stands for its memory.
class Cluster : public FakeObjectApi
{
public:
    QTemporaryDir work;
    QString path = u"/usr/bin:/bin"_s;
    QString shell = u"/bin/sh"_s;
    QStringList argv;
    QByteArray given;

    Cluster()
    {
        put(kinds::deployments(), {{u"metadata"_s, QJsonObject{{u"name"_s, u"mysql"_s}, {u"namespace"_s, u"kubeflow"_s}}},
                                   {u"spec"_s, QJsonObject{{u"template"_s, QJsonObject{{u"spec"_s, QJsonObject{{u"containers"_s, QJsonArray{QJsonObject{
                                                                                                                                     {u"name"_s, u"mysql"_s}, {u"image"_s, u"mysql:8.4"_s}}}},
                                                                                                                {u"imagePullSecrets"_s, QJsonArray{QJsonObject{{u"name"_s, u"pull"_s}}}}}}}}}}});
        put(kinds::deployments(), {{u"metadata"_s, QJsonObject{{u"name"_s, u"ml-pipeline"_s}, {u"namespace"_s, u"kubeflow"_s}}},
                                   {u"spec"_s, QJsonObject{{u"template"_s, QJsonObject{{u"spec"_s, QJsonObject{{u"tolerations"_s, QJsonArray{QJsonObject{{u"key"_s, u"system"_s}}}}}}}}}}});
        before = [this](const Call &call) -> std::optional<Error> {
            // The controller of Jobs, and the kubelet.
            if (call.verb == u"list" && call.resource == u"pods") {
                for (const QJsonObject &job : all(kinds::batchJobs())) {
                    const QString name = job[u"metadata"_s][u"name"_s].toString();
                    put(kinds::pods(), {{u"metadata"_s, QJsonObject{{u"name"_s, name + u"-x"_s}, {u"namespace"_s, u"kubeflow"_s}, {u"labels"_s, QJsonObject{{u"job-name"_s, name}}}}},
                                        {u"spec"_s, QJsonObject{{u"nodeName"_s, u"node-1"_s}}},
                                        {u"status"_s, QJsonObject{{u"phase"_s, u"Running"_s}}}});
                }
            }
            return std::nullopt;
        };
        run = [this](const QStringList &words, const Secret &input) {
            argv = words;
            given = input.reveal();
            QStringList local = words.mid(1);
            local.replaceInStrings(u"/cairn"_s, work.path());
            QProcess process;
            QProcessEnvironment environment;
            environment.insert(u"PATH"_s, path);
            process.setProcessEnvironment(environment);
            process.start(shell, local);
            process.write(given);
            // Not closed: a server need not be able to.
            if (!process.waitForFinished(60'000))
                qFatal("the script did not end");
            return ExecOutput{process.readAllStandardOutput(), process.readAllStandardError(), process.exitCode()};
        };
    }
    QStringList left() const { return QDir(work.path()).entryList(QDir::Files | QDir::Hidden); }
};

overlay::Outside pipelines(int port)
{
    overlay::Outside outside;
    outside.id = u"pipelines"_s;
    outside.title = u"MySQL for Pipelines"_s;
    outside.ns = u"kubeflow"_s;
    outside.store = {u"apps"_s, u"Deployment"_s, u"kubeflow"_s, u"mysql"_s};
    outside.readers = {{u"apps"_s, u"Deployment"_s, u"kubeflow"_s, u"ml-pipeline"_s}};
    outside.secret = u"mysql-secret"_s;
    outside.userKey = u"username"_s;
    outside.passwordKey = u"password"_s;
    outside.target = {.kind = Kind::MySql, .consumer = Consumer::Pipelines, .host = u"127.0.0.1"_s, .port = port, .user = u"kfp"_s, .lifeSeconds = 45};
    return outside;
}

Check checkOf(const Report &report, const QString &id)
{
    const auto it = std::ranges::find(report.checks, id, &Check::id);
    return it == report.checks.end() ? Check{u"none"_s} : *it;
}

/// A folder with these tools of this machine and nothing else.
QString toolsIn(const QTemporaryDir &folder, const QStringList &names)
{
    for (const QString &name : names) {
        const QString program = QStandardPaths::findExecutable(name, {u"/usr/bin"_s, u"/bin"_s});
        if (!program.isEmpty())
            QFile::link(program, folder.filePath(name));
    }
    return folder.path();
}

/// A client that notes how it was called and says what a server with an account for Pipelines would.
void stubClient(const QString &folder, const QByteArray &plugin, const QByteArray &hash)
{
    QFile file(folder + u"/mysql"_s);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("#!/bin/sh\n[ \"$1\" = --version ] && { echo 'mysql  Ver 8.4.1 for Linux'; exit; }\nprintf '%s\\n' \"$@\" > '" + folder.toUtf8() + "/seen-argv'\ncat conf > '" + folder.toUtf8()
               + "/seen-conf'\nenv > '" + folder.toUtf8() + "/seen-env'\ncat <<'X'\n=version 8.4.1\nSsl_version\t\nCREATE USER `kfp`@`%` IDENTIFIED WITH '" + plugin + "' AS '" + hash
               + "' REQUIRE NONE\nGRANT ALL PRIVILEGES ON *.* TO `kfp`@`%`\n=idle 28800\nmlpipeline\nX\n");
    file.close();
    file.setPermissions(QFile::ReadOwner | QFile::ExeOwner);
}

QByteArray readAll(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

class TestServiceFlows : public QObject
{
    Q_OBJECT
private slots:
    void theScriptWorksInEveryShell_data()
    {
        QTest::addColumn<QString>("shell");
        QTest::addColumn<QStringList>("tools");
        const QStringList common{u"sh"_s, u"tr"_s, u"cut"_s, u"sort"_s, u"head"_s, u"tail"_s, u"cat"_s, u"sed"_s, u"grep"_s, u"rm"_s, u"timeout"_s};
        QTest::newRow("dash, getent and bash") << u"/bin/dash"_s << common + QStringList{u"getent"_s, u"bash"_s};
        QTest::newRow("dash and perl") << u"/bin/dash"_s << common + QStringList{u"perl"_s};
        QTest::newRow("bash") << u"/bin/bash"_s << common + QStringList{u"getent"_s, u"bash"_s};
        QTest::newRow("busybox") << u"busybox"_s << QStringList();
    }
    void theScriptWorksInEveryShell()
    {
        QFETCH(QString, shell);
        QFETCH(QStringList, tools);
        const Port open;
        const int nobody = Port().number;
        const QTemporaryDir scratch, folder;
        Cluster cluster;
        cluster.shell = shell;
        cluster.path = toolsIn(folder, tools);
        if (shell == u"busybox") {
            const support::Shell busybox = support::shells(scratch).last();
            cluster.shell = busybox.program;
            cluster.path = busybox.path;
        }
        overlay::Outside outside = pipelines(open.number);
        outside.target.kind = Kind::Kafka;
        outside.target.servers = {u"localhost:%1"_s.arg(open.number), u"127.0.0.1:%1"_s.arg(nobody)};
        const auto report = testFromCluster(cluster, outside, {}, {.seconds = 5}, {});
        QVERIFY2(report, report ? "" : qPrintable(report.error().oneLine()));
        QVERIFY(report->from.startsWith(u"pod kubeflow/cairn-test-"_s));
        QVERIFY(report->from.endsWith(u" on node-1"_s));
        const Check tcp = checkOf(*report, u"tcp"_s);
        QVERIFY2(tcp.state == Check::State::Warn, qPrintable(tcp.text));
        QVERIFY2(tcp.text.contains(u"127.0.0.1:%1"_s.arg(nobody)) && !tcp.text.contains(QString::number(open.number)), qPrintable(tcp.text));
        const Check name = checkOf(*report, u"name"_s);
        // busybox's nslookup asks DNS alone, which need not know localhost; that it was reached says enough.
        QVERIFY2(name.state == Check::State::Ok
                && (shell == u"busybox" || name.text.contains(u"localhost is 127.0.0.1"_s)
                    || name.text.contains(u"::1"_s)),
            qPrintable(name.text));
        QVERIFY2(name.text.contains(u"127.0.0.1 is an address."_s), qPrintable(name.text));
        QCOMPARE(checkOf(*report, u"login"_s).state, Check::State::Skipped);
        QCOMPARE(cluster.left(), QStringList());
    }

    void aNameThatIsNotThereIsSaid()
    {
        Cluster cluster;
        overlay::Outside outside = pipelines(3306);
        outside.target.host = u"no-such-host.invalid"_s;
        const auto report = testFromCluster(cluster, outside, Secret(password), {.seconds = 5}, {});
        QVERIFY(report);
        QCOMPARE(checkOf(*report, u"name"_s).state, Check::State::Failed);
        QVERIFY(!report->usable());
    }

    void aNameThatMayBeThereIsNotCalledMissing_data()
    {
        QTest::addColumn<QString>("host");
        QTest::addColumn<QByteArray>("output");
        QTest::addColumn<Check::State>("state");
        using State = Check::State;
        QTest::newRow("an address") << u"10.231.0.1"_s << "@@m name 0 unsure \n@@m tcp 0 0 \n"_ba << State::Ok;
        QTest::newRow("an address of six")
            << u"[fd00::1]"_s << "@@m name 0 fail \n@@m tcp 0 1 refused\n"_ba << State::Ok;
        QTest::newRow("no tool, and reached") << u"db"_s << "@@m name 0 none \n@@m tcp 0 0 \n"_ba << State::Ok;
        QTest::newRow("no tool at all") << u"db"_s << "@@m name 0 none \n@@m tcp 0 99 \n"_ba << State::Skipped;
        QTest::newRow("nslookup, and reached")
            << u"kubernetes.default.svc"_s << "@@m name 0 unsure \n@@m tcp 0 0 \n"_ba << State::Ok;
        QTest::newRow("nslookup, and refused")
            << u"db"_s
            << "@@m name 0 unsure \n@@m tcp 0 1 nc: can't connect to remote host (10.0.0.1): Connection refused\n"_ba
            << State::Skipped;
        QTest::newRow("nslookup and nc") << u"db"_s << "@@m name 0 unsure \n@@m tcp 0 1 nc: bad address 'db'\n"_ba
                                         << State::Failed;
        QTest::newRow("getent") << u"db"_s << "@@m name 0 fail \n@@m tcp 0 1 bash: db: Name or service not known\n"_ba
                                << State::Failed;
        QTest::newRow("digits are no address")
            << u"10.231.1"_s << "@@m name 0 fail \n@@m tcp 0 1 x\n"_ba << State::Failed;
    }
    void aNameThatMayBeThereIsNotCalledMissing()
    {
        QFETCH(QString, host);
        QFETCH(QByteArray, output);
        QFETCH(Check::State, state);
        Target target = pipelines(3306).target;
        target.host = host;
        const Check name = checkOf(podReport(target, "@@m B 1\n" + output + "@@m Z\n", "m", u"pod"_s), u"name"_s);
        QVERIFY2(name.state == state, qPrintable(name.text));
        QVERIFY(!name.text.isEmpty());
    }

    void theClientOfTheImageSignsIn()
    {
        const Port open;
        const QTemporaryDir stub;
        stubClient(stub.path(), "mysql_native_password", "*94BDCEBE19083CE2A1F959FD02F964C7AF4CFC29");
        Cluster cluster;
        cluster.path = stub.path() + u":/usr/bin:/bin"_s;
        const auto report = testFromCluster(cluster, pipelines(open.number), Secret(password), {.seconds = 5}, {});
        QVERIFY2(report, report ? "" : qPrintable(report.error().oneLine()));
        for (const QString &id : {u"name"_s, u"tcp"_s, u"login"_s, u"version"_s, u"plugin"_s, u"create"_s, u"lifetime"_s})
            QVERIFY2(checkOf(*report, id).state == Check::State::Ok, qPrintable(id + u": "_s + checkOf(*report, id).text));
        QVERIFY(report->usable());

        // The password is in the client's file, as the client reads it, and nowhere else.
        const QByteArray conf = readAll(stub.filePath(u"seen-conf"_s));
        QVERIFY(conf.contains("password=\"p\\\"a\\\\s:s w#rd'\"\n"));
        QVERIFY(conf.contains("ssl-mode=DISABLED"));
        for (const QString &file : {u"seen-argv"_s, u"seen-env"_s})
            QVERIFY(!readAll(stub.filePath(file)).contains("w#rd"));
        QVERIFY(!cluster.argv.join(u' ').contains(u"w#rd"_s));
        QCOMPARE(cluster.left(), QStringList());
        for (const FakeObjectApi::Call &call : cluster.calls())
            QVERIFY(!QJsonDocument(QJsonArray{call.body}).toJson().contains("w#rd"));
    }

    void noHashLeavesThePod()
    {
        const Port open;
        const QTemporaryDir stub;
        stubClient(stub.path(), "caching_sha2_password", "$A$005$hashhashhash");
        Cluster cluster;
        cluster.path = stub.path() + u":/usr/bin:/bin"_s;
        QByteArray out;
        const auto base = cluster.run;
        cluster.run = [&](const QStringList &argv, const Secret &input) {
            ExecOutput output = base(argv, input);
            out = output.out;
            return output;
        };
        const auto report = testFromCluster(cluster, pipelines(open.number), Secret(password), {.seconds = 5}, {});
        QVERIFY(report);
        QCOMPARE(checkOf(*report, u"plugin"_s).state, Check::State::Failed);
        QVERIFY(out.contains("caching_sha2_password"));
        QVERIFY(!out.contains("hashhash"));
    }

    void thePodIsThatOfTheDatabaseAndIsGoneAfterwards()
    {
        Cluster cluster;
        QJsonObject job;
        QList<FakeObjectApi::Call> made;
        const Port open;
        const QDateTime old = QDateTime::currentDateTimeUtc().addSecs(-3600);
        cluster.put(kinds::batchJobs(), {{u"metadata"_s, QJsonObject{{u"name"_s, u"cairn-test-old"_s},
                                                                     {u"namespace"_s, u"kubeflow"_s},
                                                                     {u"creationTimestamp"_s, old.toString(Qt::ISODate)},
                                                                     {u"labels"_s, QJsonObject{{names::name("helper"_L1), u"service-test"_s}}}}}});
        QVERIFY(testFromCluster(cluster, pipelines(open.number), Secret(password), {.seconds = 5}, {}));
        QVERIFY(cluster.all(kinds::batchJobs()).isEmpty());
        for (const FakeObjectApi::Call &call : cluster.calls()) {
            if (call.verb == u"create")
                job = call.body.toObject();
        }
        const QJsonValue spec = job[u"spec"_s][u"template"_s][u"spec"_s];
        QCOMPARE(spec[u"containers"_s][0][u"image"_s].toString(), u"mysql:8.4"_s);
        QCOMPARE(spec[u"imagePullSecrets"_s][0][u"name"_s].toString(), u"pull"_s);
        QCOMPARE(spec[u"tolerations"_s][0][u"key"_s].toString(), u"system"_s);
        QCOMPARE(spec[u"automountServiceAccountToken"_s].toBool(true), false);
        QCOMPARE(spec[u"volumes"_s][0][u"emptyDir"_s][u"medium"_s].toString(), u"Memory"_s);
        QCOMPARE(job[u"spec"_s][u"template"_s][u"metadata"_s][u"annotations"_s][u"sidecar.istio.io/inject"_s].toString(), u"false"_s);
        QCOMPARE(job[u"metadata"_s][u"labels"_s][names::name("helper"_L1)].toString(), u"service-test"_s);
    }

    void itIsRemovedAlsoWhenItIsStoppedOrRefused()
    {
        Cluster cluster;
        std::stop_source stop;
        cluster.run = [&](const QStringList &, const Secret &) {
            stop.request_stop();
            return ExecOutput{};
        };
        (void)testFromCluster(cluster, pipelines(3306), Secret(password), {.seconds = 5}, stop.get_token());
        QVERIFY(cluster.all(kinds::batchJobs()).isEmpty());

        Cluster strict;
        strict.deny(u"exec pods"_s);
        const auto report = testFromCluster(strict, pipelines(3306), Secret(password), {.seconds = 5}, {});
        QCOMPARE(report.error().kind, Error::Kind::Forbidden);
        QVERIFY(report.error().fix.contains(u"pods/exec in kubeflow"_s));
        QVERIFY(strict.all(kinds::batchJobs()).isEmpty());
    }

    void nothingRunsWithoutConsent()
    {
        Cluster cluster;
        ServiceTestOptions options;
        const HelperConsent consent(u"https://server"_s, {HelperConsent::key(u"https://server"_s, u"kubeflow"_s, u"mysql:8.0"_s)});
        options.mayRun = [&](const ckpt::HelperPod &pod) { return consent.check(pod); };
        const auto report = testFromCluster(cluster, pipelines(3306), Secret(password), options, {});
        QCOMPARE(report.error().kind, Error::Kind::Consent);
        QCOMPARE(refusedImage(report.error()), u"mysql:8.4"_s);
        for (const FakeObjectApi::Call &call : cluster.calls())
            QVERIFY(!call.writes());
    }

    void theConsentThatIsMissingIsSaidForEachService()
    {
        Cluster cluster;
        ServiceTest test = testService(
            &cluster, pipelines(3306), Secret(password), {.here = false, .cluster = true, .allowed = false}, {});
        QVERIFY(test.error && !test.usable());
        QCOMPARE(test.error->kind, Error::Kind::Consent);
        QVERIFY2(test.error->what.startsWith(u"MySQL for Pipelines"_s)
                && test.error->why.contains(u"mysql:8.4 in namespace kubeflow"_s),
            qPrintable(test.error->oneLine()));
        QVERIFY(test.error->fix.contains(u"--allow-helper"_s) && !test.error->fix.contains(u"--image"_s));
        // Also where it is not known yet what would run.
        overlay::Outside outside = pipelines(3306);
        outside.store = {};
        test = testService(&cluster, outside, Secret(password), {.here = false, .cluster = true, .allowed = false}, {});
        QCOMPARE(test.error->kind, Error::Kind::Consent);
        QVERIFY2(test.error->fix.contains(u"--allow-helper"_s) && test.error->fix.contains(u"--image"_s),
            qPrintable(test.error->oneLine()));
        for (const FakeObjectApi::Call &call : cluster.calls())
            QVERIFY(!call.writes());
    }

    void whatWasSkippedForOneReasonIsOneLine()
    {
        const QByteArray output = "@@m B 1\n@@m name 0 ok 10.0.0.1\n@@m tcp 0 1 refused\n@@m Z\n"_ba;
        const Report report = podReport(pipelines(3306).target, output, "m", u"pod"_s);
        QCOMPARE(report.checks.size(), 8);
        const QList<Check> lines = report.brief();
        QCOMPARE(lines.size(), 3);
        QCOMPARE(lines[1].state, Check::State::Failed);
        QCOMPARE(lines[2].what, u"… (6)"_s);
        QVERIFY2(lines[2].text.contains(u"this failed: TCP"_s), qPrintable(lines[2].text));
        // Another reason is another line, and one alone keeps its name.
        const Check skipped{u"a"_s, u"A"_s, Check::State::Skipped, u"one"_s, {}};
        Check other = skipped;
        other.text = u"two"_s;
        QCOMPARE((Report{{}, {skipped, other, skipped}}.brief()), (QList<Check>{skipped, other, skipped}));
        QVERIFY(Report().brief().isEmpty());
    }

    void aPasswordInAFileIsOneLine_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<QByteArray>("password");
        const auto row = [](const char *name, const QByteArray &content, const QByteArray &password) {
            QTest::newRow(name) << content << password;
        };
        row("a line", "hunter2"_ba, "hunter2"_ba);
        row("a line and its break", "hunter2\n"_ba, "hunter2"_ba);
        row("of Windows", " hunter2 \r\n"_ba, " hunter2 "_ba);
        row("as long as it may be", QByteArray(4096, 'x') + '\n', QByteArray(4096, 'x'));
        row("too long", QByteArray(4097, 'x'), {});
        row("far too long", QByteArray(1 << 20, 'x'), {});
        row("of several lines", "root:x:0\nhunter2:y:1\n"_ba, {});
        row("of two line breaks", "hunter2\n\n"_ba, {});
        row("nothing", ""_ba, {});
        row("a line break", "\n"_ba, {});
        row("no text", "hunter2\0"_ba, {});
    }
    void aPasswordInAFileIsOneLine()
    {
        QFETCH(QByteArray, content);
        QFETCH(QByteArray, password);
        const QTemporaryDir folder;
        QFile file(folder.filePath(u"password"_s));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(content) == content.size());
        file.close();
        const Result<Secret> read = passwordFromFile(file.fileName());
        QCOMPARE(read.has_value(), !password.isEmpty());
        if (read)
            QCOMPARE(read->reveal(), password);
        else
            QVERIFY2(read.error().kind == Error::Kind::Invalid && !read.error().oneLine().contains(u"hunter2"_s),
                qPrintable(read.error().oneLine()));
    }
    void aPasswordIsInARegularFile()
    {
        const QTemporaryDir folder;
        const QByteArray pipe = folder.filePath(u"pipe"_s).toLocal8Bit();
        QCOMPARE(mkfifo(pipe.constData(), 0600), 0);
        for (const QString &path :
            {QString::fromLocal8Bit(pipe), folder.path(), u"/dev/zero"_s}) // none of them is waited for
            QCOMPARE(passwordFromFile(path).error().kind, Error::Kind::Io);
        QCOMPARE(passwordFromFile(folder.filePath(u"none"_s)).error().kind, Error::Kind::NotFound);
    }

    void withoutADatabaseAnImageHasToBeNamed()
    {
        Cluster cluster;
        overlay::Outside outside = pipelines(3306);
        outside.store = {};
        QCOMPARE(planServicePod(cluster, outside, {}, {}).error().kind, Error::Kind::NotFound);
        const auto pod = planServicePod(cluster, outside, u"registry.example/tools:1"_s, {});
        QVERIFY(pod);
        QCOMPARE(pod->image, u"registry.example/tools:1"_s);
    }

    void aPasswordOfTwoLinesIsRefused()
    {
        Cluster cluster;
        const auto report = testFromCluster(cluster, pipelines(3306), Secret("a\nhost=evil.example"_ba), {.seconds = 5}, {});
        QCOMPARE(report.error().kind, Error::Kind::Invalid);
        QVERIFY(!report.error().oneLine().contains(u"evil"_s));
        QVERIFY(cluster.all(kinds::batchJobs()).isEmpty());
    }

    void outputThatMeansHarmDoesNone_data()
    {
        QTest::addColumn<QByteArray>("output");
        const QByteArray head = "@@m B 1\n"_ba;
        QTest::newRow("nothing") << ""_ba;
        QTest::newRow("noise") << QByteArray(1 << 20, '\xff');
        QTest::newRow("another's marker") << "@@x B 1\n@@x tcp 0 0 \n@@x login 0 \n@@x q =version 8.4.1\n"_ba;
        QTest::newRow("cut before the client") << head + "@@m name 0 ok 10.0.0.1\n@@m tcp 0 0 \n";
        QTest::newRow("numbers that are none") << head + "@@m tcp 99999999999999999999 0\n@@m tcp -1 0\n@@m login x\n@@m client mysql\n@@m Z\n";
        QTest::newRow("many lines") << head + QByteArray("@@m q GRANT x\n").repeated(100'000);
        QTest::newRow("a long line") << head + "@@m client mysql\n@@m login 1 " + QByteArray(1 << 20, 'x') + "\n@@m Z\n";
    }
    void outputThatMeansHarmDoesNone()
    {
        QFETCH(QByteArray, output);
        const Target target = pipelines(3306).target;
        const Report report = podReport(target, output, "m", u"pod"_s);
        QCOMPARE(report.checks.size(), 8);
        QCOMPARE(checkOf(report, u"login"_s).state == Check::State::Ok, false);
        for (const Check &check : report.checks)
            QVERIFY(check.text.size() < 2000 && !check.text.isEmpty());
    }

    void whatAServerSaysIsShownWithoutThePasswordAndInOneLine()
    {
        Target target = pipelines(3306).target;
        target.password = Secret("hunter2"_ba);
        const QByteArray output = "@@m B 1\n@@m name 0 ok 10.0.0.1\n@@m tcp 0 0 \n@@m client mysql\n@@m login 1 ERROR 9999 (HY000): hunter2 \xe2\x80\xae \x1b[31m is wrong\n@@m Z\n"_ba;
        const Check login = checkOf(podReport(target, output, "m", u"pod"_s), u"login"_s);
        QCOMPARE(login.state, Check::State::Failed);
        QVERIFY(!login.text.contains(u"hunter2"_s));
        QVERIFY(!login.text.contains(QChar(0x202e)) && !login.text.contains(QChar(0x1b)));
    }

    void thePasswordOfASecretIsFoundByTheKeyThatIsRead()
    {
        FakeObjectApi api;
        api.put(kinds::secrets(), {{u"metadata"_s, QJsonObject{{u"name"_s, u"mysql-secret"_s}, {u"namespace"_s, u"kubeflow"_s}}},
                                   {u"data"_s, QJsonObject{{u"username"_s, u"cm9vdA=="_s}, {u"password"_s, u"aHVudGVyMg=="_s}}}});
        const overlay::Outside outside = pipelines(3306);
        QCOMPARE(passwordFromSecret(api, outside, u"mysql-secret"_s, {}, {})->reveal(), "hunter2"_ba);
        QCOMPARE(passwordFromSecret(api, outside, u"mysql-secret"_s, u"username"_s, {})->reveal(), "root"_ba);
        const auto missing = passwordFromSecret(api, outside, u"mysql-secret"_s, u"pass"_s, {});
        QCOMPARE(missing.error().kind, Error::Kind::NotFound);
        QVERIFY(missing.error().fix.contains(u"password, username"_s));
        QVERIFY(!missing.error().oneLine().contains(u"hunter2"_s));
    }

    void aStoreTakesTwoKeysOfWhichThePodGetsOne()
    {
        const Port open;
        Cluster cluster;
        overlay::Outside outside = pipelines(open.number);
        outside.target.kind = Kind::S3;
        outside.target.user.clear();
        outside.target.database = u"mlpipeline"_s;
        outside.userKey = u"accesskey"_s;
        outside.passwordKey = u"secretkey"_s;
        const auto report = testFromCluster(cluster, outside, Secret("AKIDCANARY:Canary/7f3a"_ba), {.seconds = 1, .mayWrite = true}, {});
        QVERIFY2(report, report ? "" : qPrintable(report.error().oneLine()));
        QVERIFY2(checkOf(*report, u"s3"_s).state == Check::State::Failed, qPrintable(checkOf(*report, u"s3"_s).text));
        QVERIFY(cluster.given.contains("Credential=AKIDCANARY/") && cluster.given.contains("/cairn-probe/"));
        QVERIFY(!cluster.given.contains("Canary/7f3a") && !cluster.argv.join(u' ').contains(u"AKID"_s));

        for (const QByteArray &bad : {"AKIDCANARY"_ba, ":secret"_ba, "AKIDCANARY:"_ba}) {
            const ServiceTest test = testService(nullptr, outside, Secret(bad), {.seconds = 1}, {});
            QVERIFY(test.error && test.error->kind == Error::Kind::Invalid && !test.usable());
            QVERIFY(!test.error->oneLine().contains(u"AKID"_s));
        }
        const auto put = [&](const QJsonObject &data) {
            cluster.put(kinds::secrets(), {{u"metadata"_s, QJsonObject{{u"name"_s, u"s3"_s}, {u"namespace"_s, u"kubeflow"_s}}}, {u"data"_s, data}});
        };
        put({{u"accesskey"_s, u"QUs="_s}, {u"secretkey"_s, u"cw=="_s}});
        QCOMPARE(passwordFromSecret(cluster, outside, u"s3"_s, {}, {})->reveal(), "AK:s"_ba);
        QCOMPARE(passwordFromSecret(cluster, outside, u"s3"_s, u"secretkey"_s, {}).error().kind, Error::Kind::NotFound);
        put({{u"accesskey"_s, u"QUs="_s}});
        QVERIFY(passwordFromSecret(cluster, outside, u"s3"_s, {}, {}).error().why.contains(u"secretkey"_s));
    }

    void ofASecretItsOwnerAndKeysAreKeptAndNoValue()
    {
        FakeObjectApi api;
        const overlay::Outside outside = pipelines(3306);
        QVERIFY(!secretFacts(api, outside, {})->exists);
        api.put(kinds::secrets(), {{u"metadata"_s, QJsonObject{{u"name"_s, u"mysql-secret"_s},
                                                               {u"namespace"_s, u"kubeflow"_s},
                                                               {u"annotations"_s, QJsonObject{{u"kubectl.kubernetes.io/last-applied-configuration"_s, u"{\"data\":{\"password\":\"aHVudGVyMg==\"}}"_s}}},
                                                               {u"ownerReferences"_s, QJsonArray{QJsonObject{{u"kind"_s, u"ExternalSecret"_s}, {u"name"_s, u"mysql"_s}, {u"controller"_s, true}}}}}},
                                   {u"data"_s, QJsonObject{{u"password"_s, u"aHVudGVyMg=="_s}}}});
        const auto facts = secretFacts(api, outside, {});
        QVERIFY(facts->exists);
        QCOMPARE(facts->keys, QStringList{u"password"_s});
        QCOMPARE(facts->owner(), u"ExternalSecret mysql"_s);
        QVERIFY(!QJsonDocument(facts->metadata).toJson().contains("aHVudGVyMg"));
        const auto filled = secretsFor({outside}, {{u"pipelines"_s, Secret("x"_ba)}});
        QCOMPARE(filled.keys(), QStringList{u"kubeflow/mysql-secret/password"_s});
    }
};

QTEST_GUILESS_MAIN(TestServiceFlows)
#include "tst_serviceflows.moc"
