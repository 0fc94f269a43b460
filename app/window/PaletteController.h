// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ActionRegistry.h"
#include "Preferences.h"
#include "dialogs/Palette.h"
#include "items/JobTableModel.h"

namespace cairn::app {

/// The command palette: offers what the registry holds, and all jobs. GUI thread.
class PaletteController : public QObject
{
    Q_OBJECT

public:
    /// The window is the palette's place. All outlive this.
    PaletteController(ActionRegistry &actions, const items::JobTableModel &jobs, Preferences &preferences, QWidget *window);

    void open(const QString &query = {});

private:
    QList<items::PaletteJob> jobs() const;

    ActionRegistry &m_actions;
    const items::JobTableModel &m_jobs;
    Preferences &m_preferences;
    items::PaletteModel m_model;
    dialogs::Palette *m_palette;
};

} // namespace cairn::app
