// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/Doctor.h"

#include "base/Text.h"
#include "kube/ContextCertificate.h"
#include "kube/DoctorApi.h"
#include "net/TlsProbe.h"

#include <QCoreApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QFileInfo>

using namespace Qt::StringLiterals;

namespace cairn::kube {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::kube)
};

QString daysLeft(const QDateTime &until, const QDateTime &now)
{
    const qint64 days = now.daysTo(until);
    if (days <= 0)
        return Words::tr("valid %1 more").arg(text::duration(std::chrono::milliseconds(qMax<qint64>(0, now.msecsTo(until)))));
    return Words::tr("valid %n more day(s)", nullptr, static_cast<int>(days));
}

QString endedAgo(const QDateTime &until, const QDateTime &now)
{
    return Words::tr("ended %1").arg(text::ago(until, now));
}

QString subjectOf(const CertificateInfo &certificate)
{
    QString subject = u"CN="_s + text::safe(certificate.commonName);
    for (const QString &organization : certificate.organizations)
        subject += u", O="_s + text::safe(organization);
    return subject;
}

QString shownPath(const QString &path)
{
    const QString home = QDir::homePath();
    return text::safe(path.startsWith(home + u'/') ? u'~' + path.mid(home.size()) : path);
}

/// How to install plugins people often lack, from their vendors' pages.
QString installCommand(const QString &program)
{
    if (program == u"gke-gcloud-auth-plugin"_s)
        return u"gcloud components install gke-gcloud-auth-plugin"_s;
    if (program == u"kubelogin"_s)
        return u"az aks install-cli"_s;
    if (program == u"kubectl-oidc_login"_s)
        return u"kubectl krew install oidc-login"_s;
    return {};
}

/// One run of the doctor.
class Examination
{
public:
    Examination(net::HttpClient &http, const DoctorOptions &options, std::stop_token stop, const DoctorProgress &progress)
        : m_http(http), m_options(options), m_stop(std::move(stop)), m_progress(progress)
    {
    }

