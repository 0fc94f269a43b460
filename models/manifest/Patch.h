// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "manifest/Path.h"

#include <QJsonArray>
#include <QJsonValue>
#include <QList>

/// Patches and merges of JSON values. Pure functions, any thread. To a text they come by Document::become().
namespace cairn::manifest {

/// JSON merge patch (RFC 7386): fields of `patch` replace those of `target`, null removes, lists are replaced whole.
QJsonValue mergePatch(const QJsonValue &target, const QJsonValue &patch);
/// The merge patch that makes `after` of `before`. A field that becomes null has no form in a merge patch and is removed.
QJsonValue mergePatchBetween(const QJsonValue &before, const QJsonValue &after);

/// JSON patch (RFC 6902): all of its operations or, where one is malformed, leads nowhere or its test fails, none. The
/// error (Kind::Invalid) names the operation from 0 in causes[0].field.
Result<QJsonValue> jsonPatch(const QJsonValue &target, const QJsonArray &operations);

/// The field by which Kubernetes tells the items of a list apart ("name" of containers), as patchMergeKey of the types
/// of k8s.io/api v0.36 says; "" of a list of texts that is merged as a set (finalizers); nothing of a list that is
/// replaced whole. `items` decides where two types use one field name (ports).
std::optional<QString> mergeKey(const QString &field, const QJsonArray &items);

/// Strategic merge patch, as kubectl and the apiserver apply it to built-in kinds (custom resources have none), with its
/// directives: $patch (replace, delete), $retainKeys, $deleteFromPrimitiveList/FIELD, $setElementOrder/FIELD. Items
/// without their merge key are an error of Kind::Invalid.
Result<QJsonValue> strategicMerge(const QJsonValue &target, const QJsonValue &patch);

/// Two changes of one value.
struct ThreeWay {
    /// Both sides changed this, and not in the same way. Undefined: it is not there.
    struct Conflict {
        Path path;
        QJsonValue base;
        QJsonValue mine;
        QJsonValue theirs;
    };
    QJsonValue value; ///< with both changes; in a conflict with mine
    QList<Conflict> conflicts;
};

/// Maps are merged field by field, lists whose items have a merge key item by item (in my order, their new ones at the
/// end), other lists like texts, an item a line.
ThreeWay threeWay(const QJsonValue &base, const QJsonValue &mine, const QJsonValue &theirs);

} // namespace cairn::manifest
