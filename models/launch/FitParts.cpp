// SPDX-License-Identifier: GPL-3.0-or-later
// What a job takes of the namespace: PVCs, what its pods name, and pull secrets.
#include "launch/FitParts.h"

#include "base/Text.h"
#include "domain/NameRules.h"
#include "launch/Refusals.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QMap>
#include <algorithm>
#include <iterator>

using namespace Qt::StringLiterals;

namespace cairn::launch {
namespace {

using State = Point::State;

// As of Fit.cpp: what is told belongs together.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::launch)
};

constexpr qsizetype kMostBytes = 2 * 1024 * 1024; // of a Secret, 1 MiB as the API server counts
constexpr qsizetype kMostHosts = 1000;

/// Host and path of an entry or an image, without scheme. The path of docker's own version prefix is none.
std::pair<QString, QString> parted(QString entry)
{
    for (const QLatin1StringView scheme : {"https://"_L1, "http://"_L1}) {
        if (entry.startsWith(scheme))
            entry = entry.mid(scheme.size());
    }
    QString path = u'/' + entry.section(u'/', 1);
    for (const QLatin1StringView version : {"/v1"_L1, "/v2"_L1}) {
        if (path == version || path == QString(version) + u'/')
            path = u"/"_s;
    }
    QString host = entry.section(u'/', 0, 0);
    if (host == "index.docker.io"_L1)
        host = u"docker.io"_s;
    return {host, path};
}

/// Label by label; "*" stands within one of them.
bool hostMatches(const QString &pattern, const QString &host)
{
    const QStringList wanted = pattern.section(u':', 0, 0).split(u'.');
    const QStringList labels = host.section(u':', 0, 0).split(u'.');
    if (wanted.size() != labels.size() || pattern.section(u':', 1) != host.section(u':', 1))
        return false;
    for (qsizetype i = 0; i < wanted.size(); ++i) {
        const QString before = wanted[i].section(u'*', 0, 0);
        const QString after = wanted[i].section(u'*', -1);
        const bool star = wanted[i].count(u'*') == 1;
        if (star ? labels[i].size() < before.size() + after.size() || !labels[i].startsWith(before) || !labels[i].endsWith(after)
                 : wanted[i] != labels[i])
            return false;
    }
    return true;
}

} // namespace

bool PullSecret::isFor(const QString &image) const
{
    const QString registry = rules::registryOf(image);
    if (registry.isEmpty())
        return false;
    const bool named = image.startsWith(registry + u'/');
    const auto [host, path] = parted(named ? image : u"docker.io/"_s + (image.contains(u'/') ? QString() : u"library/"_s) + image);
    return std::ranges::any_of(hosts, [&, imageHost = host, imagePath = path](const QString &entry) {
        const auto [pattern, prefix] = parted(entry);
        return hostMatches(pattern, imageHost) && imagePath.startsWith(prefix);
    });
}

PullSecret pullSecretOf(const QJsonObject &secret)
{
    PullSecret pull{.exists = true, .type = secret.value("type"_L1).toString()};
    const bool old = pull.type == "kubernetes.io/dockercfg"_L1;
    const QString text = secret.value("data"_L1)[old ? u".dockercfg"_s : u".dockerconfigjson"_s].toString();
    if (text.isEmpty() || text.size() > kMostBytes)
        return pull;
    const auto decoded = QByteArray::fromBase64Encoding(text.toLatin1(), QByteArray::AbortOnBase64DecodingErrors);
    const QJsonDocument document = decoded ? QJsonDocument::fromJson(*decoded) : QJsonDocument();
    const QJsonValue auths = old ? QJsonValue(document.object()) : document.object().value("auths"_L1);
    pull.readable = document.isObject() && auths.isObject();
    pull.hosts = auths.toObject().keys().mid(0, kMostHosts);
    return pull;
}

