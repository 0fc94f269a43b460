// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "manifest/Path.h"
#include "manifest/Yaml.h"

#include <QByteArray>
#include <QJsonValue>
#include <QList>
#include <QString>
#include <functional>
#include <memory>
#include <vector>

/// The text of a YAML file and its tree as one value. Pure, any thread; copies share what they hold.
namespace cairn::manifest {

struct Tree;
class TreeEdit;

/// A place in a text, as an editor counts it.
struct Place {
    int line = 0;         ///< from 1; 0: no place is known
    int column = 0;       ///< from 1, in characters (Unicode code points)
    qsizetype offset = 0; ///< in bytes from the start of the text, a byte order mark included
    bool operator==(const Place &) const = default;
};

/// A stretch of the text in bytes, `end` excluded.
struct Extent {
    qsizetype begin = 0;
    qsizetype end = 0;
    bool operator==(const Extent &) const = default;
};

/// One thing that is wrong with a text.
struct Fault {
    enum class Kind {
        Syntax,    ///< no YAML, or not in UTF-8
        TooLarge,  ///< beyond YamlLimits
        Key,       ///< a key that JSON does not have, or a merge of something else than maps
        Tag,       ///< an unknown tag, or a value that is not of its tag; the value is read as text
        NotJson,   ///< an infinity or NaN; read as text
        Duplicate, ///< a key stands there twice; the last one counts, as for go-yaml
        Expansion, ///< aliases that stand for more than the limits allow; json() of their document is undefined
    };
    Kind kind = Kind::Syntax;
    Place place;
    QString why; ///< a sentence; never quotes a value
    QString fix; ///< a sentence
};

/// A node of a Document: a cheap handle, which keeps the tree alive. Handles of an edited document stay on the old one.
class Node
{
public:
    enum class Kind : quint8 { Null, Bool, Number, Text, List, Map };
    enum class Style : quint8 { Plain, SingleQuoted, DoubleQuoted, Literal, Folded, Block, Flow };

    Node() = default;
    bool isValid() const { return m_index >= 0; }
    Kind kind() const; ///< of an alias: of what it stands for
    Style style() const;
    bool isAlias() const;
    bool isMerge() const; ///< in a map: what a merge key ("<<") brings in

    Place place() const;    ///< of its first character, which may belong to an anchor or a tag
    int line() const;       ///< the same without the column, which costs as much as the line is long
    /// From its first character to its last: anchor and tag included, comments and line breaks around it not. A value
    /// that is left out has an empty extent where it would begin.
    Extent extent() const;
    QString key() const;       ///< in a map: its name; otherwise empty
    Place keyPlace() const;    ///< of the name; of the node itself where it has none
    Extent keyExtent() const;
    Path path() const;         ///< from the root of its document, lists by index

    QByteArray text() const;   ///< of a scalar: what it says, in UTF-8, quotes and folds resolved; else empty
    QJsonValue json() const;   ///< undefined where aliases stand for more than YamlLimits::nodes values
    Node parent() const;
    QList<Node> children() const;      ///< as written: duplicates and merge keys too, in the order of the text
    Node member(QStringView name) const; ///< of a map: the one that counts, merge keys ("<<") applied; else invalid
    Node target() const;       ///< of an alias: the node it stands for; otherwise itself
    /// True for nodes of the same text.
    bool operator==(const Node &) const = default;

private:
    friend class Document;
    Node(std::shared_ptr<const Tree> tree, int index) : m_tree(std::move(tree)), m_index(index) {}
    std::shared_ptr<const Tree> m_tree;
    int m_index = -1;
};

/// Reading. Scalars mean what they mean to kubectl (sigs.k8s.io/yaml): `yes`, `y` and `on` are true, `012` is ten, dates
/// are text; keys stay the text they are written as. A document that begins like JSON is read as JSON first, as by
/// kubectl. yaml-cpp parses the rest; it gets no more than it can take with less than 8 × the text + 16 MiB in all.
///
/// Editing. An edit replaces the least stretch of text: a scalar keeps its quotes, a block its indentation, a map the
/// order of its keys; comments, blank lines, anchors and unknown fields stay, and every byte outside of the stretch. A
/// trailing comment goes with an entry that is removed, comments above it stay. The value of an alias is written out
/// where only the alias, or only what it stands for, changes. Each edit is proved: the new text is read and its values
/// compared with what the edit means. Where the least stretch cannot be proved, the smallest enclosing node that can is
/// written anew. An edit of a document with faults fails, and a failed edit leaves all as it was.
class Document
{
public:
    Document();

    /// Never fails: what is wrong is in faults(), and of a text with several documents the good ones can be used.
    /// `bytes` is UTF-8 with or without a byte order mark, or UTF-16 with one (which becomes UTF-8).
    static Document read(const QByteArray &bytes, const YamlLimits &limits = {});

    QByteArray text() const;
    QList<Fault> faults() const; ///< in the order of the text, at most 50
    /// The first fault as an Error of Kind::Parse, with each fault's place as causes[i].field = "line:column" and the
    /// reason "Position".
    Error error() const;

    int count() const;                  ///< documents that hold more than comments
    Node root(int document = 0) const;  ///< invalid where there is none
    Node at(const Path &path) const;    ///< invalid where there is none; follows aliases and merge keys
    /// The stretch of a document, from its "---" to the next; empty where there is none.
    Extent extent(int document) const;
    /// The innermost node whose extent, or whose name's extent, holds the byte.
    Node nodeAt(qsizetype offset) const;
    Place placeOf(qsizetype offset) const;
    QJsonValue json(int document = 0) const;

    /// Sets the value at `path`. Missing maps on the way are made; a missing list item is made when it is named by a
    /// key ([name=x], which the item then gets) or is the one after the last.
    Result<> set(const Path &path, const QJsonValue &value);
    /// Puts a new item before item `index` of a list ([-] or the count: at its end), or a new field into a map, which
    /// must not have it.
    Result<> insert(const Path &path, const QJsonValue &value);
    /// What is not there cannot be removed.
    Result<> remove(const Path &path);
    /// Takes the node from one place and inserts it at another (as remove(), then insert()), with the text it has.
    Result<> move(const Path &from, const Path &to);
    /// Makes the document have this value with as few edits as possible; how patches (Patch.h) are applied.
    Result<> become(const QJsonValue &value, int document = 0);

private:
    std::shared_ptr<const Tree> m_tree;
    YamlLimits m_limits;

    Result<> prove(const QByteArray &text, const QJsonValue &wanted, int document);
    Result<> edit(const Path &path, const std::function<Result<QJsonValue>(const QJsonValue &, const Path &)> &meaning,
                  const std::function<void(TreeEdit &, const std::vector<int> &)> &least);
    Result<> becomeInSteps(const Path &path, const QJsonValue &value);
};

} // namespace cairn::manifest
