// SPDX-License-Identifier: GPL-3.0-or-later
#include "HaFlows.h"

#include "audit/Export.h"
#include "base/Text.h"
#include "engine/AuditFlows.h"
#include "engine/BulkFlows.h"
#include "manifest/Prune.h"
#include "manifest/Yaml.h"

#include <QCoreApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

constexpr qint64 mostBytes = 1024 * 1024; ///< of a file that people write by hand

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::app::HaFlows)
};

Result<QByteArray> bytesOf(const QString &path)
{
    // A pipe would wait for ever, and a device has no end.
    if (std::optional<Error> refused = refusedFile(path))
        return fail(*std::move(refused));
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fail(Error::make(Error::Kind::Io, Words::tr("%1 cannot be read").arg(text::safe(path)), file.errorString()));
    const QByteArray bytes = file.read(mostBytes + 1);
    if (bytes.size() > mostBytes)
        return fail(Error::make(Error::Kind::Io, Words::tr("%1 is too large").arg(text::safe(path)),
                                Words::tr("A file of accepted findings has at most %1.").arg(text::bytes(mostBytes)), Words::tr("Choose another file.")));
    return bytes;
}

} // namespace

Result<std::shared_ptr<const Audited>> auditCluster(ObjectApi &api, const QString &fallback, std::stop_token stop)
{
    QElapsedTimer timer;
    timer.start();
    Result<audit::Scene> scene = readScene(api, {.fallback = fallback}, stop);
    if (!scene)
        return fail(scene.error());
    if (stop.stop_requested())
        return fail(Error::cancelled());
    audit::Report report = audit::audit(*scene, stop);
    if (stop.stop_requested())
        return fail(Error::cancelled());
    const std::chrono::milliseconds took(timer.elapsed());
    overlay::Proposal proposal = overlay::propose(*scene, overlay::defaultsFor(*scene));
    return std::make_shared<const Audited>(Audited{std::move(*scene), std::move(report), took, std::move(proposal)});
}

OverlayAdvice adviceFor(const overlay::Proposal &proposal, const QList<audit::Finding> &findings)
{
    QList<audit::ObjectName> workloads;
    for (const audit::Finding &finding : findings) {
        if (proposal.find(finding.object)) {
            workloads.append(finding.object);
            continue;
        }
        // About a Service, a webhook, a pod: its component is what is changed.
        for (const overlay::Row &row : proposal.rows) {
            if (!row.id.isEmpty() && row.id == finding.component)
                workloads.append(row.workload);
        }
    }
    return adviceFor(proposal, workloads);
}

OverlayAdvice adviceFor(const overlay::Proposal &proposal, const QList<audit::ObjectName> &workloads)
{
    OverlayAdvice advice;
    QList<const overlay::Row *> rows;
    QStringList refused;
    for (const audit::ObjectName &workload : workloads) {
        const overlay::Row *row = proposal.find(workload);
        if (!row || rows.contains(row))
            continue;
        rows.append(row);
        const QString name = text::safe(row->workload.name);
        if (!row->owner.isEmpty() && !row->ownerTakesReplicas)
            refused.append(Words::tr("%1 is kept by %2, which would put it back: change it there.", "workload, owner").arg(name, row->owner));
        else if (row->changes())
            advice.workloads.append(row->workload);
        else if (row->locked)
            refused.append(Words::tr("The number of replicas of %1 is locked: %2", "workload, reason").arg(name, row->reason));
        else
            refused.append(Words::tr("The overlay has nothing to change on %1.").arg(name));
    }
    if (advice.workloads.isEmpty()) {
        advice.refusal = refused.isEmpty() ? Words::tr("It is about no workload that an overlay changes.") : refused.first();
        return advice;
    }
    if (advice.workloads.size() == 1) {
        const overlay::Row &row = *proposal.find(advice.workloads.first());
        QStringList parts;
        if (row.scales())
            parts.append(row.autoscaler.isEmpty() ? Words::tr("%1 replicas instead of %2").arg(row.replicas).arg(row.replicasNow)
                                                  : Words::tr("an autoscaler floor of %1 instead of %2").arg(row.replicas).arg(row.replicasNow));
        if (row.spread.nodes && row.spread.zones)
            parts.append(Words::tr("spread over nodes and zones"));
        else if (!row.spread.isNone())
            parts.append(row.spread.nodes ? Words::tr("spread over nodes") : Words::tr("spread over zones"));
        if (row.election == overlay::Row::Election::TurnOn)
            parts.append(row.needsRights ? Words::tr("leader election with a Role for its Lease") : Words::tr("leader election"));
        if (row.budget == overlay::Row::Budget::Add)
            parts.append(Words::tr("a PDB"));
        else if (row.budget == overlay::Row::Budget::Change)
            parts.append(Words::tr("a corrected PDB"));
        if (row.restartFast)
            parts.append(Words::tr("a priority class and short tolerations, so that it restarts fast"));
        advice.sentence = Words::tr("%1: %2.", "workload, what it gets").arg(text::safe(row.workload.name), parts.join(u", "_s));
        if (row.locked)
            advice.sentence = Words::tr("%1 It stays at one replica: %2", "what it gets, reason").arg(advice.sentence, row.reason);
    } else {
        int scaled = 0, elected = 0, fast = 0;
        for (const audit::ObjectName &workload : std::as_const(advice.workloads)) {
            const overlay::Row &row = *proposal.find(workload);
            scaled += row.scales();
            elected += row.election == overlay::Row::Election::TurnOn;
            fast += row.restartFast;
        }
        QStringList parts;
        if (scaled > 0)
            parts.append(Words::tr("%n get(s) more replicas", nullptr, scaled));
        if (elected > 0)
            parts.append(Words::tr("%n get(s) leader election", nullptr, elected));
        if (fast > 0)
            parts.append(Words::tr("%n stay(s) at one and restart(s) fast", nullptr, fast));
        const int count = static_cast<int>(advice.workloads.size());
        advice.sentence = parts.isEmpty() ? Words::tr("%n workload(s) get PDBs or other spreading.", nullptr, count)
                                          : Words::tr("%1: %2.", "how many workloads, what they get").arg(Words::tr("%n workload(s)", nullptr, count), parts.join(u", "_s));
    }
    if (refused.size() == 1)
        advice.sentence = Words::tr("%1 Left out: %2", "sentence, sentence").arg(advice.sentence, refused.first());
    else if (refused.size() > 1)
        advice.sentence = Words::tr("%1 %n are left out, for example: %2", "sentence, sentence", static_cast<int>(refused.size())).arg(advice.sentence, refused.first());
    return advice;
}

