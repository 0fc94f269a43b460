// SPDX-License-Identifier: GPL-3.0-or-later
#include "gallery/Sheet.h"

#include "kit/Label.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace cairn::gallery {

Sheet::Sheet(QWidget *parent)
    : QWidget(parent)
    , m_column(kit::vbox(12))
{
    setLayout(m_column);
}

void Sheet::row(const QString &caption, const QList<QWidget *> &widgets)
{
    auto *row = kit::hbox(12);
    auto *label = new kit::Label(caption, kit::Type::Meta, kit::Token::Dim);
    kit::bindTheme(label, [label] { label->setFixedWidth(kit::scaled(88)); });
    row->addWidget(label);
    for (QWidget *widget : widgets)
        row->addWidget(widget);
    row->addStretch();
    m_column->addLayout(row);
}

void Sheet::wide(const QString &caption, QWidget *widget)
{
    auto *column = kit::vbox(5);
    column->addWidget(new kit::Label(caption, kit::Type::Meta, kit::Token::Dim));
    column->addWidget(widget, 1);
    m_column->addLayout(column, 1);
}

} // namespace cairn::gallery
