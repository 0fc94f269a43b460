// SPDX-License-Identifier: GPL-3.0-or-later
#include "launch/Fit.h"

#include "base/Text.h"
#include "domain/QuantityDecoder.h"
#include "launch/Effective.h"
#include "launch/FitParts.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonObject>
#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace cairn::launch {
namespace {

using State = Point::State;
using Answer = Fit::Answer;

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::launch)
};

/// Of a Quota: its own unit there, thousandths here.
double inThousandths(double amount)
{
    return amount * 1000;
}

QString askText(const Ask &ask)
{
    QStringList parts;
    for (auto it = ask.requests.begin(); it != ask.requests.end(); ++it) {
        if (it.key() != "pods"_L1 && it.value() > 0)
            parts.append(amountText(it.key(), it.value()) + u' ' + text::safe(it.key()));
    }
    return parts.join(u", "_s);
}

/// Why not even an empty cluster has room for it.
Point tooSmall(Point point, const Ask &ask, int pods, const FitFacts &facts, const Places &places)
{
    const bool grows = facts.grows == std::optional(true);
    point.state = grows ? State::Look : State::Fails;
    QStringList selector;
    for (auto it = ask.selector.begin(); it != ask.selector.end(); ++it)
        selector.append(text::safe(it.key() + u'=' + it.value()));
    if (facts.rooms->isEmpty()) {
        point.text = Words::tr("The cluster has no nodes.");
        point.fix = Words::tr("Add nodes.");
    } else if (places.chosen == 0) {
        point.text = Words::tr("No node has the label %1.").arg(selector.join(u", "_s));
        point.fix = Words::tr("Choose a label that nodes have, or label a node.");
    } else if (places.open == 0) {
        point.text = Words::tr("Every node it may use has a taint that it does not tolerate: %1.")
                         .arg(text::safe(places.taints.mid(0, 3).join(u", "_s)));
        point.fix = Words::tr("Add a toleration, or choose other nodes.");
    } else if (places.large == 0) {
        point.text = Words::tr("No node is large enough for one pod with %1.").arg(askText(ask));
        QStringList most;
        for (auto it = ask.requests.begin(); it != ask.requests.end(); ++it) {
            if (places.most.value(it.key()) < it.value())
                most.append(Words::tr("at most %1 %2")
                                .arg(amountText(it.key(), places.most.value(it.key())), text::safe(it.key())));
        }
        point.fix = most.isEmpty() ? Words::tr("Ask for less in each pod.")
                                   : Words::tr("Ask for %1 in each pod.").arg(most.join(u", "_s));
    } else {
        point.text = Words::tr("Even an empty cluster has room for only %1 of its %2 pods.").arg(places.ever).arg(pods);
        point.fix = Words::tr("Ask for at most %n pod(s), or for less in each.", nullptr, static_cast<int>(places.ever));
    }
    if (grows)
        point.text += u' ' + Words::tr("An autoscaler may add nodes.");
    return point;
}

class Fitting {
public:
    Fitting(const Spec &spec, const FitFacts &facts, const Needs &needs)
        : m_spec(spec)
        , m_facts(facts)
        , m_needs(needs)
        , m_pods(std::max(1, spec.nodes))
    {
    }

    Fit run()
    {
        m_fit.pods = m_pods;
        read();
        m_fit.points = {nodes(), claimsFor(m_spec, m_facts)};
        m_fit.points += namedFor(m_needs, m_facts);
        m_fit.points += {quota(), limits(), queue(), security()};
        m_fit.points += volcanoFor(m_spec, m_facts);
        m_fit.points += subPathsFor(m_needs, m_facts);
        m_fit.points.append(pullSecretFor(m_spec, m_facts));
        std::ranges::stable_sort(m_fit.shares, {}, [this](const Fit::Share &share) { return requestedResource(share.resource) != gpu(); });
        conclude();
        return m_fit;
    }

private:
    const Spec &m_spec;
    const FitFacts &m_facts;
    const Needs &m_needs;
    const int m_pods;
    Ask m_ask;
    Amounts m_limits; ///< of one pod
    Fit m_fit;

