// SPDX-License-Identifier: GPL-3.0-or-later
// How the Job page is put together; what it does is in JobPage.cpp.
#include "pages/JobPage.h"

#include "charts/TimelineChart.h"
#include "editors/CodeEditor.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Inputs.h"
#include "kit/Label.h"
#include "kit/Marks.h"
#include "kit/Messages.h"
#include "kit/StateView.h"
#include "pages/CheckpointActs.h"
#include "pages/FlowLayout.h"
#include "pages/WhyPanel.h"
#include "views/DataTable.h"

#include <QAction>
#include <QMenu>
#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QSplitter>
#include <QVBoxLayout>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using namespace cairn::kit;
using items::CheckpointTableModel;

QWidget *JobPage::makeHeader()
{
    auto *card = new Card;
    card->setObjectName(u"job.header"_s);
    m_headRow = hbox(10);
    auto *row = m_headRow;
    m_name = new ElidedLabel({}, Type::PanelTitle);
    m_phase = new Tag(QString());
    m_cause = new ElidedLabel({}, Type::Body, Token::Dim, Qt::ElideRight);
    m_toLogs = new Button(tr("Logs"));
    m_toLogs->setObjectName(u"job.logs"_s);
    m_toYaml = new Button(tr("YAML"));
    m_toYaml->setObjectName(u"job.yaml"_s);
    m_clone = new Button(tr("Clone…"));
    m_clone->setObjectName(u"job.clone"_s);
    m_more = new Button(tr("More"));
    m_more->setObjectName(u"job.more"_s);
    m_more->setAccessibleName(tr("More that can be done with the job"));
    auto *more = new QMenu(this);
    more->setObjectName(u"job.menu"_s);
    more->setToolTipsVisible(true);
    for (const JobAct act : jobActs) {
        m_acts.insert(act, more->addAction(jobActLabel(act)));
        connect(m_acts.value(act), &QAction::triggered, this, [this, act] { emit actRequested(act); });
    }
    more->addSeparator();
    m_newJobAct = more->addAction(tr("New job from the selected checkpoint…"));
    m_newJobAct->setObjectName(u"job.newJob.act"_s);
    connect(m_newJobAct, &QAction::triggered, this, [this] { requestNewJob(selectedCheckpoint()); });
    m_checkpointActs->addTo(more); // the tabs are made before the header
    connect(more, &QMenu::aboutToShow, this, &JobPage::updateActs);
    m_more->setMenu(more);
    m_resume = new Button(tr("Resume…"), ButtonVariant::Primary);
    m_resume->setObjectName(u"job.resume"_s);
    row->addWidget(m_name);
    row->addWidget(m_phase);
    row->addWidget(m_cause, 1);
    row->addWidget(m_toLogs);
    row->addWidget(m_toYaml);
    row->addWidget(m_clone);
    row->addWidget(m_more);
    row->addWidget(m_resume);
    card->body()->addLayout(row);
    m_causeRow = hbox(0);
    card->body()->addLayout(m_causeRow);

    m_facts = new QWidget;
    new FlowLayout(22, 6, m_facts);
    card->body()->addWidget(m_facts);

    m_lineage = new QWidget;
    auto *lineage = hbox(6);
    m_lineageText = new ElidedLabel({}, Type::Body, Token::Dim);
    m_lineageLink = new Button({}, ButtonVariant::Link, Button::Size::Small);
    m_lineageLink->setObjectName(u"job.parent"_s);
    lineage->addWidget(m_lineageText);
    lineage->addWidget(m_lineageLink);
    lineage->addStretch(1);
    m_lineage->setLayout(lineage);
    card->body()->addWidget(m_lineage);
    m_manager = new Paragraph({}, Type::Body, Token::Dim);
    card->body()->addWidget(m_manager);

    connect(m_toLogs, &QPushButton::clicked, this, [this] { showTab(Tab::Logs); });
    connect(m_toYaml, &QPushButton::clicked, this, [this] { showTab(Tab::Yaml); });
    connect(m_clone, &QPushButton::clicked, this, &JobPage::cloneRequested);
    connect(m_resume, &QPushButton::clicked, this, [this] { requestResume(selectedCheckpoint()); });
    connect(m_lineageLink, &QPushButton::clicked, this, [this] { emit openJobRequested(m_parentKey); });
    return card;
}

