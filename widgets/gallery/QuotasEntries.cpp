// SPDX-License-Identifier: GPL-3.0-or-later
#include "gallery/PageEntries.h"
#include "kit/StateView.h"
#include "pages/QuotasPage.h"

#include <functional>

namespace cairn::gallery {

using namespace Qt::StringLiterals;
using pages::QuotasPage;

namespace {

constexpr double gib = 1024.0 * 1024 * 1024;

FeedState feed(FeedState::Phase phase)
{
    FeedState state;
    state.phase = phase;
    state.lastGood = cannedNow().addSecs(-360);
    return state;
}

Quota quota(const QString &ns, const QString &name, const QList<QuotaLimit> &limits, const QStringList &scopes = {})
{
    Quota quota;
    quota.kind = u"ResourceQuota"_s;
    quota.ns = ns;
    quota.name = name;
    quota.uid = ns + u'/' + name;
    quota.scopes = scopes;
    quota.limits = limits;
    return quota;
}

QList<Quota> cannedQuotas()
{
    const QString gpu = u"requests.nvidia.com/gpu"_s;
    Quota queue;
    queue.kind = u"ClusterQueue"_s;
    queue.name = u"training"_s;
    queue.uid = u"training"_s;
    queue.cohort = u"research-and-vision"_s;
    queue.pending = 5;
    queue.admitted = 11;
    queue.limits = {{u"nvidia.com/gpu"_s, u"a100-80gb"_s, 32, 36, 8}, {u"nvidia.com/gpu"_s, u"h100"_s, 16, 8, -1}};
    return {quota(u"nlp"_s, u"team-nlp"_s, {{gpu, {}, 32, 32, -1}, {u"limits.memory"_s, {}, 2048 * gib, 1831 * gib, -1}, {u"pods"_s, {}, 200, 44, -1}}),
            quota(u"vision"_s, u"team-vision"_s, {{gpu, {}, 16, 14, -1}, {u"requests.cpu"_s, {}, 64, 64, -1}, {u"requests.storage"_s, {}, 10240 * gib, 3300 * gib, -1}}),
            quota(u"research"_s, u"team-research"_s, {{gpu, {}, 8, 2, -1}, {u"pods"_s, {}, 50, 12, -1}}),
            quota(u"research"_s, u"high-priority"_s, {{gpu, {}, 4, -1, -1}}, {u"PriorityClass In high"_s}),
            quota(u"sandbox"_s, u"no-gpus"_s, {{gpu, {}, 0, 0, -1}}),
            queue};
}

QuotasPage::Around around()
{
    Quota local;
    local.kind = u"LocalQueue"_s;
    local.ns = u"research"_s;
    local.name = u"default"_s;
    local.queue = u"training"_s;
    local.pending = 3;
    Quota other = local;
    other.ns = u"vision"_s;
    other.pending = 2;
    other.stopped = true;
    return {{{u"nlp"_s, u"defaults"_s, u"r"_s, {}, {{u"Container"_s, u"cpu"_s, u"4"_s, u"500m"_s, {}, u"32"_s}, {u"Container"_s, u"memory"_s, u"16Gi"_s, u"1Gi"_s, {}, {}}}}},
            {local, other}, true, {}};
}

QuotasPage *page(const QList<Quota> &quotas, const FeedState &state, const std::function<void(QuotasPage *)> &change = {})
{
    auto *page = new QuotasPage;
    page->setNow(cannedNow());
    page->setFeed(state, state.phase == FeedState::Phase::Forbidden ? cannedRoleRequest() : QString());
    page->setQuotas(quotas, around());
    if (change)
        change(page);
    return page;
}

} // namespace

void registerQuotasEntries(kit::GalleryRegistry &registry)
{
    const QList<QSize> one{pageSizes().first()};
    using Phase = FeedState::Phase;
    registry.add({u"page.quotas"_s, u"Quotas"_s, [] { return page(cannedQuotas(), feed(Phase::Live)); }, pageSizes()});
    registry.add({u"page.quotas.queue"_s, u"Quotas, a queue of Kueue that borrows"_s,
                  [] { return page(cannedQuotas(), feed(Phase::Live), [](QuotasPage *shown) { shown->setCurrentKey(u"training\nnvidia.com/gpu\na100-80gb"_s); }); }, one});
    registry.add({u"page.quotas.tight"_s, u"Quotas, nearly full only"_s,
                  [] {
                      return page(cannedQuotas(), feed(Phase::Live), [](QuotasPage *shown) {
                          shown->setView(QuotasPage::View::Tight);
                          shown->settle();
                      });
                  },
                  one});
    registry.add({u"page.quotas.empty"_s, u"Quotas, none"_s, [] { return page({}, feed(Phase::Live)); }, one});
    registry.add({u"page.quotas.loading"_s, u"Quotas, loading"_s,
                  [] { return page({}, feed(Phase::Loading), [](QuotasPage *shown) { shown->findChild<kit::StateView *>(u"quotas.state"_s)->showPending(); }); }, one});
    registry.add({u"page.quotas.forbidden"_s, u"Quotas, forbidden"_s,
                  [] {
                      FeedState state = feed(Phase::Forbidden);
                      state.error = Error::make(Error::Kind::Forbidden, u"Forbidden"_s, u"The API server refused list resourcequotas for ana@example."_s);
                      return page({}, state);
                  },
                  one});
    registry.add({u"page.quotas.stale"_s, u"Quotas, not connected"_s,
                  [] {
                      FeedState state = feed(Phase::Stale);
                      state.error = Error::make(Error::Kind::Network, u"No answer"_s, u"No answer from api.prod-train-eu.example."_s);
                      return page(cannedQuotas(), state);
                  },
                  one});
}

} // namespace cairn::gallery
