// SPDX-License-Identifier: GPL-3.0-or-later
#include "audit/Read.h"
#include "base/Text.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QMap>
#include <QSet>

using namespace Qt::StringLiterals;

namespace cairn::audit {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::audit)
};

const QString admission = u"admissionregistration.k8s.io"_s;
const QString discovery = u"discovery.k8s.io"_s;

/// What stands behind a Service that a webhook calls.
struct Behind {
    bool known = false;
    int ready = 0;                    ///< addresses, or of a manifest replicas that are sure
    bool apart = false;               ///< on two nodes or more, or nothing shows where
    const Subject *subject = nullptr; ///< nullptr: not found
    QString outside;                  ///< host outside of the cluster; empty: the Service is one of pods
    QList<Evidence> evidence;
    bool isSingle() const { return known && (ready < 2 || !apart); }
};

Behind behindOf(const Judging &judging, const QString &ns, const QString &service)
{
    Behind behind;
    behind.subject = judging.facts.behind(service + u'.' + ns, ns);
    const ObjectName name{{}, u"Service"_s, ns, service};
    if (const QJsonObject *object = judging.scene.find(name))
        behind.outside = externalNameOf(*object);
    if (!behind.outside.isEmpty()) {
        behind.evidence.append(evidence(name, u"spec.externalName"_s, behind.outside));
        return behind;
    }
    if (judging.scene.isLive()) {
        const Facts::Backend backend = judging.facts.backend(ns, service);
        if (backend.known) {
            behind.known = true;
            behind.ready = backend.ready;
            behind.apart = backend.nodes.isEmpty() || backend.nodes.size() > 1;
            behind.evidence.append(evidence(name, {}, backend.nodes.isEmpty() ? Words::tr("%n ready endpoint(s)", nullptr, backend.ready)
                                                                              : Words::tr("%n ready endpoint(s) on %1", nullptr, backend.ready).arg(joined(backend.nodes))));
        }
    }
    // A manifest, or slices that may not be read: what is asked for has to do.
    if (!behind.known && behind.subject) {
        behind.known = true;
        behind.ready = behind.subject->kept();
        behind.apart = behind.subject->nodes.size() != 1;
    }
    if (behind.subject) {
        behind.evidence.append(field(*behind.subject->object, u"spec.replicas"_s));
        if (behind.subject->autoscaler)
            behind.evidence.append(field(*behind.subject->autoscaler, u"spec.minReplicas"_s));
    }
    return behind;
}

/// Namespace and name of the Service that a clientConfig calls; empty where it calls a URL.
std::pair<QString, QString> serviceOf(const QJsonValue &clientConfig)
{
    const QJsonValue service = clientConfig[u"service"_s];
    return {service[u"namespace"_s].toString(), service[u"name"_s].toString()};
}

/// Webhooks of one Service.
struct Hooks {
    int count = 0;
    QStringList resources; ///< what they are asked about, each once
    QList<Evidence> evidence;
};

using ByService = QMap<std::pair<QString, QString>, Hooks>;

ByService closedHooks(const Judging &judging)
{
    ByService found;
    for (const QString &kind : {u"MutatingWebhookConfiguration"_s, u"ValidatingWebhookConfiguration"_s}) {
        for (const QJsonObject *configuration : judging.until(judging.scene.all(admission, kind))) {
            QMap<std::pair<QString, QString>, int> counted;
            for (const QJsonValue hook : (*configuration)[u"webhooks"_s].toArray()) {
                const auto service = serviceOf(hook[u"clientConfig"_s]);
                if (!failsClosed(hook) || service.second.isEmpty())
                    continue;
                Hooks &hooks = found[service];
                ++hooks.count;
                ++counted[service];
                for (const QJsonValue rule : hook[u"rules"_s].toArray()) {
                    for (const QJsonValue resource : rule[u"resources"_s].toArray()) {
                        if (!hooks.resources.contains(resource.toString()))
                            hooks.resources.append(resource.toString());
                    }
                }
            }
            for (auto it = counted.begin(); it != counted.end(); ++it)
                found[it.key()].evidence.append(evidence(nameOf(*configuration), u"webhooks.failurePolicy"_s, Words::tr("Fail, %n webhook(s)", nullptr, it.value())));
        }
    }
    return found;
}

/// The finding is about the workload, as that is what has to be scaled; about the Service where no workload was found.
Finding aboutBackend(const Judging &judging, const std::pair<QString, QString> &service, const Behind &behind)
{
    return behind.subject ? judging.about(*behind.subject) : judging.about(ObjectName{{}, u"Service"_s, service.first, service.second});
}

QString howToScale(const Behind &behind)
{
    if (behind.subject && behind.subject->kept() >= 2)
        return Words::tr("Spread its replicas over two nodes or more, and look at those that are not ready.");
    if (behind.subject && behind.subject->scaling == components::Scaling::LeaderOff)
        return Words::tr("Turn its leader election on, then run two replicas: webhooks are served by each of them.");
    return Words::tr("Run two replicas on different nodes: webhooks are served by each of them.");
}

