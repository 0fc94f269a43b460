// SPDX-License-Identifier: GPL-3.0-or-later
#include "situation/Measuring.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::situation;

namespace {

const QDateTime now = QDateTime::fromString(u"2026-11-29T03:00:00Z"_s, Qt::ISODate);

storage::ClaimAccount account(const QString &name, const QString &jobUid = u"j"_s)
{
    storage::ClaimAccount a;
    a.claim.ns = u"ml"_s;
    a.claim.name = a.claim.uid = name;
    a.claim.phase = u"Bound"_s;
    a.claim.volumeMode = u"Filesystem"_s;
    a.claim.accessModes = {u"ReadWriteOnce"_s};
    a.users = {{u"job"_s, jobUid, 1}};
    return a;
}

void measure(storage::ClaimAccount &account, const QDateTime &at)
{
    account.use = VolumeUse{};
    account.use->used = 1;
    account.use->at = at;
}

Job job(const QString &uid, JobPhase phase)
{
    Job j;
    j.uid = uid;
    j.ns = u"ml"_s;
    j.phase = phase;
    return j;
}

MeasureFacts facts(const QList<storage::ClaimAccount> &accounts)
{
    MeasureFacts f;
    f.accounts = accounts;
    f.agreed = {u"ml"_s};
    f.now = now;
    f.take(job(u"j"_s, JobPhase::Running));
    f.take(job(u"idle"_s, JobPhase::Suspended));
    return f;
}

Job diedOf(const QString &claim, const QDateTime &at)
{
    Job j = job(u"j"_s, JobPhase::Restarting);
    j.died = DeathCause{};
    j.died->kind = DeathCause::Kind::NoSpace;
    j.died->claim = claim;
    j.died->at = at;
    return j;
}

} // namespace

class TestMeasuring : public QObject
{
    Q_OBJECT

private slots:
    void onlyWhereItWasAgreedTo()
    {
        MeasureFacts f = facts({account(u"a"_s)});
        QCOMPARE(nextToMeasure(f), u"a"_s);
        f.agreed = {u"other"_s};
        QCOMPARE(nextToMeasure(f), QString());
        f.take(diedOf(u"a"_s, now));
        QCOMPARE(nextToMeasure(f), QString()); // not even what is full
    }

    void onlyWhatRunningJobsMount()
    {
        QCOMPARE(nextToMeasure(facts({account(u"a"_s, u"idle"_s)})), QString());
        storage::ClaimAccount waits = account(u"a"_s);
        waits.users[0].pods = 0;
        QCOMPARE(nextToMeasure(facts({waits})), QString());
        storage::ClaimAccount alone = account(u"a"_s);
        alone.claim.accessModes = {u"ReadWriteOncePod"_s};
        storage::ClaimAccount raw = account(u"b"_s);
        raw.claim.volumeMode = u"Block"_s;
        storage::ClaimAccount pending = account(u"c"_s);
        pending.claim.phase = u"Pending"_s;
        QCOMPARE(nextToMeasure(facts({alone, raw, pending})), QString());
    }

    void theOldestNumbersFirstAndNotTooOften()
    {
        storage::ClaimAccount fresh = account(u"fresh"_s), old = account(u"old"_s), older = account(u"older"_s);
        measure(fresh, now.addSecs(-600)); // by whomever: Prometheus, the kubelet
        measure(old, now.addSecs(-2000));
        measure(older, now.addSecs(-9000));
        MeasureFacts f = facts({fresh, old, older});
        QCOMPARE(nextToMeasure(f), u"older"_s);
        f.tried = {{u"older"_s, now.addSecs(-30)}}; // it failed: not again at once, and nothing else right after it
        QCOMPARE(nextToMeasure(f), QString());
        f.tried = {{u"older"_s, now.addSecs(-130)}};
        QCOMPARE(nextToMeasure(f), u"old"_s);
        f.tried = {{u"older"_s, now.addSecs(-1800)}, {u"old"_s, now.addSecs(-150)}};
        QCOMPARE(nextToMeasure(f), u"older"_s);
    }

    void whatRanOutOfSpaceIsMeasuredAtOnce()
    {
        storage::ClaimAccount full = account(u"full"_s), other = account(u"other"_s);
        measure(full, now.addSecs(-700));
        MeasureFacts f = facts({other, full});
        f.take(diedOf(u"full"_s, now.addSecs(-20)));
        f.tried = {{u"other"_s, now.addSecs(-10)}}; // no gap is kept
        QCOMPARE(nextToMeasure(f), u"full"_s);
        f.tried.insert(u"full"_s, now.addSecs(-100)); // a loop crashes every minute
        QCOMPARE(nextToMeasure(f), QString());
        f.tried.clear();
        measure(f.accounts[1], now.addSecs(310)); // after the death: there is nothing more to learn
        f.accounts.removeFirst();
        f.now = now.addSecs(700);
        QCOMPARE(nextToMeasure(f), QString());
        f.take(diedOf(u"full"_s, now.addSecs(650))); // it died once more
        QCOMPARE(nextToMeasure(f), u"full"_s);
        f.accounts[0].use->used = f.accounts[0].use->capacity = 100;
        f.accounts[0].use->available = 0;
        QCOMPARE(nextToMeasure(f), QString()); // that it is full is known
    }
};

QTEST_GUILESS_MAIN(TestMeasuring)
#include "tst_measuring.moc"
