// SPDX-License-Identifier: GPL-3.0-or-later
#include "items/ComponentTableModel.h"

#include "base/Text.h"

#include <QCoreApplication>
#include <QDeadlineTimer>
#include <algorithm>

namespace cairn::items {

using namespace Qt::StringLiterals;
using components::Component;
using components::Leadership;
using components::Standing;

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::items::ComponentTableModel)
};

bool seen(const Component &component)
{
    return component.standing != Standing::NotObservable || component.desired > 0;
}

Tone leaderTone(const Component &component)
{
    if (component.splitBrain)
        return Tone::Err;
    switch (component.leader.state) {
    case Leadership::State::Fresh: return Tone::None;
    case Leadership::State::Stale: return Tone::Err;
    case Leadership::State::Future: return Tone::Warn;
    default: return Tone::Dim;
    }
}

/// What falls first, what cannot be judged last.
int rank(const Component &component)
{
    return component.standing == Standing::NotObservable ? 100 : static_cast<int>(component.standing);
}

} // namespace

TagValue tag(Standing standing)
{
    switch (standing) {
    case Standing::NotObservable: return {Words::tr("Not observable"), Tone::Idle};
    case Standing::Down: return {Words::tr("Down"), Tone::Err};
    case Standing::NoLeader: return {Words::tr("No leader"), Tone::Err};
    case Standing::Degraded: return {Words::tr("Degraded"), Tone::Warn};
    case Standing::SinglePoint: return {Words::tr("Single point of failure"), Tone::Err};
    case Standing::DiesWithNode: return {Words::tr("All on one node"), Tone::Warn};
    case Standing::DependsOn: return {Words::tr("Depends on another"), Tone::Err};
    case Standing::SurvivesNode: return {Words::tr("Tolerates node failure"), Tone::Ok};
    case Standing::SurvivesZone: return {Words::tr("Tolerates zone failure"), Tone::Ok};
    }
    return {};
}

TagValue tag(const Component &component)
{
    if (component.cause.isEmpty())
        return tag(component.standing);
    return {Words::tr("Depends on %1").arg(component.cause), Tone::Err};
}

ComponentTableModel::ComponentTableModel(QObject *parent)
    : RowTableModel(parent)
{
    m_idle.setInterval(0);
    connect(&m_idle, &QTimer::timeout, this, &ComponentTableModel::prepare);
}

int ComponentTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

void ComponentTableModel::setComponents(const QList<Component> &components)
{
    m_components = components;
    QList<ComponentRow> rows;
    QHash<QString, components::Summary> areas;
    QHash<QString, int> names, places;
    for (const components::Group &group : components::catalogue().groups)
        places.insert(group.id, static_cast<int>(places.size()));
    for (const Component &component : components)
        ++names[component.id];
    for (const Component &component : components) {
        ComponentRow row{component, component.entry().group, false, names.value(component.id) > 1, {}, 0, {}};
        row.section = places.value(row.area, static_cast<int>(places.size()));
        rows.append(row);
        if (!m_sectioned)
            continue;
        components::Summary &area = areas[rows.last().area];
        const bool seen = component.standing != Standing::NotObservable;
        ++(seen ? area.observable : area.unobservable);
        area.surviving += component.survivesNode();
    }
    for (auto it = areas.cbegin(); it != areas.cend(); ++it) {
        ComponentRow head;
        head.area = it.key();
        head.isHead = true;
        head.summary = it.value();
        head.section = places.value(it.key(), static_cast<int>(places.size()));
        rows.append(head);
    }
    replaceRows(rows);
    // Whether a head is shown follows from the rows of its area.
    for (auto it = areas.cbegin(); it != areas.cend(); ++it) {
        const int row = rowOf(headKey(it.key()));
        emit dataChanged(index(row, 0), index(row, ColumnCount - 1));
    }
    m_prepared = 0;
    m_idle.start();
}

