// SPDX-License-Identifier: GPL-3.0-or-later
#include "ShellSupport.h"
#include "Support.h"

#include "checkpoints/HelperScript.h"
#include "checkpoints/Recorded.h"

#include <QTest>
#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::ckpt;
using namespace support;

/// The in-pod script, run for real by dash, bash and busybox.
class TestHelperScript : public QObject
{
    Q_OBJECT

    const QDateTime m_saved{QDate(2026, 1, 2), QTime(3, 4, 5), Qt::UTC};
    QTemporaryDir m_scratch;
    QList<Shell> m_shells;

    static void shellRows(const QList<Shell> &shells)
    {
        QTest::addColumn<int>("shell");
        for (int i = 0; i < shells.size(); ++i)
            QTest::newRow(qPrintable(shells[i].name)) << i;
    }
    helper::Output list(const Shell &shell, const QString &folder, const QString &mount = {})
    {
        const QByteArray marker = helper::newMarker();
        QByteArray errors;
        const QByteArray log = runScript(shell, helper::scriptText(),
            helper::listArguments(marker, QFile::encodeName(mount.isEmpty() ? folder : mount), QFile::encodeName(folder)), &errors);
        if (!errors.isEmpty())
            qWarning("stderr of the script: %s", errors.constData());
        return helper::parse(log, marker);
    }

private slots:
    void initTestCase()
    {
        QVERIFY(m_scratch.isValid());
        m_shells = shells(m_scratch);
        QVERIFY2(QFile::exists(m_shells.last().program), "busybox is needed for this test");
    }
    void everyShellMeasuresTheSame()
    {
        QList<VolumeUse> uses;
        for (const Shell &shell : std::as_const(m_shells)) {
            const std::optional<VolumeUse> use =
                helper::parseMeasure(runScript(shell, helper::measureText(), helper::measureArguments("m1", "/proc/../usr")), "m1");
            QVERIFY2(use, qPrintable(shell.name));
            uses.append(*use);
        }
        for (const VolumeUse &use : uses) {
            QVERIFY(use.used > 0);
            QCOMPARE(use.capacity, uses.first().capacity);
            QCOMPARE(use.fileSystem, uses.first().fileSystem);
        }
    }
    void aMeasurementIsCheckedLineByLine_data()
    {
        QTest::addColumn<QByteArray>("log");
        QTest::addColumn<qint64>("used"); // -1: refused
        const auto row = [](const char *name, const char *line, qint64 used) {
            QTest::newRow(name) << QByteArray("@@m B 1\n") + line + "\n@@m Z\n" << used;
        };
        row("good", "@@m U 3f8a 4096 100 40 30 10 4", 60 * 4096);
        row("noise before", "warning\r\n@@m U 3f8a 4096 100 40 30 10 4\r", 60 * 4096);
        row("no inodes", "@@m U 0 4096 100 40 30 0 0", 60 * 4096);
        row("somebody else's mark", "@@n U 3f8a 4096 100 40 30 10 4", -1);
        row("too few", "@@m U 3f8a 4096 100 40 30 10", -1);
        row("words", "@@m U 3f8a 4096 many 40 30 10 4", -1);
        row("negative", "@@m U 3f8a 4096 -100 40 30 10 4", -1);
        row("more free than there is", "@@m U 3f8a 4096 100 101 30 10 4", -1);
        row("overflow", "@@m U 3f8a 9223372036854775807 9223372036854775807 1 1 1 1", -1);
        row("nothing", "", -1);
    }
    void aMeasurementIsCheckedLineByLine()
    {
        QFETCH(QByteArray, log);
        QFETCH(qint64, used);
        const std::optional<VolumeUse> use = helper::parseMeasure(log, "m");
        QCOMPARE(use ? use->used : qint64(-1), used);
        if (use)
            QCOMPARE(use->available, qint64(30 * 4096));
    }

