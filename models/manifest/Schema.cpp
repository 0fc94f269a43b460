// SPDX-License-Identifier: GPL-3.0-or-later
#include "manifest/Schema.h"

#include "base/Text.h"
#include "manifest/SchemaWalk.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QSet>
#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace cairn::manifest {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::manifest)
};

constexpr qsizetype kMostFindings = 200;
/// Schemas come from a server: what one says about one value is bounded, whatever refers to whatever.
constexpr int kMostSteps = 200'000;
constexpr int kMostNestedParts = 32;
constexpr qsizetype kLongestMatched = 16 * 1024;

QString quoted(const QString &text)
{
    return u"“"_s + text::safe(text.size() > 60 ? text.left(57) + u"…"_s : text) + u"”"_s;
}

QString textOf(const QJsonValue &value)
{
    if (value.isString())
        return value.toString();
    const QByteArray list = QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact);
    return QString::fromUtf8(list.mid(1, list.size() - 2));
}

QString kindWord(Node::Kind kind)
{
    switch (kind) {
    case Node::Kind::Null: return Words::tr("nothing");
    case Node::Kind::Bool: return Words::tr("a boolean");
    case Node::Kind::Number: return Words::tr("a number");
    case Node::Kind::Text: return Words::tr("a string");
    case Node::Kind::List: return Words::tr("a list");
    case Node::Kind::Map: return Words::tr("a map");
    }
    return {};
}

QString typeWord(const QString &type)
{
    if (type == u"string")
        return Words::tr("a string");
    if (type == u"integer")
        return Words::tr("an integer");
    if (type == u"number")
        return Words::tr("a number");
    if (type == u"boolean")
        return Words::tr("a boolean");
    if (type == u"array")
        return Words::tr("a list");
    return type == u"object" ? Words::tr("a map") : type;
}

/// Edits of one letter, an exchange of two neighbours included (Damerau); case counts less than anything else.
int distance(const QString &a, const QString &b)
{
    const qsizetype n = a.size(), m = b.size();
    std::vector<std::vector<int>> d(static_cast<size_t>(n) + 1, std::vector<int>(static_cast<size_t>(m) + 1));
    const auto at = [&](qsizetype i, qsizetype j) -> int & { return d[static_cast<size_t>(i)][static_cast<size_t>(j)]; };
    for (qsizetype i = 0; i <= n; ++i)
        at(i, 0) = static_cast<int>(i);
    for (qsizetype j = 0; j <= m; ++j)
        at(0, j) = static_cast<int>(j);
    for (qsizetype i = 1; i <= n; ++i) {
        for (qsizetype j = 1; j <= m; ++j) {
            at(i, j) = std::min({at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + (a[i - 1] != b[j - 1])});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                at(i, j) = std::min(at(i, j), at(i - 2, j - 2) + 1);
        }
    }
    return at(n, m);
}

QString nearest(const QString &name, const QStringList &known)
{
    QString best;
    int least = std::max<int>(2, static_cast<int>(name.size()) / 3) + 1;
    if (name.size() > 100)
        return {};
    for (const QString &each : known) {
        if (each.size() > 100)
            continue;
        const int far = each.compare(name, Qt::CaseInsensitive) == 0 ? 0 : distance(name.toLower(), each.toLower());
        if (far < least && far < name.size()) {
            least = far;
            best = each;
        }
    }
    return best;
}

bool isWhole(const QJsonValue &value)
{
    const double d = value.toDouble();
    return std::floor(d) == d;
}

} // namespace

/// Walks the tree and the schema side by side.
class Validator
{
public:
    Validator(const Schema &schema) : m_schemas(schema.m_components), m_prunes(schema.m_prunes) {}

    QList<Finding> run(const Schema &schema, const Node &root)
    {
        check(root, schema.m_root, {}, true, true);
        std::ranges::stable_sort(m_findings, std::less<>(), [](const Finding &f) { return f.place.offset; });
        return m_findings;
    }

private:
    SchemaWalk m_schemas;
    bool m_prunes;
    QList<Finding> m_findings;
    QHash<QString, QRegularExpression> m_patterns;
    int m_steps = 0;
    int m_nested = 0; ///< parts of parts

    void add(Finding::Kind kind, const Node &node, const Path &path, const QString &message, bool atKey = false, const QString &suggestion = {})
    {
        if (m_findings.size() >= kMostFindings)
            return;
        const bool key = atKey && !node.key().isEmpty();
        Extent extent = key ? node.keyExtent() : node.extent();
        if (!key && extent.begin == extent.end && !node.key().isEmpty())
            extent = node.keyExtent();
        m_findings.append({kind, key ? node.keyPlace() : node.place(), extent, path, message, suggestion});
    }

