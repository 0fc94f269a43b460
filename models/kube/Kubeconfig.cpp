// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/Kubeconfig.h"

#include "base/Text.h"
#include "kube/ContextCertificate.h"
#include "kube/KubeconfigReader.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QRegularExpression>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace cairn::kube {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::kube)
};

QString quoted(const QString &name)
{
    return u'"' + text::safe(name) + u'"';
}

/// Where client-go takes the transport for TLS although the server has no scheme.
bool hasTlsMaterial(const ClusterEntry &cluster, const UserEntry &user)
{
    return !cluster.caFile.isEmpty() || !cluster.caData.isEmpty() || !user.clientCertFile.isEmpty()
        || !user.clientCertData.isEmpty() || cluster.insecureSkipVerify;
}

SignInKind signInOf(const UserEntry &user)
{
    // client-go: a plugin does not run where the user has another credential (exec.UpdateTransportConfig).
    if (!user.tokenFile.isEmpty())
        return SignInKind::TokenFile;
    if (!user.token.isEmpty())
        return SignInKind::Token;
    if (!user.username.isEmpty() || !user.password.isEmpty())
        return SignInKind::Basic;
    if (!user.clientCertFile.isEmpty() || !user.clientCertData.isEmpty())
        return SignInKind::ClientCertificate;
    if (user.exec)
        return SignInKind::ExecPlugin;
    if (!user.authProvider.isEmpty())
        return SignInKind::AuthProvider;
    return SignInKind::None;
}

Problem problem(const QString &file, const QString &entry, const QString &what, const QString &why, const QString &fix,
                Problem::Severity severity = Problem::Severity::Error)
{
    return {severity, file, 0, entry, what, why, fix};
}

/// The address of a cluster as people may see it: without what could hold a secret, user name, password, query and fragment.
/// A request carries none of them.
QString shownServer(const QString &server)
{
    const bool asks = server.contains(u'?') || server.contains(u'#');
    if (!asks && !server.contains(u'@'))
        return server;
    const QUrl url(server, QUrl::StrictMode);
    if (!url.isValid() || url.host().isEmpty()) // where the host begins is not known, and so not where a password ends
        return server.section(u"://"_s, 0, 0) == server ? u"…"_s : server.section(u"://"_s, 0, 0) + u"://…"_s;
    return url.toString(QUrl::RemoveUserInfo | QUrl::RemoveQuery | QUrl::RemoveFragment) + (asks ? u"?…"_s : QString());
}

QString renameFix()
{
    return Words::tr("Rename one of the two, or use one file by itself: --kubeconfig FILE.");
}

bool saysTheSame(const ClusterEntry &a, const ClusterEntry &b)
{
    return a.server == b.server && a.tlsServerName == b.tlsServerName && a.caFile == b.caFile && a.caData == b.caData
        && a.proxyUrl == b.proxyUrl && a.insecureSkipVerify == b.insecureSkipVerify && a.execExtension == b.execExtension;
}

bool saysTheSame(const std::optional<ExecConfig> &a, const std::optional<ExecConfig> &b)
{
    if (!a || !b)
        return a.has_value() == b.has_value();
    return a->command == b->command && a->args == b->args && a->apiVersion == b->apiVersion
        && std::ranges::equal(a->env, b->env, [](const auto &x, const auto &y) {
               return x.first == y.first && x.second.reveal() == y.second.reveal();
           });
}

bool saysTheSame(const UserEntry &a, const UserEntry &b)
{
    return a.clientCertFile == b.clientCertFile && a.clientCertData == b.clientCertData && a.clientKeyFile == b.clientKeyFile
        && a.clientKeyData.reveal() == b.clientKeyData.reveal() && a.token.reveal() == b.token.reveal()
        && a.tokenFile == b.tokenFile && a.username == b.username && a.password.reveal() == b.password.reveal()
        && a.impersonate == b.impersonate && a.impersonateUid == b.impersonateUid && a.impersonateGroups == b.impersonateGroups
        && a.impersonateExtra == b.impersonateExtra && a.authProvider == b.authProvider && saysTheSame(a.exec, b.exec);
}

/// The entry of this name that `file` has and an earlier file hides; nullptr where there is none.
template <class Entry>
const Entry *hiddenIn(const QList<Entry> &hidden, const QString &file, const QString &name)
{
    const auto it = std::ranges::find_if(hidden, [&](const Entry &entry) { return entry.file == file && entry.name == name; });
    return it == hidden.end() ? nullptr : &*it;
}

} // namespace

