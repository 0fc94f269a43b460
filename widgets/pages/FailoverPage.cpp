// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/FailoverPage.h"

#include "base/Text.h"
#include "charts/AvailabilityStrip.h"
#include "charts/TakeoverChart.h"
#include "items/LeaderChangeTableModel.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Inputs.h"
#include "kit/Label.h"
#include "kit/Marks.h"
#include "kit/Messages.h"
#include "kit/Paint.h"
#include "situation/FailoverWords.h"
#include "views/DataTable.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLocale>
#include <QScrollArea>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <algorithm>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using namespace cairn::kit;
using items::LeaderChangeTableModel;
using items::MomentTableModel;
using views::CellKind;

namespace {

/// A scroll area gives a content whose height goes with its width as much as it would like, not as little as it needs.
class Column : public QVBoxLayout
{
public:
    using QVBoxLayout::QVBoxLayout;
    bool hasHeightForWidth() const override { return false; }
};

enum Tiles { WithoutLeader, Worked, Lost, Standby };

/// "18.1" and "s"; longer ones in full, with no unit.
std::pair<QString, QString> parts(double seconds)
{
    if (seconds < 0)
        return {u"–"_s, {}};
    if (seconds >= 60)
        return {situation::secondsText(seconds), {}};
    return {QLocale().toString(seconds, 'f', 1), FailoverPage::tr("s", "seconds")};
}

QString shortTime(double seconds)
{
    return situation::secondsText(seconds);
}

} // namespace

/// Where the time without a leader went: what was waited for, and the next try. The words stand below it.
class GapBar : public QWidget
{
public:
    explicit GapBar(QWidget *parent = nullptr)
        : QWidget(parent)
    {
        bindTheme(this, [this] { setFixedHeight(scaled(18)); });
    }
    void set(const situation::GapShare &share)
    {
        m_share = share;
        QWidget::update();
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        const double whole = m_share.waited + m_share.tried;
        if (m_share.waited < 0 || whole <= 0)
            return;
        QPainter painter(this);
        const int cut = qRound(m_share.waited / whole * (width() - 1));
        paint::box(painter, QRectF(0, 0, cut, height()), 3, color(Token::AccentBg), color(Token::Accent));
        paint::box(painter, QRectF(cut + 1, 0, width() - cut - 1, height()), 3, color(Token::Accent), color(Token::Accent));
    }

private:
    situation::GapShare m_share;
};

FailoverPage::FailoverPage(QWidget *parent)
    : QWidget(parent)
    , m_changes(new LeaderChangeTableModel(this))
    , m_moments(new MomentTableModel(this))
{
    setObjectName(u"failover"_s);
    setAccessibleName(tr("Failover test"));
    m_header = new PageHeader(tr("Failover test"));
    auto *back = new Button(tr("High availability ›"), ButtonVariant::Link);
    back->setObjectName(u"failover.back"_s);
    back->setAccessibleName(tr("Back to High availability"));
    m_header->addBefore(back);
    m_verdict = new Tag(QString());
    m_verdict->setObjectName(u"failover.verdict"_s);
    m_header->addAfterTitle(m_verdict);
    m_export = new Button(tr("Export…"));
    m_export->setObjectName(u"failover.export"_s);
    m_stop = new Button(tr("Stop"));
    m_stop->setObjectName(u"failover.stop"_s);
    m_act = new Button(tr("Test…"), ButtonVariant::Primary);
    m_act->setObjectName(u"failover.act"_s);
    for (Button *button : {m_export, m_stop, m_act})
        m_header->addAction(button);
    m_notice = new Banner;
    m_notice->setObjectName(u"failover.notice"_s);
    m_notice->hide();

    m_tileGrid = new QGridLayout;
    m_tileGrid->setSpacing(space::cards);
    for (const QString &caption : {tr("Without a leader"), tr("Until it worked again"), tr("Work lost"), tr("Before it had a standby")}) {
        auto *tile = new Tile(caption);
        tile->setObjectName(u"failover.tile"_s);
        m_tiles.append(tile);
    }
    m_left = new QWidget;
    auto *left = vbox(12);
    left->addWidget(makeChart());
    left->addWidget(makeHistory(), 1);
    m_left->setLayout(left);
    m_right = makeDone();
    m_columns = new QBoxLayout(QBoxLayout::LeftToRight);
    m_columns->setContentsMargins({});
    m_columns->setSpacing(16);
    m_columns->addWidget(m_left, 5);
    m_columns->addWidget(m_right, 2);

    auto *page = new Column;
    page->setSpacing(12);
    page->setContentsMargins(space::pageH, space::pageV, space::pageH, space::pageV);
    page->addWidget(m_header);
    page->addWidget(m_notice);
    page->addLayout(m_tileGrid);
    page->addLayout(m_columns, 1);
    auto *content = new QWidget;
    content->setLayout(page);
    auto *whole = vbox(0);
    whole->addWidget(scrollDown(content));
    setLayout(whole);

    connect(back, &QPushButton::clicked, this, &FailoverPage::backRequested);
    connect(m_act, &QPushButton::clicked, this, &FailoverPage::testRequested);
    connect(m_stop, &QPushButton::clicked, this, [this] {
        m_stop->setRefusal(tr("Stopping…"));
        emit stopRequested();
    });
    connect(m_export, &QPushButton::clicked, this, &FailoverPage::exportRequested);
    bindTheme(this, [this] { arrange(); });
    settle();
}

