// SPDX-License-Identifier: GPL-3.0-or-later
#include "overlay/Kustomization.h"

#include "manifest/Prune.h"
#include "overlay/Lands.h"

#include <QJsonArray>
#include <QSet>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::overlay {
namespace {

/// Which items of `list` a step means.
QList<qsizetype> itemsOf(const QJsonArray &list, const QString &step)
{
    QList<qsizetype> found;
    if (step == "*"_L1) {
        for (qsizetype i = 0; i < list.size(); ++i)
            found.append(i);
        return found;
    }
    if (step.startsWith(u'[')) {
        const QString inner = step.mid(1, step.size() - 2);
        const QString key = inner.section(u'=', 0, 0);
        const QString value = inner.section(u'=', 1);
        for (qsizetype i = 0; i < list.size(); ++i) {
            if (list[i][key].toVariant().toString() == value && !list[i][key].isUndefined())
                found.append(i);
        }
        return found;
    }
    bool number = false;
    const int index = step.toInt(&number);
    if (number && index >= 0 && index < list.size())
        found.append(index);
    return found;
}

bool setAt(QJsonValue &node, const QStringList &path, qsizetype step, const QJsonValue &value, bool create)
{
    if (step == path.size()) {
        node = value;
        return true;
    }
    const QString &name = path[step];
    if (node.isArray()) {
        QJsonArray list = node.toArray();
        bool any = false;
        for (const qsizetype i : itemsOf(list, name)) {
            QJsonValue item = list[i];
            if (!setAt(item, path, step + 1, value, create))
                return false;
            list[i] = item;
            any = true;
        }
        node = list;
        return any;
    }
    if (!node.isObject() && !(create && (node.isUndefined() || node.isNull())))
        return false;
    if (name.startsWith(u'['))
        return false;
    QJsonObject map = node.toObject();
    if (name == "*"_L1) {
        for (const QString &key : map.keys()) {
            QJsonValue item = map[key];
            if (!setAt(item, path, step + 1, value, create))
                return false;
            map.insert(key, item);
        }
        node = map;
        return !map.isEmpty();
    }
    if (!create && !map.contains(name))
        return false;
    QJsonValue item = map.value(name);
    if (!setAt(item, path, step + 1, value, create))
        return false;
    map.insert(name, item);
    node = map;
    return true;
}

} // namespace

const QStringList &kustomizationNames()
{
    static const QStringList names{u"kustomization.yaml"_s, u"kustomization.yml"_s, u"Kustomization"_s};
    return names;
}

QString kustomizationIn(const Files &files, const QString &folder)
{
    for (const QString &name : kustomizationNames()) {
        const QString path = folder.isEmpty() ? name : folder + u'/' + name;
        if (files.contains(path))
            return path;
    }
    return {};
}

std::optional<QString> resolved(const QString &folder, const QString &path)
{
    if (path.startsWith(u'/'))
        return std::nullopt;
    QStringList steps = folder.split(u'/', Qt::SkipEmptyParts);
    for (const QString &step : path.split(u'/', Qt::SkipEmptyParts)) {
        if (step == "."_L1)
            continue;
        if (step != ".."_L1) {
            steps.append(step);
            continue;
        }
        if (steps.isEmpty())
            return std::nullopt;
        steps.removeLast();
    }
    return steps.join(u'/');
}

bool isRemote(const QString &path)
{
    return path.contains("://"_L1) || path.contains("?ref="_L1) || path.startsWith("git@"_L1) || path.startsWith("github.com"_L1) || path.contains(".git/"_L1);
}