QString signInKindName(SignInKind kind)
{
    switch (kind) {
    case SignInKind::None: return u"none"_s;
    case SignInKind::ClientCertificate: return u"client-certificate"_s;
    case SignInKind::Token: return u"token"_s;
    case SignInKind::TokenFile: return u"token-file"_s;
    case SignInKind::Basic: return u"basic"_s;
    case SignInKind::ExecPlugin: return u"exec"_s;
    case SignInKind::AuthProvider: return u"auth-provider"_s;
    }
    return u"none"_s;
}

bool KubeContext::usable() const
{
    for (const Problem &each : problems) {
        if (each.severity == Problem::Severity::Error)
            return false;
    }
    return true;
}

Result<QByteArray> readRegularFile(const QString &path, qint64 limit)
{
    const QString what = Words::tr("The file %1 cannot be read.").arg(quoted(path));
    // O_NONBLOCK: opening a FIFO must not wait for a writer; fstat then tells what was really opened.
    const int fd = path.contains(QChar::Null) ? -1 : ::open(QFile::encodeName(path).constData(),
                                                            O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        const int code = path.contains(QChar::Null) ? ENOENT : errno;
        if (code == ENOENT || code == ENOTDIR)
            return fail(Error::Kind::Io, what, Words::tr("It does not exist."));
        if (code == EACCES || code == EPERM)
            return fail(Error::Kind::Io, what, Words::tr("You don't have permission to read it."),
                        Words::tr("Change its owner or its permissions, for example: chmod u+r FILE"));
        if (code == ELOOP)
            return fail(Error::Kind::Io, what, Words::tr("Its symbolic links lead in a circle."));
        return fail(Error::Kind::Io, what, Words::tr("The system says: %1.").arg(QString::fromLocal8Bit(std::strerror(code))));
    }
    struct Closer {
        int fd;
        ~Closer() { ::close(fd); }
    } const closer{fd};
    struct stat info {};
    if (::fstat(fd, &info) != 0)
        return fail(Error::Kind::Io, what, Words::tr("The system says: %1.").arg(QString::fromLocal8Bit(std::strerror(errno))));
    if (S_ISDIR(info.st_mode))
        return fail(Error::Kind::Io, what, Words::tr("It is a folder."), Words::tr("Name the file inside it."));
    if (!S_ISREG(info.st_mode))
        return fail(Error::Kind::Io, what, Words::tr("It is a pipe, socket or device, not a regular file."),
                    Words::tr("Write its content into a file and name that."));
    const QString tooBig = Words::tr("It is %1 large; at most %2 are read.");
    if (info.st_size > limit)
        return fail(Error::Kind::Io, what, tooBig.arg(text::bytes(info.st_size), text::bytes(limit)),
                    Words::tr("Check that this is the right file."));
    QByteArray bytes;
    char buffer[65536];
    for (;;) {
        const ssize_t got = ::read(fd, buffer, sizeof buffer);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail(Error::Kind::Io, what,
                        Words::tr("The system says: %1.").arg(QString::fromLocal8Bit(std::strerror(errno))));
        if (got == 0)
            return bytes;
        bytes.append(buffer, got);
        if (bytes.size() > limit) // it grew meanwhile, or lies in a file system without sizes (/proc)
            return fail(Error::Kind::Io, what, tooBig.arg(text::bytes(bytes.size()), text::bytes(limit)));
    }
}

Result<QUrl> serverUrl(const ClusterEntry &cluster, const UserEntry &user)
{
    QString raw = cluster.server;
    static const QRegularExpression scheme(u"\\A[A-Za-z][A-Za-z0-9+.-]*://"_s);
    if (!scheme.match(raw).hasMatch())
        raw.prepend(hasTlsMaterial(cluster, user) ? u"https://"_s : u"http://"_s);
    QUrl url(raw, QUrl::StrictMode);
    const QString what = Words::tr("The server of cluster %1 is not a usable address").arg(quoted(cluster.name));
    const QString fix = Words::tr("Write it like https://192.0.2.1:6443.");
    // A password in the address would be shown in every list, so the text is not repeated where there is one.
    if (!url.userInfo().isEmpty())
        return fail(Error::Kind::Invalid, what, Words::tr("It holds a user name or password."),
                    Words::tr("Move them to username and password of the user entry."));
    const bool known = url.scheme() == u"https"_s || url.scheme() == u"http"_s;
    if (!url.isValid() || url.host().isEmpty() || !known)
        return fail(Error::Kind::Invalid, what,
                    Words::tr("%1 is not a complete http or https URL.").arg(quoted(shownServer(cluster.server))),
                    fix);
    url.setQuery(QString());
    url.setFragment(QString());
    return url;
}

