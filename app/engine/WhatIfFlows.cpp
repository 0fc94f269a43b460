// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/WhatIfFlows.h"

#include "base/Text.h"
#include "domain/ObjectDecoder.h"
#include "engine/ComponentFlows.h"
#include "engine/JobFlows.h"
#include "situation/Nodes.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

using components::WhatIfQuestion;

/// What may not be read is unknown; any other error ends the flow.
bool isUnknown(const Error &error)
{
    return error.kind == Error::Kind::Forbidden || error.kind == Error::Kind::NotFound || error.kind == Error::Kind::Unsupported;
}

template <class T>
std::optional<T> decoded(ObjectDecoder<T> &decoder, const QJsonObject &object)
{
    Result<T> value = decoder.object(QJsonDocument(object).toJson(QJsonDocument::Compact), WireFormat::Json);
    return value ? std::optional(*std::move(value)) : std::nullopt;
}

class Reader
{
public:
    Reader(ObjectApi &api, WhatIfQuestion &question, const QString &also, std::stop_token stop)
        : m_api(api)
        , m_question(question)
        , m_also(also)
        , m_stop(std::move(stop))
    {
    }

    Result<> run()
    {
        if (const Result<> read = pods(); !read)
            return read;
        if (const Result<> read = budgets(); !read)
            return read;
        if (const Result<> read = claims(); !read)
            return read;
        return jobs();
    }

private:
    /// nullopt where it may not be read.
    Result<std::optional<QList<QJsonObject>>> list(const ResourceKind &kind, const QString &ns, const QString &fields = {})
    {
        Result<QList<QJsonObject>> objects = m_api.list(kind, ns, {}, fields, m_stop);
        if (objects)
            return std::optional(*std::move(objects));
        if (isUnknown(objects.error()))
            return std::optional<QList<QJsonObject>>();
        return fail(objects.error());
    }

    /// Of all namespaces, or where that is refused of the one that may be looked into; `whole` tells which.
    Result<QList<QJsonObject>> listWhatMayBe(const ResourceKind &kind, const QString &fields, bool *whole)
    {
        auto objects = list(kind, {}, fields);
        *whole = objects && objects->has_value();
        if (objects && !*whole && !m_also.isEmpty())
            objects = list(kind, m_also, fields);
        if (!objects)
            return fail(objects.error());
        return objects->value_or(QList<QJsonObject>());
    }

    Result<> pods()
    {
        const auto objects = listWhatMayBe(kinds::pods(), u"spec.nodeName="_s + m_question.node, &m_question.othersRead);
        if (!objects)
            return fail(objects.error());
        const auto decoder = podDecoder();
        for (const QJsonObject &object : *objects) {
            std::optional<Pod> pod = decoded(*decoder, object);
            if (!pod)
                continue;
            QMap<QString, QString> labels;
            const QJsonObject of = object.value(u"metadata"_s)[u"labels"_s].toObject();
            for (auto it = of.begin(); it != of.end(); ++it)
                labels.insert(it.key(), it.value().toString());
            m_question.others.append({*std::move(pod), labels});
        }
        return {};
    }

    Result<> budgets()
    {
        const auto objects = listWhatMayBe(kinds::disruptionBudgets(), {}, &m_question.budgetsRead);
        if (!objects)
            return fail(objects.error());
        const auto decoder = budgetDecoder();
        for (const QJsonObject &object : *objects) {
            if (const std::optional<DisruptionBudget> budget = decoded(*decoder, object))
                m_question.budgets.append(*budget);
        }
        return {};
    }