    DoctorReport run(const KubeconfigSource &source, const QString &name)
    {
        start(DoctorStepId::Kubeconfig, Words::tr("Kubeconfig read"));
        start(DoctorStepId::Credential, Words::tr("Credential obtained"));
        start(DoctorStepId::Tls, Words::tr("TLS"));
        start(DoctorStepId::Api, Words::tr("API reachable"));
        start(DoctorStepId::Permissions, Words::tr("Permissions"));
        if (!timed(DoctorStepId::Kubeconfig, [&](DoctorStep &it) { return kubeconfig(it, source, name); })) {
            // Without a server there is nothing to try; without a good user the network can still be looked at.
            for (const DoctorStepId id : {DoctorStepId::Plugin, DoctorStepId::Credential, DoctorStepId::Permissions}) {
                if (number(id))
                    wait(id, DoctorStepId::Kubeconfig);
            }
            if (!m_session || m_context.server.isEmpty()) {
                wait(DoctorStepId::Tls, DoctorStepId::Kubeconfig);
                wait(DoctorStepId::Api, DoctorStepId::Kubeconfig);
                return finish();
            }
            network();
            return finish();
        }
        bool ready = true;
        if (m_context.info.signIn == SignInKind::ExecPlugin)
            ready = timed(DoctorStepId::Plugin, [this](DoctorStep &it) { return plugin(it); });
        if (ready)
            ready = timed(DoctorStepId::Credential, [this](DoctorStep &it) { return credential(it); });
        else
            wait(DoctorStepId::Credential, DoctorStepId::Plugin,
                 Words::tr("The program will run once, at most %1; you may see a browser window.")
                     .arg(text::duration(m_options.session.execTimeout)));
        const bool reachable = network();
        if (!ready || step(DoctorStepId::Credential).state == DoctorState::Failed)
            wait(DoctorStepId::Permissions, DoctorStepId::Credential, rightsAhead());
        else if (!reachable)
            wait(DoctorStepId::Permissions, firstFailed(), rightsAhead());
        else
            timed(DoctorStepId::Permissions, [this](DoctorStep &it) { return permissions(it); });
        return finish();
    }

private:
    DoctorStep &step(DoctorStepId id)
    {
        for (DoctorStep &each : m_report.steps) {
            if (each.id == id)
                return each;
        }
        return m_report.steps.first();
    }
    void start(DoctorStepId id, const QString &title)
    {
        DoctorStep added;
        added.id = id;
        added.title = title;
        m_report.steps.append(added);
    }
    int number(DoctorStepId id) const
    {
        for (int i = 0; i < m_report.steps.size(); ++i) {
            if (m_report.steps[i].id == id)
                return i + 1;
        }
        return 0;
    }
    DoctorStepId firstFailed() const
    {
        const int failed = m_report.failedStep();
        return failed ? m_report.steps[failed - 1].id : DoctorStepId::Kubeconfig;
    }
    void tell() const
    {
        if (m_progress)
            m_progress(m_report);
    }
    DoctorReport finish()
    {
        tell();
        return m_report;
    }
    void wait(DoctorStepId id, DoctorStepId on, const QString &detail = {})
    {
        DoctorStep &it = step(id);
        it.state = DoctorState::Waits;
        it.waitsFor = number(on);
        it.detail = detail;
    }
    /// Runs one step and tells how long it took; false where it failed or was cancelled.
    template <class Body>
    bool timed(DoctorStepId id, Body body)
    {
        tell();
        if (m_stop.stop_requested())
            return false;
        QElapsedTimer timer;
        timer.start();
        const bool good = body(step(id));
        DoctorStep &it = step(id); // a step may have been inserted meanwhile
        it.took = std::chrono::milliseconds(timer.elapsed());
        if (m_stop.stop_requested())
            it.state = DoctorState::Pending; // what a cancelled exchange says is no finding
        tell();
        return good && !m_stop.stop_requested();
    }
    static bool failed(DoctorStep &it, const Error &error)
    {
        it.state = DoctorState::Failed;
        it.detail = error.what;
        it.why = error.why;
        it.fix = error.fix;
        it.cause = error.kind;
        it.quotes = error.reason == "ExecFailed"_L1;
        return false;
    }

    bool kubeconfig(DoctorStep &it, const KubeconfigSource &source, const QString &name);
    bool plugin(DoctorStep &it);
    bool credential(DoctorStep &it);
    bool network();
    bool tls(DoctorStep &it);
    bool api(DoctorStep &it);
    bool permissions(DoctorStep &it);
    QString rightsAhead() const
    {
        return Words::tr("%1 permissions to check: list jobs, read logs, create jobs, read PVCs, …")
            .arg(summarise(rightsToCheck(m_context.info.ns)).total);
    }
    void refused();

    net::HttpClient &m_http;
    const DoctorOptions &m_options;
    const std::stop_token m_stop;
    const DoctorProgress &m_progress;
    DoctorReport m_report;
    ResolvedContext m_context;
    std::unique_ptr<SessionCredentials> m_session;
    std::optional<Credentials::Material> m_material;
};

