// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QStringList>

/// What kustomize does to one object. Private to overlay; pure.
namespace cairn::overlay {

/// A patch of kustomize: strategic for built-in kinds, whose lists are merged by key; else a merge patch.
Result<QJsonValue> merged(const QString &group, const QJsonObject &object, const QJsonObject &patch);

/// An item of `images` put on the containers of a workload; false where none runs the image. `names` gets the images that run.
bool setImage(QJsonObject &object, const QJsonValue &item, QStringList &names);

/// How an operation that was there already is taken out again.
struct Undo {
    enum class How {
        Take,   ///< out of the list at `pointer`, the item `value`
        Set,    ///< the field at `pointer` to `value`
        Insert, ///< `value` at `pointer`
    };
    How how = How::Take;
    QString pointer;
    QJsonValue value;
};
struct Patched {
    QJsonObject object;
    QList<Undo> undo;   ///< in the order of undoing; empty: nothing was there already
    QStringList doubts; ///< what cannot be told from the object alone: sentences, safe to show
};
/// A JSON patch put on a live object that may have had it put on before: an item that is in its list is not added again, a field
/// that is gone is not removed again, a test of what was before holds where what follows it is done. A field that is not there
/// while one of nearly its name is stays an error, as kustomize has it.
Result<Patched> patchAgain(const QJsonObject &live, const QJsonArray &operations);
/// `object` as it was before what patchAgain() found done.
QJsonObject undone(const QJsonObject &object, const QList<Undo> &undo);
/// `live` without what a JSON patch of Cairn's has put there: members and items that say what it adds go, what it replaced is what it
/// tested for. What says something else stays, as somebody else's. Where the patch is meant for another container, nothing goes.
QJsonObject withoutPatch(const QJsonObject &live, const QJsonArray &operations);

} // namespace cairn::overlay
