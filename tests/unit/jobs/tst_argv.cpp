// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/Argv.h"

#include <QMap>
#include <QProcess>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::jobs;

class TestArgv : public QObject
{
    Q_OBJECT
private slots:
    void argumentsGoWhereTheyReachTheTraining_data()
    {
        QTest::addColumn<QStringList>("command");
        QTest::addColumn<QStringList>("args");
        QTest::addColumn<QStringList>("add");
        QTest::addColumn<QStringList>("newCommand");
        QTest::addColumn<QStringList>("newArgs");
        const QStringList none;
        QTest::newRow("into args") << QStringList{u"python3"_s, u"t.py"_s} << QStringList{u"--lr"_s, u"1"_s}
                                   << QStringList{u"--resume"_s, u"/c/a b"_s} << QStringList{u"python3"_s, u"t.py"_s}
                                   << QStringList{u"--lr"_s, u"1"_s, u"--resume"_s, u"/c/a b"_s};
        QTest::newRow("into command") << QStringList{u"torchrun"_s, u"t.py"_s} << none << QStringList{u"--resume=/c"_s}
                                      << QStringList{u"torchrun"_s, u"t.py"_s, u"--resume=/c"_s} << none;
        QTest::newRow("image") << none << none << QStringList{u"--resume=/c"_s} << none << QStringList{u"--resume=/c"_s};
        QTest::newRow("replaces two words") << QStringList{u"p"_s} << QStringList{u"--resume"_s, u"/old"_s, u"--x"_s}
                                            << QStringList{u"--resume"_s, u"/new"_s} << QStringList{u"p"_s}
                                            << QStringList{u"--x"_s, u"--resume"_s, u"/new"_s};
        QTest::newRow("replaces one word") << QStringList{u"p"_s, u"--re-sume=/old"_s} << QStringList{u"--x"_s}
                                           << QStringList{u"--re_sume=/new"_s} << QStringList{u"p"_s}
                                           << QStringList{u"--x"_s, u"--re_sume=/new"_s};
        QTest::newRow("a flag without value keeps what follows") << QStringList{u"p"_s} << QStringList{u"--no_x"_s, u"data"_s}
                                                                 << QStringList{u"--no_x"_s} << QStringList{u"p"_s}
                                                                 << QStringList{u"data"_s, u"--no_x"_s};
        QTest::newRow("overrides") << QStringList{u"python"_s, u"t.py"_s, u"++a.b=1"_s, u"a.bc=2"_s} << QStringList{u"a.b=3"_s, u"--a.b=4"_s}
                                   << QStringList{u"a.b=5"_s, u"+c=6"_s} << QStringList{u"python"_s, u"t.py"_s, u"a.bc=2"_s}
                                   << QStringList{u"--a.b=4"_s, u"a.b=5"_s, u"+c=6"_s};
        QTest::newRow("shell line") << QStringList{u"sh"_s, u"-c"_s} << QStringList{u"cd /app && python train.py --a 'b c'"_s}
                                    << QStringList{u"--resume"_s, u"/c"_s} << QStringList{u"sh"_s, u"-c"_s}
                                    << QStringList{u"cd /app && python train.py --a 'b c' \"$@\""_s, u"sh"_s, u"--resume"_s, u"/c"_s};
        QTest::newRow("bash options") << QStringList{u"/bin/bash"_s, u"-euo"_s, u"pipefail"_s, u"-c"_s, u"exec torchrun x.py;\n"_s}
                                      << none << QStringList{u"--r=1"_s}
                                      << QStringList{u"/bin/bash"_s, u"-euo"_s, u"pipefail"_s, u"-c"_s, u"exec torchrun x.py \"$@\""_s, u"sh"_s, u"--r=1"_s}
                                      << none;
        QTest::newRow("shell line once more") << QStringList{u"sh"_s, u"-c"_s, u"python t.py \"$@\""_s, u"sh"_s, u"--r=1"_s} << none
                                              << QStringList{u"--r=2"_s}
                                              << QStringList{u"sh"_s, u"-c"_s, u"python t.py \"$@\""_s, u"sh"_s, u"--r=2"_s} << none;
        QTest::newRow("way for later ones") << QStringList{u"sh"_s, u"-c"_s, u"python t.py"_s} << none << none
                                            << QStringList{u"sh"_s, u"-c"_s, u"python t.py \"$@\""_s, u"sh"_s} << none;
    }
    void argumentsGoWhereTheyReachTheTraining()
    {
        QFETCH(QStringList, command);
        QFETCH(QStringList, args);
        QFETCH(QStringList, add);
        QFETCH(QStringList, newCommand);
        QFETCH(QStringList, newArgs);
        Argv argv;
        if (!command.isEmpty())
            argv.command = command;
        if (!args.isEmpty())
            argv.args = args;
        const auto out = withArguments(argv, add);
        QVERIFY2(out.has_value(), out ? "" : qPrintable(out.error().oneLine()));
        QCOMPARE(out->command.value_or(QStringList()), newCommand);
        QCOMPARE(out->args.value_or(QStringList()), newArgs);
    }

