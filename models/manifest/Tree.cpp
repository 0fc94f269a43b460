// SPDX-License-Identifier: GPL-3.0-or-later
#include "manifest/Tree.h"

#include "manifest/Scalars.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QMap>
#include <algorithm>
#include <cstring>

using namespace Qt::StringLiterals;

namespace cairn::manifest {
namespace lex {

int skipSpace(const QByteArray &text, int at, int end)
{
    while (at < end) {
        if (isSpace(text[at]))
            ++at;
        else if (text[at] == '#' && (at == 0 || isSpace(text[at - 1])))
            at = std::min(lineEnd(text, at), end);
        else
            break;
    }
    return at;
}

int skipProperties(const QByteArray &text, int at, int end, bool anchor, bool tag)
{
    int done = at;
    int here = at;
    for (;;) {
        if (here >= end || !((anchor && text[here] == '&') || (tag && text[here] == '!')))
            return done;
        (text[here] == '&' ? anchor : tag) = false;
        const bool verbatim = text[here] == '!' && here + 1 < end && text[here + 1] == '<';
        while (here < end && !isSpace(text[here]) && (verbatim || !strchr(",[]{}", text[here])))
            ++here;
        done = here;
        here = skipSpace(text, here, end);
    }
}

QString decode(QByteArrayView utf8)
{
    const QString text = QString::fromUtf8(utf8);
    return utf8.startsWith("\xef\xbb\xbf") ? QChar(QChar::ByteOrderMark) + text : text;
}

int lineBegin(const QByteArray &text, int at)
{
    return at <= 0 ? 0 : static_cast<int>(text.lastIndexOf('\n', at - 1)) + 1;
}

int lineEnd(const QByteArray &text, int at)
{
    qsizetype end = text.indexOf('\n', at);
    if (end < 0)
        return static_cast<int>(text.size());
    if (end > at && text[end - 1] == '\r')
        --end;
    return static_cast<int>(end);
}

} // namespace lex

int Tree::line(qsizetype offset) const
{
    const auto at = static_cast<int>(std::clamp<qsizetype>(offset, 0, text.size()));
    return static_cast<int>(std::upper_bound(lines.begin(), lines.end(), at) - lines.begin());
}

Place Tree::place(qsizetype offset) const
{
    const qsizetype at = std::clamp<qsizetype>(offset, 0, text.size());
    const int number = line(at);
    const qsizetype begin = lines[static_cast<size_t>(number - 1)];
    int column = 1;
    for (qsizetype i = begin; i < at; ++i)
        column += (static_cast<uchar>(text[i]) & 0xc0) != 0x80;
    if (begin == 0 && text.startsWith("\xef\xbb\xbf") && at >= 3)
        --column; // an editor does not show the byte order mark
    return {number, column, at};
}

int Tree::content(int index) const
{
    const TreeNode &n = node(index);
    if (!n.props)
        return n.begin;
    // The tag of a block map's first key is not the map's; the map has ended its own line by then.
    const int props = lex::skipProperties(text, n.begin, n.end);
    return std::min(lex::skipSpace(text, props, n.end), n.end);
}

QByteArrayView Tree::said(int index) const
{
    const TreeNode &n = node(target(index));
    if (n.kind == Node::Kind::List || n.kind == Node::Kind::Map)
        return {};
    if (n.extra >= 0)
        return texts[static_cast<size_t>(n.extra)];
    const int begin = content(target(index));
    const int quotes = n.style == Node::Style::SingleQuoted || n.style == Node::Style::DoubleQuoted ? 1 : 0;
    return n.end - begin < 2 * quotes ? QByteArrayView() : slice(begin + quotes, n.end - quotes);
}

std::vector<int> Tree::children(int index) const
{
    std::vector<int> all;
    for (int child = node(index).first; child >= 0; child = node(child).next)
        all.push_back(child);
    return all;
}

int Tree::part(int index) const
{
    while (index >= 0 && node(index).parent >= 0)
        index = node(index).parent;
    for (size_t i = 0; i < parts.size(); ++i) {
        if (parts[i].root == index)
            return static_cast<int>(i);
    }
    return -1;
}

namespace {

int memberOf(const Tree &tree, int map, QByteArrayView name, int &budget)
{
    // Merges of merges can multiply; nobody needs more than a few. The budget also bounds the recursion.
    if (--budget < 0)
        return -1;
    const std::vector<int> all = tree.children(map);
    for (auto it = all.rbegin(); it != all.rend(); ++it) {
        const TreeNode &child = tree.node(*it);
        if (!child.merged) {
            if (child.key >= 0 && tree.said(child.key) == name)
                return *it;
            continue;
        }
        const int from = tree.target(*it);
        const std::vector<int> sources = tree.node(from).kind == Node::Kind::List ? tree.children(from) : std::vector<int>{from};
        for (const int source : sources) {
            if (tree.node(tree.target(source)).kind != Node::Kind::Map)
                continue;
            if (const int found = memberOf(tree, tree.target(source), name, budget); found >= 0)
                return found;
        }
    }
    return -1;
}

} // namespace

int Tree::member(int map, QByteArrayView name) const
{
    map = target(map);
    int budget = 64;
    return node(map).kind == Node::Kind::Map ? memberOf(*this, map, name, budget) : -1;
}

QJsonValue Tree::json(int index) const
{
    const int at = target(index);
    const TreeNode &n = node(at);
    switch (n.kind) {
    case Node::Kind::Null: return QJsonValue::Null;
    case Node::Kind::Text: return lex::decode(said(at));
    case Node::Kind::Bool: return scalars::valueOf(scalars::Type::Bool, said(at));
    case Node::Kind::Number: return scalars::valueOf(scalars::Type::Number, said(at));
    case Node::Kind::List: {
        QJsonArray array;
        for (int child = n.first; child >= 0; child = node(child).next)
            array.append(json(child));
        return array;
    }
    case Node::Kind::Map: break;
    }
    if (n.first < 0)
        return QJsonObject();
    // As go-yaml: what comes later counts, of merged maps as well; in a list of merged maps the earlier. QJsonObject
    // moves all that follows at every insert, so it gets its keys in order.
    std::vector<std::pair<QString, QJsonValue>> members;
    const auto mergeOne = [&](int source) {
        const QJsonObject merged = json(source).toObject();
        for (auto it = merged.begin(); it != merged.end(); ++it)
            members.emplace_back(it.key(), it.value());
    };
    for (int child = n.first; child >= 0; child = node(child).next) {
        const TreeNode &c = node(child);
        if (!c.merged) {
            members.emplace_back(lex::decode(said(c.key)), json(child));
            continue;
        }
        const int from = target(child);
        if (node(from).kind != Node::Kind::List) {
            mergeOne(from);
            continue;
        }
        const std::vector<int> sources = children(from);
        for (auto it = sources.rbegin(); it != sources.rend(); ++it)
            mergeOne(*it);
    }
    std::stable_sort(members.begin(), members.end(), [](const auto &a, const auto &b) { return a.first < b.first; });
    QJsonObject object;
    for (const auto &[key, value] : members)
        object.insert(key, value);
    return object;
}

} // namespace cairn::manifest