Accepted readAccepted(const QString &path, const audit::Report &report)
{
    Accepted accepted;
    accepted.path = path;
    accepted.read = QDateTime::currentDateTimeUtc();
    accepted.exists = QFileInfo::exists(path);
    if (accepted.exists) {
        const Result<QByteArray> bytes = bytesOf(path);
        if (!bytes) {
            accepted.error = bytes.error();
        } else {
            accepted.file = audit::AcceptanceFile::read(*bytes);
            if (!accepted.file.faults().isEmpty())
                accepted.error = accepted.file.error();
        }
    }
    // What is not understood accepts nothing: it could be meant to accept less.
    accepted.decisions = audit::decide(report, accepted.error ? audit::AcceptanceFile() : accepted.file, QDate::currentDate());
    return accepted;
}

Result<> changeAccepted(const QString &path, const std::function<Result<>(audit::AcceptanceFile &file)> &edit)
{
    audit::AcceptanceFile file;
    if (QFileInfo::exists(path)) {
        const Result<QByteArray> bytes = bytesOf(path);
        if (!bytes)
            return fail(bytes.error());
        file = audit::AcceptanceFile::read(*bytes);
        if (!file.faults().isEmpty())
            return fail(file.error());
    } else if (const QDir folder = QFileInfo(path).absoluteDir(); !folder.mkpath(u"."_s)) {
        return fail(Error::make(Error::Kind::Io, Words::tr("The folder %1 cannot be made").arg(text::safe(folder.path()))));
    }
    if (const Result<> edited = edit(file); !edited)
        return edited;
    return saveFile(path, file.text());
}

Result<> exportReport(const Audited &audited, const Accepted &accepted, const QString &format, const QString &path)
{
    const audit::AcceptanceFile nothing;
    const audit::Judgement judgement{audited.report, audited.scene, accepted.error ? nothing : accepted.file, accepted.decisions};
    QByteArray bytes;
    if (format == "json"_L1)
        bytes = QJsonDocument(audit::toJson(judgement)).toJson();
    else if (format == "sarif"_L1)
        bytes = QJsonDocument(audit::toSarif(judgement, QCoreApplication::applicationVersion())).toJson();
    else
        bytes = audit::toMarkdown(judgement).toUtf8();
    return saveFile(path, bytes);
}

Result<QString> yamlOf(ObjectApi &api, const audit::ObjectName &name, std::stop_token stop)
{
    const Result<RestMapper> mapper = api.mapper(stop);
    if (!mapper)
        return fail(mapper.error());
    const Result<ResourceKind> kind = mapper->named(name.group.isEmpty() ? name.kind : name.kind + u'.' + name.group);
    if (!kind)
        return fail(kind.error());
    const Result<QJsonObject> object = api.get(ObjectRef{*kind, kind->namespaced ? name.ns : QString(), name.name, {}}, stop);
    if (!object)
        return fail(object.error());
    return manifest::toYaml(manifest::forDisplay(manifest::withoutSecretValues(*object)));
}

} // namespace cairn::app
