// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "overlay/Tree.h"

#include <QJsonObject>
#include <optional>

/// Small rules of kustomize that Lands follows. Private to overlay.
namespace cairn::overlay {

/// What a kustomization may be called.
const QStringList &kustomizationNames();
/// The kustomization in a folder ("" is the top): its path; empty where there is none.
QString kustomizationIn(const Files &files, const QString &folder);
/// `path` as written in a kustomization of `folder`; nothing where it leads out of the tree.
std::optional<QString> resolved(const QString &folder, const QString &path);
/// An address that kustomize would fetch.
bool isRemote(const QString &path);

/// A label selector as kubectl writes it: "a=b,c!=d,e in (f,g),h notin (i),j,!k". Empty takes all; what cannot be read takes
/// nothing.
bool matchesSelector(const QString &selector, const QJsonObject &labels);

/// The steps of a replacement's field path: "spec.template.metadata.annotations.a\.b", "containers.[name=main].image",
/// "list.0", "*". Nothing where it is malformed or longer than 60 steps.
std::optional<QStringList> fieldPath(const QString &text);
/// Undefined where there is nothing, or where a step fits several.
QJsonValue fieldAt(const QJsonValue &root, const QStringList &path);
/// False where there is no such field and it may not be made.
bool setField(QJsonValue &root, const QStringList &path, const QJsonValue &value, bool create);

} // namespace cairn::overlay