void unknown(Judging &judging, const std::pair<QString, QString> &service, const Behind &behind)
{
    if (!behind.outside.isEmpty())
        judging.cannot(Words::tr("Service %1/%2 leads out of the cluster, to %3: how many answer there does not show.")
                           .arg(text::safe(service.first), text::safe(service.second), text::safe(behind.outside)));
    else
        judging.cannot(Words::tr("What stands behind Service %1/%2 could not be read.").arg(text::safe(service.first), text::safe(service.second)));
}

void ha20(Judging &judging)
{
    const ByService all = closedHooks(judging);
    for (auto it = all.begin(); it != all.end(); ++it) {
        const Behind behind = behindOf(judging, it.key().first, it.key().second);
        if (!behind.known) {
            unknown(judging, it.key(), behind);
            continue;
        }
        if (!behind.isSingle())
            continue;
        const Hooks &hooks = it.value();
        Finding finding = aboutBackend(judging, it.key(), behind);
        const QString name = text::safe(finding.object.name);
        finding.title = behind.ready == 0 ? Words::tr("Nobody answers %n webhook(s) of %1 that fail closed", nullptr, hooks.count).arg(name)
            : behind.ready == 1           ? Words::tr("%1 alone answers %n webhook(s) that fail closed", nullptr, hooks.count).arg(name)
                                          : Words::tr("One node answers %n webhook(s) of %1 that fail closed", nullptr, hooks.count).arg(name);
        finding.consequence = behind.subject && behind.subject->entry && !behind.subject->entry->webhook.isEmpty()
            ? Words::tr("While it is away: %1").arg(components::translated(behind.subject->entry->webhook))
            : Words::tr("While it is away, the API server refuses to create or change: %1.").arg(joined(hooks.resources));
        finding.fix = howToScale(behind);
        finding.evidence = hooks.evidence.first(std::min<qsizetype>(6, hooks.evidence.size())) + behind.evidence;
        judging.say(finding);
    }
}

void ha21(Judging &judging)
{
    ByService all;
    for (const QJsonObject *crd : judging.until(judging.scene.all(u"apiextensions.k8s.io"_s, u"CustomResourceDefinition"_s))) {
        const QJsonValue conversion = at(*crd, u"spec.conversion");
        const auto service = serviceOf(conversion[u"webhook"_s][u"clientConfig"_s]);
        if (conversion[u"strategy"_s].toString() != "Webhook"_L1 || service.second.isEmpty())
            continue;
        Hooks &hooks = all[service];
        ++hooks.count;
        hooks.resources.append(at(*crd, u"spec.names.plural").toString(nameOf(*crd).name));
        hooks.evidence.append(field(*crd, u"spec.conversion.strategy"_s));
    }
    for (auto it = all.begin(); it != all.end(); ++it) {
        const Behind behind = behindOf(judging, it.key().first, it.key().second);
        if (!behind.known) {
            unknown(judging, it.key(), behind);
            continue;
        }
        if (!behind.isSingle())
            continue;
        Finding finding = aboutBackend(judging, it.key(), behind);
        finding.title = Words::tr("%1 alone converts %n kind(s) between versions", nullptr, it.value().count).arg(text::safe(finding.object.name));
        finding.consequence = Words::tr("While it is away, objects stored in another version cannot even be read: %1.").arg(joined(it.value().resources));
        finding.fix = howToScale(behind);
        finding.evidence = it.value().evidence.first(std::min<qsizetype>(6, it.value().evidence.size())) + behind.evidence;
        judging.say(finding);
    }
}

bool has(const QJsonValue &list, std::initializer_list<QLatin1String> words)
{
    for (const QJsonValue value : list.toArray()) {
        for (const QLatin1String word : words) {
            if (value.toString() == word)
                return true;
        }
    }
    return false;
}

/// Asked about every new pod of the namespaces it selects.
bool seesEveryPod(const QJsonValue &hook)
{
    const QJsonObject object = hook[u"objectSelector"_s].toObject();
    if (!object[u"matchLabels"_s].toObject().isEmpty() || !object[u"matchExpressions"_s].toArray().isEmpty())
        return false;
    for (const QJsonValue rule : hook[u"rules"_s].toArray()) {
        if (has(rule[u"apiGroups"_s], {""_L1, "*"_L1}) && has(rule[u"resources"_s], {"pods"_L1, "*"_L1, "pods/*"_L1, "*/*"_L1})
            && has(rule[u"operations"_s], {"CREATE"_L1, "*"_L1}))
            return true;
    }
    return false;
}

