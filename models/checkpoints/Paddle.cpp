// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Text.h"
#include "checkpoints/Format.h"
#include "checkpoints/Json.h"
#include "checkpoints/Paths.h"
#include "checkpoints/SaveParts.h"
#include "checkpoints/SmallFiles.h"
#include "checkpoints/TorchFile.h"

#include <QMap>

using namespace Qt::StringLiterals;

/// paddle.save: "<name>.pdparams" and "<name>.pdopt", each a plain pickle. Nothing in it can be checked without loading it,
/// so it is never whole; but silence would pass for "there is none".
namespace cairn::ckpt {
namespace {

Check checkFile(const Entry &entry, Source &source, const Limits &limits)
{
    FileReader file(source, entry, limits.fileBudget);
    Check check = probeTorch(file, limits).check;
    if (!check.isGood() && check.state != State::Pending)
        check.reason = Words::tr("%1: %2").arg(text::safe(pathToText(baseName(entry.path))), check.reason);
    return check;
}

bool isPaddle(const QByteArray &name)
{
    return name.endsWith(".pdparams") || name.endsWith(".pdopt");
}

Check unverified()
{
    return {State::Unverified, Words::tr("files of Paddle cannot be checked without loading them")};
}

/// PaddleNLP's trainer: "checkpoint-<step>" with model_state.pdparams, optimizer.pdopt, scheduler.pdparams and, last,
/// trainer_state.json.
std::optional<Finding> recogniseTrainer(const Index &index, const QByteArray &folder, Source &source, const Limits &limits)
{
    const Entry *state = index.find(folder, "trainer_state.json");
    bool any = false;
    bool model = false;
    for (const Entry *entry : index.filesIn(folder)) {
        any = any || isPaddle(baseName(entry->path));
        model = model || (entry->path.endsWith(".pdparams") && !baseName(entry->path).startsWith("scheduler"));
    }
    if (!any || !(state || isTrainerFolderName(index.nameOf(folder))))
        return std::nullopt;
    Finding finding;
    setPlace(finding, folder);
    finding.format = u"paddle"_s;
    finding.savesAlike = true;
    std::optional<qint64> step;
    if (state) {
        const SmallJson json = readSmallJson(*state, source, limits);
        worsen(finding.check, json.check);
        step = wholeNumber(json.object[u"global_step"_s]);
    } else {
        worsen(finding.check, {State::Incomplete, Words::tr("trainer_state.json, which is written last, is missing")});
    }
    if (!model)
        worsen(finding.check, {State::Incomplete, Words::tr("the model is missing")});
    for (const Entry *entry : index.filesIn(folder)) {
        const QByteArray name = baseName(entry->path);
        finding.add(*entry, name.endsWith(".pdopt") ? Role::Optimizer : trainerRole(name));
        if (isPaddle(name))
            worsen(finding.check, checkFile(*entry, source, limits));
    }
    worsen(finding.check, unverified());
    finding.extent.add(index.tree().others.value(folder));
    decideStep(finding, factsFromName(index.nameOf(folder)), step, std::nullopt);
    return finding;
}

void recogniseFiles(Files &files)
{
    QMap<QByteArray, QList<const Entry *>> stems;
    for (const Entry *entry : std::as_const(files.entries)) {
        const QByteArray name = baseName(entry->path);
        if (!files.isTaken(*entry) && isPaddle(name))
            stems[name.left(name.lastIndexOf('.'))] << entry;
    }
    for (auto it = stems.begin(); it != stems.end(); ++it) {
        if (!files.looks.mayGoOn())
            return;
        files.looks.count(it->first()->path);
        Finding finding;
        finding.format = u"paddle"_s;
        finding.path = joined(files.folder, it.key());
        finding.run = files.folder;
        for (const Entry *entry : *it) {
            files.take(*entry);
            finding.add(*entry, entry->path.endsWith(".pdopt") ? Role::Optimizer : Role::Weights);
            worsen(finding.check, checkFile(*entry, files.source, files.limits));
        }
        worsen(finding.check, unverified());
        const NameFacts facts = placeFacts(finding, files.index, it.key());
        decideStep(finding, facts, std::nullopt, std::nullopt);
        files.findings << finding;
    }
}

} // namespace

const Format paddleFormat{
    .names = "*.pdparams *.pdopt",
    .folder = recogniseTrainer,
    .files = recogniseFiles,
};

} // namespace cairn::ckpt
