// SPDX-License-Identifier: GPL-3.0-or-later
#include "gallery/PageEntries.h"
#include "kit/StateView.h"
#include "pages/OverviewPage.h"

namespace cairn::gallery {

using namespace Qt::StringLiterals;
using situation::Problem;
using items::Tone;
using pages::OverviewPage;

namespace {

FeedState feed(FeedState::Phase phase)
{
    FeedState state;
    state.phase = phase;
    state.lastGood = cannedNow().addSecs(-360);
    if (phase == FeedState::Phase::Stale)
        state.error = Error::make(Error::Kind::Network, u"No answer"_s, u"No answer from api.prod-train-eu.example."_s);
    return state;
}

Problem problem(Problem::Kind kind, Problem::About about, const decltype(Problem::what) &what, Problem::Urgency urgency, const QString &name, const QString &text, const QString &place,
                int minutesAgo, const QString &hint, bool resume = false)
{
    Problem problem;
    problem.kind = kind;
    problem.about = about;
    problem.target = name;
    problem.what = what;
    problem.urgency = urgency;
    problem.name = name;
    problem.text = text;
    problem.place = place;
    if (minutesAgo > 0)
        problem.since = cannedNow().addSecs(-60 * minutesAgo);
    problem.hint = hint;
    problem.act = resume ? Problem::Act::Resume : Problem::Act::Show;
    return problem;
}

situation::Overview canned(int problems = 7)
{
    using About = Problem::About;
    using Kind = Problem::Kind;
    using Other = Problem::Other;
    constexpr auto now = Problem::Urgency::Now, soon = Problem::Urgency::Soon;
    const QList<Problem> all{
        problem(Kind::NodeLost, About::Node, Other::NotReady, now, u"gpu-4"_s, u"the node is not ready"_s, u"eu-west-1a"_s, 6, u"3 jobs with a pod there: at most 18.0 GPU-h"_s),
        problem(Kind::ComponentDown, About::Component, components::Standing::Down, now, u"katib-ui"_s, u"The Katib pages do not open; experiments continue."_s, u"kubeflow"_s, 0,
                u"0/1 replicas ready"_s),
        problem(Kind::NodeLost, About::Job, JobPhase::NodeLost, soon, u"t5-summarise-de"_s, u"it has a pod on node gpu-4, which does not answer; whether it still trains is not known"_s,
                u"nlp"_s, 6, u"newest whole checkpoint: step 8 400"_s),
        problem(Kind::Stalled, About::Job, JobPhase::Restarting, soon, u"gan-ablation"_s, u"no space left on PVC ckpt-gan"_s, u"research"_s, 2, u"newest whole checkpoint: step 900"_s),
        problem(Kind::Failed, About::Job, JobPhase::Failed, now, u"llama-ft-7"_s, u"GPU out of memory"_s, u"research"_s, 4, u"newest whole checkpoint: step 12 000"_s, true),
        problem(Kind::AtRisk, About::Job, Other::Overdue, soon, u"bert-xl"_s, u"usually saves every 10 min, and has not for 2 h 10 min"_s, u"nlp"_s, 130,
                u"newest whole checkpoint: step 41 000"_s),
        problem(Kind::Full, About::Claim, Other::Storage, now, u"ckpt-shared"_s, u"78 % full, with room for 9 d at its pace of 250 GiB a day"_s, u"research"_s, 0,
                u"used by bert-xl and 3 more"_s)};
    situation::Overview overview;
    overview.running = 12;
    overview.failed = 1;
    overview.waiting = 1;
    overview.suspended = 2;
    overview.gpuHoursAtRisk = 38;
    overview.costliest = u"bert-xl"_s;
    overview.componentsKnown = true;
    overview.components = {14, 10, 0, 1};
    overview.claimsKnown = true;
    overview.claims = {9, 2, qint64(7800) << 30, qint64(10) << 40, 0};
    overview.fillsFirst = u"ckpt-shared"_s;
    overview.fillsIn = u"9 d"_s;
    overview.fillsSeverity = storage::Severity::Soon;
    overview.gpusKnown = true;
    overview.gpusAllocatable = 40;
    overview.gpusRequested = 28;
    overview.gpusHeld = 4;
    for (int i = 0; i < problems; ++i) {
        overview.problems.append(all[i % all.size()]);
        if (i >= all.size())
            overview.problems.last().target += QString::number(i);
    }
    return overview;
}

/// A day of five jobs: one that failed, one that was resumed, one whose newest save is damaged.
QList<situation::Activity> lately()
{
    using situation::Activity;
    using Mark = situation::ActivityMark;
    const QDateTime now = cannedNow();
    const auto lane = [&](const QString &name, int fromHours, double toHours, double everyHours) {
        Activity one{name, name, u"research"_s, now.addSecs(-3600 * fromHours), now.addSecs(qint64(-3600 * toHours)), toHours == 0, false, {}};
        for (double hour = fromHours - everyHours; hour > toHours; hour -= everyHours)
            one.marks.append({Mark::Kind::Saved, now.addSecs(qint64(-3600 * hour)), Verdict::Whole, u"Step 1 000"_s});
        return one;
    };
    QList<Activity> lanes{lane(u"llama-ft-7"_s, 24, 0.1, 2), lane(u"bert-xl"_s, 24, 0, 3), lane(u"t5-summarise-de"_s, 15, 0, 1), lane(u"gan-ablation"_s, 20, 6, 0.2),
                          lane(u"whisper-small"_s, 9, 0, 10)};
    lanes[0].marks.append({Mark::Kind::Failed, lanes[0].to, Verdict::Unverified, u"Failed: NodeLost (worker-3)"_s});
    lanes[2].marks.prepend({Mark::Kind::Resumed, lanes[2].from, Verdict::Unverified, u"Resumed from step 8 000"_s});
    lanes[1].marks.last().verdict = Verdict::Damaged;
    return lanes;
}

OverviewPage *page(const situation::Overview &overview, FeedState::Phase phase)
{
    auto *page = new OverviewPage;
    page->setNow(cannedNow());
    page->setContext(u"prod-train-eu"_s);
    page->setFeed(feed(phase));
    page->setOverview(overview);
    if (phase != FeedState::Phase::Loading)
        page->setActivity(lately());
    return page;
}

} // namespace

void registerOverviewEntries(kit::GalleryRegistry &registry)
{
    const QList<QSize> one{pageSizes().first()};
    using Phase = FeedState::Phase;
    registry.add({u"page.overview"_s, u"Overview"_s, [] { return page(canned(), Phase::Live); }, pageSizes()});
    registry.add({u"page.overview.calm"_s, u"Overview, nothing to do"_s,
                  [] {
                      situation::Overview calm = canned(0);
                      calm.failed = calm.waiting = 0;
                      calm.components = {14, 14, 0, 0};
                      calm.gpusHeld = 0;
                      return page(calm, Phase::Live);
                  },
                  one});
    registry.add({u"page.overview.loading"_s, u"Overview, loading"_s,
                  [] {
                      OverviewPage *shown = page({}, Phase::Loading);
                      shown->findChild<kit::StateView *>(u"overview.state"_s)->showPending();
                      return shown;
                  },
                  one});
    registry.add({u"page.overview.stale"_s, u"Overview, not connected"_s, [] { return page(canned(), Phase::Stale); }, one});
    registry.add({u"page.overview.many"_s, u"Overview, 10 000 problems"_s, [] { return page(canned(10'000), Phase::Live); }, one});
}

} // namespace cairn::gallery
