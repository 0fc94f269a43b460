// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/TierTable.h"

#include "base/Text.h"
#include "forms/NumberField.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Icons.h"
#include "kit/Inputs.h"
#include "kit/Label.h"
#include "kit/Marks.h"
#include "kit/Paint.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QScrollArea>
#include <QTimer>
#include <algorithm>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using namespace cairn::kit;
using overlay::Proposal;
using overlay::Row;

namespace {

constexpr qsizetype atFirst = 5; ///< rows of a tier that are shown before it is unfolded

QString titleOf(int tier)
{
    switch (tier) {
    case 1: return TierTable::tr("1 Scale now");
    case 2: return TierTable::tr("2 Leader election first");
    case 3: return TierTable::tr("3 Must stay at one");
    case 4: return TierTable::tr("4 Leave the cluster");
    case 5: return TierTable::tr("5 Event brokers");
    default: return TierTable::tr("Left as they are");
    }
}

QString spreadOf(const Row &row)
{
    if (row.spreadKept)
        return TierTable::tr("as it is");
    if (row.spread.nodes && row.spread.zones)
        return TierTable::tr("nodes, zones");
    return row.spread.nodes ? TierTable::tr("nodes") : row.spread.zones ? TierTable::tr("zones") : u"–"_s;
}

std::pair<QString, Tone> electionOf(const Row &row)
{
    switch (row.election) {
    case Row::Election::NotNeeded: return {TierTable::tr("stateless"), Tone::Dim};
    case Row::Election::On: return {TierTable::tr("on"), Tone::Ok};
    case Row::Election::TurnOn: return {row.needsRights ? TierTable::tr("+ flag, Role") : TierTable::tr("+ flag"), Tone::None};
    case Row::Election::BuiltIn: return {TierTable::tr("inside"), Tone::Dim};
    case Row::Election::None: break;
    }
    return {TierTable::tr("has none"), Tone::Dim};
}

std::pair<QString, Tone> budgetOf(const Row &row)
{
    switch (row.budget) {
    case Row::Budget::Keep: return {TierTable::tr("as it is"), Tone::Dim};
    case Row::Budget::Add: return {TierTable::tr("+ new"), Tone::None};
    case Row::Budget::Change: return {TierTable::tr("~ changed"), Tone::None};
    case Row::Budget::None: return {TierTable::tr("none"), Tone::Dim};
    case Row::Budget::Off: break;
    }
    return {TierTable::tr("not wanted"), Tone::Dim};
}

Token inkOf(Tone tone)
{
    return tone == Tone::None ? Token::Text : foreground(tone);
}

} // namespace

TierTable::TierTable(QWidget *parent)
    : QWidget(parent)
    , m_grid(new QGridLayout(this))
{
    setObjectName(u"overlay.tiers"_s);
    m_grid->setContentsMargins(12, 6, 12, 6);
    m_grid->setHorizontalSpacing(12);
    m_grid->setVerticalSpacing(6);
    m_grid->setColumnStretch(1, 1);
    m_grid->setColumnMinimumWidth(1, scaled(140)); // a name that is cut in its middle tells nothing
}

void TierTable::setProposal(const Proposal &proposal, const QSet<int> &tiers)
{
    const auto same = [&] {
        if (proposal.rows.size() != m_proposal.rows.size())
            return false;
        return std::ranges::equal(proposal.rows, m_proposal.rows, [](const Row &a, const Row &b) {
            return a.workload == b.workload && a.tier == b.tier && a.locked == b.locked;
        });
    };
    const bool keeps = same() && !m_heads.isEmpty();
    m_proposal = proposal;
    m_tiers = tiers;
    if (!keeps)
        build(proposal);
    fill(proposal, tiers);
}

void TierTable::mark(const QList<audit::ObjectName> &workloads)
{
    m_marked = workloads;
    for (const Row &row : std::as_const(m_proposal.rows)) {
        if (m_marked.contains(row.workload))
            m_open.insert(row.tier);
    }
    if (!m_heads.isEmpty()) {
        build(m_proposal);
        fill(m_proposal, m_tiers);
    }
    // Where the rows are is known when they were laid out.
    QTimer::singleShot(0, this, &TierTable::showMarked);
}

void TierTable::showMarked()
{
    const auto line = std::ranges::find_if(m_lines, [this](const Line &one) { return m_marked.contains(one.workload); });
    if (line == m_lines.end())
        return;
    for (QWidget *above = parentWidget(); above; above = above->parentWidget()) {
        if (auto *area = qobject_cast<QScrollArea *>(above))
            area->ensureWidgetVisible(line->name, 0, scaled(80));
    }
    if (line->include)
        line->include->setFocus(Qt::OtherFocusReason);
}

