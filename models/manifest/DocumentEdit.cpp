// SPDX-License-Identifier: GPL-3.0-or-later
#include "manifest/Document.h"
#include "manifest/JsonEdit.h"
#include "manifest/TreeEdit.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonObject>
#include <functional>

using namespace Qt::StringLiterals;

namespace cairn::manifest {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::manifest)
};

/// The nodes on the way to a path that belong to its text alone: it ends where the path leads through an alias or a
/// merged map, or to something that is not there.
std::vector<int> ownNodes(const Tree &tree, int root, const Path &path)
{
    std::vector<int> way{root};
    for (const Path::Step &step : path.steps()) {
        const int here = way.back();
        if (tree.node(here).alias)
            break;
        int next = -1;
        int index = 0;
        for (const int child : tree.children(here)) {
            using Kind = Path::Step::Kind;
            const bool field = tree.node(child).key >= 0;
            if (step.kind == Kind::Field && field && !tree.node(child).merged && tree.said(tree.node(child).key) == step.name.toUtf8())
                next = child;
            else if (step.kind == Kind::Index && !field && index == step.index)
                next = child;
            else if (step.kind == Kind::Item && !field && next < 0) {
                const int name = tree.member(child, step.name.toUtf8());
                if (name >= 0 && tree.said(name) == step.value.toUtf8())
                    next = child;
            }
            ++index;
        }
        if (next < 0)
            break;
        way.push_back(next);
    }
    return way;
}

Path rest(const Path &path, size_t from)
{
    Path out;
    for (qsizetype i = static_cast<qsizetype>(from); i < path.steps().size(); ++i)
        out.step(path.steps()[i]);
    return out;
}

Error unproved()
{
    return Error::make(Error::Kind::Internal, Words::tr("The text cannot be changed."),
                       Words::tr("No way to write this change reads back with the intended value."),
                       Words::tr("Change the text by hand, and report what it looks like."));
}

} // namespace

Result<> Document::prove(const QByteArray &text, const QJsonValue &wanted, int document)
{
    Document after = read(text, m_limits);
    if (!after.faults().isEmpty() || after.count() != count())
        return fail(unproved());
    for (int i = 0; i < count(); ++i) {
        if (after.json(i) != (i == document ? wanted : json(i)))
            return fail(unproved());
    }
    *this = after;
    return {};
}

Result<> Document::edit(const Path &path, const std::function<Result<QJsonValue>(const QJsonValue &, const Path &)> &meaning,
                        const std::function<void(TreeEdit &, const std::vector<int> &)> &least)
{
    if (!faults().isEmpty())
        return fail(error());
    const int document = path.document();
    if (!root(document).isValid())
        return fail(Error::Kind::NotFound, Words::tr("The text cannot be changed."), Words::tr("It has no such document."),
                    Words::tr("Check the path against the text."));
    const Result<QJsonValue> wanted = meaning(json(document), path);
    if (!wanted)
        return fail(wanted.error());
    const Tree &tree = *m_tree;
    const std::vector<int> way = ownNodes(tree, tree.parts[static_cast<size_t>(document)].root, path);
    {
        TreeEdit plan(tree, document);
        least(plan, way);
        if (const auto text = plan.text(); text && prove(*text, *wanted, document))
            return {};
    }
    const std::shared_ptr<const Tree> keep = m_tree;
    for (size_t i = way.size(); i-- > 0;) {
        // What is inserted or removed changes what it is in.
        const Path inside = rest(path, i);
        const Result<QJsonValue> value = meaning(keep->json(way[i]), inside);
        if (!value)
            continue;
        TreeEdit plan(*keep, document);
        plan.replace(way[i], *value);
        if (const auto text = plan.text(); text && prove(*text, *wanted, document))
            return {};
    }
    // The whole document, its markers kept.
    const Tree::Part &part = keep->parts[static_cast<size_t>(document)];
    const bool marked = part.content > part.begin && keep->slice(part.begin, part.content) != QByteArrayView("\xef\xbb\xbf");
    const QByteArray body = (marked ? "\n" : "") + toYaml(*wanted).toUtf8();
    const QByteArray text = keep->text.first(part.content) + body + keep->text.sliced(part.end);
    return prove(text, *wanted, document);
}

Result<> Document::set(const Path &path, const QJsonValue &value)
{
    const auto meaning = [&](const QJsonValue &root, const Path &way) { return withValue(root, way, value); };
    return edit(path, meaning, [&](TreeEdit &plan, const std::vector<int> &way) {
        const Path left = rest(path, way.size() - 1);
        if (const auto want = withValue(m_tree->json(way.back()), left, value))
            plan.change(way.back(), *want);
    });
}

