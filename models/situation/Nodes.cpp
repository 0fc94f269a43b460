// SPDX-License-Identifier: GPL-3.0-or-later
#include "situation/Nodes.h"

#include "base/Text.h"

#include <QCoreApplication>
#include <QSet>
#include <algorithm>

namespace cairn::situation {

using namespace Qt::StringLiterals;

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::situation::Nodes)
};

} // namespace

QString jobKey(const Job &job)
{
    return job.uid.isEmpty() ? job.ns + u'/' + job.facts().resource.kind + u'/' + job.name : job.uid;
}

double NodeLoad::gpuHoursAtRisk() const
{
    double sum = 0;
    for (const JobOnNode &job : jobs)
        sum += job.lost.gpuHours.value_or(0);
    return sum;
}

QList<NodeLoad> joinNodes(const QList<Node> &nodes, const std::function<void(const std::function<void(const Pod &)> &)> &visitPods,
                          const std::function<void(const Pod &, const SeeJob &)> &jobOf, bool partial, const QDateTime &now)
{
    QList<NodeLoad> loads;
    QHash<QString, qsizetype> at; // node's name → its place
    for (const Node &node : nodes) {
        at.insert(node.name, loads.size());
        loads.append({node, 0, 0, {}, partial});
    }
    QHash<QString, JobOnNode> judged; // a job of many pods is judged once
    QSet<std::pair<qsizetype, QString>> there;
    visitPods([&](const Pod &pod) {
        const auto found = at.constFind(pod.node);
        if (found == at.cend() || pod.phase == "Succeeded"_L1 || pod.phase == "Failed"_L1)
            return;
        NodeLoad &load = loads[*found];
        ++load.pods;
        load.gpusRequested += pod.gpus;
        jobOf(pod, [&](const Job &job, const CheckpointSummary *known) {
            const QString key = jobKey(job);
            if (there.contains({*found, key}))
                return;
            there.insert({*found, key});
            auto it = judged.constFind(key);
            if (it == judged.cend())
                it = judged.insert(key, {key, job.ns, job.name, job.gpus(), jobs::lossIfItDiesNow(job, known, now)});
            load.jobs.append(*it);
        });
    });
    for (NodeLoad &load : loads) {
        std::ranges::sort(load.jobs, [](const JobOnNode &a, const JobOnNode &b) {
            const auto order = [](const JobOnNode &job) { return std::make_tuple(-job.lost.gpuHours.value_or(0), -job.lost.time.count()); };
            return order(a) != order(b) ? order(a) < order(b) : std::tie(a.ns, a.name) < std::tie(b.ns, b.name);
        });
    }
    return loads;
}

QString lostText(const JobOnNode &job)
{
    if (!job.lost.gpuHours)
        return Words::tr("not known");
    if (job.lost.already || job.lost.time.count() == 0)
        return Words::tr("nothing");
    const QString amount = job.gpus > 0 ? text::gpuHours(job.lost.gpuHours) : text::duration(job.lost.time);
    return job.lost.atMost ? Words::tr("at most %1").arg(amount) : amount;
}

QString lostText(const NodeLoad &load)
{
    const double gpuHours = load.gpuHoursAtRisk();
    std::chrono::seconds longest{0};
    bool atMost = false;
    for (const JobOnNode &job : load.jobs) {
        atMost |= job.lost.atMost && !job.lost.already;
        if (!job.lost.already)
            longest = std::max(longest, job.lost.time);
    }
    if (longest.count() == 0)
        return load.jobs.isEmpty() ? u"–"_s : Words::tr("nothing");
    // Jobs without GPUs lose time, which does not add up.
    const QString amount = gpuHours > 0 ? text::gpuHours(gpuHours) : text::duration(longest);
    return atMost ? Words::tr("at most %1").arg(amount) : amount;
}

} // namespace cairn::situation
