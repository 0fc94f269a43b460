// SPDX-License-Identifier: GPL-3.0-or-later
#include "kit/Inputs.h"

#include "kit/Card.h"
#include "kit/Icons.h"
#include "kit/Label.h"
#include "kit/Navigation.h"
#include "kit/Paint.h"

#include <QHBoxLayout>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainterPath>
#include <QTimer>
#include <QToolButton>
#include <QToolTip>

namespace cairn::kit {

using namespace std::chrono_literals;

Input::Input(const QString &name, QWidget *parent)
    : QLineEdit(parent)
{
    setAccessibleName(name);
    setType(Type::Body);
}

void Input::setBad(bool bad)
{
    setProperty("error", bad);
    update();
}

void Input::setType(Type type)
{
    disconnect(&Theme::instance(), nullptr, this, nullptr);
    bindTheme(this, [this, type] {
        setFont(typeFont(type));
        setMinimumHeight(scaled(30));
    });
}

SearchField::SearchField(const QString &placeholder, const QString &key, QWidget *parent)
    : QLineEdit(parent)
    , m_delay(new QTimer(this))
    , m_clear(new QToolButton(this))
    , m_key(key)
{
    setPlaceholderText(placeholder);
    setAccessibleName(placeholder);
    m_delay->setSingleShot(true);
    m_delay->setInterval(150ms);
    connect(m_delay, &QTimer::timeout, this, &SearchField::flush);
    m_clear->setIcon(kit::icon(QStringLiteral("close")));
    m_clear->setAutoRaise(true);
    m_clear->setCursor(Qt::ArrowCursor);
    m_clear->setFocusPolicy(Qt::NoFocus);
    m_clear->setToolTip(tr("Clear"));
    m_clear->setAccessibleName(tr("Clear"));
    m_clear->hide();
    connect(m_clear, &QToolButton::clicked, this, [this] {
        clear();
        flush();
    });
    connect(this, &QLineEdit::textChanged, this, [this](const QString &text) {
        m_clear->setVisible(!text.isEmpty());
        updateMargins();
        m_delay->start();
    });
    bindTheme(this, [this] {
        setFont(typeFont(Type::Body));
        setMinimumHeight(scaled(30));
        updateMargins();
    });
}

void SearchField::setNote(const QString &note)
{
    m_note = note;
    updateMargins();
    update();
}

void SearchField::flush()
{
    m_delay->stop();
    if (m_sent == text())
        return;
    m_sent = text();
    emit changed(m_sent);
}

QRect SearchField::clearRect() const
{
    const int side = scaled(24);
    return {width() - side - 3, (height() - side) / 2, side, side};
}

void SearchField::updateMargins()
{
    int right = 2;
    if (!text().isEmpty())
        right = scaled(24);
    else if (!m_key.isEmpty())
        right = KeyHint::keysWidth({m_key}) + 6;
    if (!m_note.isEmpty())
        right += QFontMetrics(typeFont(Type::Meta)).horizontalAdvance(m_note) + 8;
    setTextMargins(scaled(14) + 6, 0, right, 0);
}

void SearchField::paintEvent(QPaintEvent *event)
{
    QLineEdit::paintEvent(event);
    QPainter painter(this);
    const int side = scaled(14);
    painter.drawPixmap(QRect(10, (height() - side) / 2, side, side),
        iconPixmap(QStringLiteral("search"), color(Token::Dim), {side, side}, devicePixelRatioF()));
    int right = width() - 8;
    if (text().isEmpty() && !m_key.isEmpty()) {
        const int keys = KeyHint::keysWidth({m_key});
        KeyHint::paintKeys(painter, QRect(right - keys, 0, keys, height()), {m_key});
        right -= keys + 6;
    } else if (!text().isEmpty()) {
        right -= scaled(24);
    }
    if (!m_note.isEmpty())
        paint::text(painter, QRect(0, 0, right, height()), m_note, typeFont(Type::Meta), color(Token::Dim),
            Qt::AlignRight | Qt::AlignVCenter);
}

void SearchField::resizeEvent(QResizeEvent *event)
{
    QLineEdit::resizeEvent(event);
    m_clear->setGeometry(clearRect());
}

void SearchField::keyPressEvent(QKeyEvent *event)
{
    switch (event->key()) {
    case Qt::Key_Escape:
        if (text().isEmpty()) {
            emit left();
        } else {
            clear();
            flush();
        }
        event->accept();
        return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        flush();
        QLineEdit::keyPressEvent(event);
        emit entered();
        return;
    case Qt::Key_Down:
        flush();
        emit moveDown();
        event->accept();
        return;
    default: QLineEdit::keyPressEvent(event);
    }
}

Segment::Segment(const QString &name, const QStringList &labels, Size size, QWidget *parent)
    : QWidget(parent)
    , m_name(name)
    , m_labels(labels)
    , m_size(size)
{
    for (qsizetype i = 0; i < labels.size(); ++i) {
        m_enabled.append(true);
        m_reasons.append(QString());
    }
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setMouseTracking(true);
    bindTheme(this, [this] { updateGeometry(); });
    updateName();
}

void Segment::setCurrent(int index)
{
    if (index < -1 || index >= m_labels.size() || index == m_current)
        return;
    m_current = index;
    updateName();
    update();
}

void Segment::setLabel(int index, const QString &label)
{
    m_labels[index] = label;
    updateName();
    updateGeometry();
    update();
}

void Segment::setSegmentEnabled(int index, bool enabled, const QString &why)
{
    m_enabled[index] = enabled;
    m_reasons[index] = why;
    update();
}

void Segment::updateName()
{
    if (m_current < 0) {
        setAccessibleName(tr("%1: none of %2", "group, how many").arg(m_name).arg(m_labels.size()));
        return;
    }
    setAccessibleName(tr("%1: %2, %3 of %4", "group, chosen one, its place, how many")
                          .arg(m_name, m_labels.value(m_current))
                          .arg(m_current + 1)
                          .arg(m_labels.size()));
}

QSize Segment::sizeHint() const
{
    const QFontMetrics metrics(typeFont(Type::MetaMedium));
    int width = 0;
    for (const QString &label : m_labels)
        width += metrics.horizontalAdvance(label) + (m_size == Size::Small ? 20 : 24) + 1;
    return {width + 1, scaled(m_size == Size::Small ? 24 : 28)};
}

QList<QRect> Segment::rects() const
{
    const QFontMetrics metrics(typeFont(Type::MetaMedium));
    QList<QRect> result;
    int x = 0;
    for (const QString &label : m_labels) {
        const int width = metrics.horizontalAdvance(label) + (m_size == Size::Small ? 20 : 24) + 1;
        result.append(QRect(x, 0, width + 1, height()));
        x += width;
    }
    return result;
}

void Segment::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    paint::box(painter, rect(), radius::control, color(Token::Panel), Qt::transparent);
    const QList<QRect> parts = rects();
    QPainterPath clip;
    clip.addRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius::control, radius::control);
    painter.save();
    painter.setClipPath(clip);
    painter.fillRect(parts.value(m_current), color(Token::Sel));
    for (qsizetype i = 1; i < parts.size(); ++i)
        painter.fillRect(QRect(parts[i].x(), 0, 1, height()), color(Token::Line));
    painter.restore();
    paint::box(painter, rect(), radius::control, Qt::transparent, color(Token::Line));
    for (int i = 0; i < static_cast<int>(parts.size()); ++i) {
        const bool on = i == m_current;
        const Token ink = !m_enabled[i] || !isEnabled() ? Token::Faint : on || i == m_hover ? Token::Text : Token::Dim;
        paint::text(
            painter, parts[i], m_labels[i], typeFont(on ? Type::MetaMedium : Type::Meta), color(ink), Qt::AlignCenter);
    }
}

