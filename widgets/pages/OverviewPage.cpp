// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/OverviewPage.h"

#include "base/Text.h"
#include "charts/ActivityChart.h"
#include "items/CellText.h"
#include "kit/Card.h"
#include "kit/Label.h"
#include "kit/Marks.h"
#include "kit/StateView.h"
#include "pages/KeyHintBar.h"
#include "pages/ListPage.h"
#include "views/DataTable.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QScrollArea>
#include <QVBoxLayout>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using namespace cairn::kit;
using items::ProblemTableModel;
using situation::Problem;

namespace {

/// A scroll area gives a content whose height goes with its width as much as it would like, not as little as it needs: the
/// one sentence of a banner would make the page scroll.
class Column : public QVBoxLayout
{
public:
    using QVBoxLayout::QVBoxLayout;
    bool hasHeightForWidth() const override { return false; }
};

} // namespace

OverviewPage::OverviewPage(QWidget *parent)
    : QWidget(parent)
    , m_model(new ProblemTableModel(this))
{
    setObjectName(u"overview"_s);
    setAccessibleName(tr("Overview"));
    m_header = new PageHeader(tr("Overview"));

    m_tileGrid = new QGridLayout;
    m_tileGrid->setSpacing(14);
    for (const QString &caption : {tr("Work at risk"), tr("High availability"), tr("Shared storage"), tr("GPUs")}) {
        auto *tile = new Tile(caption);
        tile->setObjectName(u"overview.tile"_s);
        m_tiles.append(tile);
    }
    m_shown.resize(m_tiles.size());

    m_table = new views::DataTable(tr("Needs attention"));
    m_table->setObjectName(u"overview.table"_s);
    using views::CellKind;
    m_table->setTwoLine(true);
    m_table->setColumns({{ProblemTableModel::What, CellKind::Tag, 136, 160, false, false},
                         {ProblemTableModel::Name, CellKind::Text, 150, 260, false, false},
                         {ProblemTableModel::Text, CellKind::Text, 200, 2000, true, false},
                         {ProblemTableModel::Other, CellKind::Action, 0, 110, false, false},
                         {ProblemTableModel::Action, CellKind::Action, 80, 110, false, false}});
    // What is worst must be seen, however large the text: the page scrolls before the table is squeezed away.
    bindTheme(m_table, [this] { m_table->setMinimumHeight(scaled(180)); });
    m_table->setSource(m_model);
    m_table->sortBy(ProblemTableModel::What, Qt::AscendingOrder);
    auto *card = new Card(Card::Padding::Flush);
    auto *head = hbox();
    head->setContentsMargins(16, 12, 16, 4);
    head->addWidget(new Label(tr("Needs attention"), Type::Section));
    head->addStretch(1);
    card->body()->addLayout(head);
    card->body()->addWidget(m_table, 1);
    auto *foot = hbox();
    foot->setContentsMargins(12, 5, 12, 6);
    m_foot = new ElidedLabel({}, Type::Meta, Token::Dim);
    foot->addWidget(m_foot, 1);
    foot->addWidget(new KeyHintBar({{u"Enter"_s, tr("show")}, {u"Ctrl Enter"_s, tr("its action")}, {u"F5"_s, tr("refresh")}}));
    card->body()->addLayout(foot);

    m_chart = new charts::ActivityChart;
    m_chart->setObjectName(u"overview.activity"_s);
    m_lately = new Card;
    auto *latelyHead = hbox();
    latelyHead->addWidget(new Label(tr("Last %1 hours").arg(situation::activityHours), Type::Section));
    m_more = new ElidedLabel({}, Type::Meta, Token::Dim, Qt::ElideRight);
    latelyHead->addWidget(m_more, 1);
    latelyHead->addWidget(charts::ActivityChart::makeLegend());
    m_lately->body()->addLayout(latelyHead);
    m_lately->body()->addWidget(m_chart, 1);
    m_lately->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    m_lately->hide();
    m_state = new StateView(card);
    m_state->setObjectName(u"overview.state"_s);

    auto *page = new Column;
    page->setSpacing(14);
    page->setContentsMargins(space::pageH, space::pageV, space::pageH, space::pageV);
    page->addWidget(m_header);
    page->addLayout(m_tileGrid);
    page->addWidget(m_state, 1);
    page->addWidget(m_lately);
    auto *content = new QWidget;
    content->setLayout(page);
    auto *whole = vbox(0);
    whole->addWidget(scrollDown(content));
    setLayout(whole);
    bindTheme(this, [this] { placeTiles(); });

    connect(m_table, &views::DataTable::opened, this, [this](const QString &key) { act(key, {}); });
    connect(m_table, &views::DataTable::actionTriggered, this, &OverviewPage::act);
    connect(m_table, &views::DataTable::countsChanged, this, [this] { m_foot->setText(m_table->countText()); });
    connect(m_state, &StateView::triggered, this, &OverviewPage::retryRequested);
    connect(m_chart, &charts::ActivityChart::activated, this, &OverviewPage::jobRequested);
    connect(m_chart, &charts::ActivityChart::laidOut, this, [this] {
        const int hidden = m_chart->laneCount() - m_chart->shownLanes();
        m_more->setText(hidden > 0 ? tr("and %n more job(s)", nullptr, hidden) : QString());
    });
    updateTiles();
    updateState();
}

