// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/KubeconfigReader.h"

#include "base/Text.h"
#include "kube/ContextCertificate.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QJsonValue>
#include <QSet>
#include <algorithm>

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

QString typeWord(yaml::Node::Type type)
{
    switch (type) {
    case yaml::Node::Type::Null: return Words::tr("nothing");
    case yaml::Node::Type::Text: return Words::tr("text");
    case yaml::Node::Type::Number: return Words::tr("a number");
    case yaml::Node::Type::Bool: return Words::tr("true or false");
    case yaml::Node::Type::List: return Words::tr("a list");
    case yaml::Node::Type::Map: return Words::tr("a map");
    }
    return {};
}

bool isNull(const yaml::Node *node)
{
    return !node || node->type == yaml::Node::Type::Null;
}

/// HTTP header values must not be able to start a new header (client-go percent-encodes extra keys only).
bool isHeaderSafe(const QString &value)
{
    for (const QChar c : value) {
        if (c.unicode() < 0x20 || c.unicode() == 0x7f)
            return false;
    }
    return true;
}

} // namespace

bool isPlaceholder(const QByteArray &value)
{
    // As kubectl writes them; other tools put them into brackets or asterisks.
    QByteArray word = value.trimmed();
    while (word.size() > 2 && (word.startsWith('<') || word.startsWith('[') || word.startsWith('*') || word.startsWith('(')))
        word = word.sliced(1, word.size() - 2).trimmed();
    word = word.toUpper();
    return word == "DATA+OMITTED" || word == "REDACTED" || word == "OMITTED" || word == "REDACTED_DATA";
}

void KubeconfigReader::add(const Place &place, int line, const QString &what, const QString &why, const QString &fix,
                           Problem::Severity severity)
{
    place.problems->append({severity, m_file->path, line, place.entry, what, why, fix});
}

QString KubeconfigReader::absolute(const QString &path) const
{
    if (path.isEmpty() || QDir::isAbsolutePath(path))
        return path;
    return QDir::cleanPath(QFileInfo(m_file->path).absolutePath() + u'/' + path);
}

QString KubeconfigReader::text(const yaml::Node &map, const char *key, const Place &place)
{
    const yaml::Node *node = map.find(key);
    if (isNull(node))
        return {};
    if (node->type != yaml::Node::Type::Text) {
        const bool scalar = node->type == yaml::Node::Type::Number || node->type == yaml::Node::Type::Bool;
        add(place, node->line, Words::tr("%1 is not text").arg(QLatin1StringView(key)),
            Words::tr("Line %1 gives %2 where text belongs.").arg(node->line).arg(typeWord(node->type)),
            scalar ? Words::tr("Put the value in quotes.") : Words::tr("Correct the field in the file."));
        return {};
    }
    return QString::fromUtf8(node->text);
}

bool KubeconfigReader::flag(const yaml::Node &map, const char *key, const Place &place)
{
    const yaml::Node *node = map.find(key);
    if (isNull(node))
        return false;
    if (node->type != yaml::Node::Type::Bool) {
        add(place, node->line, Words::tr("%1 is neither true nor false").arg(QLatin1StringView(key)),
            Words::tr("Line %1 gives %2.").arg(node->line).arg(typeWord(node->type)), Words::tr("Write true or false without quotes."));
        return false;
    }
    return node->isTrue();
}

QStringList KubeconfigReader::texts(const yaml::Node &map, const char *key, const Place &place)
{
    const yaml::Node *node = map.find(key);
    QStringList list;
    if (isNull(node))
        return list;
    bool good = node->type == yaml::Node::Type::List;
    for (const yaml::Node *item : node->items) {
        good = good && item->type == yaml::Node::Type::Text;
        list.append(QString::fromUtf8(item->text));
    }
    if (!good) {
        add(place, node->line, Words::tr("%1 is not a list of texts").arg(QLatin1StringView(key)),
            Words::tr("Line %1 holds something else; numbers and true or false need quotes.").arg(node->line),
            Words::tr("Write one text per line, each after a dash, in quotes where it looks like a number."));
        return {};
    }
    return list;
}

