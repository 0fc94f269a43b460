// SPDX-License-Identifier: GPL-3.0-or-later
#include "overlay/Tree.h"

#include "base/Text.h"
#include "manifest/Document.h"
#include "overlay/Facts.h"
#include "overlay/Pieces.h"
#include "overlay/ServiceParts.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QJsonArray>
#include <QJsonObject>
#include <QRegularExpression>
#include <QVersionNumber>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::overlay {
namespace {

using audit::ObjectName;
using components::Election;
using components::Entry;
using Turn = Row::Election;

/// English whatever the window speaks: what is written is shared by a team.
const auto kPriorityClass = u"kubeflow-control-plane"_s;
/// Pods of one replica that are to be replaced soon leave a lost node after so long; the server's default is 300.
constexpr int kTolerated = 30;

/// YAML with comments: keys in the order they are given, one item of a list after the other.
class Yaml
{
public:
    Yaml &comment(const QString &text, int indent = 0)
    {
        const QString margin(indent, u' ');
        QString line;
        for (const QString &word : text.split(u' ', Qt::SkipEmptyParts)) {
            if (!line.isEmpty() && line.size() + word.size() > 96) {
                m_text += margin + u"# "_s + line + u'\n';
                line.clear();
            }
            line += line.isEmpty() ? word : u' ' + word;
        }
        m_text += margin + u"# "_s + line + u'\n';
        return *this;
    }
    Yaml &value(const QString &key, const QJsonValue &value)
    {
        m_text += manifest::toYaml(QJsonObject{{key, value}});
        return *this;
    }
    Yaml &key(const QString &key)
    {
        m_text += key + u":\n"_s;
        return *this;
    }
    Yaml &item(const QJsonValue &value)
    {
        const QString text = manifest::toYaml(QJsonArray{value});
        for (const QString &line : text.chopped(1).split(u'\n'))
            m_text += line.isEmpty() ? u"\n"_s : u"  "_s + line + u'\n';
        return *this;
    }
    Yaml &object(const QJsonObject &object)
    {
        m_text += manifest::toYaml(object);
        return *this;
    }
    QByteArray text() const { return m_text.toUtf8(); }

private:
    QString m_text;
};

Yaml kustomization(const QString &kind, const QString &about)
{
    Yaml yaml;
    yaml.comment(about);
    yaml.value(u"apiVersion"_s, kind == "Component"_L1 ? u"kustomize.config.k8s.io/v1alpha1"_s : u"kustomize.config.k8s.io/v1beta1"_s);
    yaml.value(u"kind"_s, kind);
    return yaml;
}

class Generator
{
public:
    Generator(const audit::Scene &scene, const Settings &settings, const Proposal &proposal)
        : m_scene(scene)
        , m_settings(settings)
        , m_proposal(proposal)
    {
    }

    Tree run()
    {
        collect();
        const bool hasBase = m_settings.base.kind != Base::Kind::PatchOnly;
        m_tree.entry = hasBase ? u"overlays/prod"_s : u"patches"_s;
        services();
        if (hasBase)
            withBase();
        plain();
        helm();
        write(u"README.md"_s, readme(hasBase));
        for (auto it = m_tree.files.begin(); it != m_tree.files.end(); ++it)
            it.value() = withHeader(it.key(), it.value());
        return m_tree;
    }

private:
    void write(const QString &path, const QByteArray &text) { m_tree.files.insert(path, text); }

    const QJsonObject &workloadOf(const Row &row) const
    {
        static const QJsonObject none;
        const QJsonObject *found = m_scene.find(row.workload);
        return found ? *found : none;
    }

    // What is set, as patches and objects

    void collect()
    {
        QHash<QString, int> byName;
        for (const QJsonObject *workload : m_scene.workloads())
            ++byName[(*workload)[u"metadata"_s][u"name"_s].toString()];
        for (const Row &row : m_proposal.rows) {
            if (!row.changes())
                continue;
            const QJsonObject &workload = workloadOf(row);
            const QString name = row.workload.name;
            if (row.election == Turn::TurnOn)
                election(row, workload);
            if (!row.spread.isNone())
                m_spread.append(row);
            if (row.restartFast)
                restart(row, workload);
            if (row.scales() && row.autoscaler.isEmpty()) {
                const QString why = row.locked ? row.reason : row.atOneFirst ? u"Migrates a schema when it starts: change its image at one replica, then scale."_s : QString();
                if (byName.value(name) == 1)
                    m_counts.append({why, {{u"name"_s, name}, {u"count"_s, row.replicas}}, row.workload});
                m_countPatches.append({why, patchOf(row.workload, {op(u"add"_s, u"/spec/replicas"_s, row.replicas)}), row.workload});
            }
            if (row.scales() && !row.autoscaler.isEmpty()) {
                const ObjectName scaler{u"autoscaling"_s, u"HorizontalPodAutoscaler"_s, row.workload.ns, row.autoscaler};
                m_floors.append({u"%1 scales %2: its floor is raised, spec.replicas is its own."_s.arg(row.autoscaler, name),
                                 patchOf(scaler, {op(u"add"_s, u"/spec/minReplicas"_s, row.replicas)}), row.workload});
            }
            budget(row, workload);
        }
        std::ranges::sort(m_counts, {}, [](const Piece &piece) { return piece.value[u"name"_s].toString(); });
        m_services = servicesOf(m_scene, m_settings, components::versionOf(m_proposal.pipelines)).parts;
    }

