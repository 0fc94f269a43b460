// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "items/Roles.h"
#include "kit/Theme.h"

#include <QAbstractButton>
#include <QPointer>
#include <QWidget>

class QHBoxLayout;
class QVBoxLayout;

namespace cairn::kit {

class Label;
class ElidedLabel;

/// A page in the sidebar: icon, word, count of problems or a key hint.
class NavItem : public QAbstractButton {
    Q_OBJECT

public:
    NavItem(const QString &id, const QString &iconName, const QString &text, QWidget *parent = nullptr);
    QString id() const { return m_id; }
    /// 0 takes the badge away. Tone Err or Warn.
    void setBadge(int count, Tone tone = Tone::Err);
    /// Dim key at the right ("Ctrl K").
    void setKeyHint(const QString &hint);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void updateName();
    QString m_id;
    QString m_icon;
    int m_badge = 0;
    Tone m_badgeTone = Tone::Err;
    QString m_hint;
};

/// Which cluster the window looks at: dot, name, version and namespace. A button: opens the page Connect.
class ContextCard : public QAbstractButton {
    Q_OBJECT

public:
    enum class Link { Live, Reconnecting, Off };

    explicit ContextCard(QWidget *parent = nullptr);
    /// `details` may wrap to two lines ("v1.34.2 · 6 nodes · namespace: all").
    void set(Link link, const QString &name, const QString &details);
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QList<QString> detailLines(int width) const;
    Link m_link = Link::Off;
    QString m_name;
    QString m_details;
};

/// The rail at the left: context card, pages, and at the bottom "Command palette" and Settings. Up and Down move between
/// its items.
class Sidebar : public QWidget {
    Q_OBJECT

public:
    explicit Sidebar(QWidget *parent = nullptr);
    ContextCard *context() const { return m_context; }
    NavItem *addPage(const QString &id, const QString &iconName, const QString &text);
    /// Below the stretch; not checkable.
    NavItem *addFoot(const QString &id, const QString &iconName, const QString &text);
    NavItem *item(const QString &id) const;
    void setCurrent(const QString &id);
    QString current() const;
    /// Shows this below the context card instead of the pages (the steps of a wizard); nullptr shows the pages again. Not owned: the
    /// one before is hidden.
    void setInstead(QWidget *widget);

signals:
    /// A page or foot item was pressed.
    void activated(const QString &id);
    void contextActivated();

protected:
    void paintEvent(QPaintEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void placeInstead();
    NavItem *add(const QString &id, const QString &iconName, const QString &text, int position, bool checkable);
    ContextCard *m_context;
    QVBoxLayout *m_layout;
    QList<NavItem *> m_items;
    QPointer<QWidget> m_instead;
    int m_pages = 0;
};

/// 26 px at the bottom: link and latency, what the page holds, and at the right who you are and may do.
class StatusBar : public QWidget {
    Q_OBJECT

public:
    explicit StatusBar(QWidget *parent = nullptr);
    void setLink(ContextCard::Link link, const QString &text);
    void setCounts(const QString &text);
    void setRights(const QString &text);
    /// Behind the rights, at the very end (the bell).
    void addAtEnd(QWidget *widget);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    class LinkDot *m_dot;
    Label *m_link;
    ElidedLabel *m_counts;
    ElidedLabel *m_rights;
};

/// A key as a small cap ("Ctrl K" gives two) followed by what it does.
class KeyHint : public QWidget {
    Q_OBJECT

public:
    explicit KeyHint(const QString &keys, const QString &text = {}, QWidget *parent = nullptr);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }
    /// Paints the caps alone; returns the width used. For delegates and menus.
    static int paintKeys(QPainter &painter, const QRect &rect, const QStringList &keys);
    static int keysWidth(const QStringList &keys);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QStringList m_keys;
    QString m_text;
};

} // namespace cairn::kit