QByteArray KubeconfigReader::base64(const yaml::Node &map, const char *key, const Place &place)
{
    const yaml::Node *node = map.find(key);
    const QString value = text(map, key, place);
    if (value.isEmpty())
        return {};
    if (isLeftOut(key, value, node, place))
        return {};
    QByteArray bytes = value.toLatin1();
    bytes.replace('\n', "").replace('\r', "");
    const auto result = QByteArray::fromBase64Encoding(bytes, QByteArray::AbortOnBase64DecodingErrors);
    if (!result) {
        add(place, node->line, Words::tr("%1 cannot be decoded").arg(QLatin1StringView(key)),
            Words::tr("The value at line %1 is not base64.").arg(node->line),
            Words::tr("It may have been cut when it was copied. Get the file again, or name a file in %1.")
                .arg(QString::fromLatin1(key).remove(u"-data"_s)));
        return {};
    }
    return *result;
}

bool KubeconfigReader::isLeftOut(const char *key, const QString &value, const yaml::Node *node, const Place &place)
{
    if (!isPlaceholder(value.toUtf8()))
        return false;
    const QString what = Words::tr("The credentials were left out when this file was written");
    // Once for each entry: whoever leaves out the certificate leaves out the key, too.
    if (std::ranges::none_of(*place.problems, [&](const Problem &each) { return each.what == what; }))
        add(place, node ? node->line : 0, what,
            Words::tr("%1 holds %2, which kubectl config view writes in place of certificates, keys, tokens and passwords.")
                .arg(QLatin1StringView(key), text::safe(value.trimmed())),
            Words::tr("Write the file again with: kubectl config view --raw"));
    return true;
}

void KubeconfigReader::checkAuthority(const ClusterEntry &cluster, const Place &place)
{
    const auto url = serverUrl(cluster, {});
    if (!url || url->scheme() != u"https"_s || cluster.insecureSkipVerify)
        return;
    const bool inside = !cluster.caData.isEmpty();
    const QByteArray pem = inside ? cluster.caData
        : cluster.caFile.isEmpty() ? QByteArray()
                                   : readRegularFile(cluster.caFile, Kubeconfig::maxMaterialSize).value_or(QByteArray());
    if (pem.isEmpty() || certificateInfo(pem))
        return;
    add(place, 0, Words::tr("The certificate authority of the cluster %1 cannot be read").arg(quoted(cluster.name)),
        inside ? Words::tr("certificate-authority-data holds no certificate in PEM form.")
               : Words::tr("%1 holds no certificate in PEM form.").arg(text::safe(cluster.caFile)),
        Words::tr("Get the kubeconfig again; decoded, the value begins with -----BEGIN CERTIFICATE-----."));
}

void KubeconfigReader::checkFile(const QString &path, const QString &field, const Place &place)
{
    if (path.isEmpty())
        return;
    // client-go opens the files while validating; so a context shows it before anybody presses Connect.
    const auto bytes = readRegularFile(path, Kubeconfig::maxMaterialSize);
    if (!bytes)
        add(place, 0, Words::tr("The file of %1 cannot be read").arg(field), bytes.error().what + u' ' + bytes.error().why,
            Words::tr("Correct the path, or restore the file."));
}

void KubeconfigReader::read(const QString &path, bool mustExist)
{
    KubeconfigFile file;
    file.path = path;
    const QFileInfo info(path);
    file.exists = info.exists() || info.isSymLink();
    file.modified = info.lastModified();
    if (file.exists || mustExist) {
        if (const auto bytes = readRegularFile(path, Kubeconfig::maxFileSize)) {
            readBytes(*bytes, file);
        } else {
            const QString fix = file.exists ? Words::tr("Correct it, or take the file out of the list.")
                                            : Words::tr("Check the path; it was named explicitly, so it must exist.");
            file.problems.append({Problem::Severity::Error, path, 0, {}, bytes.error().what, bytes.error().why,
                                  bytes.error().fix.isEmpty() ? fix : bytes.error().fix});
        }
    }
    m_into.m_files.append(file);
}

void KubeconfigReader::readBytes(const QByteArray &bytes, KubeconfigFile &file)
{
    m_file = &file;
    const Place place{&file.problems, {}};
    if (bytes.trimmed().isEmpty()) // client-go: an empty file is an empty config
        return;
    const auto document = yaml::Document::parse(bytes, Words::tr("The kubeconfig %1 cannot be read.").arg(quoted(file.path)));
    if (!document) {
        add(place, 0, document.error().what, document.error().why, document.error().fix);
        return;
    }
    if (document->hasFurtherDocuments())
        add(place, 0, Words::tr("The kubeconfig holds several documents"), Words::tr("Only the first one is used, as in kubectl."),
            Words::tr("Put each document into a file of its own and name both in KUBECONFIG."), Problem::Severity::Warning);
    readRoot(document->root());
    m_file = nullptr;
}

