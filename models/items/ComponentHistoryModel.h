// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "components/Component.h"
#include "domain/Takeover.h"
#include "items/RowTableModel.h"

#include <optional>

namespace cairn::items {

/// What was seen of one component in the last days.
struct ComponentHistoryRow {
    QString key; ///< ComponentTableModel::key()
    QString id;
    QString area; ///< id of the group in the catalogue
    bool elects = false; ///< it has a Lease; otherwise nobody takes over
    std::optional<LeaderChange> last; ///< the newest takeover that is known; of what began to lead for the first time none
    int changes = 0;          ///< takeovers in the last 7 days
    double longest = -1;      ///< seconds without a leader, of these; -1 where none is known
    double availability = -1; ///< 0…1 of `seen`; -1 where nothing was seen
    qint64 seen = 0;          ///< seconds of the last 7 days in which Cairn watched
    bool operator==(const ComponentHistoryRow &) const = default;
};

/// A row for each component, whether or not anything was seen of it. Goes through the whole record: away from the GUI thread.
QList<ComponentHistoryRow> historyRows(const HaRecord &record, const QList<components::Component> &components, const QDateTime &now);
/// The takeovers of one component, newest first.
QList<LeaderChange> changesOf(const HaRecord &record, const QString &key);

/// Per component when it last failed over, how long that took, and how available it was. Rows are named as those of ComponentTableModel.
class ComponentHistoryModel : public RowTableModel<ComponentHistoryRow>
{
    Q_OBJECT
public:
    enum Column { Name, Last, Why, Gap, Changes, Availability, ColumnCount };
    Q_ENUM(Column)
    enum Facet { GroupRole = FirstFacetRole };

    using RowTableModel::RowTableModel;

    int columnCount(const QModelIndex &parent = {}) const override { return parent.isValid() ? 0 : ColumnCount; }
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    ColumnHead head(int column) const override;

    /// Times are told relative to the day of `now`.
    void setRows(const QList<ComponentHistoryRow> &rows, const QDateTime &now);

protected:
    QString keyOf(const ComponentHistoryRow &row) const override { return row.key; }

private:
    QString text(const ComponentHistoryRow &row, int column) const;
    QString toolTip(const ComponentHistoryRow &row, int column) const;
    QDateTime m_now;
};

} // namespace cairn::items
