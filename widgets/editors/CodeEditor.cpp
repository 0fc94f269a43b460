// SPDX-License-Identifier: GPL-3.0-or-later
#include "editors/CodeEditor.h"

#include "base/Text.h"
#include "editors/CodeArea.h"
#include "editors/CodeFoot.h"
#include "editors/CompletionList.h"
#include "kit/Announce.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Inputs.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPointer>
#include <QToolTip>
#include <QVBoxLayout>
#include <algorithm>

namespace cairn::editors {

using namespace Qt::StringLiterals;
using kit::scaled;

CodeEditor::CodeEditor(const QString &name, Language language, QWidget *parent)
    : QWidget(parent)
    , m_bar(new QWidget(this))
    , m_search(new kit::SearchField(tr("Search"), u"Ctrl F"_s))
    , m_area(new CodeArea(this, language))
    , m_foot(new CodeFoot(this))
    , m_list(new CompletionList(this))
{
    auto *bar = kit::hbox(6);
    bar->setContentsMargins(8, 6, 8, 6);
    auto *previous = kit::Button::icon(u"up"_s, tr("Previous match (Shift N)"));
    auto *next = kit::Button::icon(u"down"_s, tr("Next match (N)"));
    auto *close = kit::Button::icon(u"close"_s, tr("Close the search (Esc)"));
    bar->addWidget(m_search, 1);
    bar->addWidget(previous);
    bar->addWidget(next);
    bar->addWidget(close);
    m_bar->setLayout(bar);
    m_bar->hide();

    auto *column = kit::vbox(0);
    column->addWidget(m_bar);
    column->addWidget(m_area, 1);
    column->addWidget(m_foot);
    setLayout(column);
    m_area->setAccessibleName(name);
    setAccessibleName(name);
    setFocusProxy(m_area);
    setReadOnly(true);

    connect(m_search, &kit::SearchField::changed, this, [this](const QString &text) {
        setSearch(text);
        updateNote(0);
    });
    connect(m_search, &kit::SearchField::entered, this, &CodeEditor::nextHit);
    connect(m_search, &kit::SearchField::moveDown, this, &CodeEditor::nextHit);
    connect(m_search, &kit::SearchField::left, this, &CodeEditor::closeSearch);
    connect(previous, &QPushButton::clicked, this, &CodeEditor::previousHit);
    connect(next, &QPushButton::clicked, this, &CodeEditor::nextHit);
    connect(close, &QPushButton::clicked, this, &CodeEditor::closeSearch);
    connect(m_foot, &CodeFoot::problemPressed, this, [this] {
        if (const auto problem = problemHere()) {
            m_area->setCursor(problem->place);
            m_area->setFocus(Qt::OtherFocusReason);
        }
    });
    connect(m_list, &CompletionList::taken, this, [this] {
        const CodeCompletion *item = m_list->current();
        const QString word = item ? item->text : QString();
        closeList();
        if (item)
            m_area->insertWord(word);
    });
}

CodeEditor::~CodeEditor()
{
    // Scintilla still tells of its end, when this is no editor any more.
    m_area->disconnect(this);
    m_area->disconnect(m_area);
}

void CodeEditor::setText(const QString &text)
{
    if (text == m_area->content())
        return;
    closeList();
    m_area->setContent(text);
    if (!m_area->m_search.isEmpty())
        setSearch(QString(m_area->m_search));
    updateFoot();
    updateGeometry();
}

void CodeEditor::replaceText(const QString &text)
{
    m_area->replaceContent(text);
}

QString CodeEditor::text() const
{
    return m_area->content();
}

QString CodeEditor::selectedText() const
{
    return m_area->selection();
}

int CodeEditor::lineCount() const
{
    return m_area->lineCount();
}

void CodeEditor::setReadOnly(bool readOnly)
{
    m_area->setReadOnlyText(readOnly);
    m_foot->setStatusShown(!readOnly);
    closeList();
}

bool CodeEditor::isReadOnly() const
{
    return m_area->isReadOnlyText();
}

bool CodeEditor::canUndo() const
{
    return m_area->send(QsciScintillaBase::SCI_CANUNDO) != 0;
}

void CodeEditor::undo()
{
    m_area->send(QsciScintillaBase::SCI_UNDO);
}

void CodeEditor::redo()
{
    m_area->send(QsciScintillaBase::SCI_REDO);
}

bool CodeEditor::isModified() const
{
    return m_area->send(QsciScintillaBase::SCI_GETMODIFY) != 0;
}

void CodeEditor::setModified(bool modified)
{
    if (!modified)
        m_area->send(QsciScintillaBase::SCI_SETSAVEPOINT);
}

void CodeEditor::setLineNumbersShown(bool shown)
{
    m_area->setNumbersShown(shown);
}

void CodeEditor::setChangedLines(const QSet<int> &lines)
{
    m_area->setChangedLines(lines);
}

void CodeEditor::setLineTints(const QHash<int, LineTint> &tints)
{
    m_area->setLineTints(tints);
}

void CodeEditor::setProblems(const QList<CodeProblem> &problems)
{
    m_area->setProblems(problems);
    updateFoot();
}

QList<CodeProblem> CodeEditor::problems() const
{
    return m_area->problems();
}

void CodeEditor::setLayers(const QList<CodeLayer> &layers)
{
    m_foot->setLayers(layers);
}

void CodeEditor::setProvider(CodeProvider *provider)
{
    m_provider = provider;
    ++m_question;
    closeList();
}

int CodeEditor::setSearch(const QString &text)
{
    m_hits = m_area->search(text);
    return m_hits;
}

void CodeEditor::nextHit()
{
    updateNote(m_area->goToHit(true));
}

void CodeEditor::previousHit()
{
    updateNote(m_area->goToHit(false));
}

void CodeEditor::updateNote(int current)
{
    if (m_area->m_search.isEmpty())
        m_search->setNote({});
    else if (current > 0)
        m_search->setNote(tr("%1 of %2", "number of a hit, how many").arg(current).arg(m_hits));
    else
        m_search->setNote(m_hits == 0 ? tr("none") : tr("%n match(es)", nullptr, m_hits));
}

void CodeEditor::setSearchElsewhere(bool elsewhere)
{
    m_elsewhere = elsewhere;
}

void CodeEditor::openSearch()
{
    if (m_elsewhere) {
        emit searchRequested();
        return;
    }
    m_bar->show();
    m_search->setFocus(Qt::ShortcutFocusReason);
    m_search->selectAll();
}

void CodeEditor::closeSearch()
{
    m_bar->hide();
    m_search->clear();
    setSearch({});
    updateNote(0);
    m_area->setFocus(Qt::OtherFocusReason);
}

CodePlace CodeEditor::cursor() const
{
    return m_area->cursor();
}

void CodeEditor::setCursor(CodePlace place)
{
    m_area->setCursor(place);
}

int CodeEditor::firstVisibleLine() const
{
    return m_area->firstLine();
}

void CodeEditor::setFirstVisibleLine(int line)
{
    m_area->setFirstLine(line);
}

void CodeEditor::setFolded(int line, bool folded)
{
    m_area->fold(line, folded);
}

bool CodeEditor::isFolded(int line) const
{
    return m_area->isFolded(line);
}

std::optional<CodeProblem> CodeEditor::problemHere() const
{
    // The one in the cursor's line, else the first at or after it, else the first of all.
    const QList<CodeProblem> all = m_area->problems();
    const int line = m_area->cursor().line;
    const CodeProblem *after = nullptr;
    const CodeProblem *first = nullptr;
    for (const CodeProblem &problem : all) {
        if (!first || problem.place.line < first->place.line)
            first = &problem;
        if (problem.place.line >= line && (!after || problem.place.line < after->place.line))
            after = &problem;
    }
    return after ? std::optional(*after) : first ? std::optional(*first) : std::nullopt;
}

void CodeEditor::goToProblem(bool forward)
{
    QList<CodeProblem> all = m_area->problems();
    if (all.isEmpty())
        return;
    const auto order = [](const CodeProblem &a, const CodeProblem &b) {
        return std::pair(a.place.line, a.place.column) < std::pair(b.place.line, b.place.column);
    };
    std::ranges::sort(all, order);
    CodeProblem here;
    here.place = m_area->cursor();
    const CodeProblem *to = nullptr;
    if (forward) {
        const auto next = std::ranges::find_if(all, [&](const CodeProblem &problem) { return order(here, problem); });
        to = next == all.end() ? &all.first() : &*next;
    } else {
        for (const CodeProblem &problem : std::as_const(all)) {
            if (order(problem, here))
                to = &problem;
        }
        if (!to)
            to = &all.last();
    }
    m_area->setCursor(to->place);
    kit::announce(m_area, tr("Line %1: %2", "a problem").arg(to->place.line + 1).arg(text::safe(to->message)));
}

bool CodeEditor::applyFix()
{
    if (isReadOnly())
        return false;
    const int line = m_area->cursor().line;
    const QList<CodeProblem> all = m_area->problems();
    for (const CodeProblem &problem : all) {
        if (problem.place.line != line || !problem.replacement)
            continue;
        QList<CodeProblem> left = all;
        left.removeOne(problem);
        m_area->replaceStretch(problem.place, problem.length, *problem.replacement);
        setProblems(left);
        return true;
    }
    return false;
}

void CodeEditor::complete()
{
    if (!m_provider || isReadOnly())
        return;
    const quint64 question = ++m_question;
    const QPointer<CodeEditor> self(this);
    m_provider->complete(text(), cursor(), [self, question](const QList<CodeCompletion> &items) {
        if (!self || self->m_question != question)
            return;
        self->m_offered = items;
        self->narrowList();
    });
}

void CodeEditor::narrowList()
{
    const long start = m_area->wordStart();
    const CodePlace from = m_area->placeOf(start);
    const QString word = m_area->lineText(from.line).mid(from.column, cursor().column - from.column);
    QList<CodeCompletion> fits;
    // What begins with the word comes before what merely holds it.
    for (const bool begins : {true, false}) {
        for (const CodeCompletion &item : std::as_const(m_offered)) {
            if (item.text.startsWith(word, Qt::CaseInsensitive) == begins
                && (begins || item.text.contains(word, Qt::CaseInsensitive)))
                fits.append(item);
        }
    }
    if (fits.isEmpty() || (fits.size() == 1 && fits.first().text == word)) {
        closeList();
        return;
    }
    m_list->setItems(fits);
    m_list->show();
    m_list->raise();
    placeList();
}

void CodeEditor::placeList()
{
    if (m_list->isHidden())
        return;
    const long start = m_area->wordStart();
    const int height = static_cast<int>(m_area->send(QsciScintillaBase::SCI_TEXTHEIGHT, 0));
    const QPoint below = m_area->viewport()->mapTo(this,
        QPoint(static_cast<int>(m_area->send(QsciScintillaBase::SCI_POINTXFROMPOSITION, 0, start)),
            static_cast<int>(m_area->send(QsciScintillaBase::SCI_POINTYFROMPOSITION, 0, start)) + height + 2));
    const QSize size = m_list->sizeHint().boundedTo(this->size());
    int y = below.y();
    if (y + size.height() > this->height() && below.y() - height - 4 - size.height() >= 0)
        y = below.y() - height - 4 - size.height();
    y = qBound(0, y, this->height() - size.height());
    m_list->setGeometry(QRect(QPoint(qBound(0, below.x() - 10, width() - size.width()), y), size));
}

void CodeEditor::closeList()
{
    ++m_question;
    m_offered.clear();
    m_list->hide();
}

bool CodeEditor::isListOpen() const
{
    return !m_list->isHidden();
}

void CodeEditor::askHover(long position, QPoint where)
{
    const QPoint global = m_area->viewport()->mapToGlobal(where);
    const auto show = [area = QPointer<QWidget>(m_area), global](const QString &text) {
        // Plain text: what a server says must not become markup.
        if (area && !text.isEmpty())
            QToolTip::showText(global, u"<p>"_s + text.toHtmlEscaped() + u"</p>"_s, area);
    };
    const CodePlace place = m_area->placeOf(position);
    const QList<CodeProblem> all = m_area->problems();
    for (const CodeProblem &problem : all) {
        if (problem.place.line == place.line && place.column >= problem.place.column
            && place.column < problem.place.column + qMax(1, problem.length)) {
            show(text::safe(problem.message));
            return;
        }
    }
    if (!m_provider || !m_list->isHidden())
        return;
    const quint64 question = ++m_question;
    m_provider->hover(text(), place, [self = QPointer<CodeEditor>(this), question, show](const QString &text) {
        if (self && self->m_question == question)
            show(text::safe(text));
    });
}

void CodeEditor::onChanged()
{
    ++m_question;
    emit textChanged();
    updateFoot();
    if (!m_area->m_search.isEmpty()) {
        setSearch(QString(m_area->m_search));
        updateNote(0);
    }
}

void CodeEditor::typed()
{
    // Scintilla tells of a change before the cursor has moved behind it.
    if (!m_list->isHidden())
        narrowList();
}

void CodeEditor::onMoved()
{
    m_foot->setCursor(cursor());
    updateFoot();
    if (!m_list->isHidden())
        narrowList();
    emit cursorMoved();
}

void CodeEditor::updateFoot()
{
    const QList<CodeProblem> all = m_area->problems();
    const auto here = problemHere();
    m_foot->setProblem(here, here ? static_cast<int>(all.indexOf(*here)) : 0, static_cast<int>(all.size()));
}

void CodeEditor::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    placeList();
}