QWidget *FailoverPage::makeChart()
{
    auto *card = new Card;
    auto *head = hbox(10);
    head->addWidget(new Label(tr("The takeover, second by second"), Type::Section));
    m_when = new ElidedLabel({}, Type::Meta, Token::Dim, Qt::ElideRight);
    head->addWidget(m_when, 1);
    head->addWidget(charts::TakeoverChart::makeLegend());
    m_asTable = new Button(tr("Show as table"), ButtonVariant::Normal, Button::Size::Small);
    m_asTable->setObjectName(u"failover.asTable"_s);
    head->addWidget(m_asTable);
    card->body()->addLayout(head);
    m_chart = new charts::TakeoverChart;
    m_chart->setObjectName(u"failover.chart"_s);
    m_chartTable = new views::DataTable(tr("The takeover, second by second"));
    m_chartTable->setObjectName(u"failover.chartTable"_s);
    m_chartTable->setColumns({{MomentTableModel::At, CellKind::Number, 90, 130}, {MomentTableModel::What, CellKind::Text, 160, 2000, true}});
    m_chartTable->setSource(m_moments);
    m_chartTable->sortBy(MomentTableModel::At, Qt::AscendingOrder);
    m_chartStack = new QStackedWidget;
    m_chartStack->addWidget(m_chart);
    m_chartStack->addWidget(m_chartTable);
    card->body()->addWidget(m_chartStack, 1);
    card->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    connect(m_asTable, &QPushButton::clicked, this, [this] { showTable(m_chartStack->currentIndex() == 0); });
    connect(m_chart, &charts::TakeoverChart::tableRequested, this, [this] { showTable(true); });
    return card;
}

void FailoverPage::showTable(bool on)
{
    const bool focused = m_chartStack->currentWidget()->hasFocus();
    m_chartStack->setCurrentIndex(on ? 1 : 0);
    m_asTable->setText(on ? tr("Show as chart") : tr("Show as table"));
    if (focused)
        m_chartStack->currentWidget()->setFocus(Qt::OtherFocusReason);
}

