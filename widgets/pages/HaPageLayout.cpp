// SPDX-License-Identifier: GPL-3.0-or-later
// What the page is made of; what it shows is in HaPage.cpp, and the panel at its right in HaPagePanel.cpp.
#include "pages/HaPage.h"

#include "base/Text.h"
#include "charts/AvailabilityStrip.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Inputs.h"
#include "kit/Label.h"
#include "kit/Marks.h"
#include "kit/Messages.h"
#include "kit/StateView.h"
#include "pages/FindingList.h"
#include "pages/FindingPanel.h"
#include "pages/GroupTiles.h"
#include "pages/KeyHintBar.h"
#include "pages/SidePanel.h"

#include <QActionGroup>
#include <QHBoxLayout>
#include <QMenu>
#include <QScrollArea>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <algorithm>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using namespace cairn::kit;
using components::Component;
using items::AcceptedTableModel;
using items::ComponentTableModel;
using items::FindingListModel;
using views::CellKind;

namespace {

/// A card that is part of another: without frame, on the same ground.
void embed(Card *card)
{
    card->setTokens(Token::Panel, Token::Panel);
    card->setOutside(Token::Panel);
    card->setMaximumWidth(QWIDGETSIZE_MAX);
}

} // namespace

HaPage::HaPage(QWidget *parent)
    : ListPage(u"ha"_s, {tr("High availability"), tr("Rule, component, or node"), tr("Filter components and findings"), tr("No component matches the filter")}, parent)
    , m_model(new ComponentTableModel(this))
    , m_findingModel(new FindingListModel(this))
    , m_acceptedModel(new AcceptedTableModel(this))
    , m_historyModel(new items::ComponentHistoryModel(this))
{
    m_failover = new Button(tr("Failover test…"));
    m_failover->setObjectName(u"ha.failover"_s);
    connect(m_failover, &QPushButton::clicked, this, [this] { emit failoverRequested(componentInFront()); });
    header()->addAction(m_failover);
    m_export = new Button(tr("Export"));
    m_export->setObjectName(u"ha.export"_s);
    auto *formats = new QMenu(this);
    for (const auto &[id, words] : {std::pair(u"markdown"_s, tr("Markdown…")), std::pair(u"json"_s, tr("JSON…")), std::pair(u"sarif"_s, tr("SARIF…"))})
        connect(formats->addAction(words), &QAction::triggered, this, [this, id] { emit exportRequested(id); });
    m_export->setMenu(formats);
    header()->addAction(m_export);
    auto *overlay = new Button(tr("Make highly available…"), ButtonVariant::Primary);
    overlay->setObjectName(u"ha.overlay"_s);
    connect(overlay, &QPushButton::clicked, this, &HaPage::overlayRequested);
    header()->addAction(overlay);

    m_groups = new GroupTiles;
    m_groups->setObjectName(u"ha.groups"_s);
    setRows(m_model,
            {{ComponentTableModel::Name, CellKind::Text, 176, 280, true},
             {ComponentTableModel::Replicas, CellKind::Replicas, 80, 110},
             {ComponentTableModel::Spread, CellKind::Text, 136, 160},
             {ComponentTableModel::Leader, CellKind::Text, 84, 130},
             {ComponentTableModel::Budget, CellKind::Text, 124, 140, false, true, true},
             {ComponentTableModel::KeptIn, CellKind::Text, 100, 130, false, true, true},
             {ComponentTableModel::Verdict, CellKind::Tag, 170, 210}},
            ComponentTableModel::Verdict, Qt::AscendingOrder);
    // What the panel says too gives way, so that no name, number or verdict is cut.
    showFrom(ComponentTableModel::KeptIn, 1400);
    showFrom(ComponentTableModel::Budget, 1180);
    showFrom(ComponentTableModel::Leader, 980);
    m_model->setSectioned(true);
    table()->setSectioned(true);

    m_views = addViews(tr("View"), {tr("Components"), tr("Findings"), tr("Accepted"), tr("History")});
    m_release = new Tag(QString());
    m_release->setObjectName(u"ha.release"_s);
    // What is looked at comes first, then what is looked for in it.
    tools()->removeWidget(search());
    tools()->removeWidget(m_views);
    tools()->insertWidget(0, m_views);
    makeGrouping();
    tools()->addWidget(m_release);
    tools()->addWidget(m_grouping);
    tools()->addWidget(search(), 3); // of the room that the stretch after the views leaves

    m_lists = new QStackedWidget;
    m_lists->addWidget(tableCard({{u"/"_s, tr("filter")}, {u"O"_s, tr("overlay")}, {u"W"_s, tr("what if")}, {u"F5"_s, tr("refresh")}}));
    m_lists->addWidget(makeFindings());
    m_lists->addWidget(makeAccepted());
    m_lists->addWidget(makeHistory());
    m_panel = makePanel();
    arrange(inStates(beside(m_lists, m_panel)), {m_groups});

    connect(m_groups, &GroupTiles::chosen, this, &HaPage::setGroup);
    connect(m_views, &Segment::currentChanged, this, [this](int index) { showView(static_cast<View>(index)); });
    connect(m_aspect, &Segment::currentChanged, this, [this](int index) { showWhatIf(index == 1); });
    connect(search(), &SearchField::changed, this, &HaPage::filterShown);
    connect(m_whatIf, &WhatIfPanel::nodeChosen, this, &HaPage::nodeChosen);
    connect(m_whatIf, &WhatIfPanel::jobRequested, this, &HaPage::jobRequested);
    connect(m_whatIf, &WhatIfPanel::componentRequested, this, &HaPage::showComponent);
    connect(m_findingPanel, &FindingPanel::objectRequested, this, &HaPage::objectRequested);
    connect(m_findingPanel, &FindingPanel::acceptRequested, this, &HaPage::accept);
    connect(m_findingPanel, &FindingPanel::offerTaken, this, &HaPage::takeOffer);
    connect(m_add, &QPushButton::clicked, this, &HaPage::takeOffer);
    connect(m_takeovers, &QPushButton::clicked, this, [this] { emit takeoversRequested(componentInFront()); });
    m_release->hide();
    showView(View::Components);
    clearReport();
    setAccepted({}, {});
    setHistories({}, {});
    setOffer({});
    updateGroups();
    settle();
}

