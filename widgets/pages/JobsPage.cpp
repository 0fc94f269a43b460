// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/JobsPage.h"

#include "base/Text.h"
#include "items/CellText.h"
#include "items/Vocabulary.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Inputs.h"
#include "kit/Label.h"
#include "kit/Messages.h"
#include "kit/StateView.h"
#include "pages/FacetPanel.h"
#include "pages/KeyHintBar.h"
#include "pages/NamespaceSelector.h"
#include "pages/YamlDrop.h"
#include "pages/TabChain.h"
#include "views/DataTable.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QIdentityProxyModel>
#include <QKeyEvent>
#include <QMenu>
#include <QScrollArea>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <algorithm>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using namespace cairn::kit;
using items::JobTableModel;

namespace {

constexpr JobPhase phases[] = {JobPhase::Running, JobPhase::NodeLost,  JobPhase::Restarting, JobPhase::Failed, JobPhase::Pending,
                               JobPhase::Queued,  JobPhase::Suspended, JobPhase::Succeeded,  JobPhase::Unknown};
constexpr Verdict verdicts[] = {Verdict::Whole, Verdict::Writing, Verdict::Unverified, Verdict::Damaged};

QSet<QString> phasesOf(JobsPage::View view)
{
    switch (view) {
    case JobsPage::View::All: return {};
    case JobsPage::View::AtRisk:
        return {phaseName(JobPhase::Running), phaseName(JobPhase::NodeLost), phaseName(JobPhase::Restarting), phaseName(JobPhase::Failed),
                phaseName(JobPhase::Suspended)};
    case JobsPage::View::Finished: return {phaseName(JobPhase::Succeeded), phaseName(JobPhase::Failed)};
    }
    return {};
}

/// The narrow list says kind and namespace under the name and leaves the cause to the detail at its side.
class NarrowJobs : public QIdentityProxyModel
{
public:
    using QIdentityProxyModel::QIdentityProxyModel;
    QVariant data(const QModelIndex &index, int role) const override
    {
        if (role == items::SecondLineRole && index.column() == JobTableModel::Name)
            return JobsPage::tr("%1 · %2", "kind, namespace")
                .arg(index.siblingAtColumn(JobTableModel::Kind).data().toString(),
                     index.siblingAtColumn(JobTableModel::Namespace).data().toString());
        if (role == items::DetailRole && index.column() == JobTableModel::State)
            return {};
        return QIdentityProxyModel::data(index, role);
    }
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override
    {
        if (role == Qt::DisplayRole && orientation == Qt::Horizontal && section == JobTableModel::LastCheckpoint)
            return JobsPage::tr("Last saved");
        return QIdentityProxyModel::headerData(section, orientation, role);
    }
};

QString joinSafe(const QStringList &names, int most)
{
    QStringList safe;
    for (const QString &name : names.mid(0, most))
        safe.append(text::safe(name));
    QString joined = safe.join(u", "_s);
    if (names.size() > most)
        joined += u" …"_s;
    return joined;
}

} // namespace

