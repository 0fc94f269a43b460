// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "change/Change.h"

namespace cairn::change {

/// What is written on the cluster while a plan of several objects is carried out, so that any Cairn can finish it or roll it
/// back: nothing is kept on the machine that began. It lives in the ConfigMap cairn-change-<first ten digits of the id>.
struct Record {
    QString id;
    QString title;
    QString tool;      ///< "cairn 0.1.0"
    QDateTime begun;   ///< UTC
    QDateTime changed; ///< UTC
    bool undoing = false;
    qsizetype next = 0; ///< the first change that is not known to be done; when undoing, all before it are still to be taken back
    struct Entry {
        Change change;              ///< its act, target, before and body; the rest is not kept
        QString after;              ///< resourceVersion-independent: generation after the write, "" where not known
        bool operator==(const Entry &other) const;
    };
    QList<Entry> entries;

    static Record of(const Plan &plan, const QDateTime &now, const QString &tool);
    QJsonObject toJson() const;
    /// Error::Kind::Parse where it is not ours, of a newer form, or too long.
    static Result<Record> fromJson(const QJsonObject &json);

    /// The object that holds it, and its address.
    QJsonObject object(const QString &ns) const;
    ObjectRef ref(const QString &ns) const;
    static Result<Record> fromObject(const QJsonObject &object);
};

/// Label of the objects that hold records.
QString recordLabel();

} // namespace cairn::change