void KubeconfigReader::readRoot(const yaml::Node &root)
{
    const Place place{&m_file->problems, {}};
    const QString check = Words::tr("Check that the path names a kubeconfig.");
    if (root.type == yaml::Node::Type::Null)
        return;
    if (root.type != yaml::Node::Type::Map) {
        add(place, root.line, Words::tr("This is not a kubeconfig"),
            Words::tr("It holds %1 where a map with clusters, users and contexts belongs.").arg(typeWord(root.type)), check);
        return;
    }
    const QString kind = text(root, "kind", place);
    if (!kind.isEmpty() && kind != u"Config"_s) {
        add(place, root.line, Words::tr("This is not a kubeconfig"), Words::tr("It says that it is a %1.").arg(quoted(kind)), check);
        return;
    }
    const QString version = text(root, "apiVersion", place);
    if (!version.isEmpty() && version != u"v1"_s) {
        add(place, root.line, Words::tr("This kubeconfig has an unknown version"),
            Words::tr("It says apiVersion %1; the only known one is v1.").arg(quoted(version)), check);
        return;
    }
    const QString current = text(root, "current-context", place);
    if (m_into.m_current.isEmpty() && !current.isEmpty()) {
        m_into.m_current = current;
        m_into.m_currentFile = m_file->path;
    }
    readList(root, "clusters", "cluster", u"cluster"_s, m_into.m_clusters, m_into.m_hiddenClusters,
             [this](const yaml::Node &node, ClusterEntry &entry) { readCluster(node, entry); });
    readList(root, "users", "user", u"user"_s, m_into.m_users, m_into.m_hiddenUsers,
             [this](const yaml::Node &node, UserEntry &entry) { readUser(node, entry); });
    readList(root, "contexts", "context", u"context"_s, m_into.m_contexts, m_into.m_hiddenContexts,
             [this](const yaml::Node &node, ContextEntry &entry) { readContext(node, entry); });
    // File order is what people see in the file; a QMap would sort.
    if (const yaml::Node *list = root.find("contexts")) {
        QSet<QString> seen;
        for (const yaml::Node *item : list->items) {
            const yaml::Node *name = item->find("name");
            const QString key = name ? QString::fromUtf8(name->text) : QString();
            if (!m_into.m_contexts.contains(key) || seen.contains(key))
                continue;
            seen.insert(key);
            ++m_file->contexts;
            if (!m_into.m_order.contains(key))
                m_into.m_order.append(key);
        }
    }
}

