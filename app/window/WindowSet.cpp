// SPDX-License-Identifier: GPL-3.0-or-later
#include "WindowSet.h"

namespace cairn::app {

WindowSet::~WindowSet()
{
    for (const QPointer<MainWindow> &window : std::as_const(m_windows))
        delete window.data();
}

MainWindow *WindowSet::open(const QString &context, const QString &page)
{
    m_windows.removeIf([](const QPointer<MainWindow> &window) { return window.isNull(); });
    auto window = std::make_unique<MainWindow>(m_engine, m_preferences);
    m_pageIds = window->pageIds();
    if (!page.isEmpty() && !window->setFirstPage(page))
        return nullptr;
    window->setAttribute(Qt::WA_DeleteOnClose);
    m_windows.append(window.get());
    connect(window.get(), &MainWindow::newWindowRequested, this, [this](const QString &wanted) { open(wanted); });
    window->show();
    window->start(context);
    return window.release();
}

} // namespace cairn::app
