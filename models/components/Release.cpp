// SPDX-License-Identifier: GPL-3.0-or-later
#include "components/Release.h"

#include <QCoreApplication>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::components {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::components)
};

/// Fewer could be anybody's.
constexpr int enough = 3;

ReleaseFound compared(const Release &release, const ProductVersions &versions)
{
    ReleaseFound found;
    found.candidates = {release.name};
    for (auto it = versions.begin(); it != versions.end(); ++it) {
        const QVersionNumber wanted = versionOf(release.versions.value(it.key()));
        // What no release brings along says nothing about releases.
        const bool catalogued = std::ranges::any_of(catalogue().releases, [&](const Release &any) { return any.versions.contains(it.key()); });
        if (!catalogued)
            continue;
        if (it->size() == 1 && it->first() == wanted)
            ++found.matching;
        else
            found.differs.insert(it.key(), *it);
    }
    return found;
}

} // namespace

QVersionNumber versionIn(const Entry &entry, const QStringList &images)
{
    QVersionNumber found;
    for (const QString &image : images) {
        if (!entry.images.contains(repositoryOfImage(image)))
            continue;
        const QVersionNumber version = versionOfImage(image);
        if (version.isNull() || (!found.isNull() && found != version))
            return {};
        found = version;
    }
    return found;
}

void addVersion(ProductVersions &versions, const QString &product, const QVersionNumber &version)
{
    if (version.isNull())
        return;
    QList<QVersionNumber> &list = versions[product];
    if (!list.contains(version))
        list.insert(std::ranges::lower_bound(list, version) - list.begin(), version);
}

ReleaseFound findRelease(const ProductVersions &versions)
{
    ReleaseFound best;
    for (const Release &release : catalogue().releases) {
        const ReleaseFound one = compared(release, versions);
        if (one.matching < enough || one.matching <= one.differs.size())
            continue;
        if (one.matching > best.matching || (one.matching == best.matching && one.differs.size() < best.differs.size()))
            best = one;
        else if (one.matching == best.matching && one.differs.size() == best.differs.size())
            best.candidates.append(release.name);
    }
    if (!best.isKnown())
        best.differs.clear();
    return best;
}

ReleaseFound findRelease(const QList<Component> &components)
{
    ProductVersions versions;
    for (const Component &component : components) {
        if (component.catalogued)
            addVersion(versions, component.entry().product, component.version);
    }
    return findRelease(versions);
}

QString releaseText(const ReleaseFound &found)
{
    if (found.candidates.isEmpty())
        return {};
    QString name = found.candidates.first();
    for (const QString &other : found.candidates.sliced(1))
        name = Words::tr("%1 or %2", "releases").arg(name, other);
    if (found.differs.isEmpty())
        return name;
    QStringList others;
    for (auto it = found.differs.begin(); it != found.differs.end(); ++it) {
        const Product *product = catalogue().product(it.key());
        QStringList versions;
        for (const QVersionNumber &version : *it)
            versions.append(version.toString());
        others.append(u"%1 %2"_s.arg(product ? product->name : it.key(), versions.join(u'/')));
    }
    // Past three nobody reads on.
    const int more = static_cast<int>(others.size()) - 3;
    if (more > 0)
        others = others.first(3) + QStringList{Words::tr("%n more", nullptr, more)};
    return Words::tr("%1 with %2", "release, products of another version").arg(name, others.join(u", "_s));
}

} // namespace cairn::components
