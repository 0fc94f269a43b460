// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/LogStreamer.h"

#include "base/Async.h"

#include <QDateTime>
#include <QTimer>
#include <condition_variable>
#include <mutex>

using namespace Qt::StringLiterals;

namespace cairn::app {

/// Where the threads leave what they read; outlives the streamer while a thread still ends.
struct LogStreamer::Shared {
    std::mutex mutex;
    std::condition_variable_any drained;
    std::vector<LogLine> lines;
    qint64 bytes = 0; ///< of the lines
    std::vector<std::pair<int, std::optional<Error>>> ends;
};

namespace {

/// What may wait for the GUI thread before the threads that read pause, and with them, in the end, the server. A pod that
/// runs `yes` else fills the memory.
constexpr size_t mostLines = 20'000;
constexpr qint64 mostBytes = 8 << 20;
constexpr int firstLines = 5000; ///< of each pod; older ones are a click away in the previous log or the storage

/// "2026-01-02T03:04:05.123456789Z text": splits off the time that the kubelet put in front.
LogLine parse(int source, const QByteArray &line)
{
    LogLine raw;
    raw.source = source;
    const qsizetype space = line.indexOf(' ');
    const QDateTime time = space > 18 && space < 40 ? QDateTime::fromString(QString::fromLatin1(line.first(space)), Qt::ISODateWithMs) : QDateTime();
    raw.time = time.isValid() ? time.toMSecsSinceEpoch() : 0;
    raw.text = QString::fromUtf8(time.isValid() ? line.sliced(space + 1) : line);
    return raw;
}

} // namespace

LogStreamer::LogStreamer(std::shared_ptr<ObjectApi> api, bool previous, QObject *parent)
    : QObject(parent)
    , m_api(std::move(api))
    , m_previous(previous)
    , m_shared(std::make_shared<Shared>())
{
    auto *drain = new QTimer(this);
    connect(drain, &QTimer::timeout, this, [this] {
        std::vector<LogLine> batch;
        std::vector<std::pair<int, std::optional<Error>>> ends;
        {
            const std::lock_guard lock(m_shared->mutex);
            batch.swap(m_shared->lines);
            m_shared->bytes = 0;
            ends.swap(m_shared->ends);
            m_shared->drained.notify_all();
        }
        if (!batch.empty())
            emit lines(std::move(batch));
        for (const auto &[source, error] : ends)
            emit ended(source, error);
    });
    drain->start(100);
}

LogStreamer::~LogStreamer()
{
    m_stop.request_stop();
}

void LogStreamer::follow(int source, const Pod &pod, const QString &container)
{
    LogOptions options;
    options.container = container;
    options.previous = m_previous;
    options.timestamps = true;
    options.tailLines = firstLines;
    // It holds everything it needs and ends soon after the stop.
    async::streamPool().start([api = m_api, shared = m_shared, source, ns = pod.ns, name = pod.name, options, stop = m_stop.get_token()] {
        const auto leave = [&](const QByteArray &line) {
            std::unique_lock lock(shared->mutex);
            if (!shared->drained.wait(lock, stop, [&] { return shared->lines.size() < mostLines && shared->bytes < mostBytes; }))
                return false;
            shared->lines.push_back(parse(source, line));
            shared->bytes += line.size();
            return !stop.stop_requested();
        };
        Result<> how;
        if (options.previous) {
            const Result<QByteArray> all = api->log(ns, name, options, stop);
            if (all) {
                for (const QByteArray &line : all->split('\n')) {
                    if (!line.isEmpty() && !leave(line))
                        break;
                }
            } else {
                how = fail(all.error());
            }
        } else {
            how = api->followLog(ns, name, options, leave, stop);
        }
        const std::lock_guard lock(shared->mutex);
        shared->ends.emplace_back(source, how ? std::nullopt : std::optional(how.error()));
    });
}

} // namespace cairn::app
