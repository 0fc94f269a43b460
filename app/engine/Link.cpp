// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/Link.h"

#include <QTimer>

namespace cairn::app {

Link::Link(std::shared_ptr<kube::Cluster> cluster, LinkOptions options, QObject *parent)
    : QObject(parent)
    , m_cluster(std::move(cluster))
    , m_options(std::move(options))
    , m_monitor(m_options.steady(), m_options.times)
    , m_told(state())
{
    auto *clock = new QTimer(this);
    connect(clock, &QTimer::timeout, this, &Link::look);
    clock->start(m_options.look);
}

LinkState Link::state() const
{
    return m_monitor.state(m_options.steady(), m_options.wall());
}

void Link::look()
{
    const kube::LinkMonitor::Acts acts = m_monitor.look(m_options.steady(), m_options.wall(), m_cluster->transport().pulse().last());
    const LinkState now = state();
    const bool differs = now.phase != m_told.phase || now.isSettled() != m_told.isSettled();
    m_told = now;
    if (acts.reconnect)
        emit reconnect();
    if (acts.probe)
        probe(acts.renew);
    if (differs)
        emit changed(now);
}

void Link::probe(bool renew)
{
    m_scope.run(
        this,
        [cluster = m_cluster, renew, patience = m_options.patience](std::stop_token stop) {
            if (renew)
                cluster->transport().renewConnections();
            cluster->ping(patience, stop);
            return true;
        },
        [this](bool) {
            m_monitor.probed(m_options.steady());
            look();
        });
}

} // namespace cairn::app
