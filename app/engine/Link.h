// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Async.h"
#include "kube/Cluster.h"
#include "kube/LinkMonitor.h"

#include <QObject>
#include <functional>
#include <memory>

namespace cairn::app {

/// How a link is judged. Tests bring clocks and times of their own.
struct LinkOptions {
    std::function<kube::Pulse::Time()> steady = kube::Pulse::now;
    std::function<QDateTime()> wall = QDateTime::currentDateTimeUtc;
    kube::LinkMonitor::Options times;
    std::chrono::milliseconds look{1000};
    std::chrono::milliseconds patience{5000}; ///< with one probe
};

/// Watches over the server of one session: looks for signs of life once a second, and asks for its version where there are
/// none for a while. GUI thread.
class Link : public QObject
{
    Q_OBJECT

public:
    explicit Link(std::shared_ptr<kube::Cluster> cluster, LinkOptions options = {}, QObject *parent = nullptr);

    /// As of now.
    LinkState state() const;
    /// Looks now; by itself once a second.
    void look();

signals:
    /// Another phase, or the time after a silence is over.
    void changed(const cairn::LinkState &state);
    /// It is back: what stands may lead nowhere.
    void reconnect();

private:
    void probe(bool renew);

    const std::shared_ptr<kube::Cluster> m_cluster;
    const LinkOptions m_options;
    kube::LinkMonitor m_monitor;
    LinkState m_told;
    async::Scope m_scope;
};

} // namespace cairn::app
