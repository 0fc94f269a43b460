// SPDX-License-Identifier: GPL-3.0-or-later
#include "manifest/Patch.h"

#include "manifest/Diff.h"
#include "manifest/JsonEdit.h"

#include <QCoreApplication>
#include <QHash>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSet>
#include <QStringList>
#include <algorithm>
#include <optional>

using namespace Qt::StringLiterals;

namespace cairn::manifest {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::manifest)
};

QString textOf(const QJsonValue &value)
{
    return QString::fromUtf8(QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact));
}

/// What the items are called, in order; nothing where one has no name or two have the same.
std::optional<QStringList> names(const QJsonArray &list, const QString &key)
{
    QStringList out;
    for (const QJsonValue item : list) {
        const QJsonValue name = key.isEmpty() ? item : item.toObject().value(key);
        if (name.isUndefined() || name.isNull() || name.isObject() || name.isArray())
            return std::nullopt;
        out += textOf(name);
    }
    if (QSet<QString>(out.begin(), out.end()).size() != out.size())
        return std::nullopt;
    return out;
}

Error invalid(const QString &what, const QString &why)
{
    return Error::make(Error::Kind::Invalid, what, why, Words::tr("Fix the patch."));
}

} // namespace

QJsonValue mergePatch(const QJsonValue &target, const QJsonValue &patch)
{
    if (!patch.isObject())
        return patch;
    QJsonObject out = target.toObject();
    const QJsonObject fields = patch.toObject();
    for (auto it = fields.begin(); it != fields.end(); ++it) {
        if (it.value().isNull())
            out.remove(it.key());
        else
            out.insert(it.key(), mergePatch(out.value(it.key()), it.value()));
    }
    return out;
}

QJsonValue mergePatchBetween(const QJsonValue &before, const QJsonValue &after)
{
    if (!before.isObject() || !after.isObject())
        return after;
    QJsonObject patch;
    const QJsonObject from = before.toObject();
    const QJsonObject to = after.toObject();
    for (auto it = from.begin(); it != from.end(); ++it) {
        if (!to.contains(it.key()))
            patch.insert(it.key(), QJsonValue::Null);
        else if (to.value(it.key()) != it.value())
            patch.insert(it.key(), mergePatchBetween(it.value(), to.value(it.key())));
    }
    for (auto it = to.begin(); it != to.end(); ++it) {
        if (!from.contains(it.key()))
            patch.insert(it.key(), mergePatch(QJsonValue::Undefined, it.value()));
    }
    return patch;
}

Result<QJsonValue> jsonPatch(const QJsonValue &target, const QJsonArray &operations)
{
    QJsonValue value = target;
    for (qsizetype i = 0; i < operations.size(); ++i) {
        const QJsonObject operation = operations.at(i).toObject();
        const QString op = operation.value(u"op"_s).toString();
        const auto refuse = [&](const QString &why) {
            Error error = invalid(Words::tr("Operation %1 of the JSON patch cannot be applied.").arg(i), why);
            error.causes = {{QString::number(i), op, why}};
            return fail(error);
        };
        const bool needsValue = op == u"add" || op == u"replace" || op == u"test";
        const bool needsFrom = op == u"move" || op == u"copy";
        if (!needsValue && !needsFrom && op != u"remove")
            return refuse(Words::tr("Its op is not one of add, remove, replace, move, copy or test."));
        if (needsValue && !operation.contains(u"value"_s))
            return refuse(Words::tr("It has no value."));
        const QString pointer = operation.value(u"path"_s).toString();
        const QString source = operation.value(u"from"_s).toString();
        if (!operation.value(u"path"_s).isString() || (needsFrom && !operation.value(u"from"_s).isString()))
            return refuse(Words::tr("It has no path."));
        if (op == u"move" && pointer.startsWith(source + u'/'))
            return refuse(Words::tr("A value cannot be moved into itself."));
        QJsonValue given = operation.value(u"value"_s);
        if (needsFrom) {
            const auto from = Path::fromPointer(source, value);
            given = from ? valueAt(value, *from) : QJsonValue(QJsonValue::Undefined);
            if (given.isUndefined())
                return refuse(Words::tr("Its source does not exist."));
            if (op == u"move") {
                const Result<QJsonValue> left = from->isEmpty() ? Result<QJsonValue>(QJsonValue(QJsonValue::Null)) : without(value, *from);
                if (!left)
                    return refuse(left.error().why);
                value = *left;
            }
        }
        const auto path = Path::fromPointer(pointer, value);
        if (!path)
            return refuse(Words::tr("Its path leads nowhere."));
        const bool there = !valueAt(value, *path).isUndefined();
        if ((op == u"remove" || op == u"replace" || op == u"test") && !there)
            return refuse(Words::tr("Its path leads nowhere."));
        if (op == u"test") {
            if (valueAt(value, *path) != given)
                return refuse(Words::tr("The value is not what its test expects."));
            continue;
        }
        const QJsonValue parent = valueAt(value, path->parent());
        if (!path->isEmpty() && !parent.isObject() && !parent.isArray())
            return refuse(Words::tr("Its path leads nowhere."));
        const bool inserts = parent.isArray() && !path->isEmpty() && op != u"replace";
        Result<QJsonValue> next = op == u"remove" ? without(value, *path)
            : inserts                             ? withInserted(value, *path, given)
                                                  : withValue(value, *path, given);
        if (!next)
            return refuse(next.error().why);
        value = *next;
    }
    return value;
}

