// SPDX-License-Identifier: GPL-3.0-or-later
#include "kit/Label.h"

#include "kit/Paint.h"

#include <QAbstractTextDocumentLayout>
#include <QResizeEvent>
#include <QTextCursor>
#include <QTextDocument>
#include <QTextLayout>

namespace cairn::kit {

using namespace Qt::StringLiterals;

int lineHeight(Type type)
{
    return qRound(QFontInfo(typeFont(type)).pixelSize() * 1.45);
}

Label::Label(const QString &text, Type type, Token token, QWidget *parent)
    : QLabel(text, parent)
    , m_type(type)
    , m_token(token)
{
    setTextFormat(Qt::PlainText);
    bindTheme(this, [this] { applyTheme(); });
}

void Label::setToken(Token token)
{
    m_token = token;
    applyTheme();
}

void Label::setType(Type type)
{
    m_type = type;
    applyTheme();
}

QSize Label::sizeHint() const
{
    return QLabel::sizeHint().expandedTo({0, wordWrap() ? 0 : lineHeight(m_type)});
}

QSize Label::minimumSizeHint() const
{
    return QLabel::minimumSizeHint().expandedTo({0, wordWrap() ? 0 : lineHeight(m_type)});
}

void Label::applyTheme()
{
    setFont(typeFont(m_type));
    QPalette colors = palette();
    colors.setColor(QPalette::WindowText, color(m_token));
    setPalette(colors);
}

ElidedLabel::ElidedLabel(const QString &text, Type type, Token token, Qt::TextElideMode mode, QWidget *parent)
    : QWidget(parent)
    , m_type(type)
    , m_token(token)
    , m_mode(mode)
{
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    bindTheme(this, [this] { updateGeometry(); });
    setText(text);
}

void ElidedLabel::setText(const QString &text)
{
    m_text = text;
    setAccessibleName(text);
    updateToolTip();
    updateGeometry();
    update();
}

void ElidedLabel::setToken(Token token)
{
    m_token = token;
    update();
}

QSize ElidedLabel::sizeHint() const
{
    const QMargins around = contentsMargins();
    return QSize(QFontMetrics(typeFont(m_type)).horizontalAdvance(m_text) + 1, lineHeight(m_type)).grownBy(around);
}

QSize ElidedLabel::minimumSizeHint() const
{
    return {qMin(sizeHint().width(), scaled(40)), sizeHint().height()};
}

void ElidedLabel::setLines(int most)
{
    m_lines = qMax(1, most);
    QSizePolicy policy = sizePolicy();
    policy.setHeightForWidth(m_lines > 1);
    setSizePolicy(policy);
    updateToolTip();
    updateGeometry();
    update();
}

int ElidedLabel::heightForWidth(int width) const
{
    const QMargins around = contentsMargins();
    const int high = qMax(lineHeight(m_type), paint::wrappedHeight(m_text, m_type, width - around.left() - around.right()));
    return qMin(high, m_lines * lineHeight(m_type)) + around.top() + around.bottom();
}

void ElidedLabel::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    if (m_lines > 1 && sizeHint().width() > width()) {
        const QFont face = typeFont(m_type);
        QTextLayout layout(m_text, face);
        layout.beginLayout();
        QRect row = contentsRect();
        row.setHeight(lineHeight(m_type));
        for (int i = 0; i < m_lines; ++i, row.translate(0, row.height())) {
            QTextLine line = layout.createLine();
            if (!line.isValid())
                break;
            line.setLineWidth(row.width());
            const QString words = i + 1 < m_lines ? m_text.mid(line.textStart(), line.textLength()) : m_text.mid(line.textStart());
            paint::text(painter, row, words.trimmed(), face, color(isEnabled() ? m_token : Token::Faint), Qt::AlignLeft | Qt::AlignVCenter, Qt::ElideRight);
        }
        layout.endLayout();
        return;
    }
    paint::text(painter, contentsRect(), m_text, typeFont(m_type), color(isEnabled() ? m_token : Token::Faint),
        Qt::AlignLeft | Qt::AlignVCenter, m_mode);
}

void ElidedLabel::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    updateToolTip();
}

void ElidedLabel::updateToolTip()
{
    const bool whole = m_lines > 1 ? paint::wrappedHeight(m_text, m_type, contentsRect().width()) <= m_lines * lineHeight(m_type) : sizeHint().width() <= width();
    setToolTip(whole ? QString() : m_text);
}

