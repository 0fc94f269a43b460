// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/SessionCredentials.h"

#include "base/Log.h"
#include "base/Text.h"
#include "kube/ContextCertificate.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <condition_variable>
#include <mutex>
#include <sys/stat.h>

using namespace Qt::StringLiterals;

namespace cairn::kube {
namespace {

constexpr qint64 tokenLifeSecs = 60, tokenLeewaySecs = 10; // client-go transport/token_source.go
constexpr qint64 earlyRefreshSecs = 60;
constexpr qint64 failureMemorySecs = 5;
constexpr qint64 fileCheckMsecs = 1000;

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::kube)
};

/// Changes whenever the file was replaced or rewritten.
QByteArray fileSignature(const QString &path)
{
    struct stat info {};
    if (path.isEmpty() || ::stat(QFile::encodeName(path).constData(), &info) != 0)
        return {};
    return QByteArray::number(qulonglong(info.st_ino)) + ':' + QByteArray::number(qlonglong(info.st_size)) + ':'
        + QByteArray::number(qlonglong(info.st_mtim.tv_sec)) + '.' + QByteArray::number(qlonglong(info.st_mtim.tv_nsec));
}

/// client-go's headerKeyEscape: what is no legal character of a header name, and '%', is percent-encoded.
QByteArray escapedHeaderName(const QString &name)
{
    static const QByteArray legal = "!#$&'*+-.^_`|~";
    QByteArray out;
    for (const char c : name.toUtf8()) {
        const bool alnum = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (alnum || legal.contains(c))
            out.append(c);
        else
            out.append('%' + QByteArray(1, c).toHex().toUpper());
    }
    return out;
}

QList<net::Header> impersonationHeaders(const UserEntry &user)
{
    QList<net::Header> headers;
    if (user.impersonate.isEmpty())
        return headers;
    headers.append({"Impersonate-User", user.impersonate.toUtf8()});
    if (!user.impersonateUid.isEmpty())
        headers.append({"Impersonate-Uid", user.impersonateUid.toUtf8()});
    for (const QString &group : user.impersonateGroups)
        headers.append({"Impersonate-Group", group.toUtf8()});
    for (const auto &extra : user.impersonateExtra) {
        for (const QString &value : extra.second)
            headers.append({"Impersonate-Extra-" + escapedHeaderName(extra.first), value.toUtf8()});
    }
    return headers;
}

bool sameEndpoint(const net::Endpoint &a, const net::Endpoint &b)
{
    return a.caPem == b.caPem && a.clientCertPem == b.clientCertPem && a.clientKeyPem == b.clientKeyPem;
}

} // namespace

class SessionCredentials::Private
{
public:
    Private(const ResolvedContext &resolved, const SessionOptions &given)
        : context(resolved), options(given), usesExec(resolved.info.signIn == SignInKind::ExecPlugin)
    {
    }

    Result<net::Endpoint> buildEndpoint(bool withClientCertificate) const;
    Result<> refreshEndpoint();
    Result<QByteArray> bearer();
    Result<> refreshTokenFile();
    bool execIsFresh() const;
    bool execStillWorks() const;
    Result<> ensureExec(std::unique_lock<std::mutex> &lock, const std::stop_token &stop, const SessionCredentials &owner);
    Result<ExecCredential> runExec(const ConsentRequest &plan, const std::stop_token &stop) const;

    const ResolvedContext &context;
    const SessionOptions &options;
    const bool usesExec;

    mutable std::mutex mutex;
    std::condition_variable_any changed;

    std::shared_ptr<const net::Endpoint> endpoint;
    QByteArray signatures;
    QDateTime filesChecked;

    QByteArray fileToken;
    QDateTime fileTokenRead;
    bool fileTokenRejected = false;

    std::optional<ExecCredential> credential;
    QDateTime obtained;
    bool credentialRejected = false;
    bool running = false;
    quint64 runs = 0; ///< finished ones
    std::optional<Error> lastError;
    QDateTime lastErrorAt;
};

