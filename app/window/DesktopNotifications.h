// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QObject>

namespace cairn::app {

/// Notifications of the desktop, through org.freedesktop.Notifications (Desktop Notifications Specification 1.2). GUI
/// thread; never waits for the service.
class DesktopNotifications : public QObject
{
    Q_OBJECT

public:
    explicit DesktopNotifications(QObject *parent = nullptr);

    /// There was a service when last looked for.
    bool isReachable() const { return m_reachable; }
    /// `key` comes back when it is pressed, or when it could not be shown. A second one with the same key replaces the first.
    void show(const QString &key, const QString &title, const QString &text, bool urgent);

signals:
    void reachableChanged();
    void activated(const QString &key);
    void failed(const QString &key, const QString &title, const QString &text);

private slots:
    void actionInvoked(uint id, const QString &action);
    void closed(uint id, uint reason);

private:
    void look();
    void setReachable(bool reachable);

    bool m_reachable = false;
    QHash<uint, QString> m_keys; ///< of what is on the screen
};

} // namespace cairn::app