    void election(const Row &row, const QJsonObject &workload)
    {
        const Entry *entry = entryOf(workload);
        if (!entry || !entry->election)
            return;
        const Election &how = *entry->election;
        const int index = containerIndex(workload, how.container);
        const QString container = u"/spec/template/spec/containers/%1"_s.arg(index);
        const QJsonObject live = index < 0 ? QJsonObject() : audit::containersOf(audit::podTemplateOf(workload))[index];
        const QJsonObject guard = op(u"test"_s, container + u"/name"_s, how.container);
        QJsonArray operations;
        if (how.by == Election::By::Flag) {
            // A flag that is set to false is replaced where it stands.
            const QString flag = how.value == "true"_L1 ? how.setting : how.setting + u'=' + how.value;
            const QString bare = how.setting.mid(how.setting.startsWith("--"_L1) ? 2 : 1);
            bool replaced = false;
            for (const QString &list : {u"command"_s, u"args"_s}) {
                const QJsonArray words = live[list].toArray();
                for (qsizetype i = 0; i < words.size() && !replaced; ++i) {
                    const QString word = words[i].toString().section(u'=', 0, 0);
                    if (word != u"--"_s + bare && word != u'-' + bare)
                        continue;
                    const QString path = container + u'/' + list + u'/' + QString::number(i);
                    operations = {op(u"test"_s, path, words[i]), op(u"replace"_s, path, flag)};
                    replaced = true;
                }
            }
            if (!replaced)
                operations = {guard, live[u"args"_s].isArray() ? op(u"add"_s, container + u"/args/-"_s, flag) : op(u"add"_s, container + u"/args"_s, QJsonArray{flag})};
        } else if (how.by == Election::By::Env) {
            const QJsonArray variables = live[u"env"_s].toArray();
            qsizetype at = 0;
            while (at < variables.size() && variables[at][u"name"_s].toString() != how.setting)
                ++at;
            QJsonObject variable{{u"name"_s, how.setting}};
            if (how.value.startsWith("fieldRef:"_L1))
                variable.insert(u"valueFrom"_s, QJsonObject{{u"fieldRef"_s, QJsonObject{{u"fieldPath"_s, how.value.mid(9)}}}});
            else
                variable.insert(u"value"_s, how.value);
            if (at < variables.size())
                operations = {op(u"test"_s, container + u"/env/%1/name"_s.arg(at), how.setting), op(u"replace"_s, container + u"/env/%1"_s.arg(at), variable)};
            else
                operations = {guard, live[u"env"_s].isArray() ? op(u"add"_s, container + u"/env/-"_s, variable) : op(u"add"_s, container + u"/env"_s, QJsonArray{variable})};
        } else if (how.by == Election::By::ConfigMap) {
            operations = configured(row, workload, how);
        }
        if (!operations.isEmpty())
            m_elections.append({u"%1: only the pod that holds the Lease works, the others wait."_s.arg(row.workload.name), patchOf(row.workload, operations), row.workload});
        if (!row.needsRights)
            return;
        QJsonArray rules;
        for (const components::RoleRule &rule : how.lacks) {
            rules.append(QJsonObject{{u"apiGroups"_s, QJsonArray::fromStringList(rule.groups)},
                                     {u"resources"_s, QJsonArray::fromStringList(rule.resources)},
                                     {u"verbs"_s, QJsonArray::fromStringList(rule.verbs)}});
        }
        const QString ns = row.leaseNs.isEmpty() ? row.workload.ns : row.leaseNs;
        const QString name = row.workload.name + u"-leader-election"_s;
        m_rights.append({u"%1 elects a leader through Leases, which its service account may not write as shipped."_s.arg(row.workload.name),
                         {{u"apiVersion"_s, u"rbac.authorization.k8s.io/v1"_s}, {u"kind"_s, u"Role"_s}, {u"metadata"_s, metaOf(name, ns)}, {u"rules"_s, rules}},
                         row.workload});
        m_rights.append({{},
                         {{u"apiVersion"_s, u"rbac.authorization.k8s.io/v1"_s},
                          {u"kind"_s, u"RoleBinding"_s},
                          {u"metadata"_s, metaOf(name, ns)},
                          {u"roleRef"_s, QJsonObject{{u"apiGroup"_s, u"rbac.authorization.k8s.io"_s}, {u"kind"_s, u"Role"_s}, {u"name"_s, name}}},
                          {u"subjects"_s, QJsonArray{QJsonObject{{u"kind"_s, u"ServiceAccount"_s}, {u"name"_s, accountOf(workload, *entry)}, {u"namespace"_s, row.workload.ns}}}}},
                         row.workload});
    }

