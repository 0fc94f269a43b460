// SPDX-License-Identifier: GPL-3.0-or-later
#include "manifest/TreeEdit.h"

#include "manifest/Myers.h"
#include "manifest/YamlEmitter.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSet>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::manifest {
namespace {

using Kind = Node::Kind;
using Style = Node::Style;

/// By which items of a list are told apart: what Kubernetes merges lists by, where all items have it and it tells them apart.
QStringList identities(const QJsonArray &list, const QString &key)
{
    QStringList out;
    for (const QJsonValue item : list) {
        const QJsonValue name = item.toObject().value(key);
        if (!name.isString() && !name.isDouble())
            return {};
        out += name.toVariant().toString();
    }
    return QSet<QString>(out.begin(), out.end()).size() == out.size() ? out : QStringList();
}

QString compact(const QJsonValue &value)
{
    return QString::fromUtf8(QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact));
}

std::vector<int> numbered(const QStringList &names, QHash<QString, int> &numbers)
{
    std::vector<int> out;
    for (const QString &name : names) {
        if (!numbers.contains(name))
            numbers.insert(name, static_cast<int>(numbers.size()));
        out.push_back(numbers.value(name));
    }
    return out;
}

} // namespace

TreeEdit::TreeEdit(const Tree &tree, int part) : m_tree(tree), m_part(tree.parts[static_cast<size_t>(part)])
{
    const qsizetype line = tree.text.indexOf('\n');
    m_crlf = line > 0 && tree.text[line - 1] == '\r';
    for (const TreeNode &n : tree.nodes) { // as the file has it, lists stand below their key or further right
        if (n.kind == Kind::List && n.style == Style::Block && n.key >= 0 && !n.props && tree.node(n.key).style == Style::Plain) {
            m_listOffset = std::max(0, column(n.begin) - column(tree.node(n.key).begin));
            break;
        }
    }
}

int TreeEdit::nextLine(int at) const
{
    const qsizetype end = m_tree.text.indexOf('\n', at);
    return static_cast<int>(end < 0 ? m_tree.text.size() : end + 1);
}

bool TreeEdit::startsLine(int at) const
{
    const int begin = std::max(lex::lineBegin(m_tree.text, at), m_tree.text.startsWith("\xef\xbb\xbf") && at < 64 * 1024 && lex::lineBegin(m_tree.text, at) == 0 ? 3 : 0);
    return std::ranges::all_of(m_tree.slice(begin, std::max(begin, at)), [](char c) { return c == ' '; });
}

bool TreeEdit::inBrackets(int index) const
{
    const int parent = node(index).parent;
    return m_part.json || (parent >= 0 && node(parent).style == Style::Flow);
}

int TreeEdit::previous(int child) const
{
    int last = -1;
    for (int each = node(node(child).parent).first; each != child; each = node(each).next)
        last = each;
    return last;
}

/// Where the line or stretch of a member or item begins: at its dash, its "? ", or its key.
int TreeEdit::entryBegin(int child) const
{
    const int parent = node(child).parent;
    const int before = previous(child);
    if (node(parent).style == Style::Flow)
        return node(child).key >= 0 ? node(node(child).key).begin : node(child).begin;
    return before < 0 ? m_tree.content(parent) : lex::skipSpace(m_tree.text, node(before).end, m_part.end);
}

int TreeEdit::entryColumn(int collection) const
{
    return column(m_tree.content(collection));
}

/// The comment behind a node on its line, with the blanks in front of it.
QString TreeEdit::comment(int at) const
{
    const int end = lex::lineEnd(m_tree.text, at);
    int begin = at;
    while (begin < end && lex::isBlank(m_tree.text[begin]))
        ++begin;
    return begin > at && charAt(begin) == '#' ? lex::decode(m_tree.slice(at, end)) : QString();
}

void TreeEdit::splice(int begin, int end, const QString &text)
{
    QByteArray bytes = text.toUtf8();
    if (m_crlf)
        bytes.replace("\r\n", "\n").replace('\n', "\r\n");
    m_splices.append({begin, end, bytes});
}