KubeconfigSource KubeconfigSource::fromEnvironment()
{
    KubeconfigSource source;
    source.variable = qEnvironmentVariable("KUBECONFIG");
    source.homeFolder = QDir::homePath();
    return source;
}

QStringList KubeconfigSource::files() const
{
    QStringList list;
    if (!explicitFile.isEmpty()) {
        list.append(explicitFile);
    } else {
        if (!variable.isEmpty())
            list = variable.split(QDir::listSeparator(), Qt::SkipEmptyParts);
        else if (!homeFolder.isEmpty())
            list.append(homeFolder + u"/.kube/config"_s);
        list += addedFiles;
    }
    QStringList absolute;
    for (const QString &file : std::as_const(list))
        absolute.append(QDir::cleanPath(QDir::current().absoluteFilePath(file)));
    absolute.removeDuplicates();
    return absolute;
}

Kubeconfig Kubeconfig::load(const KubeconfigSource &source)
{
    Kubeconfig config;
    KubeconfigReader reader(config);
    bool anyExists = false;
    for (const QString &file : source.files()) {
        reader.read(file, !source.explicitFile.isEmpty());
        anyExists = anyExists || config.m_files.last().exists;
    }
    if (!anyExists && source.explicitFile.isEmpty()) {
        QStringList paths;
        for (const KubeconfigFile &file : std::as_const(config.m_files))
            paths.append(text::safe(file.path));
        config.m_problems.append(
            problem({}, {}, Words::tr("No kubeconfig was found"),
                    paths.isEmpty() ? Words::tr("KUBECONFIG names no file.") : Words::tr("None of these exists: %1").arg(paths.join(u", "_s)),
                    Words::tr("Get a kubeconfig from whoever runs the cluster, or start a demo cluster."),
                    Problem::Severity::Warning));
    }
    config.finish();
    return config;
}

Kubeconfig Kubeconfig::fromBytes(const QByteArray &bytes, const QString &path)
{
    Kubeconfig config;
    KubeconfigFile file;
    file.path = path;
    file.exists = true;
    KubeconfigReader(config).readBytes(bytes, file);
    config.m_files.append(file);
    config.finish();
    return config;
}

/// What can only be said once all files are merged.
void Kubeconfig::finish()
{
    if (!m_current.isEmpty() && !m_contexts.contains(m_current))
        m_problems.append(problem(m_currentFile, {}, Words::tr("The current context %1 does not exist").arg(quoted(m_current)),
                                  Words::tr("current-context names a context that no file holds."),
                                  Words::tr("Choose another context, for example: kubectl config use-context NAME"),
                                  Problem::Severity::Warning));
    tellOfHidden();
    for (const QString &name : std::as_const(m_order))
        m_list.append(describe(m_contexts.value(name)));
}

void Kubeconfig::tellOfHidden()
{
    // The same entry in two files hides nothing.
    m_hiddenClusters.removeIf([&](const ClusterEntry &entry) { return saysTheSame(entry, m_clusters[entry.name]); });
    m_hiddenUsers.removeIf([&](const UserEntry &entry) { return saysTheSame(entry, m_users[entry.name]); });
    m_hiddenContexts.removeIf([&](const ContextEntry &entry) {
        const ContextEntry &first = m_contexts[entry.name];
        return entry.cluster == first.cluster && entry.user == first.user && entry.ns == first.ns
            && !hiddenIn(m_hiddenClusters, entry.file, entry.cluster) && !hiddenIn(m_hiddenUsers, entry.file, entry.user);
    });
    const auto tell = [&](const QString &noun, const QString &name, const QString &file, const QString &by, const QString &what) {
        const auto at = std::ranges::find(m_files, file, &KubeconfigFile::path);
        if (at != m_files.end())
            at->problems.append(problem(file, noun + u' ' + quoted(name), what,
                                        Words::tr("%1 comes first and has one of the same name, which wins, as in kubectl.").arg(text::safe(by)),
                                        renameFix(), Problem::Severity::Warning));
    };
    for (const ClusterEntry &entry : std::as_const(m_hiddenClusters))
        tell(u"cluster"_s, entry.name, entry.file, m_clusters[entry.name].file, Words::tr("The cluster %1 of this file is hidden").arg(quoted(entry.name)));
    for (const UserEntry &entry : std::as_const(m_hiddenUsers))
        tell(u"user"_s, entry.name, entry.file, m_users[entry.name].file, Words::tr("The user %1 of this file is hidden").arg(quoted(entry.name)));
    for (const ContextEntry &entry : std::as_const(m_hiddenContexts))
        tell(u"context"_s, entry.name, entry.file, m_contexts[entry.name].file, Words::tr("The context %1 of this file is hidden").arg(quoted(entry.name)));
}

