// SPDX-License-Identifier: GPL-3.0-or-later
#include "gallery/Grab.h"

#include "kit/Theme.h"

#include <QApplication>
#include <QEventLoop>
#include <QPainter>
#include <QTimer>
#include <QVBoxLayout>
#include <QWidget>
#include <memory>

namespace cairn::gallery {

using namespace Qt::StringLiterals;

namespace {

/// Layouts, delayed item layouts and window activation take a few turns of the event loop until nothing changes any
/// more. A quit posted behind what is pending ends each turn.
void settle()
{
    for (int turn = 0; turn < 5; ++turn) {
        QEventLoop loop;
        QTimer::singleShot(0, &loop, &QEventLoop::quit);
        loop.exec(QEventLoop::ExcludeUserInputEvents);
    }
}

} // namespace

QImage grab(const kit::GalleryEntry &entry, const QSize &size)
{
    // A blinking cursor is no picture.
    QApplication::setCursorFlashTime(0);
    // A window of its own, so that the entry has a page behind it and room for the focus ring.
    auto window = std::make_unique<QWidget>();
    kit::paintBackground(window.get(), kit::Token::Bg);
    auto *layout = new QVBoxLayout(window.get());
    const int margin = size.isEmpty() ? 16 : 0;
    layout->setContentsMargins(margin, margin, margin, margin);
    QWidget *widget = entry.factory();
    layout->addWidget(widget);
    window->resize(size.isEmpty() ? window->sizeHint() : size);
    window->show();
    settle();
    window->activateWindow();
    settle();
    if (QWidget *widgetInFocus = window->focusWidget())
        widgetInFocus->clearFocus();
    const auto children = widget->findChildren<QWidget *>();
    for (QWidget *child : children) {
        if (child->property("galleryFocus").toBool())
            child->setFocus(Qt::TabFocusReason);
    }
    if (size.isEmpty() && layout->hasHeightForWidth()) {
        window->resize(window->width(), qMax(window->sizeHint().height(), layout->heightForWidth(window->width())));
        settle();
    }
    const qreal ratio = window->devicePixelRatioF();
    QImage image((QSizeF(window->size()) * ratio).toSize(), QImage::Format_RGB32);
    image.setDevicePixelRatio(ratio);
    image.fill(kit::color(kit::Token::Bg));
    window->render(&image);
    return image;
}

QString fileName(const kit::GalleryEntry &entry, const QSize &size, const QString &suffix)
{
    QString name = entry.id;
    if (!size.isEmpty())
        name += u"-%1x%2"_s.arg(size.width()).arg(size.height());
    return name + u'-' + suffix + u".png"_s;
}

} // namespace cairn::gallery
