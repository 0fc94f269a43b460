// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "manifest/Document.h"

#include <QHash>
#include <deque>
#include <optional>
#include <vector>

/// What a Document is made of. Private to manifest. All offsets are bytes of Tree::text.
namespace cairn::manifest {

/// 36 bytes: what a file costs is mostly these.
struct TreeNode {
    int begin = 0;   ///< of its anchor or tag where it has one
    int end = 0;
    int parent = -1;
    int next = -1;   ///< the next child of its parent
    int first = -1;  ///< of lists and maps: the first child; keys are no children
    int key = -1;    ///< in a map: the node of its key
    int extra = -1;  ///< scalars: index in Tree::texts where it does not say what it looks like; aliases: their target
    Node::Kind kind = Node::Kind::Null;
    Node::Style style = Node::Style::Plain;
    bool alias = false;
    bool props = false;   ///< it has an anchor or a tag
    bool merges = false;  ///< a map with "<<"
    bool merged = false;  ///< the value of a "<<"
    bool pair = false;    ///< a map of one entry in a flow list, without braces
    bool notJson = false; ///< reads as text for want of a place in JSON
};

struct Tree {
    struct Part {
        int root = -1;      ///< -1 where it holds nothing
        int begin = 0;      ///< where its text begins, "---" and directives included
        int end = 0;
        int content = 0;    ///< behind "---"
        bool json = false;  ///< read as JSON, so that an edit has to leave JSON
        bool broken = false;
        bool bomb = false;  ///< its aliases stand for more than the limits allow
    };

    QByteArray text;
    std::deque<TreeNode> nodes; ///< a vector would need twice the room while it grows
    std::deque<QByteArray> texts;
    std::vector<Part> parts;    ///< those that hold something or are broken
    QList<Fault> faults;
    std::vector<int> lines;     ///< where each line begins
    bool exact = true;              ///< false where extents could not be told

    const TreeNode &node(int index) const { return nodes[static_cast<size_t>(index)]; }
    Place place(qsizetype offset) const;
    int line(qsizetype offset) const; ///< from 1
    /// Where its content begins, behind anchor and tag.
    int content(int index) const;
    /// What a scalar says; points into this tree.
    QByteArrayView said(int index) const;
    /// The node that counts: of an alias its target.
    int target(int index) const { return node(index).alias ? node(index).extra : index; }
    QJsonValue json(int index) const;
    std::vector<int> children(int index) const;
    int part(int index) const; ///< the document a node belongs to; -1 for none
    int member(int map, QByteArrayView name) const;
    QByteArrayView slice(qsizetype begin, qsizetype end) const { return QByteArrayView(text).sliced(begin, end - begin); }
};

std::shared_ptr<const Tree> readTree(const QByteArray &bytes, const YamlLimits &limits);

namespace lex {

inline bool isBlank(char c) { return c == ' ' || c == '\t'; }
inline bool isSpace(char c) { return isBlank(c) || c == '\n' || c == '\r'; }

/// Behind blanks, line breaks and comments.
int skipSpace(const QByteArray &text, int at, int end);
/// Behind the anchor and the tag (each at most once) that begin at `at`; `at` where none does.
int skipProperties(const QByteArray &text, int at, int end, bool anchor = true, bool tag = true);
/// Keeps a leading U+FEFF, which QString takes for a byte order mark.
QString decode(QByteArrayView utf8);
/// Where the line of `at` begins, and where it ends (at its line break, or at `end`).
int lineBegin(const QByteArray &text, int at);
int lineEnd(const QByteArray &text, int at);

} // namespace lex
} // namespace cairn::manifest
