// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Text.h"
#include "manifest/JsonReader.h"

#include <QCoreApplication>
#include <QStringDecoder>
#include <algorithm>
#include <istream>
#include <streambuf>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

using namespace Qt::StringLiterals;

namespace cairn::manifest {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::manifest)
};

/// yaml-cpp keeps the tokens of a flow collection, and of a line, until it knows whether they are a key: up to 264
/// bytes for each of these.
constexpr int kMostPending = 60'000;
/// yaml-cpp keeps each word of a directive.
constexpr int kLongestDirective = 1000;
constexpr size_t kMostDocuments = 10'000;
constexpr int kMostFaults = 50;
/// Texts above are read once only; below, what follows a fault is read as well.
constexpr qsizetype kMostToReadAgain = 256 * 1024;
constexpr int kMostReadings = 24;

/// Gives yaml-cpp the text in small pieces, and looks at each before: what it would have to keep since its last event
/// is bounded here, since its own limits come after the memory is gone.
class Feed final : public std::streambuf
{
public:
    Feed(const Tree &tree, const Tree::Part &part, const TreeBuilder &builder, int depth)
        : m_text(tree.text), m_tree(tree), m_builder(builder), m_depth(depth), m_begin(part.content), m_given(part.content), m_end(part.end), m_at(part.content)
    {
    }

private:
    enum class State { Open, Flow, Passed };
    const QByteArray &m_text;
    const Tree &m_tree;
    const TreeBuilder &m_builder;
    int m_depth;
    int m_begin;
    int m_given;
    int m_end;
    int m_at;        ///< how far it was looked at
    int m_since = -1;
    State m_state = State::Open;
    char m_quote = '\0';
    bool m_comment = false;
    bool m_word = false;
    int m_begun = 0; ///< where the outermost bracket stands
    int m_brackets = 0;
    int m_pending = 0;

    int_type underflow() override
    {
        if (m_given >= m_end)
            return traits_type::eof();
        // The first piece cannot hurt. What is thrown there std::istream would swallow, and yaml-cpp leak: it reads 2 KiB ahead
        // before its stream is whole.
        const bool first = m_given == m_begin;
        if (!first)
            look();
        const int size = std::min(first ? 4096 : 1024, m_end - m_given);
        // The pieces are read only; std::streambuf has no const form.
        char *begin = const_cast<char *>(m_text.constData()) + m_given;
        m_given += size;
        setg(begin, begin, begin + size);
        return traits_type::to_int_type(*begin);
    }

    void look()
    {
        if (m_since != m_builder.at()) {
            m_since = m_at = m_builder.at();
            m_state = State::Open;
            m_quote = '\0';
            m_comment = m_word = false;
            m_brackets = m_pending = 0;
        }
        for (; m_at < m_given && m_state != State::Passed; ++m_at)
            lookAt(m_text[m_at]);
        m_at = std::max(m_at, m_given);
        if (m_pending > kMostPending)
            throw Refused{Fault::Kind::TooLarge, m_begun,
                          Words::tr("Line %1 begins something with more than %2 brackets, commas and values.")
                              .arg(m_tree.line(m_begun))
                              .arg(kMostPending),
                          Words::tr("Write each value on a line of its own, without brackets, or all as JSON.")};
    }

