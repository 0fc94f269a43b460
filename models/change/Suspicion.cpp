// SPDX-License-Identifier: GPL-3.0-or-later
#include "change/Suspicion.h"

#include "base/Text.h"
#include "change/Executor.h"
#include "domain/NameRules.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::change {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::change)
};

using What = Suspicion::What;

constexpr qsizetype kNamed = 12;

QString listed(const QStringList &names)
{
    const QString first = names.first(std::min(kNamed, names.size())).join(u", "_s);
    return names.size() > kNamed ? Words::tr("%1 and %n more", nullptr, static_cast<int>(names.size() - kNamed)).arg(first) : first;
}

/// What a body sets for pods, wherever a kind keeps their template: custom resources have it at places of their own.
class Powers {
public:
    explicit Powers(const QJsonObject &body) { look(body); }

    /// As whom comes first, and nothing crowds it out.
    QStringList texts() const
    {
        QStringList all;
        if (!m_accounts.isEmpty())
            all.append(Words::tr("runs as service account %1").arg(listed(m_accounts)));
        if (!m_namespaces.isEmpty())
            all.append(Words::tr("namespaces of the node (%1)").arg(m_namespaces.join(u", "_s)));
        if (m_isPrivileged)
            all.append(Words::tr("a privileged container"));
        if (m_hasCapabilities)
            all.append(Words::tr("capabilities beyond the usual ones"));
        if (!m_paths.isEmpty())
            all.append(Words::tr("paths of the node (%1)").arg(listed(m_paths)));
        if (!m_images.isEmpty())
            all.append(Words::tr("image %1").arg(listed(m_images)));
        else if (m_commands)
            all.append(Words::tr("command, arguments or variables of a container"));
        return all;
    }

private:
    void look(const QJsonValue &value)
    {
        const QJsonArray items = value.toArray();
        for (const QJsonValue item : items)
            look(item);
        const QJsonObject object = value.toObject();
        for (auto it = object.begin(); it != object.end(); ++it) {
            field(it.key(), *it);
            look(*it);
        }
    }

    void field(const QString &key, const QJsonValue &value)
    {
        const QString text = text::safe(value.toString().left(200));
        if (key == "serviceAccountName"_L1 || key == "serviceAccount"_L1) {
            if (!text.isEmpty() && text != "default"_L1)
                add(m_accounts, text);
        } else if (key == "hostNetwork"_L1 || key == "hostPID"_L1 || key == "hostIPC"_L1) {
            if (isOn(value))
                add(m_namespaces, key);
        } else if (key == "privileged"_L1 || key == "hostProcess"_L1) {
            m_isPrivileged = m_isPrivileged || isOn(value);
        } else if (key == "capabilities"_L1) {
            m_hasCapabilities = m_hasCapabilities || !value[u"add"_s].toArray().isEmpty();
        } else if (key == "hostPath"_L1) {
            if (value.isObject())
                add(m_paths, text::safe(value[u"path"_s].toString().left(200)));
        } else if (key == "image"_L1) {
            if (!text.isEmpty())
                add(m_images, text);
        } else if (key == "command"_L1 || key == "args"_L1 || key == "env"_L1 || key == "envFrom"_L1) {
            m_commands = m_commands || value.isArray();
        }
    }

    static void add(QStringList &list, const QString &text)
    {
        constexpr qsizetype most = 200; // a record may have tens of thousands, and nobody reads them
        if (list.size() < most && !list.contains(text))
            list.append(text);
    }
    /// Whatever is no plain no: servers differ in what they take for a yes.
    static bool isOn(const QJsonValue &value) { return !value.isNull() && !value.isUndefined() && value != QJsonValue(false); }

    QStringList m_accounts, m_namespaces, m_paths, m_images;
    bool m_isPrivileged = false, m_hasCapabilities = false, m_commands = false;
};

/// On the way there and on the way back.
QStringList powersOf(const Change &change)
{
    // What lies in these is no object that runs anything.
    if (change.target.kind == kinds::configMaps() || change.target.kind == kinds::secrets())
        return {};
    QStringList all = Powers(change.body).texts();
    const QJsonObject back = change.act == Change::Act::Delete ? change.before : restoring(change.body, change.before);
    for (const QString &text : Powers(back).texts()) {
        if (!all.contains(text))
            all.append(text);
    }
    return all;
}

