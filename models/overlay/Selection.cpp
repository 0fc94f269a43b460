// SPDX-License-Identifier: GPL-3.0-or-later
#include "overlay/Selection.h"

#include "base/Text.h"
#include "overlay/Kustomization.h"
#include "overlay/Lands.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace cairn::overlay {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::overlay)
};

QString versionOf(const QJsonObject &object)
{
    const QString apiVersion = object[u"apiVersion"_s].toString();
    return apiVersion.section(u'/', -1);
}

} // namespace

Pattern::Pattern(const QString &pattern)
    : m_all(pattern.isEmpty())
{
    QString literal;
    for (qsizetype i = 0; i < pattern.size(); ++i) {
        const bool escaped = pattern[i] == u'\\' && i + 1 < pattern.size() && (pattern[i + 1] == u'.' || pattern[i + 1] == u'-');
        const QChar c = escaped ? pattern[++i] : pattern[i];
        if (!escaped && !c.isLetterOrNumber() && c != u'-' && c != u'_' && c != u'/') {
            m_expression.setPattern(pattern.size() > 1000 ? u"["_s : u"\\A(?:"_s + pattern + u")\\z"_s);
            return;
        }
        literal += c;
    }
    m_literal = literal;
}

bool Pattern::takes(const QString &text) const
{
    if (m_all || m_literal)
        return m_all || *m_literal == text;
    return m_expression.isValid() && m_expression.match(text).hasMatch();
}

Selector selectorFrom(const QJsonValue &value)
{
    return {value[u"group"_s].toString(),     value[u"version"_s].toString(),       value[u"kind"_s].toString(),
            value[u"name"_s].toString(),      value[u"namespace"_s].toString(),     value[u"labelSelector"_s].toString(),
            value[u"annotationSelector"_s].toString()};
}

QString namespaceOf(const audit::ObjectName &name)
{
    return name.ns.isEmpty() ? u"default"_s : name.ns;
}

Matcher::Matcher(const Selector &selector)
    : m_labels(selector.labels)
    , m_annotations(selector.annotations)
    , m_group(selector.group)
    , m_version(selector.version)
    , m_kind(selector.kind)
    , m_name(selector.name)
    , m_ns(selector.ns)
{
}

bool Matcher::takes(const audit::ObjectName &name, const QJsonObject &object) const
{
    if (!takesName(name) || !takesKind(name) || !takesNamespace(name) || !m_version.takes(versionOf(object)))
        return false;
    if (m_labels.isEmpty() && m_annotations.isEmpty())
        return true;
    const QJsonValue meta = object[u"metadata"_s];
    return matchesSelector(m_labels, meta[u"labels"_s].toObject()) && matchesSelector(m_annotations, meta[u"annotations"_s].toObject());
}

QString titleOf(const Selector &selector)
{
    QString title = selector.kind.isEmpty() ? Words::tr("any kind") : text::safe(selector.kind);
    if (!selector.name.isEmpty())
        title += u' ' + text::safe(selector.name);
    if (!selector.ns.isEmpty())
        title += Words::tr(" in %1", "a namespace").arg(text::safe(selector.ns));
    if (!selector.labels.isEmpty())
        title += u" ("_s + text::safe(selector.labels) + u')';
    return title;
}

bool selects(const QString &pattern, const QString &text)
{
    return Pattern(pattern).takes(text);
}

} // namespace cairn::overlay
