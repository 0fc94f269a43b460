// SPDX-License-Identifier: GPL-3.0-or-later
#include "EventsController.h"

#include "base/Text.h"
#include "pages/EventsPage.h"

#include <QTimer>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

/// Grouped in one go; a thousand take about two milliseconds.
constexpr qsizetype slice = 1000;
constexpr int pauseMs = 200; ///< between batches of a live watch: events come in bursts

} // namespace

EventsController::EventsController(QObject *parent)
    : ListController({u"events"_s, u"events"_s, tr("Events")}, new pages::EventsPage, parent)
    , m_page(static_cast<pages::EventsPage *>(page()))
    , m_work(new QTimer(this))
{
    m_work->setSingleShot(true);
    connect(m_work, &QTimer::timeout, this, &EventsController::work);
    connect(m_page, &pages::EventsPage::currentEventChanged, this, &EventsController::showJob);
    connect(m_page, &pages::EventsPage::jobRequested, this, [this] {
        const Event *event = m_page->current();
        if (m_session && event)
            goToJob(m_session->jobs().jobAbout(*event));
    });
}

void EventsController::refresh()
{
    if (m_session)
        m_session->retryNow();
}

void EventsController::setSession(ClusterSession *session)
{
    if (m_session)
        m_session->jobs().events().disconnect(this);
    m_session = session;
    m_open = false;
    m_work->stop();
    m_waiting.clear();
    m_groups.clear();
    m_page->model()->clear();
    m_page->setFeed({});
}

void EventsController::open()
{
    if (m_open || !m_session)
        return;
    m_open = true;
    const store::ResourceStore<Event> &events = m_session->jobs().events();
    connect(&events, &store::StoreSignals::changed, this, &EventsController::take);
    connect(&events, &store::StoreSignals::stateChanged, this, &EventsController::showFeed);
    events.each([this](const Event &event) { m_waiting.insert(event.uid); });
    m_work->start(0);
    showFeed();
}

void EventsController::take(const store::StoreChange &change)
{
    for (const QStringList &uids : {change.added, change.changed, change.removed}) {
        for (const QString &uid : uids)
            m_waiting.insert(uid);
    }
    if (!m_work->isActive())
        m_work->start(m_waiting.size() > slice ? 0 : pauseMs);
}

void EventsController::work()
{
    const store::ResourceStore<Event> &events = m_session->jobs().events();
    store::StoreChange change;
    for (auto it = m_waiting.begin(); it != m_waiting.end() && change.changed.size() + change.removed.size() < slice;) {
        (events.find(*it) ? change.changed : change.removed).append(*it);
        it = m_waiting.erase(it);
    }
    m_page->model()->applyDelta(m_groups.apply(events, change));
    if (!m_waiting.isEmpty())
        m_work->start(0);
    showJob();
}

void EventsController::showFeed()
{
    m_page->setFeed(m_session->jobs().eventsState());
}

void EventsController::showJob()
{
    const Event *event = m_page->current();
    const Job *job = m_session && event ? m_session->jobs().find(m_session->jobs().jobAbout(*event)) : nullptr;
    m_page->setJob(job ? text::safe(job->name) : QString());
}

void EventsController::setNow(const QDateTime &now)
{
    if (m_open)
        m_page->setNow(now);
}

} // namespace cairn::app
