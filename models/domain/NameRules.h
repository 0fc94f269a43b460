// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

/// What the API server and the container runtimes take as a name. Pure; any text is an input.
namespace cairn::rules {

/// RFC 1123 label, as of a namespace: at most 63 lower-case letters, digits and hyphens.
bool isDnsLabel(const QString &text);
/// Labels with dots between them, at most 253 characters: most objects' names (apimachinery, IsDNS1123Subdomain).
bool isDnsName(const QString &text);
/// Value of a label; may be empty.
bool isLabelValue(const QString &text);
/// Key of a label, a taint or an extended resource: "pool", "nvidia.com/gpu".
bool isQualifiedName(const QString &text);
/// Reference of an image (distribution/reference): "nginx", "ghcr.io/a/b:1.2", "host:5000/a@sha256:…".
bool isImageReference(const QString &text);
/// The registry that it is pulled from: "docker.io" where it names none. Empty where it is no reference.
QString registryOf(const QString &image);

} // namespace cairn::rules