    /// The whole text of the ConfigMap's key with the field set: a merge replaces the key as a whole. Returns the patch of the
    /// workload, whose pods read it when they start.
    QJsonArray configured(const Row &row, const QJsonObject &workload, const Election &how)
    {
        const ObjectName map{u""_s, u"ConfigMap"_s, row.workload.ns, how.configMap};
        const QJsonObject *live = m_scene.find(map);
        manifest::Document text = manifest::Document::read(live ? (*live)[u"data"_s][how.key].toString().toUtf8() : QByteArray());
        manifest::Path path;
        for (const QString &step : how.setting.split(u'.'))
            path.field(step);
        QJsonValue value = how.value;
        if (how.value == "true"_L1 || how.value == "false"_L1)
            value = how.value == "true"_L1;
        if (!live || !text.set(path, value))
            return {};
        Yaml file;
        file.comment(u"The whole text with %1: a ConfigMap's key is replaced, not what is in it."_s.arg(how.setting));
        file.object({{u"apiVersion"_s, u"v1"_s},
                     {u"kind"_s, u"ConfigMap"_s},
                     {u"metadata"_s, metaOf(map.name, map.ns)},
                     {u"data"_s, QJsonObject{{how.key, QString::fromUtf8(text.text())}}}});
        // In a file of its own: kustomize takes the last line break from a patch that is written inside of a kustomization.
        m_configs.append({how.configMap + u".yaml"_s, file.text(), map, row.workload});
        const QString mark = QString::fromLatin1(QCryptographicHash::hash(text.text(), QCryptographicHash::Sha256).toHex().left(16));
        const bool has = audit::podTemplateOf(workload)[u"metadata"_s][u"annotations"_s].isObject();
        // A text that changes rolls the pods out: they read it once.
        return {has ? op(u"add"_s, u"/spec/template/metadata/annotations/cairn.console~1config"_s, mark)
                    : op(u"add"_s, u"/spec/template/metadata/annotations"_s, QJsonObject{{u"cairn.console/config"_s, mark}})};
    }

    /// matchLabelKeys came with Kubernetes 1.27, and no kubelet is newer than its API server (version skew policy).
    bool servesMatchLabelKeys() const
    {
        const QList<const QJsonObject *> nodes = m_scene.all({}, u"Node"_s);
        return std::ranges::any_of(nodes, [](const QJsonObject *node) {
            QString version = (*node)[u"status"_s][u"nodeInfo"_s][u"kubeletVersion"_s].toString();
            if (version.startsWith(u'v'))
                version.remove(0, 1);
            return QVersionNumber::fromString(version) >= QVersionNumber(1, 27);
        });
    }

    QJsonArray constraintsOf(const Row &row, const QJsonObject &labels) const
    {
        // Else pods of the old ReplicaSet count while it is rolled out, and what is left may be on one node.
        const bool ofOneTemplate = row.workload.kind == "Deployment"_L1 && servesMatchLabelKeys();
        QJsonArray constraints;
        for (const auto &[wanted, key] : {std::pair(row.spread.nodes, u"kubernetes.io/hostname"_s), std::pair(row.spread.zones, u"topology.kubernetes.io/zone"_s)}) {
            if (!wanted)
                continue;
            QJsonObject constraint{{u"maxSkew"_s, 1},
                                   {u"topologyKey"_s, key},
                                   {u"whenUnsatisfiable"_s, row.spread.required ? u"DoNotSchedule"_s : u"ScheduleAnyway"_s},
                                   {u"labelSelector"_s, QJsonObject{{u"matchLabels"_s, labels}}}};
            if (ofOneTemplate)
                constraint.insert(u"matchLabelKeys"_s, QJsonArray{u"pod-template-hash"_s});
            constraints.append(constraint);
        }
        return constraints;
    }

    QJsonObject spreadPatch(const Row &row, bool literal) const
    {
        const QJsonObject labels = literal ? workloadOf(row)[u"spec"_s][u"selector"_s][u"matchLabels"_s].toObject() : QJsonObject();
        return patchOf(row.workload, {op(u"add"_s, u"/spec/template/spec/topologySpreadConstraints"_s, constraintsOf(row, labels))});
    }

    QJsonObject replacementOf(const Row &row) const
    {
        QJsonObject source{{u"group"_s, u"apps"_s}, {u"kind"_s, row.workload.kind}, {u"name"_s, row.workload.name}};
        QJsonObject select = source;
        if (!row.workload.ns.isEmpty()) {
            source.insert(u"namespace"_s, row.workload.ns);
            select.insert(u"namespace"_s, row.workload.ns);
        }
        source.insert(u"fieldPath"_s, u"spec.selector.matchLabels"_s);
        QJsonArray paths;
        for (qsizetype i = 0; i < constraintsOf(row, {}).size(); ++i)
            paths.append(u"spec.template.spec.topologySpreadConstraints.%1.labelSelector.matchLabels"_s.arg(i));
        return {{u"source"_s, source}, {u"targets"_s, QJsonArray{QJsonObject{{u"select"_s, select}, {u"fieldPaths"_s, paths}}}}};
    }

    void restart(const Row &row, const QJsonObject &workload)
    {
        const QJsonValue pod = audit::podTemplateOf(workload)[u"spec"_s];
        QJsonArray operations;
        if (pod[u"priorityClassName"_s].toString().isEmpty()) {
            operations.append(op(u"add"_s, u"/spec/template/spec/priorityClassName"_s, kPriorityClass));
            m_needsClass = true;
        }
        QJsonArray tolerations;
        for (const QString &key : {u"node.kubernetes.io/not-ready"_s, u"node.kubernetes.io/unreachable"_s})
            tolerations.append(QJsonObject{{u"key"_s, key}, {u"operator"_s, u"Exists"_s}, {u"effect"_s, u"NoExecute"_s}, {u"tolerationSeconds"_s, kTolerated}});
        if (pod[u"tolerations"_s].isArray()) {
            for (const QJsonValue toleration : tolerations)
                operations.append(op(u"add"_s, u"/spec/template/spec/tolerations/-"_s, toleration));
        } else {
            operations.append(op(u"add"_s, u"/spec/template/spec/tolerations"_s, tolerations));
        }
        m_restarts.append({u"%1 stays at one. %2"_s.arg(row.workload.name, row.reason), patchOf(row.workload, operations), row.workload});
    }

