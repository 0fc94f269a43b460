// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/SaveLocation.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::ckpt;

class TestSaveLocation : public QObject
{
    Q_OBJECT

    static Job job()
    {
        Job job;
        job.mounts = {{u"/ckpt"_s, {}, u"ckpts"_s, false}, {u"/data"_s, u"imagenet/v1"_s, u"data"_s, true}, {u"/dev/shm"_s, {}, {}, false}};
        return job;
    }
    static QString shown(const SaveLocation &l)
    {
        switch (l.kind) {
        case SaveLocation::Kind::Claim: return l.place.claim + u':' + l.place.path;
        case SaveLocation::Kind::Remote: return l.uri;
        case SaveLocation::Kind::None: break;
        }
        return u"-"_s;
    }

private slots:
    void theMostCertainSourceWins()
    {
        Job j = job();
        j.args = {u"--output_dir"_s, u"/ckpt/from-argument"_s};
        QCOMPARE(shown(locate(j)), u"ckpts:from-argument"_s);
        QCOMPARE(locate(j).origin, SaveLocation::Origin::Argument);
        QVERIFY(!locate(j).guessed());
        j.env[u"CHECKPOINT_DIR"_s] = u"/ckpt/from-env"_s;
        QCOMPARE(shown(locate(j)), u"ckpts:from-env"_s);
        j.annotations[u"cairn.console/checkpoint-dir"_s] = u"/ckpt/corrected/"_s;
        QCOMPARE(shown(locate(j)), u"ckpts:corrected"_s);
        QCOMPARE(locate(j).place.containerPath, u"/ckpt/corrected"_s);
    }
    void aWrongAnnotationSaysHowToCorrectIt()
    {
        for (const QString &hostile : {u"pvc://"_s, u"pvc://../../etc"_s, u"pvc://UPPER CASE/x"_s, u"/ckpt/a\nb"_s, u"/"_s + QString(300'000, u'x'), u"out"_s,
                                       u"/nowhere"_s, u"$(GONE)/x"_s}) {
            Job j = job();
            j.annotations[u"cairn.console/checkpoint-dir"_s] = hostile;
            const SaveLocation location = locate(j);
            QVERIFY2(location.kind == SaveLocation::Kind::None, qPrintable(hostile.left(40)));
            QVERIFY(!location.reason.isEmpty() && location.reason.size() < 2000);
            QVERIFY2(howToCorrect(location).contains(u"cairn.console/checkpoint-dir"_s), qPrintable(howToCorrect(location)));
            QVERIFY(howToCorrect(location).startsWith(u"Correct or remove"_s));
        }
        QVERIFY(howToCorrect(locate(Job())).startsWith(u"Enter where it saves"_s));
    }
    void argumentsOfManyFrameworks_data()
    {
        QTest::addColumn<QStringList>("args");
        QTest::addColumn<QString>("where");
        const auto row = [](const char *name, const QStringList &args, const QString &where) { QTest::newRow(name) << args << where; };
        row("transformers", {u"train.py"_s, u"--output_dir=/ckpt/hf"_s}, u"ckpts:hf"_s);
        row("dashes", {u"--output-dir"_s, u"/ckpt/hf"_s}, u"ckpts:hf"_s);
        row("megatron", {u"--save"_s, u"/ckpt/m"_s, u"--save-interval"_s, u"5"_s}, u"ckpts:m"_s);
        row("lightning cli", {u"fit"_s, u"--trainer.default_root_dir=/ckpt/pl"_s}, u"ckpts:pl"_s);
        row("hydra", {u"trainer.default_root_dir=/ckpt/h"_s}, u"ckpts:h"_s);
        row("torchtitan", {u"--job.dump_folder"_s, u"/ckpt/out"_s, u"--checkpoint.folder"_s, u"cp"_s}, u"ckpts:out/cp"_s);
        row("shell", {u"sh"_s, u"-c"_s, u"cd /app && python train.py --save-dir \"/ckpt/a b\" --lr 1"_s}, u"ckpts:a b"_s);
        row("last one wins", {u"--output_dir=/ckpt/1"_s, u"--output_dir=/ckpt/2"_s}, u"ckpts:2"_s);
        row("variable", {u"--output_dir=$(HOME_DIR)/x"_s}, u"ckpts:home/x"_s);
        row("shell variable", {u"--output_dir=${HOME_DIR}/$NAME"_s}, u"ckpts:home/n"_s);
        row("bucket", {u"--output_dir=s3://bucket/run"_s}, u"s3://bucket/run"_s);
        row("not on a claim", {u"--output_dir=/tmp/x"_s}, u"-"_s);
        row("memory", {u"--output_dir=/dev/shm/x"_s}, u"-"_s);
        row("prefix of a mount's name", {u"--output_dir=/ckpt2/x"_s}, u"-"_s);
        row("dots", {u"--output_dir=/ckpt/a/../../ckpt/./b//"_s}, u"ckpts:b"_s);
        row("subPath", {u"--output_dir=/data/x"_s}, u"data:imagenet/v1/x"_s);
        row("flag without value", {u"--save"_s, u"--lr"_s, u"1"_s}, u"ckpts:"_s);
        row("relative path, so the mount is guessed", {u"--output_dir=out"_s}, u"ckpts:"_s);
        row("nothing", {}, u"ckpts:"_s);
    }
    void argumentsOfManyFrameworks()
    {
        QFETCH(QStringList, args);
        QFETCH(QString, where);
        Job j = job();
        j.args = args;
        j.env = {{u"HOME_DIR"_s, u"/ckpt/home"_s}, {u"NAME"_s, u"n"_s}};
        const SaveLocation location = locate(j);
        QCOMPARE(shown(location), where);
        QCOMPARE(location.reason.isEmpty(), location.kind == SaveLocation::Kind::Claim);
    }
    void mountsAreOnlyAGuess()
    {
        const SaveLocation guess = locate(job());
        QVERIFY(guess.guessed());
        QCOMPARE(guess.from, u"/ckpt"_s);
        Job j = job();
        j.mounts = {{u"/x"_s, {}, u"only"_s, false}, {u"/data"_s, {}, u"data"_s, true}};
        QCOMPARE(shown(locate(j)), u"only:"_s);
        j.mounts << VolumeMount{u"/y"_s, {}, u"second"_s, false};
        QCOMPARE(shown(locate(j)), u"-"_s);
        QVERIFY(!locate(j).reason.isEmpty());
        j.mounts.clear();
        QVERIFY(locate(j).reason.contains(u"no PVC"_s));
        j.envFrom = {u"CHECKPOINT_DIR"_s};
        QVERIFY(locate(j).reason.contains(u"Secret"_s));
    }
    void claimsMayBeNamedDirectly()
    {
        Job j = job();
        j.annotations[u"cairn.console/checkpoint-dir"_s] = u"pvc://ckpts/team/run"_s;
        QCOMPARE(shown(locate(j)), u"ckpts:team/run"_s);
        QCOMPARE(locate(j).place.containerPath, u"/ckpt/team/run"_s);
        j.annotations[u"cairn.console/checkpoint-dir"_s] = u"pvc://elsewhere/a/../b"_s;
        QCOMPARE(shown(locate(j)), u"elsewhere:b"_s);
        QCOMPARE(locate(j).place.containerPath, QString());
    }
    void pathsMapBothWays()
    {
        Job j = job();
        j.mounts << VolumeMount{u"/ckpt/sub"_s, u"deep"_s, u"other"_s, false};
        QCOMPARE(claimPathOf(j, u"/ckpt/sub/x"_s)->claim, u"other"_s);
        QCOMPARE(claimPathOf(j, u"/ckpt/sub/x"_s)->path, u"deep/x"_s);
        QCOMPARE(containerPathOf(j, u"other"_s, u"deep/x"_s), u"/ckpt/sub/x"_s);
        QCOMPARE(containerPathOf(j, u"other"_s, u"x"_s), std::nullopt);        // outside the subPath
        QCOMPARE(containerPathOf(j, u"ckpts"_s, u"sub/x"_s), std::nullopt);    // hidden by the other mount
        QCOMPARE(containerPathOf(j, u"ckpts"_s, u"a/step-1.pt"_s), u"/ckpt/a/step-1.pt"_s);
        QCOMPARE(containerPathOf(j, u"data"_s, u"imagenet/v1"_s), u"/data"_s);
        QCOMPARE(containerPathOf(j, u"none"_s, u"x"_s), std::nullopt);
        QCOMPARE(claimPathOf(j, u"relative"_s), std::nullopt);
        QVERIFY(claimPathOf(j, u"/data/x"_s)->readOnly);
        j.mounts << VolumeMount{u"/ro"_s, {}, u"ckpts"_s, true};
        QCOMPARE(containerPathOf(j, u"ckpts"_s, u"a"_s), u"/ckpt/a"_s);        // the writable one
    }
};

QTEST_APPLESS_MAIN(TestSaveLocation)
#include "tst_savelocation.moc"