template <class Entry, class Read>
void KubeconfigReader::readList(const yaml::Node &root, const char *listKey, const char *bodyKey, const QString &noun,
                                QMap<QString, Entry> &into, QList<Entry> &hidden, Read read)
{
    const Place filePlace{&m_file->problems, {}};
    const yaml::Node *list = root.find(listKey);
    if (isNull(list))
        return;
    if (list->type != yaml::Node::Type::List) {
        add(filePlace, list->line, Words::tr("%1 is not a list").arg(QLatin1StringView(listKey)),
            Words::tr("Line %1 holds %2.").arg(list->line).arg(typeWord(list->type)),
            Words::tr("Write each entry after a dash, with a name."));
        return;
    }
    QMap<QString, Entry> found;
    QSet<QString> duplicates;
    int number = 0;
    for (const yaml::Node *item : list->items) {
        ++number;
        const Place unnamed{&m_file->problems, u"%1 %2"_s.arg(noun).arg(number)};
        if (item->type != yaml::Node::Type::Map) {
            add(unnamed, item->line, Words::tr("Entry %1 of %2 is skipped").arg(number).arg(QLatin1StringView(listKey)),
                Words::tr("It holds %1 where a map with a name belongs.").arg(typeWord(item->type)),
                Words::tr("Correct or remove the entry."));
            continue;
        }
        const qsizetype before = m_file->problems.size();
        const QString name = text(*item, "name", unnamed);
        if (name.isEmpty()) {
            if (m_file->problems.size() == before)
                add(unnamed, item->line, Words::tr("Entry %1 of %2 is skipped").arg(number).arg(QLatin1StringView(listKey)),
                    Words::tr("It has no name."), Words::tr("Give it a name, or remove it."));
            continue;
        }
        if (found.contains(name)) {
            duplicates.insert(name);
            continue;
        }
        Entry entry;
        entry.name = name;
        entry.file = m_file->path;
        const yaml::Node *body = item->find(bodyKey);
        if (isNull(body)) {
            static const yaml::Node empty{yaml::Node::Type::Map, 0, {}, {}, {}};
            body = &empty;
        }
        if (body->type == yaml::Node::Type::Map) {
            read(*body, entry);
        } else {
            const Place place{&entry.problems, noun + u' ' + quoted(name)};
            add(place, body->line, Words::tr("%1 of %2 is not a map").arg(QLatin1StringView(bodyKey), quoted(name)),
                Words::tr("Line %1 holds %2.").arg(body->line).arg(typeWord(body->type)), Words::tr("Correct the entry."));
        }
        found.insert(name, entry);
    }
    for (const QString &name : std::as_const(duplicates)) {
        const QString what = Words::tr("The name %1 appears twice in %2").arg(quoted(name), QLatin1StringView(listKey));
        const QString why = Words::tr("It is ambiguous which one is meant; kubectl rejects the whole file.");
        const QString fix = Words::tr("Rename or remove one of the two.");
        add(filePlace, 0, what, why, fix);
        const Place place{&found[name].problems, noun + u' ' + quoted(name)};
        add(place, 0, what, why, fix);
    }
    for (auto it = found.cbegin(); it != found.cend(); ++it) {
        if (!into.contains(it.key())) // the first file wins, as a whole entry
            into.insert(it.key(), it.value());
        else
            hidden.append(it.value());
    }
}

void KubeconfigReader::readCluster(const yaml::Node &node, ClusterEntry &cluster)
{
    const Place place{&cluster.problems, u"cluster "_s + quoted(cluster.name)};
    cluster.server = text(node, "server", place).trimmed();
    cluster.tlsServerName = text(node, "tls-server-name", place);
    cluster.caFile = absolute(text(node, "certificate-authority", place));
    cluster.caData = base64(node, "certificate-authority-data", place);
    cluster.proxyUrl = text(node, "proxy-url", place);
    cluster.insecureSkipVerify = flag(node, "insecure-skip-tls-verify", place);
    cluster.disableCompression = flag(node, "disable-compression", place);
    if (const yaml::Node *extensions = node.find("extensions")) {
        for (const yaml::Node *item : extensions->items) {
            const yaml::Node *name = item->find("name");
            const yaml::Node *body = item->find("extension");
            if (name && body && name->text == "client.authentication.k8s.io/exec")
                cluster.execExtension = yaml::toJson(*body).toObject();
        }
    }
    validate(cluster, place);
}

void KubeconfigReader::validate(ClusterEntry &cluster, const Place &place)
{
    if (cluster.server.isEmpty()) {
        add(place, 0, Words::tr("The cluster %1 has no server").arg(quoted(cluster.name)), Words::tr("The field server is empty."),
            Words::tr("Add the address of the API server, for example https://192.0.2.1:6443."));
    } else if (const auto url = serverUrl(cluster, {}); !url) {
        add(place, 0, url.error().what, url.error().why, url.error().fix);
    }
    if (!cluster.caFile.isEmpty() && !cluster.caData.isEmpty())
        add(place, 0, Words::tr("The certificate authority is given twice"),
            Words::tr("Both certificate-authority and certificate-authority-data are set."), Words::tr("Remove one of them."));
    if (cluster.insecureSkipVerify && (!cluster.caFile.isEmpty() || !cluster.caData.isEmpty()))
        add(place, 0, Words::tr("The certificate authority conflicts with insecure-skip-tls-verify"),
            Words::tr("A server cannot be both verified and not verified; kubectl rejects this as well."),
            Words::tr("Remove insecure-skip-tls-verify to keep the connection safe."));
    checkFile(cluster.caFile, u"certificate-authority"_s, place);
    checkAuthority(cluster, place);
    if (!cluster.proxyUrl.isEmpty()) {
        const QUrl proxy(cluster.proxyUrl, QUrl::StrictMode);
        const QString scheme = proxy.scheme();
        const bool known = scheme == u"http"_s || scheme == u"https"_s || scheme == u"socks5"_s;
        // The value may hold a password, so the texts do not repeat it.
        if (!proxy.isValid() || !known || proxy.host().isEmpty())
            add(place, 0, Words::tr("proxy-url cannot be used"),
                known ? Words::tr("It is not a complete URL.") : Words::tr("Its scheme is not http, https or socks5."),
                Words::tr("Write it like http://proxy.example:3128."));
    }
}

