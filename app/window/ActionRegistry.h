// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dialogs/KeysDialog.h"
#include "items/Palette.h"

#include <QKeySequence>
#include <QMap>
#include <QObject>
#include <functional>

namespace cairn::app {

/// What can be done from everywhere in a window, told once: its shortcuts, the command palette and the list of keyboard
/// shortcuts are made from it. GUI thread.
class ActionRegistry : public QObject
{
    Q_OBJECT

public:
    using Kind = items::PaletteEntry::Kind;
    struct Action {
        QString id; ///< in the palette, which remembers the latest; the QAction is "page.<id>" or "action.<id>"
        QString icon;
        QString text;             ///< "Refresh"
        QList<QKeySequence> keys; ///< all of them do it, the first is shown
        QString words;            ///< more for the palette to find it by
        std::function<void()> act;
        std::function<QString()> whyNot = {}; ///< a sentence, "" while it can be done; none: always
        Kind kind = Kind::Action;
        bool found = true; ///< by the palette
    };
    /// Where its keys work.
    explicit ActionRegistry(QWidget *window);

    /// `section` is the heading in the list of keyboard shortcuts, for one that has keys.
    void add(const QString &section, const Action &action);
    /// Keys that a page or a control takes by itself, for the list: "Shift N" and what they do.
    void addKeys(const QString &section, const QList<std::pair<QString, QString>> &keys);
    /// What the palette finds at the moment. Ids must begin with "<prefix>:"; `act` gets what follows.
    using Gather = std::function<QList<items::PaletteEntry>()>;
    using Act = std::function<void(const QString &rest, bool newWindow)>;
    void addSource(const QString &prefix, const Gather &gather, const Act &act);

    /// All that the palette offers now. What cannot be done says why at the right.
    QList<items::PaletteEntry> entries() const;
    /// Does what an entry stands for; nothing where it is not there any longer.
    void trigger(const QString &id, bool newWindow = false);
    QList<dialogs::KeySection> sections() const { return m_sections; }
    /// As the interface writes it: "Ctrl Shift N".
    static QString written(const QKeySequence &keys);

signals:
    /// It was tried, and cannot be done now.
    void refused(const QString &text, const QString &why);

private:
    struct Source {
        Gather gather;
        Act act;
    };
    QWidget *m_window;
    QList<Action> m_actions;
    QMap<QString, Source> m_sources;
    QList<dialogs::KeySection> m_sections;
};

} // namespace cairn::app
