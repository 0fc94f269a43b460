// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Job.h"
#include "manifest/Diff.h"
#include "manifest/Path.h"
#include "manifest/Schema.h"

#include <QDateTime>

/// Changing the text of a job that is there. Pure, any thread.
namespace cairn::launch {

/// The job as somebody edits it: without status and what else the server owns, but with its resourceVersion and generation, by which it is
/// seen later whether somebody else changed it meanwhile.
QByteArray editText(const QJsonObject &object);

/// `object` without what an edit does not touch: as manifest::forApply(), and without resourceVersion.
QJsonObject editable(const QJsonObject &object);

/// Where two values differ, from above: a field that one of them lacks is one place, lists of another length too.
QList<manifest::Path> changedPaths(const QJsonValue &before, const QJsonValue &after);

/// What a change of one field comes to.
struct EditPoint {
    QString id = {};
    QString field = {};
    QString text = {}; ///< safe to show
    QString fix = {};
    bool forbids = false; ///< the server would refuse it, or it would be another object
    bool operator==(const EditPoint &) const = default;
};
/// `before` and `after` as editable() gives them. What the schema calls immutable forbids, and the rules of the operators'
/// webhooks, where they are known; the server's dry run has the last word.
QList<EditPoint> editPoints(const QJsonObject &before, const QJsonObject &after, const Job &job, const manifest::Schema &schema);

/// Who changed what between two states of one object, by its managedFields; newest first.
struct OthersChange {
    QString field;
    QString who; ///< field manager, as "kubectl-edit"; "" where nobody is named. Raw
    QDateTime at; ///< UTC; invalid where it is not known
};
QList<OthersChange> othersChanges(const QJsonObject &then, const QJsonObject &now);
/// "spec.runPolicy.backoffLimit by kubectl-edit at 2026-01-02 03:04:05 UTC, …": safe to show; empty where nothing but
/// status differs.
QString othersText(const QJsonObject &then, const QJsonObject &now);

/// Who wrote anything but status last, of which it is not known what: "by kubectl-edit at …"; empty where nobody is named.
QString lastChangeText(const QJsonObject &object);

} // namespace cairn::launch