JobsPage::JobsPage(QWidget *detail, QWidget *parent)
    : ListPage(u"jobs"_s, {tr("Jobs"), tr("Name, image, cause, or lost:>10"), tr("Filter jobs"), tr("No job matches the filter")}, parent)
    , m_model(new JobTableModel(this))
    , m_detail(detail)
{
    m_namespaces = new NamespaceSelector;
    m_columns = new Button(tr("Columns…"));
    m_columns->setObjectName(u"jobs.columns"_s);
    header()->addAction(m_namespaces);
    header()->addAction(m_columns);
    m_new = new Button(tr("New job…"), ButtonVariant::Primary);
    m_new->setObjectName(u"jobs.new"_s);
    header()->addAction(m_new);
    connect(m_new, &QPushButton::clicked, this, &JobsPage::newJobRequested);
    auto *drop = new YamlDrop(this);
    connect(drop, &YamlDrop::fileDropped, this, &JobsPage::fileDropped);
    connect(drop, &YamlDrop::textDropped, this, &JobsPage::textDropped);
    connect(drop, &YamlDrop::refused, this, &JobsPage::dropRefused);

    search()->setMinimumWidth(scaled(180));
    m_chips = hbox();
    tools()->insertLayout(1, m_chips);
    m_clear = new Button(tr("Clear all"), ButtonVariant::Link, Button::Size::Small);
    m_clear->setObjectName(u"jobs.clear"_s);
    m_clear->hide();
    tools()->insertWidget(2, m_clear);
    tools()->addWidget(new Label(tr("Views"), Type::Meta, Token::Dim));
    m_views = addViews(tr("Views"), {tr("All"), tr("At risk"), tr("Finished")});

    m_forbidden = new Banner;
    m_forbidden->setObjectName(u"jobs.forbidden"_s);

    m_stack = new QStackedWidget;
    m_stack->addWidget(makeFull());
    m_stack->addWidget(makeNarrow());
    leaveCurrentAlone();
    arrange(m_stack, {}, {m_forbidden});

    connect(m_columns, &QPushButton::clicked, this, [this] {
        QMenu *menu = table()->columnMenu(this);
        m_ownColumns = true;
        menu->setAttribute(Qt::WA_DeleteOnClose);
        menu->popup(m_columns->mapToGlobal(QPoint(0, m_columns->height() + 4)));
    });
    connect(m_clear, &QPushButton::clicked, this, [this] {
        search()->clear();
        setView(View::All);
        for (auto it = m_facets.cbegin(); it != m_facets.cend(); ++it)
            it.value()->setChecked({});
        filter()->clearFilter();
        focusTable();
    });
    connect(m_views, &Segment::currentChanged, this, [this](int index) { setView(static_cast<View>(index)); });
    connect(filter(), &items::FilterProxy::filterChanged, this, [this] {
        syncView();
        updateChips();
        updateCounts();
        updateState();
    });
    connect(m_namespaces, &NamespaceSelector::selectionChanged, this, [this](const QStringList &names) {
        updateState();
        emit namespacesChanged(names);
    });
    connect(m_forbidden, &Banner::triggered, this, [this](const QString &id) {
        if (id == "copyRequest"_L1) {
            QGuiApplication::clipboard()->setText(m_forbiddenRequest);
            emit copied(tr("The request for an admin"));
        } else {
            emit retryRequested();
        }
    });

    // The first rows and the last one's leaving change the state of the page at once.
    connect(m_model, &QAbstractItemModel::rowsInserted, this, [this] {
        if (stateView()->state() == StateView::State::Empty || stateView()->state() == StateView::State::Loading)
            settle();
    });

    updateChips();
    settle();
}

void JobsPage::resizeEvent(QResizeEvent *event)
{
    ListPage::resizeEvent(event);
    if (m_ownColumns)
        return;
    // Until the user chooses columns, a narrow window leaves out those that say least about the question of the page.
    const int room = width() - 2 * space::pageH - scaled(176);
    table()->setColumnShown(JobTableModel::Age, room >= scaled(1040));
    table()->setColumnShown(JobTableModel::Restarts, room >= scaled(960));
    table()->setColumnShown(JobTableModel::Kind, room >= scaled(840));
    table()->setColumnShown(JobTableModel::Gpus, room >= scaled(640));
}

void JobsPage::updateAnswer()
{
    rebuildFacets();
    updateCounts();
}

void JobsPage::offered(const QString &id)
{
    if (id == "all"_L1) {
        m_namespaces->setSelected({});
        emit namespacesChanged({});
    } else {
        ListPage::offered(id);
    }
}

