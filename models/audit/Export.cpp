// SPDX-License-Identifier: GPL-3.0-or-later
#include "audit/Export.h"

#include "base/Text.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QJsonArray>
#include <QUrl>

using namespace Qt::StringLiterals;

namespace cairn::audit {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::audit)
};

constexpr Severity severities[]{Severity::Critical, Severity::High, Severity::Medium, Severity::Low};

QJsonObject objectJson(const ObjectName &name)
{
    return {{u"group"_s, name.group}, {u"kind"_s, name.kind}, {u"namespace"_s, name.ns}, {u"name"_s, name.name}};
}

const Acceptance *acceptanceOf(const Judgement &judgement, qsizetype i)
{
    const int entry = judgement.decisions[i].entry;
    return entry < 0 ? nullptr : &judgement.accepted.entries()[entry];
}

QString severityName(Severity severity)
{
    switch (severity) {
    case Severity::Critical: return Words::tr("Critical");
    case Severity::High: return Words::tr("High");
    case Severity::Medium: return Words::tr("Medium");
    case Severity::Low: return Words::tr("Low");
    }
    return {};
}

QString levelOf(Severity severity)
{
    return severity <= Severity::High ? u"error"_s : severity == Severity::Medium ? u"warning"_s : u"note"_s;
}

/// Text that Markdown shows as it is.
QString plain(const QString &text)
{
    QString out;
    for (const QChar c : text) {
        if (QStringView(u"\\`*_{}[]<>#|~&").contains(c))
            out += u'\\';
        out += c;
    }
    return out;
}

/// In backticks; a text that has some itself gets more around it.
QString code(const QString &text)
{
    qsizetype longest = 0, run = 0;
    for (const QChar c : text) {
        run = c == u'`' ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    const QString fence(longest + 1, u'`');
    const QString space = longest > 0 ? u" "_s : QString();
    return fence + space + text + space + fence;
}

QString shownEvidence(const Evidence &evidence)
{
    QString text = evidence.object.name.isEmpty() ? text::safe(evidence.object.kind) : shown(evidence.object);
    if (!evidence.field.isEmpty())
        text += u' ' + text::safe(evidence.field);
    return evidence.value.isEmpty() ? text : text + u": "_s + evidence.value;
}

} // namespace

QMap<Severity, int> counted(const Judgement &judgement)
{
    QMap<Severity, int> count;
    for (const Severity severity : severities)
        count.insert(severity, 0);
    for (qsizetype i = 0; i < judgement.report.findings.size(); ++i)
        count[judgement.report.findings[i].severity] += judgement.decisions[i].counts();
    return count;
}

bool isAtLeast(const Judgement &judgement, Severity severity)
{
    const QMap<Severity, int> count = counted(judgement);
    return std::ranges::any_of(severities, [&](Severity one) { return one <= severity && count.value(one) > 0; });
}