void Kubeconfig::warnOfHidden(const ContextEntry &context, KubeContext &info) const
{
    const QString entry = u"context "_s + quoted(context.name);
    const auto warn = [&](const QString &what, const QString &why) {
        info.problems.append(problem(context.file, entry, what, why, renameFix(), Problem::Severity::Warning));
        info.ambiguous = true;
    };
    if (const ClusterEntry *own = hiddenIn(m_hiddenClusters, context.file, context.cluster)) {
        const ClusterEntry &used = *m_clusters.constFind(context.cluster);
        warn(Words::tr("This context talks to a cluster of another file"),
             Words::tr("Its own file says that the cluster %1 is %2, but %3 comes first, and there it is %4.")
                 .arg(quoted(context.cluster), text::safe(shownServer(own->server)), text::safe(used.file), text::safe(shownServer(used.server))));
    }
    if (hiddenIn(m_hiddenUsers, context.file, context.user)) {
        warn(Words::tr("This context signs in as a user of another file"),
             Words::tr("Its own file has a user %1, but %2 comes first, and its user %1 is the one that is used.")
                 .arg(quoted(context.user), text::safe(m_users.constFind(context.user)->file)));
    }
    for (const ContextEntry &other : m_hiddenContexts) {
        if (other.name != context.name)
            continue;
        const ClusterEntry *meant = hiddenIn(m_hiddenClusters, other.file, other.cluster);
        warn(Words::tr("Another context of this name is hidden"),
             Words::tr("%1 has a context %2 too, for %3. It cannot be reached under this name.")
                 .arg(text::safe(other.file), quoted(other.name), text::safe(shownServer(meant ? meant->server : m_clusters.value(other.cluster).server))));
    }
}

QList<Problem> Kubeconfig::problems() const
{
    QList<Problem> all;
    for (const KubeconfigFile &file : m_files)
        all += file.problems;
    return all + m_problems;
}

UserEntry Kubeconfig::effectiveUser(const ContextEntry &context) const
{
    const UserEntry user = m_users.value(context.user);
    const auto url = serverUrl(m_clusters.value(context.cluster), user);
    if (!url || url->scheme() == u"https"_s)
        return user;
    // client-go reads the credentials only for TLS; impersonation is sent regardless.
    UserEntry bare;
    bare.name = user.name;
    bare.file = user.file;
    bare.impersonate = user.impersonate;
    bare.impersonateUid = user.impersonateUid;
    bare.impersonateGroups = user.impersonateGroups;
    bare.impersonateExtra = user.impersonateExtra;
    return bare;
}

