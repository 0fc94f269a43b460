// SPDX-License-Identifier: GPL-3.0-or-later
#include "PaletteController.h"

#include "base/Text.h"
#include "items/Vocabulary.h"

using namespace Qt::StringLiterals;

namespace cairn::app {

PaletteController::PaletteController(ActionRegistry &actions, const items::JobTableModel &jobs, Preferences &preferences, QWidget *window)
    : QObject(window)
    , m_actions(actions)
    , m_jobs(jobs)
    , m_preferences(preferences)
    , m_palette(new dialogs::Palette(&m_model, window))
{
    connect(m_palette, &dialogs::Palette::chosen, this, [this](const QString &id, bool newWindow) {
        m_preferences.addRecentPlace(id);
        m_actions.trigger(id, newWindow);
    });
}

QList<items::PaletteJob> PaletteController::jobs() const
{
    QList<items::PaletteJob> list;
    list.reserve(m_jobs.rowCount());
    for (int i = 0; i < m_jobs.rowCount(); ++i) {
        const items::JobRow &row = *m_jobs.rowAt(i);
        items::PaletteJob job{items::jobKey(row.job), text::safe(row.job.name), text::safe(row.job.ns), {}, false, {}};
        job.detail = tr("%1 · %2 · %3", "kind, namespace, state of a job").arg(facts(row.job.kind).resource.kind, job.ns, items::tag(row.job.phase).text);
        job.resumable = row.checkpoints && row.checkpoints->safeSince.isValid();
        if (job.resumable && row.checkpoints->safeStep)
            job.step = text::number(*row.checkpoints->safeStep);
        list.append(job);
    }
    return list;
}

void PaletteController::open(const QString &query)
{
    m_model.setRecent(m_preferences.recentPlaces());
    m_model.setEntries(m_actions.entries(), jobs());
    m_palette->open(query);
}

} // namespace cairn::app
