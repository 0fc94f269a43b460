// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QStringList>

namespace cairn::manifest {

/// Reads schemas that refer to others and are made of parts. Private to manifest. Bounded whatever refers to whatever.
class SchemaWalk
{
public:
    explicit SchemaWalk(const QJsonObject &components) : m_components(components) {}

    /// The schema that a $ref leads to, with what stands beside the $ref put over it; itself where there is none.
    QJsonObject resolved(const QJsonObject &schema) const;
    /// Resolved, and with the parts of allOf put into it.
    QJsonObject whole(const QJsonObject &schema) const;
    /// The schema of a field, of an entry of a map whose names are free, and of a list's items; empty where it says none.
    QJsonObject property(const QJsonObject &schema, const QString &name) const;
    QJsonObject items(const QJsonObject &schema) const;
    /// All names that it or one of its parts knows.
    QStringList fields(const QJsonObject &schema) const;
    /// True where other fields are allowed. `pruned`: a map that names none has none, as the apiserver sees it for CRDs.
    bool isOpen(const QJsonObject &schema, bool pruned) const;
    QString typeName(const QJsonObject &schema) const;

private:
    QJsonObject m_components;

    void collect(const QJsonObject &schema, int depth, int &budget, QJsonObject &properties, bool &open) const;
};

} // namespace cairn::manifest
