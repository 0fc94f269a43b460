// SPDX-License-Identifier: GPL-3.0-or-later
#include "audit/Read.h"
#include "base/Text.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QSet>

using namespace Qt::StringLiterals;

namespace cairn::audit {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::audit)
};

const QString cairn = u"cairn"_s; ///< the field manager of every write, see ObjectApi

/// Fields of `part` that `whole` has otherwise, as paths; at most ten. Items of lists are found by their name where they have one.
void compare(const QJsonValue &part, const QJsonValue &whole, const QString &path, int depth, QStringList *differ)
{
    if (depth > 40 || differ->size() >= 10)
        return;
    if (part.isObject()) {
        const QJsonObject fields = part.toObject();
        if (!whole.isObject() && !fields.isEmpty()) {
            differ->append(path);
            return;
        }
        for (auto it = fields.begin(); it != fields.end(); ++it)
            compare(it.value(), whole.toObject().value(it.key()), path.isEmpty() ? it.key() : path + u'.' + it.key(), depth + 1, differ);
        return;
    }
    if (part.isArray() && whole.isArray()) {
        const QJsonArray items = part.toArray(), others = whole.toArray();
        for (qsizetype i = 0; i < items.size(); ++i) {
            const QString name = items[i][u"name"_s].toString();
            QJsonValue other = i < others.size() ? others[i] : QJsonValue(QJsonValue::Undefined);
            if (!name.isEmpty()) {
                other = QJsonValue(QJsonValue::Undefined);
                for (const QJsonValue one : others) {
                    if (one[u"name"_s].toString() == name)
                        other = one;
                }
            }
            compare(items[i], other, name.isEmpty() ? u"%1[%2]"_s.arg(path).arg(i) : u"%1[name=%2]"_s.arg(path, name), depth + 1, differ);
        }
        return;
    }
    if (part != whole)
        differ->append(path);
}

void ha44(Judging &judging)
{
    for (const QJsonObject &expected : judging.scene.expected()) {
        const ObjectName name = nameOf(expected);
        const QJsonObject *live = judging.scene.find(name);
        QStringList differ;
        if (live) {
            QJsonObject part = expected;
            part.remove(u"apiVersion"_s); // another version of the same group is no drift
            compare(part, *live, {}, 0, &differ);
        } else if (!judging.facts.saw(name.group, name.kind, name.ns)) {
            continue;
        }
        if (live && differ.isEmpty())
            continue;
        Finding finding = judging.about(name);
        finding.title = live ? Words::tr("%1 is no longer as the overlay has it").arg(text::safe(name.name)) : Words::tr("%1 of the overlay is not in the cluster").arg(text::safe(name.name));
        finding.consequence = Words::tr("What the overlay was to protect may not be protected any more.");
        finding.fix = Words::tr("Apply the overlay again, or export a new one.");
        for (const QString &path : differ)
            finding.evidence.append(field(*live, path));
        if (!live)
            finding.evidence.append(evidence(name));
        judging.say(finding);
    }
    for (const Subject &subject : judging.subjects()) {
        bool ours = false, owned = false;
        QString other;
        for (const QJsonValue entry : at(*subject.object, u"metadata.managedFields").toArray()) {
            const bool mine = entry[u"manager"_s].toString() == cairn;
            const bool replicas = entry[u"fieldsV1"_s][u"f:spec"_s].toObject().contains(u"f:replicas"_s);
            ours = ours || mine;
            owned = owned || (mine && replicas);
            if (!mine && replicas)
                other = entry[u"manager"_s].toString();
        }
        if (!ours || owned || other.isEmpty())
            continue;
        Finding finding = judging.about(subject);
        finding.title = Words::tr("%1 has taken over the replicas of %2").arg(text::safe(other), subject.shown());
        finding.consequence = Words::tr("What Cairn had set was overwritten, and will be again.");
        finding.fix = Words::tr("Change it where %1 takes it from.").arg(text::safe(other));
        finding.evidence = {field(*subject.object, u"spec.replicas"_s), evidence(subject.name, u"metadata.managedFields"_s, other)};
        judging.say(finding);
    }
    if (judging.scene.expected().isEmpty())
        judging.cannot(Words::tr("No exported overlay is known, so that only owners of fields were compared."));
}

