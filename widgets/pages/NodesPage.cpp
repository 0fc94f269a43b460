// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/NodesPage.h"

#include "base/Text.h"
#include "items/CellText.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Inputs.h"
#include "kit/Label.h"
#include "kit/Marks.h"
#include "kit/Messages.h"
#include "kit/StateView.h"
#include "pages/KeyHintBar.h"
#include "pages/TabChain.h"
#include "views/DataTable.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QScrollArea>
#include <QVBoxLayout>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using namespace cairn::kit;
using items::JobOnNode;
using items::NodeRow;
using items::NodeTableModel;

namespace {

constexpr qsizetype jobsShown = 10;

} // namespace

NodesPage::NodesPage(QWidget *parent)
    : QWidget(parent)
    , m_model(new NodeTableModel(this))
{
    setObjectName(u"nodes"_s);
    setAccessibleName(tr("Nodes"));
    m_header = new PageHeader(tr("Nodes"));
    m_search = new SearchField(tr("Node, zone, state, or free:>0"));
    m_search->setObjectName(u"nodes.filter"_s);
    m_search->setAccessibleName(tr("Filter nodes"));
    m_search->setMaximumWidth(scaled(330));

    m_table = new views::DataTable(tr("Nodes"));
    m_table->setObjectName(u"nodes.table"_s);
    using views::CellKind;
    m_table->setColumns({{NodeTableModel::Name, CellKind::Text, 120, 300, true},
                         {NodeTableModel::Zone, CellKind::Text, 64, 140},
                         {NodeTableModel::State, CellKind::Tag, 96, 240},
                         {NodeTableModel::Gpus, CellKind::Progress, 110, 150},
                         {NodeTableModel::Free, CellKind::Number, 44, 70},
                         {NodeTableModel::Jobs, CellKind::Number, 44, 70},
                         {NodeTableModel::Lost, CellKind::Number, 96, 150},
                         {NodeTableModel::Pods, CellKind::Number, 44, 70, false, true, true},
                         {NodeTableModel::Version, CellKind::Text, 70, 110, false, true, true},
                         {NodeTableModel::Age, CellKind::Text, 56, 90, false, true, true}});
    m_table->setSource(m_model);
    m_table->sortBy(NodeTableModel::State, Qt::AscendingOrder);
    m_table->setPlaceholder(tr("No node matches the filter"));
    auto *card = new Card(Card::Padding::Flush);
    card->body()->addWidget(m_table);
    auto *foot = hbox();
    foot->setContentsMargins(12, 5, 12, 6);
    m_foot = new ElidedLabel({}, Type::Meta, Token::Dim);
    foot->addWidget(m_foot, 1);
    foot->addWidget(new KeyHintBar({{u"Enter"_s, tr("its pods")}, {u"/"_s, tr("filter")}}));
    card->body()->addLayout(foot);

    auto *split = new QWidget;
    auto *row = hbox(16);
    row->addWidget(card, 5);
    m_panel = makePanel();
    row->addWidget(m_panel, 2);
    split->setLayout(row);
    m_state = new StateView(split);
    m_state->setObjectName(u"nodes.state"_s);

    auto *page = vbox(12);
    page->setContentsMargins(space::pageH, space::pageV, space::pageH, space::pageV);
    page->addWidget(m_header);
    page->addWidget(m_search);
    page->addWidget(m_state, 1);
    setLayout(page);

    connect(m_search, &SearchField::changed, m_table->filter(), &items::FilterProxy::setText);
    m_table->followSearch(m_search);
    connect(m_table, &views::DataTable::keyTyped, this, [this](const QString &key) {
        if (key == "/"_L1)
            focusFilter();
    });
    connect(m_table, &views::DataTable::countsChanged, this, [this] { m_foot->setText(m_table->countText()); });
    connect(m_table, &views::DataTable::currentKeyChanged, this, &NodesPage::updatePanel);
    connect(m_table, &views::DataTable::opened, this, [this](const QString &key) {
        if (const NodeRow *node = m_model->find(key))
            emit podsRequested(node->node.name);
    });
    connect(m_toPods, &QPushButton::clicked, this, [this] {
        if (const NodeRow *node = m_model->find(m_table->currentKey()))
            emit podsRequested(node->node.name);
    });
    connect(m_state, &StateView::triggered, this, &NodesPage::retryRequested);
    updatePanel();
    updateState();
}