Result<net::Endpoint> SessionCredentials::Private::buildEndpoint(bool withClientCertificate) const
{
    net::Endpoint built;
    built.server = context.server;
    built.tlsServerName = context.cluster.tlsServerName;
    built.insecureSkipVerify = context.cluster.insecureSkipVerify;
    built.proxyUrl = context.cluster.proxyUrl;
    built.compression = !context.cluster.disableCompression;
    if (context.server.scheme() != u"https"_s)
        return built;

    const auto load = [](const QByteArray &data, const QString &path) -> Result<QByteArray> {
        if (!data.isEmpty() || path.isEmpty())
            return data;
        return readRegularFile(path, Kubeconfig::maxMaterialSize);
    };
    const auto ca = load(context.cluster.caData, context.cluster.caFile);
    if (!ca)
        return fail(ca.error());
    if (!ca->isEmpty() && !certificateInfo(*ca))
        return fail(Error::Kind::Invalid, Words::tr("The certificate authority of cluster \"%1\" cannot be read.")
                        .arg(text::safe(context.cluster.name)),
                    Words::tr("It holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)."),
                    Words::tr("Get the kubeconfig again from whoever runs the cluster."));
    built.caPem = *ca;
    if (!withClientCertificate)
        return built;

    const auto cert = load(context.user.clientCertData, context.user.clientCertFile);
    const auto key = load(context.user.clientKeyData.reveal(), context.user.clientKeyFile);
    if (!cert)
        return fail(cert.error());
    if (!key)
        return fail(key.error());
    if (!cert->isEmpty()) {
        if (const auto pair = checkKeyPair(*cert, *key); !pair)
            return fail(pair.error());
        built.clientCertPem = *cert;
        built.clientKeyPem = *key;
    } else if (credential && !credential->certPem.isEmpty()) {
        built.clientCertPem = credential->certPem;
        built.clientKeyPem = credential->keyPem.reveal();
    }
    return built;
}

/// Builds the endpoint anew where a file changed. A broken new file does not take away a working endpoint: writers
/// replace certificate and key one after the other.
Result<> SessionCredentials::Private::refreshEndpoint()
{
    const QDateTime now = options.now();
    if (endpoint && filesChecked.isValid() && qAbs(filesChecked.msecsTo(now)) < fileCheckMsecs)
        return {};
    filesChecked = now;
    const QByteArray current = fileSignature(context.cluster.caFile) + '|' + fileSignature(context.user.clientCertFile)
        + '|' + fileSignature(context.user.clientKeyFile);
    if (endpoint && current == signatures)
        return {};
    auto built = buildEndpoint(true);
    if (!built) {
        if (endpoint) {
            qCWarning(lcAuth) << "keeps the old certificates:" << built.error().oneLine();
            return {};
        }
        return fail(built.error());
    }
    signatures = current;
    if (!endpoint || !sameEndpoint(*endpoint, *built))
        endpoint = std::make_shared<const net::Endpoint>(std::move(*built));
    return {};
}

