// SPDX-License-Identifier: GPL-3.0-or-later
#include "change/Record.h"

#include "base/Names.h"
#include "base/Text.h"
#include "domain/NameRules.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <algorithm>

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
        {Change::Act::Create, u"create"_s}, {Change::Act::Merge, u"merge"_s}, {Change::Act::Apply, u"apply"_s}, {Change::Act::Delete, u"delete"_s}, {Change::Act::Fill, u"fill"_s},
        {Change::Act::Await, u"await"_s}};
    return words;
}

const QMap<Condition::What, QString> &whatWords()
{
    static const QMap<Condition::What, QString> words{{Condition::What::RolledOut, u"rolledOut"_s},
                                                      {Condition::What::Ready, u"ready"_s},
                                                      {Condition::What::Renewed, u"renewed"_s},
                                                      {Condition::What::Accepted, u"accepted"_s}};
    return words;
}

/// Nobody can go on with it or take it back then, but it still tells what was changed: so it is never removed.
tl::unexpected<Error> unreadable(const QString &why, const QString &fix = {})
{
    return fail(Error::Kind::Parse, Words::tr("The record of a change cannot be read; nothing was changed."), why,
                fix.isEmpty() ? Words::tr("Save the ConfigMap that holds it: under “before” it has what each object was like. Restore by hand what is to be "
                                          "restored, then delete it.")
                              : fix);
}

tl::unexpected<Error> damaged(const QString &what)
{
    return unreadable(Words::tr("It is damaged: %1").arg(what));
}

/// A part of an address: what is recorded must not lead a request elsewhere.
bool isPart(const QJsonValue &value, bool mayBeEmpty)
{
    const QString text = value.toString();
    if (text.isEmpty())
        return mayBeEmpty;
    static const QString leading = u"/?#%\\"_s;
    return text.size() <= 253 && !text.startsWith(u'.') && std::ranges::none_of(text, [](QChar c) { return c <= u' ' || leading.contains(c); });
}

bool isAddress(const QJsonValue &target)
{
    return isPart(target[u"name"_s], false) && isPart(target[u"plural"_s], false) && isPart(target[u"version"_s], false) && isPart(target[u"group"_s], true)
        && isPart(target[u"namespace"_s], true);
}

QJsonObject targetJson(const ObjectRef &ref)
{
    return {{u"group"_s, ref.kind.group}, {u"version"_s, ref.kind.version}, {u"plural"_s, ref.kind.plural}, {u"kind"_s, ref.kind.kind},
            {u"namespaced"_s, ref.kind.namespaced}, {u"namespace"_s, ref.ns}, {u"name"_s, ref.name}, {u"uid"_s, ref.uid}};
}

ObjectRef targetOf(const QJsonValue &json)
{
    const bool namespaced = json[u"namespaced"_s].toBool(true);
    return {{json[u"group"_s].toString(), json[u"version"_s].toString(), json[u"plural"_s].toString(), json[u"kind"_s].toString(), namespaced},
            namespaced ? json[u"namespace"_s].toString() : QString(), // whatever it claims
            json[u"name"_s].toString(), json[u"uid"_s].toString()};
}

QJsonObject conditionJson(const Condition &condition)
{
    return {{u"what"_s, whatWords().value(condition.what)}, {u"object"_s, targetJson(condition.object)}, {u"holder"_s, condition.holder},
            {u"count"_s, condition.count}, {u"body"_s, condition.body}, {u"seconds"_s, condition.seconds},
            {u"stable"_s, condition.stable}};
}

