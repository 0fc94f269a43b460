// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/Diagnostics.h"

#include "base/Log.h"
#include "base/Text.h"
#include "engine/Versions.h"
#include "kube/Consent.h"
#include "manifest/Yaml.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QLocale>
#include <QProcessEnvironment>
#include <QSettings>
#include <QStandardPaths>
#include <QSysInfo>
#include <QThread>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::app::Diagnostics)
};

QString redacted(const QString &text)
{
    QString out = kube::maskedText(text);
    const QString home = QDir::homePath();
    if (home.size() > 1) // "/" is the home of nobody in particular
        out.replace(home, u"~"_s);
    return out;
}

QJsonValue redacted(const QJsonValue &value)
{
    if (value.isString())
        return redacted(value.toString());
    if (value.isArray()) {
        QJsonArray out;
        for (const QJsonValue &one : value.toArray())
            out.append(redacted(one));
        return out;
    }
    if (value.isObject()) {
        QJsonObject out;
        const QJsonObject object = value.toObject();
        for (auto it = object.begin(); it != object.end(); ++it)
            out.insert(it.key(), redacted(it.value()));
        return out;
    }
    return value;
}

/// Values of what is a choice; of the rest, which names servers, namespaces and files, only how many there are.
QJsonObject settings()
{
    static const QStringList chosen{u"view/theme"_s, u"view/textPercent"_s, u"view/language"_s, u"view/firstPage"_s, u"claims/looksAgain"_s};
    const QString path = settingsFile();
    QJsonObject out{{u"file"_s, path}, {u"exists"_s, QFile::exists(path)}};
    const QSettings file(path, QSettings::IniFormat);
    for (const QString &key : file.allKeys()) {
        const QVariant value = file.value(key);
        if (chosen.contains(key) || key.startsWith("alerts/"_L1))
            out.insert(text::safe(key), text::safe(value.toString().left(100)));
        else
            out.insert(text::safe(key), u"%1 set"_s.arg(value.toStringList().size()));
    }
    return out;
}

QJsonObject platform()
{
    return {{u"system"_s, QSysInfo::prettyProductName()},
            {u"kernel"_s, u"%1 %2"_s.arg(QSysInfo::kernelType(), QSysInfo::kernelVersion())},
            {u"cpu"_s, QSysInfo::currentCpuArchitecture()},
            {u"cpus"_s, QThread::idealThreadCount()},
            {u"locale"_s, QLocale::system().name()},
            {u"desktop"_s, text::safe(qEnvironmentVariable("XDG_CURRENT_DESKTOP"))},
            {u"session"_s, text::safe(qEnvironmentVariable("XDG_SESSION_TYPE"))}};
}

/// Variables that change what Cairn does, if they are set; their values may be secrets.
QJsonArray environment()
{
    QJsonArray out;
    for (const char *name : {"KUBECONFIG", "KUBERC", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR",
                             "QT_QPA_PLATFORM", "QT_SCALE_FACTOR",
                             "QT_LOGGING_RULES", "QT_PLUGIN_PATH", "LD_LIBRARY_PATH"}) {
        if (qEnvironmentVariableIsSet(name))
            out.append(QString::fromLatin1(name));
    }
    QStringList all = QProcessEnvironment::systemEnvironment().keys();
    all.sort();
    for (const QString &name : std::as_const(all)) {
        if (name.startsWith("AWS_"_L1))
            out.append(text::safe(name));
    }
    return out;
}

QJsonObject kubeconfigFacts(const kube::Kubeconfig &config)
{
    QJsonObject signIns;
    int broken = 0, insecure = 0;
    for (const kube::KubeContext &context : config.contexts()) {
        const QString kind = kube::signInKindName(context.signIn);
        signIns.insert(kind, signIns.value(kind).toInt() + 1);
        broken += context.usable() ? 0 : 1;
        insecure += context.insecure ? 1 : 0;
    }
    return {{u"files"_s, config.files().size()}, {u"contexts"_s, config.contexts().size()}, {u"broken"_s, broken},
            {u"insecure"_s, insecure}, {u"signIn"_s, signIns}, {u"problems"_s, config.problems().size()}};
}

} // namespace

QString settingsFile()
{
    return QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation) + u"/cairn/cairn.conf"_s;
}

QJsonObject diagnostics(const QString &program, const kube::Kubeconfig &config, const QJsonObject &more)
{
    QJsonArray log;
    for (const QString &line : lastLog())
        log.append(text::safe(line));
    QJsonObject all = more;
    all.insert(u"versions"_s, QJsonArray::fromStringList(versions(program).split(u'\n')));
    all.insert(u"at"_s, QDateTime::currentDateTimeUtc().toString(Qt::ISODate));
    all.insert(u"platform"_s, platform());
    all.insert(u"environment"_s, environment());
    all.insert(u"settings"_s, settings());
    all.insert(u"kubeconfig"_s, kubeconfigFacts(config));
    all.insert(u"log"_s, log);
    return redacted(QJsonValue(all)).toObject();
}

QString diagnosticsText(const QJsonObject &diagnostics)
{
    return u"# Read it before you send it: secrets are masked, names in messages are not.\n"_s + manifest::toYaml(diagnostics, {u"versions"_s, u"at"_s, u"platform"_s});
}

Result<> saveDiagnostics(const QString &path, const QString &text)
{
    const QString folder = QFileInfo(path).absolutePath();
    if (!QFileInfo(folder).isDir())
        return fail(Error::Kind::Io, Words::tr("%1 cannot be written.").arg(path), Words::tr("There is no folder %1.").arg(folder),
                    Words::tr("Make the folder, or name a file in one that exists."));
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly | QIODevice::NewOnly, QFile::ReadOwner | QFile::WriteOwner))
        return fail(Error::Kind::Io, Words::tr("%1 cannot be written.").arg(path), file.errorString(), Words::tr("Name a file that does not exist yet."));
    const QByteArray bytes = text.toUtf8();
    const bool written = file.write(bytes) == bytes.size() && file.flush();
    if (!written) {
        const QString why = file.errorString();
        file.remove(); // half of it would be taken for all
        return fail(Error::Kind::Io, Words::tr("%1 cannot be written.").arg(path), why);
    }
    return {};
}

} // namespace cairn::app