Point claimsFor(const Spec &spec, const FitFacts &facts)
{
    Point point{u"claims"_s, State::Holds, Words::tr("PVCs"), Words::tr("none"), {}};
    QStringList names;
    for (const Mount &mount : spec.mounts) {
        if (!mount.claim.isEmpty() && !names.contains(mount.claim))
            names.append(mount.claim);
    }
    if (names.isEmpty())
        return point;
    if (!facts.claims) {
        point.state = State::Unknown;
        point.text = Words::tr("The PVCs of the namespace could not be read.");
        return point;
    }
    point.text = Words::tr("they are there");
    for (const QString &name : std::as_const(names)) {
        const auto claim = std::ranges::find_if(*facts.claims,
            [&](const QJsonObject &one) { return one.value("metadata"_L1)["name"_L1].toString() == name; });
        const bool there = claim != facts.claims->end();
        if (const auto broken = brokenClaim(name, there ? *claim : QJsonObject()))
            return {point.id, State::Fails, point.title, broken->sentence, broken->ways.join(u' ')};
        if (claim->value("status"_L1)["phase"_L1].toString() != "Pending"_L1)
            continue;
        const QString cls = claim->value("spec"_L1)["storageClassName"_L1].toString();
        if (!facts.lateClasses && point.state == State::Holds) {
            point.state = State::Unknown;
            point.text = Words::tr("PVC %1 has no volume yet; whether it gets one with its first pod is not known.").arg(shown(name));
        } else if (facts.lateClasses && !facts.lateClasses->contains(cls)) {
            point.state = State::Look;
            point.text = Words::tr("PVC %1 has no volume yet.").arg(shown(name));
            point.fix = Words::tr("See the events of the PVC: kubectl describe pvc %1").arg(shown(name));
        }
    }
    return point;
}

namespace {

QString shownNeed(const Need &need)
{
    static const QMap<Need::What, QString> kinds{{Need::What::Secret, u"Secret"_s}, {Need::What::ConfigMap, u"ConfigMap"_s},
        {Need::What::ServiceAccount, u"ServiceAccount"_s}, {Need::What::PriorityClass, u"PriorityClass"_s}};
    return kinds.value(need.what) + u' ' + shown(need.name);
}

/// What of `needs` is missing, or could not be looked at. `keysOf`: what has to be in one that is there; `lacks` says what it means
/// where a key is not.
template <class KeysOf, class Lacks>
void judge(Point &point, const QList<Need> &needs, const FitFacts &facts, const KeysOf &keysOf, const Lacks &lacks)
{
    QStringList unseen;
    for (const Need &need : needs) {
        const auto found = facts.found.constFind(need.id());
        if (found == facts.found.cend()) {
            unseen.append(shownNeed(need));
            continue;
        }
        if (!found->exists) {
            point.state = State::Fails;
            point.text = Words::tr("%1 does not exist.", "kind and name of an object").arg(shownNeed(need));
            point.fix = Words::tr("Create it, or choose one that is there.");
            return;
        }
        for (const QString &key : keysOf(need)) {
            if (found->keys.contains(key))
                continue;
            point.state = State::Fails;
            point.text = lacks(shownNeed(need), shown(key));
            point.fix = Words::tr("Add the key, or name one that is there.");
            return;
        }
    }
    if (unseen.isEmpty())
        return;
    constexpr qsizetype kNamed = 5;
    point.state = State::Unknown;
    point.text = Words::tr("Whether it is there could not be read: %1.").arg(unseen.mid(0, kNamed).join(u", "_s) + (unseen.size() > kNamed ? u", …"_s : QString()));
}

} // namespace

QList<Point> namedFor(const Needs &needs, const FitFacts &facts)
{
    const auto keys = [](const Need &need) { return need.keys; };
    const auto lacks = [](const QString &object, const QString &key) { return Words::tr("%1 has no key %2.", "an object").arg(object, key); };
    QList<Need> accounts, priorities, objects;
    for (const Need &need : needs.named)
        (need.what == Need::What::ServiceAccount ? accounts : need.what == Need::What::PriorityClass ? priorities : objects).append(need);
    QList<Point> points;
    const auto add = [&](const QString &id, const QString &title, const QList<Need> &some) {
        if (some.isEmpty())
            return;
        Point point{id, State::Holds, title, some.size() == 1 ? Words::tr("%1 is there", "an object").arg(shownNeed(some.first())) : Words::tr("they are there"), {}};
        judge(point, some, facts, keys, lacks);
        points.append(point);
    };
    add(u"service-account"_s, Words::tr("Service account"), accounts);
    add(u"priority"_s, Words::tr("Priority"), priorities);
    add(u"objects"_s, Words::tr("Secrets and ConfigMaps"), objects);
    return points;
}

