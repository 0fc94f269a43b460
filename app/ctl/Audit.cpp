// SPDX-License-Identifier: GPL-3.0-or-later
#include "Cluster.h"
#include "Commands.h"
#include "Output.h"
#include "audit/Export.h"
#include "base/Text.h"
#include "engine/AuditFlows.h"
#include "manifest/Yaml.h"

#include <QFile>
#include <cerrno>
#include <poll.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace cairn::ctl {
namespace {

using audit::Severity;

constexpr qint64 mostAccepted = 4 * 1024 * 1024;
constexpr qint64 mostStdin = 512LL * 1024 * 1024;

/// Waits for more, so that Ctrl C ends it.
Result<QByteArray> readStdin(const std::stop_token &stop)
{
    QByteArray bytes;
    while (bytes.size() <= mostStdin) {
        if (stop.stop_requested())
            return fail(Error::cancelled());
        pollfd waiting{STDIN_FILENO, POLLIN, 0};
        if (poll(&waiting, 1, 200) == 0)
            continue;
        char piece[1 << 16];
        const ssize_t count = read(STDIN_FILENO, piece, sizeof piece);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return fail(Error::Kind::Io, u"Standard input cannot be read"_s);
        if (count == 0)
            return bytes;
        bytes.append(piece, count);
    }
    return fail(Error::Kind::Unsupported, u"Standard input is too large"_s, u"The audit reads at most 512 MiB"_s);
}

Result<audit::AcceptanceFile> readAccepted(const Options &options)
{
    if (options.accepted.isEmpty())
        return audit::AcceptanceFile();
    if (std::optional<Error> refused = app::refusedFile(options.accepted))
        return fail(*std::move(refused));
    QFile file(options.accepted);
    if (!file.open(QIODevice::ReadOnly))
        return fail(file.exists() ? Error::Kind::Io : Error::Kind::NotFound, u"%1 cannot be read"_s.arg(text::safe(options.accepted)), file.errorString(), u"Check the path after --accepted"_s);
    const audit::AcceptanceFile accepted = audit::AcceptanceFile::read(file.read(mostAccepted));
    if (accepted.faults().isEmpty())
        return accepted;
    // All faults at once: a file is repaired in one go.
    for (const manifest::Fault &fault : accepted.faults())
        note(u"%1:%2:%3: %4 %5"_s.arg(text::safe(options.accepted)).arg(fault.place.line).arg(fault.place.column).arg(fault.why, fault.fix));
    return fail(accepted.error());
}

/// Values of releases into the scene; those without a namespace are of Kubeflow's own.
Result<> readHelmValues(const Options &options, audit::Scene *scene)
{
    for (const QString &one : options.helmValues) {
        const QString release = one.section(u'=', 0, 0);
        const QString path = one.section(u'=', 1);
        if (std::optional<Error> refused = app::refusedFile(path))
            return fail(*std::move(refused));
        QFile file(path);
        if (!file.open(QIODevice::ReadOnly))
            return fail(file.exists() ? Error::Kind::Io : Error::Kind::NotFound, u"%1 cannot be read"_s.arg(text::safe(path)), file.errorString(), u"Check the path after --helm-values"_s);
        const Result<QJsonValue> values = manifest::fromYaml(file.read(mostAccepted));
        if (!values)
            return fail(values.error());
        if (!values->isObject())
            return fail(Error::Kind::Parse, u"%1 holds no values"_s.arg(text::safe(path)), {}, u"Write it with: helm get values --all RELEASE"_s);
        const bool named = release.contains(u'/');
        scene->setHelmValues(named ? release.section(u'/', 0, 0) : u"kubeflow"_s, named ? release.section(u'/', 1) : release, values->toObject());
    }
    return {};
}

QString table(const audit::Judgement &judgement)
{
    QList<QStringList> rows{{u"SEVERITY"_s, u"RULE"_s, u"OBJECT"_s, u"FINDING"_s}};
    QStringList accepted, ended;
    // Rules that the overlay's own proposals answer.
    static const QStringList overlays{u"HA01"_s, u"HA02"_s, u"HA07"_s, u"HA12"_s, u"HA16"_s, u"HA17"_s, u"HA20"_s, u"HA27"_s, u"HA34"_s, u"HA35"_s, u"HA36"_s, u"HA45"_s};
    bool repairable = false;
    for (qsizetype i = 0; i < judgement.report.findings.size(); ++i) {
        const audit::Finding &finding = judgement.report.findings[i];
        const int entry = judgement.decisions[i].entry;
        if (!judgement.decisions[i].counts()) {
            const audit::Acceptance &by = judgement.accepted.entries()[entry];
            accepted.append(u"Accepted: %1 %2, until %3 (%4, %5)"_s.arg(finding.rule, audit::shown(finding.object), by.until.toString(Qt::ISODate), text::safe(by.reason), text::safe(by.by)));
            continue;
        }
        if (entry >= 0) {
            const audit::Acceptance &by = judgement.accepted.entries()[entry];
            ended.append(u"Ended %1, counts again: %2 %3 (%4, %5)"_s.arg(by.until.toString(Qt::ISODate), finding.rule, audit::shown(finding.object), text::safe(by.reason), text::safe(by.by)));
        }
        repairable = repairable || overlays.contains(finding.rule);
        rows.append({audit::severityWord(finding.severity), finding.rule, audit::shown(finding.object), finding.title});
    }
    const QMap<Severity, int> counts = audit::counted(judgement);
    const qsizetype found = rows.size() - 1;
    QString out = found > 0 ? renderTable(rows) : QString();
    out += u"%1 findings: %2 critical, %3 high, %4 medium, %5 low; %6 accepted.\n"_s.arg(found)
               .arg(counts.value(Severity::Critical))
               .arg(counts.value(Severity::High))
               .arg(counts.value(Severity::Medium))
               .arg(counts.value(Severity::Low))
               .arg(accepted.size());
    for (const QString &line : accepted + ended)
        out += line + u'\n';
    if (repairable)
        out += judgement.scene.isLive() ? u"Next: cairnctl overlay new --out DIR writes an overlay that repairs what a replica, a PDB, a spread or an election repairs; nothing is applied.\n"_s
                                        : u"Next: cairnctl overlay new --manifests PATH --out DIR writes an overlay that repairs what a replica, a PDB, a spread or an election repairs.\n"_s;
    return out;
}

int report(const audit::Scene &scene, const Options &options, const std::stop_token &stop)
{
    const Result<audit::AcceptanceFile> accepted = readAccepted(options);
    if (!accepted)
        return printError(accepted.error());
    audit::Report judged = audit::audit(scene, stop);
    if (stop.stop_requested())
        return printError(Error::cancelled());
    const QList<int> idle = audit::unused(judged, *accepted);
    // Judged as a whole, shown in part: what a workload depends on may live elsewhere.
    if (!options.ns.isEmpty())
        judged.findings.removeIf([&](const audit::Finding &finding) { return finding.object.ns != options.ns; });
    const audit::Judgement judgement{judged, scene, *accepted, audit::decide(judged, *accepted, QDate::currentDate()), idle};
    switch (options.format) {
    case Format::Sarif: print(options.format, audit::toSarif(judgement, u"" CAIRN_VERSION_STRING ""_s), {}); break;
    case Format::Markdown: print(options.format, {}, audit::toMarkdown(judgement)); break;
    default: print(options.format, audit::toJson(judgement), table(judgement)); break;
    }
    noteGaps(judged.gaps);
    for (const audit::NotEvaluated &one : std::as_const(judged.notEvaluated))
        note(u"Not evaluated: %1. %2"_s.arg(one.rule, one.why));
    for (const int i : idle)
        note(u"%1:%2: this entry no longer matches any finding (%3)"_s.arg(text::safe(options.accepted)).arg(accepted->entries()[i].line).arg(accepted->entries()[i].rule));
    const std::optional<Severity> threshold = audit::severityOf(options.failOn);
    if (threshold && audit::isAtLeast(judgement, *threshold))
        return ExitThreshold;
    // A file that could not be read may hold what would have been found.
    return !scene.isLive() && !judged.gaps.isEmpty() ? ExitFailed : ExitOk;
}

} // namespace