/// Of what a record makes in `ns`, the claims of storage: a PVC, or a bucket's.
QList<const Change *> claimsIn(const Record &record, const QString &ns)
{
    QList<const Change *> claims;
    for (const Record::Entry &entry : record.entries) {
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

/// Cairn's own records hold no Secret but for the keys that somebody gives values of. One of these types is filled by the server, with a
/// token of whatever account it names.
bool givesRights(const Change &change)
{
    const ResourceKind &kind = change.target.kind;
    // The path that is asked, whatever word stands beside it.
    const auto is = [&kind](const ResourceKind &other) { return kind.group == other.group && kind.plural == other.plural; };
    if (kind.group == "rbac.authorization.k8s.io"_L1 || is(kinds::serviceAccounts()))
        return true;
    static const QStringList tokens{u"kubernetes.io/service-account-token"_s, u"bootstrap.kubernetes.io/token"_s};
    return is(kinds::secrets()) && (change.act != Change::Act::Fill || tokens.contains(change.body.value(u"type"_s).toString()));
}

QStringList namesOf(const QList<Suspicion> &suspicions, What what)
{
    QStringList names;
    for (const Suspicion &one : suspicions) {
        if (one.what == what)
            names.append(one.name());
    }
    return names;
}

} // namespace

QString Suspicion::name() const
{
    return shownTarget(target);
}

QString whatWord(What what)
{
    switch (what) {
    case What::Elsewhere: return u"elsewhere"_s;
    case What::Rights: return u"rights"_s;
    case What::Data: return u"data"_s;
    case What::Pods: break;
    }
    return u"pods"_s;
}

QList<ObjectRef> notMadeBy(ObjectApi &api, const Record &record, const QJsonObject &kept, const std::stop_token &stop)
{
    constexpr int most = 100; // a record of Cairn's own outside of its home has a few
    const auto madeAt = [](const QJsonObject &object) { return QDateTime::fromString(object.value(u"metadata"_s)[u"creationTimestamp"_s].toString(), Qt::ISODate); };
    const QString ns = kept.value(u"metadata"_s)[u"namespace"_s].toString();
    QList<ObjectRef> found;
    if (ns == recordHome())
        return found;
    // The name is of the id, so that nobody can have put a record there before a change had that id.
    const bool named = kept.value(u"metadata"_s)[u"name"_s].toString() == record.ref(ns).name;
    const QDateTime since = madeAt(kept);
    int looks = 0;
    for (const Record::Entry &entry : record.entries) {
        using Act = Change::Act;
        const Change &change = entry.change;
        const ObjectRef target{change.target.kind, change.target.ns, change.target.name, {}};
        const bool made = change.act == Act::Create || ((change.act == Act::Apply || change.act == Act::Fill) && change.before.isEmpty());
        if (!made || found.contains(target))
            continue;
        if (++looks > most) {
            found.append(target);
            continue;
        }
        const Result<QJsonObject> live = api.get(target, stop);
        if (!live) {
            if (live.error().kind != Error::Kind::NotFound)
                found.append(target);
            continue;
        }
        // Of another mark it is left alone anyway.
        const bool marked = live->value(u"metadata"_s)[u"annotations"_s][changeMark()].toString() == record.id;
        if (marked && (!named || madeAt(*live) < since))
            found.append(target);
    }
    return found;
}

QList<Suspicion> suspicions(const Record &record, const QString &ns, const QList<ObjectRef> &older)
{
    QList<Suspicion> found;
    if (ns == recordHome())
        return found;
    const auto add = [&](const Suspicion &one) {
        if (!found.contains(one))
            found.append(one);
    };
    const QList<const Change *> claims = claimsIn(record, ns);
    for (const Record::Entry &entry : record.entries) {
        const ObjectRef &target = entry.change.target;
        if (entry.change.act == Change::Act::Await)
            continue;
        const ObjectRef named{target.kind, target.ns, target.name, {}};
        if (entry.change.act == Change::Act::Delete || older.contains(named))
            add({What::Data, named, {}});
        if (isStorageOf(entry.change, claims, ns))
            continue;
        // Who may write ConfigMaps may by far not give rights, nor make pods, not even in the same namespace.
        if (givesRights(entry.change))
            add({What::Rights, named, {}});
        else if (!target.kind.namespaced || target.ns != ns)
            add({What::Elsewhere, named, {}});
        if (const QStringList powers = powersOf(entry.change); !powers.isEmpty())
            add({What::Pods, named, powers});
    }
    return found;
}

bool asksForConsent(const Plan &plan)
{
    return !suspicions(Record::of(plan, {}, {}), plan.ns).isEmpty();
}

QStringList sentences(const QList<Suspicion> &suspicions, const QString &ns)
{
    QStringList all;
    const QString place = text::safe(ns);
    if (const QStringList names = namesOf(suspicions, What::Elsewhere); !names.isEmpty())
        all.append(Words::tr("Suspicious: it lies in namespace %1, but changes %2.").arg(place, listed(names)));
    if (const QStringList names = namesOf(suspicions, What::Rights); !names.isEmpty())
        all.append(Words::tr("Suspicious: it gives rights with %1.").arg(listed(names)));
    if (const QStringList names = namesOf(suspicions, What::Data); !names.isEmpty())
        all.append(Words::tr("Suspicious: it deletes %1, which it has not made.").arg(listed(names)));
    qsizetype pods = 0;
    for (const Suspicion &one : suspicions) {
        if (one.what != What::Pods || ++pods > kNamed)
            continue;
        const QString powers = one.powers.join(u", "_s);
        // A record may leave the kind out: then the name begins with "pods".
        all.append(one.target.kind.group.isEmpty() && one.target.kind.plural == "pods"_L1
                       ? Words::tr("Suspicious: it decides what the pod %1 runs or may do: %2.", "namespace and name, what").arg(text::safe(one.target.ns + u'/' + one.target.name), powers)
                       : Words::tr("Suspicious: it decides what the pods of %1 run or may do: %2.", "kind and name of an object, what").arg(one.name(), powers));
    }
    if (pods > kNamed)
        all.append(Words::tr("Suspicious: it decides the same of %n more object(s).", nullptr, static_cast<int>(pods - kNamed)));
    if (!all.isEmpty())
        all.append(Words::tr("Whoever may write ConfigMaps in %1 can have written it.").arg(place));
    return all;
}

Question consentQuestion(const QList<Suspicion> &suspicions, const QString &ns)
{
    const QString place = text::safe(ns);
    const bool elsewhere = !namesOf(suspicions, What::Elsewhere).isEmpty();
    const bool rights = !namesOf(suspicions, What::Rights).isEmpty();
    const bool pods = !namesOf(suspicions, What::Pods).isEmpty();
    const bool data = !namesOf(suspicions, What::Data).isEmpty();
    if (int(elsewhere) + int(rights) + int(pods) + int(data) > 1) {
        QStringList what = sentences(suspicions, ns);
        what.removeLast();
        return {Words::tr("Carry out a change that more than one thing speaks against?"),
            Words::tr("%1 The record may have been written by somebody who may do none of this. With your permissions it would be done.").arg(what.join(u' ')), Words::tr("Do all of it")};
    }
    if (rights)
        return {Words::tr("Give rights in %1?", "a namespace").arg(place),
            Words::tr("It would be done with %1. The record may have been written by somebody who has no such rights and wants them. With your permissions they would be given.")
                .arg(listed(namesOf(suspicions, What::Rights))),
            Words::tr("Give them")};
    if (data)
        return {Words::tr("Delete what this change has not made?"),
            Words::tr("It would delete %1, and what that holds. The record may have been written by somebody who may not delete it. With your permissions it would be done.")
                .arg(listed(namesOf(suspicions, What::Data))),
            Words::tr("Delete it")};
    if (pods) {
        QStringList what;
        for (const Suspicion &one : suspicions)
            what.append(Words::tr("%1: %2", "kind and name of an object, what its pods run or may do").arg(one.name(), one.powers.join(u", "_s)));
        return {Words::tr("Let pods in %1 run what this record says?", "a namespace").arg(place),
            Words::tr("%1. The record may have been written by somebody who may make no pods here. They would get the rights of their service account.").arg(listed(what)), Words::tr("Let them run")};
    }
    return {Words::tr("Change objects outside of %1?", "a namespace").arg(place),
        Words::tr("The record may have been written by somebody who may not change these objects. With your permissions it would be done."), Words::tr("Change them")};
}

} // namespace cairn::change
