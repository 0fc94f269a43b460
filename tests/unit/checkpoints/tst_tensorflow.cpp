// SPDX-License-Identifier: GPL-3.0-or-later
#include "TfSupport.h"

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::ckpt;
using namespace support;
using namespace support::tf;

namespace {

const QByteArray value = "/.ATTRIBUTES/VARIABLE_VALUE";

QList<Tensor> keras(qint64 saves, qint64 steps)
{
    return {{"_CHECKPOINTABLE_OBJECT_GRAPH", 7, 0, "graph"},
            {"model/w" + value, 1, 0, QByteArray(64, 'w')},
            {"model/w/.OPTIMIZER_SLOT/optimizer/m" + value, 1, 0, QByteArray(64, 'm')},
            {"optimizer/iter" + value, 9, 0, le<qint64>(steps)},
            {"save_counter" + value, 9, 0, le<qint64>(saves)}};
}

QByteArray superblock(quint64 end, const QByteArray &names)
{
    QByteArray head = QByteArray::fromHex("894844460d0a1a0a") + QByteArray(5, '\0') + QByteArray(1, '\10') + QByteArray(26, '\0');
    head += le<quint64>(end) + QByteArray(16, '\0') + names;
    return head.leftJustified(static_cast<qsizetype>(end), 'x', true);
}

QByteArray weightsFile(bool optimizer = true)
{
    return superblock(3000, optimizer ? QByteArray("\0layers\0optimizer\0", 18) : QByteArray("\0layers\0vars\0", 13));
}

QByteArray kerasFile(bool optimizer = true)
{
    return zipOf({{"metadata.json", R"({"keras_version": "3.15.1"})"},
                  {"config.json", optimizer ? R"({"class_name": "Sequential", "compile_config": {"optimizer": "adam"}})"
                                            : R"({"class_name": "Sequential", "compile_config": null})"},
                  {"model.weights.h5", weightsFile(optimizer)}});
}

} // namespace

