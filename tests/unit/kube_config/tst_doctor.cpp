// SPDX-License-Identifier: GPL-3.0-or-later
#include "FaultServer.h"
#include "kube/Doctor.h"
#include "net/TlsProbe.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::kube;
using namespace cairn::test;
using namespace std::chrono_literals;

namespace {

const QByteArray json = "Content-Type: application/json\r\n";

QByteArray status(int code, const QByteArray &reason)
{
    return faults::answer(code, R"({"kind":"Status","apiVersion":"v1","status":"Failure","message":"no","reason":")" + reason + "\"}", json);
}

/// Plays the three endpoints the doctor asks, for one accepted Authorization.
struct FakeApi {
    QByteArray authorization; ///< empty lets everybody in
    std::function<bool(const QString &verb, const QString &resource)> allows = [](const QString &, const QString &) { return true; };
    QByteArray version = faults::answer(200, R"({"major":"1","minor":"34","gitVersion":"v1.34.2"})", json);

    FaultScript script() const
    {
        return faults::serve([api = *this](const FaultRequest &request) {
            if (!api.authorization.isEmpty() && request.header("authorization") != api.authorization)
                return status(401, "Unauthorized");
            if (request.target == "/version")
                return api.version;
            if (request.target == "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews" && request.method == "POST") {
                const QJsonObject asked = QJsonDocument::fromJson(request.body).object()[u"spec"_s].toObject()[u"resourceAttributes"_s].toObject();
                const bool allowed = api.allows(asked[u"verb"_s].toString(), asked[u"resource"_s].toString());
                return faults::answer(201, QByteArray(R"({"kind":"SelfSubjectAccessReview","status":{"allowed":)") + (allowed ? "true" : "false") + "}}", json);
            }
            return status(404, "NotFound");
        });
    }
};

} // namespace

class TestDoctor : public QObject
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_dir;
    std::unique_ptr<net::HttpClient> m_http;
    Pki m_pki;
    DoctorOptions m_options;

    QString path(const QString &name) const { return m_dir->path() + u'/' + name; }
    QString write(const QString &name, const QByteArray &bytes, bool executable = false) const
    {
        QDir().mkpath(QFileInfo(path(name)).absolutePath());
        QFile file(path(name));
        if (!file.open(QIODevice::WriteOnly | QIODevice::Truncate) || file.write(bytes) != bytes.size())
            qFatal("cannot write the test file");
        if (executable)
            file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        return path(name);
    }
    FaultServer::Tls tls(const Pki::Wish &wish = {}) const
    {
        FaultServer::Tls tls;
        tls.identity = m_pki.issue(wish);
        return tls;
    }
    /// A kubeconfig for `server`.
    KubeconfigSource source(const QUrl &server, const QByteArray &user, const QByteArray &cluster = {}) const
    {
        QByteArray lines = cluster;
        if (lines.isEmpty() && server.scheme() == u"https"_s)
            lines = "    certificate-authority-data: " + m_pki.caPem().toBase64() + '\n';
        KubeconfigSource source;
        source.explicitFile = write(u"config"_s, "clusters:\n- name: c\n  cluster:\n    server: " + server.toEncoded() + "\n" + lines
                                    + "users:\n- name: u\n  user: " + user
                                    + "\ncontexts:\n- name: x\n  context: {cluster: c, user: u, namespace: vision}\ncurrent-context: x\n");
        return source;
    }
    DoctorReport run(const KubeconfigSource &from) { return diagnose(from, {}, *m_http, m_options, {}); }
    ContextProbe quick(const KubeconfigSource &from)
    {
        return probe(*Kubeconfig::load(from).resolveUnchecked(), *m_http, m_options, {});
    }
    static QByteArray execUser(const QString &command)
    {
        return "{exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: " + command.toUtf8() + "}}";
    }
    static QString states(const DoctorReport &report)
    {
        QStringList words;
        for (const DoctorStep &step : report.steps)
            words.append(doctorStepName(step.id) + u'=' + doctorStateName(step.state)
                         + (step.waitsFor ? QString::number(step.waitsFor) : QString()));
        return words.join(u' ');
    }
    static QString texts(const DoctorReport &report)
    {
        QString all;
        for (const DoctorStep &step : report.steps)
            all += step.title + u'|' + step.detail + u'|' + step.why + u'|' + step.fix + u'|' + step.fixCommand + u'\n';
        return all;
    }

