// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/HaPage.h"

#include "base/Text.h"
#include "kit/Card.h"
#include "kit/Inputs.h"
#include "kit/Label.h"
#include "kit/Marks.h"
#include "kit/Messages.h"
#include "kit/StateView.h"
#include "pages/KeyHintBar.h"
#include "views/DataTable.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QScrollArea>
#include <QVBoxLayout>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using namespace cairn::kit;
using components::Component;
using components::Leadership;
using components::Standing;
using items::ComponentTableModel;

HaPage::HaPage(QWidget *parent)
    : QWidget(parent)
    , m_model(new ComponentTableModel(this))
{
    setObjectName(u"ha"_s);
    setAccessibleName(tr("High availability"));
    m_header = new PageHeader(tr("High availability"));
    m_search = new SearchField(tr("Component, node, or verdict"));
    m_search->setObjectName(u"ha.filter"_s);
    m_search->setAccessibleName(tr("Filter components"));
    m_search->setMaximumWidth(scaled(330));

    m_table = new views::DataTable(tr("Components"));
    m_table->setObjectName(u"ha.table"_s);
    using views::CellKind;
    m_table->setColumns({{ComponentTableModel::Name, CellKind::Text, 160, 280, true},
                         {ComponentTableModel::Replicas, CellKind::Replicas, 80, 110},
                         {ComponentTableModel::Spread, CellKind::Text, 126, 160},
                         {ComponentTableModel::Leader, CellKind::Text, 94, 130},
                         {ComponentTableModel::Budget, CellKind::Text, 66, 110},
                         {ComponentTableModel::KeptIn, CellKind::Text, 100, 130, false, true, true},
                         {ComponentTableModel::Verdict, CellKind::Tag, 150, 190}});
    m_table->setSource(m_model);
    m_table->sortBy(ComponentTableModel::Verdict, Qt::AscendingOrder);
    auto *card = new Card(Card::Padding::Flush);
    card->body()->addWidget(m_table);
    auto *foot = hbox();
    foot->setContentsMargins(12, 5, 12, 6);
    m_foot = new ElidedLabel({}, Type::Meta, Token::Dim);
    foot->addWidget(m_foot, 1);
    foot->addWidget(new KeyHintBar({{u"/"_s, tr("filter")}, {u"F5"_s, tr("read again")}}));
    card->body()->addLayout(foot);

    auto *split = new QWidget;
    auto *row = hbox(16);
    row->addWidget(card, 5);
    m_panel = makePanel();
    row->addWidget(m_panel, 2);
    split->setLayout(row);
    m_state = new StateView(split);
    m_state->setObjectName(u"ha.state"_s);

    auto *page = vbox(12);
    page->setContentsMargins(space::pageH, space::pageV, space::pageH, space::pageV);
    page->addWidget(m_header);
    page->addWidget(m_search);
    page->addWidget(m_state, 1);
    setLayout(page);

    m_table->setPlaceholder(tr("No component matches the filter"));
    connect(m_search, &SearchField::changed, m_table->filter(), &items::FilterProxy::setText);
    m_table->followSearch(m_search);
    connect(m_table, &views::DataTable::keyTyped, this, [this](const QString &key) {
        if (key == "/"_L1)
            focusFilter();
    });
    connect(m_table, &views::DataTable::countsChanged, this, [this] { m_foot->setText(m_table->countText()); });
    connect(m_table, &views::DataTable::currentKeyChanged, this, &HaPage::updatePanel);
    connect(m_state, &StateView::triggered, this, &HaPage::retryRequested);
    updatePanel();
    updateState();
}