    Result<> claims()
    {
        QSet<QString> namespaces;
        for (const QList<Pod> &pods : {m_question.facts.pods, podsOf(m_question.others)}) {
            for (const Pod &pod : pods) {
                if (pod.node == m_question.node && !pod.claims.isEmpty())
                    namespaces.insert(pod.ns);
            }
        }
        m_question.claimsRead = true;
        if (namespaces.isEmpty())
            return {};
        const auto objects = list(kinds::volumes(), {});
        if (!objects)
            return fail(objects.error());
        m_question.claimsRead = objects->has_value();
        QHash<QString, PersistentVolume> volumes;
        const auto volumeOf = volumeDecoder();
        for (const QJsonObject &object : objects->value_or(QList<QJsonObject>())) {
            if (const std::optional<PersistentVolume> volume = decoded(*volumeOf, object))
                volumes.insert(volume->name, *volume);
        }
        const auto claimOf = claimDecoder();
        for (const QString &ns : std::as_const(namespaces)) {
            const auto found = list(kinds::claims(), ns);
            if (!found)
                return fail(found.error());
            m_question.claimsRead &= found->has_value();
            for (const QJsonObject &object : found->value_or(QList<QJsonObject>())) {
                const std::optional<Claim> claim = decoded(*claimOf, object);
                if (!claim)
                    continue;
                const auto volume = volumes.constFind(claim->volume);
                m_question.claims.insert(claim->ns + u'/' + claim->name,
                                         components::reachOf(claim->accessModes, volume == volumes.cend() ? nullptr : &*volume));
            }
        }
        return {};
    }

    static QList<Pod> podsOf(const QList<components::OtherPod> &others)
    {
        QList<Pod> pods;
        for (const components::OtherPod &other : others)
            pods.append(other.pod);
        return pods;
    }

    Result<> jobs()
    {
        Result<JobList> list = listJobs(m_api, {}, m_stop);
        const bool confined = !list && list.error().kind == Error::Kind::Forbidden;
        if (confined && !m_also.isEmpty())
            list = listJobs(m_api, m_also, m_stop);
        if (!list) {
            // A cluster without training jobs serves none of their kinds.
            m_question.jobsRead = list.error().kind == Error::Kind::NotFound || list.error().kind == Error::Kind::Unsupported;
            return m_question.jobsRead || list.error().kind == Error::Kind::Forbidden ? Result<>() : fail(list.error());
        }
        m_question.jobsRead = !confined && list->allKinds && list->podsRead && m_question.othersRead;
        const QDateTime now = QDateTime::currentDateTimeUtc();
        for (const Job &job : list->jobs) {
            components::JobThere there{job.facts().resource.kind, job.ns, job.name, {}, 0, {}, {}, {}};
            for (const components::OtherPod &other : std::as_const(m_question.others)) {
                const Pod &pod = other.pod;
                const bool over = pod.phase == "Succeeded"_L1 || pod.phase == "Failed"_L1;
                if (!over && pod.node == m_question.node && pod.ns == job.ns && pod.jobName == job.podsName() && pod.ofRay == job.facts().isRay()
                    && pod.ofJobSet == (job.facts().isTrainJob() || job.kind == JobKind::JobSet))
                    there.podsHere.append(pod.name);
            }
            if (there.podsHere.isEmpty())
                continue;
            if (job.replicas.isEmpty())
                there.pods = -1;
            for (const ReplicaGroup &group : job.replicas)
                there.pods = there.pods < 0 || group.countOfRuntime ? -1 : there.pods + group.desired;
            const situation::JobOnNode loss{situation::jobKey(job), job.ns, job.name, job.gpus(), jobs::lossIfItDiesNow(job, nullptr, now)};
            if (loss.lost.gpuHours)
                there.lost = situation::lostText(loss);
            there.gpuHours = loss.lost.gpuHours;
            if (job.manager.type != Manager::Type::None)
                there.managedBy = text::safe(job.manager.kind + u' ' + job.manager.name).trimmed();
            m_question.jobs.append(there);
        }
        return {};
    }

    ObjectApi &m_api;
    WhatIfQuestion &m_question;
    const QString m_also;
    const std::stop_token m_stop;
};

QJsonValue orNull(const std::optional<qint64> &value)
{
    return value ? QJsonValue(*value) : QJsonValue(QJsonValue::Null);
}

