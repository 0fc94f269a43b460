// SPDX-License-Identifier: GPL-3.0-or-later
#include "kit/Messages.h"

#include "kit/Announce.h"
#include "kit/Label.h"
#include "kit/Marks.h"
#include "kit/Paint.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace cairn::kit {

Note::Note(Tone tone, const QString &text, const QString &title, QWidget *parent)
    : QWidget(parent)
    , m_tone(tone)
    , m_title(title)
    , m_text(new Paragraph(text, Type::Meta, Token::Text))
    , m_offers(nullptr)
{
    auto *row = hbox(10);
    row->setContentsMargins(12, 8, 12, 8);
    const Token ink = tone == Tone::None ? Token::Dim : foreground(tone);
    row->addWidget(new Sign(paint::signOf(tone), ink), 0, Qt::AlignTop);
    auto *column = vbox(1);
    if (!title.isEmpty())
        column->addWidget(new Label(title, Type::BodyStrong));
    column->addWidget(m_text);
    row->addLayout(column, 1);
    setLayout(row);
}

void Note::setOffers(const QList<Offer> &offers)
{
    if (!m_offers) {
        if (offers.isEmpty())
            return;
        m_offers = hbox(8);
        static_cast<QVBoxLayout *>(m_text->parentWidget()->layout()->itemAt(1)->layout())->addLayout(m_offers);
    }
    clearLayout(m_offers);
    m_offers->setContentsMargins(0, offers.isEmpty() ? 0 : 5, 0, 0);
    m_offers->addStretch(1);
    for (const Offer &offer : offers) {
        auto *button = new Button(offer.text, offer.variant, Button::Size::Small);
        button->setObjectName(QStringLiteral("note.offer"));
        button->setAccessibleDescription(m_title);
        connect(button, &QPushButton::clicked, this, [this, id = offer.id] { emit triggered(id); });
        m_offers->addWidget(button);
    }
}

void Note::setText(const QString &text)
{
    m_text->setText(text);
}

void Note::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const bool plain = m_tone == Tone::None || m_tone == Tone::Dim || m_tone == Tone::Idle;
    paint::box(painter, rect(), radius::inner, color(plain ? Token::Bg : tint(m_tone)),
        color(plain ? Token::Line : foreground(m_tone)));
}

/// The tinted line of a banner.
class BannerHead : public QWidget {
public:
    explicit BannerHead(QWidget *parent)
        : QWidget(parent)
        , m_row(hbox())
    {
        m_row->setContentsMargins(12, 7, 12, 8);
        setLayout(m_row);
    }

    void set(Tone tone, const QString &title, const QList<Offer> &offers, Banner *banner)
    {
        m_tone = tone;
        clearLayout(m_row);
        m_row->addWidget(new Sign(tone == Tone::Warn ? paint::Glyph::Spinner : paint::signOf(tone), foreground(tone), this));
        m_row->addWidget(new ElidedLabel(title, Type::BodyStrong, Token::Text, Qt::ElideRight), 1);
        for (const Offer &offer : offers) {
            auto *button = new Button(offer.text, offer.variant, Button::Size::Small);
            QObject::connect(
                button, &QPushButton::clicked, banner, [banner, id = offer.id] { emit banner->triggered(id); });
            bindTheme(button, [button] { button->setMinimumHeight(button->minimumSizeHint().height()); }); // whatever else has no room
            m_row->addWidget(button);
        }
        update();
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.fillRect(rect(), color(tint(m_tone)));
        paint::hairline(painter, rect(), Qt::BottomEdge, color(foreground(m_tone)));
    }

private:
    QHBoxLayout *m_row;
    Tone m_tone = Tone::Warn;
};

Banner::Banner(QWidget *parent)
    : QWidget(parent)
    , m_head(new BannerHead(this))
    , m_text(new Paragraph({}, Type::Body, Token::Dim))
{
    auto *column = vbox(0);
    column->addWidget(m_head);
    auto *body = hbox(0);
    body->setContentsMargins(12, 8, 12, 8);
    body->addWidget(m_text);
    m_body = new QWidget(this);
    m_body->setLayout(body);
    column->addWidget(m_body);
    setLayout(column);
    hide();
}

void Banner::set(Tone tone, const QString &title, const QString &text, const QList<Offer> &offers)
{
    const bool news = !isVisibleTo(parentWidget()) || m_title != title;
    // Only a changed set of buttons is rebuilt, so that a countdown in the text does not take the focus away.
    if (m_title != title || m_tone != tone || m_offers != offers)
        m_head->set(tone, title, offers, this);
    m_title = title;
    m_tone = tone;
    m_offers = offers;
    m_text->setText(text);
    m_body->setVisible(!text.isEmpty());
    setAccessibleName(title);
    show();
    if (news)
        announce(this, title);
}

