// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/NameRules.h"

#include <QDir>
#include <QRegularExpression>
#include <QStringList>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::rules {
namespace {

constexpr qsizetype kMostLabel = 63;
constexpr qsizetype kMostName = 253;
constexpr qsizetype kMostReference = 1024; // a repository of 255, a tag of 128, a digest; more is none

QRegularExpression whole(const QString &pattern)
{
    return QRegularExpression(QRegularExpression::anchoredPattern(pattern));
}

QString label()
{
    return u"[a-z0-9]([-a-z0-9]*[a-z0-9])?"_s;
}

const QRegularExpression &reference()
{
    // reference.ReferenceRegexp of github.com/distribution/reference v0.6, with a repository in lower case.
    static const QRegularExpression pattern = whole(
        u"(?:(?<host>(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?)/)?"
        u"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*"
        u"(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?"
        u"(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?"_s);
    return pattern;
}

} // namespace

FolderFault folderFault(const QString &text)
{
    constexpr qsizetype kMostPath = 4096;
    const auto isControl = [](QChar c) {
        return c.category() == QChar::Other_Control || c == QChar::LineSeparator || c == QChar::ParagraphSeparator;
    };
    if (text.isEmpty())
        return FolderFault::None;
    if (std::ranges::any_of(text, isControl))
        return FolderFault::Control;
    if (text.size() > kMostPath)
        return FolderFault::Long;
    static const QRegularExpression address = whole(u"([A-Za-z][A-Za-z0-9+.-]*)://([^/]*)(/.*)?"_s);
    const QRegularExpressionMatch match = address.match(text);
    const bool file = match.captured(1).compare(u"file"_s, Qt::CaseInsensitive) == 0;
    if (match.hasMatch() && !file && match.captured(2).trimmed().isEmpty())
        return FolderFault::Bucket;
    if (text.split(u'/').contains(u".."_s))
        return FolderFault::Upwards;
    return match.hasMatch() || text.startsWith(u'/') || text.startsWith(u'$') ? FolderFault::None : FolderFault::Relative;
}

NodeFolder nodeFolder(const QString &path)
{
    static const QStringList systems{u"/bin"_s, u"/boot"_s, u"/dev"_s, u"/etc"_s, u"/lib"_s, u"/lib32"_s, u"/lib64"_s, u"/libx32"_s, u"/proc"_s, u"/root"_s,
        u"/run"_s, u"/sbin"_s, u"/sys"_s, u"/usr"_s, u"/opt/cni"_s, u"/opt/bin"_s, u"/var/cache"_s, u"/var/lib/calico"_s, u"/var/lib/cilium"_s, u"/var/lib/cloud"_s,
        u"/var/lib/cni"_s, u"/var/lib/containerd"_s, u"/var/lib/containers"_s, u"/var/lib/crio"_s, u"/var/lib/docker"_s, u"/var/lib/dpkg"_s, u"/var/lib/etcd"_s,
        u"/var/lib/k0s"_s, u"/var/lib/kubelet"_s, u"/var/lib/longhorn"_s, u"/var/lib/rancher"_s, u"/var/lib/rook"_s, u"/var/lib/rpm"_s, u"/var/lib/systemd"_s,
        u"/var/log"_s, u"/var/run"_s, u"/var/snap"_s, u"/var/spool"_s};
    // Where somebody's keys and programs lie at the top.
    static const QStringList tops{u"/home"_s};
    static const QStringList roots{u"/beegfs"_s, u"/data"_s, u"/export"_s, u"/exports"_s, u"/gpfs"_s, u"/lustre"_s, u"/media"_s, u"/mnt"_s, u"/nfs"_s, u"/scratch"_s,
        u"/shared"_s, u"/srv"_s, u"/storage"_s, u"/tmp"_s, u"/var/tmp"_s};
    const QString clean = QDir::cleanPath(path);
    const auto isBelow = [](const QString &folder, const QString &root) { return folder.startsWith(root + u'/'); };
    if (clean == "/"_L1)
        return NodeFolder::Root;
    const bool system = std::ranges::any_of(systems, [&](const QString &one) { return clean == one || isBelow(clean, one) || isBelow(one, clean); });
    if (system || tops.contains(clean))
        return NodeFolder::System;
    return std::ranges::any_of(roots, [&](const QString &root) { return isBelow(clean, root); }) ? NodeFolder::Data : NodeFolder::Other;
}

bool isDnsLabel(const QString &text)
{
    static const QRegularExpression pattern = whole(label());
    return text.size() <= kMostLabel && pattern.match(text).hasMatch();
}

bool isDnsName(const QString &text)
{
    static const QRegularExpression pattern = whole(label() + u"(\\."_s + label() + u")*"_s);
    return text.size() <= kMostName && pattern.match(text).hasMatch();
}

bool isLabelValue(const QString &text)
{
    static const QRegularExpression pattern = whole(u"([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?"_s);
    return text.size() <= kMostLabel && pattern.match(text).hasMatch();
}

bool isQualifiedName(const QString &text)
{
    const QString name = text.section(u'/', -1);
    const bool prefixed = text.contains(u'/');
    return !name.isEmpty() && isLabelValue(name)
        && (!prefixed || (text.count(u'/') == 1 && isDnsName(text.section(u'/', 0, 0))));
}

bool isImageReference(const QString &text)
{
    return text.size() <= kMostReference && reference().match(text).hasMatch();
}

QString registryOf(const QString &image)
{
    if (!isImageReference(image))
        return {};
    // As docker has it: the first part is a host where it looks like one.
    const QString first = image.section(u'/', 0, 0);
    const bool host = image.contains(u'/')
        && (first.contains(u'.') || first.contains(u':') || first == "localhost"_L1 || first != first.toLower());
    return host ? first : u"docker.io"_s;
}

} // namespace cairn::rules
