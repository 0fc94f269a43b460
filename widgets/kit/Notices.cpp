// SPDX-License-Identifier: GPL-3.0-or-later
// Notices: cards that leave by themselves, the list of them, and the bell that opens it.
#include "base/Text.h"
#include "kit/Announce.h"
#include "kit/Icons.h"
#include "kit/Label.h"
#include "kit/Marks.h"
#include "kit/Messages.h"
#include "kit/Paint.h"

#include <QApplication>
#include <QEvent>
#include <QFrame>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QScrollArea>
#include <QTimer>
#include <QVBoxLayout>
#include <algorithm>

namespace cairn::kit {

using namespace std::chrono_literals;

namespace {

/// "14:05", as this computer's clock shows it.
QString timeOf(const QDateTime &when)
{
    return when.toLocalTime().toString(QStringLiteral("HH:mm"));
}

constexpr int maxPast = 100;
constexpr qsizetype cardText = 420; ///< characters; the list has the rest
constexpr std::chrono::milliseconds usual = 6s;
constexpr std::chrono::milliseconds longer = 20s;
constexpr std::chrono::milliseconds lookAgain = 2s; ///< while somebody is on the card

class ToastCard : public QWidget {
    Q_OBJECT

public:
    ToastCard(const Notice &notice, QWidget *parent)
        : QWidget(parent)
        , m_id(notice.id)
    {
        auto *row = hbox(10);
        row->setContentsMargins(11, 9, 11, 9);
        row->addWidget(new Sign(notice.tone), 0, Qt::AlignTop);
        auto *column = vbox(0);
        column->addWidget(new Paragraph(notice.title, Type::BodyStrong));
        if (!notice.text.isEmpty()) {
            const bool cut = notice.text.size() > cardText;
            auto *text = new Paragraph(cut ? notice.text.left(cardText) + QChar(0x2026) : notice.text, Type::Meta, Token::Dim);
            if (cut)
                text->setToolTip(tr("All of it is in the list of notifications."));
            column->addWidget(text);
        }
        row->addLayout(column, 1);
        if (!notice.offer.text.isEmpty()) {
            auto *act = new Button(notice.offer.text, notice.offer.variant, Button::Size::Small);
            connect(act, &QPushButton::clicked, this, [this, id = notice.offer.id] { emit acted(id); });
            row->addWidget(act, 0, Qt::AlignTop);
        }
        auto *close = Button::icon(QStringLiteral("close"), tr("Close"));
        close->setAccessibleName(tr("%1: %2", "button of a notification, its title").arg(tr("Close"), notice.title));
        connect(close, &QPushButton::clicked, this, [this] { emit closed(); });
        row->addWidget(close, 0, Qt::AlignTop);
        setLayout(row);
        setAccessibleName(notice.title);
        auto *timer = new QTimer(this);
        timer->setSingleShot(true);
        connect(timer, &QTimer::timeout, this, [this, timer] {
            const QWidget *focus = QApplication::focusWidget();
            if (underMouse() || (focus && isAncestorOf(focus)))
                timer->start(lookAgain);
            else
                emit timedOut();
        });
        timer->start(notice.stays || notice.tone == Tone::Err ? longer : usual);
    }
    QString id() const { return m_id; }

signals:
    void acted(const QString &offer);
    void closed();
    void timedOut();

protected:
    void keyPressEvent(QKeyEvent *event) override
    {
        if (event->key() != Qt::Key_Escape)
            return QWidget::keyPressEvent(event);
        event->accept();
        emit closed();
    }
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
    setLayout(column);
    window->installEventFilter(this);
    m_quiet.setSingleShot(true);
    connect(&m_quiet, &QTimer::timeout, this, [this] { setQuietUntil({}); });
    bindTheme(this, [this] { place(); });
    hide();
}

void ToastHost::show(const Notice &notice)
{
    removeCard(notice.id);
    while (m_cards.size() >= most) {
        const auto *oldest = qobject_cast<ToastCard *>(m_cards.first());
        removeCard(oldest ? oldest->id() : QString());
    }
    auto *card = new ToastCard(notice, this);
    connect(card, &ToastCard::closed, this, [this, id = notice.id] { dismiss(id); });
    connect(card, &ToastCard::timedOut, this, [this, id = notice.id] { removeCard(id); });
    connect(card, &ToastCard::acted, this, [this, id = notice.id](const QString &offer) { trigger(id, offer); });
    m_cards.append(card);
    layout()->addWidget(card);
    remember(notice);
    QWidget::show();
    card->show();
    place();
    announce(
        card, notice.text.isEmpty() ? notice.title : tr("%1. %2", "title and text").arg(notice.title, notice.text));
}

void ToastHost::keep(const Notice &notice)
{
    removeCard(notice.id);
    remember(notice);
}

void ToastHost::remember(const Notice &notice)
{
    m_past.removeIf([&](const PastNotice &past) { return past.notice.id == notice.id; });
    if (notice.stays || notice.tone != Tone::Info) {
        m_past.prepend({notice, QDateTime::currentDateTimeUtc(), false});
        m_past.resize(qMin<qsizetype>(m_past.size(), maxPast));
    }
    emit pastChanged();
}

void ToastHost::withdraw(const QString &id)
{
    removeCard(id);
    if (m_past.removeIf([&](const PastNotice &past) { return past.notice.id == id; }) > 0)
        emit pastChanged();
}

void ToastHost::setQuietUntil(const QDateTime &until)
{
    const QDateTime now = QDateTime::currentDateTimeUtc();
    m_quietUntil = until.isValid() && until > now ? until : QDateTime();
    if (m_quietUntil.isValid())
        m_quiet.start(std::chrono::milliseconds(now.msecsTo(m_quietUntil)));
    else
        m_quiet.stop();
    emit pastChanged();
}

void ToastHost::removeCard(const QString &id)
{
    for (qsizetype i = m_cards.size() - 1; i >= 0; --i) {
        auto *card = qobject_cast<ToastCard *>(m_cards[i]);
        if (card && card->id() != id)
            continue;
        if (card) {
            const QWidget *focus = QApplication::focusWidget();
            if (m_before && focus && card->isAncestorOf(focus))
                m_before->setFocus(Qt::OtherFocusReason);
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

void ToastHost::dismiss(const QString &id)
{
    removeCard(id);
    for (PastNotice &past : m_past) {
        if (past.notice.id == id)
            past.read = true;
    }
    emit pastChanged();
}

void ToastHost::trigger(const QString &id, const QString &offer)
{
    dismiss(id);
    emit triggered(id, offer);
}

int ToastHost::count() const
{
    return static_cast<int>(m_cards.size());
}

int ToastHost::unread() const
{
    return static_cast<int>(std::ranges::count_if(m_past, [](const PastNotice &past) {
        return !past.read && (past.notice.tone == Tone::Err || past.notice.tone == Tone::Warn);
    }));
}

void ToastHost::markRead()
{
    for (PastNotice &past : m_past)
        past.read = true;
    emit pastChanged();
}

void ToastHost::forgetPast()
{
    m_past.clear();
    emit pastChanged();
}

void ToastHost::setFloor(QWidget *floor)
{
    if (m_floor == floor)
        return;
    if (m_floor)
        m_floor->removeEventFilter(this);
    m_floor = floor;
    if (m_floor)
        m_floor->installEventFilter(this);
    place();
}

bool ToastHost::focusNewest()
{
    QWidget *card = m_cards.isEmpty() ? nullptr : m_cards.last().data();
    auto *button = card ? card->findChild<Button *>() : nullptr;
    if (!button)
        return false;
    QWidget *focus = QApplication::focusWidget();
    if (!focus || !isAncestorOf(focus))
        m_before = focus;
    button->setFocus(Qt::TabFocusReason);
    return true;
}

bool ToastHost::eventFilter(QObject *watched, QEvent *event)
{
    switch (event->type()) {
    case QEvent::Resize:
    case QEvent::Move:
    case QEvent::Show:
    case QEvent::Hide: place(); break;
    default: break;
    }
    return QWidget::eventFilter(watched, event);
}

void ToastHost::place()
{
    if (m_cards.isEmpty())
        return;
    const QWidget *window = parentWidget();
    const int wide = qMin(scaled(390), window->width() - 2 * space::pageH);
    int bottom = window->height() - scaled(26);
    if (m_floor && m_floor->isVisible() && window->isAncestorOf(m_floor))
        bottom = qMin(bottom, m_floor->mapTo(window, QPoint()).y());
    bottom -= space::cards;
    layout()->activate();
    const int high = layout()->hasHeightForWidth() ? layout()->totalHeightForWidth(wide) : layout()->sizeHint().height();
    const auto *oldest = qobject_cast<ToastCard *>(m_cards.first());
    if (high > bottom && m_cards.size() > 1 && oldest) {
        removeCard(oldest->id()); // and comes back here
        return;
    }
    setGeometry(window->width() - wide - space::pageH, qMax(0, bottom - high), wide, high);
    raise();
}

NoticeList::NoticeList(ToastHost *host, const QDateTime &now, QWidget *parent)
    : QWidget(parent)
    , m_host(host)
{
    auto *column = vbox(0);
    auto *head = hbox(8);
    head->setContentsMargins(14, 10, 14, 8);
    head->addWidget(new Label(tr("Notifications"), Type::Section), 1);
    auto *quiet = new Button(host->isQuiet() ? tr("Notify again") : tr("Quiet for 1 h"), ButtonVariant::Link, Button::Size::Small);
    quiet->setObjectName(QStringLiteral("notices.quiet"));
    connect(quiet, &QPushButton::clicked, this, [this] {
        m_host->setQuietUntil(m_host->isQuiet() ? QDateTime() : QDateTime::currentDateTimeUtc().addSecs(3600));
        emit settled();
    });
    head->addWidget(quiet);
    if (!host->past().isEmpty()) {
        auto *clear = new Button(tr("Clear all"), ButtonVariant::Link, Button::Size::Small);
        connect(clear, &QPushButton::clicked, this, [this] {
            m_host->forgetPast();
            emit settled();
        });
        head->addWidget(clear);
    }
    column->addLayout(head);
    if (host->isQuiet()) {
        auto *until = new Paragraph(tr("Quiet until %1: nothing shows up, all is listed here.").arg(timeOf(host->quietUntil())), Type::Meta, Token::Dim);
        auto *padded = vbox(0);
        padded->setContentsMargins(14, 0, 14, 8);
        padded->addWidget(until);
        column->addLayout(padded);
    }
    column->addWidget(new Line);
    auto *rows = new QWidget;
    auto *list = vbox(0);
    rows->setLayout(list);
    if (host->past().isEmpty()) {
        auto *none = new Paragraph(tr("No notifications since Cairn was started."), Type::Body, Token::Dim);
        none->setContentsMargins(14, 12, 14, 12);
        auto *padded = vbox(0);
        padded->setContentsMargins(14, 12, 14, 12);
        padded->addWidget(none);
        list->addLayout(padded);
    }
    for (const PastNotice &past : host->past()) {
        if (list->count() > 0)
            list->addWidget(new Line);
        list->addWidget(makeRow(past, now));
    }
    list->addStretch();
    column->addWidget(scrollDown(rows), 1);
    setLayout(column);
}

QWidget *NoticeList::makeRow(const PastNotice &past, const QDateTime &now)
{
    auto *widget = new QWidget;
    auto *row = hbox(10);
    row->setContentsMargins(14, 8, 14, 8);
    row->addWidget(new Sign(past.notice.tone), 0, Qt::AlignTop);
    auto *texts = vbox(0);
    texts->addWidget(new Paragraph(past.notice.title, past.read ? Type::Body : Type::BodyStrong));
    const QString when = text::ago(past.at, now);
    texts->addWidget(new Paragraph(past.notice.text.isEmpty() ? when : tr("%1 · %2", "when, what").arg(when, past.notice.text), Type::Meta, Token::Dim));
    row->addLayout(texts, 1);
    if (!past.notice.offer.text.isEmpty()) {
        auto *act = new Button(past.notice.offer.text, ButtonVariant::Normal, Button::Size::Small);
        act->setAccessibleName(tr("%1: %2", "button of a notification, its title").arg(past.notice.offer.text, past.notice.title));
        connect(act, &QPushButton::clicked, this, [this, id = past.notice.id, offer = past.notice.offer.id] {
            emit settled();
            m_host->trigger(id, offer);
        });
        row->addWidget(act, 0, Qt::AlignTop);
    }
    widget->setLayout(row);
    widget->setAccessibleName(past.notice.title);
    return widget;
}

NoticeBell::NoticeBell(ToastHost *host, QWidget *parent)
    : QAbstractButton(parent)
    , m_host(host)
{
    setObjectName(QStringLiteral("notices.bell"));
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
    connect(host, &ToastHost::pastChanged, this, &NoticeBell::updateName);
    connect(this, &QAbstractButton::clicked, this, &NoticeBell::open);
    bindTheme(this, [this] { updateGeometry(); });
    updateName();
}

void NoticeBell::updateName()
{
    const int unread = m_host->unread();
    QString name = unread > 0 ? tr("Notifications, %n unread", nullptr, unread) : tr("Notifications");
    if (m_host->isQuiet())
        name = tr("%1, quiet until %2", "notifications, time").arg(name, timeOf(m_host->quietUntil()));
    setAccessibleName(name);
    setToolTip(name);
    updateGeometry();
    update();
}

QSize NoticeBell::sizeHint() const
{
    const int unread = m_host->unread();
    const int count = unread > 0 ? qMax(scaled(16), QFontMetrics(typeFont(Type::Chart)).horizontalAdvance(QString::number(unread)) + 10) + 3 : 0;
    return {qMax(scaled(24), scaled(16) + 8 + count), scaled(24)};
}

void NoticeBell::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    if (underMouse())
        paint::box(painter, rect().adjusted(0, 1, 0, -1), radius::control, color(Token::Line), Qt::transparent);
    const int side = scaled(16);
    const int unread = m_host->unread();
    painter.drawPixmap(QRect(4, (height() - side) / 2, side, side),
        iconPixmap(QStringLiteral("bell"), color(unread > 0 ? Token::Text : Token::Dim), {side, side}, devicePixelRatioF()));
    if (m_host->isQuiet()) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(color(Token::Text), 1.5));
        painter.drawLine(QPointF(5, (height() + side) / 2.0 - 1), QPointF(4 + side - 1, (height() - side) / 2.0 + 1));
    }
    if (unread == 0)
        return;
    const int left = 4 + side + 3;
    const QRect badge(left, (height() - scaled(16)) / 2, width() - left - 4 + 3, scaled(16));
    paint::box(painter, badge, badge.height() / 2.0, color(Token::ErrBg), Qt::transparent);
    paint::text(painter, badge, QString::number(unread), typeFont(Type::Chart), color(Token::Err), Qt::AlignCenter);
}

void NoticeBell::open()
{
    delete m_popup;
    auto *popup = new QFrame(window(), Qt::Popup);
    popup->setObjectName(QStringLiteral("notices.popup"));
    popup->setAccessibleName(tr("Notifications"));
    popup->setAttribute(Qt::WA_DeleteOnClose);
    popup->setFrameShape(QFrame::StyledPanel);
    paintBackground(popup, Token::Panel);
    auto *list = new NoticeList(m_host, QDateTime::currentDateTimeUtc());
    auto *column = vbox(0);
    column->setContentsMargins(1, 1, 1, 1);
    column->addWidget(list);
    popup->setLayout(column);
    m_popup = popup;
    connect(list, &NoticeList::settled, popup, &QWidget::close);
    m_host->markRead();
    const int wide = scaled(390);
    const int high = qMin(popup->sizeHint().height() + scaled(8), scaled(420));
    const QPoint corner = mapToGlobal(QPoint(width(), 0));
    popup->setGeometry(corner.x() - wide, corner.y() - high - 4, wide, high);
    popup->show();
    if (auto *first = list->findChild<Button *>())
        first->setFocus(Qt::PopupFocusReason);
}

} // namespace cairn::kit

#include "Notices.moc"
