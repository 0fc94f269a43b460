// SPDX-License-Identifier: GPL-3.0-or-later
#include "FormatSupport.h"

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::ckpt;
using namespace support;

/// Rules that hold for every format: sets, markers, numbers, what nobody claims; and DeepSpeed, whose saves are sets.
class TestSets : public QObject
{
    Q_OBJECT

    static QByteArray modelStates(qint32 dp, qint32 mp, qint32 step)
    {
        return torchFile(py::dict({{"module", py::model()}, {"optimizer", py::none()}, {"global_steps", py::integer(step)},
                                   {"dp_world_size", py::integer(dp)}, {"mp_world_size", py::integer(mp)}}));
    }
    static QByteArray optimStates()
    {
        return torchFile(py::dict({{"optimizer_state_dict", py::optimizer()}}));
    }

private slots:
    void formatsAreToldByTheirNamesAlone()
    {
        QVERIFY(matches("random_states_0.pkl", "random_states_*.pkl"));
        QVERIFY(matches("a.data-00000-of-00002", "*.data-*-of-*"));
        QVERIFY(!matches("a.data-00000", "*.data-*-of-*"));
        QVERIFY(matches("latest", "latest") && !matches("latest2", "latest") && matches("", "*") && !matches("", "a"));
        for (const Format *format : formats())
            QVERIFY(qstrlen(format->names) > 0);
        for (const QByteArray &pattern : candidatePatterns()) // they are written into a shell script
            QVERIFY2(!pattern.contains('\'') && !pattern.contains('\\') && !pattern.contains('$'), pattern.constData());
    }
    void anyBytesUnderAnyName()
    {
        const QList<QByteArray> starts{"", "{", "PK\x03\x04", "\x80\x02}", QByteArray::fromHex("894844460d0a1a0a"), QByteArray::fromHex("0cdb3a2a"), "100"};
        quint32 seed = 11;
        const auto random = [&] { return (seed = seed * 1664525u + 1013904223u) >> 8; };
        for (int round = 0; round < 300; ++round) {
            MemorySource source(round % 2 == 0);
            for (const QByteArray &pattern : candidatePatterns()) {
                if (random() % 3 == 0)
                    continue;
                QByteArray bytes = starts[static_cast<qsizetype>(random() % static_cast<quint32>(starts.size()))];
                for (quint32 i = random() % 300; i > 0; --i)
                    bytes += static_cast<char>(random());
                const QByteArray name = QByteArray(pattern).replace('*', "0");
                for (const char *folder : {"run/global_step_1/", "run/iter_0000001/", "run/checkpoint-1/", "run/3/default/", "run/global_step_1/policy/", ""}) {
                    if (random() % 2 == 0)
                        source.add(folder + name, bytes);
                }
            }
            for (const QString &line : look(source).lines)
                QVERIFY2(!line.endsWith(u"whole resumable"_s), qPrintable(line));
        }
    }
    void namesThatAllowTwoReadingsAreNoSteps()
    {
        MemorySource source;
        const QByteArray plain = torchFile(py::dict({{"model", py::model()}, {"optimizer", py::optimizer()}}));
        const QByteArray counted = torchFile(py::dict({{"model", py::model()}, {"last_optimizer_state", py::optimizer()},
            {"optimizer_history", py::list({py::dict({{"num_updates", py::integer(5)}}), py::dict({{"num_updates", py::integer(196500)}})})}}));
        source.add("a/checkpoint_6_180000.pt", plain);
        source.add("a/checkpoint6.pt", plain);
        source.add("b/checkpoint6.pt", counted);
        source.add("b/checkpoint-600.pt", counted);
        source.add("b/checkpoint_6_180000.pt", counted); // of two readings the pickle tells the right one
        const Seen seen = look(source);
        QCOMPARE(seen.lines, (QStringList{u"a/checkpoint6.pt torch-zip - whole resumable"_s, u"a/checkpoint_6_180000.pt torch-zip 180000 whole resumable"_s,
                                          u"b/checkpoint-600.pt torch-zip 600 whole resumable"_s, u"b/checkpoint6.pt torch-zip 196500 whole resumable"_s,
                                          u"b/checkpoint_6_180000.pt torch-zip 196500 whole resumable"_s}));
        QCOMPARE(seen.at(u"a/checkpoint6.pt"_s).epoch, 6.0);
        QCOMPARE(seen.at(u"a/checkpoint_6_180000.pt"_s).epoch, 6.0);
    }
    void shardsOfOneSaveAreOneCheckpoint()
    {
        MemorySource source;
        const auto save = [&](const QByteArray &stem, qint32 step) {
            for (int part = 0; part < 2; ++part) {
                for (int shard = 0; shard < 3; ++shard)
                    source.add(stem + "-model_part-" + QByteArray::number(part) + "-shard" + QByteArray::number(shard) + ".pt", trainingFile(step));
            }
        };
        save("run/checkpoint_23_22500", 22500);
        const Seen whole = look(source);
        QCOMPARE(whole.lines, QStringList{u"run/checkpoint_23_22500-model torch-zip 22500 whole resumable"_s});
        QCOMPARE(whole.at(u"run/checkpoint_23_22500-model"_s).proof, u"count"_s);
        QCOMPARE(whole.at(u"run/checkpoint_23_22500-model"_s).files, 6);
        for (const char *lost : {"0-shard0", "0-shard1", "1-shard2"}) {
            const QByteArray path = "run/checkpoint_23_22500-model_part-"_ba + lost + ".pt";
            MemorySource less = without(source, path);
            QVERIFY2(look(less).brief(u"run/checkpoint_23_22500-model"_s).startsWith(u"damaged no: 5 of 6 files"_s), lost);
            MemorySource empty = with(source, path, {});
            QVERIFY2(look(empty).brief(u"run/checkpoint_23_22500-model"_s).startsWith(u"damaged no: "_s), lost);
            MemorySource mixed = with(source, path, trainingFile(22750));
            QVERIFY2(look(mixed).brief(u"run/checkpoint_23_22500-model"_s).contains(u"different steps"_s), lost);
        }
        // The last shards of a save are gone: others of the run tell.
        save("run/checkpoint_23_22750", 22750);
        MemorySource less = without(source, "run/checkpoint_23_22750-model_part-0-shard2.pt");
        less = without(less, "run/checkpoint_23_22750-model_part-1-shard2.pt");
        QVERIFY(look(less).brief(u"run/checkpoint_23_22750-model"_s).startsWith(u"unverified no: "_s));
        QVERIFY(look(less).brief(u"run/checkpoint_23_22500-model"_s).startsWith(u"whole resumable: "_s));
    }
    void aLoneRankIsNoSet()
    {
        MemorySource source;
        source.add("a/state_rank_0.pt", trainingFile(1)); // one process
        source.add("b/state_rank_3.pt", trainingFile(2)); // the others are gone
        source.add("c/step-9-part1.pt", trainingFile(9));
        source.add("c/step-9-part2.pt", trainingFile(9));
        QCOMPARE(look(source).lines, (QStringList{u"a/state_rank_0.pt torch-zip 1 whole resumable"_s, u"b/state torch-zip 2 damaged no"_s,
                                                  u"c/step-9 torch-zip 9 unverified no"_s}));
        MemorySource second;
        second.add("d/state_rank_1.pt", trainingFile(3));
        QCOMPARE(look(second).lines, QStringList{u"d/state torch-zip 3 unverified no"_s});
    }
    void aSetMayStateItsSize()
    {
        MemorySource source;
        for (const char *name : {"a/ckpt_100.rank0of4.pt", "a/ckpt_100.rank1of4.pt", "b/ckpt-100-00000-of-00004.pt", "b/ckpt-100-00001-of-00004.pt",
                                 "c/ckpt-100-00000-of-00004.pt", "f/ckpt_5.rank0of2.pt", "f/ckpt_5.rank1of2.pt", "g/ckpt_7.rank0of1.pt",
                                 "h/ckpt-9-00001-of-00002.pt", "h/ckpt-9-00002-of-00002.pt", "k/epoch_3_of_10.pt", "k/epoch_4_of_10.pt"})
            source.add(name, torchFile(py::dict({{"model", py::model()}, {"optimizer", py::optimizer()}})));
        const QByteArray model = torchFile(py::model());
        source.add("d/pytorch_model-00001-of-00004.bin", model);
        source.add("d/pytorch_model-00002-of-00004.bin", model);
        source.add("e/consolidated.00.pth", model);
        source.add("e2/consolidated.00.pth", model);
        source.add("e2/consolidated.01.pth", model);
        source.add("e3/consolidated.00.pth", model);
        source.add("e3/consolidated.02.pth", model);
        const Seen seen = look(source);
        QCOMPARE(seen.lines, (QStringList{u"a/ckpt_100 torch-zip 100 damaged no"_s, u"b/ckpt-100 torch-zip 100 damaged no"_s, u"c/ckpt-100 torch-zip 100 damaged no"_s,
                                          u"d/pytorch_model torch-zip - damaged no"_s, u"e/consolidated.00.pth torch-zip - whole no"_s, u"e2 torch-zip - whole no"_s,
                                          u"e3 torch-zip - damaged no"_s, u"f/ckpt_5 torch-zip 5 whole resumable"_s, u"g/ckpt_7.rank0of1.pt torch-zip 7 whole resumable"_s,
                                          u"h/ckpt-9 torch-zip 9 whole resumable"_s, u"k/epoch_3_of_10.pt torch-zip - whole resumable"_s,
                                          u"k/epoch_4_of_10.pt torch-zip - whole resumable"_s}));
        for (const char *path : {"a/ckpt_100", "b/ckpt-100", "d/pytorch_model"})
            QVERIFY2(seen.brief(QString::fromLatin1(path)).startsWith(u"damaged no: 2 of 4 files of the set are there"_s), path);
        QVERIFY(seen.brief(u"c/ckpt-100"_s).startsWith(u"damaged no: 1 of 4 files of the set are there"_s));
        QVERIFY(seen.brief(u"e3"_s).startsWith(u"damaged no: 2 of 3 files of the set are there"_s));
    }
    void shardsOfDataAreNoCheckpoint()
    {
        MemorySource source;
        for (const char *name : {"tokens-shard0.bin", "tokens-shard1.bin", "tokens-part-0.pt", "tokens-part-1.pt"})
            source.add(name, QByteArray(5000, 'x'));
        source.add("rows-rank0.pt", torchFile(py::list({py::integer(1)})));
        source.add("rows-rank1.pt", torchFile(py::list({py::integer(1)})));
        QCOMPARE(look(source).lines, QStringList());
    }
    void markersApplyToEveryFormat()
    {
        for (const char *marker : {"run/step-5.pt-unfinished", "run/step-5.pt.incomplete", "run2/checkpoint-7/checkpoint-is-incomplete.txt", "run2/checkpoint-7/.incomplete"}) {
            MemorySource source;
            source.add("run/step-5.pt", trainingFile(5));
            source.add("run2/checkpoint-7/state.pt", trainingFile(7));
            QCOMPARE(look(source).listing.runs.size(), 2);
            for (const Run &run : look(source).listing.runs)
                QVERIFY(!run.latestResumable.isEmpty());
            source.add(marker, "x");
            if (QByteArray(marker).startsWith("run/"))
                QVERIFY2(look(source).brief(u"run/step-5.pt"_s).startsWith(u"damaged no: The marker"_s), marker);
        }
    }
    void pointersOfGitLfsAreNamed()
    {
        const QByteArray pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n";
        MemorySource source;
        source.add("step-5.pt", pointer);
        source.add("w/model.safetensors", pointer);
        const Seen seen = look(source);
        QCOMPARE(seen.lines, (QStringList{u"step-5.pt git-lfs 5 damaged no"_s, u"w/model.safetensors git-lfs - damaged no"_s}));
        QVERIFY(seen.brief(u"step-5.pt"_s).contains(u"Git LFS pointer"_s));
    }
    void partsThatNobodyClaimsAreCounted()
    {
        MemorySource source;
        source.add("odd/optimizer.pt", trainingFile(1));
        source.add("odd/scheduler.pt", trainingFile(1));
        source.add("photos/metadata.json", "{}");
        const Seen seen = look(source);
        QCOMPARE(seen.lines, QStringList());
        QVERIFY2(seen.listing.notes.join(u' ').contains(u"2 files look like parts"_s), qPrintable(seen.listing.notes.join(u' ')));
    }
    void deepSpeedNeedsEveryRank()
    {
        MemorySource source;
        for (int m = 0; m < 2; ++m) {
            source.add("run/global_step20/mp_rank_0" + QByteArray::number(m) + "_model_states.pt", modelStates(2, 2, 20));
            for (int d = 0; d < 2; ++d)
                source.add("run/global_step20/bf16_zero_pp_rank_" + QByteArray::number(d) + "_mp_rank_0" + QByteArray::number(m) + "_optim_states.pt", optimStates());
        }
        source.add("run/latest", "global_step20");
        const Seen seen = look(source);
        QCOMPARE(seen.lines, QStringList{u"run/global_step20 deepspeed 20 whole resumable"_s});
        const Checkpoint &c = seen.at(u"run/global_step20"_s);
        QCOMPARE(c.worldSize, 4);
        QCOMPARE(c.filesExpected, 6);
        QVERIFY2(c.reason.contains(u"as many processes as saved it: 4"_s), qPrintable(c.reason));
        QCOMPARE(firstFalseWhole(source, {"latest"}), QString());
        // Both files of the highest ranks lost: the pickle still tells how many there were.
        MemorySource less = without(source, "run/global_step20/bf16_zero_pp_rank_1_mp_rank_00_optim_states.pt");
        less = without(less, "run/global_step20/bf16_zero_pp_rank_1_mp_rank_01_optim_states.pt");
        QVERIFY2(look(less).brief(u"run/global_step20"_s).contains(u"2 of 4 files with optimizer states"_s), qPrintable(look(less).brief(u"run/global_step20"_s)));
    }
    void aTrainersOptimizerNeedsItsSchedulerAndAState()
    {
        MemorySource source;
        source.add("out/checkpoint-20/pytorch_model.bin", torchFile(py::model()));
        source.add("out/checkpoint-20/optimizer.pt", torchFile(py::optimizer()));
        source.add("out/checkpoint-20/scheduler.pt", torchFile(py::dict({{"last_epoch", py::integer(20)}})));
        source.add("out/checkpoint-20/rng_state.pth", trainingFile(1));
        source.add("out/checkpoint-20/trainer_state.json", R"({"global_step": 20, "epoch": 1.0})");
        const QString path = u"out/checkpoint-20"_s;
        QVERIFY2(look(source).brief(path).startsWith(u"whole resumable: "_s), qPrintable(look(source).brief(path)));
        QCOMPARE(firstFalseWhole(source), QString());
        MemorySource alone = without(source, "out/checkpoint-20/scheduler.pt");
        QVERIFY2(look(alone).brief(path).startsWith(u"whole no: "_s) && look(alone).brief(path).contains(u"cannot be resumed: scheduler.pt is missing"_s),
                 qPrintable(look(alone).brief(path)));
        const auto optimizerOf = [](const QByteArray &key, const QByteArray &value) {
            return torchFile(py::dict({{"state", "}"}, {"param_groups", py::list({py::dict({{key, value}})})}}));
        };
        for (const QByteArray &empty : {torchFile("}"), torchFile(py::dict({{"state", "}"}})), optimizerOf("lr", py::integer(1)), optimizerOf("momentum", py::integer(1)),
                                        torchFile(py::dict({{"param_groups", py::list({py::dict({{"lr", py::integer(1)}})})}}))}) {
            MemorySource lost = with(source, "out/checkpoint-20/optimizer.pt", empty);
            QVERIFY2(look(lost).brief(path).startsWith(u"whole no: "_s) && look(lost).brief(path).contains(u"optimizer.pt holds no optimizer state"_s),
                     qPrintable(look(lost).brief(path)));
        }
        MemorySource sgd = with(source, "out/checkpoint-20/optimizer.pt", optimizerOf("momentum", py::integer(0)));
        QVERIFY2(look(sgd).brief(path).startsWith(u"whole resumable: "_s), qPrintable(look(sgd).brief(path)));
    }
    void aTrainersFolderNeedsEveryRankOfDeepSpeed()
    {
        MemorySource source;
        for (const char *rank : {"0", "1"}) {
            source.add("out/checkpoint-20/global_step20/bf16_zero_pp_rank_"_ba + rank + "_mp_rank_00_optim_states.pt", optimStates());
            source.add("out/checkpoint-20/rng_state_"_ba + rank + ".pth", trainingFile(1));
        }
        source.add("out/checkpoint-20/global_step20/mp_rank_00_model_states.pt", modelStates(2, 1, 20));
        source.add("out/checkpoint-20/trainer_state.json", R"({"global_step": 20, "epoch": 1.0})");
        source.add("out/checkpoint-20/latest", "global_step20");
        source.add("out/checkpoint-20/scheduler.pt", trainingFile(1));
        QCOMPARE(look(source).lines, QStringList{u"out/checkpoint-20 hf-trainer 20 whole resumable"_s});
        QCOMPARE(look(source).at(u"out/checkpoint-20"_s).worldSize, 2);
        QCOMPARE(firstFalseWhole(source, {"scheduler.pt"}), QString());
        for (const char *tag : {"global_step10", "global_step2", "\x80", ".", ".."}) {
            MemorySource named = with(source, "out/checkpoint-20/latest", tag);
            const QString brief = look(named).brief(u"out/checkpoint-20"_s);
            QVERIFY2(brief.startsWith(u"damaged no: Latest names "_s), qPrintable(brief));
        }
        MemorySource older = with(source, "out/checkpoint-20/latest", "global_step10");
        older.add("out/checkpoint-20/global_step10/mp_rank_00_model_states.pt", modelStates(1, 1, 10));
        QVERIFY2(look(older).brief(u"out/checkpoint-20"_s).startsWith(u"damaged no: "_s), qPrintable(look(older).brief(u"out/checkpoint-20"_s)));
        // The folder's name and the trainer agree, the states inside are of another step.
        MemorySource inside = with(source, "out/checkpoint-20/global_step20/mp_rank_00_model_states.pt", modelStates(2, 1, 10));
        QVERIFY2(look(inside).brief(u"out/checkpoint-20"_s).startsWith(u"damaged no: DeepSpeed's files are of step 10"_s), qPrintable(look(inside).brief(u"out/checkpoint-20"_s)));
        MemorySource mixed = with(source, "out/checkpoint-20/trainer_state.json", R"({"global_step": 30, "epoch": 1.0})");
        QVERIFY2(look(mixed).brief(u"out/checkpoint-20"_s).contains(u"DeepSpeed's files are of step 20, trainer_state.json of step 30"_s), qPrintable(look(mixed).brief(u"out/checkpoint-20"_s)));
    }
    void accelerateLocksTheRanksOfItsPieces()
    {
        MemorySource source;
        for (const char *rank : {"0", "1"}) {
            source.add("checkpoint-5/pytorch_model_fsdp_0_rank"_ba + rank + ".bin", trainingFile(1));
            source.add("checkpoint-5/optimizer_0_rank"_ba + rank + ".bin", trainingFile(1));
            source.add("checkpoint-5/random_states_"_ba + rank + ".pkl", trainingFile(1));
        }
        QCOMPARE(look(source).lines, QStringList{u"checkpoint-5 accelerate 5 whole resumable"_s});
        QCOMPARE(look(source).at(u"checkpoint-5"_s).worldSize, 2);
        QCOMPARE(firstFalseWhole(source), QString());
    }
    void deepSpeedOfOtherStages()
    {
        MemorySource three; // ZeRO 3, a tag of the script's own
        for (const char *rank : {"0", "1"}) {
            three.add("best/zero_pp_rank_"_ba + rank + "_mp_rank_00_model_states.pt", modelStates(2, 1, 7));
            three.add("best/zero_pp_rank_"_ba + rank + "_mp_rank_00_optim_states.pt", optimStates());
        }
        QCOMPARE(look(three).lines, QStringList{u"best deepspeed 7 whole resumable"_s});
        QCOMPARE(firstFalseWhole(three), QString());
        MemorySource zero; // ZeRO 0 keeps the optimizer beside the model
        zero.add("global_step3/mp_rank_00_model_states.pt",
                 torchFile(py::dict({{"module", py::model()}, {"optimizer", py::optimizer()}, {"dp_world_size", py::integer(4)}, {"mp_world_size", py::integer(1)}})));
        QCOMPARE(look(zero).lines, QStringList{u"global_step3 deepspeed 3 whole resumable"_s});
        QCOMPARE(look(zero).at(u"global_step3"_s).worldSize, 0);
        MemorySource hostile;
        hostile.add("global_step3/mp_rank_999999_model_states.pt", modelStates(2147483647, 2147483647, 3));
        hostile.add("global_step3/zero_pp_rank_999999_mp_rank_999999_optim_states.pt", "x");
        QVERIFY(look(hostile).brief(u"global_step3"_s).startsWith(u"damaged"_s));
    }
};

QTEST_APPLESS_MAIN(TestSets)
#include "tst_sets.moc"
