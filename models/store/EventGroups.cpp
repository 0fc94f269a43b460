// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/EventGroups.h"

#include <tuple>

using namespace Qt::StringLiterals;

namespace cairn::store {

QString EventGroups::key(const Event &event)
{
    // No part of an object's name can hold a newline; a message of a hostile server may, but is no part of this.
    return QStringList{event.ns, event.objectKind, event.objectName, event.objectUid, event.type, event.reason}.join(u'\n');
}

Delta<Event> EventGroups::apply(const ResourceStore<Event> &events, const StoreChange &change)
{
    QSet<QString> touched;
    const auto leave = [&](const QString &uid) {
        const QString group = m_groupOf.take(uid);
        if (group.isEmpty())
            return;
        m_members[group].remove(uid);
        touched.insert(group);
    };
    for (const QString &uid : change.removed)
        leave(uid);
    for (const QStringList &uids : {change.added, change.changed}) {
        for (const QString &uid : uids) {
            leave(uid);
            if (const Event *event = events.find(uid)) {
                const QString group = key(*event);
                m_groupOf.insert(uid, group);
                m_members[group].insert(uid);
                touched.insert(group);
            }
        }
    }
    Delta<Event> delta;
    for (const QString &group : std::as_const(touched)) {
        const QSet<QString> members = m_members.value(group);
        const Event *newest = nullptr;
        int count = 0;
        QDateTime first;
        for (const QString &uid : members) {
            const Event *event = events.find(uid);
            if (!event)
                continue;
            count += std::max(1, event->count);
            if (event->first.isValid() && (!first.isValid() || event->first < first))
                first = event->first;
            if (!newest || std::tie(event->last, event->uid) > std::tie(newest->last, newest->uid))
                newest = event;
        }
        if (!newest) {
            m_members.remove(group);
            delta.removed.append(group);
            continue;
        }
        Event merged = *newest;
        merged.uid = group;
        merged.count = count;
        merged.first = first;
        delta.upserts.append(merged);
    }
    return delta;
}

void EventGroups::clear()
{
    m_groupOf.clear();
    m_members.clear();
}

} // namespace cairn::store
