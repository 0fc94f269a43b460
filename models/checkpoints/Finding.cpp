// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/Finding.h"

#include "checkpoints/Index.h"
#include "checkpoints/Paths.h"

#include <limits>

using namespace Qt::StringLiterals;

namespace cairn::ckpt {

void Extent::add(const Entry &entry)
{
    ++files;
    bytes += entry.size;
    newestMs = std::max(newestMs, entry.mtimeMs);
}

void Extent::add(const Tree::Others &others)
{
    files += static_cast<int>(std::min<qint64>(others.files, std::numeric_limits<int>::max() - files));
    bytes += others.bytes;
    newestMs = std::max(newestMs, others.newestMs);
}

void Finding::add(const Entry &entry, Role role)
{
    members << Member{entry.path, role, entry.size};
    extent.add(entry);
}

void decideStep(Finding &finding, const NameFacts &name, std::optional<qint64> json, std::optional<qint64> pickle)
{
    const auto take = [&](std::optional<qint64> step, const QString &source) {
        if (!step || finding.step)
            return;
        finding.step = step;
        finding.stepSource = source;
    };
    if (name.epoch)
        finding.epoch = name.epoch;
    // The trainer goes by its JSON, so a renamed folder must not hide it.
    if (json && name.step && *json != *name.step)
        take(json, u"json"_s);
    if (name.explicitStep)
        take(name.step, u"name"_s);
    take(json, u"json"_s);
    take(pickle, u"pickle"_s);
    take(name.step, u"name"_s);
}

void takeRecordedStep(Finding &finding, const NameFacts &name, qint64 pickle)
{
    if (name.step == pickle)
        return; // the name says it as well
    finding.step = pickle;
    finding.stepSource = u"pickle"_s;
}

void setPlace(Finding &finding, const Entry &entry, Role role)
{
    finding.path = entry.path;
    finding.run = parentPath(entry.path);
    finding.add(entry, role);
}

void setPlace(Finding &finding, const QByteArray &folder)
{
    finding.path = folder;
    finding.run = folder.isEmpty() ? QByteArray() : parentPath(folder);
}

NameFacts placeFacts(Finding &finding, const Index &index, const QByteArray &name)
{
    NameFacts facts = factsFromName(name);
    const QByteArray folder = finding.run;
    if (!facts.step && !facts.epoch && isStepFolder(index.nameOf(folder))) {
        facts = factsFromName(index.nameOf(folder));
        if (!folder.isEmpty())
            finding.run = parentPath(folder);
    }
    return facts;
}

} // namespace cairn::ckpt
