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
    bool keep = false; ///< Plan::keepRecord
    qsizetype from = 0; ///< when undoing: where that began; no change from there on was ever begun
    qsizetype next = 0; ///< the first change that is not known to be done; when undoing, all before it are still to be taken back
    struct Entry {
        /// Its act, target, body, until and phase; of `before` what the guard and a way back need. The rest is not kept.
        Change change;
        QString after;              ///< resourceVersion-independent: generation after the write, "" where not known
        bool operator==(const Entry &other) const;
    };
    QList<Entry> entries;

    static Record of(const Plan &plan, const QDateTime &now, const QString &tool);
    /// Whether a ConfigMap can hold it; Error::Kind::Invalid where not.
    Result<> fits() const;
    /// What it writes elsewhere than in `ns`, where it lies, what lies in no namespace, and what gives rights, wherever that lies:
    /// whoever may write ConfigMaps in `ns` can have written the record, and it is carried out with the rights of somebody else.
    /// Nothing of a record in recordHome(), and not the PersistentVolume or StorageClass that is made for a claim of `ns`, is that one's
    /// alone, outlives it, and leads to no other namespace's Secret and to no folder of the nodes but one for data.
    QList<ObjectRef> outside(const QString &ns) const;
    /// All of it is done; it is kept for a way back.
    bool isDone() const { return !undoing && next == entries.size(); }
    QJsonObject toJson() const;
    /// Error::Kind::Parse where it is not ours, of a newer form, damaged, or too long: what it lacks would be lost on the way back.
    static Result<Record> fromJson(const QJsonObject &json);

    /// The object that holds it, and its address.
    QJsonObject object(const QString &ns) const;
    ObjectRef ref(const QString &ns) const;
    static Result<Record> fromObject(const QJsonObject &object);
};

/// Where a change keeps its record that reaches from one namespace into others: "kubeflow". Who may write ConfigMaps there runs
/// Kubeflow.
QString recordHome();

/// Label of the objects that hold records.
QString recordLabel();

} // namespace cairn::change
