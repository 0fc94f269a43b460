// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"

#include <QByteArray>
#include <QJsonObject>
#include <QJsonValue>
#include <QStringList>

/// JSON values as YAML text and back. Pure functions, any thread.
namespace cairn::manifest {

/// Block-style YAML that YAML 1.1 readers (PyYAML, go-yaml v2, so kubectl) and YAML 1.2 readers understand alike:
/// whatever one of them could take for a boolean, number, date, null or indicator is quoted. Keys come in the order
/// apiVersion, kind, metadata, spec, status, then alphabetically; lists are indented below their key; texts of several
/// lines become literal blocks where that keeps every character. Ends in a newline. Undefined, infinite and NaN
/// become null, as in JSON.
QString toYaml(const QJsonValue &value);
/// The same with other keys up front in every map: those of `first`, in its order, then the rest alphabetically.
QString toYaml(const QJsonValue &value, const QStringList &first);

/// What a reader accepts before it refuses; a manifest a person edits is far below.
struct YamlLimits {
    qsizetype bytes = 4 * 1024 * 1024;
    int depth = 100;
    qsizetype nodes = 300'000; ///< scalars, lists and maps, each alias counted with everything it stands for
};

/// Reads one document; an empty text or several documents are errors. Scalars are resolved as kubectl does (YAML 1.1:
/// `yes` is true, `012` is ten, timestamps stay text); keys stay the text they are written as. Every Fault that a Document
/// tells of (Document.h) is refused: duplicate keys, unknown tags, infinities and NaN too. The error names line and
/// column, also as causes[0].field = "12:3" with the reason "Position"; further faults follow in causes.
Result<QJsonValue> fromYaml(const QByteArray &text, const YamlLimits &limits = {});

/// The same for a stream of documents separated by "---"; empty documents are left out.
Result<QList<QJsonValue>> documentsFromYaml(const QByteArray &text, const YamlLimits &limits = {});

} // namespace cairn::manifest