    void lookAt(char c)
    {
        if (m_comment) {
            m_comment = c != '\n';
            return;
        }
        if (m_quote != '\0') {
            if (c == '\\' && m_quote == '"')
                ++m_at;
            else if (c == m_quote)
                m_quote = '\0'; // '' in single quotes closes and opens again
            return;
        }
        if (lex::isSpace(c)) {
            m_word = false;
            return;
        }
        const bool starts = !m_word;
        switch (c) {
        case '#':
            if (starts)
                m_comment = true;
            return;
        case '[':
        case '{':
            if (m_state == State::Open && !starts)
                break;
            if (m_state == State::Open)
                m_begun = m_at;
            m_state = State::Flow;
            ++m_pending;
            m_word = false;
            if (++m_brackets > m_depth)
                throw Refused{Fault::Kind::TooLarge, m_at,
                              Words::tr("Line %1 opens more than %2 brackets.").arg(m_tree.line(m_at)).arg(m_depth),
                              Words::tr("Flatten it.")};
            return;
        case ']':
        case '}':
            m_brackets = std::max(0, m_brackets - 1);
            [[fallthrough]];
        case ',':
            ++m_pending;
            m_word = false;
            return;
        case '"':
        case '\'':
            if (starts || m_state == State::Flow) {
                m_quote = c;
                ++m_pending;
                return;
            }
            break;
        case '&':
        case '*':
        case '!':
            if (m_state == State::Flow) {
                ++m_pending;
                m_word = true;
                return;
            }
            [[fallthrough]];
        case '-':
        case '?':
        case ':':
            if (m_state == State::Open) {
                if (m_pending == 0)
                    m_begun = m_at;
                ++m_pending;
                m_word = c == '&' || c == '*' || c == '!';
                return;
            }
            break;
        case '|':
        case '>':
            if (m_state == State::Open && starts) {
                m_state = State::Passed;
                return;
            }
            break;
        default: break;
        }
        if (m_state == State::Flow) {
            m_pending += starts;
            m_word = true;
        } else if (starts) {
            m_state = State::Passed; // one plain text, however long
        }
    }
};

/// Hands yaml-cpp's events on.
class Events final : public YAML::EventHandler
{
public:
    Events(TreeBuilder &builder, int base) : m_builder(builder), m_base(base) {}

    void OnDocumentStart(const YAML::Mark &) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark &mark, YAML::anchor_t anchor) override { m_builder.null(at(mark), int(anchor)); }
    void OnAlias(const YAML::Mark &mark, YAML::anchor_t anchor) override { m_builder.alias(at(mark), int(anchor)); }
    void OnScalar(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor, const std::string &value) override
    {
        m_builder.scalar(at(mark), int(anchor), tag, value);
    }
    void OnSequenceStart(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor, YAML::EmitterStyle::value style) override
    {
        m_builder.open(at(mark), false, style == YAML::EmitterStyle::Flow, int(anchor), tag);
    }
    void OnSequenceEnd() override { m_builder.close(); }
    void OnMapStart(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor, YAML::EmitterStyle::value style) override
    {
        m_builder.open(at(mark), true, style == YAML::EmitterStyle::Flow, int(anchor), tag);
    }
    void OnMapEnd() override { m_builder.close(); }

private:
    TreeBuilder &m_builder;
    int m_base;

    int at(const YAML::Mark &mark) const { return m_base + mark.pos; }
};

/// For what may not be there: more than one document between two markers.
class Nothing final : public YAML::EventHandler
{
public:
    Nothing(int base, int least) : m_base(base), m_least(least) {}

    void OnDocumentStart(const YAML::Mark &mark) override
    {
        throw Refused{Fault::Kind::Syntax, std::max(m_least, m_base + mark.pos), Words::tr("What begins here belongs to nothing before it."),
                      Words::tr("Correct its indentation, or begin a document of its own with ---.")};
    }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark &, YAML::anchor_t) override {}
    void OnAlias(const YAML::Mark &, YAML::anchor_t) override {}
    void OnScalar(const YAML::Mark &, const std::string &, YAML::anchor_t, const std::string &) override {}
    void OnSequenceStart(const YAML::Mark &, const std::string &, YAML::anchor_t, YAML::EmitterStyle::value) override {}
    void OnSequenceEnd() override {}
    void OnMapStart(const YAML::Mark &, const std::string &, YAML::anchor_t, YAML::EmitterStyle::value) override {}
    void OnMapEnd() override {}

private:
    int m_base;
    int m_least;
};

class Reading
{
public:
    Reading(Tree &tree, const YamlLimits &limits) : m_tree(tree), m_limits(limits) {}

    void read(const QByteArray &bytes)
    {
        if (!decode(bytes))
            return;
        m_tree.lines = {0};
        for (qsizetype i = m_tree.text.indexOf('\n'); i >= 0; i = m_tree.text.indexOf('\n', i + 1))
            m_tree.lines.push_back(static_cast<int>(i) + 1);
        if (!lookAtCharacters())
            return;
        split();
        for (Tree::Part &part : m_tree.parts)
            readPart(part);
        std::erase_if(m_tree.parts, [this](const Tree::Part &part) {
            return !part.broken && (part.root < 0 || (m_tree.node(part.root).kind == Node::Kind::Null && m_tree.node(part.root).begin == m_tree.node(part.root).end));
        });
        std::ranges::stable_sort(m_tree.faults, std::less<>(), [](const Fault &f) { return f.place.offset; });
    }

private:
    Tree &m_tree;
    const YamlLimits &m_limits;
    qsizetype m_spelledOut = 0;