void OverviewPage::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    placeTiles();
}

void OverviewPage::placeTiles()
{
    const int columns = width() < scaled(900) ? 2 : 4;
    if (std::exchange(m_tileColumns, columns) == columns)
        return;
    for (int i = 0; i < m_tiles.size(); ++i)
        m_tileGrid->addWidget(m_tiles[i], i / columns, i % columns);
    for (int i = 0; i < 4; ++i)
        m_tileGrid->setColumnStretch(i, i < columns ? 1 : 0);
}

void OverviewPage::act(const QString &key, const QString &button)
{
    const Problem *problem = m_model->find(key);
    if (!problem)
        return;
    switch (problem->about) {
    case Problem::About::Job:
        if (button == "job.resume"_L1)
            emit resumeRequested(problem->target);
        else
            emit jobRequested(problem->target);
        return;
    case Problem::About::Change:
        if (button == "change.finish"_L1 || button == "change.rollBack"_L1)
            emit recoverRequested(problem->target, button == "change.finish"_L1);
        else
            emit jobRequested(problem->target);
        return;
    case Problem::About::Component:
    case Problem::About::Availability: emit componentRequested(problem->target); return;
    case Problem::About::Node: emit nodeRequested(problem->target); return;
    case Problem::About::Claim: emit claimRequested(problem->target); return;
    }
}

void OverviewPage::setTile(int index, const Shown &shown)
{
    if (m_shown[index] == shown)
        return;
    m_shown[index] = shown;
    m_tiles[index]->setValue(shown.number, shown.unit);
    m_tiles[index]->setTags(shown.tags);
}

void OverviewPage::updateTiles()
{
    const situation::Overview &o = m_overview;
    Shown risk;
    if (o.running == 0)
        risk = {u"0"_s, tr("no job is running"), {}};
    else if (o.gpuHoursAtRisk > 0) {
        const text::Amount amount = text::gpuTime(o.gpuHoursAtRisk);
        risk = {amount.number, o.atMost ? tr("%1, at most", "unit").arg(amount.unit) : tr("%1 unsaved", "unit").arg(amount.unit), {}};
    } else
        risk = {text::duration(o.longest), o.atMost ? tr("unsaved, at most") : tr("unsaved"), {}}; // without GPUs it is time that is lost
    if (o.running > 0)
        risk.tags.append({tr("%n job(s)", nullptr, o.running), items::Tone::Idle});
    if (!o.costliest.isEmpty())
        risk.tags.append({tr("most of it: %1", "name of a job").arg(o.costliest), items::Tone::Warn});
    setTile(0, risk);

    Shown availability;
    if (!o.componentsKnown) {
        availability = {u"–"_s, tr("not read yet"), {}};
    } else if (o.components.observable == 0) {
        availability = {u"–"_s, tr("no observable component"), {}};
    } else {
        availability.number = text::number(o.components.surviving);
        availability.unit = tr("of %1 tolerate a node failure", "components").arg(o.components.observable);
        if (o.components.down > 0)
            availability.tags.append({tr("%n down", nullptr, o.components.down), items::Tone::Err});
        if (const int atRisk = o.components.atRisk(); atRisk > 0)
            availability.tags.append({tr("%n at risk", nullptr, atRisk), items::Tone::Warn});
    }
    setTile(1, availability);

    Shown storage;
    if (!o.claimsKnown) {
        storage = {u"–"_s, tr("not read yet"), {}};
    } else if (o.claims.claims == 0) {
        storage = {u"0"_s, tr("no PVCs"), {}};
    } else if (o.claims.capacity > 0) {
        storage = {text::bytes(o.claims.used), tr("of %1", "bytes").arg(text::bytes(o.claims.capacity)), {}};
    } else if (o.claims.unlimited > 0) {
        storage = {text::bytes(o.claims.unlimited), tr("no size limit"), {}};
    } else {
        storage = {u"–"_s, tr("nothing measured yet"), {}};
    }
    if (!o.fillsFirst.isEmpty())
        storage.tags.append({o.fillsIn.isEmpty() ? tr("%1 is full", "name of a claim").arg(o.fillsFirst)
                                                 : tr("%1 full in %2", "name of a claim, time").arg(o.fillsFirst, o.fillsIn),
                             o.fillsSeverity == storage::Severity::Now ? items::Tone::Err
                                 : o.fillsSeverity == storage::Severity::Soon ? items::Tone::Warn
                                                                              : items::Tone::Idle});
    else if (o.claims.silent > 0)
        storage.tags.append({tr("%n PVC(s) not measured", nullptr, o.claims.silent), items::Tone::Idle});
    setTile(2, storage);

    Shown gpus;
    if (!o.gpusKnown) {
        gpus = {u"–"_s, tr("nodes cannot be read"), {}};
    } else if (o.gpusAllocatable == 0) {
        gpus = {u"0"_s, tr("no allocatable GPUs"), {}};
    } else {
        gpus.number = items::plainNumber(o.gpusRequested);
        gpus.unit = tr("of %1 requested", "GPUs").arg(items::plainNumber(o.gpusAllocatable));
        if (o.gpusHeld > 0)
            gpus.tags.append({tr("%1 idle in stalled jobs", "GPUs").arg(items::plainNumber(o.gpusHeld)), items::Tone::Warn});
    }
    setTile(3, gpus);
}

