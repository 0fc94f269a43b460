// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLayout>
#include <QList>

namespace cairn::forms {

/// Fields side by side in reading order; what has no room goes to the next line. A field that stretches takes what its line
/// leaves. Private to the folder.
class FieldFlow : public QLayout {
public:
    FieldFlow();
    ~FieldFlow() override;

    void addItem(QLayoutItem *item) override;
    int count() const override;
    QLayoutItem *itemAt(int index) const override;
    QLayoutItem *takeAt(int index) override;
    QSize sizeHint() const override;
    QSize minimumSize() const override;
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    void setGeometry(const QRect &rect) override;
    Qt::Orientations expandingDirections() const override { return Qt::Horizontal; }

private:
    /// The height that is used; the items are placed where `place`.
    int arrange(const QRect &rect, bool place) const;
    QList<QLayoutItem *> m_items;
};

} // namespace cairn::forms
