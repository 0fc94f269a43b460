// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/JobFlows.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::app;

class TestJobFlows : public QObject
{
    Q_OBJECT
    const QDateTime t0 = QDateTime::fromString(u"2026-01-02T00:00:00Z"_s, Qt::ISODate);

    Checkpoint at(const QString &path, qint64 step, qint64 seconds, bool resumable = true) const
    {
        Checkpoint c;
        c.path = path;
        c.step = step;
        c.savedAt = t0.addSecs(seconds);
        c.verdict = Verdict::Whole;
        c.resumable = resumable;
        return c;
    }
    static JobListing listing(const QList<Checkpoint> &checkpoints)
    {
        JobListing listing;
        listing.root = u"/ckpt"_s;
        listing.listing.runs = {Run{u"."_s, {}, {}, checkpoints}};
        return listing;
    }

private slots:
    void latestIsTheOneSavedLast()
    {
        const JobListing reused = listing({at(u"checkpoint-300"_s, 300, 0), at(u"checkpoint-5000"_s, 5000, -604800)});
        QCOMPARE(chooseCheckpoint(reused, u"latest"_s)->path, u"checkpoint-300"_s);
        const JobListing copied = listing({at(u"a"_s, 100, 0), at(u"b"_s, 300, 0), at(u"c"_s, 200, 0), at(u"d"_s, 900, 5, false)});
        QCOMPARE(chooseCheckpoint(copied, u"latest"_s)->path, u"b"_s);
        QVERIFY(!chooseCheckpoint(listing({at(u"d"_s, 900, 5, false)}), u"latest"_s));
    }
    void aStepOfTwoAttemptsIsTheNewerOne()
    {
        const JobListing two = listing({at(u"one/step-10"_s, 10, 0), at(u"two/step-10"_s, 10, 60), at(u"three/step-10"_s, 10, 120, false)});
        QCOMPARE(chooseCheckpoint(two, u"step=10"_s)->path, u"two/step-10"_s);
        QCOMPARE(chooseCheckpoint(two, u"one/step-10"_s)->path, u"one/step-10"_s);
        QCOMPARE(chooseCheckpoint(two, u"/ckpt/three/step-10"_s)->path, u"three/step-10"_s);
        QVERIFY(!chooseCheckpoint(two, u"step=11"_s));
    }
};

QTEST_APPLESS_MAIN(TestJobFlows)
#include "tst_jobflows.moc"
