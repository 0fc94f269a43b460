// SPDX-License-Identifier: GPL-3.0-or-later
#include "overlay/Plan.h"

#include "base/Text.h"
#include "change/Record.h"
#include "manifest/Patch.h"
#include "manifest/Prune.h"
#include "manifest/Yaml.h"
#include "overlay/Facts.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::overlay {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::overlay)
};

using audit::ObjectName;
using change::Change;
using change::Condition;
using Act = Change::Act;
using What = Condition::What;

/// How long replicas have to be available before a PDB may forbid to evict them: pods that come and go would hold up every drain.
constexpr int kStableSeconds = 10;
/// What is not ready by then is not going to be: what was changed has been waited for before.
constexpr int kStableWithin = 180;

bool isWorkload(const ObjectName &name)
{
    return name.group == "apps"_L1 && (name.kind == "Deployment"_L1 || name.kind == "StatefulSet"_L1);
}

bool changesImages(const QJsonObject &before, const QJsonObject &after)
{
    const auto images = [](const QJsonObject &workload) {
        QStringList found;
        for (const QJsonObject &container : audit::containersOf(audit::podTemplateOf(workload)))
            found.append(container[u"image"_s].toString());
        return found;
    };
    return images(before) != images(after);
}

/// Of a merge patch: without what the server owns.
QJsonObject written(const QJsonObject &before, const QJsonObject &after)
{
    QJsonObject patch = manifest::mergePatchBetween(before, after).toObject();
    patch.remove(u"status"_s);
    QJsonObject meta = patch[u"metadata"_s].toObject();
    for (const QString &field : {u"managedFields"_s, u"uid"_s, u"resourceVersion"_s, u"generation"_s, u"creationTimestamp"_s})
        meta.remove(field);
    if (meta.isEmpty())
        patch.remove(u"metadata"_s);
    else
        patch.insert(u"metadata"_s, meta);
    return patch;
}

/// What users of Kubeflow create: the least that its webhooks let pass.
constexpr auto kProofs = R"(apiVersion: argoproj.io/v1alpha1
kind: Workflow
spec:
  entrypoint: main
  templates:
    - name: main
      container: {image: busybox, command: ["true"]}
---
apiVersion: kubeflow.org/v1beta1
kind: Experiment
spec:
  objective: {type: maximize, goal: 0.9, objectiveMetricName: accuracy}
  algorithm: {algorithmName: random}
  parallelTrialCount: 1
  maxTrialCount: 1
  maxFailedTrialCount: 1
  parameters:
    - name: lr
      parameterType: double
      feasibleSpace: {min: "0.01", max: "0.02"}
  trialTemplate:
    primaryContainerName: main
    trialParameters:
      - {name: lr, description: rate, reference: lr}
    trialSpec:
      apiVersion: batch/v1
      kind: Job
      spec:
        template:
          spec:
            restartPolicy: Never
            containers:
              - name: main
                image: busybox
                command: [echo, "${trialParameters.lr}"]
---
apiVersion: kubeflow.org/v1
kind: Notebook
spec:
  template:
    spec:
      containers:
        - {name: cairn-proof, image: busybox}
---
apiVersion: kubeflow.org/v1
kind: PyTorchJob
spec:
  pytorchReplicaSpecs:
    Master:
      replicas: 1
      template:
        spec:
          containers:
            - {name: pytorch, image: busybox}
)";

class Planner
{
public:
    Planner(const audit::Scene &scene, const Proposal &proposal, const Built &built, const RestMapper &mapper, const QList<Switch> &switches)
        : m_scene(scene)
        , m_proposal(proposal)
        , m_built(built)
        , m_mapper(mapper)
        , m_after(scene)
    {
        for (const Switch &one : switches) {
            if (!one.outside.isStore())
                m_turns.append({one, {}, {}, {}});
        }
    }

