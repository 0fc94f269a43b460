// SPDX-License-Identifier: GPL-3.0-or-later
#include "FormatSupport.h"
#include "checkpoints/Crc32c.h"

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::ckpt;
using namespace support;

/// Megatron-LM, verl and other saves of many folders, Orbax, XGBoost, Paddle.
class TestDistributed : public QObject
{
    Q_OBJECT

    /// torch.distributed.checkpoint of four ranks, as the library wrote it.
    static void addDcp(MemorySource &source, const QByteArray &folder)
    {
        for (const char *name : {"__0_0.distcp", "__1_0.distcp", "__2_0.distcp", "__3_0.distcp", ".metadata"})
            source.add(folder + '/' + name, contents(fixture(u"dcp/step-100/"_s + QString::fromLatin1(name))));
    }
    static QByteArray legacyRank(qint32 iteration, qint32 tensor, qint32 pipeline)
    {
        const QByteArray arguments = "cargparse\nNamespace\n)\x81"_ba
            + py::dict({{"tensor_model_parallel_size", py::integer(tensor)}, {"pipeline_model_parallel_size", py::integer(pipeline)}, {"world_size", py::integer(8)}}) + "b";
        return torchFile(py::dict({{"args", arguments}, {"iteration", py::integer(iteration)}, {"model", py::model()}, {"optimizer", py::optimizer()}}));
    }
    static MemorySource legacy()
    {
        MemorySource source;
        for (const char *rank : {"mp_rank_00_000", "mp_rank_00_001", "mp_rank_01_000", "mp_rank_01_001"})
            source.add("m/iter_0000300/"_ba + rank + "/model_optim_rng.pt", legacyRank(300, 2, 2));
        source.add("m/latest_checkpointed_iteration.txt", "300");
        return source;
    }
    static MemorySource torchDist()
    {
        MemorySource source;
        addDcp(source, "m/iter_0000100");
        source.add("m/iter_0000100/common.pt", trainingFile(100));
        source.add("m/iter_0000100/metadata.json", R"({"sharded_backend": "torch_dist", "sharded_backend_version": 1, "common_backend": "torch", "common_backend_version": 1})");
        source.add("m/latest_checkpointed_iteration.txt", "100");
        return source;
    }
    static MemorySource fsdp()
    {
        MemorySource source;
        for (const char *role : {"actor", "critic"}) {
            for (const char *kind : {"model", "optim", "extra_state"}) {
                for (const char *rank : {"0", "1"})
                    source.add("run/global_step_40/"_ba + role + '/' + kind + "_world_size_2_rank_" + rank + ".pt", trainingFile(40));
            }
            source.add("run/global_step_40/"_ba + role + "/fsdp_config.json", "{}");
        }
        source.add("run/global_step_40/data.pt", trainingFile(40));
        source.add("run/latest_checkpointed_iteration.txt", "40");
        return source;
    }
    static QByteArray manifest()
    {
        const QByteArray body = "\x01\x01 the tree"_ba;
        const QByteArray head = QByteArray::fromHex("0cdb3a2a") + le<quint64>(static_cast<quint64>(12 + body.size() + 4)) + body;
        return head + le<quint32>(crc32c(head));
    }
    static MemorySource orbax()
    {
        MemorySource source;
        source.add("run/checkpoints/200/_CHECKPOINT_METADATA", R"({"init_timestamp_nsecs": 1, "commit_timestamp_nsecs": 2})");
        source.add("run/checkpoints/200/commit_success.txt", "Checkpoint commit was successful");
        source.add("run/checkpoints/200/default/_METADATA", R"x({"tree_metadata": {"('opt_state', '0')": {}}})x");
        source.add("run/checkpoints/200/default/manifest.ocdbt", manifest());
        source.tree.others["run/checkpoints/200/default/d"] = {3, 5000, 1'700'000'000'000};
        return source;
    }

private slots:
    void megatronTorchDist()
    {
        MemorySource source = torchDist();
        const Seen seen = look(source);
        QCOMPARE(seen.lines, QStringList{u"m/iter_0000100 megatron 100 whole resumable"_s});
        QCOMPARE(seen.at(u"m/iter_0000100"_s).proof, u"marker"_s);
        QCOMPARE(seen.listing.notes, QStringList());
        QCOMPARE(firstFalseWhole(source, {"latest_checkpointed_iteration.txt"}), QString());
        // An older metadata.json does not name what common.pt is of.
        MemorySource older = with(without(source, "m/iter_0000100/common.pt"), "m/iter_0000100/metadata.json", R"({"sharded_backend": "torch_dist", "sharded_backend_version": 1})");
        QVERIFY2(look(older).brief(u"m/iter_0000100"_s).startsWith(u"damaged no: common.pt is missing"_s), qPrintable(look(older).brief(u"m/iter_0000100"_s)));
    }
    void megatronLegacyNeedsEveryRank()
    {
        MemorySource source = legacy();
        const Seen seen = look(source);
        QCOMPARE(seen.lines, QStringList{u"m/iter_0000300 megatron 300 whole resumable"_s});
        const Checkpoint &c = seen.at(u"m/iter_0000300"_s);
        QCOMPARE(c.proof, u"tracker"_s);
        QCOMPARE(c.worldSize, 8);
        QCOMPARE(c.filesExpected, 4);
        QCOMPARE(firstFalseWhole(source, {"latest_checkpointed_iteration.txt"}), QString());
        // The highest ranks lost: the arguments in the others tell.
        MemorySource less = without(source, "m/iter_0000300/mp_rank_01_000/model_optim_rng.pt");
        less = without(less, "m/iter_0000300/mp_rank_01_001/model_optim_rng.pt");
        QVERIFY2(look(less).brief(u"m/iter_0000300"_s).contains(u"2 of 4 rank folders"_s), qPrintable(look(less).brief(u"m/iter_0000300"_s)));
        // A tracker proves only the step it names.
        MemorySource behind = with(source, "m/latest_checkpointed_iteration.txt", "200");
        QVERIFY(look(behind).brief(u"m/iter_0000300"_s).startsWith(u"unverified no: The tracker file names iteration 200"_s));
    }
    void megatronLegacyIsOfOneIteration()
    {
        const MemorySource source = legacy();
        MemorySource mixed = with(source, "m/iter_0000300/mp_rank_01_001/model_optim_rng.pt", legacyRank(200, 2, 2));
        QVERIFY2(look(mixed).brief(u"m/iter_0000300"_s).startsWith(u"damaged no: Its ranks are of different iterations: 200 and 300"_s), qPrintable(look(mixed).brief(u"m/iter_0000300"_s)));
    }
    void megatronLegacyNeedsExpertsAndTheirOptimizer()
    {
        const auto rank = [](bool distributed) {
            const QByteArray arguments = "cargparse\nNamespace\n)\x81"_ba
                + py::dict({{"tensor_model_parallel_size", py::integer(1)}, {"pipeline_model_parallel_size", py::integer(1)}, {"expert_model_parallel_size", py::integer(2)},
                            {"use_distributed_optimizer", distributed ? "\x88"_ba : "\x89"_ba}}) + "b";
            return torchFile(py::dict({{"args", arguments}, {"iteration", py::integer(7)}, {"model", py::model()}, {"optimizer", py::optimizer()}}));
        };
        MemorySource source;
        source.add("m/iter_0000007/mp_rank_00_000/model_optim_rng.pt", rank(true));
        source.add("m/iter_0000007/mp_rank_00_000/distrib_optim.pt", trainingFile(7));
        source.add("m/iter_0000007/mp_rank_00_001/model_optim_rng.pt", rank(true));
        source.add("m/iter_0000007/mp_rank_00_001/distrib_optim.pt", trainingFile(7));
        QCOMPARE(look(source).lines, QStringList{u"m/iter_0000007 megatron 7 whole resumable"_s});
        QCOMPARE(firstFalseWhole(source), QString());
        MemorySource less = without(source, "m/iter_0000007/mp_rank_00_001/distrib_optim.pt");
        QVERIFY(look(less).brief(u"m/iter_0000007"_s).startsWith(u"damaged no: 1 of 2 files distrib_optim.pt"_s));
        MemorySource none = without(less, "m/iter_0000007/mp_rank_00_000/distrib_optim.pt");
        QVERIFY(look(none).brief(u"m/iter_0000007"_s).startsWith(u"damaged no: 0 of 2 files distrib_optim.pt"_s));
        MemorySource expert = without(source, "m/iter_0000007/mp_rank_00_001/model_optim_rng.pt");
        expert = without(expert, "m/iter_0000007/mp_rank_00_001/distrib_optim.pt");
        QVERIFY2(look(expert).brief(u"m/iter_0000007"_s).startsWith(u"damaged no: 1 of 2 rank folders"_s), qPrintable(look(expert).brief(u"m/iter_0000007"_s)));
    }
    void msSwiftKeepsAnIterationInEachFolder()
    {
        MemorySource source;
        addDcp(source, "v0-20260101-101010/checkpoint-100/iter_0000100");
        source.add("v0-20260101-101010/checkpoint-100/iter_0000100/common.pt", trainingFile(100));
        source.add("v0-20260101-101010/checkpoint-100/iter_0000100/metadata.json", R"({"sharded_backend": "torch_dist", "common_backend": "torch"})");
        source.add("v0-20260101-101010/checkpoint-100/latest_checkpointed_iteration.txt", "100");
        source.add("v0-20260101-101010/checkpoint-100/args.json", "{}");
        const Seen seen = look(source);
        QCOMPARE(seen.lines, QStringList{u"v0-20260101-101010/checkpoint-100 megatron 100 whole resumable"_s});
        QCOMPARE(seen.listing.runs.first().path, u"v0-20260101-101010"_s);
        QCOMPARE(firstFalseWhole(source, {"latest_checkpointed_iteration.txt", "args.json"}), QString());
    }
    void slimeNeedsTheStateOfItsData()
    {
        MemorySource source = torchDist();
        source.add("m/rollout/global_dataset_state_dict_100.pt", trainingFile(100));
        QCOMPARE(look(source).lines, QStringList{u"m/iter_0000100 slime 100 whole resumable"_s});
        MemorySource older = with(without(source, "m/rollout/global_dataset_state_dict_100.pt"), "m/rollout/global_dataset_state_dict_50.pt", trainingFile(50));
        QVERIFY2(look(older).brief(u"m/iter_0000100"_s).startsWith(u"damaged no: "_s), qPrintable(look(older).brief(u"m/iter_0000100"_s)));
        MemorySource empty = with(source, "m/rollout/global_dataset_state_dict_100.pt", {});
        QVERIFY(look(empty).brief(u"m/iter_0000100"_s).startsWith(u"damaged no: "_s));
    }
    void openRlhfIsWholeInBothRoles()
    {
        MemorySource source;
        for (const char *role : {"_actor", "_critic"}) {
            for (const char *step : {"20", "40"}) {
                const QByteArray folder = "ckpt/"_ba + role + "/global_step" + step + '/';
                source.add(folder + "mp_rank_00_model_states.pt", torchFile(py::dict({{"module", py::model()}, {"global_steps", py::integer(QByteArray(step).toInt())},
                                                                                     {"dp_world_size", py::integer(1)}, {"mp_world_size", py::integer(1)}})));
                source.add(folder + "zero_pp_rank_0_mp_rank_00_optim_states.pt", torchFile(py::dict({{"optimizer_state_dict", py::optimizer()}})));
            }
            source.add("ckpt/"_ba + role + "/latest", "global_step40");
        }
        const Seen seen = look(source);
        QCOMPARE(seen.lines, (QStringList{u"ckpt/_actor/global_step20 openrlhf 20 whole resumable"_s, u"ckpt/_actor/global_step40 openrlhf 40 whole resumable"_s}));
        QCOMPARE(seen.listing.runs.size(), 1);
        QCOMPARE(seen.at(u"ckpt/_actor/global_step40"_s).files, 4);
        for (const char *name : {"mp_rank_00_model_states.pt", "zero_pp_rank_0_mp_rank_00_optim_states.pt"}) {
            MemorySource less = without(source, "ckpt/_critic/global_step40/"_ba + name);
            QVERIFY2(look(less).brief(u"ckpt/_actor/global_step40"_s).startsWith(u"damaged no: "_s), name);
            QVERIFY(look(less).brief(u"ckpt/_actor/global_step20"_s).startsWith(u"whole"_s));
        }
        for (const char *role : {"_actor", "_critic"}) { // of the step before, under the name of this one
            const QByteArray states = "ckpt/"_ba + role + "/global_step";
            MemorySource mixed = with(source, states + "40/mp_rank_00_model_states.pt", source.files[states + "20/mp_rank_00_model_states.pt"]);
            QVERIFY2(look(mixed).brief(u"ckpt/_actor/global_step40"_s).startsWith(u"damaged no: "_s), qPrintable(look(mixed).brief(u"ckpt/_actor/global_step40"_s)));
            QVERIFY(look(mixed).brief(u"ckpt/_actor/global_step20"_s).startsWith(u"whole"_s));
        }
        const auto withoutFolder = [&](const QByteArray &folder) {
            MemorySource less;
            for (const Entry &entry : source.tree.files) {
                if (!entry.path.startsWith(folder))
                    less.add(entry.path, source.files[entry.path]);
            }
            return less;
        };
        MemorySource critic = withoutFolder("ckpt/_critic/global_step40/");
        QVERIFY2(look(critic).brief(u"ckpt/_actor/global_step40"_s).startsWith(u"damaged no: _critic has no save"_s), qPrintable(look(critic).brief(u"ckpt/_actor/global_step40"_s)));
        MemorySource actor = withoutFolder("ckpt/_actor/global_step40/");
        QVERIFY(look(actor).brief(u"ckpt/_critic/global_step40"_s).startsWith(u"damaged no: _actor has no save"_s));
        MemorySource alone = withoutFolder("ckpt/_critic/"); // methods without a critic
        QVERIFY(look(alone).brief(u"ckpt/_actor/global_step40"_s).startsWith(u"whole resumable"_s));
    }
    void verlNeedsItsExtraStates()
    {
        MemorySource source = fsdp();
        MemorySource less = source;
        for (const char *rank : {"0", "1"})
            less = without(less, "run/global_step_40/critic/extra_state_world_size_2_rank_"_ba + rank + ".pt");
        QVERIFY2(look(less).brief(u"run/global_step_40"_s).startsWith(u"damaged no: Critic: 0 of 2 extra_state files"_s), qPrintable(look(less).brief(u"run/global_step_40"_s)));
        MemorySource flat; // supervised fine-tuning
        for (const char *step : {"10", "20"}) {
            for (const char *kind : {"model", "optim"}) {
                for (const char *rank : {"0", "1"})
                    flat.add("sft/global_step_"_ba + step + '/' + kind + "_world_size_2_rank_" + rank + ".pt", trainingFile(1));
            }
        }
        for (const QString &line : look(flat).lines)
            QVERIFY2(line.endsWith(u"whole resumable"_s), qPrintable(line)); // the run saves none
        for (const char *rank : {"0", "1"})
            flat.add("sft/global_step_10/extra_state_world_size_2_rank_"_ba + rank + ".pt", trainingFile(1));
        QVERIFY(look(flat).brief(u"sft/global_step_10"_s).startsWith(u"whole resumable"_s));
        QVERIFY(look(flat).brief(u"sft/global_step_20"_s).startsWith(u"damaged no: "_s));
    }
    void savesOfNemoAndAreal()
    {
        MemorySource nemo;
        const QByteArray name = "results/gpt--val_loss=1.50-step=99-last";
        addDcp(nemo, name + "/weights");
        nemo.add(name + "/weights/common.pt", trainingFile(99));
        nemo.add(name + "/weights/metadata.json", R"({"sharded_backend": "torch_dist"})");
        nemo.tree.others[name + "/context"] = {2, 500, 1'700'000'000'000};
        QCOMPARE(look(nemo).lines, QStringList{QString::fromLatin1(name) + u" nemo 99 whole resumable"_s});
        MemorySource unfinished = nemo;
        unfinished.add(name + "-unfinished", "");
        QVERIFY(look(unfinished).brief(QString::fromLatin1(name)).startsWith(u"damaged no: The marker"_s));
        MemorySource cut = with(nemo, name + "/weights/common.pt", {});
        cut.tree.others = nemo.tree.others;
        QVERIFY(look(cut).brief(QString::fromLatin1(name)).startsWith(u"damaged"_s));

        MemorySource automodel;
        addDcp(automodel, "ckpt/epoch_0_step_30/model");
        addDcp(automodel, "ckpt/epoch_0_step_30/optim");
        QCOMPARE(look(automodel).lines, QStringList{u"ckpt/epoch_0_step_30 automodel 30 whole resumable"_s});
        QCOMPARE(look(automodel).at(u"ckpt/epoch_0_step_30"_s).epoch, 0.0);
        QCOMPARE(firstFalseWhole(automodel), QString());
        automodel.add("ckpt/epoch_0_step_30/.incomplete", "");
        QVERIFY(look(automodel).brief(u"ckpt/epoch_0_step_30"_s).startsWith(u"damaged no: The marker"_s));

        MemorySource areal;
        addDcp(areal, "exp/default/recover_checkpoint");
        areal.add("exp/recover_info/step_info.json", R"({"epoch": 0, "epoch_step": 4, "global_step": 54})");
        QCOMPARE(look(areal).lines, QStringList{u"exp/default/recover_checkpoint areal 54 whole resumable"_s});
        QCOMPARE(firstFalseWhole(areal), QString());
        MemorySource newer = without(areal, "exp/default/recover_checkpoint/__3_0.distcp"); // written over in place, and broken off
        newer.add("exp/default/recover_checkpoint/__3_0.distcp", areal.files["exp/default/recover_checkpoint/__3_0.distcp"], 1'700'000'060'000);
        QVERIFY(look(newer).brief(u"exp/default/recover_checkpoint"_s).startsWith(u"unverified no: "_s));
    }
    void orbaxComparesTheDataOfItsSteps()
    {
        MemorySource source;
        for (const char *step : {"100", "200", "300"}) {
            const MemorySource one = orbax();
            for (const Entry &entry : one.tree.files)
                source.add(QByteArray(entry.path).replace("/200/", "/"_ba + step + '/'), one.files[entry.path]);
            source.tree.others["run/checkpoints/"_ba + step + "/default/d"] = {3, 5000, 1'700'000'000'000};
        }
        QCOMPARE(look(source).lines.filter(u"whole resumable"_s).size(), 3);
        for (const Tree::Others &lost : {Tree::Others{2, 4900, 1'700'000'000'000}, Tree::Others{3, 2600, 1'700'000'000'000}}) {
            MemorySource less = source;
            less.tree.others["run/checkpoints/300/default/d"] = lost;
            QVERIFY2(look(less).brief(u"run/checkpoints/300"_s).startsWith(u"unverified no: Default has less data"_s), qPrintable(look(less).brief(u"run/checkpoints/300"_s)));
            QVERIFY(look(less).brief(u"run/checkpoints/200"_s).startsWith(u"whole resumable"_s));
        }
        MemorySource zeros = source; // an optimizer that has made no step takes no place
        zeros.tree.others["run/checkpoints/100/default/d"] = {3, 1700, 1'700'000'000'000};
        QCOMPARE(look(zeros).lines.filter(u"whole resumable"_s).size(), 3);
    }
    void verlNeedsEveryRankOfEveryRole()
    {
        MemorySource source = fsdp();
        const Seen seen = look(source);
        QCOMPARE(seen.lines, QStringList{u"run/global_step_40 verl 40 whole resumable"_s});
        const Checkpoint &c = seen.at(u"run/global_step_40"_s);
        QCOMPARE(c.worldSize, 2);
        QCOMPARE(c.proof, u"tracker"_s);
        QCOMPARE(c.filesExpected, 12);
        QCOMPARE(seen.listing.notes, QStringList());
        QCOMPARE(firstFalseWhole(source, {"latest_checkpointed_iteration.txt", "fsdp_config.json"}), QString());
        // A step beyond the tracker was not finished; one before it was.
        MemorySource behind = with(source, "run/latest_checkpointed_iteration.txt", "20");
        QVERIFY(look(behind).brief(u"run/global_step_40"_s).startsWith(u"unverified no: "_s));
        MemorySource later = with(source, "run/latest_checkpointed_iteration.txt", "60");
        QVERIFY(look(later).brief(u"run/global_step_40"_s).startsWith(u"whole resumable: "_s));
        // A role that another save has.
        for (const char *kind : {"model", "optim", "extra_state"}) {
            for (const char *rank : {"0", "1"})
                source.add("run/global_step_20/actor/"_ba + kind + "_world_size_2_rank_" + rank + ".pt", trainingFile(20));
        }
        source.add("run/global_step_20/data.pt", trainingFile(20));
        QVERIFY(look(source).brief(u"run/global_step_20"_s).contains(u"critic is missing"_s));
    }
    void verlWithoutAnOptimizerIsWeights()
    {
        MemorySource source;
        for (const char *rank : {"0", "1", "2"})
            source.add("global_step_7/model_world_size_3_rank_"_ba + rank + ".pt", trainingFile(7));
        QCOMPARE(look(source).lines, QStringList{u"global_step_7 verl 7 whole no"_s});
    }
    void verlOnMegatronEndsWithItsContents()
    {
        MemorySource source;
        for (const char *part : {"model", "optimizer", "extra"})
            addDcp(source, "run/global_step_5/actor/"_ba + part + "/dist_ckpt");
        source.add("run/global_step_5/actor/ckpt_contents.json", R"({"schema_version": 2, "global_step": 5, "world_size": 4, "save_contents": ["model", "optimizer", "extra"]})");
        source.add("run/global_step_5/data.pt", trainingFile(5));
        const Seen seen = look(source);
        QCOMPARE(seen.lines, QStringList{u"run/global_step_5 verl 5 whole resumable"_s});
        QCOMPARE(seen.at(u"run/global_step_5"_s).proof, u"marker"_s);
        QCOMPARE(firstFalseWhole(source), QString());
    }
    void treesOfRolesAreWholeOnlyAltogether()
    {
        MemorySource llama; // LLaMA-Factory's own trainer
        addDcp(llama, "out/checkpoint-8/model");
        addDcp(llama, "out/checkpoint-8/optimizer");
        llama.add("out/checkpoint-8/rng_state/rank_0.pt", trainingFile(8));
        llama.add("out/checkpoint-8/CHECKPOINT_COMPLETE", "done");
        QCOMPARE(look(llama).lines, QStringList{u"out/checkpoint-8 llama-factory 8 whole resumable"_s});
        QCOMPARE(look(llama).at(u"out/checkpoint-8"_s).proof, u"marker"_s);
        MemorySource unmarked = without(llama, "out/checkpoint-8/CHECKPOINT_COMPLETE");
        QVERIFY(look(unmarked).brief(u"out/checkpoint-8"_s).startsWith(u"damaged no: CHECKPOINT_COMPLETE"_s));

        MemorySource sky;
        for (const char *kind : {"model", "optim", "extra_state"}) {
            for (const char *rank : {"0", "1"})
                sky.add("run/global_step_6/policy/"_ba + kind + "_world_size_2_rank_" + rank + ".pt", trainingFile(6));
        }
        sky.add("run/global_step_6/data.pt", trainingFile(6));
        sky.add("run/global_step_6/trainer_state.pt", trainingFile(6));
        sky.add("run/latest_ckpt_global_step.txt", "6");
        QCOMPARE(look(sky).lines, QStringList{u"run/global_step_6 skyrl 6 whole resumable"_s});
        QCOMPARE(look(sky).at(u"run/global_step_6"_s).worldSize, 2);
        QCOMPARE(look(sky).at(u"run/global_step_6"_s).proof, u"tracker"_s);
        QCOMPARE(firstFalseWhole(sky, {"latest_ckpt_global_step.txt"}), QString());

        MemorySource nemo;
        addDcp(nemo, "results/step_4/policy/weights");
        addDcp(nemo, "results/step_4/policy/optimizer");
        nemo.add("results/step_4/training_info.json", R"({"step": 4})");
        nemo.add("results/step_4/train_dataloader.pt", trainingFile(4));
        QCOMPARE(look(nemo).lines, QStringList{u"results/step_4 nemo-rl 4 whole resumable"_s});
        QCOMPARE(firstFalseWhole(nemo), QString());

        MemorySource prime;
        addDcp(prime, "checkpoints/step_9/trainer");
        prime.add("checkpoints/step_9/orchestrator/progress.pt", trainingFile(9));
        QCOMPARE(look(prime).lines, QStringList{u"checkpoints/step_9 prime-rl 9 whole resumable"_s});
        QCOMPARE(firstFalseWhole(prime), QString());
        QCOMPARE(look(prime).listing.notes, QStringList());
    }
    void paddleCannotBeChecked()
    {
        MemorySource source;
        source.add("ckpt/step_7.pdparams", "\x80\x02" + py::dict({{"w", py::integer(1)}}) + ".");
        source.add("ckpt/step_7.pdopt", "\x80\x02" + py::dict({{"m", py::integer(1)}}) + ".");
        source.add("ckpt/step_8.pdparams", "");
        QCOMPARE(look(source).lines, (QStringList{u"ckpt/step_7 paddle 7 unverified no"_s, u"ckpt/step_8 paddle 8 damaged no"_s}));
    }
    void orbaxEndsWithItsCommit()
    {
        MemorySource source = orbax();
        const Seen seen = look(source);
        QCOMPARE(seen.lines, QStringList{u"run/checkpoints/200 orbax 200 whole resumable"_s});
        QCOMPARE(seen.at(u"run/checkpoints/200"_s).bytes, 5000 + source.files["run/checkpoints/200/default/manifest.ocdbt"].size() + 32 + 56 + 45);
        QCOMPARE(seen.at(u"run/checkpoints/200"_s).proof, u"marker"_s);
        MemorySource open = with(source, "run/checkpoints/200/_CHECKPOINT_METADATA", R"({"init_timestamp_nsecs": 1, "commit_timestamp_nsecs": null})");
        open.tree.others = source.tree.others;
        QVERIFY(look(open).brief(u"run/checkpoints/200"_s).startsWith(u"damaged no: _CHECKPOINT_METADATA says"_s));
        for (const char *name : {"default/manifest.ocdbt", "default/_METADATA"}) {
            const QByteArray path = "run/checkpoints/200/"_ba + name;
            MemorySource cut = with(source, path, source.files[path].chopped(3));
            cut.tree.others = source.tree.others;
            QVERIFY2(look(cut).brief(u"run/checkpoints/200"_s).startsWith(u"damaged"_s), name);
        }
        MemorySource gone = source;
        gone.tree.others.clear();
        QVERIFY(look(gone).brief(u"run/checkpoints/200"_s).contains(u"data of default is gone"_s));
        gone.tree.partial = true;
        QVERIFY(look(gone).brief(u"run/checkpoints/200"_s).startsWith(u"unverified"_s));
        MemorySource temporary;
        for (const Entry &entry : source.tree.files)
            temporary.add(QByteArray(entry.path).replace("/200/", "/300.orbax-checkpoint-tmp/"), source.files[entry.path]);
        const Seen hidden = look(temporary);
        QCOMPARE(hidden.lines, QStringList());
        QVERIFY(hidden.listing.notes.join(u' ').contains(u"temporary"_s));
    }
    void orbaxNeedsEveryFileOfAnItem()
    {
        const QByteArray step = "run/checkpoints/200";
        MemorySource source = orbax();
        source.add(step + "/default/ocdbt.process_0/manifest.ocdbt", manifest());
        source.tree.others[step + "/default/ocdbt.process_0/d"] = {4, 9000, 1'700'000'000'000};
        QVERIFY2(look(source).brief(u"run/checkpoints/200"_s).contains(u"each of its 1 items"_s), qPrintable(look(source).brief(u"run/checkpoints/200"_s)));
        for (const char *name : {"manifest.ocdbt", "_METADATA"}) {
            MemorySource less = without(source, step + "/default/" + name);
            less.tree.others = source.tree.others;
            const QString brief = look(less).brief(u"run/checkpoints/200"_s);
            QVERIFY2(brief.startsWith(u"damaged no: "_s) && brief.contains(QLatin1String(name) + u" of default is missing"_s), qPrintable(brief));
            MemorySource empty = with(source, step + "/default/" + name, {});
            empty.tree.others = source.tree.others;
            QVERIFY2(look(empty).brief(u"run/checkpoints/200"_s).startsWith(u"damaged no: "_s), name);
        }
        // One file of the tree is empty; or one that a process wrote, which may be a leftover.
        MemorySource empty = source;
        empty.tree.others[step + "/default/d"].empty = 1;
        QVERIFY(look(empty).brief(u"run/checkpoints/200"_s).startsWith(u"damaged no: A file with data of default is empty"_s));
        MemorySource leftover = source;
        leftover.tree.others[step + "/default/ocdbt.process_0/d"] = {4, 0, 1'700'000'000'000, 4};
        QVERIFY(look(leftover).brief(u"run/checkpoints/200"_s).startsWith(u"unverified no: "_s));
        // Without OCDBT there is no manifest.
        MemorySource zarr = without(source, step + "/default/manifest.ocdbt");
        zarr = without(zarr, step + "/default/ocdbt.process_0/manifest.ocdbt");
        zarr.tree.others[step + "/default/params.w"] = {3, 5000, 1'700'000'000'000};
        QVERIFY2(look(zarr).brief(u"run/checkpoints/200"_s).startsWith(u"whole"_s), qPrintable(look(zarr).brief(u"run/checkpoints/200"_s)));
    }
    void orbaxNeedsTheItemsOfItsRun()
    {
        MemorySource source;
        for (const char *step : {"100", "200"}) {
            for (const Entry &entry : orbax().tree.files)
                source.add(QByteArray(entry.path).replace("/200/", "/"_ba + step + '/'), orbax().files[entry.path]);
            source.tree.others["run/checkpoints/"_ba + step + "/default/d"] = {3, 5000, 1'700'000'000'000};
            source.add("run/checkpoints/"_ba + step + "/meta/commit_success.txt", "x");
            source.tree.others["run/checkpoints/"_ba + step + "/meta"] = {1, 8, 1'700'000'000'000};
        }
        QVERIFY(look(source).brief(u"run/checkpoints/200"_s).startsWith(u"whole resumable"_s));
        MemorySource less = without(source, "run/checkpoints/200/meta/commit_success.txt");
        less.tree.others = source.tree.others;
        less.tree.others.remove("run/checkpoints/200/meta");
        QVERIFY2(look(less).brief(u"run/checkpoints/200"_s).startsWith(u"damaged no: Meta is missing, which step 100"_s), qPrintable(look(less).brief(u"run/checkpoints/200"_s)));
        QVERIFY(look(less).brief(u"run/checkpoints/100"_s).startsWith(u"whole resumable"_s));
        MemorySource empty = source;
        empty.tree.others["run/checkpoints/200/meta"].bytes = 0;
        QVERIFY(look(empty).brief(u"run/checkpoints/200"_s).contains(u"the files of meta are empty"_s, Qt::CaseInsensitive));
    }
    void whatWasAModelIsNotPassedOver()
    {
        const QByteArray model = R"({"learner": {"a": 1}, "version": [2, 0, 0]})";
        for (const QByteArray &bytes : {QByteArray(), "\xf3\x91\x07 noise"_ba, QByteArray(2000, '\0')}) {
            MemorySource source;
            source.add("model_5.json", model);
            source.add("model_10.json", bytes);
            QVERIFY2(look(source).brief(u"model_10.json"_s).startsWith(u"damaged no: "_s), qPrintable(look(source).brief(u"model_10.json"_s)));
            MemorySource alone; // nothing says what it was
            alone.add("model_10.json", bytes);
            QCOMPARE(look(alone).lines, QStringList());
            QVERIFY2(look(alone).listing.notes.join(u' ').contains(u"model_10.json"_s), qPrintable(look(alone).listing.notes.join(u' ')));
        }
        MemorySource others;
        others.add("model_5.json", model);
        others.add("model_6.json", R"({"settings": 1})");
        others.add("model_notes.json", "");
        QCOMPARE(look(others).lines.size(), 1);
        MemorySource empty;
        empty.add("a/lgb_model.txt", {});
        empty.add("b/model.ckpt.index", {});
        empty.add("c/model.h5", QByteArray(3000, '\0'));
        empty.add("d/step-9.pt", torchFile("cposix\nsystem\n(" + py::text("id") + "tR"));
        const Seen seen = look(empty);
        QVERIFY2(seen.brief(u"a/lgb_model.txt"_s).startsWith(u"damaged no: "_s), qPrintable(seen.brief(u"a/lgb_model.txt"_s)));
        QVERIFY2(seen.brief(u"b/model.ckpt"_s).startsWith(u"damaged no: "_s), qPrintable(seen.brief(u"b/model.ckpt"_s)));
        QVERIFY2(seen.listing.notes.join(u' ').contains(u"c/model.h5"_s), qPrintable(seen.listing.notes.join(u' ')));
        QVERIFY2(seen.brief(u"d/step-9.pt"_s).startsWith(u"unverified no: "_s) && seen.brief(u"d/step-9.pt"_s).contains(u"posix.system"_s), qPrintable(seen.brief(u"d/step-9.pt"_s)));
    }
    void xgboostModelsAreFollowedToTheirEnd()
    {
        const QByteArray model = contents(fixture(u"xgboost/run/model_5.ubj"_s));
        QVERIFY(model.size() > 1000);
        MemorySource source;
        source.add("model_5.ubj", model);
        QCOMPARE(look(source).lines, QStringList{u"model_5.ubj xgboost 5 whole resumable"_s});
        for (qsizetype length = 0; length < model.size(); length += 7) {
            MemorySource cut;
            cut.add("model_5.ubj", model.left(length));
            QVERIFY2(!look(cut).lines.first().contains(u"whole"_s), qPrintable(QString::number(length)));
        }
        quint32 seed = 7;
        for (int round = 0; round < 3000; ++round) {
            QByteArray noise = model;
            for (int i = 0; i < 3; ++i) {
                seed = seed * 1664525u + 1013904223u;
                noise[static_cast<qsizetype>((seed >> 8) % static_cast<quint32>(noise.size()))] = static_cast<char>(seed >> 3);
            }
            MemorySource bad;
            bad.add("model_5.ubj", noise);
            QCOMPARE(look(bad).lines.size(), 1);
        }
        MemorySource deep; // nesting must not use up the stack
        deep.add("model_5.ubj", QByteArray(1'000'000, '['));
        QVERIFY(look(deep).lines.first().contains(u"damaged"_s));
        MemorySource endless; // a count that would run for years
        endless.add("model_6.ubj", "{U\x01" "a[$Z#L\x7f\xff\xff\xff\xff\xff\xff\xff" "U\x01" "b[#L\x7f\xff\xff\xff\xff\xff\xff\xff"_ba);
        QVERIFY(look(endless).lines.first().contains(u"damaged"_s));
    }
};

QTEST_APPLESS_MAIN(TestDistributed)
#include "tst_distributed.moc"
