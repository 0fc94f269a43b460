// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Delta.h"

#include <QHash>
#include <QObject>
#include <QSet>

namespace cairn::store {

/// What one batch did to a store. UIDs; each is in one list only.
struct StoreChange {
    QStringList added;
    QStringList changed;
    QStringList removed;
    bool complete = false; ///< a list has ended with this: the store now holds everything there is
    bool isEmpty() const { return added.isEmpty() && changed.isEmpty() && removed.isEmpty() && !complete; }
};

/// The signals of every store; a class template cannot have its own.
class StoreSignals : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;

signals:
    /// Once for each batch that made a difference, after the store has it.
    void changed(const cairn::store::StoreChange &change);
    void stateChanged(const cairn::FeedState &state);
};

/// The live values of one resource by UID. `T` needs uid and operator==; equal values make no change. GUI thread only.
/// Pointers into it hold until the next apply().
template <class T>
class ResourceStore : public StoreSignals
{
public:
    using StoreSignals::StoreSignals;

    /// An upsert outweighs a removal of the same UID in one batch.
    void apply(const Delta<T> &delta)
    {
        StoreChange change;
        change.complete = delta.complete;
        QSet<QString> kept;
        for (const T &item : delta.upserts)
            kept.insert(item.uid);
        for (const QString &uid : delta.removed) {
            if (!kept.contains(uid) && m_items.remove(uid))
                change.removed.append(uid);
        }
        QHash<QString, bool> seen; // of this batch: UID → was new
        for (const T &item : delta.upserts) {
            const auto it = m_items.find(item.uid);
            if (it == m_items.end()) {
                m_items.insert(item.uid, item);
                change.added.append(item.uid);
                seen.insert(item.uid, true);
            } else if (!(*it == item)) {
                *it = item;
                if (!seen.contains(item.uid)) {
                    change.changed.append(item.uid);
                    seen.insert(item.uid, false);
                }
            }
        }
        if (!change.isEmpty())
            emit changed(change);
    }

    void clear()
    {
        StoreChange change;
        change.removed = m_items.keys();
        m_items.clear();
        if (!change.isEmpty())
            emit changed(change);
    }

    void setState(const FeedState &state)
    {
        m_state = state;
        emit stateChanged(m_state);
    }

    const T *find(const QString &uid) const
    {
        const auto it = m_items.constFind(uid);
        return it == m_items.cend() ? nullptr : &*it;
    }
    QList<T> values() const { return m_items.values(); }
    QStringList uids() const { return m_items.keys(); }
    qsizetype size() const { return m_items.size(); }
    const FeedState &state() const { return m_state; }
    template <class F>
    void each(F visit) const
    {
        for (const T &item : m_items)
            visit(item);
    }

private:
    QHash<QString, T> m_items;
    FeedState m_state;
};

} // namespace cairn::store
