// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/PodsPage.h"

#include "base/Text.h"
#include "editors/CodeEditor.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Inputs.h"
#include "kit/Label.h"
#include "kit/StateView.h"
#include "logs/LogView.h"
#include "pages/KeyHintBar.h"
#include "pages/LogPane.h"
#include "views/DataTable.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QStackedWidget>
#include <QTimer>
#include <QVBoxLayout>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using namespace cairn::kit;
using items::PodTableModel;

PodsPage::PodsPage(QWidget *parent)
    : QWidget(parent)
    , m_none(new PodTableModel(this))
    , m_model(m_none)
    , m_recount(new QTimer(this))
{
    setObjectName(u"pods"_s);
    setAccessibleName(tr("Pods"));
    m_header = new PageHeader(tr("Pods"));
    m_search = new SearchField(tr("Pod, job, node, state, or restarts:>3"));
    m_search->setObjectName(u"pods.filter"_s);
    m_search->setAccessibleName(tr("Filter pods"));
    m_search->setMaximumWidth(scaled(330));
    m_views = new Segment(tr("Show"), {tr("All"), tr("In trouble")});
    m_views->setObjectName(u"pods.views"_s);
    auto *tools = hbox();
    tools->addWidget(m_search, 1);
    tools->addStretch(1);
    tools->addWidget(m_views);

    m_table = new views::DataTable(tr("Pods"));
    m_table->setObjectName(u"pods.table"_s);
    using views::CellKind;
    m_table->setColumns({{PodTableModel::Name, CellKind::Text, 150, 420, true},
                         {PodTableModel::Namespace, CellKind::Text, 80, 150},
                         {PodTableModel::Owner, CellKind::Text, 100, 200},
                         {PodTableModel::State, CellKind::Tag, 110, 220},
                         {PodTableModel::Ready, CellKind::Number, 48, 70},
                         {PodTableModel::Restarts, CellKind::Number, 62, 80},
                         {PodTableModel::Node, CellKind::Text, 70, 160},
                         {PodTableModel::Gpus, CellKind::Number, 44, 60, false, true, true},
                         {PodTableModel::Age, CellKind::Text, 64, 100}});
    m_filter = m_table->filter();
    m_table->setSource(m_model);
    m_table->sortBy(PodTableModel::State, Qt::AscendingOrder);
    m_table->setPlaceholder(tr("No pod matches the filter"));
    auto *card = new Card(Card::Padding::Flush);
    card->body()->addWidget(m_table);
    auto *foot = hbox();
    foot->setContentsMargins(12, 5, 12, 6);
    m_foot = new ElidedLabel({}, Type::Meta, Token::Dim);
    foot->addWidget(m_foot, 1);
    foot->addWidget(new KeyHintBar({{u"Enter"_s, tr("open its job")}, {u"L"_s, tr("logs")}, {u"Y"_s, tr("YAML")}, {u"/"_s, tr("filter")}}));
    card->body()->addLayout(foot);

    auto *split = new QWidget;
    auto *column = vbox(12);
    column->addWidget(card, 5);
    m_lower = makeDetail();
    m_lower->hide();
    column->addWidget(m_lower, 6);
    split->setLayout(column);
    m_state = new StateView(split);
    m_state->setObjectName(u"pods.state"_s);

    auto *page = vbox(12);
    page->setContentsMargins(space::pageH, space::pageV, space::pageH, space::pageV);
    page->addWidget(m_header);
    page->addLayout(tools);
    page->addWidget(m_state, 1);
    setLayout(page);

    m_recount->setSingleShot(true);
    m_recount->setInterval(100);
    connect(m_recount, &QTimer::timeout, this, &PodsPage::settle);
    connect(m_filter, &items::FilterProxy::filterChanged, this, &PodsPage::recount);
    connect(m_search, &SearchField::changed, m_filter, &items::FilterProxy::setText);
    m_table->followSearch(m_search);
    connect(m_views, &Segment::currentChanged, this, [this](int index) { setTroubleOnly(index == 1); });
    connect(m_table, &views::DataTable::keyTyped, this, [this](const QString &key) {
        if (key == "/"_L1)
            focusFilter();
        else if (key == "l"_L1 && !currentPod().isEmpty())
            showDetail(Detail::Logs);
        else if (key == "y"_L1 && !currentPod().isEmpty())
            showDetail(Detail::Yaml);
    });
    connect(m_table, &views::DataTable::opened, this, &PodsPage::ownerRequested);
    connect(m_table, &views::DataTable::escaped, this, [this] { showDetail(Detail::None); });
    connect(m_tabs, &Segment::currentChanged, this, [this](int index) {
        // Of the pod that is shown, not of the one that is selected by now.
        m_detail = index == 0 ? Detail::Logs : Detail::Yaml;
        m_stack->setCurrentIndex(index);
        if (index == 0)
            emit logsRequested(m_detailPod);
        else
            emit yamlRequested(m_detailPod);
    });
    connect(m_close, &QPushButton::clicked, this, [this] { showDetail(Detail::None); });
    connect(m_yamlState, &StateView::triggered, this, [this] { emit yamlRequested(m_detailPod); });
    connect(m_logs, &LogPane::previousToggled, this, [this] { emit logsRequested(m_detailPod); });
    connect(m_logs, &LogPane::retryRequested, this, [this] { emit logsRequested(m_detailPod); });
    connect(m_state, &StateView::triggered, this, &PodsPage::retryRequested);
    settle();
}