void HaPage::makeGrouping()
{
    m_grouping = new Button({}, ButtonVariant::Normal, Button::Size::Small);
    m_grouping->setObjectName(u"ha.grouping"_s);
    auto *menu = new QMenu(this);
    m_groupings = new QActionGroup(menu);
    for (int i = 0; i < 2; ++i) {
        QAction *action = menu->addAction(QString());
        action->setCheckable(true);
        m_groupings->addAction(action);
        connect(action, &QAction::triggered, this, [this, i] { group(i); });
    }
    m_grouping->setMenu(menu);
}

QWidget *HaPage::makeHistory()
{
    using items::ComponentHistoryModel;
    m_history = new views::DataTable(tr("History of the components"));
    m_history->setObjectName(u"ha.history"_s);
    m_history->setColumns({{ComponentHistoryModel::Name, CellKind::Text, 182, 280, true},
                           {ComponentHistoryModel::Last, CellKind::Text, 118, 160},
                           {ComponentHistoryModel::Why, CellKind::Text, 118, 220},
                           {ComponentHistoryModel::Gap, CellKind::Progress, 100, 150},
                           {ComponentHistoryModel::Changes, CellKind::Number, 70, 90},
                           {ComponentHistoryModel::Availability, CellKind::Number, 72, 110}});
    m_history->setPlaceholder(tr("No component matches the filter"));
    m_history->setSource(m_historyModel);
    m_history->sortBy(ComponentHistoryModel::Last, Qt::DescendingOrder);
    auto *card = new Card(Card::Padding::Flush);
    card->body()->addWidget(m_history, 1);
    auto *foot = hbox();
    foot->setContentsMargins(12, 5, 12, 6);
    m_historyFoot = new ElidedLabel({}, Type::Meta, Token::Dim, Qt::ElideRight);
    m_historyFoot->setObjectName(u"ha.history.foot"_s);
    foot->addWidget(m_historyFoot, 1);
    foot->addWidget(new KeyHintBar({{u"/"_s, tr("filter")}, {u"Enter"_s, tr("all takeovers")}}));
    card->body()->addLayout(foot);
    connect(m_history, &views::DataTable::currentKeyChanged, this, &HaPage::currentChanged);
    connect(m_history, &views::DataTable::opened, this, &HaPage::takeoversRequested);
    connect(m_history, &views::DataTable::keyTyped, this, &HaPage::keyTyped);
    return card;
}