QWidget *JobsPage::makeFull()
{
    auto *groups = new QWidget;
    auto *groupBox = vbox(13);
    groupBox->setContentsMargins(0, 4, 8, 4);
    const struct {
        int role;
        QString title;
        int first;
    } facets[] = {{JobTableModel::PhaseRole, tr("State"), 8},
                  {JobTableModel::KindRole, tr("Kind"), 6},
                  {JobTableModel::CheckpointRole, tr("Last checkpoint"), 6},
                  {JobTableModel::NamespaceRole, tr("Namespace"), 5}};
    for (const auto &facet : facets) {
        auto *group = new FacetGroup(facet.title, facet.first);
        m_facets.insert(facet.role, group);
        groupBox->addWidget(group);
        connect(group, &FacetGroup::changed, this,
                [this, role = facet.role](const QSet<QString> &checked) { filter()->setFacet(role, checked); });
    }
    groupBox->addStretch(1);
    groups->setLayout(groupBox);
    groups->setAutoFillBackground(false);
    auto *scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidget(groups);
    scroll->viewport()->setAutoFillBackground(false);
    bindTheme(scroll, [scroll] { scroll->setFixedWidth(scaled(166)); });

    using views::CellKind;
    setRows(m_model,
            {{JobTableModel::Name, CellKind::Text, 134, 420},
             {JobTableModel::Namespace, CellKind::Text, 84, 160, false, true, true},
             {JobTableModel::Kind, CellKind::Text, 96, 120, false, true, true},
             {JobTableModel::State, CellKind::Tag, 128, 240},
             {JobTableModel::Ready, CellKind::Number, 48, 80, false, true, true},
             {JobTableModel::Gpus, CellKind::Number, 48, 80, false, true, true},
             {JobTableModel::LastCheckpoint, CellKind::Trust, 108, 170, false, true, true},
             {JobTableModel::Lost, CellKind::Number, 118, 200, false, true, true},
             {JobTableModel::Restarts, CellKind::Number, 64, 90, false, true, true},
             {JobTableModel::Age, CellKind::Number, 56, 110, false, true, true}},
            JobTableModel::Lost, Qt::DescendingOrder);
    table()->setCheckable(true);
    connectTable(table());

    auto *footLine = new QWidget;
    auto *footRow = hbox(14);
    footRow->setContentsMargins(12, 7, 12, 7);
    m_foot = new ElidedLabel({}, Type::Meta, Token::Dim, Qt::ElideRight);
    footRow->addWidget(m_foot, 1);
    footRow->addWidget(new KeyHintBar({{tr("↑ ↓"), tr("move")},
                                       {tr("Space"), tr("select")},
                                       {tr("Enter"), tr("open")},
                                       {u"L"_s, tr("logs")},
                                       {u"R"_s, tr("resume")},
                                       {u"/"_s, tr("filter")}}),
                       2);
    footLine->setLayout(footRow);

    m_selection = new SelectionBar;
    m_selection->hide();
    connect(m_selection, &SelectionBar::triggered, this, [this](SelectionBar::Act act) { emit actRequested(act, selectedJobs()); });
    connect(m_selection, &SelectionBar::cleared, this, [this] {
        focusTable(); // before the button with the focus goes
        table()->clearChecked();
    });

    auto *content = new QWidget;
    auto *contentBox = vbox(0);
    contentBox->addWidget(m_selection);
    contentBox->addWidget(table(), 1);
    contentBox->addWidget(new Line);
    contentBox->addWidget(footLine);
    content->setLayout(contentBox);
    auto *card = new Card(Card::Padding::Flush);
    card->body()->addWidget(inStates(content));

    auto *full = new QWidget;
    auto *box = hbox(10);
    box->addWidget(scroll);
    box->addWidget(card, 1);
    full->setLayout(box);
    return full;
}

QWidget *JobsPage::makeNarrow()
{
    m_narrow = new views::DataTable(tr("Jobs"));
    m_narrow->setObjectName(u"jobs.list"_s);
    m_narrow->setTwoLine(true);
    using views::CellKind;
    m_narrow->setColumns({{JobTableModel::Name, CellKind::Text, 90, 300, true},
                          {JobTableModel::State, CellKind::Tag, 80, 110},
                          {JobTableModel::LastCheckpoint, CellKind::Trust, 104, 120}});
    // Its source comes with the split view: a list nobody sees is not sorted.
    m_narrowJobs = new NarrowJobs(this);
    connectTable(m_narrow);
    m_narrowFoot = new ElidedLabel({}, Type::Meta, Token::Dim, Qt::ElideRight);
    auto *foot = hbox(0);
    foot->setContentsMargins(12, 7, 12, 7);
    foot->addWidget(m_narrowFoot, 1);
    auto *card = new Card(Card::Padding::Flush);
    card->body()->setSpacing(0);
    card->body()->addWidget(m_narrow, 1);
    card->body()->addWidget(new Line);
    card->body()->addLayout(foot);
    card->setMinimumWidth(scaled(220));

    m_splitter = new QSplitter(Qt::Horizontal);
    m_splitter->setObjectName(u"jobs.splitter"_s);
    m_splitter->setHandleWidth(16);
    m_splitter->setChildrenCollapsible(false);
    m_splitter->addWidget(card);
    m_splitter->addWidget(m_detail);
    m_splitter->setStretchFactor(0, 0);
    m_splitter->setStretchFactor(1, 1);
    m_splitter->setSizes({352, 800});
    return m_splitter;
}

