// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>
#include <QObject>
#include <QPointer>
#include <QThreadPool>
#include <chrono>
#include <functional>
#include <stop_token>

/// One-shot flows (connect, list a claim, resume) are written as straight-line blocking functions
/// `Result<T> flow(args…, std::stop_token)` and run here on a pool thread, never on the GUI thread. This replaces
/// coroutines: g++ 12.2 miscompiles temporaries in await expressions, and cairnctl calls the same flows directly.
namespace cairn::async {

/// The pool for flows that block on the network. Separate from the global pool, which holds CPU work.
QThreadPool &flowPool();

/// The pool for what follows a stream for a long time (a pod's log): a thread each, never a queue.
QThreadPool &streamPool();

/// Waits until both pools are idle. Call it before what the flows use is destroyed, after every Scope has cancelled.
void drain();

/// Cancels what it started when it dies: make it the last member of the owner.
class Scope
{
public:
    Scope() = default;
    ~Scope() { cancel(); }
    Scope(const Scope &) = delete;
    Scope &operator=(const Scope &) = delete;

    /// Stops everything started so far; later runs get a fresh token.
    void cancel()
    {
        m_stop.request_stop();
        m_stop = std::stop_source();
    }
    std::stop_token token() const { return m_stop.get_token(); }

    /// Runs `work(stop_token)` on the flow pool, then `done(value)` on the GUI thread, where `context` lives.
    /// `done` is dropped when `context` died or this scope was cancelled meanwhile.
    template <class Work, class Done>
    void run(QObject *context, Work work, Done done)
    {
        std::stop_token stop = m_stop.get_token();
        QPointer<QObject> guard(context);
        flowPool().start([stop, guard, work = std::move(work), done = std::move(done)]() mutable {
            if (stop.stop_requested())
                return;
            auto value = work(stop);
            // Posted to the application, which outlives every context; the guard is looked at on the GUI thread only.
            QMetaObject::invokeMethod(
                QCoreApplication::instance(),
                [stop, guard, done = std::move(done), value = std::move(value)]() mutable {
                    if (guard && !stop.stop_requested())
                        done(std::move(value));
                },
                Qt::QueuedConnection);
        });
    }

    /// What a flow of this scope calls to tell how far it is: from any thread, as often as it likes. `told(values…)` runs on
    /// the GUI thread, in order and before the flow's own `done`, and is dropped as that is.
    template <class... Values, class Told>
    std::function<void(const Values &...)> sink(QObject *context, Told told) const
    {
        return [stop = m_stop.get_token(), guard = QPointer<QObject>(context), told = std::move(told)](const Values &...values) {
            QMetaObject::invokeMethod(
                QCoreApplication::instance(),
                [stop, guard, told, values...] {
                    if (guard && !stop.stop_requested())
                        told(values...);
                },
                Qt::QueuedConnection);
        };
    }

private:
    std::stop_source m_stop;
};

/// Sleeps, or returns false at once when `stop` is requested.
bool sleepFor(std::chrono::milliseconds time, const std::stop_token &stop);

} // namespace cairn::async
