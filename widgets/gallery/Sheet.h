// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "kit/Card.h"

#include <QWidget>

namespace cairn::gallery {

/// Rows of widgets, each row with a caption; the frame small entries stand in.
class Sheet : public QWidget {
    Q_OBJECT

public:
    explicit Sheet(QWidget *parent = nullptr);
    void row(const QString &caption, const QList<QWidget *> &widgets);
    /// A widget that takes the whole width.
    void wide(const QString &caption, QWidget *widget);

private:
    QVBoxLayout *m_column;
};

} // namespace cairn::gallery