    Apply run(const QString &id)
    {
        change::Plan &plan = m_apply.plan;
        plan.id = id;
        plan.title = Words::tr("Make Kubeflow highly available");
        plan.ns = recordNamespace();
        plan.keepRecord = true;
        plan.problems = m_proposal.problems;
        plan.warnings = m_proposal.warnings;
        if (!m_scene.isLive())
            plan.problems.append({u"no-cluster"_s, Words::tr("Manifests alone cannot be changed."), Words::tr("Connect to a cluster.")});
        for (const change::Note &fault : m_built.faults)
            plan.problems.append({u"folder"_s, fault.text, fault.fix});
        for (const Landing &landing : m_built.landings) {
            if (landing.error)
                plan.problems.append({u"patch"_s, u"%1: %2 %3"_s.arg(text::safe(landing.file), landing.title, landing.error->what), landing.error->fix});
            else if (!landing.lands() && !landing.unknown)
                plan.warnings.append({u"lands-on-nothing"_s, u"%1: %2"_s.arg(text::safe(landing.file), landing.why),
                                      landing.nearest.isEmpty() ? QString() : Words::tr("Did you mean %1?").arg(text::safe(landing.nearest))});
        }
        QList<Changed> all = m_built.changed;
        for (Changed &changed : all) {
            if (changed.unswitched) {
                const QJsonObject whole = changed.after;
                changed.after = *changed.unswitched;
                switchOver(changed, whole);
            }
            if (!changed.after.isEmpty())
                m_after.add(changed.after);
        }
        for (const Changed &changed : all) {
            if (changed.after != changed.before)
                take(changed);
        }
        prove();

        // In this order, each part under its heading.
        add(Words::tr("Roles and flags"), m_rights + m_flags);
        add(Words::tr("Leaders"), m_leaders);
        add(Words::tr("Schema at one replica"), m_schema);
        add(Words::tr("Replicas"), m_scale);
        if (!m_kept.isEmpty())
            m_budgets.prepend({.act = Act::Await, .until = m_kept});
        add(Words::tr("PDBs"), m_budgets);
        turnOver();
        add(Words::tr("Stop what uses the database"), m_stops);
        add(Words::tr("Secrets"), m_secrets);
        add(Words::tr("Databases"), m_switches);
        add(Words::tr("Start what uses the database"), m_starts);
        add(Words::tr("Proof"), m_proof);
        if (m_apply.objects == 0 && plan.problems.isEmpty())
            plan.problems.append({u"nothing"_s, Words::tr("Nothing is left to apply."), QString()});
        return m_apply;
    }

private:
    QString recordNamespace() const
    {
        QMap<QString, int> homes;
        for (const Row &row : m_proposal.rows) {
            if (row.changes())
                ++homes[row.workload.ns];
        }
        if (homes.contains(change::recordHome()) || homes.isEmpty())
            return change::recordHome();
        return std::ranges::max_element(homes.keyValueBegin(), homes.keyValueEnd(), [](const auto &a, const auto &b) { return a.second < b.second; })->first;
    }

    void add(const QString &phase, QList<Change> changes)
    {
        for (Change &one : changes) {
            one.phase = phase;
            m_apply.plan.changes.append(one);
        }
    }

    void save(const ObjectName &name, const QString &why) { m_apply.saved.append({name, why}); }
    void refuse(const QString &id, const QString &text, const QString &fix) { m_apply.plan.problems.append({id, text, fix}); }

    std::optional<ObjectRef> refOf(const QJsonObject &object)
    {
        const Result<ResourceKind> kind = m_mapper.resolve(object[u"apiVersion"_s].toString(), object[u"kind"_s].toString());
        if (!kind) {
            save(audit::nameOf(object), text::safe(kind.error().what));
            return std::nullopt;
        }
        const QJsonValue meta = object[u"metadata"_s];
        return ObjectRef{*kind, kind->namespaced ? meta[u"namespace"_s].toString() : QString(), meta[u"name"_s].toString(), meta[u"uid"_s].toString()};
    }