QJsonObject toJson(const Judgement &judgement)
{
    const Report &report = judgement.report;
    QJsonArray findings;
    for (qsizetype i = 0; i < report.findings.size(); ++i) {
        const Finding &finding = report.findings[i];
        QJsonArray evidence;
        for (const Evidence &one : finding.evidence)
            evidence.append(QJsonObject{{u"object"_s, objectJson(one.object)}, {u"field"_s, one.field}, {u"value"_s, one.value}});
        QJsonValue accepted = QJsonValue::Null;
        if (const Acceptance *acceptance = acceptanceOf(judgement, i)) {
            accepted = QJsonObject{{u"reason"_s, acceptance->reason},
                                   {u"by"_s, acceptance->by},
                                   {u"until"_s, acceptance->until.toString(Qt::ISODate)},
                                   {u"ended"_s, judgement.decisions[i].state == Decision::State::Ended}};
        }
        const Place place = judgement.scene.placeOf(finding.object);
        findings.append(QJsonObject{{u"id"_s, finding.rule},
                                    {u"severity"_s, severityWord(finding.severity)},
                                    {u"object"_s, objectJson(finding.object)},
                                    {u"component"_s, finding.component},
                                    {u"primary"_s, finding.primary},
                                    {u"title"_s, finding.title},
                                    {u"consequence"_s, finding.consequence},
                                    {u"fix"_s, finding.fix},
                                    {u"evidence"_s, evidence},
                                    {u"accepted"_s, accepted},
                                    {u"counts"_s, judgement.decisions[i].counts()},
                                    {u"file"_s, place.file},
                                    {u"line"_s, place.line > 0 ? QJsonValue(place.line) : QJsonValue(QJsonValue::Null)}});
    }
    QJsonArray skipped;
    for (const NotEvaluated &one : report.notEvaluated)
        skipped.append(QJsonObject{{u"id"_s, one.rule}, {u"why"_s, one.why}});
    QJsonArray gaps;
    for (const Gap &gap : report.gaps)
        gaps.append(QJsonObject{{u"what"_s, gap.what}, {u"why"_s, gap.error.why.isEmpty() ? gap.error.what : gap.error.why}});
    QJsonArray idle;
    for (const int i : judgement.unusedEntries) {
        const Acceptance &entry = judgement.accepted.entries()[i];
        idle.append(QJsonObject{{u"id"_s, entry.rule}, {u"line"_s, entry.line}});
    }
    QJsonObject count;
    const QMap<Severity, int> counts = counted(judgement);
    for (const Severity severity : severities)
        count.insert(severityWord(severity), counts.value(severity));
    return {{u"findings"_s, findings},
            {u"notEvaluated"_s, skipped},
            {u"unread"_s, gaps},
            {u"unusedAcceptances"_s, idle},
            {u"counts"_s, count},
            {u"source"_s, judgement.scene.isLive() ? u"cluster"_s : u"manifests"_s},
            {u"release"_s, report.release},
            {u"objects"_s, report.objects},
            {u"readAt"_s, report.asOf.isValid() ? QJsonValue(report.asOf.toUTC().toString(Qt::ISODate)) : QJsonValue(QJsonValue::Null)}};
}

