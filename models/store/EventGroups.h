// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Job.h"
#include "store/ResourceStore.h"

namespace cairn::store {

/// Events that say the same of one object, as one. A controller that repeats itself under new names ("Back-off
/// restarting failed container", once for each pod of a job that is made again) does not bury the rest. GUI thread only.
class EventGroups
{
public:
    /// What a change of `events` does to the groups. A group is an Event: text and time of its newest one, the sum of
    /// the counts, the earliest beginning; its uid is a key of this class and no UID. Costs as much as the groups that
    /// are touched are large.
    Delta<Event> apply(const ResourceStore<Event> &events, const StoreChange &change);
    void clear();

    /// The same object, type and reason make a group.
    static QString key(const Event &event);

private:
    QHash<QString, QString> m_groupOf;           ///< UID of an event → key
    QHash<QString, QSet<QString>> m_members;     ///< key → UIDs
};

} // namespace cairn::store
