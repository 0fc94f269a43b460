// SPDX-License-Identifier: GPL-3.0-or-later
#include "FakeObjectApi.h"

using namespace Qt::StringLiterals;

namespace cairn::tests {
namespace {

Error notFound(const QString &name)
{
    Error e = Error::make(Error::Kind::NotFound, u"%1 not found"_s.arg(name));
    e.httpStatus = 404;
    e.reason = u"NotFound"_s;
    return e;
}

Error conflict(const QString &why, const QString &reason)
{
    Error e = Error::make(Error::Kind::Conflict, u"conflict"_s, why);
    e.httpStatus = 409;
    e.reason = reason;
    return e;
}

QString resourceOf(const ObjectRef &ref, const QString &subresource)
{
    return subresource.isEmpty() ? ref.kind.plural : ref.kind.plural + u'/' + subresource;
}

/// The value at "spec.replicas"; undefined where there is none.
QJsonValue at(QJsonValue value, const QString &field)
{
    for (const QString &name : field.split(u'.'))
        value = value[name];
    return value;
}

QJsonObject scaleOf(const QJsonObject &object)
{
    QJsonObject meta;
    for (const char *field : {"name", "namespace", "uid", "resourceVersion"})
        meta.insert(QLatin1StringView(field), object.value(u"metadata"_s)[QLatin1StringView(field)]);
    return {{u"apiVersion"_s, u"autoscaling/v1"_s},
            {u"kind"_s, u"Scale"_s},
            {u"metadata"_s, meta},
            {u"spec"_s, QJsonObject{{u"replicas"_s, object.value(u"spec"_s)[u"replicas"_s].toInt()}}},
            {u"status"_s, QJsonObject{{u"replicas"_s, object.value(u"status"_s)[u"replicas"_s].toInt()}}}};
}

RestMapper namedKinds()
{
    QList<ServedResource> resources;
    const QStringList verbs{u"create"_s, u"delete"_s, u"get"_s, u"list"_s, u"patch"_s, u"update"_s, u"watch"_s};
    for (const auto &kind : {kinds::pods, kinds::events, kinds::nodes, kinds::namespaces, kinds::claims, kinds::volumes,
                             kinds::services, kinds::resourceQuotas, kinds::secrets, kinds::configMaps, kinds::storageClasses,
                             kinds::batchJobs, kinds::priorityClasses, kinds::deployments, kinds::statefulSets, kinds::leases,
                             kinds::disruptionBudgets, kinds::autoscalers, kinds::crds, kinds::trainingRuntimes,
                             kinds::clusterTrainingRuntimes})
        resources.append({kind(), verbs, {}, {}});
    for (const JobKindFacts &kind : jobKinds())
        resources.append({kind.resource, verbs, {u"status"_s}, {}});
    for (ServedResource &resource : resources) {
        if (resource.kind == kinds::deployments() || resource.kind == kinds::statefulSets())
            resource.subresources = {u"status"_s, u"scale"_s};
    }
    return RestMapper(resources);
}

bool matches(const QJsonObject &object, const QString &selector, const QString &fields)
{
    const QJsonValue meta = object.value(u"metadata"_s);
    for (const QString &term : selector.split(u',', Qt::SkipEmptyParts)) {
        const QJsonValue label = meta[u"labels"_s][term.section(u'=', 0, 0)];
        if (term.contains(u'=') ? label.toString() != term.section(u'=', 1) : label.isUndefined())
            return false;
    }
    if (fields == u"status.phase!=Succeeded,status.phase!=Failed"_s) {
        const QString phase = object.value(u"status"_s)[u"phase"_s].toString();
        return phase != u"Succeeded"_s && phase != u"Failed"_s;
    }
    return fields.isEmpty() || fields == u"metadata.name="_s + meta[u"name"_s].toString()
        || fields == u"spec.nodeName="_s + object.value(u"spec"_s)[u"nodeName"_s].toString()
        || fields == u"involvedObject.name="_s + object.value(u"involvedObject"_s)[u"name"_s].toString();
}

} // namespace

QString FakeObjectApi::key(const ResourceKind &kind, const QString &ns, const QString &name)
{
    return kind.group + u'/' + kind.plural + u'/' + (kind.namespaced ? ns : QString()) + u'/' + name;
}

QJsonValue FakeObjectApi::merged(const QJsonValue &target, const QJsonValue &patch)
{
    if (!patch.isObject())
        return patch;
    QJsonObject result = target.toObject();
    const QJsonObject changes = patch.toObject();
    for (auto it = changes.begin(); it != changes.end(); ++it) {
        if (it.value().isNull())
            result.remove(it.key());
        else
            result.insert(it.key(), merged(result.value(it.key()), it.value()));
    }
    return result;
}

QJsonObject FakeObjectApi::stamped(const ResourceKind &kind, QJsonObject object, const QJsonObject &previous)
{
    QJsonObject meta = object.value(u"metadata"_s).toObject();
    const QJsonValue oldMeta = previous.value(u"metadata"_s);
    if (!meta.contains(u"uid"_s))
        meta.insert(u"uid"_s, previous.isEmpty() ? u"uid-%1"_s.arg(++m_uids) : oldMeta[u"uid"_s].toString());
    if (object.value(u"spec"_s) != previous.value(u"spec"_s))
        meta.insert(u"generation"_s, oldMeta[u"generation"_s].toInteger(0) + 1);
    meta.insert(u"resourceVersion"_s, QString::number(++m_version));
    object.insert(u"metadata"_s, meta);
    if (!object.contains(u"apiVersion"_s))
        object.insert(u"apiVersion"_s, kind.apiVersion());
    if (!object.contains(u"kind"_s))
        object.insert(u"kind"_s, kind.kind);
    return object;
}

QJsonObject FakeObjectApi::put(const ResourceKind &kind, QJsonObject object)
{
    const std::scoped_lock lock(m_mutex);
    const QJsonValue meta = object.value(u"metadata"_s);
    QJsonObject &slot = m_objects[key(kind, meta[u"namespace"_s].toString(), meta[u"name"_s].toString())];
    slot = stamped(kind, std::move(object), slot);
    return slot;
}

QJsonObject FakeObjectApi::stored(const ResourceKind &kind, const QString &ns, const QString &name) const
{
    const std::scoped_lock lock(m_mutex);
    return m_objects.value(key(kind, ns, name));
}

void FakeObjectApi::edit(const ResourceKind &kind, const QString &ns, const QString &name,
                         const std::function<bool(QJsonObject &)> &change)
{
    const std::scoped_lock lock(m_mutex);
    const auto it = m_objects.find(key(kind, ns, name));
    if (it == m_objects.end())
        return;
    QJsonObject next = *it;
    if (!change(next))
        m_objects.erase(it);
    else if (next != *it)
        *it = stamped(kind, next, *it);
}

QList<QJsonObject> FakeObjectApi::all(const ResourceKind &kind) const
{
    const std::scoped_lock lock(m_mutex);
    QList<QJsonObject> found;
    const QString prefix = kind.group + u'/' + kind.plural + u'/';
    for (auto it = m_objects.begin(); it != m_objects.end(); ++it) {
        if (it.key().startsWith(prefix))
            found.append(it.value());
    }
    return found;
}

void FakeObjectApi::erase(const ResourceKind &kind, const QString &ns, const QString &name)
{
    const std::scoped_lock lock(m_mutex);
    m_objects.remove(key(kind, ns, name));
}

void FakeObjectApi::setLog(const QString &ns, const QString &pod, const QByteArray &log)
{
    const std::scoped_lock lock(m_mutex);
    m_logs.insert(ns + u'/' + pod, log);
}

void FakeObjectApi::setMapper(const RestMapper &mapper)
{
    const std::scoped_lock lock(m_mutex);
    m_mapper = mapper;
}

void FakeObjectApi::setOpenApi(const QString &group, const QString &version, const QJsonObject &document)
{
    const std::scoped_lock lock(m_mutex);
    m_documents.insert(group + u'/' + version, document);
}

void FakeObjectApi::setRules(const AccessRules &rules)
{
    const std::scoped_lock lock(m_mutex);
    m_rules = rules;
}

void FakeObjectApi::own(const ResourceKind &kind, const QString &ns, const QString &name, const QString &field,
                        const QString &manager)
{
    const std::scoped_lock lock(m_mutex);
    m_owners[key(kind, ns, name)].insert(field, manager);
}

std::optional<Error> FakeObjectApi::conflictOf(const QString &slot, const QJsonObject &now, const QJsonValue &body) const
{
    Error e = conflict(u"Apply failed with conflicts"_s, u"Conflict"_s);
    const QMap<QString, QString> owners = m_owners.value(slot);
    for (auto it = owners.begin(); it != owners.end(); ++it) {
        const QJsonValue wanted = at(body, it.key());
        if (!wanted.isUndefined() && wanted != at(now, it.key()))
            e.causes.append({it.key(), u"FieldManagerConflict"_s, u"conflict with \"%1\""_s.arg(it.value())});
    }
    return e.causes.isEmpty() ? std::nullopt : std::optional(e);
}

QList<FakeObjectApi::Call> FakeObjectApi::calls() const
{
    const std::scoped_lock lock(m_mutex);
    return m_calls;
}

void FakeObjectApi::forgetCalls()
{
    const std::scoped_lock lock(m_mutex);
    m_calls.clear();
}

std::optional<Error> FakeObjectApi::enter(const Call &call, const Stop &stop)
{
    {
        const std::scoped_lock lock(m_mutex);
        m_calls.append(call);
        if (stop.stop_requested())
            return Error::cancelled();
        const QString resource = call.resource + (call.verb == u"log" ? u"/log"_s : QString());
        const QString verb = call.verb == u"log" ? u"get"_s : call.verb == u"remove" ? u"delete"_s : call.verb;
        if (call.verb != u"may" && m_denied.contains(verb + u' ' + resource)) {
            Error e = Error::make(Error::Kind::Forbidden, u"%1 %2 is forbidden"_s.arg(verb, resource));
            e.httpStatus = 403;
            e.reason = u"Forbidden"_s;
            return e;
        }
    }
    return before ? before(call) : std::nullopt;
}

std::optional<Error> FakeObjectApi::leave(const Call &call)
{
    return after ? after(call) : std::nullopt;
}

Result<QJsonObject> FakeObjectApi::get(const ObjectRef &ref, Stop stop)
{
    return getPart(ref, {}, stop);
}

Result<QJsonObject> FakeObjectApi::getPart(const ObjectRef &ref, const QString &subresource, Stop stop)
{
    const Call call{u"get"_s, resourceOf(ref, subresource), ref.ns, ref.name, {}, false};
    if (const auto error = enter(call, stop))
        return fail(*error);
    const QJsonObject object = stored(ref.kind, ref.ns, ref.name);
    if (const auto error = leave(call))
        return fail(*error);
    if (object.isEmpty())
        return fail(notFound(ref.name));
    return subresource == "scale"_L1 ? scaleOf(object) : object;
}

Result<ObjectPage> FakeObjectApi::page(const ResourceKind &kind, const ListQuery &query, Stop stop)
{
    const Result<QList<QJsonObject>> all = list(kind, query.ns, query.labelSelector, query.fieldSelector, stop);
    if (!all)
        return fail(all.error());
    ObjectPage page;
    const qsizetype from = query.next.toLongLong();
    page.objects = query.limit > 0 ? all->mid(from, query.limit) : *all;
    const qsizetype left = query.limit > 0 ? std::max<qsizetype>(0, all->size() - from - query.limit) : 0;
    if (left > 0) {
        page.next = QString::number(from + query.limit);
        page.remaining = left;
    }
    const std::scoped_lock lock(m_mutex);
    page.resourceVersion = QString::number(m_version);
    return page;
}

Result<QList<QJsonObject>> FakeObjectApi::list(const ResourceKind &kind, const QString &ns, const QString &labelSelector,
                                               const QString &fieldSelector, Stop stop)
{
    const Call call{u"list"_s, kind.plural, ns, {}, labelSelector, false};
    if (const auto error = enter(call, stop))
        return fail(*error);
    QList<QJsonObject> found;
    for (const QJsonObject &object : all(kind)) {
        const bool here = ns.isEmpty() || object.value(u"metadata"_s)[u"namespace"_s].toString() == ns;
        if (here && matches(object, labelSelector, fieldSelector))
            found.append(object);
    }
    if (const auto error = leave(call))
        return fail(*error);
    return found;
}

Result<QJsonObject> FakeObjectApi::create(const ResourceKind &kind, const QString &ns, const QJsonObject &object,
                                          WriteOptions options, Stop stop)
{
    const QString name = object.value(u"metadata"_s)[u"name"_s].toString();
    const Call call{u"create"_s, kind.plural, ns, name, object, options.dryRun};
    if (const auto error = enter(call, stop))
        return fail(*error);
    QJsonObject made;
    {
        const std::scoped_lock lock(m_mutex);
        if (m_objects.contains(key(kind, ns, name)))
            return fail(conflict(u"%1 already exists"_s.arg(name), u"AlreadyExists"_s));
        QJsonObject complete = object;
        QJsonObject meta = complete.value(u"metadata"_s).toObject();
        meta.remove(u"uid"_s);
        meta.insert(u"namespace"_s, ns);
        complete.insert(u"metadata"_s, meta);
        made = stamped(kind, complete, {});
        if (!options.dryRun)
            m_objects.insert(key(kind, ns, name), made);
    }
    if (const auto error = leave(call))
        return fail(*error);
    return made;
}

Result<QJsonObject> FakeObjectApi::patch(const ObjectRef &ref, PatchType type, const QJsonValue &body, WriteOptions options,
                                         Stop stop)
{
    const Call call{u"patch"_s, resourceOf(ref, options.subresource), ref.ns, ref.name, body, options.dryRun};
    if (const auto error = enter(call, stop))
        return fail(*error);
    if (type == PatchType::Json)
        return fail(Error::Kind::Unsupported, u"JSON patches are not played by this double"_s);
    QJsonObject next;
    {
        const std::scoped_lock lock(m_mutex);
        const QString slot = key(ref.kind, ref.ns, ref.name);
        const auto it = m_objects.find(slot);
        if (it == m_objects.end())
            return fail(notFound(ref.name));
        const QJsonValue wanted = body[u"metadata"_s];
        const QJsonValue have = it->value(u"metadata"_s);
        if (wanted[u"resourceVersion"_s].isString() && wanted[u"resourceVersion"_s] != have[u"resourceVersion"_s])
            return fail(conflict(u"the object has been modified"_s, u"Conflict"_s));
        if (wanted[u"uid"_s].isString() && wanted[u"uid"_s] != have[u"uid"_s])
            return fail(conflict(u"the UID differs"_s, u"Conflict"_s));
        if (type == PatchType::Apply && !options.force) {
            if (const auto refused = conflictOf(slot, *it, body))
                return fail(*refused);
        }
        // A subresource changes its own part and nothing else.
        QJsonObject change = body.toObject();
        if (!options.subresource.isEmpty()) {
            const QJsonValue part = options.subresource == "scale"_L1
                ? QJsonValue(QJsonObject{{u"replicas"_s, body[u"spec"_s][u"replicas"_s]}})
                : body[u"status"_s];
            change = {{options.subresource == "scale"_L1 ? u"spec"_s : u"status"_s, part}};
        }
        next = stamped(ref.kind, merged(*it, change).toObject(), *it);
        if (!options.dryRun)
            *it = next;
    }
    if (const auto error = leave(call))
        return fail(*error);
    return options.subresource == "scale"_L1 ? scaleOf(next) : next;
}

Result<> FakeObjectApi::remove(const ObjectRef &ref, DeleteOptions options, Stop stop)
{
    const Call call{u"remove"_s, ref.kind.plural, ref.ns, ref.name, options.uid, options.dryRun, options};
    if (const auto error = enter(call, stop))
        return fail(*error);
    {
        const std::scoped_lock lock(m_mutex);
        const auto it = m_objects.find(key(ref.kind, ref.ns, ref.name));
        if (it == m_objects.end())
            return fail(notFound(ref.name));
        const QJsonValue meta = it->value(u"metadata"_s);
        if ((!options.uid.isEmpty() && meta[u"uid"_s].toString() != options.uid)
            || (!options.resourceVersion.isEmpty() && meta[u"resourceVersion"_s].toString() != options.resourceVersion))
            return fail(conflict(u"precondition failed"_s, u"Conflict"_s));
        if (!options.dryRun)
            m_objects.erase(it);
    }
    if (const auto error = leave(call))
        return fail(*error);
    return {};
}

Result<QByteArray> FakeObjectApi::log(const QString &ns, const QString &pod, LogOptions options, Stop stop)
{
    const Call call{u"log"_s, u"pods"_s, ns, pod, options.container, false};
    if (const auto error = enter(call, stop))
        return fail(*error);
    QByteArray text;
    {
        const std::scoped_lock lock(m_mutex);
        if (!m_objects.contains(key(kinds::pods(), ns, pod)))
            return fail(notFound(pod));
        text = m_logs.value(ns + u'/' + pod);
    }
    if (options.tailLines >= 0)
        text = text.split('\n').mid(std::max<qsizetype>(0, text.count('\n') - options.tailLines)).join('\n');
    if (options.limitBytes >= 0)
        text = text.left(options.limitBytes);
    if (const auto error = leave(call))
        return fail(*error);
    return text;
}

Result<> FakeObjectApi::followLog(const QString &ns, const QString &pod, LogOptions options,
                                  std::function<bool(const QByteArray &line)> sink, Stop stop)
{
    const Result<QByteArray> text = log(ns, pod, options, stop);
    if (!text)
        return fail(text.error());
    for (const QByteArray &line : text->split('\n')) {
        if (!line.isEmpty() && !sink(line))
            break;
    }
    return {};
}

Result<ExecOutput> FakeObjectApi::exec(const QString &ns, const QString &pod, const QString &, const QStringList &argv, const Secret &input,
                                       Stop stop)
{
    const Call call{u"exec"_s, u"pods"_s, ns, pod, QJsonArray::fromStringList(argv), false};
    if (const auto error = enter(call, stop))
        return fail(*error);
    ExecOutput output = run ? run(argv, input) : ExecOutput();
    if (const auto error = leave(call))
        return fail(*error);
    return output;
}

Result<AccessAnswer> FakeObjectApi::may(const AccessQuery &query, Stop stop)
{
    const QString resource = query.resource + (query.subresource.isEmpty() ? QString() : u'/' + query.subresource);
    const Call call{u"may"_s, resource, query.ns, query.name, query.verb, false};
    if (const auto error = enter(call, stop))
        return fail(*error);
    const std::scoped_lock lock(m_mutex);
    return AccessAnswer{!m_denied.contains(query.verb + u' ' + resource), QString()};
}

Result<AccessRules> FakeObjectApi::rules(const QString &ns, Stop stop)
{
    const Call call{u"rules"_s, {}, ns, {}, {}, false};
    if (const auto error = enter(call, stop))
        return fail(*error);
    const std::scoped_lock lock(m_mutex);
    return m_rules;
}

Result<bool> FakeObjectApi::serves(const ResourceKind &kind, Stop stop)
{
    const Call call{u"serves"_s, kind.plural, {}, {}, {}, false};
    if (const auto error = enter(call, stop))
        return fail(*error);
    const std::scoped_lock lock(m_mutex);
    return m_mapper ? m_mapper->serves(kind) : Result<bool>(true);
}

Result<RestMapper> FakeObjectApi::mapper(Stop stop)
{
    const Call call{u"mapper"_s, {}, {}, {}, {}, false};
    if (const auto error = enter(call, stop))
        return fail(*error);
    const std::scoped_lock lock(m_mutex);
    return m_mapper ? *m_mapper : namedKinds();
}

Result<QJsonObject> FakeObjectApi::openApi(const QString &group, const QString &version, Stop stop)
{
    const Call call{u"openApi"_s, group + u'/' + version, {}, {}, {}, false};
    if (const auto error = enter(call, stop))
        return fail(*error);
    const std::scoped_lock lock(m_mutex);
    const auto it = m_documents.constFind(group + u'/' + version);
    if (it == m_documents.cend())
        return fail(Error::Kind::Unsupported, u"no schema for %1/%2"_s.arg(group, version));
    return *it;
}

} // namespace cairn::tests
