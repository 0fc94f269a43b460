// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"

#include <QByteArray>
#include <QJsonValue>
#include <QList>
#include <QPair>
#include <deque>

/// What manifest::Document reads of the user's configuration files (kubeconfig, kuberc), as client-go sees it: a key that
/// stands there twice or an unknown tag passes, as for go-yaml. Aliases share nodes instead of copying them, and values
/// keep the type that go-yaml would give them, since kubectl refuses `token: 123` and so must we.
namespace cairn::kube::yaml {

struct Node {
    enum class Type { Null, Text, Number, Bool, List, Map };
    Type type = Type::Null;
    int line = 0; ///< 1-based
    QByteArray text; ///< scalars: as written; UTF-8
    QList<const Node *> items;
    QList<QPair<QByteArray, const Node *>> members;

    /// The member `key` of a map, with YAML merge keys ("<<") applied; nullptr when absent. The last duplicate wins.
    const Node *find(QByteArrayView key) const;
    bool isTrue() const;
};

/// Owns its nodes.
class Document
{
public:
    /// The first document of `bytes` (UTF-8, with or without BOM, or UTF-16 with BOM). Errors are Kind::Parse; their
    /// texts never quote the content. `what` names the file: the caller's words.
    static Result<Document> parse(const QByteArray &bytes, const QString &what);

    const Node &root() const { return *m_root; }
    bool hasFurtherDocuments() const { return m_further; }

    Document(Document &&) = default;
    Document &operator=(Document &&) = default;

private:
    friend class Builder;
    Document() = default;
    std::deque<Node> m_nodes; ///< addresses stay valid when the deque moves
    const Node *m_root = nullptr;
    bool m_further = false;
};

/// A node as JSON; null when it has more than `maxNodes` nodes with its aliases spelled out.
QJsonValue toJson(const Node &node, int maxNodes = 10'000);

} // namespace cairn::kube::yaml