QWidget *HaPage::makePanel()
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
    m_alarm->setObjectName(u"ha.alarm"_s);
    column->addWidget(m_alarm);
    column->addSpacing(4);
    m_lossTitle = new ElidedLabel({}, Type::Section, Token::Text, Qt::ElideRight);
    column->addWidget(m_lossTitle);
    m_loss = new Paragraph({}, Type::Body, Token::Dim);
    m_loss->setObjectName(u"ha.loss"_s);
    column->addWidget(m_loss);
    column->addSpacing(6);
    column->addWidget(new Label(tr("Why this verdict"), Type::Section));
    m_why = new Paragraph({}, Type::Body, Token::Dim);
    m_why->setObjectName(u"ha.why"_s);
    column->addWidget(m_why);
    column->addSpacing(6);
    column->addWidget(new Label(tr("Numbers"), Type::Section));
    auto *grid = new QGridLayout;
    grid->setHorizontalSpacing(12);
    grid->setVerticalSpacing(5);
    grid->setColumnStretch(1, 1);
    for (const QString &name : {tr("Replicas"), tr("Spread"), tr("Leader"), tr("Lease renewed"), tr("Disruptions allowed"),
                                tr("Autoscaler"), tr("Restarts"), tr("State kept in")}) {
        auto *value = new ElidedLabel(u"–"_s);
        const int at = static_cast<int>(m_values.size());
        grid->addWidget(new Label(name, Type::Body, Token::Dim), at, 0);
        grid->addWidget(value, at, 1);
        m_values.append(value);
    }
    column->addLayout(grid);
    column->addStretch(1);
    m_source = new Paragraph({}, Type::Meta, Token::Dim);
    column->addWidget(m_source);
    inside->setLayout(column);

    QScrollArea *scroll = scrollDown(inside);
    scroll->setObjectName(u"ha.panel"_s);
    scroll->setAccessibleName(tr("The selected component"));
    scroll->setFocusPolicy(Qt::StrongFocus); // it holds what must be read by key
    card->body()->addWidget(scroll);
    return card;
}

void HaPage::setComponents(const QList<Component> &components, const QDateTime &now)
{
    m_read = now;
    m_model->setComponents(components);
    if (m_table->currentKey().isEmpty() && m_table->rowCount() > 0)
        m_table->setCurrentKey(m_table->model()->index(0, 0).data(items::KeyRole).toString());
    updateAnswer();
    updateState();
    updatePanel();
}

void HaPage::updateAnswer()
{
    QList<Component> all;
    for (int i = 0; i < m_model->rowCount(); ++i)
        all.append(*m_model->rowAt(i));
    const components::Summary summary = components::summarise(all);
    if (summary.observable == 0) {
        m_header->setAnswer({});
        return;
    }
    QString answer = tr("%1 of %n component(s) survive the loss of any one node", nullptr, summary.observable).arg(summary.surviving);
    if (summary.unobservable > 0)
        answer = tr("%1 · %2", "answer, what is not known").arg(answer, tr("%n not observable", nullptr, summary.unobservable));
    m_header->setAnswer(answer);
}

