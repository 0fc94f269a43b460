// SPDX-License-Identifier: GPL-3.0-or-later
#include "launch/Needs.h"

#include "launch/Effective.h"

#include <QJsonArray>
#include <algorithm>
#include <tuple>

using namespace Qt::StringLiterals;

namespace cairn::launch {
namespace {

using What = Need::What;

constexpr qsizetype kMostNeeds = 200;
constexpr qsizetype kMostKeys = 2000; // of one object; a name has two bytes at least, and an object 1 MiB
constexpr int kDeepest = 30;          // a pod's container lies 14 deep in a JobSet

/// Goes through whatever has the shape of a pod or a container, wherever it stands: replicas, replicated jobs, patches.
class Gather {
public:
    QList<Need> named;

    void visit(const QJsonValue &value, int depth = 0)
    {
        if (depth > kDeepest)
            return;
        if (value.isArray()) {
            for (const QJsonValue item : value.toArray())
                visit(item, depth + 1);
            return;
        }
        const QJsonObject object = value.toObject();
        variables(object);
        add(What::ServiceAccount, object.value("serviceAccountName"_L1));
        add(What::PriorityClass, object.value("priorityClassName"_L1));
        for (const QJsonValue volume : object.value("volumes"_L1).toArray())
            mounted(volume, object);
        for (auto it = object.begin(); it != object.end(); ++it) {
            if (it.key() != "metadata"_L1 && it.key() != "status"_L1) // free text, whatever it is called
                visit(it.value(), depth + 1);
        }
    }

    /// Trainer hands each of them to its initializer as variables.
    void initializers(const QJsonValue &initializer)
    {
        for (const QLatin1StringView what : {"dataset"_L1, "model"_L1})
            add(What::Secret, initializer[what]["secretRef"_L1]["name"_L1]);
    }

private:
    Need *add(What what, const QJsonValue &raw, const QJsonValue &optional = {})
    {
        const QString name = raw.toString();
        if (name.isEmpty() || optional.toBool())
            return nullptr;
        const auto there = std::ranges::find(named, std::pair{what, name}, &Need::id);
        if (there != named.end())
            return &*there;
        if (named.size() >= kMostNeeds)
            return nullptr;
        named.append({what, name, {}, {}});
        return &named.last();
    }
    static void append(QStringList &list, const QString &key)
    {
        if (!key.isEmpty() && list.size() < kMostKeys && !list.contains(key))
            list.append(key);
    }

    void variables(const QJsonObject &container)
    {
        for (const auto &[what, byKey, all] : {std::tuple{What::Secret, "secretKeyRef"_L1, "secretRef"_L1},
                 std::tuple{What::ConfigMap, "configMapKeyRef"_L1, "configMapRef"_L1}}) {
            for (const QJsonValue entry : container.value("env"_L1).toArray()) {
                const QJsonValue from = entry["valueFrom"_L1][byKey];
                if (Need *need = add(what, from["name"_L1], from["optional"_L1]))
                    append(need->keys, from["key"_L1].toString());
            }
            for (const QJsonValue entry : container.value("envFrom"_L1).toArray())
                add(what, entry[all]["name"_L1], entry[all]["optional"_L1]);
        }
    }

    Need *source(What what, const QJsonValue &from, QLatin1StringView name)
    {
        Need *need = add(what, from[name], from["optional"_L1]);
        for (const QJsonValue item : need ? from["items"_L1].toArray() : QJsonArray())
            append(need->keys, item["key"_L1].toString());
        return need;
    }

    void mounted(const QJsonValue &volume, const QJsonObject &pod)
    {
        for (const QJsonValue projected : volume["projected"_L1]["sources"_L1].toArray()) {
            source(What::Secret, projected["secret"_L1], "name"_L1);
            source(What::ConfigMap, projected["configMap"_L1], "name"_L1);
        }
        add(What::Secret, volume["csi"_L1]["nodePublishSecretRef"_L1]["name"_L1]);
        const bool secret = volume["secret"_L1].isObject();
        const QJsonValue from = volume[secret ? "secret"_L1 : "configMap"_L1];
        Need *need = source(secret ? What::Secret : What::ConfigMap, from, secret ? "secretName"_L1 : "name"_L1);
        if (need == nullptr)
            return;
        const QJsonArray items = from["items"_L1].toArray();
        for (const QLatin1StringView list : {"containers"_L1, "initContainers"_L1}) {
            for (const QJsonValue container : pod.value(list).toArray()) {
                for (const QJsonValue mount : container["volumeMounts"_L1].toArray()) {
                    QString file = mount["subPath"_L1].toString();
                    while (file.startsWith("./"_L1))
                        file.remove(0, 2);
                    const auto leads = [&](const QJsonValue &item) {
                        const QString path = item["path"_L1].toString();
                        return path == file || path.startsWith(file + u'/');
                    };
                    if (mount["name"_L1] == volume["name"_L1] && file != "."_L1 && std::ranges::none_of(items, leads))
                        append(need->files, file);
                }
            }
        }
    }
};

} // namespace

Needs needsOf(const QJsonObject &job, const QJsonObject &runtime)
{
    Gather gather;
    gather.visit(effectiveObject(job, runtime));
    gather.initializers(job.value("spec"_L1)["initializer"_L1]);
    return {gather.named, !facts(specOf(job).kind).isTrainJob() || !runtime.isEmpty()};
}

Found foundIn(const QJsonObject &object)
{
    Found found{.exists = true};
    for (const QLatin1StringView field : {"data"_L1, "binaryData"_L1})
        found.keys += object.value(field).toObject().keys().mid(0, kMostKeys);
    return found;
}

} // namespace cairn::launch
