// SPDX-License-Identifier: GPL-3.0-or-later
#include "kit/Marks.h"

#include "kit/Card.h"
#include "kit/Label.h"
#include "kit/Paint.h"

#include <QCoreApplication>
#include <QHBoxLayout>
#include <QVBoxLayout>

namespace cairn::kit {

namespace {

QString percent(double fraction)
{
    //: A share, with the space typographers want before the sign. Translate the order and the space if need be.
    return QCoreApplication::translate("UsageBar", "%1\u202F%").arg(qRound(fraction * 100));
}

QString spoken(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Whole: return QCoreApplication::translate("TrustMark", "whole");
    case Verdict::Writing: return QCoreApplication::translate("TrustMark", "writing");
    case Verdict::Damaged: return QCoreApplication::translate("TrustMark", "damaged");
    case Verdict::Unverified: break;
    }
    return QCoreApplication::translate("TrustMark", "unverified");
}

} // namespace

Tag::Tag(const QString &text, Tone tone, QWidget *parent)
    : QWidget(parent)
    , m_text(text)
    , m_tone(tone)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setAccessibleName(text);
    bindTheme(this, [this] { updateGeometry(); });
}

Tag::Tag(const items::TagValue &value, QWidget *parent)
    : Tag(value.text, value.tone, parent)
{
}

void Tag::set(const QString &text, Tone tone)
{
    m_text = text;
    m_tone = tone;
    setAccessibleName(text);
    updateGeometry();
    update();
}

QSize Tag::sizeHint() const
{
    return paint::tagSize(m_text);
}

void Tag::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    paint::tag(painter, rect(), m_text, m_tone);
}

TrustMark::TrustMark(Verdict verdict, const QString &text, QWidget *parent)
    : QWidget(parent)
    , m_verdict(verdict)
    , m_text(text)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    bindTheme(this, [this] { updateGeometry(); });
    updateName();
}

void TrustMark::set(Verdict verdict, const QString &text)
{
    m_verdict = verdict;
    m_text = text;
    updateName();
    updateGeometry();
    update();
}

void TrustMark::updateName()
{
    const QString word = spoken(m_verdict);
    if (m_text.isEmpty() || m_text.compare(word, Qt::CaseInsensitive) == 0)
        setAccessibleName(word);
    else
        setAccessibleName(tr("%1, %2", "a value and the verdict on it").arg(m_text, word));
}

QSize TrustMark::sizeHint() const
{
    return {scaled(14) + 5 + QFontMetrics(typeFont(Type::Body)).horizontalAdvance(m_text) + 1, lineHeight(Type::Body)};
}

void TrustMark::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const int side = scaled(14);
    paint::trustMark(painter, QPointF(side / 2.0, height() / 2.0), scaled(55) / 10.0, m_verdict, color(Token::Panel));
    paint::text(painter, rect().adjusted(side + 5, 0, 0, 0), m_text, typeFont(Type::Body), color(Token::Text));
}

ReplicaDots::ReplicaDots(int ready, int desired, QWidget *parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    bindTheme(this, [this] { updateGeometry(); });
    set(ready, desired);
}

void ReplicaDots::set(int ready, int desired)
{
    m_ready = ready;
    m_desired = desired;
    setAccessibleName(tr("%1 of %2 ready").arg(ready).arg(desired));
    updateGeometry();
    update();
}

QSize ReplicaDots::sizeHint() const
{
    const int dots = paint::dotsWidth(m_ready, m_desired);
    const QString text = QStringLiteral("%1/%2").arg(m_ready).arg(m_desired);
    return {dots + (dots ? 7 : 0) + QFontMetrics(typeFont(Type::Number)).horizontalAdvance(text) + 1,
        lineHeight(Type::Number)};
}

void ReplicaDots::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const int dots = paint::dotsWidth(m_ready, m_desired);
    paint::dots(painter, QPointF(0, height() / 2.0), m_ready, m_desired);
    paint::text(painter, rect().adjusted(dots + (dots ? 7 : 0), 0, 0, 0),
        QStringLiteral("%1/%2").arg(m_ready).arg(m_desired), typeFont(Type::Number), color(Token::Text));
}

