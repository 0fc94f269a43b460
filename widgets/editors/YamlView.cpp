// SPDX-License-Identifier: GPL-3.0-or-later
#include "editors/YamlView.h"

#include "editors/YamlHighlighter.h"
#include "kit/Paint.h"

#include <QAbstractTextDocumentLayout>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <QScrollBar>
#include <QSignalBlocker>
#include <QTextBlock>

namespace cairn::editors {

using kit::color;
using kit::scaled;
using kit::Token;
using kit::Type;

/// Line numbers beside the text.
class YamlGutter : public QWidget {
public:
    explicit YamlGutter(YamlView *view)
        : QWidget(view)
        , m_view(view)
    {
    }

protected:
    void paintEvent(QPaintEvent *event) override
    {
        QPainter painter(this);
        const QAbstractTextDocumentLayout *layout = m_view->document()->documentLayout();
        const int offset = m_view->verticalScrollBar()->value();
        for (QTextBlock block = m_view->cursorForPosition(QPoint(0, 0)).block(); block.isValid();
             block = block.next()) {
            const QRectF place = layout->blockBoundingRect(block).translated(0, -offset);
            if (place.top() > event->rect().bottom())
                break;
            kit::paint::text(painter, QRect(0, qRound(place.top()), width() - 10, qRound(place.height())),
                QString::number(block.blockNumber() + 1), kit::typeFont(Type::MonoSmall), color(Token::Dim),
                Qt::AlignRight | Qt::AlignVCenter);
        }
    }

private:
    YamlView *m_view;
};

YamlView::YamlView(const QString &name, QWidget *parent)
    : QTextEdit(parent)
    , m_gutter(new YamlGutter(this))
{
    setAccessibleName(name);
    setReadOnly(true);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setFrameShape(QFrame::NoFrame);
    setLineWrapMode(NoWrap);
    setTabChangesFocus(true);
    setUndoRedoEnabled(false);
    setAcceptRichText(false);
    document()->setDocumentMargin(6);
    auto *highlighter = new YamlHighlighter(document());
    connect(verticalScrollBar(), &QScrollBar::valueChanged, m_gutter, qOverload<>(&QWidget::update));
    connect(this, &QTextEdit::textChanged, this, &YamlView::updateMargins);
    kit::bindTheme(this, [this, highlighter] {
        setFont(kit::typeFont(Type::Mono));
        QPalette colors = palette();
        colors.setColor(QPalette::Base, color(Token::Panel));
        colors.setColor(QPalette::Text, color(Token::Text));
        setPalette(colors);
        spaceLines();
        highlighter->rehighlight();
        updateMargins();
        updateSelections();
    });
}

void YamlView::setYaml(const QString &yaml)
{
    if (yaml == toPlainText())
        return;
    const int vertical = verticalScrollBar()->value();
    const int horizontal = horizontalScrollBar()->value();
    setPlainText(yaml);
    spaceLines();
    verticalScrollBar()->setValue(vertical);
    horizontalScrollBar()->setValue(horizontal);
    updateSelections();
}

void YamlView::spaceLines()
{
    const QSignalBlocker quiet(this);
    QTextCursor all(document());
    all.select(QTextCursor::Document);
    QTextBlockFormat format;
    format.setLineHeight(scaled(18), QTextBlockFormat::FixedHeight);
    all.mergeBlockFormat(format);
}

void YamlView::setMarkedLines(const QSet<int> &lines)
{
    m_marked = lines;
    updateSelections();
}

void YamlView::setLineNumbersShown(bool shown)
{
    m_numbers = shown;
    updateMargins();
}

void YamlView::updateMargins()
{
    m_gutter->setVisible(m_numbers);
    int width = 0;
    if (m_numbers) {
        const int digits = static_cast<int>(QString::number(qMax(99, document()->blockCount())).size());
        width = QFontMetrics(kit::typeFont(Type::MonoSmall)).horizontalAdvance(QString(digits, u'0')) + 20;
    }
    setViewportMargins(width, 0, 0, 0);
    m_gutter->setGeometry(0, 0, width, height());
}

void YamlView::resizeEvent(QResizeEvent *event)
{
    QTextEdit::resizeEvent(event);
    updateMargins();
}

int YamlView::setSearch(const QString &text)
{
    m_search = text;
    updateSelections();
    return m_hits;
}

void YamlView::updateSelections()
{
    constexpr int maxHits = 10'000;
    QList<QTextEdit::ExtraSelection> marks;
    for (const int line : std::as_const(m_marked)) {
        const QTextBlock block = document()->findBlockByNumber(line);
        if (!block.isValid())
            continue;
        QTextEdit::ExtraSelection mark;
        mark.cursor = QTextCursor(block);
        mark.format.setBackground(color(Token::OkBg));
        mark.format.setProperty(QTextFormat::FullWidthSelection, true);
        marks.append(mark);
    }
    m_hits = 0;
    if (!m_search.isEmpty()) {
        QTextCursor cursor(document());
        for (cursor = document()->find(m_search, cursor); !cursor.isNull() && m_hits < maxHits;
             cursor = document()->find(m_search, cursor)) {
            QTextEdit::ExtraSelection mark;
            mark.cursor = cursor;
            mark.format.setBackground(color(Token::WarnBg));
            mark.format.setUnderlineStyle(QTextCharFormat::SingleUnderline);
            mark.format.setUnderlineColor(color(Token::Warn));
            marks.append(mark);
            ++m_hits;
        }
    }
    setExtraSelections(marks);
}

void YamlView::nextHit()
{
    if (m_search.isEmpty())
        return;
    if (!find(m_search)) {
        moveCursor(QTextCursor::Start);
        find(m_search);
    }
}

void YamlView::previousHit()
{
    if (m_search.isEmpty())
        return;
    if (!find(m_search, QTextDocument::FindBackward)) {
        moveCursor(QTextCursor::End);
        find(m_search, QTextDocument::FindBackward);
    }
}

void YamlView::keyPressEvent(QKeyEvent *event)
{
    const bool plain = !(event->modifiers() & ~(Qt::ShiftModifier | Qt::KeypadModifier));
    if (plain && event->key() == Qt::Key_Slash) {
        emit searchRequested();
        return;
    }
    if (plain && event->key() == Qt::Key_N) {
        if (event->modifiers().testFlag(Qt::ShiftModifier))
            previousHit();
        else
            nextHit();
        return;
    }
    QTextEdit::keyPressEvent(event);
}

void YamlView::contextMenuEvent(QContextMenuEvent *event)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    QAction *copyAction = menu->addAction(tr("Copy"));
    copyAction->setEnabled(textCursor().hasSelection());
    connect(copyAction, &QAction::triggered, this, &QTextEdit::copy);
    connect(menu->addAction(tr("Select all")), &QAction::triggered, this, &QTextEdit::selectAll);
    menu->popup(event->globalPos());
}

} // namespace cairn::editors
