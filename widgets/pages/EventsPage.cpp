// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/EventsPage.h"

#include "base/Text.h"
#include "items/CellText.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Inputs.h"
#include "kit/Label.h"
#include "kit/Marks.h"
#include "kit/StateView.h"
#include "pages/KeyHintBar.h"
#include "views/DataTable.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QScrollArea>
#include <QTimer>
#include <QVBoxLayout>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using namespace cairn::kit;
using items::EventTableModel;

EventsPage::EventsPage(QWidget *parent)
    : QWidget(parent)
    , m_model(new EventTableModel(this))
    , m_recount(new QTimer(this))
{
    setObjectName(u"events"_s);
    setAccessibleName(tr("Events"));
    m_header = new PageHeader(tr("Events"));
    m_search = new SearchField(tr("Object, reason, message, or age:<10min"));
    m_search->setObjectName(u"events.filter"_s);
    m_search->setAccessibleName(tr("Filter events"));
    m_search->setMaximumWidth(scaled(330));
    m_views = new Segment(tr("Show"), {tr("All"), tr("Warnings")});
    m_views->setObjectName(u"events.views"_s);
    auto *tools = hbox();
    tools->addWidget(m_search, 1);
    tools->addStretch(1);
    tools->addWidget(m_views);

    m_table = new views::DataTable(tr("Events"));
    m_table->setObjectName(u"events.table"_s);
    using views::CellKind;
    m_table->setColumns({{EventTableModel::Last, CellKind::Text, 84, 120},
                         {EventTableModel::Type, CellKind::Tag, 80, 100},
                         {EventTableModel::Reason, CellKind::Text, 96, 170},
                         {EventTableModel::Object, CellKind::Text, 130, 240},
                         {EventTableModel::Message, CellKind::Text, 120, 2000, true, false},
                         {EventTableModel::Count, CellKind::Number, 56, 80}});
    m_filter = m_table->filter();
    m_table->setSource(m_model);
    m_table->sortBy(EventTableModel::Last, Qt::DescendingOrder);
    m_table->setPlaceholder(tr("No event matches the filter"));
    auto *card = new Card(Card::Padding::Flush);
    card->body()->addWidget(m_table);
    auto *foot = hbox();
    foot->setContentsMargins(12, 5, 12, 6);
    m_foot = new ElidedLabel({}, Type::Meta, Token::Dim);
    foot->addWidget(m_foot, 1);
    foot->addWidget(new KeyHintBar({{u"Enter"_s, tr("open its job")}, {u"/"_s, tr("filter")}}));
    card->body()->addLayout(foot);

    auto *split = new QWidget;
    auto *column = vbox(14);
    column->addWidget(card, 1);
    m_panel = makePanel();
    column->addWidget(m_panel);
    split->setLayout(column);
    m_state = new StateView(split);
    m_state->setObjectName(u"events.state"_s);

    auto *page = vbox(12);
    page->setContentsMargins(space::pageH, space::pageV, space::pageH, space::pageV);
    page->addWidget(m_header);
    page->addLayout(tools);
    page->addWidget(m_state, 1);
    setLayout(page);

    m_recount->setSingleShot(true);
    m_recount->setInterval(100);
    connect(m_recount, &QTimer::timeout, this, &EventsPage::settle);
    const auto recount = [this] {
        if (!m_recount->isActive())
            m_recount->start();
    };
    connect(m_model, &QAbstractItemModel::rowsInserted, this, recount);
    connect(m_model, &QAbstractItemModel::rowsRemoved, this, recount);
    connect(m_model, &QAbstractItemModel::dataChanged, this, recount);
    connect(m_model, &QAbstractItemModel::modelReset, this, recount);
    connect(m_filter, &items::FilterProxy::filterChanged, this, recount);
    connect(m_search, &SearchField::changed, m_filter, &items::FilterProxy::setText);
    m_table->followSearch(m_search);
    connect(m_views, &Segment::currentChanged, this, [this](int index) { setWarningsOnly(index == 1); });
    connect(m_table, &views::DataTable::keyTyped, this, [this](const QString &key) {
        if (key == "/"_L1)
            focusFilter();
    });
    connect(m_table, &views::DataTable::currentKeyChanged, this, [this] {
        m_job.clear();
        emit currentChanged();
        updatePanel();
    });
    connect(m_table, &views::DataTable::opened, this, [this] {
        if (!m_job.isEmpty())
            emit jobRequested();
    });
    connect(m_openJob, &QPushButton::clicked, this, &EventsPage::jobRequested);
    connect(m_state, &StateView::triggered, this, &EventsPage::retryRequested);
    settle();
}

