// SPDX-License-Identifier: GPL-3.0-or-later
#include "items/ComponentTableModel.h"

#include "base/Text.h"

#include <QCoreApplication>
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

int ComponentTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString ComponentTableModel::group(const Component &component)
{
    const auto it = std::ranges::find(components::catalogue().groups, component.entry().group, &components::Group::id);
    return it == components::catalogue().groups.end() ? QString() : components::translated(it->name);
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
    case Leadership::State::Missing: return component.entry().lease->onByDefault ? tr("no lease") : tr("election off");
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
    const Component *component = rowAt(index);
    if (!component)
        return {};
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole: return text(*component, column);
    case Qt::ToolTipRole: return toolTip(*component, column);
    case Qt::AccessibleTextRole:
        return tr("%1: %2", "column, value").arg(headerData(column, Qt::Horizontal).toString(), text(*component, column));
    case KeyRole: return keyOf(*component);
    case SortRole:
        switch (column) {
        case Replicas: return component->ready - component->desired;
        case Spread: return static_cast<int>(component->nodes.size());
        case Verdict: return rank(*component);
        default: return text(*component, column);
        }
    case RankRole: return rank(*component);
    case FilterRole:
        switch (column) {
        case Name: return QStringList{component->id, group(*component), component->ns, component->workload}.join(u' ');
        case Spread: return component->nodes.join(u' ');
        default: return {};
        }
    case StrongRole: return column == Name;
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

QVariant ComponentTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == TermRole) {
        static const QStringList terms{u"name"_s, u"replicas"_s, u"spread"_s, u"leader"_s, u"budget"_s, u"store"_s, u"verdict"_s};
        return terms.value(section);
    }
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Name: return tr("Component");
    case Replicas: return tr("Replicas");
    case Spread: return tr("Spread");
    case Leader: return tr("Leader");
    case Budget: return tr("PDB");
    case KeptIn: return tr("State in");
    case Verdict: return tr("Verdict");
    default: return {};
    }
}

} // namespace cairn::items