void JobsPage::connectTable(views::DataTable *table)
{
    connect(table, &views::DataTable::opened, this, &JobsPage::openJob);
    connect(table, &views::DataTable::menuRequested, this, [this, table](const QPoint &at) { showMenu(table, at); });
    if (table == this->table()) {
        connect(table, &views::DataTable::checkedChanged, this, &JobsPage::updatePanel);
    } else {
        table->setPlaceholder(tr("No job matches the filter"));
        connect(table, &views::DataTable::keyTyped, this, &JobsPage::keyTyped);
        connect(table, &views::DataTable::currentKeyChanged, this, [this](const QString &key) {
            if (m_split && !key.isEmpty()) {
                this->table()->setCurrentKey(key);
                announceJob(key);
            }
        });
        connect(table, &views::DataTable::escaped, this, &JobsPage::closeJob);
    }
}

views::DataTable *JobsPage::activeTable() const
{
    return m_split ? m_narrow : table();
}

void JobsPage::currentChanged()
{
    updateCounts();
    updatePanel();
}

void JobsPage::setFeed(const FeedState &feed, const QString &roleRequest)
{
    ListPage::setFeed(feed, roleRequest);
    m_narrow->setStale(feed.phase == FeedState::Phase::Stale);
    updateCounts();
}

ListPage::FeedWords JobsPage::feedWords(const QString &why) const
{
    FeedWords words;
    words.reading = tr("Reading jobs…");
    if (feed().expected > 0)
        words.reading = tr("%1 of %n job(s)", nullptr, static_cast<int>(feed().expected)).arg(text::number(feed().loaded));
    else if (feed().loaded > 0)
        words.reading = tr("%n job(s) so far", nullptr, static_cast<int>(feed().loaded));
    words.stale = feed().lastGood.isValid() ? tr("%1 What you see is %2 old; it is refreshed as soon as the server answers.")
                                                  .arg(why, items::age(feed().lastGood, m_model->now()))
                                            : why;
    const QStringList selected = m_namespaces->selected();
    words.forbidden = selected.isEmpty() ? tr("You don't have permission to list jobs in all namespaces")
                                         : tr("You don't have permission to list jobs in %1").arg(joinSafe(selected, 3));
    words.failed = tr("The jobs could not be read");
    words.absentTitle = tr("This cluster has no training jobs to list");
    words.absentText = tr("The Kubeflow training operator is not installed here: the server does not know its kinds (PyTorchJob, TFJob, …).");
    words.emptyTitle = selected.isEmpty() ? tr("No training jobs in this cluster") : tr("No training jobs in %1").arg(joinSafe(selected, 3));
    words.emptyText = tr("Jobs created with kubectl or a pipeline appear here automatically.");
    if (!selected.isEmpty() && m_elsewhere > 0)
        words.emptyText = tr("Other namespaces have %n job(s). %1", nullptr, m_elsewhere).arg(words.emptyText);
    words.emptyOffers = selected.isEmpty() ? QList<Offer>() : QList<Offer>{{u"all"_s, tr("Show all namespaces"), ButtonVariant::Normal}};
    return words;
}

void JobsPage::setForbiddenNamespaces(const QStringList &names, const QString &why, const QString &roleRequest)
{
    m_forbiddenRequest = roleRequest;
    if (names.isEmpty()) {
        m_forbidden->clear();
        return;
    }
    QList<Offer> offers;
    if (!roleRequest.isEmpty())
        offers.append({u"copyRequest"_s, tr("Copy request for an admin"), ButtonVariant::Normal});
    offers.append({u"again"_s, tr("Check again"), ButtonVariant::Normal});
    m_forbidden->set(Tone::Warn,
                     tr("Jobs in %n namespace(s) are not shown", nullptr, static_cast<int>(names.size())),
                     tr("You don't have permission to list jobs in %1. %2").arg(joinSafe(names, 5), text::safe(why)), offers);
}

