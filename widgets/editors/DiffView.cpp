// SPDX-License-Identifier: GPL-3.0-or-later
#include "editors/DiffView.h"

#include "base/Text.h"
#include "editors/CodeEditor.h"
#include "kit/Card.h"
#include "kit/Theme.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QVBoxLayout>
#include <algorithm>

namespace cairn::editors {

using namespace Qt::StringLiterals;
using kit::scaled;

namespace {

using Kind = manifest::DiffLine::Kind;

QString sign(Kind kind)
{
    switch (kind) {
    case Kind::Added: return u"+"_s;
    case Kind::Removed: return u"-"_s;
    case Kind::Context:
    case Kind::Skipped: break;
    }
    return u" "_s;
}

/// The line as it is shown: what could end it early, or deceive the eye, made visible.
QString shown(const manifest::DiffLine &line)
{
    return line.kind == Kind::Skipped ? DiffView::tr("%n unchanged line(s)", nullptr, line.oldLine) : text::safe(line.text);
}

} // namespace

DiffView::DiffView(QWidget *parent)
    : QWidget(parent)
    , m_editor(new CodeEditor(tr("What changes"), CodeEditor::Language::Plain))
{
    setAccessibleName(tr("What changes"));
    m_editor->setLineNumbersShown(false);
    setFocusProxy(m_editor);
    m_editor->focusProxy()->installEventFilter(this);
    auto *column = kit::vbox(0);
    column->addWidget(m_editor);
    setLayout(column);
}

void DiffView::setLines(const QList<manifest::DiffLine> &lines)
{
    m_lines = lines;
    m_longest = 0;
    QStringList texts;
    QHash<int, CodeEditor::LineTint> tints;
    for (const manifest::DiffLine &line : lines.first(std::min(mostLines, lines.size()))) {
        if (line.kind != Kind::Context)
            tints.insert(static_cast<int>(texts.size()),
                line.kind == Kind::Added         ? CodeEditor::LineTint::Added
                    : line.kind == Kind::Removed ? CodeEditor::LineTint::Removed
                                                 : CodeEditor::LineTint::Quiet);
        texts.append(sign(line.kind) + u"  "_s + shown(line));
        m_longest = qMax(m_longest, texts.last().size());
    }
    if (lines.size() > mostLines) {
        tints.insert(static_cast<int>(texts.size()), CodeEditor::LineTint::Quiet);
        texts.append(u"   "_s + tr("%n more line(s) are not shown; Ctrl C copies them all", nullptr, static_cast<int>(lines.size() - mostLines)));
    }
    m_editor->setText(texts.join(u'\n'));
    m_editor->setLineTints(tints);
    m_editor->focusProxy()->setAccessibleDescription(tr("%1 added, %2 removed", "lines").arg(added()).arg(removed()));
    updateGeometry();
}

void DiffView::setTexts(const QString &before, const QString &after)
{
    setLines(manifest::diffText(before, after));
}

int DiffView::added() const
{
    return static_cast<int>(
        std::count_if(m_lines.begin(), m_lines.end(), [](const manifest::DiffLine &line) { return line.kind == Kind::Added; }));
}

int DiffView::removed() const
{
    return static_cast<int>(
        std::count_if(m_lines.begin(), m_lines.end(), [](const manifest::DiffLine &line) { return line.kind == Kind::Removed; }));
}

QString DiffView::toPlainText() const
{
    QString text;
    for (const manifest::DiffLine &line : m_lines)
        text += line.kind == Kind::Skipped ? u"@@ "_s + shown(line) + u" @@\n"_s : sign(line.kind) + u' ' + line.text + u'\n';
    return text;
}

QSize DiffView::sizeHint() const
{
    const QFontMetrics metrics(kit::typeFont(kit::Type::Mono));
    const int widest = metrics.horizontalAdvance(u'0') * static_cast<int>(qMin<qsizetype>(m_longest, 200));
    const int lines = qBound(3, static_cast<int>(m_lines.size()), 16);
    return {qMin(widest + 24, scaled(640)), lines * scaled(18) + 2};
}

QSize DiffView::minimumSizeHint() const
{
    return {scaled(160), scaled(18) * 3};
}

bool DiffView::copied(QKeyEvent *event)
{
    if (!event->matches(QKeySequence::Copy) || !m_editor->selectedText().isEmpty())
        return false;
    QGuiApplication::clipboard()->setText(toPlainText());
    return true;
}

void DiffView::keyPressEvent(QKeyEvent *event)
{
    if (!copied(event))
        QWidget::keyPressEvent(event);
}

bool DiffView::eventFilter(QObject *watched, QEvent *event)
{
    return (event->type() == QEvent::KeyPress && copied(static_cast<QKeyEvent *>(event))) || QWidget::eventFilter(watched, event);
}

} // namespace cairn::editors