    void budget(const Row &row, const QJsonObject &workload)
    {
        if (row.budget == Row::Budget::Add) {
            const bool own = row.budgetSpec != ownBudget(workload);
            m_budgets.append({own ? u"As somebody changed it in the cluster, as far as that protects."_s : QString(),
                              {{u"apiVersion"_s, u"policy/v1"_s},
                               {u"kind"_s, u"PodDisruptionBudget"_s},
                               {u"metadata"_s, metaOf(row.budgetName, row.workload.ns)},
                               {u"spec"_s, row.budgetSpec}},
                              row.workload});
        } else if (row.budget == Row::Budget::Change) {
            const ObjectName name{u"policy"_s, u"PodDisruptionBudget"_s, row.workload.ns, row.budgetName};
            const QJsonObject *live = m_scene.find(name);
            QJsonArray operations;
            if (live && !(*live)[u"spec"_s][u"minAvailable"_s].isUndefined())
                operations.append(QJsonObject{{u"op"_s, u"remove"_s}, {u"path"_s, u"/spec/minAvailable"_s}});
            operations.append(op(u"add"_s, u"/spec/maxUnavailable"_s, 1));
            operations.append(op(u"add"_s, u"/spec/unhealthyPodEvictionPolicy"_s, u"AlwaysAllow"_s));
            m_budgetPatches.append({u"As it was it protected nothing, or blocked every drain."_s, patchOf(name, operations), row.workload});
        }
    }

    // Files

    /// What leads components to stores outside, and brokers: components over any base, so with none as well.
    void services()
    {
        for (const ServicePart &part : std::as_const(m_services)) {
            const QString folder = u"components/"_s + part.folder;
            QString about = part.about;
            if (part.switches)
                about += u" Move the data and write the Secret first."_s;
            if (!part.restarts.isEmpty())
                about += u" Then restart %1: they read it when they start."_s.arg(part.restarts.join(u", "_s));
            Yaml yaml = kustomization(u"Component"_s, text::safe(about));
            if (!part.objects.isEmpty()) {
                yaml.key(u"resources"_s).item(u"new.yaml"_s);
                write(folder + u"/new.yaml"_s, objects(part.objects));
            }
            patches(yaml, part.patches);
            write(folder + u"/kustomization.yaml"_s, yaml.text());
            for (auto it = part.files.begin(); it != part.files.end(); ++it)
                write(folder + u'/' + it.key(), it.value());
            if (!part.example.isEmpty())
                write(folder + u"/external-secret.example.yaml"_s, part.example);
        }
    }

    QStringList serviceFolders() const
    {
        QStringList folders;
        for (const ServicePart &part : m_services)
            folders.append(part.folder);
        return folders;
    }

    void withBase()
    {
        Yaml base = kustomization(u"Kustomization"_s, u"What the overlay is put over. Upgrades change this line alone; then look whether every patch still lands."_s);
        base.key(u"resources"_s).item(m_settings.base.kind == Base::Kind::Folder ? u"../"_s + m_settings.base.where : m_settings.base.where);
        write(u"base/kustomization.yaml"_s, base.text());

        if (!m_elections.isEmpty() || !m_rights.isEmpty()) {
            Yaml yaml = kustomization(u"Component"_s, u"Leader election for controllers that ship with it off. Roll this out at one replica and see each Lease before scaling (README.md)."_s);
            if (!m_rights.isEmpty()) {
                yaml.key(u"resources"_s).item(u"rbac.yaml"_s);
                write(u"components/leader-election/rbac.yaml"_s, objects(m_rights));
            }
            QList<Piece> all;
            for (const Config &config : std::as_const(m_configs)) {
                all.append({{}, {{u"path"_s, config.file}}, config.on});
                write(u"components/leader-election/"_s + config.file, config.text);
            }
            patches(yaml, all + m_elections);
            write(u"components/leader-election/kustomization.yaml"_s, yaml.text());
            m_components.append(u"leader-election"_s);
        }
        if (!m_restarts.isEmpty()) {
            Yaml yaml = kustomization(u"Component"_s, u"What must stay at one comes back soon: it leaves a node that is lost after %1 s instead of 300 s, and is scheduled before others."_s.arg(kTolerated));
            if (m_needsClass) {
                yaml.key(u"resources"_s).item(u"priorityclass.yaml"_s);
                write(u"components/restart-fast/priorityclass.yaml"_s, manifest::toYaml(priorityClass()).toUtf8());
            }
            patches(yaml, m_restarts);
            write(u"components/restart-fast/kustomization.yaml"_s, yaml.text());
            m_components.append(u"restart-fast"_s);
        }
        if (!m_spread.isEmpty()) {
            Yaml yaml = kustomization(u"Component"_s, u"Replicas apart from each other. The selectors are copied from each workload, as labels differ between releases."_s);
            yaml.key(u"patches"_s);
            for (const Row &row : std::as_const(m_spread))
                yaml.item(spreadPatch(row, false));
            yaml.key(u"replacements"_s);
            for (const Row &row : std::as_const(m_spread))
                yaml.item(replacementOf(row));
            write(u"components/spread/kustomization.yaml"_s, yaml.text());
            m_components.append(u"spread"_s);
        }
        if (!m_counts.isEmpty() || !m_countPatches.isEmpty() || !m_budgets.isEmpty() || !m_budgetPatches.isEmpty()) {
            Yaml yaml = kustomization(u"Component"_s, u"How many replicas run, and the PDBs that keep all but one of them during drains. What an autoscaler scales is in ../hpa-min."_s);
            if (!m_budgets.isEmpty()) {
                yaml.key(u"resources"_s).item(u"pdb.yaml"_s);
                write(u"components/replicas/pdb.yaml"_s, objects(m_budgets));
            }
            if (!m_counts.isEmpty()) {
                yaml.key(u"replicas"_s);
                for (const Piece &piece : std::as_const(m_counts)) {
                    if (!piece.comment.isEmpty())
                        yaml.comment(piece.comment, 2);
                    yaml.item(piece.value);
                }
            }
            QList<Piece> others = m_budgetPatches;
            for (const Piece &piece : std::as_const(m_countPatches)) {
                // "replicas" goes by the name alone, in every namespace: another workload has this name too.
                if (std::ranges::none_of(m_counts, [&](const Piece &count) { return count.on == piece.on; }))
                    others.append(piece);
            }
            patches(yaml, others);
            write(u"components/replicas/kustomization.yaml"_s, yaml.text());
            m_components.append(u"replicas"_s);
        }
        if (!m_floors.isEmpty()) {
            Yaml yaml = kustomization(u"Component"_s, u"Floors of autoscalers."_s);
            patches(yaml, m_floors);
            write(u"components/hpa-min/kustomization.yaml"_s, yaml.text());
            m_components.append(u"hpa-min"_s);
        }
        overlay(u"staging"_s, m_components, u"Everything but the services outside of the cluster."_s);
        overlay(u"prod"_s, m_components + serviceFolders(), u"Everything."_s);
        if (m_components.contains(u"leader-election"_s))
            overlay(u"leaders-first"_s, {u"leader-election"_s}, u"The first step: flags and Roles alone, so that leaders are seen before anything is scaled."_s);
    }