    QString gpu() const { return m_spec.each.gpu; }
    bool wantsGpus() const { return m_spec.each.gpus > 0; }
    /// A TrainJob whose runtime was not read.
    bool isBlind() const { return cairn::facts(m_spec.kind).isTrainJob() && !m_needs.whole; }
    /// One that says nothing gets what its runtime says.
    bool sizeUnknown() const
    {
        return isBlind() && m_spec.each.cpu.isEmpty() && m_spec.each.memory.isEmpty() && !wantsGpus();
    }

    /// As the LimitRanger of the namespace completes a pod.
    void read()
    {
        QJsonObject asked;
        if (!m_spec.each.cpu.isEmpty())
            asked.insert(u"cpu"_s, m_spec.each.cpu);
        if (!m_spec.each.memory.isEmpty())
            asked.insert(u"memory"_s, m_spec.each.memory);
        if (wantsGpus())
            asked.insert(gpu(), m_spec.each.gpus);
        QJsonObject requests = asked;
        QJsonObject limits = asked;
        for (const LimitRange &range : m_facts.ranges.value_or(QList<LimitRange>())) {
            for (const LimitRange::Item &item : range.items) {
                if (item.type != "Container"_L1)
                    continue;
                // SetDefaults_LimitRangeItem: a default limit is the maximum, a default request the default limit.
                const QString limit = item.limit.isEmpty() ? item.most : item.limit;
                const QString request = item.request.isEmpty() ? (limit.isEmpty() ? item.least : limit) : item.request;
                if (!limits.contains(item.resource) && !limit.isEmpty())
                    limits.insert(item.resource, limit);
                if (!requests.contains(item.resource) && !request.isEmpty())
                    requests.insert(item.resource, request);
            }
        }
        const auto pod = [](const QJsonObject &resources) {
            return requestsOf({{u"containers"_s,
                QJsonArray{QJsonObject{{u"resources"_s, QJsonObject{{u"requests"_s, resources}}}}}}});
        };
        m_ask.requests = pod(requests);
        m_limits = pod(limits);
        m_ask.selector = m_spec.nodeSelector;
        m_ask.tolerations = m_spec.tolerations;
    }

    Point nodes()
    {
        if (sizeUnknown() && m_facts.rooms)
            return {u"nodes"_s, State::Unknown, Words::tr("Whole nodes"),
                Words::tr("What a pod asks for is in its runtime."), {}};
        const Point point = nodesFor(m_ask, gpu(), m_pods, m_facts);
        if (!m_facts.rooms)
            return point;
        const Places places = placesFor(*m_facts.rooms, m_ask, m_pods, gpu());
        m_fit.empty = static_cast<int>(std::min<qint64>(places.ever, m_pods));
        if (m_facts.podsRead) {
            m_fit.now = static_cast<int>(std::min<qint64>(places.now, m_pods));
            place(places);
            if (wantsGpus())
                m_fit.pools = gpuMap(*m_facts.rooms, m_ask, gpu(), m_pods, m_fit.nodes);
        }
        return point;
    }

    void place(const Places &places)
    {
        QList<QPair<QString, int>> order;
        for (auto it = places.byNode.begin(); it != places.byNode.end(); ++it)
            order.append({it.key(), it.value()});
        std::ranges::stable_sort(order, [](const auto &a, const auto &b) { return a.second > b.second; });
        int left = m_pods;
        for (const auto &[name, room] : order) {
            if (left == 0)
                break;
            const int here = std::min(room, left);
            m_fit.nodes.insert(name, here);
            left -= here;
        }
        if (!wantsGpus() || m_fit.nodes.isEmpty())
            return;
        double idle = 0;
        for (const Room &room : *m_facts.rooms) {
            if (m_fit.nodes.contains(room.name))
                idle += room.allocatable.value(gpu()) - room.used.value(gpu())
                    - m_fit.nodes.value(room.name) * m_ask.requests.value(gpu());
        }
        m_fit.idle = std::max(0.0, idle / 1000);
    }

    /// What the job takes of one resource of a ResourceQuota, in thousandths; nullopt where it takes nothing of it, and
    /// negative where the quota demands that its pods say it.
    std::optional<double> taken(const QString &resource) const
    {
        if (resource == "pods"_L1 || resource == "count/pods"_L1)
            return m_pods * 1000.0;
        const ResourceKind &kind = cairn::facts(m_spec.kind).resource;
        if (resource == u"count/"_s + kind.plural + u'.' + kind.group)
            return 1000;
        const bool limit = resource.startsWith("limits."_L1);
        const QString name = limit ? resource.mid(7) : requestedResource(resource);
        const Amounts &one = limit ? m_limits : m_ask.requests;
        if (one.contains(name))
            return one.value(name) * m_pods;
        if (name == "cpu"_L1 || name == "memory"_L1)
            return sizeUnknown() ? std::nullopt : std::optional<double>(-1);
        return std::nullopt;
    }

