// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/GroupTiles.h"

#include "base/Text.h"
#include "kit/Label.h"
#include "kit/Paint.h"
#include "kit/Theme.h"

#include <QGridLayout>
#include <QKeyEvent>
#include <QPainter>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using namespace cairn::kit;

GroupTile::GroupTile(QWidget *parent)
    : QAbstractButton(parent)
{
    setCheckable(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAttribute(Qt::WA_Hover);
    setProperty("focusRadius", radius::inner);
    setObjectName(u"ha.group"_s);
    bindTheme(this, [this] { updateGeometry(); });
}

QString GroupTile::number() const
{
    return m_count.observable() == 0 ? u"–"_s : text::number(m_count.survives);
}

QString GroupTile::words() const
{
    if (m_count.observable() == 0)
        return m_count.unknown > 0 ? tr("not observable") : tr("none here");
    return tr("of %1 survive", "components that a node failure does not stop").arg(text::number(m_count.observable()));
}

void GroupTile::set(const GroupCount &count)
{
    m_count = count;
    setText(count.name);
    QString name = count.observable() == 0 ? tr("%1: %2", "group, what is known of it").arg(count.name, words())
                                           : tr("%1: %2 of %n component(s) tolerate a node failure", nullptr, count.observable()).arg(count.name).arg(count.survives);
    if (count.unknown > 0 && count.observable() > 0)
        name = tr("%1, %n not observable", nullptr, count.unknown).arg(name);
    setAccessibleName(name);
    setToolTip(name);
    updateGeometry();
    update();
}

QSize GroupTile::sizeHint() const
{
    return {scaled(92), 9 + lineHeight(Type::Meta) + lineHeight(Type::PanelTitle) + scaled(7) + 5 + 10};
}

void GroupTile::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const bool on = isChecked();
    paint::box(painter, rect(), radius::inner, color(on ? Token::AccentBg : Token::Panel),
               color(on ? Token::Accent : underMouse() ? Token::Control : Token::Line));
    const int left = 11;
    const int inner = width() - 2 * left;
    int y = 8;
    paint::text(painter, QRect(left, y, inner, lineHeight(Type::Meta)), text(), typeFont(Type::Meta), color(on ? Token::Text : Token::Dim));
    y += lineHeight(Type::Meta);
    const QRect line(left, y, inner, lineHeight(Type::PanelTitle));
    const int used = qRound(paint::textWidth(number(), typeFont(Type::PanelTitle)));
    paint::text(painter, line, number(), typeFont(Type::PanelTitle), color(Token::Text));
    paint::text(painter, line.adjusted(used + 5, 1, 0, 1), words(), typeFont(Type::Meta), color(on ? Token::Text : Token::Dim));
    y += lineHeight(Type::PanelTitle) + 4;
    const int all = m_count.observable() + m_count.unknown;
    qreal x = left;
    const auto part = [&](int count, paint::Piece piece) {
        if (count == 0)
            return;
        const qreal w = static_cast<qreal>(inner) * count / all;
        paint::piece(painter, QRectF(x, y, w, scaled(6)), piece);
        x += w;
    };
    part(m_count.survives, paint::Piece::Holds);
    part(m_count.hurts, paint::Piece::Hurts);
    part(m_count.falls, paint::Piece::Falls);
    part(m_count.unknown, paint::Piece::Unknown);
}

GroupTiles::GroupTiles(QWidget *parent)
    : QWidget(parent)
    , m_grid(new QGridLayout(this))
{
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setSpacing(8);
    bindTheme(this, [this] {
        m_columns = 0;
        place();
    });
}

void GroupTiles::setGroups(const QList<GroupCount> &groups)
{
    if (groups == m_groups)
        return;
    const bool same = groups.size() == m_groups.size();
    m_groups = groups;
    while (m_tiles.size() > groups.size())
        delete m_tiles.takeLast();
    while (m_tiles.size() < groups.size()) {
        auto *tile = new GroupTile;
        tile->installEventFilter(this);
        const qsizetype at = m_tiles.size();
        connect(tile, &QAbstractButton::clicked, this, [this, at] {
            const QString id = m_groups.value(at).id;
            const bool other = id != m_current;
            setCurrent(id);
            if (other)
                emit chosen(id);
        });
        m_tiles.append(tile);
    }
    for (qsizetype i = 0; i < groups.size(); ++i)
        m_tiles[i]->set(groups[i]);
    if (!same) {
        m_columns = 0;
        place();
    }
    setCurrent(m_current);
}

void GroupTiles::setCurrent(const QString &id)
{
    m_current = id;
    for (qsizetype i = 0; i < m_tiles.size(); ++i)
        m_tiles[i]->setChecked(m_groups[i].id == id);
}

QList<QWidget *> GroupTiles::tabStops() const
{
    return {m_tiles.begin(), m_tiles.end()};
}

void GroupTiles::place()
{
    const int count = static_cast<int>(m_tiles.size());
    if (count == 0)
        return;
    const int fit = qMax(1, (width() + 8) / (scaled(92) + 8));
    // Lines of the same length look better than a full one and a rest.
    const int lines = (count + fit - 1) / fit;
    const int columns = (count + lines - 1) / lines;
    if (std::exchange(m_columns, columns) == columns)
        return;
    for (int i = 0; i < count; ++i)
        m_grid->addWidget(m_tiles[i], i / columns, i % columns);
    for (int i = 0; i < m_grid->columnCount(); ++i)
        m_grid->setColumnStretch(i, i < columns ? 1 : 0);
}

void GroupTiles::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    place();
}

bool GroupTiles::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent *>(event)->key();
        const qsizetype at = m_tiles.indexOf(static_cast<GroupTile *>(watched));
        const qsizetype to = key == Qt::Key_Right || key == Qt::Key_Down ? at + 1 : key == Qt::Key_Left || key == Qt::Key_Up ? at - 1 : -1;
        if (to >= 0 && to < m_tiles.size()) {
            m_tiles[to]->setFocus(Qt::TabFocusReason);
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace cairn::pages