QJsonObject toSarif(const Judgement &judgement, const QString &version)
{
    const auto text = [](const QString &words) { return QJsonObject{{u"text"_s, words}}; };
    QJsonArray described;
    QMap<QString, int> index;
    for (const Rule &rule : rules()) {
        index.insert(rule.id, static_cast<int>(described.size()));
        described.append(QJsonObject{{u"id"_s, rule.id},
                                     {u"shortDescription"_s, text(rule.shownTitle())},
                                     {u"fullDescription"_s, text(rule.shownWhy())},
                                     {u"defaultConfiguration"_s, QJsonObject{{u"level"_s, levelOf(rule.severity)}}},
                                     {u"properties"_s, QJsonObject{{u"severity"_s, severityWord(rule.severity)}, {u"tags"_s, QJsonArray{u"availability"_s, u"kubeflow"_s}}}}});
    }
    QJsonArray results;
    QMap<QByteArray, int> seen;
    for (qsizetype i = 0; i < judgement.report.findings.size(); ++i) {
        const Finding &finding = judgement.report.findings[i];
        const ObjectName &object = finding.object;
        // What stays the same while names and rule do: not the words, not the line.
        QByteArray print = QCryptographicHash::hash(QStringList{finding.rule, object.group, object.kind, object.ns, object.name}.join(u'\n').toUtf8(), QCryptographicHash::Sha256).toHex();
        if (const int again = seen[print]++)
            print += '-' + QByteArray::number(again);
        const QString full = QStringList{object.kind, object.ns, object.name}.join(u'/');
        QJsonObject location{{u"logicalLocations"_s, QJsonArray{QJsonObject{{u"name"_s, object.name}, {u"fullyQualifiedName"_s, full}, {u"kind"_s, u"resource"_s}}}}};
        if (const Place place = judgement.scene.placeOf(object); !place.file.isEmpty()) {
            // A URI reference: a colon in its first part would be a scheme's, and a leading slash an absolute path.
            QString uri = QString::fromLatin1(QUrl::toPercentEncoding(place.file, "/", ":"));
            if (place.file.startsWith(u'/'))
                uri.prepend(u"file://"_s);
            location.insert(u"physicalLocation"_s, QJsonObject{{u"artifactLocation"_s, QJsonObject{{u"uri"_s, uri}}},
                                                               {u"region"_s, QJsonObject{{u"startLine"_s, std::max(1, place.line)}}}});
        }
        QJsonArray suppressions;
        if (const Acceptance *acceptance = acceptanceOf(judgement, i); acceptance && judgement.decisions[i].state == Decision::State::Accepted) {
            suppressions.append(QJsonObject{{u"kind"_s, u"external"_s},
                                            {u"justification"_s, Words::tr("%1 (%2, until %3)").arg(acceptance->reason, acceptance->by, acceptance->until.toString(Qt::ISODate))}});
        }
        QJsonArray evidence;
        for (const Evidence &one : finding.evidence)
            evidence.append(shownEvidence(one));
        const QString message = Words::tr("%1. %2", "a title, a sentence").arg(finding.title, finding.consequence)
            + (finding.fix.isEmpty() ? QString() : u' ' + Words::tr("Fix: %1").arg(finding.fix));
        results.append(QJsonObject{{u"ruleId"_s, finding.rule},
                                   {u"ruleIndex"_s, index.value(finding.rule)},
                                   {u"level"_s, levelOf(finding.severity)},
                                   {u"message"_s, text(message)},
                                   {u"locations"_s, QJsonArray{location}},
                                   {u"partialFingerprints"_s, QJsonObject{{u"cairnFinding/v1"_s, QString::fromLatin1(print)}}},
                                   {u"suppressions"_s, suppressions},
                                   {u"properties"_s, QJsonObject{{u"severity"_s, severityWord(finding.severity)},
                                                                 {u"primary"_s, finding.primary},
                                                                 {u"component"_s, finding.component},
                                                                 {u"evidence"_s, evidence}}}});
    }
    QJsonArray notes;
    for (const NotEvaluated &one : judgement.report.notEvaluated) {
        notes.append(QJsonObject{{u"associatedRule"_s, QJsonObject{{u"id"_s, one.rule}, {u"index"_s, index.value(one.rule)}}},
                                 {u"level"_s, u"note"_s},
                                 {u"message"_s, text(one.why)}});
    }
    const QJsonObject driver{{u"name"_s, u"cairn"_s}, {u"version"_s, version}, {u"rules"_s, described}};
    const QJsonObject run{{u"tool"_s, QJsonObject{{u"driver"_s, driver}}},
                          {u"results"_s, results},
                          {u"columnKind"_s, u"unicodeCodePoints"_s},
                          {u"invocations"_s, QJsonArray{QJsonObject{{u"executionSuccessful"_s, true}, {u"toolExecutionNotifications"_s, notes}}}}};
    return {{u"$schema"_s, u"https://json.schemastore.org/sarif-2.1.0.json"_s}, {u"version"_s, u"2.1.0"_s}, {u"runs"_s, QJsonArray{run}}};
}

