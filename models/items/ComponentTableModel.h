// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "components/Component.h"
#include "items/FilterProxy.h"
#include "items/RowTableModel.h"
#include "situation/Overview.h"

#include <QTimer>

namespace cairn::items {

TagValue tag(components::Standing standing);
/// The same, and for DependsOn on what.
TagValue tag(const components::Component &component);

/// What the filter looks at (SearchRole). It follows from the rest of its row and is made once: rows are equal whatever it is.
struct SearchText {
    mutable QString text;
    bool operator==(const SearchText &) const { return true; }
};

/// A component, or the head of those of one area.
struct ComponentRow : components::Component {
    QString area;       ///< id of the group in the catalogue
    bool isHead = false;
    bool isTwin = false; ///< another namespace has one of that name
    components::Summary summary; ///< of a head: of its components
    int section = 0;    ///< place of its area in the catalogue
    SearchText search;
    bool operator==(const ComponentRow &) const = default;
};

/// What Kubeflow is made of, with the verdict on each, area by area where it is sectioned. Rows are named by key(), heads by "area:<id>".
class ComponentTableModel : public RowTableModel<ComponentRow>
{
    Q_OBJECT
public:
    enum Column { Name, Replicas, Spread, Leader, Budget, KeptIn, Verdict, ColumnCount };
    Q_ENUM(Column)
    enum Facet { GroupRole = FirstFacetRole }; ///< id of its group in the catalogue

    explicit ComponentTableModel(QObject *parent = nullptr);

    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    ColumnHead head(int column) const override;

    void setComponents(const QList<components::Component> &components);
    /// With a head for each area; for a table that is sectioned.
    void setSectioned(bool sectioned);
    int count() const { return static_cast<int>(m_components.size()); } ///< of components
    const QList<components::Component> &components() const { return m_components; }
    /// nullptr where there is none, or it is a head.
    const components::Component *component(const QString &key) const;
    static QString key(const components::Component &component) { return situation::componentKey(component); }

    /// Texts that the panel shows as well; safe to show.
    static QString group(const components::Component &component);
    static QString areaName(const QString &id);
    static QString headKey(const QString &area) { return QStringLiteral("area:") + area; }
    static QString spread(const components::Component &component);
    static QString leader(const components::Component &component);
    static QString budget(const components::Component &component);
    static QString replicas(const components::Component &component);

protected:
    QString keyOf(const ComponentRow &row) const override { return row.isHead ? headKey(row.area) : key(row); }

private:
    QVariant headData(const ComponentRow &row, int column, int role) const;
    QString text(const components::Component &component, int column) const;
    QString toolTip(const components::Component &component, int column) const;
    const QString &searchOf(const ComponentRow &row) const;
    /// Makes the texts of the filter a few milliseconds at a time, before somebody types.
    void prepare();
    QList<components::Component> m_components;
    bool m_sectioned = false;
    int m_prepared = 0; ///< rows of the top that were
    QTimer m_idle;
};

} // namespace cairn::items
