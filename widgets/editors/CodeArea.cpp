// SPDX-License-Identifier: GPL-3.0-or-later
#include "editors/CodeArea.h"


#include <QApplication>
#include <QKeyEvent>
#include <QMenu>
#include <QWheelEvent>
#include <algorithm>

namespace cairn::editors {

using namespace Qt::StringLiterals;
using kit::scaled;
using kit::Type;

namespace {

constexpr int maxHits = 10'000;
/// Scintilla lays a line out as a whole: 4 MB without a break would stop the window for six seconds.
constexpr qsizetype longestLine = 20'000;

/// The text with the lines that are too long cut and what is left out counted; null where there is none.
QString shortened(const QString &text)
{
    QString result;
    qsizetype taken = 0; // of `text`, in `result`
    for (qsizetype start = 0; start < text.size();) {
        qsizetype end = text.indexOf(u'\n', start);
        end = end < 0 ? text.size() : end;
        if (end - start > longestLine) {
            qsizetype cut = start + longestLine;
            if (text[cut].isLowSurrogate())
                --cut;
            result += QStringView(text).mid(taken, cut - taken);
            result += CodeEditor::tr(" … %n more character(s)", "at the end of a line that is cut off", static_cast<int>(end - cut));
            taken = end;
        }
        start = end + 1;
    }
    if (taken > 0)
        result += QStringView(text).mid(taken);
    return result;
}

} // namespace

CodeArea::CodeArea(CodeEditor *editor, CodeEditor::Language language)
    : QsciScintillaBase(editor)
    , m_editor(editor)
    , m_language(language)
{
    setFrameShape(QFrame::NoFrame);
    send(SCI_SETCODEPAGE, SC_CP_UTF8);
    send(SCI_SETLEXER, SCLEX_CONTAINER);
    send(SCI_SETMODEVENTMASK, SC_MOD_INSERTTEXT | SC_MOD_DELETETEXT);
    send(SCI_SETTABWIDTH, 2);
    send(SCI_SETINDENT, 2);
    send(SCI_SETUSETABS, 0);
    send(SCI_SETTABINDENTS, 1);
    send(SCI_SETBACKSPACEUNINDENTS, 1);
    send(SCI_SETWRAPMODE, SC_WRAP_NONE);
    send(SCI_SETSCROLLWIDTH, 1);
    send(SCI_SETSCROLLWIDTHTRACKING, 1);
    send(SCI_SETENDATLASTLINE, 1);
    send(SCI_SETLAYOUTCACHE, SC_CACHE_PAGE);
    send(SCI_SETMOUSEDWELLTIME, 500);
    send(SCI_SETCARETPERIOD, QApplication::cursorFlashTime() / 2);
    send(SCI_SETCARETWIDTH, 2);
    send(SCI_SETMULTIPLESELECTION, 0);
    send(SCI_SETMARGINLEFT, 0, 2);
    send(SCI_SETMARGINRIGHT, 0, 0);

    send(SCI_SETMARGINS, 4);
    for (const Margin margin : {ChangedMargin, FoldMargin, TextMargin})
        send(SCI_SETMARGINTYPEN, margin, SC_MARGIN_COLOUR);
    send(SCI_SETMARGINTYPEN, NumberMargin, SC_MARGIN_NUMBER);
    send(SCI_SETMARGINMASKN, ChangedMargin, 1 << ChangedMarker);
    send(SCI_SETMARGINMASKN, NumberMargin, 0);
    send(SCI_SETMARGINMASKN, FoldMargin, static_cast<qsizetype>(SC_MASK_FOLDERS));
    send(SCI_SETMARGINMASKN, TextMargin, 0);
    send(SCI_SETMARGINSENSITIVEN, FoldMargin, 1);
    send(SCI_MARKERDEFINE, ChangedMarker, SC_MARK_FULLRECT);
    for (const Marker marker : {WarnMarker, ErrMarker, AddedMarker, RemovedMarker})
        send(SCI_MARKERDEFINE, marker, SC_MARK_BACKGROUND);
    send(SCI_MARKERDEFINE, QuietMarker, SC_MARK_EMPTY);
    send(SCI_SETAUTOMATICFOLD, SC_AUTOMATICFOLD_SHOW | SC_AUTOMATICFOLD_CHANGE);
    send(SCI_SETFOLDFLAGS, 0);
    // Scintilla's own signs are as large as letters: paintEvent() draws smaller ones.
    for (const int marker : {SC_MARKNUM_FOLDERSUB, SC_MARKNUM_FOLDERTAIL, SC_MARKNUM_FOLDERMIDTAIL, SC_MARKNUM_FOLDEROPEN,
             SC_MARKNUM_FOLDEROPENMID, SC_MARKNUM_FOLDER, SC_MARKNUM_FOLDEREND})
        send(SCI_MARKERDEFINE, marker, SC_MARK_EMPTY);
    send(SCI_INDICSETSTYLE, ErrIndicator, INDIC_SQUIGGLE);
    send(SCI_INDICSETSTYLE, WarnIndicator, INDIC_SQUIGGLE);
    send(SCI_INDICSETSTYLE, HitIndicator, INDIC_FULLBOX);
    send(SCI_INDICSETALPHA, HitIndicator, 255);
    send(SCI_INDICSETUNDER, HitIndicator, 1);
    send(SCI_INDICSETSTYLE, HitLineIndicator, INDIC_PLAIN);
    makeReadable();
    bindKeys();

    connect(this, &QsciScintillaBase::SCN_STYLENEEDED, this, [this](int position) { styleTo(position); });
    connect(this, &QsciScintillaBase::SCEN_CHANGE, this, [this] {
        updateMargins();
        if (!m_setting)
            m_editor->onChanged();
    });
    connect(this, &QsciScintillaBase::SCN_UPDATEUI, this, [this](int what) {
        if (what & (SC_UPDATE_SELECTION | SC_UPDATE_CONTENT))
            m_editor->onMoved();
        if (what & (SC_UPDATE_V_SCROLL | SC_UPDATE_H_SCROLL))
            m_editor->placeList();
    });
    // Not by Scintilla itself: where a block ends is only known once the text is styled that far.
    connect(this, &QsciScintillaBase::SCN_MARGINCLICK, this, [this](int position) {
        const int line = static_cast<int>(send(SCI_LINEFROMPOSITION, position));
        if (send(SCI_GETFOLDLEVEL, line) & SC_FOLDLEVELHEADERFLAG)
            fold(line, !isFolded(line));
    });
    connect(this, QOverload<int, int, int>::of(&QsciScintillaBase::SCN_DWELLSTART), this,
        [this](int position, int x, int y) {
            if (position >= 0)
                m_editor->askHover(position, QPoint(x, y));
        });
    kit::bindTheme(this, [this] { applyTheme(); });
}

/// What text::safe escapes is shown as its code here; Scintilla itself does so for control characters alone.
void CodeArea::makeReadable()
{
    const auto show = [this](char32_t from, char32_t to) {
        // Not fromUcs4(), which takes U+FEFF for the mark of a byte order.
        for (char32_t c = from; c <= to; ++c) {
            const QByteArray encoded = QString(QChar(static_cast<char16_t>(c))).toUtf8();
            const QByteArray name = "U+" + QByteArray::number(static_cast<uint>(c), 16).toUpper().rightJustified(4, '0');
            SendScintilla(SCI_SETREPRESENTATION, encoded.constData(), name.constData());
        }
    };
    show(0x80, 0x9f);
    show(0xad, 0xad);
    show(0x61c, 0x61c);
    show(0x200b, 0x200f);
    show(0x2028, 0x202e);
    show(0x2060, 0x206f);
    show(0xfeff, 0xfeff);
}

/// Scintilla's own keys delete and duplicate whole lines on single strokes; here are those that every editor has.
void CodeArea::bindKeys()
{
    constexpr int shift = SCMOD_SHIFT;
    constexpr int ctrl = SCMOD_CTRL;
    struct Binding {
        int key;
        int modifiers;
        int command;
    };
    static constexpr Binding bindings[]{{SCK_DOWN, 0, SCI_LINEDOWN}, {SCK_DOWN, shift, SCI_LINEDOWNEXTEND},
        {SCK_DOWN, ctrl, SCI_LINESCROLLDOWN}, {SCK_UP, 0, SCI_LINEUP}, {SCK_UP, shift, SCI_LINEUPEXTEND},
        {SCK_UP, ctrl, SCI_LINESCROLLUP}, {SCK_LEFT, 0, SCI_CHARLEFT}, {SCK_LEFT, shift, SCI_CHARLEFTEXTEND},
        {SCK_LEFT, ctrl, SCI_WORDLEFT}, {SCK_LEFT, shift | ctrl, SCI_WORDLEFTEXTEND}, {SCK_RIGHT, 0, SCI_CHARRIGHT},
        {SCK_RIGHT, shift, SCI_CHARRIGHTEXTEND}, {SCK_RIGHT, ctrl, SCI_WORDRIGHT},
        {SCK_RIGHT, shift | ctrl, SCI_WORDRIGHTEXTEND}, {SCK_HOME, 0, SCI_VCHOME}, {SCK_HOME, shift, SCI_VCHOMEEXTEND},
        {SCK_HOME, ctrl, SCI_DOCUMENTSTART}, {SCK_HOME, shift | ctrl, SCI_DOCUMENTSTARTEXTEND}, {SCK_END, 0, SCI_LINEEND},
        {SCK_END, shift, SCI_LINEENDEXTEND}, {SCK_END, ctrl, SCI_DOCUMENTEND}, {SCK_END, shift | ctrl, SCI_DOCUMENTENDEXTEND},
        {SCK_PRIOR, 0, SCI_PAGEUP}, {SCK_PRIOR, shift, SCI_PAGEUPEXTEND}, {SCK_NEXT, 0, SCI_PAGEDOWN},
        {SCK_NEXT, shift, SCI_PAGEDOWNEXTEND}, {SCK_DELETE, 0, SCI_CLEAR}, {SCK_DELETE, shift, SCI_CUT},
        {SCK_DELETE, ctrl, SCI_DELWORDRIGHT}, {SCK_BACK, 0, SCI_DELETEBACK}, {SCK_BACK, shift, SCI_DELETEBACK},
        {SCK_BACK, ctrl, SCI_DELWORDLEFT}, {SCK_INSERT, ctrl, SCI_COPY}, {SCK_INSERT, shift, SCI_PASTE},
        {'Z', ctrl, SCI_UNDO}, {'Z', shift | ctrl, SCI_REDO}, {'Y', ctrl, SCI_REDO}, {'X', ctrl, SCI_CUT},
        {'C', ctrl, SCI_COPY}, {'V', ctrl, SCI_PASTE}, {'A', ctrl, SCI_SELECTALL}};
    send(SCI_CLEARALLCMDKEYS);
    for (const Binding &binding : bindings)
        send(SCI_ASSIGNCMDKEY, binding.key | (binding.modifiers << 16), binding.command);
}

void CodeArea::updateMargins()
{
    const auto width = [this](Margin margin, int pixels) {
        if (send(SCI_GETMARGINWIDTHN, margin) != pixels)
            send(SCI_SETMARGINWIDTHN, margin, pixels);
    };
    const bool yaml = m_language == CodeEditor::Language::Yaml;
    const QFontMetrics metrics(kit::typeFont(Type::Mono));
    const auto digits = QString::number(qMax(99, lineCount())).size();
    width(ChangedMargin, m_numbers ? 3 : 0);
    width(NumberMargin, m_numbers ? metrics.horizontalAdvance(QString(digits, u'0')) + scaled(10) : 0);
    width(FoldMargin, m_numbers && yaml ? scaled(14) : 0);
    width(TextMargin, !m_numbers ? 0 : yaml ? 2 : scaled(8));
}

void CodeArea::setNumbersShown(bool shown)
{
    m_numbers = shown;
    updateMargins();
}

void CodeArea::setContent(const QString &text)
{
    const int line = firstLine();
    const long offset = send(SCI_GETXOFFSET);
    const QString cut = shortened(text);
    m_whole = cut.isNull() ? QString() : text;
    const QByteArray bytes = (cut.isNull() ? text : cut).toUtf8();
    m_setting = true;
    m_problems.clear();
    m_hits.clear();
    send(SCI_SETREADONLY, 0);
    send(SCI_SETUNDOCOLLECTION, 0);
    send(SCI_CLEARALL);
    send(SCI_MARKERDELETEALL, -1);
    send(SCI_ALLOCATE, bytes.size() + 1);
    // With its length, so that a NUL does not end it.
    SendScintilla(SCI_APPENDTEXT, static_cast<unsigned long>(bytes.size()), bytes.constData());
    send(SCI_SETUNDOCOLLECTION, 1);
    send(SCI_EMPTYUNDOBUFFER);
    send(SCI_SETSAVEPOINT);
    setReadOnlyText(m_readOnly);
    fitScrollWidth();
    send(SCI_GOTOPOS, 0);
    setFirstLine(line);
    send(SCI_SETXOFFSET, offset);
    m_setting = false;
}

void CodeArea::replaceContent(const QString &text)
{
    if (!m_whole.isNull() || !shortened(text).isNull()) {
        setContent(text);
        m_editor->onChanged();
        return;
    }
    const QByteArray bytes = text.toUtf8();
    const char *now = bytes.constData();
    const long size = bytes.size();
    const long length = this->length();
    const auto *before = static_cast<const char *>(SendScintillaPtrResult(SCI_GETCHARACTERPOINTER));
    long head = 0;
    while (head < length && head < size && before[head] == now[head])
        ++head;
    long tail = 0;
    while (tail < length - head && tail < size - head && before[length - 1 - tail] == now[size - 1 - tail])
        ++tail;
    // Never within a character: bytes 10xxxxxx continue one.
    const auto inside = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; };
    while (head > 0 && ((head < length && inside(before[head])) || (head < size && inside(now[head]))))
        --head;
    while (tail > 0 && inside(now[size - tail]))
        --tail;
    if (head == length && head == size)
        return;
    const bool readOnly = isReadOnlyText();
    send(SCI_SETREADONLY, 0);
    m_setting = true; // it takes out, then puts in: nobody is told of the text between the two
    send(SCI_BEGINUNDOACTION);
    send(SCI_SETTARGETRANGE, head, length - tail);
    SendScintilla(SCI_REPLACETARGET, static_cast<unsigned long>(size - tail - head), now + head);
    send(SCI_ENDUNDOACTION);
    m_setting = false;
    send(SCI_SETREADONLY, readOnly);
    fitScrollWidth();
    m_editor->onChanged();
}

