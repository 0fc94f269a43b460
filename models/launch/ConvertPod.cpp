// SPDX-License-Identifier: GPL-3.0-or-later
// Pods and containers of a v1 job into the patches of a TrainJob.
#include "launch/ConvertWords.h"
#include "launch/Converter.h"

using namespace Qt::StringLiterals;

namespace cairn::launch {

using Fate = Conversion::Fate;
using manifest::Path;

/// Overrides of Trainer before 2.2 have no name: whom one is for is what tells it apart.
void Converter::aim(const QString &target)
{
    const QString &field = m_to.fields.patches;
    if (field.isEmpty() || field == "runtimePatches"_L1)
        return;
    Path entry{u"spec"_s, field};
    entry.item(Layout(m_made.job, m_to.fields).patched(target).steps().value(2).index);
    set(under(entry, {u"targetJobs"_s}), QJsonArray{QJsonObject{{u"name"_s, target}}});
}

/// A pod spec into the patch of a replicated job.
void Converter::pod(const QString &role, const QString &target)
{
    const QJsonObject pod = podOf(role);
    const QString field = roleField(role) + u".template.spec"_s;
    const bool patches = !m_to.fields.patches.isEmpty();
    aim(target);
    const Path patch = Layout(m_made.job, m_to.fields).patched(target);
    for (auto it = pod.begin(); it != pod.end(); ++it) {
        const QString &name = it.key();
        if (name == "containers"_L1 || name == "restartPolicy"_L1)
            continue;
        if (name == "initContainers"_L1) {
            others(it->toArray(), name, target, field);
        } else if (patches && m_to.fields.pod.contains(name)) {
            if (isNothing(*it))
                continue;
            set(under(patch, {name}), *it);
            m_moved.append(name);
        } else if (!isDefault(name, *it)) {
            const QString instead = insteadOf(name);
            const bool needed = name == "volumes"_L1;
            point(needed ? u"volumes"_s : u"pod-field"_s, field + u'.' + name, needed ? Fate::Breaks : Fate::Lost,
                needed ? ConvertTr::tr("This Trainer lets a TrainJob mount nothing; what is in the volumes is not there.")
                       : instead.isEmpty() ? ConvertTr::tr("The runtime decides.") : instead,
                ownRuntime());
        }
    }
    const QJsonObject metadata = replica(role).value("template"_L1).toObject().value("metadata"_L1).toObject();
    for (const QString &name : {u"labels"_s, u"annotations"_s}) {
        const QJsonObject map = metadata.value(name).toObject();
        if (map.isEmpty())
            continue;
        if (patches && m_to.fields.podMetadata) {
            set(under(patch.parent(), {u"metadata"_s, name}), map);
            m_moved.append(u"metadata."_s + name);
        } else {
            point(u"pod-metadata"_s, roleField(role) + u".template.metadata."_s + name, Fate::Lost,
                ConvertTr::tr("Its pods do not have %1.").arg(listed(map.keys())), ownRuntime());
        }
    }
    containers(role, target);
}

void Converter::containers(const QString &role, const QString &target)
{
    const QString field = roleField(role) + u".template.spec.containers"_s;
    const QString trains = nameIn(trainerOf(role));
    container(trainerOf(role), target, field + u"[name=%1]"_s.arg(trains));
    QJsonArray sidecars;
    for (const QJsonValue one : podOf(role).value("containers"_L1).toArray()) {
        if (nameIn(one) != trains)
            sidecars.append(one);
    }
    others(sidecars, u"containers"_s, target, roleField(role) + u".template.spec"_s);
}

/// What of the training container is no part of spec.trainer.
void Converter::container(const QJsonObject &said, const QString &target, const QString &field)
{
    static const QStringList trainer{u"name"_s, u"image"_s, u"command"_s, u"args"_s, u"env"_s, u"resources"_s};
    const Path patch = under(Layout(m_made.job, m_to.fields).patched(target), {u"containers"_s}).item(u"name"_s, u"node"_s);
    for (auto it = said.begin(); it != said.end(); ++it) {
        const QString &name = it.key();
        if (trainer.contains(name) || isDefault(name, *it) || isNothing(*it))
            continue;
        if (!m_to.fields.patches.isEmpty() && m_to.fields.container.contains(name)) {
            set(under(patch, {name}), *it);
            m_moved.append(u"containers."_s + name);
        } else if (name == "envFrom"_L1) {
            QStringList from;
            for (const QJsonValue one : it->toArray()) {
                for (const QString &source : {u"secretRef"_s, u"configMapRef"_s}) {
                    if (one.toObject().contains(source))
                        from.append(nameIn(one.toObject().value(source)));
                }
            }
            point(u"env-from"_s, field + u".envFrom"_s, Fate::Breaks, ConvertTr::tr("A TrainJob takes no variables from %1 as a whole.").arg(listed(from)),
                ConvertTr::tr("Name each variable in spec.trainer.env, with valueFrom."));
        } else if (name == "volumeMounts"_L1) {
            point(u"volumes"_s, field + u".volumeMounts"_s, Fate::Breaks, ConvertTr::tr("This Trainer lets a TrainJob mount nothing."), ownRuntime());
        } else {
            const QString instead = insteadOf(name);
            point(u"container-field"_s, field + u'.' + name, Fate::Lost, instead.isEmpty() ? ConvertTr::tr("The runtime decides.") : instead, ownRuntime());
        }
    }
}

/// Containers beside the one that trains: a patch reaches those that the runtime has, and adds none.
void Converter::others(const QJsonArray &list, const QString &kind, const QString &target, const QString &field)
{
    const bool init = kind == "initContainers"_L1;
    for (const QJsonValue one : list) {
        const QString name = nameIn(one);
        const QString place = field + u'.' + kind + u"[name=%1]"_s.arg(name);
        const QString id = init ? u"init-container"_s : u"sidecar"_s;
        if (m_to.fields.patches.isEmpty() || !m_to.fields.pod.contains(kind) || m_runtime.container(target, kind, name).isEmpty()) {
            point(id, place, init ? Fate::Breaks : Fate::Lost,
                init ? ConvertTr::tr("Nothing runs before the training: a TrainJob cannot add the container %1.").arg(text::safe(name))
                     : ConvertTr::tr("It does not run beside the training: a TrainJob cannot add the container %1.").arg(text::safe(name)),
                ConvertTr::tr("Make a TrainingRuntime of your own that has it."));
            continue;
        }
        const Path patch = under(Layout(m_made.job, m_to.fields).patched(target), {kind}).item(u"name"_s, name);
        QStringList rest;
        const QJsonObject said = one.toObject();
        for (auto it = said.begin(); it != said.end(); ++it) {
            if (it.key() == "name"_L1 || isDefault(it.key(), *it))
                continue;
            if (m_to.fields.container.contains(it.key())) {
                set(under(patch, {it.key()}), *it);
                m_moved.append(kind);
            } else if (m_runtime.container(target, kind, name).value(it.key()) != *it) {
                rest.append(it.key());
            }
        }
        if (!rest.isEmpty())
            point(id, place, Fate::Otherwise, ConvertTr::tr("The runtime has a container of this name; its own %1 counts.").arg(listed(rest)), ownRuntime());
    }
}

} // namespace cairn::launch
