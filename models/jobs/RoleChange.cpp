// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/RoleChange.h"

#include "base/Text.h"
#include "domain/Kinds.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::jobs {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::jobs)
};

QJsonObject argvJson(const Argv &argv)
{
    QJsonObject json;
    argv.writeTo(json);
    return json;
}

bool isStringList(const QJsonValue &value)
{
    if (!value.isArray())
        return value.isUndefined();
    const QJsonArray list = value.toArray();
    return std::ranges::all_of(list, [](const QJsonValue &v) { return v.isString(); });
}

/// Kubernetes lets a name stand several times and takes the last one.
qsizetype lastIndexOf(const QJsonArray &env, const QString &name)
{
    for (qsizetype i = env.size() - 1; i >= 0; --i) {
        if (env.at(i).toObject().value(u"name"_s).toString() == name)
            return i;
    }
    return -1;
}

Error templateChanged(const QString &role)
{
    return Error::make(Error::Kind::Conflict, Words::tr("The pod template of %1 was changed in the meantime.").arg(text::safe(role)),
                       Words::tr("Its environment, command or arguments are neither what they were nor what the resume makes of them."),
                       Words::tr("Look at the job's YAML, then resume again or revert it by hand."));
}

Result<QJsonObject> changedContainer(QJsonObject container, const RoleChange &change, bool forward)
{
    const Argv &wantedArgv = forward ? change.after : change.before;
    const Argv &otherArgv = forward ? change.before : change.after;
    const Argv liveArgv = Argv::of(container);
    if (liveArgv != wantedArgv && liveArgv != otherArgv)
        return fail(templateChanged(change.role));
    if (liveArgv != wantedArgv)
        wantedArgv.writeTo(container);

    QJsonArray env = container.value(u"env"_s).toArray();
    for (const EnvChange &variable : change.env) {
        const std::optional<QJsonObject> &wanted = forward ? variable.after : variable.before;
        const std::optional<QJsonObject> &other = forward ? variable.before : variable.after;
        const qsizetype i = lastIndexOf(env, variable.name);
        const std::optional<QJsonObject> live = i < 0 ? std::nullopt : std::optional(env.at(i).toObject());
        if (live == wanted)
            continue;
        if (live != other)
            return fail(templateChanged(change.role));
        if (!wanted)
            env.removeAt(i);
        else if (i < 0)
            env.append(*wanted);
        else
            env.replace(i, *wanted);
    }
    if (env.isEmpty())
        container.remove(u"env"_s);
    else
        container.insert(u"env"_s, env);
    return container;
}

QJsonObject at(const QJsonObject &object, std::initializer_list<QString> path)
{
    QJsonObject here = object;
    for (const QString &key : path)
        here = here.value(key).toObject();
    return here;
}

} // namespace

QJsonObject RoleChange::toJson() const
{
    QJsonArray variables;
    for (const EnvChange &v : env)
        variables.append(QJsonObject{{u"name"_s, v.name},
                                     {u"before"_s, v.before ? QJsonValue(*v.before) : QJsonValue()},
                                     {u"after"_s, v.after ? QJsonValue(*v.after) : QJsonValue()}});
    QJsonObject json{{u"role"_s, role}, {u"container"_s, container}, {u"env"_s, variables}};
    if (before != after) {
        json.insert(u"before"_s, argvJson(before));
        json.insert(u"after"_s, argvJson(after));
    } else {
        json.insert(u"argv"_s, argvJson(before));
    }
    return json;
}

Result<RoleChange> RoleChange::fromJson(const QJsonObject &json)
{
    const auto bad = [] {
        return fail(Error::Kind::Parse, Words::tr("The record of a resume on this job cannot be read."),
                    Words::tr("A part of it is missing or has the wrong type."),
                    Words::tr("Remove the annotation cairn.console/resume if nobody is resuming the job."));
    };
    RoleChange change;
    change.role = json.value(u"role"_s).toString();
    change.container = json.value(u"container"_s).toString();
    if (change.role.isEmpty() || change.container.isEmpty() || !json.value(u"env"_s).isArray())
        return bad();
    for (const QJsonValue value : json.value(u"env"_s).toArray()) {
        const QJsonObject v = value.toObject();
        EnvChange variable;
        variable.name = v.value(u"name"_s).toString();
        const auto entry = [&](const QString &field, std::optional<QJsonObject> &into) {
            const QJsonValue e = v.value(field);
            if (e.isObject())
                into = e.toObject();
            return e.isNull() || (e.isObject() && e[u"name"_s].toString() == variable.name);
        };
        if (variable.name.isEmpty() || !entry(u"before"_s, variable.before) || !entry(u"after"_s, variable.after))
            return bad();
        change.env.append(variable);
    }
    const bool same = json.contains(u"argv"_s);
    for (const auto &[field, into] : {std::pair{same ? u"argv"_s : u"before"_s, &change.before},
                                      std::pair{same ? u"argv"_s : u"after"_s, &change.after}}) {
        const QJsonValue argv = json.value(field);
        if (!argv.isObject() || !isStringList(argv[u"command"_s]) || !isStringList(argv[u"args"_s]))
            return bad();
        *into = Argv::of(argv.toObject());
    }
    return change;
}

