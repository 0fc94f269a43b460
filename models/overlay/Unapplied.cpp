// SPDX-License-Identifier: GPL-3.0-or-later
#include "overlay/Unapplied.h"

#include "audit/Facts.h"
#include "change/Executor.h"
#include "manifest/Document.h"
#include "overlay/Edits.h"
#include "overlay/Facts.h"
#include "overlay/Kustomization.h"
#include "overlay/ServiceParts.h"

#include <QRegularExpression>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::overlay {
namespace {

using audit::ObjectName;
using components::Election;
using manifest::Document;

/// patches/ holds the whole set, whatever the base is, with everything written out; services outside are components
/// beside it.
const auto kWhole = u"patches"_s;

class Unapplier {
public:
    Unapplier(const audit::Scene &live, Files files)
        : m_files(std::move(files))
        , m_result{live, {}, {}}
    {
        // How many replicas there were stands in README.md alone.
        static const QRegularExpression line(u"^\\| (\\S+) ([^/ ]*)/(\\S+) \\| (\\d{1,4}) → \\d+"_s);
        for (const QString &one : QString::fromUtf8(m_files.value(u"README.md"_s)).split(u'\n')) {
            if (const QRegularExpressionMatch match = line.match(one); match.hasMatch())
                m_before.insert(
                    {u"apps"_s, match.captured(1), match.captured(2), match.captured(3)}, match.captured(4).toInt());
        }
    }

    Unapplied run()
    {
        kustomization(kWhole);
        return m_result;
    }

private:
    void kustomization(const QString &folder)
    {
        const QString file = kustomizationIn(m_files, folder);
        if (file.isEmpty() || m_seen.contains(folder))
            return;
        m_seen.insert(folder);
        const QJsonValue root = Document::read(m_files.value(file)).json();
        for (const QJsonValue path : root[u"resources"_s].toArray()) {
            const std::optional<QString> inside = resolved(folder, path.toString());
            const Document document = Document::read(inside ? m_files.value(*inside) : QByteArray());
            for (int i = 0; i < document.count(); ++i)
                made(document.json(i).toObject());
        }
        for (const QJsonValue path : root[u"components"_s].toArray()) {
            if (const std::optional<QString> inside = resolved(folder, path.toString()))
                kustomization(*inside);
        }
        const QJsonArray patches = root[u"patches"_s].toArray();
        for (qsizetype i = patches.size() - 1; i >= 0; --i) {
            const QJsonValue target = patches[i][u"target"_s];
            // Generated targets are names, with their dots escaped.
            const ObjectName name{target[u"group"_s].toString(), target[u"kind"_s].toString(),
                target[u"namespace"_s].toString(), target[u"name"_s].toString().remove(u'\\')};
            const std::optional<QString> path = resolved(folder, patches[i][u"path"_s].toString());
            const QByteArray text = patches[i][u"path"_s].isString() ? m_files.value(path.value_or(QString()))
                                                                     : patches[i][u"patch"_s].toString().toUtf8();
            const QJsonValue body = Document::read(text).json();
            const QJsonObject *there = m_result.scene.find(name);
            if (!there)
                continue;
            const QJsonObject before = body.isArray() ? withoutCount(name, *there, body.toArray())
                : name.kind == "ConfigMap"_L1         ? withoutElection(name, *there, body)
                                                      : withoutSources(*there, body, movedFrom(folder));
            if (before != *there)
                m_result.scene.add(before, m_result.scene.placeOf(name));
        }
    }

    /// An object of the folder's own goes while it is as it was made. A PDB of the same pods is the folder's also with
    /// other numbers: or the base, which has none, would be left without.
    void made(const QJsonObject &object)
    {
        const ObjectName name = audit::nameOf(object);
        const QJsonObject *there = m_result.scene.find(name);
        if (!there)
            return;
        const QJsonObject spec = there->value(u"spec"_s).toObject();
        const bool isBudget = name.kind == "PodDisruptionBudget"_L1 && spec.value(u"selector"_s) == object[u"spec"_s][u"selector"_s];
        if (!isBudget && !change::contains(*there, object))
            return;
        if (isBudget)
            m_result.budgets.insert(name, spec);
        m_result.scene.remove(name);
    }

    /// Replicas and floors become what they were, whatever they are now: of a base that nobody sees here they still
    /// are.
    QJsonObject withoutCount(const ObjectName &name, QJsonObject object, const QJsonArray &operations)
    {
        QJsonArray others;
        for (const QJsonValue operation : operations) {
            const QString path = operation[u"path"_s].toString();
            const bool floor = path == "/spec/minReplicas"_L1;
            if (!floor && path != "/spec/replicas"_L1) {
                others.append(operation);
                continue;
            }
            const QString field = path.section(u'/', -1);
            QJsonObject spec = object.value(u"spec"_s).toObject();
            const ObjectName workload = floor ? audit::targetOf(object) : name;
            const int wrote = operation[u"value"_s].toInt(1);
            const int now = spec.value(field).toInt(1);
            // One is written where there were more than may be.
            const int before = wrote == 1 ? std::max(2, now) : m_before.value(workload, 1);
            if (wrote > 1 && now > wrote)
                m_result.raised.insert(workload, now);
            spec.insert(field, before);
            object.insert(u"spec"_s, spec);
        }
        return withoutPatch(object, others);
    }

