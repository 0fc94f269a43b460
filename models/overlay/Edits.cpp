// SPDX-License-Identifier: GPL-3.0-or-later
#include "overlay/Edits.h"

#include "base/Nearest.h"
#include "base/Text.h"
#include "change/Executor.h"
#include "manifest/Patch.h"

#include <QCoreApplication>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::overlay {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::overlay)
};

/// Kinds whose lists are merged by key; everything else is a custom resource, whose lists are replaced.
bool isBuiltIn(const QString &group)
{
    static const QStringList known{u""_s, u"apps"_s, u"batch"_s, u"policy"_s, u"autoscaling"_s, u"rbac.authorization.k8s.io"_s,
                                   u"networking.k8s.io"_s, u"admissionregistration.k8s.io"_s, u"scheduling.k8s.io"_s, u"storage.k8s.io"_s,
                                   u"coordination.k8s.io"_s, u"apiextensions.k8s.io"_s, u"apiregistration.k8s.io"_s, u"discovery.k8s.io"_s,
                                   u"events.k8s.io"_s, u"node.k8s.io"_s, u"certificates.k8s.io"_s};
    return known.contains(group);
}

/// Letters that a slip of the pen changes: "maxUnavailable" is four from "minAvailable", and another field.
constexpr int kSlips = 2;

/// What lies at a JSON pointer; undefined where nothing does.
QJsonValue at(QJsonValue value, const QString &pointer)
{
    for (const QString &raw : pointer.split(u'/').mid(1)) {
        QString step = raw;
        step.replace(u"~1"_s, u"/"_s).replace(u"~0"_s, u"~"_s);
        if (value.isArray()) {
            bool number = false;
            const int index = step.toInt(&number);
            value = number && index >= 0 && index < value.toArray().size() ? value[index] : QJsonValue(QJsonValue::Undefined);
        } else {
            value = value[step];
        }
    }
    return value;
}

QString parentOf(const QString &pointer)
{
    return pointer.left(pointer.lastIndexOf(u'/'));
}

QString leafOf(const QString &pointer)
{
    return pointer.mid(pointer.lastIndexOf(u'/') + 1).replace(u"~1"_s, u"/"_s).replace(u"~0"_s, u"~"_s);
}

/// "--leader-elect" says the same as "--leader-elect=true", and the server adds to what it is given.
bool says(const QJsonValue &live, const QJsonValue &wanted)
{
    if (live.isString() && wanted.isString()) {
        const QString a = live.toString(), b = wanted.toString();
        return a == b || (b.startsWith(u'-') && (a == b + u"=true"_s || b == a + u"=true"_s));
    }
    return live == wanted || (wanted.isObject() && !wanted.toObject().isEmpty() && change::contains(live, wanted));
}

qsizetype indexOf(const QJsonArray &list, const QJsonValue &wanted)
{
    return std::ranges::find_if(list, [&](const QJsonValue &item) { return says(item, wanted); }) - list.begin();
}

} // namespace

Result<QJsonValue> merged(const QString &group, const QJsonObject &object, const QJsonObject &patch)
{
    if (isBuiltIn(group))
        return manifest::strategicMerge(object, patch);
    return manifest::mergePatch(object, patch);
}

bool setImage(QJsonObject &object, const QJsonValue &item, QStringList &names)
{
    const QString name = item[u"name"_s].toString();
    QJsonObject spec = object[u"spec"_s].toObject();
    QJsonObject podTemplate = spec[u"template"_s].toObject();
    QJsonObject pod = podTemplate[u"spec"_s].toObject();
    bool changed = false;
    for (const QString &list : {u"containers"_s, u"initContainers"_s}) {
        QJsonArray containers = pod[list].toArray();
        for (QJsonValueRef value : containers) {
            QJsonObject container = value.toObject();
            const QString image = container[u"image"_s].toString();
            QString bare = image.section(u'@', 0, 0);
            const qsizetype colon = bare.lastIndexOf(u':');
            const QString tag = colon > bare.lastIndexOf(u'/') ? bare.mid(colon + 1) : QString();
            if (!tag.isEmpty())
                bare.truncate(colon);
            if (!bare.isEmpty())
                names.append(bare);
            if (name.isEmpty() || bare != name)
                continue;
            const QString to = item[u"newName"_s].toString(name);
            const QString digest = item[u"digest"_s].toString();
            const QString newTag = item[u"newTag"_s].toVariant().toString();
            QString now = to;
            if (!digest.isEmpty())
                now += u'@' + digest;
            else if (!newTag.isEmpty() || !tag.isEmpty())
                now += u':' + (newTag.isEmpty() ? tag : newTag);
            container.insert(u"image"_s, now);
            value = container;
            changed = true;
        }
        if (!containers.isEmpty())
            pod.insert(list, containers);
    }
    if (!changed)
        return false;
    podTemplate.insert(u"spec"_s, pod);
    spec.insert(u"template"_s, podTemplate);
    object.insert(u"spec"_s, spec);
    return true;
}

