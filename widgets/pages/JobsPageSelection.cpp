// SPDX-License-Identifier: GPL-3.0-or-later
// What can be done with the jobs that are checked on the Jobs page.
#include "base/Text.h"
#include "items/CellText.h"
#include "jobs/ShownOnly.h"
#include "pages/JobsPage.h"
#include "views/DataTable.h"

#include <QMenu>
#include <algorithm>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using Act = SelectionBar::Act;

namespace {

constexpr Act acts[] = {Act::Suspend, Act::Unsuspend, Act::SaveYaml, Act::Delete};

} // namespace

QStringList JobsPage::selectedJobs() const
{
    const QStringList checked = table()->checkedKeys();
    if (!checked.isEmpty())
        return checked;
    return table()->currentKey().isEmpty() ? QStringList() : QStringList{table()->currentKey()};
}

void JobsPage::setRefusals(const QHash<Act, QString> &refusals)
{
    m_refusals = refusals;
    updatePanel();
}

/// "" where it can be asked for: the dialog tells what becomes of each job.
QString JobsPage::whyNot(Act act, const QStringList &keys) const
{
    QList<const Job *> jobs;
    for (const QString &key : keys) {
        if (const Job *job = m_model->job(key))
            jobs.append(job);
    }
    if (jobs.isEmpty())
        return tr("No job is selected.");
    if (feed().phase == FeedState::Phase::Stale && act != Act::SaveYaml)
        return tr("Not connected: what you see may be old.");
    if (act != Act::SaveYaml && std::ranges::all_of(jobs, [](const Job *job) { return job->facts().isShownOnly(); }))
        return jobs::shownOnly(jobs.first()->kind).text;
    if (act == Act::Suspend && std::ranges::all_of(jobs, [](const Job *job) { return job->suspendRequested || isFinished(job->phase); }))
        return tr("Already suspended or finished.");
    if (act == Act::Unsuspend && std::ranges::none_of(jobs, [](const Job *job) { return job->suspendRequested && !isFinished(job->phase); }))
        return tr("None of the selected jobs is suspended.");
    // Rights were asked for the selected jobs only.
    return keys == m_selected ? m_refusals.value(act) : QString();
}

void JobsPage::updatePanel()
{
    const QStringList checked = table()->checkedKeys();
    const QStringList keys = checked.isEmpty() ? selectedJobs() : checked;
    if (keys != m_selected) {
        m_selected = keys;
        m_refusals.clear();
        emit selectionChanged(keys);
    }
    if (checked.isEmpty()) {
        m_selection->hide();
        return;
    }
    // A job that the filter hides is not checked any longer: nothing is acted on unseen.
    double gpus = 0;
    double lost = 0;
    bool atMost = false;
    for (const QString &key : checked) {
        const items::JobRow *row = m_model->find(key);
        if (!row)
            continue;
        const bool runs = isRunning(row->job.phase);
        if (runs) {
            const items::LostWork work = items::lostWork(*row, m_model->now());
            gpus += row->job.gpus();
            lost += work.gpuHours.value_or(0);
            atMost |= work.atMost;
        }
    }
    QString cost;
    if (gpus > 0)
        cost = (atMost ? tr("%1 GPUs · stopping loses at most %2") : tr("%1 GPUs · stopping loses %2"))
                   .arg(items::plainNumber(gpus), text::gpuHours(lost));
    m_selection->set(tr("%n job(s) selected", nullptr, static_cast<int>(checked.size())), cost);
    for (const Act act : acts)
        m_selection->setRefusal(act, whyNot(act, keys));
    m_selection->show();
}

void JobsPage::showMenu(views::DataTable *table, const QPoint &globalPos)
{
    // On a row that is not checked the menu is about that row alone.
    const QString current = table->currentKey();
    QStringList keys = table == this->table() ? table->checkedKeys() : QStringList();
    if (!keys.contains(current))
        keys = {current};
    auto *menu = new QMenu(this);
    menu->setObjectName(u"jobs.menu"_s);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setToolTipsVisible(true);
    if (keys.size() > 1)
        menu->addSection(tr("%n job(s) selected", nullptr, static_cast<int>(keys.size())));
    const auto add = [&](const QString &text, const QString &why, auto act) {
        QAction *action = menu->addAction(text);
        action->setEnabled(why.isEmpty());
        action->setToolTip(why.isEmpty() ? text : why);
        connect(action, &QAction::triggered, this, act);
    };
    if (keys.size() == 1) {
        add(tr("Open"), {}, [this, current] { openJob(current); });
        add(tr("Logs"), {}, [this, current] { emit logsRequested(current); });
        const Job *job = m_model->job(current);
        const QString refusal = job ? jobs::shownOnly(job->kind).text : QString();
        add(tr("Resume from a checkpoint…"), refusal, [this, current] { emit resumeRequested(current); });
        add(tr("Clone…"), refusal, [this, current] { emit cloneRequested(current); });
        if (job) {
            // To suspend a job is to patch it, too.
            const QString patch = keys == m_selected ? m_refusals.value(Act::Suspend) : QString();
            for (const JobAct act : jobActs)
                add(jobActLabel(act), jobActRefusal(act, *job, patch), [this, act, current] { emit jobActRequested(act, current); });
        }
        menu->addSeparator();
    }
    for (const Act act : acts)
        add(SelectionBar::label(act), whyNot(act, keys), [this, act, keys] { emit actRequested(act, keys); });
    menu->popup(globalPos);
}

} // namespace cairn::pages