QWidget *EventsPage::makePanel()
{
    auto *card = new Card(Card::Padding::Flush);
    auto *inside = new QWidget;
    auto *row = hbox(24);
    row->setContentsMargins(16, 12, 16, 12);
    auto *text = vbox(6);
    auto *head = hbox(8);
    m_reason = new ElidedLabel({}, Type::PanelTitle);
    m_type = new Tag(QString());
    head->addWidget(m_reason);
    head->addWidget(m_type);
    head->addStretch(1);
    text->addLayout(head);
    m_object = new ElidedLabel({}, Type::Meta, Token::Dim);
    text->addWidget(m_object);
    m_message = new Paragraph({}, Type::Body);
    m_message->setObjectName(u"events.message"_s);
    text->addWidget(m_message);
    text->addStretch(1);
    row->addLayout(text, 1);

    auto *facts = vbox(8);
    auto *grid = new QGridLayout;
    grid->setHorizontalSpacing(12);
    grid->setVerticalSpacing(5);
    grid->setColumnStretch(1, 1);
    for (const QString &name : {tr("Seen"), tr("First"), tr("Last"), tr("Said by")}) {
        auto *value = new ElidedLabel(u"–"_s);
        value->setMinimumWidth(scaled(150));
        const int at = static_cast<int>(m_values.size());
        grid->addWidget(new Label(name, Type::Body, Token::Dim), at, 0);
        grid->addWidget(value, at, 1);
        m_values.append(value);
    }
    facts->addLayout(grid);
    m_openJob = new Button(QString());
    m_openJob->setObjectName(u"events.job"_s);
    auto *acts = hbox();
    acts->addWidget(m_openJob);
    acts->addStretch(1);
    facts->addLayout(acts);
    facts->addStretch(1);
    row->addLayout(facts);
    inside->setLayout(row);

    QScrollArea *scroll = scrollDown(inside);
    scroll->setObjectName(u"events.panel"_s);
    scroll->setAccessibleName(tr("The selected event"));
    scroll->setFocusPolicy(Qt::StrongFocus); // it holds what must be read by key
    card->body()->addWidget(scroll);
    card->setFixedHeight(scaled(168));
    return card;
}

void EventsPage::settle()
{
    m_recount->stop();
    const int total = m_model->rowCount();
    const int warnings = m_model->warnings();
    m_header->setAnswer(total == 0 ? QString() : warnings > 0 ? tr("%n warning(s) in what the server still keeps", nullptr, warnings)
                                                             : tr("No warnings in what the server still keeps"));
    m_views->setLabel(1, warnings > 0 ? tr("Warnings (%1)", "number").arg(text::number(warnings)) : tr("Warnings"));
    m_foot->setText(m_table->countText());
    if (m_table->currentKey().isEmpty() && m_table->rowCount() > 0)
        m_table->setCurrentKey(m_table->model()->index(0, 0).data(items::KeyRole).toString());
    updateState();
    updatePanel();
}

void EventsPage::updatePanel()
{
    const Event *event = current();
    m_panel->setVisible(event != nullptr);
    if (!event)
        return;
    m_reason->setText(text::safe(event->reason));
    m_type->set({text::safe(event->type), event->type == "Warning"_L1 ? items::Tone::Warn : items::Tone::Idle});
    m_object->setText(text::safe(event->ns.isEmpty() ? event->objectKind + u'/' + event->objectName
                                                     : event->ns + u" · "_s + event->objectKind + u'/' + event->objectName));
    m_message->setText(text::safe(event->message));
    const QStringList values{tr("%n time(s)", nullptr, event->count), text::ago(event->first, m_now), text::ago(event->last, m_now),
                             event->source.isEmpty() ? u"–"_s : text::safe(event->source)};
    for (qsizetype i = 0; i < values.size(); ++i)
        m_values[i]->setText(values[i]);
    m_values[1]->setToolTip(items::exactTime(event->first));
    m_values[2]->setToolTip(items::exactTime(event->last));
    m_openJob->setVisible(!m_job.isEmpty());
    m_openJob->setText(tr("Open %1").arg(m_job));
}

void EventsPage::updateState()
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
    case FeedState::Phase::Loading: m_state->setLoading(tr("Reading events…"), m_feed.loaded, m_feed.expected, true); return;
    case FeedState::Phase::Stale:
        m_state->setOffline(m_feed.lastGood.isValid() ? tr("Not connected since %1").arg(m_feed.lastGood.toLocalTime().toString(u"HH:mm"_s))
                                                      : tr("Not connected"),
                            tr("%1 Later events are missing until the server answers.").arg(why),
                            {{u"again"_s, tr("Try now"), ButtonVariant::Normal}});
        return;
    case FeedState::Phase::Forbidden: m_state->setForbidden(tr("You may not list events"), why, m_roleRequest, {again}); return;
    case FeedState::Phase::Failed:
        if (error.what.isEmpty())
            error.what = tr("The events could not be read");
        m_state->setError(error, {{u"again"_s, tr("Try again"), ButtonVariant::Primary}}, m_now);
        return;
    case FeedState::Phase::Live:
    case FeedState::Phase::Absent: break;
    }
    if (rows) {
        if (m_state->state() != StateView::State::Content)
            m_state->setContent();
    } else if (m_state->state() != StateView::State::Empty) {
        m_state->setEmpty(tr("No events"), tr("The server keeps events for an hour as a rule, and nothing has happened since."), {again});
    }
}

void EventsPage::setFeed(const FeedState &feed, const QString &roleRequest)
{
    m_feed = feed;
    m_roleRequest = roleRequest;
    updateState();
}

void EventsPage::setNow(const QDateTime &now)
{
    m_now = now;
    m_model->setNow(now);
    m_table->viewport()->update();
    updatePanel();
}

void EventsPage::setJob(const QString &name)
{
    m_job = name;
    updatePanel();
}

const Event *EventsPage::current() const
{
    return m_model->find(m_table->currentKey());
}

void EventsPage::setCurrent(const QString &key)
{
    m_table->setCurrentKey(key);
}

void EventsPage::setWarningsOnly(bool on)
{
    m_views->setCurrent(on ? 1 : 0);
    m_filter->setFacet(EventTableModel::TypeFacet, on ? QSet<QString>{u"Warning"_s} : QSet<QString>());
}

void EventsPage::setFilterText(const QString &text)
{
    m_search->setText(text);
    m_filter->setText(text);
}

void EventsPage::focusTable()
{
    m_table->setFocus(Qt::OtherFocusReason);
}

void EventsPage::focusFilter()
{
    m_search->setFocus(Qt::ShortcutFocusReason);
    m_search->selectAll();
}

void EventsPage::keyPressEvent(QKeyEvent *event)
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