void TierTable::build(const Proposal &proposal)
{
    for (const Row &row : proposal.rows) {
        if (m_marked.contains(row.workload))
            m_open.insert(row.tier);
    }
    clearLayout(m_grid);
    for (int row = 0; row < m_grid->rowCount(); ++row)
        m_grid->setRowMinimumHeight(row, 0); // another build may have another row there
    m_lines.clear();
    m_heads.clear();
    int at = 0;
    const auto caption = [&](const QString &words, int column) { m_grid->addWidget(new Label(words, Type::MetaMedium, Token::Dim), at, column); };
    caption(tr("Component"), 1);
    caption(tr("Replicas"), 2);
    caption(tr("Spread"), 3);
    caption(tr("Leader election"), 4);
    caption(tr("PDB"), 5);
    ++at;
    for (const int tier : {1, 2, 3, 4, 0}) {
        QList<const Row *> rows;
        for (const Row &row : proposal.rows) {
            if (row.tier == tier)
                rows.append(&row);
        }
        if (rows.isEmpty())
            continue;
        Head head;
        head.tier = tier;
        head.grid = at;
        auto *line = hbox(10);
        if (tier > 0) {
            head.check = new Check(titleOf(tier));
            head.check->setObjectName(u"overlay.tier"_s);
            line->addWidget(head.check);
            head.check->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
            connect(head.check, &QCheckBox::clicked, this, [this, tier](bool on) { emit tierChosen(tier, on); });
        } else {
            line->addWidget(new Label(titleOf(tier), Type::Section));
        }
        head.detail = new Label({}, Type::Meta, Token::Dim);
        line->addWidget(head.detail);
        // Its words give way to the columns, not the other way round.
        auto *box = new QWidget;
        box->setLayout(line);
        box->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
        m_grid->addWidget(box, at++, 0, 1, 6);
        // What a person has to look at comes first: it is unfolded last.
        qsizetype shown = m_open.contains(tier) ? rows.size() : qMin(rows.size(), rows.size() <= atFirst + 1 ? rows.size() : atFirst);
        if (tier == 0 && !m_open.contains(0))
            shown = 0;
        for (qsizetype i = 0; i < shown; ++i) {
            const Row &row = *rows[i];
            Line made;
            made.workload = row.workload;
            made.tier = tier;
            made.locked = row.locked;
            made.grid = at;
            const QString name = text::safe(row.workload.name);
            made.name = new ElidedLabel(name, Type::BodyStrong);
            made.reason = new ElidedLabel({}, Type::Meta, Token::Dim, Qt::ElideRight);
            for (ElidedLabel *label : {made.name, made.reason})
                label->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed); // they have what the columns leave
            m_grid->addWidget(made.name, at, 1);
            // Below all of the columns, or it would be cut in its middle.
            m_grid->addWidget(made.reason, at + 1, 1, 1, 5, Qt::AlignTop);
            m_grid->setRowMinimumHeight(at + 1, lineHeight(Type::Meta) + scaled(5));
            if (tier == 0) {
                m_lines.append(made);
                at += 2;
                continue;
            }
            if (row.locked) {
                auto *lock = new QLabel;
                lock->setAccessibleName(tr("locked"));
                bindTheme(lock, [lock] { lock->setPixmap(iconPixmap(u"lock"_s, color(Token::Dim), {scaled(14), scaled(14)}, lock->devicePixelRatioF())); });
                m_grid->addWidget(lock, at, 0);
                made.one = new Label(u"1"_s, Type::Number, Token::Dim);
                m_grid->addWidget(made.one, at, 2);
            } else {
                made.include = new Check({});
                made.include->setObjectName(u"overlay.include"_s);
                made.include->setAccessibleName(tr("Include %1").arg(name));
                bindTheme(made.include, [check = made.include] { check->setFixedWidth(scaled(24)); });
                m_grid->addWidget(made.include, at, 0);
                made.replicas = new forms::NumberField(tr("Replicas of %1").arg(name), {}, forms::NumberField::Look::Stepper);
                made.replicas->setObjectName(u"overlay.replicas"_s);
                made.replicas->setRange(1, 100);
                m_grid->addWidget(made.replicas, at, 2);
                connect(made.include, &QCheckBox::clicked, this, [this, workload = row.workload](bool on) { emit included(workload, on); });
                connect(made.replicas, &forms::Field::changed, this, [this, field = made.replicas, workload = row.workload] {
                    if (!m_filling && field->isValid() && field->number())
                        emit replicasChosen(workload, static_cast<int>(*field->number()));
                });
            }
            made.spread = new Label({}, Type::Body);
            made.election = new Label({}, Type::Body);
            made.budget = new Label({}, Type::Body);
            m_grid->addWidget(made.spread, at, 3);
            m_grid->addWidget(made.election, at, 4);
            m_grid->addWidget(made.budget, at, 5);
            m_lines.append(made);
            at += 2;
        }
        if (shown < rows.size() || (m_open.contains(tier) && (tier == 0 || rows.size() > atFirst + 1))) {
            head.more = new Button(shown < rows.size() ? tr("Show %n more", nullptr, static_cast<int>(rows.size() - shown)) : tr("Fewer"), ButtonVariant::Link, Button::Size::Small);
            head.more->setObjectName(u"overlay.more"_s);
            m_grid->addWidget(head.more, at++, 1);
            connect(head.more, &QPushButton::clicked, this, [this, tier] {
                if (!m_open.remove(tier))
                    m_open.insert(tier);
                build(m_proposal);
                fill(m_proposal, m_tiers);
            });
        }
        m_heads.append(head);
    }
}