    Point quota()
    {
        Point point{u"quota"_s, State::Holds, Words::tr("Quota"), Words::tr("no ResourceQuota in the namespace"), {}};
        if (!m_facts.quotas) {
            point.state = State::Unknown;
            point.text = Words::tr("ResourceQuotas could not be read.");
            return point;
        }
        QStringList scoped;
        QStringList left;
        bool unknown = sizeUnknown() && !m_facts.quotas->isEmpty();
        for (const Quota &quota : *m_facts.quotas) {
            if (!quota.scopes.isEmpty()) {
                scoped.append(text::safe(quota.name));
                continue;
            }
            for (const QuotaLimit &limit : quota.limits) {
                const std::optional<double> need = taken(limit.resource);
                if (!need)
                    continue;
                const QString what = text::safe(limit.resource);
                if (*need < 0) {
                    return {point.id, State::Fails, point.title,
                        Words::tr("ResourceQuota %1 demands that pods say %2.").arg(text::safe(quota.name), what),
                        Words::tr("Say how much CPU and memory a pod needs.")};
                }
                const auto known = [](double amount) { return amount < 0 ? -1 : inThousandths(amount); };
                m_fit.shares.append(
                    {quota.kind, quota.name, limit.resource, known(limit.hard), known(limit.used), *need});
                const QString needText = amountText(limit.resource, *need);
                if (limit.hard >= 0 && *need > inThousandths(limit.hard) + 0.5) {
                    return {point.id, State::Fails, point.title,
                        Words::tr("It needs %1 %2, and ResourceQuota %3 allows %4 in all.")
                            .arg(needText, what, text::safe(quota.name),
                                amountText(limit.resource, inThousandths(limit.hard))),
                        Words::tr("Ask for less, or have the quota raised.")};
                }
                if (limit.hard < 0 || limit.used < 0) {
                    unknown = true;
                    continue;
                }
                const double free = std::max(0.0, inThousandths(limit.hard - limit.used));
                if (*need > free + 0.5 && point.state != State::Look) {
                    point.state = State::Look;
                    point.text = Words::tr("It needs %1 %2, and ResourceQuota %3 has %4 left.")
                                     .arg(needText, what, text::safe(quota.name), amountText(limit.resource, free));
                    point.fix = Words::tr("Wait until other jobs of the namespace end, or ask for less.");
                }
                if (requestedResource(limit.resource) == gpu())
                    left.append(Words::tr("%1 GPUs left after this")
                                    .arg(amountText(limit.resource, std::max(0.0, free - *need))));
            }
        }
        if (point.state == State::Holds && unknown) {
            point.state = State::Unknown;
            point.text = Words::tr("What it takes of the quota, or what is used, is not known.");
        } else if (point.state == State::Holds && !m_facts.quotas->isEmpty()) {
            point.text = left.isEmpty() ? Words::tr("enough is left") : left.first();
        }
        if (!scoped.isEmpty())
            point.text +=
                u' ' + Words::tr("(not looked at, for they count some pods only: %1)").arg(scoped.join(u", "_s));
        return point;
    }