QSize CodeEditor::sizeHint() const
{
    return {scaled(480), scaled(18) * qBound(6, m_area->lineCount(), 24)};
}

QSize CodeEditor::minimumSizeHint() const
{
    return {scaled(160), scaled(18) * 3};
}

bool CodeEditor::listKey(QKeyEvent *event)
{
    switch (event->key()) {
    case Qt::Key_Up: m_list->step(-1); return true;
    case Qt::Key_Down: m_list->step(1); return true;
    case Qt::Key_PageUp: m_list->step(-m_list->page()); return true;
    case Qt::Key_PageDown: m_list->step(m_list->page()); return true;
    case Qt::Key_Tab: emit m_list->taken(); return true;
    case Qt::Key_Escape:
    case Qt::Key_Left:
    case Qt::Key_Right:
        closeList();
        return event->key() == Qt::Key_Escape;
    default: return false;
    }
}

bool CodeEditor::writingKey(QKeyEvent *event)
{
    using Sci = QsciScintillaBase;
    const bool ctrl = event->modifiers() == Qt::ControlModifier;
    switch (event->key()) {
    case Qt::Key_Space:
        if (!ctrl)
            return false;
        complete();
        return true;
    case Qt::Key_Period: return ctrl && (applyFix() || true);
    case Qt::Key_BracketRight:
    case Qt::Key_BracketLeft: {
        if (!ctrl)
            return false;
        const bool in = event->key() == Qt::Key_BracketRight;
        if (m_area->selectsLines()) {
            m_area->send(in ? Sci::SCI_TAB : Sci::SCI_BACKTAB);
            return true;
        }
        const int line = m_area->cursor().line;
        m_area->send(Sci::SCI_SETLINEINDENTATION, line,
            qMax(0L, m_area->send(Sci::SCI_GETLINEINDENTATION, line) + (in ? 2 : -2)));
        return true;
    }
    case Qt::Key_Tab:
    case Qt::Key_Backtab:
        if (!m_area->selectsLines())
            return false;
        m_area->send(event->key() == Qt::Key_Tab ? Sci::SCI_TAB : Sci::SCI_BACKTAB);
        return true;
    case Qt::Key_Return:
    case Qt::Key_Enter: {
        if (event->modifiers() & ~(Qt::ShiftModifier | Qt::KeypadModifier))
            return false;
        // The next line stands where a value of this one would.
        const CodePlace at = cursor();
        const QString before = m_area->lineText(at.line).left(at.column);
        const QString rest = before.trimmed();
        qsizetype indent = 0;
        while (indent < before.size() && before[indent] == u' ')
            ++indent;
        if (rest.startsWith("- "_L1))
            indent += 2;
        if (rest.endsWith(u':') || rest.endsWith(": |"_L1) || rest.endsWith(": >"_L1))
            indent += 2;
        const QByteArray text = '\n' + QByteArray(indent, ' ');
        m_area->SendScintilla(Sci::SCI_REPLACESEL, text.constData());
        m_area->send(Sci::SCI_SCROLLCARET);
        return true;
    }
    default: return false;
    }
}