void TierTable::fill(const Proposal &proposal, const QSet<int> &tiers)
{
    m_filling = true;
    for (Head &head : m_heads) {
        int all = 0, changes = 0;
        for (const Row &row : proposal.rows) {
            all += row.tier == head.tier;
            changes += row.tier == head.tier && row.changes();
        }
        if (head.check)
            head.check->setChecked(tiers.contains(head.tier));
        head.detail->setText(head.tier == 0 ? tr("%n workload(s)", nullptr, all) : tr("%1 of %n workload(s) change", nullptr, all).arg(changes));
    }
    for (Line &line : m_lines) {
        if (const Row *row = proposal.find(line.workload))
            fillLine(line, *row);
    }
    m_filling = false;
    update();
}

void TierTable::fillLine(Line &line, const Row &row)
{
    QString reason = row.applied ? tr("As the overlay has it. %1", "reason").arg(row.reason) : row.reason;
    if (!row.owner.isEmpty())
        reason = tr("%1: saved, not applied. %2", "who owns it, reason").arg(row.owner, reason);
    line.reason->setText(reason);
    line.name->setToken(row.included ? Token::Text : Token::Dim);
    if (!line.spread)
        return;
    if (line.include)
        line.include->setChecked(row.included);
    if (line.replicas) {
        if (line.replicas->number() != row.replicas)
            line.replicas->setValue(row.replicas);
        line.replicas->setRefusal(row.included ? QString() : tr("It is not included."));
    }
    if (line.one)
        line.one->setText(QString::number(row.replicasNow));
    line.spread->setText(row.included ? spreadOf(row) : u"–"_s);
    const auto [election, electionTone] = electionOf(row);
    line.election->setText(election);
    line.election->setToken(inkOf(row.included ? electionTone : Tone::Dim));
    const auto [budget, budgetTone] = budgetOf(row);
    line.budget->setToolTip(row.budget == Row::Budget::Add || row.budget == Row::Budget::Change ? tr("maxUnavailable: 1, and pods that are not ready may always be evicted") : QString());
    line.budget->setText(row.locked && row.restartFast ? tr("restarts fast") : budget);
    line.budget->setToken(inkOf(row.included ? budgetTone : Tone::Dim));
}

void TierTable::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const int gap = m_grid->verticalSpacing() / 2;
    for (const Head &head : m_heads) {
        const QRect cell = m_grid->cellRect(head.grid, 0);
        painter.fillRect(QRect(1, cell.top() - gap, width() - 2, cell.height() + 2 * gap), color(Token::Bg));
    }
    for (const Line &line : m_lines) {
        const QRect cell = m_grid->cellRect(line.grid, 0).united(m_grid->cellRect(line.grid + 1, 1));
        if (m_marked.contains(line.workload))
            painter.fillRect(QRect(1, cell.top() - gap, width() - 2, cell.height() + 2 * gap), color(Token::AccentBg));
        paint::hairline(painter, QRect(1, cell.bottom() + gap, width() - 2, 1), Qt::BottomEdge, color(Token::Line));
    }
}

} // namespace cairn::pages