    /// Findings of a trial, which do not count.
    QList<Finding> tried(const Node &node, const QJsonObject &schema, const Path &path)
    {
        QList<Finding> before;
        std::swap(before, m_findings);
        check(node, schema, path, false, false);
        std::swap(before, m_findings);
        return before;
    }

    /// `fields`: whether unknown fields are looked for here, `deep`: below. Of the parts of a schema only the whole knows
    /// all of them, and those that are no references name but the fields they restrict.
    void check(const Node &node, const QJsonObject &unresolved, const Path &path, bool fields, bool deep)
    {
        if (++m_steps > kMostSteps)
            return;
        const QJsonObject schema = m_schemas.resolved(unresolved);
        const Node::Kind kind = node.kind();
        const bool intOrString = schema.value(u"x-kubernetes-int-or-string"_s).toBool() || schema.value(u"format"_s).toString() == u"int-or-string";
        if (++m_nested <= kMostNestedParts)
            checkParts(node, schema, path, deep, intOrString);
        --m_nested;
        if (kind == Node::Kind::Null) {
            // Built-in kinds take a null field for one that is not there; in a list, or in a custom resource, it stays.
            const bool stays = node.key().isEmpty() || (m_prunes && !schema.contains(u"default"_s));
            if (schema.contains(u"type"_s) && !schema.value(u"nullable"_s).toBool() && stays && node.parent().isValid())
                add(Finding::Kind::Type, node, path, Words::tr("This is empty; expected %1.").arg(typeWord(schema.value(u"type"_s).toString())));
            return;
        }
        if (intOrString) {
            if (kind != Node::Kind::Text && !(kind == Node::Kind::Number && isWhole(node.json())))
                add(Finding::Kind::Type, node, path, Words::tr("This is %1; expected an integer or a string.").arg(kindWord(kind)));
        } else if (!fits(kind, node, schema.value(u"type"_s).toString())) {
            const QString type = schema.value(u"type"_s).toString();
            QString message = Words::tr("This is %1; expected %2.").arg(kindWord(kind), typeWord(type));
            if (type == u"string" && (kind == Node::Kind::Number || kind == Node::Kind::Bool))
                message += u' ' + Words::tr("Put it in quotes.");
            add(Finding::Kind::Type, node, path, message);
            return;
        }
        checkEnum(node, schema, path);
        if (kind == Node::Kind::Text)
            checkText(node, schema, path);
        else if (kind == Node::Kind::Number)
            checkNumber(node, schema, path);
        else if (kind == Node::Kind::List)
            checkList(node, schema, path, deep);
        else if (kind == Node::Kind::Map)
            checkMap(node, schema, path, fields, deep);
    }

    static bool fits(Node::Kind kind, const Node &node, const QString &type)
    {
        if (type == u"string")
            return kind == Node::Kind::Text;
        if (type == u"integer")
            return kind == Node::Kind::Number && isWhole(node.json());
        if (type == u"number")
            return kind == Node::Kind::Number;
        if (type == u"boolean")
            return kind == Node::Kind::Bool;
        if (type == u"array")
            return kind == Node::Kind::List;
        return type == u"object" ? kind == Node::Kind::Map : true;
    }

    void checkParts(const Node &node, const QJsonObject &schema, const Path &path, bool deep, bool intOrString)
    {
        for (const QJsonValue part : schema.value(u"allOf"_s).toArray())
            check(node, part.toObject(), path, false, deep && part.toObject().contains(u"$ref"_s));
        for (const QString &word : {u"anyOf"_s, u"oneOf"_s}) {
            const QJsonArray parts = schema.value(word).toArray();
            if (parts.isEmpty() || intOrString || node.kind() == Node::Kind::Null) // the two types are said there once more
                continue;
            int good = 0;
            QList<Finding> least;
            QStringList types;
            for (const QJsonValue part : parts) {
                const QList<Finding> found = tried(node, part.toObject(), path);
                good += found.isEmpty();
                if (least.isEmpty() || found.size() < least.size())
                    least = found;
                types += typeWord(m_schemas.resolved(part.toObject()).value(u"type"_s).toString());
            }
            types.removeDuplicates();
            types.removeAll(QString());
            if (good == 0 && types.size() > 1)
                add(Finding::Kind::Type, node, path, Words::tr("This is %1; expected one of: %2.").arg(kindWord(node.kind()), types.join(u", "_s)));
            else if (good == 0)
                m_findings += least.mid(0, kMostFindings - m_findings.size());
            else if (good > 1 && word == u"oneOf" && types.size() <= 1)
                add(Finding::Kind::Value, node, path, Words::tr("This matches more than one of the alternatives; exactly one is allowed."));
        }
        if (schema.value(u"not"_s).isObject() && !schema.value(u"not"_s).toObject().isEmpty() && tried(node, schema.value(u"not"_s).toObject(), path).isEmpty())
            add(Finding::Kind::Value, node, path, Words::tr("This has a form that is not allowed here."));
    }