/// Scintilla measures the lines that it has painted, so that the bar below came and went with what was seen so far.
void CodeArea::fitScrollWidth()
{
    const QByteArrayView bytes(static_cast<const char *>(SendScintillaPtrResult(SCI_GETCHARACTERPOINTER)), length());
    long longest = 0;
    long columns = 0;
    for (const char c : bytes) {
        if (c == '\n')
            columns = 0;
        else if ((static_cast<unsigned char>(c) & 0xc0) != 0x80)
            longest = std::max(longest, ++columns);
    }
    const long each = SendScintilla(SCI_TEXTWIDTH, static_cast<unsigned long>(STYLE_DEFAULT), "x");
    send(SCI_SETSCROLLWIDTH, std::max(1L, longest * each));
}

long CodeArea::length() const
{
    return send(SCI_GETLENGTH);
}

QString CodeArea::content() const
{
    if (!m_whole.isNull())
        return m_whole;
    const QByteArrayView bytes(static_cast<const char *>(SendScintillaPtrResult(SCI_GETCHARACTERPOINTER)), length());
    // fromUtf8() takes a first U+FEFF away.
    return bytes.startsWith("\xef\xbb\xbf") ? QChar(0xfeff) + QString::fromUtf8(bytes) : QString::fromUtf8(bytes);
}

