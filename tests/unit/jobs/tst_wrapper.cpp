// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/Wrapper.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn::jobs;

class TestWrapper : public QObject
{
    Q_OBJECT

    PathContract byArgs() const
    {
        PathContract c;
        c.how = PathContract::How::Args;
        c.args = {u"--from"_s, u"{path}"_s, u"--step={step}"_s, u"--dir={dir}"_s};
        return c;
    }

    /// Runs the wrapped command and returns what the "training" saw: its arguments and one variable.
    QJsonObject run(const PathContract &contract, const QString &saveDir, const QString &named = u"/old/step-5.pt"_s)
    {
        const Argv argv = wrapper::wrapped({QStringList{u"python3"_s, u"-c"_s,
                                                        u"import json,os,sys; print('\\n'+json.dumps({'a': sys.argv[1:], 'e': os.environ.get('START')}))"_s},
                                            QStringList{u"--lr"_s, u"1"_s}});
        QProcess process;
        QProcessEnvironment env = QProcessEnvironment::systemEnvironment();
        const auto variables = wrapper::variables(contract, named, 5, saveDir);
        for (auto it = variables.begin(); it != variables.end(); ++it)
            env.insert(it.key(), it.value());
        process.setProcessEnvironment(env);
        QStringList words = argv.all();
        const QString program = words.takeFirst();
        process.start(program, words);
        if (!process.waitForFinished(30'000))
            return {};
        const QByteArray out = process.readAllStandardOutput();
        if (process.exitCode() != 0)
            qWarning().noquote() << out << process.readAllStandardError();
        return QJsonDocument::fromJson(out.trimmed().split('\n').last()).object();
    }

    static void write(const QString &path, const QByteArray &bytes)
    {
        QDir().mkpath(QFileInfo(path).path());
        QFile file(path);
        if (file.open(QIODevice::WriteOnly))
            file.write(bytes);
    }
    static void writeZip(const QString &path)
    {
        QDir().mkpath(QFileInfo(path).path());
        QProcess::execute(u"python3"_s, {u"-c"_s, u"import sys,zipfile; z=zipfile.ZipFile(sys.argv[1],'w'); z.writestr('archive/data.pkl', b'x'); z.close()"_s, path});
    }
    static QByteArray safetensors(int missing = 0)
    {
        const QByteArray head = "{\"w\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}}";
        QByteArray size(8, '\0');
        size[0] = static_cast<char>(head.size());
        return size + head + QByteArray(4 - missing, 'x');
    }

private slots:
    void anEmptyDirectoryMeansTheNamedCheckpoint()
    {
        QTemporaryDir dir;
        for (const QString &save : {dir.path(), dir.path() + u"/not-there"_s}) {
            const QJsonObject seen = run(byArgs(), save);
            QCOMPARE(seen[u"a"_s].toArray(), (QJsonArray{u"--lr"_s, u"1"_s, u"--from"_s, u"/old/step-5.pt"_s, u"--step=5"_s, u"--dir=/old"_s}));
        }
    }

    void aVariableIsSetWhereTheScriptReadsOne()
    {
        QTemporaryDir dir;
        PathContract c;
        c.how = PathContract::How::Env;
        c.env = u"START"_s;
        writeZip(dir.filePath(u"step-7.pt"_s));
        const QJsonObject seen = run(c, dir.path());
        QCOMPARE(seen[u"e"_s].toString(), dir.filePath(u"step-7.pt"_s));
        QCOMPARE(seen[u"a"_s].toArray(), (QJsonArray{u"--lr"_s, u"1"_s}));
    }

    void hostileNamesStayNames()
    {
        QTemporaryDir dir;
        const QString named = u"/old/a b'\"; $(id) {step} {dir}/step-5.pt"_s;
        const QJsonObject seen = run(byArgs(), dir.path(), named);
        QCOMPARE(seen[u"a"_s][3].toString(), named);
    }

    void theNewestValidOneIsTaken_data()
    {
        QTest::addColumn<QString>("layout");
        for (const char *layout : {"zip", "hf", "dcp", "megatron"})
            QTest::newRow(layout) << QString::fromLatin1(layout);
    }
    void theNewestValidOneIsTaken()
    {
        QFETCH(QString, layout);
        QTemporaryDir dir;
        const QString root = dir.path();
        QString expected;
        if (layout == u"zip") {
            writeZip(root + u"/step-9.pt"_s);
            writeZip(root + u"/step-10.pt"_s);
            write(root + u"/step-11.pt"_s, "PK\x03\x04 cut short");
            write(root + u"/step-12.pt"_s, "");
            expected = root + u"/step-10.pt"_s;
        } else if (layout == u"hf") {
            for (const QString &n : {u"10"_s, u"20"_s, u"30"_s, u"40"_s, u"50"_s})
                write(root + u"/checkpoint-"_s + n + u"/model.safetensors"_s, safetensors(n == u"30" ? 1 : 0));
            for (const QString &n : {u"10"_s, u"20"_s, u"30"_s, u"50"_s})
                write(root + u"/checkpoint-"_s + n + u"/trainer_state.json"_s, n == u"50" ? "{\"global_st" : "{\"global_step\": 1}");
            write(root + u"/checkpoint-20/training_args.bin"_s, "any");
            writeZip(root + u"/checkpoint-20/training_args.bin"_s);
            expected = root + u"/checkpoint-20"_s;
        } else if (layout == u"dcp") {
            write(root + u"/step-100/.metadata"_s, "m");
            write(root + u"/step-200/.metadata"_s, "m");
            write(root + u"/step-300/__0_0.distcp"_s, "x");
            write(root + u"/step-400/.metadata"_s, "m");
            write(root + u"/step-400/.metadata.tmp"_s, "m");
            expected = root + u"/step-200"_s;
        } else {
            for (const QString &n : {u"0000100"_s, u"0000200"_s, u"0000300"_s})
                write(root + u"/iter_"_s + n + u"/.metadata"_s, "m");
            write(root + u"/latest_checkpointed_iteration.txt"_s, "200\n");
            expected = root + u"/iter_0000200"_s;
        }
        const QJsonObject seen = run(byArgs(), root);
        QCOMPARE(seen[u"a"_s][3].toString(), expected);
        QCOMPARE(seen[u"a"_s][5].toString(), u"--dir="_s + root);
    }

    void itCanBeTakenOffAgain()
    {
        const Argv plain{QStringList{u"python"_s, u"t.py"_s}, QStringList{u"--x"_s}};
        QVERIFY(wrapper::possible(plain));
        QVERIFY(!wrapper::isWrapped(plain));
        const Argv wrapped = wrapper::wrapped(plain);
        QVERIFY(wrapper::isWrapped(wrapped));
        QCOMPARE(wrapper::unwrapped(wrapped), plain);
        QCOMPARE(wrapper::unwrapped(plain), plain);
        QVERIFY(!wrapper::possible({std::nullopt, QStringList{u"--x"_s}}));
        // Kubernetes must not change the program's text.
        for (const QString &word : *wrapped.command)
            QCOMPARE(escapedForKubernetes(word), word);
    }
};

QTEST_APPLESS_MAIN(TestWrapper)
#include "tst_wrapper.moc"