QWidget *FailoverPage::makeHistory()
{
    auto *card = new Card(Card::Padding::Flush);
    auto *head = hbox(10);
    head->setContentsMargins(14, 9, 12, 9);
    head->addWidget(new Label(tr("History"), Type::Section));
    head->addWidget(new ElidedLabel(tr("every change of leader that Cairn saw, kept on this computer"), Type::Meta, Token::Dim, Qt::ElideRight), 1);
    m_which = new Segment(tr("What the history shows"), {tr("All"), tr("Tests")});
    m_which->setObjectName(u"failover.which"_s);
    head->addWidget(m_which);
    card->body()->addLayout(head);
    card->body()->addWidget(new Line);
    auto *strip = hbox(10);
    strip->setContentsMargins(14, 4, 12, 0);
    strip->addWidget(new Label(tr("Last 7 days"), Type::Meta, Token::Dim));
    m_strip = new charts::AvailabilityStrip({});
    m_strip->setObjectName(u"failover.strip"_s);
    strip->addWidget(m_strip, 3);
    m_stripText = new ElidedLabel({}, Type::Meta, Token::Dim, Qt::ElideRight);
    strip->addWidget(m_stripText, 2);
    card->body()->addLayout(strip);
    m_table = new views::DataTable(tr("History"));
    m_table->setObjectName(u"failover.history"_s);
    m_table->setColumns({{LeaderChangeTableModel::When, CellKind::Text, 96, 150},
                         {LeaderChangeTableModel::Why, CellKind::Text, 124, 240, true},
                         {LeaderChangeTableModel::From, CellKind::Text, 118, 170},
                         {LeaderChangeTableModel::To, CellKind::Text, 118, 170},
                         {LeaderChangeTableModel::Gap, CellKind::Progress, 124, 170},
                         {LeaderChangeTableModel::Worked, CellKind::Number, 104, 130, false, true, true}});
    m_table->setSource(m_changes);
    m_table->sortBy(LeaderChangeTableModel::When, Qt::DescendingOrder);
    m_table->setPlaceholder(tr("No change of leader was seen yet"));
    bindTheme(m_table, [this] { m_table->setMinimumHeight(scaled(150)); });
    card->body()->addWidget(m_table, 1);
    connect(m_which, &Segment::currentChanged, this, &FailoverPage::updateHistory);
    connect(m_table, &views::DataTable::currentKeyChanged, this, [this](const QString &key) {
        // A row that is a test shows it.
        const LeaderChange *change = m_changes->find(key);
        if (change && !change->test.isEmpty() && change->test != m_test && std::ranges::any_of(m_view.tests, [&](const FailoverResult &test) { return test.id == change->test; }))
            showTest(change->test);
    });
    return card;
}

QWidget *FailoverPage::makeDone()
{
    auto *card = new Card(Card::Padding::Flush);
    auto *content = new QWidget;
    auto *body = vbox(10);
    body->setContentsMargins(space::cardH, space::cardV, space::cardH, space::cardV);
    body->addWidget(new Label(tr("What was done"), Type::StateTitle));
    m_done = new CheckList;
    m_done->setObjectName(u"failover.done"_s);
    m_done->setAccessibleName(tr("What was done"));
    body->addWidget(m_done);
    m_shareTitle = new Label({}, Type::Section);
    body->addWidget(m_shareTitle);
    m_share = new GapBar;
    body->addWidget(m_share);
    m_shareText = new Paragraph({}, Type::Meta, Token::Dim);
    m_shareText->setObjectName(u"failover.share"_s);
    body->addWidget(m_shareText);
    m_proofTitle = new Label(tr("What this proves, and what not"), Type::Section);
    body->addWidget(m_proofTitle);
    m_proofs = new QWidget;
    m_proofs->setLayout(vbox(6));
    body->addWidget(m_proofs);
    body->addStretch(1);
    body->addWidget(new Note(Tone::Idle, tr("A test drops a leader for real. It never starts by itself, and is refused for a single replica.")));
    content->setLayout(body);
    // Scrolls by itself: what is said wraps, and a scroll area gives it the height that it needs.
    card->body()->addWidget(scrollDown(content));
    bindTheme(card, [card] { card->setMinimumSize(scaled(300), scaled(380)); });
    return card;
}

void FailoverPage::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    arrange();
}