UsageBar::UsageBar(double fraction, QWidget *parent)
    : QWidget(parent)
    , m_fraction(fraction)
{
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    bindTheme(this, [this] { updateGeometry(); });
    updateName();
}

Tone UsageBar::toneOf(double fraction)
{
    return fraction >= 0.97 ? Tone::Err : fraction >= 0.85 ? Tone::Warn : Tone::Info;
}

void UsageBar::set(double fraction, std::optional<Tone> tone)
{
    m_fraction = fraction;
    m_tone = tone;
    updateName();
    update();
}

void UsageBar::setShowPercent(bool show)
{
    m_percent = show;
    update();
}

void UsageBar::setName(const QString &name)
{
    m_name = name;
    updateName();
}

void UsageBar::updateName()
{
    const QString value = m_fraction < 0 ? tr("unknown") : percent(m_fraction);
    setAccessibleName(m_name.isEmpty() ? value : tr("%1: %2", "label and value").arg(m_name, value));
}

QSize UsageBar::sizeHint() const
{
    return {scaled(140), lineHeight(Type::MetaNumber)};
}

void UsageBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const int textWidth = m_percent ? QFontMetrics(typeFont(Type::MetaNumber)).horizontalAdvance(percent(1.0)) : 0;
    const int barWidth = width() - (m_percent ? textWidth + 8 : 0);
    const int thickness = scaled(7);
    if (m_fraction >= 0)
        paint::bar(painter, QRectF(0, (height() - thickness) / 2.0, barWidth, thickness), m_fraction,
            m_tone.value_or(toneOf(m_fraction)));
    if (m_percent)
        paint::text(painter, rect(), m_fraction < 0 ? QStringLiteral("–") : percent(m_fraction),
            typeFont(Type::MetaNumber), color(Token::Text), Qt::AlignRight | Qt::AlignVCenter);
}

Tile::Tile(const QString &caption, QWidget *parent)
    : QWidget(parent)
    , m_caption(new ElidedLabel(caption, Type::Body, Token::Dim, Qt::ElideRight))
    , m_number(new Label({}, Type::TileNumber))
    , m_unit(new ElidedLabel({}, Type::TileUnit, Token::Dim, Qt::ElideRight))
    , m_age(new Tag({}, Tone::Warn))
    , m_tags(hbox(6))
{
    auto *card = new Card(Card::Padding::Padded);
    auto *outer = vbox(0);
    outer->addWidget(card);
    setLayout(outer);
    auto *top = hbox();
    top->addWidget(m_caption, 1);
    top->addWidget(m_age);
    m_age->hide();
    auto *middle = hbox(7);
    // Both are centred on their line; the smaller one stands lower by what its baseline is higher.
    middle->addWidget(m_number);
    middle->addWidget(m_unit, 1);
    bindTheme(m_unit, [this] {
        const int down =
            (QFontMetrics(typeFont(Type::TileNumber)).ascent() - QFontMetrics(typeFont(Type::TileUnit)).ascent()) / 3;
        m_unit->setContentsMargins(0, down, 0, 0);
    });
    m_tags->addStretch();
    card->body()->setSpacing(2);
    card->body()->addLayout(top);
    card->body()->addLayout(middle);
    card->body()->addLayout(m_tags);
}

void Tile::setValue(const QString &number, const QString &unit)
{
    m_number->setText(number);
    m_unit->setText(unit);
}

void Tile::setTags(const QList<items::TagValue> &tags)
{
    while (QLayoutItem *item = m_tags->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    for (const auto &tag : tags)
        m_tags->addWidget(new Tag(tag));
    m_tags->addStretch();
}

void Tile::setStale(const QString &age)
{
    m_age->setVisible(!age.isEmpty());
    m_age->set(age, Tone::Warn);
    m_number->setToken(age.isEmpty() ? Token::Text : Token::Dim);
}

} // namespace cairn::kit
