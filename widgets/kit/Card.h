// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "kit/Theme.h"

#include <QWidget>

class QBoxLayout;
class QHBoxLayout;
class QLayout;
class QScrollArea;
class QVBoxLayout;

namespace cairn::kit {

/// White panel with a 1 px border and rounded corners. Children are clipped to nothing: a child that fills the card
/// (a table) sits 1 px inside the border and the card paints the corners over it.
class Card : public QWidget {
    Q_OBJECT

public:
    /// Padded: 14×16 inside; Flush: content touches the border.
    enum class Padding { Padded, Flush };

    explicit Card(Padding padding = Padding::Padded, QWidget *parent = nullptr);
    /// The vertical layout to fill; spacing 8.
    QVBoxLayout *body() const { return m_body; }
    /// Border and fill; default Line on Panel. Err makes the error card of the states sheet.
    void setTokens(Token border, Token fill);
    void setRadius(int radius);
    /// What lies around the card; only matters for Flush cards, whose corners are painted over. Default Bg.
    void setOutside(Token token);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    bool event(QEvent *event) override;

private:
    friend class CardCorners;
    QVBoxLayout *m_body;
    QWidget *m_corners = nullptr;
    Token m_outside = Token::Bg;
    Token m_border = Token::Line;
    Token m_fill = Token::Panel;
    int m_radius = radius::card;
};

/// Head of a page: title, the one-line answer, then actions at the right, the primary one last.
class PageHeader : public QWidget {
    Q_OBJECT

public:
    explicit PageHeader(const QString &title, QWidget *parent = nullptr);
    void setTitle(const QString &title);
    void setAnswer(const QString &text);
    /// Put before the title ("Jobs ›") or after it (a tag, a segment).
    void addBefore(QWidget *widget);
    void addAfterTitle(QWidget *widget);
    void addAction(QWidget *widget);

private:
    QHBoxLayout *m_before;
    QHBoxLayout *m_after;
    QHBoxLayout *m_actions;
    class Label *m_title;
    class ElidedLabel *m_answer;
};

/// A horizontal hairline.
class Line : public QWidget {
    Q_OBJECT

public:
    explicit Line(QWidget *parent = nullptr);

protected:
    void paintEvent(QPaintEvent *event) override;
};

/// Scrolls `content` down where it needs more height than there is; never sideways. Takes no focus of its own and paints
/// nothing behind the content, which it owns.
QScrollArea *scrollDown(QWidget *content);

/// Takes every item out of a layout and the layouts in it. Widgets are hidden now and deleted later: one of them may be the one that was just
/// pressed.
void clearLayout(QLayout *layout);

/// Layout shortcuts with the design's spacing and no margins.
QHBoxLayout *hbox(int spacing = space::row);
QVBoxLayout *vbox(int spacing = space::row);

} // namespace cairn::kit
