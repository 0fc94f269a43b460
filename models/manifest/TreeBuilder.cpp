// SPDX-License-Identifier: GPL-3.0-or-later
#include "manifest/TreeBuilder.h"

#include "base/Text.h"
#include "manifest/Scalars.h"

#include <QCoreApplication>
#include <algorithm>
#include <cctype>
#include <cstring>

using namespace Qt::StringLiterals;

namespace cairn::manifest {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::manifest)
};

using Kind = Node::Kind;
using Style = Node::Style;

/// Each costs a map entry in yaml-cpp and one here; nobody writes more by hand.
constexpr int kMostAnchors = 20'000;
constexpr int kMostFaults = 50;

/// yaml-cpp 0.7 makes single bytes of the escapes \N and \_, which are no UTF-8; the same text with them put right, or null.
QByteArray repairedEscapes(QByteArrayView value)
{
    if (value.isValidUtf8())
        return {};
    QByteArray out;
    for (qsizetype i = 0; i < value.size(); ++i) {
        const auto c = static_cast<uchar>(value[i]);
        if (c == 0x85 || c == 0xa0) {
            out += '\xc2';
            out += value[i];
            continue;
        }
        const qsizetype size = c < 0xc0 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
        out += value.sliced(i, std::min(size, value.size() - i));
        i += size - 1;
    }
    return out;
}

QString noTag()
{
    return Words::tr("Remove the tag; Kubernetes objects need none.");
}

} // namespace

TreeBuilder::TreeBuilder(Tree &tree, Tree::Part &part, const YamlLimits &limits, qsizetype &spelledOut)
    : m_tree(tree), m_part(part), m_limits(limits), m_spelledOut(spelledOut), m_at(part.content), m_end(part.end)
{
}

void TreeBuilder::fault(Fault::Kind kind, int offset, const QString &why, const QString &fix)
{
    if (m_tree.faults.size() < kMostFaults)
        m_tree.faults.append({kind, m_tree.place(offset), why, fix});
}

int TreeBuilder::column(int offset) const
{
    // By the table: a file may be one line of megabytes.
    return offset - *(std::upper_bound(m_tree.lines.begin(), m_tree.lines.end(), offset) - 1);
}

/// yaml-cpp takes nearly all for the name of an anchor, others only these; what they take for text must not be one here.
void TreeBuilder::checkName(int begin, int end)
{
    const qsizetype mark = m_tree.slice(begin, end).indexOf(m_tree.text[begin] == '*' ? '*' : '&');
    const auto isNameCharacter = [](char c) { return isalnum(static_cast<uchar>(c)) != 0 || c == '-' || c == '_'; };
    for (auto at = begin + static_cast<int>(mark) + 1; mark >= 0 && at < end && !lex::isSpace(m_tree.text[at]); ++at) {
        if (!isNameCharacter(m_tree.text[at])) {
            fault(Fault::Kind::Syntax, at, Words::tr("The name of an anchor has characters other than letters, digits, - and _."), Words::tr("Give it another name."));
            return;
        }
    }
}

/// True where what stands at `at` can be the next node's: further right than the block it is in.
bool TreeBuilder::belongs(int at) const
{
    if (at >= m_end)
        return false;
    return m_stack.empty() || m_stack.back().flow || m_tree.slice(m_at, at).indexOf('\n') < 0
        || column(at) > m_stack.back().column;
}

bool TreeBuilder::isNullWord(int at) const
{
    for (const char *word : {"~", "null", "Null", "NULL"}) {
        const auto size = static_cast<int>(strlen(word));
        if (at + size > m_end || m_tree.slice(at, at + size) != QByteArrayView(word))
            continue;
        const char after = charAt(at + size);
        if (at + size == m_end || lex::isSpace(after) || after == ':' || strchr(",]}", after))
            return true;
    }
    return false;
}