/// Of the object before: what standsAsPlanned(), restoring() and making it again look at. Whole Deployments would soon be
/// more than a ConfigMap holds.
QJsonObject essential(const Change &change)
{
    QJsonObject kept = change.before;
    if (kept.isEmpty())
        return kept;
    if (change.act == Change::Act::Fill) // whatever it was given, the values of a Secret are in no record
        kept = {{u"metadata"_s, kept.value(u"metadata"_s)}};
    if (change.act != Change::Act::Delete) {
        kept = masked(kept, change.body);
        if (change.act != Change::Act::Fill && change.before.value(u"metadata"_s)[u"generation"_s].isUndefined()) {
            for (const QString &field : {u"spec"_s, u"data"_s, u"stringData"_s, u"rules"_s}) {
                if (change.before.contains(field))
                    kept.insert(field, change.before.value(field));
            }
        }
        QJsonObject metadata = kept.value(u"metadata"_s).toObject();
        const QJsonObject all = change.before.value(u"metadata"_s).toObject();
        for (const QString &field : {u"name"_s, u"namespace"_s, u"uid"_s, u"generation"_s, u"labels"_s, u"ownerReferences"_s}) {
            if (all.contains(field))
                metadata.insert(field, all.value(field));
        }
        kept.insert(u"metadata"_s, metadata);
        return kept;
    }
    QJsonObject metadata = kept.value(u"metadata"_s).toObject();
    metadata.remove(u"managedFields"_s);
    kept.insert(u"metadata"_s, metadata);
    kept.remove(u"status"_s);
    return kept;
}

/// Of what a record makes in `ns`, the claims of storage: a PVC, or a bucket's.
QList<const Change *> claimsIn(const QList<Record::Entry> &entries, const QString &ns)
{
    QList<const Change *> claims;
    for (const Record::Entry &entry : entries) {
        const Change &change = entry.change;
        const bool claim = change.target.kind == kinds::claims() || change.target.kind.plural == "objectbucketclaims"_L1;
        if (claim && change.act == Change::Act::Create && change.target.ns == ns)
            claims.append(&change);
    }
    return claims;
}

/// Another namespace's Secret would be read by whoever mounts it.
bool readsElsewhere(const QJsonObject &spec, const QString &ns)
{
    const QJsonObject csi = spec.value(u"csi"_s).toObject();
    for (auto it = csi.begin(); it != csi.end(); ++it) {
        if (it.key().endsWith("SecretRef"_L1) && QJsonValue(it.value())[u"namespace"_s].toString() != ns)
            return true;
    }
    const QJsonObject parameters = spec.value(u"parameters"_s).toObject();
    for (auto it = parameters.begin(); it != parameters.end(); ++it) {
        if (it.key().endsWith("secret-namespace"_L1, Qt::CaseInsensitive) && it.value().toString() != ns)
            return true;
    }
    return false;
}

/// A PersistentVolume or StorageClass that storage for `ns` is made of, as storage::volumeOf() writes it: new, used by a claim that is made
/// with it, a volume by that one alone and named after it, of no other namespace's Secret, and of the nodes' own disks only where data lies on them.
bool isStorageOf(const Change &change, const QList<const Change *> &claims, const QString &ns)
{
    const QJsonObject &body = change.body;
    const QString name = change.target.name;
    if (change.act != Change::Act::Create || !change.before.isEmpty() || body.value(u"metadata"_s)[u"name"_s].toString() != name)
        return false;
    const auto isUsed = [&](const QString &field) {
        return std::ranges::any_of(claims, [&](const Change *claim) { return claim->body.value(u"spec"_s)[field].toString() == name; });
    };
    if (change.target.kind == kinds::storageClasses()) {
        for (const QJsonValue value : body.value(u"metadata"_s)[u"annotations"_s].toObject()) {
            if (value.toString() == "true"_L1) // the class of whoever names none
                return false;
        }
        return body.value(u"reclaimPolicy"_s).toString() == "Retain"_L1 && !readsElsewhere(body, ns) && isUsed(u"storageClassName"_s);
    }
    const QJsonObject spec = body.value(u"spec"_s).toObject();
    const QJsonValue bound = spec.value(u"claimRef"_s);
    static const QStringList takes{u"capacity"_s, u"volumeMode"_s, u"accessModes"_s, u"persistentVolumeReclaimPolicy"_s, u"storageClassName"_s, u"claimRef"_s, u"mountOptions"_s,
        u"csi"_s, u"nfs"_s, u"hostPath"_s};
    const bool known = std::ranges::all_of(spec.keys(), [](const QString &key) { return takes.contains(key); });
    const bool disks = spec.contains(u"hostPath"_s) && rules::nodeFolder(spec.value(u"hostPath"_s)[u"path"_s].toString()) != rules::NodeFolder::Data;
    return change.target.kind == kinds::volumes() && known && !disks && !readsElsewhere(spec, ns) && spec.value(u"persistentVolumeReclaimPolicy"_s).toString() == "Retain"_L1
        && bound[u"namespace"_s].toString() == ns && name == ns + u'-' + bound[u"name"_s].toString() && isUsed(u"volumeName"_s);
}

} // namespace

