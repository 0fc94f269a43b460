// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/CheckpointsPage.h"

#include "base/Text.h"
#include "kit/Card.h"
#include "kit/Inputs.h"
#include "kit/Label.h"
#include "kit/Messages.h"
#include "kit/StateView.h"
#include "pages/KeyHintBar.h"
#include "views/DataTable.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QTimer>
#include <QVBoxLayout>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using namespace cairn::kit;
using items::TrailTableModel;

CheckpointsPage::CheckpointsPage(QWidget *parent)
    : QWidget(parent)
    , m_model(new TrailTableModel(this))
    , m_recount(new QTimer(this))
{
    setObjectName(u"checkpoints"_s);
    setAccessibleName(tr("Checkpoints"));
    m_header = new PageHeader(tr("Checkpoints"));
    m_search = new SearchField(tr("Job, path, format, or saved:<2h"));
    m_search->setObjectName(u"checkpoints.filter"_s);
    m_search->setAccessibleName(tr("Filter checkpoints"));
    m_search->setMaximumWidth(scaled(330));
    m_views = new Segment(tr("Views"), {tr("All"), tr("Newest of each job"), tr("Damaged")});
    m_views->setObjectName(u"checkpoints.views"_s);
    auto *tools = hbox();
    tools->addWidget(m_search, 1);
    tools->addStretch(1);
    tools->addWidget(m_views);
    m_banner = new Banner;
    m_banner->setObjectName(u"checkpoints.unread"_s);

    m_table = new views::DataTable(tr("Checkpoints"));
    m_table->setObjectName(u"checkpoints.table"_s);
    using views::CellKind;
    m_table->setColumns({{TrailTableModel::Job, CellKind::Text, 170, 230},
                         {TrailTableModel::Step, CellKind::Trust, 84, 150},
                         {TrailTableModel::Saved, CellKind::Text, 88, 150},
                         {TrailTableModel::Size, CellKind::Number, 74, 100},
                         {TrailTableModel::Format, CellKind::Text, 80, 130, false, true, true},
                         {TrailTableModel::State, CellKind::Tag, 92, 120},
                         {TrailTableModel::Reason, CellKind::Text, 160, 2000, true, false, true},
                         {TrailTableModel::Action, CellKind::Action, 80, 110, false, false}});
    m_filter = m_table->filter();
    m_table->setSource(m_model);
    m_table->sortBy(TrailTableModel::Saved, Qt::DescendingOrder);
    m_table->setPlaceholder(tr("No checkpoint matches the filter"));
    auto *card = new Card(Card::Padding::Flush);
    card->body()->addWidget(m_table);
    auto *foot = hbox();
    foot->setContentsMargins(12, 5, 12, 6);
    m_foot = new ElidedLabel({}, Type::Meta, Token::Dim);
    foot->addWidget(m_foot, 1);
    foot->addWidget(new KeyHintBar({{u"Enter"_s, tr("open the job")}, {u"R"_s, tr("resume…")}, {u"F5"_s, tr("read again")}, {u"/"_s, tr("filter")}}));
    card->body()->addLayout(foot);
    m_state = new StateView(card);
    m_state->setObjectName(u"checkpoints.state"_s);

    auto *page = vbox(12);
    page->setContentsMargins(space::pageH, space::pageV, space::pageH, space::pageV);
    page->addWidget(m_header);
    page->addLayout(tools);
    page->addWidget(m_banner);
    page->addWidget(m_state, 1);
    setLayout(page);

    m_recount->setSingleShot(true);
    m_recount->setInterval(100);
    connect(m_recount, &QTimer::timeout, this, &CheckpointsPage::settle);
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
    connect(m_views, &Segment::currentChanged, this, [this](int index) { setView(static_cast<View>(index)); });
    connect(m_banner, &Banner::triggered, this, &CheckpointsPage::offered);
    connect(m_state, &StateView::triggered, this, &CheckpointsPage::offered);
    connect(m_table, &views::DataTable::opened, this, [this](const QString &key) { emit jobRequested(key.section(u'\n', 0, 0)); });
    connect(m_table, &views::DataTable::actionTriggered, this, [this](const QString &key) { resume(key); });
    connect(m_table, &views::DataTable::keyTyped, this, [this](const QString &typed) {
        if (typed == "/"_L1)
            focusFilter();
        else if (typed.compare(u"r"_s, Qt::CaseInsensitive) == 0)
            resume(m_table->currentKey());
    });
    settle();
}

void CheckpointsPage::resume(const QString &key)
{
    const items::TrailRow *row = m_model->find(key);
    if (row && row->checkpoint.verdict != Verdict::Damaged && row->checkpoint.verdict != Verdict::Writing)
        emit resumeRequested(row->jobUid, row->checkpoint.path);
}

void CheckpointsPage::offered(const QString &id)
{
    if (id == "stop"_L1)
        emit stopRequested();
    else if (id == "read"_L1)
        emit readRequested(m_unread.namespaces);
}

void CheckpointsPage::setUnread(const Unread &unread)
{
    if (unread == m_unread)
        return;
    m_unread = unread;
    settle();
}