Result<Patched> patchAgain(const QJsonObject &live, const QJsonArray &operations)
{
    QJsonValue value = live;
    Patched patched;
    QStringList gone;
    QSet<qsizetype> skipped;
    bool seen = false; // something that it writes is there, so that it was put on before
    for (qsizetype i = 0; i < operations.size(); ++i) {
        const QJsonObject operation = operations.at(i).toObject();
        const QString op = operation.value(u"op"_s).toString();
        const QString path = operation.value(u"path"_s).toString();
        const QJsonValue given = operation.value(u"value"_s);
        const QJsonValue there = at(value, path);
        const QJsonValue parent = at(value, parentOf(path));
        const bool item = parent.isArray();
        if (skipped.contains(i))
            continue;
        if (op == u"add" && item && indexOf(parent.toArray(), given) < parent.toArray().size()) {
            patched.undo.prepend({Undo::How::Take, parentOf(path), given});
            seen = true;
            continue;
        }
        seen = seen || ((op == u"add" || op == u"replace") && says(there, given));
        if (op == u"remove" && there.isUndefined() && parent.isObject() && text::nearestOf(leafOf(path), parent.toObject().keys(), kSlips).isEmpty()) {
            patched.undo.prepend({Undo::How::Insert, path, u"removed"_s});
            gone.append(path);
            continue;
        }
        if (op == u"remove" && item && !there.isUndefined()) {
            const bool tested = std::ranges::any_of(operations, [&](const QJsonValue &one) {
                return one[u"op"_s].toString() == u"test" && one[u"path"_s].toString() == path;
            });
            if (!tested) {
                patched.doubts.append(Words::tr("%1 is removed whatever it is: put a test of its value before it, or a second apply removes another.", "place in a list")
                                          .arg(text::safe(path)));
            }
        }
        if (op == u"test" && there != given) {
            qsizetype later = i + 1;
            while (later < operations.size() && operations.at(later)[u"path"_s].toString() != path)
                ++later;
            const QJsonValue next = later < operations.size() ? operations.at(later) : QJsonValue();
            const QString nextOp = next[u"op"_s].toString();
            if ((nextOp == u"replace" || nextOp == u"add") && says(there, next[u"value"_s])) {
                patched.undo.prepend({Undo::How::Set, path, given});
                seen = true;
                continue;
            }
            if (nextOp == u"remove" && item && indexOf(parent.toArray(), given) == parent.toArray().size()) {
                patched.undo.prepend({Undo::How::Insert, path, given});
                skipped.insert(later);
                seen = true;
                continue;
            }
            if (nextOp == u"remove" && there.isUndefined() && parent.isObject()) {
                patched.undo.prepend({Undo::How::Insert, path, given});
                skipped.insert(later);
                seen = true;
                continue;
            }
        }
        const Result<QJsonValue> next = manifest::jsonPatch(value, {operation});
        if (!next) {
            // Said with its number where nothing was passed over.
            const Result<QJsonValue> whole = manifest::jsonPatch(live, operations);
            return fail(patched.undo.isEmpty() && !whole ? whole.error() : next.error());
        }
        value = *next;
    }
    if (!value.isObject())
        return fail(Error::Kind::Invalid, Words::tr("It would leave no object."));
    for (const QString &path : std::as_const(gone)) {
        if (seen)
            break;
        patched.doubts.append(Words::tr("%1 is not there: it was removed before, or never was. Where the base lacks it too, kustomize refuses to build.", "a field")
                                  .arg(text::safe(path)));
    }
    patched.object = value.toObject();
    return patched;
}

