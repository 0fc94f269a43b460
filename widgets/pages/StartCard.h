// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QRadioButton>

namespace cairn::pages {

/// One of a few ways to begin: a radio button with its detail below it, in a frame. Where there is no room for a line it takes
/// more of them. GUI thread only.
class StartCard : public QRadioButton {
    Q_OBJECT
public:
    explicit StartCard(const QString &title, QWidget *parent = nullptr);
    void setDetail(const QString &detail);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    bool hitButton(const QPoint &pos) const override { return rect().contains(pos); }
    bool event(QEvent *event) override;

private:
    QString m_detail;
};

} // namespace cairn::pages
