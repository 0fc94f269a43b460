// SPDX-License-Identifier: GPL-3.0-or-later
#include "ShelfSupport.h"
#include "TfSupport.h"

#include "checkpoints/Compare.h"

#include <QJsonArray>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::ckpt;
using namespace support;

namespace {

using Row = Comparison::Row;
using Kind = Comparison::Kind;
using Difference = Comparison::Difference;

Contents contentsOf(Shelf &shelf, const QString &path)
{
    const Result<Contents> result = readContents(shelf, path, later(), {});
    if (!result)
        qFatal("%s: %s", qPrintable(path), qPrintable(result.error().oneLine()));
    return *result;
}

Contents contentsOf(const MemorySource &source, const QString &path)
{
    MemoryShelf shelf(source);
    return contentsOf(shelf, path);
}

/// "difference name: a | b, meaning", of rows that differ.
QStringList differences(const Comparison &comparison)
{
    QStringList lines;
    for (const Row &row : comparison.rows) {
        if (row.difference != Difference::Same)
            lines << u"%1 %2: %3 | %4, %5"_s.arg(differenceName(row.difference), row.name, row.a, row.b, row.meaning);
    }
    return lines;
}

QStringList shapes(const Contents &contents)
{
    QStringList lines;
    for (const TensorInfo &tensor : contents.tensors)
        lines << tensor.name + u' ' + shapeText(tensor);
    return lines;
}

QByteArray tensor(const QByteArray &storage, qint32 rows, qint32 columns)
{
    return "ctorch._utils\n_rebuild_tensor_v2\n((" + py::text("storage") + "ctorch\n" + storage + "\n" + py::text("0") + py::text("cpu") + py::integer(rows * columns)
        + "tQ" + py::integer(0) + "(" + py::integer(rows) + py::integer(columns) + "t(" + py::integer(columns) + py::integer(1) + "t\x89"
        + "ccollections\nOrderedDict\n)RtR";
}

QByteArray torchModel(const QList<QPair<QByteArray, QByteArray>> &tensors)
{
    return torchFile(py::dict({{"model", py::dict(tensors)}, {"optimizer", py::optimizer()}, {"step", py::integer(1)}}));
}

} // namespace