bool Examination::kubeconfig(DoctorStep &it, const KubeconfigSource &source, const QString &name)
{
    const Kubeconfig config = Kubeconfig::load(source);
    const auto resolved = config.resolveUnchecked(name);
    if (!resolved) {
        // A file that could not be read is the likelier cause than a wrong name.
        for (const Problem &each : config.problems()) {
            if (each.severity == Problem::Severity::Error)
                return failed(it, Error::make(Error::Kind::Invalid, each.what, each.why, each.fix));
        }
        return failed(it, resolved.error());
    }
    m_context = *resolved;
    m_report.context = m_context.info;
    m_session = std::make_unique<SessionCredentials>(m_context, m_options.session);
    if (m_context.info.signIn == SignInKind::ExecPlugin) {
        DoctorStep added;
        added.id = DoctorStepId::Plugin;
        added.title = Words::tr("Exec plugin found");
        m_report.steps.insert(1, added);
    }
    DoctorStep &own = step(DoctorStepId::Kubeconfig); // the insertion may have moved it
    const Problem *warning = nullptr;
    for (const Problem &each : m_context.info.problems) {
        if (each.severity == Problem::Severity::Error) {
            failed(own, Error::make(Error::Kind::Invalid, each.what, each.why, each.fix));
            own.detail = each.file.isEmpty() ? each.what : Words::tr("%1: %2").arg(shownPath(each.file), each.what);
            return false;
        }
        warning = &each;
    }
    own.state = warning ? DoctorState::Warning : DoctorState::Done;
    own.detail = m_context.info.userName.isEmpty()
        ? Words::tr("%1 · no user · namespace %2").arg(shownPath(m_context.info.file), text::safe(m_context.info.ns))
        : Words::tr("%1 · user %2 · namespace %3")
              .arg(shownPath(m_context.info.file), text::safe(m_context.info.userName), text::safe(m_context.info.ns));
    if (warning) {
        own.why = Words::tr("%1. %2", "two sentences; the second ends with its own full stop").arg(warning->what, warning->why);
        own.fix = warning->fix;
    }
    return true;
}

bool Examination::plugin(DoctorStep &it)
{
    const QString name = QFileInfo(m_context.user.exec->command).fileName();
    const auto plan = m_session->plannedExec(m_stop);
    if (plan) {
        it.state = DoctorState::Done;
        it.detail = text::safe(plan->program);
        return true;
    }
    failed(it, plan.error());
    if (plan.error().kind != Error::Kind::NotFound)
        return false;
    it.detail = plan.error().why;
    it.why = Words::tr("The program is not installed, or it lies in a folder Cairn does not know.");
    it.fixCommand = installCommand(name);
    it.fixFolder = m_options.session.search.wellKnownFolderWith(m_context.user.exec->command);
    if (!it.fixFolder.isEmpty()) {
        it.why = Words::tr("Cairn was started with a shorter PATH than it needs. The program is here: %1").arg(text::safe(it.fixFolder));
        it.fix = Words::tr("Add this folder for Cairn only.");
    }
    return false;
}