int auditCluster(app::Engine &engine, const Options &options, std::stop_token stop)
{
    const auto cluster = connect(engine, options);
    if (!cluster)
        return printError(cluster.error());
    Result<audit::Scene> scene = app::readScene(**cluster, {.ns = options.ns, .fallback = options.ns.isEmpty() ? (*cluster)->defaultNamespace() : QString(), .secrets = options.allowSecret}, stop);
    if (scene) {
        if (const Result<> values = readHelmValues(options, &*scene); !values)
            return printError(values.error());
    }
    return scene ? report(*scene, options, stop) : printError(scene.error());
}

int auditManifests(const Options &options, std::stop_token stop)
{
    Result<audit::Scene> scene = fail(Error::cancelled());
    if (options.manifests == "-"_L1) {
        const Result<QByteArray> bytes = readStdin(stop);
        if (!bytes)
            return printError(bytes.error());
        scene = app::readManifestText(*bytes, u"stdin"_s, stop);
    } else {
        scene = app::readManifests(options.manifests, {}, stop);
    }
    return scene ? report(*scene, options, stop) : printError(scene.error());
}

int auditRules(const Options &options)
{
    QList<QStringList> rows{{u"RULE"_s, u"SEVERITY"_s, u"MANIFESTS"_s, u"LOOKS FOR"_s}};
    for (const audit::Rule &rule : audit::rules())
        rows.append({rule.id, audit::severityWord(rule.severity), rule.needsCluster ? u"no"_s : u"yes"_s, rule.shownTitle()});
    print(options.format, audit::rulesJson(), options.format == Format::Markdown ? audit::rulesMarkdown() : renderTable(rows));
    return ExitOk;
}

} // namespace cairn::ctl
