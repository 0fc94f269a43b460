// SPDX-License-Identifier: GPL-3.0-or-later
#include "items/Palette.h"

#include <QAbstractItemModelTester>
#include <QElapsedTimer>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn::items;
using Kind = PaletteEntry::Kind;

class TestPalette : public QObject
{
    Q_OBJECT

    static QList<PaletteEntry> entries()
    {
        return {{u"overview"_s, Kind::Page, {}, u"Overview"_s, {}, u"Ctrl 1"_s, {}, false},
                {u"jobs"_s, Kind::Page, {}, u"Jobs"_s, {}, u"Ctrl 2"_s, {}, false},
                {u"theme.dark"_s, Kind::Action, {}, u"Dark colours"_s, {}, {}, u"theme"_s, false},
                {u"context:prod"_s, Kind::Context, {}, u"Switch to prod-train-eu"_s, u"api.example:6443"_s, {}, {}, true},
                {u"namespace:research"_s, Kind::Namespace, {}, u"Show only namespace research"_s, {}, {}, {}, false}};
    }
    static QList<PaletteJob> jobs()
    {
        return {{u"u1"_s, u"llama-ft-7"_s, u"research"_s, u"PyTorchJob · research · Failed"_s, true, u"12 000"_s},
                {u"u2"_s, u"bert-xl"_s, u"nlp"_s, u"TrainJob · nlp · Running"_s, false, {}}};
    }
    static QStringList ids(const PaletteModel &model)
    {
        QStringList list;
        for (int i = 0; i < model.rowCount(); ++i)
            list.append(model.entryAt(i)->id);
        return list;
    }

private slots:
    void aBeginningIsBetterThanAnInside()
    {
        const int beginning = matchScore(u"tra", u"training");
        const int word = matchScore(u"tra", u"prod-train-eu");
        const int inside = matchScore(u"tra", u"extract");
        const int torn = matchScore(u"pte", u"prod-train-eu");
        QVERIFY(beginning > word);
        QVERIFY(word > inside);
        QVERIFY(inside > torn);
        QVERIFY(torn > 0);
        QCOMPARE(matchScore(u"TRA", u"training"), beginning);
        QCOMPARE(matchScore(u"zzz", u"training"), 0);
        QCOMPARE(matchScore(u"gninia", u"training"), 0);
        MatchRanges ranges;
        matchScore(u"train", u"prod-train-eu", &ranges);
        QCOMPARE(ranges, (MatchRanges{{5, 5}}));
    }

    void everyWordMustBeFound()
    {
        PaletteModel model;
        const QAbstractItemModelTester tester(&model);
        model.setEntries(entries(), jobs());
        model.setQuery(u"dark"_s);
        QCOMPARE(ids(model), QStringList{u"theme.dark"_s});
        model.setQuery(u"theme"_s); // not shown, but what people call it
        QCOMPARE(ids(model), QStringList{u"theme.dark"_s});
        model.setQuery(u"dark nothing"_s);
        QVERIFY(ids(model).isEmpty());
        model.setQuery(u"> "_s);
        QCOMPARE(ids(model), QStringList{u"theme.dark"_s});
    }

    void anActIsFoundByItsVerbAndTheJob()
    {
        PaletteModel model;
        model.setEntries(entries(), jobs());
        model.setQuery(u"res llama"_s);
        QCOMPARE(ids(model).first(), u"resume:u1"_s);
        QCOMPARE(model.entryAt(0)->text, u"Resume llama-ft-7 from step 12 000…"_s);
        QCOMPARE(model.rangesAt(0), (MatchRanges{{0, 3}, {7, 5}}));
        model.setQuery(u"bert"_s);
        QCOMPARE(ids(model).first(), u"open:u2"_s);
        QVERIFY(ids(model).contains(u"logs:u2"_s));
        QVERIFY(!ids(model).contains(u"resume:u2"_s)); // there is nothing to resume from
        model.setQuery(u"logs bert"_s);
        QCOMPARE(ids(model).first(), u"logs:u2"_s);
        // A verb alone names no job.
        model.setQuery(u"resume"_s);
        for (const QString &id : ids(model))
            QVERIFY2(!id.startsWith(u"resume:"_s), qPrintable(id));
    }

    void whatWasChosenLatelyComesFirst()
    {
        PaletteModel model;
        model.setEntries(entries(), jobs());
        QCOMPARE(ids(model).first(), u"overview"_s);
        QVERIFY(!ids(model).contains(u"namespace:research"_s)); // one of maybe hundreds
        model.setRecent({u"open:u2"_s, u"namespace:research"_s, u"jobs"_s, u"open:gone"_s});
        QCOMPARE(ids(model).mid(0, 3), (QStringList{u"open:u2"_s, u"namespace:research"_s, u"jobs"_s}));
    }

    void tenThousandJobsAreSearchedAndCut()
    {
        QList<PaletteJob> many;
        for (int i = 0; i < 10'000; ++i)
            many.append({u"k%1"_s.arg(i), u"train-run-%1"_s.arg(i), u"ns"_s, u"PyTorchJob · ns · Running"_s, false, {}});
        PaletteModel model;
        model.setEntries(entries(), many);
        model.setQuery(u"run-9999"_s);
        QCOMPARE(ids(model).first(), u"open:k9999"_s);
        model.setQuery(u"train"_s);
        QVERIFY(model.rowCount() <= PaletteModel::limit);
        QCOMPARE(model.total(), 10'005);
    }
};

QTEST_APPLESS_MAIN(TestPalette)
#include "tst_palette.moc"
