// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/VerificationStore.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using store::VerificationStore;

namespace {

const QDateTime now = QDateTime::fromString(u"2026-05-01T12:30:00Z"_s, Qt::ISODate);

Checkpoint checkpoint(const QString &path, qint64 bytes = 100)
{
    Checkpoint c;
    c.path = path;
    c.bytes = bytes;
    c.files = 2;
    c.savedAt = now.addDays(-1);
    return c;
}

Verification verification(const Checkpoint &c, const QDateTime &at = now)
{
    Verification v;
    v.path = c.path;
    v.at = at;
    v.result = FullRead::Damaged;
    v.reason = u"entry 3 does not hold."_s;
    v.bytes = c.bytes;
    v.files = {{c.path, FullRead::Damaged, c.bytes, c.bytes, 10, u"entry 3"_s}};
    v.stamp = stampOf(c);
    return v;
}

} // namespace

class TestVerificationStore : public QObject
{
    Q_OBJECT
private slots:
    void itIsTheSameCheckpointWhicheverFolderAboveItWasListed()
    {
        const QTemporaryDir folder;
        VerificationStore store(folder.filePath(u"v.sqlite"_s));
        QVERIFY(!store.exists());
        QVERIFY(store.put(u"folder:/runs/a"_s, verification(checkpoint(u"."_s))).has_value());
        QVERIFY(store.exists());
        const Checkpoint below = checkpoint(u"a"_s);
        const Result<std::optional<Verification>> found = store.find(u"folder:/runs"_s, below);
        QVERIFY(found.has_value() && *found);
        QCOMPARE((*found)->path, u"a"_s);
        QVERIFY(*store.find(u"folder:/"_s, checkpoint(u"runs/a"_s)));
        QVERIFY(!*store.find(u"folder:/other"_s, below));
    }
    void whatAFullReadFoundDamagedIsSoInAListing()
    {
        Listing listing;
        Checkpoint older = checkpoint(u"step-1.pt"_s);
        older.verdict = Verdict::Whole;
        older.proof = u"probe"_s;
        older.resumable = true;
        older.savedAt = now.addDays(-2);
        Checkpoint newer = older;
        newer.path = u"step-2.pt"_s;
        newer.savedAt = now.addDays(-1);
        listing.runs = {Run{u"."_s, {}, newer.path, {older, newer}}};
        Verification other = verification(newer);
        other.stamp = u"2 99 1"_s; // of other files
        Listing same = listing;
        addFoundDamage(same, {{newer.path, other}});
        QCOMPARE(same, listing);
        addFoundDamage(listing, {{newer.path, verification(newer)}});
        const Checkpoint &damaged = listing.runs[0].checkpoints[1];
        QCOMPARE(damaged.verdict, Verdict::Damaged);
        QVERIFY(!damaged.resumable && damaged.proof.isEmpty());
        QCOMPARE(damaged.reason, u"A full read on 2026-05-01T12:30:00Z found it damaged. entry 3 does not hold."_s);
        QCOMPARE(listing.runs[0].latestResumable, older.path);
        QCOMPARE(newestResumable(listing)->path, older.path);
    }
    void aResultIsKeptUntilAFileChanges()
    {
        const QTemporaryDir folder;
        const QString file = folder.filePath(u"v.sqlite"_s);
        const Checkpoint c = checkpoint(u"run/step-1.pt"_s);
        {
            VerificationStore store(file);
            QVERIFY(store.put(u"here"_s, verification(c)).has_value());
        }
        VerificationStore store(file); // another program, another day
        const Result<std::optional<Verification>> found = store.find(u"here"_s, c);
        QVERIFY(found.has_value() && *found);
        QCOMPARE(**found, verification(c));
        QVERIFY(!*store.find(u"elsewhere"_s, c));
        Checkpoint longer = c;
        longer.bytes = 101;
        Checkpoint later = c;
        later.savedAt = c.savedAt.addSecs(1);
        Checkpoint more = c;
        more.files = 3;
        for (const Checkpoint &changed : {longer, later, more}) {
            QVERIFY(store.put(u"here"_s, verification(c)).has_value());
            QVERIFY(!*store.find(u"here"_s, changed));
            QVERIFY(!*store.find(u"here"_s, c)); // it is forgotten
        }
    }
    void aListingGetsWhatIsKnownOfIt()
    {
        const QTemporaryDir folder;
        VerificationStore store(folder.filePath(u"v.sqlite"_s));
        const Checkpoint a = checkpoint(u"a"_s);
        const Checkpoint b = checkpoint(u"b"_s);
        QVERIFY(store.put(u"here"_s, verification(a)).has_value());
        QVERIFY(store.put(u"here"_s, verification(checkpoint(u"not listed"_s))).has_value());
        Listing listing;
        listing.runs = {Run{u"."_s, {}, {}, {a, b}}};
        const Result<QHash<QString, Verification>> found = store.read(u"here"_s, listing);
        QVERIFY(found.has_value());
        QCOMPARE(found->keys(), QStringList{u"a"_s});
        QVERIFY(*store.find(u"here"_s, checkpoint(u"not listed"_s))); // a listing may be partial
    }
    void theFileIsPrivateAndItsDamageHarmless()
    {
        const QTemporaryDir folder;
        const QString file = folder.filePath(u"v.sqlite"_s);
        QFile rubbish(file);
        QVERIFY(rubbish.open(QIODevice::WriteOnly) && rubbish.write("no database") > 0);
        rubbish.close();
        VerificationStore store(file);
        const Checkpoint c = checkpoint(u"a"_s);
        QVERIFY(store.put(u"here"_s, verification(c)).has_value());
        QVERIFY(store.takeNotice());
        QVERIFY(*store.find(u"here"_s, c));
        QCOMPARE(QFile::permissions(file) & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
    }
};

QTEST_APPLESS_MAIN(TestVerificationStore)
#include "tst_verificationstore.moc"