bool matchesSelector(const QString &selector, const QJsonObject &labels)
{
    // Commas inside of brackets part values, others requirements.
    QStringList requirements;
    int depth = 0;
    QString current;
    for (const QChar c : selector) {
        depth += c == u'(' ? 1 : c == u')' ? -1 : 0;
        if (c == u',' && depth == 0) {
            requirements.append(current);
            current.clear();
        } else {
            current += c;
        }
    }
    requirements.append(current);
    for (const QString &requirement : std::as_const(requirements)) {
        const QString text = requirement.simplified();
        if (text.isEmpty() && requirements.size() == 1)
            return true;
        if (text.isEmpty())
            return false;
        const auto has = [&](const QString &key) { return labels.contains(key); };
        if (text.contains(u'(')) {
            const bool negated = text.contains(" notin "_L1) || text.contains(" notin("_L1);
            const QString key = text.section(u' ', 0, 0);
            const QString inner = text.section(u'(', 1).section(u')', 0, 0);
            QStringList values;
            for (const QString &value : inner.split(u','))
                values.append(value.trimmed());
            const bool in = has(key) && values.contains(labels[key].toString());
            if (negated ? in : !in)
                return false;
        } else if (text.contains("!="_L1)) {
            const QString key = text.section(u"!="_s, 0, 0).trimmed();
            if (has(key) && labels[key].toString() == text.section(u"!="_s, 1).trimmed())
                return false;
        } else if (text.contains(u'=')) {
            const QString key = text.section(u'=', 0, 0).trimmed();
            QString value = text.section(u'=', 1);
            if (value.startsWith(u'='))
                value = value.mid(1);
            if (!has(key) || labels[key].toString() != value.trimmed())
                return false;
        } else if (text.startsWith(u'!')) {
            if (has(text.mid(1).trimmed()))
                return false;
        } else if (text.contains(u' ') || !has(text)) {
            return false;
        }
    }
    return true;
}

std::optional<QStringList> fieldPath(const QString &text)
{
    QStringList steps;
    QString step;
    bool bracket = false;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text[i];
        if (c == u'\\' && i + 1 < text.size() && text[i + 1] == u'.') {
            step += u'.';
            ++i;
        } else if (c == u'.' && !bracket) {
            if (step.isEmpty())
                return std::nullopt;
            steps.append(step);
            step.clear();
        } else {
            bracket = c == u'[' ? true : c == u']' ? false : bracket;
            step += c;
        }
    }
    if (step.isEmpty() || bracket || steps.size() >= 60)
        return std::nullopt;
    steps.append(step);
    return steps;
}

QJsonValue fieldAt(const QJsonValue &root, const QStringList &path)
{
    QJsonValue node = root;
    for (const QString &step : path) {
        if (node.isArray()) {
            const QJsonArray list = node.toArray();
            const QList<qsizetype> items = itemsOf(list, step);
            if (items.size() != 1)
                return QJsonValue::Undefined;
            node = list[items.first()];
        } else {
            node = node[step];
        }
        if (node.isUndefined())
            return node;
    }
    return node;
}

bool setField(QJsonValue &root, const QStringList &path, const QJsonValue &value, bool create)
{
    return setAt(root, path, 0, value, create);
}

QList<std::pair<QString, QString>> targetsOf(const Files &files)
{
    QSet<std::pair<QString, QString>> found;
    const auto take = [&](const QJsonValue &group, const QJsonValue &kind) {
        if (!kind.toString().isEmpty() && found.size() < 500)
            found.insert({group.toString(), kind.toString()});
    };
    for (auto it = files.begin(); it != files.end(); ++it) {
        const QString name = it.key().section(u'/', -1);
        if (!name.endsWith(".yaml"_L1) && !name.endsWith(".yml"_L1) && !kustomizationNames().contains(name))
            continue;
        const manifest::Document document = manifest::Document::read(it.value());
        for (int i = 0; i < document.count(); ++i) {
            const QJsonValue root = document.json(i);
            const audit::ObjectName object = audit::nameOf(root.toObject());
            if (!kustomizationNames().contains(name)) {
                take(object.group, object.kind);
                continue;
            }
            for (const QString &field : {u"patches"_s, u"patchesJson6902"_s}) {
                for (const QJsonValue patch : root[field].toArray()) {
                    take(patch[u"target"_s][u"group"_s], patch[u"target"_s][u"kind"_s]);
                    const manifest::Document inlined = manifest::Document::read(patch[u"patch"_s].toString().toUtf8());
                    const audit::ObjectName named = audit::nameOf(inlined.json().toObject());
                    take(named.group, named.kind);
                }
            }
            for (const QJsonValue replacement : root[u"replacements"_s].toArray()) {
                take(replacement[u"source"_s][u"group"_s], replacement[u"source"_s][u"kind"_s]);
                for (const QJsonValue target : replacement[u"targets"_s].toArray())
                    take(target[u"select"_s][u"group"_s], target[u"select"_s][u"kind"_s]);
            }
            if (root[u"configMapGenerator"_s].isArray())
                take(QString(), u"ConfigMap"_s);
        }
    }
    QList<std::pair<QString, QString>> sorted(found.begin(), found.end());
    std::ranges::sort(sorted);
    return sorted;
}

