// SPDX-License-Identifier: GPL-3.0-or-later
#include "manifest/Prune.h"

#include <QJsonArray>
#include <QStringList>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::manifest {
namespace {

const QString &lastApplied()
{
    static const QString name = u"kubectl.kubernetes.io/last-applied-configuration"_s;
    return name;
}

/// Removes entries for which `drop` holds from metadata.<field>; an emptied map goes altogether.
template <class Drop>
void filterMap(QJsonObject &metadata, const QString &field, Drop drop)
{
    if (!metadata.value(field).isObject())
        return;
    QJsonObject map = metadata.value(field).toObject();
    for (const QString &key : map.keys()) {
        if (drop(key, map.value(key).toString()))
            map.remove(key);
    }
    if (map.isEmpty())
        metadata.remove(field);
    else
        metadata.insert(field, map);
}

bool marksAManager(const QString &key, const QString &value)
{
    static const QStringList prefixes{
        u"meta.helm.sh/"_s,                  // Helm: release-name, release-namespace
        u"helm.sh/"_s,                       // chart, hook
        u"argocd.argoproj.io/"_s,            // Argo CD: tracking-id, instance, sync options
        u"kustomize.toolkit.fluxcd.io/"_s,   // Flux
        u"helm.toolkit.fluxcd.io/"_s,
        u"workflows.argoproj.io/"_s,         // Argo Workflows
        u"katib.kubeflow.org/"_s,            // Katib: experiment, trial
        u"deployment.kubernetes.io/"_s,      // revision of a Deployment
        u"objectset.rio.cattle.io/"_s,       // Rancher's apply
    };
    if (std::ranges::any_of(prefixes, [&](const QString &p) { return key.startsWith(p); }))
        return true;
    // Argo CD tracks by this label unless it was told otherwise.
    return key == u"app.kubernetes.io/instance" || (key == u"app.kubernetes.io/managed-by" && value == u"Helm")
        || key == lastApplied();
}

} // namespace

QJsonObject forDisplay(const QJsonObject &object, bool keepManagedFields)
{
    QJsonObject out = object;
    QJsonObject metadata = out.value(u"metadata"_s).toObject();
    if (!keepManagedFields)
        metadata.remove(u"managedFields"_s);
    filterMap(metadata, u"annotations"_s, [](const QString &key, const QString &) { return key == lastApplied(); });
    if (out.value(u"metadata"_s).isObject())
        out.insert(u"metadata"_s, metadata);
    return out;
}

QJsonObject forApply(const QJsonObject &object)
{
    QJsonObject out = forDisplay(object);
    out.remove(u"status"_s);
    QJsonObject metadata = out.value(u"metadata"_s).toObject();
    for (const QString &field : {u"uid"_s, u"resourceVersion"_s, u"generation"_s, u"creationTimestamp"_s,
                                 u"deletionTimestamp"_s, u"deletionGracePeriodSeconds"_s, u"selfLink"_s,
                                 u"ownerReferences"_s, u"finalizers"_s, u"generateName"_s})
        metadata.remove(field);
    out.insert(u"metadata"_s, metadata);
    return out;
}

QJsonObject forClone(const QJsonObject &object)
{
    QJsonObject out = forApply(object);
    QJsonObject metadata = out.value(u"metadata"_s).toObject();
    filterMap(metadata, u"annotations"_s, marksAManager);
    filterMap(metadata, u"labels"_s, marksAManager);
    out.insert(u"metadata"_s, metadata);
    return out;
}

QJsonObject withoutSecretValues(const QJsonObject &object)
{
    QJsonObject out = object;
    if (out.value(u"items"_s).isArray()) {
        QJsonArray items = out.value(u"items"_s).toArray();
        // The items of a typed SecretList name no kind of their own.
        const bool secrets = out.value(u"kind"_s).toString() == u"SecretList";
        for (QJsonArray::size_type i = 0; i < items.size(); ++i) {
            QJsonObject item = items.at(i).toObject();
            const bool bare = secrets && !item.contains(u"kind"_s);
            if (bare)
                item.insert(u"kind"_s, u"Secret"_s);
            item = withoutSecretValues(item);
            if (bare)
                item.remove(u"kind"_s);
            items.replace(i, item);
        }
        out.insert(u"items"_s, items);
    }
    if (out.value(u"kind"_s).toString() != u"Secret")
        return out;
    for (const QString &field : {u"data"_s, u"stringData"_s}) {
        if (!out.value(field).isObject())
            continue;
        QJsonObject data = out.value(field).toObject();
        for (auto it = data.begin(); it != data.end(); ++it)
            it.value() = u"***"_s;
        out.insert(field, data);
    }
    // kubectl's copy holds the same values in clear text.
    QJsonObject metadata = out.value(u"metadata"_s).toObject();
    filterMap(metadata, u"annotations"_s, [](const QString &key, const QString &) { return key == lastApplied(); });
    if (out.value(u"metadata"_s).isObject())
        out.insert(u"metadata"_s, metadata);
    return out;
}