QString CodeArea::lineText(int line) const
{
    QByteArray bytes(send(SCI_LINELENGTH, line), Qt::Uninitialized);
    if (!bytes.isEmpty())
        SendScintilla(SCI_GETLINE, static_cast<unsigned long>(line), static_cast<void *>(bytes.data()));
    while (bytes.endsWith('\n') || bytes.endsWith('\r'))
        bytes.chop(1);
    return QString::fromUtf8(bytes);
}

QString CodeArea::selection() const
{
    const long from = send(SCI_GETSELECTIONSTART);
    const long to = send(SCI_GETSELECTIONEND);
    QByteArray bytes(to - from + 1, Qt::Uninitialized);
    SendScintilla(SCI_GETTEXTRANGE, from, to, bytes.data());
    return QString::fromUtf8(bytes.constData(), to - from);
}

int CodeArea::lineCount() const
{
    return static_cast<int>(send(SCI_GETLINECOUNT));
}

CodePlace CodeArea::placeOf(long position) const
{
    const long line = send(SCI_LINEFROMPOSITION, position);
    const long start = send(SCI_POSITIONFROMLINE, line);
    return {static_cast<int>(line), static_cast<int>(send(SCI_COUNTCODEUNITS, start, position))};
}

long CodeArea::positionOf(CodePlace place) const
{
    const int line = qBound(0, place.line, lineCount() - 1);
    const long start = send(SCI_POSITIONFROMLINE, line);
    const long end = send(SCI_GETLINEENDPOSITION, line);
    if (place.line > line)
        return end;
    const long position = send(SCI_POSITIONRELATIVECODEUNITS, start, qMax(0, place.column));
    // It answers 0 beyond the end of the text.
    return (position <= start && place.column > 0) || position > end ? end : qMax(start, position);
}

