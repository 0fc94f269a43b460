// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "kit/Theme.h"

#include <QLabel>
#include <QWidget>
#include <memory>

class QTextDocument;

namespace cairn::kit {

/// Height of one line of text in `type`, 1.45 times its size.
int lineHeight(Type type);

/// One line of plain text in a type and a colour token. Never interprets markup, so server text is harmless here (it
/// still goes through text::safe first, for control characters).
class Label : public QLabel {
    Q_OBJECT

public:
    explicit Label(const QString &text, Type type = Type::Body, Token token = Token::Text, QWidget *parent = nullptr);
    void setToken(Token token);
    void setType(Type type);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

private:
    void applyTheme();
    Type m_type;
    Token m_token;
};

/// A label that gives way: elides (in the middle by default) to the width it gets and shows the full text in its
/// tooltip while elided. Its accessible name is always the full text.
class ElidedLabel : public QWidget {
    Q_OBJECT

public:
    explicit ElidedLabel(const QString &text, Type type = Type::Body, Token token = Token::Text,
        Qt::TextElideMode mode = Qt::ElideMiddle, QWidget *parent = nullptr);
    void setText(const QString &text);
    QString text() const { return m_text; }
    void setToken(Token token);
    /// It wraps first, and elides at the end of the last of so many lines.
    void setLines(int most);
    bool hasHeightForWidth() const override { return m_lines > 1; }
    int heightForWidth(int width) const override;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void updateToolTip();
    QString m_text;
    Type m_type;
    Token m_token;
    Qt::TextElideMode m_mode;
    int m_lines = 1;
};

/// Wrapping text with the line height of the design (1.45). Knows two marks only: `code` in back-ticks and **strong**.
class Paragraph : public QWidget {
    Q_OBJECT

public:
    explicit Paragraph(
        const QString &text, Type type = Type::Body, Token token = Token::Text, QWidget *parent = nullptr);
    ~Paragraph() override;
    void setText(const QString &text);
    QString text() const { return m_text; }
    void setToken(Token token);
    void setAlignment(Qt::Alignment alignment);

    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void rebuild();
    QString m_text;
    Type m_type;
    Token m_token;
    Qt::Alignment m_alignment = Qt::AlignLeft;
    std::unique_ptr<QTextDocument> m_document;
};

/// Monospace block on the page colour with a frame (a manifest to copy, a command). Keeps its lines and cuts long ones;
/// whoever shows it offers a copy button.
class CodeBox : public QWidget {
    Q_OBJECT

public:
    explicit CodeBox(const QString &text, QWidget *parent = nullptr);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QStringList m_lines;
};

} // namespace cairn::kit
