// SPDX-License-Identifier: GPL-3.0-or-later
#include "audit/Read.h"
#include "base/Text.h"

#include <QCoreApplication>
#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace cairn::audit {
namespace {

using components::Scaling;

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::audit)
};

/// Those of a workload that runs; one that is scaled to zero is off, and what a user's object makes is the user's.
bool isOurs(const Subject &subject)
{
    return subject.desired > 0 && subject.ownerKind.isEmpty();
}

/// Whose loss stops much, or which must come back fast.
bool matters(const Subject &subject)
{
    if (!subject.entry)
        return false;
    const bool closed = std::ranges::any_of(subject.entry->webhooks, [](const components::Webhook &hook) { return hook.policy != components::Webhook::Policy::Ignore; });
    return closed || subject.role != Role::Plain || subject.scaling == Scaling::Data || subject.scaling == Scaling::Never;
}

void probes(Judging &judging, const QString &probe, const QString &title, const QString &consequence, const QString &fix)
{
    for (const Subject &subject : judging.subjects()) {
        if (!isOurs(subject))
            continue;
        QStringList without;
        for (const QJsonObject &container : subject.containers) {
            if (container[probe].toObject().isEmpty())
                without.append(container[u"name"_s].toString());
        }
        if (without.isEmpty())
            continue;
        Finding finding = judging.about(subject);
        finding.title = title.arg(subject.shown());
        finding.consequence = consequence;
        finding.fix = fix;
        finding.evidence = {evidence(subject.name, u"spec.template.spec.containers.%1"_s.arg(probe), Words::tr("unset in %1").arg(joined(without)))};
        judging.say(finding);
    }
}

void ha24(Judging &judging)
{
    probes(judging, u"readinessProbe"_s, Words::tr("%1 has no readiness probe"), Words::tr("It gets requests before it can answer them, and a rollout goes on although it does not work."),
           Words::tr("Add a readiness probe, tcpSocket or httpGet on its port."));
}

void ha25(Judging &judging)
{
    probes(judging, u"livenessProbe"_s, Words::tr("%1 has no liveness probe"), Words::tr("A process that hangs is not restarted."), Words::tr("Add a liveness probe."));
}

void ha26(Judging &judging)
{
    for (const Subject &subject : judging.subjects()) {
        if (!isOurs(subject))
            continue;
        QStringList without;
        const QJsonObject ofPod = subject.podSpec[u"resources"_s].toObject(); // 1.32 and later
        for (const QJsonObject &container : subject.containers) {
            const QJsonObject resources = container[u"resources"_s].toObject();
            const auto asks = [&](const QString &what) {
                // A limit alone is taken as the request.
                return resources[u"requests"_s].toObject().contains(what) || resources[u"limits"_s].toObject().contains(what)
                    || ofPod[u"requests"_s].toObject().contains(what);
            };
            if (!asks(u"cpu"_s) || !asks(u"memory"_s))
                without.append(container[u"name"_s].toString());
        }
        if (without.isEmpty())
            continue;
        Finding finding = judging.about(subject);
        finding.title = Words::tr("%1 requests no CPU or memory").arg(subject.shown());
        finding.consequence = Words::tr("On a node short of memory its pods are among the first to be evicted.");
        finding.fix = Words::tr("Set requests for cpu and memory.");
        finding.evidence = {evidence(subject.name, u"spec.template.spec.containers.resources.requests"_s, Words::tr("incomplete in %1").arg(joined(without)))};
        judging.say(finding);
    }
}

void ha27(Judging &judging)
{
    for (const Subject &subject : judging.subjects()) {
        if (!isOurs(subject) || !matters(subject) || !subject.podSpec[u"priorityClassName"_s].toString().isEmpty())
            continue;
        Finding finding = judging.about(subject);
        finding.title = Words::tr("%1 has no priority class").arg(subject.shown());
        finding.consequence = Words::tr("On a full cluster its replacement waits behind training jobs.");
        finding.fix = Words::tr("Give it a PriorityClass above that of jobs.");
        finding.evidence = {evidence(subject.name, u"spec.template.spec.priorityClassName"_s, Words::tr("unset"))};
        judging.say(finding);
    }
}

/// Nothing pins it: no digest, and no tag or one that moves.
bool isMutable(const QString &image)
{
    if (image.isEmpty() || image.contains(u'@'))
        return false;
    const QString last = image.section(u'/', -1);
    return !last.contains(u':') || last.endsWith(":latest"_L1);
}