    void overlay(const QString &name, const QStringList &components, const QString &about)
    {
        Yaml yaml = kustomization(u"Kustomization"_s, about);
        yaml.key(u"resources"_s).item(u"../../base"_s);
        if (!components.isEmpty())
            yaml.key(u"components"_s);
        for (const QString &component : components)
            yaml.item(u"../../components/"_s + component);
        write(u"overlays/%1/kustomization.yaml"_s.arg(name), yaml.text());
    }

    static void patches(Yaml &yaml, const QList<Piece> &pieces)
    {
        if (pieces.isEmpty())
            return;
        yaml.key(u"patches"_s);
        for (const Piece &piece : pieces) {
            if (!piece.comment.isEmpty())
                yaml.comment(text::safe(piece.comment), 2);
            yaml.item(piece.value);
        }
    }

    static QByteArray objects(const QList<Piece> &pieces)
    {
        QByteArray text;
        for (const Piece &piece : pieces) {
            if (!text.isEmpty())
                text += "---\n";
            Yaml yaml;
            if (!piece.comment.isEmpty())
                yaml.comment(text::safe(piece.comment));
            text += yaml.text() + manifest::toYaml(piece.value).toUtf8();
        }
        return text;
    }

    static QJsonObject priorityClass()
    {
        return {{u"apiVersion"_s, u"scheduling.k8s.io/v1"_s},
                {u"kind"_s, u"PriorityClass"_s},
                {u"metadata"_s, QJsonObject{{u"name"_s, kPriorityClass}}},
                {u"value"_s, 1000000},
                {u"description"_s, u"Kubeflow controllers that run as one replica and must come back soon."_s}};
    }

    /// The same without a base: patches that match nothing do no harm, so that the set can be put over any part of Kubeflow.
    /// Of `rows` alone; nullptr: of all.
    QList<Piece> patchesOf(const QSet<QString> *workloads, const QString &folder)
    {
        QList<Piece> all;
        for (const Config &config : std::as_const(m_configs)) {
            all.append({{}, {{u"path"_s, config.file}, {u"target"_s, targetOf(config.map)}}, config.on});
            if (!workloads || workloads->contains(keyOf(config.on)))
                write(folder + u'/' + config.file, config.text);
        }
        all += m_elections + m_restarts;
        for (const Row &row : std::as_const(m_spread))
            all.append({{}, spreadPatch(row, true), row.workload});
        all += m_countPatches + m_floors + m_budgetPatches;
        if (workloads)
            all.removeIf([&](const Piece &piece) { return !workloads->contains(keyOf(piece.on)); });
        return all;
    }
    QList<Piece> objectsOf(const QSet<QString> *workloads) const
    {
        QList<Piece> all = m_rights + m_budgets;
        if (workloads)
            all.removeIf([&](const Piece &piece) { return !workloads->contains(keyOf(piece.on)); });
        const bool restarts = std::ranges::any_of(m_restarts, [&](const Piece &piece) { return !workloads || workloads->contains(keyOf(piece.on)); });
        if (m_needsClass && restarts)
            all.prepend({{}, priorityClass(), {}});
        return all;
    }
    static QString keyOf(const ObjectName &name) { return name.kind + u'/' + name.ns + u'/' + name.name; }

