// SPDX-License-Identifier: GPL-3.0-or-later
#include "MeasuredApplication.h"

#include <QAbstractItemView>
#include <QDateTime>
#include <QEvent>
#include <QMetaEnum>
#include <ctime>

namespace cairn::app {
namespace {

constexpr double limitMs = 8;

double threadMs()
{
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

QByteArray milliseconds(double value)
{
    return QByteArray::number(value, 'f', 1);
}

} // namespace

MeasuredApplication::MeasuredApplication(int &argc, char **argv, const QString &file)
    : QApplication(argc, argv)
    , m_file(file)
{
    m_clock.start();
    if (!m_file.open(QIODevice::WriteOnly | QIODevice::Truncate))
        qWarning("CAIRN_MEASURE: %s", qPrintable(m_file.errorString()));
    write("start", ",\"epoch\":" + QByteArray::number(QDateTime::currentMSecsSinceEpoch()));
}

void MeasuredApplication::mark(const QByteArray &event)
{
    write(event);
}

void MeasuredApplication::write(const QByteArray &event, const QByteArray &more)
{
    m_file.write("{\"ms\":" + milliseconds(static_cast<double>(m_clock.nsecsElapsed()) / 1e6) + ",\"event\":\"" + event + '"' + more + "}\n");
    m_file.flush();
}

bool MeasuredApplication::notify(QObject *receiver, QEvent *event)
{
    const QEvent::Type type = event->type();
    if (m_depth > 0) {
        const bool handled = QApplication::notify(receiver, event);
        if (type == QEvent::Paint)
            painted(receiver);
        return handled;
    }
    // Taken before: the receiver may be gone afterwards.
    // A timer is told by whose it is.
    const QObject *whose = type == QEvent::Timer && receiver->parent() ? receiver->parent() : receiver;
    const char *name = whose->metaObject()->className();
    const qint64 began = m_clock.nsecsElapsed();
    const double cpuBegan = threadMs();
    ++m_depth;
    const bool handled = QApplication::notify(receiver, event);
    --m_depth;
    const qint64 now = m_clock.nsecsElapsed();
    const double took = static_cast<double>(now - began) / 1e6;
    const double cpu = threadMs() - cpuBegan;
    m_longest = qMax(m_longest, took);
    m_longestCpu = qMax(m_longestCpu, cpu);
    if (took >= limitMs) {
        const char *word = QMetaEnum::fromType<QEvent::Type>().valueToKey(type);
        write("slot", ",\"took\":" + milliseconds(took) + ",\"cpu\":" + milliseconds(cpu) + ",\"receiver\":\"" + name + "\",\"type\":\""
                          + (word ? QByteArray(word) : QByteArray::number(type)) + '"');
    }
    if (now - m_secondBegan >= 1'000'000'000) {
        write("second", ",\"longest\":" + milliseconds(m_longest) + ",\"cpu\":" + milliseconds(m_longestCpu));
        m_secondBegan = now;
        m_longest = m_longestCpu = 0;
    }
    return handled;
}

void MeasuredApplication::painted(QObject *viewport)
{
    const auto *table = qobject_cast<const QAbstractItemView *>(viewport->parent());
    if (!table || !table->model() || table->viewport() != viewport)
        return;
    const int rows = table->model()->rowCount();
    int &known = m_rows[viewport];
    if (rows == known)
        return;
    known = rows;
    write("painted", ",\"table\":\"" + table->objectName().toUtf8() + "\",\"rows\":" + QByteArray::number(rows));
}

} // namespace cairn::app