private slots:
    void init()
    {
        m_dir = std::make_unique<QTemporaryDir>();
        m_http = std::make_unique<net::HttpClient>("cairn-test");
        m_options = {};
        m_options.session.policy = [] { return Result<ExecPluginPolicy>(ExecPluginPolicy()); };
        // Not the system's folders: a developer may have the plugins the tests must not find.
        QDir().mkpath(path(u"bin"_s));
        m_options.session.search.environment = {"PATH=" + path(u"bin"_s).toUtf8()};
        m_options.session.consent = std::make_shared<ConsentStore>(path(u"consent.json"_s));
    }

    void everythingWorks()
    {
        Pki::Wish wish;
        wish.validToDays = 61;
        const FaultServer server(FakeApi{"Bearer hidden-word"}.script(), tls(wish));
        const auto report = run(source(server.url(), "{token: hidden-word}"));
        QCOMPARE(states(report), u"kubeconfig=done credential=done tls=done api=done permissions=done"_s);
        QCOMPARE(report.serverVersion, u"v1.34.2"_s);
        QCOMPARE(report.headline(), u"Everything works"_s);
        QCOMPARE(report.rights.size(), rightsToCheck(u"vision"_s).size());
        const QString all = texts(report);
        QVERIFY2(all.contains(u"user u · namespace vision"_s), qPrintable(all));
        QVERIFY2(all.contains(u"Certificate matches the CA in the file · valid 6"_s), qPrintable(all));
        QVERIFY(!all.contains(u"hidden-word"_s));
        for (const FaultRequest &request : server.requests()) {
            if (request.method == "POST")
                QVERIFY(request.body.contains("\"namespace\":\"vision\"") || request.body.contains("\"namespaces\""));
        }
        const auto state = quick(source(server.url(), "{token: hidden-word}"));
        QCOMPARE(state.status, ContextStatus::Reachable);
        QVERIFY(state.detail.startsWith(u"v1.34.2 · "_s));
        QCOMPARE(state.rightsAllowed, state.rightsTotal);
    }

    void missingPluginStopsAtStepTwoAndTheNetworkIsTriedAllTheSame()
    {
        const FaultServer server(FakeApi{"Bearer t"}.script(), tls());
        const auto from = source(server.url(), execUser(u"gke-gcloud-auth-plugin"_s));
        int calls = 0;
        const auto report = diagnose(from, u"x"_s, *m_http, m_options, {}, [&](const DoctorReport &) { ++calls; });
        QCOMPARE(states(report), u"kubeconfig=done plugin=failed credential=waits2 tls=warning api=done permissions=waits3"_s);
        QVERIFY(calls > 6);
        QCOMPARE(report.headline(), u"Stopped at step 2 of 6"_s);
        QCOMPARE(report.summary(), u"Only step 2 stands between you and the cluster: the network and the server are fine."_s);
        QCOMPARE(report.steps[1].detail, u"gke-gcloud-auth-plugin is not in any of these folders: "_s + path(u"bin"_s));
        QCOMPARE(report.steps[1].fixCommand, u"gcloud components install gke-gcloud-auth-plugin"_s);
        QVERIFY(report.steps[3].withoutCredential && report.steps[4].withoutCredential);
        QVERIFY(report.steps[4].detail.contains(u"401"_s));
        QCOMPARE(quick(from).status, ContextStatus::PluginNotFound);
    }

    void aFolderThatHoldsThePluginIsOffered()
    {
        const QByteArray home = qgetenv("HOME");
        qputenv("HOME", m_dir->path().toUtf8());
        write(u".krew/bin/made-up-plugin"_s, "#!/bin/sh\n", true);
        const FaultServer server(FakeApi{"Bearer t"}.script(), tls());
        const auto report = run(source(server.url(), execUser(u"made-up-plugin"_s)));
        qputenv("HOME", home);
        QCOMPARE(report.steps[1].fixFolder, path(u".krew/bin"_s));
        QVERIFY(report.steps[1].why.contains(path(u".krew/bin"_s)));
    }

    void consentIsAskedFor()
    {
        const QString plugin = write(u"plugin"_s, "#!/bin/sh\necho '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\",\"status\":{\"token\":\"t\"}}'\n", true);
        const FaultServer server(FakeApi{"Bearer t"}.script(), tls());
        const auto from = source(server.url(), execUser(plugin));
        const auto report = run(from);
        QCOMPARE(states(report), u"kubeconfig=done plugin=done credential=failed tls=warning api=done permissions=waits3"_s);
        QCOMPARE(report.steps[2].cause, Error::Kind::Consent);
        QVERIFY(report.consent);
        QVERIFY(report.steps[2].why.contains(plugin));
        QCOMPARE(quick(from).status, ContextStatus::NeedsSignIn);

        QVERIFY(m_options.session.consent->allow(*report.consent));
        QCOMPARE(states(run(from)), u"kubeconfig=done plugin=done credential=done tls=warning api=done permissions=done"_s);
        QCOMPARE(quick(from).status, ContextStatus::Reachable);
        m_options.runPlugin = false;
        const auto looked = quick(from);
        QCOMPARE(looked.status, ContextStatus::NeedsSignIn);
        QCOMPARE(looked.detail, u"the server is up"_s);
        QCOMPARE(states(run(from)), u"kubeconfig=done plugin=done credential=waits tls=warning api=done permissions=waits3"_s);
    }

    void whatAProgramPrintedIsMarked()
    {
        const QString plugin = write(u"plugin"_s, "#!/bin/sh\necho 'the word is hunter22' >&2\nexit 4\n", true);
        m_options.session.allowExec = AllowExec::Always;
        const FaultServer server(FakeApi{"Bearer t"}.script(), tls());
        const auto report = run(source(server.url(), execUser(plugin)));
        QVERIFY(report.steps[2].why.contains(u"hunter22"_s) && report.steps[2].quotes);
        for (const DoctorStep &step : report.steps)
            QVERIFY2(step.quotes || !(step.detail + step.why).contains(u"hunter22"_s), qPrintable(step.detail + step.why));
    }

    void aRefusedCredentialIsRenewedOnce()
    {
        const QString plugin = write(u"plugin"_s, "#!/bin/sh\nPATH=/usr/bin:/bin\ncd \"$(dirname \"$0\")\"\necho x >> runs\nn=$(wc -l < runs)\n"
                                     "printf '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\",\"status\":{\"token\":\"t%d\"}}' $n\n", true);
        m_options.session.allowExec = AllowExec::Always;
        const FaultServer server(FakeApi{"Bearer t2"}.script(), tls());
        const auto report = run(source(server.url(), execUser(plugin)));
        QCOMPARE(states(report), u"kubeconfig=done plugin=done credential=done tls=warning api=done permissions=done"_s);
    }

    void aWrongTokenIsTheCredentialsFault()
    {
        const FaultServer server(FakeApi{"Bearer right"}.script(), tls());
        const auto from = source(server.url(), "{token: wrong-word}");
        const auto report = run(from);
        QCOMPARE(states(report), u"kubeconfig=done credential=failed tls=warning api=done permissions=waits2"_s);
        QVERIFY(!texts(report).contains(u"wrong-word"_s));
        QCOMPARE(quick(from).status, ContextStatus::NeedsSignIn);
    }

    void anExpiredClientCertificateIsSeenWithoutTheNetwork()
    {
        Pki::Wish wish;
        wish.commonName = u"mlops"_s;
        wish.validFromDays = -30;
        wish.validToDays = -12;
        const Identity identity = m_pki.issue(wish);
        const FaultServer server(FakeApi{"Bearer t"}.script(), tls());
        const auto from = source(server.url(), "{client-certificate-data: " + identity.certPem.toBase64() + ", client-key-data: " + identity.keyPem.toBase64() + "}");
        const auto report = run(from);
        QCOMPARE(states(report), u"kubeconfig=done credential=failed tls=warning api=done permissions=waits2"_s);
        QVERIFY2(report.steps[1].why.contains(u"ended 12 d ago"_s), qPrintable(report.steps[1].why));
        const int before = server.connections();
        const auto state = quick(from);
        QCOMPARE(state.status, ContextStatus::CertificateExpired);
        QCOMPARE(state.detail, u"ended 12 d ago"_s);
        QCOMPARE(server.connections(), before);
    }

    void certificatesOfTheServerAreJudged_data()
    {
        QTest::addColumn<int>("fault");
        QTest::addColumn<QString>("expected");
        QTest::newRow("expired") << 0 << u"The certificate of the server ended 2 d ago"_s;
        QTest::newRow("other CA") << 1 << u"authority that is not trusted"_s;
        QTest::newRow("other name") << 2 << u"not valid for"_s;
        QTest::newRow("self-signed") << 3 << u"CN=server"_s;
    }
    void certificatesOfTheServerAreJudged()
    {
        QFETCH(int, fault);
        QFETCH(QString, expected);
        Pki::Wish wish;
        if (fault == 0) {
            wish.validFromDays = -9;
            wish.validToDays = -2;
        } else if (fault == 2) {
            wish.addresses = QStringList{u"192.0.2.1"_s};
        } else if (fault == 3) {
            wish.selfSigned = true;
        }
        FaultServer::Tls own = tls(wish);
        if (fault == 1)
            own.identity = Pki().issue(wish);
        const FaultServer server(FakeApi().script(), own);
        const auto from = source(server.url(), "{token: t}");
        const auto report = run(from);
        QCOMPARE(states(report), u"kubeconfig=done credential=done tls=failed api=waits3 permissions=waits3"_s);
        QCOMPARE(report.steps[2].cause, Error::Kind::Tls);
        QVERIFY2(texts(report).contains(expected), qPrintable(texts(report)));
        QVERIFY(!report.steps[2].fix.isEmpty());
        QVERIFY(server.requests().isEmpty()); // the token never went to a server that is not trusted
        QCOMPARE(quick(from).status, fault == 0 ? ContextStatus::CertificateExpired : ContextStatus::NotReachable);
        QVERIFY(server.requests().isEmpty());
    }

    void theProbeShowsTheCertificateAndItsFault()
    {
        const FaultServer server(FakeApi().script(), tls());
        net::Endpoint endpoint;
        endpoint.server = server.url();
        endpoint.caPem = m_pki.caPem();
        const auto trusted = net::probeTls(endpoint, 10s, {});
        QVERIFY(trusted && !trusted->notTrusted);
        QVERIFY(trusted->serverCertPem.startsWith("-----BEGIN CERTIFICATE-----"));
        endpoint.caPem = Pki().caPem();
        const auto refused = net::probeTls(endpoint, 10s, {});
        QVERIFY(refused && refused->notTrusted);
        QCOMPARE(refused->serverCertPem, trusted->serverCertPem);
        std::stop_source stop;
        stop.request_stop();
        QCOMPARE(net::probeTls(endpoint, 10s, stop.get_token()).error().kind, Error::Kind::Cancelled);
    }

    void serversThatAreNotKubernetes_data()
    {
        QTest::addColumn<QByteArray>("reply");
        QTest::addColumn<QString>("expected");
        QTest::newRow("web page") << faults::answer(200, "<html>hi", "Content-Type: text/html\r\n") << u"a web page"_s;
        QTest::newRow("other JSON") << faults::answer(200, R"({"version":"9"})", json) << u"It answered 200 with application/json"_s;
        QTest::newRow("list") << faults::answer(200, "[]", json) << u"It answered 200"_s;
        QTest::newRow("empty") << faults::answer(200, {}) << u"without a body"_s;
        QTest::newRow("redirect") << faults::answer(302, {}, "Location: https://login.example/x\r\n") << u"sends callers to login.example"_s;
        QTest::newRow("not found") << faults::answer(404, "nope", "Content-Type: text/plain\r\n") << u"It answered 404"_s;
        QTest::newRow("garbage version") << faults::answer(200, QByteArray(100'000, '{'), json) << u"It answered 200"_s;
    }
    void serversThatAreNotKubernetes()
    {
        QFETCH(QByteArray, reply);
        QFETCH(QString, expected);
        FakeApi api;
        api.version = reply;
        const FaultServer server(api.script(), tls());
        const auto from = source(server.url(), "{token: t}");
        const auto report = run(from);
        QCOMPARE(states(report), u"kubeconfig=done credential=done tls=warning api=failed permissions=waits4"_s);
        QCOMPARE(report.steps[3].cause, Error::Kind::Unsupported);
        QVERIFY2(texts(report).contains(expected), qPrintable(texts(report)));
        QCOMPARE(quick(from).status, ContextStatus::NotReachable);
    }

    void aGatewayInFrontIsNoticed()
    {
        FakeApi api;
        api.version = faults::answer(401, "<html>sign in", "Content-Type: text/html\r\n");
        const FaultServer server(api.script(), tls());
        const auto report = run(source(server.url(), "{token: t}"));
        QCOMPARE(states(report), u"kubeconfig=done credential=failed tls=warning api=warning permissions=waits2"_s);
    }

    void serverFaultsAreTold()
    {
        FakeApi api;
        api.version = status(500, "InternalError");
        const FaultServer server(api.script(), tls());
        const auto report = run(source(server.url(), "{token: t}"));
        QCOMPARE(report.steps[3].state, DoctorState::Failed);
        QCOMPARE(report.steps[3].cause, Error::Kind::Server);
        api.version = status(403, "Forbidden");
        const FaultServer shy(api.script(), tls());
        QCOMPARE(run(source(shy.url(), "{token: t}")).steps[3].state, DoctorState::Done);
    }

    void nobodyAnswers()
    {
        const ClosedPort closed;
        QUrl url(u"https://127.0.0.1"_s);
        url.setPort(closed.port());
        const auto from = source(url, "{token: t}");
        const auto report = run(from);
        QCOMPARE(states(report), u"kubeconfig=done credential=done tls=failed api=waits3 permissions=waits3"_s);
        QCOMPARE(report.steps[2].cause, Error::Kind::Network);
        QCOMPARE(quick(from).status, ContextStatus::NotReachable);

        const FaultServer silent(faults::silent());
        m_options.timeout = 200ms;
        QUrl quiet = silent.url();
        quiet.setScheme(u"https"_s);
        const auto slow = run(source(quiet, "{token: t}"));
        QCOMPARE(slow.steps[2].cause, Error::Kind::Timeout);
        QCOMPARE(quick(source(silent.url(), "{token: t}")).detail, u"no answer in 0.2 s; VPN off?"_s);
    }

    void noTlsOnThePort()
    {
        const FaultServer server([](FaultConnection &connection) {
            char byte = 0;
            connection.readSome(&byte, 1);
            connection.write(faults::answer(400, "Client sent garbage"));
        });
        QUrl url = server.url();
        url.setScheme(u"https"_s);
        const auto report = run(source(url, "{token: t}"));
        QCOMPARE(report.steps[2].state, DoctorState::Failed);
        QVERIFY2(report.steps[2].why.contains(u"does not speak TLS"_s), qPrintable(texts(report)));
    }

    void unsafeConnectionsAreShown()
    {
        const FaultServer open(FakeApi().script());
        const auto plain = run(source(open.url(), "{token: hidden-word}"));
        QCOMPARE(states(plain), u"kubeconfig=warning credential=done tls=warning api=done permissions=done"_s);
        for (const FaultRequest &request : open.requests())
            QVERIFY(!request.hasHeader("authorization")); // the token does not cross the network readable
        const FaultServer server(FakeApi().script(), tls());
        const auto insecure = run(source(server.url(), "{token: t}", "    insecure-skip-tls-verify: true\n"));
        QCOMPARE(states(insecure), u"kubeconfig=done credential=done tls=warning api=done permissions=done"_s);
        QVERIFY(insecure.steps[2].why.contains(u"insecure-skip-tls-verify"_s));
    }

    void rightsDecideTheWord_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<ContextStatus>("status");
        QTest::addColumn<DoctorState>("state");
        QTest::newRow("all but namespaces") << 0 << ContextStatus::Reachable << DoctorState::Done;
        QTest::newRow("reads only") << 1 << ContextStatus::ReachableReadOnly << DoctorState::Warning;
        QTest::newRow("no helper") << 2 << ContextStatus::ReachableLimited << DoctorState::Warning;
        QTest::newRow("nothing") << 3 << ContextStatus::ReachableLimited << DoctorState::Failed;
    }
    void rightsDecideTheWord()
    {
        QFETCH(int, kind);
        QFETCH(ContextStatus, status);
        QFETCH(DoctorState, state);
        FakeApi api;
        api.allows = [kind](const QString &verb, const QString &resource) {
            switch (kind) {
            case 0: return resource != u"namespaces"_s;
            case 1: return verb != u"create"_s && verb != u"patch"_s;
            case 2: return resource != u"jobs"_s;
            default: return false;
            }
        };
        const FaultServer server(api.script(), tls());
        const auto from = source(server.url(), "{token: t}");
        const auto report = run(from);
        QCOMPARE(report.steps.last().state, state);
        QCOMPARE(quick(from).status, status);
        if (kind == 2) {
            QVERIFY2(report.steps.last().why.contains(u"create jobs.batch"_s), qPrintable(report.steps.last().why));
            QCOMPARE(report.steps.last().fixCommand, u"kubectl auth can-i --list --namespace vision"_s);
            const auto summary = summarise(report.rights);
            QCOMPARE(quick(from).detail, u"%1 of %2 permissions · v1.34.2"_s.arg(summary.total - 1).arg(summary.total));
        }
    }

    void accessReviewsSwitchedOff()
    {
        const FaultServer server(faults::serve([](const FaultRequest &request) {
                                     return request.method == "POST" ? status(403, "Forbidden") : FakeApi().version;
                                 }),
                                 tls());
        const auto report = run(source(server.url(), "{token: t}"));
        QCOMPARE(report.steps.last().state, DoctorState::Failed);
        QVERIFY(report.steps.last().why.contains(u"403"_s));
    }

    void aBrokenUserDoesNotHideTheNetwork()
    {
        const FaultServer server(FakeApi{"Bearer t"}.script(), tls());
        const auto from = source(server.url(), "{auth-provider: {name: gcp}}");
        const auto report = run(from);
        QCOMPARE(states(report), u"kubeconfig=failed credential=waits1 tls=warning api=done permissions=waits1"_s);
        QVERIFY(report.steps[0].fix.contains(u"gke-gcloud-auth-plugin"_s));
        QCOMPARE(quick(from).status, ContextStatus::Broken);
    }

    void brokenKubeconfigsStopAtStepOne()
    {
        KubeconfigSource from;
        from.explicitFile = write(u"config"_s, "clusters: [");
        const auto report = run(from);
        QCOMPARE(states(report), u"kubeconfig=failed credential=waits1 tls=waits1 api=waits1 permissions=waits1"_s);
        QVERIFY(report.steps[0].why.contains(u"YAML"_s));
        from.explicitFile = write(u"config"_s, "contexts: []");
        QCOMPARE(run(from).steps[0].cause, Error::Kind::NotFound);
    }

    void cancelLeavesTheRestPending()
    {
        const auto stop = std::make_shared<std::stop_source>();
        const FaultServer server([stop](FaultConnection &connection) {
            stop->request_stop(); // while the handshake or the request waits
            connection.waitForClose();
        });
        QUrl url = server.url();
        url.setScheme(u"https"_s);
        const auto report = diagnose(source(url, "{token: t}"), {}, *m_http, m_options, stop->get_token());
        QCOMPARE(report.steps[0].state, DoctorState::Done);
        QCOMPARE(report.steps[2].state, DoctorState::Pending);
        QCOMPARE(report.headline(), u"Not finished"_s);
    }
};

QTEST_GUILESS_MAIN(TestDoctor)
#include "tst_doctor.moc"
