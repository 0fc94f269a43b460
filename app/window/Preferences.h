// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/HelperConsent.h"
#include "situation/Alerts.h"

#include <QSettings>
#include <QStringList>

namespace cairn::app {

/// What the user chose and wants to find again. One file, $XDG_CONFIG_HOME/cairn/cairn.conf; holds no secrets.
class Preferences
{
public:
    /// `file` empty is the usual place.
    explicit Preferences(const QString &file = {});
    QString file() const { return m_settings.fileName(); }

    QString theme() const;                 ///< "system", "light" or "dark"
    void setTheme(const QString &theme);
    int textPercent() const;               ///< 100…200
    void setTextPercent(int percent);
    QString language() const;              ///< "en", "zh_TW"; "" for the system's. Holds from the next start
    void setLanguage(const QString &language);
    QString firstPage() const;             ///< id of the page that is shown after connecting: "overview", "jobs"
    void setFirstPage(const QString &page);
    situation::AlertRules alerts() const;
    void setAlerts(const situation::AlertRules &rules);
    /// Whether a helper Job looks, without being asked each time, for a checkpoint that should be on a claim by now.
    bool looksAgain() const;
    void setLooksAgain(bool on);
    /// Where findings of an audit that were accepted are kept; one that a team shares, or one of this user's own.
    QString acceptedFile() const;
    void setAcceptedFile(const QString &path);
    /// Where this user's templates of jobs are: one of their own, or of a Git checkout.
    QString templateFolder() const;
    /// "" for the usual place.
    void setTemplateFolder(const QString &folder);
    QStringList addedKubeconfigs() const;
    void addKubeconfig(const QString &file);
    void removeKubeconfig(const QString &file);
    QStringList addedProgramFolders() const;
    void addProgramFolder(const QString &folder);
    void removeProgramFolder(const QString &folder);
    /// What was chosen in the palette, the latest first; at most 20.
    QStringList recentPlaces() const;
    void addRecentPlace(const QString &id);
    QString lastContext() const;
    void setLastContext(const QString &context);
    QByteArray geometry() const;
    void setGeometry(const QByteArray &geometry);
    /// Whether the helper Job that reads PVCs may be created in this namespace of this server, with some image.
    bool helperAllowed(const QString &server, const QString &ns) const;
    void allowHelper(const QString &server, const QString &ns, const QString &image);
    /// With which images.
    HelperConsent helperConsent(const QString &server) const;
    /// Keys as of HelperConsent::key().
    QStringList helperPlaces() const;
    void revokeHelper(const QString &place);
    /// Whether the kubelets of this server may be asked for their statistics, through nodes/proxy.
    bool kubeletsAllowed(const QString &server) const;
    void allowKubelets(const QString &server, bool allowed);
    QStringList kubeletServers() const;
    /// What BucketPlan::consentKey() says of the buckets whose keys may be used.
    QStringList allowedBuckets() const;
    void allowBucket(const QString &consentKey);
    void revokeBucket(const QString &consentKey);

private:
    void append(const QString &key, const QString &value);
    void remove(const QString &key, const QString &value);
    mutable QSettings m_settings;
};

} // namespace cairn::app
