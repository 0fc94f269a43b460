// SPDX-License-Identifier: GPL-3.0-or-later
// How the text of an editor looks: colours, styles and folding depths of lines, words behind them.
#include "base/Text.h"
#include "editors/CodeArea.h"
#include "editors/YamlStyle.h"
#include "kit/Navigation.h"
#include "kit/Paint.h"

#include <QPainter>
#include <QScopedValueRollback>
#include <algorithm>
#include <vector>

namespace cairn::editors {

using namespace Qt::StringLiterals;
using kit::color;
using kit::scaled;
using kit::Token;
using kit::Type;

namespace {

constexpr int lookAhead = 500; ///< lines that are searched for the next one that is not blank

Token tokenOf(CodeStyle style)
{
    switch (style) {
    case CodeStyle::Key: return Token::Accent;
    case CodeStyle::Number: return Token::Series4;
    case CodeStyle::Comment:
    case CodeStyle::Quiet: return Token::Dim;
    case CodeStyle::Added: return Token::Ok;
    case CodeStyle::Removed: return Token::Err;
    case CodeStyle::Text: break;
    }
    return Token::Text;
}

/// `bytes` of a line without what ends it.
std::string_view withoutEnd(std::string_view bytes)
{
    while (!bytes.empty() && (bytes.back() == '\n' || bytes.back() == '\r'))
        bytes.remove_suffix(1);
    return bytes;
}

/// Before a line that can be folded: down while its block is open.
void paintTriangle(QPainter &painter, const QRect &place, bool folded)
{
    const qreal wide = scaled(7) / 2.0;
    const qreal high = scaled(4) / 2.0;
    const QPointF middle = QRectF(place).center();
    const QPolygonF open{middle + QPointF(-wide, -high), middle + QPointF(wide, -high), middle + QPointF(0, high)};
    const QPolygonF closed{middle + QPointF(-high, -wide), middle + QPointF(-high, wide), middle + QPointF(high, 0)};
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color(Token::Dim));
    painter.drawPolygon(folded ? closed : open);
    painter.restore();
}

} // namespace

void CodeArea::applyTheme()
{
    const auto set = [this](unsigned int message, int what, Token token) {
        SendScintilla(message, static_cast<unsigned long>(what), color(token));
    };
    const QFont face = kit::typeFont(Type::Mono);
    const QByteArray family = face.families().value(0).toUtf8();
    const auto setStyle = [&](int style, Token ink) {
        SendScintilla(SCI_STYLESETFONT, static_cast<unsigned long>(style), family.constData());
        send(SCI_STYLESETSIZEFRACTIONAL, style, qRound(face.pointSizeF() * static_cast<int>(SC_FONT_SIZE_MULTIPLIER)));
        set(SCI_STYLESETFORE, style, ink);
        set(SCI_STYLESETBACK, style, Token::Panel);
    };
    setStyle(STYLE_DEFAULT, Token::Text);
    send(SCI_STYLECLEARALL);
    for (int i = 0; i < codeStyles; ++i)
        setStyle(i, tokenOf(static_cast<CodeStyle>(i)));
    setStyle(STYLE_LINENUMBER, Token::Dim);
    setStyle(STYLE_CONTROLCHAR, Token::Warn);
    // Lines are 18 px high at 100 % text, as in every list of the design.
    send(SCI_SETEXTRAASCENT, 0);
    send(SCI_SETEXTRADESCENT, 0);
    const int extra = qMax(0, scaled(18) - static_cast<int>(send(SCI_TEXTHEIGHT, 0)));
    send(SCI_SETEXTRAASCENT, extra / 2);
    send(SCI_SETEXTRADESCENT, extra - extra / 2);

    SendScintilla(SCI_SETCARETFORE, color(Token::Text));
    SendScintilla(SCI_SETCARETLINEBACK, color(Token::AccentBg));
    set(SCI_SETSELBACK, 1, Token::Sel);
    for (const Margin margin : {ChangedMargin, NumberMargin, FoldMargin, TextMargin})
        set(SCI_SETMARGINBACKN, margin, Token::Panel);
    set(SCI_SETFOLDMARGINCOLOUR, 1, Token::Panel);
    set(SCI_SETFOLDMARGINHICOLOUR, 1, Token::Panel);
    const auto marker = [&](int number, Token fore, Token back) {
        set(SCI_MARKERSETFORE, number, fore);
        set(SCI_MARKERSETBACK, number, back);
    };
    marker(ChangedMarker, Token::Accent, Token::Accent);
    marker(WarnMarker, Token::WarnBg, Token::WarnBg);
    marker(ErrMarker, Token::ErrBg, Token::ErrBg);
    marker(AddedMarker, Token::OkBg, Token::OkBg);
    marker(RemovedMarker, Token::ErrBg, Token::ErrBg);
    set(SCI_INDICSETFORE, ErrIndicator, Token::Err);
    set(SCI_INDICSETFORE, WarnIndicator, Token::Warn);
    set(SCI_INDICSETFORE, HitIndicator, Token::WarnBg);
    set(SCI_INDICSETFORE, HitLineIndicator, Token::Warn);
    updateMargins();
}