void CheckpointsPage::settle()
{
    m_recount->stop();
    const TrailTableModel::Counts counts = m_model->counts();
    QString answer = tr("%1 of %n job(s)", "checkpoints", counts.jobs).arg(tr("%n checkpoint(s)", nullptr, counts.checkpoints));
    if (counts.damaged > 0)
        answer = tr("%1 · %2", "answer, what is wrong").arg(answer, tr("%n damaged", nullptr, counts.damaged));
    m_header->setAnswer(counts.checkpoints > 0 ? answer : QString());
    m_views->setLabel(2, counts.damaged > 0 ? tr("Damaged (%1)", "number").arg(text::number(counts.damaged)) : tr("Damaged"));
    updateFoot();
    updateBanner();
}

void CheckpointsPage::updateFoot()
{
    const TrailTableModel::Counts counts = m_model->counts();
    if (counts.checkpoints == 0)
        m_foot->setText({});
    else
        m_foot->setText(tr("%1 · %2 in all · read %3", "rows, bytes, age of the oldest listing")
                            .arg(m_table->countText(), text::bytes(counts.bytes), text::ago(m_unread.oldest, m_model->now())));
}

void CheckpointsPage::updateBanner()
{
    const bool rows = m_model->rowCount() > 0;
    QStringList spaces;
    for (const QString &ns : std::as_const(m_unread.namespaces))
        spaces.append(text::safe(ns));
    const QString cost = spaces.isEmpty()
        ? tr("Each claim is mounted read-only by a helper Job for a moment.")
        : tr("Each claim is mounted read-only by a helper Job for a moment. With this you agree to such Jobs in %1.").arg(spaces.join(u", "_s));
    const Offer read{u"read"_s, spaces.isEmpty() ? tr("Read %n job(s)", nullptr, m_unread.jobs) : tr("Agree and read %n job(s)", nullptr, m_unread.jobs),
                     rows ? ButtonVariant::Normal : ButtonVariant::Primary};
    if (m_unread.left > 0) {
        m_banner->set(Tone::Info, tr("Reading %1, %n job(s) left", nullptr, m_unread.left).arg(text::safe(m_unread.reading)), {},
                      {{u"stop"_s, tr("Stop"), ButtonVariant::Normal}});
    } else if (!m_unread.problems.isEmpty()) {
        QStringList safe;
        for (const QString &problem : std::as_const(m_unread.problems))
            safe.append(text::safe(problem));
        constexpr qsizetype shown = 3;
        QString list = safe.mid(0, shown).join(u'\n');
        if (safe.size() > shown)
            list += u'\n' + tr("and %n more", nullptr, static_cast<int>(safe.size() - shown));
        m_banner->set(Tone::Warn, tr("%n job(s) could not be read", nullptr, static_cast<int>(safe.size())), list,
                      m_unread.jobs > 0 ? QList<Offer>{read} : QList<Offer>{});
    } else if (m_unread.jobs > 0 && rows) {
        m_banner->set(Tone::Info, tr("%n job(s) were not read yet", nullptr, m_unread.jobs), cost, {read});
    } else {
        m_banner->clear();
    }
    if (rows) {
        if (m_state->state() != StateView::State::Content)
            m_state->setContent();
        return;
    }
    if (m_unread.jobs > 0 && m_unread.left == 0)
        m_state->setEmpty(tr("No checkpoints were read yet"),
                          tr("%n job(s) save to a claim or a bucket. %1", nullptr, m_unread.jobs).arg(cost), {read});
    else if (m_unread.left > 0)
        m_state->setEmpty(tr("Reading checkpoints…"), tr("They appear here job by job."), {});
    else
        m_state->setEmpty(tr("No checkpoints"), tr("No job here saves where checkpoints can be read."), {});
}

void CheckpointsPage::setNow(const QDateTime &now)
{
    m_model->setNow(now);
    m_table->viewport()->update();
    updateFoot();
}

void CheckpointsPage::setView(View view)
{
    m_views->setCurrent(static_cast<int>(view));
    QHash<int, QSet<QString>> facets;
    if (view == View::Newest)
        facets.insert(TrailTableModel::NewestFacet, {u"newest"_s});
    else if (view == View::Damaged)
        facets.insert(TrailTableModel::VerdictFacet, {verdictName(Verdict::Damaged)});
    m_filter->setFacets(facets);
}

void CheckpointsPage::setFilterText(const QString &text)
{
    m_search->setText(text);
    m_filter->setText(text);
}

QString CheckpointsPage::currentKey() const
{
    return m_table->currentKey();
}

void CheckpointsPage::setCurrentKey(const QString &key)
{
    m_table->setCurrentKey(key);
}

void CheckpointsPage::focusTable()
{
    m_table->setFocus(Qt::OtherFocusReason);
}

void CheckpointsPage::focusFilter()
{
    m_search->setFocus(Qt::ShortcutFocusReason);
    m_search->selectAll();
}

void CheckpointsPage::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    m_table->setColumnShown(TrailTableModel::Format, width() >= scaled(1000));
}

void CheckpointsPage::keyPressEvent(QKeyEvent *event)
{
    if (event->modifiers() == Qt::NoModifier && event->text() == "/"_L1) {
        focusFilter();
        event->accept();
        return;
    }
    QWidget::keyPressEvent(event);
}

} // namespace cairn::pages
