// SPDX-License-Identifier: GPL-3.0-or-later
#include "DesktopNotifications.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QDBusServiceWatcher>
#include <QGuiApplication>
#include <QVariantMap>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

const auto service = u"org.freedesktop.Notifications"_s;
const auto path = u"/org/freedesktop/Notifications"_s;
constexpr int patience = 5000; ///< ms; a service that is being started needs some

QDBusMessage call(const QString &method)
{
    return QDBusMessage::createMethodCall(service, path, service, method);
}

} // namespace

DesktopNotifications::DesktopNotifications(QObject *parent)
    : QObject(parent)
{
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected())
        return;
    bus.connect(service, path, service, u"ActionInvoked"_s, this, SLOT(actionInvoked(uint,QString)));
    bus.connect(service, path, service, u"NotificationClosed"_s, this, SLOT(closed(uint,uint)));
    auto *watcher = new QDBusServiceWatcher(service, bus, QDBusServiceWatcher::WatchForOwnerChange, this);
    connect(watcher, &QDBusServiceWatcher::serviceRegistered, this, [this] { setReachable(true); });
    connect(watcher, &QDBusServiceWatcher::serviceUnregistered, this, [this] { look(); });
    look();
}

void DesktopNotifications::look()
{
    auto *reply = new QDBusPendingCallWatcher(QDBusConnection::sessionBus().asyncCall(call(u"GetServerInformation"_s), patience), this);
    connect(reply, &QDBusPendingCallWatcher::finished, this, [this, reply] {
        reply->deleteLater();
        setReachable(!reply->isError());
    });
}

void DesktopNotifications::setReachable(bool reachable)
{
    if (std::exchange(m_reachable, reachable) != reachable)
        emit reachableChanged();
}

void DesktopNotifications::show(const QString &key, const QString &title, const QString &text, bool urgent)
{
    if (!m_reachable) {
        emit failed(key, title, text);
        return;
    }
    QDBusMessage notify = call(u"Notify"_s);
    const QVariantMap hints{{u"urgency"_s, QVariant::fromValue<uchar>(urgent ? 2 : 1)}, {u"desktop-entry"_s, QGuiApplication::desktopFileName()}};
    // The specification lets servers read the body as markup.
    notify << u"Cairn"_s << m_keys.key(key, 0) << QGuiApplication::desktopFileName() << title << text.toHtmlEscaped() << QStringList{u"default"_s, tr("Show")} << hints << -1;
    auto *reply = new QDBusPendingCallWatcher(QDBusConnection::sessionBus().asyncCall(notify, patience), this);
    connect(reply, &QDBusPendingCallWatcher::finished, this, [this, reply, key, title, text] {
        reply->deleteLater();
        const QDBusPendingReply<uint> id = *reply;
        if (id.isError()) {
            setReachable(false);
            emit failed(key, title, text);
            return;
        }
        m_keys.insert(id.value(), key);
    });
}

void DesktopNotifications::actionInvoked(uint id, const QString &)
{
    // Every client hears of every action.
    if (const auto key = m_keys.constFind(id); key != m_keys.cend())
        emit activated(QString(*key));
}

void DesktopNotifications::closed(uint id, uint)
{
    m_keys.remove(id);
}

} // namespace cairn::app
