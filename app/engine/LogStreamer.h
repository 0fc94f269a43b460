// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Job.h"
#include "domain/LogLine.h"
#include "domain/ObjectApi.h"

#include <QObject>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

namespace cairn::app {

/// Follows the logs of several pods, a thread each, and hands their lines on in batches ten times a second. GUI thread
/// only; destroying it ends them without waiting for them on the GUI thread.
class LogStreamer : public QObject
{
    Q_OBJECT

public:
    static constexpr int maxPods = 24; ///< more would be more connections than a server likes from one person

    LogStreamer(std::shared_ptr<ObjectApi> api, bool previous, QObject *parent = nullptr);
    ~LogStreamer() override;

    /// `source` comes back with the lines. An empty `container` means the only one there is.
    void follow(int source, const Pod &pod, const QString &container);

signals:
    void lines(std::vector<cairn::LogLine> batch);
    /// The log of one pod ended: the error says why, unless the container simply ended.
    void ended(int source, const std::optional<cairn::Error> &error);

private:
    struct Shared;
    const std::shared_ptr<ObjectApi> m_api;
    const bool m_previous;
    std::shared_ptr<Shared> m_shared;
    std::stop_source m_stop;
};

} // namespace cairn::app
