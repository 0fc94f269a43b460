// SPDX-License-Identifier: GPL-3.0-or-later
#include "Preferences.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QStandardPaths>

using namespace Qt::StringLiterals;

namespace cairn::app {

Preferences::Preferences(const QString &file)
    : m_settings(file.isEmpty()
                     ? QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation) + u"/cairn/cairn.conf"_s
                     : file,
                 QSettings::IniFormat)
{
    // Which clusters and namespaces somebody works on is nobody else's business. QSettings keeps the mode of a file that
    // exists; one it makes itself is as the umask says.
    QFile settings(m_settings.fileName());
    constexpr auto own = QFile::ReadOwner | QFile::WriteOwner;
    if (settings.exists()) {
        settings.setPermissions(own);
    } else {
        QDir().mkpath(QFileInfo(settings).path());
        settings.open(QIODevice::WriteOnly | QIODevice::NewOnly, own);
    }
}

QString Preferences::theme() const { return m_settings.value(u"view/theme"_s, u"system"_s).toString(); }
void Preferences::setTheme(const QString &theme) { m_settings.setValue(u"view/theme"_s, theme); }
QStringList Preferences::addedKubeconfigs() const { return m_settings.value(u"connect/kubeconfigs"_s).toStringList(); }
void Preferences::addKubeconfig(const QString &file) { append(u"connect/kubeconfigs"_s, file); }
QStringList Preferences::addedProgramFolders() const { return m_settings.value(u"connect/programFolders"_s).toStringList(); }
void Preferences::addProgramFolder(const QString &folder) { append(u"connect/programFolders"_s, folder); }
QString Preferences::lastContext() const { return m_settings.value(u"connect/lastContext"_s).toString(); }
void Preferences::setLastContext(const QString &context) { m_settings.setValue(u"connect/lastContext"_s, context); }
QByteArray Preferences::geometry() const { return m_settings.value(u"view/geometry"_s).toByteArray(); }
void Preferences::setGeometry(const QByteArray &geometry) { m_settings.setValue(u"view/geometry"_s, geometry); }

bool Preferences::helperAllowed(const QString &server, const QString &ns) const
{
    return m_settings.value(u"claims/helperAllowed"_s).toStringList().contains(server + u' ' + ns);
}

void Preferences::allowHelper(const QString &server, const QString &ns)
{
    append(u"claims/helperAllowed"_s, server + u' ' + ns);
}

bool Preferences::kubeletsAllowed(const QString &server) const
{
    return m_settings.value(u"claims/kubeletsAllowed"_s).toStringList().contains(server);
}

void Preferences::allowKubelets(const QString &server, bool allowed)
{
    if (allowed) {
        append(u"claims/kubeletsAllowed"_s, server);
        return;
    }
    QStringList list = m_settings.value(u"claims/kubeletsAllowed"_s).toStringList();
    list.removeAll(server);
    m_settings.setValue(u"claims/kubeletsAllowed"_s, list);
}

QStringList Preferences::allowedBuckets() const { return m_settings.value(u"buckets/allowed"_s).toStringList(); }
void Preferences::allowBucket(const QString &consentKey) { append(u"buckets/allowed"_s, consentKey); }

void Preferences::append(const QString &key, const QString &value)
{
    QStringList list = m_settings.value(key).toStringList();
    if (!list.contains(value)) {
        list.append(value);
        m_settings.setValue(key, list);
    }
}

} // namespace cairn::app