    void fault(Fault::Kind kind, qsizetype offset, const QString &why, const QString &fix)
    {
        if (m_tree.faults.size() < kMostFaults)
            m_tree.faults.append({kind, m_tree.lines.empty() ? Place() : m_tree.place(offset), why, fix});
    }

    bool decode(const QByteArray &bytes)
    {
        if (bytes.size() > m_limits.bytes) {
            fault(Fault::Kind::TooLarge, 0,
                  Words::tr("It has %1, more than the %2 that are read.").arg(text::bytes(bytes.size()), text::bytes(m_limits.bytes)),
                  Words::tr("Split it into smaller files."));
            return false;
        }
        m_tree.text = bytes;
        const auto encoding = QStringConverter::encodingForData(bytes);
        if (encoding && *encoding != QStringConverter::Utf8) {
            QStringDecoder decoder(*encoding);
            const QString wide = decoder.decode(bytes);
            if (decoder.hasError()) {
                fault(Fault::Kind::Syntax, 0, Words::tr("It is not UTF-8 text."), Words::tr("Save the file as UTF-8."));
                return false;
            }
            m_tree.text = wide.toUtf8();
        }
        return true;
    }

    /// What no YAML file may hold, and what yaml-cpp and go-yaml read in different ways.
    bool lookAtCharacters()
    {
        const QByteArray &text = m_tree.text;
        for (size_t i = 0; i < m_tree.lines.size(); ++i) {
            const qsizetype begin = m_tree.lines[i];
            const qsizetype end = i + 1 < m_tree.lines.size() ? m_tree.lines[i + 1] : text.size();
            const QByteArrayView line = m_tree.slice(begin, end);
            if (!line.isValidUtf8()) {
                fault(Fault::Kind::Syntax, begin, Words::tr("It is not UTF-8 text."), Words::tr("Save the file as UTF-8."));
                continue;
            }
            for (qsizetype k = 0; k < line.size(); ++k) {
                const auto c = static_cast<uchar>(line[k]);
                const bool lone = c == '\r' && !(k + 1 < line.size() && line[k + 1] == '\n');
                if (lone) {
                    fault(Fault::Kind::Syntax, begin + k, Words::tr("Line %1 holds a carriage return that ends no line.").arg(i + 1),
                          Words::tr("Save the file with the line endings of Linux or Windows."));
                    break;
                }
                if (c == 0x7f || (c < 0x20 && c != '\t' && c != '\n' && c != '\r')) {
                    fault(Fault::Kind::Syntax, begin + k,
                          Words::tr("Line %1 holds a control character (code %2), which YAML does not allow.").arg(i + 1).arg(c),
                          Words::tr("Remove the character, or check that this is a YAML file."));
                    break;
                }
            }
            if (line.startsWith('%') && line.size() > kLongestDirective)
                fault(Fault::Kind::TooLarge, begin, Words::tr("Line %1 is a directive of more than %2 characters.").arg(i + 1).arg(kLongestDirective),
                      Words::tr("Remove the line; Kubernetes objects need none."));
        }
        return m_tree.faults.isEmpty();
    }

    /// Cuts the text at "---" and "...", so that one broken document does not hide the others.
    void split()
    {
        const QByteArray &text = m_tree.text;
        const auto size = static_cast<int>(text.size());
        Tree::Part part;
        part.content = text.startsWith("\xef\xbb\xbf") ? 3 : 0;
        bool directives = false;
        bool anything = false;
        const auto flush = [&](int end) {
            part.end = end;
            if (!anything)
                return;
            if (m_tree.parts.size() < kMostDocuments) {
                m_tree.parts.push_back(part);
            } else if (m_tree.parts.size() == kMostDocuments) {
                m_tree.parts.push_back(part);
                m_tree.parts.back().broken = true;
                fault(Fault::Kind::TooLarge, part.begin, Words::tr("It has more than %1 documents.").arg(kMostDocuments),
                      Words::tr("Split it into smaller files."));
            }
        };
        for (const int begin : m_tree.lines) {
            const int end = lex::lineEnd(text, begin);
            const QByteArrayView line = m_tree.slice(begin, std::max(begin, end));
            const bool marks = (line.startsWith("---") || line.startsWith("...")) && (line.size() == 3 || lex::isSpace(line[3]));
            if (!marks) {
                const int from = begin == 0 ? part.content : begin;
                const bool directive = from < end && text[from] == '%';
                directives = directives || (!anything && directive);
                anything = anything || (!directive && lex::skipSpace(text, from, std::max(from, end)) < end);
                continue;
            }
            if (!directives || line.startsWith("...")) {
                flush(begin);
                part = {};
                part.begin = begin;
                part.content = begin + 3;
                anything = false;
            }
            directives = false;
            anything = anything || lex::skipSpace(text, begin + 3, end) < end;
        }
        flush(size);
    }

