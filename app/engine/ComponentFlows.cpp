// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/ComponentFlows.h"

#include "domain/ObjectDecoder.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QSet>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

using components::ClusterFacts;

/// Reads lists into facts; remembers those that may not be read, and stops at the first other error.
class Reader
{
public:
    Reader(ObjectApi &api, ClusterFacts &facts, std::stop_token stop, const QStringList &namespaces)
        : m_api(api)
        , m_facts(facts)
        , m_stop(std::move(stop))
        , m_namespaces(namespaces)
    {
    }

    /// One list of all namespaces where that is allowed, else one of each.
    template <class T>
    void everywhere(const ResourceKind &kind, std::unique_ptr<ObjectDecoder<T>> decoder, QList<T> &into)
    {
        if (list(kind, {}, *decoder, into) || m_error || m_facts.unread.last().error.kind == Error::Kind::NotFound)
            return;
        m_facts.unread.removeLast();
        m_confined = true;
        each(kind, std::move(decoder), into, m_namespaces);
    }

    template <class T>
    void each(const ResourceKind &kind, std::unique_ptr<ObjectDecoder<T>> decoder, QList<T> &into, const QStringList &namespaces)
    {
        for (const QString &ns : namespaces) {
            if (!m_error)
                list(kind, ns, *decoder, into);
        }
    }

    const std::optional<Error> &error() const { return m_error; }
    /// A list of all namespaces was refused.
    bool isConfined() const { return m_confined; }

private:
    template <class T>
    bool list(const ResourceKind &kind, const QString &ns, ObjectDecoder<T> &decoder, QList<T> &into)
    {
        if (m_error)
            return false;
        const Result<QList<QJsonObject>> objects = m_api.list(kind, ns, {}, {}, m_stop);
        if (!objects) {
            if (objects.error().kind == Error::Kind::Forbidden || objects.error().kind == Error::Kind::NotFound)
                m_facts.unread.append({kind.plural, ns, objects.error()});
            else
                m_error = objects.error();
            return false;
        }
        for (const QJsonObject &object : *objects) {
            // Of all namespaces only those matter where components live.
            if (ns.isEmpty() && kind.namespaced
                && !m_namespaces.contains(object.value(u"metadata"_s)[u"namespace"_s].toString()))
                continue;
            if (Result<T> value = decoder.object(QJsonDocument(object).toJson(QJsonDocument::Compact), WireFormat::Json))
                into.append(*std::move(value));
        }
        return true;
    }

    ObjectApi &m_api;
    ClusterFacts &m_facts;
    const std::stop_token m_stop;
    const QStringList m_namespaces;
    bool m_confined = false;
    std::optional<Error> m_error;
};

/// The error of a cluster whose workloads may be listed nowhere.
std::optional<Error> nothingReadable(const ClusterFacts &facts, const QStringList &namespaces)
{
    for (const ResourceKind &kind : {kinds::deployments(), kinds::statefulSets()}) {
        const auto refused = std::ranges::count(facts.unread, kind.plural, &components::Unread::resource);
        if (refused < namespaces.size())
            return std::nullopt;
    }
    return facts.unread.first().error;
}

QJsonValue orNull(int value, bool known)
{
    return known ? QJsonValue(value) : QJsonValue(QJsonValue::Null);
}

QString leaderState(components::Leadership::State state)
{
    using State = components::Leadership::State;
    switch (state) {
    case State::None: return u"none"_s;
    case State::Fresh: return u"fresh"_s;
    case State::Stale: return u"stale"_s;
    case State::Future: return u"future"_s;
    case State::Missing: return u"missing"_s;
    case State::Off: return u"off"_s;
    case State::Unread: return u"unread"_s;
    }
    return {};
}

QJsonObject toJson(const components::Leadership &leader)
{
    return {{u"state"_s, leaderState(leader.state)},
                       {u"lease"_s, leader.lease},
                       {u"leases"_s, leader.leases},
                       {u"holder"_s, leader.holder},
                       {u"renewed"_s, leader.renewed.isValid() ? QJsonValue(leader.renewed.toUTC().toString(Qt::ISODate)) : QJsonValue(QJsonValue::Null)},
                       {u"seconds"_s, orNull(leader.seconds, leader.renewed.isValid())}};
}

} // namespace

QJsonObject toJson(const components::ReleaseFound &found)
{
    QJsonObject differs;
    for (auto it = found.differs.begin(); it != found.differs.end(); ++it) {
        QJsonArray versions;
        for (const QVersionNumber &version : *it)
            versions.append(version.toString());
        differs.insert(it.key(), versions);
    }
    return {{u"name"_s, found.isKnown() ? QJsonValue(found.candidates.first()) : QJsonValue(QJsonValue::Null)},
            {u"candidates"_s, QJsonArray::fromStringList(found.candidates)},
            {u"differs"_s, differs},
            {u"text"_s, components::releaseText(found)}};
}