void JobsPage::setNow(const QDateTime &now)
{
    m_model->setNow(now);
    ListPage::setNow(now);
    m_narrow->viewport()->update();
    if (feed().phase == FeedState::Phase::Stale)
        updateState();
}

void JobsPage::setJobsElsewhere(int count)
{
    if (count == m_elsewhere)
        return;
    m_elsewhere = count;
    updateState();
}

void JobsPage::setView(View view)
{
    const QSet<QString> wanted = phasesOf(view);
    m_facets[JobTableModel::PhaseRole]->setChecked(wanted);
    filter()->setFacet(JobTableModel::PhaseRole, wanted);
    rebuildFacets();
    m_views->setCurrent(static_cast<int>(view));
}

void JobsPage::syncView()
{
    const QSet<QString> now = filter()->facet(JobTableModel::PhaseRole);
    int current = -1;
    for (const View view : {View::All, View::AtRisk, View::Finished})
        if (now == phasesOf(view))
            current = static_cast<int>(view);
    m_views->setCurrent(current);
}

void JobsPage::rebuildFacets()
{
    const QHash<QString, int> byPhase = m_model->counts(JobTableModel::PhaseRole);
    QList<FacetValue> values;
    for (const JobPhase phase : phases)
        values.append({phaseName(phase), items::tag(phase).text, byPhase.value(phaseName(phase)), std::nullopt});
    m_facets[JobTableModel::PhaseRole]->setValues(values);

    const auto byCount = [](const QHash<QString, int> &counts) {
        QList<FacetValue> sorted;
        for (auto it = counts.cbegin(); it != counts.cend(); ++it)
            sorted.append({it.key(), text::safe(it.key()), it.value(), std::nullopt});
        std::sort(sorted.begin(), sorted.end(), [](const FacetValue &a, const FacetValue &b) {
            return a.count != b.count ? a.count > b.count : a.key < b.key;
        });
        return sorted;
    };
    m_facets[JobTableModel::KindRole]->setValues(byCount(m_model->counts(JobTableModel::KindRole)));
    m_facets[JobTableModel::NamespaceRole]->setValues(byCount(m_model->counts(JobTableModel::NamespaceRole)));

    const QHash<QString, int> byVerdict = m_model->counts(JobTableModel::CheckpointRole);
    values.clear();
    for (const Verdict verdict : verdicts)
        values.append({verdictName(verdict), items::tag(verdict).text, byVerdict.value(verdictName(verdict)), verdict});
    values.append({u"none"_s, tr("None"), byVerdict.value(u"none"_s), std::nullopt});
    values.append({u"unread"_s, tr("Not read"), byVerdict.value(u"unread"_s), std::nullopt});
    m_facets[JobTableModel::CheckpointRole]->setValues(values);
    updateTabOrder();
}

void JobsPage::updateCounts()
{
    const int total = m_model->rowCount();
    const int shown = filter()->rowCount();
    const int namespaces = static_cast<int>(m_model->counts(JobTableModel::NamespaceRole).size());
    if (total == 0 && feed().phase != FeedState::Phase::Live) {
        header()->setAnswer({});
    } else {
        const QString where = m_namespaces->selected().isEmpty()
            ? tr("%1 in %n namespace(s)", "number of jobs", namespaces).arg(text::number(total))
            : tr("%1 in %2", "number of jobs, namespaces")
                  .arg(text::number(total), joinSafe(m_namespaces->selected(), 3));
        const double gpus = m_model->gpusInUse();
        header()->setAnswer(gpus > 0 ? tr("%1 · %2 GPUs in use").arg(where, items::plainNumber(gpus)) : where);
    }
    const QString jobs = tr("%n job(s)", nullptr, shown).replace(QString::number(shown), text::number(shown));
    QString foot = jobs;
    if (shown < total)
        foot = tr("%1 in view, %n hidden by the filter", "number of jobs", total - shown).arg(jobs);
    m_narrowFoot->setText(foot);
    const int sorted = filter()->sortColumn();
    if (sorted >= 0)
        foot = tr("%1 · sorted by %2", "number of jobs, column")
                   .arg(foot, m_model->headerData(sorted, Qt::Horizontal).toString().toLower());
    m_foot->setText(foot);
}

