// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/CheckpointsPage.h"

#include "base/Text.h"
#include "kit/Inputs.h"
#include "kit/Label.h"
#include "kit/Messages.h"
#include "kit/StateView.h"

#include <QMenu>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using namespace cairn::kit;
using items::TrailTableModel;

CheckpointsPage::CheckpointsPage(QWidget *parent)
    : ListPage(u"checkpoints"_s, {tr("Checkpoints"), tr("Job, path, format, or saved:<2h"), tr("Filter checkpoints"), tr("No checkpoint matches the filter")}, parent)
    , m_model(new TrailTableModel(this))
    , m_views(addViews(tr("Views"), {tr("All"), tr("Newest of each job"), tr("Damaged")}))
    , m_banner(new Banner)
{
    m_banner->setObjectName(u"checkpoints.unread"_s);
    using views::CellKind;
    setRows(m_model,
            {{TrailTableModel::Job, CellKind::Text, 170, 230},
             {TrailTableModel::Step, CellKind::Trust, 84, 200},
             {TrailTableModel::Saved, CellKind::Text, 88, 150},
             {TrailTableModel::Size, CellKind::Number, 74, 100},
             {TrailTableModel::Format, CellKind::Text, 80, 130, false, true, true},
             {TrailTableModel::State, CellKind::Tag, 92, 120},
             {TrailTableModel::Reason, CellKind::Text, 160, 2000, true, false, true},
             {TrailTableModel::Action, CellKind::Action, 80, 110, false, false}},
            TrailTableModel::Saved, Qt::DescendingOrder);
    showFrom(TrailTableModel::Format, 1000);
    leaveCurrentAlone();
    arrange(inStates(tableCard({{u"Enter"_s, tr("open the job")}, {u"R"_s, tr("resume…")}, {u"N"_s, tr("new job from it…")}, {u"F5"_s, tr("refresh")}, {u"/"_s, tr("filter")}})), {}, {m_banner});

    connect(m_views, &Segment::currentChanged, this, [this](int index) { setView(static_cast<View>(index)); });
    connect(m_banner, &Banner::triggered, this, &CheckpointsPage::offered);
    connect(table(), &views::DataTable::opened, this, [this](const QString &key) { emit jobRequested(key.section(u'\n', 0, 0)); });
    connect(table(), &views::DataTable::actionTriggered, this, [this](const QString &key) { resume(key); });
    connect(table(), &views::DataTable::menuRequested, this, &CheckpointsPage::showMenu);
    settle();
}

void CheckpointsPage::keyTyped(const QString &key)
{
    if (key.compare(u"r"_s, Qt::CaseInsensitive) == 0)
        resume(currentKey());
    else if (key.compare(u"n"_s, Qt::CaseInsensitive) == 0)
        beginAt(currentKey());
    else
        ListPage::keyTyped(key);
}

void CheckpointsPage::resume(const QString &key)
{
    const items::TrailRow *row = m_model->find(key);
    if (row && row->checkpoint.verdict != Verdict::Damaged && row->checkpoint.verdict != Verdict::Writing)
        emit resumeRequested(row->jobUid, row->checkpoint.path);
}

void CheckpointsPage::beginAt(const QString &key)
{
    const items::TrailRow *row = m_model->find(key);
    if (row && row->checkpoint.verdict != Verdict::Damaged && row->checkpoint.verdict != Verdict::Writing)
        emit newJobRequested(row->jobUid, row->checkpoint.path);
}

void CheckpointsPage::startFromWeights(const QString &key)
{
    const items::TrailRow *row = m_model->find(key);
    if (row && row->checkpoint.verdict != Verdict::Damaged && row->checkpoint.verdict != Verdict::Writing)
        emit startFromWeightsRequested(row->jobUid, row->checkpoint.path);
}

