// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/WhatIfPanel.h"

#include "base/Text.h"
#include "kit/Announce.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Inputs.h"
#include "kit/Label.h"
#include "kit/Marks.h"
#include "kit/Paint.h"
#include "pages/FlowLayout.h"

#include <QApplication>
#include <QClipboard>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QPainter>
#include <QScrollArea>
#include <QVBoxLayout>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using namespace cairn::kit;

namespace {

constexpr qsizetype nodesAtFirst = 6;
constexpr qsizetype mostRows = 40;

/// A frame of hairlines around a grid and between its rows.
class Framed : public QWidget
{
public:
    explicit Framed(QGridLayout *grid)
        : m_grid(grid)
    {
        setLayout(grid);
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        paint::box(painter, rect(), radius::inner, Qt::transparent, color(Token::Line));
        for (int row = 1; row < m_grid->rowCount(); ++row) {
            // Every row but the head begins with its name, at its top.
            if (const QLayoutItem *name = m_grid->itemAtPosition(row, 0))
                painter.fillRect(QRect(1, name->geometry().top() - m_grid->verticalSpacing() / 2, width() - 2, 1), color(Token::Line));
        }
    }

private:
    QGridLayout *m_grid;
};

Token ink(items::Tone tone)
{
    return tone == items::Tone::None ? Token::Text : foreground(tone);
}

QHBoxLayout *leaning(QWidget *widget)
{
    auto *row = hbox(0);
    row->addWidget(widget);
    row->addStretch(1);
    return row;
}

} // namespace

WhatIfPanel::WhatIfPanel(QWidget *parent)
    : QWidget(parent)
    , m_chips(new FlowLayout(6, 6))
    , m_chipBox(new QWidget)
    , m_moreNodes(new Button({}, ButtonVariant::Link, Button::Size::Small))
    , m_answer(new Paragraph({}, Type::StateTitle))
    , m_grid(new QGridLayout)
    , m_stopsTitle(new Label({}, Type::Section))
    , m_stops(vbox(0))
    , m_jobsTitle(new Label(tr("Jobs with a pod there"), Type::Section))
    , m_jobs(vbox(0))
    , m_wayTitle(new Label(tr("The safe way"), Type::Section))
    , m_wayText(new Paragraph({}, Type::Body, Token::Dim))
    , m_way(vbox(0))
    , m_source(new Paragraph({}, Type::Meta, Token::Dim))
    , m_foot(new QWidget)
    , m_copy(new Button(tr("Copy commands")))
{
    m_chipBox->setLayout(m_chips);
    m_answer->setObjectName(u"ha.whatif.answer"_s);
    m_source->setObjectName(u"ha.whatif.source"_s);
    m_copy->setObjectName(u"ha.whatif.copy"_s);
    m_moreNodes->setObjectName(u"ha.whatif.moreNodes"_s);
    m_grid->setContentsMargins(10, 5, 10, 5);
    m_grid->setHorizontalSpacing(10);
    m_grid->setVerticalSpacing(8);
    m_grid->setColumnStretch(1, 1);
    m_grid->setColumnStretch(2, 1);
    m_table = new Framed(m_grid);
    m_table->setObjectName(u"ha.whatif.table"_s);

    auto *column = vbox(8);
    column->setContentsMargins(16, 4, 16, 12);
    column->addWidget(m_chipBox);
    column->addLayout(leaning(m_moreNodes));
    column->addWidget(m_answer);
    column->addWidget(m_table);
    column->addSpacing(2);
    column->addWidget(m_stopsTitle);
    column->addLayout(m_stops);
    column->addSpacing(2);
    column->addWidget(m_jobsTitle);
    column->addLayout(m_jobs);
    column->addSpacing(2);
    column->addWidget(m_wayTitle);
    column->addWidget(m_wayText);
    column->addLayout(m_way);
    column->addStretch(1);
    column->addWidget(m_source);
    auto *inside = new QWidget;
    inside->setLayout(column);
    QScrollArea *scroll = scrollDown(inside);
    scroll->setObjectName(u"ha.whatif"_s);
    scroll->setAccessibleName(tr("What if a node fails or is drained"));
    scroll->setFocusPolicy(Qt::StrongFocus); // it holds what must be read by key
    auto *foot = hbox();
    foot->setContentsMargins(16, 8, 16, 12);
    foot->addStretch(1);
    foot->addWidget(m_copy);
    m_foot->setLayout(foot);
    auto *whole = vbox(0);
    whole->addWidget(scroll, 1);
    whole->addWidget(m_foot);
    setLayout(whole);

    connect(m_moreNodes, &QPushButton::clicked, this, [this] {
        m_allNodes = !m_allNodes;
        updateNodes();
    });
    connect(m_copy, &QPushButton::clicked, this, [this] {
        QApplication::clipboard()->setText(m_view.safeWay);
        announce(m_copy, tr("Commands copied"));
    });
    setNothing({});
}

