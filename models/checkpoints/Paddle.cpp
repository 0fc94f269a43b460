// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Text.h"
#include "checkpoints/Format.h"
#include "checkpoints/Paths.h"
#include "checkpoints/TorchFile.h"

#include <QMap>

using namespace Qt::StringLiterals;

/// paddle.save: "<name>.pdparams" and "<name>.pdopt", each a plain pickle. Nothing in it can be checked without loading it,
/// so it is never whole; but silence would pass for "there is none".
namespace cairn::ckpt {
namespace {

void recogniseFiles(Files &files)
{
    QMap<QByteArray, QList<const Entry *>> stems;
    for (const Entry *entry : std::as_const(files.entries)) {
        const QByteArray name = baseName(entry->path);
        if (!files.isTaken(*entry) && (name.endsWith(".pdparams") || name.endsWith(".pdopt")))
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
            FileReader file(files.source, *entry, files.limits.fileBudget);
            Check check = probeTorch(file, files.limits).check;
            if (!check.isGood() && check.state != State::Pending)
                check.reason = Words::tr("%1: %2").arg(text::safe(pathToText(baseName(entry->path))), check.reason);
            worsen(finding.check, check);
        }
        if (finding.check.isGood())
            finding.check = {State::Unverified, Words::tr("files of Paddle cannot be checked without loading them")};
        const NameFacts facts = placeFacts(finding, files.index, it.key());
        finding.epoch = facts.epoch;
        decideStep(finding, facts, std::nullopt, std::nullopt);
        files.findings << finding;
    }
}

} // namespace

const Format paddleFormat{
    .names = "*.pdparams *.pdopt",
    .files = recogniseFiles,
};

} // namespace cairn::ckpt