void FailoverPage::arrange()
{
    // Few changes have it, and the tile says it of a test: it gives way before a name is cut.
    m_table->setColumnShown(LeaderChangeTableModel::Worked, width() >= scaled(1180));
    const bool wide = width() >= scaled(900);
    const int columns = wide ? 4 : 2;
    m_columns->setDirection(wide ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
    if (std::exchange(m_layout, columns) == columns)
        return;
    for (int i = 0; i < m_tiles.size(); ++i)
        m_tileGrid->addWidget(m_tiles[i], i / columns, i % columns);
    for (int i = 0; i < 4; ++i)
        m_tileGrid->setColumnStretch(i, i < columns ? 1 : 0);
}

void FailoverPage::setView(const FailoverView &view)
{
    if (view == m_view)
        return;
    const bool other = view.component != m_view.component;
    const bool began = !view.running.isEmpty() && view.running != m_view.running;
    m_view = view;
    if (other || began)
        m_test = view.running;
    settle();
}

const FailoverResult *FailoverPage::shown() const
{
    const auto chosen = std::ranges::find(m_view.tests, m_test, &FailoverResult::id);
    if (!m_test.isEmpty() && chosen != m_view.tests.end())
        return &*chosen;
    // One that was not begun yet has no time: it is the newest.
    const auto newest = std::ranges::max_element(m_view.tests, [](const FailoverResult &one, const FailoverResult &two) { return one.at.isValid() && (!two.at.isValid() || one.at < two.at); });
    return newest == m_view.tests.end() ? nullptr : &*newest;
}

void FailoverPage::showTest(const QString &id)
{
    m_test = id;
    settle();
}

void FailoverPage::focusFirst()
{
    m_table->setFocus(Qt::OtherFocusReason);
}

void FailoverPage::settle()
{
    const FailoverResult *test = shown();
    const bool running = !m_view.running.isEmpty();
    m_header->setTitle(m_view.component.isEmpty() ? tr("Failover test") : text::safe(m_view.component));
    m_header->setAnswer(test ? situation::answerText(*test) : tr("No failover test yet"));
    m_verdict->setVisible(!m_view.verdict.text.isEmpty());
    m_verdict->set(m_view.verdict);
    m_act->setText(m_view.tests.isEmpty() ? tr("Test…") : tr("Test again…"));
    m_act->setRefusal(running ? tr("A test is running") : m_view.refusal);
    m_stop->setVisible(running);
    if (!running)
        m_stop->setRefusal({});
    m_export->setRefusal(test && !running ? QString() : tr("There is no result yet"));
    if (m_view.notice.isEmpty() && m_view.noticeTitle.isEmpty())
        m_notice->clear();
    else
        m_notice->set(Tone::Warn, m_view.noticeTitle, m_view.notice);
    m_chart->setResult(test ? *test : FailoverResult());
    m_moments->setMoments(test ? situation::momentsOf(*test) : QList<situation::Moment>());
    m_when->setText(!test                 ? QString()
                    : test->at.isValid() ? tr("%1, leader killed at 0", "when").arg(LeaderChangeTableModel::when(test->at, m_view.now)
                                                                                    + test->at.toLocalTime().time().toString(u":ss"_s))
                                         : tr("the leader is not killed yet"));
    updateTiles(test);
    updateDone(test);
    updateHistory();
    m_strip->setName(text::safe(m_view.component));
    m_strip->setHours(m_view.hours);
    m_stripText->setText(m_strip->summary());
}

void FailoverPage::updateTiles(const FailoverResult *test)
{
    const auto set = [this](Tiles tile, const std::pair<QString, QString> &value, const QString &detail) {
        m_tiles[tile]->setValue(value.first, value.second);
        m_tiles[tile]->setDetail(detail);
    };
    set(WithoutLeader, parts(test ? test->gap : -1), !test ? tr("no test yet") : test->released ? tr("the leader gave its Lease back") : situation::expectedText(*test));
    QString worked = tr("no test yet");
    if (test) {
        worked = test->probe.made >= 0       ? tr("job created at %1, made at %2", "durations").arg(shortTime(test->probe.created), shortTime(test->probe.made))
            : test->state == FailoverResult::State::Running ? tr("not yet")
            : test->probe.kind.isEmpty() ? tr("the new leader is ready and holds the Lease")
                                         : tr("the probe job was not seen to work");
    }
    set(Worked, parts(test ? test->worked : -1), worked);
    if (!test || test->jobsStopped < 0)
        set(Lost, {u"–"_s, {}}, test && test->jobsRunning >= 0 ? tr("%n job(s) ran when it began", nullptr, test->jobsRunning) : test ? tr("jobs may not all be read") : tr("no test yet"));
    else
        set(Lost, {QString::number(test->jobsStopped), tr("job(s) stopped", nullptr, test->jobsStopped)},
            tr("%n running job(s) trained on", nullptr, std::max(0, test->jobsRunning - test->jobsStopped)));
    // How long it took when there was only one replica: the newest such change.
    const LeaderChange *alone = nullptr;
    for (const LeaderChange &change : std::as_const(m_view.changes)) {
        if (change.replicas == 1 && change.gap >= 0 && (!alone || change.at > alone->at))
            alone = &change;
    }
    set(Standby, parts(alone ? alone->gap : -1),
        alone ? tr("%1, %2", "when, why").arg(LeaderChangeTableModel::when(alone->at, m_view.now), situation::whyText(*alone)) : tr("no loss at one replica was seen"));
}

void FailoverPage::updateHistory()
{
    QList<LeaderChange> shownChanges;
    int tests = 0;
    for (const LeaderChange &change : std::as_const(m_view.changes)) {
        const bool test = change.cause == LeaderCause::Test;
        tests += test ? 1 : 0;
        if (m_which->current() == 0 || test)
            shownChanges.append(change);
    }
    m_which->setLabel(0, tr("All %1", "count").arg(m_view.changes.size()));
    m_which->setLabel(1, tr("Tests %1", "count").arg(tests));
    m_changes->setChanges(shownChanges, m_view.now);
    if (const FailoverResult *test = shown(); test && test->acquired.isValid())
        m_table->setCurrentKey(LeaderChangeTableModel::key(test->change()));
}

void FailoverPage::updateDone(const FailoverResult *test)
{
    QList<CheckItem> items;
    if (test) {
        for (qsizetype i = 0; i < test->steps.size(); ++i) {
            const FailoverStep &step = test->steps[i];
            items.append({stepWord(step.kind) + QString::number(i), step.ok ? CheckItem::State::Ok : CheckItem::State::Warn, situation::stepText(*test, step), {},
                          situation::offsetText(step.at), {}});
        }
        if (test->state == FailoverResult::State::Running)
            items.append({u"running"_s, CheckItem::State::Running, situation::answerText(*test), {}, {}, {}});
        if (test->state == FailoverResult::State::Failed)
            items.append({u"failed"_s, CheckItem::State::Err, test->problem, {}, {}, {}});
    }
    if (items.isEmpty())
        items.append({u"none"_s, CheckItem::State::Waiting, tr("Nothing yet"), {}, {}, {}});
    m_done->setItems(items);

    const situation::GapShare share = test ? situation::shareOf(*test) : situation::GapShare();
    const bool told = test && test->gap >= 0 && (share.waited >= 0 || test->released);
    m_shareTitle->setVisible(told);
    m_shareText->setVisible(told);
    m_share->setVisible(told && share.waited >= 0);
    if (told) {
        m_shareTitle->setText(tr("Where the %1 went", "duration").arg(shortTime(test->gap)));
        m_share->set(share);
        QString words = test->released ? tr("The leader gave its Lease back when it was told to stop, so nobody had to wait until it ran out.")
                                       : tr("**%1** the old Lease runs out, **%2** next try.", "durations").arg(shortTime(share.waited), shortTime(share.tried));
        const LeaderChange *drain = nullptr;
        for (const LeaderChange &change : std::as_const(m_view.changes)) {
            if (change.cause == LeaderCause::Evicted && change.replicas != 1 && change.gap >= 0 && change.gap < test->gap && (!drain || change.at > drain->at))
                drain = &change;
        }
        if (drain && !test->released)
            words += u' ' + tr("A drain is quicker (%1): the leader gives its Lease back when it is told to stop.", "duration").arg(shortTime(drain->gap));
        m_shareText->setText(words);
    }

    const bool proves = test && test->state != FailoverResult::State::Running;
    m_proofTitle->setVisible(proves);
    m_proofs->setVisible(proves);
    clearLayout(m_proofs->layout());
    if (!proves)
        return;
    for (const situation::Proof &proof : situation::proofOf(*test)) {
        auto *row = new QWidget;
        auto *line = hbox(8);
        line->addWidget(new Sign(proof.proven ? Tone::Ok : Tone::Idle), 0, Qt::AlignTop);
        line->addWidget(new Paragraph(proof.text, Type::Meta, proof.proven ? Token::Text : Token::Dim), 1);
        row->setLayout(line);
        m_proofs->layout()->addWidget(row);
    }
}

} // namespace cairn::pages