    Point limits() const
    {
        Point point{u"limits"_s, State::Holds, Words::tr("Limits"), Words::tr("no LimitRange in the namespace"), {}};
        if (!m_facts.ranges) {
            point.state = State::Unknown;
            point.text = Words::tr("LimitRanges could not be read.");
            return point;
        }
        for (const LimitRange &range : *m_facts.ranges) {
            for (const LimitRange::Item &item : range.items) {
                if (item.type != "Container"_L1 && item.type != "Pod"_L1)
                    continue;
                point.text = Words::tr("kept");
                const auto bound = [](const QString &text) { return decodeQuantity(text.toStdString()); };
                const auto fails = [&](const QString &text) {
                    return Point{point.id, State::Fails, point.title, text,
                        Words::tr("Ask for what LimitRange %1 allows.").arg(text::safe(range.name))};
                };
                // One container trains, so that a pod and its container ask for the same.
                const QString what = text::safe(item.resource);
                const std::optional<double> most = bound(item.most);
                if (most && m_limits.value(item.resource) > inThousandths(*most) + 0.5)
                    return fails(Words::tr("A pod asks for %1 %2, and at most %3 are allowed.")
                                     .arg(amountText(item.resource, m_limits.value(item.resource)), what,
                                         text::safe(item.most)));
                const std::optional<double> least = bound(item.least);
                if (least && m_ask.requests.contains(item.resource)
                    && m_ask.requests.value(item.resource) < inThousandths(*least) - 0.5)
                    return fails(Words::tr("A pod asks for %1 %2, and at least %3 are demanded.")
                                     .arg(amountText(item.resource, m_ask.requests.value(item.resource)), what,
                                         text::safe(item.least)));
            }
        }
        return point;
    }

    Point queue()
    {
        Point point{u"queue"_s, State::Holds, Words::tr("Queue"), Words::tr("none"), {}};
        if (m_spec.queue.isEmpty())
            return point;
        const QString name = text::safe(m_spec.queue);
        if (m_facts.kueue == std::optional(false)) {
            point.state = State::Look;
            point.text = Words::tr("Kueue is not installed, so queue %1 has no meaning: the job waits for nobody.").arg(name);
            point.fix = Words::tr("Leave the queue out, or have Kueue installed.");
            return point;
        }
        const auto unknown = [&](const QString &text) {
            return Point{point.id, State::Unknown, point.title, text, {}};
        };
        const auto fails = [&](const QString &text, const QString &fix) {
            return Point{point.id, State::Fails, point.title, text, fix};
        };
        if (!m_facts.localQueues)
            return unknown(Words::tr("LocalQueues could not be read."));
        const auto local = std::ranges::find(*m_facts.localQueues, m_spec.queue, &Quota::name);
        if (local == m_facts.localQueues->end())
            return fails(
                Words::tr("The namespace has no LocalQueue %1.").arg(name), Words::tr("Choose one that is there."));
        if (local->stopped)
            return fails(Words::tr("LocalQueue %1 is stopped.").arg(name),
                Words::tr("Have its stopPolicy taken away, or choose another queue."));
        if (!m_facts.clusterQueues)
            return unknown(Words::tr("ClusterQueues could not be read."));
        const auto cluster = std::ranges::find(*m_facts.clusterQueues, local->queue, &Quota::name);
        if (cluster == m_facts.clusterQueues->end())
            return fails(
                Words::tr("ClusterQueue %1 of LocalQueue %2 does not exist.").arg(text::safe(local->queue), name),
                Words::tr("Choose another queue."));
        if (cluster->stopped)
            return fails(Words::tr("ClusterQueue %1 is stopped.").arg(text::safe(cluster->name)),
                Words::tr("Have its stopPolicy taken away, or choose another queue."));
        if (sizeUnknown())
            return unknown(Words::tr("What it asks of the queue is in its runtime."));
        return admitted(point, *cluster);
    }