void WhatIfPanel::setNothing(const QString &text)
{
    setView({});
    m_answer->setText(text);
}

void WhatIfPanel::setView(const WhatIfView &view)
{
    const WhatIfView before = std::exchange(m_view, view);
    if (before.nodes != view.nodes || before.node != view.node)
        updateNodes();
    m_answer->setText(view.answer);
    if (before.rows != view.rows || view.rows.isEmpty())
        updateRows();
    if (before.stops != view.stops || view.stops.isEmpty())
        updateStops();
    if (before.jobs != view.jobs || view.jobs.isEmpty())
        updateJobs();
    if (before.safeWay != view.safeWay) {
        clearLayout(m_way);
        if (!view.safeWay.isEmpty())
            m_way->addWidget(new CodeBox(view.safeWay));
    }
    m_wayText->setText(view.safeWayText);
    m_wayText->setVisible(!view.safeWayText.isEmpty());
    m_wayTitle->setVisible(!view.safeWay.isEmpty() || !view.safeWayText.isEmpty());
    m_foot->setVisible(!view.safeWay.isEmpty());
    m_source->setText(view.source);
    if (before.node != view.node && !view.answer.isEmpty() && isVisible())
        announce(m_answer, view.answer);
}

/// The chips keep their places while their numbers change, so that the focus stays on one.
void WhatIfPanel::updateNodes()
{
    qsizetype shown = m_allNodes ? m_view.nodes.size() : qMin(nodesAtFirst, m_view.nodes.size());
    QList<WhatIfView::Node> nodes = m_view.nodes.first(shown);
    // The chosen one is always among them.
    for (const WhatIfView::Node &node : std::as_const(m_view.nodes)) {
        if (node.name == m_view.node && !nodes.contains(node))
            nodes.append(node);
    }
    QList<Chip *> chips = m_chipBox->findChildren<Chip *>(u"ha.whatif.node"_s, Qt::FindDirectChildrenOnly);
    while (chips.size() > nodes.size()) {
        Chip *gone = chips.takeLast();
        m_chips->removeWidget(gone);
        gone->setObjectName({});
        gone->hide();
        gone->deleteLater();
    }
    while (chips.size() < nodes.size()) {
        auto *chip = new Chip({});
        chip->setObjectName(u"ha.whatif.node"_s);
        chip->setCheckable(true);
        connect(chip, &QAbstractButton::clicked, this, [this, chip] {
            chip->setChecked(chip->property("node").toString() == m_view.node);
            emit nodeChosen(chip->property("node").toString());
        });
        m_chips->addWidget(chip);
        chip->show();
        chips.append(chip);
    }
    for (qsizetype i = 0; i < nodes.size(); ++i) {
        chips[i]->setProperty("node", nodes[i].name);
        chips[i]->setText(text::safe(nodes[i].name));
        chips[i]->setDetail(text::number(nodes[i].stops));
        chips[i]->setChecked(nodes[i].name == m_view.node);
        chips[i]->setToolTip(tr("The failure of this node stops %n component(s)", nullptr, nodes[i].stops));
        chips[i]->updateGeometry();
    }
    m_chipBox->setVisible(!nodes.isEmpty());
    const qsizetype hidden = m_view.nodes.size() - nodes.size();
    m_moreNodes->setVisible(hidden > 0 || (m_allNodes && m_view.nodes.size() > nodesAtFirst));
    m_moreNodes->setText(hidden > 0 ? tr("%n more node(s)", nullptr, static_cast<int>(hidden)) : tr("Fewer"));
    m_chips->invalidate();
    m_chipBox->updateGeometry();
}