QWidget *HaPage::makeFindings()
{
    m_findings = new FindingList(m_findingModel);
    auto *card = new Card(Card::Padding::Flush);
    m_auditState = new StateView(m_findings);
    m_auditState->setObjectName(u"ha.audit.state"_s);
    card->body()->addWidget(m_auditState, 1);
    m_unread = new Paragraph({}, Type::Meta, Token::Dim);
    m_unread->setObjectName(u"ha.unread"_s);
    auto *text = new QWidget;
    auto *textBox = vbox(0);
    textBox->setContentsMargins(12, 6, 12, 6);
    textBox->addWidget(m_unread);
    textBox->addStretch(1);
    text->setLayout(textBox);
    QScrollArea *scroll = scrollDown(text);
    scroll->setAccessibleName(tr("Rules that were not evaluated"));
    scroll->setFocusPolicy(Qt::StrongFocus);
    bindTheme(scroll, [scroll] { scroll->setFixedHeight(scaled(120)); });
    m_unreadBox = scroll;
    m_unreadBox->hide();
    card->body()->addWidget(m_unreadBox);
    auto *foot = hbox();
    foot->setContentsMargins(12, 5, 12, 6);
    m_auditFoot = new ElidedLabel({}, Type::Meta, Token::Dim);
    m_auditFoot->setObjectName(u"ha.audit.foot"_s);
    m_unreadButton = new Button({}, ButtonVariant::Link, Button::Size::Small);
    m_unreadButton->setObjectName(u"ha.unreadButton"_s);
    m_unreadButton->setCheckable(true);
    foot->addWidget(m_auditFoot, 1);
    foot->addWidget(m_unreadButton);
    foot->addWidget(new KeyHintBar({{u"/"_s, tr("filter")}, {u"O"_s, tr("overlay")}, {u"A"_s, tr("accept")}}));
    card->body()->addLayout(foot);
    connect(m_unreadButton, &QPushButton::toggled, m_unreadBox, &QWidget::setVisible);
    connect(m_findings, &FindingList::currentKeyChanged, this, [this] {
        updatePanel();
        emit shownChanged();
    });
    connect(m_findings, &FindingList::opened, this, [this] {
        showWhatIf(false);
        findChild<QWidget *>(u"ha.finding"_s)->setFocus(Qt::TabFocusReason);
    });
    connect(m_findings, &FindingList::objectRequested, this, &HaPage::objectRequested);
    connect(m_findings, &FindingList::keyTyped, this, &HaPage::keyTyped);
    connect(m_auditState, &StateView::triggered, this, [this](const QString &id) {
        if (id == "cancel"_L1)
            emit auditCancelled();
        else if (id == "clear"_L1)
            setFilterText({});
        else if (id == "all"_L1)
            setGroup({});
        else
            emit auditRequested();
    });
    return card;
}

QWidget *HaPage::makeAccepted()
{
    m_accepted = new views::DataTable(tr("Accepted findings"));
    m_accepted->setObjectName(u"ha.accepted"_s);
    m_accepted->setColumns({{AcceptedTableModel::Rule, CellKind::Text, 60, 90},
                            {AcceptedTableModel::Object, CellKind::Text, 120, 300, true},
                            {AcceptedTableModel::Reason, CellKind::Text, 100, 300},
                            {AcceptedTableModel::Until, CellKind::Text, 110, 220},
                            {AcceptedTableModel::Findings, CellKind::Number, 70, 90},
                            {AcceptedTableModel::Act, CellKind::Action, 80, 110, false, false}});
    m_accepted->setPlaceholder(tr("Nothing accepted matches the filter"));
    m_accepted->setSource(m_acceptedModel);
    m_accepted->sortBy(AcceptedTableModel::Until, Qt::AscendingOrder);
    auto *card = new Card(Card::Padding::Flush);
    m_acceptedState = new StateView(m_accepted);
    m_acceptedState->setObjectName(u"ha.accepted.state"_s);
    card->body()->addWidget(m_acceptedState, 1);
    auto *foot = hbox();
    foot->setContentsMargins(12, 5, 12, 6);
    m_acceptedFile = new ElidedLabel({}, Type::Meta, Token::Dim);
    m_acceptedFile->setObjectName(u"ha.accepted.file"_s);
    foot->addWidget(m_acceptedFile, 1);
    foot->addWidget(new KeyHintBar({{u"Ctrl Enter"_s, tr("its action")}}));
    card->body()->addLayout(foot);
    connect(m_accepted, &views::DataTable::actionTriggered, this, [this](const QString &key, const QString &id) {
        if (id == "accepted.renew"_L1)
            emit renewRequested(key);
        else
            emit withdrawRequested(key);
    });
    connect(m_accepted, &views::DataTable::keyTyped, this, &HaPage::keyTyped);
    return card;
}