    void checkEnum(const Node &node, const QJsonObject &schema, const Path &path)
    {
        const QJsonArray values = schema.value(u"enum"_s).toArray();
        if (values.isEmpty() || values.contains(node.json()))
            return;
        QStringList words;
        for (const QJsonValue value : values)
            words += textOf(value);
        const QString near = nearest(QString::fromUtf8(node.text()), words);
        const QStringList few = words.size() > 12 ? words.mid(0, 12) + QStringList(u"…"_s) : words;
        QString message = Words::tr("%1 is not one of: %2.").arg(quoted(textOf(node.json())), few.join(u", "_s));
        if (!near.isEmpty())
            message += u' ' + Words::tr("Did you mean %1?").arg(quoted(near));
        add(Finding::Kind::Value, node, path, message, false, near);
    }

    void checkText(const Node &node, const QJsonObject &schema, const Path &path)
    {
        const QString said = QString::fromUtf8(node.text());
        const auto length = said.toUcs4().size();
        if (const QJsonValue least = schema.value(u"minLength"_s); least.isDouble() && length < least.toInteger())
            add(Finding::Kind::Value, node, path, least.toInteger() == 1 ? Words::tr("This must not be empty.")
                                                                        : Words::tr("This needs at least %1 characters.").arg(least.toInteger()));
        if (const QJsonValue most = schema.value(u"maxLength"_s); most.isDouble() && length > most.toInteger())
            add(Finding::Kind::Value, node, path, Words::tr("This has %1 characters; at most %2 are allowed.").arg(length).arg(most.toInteger()));
        if (schema.value(u"format"_s).toString() == u"date-time" && !QDateTime::fromString(said, Qt::ISODateWithMs).isValid())
            add(Finding::Kind::Value, node, path, Words::tr("%1 is not a time such as 2006-01-02T15:04:05Z.").arg(quoted(said)));
        const QString pattern = schema.value(u"pattern"_s).toString();
        if (pattern.isEmpty() || said.size() > kLongestMatched)
            return;
        auto it = m_patterns.constFind(pattern);
        if (it == m_patterns.constEnd())
            it = m_patterns.insert(pattern, QRegularExpression(pattern, QRegularExpression::DontCaptureOption));
        if (!it->isValid())
            return;
        const QRegularExpressionMatch match = it->match(said); // PCRE gives up by itself where a pattern explodes
        if (match.isValid() && !match.hasMatch())
            add(Finding::Kind::Value, node, path, Words::tr("%1 does not have the form %2.").arg(quoted(said), text::safe(pattern)));
    }

    void checkNumber(const Node &node, const QJsonObject &schema, const Path &path)
    {
        const double value = node.json().toDouble();
        const QJsonValue least = schema.value(u"minimum"_s);
        const QJsonValue most = schema.value(u"maximum"_s);
        const bool above = schema.value(u"exclusiveMinimum"_s).toBool();
        const bool below = schema.value(u"exclusiveMaximum"_s).toBool();
        if (least.isDouble() && (value < least.toDouble() || (above && value == least.toDouble())))
            add(Finding::Kind::Value, node, path, (above ? Words::tr("%1 is too small; it must be more than %2.") : Words::tr("%1 is too small; the minimum is %2."))
                                                      .arg(textOf(node.json()), textOf(least)));
        if (most.isDouble() && (value > most.toDouble() || (below && value == most.toDouble())))
            add(Finding::Kind::Value, node, path, (below ? Words::tr("%1 is too large; it must be less than %2.") : Words::tr("%1 is too large; the maximum is %2."))
                                                      .arg(textOf(node.json()), textOf(most)));
        if (const double step = schema.value(u"multipleOf"_s).toDouble(); step > 0 && std::abs(std::remainder(value, step)) > 1e-9 * step)
            add(Finding::Kind::Value, node, path, Words::tr("%1 is not a multiple of %2.").arg(textOf(node.json())).arg(step));
        const QString format = schema.value(u"format"_s).toString();
        if ((format == u"int32" && (value < -2147483648.0 || value > 2147483647.0)) || (format == u"int64" && std::abs(value) > 9.2233720368547758e18))
            add(Finding::Kind::Value, node, path, Words::tr("%1 does not fit into %2.").arg(textOf(node.json()), format));
    }