void HaPage::updatePanel()
{
    const Component *component = m_model->find(m_table->currentKey());
    m_panel->setVisible(component != nullptr);
    if (!component)
        return;
    m_name->setText(component->id);
    // What a dependency is called is in the reason; the panel is narrow.
    m_tag->set(items::tag(component->standing));
    m_where->setText(tr("%1 · %2", "group, workload").arg(ComponentTableModel::group(*component),
                                                         text::safe(component->kind + u' ' + component->ns + u'/' + component->workload)));
    const QStringList alarms = components::alarms(*component, m_read);
    m_alarm->setText(alarms.join(u' '));
    m_alarm->setVisible(!alarms.isEmpty());
    m_lossTitle->setText(component->standing == Standing::Down             ? tr("What stops now")
                             : component->standing == Standing::NotObservable ? tr("What stops without it")
                                                                             : tr("What happens when its node is lost"));
    m_loss->setText(components::consequence(*component));
    m_why->setText(components::reasons(*component).join(u' '));

    const Leadership &leader = component->leader;
    QString renewed = u"–"_s;
    if (leader.state == Leadership::State::Fresh || leader.state == Leadership::State::Stale)
        renewed = text::ago(leader.renewed, m_read);
    else if (leader.state == Leadership::State::Future)
        renewed = tr("in the future");
    QString budget = component->budgetUnread ? tr("not readable") : tr("no budget");
    if (component->budget)
        budget = tr("%1 (%2)", "disruptions allowed, rule of the budget").arg(component->budget->allowed).arg(ComponentTableModel::budget(*component));
    QString autoscaler = component->autoscalerUnread ? tr("not readable") : tr("none");
    if (component->autoscaler)
        autoscaler = tr("%1 to %2 replicas").arg(component->autoscaler->floor).arg(component->autoscaler->ceiling);
    QStringList places;
    for (const QString &place : component->keptIn)
        places.append(text::safe(place));
    const QStringList values{ComponentTableModel::replicas(*component),
                             ComponentTableModel::spread(*component),
                             leader.holder.isEmpty() || component->splitBrain ? ComponentTableModel::leader(*component) : text::safe(leader.holder),
                             renewed,
                             budget,
                             autoscaler,
                             component->restarts < 0 ? u"–"_s : text::number(component->restarts),
                             places.isEmpty() ? u"–"_s : places.join(u", "_s)};
    for (qsizetype i = 0; i < values.size(); ++i)
        m_values[i]->setText(values[i]);
    m_source->setText(tr("From the workload, its pods, lease, budget and autoscaler, %1.").arg(text::ago(m_read, m_now)));
}

void HaPage::setFeed(const FeedState &feed, const QString &roleRequest)
{
    m_feed = feed;
    m_roleRequest = roleRequest;
    m_table->setStale(feed.phase == FeedState::Phase::Stale);
    updateState();
}

void HaPage::updateState()
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
    case FeedState::Phase::Loading: m_state->setLoading(tr("Reading components…"), 0, -1, true); return;
    case FeedState::Phase::Stale:
        m_state->setOffline(m_feed.lastGood.isValid() ? tr("Not connected since %1").arg(m_feed.lastGood.toLocalTime().toString(u"HH:mm"_s))
                                                      : tr("Not connected"),
                            tr("%1 The verdicts are as old; they are made again as soon as the server answers.").arg(why),
                            {{u"again"_s, tr("Try now"), ButtonVariant::Normal}});
        return;
    case FeedState::Phase::Forbidden:
        m_state->setForbidden(tr("You may not list what Kubeflow runs"), why, m_roleRequest, {again});
        return;
    case FeedState::Phase::Failed:
        if (error.what.isEmpty())
            error.what = tr("The components could not be read");
        m_state->setError(error, {{u"again"_s, tr("Try again"), ButtonVariant::Primary}}, m_now);
        return;
    case FeedState::Phase::Live:
    case FeedState::Phase::Absent: break;
    }
    if (rows) {
        if (m_state->state() != StateView::State::Content)
            m_state->setContent();
    } else if (m_state->state() != StateView::State::Empty) {
        m_state->setEmpty(tr("No component of Kubeflow was found"),
                          tr("None of the namespaces that Kubeflow is installed in holds one of its components."), {again});
    }
}

void HaPage::setNow(const QDateTime &now)
{
    m_now = now;
    updatePanel();
}

QString HaPage::currentComponent() const
{
    return m_table->currentKey();
}

void HaPage::setCurrentComponent(const QString &key)
{
    m_table->setCurrentKey(key);
}

void HaPage::focusFilter()
{
    m_search->setFocus(Qt::ShortcutFocusReason);
    m_search->selectAll();
}

void HaPage::focusTable()
{
    m_table->setFocus(Qt::OtherFocusReason);
}

void HaPage::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    // The panel says it too.
    m_table->setColumnShown(ComponentTableModel::KeptIn, width() >= scaled(1200));
}

void HaPage::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_F5) {
        emit retryRequested();
        event->accept();
        return;
    }
    if (event->modifiers() == Qt::NoModifier && event->text() == "/"_L1) {
        focusFilter();
        event->accept();
        return;
    }
    QWidget::keyPressEvent(event);
}

} // namespace cairn::pages
