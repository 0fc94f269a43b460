// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "audit/Scene.h"

#include <QRegularExpression>
#include <optional>

/// What kustomize's targets and selectors take. Private to overlay.
namespace cairn::overlay {

/// A pattern as kustomize takes it. Most are plain names, which are compared: there are thousands of them.
class Pattern
{
public:
    explicit Pattern(const QString &pattern);
    bool takes(const QString &text) const;

private:
    bool m_all;
    std::optional<QString> m_literal;
    QRegularExpression m_expression;
};

struct Selector {
    QString group, version, kind, name, ns;
    QString labels, annotations;
    bool isEmpty() const { return group.isEmpty() && version.isEmpty() && kind.isEmpty() && name.isEmpty() && ns.isEmpty() && labels.isEmpty() && annotations.isEmpty(); }
};
/// Of a target, a source or a select.
Selector selectorFrom(const QJsonValue &value);
/// As kustomize counts it: an object without one is in "default".
QString namespaceOf(const audit::ObjectName &name);
/// "Deployment dex in auth": safe to show.
QString titleOf(const Selector &selector);

/// A selector that is asked about many objects.
class Matcher
{
public:
    explicit Matcher(const Selector &selector);
    bool takesKind(const audit::ObjectName &name) const { return m_kind.takes(name.kind) && m_group.takes(name.group); }
    bool takesName(const audit::ObjectName &name) const { return m_name.takes(name.name); }
    bool takesNamespace(const audit::ObjectName &name) const { return m_ns.takes(namespaceOf(name)); }
    bool takes(const audit::ObjectName &name, const QJsonObject &object) const;

private:
    const QString m_labels, m_annotations;
    const Pattern m_group, m_version, m_kind, m_name, m_ns;
};

} // namespace cairn::overlay