std::optional<QString> mergeKey(const QString &field, const QJsonArray &items)
{
    static const QHash<QString, QString> keys{
        {u"containers"_s, u"name"_s},
        {u"initContainers"_s, u"name"_s},
        {u"ephemeralContainers"_s, u"name"_s},
        {u"volumes"_s, u"name"_s},
        {u"env"_s, u"name"_s},
        {u"volumeMounts"_s, u"mountPath"_s},
        {u"volumeDevices"_s, u"devicePath"_s},
        {u"imagePullSecrets"_s, u"name"_s},
        {u"secrets"_s, u"name"_s},
        {u"resourceClaims"_s, u"name"_s},
        {u"schedulingGates"_s, u"name"_s},
        {u"hostAliases"_s, u"ip"_s},
        {u"podIPs"_s, u"ip"_s},
        {u"hostIPs"_s, u"ip"_s},
        {u"topologySpreadConstraints"_s, u"topologyKey"_s},
        {u"conditions"_s, u"type"_s},
        {u"addresses"_s, u"type"_s},
        {u"ownerReferences"_s, u"uid"_s},
        {u"webhooks"_s, u"name"_s},
        {u"finalizers"_s, u""_s},
        {u"podCIDRs"_s, u""_s},
    };
    if (field == u"ports") {
        const bool ofContainer = std::any_of(items.begin(), items.end(), [](const QJsonValue &item) { return item.toObject().contains(u"containerPort"_s); });
        return ofContainer ? u"containerPort"_s : u"port"_s;
    }
    const auto it = keys.constFind(field);
    return it == keys.constEnd() ? std::nullopt : std::optional(*it);
}

namespace {

/// Strategic merge; the first fault ends it.
class Strategic
{
public:
    std::optional<Error> error;