/// Goes over the punctuation in front of the next node: a dash, comma, question mark or colon.
void TreeBuilder::approach()
{
    if (m_stack.empty())
        return;
    Frame &frame = m_stack.back();
    const bool pair = m_tree.node(frame.node).pair;
    int p = lex::skipSpace(m_tree.text, m_at, m_end);
    if (frame.map && frame.haveKey) {
        const bool here = frame.flow || m_tree.slice(m_at, p).indexOf('\n') < 0 || column(p) == frame.column;
        if (!here || charAt(p) != ':')
            return;
        if (frame.flow && p == m_at && p + 1 < m_end && strchr(",[]{}", m_tree.text[p + 1]) && m_tree.node(frame.key).style == Style::Plain)
            fault(Fault::Kind::Syntax, p, Words::tr("YAML parsers disagree on whether this colon ends a key or is part of a string."),
                  Words::tr("Add a space after the colon, or quote the string."));
        m_at = p + 1;
        return;
    }
    if (!frame.map && !frame.flow) {
        m_tree.exact = m_tree.exact && charAt(p) == '-';
        m_at = p + 1;
    } else if (frame.flow && !frame.first && !pair) {
        m_tree.exact = m_tree.exact && charAt(p) == ',';
        m_at = p + 1;
    }
    if (frame.map) {
        p = lex::skipSpace(m_tree.text, m_at, m_end);
        if (charAt(p) == '?' && (p + 1 >= m_end || lex::isSpace(m_tree.text[p + 1])))
            m_at = p + 1;
    }
    frame.first = false;
}

int TreeBuilder::make(int begin, int end)
{
    if (static_cast<qsizetype>(m_tree.nodes.size()) >= m_limits.nodes)
        throw Refused{Fault::Kind::TooLarge, begin, Words::tr("It has more than %1 values.").arg(m_limits.nodes),
                      Words::tr("Split it into smaller files.")};
    count(begin, 1);
    TreeNode node;
    node.begin = begin;
    node.end = std::max(begin, end);
    m_tree.nodes.push_back(node);
    return static_cast<int>(m_tree.nodes.size()) - 1;
}

void TreeBuilder::count(int offset, qsizetype nodes)
{
    // Aliases of aliases multiply beyond any number; behind the limit it is all the same.
    if (m_part.bomb)
        return;
    m_spelledOut += nodes;
    if (m_spelledOut <= m_limits.nodes)
        return;
    m_part.bomb = true;
    fault(Fault::Kind::Expansion, offset, Words::tr("It holds more than %1 values once its aliases are written out.").arg(m_limits.nodes),
          Words::tr("Split it into smaller files."));
}

/// Behind the closing quote of the scalar that begins here.
int TreeBuilder::quotedEnd(int begin) const
{
    const char quote = m_tree.text[begin];
    for (int i = begin + 1; i < m_end; ++i) {
        if (m_tree.text[i] == '\\' && quote == '"')
            ++i;
        else if (m_tree.text[i] == quote) {
            if (quote == '\'' && charAt(i + 1) == '\'')
                ++i;
            else
                return i + 1;
        }
    }
    return m_end;
}

/// Behind the last character of a plain or block scalar. Folding changes its white space only, and nothing in it is
/// escaped: the rest stands in the text as in the value.
int TreeBuilder::matchedEnd(int begin, QByteArrayView value)
{
    int at = begin;
    int end = begin;
    for (const char c : value) {
        if (lex::isSpace(c))
            continue;
        while (at < m_end && lex::isSpace(m_tree.text[at]))
            ++at;
        if (at >= m_end || m_tree.text[at] != c) {
            m_tree.exact = false;
            return end;
        }
        end = ++at;
    }
    return end;
}

int TreeBuilder::blockEnd(int begin, QByteArrayView value)
{
    int keep = 0;
    bool keeps = false;
    int header = begin;
    for (; header < m_end && !lex::isSpace(m_tree.text[header]); ++header)
        keeps = keeps || m_tree.text[header] == '+';
    header = std::min(lex::lineEnd(m_tree.text, header), m_end);
    const auto isText = [](char c) { return !lex::isSpace(c); };
    const bool anything = std::ranges::any_of(value, isText);
    int end = anything ? matchedEnd(header, value) : header;
    end = std::min(lex::lineEnd(m_tree.text, end), m_end);
    if (!keeps)
        return end;
    // The line breaks at the end belong to what it says; the very last one ends its line. Without any text, the line
    // break of the header is none of them.
    for (qsizetype i = value.size(); i > 0 && value[i - 1] == '\n'; --i)
        ++keep;
    for (int left = anything ? keep - 1 : keep; left > 0; --left) {
        const qsizetype next = m_tree.text.indexOf('\n', end);
        if (next < 0 || next + 1 > m_end)
            break;
        end = std::min(lex::lineEnd(m_tree.text, static_cast<int>(next) + 1), m_end);
    }
    return end;
}