    void shellLinesThatWouldSwallowArgumentsAreRefused_data()
    {
        QTest::addColumn<QString>("line");
        for (const char *line : {"python t.py | tee log", "python t.py > log 2>&1", "python t.py &", "python t.py & wait",
                                 "if true; then python t.py; fi", "python t.py; echo done", "python t.py && sleep 10",
                                 "python t.py # go", "echo $(python t.py)", "(python t.py)", "python t.py 'open", "",
                                 "for i in 1 2; do python t.py; done", "cat <<EOF\nx\nEOF", "a && b", "`python t.py`"})
            QTest::newRow(line) << QString::fromLatin1(line);
    }
    void shellLinesThatWouldSwallowArgumentsAreRefused()
    {
        QFETCH(QString, line);
        const auto out = withArguments({QStringList{u"sh"_s, u"-c"_s, line}, std::nullopt}, {u"--resume=/c"_s});
        QVERIFY(!out.has_value());
        QCOMPARE(out.error().kind, Error::Kind::Unsupported);
        QVERIFY(!out.error().fix.isEmpty());
    }

    void aRealShellDeliversHostilePathsUnharmed()
    {
        const QString path = u"/c/a b'; touch /tmp/x; $(id) `id` \"q\" *"_s;
        const auto out = withArguments({QStringList{u"sh"_s, u"-c"_s, u"cd / && python3 -c 'import sys; print(sys.argv[1:])'"_s}, std::nullopt},
                                       {u"--resume"_s, path});
        QVERIFY(out.has_value());
        QProcess process;
        QStringList argv = out->all();
        const QString program = argv.takeFirst();
        process.start(program, argv);
        QVERIFY(process.waitForFinished());
        const QString printed = QString::fromUtf8(process.readAllStandardOutput());
        QVERIFY2(printed.startsWith(u"['--resume', '/c/a b"_s), qPrintable(printed + QString::fromUtf8(process.readAllStandardError())));
        QVERIFY(printed.contains(u"$(id) `id`"_s));
    }

    void whatUndoesTheNewArgumentsGoes()
    {
        const Argv argv{QStringList{u"torchrun"_s, u"t.py"_s, u"--fine-tune"_s, u"--load"_s, u"/a"_s, u"x.y=1"_s}, std::nullopt};
        const auto out = withArguments(argv, {u"--load"_s, u"/b"_s}, {u"--fine_tune"_s, u"x.y=2"_s});
        QVERIFY(out.has_value());
        QCOMPARE(*out->command, (QStringList{u"torchrun"_s, u"t.py"_s, u"--load"_s, u"/b"_s}));
        // In a shell line nothing is taken away: what the last one wins is fine, what stays in force is not.
        const Argv line{QStringList{u"sh"_s, u"-c"_s, u"torchrun t.py --load /a --fine-tune"_s}, std::nullopt};
        QVERIFY(withArguments(line, {u"--load"_s, u"/b"_s}, {}).has_value());
        const auto refused = withArguments(line, {u"--load"_s, u"/b"_s}, {u"--fine_tune"_s});
        QVERIFY(!refused.has_value());
        QVERIFY2(refused.error().what.contains(u"--fine-tune"_s), qPrintable(refused.error().what));
        QVERIFY(withArguments(line, {u"--fine-tune=0"_s}, {u"--fine_tune"_s}).has_value());
    }

    void overridesAreReadLikeFlags()
    {
        const QStringList words{u"python"_s, u"trainer.dir=/a"_s, u"++trainer.dir=/b"_s, u"--trainer.dir=/c"_s, u"trainer.dirs=/d"_s};
        QCOMPARE(flagValue(words, u"trainer.dir"_s), u"/b"_s);
        QCOMPARE(flagValue(words, u"--trainer.dir"_s), u"/c"_s);
        QVERIFY(!flagValue(words, u"trainer"_s));
        QVERIFY(!flagValue(words, u"python"_s));
    }

    void flagsAreReadInBothForms()
    {
        const QStringList words{u"--a=1"_s, u"--b"_s, u"2"_s, u"--c-d"_s, u"3"_s, u"--flag"_s, u"--b=4"_s};
        QCOMPARE(flagValue(words, u"--a"_s), std::optional(u"1"_s));
        QCOMPARE(flagValue(words, u"--b"_s), std::optional(u"4"_s));
        QCOMPARE(flagValue(words, u"--c_d"_s), std::optional(u"3"_s));
        QCOMPARE(flagValue(words, u"--flag"_s), std::optional(QString(u""_s)));
        QVERIFY(!flagValue(words, u"--nothing"_s));
    }

    void wordsOfShellLinesAreSeen()
    {
        const QStringList words = visibleWords({QStringList{u"bash"_s, u"-lc"_s}, QStringList{u"cd x && python t.py --output_dir \"/c/d\"; true"_s}});
        QVERIFY(words.contains(u"--output_dir"_s));
        QCOMPARE(flagValue(words, u"--output_dir"_s), std::optional(u"/c/d"_s));
    }

    void kubernetesExpansionIsEscapedAndPlayed()
    {
        const QMap<QString, QString> env{{u"A"_s, u"x"_s}};
        QCOMPARE(expanded(u"$(A)/$(B)/$$(A)/$A/$("_s, env), u"x/$(B)/$(A)/$A/$("_s);
        for (const QString &text : {u"/c/$(A)"_s, u"/c/$$(A)"_s, u"plain $x"_s, u"$$"_s, u"$"_s, u"a$$$(A)$"_s})
            QCOMPARE(expanded(escapedForKubernetes(text), env), text);
    }
};

QTEST_APPLESS_MAIN(TestArgv)
#include "tst_argv.moc"
