// SPDX-License-Identifier: GPL-3.0-or-later
#include "CommandManual.h"
#include "CommandTable.h"
#include "Complete.h"
#include "Options.h"

#include <QCommandLineParser>
#include <QRegularExpression>
#include <QTest>
#include <algorithm>

using namespace Qt::StringLiterals;
using namespace cairn::ctl;

class TestCtlTables : public QObject
{
    Q_OBJECT

    static QStringList wordsOf(const Completion &completion)
    {
        QStringList words;
        for (const Candidate &candidate : completion.candidates)
            words.append(candidate.word);
        return words;
    }
    /// As where nothing has to be asked: whoever asks all the same fails the test.
    static QStringList completed(const QStringList &words)
    {
        return wordsOf(completionOf(words, [](const TypedPlace &) -> NameSource {
            qFatal("a source was asked for words of Cairn's own");
        }));
    }
    static NameSource names()
    {
        return {[] { return QStringList{u"prod-eu"_s, u"arn:aws:eks:eu/a"_s, u"two words"_s, u"x\x1b[31m"_s, u"line\nbreak"_s, u"\u202Egpj"_s}; },
                [] { return QStringList{u"research"_s, u"default"_s}; }, [] { return QStringList{u"mnist"_s, u"bert"_s, u"PyTorchJob/both"_s}; },
                [] { return QStringList{u"ckpt"_s}; }, [] { return QStringList{u"node-1"_s}; }};
    }
    static QString refusal(const QStringList &words)
    {
        const auto parsed = parseOptions(QStringList{u"cairnctl"_s} + words);
        const Stop *stop = std::get_if<Stop>(&parsed);
        return stop ? stop->text : QString();
    }

private slots:
    void whatDoesNotGoWithTheKindIsRefused()
    {
        const QStringList words{u"job"_s, u"new"_s, u"x"_s, u"--image"_s, u"a:1"_s, u"--runtime"_s, u"torch"_s, u"--kind"_s};
        QVERIFY(refusal(words + QStringList{u"PyTorchJob"_s}).contains(u"--runtime goes with --kind TrainJob"_s));
        QCOMPARE(refusal(words + QStringList{u"TrainJob"_s}), QString());
    }

    void everyCommandIsFoundByItsWordsAndTakesAsManyAsItSays()
    {
        for (const CommandFacts &command : commandTable()) {
            QStringList words = command.path.split(u' ');
            while (words.size() < command.fewestWords())
                words.append(u"name"_s);
            QCOMPARE(commandOf(words), &command);
            const QStringList needed = command.path == "job scale"_L1 ? QStringList{u"--workers"_s, u"2"_s}
                : command.path.startsWith("overlay "_L1)              ? QStringList{u"--out"_s, u"dir"_s}
                                                                      : QStringList();
            QCOMPARE(refusal(words + needed), QString());
            if (command.fewestWords() > command.pathWords())
                QVERIFY2(refusal(words.mid(0, words.size() - 1) + needed).contains(u"needs one more word"_s), qPrintable(command.path));
            while (words.size() < command.mostWords())
                words.append(u"name"_s);
            words.append(u"one-more"_s);
            QCOMPARE(refusal(words + needed).contains(u"\"one-more\" is one word too many"_s), command.mostWords() >= 0);
        }
    }

