// SPDX-License-Identifier: GPL-3.0-or-later
#include "kit/Marks.h"

#include "kit/Card.h"
#include "kit/Label.h"
#include "kit/Paint.h"

#include <QCoreApplication>
#include <QHBoxLayout>
#include <QVBoxLayout>

namespace cairn::kit {

paint::Glyph paint::signOf(Tone tone)
{
    switch (tone) {
    case Tone::Ok: return paint::Glyph::Tick;
    case Tone::Err: return paint::Glyph::Cross;
    case Tone::Warn: return paint::Glyph::Bang;
    case Tone::Info: return paint::Glyph::Play;
    case Tone::None:
    case Tone::Dim:
    case Tone::Idle: break;
    }
    return paint::Glyph::Dot;
}

Sign::Sign(paint::Glyph glyph, Token token, QWidget *parent)
    : QWidget(parent)
    , m_glyph(glyph)
    , m_token(token)
{
    bindTheme(this, [this] { setFixedSize(scaled(12), lineHeight(Type::Body)); });
}

Sign::Sign(Tone tone, QWidget *parent)
    : Sign(paint::signOf(tone), foreground(tone), parent)
{
}

void Sign::set(paint::Glyph glyph, Token token)
{
    m_glyph = glyph;
    m_token = token;
    update();
}

void Sign::set(Tone tone)
{
    set(paint::signOf(tone), foreground(tone));
}

void Sign::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const qreal side = scaled(10);
    paint::glyph(painter, QRectF((width() - side) / 2, (height() - side) / 2, side, side), m_glyph, color(m_token), 1.7);
}

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

namespace {

/// What the number of a tile counts. Where it has no room in one line it stands small in two: "GPU-h, at m…" would take back
/// what the number says.
class TileUnit : public ElidedLabel {
public:
    TileUnit()
        : ElidedLabel({}, Type::TileUnit, Token::Dim, Qt::ElideRight)
    {
        setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Preferred);
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        const QSize wanted = sizeHint();
        if (wanted.width() <= width()) {
            const QRect line(0, (height() - wanted.height()) / 2, width(), wanted.height());
            paint::text(painter, line.marginsRemoved(contentsMargins()), text(), typeFont(Type::TileUnit), color(Token::Dim));
            return;
        }
        painter.setFont(typeFont(Type::Meta));
        painter.setPen(color(Token::Dim));
        painter.drawText(rect(), Qt::TextWordWrap | Qt::AlignLeft | Qt::AlignVCenter, text());
    }
};

} // namespace

Tile::Tile(const QString &caption, QWidget *parent)
    : QWidget(parent)
    , m_caption(new ElidedLabel(caption, Type::Body, Token::Dim, Qt::ElideRight))
    , m_number(new Label({}, Type::TileNumber))
    , m_unit(new TileUnit)
    , m_age(new Tag({}, Tone::Warn))
    , m_detail(new ElidedLabel({}, Type::Meta, Token::Dim, Qt::ElideRight))
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
    card->body()->addWidget(m_detail);
    m_detail->hide();
}

void Tile::setDetail(const QString &text)
{
    m_detail->setText(text);
    m_detail->setVisible(!text.isEmpty());
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

SignLine::SignLine(QWidget *parent)
    : QWidget(parent)
{
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    bindTheme(this, [this] { updateGeometry(); });
}

void SignLine::set(const QList<std::pair<Tone, QString>> &findings)
{
    m_findings = findings;
    QStringList words;
    for (const auto &finding : findings)
        words.append(finding.second);
    setAccessibleName(words.join(QStringLiteral(", ")));
    updateGeometry();
    update();
}

QList<QRect> SignLine::places(int width) const
{
    QList<QRect> result;
    const int line = lineHeight(Type::Meta);
    int x = 0;
    int y = 0;
    for (const auto &finding : m_findings) {
        const int wide = scaled(12) + 4 + qRound(paint::textWidth(finding.second, typeFont(Type::Meta))) + 1;
        if (x > 0 && x + wide > width) {
            x = 0;
            y += line;
        }
        result.append(QRect(x, y, qMin(wide, qMax(width, 0)), line));
        x += wide + 12;
    }
    return result;
}

int SignLine::heightForWidth(int width) const
{
    const QList<QRect> all = places(width);
    return all.isEmpty() ? lineHeight(Type::Meta) : all.last().bottom() + 1;
}

QSize SignLine::sizeHint() const
{
    const QList<QRect> all = places(QWIDGETSIZE_MAX);
    return {all.isEmpty() ? 0 : all.last().right() + 1, lineHeight(Type::Meta)};
}

QSize SignLine::minimumSizeHint() const
{
    return {scaled(80), lineHeight(Type::Meta)};
}

void SignLine::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const QList<QRect> all = places(width());
    for (qsizetype i = 0; i < all.size(); ++i) {
        const auto &[tone, words] = m_findings[i];
        const QRect &place = all[i];
        const qreal side = scaled(paint::signOf(tone) == paint::Glyph::Dot ? 3 : 9);
        paint::glyph(painter, QRectF(place.x() + (scaled(12) - side) / 2, place.center().y() + 0.5 - side / 2, side, side),
            paint::signOf(tone), color(foreground(tone)), 1.6);
        paint::text(painter, place.adjusted(scaled(12) + 4, 0, 0, 0), words, typeFont(Type::Meta), color(Token::Dim));
    }
}

} // namespace cairn::kit