    void checksumIsTheOneOfPosix()
    {
        QCOMPARE(helper::posixChecksum("123456789"), 930766865u); // printf 123456789 | cksum
        QCOMPARE(helper::posixChecksum(""), 4294967295u);
    }
    void theScriptHasNothingKubernetesWouldExpand()
    {
        QVERIFY(!helper::scriptText().contains(u"$("_s.append(u'A')));
        // Arithmetic is the only "$(" there is, and "((" is no variable reference.
        QCOMPARE(helper::scriptText().count(u"$("_s), helper::scriptText().count(u"$(("_s));
        QVERIFY(!helper::scriptText().contains(u"$$"_s));
    }
    void candidatesAreTheSameHereAndThere()
    {
        // Every pattern of the script, as a name, is a candidate for the local scan too, and nothing else is.
        for (const char *name : {"a.pt", "a.pth", "a.ckpt", "a.bin", "a.tar", "a.safetensors", "a.distcp", ".metadata", "a.metadata",
                                 ".metadata.tmp", "trainer_state.json", "metadata.json", "a.safetensors.index.json",
                                 "a.bin.index.json", "checkpoint-is-incomplete.txt", "checkpoint-is-incomplete.txt.node-0", "random_states_0.pkl"})
            QVERIFY2(isCandidateName(name), name);
        for (const char *name : {"settings.json", "a.txt", "pt", "a.pt.tmp", "other_trainer_state.json", "data.pkl"})
            QVERIFY2(!isCandidateName(name), name);
        QTemporaryDir dir;
        for (const char *name : {"a.pt", "a.pth", "a.ckpt", "a.bin", "a.tar", "a.safetensors", "a.distcp", ".metadata", "a.metadata",
                                 ".metadata.tmp", "trainer_state.json", "metadata.json", "a.safetensors.index.json",
                                 "a.bin.index.json", "checkpoint-is-incomplete.txt", "checkpoint-is-incomplete.txt.node-0",
                                 "random_states_0.pkl", "settings.json", "a.txt", "pt", "a.pt.tmp", "other_trainer_state.json", "data.pkl"})
            QVERIFY(write(dir.path() + u'/' + QString::fromLatin1(name), "x"));
        const helper::Output output = list(m_shells.first(), dir.path());
        QCOMPARE(output.candidates.size(), 17);
        QCOMPARE(output.others.size(), 6);
        for (const helper::Listed &file : output.candidates)
            QVERIFY2(isCandidateName(file.path), file.path.constData());
    }

    void everyNameSurvives_data() { shellRows(m_shells); }
    void everyNameSurvives()
    {
        QFETCH(int, shell);
        QTemporaryDir dir;
        const QList<QByteArray> names{"new\nline.pt", "ends in newline.pt\n.pt", "quote'\"$(touch x)`touch y`.pt", "not-utf8-\xff\xfe.pt",
                                      "-n.pt", " space .pt", "a=b%c\\0d.pt", "*.pt", "@@M Z\n.pt", "tab\t.pt", "檢查點.pt", ";rm -rf .pt"};
        for (const QByteArray &name : names) {
            FILE *file = std::fopen((QFile::encodeName(dir.path()) + '/' + name).constData(), "wb");
            QVERIFY(file);
            std::fputs(name.constData(), file);
            std::fclose(file);
        }
        const helper::Output output = list(m_shells[shell], dir.path());
        QVERIFY(output.isComplete());
        QList<QByteArray> found;
        for (const helper::Listed &file : output.candidates) {
            found << file.path;
            QCOMPARE(file.size, file.path.size());
        }
        QList<QByteArray> expected = names;
        std::ranges::sort(expected);
        std::ranges::sort(found);
        QCOMPARE(found, expected);
        QCOMPARE(output.ranges.size(), names.size());
        for (const helper::Range &range : output.ranges)
            QCOMPARE(range.bytes, range.path); // the contents of each file are its name
        // Nothing was executed and nothing was made.
        const auto after = FolderSource::open(dir.path());
        const Tree tree = (*after)->walk({}, std::stop_token());
        QCOMPARE(tree.files.size(), names.size());
        QVERIFY(tree.others.isEmpty());
    }