    void plain()
    {
        Yaml yaml = kustomization(u"Component"_s, u"The same set as patches alone, with the selectors written out: for a base of your own, and for what renders Kubeflow in parts. "
                                                  "A patch here that matches nothing is passed over in silence: cairnctl overlay diff tells."_s);
        const QList<Piece> made = objectsOf(nullptr);
        if (!made.isEmpty()) {
            yaml.key(u"resources"_s).item(u"new.yaml"_s);
            write(u"patches/new.yaml"_s, objects(made));
        }
        const QStringList outside = serviceFolders();
        if (!outside.isEmpty())
            yaml.key(u"components"_s)
                .comment(
                    u"Stores and brokers outside of the cluster: take these out for a base that keeps its own."_s, 2);
        for (const QString &folder : outside)
            yaml.item(u"../components/"_s + folder);
        const QList<Piece> set = patchesOf(nullptr, u"patches"_s);
        if (made.isEmpty() && outside.isEmpty() && set.isEmpty())
            yaml.value(u"patches"_s, QJsonArray()); // kustomize refuses a file that sets nothing at all
        patches(yaml, set);
        write(u"patches/kustomization.yaml"_s, yaml.text());
    }

    void helm()
    {
        QMap<QString, QSet<QString>> releases;
        for (const Row &row : m_proposal.rows) {
            const QString release = workloadOf(row)[u"metadata"_s][u"annotations"_s][u"meta.helm.sh/release-name"_s].toString();
            static const QRegularExpression plainName(u"\\A[a-z0-9]([-a-z0-9.]{0,51}[a-z0-9])?\\z"_s);
            const bool serves = std::ranges::any_of(m_services, [&](const ServicePart &part) {
                return std::ranges::any_of(part.patches, [&](const Piece &piece) { return piece.on == row.workload; });
            });
            if ((row.changes() || serves) && plainName.match(release).hasMatch())
                releases[release].insert(keyOf(row.workload));
        }
        if (releases.isEmpty())
            releases.insert(u"all"_s, {});
        for (auto it = releases.begin(); it != releases.end(); ++it) {
            const QSet<QString> *only = it->isEmpty() ? nullptr : &it.value();
            const QString folder = u"helm/"_s + it.key();
            Yaml yaml = kustomization(u"Kustomization"_s, only ? u"For helm/post-render.sh: what belongs to the release %1."_s.arg(it.key())
                                                              : u"For helm/post-render.sh: everything, for one chart that holds all of Kubeflow."_s);
            yaml.key(u"resources"_s).comment(u"What Helm rendered; the script puts it here."_s, 2).item(u"rendered.yaml"_s);
            QList<Piece> made = objectsOf(only);
            for (const ServicePart &part : std::as_const(m_services)) {
                for (const Piece &piece : part.objects) {
                    if (!only || only->contains(keyOf(piece.on)))
                        made.append(piece);
                }
            }
            if (!made.isEmpty()) {
                yaml.item(u"new.yaml"_s);
                write(folder + u"/new.yaml"_s, objects(made));
            }
            QList<Piece> all = patchesOf(only, folder);
            for (const ServicePart &part : std::as_const(m_services)) {
                for (const Piece &piece : part.patches) {
                    if (only && !only->contains(keyOf(piece.on)))
                        continue;
                    all.append(piece);
                    // Its file is carried along: the script copies this folder alone.
                    if (const QString file = piece.value[u"path"_s].toString(); !file.isEmpty())
                        write(folder + u'/' + file, part.files.value(file));
                }
            }
            patches(yaml, all);
            write(folder + u"/kustomization.yaml"_s, yaml.text());
        }
        write(u"helm/post-render.sh"_s,
              "#!/bin/sh\n"
              "# Helm renders, this patches: helm upgrade RELEASE CHART --post-renderer helm/post-render.sh --post-renderer-args RELEASE\n"
              "# RELEASE is a folder beside this file.\n"
              "set -eu\n"
              "here=$(cd \"$(dirname \"$0\")\" && pwd)\n"
              "work=$(mktemp -d)\n"
              "trap 'rm -rf \"$work\"' EXIT\n"
              "cp \"$here/${1:?name the release}\"/*.yaml \"$work\"\n"
              "cat > \"$work/rendered.yaml\"\n"
              "if command -v kustomize > /dev/null 2>&1; then\n"
              "    kustomize build \"$work\"\n"
              "else\n"
              "    kubectl kustomize \"$work\"\n"
              "fi\n");
        m_tree.programs.insert(u"helm/post-render.sh"_s);
        m_releases = releases.keys();
    }