void TreeBuilder::type(int index, QByteArrayView tag, QByteArrayView value)
{
    TreeNode &node = m_tree.nodes[static_cast<size_t>(index)];
    using scalars::Type;
    static constexpr QByteArrayView core = "tag:yaml.org,2002:";
    node.kind = Kind::Text;
    if (atKey() || tag == "!" || tag == "tag:yaml.org,2002:str")
        return;
    const Type type = scalars::typeOf(value);
    const auto notJson = [&] {
        node.notJson = true;
        node.kind = Kind::Number;
        fault(Fault::Kind::NotJson, node.begin, Words::tr("“%1” cannot be written as JSON.").arg(text::safe(QString::fromUtf8(value.first(std::min<qsizetype>(40, value.size()))))),
              Words::tr("Quote it or write a finite number."));
    };
    const auto become = [&](Type as) {
        node.kind = as == Type::Null ? Kind::Null : as == Type::Bool ? Kind::Bool : as == Type::Number ? Kind::Number : Kind::Text;
    };
    if (tag == "?") {
        if (type == Type::NotJson)
            notJson();
        else
            become(type);
        return;
    }
    const QByteArrayView name = tag.startsWith(core) ? tag.sliced(core.size()) : QByteArrayView();
    const bool number = name == "int" || name == "float";
    if ((name == "null" && type == Type::Null) || (name == "bool" && type == Type::Bool) || (number && type == Type::Number))
        become(type);
    else if (number && type == Type::NotJson)
        notJson();
    else
        fault(Fault::Kind::Tag, node.begin,
              Words::tr("The tag %1 is not understood here.").arg(text::safe(QString::fromUtf8(tag.first(std::min<qsizetype>(80, tag.size()))))), noTag());
}

void TreeBuilder::scalar(int begin, int anchor, QByteArrayView tag, QByteArrayView read)
{
    approach();
    const QByteArray repaired = repairedEscapes(read);
    const QByteArrayView value = repaired.isNull() ? read : QByteArrayView(repaired);
    const char first = charAt(begin);
    const bool props = first == '&' || first == '!';
    int at = begin;
    int propsEnd = begin;
    if (props) {
        propsEnd = lex::skipProperties(m_tree.text, begin, m_end);
        checkName(begin, propsEnd);
        at = lex::skipSpace(m_tree.text, propsEnd, m_end);
    }
    Style style = Style::Plain;
    int end = begin;
    const char c = charAt(at);
    const bool flow = !m_stack.empty() && m_stack.back().flow;
    if (props && (!belongs(at) || (value.isEmpty() && c != '"' && c != '\'' && (flow || (c != '|' && c != '>'))))) {
        end = propsEnd; // a tag that makes an empty text of nothing
        at = propsEnd;
    } else if (c == '"' || c == '\'') {
        style = c == '"' ? Style::DoubleQuoted : Style::SingleQuoted;
        end = quotedEnd(at);
    } else if (!flow && (c == '|' || c == '>')) {
        style = c == '|' ? Style::Literal : Style::Folded;
        end = blockEnd(at, value);
    } else {
        end = matchedEnd(at, value);
    }
    const int index = make(begin, end);
    TreeNode &node = m_tree.nodes[static_cast<size_t>(index)];
    node.style = style;
    node.props = props;
    const int quotes = style == Style::DoubleQuoted || style == Style::SingleQuoted ? 1 : 0;
    const bool asWritten = end - at >= 2 * quotes && m_tree.slice(at + quotes, end - quotes) == value;
    if (!asWritten) {
        node.extra = static_cast<int>(m_tree.texts.size());
        m_tree.texts.push_back(value.toByteArray());
    }
    type(index, tag, value);
    if (props && tag == "!" && m_tree.slice(begin, propsEnd).contains('!')) // readers differ in where such a tag ends
        fault(Fault::Kind::Tag, begin, Words::tr("The tag %1 is not understood here.").arg(u"!"_s), noTag());
    if (anchor != 0)
        m_anchors.insert(anchor, {index, 1, 0});
    m_at = std::max(m_at, end);
    add(index, 0);
}