void TreeEdit::change(int index, const QJsonValue &want)
{
    const QJsonValue have = m_tree.json(index);
    if (have == want)
        return;
    m_touched.append(index);
    const TreeNode &n = node(index);
    if (!n.alias && n.kind == Kind::List && want.isArray() && n.first >= 0 && !want.toArray().isEmpty())
        return changeList(index, want.toArray());
    if (n.alias || n.kind != Kind::Map || !want.isObject() || n.first < 0)
        return replace(index, want);
    const QJsonObject to = want.toObject();
    QSet<QString> own;
    qsizetype kept = 0;
    for (const int child : m_tree.children(index)) {
        if (node(child).merged)
            continue;
        own.insert(lex::decode(m_tree.said(node(child).key)));
        kept += to.contains(lex::decode(m_tree.said(node(child).key)));
    }
    // A field that is merged into the map goes only with the merge.
    const QJsonObject from = have.toObject();
    for (auto it = from.begin(); it != from.end(); ++it) {
        if (!own.contains(it.key()) && !to.contains(it.key()))
            return replace(index, want);
    }
    if (kept == 0)
        return replace(index, want);
    for (const int child : m_tree.children(index)) {
        if (node(child).merged)
            continue;
        const QString key = lex::decode(m_tree.said(node(child).key));
        if (to.contains(key))
            change(child, to.value(key));
        else
            drop(child);
    }
    for (auto it = to.begin(); it != to.end(); ++it) {
        if (!own.contains(it.key()) && from.value(it.key()) != it.value())
            addMember(index, it.key(), it.value());
    }
}

void TreeEdit::changeList(int list, const QJsonArray &want)
{
    const std::vector<int> items = m_tree.children(list);
    const QJsonArray have = m_tree.json(list).toArray();
    QStringList before;
    QStringList after;
    for (const char *key : {"name", "key", "mountPath", "devicePath", "containerPort", "port", "ip", "uid", "topologyKey", "type"}) {
        before = identities(have, QString::fromLatin1(key));
        after = identities(want, QString::fromLatin1(key));
        if (!before.isEmpty() && !after.isEmpty())
            break;
        before = after = {};
    }
    const bool named = !before.isEmpty();
    for (qsizetype i = 0; !named && i < have.size(); ++i)
        before += compact(have.at(i));
    for (qsizetype i = 0; !named && i < want.size(); ++i)
        after += compact(want.at(i));
    QHash<QString, int> numbers;
    const std::vector<int> from = numbered(before, numbers);
    std::vector<std::pair<int, int>> matches = myers::matches(from, numbered(after, numbers));
    matches.emplace_back(static_cast<int>(items.size()), static_cast<int>(want.size()));
    if (named && matches.size() == 1)
        return replace(list, want);
    int i = 0;
    int j = 0;
    for (const auto &[x, y] : matches) {
        for (; !named && i < x && j < y; ++i, ++j) // what has no name is the same item with other words
            change(items[static_cast<size_t>(i)], want.at(j));
        for (; i < x; ++i)
            drop(items[static_cast<size_t>(i)]);
        for (; j < y; ++j)
            addItem(list, x, want.at(j));
        if (i < static_cast<int>(items.size()))
            change(items[static_cast<size_t>(i)], want.at(j));
        ++i;
        ++j;
    }
}

/// A scalar in the quotes it has.
QString TreeEdit::scalarText(int index, const QJsonValue &want, int column) const
{
    const TreeNode &n = node(index);
    if (!want.isString() || n.alias || n.kind != Kind::Text)
        return pieces::line(want, column);
    const QString s = want.toString();
    if (n.style == Style::DoubleQuoted)
        return pieces::doubleQuoted(s);
    if (n.style == Style::SingleQuoted) {
        if (const auto quoted = pieces::singleQuoted(s))
            return *quoted;
    }
    return pieces::line(want, column);
}

