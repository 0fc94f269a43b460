// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/Consent.h"

#include "base/Text.h"
#include "kube/ConsentFiles.h"
#include "kube/Kubeconfig.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLockFile>
#include <QRegularExpression>
#include <QSaveFile>
#include <QUuid>
#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace cairn::kube {
namespace {

constexpr qint64 maxHashedProgram = 64LL << 20;

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::kube)
};

const QString mask = u"•••"_s;

/// "--client-secret", "TOKEN": the value beside it is not for showing. "--token-file" names a file, which is.
bool isSensitiveName(const QString &name)
{
    static const QRegularExpression words(
        u"token|passw(or)?d|passphrase|secret|api[-_]?key|access[-_]?key|private[-_]?key|credential|cookie"_s,
        QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression harmless(u"[-_](file|path|dir|name|id|url|uri|type|format|source|audience|version)\\z"_s,
                                             QRegularExpression::CaseInsensitiveOption);
    return words.match(name).hasMatch() && !harmless.match(name).hasMatch();
}

/// Hash of a program's content, remembered by what changes with it.
QByteArray contentHash(const QString &path)
{
    struct stat info {};
    if (::stat(QFile::encodeName(path).constData(), &info) != 0)
        return "absent";
    const QByteArray identity = QByteArray::number(qulonglong(info.st_dev)) + ':' + QByteArray::number(qulonglong(info.st_ino))
        + ':' + QByteArray::number(qlonglong(info.st_size)) + ':' + QByteArray::number(qlonglong(info.st_mtim.tv_sec)) + '.'
        + QByteArray::number(qlonglong(info.st_mtim.tv_nsec)) + ':' + QByteArray::number(qlonglong(info.st_ctim.tv_sec))
        + '.' + QByteArray::number(qlonglong(info.st_ctim.tv_nsec));
    static QMutex mutex;
    static QHash<QString, QPair<QByteArray, QByteArray>> cache;
    {
        const QMutexLocker lock(&mutex);
        const auto found = cache.constFind(path);
        if (found != cache.cend() && found->first == identity)
            return found->second;
    }
    QByteArray hash = "identity " + identity;
    QFile file(path);
    if (info.st_size <= maxHashedProgram && file.open(QIODevice::ReadOnly)) {
        QCryptographicHash sha(QCryptographicHash::Sha256);
        if (sha.addData(&file))
            hash = "sha256 " + sha.result().toHex();
    }
    const QMutexLocker lock(&mutex);
    cache.insert(path, {identity, hash});
    return hash;
}

/// A value that no program could take for anything but a text: nothing in it makes a shell act.
bool isPlainValue(const QString &value)
{
    static const QRegularExpression plain(u"\\A[A-Za-z0-9._~+/=@%:^-]+\\z"_s);
    return plain.match(value).hasMatch();
}

/// Masks inside a text what can be nothing but a secret.
QString withoutSecrets(QString text)
{
    static const QRegularExpression jwt(u"\\beyJ[A-Za-z0-9_-]{8,}(\\.[A-Za-z0-9_-]*){0,2}"_s);
    static const QRegularExpression bearer(u"\\b(Bearer|Basic)\\s+[A-Za-z0-9._~+/=-]{4,}"_s, QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression address(u"(\\w://)[A-Za-z0-9._~%+:-]+@"_s);
    static const QRegularExpression cloudKey(u"\\b(AKIA|ASIA)[A-Z0-9]{16}\\b|\\bk8s-aws-v1\\.[A-Za-z0-9_-]+|\\bya29\\.[A-Za-z0-9_-]+"_s);
    text.replace(jwt, mask);
    text.replace(bearer, u"\\1 "_s + mask);
    text.replace(address, u"\\1"_s + mask + u'@');
    text.replace(cloudKey, mask);
    return text;
}

/// "NAME=value", "--flag=value": the value masked where the name says that it is secret.
QString withoutValue(const QString &arg)
{
    static const QRegularExpression assignment(u"\\A-{0,2}([A-Za-z0-9_.-]+)="_s);
    const auto match = assignment.match(arg);
    if (!match.hasMatch())
        return withoutSecrets(arg);
    const QString value = arg.mid(match.capturedLength());
    return match.captured(0) + (isSensitiveName(match.captured(1)) && isPlainValue(value) ? mask : withoutSecrets(value));
}

/// One word of a command line, so that its limits are seen. Safe to show.
QString shownWord(const QString &word)
{
    static const QRegularExpression needsQuotes(u"[\\s'\"`$;|&()<>*?\\[\\]{}#!\\\\]"_s);
    QString shown = text::safe(word);
    // A line break shows as an escape, and so needs none.
    QString oneLine = word;
    oneLine.remove(u'\n').remove(u'\r').remove(u'\t');
    if (!word.isEmpty() && !needsQuotes.match(oneLine).hasMatch())
        return shown;
    return u'"' + shown.replace(u'"', u"\\\""_s) + u'"';
}

} // namespace

QStringList maskedArguments(const QStringList &args)
{
    static const QRegularExpression assignment(u"\\A-{0,2}([A-Za-z0-9_.-]+)="_s);
    QStringList shown;
    bool hideNext = false;
    for (const QString &arg : args) {
        if (hideNext && !arg.startsWith(u'-')) {
            shown.append(mask);
            hideNext = false;
            continue;
        }
        hideNext = false;
        if (const auto match = assignment.match(arg); match.hasMatch()) {
            shown.append(match.captured(0)
                         + (isSensitiveName(match.captured(1)) ? mask : maskedText(arg.mid(match.capturedLength()))));
            continue;
        }
        hideNext = arg.startsWith(u'-') && isSensitiveName(arg);
        shown.append(maskedText(arg));
    }
    return shown;
}

QString maskedText(const QString &text, const QList<QByteArray> &known)
{
    QString shown = text;
    for (const QByteArray &secret : known) {
        if (secret.size() >= 4) // shorter ones are words such as "dev" and would blank out half of the text
            shown.replace(QString::fromUtf8(secret), mask);
    }
    // JSON web tokens, bearer headers, "password: x" and "token=x", user:password@ in addresses, AWS key ids.
    static const QRegularExpression jwt(u"eyJ[A-Za-z0-9_-]{8,}(\\.[A-Za-z0-9_-]*){0,2}"_s);
    static const QRegularExpression bearer(u"\\b(Bearer|Basic)\\s+[A-Za-z0-9._~+/=-]{4,}"_s,
                                           QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression pair(
        u"((?:token|passw(?:or)?d|passphrase|secret|api[-_]?key|access[-_]?key)[A-Za-z0-9_-]*[\"']?\\s*[:=]\\s*[\"']?)[^\\s\"',;]+"_s,
        QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression address(u"(\\w://)[^/\\s@]+@"_s);
    static const QRegularExpression cloudKey(u"\\b(AKIA|ASIA)[A-Z0-9]{16}\\b|\\bk8s-aws-v1\\.[A-Za-z0-9_-]+|\\bya29\\.[A-Za-z0-9_-]+"_s);
    // Keys and certificates as PEM, of which the beginning or the end may have been cut off.
    static const QRegularExpression pem(u"-----BEGIN [^-]{0,60}-----.*?(?:-----END [^-]{0,60}-----|\\z)"_s, QRegularExpression::DotMatchesEverythingOption);
    static const QRegularExpression pemEnd(u"[A-Za-z0-9+/=\\s]*+-----END [^-]{0,60}-----"_s);
    shown.replace(pem, mask);
    if (shown.contains("-----END "_L1))
        shown.replace(pemEnd, mask);
    shown.replace(jwt, mask);
    shown.replace(bearer, u"\\1 "_s + mask);
    shown.replace(pair, u"\\1"_s + mask);
    shown.replace(address, u"\\1"_s + mask + u'@');
    shown.replace(cloudKey, mask);
    return shown;
}

QByteArray ConsentRequest::digest() const
{
    QCryptographicHash sha(QCryptographicHash::Sha256);
    // Each part carries its length, so that no two different requests yield the same bytes.
    const auto add = [&sha](const QByteArray &part) {
        sha.addData(QByteArray::number(part.size()) + ':' + part);
    };
    const auto canonical = [](const QString &path) {
        const QString real = QFileInfo(path).canonicalFilePath();
        return (real.isEmpty() ? path : real).toUtf8();
    };
    add("cairn exec consent 1");
    add(canonical(kubeconfigFile));
    add(program.toUtf8());
    add(canonical(program));
    add(contentHash(program));
    add(QByteArray::number(args.size()));
    for (const QString &arg : args)
        add(arg.toUtf8());
    add(QByteArray::number(env.size()));
    for (const auto &variable : env) {
        add(variable.first.toUtf8());
        add(variable.second.reveal());
    }
    const std::optional<QStringList> files = namedFiles(program, args, env);
    if (!files)
        add(QUuid::createUuid().toRfc4122());
    // Left out where there are none, so that older consents of those hold.
    for (const QString &file : files.value_or(QStringList())) {
        add(file.toUtf8());
        add(canonical(file));
        add(contentHash(file));
    }
    return sha.result().toHex();
}

ShownRequest ConsentRequest::shown(bool whole) const
{
    ShownRequest view;
    view.interpreter = runsItsArguments(program, args);
    const bool open = whole || view.interpreter;
    const auto taken = [&](const QString &raw, const QString &masked) {
        view.masked = view.masked || masked != raw;
        return masked;
    };
    QStringList words{shownWord(program)};
    bool secretNext = false;
    for (const QString &arg : args) {
        const bool isFlag = arg.startsWith(u'-');
        const QString masked = open                                ? arg
            : secretNext && !isFlag && isPlainValue(arg) ? mask
                                                                   : withoutValue(arg);
        secretNext = isFlag && !arg.contains(u'=') && isSensitiveName(arg);
        words.append(shownWord(taken(arg, masked)));
    }
    view.command = words.join(u' ');
    for (const auto &variable : env) {
        const QString raw = variable.first + u'=' + QString::fromUtf8(variable.second.reveal());
        view.environment.append(shownWord(taken(raw, open ? raw : withoutValue(raw))));
    }
    for (const QString &file : namedFiles(program, args, env).value_or(QStringList()))
        view.files.append(text::safe(file));
    return view;
}

QString ConsentRequest::commandLine() const
{
    return shown().command;
}

QStringList ConsentRequest::variableNames() const
{
    QStringList names;
    for (const auto &variable : env)
        names.append(text::safe(variable.first));
    return names;
}

ConsentStore::ConsentStore(const QString &file) : m_file(file.isEmpty() ? defaultFile() : file)
{
}

QString ConsentStore::defaultFile()
{
    QString base = qEnvironmentVariable("XDG_CONFIG_HOME");
    if (!QDir::isAbsolutePath(base)) // the base directory specification: relative values are to be ignored
        base = QDir::homePath() + u"/.config"_s;
    return base + u"/cairn/exec-consent.json"_s;
}

QList<ConsentStore::Entry> ConsentStore::read() const
{
    struct stat info {};
    if (::stat(QFile::encodeName(m_file).constData(), &info) != 0)
        return {};
    // A file that others can write is no word of the user.
    if (info.st_uid != ::geteuid() || (info.st_mode & (S_IWGRP | S_IWOTH)))
        return {};
    const auto bytes = readRegularFile(m_file, 4LL << 20);
    if (!bytes)
        return {};
    QList<Entry> entries;
    for (const QJsonValue &value : QJsonDocument::fromJson(*bytes).object().value(u"consents"_s).toArray()) {
        const QJsonObject object = value.toObject();
        Entry entry;
        entry.digest = object.value(u"digest"_s).toString().toLatin1();
        entry.program = object.value(u"program"_s).toString();
        entry.context = object.value(u"context"_s).toString();
        entry.kubeconfigFile = object.value(u"kubeconfig"_s).toString();
        entry.allowedAt = QDateTime::fromString(object.value(u"allowedAt"_s).toString(), Qt::ISODate);
        if (entry.digest.size() == 64)
            entries.append(entry);
    }
    return entries;
}

Result<> ConsentStore::write(const QList<Entry> &entries) const
{
    const QString what = Words::tr("The consent cannot be saved.");
    const QString fix = Words::tr("Check the permissions of %1.").arg(text::safe(m_file));
    const QString folder = QFileInfo(m_file).absolutePath();
    if (!QDir().exists(folder)) {
        if (!QDir().mkpath(folder))
            return fail(Error::Kind::Io, what, Words::tr("The folder %1 cannot be created.").arg(text::safe(folder)), fix);
        QFile::setPermissions(folder, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }
    QJsonArray array;
    for (const Entry &entry : entries)
        array.append(QJsonObject{{u"digest"_s, QString::fromLatin1(entry.digest)},
                                 {u"program"_s, entry.program},
                                 {u"context"_s, entry.context},
                                 {u"kubeconfig"_s, entry.kubeconfigFile},
                                 {u"allowedAt"_s, entry.allowedAt.toString(Qt::ISODate)}});
    QSaveFile file(m_file);
    const QByteArray bytes = QJsonDocument(QJsonObject{{u"version"_s, 1}, {u"consents"_s, array}}).toJson();
    const bool written = file.open(QIODevice::WriteOnly) && file.setPermissions(QFile::ReadOwner | QFile::WriteOwner)
        && file.write(bytes) == bytes.size() && file.commit();
    if (!written)
        return fail(Error::Kind::Io, what, file.errorString(), fix);
    return {};
}

bool ConsentStore::isAllowed(const ConsentRequest &request) const
{
    const QByteArray digest = request.digest();
    const QMutexLocker lock(&m_mutex);
    const QList<Entry> entries = read();
    return std::any_of(entries.cbegin(), entries.cend(), [&](const Entry &entry) { return entry.digest == digest; });
}

Result<> ConsentStore::change(const std::function<void(QList<Entry> &)> &edit) const
{
    const QMutexLocker lock(&m_mutex);
    QDir().mkpath(QFileInfo(m_file).absolutePath());
    QLockFile between(m_file + u".lock"_s); // the window and cairnctl may both be writing
    if (!between.tryLock(2000)) {
        // Without the folder there is no lock either; then write() says what is wrong with it.
        if (between.error() == QLockFile::LockFailedError)
            return fail(Error::Kind::Io, Words::tr("The consent cannot be saved."),
                        Words::tr("Another Cairn holds %1.lock for more than two seconds.").arg(text::safe(m_file)),
                        Words::tr("Try again; if no other Cairn runs, delete that file."));
    }
    QList<Entry> entries = read();
    edit(entries);
    return write(entries);
}

Result<> ConsentStore::allow(const ConsentRequest &request, const QByteArray &seen)
{
    Entry entry;
    entry.digest = request.digest();
    if (!seen.isEmpty() && seen != entry.digest)
        return fail(Error::Kind::Conflict, Words::tr("The consent was not saved."),
                    Words::tr("%1, or a file that it is told to use, was changed while the question was open.").arg(text::safe(request.program)),
                    Words::tr("Look at what would run now, and answer again."));
    entry.program = QFileInfo(request.program).fileName();
    entry.context = request.context;
    entry.kubeconfigFile = request.kubeconfigFile;
    entry.allowedAt = QDateTime::currentDateTimeUtc();
    return change([&](QList<Entry> &entries) {
        entries.removeIf([&](const Entry &each) { return each.digest == entry.digest; });
        entries.prepend(entry);
    });
}

Result<> ConsentStore::revoke(const QByteArray &digest)
{
    if (!QFileInfo::exists(m_file))
        return {};
    return change([&](QList<Entry> &entries) {
        entries.removeIf([&](const Entry &each) { return each.digest == digest; });
    });
}

QList<ConsentStore::Entry> ConsentStore::list() const
{
    const QMutexLocker lock(&m_mutex);
    return read();
}

} // namespace cairn::kube
