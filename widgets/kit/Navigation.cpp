// SPDX-License-Identifier: GPL-3.0-or-later
#include "kit/Navigation.h"

#include "kit/Card.h"
#include "kit/Icons.h"
#include "kit/Label.h"
#include "kit/Paint.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QTextLayout>

namespace cairn::kit {

namespace {

QColor linkColor(ContextCard::Link link)
{
    switch (link) {
    case ContextCard::Link::Live: return color(Token::Ok);
    case ContextCard::Link::Reconnecting: return color(Token::Warn);
    case ContextCard::Link::Off: break;
    }
    return color(Token::Dim);
}

void paintLink(QPainter &painter, QPointF centre, ContextCard::Link link)
{
    const qreal side = scaled(9);
    const QRectF box(centre.x() - side / 2, centre.y() - side / 2, side, side);
    paint::glyph(painter, box,
        link == ContextCard::Link::Live               ? paint::Glyph::Dot
            : link == ContextCard::Link::Reconnecting ? paint::Glyph::Spinner
                                                      : paint::Glyph::Ring,
        linkColor(link), 1.5);
}

} // namespace

class LinkDot : public QWidget {
public:
    LinkDot() { setFixedSize(scaled(9), scaled(12)); }
    void set(ContextCard::Link link)
    {
        m_link = link;
        update();
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        paintLink(painter, QRectF(rect()).center(), m_link);
    }

private:
    ContextCard::Link m_link = ContextCard::Link::Off;
};

NavItem::NavItem(const QString &id, const QString &iconName, const QString &text, QWidget *parent)
    : QAbstractButton(parent)
    , m_id(id)
    , m_icon(iconName)
{
    setText(text);
    setCheckable(true);
    setObjectName(QStringLiteral("nav.") + id);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAttribute(Qt::WA_Hover);
    bindTheme(this, [this] { updateGeometry(); });
    updateName();
}

void NavItem::setBadge(int count, Tone tone)
{
    m_badge = count;
    m_badgeTone = tone;
    updateName();
    update();
}

void NavItem::setKeyHint(const QString &hint)
{
    m_hint = hint;
    update();
}

void NavItem::updateName()
{
    setAccessibleName(m_badge > 0 ? tr("%1, %n problem(s)", nullptr, m_badge).arg(text()) : text());
}

QSize NavItem::sizeHint() const
{
    return {space::sidebar - 20, scaled(33)};
}

void NavItem::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const bool on = isChecked();
    const bool enabled = isEnabled();
    if (on || (enabled && underMouse()))
        paint::box(painter, rect(), radius::control, color(on ? Token::Sel : Token::Line), Qt::transparent);
    const int side = scaled(16);
    const QColor tint = color(!enabled ? Token::Faint : on ? Token::Text : Token::Dim);
    painter.drawPixmap(
        QRect(10, (height() - side) / 2, side, side), iconPixmap(m_icon, tint, {side, side}, devicePixelRatioF()));
    int right = width() - 10;
    if (m_badge > 0 && enabled) {
        const QString text = QString::number(m_badge);
        const QFont face = typeFont(Type::Chart);
        const int w = qMax(QFontMetrics(face).horizontalAdvance(text) + 14, scaled(18));
        const QRect badge(right - w, (height() - scaled(18)) / 2, w, scaled(18));
        paint::box(painter, badge, badge.height() / 2.0, color(kit::tint(m_badgeTone)), Qt::transparent);
        paint::text(painter, badge, text, face, color(foreground(m_badgeTone)), Qt::AlignCenter);
        right -= w + 6;
    } else if (!m_hint.isEmpty()) {
        const QFont face = typeFont(Type::Chart);
        const int w = QFontMetrics(face).horizontalAdvance(m_hint) + 1;
        paint::text(painter, QRect(right - w, 0, w, height()), m_hint, face, color(Token::Dim));
        right -= w + 6;
    }
    const int left = 10 + side + 9;
    const Token ink = !enabled ? Token::Faint : m_hint.isEmpty() ? Token::Text : Token::Dim;
    paint::text(painter, QRect(left, 0, right - left, height()), text(), typeFont(on ? Type::BodyStrong : Type::Body),
        color(ink));
}

ContextCard::ContextCard(QWidget *parent)
    : QAbstractButton(parent)
    , m_name(tr("Not connected"))
    , m_details(tr("Choose a context to start"))
{
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    setObjectName(QStringLiteral("nav.context"));
    setProperty("focusRadius", radius::inner);
    setAttribute(Qt::WA_Hover);
    bindTheme(this, [this] { updateGeometry(); });
    set(m_link, m_name, m_details);
}

