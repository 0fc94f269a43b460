// SPDX-License-Identifier: GPL-3.0-or-later
// The cases follow client-go's plugin/pkg/client/auth/exec/exec_test.go and transport/token_source_test.go.
#include "TestPki.h"
#include "kube/SessionCredentials.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSemaphore>
#include <QTemporaryDir>
#include <QTest>
#include <QThread>
#include <csignal>
#include <thread>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::kube;
using namespace std::chrono_literals;

namespace {

const QString v1 = u"client.authentication.k8s.io/v1"_s;
const QString v1beta1 = u"client.authentication.k8s.io/v1beta1"_s;

QByteArray answer(const QJsonObject &status, const QString &version = v1)
{
    return QJsonDocument(QJsonObject{{u"kind"_s, u"ExecCredential"_s}, {u"apiVersion"_s, version}, {u"status"_s, status}})
        .toJson(QJsonDocument::Compact);
}

QByteArray authorization(const Credentials::Material &material)
{
    for (const net::Header &header : material.headers) {
        if (header.first == "Authorization")
            return header.second;
    }
    return {};
}

QString whole(const Error &error)
{
    return error.what + u'|' + error.why + u'|' + error.fix;
}

} // namespace

class TestSessionCredentials : public QObject
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_dir;
    QDateTime m_now;
    ResolvedContext m_context;
    SessionOptions m_options;

    QString path(const QString &name) const { return m_dir->path() + u'/' + name; }
    QString write(const QString &name, const QByteArray &bytes, bool executable = false) const
    {
        QFile file(path(name));
        if (!file.open(QIODevice::WriteOnly | QIODevice::Truncate) || file.write(bytes) != bytes.size())
            qFatal("cannot write the test file");
        if (executable)
            file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        return path(name);
    }
    QByteArray read(const QString &name) const
    {
        QFile file(path(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    /// Runs of the plugin so far: it appends a line each time.
    qsizetype runs() const { return read(u"runs"_s).count('\n'); }

    /// A plugin that counts its runs, then does `body` in its folder.
    void usePlugin(const QByteArray &body, const QString &version = v1)
    {
        const QString program =
            write(u"plugin"_s, "#!/bin/sh\ncd \"$(dirname \"$0\")\"\necho run >> runs\n" + body + "\n", true);
        ExecConfig exec;
        exec.command = program;
        exec.apiVersion = version;
        m_context.user.exec = exec;
        m_context.info.signIn = SignInKind::ExecPlugin;
    }
    /// A plugin that prints the file "out".
    void answerWith(const QByteArray &output, const QString &version = v1)
    {
        write(u"out"_s, output);
        usePlugin("cat out", version);
    }
    std::unique_ptr<SessionCredentials> session() { return std::make_unique<SessionCredentials>(m_context, m_options); }

private slots:
    void init()
    {
        m_dir = std::make_unique<QTemporaryDir>();
        m_now = QDateTime::fromString(u"2026-01-01T00:00:00Z"_s, Qt::ISODate);
        m_context = {};
        m_context.info.name = u"ctx"_s;
        m_context.info.ns = u"team"_s;
        m_context.user.file = path(u"config"_s);
        m_context.server = QUrl(u"https://h:6443"_s);
        m_options = {};
        m_options.allowExec = AllowExec::Always;
        m_options.policy = [] { return Result<ExecPluginPolicy>(ExecPluginPolicy()); };
        m_options.now = [this] { return m_now; };
    }

    void staticCredentials()
    {
        m_context.user.token = Secret("abc");
        m_context.info.signIn = SignInKind::Token;
        m_context.user.impersonate = u"jane"_s;
        m_context.user.impersonateGroups = QStringList{u"a"_s, u"b"_s};
        m_context.user.impersonateExtra = {{u"example.org/scope"_s, {u"x"_s}}};
        const auto material = session()->material({});
        QVERIFY(material);
        QCOMPARE(authorization(*material), "Bearer abc"_ba);
        QVERIFY(material->headers.contains({"Impersonate-User", "jane"}));
        QVERIFY(material->headers.contains({"Impersonate-Group", "a"}));
        QVERIFY(material->headers.contains({"Impersonate-Group", "b"}));
        QVERIFY(material->headers.contains({"Impersonate-Extra-example.org%2Fscope", "x"}));
        QCOMPARE(session()->defaultNamespace(), u"team"_s);

        m_context.user = {};
        m_context.user.username = u"u"_s;
        m_context.user.password = Secret("p:q");
        m_context.info.signIn = SignInKind::Basic;
        QCOMPARE(authorization(*session()->material({})), "Basic " + "u:p:q"_ba.toBase64());
    }

    void endpointCarriesTheCluster()
    {
        const pki::Pair pair = pki::client();
        m_context.cluster.caData = pair.cert;
        m_context.cluster.tlsServerName = u"sni"_s;
        m_context.cluster.proxyUrl = u"http://p:1"_s;
        m_context.cluster.disableCompression = true;
        m_context.user.clientCertData = pair.cert;
        m_context.user.clientKeyData = Secret(pair.key);
        m_context.info.signIn = SignInKind::ClientCertificate;
        const auto both = session();
        const auto endpoint = both->material({})->endpoint;
        QCOMPARE(endpoint->server, m_context.server);
        QCOMPARE(endpoint->caPem, pair.cert);
        QCOMPARE(endpoint->clientCertPem, pair.cert);
        QCOMPARE(endpoint->clientKeyPem, pair.key);
        QCOMPARE(endpoint->tlsServerName, u"sni"_s);
        QCOMPARE(endpoint->proxyUrl, u"http://p:1"_s);
        QVERIFY(!endpoint->compression);
        QCOMPARE(both->material({})->endpoint, endpoint); // the same pointer keeps connections
        const auto anonymous = both->anonymousEndpoint();
        QVERIFY((*anonymous)->clientCertPem.isEmpty() && (*anonymous)->clientKeyPem.isEmpty());
        QCOMPARE((*anonymous)->caPem, pair.cert);
    }

    void badMaterialIsExplained()
    {
        m_context.cluster.caData = "rubbish";
        m_context.cluster.name = u"c"_s;
        QVERIFY(whole(session()->material({}).error()).contains(u"certificate authority of cluster \"c\""_s));
        m_context.cluster.caData = {};
        m_context.cluster.caFile = path(u"absent"_s);
        QCOMPARE(session()->material({}).error().kind, Error::Kind::Io);
    }

    void problemsOfTheContextStopIt()
    {
        m_context.info.problems.append({Problem::Severity::Error, {}, 0, {}, u"broken"_s, u"w"_s, u"f"_s});
        QCOMPARE(session()->material({}).error().what, u"broken"_s);
    }

    void tokenFileIsReadAgain()
    {
        m_context.user.tokenFile = write(u"token"_s, " one\n");
        m_context.user.token = Secret("static");
        m_context.info.signIn = SignInKind::TokenFile;
        const auto live = session();
        QCOMPARE(authorization(*live->material({})), "Bearer one"_ba); // beats token
        write(u"token"_s, "two");
        m_now = m_now.addSecs(49);
        QCOMPARE(authorization(*live->material({})), "Bearer one"_ba);
        m_now = m_now.addSecs(1);
        QCOMPARE(authorization(*live->material({})), "Bearer two"_ba);
        QVERIFY(QFile::remove(m_context.user.tokenFile));
        m_now = m_now.addSecs(3600);
        QCOMPARE(authorization(*live->material({})), "Bearer two"_ba); // keeps the last good one
        write(u"token"_s, "three");
        QCOMPARE(authorization(*live->material({})), "Bearer three"_ba);
        write(u"token"_s, "four");
        live->rejected(*live->material({}));
        QCOMPARE(authorization(*live->material({})), "Bearer four"_ba);
    }

    void tokenFileThatCannotBeRead()
    {
        m_context.user.tokenFile = path(u"absent"_s);
        m_context.info.signIn = SignInKind::TokenFile;
        QVERIFY(whole(session()->material({}).error()).contains(u"absent"_s));
        write(u"absent"_s, "\n");
        QVERIFY(whole(session()->material({}).error()).contains(u"It is empty"_s));
        write(u"absent"_s, "a\r\nX-Evil: b");
        QVERIFY(whole(session()->material({}).error()).contains(u"more than one line"_s));
        QVERIFY(QFile::remove(path(u"absent"_s)));
        m_context.user.token = Secret("static");
        QCOMPARE(authorization(*session()->material({})), "Bearer static"_ba);
    }

    void rotatedCertificateFilesGiveANewEndpoint()
    {
        const pki::Pair one = pki::client(), two = pki::client();
        m_context.user.clientCertFile = write(u"c"_s, one.cert);
        m_context.user.clientKeyFile = write(u"k"_s, one.key);
        m_context.info.signIn = SignInKind::ClientCertificate;
        const auto live = session();
        const auto first = live->material({})->endpoint;
        write(u"c"_s, two.cert + '\n'); // half a rotation: the pair does not fit, so the old one stays
        m_now = m_now.addSecs(2);
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"keeps the old certificates.*"_s));
        QCOMPARE(live->material({})->endpoint, first);
        write(u"k"_s, two.key + '\n');
        m_now = m_now.addSecs(2);
        const auto second = live->material({})->endpoint;
        QVERIFY(second != first);
        QCOMPARE(second->clientKeyPem, two.key + '\n');
    }

    void pluginAnswers_data()
    {
        QTest::addColumn<QByteArray>("output");
        QTest::addColumn<QString>("version");
        QTest::addColumn<QString>("expected"); // the token, or "!" and a part of the error
        QTest::newRow("v1") << answer({{u"token"_s, u"foo"_s}}) << v1 << u"foo"_s;
        QTest::newRow("v1beta1") << answer({{u"token"_s, u"foo"_s}}, v1beta1) << v1beta1 << u"foo"_s;
        QTest::newRow("v1 with expiry") << answer({{u"token"_s, u"foo"_s}, {u"expirationTimestamp"_s, u"2026-01-01T01:00:00Z"_s}})
                                        << v1 << u"foo"_s;
        QTest::newRow("null expiry") << answer({{u"token"_s, u"foo"_s}, {u"expirationTimestamp"_s, QJsonValue()}}) << v1 << u"foo"_s;
        QTest::newRow("spec is ignored") << R"({"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{},"status":{"token":"foo"}})"_ba
                                         << v1 << u"foo"_s;
        QTest::newRow("other version") << answer({{u"token"_s, u"foo"_s}}, v1beta1) << v1 << u"!answered in client.authentication.k8s.io/v1beta1"_s;
        QTest::newRow("no version") << R"({"kind":"ExecCredential","status":{"token":"x"}})"_ba << v1 << u"!no version"_s;
        QTest::newRow("other kind") << R"({"kind":"Pod","apiVersion":"client.authentication.k8s.io/v1"})"_ba << v1 << u"!not an ExecCredential"_s;
        QTest::newRow("no status") << R"({"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1"})"_ba << v1 << u"!has no status"_s;
        QTest::newRow("nothing in it") << answer({}) << v1 << u"!neither a token nor a certificate"_s;
        QTest::newRow("cert without key") << answer({{u"clientCertificateData"_s, u"x"_s}}) << v1 << u"!a certificate without its key"_s;
        QTest::newRow("key without cert") << answer({{u"token"_s, u"t"_s}, {u"clientKeyData"_s, u"x"_s}}) << v1 << u"!a key without its certificate"_s;
        QTest::newRow("pair is rubbish") << answer({{u"clientCertificateData"_s, u"x"_s}, {u"clientKeyData"_s, u"x"_s}}) << v1 << u"!not in PEM form"_s;
        QTest::newRow("token is a number") << answer({{u"token"_s, 5}}) << v1 << u"!The field token"_s;
        QTest::newRow("expiry is no time") << answer({{u"token"_s, u"t"_s}, {u"expirationTimestamp"_s, u"soon"_s}}) << v1 << u"!is not a time"_s;
        QTest::newRow("line break in token") << answer({{u"token"_s, u"a\nb"_s}}) << v1 << u"!line break"_s;
        QTest::newRow("junk") << "Please log in: hidden-word"_ba << v1 << u"!is not JSON"_s;
        QTest::newRow("not UTF-8") << "\xff\xfe\x00garbage"_ba << v1 << u"!is not JSON"_s;
        QTest::newRow("list") << "[]"_ba << v1 << u"!is not JSON"_s;
        QTest::newRow("cut") << answer({{u"token"_s, u"foo"_s}}).chopped(3) << v1 << u"!is not JSON"_s;
        QTest::newRow("empty") << QByteArray() << v1 << u"!printed nothing"_s;
        QTest::newRow("nested") << QByteArray(100'000, '[') << v1 << u"!is not JSON"_s;
    }
    void pluginAnswers()
    {
        QFETCH(QByteArray, output);
        QFETCH(QString, version);
        QFETCH(QString, expected);
        answerWith(output, version);
        const auto material = session()->material({});
        if (!expected.startsWith(u'!')) {
            QVERIFY2(material, qPrintable(material ? QString() : whole(material.error())));
            QCOMPARE(authorization(*material), "Bearer " + expected.toUtf8());
            return;
        }
        QVERIFY(!material);
        QCOMPARE(material.error().kind, Error::Kind::Auth);
        const QString text = whole(material.error());
        QVERIFY2(text.contains(expected.mid(1)), qPrintable(text));
        QVERIFY(!text.contains(u"hidden-word"_s));
        QVERIFY(!material.error().fix.isEmpty());
    }

    void pluginGetsItsRequest()
    {
        answerWith(answer({{u"token"_s, u"t"_s}}));
        usePlugin("printf %s \"$KUBERNETES_EXEC_INFO\" > info; printf '%s|' \"$@\" > args; env > env; cat out");
        ExecConfig &exec = *m_context.user.exec;
        exec.args = QStringList{u"a b"_s, u"$HOME"_s, u""_s};
        exec.env = {{u"EXTRA"_s, Secret("1")}, {u"KUBERNETES_EXEC_INFO"_s, Secret("mine")}, {u"HOME"_s, Secret("/changed")}};
        QVERIFY(session()->material({}));
        QCOMPARE(read(u"args"_s), "a b|$HOME||"_ba);
        const QByteArray env = '\n' + read(u"env"_s);
        QVERIFY(env.contains("\nEXTRA=1\n"));
        QVERIFY(env.contains("\nHOME=/changed\n"));
        QCOMPARE(QJsonDocument::fromJson(read(u"info"_s)).object(),
                 (QJsonObject{{u"kind"_s, u"ExecCredential"_s},
                              {u"apiVersion"_s, v1},
                              {u"spec"_s, QJsonObject{{u"interactive"_s, false}}}}));

        const QByteArray ca = pki::client().cert;
        exec.provideClusterInfo = true;
        m_context.cluster.caFile = write(u"ca"_s, ca); // the content is handed over, not the path
        m_context.cluster.tlsServerName = u"sni"_s;
        m_context.cluster.execExtension = QJsonObject{{u"audience"_s, u"x"_s}};
        QVERIFY(session()->material({}));
        const QJsonObject cluster = QJsonDocument::fromJson(read(u"info"_s)).object()[u"spec"_s].toObject()[u"cluster"_s].toObject();
        QCOMPARE(cluster, (QJsonObject{{u"server"_s, u"https://h:6443"_s},
                                       {u"tls-server-name"_s, u"sni"_s},
                                       {u"certificate-authority-data"_s, QString::fromLatin1(ca.toBase64())},
                                       {u"config"_s, QJsonObject{{u"audience"_s, u"x"_s}}}}));
    }

    void credentialIsKeptUntilItExpires()
    {
        answerWith(answer({{u"token"_s, u"one"_s}, {u"expirationTimestamp"_s, u"2026-01-01T01:00:00Z"_s}}));
        const auto live = session();
        QCOMPARE(authorization(*live->material({})), "Bearer one"_ba);
        write(u"out"_s, answer({{u"token"_s, u"two"_s}, {u"expirationTimestamp"_s, u"2026-01-01T02:00:00Z"_s}}));
        m_now = m_now.addSecs(3539);
        QCOMPARE(authorization(*live->material({})), "Bearer one"_ba);
        QCOMPARE(runs(), 1);
        m_now = m_now.addSecs(1); // 60 s before the expiry
        QCOMPARE(authorization(*live->material({})), "Bearer two"_ba);
        QCOMPARE(runs(), 2);
        QCOMPARE(live->expires(), QDateTime::fromString(u"2026-01-01T02:00:00Z"_s, Qt::ISODate));
    }

    void failedEarlyRefreshKeepsAWorkingCredential()
    {
        answerWith(answer({{u"token"_s, u"one"_s}, {u"expirationTimestamp"_s, u"2026-01-01T01:00:00Z"_s}}));
        const auto live = session();
        QVERIFY(live->material({}));
        write(u"out"_s, "junk");
        m_now = m_now.addSecs(3550);
        QCOMPARE(authorization(*live->material({})), "Bearer one"_ba);
        QCOMPARE(authorization(*live->material({})), "Bearer one"_ba);
        QCOMPARE(runs(), 2); // remembered, not tried for each request
        m_now = m_now.addSecs(60);
        QVERIFY(!live->material({}));
    }

    void shortLivedTokensDoNotRunThePluginEachTime()
    {
        answerWith(answer({{u"token"_s, u"one"_s}, {u"expirationTimestamp"_s, u"2026-01-01T00:00:30Z"_s}}));
        const auto live = session();
        QVERIFY(live->material({}));
        m_now = m_now.addSecs(10);
        QVERIFY(live->material({}));
        QCOMPARE(runs(), 1);
    }

    void withoutExpiryItIsKeptUntilRejected()
    {
        answerWith(answer({{u"token"_s, u"one"_s}}));
        const auto live = session();
        const auto old = *live->material({});
        m_now = m_now.addYears(1);
        QVERIFY(live->material({}));
        QCOMPARE(runs(), 1);
        write(u"out"_s, answer({{u"token"_s, u"two"_s}}));
        live->rejected(old);
        const auto fresh = *live->material({});
        QCOMPARE(authorization(fresh), "Bearer two"_ba);
        QCOMPARE(fresh.endpoint, old.endpoint); // a new token closes no connection
        live->rejected(old); // a late 401 of the old token: refreshed already
        QVERIFY(live->material({}));
        QCOMPARE(runs(), 2);
    }

    void rotatedCertificateGivesANewEndpoint()
    {
        const pki::Pair one = pki::client(), two = pki::client();
        const auto pair = [](const pki::Pair &p) {
            return answer({{u"clientCertificateData"_s, QString::fromLatin1(p.cert)}, {u"clientKeyData"_s, QString::fromLatin1(p.key)}});
        };
        answerWith(pair(one));
        const auto live = session();
        const auto old = *live->material({});
        QCOMPARE(old.endpoint->clientCertPem, one.cert);
        QVERIFY(authorization(old).isEmpty());
        live->rejected(old);
        QCOMPARE(live->material({})->endpoint, old.endpoint); // the same certificate again
        write(u"out"_s, pair(two));
        live->rejected(*live->material({}));
        const auto fresh = *live->material({});
        QVERIFY(fresh.endpoint != old.endpoint);
        QCOMPARE(fresh.endpoint->clientCertPem, two.cert);
        QCOMPARE(fresh.endpoint->clientKeyPem, two.key);
    }

    void oneRunServesAllWaiters()
    {
        // The plugin waits until the test lets it go on, so that all threads meet one run.
        write(u"out"_s, answer({{u"token"_s, u"t"_s}}));
        usePlugin("while [ ! -e go ]; do sleep 0.01; done; cat out");
        const auto live = session();
        QSemaphore started;
        std::vector<std::jthread> threads;
        std::atomic<int> good = 0;
        for (int i = 0; i < 8; ++i)
            threads.emplace_back([&] {
                started.release();
                if (const auto material = live->material({}); material && authorization(*material) == "Bearer t")
                    ++good;
            });
        started.acquire(8);
        QTRY_COMPARE(runs(), 1);
        write(u"go"_s, "");
        threads.clear();
        QCOMPARE(good.load(), 8);
        QCOMPARE(runs(), 1);
    }

    void failuresAreRememberedForAMoment()
    {
        usePlugin("echo 'session ended' >&2; exit 3");
        const auto live = session();
        QVERIFY(!live->material({}));
        QVERIFY(!live->material({}));
        QCOMPARE(runs(), 1);
        m_now = m_now.addSecs(6);
        QVERIFY(!live->material({}));
        QCOMPARE(runs(), 2);
    }

    void exitCodeAndLastWordsAreShownWithoutSecrets()
    {
        usePlugin("echo \"using $MY_VALUE and $2\" >&2\necho 'Authorization: Bearer abcdefgh1234' >&2\n"
                  "echo 'token=zzzz-top-secret; eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sig' >&2\necho 'SSO \033[31mexpired' >&2\nexit 7");
        m_context.user.exec->env = {{u"MY_VALUE"_s, Secret("hidden-word")}};
        m_context.user.exec->args = QStringList{u"--password"_s, u"hidden-argument"_s};
        const auto material = session()->material({});
        QVERIFY(!material);
        const QString text = whole(material.error());
        QVERIFY2(text.contains(u"exit code 7"_s) && text.contains(u"SSO \\x1B[31mexpired"_s), qPrintable(text));
        for (const char *secret : {"hidden-word", "hidden-argument", "abcdefgh1234", "zzzz-top", "eyJ"})
            QVERIFY2(!text.contains(QLatin1StringView(secret)), qPrintable(text));
    }

    void aKeyOfManyLinesIsNotShown()
    {
        usePlugin("printf '%s\\n' 'cannot use' '-----BEGIN PRIVATE KEY-----' 'bWluZS1hbG9uZQ==' '-----END PRIVATE KEY-----' >&2; exit 7");
        const QString text = whole(session()->material({}).error());
        QVERIFY2(text.contains(u"exit code 7"_s) && text.contains(u"cannot use"_s) && !text.contains(u"bWluZS1hbG9uZQ"_s), qPrintable(text));
    }

    void signalsAreExplained()
    {
        usePlugin("kill -9 $$");
        QVERIFY(whole(session()->material({}).error()).contains(u"ended by signal 9"_s));
    }

    void hangingPluginIsKilledWithItsChildren()
    {
        usePlugin("sleep 1000 & echo $! > child; echo $$ > leader; trap '' TERM; wait; sleep 1000");
        m_options.execTimeout = 300ms;
        const auto material = session()->material({});
        QCOMPARE(material.error().kind, Error::Kind::Timeout);
        const auto gone = [](const QByteArray &pid) { return ::kill(pid_t(pid.trimmed().toInt()), 0) != 0; };
        QVERIFY(!read(u"child"_s).isEmpty());
        QVERIFY(gone(read(u"leader"_s)));
        QTRY_VERIFY(gone(read(u"child"_s))); // init reaps it
    }

    void cancelKillsThePluginAndTheNextWaiterStartsOver()
    {
        write(u"out"_s, answer({{u"token"_s, u"t"_s}}));
        usePlugin("echo $$ > pid; while [ ! -e go ]; do sleep 0.01; done; cat out");
        const auto live = session();
        std::stop_source stop;
        Error::Kind first = Error::Kind::Internal;
        QByteArray second;
        {
            const std::jthread runner([&] { first = live->material(stop.get_token()).error().kind; });
            QTRY_COMPARE(runs(), 1);
            const std::jthread waiter([&] { second = authorization(live->material({}).value_or(Credentials::Material())); });
            stop.request_stop();
            QTRY_COMPARE(runs(), 2);
            write(u"go"_s, "");
        }
        QCOMPARE(first, Error::Kind::Cancelled);
        QCOMPARE(second, "Bearer t"_ba);
    }

    void leftOverChildDoesNotHoldUpTheAnswer()
    {
        write(u"out"_s, answer({{u"token"_s, u"t"_s}}));
        usePlugin("cat out; sleep 1000 & echo $! > child");
        QCOMPARE(authorization(session()->material({}).value_or(Credentials::Material())), "Bearer t"_ba);
        const pid_t child = pid_t(read(u"child"_s).trimmed().toInt());
        QCOMPARE(::kill(child, SIGKILL), 0); // it was left alone: it may be a browser
    }

    void endlessOutputIsCut()
    {
        usePlugin("yes");
        const auto material = session()->material({});
        QVERIFY(whole(material.error()).contains(u"more than 1 MiB"_s));
    }

    void pluginCannotReadATerminal()
    {
        write(u"out"_s, answer({{u"token"_s, u"t"_s}}));
        usePlugin("read line && exit 9; (: < /dev/tty) 2>/dev/null && exit 8; cat out");
        const auto material = session()->material({});
        QVERIFY2(material, qPrintable(material ? QString() : whole(material.error())));
    }

    void interactiveAlwaysNeedsATerminal()
    {
        answerWith(answer({{u"token"_s, u"t"_s}}));
        m_context.user.exec->interactiveMode = InteractiveMode::Always;
        QVERIFY(whole(session()->material({}).error()).contains(u"needs a terminal"_s));
        QCOMPARE(runs(), 0);
    }

    void missingBinaryShowsTheInstallHint()
    {
        answerWith({});
        m_context.user.exec->command = u"no-such-plugin-here"_s;
        m_context.user.exec->installHint = u"run \x1b[31mapt install it\n"_s;
        m_options.search.environment = {"PATH=/usr/bin:relative:/bin"};
        const Error error = session()->material({}).error();
        QCOMPARE(error.kind, Error::Kind::NotFound);
        QVERIFY2(error.why.contains(u"/usr/bin:/bin"_s), qPrintable(error.why));
        QCOMPARE(error.fix, u"run \\x1B[31mapt install it"_s);
        m_context.user.exec->command = path(u"out"_s); // exists, not executable
        m_context.user.exec->installHint.clear();
        QVERIFY(whole(session()->material({}).error()).contains(u"not an executable file"_s));
        m_context.user.exec->command = write(u"odd"_s, "#!/no/such/interpreter\n", true);
        QVERIFY(whole(session()->material({}).error()).contains(u"interpreter"_s));
    }

    void foldersAddedForCairnAreSearched()
    {
        answerWith(answer({{u"token"_s, u"t"_s}}));
        m_context.user.exec->command = u"plugin"_s;
        m_options.search.environment = {"PATH=/usr/bin:/bin"};
        QVERIFY(!session()->material({}));
        m_options.search.addedFolders = QStringList{m_dir->path()};
        QVERIFY(session()->material({}));
    }

    void consentIsNeededAndSaysWhatWouldRun()
    {
        answerWith(answer({{u"token"_s, u"t"_s}}));
        m_context.user.exec->args = QStringList{u"get-token"_s, u"--client-secret=hidden-word"_s};
        m_context.user.exec->env = {{u"PROFILE"_s, Secret("hidden-value")}};
        m_options.consent = std::make_shared<ConsentStore>(path(u"consent.json"_s));
        for (const AllowExec mode : {AllowExec::IfConsented, AllowExec::Never}) {
            m_options.allowExec = mode;
            const Error error = session()->material({}).error();
            QCOMPARE(error.kind, Error::Kind::Consent);
            const QString text = whole(error);
            QVERIFY2(text.contains(path(u"plugin"_s) + u" get-token --client-secret=•••"_s), qPrintable(text));
            QVERIFY(text.contains(u"PROFILE"_s));
            QVERIFY(!text.contains(u"hidden"_s));
        }
        QCOMPARE(runs(), 0);
        m_options.allowExec = AllowExec::IfConsented;
        const auto live = session();
        const auto plan = live->plannedExec({});
        QVERIFY(plan);
        QVERIFY(m_options.consent->allow(*plan));
        QVERIFY(live->material({})); // at once, the refusal is not remembered
        m_options.allowExec = AllowExec::Never;
        QCOMPARE(session()->material({}).error().kind, Error::Kind::Consent);
    }

    void kubercPolicy_data()
    {
        QTest::addColumn<QByteArray>("kuberc");
        QTest::addColumn<bool>("runs");
        QTest::addColumn<QString>("why");
        const QByteArray head = "apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\n";
        QTest::newRow("nothing") << head << true << QString();
        QTest::newRow("empty file") << QByteArray() << true << QString();
        QTest::newRow("AllowAll") << head + "credentialPluginPolicy: AllowAll\n" << true << QString();
        QTest::newRow("DenyAll") << head + "credentialPluginPolicy: DenyAll\n" << false << u"DenyAll"_s;
        QTest::newRow("name in list") << head + "credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{name: plugin}]\n"
                                      << true << QString();
        QTest::newRow("command in list") << head + "credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{command: x}, {command: plugin}]\n"
                                         << true << QString();
        QTest::newRow("path in list") << head + "credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{name: DIR/plugin}]\n"
                                      << true << QString();
        QTest::newRow("other path") << head + "credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{name: /usr/bin/plugin}]\n"
                                    << false << u"not in credentialPluginAllowlist"_s;
        QTest::newRow("other name") << head + "credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{name: sh}]\n"
                                    << false << u"not in credentialPluginAllowlist"_s;
        QTest::newRow("empty list") << head + "credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: []\n"
                                    << false << u"is empty"_s;
        QTest::newRow("no list") << head + "credentialPluginPolicy: Allowlist\n" << false << u"is empty"_s;
        QTest::newRow("empty entry") << head + "credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{}]\n"
                                     << false << u"names no program"_s;
        QTest::newRow("list without policy") << head + "credentialPluginAllowlist: [{name: plugin}]\n" << false << u"needs credentialPluginPolicy"_s;
        QTest::newRow("list with AllowAll") << head + "credentialPluginPolicy: AllowAll\ncredentialPluginAllowlist: [{name: plugin}]\n"
                                            << false << u"needs credentialPluginPolicy"_s;
        QTest::newRow("unknown policy") << head + "credentialPluginPolicy: Ask\n" << false << u"it can be AllowAll"_s;
        QTest::newRow("other kind") << "kind: Config\napiVersion: v1\n"_ba << false << u"not a Preference"_s;
        QTest::newRow("rubbish") << "a: [\n"_ba << false << u"YAML"_s;
    }
    void kubercPolicy()
    {
        QFETCH(QByteArray, kuberc);
        QFETCH(bool, runs);
        QFETCH(QString, why);
        answerWith(answer({{u"token"_s, u"t"_s}}));
        m_context.user.exec->command = u"plugin"_s;
        m_options.search.environment = {"PATH=" + m_dir->path().toUtf8() + ":/usr/bin:/bin"};
        const QString file = write(u"kuberc"_s, kuberc.replace("DIR", m_dir->path().toUtf8()));
        m_options.policy = [file] { return ExecPluginPolicy::load(file, {}); };
        const auto material = session()->material({}); // although --allow-exec is given
        QCOMPARE(material.has_value(), runs);
        if (!runs) {
            QVERIFY2(whole(material.error()).contains(why), qPrintable(whole(material.error())));
            QCOMPARE(this->runs(), 0);
        }
    }

    void kubercPlaces()
    {
        QVERIFY(ExecPluginPolicy::load({}, m_dir->path()));
        QDir().mkpath(path(u".kube"_s));
        write(u".kube/kuberc"_s, "apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\ncredentialPluginPolicy: DenyAll\n");
        QCOMPARE(ExecPluginPolicy::load({}, m_dir->path())->mode, ExecPluginPolicy::Mode::DenyAll);
        QCOMPARE(ExecPluginPolicy::load(u"off"_s, m_dir->path())->mode, ExecPluginPolicy::Mode::AllowAll);
        QVERIFY(!ExecPluginPolicy::load(path(u"absent"_s), m_dir->path()));
    }

    void tokenMakesThePluginSuperfluous()
    {
        answerWith(answer({{u"token"_s, u"plugin"_s}}));
        m_context.user.token = Secret("static");
        m_context.info.signIn = SignInKind::Token; // what Kubeconfig derives for exec beside a token
        QCOMPARE(authorization(*session()->material({})), "Bearer static"_ba);
        QCOMPARE(runs(), 0);
    }
};

QTEST_GUILESS_MAIN(TestSessionCredentials)
#include "tst_session_credentials.moc"
