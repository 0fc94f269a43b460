// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/HaHistory.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QTest>
#include <atomic>
#include <cmath>
#include <csignal>
#include <sys/resource.h>
#include <thread>

using namespace Qt::StringLiterals;
using namespace cairn;
using store::HaHistory;

namespace {

const QDateTime now = QDateTime::fromString(u"2026-05-08T12:30:00Z"_s, Qt::ISODate);
const auto key = u"training-operator@kubeflow"_s;

LeaderChange changed(const QDateTime &at, double gap, LeaderCause cause = LeaderCause::Unknown)
{
    LeaderChange change;
    change.component = u"training-operator"_s;
    change.ns = u"kubeflow"_s;
    change.lease = u"kubeflow/1ca428e5.training-operator.kubeflow.org"_s;
    change.at = at;
    change.fromPod = u"old"_s;
    change.fromNode = u"node-1"_s;
    change.toPod = u"new"_s;
    change.toNode = u"node-2"_s;
    change.gap = gap;
    change.cause = cause;
    change.replicas = 2;
    return change;
}

FailoverResult tested(const QString &id, const QDateTime &at)
{
    FailoverResult result;
    result.id = id;
    result.component = u"training-operator"_s;
    result.ns = u"kubeflow"_s;
    result.workload = u"training-operator"_s;
    result.lease = u"kubeflow/1ca428e5.training-operator.kubeflow.org"_s;
    result.leaseSeconds = 15;
    result.retry = 2;
    result.at = at;
    result.acquired = at.addMSecs(18100);
    result.leader = {u"a"_s, u"node-1"_s};
    result.next = {u"b"_s, u"node-2"_s};
    result.successor = {u"c"_s, {}};
    result.others = {{u"b"_s, u"node-2"_s}};
    result.readyBefore = 2;
    result.renewals = {-3.4, -1.4, 18.1, 20.1};
    result.gap = 18.1;
    result.worked = 22.3;
    result.standby = 31.8;
    result.successorMade = 0.4;
    result.ended = 33;
    result.probe = {u"PyTorchJob"_s, u"kubeflow"_s, u"cairn-probe-4f2a"_s, 6, 22.3, 33, 2};
    result.jobsRunning = 12;
    result.jobsStopped = 0;
    result.state = FailoverResult::State::Done;
    result.steps = {{FailoverStep::Kind::Checked, -4.1, true}, {FailoverStep::Kind::Killed, 0, true}, {FailoverStep::Kind::ProbeRemoved, 33, false}};
    return result;
}

HaRecord leaders(const QList<LeaderChange> &changes)
{
    return {changes, {}, {}};
}

ReadinessSpan span(int fromMinute, int toMinute, Readiness state)
{
    return {now.addSecs(60LL * fromMinute), now.addSecs(60LL * toMinute), state};
}

} // namespace

class TestHaHistory : public QObject
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_dir;
    QString file() const { return m_dir->path() + u"/cairn/ha.sqlite"_s; }

