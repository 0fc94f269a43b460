// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "kit/Gallery.h"
#include "kit/Theme.h"

#include <QApplication>
#include <QTest>
#include <QVBoxLayout>
#include <QWidget>
#include <memory>

namespace cairn::test {

/// Shows an entry of the gallery in an active window of its own.
inline std::unique_ptr<QWidget> stage(const kit::GalleryEntry &entry)
{
    auto window = std::make_unique<QWidget>();
    auto *layout = new QVBoxLayout(window.get());
    layout->addWidget(entry.factory());
    window->resize(entry.sizes.isEmpty() ? window->sizeHint() : entry.sizes.first());
    window->show();
    window->activateWindow();
    // Layouts and activation take a few turns of the event loop.
    for (int turn = 0; turn < 5; ++turn)
        QTest::qWait(0);
    return window;
}

/// "Button 'jobs.new' in JobsPage": enough to find a widget in the code.
inline QString describe(const QWidget *widget)
{
    QString text = QString::fromLatin1(widget->metaObject()->className());
    if (!widget->objectName().isEmpty())
        text += QStringLiteral(" '%1'").arg(widget->objectName());
    for (const QWidget *parent = widget->parentWidget(); parent; parent = parent->parentWidget()) {
        if (qstrncmp(parent->metaObject()->className(), "Q", 1) != 0) {
            text += QStringLiteral(" in %1").arg(QString::fromLatin1(parent->metaObject()->className()));
            break;
        }
    }
    return text;
}

/// Widgets the Tab key has to reach: visible, enabled, accepting Tab, not a part of another control.
inline QList<QWidget *> tabStops(QWidget *window)
{
    QList<QWidget *> result;
    const auto children = window->findChildren<QWidget *>();
    for (QWidget *widget : children) {
        if (widget->isVisible() && widget->isEnabled() && (widget->focusPolicy() & Qt::TabFocus) == Qt::TabFocus
            && !widget->focusProxy() && widget->window() == window)
            result.append(widget);
    }
    return result;
}

} // namespace cairn::test