QWidget *PodsPage::makeDetail()
{
    m_title = new ElidedLabel({}, Type::PanelTitle);
    m_tabs = new Segment(tr("Show"), {tr("Logs"), tr("YAML")});
    m_tabs->setObjectName(u"pods.tabs"_s);
    m_close = Button::icon(u"close"_s, tr("Close (Esc)"));
    m_close->setObjectName(u"pods.close"_s);
    auto *head = hbox();
    head->addWidget(m_title, 1);
    head->addWidget(m_tabs);
    head->addWidget(m_close);

    m_logs = new LogPane;
    m_yaml = new editors::CodeEditor(tr("YAML of the pod"));
    m_yaml->setObjectName(u"pods.yaml"_s);
    m_yamlState = new StateView(m_yaml);
    auto *yaml = new Card(Card::Padding::Flush);
    yaml->body()->addWidget(m_yamlState);
    m_stack = new QStackedWidget;
    m_stack->addWidget(m_logs);
    m_stack->addWidget(yaml);

    auto *lower = new QWidget;
    auto *box = vbox(8);
    box->addLayout(head);
    box->addWidget(m_stack, 1);
    lower->setLayout(box);
    return lower;
}

void PodsPage::showDetail(Detail detail)
{
    if (detail == Detail::None) {
        if (m_detail == Detail::None)
            return;
        const bool inside = m_lower->isAncestorOf(focusWidget());
        m_detail = Detail::None;
        m_detailPod.clear();
        m_lower->hide();
        emit detailClosed();
        if (inside)
            focusTable();
        return;
    }
    const Pod *pod = m_model->find(currentPod());
    if (!pod)
        return;
    m_detailPod = currentPod();
    m_detail = detail;
    m_title->setText(text::safe(pod->ns + u" / "_s + pod->name));
    const int tab = detail == Detail::Logs ? 0 : 1;
    {
        const QSignalBlocker block(m_tabs);
        m_tabs->setCurrent(tab);
    }
    m_stack->setCurrentIndex(tab);
    if (detail == Detail::Yaml)
        m_yaml->setText({});
    m_lower->show();
    if (tab == 0) {
        emit logsRequested(m_detailPod);
        m_logs->view()->setFocus(Qt::OtherFocusReason);
    } else {
        emit yamlRequested(m_detailPod);
        m_yaml->setFocus(Qt::OtherFocusReason);
    }
}

void PodsPage::setYaml(const QString &yaml)
{
    m_yaml->setText(yaml);
    m_yamlState->setContent();
}

void PodsPage::setYamlLoading()
{
    m_yamlState->setLoading(tr("Reading the object…"), 0, -1, !m_yaml->text().isEmpty());
}

void PodsPage::setYamlError(const Error &error)
{
    Error safe = error;
    safe.what = text::safe(error.what);
    safe.why = text::safe(error.why);
    safe.fix = text::safe(error.fix);
    m_yamlState->setError(safe, {{u"again"_s, tr("Try again"), ButtonVariant::Primary}}, m_now);
}

void PodsPage::setDetailGone()
{
    if (m_detail != Detail::None)
        m_title->setText(tr("%1 (gone)", "name of a pod").arg(m_title->text()));
}

