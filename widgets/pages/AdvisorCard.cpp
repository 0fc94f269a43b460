// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/AdvisorCard.h"

#include "base/Text.h"
#include "charts/WasteChart.h"
#include "forms/FieldRow.h"
#include "forms/TextFields.h"
#include "items/Roles.h"
#include "kit/Button.h"
#include "kit/Label.h"
#include "views/DataTable.h"

#include <QBoxLayout>
#include <QLocale>
#include <QResizeEvent>
#include <QStackedWidget>
#include <QStandardItemModel>
#include <algorithm>
#include <cmath>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using namespace cairn::kit;
using forms::DurationField;
using launch::Advice;
using launch::Costs;
using launch::Policy;
using launch::Spec;
using launch::Waste;

namespace {

enum Cost { SaveCost, StepCost, FailureCost, RestartCost };
enum Column { Every, InAll, Saves, ToFailures };

const QString costNames[] = {u"save"_s, u"step"_s, u"failure"_s, u"restart"_s}; // as Cost

constexpr int kPoints = 300;
constexpr int kMost = 1'000'000'000;

charts::WastePoint pointOf(const Waste &waste)
{
    return {waste.interval, waste.saves, waste.failures};
}

/// Where the picture ends: the valley with its slopes, and the marks unless they are far away.
double endOf(double best, const QList<std::optional<double>> &marks)
{
    double end = 3.5 * best;
    for (const std::optional<double> &mark : marks) {
        if (mark && *mark <= 12 * best)
            end = std::max(end, 1.15 * *mark);
    }
    return end;
}

} // namespace

AdvisorCard::AdvisorCard(QWidget *parent)
    : Card(Padding::Padded, parent)
    , m_columns(new QBoxLayout(QBoxLayout::TopToBottom))
    , m_stack(new QStackedWidget)
    , m_chart(new charts::WasteChart)
    , m_table(new views::DataTable(tr("Time lost, by the interval between saves")))
    , m_rows(new QStandardItemModel(0, 4, this))
    , m_asTable(new Button(tr("Show as table"), ButtonVariant::Link, Button::Size::Small))
    , m_advice(new Paragraph({}, Type::BodyStrong))
    , m_more(new Paragraph({}, Type::Meta, Token::Dim))
    , m_room(new Paragraph({}, Type::Body))
    , m_use(new Button({}))
{
    auto *head = hbox(10);
    head->addWidget(new Label(tr("What this costs"), Type::PanelTitle));
    head->addWidget(new ElidedLabel(tr("time lost, by Daly's formula"), Type::Meta, Token::Dim, Qt::ElideRight), 1);
    m_asTable->setObjectName(u"launch.wasteAsTable"_s);
    QSizePolicy keeps = m_asTable->sizePolicy();
    keeps.setRetainSizeWhenHidden(true);
    m_asTable->setSizePolicy(keeps);
    head->addWidget(m_asTable);
    body()->addLayout(head);
    m_chart->setObjectName(u"launch.waste"_s);
    m_rows->setHorizontalHeaderLabels({tr("Save every"), tr("Lost"), tr("In saves"), tr("To failures")});
    m_table->setObjectName(u"launch.wasteTable"_s);
    m_table->setColumns({{Every, views::CellKind::Text, 90, 400, true, false}, {InAll, views::CellKind::Number, 60, 120, false, false},
        {Saves, views::CellKind::Number, 60, 120, false, false}, {ToFailures, views::CellKind::Number, 60, 120, false, false}});
    m_table->setSource(m_rows);
    m_stack->addWidget(m_chart);
    m_stack->addWidget(m_table);
    connect(m_asTable, &QPushButton::clicked, this, [this] { showTable(!m_asRows); });
    connect(m_chart, &charts::WasteChart::tableRequested, this, [this] { showTable(true); });

    auto *inputs = new forms::Form;
    m_inputForm = inputs;
    const auto cost = [&](const QString &caption, const QString &name, const QString &id) {
        auto *field = new DurationField(name, std::chrono::seconds(1));
        field->setObjectName(id);
        connect(field, &forms::Field::changed, this, [this] {
            showAdvice();
            emit costsChanged();
        });
        inputs->addRow(caption, field);
        m_costs.append(field);
    };
    cost(tr("One save"), tr("One save takes"), u"launch.cost.save"_s);
    cost(tr("One step"), tr("One step takes"), u"launch.cost.step"_s);
    cost(tr("Time between failures"), tr("Time between failures"), u"launch.cost.failure"_s);
    cost(tr("One restart"), tr("One restart takes"), u"launch.cost.restart"_s);
    m_columns->setSpacing(space::cards);
    m_columns->addWidget(m_stack);
    m_columns->addWidget(inputs);
    body()->addLayout(m_columns);
    m_advice->setObjectName(u"launch.advice"_s);
    m_use->setObjectName(u"launch.useAdvice"_s);
    m_more->setObjectName(u"launch.adviceMore"_s);
    m_room->setObjectName(u"launch.adviceRoom"_s);
    auto *foot = hbox(10);
    foot->addWidget(m_advice, 1);
    foot->addWidget(m_use, 0, Qt::AlignTop);
    body()->addLayout(foot);
    body()->addWidget(m_more);
    body()->addWidget(m_room);
    connect(m_use, &QPushButton::clicked, this, [this] {
        const Advice advice = launch::advise(costs());
        if (advice.steps)
            emit useRequested(static_cast<int>(std::min<qint64>(*advice.steps, kMost)), 0);
        else if (advice.why != Advice::Why::Nothing)
            emit useRequested(0, static_cast<int>(std::clamp(std::round(advice.best.interval / 60), 1.0, 1e6)) * 60);
    });
    showAdvice();
}