QWidget *NodesPage::makePanel()
{
    auto *card = new Card(Card::Padding::Flush);
    card->setMinimumWidth(scaled(280));
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
    m_alarm = new Note(Tone::Err, {});
    m_alarm->setObjectName(u"nodes.alarm"_s);
    column->addWidget(m_alarm);
    column->addSpacing(4);
    m_lossTitle = new ElidedLabel({}, Type::Section, Token::Text, Qt::ElideRight);
    column->addWidget(m_lossTitle);
    m_loss = new Paragraph({}, Type::Body, Token::Dim);
    m_loss->setObjectName(u"nodes.loss"_s);
    column->addWidget(m_loss);
    m_jobs = vbox(2);
    column->addLayout(m_jobs);
    m_moreJobs = new Label({}, Type::Meta, Token::Dim);
    column->addWidget(m_moreJobs);
    column->addSpacing(6);
    column->addWidget(new Label(tr("Numbers"), Type::Section));
    auto *grid = new QGridLayout;
    grid->setHorizontalSpacing(12);
    grid->setVerticalSpacing(5);
    grid->setColumnStretch(1, 1);
    for (const QString &name : {tr("GPUs offered"), tr("GPUs requested"), tr("GPUs free"), tr("Pods"), tr("Kubelet"), tr("Age")}) {
        auto *value = new ElidedLabel(u"–"_s);
        const int at = static_cast<int>(m_values.size());
        grid->addWidget(new Label(name, Type::Body, Token::Dim), at, 0);
        grid->addWidget(value, at, 1);
        m_values.append(value);
    }
    column->addLayout(grid);
    m_toPods = new Button(tr("Show its pods"), ButtonVariant::Link, Button::Size::Small);
    m_toPods->setObjectName(u"nodes.pods"_s);
    auto *link = hbox();
    link->addWidget(m_toPods);
    link->addStretch(1);
    column->addLayout(link);
    column->addStretch(1);
    m_source = new Paragraph({}, Type::Meta, Token::Dim);
    column->addWidget(m_source);
    inside->setLayout(column);

    QScrollArea *scroll = scrollDown(inside);
    scroll->setObjectName(u"nodes.panel"_s);
    scroll->setAccessibleName(tr("The selected node"));
    scroll->setFocusPolicy(Qt::StrongFocus); // it holds what must be read by key
    card->body()->addWidget(scroll);
    return card;
}

void NodesPage::setNodes(const QList<NodeRow> &nodes)
{
    m_model->setNodes(nodes);
    if (m_table->currentKey().isEmpty() && m_table->rowCount() > 0)
        m_table->setCurrentKey(m_table->model()->index(0, 0).data(items::KeyRole).toString());
    updateAnswer();
    updateState();
    updatePanel();
}

void NodesPage::updateAnswer()
{
    const NodeTableModel::Sums sums = m_model->sums();
    if (sums.nodes == 0) {
        m_header->setAnswer({});
        return;
    }
    const QString ready = sums.notReady > 0 ? tr("%1 of %n node(s) not ready", nullptr, sums.nodes).arg(sums.notReady)
                                            : tr("%n node(s) ready", nullptr, sums.nodes);
    m_header->setAnswer(sums.gpusAllocatable > 0 ? tr("%1 · %2 of %3 GPUs free", "nodes, GPUs")
                                                       .arg(ready, items::plainNumber(sums.gpusFree), items::plainNumber(sums.gpusAllocatable))
                                                 : ready);
}

void NodesPage::updatePanel()
{
    const NodeRow *row = m_model->find(m_table->currentKey());
    m_panel->setVisible(row != nullptr);
    if (!row)
        return;
    const Node &node = row->node;
    m_name->setText(text::safe(node.name));
    m_tag->set(NodeTableModel::tag(node));
    m_where->setText(node.zone.isEmpty() ? tr("no zone label") : tr("zone %1").arg(text::safe(node.zone)));
    QStringList alarms;
    if (!node.ready)
        alarms.append(node.readySince.isValid() ? tr("Not ready for %1: its pods are evicted or lost after five minutes as a rule.").arg(items::age(node.readySince, m_now))
                                                : tr("Not ready: its pods are evicted or lost after five minutes as a rule."));
    for (const QString &pressure : node.pressures)
        alarms.append(tr("The kubelet reports %1: pods may be evicted.").arg(text::safe(pressure)));
    if (row->gpusRequested > node.gpusAllocatable)
        alarms.append(tr("More GPUs are requested than the node offers: some of them are gone."));
    m_alarm->setText(alarms.join(u' '));
    m_alarm->setVisible(!alarms.isEmpty());
    m_lossTitle->setText(node.ready ? tr("Lost with it now") : tr("What is lost"));
    updateJobs(*row);
    const QStringList values{items::plainNumber(node.gpusAllocatable), items::plainNumber(row->gpusRequested), items::plainNumber(row->gpusFree()),
                             text::number(row->pods), node.kubeletVersion.isEmpty() ? u"–"_s : text::safe(node.kubeletVersion),
                             items::age(node.created, m_now)};
    for (qsizetype i = 0; i < values.size(); ++i)
        m_values[i]->setText(values[i]);
    m_source->setText(row->partial ? tr("From the node and the pods that may be read; pods of other namespaces may run here as well.")
                                   : tr("From the node and its pods. A GPU is requested until its pod has ended."));
}

