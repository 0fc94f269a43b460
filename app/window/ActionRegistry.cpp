// SPDX-License-Identifier: GPL-3.0-or-later
#include "ActionRegistry.h"

#include <QAction>
#include <QWidget>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::app {

ActionRegistry::ActionRegistry(QWidget *window)
    : QObject(window)
    , m_window(window)
{
}

QString ActionRegistry::written(const QKeySequence &keys)
{
    QString text = keys.toString(QKeySequence::PortableText);
    // The last plus may be the key itself.
    const QString last = text.endsWith(u'+') ? u"+"_s : text.section(u'+', -1);
    text.chop(last.size());
    text.replace(u'+', u' ');
    return text + (last == "-"_L1 ? u"−"_s : last);
}

void ActionRegistry::add(const QString &section, const Action &action)
{
    m_actions.append(action);
    if (action.keys.isEmpty())
        return;
    auto *shortcut = new QAction(action.text, m_window);
    shortcut->setObjectName((action.kind == Kind::Page ? u"page."_s : u"action."_s) + action.id);
    shortcut->setShortcuts(action.keys);
    connect(shortcut, &QAction::triggered, this, [this, id = action.id] { trigger(id); });
    m_window->addAction(shortcut);
    addKeys(section, {{written(action.keys.first()), action.text}});
}

void ActionRegistry::addKeys(const QString &section, const QList<std::pair<QString, QString>> &keys)
{
    auto at = std::ranges::find(m_sections, section, &dialogs::KeySection::title);
    if (at == m_sections.end())
        at = m_sections.insert(m_sections.end(), dialogs::KeySection{section, {}});
    at->keys += keys;
}

void ActionRegistry::addSource(const QString &prefix, const Gather &gather, const Act &act)
{
    m_sources.insert(prefix, {gather, act});
}

QList<items::PaletteEntry> ActionRegistry::entries() const
{
    QList<items::PaletteEntry> list;
    for (const Action &action : m_actions) {
        if (action.found)
            list.append({action.id, action.kind, action.icon, action.text, action.whyNot ? action.whyNot() : QString(),
                         action.keys.isEmpty() ? QString() : written(action.keys.first()), action.words, false});
    }
    for (const Source &source : m_sources) {
        if (source.gather)
            list += source.gather();
    }
    return list;
}

void ActionRegistry::trigger(const QString &id, bool newWindow)
{
    if (const auto action = std::ranges::find(m_actions, id, &Action::id); action != m_actions.end()) {
        const QString why = action->whyNot ? action->whyNot() : QString();
        if (why.isEmpty())
            action->act();
        else
            emit refused(action->text, why);
        return;
    }
    if (const auto source = m_sources.constFind(id.section(u':', 0, 0)); source != m_sources.cend())
        source->act(id.section(u':', 1), newWindow);
}

} // namespace cairn::app
