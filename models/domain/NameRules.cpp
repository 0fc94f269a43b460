// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/NameRules.h"

#include <QRegularExpression>

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
