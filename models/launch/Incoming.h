// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"

#include <QByteArray>
#include <QList>
#include <QString>
#include <QStringList>

/// A text that comes from outside: a file that is opened or dropped, a paste. Hostile. Pure, any thread.
namespace cairn::launch {

/// What a text may be long, everywhere.
inline constexpr qint64 mostTextBytes = 4 * 1024 * 1024;

struct Incoming {
    /// One object of the text, or of a List in it. Names are raw.
    struct Object {
        QString kind = {};
        QString apiVersion = {};
        QString name = {};
        int line = 0; ///< where it begins in the text, from 1
        bool isJob = false; ///< a training job that can be launched
        bool isKnown = false; ///< of a kind that can be launched, though perhaps of another version
        QString why = {}; ///< why it is none; a sentence
        QString fix = {};
        /// It alone, with its comments; behind it the TrainingRuntime that it alone of the text refers to.
        QByteArray text = {};
        int runtime = -1; ///< where that one is among the objects; -1: there is none
        bool operator==(const Object &) const = default;
    };
    QByteArray text = {}; ///< the whole of it: UTF-8, no byte order mark, lines end in \n alone
    QList<Object> objects = {}; ///< none where the text has faults
    /// The object that is meant: the only one, or the only job among several; -1: somebody has to choose, or there is none.
    int meant() const;
    /// "Service bert, ConfigMap bert-config": all that is not in this one's text. Safe to show.
    QStringList others(int chosen) const;
};

/// Fails, and says where, what is no text (a NUL, other than UTF-8), longer than mostTextBytes, or stands by aliases for more than can be
/// held. A text with other faults is taken as it is: an editor shows them in their places.
Result<Incoming> readIncoming(const QByteArray &bytes);

/// The objects without what only a server writes, their comments kept; the same bytes where there is nothing of that.
QByteArray withoutServersOwn(const QByteArray &text);

} // namespace cairn::launch
