// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/Doctor.h"

#include "base/Text.h"
#include "kube/DoctorApi.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace cairn::kube {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::kube)
};

QString labelOf(ContextStatus status)
{
    switch (status) {
    case ContextStatus::Reachable: return Words::tr("Reachable");
    case ContextStatus::ReachableReadOnly: return Words::tr("Reachable, read-only");
    case ContextStatus::ReachableLimited: return Words::tr("Reachable, limited");
    case ContextStatus::NeedsSignIn: return Words::tr("Needs sign-in");
    case ContextStatus::CertificateExpired: return Words::tr("Certificate expired");
    case ContextStatus::PluginNotFound: return Words::tr("Exec plugin not found");
    case ContextStatus::NotReachable: return Words::tr("Not reachable");
    case ContextStatus::Broken: return Words::tr("Kubeconfig entry is broken");
    }
    return {};
}

ContextProbe verdict(ContextProbe probe, ContextStatus status, const QString &detail)
{
    probe.status = status;
    probe.label = labelOf(status);
    probe.detail = detail;
    return probe;
}

ContextProbe verdict(ContextProbe probe, ContextStatus status, const QString &detail, const Error &error)
{
    probe.error = error;
    return verdict(std::move(probe), status, detail);
}

/// The word for an exchange that failed.
ContextProbe unreachable(const ContextProbe &probe, const Error &error, const DoctorOptions &options)
{
    if (error.reason.endsWith(u"CERT_HAS_EXPIRED"_s))
        return verdict(probe, ContextStatus::CertificateExpired, Words::tr("the server's certificate has expired"), error);
    if (error.kind == Error::Kind::Auth) // the server hung up on our client certificate
        return verdict(probe, ContextStatus::NeedsSignIn, error.what, error);
    if (error.kind == Error::Kind::Timeout)
        return verdict(probe, ContextStatus::NotReachable,
                       Words::tr("no answer in %1; VPN off?").arg(text::duration(options.timeout)), error);
    return verdict(probe, ContextStatus::NotReachable, error.why.isEmpty() ? error.what : error.why, error);
}

/// The word for a credential that could not be had.
ContextProbe noCredential(const ContextProbe &probe, const Error &error, const KubeContext &context)
{
    switch (error.kind) {
    case Error::Kind::NotFound:
        return verdict(probe, ContextStatus::PluginNotFound,
                       Words::tr("%1 is not on the PATH of Cairn").arg(text::safe(context.signInDetail)), error);
    case Error::Kind::Consent:
        return verdict(probe, ContextStatus::NeedsSignIn,
                       Words::tr("%1 needs your consent to run").arg(text::safe(context.signInDetail)), error);
    case Error::Kind::Invalid:
    case Error::Kind::Io:
    case Error::Kind::Unsupported: return verdict(probe, ContextStatus::Broken, error.what, error);
    default: return verdict(probe, ContextStatus::NeedsSignIn, error.what, error);
    }
}

} // namespace

QString contextStatusName(ContextStatus status)
{
    switch (status) {
    case ContextStatus::Reachable: return u"reachable"_s;
    case ContextStatus::ReachableReadOnly: return u"read-only"_s;
    case ContextStatus::ReachableLimited: return u"limited"_s;
    case ContextStatus::NeedsSignIn: return u"needs-sign-in"_s;
    case ContextStatus::CertificateExpired: return u"certificate-expired"_s;
    case ContextStatus::PluginNotFound: return u"plugin-not-found"_s;
    case ContextStatus::NotReachable: return u"not-reachable"_s;
    case ContextStatus::Broken: return u"broken"_s;
    }
    return {};
}

ContextProbe probe(const ResolvedContext &context, net::HttpClient &http, const DoctorOptions &options,
                   std::stop_token stop)
{
    ContextProbe result;
    for (const Problem &each : context.info.problems) {
        if (each.severity == Problem::Severity::Error)
            return verdict(result, ContextStatus::Broken, each.what,
                           Error::make(Error::Kind::Invalid, each.what, each.why, each.fix));
    }
    const QDateTime now = options.now();
    if (context.info.signIn == SignInKind::ClientCertificate && context.info.certificate
        && context.info.certificate->notAfter < now)
        return verdict(result, ContextStatus::CertificateExpired,
                       Words::tr("ended %1").arg(text::ago(context.info.certificate->notAfter, now)));

    SessionCredentials session(context, options.session);
    const bool anonymous = context.info.signIn == SignInKind::ExecPlugin && !options.runPlugin;
    Credentials::Material material;
    if (anonymous) {
        if (const auto plan = session.plannedExec(stop); !plan)
            return noCredential(result, plan.error(), context.info);
        const auto endpoint = session.anonymousEndpoint();
        if (!endpoint)
            return noCredential(result, endpoint.error(), context.info);
        material.endpoint = *endpoint;
    } else {
        const auto obtained = session.material(stop);
        if (!obtained)
            return noCredential(result, obtained.error(), context.info);
        material = *obtained;
    }

    auto answer = askVersion(http, material, options.timeout, stop);
    if (answer && answer->meaning == ApiAnswer::Meaning::SignIn && !anonymous) {
        session.rejected(material);
        const auto renewed = session.material(stop);
        if (renewed && (renewed->headers != material.headers || renewed->endpoint != material.endpoint)) {
            material = *renewed;
            answer = askVersion(http, material, options.timeout, stop);
        }
    }
    if (!answer)
        return unreachable(result, answer.error(), options);
    result.latency = answer->took;
    result.serverVersion = answer->version;
    if (anonymous)
        return verdict(result, ContextStatus::NeedsSignIn, Words::tr("the server is up"));
    if (answer->meaning == ApiAnswer::Meaning::SignIn || answer->meaning == ApiAnswer::Meaning::ForeignSignIn)
        return verdict(result, ContextStatus::NeedsSignIn, Words::tr("the server does not accept the credential"));

    QString facts = Words::tr("%1 ms").arg(answer->took.count());
    if (!answer->version.isEmpty())
        facts = answer->version + u" · "_s + facts;
    const auto rights = checkRights(http, material, rightsToCheck(context.info.ns), options.timeout, stop);
    if (!rights)
        return verdict(result, ContextStatus::ReachableLimited, Words::tr("%1 · permissions unknown").arg(facts), rights.error());
    const RightsSummary summary = summarise(*rights);
    result.rightsAllowed = summary.allowed;
    result.rightsTotal = summary.total;
    if (summary.missing.isEmpty())
        return verdict(result, ContextStatus::Reachable, facts);
    if (summary.readsAll && !summary.writesAny)
        return verdict(result, ContextStatus::ReachableReadOnly, facts);
    const QString count = Words::tr("%1 of %2 permissions").arg(summary.allowed).arg(summary.total);
    return verdict(result, ContextStatus::ReachableLimited,
                   answer->version.isEmpty() ? count : count + u" · "_s + answer->version);
}

} // namespace cairn::kube