    void readPart(Tree::Part &part)
    {
        if (part.broken)
            return;
        const size_t nodes = m_tree.nodes.size();
        const size_t texts = m_tree.texts.size();
        const qsizetype faults = m_tree.faults.size();
        const qsizetype spelledOut = m_spelledOut;
        const auto again = [&] {
            m_tree.nodes.resize(nodes);
            m_tree.texts.resize(texts);
            m_tree.faults.resize(faults);
            m_spelledOut = spelledOut;
            part.root = -1;
            part.bomb = false;
        };
        int noJson = -1;
        const char first = m_tree.text.mid(lex::skipSpace(m_tree.text, part.content, part.end), 1).append(' ')[0];
        if (first == '{' || first == '[') {
            try {
                TreeBuilder builder(m_tree, part, m_limits, m_spelledOut);
                noJson = readJson(m_tree, part, builder);
                part.json = noJson < 0;
            } catch (const Refused &refused) {
                part.broken = true;
                part.root = -1;
                fault(refused.kind, refused.offset, refused.why, refused.fix);
                return;
            }
            if (part.json)
                return;
            again();
        }
        std::optional<Refused> refused = readYaml(m_tree, part);
        if (!refused)
            return;
        if (refused->kind == Fault::Kind::TooLarge && noJson >= 0)
            refused = Refused{Fault::Kind::Syntax, noJson, Words::tr("From here on this is not JSON, and it is too large for flow-style YAML."),
                              Words::tr("Fix the text here.")};
        part.broken = true;
        part.root = -1;
        fault(refused->kind, refused->offset, refused->why, refused->fix);
        if (refused->kind != Fault::Kind::TooLarge && part.end - part.begin <= kMostToReadAgain)
            readOn(part, refused->offset);
    }

    /// Looks for further faults: leaves out the lines of a fault, then of the entry around it, until the reader gets past it.
    void readOn(const Tree::Part &part, int offset)
    {
        const auto indentOf = [](const QByteArray &text, int begin) {
            int at = begin;
            while (at < text.size() && text[at] == ' ')
                ++at;
            return at < text.size() && !lex::isSpace(text[at]) && text[at] != '#' ? at - begin : -1; // -1: nothing there
        };
        Tree copy;
        copy.text = m_tree.text;
        copy.lines = m_tree.lines;
        int from = lex::lineBegin(copy.text, std::min(offset, part.end - 1));
        int indent = std::max(0, indentOf(copy.text, from));
        for (int readings = 0; readings < kMostReadings && m_tree.faults.size() < kMostFaults; ++readings) {
            int end = lex::lineEnd(copy.text, offset);
            for (int next = end; next < part.end; end = lex::lineEnd(copy.text, next)) { // what is indented below goes as well
                next = static_cast<int>(copy.text.indexOf('\n', next)) + 1;
                if (next <= 0 || next >= part.end || (indentOf(copy.text, next) >= 0 && indentOf(copy.text, next) <= indent))
                    break;
            }
            for (int i = std::max(from, part.content); i < std::min(end, part.end); ++i) {
                if (!lex::isSpace(copy.text[i]))
                    copy.text[i] = ' ';
            }
            copy.nodes.clear();
            copy.texts.clear();
            copy.faults.clear();
            Tree::Part rest = part;
            const qsizetype spelledOut = m_spelledOut;
            const std::optional<Refused> refused = readYaml(copy, rest);
            m_spelledOut = spelledOut;
            if (!refused)
                break;
            if (refused->kind == Fault::Kind::TooLarge)
                return;
            if (refused->offset > end) {
                fault(refused->kind, refused->offset, refused->why, refused->fix);
                offset = refused->offset;
                from = lex::lineBegin(copy.text, std::min(offset, part.end - 1));
                indent = std::max(0, indentOf(copy.text, from));
                continue;
            }
            // The same fault still: widen to the line above that is indented less.
            int wider = from;
            while (wider > part.content) {
                wider = lex::lineBegin(copy.text, wider - 1);
                if (const int above = indentOf(copy.text, wider); above >= 0 && (above < indent || indent == 0)) {
                    indent = above;
                    break;
                }
            }
            if (wider <= part.content && wider == from)
                return;
            from = wider;
        }
        for (const Fault &each : std::as_const(copy.faults)) { // what is no fault of syntax shows in the last reading only
            const bool known = std::ranges::any_of(m_tree.faults, [&](const Fault &f) { return f.place.offset == each.place.offset; });
            if (!known)
                fault(each.kind, each.place.offset, each.why, each.fix);
        }
    }

