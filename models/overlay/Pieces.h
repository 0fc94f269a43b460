// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "audit/Scene.h"
#include "manifest/Yaml.h"

#include <QJsonArray>

/// What the files of an overlay are made of. Private to overlay.
namespace cairn::overlay {

/// One patch or object, what it is for, and which part it belongs to.
struct Piece {
    QString comment = {};
    QJsonObject value = {};
    audit::ObjectName on = {}; ///< of a patch: the workload that it is for
};

/// kustomize takes names for regular expressions; the dot is the one sign of names that means something there.
inline QString exactly(const QString &name)
{
    return QString(name).replace(u'.', QStringLiteral("\\."));
}

inline QJsonObject targetOf(const audit::ObjectName &name)
{
    QJsonObject target{{QStringLiteral("kind"), name.kind}, {QStringLiteral("name"), exactly(name.name)}};
    if (!name.group.isEmpty())
        target.insert(QStringLiteral("group"), name.group);
    if (!name.ns.isEmpty())
        target.insert(QStringLiteral("namespace"), name.ns);
    return target;
}

inline QJsonObject op(const QString &word, const QString &path, const QJsonValue &value)
{
    return {{QStringLiteral("op"), word}, {QStringLiteral("path"), path}, {QStringLiteral("value"), value}};
}

/// Entries of "patches".
inline QJsonObject patchOf(const audit::ObjectName &name, const QJsonArray &operations)
{
    return {{QStringLiteral("target"), targetOf(name)}, {QStringLiteral("patch"), manifest::toYaml(operations)}};
}
inline QJsonObject mergeOf(const audit::ObjectName &name, const QJsonObject &part)
{
    return {{QStringLiteral("target"), targetOf(name)}, {QStringLiteral("patch"), manifest::toYaml(part)}};
}

inline QJsonObject metaOf(const QString &name, const QString &ns)
{
    QJsonObject meta{{QStringLiteral("name"), name}};
    if (!ns.isEmpty())
        meta.insert(QStringLiteral("namespace"), ns);
    return meta;
}

} // namespace cairn::overlay