void Segment::choose(int index)
{
    if (index < 0 || index >= m_labels.size() || !m_enabled[index] || index == m_current)
        return;
    setCurrent(index);
    emit currentChanged(index);
}

void Segment::keyPressEvent(QKeyEvent *event)
{
    const auto step = [&](int direction) {
        for (int i = m_current + direction; i >= 0 && i < m_labels.size(); i += direction) {
            if (m_enabled[i]) {
                choose(i);
                return;
            }
        }
    };
    switch (event->key()) {
    case Qt::Key_Left: step(-1); return;
    case Qt::Key_Right: step(1); return;
    default: QWidget::keyPressEvent(event);
    }
}

void Segment::mousePressEvent(QMouseEvent *event)
{
    const QList<QRect> parts = rects();
    for (int i = 0; i < static_cast<int>(parts.size()); ++i) {
        if (parts[i].contains(event->position().toPoint())) {
            choose(i);
            return;
        }
    }
}

void Segment::mouseMoveEvent(QMouseEvent *event)
{
    int hover = -1;
    const QList<QRect> parts = rects();
    for (int i = 0; i < static_cast<int>(parts.size()); ++i) {
        if (parts[i].contains(event->position().toPoint()))
            hover = i;
    }
    if (hover != m_hover) {
        m_hover = hover;
        update();
    }
}