void NodesPage::updateJobs(const NodeRow &row)
{
    if (row.jobs.isEmpty())
        m_loss->setText(tr("No training job has a pod here."));
    else
        m_loss->setText(tr("%n job(s) with a pod here: %1.", nullptr, static_cast<int>(row.jobs.size())).arg(NodeTableModel::lostText(row)));
    // Lines are kept, and with them the focus: losses change every second.
    const qsizetype shown = std::min(jobsShown, row.jobs.size());
    while (m_jobLines.size() > shown)
        delete m_jobLines.takeLast().line;
    while (m_jobLines.size() < shown) {
        auto *line = new QWidget;
        auto *name = new Button(QString(), ButtonVariant::Link, Button::Size::Small);
        auto *lost = new Label({}, Type::Meta, Token::Dim);
        connect(name, &QPushButton::clicked, this, [this, name] { emit jobRequested(name->property("job").toString()); });
        auto *box = hbox(8);
        box->addWidget(name);
        box->addStretch(1);
        box->addWidget(lost);
        line->setLayout(box);
        m_jobs->addWidget(line);
        m_jobLines.append({line, name, lost});
        QList<QWidget *> stops{m_table};
        for (const JobLine &each : std::as_const(m_jobLines))
            stops.append(each.name);
        stops.append(m_toPods);
        tabChain(stops);
    }
    for (qsizetype i = 0; i < shown; ++i) {
        const JobOnNode &job = row.jobs[i];
        m_jobLines[i].name->setText(text::safe(job.name));
        m_jobLines[i].name->setToolTip(text::safe(job.ns + u'/' + job.name));
        m_jobLines[i].name->setProperty("job", job.key);
        m_jobLines[i].lost->setText(NodeTableModel::lostText(job));
    }
    m_moreJobs->setVisible(row.jobs.size() > shown);
    m_moreJobs->setText(tr("and %n more", nullptr, static_cast<int>(row.jobs.size() - shown)));
}

void NodesPage::setFeed(const FeedState &feed, const QString &roleRequest)
{
    m_feed = feed;
    m_roleRequest = roleRequest;
    m_table->setStale(feed.phase == FeedState::Phase::Stale);
    updateState();
}

void NodesPage::updateState()
{
    const bool rows = m_model->rowCount() > 0;
    Error error = m_feed.error;
    error.what = text::safe(error.what);
    error.why = text::safe(error.why);
    error.fix = text::safe(error.fix);
    const QString why = error.why.isEmpty() ? error.what : error.why;
    const Offer again{u"again"_s, tr("Check again"), ButtonVariant::Normal};
    m_table->setSkeleton(m_feed.phase == FeedState::Phase::Loading && !rows);
    switch (m_feed.phase) {
    case FeedState::Phase::Loading: m_state->setLoading(tr("Reading nodes…"), m_feed.loaded, m_feed.expected, true); return;
    case FeedState::Phase::Stale:
        m_state->setOffline(m_feed.lastGood.isValid() ? tr("Not connected since %1").arg(m_feed.lastGood.toLocalTime().toString(u"HH:mm"_s))
                                                      : tr("Not connected"),
                            tr("%1 The nodes are shown as they were then.").arg(why), {{u"again"_s, tr("Try now"), ButtonVariant::Normal}});
        return;
    case FeedState::Phase::Forbidden: m_state->setForbidden(tr("You may not list nodes"), why, m_roleRequest, {again}); return;
    case FeedState::Phase::Failed:
        if (error.what.isEmpty())
            error.what = tr("The nodes could not be read");
        m_state->setError(error, {{u"again"_s, tr("Try again"), ButtonVariant::Primary}}, m_now);
        return;
    case FeedState::Phase::Live:
    case FeedState::Phase::Absent: break;
    }
    if (rows) {
        if (m_state->state() != StateView::State::Content)
            m_state->setContent();
    } else if (m_state->state() != StateView::State::Empty) {
        m_state->setEmpty(tr("No nodes"), tr("The cluster has no nodes: nothing can run on it."), {again});
    }
}

void NodesPage::setNow(const QDateTime &now)
{
    m_now = now;
    m_model->setNow(now);
    m_table->viewport()->update();
    updatePanel();
}

QString NodesPage::currentNode() const
{
    return m_table->currentKey();
}

void NodesPage::setCurrentNode(const QString &key)
{
    m_table->setCurrentKey(key);
}

void NodesPage::setFilterText(const QString &text)
{
    m_search->setText(text);
    m_table->filter()->setText(text);
}

void NodesPage::focusTable()
{
    m_table->setFocus(Qt::OtherFocusReason);
}

void NodesPage::focusFilter()
{
    m_search->setFocus(Qt::ShortcutFocusReason);
    m_search->selectAll();
}

void NodesPage::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    // The panel says them too.
    for (const int column : {NodeTableModel::Pods, NodeTableModel::Version, NodeTableModel::Age})
        m_table->setColumnShown(column, width() >= scaled(1400));
}

void NodesPage::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_F5) {
        emit retryRequested();
    } else if (event->modifiers() == Qt::NoModifier && event->text() == "/"_L1) {
        focusFilter();
    } else {
        QWidget::keyPressEvent(event);
        return;
    }
    event->accept();
}

} // namespace cairn::pages