void KubeconfigReader::readUser(const yaml::Node &node, UserEntry &user)
{
    const Place place{&user.problems, u"user "_s + quoted(user.name)};
    user.clientCertFile = absolute(text(node, "client-certificate", place));
    user.clientCertData = base64(node, "client-certificate-data", place);
    user.clientKeyFile = absolute(text(node, "client-key", place));
    user.clientKeyData = Secret(base64(node, "client-key-data", place));
    if (const QString token = text(node, "token", place); !isLeftOut("token", token, node.find("token"), place))
        user.token = Secret(token.toUtf8());
    user.tokenFile = absolute(text(node, "tokenFile", place));
    user.username = text(node, "username", place);
    if (const QString password = text(node, "password", place); !isLeftOut("password", password, node.find("password"), place))
        user.password = Secret(password.toUtf8());
    if (const yaml::Node *provider = node.find("auth-provider"); !isNull(provider)) {
        user.authProvider = text(*provider, "name", place);
        if (user.authProvider.isEmpty())
            user.authProvider = u"?"_s;
    }
    readImpersonation(node, user, place);
    bool modeGiven = false;
    if (const yaml::Node *exec = node.find("exec"); !isNull(exec)) {
        readExec(*exec, user, place);
        modeGiven = !isNull(exec->find("interactiveMode"));
    }
    validate(user, place);
    validateExec(user, modeGiven, place);
}

void KubeconfigReader::readImpersonation(const yaml::Node &node, UserEntry &user, const Place &place)
{
    user.impersonate = text(node, "as", place);
    user.impersonateUid = text(node, "as-uid", place);
    user.impersonateGroups = texts(node, "as-groups", place);
    if (const yaml::Node *extra = node.find("as-user-extra"); !isNull(extra)) {
        if (extra->type != yaml::Node::Type::Map)
            add(place, extra->line, Words::tr("as-user-extra is not a map"),
                Words::tr("Line %1 holds %2.").arg(extra->line).arg(typeWord(extra->type)), Words::tr("Correct the field."));
        for (const auto &member : extra->members)
            user.impersonateExtra.append({QString::fromUtf8(member.first), texts(*extra, member.first.constData(), place)});
    }
    bool safe = isHeaderSafe(user.impersonate) && isHeaderSafe(user.impersonateUid);
    for (const QString &group : std::as_const(user.impersonateGroups))
        safe = safe && isHeaderSafe(group);
    for (const auto &extra : std::as_const(user.impersonateExtra)) {
        for (const QString &value : extra.second)
            safe = safe && isHeaderSafe(value);
    }
    if (!safe)
        add(place, 0, Words::tr("The impersonated identity cannot be sent"),
            Words::tr("A value of as, as-uid, as-groups or as-user-extra holds a line break or control character."),
            Words::tr("Remove the character."));
    if (user.impersonate.isEmpty()
        && !(user.impersonateUid.isEmpty() && user.impersonateGroups.isEmpty() && user.impersonateExtra.isEmpty()))
        add(place, 0, Words::tr("Impersonation lacks a user"), Words::tr("as-uid, as-groups and as-user-extra need as beside them."),
            Words::tr("Add as with the user to impersonate, or remove the other fields."));
}

