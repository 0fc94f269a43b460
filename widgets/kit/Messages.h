// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Error.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Theme.h"

#include <QList>
#include <QPointer>
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

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    Tone m_tone;
    Paragraph *m_text;
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

/// What happened outside the page. Errors stay until closed or acted on, others leave after 6 s.
struct Notice {
    QString id;
    Tone tone = Tone::Info;
    QString title;
    QString text;
    Offer offer; ///< offer.text "" for none
    bool stays = false;
};

/// Stack of notices in the lower right corner of the window it was given. Announced.
class ToastHost : public QWidget {
    Q_OBJECT

public:
    explicit ToastHost(QWidget *window);
    void show(const Notice &notice);
    void dismiss(const QString &id);
    int count() const;

signals:
    void triggered(const QString &noticeId, const QString &offerId);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void place();
    QList<QPointer<QWidget>> m_cards;
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