const QString &ComponentTableModel::searchOf(const ComponentRow &row) const
{
    if (row.search.text.isEmpty() && !row.isHead) {
        QStringList parts{row.id, areaName(row.area), row.ns, row.workload, row.nodes.join(u' ')};
        for (const int column : {Replicas, Leader, Budget, KeptIn, Verdict})
            parts.append(text(row, column));
        row.search.text = parts.join(u' ').toLower();
    }
    return row.search.text;
}

void ComponentTableModel::prepare()
{
    const QDeadlineTimer until(3);
    for (; m_prepared < rowCount() && !until.hasExpired(); ++m_prepared)
        searchOf(*rowAt(m_prepared));
    if (m_prepared >= rowCount())
        m_idle.stop();
}

void ComponentTableModel::setSectioned(bool sectioned)
{
    m_sectioned = sectioned;
    setComponents(m_components);
}

const Component *ComponentTableModel::component(const QString &key) const
{
    const ComponentRow *row = find(key);
    return row && !row->isHead ? row : nullptr;
}

QString ComponentTableModel::group(const Component &component)
{
    return areaName(component.entry().group);
}

QString ComponentTableModel::areaName(const QString &id)
{
    const auto it = std::ranges::find(components::catalogue().groups, id, &components::Group::id);
    return it == components::catalogue().groups.end() ? QString() : components::translated(it->name);
}

QVariant ComponentTableModel::headData(const ComponentRow &row, int column, int role) const
{
    switch (role) {
    case Qt::DisplayRole: return column == 0 ? areaName(row.area) : QString();
    case DetailRole:
        return column != 0                       ? QString()
            : row.summary.observable == 0 ? tr("not observable")
                                          : tr("%1 of %n component(s) tolerate a node failure", nullptr, row.summary.observable).arg(row.summary.surviving);
    case Qt::AccessibleTextRole: return tr("%1: %2", "area, how it stands").arg(areaName(row.area), headData(row, 0, DetailRole).toString());
    default: return {};
    }
}

QString ComponentTableModel::replicas(const Component &component)
{
    return seen(component) ? u"%1/%2"_s.arg(component.ready).arg(component.desired) : u"–"_s;
}

QString ComponentTableModel::spread(const Component &component)
{
    const int nodes = static_cast<int>(component.nodes.size());
    if (nodes == 0)
        return u"–"_s;
    if (nodes == 1 && component.pods.size() > 1)
        return tr("%n on one node", nullptr, static_cast<int>(component.pods.size()));
    const QString on = tr("%n node(s)", nullptr, nodes);
    return component.zones > 1 ? tr("%1 · %2", "nodes, zones").arg(on, tr("%n zone(s)", nullptr, component.zones)) : on;
}

QString ComponentTableModel::leader(const Component &component)
{
    if (component.splitBrain)
        return tr("split brain");
    switch (component.leader.state) {
    case Leadership::State::None:
        return component.entry().scaling == components::Scaling::Stateless ? tr("stateless") : u"–"_s;
    case Leadership::State::Fresh: {
        // The end of a pod's name is what differs.
        const QString holder = text::safe(component.leader.holder);
        return holder.size() > 10 && holder.contains(u'-') ? u"…-"_s + holder.section(u'-', -1) : holder;
    }
    case Leadership::State::Stale: return tr("lease is stale");
    case Leadership::State::Future: return tr("clock is wrong");
    case Leadership::State::Missing: return tr("no lease");
    case Leadership::State::Off: return tr("election off");
    case Leadership::State::Unread: break;
    }
    return tr("not readable");
}

QString ComponentTableModel::budget(const Component &component)
{
    if (component.budgetUnread && !component.budget)
        return tr("not readable");
    if (!component.budget)
        return tr("none");
    if (!component.budget->minAvailable.isEmpty())
        return tr("minAvailable %1", "of a disruption budget").arg(text::safe(component.budget->minAvailable));
    return component.budget->maxUnavailable.isEmpty()
        ? u"–"_s
        : tr("maxUnavailable %1", "of a disruption budget").arg(text::safe(component.budget->maxUnavailable));
}

