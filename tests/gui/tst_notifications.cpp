// SPDX-License-Identifier: GPL-3.0-or-later
// Notifications over a real bus of their own, to a service that stands in for the desktop's: it can be taken away.
#include "window/DesktopNotifications.h"

#include <QCoreApplication>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QProcess>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using cairn::app::DesktopNotifications;

namespace {

const auto service = u"org.freedesktop.Notifications"_s;
const auto path = u"/org/freedesktop/Notifications"_s;

} // namespace

/// What a desktop runs.
class Desktop : public QObject
{
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.Notifications")

public:
    struct Shown {
        uint replaces;
        QString title, body;
        QStringList actions;
    };
    QList<Shown> shown;

public slots:
    QString GetServerInformation(QString &vendor, QString &version, QString &specification)
    {
        vendor = version = u"test"_s;
        specification = u"1.2"_s;
        return u"Desktop"_s;
    }
    uint Notify(const QString &, uint replaces, const QString &, const QString &title, const QString &body, const QStringList &actions, const QVariantMap &, int)
    {
        shown.append({replaces, title, body, actions});
        return replaces ? replaces : static_cast<uint>(shown.size());
    }
};

class TestNotifications : public QObject
{
    Q_OBJECT
    QProcess m_bus;
    Desktop m_desktop;
    QDBusConnection m_side{QString()}; ///< the desktop's own connection

    void signal(const QString &name, const QVariantList &arguments)
    {
        QDBusMessage message = QDBusMessage::createSignal(path, service, name);
        message.setArguments(arguments);
        QVERIFY(m_side.send(message));
    }

private slots:
    void initTestCase()
    {
        m_bus.start(u"dbus-daemon"_s, {u"--session"_s, u"--nofork"_s, u"--print-address"_s});
        QVERIFY2(m_bus.waitForStarted(), "dbus-daemon is missing");
        QVERIFY(m_bus.waitForReadyRead());
        qputenv("DBUS_SESSION_BUS_ADDRESS", m_bus.readLine().trimmed());
        m_side = QDBusConnection::connectToBus(QString::fromLocal8Bit(qgetenv("DBUS_SESSION_BUS_ADDRESS")), u"desktop"_s);
        QVERIFY(m_side.isConnected());
        QVERIFY(m_side.registerObject(path, &m_desktop, QDBusConnection::ExportAllSlots));
    }
    void cleanupTestCase()
    {
        m_bus.kill();
        m_bus.waitForFinished();
    }

    void withoutADesktopTheCallerIsTold()
    {
        DesktopNotifications notifications;
        QSignalSpy failed(&notifications, &DesktopNotifications::failed);
        notifications.show(u"k"_s, u"title"_s, u"text"_s, true);
        QTRY_COMPARE(failed.size(), 1);
        QCOMPARE(failed.first(), (QVariantList{u"k"_s, u"title"_s, u"text"_s}));
        QVERIFY(!notifications.isReachable());
    }

    void itIsShownPressedReplacedAndForgotten()
    {
        DesktopNotifications notifications;
        QVERIFY(m_side.registerService(service));
        QTRY_VERIFY(notifications.isReachable());
        QSignalSpy activated(&notifications, &DesktopNotifications::activated);
        notifications.show(u"job"_s, u"bert failed"_s, u"<b>not bold</b>"_s, true);
        QTRY_COMPARE(m_desktop.shown.size(), 1);
        QCOMPARE(m_desktop.shown[0].title, u"bert failed"_s);
        QCOMPARE(m_desktop.shown[0].body, u"&lt;b&gt;not bold&lt;/b&gt;"_s);
        QCOMPARE(m_desktop.shown[0].actions.value(0), u"default"_s);
        // The answer with its number comes a moment after the call.
        QTRY_VERIFY_WITH_TIMEOUT((signal(u"ActionInvoked"_s, {1U, u"default"_s}), QTest::qWait(50), !activated.isEmpty()), 5000);
        QCOMPARE(activated.first().first().toString(), u"job"_s);
        activated.clear();
        signal(u"ActionInvoked"_s, {99U, u"default"_s}); // somebody else's
        notifications.show(u"job"_s, u"bert failed again"_s, {}, true);
        QTRY_COMPARE(m_desktop.shown.size(), 2);
        QCOMPARE(m_desktop.shown[1].replaces, 1U);
        QVERIFY(activated.isEmpty());
        signal(u"NotificationClosed"_s, {1U, 2U});
        QTest::qWait(100);
        notifications.show(u"job"_s, u"once more"_s, {}, true);
        QTRY_COMPARE(m_desktop.shown.size(), 3);
        QCOMPARE(m_desktop.shown[2].replaces, 0U);
        QVERIFY(m_side.unregisterService(service));
        QTRY_VERIFY(!notifications.isReachable());
    }
};

QTEST_GUILESS_MAIN(TestNotifications)
#include "tst_notifications.moc"