void Segment::leaveEvent(QEvent *event)
{
    m_hover = -1;
    update();
    QWidget::leaveEvent(event);
}

bool Segment::event(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        const QList<QRect> parts = rects();
        for (int i = 0; i < static_cast<int>(parts.size()); ++i) {
            if (parts[i].contains(help->pos()) && !m_reasons[i].isEmpty()) {
                QToolTip::showText(help->globalPos(), m_reasons[i], this);
                return true;
            }
        }
    }
    return QWidget::event(event);
}

Chip::Chip(const QString &text, Tail tail, QWidget *parent)
    : QAbstractButton(parent)
    , m_tail(tail)
{
    setText(text);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    bindTheme(this, [this] { updateGeometry(); });
    connect(this, &QAbstractButton::toggled, this, &Chip::updateName);
    updateName();
}

void Chip::setDetail(const QString &detail)
{
    m_detail = detail;
    updateName();
    updateGeometry();
    update();
}

void Chip::setSeries(int index)
{
    m_series = index;
    updateGeometry();
    update();
}

void Chip::updateName()
{
    QString name = m_detail.isEmpty() ? text() : tr("%1, %2", "word and detail").arg(text(), m_detail);
    if (m_tail == Tail::Remove)
        name = tr("%1, remove").arg(name);
    setAccessibleName(name);
}

QSize Chip::sizeHint() const
{
    const QFontMetrics metrics(typeFont(Type::Meta));
    int width = 18 + metrics.horizontalAdvance(text());
    if (!m_detail.isEmpty())
        width += 6 + metrics.horizontalAdvance(m_detail);
    if (m_series >= 0)
        width += scaled(9) + 7;
    if (m_tail != Tail::None)
        width += scaled(8) + 7;
    return {width, scaled(24)};
}

void Chip::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const bool on = isChecked() || m_tail == Tail::Remove;
    const bool enabled = isEnabled();
    paint::box(painter, rect(), radius::control, color(on ? Token::AccentBg : Token::Panel),
        color(on && enabled               ? Token::Accent
                : underMouse() && enabled ? Token::Control
                                          : Token::Line));
    const QColor ink = color(!enabled ? Token::Faint : on ? Token::Accent : Token::Text);
    const QFont face = typeFont(Type::Meta);
    const QFontMetrics metrics(face);
    int x = 9;
    if (m_series >= 0) {
        const qreal r = scaled(9) / 2.0;
        paint::seriesMarker(painter, QPointF(x + r, height() / 2.0), r, m_series);
        x += scaled(9) + 7;
    }
    const int textWidth = metrics.horizontalAdvance(text());
    paint::text(painter, QRect(x, 0, textWidth + 1, height()), text(), face, ink);
    x += textWidth;
    if (!m_detail.isEmpty()) {
        x += 6;
        const int width = metrics.horizontalAdvance(m_detail);
        paint::text(
            painter, QRect(x, 0, width + 1, height()), m_detail, face, color(enabled ? Token::Dim : Token::Faint));
        x += width;
    }
    if (m_tail != Tail::None) {
        const qreal side = scaled(8);
        const QRectF mark(x + 7, (height() - side) / 2, side, side);
        paint::glyph(painter, mark, m_tail == Tail::Remove ? paint::Glyph::Cross : paint::Glyph::Down, ink, 1.3);
    }
}

