// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/UsageHistory.h"

#include <QDir>
#include <QFile>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QTemporaryDir>
#include <QTest>
#include <csignal>
#include <sys/resource.h>
#include <thread>

using namespace Qt::StringLiterals;
using namespace cairn;
using store::UsageHistory;

namespace {

const QDateTime now = QDateTime::fromString(u"2026-05-01T12:30:00Z"_s, Qt::ISODate);

UsageSample sample(const QDateTime &at, qint64 used)
{
    return {at, used, 1000, UseSource::Kubelet};
}

/// Runs one statement on the file, as another program would.
QVariant sql(const QString &file, const QString &statement)
{
    QVariant value;
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(u"QSQLITE"_s, u"test"_s);
        database.setDatabaseName(file);
        if (!database.open())
            qFatal("the file cannot be opened");
        QSqlQuery query(database);
        if (!query.exec(statement))
            qFatal("%s", qPrintable(statement));
        value = query.next() ? query.value(0) : QVariant();
    }
    QSqlDatabase::removeDatabase(u"test"_s);
    return value;
}

} // namespace

class TestUsageHistory : public QObject
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_dir;
    QString file() const { return m_dir->path() + u"/cairn/usage.sqlite"_s; }
    QStringList aside() const { return QDir(m_dir->path() + u"/cairn"_s).entryList({u"usage.sqlite.*"_s}); }