void CheckpointsPage::showMenu(const QPoint &at)
{
    const QString key = currentKey();
    const items::TrailRow *row = m_model->find(key);
    if (!row)
        return;
    const QString why = row->checkpoint.verdict == Verdict::Damaged ? tr("The checkpoint is damaged.")
        : row->checkpoint.verdict == Verdict::Writing               ? tr("The checkpoint is still being written.")
                                                                    : QString();
    auto *menu = new QMenu(this);
    menu->setObjectName(u"checkpoints.menu"_s);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setToolTipsVisible(true);
    const auto add = [&](const QString &text, const QString &refusal, auto act) {
        QAction *action = menu->addAction(text);
        action->setEnabled(refusal.isEmpty());
        action->setToolTip(refusal.isEmpty() ? text : refusal);
        connect(action, &QAction::triggered, this, act);
    };
    add(tr("Open the job"), {}, [this, uid = row->jobUid] { emit jobRequested(uid); });
    const bool weightsAlone = row->checkpoint.holdsWeightsAlone();
    const QString whyNoResume = weightsAlone ? tr("The checkpoint holds only weights: it cannot be resumed, a new run can start from them.") : why;
    add(tr("Resume…"), whyNoResume, [this, key] { resume(key); });
    add(tr("Start from these weights…"), why, [this, key] { startFromWeights(key); });
    add(tr("New job from this checkpoint…"), whyNoResume, [this, key] { beginAt(key); });
    menu->popup(at);
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

void CheckpointsPage::updateAnswer()
{
    table()->keepWhole(TrailTableModel::Step, 84);
    const TrailTableModel::Counts counts = m_model->counts();
    QString answer = tr("%1 of %n job(s)", "checkpoints", counts.jobs).arg(tr("%n checkpoint(s)", nullptr, counts.checkpoints));
    if (counts.damaged > 0)
        answer = tr("%1 · %2", "answer, what is wrong").arg(answer, tr("%n damaged", nullptr, counts.damaged));
    header()->setAnswer(counts.checkpoints > 0 ? answer : QString());
    m_views->setLabel(2, counts.damaged > 0 ? tr("Damaged (%1)", "number").arg(text::number(counts.damaged)) : tr("Damaged"));
}

QString CheckpointsPage::footText() const
{
    const TrailTableModel::Counts counts = m_model->counts();
    if (counts.checkpoints == 0)
        return {};
    const QString foot = tr("%1 · %2 in all · read %3", "rows, bytes, age of the oldest listing")
                             .arg(ListPage::footText(), text::bytes(counts.bytes), text::ago(m_unread.oldest, m_model->now()));
    return m_unread.cut > 0 ? tr("%1 · at least: the lists of %n job(s) are partial", "foot", m_unread.cut).arg(foot) : foot;
}

void CheckpointsPage::updateState()
{
    const bool rows = m_model->rowCount() > 0;
    QStringList spaces;
    for (const QString &ns : std::as_const(m_unread.namespaces))
        spaces.append(text::safe(ns));
    const QString cost = spaces.isEmpty()
        ? tr("A helper Job briefly mounts each PVC read-only.")
        : tr("A helper Job briefly mounts each PVC read-only. Continuing allows such Jobs in %1.").arg(spaces.join(u", "_s));
    const Offer read{u"read"_s, spaces.isEmpty() ? tr("Read %n job(s)", nullptr, m_unread.jobs) : tr("Allow and read %n job(s)", nullptr, m_unread.jobs),
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
        m_banner->set(Tone::Info, tr("%n job(s) not read yet", nullptr, m_unread.jobs), cost, {read});
    } else {
        m_banner->clear();
    }
    if (rows) {
        if (stateView()->state() != StateView::State::Content)
            stateView()->setContent();
        return;
    }
    if (m_unread.jobs > 0 && m_unread.left == 0)
        stateView()->setEmpty(tr("No checkpoints have been read yet"),
                          tr("%n job(s) save to a PVC or a bucket. %1", nullptr, m_unread.jobs).arg(cost), {read});
    else if (m_unread.left > 0)
        stateView()->setEmpty(tr("Reading checkpoints…"), tr("They appear here as each job is read."), {});
    else if (m_unread.cut > 0)
        stateView()->setEmpty(tr("No checkpoints among what was read"),
                              tr("The lists of %n job(s) are partial: open a job to see what was left out.", nullptr, m_unread.cut), {});
    else if (m_unread.read > 0)
        stateView()->setEmpty(tr("No checkpoints yet"), tr("%n job(s) were read; none has saved one.", nullptr, m_unread.read), {});
    else
        stateView()->setEmpty(tr("No checkpoints"), tr("No job here saves to a place where checkpoints can be read."), {});
}

void CheckpointsPage::setNow(const QDateTime &now)
{
    m_model->setNow(now);
    ListPage::setNow(now);
}

void CheckpointsPage::setView(View view)
{
    m_views->setCurrent(static_cast<int>(view));
    QHash<int, QSet<QString>> facets;
    if (view == View::Newest)
        facets.insert(TrailTableModel::NewestFacet, {u"newest"_s});
    else if (view == View::Damaged)
        facets.insert(TrailTableModel::VerdictFacet, {verdictName(Verdict::Damaged)});
    filter()->setFacets(facets);
}

} // namespace cairn::pages
