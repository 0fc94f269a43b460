// SPDX-License-Identifier: GPL-3.0-or-later
#include "kit/Announce.h"

#include <QAccessible>
#include <QCoreApplication>
#include <QElapsedTimer>
#include <QPointer>
#include <QTimer>
#include <QWidget>

namespace cairn::kit {

namespace {

constexpr int pauseMs = 5000;

class Announcer : public QObject {
public:
    explicit Announcer(QObject *parent)
        : QObject(parent)
    {
        m_timer.setSingleShot(true);
        connect(&m_timer, &QTimer::timeout, this, [this] {
            if (m_source)
                speak(m_source, m_text);
            m_source = nullptr;
        });
    }

    void announce(QWidget *source, const QString &text)
    {
        if (!m_last.isValid() || m_last.elapsed() >= pauseMs) {
            speak(source, text);
            return;
        }
        m_source = source;
        m_text = text;
        if (!m_timer.isActive())
            m_timer.start(static_cast<int>(pauseMs - m_last.elapsed()));
    }

private:
    void speak(QWidget *source, const QString &text)
    {
        m_last.start();
        // Qt 6.4 has no announcement event (6.8); an alert on an object whose name just changed is read by Orca.
        source->setAccessibleDescription(text);
        QAccessibleEvent event(source, QAccessible::Alert);
        QAccessible::updateAccessibility(&event);
    }

    QElapsedTimer m_last;
    QTimer m_timer;
    QPointer<QWidget> m_source;
    QString m_text;
};

} // namespace

void announce(QWidget *source, const QString &text)
{
    if (!QAccessible::isActive())
        return;
    static QPointer<Announcer> announcer;
    if (!announcer)
        announcer = new Announcer(QCoreApplication::instance());
    announcer->announce(source, text);
}

} // namespace cairn::kit