void KubeconfigReader::readExec(const yaml::Node &node, UserEntry &user, const Place &place)
{
    ExecConfig exec;
    if (node.type != yaml::Node::Type::Map) {
        add(place, node.line, Words::tr("exec is not a map"), Words::tr("Line %1 holds %2.").arg(node.line).arg(typeWord(node.type)),
            Words::tr("Correct the entry."));
        user.exec = exec;
        return;
    }
    exec.command = text(node, "command", place);
    // client-go: only a command with a path separator belongs to the folder of the file; a bare name is searched.
    if (exec.command.contains(u'/'))
        exec.command = absolute(exec.command);
    exec.args = texts(node, "args", place);
    exec.apiVersion = text(node, "apiVersion", place);
    exec.installHint = text(node, "installHint", place);
    exec.provideClusterInfo = flag(node, "provideClusterInfo", place);
    const QString mode = text(node, "interactiveMode", place);
    if (mode == u"Never"_s)
        exec.interactiveMode = InteractiveMode::Never;
    else if (mode == u"Always"_s)
        exec.interactiveMode = InteractiveMode::Always;
    else if (!mode.isEmpty() && mode != u"IfAvailable"_s)
        add(place, 0, Words::tr("interactiveMode %1 is unknown").arg(quoted(mode)),
            Words::tr("It can be Never, IfAvailable or Always."), Words::tr("Correct the field."));
    if (const yaml::Node *env = node.find("env"); !isNull(env)) {
        if (env->type != yaml::Node::Type::List)
            add(place, env->line, Words::tr("env is not a list"), Words::tr("Line %1 holds %2.").arg(env->line).arg(typeWord(env->type)),
                Words::tr("Write each variable after a dash, with name and value."));
        for (const yaml::Node *item : env->items) {
            const QString name = text(*item, "name", place);
            const QString value = text(*item, "value", place);
            if (name.isEmpty() || name.contains(u'=') || name.contains(QChar::Null))
                add(place, item->line, Words::tr("A variable of the exec plugin has no usable name"),
                    Words::tr("The entry at line %1 of env has an empty name or one with an equals sign.").arg(item->line),
                    Words::tr("Name the variable."));
            else
                exec.env.append({name, Secret(value.toUtf8())});
        }
    }
    user.exec = exec;
}

void KubeconfigReader::validate(UserEntry &user, const Place &place)
{
    if (!user.clientCertFile.isEmpty() && !user.clientCertData.isEmpty())
        add(place, 0, Words::tr("The client certificate is given twice"),
            Words::tr("Both client-certificate and client-certificate-data are set."), Words::tr("Remove one of them."));
    if (!user.clientKeyFile.isEmpty() && !user.clientKeyData.isEmpty())
        add(place, 0, Words::tr("The client key is given twice"), Words::tr("Both client-key and client-key-data are set."),
            Words::tr("Remove one of them."));
    const bool hasCert = !user.clientCertFile.isEmpty() || !user.clientCertData.isEmpty();
    const bool hasKey = !user.clientKeyFile.isEmpty() || !user.clientKeyData.isEmpty();
    if (hasCert && !hasKey)
        add(place, 0, Words::tr("The client certificate has no key"), Words::tr("Neither client-key nor client-key-data is set."),
            Words::tr("Add the key that belongs to the certificate."));
    if (hasKey && !hasCert)
        add(place, 0, Words::tr("The client key has no certificate"),
            Words::tr("Neither client-certificate nor client-certificate-data is set, so the key is not used."),
            Words::tr("Add the certificate that belongs to the key."), Problem::Severity::Warning);
    checkFile(user.clientCertFile, u"client-certificate"_s, place);
    checkFile(user.clientKeyFile, u"client-key"_s, place);

    const bool hasToken = !user.token.isEmpty() || !user.tokenFile.isEmpty();
    const bool hasBasic = !user.username.isEmpty() || !user.password.isEmpty();
    if (hasToken && hasBasic)
        add(place, 0, Words::tr("The user has more than one way to sign in"),
            Words::tr("A token and a user name with password are mutually exclusive."), Words::tr("Remove one of them."));
    for (const char c : user.token.reveal()) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
            add(place, 0, Words::tr("The token cannot be sent"), Words::tr("It holds a line break or control character."),
                Words::tr("Copy the token again, without line breaks."));
            break;
        }
    }
    if (user.authProvider.isEmpty())
        return;
    if (user.exec)
        add(place, 0, Words::tr("The user has two sign-in plugins"), Words::tr("exec and auth-provider are mutually exclusive."),
            Words::tr("Remove auth-provider; it is obsolete."));
    const QString what = Words::tr("The sign-in method auth-provider %1 is not supported").arg(quoted(user.authProvider));
    if (user.authProvider == u"gcp"_s)
        add(place, 0, what, Words::tr("Kubernetes removed it; Google Cloud signs in through the program gke-gcloud-auth-plugin."),
            Words::tr("Install gke-gcloud-auth-plugin and run: gcloud container clusters get-credentials CLUSTER"));
    else if (user.authProvider == u"azure"_s)
        add(place, 0, what, Words::tr("Kubernetes removed it; Azure signs in through the program kubelogin."),
            Words::tr("Install kubelogin and run: kubelogin convert-kubeconfig"));
    else if (user.authProvider == u"oidc"_s)
        add(place, 0, what, Words::tr("Cairn signs in to OpenID Connect through an exec plugin, which can also renew the token."),
            Words::tr("Use an exec plugin such as kubectl oidc-login (kubelogin): kubectl oidc-login setup"));
    else
        add(place, 0, what, Words::tr("Kubernetes does not know this auth-provider."),
            Words::tr("Ask the provider of the file for one with an exec plugin, a token or a client certificate."));
}

