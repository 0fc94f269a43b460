// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Takeover.h"
#include "kit/Theme.h"
#include "situation/FailoverWords.h"

#include <QWidget>

namespace cairn::charts {

/// A failover test, second by second from the kill: a row for the leader, for each standby, for the Lease with its renewals, and for
/// the probe job. The time without a leader is shaded, its length above. ← → move between what happened, Home and End jump, T asks for
/// the table. GUI thread only.
class TakeoverChart : public QWidget
{
    Q_OBJECT

public:
    explicit TakeoverChart(QWidget *parent = nullptr);

    void setResult(const FailoverResult &result);
    /// The picture in words, also the accessible description.
    QString summary() const;
    /// What the keyboard reaches, in order.
    QList<situation::Moment> moments() const { return m_moments; }
    /// Legend of the mark of a renewal, for the head of the card. The caller owns it.
    static QWidget *makeLegend(QWidget *parent = nullptr);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

signals:
    void tableRequested();

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;

private:
    struct Row {
        QString name;
        QString detail;
        QString pod; ///< of a standby
    };
    void rebuild();
    void select(qsizetype index);
    void updateNames();
    double x(double seconds) const;
    QRectF plot() const;
    double centre(qsizetype row) const;
    qsizetype rowOf(const situation::Moment &moment) const;
    void bar(QPainter &painter, double from, double to, qsizetype row, kit::Token fill, kit::Token text, const QString &words, bool strong, bool dashed = false) const;
    void words(QPainter &painter, QPointF at, const QString &text, kit::Token token, bool strong, Qt::Alignment side) const;
    void paintGap(QPainter &painter) const;
    void paintLeader(QPainter &painter) const;
    void paintStandbys(QPainter &painter) const;
    void paintLease(QPainter &painter, qsizetype row) const;
    void paintProbe(QPainter &painter, qsizetype row) const;
    void paintAxis(QPainter &painter) const;
    void paintTip(QPainter &painter, const situation::Moment &moment) const;

    FailoverResult m_result;
    QList<Row> m_rows; ///< leader, standbys, Lease, probe
    qsizetype m_standbys = 0;
    QList<situation::Moment> m_moments;
    double m_from = -6, m_to = 36;
    qsizetype m_selected = -1, m_hovered = -1;
};

} // namespace cairn::charts