class TestTensorFlow : public QObject
{
    Q_OBJECT
private slots:
    void checksumsAreCastagnolis()
    {
        QCOMPARE(crc32c("123456789"), 0xe3069283u); // RFC 3720, B.4
        QCOMPARE(crc32c(QByteArray(32, '\0')), 0x8a9136aau);
    }
    void theNumberOfACheckpointCountsSaves()
    {
        MemorySource source;
        addBundle(source, "run/ckpt-2", keras(2, 1000));
        addBundle(source, "run/ckpt-3", keras(3, 1500));
        source.add("run/checkpoint", "model_checkpoint_path: \"ckpt-3\"\nall_model_checkpoint_paths: \"ckpt-2\"\nall_model_checkpoint_paths: \"ckpt-3\"\n");
        const Seen seen = look(source);
        QCOMPARE(seen.lines, (QStringList{u"run/ckpt-2 tensorflow 1000 whole resumable"_s, u"run/ckpt-3 tensorflow 1500 whole resumable"_s}));
        QCOMPARE(seen.at(u"run/ckpt-3"_s).proof, u"tracker"_s);
        QCOMPARE(seen.at(u"run/ckpt-3"_s).stepSource, u"tensor"_s);
        QVERIFY2(seen.brief(u"run/ckpt-3"_s).contains(u"checksum of every tensor"_s), qPrintable(seen.brief(u"run/ckpt-3"_s)));
        QCOMPARE(seen.listing.notes, QStringList());
        MemorySource uncounted;
        addBundle(uncounted, "ckpt-3", keras(3, 1500).mid(0, 3) + keras(3, 1500).mid(4));
        QCOMPARE(look(uncounted).lines, QStringList{u"ckpt-3 tensorflow - whole resumable"_s});
    }
    void theSaverOfTensorFlow1NamesTheStep()
    {
        MemorySource source;
        addBundle(source, "model.ckpt-1200", {{"dense/kernel", 1, 0, QByteArray(8, 'a')}, {"dense/kernel/Adam", 1, 1, QByteArray(8, 'b')}, {"global_step", 9, 1, le<qint64>(1200)}}, 2);
        source.add("checkpoint", "model_checkpoint_path: \"/old/place/model.ckpt-1200\"\n");
        QCOMPARE(look(source).lines, QStringList{u"model.ckpt-1200 tensorflow 1200 whole resumable"_s});
        QCOMPARE(look(source).at(u"model.ckpt-1200"_s).proof, u"tracker"_s);
        QCOMPARE(firstFalseWhole(source, {"checkpoint"}), QString());
        MemorySource weights;
        addBundle(weights, "w-5", {{"dense/kernel", 1, 0, QByteArray(8, 'a')}});
        QCOMPARE(look(weights).lines, QStringList{u"w-5 tensorflow 5 whole no"_s});
    }
    void damageIsSeen()
    {
        MemorySource source;
        addBundle(source, "ckpt-2", keras(2, 1000));
        QCOMPARE(firstFalseWhole(source), QString());
        const QByteArray index = source.files["ckpt-2.index"];
        for (qsizetype i = 0; i < index.size() - 48; i += 3) {
            QByteArray flipped = index;
            flipped[i] = static_cast<char>(flipped[i] ^ 0x10);
            MemorySource bad = with(source, "ckpt-2.index", flipped);
            const Seen seen = look(bad);
            QVERIFY2(!seen.lines.first().endsWith(u"resumable"_s), qPrintable(QString::number(i) + seen.lines.first()));
        }
        const QByteArray data = source.files["ckpt-2.data-00000-of-00001"];
        for (qsizetype i = 5; i < data.size(); ++i) { // after the graph, a text tensor
            QByteArray flipped = data;
            flipped[i] = static_cast<char>(flipped[i] ^ 1);
            MemorySource bad = with(source, "ckpt-2.data-00000-of-00001", flipped);
            QVERIFY(look(bad).brief(u"ckpt-2"_s).startsWith(u"damaged no: The checksum of tensor"_s));
        }
    }
    void anythingMayStandInAnIndex()
    {
        quint32 seed = 1;
        const auto random = [&] { return seed = seed * 1664525u + 1013904223u; };
        for (int round = 0; round < 3000; ++round) {
            MemorySource source;
            addBundle(source, "ckpt-2", keras(2, 1000), 1, [&](QByteArray &block) {
                for (int i = 0; i < 3; ++i)
                    block[static_cast<qsizetype>(random() % static_cast<quint32>(block.size()))] = static_cast<char>(random() >> 24);
            });
            QCOMPARE(look(source).lines.size(), 1);
        }
    }
    void temporaryNamesAreLeftOut()
    {
        MemorySource source;
        addBundle(source, "ckpt-2", keras(2, 1000));
        source.add("ckpt-3_temp/part-00000-of-00001.data-00000-of-00001", "x");
        source.add("ckpt-3.data-00000-of-00001.tempstate123", "x");
        const Seen seen = look(source);
        QCOMPARE(seen.lines, QStringList{u"ckpt-2 tensorflow 1000 whole resumable"_s});
        QVERIFY(seen.listing.notes.join(u' ').contains(u"temporary"_s));
    }
    void aSavedModelIsNoTraining()
    {
        MemorySource source;
        source.add("export/1/saved_model.pb", "\x08\x01\x12\x03" "abc"_ba);
        addBundle(source, "export/1/variables/variables", keras(0, 7));
        Seen seen = look(source);
        QCOMPARE(seen.lines, QStringList{u"export/1 saved-model 1 whole no"_s});
        QVERIFY(seen.brief(u"export/1"_s).contains(u"export for serving"_s));
        MemorySource cut = with(source, "export/1/saved_model.pb", "\x08\x01\x12\x09" "abc"_ba);
        QVERIFY(look(cut).brief(u"export/1"_s).startsWith(u"damaged"_s));
    }
    void kerasFiles()
    {
        MemorySource source;
        source.add("run/model.05.keras", kerasFile());
        source.add("run/epoch=6.keras", kerasFile(false));
        source.add("run/weights.07.weights.h5", weightsFile());
        source.add("data/train.h5", superblock(3000, QByteArray("\0images\0", 8)));
        const Seen seen = look(source);
        QCOMPARE(seen.listing.notes, QStringList());
        QCOMPARE(seen.brief(u"run/epoch=6.keras"_s).left(9), u"whole no:"_s);
        QCOMPARE(seen.brief(u"run/model.05.keras"_s).left(17), u"whole resumable: "_s.left(17));
        QCOMPARE(seen.brief(u"run/weights.07.weights.h5"_s).left(16), u"whole resumable:"_s);
        QCOMPARE(seen.lines.size(), 3);
        for (const char *name : {"run/model.05.keras", "run/weights.07.weights.h5"}) {
            MemorySource one;
            one.add(name, source.files[name]);
            QCOMPARE(firstFalseWhole(one), QString());
        }
        // The archive holds, what is in it does not.
        const auto archiveOf = [](const QByteArray &weights) {
            return zipOf({{"metadata.json", "{}"}, {"config.json", R"({"compile_config": {"optimizer": "adam"}})"}, {"model.weights.h5", weights}});
        };
        for (const QByteArray &inner : {weightsFile().left(2000), weightsFile().left(30), QByteArray(), QByteArray(3000, '\0'), weightsFile() + "more"}) {
            for (const bool local : {true, false}) {
                MemorySource broken(local);
                broken.add("model.keras", archiveOf(inner));
                QVERIFY2(look(broken).brief(u"model.keras"_s).startsWith(u"damaged no: model.weights.h5: "_s), qPrintable(look(broken).brief(u"model.keras"_s)));
            }
        }
        // A file that was never closed keeps the end of an earlier moment.
        MemorySource open;
        open.add("a.weights.h5", superblock(800, QByteArray("\0layers\0optimizer\0", 18)) + QByteArray(5000, 'x'));
        QVERIFY(look(open).brief(u"a.weights.h5"_s).contains(u"never closed"_s));
        for (int size = 0; size < 200; ++size) {
            MemorySource cut;
            cut.add("a.weights.h5", weightsFile().left(size));
            QVERIFY(look(cut).brief(u"a.weights.h5"_s).startsWith(u"damaged"_s));
        }
    }
    void kerasShardsAreOneModel()
    {
        MemorySource source;
        source.add("m.weights.json", R"({"metadata": {}, "weight_map": {"/layers/a": ["m_00000.weights.h5"], "/optimizer": "m_00001.weights.h5"}})");
        source.add("m_00000.weights.h5", weightsFile());
        source.add("m_00001.weights.h5", weightsFile());
        QCOMPARE(look(source).lines, QStringList{u"m.weights.json keras - whole resumable"_s});
        QCOMPARE(look(source).at(u"m.weights.json"_s).files, 3);
        MemorySource less = without(source, "m_00001.weights.h5");
        QVERIFY(look(less).brief(u"m.weights.json"_s).contains(u"1 of 2 shards"_s));
    }
    void backupAndRestoreEndsWithItsMetadata()
    {
        MemorySource source;
        source.add("backup/latest.weights.h5", weightsFile());
        source.add("backup/training_metadata.json", R"({"epoch": 4, "batch": 0})");
        const Seen seen = look(source);
        QCOMPARE(seen.lines, QStringList{u"backup keras-backup - whole resumable"_s});
        QCOMPARE(seen.at(u"backup"_s).epoch, 4.0);
        QCOMPARE(seen.at(u"backup"_s).proof, u"marker"_s);
        QCOMPARE(firstFalseWhole(source), QString());
    }
};

QTEST_APPLESS_MAIN(TestTensorFlow)
#include "tst_tensorflow.moc"