void TreeBuilder::null(int begin, int anchor)
{
    approach();
    int from = m_at;
    int end = m_at;
    bool props = false;
    const int p = lex::skipSpace(m_tree.text, m_at, m_end);
    if (p == begin && belongs(p)) {
        int at = p;
        if (charAt(p) == '&' || charAt(p) == '!') {
            props = true;
            from = p;
            end = lex::skipProperties(m_tree.text, p, m_end);
            checkName(p, end);
            at = lex::skipSpace(m_tree.text, end, m_end);
        }
        if (belongs(at) && isNullWord(at)) {
            from = props ? from : at;
            end = at + (charAt(at) == '~' ? 1 : 4);
        }
    }
    const int index = make(from, end);
    m_tree.nodes[static_cast<size_t>(index)].props = props;
    if (props && m_tree.slice(from, end).contains('!') && !m_tree.slice(from, end).contains("!!null"))
        fault(Fault::Kind::Tag, from, Words::tr("The tag %1 is not understood here.").arg(u"!"_s), noTag());
    if (atKey())
        throw Refused{Fault::Kind::Key, from, Words::tr("A key is missing."), Words::tr("Write the key before the colon.")};
    if (anchor != 0)
        m_anchors.insert(anchor, {index, 1, 0});
    m_at = std::max(m_at, end);
    add(index, 0);
}

void TreeBuilder::alias(int begin, int anchor)
{
    approach();
    const auto it = m_anchors.constFind(anchor);
    if (it == m_anchors.constEnd())
        throw Refused{Fault::Kind::Syntax, begin,
                      Words::tr("Line %1 refers to itself by an alias (a cycle).").arg(lineOf(begin)), Words::tr("Write the value out.")};
    int end = begin;
    while (end < m_end && !lex::isSpace(m_tree.text[end]) && !strchr(",[]{}", m_tree.text[end]))
        ++end;
    checkName(begin, end);
    const Anchored target = *it;
    const int index = make(begin, end);
    count(begin, target.count - 1);
    TreeNode &node = m_tree.nodes[static_cast<size_t>(index)];
    node.alias = true;
    node.extra = target.node;
    node.kind = m_tree.node(target.node).kind;
    if (atKey() && node.kind != Kind::Text)
        throw Refused{Fault::Kind::Key, begin, Words::tr("A key is not text."), Words::tr("Write the key out, in quotes.")};
    m_at = std::max(m_at, end);
    add(index, target.height);
}

void TreeBuilder::open(int begin, bool map, bool flow, int anchor, QByteArrayView tag)
{
    if (atKey())
        throw Refused{Fault::Kind::Key, begin, Words::tr("Line %1 uses a list or a map as a key.").arg(lineOf(begin)),
                      Words::tr("Use text as a key.")};
    approach();
    if (static_cast<int>(m_stack.size()) >= m_limits.depth) {
        const int line = lineOf(begin);
        const bool brackets = flow && m_stack.front().flow && lineOf(m_tree.node(m_stack.front().node).begin) == line;
        throw Refused{Fault::Kind::TooLarge, begin,
                      brackets ? Words::tr("Line %1 opens more than %2 brackets.").arg(line).arg(m_limits.depth)
                               : Words::tr("Line %1 is nested more than %2 levels deep.").arg(line).arg(m_limits.depth),
                      Words::tr("Flatten it.")};
    }
    const bool tagged = !tag.isEmpty() && tag != "?";
    if (tagged && tag != QByteArrayView(map ? "tag:yaml.org,2002:map" : "tag:yaml.org,2002:seq"))
        fault(Fault::Kind::Tag, begin, Words::tr("The tag %1 is not understood here.").arg(text::safe(QString::fromUtf8(tag.first(std::min<qsizetype>(80, tag.size()))))),
              noTag());
    const qsizetype before = m_spelledOut;
    const int index = make(begin, begin);
    TreeNode &node = m_tree.nodes[static_cast<size_t>(index)];
    node.kind = map ? Kind::Map : Kind::List;
    node.style = flow ? Style::Flow : Style::Block;
    node.props = anchor != 0 || tagged;
    int at = begin;
    if (node.props) {
        const int end = lex::skipProperties(m_tree.text, begin, m_end, anchor != 0, tagged);
        checkName(begin, end);
        at = lex::skipSpace(m_tree.text, end, m_end);
    }
    if (flow) {
        node.pair = charAt(at) != (map ? '{' : '[');
        m_tree.exact = m_tree.exact && (!node.pair || map);
    } else if (!map) {
        m_tree.exact = m_tree.exact && charAt(at) == '-';
    }
    m_at = flow && !node.pair ? at + 1 : at;
    m_stack.push_back({index, column(at), anchor, map, flow, true, false, -1, -1, 1, before});
}