KubeContext Kubeconfig::describe(const ContextEntry &context) const
{
    const QString entry = u"context "_s + quoted(context.name);
    KubeContext info;
    info.name = context.name;
    info.clusterName = context.cluster;
    info.userName = context.user;
    info.ns = context.ns.isEmpty() ? u"default"_s : context.ns;
    info.file = context.file;
    info.isCurrent = context.name == m_current;
    info.problems = context.problems;
    warnOfHidden(context, info);

    const auto cluster = m_clusters.constFind(context.cluster);
    if (cluster != m_clusters.cend()) {
        info.clusterFile = cluster->file;
        info.server = shownServer(cluster->server);
        info.insecure = cluster->insecureSkipVerify;
        info.problems += cluster->problems;
    } else if (!context.cluster.isEmpty()) {
        info.problems.append(problem(context.file, entry, Words::tr("The cluster %1 does not exist").arg(quoted(context.cluster)),
                                     Words::tr("The context %1 names a cluster that no file holds.").arg(quoted(context.name)),
                                     Words::tr("Correct the name, or add the file with the cluster to KUBECONFIG.")));
    }

    const auto listed = m_users.constFind(context.user);
    if (listed == m_users.cend()) {
        if (!context.user.isEmpty())
            info.problems.append(problem(context.file, entry, Words::tr("The user %1 does not exist").arg(quoted(context.user)),
                                         Words::tr("The context %1 names a user that no file holds.").arg(quoted(context.name)),
                                         Words::tr("Correct the name, or add the file with the user to KUBECONFIG.")));
        return info;
    }
    info.userFile = listed->file;
    info.problems += listed->problems;
    const UserEntry user = effectiveUser(context);
    info.signIn = signInOf(user);
    info.impersonates = !user.impersonate.isEmpty();
    if (info.signIn == SignInKind::None && signInOf(*listed) != SignInKind::None)
        info.problems.append(problem(listed->file, entry, Words::tr("The credential is not used"),
                                     Words::tr("The server is not https; a credential would cross the network in plain text."),
                                     Words::tr("Use an https address if the server has one."), Problem::Severity::Warning));
    switch (info.signIn) {
    case SignInKind::ExecPlugin: info.signInDetail = QFileInfo(user.exec->command).fileName(); break;
    case SignInKind::TokenFile: info.signInDetail = user.tokenFile; break;
    case SignInKind::Basic: info.signInDetail = user.username; break;
    case SignInKind::AuthProvider: info.signInDetail = user.authProvider; break;
    default: break;
    }
    const bool fromFile = user.clientCertData.isEmpty() && !user.clientCertFile.isEmpty();
    const QByteArray pem =
        fromFile ? readRegularFile(user.clientCertFile, maxMaterialSize).value_or(QByteArray()) : user.clientCertData;
    if (pem.isEmpty())
        return info;
    if (const auto certificate = certificateInfo(pem))
        info.certificate = *certificate;
    else
        info.problems.append(problem(listed->file, u"user "_s + quoted(listed->name), certificate.error().what,
                                     certificate.error().why, Words::tr("Get the certificate again, in PEM form.")));
    return info;
}

Result<ResolvedContext> Kubeconfig::resolveUnchecked(const QString &context) const
{
    const QString name = context.isEmpty() ? m_current : context;
    if (m_list.isEmpty()) {
        // A file that cannot be read is why there is nothing to choose from.
        for (const Problem &each : problems()) {
            if (each.severity == Problem::Severity::Error)
                return fail(Error::Kind::Invalid, each.what, each.why, each.fix);
        }
    }
    if (name.isEmpty())
        return fail(Error::Kind::NotFound, Words::tr("No context is chosen."),
                    m_list.isEmpty() ? Words::tr("The kubeconfig holds no context.") : Words::tr("The kubeconfig sets no current-context."),
                    Words::tr("Name a context with --context, or choose one."));
    const auto found = m_contexts.constFind(name);
    if (found == m_contexts.cend()) {
        QStringList known;
        for (const QString &each : m_order.mid(0, 10))
            known.append(text::safe(each));
        return fail(Error::Kind::NotFound, Words::tr("The context %1 does not exist.").arg(quoted(name)),
                    known.isEmpty() ? Words::tr("The kubeconfig holds no context.")
                                    : Words::tr("The kubeconfig holds: %1.").arg(known.join(u", "_s)),
                    Words::tr("Check the name, and KUBECONFIG where the context lies in another file."));
    }
    ResolvedContext resolved;
    resolved.info = describe(*found);
    resolved.cluster = m_clusters.value(found->cluster);
    resolved.user = effectiveUser(*found);
    if (const auto url = serverUrl(resolved.cluster, resolved.user))
        resolved.server = *url;
    return resolved;
}

Result<ResolvedContext> Kubeconfig::resolve(const QString &context) const
{
    auto resolved = resolveUnchecked(context);
    if (!resolved)
        return resolved;
    for (const Problem &each : std::as_const(resolved->info.problems)) {
        if (each.severity == Problem::Severity::Error)
            return fail(Error::Kind::Invalid,
                        Words::tr("The context %1 cannot be used: %2.").arg(quoted(resolved->info.name), each.what),
                        each.file.isEmpty() ? each.why : Words::tr("%1 (%2)").arg(each.why, text::safe(each.file)), each.fix);
    }
    return resolved;
}

} // namespace cairn::kube