bool Chip::event(QEvent *event)
{
    if (event->type() == QEvent::Enter || event->type() == QEvent::Leave)
        update();
    return QAbstractButton::event(event);
}

Check::Check(const QString &text, QWidget *parent)
    : QCheckBox(text, parent)
{
    bindTheme(this, [this] { updateGeometry(); });
}

void Check::setCount(qint64 count)
{
    m_count = count;
    setAccessibleName(tr("%1, %2", "a filter and how many rows it has").arg(text()).arg(count));
    update();
}

void Check::setVerdict(Verdict verdict)
{
    m_verdict = verdict;
    updateGeometry();
    update();
}

QSize Check::sizeHint() const
{
    int width = scaled(15) + 7 + QFontMetrics(typeFont(Type::Body)).horizontalAdvance(text()) + 2;
    if (m_verdict)
        width += scaled(14) + 4;
    if (m_count)
        width += 12 + QFontMetrics(typeFont(Type::MetaNumber)).horizontalAdvance(QString::number(*m_count));
    return {width, scaled(24)};
}

void Check::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    int x = scaled(15);
    paint::checkBox(painter, QRect(0, 0, x, height()), checkState(), isEnabled());
    x += 7;
    if (m_verdict) {
        paint::trustMark(
            painter, QPointF(x + scaled(7), height() / 2.0), scaled(55) / 10.0, *m_verdict, color(Token::Bg));
        x += scaled(14) + 4;
    }
    const QColor ink = color(isEnabled() ? Token::Text : Token::Faint);
    int right = width();
    if (m_count) {
        const QString count = QString::number(*m_count);
        const int width = QFontMetrics(typeFont(Type::MetaNumber)).horizontalAdvance(count) + 1;
        paint::text(painter, QRect(right - width, 0, width, height()), count, typeFont(Type::MetaNumber),
            color(Token::Dim), Qt::AlignRight | Qt::AlignVCenter);
        right -= width + 8;
    }
    paint::text(painter, QRect(x, 0, right - x, height()), text(), typeFont(Type::Body), ink);
}

FormRow::FormRow(const QString &caption, QWidget *field, QWidget *parent)
    : QWidget(parent)
    , m_field(field)
    , m_below(new Paragraph({}, Type::Meta, Token::Dim))
{
    auto *label = new Label(caption, Type::Body, Token::Dim);
    label->setBuddy(field);
    label->setWordWrap(true);
    if (field->accessibleName().isEmpty())
        field->setAccessibleName(caption);
    auto *row = hbox(0);
    auto *right = vbox(4);
    // A field of a fixed width would otherwise stand in the middle, and take its caption with it.
    const bool narrow = field->sizePolicy().horizontalPolicy() == QSizePolicy::Fixed || field->maximumWidth() < QWIDGETSIZE_MAX;
    right->addWidget(field, 0, narrow ? Qt::AlignLeft : Qt::Alignment());
    right->addWidget(m_below);
    m_below->hide();
    row->addWidget(label, 0, Qt::AlignTop);
    row->addLayout(right, 1);
    setLayout(row);
    bindTheme(this, [this, label, field] {
        label->setFixedWidth(scaled(144));
        // Centred on the first line of the field.
        label->setContentsMargins(
            0, qMax(0, (qMin(field->sizeHint().height(), scaled(30)) - lineHeight(Type::Body)) / 2), 12, 0);
    });
}

void FormRow::setHint(const QString &hint)
{
    m_hint = hint;
    updateBelow();
}

void FormRow::setError(const QString &error)
{
    m_error = error;
    if (auto *input = qobject_cast<Input *>(m_field))
        input->setBad(!error.isEmpty());
    updateBelow();
}

void FormRow::updateBelow()
{
    const bool bad = !m_error.isEmpty();
    m_below->setText(bad ? m_error : m_hint);
    m_below->setToken(bad ? Token::Err : Token::Dim);
    m_below->setVisible(bad || !m_hint.isEmpty());
    m_field->setAccessibleDescription(bad ? m_error : m_hint);
}

} // namespace cairn::kit
