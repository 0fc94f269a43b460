// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "kit/Theme.h"

#include <QList>
#include <QWidget>
#include <functional>
#include <optional>

class QPainter;

namespace cairn::charts {

/// What is lost when training saves after every so many seconds. Shares are 0 to 1.
struct WastePoint {
    double interval = 0; ///< seconds
    double saves = 0;
    double failures = 0;
    double inAll() const { return saves + failures; }
    bool operator==(const WastePoint &) const = default;
};

struct WasteData {
    QList<WastePoint> curve = {}; ///< by interval, evenly spaced; empty: nothing is known
    bool failures = true;         ///< false: how often it fails is not known, the curve is of saving alone
    std::optional<WastePoint> set = {};      ///< as it is set
    std::optional<WastePoint> proposed = {};
    std::optional<WastePoint> before = {};   ///< of the job that this one is made from
    QString beforeName = {};                 ///< safe to show
    double flatFrom = 0, flatTo = 0;         ///< seconds; 0: not drawn
    QString flatWords = {};                  ///< "at most 1.1 times the least"
    std::optional<double> deadline = {};     ///< seconds after which the job is ended
    std::optional<double> step = {};         ///< seconds of a step: the axis counts steps too
    bool operator==(const WasteData &) const = default;
};

/// The lost share against the interval: in all, in saves, to failures; ■ set, ○ proposed, ▲ before, the stretch where it
/// matters little, and the deadline. A mark beyond the right edge stands at it with an arrow. ← → move between the marks,
/// Home and End jump, T asks for the table. GUI thread only.
class WasteChart : public QWidget {
    Q_OBJECT

public:
    explicit WasteChart(QWidget *parent = nullptr);

    void setData(const WasteData &data);
    const WasteData &data() const { return m_data; }
    /// The picture in words, also the accessible description.
    QString summary() const;
    /// What the keyboard reaches, from the left: "Set: every 43 min, 4.6 % lost".
    QStringList marks() const;

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
    enum class Sort { Set, Proposed, Before, Deadline };
    struct Mark {
        Sort sort;
        WastePoint at;
        QString label; ///< beside it
        QString words; ///< read out
    };
    void rebuild();
    void select(qsizetype index);
    void updateNames();
    QRectF plot() const;
    double x(double seconds) const;
    double y(double share) const;
    QPointF place(const Mark &mark) const;
    QString every(double seconds) const;
    void paintAxes(QPainter &painter) const;
    /// The place of its name goes to `taken`.
    void paintCurve(QPainter &painter, const std::function<double(const WastePoint &)> &share, kit::Token token, Qt::PenStyle style,
        double width, const QString &name, bool above, QList<QRect> &taken) const;
    void paintMarks(QPainter &painter, QList<QRect> taken) const;
    /// One of the curves goes through it.
    bool isCrossed(const QRect &rect) const;

    WasteData m_data;
    QList<Mark> m_marks; ///< by interval
    double m_from = 0, m_to = 1, m_top = 0.1;
    qsizetype m_selected = -1, m_hovered = -1;
};

} // namespace cairn::charts
