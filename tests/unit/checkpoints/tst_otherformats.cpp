// SPDX-License-Identifier: GPL-3.0-or-later
#include "FormatSupport.h"

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::ckpt;
using namespace support;

/// Formats of one file that are not torch's: Flax, GGUF, LightGBM, XGBoost's JSON; and what cannot be judged at all.
class TestOtherFormats : public QObject
{
    Q_OBJECT

    static QByteArray packed(const QByteArray &text) { return static_cast<char>(0xa0 + text.size()) + text; }
    /// An array as Flax writes it: an extension that holds its bytes.
    static QByteArray array(qsizetype bytes)
    {
        QByteArray size(4, '\0');
        qToBigEndian<quint32>(static_cast<quint32>(bytes), size.data());
        return "\xc9" + size + "\x01" + QByteArray(bytes, 'w');
    }
    static QByteArray flax(char step, qsizetype bytes = 200)
    {
        return "\x83" + packed("step") + step + packed("params") + "\x81" + packed("kernel") + array(bytes) + packed("opt_state") + "\x82" + packed("mu") + array(bytes) + packed("n") + "\x92\x01\xc0";
    }
    static QByteArray gguf(quint32 type = 0, qsizetype bytes = 64)
    {
        const auto text = [](const QByteArray &s) { return le<quint64>(static_cast<quint64>(s.size())) + s; };
        QByteArray file = "GGUF" + le<quint32>(3) + le<quint64>(1) + le<quint64>(3);
        file += text("general.name") + le<quint32>(8) + text("tiny");
        file += text("general.alignment") + le<quint32>(4) + le<quint32>(64);
        file += text("tokenizer.ggml.tokens") + le<quint32>(9) + le<quint32>(8) + le<quint64>(2) + text("a") + text("b");
        file += text("w") + le<quint32>(2) + le<quint64>(4) + le<quint64>(4) + le<quint32>(type) + le<quint64>(0);
        while (file.size() % 64 != 0)
            file += '\0';
        return file + QByteArray(bytes, 'w');
    }
    static QByteArray lightgbm()
    {
        const QByteArray one = "Tree=0\nnum_leaves=2\nleaf_value=0.1 0.2\n\n\n";
        const QByteArray two = "Tree=1\nnum_leaves=2\nleaf_value=0.3 0.4 0.5\n\n\n";
        return "tree\nversion=v4\nnum_class=1\ntree_sizes=" + QByteArray::number(one.size()) + ' ' + QByteArray::number(two.size()) + "\n\n" + one + two
            + "end of trees\n\nfeature_importances:\nx=2\n\nparameters:\n[boosting: gbdt]\nend of parameters\n\npandas_categorical:null\n";
    }
    static QString only(const QByteArray &name, const QByteArray &bytes, bool local = true)
    {
        MemorySource source(local);
        source.add(name, bytes);
        return look(source).lines.join(u'|');
    }
    static void neverWholeWhenCut(const QByteArray &name, const QByteArray &bytes, qsizetype tail = 0)
    {
        for (qsizetype length = 0; length < bytes.size() - tail; ++length) {
            const QString seen = only(name, bytes.left(length));
            QVERIFY2(!seen.contains(u" whole "_s), qPrintable(QString::number(length) + u' ' + seen));
        }
    }

private slots:
    void flaxIsFollowedToItsEnd()
    {
        const QByteArray file = flax(7);
        QCOMPARE(only("run/checkpoint_7", file), u"run/checkpoint_7 flax 7 whole resumable"_s);
        MemorySource source;
        source.add("run/checkpoint_7", file);
        QCOMPARE(look(source).at(u"run/checkpoint_7"_s).proof, u"renamed"_s);
        QCOMPARE(only("out/flax_model.msgpack", "\x81" + packed("params") + "\x81" + packed("w") + array(90)), u"out/flax_model.msgpack flax - whole no"_s);
        neverWholeWhenCut("run/checkpoint_7", file);
        QCOMPARE(only("run/checkpoint_7", file + "x"), u"run/checkpoint_7 flax 7 damaged no"_s);
        QCOMPARE(only("run/checkpoint_7", file.left(100)), u"run/checkpoint_7 flax 7 damaged no"_s);
        QByteArray never = file;
        never[6] = '\xc1';
        QVERIFY(only("run/checkpoint_7", never).contains(u"damaged"_s));
        // Far more than one window, and away from the local disk.
        QCOMPARE(only("checkpoint_8", flax(8, 300'000)), u"checkpoint_8 flax 8 whole resumable"_s);
        QCOMPARE(only("checkpoint_8", flax(8, 300'000), false), u"checkpoint_8 flax 8 unverified no"_s);
        QCOMPARE(only("checkpoint_9", QByteArray(100'000, '\x91')), u"checkpoint_9 unknown 9 unverified no"_s);
        QCOMPARE(only("checkpoint_9", "\x81\xa1k" + QByteArray(100'000, '\x91')), u"checkpoint_9 flax 9 damaged no"_s); // nesting must not use up the stack
        QVERIFY(only("checkpoint_9", "\xdf\xff\xff\xff\xff"_ba).contains(u"damaged"_s));
    }
    void ggufIsWeights()
    {
        QCOMPARE(only("m/model-step-5.gguf", gguf()), u"m/model-step-5.gguf gguf 5 whole no"_s);
        neverWholeWhenCut("m/model.gguf", gguf());
        QCOMPARE(only("model.gguf", gguf(2, 18)), u"model.gguf gguf - damaged no"_s); // 16 elements are half a block
        QCOMPARE(only("model.gguf", gguf(199)), u"model.gguf gguf - unverified no"_s);
        QCOMPARE(only("model.gguf", "GGML" + gguf().mid(4)), u"model.gguf gguf - damaged no"_s);
        MemorySource source;
        source.add("m-00001-of-00002.gguf", gguf());
        source.add("m-00002-of-00002.gguf", gguf());
        QCOMPARE(look(source).lines, QStringList{u"m gguf - whole no"_s});
        MemorySource less = without(source, "m-00001-of-00002.gguf");
        QCOMPARE(look(less).lines, QStringList{u"m gguf - damaged no"_s});
        quint32 seed = 3;
        for (int round = 0; round < 2000; ++round) {
            QByteArray noise = gguf();
            for (int i = 0; i < 3; ++i) {
                seed = seed * 1664525u + 1013904223u;
                noise[static_cast<qsizetype>((seed >> 8) % static_cast<quint32>(noise.size()))] = static_cast<char>(seed >> 3);
            }
            QVERIFY(only("model.gguf", noise).startsWith(u"model.gguf gguf - "_s));
        }
    }
    void lightGbmCountsTheBytesOfItsTrees()
    {
        const QByteArray model = lightgbm();
        QCOMPARE(only("run/model_10.txt", model), u"run/model_10.txt lightgbm 10 whole resumable"_s);
        QCOMPARE(only("run/model.txt.snapshot_iter_20", model), u"run/model.txt.snapshot_iter_20 lightgbm 20 whole resumable"_s);
        const qsizetype loads = model.size() - model.indexOf("end of parameters") - 17;
        neverWholeWhenCut("run/model_10.txt", model, loads);
        QCOMPARE(only("run/model_10.txt", QByteArray(model).replace("leaf_value=0.1 0.2", "leaf_value=0.2")), u"run/model_10.txt lightgbm 10 damaged no"_s);
        QCOMPARE(only("run/model_10.txt", QByteArray(model).replace("tree_sizes=", "tree_sizes=x")), u"run/model_10.txt lightgbm 10 damaged no"_s);
        QCOMPARE(only("run/model.txt", "a tree grows\n"), QString()); // a text
        QCOMPARE(only("run/model_3.lgb", {}), u"run/model_3.lgb lightgbm 3 damaged no"_s);
    }
    void xgboostInJson()
    {
        const QByteArray model = R"({"learner": {"gradient_booster": {"model": {"trees": []}}}, "version": [3, 2, 0]})";
        QCOMPARE(only("run/model_5.json", model), u"run/model_5.json xgboost 5 whole resumable"_s);
        QCOMPARE(only("run/model_5.json", model.chopped(9)), u"run/model_5.json xgboost 5 damaged no"_s);
        QCOMPARE(only("run/model_5.json", R"({"learner": 5})"), u"run/model_5.json xgboost 5 damaged no"_s);
        QCOMPARE(only("run/model_index.json", R"({"_class_name": "Pipeline"})"), QString());
    }
    void whatNobodyCanJudgeIsListed()
    {
        const QByteArray pickle = "\x80\x02" + py::dict({{"w", py::integer(1)}}) + ".";
        MemorySource source;
        source.add("a/model_5.pkl", pickle);
        source.add("a/model_6.pkl", pickle.chopped(3));
        source.add("a/checkpoint.joblib", "x");
        source.add("a/step_3.npz", zipOf({{"w.npy", "\x93NUMPY"}}));
        source.add("a/step_4.npz", zipOf({{"w.npy", "\x93NUMPY"}}).chopped(5));
        source.add("a/step_5.npy", {});
        source.add("a/ckpt-7.pt.zst", "x");
        source.add("a/checkpoint_12", "x");
        source.add("a/checkpoint", "model_checkpoint_path: \"x\"");
        source.add("a/checkpoint.log", "x");
        source.add("a/words.joblib", "x");
        const Seen seen = look(source);
        QCOMPARE(seen.lines, (QStringList{u"a/checkpoint.joblib joblib - unverified no"_s, u"a/checkpoint_12 unknown 12 unverified no"_s,
                                          u"a/ckpt-7.pt.zst zstd 7 unverified no"_s, u"a/model_5.pkl pickle 5 unverified no"_s,
                                          u"a/model_6.pkl pickle 6 damaged no"_s, u"a/step_3.npz numpy 3 unverified no"_s,
                                          u"a/step_4.npz numpy 4 damaged no"_s, u"a/step_5.npy numpy 5 damaged no"_s}));
        MemorySource bin; // others have this ending too
        bin.add("b/step-2.bin", QByteArray(3000, 'x'));
        QCOMPARE(look(bin).lines, QStringList());
        QVERIFY2(look(bin).listing.notes.join(u' ').contains(u"such as b/step-2.bin"_s), qPrintable(look(bin).listing.notes.join(u' ')));
    }
    void paddlesTrainerIsNoOtherTrainer()
    {
        const QByteArray pickle = "\x80\x02" + py::dict({{"w", py::integer(1)}}) + ".";
        MemorySource source;
        for (const char *step : {"4", "8"}) {
            const QByteArray folder = "out/checkpoint-"_ba + step + '/';
            for (const char *name : {"model_state.pdparams", "optimizer.pdopt", "scheduler.pdparams"})
                source.add(folder + name, pickle);
            source.add(folder + "trainer_state.json", "{\"global_step\": "_ba + step + '}');
        }
        QCOMPARE(look(source).lines, (QStringList{u"out/checkpoint-4 paddle 4 unverified no"_s, u"out/checkpoint-8 paddle 8 unverified no"_s}));
        for (const char *name : {"model_state.pdparams", "optimizer.pdopt", "trainer_state.json"}) {
            MemorySource less = without(source, "out/checkpoint-8/"_ba + name);
            QVERIFY2(look(less).brief(u"out/checkpoint-8"_s).startsWith(u"damaged"_s), name);
            MemorySource empty = with(source, "out/checkpoint-8/"_ba + name, {});
            QVERIFY2(look(empty).brief(u"out/checkpoint-8"_s).startsWith(u"damaged"_s), name);
        }
    }
};

QTEST_APPLESS_MAIN(TestOtherFormats)
#include "tst_otherformats.moc"