Paragraph::Paragraph(const QString &text, Type type, Token token, QWidget *parent)
    : QWidget(parent)
    , m_text(text)
    , m_type(type)
    , m_token(token)
    , m_document(std::make_unique<QTextDocument>())
{
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    m_document->setDocumentMargin(0);
    m_document->setUndoRedoEnabled(false);
    bindTheme(this, [this] { rebuild(); });
}

Paragraph::~Paragraph() = default;

void Paragraph::setText(const QString &text)
{
    if (m_text == text)
        return;
    m_text = text;
    rebuild();
}

void Paragraph::setToken(Token token)
{
    m_token = token;
    rebuild();
}

void Paragraph::setAlignment(Qt::Alignment alignment)
{
    m_alignment = alignment;
    rebuild();
}

void Paragraph::rebuild()
{
    // The document is built from formats, never from markup: server text cannot turn into HTML here.
    m_document->clear();
    m_document->setDefaultFont(typeFont(m_type));
    QTextCursor cursor(m_document.get());
    QTextBlockFormat block;
    block.setAlignment(m_alignment);
    // Fixed, because a line with code in it would otherwise be of another height.
    block.setLineHeight(lineHeight(m_type), QTextBlockFormat::FixedHeight);
    cursor.setBlockFormat(block);
    QTextCharFormat plain;
    plain.setFont(typeFont(m_type));
    plain.setForeground(color(m_token));
    QTextCharFormat code = plain;
    code.setFont(typeFont(m_type == Type::Meta ? Type::MonoSmall : Type::Mono));
    QTextCharFormat strong = plain;
    strong.setFont(typeFont(m_type == Type::Meta ? Type::MetaStrong : Type::BodyStrong));
    strong.setForeground(color(Token::Text));
    QString spoken;
    bool inCode = false;
    const QStringList parts = m_text.split(u'`');
    for (const QString &part : parts) {
        if (inCode) {
            cursor.insertText(part, code);
            spoken += part;
        } else {
            bool inStrong = false;
            const QStringList pieces = part.split(u"**"_s);
            for (const QString &piece : pieces) {
                cursor.insertText(piece, inStrong ? strong : plain);
                spoken += piece;
                inStrong = !inStrong;
            }
        }
        inCode = !inCode;
    }
    setAccessibleName(spoken);
    updateGeometry();
    update();
}

int Paragraph::heightForWidth(int width) const
{
    m_document->setTextWidth(width);
    return qCeil(m_document->size().height());
}

QSize Paragraph::sizeHint() const
{
    m_document->setTextWidth(-1);
    // Long texts ask for a readable measure, short ones for their own length.
    const int width = qMin(qCeil(m_document->idealWidth()), scaled(420));
    return {width, heightForWidth(width)};
}

QSize Paragraph::minimumSizeHint() const
{
    m_document->setTextWidth(-1);
    return {qMin(qCeil(m_document->idealWidth()), scaled(120)), lineHeight(m_type)};
}

void Paragraph::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    m_document->setTextWidth(width());
    m_document->drawContents(&painter);
}

CodeBox::CodeBox(const QString &text, QWidget *parent)
    : QWidget(parent)
    , m_lines(text.split(u'\n'))
{
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    setAccessibleName(text);
    bindTheme(this, [this] { updateGeometry(); });
}

QSize CodeBox::sizeHint() const
{
    const QFontMetrics metrics(typeFont(Type::MonoSmall));
    int width = 0;
    for (const QString &line : m_lines)
        width = qMax(width, metrics.horizontalAdvance(line));
    return {width + 22, static_cast<int>(m_lines.size()) * lineHeight(Type::MonoSmall) + 16};
}

QSize CodeBox::minimumSizeHint() const
{
    return {qMin(sizeHint().width(), scaled(120)), sizeHint().height()};
}

void CodeBox::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    paint::box(painter, rect(), radius::inner, color(Token::Bg), color(Token::Line));
    const int step = lineHeight(Type::MonoSmall);
    int y = 8;
    for (const QString &line : m_lines) {
        paint::text(painter, QRect(11, y, width() - 22, step), line, typeFont(Type::MonoSmall), color(Token::Text));
        y += step;
    }
}

} // namespace cairn::kit