void JobsPage::updateChips()
{
    clearLayout(m_chips);
    int chips = 0;
    for (const int role : {int(JobTableModel::PhaseRole), int(JobTableModel::KindRole),
                           int(JobTableModel::CheckpointRole), int(JobTableModel::NamespaceRole)}) {
        const QSet<QString> accepted = filter()->facet(role);
        if (accepted.isEmpty())
            continue;
        FacetGroup *group = m_facets[role];
        const QString what = accepted.size() == 1
            ? tr("%1: %2", "facet, its only value").arg(group->title(), group->labelOf(*accepted.cbegin()))
            : tr("%1: %n chosen", "facet, number of values", static_cast<int>(accepted.size())).arg(group->title());
        auto *chip = new Chip(what, Chip::Tail::Remove);
        chip->setCheckable(true);
        chip->setChecked(true);
        connect(chip, &QAbstractButton::clicked, this, [this, role, group] {
            group->setChecked({});
            filter()->setFacet(role, {});
            rebuildFacets();
        });
        m_chips->addWidget(chip);
        ++chips;
    }
    m_clear->setVisible(chips > 0 || !filter()->text().isEmpty());
    updateTabOrder();
}

void JobsPage::updateTabOrder()
{
    QList<QWidget *> stops{m_namespaces, m_columns, m_new, search()};
    for (int i = 0; i < m_chips->count(); ++i)
        stops.append(m_chips->itemAt(i)->widget());
    stops.append(m_clear);
    stops.append(m_views);
    for (const int role : {int(JobTableModel::PhaseRole), int(JobTableModel::KindRole),
                           int(JobTableModel::CheckpointRole), int(JobTableModel::NamespaceRole)})
        stops.append(m_facets[role]->tabStops());
    stops.append(m_selection->tabStops());
    stops.append(table());
    stops.append(m_narrow);
    tabChain(stops);
}

QString JobsPage::currentJob() const
{
    return activeTable()->currentKey();
}

void JobsPage::openJob(const QString &key)
{
    if (key.isEmpty())
        return;
    const bool wasSplit = m_split;
    m_split = true;
    m_columns->hide();
    table()->setCurrentKey(key);
    if (!wasSplit) {
        m_narrowJobs->setSourceModel(filter());
        m_narrow->setSource(m_narrowJobs);
        m_narrow->sortBy(filter()->sortColumn(), filter()->sortOrder());
    }
    m_narrow->setCurrentKey(key);
    m_stack->setCurrentIndex(1);
    if (!wasSplit)
        m_narrow->setFocus(Qt::OtherFocusReason);
    announceJob(key);
}

void JobsPage::announceJob(const QString &key)
{
    if (key == m_open)
        return;
    m_open = key;
    emit jobOpened(key);
}

void JobsPage::closeJob()
{
    if (!m_split)
        return;
    m_split = false;
    m_open.clear();
    m_columns->show();
    m_stack->setCurrentIndex(0);
    m_narrowJobs->setSourceModel(nullptr);
    table()->setFocus(Qt::OtherFocusReason);
    emit jobClosed();
}

void JobsPage::keyTyped(const QString &key)
{
    if (key.compare(u"l"_s, Qt::CaseInsensitive) == 0 && !currentJob().isEmpty())
        emit logsRequested(currentJob());
    else if (key.compare(u"r"_s, Qt::CaseInsensitive) == 0 && !currentJob().isEmpty())
        emit resumeRequested(currentJob());
    else
        ListPage::keyTyped(key);
}

void JobsPage::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Delete && focusWidget() == activeTable()) {
        const QStringList keys = m_split && !currentJob().isEmpty() ? QStringList{currentJob()} : selectedJobs();
        if (whyNot(SelectionBar::Act::Delete, keys).isEmpty())
            emit actRequested(SelectionBar::Act::Delete, keys);
    } else if (event->key() == Qt::Key_Escape && m_split) {
        closeJob();
    } else {
        ListPage::keyPressEvent(event);
        return;
    }
    event->accept();
}

} // namespace cairn::pages
