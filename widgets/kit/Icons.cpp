// SPDX-License-Identifier: GPL-3.0-or-later
#include "kit/Icons.h"

#include "kit/Theme.h"

#include <QFile>
#include <QIconEngine>
#include <QPainter>
#include <QPixmapCache>
#include <QSvgRenderer>

namespace cairn::kit {

using namespace Qt::StringLiterals;

namespace {

QPixmap render(const QString &name, const QColor &color, QSize pixels)
{
    const QString key =
        u"cairn-icon/%1/%2/%3x%4"_s.arg(name, color.name(QColor::HexArgb)).arg(pixels.width()).arg(pixels.height());
    QPixmap pixmap;
    if (QPixmapCache::find(key, &pixmap))
        return pixmap;
    QFile file(u":/cairn/icons/"_s + name + u".svg"_s);
    pixmap = QPixmap(pixels);
    pixmap.fill(Qt::transparent);
    if (file.open(QIODevice::ReadOnly)) {
        QByteArray svg = file.readAll();
        svg.replace("currentColor", color.name().toLatin1());
        QSvgRenderer renderer(svg);
        QPainter painter(&pixmap);
        renderer.setAspectRatioMode(Qt::KeepAspectRatio);
        renderer.render(&painter);
    }
    QPixmapCache::insert(key, pixmap);
    return pixmap;
}

class ThemedEngine : public QIconEngine {
public:
    explicit ThemedEngine(QString name)
        : m_name(std::move(name))
    {
    }

    void paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State) override
    {
        const qreal dpr = painter->device()->devicePixelRatioF();
        painter->drawPixmap(rect, render(m_name, tint(mode), (QSizeF(rect.size()) * dpr).toSize()));
    }
    QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State) override
    {
        return render(m_name, tint(mode), size);
    }
    QIconEngine *clone() const override { return new ThemedEngine(m_name); }
    QString key() const override { return u"cairn"_s; }
    bool isNull() override { return false; }

private:
    static QColor tint(QIcon::Mode mode)
    {
        switch (mode) {
        case QIcon::Disabled: return color(Token::Faint);
        case QIcon::Active:
        case QIcon::Selected: return color(Token::Text);
        case QIcon::Normal: break;
        }
        return color(Token::Dim);
    }
    QString m_name;
};

} // namespace

QIcon icon(const QString &name)
{
    return QIcon(new ThemedEngine(name));
}

QPixmap iconPixmap(const QString &name, const QColor &color, QSize size, qreal devicePixelRatio)
{
    QPixmap pixmap = render(name, color, (QSizeF(size) * devicePixelRatio).toSize());
    pixmap.setDevicePixelRatio(devicePixelRatio);
    return pixmap;
}

} // namespace cairn::kit