    /// The row that a new object is made for; nullptr: a person's own.
    const Row *rowOf(const ObjectName &name) const
    {
        for (const Row &row : m_proposal.rows) {
            if (name.kind == "PodDisruptionBudget"_L1 && row.workload.ns == name.ns && row.budgetName == name.name)
                return &row;
            if (name.group == "rbac.authorization.k8s.io"_L1 && name.name == row.workload.name + u"-leader-election"_s)
                return &row;
        }
        return nullptr;
    }

    int replicasThen(const Row &row) const
    {
        if (!row.autoscaler.isEmpty()) {
            const QJsonObject *scaler = m_after.find({u"autoscaling"_s, u"HorizontalPodAutoscaler"_s, row.workload.ns, row.autoscaler});
            return scaler ? (*scaler)[u"spec"_s][u"minReplicas"_s].toInt(1) : 1;
        }
        const QJsonObject *workload = m_after.find(row.workload);
        return workload ? audit::replicasOf(*workload) : 0;
    }

    void take(const Changed &changed)
    {
        const ObjectName &name = changed.name;
        if (name.kind == "Secret"_L1)
            return save(name, Words::tr("Secrets are written by you: their contents are neither read nor recorded."));
        if (name.kind == "ConfigMap"_L1 && name.name == "pipeline-install-config"_L1)
            return save(name, whyNotYet(nullptr));
        if (name.kind == "CustomResourceDefinition"_L1 || name.kind == "Namespace"_L1)
            return save(name, Words::tr("It holds other objects, and is not changed along the way."));
        if (changed.after.isEmpty())
            return save(name, Words::tr("Cairn removes nothing here: do it by hand."));
        if (changed.before.isEmpty())
            return create(changed);
        bool keepsReplicas = false;
        const QString owner = ownerOf(changed.before, &keepsReplicas);
        QJsonObject body = written(changed.before, changed.after);
        if (!owner.isEmpty() && keepsReplicas && isWorkload(name)) {
            const QJsonValue replicas = body[u"spec"_s][u"replicas"_s];
            save(name, Words::tr("%1 keeps replicas alone that others set; the rest is saved, not applied.").arg(owner));
            body = replicas.isUndefined() ? QJsonObject() : QJsonObject{{u"spec"_s, QJsonObject{{u"replicas"_s, replicas}}}};
        } else if (!owner.isEmpty()) {
            return save(name, Words::tr("%1 owns it and would put it back.").arg(owner));
        }
        if (body.isEmpty())
            return;
        const std::optional<ObjectRef> ref = refOf(changed.before);
        if (!ref)
            return;
        if (isWorkload(name))
            return workload(changed, *ref, body);
        ++m_apply.objects;
        const Change merge{.act = Act::Merge, .target = *ref, .before = changed.before, .body = body};
        if (name.kind == "HorizontalPodAutoscaler"_L1)
            return floor(changed, merge);
        if (name.kind == "PodDisruptionBudget"_L1)
            budget(merge, changed.after);
        else
            m_rights.append(merge);
    }

    /// It comes once the replicas that it keeps are there, and stay.
    void budget(const Change &change, const QJsonObject &after)
    {
        m_budgets.append(change);
        const LabelSelector pods = audit::selectorOf(after[u"spec"_s][u"selector"_s]);
        for (const QJsonObject *workload : m_after.workloads()) {
            const ObjectName name = audit::nameOf(*workload);
            if (name.ns != change.target.ns || !isWorkload(name) || !pods.present || !pods.matches(audit::labelsOf(audit::podTemplateOf(*workload))))
                continue;
            const std::optional<ObjectRef> ref = refOf(*workload);
            const QJsonObject *scaler = autoscalerOf(m_after, *workload);
            const int count = scaler ? (*scaler)[u"spec"_s][u"minReplicas"_s].toInt(1) : audit::replicasOf(*workload);
            const Condition ready{.what = What::Ready, .object = ref.value_or(ObjectRef()), .count = count, .seconds = kStableWithin, .stable = kStableSeconds};
            if (ref && !m_kept.contains(ready))
                m_kept.append(ready);
        }
    }