CodePlace CodeArea::cursor() const
{
    return placeOf(send(SCI_GETCURRENTPOS));
}

void CodeArea::setCursor(CodePlace place)
{
    const long position = positionOf(place);
    send(SCI_ENSUREVISIBLE, send(SCI_LINEFROMPOSITION, position));
    send(SCI_GOTOPOS, position);
}

long CodeArea::wordStart() const
{
    const auto isWord = [](long c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.'
            || c == '/';
    };
    long position = send(SCI_GETCURRENTPOS);
    const long start = send(SCI_POSITIONFROMLINE, send(SCI_LINEFROMPOSITION, position));
    while (position > start && isWord(send(SCI_GETCHARAT, position - 1)))
        --position;
    // A lone "-" begins an item, not a word.
    if (send(SCI_GETCHARAT, position) == '-' && position < send(SCI_GETCURRENTPOS) && !isWord(send(SCI_GETCHARAT, position + 1)))
        ++position;
    return position;
}

void CodeArea::insertWord(const QString &word)
{
    const QByteArray bytes = word.toUtf8();
    const long start = wordStart();
    send(SCI_BEGINUNDOACTION);
    send(SCI_SETTARGETRANGE, start, send(SCI_GETCURRENTPOS));
    SendScintilla(SCI_REPLACETARGET, static_cast<unsigned long>(bytes.size()), bytes.constData());
    send(SCI_GOTOPOS, start + bytes.size());
    send(SCI_ENDUNDOACTION);
}

