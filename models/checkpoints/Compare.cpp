// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/Compare.h"

#include "base/Text.h"
#include "checkpoints/Paths.h"

#include <QJsonArray>
#include <QRegularExpression>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::ckpt {
namespace {

using Row = Comparison::Row;
using Kind = Comparison::Kind;
using Difference = Comparison::Difference;

/// Names that several files have get the file's: every rank has a "state.0.exp_avg".
void addTensors(Contents &contents, const QList<QPair<QString, TensorList>> &lists)
{
    QHash<QString, int> times;
    for (const auto &[file, list] : lists) {
        for (const TensorInfo &tensor : list.tensors)
            ++times[tensor.name];
    }
    QMap<QString, TensorInfo> byName;
    for (const auto &[file, list] : lists) {
        for (TensorInfo tensor : list.tensors) {
            if (times.value(tensor.name) > 1 && !file.isEmpty())
                tensor.name = Words::tr("%1 (%2)", "a tensor and its file").arg(tensor.name, file);
            byName.insert(tensor.name, tensor);
        }
    }
    contents.tensors = byName.values();
}

/// What became of a tensor, in a few words.
QString meaningOf(const TensorInfo &a, const TensorInfo &b)
{
    const bool type = a.dtype != b.dtype;
    if (a.shape == b.shape)
        return Words::tr("other type, same shape");
    int where = -1;
    int differing = 0;
    for (qsizetype i = 0; i < std::min(a.shape.size(), b.shape.size()); ++i) {
        if (a.shape[i] != b.shape[i]) {
            where = static_cast<int>(i);
            ++differing;
        }
    }
    if (a.shape.size() == b.shape.size() && differing == 1 && a.shape[where] >= 0 && b.shape[where] >= 0) {
        const qint64 more = b.shape[where] - a.shape[where];
        const QString words = more > 0 ? Words::tr("%1 more in dimension %2").arg(text::number(more)).arg(where)
                                       : Words::tr("%1 fewer in dimension %2").arg(text::number(-more)).arg(where);
        return type ? Words::tr("%1, other type", "what changed in a shape").arg(words) : words;
    }
    return type ? Words::tr("other shape and type") : Words::tr("other shape");
}

QString sizeMeaning(qint64 a, qint64 b)
{
    return b > a ? Words::tr("%1 more").arg(text::bytes(b - a)) : Words::tr("%1 less").arg(text::bytes(a - b));
}

/// Walks two lists that are ordered by name side by side.
template <class T, class NameOf, class Each>
void merge(const QList<T> &a, const QList<T> &b, NameOf nameOf, Each each)
{
    qsizetype i = 0;
    qsizetype k = 0;
    while (i < a.size() || k < b.size()) {
        const bool onlyA = k >= b.size() || (i < a.size() && nameOf(a[i]) < nameOf(b[k]));
        const bool onlyB = !onlyA && (i >= a.size() || nameOf(b[k]) < nameOf(a[i]));
        each(onlyB ? nullptr : &a[i], onlyA ? nullptr : &b[k]);
        i += onlyB ? 0 : 1;
        k += onlyA ? 0 : 1;
    }
}

/// "global_step4000/x.pt" and "global_step4500/x.pt" are the same file of two saves: the step becomes "<step>" where a word says that
/// it is one.
QString withoutStep(const QString &name, const std::optional<qint64> &step)
{
    if (!step)
        return name;
    const QRegularExpression number(u"((?:step|iter|iteration|checkpoint|ckpt)[-_=]?)0*%1(?!\\d)"_s.arg(*step));
    return QString(name).replace(number, u"\\1<step>"_s);
}

QString fileName(const QString &name)
{
    return name.isEmpty() ? Words::tr("the file itself") : name;
}

QString countText(const Comparison &comparison, Kind kind, Difference difference)
{
    const auto n = static_cast<int>(std::ranges::count_if(comparison.rows, [&](const Row &row) { return row.kind == kind && row.difference == difference; }));
    if (n == 0)
        return {};
    const bool tensors = kind == Kind::Tensor;
    switch (difference) {
    case Difference::Added: return tensors ? Words::tr("%n tensors were added", nullptr, n) : Words::tr("%n files were added", nullptr, n);
    case Difference::Lost: return tensors ? Words::tr("%n tensors are gone", nullptr, n) : Words::tr("%n files are gone", nullptr, n);
    case Difference::Changed: return tensors ? Words::tr("%n tensors have another shape or type", nullptr, n) : Words::tr("%n files have another size", nullptr, n);
    case Difference::Same: break;
    }
    return {};
}

QString summaryOf(const Comparison &comparison)
{
    QStringList sentences;
    for (const Kind kind : {Kind::Tensor, Kind::File}) {
        QStringList parts;
        for (const Difference difference : {Difference::Changed, Difference::Added, Difference::Lost}) {
            if (const QString part = countText(comparison, kind, difference); !part.isEmpty())
                parts << part;
        }
        if (!parts.isEmpty())
            sentences << Words::tr("%1.", "a whole sentence").arg(parts.join(Words::tr(", ", "between parts of a sentence")));
        else if (comparison.count(kind) > 0)
            sentences << (kind == Kind::Tensor ? Words::tr("All %n tensors have the same name, shape and type.", nullptr, comparison.count(kind))
                                               : Words::tr("All %n files have the same name and size.", nullptr, comparison.count(kind)));
    }
    return sentences.join(u' ');
}

QJsonObject headJson(const Contents &contents)
{
    const Checkpoint &c = contents.checkpoint;
    return {{u"path"_s, c.path},
            {u"format"_s, c.format},
            {u"step"_s, c.step ? QJsonValue(*c.step) : QJsonValue(QJsonValue::Null)},
            {u"epoch"_s, c.epoch ? QJsonValue(*c.epoch) : QJsonValue(QJsonValue::Null)},
            {u"savedAt"_s, c.savedAt.isValid() ? QJsonValue(c.savedAt.toString(Qt::ISODate)) : QJsonValue(QJsonValue::Null)},
            {u"verdict"_s, verdictName(c.verdict)},
            {u"reason"_s, c.reason},
            {u"resumable"_s, c.resumable},
            {u"bytes"_s, c.bytes},
            {u"files"_s, c.files},
            {u"tensors"_s, contents.tensors.size()},
            {u"elements"_s, contents.elements()},
            {u"otherFiles"_s, contents.otherFiles},
            {u"otherBytes"_s, contents.otherBytes},
            {u"notes"_s, QJsonArray::fromStringList(contents.notes)}};
}

} // namespace