QString ComponentTableModel::text(const Component &component, int column) const
{
    switch (column) {
    case Name: return component.id;
    case Replicas: return replicas(component);
    case Spread: return spread(component);
    case Leader: return leader(component);
    case Budget: return budget(component);
    case KeptIn: {
        QStringList safe;
        for (const QString &place : component.keptIn)
            safe.append(text::safe(place));
        return safe.isEmpty() ? u"–"_s : safe.join(u", "_s);
    }
    case Verdict: return tag(component).text;
    default: return {};
    }
}

QString ComponentTableModel::toolTip(const Component &component, int column) const
{
    switch (column) {
    case Name: return text::safe(group(component) + u'\n' + component.kind + u' ' + component.ns + u'/' + component.workload);
    case Spread: {
        QStringList safe;
        for (const QString &node : component.nodes)
            safe.append(text::safe(node));
        return safe.join(u'\n');
    }
    case Leader: return component.leader.holder.isEmpty() ? QString() : text::safe(component.leader.lease + u": "_s + component.leader.holder);
    case Budget: return component.budget ? tr("%1: %n disruption(s) allowed now", nullptr, component.budget->allowed).arg(text::safe(component.budget->name)) : QString();
    case Verdict: return components::reasons(component).join(u' ');
    default: return {};
    }
}

QVariant ComponentTableModel::data(const QModelIndex &index, int role) const
{
    const ComponentRow *component = rowAt(index);
    if (!component)
        return {};
    const int column = index.column();
    switch (role) {
    case KeyRole: return keyOf(*component);
    case GroupRole: return component->area;
    case HeadRole: return component->isHead;
    case SectionRole: return component->section;
    case SearchRole: return searchOf(*component);
    default: break;
    }
    if (component->isHead)
        return headData(*component, column, role);
    switch (role) {
    case Qt::DisplayRole: return text(*component, column);
    case Qt::ToolTipRole: return toolTip(*component, column);
    case Qt::AccessibleTextRole:
        return tr("%1: %2", "column, value").arg(headerData(column, Qt::Horizontal).toString(), text(*component, column));
    case SortRole:
        switch (column) {
        case Replicas: return component->ready - component->desired;
        case Spread: return static_cast<int>(component->nodes.size());
        case Verdict: return rank(*component);
        default: return text(*component, column);
        }
    case RankRole: return rank(*component);
    case StrongRole: return column == Name;
    case DetailRole: return column == Name && component->isTwin ? text::safe(component->ns) : QString();
    case ToneRole:
        switch (column) {
        case Spread: return static_cast<int>(component->standing == Standing::DiesWithNode ? Tone::Warn : Tone::None);
        case Leader: return static_cast<int>(leaderTone(*component));
        case Budget: return static_cast<int>(component->budget ? Tone::None : Tone::Dim);
        default: return static_cast<int>(Tone::None);
        }
    case ReplicasRole:
        return column == Replicas && seen(*component) ? QVariant::fromValue(ReplicaValue{component->ready, component->desired}) : QVariant();
    case TagRole: return column == Verdict ? QVariant::fromValue(tag(*component)) : QVariant();
    default: return {};
    }
}

ColumnHead ComponentTableModel::head(int column) const
{
    switch (column) {
    case Name: return {tr("Component"), u"name"_s};
    case Replicas: return {tr("Replicas"), u"replicas"_s};
    case Spread: return {tr("Spread"), u"spread"_s};
    case Leader: return {tr("Leader"), u"leader"_s};
    case Budget: return {tr("PDB"), u"budget"_s};
    case KeptIn: return {tr("State in"), u"store"_s};
    case Verdict: return {tr("Verdict"), u"verdict"_s};
    default: return {};
    }
}

} // namespace cairn::items