    void create(const Changed &changed)
    {
        const ObjectName &name = changed.name;
        const std::optional<ObjectRef> ref = refOf(changed.after);
        if (!ref)
            return;
        if (ref->kind.namespaced && ref->ns.isEmpty())
            return save(name, Words::tr("It names no namespace."));
        const Row *row = rowOf(name);
        if (row && !row->owner.isEmpty() && !row->ownerTakesReplicas)
            return save(name, Words::tr("It goes with %1, which %2 owns.").arg(text::safe(row->workload.name), row->owner));
        if (row && name.kind == "PodDisruptionBudget"_L1 && replicasThen(*row) < 2)
            return refuse(u"budget-of-one"_s, Words::tr("The PDB %1 would block every drain, as %2 runs one replica.").arg(text::safe(name.name), text::safe(row->workload.name)),
                          Words::tr("Scale it, or leave the PDB out."));
        ++m_apply.objects;
        QJsonObject body = manifest::forApply(changed.after);
        const Change creation{.act = Act::Create, .target = *ref, .body = body};
        if (name.kind == "PodDisruptionBudget"_L1)
            budget(creation, changed.after);
        else
            m_rights.append(creation);
    }

    void workload(const Changed &changed, const ObjectRef &ref, const QJsonObject &body)
    {
        const Row *row = m_proposal.find(changed.name);
        const QString name = text::safe(changed.name.name);
        const int now = audit::replicasOf(changed.before);
        const int then = audit::replicasOf(changed.after);
        const components::Entry *entry = entryOf(changed.before);
        if (then > 1 && row && row->locked && then > now)
            return refuse(u"locked"_s, Words::tr("%1 must stay at one replica: %2").arg(name, row->reason), Words::tr("Take its count out of the folder."));
        const bool elects = entry && entry->scaling >= components::Scaling::Leader && entry->scaling <= components::Scaling::LeaderOff;
        const std::optional<bool> electsThen = elects ? electsNow(m_after, changed.after, *entry) : std::nullopt;
        const bool turnsOn = elects && electsThen.value_or(false) && !electsNow(m_scene, changed.before, *entry).value_or(false);
        if (elects && then > 1 && electsThen == false)
            return refuse(u"no-election"_s, Words::tr("%1 would run %2 replicas without leader election, and do everything twice.").arg(name).arg(then),
                          Words::tr("Put components/leader-election back, or leave it at one."));
        ++m_apply.objects;
        QJsonObject rest = body;
        QJsonObject count;
        QJsonObject spec = rest[u"spec"_s].toObject();
        if (spec.contains(u"replicas"_s)) {
            count = {{u"spec"_s, QJsonObject{{u"replicas"_s, spec[u"replicas"_s]}}}};
            spec.remove(u"replicas"_s);
            if (spec.isEmpty())
                rest.remove(u"spec"_s);
            else
                rest.insert(u"spec"_s, spec);
        }
        const auto merge = [&](const QJsonObject &what) { return Change{.act = Act::Merge, .target = ref, .before = changed.before, .body = what}; };
        bool waits = false;
        if (Turn *turn = turnOf(changed.name); turn && now == 0 && !count.isEmpty() && isReady(turn->of)) {
            // Somebody stopped it to move the data: it starts when all is switched.
            turn->stoppedTo.insert(changed.name, count.value(u"spec"_s)[u"replicas"_s].toInt());
            count = {};
            waits = true;
            if (rest.isEmpty())
                return;
        }
        const Change rolledOut{.act = Act::Await, .until = {{.what = What::RolledOut, .object = ref, .seconds = 600}}};
        if (turnsOn && !rest.isEmpty()) {
            m_flags.append(merge(rest));
            m_flags.append(rolledOut);
            if (row && !row->leaseName.isEmpty()) {
                m_leaders.append({.act = Act::Await,
                                  .until = {{.what = What::Renewed, .object = {kinds::leases(), row->leaseNs, row->leaseName, {}},
                                             .holder = changed.name.name + u'-', .seconds = 120}}});
            }
            if (!count.isEmpty()) {
                m_scale.append(merge(count));
                m_scale.append(rolledOut);
            }
        } else if (row && row->atOneFirst && !rest.isEmpty()) {
            if (now > 1 && changesImages(changed.before, changed.after)) {
                m_schema.append(merge({{u"spec"_s, QJsonObject{{u"replicas"_s, 1}}}}));
                m_schema.append(rolledOut);
                if (count.isEmpty())
                    count = {{u"spec"_s, QJsonObject{{u"replicas"_s, now}}}};
            }
            m_schema.append(merge(rest));
            m_schema.append(rolledOut);
            if (!count.isEmpty()) {
                m_scale.append(merge(count));
                m_scale.append(rolledOut);
            }
        } else {
            m_scale.append(merge(waits ? rest : body));
            m_scale.append(rolledOut);
        }
    }

