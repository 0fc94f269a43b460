// SPDX-License-Identifier: GPL-3.0-or-later
#include "CheckpointsController.h"

#include "ActionRegistry.h"
#include "pages/CheckpointsPage.h"

#include <QTimer>

namespace cairn::app {

using namespace Qt::StringLiterals;

CheckpointsController::CheckpointsController(CheckpointReader &reader, QObject *parent)
    : ListController({u"checkpoints"_s, u"checkpoints"_s, tr("Checkpoints")}, new pages::CheckpointsPage, parent)
    , m_reader(reader)
    , m_page(static_cast<pages::CheckpointsPage *>(page()))
    , m_soon(new QTimer(this))
{
    m_soon->setSingleShot(true);
    m_soon->setInterval(100);
    connect(m_soon, &QTimer::timeout, this, &CheckpointsController::show);
    connect(&reader, &CheckpointReader::changed, this, &CheckpointsController::showSoon);
    connect(&reader, &CheckpointReader::readingChanged, this, &CheckpointsController::showSoon);
    connect(m_page, &pages::CheckpointsPage::jobRequested, this, &CheckpointsController::goToJob);
    connect(m_page, &pages::CheckpointsPage::resumeRequested, this, &CheckpointsController::resumeRequested);
    connect(m_page, &pages::CheckpointsPage::startFromWeightsRequested, this, &CheckpointsController::startFromWeightsRequested);
    connect(m_page, &pages::CheckpointsPage::newJobRequested, this, &CheckpointsController::newJobRequested);
    connect(m_page, &pages::CheckpointsPage::readRequested, this, [this](const QStringList &agreed) {
        m_reader.allow(agreed);
        m_reader.read(m_reader.unread().uids);
        show();
    });
    connect(m_page, &pages::CheckpointsPage::stopRequested, this, [this] {
        m_reader.cancel();
        show();
    });
}

void CheckpointsController::addActions(ActionRegistry &actions)
{
    ActionRegistry::Action all;
    all.id = u"readCheckpoints"_s;
    all.icon = place().icon;
    all.text = tr("Read the checkpoints of all jobs");
    all.act = [this] {
        go(place().id);
        refresh();
    };
    all.whyNot = [this] { return m_session ? QString() : tr("Not connected"); };
    actions.add({}, all);
}

void CheckpointsController::setSession(ClusterSession *session)
{
    if (m_session)
        m_session->jobs().disconnect(this);
    m_session = session;
    m_soon->stop();
    m_page->model()->setRows({});
    m_page->setUnread({});
    if (session)
        connect(&session->jobs(), &store::StoreSignals::changed, this, &CheckpointsController::showSoon);
    m_late = true;
}

void CheckpointsController::open()
{
    if (m_late)
        show();
}

void CheckpointsController::showSoon()
{
    m_late = true;
    if (m_page->isVisible() && !m_soon->isActive())
        m_soon->start();
}

void CheckpointsController::setNow(const QDateTime &now)
{
    if (m_session)
        m_page->setNow(now);
}

void CheckpointsController::refresh()
{
    if (!m_session)
        return;
    // What was never read too: where a helper needs an agreement first the reader leaves it out.
    QStringList uids = m_reader.unread().uids;
    m_session->jobs().each([&](const Job &job) {
        if (m_reader.known(job.uid) || m_reader.problem(job.uid))
            uids.append(job.uid);
    });
    m_reader.read(uids);
    show();
}

void CheckpointsController::show()
{
    if (!m_session)
        return;
    m_late = false;
    QList<items::TrailRow> rows;
    pages::CheckpointsPage::Unread unread;
    m_session->jobs().each([&](const Job &job) {
        if (const CheckpointReader::Known *known = m_reader.known(job.uid)) {
            const Listing &listing = known->listing.listing;
            rows += items::trailOf(job.uid, job.name, job.ns, listing, known->listing.attemptOf(job).newestResumable());
            ++unread.read;
            unread.cut += listing.partial ? 1 : 0;
            if (!listing.runs.isEmpty() && (!unread.oldest.isValid() || listing.readAt < unread.oldest))
                unread.oldest = listing.readAt;
        }
        if (const Error *problem = m_reader.problem(job.uid))
            unread.problems.append(u"%1/%2: %3"_s.arg(job.ns, job.name, problem->oneLine()));
        if (m_reader.isReading(job.uid))
            unread.reading = job.name;
    });
    unread.problems.sort();
    const CheckpointReader::Unread left = m_reader.unread();
    unread.jobs = static_cast<int>(left.uids.size());
    unread.namespaces = left.namespaces;
    unread.left = m_reader.left();
    m_page->model()->setRows(rows);
    m_page->setUnread(unread);
}

} // namespace cairn::app