void ha22(Judging &judging)
{
    for (const QString &kind : {u"MutatingWebhookConfiguration"_s, u"ValidatingWebhookConfiguration"_s}) {
        for (const QJsonObject *configuration : judging.until(judging.scene.all(admission, kind))) {
            int count = 0;
            bool system = false, single = false, known = true, inside = false;
            QStringList hooks;
            Finding finding = judging.about(nameOf(*configuration));
            for (const QJsonValue hook : (*configuration)[u"webhooks"_s].toArray()) {
                const auto service = serviceOf(hook[u"clientConfig"_s]);
                if (!failsClosed(hook) || !seesEveryPod(hook))
                    continue;
                ++count;
                hooks.append(hook[u"name"_s].toString());
                const LabelSelector namespaces = selectorOf(hook[u"namespaceSelector"_s]);
                // The API server labels each namespace with its name, which is what kube-system can be exempt by.
                const QMap<QString, QString> kubeSystem{{u"kubernetes.io/metadata.name"_s, u"kube-system"_s}};
                system = system || !namespaces.present || namespaces.matches(kubeSystem);
                if (service.second.isEmpty())
                    continue;
                const Behind behind = behindOf(judging, service.first, service.second);
                known = known && behind.known;
                single = single || behind.isSingle();
                inside = inside || behind.outside.isEmpty();
                if (behind.subject && behind.subject->entry)
                    finding.component = behind.subject->entry->id;
                if (count == 1)
                    finding.evidence += behind.evidence;
            }
            if (count == 0)
                continue;
            finding.severity = single || system || !known ? judging.rule.severity : Severity::Low;
            finding.title = Words::tr("%1 is asked about every new pod and fails closed").arg(text::safe(finding.object.name));
            finding.consequence = system ? Words::tr("While nobody answers, no pod starts in its namespaces, kube-system among them, where the cluster's own repair runs.")
                                         : Words::tr("While nobody answers, no pod starts in its namespaces, also none that replaces a lost one.");
            finding.fix = system && !inside ? Words::tr("Exempt kube-system with a namespaceSelector.")
                : system             ? Words::tr("Exempt kube-system with a namespaceSelector, and run two replicas behind it.")
                : single || (!known && inside) ? Words::tr("Run two replicas behind it, or select the pods it is meant for with an objectSelector.")
                                   : Words::tr("Select the pods it is meant for with an objectSelector.");
            finding.evidence.prepend(evidence(finding.object, u"webhooks"_s, joined(hooks)));
            judging.say(finding);
        }
    }
}

void ha23(Judging &judging)
{
    for (const QJsonObject *service : judging.until(judging.scene.all({}, u"Service"_s))) {
        const ObjectName name = nameOf(*service);
        if (!judging.facts.isJudged(name.ns))
            continue;
        if (!externalNameOf(*service).isEmpty())
            continue;
        const QList<const Subject *> taken = judging.facts.takenBy(name.ns, selectorOf(at(*service, u"spec.selector"), true));
        // Of a workload at one replica that is no news: its own finding says why.
        if (taken.isEmpty() || std::ranges::all_of(taken, [](const Subject *subject) { return subject->isSingle() || subject->desired == 0; }))
            continue;
        const Facts::Backend backend = judging.facts.backend(name.ns, name.name);
        if (!backend.known || backend.ready != 1)
            continue;
        Finding finding = judging.about(name);
        if (taken.first()->entry)
            finding.component = taken.first()->entry->id;
        finding.title = Words::tr("Service %1 has one ready endpoint").arg(text::safe(name.name));
        finding.consequence = Words::tr("More replicas were asked for, but all requests go to one pod, and fail with it.");
        finding.fix = Words::tr("Look at the pods that are not ready, and at whether the Service selects all of them.");
        finding.evidence = {field(*service, u"spec.selector"_s), evidence(name, {}, Words::tr("%n ready endpoint(s)", nullptr, backend.ready)),
                            field(*taken.first()->object, u"spec.replicas"_s)};
        judging.say(finding);
    }
}

} // namespace

QList<Rule> webhookRules()
{
    const QList<Need> hooks{{.group = admission, .kind = u"MutatingWebhookConfiguration"_s, .everywhere = true},
                            {.group = admission, .kind = u"ValidatingWebhookConfiguration"_s, .everywhere = true}};
    return {
        {.id = u"HA20"_s, .severity = Severity::Critical, .title = QT_TRANSLATE_NOOP("cairn::audit", "Webhook fails closed behind one pod"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "While nobody answers such a webhook, the API server refuses what it is asked about."), .needs = hooks, .judge = ha20},
        {.id = u"HA21"_s, .severity = Severity::High, .title = QT_TRANSLATE_NOOP("cairn::audit", "CRD conversion behind one pod"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "Without its conversion webhook a custom resource cannot be read in another version."),
         .needs = {{.group = u"apiextensions.k8s.io"_s, .kind = u"CustomResourceDefinition"_s, .everywhere = true}}, .judge = ha21},
        {.id = u"HA22"_s, .severity = Severity::High, .title = QT_TRANSLATE_NOOP("cairn::audit", "Webhook is asked about every new pod"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "A webhook on all pods that fails closed can stop the repair of the cluster."), .needs = hooks, .judge = ha22},
        {.id = u"HA23"_s, .severity = Severity::Medium, .title = QT_TRANSLATE_NOOP("cairn::audit", "Service with one ready endpoint"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "Replicas that no request reaches help nobody."), .needsCluster = true,
         .needs = {{.group = {}, .kind = u"Service"_s}, {discovery, u"EndpointSlice"_s}}, .judge = ha23},
    };
}

} // namespace cairn::audit
