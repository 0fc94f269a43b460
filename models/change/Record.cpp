// SPDX-License-Identifier: GPL-3.0-or-later
#include "change/Record.h"

#include "base/Names.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace cairn::change {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::change)
};

constexpr int kForm = 1;
/// A ConfigMap may hold 1 MiB.
constexpr qsizetype kLongestRecord = 1000 * 1000;
constexpr qsizetype kMostChanges = 1000;

const QMap<Change::Act, QString> &actWords()
{
    static const QMap<Change::Act, QString> words{
        {Change::Act::Create, u"create"_s}, {Change::Act::Merge, u"merge"_s}, {Change::Act::Apply, u"apply"_s}, {Change::Act::Delete, u"delete"_s}};
    return words;
}

tl::unexpected<Error> unreadable(const QString &why)
{
    return fail(Error::Kind::Parse, Words::tr("The record of a change cannot be read."), why,
                Words::tr("Delete the ConfigMap that holds it if nobody is working on that change."));
}

QJsonObject targetJson(const ObjectRef &ref)
{
    return {{u"group"_s, ref.kind.group}, {u"version"_s, ref.kind.version}, {u"plural"_s, ref.kind.plural}, {u"kind"_s, ref.kind.kind},
            {u"namespaced"_s, ref.kind.namespaced}, {u"namespace"_s, ref.ns}, {u"name"_s, ref.name}, {u"uid"_s, ref.uid}};
}

} // namespace

bool Record::Entry::operator==(const Entry &other) const
{
    return change.act == other.change.act && change.target == other.change.target && change.before == other.change.before
        && change.body == other.change.body && after == other.after;
}

QString recordLabel()
{
    return names::name("record"_L1);
}

Record Record::of(const Plan &plan, const QDateTime &now, const QString &tool)
{
    Record record;
    record.id = plan.id;
    record.title = plan.title;
    record.tool = tool;
    record.begun = record.changed = now.toUTC();
    for (const Change &planned : plan.changes) {
        Entry entry;
        entry.change.act = planned.act;
        entry.change.target = planned.target;
        entry.change.before = planned.before;
        entry.change.body = planned.body;
        if (planned.before.isEmpty() && planned.act != Change::Act::Delete) {
            // What is made carries the mark from its first moment.
            QJsonObject metadata = entry.change.body.value(u"metadata"_s).toObject();
            QJsonObject annotations = metadata.value(u"annotations"_s).toObject();
            annotations.insert(changeMark(), plan.id);
            metadata.insert(u"annotations"_s, annotations);
            entry.change.body.insert(u"metadata"_s, metadata);
        }
        record.entries.append(entry);
    }
    return record;
}

QJsonObject Record::toJson() const
{
    QJsonArray changes;
    for (const Entry &entry : entries)
        changes.append(QJsonObject{{u"act"_s, actWords().value(entry.change.act)},
                                   {u"target"_s, targetJson(entry.change.target)},
                                   {u"before"_s, entry.change.before},
                                   {u"body"_s, entry.change.body},
                                   {u"after"_s, entry.after}});
    return {{u"v"_s, kForm},
            {u"id"_s, id},
            {u"title"_s, title},
            {u"tool"_s, tool},
            {u"begun"_s, begun.toUTC().toString(Qt::ISODate)},
            {u"changed"_s, changed.toUTC().toString(Qt::ISODate)},
            {u"undoing"_s, undoing},
            {u"next"_s, next},
            {u"changes"_s, changes}};
}

Result<Record> Record::fromJson(const QJsonObject &json)
{
    if (json.value(u"v"_s).toInt() != kForm)
        return unreadable(Words::tr("It was written by a newer Cairn, or not by Cairn at all."));
    Record record;
    record.id = json.value(u"id"_s).toString();
    const QJsonArray changes = json.value(u"changes"_s).toArray();
    record.next = json.value(u"next"_s).toInteger(-1);
    if (record.id.size() < 10 || changes.isEmpty() || changes.size() > kMostChanges || record.next < 0 || record.next > changes.size())
        return unreadable(Words::tr("Its fields contradict each other."));
    record.title = json.value(u"title"_s).toString();
    record.tool = json.value(u"tool"_s).toString();
    record.begun = QDateTime::fromString(json.value(u"begun"_s).toString(), Qt::ISODate);
    record.changed = QDateTime::fromString(json.value(u"changed"_s).toString(), Qt::ISODate);
    record.undoing = json.value(u"undoing"_s).toBool();
    for (const QJsonValue value : changes) {
        Entry entry;
        const QJsonValue target = value[u"target"_s];
        const QString act = value[u"act"_s].toString();
        if (!actWords().values().contains(act) || target[u"name"_s].toString().isEmpty() || target[u"plural"_s].toString().isEmpty())
            return unreadable(Words::tr("Its fields contradict each other."));
        entry.change.act = actWords().key(act);
        entry.change.target = {{target[u"group"_s].toString(), target[u"version"_s].toString(), target[u"plural"_s].toString(),
                                target[u"kind"_s].toString(), target[u"namespaced"_s].toBool(true)},
                               target[u"namespace"_s].toString(), target[u"name"_s].toString(), target[u"uid"_s].toString()};
        entry.change.before = value[u"before"_s].toObject();
        entry.change.body = value[u"body"_s].toObject();
        entry.after = value[u"after"_s].toString();
        record.entries.append(entry);
    }
    return record;
}

ObjectRef Record::ref(const QString &ns) const
{
    return {kinds::configMaps(), ns, u"cairn-change-"_s + id.left(10), {}};
}

QJsonObject Record::object(const QString &ns) const
{
    return {{u"apiVersion"_s, u"v1"_s},
            {u"kind"_s, u"ConfigMap"_s},
            {u"metadata"_s, QJsonObject{{u"name"_s, ref(ns).name},
                                        {u"namespace"_s, ns},
                                        {u"labels"_s, QJsonObject{{recordLabel(), u"change"_s}}},
                                        {u"annotations"_s, QJsonObject{{changeMark(), id}}}}},
            {u"data"_s, QJsonObject{{u"change"_s, QString::fromUtf8(QJsonDocument(toJson()).toJson(QJsonDocument::Compact))}}}};
}

Result<Record> Record::fromObject(const QJsonObject &object)
{
    const QString text = object.value(u"data"_s)[u"change"_s].toString();
    if (text.size() > kLongestRecord)
        return unreadable(Words::tr("It is too long."));
    return fromJson(QJsonDocument::fromJson(text.toUtf8()).object());
}

} // namespace cairn::change