    QByteArray readme(bool hasBase) const
    {
        QString text;
        const auto line = [&](const QString &one) { text += one + u'\n'; };
        const auto cell = [](const QString &raw) { return text::safe(raw).replace(u'|', u"\\|"_s); };
        line(u"# High availability for Kubeflow\n"_s);
        line(u"Generated from `cairn-overlay.yaml`; edit what you like: edited files are merged, never overwritten, when it is generated again.\n"_s);
        // Names come from a cluster, or from files that anybody wrote, and commands are copied into a shell.
        const auto word = [](const QString &raw) {
            static const QRegularExpression harmless(u"\\A[A-Za-z0-9][-A-Za-z0-9._/]*\\z"_s);
            return harmless.match(raw).hasMatch() ? raw : u'\'' + QString(raw).replace(u'\'', u"'\\''"_s) + u'\'';
        };
        QStringList leaders, logs, schema, waits;
        QMap<QString, QStringList> budgets, roles; ///< names by namespace
        QString stays, scaled;
        for (const Row &row : m_proposal.rows) {
            if (!row.changes())
                continue;
            const QString status = u"kubectl rollout status -n %1 %2"_s.arg(word(row.workload.ns), word(row.workload.kind.toLower() + u'/' + row.workload.name));
            waits.append(status);
            if (row.atOneFirst && row.scales())
                schema.append(status);
            if (row.budget == Row::Budget::Add)
                budgets[word(row.workload.ns)].append(word(row.budgetName));
            if (row.election == Turn::TurnOn && row.needsRights)
                roles[word(row.leaseNs.isEmpty() ? row.workload.ns : row.leaseNs)].append(word(row.workload.name + u"-leader-election"_s));
            if (row.election == Turn::TurnOn && !row.leaseName.isEmpty())
                leaders.append(u"kubectl get lease -n %1 %2 -o jsonpath='{.spec.holderIdentity} {.spec.renewTime}{\"\\n\"}'"_s.arg(word(row.leaseNs), word(row.leaseName)));
            else if (row.election == Turn::TurnOn)
                logs.append(cell(row.workload.name));
            const QString name = u"%1 %2/%3"_s.arg(row.workload.kind, row.workload.ns, row.workload.name);
            if (row.locked)
                stays += u"| %1 | %2 |\n"_s.arg(cell(name), cell(row.reason));
            else
                scaled += u"| %1 | %2 → %3%4 | %5 |\n"_s.arg(cell(name)).arg(row.replicasNow).arg(row.replicas)
                              .arg(row.autoscaler.isEmpty() ? QString() : u" (floor of its autoscaler)"_s)
                              .arg(row.election == Turn::TurnOn ? u"its leader election is turned on"_s : row.atOneFirst ? u"it is ready at one replica: it migrates a schema"_s : u"–"_s);
        }
        int step = 1;
        const auto numbered = [&](const QString &one) { line(u"%1. %2"_s.arg(step++).arg(one)); };
        const auto shell = [&](const QStringList &commands) {
            if (commands.isEmpty())
                return;
            line(u"\n   ```sh"_s);
            for (const QString &command : commands)
                line(u"   "_s + text::safe(command));
            line(u"   ```\n"_s);
        };
        const auto deletion = [](const QString &kind, const QMap<QString, QStringList> &names) {
            QStringList commands;
            for (auto it = names.begin(); it != names.end(); ++it)
                commands.append(u"kubectl delete -n %1 %2 %3"_s.arg(it.key(), kind, it->join(u' ')));
            return commands;
        };
        const QString apply = u"kustomize build %1 | kubectl apply --server-side --force-conflicts -f -"_s;
        const bool databases = !m_services.isEmpty();
        line(u"## Rolling out\n"_s);
        line(u"Cairn does it in the safe order, waits after each step and keeps a way back:\n"_s);
        line(u"```sh\ncairnctl overlay diff --out .          # what changes on this cluster, and whether every patch lands\n"
             "cairnctl overlay apply --out .         # the steps\ncairnctl overlay apply --out . --yes   # does them\n```\n"_s);
        line(hasBase ? u"By hand, from this folder (`kubectl kustomize` does for `kustomize build`; `--force-conflicts` takes over the fields that another `kubectl apply` set when "
                       "Kubeflow was installed):\n"_s
                     : u"By hand, the same as kubectl commands:\n\n```sh\ncairnctl overlay apply --out . -o json | jq -r '.commands[]'\n```\n"_s);
        if (hasBase) {
            if (m_components.contains(u"leader-election"_s)) {
                numbered(u"Flags and Roles, at the replicas there are:"_s);
                shell({apply.arg(u"overlays/leaders-first"_s)});
                numbered(u"See each leader, twice: there is a holder, and the time moves on. Do not go on before.%1"_s.arg(
                    logs.isEmpty() ? QString() : u" No Lease tells of %1: look for the election in the log."_s.arg(logs.join(u", "_s))));
                shell(leaders);
            }
            if (!schema.isEmpty()) {
                numbered(u"What migrates a database schema when it starts is ready at one replica before it is scaled:"_s);
                shell(schema);
            }
            numbered(databases ? u"Replicas, rules to keep them apart, floors and PDBs; databases, stores and brokers stay where they are:"_s : u"Replicas, rules to keep them apart, floors and PDBs:"_s);
            shell({apply.arg(databases ? u"overlays/staging"_s : u"overlays/prod"_s)});
            numbered(u"Wait until all of it is ready:"_s);
            shell(waits);
            if (databases) {
                numbered(u"Services outside of the cluster last: move the data and write the Secret first, then switch, and restart what reads it (below):"_s);
                shell({apply.arg(u"overlays/prod"_s)});
            }
            numbered(u"Prove it: what users create is accepted. Take a Notebook, an Experiment, a pipeline run or a TrainJob of yours:"_s);
            shell({u"kubectl create --dry-run=server -f YOURS.yaml"_s});
        } else if (databases) {
            line(u"Services outside of the cluster are switched last: move the data and write the Secret first, then restart what reads it (below).\n"_s);
        }
        line(u"## Going back\n"_s);
        line(u"What `cairnctl overlay apply` did, `cairnctl overlay rollback` takes back, also much later (`cairnctl overlay finish` ends that). By hand it is the reverse: "
             "two replicas without leader election do everything twice, so the flags go last.\n"_s);
        step = 1;
        if (!budgets.isEmpty()) {
            numbered(u"The PDBs:"_s);
            shell(deletion(u"pdb"_s, budgets));
        }
        if (hasBase) {
            const bool flags = m_components.contains(u"leader-election"_s);
            numbered(flags ? u"Replicas to what the base says, with the flags still there. **Wait until the surplus pods are gone.**"_s
                           : u"Replicas and all else to what the base says:"_s);
            shell(QStringList{apply.arg(flags ? u"overlays/leaders-first"_s : u"base"_s)} + waits);
            if (flags) {
                numbered(u"Only then the flags, and the Roles:"_s);
                shell(QStringList{apply.arg(u"base"_s)} + deletion(u"role,rolebinding"_s, roles));
            }
        } else {
            numbered(u"Replicas and floors to what the table below says. **Wait until the surplus pods are gone.**"_s);
            numbered(u"Only then flags and Roles."_s);
            line(QString());
        }
        if (!m_services.isEmpty())
            line(u"## Services outside of the cluster\n\n`staging` leaves them as they are; `prod` leads components to them. No password is in these files: each folder has an "
                 "example for an external secret store. `cairnctl overlay test .` looks whether each can be used, `cairnctl overlay move-database` writes how to move the "
                 "data there and back, with the commands of this cluster.\n"_s);
        for (const ServicePart &part : m_services) {
            line(u"### `components/%1`\n\n%2\n"_s.arg(part.folder, part.about));
            for (const QString &limit : part.limits)
                line(u"- "_s + limit);
            if (!part.restarts.isEmpty()) {
                line(u"- Restart what reads it when it starts:\n"_s);
                for (const QString &name : part.restarts)
                    line(u"  `kubectl rollout restart -n %1 deployment/%2`"_s.arg(name.section(u'/', 0, 0), name.section(u'/', 1)));
            }
            line(QString());
        }
        if (!scaled.isEmpty()) {
            line(u"## What is scaled\n\n| Workload | Replicas | What comes first |\n|---|---|---|"_s);
            line(scaled);
        }
        if (!stays.isEmpty()) {
            line(u"## What stays at one\n\n| Workload | Why |\n|---|---|"_s);
            line(stays);
        }
        line(u"## Other forms of the same set\n"_s);
        line(u"- `patches/` is a Component without a base: `components: [PATH/patches]` in a kustomization of yours."_s);
        line(u"- `helm/post-render.sh` is a Helm post-renderer: `helm upgrade RELEASE CHART --post-renderer helm/post-render.sh --post-renderer-args RELEASE` (here: %1), with Helm 3; Helm 4 takes post-renderers as plugins."_s
                 .arg(m_releases.join(u", "_s)));
        line(u"- No `namePrefix`, `namespace` or `labels` with selectors over this base: names of Services are written out in certificates, VirtualServices and ConfigMaps, and selectors are immutable."_s);
        return text.toUtf8();
    }

