// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "manifest/Tree.h"

/// Makes the nodes of one document out of a parser's events, and finds out where each node ends, which yaml-cpp does
/// not tell. Private to manifest.
namespace cairn::manifest {

/// What ends the reading of a document: thrown through the parser, caught in YamlReader.cpp.
struct Refused {
    Fault::Kind kind;
    int offset;
    QString why;
    QString fix;
};

class TreeBuilder
{
public:
    TreeBuilder(Tree &tree, Tree::Part &part, const YamlLimits &limits, qsizetype &spelledOut);

    // `begin` is the first byte of the node with anchor and tag; anchors are numbers from 1, 0 for none. Tags as
    // yaml-cpp names them: "?" of a plain scalar or a collection without, "!" of a quoted one.
    void open(int begin, bool map, bool flow, int anchor, QByteArrayView tag);
    void close();
    void scalar(int begin, int anchor, QByteArrayView tag, QByteArrayView value);
    /// A value that is missing, or says null; `begin` is where it begins if it is there.
    void null(int begin, int anchor);
    void alias(int begin, int anchor);

    int at() const { return m_at; } ///< behind what the last event told of

private:
    struct Frame {
        int node;
        int column; ///< of a block: of its keys or dashes
        int anchor;
        bool map;
        bool flow;
        bool first = true;
        bool haveKey = false;
        int key = -1;
        int last = -1;
        int height = 1; ///< levels, aliases spelled out
        qsizetype before = 0;
    };
    struct Anchored {
        int node;
        qsizetype count;
        int height;
    };

    Tree &m_tree;
    Tree::Part &m_part;
    const YamlLimits &m_limits;
    qsizetype &m_spelledOut; ///< nodes so far, of all documents, aliases spelled out
    std::vector<Frame> m_stack;
    QHash<int, Anchored> m_anchors;
    int m_at;
    int m_end;

    bool atKey() const { return !m_stack.empty() && m_stack.back().map && !m_stack.back().haveKey; }
    int lineOf(int offset) const { return m_tree.line(offset); }
    int column(int offset) const;
    char charAt(int at) const { return at < m_end ? m_tree.text[at] : '\0'; }
    void checkName(int begin, int end);
    bool belongs(int at) const;
    bool isNullWord(int at) const;
    int quotedEnd(int begin) const;
    int matchedEnd(int begin, QByteArrayView value);
    int blockEnd(int begin, QByteArrayView value);
    void approach();
    int make(int begin, int end);
    void count(int offset, qsizetype nodes);
    void add(int node, int height);
    void type(int node, QByteArrayView tag, QByteArrayView value);
    void fault(Fault::Kind kind, int offset, const QString &why, const QString &fix);
    void checkKeys(const Frame &frame);
    void checkMerge(int node);
};

} // namespace cairn::manifest