qint64 Contents::elements() const
{
    qint64 sum = 0;
    for (const TensorInfo &tensor : tensors) {
        qint64 count = 1;
        for (const qint64 n : tensor.shape) {
            if (n < 0 || __builtin_mul_overflow(count, n, &count))
                return -1;
        }
        if (__builtin_add_overflow(sum, count, &sum))
            return -1;
    }
    return sum;
}

Result<Contents> readContents(Shelf &shelf, const QString &path, const RecogniseOptions &options, const std::stop_token &stop, const Progress &progress)
{
    const Result<Look> look = lookAt(shelf, path, options, stop, progress);
    if (!look)
        return fail(look.error());
    Contents contents;
    contents.checkpoint = look->checkpoint;
    contents.otherFiles = look->otherFiles;
    contents.otherBytes = look->otherBytes;
    QList<QPair<QString, TensorList>> lists;
    for (const Entry &entry : look->files) {
        const QString name = withoutStep(pathToText(look->nameOf(entry)), look->checkpoint.step);
        if (progress)
            progress(Words::tr("Reading headers of %1").arg(text::safe(pathToText(entry.path))), lists.size());
        contents.files << Contents::File{name, entry.size};
        const TensorList list = tensorsOf(entry, shelf.source());
        if (stop.stop_requested())
            return fail(Error::cancelled());
        if (const std::optional<Error> failure = shelf.failure())
            return fail(*failure);
        if (!list.why.isEmpty())
            contents.notes << Words::tr("Not all tensors of %1 are known: %2.").arg(text::safe(pathToText(entry.path)), list.why);
        lists << QPair(name, list);
    }
    std::ranges::sort(contents.files, {}, &Contents::File::name);
    addTensors(contents, lists);
    return contents;
}

int Comparison::count(Kind kind) const
{
    return static_cast<int>(std::ranges::count(rows, kind, &Row::kind));
}

int Comparison::differing(Kind kind) const
{
    return static_cast<int>(std::ranges::count_if(rows, [&](const Row &row) { return row.kind == kind && row.difference != Difference::Same; }));
}

