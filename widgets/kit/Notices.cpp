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
#include <QScrollArea>
#include <QTimer>
#include <QVBoxLayout>
#include <algorithm>

namespace cairn::kit {

using namespace std::chrono_literals;

namespace {

constexpr int maxPast = 100;
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
        row->addWidget(new Sign(notice.tone), 0, Qt::AlignVCenter);
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
    m_past.removeIf([&](const PastNotice &past) { return past.notice.id == notice.id; });
    if (notice.stays || notice.tone != Tone::Info) {
        m_past.prepend({notice, QDateTime::currentDateTimeUtc(), false});
        m_past.resize(qMin<qsizetype>(m_past.size(), maxPast));
    }
    emit pastChanged();
    QWidget::show();
    card->show();
    place();
    announce(
        card, notice.text.isEmpty() ? notice.title : tr("%1. %2", "title and text").arg(notice.title, notice.text));
}

void ToastHost::removeCard(const QString &id)
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
    return static_cast<int>(std::ranges::count_if(m_past, [](const PastNotice &past) { return !past.read; }));
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

bool ToastHost::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::Resize)
        place();
    return QWidget::eventFilter(watched, event);
}

void ToastHost::place()
{
    const QWidget *window = parentWidget();
    const int wide = qMin(scaled(390), window->width() - 2 * space::pageH);
    layout()->activate();
    const int high = layout()->sizeHint().height();
    setGeometry(window->width() - wide - space::pageH, qMax(0, window->height() - high - scaled(26) - space::cards), wide, high);
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
    if (!host->past().isEmpty()) {
        auto *clear = new Button(tr("Clear all"), ButtonVariant::Link, Button::Size::Small);
        connect(clear, &QPushButton::clicked, this, [this] {
            m_host->forgetPast();
            emit settled();
        });
        head->addWidget(clear);
    }
    column->addLayout(head);
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
    texts->addWidget(
        new ElidedLabel(past.notice.title, past.read ? Type::Body : Type::BodyStrong, Token::Text, Qt::ElideRight));
    const QString when = text::ago(past.at, now);
    texts->addWidget(new ElidedLabel(
        past.notice.text.isEmpty() ? when : tr("%1 · %2", "when, what").arg(when, past.notice.text), Type::Meta, Token::Dim, Qt::ElideRight));
    row->addLayout(texts, 1);
    if (!past.notice.offer.text.isEmpty()) {
        auto *act = new Button(past.notice.offer.text, ButtonVariant::Normal, Button::Size::Small);
        act->setAccessibleName(tr("%1: %2", "button of a notification, its title").arg(past.notice.offer.text, past.notice.title));
        connect(act, &QPushButton::clicked, this, [this, id = past.notice.id, offer = past.notice.offer.id] {
            emit settled();
            m_host->trigger(id, offer);
        });
        row->addWidget(act);
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
    const QString name = unread > 0 ? tr("Notifications, %n unread", nullptr, unread) : tr("Notifications");
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
