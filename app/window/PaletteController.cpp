// SPDX-License-Identifier: GPL-3.0-or-later
#include "PaletteController.h"

#include "base/Text.h"
#include "items/Vocabulary.h"

using namespace Qt::StringLiterals;

namespace cairn::app {

PaletteController::PaletteController(ActionRegistry &actions, situation::EachJob jobs, Preferences &preferences, QWidget *window)
    : QObject(window)
    , m_actions(actions)
    , m_jobs(std::move(jobs))
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
    m_jobs([&](const Job &job, const CheckpointSummary *known) {
        items::PaletteJob entry{situation::jobKey(job), text::safe(job.name), text::safe(job.ns), {}, false, {}};
        entry.detail = tr("%1 · %2 · %3", "kind, namespace, state of a job").arg(job.facts().resource.kind, entry.ns, items::tag(job.phase).text);
        entry.resumable = known && known->safeSince.isValid();
        if (entry.resumable && known->safeStep)
            entry.step = text::number(*known->safeStep);
        list.append(entry);
    });
    return list;
}

void PaletteController::open(const QString &query)
{
    m_model.setRecent(m_preferences.recentPlaces());
    m_model.setEntries(m_actions.entries(), jobs());
    m_palette->open(query);
}

} // namespace cairn::app