QJsonValue orNull(const std::optional<double> &value)
{
    return value ? QJsonValue(*value) : QJsonValue(QJsonValue::Null);
}

} // namespace

Result<WhatIfQuestion> readWhatIf(ObjectApi &api, const QString &node, WhatIfQuestion::Mode mode, std::stop_token stop, const QString &also)
{
    WhatIfQuestion question;
    question.mode = mode;
    question.node = node;
    Result<components::ClusterFacts> facts = readComponentFacts(api, stop, also);
    if (!facts)
        return fail(facts.error());
    question.facts = *std::move(facts);
    const QList<Node> &nodes = question.facts.nodes;
    if (!nodes.isEmpty() && std::ranges::find(nodes, node, &Node::name) == nodes.end()) {
        return fail(Error::Kind::NotFound, u"There is no node %1"_s.arg(text::safe(node)), {}, u"See kubectl get nodes for their names"_s);
    }
    question.components = components::judge(question.facts);
    Reader reader(api, question, also, stop);
    if (const Result<> read = reader.run(); !read)
        return fail(read.error());
    return question;
}

QJsonObject toJson(const components::WhatIf &answer)
{
    QJsonArray components, held, jobs, steps;
    for (const components::Outcome &outcome : answer.components) {
        components.append(QJsonObject{{u"id"_s, outcome.id},
                                      {u"namespace"_s, outcome.ns},
                                      {u"kind"_s, outcome.kind},
                                      {u"workload"_s, outcome.workload},
                                      {u"effect"_s, components::effectWord(outcome.effect)},
                                      {u"back"_s, components::returnWord(outcome.back)},
                                      {u"seconds"_s, orNull(outcome.seconds)},
                                      {u"waitsFor"_s, QJsonArray::fromStringList(outcome.waitsFor)},
                                      {u"text"_s, outcome.text}});
    }
    for (const components::HeldPod &pod : answer.held) {
        held.append(QJsonObject{{u"namespace"_s, pod.ns},
                                {u"pod"_s, pod.pod},
                                {u"why"_s, components::whyWord(pod.why)},
                                {u"budgets"_s, QJsonArray::fromStringList(pod.budgets)},
                                {u"text"_s, pod.text}});
    }
    for (const components::JobOutcome &outcome : answer.jobs) {
        const components::JobThere &job = outcome.job;
        jobs.append(QJsonObject{{u"kind"_s, job.kind},
                                {u"namespace"_s, job.ns},
                                {u"name"_s, job.name},
                                {u"effect"_s, components::effectWord(outcome.effect)},
                                {u"podsHere"_s, QJsonArray::fromStringList(job.podsHere)},
                                {u"pods"_s, job.pods < 0 ? QJsonValue(QJsonValue::Null) : QJsonValue(job.pods)},
                                {u"gpuHours"_s, orNull(job.gpuHours)},
                                {u"lost"_s, job.lost},
                                {u"managedBy"_s, job.managedBy},
                                {u"text"_s, outcome.text}});
    }
    for (const components::Step &step : answer.steps)
        steps.append(QJsonObject{{u"text"_s, step.text}, {u"command"_s, step.command}});
    const bool drain = answer.mode == WhatIfQuestion::Mode::Drained;
    return {{u"node"_s, answer.node},
            {u"mode"_s, drain ? u"drained"_s : u"lost"_s},
            {u"graceSeconds"_s, drain ? QJsonValue(QJsonValue::Null) : QJsonValue(answer.graceSeconds)},
            {u"stops"_s, answer.stops()},
            {u"gpuHours"_s, orNull(answer.gpuHours())},
            {u"components"_s, components},
            {u"held"_s, held},
            {u"jobs"_s, jobs},
            {u"steps"_s, steps},
            {u"notes"_s, QJsonArray::fromStringList(answer.notes)}};
}

} // namespace cairn::app
