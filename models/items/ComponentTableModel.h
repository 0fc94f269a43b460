// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "components/Component.h"
#include "items/FilterProxy.h"
#include "items/RowTableModel.h"
#include "situation/Overview.h"

namespace cairn::items {

TagValue tag(components::Standing standing);
/// The same, and for DependsOn on what.
TagValue tag(const components::Component &component);

/// What Kubeflow is made of, with the verdict on each. Rows are named by key().
class ComponentTableModel : public RowTableModel<components::Component>
{
    Q_OBJECT
public:
    enum Column { Name, Replicas, Spread, Leader, Budget, KeptIn, Verdict, ColumnCount };
    Q_ENUM(Column)

    using RowTableModel::RowTableModel;

    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

    void setComponents(const QList<components::Component> &components) { replaceRows(components); }
    static QString key(const components::Component &component) { return situation::componentKey(component); }

    /// Texts that the panel shows as well; safe to show.
    static QString group(const components::Component &component);
    static QString spread(const components::Component &component);
    static QString leader(const components::Component &component);
    static QString budget(const components::Component &component);
    static QString replicas(const components::Component &component);

protected:
    QString keyOf(const components::Component &component) const override { return key(component); }

private:
    QString text(const components::Component &component, int column) const;
    QString toolTip(const components::Component &component, int column) const;
};

} // namespace cairn::items