bool Record::Entry::operator==(const Entry &other) const
{
    return change.act == other.change.act && change.target == other.change.target && change.before == other.change.before
        && change.body == other.change.body && change.until == other.change.until && change.phase == other.change.phase && change.fills == other.change.fills && after == other.after;
}

QString recordHome()
{
    return u"kubeflow"_s;
}

QList<ObjectRef> Record::outside(const QString &ns) const
{
    QList<ObjectRef> found;
    if (ns == recordHome())
        return found;
    const QList<const Change *> claims = claimsIn(entries, ns);
    for (const Entry &entry : entries) {
        const ObjectRef &target = entry.change.target;
        // Who may write ConfigMaps may by far not give rights, not even in the same namespace.
        const bool inside = (target.kind.namespaced && target.ns == ns && target.kind.group != "rbac.authorization.k8s.io"_L1) || isStorageOf(entry.change, claims, ns);
        if (entry.change.act != Change::Act::Await && !inside && !found.contains(target))
            found.append(target);
    }
    return found;
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
    record.keep = plan.keepRecord;
    record.begun = record.changed = now.toUTC();
    for (const Change &planned : plan.changes) {
        Entry entry;
        entry.change.act = planned.act;
        entry.change.target = planned.target;
        entry.change.before = essential(planned);
        entry.change.body = planned.body;
        entry.change.until = planned.until;
        entry.change.phase = planned.phase;
        entry.change.fills = planned.fills;
        if (planned.before.isEmpty() && planned.act != Change::Act::Delete && planned.act != Change::Act::Await && planned.act != Change::Act::Fill) {
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
    for (const Entry &entry : entries) {
        QJsonArray until;
        for (const Condition &condition : entry.change.until)
            until.append(conditionJson(condition));
        QJsonObject json{{u"act"_s, actWords().value(entry.change.act)},
                                   {u"target"_s, targetJson(entry.change.target)},
                                   {u"before"_s, entry.change.before},
                                   {u"body"_s, entry.change.body},
                                   {u"until"_s, until},
                                   {u"phase"_s, entry.change.phase},
                                   {u"after"_s, entry.after}};
        if (!entry.change.fills.isEmpty())
            json.insert(u"fills"_s, QJsonArray::fromStringList(entry.change.fills));
        changes.append(json);
    }
    return {{u"v"_s, kForm},
            {u"id"_s, id},
            {u"title"_s, title},
            {u"tool"_s, tool},
            {u"begun"_s, begun.toUTC().toString(Qt::ISODate)},
            {u"changed"_s, changed.toUTC().toString(Qt::ISODate)},
            {u"undoing"_s, undoing},
            {u"keep"_s, keep},
            {u"next"_s, next},
            {u"from"_s, from},
            {u"changes"_s, changes}};
}

Result<Record> Record::fromJson(const QJsonObject &json)
{
    const int form = json.value(u"v"_s).toInt();
    const QString tool = text::safe(json.value(u"tool"_s).toString().left(100));
    if (form > kForm)
        return unreadable(Words::tr("It was written by a newer program, %1.").arg(tool.isEmpty() ? Words::tr("which it does not name") : tool),
                          Words::tr("Finish it or roll it back with that one, or a newer one."));
    if (form != kForm)
        return unreadable(Words::tr("It was not written by Cairn, or by a version before the first release."));
    Record record;
    record.id = json.value(u"id"_s).toString();
    const QJsonArray changes = json.value(u"changes"_s).toArray();
    record.next = json.value(u"next"_s).toInteger(-1);
    if (record.id.size() < 10 || std::ranges::any_of(record.id, [](QChar c) { return !c.isLetterOrNumber(); }))
        return damaged(Words::tr("it has no id."));
    if (changes.isEmpty() || changes.size() > kMostChanges)
        return damaged(Words::tr("it lists %1 changes.").arg(changes.size()));
    if (record.next < 0 || record.next > changes.size())
        return damaged(Words::tr("how far it got is not one of its changes."));
    record.title = json.value(u"title"_s).toString();
    record.tool = json.value(u"tool"_s).toString();
    record.begun = QDateTime::fromString(json.value(u"begun"_s).toString(), Qt::ISODate);
    record.changed = QDateTime::fromString(json.value(u"changed"_s).toString(), Qt::ISODate);
    record.undoing = json.value(u"undoing"_s).toBool();
    record.keep = json.value(u"keep"_s).toBool();
    record.from = std::clamp<qsizetype>(json.value(u"from"_s).toInteger(changes.size()), 0, changes.size());
    int number = 0;
    for (const QJsonValue value : changes) {
        ++number;
        Entry entry;
        const QJsonValue target = value[u"target"_s];
        const QString act = value[u"act"_s].toString();
        if (!actWords().values().contains(act))
            return damaged(Words::tr("what its change %1 does is not known.").arg(number));
        entry.change.act = actWords().key(act);
        const bool awaits = entry.change.act == Change::Act::Await;
        if (!awaits && !isAddress(target))
            return damaged(Words::tr("its change %1 names no object.").arg(number));
        entry.change.target = targetOf(target);
        entry.change.before = value[u"before"_s].toObject();
        entry.change.body = value[u"body"_s].toObject();
        entry.change.phase = value[u"phase"_s].toString();
        // Without it, rolling back would take every field away that was written.
        const bool changesOne = entry.change.act == Change::Act::Merge || entry.change.act == Change::Act::Delete;
        if (changesOne && entry.change.before.isEmpty())
            return damaged(Words::tr("what %1 was like before its change %2 is missing.").arg(text::safe(entry.change.target.name)).arg(number));
        if (!awaits && entry.change.act != Change::Act::Delete && entry.change.body.isEmpty())
            return damaged(Words::tr("what its change %1 writes is missing.").arg(number));
        for (const QJsonValue condition : value[u"until"_s].toArray()) {
            if (!whatWords().values().contains(condition[u"what"_s].toString()) || !isAddress(condition[u"object"_s]))
                return damaged(Words::tr("what its change %1 waits for is not known.").arg(number));
            entry.change.until.append({whatWords().key(condition[u"what"_s].toString()), targetOf(condition[u"object"_s]),
                                       condition[u"holder"_s].toString(), condition[u"count"_s].toInt(1), condition[u"body"_s].toObject(),
                                       condition[u"seconds"_s].toInt(300), std::clamp(condition[u"stable"_s].toInt(0), 0, 3600)});
        }
        if (awaits == entry.change.until.isEmpty())
            return damaged(Words::tr("what its change %1 waits for is not known.").arg(number));
        entry.after = value[u"after"_s].toString();
        for (const QJsonValue key : value[u"fills"_s].toArray())
            entry.change.fills.append(key.toString());
        if (entry.change.act == Change::Act::Fill && entry.change.target.kind != kinds::secrets())
            return unreadable(Words::tr("Its fields contradict each other."));
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

Result<> Record::fits() const
{
    const qsizetype size = QJsonDocument(toJson()).toJson(QJsonDocument::Compact).size();
    if (entries.size() <= kMostChanges && size <= kLongestRecord)
        return {};
    return fail(Error::Kind::Invalid, Words::tr("This is more than one change may hold."),
                Words::tr("Its record of %1 changes, %2 KB, would not fit into a ConfigMap.").arg(entries.size()).arg(size / 1000),
                Words::tr("Make it in several parts."));
}

Result<Record> Record::fromObject(const QJsonObject &object)
{
    const QString text = object.value(u"data"_s)[u"change"_s].toString();
    if (text.size() > kLongestRecord)
        return unreadable(Words::tr("It is too long."));
    if (text.isEmpty())
        return damaged(Words::tr("its key “change” is missing or empty."));
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(text.toUtf8(), &error);
    if (error.error != QJsonParseError::NoError)
        return damaged(Words::tr("its text ends or breaks at character %1.").arg(error.offset));
    return fromJson(document.object());
}

} // namespace cairn::change
