// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLayout>
#include <QList>

namespace cairn::pages {

/// Items side by side, going on in the next line when the width is used up: chips, facts of a header.
class FlowLayout : public QLayout
{
    Q_OBJECT
public:
    explicit FlowLayout(int horizontal, int vertical, QWidget *parent = nullptr);
    ~FlowLayout() override;

    void addItem(QLayoutItem *item) override;
    int count() const override { return static_cast<int>(m_items.size()); }
    QLayoutItem *itemAt(int index) const override { return m_items.value(index); }
    QLayoutItem *takeAt(int index) override;
    Qt::Orientations expandingDirections() const override { return {}; }
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    QSize minimumSize() const override;
    QSize sizeHint() const override;
    void setGeometry(const QRect &rect) override;

private:
    int place(const QRect &rect, bool apply) const;
    QList<QLayoutItem *> m_items;
    int m_horizontal;
    int m_vertical;
};

} // namespace cairn::pages