    std::optional<Refused> readYaml(Tree &tree, Tree::Part &part)
    {
        try {
            TreeBuilder builder(tree, part, m_limits, m_spelledOut);
            Feed feed(tree, part, builder, m_limits.depth);
            std::istream in(&feed);
            Events events(builder, part.content);
            YAML::Parser parser(in);
            if (parser.HandleNextDocument(events)) {
                Nothing nothing(part.content, builder.at());
                parser.HandleNextDocument(nothing);
            }
            return std::nullopt;
        } catch (const Refused &refused) {
            return refused;
        } catch (const YAML::Exception &e) {
            const int offset = e.mark.is_null() ? part.content : std::min(part.content + e.mark.pos, part.end);
            // yaml-cpp notices a tab at the latest one line after it.
            int line = lex::lineBegin(tree.text, offset);
            for (int i = 0; i < 2; ++i, line = lex::lineBegin(tree.text, line - 1)) {
                int at = line;
                while (at < part.end && tree.text[at] == ' ')
                    ++at;
                if (at < part.end && tree.text[at] == '\t')
                    return Refused{Fault::Kind::Syntax, i == 0 ? offset : at,
                                   Words::tr("Near line %1 a line is indented with a tab.").arg(tree.place(offset).line),
                                   Words::tr("Indent with spaces; YAML does not allow tabs there.")};
            }
            const Place place = tree.place(offset);
            // Their messages are fixed English sentences without content of the file.
            return Refused{Fault::Kind::Syntax, offset,
                           Words::tr("It is not valid YAML at line %1, column %2: %3.")
                               .arg(place.line)
                               .arg(place.column)
                               .arg(text::safe(QString::fromStdString(e.msg))),
                           Words::tr("Fix the text here.")};
        } catch (const std::exception &) {
            return Refused{Fault::Kind::Syntax, part.content, Words::tr("The YAML parser gave up on it."), Words::tr("Simplify the text.")};
        }
    }
};

} // namespace

std::shared_ptr<const Tree> readTree(const QByteArray &bytes, const YamlLimits &limits)
{
    auto tree = std::make_shared<Tree>();
    Reading(*tree, limits).read(bytes);
    if (tree->lines.empty())
        tree->lines = {0};
    return tree;
}

Result<QList<QJsonValue>> documentsFromYaml(const QByteArray &text, const YamlLimits &limits)
{
    const Document document = Document::read(text, limits);
    if (!document.faults().isEmpty())
        return fail(document.error());
    QList<QJsonValue> all;
    for (int i = 0; i < document.count(); ++i) {
        if (const QJsonValue value = document.json(i); !value.isNull())
            all.append(value);
    }
    return all;
}

Result<QJsonValue> fromYaml(const QByteArray &text, const YamlLimits &limits)
{
    const Result<QList<QJsonValue>> documents = documentsFromYaml(text, limits);
    if (!documents)
        return fail(documents.error());
    if (documents->size() != 1)
        return fail(Error::Kind::Parse, Words::tr("The YAML cannot be read."),
                    documents->isEmpty() ? Words::tr("It holds nothing.") : Words::tr("It holds several documents."),
                    Words::tr("Write exactly one object."));
    return documents->first();
}

} // namespace cairn::manifest