bool Examination::credential(DoctorStep &it)
{
    const QDateTime now = m_options.now();
    const KubeContext &info = m_context.info;
    if (info.certificate && info.signIn == SignInKind::ClientCertificate) {
        const QString subject = subjectOf(*info.certificate);
        if (info.certificate->notAfter < now)
            return failed(it, Error::make(Error::Kind::Auth, Words::tr("The client certificate of %1 has expired.").arg(subject),
                                          Words::tr("It %1.").arg(endedAgo(info.certificate->notAfter, now)),
                                          Words::tr("Get a new kubeconfig from whoever runs the cluster; kubeadm clusters: "
                                             "kubeadm certs renew.")));
        if (info.certificate->notBefore > now)
            return failed(it, Error::make(Error::Kind::Auth, Words::tr("The client certificate of %1 is not valid yet.").arg(subject),
                                          Words::tr("It becomes valid on %1.").arg(info.certificate->notBefore.toString(Qt::ISODate)),
                                          Words::tr("Check the clock of this computer.")));
    }
    if (info.signIn == SignInKind::ExecPlugin) {
        const auto plan = m_session->plannedExec(m_stop);
        if (plan) {
            if (const auto may = m_session->mayRun(*plan); !may) {
                m_report.consent = *plan;
                return failed(it, may.error());
            }
            if (!m_options.runPlugin) {
                it.state = DoctorState::Waits;
                it.detail = Words::tr("The program was not run.");
                return false;
            }
        }
    }
    const auto material = m_session->material(m_stop);
    if (!material)
        return failed(it, material.error());
    m_material = *material;
    it.state = DoctorState::Done;
    switch (info.signIn) {
    case SignInKind::None:
        it.detail = Words::tr("No credential: the server will see an anonymous caller.");
        break;
    case SignInKind::ClientCertificate:
        it.detail = Words::tr("Client certificate %1 · %2").arg(subjectOf(*info.certificate), daysLeft(info.certificate->notAfter, now));
        if (now.daysTo(info.certificate->notAfter) < m_options.warnDays) {
            it.state = DoctorState::Warning;
            it.why = Words::tr("The certificate expires soon.");
            it.fix = Words::tr("Get a new kubeconfig before that.");
        }
        break;
    case SignInKind::Token: it.detail = Words::tr("Token from the kubeconfig"); break;
    case SignInKind::TokenFile: it.detail = Words::tr("Token from %1").arg(shownPath(m_context.user.tokenFile)); break;
    case SignInKind::Basic: it.detail = Words::tr("User name %1 with password").arg(text::safe(m_context.user.username)); break;
    case SignInKind::ExecPlugin: {
        const QDateTime until = m_session->expires();
        it.detail = until.isValid() ? Words::tr("Credential from %1 · %2").arg(text::safe(info.signInDetail), daysLeft(until, now))
                                    : Words::tr("Credential from %1").arg(text::safe(info.signInDetail));
        break;
    }
    case SignInKind::AuthProvider: break; // an error of the entry, so never reached
    }
    if (info.impersonates)
        it.detail = Words::tr("%1 · acts as %2").arg(it.detail, text::safe(m_context.user.impersonate));
    return true;
}

/// TLS and API, with or without a credential.
bool Examination::network()
{
    const bool secure = timed(DoctorStepId::Tls, [this](DoctorStep &it) { return tls(it); });
    if (!secure) {
        wait(DoctorStepId::Api, DoctorStepId::Tls);
        return false;
    }
    return timed(DoctorStepId::Api, [this](DoctorStep &it) { return api(it); });
}

bool Examination::tls(DoctorStep &it)
{
    it.withoutCredential = !m_material;
    if (m_context.server.scheme() != u"https"_s) {
        it.state = DoctorState::Warning;
        it.detail = Words::tr("The connection is not encrypted.");
        it.why = Words::tr("The server's address starts with http.");
        it.fix = Words::tr("Use an https address if the server has one.");
        return true;
    }
    const auto endpoint = m_session->anonymousEndpoint();
    if (!endpoint)
        return failed(it, endpoint.error());
    const auto facts = net::probeTls(**endpoint, m_options.timeout, m_stop);
    if (!facts)
        return failed(it, facts.error());
    const QDateTime now = m_options.now();
    const auto certificate = certificateInfo(facts->serverCertPem);
    if (facts->notTrusted) {
        failed(it, *facts->notTrusted);
        if (certificate && certificate->notAfter < now)
            it.detail = Words::tr("The certificate of the server %1.").arg(endedAgo(certificate->notAfter, now));
        else if (certificate)
            it.detail = Words::tr("The server shows a certificate of %1.").arg(subjectOf(*certificate));
        return false;
    }
    const QString left = certificate ? daysLeft(certificate->notAfter, now) : QString();
    if (m_context.cluster.insecureSkipVerify) {
        it.state = DoctorState::Warning;
        it.detail = Words::tr("Encrypted, but the server's identity is not verified.");
        it.why = Words::tr("The kubeconfig sets insecure-skip-tls-verify: anyone on the network path can read and change everything.");
        it.fix = Words::tr("Put the cluster's CA into certificate-authority-data and remove insecure-skip-tls-verify.");
        return true;
    }
    const bool ownCa = !(*endpoint)->caPem.isEmpty();
    it.state = DoctorState::Done;
    it.detail = ownCa ? Words::tr("Certificate matches the CA in the file · %1").arg(left)
                      : Words::tr("Certificate is trusted by this computer · %1").arg(left);
    if (certificate && now.daysTo(certificate->notAfter) < m_options.warnDays) {
        it.state = DoctorState::Warning;
        it.why = Words::tr("The server's certificate expires soon.");
        it.fix = Words::tr("Ask whoever runs the cluster to renew it.");
    }
    return true;
}

