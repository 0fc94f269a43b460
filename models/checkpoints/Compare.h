// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "checkpoints/Look.h"
#include "checkpoints/Tensors.h"

#include <QJsonObject>

/// Two checkpoints side by side, by names, sizes and headers: what was added, lost or has another shape or type. Values of
/// tensors are not read.
namespace cairn::ckpt {

/// What a checkpoint holds.
struct Contents {
    struct File {
        QString name;      ///< relative to the checkpoint, lossless text; "" where it is this one file. Its own step in it is "<step>"
        qint64 bytes = 0;
        bool operator==(const File &) const = default;
    };
    Checkpoint checkpoint;
    QList<File> files;     ///< by name
    QList<TensorInfo> tensors; ///< by name, each once; one that several files have is named "tensor (file)"
    QStringList notes;     ///< sentences: what could not be read, safe to show
    int otherFiles = 0;    ///< of names that no format knows; not compared
    qint64 otherBytes = 0;

    /// Elements of all tensors; an optimizer's count too.
    qint64 elements() const;
};

/// Reads headers, indices and pickles, nothing else. Blocking.
Result<Contents> readContents(Shelf &shelf, const QString &path, const RecogniseOptions &options, const std::stop_token &stop,
                              const Progress &progress = {});

struct Comparison {
    enum class Kind { Tensor, File };
    enum class Difference { Same, Added, Lost, Changed };
    struct Row {
        Kind kind = Kind::Tensor;
        Difference difference = Difference::Same;
        QString name;    ///< raw
        QString a, b;    ///< "[128, 64] F32", "4.6 GiB"; "" on the side that has none
        QString meaning; ///< a few words: "other shape", "8 more in dimension 0"; "" where it is the same
        bool operator==(const Row &) const = default;
    };
    Contents a, b;
    QList<Row> rows; ///< tensors, then files, by name
    QString summary; ///< sentences

    int count(Kind kind) const;
    int differing(Kind kind) const;
};

Comparison compare(const Contents &a, const Contents &b);

/// "[128, 64] F32"; "scalar I64".
QString shapeText(const TensorInfo &tensor);
/// "same", "added", "lost", "changed".
QString differenceName(Comparison::Difference difference);
/// As docs/CHECKPOINTS.md describes it.
QJsonObject toJson(const Comparison &comparison);

} // namespace cairn::ckpt