void ContextCard::set(Link link, const QString &name, const QString &details)
{
    m_link = link;
    m_name = name;
    m_details = details;
    const QString state = link == Link::Live ? tr("live") : link == Link::Reconnecting ? tr("reconnecting") : tr("off");
    setAccessibleName(tr("Cluster %1, %2, %3", "name, state of the link, details").arg(name, state, details));
    setToolTip(name);
    updateGeometry();
    update();
}

QList<QString> ContextCard::detailLines(int width) const
{
    QList<QString> lines;
    if (m_details.isEmpty())
        return lines;
    QTextLayout layout(m_details, typeFont(Type::Meta));
    layout.beginLayout();
    while (lines.size() < 3) {
        QTextLine line = layout.createLine();
        if (!line.isValid())
            break;
        line.setLineWidth(width);
        QString text = m_details.mid(line.textStart(), line.textLength()).trimmed();
        if (text.endsWith(u'·')) // the separator does its work by the break
            text = text.chopped(1).trimmed();
        lines.append(text);
    }
    layout.endLayout();
    return lines;
}

int ContextCard::heightForWidth(int width) const
{
    return 18 + lineHeight(Type::BodyStrong)
        + static_cast<int>(detailLines(width - 22).size()) * lineHeight(Type::Meta);
}

QSize ContextCard::sizeHint() const
{
    const int width = space::sidebar - 20;
    return {width, heightForWidth(width)};
}

void ContextCard::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    paint::box(painter, rect(), radius::inner, color(Token::Panel), color(underMouse() ? Token::Control : Token::Line));
    const int first = lineHeight(Type::BodyStrong);
    paintLink(painter, QPointF(11 + scaled(9) / 2.0, 9 + first / 2.0), m_link);
    const int left = 11 + scaled(9) + 5;
    paint::text(painter, QRect(left, 9, width() - left - 11, first), m_name, typeFont(Type::BodyStrong),
        color(Token::Text), Qt::AlignLeft | Qt::AlignVCenter, Qt::ElideMiddle);
    int y = 9 + first;
    const QList<QString> lines = detailLines(width() - 22);
    for (const QString &line : lines) {
        if (y + lineHeight(Type::Meta) > height())
            break; // half a line says nothing
        paint::text(
            painter, QRect(11, y, width() - 22, lineHeight(Type::Meta)), line, typeFont(Type::Meta), color(Token::Dim));
        y += lineHeight(Type::Meta);
    }
}

Sidebar::Sidebar(QWidget *parent)
    : QWidget(parent)
    , m_context(new ContextCard(this))
    , m_layout(vbox(2))
{
    m_layout->setContentsMargins(10, 12, 11, 12);
    m_layout->addWidget(m_context);
    m_layout->addSpacing(10);
    m_layout->addStretch(1);
    setLayout(m_layout);
    connect(m_context, &QAbstractButton::clicked, this, &Sidebar::contextActivated);
    m_context->installEventFilter(this); // what stands in place of the pages begins where it ends
    bindTheme(this, [this] { setFixedWidth(qMax(space::sidebar, scaled(space::sidebar) * 3 / 4)); });
}

NavItem *Sidebar::add(const QString &id, const QString &iconName, const QString &text, int position, bool checkable)
{
    auto *item = new NavItem(id, iconName, text, this);
    item->setCheckable(checkable);
    m_layout->insertWidget(position, item);
    m_items.append(item);
    item->installEventFilter(this);
    connect(item, &QAbstractButton::clicked, this, [this, item] {
        if (item->isCheckable())
            setCurrent(item->id());
        emit activated(item->id());
    });
    return item;
}

NavItem *Sidebar::addPage(const QString &id, const QString &iconName, const QString &text)
{
    // 0 is the context card, 1 the gap, the pages follow, then the stretch.
    NavItem *item = add(id, iconName, text, 2 + m_pages, true);
    ++m_pages;
    return item;
}

NavItem *Sidebar::addFoot(const QString &id, const QString &iconName, const QString &text)
{
    return add(id, iconName, text, m_layout->count(), false);
}

void Sidebar::setInstead(QWidget *widget)
{
    if (m_instead == widget)
        return;
    if (m_instead)
        m_instead->hide();
    m_instead = widget;
    for (NavItem *item : std::as_const(m_items))
        item->setVisible(!widget);
    if (!widget)
        return;
    widget->setParent(this);
    placeInstead();
    widget->show();
}

void Sidebar::placeInstead()
{
    if (!m_instead)
        return;
    const int top = m_context->geometry().bottom() + 1;
    m_instead->setGeometry(0, top, width() - 1, height() - top);
}

void Sidebar::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    placeInstead();
}

NavItem *Sidebar::item(const QString &id) const
{
    for (NavItem *item : m_items) {
        if (item->id() == id)
            return item;
    }
    return nullptr;
}