/// "training-prod · 6 running, 1 failed"
void OverviewPage::updateAnswer()
{
    QStringList counts;
    if (m_feed.phase == FeedState::Phase::Live || m_feed.phase == FeedState::Phase::Stale) {
        counts.append(tr("%n running", nullptr, m_overview.running));
        if (m_overview.failed > 0)
            counts.append(tr("%n failed", nullptr, m_overview.failed));
        if (m_overview.waiting > 0)
            counts.append(tr("%n waiting", nullptr, m_overview.waiting));
        if (m_overview.suspended > 0)
            counts.append(tr("%n suspended", nullptr, m_overview.suspended));
    }
    const QString jobs = counts.join(tr(", ", "between counts"));
    m_header->setAnswer(jobs.isEmpty() || m_context.isEmpty() ? m_context + jobs : tr("%1 · %2", "context, its jobs").arg(m_context, jobs));
}

void OverviewPage::setActivity(const QList<situation::Activity> &lanes)
{
    m_lately->setVisible(!lanes.isEmpty());
    m_chart->setActivity(lanes, m_now);
}

void OverviewPage::setOverview(const situation::Overview &overview)
{
    m_overview = overview;
    m_model->setProblems(overview.problems);
    if (m_table->currentKey().isEmpty() && m_table->rowCount() > 0)
        m_table->setCurrentKey(m_table->model()->index(0, 0).data(items::KeyRole).toString());
    updateTiles();
    updateState();
}

void OverviewPage::setFeed(const FeedState &feed)
{
    m_feed = feed;
    updateState();
}

void OverviewPage::updateState()
{
    const bool rows = m_model->rowCount() > 0;
    updateAnswer();
    const QString old = m_feed.phase == FeedState::Phase::Stale && m_feed.lastGood.isValid() ? tr("%1 old", "age").arg(items::age(m_feed.lastGood, m_now)) : QString();
    for (Tile *tile : std::as_const(m_tiles))
        tile->setStale(old);
    m_table->setSkeleton(m_feed.phase == FeedState::Phase::Loading && !rows);
    m_table->setStale(m_feed.phase == FeedState::Phase::Stale);
    Error error = m_feed.error;
    error.what = text::safe(error.what);
    error.why = text::safe(error.why);
    error.fix = text::safe(error.fix);
    switch (m_feed.phase) {
    case FeedState::Phase::Loading: m_state->setLoading(tr("Reading jobs…"), m_feed.loaded, m_feed.expected, true); return;
    case FeedState::Phase::Stale:
        m_state->setOffline(ListPage::offlineTitle(m_feed),
                            error.why.isEmpty() ? error.what : error.why, {{u"again"_s, tr("Try now"), ButtonVariant::Normal}});
        return;
    case FeedState::Phase::Failed:
        if (error.what.isEmpty())
            error.what = tr("The jobs could not be read");
        m_state->setError(error, {{u"again"_s, tr("Try again"), ButtonVariant::Primary}}, m_now);
        return;
    // Without the right to see jobs there may still be nodes and components to tell of.
    case FeedState::Phase::Forbidden:
    case FeedState::Phase::Live:
    case FeedState::Phase::Absent: break;
    }
    if (rows) {
        if (m_state->state() != StateView::State::Content)
            m_state->setContent();
    } else if (m_state->state() != StateView::State::Empty) {
        m_state->setEmpty(tr("Nothing needs attention"), tr("No job has failed or is waiting, no checkpoint is damaged or overdue, every node is ready, no PVC is filling up."), {});
    }
}

void OverviewPage::setContext(const QString &name)
{
    m_context = name;
    updateAnswer();
}

void OverviewPage::setNow(const QDateTime &now)
{
    m_now = now;
    m_model->setNow(now);
    m_table->viewport()->update();
}

QString OverviewPage::currentProblem() const
{
    return m_table->currentKey();
}

void OverviewPage::setCurrentProblem(const QString &key)
{
    m_table->setCurrentKey(key);
}

void OverviewPage::focusTable()
{
    m_table->setFocus(Qt::OtherFocusReason);
}

} // namespace cairn::pages