    void whatIsNoCommandIsRefused_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::newRow("unknown") << QStringList{u"job-s"_s};
        QTest::newRow("half") << QStringList{u"job"_s};
        QTest::newRow("half, wrong") << QStringList{u"overlay"_s, u"list"_s};
        QTest::newRow("hidden") << QStringList{u"jobs"_s, u"__complete"_s};
    }
    void whatIsNoCommandIsRefused()
    {
        QFETCH(QStringList, words);
        QVERIFY(refusal(words).startsWith("cairnctl: "_L1));
    }

    void aNewJobTakesACommandAndMayBeNamedByItsFile()
    {
        QCOMPARE(refusal({u"job"_s, u"new"_s, u"x"_s, u"--"_s, u"torchrun"_s, u"train.py"_s, u"--lr"_s, u"1"_s}), QString());
        QCOMPARE(refusal({u"job"_s, u"new"_s, u"-f"_s, u"job.yaml"_s}), QString());
        QVERIFY(!refusal({u"job"_s, u"new"_s}).isEmpty());
    }

    void theHelpNamesEveryCommandOnce()
    {
        const QString help = commandHelp();
        for (const CommandFacts &command : commandTable()) {
            const QRegularExpression line(u"^  "_s + QRegularExpression::escape((command.path + u' ' + command.arguments).trimmed()) + u"(  .*|)$"_s,
                                          QRegularExpression::MultilineOption);
            QCOMPARE(help.count(line), 1);
        }
        const QStringList lines = help.split(u'\n');
        QVERIFY(std::ranges::all_of(lines, [](const QString &line) { return line.size() <= 108; }));
    }

    void bundleGoesWithDoctor()
    {
        QCOMPARE(refusal({u"doctor"_s, u"--bundle"_s, u"-"_s}), QString());
        QVERIFY(!refusal({u"jobs"_s, u"--bundle"_s, u"x"_s}).isEmpty());
        QVERIFY(!refusal({u"doctor"_s, u"--bundle="_s}).isEmpty());
    }

    void completesCommandsByTheirTable_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<QStringList>("found");
        QTest::newRow("first") << QStringList{u"jo"_s} << QStringList{u"job"_s, u"jobs"_s};
        QTest::newRow("second") << QStringList{u"job"_s, u"c"_s} << QStringList{u"clone"_s, u"convert"_s};
        QTest::newRow("behind options") << QStringList{u"-n"_s, u"jobs"_s, u"-A"_s, u"--context"_s, u"x"_s, u"quo"_s} << QStringList{u"quotas"_s};
        QTest::newRow("compact") << QStringList{u"-Anjobs"_s, u"quo"_s} << QStringList{u"quotas"_s};
        QTest::newRow("unknown option") << QStringList{u"--what"_s, u"quo"_s} << QStringList{u"quotas"_s};
        QTest::newRow("wrong command") << QStringList{u"nothing"_s, u""_s} << QStringList{};
        QTest::newRow("enough words") << QStringList{u"jobs"_s, u""_s} << QStringList{};
        QTest::newRow("behind --") << QStringList{u"job"_s, u"new"_s, u"x"_s, u"--"_s, u"--de"_s} << QStringList{};
        QTest::newRow("option") << QStringList{u"job"_s, u"resume"_s, u"x"_s, u"--accept-u"_s} << QStringList{u"--accept-unverified"_s};
        QTest::newRow("option of storage") << QStringList{u"--mount-n"_s} << QStringList{u"--mount-name"_s};
        QTest::newRow("value") << QStringList{u"components"_s, u"--fail-on"_s, u"d"_s} << QStringList{u"degraded"_s, u"down"_s};
        QTest::newRow("value of audit") << QStringList{u"audit"_s, u"--fail-on"_s, u""_s} << QStringList{u"critical"_s, u"high"_s, u"low"_s, u"medium"_s};
        QTest::newRow("value behind =") << QStringList{u"--output=j"_s} << QStringList{u"--output=json"_s};
        QTest::newRow("short") << QStringList{u"-o"_s, u"y"_s} << QStringList{u"yaml"_s};
        QTest::newRow("flag takes none") << QStringList{u"--yes=x"_s} << QStringList{};
        QTest::newRow("a number") << QStringList{u"--keep"_s, u""_s} << QStringList{};
        QTest::newRow("kind") << QStringList{u"--kind"_s, u"MPI"_s} << QStringList{u"MPIJob"_s, u"MPIJob/v2beta1"_s};
        QTest::newRow("storage") << QStringList{u"storage"_s, u"new"_s, u"ceph"_s} << QStringList{u"ceph-rgw"_s, u"cephfs"_s};
        QTest::newRow("name of storage") << QStringList{u"storage"_s, u"new"_s, u"nfs"_s, u""_s} << QStringList{};
    }
    void completesCommandsByTheirTable()
    {
        QFETCH(QStringList, words);
        QFETCH(QStringList, found);
        QCOMPARE(completed(words), found);
    }

    void everyWordThatIsProposedIsTaken()
    {
        for (const CommandFacts &command : commandTable()) {
            QStringList words = command.path.split(u' ');
            while (words.size() < command.fewestWords())
                words.append(u"name"_s);
            if (command.path == "job scale"_L1)
                words += {u"--workers"_s, u"2"_s};
            if (command.path.startsWith("overlay "_L1) || command.path.startsWith("job "_L1))
                words += {u"--out"_s, u"dir"_s};
            for (const QString &option : {u"--output"_s, u"--fail-on"_s, u"--recover"_s, u"--from"_s, u"--framework"_s, u"--kind"_s}) {
                const QStringList values = completed(words + QStringList{option, QString()});
                QVERIFY(!values.isEmpty());
                for (const QString &value : values)
                    QCOMPARE(refusal(words + QStringList{option, value}), QString());
            }
        }
    }

    void everyOptionIsProposed()
    {
        const QStringList words = completed({u"--"_s});
        for (const QCommandLineOption &option : optionTable())
            QVERIFY2(words.contains(u"--"_s + option.names().constLast()), qPrintable(option.names().constLast()));
    }

    void namesAreAskedForWhereTheLineSaysTheyAre()
    {
        TypedPlace asked;
        const auto ask = [&asked](const TypedPlace &place) {
            asked = place;
            return names();
        };
        QCOMPARE(wordsOf(completionOf({u"--kubeconfig"_s, u"/k"_s, u"-nnlp"_s, u"--context=prod"_s, u"job"_s, u"resume"_s, u"m"_s}, ask)), QStringList{u"mnist"_s});
        QCOMPARE(asked.kubeconfig, u"/k"_s);
        QCOMPARE(asked.context, u"prod"_s);
        QCOMPARE(asked.ns, u"nlp"_s);
        QVERIFY(!asked.allowExec);
        QCOMPARE(wordsOf(completionOf({u"--allow-exec"_s, u"-n"_s, u"re"_s}, ask)), QStringList{u"research"_s});
        QVERIFY(asked.allowExec);
        QCOMPARE(wordsOf(completionOf({u"job"_s, u"suspend"_s, u"mnist"_s, u"b"_s}, ask)), QStringList{u"bert"_s});
        QCOMPARE(wordsOf(completionOf({u"what-if"_s, u""_s}, ask)), QStringList{u"node-1"_s});
        QCOMPARE(wordsOf(completionOf({u"storage"_s, u"prove"_s, u""_s}, ask)), QStringList{u"ckpt"_s});
    }

    void aNameThatIsMoreThanItsLettersIsLeftOut()
    {
        const Completion found = completionOf({u"--context"_s, u""_s}, [](const TypedPlace &) { return names(); });
        QCOMPARE(wordsOf(found), (QStringList{u"arn:aws:eks:eu/a"_s, u"prod-eu"_s, u"two words"_s}));
    }

    void pathsAreLeftToTheShell()
    {
        const auto ask = [](const TypedPlace &) { return names(); };
        QCOMPARE(completionOf({u"--kubeconfig"_s, u""_s}, ask).paths, Completion::Paths::Files);
        QCOMPARE(completionOf({u"--out="_s}, ask).paths, Completion::Paths::Folders);
        const Completion targets = completionOf({u"checkpoints"_s, u""_s}, ask);
        QCOMPARE(targets.paths, Completion::Paths::Folders);
        QVERIFY(wordsOf(targets).contains(u"mnist"_s));
        QCOMPARE(completionOf({u"jobs"_s, u""_s}, ask).paths, Completion::Paths::None);
    }

    void theManualHasEveryCommandAndOptionAndNothingThatRoffTakesForItsOwn()
    {
        const QString page = manual();
        for (const CommandFacts &command : commandTable())
            QVERIFY2(page.contains(u"\n.TP\n\\fB"_s + QString(command.path).replace(u'-', u"\\-"_s)), qPrintable(command.path));
        for (const QCommandLineOption &option : optionTable())
            QVERIFY2(page.contains(u"\\fB\\-\\-"_s + QString(option.names().constLast()).replace(u'-', u"\\-"_s) + u"\\fR"_s),
                     qPrintable(option.names().constLast()));
        for (const QString &line : page.split(u'\n')) {
            QVERIFY2(!line.startsWith(u'\''), qPrintable(line));
            if (line.startsWith(u'.'))
                QVERIFY2(QRegularExpression(u"^\\.(TH|SH|TP|nh|ad)\\b"_s).match(line).hasMatch(), qPrintable(line));
        }
    }
};

QTEST_APPLESS_MAIN(TestCtlTables)
#include "tst_ctltables.moc"
