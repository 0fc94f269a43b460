// SPDX-License-Identifier: GPL-3.0-or-later
#include "Preferences.h"

#include "engine/Diagnostics.h"
#include "engine/StartFlows.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QStandardPaths>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

/// Words of the kinds in the file.
const std::pair<situation::AlertKind, const char *> alertWords[] = {{situation::AlertKind::JobFailed, "alerts/jobFailed"},
                                                                {situation::AlertKind::CheckpointDamaged, "alerts/checkpointDamaged"},
                                                                {situation::AlertKind::CheckpointOverdue, "alerts/checkpointOverdue"},
                                                                {situation::AlertKind::LeaderLost, "alerts/leaderLost"},
                                                                {situation::AlertKind::ClaimFull, "alerts/claimFull"},
                                                                {situation::AlertKind::NodeLost, "alerts/nodeLost"},
                                                                {situation::AlertKind::ComponentDown, "alerts/componentDown"},
                                                                {situation::AlertKind::ChangeUnfinished, "alerts/changeUnfinished"},
                                                                {situation::AlertKind::ReplicaLost, "alerts/replicaLost"},
                                                                {situation::AlertKind::LeaderChanged, "alerts/leaderChanged"}};

} // namespace

Preferences::Preferences(const QString &file)
    : m_settings(file.isEmpty()
                     ? settingsFile()
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
int Preferences::textPercent() const { return std::clamp(m_settings.value(u"view/textPercent"_s, 100).toInt(), 100, 200); }
void Preferences::setTextPercent(int percent) { m_settings.setValue(u"view/textPercent"_s, percent); }
QString Preferences::language() const { return m_settings.value(u"view/language"_s).toString(); }
void Preferences::setLanguage(const QString &language) { m_settings.setValue(u"view/language"_s, language); }
QString Preferences::firstPage() const { return m_settings.value(u"view/firstPage"_s, u"overview"_s).toString(); }
void Preferences::setFirstPage(const QString &page) { m_settings.setValue(u"view/firstPage"_s, page); }
QString Preferences::acceptedFile() const
{
    const QString own = QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) + u"/cairn/cairn-accepted.yaml"_s;
    return m_settings.value(u"availability/acceptedFile"_s, own).toString();
}
void Preferences::setAcceptedFile(const QString &path) { m_settings.setValue(u"availability/acceptedFile"_s, path); }
QString Preferences::templateFolder() const
{
    const QString folder = m_settings.value(u"launch/templateFolder"_s).toString();
    return folder.isEmpty() ? ownTemplateFolder() : folder;
}
void Preferences::setTemplateFolder(const QString &folder)
{
    m_settings.setValue(u"launch/templateFolder"_s, folder == ownTemplateFolder() ? QString() : folder);
}
bool Preferences::looksAgain() const { return m_settings.value(u"claims/looksAgain"_s, false).toBool(); }
void Preferences::setLooksAgain(bool on) { m_settings.setValue(u"claims/looksAgain"_s, on); }

situation::AlertRules Preferences::alerts() const
{
    situation::AlertRules rules;
    for (const auto &[kind, word] : alertWords) {
        if (m_settings.value(QLatin1StringView(word), rules.wanted.contains(kind)).toBool())
            rules.wanted.insert(kind);
        else
            rules.wanted.remove(kind);
    }
    rules.claimPercent = std::clamp(m_settings.value(u"alerts/claimPercent"_s, rules.claimPercent).toInt(), 50, 99);
    rules.quiet = m_settings.value(u"alerts/quiet"_s, rules.quiet).toBool();
    const auto load = [this](const QString &key, QTime &time) {
        const QTime read = QTime::fromString(m_settings.value(key).toString(), u"HH:mm"_s);
        if (read.isValid())
            time = read;
    };
    load(u"alerts/quietFrom"_s, rules.quietFrom);
    load(u"alerts/quietTo"_s, rules.quietTo);
    return rules;
}

