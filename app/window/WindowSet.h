// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "MainWindow.h"

#include <QPointer>

namespace cairn::app {

/// The windows of the program: each looks at one context, all share the engine and the preferences. GUI thread.
class WindowSet : public QObject
{
    Q_OBJECT

public:
    /// Both outlive this.
    WindowSet(Engine &engine, Preferences &preferences)
        : m_engine(engine)
        , m_preferences(preferences)
    {
    }
    ~WindowSet() override;

    /// A window on `context`, or on the kubeconfig's current one where it is empty, that shows `page` first, or the one of
    /// the preferences. It deletes itself when closed. nullptr where there is no such page.
    MainWindow *open(const QString &context = {}, const QString &page = {});
    /// What `page` may be; known once a window was made.
    const QStringList &pageIds() const { return m_pageIds; }

private:
    Engine &m_engine;
    Preferences &m_preferences;
    QList<QPointer<MainWindow>> m_windows;
    QStringList m_pageIds;
};

} // namespace cairn::app
