// SPDX-License-Identifier: GPL-3.0-or-later
#include "Support.h"

#include "checkpoints/Dcp.h"
#include "checkpoints/Recognise.h"
#include "checkpoints/TorchFile.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::ckpt;
using namespace support;

/// What a checkpoint is worth is told by what its keys hold, by the framework that wrote it, and by what loading it would
/// run: not by the names of keys and folders alone.
class TestContents : public QObject
{
    Q_OBJECT

    static constexpr qint64 saved = 1'700'000'000'000;

    static Listing read(MemorySource &source, qint64 ageSeconds = 86400)
    {
        RecogniseOptions options;
        options.now = QDateTime::fromMSecsSinceEpoch(saved + ageSeconds * 1000, Qt::UTC);
        return recognise(source.tree, source, options, {}).listing;
    }
    /// "path verdict resumable", sorted.
    static QStringList lines(const Listing &listing)
    {
        QStringList all;
        for (const Run &run : listing.runs) {
            for (const Checkpoint &c : run.checkpoints)
                all << QStringList{c.path, verdictName(c.verdict), c.resumable ? u"resumable"_s : u"no"_s}.join(u' ');
        }
        all.sort();
        return all;
    }
    static Checkpoint only(const Listing &listing, const QString &path)
    {
        for (const Run &run : listing.runs) {
            for (const Checkpoint &c : run.checkpoints) {
                if (c.path == path)
                    return c;
            }
        }
        qFatal("%s was not listed", qPrintable(path));
    }
    static void addFixture(MemorySource &source, const QString &from, const QByteArray &to, const QStringList &without = {})
    {
        QDirIterator it(fixture(from), QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
        while (it.hasNext()) {
            const QString path = it.next();
            const QString name = path.mid(fixture(from).size() + 1);
            if (!without.contains(name) && isCandidateName(QFileInfo(name).fileName().toUtf8()))
                source.add(to + '/' + name.toUtf8(), contents(path), saved);
        }
    }
    static QByteArray torchFile(const QString &name) { return contents(fixture(u"torch/contents/"_s + name + u".pt"_s)); }

    static Pickle::End endOf(const QByteArray &bytes) { return Pickle(bytes).end(); }
    static QList<QByteArray> unknownOf(const QByteArray &bytes) { return globalsOf(Pickle(bytes)).unknown; }

private slots:
    void keysCountByWhatTheyHold()
    {
        MemorySource source;
        addFixture(source, u"torch/contents"_s, "c");
        QCOMPARE(lines(read(source)),
                 (QStringList{u"c/beheaded.pt damaged no"_s, u"c/blanked.pt damaged no"_s, u"c/call.pt unverified no"_s, u"c/counters.pt whole resumable"_s,
                              u"c/finished.pt whole no"_s, u"c/nested.pt whole resumable"_s, u"c/optimizer-alone.pt whole no"_s,
                              u"c/optimizer-empty.pt whole no"_s, u"c/optimizer-none.pt whole no"_s, u"c/plain-sgd.pt whole resumable"_s,
                              u"c/running.pt whole resumable"_s, u"c/settings-only.pt whole no"_s, u"c/two-optimizers.pt whole resumable"_s,
                              u"c/user-object.pt unverified no"_s}));
    }
    void whatAFinishedTrainingLeavesIsNoPlaceToGoOnFrom()
    {
        MemorySource source;
        source.add("w/epoch50.pt", torchFile(u"running"_s), saved);
        source.add("w/last.pt", torchFile(u"finished"_s), saved + 3'600'000);
        source.add("w/best.pt", torchFile(u"finished"_s), saved + 3'600'000);
        const Listing listing = read(source);
        QCOMPARE(listing.runs.first().latestResumable, u"w/epoch50.pt"_s);
        const Checkpoint last = only(listing, u"w/last.pt"_s);
        QVERIFY(!last.epoch); // -1
        QVERIFY2(last.reason.contains(u"its optimizer state is empty"_s), qPrintable(last.reason));
        // A model saved as an object needs its class; that is said, and no fault.
        QVERIFY2(only(listing, u"w/epoch50.pt"_s).reason.contains(u"shapes.net.Net"_s), qPrintable(only(listing, u"w/epoch50.pt"_s).reason));
    }
    void anOptimizerWithoutWeightsSaysSo()
    {
        MemorySource source;
        source.add("recipe_state/recipe_state.pt", torchFile(u"optimizer-alone"_s), saved);
        const Checkpoint state = only(read(source), u"recipe_state/recipe_state.pt"_s);
        QVERIFY2(state.reason.contains(u"it holds no weights"_s), qPrintable(state.reason));
    }
    void aNestedStateTellsItsStep()
    {
        MemorySource source;
        source.add("nested.pt", torchFile(u"nested"_s), saved);
        const Checkpoint c = only(read(source), u"nested.pt"_s);
        QCOMPARE(c.step, std::optional<qint64>(30)); // and not the 900 of its settings
        QCOMPARE(c.epoch, std::optional<double>(2));
        QCOMPARE(c.stepSource, u"pickle"_s);
    }
    void aHeadThatIsLostIsDamage_data()
    {
        QTest::addColumn<int>("lost");
        QTest::addColumn<bool>("local");
        for (const int lost : {1, 64, 700, 2000}) {
            QTest::addRow("%d", lost) << lost << true;
            QTest::addRow("%d remote", lost) << lost << false;
        }
    }
    void aHeadThatIsLostIsDamage()
    {
        QFETCH(int, lost);
        QFETCH(bool, local);
        // Under a name that says nothing, and alone.
        MemorySource cut(local);
        cut.add("a/model.pt", torchFile(u"running"_s).mid(lost), saved);
        QCOMPARE(lines(read(cut)), QStringList{u"a/model.pt damaged no"_s});
        MemorySource zeros(local);
        QByteArray bytes = torchFile(u"running"_s);
        bytes.replace(0, lost, QByteArray(lost, '\0'));
        zeros.add("a/model.pt", bytes, saved);
        QCOMPARE(lines(read(zeros)), QStringList{u"a/model.pt damaged no"_s});
        // Just now too: it was finished once.
        QCOMPARE(lines(read(cut, 1)), QStringList{u"a/model.pt damaged no"_s});
    }
    void zipsOfOtherKindsStayOut()
    {
        MemorySource source;
        source.add("a/plain.pt", contents(fixture(u"torch/other/plain.pt"_s)), saved);
        source.add("a/export.pt", contents(fixture(u"torch/other/export.pt"_s)), saved);
        source.add("a/script.pt", contents(fixture(u"torch/other/script.pt"_s)), saved);
        QVERIFY(lines(read(source)).isEmpty());
    }

    void whatLoadingRunsIsNamed()
    {
        MemorySource source;
        source.add("step-1.pt", torchFile(u"call"_s), saved);
        source.add("step-2.pt", torchFile(u"user-object"_s), saved);
        const Listing listing = read(source);
        QVERIFY2(only(listing, u"step-1.pt"_s).reason.contains(u"posix.system"_s), qPrintable(only(listing, u"step-1.pt"_s).reason));
        QVERIFY2(only(listing, u"step-2.pt"_s).reason.contains(u"shapes.settings.Settings"_s), qPrintable(only(listing, u"step-2.pt"_s).reason));
        QCOMPARE(listing.runs.first().latestResumable, QString());
    }
    void globalsAreKnownOrNamed_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QByteArray>("unknown");
        QTest::newRow("none") << "}."_ba << ""_ba;
        QTest::newRow("harmless call") << "ccollections\nOrderedDict\n)R."_ba << ""_ba;
        QTest::newRow("call") << "cposix\nsystem\nX\x04\x00\x00\x00true\x85R."_ba << "posix.system"_ba;
        QTest::newRow("named only") << "cposix\nsystem\n."_ba << "posix.system"_ba;
        QTest::newRow("named and dropped") << "cposix\nsystem\n0}."_ba << "posix.system"_ba;
        QTest::newRow("protocol 4") << "\x8c\x05posix\x8c\x06system\x93."_ba << "posix.system"_ba;
        QTest::newRow("through an attribute") << "\x8c\x05torch\x8c\x09os.system\x93."_ba << "torch.os.system"_ba;
        QTest::newRow("module is no text") << "K\x05\x8c\x06system\x93."_ba << "system"_ba;
        QTest::newRow("instance") << "(iposix\nsystem\n."_ba << "posix.system"_ba;
        QTest::newRow("extension code") << "\x82\x05."_ba << ""_ba; // named below
        QTest::newRow("eval") << "c__builtin__\neval\n."_ba << "__builtin__.eval"_ba;
        QTest::newRow("getattr") << "cbuiltins\ngetattr\n."_ba << "builtins.getattr"_ba;
        QTest::newRow("torch.load again") << "ctorch.storage\n_load_from_bytes\n."_ba << "torch.storage._load_from_bytes"_ba;
        QTest::newRow("torch.hub") << "ctorch.hub\nload\n."_ba << "torch.hub.load"_ba;
        QTest::newRow("torch function") << "ctorch\nload\n."_ba << "torch.load"_ba;
        QTest::newRow("torch types") << "(ctorch\nfloat8_e4m3fnuz\nctorch\nFloatStorage\nctorch\nSize\nt."_ba << ""_ba;
        QTest::newRow("framework part, filled") << "ctorch.nn.modules.linear\nLinear\n)\x81}b."_ba << ""_ba;
        QTest::newRow("framework part, called") << "ctorch.nn.modules.linear\nLinear\nK\x05\x85R."_ba << "torch.nn.modules.linear.Linear"_ba;
        QTest::newRow("own class, filled") << "ca.b\nC\n)\x81}b."_ba << "a.b.C"_ba;
        const QByteArray module = "}(X\x0b\x00\x00\x00_parameters}X\x08\x00\x00\x00_modules}u"_ba;
        QTest::newRow("own module") << "ca.b\nC\n)\x81" + module + "b." << ""_ba;
        QTest::newRow("own module, filled twice") << "ca.b\nC\n)\x81" + module + "b" + module + "b." << "a.b.C"_ba;
        QTest::newRow("own module, called") << "ca.b\nC\n)R" + module + "b." << "a.b.C"_ba;
        QTest::newRow("own module, with arguments") << "ca.b\nC\nK\x05\x85\x81" + module + "b." << "a.b.C"_ba;
        QTest::newRow("own module, and as a value") << "(ca.b\nC\nq\x00)\x81"_ba + module + "bh\x00t."_ba << "a.b.C"_ba;
        QTest::newRow("own module, appended to") << "ca.b\nC\n)\x81" + module + "bK\x05" "a." << "a.b.C"_ba;
    }
    void globalsAreKnownOrNamed()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QByteArray, unknown);
        QCOMPARE(endOf(bytes), Pickle::End::Complete);
        if (bytes.startsWith('\x82')) {
            QCOMPARE(unknownOf(bytes).size(), 1); // whatever it stands for, only its program knows
            return;
        }
        QCOMPARE(unknownOf(bytes), unknown.isEmpty() ? QList<QByteArray>() : QList<QByteArray>{unknown});
    }
    void manyGlobalsAreNamedInPart()
    {
        QByteArray bytes = "(";
        for (int i = 0; i < 10; ++i)
            bytes += "cevil\nf" + QByteArray::number(i) + "\n";
        const Check check = unknownGlobals(unknownOf(bytes + "t."));
        QCOMPARE(check.state, State::Unverified);
        QVERIFY2(check.reason.endsWith(u"evil.f0, evil.f1, evil.f2 and 7 more"_s), qPrintable(check.reason));
        // What a hostile name holds is shown safely and cut.
        const Check hostile = unknownGlobals(unknownOf("cevil\n\xe2\x80\xae" + QByteArray(5000, 'x') + "\n."));
        QVERIFY(hostile.reason.size() < 400);
        QVERIFY(!hostile.reason.contains(QChar(0x202e)));
    }
    void metadataOfShardsIsHeldToTheSame()
    {
        QVERIFY(DcpMetadata::parse(contents(fixture(u"dcp/step-200/.metadata"_s))).unknownGlobals.isEmpty());
        QCOMPARE(DcpMetadata::parse("(cposix\nsystem\nt.").unknownGlobals, QList<QByteArray>{"posix.system"});
    }

    void accelerateIsNotJudgedAsTheTrainer()
    {
        MemorySource source;
        addFixture(source, u"accelerate/pipeline"_s, "sd");
        const Listing listing = read(source);
        QCOMPARE(lines(listing), (QStringList{u"sd/checkpoint-1000 whole resumable"_s, u"sd/checkpoint-1500 unverified no"_s,
                                              u"sd/checkpoint-500 whole resumable"_s}));
        QCOMPARE(listing.runs.first().latestResumable, u"sd/checkpoint-1000"_s);
        const Checkpoint c = only(listing, u"sd/checkpoint-500"_s);
        QCOMPARE(c.format, u"accelerate"_s);
        QCOMPARE(c.step, std::optional<qint64>(500));
        QCOMPARE(c.files, 6);
        QVERIFY2(only(listing, u"sd/checkpoint-1500"_s).reason.contains(u"1 ranks, others of this run have 2"_s),
                 qPrintable(only(listing, u"sd/checkpoint-1500"_s).reason));
    }
    void damageToAnAccelerateSaveIsFound()
    {
        const auto verdict = [](const QStringList &without, const QByteArray &name = {}, const QByteArray &bytes = {}) {
            MemorySource source;
            addFixture(source, u"accelerate/pipeline/checkpoint-500"_s, "sd/checkpoint-500", without);
            if (!name.isEmpty())
                source.add("sd/checkpoint-500/" + name, bytes, saved);
            return lines(read(source)).value(0);
        };
        QCOMPARE(verdict({}), u"sd/checkpoint-500 whole resumable"_s);
        QCOMPARE(verdict({u"random_states_0.pkl"_s}), u"sd/checkpoint-500 damaged no"_s);
        QCOMPARE(verdict({u"random_states_0.pkl"_s, u"random_states_1.pkl"_s}), u"sd/checkpoint-500 damaged no"_s);
        QCOMPARE(verdict({u"optimizer.bin"_s}), u"sd/checkpoint-500 whole no"_s);
        QCOMPARE(verdict({u"unet/diffusion_pytorch_model.safetensors"_s}), u"sd/checkpoint-500 unverified no"_s);
        QCOMPARE(verdict({u"random_states_1.pkl"_s}, "random_states_1.pkl", {}), u"sd/checkpoint-500 damaged no"_s);
        QCOMPARE(verdict({u"optimizer.bin"_s}, "optimizer.bin", "x"), u"sd/checkpoint-500 damaged no"_s);
        QCOMPARE(verdict({u"unet/diffusion_pytorch_model.safetensors"_s}, "unet/diffusion_pytorch_model.safetensors",
                         contents(fixture(u"safetensors/single/cut.safetensors"_s))),
                 u"sd/checkpoint-500 damaged no"_s);
        QCOMPARE(verdict({}, "vae/diffusion_pytorch_model-00001-of-00002.safetensors", contents(fixture(u"safetensors/single/model.safetensors"_s))),
                 u"sd/checkpoint-500 damaged no"_s);
    }
    void aSaveCounterIsNoStep()
    {
        MemorySource source;
        addFixture(source, u"accelerate/counted"_s, "run");
        const Checkpoint c = only(read(source), u"run/checkpoint_3"_s);
        QVERIFY(!c.step);
        QVERIFY(c.resumable);
    }
    void anAdapterWithANameIsAModel()
    {
        MemorySource source;
        const QString from = u"hf/single/checkpoint-4"_s;
        addFixture(source, from, "lora/checkpoint-4", {u"model.safetensors"_s});
        QCOMPARE(lines(read(source)), QStringList{u"lora/checkpoint-4 damaged no"_s}); // no model anywhere
        const QByteArray weights = contents(fixture(from + u"/model.safetensors"_s));
        source.add("lora/checkpoint-4/summariser/adapter_model.safetensors", weights, saved);
        QCOMPARE(lines(read(source)), QStringList{u"lora/checkpoint-4 whole resumable"_s});
        MemorySource cut;
        addFixture(cut, from, "lora/checkpoint-4", {u"model.safetensors"_s});
        cut.add("lora/checkpoint-4/summariser/adapter_model.safetensors", weights.left(weights.size() / 2), saved);
        QCOMPARE(lines(read(cut)), QStringList{u"lora/checkpoint-4 damaged no"_s});
    }

    void aTemporaryNameHidesItselfAlone()
    {
        const QByteArray whole = contents(fixture(u"torch/run/step-00000100.pt"_s));
        MemorySource source;
        source.add("exp-tmp-2/step-5.pt", whole);                // a run that is just called so
        source.add("exp/step-4.pt", whole);
        source.add("run.tmp/checkpoints/step-6.pt", whole);
        source.add("model-tmp.pt", whole);                       // without a final form beside it
        source.add("last.pt", whole);
        source.add("last.tmp.pt", whole);                        // beside it
        source.add("step-9.pt.tmp.pt", whole);                   // a checkpoint's name
        source.add("step-7-tmp/a.pt", whole);
        source.add("step-7-tmp/b/c.pt", whole);
        source.add("300.orbax-checkpoint-tmp-12/a.pt", whole);
        source.add(".snapshot/step-8.pt", whole);
        const Listing listing = read(source);
        QStringList paths;
        for (const QString &line : lines(listing))
            paths << line.section(u' ', 0, 0);
        QCOMPARE(paths, (QStringList{u"exp-tmp-2/step-5.pt"_s, u"exp/step-4.pt"_s, u"last.pt"_s, u"model-tmp.pt"_s, u"run.tmp/checkpoints/step-6.pt"_s}));
        QCOMPARE(listing.notes.size(), 1);
        QVERIFY2(listing.notes.first().contains(u": 5, including "_s), qPrintable(listing.notes.first()));
        QVERIFY(!listing.partial);
    }
    void aTemporaryFolderBesideTheFinalOneIsLeftOut()
    {
        MemorySource source;
        addFixture(source, u"dcp/step-200"_s, "run/last");
        addFixture(source, u"dcp/step-200"_s, "run/last.tmp");
        addFixture(source, u"dcp/step-200"_s, "run/best.tmp");
        const Listing listing = read(source);
        QCOMPARE(lines(listing), (QStringList{u"run/best.tmp whole resumable"_s, u"run/last whole resumable"_s}));
        QVERIFY2(listing.notes.value(0).contains(u"run/last.tmp"_s), qPrintable(listing.notes.value(0)));
    }
};

QTEST_APPLESS_MAIN(TestContents)
#include "tst_contents.moc"