    // Databases. What reads one is stopped, and started again when all is switched.

    struct Turn {
        Switch of;
        QList<Change> change;             ///< what leads to the service
        QMap<ObjectName, int> stoppedTo;  ///< of workloads that somebody stopped already: how many there are to be
        QStringList owned;                ///< of its readers: who would put them back; safe to show
    };

    /// The switch that an object belongs to: a ConfigMap that leads to the service, or a workload that reads it.
    Turn *turnOf(const ObjectName &name)
    {
        for (Turn &one : m_turns) {
            const Outside &outside = one.of.outside;
            if (name.kind == "ConfigMap"_L1 ? name.ns == outside.ns && outside.configMaps.contains(name.name) : outside.readers.contains(name))
                return &one;
        }
        return nullptr;
    }

    static bool isReady(const Switch &one) { return one.passwordGiven || one.outside.given || !one.outside.needsPassword(); }
    static QString whyNotYet(const Turn *turn)
    {
        if (!turn)
            return Words::tr("The database is switched by you, after its data was moved.");
        return Words::tr("%1 is switched to %2 when the data was moved and the password is given.").arg(turn->of.outside.component, text::safe(turn->of.outside.target.host));
    }

    /// What leads an object to another store: among the last steps, or left to a person.
    void switchOver(const Changed &changed, const QJsonObject &whole)
    {
        Turn *turn = turnOf(changed.name);
        if (std::ranges::any_of(changed.files, [](const QString &file) { return file.contains("components/external-s3/"_L1); }))
            return save(changed.name, Words::tr("The object store is switched by you, after its bucket was copied."));
        if (!turn || !isReady(turn->of))
            return save(changed.name, whyNotYet(turn));
        if (const QString owner = ownerOf(changed.before); !owner.isEmpty())
            return save(changed.name, Words::tr("%1 owns it and would put it back.").arg(owner));
        const QJsonObject body = written(changed.after, whole);
        const std::optional<ObjectRef> ref = body.isEmpty() ? std::nullopt : refOf(changed.before);
        if (!ref)
            return;
        ++m_apply.objects;
        turn->change.append({.act = Act::Merge, .target = *ref, .before = changed.before, .body = body});
    }

