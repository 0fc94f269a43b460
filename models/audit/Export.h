// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "audit/Acceptance.h"

#include <QJsonObject>

/// A report for other programs and for people. Pure, any thread. No secret is in a report, so none is in these.
namespace cairn::audit {

/// A report with what was decided about it, and where manifests have the objects.
struct Judgement {
    const Report &report;
    const Scene &scene;
    const AcceptanceFile &accepted;
    QList<Decision> decisions; ///< of decide()
    QList<int> unusedEntries = {}; ///< of unused(), asked before any finding was left out
};

/// As docs/CAIRNCTL.md has it.
QJsonObject toJson(const Judgement &judgement);
/// SARIF 2.1.0 (OASIS). `version` is the program's. Of manifests each result has file and line; of a cluster logical locations only.
/// Accepted findings are there with a suppression.
QJsonObject toSarif(const Judgement &judgement, const QString &version);
/// For a ticket or a wiki.
QString toMarkdown(const Judgement &judgement);
/// The rules, for documentation: a table in Markdown.
QString rulesMarkdown();
QJsonObject rulesJson();

/// How many findings count, by severity.
QMap<Severity, int> counted(const Judgement &judgement);
/// Whether one that counts is at least so severe.
bool isAtLeast(const Judgement &judgement, Severity severity);

} // namespace cairn::audit