private slots:
    void init() { m_dir = std::make_unique<QTemporaryDir>(); }

    void whatIsAddedIsFoundAgain()
    {
        {
            UsageHistory history(file());
            const Result<> added = history.add(u"k1"_s, {{u"a"_s, sample(now, 10)}, {u"b"_s, sample(now, 20)}}, now);
            QVERIFY2(added, added ? "" : qPrintable(added.error().oneLine()));
            QVERIFY(history.add(u"k1"_s, {{u"a"_s, sample(now.addSecs(3600), 11)}}, now));
            QVERIFY(history.add(u"k2"_s, {{u"a"_s, sample(now, 99)}}, now));
            QVERIFY(!history.takeNotice());
        }
        UsageHistory history(file());
        const auto samples = history.read(u"k1"_s);
        QVERIFY(samples);
        QCOMPARE(samples->size(), 2);
        QCOMPARE(samples->value(u"a"_s), (QList<UsageSample>{sample(now, 10), sample(now.addSecs(3600), 11)}));
        QVERIFY(history.read(u"other"_s)->isEmpty());
        QCOMPARE(QFile::permissions(file()) & (QFile::ReadGroup | QFile::ReadOther | QFile::WriteGroup | QFile::WriteOther), QFile::Permissions());
        QVERIFY(aside().isEmpty());
    }

    void oneSampleAnHourStays()
    {
        UsageHistory history(file());
        for (int minute = 0; minute < 30; ++minute)
            QVERIFY(history.add(u"k"_s, {{u"a"_s, sample(now.addSecs(60LL * minute - 1800), minute)}}, now));
        QCOMPARE(history.read(u"k"_s)->value(u"a"_s).size(), 1);
        QCOMPARE(history.read(u"k"_s)->value(u"a"_s).first().used, qint64(29));
    }

    void whatSaysNothingIsNotKept()
    {
        UsageHistory history(file());
        QVERIFY(history.add(u"k"_s, {{u"a"_s, sample(now, -1)}, {u"b"_s, sample({}, 5)}}, now));
        QVERIFY(history.read(u"k"_s)->isEmpty());
    }

    void oldSamplesAreThinnedOut()
    {
        UsageHistory history(file());
        for (int day = 400; day >= 0; --day) {
            for (int hour = 0; hour < (day > 30 ? 1 : 24); ++hour)
                QVERIFY(history.add(u"k"_s, {{u"a"_s, sample(now.addDays(-day).addSecs(3600LL * (hour - 23)), day * 100 + hour)}}, now.addDays(-day)));
        }
        QVERIFY(history.add(u"k"_s, {{u"a"_s, sample(now, 1)}}, now.addSecs(3600)));
        const QList<UsageSample> samples = history.read(u"k"_s)->value(u"a"_s);
        int recent = 0;
        QMap<QDate, int> days;
        for (const UsageSample &s : samples) {
            if (s.at > now.addDays(-7).addSecs(7200))
                ++recent;
            else if (s.at < now.addDays(-8))
                ++days[s.at.date()];
        }
        QVERIFY2(recent >= 7 * 24 - 2, qPrintable(QString::number(recent)));
        for (const int count : std::as_const(days))
            QCOMPARE(count, 1);
        QVERIFY2(days.size() > 340 && days.size() <= 366, qPrintable(QString::number(days.size())));
    }

    void aDamagedFileIsKeptAsideAndSaidSo_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::newRow("text") << QByteArray("this is no database, whatever its name is\n").repeated(200);
        QTest::newRow("zeros") << QByteArray(8192, '\0');
        QTest::newRow("header only") << QByteArray("SQLite format 3\0", 16) + QByteArray(4080, '\xff');
    }
    void aDamagedFileIsKeptAsideAndSaidSo()
    {
        QFETCH(QByteArray, content);
        QDir().mkpath(m_dir->path() + u"/cairn"_s);
        QFile broken(file());
        QVERIFY(broken.open(QIODevice::WriteOnly));
        broken.write(content);
        broken.close();
        UsageHistory history(file());
        QVERIFY2(history.add(u"k"_s, {{u"a"_s, sample(now, 10)}}, now), "it works on");
        QCOMPARE(aside().size(), 1);
        const std::optional<Error> notice = history.takeNotice();
        QVERIFY(notice);
        QVERIFY(notice->fix.contains(aside().first()));
        QVERIFY(!history.takeNotice()); // once
        QFile kept(m_dir->path() + u"/cairn/"_s + aside().first());
        QVERIFY(kept.open(QIODevice::ReadOnly));
        QCOMPARE(kept.readAll(), content); // not a byte is lost
        QCOMPARE(history.read(u"k"_s)->size(), 1);
    }

    void damageInTheMiddleIsFound()
    {
        {
            UsageHistory history(file());
            QHash<QString, UsageSample> many; // in one transaction: each waits for the disk
            for (int i = 0; i < 2000; ++i)
                many.insert(u"claim-%1"_s.arg(i), sample(now, i));
            QVERIFY(history.add(u"k"_s, many, now));
        }
        QFile broken(file());
        QVERIFY(broken.open(QIODevice::ReadWrite));
        QVERIFY(broken.size() > 20'000);
        for (qint64 at = 4096; at < broken.size(); at += 4096) {
            broken.seek(at);
            broken.write(QByteArray(64, '\x5a'));
        }
        broken.close();
        UsageHistory history(file());
        QVERIFY(history.read(u"k"_s));
        QVERIFY(history.takeNotice());
        QCOMPARE(aside().size(), 1);
    }

    void aNewerFileIsKeptAside()
    {
        {
            UsageHistory history(file());
            QVERIFY(history.add(u"k"_s, {{u"a"_s, sample(now, 10)}}, now));
        }
        sql(file(), u"PRAGMA user_version = 7"_s);
        UsageHistory history(file());
        QVERIFY(history.read(u"k"_s)->isEmpty());
        QCOMPARE(aside().size(), 1);
        QVERIFY(aside().first().contains(u".newer-"_s));
        QVERIFY(history.takeNotice()->why.contains(u"newer"_s));
        QCOMPARE(sql(m_dir->path() + u"/cairn/"_s + aside().first(), u"SELECT used FROM sample"_s).toInt(), 10);
        QVERIFY(history.add(u"k"_s, {{u"a"_s, sample(now, 11)}}, now));
    }

    void anotherTableOfThatNameIsNotOurs()
    {
        QDir().mkpath(m_dir->path() + u"/cairn"_s);
        sql(file(), u"CREATE TABLE sample (x)"_s);
        sql(file(), u"PRAGMA user_version = 1"_s);
        UsageHistory history(file());
        QVERIFY(history.add(u"k"_s, {{u"a"_s, sample(now, 10)}}, now));
        QVERIFY(history.takeNotice());
    }

    void aFullDiskFailsAndIsTriedAgain()
    {
        UsageHistory history(file());
        QVERIFY(history.add(u"k"_s, {{u"a"_s, sample(now, 10)}}, now));
        // No file of this process may grow: the write fails as on a full disk.
        std::signal(SIGXFSZ, SIG_IGN);
        rlimit before{};
        QCOMPARE(getrlimit(RLIMIT_FSIZE, &before), 0);
        rlimit tight = before;
        tight.rlim_cur = 512;
        QCOMPARE(setrlimit(RLIMIT_FSIZE, &tight), 0);
        const Result<> full = history.add(u"k"_s, {{u"b"_s, sample(now, 20)}}, now);
        setrlimit(RLIMIT_FSIZE, &before);
        QVERIFY(!full);
        QCOMPARE(full.error().kind, Error::Kind::Io);
        QVERIFY(aside().isEmpty()); // nothing is wrong with the file
        QVERIFY(!history.takeNotice());
        // Nothing is lost meanwhile, and all is written once there is room.
        QCOMPARE(history.read(u"k"_s)->size(), 2);
        QCOMPARE(UsageHistory(file()).read(u"k"_s)->size(), 1);
        QVERIFY(history.add(u"k"_s, {{u"c"_s, sample(now, 30)}}, now));
        QCOMPARE(history.read(u"k"_s)->size(), 3);
        QCOMPARE(UsageHistory(file()).read(u"k"_s)->value(u"b"_s).first().used, 20);
    }

    void whatCannotBeWrittenAtAllStaysInMemory()
    {
        QFile blocker(m_dir->path() + u"/cairn"_s);
        QVERIFY(blocker.open(QIODevice::WriteOnly));
        UsageHistory history(file());
        QVERIFY(!history.add(u"k"_s, {{u"a"_s, sample(now, 10)}}, now));
        QVERIFY(!history.add(u"k"_s, {{u"a"_s, sample(now.addSecs(3600), 20)}, {u"b"_s, sample(now, 30)}}, now));
        QVERIFY(!history.add(u"k"_s, {{u"a"_s, sample(now.addSecs(3610), 40)}}, now));
        const auto samples = history.read(u"k"_s);
        QVERIFY(samples);
        QCOMPARE(samples->size(), 2);
        QCOMPARE(samples->value(u"a"_s).last().used, 40);
        QVERIFY(!history.read(u"other"_s)); // nothing of it waits, and the file cannot be read
    }

    void aFolderThatCannotBeMadeIsAnError()
    {
        QFile blocker(m_dir->path() + u"/cairn"_s);
        QVERIFY(blocker.open(QIODevice::WriteOnly));
        UsageHistory history(file());
        QCOMPARE(history.read(u"k"_s).error().kind, Error::Kind::Io);
    }

    void twoProgramsAndManyThreadsShareIt()
    {
        UsageHistory one(file());
        UsageHistory two(file());
        QVERIFY(one.add(u"k"_s, {{u"start"_s, sample(now, 1)}}, now));
        std::atomic<int> failed = 0;
        std::vector<std::thread> threads;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([&, t] {
                UsageHistory &history = t % 2 ? one : two;
                for (int i = 0; i < 20; ++i) {
                    if (!history.add(u"k"_s, {{u"%1-%2"_s.arg(t).arg(i), sample(now, i)}}, now) || !history.read(u"k"_s))
                        ++failed;
                }
            });
        }
        for (std::thread &thread : threads)
            thread.join();
        QCOMPARE(failed.load(), 0);
        QCOMPARE(one.read(u"k"_s)->size(), 81);
        QVERIFY(!one.takeNotice() && !two.takeNotice());
    }
};

QTEST_GUILESS_MAIN(TestUsageHistory)
#include "tst_usagehistory.moc"