    /// Flavors of one group share their resources: one flavor has to have room for all of them.
    Point admitted(Point point, const Quota &queue)
    {
        QMap<QString, QMap<QString, const QuotaLimit *>> byResource; // resource → flavor → limit
        for (const QuotaLimit &limit : queue.limits)
            byResource[limit.resource].insert(limit.flavor, &limit);
        QMap<QStringList, QStringList> groups; // flavors → resources that it asks for
        for (auto it = m_ask.requests.begin(); it != m_ask.requests.end(); ++it) {
            if (it.value() <= 0)
                continue;
            if (byResource.contains(it.key()))
                groups[byResource.value(it.key()).keys()].append(it.key());
            else if (it.key() != "pods"_L1)
                return {point.id, State::Fails, point.title,
                    Words::tr("ClusterQueue %1 has no quota for %2.").arg(text::safe(queue.name), text::safe(it.key())),
                    Words::tr("Choose another queue, or have it added.")};
        }
        share(queue, byResource);
        point.text = Words::tr("nobody is before it");
        for (auto group = groups.begin(); group != groups.end(); ++group) {
            bool fits = false;
            bool unknown = false;
            for (const QString &flavor : group.key()) {
                bool here = true;
                for (const QString &resource : group.value()) {
                    const std::optional<double> free = freeOf(queue, *byResource.value(resource).value(flavor));
                    unknown = unknown || !free;
                    here = here && free && m_ask.requests.value(resource) * m_pods <= *free + 0.5;
                }
                fits = fits || here;
            }
            for (const QString &resource : group.value()) {
                const double need = m_ask.requests.value(resource) * m_pods;
                double most = 0;
                for (const QuotaLimit *limit : byResource.value(resource))
                    most += mostOf(queue, *limit);
                if (need > most + 0.5)
                    return {point.id, State::Fails, point.title,
                        Words::tr("It needs %1 %2, and ClusterQueue %3 can have %4 with all it may borrow.")
                            .arg(amountText(resource, need), text::safe(resource), text::safe(queue.name),
                                amountText(resource, most)),
                        Words::tr("Ask for less, or choose another queue.")};
            }
            if (fits || point.state == State::Look)
                continue;
            point.state = unknown ? State::Unknown : State::Look;
            point.text = unknown
                ? Words::tr("What is used of ClusterQueue %1 is not known.").arg(text::safe(queue.name))
                : Words::tr("ClusterQueue %1 has no room for it now.").arg(text::safe(queue.name));
            point.fix = unknown ? QString() : Words::tr("Leave it as it is and it waits, or ask for less.");
        }
        if (point.state == State::Holds && queue.pending > 0) {
            point.state = State::Look;
            point.text = Words::tr("%n workload(s) wait in ClusterQueue %1.", nullptr, queue.pending)
                             .arg(text::safe(queue.name));
            point.fix = Words::tr("Leave it as it is and it waits its turn.");
        }
        return point;
    }

    void share(const Quota &queue, const QMap<QString, QMap<QString, const QuotaLimit *>> &byResource)
    {
        for (auto it = byResource.begin(); it != byResource.end(); ++it) {
            Fit::Share share{queue.kind, queue.name, it.key(), 0, 0, m_ask.requests.value(it.key()) * m_pods};
            if (share.asked <= 0)
                continue;
            bool known = true;
            for (const QuotaLimit *limit : it.value()) {
                known = known && limit->hard >= 0 && limit->used >= 0;
                share.hard += inThousandths(limit->hard);
                share.used += inThousandths(limit->used);
            }
            if (!known)
                share.hard = share.used = -1;
            m_fit.shares.append(share);
        }
    }

    /// Nominal quota and borrowing, whoever uses it; without end where a cohort lends without a limit, as a cohort may
    /// have quota of its own.
    static double mostOf(const Quota &queue, const QuotaLimit &limit)
    {
        const double nominal = inThousandths(std::max(0.0, limit.hard));
        if (queue.cohort.isEmpty())
            return nominal;
        return limit.borrowing < 0 ? HUGE_VAL : nominal + inThousandths(limit.borrowing);
    }

    /// nullopt where it is not known.
    std::optional<double> freeOf(const Quota &queue, const QuotaLimit &limit) const
    {
        if (limit.hard < 0 || limit.used < 0)
            return std::nullopt;
        const double own = mostOf(queue, limit) - inThousandths(limit.used);
        if (queue.cohort.isEmpty())
            return own;
        double all = 0;
        for (const Quota &other : *m_facts.clusterQueues) {
            if (other.cohort != queue.cohort)
                continue;
            for (const QuotaLimit &theirs : other.limits) {
                if (theirs.resource != limit.resource || theirs.flavor != limit.flavor)
                    continue;
                if (theirs.hard < 0 || theirs.used < 0)
                    return std::nullopt;
                all += inThousandths(theirs.hard - theirs.used);
            }
        }
        return std::min(own, all);
    }

