// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ActionRegistry.h"
#include "Preferences.h"
#include "dialogs/Palette.h"
#include "situation/Jobs.h"

namespace cairn::app {

/// The command palette: offers what the registry holds, and all jobs. GUI thread.
class PaletteController : public QObject
{
    Q_OBJECT

public:
    /// The window is the palette's place. All outlive this.
    PaletteController(ActionRegistry &actions, situation::EachJob jobs, Preferences &preferences, QWidget *window);

    void open(const QString &query = {});

private:
    QList<items::PaletteJob> jobs() const;

    ActionRegistry &m_actions;
    const situation::EachJob m_jobs;
    Preferences &m_preferences;
    items::PaletteModel m_model;
    dialogs::Palette *m_palette;
};

} // namespace cairn::app