    void turnOver()
    {
        for (Turn &one : m_turns) {
            const Outside &outside = one.of.outside;
            const QString secret = text::safe(outside.secret);
            if (one.change.isEmpty()) {
                if (one.of.passwordGiven)
                    m_apply.plan.warnings.append({u"not-switched"_s,
                                                  Words::tr("Nothing in this overlay leads %1 to %2, so its password is not written.").arg(outside.component, text::safe(outside.target.host)),
                                                  QString()});
                continue;
            }
            const SecretFacts facts = one.of.secret.value_or(SecretFacts());
            const QString owner = facts.owner();
            if (one.of.passwordGiven && !outside.given && !owner.isEmpty()) {
                refuse(u"secret-owned"_s, Words::tr("The Secret %1 is not written: %2 owns it and would put it back.").arg(secret, owner),
                       Words::tr("Put the password where it comes from, and say in the settings that the Secret exists (secret: %1).").arg(secret));
                continue;
            }
            const bool writes = one.of.passwordGiven && !outside.given;
            if (!writes && outside.needsPassword() && one.of.secret && !facts.keys.contains(outside.passwordKey)) {
                refuse(u"no-secret"_s, Words::tr("%1 reads its password from the Secret %2, key %3, which is not there.").arg(outside.component, secret, text::safe(outside.passwordKey)),
                       Words::tr("Create it, or give the password."));
                continue;
            }
            m_apply.plan.warnings.append(
                {u"switch"_s,
                 Words::tr("The last steps switch %1 to %2:%3 and stop it meanwhile. What is in its database now is not moved by Cairn.")
                     .arg(outside.component, text::safe(outside.target.host))
                     .arg(outside.target.port),
                 Words::tr("Move the data first: cairnctl overlay move-database %1").arg(outside.id)});
            if (!one.of.tested)
                m_apply.plan.warnings.append({u"not-tested"_s, Words::tr("Nobody has looked whether %1 can be used.").arg(outside.title), Words::tr("Test it: cairnctl overlay test")});
            if (!owner.isEmpty())
                m_apply.plan.warnings.append({u"secret-kept"_s, Words::tr("The Secret %1 comes from %2 and is not written.").arg(secret, owner), QString()});
            stopAndStart(one);
            if (writes)
                fill(one);
            m_switches += one.change;
        }
    }

    void fill(const Turn &one)
    {
        const Outside &outside = one.of.outside;
        QJsonObject plain;
        if (!outside.userKey.isEmpty())
            plain.insert(outside.userKey, outside.target.user);
        const SecretFacts facts = one.of.secret.value_or(SecretFacts());
        QJsonObject before;
        if (facts.exists)
            before = {{u"metadata"_s, facts.metadata}};
        ++m_apply.objects;
        m_secrets.append({.act = Act::Fill,
                          .target = {kinds::secrets(), outside.ns, outside.secret, facts.metadata.value(u"uid"_s).toString()},
                          .before = before,
                          .body = {{u"stringData"_s, plain}},
                          .fills = {outside.passwordKey}});
    }

    void stopAndStart(const Turn &one)
    {
        for (const ObjectName &name : one.of.outside.readers) {
            const QJsonObject *live = m_scene.find(name);
            const std::optional<ObjectRef> ref = live ? refOf(*live) : std::nullopt;
            if (!ref)
                continue;
            bool keepsReplicas = false;
            if (const QString owner = ownerOf(*live, &keepsReplicas); !owner.isEmpty() && !keepsReplicas) {
                m_apply.plan.warnings.append({u"restart"_s, Words::tr("%1 is not restarted, as %2 owns it: it uses the former database until you do.").arg(text::safe(name.name), owner), QString()});
                continue;
            }
            int count = one.stoppedTo.value(name, -1);
            const bool stopped = audit::replicasOf(*live) == 0;
            if (count < 0)
                count = replicasAtTheSwitch(name, *live);
            // Each undoes to what the one before it left: on the way back it is stopped again before the database is.
            const auto merge = [&](int from, int to) {
                const auto counted = [](int replicas) { return QJsonObject{{u"spec"_s, QJsonObject{{u"replicas"_s, replicas}}}}; };
                const QJsonObject then = audit::replicasOf(*live) == from ? *live : manifest::mergePatch(*live, counted(from)).toObject();
                return Change{.act = Act::Merge, .target = *ref, .before = then, .body = counted(to)};
            };
            const Change rolledOut{.act = Act::Await, .until = {{.what = What::RolledOut, .object = *ref, .seconds = 600}}};
            if (count <= 0) {
                m_apply.plan.warnings.append({u"stopped"_s, Words::tr("%1 is stopped and stays so.").arg(text::safe(name.name)), Words::tr("Start it when all is done.")});
                continue;
            }
            if (!stopped) {
                m_stops.append(merge(count, 0));
                m_stops.append(rolledOut);
            }
            const Row *row = m_proposal.find(name);
            const bool oneFirst = count > 1 && row && row->atOneFirst; // it makes or migrates a schema when it starts
            if (oneFirst) {
                m_starts.append(merge(0, 1));
                m_starts.append(rolledOut);
            }
            m_starts.append(merge(oneFirst ? 1 : 0, count));
            m_starts.append(rolledOut);
        }
    }

