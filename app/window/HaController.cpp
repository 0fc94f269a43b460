// SPDX-License-Identifier: GPL-3.0-or-later
#include "HaController.h"

#include "ActionRegistry.h"
#include "base/Text.h"
#include "kube/Rights.h"
#include "manifest/Yaml.h"
#include "pages/HaPage.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QTimer>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::app {

HaController::HaController(QObject *parent)
    : ListController({u"ha"_s, u"availability"_s, tr("High availability")}, new pages::HaPage, parent)
    , m_page(static_cast<pages::HaPage *>(page()))
    , m_soon(new QTimer(this))
{
    m_soon->setSingleShot(true);
    m_soon->setInterval(100);
    connect(m_soon, &QTimer::timeout, this, &HaController::judge);
}

void HaController::addActions(ActionRegistry &actions)
{
    using items::PaletteEntry;
    actions.addSource(u"component"_s,
                      [this] {
                          QList<PaletteEntry> list;
                          for (const components::Component &component : m_known.value_or(QList<components::Component>()))
                              list.append({u"component:"_s + items::ComponentTableModel::key(component), PaletteEntry::Kind::Object, place().icon, component.id,
                                           tr("component · %1", "namespace").arg(text::safe(component.ns)), {}, {}, false});
                          return list;
                      },
                      [this](const QString &key, bool) { go(place().id, key); });
}

void HaController::setSession(ClusterSession *session)
{
    if (m_feeds)
        m_feeds->disconnect(this);
    m_feeds = nullptr;
    m_known.reset();
    m_soon->stop();
    m_session = session;
    m_page->setFeed({});
    m_page->setComponents({}, {});
    emit badgeChanged(0);
}

void HaController::open()
{
    if (m_feeds || !m_session)
        return;
    m_feeds = &m_session->components();
    connect(m_feeds, &ComponentFeeds::changed, this, [this] {
        if (!m_soon->isActive())
            m_soon->start();
    });
    m_soon->start();
}

void HaController::refresh()
{
    if (m_session)
        m_session->retryNow();
}

void HaController::setNow(const QDateTime &now)
{
    if (!m_feeds)
        return;
    m_page->setNow(now);
    if (!m_judged.isValid() || m_judged.secsTo(now) >= 5)
        judge();
}

void HaController::judge()
{
    m_soon->stop();
    const QDateTime now = QDateTime::currentDateTimeUtc();
    m_judged = now;
    FeedState state = m_feeds->state();
    if (state.phase == FeedState::Phase::Loading || (state.phase == FeedState::Phase::Failed && isSilent(state))) {
        // Half of it would call everything lost.
        m_page->setFeed(state);
        return;
    }
    const components::ClusterFacts facts = m_session->componentFacts();
    QList<components::Component> list = components::judge(facts);
    const components::Summary summary = components::summarise(list);
    // Where nothing can be seen that is one sentence, and no list of all there could be.
    if (summary.observable == 0 && summary.unobservable > 0) {
        list.clear();
        if (state.phase == FeedState::Phase::Live) {
            state.phase = FeedState::Phase::Forbidden;
            state.error = facts.unread.first().error;
        }
    }
    m_known = list;
    m_page->setComponents(list, facts.now);
    m_page->setFeed(state, state.phase == FeedState::Phase::Forbidden ? manifest::toYaml(kube::roleFor(u"cairn-view-components"_s, {}, kube::needs::viewComponents())) : QString());
    emit badgeChanged(list.isEmpty() ? 0 : summary.falling());
}

} // namespace cairn::app
