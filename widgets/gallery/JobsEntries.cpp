// SPDX-License-Identifier: GPL-3.0-or-later
#include "gallery/PageEntries.h"
#include "kit/StateView.h"
#include "pages/JobsPage.h"
#include "pages/NamespaceSelector.h"
#include "views/DataTable.h"

#include <functional>

namespace cairn::gallery {

using namespace Qt::StringLiterals;
using pages::JobsPage;

namespace {

FeedState feed(FeedState::Phase phase)
{
    FeedState state;
    state.phase = phase;
    state.lastGood = cannedNow().addSecs(-360);
    return state;
}

items::CheckpointSummary saved(int minutesAgo, Verdict verdict, int safeMinutesAgo)
{
    items::CheckpointSummary summary;
    summary.verdict = verdict;
    summary.savedAt = cannedNow().addSecs(-60 * minutesAgo);
    if (safeMinutesAgo >= 0)
        summary.safeSince = cannedNow().addSecs(-60 * safeMinutesAgo);
    summary.rhythm = std::chrono::minutes(20);
    summary.readAt = cannedNow();
    return summary;
}

void fill(JobsPage *page)
{
    page->setNow(cannedNow());
    page->setFeed(feed(FeedState::Phase::Live));
    const QList<Job> jobs = cannedJobs();
    page->model()->setJobs(jobs);
    items::CheckpointSummary none;
    none.none = true;
    none.readAt = cannedNow();
    const std::optional<items::CheckpointSummary> known[] = {
        saved(171, Verdict::Unverified, 171), saved(12, Verdict::Damaged, 40), saved(0, Verdict::Writing, 24),
        saved(58, Verdict::Whole, 58),        saved(130, Verdict::Whole, 130), none,
        saved(19, Verdict::Whole, 19),        saved(31, Verdict::Whole, 31),   saved(12, Verdict::Whole, 12),
        saved(22, Verdict::Whole, 22),        saved(9, Verdict::Whole, 13),    saved(3, Verdict::Whole, 3),
        saved(8, Verdict::Unverified, 28),    std::nullopt,                    std::nullopt,
        saved(1440, Verdict::Whole, 1440),    saved(4320, Verdict::Whole, 4320)};
    for (qsizetype i = 0; i < jobs.size(); ++i)
        page->model()->setCheckpoints(items::jobKey(jobs[i]), known[i]);
}

JobsPage *page(const std::function<void(JobsPage *)> &change = {})
{
    auto *page = new JobsPage(new QWidget);
    page->namespaces()->setNamespaces({u"ads"_s, u"nlp"_s, u"research"_s, u"speech"_s, u"vision"_s});
    fill(page);
    if (change)
        change(page);
    page->settle();
    return page;
}

} // namespace

void registerJobsEntries(kit::GalleryRegistry &registry)
{
    const QList<QSize> one{pageSizes().first()};
    registry.add({u"page.jobs"_s, u"Jobs"_s, [] { return page(); }, pageSizes()});
    registry.add({u"page.jobs.filtered"_s, u"Jobs, at risk, filtered"_s,
                  [] {
                      return page([](JobsPage *shown) {
                          shown->setView(JobsPage::View::AtRisk);
                          shown->setFilterText(u"lost:>10"_s);
                      });
                  },
                  one});
    registry.add({u"page.jobs.selected"_s, u"Jobs, several selected"_s,
                  [] {
                      return page([](JobsPage *shown) {
                          auto *table = shown->findChild<views::DataTable *>(u"jobs.table"_s);
                          const QList<Job> jobs = cannedJobs();
                          table->setCheckedKeys({items::jobKey(jobs[3]), items::jobKey(jobs[4]), items::jobKey(jobs[5])});
                          table->setCurrentKey(items::jobKey(jobs[5]));
                      });
                  },
                  one});
    registry.add({u"page.jobs.nomatch"_s, u"Jobs, nothing matches"_s,
                  [] { return page([](JobsPage *shown) { shown->setFilterText(u"no-such-job"_s); }); }, one});
    registry.add({u"page.jobs.empty"_s, u"Jobs, none in the namespace"_s,
                  [] {
                      return page([](JobsPage *shown) {
                          shown->model()->setJobs({});
                          shown->namespaces()->setSelected({u"nlp"_s});
                          shown->setJobsElsewhere(15);
                      });
                  },
                  one});
    registry.add({u"page.jobs.loading"_s, u"Jobs, loading"_s,
                  [] {
                      return page([](JobsPage *shown) {
                          FeedState state = feed(FeedState::Phase::Loading);
                          state.loaded = 500;
                          state.expected = 2140;
                          shown->setFeed(state);
                          shown->findChild<kit::StateView *>(u"jobs.state"_s)->showPending();
                      });
                  },
                  one});
    registry.add({u"page.jobs.first"_s, u"Jobs, before the first answer"_s,
                  [] {
                      return page([](JobsPage *shown) {
                          shown->model()->setJobs({});
                          shown->setFeed(feed(FeedState::Phase::Loading));
                          shown->findChild<kit::StateView *>(u"jobs.state"_s)->showPending();
                      });
                  },
                  one});
    registry.add({u"page.jobs.error"_s, u"Jobs, error"_s,
                  [] {
                      return page([](JobsPage *shown) {
                          shown->model()->setJobs({});
                          FeedState state = feed(FeedState::Phase::Failed);
                          state.error = cannedError();
                          shown->setFeed(state);
                      });
                  },
                  one});
    registry.add({u"page.jobs.forbidden"_s, u"Jobs, forbidden"_s,
                  [] {
                      return page([](JobsPage *shown) {
                          shown->model()->setJobs({});
                          shown->namespaces()->setSelected({u"research"_s});
                          FeedState state = feed(FeedState::Phase::Forbidden);
                          state.error = Error::make(Error::Kind::Forbidden, u"Forbidden"_s,
                                                    u"The API server refused `list pytorchjobs.kubeflow.org` for "
                                                    "ana@example in the namespace research."_s);
                          shown->setFeed(state, cannedRoleRequest());
                      });
                  },
                  one});
    registry.add({u"page.jobs.partly"_s, u"Jobs, some namespaces forbidden"_s,
                  [] {
                      return page([](JobsPage *shown) {
                          shown->setForbiddenNamespaces({u"finance"_s, u"legal"_s},
                                                        u"The API server refused list pytorchjobs for ana@example."_s,
                                                        cannedRoleRequest());
                      });
                  },
                  one});
    registry.add({u"page.jobs.stale"_s, u"Jobs, not connected"_s,
                  [] {
                      return page([](JobsPage *shown) {
                          FeedState state = feed(FeedState::Phase::Stale);
                          state.error = Error::make(Error::Kind::Network, u"No answer"_s,
                                                    u"No answer from api.prod-train-eu.example."_s);
                          shown->setFeed(state);
                      });
                  },
                  one});
    registry.add({u"page.jobs.absent"_s, u"Jobs, no training operator"_s,
                  [] {
                      return page([](JobsPage *shown) {
                          shown->model()->setJobs({});
                          shown->setFeed(feed(FeedState::Phase::Absent));
                      });
                  },
                  one});
    registry.add({u"page.jobs.many"_s, u"Jobs, 10,000"_s,
                  [] { return page([](JobsPage *shown) { shown->model()->setJobs(cannedManyJobs(10'000)); }); }, one});
}

} // namespace cairn::gallery