class TestCompare : public QObject
{
    Q_OBJECT
private slots:
    void tensorsAreComparedByNameShapeAndType()
    {
        MemorySource source(false);
        source.add("r/step-1.pt", torchModel({{"embed", tensor("BFloat16Storage", 128, 64)}, {"norm", tensor("BFloat16Storage", 64, 1)}, {"inv_freq", tensor("FloatStorage", 2, 2)}}));
        source.add("r/step-2.pt", torchModel({{"embed", tensor("BFloat16Storage", 136, 64)}, {"norm", tensor("FloatStorage", 64, 1)}, {"head", tensor("HalfStorage", 2, 2)}}));
        const Comparison comparison = compare(contentsOf(source, u"r/step-1.pt"_s), contentsOf(source, u"r/step-2.pt"_s));
        const QStringList found = differences(comparison);
        QVERIFY(found.contains(u"changed model.embed: [128, 64] BF16 | [136, 64] BF16, 8 more in dimension 0"_s));
        QVERIFY(found.contains(u"changed model.norm: [64, 1] BF16 | [64, 1] F32, other type, same shape"_s));
        QVERIFY(found.contains(u"lost model.inv_freq: [2, 2] F32 | , only in A"_s));
        QVERIFY(found.contains(u"added model.head:  | [2, 2] F16, only in B"_s));
        QCOMPARE(comparison.count(Kind::Tensor), 5);
        QCOMPARE(comparison.differing(Kind::Tensor), 4);
        QCOMPARE(comparison.count(Kind::File), 1); // one file is one file, whatever its name
        QVERIFY2(comparison.summary.startsWith(u"2 tensors have another shape or type, 1 tensors"_s) || comparison.summary.startsWith(u"2 tensors have another shape or type"_s), qPrintable(comparison.summary));
        QCOMPARE(comparison.a.checkpoint.step, std::optional<qint64>(1));
        QCOMPARE(comparison.a.elements(), 128 * 64 + 64 + 4 + 4);
    }
    void whatIsTheSameIsSaidSo()
    {
        Result<std::unique_ptr<FolderShelf>> shelf = FolderShelf::open(fixture(u"torch/run"_s));
        QVERIFY(shelf.has_value());
        const Contents a = contentsOf(**shelf, u"step-00000100.pt"_s);
        const Contents b = contentsOf(**shelf, u"step-00000200.pt"_s);
        const Comparison comparison = compare(a, b);
        QVERIFY(comparison.count(Kind::Tensor) > 2);
        QCOMPARE(comparison.differing(Kind::Tensor), 0);
        QVERIFY2(comparison.summary.startsWith(u"All "_s), qPrintable(comparison.summary));
        QVERIFY2(a.notes.isEmpty(), qPrintable(a.notes.join(u' ')));
        for (const TensorInfo &one : a.tensors)
            QVERIFY2(!one.dtype.isEmpty(), qPrintable(one.name));
    }
    void everyFormatTellsItsTensors()
    {
        MemorySource source(false);
        source.add("w/model.weights.h5", hdf5File());
        QCOMPARE(shapes(contentsOf(source, u"w/model.weights.h5"_s)),
                 (QStringList{u"layers/dense/vars/0 [4, 3] F32"_s, u"layers/dense/vars/1 [3] F32"_s, u"optimizer/vars/0 scalar I64"_s, u"optimizer/vars/chunked [64, 8] F16"_s}));
        source.add("k/model.keras", zipOf({{"metadata.json", "{}"}, {"config.json", R"({"compile_config": {"optimizer": "adam"}})"}, {"model.weights.h5", hdf5File()}}));
        QCOMPARE(contentsOf(source, u"k/model.keras"_s).tensors, contentsOf(source, u"w/model.weights.h5"_s).tensors);
        tf::addBundle(source, "t/ckpt-5", {{"dense/kernel/.ATTRIBUTES/VARIABLE_VALUE", 1, 0, QByteArray(24, 'a'), {2, 3}}, tf::texts("_CHECKPOINTABLE_OBJECT_GRAPH", 0, {"x"}),
                                          {"global_step", 9, 0, le<qint64>(5)}});
        QCOMPARE(shapes(contentsOf(source, u"t/ckpt-5"_s)), (QStringList{u"dense/kernel [2, 3] F32"_s, u"global_step scalar I64"_s}));
        source.add("s/model.safetensors", safetensorsFile(R"({"a":{"dtype":"BF16","shape":[2,4],"data_offsets":[0,16]}})", 16));
        QCOMPARE(shapes(contentsOf(source, u"s/model.safetensors"_s)), QStringList{u"a [2, 4] BF16"_s});
        Result<std::unique_ptr<FolderShelf>> shelf = FolderShelf::open(fixture(u"dcp"_s));
        QVERIFY(shelf.has_value());
        const Contents dcp = contentsOf(**shelf, u"step-100"_s);
        QVERIFY2(shapes(dcp).contains(u"model.weight [16, 8] F32"_s), qPrintable(shapes(dcp).join(u" | "_s)));
        QCOMPARE(compare(dcp, contentsOf(**shelf, u"step-200"_s)).differing(Kind::Tensor), 0);
    }
    void filesAreComparedBelowTheCheckpoint()
    {
        MemorySource source(false);
        const QByteArray model = safetensorsFile(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}})", 4);
        for (const QByteArray &step : QByteArrayList{"1", "2"}) {
            source.add("checkpoint-" + step + "/trainer_state.json", R"({"global_step": )" + step + "}");
            source.add("checkpoint-" + step + "/model.safetensors", model);
        }
        source.add("checkpoint-1/rng_state_0.pth", trainingFile(1));
        source.add("checkpoint-2/rng_state_1.pth", trainingFile(1));
        const Comparison comparison = compare(contentsOf(source, u"checkpoint-1"_s), contentsOf(source, u"checkpoint-2"_s));
        QStringList files;
        for (const Row &row : comparison.rows) {
            if (row.kind == Kind::File)
                files << differenceName(row.difference) + u' ' + row.name;
        }
        QCOMPARE(files, (QStringList{u"same model.safetensors"_s, u"lost rng_state_0.pth"_s, u"added rng_state_1.pth"_s, u"same trainer_state.json"_s}));
        // The step in a name is that of the save, not another file.
        for (const QByteArray &step : QByteArrayList{"1", "2"})
            source.add("checkpoint-" + step + "/global_step" + step + "/mp_rank_00_model_states.pt", trainingFile(1));
        const Comparison deep = compare(contentsOf(source, u"checkpoint-1"_s), contentsOf(source, u"checkpoint-2"_s));
        QVERIFY(std::ranges::any_of(deep.rows, [](const Row &row) {
            return row.name == u"global_step<step>/mp_rank_00_model_states.pt"_s && row.difference == Difference::Same;
        }));
        // A name that several files have gets theirs.
        source.add("checkpoint-1/rng_state_1.pth", trainingFile(1));
        const QStringList names = shapes(contentsOf(source, u"checkpoint-1"_s));
        QVERIFY2(names.join(u'|').contains(u"(rng_state_1.pth)"_s), qPrintable(names.join(u'|')));
    }
    void whatCannotBeKnownIsNoted()
    {
        MemorySource source(false);
        source.add("run/step-1.pt", torchModel({{"a", tensor("FloatStorage", 2, 2)}}).chopped(10));
        const Contents cut = contentsOf(source, u"run/step-1.pt"_s);
        QCOMPARE(cut.tensors.size(), 0);
        QVERIFY2(cut.notes.value(0).startsWith(u"Not all tensors of run/step-1.pt are known"_s), qPrintable(cut.notes.join(u' ')));
        MemoryShelf shelf(source);
        std::stop_source stop;
        stop.request_stop();
        const Result<Contents> cancelled = readContents(shelf, u"run/step-1.pt"_s, later(), stop.get_token());
        QVERIFY(!cancelled && cancelled.error().kind == Error::Kind::Cancelled);
    }
    void theJsonHoldsWhatTheTableShows()
    {
        MemorySource source(false);
        source.add("r/step-1.pt", torchModel({{"embed", tensor("FloatStorage", 2, 2)}}));
        source.add("r/step-2.pt", torchModel({{"head", tensor("FloatStorage", 2, 2)}}));
        const QJsonObject json = toJson(compare(contentsOf(source, u"r/step-1.pt"_s), contentsOf(source, u"r/step-2.pt"_s)));
        QCOMPARE(json[u"a"_s][u"step"_s].toInt(), 1);
        QCOMPARE(json[u"b"_s][u"path"_s].toString(), u"r/step-2.pt"_s);
        QCOMPARE(json[u"tensors"_s].toArray().size(), 3);
        const QJsonValue embed = json[u"tensors"_s][0];
        QCOMPARE(embed[u"name"_s].toString(), u"model.embed"_s);
        QCOMPARE(embed[u"difference"_s].toString(), u"lost"_s);
        QCOMPARE(embed[u"a"_s][u"shape"_s].toArray(), (QJsonArray{2, 2}));
        QVERIFY(embed[u"b"_s].isNull());
        QCOMPARE(json[u"files"_s].toArray().size(), 1);
    }
};

QTEST_APPLESS_MAIN(TestCompare)
#include "tst_compare.moc"