    void rangesAreExact_data() { shellRows(m_shells); }
    void rangesAreExact()
    {
        QFETCH(int, shell);
        QTemporaryDir dir;
        QByteArray bytes;
        for (int i = 0; i < 200'000; ++i)
            bytes += static_cast<char>(i * 7919 >> 5);
        QVERIFY(write(dir.path() + u"/sub/a b.pt"_s, bytes));
        QVERIFY(write(dir.path() + u"/empty.pt"_s, ""));
        const QByteArray folder = QFile::encodeName(dir.path());
        const QByteArray marker = helper::newMarker();
        const QList<helper::Want> wants{{"sub/a b.pt", 0, 1}, {"sub/a b.pt", 3, 16}, {"sub/a b.pt", 48, 1}, {"it's gone\n.pt", 0, 1}, {"empty.pt", 0, 1}};
        const helper::Output output
            = helper::parse(runScript(m_shells[shell], helper::scriptText(), helper::readArguments(marker, folder, folder, wants)), marker);
        QVERIFY(output.isComplete());
        QCOMPARE(output.ranges.size(), 4);
        QCOMPARE(output.gone, QList<QByteArray>{"it's gone\n.pt"});
        for (const helper::Range &range : output.ranges) {
            if (range.path == "empty.pt")
                QCOMPARE(range.bytes, QByteArray());
            else
                QVERIFY(!range.bytes.isEmpty() && bytes.mid(range.offset).startsWith(range.bytes));
        }
        QCOMPARE(output.ranges[1].bytes.size(), 65536);
        QCOMPARE(output.ranges[2].bytes.size(), 200'000 - 48 * 4096);
    }

    void nothingOutsideIsListed_data() { shellRows(m_shells); }
    void nothingOutsideIsListed()
    {
        QFETCH(int, shell);
        QTemporaryDir outside;
        QTemporaryDir dir;
        QVERIFY(write(outside.path() + u"/step-1.pt"_s, "x"));
        QVERIFY(write(dir.path() + u"/in/step-2.pt"_s, "x"));
        QVERIFY(QFile::link(outside.path(), dir.path() + u"/out"_s));
        QVERIFY(QFile::link(outside.path() + u"/step-1.pt"_s, dir.path() + u"/step-1.pt"_s));
        QCOMPARE(::mkfifo((QFile::encodeName(dir.path()) + "/step-3.pt").constData(), 0600), 0);
        const helper::Output output = list(m_shells[shell], dir.path());
        QCOMPARE(output.candidates.size(), 1);
        QCOMPARE(output.candidates.first().path, "in/step-2.pt"_ba);
        QCOMPARE(output.specials.size(), 2); // counted, and never read
        RecordedSource source;
        source.addListing(output, QFile::encodeName(dir.path()));
        QVERIFY2(source.tree().notes.join(u' ').contains(u"left out: 2, such as step-"_s), qPrintable(source.tree().notes.join(u' ')));
        QVERIFY(!source.tree().partial);
        QCOMPARE(list(m_shells[shell], dir.path() + u"/out"_s, dir.path()).refusal, u"outside"_s);
        QCOMPARE(list(m_shells[shell], dir.path() + u"/in/../.."_s, dir.path()).refusal, u"outside"_s);
        QCOMPARE(list(m_shells[shell], dir.path() + u"/none"_s, dir.path()).refusal, u"nofolder"_s);
        QCOMPARE(list(m_shells[shell], dir.path() + u"/in"_s, dir.path()).candidates.size(), 1);
    }

    void theVerdictsAreThoseOfTheLocalScan_data() { shellRows(m_shells); }
    void theVerdictsAreThoseOfTheLocalScan()
    {
        QFETCH(int, shell);
        QTemporaryDir dir;
        QVERIFY(copyTree(fixture(u"."_s), dir.path() + u"/all"_s, m_saved));
        const QByteArray folder = QFile::encodeName(dir.path() + u"/all"_s);
        ScanOptions options;
        options.recognise.now = m_saved.addDays(2);
        options.recognise.limits.fullCheck = 0; // a claim's contents are not read either
        Result<Listing> local = scanFolder(dir.path() + u"/all"_s, options, std::stop_token());
        QVERIFY(local);
        QVERIFY(local->runs.size() > 8);

        RecordedSource source;
        QByteArray marker = helper::newMarker();
        const helper::Output output
            = helper::parse(runScript(m_shells[shell], helper::scriptText(), helper::listArguments(marker, folder, folder)), marker);
        QVERIFY(output.isComplete());
        source.addListing(output, folder);
        source.addRanges(output);
        Recognised remote = recognise(source.tree(), source, options.recognise, std::stop_token());
        int rounds = 0;
        while (remote.pending && rounds < 10) {
            const QList<helper::Want> wants = source.takeWants(2'500'000, 500'000);
            QVERIFY(!wants.isEmpty());
            marker = helper::newMarker();
            const helper::Output ranges
                = helper::parse(runScript(m_shells[shell], helper::scriptText(), helper::readArguments(marker, folder, folder, wants)), marker);
            QVERIFY(ranges.isComplete());
            source.addRanges(ranges);
            source.giveUpOn(wants);
            remote = recognise(source.tree(), source, options.recognise, std::stop_token());
            ++rounds;
        }
        QVERIFY2(rounds <= 2, qPrintable(QString::number(rounds)));
        local->source.clear();
        QCOMPARE(toJson(remote.listing), toJson(*local));
    }

    void aCutLogIsNeverComplete()
    {
        QTemporaryDir dir;
        for (int i = 0; i < 5; ++i)
            QVERIFY(write(dir.path() + u"/step-%1.pt"_s.arg(i), "content"));
        QVERIFY(write(dir.path() + u"/notes.md"_s, "x"));
        const QByteArray folder = QFile::encodeName(dir.path());
        const QByteArray marker = helper::newMarker();
        const QByteArray log = runScript(m_shells.first(), helper::scriptText(), helper::listArguments(marker, folder, folder));
        QVERIFY(helper::parse(log, marker).isComplete());
        QVERIFY(!helper::parse(log, "another").isComplete());
        // Every prefix, every suffix, and every log with one line of a list missing.
        const qsizetype end = log.lastIndexOf("@@");
        for (qsizetype i = 0; i <= end; ++i)
            QVERIFY2(!helper::parse(log.left(i), marker).isComplete(), log.left(i).right(60).constData());
        for (qsizetype i = 1; i < log.size(); ++i)
            QVERIFY2(!helper::parse(log.mid(i), marker).isComplete(), qPrintable(QString::number(i)));
        const QList<QByteArray> lines = log.split('\n');
        qsizetype lists = 0;
        while (lists < lines.size() && !lines[lists].contains(" S r "))
            ++lists;
        for (qsizetype i = 0; i < lists; ++i) {
            QList<QByteArray> fewer = lines;
            fewer.removeAt(i);
            QVERIFY2(!helper::parse(fewer.join('\n'), marker).isComplete(), lines[i].constData());
        }
        // A cut range is simply not there.
        const helper::Output cut = helper::parse(log.left(end - 4), marker);
        QVERIFY(cut.ranges.size() < 5);
        RecordedSource source;
        source.addListing(cut, folder);
        QVERIFY(source.tree().partial);
        QVERIFY(!source.tree().notes.isEmpty());
    }
    void aFlippedLogByteIsNoticed()
    {
        QTemporaryDir dir;
        QVERIFY(write(dir.path() + u"/step-1.pt"_s, "content"));
        const QByteArray folder = QFile::encodeName(dir.path());
        const QByteArray marker = helper::newMarker();
        const QByteArray log = runScript(m_shells.first(), helper::scriptText(), helper::listArguments(marker, folder, folder));
        for (qsizetype i = 0; i < log.size(); ++i) {
            QByteArray flipped = log;
            flipped[i] = static_cast<char>(flipped[i] ^ 1);
            const helper::Output output = helper::parse(flipped, marker);
            for (const helper::Range &range : output.ranges)
                QCOMPARE(range.bytes, "content"_ba);
            for (const helper::Listed &file : output.candidates)
                QCOMPARE(file.path, "step-1.pt"_ba);
        }
    }

    void anImageWithoutToolsIsNamed()
    {
        // Without this an image that has no find would show an empty claim.
        QTemporaryDir dir;
        QVERIFY(write(dir.path() + u"/step-1.pt"_s, "content"));
        for (const QString &tool : {u"find"_s, u"xargs"_s, u"base64"_s, u"stat"_s}) {
            QTemporaryDir bin;
            Shell poor = m_shells.last();
            for (const QFileInfo &applet : QDir(poor.path).entryInfoList(QDir::Files)) {
                if (applet.fileName() != tool)
                    QVERIFY(QFile::link(u"/bin/busybox"_s, bin.path() + u'/' + applet.fileName()));
            }
            poor = m_shells.first(); // dash: busybox' own shell would run its applets without PATH
            poor.path = bin.path();
            const helper::Output output = list(poor, dir.path());
            QCOMPARE(output.refusal, u"missing-"_s + tool);
        }
    }
    void toolsThatFailMakeItPartial()
    {
        QTemporaryDir dir;
        QTemporaryDir bin;
        QVERIFY(write(dir.path() + u"/step-1.pt"_s, "content"));
        Shell broken = m_shells.first();
        broken.path = bin.path() + u":/usr/bin:/bin"_s;
        QVERIFY(write(bin.path() + u"/xargs"_s, "#!/bin/sh\necho 'xargs: invalid option -- 0' >&2\nexit 1\n"));
        QVERIFY(QFile::setPermissions(bin.path() + u"/xargs"_s, QFile::ReadOwner | QFile::ExeOwner));
        const helper::Output output = list(broken, dir.path());
        RecordedSource source;
        source.addListing(output, "x");
        QVERIFY(source.tree().partial);
        QVERIFY2(source.tree().notes.join(u' ').contains(u"invalid option"_s), qPrintable(source.tree().notes.join(u' ')));
    }

    void manyFilesAreCutWithANote_data() { shellRows(m_shells); }
    void manyFilesAreCutWithANote()
    {
        QFETCH(int, shell);
        QTemporaryDir dir;
        const QString folder = dir.path() + u"/many"_s;
        QVERIFY(QDir().mkpath(folder));
        const QByteArray base = QFile::encodeName(folder) + '/' + QByteArray(200, 'n') + '-';
        QVERIFY(write(QFile::decodeName(base) + u"0.pt"_s, "x"));
        for (int i = 1; i < 2500; ++i)
            QCOMPARE(::link((base + "0.pt").constData(), (base + QByteArray::number(i) + ".pt").constData()), 0);
        const QByteArray marker = helper::newMarker();
        const QByteArray log = runScript(m_shells[shell], helper::scriptText(),
                                         helper::listArguments(marker, QFile::encodeName(folder), QFile::encodeName(folder)));
        QVERIFY2(log.size() < 4 * 1024 * 1024, qPrintable(QString::number(log.size())));
        const helper::Output output = helper::parse(log, marker);
        QVERIFY(output.begun && output.ended);
        QVERIFY(output.candidatesCut);
        QVERIFY(output.candidates.size() > 1500);
        RecordedSource source;
        source.addListing(output, QFile::encodeName(folder));
        QVERIFY(source.tree().partial);
    }

    void whatLiesNearIsListedFirst_data() { shellRows(m_shells); }
    void whatLiesNearIsListedFirst()
    {
        // A folder with more files than fit must not hide the checkpoints beside it.
        QFETCH(int, shell);
        QTemporaryDir dir;
        for (const auto &deep : {u"a/cache"_s, u"z/cache"_s}) {
            const QString folder = dir.path() + u'/' + deep;
            QVERIFY(QDir().mkpath(folder));
            const QByteArray base = QFile::encodeName(folder) + '/' + QByteArray(200, 'n') + '-';
            QVERIFY(write(QFile::decodeName(base) + u"0.pt"_s, "x"));
            for (int i = 1; i < 2500; ++i)
                QCOMPARE(::link((base + "0.pt").constData(), (base + QByteArray::number(i) + ".pt").constData()), 0);
        }
        QVERIFY(QDir(dir.path()).mkdir(u"m"_s));
        for (const auto &name : {u"step-1.pt"_s, u"m/step-2.pt"_s})
            QVERIFY(write(dir.path() + u'/' + name, "x"));
        const helper::Output output = list(m_shells[shell], dir.path());
        QVERIFY(output.candidatesCut);
        QVERIFY(output.candidates.size() > 1500);
        const QSet<QByteArray> first{output.candidates[0].path, output.candidates[1].path};
        QCOMPARE(first, (QSet<QByteArray>{"step-1.pt", "m/step-2.pt"}));
    }

    void unreadableFoldersAreNamed_data() { shellRows(m_shells); }
    void unreadableFoldersAreNamed()
    {
        QFETCH(int, shell);
        QTemporaryDir dir;
        QVERIFY(write(dir.path() + u"/step-1.pt"_s, "x"));
        QVERIFY(QDir(dir.path()).mkdir(u"secret"_s));
        const QByteArray secret = QFile::encodeName(dir.path()) + "/secret";
        QCOMPARE(::chmod(secret.constData(), 0), 0);
        QCOMPARE(::chmod(QFile::encodeName(dir.path()).constData(), 0755), 0);
        Shell asNobody = m_shells[shell];
        if (::geteuid() == 0) {
            // Root reads everything, so the script runs as nobody here.
            QCOMPARE(::chmod(QFile::encodeName(m_scratch.path()).constData(), 0755), 0);
            asNobody.before = QStringList{u"--reuid=65534"_s, u"--clear-groups"_s, u"--"_s, asNobody.program} + asNobody.before;
            asNobody.program = u"/usr/bin/setpriv"_s;
        }
        const helper::Output output = list(asNobody, dir.path());
        ::chmod(secret.constData(), 0700);
        QVERIFY(output.isComplete());
        QCOMPARE(output.candidates.size(), 1);
        RecordedSource source;
        source.addListing(output, "x");
        QVERIFY(source.tree().partial);
        QVERIFY2(source.tree().notes.first().contains(u"secret"_s), qPrintable(source.tree().notes.first()));
    }
};

QTEST_GUILESS_MAIN(TestHelperScript)
#include "tst_helperscript.moc"