QWidget *HaPage::makePanel()
{
    auto *card = new Card(Card::Padding::Flush);
    bindTheme(card, [card] {
        card->setMinimumWidth(scaled(312));
        card->setMaximumWidth(scaled(400));
    });
    auto *head = hbox();
    head->setContentsMargins(16, 12, 16, 6);
    m_aspect = new Segment(tr("Panel"), {tr("Component"), tr("What if")});
    m_aspect->setObjectName(u"ha.aspect"_s);
    head->addWidget(m_aspect);
    head->addStretch(1);
    card->body()->addLayout(head);
    m_details = new QStackedWidget;
    m_componentPanel = makeComponentPanel();
    m_findingPanel = new FindingPanel;
    m_whatIf = new WhatIfPanel;
    for (QWidget *detail : {m_componentPanel, static_cast<QWidget *>(m_findingPanel), static_cast<QWidget *>(m_whatIf), makeHistoryPanel()})
        m_details->addWidget(detail);
    card->body()->addWidget(m_details, 1);
    return card;
}

QWidget *HaPage::makeComponentPanel()
{
    m_side = new SidePanel(u"ha.panel"_s, tr("The selected component"));
    embed(m_side);
    QVBoxLayout *column = m_side->column();
    column->setContentsMargins(16, 4, 16, 14);
    m_alarm = m_side->addNote(Tone::Err, u"ha.alarm"_s);
    column->addSpacing(4);
    m_lossTitle = new ElidedLabel({}, Type::Section, Token::Text, Qt::ElideRight);
    column->addWidget(m_lossTitle);
    m_loss = m_side->addParagraph(u"ha.loss"_s);
    m_findingsTitle = m_side->addSection(tr("Findings"));
    m_componentFindings = vbox(2);
    column->addLayout(m_componentFindings);
    m_side->addSection(tr("Why this verdict"));
    m_why = m_side->addParagraph(u"ha.why"_s);
    m_side->addSection(tr("Details"));
    m_facts = m_side->addFacts({tr("Replicas"), tr("Spread"), tr("Leader"), tr("Lease renewed"), tr("Disruptions allowed"), tr("Autoscaler"),
                                tr("Restarts"), tr("State kept in")});
    m_side->addSection(tr("Last 7 days"));
    m_strip = new charts::AvailabilityStrip({});
    column->addWidget(m_strip);
    m_seen = m_side->addParagraph(u"ha.seen"_s);
    m_source = m_side->addSource();
    m_offerText = new Paragraph({}, Type::Meta, Token::Dim);
    m_offerText->setObjectName(u"ha.offer"_s);
    m_add = new Button({});
    m_add->setObjectName(u"ha.add"_s);
    auto *foot = vbox(6);
    foot->setContentsMargins(16, 8, 16, 12);
    foot->addWidget(m_offerText);
    foot->addWidget(m_add, 0, Qt::AlignRight);
    auto *whole = new QWidget;
    auto *box = vbox(0);
    box->addWidget(m_side, 1);
    box->addLayout(foot);
    whole->setLayout(box);
    return whole;
}

QWidget *HaPage::makeHistoryPanel()
{
    m_historySide = new SidePanel(u"ha.historyPanel"_s, tr("History of the selected component"));
    embed(m_historySide);
    QVBoxLayout *column = m_historySide->column();
    column->setContentsMargins(16, 4, 16, 14);
    m_historySide->addSection(tr("Last 7 days"));
    m_historyStrip = new charts::AvailabilityStrip({});
    m_historyStrip->setObjectName(u"ha.history.strip"_s);
    column->addWidget(m_historyStrip);
    m_historySeen = m_historySide->addParagraph(u"ha.history.seen"_s);
    m_changesTitle = m_historySide->addSection(tr("Last takeovers"));
    m_changes = vbox(6);
    column->addLayout(m_changes);
    column->addSpacing(4);
    m_takeovers = new Button(tr("All takeovers and tests…"));
    m_takeovers->setObjectName(u"ha.takeovers"_s);
    column->addWidget(m_takeovers, 0, Qt::AlignLeft);
    column->addStretch(1);
    return m_historySide;
}

} // namespace cairn::pages
