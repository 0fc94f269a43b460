// SPDX-License-Identifier: GPL-3.0-or-later
#include "items/PodTableModel.h"

#include "base/Text.h"
#include "items/CellText.h"
#include "store/PodTrouble.h"

#include <algorithm>
#include <limits>

namespace cairn::items {

using namespace Qt::StringLiterals;

namespace {

Tone phaseTone(const Pod &pod)
{
    if (pod.deleting.isValid())
        return Tone::Idle;
    if (pod.phase == "Running"_L1)
        return pod.ready() && !store::isOutOfSight(pod, false) ? Tone::Ok : Tone::Warn;
    if (pod.phase == "Succeeded"_L1)
        return Tone::Info;
    if (pod.phase == "Failed"_L1)
        return Tone::Err;
    return pod.phase == "Pending"_L1 ? Tone::Warn : Tone::Idle;
}

int rank(const Pod &pod)
{
    switch (phaseTone(pod)) {
    case Tone::Err: return 0;
    case Tone::Warn: return 1;
    case Tone::Ok: return 2;
    default: return 3;
    }
}

} // namespace

PodTableModel::PodTableModel(QObject *parent)
    : RowTableModel(parent)
    , m_now(QDateTime::currentDateTimeUtc())
{
}

int PodTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString PodTableModel::cause(const Pod &pod)
{
    if (store::isOutOfSight(pod, false))
        return u"NodeLost"_s;
    if (!pod.reason.isEmpty())
        return text::safe(pod.reason);
    for (const ContainerState &container : pod.containers)
        if (!container.reason.isEmpty() && container.reason != "Completed"_L1)
            return text::safe(container.reason);
    for (const ContainerState &container : pod.containers)
        if (!container.lastReason.isEmpty() && container.restarts > 0)
            return tr("last: %1", "reason of the previous container's end").arg(text::safe(container.lastReason));
    return {};
}

bool PodTableModel::inTrouble(const Pod &pod)
{
    return rank(pod) <= 1;
}

void PodTableModel::tally(const Pod &pod, int by)
{
    m_troubled += inTrouble(pod) ? by : 0;
    if (pod.claims.isEmpty())
        return;
    if (by > 0)
        m_mounting.insert(keyOf(pod));
    else
        m_mounting.remove(keyOf(pod));
}

QString PodTableModel::text(const Pod &pod, int column) const
{
    switch (column) {
    case Name: return text::safe(pod.name);
    case Role: return pod.role.isEmpty() ? u"–"_s : text::safe(pod.role);
    case State: {
        // Kubernetes' own words stay as they are.
        const QString phase = pod.deleting.isValid() ? u"Terminating"_s : text::safe(pod.phase);
        const QString why = cause(pod);
        return why.isEmpty() ? phase : tr("%1, %2", "state of a pod and its cause").arg(phase, why);
    }
    case Ready: {
        const auto ready = std::count_if(pod.containers.cbegin(), pod.containers.cend(),
                                         [](const ContainerState &c) { return c.ready; });
        // What the kubelet said last is not what is.
        if (store::isOutOfSight(pod, false))
            return u"–/%1"_s.arg(pod.containers.size());
        return pod.containers.isEmpty() ? u"–"_s : u"%1/%2"_s.arg(ready).arg(pod.containers.size());
    }
    case Restarts: return text::number(pod.restarts());
    case Node: return pod.node.isEmpty() ? u"–"_s : text::safe(pod.node);
    case Gpus: return plainNumber(pod.gpus);
    case Age: return age(pod.created, m_now);
    case Namespace: return text::safe(pod.ns);
    case Owner: return text::safe(pod.jobName.isEmpty() ? pod.ownerName : pod.jobName);
    default: return {};
    }
}

QVariant PodTableModel::data(const QModelIndex &index, int role) const
{
    const Pod *pod = rowAt(index);
    if (!pod)
        return {};
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole: return text(*pod, column);
    case Qt::ToolTipRole:
        if (column == Name)
            return text::safe(pod->ns + u'/' + pod->name);
        if (column == State)
            return text::safe(pod->message);
        if (column == Owner && !pod->ownerKind.isEmpty())
            return text::safe(pod->ownerKind + u' ' + pod->ownerName);
        return column == Age ? exactTime(pod->created) : QString();
    case Qt::AccessibleTextRole:
        return tr("%1: %2", "column, value").arg(headerData(column, Qt::Horizontal).toString(), text(*pod, column));
    case KeyRole: return keyOf(*pod);
    case SortRole:
        switch (column) {
        case State: return rank(*pod);
        case Role: return pod->role + u'-' + QString::number(pod->index);
        case Restarts: return pod->restarts();
        case Gpus: return pod->gpus;
        case Age:
            return pod->created.isValid() ? -static_cast<double>(pod->created.toSecsSinceEpoch())
                                          : std::numeric_limits<double>::quiet_NaN();
        default: return text(*pod, column);
        }
    case ValueRole:
        if (column == Age)
            return pod->created.isValid() ? static_cast<double>(pod->created.secsTo(m_now))
                                          : std::numeric_limits<double>::quiet_NaN();
        return {};
    case RankRole: return rank(*pod);
    case SearchRole:
        // One text instead of ten: twenty thousand pods are searched at each key.
        return text::safe(pod->name + u' ' + pod->ns + u' ' + pod->jobName + u' ' + pod->ownerName + u' ' + pod->node + u' ' + text(*pod, State)).toLower();
    case TroubleFacet: return inTrouble(*pod) ? u"trouble"_s : QString();
    case StrongRole: return column == Name;
    case ToneRole:
        if (column == Restarts && pod->restarts() > 0)
            return static_cast<int>(Tone::Warn);
        if (column == Owner && pod->jobName.isEmpty())
            return static_cast<int>(Tone::Dim);
        return static_cast<int>(column == Role || column == Node || column == Namespace ? Tone::Dim : Tone::None);
    case TagRole:
        if (column == State)
            return QVariant::fromValue(TagValue{pod->deleting.isValid() ? u"Terminating"_s : text::safe(pod->phase),
                                                phaseTone(*pod)});
        return {};
    case DetailRole: return column == State ? QVariant(cause(*pod)) : QVariant();
    default: return {};
    }
}

ColumnHead PodTableModel::head(int column) const
{
    switch (column) {
    case Name: return {tr("Pod"), u"name"_s};
    case Role: return {tr("Role"), u"role"_s};
    case State: return {tr("State"), u"state"_s};
    case Ready: return {tr("Ready")};
    case Restarts: return {tr("Restarts"), u"restarts"_s};
    case Node: return {tr("Node"), u"node"_s};
    case Gpus: return {tr("GPUs"), u"gpus"_s};
    case Age: return {tr("Age"), u"age"_s};
    case Namespace: return {tr("Namespace"), u"namespace"_s};
    case Owner: return {tr("Job or owner"), u"owner"_s};
    default: return {};
    }
}

} // namespace cairn::items