Result<> SessionCredentials::Private::refreshTokenFile()
{
    const QDateTime now = options.now();
    const bool due = !fileTokenRead.isValid() || fileTokenRejected
        || fileTokenRead.secsTo(now) >= tokenLifeSecs - tokenLeewaySecs || fileTokenRead > now.addSecs(1);
    if (!due)
        return {};
    const auto bytes = readRegularFile(context.user.tokenFile, Kubeconfig::maxMaterialSize);
    if (bytes) {
        const QByteArray token = bytes->trimmed();
        const bool clean = std::none_of(token.cbegin(), token.cend(),
                                        [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
        const bool placeholder = isPlaceholder(token);
        if (!token.isEmpty() && clean && !placeholder) {
            fileToken = token;
            fileTokenRead = now;
            fileTokenRejected = false;
            return {};
        }
        if (fileToken.isEmpty() && context.user.token.isEmpty())
            return fail(Error::Kind::Auth, Words::tr("The token file %1 cannot be used.").arg(text::safe(context.user.tokenFile)),
                        token.isEmpty()   ? Words::tr("It is empty.")
                            : placeholder ? Words::tr("It holds a placeholder in place of a token.")
                                          : Words::tr("It holds more than one line."),
                        Words::tr("Write the token into it, or sign in again with the tool that writes it."));
    } else if (fileToken.isEmpty() && context.user.token.isEmpty()) {
        Error error = bytes.error();
        if (error.fix.isEmpty())
            error.fix = Words::tr("Sign in again with the tool that writes the token file.");
        return fail(error);
    }
    return {};
}

Result<QByteArray> SessionCredentials::Private::bearer()
{
    if (!context.user.tokenFile.isEmpty()) {
        if (const auto done = refreshTokenFile(); !done)
            return fail(done.error());
        if (!fileToken.isEmpty())
            return fileToken;
    }
    if (!context.user.token.isEmpty())
        return context.user.token.reveal();
    return usesExec && credential ? credential->token.reveal() : QByteArray();
}

bool SessionCredentials::Private::execIsFresh() const
{
    if (!credential || credentialRejected)
        return false;
    if (!credential->expires)
        return true;
    const qint64 life = obtained.secsTo(*credential->expires);
    return options.now() < credential->expires->addSecs(-qMin(earlyRefreshSecs, qMax<qint64>(0, life / 4)));
}

bool SessionCredentials::Private::execStillWorks() const
{
    return credential && !credentialRejected && (!credential->expires || options.now() <= *credential->expires);
}

Result<ExecCredential> SessionCredentials::Private::runExec(const ConsentRequest &plan, const std::stop_token &stop) const
{
    ExecPluginRun run;
    run.config = *context.user.exec;
    run.program.path = plan.program;
    // A program that only the login shell finds needs that shell's PATH for its helpers as well.
    if (const auto found = options.search.find(run.config.command, stop))
        run.program.origin = found->origin;
    run.search = options.search;
    run.timeout = options.execTimeout;
    run.terminal = options.terminal;
    const bool interactive = options.terminal && run.config.interactiveMode != InteractiveMode::Never;
    const auto anonymous = buildEndpoint(false);
    if (!anonymous)
        return fail(anonymous.error());
    run.execInfo = execInfo(context, anonymous->caPem, interactive);
    return runExecPlugin(run, stop);
}

Result<> SessionCredentials::Private::ensureExec(std::unique_lock<std::mutex> &lock, const std::stop_token &stop,
                                                 const SessionCredentials &owner)
{
    for (;;) {
        if (execIsFresh())
            return {};
        if (!running) {
            if (lastError && qAbs(lastErrorAt.secsTo(options.now())) < failureMemorySecs) {
                if (execStillWorks())
                    return {};
                return fail(*lastError);
            }
            break;
        }
        const quint64 before = runs;
        if (!changed.wait(lock, stop, [&] { return runs != before || !running; }))
            return fail(Error::cancelled());
        // The run that ended served everybody who waited for it; a cancelled one did not, so the next waiter starts over.
    }
    running = true;
    lock.unlock();
    const auto outcome = [&]() -> Result<ExecCredential> {
        const auto plan = owner.plannedExec(stop);
        if (!plan)
            return fail(plan.error());
        if (const auto may = owner.mayRun(*plan); !may)
            return fail(may.error());
        return runExec(*plan, stop);
    }();
    lock.lock();
    running = false;
    ++runs;
    const bool asksUser = !outcome && outcome.error().kind == Error::Kind::Consent;
    const bool cancelled = !outcome && outcome.error().kind == Error::Kind::Cancelled;
    if (outcome) {
        const ExecCredential old = credential.value_or(ExecCredential());
        const bool rotated = old.certPem != outcome->certPem || !(old.keyPem == outcome->keyPem);
        credential = *outcome;
        obtained = options.now();
        credentialRejected = false;
        lastError.reset();
        if (rotated)
            endpoint.reset(); // built anew below, as a new pointer
    } else if (!asksUser && !cancelled) {
        lastError = outcome.error();
        lastErrorAt = options.now();
    }
    changed.notify_all();
    if (outcome || execStillWorks())
        return {};
    return fail(outcome.error());
}

SessionCredentials::SessionCredentials(ResolvedContext context, SessionOptions options)
    : m_context(std::move(context)), m_options(std::move(options)), d(std::make_unique<Private>(m_context, m_options))
{
}

SessionCredentials::~SessionCredentials() = default;

QString SessionCredentials::defaultNamespace() const
{
    return m_context.info.ns;
}

Result<Credentials::Material> SessionCredentials::material(std::stop_token stop)
{
    if (stop.stop_requested())
        return fail(Error::cancelled());
    for (const Problem &each : m_context.info.problems) {
        if (each.severity == Problem::Severity::Error)
            return fail(Error::Kind::Invalid, each.what, each.why, each.fix);
    }
    std::unique_lock lock(d->mutex);
    if (d->usesExec) {
        if (const auto done = d->ensureExec(lock, stop, *this); !done)
            return fail(done.error());
    }
    if (const auto done = d->refreshEndpoint(); !done)
        return fail(done.error());
    Material material;
    material.endpoint = d->endpoint;
    const auto token = d->bearer();
    if (!token)
        return fail(token.error());
    if (!token->isEmpty())
        material.headers.append({"Authorization", "Bearer " + *token});
    else if (m_context.info.signIn == SignInKind::Basic)
        material.headers.append({"Authorization",
                                 "Basic "
                                     + (m_context.user.username.toUtf8() + ':' + m_context.user.password.reveal()).toBase64()});
    material.headers += impersonationHeaders(m_context.user);
    return material;
}

void SessionCredentials::rejected(const Material &used)
{
    const std::lock_guard lock(d->mutex);
    const auto sent = [&used] {
        for (const net::Header &header : used.headers) {
            if (header.first == "Authorization")
                return header.second;
        }
        return QByteArray();
    }();
    d->filesChecked = {}; // a rotated client certificate is looked for at once
    if (d->usesExec && d->credential) {
        const QByteArray token = d->credential->token.reveal();
        const bool sameToken = token.isEmpty() ? sent.isEmpty() : sent == "Bearer " + token;
        if (sameToken && (d->credential->certPem.isEmpty() || used.endpoint == d->endpoint))
            d->credentialRejected = true;
    } else if (!m_context.user.tokenFile.isEmpty() && sent == "Bearer " + d->fileToken) {
        d->fileTokenRejected = true;
    }
}

Result<std::shared_ptr<const net::Endpoint>> SessionCredentials::anonymousEndpoint()
{
    const std::lock_guard lock(d->mutex);
    auto built = d->buildEndpoint(false);
    if (!built)
        return fail(built.error());
    return std::make_shared<const net::Endpoint>(std::move(*built));
}

QDateTime SessionCredentials::expires() const
{
    const std::lock_guard lock(d->mutex);
    return d->credential && d->credential->expires ? *d->credential->expires : QDateTime();
}

Result<ConsentRequest> SessionCredentials::plannedExec(std::stop_token stop) const
{
    if (!m_context.user.exec)
        return fail(Error::Kind::Unsupported, Words::tr("The user \"%1\" has no exec plugin.").arg(text::safe(m_context.user.name)));
    const ExecConfig &exec = *m_context.user.exec;
    const auto found = m_options.search.find(exec.command, stop);
    if (!found) {
        Error error = found.error();
        const QString hint = text::safe(exec.installHint.simplified()).left(1000);
        if (error.kind == Error::Kind::NotFound && !hint.isEmpty())
            error.fix = hint;
        return fail(error);
    }
    const auto policy = m_options.policy();
    if (!policy)
        return fail(policy.error());
    const auto allowed = policy->check(found->path, [&](const QString &name) {
        const auto entry = m_options.search.find(name, stop);
        return entry ? entry->path : QString();
    });
    if (!allowed)
        return fail(allowed.error());
    ConsentRequest request;
    request.kubeconfigFile = m_context.user.file;
    request.context = m_context.info.name;
    request.program = found->path;
    request.args = exec.args;
    request.env = exec.env;
    return request;
}

Result<> SessionCredentials::mayRun(const ConsentRequest &request) const
{
    if (m_options.allowExec == AllowExec::Always)
        return {};
    if (m_options.allowExec == AllowExec::IfConsented && m_options.consent && m_options.consent->isAllowed(request))
        return {};
    const QString names = request.variableNames().join(u", "_s);
    return fail(Error::Kind::Consent,
                Words::tr("The context \"%1\" signs in through a program of this computer, which needs your consent.")
                    .arg(text::safe(request.context)),
                names.isEmpty() ? Words::tr("It would run: %1").arg(request.commandLine())
                                : Words::tr("It would run: %1 (with the variables %2)").arg(request.commandLine(), names),
                // Where nobody can be asked, an option has to say it.
                (m_options.allowExec == AllowExec::Never ? Words::tr("Allow it with --allow-exec if you trust %1.") : Words::tr("Allow it if you trust %1."))
                    .arg(text::safe(request.kubeconfigFile)));
}

} // namespace cairn::kube
