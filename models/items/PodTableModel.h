// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Delta.h"
#include "domain/Job.h"
#include "items/FilterProxy.h"
#include "items/RowTableModel.h"

namespace cairn::items {

/// Pods: those of one job, or of the whole cluster.
class PodTableModel : public RowTableModel<Pod>
{
    Q_OBJECT
public:
    enum Column { Name, Role, State, Ready, Restarts, Node, Gpus, Age, Namespace, Owner, ColumnCount };
    Q_ENUM(Column)
    enum Facet { TroubleFacet = FirstFacetRole }; ///< "trouble" where a pod failed or is not ready

    explicit PodTableModel(QObject *parent = nullptr);

    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    ColumnHead head(int column) const override;

    void setPods(const QList<Pod> &pods) { replaceRows(pods); }
    void applyDelta(Delta<Pod> delta) { applyRows(std::move(delta.upserts), delta.removed); }
    void setNow(const QDateTime &now) { m_now = now; }
    template <class Visit>
    void visit(Visit visit) const { visitRows(visit); }

    /// The word a pod's state is told by: "OOMKilled", "ImagePullBackOff", "Evicted" before the bare phase. Safe to show.
    static QString cause(const Pod &pod);
    /// It failed, waits, or runs without being ready.
    static bool inTrouble(const Pod &pod);
    int troubled() const { return m_troubled; } ///< pods that are
    const QSet<QString> &mounting() const { return m_mounting; } ///< keys of pods with claims

protected:
    void tally(const Pod &pod, int by) override;
    QString keyOf(const Pod &pod) const override { return pod.uid.isEmpty() ? pod.ns + u'/' + pod.name : pod.uid; }

private:
    QString text(const Pod &pod, int column) const;
    QDateTime m_now;
    int m_troubled = 0;
    QSet<QString> m_mounting; ///< keys
};

} // namespace cairn::items