void TreeEdit::replace(int index, const QJsonValue &want)
{
    const TreeNode &n = node(index);
    m_touched.append(index);
    int begin = n.begin;
    if (n.props && m_tree.slice(n.begin, m_tree.content(index)).indexOf('!') < 0)
        begin = m_tree.content(index); // an anchor stays, a tag may not fit any more
    if (!inBrackets(index))
        return replaceInBlock(index, want, begin);
    const bool keepsQuotes = !m_part.json && want.isString() && n.kind == Kind::Text && !n.alias
        && (n.style == Style::SingleQuoted || n.style == Style::DoubleQuoted);
    QString text = keepsQuotes ? scalarText(index, want, 0) : pieces::flow(want, m_part.json);
    if (begin == n.end) {
        const int key = n.key;
        text = (key >= 0 && charAt(begin - 1) != ':' ? u": "_s : u" "_s) + text;
    }
    splice(begin, n.end, text);
}

void TreeEdit::replaceInBlock(int index, const QJsonValue &want, int begin)
{
    const TreeNode &n = node(index);
    const bool empty = n.begin == n.end;
    const int parentColumn = n.parent < 0 ? -2 : entryColumn(n.parent);
    const bool inMap = n.parent >= 0 && node(n.parent).kind == Kind::Map;
    const bool own = !empty && startsLine(n.begin);
    // A block scalar has its comment behind the indicator.
    const bool literal = n.style == Style::Literal || n.style == Style::Folded;
    int indicators = m_tree.content(index);
    while (literal && indicators < n.end && !lex::isSpace(charAt(indicators)))
        ++indicators;
    const QString behind = comment(literal ? indicators : n.end);
    const int end = n.end + (literal ? 0 : static_cast<int>(behind.toUtf8().size()));
    const auto withComment = [&](QString text) {
        if (behind.isEmpty())
            return text;
        const qsizetype line = text.indexOf(u'\n');
        return text.insert(line < 0 ? text.size() : line, behind);
    };
    // Back to the colon, where only white space is in between.
    const auto toColon = [&] {
        int at = begin;
        while (at > 0 && lex::isSpace(charAt(at - 1)))
            --at;
        return n.parent >= 0 && (charAt(at - 1) == ':' || charAt(at - 1) == '-' || begin != n.begin) ? at : begin;
    };
    if (inMap && empty && charAt(begin - 1) != ':') {
        m_failed = true; // "? key" without a colon
        return;
    }
    if (!pieces::isBlock(want)) {
        const QString line = scalarText(index, want, std::max(0, parentColumn));
        if (empty)
            splice(begin, end, u' ' + withComment(line));
        else if (own && n.parent >= 0 && (n.kind == Kind::Map || n.kind == Kind::List) && toColon() != begin)
            splice(toColon(), end, u' ' + withComment(line));
        else
            splice(begin, end, withComment(line));
        return;
    }
    if (own && (n.parent < 0 || column(n.begin) > parentColumn || (want.isArray() && inMap && column(n.begin) == parentColumn))) {
        splice(begin, n.end, pieces::block(want, column(begin), m_listOffset));
    } else if (n.parent >= 0 && !inMap) {
        const int at = parentColumn + 2;
        if (!empty && column(begin) == at && behind.isEmpty())
            splice(begin, n.end, pieces::block(want, at, m_listOffset));
        else
            splice(toColon(), end, behind.isEmpty() && begin == n.begin ? u' ' + pieces::block(want, at, m_listOffset)
                                                                        : behind + u'\n' + QString(at, u' ') + pieces::block(want, at, m_listOffset));
    } else {
        const int at = n.parent < 0 ? 0 : parentColumn + (want.isArray() ? m_listOffset : 2);
        splice(toColon(), end, behind + u'\n' + QString(at, u' ') + pieces::block(want, at, m_listOffset));
    }
}

