// SPDX-License-Identifier: GPL-3.0-or-later
#include "TestPki.h"
#include "kube/ContextCertificate.h"
#include "kube/Kubeconfig.h"
#include "kube/KubeconfigYaml.h"

#include <QDir>
#include <QFile>
#include <QStringEncoder>
#include <QTemporaryDir>
#include <QTest>
#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::kube;

namespace {

/// One cluster, one user, one context, all named `name`.
QByteArray simple(const QByteArray &name, const QByteArray &user = "token: t", const QByteArray &cluster = {})
{
    return "apiVersion: v1\nkind: Config\ncurrent-context: " + name + "\nclusters:\n- name: " + name
        + "\n  cluster:\n    server: https://" + name + ".example:6443\n" + cluster + "users:\n- name: " + name
        + "\n  user:\n    " + user + "\ncontexts:\n- name: " + name + "\n  context: {cluster: " + name + ", user: " + name
        + ", namespace: ns-" + name + "}\n";
}

QString allTexts(const QList<Problem> &problems)
{
    QString text;
    for (const Problem &each : problems)
        text += each.file + u'|' + each.entry + u'|' + each.what + u'|' + each.why + u'|' + each.fix + u'\n';
    return text;
}

} // namespace

class TestKubeconfig : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;

    QString path(const QString &name) const { return m_dir.path() + u'/' + name; }
    QString write(const QString &name, const QByteArray &bytes) const
    {
        QDir().mkpath(QFileInfo(path(name)).absolutePath());
        QFile file(path(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
            qFatal("cannot write the test file");
        return path(name);
    }
    static Kubeconfig loadList(const QStringList &files)
    {
        KubeconfigSource source;
        source.variable = files.join(u':');
        return Kubeconfig::load(source);
    }
    Kubeconfig loadBytes(const QByteArray &bytes) const { return loadList({write(u"one"_s, bytes)}); }
    static KubeContext context(const Kubeconfig &config, const QString &name)
    {
        for (const KubeContext &each : config.contexts()) {
            if (each.name == name)
                return each;
        }
        return {};
    }

private slots:
    void readsEveryField()
    {
        const pki::Pair pair = pki::client();
        const QByteArray ca = pki::make("ca", nullptr, QDateTime::currentDateTimeUtc(),
                                        QDateTime::currentDateTimeUtc().addDays(1)).cert;
        const auto config = loadBytes(
            "clusters:\n- name: c\n  cluster:\n    server: https://h:1/base\n    tls-server-name: sni\n"
            "    certificate-authority-data: " + ca.toBase64() + "\n    proxy-url: socks5://p:1\n    disable-compression: true\n"
            "    extensions:\n    - name: client.authentication.k8s.io/exec\n      extension: {audience: x, n: 3}\n"
            "users:\n- name: u\n  user:\n    client-certificate-data: " + pair.cert.toBase64() + "\n    client-key-data: "
            + pair.key.toBase64() + "\n    as: jane\n    as-uid: '7'\n    as-groups: [a, b]\n    as-user-extra: {scope: [x, 'y']}\n"
            "    exec: {apiVersion: client.authentication.k8s.io/v1, command: ./bin/p, args: [a, '1'], installHint: get it,\n"
            "           provideClusterInfo: true, interactiveMode: Never, env: [{name: A, value: b}]}\n"
            "contexts:\n- name: x\n  context: {cluster: c, user: u, namespace: team}\ncurrent-context: x\n");
        QVERIFY2(config.problems().isEmpty(), qPrintable(allTexts(config.problems())));
        const auto resolved = config.resolve();
        QVERIFY2(resolved, qPrintable(resolved ? QString() : resolved.error().oneLine()));
        QCOMPARE(resolved->server, QUrl(u"https://h:1/base"_s));
        QCOMPARE(resolved->cluster.tlsServerName, u"sni"_s);
        QCOMPARE(resolved->cluster.caData, ca);
        QCOMPARE(resolved->cluster.proxyUrl, u"socks5://p:1"_s);
        QVERIFY(resolved->cluster.disableCompression);
        QCOMPARE(resolved->cluster.execExtension, (QJsonObject{{u"audience"_s, u"x"_s}, {u"n"_s, 3}}));
        const UserEntry &user = resolved->user;
        QCOMPARE(user.clientCertData, pair.cert);
        QCOMPARE(user.clientKeyData.reveal(), pair.key);
        QCOMPARE(user.impersonate, u"jane"_s);
        QCOMPARE(user.impersonateUid, u"7"_s);
        QCOMPARE(user.impersonateGroups, (QStringList{u"a"_s, u"b"_s}));
        QCOMPARE(user.impersonateExtra, (QList<QPair<QString, QStringList>>{{u"scope"_s, {u"x"_s, u"y"_s}}}));
        QVERIFY(user.exec);
        QCOMPARE(user.exec->command, m_dir.path() + u"/bin/p"_s);
        QCOMPARE(user.exec->args, (QStringList{u"a"_s, u"1"_s}));
        QCOMPARE(user.exec->env.value(0).second.reveal(), "b"_ba);
        QVERIFY(user.exec->provideClusterInfo);
        const KubeContext info = context(config, u"x"_s);
        QCOMPARE(info.ns, u"team"_s);
        QVERIFY(info.isCurrent);
        QVERIFY(info.impersonates);
        // A plugin does not run beside a certificate.
        QCOMPARE(info.signIn, SignInKind::ClientCertificate);
        QCOMPARE(info.certificate->commonName, u"mlops"_s);
        QCOMPARE(info.certificate->organizations, QStringList{u"team-nlp"_s});
        QCOMPARE(QDateTime::currentDateTimeUtc().daysTo(info.certificate->notAfter), 30);
    }

    void sourceFollowsClientGo()
    {
        KubeconfigSource source;
        source.homeFolder = u"/home/x"_s;
        QCOMPARE(source.files(), QStringList{u"/home/x/.kube/config"_s});
        source.variable = u"/a::/b:/a"_s;
        QCOMPARE(source.files(), (QStringList{u"/a"_s, u"/b"_s}));
        source.addedFiles = QStringList{u"/c"_s, u"/b"_s};
        QCOMPARE(source.files(), (QStringList{u"/a"_s, u"/b"_s, u"/c"_s}));
        source.explicitFile = u"/only"_s;
        QCOMPARE(source.files(), QStringList{u"/only"_s});
        source = {};
        source.variable = u":"_s; // set but empty: no file, not the home file
        source.homeFolder = u"/home/x"_s;
        QVERIFY(source.files().isEmpty());
    }

    void explicitFileMustExist()
    {
        KubeconfigSource source;
        source.explicitFile = path(u"absent"_s);
        const auto config = Kubeconfig::load(source);
        QCOMPARE(config.problems().size(), 1);
        QCOMPARE(config.problems()[0].severity, Problem::Severity::Error);
        QVERIFY(config.problems()[0].what.contains(u"absent"_s));
    }

    void missingFilesOfAListAreSkipped()
    {
        const auto config = loadList({path(u"absent"_s), write(u"b"_s, simple("b"))});
        QVERIFY(config.problems().isEmpty());
        QCOMPARE(config.contexts().size(), 1);
        QVERIFY(!config.files()[0].exists);
        const auto none = loadList({path(u"absent"_s), path(u"absent2"_s)});
        QCOMPARE(none.problems().size(), 1);
        QCOMPARE(none.problems()[0].severity, Problem::Severity::Warning);
    }

    void firstFileWinsAsAWholeEntry()
    {
        const QString first = write(u"first"_s, "users:\n- name: shared\n  user: {token: one}\ncurrent-context: ''\n");
        const QString second = write(u"second"_s,
                                     "users:\n- name: shared\n  user: {username: u, password: p}\n- name: only2\n  user: {token: two}\n"
                                     "clusters:\n- name: c\n  cluster: {server: 'https://h'}\n"
                                     "contexts:\n- name: x\n  context: {cluster: c, user: shared}\n- name: 'y'\n  context: {cluster: c, user: only2}\n"
                                     "current-context: 'y'\n");
        const QString third = write(u"third"_s, "current-context: x\n");
        const auto config = loadList({first, second, third});
        QCOMPARE(config.currentContext(), u"y"_s);
        const auto x = config.resolve(u"x"_s);
        QVERIFY(x);
        QCOMPARE(x->user.token.reveal(), "one"_ba);
        QVERIFY(x->user.username.isEmpty()); // no field-level merge
        QCOMPARE(x->info.userFile, first);
        QCOMPARE(x->info.file, second);
        QCOMPARE(config.resolve()->user.token.reveal(), "two"_ba);
    }

    void relativePathsBelongToTheirFile()
    {
        const pki::Pair pair = pki::client();
        write(u"sub/pki/c.pem"_s, pair.cert);
        write(u"sub/pki/k.pem"_s, pair.key);
        const QString file = write(u"sub/config"_s,
                                   simple("r", "client-certificate: pki/c.pem\n    client-key: ./pki/k.pem\n    tokenFile: ../tok",
                                          "    certificate-authority: pki/c.pem\n"));
        const auto resolved = loadList({write(u"main"_s, simple("m")), file}).resolve(u"r"_s);
        QVERIFY2(resolved, qPrintable(resolved ? QString() : resolved.error().oneLine()));
        QCOMPARE(resolved->user.clientCertFile, path(u"sub/pki/c.pem"_s));
        QCOMPARE(resolved->user.clientKeyFile, path(u"sub/pki/k.pem"_s));
        QCOMPARE(resolved->user.tokenFile, path(u"tok"_s));
        QCOMPARE(resolved->cluster.caFile, path(u"sub/pki/c.pem"_s));
        QCOMPARE(resolved->info.certificate->commonName, u"mlops"_s);
    }

    void bareCommandsAreNotPaths()
    {
        const auto config = loadBytes(simple("e", "exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: aws}"));
        QCOMPARE(config.resolve()->user.exec->command, u"aws"_s);
        QCOMPARE(context(config, u"e"_s).signIn, SignInKind::ExecPlugin);
        QCOMPARE(context(config, u"e"_s).signInDetail, u"aws"_s);
    }

    void duplicateNamesBreakTheirEntryAndAreReportedForTheFile()
    {
        const auto config = loadBytes(
            "clusters:\n- name: c\n  cluster: {server: 'https://a'}\n- name: c\n  cluster: {server: 'https://b'}\n"
            "- name: d\n  cluster: {server: 'https://d'}\n"
            "contexts:\n- name: x\n  context: {cluster: c}\n- name: 'y'\n  context: {cluster: d}\n");
        QCOMPARE(config.files()[0].problems.size(), 1);
        QVERIFY(config.files()[0].problems[0].what.contains(u"\"c\" appears twice"_s));
        QVERIFY(!context(config, u"x"_s).usable());
        QVERIFY(context(config, u"y"_s).usable());
    }

    void brokenFileBreaksOnlyItself()
    {
        const auto config = loadList({write(u"bad"_s, "clusters: [\n"), write(u"good"_s, simple("g"))});
        QCOMPARE(config.files()[0].problems.size(), 1);
        QVERIFY(config.files()[1].problems.isEmpty());
        QVERIFY(config.resolve(u"g"_s));
    }

    void danglingReferencesAreExplained()
    {
        const auto config = loadBytes("clusters:\n- name: c\n  cluster: {server: 'https://a'}\n"
                                      "contexts:\n- name: noCluster\n  context: {cluster: gone}\n"
                                      "- name: noUser\n  context: {cluster: c, user: gone}\n"
                                      "- name: anonymous\n  context: {cluster: c}\ncurrent-context: gone\n");
        QVERIFY(allTexts(context(config, u"noCluster"_s).problems).contains(u"The cluster \"gone\" does not exist"_s));
        QVERIFY(allTexts(context(config, u"noUser"_s).problems).contains(u"The user \"gone\" does not exist"_s));
        QVERIFY(context(config, u"anonymous"_s).usable());
        QCOMPARE(context(config, u"anonymous"_s).signIn, SignInKind::None);
        QVERIFY(allTexts(config.problems()).contains(u"The current context \"gone\" does not exist"_s));
        QCOMPARE(config.resolve().error().kind, Error::Kind::NotFound);
    }

    void aServerIsShownWithoutWhatCouldBeASecret()
    {
        const auto shown = [this](const QByteArray &server) {
            return context(loadBytes("clusters:\n- name: c\n  cluster: {server: '" + server + "'}\nusers:\n- name: u\n  user: {token: t}\n"
                                     "contexts:\n- name: x\n  context: {cluster: c, user: u}\n"), u"x"_s).server;
        };
        QCOMPARE(shown("https://h:6443/k8s/c-1"), u"https://h:6443/k8s/c-1"_s);
        QCOMPARE(shown("https://h/k8s?token=hidden-word"), u"https://h/k8s?…"_s);
        QCOMPARE(shown("https://u:hidden-word@h:6443/k8s"), u"https://h:6443/k8s"_s);
        QCOMPARE(shown("https://h/#hidden-word"), u"https://h/?…"_s);
        // What only looks like a user name does not hide the host.
        QCOMPARE(shown("https://real/?x=hidden-word@other"), u"https://real/?…"_s);
        for (const QByteArray &broken : {"https://u:hidden-word@"_ba, "https://u:hidden word@h"_ba, "u:hidden-word@h h"_ba})
            QVERIFY2(!shown(broken).contains(u"hidden"_s), qPrintable(shown(broken)));
    }

    void invalidEntriesNameCauseAndFix_data()
    {
        QTest::addColumn<QByteArray>("user");
        QTest::addColumn<QByteArray>("cluster");
        QTest::addColumn<QString>("expected");
        const QByteArray none;
        const QByteArray v1 = "apiVersion: client.authentication.k8s.io/v1";
        QTest::newRow("cert twice") << "{client-certificate: /dev/null, client-certificate-data: eA==}"_ba << none
                                    << u"The client certificate is given twice"_s;
        QTest::newRow("key twice") << "{client-key: /dev/null, client-key-data: eA==}"_ba << none
                                   << u"The client key is given twice"_s;
        QTest::newRow("cert without key") << "{client-certificate-data: eA==}"_ba << none
                                          << u"The client certificate has no key"_s;
        QTest::newRow("token and basic") << "{token: a, username: b}"_ba << none << u"more than one way to sign in"_s;
        QTest::newRow("not base64") << "{client-certificate-data: '%%%', client-key-data: eA==}"_ba << none
                                    << u"is not base64"_s;
        QTest::newRow("exec and provider") << "{exec: {command: a, "_ba + v1 + ", interactiveMode: Never}, auth-provider: {name: oidc}}"
                                           << none << u"two sign-in plugins"_s;
        QTest::newRow("gcp") << "{auth-provider: {name: gcp}}"_ba << none << u"gke-gcloud-auth-plugin"_s;
        QTest::newRow("azure") << "{auth-provider: {name: azure}}"_ba << none << u"kubelogin convert-kubeconfig"_s;
        QTest::newRow("oidc") << "{auth-provider: {name: oidc, config: {client-secret: hidden-word}}}"_ba << none
                              << u"exec plugin such as kubectl oidc-login"_s;
        QTest::newRow("unknown provider") << "{auth-provider: {name: \"a\\nb\"}}"_ba << none << u"auth-provider \"a\\nb\""_s;
        QTest::newRow("provider without name") << "{auth-provider: {}}"_ba << none << u"auth-provider \"?\""_s;
        QTest::newRow("no command") << "{exec: {"_ba + v1 + ", interactiveMode: Never}}" << none << u"has no command"_s;
        QTest::newRow("no apiVersion") << "{exec: {command: a}}"_ba << none << u"has no apiVersion"_s;
        QTest::newRow("v1alpha1") << "{exec: {command: a, apiVersion: client.authentication.k8s.io/v1alpha1}}"_ba << none
                                  << u"too old"_s;
        QTest::newRow("odd version") << "{exec: {command: a, apiVersion: v7}}"_ba << none << u"apiVersion \"v7\" is unknown"_s;
        QTest::newRow("v1 without mode") << "{exec: {command: a, "_ba + v1 + "}}" << none << u"lacks interactiveMode"_s;
        QTest::newRow("odd mode") << "{exec: {command: a, interactiveMode: Maybe, "_ba + v1 + "}}" << none
                                  << u"interactiveMode \"Maybe\" is unknown"_s;
        QTest::newRow("argument too long") << "{exec: {command: a, interactiveMode: Never, args: ["_ba + QByteArray(500'000, 'x') + "], " + v1 + "}}"
                                           << none << u"too long to run"_s;
        QTest::newRow("env without name") << "{exec: {command: a, interactiveMode: Never, env: [{value: x}], "_ba + v1 + "}}"
                                          << none << u"no usable name"_s;
        QTest::newRow("exec is text") << "{exec: run-me}"_ba << none << u"exec is not a map"_s;
        QTest::newRow("groups without as") << "{token: t, as-groups: [a]}"_ba << none << u"Impersonation lacks a user"_s;
        QTest::newRow("header injection") << "{token: t, as: \"a\\r\\nX: y\"}"_ba << none << u"cannot be sent"_s;
        QTest::newRow("token with newline") << "{token: \"a\\nb\"}"_ba << none << u"The token cannot be sent"_s;
        QTest::newRow("token is a number") << "{token: 12345}"_ba << none << u"Put the value in quotes"_s;
        QTest::newRow("token is yes") << "{token: yes}"_ba << none << u"token is not text"_s;
        QTest::newRow("groups is text") << "{token: t, as: a, as-groups: b}"_ba << none << u"as-groups is not a list of texts"_s;
        QTest::newRow("user is a list") << "[a]"_ba << none << u"user of \"x\" is not a map"_s;
        QTest::newRow("cert file absent") << "{client-certificate: /nowhere/c, client-key: /nowhere/k}"_ba << none
                                          << u"The file of client-certificate cannot be read"_s;
        QTest::newRow("bad PEM") << "{client-certificate-data: eA==, client-key-data: eA==}"_ba << none << u"PEM form"_s;
        const QByteArray token = "{token: t}";
        QTest::newRow("no server") << token << "{}"_ba << u"has no server"_s;
        QTest::newRow("null server") << token << "{server: null}"_ba << u"has no server"_s;
        QTest::newRow("server is a map") << token << "{server: {a: b}}"_ba << u"server is not text"_s;
        QTest::newRow("ftp") << token << "{server: 'ftp://h'}"_ba << u"not a complete http or https URL"_s;
        QTest::newRow("no host") << token << "{server: 'https://'}"_ba << u"not a complete http or https URL"_s;
        QTest::newRow("password in server") << token << "{server: 'https://u:hidden-word@h'}"_ba << u"It holds a user name or password"_s;
        QTest::newRow("password in what is no address") << token << "{server: 'https://u:hidden word@h h'}"_ba << u"not a complete http or https URL"_s;
        QTest::newRow("secret after what is no address") << token << "{server: 'https://?token=hidden-word'}"_ba << u"not a complete http or https URL"_s;
        QTest::newRow("CA and insecure") << token << "{server: 'https://h', insecure-skip-tls-verify: true, certificate-authority-data: eA==}"_ba
                                         << u"conflicts with insecure-skip-tls-verify"_s;
        QTest::newRow("CA twice") << token << "{server: 'https://h', certificate-authority: /dev/null, certificate-authority-data: eA==}"_ba
                                  << u"The certificate authority is given twice"_s;
        QTest::newRow("CA is a device") << token << "{server: 'https://h', certificate-authority: /dev/zero}"_ba
                                        << u"a pipe, socket or device"_s;
        QTest::newRow("CA is no certificate") << token << "{server: 'https://h', certificate-authority-data: eA==}"_ba
                                              << u"certificate-authority-data holds no certificate in PEM form"_s;
        QTest::newRow("CA file is no certificate") << token << "{server: 'https://h', certificate-authority: /etc/passwd}"_ba
                                                   << u"/etc/passwd holds no certificate"_s;
        // kubectl config view, without --raw.
        QTest::newRow("CA left out") << token << "{server: 'https://h', certificate-authority-data: DATA+OMITTED}"_ba
                                     << u"certificate-authority-data holds DATA+OMITTED"_s;
        QTest::newRow("CA left out, older kubectl") << token << "{server: 'https://h', certificate-authority-data: REDACTED}"_ba << u"config view --raw"_s;
        QTest::newRow("certificate left out") << "{client-certificate-data: DATA+OMITTED, client-key-data: DATA+OMITTED}"_ba << none << u"config view --raw"_s;
        QTest::newRow("key left out") << "{client-key-data: ' REDACTED '}"_ba << none << u"client-key-data holds REDACTED"_s;
        QTest::newRow("token left out") << "{token: REDACTED}"_ba << none << u"token holds REDACTED"_s;
        QTest::newRow("password left out") << "{username: ada, password: <redacted>}"_ba << none << u"password holds <redacted>"_s;
        QTest::newRow("insecure is text") << token << "{server: 'https://h', insecure-skip-tls-verify: 'true'}"_ba
                                          << u"neither true nor false"_s;
        QTest::newRow("proxy scheme") << token << "{server: 'https://h', proxy-url: 'ftp://u:hidden-word@p'}"_ba
                                      << u"not http, https or socks5"_s;
    }
    void invalidEntriesNameCauseAndFix()
    {
        QFETCH(QByteArray, user);
        QFETCH(QByteArray, cluster);
        QFETCH(QString, expected);
        const auto config = loadBytes("clusters:\n- name: x\n  cluster: "
                                      + (cluster.isEmpty() ? "{server: 'https://h'}"_ba : cluster)
                                      + "\n- name: fine\n  cluster: {server: 'https://f'}\nusers:\n- name: x\n  user: " + user
                                      + "\n- name: fine\n  user: {token: t}\n"
                                        "contexts:\n- name: x\n  context: {cluster: x, user: x}\n"
                                        "- name: fine\n  context: {cluster: fine, user: fine}\n");
        QVERIFY(config.problems().isEmpty());
        const KubeContext broken = context(config, u"x"_s);
        QVERIFY2(!broken.usable(), "the fault must be noticed");
        const QString texts = allTexts(broken.problems);
        QVERIFY2(texts.contains(expected), qPrintable(texts));
        QVERIFY2(!texts.contains(u"hidden-word"_s) && !texts.contains(u"hidden word"_s), "a secret in a text");
        QVERIFY(!broken.server.contains(u"hidden-word"_s));
        for (const Problem &each : broken.problems) {
            QVERIFY(!each.what.isEmpty() && !each.why.isEmpty() && !each.fix.isEmpty());
            QVERIFY(!each.entry.isEmpty() && !each.file.isEmpty());
        }
        // A broken entry breaks only itself.
        QVERIFY(context(config, u"fine"_s).usable());
        QVERIFY(!config.resolve(u"x"_s));
        QVERIFY(config.resolve(u"fine"_s));
    }

    void aPlaceholderIsNoCredential()
    {
        const auto config = loadBytes("clusters:\n- name: c\n  cluster: {server: 'https://h'}\n"
                                      "users:\n- name: u\n  user: {token: REDACTED, password: '***', username: redacted}\n"
                                      "contexts:\n- name: x\n  context: {cluster: c, user: u}\n");
        const auto resolved = config.resolveUnchecked(u"x"_s); // what the doctor works with
        QVERIFY(resolved);
        QVERIFY(resolved->user.token.isEmpty());
        QVERIFY(!isPlaceholder(resolved->user.password.reveal())); // three asterisks may be a password
        for (const char *token : {"redactedness", "eyJhbGciOi", "DATA", "", "<>"})
            QVERIFY2(!isPlaceholder(token), token);
    }

    void aHiddenClusterIsNeverSilent()
    {
        const auto file = [](const QByteArray &name, const QByteArray &server, const QByteArray &token) {
            return "clusters:\n- name: k0s\n  cluster: {server: 'https://" + server + "'}\nusers:\n- name: root\n  user: {token: "
                + token + "}\ncontexts:\n- name: " + name + "\n  context: {cluster: k0s, user: root}\n";
        };
        const QString first = write(u"first"_s, file("prod", "h1", "t1"));
        const QString second = write(u"second"_s, file("dev", "h2", "t2"));
        const auto config = loadList({first, second});
        QVERIFY(!context(config, u"prod"_s).ambiguous);
        QVERIFY(context(config, u"prod"_s).problems.isEmpty());
        const KubeContext dev = context(config, u"dev"_s);
        QVERIFY(dev.ambiguous);
        QVERIFY(dev.usable()); // as kubectl has it
        QCOMPARE(dev.problems.size(), 2);
        const QString texts = allTexts(dev.problems);
        for (const QString &word : {u"https://h1"_s, u"https://h2"_s, first, u"\"k0s\""_s, u"\"root\""_s})
            QVERIFY2(texts.contains(word), qPrintable(texts));
        QVERIFY2(!texts.contains(u"t1"_s) && !texts.contains(u"t2"_s), qPrintable(texts));
        for (const Problem &each : dev.problems)
            QCOMPARE(each.severity, Problem::Severity::Warning);
        // And at the top: both hidden entries, on the file that holds them.
        QCOMPARE(config.problems().size(), 2);
        for (const Problem &each : config.problems()) {
            QCOMPARE(each.file, second);
            QCOMPARE(each.severity, Problem::Severity::Warning);
            QVERIFY(each.why.contains(first));
        }
        QCOMPARE(config.problems()[0].entry, u"cluster \"k0s\""_s);
        QCOMPARE(config.problems()[1].entry, u"user \"root\""_s);
    }
    void whatIsHiddenIsSaidByItsKind_data()
    {
        QTest::addColumn<QByteArray>("second"); ///< the first one is the same with server h1 and token t1
        QTest::addColumn<QStringList>("hidden");
        QTest::addColumn<bool>("ambiguous");    ///< the context "x", which both have
        const auto file = [](const QByteArray &server, const QByteArray &user, const QByteArray &context) {
            return "clusters:\n- name: c\n  cluster: {server: 'https://" + server + "'}\nusers:\n- name: u\n  user: " + user
                + "\ncontexts:\n- name: x\n  context: " + context + "\n";
        };
        const QByteArray same = "{cluster: c, user: u}";
        QTest::newRow("nothing: the same again") << file("h1", "{token: t1}", same) << QStringList() << false;
        QTest::newRow("server") << file("h2", "{token: t1}", same) << QStringList{u"cluster \"c\""_s, u"context \"x\""_s} << true;
        QTest::newRow("token") << file("h1", "{token: t2}", same) << QStringList{u"user \"u\""_s, u"context \"x\""_s} << true;
        QTest::newRow("program") << file("h1", "{exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: p}}", same)
                                 << QStringList{u"user \"u\""_s, u"context \"x\""_s} << true;
        QTest::newRow("namespace") << file("h1", "{token: t1}", "{cluster: c, user: u, namespace: prod}") << QStringList{u"context \"x\""_s} << true;
        QTest::newRow("another cluster") << "clusters:\n- name: d\n  cluster: {server: 'https://h2'}\ncontexts:\n- name: x\n  context: {cluster: d, user: u}\n"_ba
                                         << QStringList{u"context \"x\""_s} << true;
        QTest::newRow("no context of it") << "clusters:\n- name: c\n  cluster: {server: 'https://h2'}\n"_ba << QStringList{u"cluster \"c\""_s} << false;
    }
    void whatIsHiddenIsSaidByItsKind()
    {
        QFETCH(QByteArray, second);
        QFETCH(QStringList, hidden);
        QFETCH(bool, ambiguous);
        const auto config = loadList({write(u"a"_s, "clusters:\n- name: c\n  cluster: {server: 'https://h1'}\nusers:\n- name: u\n  user: {token: t1}\n"
                                                   "contexts:\n- name: x\n  context: {cluster: c, user: u}\n"),
                                      write(u"b"_s, second)});
        QStringList entries;
        for (const Problem &each : config.problems())
            entries.append(each.entry);
        QCOMPARE(entries, hidden);
        QCOMPARE(context(config, u"x"_s).ambiguous, ambiguous);
        QVERIFY(context(config, u"x"_s).usable());
    }

    void badFilesNameCauseAndFix_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("expected");
        QTest::newRow("list") << "- a\n- b\n"_ba << u"It holds a list"_s;
        QTest::newRow("text") << "hello"_ba << u"It holds text"_s;
        QTest::newRow("pod") << "kind: Pod\napiVersion: v1\n"_ba << u"it is a \"Pod\""_s;
        QTest::newRow("version") << "kind: Config\napiVersion: v2\n"_ba << u"apiVersion \"v2\""_s;
        QTest::newRow("tab") << "clusters:\n\t- name: a\n"_ba << u"indented with a tab"_s;
        QTest::newRow("cycle") << "a: &x\n  b: *x\n"_ba << u"a cycle"_s;
        QTest::newRow("unknown alias") << "a: *x\n"_ba << u"not valid YAML at line 1"_s;
        QTest::newRow("binary") << "\x7f" "ELF\x02\x01\x01\0\0\0"_ba << u"control character"_s;
        QTest::newRow("latin-1") << "clusters: \xe9\xe8\n"_ba << u"not UTF-8"_s;
        QTest::newRow("deep flow") << QByteArray(100'000, '[') << u"brackets"_s;
        QTest::newRow("deep flow in lines") << QByteArray("[\n").repeated(5000) << u"nested more than"_s;
        QTest::newRow("deep block") << QByteArray("- ").repeated(3000) << u"nested more than"_s;
        QTest::newRow("many values") << QByteArray("- a\n").repeated(450'000) << u"more than 400000 values"_s;
        QTest::newRow("many values in a line") << "a: [" + QByteArray("a,").repeated(450'000) + "]" << u"more than 400000 values"_s;
        QTest::newRow("map as key") << "? {a: b}\n: c\n"_ba << u"as a key"_s;
        QTest::newRow("clusters is text") << "clusters: none\n"_ba << u"clusters is not a list"_s;
        QTest::newRow("entry is text") << "clusters: [a]\n"_ba << u"Entry 1 of clusters is skipped"_s;
        QTest::newRow("entry without name") << "users: [{user: {}}]\n"_ba << u"It has no name"_s;
        QTest::newRow("numeric name") << "users: [{name: 7, user: {}}]\n"_ba << u"name is not text"_s;
        QTest::newRow("two documents") << "kind: Config\n---\nkind: Config\n"_ba << u"several documents"_s;
    }
    void badFilesNameCauseAndFix()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, expected);
        const auto config = loadBytes(bytes);
        QCOMPARE(config.problems().size(), 1);
        const QString texts = allTexts(config.problems());
        QVERIFY2(texts.contains(expected), qPrintable(texts));
        QVERIFY(!config.problems()[0].why.isEmpty() && !config.problems()[0].fix.isEmpty());
    }

    void aliasBombCostsNothing()
    {
        // Ten levels of ten aliases: ten thousand million values when spelled out.
        QByteArray bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
        for (int i = 1; i < 10; ++i) {
            const QByteArray before = "*a" + QByteArray::number(i - 1);
            bomb += "a" + QByteArray::number(i) + ": &a" + QByteArray::number(i) + " [" + (before + ", ").repeated(9) + before
                + "]\n";
        }
        bomb += "clusters:\n- name: c\n  cluster:\n    server: https://h\n    extensions:\n"
                "    - {name: client.authentication.k8s.io/exec, extension: {bomb: *a9}}\n"
                "contexts:\n- name: x\n  context: {cluster: c}\n";
        const auto config = loadBytes(bomb);
        QVERIFY(context(config, u"x"_s).usable());
        QVERIFY(config.resolve(u"x"_s)->cluster.execExtension.isEmpty()); // too large to hand on
    }

    void longChainsOfAliasesAreNoRecursion()
    {
        QByteArray chain = "k0: &k0 {v: x}\n";
        for (int i = 1; i < 20'000; ++i)
            chain += "k" + QByteArray::number(i) + ": &k" + QByteArray::number(i) + " {<<: *k" + QByteArray::number(i - 1)
                + "}\n";
        chain += "clusters:\n- name: c\n  cluster: *k19999\n";
        QVERIFY(loadBytes(chain).problems().isEmpty());
    }

    void mergeKeysWork()
    {
        const auto config = loadBytes("base: &base {insecure-skip-tls-verify: true, server: 'https://a'}\n"
                                      "clusters:\n- name: c\n  cluster: {<<: *base, server: 'https://b'}\n"
                                      "contexts:\n- name: x\n  context: {cluster: c}\n");
        QCOMPARE(context(config, u"x"_s).server, u"https://b"_s);
        QVERIFY(context(config, u"x"_s).insecure);
    }

    void readsEveryEncoding_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        const QByteArray text = simple("x");
        QTest::newRow("BOM") << "\xef\xbb\xbf" + text;
        QTest::newRow("CRLF") << QByteArray(text).replace('\n', "\r\n");
        const QString wide = QString::fromUtf8(text);
        QStringEncoder little(QStringConverter::Utf16LE, QStringConverter::Flag::WriteBom);
        QTest::newRow("UTF-16LE") << QByteArray(little(wide));
        QStringEncoder big(QStringConverter::Utf16BE, QStringConverter::Flag::WriteBom);
        QTest::newRow("UTF-16BE") << QByteArray(big(wide));
        QTest::newRow("JSON") << QByteArray(R"({"kind": "Config", "clusters": [{"name": "x", "cluster": {"server": "https://x.example:6443"}}],)"
                                             R"("users": [{"name": "x", "user": {"token": "t"}}],)"
                                             R"("contexts": [{"name": "x", "context": {"cluster": "x", "user": "x"}}],)"
                                             R"("current-context": "x"})");
    }
    void readsEveryEncoding()
    {
        QFETCH(QByteArray, bytes);
        const auto resolved = loadBytes(bytes).resolve();
        QVERIFY2(resolved, qPrintable(resolved ? QString() : resolved.error().oneLine()));
        QCOMPARE(resolved->server, QUrl(u"https://x.example:6443"_s));
    }

    void emptyAndNullAreAnEmptyConfig()
    {
        for (const QByteArray &bytes : {""_ba, "\n\n"_ba, "---\n"_ba, "# nothing\n"_ba, "clusters: null\nusers: ~\ncontexts:\n"_ba}) {
            const auto config = loadBytes(bytes);
            QVERIFY2(config.problems().isEmpty(), bytes.constData());
            QVERIFY(config.contexts().isEmpty());
        }
    }

    void oddFilesDoNotBlock()
    {
        const QString fifo = path(u"fifo"_s);
        QCOMPARE(::mkfifo(QFile::encodeName(fifo).constData(), 0600), 0);
        const QString loop = path(u"loop"_s);
        QVERIFY(QFile::link(loop, loop));
        const QString huge = path(u"huge"_s);
        {
            QFile file(huge);
            QVERIFY(file.open(QIODevice::WriteOnly));
            QVERIFY(file.resize(50LL << 20)); // sparse
        }
        const auto config = loadList({fifo, m_dir.path(), loop, huge, write(u"good"_s, simple("g"))});
        QCOMPARE(config.problems().size(), 4);
        const QString texts = allTexts(config.problems());
        QVERIFY(texts.contains(u"a pipe, socket or device"_s));
        QVERIFY(texts.contains(u"It is a folder"_s));
        QVERIFY(texts.contains(u"lead in a circle"_s));
        QVERIFY2(texts.contains(u"It is 50 MiB large; at most 10 MiB"_s), qPrintable(texts));
        QVERIFY(config.resolve(u"g"_s));
    }

    void unreadableFileSaysSo()
    {
        if (::geteuid() == 0) {
            // Root reads everything; ask as somebody else, in a child that only does this.
            const QString file = write(u"secret"_s, simple("s"));
            QVERIFY(::chmod(QFile::encodeName(file).constData(), 0) == 0);
            QVERIFY(::chmod(QFile::encodeName(m_dir.path()).constData(), 0755) == 0);
            QVERIFY(::seteuid(65534) == 0);
            const auto config = loadList({file});
            QVERIFY(::seteuid(0) == 0);
            QVERIFY2(allTexts(config.problems()).contains(u"You don't have permission to read it"_s), qPrintable(allTexts(config.problems())));
            return;
        }
        const QString file = write(u"secret"_s, simple("s"));
        QVERIFY(::chmod(QFile::encodeName(file).constData(), 0) == 0);
        QVERIFY(allTexts(loadList({file}).problems()).contains(u"You don't have permission to read it"_s));
    }

    void userIsIgnoredWithoutTls()
    {
        const auto config = loadBytes("clusters:\n- name: c\n  cluster: {server: 'http://h:8080'}\n"
                                      "users:\n- name: u\n  user: {token: t, as: jane}\n"
                                      "contexts:\n- name: x\n  context: {cluster: c, user: u}\n");
        const auto resolved = config.resolve(u"x"_s);
        QVERIFY(resolved);
        QVERIFY(resolved->user.token.isEmpty());
        QCOMPARE(resolved->user.impersonate, u"jane"_s);
        QCOMPARE(resolved->info.signIn, SignInKind::None);
        QCOMPARE(resolved->info.problems.size(), 1);
        QCOMPARE(resolved->info.problems[0].severity, Problem::Severity::Warning);
    }

    void serverWithoutScheme()
    {
        ClusterEntry cluster;
        cluster.server = u"h:6443"_s;
        QCOMPARE(serverUrl(cluster, {})->toString(), u"http://h:6443"_s);
        cluster.caData = "x";
        QCOMPARE(serverUrl(cluster, {})->toString(), u"https://h:6443"_s);
        cluster.server = u"[::1]:6443"_s;
        QCOMPARE(serverUrl(cluster, {})->toString(), u"https://[::1]:6443"_s);
        cluster.server = u"https://h/prefix?x=1#y"_s;
        QCOMPARE(serverUrl(cluster, {})->toString(), u"https://h/prefix"_s);
    }

    void hostileNamesStayData()
    {
        const auto config = loadBytes("clusters:\n- name: \"a\\n\\u202Eb\"\n  cluster: {}\n"
                                      "contexts:\n- name: \"x\\ty\"\n  context: {cluster: \"a\\n\\u202Eb\"}\n");
        const KubeContext info = context(config, u"x\ty"_s);
        QVERIFY(!info.usable());
        const QString texts = allTexts(info.problems);
        QVERIFY(!texts.contains(u'\u202E'));
        QVERIFY(texts.contains(u"a\\n\\u{202E}b"_s));
    }

    void encryptedAndForeignKeysAreExplained()
    {
        const pki::Pair one = pki::client(), two = pki::client();
        QVERIFY(checkKeyPair(one.cert, one.key));
        QVERIFY(checkKeyPair(one.cert, two.key).error().why.contains(u"another certificate"_s));
        QByteArray passphrase = "four words";
        const auto checked = checkKeyPair(one.cert, pki::locked(one.key, passphrase.data()));
        QCOMPARE(checked.error().kind, Error::Kind::Unsupported);
        QVERIFY(checked.error().why.contains(u"passphrase"_s));
    }

    void goYamlTypesAreKept()
    {
        const auto typeOf = [](const QByteArray &text) {
            const auto document = yaml::Document::parse("v: " + text, {});
            return document->root().find("v")->type;
        };
        using Type = yaml::Node::Type;
        for (const char *each : {"1", "-1", "0x1F", "0o17", "1_000", "1.5", "1e3", ".5", ".inf", "-.Inf", ".nan", "12345678901234567890"})
            QCOMPARE(typeOf(each), Type::Number);
        for (const char *each : {"true", "False", "yes", "NO", "on", "Off", "y", "n"})
            QCOMPARE(typeOf(each), Type::Bool);
        for (const char *each : {"~", "null", "", "Null"})
            QCOMPARE(typeOf(each), Type::Null);
        for (const char *each : {"1.2.3", "2001-01-01", "'1'", "\"true\"", "1.2.3.4", "-", "tRUE", "v1", "1e", "!!str 5"}) {
            if (QByteArray(each) != "-")
                QCOMPARE(typeOf(each), Type::Text);
        }
    }
};

QTEST_APPLESS_MAIN(TestKubeconfig)
#include "tst_kubeconfig.moc"
