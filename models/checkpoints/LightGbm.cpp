// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Text.h"
#include "checkpoints/Format.h"
#include "checkpoints/Paths.h"

using namespace Qt::StringLiterals;

/// LightGBM's models are texts: "tree", a header with the length of every tree, the trees, "end of trees", importances, and
/// parameters with "end of parameters" (src/boosting/gbdt_model_text.cpp). Training goes on from the model itself.
namespace cairn::ckpt {
namespace {

struct Model {
    bool isModel = false;
    Check check;
};

Model probe(FileReader &file, const Limits &limits)
{
    Model model;
    const FileReader::Bytes head = file.read(0, std::min<qint64>(file.size(), 64 * 1024));
    if (!head.ok()) {
        model.isModel = head.status == FileReader::Status::Pending;
        model.check = readFailure(head.status, limits.fileBudget);
        return model;
    }
    if (!head.data.startsWith("tree\n") && !head.data.startsWith("tree\r\n"))
        return model;
    model.isModel = true;
    model.check = {State::Incomplete, Words::tr("the model breaks off: it is cut short or still being written")};
    const qsizetype line = head.data.indexOf("\ntree_sizes=");
    if (line < 0) {
        if (head.data.size() < file.size())
            model.check = {State::Unverified, Words::tr("its header names no lengths of trees")};
        return model;
    }
    const qsizetype begin = line + 12;
    const qsizetype end = head.data.indexOf('\n', begin);
    if (end < 0) {
        if (head.data.size() < file.size())
            model.check = {State::Unverified, Words::tr("it has more trees than are followed")};
        return model;
    }
    qint64 trees = 0;
    for (const QByteArray &word : head.data.mid(begin, end - begin).trimmed().split(' ')) {
        bool ok = word.isEmpty();
        const qint64 size = word.isEmpty() ? 0 : word.toLongLong(&ok);
        if (!ok || size < 0 || __builtin_add_overflow(trees, size, &trees)) {
            model.check = {State::Broken, Words::tr("its lengths of trees are no numbers")};
            return model;
        }
    }
    static const QByteArray mark = "end of trees";
    constexpr qint64 blank = 2; // the end of the line, and an empty one
    if (trees > file.size() - end - blank - mark.size())
        return model;
    const FileReader::Bytes after = file.read(end + blank + trees, mark.size());
    const qint64 tailSize = std::min<qint64>(file.size(), 64 * 1024);
    const FileReader::Bytes tail = file.read(file.size() - tailSize, tailSize);
    if (!after.ok() || !tail.ok()) {
        model.check = readFailure(after.ok() ? tail.status : after.status, limits.fileBudget);
        return model;
    }
    if (after.data != mark)
        model.check = {State::Broken, Words::tr("its trees do not have the lengths that its header names")};
    else if (tail.data.contains("\nend of parameters"))
        model.check = {};
    return model;
}

void recogniseModels(Files &files)
{
    for (const Entry *entry : std::as_const(files.entries)) {
        const QByteArray name = baseName(entry->path);
        if (files.isTaken(*entry) || !(name.endsWith(".txt") || name.endsWith(".lgb") || name.contains(".snapshot_iter_")))
            continue;
        if (!files.looks.mayGoOn())
            return;
        files.looks.count(entry->path);
        FileReader file(files.source, *entry, files.limits.fileBudget);
        Model model = probe(file, files.limits);
        if (!model.isModel && entry->size == 0 && (!name.endsWith(".txt") || name.startsWith("lgb")))
            model = {true, {State::Incomplete, Words::tr("the file is empty")}};
        if (!model.isModel)
            continue; // a text
        files.take(*entry);
        Finding finding;
        finding.format = u"lightgbm"_s;
        finding.proof = Proof::Probe;
        setPlace(finding, *entry, Role::Weights);
        finding.check = model.check;
        finding.holdsTraining = true;
        finding.goodReason = Words::tr("every tree has the length that the header names, and the parameters at the end are there; the format has no checksums");
        QByteArray stem = name;
        for (const char *extension : {".txt", ".lgb"}) {
            if (stem.endsWith(extension))
                stem.chop(static_cast<qsizetype>(qstrlen(extension)));
        }
        decideStep(finding, placeFacts(finding, files.index, stem), std::nullopt, std::nullopt);
        files.findings << finding;
    }
}

} // namespace

const Format lightGbmFormat{
    .names = "*model*.txt lgb*.txt *.lgb *.snapshot_iter_*",
    .files = recogniseModels,
};

} // namespace cairn::ckpt
