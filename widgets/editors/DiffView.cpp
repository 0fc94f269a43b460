// SPDX-License-Identifier: GPL-3.0-or-later
#include "editors/DiffView.h"

#include "kit/Paint.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <QScrollBar>
#include <algorithm>
#include <vector>

namespace cairn::editors {

using namespace Qt::StringLiterals;
using kit::Token;
using kit::Type;
using kit::color;
using kit::scaled;

namespace {

constexpr int cellLimit = 16'000'000; // size of the table of the common-subsequence search, 4 bytes each

using Kind = DiffLine::Kind;

/// Lines of the changed middle part by longest common subsequence; beyond the limit all old lines go, all new ones come.
void diffMiddle(const QStringList &a, const QStringList &b, QList<DiffLine> &out)
{
    const size_t n = static_cast<size_t>(a.size());
    const size_t m = static_cast<size_t>(b.size());
    if (n * m > cellLimit) {
        for (const QString &line : a)
            out.append({Kind::Removed, line});
        for (const QString &line : b)
            out.append({Kind::Added, line});
        return;
    }
    std::vector<int> length((n + 1) * (m + 1), 0);
    const auto at = [&](size_t i, size_t j) -> int & { return length[i * (m + 1) + j]; };
    for (size_t i = n; i-- > 0;) {
        for (size_t j = m; j-- > 0;) {
            const bool equal = a[static_cast<qsizetype>(i)] == b[static_cast<qsizetype>(j)];
            at(i, j) = equal ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
        }
    }
    size_t i = 0;
    size_t j = 0;
    while (i < n || j < m) {
        if (i < n && j < m && a[static_cast<qsizetype>(i)] == b[static_cast<qsizetype>(j)]) {
            out.append({Kind::Context, a[static_cast<qsizetype>(i)]});
            ++i;
            ++j;
        } else if (i < n && (j == m || at(i + 1, j) >= at(i, j + 1))) {
            out.append({Kind::Removed, a[static_cast<qsizetype>(i++)]});
        } else {
            out.append({Kind::Added, b[static_cast<qsizetype>(j++)]});
        }
    }
}

QStringList split(const QString &text)
{
    QStringList lines = text.split(u'\n');
    if (!lines.isEmpty() && lines.last().isEmpty())
        lines.removeLast();
    return lines;
}

QString sign(Kind kind)
{
    switch (kind) {
    case Kind::Added: return u"+"_s;
    case Kind::Removed: return u"-"_s;
    case Kind::Context:
    case Kind::Gap: break;
    }
    return u" "_s;
}

} // namespace

QList<DiffLine> diffLines(const QString &before, const QString &after, int context)
{
    QStringList a = split(before);
    QStringList b = split(after);
    // Equal ends need no search; most manifests differ in a few lines.
    qsizetype head = 0;
    while (head < a.size() && head < b.size() && a[head] == b[head])
        ++head;
    qsizetype tail = 0;
    while (tail < a.size() - head && tail < b.size() - head && a[a.size() - 1 - tail] == b[b.size() - 1 - tail])
        ++tail;
    QList<DiffLine> all;
    for (qsizetype i = 0; i < head; ++i)
        all.append({Kind::Context, a[i]});
    diffMiddle(a.mid(head, a.size() - head - tail), b.mid(head, b.size() - head - tail), all);
    for (qsizetype i = a.size() - tail; i < a.size(); ++i)
        all.append({Kind::Context, a[i]});

    const qsizetype count = all.size();
    std::vector<bool> keep(static_cast<size_t>(count), false);
    for (qsizetype i = 0; i < count; ++i) {
        if (all[i].kind == Kind::Context)
            continue;
        for (qsizetype near = qMax<qsizetype>(0, i - context); near <= qMin(count - 1, i + context); ++near)
            keep[static_cast<size_t>(near)] = true;
    }
    QList<DiffLine> result;
    qsizetype hidden = 0;
    const auto closeGap = [&] {
        if (hidden > 0)
            result.append({Kind::Gap, DiffView::tr("%n equal line(s)", nullptr, static_cast<int>(hidden))});
        hidden = 0;
    };
    for (qsizetype i = 0; i < count; ++i) {
        if (!keep[static_cast<size_t>(i)]) {
            ++hidden;
            continue;
        }
        closeGap();
        result.append(all[i]);
    }
    if (!result.isEmpty())
        closeGap();
    return result;
}

DiffView::DiffView(QWidget *parent)
    : QAbstractScrollArea(parent)
{
    setAccessibleName(tr("What changes"));
    setFocusPolicy(Qt::StrongFocus);
    setFrameShape(QFrame::NoFrame);
    viewport()->setAutoFillBackground(false);
    kit::bindTheme(this, [this] { updateScrollBars(); });
}

void DiffView::setLines(const QList<DiffLine> &lines)
{
    m_lines = lines;
    setAccessibleDescription(tr("%1 added, %2 removed", "lines").arg(added()).arg(removed()));
    updateScrollBars();
    updateGeometry();
    viewport()->update();
}

void DiffView::setTexts(const QString &before, const QString &after)
{
    setLines(diffLines(before, after));
}

int DiffView::added() const
{
    return static_cast<int>(
        std::count_if(m_lines.begin(), m_lines.end(), [](const DiffLine &line) { return line.kind == Kind::Added; }));
}

int DiffView::removed() const
{
    return static_cast<int>(
        std::count_if(m_lines.begin(), m_lines.end(), [](const DiffLine &line) { return line.kind == Kind::Removed; }));
}

QString DiffView::toPlainText() const
{
    QString text;
    for (const DiffLine &line : m_lines)
        text += line.kind == Kind::Gap ? u"@@ "_s + line.text + u" @@\n"_s : sign(line.kind) + u' ' + line.text + u'\n';
    return text;
}

int DiffView::lineHeight() const
{
    return scaled(18);
}

void DiffView::updateScrollBars()
{
    const QFontMetrics metrics(kit::typeFont(Type::Mono));
    m_widest = 0;
    for (const DiffLine &line : std::as_const(m_lines))
        m_widest = qMax(m_widest, metrics.horizontalAdvance(line.text));
    m_widest += metrics.horizontalAdvance(u"+  "_s);
    verticalScrollBar()->setRange(0, qMax(0, static_cast<int>(m_lines.size()) * lineHeight() - viewport()->height()));
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setSingleStep(lineHeight());
    horizontalScrollBar()->setRange(0, qMax(0, m_widest - viewport()->width()));
    horizontalScrollBar()->setPageStep(viewport()->width());
    horizontalScrollBar()->setSingleStep(scaled(24));
}

QSize DiffView::sizeHint() const
{
    const int lines = qBound(3, static_cast<int>(m_lines.size()), 16);
    return {qMin(m_widest + 24, scaled(640)), lines * lineHeight() + 2};
}

QSize DiffView::minimumSizeHint() const
{
    return {scaled(160), lineHeight() * 3};
}

void DiffView::paintEvent(QPaintEvent *)
{
    QPainter painter(viewport());
    const QFont face = kit::typeFont(Type::Mono);
    const QFontMetrics metrics(face);
    const int step = lineHeight();
    const int offset = verticalScrollBar()->value();
    const int left = -horizontalScrollBar()->value();
    const int column = metrics.horizontalAdvance(u"+  "_s);
    for (qsizetype i = offset / step; i < m_lines.size(); ++i) {
        const int y = static_cast<int>(i) * step - offset;
        if (y > viewport()->height())
            break;
        const DiffLine &line = m_lines[i];
        if (line.kind == Kind::Gap) {
            kit::paint::text(painter, QRect(left + column, y, viewport()->width(), step), line.text,
                kit::typeFont(Type::Meta), color(Token::Dim));
            continue;
        }
        const bool add = line.kind == Kind::Added;
        const bool del = line.kind == Kind::Removed;
        const int width = metrics.horizontalAdvance(line.text);
        if (add || del)
            painter.fillRect(QRect(left, y, column + width + 2, step), color(add ? Token::OkBg : Token::ErrBg));
        const QColor ink = color(add ? Token::Ok : del ? Token::Err : Token::Text);
        kit::paint::text(painter, QRect(left, y, column, step), sign(line.kind), face, ink);
        kit::paint::text(painter, QRect(left + column, y, width + 2, step), line.text, face, ink);
    }
}

void DiffView::resizeEvent(QResizeEvent *event)
{
    QAbstractScrollArea::resizeEvent(event);
    updateScrollBars();
}

void DiffView::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Copy)) {
        QGuiApplication::clipboard()->setText(toPlainText());
        return;
    }
    QAbstractScrollArea::keyPressEvent(event);
}

void DiffView::contextMenuEvent(QContextMenuEvent *event)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    connect(menu->addAction(tr("Copy all")), &QAction::triggered, this,
        [this] { QGuiApplication::clipboard()->setText(toPlainText()); });
    menu->popup(event->globalPos());
}

} // namespace cairn::editors