void CodeArea::replaceStretch(CodePlace place, int length, const QString &text)
{
    const QByteArray bytes = text.toUtf8();
    const long start = positionOf(place);
    const long end = positionOf({place.line, place.column + length});
    send(SCI_BEGINUNDOACTION);
    send(SCI_SETTARGETRANGE, start, end);
    SendScintilla(SCI_REPLACETARGET, static_cast<unsigned long>(bytes.size()), bytes.constData());
    send(SCI_GOTOPOS, start + bytes.size());
    send(SCI_ENDUNDOACTION);
}

void CodeArea::setReadOnlyText(bool readOnly)
{
    m_readOnly = readOnly;
    readOnly = readOnly || !m_whole.isNull();
    send(SCI_SETREADONLY, readOnly);
    // Where nothing is written the line of the cursor says nothing.
    send(SCI_SETCARETLINEVISIBLE, !readOnly);
    send(SCI_SETCARETLINEVISIBLEALWAYS, !readOnly);
}

bool CodeArea::isReadOnlyText() const
{
    return send(SCI_GETREADONLY) != 0;
}

void CodeArea::setChangedLines(const QSet<int> &lines)
{
    send(SCI_MARKERDELETEALL, ChangedMarker);
    for (const int line : lines)
        send(SCI_MARKERADD, line, ChangedMarker);
}

void CodeArea::setLineTints(const QHash<int, CodeEditor::LineTint> &tints)
{
    for (const Marker marker : {AddedMarker, RemovedMarker, QuietMarker})
        send(SCI_MARKERDELETEALL, marker);
    for (auto it = tints.cbegin(); it != tints.cend(); ++it)
        send(SCI_MARKERADD, it.key(),
            it.value() == CodeEditor::LineTint::Added         ? AddedMarker
                : it.value() == CodeEditor::LineTint::Removed ? RemovedMarker
                                                              : QuietMarker);
    // Their lines are styled by them, when they are next painted.
    send(SCI_STARTSTYLING, 0, 0xff);
    viewport()->update();
}