void Banner::clear()
{
    m_title.clear();
    hide();
}

namespace {

class CheckSign : public QWidget {
public:
    explicit CheckSign(CheckItem::State state)
        : m_state(state)
    {
        bindTheme(this, [this] { setFixedSize(scaled(14), lineHeight(Type::Body)); });
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        const qreal side = scaled(11);
        const QRectF box((width() - side) / 2, (height() - side) / 2, side, side);
        switch (m_state) {
        case CheckItem::State::Ok: paint::glyph(painter, box, paint::Glyph::Tick, color(Token::Ok), 1.6); break;
        case CheckItem::State::Warn: paint::glyph(painter, box, paint::Glyph::Bang, color(Token::Warn), 1.8); break;
        case CheckItem::State::Err: paint::glyph(painter, box, paint::Glyph::Cross, color(Token::Err), 1.6); break;
        case CheckItem::State::Running:
            paint::glyph(painter, box, paint::Glyph::Spinner, color(Token::Accent), 1.6);
            break;
        case CheckItem::State::Waiting: paint::glyph(painter, box, paint::Glyph::Ring, color(Token::Faint), 1.4); break;
        }
    }

private:
    CheckItem::State m_state;
};

} // namespace

bool CheckItem::operator==(const CheckItem &other) const
{
    return id == other.id && state == other.state && text == other.text && detail == other.detail
        && aside == other.aside && offer == other.offer;
}

QString CheckList::stateWord(CheckItem::State state)
{
    switch (state) {
    case CheckItem::State::Ok: return tr("passed");
    case CheckItem::State::Warn: return tr("warning");
    case CheckItem::State::Err: return tr("failed");
    case CheckItem::State::Running: return tr("running");
    case CheckItem::State::Waiting: break;
    }
    return tr("waiting");
}

CheckList::CheckList(QWidget *parent)
    : Card(Card::Padding::Padded, parent)
{
    setTokens(Token::Line, Token::Bg);
    setRadius(radius::inner);
    body()->setContentsMargins(16, 4, 16, 4);
    body()->setSpacing(0);
}

void CheckList::setItems(const QList<CheckItem> &items)
{
    for (qsizetype i = 0; i < items.size(); ++i) {
        if (i < m_items.size() && m_items[i] == items[i])
            continue;
        const CheckItem &item = items[i];
        auto *row = new QWidget;
        auto *outer = vbox(0);
        if (i > 0)
            outer->addWidget(new Line);
        auto *line = hbox(20);
        line->setContentsMargins(0, 0, 0, 0);
        line->addWidget(new CheckSign(item.state), 0, Qt::AlignTop);
        auto *texts = vbox(0);
        auto *text =
            new Paragraph(item.text, Type::Body, item.state == CheckItem::State::Waiting ? Token::Dim : Token::Text);
        texts->addWidget(text);
        if (!item.detail.isEmpty())
            texts->addWidget(new Paragraph(item.detail, Type::Meta, Token::Dim));
        line->addLayout(texts, 1);
        if (!item.offer.text.isEmpty()) {
            auto *button = new Button(item.offer.text, item.offer.variant, Button::Size::Small);
            connect(button, &QPushButton::clicked, this,
                [this, id = item.id, offer = item.offer.id] { emit triggered(id, offer); });
            line->addWidget(button, 0, Qt::AlignTop);
        } else if (!item.aside.isEmpty()) {
            line->addWidget(new Label(item.aside, Type::Number, Token::Dim), 0, Qt::AlignTop);
        }
        auto *padded = new QWidget;
        const bool button = !item.offer.text.isEmpty();
        line->setContentsMargins(0, button ? 4 : 7, 0, button ? 4 : 7);
        padded->setLayout(line);
        outer->addWidget(padded);
        row->setLayout(outer);
        row->setAccessibleName(tr("%1: %2", "text of a check and its result").arg(item.text, stateWord(item.state)));
        if (i < m_rows.size()) {
            delete body()->replaceWidget(m_rows[i], row); // the layout item of the old row
            m_rows[i]->deleteLater();
            m_rows[i]->hide();
            m_rows[i] = row;
        } else {
            body()->addWidget(row);
            m_rows.append(row);
        }
    }
    while (m_rows.size() > items.size()) {
        QWidget *last = m_rows.takeLast();
        body()->removeWidget(last);
        last->hide();
        last->deleteLater();
    }
    m_items = items;
    // A new row comes last in the tab chain, wherever it stands.
    QWidget *before = nullptr;
    for (const QWidget *row : std::as_const(m_rows)) {
        const auto buttons = row->findChildren<Button *>();
        for (Button *button : buttons) {
            if (before)
                QWidget::setTabOrder(before, button);
            before = button;
        }
    }
}

} // namespace cairn::kit