QJsonObject undone(const QJsonObject &object, const QList<Undo> &undo)
{
    QJsonValue value = object;
    for (const Undo &one : undo) {
        QJsonObject operation{{u"op"_s, one.how == Undo::How::Set ? u"replace"_s : u"add"_s}, {u"path"_s, one.pointer}, {u"value"_s, one.value}};
        if (one.how == Undo::How::Take) {
            const qsizetype index = indexOf(at(value, one.pointer).toArray(), one.value);
            operation = {{u"op"_s, u"remove"_s}, {u"path"_s, one.pointer + u'/' + QString::number(index)}};
        }
        if (const Result<QJsonValue> next = manifest::jsonPatch(value, {operation}))
            value = *next;
    }
    return value.toObject();
}

QJsonObject withoutPatch(const QJsonObject &live, const QJsonArray &operations)
{
    QJsonValue value = live;
    const auto edit = [&](const QString &word, const QString &path, const QJsonValue &given = QJsonValue::Undefined) {
        QJsonObject operation{{u"op"_s, word}, {u"path"_s, path}};
        if (!given.isUndefined())
            operation.insert(u"value"_s, given);
        if (const Result<QJsonValue> next = manifest::jsonPatch(value, {operation}))
            value = *next;
    };
    const auto testOf = [&](const QString &path) {
        const auto test = std::ranges::find_if(operations, [&](const QJsonValue &one) { return one[u"op"_s].toString() == u"test" && one[u"path"_s].toString() == path; });
        return test == operations.end() ? QJsonValue(QJsonValue::Undefined) : QJsonValue((*test)[u"value"_s]);
    };
    const auto isWritten = [&](const QString &path) {
        return std::ranges::any_of(operations, [&](const QJsonValue &one) { return one[u"op"_s].toString() != u"test" && one[u"path"_s].toString() == path; });
    };
    for (const QJsonValue one : operations) {
        const QString path = one[u"path"_s].toString();
        if (one[u"op"_s].toString() == u"test" && !isWritten(path) && at(live, path) != one[u"value"_s])
            return live;
    }
    // The last first: places in lists move.
    for (qsizetype i = operations.size() - 1; i >= 0; --i) {
        const QString word = operations.at(i)[u"op"_s].toString();
        const QString path = operations.at(i)[u"path"_s].toString();
        const QJsonValue given = operations.at(i)[u"value"_s];
        const QJsonValue there = at(value, path);
        const QJsonValue parent = at(value, parentOf(path));
        if (word == "add"_L1 && parent.isArray()) {
            if (const qsizetype index = indexOf(parent.toArray(), given); index < parent.toArray().size())
                edit(u"remove"_s, parentOf(path) + u'/' + QString::number(index));
        } else if (word == "add"_L1 && given.isArray() && there.isArray()) {
            QJsonArray rest = there.toArray();
            for (const QJsonValue item : given.toArray()) {
                if (const qsizetype index = indexOf(rest, item); index < rest.size())
                    rest.removeAt(index);
            }
            edit(rest.isEmpty() ? u"remove"_s : u"replace"_s, path, rest.isEmpty() ? QJsonValue(QJsonValue::Undefined) : rest);
        } else if (word == "add"_L1 && given.isObject() && there.isObject()) {
            QJsonObject rest = there.toObject();
            const QJsonObject members = given.toObject();
            for (auto it = members.begin(); it != members.end(); ++it) {
                if (says(rest.value(it.key()), *it))
                    rest.remove(it.key());
            }
            edit(rest.isEmpty() ? u"remove"_s : u"replace"_s, path, rest.isEmpty() ? QJsonValue(QJsonValue::Undefined) : rest);
        } else if (word == "add"_L1 && !there.isUndefined() && says(there, given)) {
            edit(u"remove"_s, path);
        } else if (word == "replace"_L1 && says(there, given)) {
            const QJsonValue before = testOf(path);
            // Of a variable nothing but its name was tested.
            if (!before.isUndefined())
                edit(u"replace"_s, path, before);
            else if (const QJsonValue name = testOf(path + u"/name"_s); name.isString())
                edit(u"replace"_s, path, QJsonObject{{u"name"_s, name}});
        } else if (word == "remove"_L1 && there.isUndefined() && parent.isObject()) {
            // That there was something is known, and a budget of none protects nothing.
            const QJsonValue before = testOf(path);
            edit(u"add"_s, path, before.isUndefined() ? QJsonValue(0) : before);
        }
    }
    return value.toObject();
}

} // namespace cairn::overlay