/// A count that a chart's values name for this workload: "replicaCount" or "replicas" at the top, or below a key that its name ends in
/// or that its component is called.
std::optional<std::pair<QString, int>> valueFor(const QJsonObject &values, const Subject &subject)
{
    static const QStringList keys{u"replicaCount"_s, u"replicas"_s};
    std::optional<std::pair<QString, int>> top;
    for (const QString &key : keys) {
        if (const auto count = wholeOf(values[key]); count && !top)
            top = {key, *count};
    }
    const QString component = subject.labels.value(u"app.kubernetes.io/component"_s);
    for (auto it = values.begin(); it != values.end(); ++it) {
        QString plain = it.key();
        plain.remove(u'-');
        QString name = subject.name.name;
        name.remove(u'-');
        if (it.key() != component && !name.endsWith(plain, Qt::CaseInsensitive))
            continue;
        for (const QString &key : keys) {
            if (const auto count = wholeOf(it.value()[key]))
                return std::pair(it.key() + u'.' + key, *count);
        }
    }
    return top;
}

/// Whether Helm made it, by what charts put on objects, also where it does not say by which release: as what `helm template`
/// rendered and another tool applied.
bool isCharted(const Subject &subject)
{
    const QJsonObject labels = at(*subject.object, u"metadata.labels").toObject();
    return labels.contains(u"helm.sh/chart"_s) || labels[u"app.kubernetes.io/managed-by"_s].toString() == "Helm"_L1;
}

void ha52(Judging &judging)
{
    const auto &known = judging.scene.helmValues();
    QStringList unread, nameless;
    QSet<std::pair<QString, QString>> met;
    for (const Subject &subject : judging.subjects()) {
        const QJsonObject annotations = at(*subject.object, u"metadata.annotations").toObject();
        const QString release = annotations[u"meta.helm.sh/release-name"_s].toString();
        if (release.isEmpty()) {
            if (isCharted(subject))
                nameless.append(subject.shown());
            continue;
        }
        const QString ns = annotations[u"meta.helm.sh/release-namespace"_s].toString(subject.name.ns);
        met.insert({ns, release});
        const auto it = known.find({ns, release});
        if (it == known.end()) {
            if (const QString name = ns + u'/' + release; !unread.contains(name))
                unread.append(name);
            continue;
        }
        const auto value = valueFor(*it, subject);
        if (!value || value->second == subject.desired || subject.autoscaler)
            continue;
        Finding finding = judging.about(subject);
        finding.title = Words::tr("Helm value %1 has no effect on %2").arg(text::safe(value->first), subject.shown());
        finding.consequence = Words::tr("The release says %1, and %n replica(s) are asked for: whoever reads the values is misled.", nullptr, subject.desired).arg(value->second);
        finding.fix = Words::tr("Use the key that the chart reads, or a post-renderer that sets the replicas.");
        finding.evidence = {evidence(subject.name, u"values.%1"_s.arg(text::safe(value->first)), QString::number(value->second)), field(*subject.object, u"spec.replicas"_s)};
        judging.say(finding);
    }
    if (!unread.isEmpty())
        judging.cannot(Words::tr("Unknown for these Helm releases: %1. Their values are in Secrets, which are not read: give them with --helm-values NAMESPACE/RELEASE=FILE.").arg(joined(unread)));
    if (!nameless.isEmpty())
        judging.cannot(Words::tr("Unknown for %1: a Helm chart made it, but it does not say by which release.").arg(joined(nameless)));
    QStringList strange;
    for (auto it = known.keyBegin(); it != known.keyEnd(); ++it) {
        if (!met.contains(*it))
            strange.append(it->first + u'/' + it->second);
    }
    if (!strange.isEmpty())
        judging.cannot(Words::tr("Values were given of %1, but no workload says that it belongs to it.").arg(joined(strange)));
}

} // namespace

QList<Rule> driftRules()
{
    return {
        {.id = u"HA44"_s, .severity = Severity::Low, .title = QT_TRANSLATE_NOOP("cairn::audit", "Drift from the overlay"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "What was made highly available should stay so."), .needsCluster = true, .judge = ha44},
        {.id = u"HA52"_s, .severity = Severity::Medium, .title = QT_TRANSLATE_NOOP("cairn::audit", "Helm value that never lands"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "A value that the chart does not read looks like protection and is none."), .needsCluster = true, .judge = ha52},
    };
}

} // namespace cairn::audit