void TreeEdit::drop(int child)
{
    const TreeNode &n = node(child);
    const int parent = n.parent;
    m_touched.append(parent);
    const int begin = entryBegin(child);
    const int before = previous(child);
    if (node(parent).first == child && n.next < 0) {
        replace(parent, node(parent).kind == Kind::Map ? QJsonValue(QJsonObject()) : QJsonValue(QJsonArray()));
    } else if (node(parent).style == Style::Flow) {
        if (node(parent).pair)
            m_failed = true;
        else if (n.next >= 0)
            splice(begin, entryBegin(n.next), {});
        else
            splice(node(before).end, n.end, {});
    } else if (startsLine(begin)) {
        int from = lex::lineBegin(m_tree.text, begin);
        const int to = nextLine(n.end);
        if (to == m_tree.text.size() && !m_tree.text.endsWith('\n') && from > 0)
            from -= from > 1 && charAt(from - 2) == '\r' ? 2 : 1;
        splice(from, to, {});
    } else if (n.next >= 0) { // it shares its line with the dash of a list around it
        const int next = entryBegin(n.next);
        const bool comments = m_tree.slice(n.end, next).contains('#');
        splice(begin, comments ? lex::lineEnd(m_tree.text, n.end) : next, {});
    } else {
        m_failed = true;
    }
}

/// Puts a line after a child of a block; text ends in no line break.
void TreeEdit::insertLine(int collection, int after, const QString &text)
{
    const int at = nextLine(node(after).end);
    const QString line = QString(entryColumn(collection), u' ') + text;
    if (at == m_tree.text.size() && !m_tree.text.endsWith('\n'))
        splice(at, at, u'\n' + line);
    else
        splice(at, at, line + u'\n');
}

/// As item or member `index`; lines are broken where the collection breaks them.
void TreeEdit::insertInBrackets(int collection, int index, const QString &text)
{
    const std::vector<int> all = m_tree.children(collection);
    if (node(collection).pair) {
        m_failed = true;
        return;
    }
    const int first = entryBegin(all.front());
    int blank = first;
    while (blank > 0 && lex::isSpace(charAt(blank - 1)))
        --blank;
    const QString gap = m_tree.slice(blank, first).indexOf('\n') >= 0 ? lex::decode(m_tree.slice(blank, first)) : u" "_s;
    if (index < static_cast<int>(all.size())) {
        const int at = entryBegin(all[static_cast<size_t>(index)]);
        splice(at, at, text + u',' + gap);
    } else {
        splice(node(all.back()).end, node(all.back()).end, u',' + gap + text);
    }
}

void TreeEdit::addMember(int map, const QString &key, const QJsonValue &value)
{
    m_touched.append(map);
    const std::vector<int> all = m_tree.children(map);
    if (all.empty()) {
        replace(map, QJsonObject{{key, value}});
    } else if (node(map).style == Style::Flow) {
        insertInBrackets(map, static_cast<int>(all.size()), pieces::flowText(key, m_part.json) + u": "_s + pieces::flow(value, m_part.json));
    } else {
        insertLine(map, all.back(), pieces::member(key, value, entryColumn(map), m_listOffset));
    }
}

void TreeEdit::addItem(int list, int index, const QJsonValue &value)
{
    m_touched.append(list);
    const std::vector<int> all = m_tree.children(list);
    if (all.empty()) {
        replace(list, QJsonArray{value});
        return;
    }
    if (node(list).style == Style::Flow) {
        insertInBrackets(list, index, pieces::flow(value, m_part.json));
        return;
    }
    const int at = entryColumn(list);
    const QString text = pieces::item(value, at, m_listOffset);
    if (index > 0) {
        insertLine(list, all[static_cast<size_t>(index - 1)], text);
        return;
    }
    const int dash = entryBegin(all.front());
    if (startsLine(dash))
        splice(lex::lineBegin(m_tree.text, dash), lex::lineBegin(m_tree.text, dash), QString(at, u' ') + text + u'\n');
    else
        splice(dash, dash, text + u'\n' + QString(at, u' '));
}