void ha37(Judging &judging)
{
    for (const Subject &subject : judging.subjects()) {
        if (!isOurs(subject))
            continue;
        Finding finding = judging.about(subject);
        for (const QJsonObject &container : subject.containers) {
            const QString image = container[u"image"_s].toString();
            const QString policy = container[u"imagePullPolicy"_s].toString();
            const QString name = container[u"name"_s].toString();
            if (policy == "Always"_L1)
                finding.evidence.append(evidence(subject.name, u"spec.template.spec.containers[name=%1].imagePullPolicy"_s.arg(text::safe(name)), policy));
            else if (isMutable(image))
                finding.evidence.append(evidence(subject.name, u"spec.template.spec.containers[name=%1].image"_s.arg(text::safe(name)), image));
        }
        if (finding.evidence.isEmpty())
            continue;
        finding.title = Words::tr("%1 asks the registry at every start").arg(subject.shown());
        finding.consequence = Words::tr("While the registry cannot be reached, or after a tag has moved, it does not come back as it was.");
        finding.fix = Words::tr("Use imagePullPolicy IfNotPresent and a fixed tag or digest.");
        judging.say(finding);
    }
}

void ha38(Judging &judging)
{
    for (const Subject &subject : judging.subjects()) {
        // One that must not run twice, or whose volume cannot be mounted twice, needs Recreate.
        const bool may = subject.entry ? subject.scaling == Scaling::Stateless || subject.scaling == Scaling::Leader || subject.scaling == Scaling::LeaderOff
                                       : subject.scaling == Scaling::Unknown && subject.claims.isEmpty();
        if (!isOurs(subject) || !subject.isDeployment() || !may)
            continue;
        const QJsonValue strategy = at(*subject.object, u"spec.strategy");
        const QJsonValue most = strategy[u"rollingUpdate"_s][u"maxUnavailable"_s];
        const bool recreate = strategy[u"type"_s].toString() == "Recreate"_L1;
        if (!recreate && !shareOf(most).isAll())
            continue;
        Finding finding = judging.about(subject);
        finding.title = Words::tr("Each rollout of %1 is an outage").arg(subject.shown());
        finding.consequence = Words::tr("All of its pods end before the first new one is ready.");
        finding.fix = Words::tr("Use RollingUpdate with maxSurge 1 and maxUnavailable 0.");
        finding.evidence = {field(*subject.object, recreate ? u"spec.strategy.type"_s : u"spec.strategy.rollingUpdate.maxUnavailable"_s)};
        judging.say(finding);
    }
}

/// Of Docker Hub, as the name says or by default.
bool isOfDockerHub(const QString &image)
{
    const QString first = image.section(u'/', 0, 0);
    const bool isHost = image.contains(u'/') && (first.contains(u'.') || first.contains(u':') || first == "localhost"_L1);
    return !isHost || first == "docker.io"_L1 || first == "index.docker.io"_L1;
}

void ha48(Judging &judging)
{
    for (const Subject &subject : judging.subjects()) {
        if (!isOurs(subject) || !subject.entry)
            continue;
        Finding finding = judging.about(subject);
        for (const QJsonValue container : subject.podSpec[u"initContainers"_s].toArray()) {
            const QString image = container[u"image"_s].toString();
            if (!image.isEmpty() && isOfDockerHub(image) && !image.contains("@sha256:"_L1))
                finding.evidence.append(evidence(subject.name, u"spec.template.spec.initContainers[name=%1].image"_s.arg(text::safe(container[u"name"_s].toString())), image));
        }
        if (finding.evidence.isEmpty())
            continue;
        finding.title = Words::tr("%1 starts only with an image of Docker Hub").arg(subject.shown());
        finding.consequence = Words::tr("On a node without that image a pull that is refused or limited keeps it from coming back.");
        finding.fix = Words::tr("Take the image from a mirror of your own and pin it by digest.");
        judging.say(finding);
    }
}

} // namespace

QList<Rule> podRules()
{
    return {
        {.id = u"HA24"_s, .severity = Severity::Medium, .title = QT_TRANSLATE_NOOP("cairn::audit", "No readiness probe"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "Without one a pod counts as ready when it has only started."), .judge = ha24},
        {.id = u"HA25"_s, .severity = Severity::Low, .title = QT_TRANSLATE_NOOP("cairn::audit", "No liveness probe"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "Without one a process that hangs stays."), .judge = ha25},
        {.id = u"HA26"_s, .severity = Severity::Medium, .title = QT_TRANSLATE_NOOP("cairn::audit", "No requests"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "Pods without requests are evicted first and placed anywhere."), .judge = ha26},
        {.id = u"HA27"_s, .severity = Severity::Medium, .title = QT_TRANSLATE_NOOP("cairn::audit", "No priority class"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "What much depends on has to find room before jobs do."), .judge = ha27},
        {.id = u"HA37"_s, .severity = Severity::Low, .title = QT_TRANSLATE_NOOP("cairn::audit", "Image pulled at every start, or not pinned"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "An outage of the registry should not keep a pod from restarting."), .judge = ha37},
        {.id = u"HA38"_s, .severity = Severity::Low, .title = QT_TRANSLATE_NOOP("cairn::audit", "Rollout leaves a gap"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "Recreate and maxUnavailable 100% end all pods first."), .judge = ha38},
        {.id = u"HA48"_s, .severity = Severity::Medium, .title = QT_TRANSLATE_NOOP("cairn::audit", "Start depends on a public registry"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "An init container whose image cannot be pulled keeps the pod from starting."), .judge = ha48},
    };
}

} // namespace cairn::audit
