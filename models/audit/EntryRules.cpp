// SPDX-License-Identifier: GPL-3.0-or-later
#include "audit/Read.h"
#include "base/Text.h"
#include "manifest/Yaml.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSet>

using namespace Qt::StringLiterals;

namespace cairn::audit {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::audit)
};

/// More than one replica is asked for, but one node carries all that work.
bool onOneNode(const Judging &judging, const Subject &subject)
{
    return judging.scene.isLive() && judging.facts.saw({}, u"Pod"_s, subject.name.ns) && subject.kept() >= 2 && subject.nodes.size() < 2;
}

Finding oneNode(const Judging &judging, const Subject &subject)
{
    Finding finding = judging.about(subject);
    finding.title = subject.nodes.isEmpty() ? Words::tr("%1 has no ready replica").arg(subject.shown())
                                            : Words::tr("%1 is ready on node %2 alone").arg(subject.shown(), text::safe(subject.nodes.first()));
    finding.consequence = outage(judging.facts, subject);
    finding.fix = Words::tr("Add a spread constraint on kubernetes.io/hostname, and look at replicas that are not ready.");
    finding.evidence = {field(*subject.object, u"spec.replicas"_s), field(*subject.object, u"status.readyReplicas"_s)};
    for (const QJsonObject *pod : subject.ready.first(std::min<qsizetype>(3, subject.ready.size())))
        finding.evidence.append(field(*pod, u"spec.nodeName"_s));
    return finding;
}

/// Both kinds of finding about a role that all users meet.
void judgeRole(Judging &judging, Role role)
{
    for (const Subject &subject : judging.subjects()) {
        if (subject.role != role)
            continue;
        if (primaryRule(subject) == judging.rule.id)
            judging.say(single(judging, subject));
        else if (onOneNode(judging, subject))
            judging.say(oneNode(judging, subject));
    }
}

void ha34(Judging &judging)
{
    judgeRole(judging, Role::Gateway);
}

/// What a pod signs its cookies with: a reference or a hash of a value; never shown.
QByteArray cookieSecretOf(const QJsonObject &pod)
{
    for (const QJsonObject &container : containersOf(pod)) {
        for (const QJsonValue variable : container[u"env"_s].toArray()) {
            if (variable[u"name"_s].toString() == "OAUTH2_PROXY_COOKIE_SECRET"_L1)
                return QJsonDocument(variable.toObject()).toJson(QJsonDocument::Compact);
        }
        for (const QJsonValue word : container[u"args"_s].toArray()) {
            if (word.toString().startsWith("--cookie-secret="_L1))
                return word.toString().toUtf8();
        }
    }
    return {};
}

void ha35(Judging &judging)
{
    judgeRole(judging, Role::SignIn);
    for (const Subject &subject : judging.subjects()) {
        if (subject.role != Role::SignIn || subject.kept() < 2)
            continue;
        if (subject.entry->id == "dex"_L1) {
            const ObjectName name{{}, u"ConfigMap"_s, subject.name.ns, u"dex"_s};
            const QJsonObject *map = judging.scene.find(name);
            const Result<QJsonValue> config = map ? manifest::fromYaml((*map)[u"data"_s][u"config.yaml"_s].toString().toUtf8()) : Result<QJsonValue>(QJsonValue());
            const QString type = config ? (*config)[u"storage"_s][u"type"_s].toString() : QString();
            static const QStringList shared{u"kubernetes"_s, u"postgres"_s, u"mysql"_s, u"etcd"_s};
            if (type.isEmpty() || shared.contains(type))
                continue;
            Finding finding = judging.about(subject);
            finding.title = Words::tr("The replicas of %1 do not share their sessions").arg(subject.shown());
            finding.consequence = Words::tr("A sign-in that begins at one replica and ends at another fails.");
            finding.fix = Words::tr("Set storage.type kubernetes in its configuration.");
            finding.evidence = {evidence(name, u"data[config.yaml].storage.type"_s, type), field(*subject.object, u"spec.replicas"_s)};
            judging.say(finding);
            continue;
        }
        QSet<QByteArray> secrets;
        for (const QJsonObject *pod : subject.ready) {
            if (const QByteArray secret = cookieSecretOf(*pod); !secret.isEmpty())
                secrets.insert(secret);
        }
        if (secrets.size() < 2)
            continue;
        Finding finding = judging.about(subject);
        finding.title = Words::tr("Pods of %1 sign cookies with different secrets").arg(subject.shown());
        finding.consequence = Words::tr("Users are signed out whenever another pod answers them.");
        finding.fix = Words::tr("Let the rollout end, so that all pods take the cookie secret from the same place.");
        for (const QJsonObject *pod : subject.ready.first(std::min<qsizetype>(4, subject.ready.size())))
            finding.evidence.append(evidence(nameOf(*pod), u"OAUTH2_PROXY_COOKIE_SECRET"_s, Words::tr("differs; not shown")));
        judging.say(finding);
    }
}

void ha36(Judging &judging)
{
    judgeRole(judging, Role::Certificates);
    const QString group = u"cert-manager.io"_s, kind = u"Certificate"_s;
    for (const QJsonObject *certificate : judging.until(judging.scene.all(group, kind))) {
        const ObjectName name = nameOf(*certificate);
        if (!judging.scene.isLive() || !judging.facts.isJudged(name.ns))
            continue;
        const QJsonObject ready = conditionOf(*certificate, u"Ready");
        const QDateTime until = timeOf(at(*certificate, u"status.notAfter"));
        const bool ends = until.isValid() && until < judging.scene.now().addDays(14);
        if (ready[u"status"_s].toString() == "True"_L1 && !ends)
            continue;
        Finding finding = judging.about(name);
        finding.title = ends && until < judging.scene.now() ? Words::tr("Certificate %1 has expired").arg(text::safe(name.name))
            : ends ? Words::tr("Certificate %1 expires on %2").arg(text::safe(name.name), until.date().toString(Qt::ISODate))
                   : Words::tr("Certificate %1 is not ready").arg(text::safe(name.name));
        finding.consequence = Words::tr("What is served with it fails when it has expired: webhooks then refuse what they are asked about.");
        finding.fix = Words::tr("Look at the events of the Certificate and its CertificateRequest.");
        finding.evidence = {field(*certificate, u"status.notAfter"_s), evidence(name, u"status.conditions"_s, u"Ready "_s + ready[u"status"_s].toString(u"unset"_s))};
        judging.say(finding);
    }
    if (judging.scene.isLive() && !judging.facts.saw(group, kind, {}))
        judging.cannot(Words::tr("Certificates could not be listed, so that nothing is said of when they expire."));
}

} // namespace

QList<Rule> entryRules()
{
    return {
        {.id = u"HA34"_s, .severity = Severity::High, .title = QT_TRANSLATE_NOOP("cairn::audit", "Gateway is a single point of failure"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "All requests of users and models pass the gateways."), .judge = ha34},
        {.id = u"HA35"_s, .severity = Severity::High, .title = QT_TRANSLATE_NOOP("cairn::audit", "Sign-in is a single point of failure"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "Without dex or oauth2-proxy nobody signs in."), .judge = ha35},
        {.id = u"HA36"_s, .severity = Severity::High, .title = QT_TRANSLATE_NOOP("cairn::audit", "cert-manager is single, or a certificate ends"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "Webhooks of Kubeflow are served with certificates of cert-manager."), .judge = ha36},
    };
}

} // namespace cairn::audit