Files withObjects(const Files &files, const audit::Scene &scene, QStringList *skipped, const QMap<audit::ObjectName, QJsonObject> &instead)
{
    static const QStringList unwanted{u"Pod"_s, u"Node"_s, u"Lease"_s, u"EndpointSlice"_s, u"Endpoints"_s, u"ReplicaSet"_s, u"Event"_s, u"PersistentVolume"_s, u"Secret"_s};
    // They are most of the text, and nobody patches them.
    const QList<std::pair<QString, QString>> targets = targetsOf(files);
    const bool crds = std::ranges::any_of(targets, [](const auto &target) { return selects(target.second, u"CustomResourceDefinition"_s); });
    Files all = files;
    QByteArray objects;
    for (auto it = scene.objects().begin(); it != scene.objects().end(); ++it) {
        if (instead.contains(it.key()) && instead.value(it.key()).isEmpty())
            continue;
        if (!unwanted.contains(it.key().kind) && (crds || it.key().kind != "CustomResourceDefinition"_L1))
            objects += "---\n" + manifest::toYaml(manifest::forApply(instead.value(it.key(), it.value()))).toUtf8();
    }
    bool placed = false;
    for (const QString &folder : kustomizations(files)) {
        const QString path = kustomizationIn(files, folder);
        manifest::Document document = manifest::Document::read(files.value(path));
        for (const QString &field : {u"resources"_s, u"bases"_s}) {
            const QJsonArray paths = document.json()[field].toArray();
            QJsonArray kept;
            for (const QJsonValue one : paths) {
                if (!isRemote(one.toString()) && resolved(folder, one.toString()))
                    kept.append(one);
            }
            if (kept.size() == paths.size())
                continue;
            if (!placed) {
                kept.append(u"cairn-live-objects.yaml"_s);
                all.insert((folder.isEmpty() ? QString() : folder + u'/') + u"cairn-live-objects.yaml"_s, objects);
                placed = true;
            }
            if (!document.set(manifest::Path{field}, kept))
                skipped->append(path);
            all.insert(path, document.text());
        }
        for (const QJsonValue component : document.json()[u"components"_s].toArray()) {
            if (isRemote(component.toString()) || !resolved(folder, component.toString()))
                skipped->append(component.toString());
        }
    }
    return all;
}

QStringList kustomizations(const Files &files)
{
    QStringList folders;
    QSet<QString> led;
    for (auto it = files.begin(); it != files.end(); ++it) {
        const QString name = it.key().section(u'/', -1);
        if (!kustomizationNames().contains(name))
            continue;
        const QString folder = it.key().contains(u'/') ? it.key().section(u'/', 0, -2) : QString();
        folders.append(folder);
        const manifest::Document document = manifest::Document::read(it.value());
        const QJsonValue root = document.faults().isEmpty() ? document.json() : QJsonValue();
        for (const QString &field : {u"resources"_s, u"bases"_s, u"components"_s}) {
            for (const QJsonValue path : root[field].toArray()) {
                if (const std::optional<QString> inside = resolved(folder, path.toString()))
                    led.insert(*inside);
            }
        }
    }
    std::ranges::stable_sort(folders, {}, [&](const QString &folder) { return led.contains(folder) ? 1 : 0; });
    return folders;
}

} // namespace cairn::overlay
