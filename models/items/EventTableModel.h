// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Delta.h"
#include "domain/Job.h"
#include "items/FilterProxy.h"
#include "items/RowTableModel.h"

namespace cairn::items {

/// Kubernetes events; sorted newest first by default.
class EventTableModel : public RowTableModel<Event>
{
    Q_OBJECT
public:
    enum Column { Last, Type, Reason, Object, Message, Count, ColumnCount };
    Q_ENUM(Column)
    enum Role { TypeFacet = FirstFacetRole }; ///< "Normal", "Warning"

    explicit EventTableModel(QObject *parent = nullptr);

    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    ColumnHead head(int column) const override;

    void setEvents(const QList<Event> &events) { replaceRows(events); }
    void applyDelta(const Delta<Event> &delta) { applyRows(delta.upserts, delta.removed); }
    void setNow(const QDateTime &now) { m_now = now; }
    int warnings() const;

protected:
    QString keyOf(const Event &event) const override
    {
        return event.uid.isEmpty() ? event.ns + u'/' + event.name : event.uid;
    }

private:
    QString text(const Event &event, int column) const;
    QDateTime m_now;
};

} // namespace cairn::items
