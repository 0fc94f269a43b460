// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/EventsPage.h"

#include "base/Text.h"
#include "items/CellText.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Inputs.h"
#include "kit/Label.h"
#include "kit/Marks.h"
#include "pages/SidePanel.h"

#include <QHBoxLayout>
#include <QScrollArea>
#include <QVBoxLayout>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using namespace cairn::kit;
using items::EventTableModel;

EventsPage::EventsPage(QWidget *parent)
    : ListPage(u"events"_s, {tr("Events"), tr("Object, reason, message, or age:<10min"), tr("Filter events"), tr("No event matches the filter")}, parent)
    , m_model(new EventTableModel(this))
    , m_views(addViews(tr("Show"), {tr("All"), tr("Warnings")}))
{
    using views::CellKind;
    setRows(m_model,
            {{EventTableModel::Last, CellKind::Text, 84, 120},
             {EventTableModel::Type, CellKind::Tag, 80, 100},
             {EventTableModel::Reason, CellKind::Text, 96, 170},
             {EventTableModel::Object, CellKind::Text, 130, 240},
             {EventTableModel::Message, CellKind::Text, 120, 2000, true, false},
             {EventTableModel::Count, CellKind::Number, 56, 80}},
            EventTableModel::Last, Qt::DescendingOrder);
    auto *split = new QWidget;
    auto *column = vbox(14);
    column->addWidget(tableCard({{u"Enter"_s, tr("open its job")}, {u"/"_s, tr("filter")}}), 1);
    m_panel = makePanel();
    column->addWidget(m_panel);
    split->setLayout(column);
    arrange(inStates(split));

    connect(m_views, &Segment::currentChanged, this, [this](int index) { setWarningsOnly(index == 1); });
    connect(table(), &views::DataTable::opened, this, [this] {
        if (!m_job.isEmpty())
            emit jobRequested();
    });
    connect(m_openJob, &QPushButton::clicked, this, &EventsPage::jobRequested);
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
    m_facts = new FactGrid({tr("Seen"), tr("First"), tr("Last"), tr("Source")}, 150);
    facts->addLayout(m_facts);
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

void EventsPage::updateAnswer()
{
    const int total = m_model->rowCount();
    const int warnings = m_model->warnings();
    header()->setAnswer(total == 0 ? QString() : warnings > 0 ? tr("%n warning(s) among the events the server still keeps", nullptr, warnings)
                                                             : tr("No warnings among the events the server still keeps"));
    m_views->setLabel(1, warnings > 0 ? tr("Warnings (%1)", "number").arg(text::number(warnings)) : tr("Warnings"));
}

void EventsPage::currentChanged()
{
    m_job.clear();
    emit currentEventChanged();
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
    m_facts->setValues({tr("%n time(s)", nullptr, event->count), text::ago(event->first, now()), text::ago(event->last, now()),
                        event->source.isEmpty() ? u"–"_s : text::safe(event->source)});
    m_facts->value(1)->setToolTip(items::exactTime(event->first));
    m_facts->value(2)->setToolTip(items::exactTime(event->last));
    m_openJob->setVisible(!m_job.isEmpty());
    m_openJob->setText(tr("Open %1").arg(m_job));
}

ListPage::FeedWords EventsPage::feedWords(const QString &why) const
{
    FeedWords words;
    words.reading = tr("Reading events…");
    words.stale = tr("%1 Newer events are missing until the server answers.").arg(why);
    words.forbidden = tr("You don't have permission to list events");
    words.failed = tr("The events could not be read");
    words.emptyTitle = tr("No events");
    words.emptyText = tr("The server usually keeps events for an hour, and nothing has happened since.");
    return words;
}

void EventsPage::setNow(const QDateTime &now)
{
    m_model->setNow(now);
    ListPage::setNow(now);
}

void EventsPage::setJob(const QString &name)
{
    m_job = name;
    updatePanel();
}

const Event *EventsPage::current() const
{
    return m_model->find(currentKey());
}

void EventsPage::setWarningsOnly(bool on)
{
    m_views->setCurrent(on ? 1 : 0);
    filter()->setFacet(EventTableModel::TypeFacet, on ? QSet<QString>{u"Warning"_s} : QSet<QString>());
}

} // namespace cairn::pages
