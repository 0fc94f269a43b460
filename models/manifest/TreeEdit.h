// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "manifest/Tree.h"

/// Plans edits of a text as replaced stretches, by the tree that was read from it. What a plan makes of the text is for
/// its caller to prove: here nothing is read again. Private to manifest.
namespace cairn::manifest {

class TreeEdit
{
public:
    /// `tree` outlives this.
    TreeEdit(const Tree &tree, int part);

    /// Makes the node say `want` with the least that has to be written.
    void change(int node, const QJsonValue &want);
    /// Writes the node anew.
    void replace(int node, const QJsonValue &want);
    void drop(int child);
    void addMember(int map, const QString &key, const QJsonValue &value);
    void addItem(int list, int index, const QJsonValue &value);
    /// The same with the text of another node; nothing where that has no form of its own.
    bool addCopy(int into, int index, const QString &key, int source);

    /// The text with all that was planned; nothing where it cannot be done in this way.
    std::optional<QByteArray> text();

private:
    struct Splice {
        int begin;
        int end;
        QByteArray text;
    };
    const Tree &m_tree;
    const Tree::Part &m_part;
    int m_listOffset = 2;
    bool m_crlf = false;
    bool m_failed = false;
    QList<Splice> m_splices;
    QList<int> m_touched; ///< nodes whose value these splices change

    const TreeNode &node(int index) const { return m_tree.node(index); }
    char charAt(int at) const { return at >= 0 && at < m_tree.text.size() ? m_tree.text[at] : '\0'; }
    int column(int at) const { return at - lex::lineBegin(m_tree.text, at); }
    int nextLine(int at) const;
    bool startsLine(int at) const;
    bool inBrackets(int index) const;
    int previous(int child) const;
    int entryBegin(int child) const;
    int entryColumn(int collection) const;
    QString comment(int at) const;
    void splice(int begin, int end, const QString &text);
    void changeList(int list, const QJsonArray &want);
    QString scalarText(int index, const QJsonValue &want, int column) const;
    void replaceInBlock(int index, const QJsonValue &want, int begin);
    void insertLine(int collection, int after, const QString &text);
    void insertInBrackets(int collection, int index, const QString &text);
    void writeOutAliases();
};

} // namespace cairn::manifest