    /// How many replicas the steps before give it; those it has where they leave it alone.
    int replicasAtTheSwitch(const ObjectName &name, const QJsonObject &live) const
    {
        int count = audit::replicasOf(live);
        for (const QList<Change> &steps : {m_flags, m_schema, m_scale}) {
            for (const Change &step : steps) {
                const QJsonValue replicas = step.body.value(u"spec"_s)[u"replicas"_s];
                if (step.target.name == name.name && step.target.ns == name.ns && step.target.kind.kind == name.kind && replicas.isDouble())
                    count = replicas.toInt();
            }
        }
        return count;
    }

    void floor(const Changed &changed, const Change &merge)
    {
        m_scale.append(merge);
        const QJsonValue target = changed.after[u"spec"_s][u"scaleTargetRef"_s];
        const QJsonObject *scaled = m_scene.find({u"apps"_s, target[u"kind"_s].toString(), changed.name.ns, target[u"name"_s].toString()});
        if (!scaled)
            return;
        if (const std::optional<ObjectRef> ref = refOf(*scaled))
            m_scale.append({.act = Act::Await, .until = {{.what = What::Ready, .object = *ref, .count = changed.after[u"spec"_s][u"minReplicas"_s].toInt(1), .seconds = 600}}});
    }

    /// What users create, asked of the server without doing it: webhooks and validation answer.
    void prove()
    {
        const QString ns = m_apply.plan.ns;
        const QJsonObject meta{{u"name"_s, u"cairn-proof"_s}, {u"namespace"_s, ns}};
        QList<QJsonObject> bodies;
        if (const Result<QList<QJsonValue>> read = manifest::documentsFromYaml(kProofs)) {
            for (const QJsonValue &one : *read)
                bodies.append(one.toObject());
        }
        if (const QList<const QJsonObject *> runtimes = m_scene.all(u"trainer.kubeflow.org"_s, u"ClusterTrainingRuntime"_s); !runtimes.isEmpty()) {
            bodies.append({{u"apiVersion"_s, u"trainer.kubeflow.org/v1alpha1"_s},
                           {u"kind"_s, u"TrainJob"_s},
                           {u"spec"_s, QJsonObject{{u"runtimeRef"_s, QJsonObject{{u"name"_s, audit::nameOf(*runtimes.first()).name}, {u"kind"_s, u"ClusterTrainingRuntime"_s},
                                                                                 {u"apiGroup"_s, u"trainer.kubeflow.org"_s}}}}}});
        }
        for (QJsonObject body : bodies) {
            const Result<ResourceKind> kind = m_mapper.resolve(body[u"apiVersion"_s].toString(), body[u"kind"_s].toString());
            if (!kind)
                continue;
            body.insert(u"metadata"_s, meta);
            m_proof.append({.act = Act::Await, .until = {{.what = What::Accepted, .object = {*kind, ns, u"cairn-proof"_s, {}}, .body = body, .seconds = 60}}});
        }
    }

