// SPDX-License-Identifier: GPL-3.0-or-later
#include "PaletteController.h"

#include "base/Text.h"
#include "items/Vocabulary.h"

using namespace Qt::StringLiterals;

namespace cairn::app {

PaletteController::PaletteController(const items::JobTableModel &jobs, Preferences &preferences, QWidget *window)
    : QObject(window)
    , m_jobs(jobs)
    , m_preferences(preferences)
    , m_palette(new dialogs::Palette(&m_model, window))
{
    connect(m_palette, &dialogs::Palette::chosen, this, &PaletteController::choose);
}

void PaletteController::add(const items::PaletteEntry &entry, const std::function<void()> &act)
{
    m_fixed.append(entry);
    m_acts.insert(entry.id, act);
}

void PaletteController::addSource(const QString &prefix, const Gather &gather, const Act &act)
{
    m_sources.insert(prefix, {gather, act});
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
    QList<items::PaletteEntry> entries = m_fixed;
    for (const Source &source : std::as_const(m_sources)) {
        if (source.gather)
            entries += source.gather();
    }
    m_model.setRecent(m_preferences.recentPlaces());
    m_model.setEntries(entries, jobs());
    m_palette->open(query);
}

void PaletteController::choose(const QString &id, bool newWindow)
{
    m_preferences.addRecentPlace(id);
    if (const auto act = m_acts.constFind(id); act != m_acts.cend()) {
        (*act)();
        return;
    }
    const auto source = m_sources.constFind(id.section(u':', 0, 0));
    if (source != m_sources.cend())
        source->act(id.section(u':', 1), newWindow);
}

} // namespace cairn::app