bool CodeEditor::readingKey(QKeyEvent *event, bool plain)
{
    if (!plain)
        return false;
    if (event->key() == Qt::Key_Slash) {
        openSearch();
        return true;
    }
    if (event->key() == Qt::Key_N) {
        if (event->modifiers().testFlag(Qt::ShiftModifier))
            previousHit();
        else
            nextHit();
        return true;
    }
    return false;
}

bool CodeEditor::keyPressed(QKeyEvent *event)
{
    if (!m_list->isHidden() && listKey(event))
        return true;
    const bool plain = !(event->modifiers() & ~(Qt::ShiftModifier | Qt::KeypadModifier));
    const bool ctrlShift = event->modifiers() == (Qt::ControlModifier | Qt::ShiftModifier);
    switch (event->key()) {
    case Qt::Key_F:
        if (event->modifiers() != Qt::ControlModifier)
            break;
        openSearch();
        return true;
    case Qt::Key_F8:
        goToProblem(!event->modifiers().testFlag(Qt::ShiftModifier));
        return true;
    case Qt::Key_BracketLeft:
    case Qt::Key_BraceLeft:
    case Qt::Key_BracketRight:
    case Qt::Key_BraceRight:
        if (!ctrlShift)
            break;
        m_area->fold(cursor().line, event->key() == Qt::Key_BracketLeft || event->key() == Qt::Key_BraceLeft);
        return true;
    case Qt::Key_Escape:
        if (m_bar->isHidden())
            break;
        closeSearch();
        return true;
    default: break;
    }
    return isReadOnly() ? readingKey(event, plain) : writingKey(event);
}

} // namespace cairn::editors