/// Beside the name while it is whole there, else on lines of its own. Where not even the rest has room, the ways to tabs that
/// stand below go first.
void JobPage::placeCause()
{
    int taken = 0;
    for (const QWidget *part : {static_cast<const QWidget *>(m_name), static_cast<const QWidget *>(m_phase), static_cast<const QWidget *>(m_toLogs), static_cast<const QWidget *>(m_toYaml),
             static_cast<const QWidget *>(m_clone), static_cast<const QWidget *>(m_more), static_cast<const QWidget *>(m_resume)})
        taken += part->sizeHint().width() + m_headRow->spacing();
    constexpr int edges = 40; // of the card, and a scroll bar
    const bool tight = taken > width() - edges;
    for (Button *way : {m_toLogs, m_toYaml}) {
        way->setVisible(!tight);
        if (tight)
            taken -= way->sizeHint().width() + m_headRow->spacing();
    }
    const bool below = taken + m_cause->sizeHint().width() > width() - edges;
    if (below == (m_causeRow->count() > 0))
        return;
    constexpr int beside = 2; // behind name and phase
    if (below) {
        m_headRow->removeWidget(m_cause);
        m_headRow->insertStretch(beside, 1);
        m_causeRow->addWidget(m_cause, 1);
    } else {
        m_causeRow->removeWidget(m_cause);
        delete m_headRow->takeAt(beside);
        m_headRow->insertWidget(beside, m_cause, 1);
    }
    m_cause->setLines(below ? 2 : 1);
}

QWidget *JobPage::makeBanners()
{
    m_banners = new QWidget;
    auto *box = vbox(8);
    m_pending = new Banner;
    m_pending->setObjectName(u"job.pending"_s);
    m_died = new Banner;
    m_died->setObjectName(u"job.died"_s);
    m_why = new WhyPanel;
    m_why->hide();
    m_guess = new Banner;
    m_guess->setObjectName(u"job.guess"_s);
    m_consentBanner = new Banner;
    m_consentBanner->setObjectName(u"job.consent"_s);
    m_consentCode = new editors::CodeEditor(tr("What the helper Job runs"));
    m_consentCode->setObjectName(u"job.consent.what"_s);
    bindTheme(m_consentCode, [this] { m_consentCode->setFixedHeight(scaled(200)); });
    m_consentCode->hide();

    m_correction = new QWidget;
    auto *row = hbox();
    m_correctionPath = new Input(tr("Folder the job saves to, inside its container"));
    m_correctionPath->setObjectName(u"job.saveLocation"_s);
    m_correctionPath->setType(Type::Mono);
    m_correctionPath->setPlaceholderText(u"/ckpt/my-run"_s);
    m_correctionUse = new Button(tr("Use this folder"), ButtonVariant::Primary);
    m_correctionCancel = new Button(tr("Cancel"));
    row->addWidget(m_correctionPath, 1);
    row->addWidget(m_correctionCancel);
    row->addWidget(m_correctionUse);
    m_correctionError = new Paragraph({}, Type::Meta, Token::Err);
    m_correctionError->hide();
    auto *correction = vbox(4);
    correction->addLayout(row);
    correction->addWidget(m_correctionError);
    m_correction->setLayout(correction);
    m_correction->hide();

    box->addWidget(m_pending);
    box->addWidget(m_died);
    box->addWidget(m_why);
    box->addWidget(m_guess);
    box->addWidget(m_correction);
    box->addWidget(m_consentBanner);
    box->addWidget(m_consentCode);
    m_banners->setLayout(box);

    connect(m_pending, &Banner::triggered, this, [this](const QString &id) {
        if (id == "finish"_L1)
            emit finishResumeRequested();
        else
            emit undoResumeRequested();
    });
    connect(m_why, &WhyPanel::againRequested, this, &JobPage::whyRequested);
    connect(m_died, &Banner::triggered, this, [this] { showTab(Tab::Logs); });
    connect(m_guess, &Banner::triggered, this, [this] { askForPlace(false); });
    connect(m_correctionUse, &QPushButton::clicked, this, &JobPage::commitCorrection);
    connect(m_correctionPath, &QLineEdit::returnPressed, this, &JobPage::commitCorrection);
    connect(m_correctionCancel, &QPushButton::clicked, this, [this] {
        m_correction->hide();
        m_correctionError->hide();
        m_correctionPath->setBad(false);
    });
    connect(m_consentBanner, &Banner::triggered, this, [this](const QString &id) {
        if (id == "allow"_L1)
            emit helperAllowed();
        else if (id == "exec"_L1)
            emit execChosen();
        else if (id == "bucket"_L1)
            emit bucketAllowed();
        else
            m_consentCode->setVisible(m_consentCode->isHidden());
    });
    return m_banners;
}