private slots:
    void init() { m_dir = std::make_unique<QTemporaryDir>(); }

    void whatIsAddedIsFoundAgain()
    {
        HaRecord record;
        record.leaders = {changed(now, 18.1)};
        record.readiness = {{key, {span(-60, -10, Readiness::Ready), span(-10, 0, Readiness::Partly)}}};
        record.tests = {tested(u"4f2a4f2a4f"_s, now)};
        {
            HaHistory history(file());
            const Result<> added = history.add(u"k1"_s, record, now);
            QVERIFY2(added, added ? "" : qPrintable(added.error().oneLine()));
            QVERIFY(history.add(u"k2"_s, leaders({changed(now.addSecs(5), 1)}), now));
        }
        HaHistory history(file());
        const Result<HaRecord> read = history.read(u"k1"_s);
        QVERIFY(read);
        QCOMPARE(read->leaders, record.leaders);
        QCOMPARE(read->readiness, record.readiness);
        QCOMPARE(read->tests, record.tests);
        QVERIFY(history.read(u"other"_s)->isEmpty());
        QCOMPARE(QFile::permissions(file()) & (QFile::ReadGroup | QFile::ReadOther | QFile::WriteGroup | QFile::WriteOther), QFile::Permissions());
        QVERIFY(!history.takeNotice());
    }

    void ofOneChangeTheTestCounts()
    {
        HaHistory history(file());
        // Seen by the window, measured by cairnctl, and seen once more by another window that knows less.
        QVERIFY(history.add(u"k"_s, leaders({changed(now, -1)}), now));
        QVERIFY(history.add(u"k"_s, leaders({changed(now, 17.9, LeaderCause::NodeLost)}), now));
        QCOMPARE(history.read(u"k"_s)->leaders, (QList<LeaderChange>{changed(now, 17.9, LeaderCause::NodeLost)}));
        QVERIFY(history.add(u"k"_s, leaders({changed(now, -1)}), now));
        QCOMPARE(history.read(u"k"_s)->leaders.first().gap, 17.9);
        QVERIFY(history.add(u"k"_s, leaders({changed(now, 18.1, LeaderCause::Test)}), now));
        QVERIFY(history.add(u"k"_s, leaders({changed(now, 17.9, LeaderCause::NodeLost)}), now));
        QCOMPARE(history.read(u"k"_s)->leaders, (QList<LeaderChange>{changed(now, 18.1, LeaderCause::Test)}));
    }

    void whatSaysNothingIsNotKept()
    {
        HaHistory history(file());
        LeaderChange nowhere = changed(now, 1);
        nowhere.lease.clear();
        HaRecord record{{changed({}, 1), nowhere}, {{key, {span(-5, 0, Readiness::NotSeen), span(0, -5, Readiness::Ready), {}}}}, {FailoverResult()}};
        QVERIFY(history.add(u"k"_s, record, now));
        const Result<HaRecord> read = history.read(u"k"_s);
        QVERIFY(read->leaders.isEmpty() && read->readiness.isEmpty() && read->tests.isEmpty());
    }

    void aSpanIsProlonged()
    {
        HaHistory history(file());
        for (const int until : {-50, -40, -45})
            QVERIFY(history.add(u"k"_s, {{}, {{key, {span(-60, until, Readiness::Ready)}}}, {}}, now));
        QCOMPARE(history.read(u"k"_s)->readiness.value(key), (QList<ReadinessSpan>{span(-60, -40, Readiness::Ready)}));
    }

    void oldRowsGo()
    {
        HaHistory history(file());
        HaRecord record;
        record.leaders = {changed(now.addDays(-800), 1), changed(now.addDays(-300), 2), changed(now.addDays(30), 3)};
        record.readiness = {{key, {span(-60 * 24 * 20, -60 * 24 * 19, Readiness::Ready), span(-60 * 24 * 3, -60 * 24 * 2, Readiness::Ready)}}};
        QVERIFY(history.add(u"k"_s, record, now));
        const Result<HaRecord> read = history.read(u"k"_s);
        QCOMPARE(read->leaders.size(), 1);
        QCOMPARE(read->leaders.first().gap, 2.0);
        QCOMPARE(read->readiness.value(key).size(), 1);
    }

    void tooManyTestsAreBounded()
    {
        HaHistory history(file());
        HaRecord record;
        for (int i = 0; i < HaHistory::mostTests + 20; ++i)
            record.tests.append(tested(u"id-%1"_s.arg(i), now.addSecs(i - 100'000)));
        QVERIFY(history.add(u"k"_s, record, now));
        const Result<HaRecord> read = history.read(u"k"_s);
        QCOMPARE(read->tests.size(), HaHistory::mostTests);
        QCOMPARE(read->tests.last().id, record.tests.last().id); // the oldest went
    }

    void aDamagedFileIsKeptAsideAndSaidSo()
    {
        QDir().mkpath(m_dir->path() + u"/cairn"_s);
        QFile broken(file());
        QVERIFY(broken.open(QIODevice::WriteOnly));
        broken.write(QByteArray("no database at all\n").repeated(300));
        broken.close();
        HaHistory history(file());
        QVERIFY(history.add(u"k"_s, leaders({changed(now, 1)}), now));
        const QStringList aside = QDir(m_dir->path() + u"/cairn"_s).entryList({u"ha.sqlite.damaged-*"_s});
        QCOMPARE(aside.size(), 1);
        const std::optional<Error> notice = history.takeNotice();
        QVERIFY(notice && notice->fix.contains(aside.first()));
        QCOMPARE(history.read(u"k"_s)->leaders.size(), 1);
    }

    void aFullDiskFailsAndIsTriedAgain()
    {
        HaHistory history(file());
        QVERIFY(history.add(u"k"_s, leaders({changed(now, 1)}), now));
        std::signal(SIGXFSZ, SIG_IGN);
        rlimit before{};
        QCOMPARE(getrlimit(RLIMIT_FSIZE, &before), 0);
        rlimit tight = before;
        tight.rlim_cur = 512;
        QCOMPARE(setrlimit(RLIMIT_FSIZE, &tight), 0);
        HaRecord more{{changed(now.addSecs(9), 2)}, {{key, {span(-9, 0, Readiness::NotReady)}}}, {tested(u"abc"_s, now)}};
        const Result<> full = history.add(u"k"_s, more, now);
        setrlimit(RLIMIT_FSIZE, &before);
        QVERIFY(!full);
        QCOMPARE(full.error().kind, Error::Kind::Io);
        QVERIFY(!history.takeNotice());
        QCOMPARE(history.read(u"k"_s)->leaders.size(), 2);
        QCOMPARE(HaHistory(file()).read(u"k"_s)->leaders.size(), 1);
        QVERIFY(history.add(u"k"_s, {}, now));
        const Result<HaRecord> read = HaHistory(file()).read(u"k"_s);
        QCOMPARE(read->leaders.size(), 2);
        QCOMPARE(read->readiness.size(), 1);
        QCOMPARE(read->tests.size(), 1);
    }

    void manyThreadsShareIt()
    {
        HaHistory one(file());
        HaHistory two(file());
        QVERIFY(one.add(u"k"_s, {}, now));
        std::atomic<int> failed = 0;
        std::vector<std::thread> threads;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([&, t] {
                HaHistory &history = t % 2 ? one : two;
                for (int i = 0; i < 10; ++i) {
                    if (!history.add(u"k"_s, leaders({changed(now.addSecs(100 * t + i), i)}), now) || !history.read(u"k"_s))
                        ++failed;
                }
            });
        }
        for (std::thread &thread : threads)
            thread.join();
        QCOMPARE(failed.load(), 0);
        QCOMPARE(one.read(u"k"_s)->leaders.size(), 40);
    }

    void hoursCountWhatWasSeenAndNothingElse()
    {
        // now is half past twelve.
        const QList<ReadinessHour> hours = hoursOf({span(-90, -30, Readiness::Ready), span(-40, -20, Readiness::NotReady), span(-5, 60, Readiness::Partly),
                                                    span(-600, 600, Readiness::NotSeen)},
                                                   now);
        QCOMPARE(hours.size(), 7 * 24);
        QCOMPARE(hours.last().from, now.addSecs(-1800));
        QCOMPARE(hours.last().length, 1800);
        QCOMPARE(hours.last().notReady, 600);
        QCOMPARE(hours.last().partly, 300); // the future is not counted
        QCOMPARE(hours.last().ready, 0);
        QCOMPARE(hours.last().worst(), Readiness::NotReady);
        const ReadinessHour before = hours[hours.size() - 2];
        QCOMPARE(before.ready, 50 * 60); // where spans overlap the worse counts
        QCOMPARE(before.notReady, 10 * 60);
        QCOMPARE(before.seen(), 3600);
        QCOMPARE(hours[hours.size() - 3].ready, 0);
        QCOMPARE(hours.first().worst(), Readiness::NotSeen);
        QCOMPARE(availabilityOf(hours), (50 * 60 + 300) / double(60 * 60 + 900));
        QCOMPARE(availabilityOf(hoursOf({}, now)), -1.0);
        QVERIFY(hoursOf({}, {}).isEmpty());
    }

    void overlappingSpansAreCountedOnce()
    {
        const QList<ReadinessHour> hours = hoursOf({span(-90, -30, Readiness::Ready), span(-80, -40, Readiness::Ready), span(-90, -30, Readiness::Ready)}, now);
        QCOMPARE(hours[hours.size() - 2].ready, 3600);
    }

    void aResultOfAnotherFormIsRefusedOrReadWithCare()
    {
        QVERIFY(!FailoverResult::fromJson({}));
        QVERIFY(!FailoverResult::fromJson({{u"id"_s, u"x"_s}, {u"component"_s, u"y"_s}, {u"state"_s, u"odd"_s}}));
        const Result<FailoverResult> odd = FailoverResult::fromJson({{u"id"_s, u"x"_s},
                                                                     {u"component"_s, u"y"_s},
                                                                     {u"state"_s, u"done"_s},
                                                                     {u"renewals"_s, u"z"_s},
                                                                     {u"withoutLeader"_s, -7},
                                                                     {u"probe"_s, 3},
                                                                     {u"timeline"_s, QJsonArray{1, u"a"_s, QJsonObject{{u"step"_s, u"no"_s}}}}});
        QVERIFY(odd);
        QCOMPARE(odd->gap, -1.0);
        QVERIFY(odd->steps.isEmpty() && odd->renewals.isEmpty() && odd->probe.kind.isEmpty());
    }

    void whatTheLeaseLetsOneExpect()
    {
        const FailoverResult result = tested(u"a"_s, now);
        QCOMPARE(result.expires(), -1.4 + 15);
        QCOMPARE(result.expectedFrom(), 13.0);
        QCOMPARE(result.expectedTo(), 19.4);
        FailoverResult unseen = result;
        unseen.retry = -1;
        unseen.renewals.clear();
        QCOMPARE(unseen.expectedTo(), -1.0);
        QVERIFY(std::isnan(unseen.expires()));
    }
};

QTEST_GUILESS_MAIN(TestHaHistory)
#include "tst_hahistory.moc"
