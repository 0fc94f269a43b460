// SPDX-License-Identifier: GPL-3.0-or-later
#include "kit/StateView.h"

#include "kit/Announce.h"
#include "kit/Icons.h"
#include "kit/Label.h"
#include "kit/Marks.h"
#include "kit/Paint.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLocale>
#include <QScrollArea>
#include <QStackedLayout>
#include <QTimer>
#include <QVBoxLayout>

namespace cairn::kit {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// An icon or a sign beside the title of a panel.
class Emblem : public QWidget {
public:
    enum class Kind { Empty, Lock, Error, Clock };

    explicit Emblem(Kind kind)
        : m_kind(kind)
    {
        bindTheme(this, [this] {
            setFixedSize(m_kind == Kind::Empty ? QSize(scaled(44), scaled(34)) : QSize(scaled(20), scaled(20)));
        });
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        switch (m_kind) {
        case Kind::Empty:
            painter.drawPixmap(rect(), iconPixmap(u"empty"_s, color(Token::Faint), size(), devicePixelRatioF()));
            break;
        case Kind::Lock:
            painter.drawPixmap(rect(), iconPixmap(u"lock"_s, color(Token::Warn), size(), devicePixelRatioF()));
            break;
        case Kind::Clock:
            paint::glyph(painter, QRectF(rect()).adjusted(2, 2, -2, -2), paint::Glyph::Clock, color(Token::Warn), 1.6);
            break;
        case Kind::Error: {
            paint::box(painter, rect(), width() / 2.0, color(Token::Err), Qt::transparent);
            const qreal inset = width() * 0.25;
            paint::glyph(painter, QRectF(rect()).adjusted(inset, inset, -inset, -inset), paint::Glyph::Bang,
                color(Token::Panel), 2);
            break;
        }
        }
    }

private:
    Kind m_kind;
};

/// A foot line with progress, text and a way to stop: rows above it come in as they arrive.
class FootLine : public QWidget {
public:
    explicit FootLine(QWidget *parent)
        : QWidget(parent)
    {
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.fillRect(rect(), color(Token::Panel));
        paint::hairline(painter, rect(), Qt::TopEdge, color(Token::Line));
    }
};

} // namespace

