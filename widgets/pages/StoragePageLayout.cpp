// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/StoragePage.h"

#include "charts/UsageChart.h"
#include "items/UsageTableModel.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Inputs.h"
#include "kit/Label.h"
#include "kit/Marks.h"
#include "kit/Messages.h"
#include "pages/KeyHintBar.h"
#include "views/DataTable.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QScrollArea>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using namespace cairn::kit;
using items::BucketTableModel;
using items::ClaimTableModel;
using items::UsageTableModel;
using views::CellKind;

namespace {
constexpr int mostShares = 6;
}

QWidget *StoragePage::makeTables()
{
    m_table = new views::DataTable(tr("Claims"));
    m_table->setObjectName(u"storage.table"_s);
    m_table->setTwoLine(true);
    m_table->setColumns({{ClaimTableModel::Name, CellKind::Text, 116, 240, true},
                         {ClaimTableModel::Class, CellKind::Text, 112, 140, false, true, true},
                         {ClaimTableModel::Used, CellKind::Progress, 150, 170},
                         {ClaimTableModel::FullIn, CellKind::Number, 104, 160},
                         {ClaimTableModel::UsedBy, CellKind::Text, 84, 140, false, true, true},
                         {ClaimTableModel::MeasuredBy, CellKind::Text, 106, 150}});
    m_table->setSource(m_model);
    m_table->sortBy(ClaimTableModel::FullIn, Qt::AscendingOrder);
    m_table->setPlaceholder(tr("No claim matches the filter"));
    auto *card = new Card(Card::Padding::Flush);
    card->body()->addWidget(m_table);
    auto *foot = hbox();
    foot->setContentsMargins(12, 5, 12, 6);
    m_foot = new ElidedLabel({}, Type::Meta, Token::Dim);
    foot->addWidget(m_foot, 1);
    foot->addWidget(new KeyHintBar({{u"/"_s, tr("filter")}, {u"F5"_s, tr("read again")}}));
    card->body()->addLayout(foot);

    m_buckets = new views::DataTable(tr("Buckets"));
    m_buckets->setObjectName(u"storage.buckets"_s);
    m_buckets->setColumns({{BucketTableModel::Name, CellKind::Text, 120, 240, true},
                           {BucketTableModel::Used, CellKind::Number, 120, 150},
                           {BucketTableModel::Checkpoints, CellKind::Number, 84, 100},
                           {BucketTableModel::UsedBy, CellKind::Text, 110, 180},
                           {BucketTableModel::MeasuredBy, CellKind::Text, 150, 220}});
    m_buckets->setSource(m_bucketModel);
    m_buckets->sortBy(BucketTableModel::Used);
    m_bucketCard = new Card(Card::Padding::Flush);
    m_bucketCard->body()->addWidget(m_buckets);

    auto *left = new QWidget;
    auto *column = vbox(12);
    column->addWidget(card, 2);
    column->addWidget(m_bucketCard);
    column->addWidget(makeChart(), 1);
    left->setLayout(column);
    bindTheme(m_table, [this] { m_table->setMinimumHeight(scaled(150)); });
    QScrollArea *scroll = scrollDown(left);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAsNeeded); // the chart's buttons need their width
    return scroll;
}

QWidget *StoragePage::makeChart()
{
    auto *card = new Card;
    auto *head = hbox();
    m_chartTitle = new ElidedLabel({}, Type::Section);
    m_days = new Segment(tr("How far back"), {tr("7 d", "days"), tr("30 d", "days"), tr("90 d", "days")});
    m_days->setObjectName(u"storage.days"_s);
    m_days->setCurrent(1);
    m_asTable = new Button(tr("Show as table"), ButtonVariant::Normal, Button::Size::Small);
    m_asTable->setObjectName(u"storage.asTable"_s);
    head->addWidget(m_chartTitle, 1);
    head->addWidget(m_days);
    head->addWidget(m_asTable);
    card->body()->addLayout(head);

    m_chart = new charts::UsageChart;
    m_chart->setObjectName(u"storage.chart"_s);
    m_usage = new views::DataTable(tr("Use over time"));
    m_usage->setObjectName(u"storage.usage"_s);
    m_usage->setColumns({{UsageTableModel::When, CellKind::Text, 130, 160, true},
                         {UsageTableModel::Used, CellKind::Number, 80, 110},
                         {UsageTableModel::Part, CellKind::Number, 60, 80},
                         {UsageTableModel::MeasuredBy, CellKind::Text, 100, 140}});
    m_usage->setSource(m_usageModel);
    m_usage->sortBy(UsageTableModel::When, Qt::DescendingOrder);
    m_usage->setPlaceholder(tr("No measurement in these days"));
    m_chartStack = new QStackedWidget;
    m_chartStack->addWidget(m_chart);
    m_chartStack->addWidget(m_usage);
    m_chartStack->setMinimumHeight(scaled(130));
    card->body()->addWidget(m_chartStack, 1);
    m_chartCard = card;
    return card;
}

