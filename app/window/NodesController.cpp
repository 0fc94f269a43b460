// SPDX-License-Identifier: GPL-3.0-or-later
#include "NodesController.h"

#include "ActionRegistry.h"
#include "base/Text.h"
#include "engine/CheckpointReader.h"
#include "kube/Rights.h"
#include "manifest/Yaml.h"
#include "pages/NodesPage.h"

#include <QJsonArray>
#include <QJsonObject>

using namespace Qt::StringLiterals;

namespace cairn::app {
NodesController::NodesController(const CheckpointReader &reader, QObject *parent)
    : ListController({u"nodes"_s, u"nodes"_s, tr("Nodes")}, new pages::NodesPage, parent)
    , m_reader(reader)
    , m_page(static_cast<pages::NodesPage *>(page()))
{
    connect(m_page, &pages::NodesPage::jobRequested, this, &NodesController::goToJob);
    connect(m_page, &pages::NodesPage::podsRequested, this, [this](const QString &node) { go(u"pods"_s, {}, u"node:"_s + node); });
}

void NodesController::addActions(ActionRegistry &actions)
{
    using items::PaletteEntry;
    actions.addSource(u"node"_s,
                      [this] {
                          QList<PaletteEntry> list;
                          for (const situation::NodeLoad &row : joined())
                              list.append({u"node:"_s + situation::nodeKey(row.node), PaletteEntry::Kind::Object, place().icon, text::safe(row.node.name),
                                           row.node.zone.isEmpty() ? tr("node") : tr("node · %1", "zone").arg(text::safe(row.node.zone)), {}, {}, false});
                          return list;
                      },
                      [this](const QString &key, bool) { go(place().id, key); });
}

void NodesController::refresh()
{
    if (m_session)
        m_session->retryNow();
}

void NodesController::setSession(ClusterSession *session)
{
    m_session = session;
    m_page->setFeed({});
    m_page->setNodes({});
}

void NodesController::open()
{
    if (m_session)
        show();
}

void NodesController::setNow(const QDateTime &now)
{
    if (!m_session || !m_page->isVisible())
        return;
    m_page->setNow(now);
    show();
}

QList<situation::NodeLoad> NodesController::joined() const
{
    if (!m_session)
        return {};
    const FeedState &pods = m_session->jobs().podsState();
    const bool partial = !m_session->watched().isEmpty() || m_session->isNarrowed() || pods.phase == FeedState::Phase::Forbidden
        || pods.phase == FeedState::Phase::Failed;
    const store::ResourceStore<Pod> &all = m_session->pods();
    return situation::joinNodes(
        m_session->nodes().values(), [&](const std::function<void(const Pod &)> &visit) { all.each(visit); },
        [this](const Pod &pod, const situation::SeeJob &visit) { m_reader.see(m_session->jobs().jobOf(pod), visit); },
        partial, m_session->asOf());
}

void NodesController::show()
{
    const FeedState &state = m_session->nodes().state();
    m_page->setNodes(joined());
    m_page->setFeed(state, state.phase == FeedState::Phase::Forbidden ? manifest::toYaml(kube::roleFor(u"cairn-view-nodes"_s, {}, kube::needs::viewNodes())) : QString());
}

} // namespace cairn::app