    /// The key of a ConfigMap that turns leader election on; the rest of the text is whoever's.
    QJsonObject withoutElection(const ObjectName &name, QJsonObject object, const QJsonValue &patch) const
    {
        for (const QJsonObject *workload : m_result.scene.workloads()) {
            const components::Entry *entry = entryOf(*workload);
            const std::optional<Election> how = entry ? entry->election : std::nullopt;
            if (!how || how->by != Election::By::ConfigMap || how->configMap != name.name
                || audit::nameOf(*workload).ns != name.ns || how->value != "true"_L1)
                continue;
            manifest::Path path;
            QJsonValue wrote = Document::read(patch[u"data"_s][how->key].toString().toUtf8()).json();
            for (const QString &step : how->setting.split(u'.')) {
                path.field(step);
                wrote = wrote[step];
            }
            QJsonObject data = object.value(u"data"_s).toObject();
            Document text = Document::read(data.value(how->key).toString().toUtf8());
            if (wrote != QJsonValue(true) || text.at(path).json() != QJsonValue(true) || !text.set(path, false))
                continue;
            data.insert(how->key, QString::fromUtf8(text.text()));
            object.insert(u"data"_s, data);
        }
        return object;
    }

    /// Of services outside: what a merge sets it sets whatever is there, but what it takes away it takes away only
    /// where it is, and variables are moved to another Secret only out of the one they ship with.
    static QJsonObject withoutSources(QJsonObject object, const QJsonValue &patch, const QString &secret)
    {
        QJsonObject spec = object.value(u"spec"_s).toObject();
        QJsonObject podTemplate = spec.value(u"template"_s).toObject();
        QJsonObject pod = podTemplate.value(u"spec"_s).toObject();
        QJsonArray containers = pod.value(u"containers"_s).toArray();
        const auto named = [](const QJsonArray &list, const QJsonValue &name) {
            return std::ranges::find_if(list, [&](const QJsonValue &item) { return item[u"name"_s] == name; })
                - list.begin();
        };
        for (const QJsonValue part : patch[u"spec"_s][u"template"_s][u"spec"_s][u"containers"_s].toArray()) {
            const qsizetype at = named(containers, part[u"name"_s]);
            if (at >= containers.size())
                continue;
            QJsonObject container = containers[at].toObject();
            QJsonArray env = container.value(u"env"_s).toArray();
            for (const QJsonValue wrote : part[u"env"_s].toArray()) {
                const qsizetype where = named(env, wrote[u"name"_s]);
                if (where >= env.size())
                    continue;
                QJsonObject variable = env[where].toObject();
                QJsonObject from = variable.value(u"valueFrom"_s).toObject();
                const QJsonObject source = wrote[u"valueFrom"_s].toObject();
                for (auto it = source.begin(); it != source.end(); ++it) {
                    if (it->isNull() && !from.contains(it.key()))
                        from.insert(it.key(), QJsonObject());
                }
                const QJsonValue ref = source.value(u"secretKeyRef"_s);
                if (QJsonObject now = from.value(u"secretKeyRef"_s).toObject();
                    !secret.isEmpty() && now.value(u"name"_s) == ref[u"name"_s] && !now.isEmpty()) {
                    now.insert(u"name"_s, secret);
                    from.insert(u"secretKeyRef"_s, now);
                }
                if (!from.isEmpty() || wrote[u"valueFrom"_s].isNull())
                    variable.insert(u"valueFrom"_s, from);
                if (wrote[u"value"_s].isNull() && !variable.contains(u"value"_s))
                    variable.insert(u"value"_s, QString());
                env[where] = variable;
            }
            if (!env.isEmpty())
                container.insert(u"env"_s, env);
            containers[at] = container;
        }
        if (containers.isEmpty())
            return object;
        pod.insert(u"containers"_s, containers);
        podTemplate.insert(u"spec"_s, pod);
        spec.insert(u"template"_s, podTemplate);
        object.insert(u"spec"_s, spec);
        return object;
    }

    const Files m_files;
    QMap<ObjectName, int> m_before; ///< replicas of workloads, or floors of their autoscalers
    QSet<QString> m_seen;
    Unapplied m_result;
};

} // namespace

Unapplied unapplied(const audit::Scene &live, const Folder &folder)
{
    Files files = folder.generated;
    for (auto it = folder.files.begin(); it != folder.files.end(); ++it) {
        if (!files.contains(it.key()) && isUntouched(*it))
            files.insert(it.key(), *it);
    }
    return Unapplier(live, files).run();
}

} // namespace cairn::overlay