/// Bar, words and cancel: side by side in the foot line, one below the other in the middle of an empty page.
class LoadingLine : public QWidget {
public:
    LoadingLine(StateView *view, Qt::Orientation orientation)
        : QWidget(view)
        , m_bar(new UsageBar(0))
        , m_text(new ElidedLabel({}, Type::Body, Token::Dim, Qt::ElideRight))
        , m_cancel(new Button({}, ButtonVariant::Normal, Button::Size::Small))
    {
        const bool flat = orientation == Qt::Horizontal;
        auto *box = new QBoxLayout(flat ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
        box->setContentsMargins(0, 0, 0, 0);
        box->setSpacing(10);
        m_bar->setShowPercent(false);
        m_bar->setName(StateView::tr("Progress"));
        const Qt::Alignment centre = flat ? Qt::Alignment() : Qt::AlignHCenter;
        box->addWidget(m_bar, 0, centre);
        // In the foot the button stays clear of the corner where notices come up.
        if (flat)
            box->addWidget(m_cancel);
        box->addWidget(m_text, flat ? 1 : 0, centre);
        if (!flat)
            box->addWidget(m_cancel, 0, centre);
        setLayout(box);
        bindTheme(this, [this, flat] { m_bar->setFixedWidth(scaled(flat ? 76 : 180)); });
        QObject::connect(m_cancel, &QPushButton::clicked, view, [view] { emit view->triggered(u"cancel"_s); });
    }

    void set(const QString &text, qint64 done, qint64 total, const QString &cancel)
    {
        // Without a known total there is no bar: a bar shows true values or nothing.
        m_bar->setVisible(total > 0);
        if (total > 0)
            m_bar->set(static_cast<double>(done) / static_cast<double>(total), Tone::Info);
        m_text->setText(text);
        m_cancel->setText(cancel);
        m_cancel->setVisible(!cancel.isEmpty());
    }

private:
    UsageBar *m_bar;
    ElidedLabel *m_text;
    Button *m_cancel;
};

StateView::StateView(QWidget *content, QWidget *parent)
    : QWidget(parent)
    , m_content(content)
    , m_banner(new Banner)
    , m_foot(new FootLine(this))
    , m_stack(new QStackedLayout)
    , m_delay(new QTimer(this))
{
    auto *column = vbox(0);
    column->addWidget(m_banner);
    column->addLayout(m_stack, 1);
    column->addWidget(m_foot);
    setLayout(column);
    m_stack->addWidget(content);
    auto *foot = vbox(0);
    foot->setContentsMargins(12, 8, 12, 8);
    m_footLine = new LoadingLine(this, Qt::Horizontal);
    foot->addWidget(m_footLine);
    m_foot->setLayout(foot);
    m_foot->hide();
    m_delay->setSingleShot(true);
    m_delay->setInterval(300ms);
    connect(m_delay, &QTimer::timeout, this, &StateView::showLoading);
    connect(m_banner, &Banner::triggered, this, &StateView::triggered);
}

StateView::~StateView() = default;

void StateView::setState(State state)
{
    m_state = state;
    if (state != State::Loading) {
        m_delay->stop();
        m_foot->hide();
        m_loading = nullptr;
    }
    if (state != State::Offline && state != State::Stale)
        m_banner->clear();
}

void StateView::placeContent()
{
    m_stack->setCurrentWidget(m_content);
    if (m_panel) {
        m_stack->removeWidget(m_panel);
        m_panel->hide();
        m_panel->deleteLater();
        m_panel = nullptr;
    }
}

void StateView::placePanel(QWidget *panel, const QString &spoken)
{
    // Long texts at 200 % scroll instead of pushing the buttons out of the window.
    auto *scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidget(panel);
    // setWidget fills it; the card behind shall show.
    panel->setAutoFillBackground(false);
    scroll->viewport()->setAutoFillBackground(false);
    const bool hadFocus = m_panel && m_panel->isAncestorOf(QWidget::focusWidget());
    QWidget *old = m_panel;
    m_panel = scroll;
    m_stack->addWidget(scroll);
    m_stack->setCurrentWidget(scroll);
    if (old) {
        m_stack->removeWidget(old);
        old->hide();
        old->deleteLater();
    }
    scroll->setAccessibleName(spoken);
    if (hadFocus)
        panel->setFocus(Qt::OtherFocusReason);
    announce(scroll, spoken);
}

void StateView::setContent()
{
    setState(State::Content);
    placeContent();
}

Button *StateView::makeOffer(const Offer &offer)
{
    auto *button = new Button(offer.text, offer.variant);
    connect(button, &QPushButton::clicked, this, [this, id = offer.id] { emit triggered(id); });
    return button;
}

void StateView::setEmpty(const QString &title, const QString &text, const QList<Offer> &offers)
{
    setState(State::Empty);
    auto *panel = new QWidget;
    auto *column = vbox(6);
    column->setContentsMargins(14, 14, 14, 14);
    column->addStretch(1);
    column->addWidget(new Emblem(Emblem::Kind::Empty), 0, Qt::AlignHCenter);
    column->addSpacing(2);
    auto *head = new Paragraph(title, Type::StateTitle);
    head->setAlignment(Qt::AlignHCenter);
    column->addWidget(head);
    auto *body = new Paragraph(text, Type::Body, Token::Dim);
    body->setAlignment(Qt::AlignHCenter);
    bindTheme(body, [body] { body->setMaximumWidth(scaled(420)); });
    auto *centred = hbox(0);
    centred->addStretch(1);
    centred->addWidget(body, 100);
    centred->addStretch(1);
    column->addLayout(centred);
    if (!offers.isEmpty()) {
        auto *row = hbox(10);
        row->setContentsMargins(0, 6, 0, 0);
        row->addStretch();
        for (const Offer &offer : offers)
            row->addWidget(makeOffer(offer));
        row->addStretch();
        column->addLayout(row);
    }
    column->addStretch(1);
    panel->setLayout(column);
    placePanel(panel, title);
}

void StateView::setLoading(const QString &text, qint64 done, qint64 total, bool keepContent, const QString &cancelText)
{
    const bool begins = m_state != State::Loading;
    setState(State::Loading);
    m_pending = {text, done, total, keepContent, cancelText};
    if (keepContent && !m_content->isHidden() && m_panel && !m_loading)
        placeContent();
    if (begins)
        m_delay->start();
    else if (!m_delay->isActive())
        showLoading();
}

void StateView::showPending()
{
    if (m_state == State::Loading && m_delay->isActive()) {
        m_delay->stop();
        showLoading();
    }
}

void StateView::showLoading()
{
    if (m_pending.keepContent) {
        placeContent();
        m_loading = nullptr;
        m_footLine->set(m_pending.text, m_pending.done, m_pending.total, m_pending.cancel);
        m_foot->show();
        return;
    }
    m_foot->hide();
    if (!m_loading) {
        auto *panel = new QWidget;
        auto *line = new LoadingLine(this, Qt::Vertical);
        auto *column = vbox(0);
        column->setContentsMargins(14, 14, 14, 14);
        column->addStretch(1);
        column->addWidget(line);
        column->addStretch(1);
        panel->setLayout(column);
        placePanel(panel, m_pending.text);
        m_loading = line;
    }
    m_loading->set(m_pending.text, m_pending.done, m_pending.total, m_pending.cancel);
}

void StateView::setError(const Error &error, const QList<Offer> &offers, const QDateTime &when)
{
    setState(State::Error);
    auto *panel = new QWidget;
    auto *column = vbox(8);
    auto *card = new Card;
    card->setTokens(Token::Err, Token::Panel);
    auto *row = hbox(10);
    row->addWidget(new Emblem(Emblem::Kind::Error), 0, Qt::AlignTop);
    auto *texts = vbox(3);
    texts->addWidget(new Paragraph(u"**"_s + error.what + u"**"_s));
    // Labels stand in the sentence so that they wrap with it.
    if (!error.why.isEmpty())
        texts->addWidget(new Paragraph(tr("**Why** %1").arg(error.why), Type::Body, Token::Dim));
    if (!error.fix.isEmpty())
        texts->addWidget(new Paragraph(tr("**Fix** %1").arg(error.fix), Type::Body, Token::Dim));
    row->addLayout(texts, 1);
    card->body()->addLayout(row);
    QStringList code;
    if (error.httpStatus > 0)
        code.append(error.reason.isEmpty() ? QString::number(error.httpStatus)
                                           : u"%1 %2"_s.arg(error.httpStatus).arg(error.reason));
    else if (!error.reason.isEmpty())
        code.append(error.reason);
    if (when.isValid())
        code.append(when.toLocalTime().toString(u"HH:mm:ss"_s));
    if (!code.isEmpty())
        card->body()->addWidget(new ElidedLabel(code.join(u" · "_s), Type::MonoSmall, Token::Dim));
    auto *buttons = hbox(10);
    buttons->setContentsMargins(0, 6, 0, 0);
    auto *copy = new Button(tr("Copy"));
    copy->setAccessibleName(tr("Copy the error"));
    connect(copy, &QPushButton::clicked, this, [text = error.oneLine(), code] {
        QGuiApplication::clipboard()->setText(code.isEmpty() ? text : text + u' ' + code.join(u' '));
    });
    buttons->addWidget(copy);
    bool stretched = false;
    for (const Offer &offer : offers) {
        if (offer.variant == ButtonVariant::Primary && !stretched) {
            buttons->addStretch();
            stretched = true;
        }
        buttons->addWidget(makeOffer(offer));
    }
    if (!stretched)
        buttons->addStretch();
    card->body()->addLayout(buttons);
    bindTheme(card, [card] { card->setMaximumWidth(scaled(640)); });
    auto *centred = hbox(0);
    centred->addWidget(card, 1);
    centred->addStretch(0);
    column->setContentsMargins(14, 14, 14, 14);
    column->addLayout(centred);
    column->addStretch(1);
    panel->setLayout(column);
    placePanel(panel, error.oneLine());
}

void StateView::setForbidden(
    const QString &title, const QString &text, const QString &manifest, const QList<Offer> &offers)
{
    setState(State::Forbidden);
    auto *panel = new QWidget;
    auto *column = vbox(9);
    column->setContentsMargins(14, 14, 14, 14);
    auto *row = hbox(10);
    row->addWidget(new Emblem(Emblem::Kind::Lock), 0, Qt::AlignTop);
    auto *texts = vbox(2);
    texts->addWidget(new Paragraph(u"**"_s + title + u"**"_s));
    texts->addWidget(new Paragraph(text, Type::Body, Token::Dim));
    row->addLayout(texts, 1);
    column->addLayout(row);
    if (!manifest.isEmpty()) {
        auto *code = new CodeBox(manifest);
        code->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        bindTheme(code, [code] { code->setMaximumWidth(scaled(640)); });
        column->addWidget(code);
    }
    auto *buttons = hbox(10);
    if (!manifest.isEmpty()) {
        auto *copy = new Button(tr("Copy request for an admin"));
        connect(copy, &QPushButton::clicked, this,
            [text = text, manifest] { QGuiApplication::clipboard()->setText(text + u"\n\n"_s + manifest); });
        buttons->addWidget(copy);
    }
    for (const Offer &offer : offers)
        buttons->addWidget(makeOffer(offer));
    buttons->addStretch();
    column->addLayout(buttons);
    column->addStretch(1);
    panel->setLayout(column);
    placePanel(panel, title);
}

void StateView::setOffline(const QString &title, const QString &text, const QList<Offer> &offers)
{
    setState(State::Offline);
    placeContent();
    m_banner->set(Tone::Warn, title, text, offers);
}

void StateView::setStale(const QString &title, const QString &text, const QList<Offer> &offers)
{
    setState(State::Stale);
    placeContent();
    m_banner->set(Tone::Warn, title, text, offers);
}

} // namespace cairn::kit
