// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointer>
#include <QWidget>

class QApplication;

namespace cairn::kit {

/// The one focus ring of a window: 2 px accent, 1 px away from the focused control, drawn by a click-through child of
/// the window because a control cannot paint outside itself. Text fields always have it, other controls when the
/// keyboard brought the focus. A widget opts out with the dynamic property "focusRing" = false (tables and logs, which
/// frame their current row) and gives its corner radius in "focusRadius" (default 6).
class FocusRing : public QWidget {
    Q_OBJECT

public:
    static void install(QApplication &app);

protected:
    void paintEvent(QPaintEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    friend class FocusWatcher;
    explicit FocusRing(QWidget *window);
    void follow(QWidget *target);
    void place();

    QPointer<QWidget> m_target;
    QList<QPointer<QWidget>> m_watched;
};

} // namespace cairn::kit