    const audit::Scene &m_scene;
    const Proposal &m_proposal;
    const Built &m_built;
    const RestMapper &m_mapper;
    audit::Scene m_after;
    Apply m_apply;
    QList<Change> m_rights, m_flags, m_leaders, m_schema, m_scale, m_budgets, m_stops, m_secrets, m_switches, m_starts, m_proof;
    QList<Turn> m_turns;
    QList<Condition> m_kept; ///< what has to be ready before the PDBs
};

QString quoted(const QString &text)
{
    return u'\'' + QString(text).replace(u'\'', u"'\\''"_s) + u'\'';
}

QString compact(const QJsonObject &object)
{
    return QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact));
}

QString heredoc(const QString &command, const QJsonObject &object)
{
    return command + u" -f - <<'CAIRN'\n"_s + manifest::toYaml(object) + u"CAIRN"_s;
}

/// It asks for each value that is in no plan: bash, whose read and printf show nothing to other processes.
QString fillCommand(const Change &change, const QString &address)
{
    QString asks, data, values;
    const QJsonObject plain = change.body.value(u"stringData"_s).toObject();
    const auto put = [&](const QString &key, const QString &value) {
        data += (data.isEmpty() ? QString() : u","_s) + u"\"%1\":\"%s\""_s.arg(key);
        values += u" \"$(printf %s %1 | base64 | tr -d '\\n')\""_s.arg(value);
    };
    for (auto it = plain.begin(); it != plain.end(); ++it)
        put(it.key(), quoted(it->toString()));
    for (qsizetype i = 0; i < change.fills.size(); ++i) {
        asks += u"read -rsp %1 v%2; "_s.arg(quoted(change.fills[i] + u": "_s)).arg(i);
        put(change.fills[i], u"\"$v%1\""_s.arg(i));
    }
    const QString make = change.before.isEmpty() ? u"kubectl create secret generic -n %1 %2\n"_s.arg(quoted(change.target.ns), quoted(change.target.name)) : QString();
    return make + u"( %1printf '{\"data\":{%2}}'%3 ) | kubectl patch %4 --type merge --patch-file /dev/stdin"_s.arg(asks, data, values, address);
}

} // namespace

Apply planOf(const audit::Scene &scene, const Proposal &proposal, const Built &built, const RestMapper &mapper, const QString &id, const QList<Switch> &switches)
{
    return Planner(scene, proposal, built, mapper, switches).run(id);
}

QStringList commandsOf(const change::Plan &plan)
{
    QStringList commands;
    QString phase;
    for (const Change &one : plan.changes) {
        if (one.phase != phase)
            commands.append(u"# "_s + (phase = one.phase));
        const auto address = [](const ObjectRef &ref) {
            const QString where = ref.kind.namespaced ? u"-n %1 "_s.arg(quoted(ref.ns)) : QString();
            return where + quoted(qualifiedName(ref.kind) + u'/' + ref.name);
        };
        switch (one.act) {
        case Act::Create:
        case Act::Apply: commands.append(heredoc(u"kubectl create"_s, one.body)); break;
        case Act::Merge: commands.append(u"kubectl patch %1 --type merge -p %2"_s.arg(address(one.target), quoted(compact(one.body)))); break;
        case Act::Fill: commands.append(fillCommand(one, address(one.target))); break;
        case Act::Delete: commands.append(u"kubectl delete %1"_s.arg(address(one.target))); break;
        case Act::Await:
            for (const Condition &condition : one.until) {
                switch (condition.what) {
                case What::RolledOut:
                case What::Ready: commands.append(u"kubectl rollout status %1 --timeout=%2s"_s.arg(address(condition.object)).arg(condition.seconds)); break;
                case What::Renewed:
                    commands.append(u"kubectl get %1 -o jsonpath='{.spec.holderIdentity} {.spec.renewTime}{\"\\n\"}'  # twice: the time has to move"_s.arg(address(condition.object)));
                    break;
                case What::Accepted: commands.append(heredoc(u"kubectl create --dry-run=server"_s, condition.body)); break;
                }
            }
            break;
        }
    }
    return commands;
}

} // namespace cairn::overlay