QWidget *JobPage::makeCheckpoints()
{
    m_timelineCard = new Card;
    Card *timelineCard = m_timelineCard;
    timelineCard->setObjectName(u"job.timeline"_s);
    auto *head = hbox();
    head->addWidget(new Label(tr("Checkpoint timeline"), Type::Section));
    head->addStretch(1);
    head->addWidget(charts::TimelineChart::makeLegend());
    timelineCard->body()->addLayout(head);
    m_timeline = new charts::TimelineChart;
    m_timeline->setObjectName(u"job.timeline.chart"_s);
    timelineCard->body()->addWidget(m_timeline, 1);

    m_table = new views::DataTable(tr("Checkpoints"));
    m_table->setObjectName(u"job.checkpoints"_s);
    using views::CellKind;
    m_table->setColumns({{CheckpointTableModel::Step, CellKind::Trust, 80, 220},
                         {CheckpointTableModel::Epoch, CellKind::Text, 52, 80},
                         {CheckpointTableModel::Saved, CellKind::Text, 84, 140},
                         {CheckpointTableModel::Size, CellKind::Number, 72, 100},
                         {CheckpointTableModel::Format, CellKind::Text, 112, 180},
                         {CheckpointTableModel::State, CellKind::Tag, 92, 120},
                         {CheckpointTableModel::Loss, CellKind::Number, 56, 90},
                         {CheckpointTableModel::Reason, CellKind::Text, 80, 260, true, false},
                         {CheckpointTableModel::Action, CellKind::Action, 142, 200, false, false}});
    m_table->setSource(m_checkpoints);
    bindTheme(m_table, [this] { m_table->setMinimumHeight(scaled(32) + 4 * m_table->rowHeight()); });
    m_table->sortBy(CheckpointTableModel::Saved, Qt::DescendingOrder);
    m_listFoot = new ElidedLabel({}, Type::Meta, Token::Dim, Qt::ElideRight);
    auto *foot = hbox(0);
    foot->setContentsMargins(12, 7, 12, 7);
    foot->addWidget(m_listFoot, 1);
    m_newJob = new Button(tr("New job from it…"), ButtonVariant::Link, Button::Size::Small);
    m_newJob->setObjectName(u"job.newJob"_s);
    foot->addWidget(m_newJob);
    m_checkpointActs = new CheckpointActs(m_table);
    foot->addWidget(m_checkpointActs);
    connect(m_checkpointActs, &CheckpointActs::resumeRequested, this, &JobPage::requestResume);
    connect(m_checkpointActs, &CheckpointActs::newJobRequested, this, &JobPage::requestNewJob);
    connect(m_checkpointActs, &CheckpointActs::verifyRequested, this, &JobPage::verifyRequested);
    connect(m_checkpointActs, &CheckpointActs::compareRequested, this, &JobPage::compareRequested);
    // With large text the foot has no room for it; More and N do the same.
    bindTheme(m_newJob, [this] { m_newJob->setVisible(Theme::instance().textScale() < 1.5); });
    connect(m_newJob, &QPushButton::clicked, this, [this] { requestNewJob(selectedCheckpoint()); });
    auto *content = new QWidget;
    auto *contentBox = vbox(0);
    contentBox->addWidget(m_table, 1);
    contentBox->addWidget(new Line);
    contentBox->addLayout(foot);
    content->setLayout(contentBox);
    m_listState = new StateView(content);
    m_listState->setObjectName(u"job.checkpoints.state"_s);
    auto *tableCard = new Card(Card::Padding::Flush);
    tableCard->body()->addWidget(m_listState);

    auto *split = new QSplitter(Qt::Vertical);
    split->setHandleWidth(space::cards);
    split->setChildrenCollapsible(false);
    split->addWidget(timelineCard);
    split->addWidget(tableCard);
    split->setStretchFactor(0, 2);
    split->setStretchFactor(1, 3);

    connect(m_timeline, &charts::TimelineChart::selected, this, [this](const QString &key) {
        selectRow(key);
    });
    connect(m_timeline, &charts::TimelineChart::activated, this, &JobPage::requestResume);
    connect(m_timeline, &charts::TimelineChart::tableRequested, m_table, [this] { m_table->setFocus(); });
    connect(m_table, &views::DataTable::currentKeyChanged, this, [this](const QString &key) {
        if (m_table->hasFocus())
            m_chosen = true;
        selectCheckpoint(key);
    });
    connect(m_table, &views::DataTable::opened, this, &JobPage::requestResume);
    connect(m_table, &views::DataTable::actionTriggered, this,
            [this](const QString &key, const QString &) { requestResume(key); });
    connect(m_table, &views::DataTable::keyTyped, this, [this](const QString &typed) {
        if (m_checkpointActs->takeKey(typed))
            return;
        if (typed.compare(u"r"_s, Qt::CaseInsensitive) == 0)
            requestResume(m_table->currentKey());
        else if (typed.compare(u"n"_s, Qt::CaseInsensitive) == 0)
            requestNewJob(m_table->currentKey());
        else if (typed.compare(u"l"_s, Qt::CaseInsensitive) == 0)
            showTab(Tab::Logs);
        else if (typed == "/"_L1)
            focusFilter();
    });
    connect(m_listState, &StateView::triggered, this, [this](const QString &id) {
        if (id == "cancel"_L1)
            emit cancelListingRequested();
        else if (id == "server"_L1)
            askForPlace(true);
        else if (id == "folder"_L1)
            askForPlace(false);
        else
            emit readAgainRequested();
    });
    return split;
}