void Preferences::setAlerts(const situation::AlertRules &rules)
{
    for (const auto &[kind, word] : alertWords)
        m_settings.setValue(QLatin1StringView(word), rules.wanted.contains(kind));
    m_settings.setValue(u"alerts/claimPercent"_s, rules.claimPercent);
    m_settings.setValue(u"alerts/quiet"_s, rules.quiet);
    m_settings.setValue(u"alerts/quietFrom"_s, rules.quietFrom.toString(u"HH:mm"_s));
    m_settings.setValue(u"alerts/quietTo"_s, rules.quietTo.toString(u"HH:mm"_s));
}

QStringList Preferences::recentPlaces() const { return m_settings.value(u"palette/recent"_s).toStringList(); }

void Preferences::addRecentPlace(const QString &id)
{
    QStringList list = recentPlaces();
    list.removeAll(id);
    list.prepend(id);
    m_settings.setValue(u"palette/recent"_s, QStringList(list.mid(0, 20)));
}

QStringList Preferences::addedKubeconfigs() const { return m_settings.value(u"connect/kubeconfigs"_s).toStringList(); }
void Preferences::addKubeconfig(const QString &file) { append(u"connect/kubeconfigs"_s, file); }
void Preferences::removeKubeconfig(const QString &file) { remove(u"connect/kubeconfigs"_s, file); }
QStringList Preferences::addedProgramFolders() const { return m_settings.value(u"connect/programFolders"_s).toStringList(); }
void Preferences::addProgramFolder(const QString &folder) { append(u"connect/programFolders"_s, folder); }
void Preferences::removeProgramFolder(const QString &folder) { remove(u"connect/programFolders"_s, folder); }
QString Preferences::lastContext() const { return m_settings.value(u"connect/lastContext"_s).toString(); }
void Preferences::setLastContext(const QString &context) { m_settings.setValue(u"connect/lastContext"_s, context); }
QByteArray Preferences::geometry() const { return m_settings.value(u"view/geometry"_s).toByteArray(); }
void Preferences::setGeometry(const QByteArray &geometry) { m_settings.setValue(u"view/geometry"_s, geometry); }

bool Preferences::helperAllowed(const QString &server, const QString &ns) const
{
    return helperConsent(server).isAgreed(ns);
}

HelperConsent Preferences::helperConsent(const QString &server) const
{
    return HelperConsent(server, helperPlaces());
}

void Preferences::allowHelper(const QString &server, const QString &ns, const QString &image)
{
    append(u"claims/helperAllowed"_s, HelperConsent::key(server, ns, image));
}

QStringList Preferences::helperPlaces() const { return m_settings.value(u"claims/helperAllowed"_s).toStringList(); }
void Preferences::revokeHelper(const QString &place) { remove(u"claims/helperAllowed"_s, place); }

bool Preferences::kubeletsAllowed(const QString &server) const
{
    return m_settings.value(u"claims/kubeletsAllowed"_s).toStringList().contains(server);
}

void Preferences::allowKubelets(const QString &server, bool allowed)
{
    if (allowed)
        append(u"claims/kubeletsAllowed"_s, server);
    else
        remove(u"claims/kubeletsAllowed"_s, server);
}

QStringList Preferences::kubeletServers() const { return m_settings.value(u"claims/kubeletsAllowed"_s).toStringList(); }
QStringList Preferences::allowedBuckets() const { return m_settings.value(u"buckets/allowed"_s).toStringList(); }
void Preferences::allowBucket(const QString &consentKey) { append(u"buckets/allowed"_s, consentKey); }

void Preferences::revokeBucket(const QString &consentKey) { remove(u"buckets/allowed"_s, consentKey); }

void Preferences::remove(const QString &key, const QString &value)
{
    QStringList list = m_settings.value(key).toStringList();
    list.removeAll(value);
    m_settings.setValue(key, list);
}

void Preferences::append(const QString &key, const QString &value)
{
    QStringList list = m_settings.value(key).toStringList();
    if (!list.contains(value)) {
        list.append(value);
        m_settings.setValue(key, list);
    }
}

} // namespace cairn::app
