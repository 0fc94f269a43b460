// SPDX-License-Identifier: GPL-3.0-or-later
#include "Support.h"

#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::ckpt;
using namespace support;

/// The recognisers on files that the real libraries wrote (tests/fixtures/make).
class TestRecognise : public QObject
{
    Q_OBJECT

    const QDateTime m_saved{QDate(2026, 1, 2), QTime(3, 4, 5), Qt::UTC};

    /// Scans a fixture as if it had been written long ago.
    Listing scan(const QString &name, qint64 ageSeconds = 30 * 86400, bool writerAlive = true)
    {
        QTemporaryDir dir;
        const QString root = dir.path() + u'/' + QFileInfo(name).fileName();
        if (!copyTree(fixture(name), root, m_saved))
            qFatal("fixture %s is missing", qPrintable(name));
        ScanOptions options;
        options.recognise.now = m_saved.addSecs(ageSeconds);
        options.recognise.writerMayBeAlive = writerAlive;
        const Result<Listing> listing = scanFolder(root, options, {});
        if (!listing)
            qFatal("%s", qPrintable(listing.error().oneLine()));
        return *listing;
    }
    static QStringList lines(const Run &run)
    {
        QStringList all;
        for (const Checkpoint &c : run.checkpoints) {
            all << QStringList{c.path, c.format, c.step ? QString::number(*c.step) : u"-"_s,
                               c.stepSource.isEmpty() ? u"-"_s : c.stepSource, c.epoch ? QString::number(*c.epoch) : u"-"_s,
                               verdictName(c.verdict), c.resumable ? u"resumable"_s : u"no"_s}.join(u' ');
        }
        return all;
    }
    static const Checkpoint &only(const Listing &listing, const QString &path)
    {
        for (const Run &run : listing.runs) {
            for (const Checkpoint &c : run.checkpoints) {
                if (c.path == path)
                    return c;
            }
        }
        qFatal("%s was not listed", qPrintable(path));
    }

private slots:
    void demoRunIsWhole()
    {
        const Listing listing = scan(u"torch/run"_s);
        QCOMPARE(listing.runs.size(), 1);
        const Run &run = listing.runs.first();
        QCOMPARE(run.path, u"."_s);
        QCOMPARE(run.format, u"torch-zip"_s);
        QCOMPARE(lines(run), (QStringList{u"step-00000100.pt torch-zip 100 name 1 whole resumable"_s,
                                          u"step-00000200.pt torch-zip 200 name 2 whole resumable"_s,
                                          u"step-00000300.pt torch-zip 300 name 3 whole resumable"_s}));
        QCOMPARE(run.latestResumable, u"step-00000300.pt"_s);
        QCOMPARE(run.checkpoints.first().savedAt, m_saved);
        QCOMPARE(run.checkpoints.first().files, 1);
        QVERIFY(run.checkpoints.first().reason.contains(u"every checksum"_s));
        QVERIFY(!listing.partial);
    }
    void lightningNamesGiveStepAndEpoch()
    {
        const Listing listing = scan(u"torch/lightning"_s);
        QCOMPARE(lines(listing.runs.first()),
                 (QStringList{u"epoch=0-step=40.ckpt torch-zip 40 name 0 whole resumable"_s,
                              u"epoch=1-step=80.ckpt torch-zip 80 name 1 whole resumable"_s,
                              u"last.ckpt torch-zip 80 pickle 1 whole resumable"_s}));
    }
    void damageIsFoundAndNeverResumable()
    {
        const Listing listing = scan(u"torch/damaged"_s);
        QCOMPARE(lines(listing.runs.first()),
                 (QStringList{u"step-00000100.pt torch-zip 100 name 1 whole resumable"_s,
                              u"step-00000200.pt torch-zip 200 name - damaged no"_s,
                              u"step-00000300.pt torch-zip 300 name 1 damaged no"_s,
                              u"step-00000400.pt torch-zip 400 name - damaged no"_s,
                              u"step-00000500.pt torch-zip 500 name - damaged no"_s,
                              u"step-00000600.pt torch-zip 600 name - damaged no"_s,
                              u"step-00000700.pt torch-zip 700 name - damaged no"_s,
                              u"step-00000800.pt torch-zip 800 name - damaged no"_s}));
        QCOMPARE(listing.runs.first().latestResumable, u"step-00000100.pt"_s);
        for (const Checkpoint &c : listing.runs.first().checkpoints)
            QVERIFY2(c.reason.endsWith(u'.') && c.reason.size() > 10, qPrintable(c.reason));
    }
    void onlyIncompleteFilesMayBeUnderWay()
    {
        const Listing fresh = scan(u"torch/damaged"_s, 60);
        const auto verdict = [&](int step) { return only(fresh, u"step-%1.pt"_s.arg(step, 8, 10, QChar(u'0'))).verdict; };
        QCOMPARE(verdict(200), Verdict::Writing); // cut
        QCOMPARE(verdict(300), Verdict::Damaged); // a byte changed after it was finished
        QCOMPARE(verdict(400), Verdict::Damaged);
        QCOMPARE(verdict(500), Verdict::Writing); // empty
        QCOMPARE(verdict(600), Verdict::Writing); // zeros
        const Listing finished = scan(u"torch/damaged"_s, 60, false);
        QCOMPARE(only(finished, u"step-00000200.pt"_s).verdict, Verdict::Damaged);
        const Listing old = scan(u"torch/damaged"_s, 601);
        QCOMPARE(only(old, u"step-00000200.pt"_s).verdict, Verdict::Damaged);
    }
    void whatIsNoCheckpointIsNotListed()
    {
        const Listing listing = scan(u"torch/other"_s);
        QStringList paths;
        for (const Checkpoint &c : listing.runs.first().checkpoints)
            paths << c.path;
        paths.sort();
        QCOMPARE(paths, (QStringList{u"legacy_7.pt"_s, u"module.pth"_s, u"unnamed.pt"_s, u"weights.pth"_s}));
        const Checkpoint &legacy = only(listing, u"legacy_7.pt"_s);
        QCOMPARE(legacy.verdict, Verdict::Unverified);
        QCOMPARE(legacy.step, 7);
        QVERIFY(legacy.reason.contains(u"torch before 1.6"_s));
        const Checkpoint &unnamed = only(listing, u"unnamed.pt"_s);
        QCOMPARE(unnamed.step, 9);
        QCOMPARE(unnamed.stepSource, u"pickle"_s);
        QCOMPARE(unnamed.epoch, 2.0);
        QVERIFY(unnamed.resumable);
        QCOMPARE(only(listing, u"weights.pth"_s).verdict, Verdict::Whole);
        QVERIFY(!only(listing, u"weights.pth"_s).resumable);
        QVERIFY(!only(listing, u"module.pth"_s).resumable);
    }
    void dcpIsJudgedByItsMetadata()
    {
        const Listing listing = scan(u"dcp"_s);
        QCOMPARE(listing.runs.size(), 1);
        QCOMPARE(lines(listing.runs.first()),
                 (QStringList{u"weights dcp - - - whole no"_s, u"step-100 dcp 100 name - whole resumable"_s,
                              u"step-200 dcp 200 name - whole resumable"_s, u"step-300 dcp 300 name - damaged no"_s,
                              u"step-400 dcp 400 name - damaged no"_s, u"step-500 dcp 500 name - damaged no"_s,
                              u"step-600 dcp 600 name - damaged no"_s}));
        QCOMPARE(listing.runs.first().latestResumable, u"step-200"_s);
        const Checkpoint &missing = only(listing, u"step-400"_s);
        QVERIFY2(missing.reason.contains(u"3 of 4 shards"_s), qPrintable(missing.reason));
        QCOMPARE(missing.filesExpected, 4);
        QCOMPARE(only(listing, u"step-200"_s).files, 5);
        const Listing fresh = scan(u"dcp"_s, 30);
        QCOMPARE(only(fresh, u"step-300"_s).verdict, Verdict::Writing);
        QCOMPARE(only(fresh, u"step-400"_s).verdict, Verdict::Damaged);
    }
    void aCheckpointFolderListedItselfIsTheRoot()
    {
        const Listing listing = scan(u"dcp/step-200"_s);
        QCOMPARE(lines(listing.runs.first()), QStringList{u". dcp 200 name - whole resumable"_s});
        const Listing trainer = scan(u"hf/single/checkpoint-4"_s);
        QCOMPARE(lines(trainer.runs.first()), QStringList{u". hf-trainer 4 name 0.5 whole resumable"_s});
    }
    void trainerRunsAreWhole()
    {
        const Listing single = scan(u"hf/single"_s);
        QCOMPARE(lines(single.runs.first()),
                 (QStringList{u"model.safetensors safetensors - - - whole no"_s,
                              u"checkpoint-2 hf-trainer 2 name 0.25 whole resumable"_s,
                              u"checkpoint-4 hf-trainer 4 name 0.5 whole resumable"_s,
                              u"checkpoint-6 hf-trainer 6 name 0.75 whole resumable"_s}));
        QCOMPARE(single.runs.first().latestResumable, u"checkpoint-6"_s);
        QVERIFY(only(single, u"checkpoint-6"_s).loss.has_value());
        QCOMPARE(only(single, u"checkpoint-6"_s).files,
                 int(QDir(fixture(u"hf/single/checkpoint-6"_s)).entryList(QDir::Files | QDir::Hidden).size()));
        const Listing ranks = scan(u"hf/ranks"_s);
        QVERIFY(only(ranks, u"checkpoint-6"_s).resumable);
    }
    void saveOnlyModelIsWholeButNotForResume()
    {
        const Checkpoint c = only(scan(u"hf/only"_s), u"checkpoint-4"_s);
        QCOMPARE(c.verdict, Verdict::Whole);
        QVERIFY(!c.resumable);
        QVERIFY(c.reason.contains(u"save_only_model"_s));
    }
    void trainerDamageIsFound()
    {
        const Listing listing = scan(u"hf/damaged"_s);
        for (const QString &name : {u"checkpoint-10"_s, u"checkpoint-20"_s, u"checkpoint-30"_s, u"checkpoint-40"_s,
                                    u"checkpoint-50"_s, u"ranks/checkpoint-4"_s}) {
            const Checkpoint &c = only(listing, name);
            QVERIFY2(c.verdict == Verdict::Damaged, qPrintable(name + u": "_s + c.reason));
            QVERIFY(!c.resumable);
        }
        QVERIFY(only(listing, u"ranks/checkpoint-4"_s).reason.contains(u"1 of 2 rng_state"_s));
        QVERIFY(only(listing, u"checkpoint-30"_s).reason.contains(u"checkpoint-is-incomplete.txt"_s));
        const Listing fresh = scan(u"hf/damaged"_s, 30);
        QCOMPARE(only(fresh, u"checkpoint-10"_s).verdict, Verdict::Writing);
        QCOMPARE(only(fresh, u"checkpoint-50"_s).verdict, Verdict::Damaged);
    }
    void aMissingRankIsSeenWithoutTrainingArguments()
    {
        QTemporaryDir dir;
        QVERIFY(copyTree(fixture(u"hf/ranks/checkpoint-4"_s), dir.path() + u"/checkpoint-4"_s, m_saved));
        QVERIFY(QFile::remove(dir.path() + u"/checkpoint-4/training_args.bin"_s));
        QVERIFY(QFile::remove(dir.path() + u"/checkpoint-4/rng_state_1.pth"_s));
        ScanOptions options;
        options.recognise.now = m_saved.addDays(1);
        QCOMPARE(only(*scanFolder(dir.path(), options, {}), u"checkpoint-4"_s).verdict, Verdict::Damaged);
    }
    void fewerRandomStatesThanTheOthersAskFirst()
    {
        QTemporaryDir dir;
        const auto copy = [&](const QString &from, const QString &to) {
            return copyTree(fixture(from), dir.path() + to, m_saved) && QFile::remove(dir.path() + to + u"/training_args.bin"_s);
        };
        QVERIFY(copy(u"hf/ranks/checkpoint-2"_s, u"/checkpoint-2"_s));
        QVERIFY(copy(u"hf/single/checkpoint-4"_s, u"/checkpoint-4"_s));
        ScanOptions options;
        options.recognise.now = m_saved.addDays(1);
        QCOMPARE(only(*scanFolder(dir.path(), options, {}), u"checkpoint-4"_s).verdict, Verdict::Unverified);
        // With the training arguments the number of ranks is known, so nothing is left to ask.
        QVERIFY(write(dir.path() + u"/checkpoint-4/training_args.bin"_s, contents(fixture(u"hf/single/checkpoint-4/training_args.bin"_s))));
        QCOMPARE(only(*scanFolder(dir.path(), options, {}), u"checkpoint-4"_s).verdict, Verdict::Whole);
    }
    void readsAreSmall()
    {
        // Every fixture through a source that is not local: the median stays below 64 KiB, here by far.
        QList<qint64> reads;
        QDirIterator it(fixture(u"."_s), {u"*.pt"_s, u"*.pth"_s, u"*.ckpt"_s, u"*.safetensors"_s}, QDir::Files, QDirIterator::Subdirectories);
        while (it.hasNext()) {
            const QString path = it.next();
            MemorySource source(false);
            source.add(QFileInfo(path).fileName().toUtf8(), contents(path));
            RecogniseOptions options;
            options.now = m_saved;
            recognise(source.tree, source, options, {});
            reads << source.bytesRead;
        }
        QVERIFY(reads.size() > 30);
        std::ranges::sort(reads);
        QVERIFY2(reads[reads.size() / 2] <= 64 * 1024, qPrintable(QString::number(reads[reads.size() / 2])));
    }
    void tooManyCandidatesArePartial()
    {
        MemorySource source;
        for (int i = 0; i < 50; ++i)
            source.add("step-" + QByteArray::number(i) + ".pt", "");
        RecogniseOptions options;
        options.now = m_saved;
        options.maxProbes = 10;
        const Listing listing = recognise(source.tree, source, options, {}).listing;
        QVERIFY(listing.partial);
        QVERIFY(listing.notes.first().contains(u"10"_s));
        // Silence about the others is not "none".
        MemorySource other;
        for (int i = 0; i < 50; ++i)
            other.add("epoch-" + QByteArray::number(i) + "/model.pt", "no checkpoint");
        options.maxProbes = 0;
        const Listing none = recognise(other.tree, other, options, {}).listing;
        QVERIFY(none.partial && none.runs.isEmpty());
        QVERIFY2(none.notes.join(u' ').contains(u"No checkpoint is among the newest"_s), qPrintable(none.notes.join(u' ')));
    }
    void aPickleWithoutAZipIsNoDamagedZip()
    {
        // pickle.dumps({'model': {'w': b'1'}, 'optimizer': {'param_groups': [1]}, 'step': 7}, protocol)
        const QByteArray state = "}q\x00(X\x05\x00\x00\x00modelq\x01}q\x02X\x01\x00\x00\x00wq\x03K\x01sX\x09\x00\x00\x00optimizerq\x04}q\x05X\x0c\x00\x00\x00param_groupsq\x06]q\x07K\x01" "asX\x04\x00\x00\x00stepq\x08K\x07u."_ba;
        MemorySource source;
        source.add("step-7.pt", "\x80\x02" + state);
        source.add("step-8.pt", ("\x80\x02" + state).chopped(9));
        source.add("step-9.pt", "\x80\x02 no pickle at all");
        // torch.save(…, pickle_protocol=4, _use_new_zipfile_serialization=False)
        const QByteArray magic = QByteArray::fromHex("80049500000000000000008a0a6cfc9c46f9206aa850192e").replace(3, 8, QByteArray::fromHex("0d00000000000000"));
        const QByteArray old = magic + "\x80\x02M\xe9\x03." + "\x80\x02}." + "\x80\x02" + state;
        source.add("step-10.pt", old + "\x80\x02].");
        source.add("step-11.pt", old); // without the list of its storages
        source.add("step-12.pt", old.chopped(9));
        source.add("step-13.pt", magic + "\x80\x02M\xe9\x03." + "\x80\x02}." + "\x80\x02]NNs.");
        RecogniseOptions options;
        options.now = m_saved;
        options.writerMayBeAlive = false;
        const Listing listing = recognise(source.tree, source, options, {}).listing;
        const Checkpoint &plain = only(listing, u"step-7.pt"_s);
        QVERIFY2(plain.verdict == Verdict::Unverified, qPrintable(plain.reason));
        QCOMPARE(plain.format, u"torch-legacy"_s);
        QVERIFY2(plain.reason.contains(u"plain pickle"_s), qPrintable(plain.reason));
        QCOMPARE(only(listing, u"step-8.pt"_s).verdict, Verdict::Damaged);
        QVERIFY(only(listing, u"step-8.pt"_s).reason.contains(u"plain pickle"_s));
        QCOMPARE(only(listing, u"step-9.pt"_s).verdict, Verdict::Damaged);
        const Checkpoint &legacy = only(listing, u"step-10.pt"_s);
        QCOMPARE(legacy.verdict, Verdict::Unverified);
        QVERIFY2(legacy.reason.contains(u"torch before 1.6"_s), qPrintable(legacy.reason));
        for (const QString &name : {u"step-11.pt"_s, u"step-12.pt"_s, u"step-13.pt"_s})
            QCOMPARE(only(listing, name).verdict, Verdict::Damaged);
    }
    void safetensorsAreWeights()
    {
        const Listing listing = scan(u"safetensors"_s);
        QCOMPARE(only(listing, u"sharded"_s).verdict, Verdict::Whole);
        QVERIFY(!only(listing, u"sharded"_s).resumable);
        QCOMPARE(only(listing, u"sharded"_s).filesExpected, 4);
        QCOMPARE(only(listing, u"noindex/model"_s).verdict, Verdict::Whole);
        QCOMPARE(only(listing, u"missing"_s).verdict, Verdict::Damaged);
        QVERIFY(only(listing, u"missing"_s).reason.contains(u"3 of 4 shards"_s));
        QCOMPARE(only(listing, u"single/model.safetensors"_s).verdict, Verdict::Whole);
        QCOMPARE(only(listing, u"single/cut.safetensors"_s).verdict, Verdict::Damaged);
        QCOMPARE(only(listing, u"single/header.safetensors"_s).verdict, Verdict::Damaged);
        for (const Run &run : listing.runs)
            QCOMPARE(run.latestResumable, QString());
    }
    void theRhythmOfTheRunWidensTheWindow()
    {
        // Saves every 20 minutes: a cut file may be under way for 40.
        MemorySource source;
        const QByteArray whole = contents(fixture(u"torch/run/step-00000100.pt"_s));
        const qint64 start = m_saved.toMSecsSinceEpoch();
        for (int i = 0; i < 4; ++i)
            source.add("step-" + QByteArray::number(i) + ".pt", whole, start + i * 1'200'000LL);
        source.add("step-9.pt", whole.left(2000), start + 3 * 1'200'000LL);
        RecogniseOptions options;
        options.now = m_saved.addSecs(3 * 1200 + 2399);
        QCOMPARE(only(recognise(source.tree, source, options, {}).listing, u"step-9.pt"_s).verdict, Verdict::Writing);
        options.now = m_saved.addSecs(3 * 1200 + 2401);
        QCOMPARE(only(recognise(source.tree, source, options, {}).listing, u"step-9.pt"_s).verdict, Verdict::Damaged);
    }
    void remoteFilesAreReadByRangesOnly()
    {
        // The same run through a source that is not local: contents are not read, and little else is.
        MemorySource source(false);
        QByteArray big = contents(fixture(u"torch/run/step-00000100.pt"_s));
        source.add("step-1.pt", big);
        RecogniseOptions options;
        options.now = m_saved;
        const Listing listing = recognise(source.tree, source, options, {}).listing;
        const Checkpoint &c = only(listing, u"step-1.pt"_s);
        QCOMPARE(c.verdict, Verdict::Whole);
        QVERIFY2(c.reason.contains(u"contents not read"_s), qPrintable(c.reason));
        QVERIFY2(source.bytesRead <= 64 * 1024, qPrintable(QString::number(source.bytesRead)));
    }
    void largeLocalFilesAreNotReadWhole()
    {
        MemorySource source;
        source.add("step-1.pt", contents(fixture(u"torch/damaged/step-00000300.pt"_s)));
        RecogniseOptions options;
        options.now = m_saved;
        options.limits.fullCheck = 1000; // stands for 64 MiB
        const Checkpoint c = only(recognise(source.tree, source, options, {}).listing, u"step-1.pt"_s);
        QCOMPARE(c.verdict, Verdict::Whole); // the flipped byte is in a tensor, which is not read
        QVERIFY(c.reason.contains(u"contents not read"_s));
    }
    void theBudgetIsKeptAndNamed()
    {
        MemorySource source;
        source.add("step-1.pt", contents(fixture(u"torch/run/step-00000100.pt"_s)));
        RecogniseOptions options;
        options.now = m_saved;
        options.limits.fileBudget = 4700;
        const Checkpoint c = only(recognise(source.tree, source, options, {}).listing, u"step-1.pt"_s);
        QCOMPARE(c.verdict, Verdict::Unverified);
        QVERIFY2(c.reason.contains(u"read limit"_s), qPrintable(c.reason));
    }
    void theLatestGoesByTimeAndTiesByStep()
    {
        const QByteArray whole = contents(fixture(u"torch/run/step-00000100.pt"_s));
        const qint64 now = m_saved.toMSecsSinceEpoch();
        RecogniseOptions options;
        options.now = m_saved.addDays(1);
        MemorySource copied; // a copy gives all the same time
        for (const char *name : {"step-100.pt", "step-300.pt", "step-200.pt"})
            copied.add(name, whole, now);
        QCOMPARE(recognise(copied.tree, copied, options, {}).listing.runs.first().latestResumable, u"step-300.pt"_s);
        MemorySource reused; // a new run in the folder of an old one
        reused.add("step-5000.pt", whole, now - 7 * 86'400'000LL);
        reused.add("step-300.pt", whole, now);
        const Run run = recognise(reused.tree, reused, options, {}).listing.runs.first();
        QCOMPARE(run.latestResumable, u"step-300.pt"_s);
        QCOMPARE(run.checkpoints.last().path, u"step-5000.pt"_s); // the list itself stays by step
    }
    void stepFoldersBelongToTheRunAbove()
    {
        MemorySource source;
        const QByteArray whole = contents(fixture(u"torch/run/step-00000100.pt"_s));
        source.add("run/step-10/state.pt", whole);
        source.add("run/step-20/state.pt", whole);
        RecogniseOptions options;
        options.now = m_saved;
        const Listing listing = recognise(source.tree, source, options, {}).listing;
        QCOMPARE(listing.runs.size(), 1);
        QCOMPARE(listing.runs.first().path, u"run"_s);
        QCOMPARE(listing.runs.first().latestResumable, u"run/step-20/state.pt"_s);
    }
    void aLoneFileThatIsNothingAnyMoreIsListed()
    {
        const QByteArray zeros(3000, '\0');
        const auto pathsOf = [&](const MemorySource &source, Source &reader) {
            RecogniseOptions options;
            options.now = m_saved;
            QStringList lines;
            for (const Run &run : recognise(source.tree, reader, options, {}).listing.runs) {
                for (const Checkpoint &c : run.checkpoints)
                    lines << QStringList{c.path, c.step ? QString::number(*c.step) : u"-"_s, verdictName(c.verdict)}.join(u' ');
            }
            lines.sort();
            return lines;
        };
        MemorySource alone;
        alone.add("a/step-30.pt", zeros);
        alone.add("b/step-40/state.pt", zeros);
        alone.add("c/weights.pt", zeros); // nothing says that a checkpoint should be here
        alone.add("d/000001.tar", zeros); // an archive of a data set
        alone.add("e/step-2.bin", zeros);
        QCOMPARE(pathsOf(alone, alone), (QStringList{u"a/step-30.pt 30 damaged"_s, u"b/step-40/state.pt 40 damaged"_s}));

        MemorySource beside;
        beside.add("step-10.pt", contents(fixture(u"torch/run/step-00000100.pt"_s)));
        beside.add("best.pt", zeros);
        beside.add("last.pt", "");
        beside.add("notes.pt", "remember the milk\n");
        beside.add("other.bin", zeros);
        QCOMPARE(pathsOf(beside, beside),
                 (QStringList{u"best.pt - damaged"_s, u"last.pt - damaged"_s, u"step-10.pt 10 whole"_s}));
    }
    void aFileThatMayNotBeReadIsListed()
    {
        class Refusing final : public Source
        {
        public:
            Bytes read(const Entry &, qint64, qint64) override { return {Status::Failed, {}}; }
            bool isLocal() const override { return true; }
        } refusing;
        MemorySource source;
        source.add("step-10.pt", QByteArray(3000, 'x'));
        RecogniseOptions options;
        options.now = m_saved;
        const Checkpoint c = only(recognise(source.tree, refusing, options, {}).listing, u"step-10.pt"_s);
        QCOMPARE(c.verdict, Verdict::Unverified);
        QVERIFY(!c.resumable);
        QCOMPARE(c.reason, u"It could not be read."_s);
    }
    void savesUnderTemporaryNamesAreNotListed()
    {
        MemorySource source;
        const QByteArray whole = contents(fixture(u"torch/run/step-00000100.pt"_s));
        source.add("tmp-checkpoint-5/model.pt", whole);
        source.add("step-3.tmp/a.pt", whole);
        source.add(".step-4.pt", whole);
        source.add("step-4.pt.tmp.pt", whole);
        RecogniseOptions options;
        options.now = m_saved;
        QVERIFY(recognise(source.tree, source, options, {}).listing.runs.isEmpty());
    }
    void jsonHasTheDocumentedShape()
    {
        const Listing listing = scan(u"torch/damaged"_s);
        const QJsonObject json = toJson(listing);
        QCOMPARE(json.keys(), (QStringList{u"notes"_s, u"partial"_s, u"readAt"_s, u"runs"_s, u"source"_s}));
        const QJsonObject run = json[u"runs"_s][0].toObject();
        QCOMPARE(run.keys(), (QStringList{u"checkpoints"_s, u"format"_s, u"latestResumable"_s, u"path"_s}));
        const QJsonObject checkpoint = run[u"checkpoints"_s][1].toObject();
        QCOMPARE(checkpoint.keys(), (QStringList{u"bytes"_s, u"epoch"_s, u"files"_s, u"format"_s, u"path"_s, u"reason"_s,
                                                 u"resumable"_s, u"savedAt"_s, u"step"_s, u"stepSource"_s, u"verdict"_s}));
        QCOMPARE(checkpoint[u"savedAt"_s].toString(), u"2026-01-02T03:04:05Z"_s);
        QVERIFY(checkpoint[u"epoch"_s].isNull());
        QCOMPARE(checkpoint[u"step"_s].toInteger(), 200);
        Listing empty;
        empty.runs << Run{u"."_s, u"dcp"_s, {}, {}};
        QVERIFY(toJson(empty)[u"runs"_s][0][u"latestResumable"_s].isNull());
    }
};

QTEST_APPLESS_MAIN(TestRecognise)
#include "tst_recognise.moc"
