// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSettings>
#include <QStringList>

namespace cairn::app {

/// What the user chose and wants to find again. One file, $XDG_CONFIG_HOME/cairn/cairn.conf; holds no secrets.
class Preferences
{
public:
    /// `file` empty is the usual place.
    explicit Preferences(const QString &file = {});

    QString theme() const;                 ///< "system", "light" or "dark"
    void setTheme(const QString &theme);
    QStringList addedKubeconfigs() const;
    void addKubeconfig(const QString &file);
    QStringList addedProgramFolders() const;
    void addProgramFolder(const QString &folder);
    QString lastContext() const;
    void setLastContext(const QString &context);
    QByteArray geometry() const;
    void setGeometry(const QByteArray &geometry);
    /// Whether the helper Job that lists claims may be created in this namespace of this server.
    bool helperAllowed(const QString &server, const QString &ns) const;
    void allowHelper(const QString &server, const QString &ns);
    /// Whether the kubelets of this server may be asked for their statistics, through nodes/proxy.
    bool kubeletsAllowed(const QString &server) const;
    void allowKubelets(const QString &server, bool allowed);
    /// What BucketPlan::consentKey() says of the buckets whose keys may be used.
    QStringList allowedBuckets() const;
    void allowBucket(const QString &consentKey);

private:
    void append(const QString &key, const QString &value);
    mutable QSettings m_settings;
};

} // namespace cairn::app
