// SPDX-License-Identifier: GPL-3.0-or-later
#include "WindowSet.h"

namespace cairn::app {

WindowSet::~WindowSet()
{
    for (const QPointer<MainWindow> &window : std::as_const(m_windows))
        delete window.data();
}

MainWindow *WindowSet::open(const QString &context)
{
    m_windows.removeIf([](const QPointer<MainWindow> &window) { return window.isNull(); });
    auto *window = new MainWindow(m_engine, m_preferences);
    window->setAttribute(Qt::WA_DeleteOnClose);
    m_windows.append(window);
    connect(window, &MainWindow::newWindowRequested, this, &WindowSet::open);
    window->show();
    window->start(context);
    return window;
}

} // namespace cairn::app