QWidget *StoragePage::makeSources()
{
    m_sourcesCard = new Card;
    m_sourcesCard->setObjectName(u"storage.sources"_s);
    auto *column = m_sourcesCard->body();
    column->addWidget(new Label(tr("Who is asked how full claims are"), Type::Section));
    m_prometheus = new Paragraph({}, Type::Body, Token::Dim);
    column->addWidget(m_prometheus);
    m_kubelet = new Check(tr("Ask the kubelets, through nodes/proxy"));
    m_kubelet->setObjectName(u"storage.kubelet"_s);
    column->addWidget(m_kubelet);
    column->addWidget(new Paragraph(
        tr("**The right this needs gives far more than statistics.** Whoever may `get nodes/proxy` can also run commands in every "
           "pod of a node, past admission and the audit log. Cairn reads `/stats/summary` and nothing else; do not ask for this "
           "right only for Cairn."),
        Type::Meta, Token::Dim));
    m_kubeletProblem = new Paragraph({}, Type::Meta, Token::Err);
    column->addWidget(m_kubeletProblem);
    column->addWidget(new Paragraph(tr("A helper pod can look at any claim that is bound: choose the claim, then Measure…"), Type::Meta, Token::Dim));
    return m_sourcesCard;
}

QWidget *StoragePage::makePanel()
{
    auto *card = new Card(Card::Padding::Flush);
    card->setMinimumWidth(scaled(290));
    card->setMaximumWidth(scaled(380));
    auto *inside = new QWidget;
    auto *column = vbox(6);
    column->setContentsMargins(16, 14, 16, 14);

    auto *head = hbox(8);
    m_name = new ElidedLabel({}, Type::PanelTitle);
    m_tag = new Tag(QString());
    head->addWidget(m_name, 1);
    head->addWidget(m_tag);
    column->addLayout(head);
    m_where = new ElidedLabel({}, Type::Meta, Token::Dim);
    column->addWidget(m_where);
    m_trouble = new Note(Tone::Err, {});
    m_trouble->setObjectName(u"storage.trouble"_s);
    column->addWidget(m_trouble);
    m_sharing = new Note(Tone::Warn, {});
    m_sharing->setObjectName(u"storage.sharing"_s);
    column->addWidget(m_sharing);
    m_silence = new Paragraph({}, Type::Body, Token::Dim);
    m_silence->setObjectName(u"storage.silence"_s);
    column->addWidget(m_silence);

    column->addSpacing(4);
    column->addWidget(new Label(tr("Numbers"), Type::Section));
    auto *grid = new QGridLayout;
    grid->setHorizontalSpacing(12);
    grid->setVerticalSpacing(5);
    grid->setColumnStretch(1, 1);
    for (const QString &name : {tr("Used"), tr("Free"), tr("Files"), tr("Full in"), tr("Growth"), tr("Measured"), tr("Granted"), tr("Volume"), tr("Driver")}) {
        auto *value = new ElidedLabel(u"–"_s);
        const int at = static_cast<int>(m_values.size());
        grid->addWidget(new Label(name, Type::Body, Token::Dim), at, 0);
        grid->addWidget(value, at, 1);
        m_values.append(value);
    }
    column->addLayout(grid);
    m_measureText = new Paragraph({}, Type::Meta, Token::Dim);
    m_measureText->setObjectName(u"storage.measureText"_s);
    column->addSpacing(2);
    column->addWidget(m_measureText);
    m_measure = new Button(tr("Measure…"));
    m_measure->setObjectName(u"storage.measure"_s);
    auto *act = hbox();
    act->addWidget(m_measure);
    act->addStretch(1);
    column->addLayout(act);

    column->addSpacing(6);
    column->addWidget(new Label(tr("Used by"), Type::Section));
    m_users = new Paragraph({}, Type::Body, Token::Dim);
    m_users->setObjectName(u"storage.users"_s);
    column->addWidget(m_users);

    column->addSpacing(6);
    column->addWidget(new Label(tr("What fills it"), Type::Section));
    m_unread = new Paragraph({}, Type::Body, Token::Dim);
    m_unread->setObjectName(u"storage.unread"_s);
    column->addWidget(m_unread);
    auto *shares = new QGridLayout;
    shares->setHorizontalSpacing(12);
    shares->setVerticalSpacing(3);
    shares->setColumnStretch(0, 1);
    for (int i = 0; i < mostShares; ++i) {
        auto *name = new Button({}, ButtonVariant::Link, Button::Size::Small);
        auto *size = new Label({});
        shares->addWidget(name, i, 0, Qt::AlignLeft);
        shares->addWidget(size, i, 1, Qt::AlignRight);
        m_shareNames.append(name);
        m_shareSizes.append(size);
        connect(name, &QPushButton::clicked, this, [this, name] { emit jobRequested(name->property("job").toString()); });
    }
    column->addLayout(shares);
    m_shareFoot = new Paragraph({}, Type::Meta, Token::Dim);
    column->addWidget(m_shareFoot);
    column->addStretch(1);
    inside->setLayout(column);

    QScrollArea *scroll = scrollDown(inside);
    scroll->setObjectName(u"storage.panel"_s);
    scroll->setAccessibleName(tr("The selected claim"));
    scroll->setFocusPolicy(Qt::StrongFocus); // it holds what must be read by key
    card->body()->addWidget(scroll);
    return card;
}

} // namespace cairn::pages