bool mayHoldSecret(const QString &name)
{
    for (const QLatin1StringView word : {"password"_L1, "passwd"_L1, "secret"_L1, "token"_L1, "key"_L1, "credential"_L1, "dsn"_L1}) {
        if (name.contains(word, Qt::CaseInsensitive))
            return true;
    }
    return false;
}

namespace {

constexpr auto kHidden = "***"_L1;

/// The values of one object, beside those of another.
class Masker
{
public:
    explicit Masker(const QString &changed)
        : m_changed(changed)
    {
    }

    /// `all`: whatever their names.
    QJsonObject map(const QJsonObject &data, const QJsonValue &other, bool all) const
    {
        QJsonObject out = data;
        for (auto it = out.begin(); it != out.end(); ++it) {
            if (all || mayHoldSecret(it.key()))
                it.value() = hidden(data.value(it.key()), other[it.key()]);
        }
        return out;
    }

    QJsonValue walk(const QString &field, const QJsonValue &value, const QJsonValue &other, int depth = 0) const
    {
        if (depth > 100)
            return QString(kHidden);
        if (value.isObject()) {
            QJsonObject out = value.toObject();
            for (auto it = out.begin(); it != out.end(); ++it)
                it.value() = walk(it.key(), QJsonValue(it.value()), other[it.key()], depth + 1);
            return out;
        }
        if (!value.isArray())
            return value;
        const QJsonArray list = value.toArray();
        const QJsonArray others = other.toArray();
        QJsonArray out;
        bool follows = false; // the value of a flag that is written as two words
        for (qsizetype i = 0; i < list.size(); ++i) {
            const QJsonValue item = list.at(i);
            const QJsonValue beside = partner(item, others, i);
            if (field == "env"_L1 && mayHoldSecret(item[u"name"_s].toString()) && !item[u"value"_s].isUndefined()) {
                QJsonObject variable = item.toObject();
                variable.insert(u"value"_s, hidden(item[u"value"_s], beside[u"value"_s]));
                out.append(variable);
            } else if ((field == "args"_L1 || field == "command"_L1) && item.isString()) {
                const QString word = item.toString();
                const bool flag = word.startsWith(u'-');
                const qsizetype equals = word.indexOf(u'=');
                if (flag && equals > 0 && isSecretFlag(word.left(equals)))
                    out.append(word.left(equals + 1) + (others.isEmpty() || others.contains(item) ? QString(kHidden) : m_changed));
                else if (follows && !flag)
                    out.append(hidden(item, others.contains(item) ? item : others.isEmpty() ? QJsonValue(QJsonValue::Undefined) : QJsonValue()));
                else
                    out.append(item);
                follows = flag && equals < 0 && isSecretFlag(word);
            } else {
                out.append(walk({}, item, beside, depth + 1));
            }
        }
        return out;
    }

private:
    QJsonValue hidden(const QJsonValue &value, const QJsonValue &other) const
    {
        return other.isUndefined() || other == value ? QString(kHidden) : m_changed;
    }
    /// A flag that says where a secret lies holds none.
    static bool isSecretFlag(const QString &flag)
    {
        return mayHoldSecret(flag) && !flag.endsWith("file"_L1) && !flag.endsWith("path"_L1) && !flag.endsWith("dir"_L1);
    }
    /// The item of that name, else the one in its place.
    static QJsonValue partner(const QJsonValue &item, const QJsonArray &others, qsizetype index)
    {
        const QJsonValue name = item[u"name"_s];
        if (!name.isString())
            return index < others.size() ? others.at(index) : QJsonValue(QJsonValue::Undefined);
        for (const QJsonValue other : others) {
            if (other[u"name"_s] == name)
                return other;
        }
        return QJsonValue::Undefined;
    }

    const QString m_changed;
};

} // namespace

QJsonObject withoutSecrets(const QJsonObject &object, const QJsonObject &other, const QString &changed)
{
    const Masker masker(changed);
    const QString kind = object.value(u"kind"_s).toString();
    if (kind != u"Secret" && kind != u"ConfigMap")
        return masker.walk({}, withoutSecretValues(object), other).toObject();
    QJsonObject out = withoutSecretValues(object);
    for (const QString &field : {u"data"_s, u"stringData"_s, u"binaryData"_s}) {
        if (out.value(field).isObject())
            out.insert(field, masker.map(object.value(field).toObject(), other.value(field), kind == u"Secret"));
    }
    return out;
}

} // namespace cairn::manifest
