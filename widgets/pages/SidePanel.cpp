// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/SidePanel.h"

#include "kit/Label.h"
#include "kit/Marks.h"
#include "kit/Messages.h"

#include <QHBoxLayout>
#include <QScrollArea>
#include <QStyle>
#include <QVBoxLayout>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using namespace cairn::kit;

FactGrid::FactGrid(const QStringList &names, int minimum)
{
    setHorizontalSpacing(12);
    setVerticalSpacing(5);
    setColumnStretch(1, 1);
    for (const QString &name : names) {
        auto *value = new ElidedLabel(u"–"_s);
        if (minimum > 0)
            value->setMinimumWidth(scaled(minimum));
        const int at = static_cast<int>(m_values.size());
        addWidget(new Label(name, Type::Body, Token::Dim), at, 0);
        addWidget(value, at, 1);
        m_values.append(value);
    }
}

void FactGrid::setValues(const QStringList &values)
{
    for (qsizetype i = 0; i < values.size(); ++i)
        m_values[i]->setText(values[i]);
}

SidePanel::SidePanel(const QString &name, const QString &accessibleName, int minimumWidth)
    : Card(Padding::Flush)
    , m_column(vbox(6))
    , m_name(new ElidedLabel({}, Type::PanelTitle))
    , m_tag(new Tag(QString()))
    , m_where(new ElidedLabel({}, Type::Meta, Token::Dim))
{
    setMinimumWidth(scaled(minimumWidth));
    setMaximumWidth(scaled(380));
    m_column->setContentsMargins(16, 14, 16, 14);
    m_head = hbox(8);
    m_head->addWidget(m_name, 1);
    m_head->addWidget(m_tag);
    m_column->addLayout(m_head);
    m_column->addWidget(m_where);
    auto *inside = new QWidget;
    inside->setLayout(m_column);
    QScrollArea *scroll = scrollDown(inside);
    scroll->setObjectName(name);
    scroll->setAccessibleName(accessibleName);
    scroll->setFocusPolicy(Qt::StrongFocus); // it holds what must be read by key
    body()->addWidget(scroll);
}

Label *SidePanel::addSection(const QString &title)
{
    m_column->addSpacing(6);
    auto *label = new Label(title, Type::Section);
    m_column->addWidget(label);
    return label;
}

Paragraph *SidePanel::addParagraph(const QString &name)
{
    auto *paragraph = new Paragraph({}, Type::Body, Token::Dim);
    paragraph->setObjectName(name);
    m_column->addWidget(paragraph);
    return paragraph;
}

Note *SidePanel::addNote(Tone tone, const QString &name)
{
    auto *note = new Note(tone, {});
    note->setObjectName(name);
    m_column->addWidget(note);
    return note;
}

FactGrid *SidePanel::addFacts(const QStringList &names)
{
    auto *facts = new FactGrid(names);
    m_column->addLayout(facts);
    return facts;
}

Paragraph *SidePanel::addSource()
{
    m_column->addStretch(1);
    auto *source = new Paragraph({}, Type::Meta, Token::Dim);
    m_column->addWidget(source);
    return source;
}

void SidePanel::setHead(const QString &name, const items::TagValue &tag, const QString &where)
{
    m_name->setText(name);
    m_tag->set(tag);
    m_where->setText(where);
    arrangeHead();
}

/// The tag goes below a name that it would cut.
void SidePanel::arrangeHead()
{
    const QMargins margins = m_column->contentsMargins();
    const int room = width() - margins.left() - margins.right() - style()->pixelMetric(QStyle::PM_ScrollBarExtent);
    const bool below = room > 0 && m_name->sizeHint().width() + 8 + m_tag->sizeHint().width() > room;
    m_head->setDirection(below ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
    m_head->setSpacing(below ? 4 : 8);
    m_head->setAlignment(m_tag, below ? Qt::AlignLeft : Qt::Alignment());
}

void SidePanel::resizeEvent(QResizeEvent *event)
{
    Card::resizeEvent(event);
    arrangeHead();
}

} // namespace cairn::pages
