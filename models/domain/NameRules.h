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

/// What is wrong with where a program is told to save: a folder of its container, or an address as "s3://bucket/prefix".
enum class FolderFault {
    None,
    Control,  ///< characters that nobody can see, as NUL and a line break
    Long,     ///< more than 4,096 characters (PATH_MAX)
    Relative, ///< below whatever folder the program is started in
    Upwards,  ///< a step "..", which may lead out of the volume
    Bucket    ///< an address that names none
};
/// None of nothing. What begins with a variable ("$(DATA)/run") is taken for absolute.
FolderFault folderFault(const QString &text);

/// What a folder of a node is for.
enum class NodeFolder {
    Root,   ///< "/", all of the node
    System, ///< what the node is run by, or holds such a folder: "/etc", "/var/lib/kubelet", "/var"
    Data,   ///< below a folder where file systems are mounted, or where anybody writes: "/mnt/training", "/tmp/x"
    Other
};
/// By its absolute path, however it is written; Filesystem Hierarchy Standard 3.0, and where kubelet, etcd, container runtimes and
/// network plugins keep theirs. Links are not followed.
NodeFolder nodeFolder(const QString &path);

} // namespace cairn::rules