void PodsPage::setModel(PodTableModel *model)
{
    m_model->disconnect(this);
    m_model = model ? model : m_none;
    m_table->setSource(m_model);
    for (const auto &signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(m_model, signal, this, &PodsPage::recount);
    connect(m_model, &QAbstractItemModel::dataChanged, this, &PodsPage::recount);
    connect(m_model, &QAbstractItemModel::modelReset, this, &PodsPage::recount);
    showDetail(Detail::None);
    settle();
}

void PodsPage::recount()
{
    if (!m_recount->isActive())
        m_recount->start();
}

void PodsPage::settle()
{
    m_recount->stop();
    const int total = m_model->rowCount();
    const int trouble = m_model->troubled();
    m_header->setAnswer(total == 0 ? QString()
                        : trouble > 0 ? tr("%1 of %n pod(s) failed, or not ready", nullptr, total).arg(text::number(trouble))
                                      : tr("%n pod(s), none in trouble", nullptr, total));
    m_views->setLabel(1, trouble > 0 ? tr("In trouble (%1)", "number").arg(text::number(trouble)) : tr("In trouble"));
    m_foot->setText(m_table->countText());
    if (m_table->currentKey().isEmpty() && m_table->rowCount() > 0)
        m_table->setCurrentKey(m_table->model()->index(0, 0).data(items::KeyRole).toString());
    updateState();
}

void PodsPage::updateState()
{
    const bool rows = m_model->rowCount() > 0;
    Error error = m_feed.error;
    error.what = text::safe(error.what);
    error.why = text::safe(error.why);
    error.fix = text::safe(error.fix);
    const QString why = error.why.isEmpty() ? error.what : error.why;
    const Offer again{u"again"_s, tr("Check again"), ButtonVariant::Normal};
    m_table->setSkeleton(m_feed.phase == FeedState::Phase::Loading && !rows);
    m_table->setStale(m_feed.phase == FeedState::Phase::Stale);
    switch (m_feed.phase) {
    case FeedState::Phase::Loading: m_state->setLoading(tr("Reading pods…"), m_feed.loaded, m_feed.expected, true); return;
    case FeedState::Phase::Stale:
        m_state->setOffline(m_feed.lastGood.isValid() ? tr("Not connected since %1").arg(m_feed.lastGood.toLocalTime().toString(u"HH:mm"_s))
                                                      : tr("Not connected"),
                            tr("%1 The pods are shown as they were then.").arg(why), {{u"again"_s, tr("Try now"), ButtonVariant::Normal}});
        return;
    case FeedState::Phase::Forbidden: m_state->setForbidden(tr("You may not list pods"), why, m_roleRequest, {again}); return;
    case FeedState::Phase::Failed:
        if (error.what.isEmpty())
            error.what = tr("The pods could not be read");
        m_state->setError(error, {{u"again"_s, tr("Try again"), ButtonVariant::Primary}}, m_now);
        return;
    case FeedState::Phase::Live:
    case FeedState::Phase::Absent: break;
    }
    if (rows) {
        if (m_state->state() != StateView::State::Content)
            m_state->setContent();
    } else if (m_state->state() != StateView::State::Empty) {
        m_state->setEmpty(tr("No pods"), tr("Nothing runs in the namespaces that are watched."), {again});
    }
}

void PodsPage::setFeed(const FeedState &feed, const QString &roleRequest)
{
    m_feed = feed;
    m_roleRequest = roleRequest;
    updateState();
}

void PodsPage::setNow(const QDateTime &now)
{
    m_now = now;
    m_model->setNow(now);
    m_table->viewport()->update();
}

void PodsPage::setTroubleOnly(bool on)
{
    m_views->setCurrent(on ? 1 : 0);
    m_filter->setFacet(PodTableModel::TroubleFacet, on ? QSet<QString>{u"trouble"_s} : QSet<QString>());
}

void PodsPage::setFilterText(const QString &text)
{
    m_search->setText(text);
    m_filter->setText(text);
}

QString PodsPage::currentPod() const
{
    return m_table->currentKey();
}

void PodsPage::setCurrentPod(const QString &key)
{
    m_table->setCurrentKey(key);
}

void PodsPage::focusTable()
{
    m_table->setFocus(Qt::OtherFocusReason);
}

void PodsPage::focusFilter()
{
    m_search->setFocus(Qt::ShortcutFocusReason);
    m_search->selectAll();
}

void PodsPage::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_F5) {
        emit retryRequested();
    } else if (event->key() == Qt::Key_Escape && m_detail != Detail::None) {
        showDetail(Detail::None);
    } else if (event->modifiers() == Qt::NoModifier && event->text() == "/"_L1) {
        focusFilter();
    } else {
        QWidget::keyPressEvent(event);
        return;
    }
    event->accept();
}

} // namespace cairn::pages