    /// With those that are merged into it, which stand elsewhere in the text.
    static QList<Node> membersOf(const Node &map)
    {
        QList<Node> out;
        for (const Node &member : map.children()) {
            if (!member.isMerge()) {
                out += member;
                continue;
            }
            const QList<Node> sources = member.kind() == Node::Kind::List ? member.children() : QList<Node>{member};
            for (const Node &source : sources)
                out += membersOf(source);
        }
        return out;
    }

    void checkCount(const Node &node, const QJsonObject &schema, const Path &path, qsizetype count, const QString &least, const QString &most)
    {
        if (schema.value(least).isDouble() && count < schema.value(least).toInteger())
            add(Finding::Kind::Value, node, path, Words::tr("This holds %1; at least %2 are needed.").arg(count).arg(schema.value(least).toInteger()));
        if (schema.value(most).isDouble() && count > schema.value(most).toInteger())
            add(Finding::Kind::Value, node, path, Words::tr("This holds %1; at most %2 are allowed.").arg(count).arg(schema.value(most).toInteger()));
    }

    void checkList(const Node &node, const QJsonObject &schema, const Path &path, bool deep)
    {
        const QList<Node> items = node.children();
        checkCount(node, schema, path, items.size(), u"minItems"_s, u"maxItems"_s);
        const QJsonObject of = schema.value(u"items"_s).toObject();
        for (qsizetype i = 0; i < items.size(); ++i) {
            Path child = path;
            check(items[i], of, child.item(static_cast<int>(i)), deep, deep);
        }
        const QString type = schema.value(u"x-kubernetes-list-type"_s).toString();
        const bool set = type == u"set" || schema.value(u"uniqueItems"_s).toBool();
        if (!set && type != u"map")
            return;
        QStringList keys;
        for (const QJsonValue key : schema.value(u"x-kubernetes-list-map-keys"_s).toArray())
            keys += key.toString();
        QHash<QString, int> seen;
        for (qsizetype i = 0; i < items.size(); ++i) {
            QString name;
            if (set) {
                name = textOf(items[i].json());
            } else {
                for (const QString &key : std::as_const(keys)) {
                    const QJsonObject known = m_schemas.property(of, key);
                    const Node value = items[i].member(key);
                    name += textOf(value.isValid() ? value.json() : known.value(u"default"_s)) + u'\n';
                }
            }
            Path child = path;
            child.item(static_cast<int>(i));
            if (seen.contains(name))
                add(Finding::Kind::Duplicate, items[i], child,
                    set ? Words::tr("%1 appears twice in this list.").arg(quoted(name))
                        : Words::tr("This item has the same %1 as item %2 of the list.").arg(keys.join(u", "_s)).arg(seen.value(name) + 1));
            else
                seen.insert(name, static_cast<int>(i));
        }
    }

    void checkMap(const Node &node, const QJsonObject &schema, const Path &path, bool fields, bool deep)
    {
        const QList<Node> members = membersOf(node);
        checkCount(node, schema, path, members.size(), u"minProperties"_s, u"maxProperties"_s);
        for (const QJsonValue name : schema.value(u"required"_s).toArray()) {
            const Node member = node.member(name.toString());
            if (!member.isValid() || member.kind() == Node::Kind::Null)
                add(Finding::Kind::Missing, node, path, Words::tr("The field %1 is missing.").arg(quoted(name.toString())), true);
        }
        const QJsonObject properties = schema.value(u"properties"_s).toObject();
        const QJsonValue others = schema.value(u"additionalProperties"_s);
        // The parts of a schema are checked for themselves; what fields there are only all of them know.
        const bool open = !fields || m_schemas.isOpen(schema, m_prunes && !path.isEmpty());
        const bool resource = schema.value(u"x-kubernetes-embedded-resource"_s).toBool() || (path.isEmpty() && fields);
        const QStringList known = fields ? m_schemas.fields(schema) : QStringList();
        const QSet<QString> names(known.begin(), known.end());
        for (const Node &member : members) {
            const QString name = member.key();
            Path child = path;
            child.field(name);
            // What a CRD says of metadata is nothing; the apiserver knows it.
            const bool bare = m_prunes && resource && name == u"metadata";
            if (properties.contains(name)) {
                check(member, properties.value(name).toObject(), child, deep && !bare, deep && !bare);
            } else if (others.isObject()) {
                check(member, others.toObject(), child, deep, deep);
            } else if (!open && !names.contains(name) && !(resource && (name == u"apiVersion" || name == u"kind" || name == u"metadata"))) {
                const QString near = nearest(name, known);
                QString message = Words::tr("Unknown field %1.").arg(quoted(name));
                if (!near.isEmpty())
                    message += u' ' + Words::tr("Did you mean %1?").arg(quoted(near));
                add(Finding::Kind::Unknown, member, child, message, true, near);
            }
        }
    }
};

