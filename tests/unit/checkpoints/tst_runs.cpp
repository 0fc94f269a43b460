// SPDX-License-Identifier: GPL-3.0-or-later
#include "FormatSupport.h"

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::ckpt;
using namespace support;

/// What the files of a save, and the saves of a run, tell about each other; and which of too many are looked into.
class TestRuns : public QObject
{
    Q_OBJECT

    static QByteArray safetensors(const QByteArrayList &names)
    {
        QByteArrayList tensors;
        for (qsizetype i = 0; i < names.size(); ++i)
            tensors << "\"" + names[i] + "\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[" + QByteArray::number(4 * i) + ',' + QByteArray::number(4 * i + 4) + "]}";
        const QByteArray header = '{' + tensors.join(',') + '}';
        return le<quint64>(static_cast<quint64>(header.size())) + header + QByteArray(4 * names.size(), 'w');
    }
    static QByteArray modelStates(qint32 dp, qint32 mp, qint32 step, const QByteArray &more = {})
    {
        return torchFile("}(" + py::text("module") + py::model() + py::text("global_steps") + py::integer(step) + py::text("dp_world_size") + py::integer(dp)
                         + py::text("mp_world_size") + py::integer(mp) + more + "u");
    }
    static QByteArray optimStates(qint32 step)
    {
        return torchFile(py::dict({{"optimizer_state_dict", py::dict({{"state", py::dict({{"exp_avg", py::tensor()}, {"step", py::integer(step)}})},
                                                                      {"param_groups", py::list({py::dict({{"lr", py::integer(1)}})})}})}}));
    }
    static MemorySource experts(const QByteArray &tag, qint32 step)
    {
        MemorySource source;
        const QByteArray counts = py::text("num_experts") + py::list({py::integer(2), py::integer(2)});
        source.add("run/" + tag + "/mp_rank_00_model_states.pt", modelStates(2, 1, step, counts));
        for (const char *layer : {"0", "1"}) {
            for (const char *expert : {"0", "1"})
                source.add("run/" + tag + "/layer_" + layer + "_expert_" + expert + "_mp_rank_00_model_states.pt", torchFile(py::model()));
        }
        for (const char *rank : {"0", "1"})
            source.add("run/" + tag + "/expp_rank_" + rank + "_mp_rank_00_optim_states.pt", optimStates(step));
        return source;
    }
    /// A tensor of one number, in the storage 1.
    static QByteArray scalar()
    {
        return "ctorch._utils\n_rebuild_tensor_v2\n((" + py::text("storage") + "ctorch\nFloatStorage\n" + py::text("1") + py::text("cpu") + py::integer(1)
            + "tQ" + py::integer(0) + "))\x89" + "ccollections\nOrderedDict\n)RtR";
    }
    static void add(MemorySource &into, const MemorySource &from)
    {
        for (const Entry &entry : from.tree.files)
            into.add(entry.path, from.files[entry.path]);
    }
    static MemorySource pipeline(const QByteArray &tag, const QByteArrayList &layers)
    {
        MemorySource source;
        for (const char *rank : {"00", "01"})
            source.add("run/" + tag + "/mp_rank_" + rank + "_model_states.pt", modelStates(1, 2, 8));
        for (const QByteArray &layer : layers)
            source.add("run/" + tag + "/layer_" + layer + "-model_00-model_states.pt", torchFile(py::model()));
        for (const char *rank : {"00", "01"})
            source.add("run/" + tag + "/zero_pp_rank_0_mp_rank_" + rank + "_optim_states.pt", optimStates(8));
        return source;
    }
    static MemorySource accelerate(const QByteArray &step)
    {
        MemorySource source;
        const QByteArray folder = "sd/checkpoint-" + step + '/';
        for (const char *name : {"model.safetensors", "model_1.safetensors"})
            source.add(folder + name, safetensors({"a", "b"}));
        for (const char *name : {"optimizer.bin", "optimizer_1.bin", "scheduler.bin", "random_states_0.pkl", "random_states_1.pkl", "custom_checkpoint_0.pkl"})
            source.add(folder + name, trainingFile(1));
        return source;
    }

private slots:
    void deepSpeedNeedsEveryExpert()
    {
        MemorySource source = experts("global_step8", 8);
        QCOMPARE(look(source).lines, QStringList{u"run/global_step8 deepspeed 8 whole resumable"_s});
        QCOMPARE(firstFalseWhole(source), QString());
        // Alone, nothing tells of the highest rank of the experts' optimizer, unless the other optimizer files do.
        const QByteArray highest = "run/global_step8/expp_rank_1_mp_rank_00_optim_states.pt";
        MemorySource parted = without(source, highest);
        QVERIFY(look(parted).brief(u"run/global_step8"_s).startsWith(u"unverified no: "_s));
        for (const char *rank : {"0", "1"}) {
            parted.add("run/global_step8/zero_pp_rank_"_ba + rank + "_mp_rank_00_optim_states.pt",
                       torchFile(py::dict({{"optimizer_state_dict", py::dict({{"partition_count", py::list({py::integer(2), py::integer(1)})}, {"base", py::optimizer()}})}})));
        }
        QVERIFY2(look(parted).brief(u"run/global_step8"_s).startsWith(u"damaged no: 1 of 4 files with optimizer states"_s), qPrintable(look(parted).brief(u"run/global_step8"_s)));
        for (const char *lost : {"layer_0_expert_1", "layer_1_expert_0", "layer_1_expert_1"}) {
            MemorySource less = without(source, "run/global_step8/"_ba + lost + "_mp_rank_00_model_states.pt");
            QVERIFY2(look(less).brief(u"run/global_step8"_s).startsWith(u"damaged no: 1 of 4 files of experts"_s), qPrintable(look(less).brief(u"run/global_step8"_s)));
        }
        MemorySource all = without(source, "run/global_step8/layer_1_expert_0_mp_rank_00_model_states.pt");
        all = without(all, "run/global_step8/layer_1_expert_1_mp_rank_00_model_states.pt"); // a whole layer
        QVERIFY(look(all).brief(u"run/global_step8"_s).startsWith(u"damaged no: 2 of 4 files of experts"_s));
        MemorySource two = source;
        add(two, experts("global_step16", 16));
        QCOMPARE(look(two).lines.size(), 2);
        for (const QString &line : look(two).lines)
            QVERIFY2(line.endsWith(u"whole resumable"_s), qPrintable(line));
        for (const char *name : {"expp_rank_0", "expp_rank_1"}) {
            MemorySource rank = without(two, "run/global_step16/"_ba + name + "_mp_rank_00_optim_states.pt");
            QVERIFY2(look(rank).brief(u"run/global_step16"_s).startsWith(u"damaged no: "_s), qPrintable(look(rank).brief(u"run/global_step16"_s)));
        }
        MemorySource mixed = with(two, "run/global_step16/mp_rank_00_model_states.pt", two.files["run/global_step8/mp_rank_00_model_states.pt"]);
        QVERIFY2(look(mixed).brief(u"run/global_step16"_s).startsWith(u"damaged no: "_s), qPrintable(look(mixed).brief(u"run/global_step16"_s)));
        QVERIFY(look(mixed).brief(u"run/global_step8"_s).startsWith(u"whole resumable: "_s));
    }
    void deepSpeedNeedsEveryLayerOfAPipeline()
    {
        MemorySource source = pipeline("global_step8", {"00", "01", "02"});
        QCOMPARE(look(source).lines, QStringList{u"run/global_step8 deepspeed 8 whole resumable"_s});
        // A layer without parameters has no file: alone, nothing tells.
        MemorySource gap = pipeline("global_step8", {"00", "02"});
        QVERIFY(look(gap).brief(u"run/global_step8"_s).startsWith(u"unverified no: "_s));
        add(gap, pipeline("global_step16", {"00", "02"}));
        QVERIFY(look(gap).brief(u"run/global_step8"_s).startsWith(u"whole resumable: "_s));
        for (const QByteArrayList &layers : {QByteArrayList{"00", "02"}, QByteArrayList{"00", "01"}}) {
            MemorySource other = source;
            add(other, pipeline("global_step16", layers));
            QVERIFY2(look(other).brief(u"run/global_step16"_s).startsWith(u"damaged no: "_s), qPrintable(look(other).brief(u"run/global_step16"_s)));
            QVERIFY(look(other).brief(u"run/global_step8"_s).startsWith(u"whole resumable: "_s));
        }
    }
    void deepSpeedOfOneStep()
    {
        MemorySource source = pipeline("global_step8", {"00", "01", "02"});
        MemorySource model = with(source, "run/global_step8/mp_rank_01_model_states.pt", modelStates(1, 2, 16));
        QVERIFY2(look(model).brief(u"run/global_step8"_s).startsWith(u"damaged no: Its files are of different steps: 8 and 16"_s), qPrintable(look(model).brief(u"run/global_step8"_s)));
        MemorySource optimizer = with(source, "run/global_step8/zero_pp_rank_0_mp_rank_01_optim_states.pt", optimStates(16));
        QVERIFY(look(optimizer).brief(u"run/global_step8"_s).contains(u"of different steps: 8 and 16"_s));
    }
    void aCounterMayBeATensor()
    {
        const auto states = [](float step) {
            const QByteArray state = py::dict({{"step", scalar()}, {"exp_avg", py::tensor()}});
            const QByteArray value = py::dict({{"optimizer_state_dict", py::dict({{"state", state}, {"param_groups", py::list({py::dict({{"lr", py::integer(1)}})})}})}});
            QByteArray bytes(4, '\0');
            qToLittleEndian<float>(step, bytes.data());
            return zipOf({{"archive/data.pkl", "\x80\x02" + value + "."}, {"archive/data/0", QByteArray(16, '\1')}, {"archive/data/1", bytes}, {"archive/version", "3\n"}});
        };
        MemorySource source;
        source.add("run/global_step20/mp_rank_00_model_states.pt", modelStates(2, 1, 20));
        source.add("run/global_step20/zero_pp_rank_0_mp_rank_00_optim_states.pt", states(20));
        source.add("run/global_step20/zero_pp_rank_1_mp_rank_00_optim_states.pt", states(20));
        const QString path = u"run/global_step20"_s;
        QVERIFY2(look(source).brief(path).startsWith(u"whole resumable: "_s), qPrintable(look(source).brief(path)));
        MemorySource rank = with(source, "run/global_step20/zero_pp_rank_1_mp_rank_00_optim_states.pt", states(10));
        QVERIFY2(look(rank).brief(path).startsWith(u"damaged no: Its files are of different steps: 10 and 20"_s), qPrintable(look(rank).brief(path)));
        // Without another save of the run, the optimizer and the name stand against the model.
        MemorySource model = with(source, "run/global_step20/mp_rank_00_model_states.pt", modelStates(2, 1, 10));
        QVERIFY2(look(model).brief(path).startsWith(u"damaged no: Its model states are of step 10, its optimizer states of step 20"_s), qPrintable(look(model).brief(path)));
        for (const float odd : {-1.0F, 0.5F, std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
            MemorySource strange = with(source, "run/global_step20/zero_pp_rank_1_mp_rank_00_optim_states.pt", states(odd));
            QVERIFY(look(strange).brief(path).startsWith(u"whole resumable: "_s)); // no counter
        }
    }
    void aScriptMayCountOtherwise()
    {
        const auto save = [](const QByteArray &tag, qint32 counted) {
            MemorySource one;
            one.add("run/" + tag + "/mp_rank_00_model_states.pt", modelStates(1, 1, counted));
            one.add("run/" + tag + "/zero_pp_rank_0_mp_rank_00_optim_states.pt", torchFile(py::dict({{"optimizer_state_dict", py::optimizer()}})));
            return one;
        };
        MemorySource run = save("global_step10", 40);
        QVERIFY2(look(run).brief(u"run/global_step10"_s).startsWith(u"unverified no: "_s), qPrintable(look(run).brief(u"run/global_step10"_s)));
        add(run, save("global_step20", 80));
        QVERIFY(look(run).brief(u"run/global_step10"_s).startsWith(u"whole resumable: "_s));
        QVERIFY(look(run).brief(u"run/global_step20"_s).startsWith(u"whole resumable: "_s));
        add(run, save("global_step30", 80)); // which of the two is real, nothing tells
        QVERIFY(look(run).brief(u"run/global_step20"_s).startsWith(u"unverified no: "_s));
        QVERIFY(look(run).brief(u"run/global_step30"_s).startsWith(u"unverified no: "_s));
    }
    void universalCheckpointsHaveAFolderForEachParameter()
    {
        MemorySource source;
        const QByteArray folder = "run/global_step8_universal/";
        const QByteArray shapes = py::text("param_shapes") + py::list({py::dict({{"h.0.weight", py::none()}, {"h.1.weight", py::none()}})});
        source.add(folder + "mp_rank_00_model_states.pt", modelStates(4, 1, 8, shapes));
        source.add(folder + "zero/optimizer_state.pt", trainingFile(8));
        for (const char *parameter : {"h.0.weight", "h.1.weight"}) {
            for (const char *state : {"fp32.pt", "exp_avg.pt", "exp_avg_sq.pt"})
                source.add(folder + "zero/" + parameter + '/' + state, torchFile(py::tensor()));
        }
        const Seen seen = look(source);
        QCOMPARE(seen.lines, QStringList{u"run/global_step8_universal deepspeed 8 whole resumable"_s});
        QCOMPARE(seen.at(u"run/global_step8_universal"_s).worldSize, 0);
        QCOMPARE(seen.at(u"run/global_step8_universal"_s).files, 8);
        QCOMPARE(firstFalseWhole(source), QString());
        MemorySource less;
        for (const Entry &entry : source.tree.files) {
            if (!entry.path.contains("h.1.weight"))
                less.add(entry.path, source.files[entry.path]);
        }
        QVERIFY2(look(less).brief(u"run/global_step8_universal"_s).startsWith(u"damaged no: 1 of 2 parameters"_s), qPrintable(look(less).brief(u"run/global_step8_universal"_s)));
    }
    void aSaveLacksWhatTheOthersHave()
    {
        MemorySource source = accelerate("500");
        add(source, accelerate("1000"));
        add(source, accelerate("1500"));
        const QStringList whole{u"sd/checkpoint-1000 accelerate 1000 whole resumable"_s, u"sd/checkpoint-1500 accelerate 1500 whole resumable"_s, u"sd/checkpoint-500 accelerate 500 whole resumable"_s};
        QCOMPARE(look(source).lines, whole);
        for (const char *name : {"model.safetensors", "model_1.safetensors", "optimizer_1.bin", "scheduler.bin", "custom_checkpoint_0.pkl"}) {
            MemorySource less = without(source, "sd/checkpoint-1500/"_ba + name);
            const QString brief = look(less).brief(u"sd/checkpoint-1500"_s);
            QVERIFY2(brief.startsWith(u"damaged no: "_s) && brief.contains(QLatin1String(name) + u" is missing, which all other saves"_s), qPrintable(brief));
            QVERIFY(look(less).brief(u"sd/checkpoint-1000"_s).startsWith(u"whole resumable"_s));
        }
        QVERIFY(look(source).listing.runs.first().latestResumable.endsWith(u"checkpoint-1500"_s));
        MemorySource rank = without(source, "sd/checkpoint-1500/random_states_1.pkl");
        QVERIFY(look(rank).brief(u"sd/checkpoint-1500"_s).startsWith(u"unverified no: "_s));
        // The ranks count together.
        MemorySource mixed = with(source, "sd/checkpoint-1500/random_states_1.pkl", trainingFile(2));
        QVERIFY2(look(mixed).brief(u"sd/checkpoint-1500"_s).startsWith(u"damaged no: Its files are of different steps: 1 and 2"_s), qPrintable(look(mixed).brief(u"sd/checkpoint-1500"_s)));
        // What is broken already tells nothing about the others.
        MemorySource more = source;
        more.add("sd/checkpoint-2000/optimizer.bin", "x");
        more.add("sd/checkpoint-2000/random_states_0.pkl", "x");
        more.add("sd/checkpoint-2000/sampler.bin", "x");
        QCOMPARE(look(more).lines.filter(u"whole"_s), whole);
    }
    void anIndexNamesWhatItsShardsHold()
    {
        MemorySource source;
        const QByteArray index = R"({"weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00001-of-00002.safetensors", "c": "model-00002-of-00002.safetensors"}})";
        source.add("m/model.safetensors.index.json", index);
        source.add("m/model-00001-of-00002.safetensors", safetensors({"a", "b"}));
        source.add("m/model-00002-of-00002.safetensors", safetensors({"c"}));
        QCOMPARE(look(source).lines, QStringList{u"m safetensors - whole no"_s});
        const auto reason = [&](const QByteArrayList &second) {
            MemorySource other = with(source, "m/model-00002-of-00002.safetensors", safetensors(second));
            return look(other).brief(u"m"_s);
        };
        QVERIFY2(reason({"d"}).contains(u"model-00002-of-00002.safetensors does not hold c"_s), qPrintable(reason({"d"})));
        QVERIFY(reason({"d"}).startsWith(u"damaged"_s));
        QVERIFY2(reason({"c", "d"}).contains(u"holds d, of which the index knows nothing"_s), qPrintable(reason({"c", "d"})));
        MemorySource torch;
        torch.add("t/pytorch_model.bin.index.json", QByteArray(index).replace(".safetensors", ".bin").replace("model-0", "pytorch_model-0"));
        torch.add("t/pytorch_model-00001-of-00002.bin", torchFile(py::dict({{"a", py::tensor()}, {"b", py::tensor()}})));
        torch.add("t/pytorch_model-00002-of-00002.bin", torchFile(py::dict({{"c", py::tensor()}})));
        for (const char *name : {"optimizer.pt", "scheduler.pt", "rng_state.pth"})
            torch.add("t/"_ba + name, trainingFile(1));
        torch.add("t/trainer_state.json", R"({"global_step": 5})");
        QVERIFY2(look(torch).brief(u"t"_s).startsWith(u"whole resumable"_s), qPrintable(look(torch).brief(u"t"_s)));
        MemorySource other = with(torch, "t/pytorch_model-00002-of-00002.bin", torchFile(py::dict({{"d", py::tensor()}})));
        QVERIFY2(look(other).brief(u"t"_s).contains(u"does not hold c"_s), qPrintable(look(other).brief(u"t"_s)));
    }
    void aTrainersSaveNeedsItsIndexAndSettings()
    {
        MemorySource source;
        for (const QByteArray step : {"10", "20", "30"}) {
            const QByteArray folder = "hf/checkpoint-" + step + '/';
            source.add(folder + "global_step" + step + "/mp_rank_00_model_states.pt", modelStates(1, 1, step.toInt()));
            source.add(folder + "global_step" + step + "/zero_pp_rank_0_mp_rank_00_optim_states.pt", optimStates(step.toInt()));
            source.add(folder + "latest", "global_step" + step);
            source.add(folder + "model-00001-of-00001.safetensors", safetensors({"a"}));
            source.add(folder + "model.safetensors.index.json", R"({"weight_map": {"a": "model-00001-of-00001.safetensors"}})");
            source.add(folder + "config.json", "{}");
            source.add(folder + "rng_state.pth", trainingFile(1));
            source.add(folder + "trainer_state.json", R"({"global_step": )" + step + "}");
        }
        QCOMPARE(look(source).lines.filter(u"whole resumable"_s).size(), 3);
        for (const char *name : {"config.json", "model.safetensors.index.json"}) {
            MemorySource less = without(source, "hf/checkpoint-30/"_ba + name);
            const QString brief = look(less).brief(u"hf/checkpoint-30"_s);
            QVERIFY2(brief.startsWith(u"damaged no: "_s) && brief.contains(QLatin1String(name) + u" is missing"_s), qPrintable(brief));
        }
    }
    void anAdapterNeedsItsSettings()
    {
        MemorySource source;
        for (const char *step : {"5", "10"}) {
            const QByteArray folder = "out/checkpoint-"_ba + step + '/';
            source.add(folder + "adapter_model.safetensors", safetensors({"lora"}));
            source.add(folder + "adapter_config.json", R"({"peft_type": "LORA"})");
            source.add(folder + "config.json", R"({"model_type": "tiny"})");
            for (const char *name : {"optimizer.pt", "scheduler.pt", "rng_state.pth"})
                source.add(folder + name, trainingFile(1));
            source.add(folder + "trainer_state.json", "{\"global_step\": "_ba + step + '}');
        }
        QCOMPARE(look(source).lines.filter(u"whole resumable"_s).size(), 2);
        for (const QByteArray &bytes : {""_ba, R"({"peft_type")"_ba}) {
            for (const char *name : {"adapter_config.json", "config.json"}) {
                MemorySource cut = with(source, "out/checkpoint-10/"_ba + name, bytes);
                QVERIFY2(look(cut).brief(u"out/checkpoint-10"_s).startsWith(u"damaged"_s), name);
            }
        }
        MemorySource less = without(source, "out/checkpoint-10/adapter_config.json");
        QVERIFY2(look(less).brief(u"out/checkpoint-10"_s).startsWith(u"damaged no: adapter_config.json is missing"_s), qPrintable(look(less).brief(u"out/checkpoint-10"_s)));
    }
    void lightningGoesByItsOwnCounter()
    {
        const auto file = [](qint32 step) {
            return torchFile(py::dict({{"epoch", py::integer(1)}, {"global_step", py::integer(step)}, {"pytorch-lightning_version", py::text("2.6.5")},
                                       {"state_dict", py::model()}, {"optimizer_states", py::list({py::optimizer()})}}));
        };
        MemorySource source;
        source.add("c/epoch=1-step=80.ckpt", file(80));
        source.add("c/epoch=1-step=80-v1.ckpt", file(80));
        source.add("c/epoch=2-step=120.ckpt", file(80)); // renamed
        source.add("c/hpc_ckpt_3.ckpt", file(80)); // counts saves
        source.add("c/last.ckpt", file(80));
        const Seen seen = look(source);
        QCOMPARE(seen.lines, (QStringList{u"c/epoch=1-step=80-v1.ckpt lightning 80 whole resumable"_s, u"c/epoch=1-step=80.ckpt lightning 80 whole resumable"_s,
                                          u"c/epoch=2-step=120.ckpt lightning 80 whole resumable"_s, u"c/hpc_ckpt_3.ckpt lightning 80 whole resumable"_s,
                                          u"c/last.ckpt lightning 80 whole resumable"_s}));
        QCOMPARE(seen.at(u"c/epoch=1-step=80.ckpt"_s).stepSource, u"name"_s);
        QCOMPARE(seen.at(u"c/epoch=2-step=120.ckpt"_s).stepSource, u"pickle"_s);
        MemorySource one;
        one.add("c/last.ckpt", file(80));
        QCOMPARE(firstFalseWhole(one), QString());
    }
    void foldersUnderWayAreLeftOut()
    {
        MemorySource source;
        for (const char *folder : {"a/tmp_step_5", "b/epoch-1-step-5.incomplete", "c/step_5"})
            source.add(folder + "/state.pt"_ba, trainingFile(5));
        const Seen seen = look(source);
        QCOMPARE(seen.lines, QStringList{u"c/step_5/state.pt torch-zip 5 whole resumable"_s});
        QVERIFY2(seen.listing.notes.join(u' ').contains(u"names: 2, including"_s), qPrintable(seen.listing.notes.join(u' ')));
    }
    void versionsOfOneRunAreOneRun()
    {
        MemorySource source;
        const auto version = [&](const QByteArray &name, const QByteArrayList &steps, const QByteArray &from) {
            for (const QByteArray &step : steps)
                source.add("out/" + name + "/checkpoint-" + step + "/state.pt", trainingFile(step.toInt()));
            source.add("out/" + name + "/args.json", from.isEmpty() ? "{\"resume_from_checkpoint\": null}"_ba : "{\"resume_from_checkpoint\": \"/data/out/" + from + "\"}");
        };
        version("v0-20260101-100000", {"10", "20", "30"}, {});
        version("v1-20260101-110000", {"30", "40"}, "v0-20260101-100000/checkpoint-20");
        version("v2-20260102-090000", {"10"}, {}); // began anew
        version("v3-20260102-100000", {"50"}, "v1-20260101-110000/checkpoint-40");
        const Seen seen = look(source);
        QCOMPARE(seen.listing.runs.size(), 2);
        QCOMPARE(seen.listing.runs[0].path, u"out/v0-20260101-100000"_s);
        QCOMPARE(seen.listing.runs[0].checkpoints.size(), 6);
        QCOMPARE(seen.listing.runs[0].latestResumable, u"out/v3-20260102-100000/checkpoint-50/state.pt"_s);
        QCOMPARE(seen.listing.runs[1].path, u"out/v2-20260102-090000"_s);
        // Nothing is put together on a guess, or in circles.
        MemorySource untold = without(source, "out/v1-20260101-110000/args.json");
        QCOMPARE(look(untold).listing.runs.size(), 3);
        MemorySource circle = with(source, "out/v0-20260101-100000/args.json", R"({"resume_from_checkpoint": "v1-20260101-110000/checkpoint-30"})");
        QVERIFY(!look(circle).listing.runs.isEmpty());
    }
    void ofTooManyTheNewestAreLookedInto()
    {
        const qint64 start = 1'700'000'000'000;
        RecogniseOptions options;
        options.now = QDateTime::fromMSecsSinceEpoch(start + 86'400'000LL, Qt::UTC);
        options.maxProbes = 10;
        const auto steps = [&](MemorySource &source) {
            QList<qint64> all;
            const Listing listing = recognise(source.tree, source, options, {}).listing;
            if (!listing.partial)
                qFatal("not partial");
            for (const Run &run : listing.runs) {
                for (const Checkpoint &c : run.checkpoints)
                    all << c.step.value_or(-1);
            }
            std::ranges::sort(all);
            return all;
        };
        QList<qint64> newest;
        for (int i = 0; i < 10; ++i)
            newest << 90 + i;
        for (const bool byTime : {true, false}) {
            MemorySource flat; // by name "step-9.pt" comes last
            MemorySource folders;
            MemorySource tops;
            for (int i = 0; i < 100; ++i) {
                const qint64 at = byTime ? start + i * 60'000 : start;
                flat.add("run/step-" + QByteArray::number(i) + ".pt", trainingFile(i), at);
                folders.add("run/step-" + QByteArray::number(i) + "/state.pt", trainingFile(i), at);
                tops.add("out/checkpoint-" + QByteArray::number(i) + "/random_states_0.pkl", trainingFile(i), at);
            }
            QCOMPARE(steps(flat), newest);
            QCOMPARE(steps(folders), newest);
            QCOMPARE(steps(tops), newest);
        }
        MemorySource back; // steps that went back: time tells
        for (int i = 0; i < 100; ++i)
            back.add("run/step-" + QByteArray::number(i) + ".pt", trainingFile(i), start - i * 60'000);
        QCOMPARE(steps(back).last(), 9);
        const QStringList notes = recognise(back.tree, back, options, {}).listing.notes;
        QVERIFY2(notes.join(u' ').contains(u"Only the newest 10"_s) && notes.join(u' ').contains(u"such as run/step-99.pt"_s), qPrintable(notes.join(u' ')));
        // The newest is nothing any more: that must not be lost in the crowd.
        MemorySource cut;
        for (int i = 0; i < 100; ++i)
            cut.add("run/step-" + QByteArray::number(i) + ".pt", i == 99 ? QByteArray(500, '\0') : trainingFile(i), start + i * 60'000);
        QCOMPARE(steps(cut), newest);
    }
};

QTEST_APPLESS_MAIN(TestRuns)
#include "tst_runs.moc"
