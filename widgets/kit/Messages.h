// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Error.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Theme.h"

#include <QAbstractButton>
#include <QDateTime>
#include <QList>
#include <QPointer>
#include <QTimer>
#include <QWidget>

namespace cairn::kit {

class Label;
class Paragraph;
class ElidedLabel;

/// A button offered by a message: `id` comes back in the signal.
struct Offer {
    QString id;
    QString text;
    ButtonVariant variant = ButtonVariant::Normal;
    bool operator==(const Offer &) const = default;
};

/// A framed remark on its tint inside a page or dialog: sign, text (Paragraph marks allowed), optional title.
class Note : public QWidget {
    Q_OBJECT

public:
    Note(Tone tone, const QString &text, const QString &title = {}, QWidget *parent = nullptr);
    void setText(const QString &text);
    /// Small buttons at its foot.
    void setOffers(const QList<Offer> &offers);

signals:
    void triggered(const QString &id);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    Tone m_tone;
    QString m_title;
    Paragraph *m_text;
    class QHBoxLayout *m_offers;
};

/// One line over the content of a page, on a tint: "Not connected since 12:51 [Try now]"; under it an explanation.
/// Announced to screen readers when it appears or changes.
class Banner : public QWidget {
    Q_OBJECT

public:
    explicit Banner(QWidget *parent = nullptr);
    void set(Tone tone, const QString &title, const QString &text = {}, const QList<Offer> &offers = {});
    void clear();

signals:
    void triggered(const QString &id);

private:
    class BannerHead *m_head;
    QWidget *m_body;
    Paragraph *m_text;
    Tone m_tone = Tone::Warn;
    QString m_title;
    QList<Offer> m_offers;
};

/// What happened outside the page.
struct Notice {
    QString id;
    Tone tone = Tone::Info;
    QString title;
    QString text;
    Offer offer; ///< offer.text "" for none
    bool stays = false; ///< worth more time, as an error is
};

/// A notice that was shown, for the list behind the bell.
struct PastNotice {
    Notice notice;
    QDateTime at;
    bool read = false; ///< closed or acted on, or seen in the list
};

/// Notices in the lower right corner of the window it was given, above the status bar and above the foot of the page (setFloor):
/// two at most, the older ones make room. A text is whole up to some lines, and always whole in the list. Each leaves after 6 s,
/// after 20 if it is an error or stays; while the pointer or the focus is on one it waits. Esc on one closes it.
/// All but passing remarks (Info that does not stay) are kept in a list. Announced. While it is quiet, what is only kept()
/// shows no card. GUI thread.
class ToastHost : public QWidget {
    Q_OBJECT

public:
    static constexpr int most = 2;

    explicit ToastHost(QWidget *window);
    /// One with the same id is replaced, in the list too.
    void show(const Notice &notice);
    /// Into the list alone.
    void keep(const Notice &notice);
    /// It is settled: its card goes, and in the list it is read.
    void dismiss(const QString &id);
    /// It is no longer so: it goes from the list too.
    void withdraw(const QString &id);
    /// The user wants no notification to show up until then; invalid: from now on again. What answers the user is no
    /// notification: whoever shows one asks isQuiet().
    void setQuietUntil(const QDateTime &until);
    QDateTime quietUntil() const { return m_quietUntil; } ///< invalid while it is not quiet
    bool isQuiet() const { return m_quietUntil.isValid(); }
    int count() const; ///< cards that are shown
    const QList<PastNotice> &past() const { return m_past; } ///< newest first, at most 100
    /// Those that tell of trouble and that nobody has seen: a success waits for nobody.
    int unread() const;
    void markRead();
    void forgetPast();
    /// Cards never cover it, nor what is below it; null for none. It may go before this does.
    void setFloor(QWidget *floor);
    /// Moves the focus to the newest card; false where none is shown. Where it goes from there is back.
    bool focusNewest();
    /// What a press on the offer of `id` does, wherever the button is.
    void trigger(const QString &id, const QString &offer);

signals:
    void triggered(const QString &noticeId, const QString &offerId);
    /// The list, or whether it is quiet.
    void pastChanged();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void place();
    void removeCard(const QString &id);
    void remember(const Notice &notice);
    QDateTime m_quietUntil;
    QTimer m_quiet;
    QList<PastNotice> m_past;
    QList<QPointer<QWidget>> m_cards;
    QPointer<QWidget> m_floor;
    QPointer<QWidget> m_before; ///< had the focus before focusNewest()
};

/// What has happened, newest first, with the acts that were offered, and the way to an hour of quiet.
class NoticeList : public QWidget {
    Q_OBJECT

public:
    /// `host` outlives this. Times are told relative to `now`.
    NoticeList(ToastHost *host, const QDateTime &now, QWidget *parent = nullptr);

signals:
    /// An offer was pressed, all were cleared, or quiet began or ended.
    void settled();

private:
    QWidget *makeRow(const PastNotice &past, const QDateTime &now);
    ToastHost *m_host;
};

/// A bell with the number of notices nobody has seen; opens their list. For the status bar.
class NoticeBell : public QAbstractButton {
    Q_OBJECT

public:
    explicit NoticeBell(ToastHost *host, QWidget *parent = nullptr);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void updateName();
    void open();
    ToastHost *m_host;
    QPointer<QWidget> m_popup;
};

/// Checks in a list: ✓ ! ✕, text, time or button at the right.
struct CheckItem {
    enum class State { Ok, Warn, Err, Running, Waiting };
    QString id;
    State state = State::Waiting;
    QString text;
    QString detail; ///< dim second line (why, fix); Paragraph marks allowed
    QString aside;  ///< "0.4 s"
    Offer offer;    ///< offer.text "" for none
    bool operator==(const CheckItem &other) const;
};

class CheckList : public Card {
    Q_OBJECT

public:
    explicit CheckList(QWidget *parent = nullptr);
    /// Replaces the rows; equal rows keep their widgets and the focus.
    void setItems(const QList<CheckItem> &items);

signals:
    void triggered(const QString &itemId, const QString &offerId);

private:
    static QString stateWord(CheckItem::State state);
    QList<CheckItem> m_items;
    QList<QWidget *> m_rows;
};

/// Numbered steps of the sign-in doctor, joined by a line; a failed step opens with its why and its fixes.
struct DoctorStep {
    enum class State { Done, Failed, Warn, Running, Waiting };
    struct Fix {
        QString id;
        QString text;   ///< "Add this folder for Cairn only"
        QString code;   ///< command to copy, shown in mono under the text; may be empty
        QString button; ///< "Add folder"; "" for none
        bool primary = false;
    };
    QString id;
    State state = State::Waiting;
    QString title;
    QString detail; ///< Paragraph marks allowed
    QString aside;  ///< "3 ms", "failed", "waits for step 2"
    QString why;    ///< only shown when failed or warn
    QString whyCode;
    QList<Fix> fixes;
};

class DoctorSteps : public QWidget {
    Q_OBJECT

public:
    explicit DoctorSteps(QWidget *parent = nullptr);
    void setSteps(const QList<DoctorStep> &steps);

signals:
    void triggered(const QString &stepId, const QString &fixId);

private:
    QWidget *makeFixes(const DoctorStep &step);
    QList<QWidget *> m_rows;
};

} // namespace cairn::kit