    QJsonObject map(QJsonObject target, const QJsonObject &patch)
    {
        const QString directive = patch.value(u"$patch"_s).toString();
        if (directive == u"replace" || directive == u"delete") {
            QJsonObject only = directive == u"replace" ? patch : QJsonObject();
            only.remove(u"$patch"_s);
            return only;
        }
        if (patch.contains(u"$patch"_s) && directive != u"merge")
            refuse(Words::tr("$patch is not one of replace, delete or merge."));
        if (patch.contains(u"$retainKeys"_s)) {
            const QJsonArray retained = patch.value(u"$retainKeys"_s).toArray();
            for (const QString &key : target.keys()) {
                if (!retained.contains(key))
                    target.remove(key);
            }
        }
        for (auto it = patch.begin(); it != patch.end(); ++it) {
            const QString &key = it.key();
            if (key.startsWith(u"$deleteFromPrimitiveList/"_s)) {
                const QString field = key.section(u'/', 1);
                QJsonArray left;
                for (const QJsonValue item : target.value(field).toArray()) {
                    if (!it.value().toArray().contains(item))
                        left.append(item);
                }
                if (target.contains(field))
                    target.insert(field, left);
            }
        }
        for (auto it = patch.begin(); it != patch.end(); ++it) {
            const QString &key = it.key();
            if (key == u"$patch" || key == u"$retainKeys" || key.startsWith(u"$deleteFromPrimitiveList/"_s) || key.startsWith(u"$setElementOrder/"_s))
                continue;
            if (it.value().isNull())
                target.remove(key);
            else
                target.insert(key, value(key, target.value(key), it.value()));
        }
        for (auto it = patch.begin(); it != patch.end(); ++it) {
            if (it.key().startsWith(u"$setElementOrder/"_s)) {
                const QString field = it.key().section(u'/', 1);
                if (target.value(field).isArray())
                    target.insert(field, ordered(field, target.value(field).toArray(), it.value().toArray()));
            }
        }
        return target;
    }

private:
    void refuse(const QString &why)
    {
        if (!error)
            error = invalid(Words::tr("The strategic merge patch cannot be applied."), why);
    }

    QJsonValue value(const QString &field, const QJsonValue &target, const QJsonValue &patch)
    {
        if (patch.isObject())
            return map(target.toObject(), patch.toObject());
        return patch.isArray() ? QJsonValue(list(field, target.toArray(), patch.toArray())) : patch;
    }

    QJsonArray list(const QString &field, const QJsonArray &target, const QJsonArray &patch)
    {
        QJsonArray both = target;
        for (const QJsonValue item : patch)
            both.append(item);
        QJsonArray plain;
        bool replaces = false;
        for (const QJsonValue item : patch) {
            const QJsonObject only = item.toObject();
            if (only.size() == 1 && only.value(u"$patch"_s).toString() == u"replace")
                replaces = true;
            else
                plain.append(item);
        }
        const std::optional<QString> key = mergeKey(field, both);
        if (replaces || !key)
            return plain;
        QJsonArray out = target;
        for (const QJsonValue item : patch) {
            const QJsonValue name = key->isEmpty() ? item : item.toObject().value(*key);
            if (name.isUndefined()) {
                refuse(Words::tr("An item of %1 has no %2.").arg(field, *key));
                return target;
            }
            qsizetype at = 0;
            while (at < out.size() && (key->isEmpty() ? out.at(at) : out.at(at).toObject().value(*key)) != name)
                ++at;
            const QString directive = item.toObject().value(u"$patch"_s).toString();
            if (directive == u"delete") {
                if (at < out.size())
                    out.removeAt(at);
            } else if (at == out.size()) {
                out.append(item.isObject() ? QJsonValue(map({}, item.toObject())) : item);
            } else if (item.isObject()) {
                out.replace(at, map(out.at(at).toObject(), item.toObject()));
            }
        }
        return out;
    }

    /// As the order says; what it does not name keeps its place among its neighbours, at the front at first.
    static QJsonArray ordered(const QString &field, const QJsonArray &list, const QJsonArray &order)
    {
        const QString key = mergeKey(field, list).value_or(QString());
        const auto nameOf = [&](const QJsonValue &item) { return item.isObject() ? item.toObject().value(key) : item; };
        QHash<QString, int> rank;
        for (qsizetype i = 0; i < order.size(); ++i)
            rank.insert(textOf(nameOf(order.at(i))), static_cast<int>(i));
        std::vector<std::pair<int, QJsonValue>> items;
        int last = -1;
        for (const QJsonValue item : list) {
            last = rank.value(textOf(nameOf(item)), last);
            items.emplace_back(last, item);
        }
        std::ranges::stable_sort(items, std::less<>(), [](const auto &item) { return item.first; });
        QJsonArray out;
        for (const auto &[at, item] : items)
            out.append(item);
        return out;
    }
};

/// Three-way merge; undefined stands for "not there".
class Merge
{
public:
    QList<ThreeWay::Conflict> conflicts;