QList<Finding> validate(const Document &document, const Schema &schema, int index)
{
    const Node root = document.root(index);
    if (!root.isValid() || schema.isEmpty() || root.json().isUndefined())
        return {};
    return Validator(schema).run(schema, root);
}

Result<Schema> Schema::fromOpenApi(const QJsonObject &document, const QString &apiVersion, const QString &kind)
{
    const QJsonObject components = document.value(u"components"_s).toObject().value(u"schemas"_s).toObject();
    const qsizetype slash = apiVersion.indexOf(u'/');
    const QString group = slash < 0 ? QString() : apiVersion.left(slash);
    const QString version = apiVersion.mid(slash + 1);
    for (auto it = components.begin(); it != components.end(); ++it) {
        const QJsonObject schema = it.value().toObject();
        for (const QJsonValue each : schema.value(u"x-kubernetes-group-version-kind"_s).toArray()) {
            const QJsonObject gvk = each.toObject();
            if (gvk.value(u"group"_s).toString() == group && gvk.value(u"version"_s).toString() == version && gvk.value(u"kind"_s).toString() == kind)
                return of(schema, components);
        }
    }
    return fail(Error::Kind::NotFound, Words::tr("There is no schema for %1 of %2.").arg(text::safe(kind), text::safe(apiVersion)),
                Words::tr("The OpenAPI document of the cluster does not describe it."), Words::tr("Check apiVersion and kind."));
}

Result<Schema> Schema::fromCrd(const QJsonObject &crd, const QString &version)
{
    for (const QJsonValue each : crd.value(u"spec"_s).toObject().value(u"versions"_s).toArray()) {
        const QJsonObject known = each.toObject();
        const QJsonObject schema = known.value(u"schema"_s).toObject().value(u"openAPIV3Schema"_s).toObject();
        if (known.value(u"name"_s).toString() != version || schema.isEmpty())
            continue;
        Schema out = of(schema);
        out.m_prunes = true;
        return out;
    }
    return fail(Error::Kind::NotFound, Words::tr("There is no schema for version %1.").arg(text::safe(version)),
                Words::tr("The CustomResourceDefinition does not describe it."), Words::tr("Check apiVersion."));
}

Schema Schema::of(const QJsonObject &root, const QJsonObject &components)
{
    Schema out;
    out.m_root = root;
    out.m_components = components;
    return out;
}

Schema::About Schema::about(const Path &path) const
{
    const SchemaWalk schemas(m_components);
    QJsonObject here = schemas.resolved(m_root);
    for (const Path::Step &step : path.steps()) {
        here = step.kind == Path::Step::Kind::Field ? schemas.property(here, step.name) : schemas.items(here);
        if (here.isEmpty())
            return {};
    }
    About about;
    about.known = true;
    about.description = here.value(u"description"_s).toString();
    about.type = schemas.typeName(here);
    about.fields = schemas.fields(here);
    for (const QJsonValue value : schemas.whole(here).value(u"enum"_s).toArray())
        about.values += textOf(value);
    for (const QJsonValue name : schemas.whole(here).value(u"required"_s).toArray())
        about.required += name.toString();
    for (const QJsonValue rule : schemas.whole(here).value(u"x-kubernetes-validations"_s).toArray()) {
        const QJsonObject said = rule.toObject();
        if (said.value(u"rule"_s).toString().simplified() == "self == oldSelf"_L1)
            about.fixed = said.value(u"message"_s).toString(u"the field is immutable"_s);
    }
    return about;
}

} // namespace cairn::manifest
