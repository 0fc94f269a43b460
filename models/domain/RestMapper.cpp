// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/RestMapper.h"

#include "base/Text.h"

#include <QCoreApplication>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::RestMapper)
};

bool isCalled(const ServedResource &resource, const QString &word)
{
    const auto same = [&](const QString &name) { return name.compare(word, Qt::CaseInsensitive) == 0; };
    return same(resource.kind.plural) || same(resource.kind.kind) || std::ranges::any_of(resource.shortNames, same);
}

} // namespace

QString qualifiedName(const ResourceKind &kind)
{
    return kind.group.isEmpty() ? kind.plural : kind.plural + u'.' + kind.group;
}

QString DiscoveryGap::name() const
{
    return text::safe(group.isEmpty() ? version : version.isEmpty() ? group : group + u'/' + version);
}

RestMapper::RestMapper(QList<ServedResource> resources, QList<DiscoveryGap> gaps)
    : m_resources(std::move(resources))
    , m_gaps(std::move(gaps))
{
}

const ServedResource *RestMapper::find(const ResourceKind &kind) const
{
    const auto it = std::ranges::find_if(m_resources, [&](const ServedResource &served) {
        return served.kind.group == kind.group && served.kind.version == kind.version && served.kind.plural == kind.plural;
    });
    return it == m_resources.end() ? nullptr : &*it;
}

const DiscoveryGap *RestMapper::gapOf(const QString &group, const QString &version) const
{
    // Where a whole group is lost, so are its versions.
    const auto it = std::ranges::find_if(m_gaps, [&](const DiscoveryGap &gap) {
        return gap.group == group && (gap.version.isEmpty() || version.isEmpty() || gap.version == version);
    });
    return it == m_gaps.end() ? nullptr : &*it;
}

Result<bool> RestMapper::serves(const ResourceKind &kind) const
{
    if (find(kind))
        return true;
    if (const DiscoveryGap *gap = gapOf(kind.group, kind.version))
        return fail(gap->error);
    return false;
}

Result<ResourceKind> RestMapper::resolve(const QString &apiVersion, const QString &kind) const
{
    QStringList others;
    for (const ServedResource &served : m_resources) {
        if (served.kind.kind != kind)
            continue;
        if (served.kind.apiVersion() == apiVersion)
            return served.kind;
        others.append(text::safe(served.kind.apiVersion()));
    }
    const bool core = !apiVersion.contains(u'/');
    if (const DiscoveryGap *gap = gapOf(core ? QString() : apiVersion.section(u'/', 0, 0), apiVersion.section(u'/', -1)))
        return fail(gap->error);
    return fail(Error::Kind::Unsupported, Words::tr("This cluster does not serve %1 of %2").arg(text::safe(kind), text::safe(apiVersion)),
                others.isEmpty() ? Words::tr("No API group of it has a kind of this name.")
                                 : Words::tr("It serves the kind as %1.").arg(others.join(u", "_s)),
                others.isEmpty() ? Words::tr("Check the spelling of apiVersion and kind, or install what provides it.")
                                 : Words::tr("Write the object for one of these versions."));
}

Result<ResourceKind> RestMapper::named(const QString &word) const
{
    const QString first = word.section(u'.', 0, 0);
    const QString rest = word.section(u'.', 1);
    for (const ServedResource &served : m_resources) {
        if (!isCalled(served, first))
            continue;
        const QString full = served.kind.version + u'.' + served.kind.group;
        if (rest.isEmpty() || rest == served.kind.group || rest == full || (served.kind.group.isEmpty() && rest == served.kind.version))
            return served.kind;
    }
    if (!rest.isEmpty()) {
        for (const DiscoveryGap &gap : m_gaps) {
            if (rest == gap.group || rest == gap.version + u'.' + gap.group)
                return fail(gap.error);
        }
    }
    QStringList silent;
    for (const DiscoveryGap &gap : m_gaps)
        silent.append(gap.name());
    return fail(Error::Kind::Unsupported, Words::tr("This cluster has no resource “%1”").arg(text::safe(word)),
                silent.isEmpty() ? QString() : Words::tr("What these API groups serve is not known: %1.").arg(silent.join(u", "_s)),
                Words::tr("Check the spelling, or install what provides it."));
}

} // namespace cairn