void KubeconfigReader::validateExec(const UserEntry &user, bool interactiveModeGiven, const Place &place)
{
    if (!user.exec)
        return;
    const ExecConfig &exec = *user.exec;
    if (exec.command.isEmpty())
        add(place, 0, Words::tr("The exec plugin has no command"), Words::tr("The field command of exec is empty."),
            Words::tr("Name the program to run."));
    const QString fix = Words::tr("Write client.authentication.k8s.io/v1 if the plugin is recent, else …/v1beta1.");
    // execve(2): MAX_ARG_STRLEN, and a bound on all together that leaves room for this program's own environment. Nobody could
    // read more of it in a question either.
    constexpr qsizetype longestArgument = 128 * 1024 - 1;
    constexpr qsizetype longestAll = 1024 * 1024;
    qsizetype longest = exec.command.toUtf8().size();
    qsizetype all = longest;
    const auto measure = [&](qsizetype size) {
        longest = std::max(longest, size);
        all += size;
    };
    for (const QString &arg : exec.args)
        measure(arg.toUtf8().size());
    for (const auto &[name, value] : exec.env)
        measure(name.toUtf8().size() + 1 + value.reveal().size());
    if (longest > longestArgument || all > longestAll)
        add(place, 0, Words::tr("The exec plugin's command is too long to run"),
            longest > longestArgument ? Words::tr("One argument or variable has %1; the system takes at most 128 KiB.").arg(text::bytes(longest))
                                      : Words::tr("Its arguments and variables have %1 together; the system takes at most 1 MiB.").arg(text::bytes(all)),
            Words::tr("Put what is long into a file, and name that file in args."));
    if (exec.apiVersion.isEmpty())
        add(place, 0, Words::tr("The exec plugin has no apiVersion"), Words::tr("The field apiVersion of exec is empty."), fix);
    else if (exec.apiVersion == u"client.authentication.k8s.io/v1alpha1"_s)
        add(place, 0, Words::tr("The exec plugin's apiVersion is too old"), Words::tr("Kubernetes removed v1alpha1."),
            Words::tr("Update the plugin and let it write the kubeconfig again."));
    else if (exec.apiVersion != u"client.authentication.k8s.io/v1"_s
             && exec.apiVersion != u"client.authentication.k8s.io/v1beta1"_s)
        add(place, 0, Words::tr("The exec plugin's apiVersion %1 is unknown").arg(quoted(exec.apiVersion)),
            Words::tr("Known are client.authentication.k8s.io/v1 and client.authentication.k8s.io/v1beta1."), fix);
    else if (exec.apiVersion == u"client.authentication.k8s.io/v1"_s && !interactiveModeGiven)
        add(place, 0, Words::tr("The exec plugin lacks interactiveMode"),
            Words::tr("With client.authentication.k8s.io/v1 the field is required."),
            Words::tr("Add interactiveMode: IfAvailable to exec."));
}

void KubeconfigReader::readContext(const yaml::Node &node, ContextEntry &context)
{
    const Place place{&context.problems, u"context "_s + quoted(context.name)};
    context.cluster = text(node, "cluster", place);
    context.user = text(node, "user", place);
    context.ns = text(node, "namespace", place);
    if (context.cluster.isEmpty() && context.problems.isEmpty())
        add(place, 0, Words::tr("The context %1 names no cluster").arg(quoted(context.name)),
            Words::tr("The field cluster is empty."), Words::tr("Name one of the clusters in the file."));
}

} // namespace cairn::kube
