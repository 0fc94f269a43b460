// SPDX-License-Identifier: GPL-3.0-or-later
#include "manifest/Document.h"

#include "manifest/Tree.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace cairn::manifest {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::manifest)
};

} // namespace

Node::Kind Node::kind() const
{
    return isValid() ? m_tree->node(m_index).kind : Kind::Null;
}

Node::Style Node::style() const
{
    return isValid() ? m_tree->node(m_index).style : Style::Plain;
}

bool Node::isAlias() const
{
    return isValid() && m_tree->node(m_index).alias;
}

bool Node::isMerge() const
{
    return isValid() && m_tree->node(m_index).merged;
}

int Node::line() const
{
    return isValid() ? m_tree->line(m_tree->node(m_index).begin) : 0;
}

Place Node::place() const
{
    return isValid() ? m_tree->place(m_tree->node(m_index).begin) : Place();
}

Extent Node::extent() const
{
    return isValid() ? Extent{m_tree->node(m_index).begin, m_tree->node(m_index).end} : Extent();
}

QString Node::key() const
{
    const int key = isValid() ? m_tree->node(m_index).key : -1;
    return key >= 0 ? lex::decode(m_tree->said(key)) : QString();
}

Place Node::keyPlace() const
{
    const int key = isValid() ? m_tree->node(m_index).key : -1;
    return key >= 0 ? m_tree->place(m_tree->node(key).begin) : place();
}

Extent Node::keyExtent() const
{
    const int key = isValid() ? m_tree->node(m_index).key : -1;
    return key >= 0 ? Extent{m_tree->node(key).begin, m_tree->node(key).end} : Extent();
}

Path Node::path() const
{
    QList<Path::Step> up;
    int at = m_index;
    for (; isValid() && m_tree->node(at).parent >= 0; at = m_tree->node(at).parent) {
        const TreeNode &node = m_tree->node(at);
        if (node.key >= 0) {
            up.prepend({Path::Step::Kind::Field, lex::decode(m_tree->said(node.key)), {}, 0});
            continue;
        }
        int index = 0;
        for (int child = m_tree->node(node.parent).first; child != at; child = m_tree->node(child).next)
            ++index;
        up.prepend({Path::Step::Kind::Index, {}, {}, index});
    }
    Path path;
    for (const Path::Step &step : std::as_const(up))
        path.step(step);
    if (isValid())
        path.in(m_tree->part(at));
    return path;
}

QByteArray Node::text() const
{
    return isValid() ? m_tree->said(m_index).toByteArray() : QByteArray();
}

QJsonValue Node::json() const
{
    if (!isValid())
        return QJsonValue::Undefined;
    const int part = m_tree->part(m_index);
    return part >= 0 && m_tree->parts[static_cast<size_t>(part)].bomb ? QJsonValue(QJsonValue::Undefined) : m_tree->json(m_index);
}

Node Node::parent() const
{
    return isValid() ? Node(m_tree, m_tree->node(m_index).parent) : Node();
}

QList<Node> Node::children() const
{
    QList<Node> all;
    if (isValid()) {
        for (const int child : m_tree->children(m_tree->target(m_index)))
            all.append(Node(m_tree, child));
    }
    return all;
}

Node Node::member(QStringView name) const
{
    return isValid() ? Node(m_tree, m_tree->member(m_index, name.toUtf8())) : Node();
}

Node Node::target() const
{
    return isValid() ? Node(m_tree, m_tree->target(m_index)) : Node();
}

Document::Document() : m_tree(readTree({}, {})) {}

Document Document::read(const QByteArray &bytes, const YamlLimits &limits)
{
    Document document;
    document.m_limits = limits;
    document.m_tree = readTree(bytes, limits);
    return document;
}

QByteArray Document::text() const
{
    return m_tree->text;
}

QList<Fault> Document::faults() const
{
    return m_tree->faults;
}

Error Document::error() const
{
    Error error = Error::make(Error::Kind::Parse, Words::tr("The YAML cannot be read."));
    const QList<Fault> &faults = m_tree->faults;
    if (faults.isEmpty())
        return error;
    const Fault &first = faults.first();
    error.why = first.why;
    error.fix = first.fix;
    if (first.place.line > 0)
        error.what = Words::tr("The YAML cannot be read at line %1, column %2.").arg(first.place.line).arg(first.place.column);
    for (const Fault &fault : faults) {
        if (fault.place.line > 0)
            error.causes.append({u"%1:%2"_s.arg(fault.place.line).arg(fault.place.column), u"Position"_s, fault.why});
    }
    return error;
}

int Document::count() const
{
    return static_cast<int>(m_tree->parts.size());
}

Node Document::root(int document) const
{
    return document >= 0 && document < count() ? Node(m_tree, m_tree->parts[static_cast<size_t>(document)].root) : Node();
}

Node Document::at(const Path &path) const
{
    Node node = root(path.document());
    for (const Path::Step &step : path.steps()) {
        using Kind = Path::Step::Kind;
        if (!node.isValid())
            break;
        if (step.kind == Kind::Field) {
            node = node.member(step.name);
            continue;
        }
        const QList<Node> items = node.kind() == Node::Kind::List ? node.children() : QList<Node>();
        node = Node();
        if (step.kind == Kind::Index && step.index < items.size())
            node = items[step.index];
        for (const Node &item : items) {
            if (step.kind == Kind::Item && item.member(step.name).text() == step.value.toUtf8() && item.member(step.name).isValid()) {
                node = item;
                break;
            }
        }
    }
    return node;
}

Extent Document::extent(int document) const
{
    if (document < 0 || document >= count())
        return {};
    const Tree::Part &part = m_tree->parts[static_cast<size_t>(document)];
    return {part.begin, part.end};
}

Node Document::nodeAt(qsizetype offset) const
{
    const auto holds = [&](int index) {
        const TreeNode &node = m_tree->node(index);
        const int begin = node.key >= 0 ? m_tree->node(node.key).begin : node.begin;
        return offset >= begin && offset <= node.end;
    };
    int found = -1;
    for (const Tree::Part &part : m_tree->parts) {
        if (part.root >= 0 && holds(part.root))
            found = part.root;
    }
    for (int next = found; next >= 0;) {
        found = next;
        next = -1;
        for (int child = m_tree->node(found).first; child >= 0; child = m_tree->node(child).next) {
            if (holds(child))
                next = child;
        }
    }
    return Node(m_tree, found);
}

Place Document::placeOf(qsizetype offset) const
{
    return m_tree->place(offset);
}

QJsonValue Document::json(int document) const
{
    return root(document).json();
}

} // namespace cairn::manifest