QList<Point> subPathsFor(const Needs &needs, const FitFacts &facts)
{
    QList<Need> mounted;
    std::ranges::copy_if(needs.named, std::back_inserter(mounted), [](const Need &need) { return !need.files.isEmpty(); });
    if (mounted.isEmpty())
        return {};
    Point point{u"sub-paths"_s, State::Holds, Words::tr("Sub-paths of volumes"), Words::tr("they are there"), {}};
    judge(
        point, mounted, facts, [](const Need &need) { return need.files; },
        [](const QString &object, const QString &key) {
            return Words::tr("%1 has no key %2, which a container mounts by its sub-path: it finds an empty folder there.", "an object").arg(object, key);
        });
    return {point};
}

QList<Point> volcanoFor(const Spec &spec, const FitFacts &facts)
{
    if (spec.volcanoQueue.isEmpty())
        return {};
    const QString name = text::safe(spec.volcanoQueue);
    Point point{u"volcano"_s, State::Holds, Words::tr("Volcano's Queue"), Words::tr("%1 is there", "an object").arg(name), {}};
    const auto found = facts.volcanoQueues.constFind(spec.volcanoQueue);
    if (facts.volcano == std::optional(false)) {
        point.state = State::Look;
        point.text = Words::tr("Volcano is not installed, so queue %1 has no meaning: the job waits for nobody.").arg(name);
        point.fix = Words::tr("Leave the queue out, or have Volcano installed.");
    } else if (!facts.volcano || found == facts.volcanoQueues.cend()) {
        point.state = State::Unknown;
        point.text = Words::tr("Whether it is there could not be read: %1.").arg(name);
    } else if (!*found) {
        point.state = State::Fails;
        point.text = Words::tr("Volcano has no Queue %1.").arg(name);
        point.fix = Words::tr("Choose one that is there.");
    }
    return {point};
}

Point pullSecretFor(const Spec &spec, const FitFacts &facts)
{
    Point point{u"pull-secret"_s, State::Holds, Words::tr("Pull secret"),
        Words::tr("none of its own; its service account may add one"), {}};
    if (spec.pullSecrets.isEmpty())
        return point;
    const QString registry = rules::registryOf(spec.image);
    QStringList good, unseen;
    std::optional<Point> bad;
    const auto fails = [&](const QString &text, const QString &fix) {
        if (!bad)
            bad = Point{point.id, State::Fails, point.title, text + u' ' + Words::tr("Without it only a public image is pulled."), fix};
    };
    for (const QString &raw : spec.pullSecrets) {
        const QString name = text::safe(raw);
        const auto secret = facts.pullSecrets.constFind(raw);
        if (secret == facts.pullSecrets.cend())
            unseen.append(name);
        else if (!secret->exists)
            fails(Words::tr("Secret %1 does not exist.").arg(name), Words::tr("Create it, or choose one that is there."));
        else if (secret->type != "kubernetes.io/dockerconfigjson"_L1 && secret->type != "kubernetes.io/dockercfg"_L1)
            fails(Words::tr("Secret %1 is of type %2, which is no pull secret.").arg(name, text::safe(secret->type)),
                Words::tr("Create it with: kubectl create secret docker-registry"));
        else if (!secret->readable)
            fails(Words::tr("Secret %1 does not hold a Docker configuration.").arg(name),
                Words::tr("Create it with: kubectl create secret docker-registry"));
        else if (!registry.isEmpty() && !secret->isFor(spec.image))
            fails(Words::tr("Secret %1 has no entry for %2.").arg(name, text::safe(registry)),
                Words::tr("Choose a Secret for that registry, or add the entry."));
        else
            good.append(name);
    }
    // One that fits is enough.
    if (good.isEmpty() && bad && unseen.isEmpty())
        return *bad;
    if (good.isEmpty()) {
        point.state = State::Unknown;
        point.text = Words::tr("%1: may not be read, so whether it is for this image is not known.").arg(unseen.join(u", "_s));
        return point;
    }
    point.text = registry.isEmpty() ? good.join(u", "_s) : Words::tr("%1, for %2").arg(good.join(u", "_s), text::safe(registry));
    return point;
}

} // namespace cairn::launch