void AdvisorCard::setInputs(const launch::Inputs &inputs)
{
    const Costs before = costs();
    m_inputs = inputs;
    showAdvice();
    if (costs() != before)
        emit costsChanged();
}

void AdvisorCard::setJob(const Spec &spec, const Policy &policy)
{
    m_spec = spec;
    m_policy = policy;
    showAdvice();
}

Costs AdvisorCard::typed() const
{
    const auto of = [this](Cost which) -> std::optional<launch::Measured> {
        const QVariant value = m_costs[which]->value();
        return value.isValid() && value.toLongLong() > 0
            ? std::optional(launch::Measured{static_cast<double>(value.toLongLong()) / 1000, 0})
            : std::nullopt;
    };
    return {of(SaveCost), of(StepCost), of(FailureCost), of(RestartCost)};
}

Costs AdvisorCard::costs() const
{
    return launch::costsOf(m_inputs, m_spec, typed());
}

std::optional<double> AdvisorCard::stepSeconds() const
{
    const Costs known = costs();
    return known.step ? std::optional(known.step->seconds) : std::nullopt;
}

void AdvisorCard::showAdvice()
{
    const Costs typed = this->typed();
    const QList<launch::InputRow> rows = launch::inputRows(m_inputs, m_spec, {});
    const bool given[] = {typed.save.has_value(), typed.step.has_value(), typed.failure.has_value(), typed.restart.has_value()};
    for (qsizetype i = 0; i < m_costs.size(); ++i) {
        const launch::InputRow &row = rows[i];
        const bool measured = row.value != u"–";
        m_costs[i]->setPlaceholder(measured ? row.value : tr("unknown"));
        // A line before it is looked, too: the fields below stay where they are.
        m_costs[i]->setHint(!m_inputs.read && !given[i] ? tr("not measured yet")
                : given[i] && measured ? tr("typed; measured: %1, %2", "value, source").arg(row.value, row.from)
                : given[i]                       ? tr("typed")
                                                 : row.from);
    }

    const Costs known = costs();
    const Advice advice = launch::advise(known);
    const std::optional<double> step = known.step ? std::optional(known.step->seconds) : std::nullopt;
    const std::optional<double> set = launch::intervalOf(m_policy, step);
    const std::optional<double> before = m_inputs.before ? launch::intervalOf(*m_inputs.before, step) : std::nullopt;
    const bool nothing = advice.why == Advice::Why::Nothing;
    charts::WasteData shown;
    shown.failures = advice.why == Advice::Why::Failures;
    if (!nothing) {
        const double end = endOf(advice.best.interval, {set, before});
        for (const Waste &waste : launch::wasteCurve(known, end / kPoints, end, kPoints))
            shown.curve.append(pointOf(waste));
        shown.proposed = pointOf(advice.best);
        const auto point = [&](const std::optional<double> &interval) -> std::optional<charts::WastePoint> {
            const std::optional<Waste> waste = interval ? launch::wasteAt(known, *interval) : std::nullopt;
            return waste ? std::optional(pointOf(*waste)) : std::nullopt;
        };
        shown.set = point(set);
        shown.before = point(before);
        shown.beforeName = m_inputs.beforeName;
        if (const std::optional<launch::Zone> flat = launch::flatZone(known)) {
            shown.flatFrom = flat->from;
            shown.flatTo = flat->to;
            shown.flatWords = tr("at most %1 × the least").arg(QLocale().toString(launch::kFlat, 'f', 1));
        }
        if (m_spec.deadlineSeconds && *m_spec.deadlineSeconds > 0)
            shown.deadline = *m_spec.deadlineSeconds;
        shown.step = step;
        if (m_asRows)
            fillTable(known, end);
    }
    m_chart->setData(shown);
    // Without anything to draw the chart says so in the same room: the fields must not move when the curve comes.
    QWidget *wanted = m_asRows && !nothing ? static_cast<QWidget *>(m_table) : m_chart;
    const bool focused = m_stack->currentWidget()->hasFocus();
    m_stack->setCurrentWidget(wanted);
    if (focused)
        wanted->setFocus(Qt::OtherFocusReason);
    m_asTable->setVisible(!nothing);

    QStringList sentences = launch::adviceSentences(known, advice, set);
    if (m_spec.deadlineSeconds && set && *set >= *m_spec.deadlineSeconds)
        sentences.insert(1, tr("The deadline ends it before the first save."));
    m_advice->setText(sentences.takeFirst());
    m_headline = nothing ? QString() : m_advice->text();
    m_more->setText(sentences.join(u' '));
    m_more->setVisible(!sentences.isEmpty());
    const QString room = launch::roomSentence(m_inputs, m_policy, set);
    m_room->setText(room);
    m_room->setVisible(!room.isEmpty());

    const bool same = advice.steps ? *advice.steps == m_policy.everySteps : set && std::abs(*set - advice.best.interval) < 30;
    m_use->setVisible(!nothing && !same);
    if (advice.steps)
        m_use->setText(tr("Use %n step(s)", nullptr, static_cast<int>(std::min<qint64>(*advice.steps, kMost))));
    else if (!nothing)
        m_use->setText(tr("Use %1", "duration").arg(text::duration(std::chrono::minutes(std::max(1LL, std::llround(advice.best.interval / 60))))));
}

