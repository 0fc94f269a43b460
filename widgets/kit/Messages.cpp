// SPDX-License-Identifier: GPL-3.0-or-later
#include "kit/Messages.h"

#include "kit/Announce.h"
#include "kit/Label.h"
#include "kit/Paint.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QTimer>
#include <QVBoxLayout>

namespace cairn::kit {

using namespace std::chrono_literals;

namespace {

/// A drawn sign in the colour of its tone, in a box of 12 px.
class Sign : public QWidget {
public:
    Sign(paint::Glyph glyph, Token token, QWidget *parent = nullptr)
        : QWidget(parent)
        , m_glyph(glyph)
        , m_token(token)
    {
        bindTheme(this, [this] { setFixedSize(scaled(12), lineHeight(Type::Body)); });
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        const qreal side = scaled(10);
        paint::glyph(
            painter, QRectF((width() - side) / 2, (height() - side) / 2, side, side), m_glyph, color(m_token), 1.7);
    }

private:
    paint::Glyph m_glyph;
    Token m_token;
};

paint::Glyph signOf(Tone tone)
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

} // namespace

Note::Note(Tone tone, const QString &text, const QString &title, QWidget *parent)
    : QWidget(parent)
    , m_tone(tone)
    , m_text(new Paragraph(text, Type::Meta, Token::Text))
{
    auto *row = hbox(10);
    row->setContentsMargins(12, 8, 12, 8);
    const Token ink = tone == Tone::None ? Token::Dim : foreground(tone);
    row->addWidget(new Sign(signOf(tone), ink), 0, Qt::AlignTop);
    auto *column = vbox(1);
    if (!title.isEmpty())
        column->addWidget(new Label(title, Type::BodyStrong));
    column->addWidget(m_text);
    row->addLayout(column, 1);
    setLayout(row);
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
        m_row->addWidget(new Sign(tone == Tone::Warn ? paint::Glyph::Spinner : signOf(tone), foreground(tone), this));
        m_row->addWidget(new ElidedLabel(title, Type::BodyStrong, Token::Text, Qt::ElideRight), 1);
        for (const Offer &offer : offers) {
            auto *button = new Button(offer.text, offer.variant, Button::Size::Small);
            QObject::connect(
                button, &QPushButton::clicked, banner, [banner, id = offer.id] { emit banner->triggered(id); });
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

class ToastCard : public QWidget {
    Q_OBJECT

public:
    ToastCard(const Notice &notice, QWidget *parent)
        : QWidget(parent)
        , m_id(notice.id)
    {
        auto *row = hbox(10);
        row->setContentsMargins(11, 9, 11, 9);
        row->addWidget(new Sign(signOf(notice.tone), foreground(notice.tone)), 0, Qt::AlignVCenter);
        auto *column = vbox(0);
        column->addWidget(new ElidedLabel(notice.title, Type::BodyStrong, Token::Text, Qt::ElideRight));
        if (!notice.text.isEmpty())
            column->addWidget(new ElidedLabel(notice.text, Type::Meta, Token::Dim, Qt::ElideRight));
        row->addLayout(column, 1);
        if (!notice.offer.text.isEmpty()) {
            auto *act = new Button(notice.offer.text, notice.offer.variant, Button::Size::Small);
            connect(act, &QPushButton::clicked, this, [this, id = notice.offer.id] { emit acted(id); });
            row->addWidget(act);
        }
        auto *close = Button::icon(QStringLiteral("close"), tr("Close"));
        connect(close, &QPushButton::clicked, this, [this] { emit closed(); });
        row->addWidget(close);
        setLayout(row);
        setAccessibleName(notice.title);
        bindTheme(this, [this] { setFixedWidth(scaled(390)); });
    }
    QString id() const { return m_id; }

signals:
    void acted(const QString &offer);
    void closed();

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        paint::box(painter, rect(), radius::inner, color(Token::Panel), color(Token::Control));
    }

private:
    QString m_id;
};

} // namespace

ToastHost::ToastHost(QWidget *window)
    : QWidget(window)
{
    auto *column = vbox(8);
    column->setSizeConstraint(QLayout::SetFixedSize);
    setLayout(column);
    window->installEventFilter(this);
    hide();
}

void ToastHost::show(const Notice &notice)
{
    dismiss(notice.id);
    auto *card = new ToastCard(notice, this);
    connect(card, &ToastCard::closed, this, [this, id = notice.id] { dismiss(id); });
    connect(card, &ToastCard::acted, this, [this, id = notice.id](const QString &offer) {
        dismiss(id);
        emit triggered(id, offer);
    });
    m_cards.append(card);
    layout()->addWidget(card);
    if (!notice.stays && notice.tone != Tone::Err)
        QTimer::singleShot(6s, card, [this, id = notice.id] { dismiss(id); });
    QWidget::show();
    place();
    announce(
        card, notice.text.isEmpty() ? notice.title : tr("%1. %2", "title and text").arg(notice.title, notice.text));
}

void ToastHost::dismiss(const QString &id)
{
    for (qsizetype i = m_cards.size() - 1; i >= 0; --i) {
        auto *card = qobject_cast<ToastCard *>(m_cards[i]);
        if (card && card->id() != id)
            continue;
        if (card) {
            layout()->removeWidget(card);
            card->hide();
            card->deleteLater();
        }
        m_cards.removeAt(i);
    }
    if (m_cards.isEmpty())
        hide();
    else
        place();
}

int ToastHost::count() const
{
    return static_cast<int>(m_cards.size());
}

bool ToastHost::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::Resize)
        place();
    return QWidget::eventFilter(watched, event);
}

void ToastHost::place()
{
    layout()->activate();
    adjustSize();
    const QWidget *window = parentWidget();
    move(window->width() - width() - space::pageH, window->height() - height() - scaled(26) - space::cards);
    raise();
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

#include "Messages.moc"
