// SPDX-License-Identifier: GPL-3.0-or-later
#include "kit/SystemScheme.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QDBusVariant>
#include <QGuiApplication>
#include <QPalette>

namespace cairn::kit {

using namespace Qt::StringLiterals;

namespace {
constexpr auto service = "org.freedesktop.portal.Desktop"_L1;
constexpr auto path = "/org/freedesktop/portal/desktop"_L1;
constexpr auto interface = "org.freedesktop.portal.Settings"_L1;
constexpr auto group = "org.freedesktop.appearance"_L1;
constexpr auto key = "color-scheme"_L1;
} // namespace

bool SystemScheme::isDark()
{
    return QGuiApplication::palette().color(QPalette::Window).lightness() < 128;
}

SystemScheme::SystemScheme(QObject *parent)
    : QObject(parent)
{
    // Offscreen runs (tests, grabs) must not depend on the desktop they happen to run on.
    if (QGuiApplication::platformName() == "offscreen"_L1)
        return;
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected())
        return;
    bus.connect(
        service, path, interface, u"SettingChanged"_s, this, SLOT(settingChanged(QString, QString, QDBusVariant)));
    QDBusMessage call = QDBusMessage::createMethodCall(service, path, interface, u"Read"_s);
    call << QString(group) << QString(key);
    auto *watcher = new QDBusPendingCallWatcher(bus.asyncCall(call, 2000), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, watcher] {
        const QDBusPendingReply<QDBusVariant> reply = *watcher;
        watcher->deleteLater();
        if (!reply.isError())
            take(reply.value().variant());
    });
}

void SystemScheme::settingChanged(const QString &changedGroup, const QString &changedKey, const QDBusVariant &value)
{
    if (changedGroup == group && changedKey == key)
        take(value.variant());
}

void SystemScheme::take(const QVariant &value)
{
    // Read() wraps the value in one variant more than SettingChanged does.
    QVariant plain = value;
    while (plain.canConvert<QDBusVariant>() && plain.userType() == qMetaTypeId<QDBusVariant>())
        plain = plain.value<QDBusVariant>().variant();
    bool known = false;
    const uint wish = plain.toUInt(&known);
    if (known && wish != 0)
        emit changed(wish == 1);
}

} // namespace cairn::kit