void TreeBuilder::close()
{
    const Frame frame = m_stack.back();
    m_stack.pop_back();
    TreeNode &node = m_tree.nodes[static_cast<size_t>(frame.node)];
    if (frame.flow && !node.pair) {
        int p = lex::skipSpace(m_tree.text, m_at, m_end);
        if (charAt(p) == ',')
            p = lex::skipSpace(m_tree.text, p + 1, m_end);
        m_tree.exact = m_tree.exact && charAt(p) == (frame.map ? '}' : ']');
        m_at = std::min(p + 1, m_end);
    }
    node.end = std::max(node.begin, m_at);
    if (frame.map)
        checkKeys(frame);
    // Known only now: an alias inside of its own anchor is a cycle, and is not found.
    if (frame.anchor != 0)
        m_anchors.insert(frame.anchor, {frame.node, m_spelledOut - frame.before, frame.height});
    add(frame.node, frame.height);
}

void TreeBuilder::add(int index, int height)
{
    if (m_anchors.size() > kMostAnchors)
        throw Refused{Fault::Kind::TooLarge, m_tree.node(index).begin, Words::tr("It has more than %1 anchors.").arg(kMostAnchors),
                      Words::tr("Split it into smaller files.")};
    if (m_stack.empty()) {
        m_part.root = index;
        return;
    }
    Frame &frame = m_stack.back();
    frame.height = std::max(frame.height, height + 1);
    if (static_cast<int>(m_stack.size()) + height > m_limits.depth && !m_part.bomb) {
        m_part.bomb = true;
        fault(Fault::Kind::Expansion, m_tree.node(index).begin,
              Words::tr("It is nested more than %1 levels deep once its aliases are written out.").arg(m_limits.depth),
              Words::tr("Flatten it."));
    }
    TreeNode &node = m_tree.nodes[static_cast<size_t>(index)];
    node.parent = frame.node;
    if (frame.map && !frame.haveKey) {
        frame.haveKey = true;
        frame.key = index;
        return;
    }
    if (frame.map) {
        const TreeNode &key = m_tree.node(frame.key);
        node.key = frame.key;
        frame.haveKey = false;
        if (!key.alias && !key.props && key.style == Style::Plain && m_tree.said(frame.key) == "<<") {
            node.merged = true;
            m_tree.nodes[static_cast<size_t>(frame.node)].merges = true;
            checkMerge(index);
        }
    }
    if (frame.last < 0)
        m_tree.nodes[static_cast<size_t>(frame.node)].first = index;
    else
        m_tree.nodes[static_cast<size_t>(frame.last)].next = index;
    frame.last = index;
}

void TreeBuilder::checkMerge(int index)
{
    const int from = m_tree.target(index);
    bool good = m_tree.node(from).kind == Kind::Map;
    if (m_tree.node(from).kind == Kind::List) {
        good = true;
        for (int child = m_tree.node(from).first; child >= 0; child = m_tree.node(child).next)
            good = good && m_tree.node(m_tree.target(child)).kind == Kind::Map;
    }
    if (!good)
        fault(Fault::Kind::Key, m_tree.node(index).begin, Words::tr("“<<” merges something that is not a map."), Words::tr("Merge maps only."));
}

void TreeBuilder::checkKeys(const Frame &frame)
{
    std::vector<int> keys;
    for (int child = m_tree.node(frame.node).first; child >= 0; child = m_tree.node(child).next) {
        if (!m_tree.node(child).merged)
            keys.push_back(m_tree.node(child).key);
    }
    const auto said = [this](int key) { return m_tree.said(key); };
    std::ranges::stable_sort(keys, std::less<>(), said);
    for (size_t i = 1; i < keys.size(); ++i) {
        if (said(keys[i]) == said(keys[i - 1]))
            fault(Fault::Kind::Duplicate, m_tree.node(keys[i]).begin,
                  Words::tr("The key “%1” is given twice.").arg(text::safe(QString::fromUtf8(said(keys[i])).left(80))),
                  Words::tr("Remove one of the two."));
    }
}

} // namespace cairn::manifest
