// SPDX-License-Identifier: GPL-3.0-or-later
#include "gallery/PageEntries.h"
#include "pages/CheckpointsPage.h"

#include <functional>

namespace cairn::gallery {

using namespace Qt::StringLiterals;
using items::TrailRow;
using pages::CheckpointsPage;

namespace {

QList<TrailRow> cannedTrails(int times = 1)
{
    QList<TrailRow> rows;
    const QList<Job> jobs = cannedJobs();
    for (int i = 0; i < times; ++i) {
        for (qsizetype j = 0; j < jobs.size(); ++j) {
            Listing listing = cannedListing();
            for (Run &run : listing.runs) {
                for (Checkpoint &checkpoint : run.checkpoints) {
                    checkpoint.savedAt = checkpoint.savedAt.addSecs(-700 * (j + 1) - i);
                    checkpoint.bytes += checkpoint.bytes / 10 * j;
                }
            }
            rows += items::trailOf(jobs[j].uid + QString::number(i), jobs[j].name, jobs[j].ns, listing, newestResumable(listing));
        }
    }
    return rows;
}

CheckpointsPage *page(const QList<TrailRow> &rows, const CheckpointsPage::Unread &unread, const std::function<void(CheckpointsPage *)> &change = {})
{
    auto *page = new CheckpointsPage;
    page->setNow(cannedNow());
    page->model()->setRows(rows);
    CheckpointsPage::Unread all = unread;
    all.oldest = cannedNow().addSecs(-190);
    page->setUnread(all);
    page->settle();
    if (change)
        change(page);
    return page;
}

} // namespace

void registerCheckpointsEntries(kit::GalleryRegistry &registry)
{
    const QList<QSize> one{pageSizes().first()};
    using View = CheckpointsPage::View;
    registry.add({u"page.checkpoints"_s, u"Checkpoints"_s,
                  [] { return page(cannedTrails(), {3, {u"vision"_s}, 0, {}, {}}); }, pageSizes()});
    registry.add({u"page.checkpoints.newest"_s, u"Checkpoints, newest of each job"_s,
                  [] {
                      return page(cannedTrails(), {}, [](CheckpointsPage *shown) {
                          shown->setView(View::Newest);
                          shown->settle();
                      });
                  },
                  one});
    registry.add({u"page.checkpoints.reading"_s, u"Checkpoints, reading"_s,
                  [] { return page(cannedTrails().mid(0, 9), {4, {}, 4, u"tune-mnist"_s, {}}); }, one});
    registry.add({u"page.checkpoints.failed"_s, u"Checkpoints, some could not be read"_s,
                  [] {
                      return page(cannedTrails().mid(0, 9),
                                  {2, {}, 0, {},
                                   {u"nlp/bert-large: The PVC could not be listed: the quota of namespace nlp allows no more pods"_s,
                                    u"vision/detector: The bucket was not read: its credentials have not been allowed yet"_s}});
                  },
                  one});
    registry.add({u"page.checkpoints.many"_s, u"Checkpoints, 10 000 rows"_s, [] { return page(cannedTrails(200), {}); }, one});
    registry.add({u"page.checkpoints.unread"_s, u"Checkpoints, nothing read"_s,
                  [] { return page({}, {12, {u"nlp"_s, u"vision"_s}, 0, {}, {}}); }, one});
    registry.add({u"page.checkpoints.empty"_s, u"Checkpoints, none"_s, [] { return page({}, {}); }, one});
}

} // namespace cairn::gallery