QWidget *JobPage::makeYaml()
{
    m_yaml = new editors::CodeEditor(tr("YAML of the job"));
    m_yaml->setObjectName(u"job.yaml.view"_s);
    m_yaml->setSearchElsewhere(true);
    auto *content = new QWidget;
    auto *head = hbox();
    head->setContentsMargins(12, 7, 12, 7);
    head->addWidget(new Label(tr("As it is on the server now, read-only"), Type::Meta, Token::Dim), 1);
    m_copyYaml = new Button(tr("Copy"), ButtonVariant::Normal, Button::Size::Small);
    m_copyYaml->setObjectName(u"job.yaml.copy"_s);
    m_copyYaml->setAccessibleName(tr("Copy the YAML"));
    head->addWidget(m_copyYaml);
    auto *box = vbox(0);
    box->addLayout(head);
    box->addWidget(new Line);
    box->addWidget(m_yaml, 1);
    content->setLayout(box);
    m_yamlState = new StateView(content);
    auto *card = new Card(Card::Padding::Flush);
    card->body()->addWidget(m_yamlState);
    connect(m_copyYaml, &QPushButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(m_yaml->text());
        emit copied(tr("The YAML"));
    });
    connect(m_yaml, &editors::CodeEditor::searchRequested, this, &JobPage::focusFilter);
    connect(m_yamlState, &StateView::triggered, this, &JobPage::yamlRetryRequested);
    return card;
}

QWidget *JobPage::makeEvents()
{
    using views::CellKind;
    m_podTable = new views::DataTable(tr("Pods"));
    m_podTable->setObjectName(u"job.pods"_s);
    using P = items::PodTableModel;
    m_podTable->setColumns({{P::Name, CellKind::Text, 120, 320, true},
                            {P::Role, CellKind::Text, 60, 110},
                            {P::State, CellKind::Tag, 90, 240},
                            {P::Ready, CellKind::Number, 48, 70},
                            {P::Restarts, CellKind::Number, 60, 90},
                            {P::Gpus, CellKind::Number, 48, 70},
                            {P::Node, CellKind::Text, 70, 180},
                            {P::Age, CellKind::Number, 56, 100}});
    m_podTable->setSource(m_pods);
    m_podTable->sortBy(P::State, Qt::AscendingOrder);
    m_podTable->setPlaceholder(tr("No pods now"));
    m_eventTable = new views::DataTable(tr("Events"));
    m_eventTable->setObjectName(u"job.events"_s);
    using E = items::EventTableModel;
    m_eventTable->setColumns({{E::Last, CellKind::Text, 80, 130},
                              {E::Type, CellKind::Tag, 76, 100},
                              {E::Reason, CellKind::Text, 90, 200},
                              {E::Object, CellKind::Text, 90, 220},
                              {E::Message, CellKind::Text, 120, 2000, true, false},
                              {E::Count, CellKind::Number, 48, 80}});
    m_eventTable->setSource(m_events);
    m_eventTable->sortBy(E::Last, Qt::DescendingOrder);
    m_eventTable->setPlaceholder(tr("No events. The server usually keeps them for an hour."));

    for (views::DataTable *table : {m_podTable, m_eventTable})
        connect(table, &views::DataTable::keyTyped, this, [this](const QString &typed) {
            if (typed == "/"_L1)
                focusFilter();
        });
    const auto card = [](Label *&title, const QString &text, QWidget *table) {
        auto *result = new Card(Card::Padding::Flush);
        title = new Label(text, Type::Section);
        auto *head = hbox(0);
        head->setContentsMargins(12, 9, 12, 7);
        head->addWidget(title, 1);
        result->body()->setSpacing(0);
        result->body()->addLayout(head);
        result->body()->addWidget(table, 1);
        return result;
    };
    auto *split = new QSplitter(Qt::Vertical);
    split->setHandleWidth(space::cards);
    split->setChildrenCollapsible(false);
    split->addWidget(card(m_podTitle, tr("Pods"), m_podTable));
    Card *events = card(m_eventTitle, tr("Events"), m_eventTable);
    m_eventRefusal = new Paragraph({}, Type::Body, Token::Warn);
    m_eventRefusal->hide();
    events->body()->insertWidget(1, m_eventRefusal);
    split->addWidget(events);
    split->setStretchFactor(0, 2);
    split->setStretchFactor(1, 3);
    return split;
}

} // namespace cairn::pages