Comparison compare(const Contents &a, const Contents &b)
{
    Comparison result{a, b, {}, {}};
    merge(a.tensors, b.tensors, [](const TensorInfo &t) { return t.name; }, [&](const TensorInfo *left, const TensorInfo *right) {
        Row row{Kind::Tensor, Difference::Same, left ? left->name : right->name, left ? shapeText(*left) : QString(), right ? shapeText(*right) : QString(), {}};
        if (!left || !right) {
            row.difference = left ? Difference::Lost : Difference::Added;
            row.meaning = left ? Words::tr("only in A") : Words::tr("only in B");
        } else if (left->shape != right->shape || left->dtype != right->dtype) {
            row.difference = Difference::Changed;
            row.meaning = meaningOf(*left, *right);
        }
        result.rows << row;
    });
    merge(a.files, b.files, [](const Contents::File &f) { return f.name; }, [&](const Contents::File *left, const Contents::File *right) {
        Row row{Kind::File, Difference::Same, fileName(left ? left->name : right->name), left ? text::bytes(left->bytes) : QString(),
                right ? text::bytes(right->bytes) : QString(), {}};
        if (!left || !right) {
            row.difference = left ? Difference::Lost : Difference::Added;
            row.meaning = left ? Words::tr("only in A") : Words::tr("only in B");
        } else if (left->bytes != right->bytes) {
            row.difference = Difference::Changed;
            row.meaning = sizeMeaning(left->bytes, right->bytes);
        }
        result.rows << row;
    });
    result.summary = summaryOf(result);
    return result;
}

QString shapeText(const TensorInfo &tensor)
{
    QStringList sizes;
    for (const qint64 n : tensor.shape)
        sizes << (n < 0 ? u"?"_s : text::number(n));
    const QString type = tensor.dtype.isEmpty() ? u"?"_s : text::safe(tensor.dtype.left(40));
    return tensor.shape.isEmpty() ? Words::tr("scalar %1", "a type").arg(type) : u"[%1] %2"_s.arg(sizes.join(u", "_s), type);
}

QString differenceName(Comparison::Difference difference)
{
    switch (difference) {
    case Difference::Same: break;
    case Difference::Added: return u"added"_s;
    case Difference::Lost: return u"lost"_s;
    case Difference::Changed: return u"changed"_s;
    }
    return u"same"_s;
}

QJsonObject toJson(const Comparison &comparison)
{
    QHash<QString, const TensorInfo *> inA;
    QHash<QString, const TensorInfo *> inB;
    for (const TensorInfo &tensor : comparison.a.tensors)
        inA.insert(tensor.name, &tensor);
    for (const TensorInfo &tensor : comparison.b.tensors)
        inB.insert(tensor.name, &tensor);
    const auto tensorJson = [](const TensorInfo *tensor) -> QJsonValue {
        if (!tensor)
            return QJsonValue::Null;
        QJsonArray shape;
        for (const qint64 n : tensor->shape)
            shape.append(n);
        return QJsonObject{{u"shape"_s, shape}, {u"dtype"_s, tensor->dtype}};
    };
    QJsonArray tensors;
    QJsonArray files;
    for (const Row &row : comparison.rows) {
        if (row.kind == Kind::Tensor) {
            tensors.append(QJsonObject{{u"name"_s, row.name}, {u"difference"_s, differenceName(row.difference)},
                                       {u"a"_s, tensorJson(inA.value(row.name))}, {u"b"_s, tensorJson(inB.value(row.name))}});
        }
    }
    const auto bytes = [](const Contents::File *file) { return file ? QJsonValue(file->bytes) : QJsonValue(QJsonValue::Null); };
    merge(comparison.a.files, comparison.b.files, [](const Contents::File &f) { return f.name; }, [&](const Contents::File *left, const Contents::File *right) {
        const Difference difference = !left ? Difference::Added : !right ? Difference::Lost : left->bytes != right->bytes ? Difference::Changed : Difference::Same;
        files.append(QJsonObject{{u"name"_s, left ? left->name : right->name}, {u"difference"_s, differenceName(difference)}, {u"a"_s, bytes(left)}, {u"b"_s, bytes(right)}});
    });
    return {{u"a"_s, headJson(comparison.a)}, {u"b"_s, headJson(comparison.b)}, {u"summary"_s, comparison.summary}, {u"tensors"_s, tensors}, {u"files"_s, files}};
}

} // namespace cairn::ckpt