void CodeArea::styleTo(long end)
{
    // A depth that changes lets Scintilla ask for the styles of more lines, from within.
    const long from = send(SCI_GETENDSTYLED);
    if (m_styling || from >= end)
        return;
    const QScopedValueRollback guard(m_styling, true);
    const long first = send(SCI_LINEFROMPOSITION, from);
    const long last = send(SCI_LINEFROMPOSITION, end);
    const long start = send(SCI_POSITIONFROMLINE, first);
    const long stop = last + 1 < lineCount() ? send(SCI_POSITIONFROMLINE, last + 1) : length();
    // The gap of Scintilla's buffer lies where the last change was: a copy is cheaper than to move it each time.
    QByteArray bytes(stop - start + 1, Qt::Uninitialized);
    SendScintilla(SCI_GETTEXTRANGE, start, stop, bytes.data());
    const bool yaml = m_language == CodeEditor::Language::Yaml;
    std::string styles;
    styles.reserve(static_cast<std::size_t>(stop - start));
    int state = yaml && first > 0 ? static_cast<int>(send(SCI_GETLINESTATE, first - 1)) : 0;

    long above = -1; // the last line that is not blank, and its depth
    int aboveDepth = 0;
    for (long line = first - 1; yaml && line >= 0 && line > first - lookAhead; --line) {
        const long level = send(SCI_GETFOLDLEVEL, line);
        if (level & SC_FOLDLEVELWHITEFLAG)
            continue;
        above = line;
        aboveDepth = static_cast<int>(level & SC_FOLDLEVELNUMBERMASK) - SC_FOLDLEVELBASE;
        break;
    }
    std::vector<std::pair<long, long>> levels; // of lines, set when all is styled
    const auto settleAbove = [&](int depth) {
        if (above >= 0)
            levels.emplace_back(above, (SC_FOLDLEVELBASE + aboveDepth) | (depth > aboveDepth ? SC_FOLDLEVELHEADERFLAG : 0));
    };
    const auto depthOf = [](std::string_view text, int before, int after) {
        // What is inside a block scalar is no structure.
        return before > 0 && after == before ? std::max(0, before) * 2 + 1 : yamlFoldDepth(text);
    };
    for (long line = first; line <= last; ++line) {
        const long begin = send(SCI_POSITIONFROMLINE, line) - start;
        const long past = line < last ? send(SCI_POSITIONFROMLINE, line + 1) - start : stop - start;
        const std::string_view whole(bytes.constData() + begin, static_cast<std::size_t>(past - begin));
        const std::string_view text = withoutEnd(whole);
        const long marks = send(SCI_MARKERGET, line);
        const int before = state;
        if (marks & (1 << AddedMarker | 1 << RemovedMarker | 1 << QuietMarker)) {
            const CodeStyle style = marks & (1 << AddedMarker) ? CodeStyle::Added
                : marks & (1 << RemovedMarker)                 ? CodeStyle::Removed
                                                               : CodeStyle::Quiet;
            styles.append(text.size(), static_cast<char>(style));
        } else if (yaml) {
            state = styleYamlLine(text, state, styles);
        } else {
            styles.append(text.size(), static_cast<char>(CodeStyle::Text));
        }
        styles.append(whole.size() - text.size(), static_cast<char>(CodeStyle::Text));
        if (!yaml)
            continue;
        if (send(SCI_GETLINESTATE, line) != state)
            send(SCI_SETLINESTATE, line, state);
        const int depth = text.find_first_not_of(' ') == std::string_view::npos ? -1 : depthOf(text, before, state);
        if (depth < 0) {
            levels.emplace_back(line, (SC_FOLDLEVELBASE + aboveDepth) | SC_FOLDLEVELWHITEFLAG);
            continue;
        }
        settleAbove(depth);
        above = line;
        aboveDepth = std::min(depth, 2500);
    }
    int below = -1;
    int ahead = state;
    for (long line = last + 1; yaml && below < 0 && line < lineCount() && line < last + lookAhead; ++line) {
        const QByteArray text = lineText(static_cast<int>(line)).toUtf8();
        const std::string_view view(text.constData(), static_cast<std::size_t>(text.size()));
        std::string unused;
        const int before = std::exchange(ahead, styleYamlLine(view, ahead, unused));
        below = text.trimmed().isEmpty() ? -1 : depthOf(view, before, ahead);
    }
    if (yaml)
        settleAbove(below);
    send(SCI_STARTSTYLING, start, 0xff);
    SendScintilla(SCI_SETSTYLINGEX, static_cast<unsigned long>(styles.size()), styles.data());
    for (const auto &[line, level] : levels) {
        if (send(SCI_GETFOLDLEVEL, line) != level)
            send(SCI_SETFOLDLEVEL, line, level);
    }
}

