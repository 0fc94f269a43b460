// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Text.h"
#include "checkpoints/Format.h"
#include "checkpoints/Paths.h"
#include "checkpoints/TorchFile.h"

#include <algorithm>

using namespace Qt::StringLiterals;

/// Files of torch.save, each a checkpoint by itself.
namespace cairn::ckpt {
namespace {

bool isTorchName(const QByteArray &name)
{
    return name.endsWith(".pt") || name.endsWith(".pth") || name.endsWith(".ckpt") || name.endsWith(".bin")
        || name.endsWith(".tar");
}

/// Why a file with this content cannot be gone on from by itself.
QString lackOf(Content content)
{
    switch (content) {
    case Content::Weights: return Words::tr("it holds only weights");
    case Content::Stripped: return Words::tr("it holds only weights, and its optimizer state is empty, as after the end of a training");
    case Content::Training: return Words::tr("it holds no weights");
    case Content::Unknown:
    case Content::Other: break;
    }
    return Words::tr("whether it holds an optimizer state is unknown");
}

/// False where it is no torch file at all.
bool recogniseTorch(Files &files, const Entry &entry)
{
    FileReader file(files.source, entry, files.limits.fileBudget);
    const TorchFile torch = probeTorch(file, files.limits);
    if (torch.kind == TorchFile::Kind::NotTorch)
        return false;
    const bool stated = factsFromName(baseName(entry.path)).explicitStep || isStepFolder(files.index.nameOf(files.folder));
    // What would run code when it is loaded is not passed over where a checkpoint should be.
    if (torch.content == Content::Other && (torch.globals.unknown.isEmpty() || !stated))
        return true; // tensors or settings that torch.save wrote: a data set, not a checkpoint
    Finding finding;
    finding.format = torch.kind == TorchFile::Kind::Legacy ? u"torch-legacy"_s : torch.lightning ? u"lightning"_s : u"torch-zip"_s;
    finding.proof = Proof::Probe;
    setPlace(finding, entry, Role::Weights);
    finding.check = torch.check;
    finding.holdsTraining = torch.content == Content::Training && torch.weights;
    finding.lack = lackOf(torch.content);
    finding.goodReason = torch.contentsRead
        ? Words::tr("directory, entry bounds, numbering and every checksum hold")
        : Words::tr("directory, entry bounds, numbering and the checksum of data.pkl hold; contents not read");
    if (!torch.globals.modelClasses.isEmpty())
        finding.goodReason = Words::tr("%1; the model is saved with its class %2, which loading it needs")
                                 .arg(finding.goodReason, text::safe(QString::fromUtf8(torch.globals.modelClasses.first().left(120))));
    const NameFacts facts = placeFacts(finding, files.index, baseName(entry.path));
    finding.epoch = torch.epoch;
    if (torch.lightning && torch.step)
        takeRecordedStep(finding, facts, *torch.step);
    decideStep(finding, facts, std::nullopt, torch.step);
    files.findings << finding;
    return true;
}

/// Notes and settings that somebody gave the ending of a checkpoint.
bool isText(FileReader &file)
{
    const FileReader::Bytes head = file.read(0, std::min<qint64>(file.size(), 512));
    return head.ok() && !head.data.isEmpty()
        && std::ranges::all_of(head.data, [](char c) { return (c >= ' ' && c <= '~') || c == '\n' || c == '\r' || c == '\t'; });
}

/// Files that no longer look like anything, or cannot be read, but stand where a checkpoint should: their name belongs
/// to a series or states a step, or there are checkpoints beside them. Silence about these would pass for "there is
/// none".
void recogniseRemains(Files &files, const Entry &entry, const QSet<QByteArray> &families)
{
    const QByteArray name = baseName(entry.path);
    FileReader file(files.source, entry, files.limits.fileBudget);
    const TorchFile torch = probeTorch(file, files.limits);
    if (torch.check.isGood() || torch.check.state == State::Pending)
        return; // a zip of another kind, or not known yet
    // Archives of data sets and the weights of other programs have these endings too, and numbers in their names.
    const bool ambiguous = name.endsWith(".bin") || (name.endsWith(".tar") && !name.endsWith(".pth.tar"));
    const bool stated = factsFromName(name).explicitStep || isStepFolder(files.index.nameOf(files.folder));
    const bool beside = !families.isEmpty() && !isText(file);
    if (!families.contains(family(name)) && (ambiguous || !(stated || beside))) {
        if (stated && name.endsWith(".bin"))
            files.unclear << entry.path;
        return;
    }
    Finding finding;
    finding.format = u"torch-zip"_s;
    setPlace(finding, entry, Role::Weights);
    finding.check = torch.check;
    const NameFacts facts = placeFacts(finding, files.index, name);
    decideStep(finding, facts, std::nullopt, std::nullopt);
    files.findings << finding;
}

void recogniseFiles(Files &files)
{
    QList<const Entry *> suspects;
    QSet<QByteArray> families;
    for (const Entry *entry : std::as_const(files.entries)) {
        const QByteArray name = baseName(entry->path);
        if (!isTorchName(name) || files.isTaken(*entry))
            continue;
        if (!files.looks.mayGoOn())
            break; // what was looked into may be remains
        files.looks.count(entry->path);
        files.take(*entry);
        if (recogniseTorch(files, *entry))
            families << family(name);
        else
            suspects << entry;
    }
    for (const Entry *entry : suspects)
        recogniseRemains(files, *entry, families);
}

} // namespace

const Format torchFormat{
    .names = "*.pt *.pth *.ckpt *.bin *.tar",
    .files = recogniseFiles,
};

} // namespace cairn::ckpt
