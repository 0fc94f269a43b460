// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QApplication>
#include <QEvent>
#include <algorithm>
#include <cstdio>
#include <ctime>

/// How much processor time the slots of a window take.
namespace cairn::bench {

inline double threadMs()
{
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

/// Processor time of the slots since the last tell(), in ms.
struct Slots {
    double longest = 0, sum = 0;
    int over = 0;
    template <class F>
    void run(const char *receiver, QEvent::Type type, F slot)
    {
        const double began = threadMs();
        slot();
        const double took = threadMs() - began;
        longest = std::max(longest, took);
        sum += took;
        if (took > 8) {
            ++over;
            std::printf("{\"event\":\"slot\",\"cpu\":%.2f,\"receiver\":\"%s\",\"type\":%d}\n", took, receiver, int(type));
        }
    }
    void tell(const char *event)
    {
        std::printf("{\"event\":\"%s\",\"longest\":%.2f,\"sum\":%.1f,\"over\":%d}\n", event, longest, sum, over);
        *this = {};
    }
};

inline Slots spent;

/// Each event that is delivered is a slot.
class Application : public QApplication
{
public:
    using QApplication::QApplication;
    bool notify(QObject *receiver, QEvent *event) override
    {
        if (m_depth > 0)
            return QApplication::notify(receiver, event);
        ++m_depth;
        bool handled = false;
        spent.run(receiver->metaObject()->className(), event->type(), [&] { handled = QApplication::notify(receiver, event); });
        --m_depth;
        return handled;
    }

private:
    int m_depth = 0;
};

} // namespace cairn::bench