QString toMarkdown(const Judgement &judgement)
{
    const Report &report = judgement.report;
    const QMap<Severity, int> counts = counted(judgement);
    QString out = u"# "_s + Words::tr("High availability audit") + u"\n\n"_s;
    QStringList facts;
    for (const Severity severity : severities)
        facts.append(Words::tr("%1: %2", "severity, count").arg(severityName(severity)).arg(counts.value(severity)));
    out += facts.join(u" · "_s) + u"\n\n"_s;
    QStringList origin;
    if (!report.release.isEmpty())
        origin.append(Words::tr("Kubeflow %1").arg(plain(report.release)));
    origin.append(Words::tr("%n object(s) judged", nullptr, static_cast<int>(report.objects)));
    if (report.asOf.isValid())
        origin.append(report.asOf.toUTC().toString(Qt::ISODate));
    out += origin.join(u", "_s) + u"\n"_s;
    const auto item = [&](const Finding &finding) {
        const Place place = judgement.scene.placeOf(finding.object);
        const QString where = place.file.isEmpty() ? QString() : u", "_s + code(text::safe(place.line > 0 ? u"%1:%2"_s.arg(place.file).arg(place.line) : place.file));
        QString text = u"- **%1** (%2, %3%4)  \n  %5"_s.arg(plain(finding.title), finding.rule, plain(shown(finding.object)), where, plain(finding.consequence));
        if (!finding.fix.isEmpty())
            text += u"  \n  "_s + Words::tr("Fix: %1").arg(plain(finding.fix));
        QStringList evidence;
        for (const Evidence &one : finding.evidence)
            evidence.append(code(shownEvidence(one)));
        if (!evidence.isEmpty())
            text += u"  \n  "_s + evidence.join(u" · "_s);
        return text;
    };
    for (const Severity severity : severities) {
        if (counts.value(severity) == 0)
            continue;
        out += u"\n## %1 (%2)\n\n"_s.arg(severityName(severity)).arg(counts.value(severity));
        for (qsizetype i = 0; i < report.findings.size(); ++i) {
            if (report.findings[i].severity != severity || !judgement.decisions[i].counts())
                continue;
            out += item(report.findings[i]);
            if (const Acceptance *acceptance = acceptanceOf(judgement, i))
                out += u"  \n  "_s + plain(Words::tr("Was accepted until %1 (%2, %3): counts again.").arg(acceptance->until.toString(Qt::ISODate), text::safe(acceptance->reason), text::safe(acceptance->by)));
            out += u'\n';
        }
    }
    QStringList accepted;
    for (qsizetype i = 0; i < report.findings.size(); ++i) {
        const Acceptance *acceptance = acceptanceOf(judgement, i);
        if (acceptance && !judgement.decisions[i].counts()) {
            const Finding &finding = report.findings[i];
            accepted.append(u"- %1 %2: %3"_s.arg(finding.rule, plain(shown(finding.object)),
                                                 plain(Words::tr("%1 (%2, until %3)").arg(text::safe(acceptance->reason), text::safe(acceptance->by), acceptance->until.toString(Qt::ISODate)))));
        }
    }
    if (!accepted.isEmpty())
        out += u"\n## %1\n\n%2\n"_s.arg(Words::tr("Accepted (%1)").arg(accepted.size()), accepted.join(u'\n'));
    if (!report.notEvaluated.isEmpty()) {
        out += u"\n## "_s + Words::tr("Not evaluated") + u"\n\n"_s;
        for (const NotEvaluated &one : report.notEvaluated)
            out += u"- %1: %2\n"_s.arg(one.rule, plain(one.why));
    }
    return out;
}

QString rulesMarkdown()
{
    QString out = u"| rule | severity | looks for | why | of manifests |\n|---|---|---|---|---|\n"_s;
    for (const Rule &rule : rules())
        out += u"| %1 | %2 | %3 | %4 | %5 |\n"_s.arg(rule.id, severityWord(rule.severity), QString::fromUtf8(rule.title), QString::fromUtf8(rule.why), rule.needsCluster ? u"no"_s : u"yes"_s);
    return out;
}

QJsonObject rulesJson()
{
    QJsonArray list;
    for (const Rule &rule : rules())
        list.append(QJsonObject{{u"id"_s, rule.id}, {u"severity"_s, severityWord(rule.severity)}, {u"title"_s, rule.shownTitle()}, {u"why"_s, rule.shownWhy()}, {u"needsCluster"_s, rule.needsCluster}});
    return {{u"rules"_s, list}};
}

} // namespace cairn::audit
