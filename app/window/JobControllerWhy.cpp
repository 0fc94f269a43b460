// SPDX-License-Identifier: GPL-3.0-or-later
// Why the opened job does not start.
#include "JobController.h"

#include "base/Text.h"
#include "engine/LaunchFlows.h"
#include "jobs/ShownOnly.h"

#include <QElapsedTimer>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

/// What holds a job up may go away without an event of the job's: somebody else ends.
constexpr auto whyMaxAge = std::chrono::seconds(20);
/// Events come in bursts.
constexpr auto whyPause = std::chrono::milliseconds(500);
/// A look may take at most this part of the time: on a large cluster all nodes and pods are a heavy list.
constexpr int whyShare = 5;

} // namespace

bool JobController::isStarting(const Job &job)
{
    if (!jobs::shownOnly(job.kind).id.isEmpty())
        return false; // what starts it is not known here
    switch (job.phase) {
    case JobPhase::Pending:
    case JobPhase::Queued:
    case JobPhase::Suspended:
    case JobPhase::Unknown: return true;
    // Its operator refused it, or its pods could not even be made.
    case JobPhase::Failed: return !job.started.isValid() && !job.died;
    case JobPhase::Running:
    case JobPhase::NodeLost:
    case JobPhase::Restarting:
    case JobPhase::Succeeded: break;
    }
    return false;
}

void JobController::forgetWhy()
{
    m_whySoon.stop();
    m_whyScope.cancel();
    m_why = {};
    m_whyAsked = {};
    m_whyTook = {};
    m_page->setWhy(nullptr);
}

void JobController::askWhySoon()
{
    const Job *shown = job();
    if (!shown || !isStarting(*shown)) {
        if (shown && (m_whyAsked.isValid() || m_why.reading))
            forgetWhy(); // it started
        return;
    }
    if (!m_why.reading && !m_whyAsked.isValid())
        m_page->setWhy(&m_why);
    if (m_whySoon.isActive())
        return;
    if (!m_whyAsked.isValid()) {
        m_whySoon.start(0);
        return;
    }
    const qint64 past = m_whyAsked.msecsTo(QDateTime::currentDateTimeUtc());
    const qint64 due = m_whyTook.count() * whyShare - past;
    m_whySoon.start(std::chrono::milliseconds(std::clamp<qint64>(due, whyPause.count(), 60'000)));
}

void JobController::askWhy()
{
    const Job *shown = job();
    if (!shown || !isStarting(*shown) || !m_session)
        return;
    if (m_why.reading) {
        m_whySoon.start(whyPause); // what happened since is looked at next
        return;
    }
    m_whySoon.stop();
    m_why.reading = true;
    m_page->setWhy(&m_why);
    struct Answer {
        Result<JobWhy> read;
        std::chrono::milliseconds took;
    };
    m_whyScope.run(
        this,
        [cluster = m_session->sharedCluster(), ref = shown->ref()](std::stop_token stop) {
            QElapsedTimer clock;
            clock.start();
            Result<JobWhy> read = readWhyNot(*cluster, ref, stop);
            return Answer{std::move(read), std::chrono::milliseconds(clock.elapsed())};
        },
        [this](const Answer &answer) {
            m_why.reading = false;
            m_whyTook = answer.took;
            m_whyAsked = QDateTime::currentDateTimeUtc();
            m_why.error.reset();
            if (answer.read) {
                m_why.why = answer.read->why;
                m_why.readAt = m_whyAsked;
                m_why.gaps.clear();
                for (const Gap &gap : answer.read->gaps)
                    m_why.gaps.append(u"%1: %2"_s.arg(text::safe(gap.what), text::safe(gap.error.oneLine())));
            } else {
                m_why.error = answer.read.error();
            }
            const Job *now = job();
            m_page->setWhy(now && isStarting(*now) ? &m_why : nullptr);
        });
}

void JobController::keepWhyFresh(const QDateTime &now)
{
    if (m_page->isVisible() && m_whyAsked.isValid() && m_whyAsked.secsTo(now) > whyMaxAge.count())
        askWhySoon();
}

} // namespace cairn::app