Result<ClusterFacts> readComponentFacts(ObjectApi &api, std::stop_token stop, const QString &also)
{
    ClusterFacts facts;
    QStringList homes = components::catalogue().namespaces();
    if (!also.isEmpty() && !homes.contains(also))
        homes.append(also);
    Reader reader(api, facts, stop, homes);
    for (const ResourceKind &kind : {kinds::deployments(), kinds::statefulSets(), kinds::daemonSets()})
        reader.everywhere<Workload>(kind, workloadDecoder(kind), facts.workloads);
    if (reader.error())
        return fail(*reader.error());
    if (const std::optional<Error> error = nothingReadable(facts, homes))
        return fail(*error);
    if (reader.isConfined())
        facts.also = also;

    QSet<QString> found;
    for (const Workload &workload : std::as_const(facts.workloads))
        found.insert(workload.ns);
    const auto worthReading = [&](QStringList namespaces) {
        // Where a lease lies that no component lies beside (kube-system) is looked at as soon as anything was found.
        namespaces.removeIf([&](const QString &ns) {
            return found.isEmpty() || (homes.contains(ns) && !found.contains(ns) && ns != "kube-system"_L1); // the control plane's pods have no workload
        });
        return namespaces;
    };
    reader.each<Pod>(kinds::pods(), podDecoder(), facts.pods, worthReading(homes));
    reader.everywhere<DisruptionBudget>(kinds::disruptionBudgets(), budgetDecoder(), facts.budgets);
    reader.everywhere<Autoscaler>(kinds::autoscalers(), autoscalerDecoder(), facts.autoscalers);
    reader.each<EndpointSlice>(kinds::endpointSlices(), endpointSliceDecoder(), facts.slices, {u"default"_s});
    reader.each<Node>(kinds::nodes(), nodeDecoder(), facts.nodes, {QString()});
    QStringList leases = components::catalogue().leaseNamespaces();
    if (!facts.also.isEmpty() && !leases.contains(facts.also))
        leases.append(facts.also);
    reader.each<Lease>(kinds::leases(), leaseDecoder(), facts.leases, worthReading(leases));
    if (reader.error())
        return fail(*reader.error());
    facts.now = QDateTime::currentDateTimeUtc();
    return facts;
}

QJsonObject toJson(const components::Component &component, const QDateTime &now)
{
    const components::Entry &entry = component.entry();
    const QString version = component.version.toString();
    QJsonValue budget = QJsonValue::Null;
    if (component.budget) {
        budget = QJsonObject{{u"name"_s, component.budget->name},
                             {u"minAvailable"_s, component.budget->minAvailable},
                             {u"maxUnavailable"_s, component.budget->maxUnavailable},
                             {u"disruptionsAllowed"_s, component.budget->allowed}};
    }
    QJsonValue autoscaler = QJsonValue::Null;
    if (component.autoscaler) {
        autoscaler = QJsonObject{{u"name"_s, component.autoscaler->name},
                                 {u"floor"_s, component.autoscaler->floor},
                                 {u"ceiling"_s, component.autoscaler->ceiling}};
    }
    // Of one that could not even be looked for no number is known; of one whose pods hide themselves some are.
    const bool found = component.desired > 0 || component.standing == components::Standing::Down;
    const bool known = component.standing != components::Standing::NotObservable;
    return {{u"id"_s, component.id},
            {u"catalogued"_s, component.catalogued},
            {u"version"_s, version.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(version)},
            {u"scaling"_s, components::scalingWord(entry.scaling)},
            {u"group"_s, entry.group},
            {u"namespace"_s, component.ns},
            {u"kind"_s, component.kind},
            {u"workload"_s, component.workload},
            {u"verdict"_s, components::standingName(component.standing)},
            {u"cause"_s, component.cause},
            {u"survivesNode"_s, known ? QJsonValue(component.survivesNode()) : QJsonValue(QJsonValue::Null)},
            {u"ready"_s, orNull(component.ready, found)},
            {u"desired"_s, orNull(component.desired, found)},
            {u"restarts"_s, orNull(component.restarts, component.restarts >= 0)},
            {u"nodes"_s, QJsonArray::fromStringList(component.nodes)},
            {u"zones"_s, orNull(component.zones, component.zones >= 0)},
            {u"leader"_s, toJson(component.leader)},
            {u"budget"_s, budget},
            {u"autoscaler"_s, autoscaler},
            {u"keptIn"_s, QJsonArray::fromStringList(component.keptIn)},
            {u"splitBrain"_s, component.splitBrain},
            {u"consequence"_s, components::consequence(component)},
            {u"reasons"_s, QJsonArray::fromStringList(components::reasons(component))},
            {u"alarms"_s, QJsonArray::fromStringList(components::alarms(component, now))}};
}

} // namespace cairn::app