bool Examination::api(DoctorStep &it)
{
    it.withoutCredential = !m_material;
    Credentials::Material material;
    if (m_material) {
        material = *m_material;
    } else {
        const auto endpoint = m_session->anonymousEndpoint();
        if (!endpoint)
            return failed(it, endpoint.error());
        material.endpoint = *endpoint;
    }
    auto answer = askVersion(m_http, material, m_options.timeout, m_stop);
    if (answer && answer->meaning == ApiAnswer::Meaning::SignIn && m_material) {
        // As any request does: a refused credential is renewed once.
        m_session->rejected(material);
        const auto renewed = m_session->material(m_stop);
        if (renewed && (renewed->headers != material.headers || renewed->endpoint != material.endpoint)) {
            m_material = *renewed;
            answer = askVersion(m_http, *renewed, m_options.timeout, m_stop);
        }
    }
    if (!answer)
        return failed(it, answer.error());
    it.state = DoctorState::Done;
    switch (answer->meaning) {
    case ApiAnswer::Meaning::Version:
        m_report.serverVersion = answer->version;
        it.detail = Words::tr("Kubernetes %1 · answered in %2 ms").arg(answer->version).arg(answer->took.count());
        return true;
    case ApiAnswer::Meaning::Forbidden:
        it.detail = Words::tr("Answers 403: the server is up and keeps its version to itself.");
        return true;
    case ApiAnswer::Meaning::SignIn:
        it.detail = Words::tr("Answers 401: the server is up and wants a sign-in.");
        if (m_material)
            refused();
        return true;
    case ApiAnswer::Meaning::ForeignSignIn:
        it.state = DoctorState::Warning;
        it.detail = Words::tr("Answers %1, but not like a Kubernetes API.").arg(answer->status);
        it.why = Words::tr("A proxy or gateway may stand in front of the API server.");
        it.fix = Words::tr("Sign in to the gateway, or check the address in the kubeconfig.");
        if (m_material)
            refused();
        return true;
    }
    return true;
}

/// The server is up, but does not take what step "credential" obtained: that step is the one to repair.
void Examination::refused()
{
    DoctorStep &it = step(DoctorStepId::Credential);
    it.state = DoctorState::Failed;
    it.cause = Error::Kind::Auth;
    switch (m_context.info.signIn) {
    case SignInKind::None:
        it.why = Words::tr("The context names no credential, and the server lets nobody in without one.");
        it.fix = Words::tr("Get a kubeconfig with a user from whoever runs the cluster.");
        break;
    case SignInKind::ExecPlugin:
        it.why = Words::tr("The server does not accept what %1 gave, even after another run.").arg(text::safe(m_context.info.signInDetail));
        it.fix = Words::tr("Sign in again with its own tool; check that it is the right account for this cluster.");
        break;
    case SignInKind::ClientCertificate:
        it.why = Words::tr("The server does not accept the client certificate.");
        it.fix = Words::tr("It may belong to another cluster, or the cluster was recreated: get a new kubeconfig.");
        break;
    default:
        it.why = Words::tr("The server does not accept the credential: it is wrong, or it has expired.");
        it.fix = Words::tr("Sign in again, or get a new kubeconfig from whoever runs the cluster.");
        break;
    }
}