    /// What a Spec says can break "restricted" alone.
    Point security() const
    {
        Point point{u"security"_s, State::Holds, Words::tr("Pod Security"), Words::tr("nothing is enforced"), {}};
        if (!m_facts.security) {
            point.state = State::Unknown;
            point.text = Words::tr("What the namespace enforces could not be read.");
        } else if (!m_facts.security->isEmpty()) {
            point.text = Words::tr("\"%1\" is kept").arg(text::safe(*m_facts.security));
            if (*m_facts.security != "restricted"_L1 || (m_spec.confined && m_spec.user.value_or(0) != 0))
                return point;
            point.state = isBlind() ? State::Unknown : State::Fails;
            point.text = isBlind() ? Words::tr("The namespace enforces \"restricted\"; its runtime may keep it.")
                                   : Words::tr("The namespace enforces \"restricted\", which its pods do not keep.");
            point.fix =
                Words::tr("Run it as a plain user without privileges, with the seccomp profile RuntimeDefault.");
        }
        return point;
    }

    void conclude()
    {
        // Without the one who lets jobs in, its queue holds up nobody.
        const auto counts = [&](const Point &point) {
            return point.id != "pull-secret"_L1 && !(point.id == "queue"_L1 && m_facts.kueue == std::optional(false))
                && !(point.id == "volcano"_L1 && m_facts.volcano == std::optional(false));
        };
        const auto first = [&](State state) {
            const auto it = std::ranges::find_if(m_fit.points, [&](const Point &point) { return point.state == state && counts(point); });
            return it == m_fit.points.end() ? nullptr : &*it;
        };
        if (const Point *never = first(State::Fails)) {
            m_fit.answer = Answer::Never;
            m_fit.text = never->id == "sub-paths"_L1 ? Words::tr("It would start, and not train: %1").arg(never->text)
                                                     : Words::tr("It will never start: %1").arg(never->text);
        } else if (const Point *later = first(State::Look)) {
            m_fit.answer = Answer::Later;
            m_fit.text = Words::tr("Not now: %1").arg(later->text);
        } else if (const Point *unknown = first(State::Unknown)) {
            m_fit.answer = Answer::Unknown;
            m_fit.text = Words::tr("Whether it can start is not known: %1").arg(unknown->text);
        } else {
            m_fit.answer = Answer::Now;
            m_fit.text = Words::tr("It can start now, on %n node(s).", nullptr, static_cast<int>(m_fit.nodes.size()));
            if (m_fit.idle.value_or(0) > 0)
                m_fit.text += u' ' + Words::tr("GPUs that stay idle there: %1.").arg(QString::number(*m_fit.idle));
        }
    }
};

} // namespace

QString answerWord(Answer answer)
{
    switch (answer) {
    case Answer::Now: return u"now"_s;
    case Answer::Later: return u"later"_s;
    case Answer::Never: return u"never"_s;
    case Answer::Unknown: break;
    }
    return u"unknown"_s;
}

Point nodesFor(const Ask &ask, const QString &gpu, int pods, const FitFacts &facts)
{
    Point point{u"nodes"_s, State::Unknown, Words::tr("Whole nodes"), {}, {}};
    if (!facts.rooms) {
        point.text = Words::tr("Nodes could not be read.");
        return point;
    }
    const Places places = placesFor(*facts.rooms, ask, pods, gpu);
    if (places.ever < pods)
        return tooSmall(point, ask, pods, facts, places);
    if (!facts.podsRead) {
        point.text = Words::tr("It fits an empty cluster; what runs on the nodes could not be read.");
        return point;
    }
    if (places.now < pods) {
        const double gpus = ask.requests.value(gpu);
        point.state = State::Look;
        point.text = gpus > 0
            ? Words::tr("Room for %1 of %2 pods now, each on a node with %3 free GPUs; in all %4 are free.")
                  .arg(places.now)
                  .arg(pods)
                  .arg(amountText(gpu, gpus), amountText(gpu, places.free))
            : Words::tr("Room for %1 of %2 pods now.").arg(places.now).arg(pods);
        point.fix = places.now > 0 ? Words::tr("Leave it as it is and it waits, or ask for %n pod(s).", nullptr, static_cast<int>(places.now))
                                   : Words::tr("Leave it as it is and it waits, or ask for less.");
        return point;
    }
    point.state = State::Holds;
    point.text = Words::tr("room for all %n pod(s)", nullptr, pods);
    return point;
}

Fit fitOf(const Spec &spec, const FitFacts &facts, const Needs &needs)
{
    return Fitting(spec, facts, needs).run();
}

Fit fitOf(const Objects &job, const FitFacts &facts)
{
    return fitOf(effectiveSpec(job.job, job.runtime), facts, needsOf(job.job, job.runtime));
}

} // namespace cairn::launch
