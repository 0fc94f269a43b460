// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Quota.h"
#include "items/FilterProxy.h"
#include "items/RowTableModel.h"

namespace cairn::items {

/// Quotas of namespaces and of Kueue's cluster queues.
class QuotaTableModel : public RowTableModel<QuotaRow>
{
    Q_OBJECT
public:
    enum Column { Resource, Namespace, Name, Used, Free, State, ColumnCount };
    Q_ENUM(Column)
    enum Role { TightFacet = FirstFacetRole, GpuFacet }; ///< "tight": at 85 % or beyond; "gpu"

    explicit QuotaTableModel(QObject *parent = nullptr);

    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    ColumnHead head(int column) const override;

    void setQuotas(const QList<QuotaRow> &rows) { replaceRows(rows); }

    struct Sums {
        int quotas = 0; ///< objects
        int full = 0;   ///< rows
        int tight = 0;  ///< rows, the full ones included
        double gpusUsed = 0, gpusHard = 0; ///< of ResourceQuotas for all pods whose use is known
    };
    Sums sums() const;

    static QString key(const QuotaRow &row);
    static TagValue tag(const QuotaRow &row);
    /// "24 of 32", "96 GiB of 128 GiB"; "– of 32" where the server has not counted yet.
    static QString usedText(const QuotaRow &row);
    /// An amount of a resource in its unit: "32", "128 GiB"; "–" where negative.
    static QString amount(const QString &resource, double value);

protected:
    QString keyOf(const QuotaRow &row) const override { return key(row); }

private:
    static QString text(const QuotaRow &row, int column);
    static QVariant sortValue(const QuotaRow &row, int column);
};

} // namespace cairn::items