void CodeArea::paintFold(QPainter &painter, int line, const QRect &place) const
{
    const int count = static_cast<int>(send(SCI_GETLASTCHILD, line, -1)) - line;
    const QString text = CodeEditor::tr("%n line(s)", nullptr, count);
    const QFont face = kit::typeFont(Type::MonoSmall);
    const int width = qRound(kit::paint::textWidth(text, face)) + 12;
    const QRect box(place.x(), place.y() + 1, width, place.height() - 2);
    kit::paint::box(painter, box, 4, color(Token::Bg), color(Token::Line));
    kit::paint::text(painter, box, text, face, color(Token::Dim), Qt::AlignCenter);
}

int CodeArea::paintProblem(QPainter &painter, const CodeProblem &problem, const QRect &place, int left) const
{
    const QFont face = kit::typeFont(Type::Meta);
    const QString text = text::safe(problem.message);
    int width = qRound(kit::paint::textWidth(text, face)) + 1;
    const QStringList keys{u"Ctrl"_s, u"."_s};
    const bool fixable = problem.replacement && !isReadOnlyText();
    const int room = place.right() - left - (fixable ? kit::KeyHint::keysWidth(keys) + 8 : 0);
    width = qMin(width, room);
    if (width < scaled(40))
        return left;
    kit::paint::text(painter, QRect(left, place.y(), width, place.height()), text, face,
        color(problem.tone == kit::Tone::Err ? Token::Err : Token::Warn));
    left += width;
    if (fixable)
        left += 8 + kit::KeyHint::paintKeys(painter, QRect(left + 8, place.y(), room, place.height()), keys);
    return left + 12;
}

void CodeArea::paintEvent(QPaintEvent *event)
{
    QsciScintillaBase::paintEvent(event);
    // Scintilla of this version has no words behind a line.
    QPainter painter(viewport());
    QHash<int, QList<CodeProblem>> byLine;
    const QList<CodeProblem> all = problems();
    for (const CodeProblem &problem : all)
        byLine[problem.place.line].append(problem);
    const int height = static_cast<int>(send(SCI_TEXTHEIGHT, 0));
    const long top = send(SCI_GETFIRSTVISIBLELINE);
    const long rows = send(SCI_LINESONSCREEN) + 1;
    const int fold = static_cast<int>(send(SCI_GETMARGINWIDTHN, ChangedMargin) + send(SCI_GETMARGINWIDTHN, NumberMargin));
    const int foldWidth = static_cast<int>(send(SCI_GETMARGINWIDTHN, FoldMargin));
    int previous = -1;
    for (long row = 0; row <= rows; ++row) {
        const int line = static_cast<int>(send(SCI_DOCLINEFROMVISIBLE, top + row));
        if (line >= lineCount() || line == previous)
            break;
        previous = line;
        const bool folded = isFolded(line);
        const int y = static_cast<int>(row) * height;
        if (foldWidth > 0 && (send(SCI_GETFOLDLEVEL, line) & SC_FOLDLEVELHEADERFLAG))
            paintTriangle(painter, QRect(fold, y, foldWidth, height), folded);
        const auto found = byLine.constFind(line);
        if (!folded && found == byLine.cend())
            continue;
        const long end = send(SCI_GETLINEENDPOSITION, line);
        int left = static_cast<int>(send(SCI_POINTXFROMPOSITION, 0, end)) + scaled(6);
        // Scrolled sideways the end of a line may lie left of the text.
        if (left < fold + foldWidth)
            continue;
        const QRect place(left, y, viewport()->width() - left, height);
        if (folded) {
            paintFold(painter, line, place);
            continue;
        }
        left += scaled(8);
        for (const CodeProblem &problem : *found)
            left = paintProblem(painter, problem, place, left);
    }
}

} // namespace cairn::editors