void AdvisorCard::fillTable(const Costs &costs, double to)
{
    m_rows->removeRows(0, m_rows->rowCount());
    const bool failures = launch::knowsFailures(costs);
    for (const Waste &waste : launch::wasteCurve(costs, to / 20, to, 20)) {
        QString every = launch::lengthText(waste.interval);
        if (costs.step)
            every = tr("%1 (%2 steps)", "interval, number")
                        .arg(every, text::number(std::max(1LL, std::llround(waste.interval / costs.step->seconds))));
        QList<QStandardItem *> row;
        for (const QString &words : {every, launch::shareText(failures ? waste.inAll() : waste.saves), launch::shareText(waste.saves),
                 failures ? launch::shareText(waste.failures) : tr("unknown")})
            row.append(new QStandardItem(words));
        row.first()->setData(QString::number(m_rows->rowCount()), items::KeyRole);
        m_rows->appendRow(row);
    }
}

void AdvisorCard::showTable(bool on)
{
    m_asRows = on;
    m_asTable->setText(on ? tr("Show as chart") : tr("Show as table"));
    showAdvice();
}

QMap<QString, qint64> AdvisorCard::typedCosts() const
{
    QMap<QString, qint64> all;
    for (qsizetype i = 0; i < m_costs.size(); ++i) {
        if (const qint64 ms = m_costs[i]->value().toLongLong(); ms > 0)
            all.insert(costNames[i], ms);
    }
    return all;
}

void AdvisorCard::setTypedCosts(const QMap<QString, qint64> &costs)
{
    for (qsizetype i = 0; i < m_costs.size(); ++i) {
        const qint64 ms = costs.value(costNames[i]);
        m_costs[i]->setValue(ms > 0 ? QVariant(ms) : QVariant());
    }
    showAdvice();
}

void AdvisorCard::resizeEvent(QResizeEvent *event)
{
    Card::resizeEvent(event);
    const bool wide = event->size().width() >= scaled(660);
    m_columns->setDirection(wide ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
    m_columns->setStretch(0, wide ? 1 : 0);
    m_inputForm->setMaximumWidth(wide ? scaled(290) : QWIDGETSIZE_MAX);
}

} // namespace cairn::pages