QStringList rolesOf(const QJsonObject &object, const QString &replicaSpecs)
{
    if (replicaSpecs.isEmpty())
        return facts(JobKind::TrainJob).roles;
    const QJsonObject specs = at(object, {u"spec"_s, replicaSpecs});
    QStringList roles;
    for (const JobKindFacts &kind : jobKinds()) {
        if (kind.replicaSpecs != replicaSpecs)
            continue;
        for (const QString &role : kind.roles) {
            if (specs.value(role).isObject())
                roles += role;
        }
    }
    for (auto it = specs.begin(); it != specs.end(); ++it) {
        if (it.value().isObject() && !roles.contains(it.key()))
            roles += it.key();
    }
    return roles;
}

QJsonObject containerOf(const QJsonObject &object, const QString &replicaSpecs, const QString &role, const QString &name)
{
    if (replicaSpecs.isEmpty()) {
        QJsonObject trainer = at(object, {u"spec"_s, u"trainer"_s});
        trainer.insert(u"name"_s, name); // never empty: a trainer that says nothing leaves all to its runtime
        return trainer;
    }
    const QJsonArray containers =
        at(object, {u"spec"_s, replicaSpecs, role, u"template"_s, u"spec"_s}).value(u"containers"_s).toArray();
    for (const QJsonValue container : containers) {
        if (container[u"name"_s].toString() == name)
            return container.toObject();
    }
    return {};
}

Result<QJsonObject> applied(const QJsonObject &object, const QString &replicaSpecs, const QList<RoleChange> &changes,
                            bool forward)
{
    QJsonObject out = object;
    QJsonObject spec = out.value(u"spec"_s).toObject();
    if (replicaSpecs.isEmpty()) {
        for (const RoleChange &change : changes) {
            const Result<QJsonObject> changed = changedContainer(spec.value(u"trainer"_s).toObject(), change, forward);
            if (!changed)
                return fail(changed.error());
            spec.insert(u"trainer"_s, *changed);
        }
        out.insert(u"spec"_s, spec);
        return out;
    }
    QJsonObject specs = spec.value(replicaSpecs).toObject();
    for (const RoleChange &change : changes) {
        QJsonObject role = specs.value(change.role).toObject();
        QJsonObject podTemplate = role.value(u"template"_s).toObject();
        QJsonObject podSpec = podTemplate.value(u"spec"_s).toObject();
        QJsonArray containers = podSpec.value(u"containers"_s).toArray();
        bool found = false;
        for (qsizetype i = 0; i < containers.size(); ++i) {
            if (containers.at(i)[u"name"_s].toString() != change.container)
                continue;
            Result<QJsonObject> changed = changedContainer(containers.at(i).toObject(), change, forward);
            if (!changed)
                return fail(changed.error());
            containers.replace(i, *changed);
            found = true;
            break;
        }
        if (!found)
            return fail(templateChanged(change.role));
        podSpec.insert(u"containers"_s, containers);
        podTemplate.insert(u"spec"_s, podSpec);
        role.insert(u"template"_s, podTemplate);
        specs.insert(change.role, role);
    }
    spec.insert(replicaSpecs, specs);
    out.insert(u"spec"_s, spec);
    return out;
}

QJsonObject containersPatch(const QJsonObject &target, const QString &replicaSpecs, const QList<RoleChange> &changes)
{
    QJsonObject specs;
    for (const RoleChange &change : changes) {
        const QJsonArray containers =
            at(target, {u"spec"_s, replicaSpecs, change.role, u"template"_s, u"spec"_s}).value(u"containers"_s).toArray();
        specs.insert(change.role,
                     QJsonObject{{u"template"_s, QJsonObject{{u"spec"_s, QJsonObject{{u"containers"_s, containers}}}}}});
    }
    return specs;
}

} // namespace cairn::jobs