void CodeArea::setProblems(const QList<CodeProblem> &problems)
{
    m_problems.clear();
    for (const Marker marker : {ErrMarker, WarnMarker})
        send(SCI_MARKERDELETEALL, marker);
    for (const Indicator indicator : {ErrIndicator, WarnIndicator}) {
        send(SCI_SETINDICATORCURRENT, indicator);
        send(SCI_INDICATORCLEARRANGE, 0, length());
    }
    for (const CodeProblem &problem : problems) {
        const bool err = problem.tone == kit::Tone::Err;
        const long start = positionOf(problem.place);
        const long end = qMax(positionOf({problem.place.line, problem.place.column + qMax(1, problem.length)}), start);
        send(SCI_SETINDICATORCURRENT, err ? ErrIndicator : WarnIndicator);
        // At the end of a line there is nothing to underline but what stands before.
        const long from = end == start && start > 0 ? send(SCI_POSITIONBEFORE, start) : start;
        send(SCI_INDICATORFILLRANGE, from, qMax(1L, end - from));
        const int handle =
            static_cast<int>(send(SCI_MARKERADD, send(SCI_LINEFROMPOSITION, start), err ? ErrMarker : WarnMarker));
        m_problems.append({problem, handle});
    }
    viewport()->update();
}

QList<CodeProblem> CodeArea::problems() const
{
    QList<CodeProblem> result;
    for (const Marked &marked : m_problems) {
        CodeProblem problem = marked.problem;
        problem.place.line = static_cast<int>(send(SCI_MARKERLINEFROMHANDLE, marked.handle));
        if (problem.place.line >= 0)
            result.append(problem);
    }
    return result;
}

int CodeArea::search(const QString &text)
{
    for (const Indicator indicator : {HitIndicator, HitLineIndicator}) {
        send(SCI_SETINDICATORCURRENT, indicator);
        send(SCI_INDICATORCLEARRANGE, 0, length());
    }
    m_search = text;
    m_hits.clear();
    const QByteArray wanted = text.toUtf8();
    const long end = length();
    send(SCI_SETSEARCHFLAGS, 0);
    long from = 0;
    while (!wanted.isEmpty() && from < end && m_hits.size() < maxHits) {
        send(SCI_SETTARGETRANGE, from, end);
        const long at = SendScintilla(SCI_SEARCHINTARGET, static_cast<unsigned long>(wanted.size()), wanted.constData());
        if (at < 0)
            break;
        const long past = send(SCI_GETTARGETEND);
        m_hits.append({at, past - at});
        for (const Indicator indicator : {HitIndicator, HitLineIndicator}) {
            send(SCI_SETINDICATORCURRENT, indicator);
            send(SCI_INDICATORFILLRANGE, at, past - at);
        }
        from = qMax(past, at + 1);
    }
    return static_cast<int>(m_hits.size());
}

int CodeArea::goToHit(bool forward)
{
    if (m_hits.isEmpty())
        return 0;
    const long from = send(SCI_GETSELECTIONSTART);
    const long to = send(SCI_GETSELECTIONEND);
    qsizetype index = 0;
    if (forward) {
        const auto next = std::ranges::find_if(m_hits, [&](const auto &hit) { return hit.first >= to; });
        index = next == m_hits.end() ? 0 : std::distance(m_hits.begin(), next);
    } else {
        index = m_hits.size() - 1;
        while (index >= 0 && m_hits[index].first >= from)
            --index;
        if (index < 0)
            index = m_hits.size() - 1;
    }
    const auto [at, size] = m_hits[index];
    send(SCI_ENSUREVISIBLEENFORCEPOLICY, send(SCI_LINEFROMPOSITION, at));
    send(SCI_SETSEL, at, at + size);
    return static_cast<int>(index) + 1;
}

int CodeArea::firstLine() const
{
    return static_cast<int>(send(SCI_DOCLINEFROMVISIBLE, send(SCI_GETFIRSTVISIBLELINE)));
}

void CodeArea::setFirstLine(int line)
{
    send(SCI_SETFIRSTVISIBLELINE, send(SCI_VISIBLEFROMDOCLINE, line));
}

void CodeArea::fold(int line, bool folded)
{
    // Depths are known as far as the text is styled.
    styleTo(send(SCI_GETLINEENDPOSITION, qMin(lineCount() - 1, line + 1)));
    long header = line;
    if (!(send(SCI_GETFOLDLEVEL, line) & SC_FOLDLEVELHEADERFLAG))
        header = send(SCI_GETFOLDPARENT, line);
    if (header < 0)
        return;
    if (folded)
        styleTo(length()); // where the block ends is known by the line behind it
    if ((send(SCI_GETFOLDEXPANDED, header) == 0) != folded)
        send(SCI_FOLDLINE, header, folded ? SC_FOLDACTION_CONTRACT : SC_FOLDACTION_EXPAND);
    if (folded && send(SCI_LINEFROMPOSITION, send(SCI_GETCURRENTPOS)) != header)
        send(SCI_GOTOPOS, send(SCI_GETLINEENDPOSITION, header));
    viewport()->update();
}

