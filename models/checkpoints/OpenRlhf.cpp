// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Text.h"
#include "checkpoints/DeepSpeed.h"
#include "checkpoints/Format.h"
#include "checkpoints/Paths.h"

using namespace Qt::StringLiterals;

/// OpenRLHF keeps a tree of DeepSpeed for each role, "_actor/<tag>" and "_critic/<tag>": a save is both. It is listed by the
/// actor's folder, and belongs to the run above the roles.
namespace cairn::ckpt {
namespace {

bool hasFiles(const Index &index, const QByteArray &folder)
{
    return !index.filesIn(folder).isEmpty() || !index.foldersIn(folder).isEmpty();
}

std::optional<Finding> recogniseRoles(const Index &index, const QByteArray &folder, Source &source, const Limits &limits)
{
    const QByteArray role = folder.isEmpty() ? QByteArray() : parentPath(folder);
    const bool actor = baseName(role) == "_actor";
    if (!actor && baseName(role) != "_critic")
        return std::nullopt;
    const QByteArray run = parentPath(role);
    const QByteArray otherRole = joined(run, actor ? "_critic" : "_actor");
    const QByteArray other = joined(otherRole, baseName(folder));
    if (!actor && hasFiles(index, other))
        return std::nullopt; // listed by the actor
    std::optional<Finding> finding = recogniseDeepSpeed(index, folder, source, limits);
    if (!finding)
        return std::nullopt;
    finding->format = u"openrlhf"_s;
    finding->run = run;
    // Methods without a critic have no folder of one at all.
    const std::optional<Finding> critic = actor && hasFiles(index, other) ? recogniseDeepSpeed(index, other, source, limits) : std::nullopt;
    if (critic) {
        worsen(finding->check, critic->check);
        if (critic->step && finding->step && *critic->step != *finding->step)
            worsen(finding->check, {State::Broken, Words::tr("its roles are of different steps: %1 and %2").arg(*finding->step).arg(*critic->step)});
        if (critic->counted && finding->counted == finding->step) // of both the one that disagrees with the name
            finding->counted = critic->counted;
        finding->holdsTraining = finding->holdsTraining && critic->holdsTraining;
        finding->filesExpected += critic->filesExpected;
        for (const Entry *entry : index.filesIn(other))
            finding->add(*entry, entry->path.endsWith("_optim_states.pt") ? Role::Optimizer : Role::Weights);
        finding->folders << other << critic->folders;
    } else if (!actor || hasFiles(index, otherRole)) {
        worsen(finding->check, {State::Incomplete, Words::tr("%1 has no save of this step").arg(text::safe(pathToText(baseName(otherRole))))});
    }
    finding->goodReason = Words::tr("the model and optimizer states of all ranks of each role are there and hold");
    return finding;
}

} // namespace

const Format openRlhfFormat{
    .names = "*.pt",
    .folder = recogniseRoles,
};

} // namespace cairn::ckpt
