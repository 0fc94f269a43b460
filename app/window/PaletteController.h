// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "Preferences.h"
#include "dialogs/Palette.h"
#include "items/JobTableModel.h"

#include <functional>

namespace cairn::app {

/// Gathers what Ctrl K offers, and does what was chosen. GUI thread.
class PaletteController : public QObject
{
    Q_OBJECT

public:
    /// The window is the palette's place. All outlive this.
    PaletteController(const items::JobTableModel &jobs, Preferences &preferences, QWidget *window);

    /// Something that can always be chosen.
    void add(const items::PaletteEntry &entry, const std::function<void()> &act);
    /// What is offered at the moment. Ids must begin with "<prefix>:"; `act` gets what follows.
    using Gather = std::function<QList<items::PaletteEntry>()>;
    using Act = std::function<void(const QString &rest, bool newWindow)>;
    void addSource(const QString &prefix, const Gather &gather, const Act &act);
    void open(const QString &query = {});
    bool isOpen() const { return m_palette->isVisible(); }

private:
    void choose(const QString &id, bool newWindow);
    QList<items::PaletteJob> jobs() const;

    const items::JobTableModel &m_jobs;
    Preferences &m_preferences;
    items::PaletteModel m_model;
    dialogs::Palette *m_palette;
    QList<items::PaletteEntry> m_fixed;
    QHash<QString, std::function<void()>> m_acts;
    struct Source {
        Gather gather;
        Act act;
    };
    QMap<QString, Source> m_sources;
};

} // namespace cairn::app