bool TreeEdit::addCopy(int into, int index, const QString &key, int source)
{
    const TreeNode &n = node(source);
    const std::vector<int> all = m_tree.children(into);
    if (all.empty() || n.alias || n.props || n.begin == n.end || n.pair || (n.parent >= 0 && m_part.json != inBrackets(source)))
        return false;
    const bool map = node(into).kind == Kind::Map;
    const int to = entryColumn(into);
    QString body = lex::decode(m_tree.slice(n.begin, n.end));
    body.remove(u'\r');
    const bool lines = body.contains(u'\n');
    m_touched.append(into);
    if (node(into).style == Style::Flow) {
        if (lines || n.style == Style::Block || n.style == Style::Literal || n.style == Style::Folded)
            return false;
        insertInBrackets(into, index, map ? pieces::flowText(key, m_part.json) + u": "_s + body : body);
        return true;
    }
    // Lines keep their distance from the first one of a block, or from the key or dash.
    const bool block = n.style == Style::Block;
    const int from = block ? column(n.begin) : n.parent >= 0 ? entryColumn(n.parent) : 0;
    const int at = !block ? to : map ? to + (n.kind == Kind::List ? m_listOffset : 2) : to + 2;
    QStringList all_ = body.split(u'\n');
    for (qsizetype i = 1; i < all_.size(); ++i) {
        QString &line = all_[i];
        if (line.trimmed().isEmpty())
            continue;
        qsizetype indent = 0;
        while (indent < line.size() && line[indent] == u' ')
            ++indent;
        if (indent + at - from < 0)
            return false;
        line = QString(indent + at - from, u' ') + line.mid(indent);
    }
    body = all_.join(u'\n');
    const QString behind = comment(n.end);
    const QString lead = map ? pieces::member(key, 0, 0, 0).chopped(1) : u"- "_s;
    QString text = block && map ? lead.chopped(1) + u'\n' + QString(at, u' ') + body : lead + body;
    text += behind;
    if (index > 0) {
        insertLine(into, all[static_cast<size_t>(index - 1)], text);
        return true;
    }
    const int first = entryBegin(all.front());
    if (!startsLine(first))
        return false;
    splice(lex::lineBegin(m_tree.text, first), lex::lineBegin(m_tree.text, first), QString(to, u' ') + text + u'\n');
    return true;
}

/// What changes under an anchor must not change where its aliases stand.
void TreeEdit::writeOutAliases()
{
    const QList<Splice> planned = m_splices;
    const auto within = [&](int begin, int end) {
        return std::ranges::any_of(planned, [&](const Splice &s) { return s.begin <= begin && end <= s.end && s.begin < s.end; });
    };
    for (int i = 0; i < static_cast<int>(m_tree.nodes.size()); ++i) {
        if (!node(i).alias || within(node(i).begin, node(i).end))
            continue;
        const int target = node(i).extra;
        bool hit = within(node(target).begin, node(target).end);
        for (qsizetype k = 0; !hit && k < m_touched.size(); ++k) {
            for (int up = m_touched[k]; !hit && up >= 0; up = node(up).parent)
                hit = up == target;
        }
        if (!hit)
            continue;
        if (node(i).parent >= 0 && node(i).key < 0 && node(node(i).parent).kind == Kind::Map)
            m_failed = true; // an alias as a key
        else
            replace(i, m_tree.json(i));
    }
}

std::optional<QByteArray> TreeEdit::text()
{
    writeOutAliases();
    if (m_failed || !m_tree.exact)
        return std::nullopt;
    std::ranges::stable_sort(m_splices, std::less<>(), &Splice::begin);
    QByteArray out;
    int at = 0;
    for (const Splice &s : std::as_const(m_splices)) {
        if (s.begin < at)
            return std::nullopt;
        out += m_tree.slice(at, s.begin);
        out += s.text;
        at = s.end;
    }
    return out + m_tree.slice(at, m_tree.text.size()).toByteArray();
}

} // namespace cairn::manifest