Result<> Document::insert(const Path &path, const QJsonValue &value)
{
    const auto meaning = [&](const QJsonValue &root, const Path &way) { return withInserted(root, way, value); };
    return edit(path, meaning, [&](TreeEdit &plan, const std::vector<int> &way) {
        const std::vector<int> parents = ownNodes(*m_tree, way.front(), path.parent());
        const int into = parents.back();
        const auto depth = static_cast<size_t>(path.steps().size());
        if (parents.size() < depth || m_tree->node(into).alias) {
            if (const auto want = withInserted(m_tree->json(into), rest(path, parents.size() - 1), value))
                plan.change(into, *want);
        } else if (m_tree->node(into).kind == Node::Kind::Map) {
            plan.addMember(into, path.steps().last().name, value);
        } else if (way.size() > depth) {
            int index = 0;
            for (int child = m_tree->node(into).first; child != way.back(); child = m_tree->node(child).next)
                ++index;
            plan.addItem(into, index, value);
        } else if (const auto want = withInserted(m_tree->json(into), rest(path, depth - 1), value)) {
            // At the end; a null becomes what is put into it.
            if (m_tree->node(into).kind == Node::Kind::List)
                plan.addItem(into, static_cast<int>(m_tree->children(into).size()), want->toArray().last());
            else
                plan.change(into, *want);
        }
    });
}

Result<> Document::remove(const Path &path)
{
    return edit(path, without, [&](TreeEdit &plan, const std::vector<int> &way) {
        if (static_cast<qsizetype>(way.size()) > path.steps().size()) {
            plan.drop(way.back());
            return;
        }
        if (const auto want = without(m_tree->json(way.back()), rest(path, way.size() - 1)))
            plan.change(way.back(), *want);
    });
}

Result<> Document::move(const Path &from, const Path &to)
{
    const QJsonValue value = valueAt(json(from.document()), from);
    if (value.isUndefined())
        return fail(Error::Kind::NotFound, Words::tr("The text cannot be changed."), Words::tr("What is to be moved does not exist."),
                    Words::tr("Check the path against the text."));
    Document after = *this;
    if (const auto removed = after.remove(from); !removed)
        return removed;
    Document plain = after;
    if (const auto inserted = plain.insert(to, value); !inserted)
        return inserted;
    // With the text it has: a copy is put in first, then the old one goes; one edit, proved as a whole.
    const auto copied = [&]() -> std::optional<QByteArray> {
        const Document &gone = after;
        if (from.document() != to.document() || to.isEmpty())
            return std::nullopt;
        const Tree &tree = *m_tree;
        const int root = tree.parts[static_cast<size_t>(from.document())].root;
        const std::vector<int> source = ownNodes(tree, root, from);
        // Where the place is in the text as it is: the same node before and after the removal.
        const Node into = gone.at(to.parent());
        if (static_cast<qsizetype>(source.size()) <= from.steps().size() || !into.isValid())
            return std::nullopt;
        const Path::Step last = to.steps().last();
        const QList<Node> children = into.children();
        int index = static_cast<int>(children.size());
        for (int i = 0; i < children.size(); ++i) {
            if ((last.kind == Path::Step::Kind::Index && i == last.index)
                || (last.kind == Path::Step::Kind::Item && children[i].member(last.name).text() == last.value.toUtf8())) {
                index = i;
                break;
            }
        }
        // The parent's path in the old text: an item that was removed before it shifts indexes.
        for (const Path &candidate : {into.path(), to.parent()}) {
            const std::vector<int> parents = ownNodes(tree, root, candidate);
            if (static_cast<qsizetype>(parents.size()) <= candidate.steps().size())
                continue;
            const int oldParent = parents.back();
            int oldIndex = index;
            if (tree.node(source.back()).parent == oldParent) {
                int own = 0;
                for (int child = tree.node(oldParent).first; child != source.back(); child = tree.node(child).next)
                    ++own;
                oldIndex += own < index || (own == index) ? 1 : 0;
            }
            TreeEdit plan(tree, from.document());
            if (!plan.addCopy(oldParent, oldIndex, last.name, source.back()))
                continue;
            plan.drop(source.back());
            if (auto text = plan.text())
                return text;
        }
        return std::nullopt;
    }();
    const QJsonValue wanted = plain.json(from.document());
    if (copied && from.document() == to.document() && prove(*copied, wanted, from.document()))
        return {};
    *this = plain;
    return {};
}

Result<> Document::become(const QJsonValue &value, int document)
{
    Path whole;
    whole.in(document);
    if (!faults().isEmpty())
        return fail(error());
    if (root(document).isValid()) {
        TreeEdit plan(*m_tree, document);
        plan.change(m_tree->parts[static_cast<size_t>(document)].root, value);
        if (const auto text = plan.text(); text && prove(*text, value, document))
            return {};
        // Part by part, so that what cannot be proved is written anew for itself.
        Document steps = *this;
        if (steps.becomeInSteps(whole, value) && steps.json(document) == value) {
            *this = steps;
            return {};
        }
    }
    return set(whole, value);
}

Result<> Document::becomeInSteps(const Path &path, const QJsonValue &value)
{
    const QJsonValue have = valueAt(json(path.document()), path);
    if (have == value)
        return {};
    if (!have.isObject() || !value.isObject())
        return set(path, value);
    const QJsonObject from = have.toObject();
    const QJsonObject to = value.toObject();
    for (auto it = from.begin(); it != from.end(); ++it) {
        Path child = path;
        child.field(it.key());
        const Result<> done = to.contains(it.key()) ? becomeInSteps(child, to.value(it.key())) : remove(child);
        if (!done)
            return done;
    }
    for (auto it = to.begin(); it != to.end(); ++it) {
        Path child = path;
        child.field(it.key());
        if (const Result<> done = from.contains(it.key()) ? Result<>() : set(child, it.value()); !done)
            return done;
    }
    return {};
}

} // namespace cairn::manifest