bool Examination::permissions(DoctorStep &it)
{
    const auto rights = checkRights(m_http, *m_material, rightsToCheck(m_context.info.ns), m_options.timeout, m_stop);
    if (!rights)
        return failed(it, rights.error());
    m_report.rights = *rights;
    const RightsSummary summary = summarise(*rights);
    const QString ns = text::safe(m_context.info.ns);
    it.detail = Words::tr("%1 of %2 permissions in namespace %3").arg(summary.allowed).arg(summary.total).arg(ns);
    it.state = DoctorState::Done;
    if (summary.missing.isEmpty())
        return true;
    it.why = Words::tr("You don't have permission to: %1.").arg(summary.missing.join(u", "_s));
    it.fix = Words::tr("Ask whoever runs the cluster for a Role with these permissions in the namespace %1.").arg(ns);
    it.fixCommand = u"kubectl auth can-i --list --namespace "_s + ns;
    it.state = summary.readsAnyJobs ? DoctorState::Warning : DoctorState::Failed;
    if (it.state == DoctorState::Failed)
        it.cause = Error::Kind::Forbidden;
    return summary.readsAnyJobs;
}

} // namespace

QString doctorStepName(DoctorStepId id)
{
    switch (id) {
    case DoctorStepId::Kubeconfig: return u"kubeconfig"_s;
    case DoctorStepId::Plugin: return u"plugin"_s;
    case DoctorStepId::Credential: return u"credential"_s;
    case DoctorStepId::Tls: return u"tls"_s;
    case DoctorStepId::Api: return u"api"_s;
    case DoctorStepId::Permissions: return u"permissions"_s;
    }
    return {};
}

QString doctorStateName(DoctorState state)
{
    switch (state) {
    case DoctorState::Pending: return u"pending"_s;
    case DoctorState::Done: return u"done"_s;
    case DoctorState::Warning: return u"warning"_s;
    case DoctorState::Failed: return u"failed"_s;
    case DoctorState::Waits: return u"waits"_s;
    }
    return {};
}

int DoctorReport::failedStep() const
{
    for (int i = 0; i < steps.size(); ++i) {
        if (steps[i].state == DoctorState::Failed)
            return i + 1;
    }
    return 0;
}

QString DoctorReport::headline() const
{
    if (const int failed = failedStep())
        return Words::tr("Stopped at step %1 of %2").arg(failed).arg(steps.size());
    int remarks = 0;
    for (const DoctorStep &step : steps) {
        if (step.state == DoctorState::Pending || step.state == DoctorState::Waits)
            return Words::tr("Not finished");
        remarks += step.state == DoctorState::Warning;
    }
    if (remarks == 0)
        return Words::tr("Everything works");
    return Words::tr("Works, with %n warning(s)", nullptr, remarks);
}

QString DoctorReport::summary() const
{
    const int failed = failedStep();
    if (failed == 0)
        return {};
    int failures = 0;
    bool reachable = false;
    for (const DoctorStep &step : steps) {
        failures += step.state == DoctorState::Failed;
        if (step.id == DoctorStepId::Api)
            reachable = step.state == DoctorState::Done || step.state == DoctorState::Warning;
    }
    if (failures > 1)
        return Words::tr("%1 steps failed; start with step %2.").arg(failures).arg(failed);
    if (reachable && steps[failed - 1].id != DoctorStepId::Permissions)
        return Words::tr("Only step %1 stands between you and the cluster: the network and the server are fine.").arg(failed);
    return Words::tr("Step %1 stands between you and the cluster.").arg(failed);
}

QString DoctorReport::conclusion() const
{
    const QString more = summary();
    return more.isEmpty() ? Words::tr("%1.", "a whole sentence").arg(headline())
                          : Words::tr("%1. %2", "two sentences; the second ends with its own full stop").arg(headline(), more);
}

DoctorReport diagnose(const KubeconfigSource &source, const QString &context, net::HttpClient &http,
                      const DoctorOptions &options, std::stop_token stop, const DoctorProgress &progress)
{
    return Examination(http, options, std::move(stop), progress).run(source, context);
}

} // namespace cairn::kube