void WhatIfPanel::updateRows()
{
    clearLayout(m_grid);
    m_table->setVisible(!m_view.rows.isEmpty());
    if (m_view.rows.isEmpty())
        return;
    int at = 0;
    const auto cell = [this, &at](const QString &words, Type type, Token token, int column) {
        // A unit is not torn from its number's line at its hyphen ("GPU-h").
        auto *label = new Paragraph(QString(words).replace(u"PU-h"_s, u"PU\u2011h"_s), type, token);
        label->setMinimumWidth(scaled(60)); // the panel is narrow, and wraps
        if (column > 0)
            label->setAlignment(Qt::AlignRight);
        m_grid->addWidget(label, at, column, column > 0 ? Qt::AlignTop : Qt::AlignVCenter);
    };
    cell(tr("Node fails"), Type::MetaStrong, Token::Text, 1);
    cell(tr("Is drained"), Type::MetaMedium, Token::Dim, 2);
    for (const WhatIfView::Row &row : std::as_const(m_view.rows)) {
        ++at;
        m_grid->addWidget(new Label(row.name, Type::Meta, Token::Dim), at, 0, Qt::AlignTop);
        cell(row.lost, row.lostTone == items::Tone::None || row.lostTone == items::Tone::Dim ? Type::MetaNumber : Type::MetaStrong, ink(row.lostTone), 1);
        cell(row.drained, Type::MetaNumber, ink(row.drainedTone), 2);
    }
    m_table->update();
}

void WhatIfPanel::updateStops()
{
    clearLayout(m_stops);
    m_stopsTitle->setVisible(!m_view.stops.isEmpty());
    m_stopsTitle->setText(tr("Stops when it fails"));
    for (const WhatIfView::Stop &stop : m_view.stops.first(qMin(mostRows, m_view.stops.size()))) {
        auto *row = hbox(6);
        row->addWidget(new Sign(stop.tone == items::Tone::Err ? paint::Glyph::Triangle : paint::Glyph::Bang, foreground(stop.tone)));
        if (stop.key.isEmpty()) {
            row->addWidget(new Label(stop.name, Type::BodyStrong));
        } else {
            auto *name = new ElidedLink(stop.name);
            name->setObjectName(u"ha.whatif.stop"_s);
            name->setHint(stop.text.isEmpty() ? tr("Show the component") : stop.text);
            connect(name, &QAbstractButton::clicked, this, [this, key = stop.key] { emit componentRequested(key); });
            row->addWidget(name);
        }
        auto *why = new ElidedLabel(stop.why, Type::Meta, Token::Dim, Qt::ElideRight);
        row->addStretch(1);
        row->addWidget(why);
        m_stops->addLayout(row);
    }
    if (m_view.stops.size() > mostRows)
        m_stops->addWidget(new Label(tr("and %n more", nullptr, static_cast<int>(m_view.stops.size() - mostRows)), Type::Meta, Token::Dim));
}

void WhatIfPanel::updateJobs()
{
    clearLayout(m_jobs);
    m_jobsTitle->setVisible(!m_view.jobs.isEmpty());
    for (const WhatIfView::JobThere &job : m_view.jobs.first(qMin(mostRows, m_view.jobs.size()))) {
        auto *row = hbox(6);
        auto *name = new ElidedLink(job.name);
        name->setObjectName(u"ha.whatif.job"_s);
        name->setHint(tr("Show the job"));
        connect(name, &QAbstractButton::clicked, this, [this, key = job.key] { emit jobRequested(key); });
        row->addWidget(name);
        row->addWidget(new ElidedLabel(job.detail, Type::Meta, Token::Dim, Qt::ElideRight), 1);
        row->addWidget(new Label(job.loss, Type::MetaNumber));
        m_jobs->addLayout(row);
    }
    if (m_view.jobs.size() > mostRows)
        m_jobs->addWidget(new Label(tr("and %n more", nullptr, static_cast<int>(m_view.jobs.size() - mostRows)), Type::Meta, Token::Dim));
}

} // namespace cairn::pages