    QJsonValue value(const Path &path, const QJsonValue &base, const QJsonValue &mine, const QJsonValue &theirs)
    {
        if (mine == theirs || theirs == base)
            return mine;
        if (mine == base)
            return theirs;
        if (mine.isObject() && theirs.isObject() && (base.isObject() || base.isUndefined()))
            return map(path, base.toObject(), mine.toObject(), theirs.toObject());
        if (mine.isArray() && theirs.isArray() && (base.isArray() || base.isUndefined())) {
            if (const auto merged = list(path, base.toArray(), mine.toArray(), theirs.toArray()))
                return *merged;
        }
        conflicts.append({path, base, mine, theirs});
        return mine;
    }

private:
    QJsonObject map(const Path &path, const QJsonObject &base, const QJsonObject &mine, const QJsonObject &theirs)
    {
        QJsonObject out;
        QStringList keys = mine.keys();
        for (const QString &key : theirs.keys()) {
            if (!mine.contains(key))
                keys += key;
        }
        for (const QString &key : std::as_const(keys)) {
            Path child = path;
            child.field(key);
            const QJsonValue merged = value(child, base.value(key), mine.value(key), theirs.value(key));
            if (!merged.isUndefined())
                out.insert(key, merged);
        }
        return out;
    }

    std::optional<QJsonValue> list(const Path &path, const QJsonArray &base, const QJsonArray &mine, const QJsonArray &theirs)
    {
        const bool named = !path.isEmpty() && path.steps().last().kind == Path::Step::Kind::Field;
        const std::optional<QString> key = named ? mergeKey(path.steps().last().name, mine) : std::nullopt;
        if (key) {
            const auto inBase = names(base, *key);
            const auto inMine = names(mine, *key);
            const auto inTheirs = names(theirs, *key);
            if (inBase && inMine && inTheirs)
                return byName(path, *key, {base, *inBase}, {mine, *inMine}, {theirs, *inTheirs});
        }
        const auto lines = [](const QJsonArray &items) {
            QStringList out;
            for (const QJsonValue item : items)
                out += textOf(item);
            return out.join(u'\n');
        };
        const TextMerge merged = mergeText(lines(base), lines(mine), lines(theirs));
        if (!merged.conflicts.isEmpty())
            return std::nullopt;
        QJsonArray out;
        for (const QString &line : merged.text.split(u'\n', Qt::SkipEmptyParts))
            out.append(QJsonDocument::fromJson(line.toUtf8()).array().at(0));
        return out;
    }

    struct Named {
        const QJsonArray &items;
        const QStringList &names;

        QJsonValue operator[](const QString &name) const
        {
            const qsizetype at = names.indexOf(name);
            return at < 0 ? QJsonValue(QJsonValue::Undefined) : items.at(at);
        }
    };

    QJsonValue byName(const Path &path, const QString &key, const Named &base, const Named &mine, const Named &theirs)
    {
        QJsonArray out;
        QStringList all = mine.names;
        for (const QString &name : theirs.names) {
            if (!mine.names.contains(name))
                all += name;
        }
        for (const QString &name : std::as_const(all)) {
            const QJsonValue said = QJsonDocument::fromJson(name.toUtf8()).array().at(0);
            Path child = path;
            child.item(key, said.toVariant().toString());
            const QJsonValue merged = value(child, base[name], mine[name], theirs[name]);
            if (!merged.isUndefined())
                out.append(merged);
        }
        return out;
    }
};

} // namespace

Result<QJsonValue> strategicMerge(const QJsonValue &target, const QJsonValue &patch)
{
    if (!patch.isObject())
        return fail(invalid(Words::tr("The strategic merge patch cannot be applied."), Words::tr("It is not a map.")));
    Strategic merge;
    const QJsonObject merged = merge.map(target.toObject(), patch.toObject());
    if (merge.error)
        return fail(*merge.error);
    return merged;
}

ThreeWay threeWay(const QJsonValue &base, const QJsonValue &mine, const QJsonValue &theirs)
{
    Merge merge;
    ThreeWay out;
    out.value = merge.value({}, base, mine, theirs);
    out.conflicts = merge.conflicts;
    return out;
}

} // namespace cairn::manifest
