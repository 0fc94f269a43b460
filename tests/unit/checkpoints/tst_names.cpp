// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/Names.h"
#include "checkpoints/Paths.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn::ckpt;

class TestNames : public QObject
{
    Q_OBJECT
private slots:
    void stepsAndEpochsAreFound_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<qint64>("step");   // -1 for none
        QTest::addColumn<double>("epoch");  // -1 for none
        QTest::addColumn<bool>("explicitStep");
        const auto row = [](const char *name, qint64 step, double epoch, bool explicitStep) {
            QTest::newRow(name) << QByteArray(name) << step << epoch << explicitStep;
        };
        row("step-00000100.pt", 100, -1, true);
        row("epoch=3-step=1200.ckpt", 1200, 3, true);
        row("epoch=03-val_loss=0.12-step=1200-v1.ckpt", 1200, 3, true);
        row("checkpoint-500", 500, -1, true);
        row("iter_0000100", 100, -1, true);
        row("global_step1000", 1000, -1, true);
        row("model_100.pt", 100, -1, false);
        row("ckpt_12.pth.tar", 12, -1, true);
        row("1000", 1000, -1, true);
        row("checkpoint_epoch_5.pth", -1, 5, false);
        row("epoch_5.pt", -1, 5, false);
        row("resnet50.pth", -1, -1, false);
        row("model-00001-of-00003.safetensors", -1, -1, false);
        row("rng_state_1.pth", 1, -1, false);
        row("mp_rank_00", -1, -1, false);
        row("last.ckpt", -1, -1, false);
        row("loss=0.25.ckpt", -1, -1, false);
        row("model-2024-01-05.pt", -1, -1, false);
        row("step-99999999999999999999.pt", -1, -1, false);
        row("STEP-7.PT", 7, -1, true);
        row("checkpoint_6_180000.pt", 180000, 6, false); // fairseq
        row("checkpoint6.pt", -1, 6, false);
        row("checkpoint_23_22500-model_part-0-shard1.pt", 22500, 23, false);
        row("checkpoint_180000_6.pt", -1, -1, false);
        row("checkpoint_20240105_123456.pt", -1, -1, false);
        row("checkpoint_2024_2025_06.pt", -1, -1, false);
        row("checkpoint-6-180000.pt", -1, -1, false);
    }
    void stepsAndEpochsAreFound()
    {
        QFETCH(QByteArray, name);
        QFETCH(qint64, step);
        QFETCH(double, epoch);
        QFETCH(bool, explicitStep);
        const NameFacts facts = factsFromName(name);
        QCOMPARE(facts.step.value_or(-1), step);
        QCOMPARE(facts.epoch.value_or(-1), epoch);
        QCOMPARE(facts.explicitStep, explicitStep);
    }
    void pathsSurviveAsText_data()
    {
        QTest::addColumn<QByteArray>("path");
        QTest::newRow("plain") << "run/step-1.pt"_ba;
        QTest::newRow("newline") << "a\nb.pt"_ba;
        QTest::newRow("not UTF-8") << "a\xff\xfe.pt"_ba;
        QTest::newRow("looks escaped") << "a\\xFF.pt"_ba;
        QTest::newRow("backslashes") << "a\\\\b\\"_ba;
        QTest::newRow("backslash before a bad byte") << "a\\\xff"_ba;
        QTest::newRow("surrogate bytes") << "\xed\xa0\x80"_ba;
        QTest::newRow("cut sequence") << "x\xe6\xaa"_ba;
        QTest::newRow("chinese") << "檢查點/步驟-1.pt"_ba;
        QTest::newRow("backslash before chinese") << "\\檢"_ba;
    }
    void pathsSurviveAsText()
    {
        QFETCH(QByteArray, path);
        const QString text = pathToText(path);
        QCOMPARE(pathFromText(text), path);
        QCOMPARE(text.toUtf8().toStdString() == path.toStdString(), isUtf8(path) && !path.contains("\\x") && !path.contains("\\\\"));
    }
    void everyTwoByteNameSurvives()
    {
        for (int a = 1; a < 256; ++a) {
            for (int b = 1; b < 256; ++b) {
                const QByteArray path = QByteArray(1, static_cast<char>(a)) + static_cast<char>(b) + 'x';
                if (pathFromText(pathToText(path)) != path)
                    QFAIL(path.toHex().constData());
            }
        }
    }
};

QTEST_APPLESS_MAIN(TestNames)
#include "tst_names.moc"
