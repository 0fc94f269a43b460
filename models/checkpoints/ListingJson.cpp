// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/Folder.h"

#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace cairn::ckpt {
namespace {

template <class T>
QJsonValue orNull(const std::optional<T> &value)
{
    return value ? QJsonValue(*value) : QJsonValue(QJsonValue::Null);
}

QJsonValue textOrNull(const QString &text)
{
    return text.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(text);
}

QJsonValue timeOrNull(const QDateTime &time)
{
    return time.isValid() ? QJsonValue(time.toUTC().toString(Qt::ISODate)) : QJsonValue(QJsonValue::Null);
}

QJsonObject toJson(const Checkpoint &checkpoint)
{
    QJsonObject json{
        {u"path"_s, checkpoint.path},
        {u"format"_s, checkpoint.format},
        {u"step"_s, orNull(checkpoint.step)},
        {u"stepSource"_s, textOrNull(checkpoint.stepSource)},
        {u"epoch"_s, orNull(checkpoint.epoch)},
        {u"bytes"_s, checkpoint.bytes},
        {u"files"_s, checkpoint.files},
        {u"savedAt"_s, timeOrNull(checkpoint.savedAt)},
        {u"verdict"_s, verdictName(checkpoint.verdict)},
        {u"reason"_s, checkpoint.reason},
        {u"resumable"_s, checkpoint.resumable},
    };
    // Only where they say something.
    if (!checkpoint.proof.isEmpty())
        json[u"proof"_s] = checkpoint.proof;
    if (checkpoint.worldSize > 0)
        json[u"worldSize"_s] = checkpoint.worldSize;
    return json;
}

} // namespace

QJsonObject toJson(const Listing &listing)
{
    QJsonArray runs;
    for (const Run &run : listing.runs) {
        QJsonArray checkpoints;
        for (const Checkpoint &checkpoint : run.checkpoints)
            checkpoints << toJson(checkpoint);
        runs << QJsonObject{
            {u"path"_s, run.path},
            {u"format"_s, run.format},
            {u"latestResumable"_s, textOrNull(run.latestResumable)},
            {u"checkpoints"_s, checkpoints},
        };
    }
    return {
        {u"runs"_s, runs},
        {u"partial"_s, listing.partial},
        {u"notes"_s, QJsonArray::fromStringList(listing.notes)},
        {u"readAt"_s, timeOrNull(listing.readAt)},
        {u"source"_s, listing.source},
    };
}

} // namespace cairn::ckpt