void Sidebar::setCurrent(const QString &id)
{
    for (NavItem *item : std::as_const(m_items)) {
        if (item->isCheckable())
            item->setChecked(item->id() == id);
    }
}

QString Sidebar::current() const
{
    for (const NavItem *item : m_items) {
        if (item->isChecked())
            return item->id();
    }
    return {};
}

void Sidebar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), color(Token::Side));
    paint::hairline(painter, rect(), Qt::RightEdge, color(Token::Line));
}

bool Sidebar::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_context) {
        if (event->type() == QEvent::Resize || event->type() == QEvent::Move)
            placeInstead();
        return QWidget::eventFilter(watched, event);
    }
    if (event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent *>(event)->key();
        if (key == Qt::Key_Up || key == Qt::Key_Down) {
            auto *item = static_cast<QWidget *>(watched);
            QWidget *next = key == Qt::Key_Down ? item->nextInFocusChain() : item->previousInFocusChain();
            if (auto *other = qobject_cast<NavItem *>(next); other && other->isEnabled())
                other->setFocus(Qt::TabFocusReason);
            return true;
        }
        if (key == Qt::Key_Return || key == Qt::Key_Enter) {
            static_cast<NavItem *>(watched)->click();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

StatusBar::StatusBar(QWidget *parent)
    : QWidget(parent)
    , m_dot(new LinkDot)
    , m_link(new Label({}, Type::Meta, Token::Dim))
    , m_counts(new ElidedLabel({}, Type::Meta, Token::Dim, Qt::ElideRight))
    , m_rights(new ElidedLabel({}, Type::Meta, Token::Dim, Qt::ElideRight))
{
    auto *row = hbox(0);
    row->setContentsMargins(12, 1, 12, 0);
    row->addWidget(m_dot);
    row->addSpacing(5);
    row->addWidget(m_link);
    row->addSpacing(18);
    row->addWidget(m_counts);
    row->addStretch(1);
    row->addWidget(m_rights);
    setLayout(row);
    bindTheme(this, [this] { setFixedHeight(scaled(26)); });
}

void StatusBar::setLink(ContextCard::Link link, const QString &text)
{
    m_dot->set(link);
    m_link->setText(text);
}

void StatusBar::setCounts(const QString &text)
{
    m_counts->setText(text);
}

void StatusBar::setRights(const QString &text)
{
    m_rights->setText(text);
}

void StatusBar::addAtEnd(QWidget *widget)
{
    auto *row = static_cast<QHBoxLayout *>(layout());
    row->addSpacing(10);
    row->addWidget(widget);
}

void StatusBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), color(Token::Side));
    paint::hairline(painter, rect(), Qt::TopEdge, color(Token::Line));
}

KeyHint::KeyHint(const QString &keys, const QString &text, QWidget *parent)
    : QWidget(parent)
    , m_keys(keys.split(u' ', Qt::SkipEmptyParts))
    , m_text(text)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setAccessibleName(text.isEmpty() ? keys : tr("%1: %2", "key and what it does").arg(keys, text));
    bindTheme(this, [this] { updateGeometry(); });
}

int KeyHint::keysWidth(const QStringList &keys)
{
    const QFontMetrics metrics(typeFont(Type::Chart));
    int width = 0;
    for (const QString &key : keys)
        width += qMax(metrics.horizontalAdvance(key) + 12, scaled(18)) + 4;
    return qMax(0, width - 4);
}

int KeyHint::paintKeys(QPainter &painter, const QRect &rect, const QStringList &keys)
{
    const QFont face = typeFont(Type::Chart);
    const QFontMetrics metrics(face);
    int x = rect.x();
    const int h = scaled(18);
    for (const QString &key : keys) {
        const QRect cap(
            x, rect.y() + (rect.height() - h) / 2, qMax(metrics.horizontalAdvance(key) + 12, scaled(18)), h);
        paint::box(painter, cap, 4, color(Token::Line), Qt::transparent);
        paint::box(painter, QRectF(cap).adjusted(1, 1, -1, -2), 3, color(Token::Panel), Qt::transparent);
        paint::text(painter, cap.adjusted(0, 0, 0, -1), key, face, color(Token::Dim), Qt::AlignCenter);
        x += cap.width() + 4;
    }
    return qMax(0, x - rect.x() - 4);
}

QSize KeyHint::sizeHint() const
{
    int width = keysWidth(m_keys);
    if (!m_text.isEmpty())
        width += 5 + QFontMetrics(typeFont(Type::Meta)).horizontalAdvance(m_text) + 1;
    return {width, scaled(18)};
}

void KeyHint::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const int used = paintKeys(painter, rect(), m_keys);
    paint::text(painter, rect().adjusted(used + 5, 0, 0, 0), m_text, typeFont(Type::Meta), color(Token::Dim));
}

} // namespace cairn::kit
