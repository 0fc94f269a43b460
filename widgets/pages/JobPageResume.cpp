// SPDX-License-Identifier: GPL-3.0-or-later
// What begins at the selected checkpoint of the Job page: a resume, or another job; and a resume that was interrupted.
#include "pages/JobPage.h"

#include "charts/TimelineChart.h"
#include "kit/Button.h"
#include "kit/Label.h"
#include "kit/Messages.h"
#include "views/DataTable.h"

#include <QAction>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using namespace cairn::kit;
using items::CheckpointTableModel;

QString JobPage::proposed() const
{
    return m_checkpoints->checkpoint(m_proposed) ? m_proposed : m_checkpoints->newestWhole();
}

QString JobPage::selectedCheckpoint() const
{
    const QString current = m_table->currentKey();
    return current.isEmpty() ? proposed() : current;
}

void JobPage::selectRow(const QString &path)
{
    m_chosen = true;
    m_table->setCurrentKey(path);
}

void JobPage::selectCheckpoint(const QString &path)
{
    m_checkpoints->setActiveKey(path);
    m_timeline->setSelectedKey(path);
    // The narrow table leaves its reason column out; the selected one's reason is always here.
    const QString reason = m_checkpoints->reason(path);
    if (!reason.isEmpty() && !m_table->isColumnShown(CheckpointTableModel::Reason))
        m_listFoot->setText(tr("%1 · selected: %2", "count and size, reason").arg(m_footText, reason));
    else
        m_listFoot->setText(m_footText);
    updateResume();
}

void JobPage::setResumeRefusal(const QString &why)
{
    m_refusal = why;
    m_checkpoints->setResumeRefusal(why);
    updateResume();
}

void JobPage::updateResume()
{
    const QString none = whyNoBeginning();
    const Checkpoint *selected = m_checkpoints->checkpoint(selectedCheckpoint());
    const bool weightsAlone = selected && selected->holdsWeightsAlone();
    m_resume->setText(weightsAlone ? tr("Start from these weights…") : tr("Resume…"));
    m_resume->setRefusal(m_refusal.isEmpty() ? none : m_refusal);
    m_newJob->setRefusal(none); // needs no right on this job
    m_newJobAct->setEnabled(none.isEmpty());
    m_newJobAct->setToolTip(none.isEmpty() ? m_newJobAct->text() : none);
}

/// Why nothing can begin at the selected checkpoint.
QString JobPage::whyNoBeginning() const
{
    const Checkpoint *checkpoint = m_checkpoints->checkpoint(selectedCheckpoint());
    if (!checkpoint)
        return !m_listed        ? tr("The checkpoints have not been read yet.")
            : m_listing.partial ? tr("There is no checkpoint to resume from among what was read.")
                                : tr("There is no checkpoint to resume from.");
    if (checkpoint->verdict == Verdict::Damaged || m_checkpoints->isFoundDamaged(checkpoint->path))
        return tr("The selected checkpoint is damaged. Select another one.");
    if (checkpoint->verdict == Verdict::Writing)
        return tr("The selected checkpoint is still being written. Select another one.");
    return {};
}

void JobPage::setPendingResume(const std::optional<items::PendingResume> &pending)
{
    if (!pending) {
        m_pending->clear();
        updateBanners();
        return;
    }
    QList<Offer> offers;
    if (pending->refusal.isEmpty()) {
        if (pending->canUndo)
            offers.append({u"undo"_s, tr("Roll back"), ButtonVariant::Normal});
        if (pending->canFinish)
            offers.append({u"finish"_s, tr("Finish"), ButtonVariant::Primary});
    }
    m_pending->set(Tone::Warn, pending->text,
                   pending->refusal.isEmpty() ? pending->detail
                                              : tr("%1 %2", "two sentences").arg(pending->detail, pending->refusal),
                   offers);
    updateBanners();
}

void JobPage::requestResume(const QString &path)
{
    if (!m_refusal.isEmpty() || m_key.isEmpty())
        return;
    const Checkpoint *checkpoint = m_checkpoints->checkpoint(path);
    if (checkpoint && (checkpoint->verdict == Verdict::Damaged || checkpoint->verdict == Verdict::Writing || m_checkpoints->isFoundDamaged(path)))
        return;
    emit resumeRequested(path);
}

void JobPage::requestNewJob(const QString &path)
{
    const Checkpoint *checkpoint = m_checkpoints->checkpoint(path);
    if (!m_key.isEmpty() && checkpoint && checkpoint->verdict != Verdict::Damaged && checkpoint->verdict != Verdict::Writing)
        emit newJobRequested(path);
}

} // namespace cairn::pages
