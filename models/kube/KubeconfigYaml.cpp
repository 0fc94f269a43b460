// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/KubeconfigYaml.h"

#include "manifest/Document.h"

#include <QCoreApplication>
#include <QHash>
#include <QJsonArray>
#include <QJsonObject>
#include <cmath>

using namespace Qt::StringLiterals;

namespace cairn::kube::yaml {
namespace {

/// A kubeconfig of 10 MiB is read: what is embedded in it are certificates.
constexpr manifest::YamlLimits kLimits{10 * 1024 * 1024, 64, 400'000};

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::kube)
};

/// What go-yaml lets pass. Values that aliases repeat too often are not written out here, but shared.
bool isTolerated(manifest::Fault::Kind kind)
{
    using Kind = manifest::Fault::Kind;
    return kind == Kind::Duplicate || kind == Kind::Tag || kind == Kind::NotJson || kind == Kind::Expansion;
}

Node::Type typeOf(manifest::Node::Kind kind)
{
    switch (kind) {
    case manifest::Node::Kind::Null: return Node::Type::Null;
    case manifest::Node::Kind::Bool: return Node::Type::Bool;
    case manifest::Node::Kind::Number: return Node::Type::Number;
    case manifest::Node::Kind::Text: return Node::Type::Text;
    case manifest::Node::Kind::List: return Node::Type::List;
    case manifest::Node::Kind::Map: return Node::Type::Map;
    }
    return Node::Type::Null;
}

const Node *findIn(const Node &map, QByteArrayView key, int &budget)
{
    if (--budget < 0)
        return nullptr;
    // As go-yaml: what comes later counts, of merged maps as well; in a list of merged maps the earlier.
    for (auto it = map.members.crbegin(); it != map.members.crend(); ++it) {
        if (it->first == key)
            return it->second;
        if (it->first != "<<")
            continue;
        const QList<const Node *> sources = it->second->type == Node::Type::List ? it->second->items : QList<const Node *>{it->second};
        for (const Node *source : sources) {
            if (source->type != Node::Type::Map)
                continue;
            if (const Node *found = findIn(*source, key, budget))
                return found;
        }
    }
    return nullptr;
}

QJsonValue jsonOf(const Node &node, int depth, int &budget)
{
    // Aliases add no depth while parsing, so the limit is counted again here.
    if (--budget < 0 || depth > kLimits.depth) {
        budget = -1;
        return {};
    }
    switch (node.type) {
    case Node::Type::Null: return {};
    case Node::Type::Text: return QString::fromUtf8(node.text);
    case Node::Type::Bool: return node.isTrue();
    case Node::Type::Number: {
        bool ok = false;
        if (const qint64 whole = node.text.toLongLong(&ok); ok)
            return whole;
        if (const double real = node.text.toDouble(&ok); ok && std::isfinite(real))
            return real;
        return QString::fromUtf8(node.text);
    }
    case Node::Type::List: {
        QJsonArray array;
        for (const Node *item : node.items)
            array.append(jsonOf(*item, depth + 1, budget));
        return array;
    }
    case Node::Type::Map: {
        QJsonObject object;
        for (const auto &member : node.members)
            object.insert(QString::fromUtf8(member.first), jsonOf(*member.second, depth + 1, budget));
        return object;
    }
    }
    return {};
}

} // namespace

/// Copies what the reader of all manifests has read.
class Builder
{
public:
    Builder(Document &document, const QByteArray &text) : m_document(document), m_text(text) {}

    const Node *copy(const manifest::Node &from)
    {
        const manifest::Node target = from.target();
        const qsizetype begin = target.extent().begin;
        if (from.isAlias()) {
            if (const Node *shared = m_shared.value(begin))
                return shared;
        }
        m_document.m_nodes.emplace_back();
        Node *node = &m_document.m_nodes.back();
        node->type = typeOf(target.kind());
        node->line = target.line();
        node->text = target.text();
        for (const manifest::Node &child : target.children()) {
            const Node *value = copy(child);
            if (node->type == Node::Type::Map)
                node->members.append({child.key().toUtf8(), value});
            else
                node->items.append(value);
        }
        if (begin < m_text.size() && (m_text[begin] == '&' || m_text[begin] == '!'))
            m_shared.insert(begin, node);
        return node;
    }

private:
    Document &m_document;
    const QByteArray m_text;
    QHash<qsizetype, const Node *> m_shared; ///< what has an anchor, by where it begins; aliases come behind it
};

const Node *Node::find(QByteArrayView key) const
{
    if (type != Type::Map)
        return nullptr;
    // Merge keys of merge keys can multiply; nobody needs more than a few. The budget also bounds the recursion.
    int budget = 64;
    return findIn(*this, key, budget);
}

bool Node::isTrue() const
{
    const QByteArray word = text.toLower();
    return type == Type::Bool && (word == "true" || word == "yes" || word == "y" || word == "on");
}

Result<Document> Document::parse(const QByteArray &bytes, const QString &what)
{
    const manifest::Document read = manifest::Document::read(bytes, kLimits);
    for (const manifest::Fault &fault : read.faults()) {
        if (!isTolerated(fault.kind) && (read.count() < 2 || fault.place.offset < read.extent(1).begin))
            return fail(Error::Kind::Parse, what, fault.why, Words::tr("Correct the line, or check that the path names a kubeconfig."));
    }
    Document document;
    document.m_further = read.count() > 1;
    if (read.count() > 0) {
        document.m_root = Builder(document, read.text()).copy(read.root());
    } else {
        document.m_nodes.emplace_back();
        document.m_root = &document.m_nodes.back();
    }
    return document;
}

QJsonValue toJson(const Node &node, int maxNodes)
{
    int budget = maxNodes;
    QJsonValue value = jsonOf(node, 0, budget);
    return budget < 0 ? QJsonValue() : value;
}

} // namespace cairn::kube::yaml