    struct Config {
        QString file;
        QByteArray text;
        ObjectName map, on;
    };

    const audit::Scene &m_scene;
    const Settings &m_settings;
    const Proposal &m_proposal;
    Tree m_tree;
    QStringList m_components, m_releases;
    QList<Piece> m_elections, m_rights, m_restarts, m_counts, m_countPatches, m_floors, m_budgets, m_budgetPatches;
    QList<Row> m_spread;
    QList<Config> m_configs;
    QList<ServicePart> m_services;
    bool m_needsClass = false;
};

constexpr auto kMark = "Made by Cairn; hand edits are kept and merged. sha256:";

QByteArray hashOf(QByteArrayView text)
{
    return QCryptographicHash::hash(text.toByteArray(), QCryptographicHash::Sha256).toHex();
}

/// Where the header's line begins and ends (behind its break); nothing where there is none.
std::optional<std::pair<qsizetype, qsizetype>> headerLine(const QByteArray &text)
{
    const qsizetype from = text.startsWith("#!") ? text.indexOf('\n') + 1 : 0;
    qsizetype to = text.indexOf('\n', from);
    to = to < 0 ? text.size() : to + 1;
    const QByteArray line = text.mid(from, to - from);
    if ((!line.startsWith("# ") && !line.startsWith("<!-- ")) || !line.contains(kMark))
        return std::nullopt;
    return std::pair(from, to);
}

} // namespace

Tree generate(const audit::Scene &scene, const Settings &settings, const Proposal &proposal)
{
    return Generator(scene, settings, proposal).run();
}

Tree generate(const audit::Scene &scene, const Settings &settings)
{
    return generate(scene, settings, propose(scene, settings));
}

QByteArray withHeader(const QString &path, const QByteArray &text)
{
    const qsizetype from = text.startsWith("#!") ? text.indexOf('\n') + 1 : 0;
    const QByteArray mark = kMark + hashOf(text);
    const QByteArray line = path.endsWith(".md"_L1) ? "<!-- " + mark + " -->\n" : "# " + mark + '\n';
    return text.left(from) + line + text.mid(from);
}

QByteArray headerHash(const QByteArray &text)
{
    const auto line = headerLine(text);
    if (!line)
        return {};
    const qsizetype at = text.indexOf(kMark, line->first) + qsizetype(qstrlen(kMark));
    const QByteArray hash = text.mid(at, 64);
    const bool hex = hash.size() == 64 && std::ranges::all_of(hash, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
    return hex ? hash : QByteArray();
}

bool isUntouched(const QByteArray &text)
{
    const auto line = headerLine(text);
    const QByteArray hash = headerHash(text);
    return line && !hash.isEmpty() && hashOf(text.left(line->first) + text.mid(line->second)) == hash;
}

} // namespace cairn::overlay