bool CodeArea::isFolded(int line) const
{
    return send(SCI_GETFOLDEXPANDED, line) == 0;
}

bool CodeArea::selectsLines() const
{
    return send(SCI_LINEFROMPOSITION, send(SCI_GETSELECTIONSTART)) != send(SCI_LINEFROMPOSITION, send(SCI_GETSELECTIONEND));
}

bool CodeArea::event(QEvent *event)
{
    if (event->type() == QEvent::ShortcutOverride && !isReadOnlyText()) {
        // While somebody writes, letters and the keys of every editor are not the window's.
        const auto *key = static_cast<QKeyEvent *>(event);
        const bool plain = !(key->modifiers() & ~(Qt::ShiftModifier | Qt::KeypadModifier));
        const bool typed = plain && !key->text().isEmpty() && key->text().at(0).isPrint();
        static constexpr QKeySequence::StandardKey common[]{QKeySequence::Undo, QKeySequence::Redo, QKeySequence::Cut,
            QKeySequence::Copy, QKeySequence::Paste, QKeySequence::SelectAll};
        if (typed || std::ranges::any_of(common, [key](auto standard) { return key->matches(standard); })) {
            event->accept();
            return true;
        }
    }
    return QsciScintillaBase::event(event);
}

bool CodeArea::focusNextPrevChild(bool next)
{
    // QsciScintillaBase would keep Tab wherever the text can be changed; here it is a key of the editor only while a list is
    // open or lines are selected.
    const bool keeps = m_editor->isListOpen() || (!isReadOnlyText() && selectsLines());
    // The direct parent's is the one that keeps every Tab.
    return !keeps && QWidget::focusNextPrevChild(next); // NOLINT(bugprone-parent-virtual-call): past QsciScintilla on purpose
}

void CodeArea::keyPressEvent(QKeyEvent *event)
{
    if (m_editor->keyPressed(event)) {
        event->accept();
        return;
    }
    // In a text that is only read letters are for the page around it.
    if (isReadOnlyText() && !event->text().isEmpty() && event->text().at(0).isPrint()
        && !(event->modifiers() & ~(Qt::ShiftModifier | Qt::KeypadModifier))) {
        event->ignore();
        return;
    }
    QsciScintillaBase::keyPressEvent(event);
    m_editor->typed();
}

void CodeArea::wheelEvent(QWheelEvent *event)
{
    // The size of text is the application's.
    if (event->modifiers().testFlag(Qt::ControlModifier))
        event->ignore();
    else
        QsciScintillaBase::wheelEvent(event);
}

void CodeArea::contextMenuEvent(QContextMenuEvent *event)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const bool selected = send(SCI_GETSELECTIONEMPTY) == 0;
    const auto add = [&](const QString &text, int command, bool enabled) {
        QAction *action = menu->addAction(text);
        action->setEnabled(enabled);
        connect(action, &QAction::triggered, this, [this, command] { send(static_cast<unsigned int>(command)); });
    };
    if (!isReadOnlyText()) {
        add(CodeEditor::tr("Undo"), SCI_UNDO, send(SCI_CANUNDO) != 0);
        add(CodeEditor::tr("Redo"), SCI_REDO, send(SCI_CANREDO) != 0);
        menu->addSeparator();
        add(CodeEditor::tr("Cut"), SCI_CUT, selected);
    }
    add(CodeEditor::tr("Copy"), SCI_COPY, selected);
    if (!isReadOnlyText())
        add(CodeEditor::tr("Paste"), SCI_PASTE, send(SCI_CANPASTE) != 0);
    add(CodeEditor::tr("Select all"), SCI_SELECTALL, length() > 0);
    menu->addSeparator();
    connect(menu->addAction(CodeEditor::tr("Search…")), &QAction::triggered, m_editor, &CodeEditor::openSearch);
    menu->popup(event->globalPos());
}

} // namespace cairn::editors
