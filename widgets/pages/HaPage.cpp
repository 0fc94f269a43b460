// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/HaPage.h"

#include "base/Text.h"
#include "charts/AvailabilityStrip.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Inputs.h"
#include "kit/Label.h"
#include "kit/Marks.h"
#include "kit/Messages.h"
#include "kit/Paint.h"
#include "kit/StateView.h"
#include "pages/FindingList.h"
#include "pages/FindingPanel.h"
#include "pages/GroupTiles.h"
#include "pages/KeyHintBar.h"
#include "pages/SidePanel.h"
#include "situation/FailoverWords.h"
#include "items/LeaderChangeTableModel.h"

#include <QActionGroup>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QMenu>
#include <QScrollArea>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <algorithm>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using namespace cairn::kit;
using audit::Finding;
using components::Component;
using components::Leadership;
using components::Standing;
using items::AcceptedTableModel;
using items::ComponentTableModel;
using items::FindingListModel;
using views::CellKind;

namespace {

constexpr qsizetype mostFindings = 6; ///< of a component, in its panel
constexpr qsizetype mostChanges = 8;  ///< takeovers of a component, in its panel

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

/// Of components 0 by area, 1 not at all; of findings 0 by severity, 1 by area.
void HaPage::group(int by)
{
    if (view() == View::Findings) {
        m_findingsByArea = by == 1;
        m_findingModel->setSections(m_findingsByArea ? FindingListModel::Sections::Area : FindingListModel::Sections::Severity);
    } else {
        m_byArea = by == 0;
        // Heads go before nobody asks for them, and come before somebody does.
        if (m_byArea)
            m_model->setSectioned(true);
        table()->setSectioned(m_byArea);
        if (!m_byArea)
            m_model->setSectioned(false);
        settle();
    }
    updateGrouping();
}

void HaPage::updateGrouping()
{
    const bool findings = view() == View::Findings;
    m_grouping->setVisible(findings || view() == View::Components);
    const QStringList words = findings ? QStringList{tr("By severity"), tr("By area")} : QStringList{tr("By area"), tr("Not grouped")};
    const int current = findings ? (m_findingsByArea ? 1 : 0) : (m_byArea ? 0 : 1);
    const QList<QAction *> actions = m_groupings->actions();
    for (int i = 0; i < actions.size(); ++i)
        actions[i]->setText(words[i]);
    actions[current]->setChecked(true);
    m_grouping->setText(findings ? (m_findingsByArea ? tr("Group: area") : tr("Group: severity")) : (m_byArea ? tr("Group: area") : tr("Group: none")));
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

HaPage::View HaPage::view() const
{
    return static_cast<View>(m_lists->currentIndex());
}

bool HaPage::showsWhatIf() const
{
    return m_details->currentWidget() == m_whatIf;
}

/// The list in front alone: the others follow when they are shown.
void HaPage::filterShown()
{
    const QString text = filter()->text();
    switch (view()) {
    case View::Components: break; // the base's
    case View::Findings:
        m_findingModel->setFilter(text);
        updateFindings();
        break;
    case View::Accepted: m_accepted->filter()->setText(text); break;
    case View::History: m_history->filter()->setText(text); break;
    }
}

void HaPage::showView(View view)
{
    m_lists->setCurrentIndex(static_cast<int>(view));
    m_views->setCurrent(static_cast<int>(view));
    m_aspect->setLabel(0, view == View::Components || view == View::History ? tr("Component") : tr("Finding"));
    filterShown();
    updateGrouping();
    showWhatIf(showsWhatIf());
}

void HaPage::showWhatIf(bool show)
{
    m_aspect->setCurrent(show ? 1 : 0);
    m_details->setCurrentWidget(show                            ? static_cast<QWidget *>(m_whatIf)
                                : view() == View::Components ? m_componentPanel
                                : view() == View::History    ? static_cast<QWidget *>(m_historySide)
                                                             : static_cast<QWidget *>(m_findingPanel));
    // An entry of the list says all there is; its columns need the room.
    m_panel->setVisible(show || view() != View::Accepted);
    updatePanel();
    emit shownChanged();
}

void HaPage::showComponent(const QString &key)
{
    const Component *component = m_model->component(key);
    if (component && !m_groups->current().isEmpty() && component->entry().group != m_groups->current())
        setGroup({});
    showView(View::Components);
    showWhatIf(false);
    setCurrentKey(key);
}

void HaPage::showFinding(const QString &key)
{
    const Finding *finding = m_findingModel->find(key);
    if (!finding)
        return;
    if (!m_groups->current().isEmpty() && items::groupOf(*finding) != m_groups->current())
        setGroup({});
    showView(View::Findings);
    showWhatIf(false);
    m_findings->setCurrentKey(key);
}

QString HaPage::currentFinding() const
{
    return m_findingModel->find(m_findings->currentKey()) ? m_findings->currentKey() : QString();
}

void HaPage::setGroup(const QString &group)
{
    m_groups->setCurrent(group);
    updateGroups();
    filter()->setFacet(ComponentTableModel::GroupRole, group.isEmpty() ? QSet<QString>() : QSet<QString>{group});
    m_history->filter()->setFacet(items::ComponentHistoryModel::GroupRole, group.isEmpty() ? QSet<QString>() : QSet<QString>{group});
    m_findingModel->setGroup(group);
    updateFindings();
}

const Component *HaPage::inFront() const
{
    return view() == View::Components ? m_model->component(currentKey()) : view() == View::History ? m_model->component(m_history->currentKey()) : nullptr;
}

QString HaPage::componentInFront() const
{
    const Component *component = inFront();
    return component ? ComponentTableModel::key(*component) : QString();
}

views::DataTable *HaPage::activeTable() const
{
    return view() == View::Accepted ? m_accepted : view() == View::History ? m_history : table();
}

QWidget *HaPage::activeList() const
{
    return view() == View::Findings ? static_cast<QWidget *>(m_findings) : activeTable();
}

void HaPage::focusRow()
{
    if (view() == View::Findings)
        m_findings->focusRow();
    else
        activeTable()->focusRow();
}

void HaPage::openFound()
{
    if (view() == View::Findings)
        m_findings->focusRow();
    else
        activeTable()->openFound();
}

void HaPage::keyTyped(const QString &key)
{
    if (key.compare("w"_L1, Qt::CaseInsensitive) == 0)
        showWhatIf(!showsWhatIf());
    else if (key.compare("a"_L1, Qt::CaseInsensitive) == 0)
        accept();
    else if (key.compare("o"_L1, Qt::CaseInsensitive) == 0)
        takeOffer();
    else
        ListPage::keyTyped(key);
}

void HaPage::keyPressEvent(QKeyEvent *event)
{
    // From a tile or the panel; fields keep their letters to themselves.
    if (event->modifiers() == Qt::NoModifier && (event->key() == Qt::Key_W || event->key() == Qt::Key_A || event->key() == Qt::Key_O)) {
        keyTyped(event->text());
        event->accept();
        return;
    }
    ListPage::keyPressEvent(event);
}

void HaPage::setComponents(const QList<Component> &components, const QDateTime &now)
{
    m_read = now;
    m_model->setComponents(components);
    updateGroups();
    settle();
}

void HaPage::setFeed(const FeedState &feed, const QString &roleRequest)
{
    ListPage::setFeed(feed, roleRequest);
    m_history->setStale(feed.phase == FeedState::Phase::Stale);
    m_findings->setStale(feed.phase == FeedState::Phase::Stale);
}

void HaPage::setAuditing(const QString &text, qint64 done, qint64 total)
{
    m_auditing = true;
    m_auditState->setLoading(text, done, total, m_report.has_value(), tr("Cancel"));
}

void HaPage::setReport(const audit::Report &report, std::chrono::milliseconds took)
{
    m_auditing = false;
    m_auditError.reset();
    m_report = report;
    m_took = took;
    m_findingModel->setFindings(report.findings);
    m_release->setVisible(!report.release.isEmpty());
    m_release->set(tr("Kubeflow %1, found", "release").arg(text::safe(report.release)), Tone::Idle);
    updateViews();
    updateFindings();
    updatePanel();
}

void HaPage::setAuditError(const Error &error)
{
    m_auditing = false;
    m_auditError = error;
    updateFindings();
}

void HaPage::clearReport()
{
    m_auditing = false;
    m_auditError.reset();
    m_report.reset();
    m_findingModel->setFindings({});
    m_release->hide();
    updateViews();
    updateFindings();
    updatePanel();
}

void HaPage::setAccepted(const QList<items::AcceptedRow> &rows, const QString &file)
{
    m_acceptedModel->setAccepted(rows);
    m_acceptedFile->setText(file);
    if (rows.isEmpty())
        m_acceptedState->setEmpty(tr("Nothing is accepted"),
                                  tr("A finding that you can live with is accepted with a reason and an end date; from then on it counts again."));
    else if (m_acceptedState->state() != StateView::State::Content)
        m_acceptedState->setContent();
    updateViews();
}

void HaPage::setAcceptRefusal(const QString &why)
{
    m_acceptRefusal = why;
    m_findingPanel->setAcceptRefusal(why);
}

QList<Finding> HaPage::selectedFindings() const
{
    QList<Finding> list;
    const FindingListModel::Row *row = m_findingModel->rowAt(m_findingModel->rowOf(m_findings->currentKey()));
    if (view() != View::Findings || !row || row->kind == FindingListModel::Kind::Section)
        return list;
    for (const qsizetype at : row->findings)
        list.append(m_findingModel->findingAt(at));
    return list;
}

void HaPage::accept()
{
    const QList<Finding> findings = selectedFindings();
    if (!findings.isEmpty() && m_acceptRefusal.isEmpty())
        emit acceptRequested(findings);
}

void HaPage::setOffer(const OverlayOffer &offer)
{
    m_offer = offer;
    m_findingPanel->setOffer(offer.sentence, offer.act, offer.refusal);
    m_offerText->setText(offer.sentence);
    m_offerText->setVisible(!offer.sentence.isEmpty());
    m_add->setText(offer.act);
    m_add->setRefusal(offer.refusal);
    m_add->setVisible(!offer.act.isEmpty());
}

void HaPage::takeOffer()
{
    if (!m_offer.act.isEmpty() && m_offer.refusal.isEmpty() && (view() == View::Components || view() == View::Findings) && !showsWhatIf())
        emit offerTaken();
}

void HaPage::settle()
{
    updateViews();
    ListPage::settle();
}

void HaPage::updateGroups()
{
    QList<GroupCount> groups{{{}, tr("All"), 0, 0, 0, 0}};
    for (const components::Group &group : components::catalogue().groups)
        groups.append({group.id, components::translated(group.name), 0, 0, 0, 0});
    for (const Component &component : m_model->components()) {
        const auto own = std::ranges::find(groups, component.entry().group, &GroupCount::id);
        for (GroupCount *count : {&groups.first(), own == groups.end() ? nullptr : &*own}) {
            if (!count)
                continue;
            if (component.standing == Standing::NotObservable)
                ++count->unknown;
            else if (component.survivesNode())
                ++count->survives;
            else if (component.standing == Standing::SinglePoint || component.standing == Standing::Down || component.standing == Standing::NoLeader)
                ++count->falls;
            else
                ++count->hurts;
        }
    }
    // What is not installed takes no room.
    groups.removeIf([this](const GroupCount &count) {
        return !count.id.isEmpty() && count.id != m_groups->current() && count.observable() + count.unknown == 0;
    });
    m_groups->setGroups(groups);
    m_groups->setVisible(m_model->count() > 0);
}

void HaPage::updateViews()
{
    const auto counted = [](const QString &word, qint64 count) { return tr("%1 %2", "view, how many rows").arg(word, text::number(count)); };
    m_views->setLabel(0, m_model->count() > 0 ? counted(tr("Components"), m_model->count()) : tr("Components"));
    m_views->setLabel(1, m_report ? counted(tr("Findings"), m_report->findings.size()) : tr("Findings"));
    m_views->setLabel(2, m_acceptedModel->rowCount() > 0 ? counted(tr("Accepted"), m_acceptedModel->rowCount()) : tr("Accepted"));
    m_export->setRefusal(m_report ? QString() : tr("There is no audit yet"));
}

void HaPage::updateFindings()
{
    QStringList unread;
    int rules = 0;
    if (m_report) {
        rules = static_cast<int>(m_report->notEvaluated.size());
        for (const audit::NotEvaluated &rule : std::as_const(m_report->notEvaluated))
            unread.append(tr("%1: %2", "rule, why it was not evaluated").arg(rule.rule, rule.why));
        for (const Gap &gap : std::as_const(m_report->gaps))
            unread.append(tr("%1: %2", "what could not be read, why").arg(gap.what, text::safe(gap.error.why.isEmpty() ? gap.error.what : gap.error.why)));
    }
    m_unread->setText(unread.join(u'\n'));
    m_unreadButton->setVisible(!unread.isEmpty());
    m_unreadButton->setText(rules > 0 ? tr("%n rule(s) not evaluated", nullptr, rules) : tr("%n list(s) not read", nullptr, static_cast<int>(unread.size())));
    if (unread.isEmpty())
        m_unreadButton->setChecked(false);
    if (!m_report) {
        m_auditFoot->setText({});
    } else {
        const int all = static_cast<int>(m_report->findings.size());
        const QString shown = m_findingModel->isFiltering() ? tr("%1 of %n finding(s)", nullptr, all).arg(text::number(m_findingModel->shownCount()))
                                                            : tr("%n finding(s)", nullptr, all);
        m_auditFoot->setText(tr("%1 · %2 objects, audited %3 in %4", "findings, objects, age, duration")
                                 .arg(shown, text::number(m_report->objects), text::ago(m_report->asOf, now()), text::duration(m_took)));
    }
    if (m_auditing)
        return;
    // Who stopped an audit knows that what is shown is that of the one before.
    if (m_auditError && !(m_report && m_auditError->kind == Error::Kind::Cancelled)) {
        Error error = *m_auditError;
        error.what = text::safe(error.what);
        error.why = text::safe(error.why);
        error.fix = text::safe(error.fix);
        const QList<Offer> again{{u"again"_s, tr("Audit again"), ButtonVariant::Primary}};
        if (error.kind == Error::Kind::Cancelled)
            m_auditState->setEmpty(tr("The audit was cancelled"), tr("Nothing is known of what it would have found."), again);
        else if (m_report)
            m_auditState->setStale(tr("The last audit failed"), error.why.isEmpty() ? error.what : error.why, again);
        else
            m_auditState->setError(error, again, now());
    } else if (!m_report) {
        m_auditState->setEmpty(tr("Not audited yet"), tr("The audit begins as soon as this page has read the cluster."), {{u"again"_s, tr("Audit now"), ButtonVariant::Primary}});
    } else if (m_findingModel->rowCount() > 0) {
        m_auditState->setContent();
    } else if (m_findingModel->isFiltering()) {
        m_auditState->setEmpty(tr("No finding matches"), tr("%n finding(s) are hidden by the filter or the group.", nullptr, static_cast<int>(m_report->findings.size())),
                               {{u"all"_s, tr("All groups"), ButtonVariant::Normal}, {u"clear"_s, tr("Clear the filter"), ButtonVariant::Normal}});
    } else {
        m_auditState->setEmpty(tr("No findings"),
                               unread.isEmpty() ? tr("Every rule was evaluated, and none found a reason to worry.")
                                                : tr("What was read gives no reason to worry; not everything was read."));
    }
}

void HaPage::updateAnswer()
{
    const components::Summary summary = components::summarise(m_model->components());
    if (summary.observable == 0) {
        header()->setAnswer({});
        return;
    }
    QString answer = tr("%1 of %n component(s) tolerate a node failure", nullptr, summary.observable).arg(summary.surviving);
    if (summary.unobservable > 0)
        answer = tr("%1 · %2", "answer, what is not known").arg(answer, tr("%n not observable", nullptr, summary.unobservable));
    header()->setAnswer(answer);
}

void HaPage::updatePanel()
{
    updateFailover(inFront());
    if (showsWhatIf())
        return;
    if (view() == View::Components)
        updateComponentPanel();
    else if (view() == View::History)
        updateHistoryPanel();
    else
        updateFindingPanel();
}

void HaPage::updateFindingPanel()
{
    const QList<Finding> findings = selectedFindings();
    if (findings.isEmpty()) {
        m_findingPanel->setNothing(tr("Select a finding to see what it rests on and how to repair it."));
        return;
    }
    const FindingListModel::Row *row = m_findingModel->rowAt(m_findingModel->rowOf(m_findings->currentKey()));
    if (row->kind == FindingListModel::Kind::Fold)
        m_findingPanel->setFold(m_findingModel->title(*row), findings);
    else
        m_findingPanel->setFinding(findings.first());
}

void HaPage::updateComponentFindings(const Component &component)
{
    QStringList shown;
    QList<qsizetype> own;
    const QList<Finding> &all = m_findingModel->findings();
    for (qsizetype i = 0; i < all.size(); ++i) {
        if (items::concerns(all[i], component)) {
            own.append(i);
            shown.append(all[i].rule + all[i].title);
        }
    }
    m_findingsTitle->setVisible(m_report.has_value());
    m_findingsTitle->setText(own.isEmpty() ? tr("No findings") : tr("%n finding(s)", nullptr, static_cast<int>(own.size())));
    if (std::exchange(m_shownFindings, shown) == shown)
        return;
    clearLayout(m_componentFindings);
    for (const qsizetype at : own.first(qMin(mostFindings, own.size()))) {
        const Finding &finding = all[at];
        auto *row = hbox(6);
        row->addWidget(new Sign(finding.severity == audit::Severity::High ? paint::Glyph::Triangle : paint::signOf(items::tone(finding.severity)),
                                foreground(items::tone(finding.severity))));
        auto *name = new ElidedLink(finding.title);
        name->setObjectName(u"ha.component.finding"_s);
        name->setHint(tr("Show the finding"));
        connect(name, &QAbstractButton::clicked, this, [this, key = items::findingKey(finding)] { showFinding(key); });
        row->addWidget(name, 1);
        row->addWidget(new Label(finding.rule, Type::Mono, Token::Dim));
        m_componentFindings->addLayout(row);
    }
    if (own.size() > mostFindings)
        m_componentFindings->addWidget(new Label(tr("and %n more", nullptr, static_cast<int>(own.size() - mostFindings)), Type::Meta, Token::Dim));
}

/// A test drops a leader for real: it is only offered where another one can take over.
void HaPage::updateFailover(const Component *component)
{
    QString refusal;
    if (!component)
        refusal = tr("Choose a component first");
    else if (component->leader.state == Leadership::State::None)
        refusal = tr("%1 elects no leader that a Lease shows").arg(component->id);
    else if (component->leader.state == Leadership::State::Off)
        refusal = tr("The leader election of %1 is off").arg(component->id);
    else if (component->leader.state != Leadership::State::Fresh)
        refusal = tr("The Lease of %1 is not fresh").arg(component->id);
    else if (component->ready < 2)
        refusal = tr("It would drop the only ready replica of %1").arg(component->id);
    m_failover->setRefusal(refusal);
}

void HaPage::currentChanged()
{
    updatePanel();
    emit shownChanged();
}

void HaPage::setHistory(const QList<ReadinessHour> &hours, const QList<LeaderChange> &changes)
{
    m_strip->setHours(hours);
    m_seen->setText(m_strip->summary());
    m_historyStrip->setHours(hours);
    m_historySeen->setText(m_historyStrip->summary());
    QStringList shown;
    const auto first = changes.first(qMin(mostChanges, changes.size()));
    for (const LeaderChange &change : first) {
        shown += {items::LeaderChangeTableModel::when(change.at, now()), situation::whyText(change), situation::secondsText(change.gap),
                  tr("%1 → %2", "who led, who leads").arg(situation::fromText(change), situation::toText(change))};
    }
    if (shown.isEmpty() && inFront())
        shown = {inFront()->leader.state == Leadership::State::None ? tr("It elects no leader that a Lease shows.") : tr("Cairn has not seen one yet.")};
    if (std::exchange(m_shownChanges, shown) == shown)
        return;
    clearLayout(m_changes);
    if (shown.size() < 4) {
        for (const QString &text : std::as_const(shown))
            m_changes->addWidget(new Paragraph(text, Type::Body, Token::Dim));
        return;
    }
    for (qsizetype i = 0; i + 3 < shown.size(); i += 4) {
        auto *line = hbox(8);
        line->addWidget(new Label(shown[i], Type::Body));
        line->addWidget(new ElidedLabel(shown[i + 1], Type::Body, Token::Dim, Qt::ElideRight), 1);
        line->addWidget(new Label(shown[i + 2], Type::BodyStrong));
        m_changes->addLayout(line);
        m_changes->addWidget(new ElidedLabel(shown[i + 3], Type::Meta, Token::Dim));
    }
}

void HaPage::setHistories(const QList<items::ComponentHistoryRow> &rows, const QString &notice)
{
    m_historyModel->setRows(rows, now());
    m_historyFoot->setText(notice.isEmpty() ? tr("Every takeover that Cairn saw, kept on this computer") : notice);
    if (m_history->currentKey().isEmpty() && m_history->rowCount() > 0)
        m_history->setCurrentKey(m_history->model()->index(0, 0).data(items::KeyRole).toString());
}

void HaPage::updateHistoryPanel()
{
    const Component *component = inFront();
    m_historySide->setVisible(component != nullptr);
    if (!component)
        return;
    m_historySide->setHead(component->id, items::tag(component->standing),
                           tr("%1 · %2", "group, workload").arg(ComponentTableModel::group(*component),
                                                               text::safe(component->kind + u' ' + component->ns + u'/' + component->workload)));
    m_historyStrip->setName(component->id);
    m_takeovers->setVisible(component->leader.state != Leadership::State::None);
}

void HaPage::updateComponentPanel()
{
    const Component *component = inFront();
    m_side->setVisible(component != nullptr);
    if (!component)
        return;
    // What a dependency is called is in the reason; the panel is narrow.
    m_side->setHead(component->id, items::tag(component->standing),
                    tr("%1 · %2", "group, workload").arg(ComponentTableModel::group(*component),
                                                        text::safe(component->kind + u' ' + component->ns + u'/' + component->workload)));
    const QStringList alarms = components::alarms(*component, m_read);
    m_alarm->setText(alarms.join(u' '));
    m_alarm->setVisible(!alarms.isEmpty());
    m_lossTitle->setText(component->standing == Standing::Down             ? tr("Stopped now")
                             : component->standing == Standing::NoLeader      ? tr("What stops while nobody leads")
                             : component->standing == Standing::NotObservable ? tr("What stops without it")
                                                                             : tr("What a node failure does"));
    m_loss->setText(components::consequence(*component));
    updateComponentFindings(*component);
    m_why->setText(components::reasons(*component).join(u' '));

    const Leadership &leader = component->leader;
    QString renewed = u"–"_s;
    if (leader.state == Leadership::State::Fresh || leader.state == Leadership::State::Stale)
        renewed = text::ago(leader.renewed, m_read);
    else if (leader.state == Leadership::State::Future)
        renewed = tr("in the future");
    QString budget = component->budgetUnread ? tr("not readable") : tr("no PDB");
    if (component->budget)
        budget = tr("%1 (%2)", "disruptions allowed, rule of the budget").arg(component->budget->allowed).arg(ComponentTableModel::budget(*component));
    QString autoscaler = component->autoscalerUnread ? tr("not readable") : tr("none");
    if (component->autoscaler)
        autoscaler = tr("%1 to %2 replicas").arg(component->autoscaler->floor).arg(component->autoscaler->ceiling);
    QStringList places;
    for (const QString &place : component->keptIn)
        places.append(text::safe(place));
    m_facts->setValues({ComponentTableModel::replicas(*component), ComponentTableModel::spread(*component),
                        leader.holder.isEmpty() || component->splitBrain ? ComponentTableModel::leader(*component) : text::safe(leader.holder), renewed,
                        budget, autoscaler, component->restarts < 0 ? u"–"_s : text::number(component->restarts),
                        places.isEmpty() ? u"–"_s : places.join(u", "_s)});
    m_strip->setName(component->id);
    m_source->setText(tr("From the workload, its pods, lease, PDB and autoscaler, %1.").arg(text::ago(m_read, now())));
}

bool HaPage::hasContent() const
{
    return ListPage::hasContent() || (m_report && !m_report->findings.isEmpty());
}

ListPage::FeedWords HaPage::feedWords(const QString &why) const
{
    FeedWords words;
    words.reading = tr("Reading components…");
    words.stale = tr("%1 The verdicts are as old; they are renewed as soon as the server answers.").arg(why);
    words.forbidden = tr("You don't have permission to list Kubeflow's components");
    words.failed = tr("The components could not be read");
    words.emptyTitle = tr("No Kubeflow components found");
    words.emptyText = tr("None of the namespaces that Kubeflow is usually installed in contains its components.");
    words.counted = false;
    return words;
}

} // namespace cairn::pages
