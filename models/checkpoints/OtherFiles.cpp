// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Text.h"
#include "checkpoints/Format.h"
#include "checkpoints/Paths.h"
#include "checkpoints/TorchFile.h"
#include "checkpoints/Zip.h"

#include <array>

using namespace Qt::StringLiterals;

/// Files with the name of a checkpoint in formats that cannot be judged: silence would pass for "there is none".
namespace cairn::ckpt {
namespace {

struct Kind {
    const char *extension;
    const char *id;
};
constexpr std::array kinds{Kind{".pkl", "pickle"}, Kind{".pickle", "pickle"}, Kind{".joblib", "joblib"}, Kind{".npz", "numpy"},
                           Kind{".npy", "numpy"}, Kind{".zst", "zstd"}, Kind{".msgpack", "msgpack"}};

Check checkFile(const Kind &kind, const Entry &entry, Source &source, const Limits &limits)
{
    if (entry.size == 0)
        return {State::Incomplete, Words::tr("the file is empty")};
    FileReader file(source, entry, limits.fileBudget);
    const QByteArray id = kind.id;
    if (id == "pickle") { // or what torch.save wrote under this name
        const TorchFile torch = probeTorch(file, limits);
        if (torch.kind != TorchFile::Kind::NotTorch && !torch.check.isGood())
            return torch.check;
    } else if (QByteArray(kind.extension) == ".npz") {
        const ZipDirectory directory = ZipDirectory::read(file, limits);
        if (!directory.check.isGood())
            return directory.check;
        if (file.isLocal() && file.size() <= limits.fullCheck) {
            if (const Check contents = checkZipContents(file, directory); contents.state == State::Broken)
                return contents;
        }
    }
    return {State::Unverified, Words::tr("files of this kind cannot be checked without loading them")};
}

/// A number of steps or epochs in the name, or that word itself.
bool isNamed(const QByteArray &stem)
{
    const NameFacts facts = factsFromName(stem);
    const QByteArray lower = stem.toLower();
    return facts.step || facts.epoch || lower.contains("checkpoint") || lower.contains("ckpt");
}

void recogniseFiles(Files &files)
{
    for (const Entry *entry : std::as_const(files.entries)) {
        const QByteArray name = baseName(entry->path);
        if (files.isTaken(*entry))
            continue;
        const auto kind = std::ranges::find_if(kinds, [&](const Kind &k) { return name.endsWith(k.extension); });
        const bool bare = !name.contains('.') && name.startsWith("checkpoint_") && factsFromName(name).explicitStep;
        const QByteArray stem = kind == kinds.end() ? name : name.chopped(static_cast<qsizetype>(qstrlen(kind->extension)));
        if ((kind == kinds.end() && !bare) || !isNamed(stem))
            continue;
        if (!files.looks.mayGoOn())
            return;
        files.looks.count(entry->path);
        files.take(*entry);
        const Kind none{"", "unknown"};
        const Kind &what = kind == kinds.end() ? none : *kind;
        Finding finding;
        finding.format = QString::fromLatin1(what.id);
        setPlace(finding, *entry, Role::Other);
        finding.check = checkFile(what, *entry, files.source, files.limits);
        decideStep(finding, placeFacts(finding, files.index, stem), std::nullopt, std::nullopt);
        files.findings << finding;
    }
}

} // namespace

const Format otherFilesFormat{
    .names = "*checkpoint* *ckpt* *step*.pkl *epoch*.pkl model_*.pkl *step*.np* *epoch*.np* *.pt.zst *.joblib",
    .files = recogniseFiles,
};

} // namespace cairn::ckpt
