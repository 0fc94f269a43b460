// SPDX-License-Identifier: GPL-3.0-or-later
#include "Support.h"
#include "checkpoints/Paths.h"

#include <QTemporaryDir>
#include <QTest>
#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::ckpt;
using namespace support;

/// Hostile trees on a real file system.
class TestFolder : public QObject
{
    Q_OBJECT

    const QDateTime m_saved{QDate(2026, 1, 2), QTime(3, 4, 5), Qt::UTC};
    const QByteArray m_whole = contents(fixture(u"torch/run/step-00000100.pt"_s));

    Listing scan(const QString &path, FolderLimits limits = {})
    {
        ScanOptions options;
        options.folder = limits;
        const Result<Listing> listing = scanFolder(path, options, std::stop_token());
        if (!listing)
            qFatal("%s", qPrintable(listing.error().oneLine()));
        return *listing;
    }
    static QStringList paths(const Listing &listing)
    {
        QStringList all;
        for (const Run &run : listing.runs) {
            for (const Checkpoint &c : run.checkpoints)
                all << c.path;
        }
        all.sort();
        return all;
    }

private slots:
    void noLinkLeadsOutOfTheTree()
    {
        QTemporaryDir outside;
        QTemporaryDir dir;
        QVERIFY(write(outside.path() + u"/step-9.pt"_s, m_whole));
        QVERIFY(write(dir.path() + u"/step-1.pt"_s, m_whole));
        QVERIFY(QFile::link(outside.path() + u"/step-9.pt"_s, dir.path() + u"/step-9.pt"_s));
        QVERIFY(QFile::link(outside.path(), dir.path() + u"/elsewhere"_s));
        QVERIFY(QFile::link(dir.path(), dir.path() + u"/loop"_s));
        QVERIFY(QFile::link(u"self.pt"_s, dir.path() + u"/self.pt"_s));
        QVERIFY(QFile::link(outside.path(), dir.path() + u"/checkpoint-9"_s));
        const Listing listing = scan(dir.path());
        QCOMPARE(paths(listing), QStringList{u"step-1.pt"_s});
        // Silence would pass for "there is none".
        QVERIFY(listing.partial);
        QCOMPARE(listing.notes.size(), 2);
        QVERIFY2(listing.notes[0].contains(u"lead out of the folder were not followed: 2"_s), qPrintable(listing.notes[0]));
        QCOMPARE(listing.notes[1], u"Links with the names of checkpoints lead to nothing: 1, such as self.pt."_s);
    }
    void aLinkToAListedFileIsShownOnce()
    {
        QTemporaryDir dir;
        QVERIFY(write(dir.path() + u"/epoch=1-step=8.ckpt"_s, m_whole));
        QVERIFY(QFile::link(u"epoch=1-step=8.ckpt"_s, dir.path() + u"/last.ckpt"_s));
        QCOMPARE(paths(scan(dir.path())), QStringList{u"epoch=1-step=8.ckpt"_s});
        QCOMPARE(scan(dir.path()).notes, QStringList());
    }
    void aLinkToAnUnlistedFileInsideCounts()
    {
        QTemporaryDir dir;
        QVERIFY(write(dir.path() + u"/blobs/abc"_s, m_whole));
        QVERIFY(QDir(dir.path()).mkdir(u"snapshots"_s));
        QVERIFY(QFile::link(u"../blobs/abc"_s, dir.path() + u"/snapshots/step-4.pt"_s));
        const Listing listing = scan(dir.path());
        QCOMPARE(paths(listing), QStringList{u"snapshots/step-4.pt"_s});
        QCOMPARE(listing.runs.first().checkpoints.first().verdict, Verdict::Whole);
    }
    void aLinkMadeAfterTheListingIsNotFollowed()
    {
        QTemporaryDir outside;
        QTemporaryDir dir;
        QVERIFY(write(outside.path() + u"/step-1.pt"_s, m_whole));
        QVERIFY(write(dir.path() + u"/run/step-1.pt"_s, m_whole));
        auto source = FolderSource::open(dir.path());
        QVERIFY(source);
        const Tree tree = (*source)->walk({}, std::stop_token());
        QCOMPARE(tree.files.size(), 1);
        QVERIFY(QDir(dir.path() + u"/run"_s).removeRecursively());
        QVERIFY(QFile::link(outside.path(), dir.path() + u"/run"_s));
        QCOMPARE((*source)->read(tree.files.first(), 0, 4).status, Source::Status::Failed);
    }
    void pipesAreNotOpened()
    {
        QTemporaryDir dir;
        QVERIFY(write(dir.path() + u"/step-1.pt"_s, m_whole));
        QCOMPARE(::mkfifo((dir.path().toLocal8Bit() + "/step-2.pt").constData(), 0600), 0);
        QCOMPARE(::mkfifo((dir.path().toLocal8Bit() + "/.metadata").constData(), 0600), 0);
        QCOMPARE(::mkfifo((dir.path().toLocal8Bit() + "/notes").constData(), 0600), 0);
        const Listing listing = scan(dir.path());
        QCOMPARE(paths(listing), QStringList{u"step-1.pt"_s});
        QVERIFY(!listing.partial);
        QCOMPARE(listing.notes.size(), 1);
        QVERIFY2(listing.notes.first().contains(u"Pipes with the names of checkpoints were left out: 2"_s), qPrintable(listing.notes.first()));
    }
    void anyBytesAreAName()
    {
        QTemporaryDir dir;
        const QList<QByteArray> names{"new\nline-1.pt", "quote'\"$(x)`y`-2.pt", "not-utf8-\xff-3.pt", "rtl-\xe2\x80\xae-4.pt",
                                      "-rf-5.pt", " 6.pt"};
        for (const QByteArray &name : names) {
            const QByteArray path = QFile::encodeName(dir.path()) + '/' + name;
            FILE *file = std::fopen(path.constData(), "wb");
            QVERIFY(file);
            QCOMPARE(std::fwrite(m_whole.constData(), 1, size_t(m_whole.size()), file), size_t(m_whole.size()));
            std::fclose(file);
        }
        const Listing listing = scan(dir.path());
        QCOMPARE(paths(listing).size(), names.size());
        for (const Checkpoint &c : listing.runs.first().checkpoints) {
            QVERIFY(names.contains(pathFromText(c.path)));
            QCOMPARE(c.verdict, Verdict::Whole);
            QCOMPARE(c.resumable, !c.path.contains(u"\\xFF"_s)); // such a name cannot be given to a pod
        }
    }
    void unreadableFoldersMakeItPartial()
    {
        if (::geteuid() == 0) {
            // Root reads everything; drop the right for this test by changing the file system user.
            QCOMPARE(::seteuid(65534), 0);
        }
        {
            QTemporaryDir dir;
            QVERIFY(write(dir.path() + u"/step-1.pt"_s, m_whole));
            QVERIFY(QDir(dir.path()).mkdir(u"secret"_s));
            QCOMPARE(::chmod((dir.path().toLocal8Bit() + "/secret").constData(), 0), 0);
            const Listing listing = scan(dir.path());
            QVERIFY(listing.partial);
            QVERIFY2(listing.notes.first().contains(u"secret"_s), qPrintable(listing.notes.first()));
            QCOMPARE(paths(listing), QStringList{u"step-1.pt"_s});
            ::chmod((dir.path().toLocal8Bit() + "/secret").constData(), 0700);
        }
        if (::getuid() == 0)
            QCOMPARE(::seteuid(0), 0);
    }
    void limitsMakeItPartialAndAreNamed()
    {
        QTemporaryDir dir;
        for (int i = 0; i < 30; ++i)
            QVERIFY(write(dir.path() + u"/many/step-%1.pt"_s.arg(i), QByteArray("x")));
        QVERIFY(write(dir.path() + u"/a/b/c/d/step-1.pt"_s, m_whole));
        FolderLimits limits;
        limits.candidates = 5;
        QVERIFY(scan(dir.path(), limits).partial);
        limits = {};
        limits.depth = 2;
        const Listing deep = scan(dir.path(), limits);
        QVERIFY(deep.partial);
        QVERIFY(deep.notes.first().contains(u"deeper"_s));
        limits = {};
        limits.entries = 10;
        QVERIFY(scan(dir.path(), limits).notes.first().contains(u"10"_s));
        QVERIFY(!scan(dir.path()).partial);
    }
    void aLargeTreeStaysBounded()
    {
        // Hard links make many names cheaply; only candidates are kept one by one.
        QTemporaryDir dir;
        QVERIFY(write(dir.path() + u"/images/0.png"_s, QByteArray("x")));
        const QByteArray base = dir.path().toLocal8Bit() + "/images/";
        for (int i = 1; i < 20'000; ++i)
            QCOMPARE(::link((base + "0.png").constData(), (base + QByteArray::number(i) + ".png").constData()), 0);
        auto source = FolderSource::open(dir.path());
        QVERIFY(source);
        const Tree tree = (*source)->walk({}, std::stop_token());
        QCOMPARE(tree.files.size(), 0);
        QCOMPARE(tree.others.value("images").files, 20'000);
    }
    void badRootsGetAClearError()
    {
        QTemporaryDir dir;
        QVERIFY(write(dir.path() + u"/file"_s, "x"));
        const auto missing = scanFolder(dir.path() + u"/none\n"_s, {}, std::stop_token());
        QVERIFY(!missing);
        QCOMPARE(missing.error().kind, Error::Kind::NotFound);
        QVERIFY(missing.error().what.contains(u"\\n"_s));
        QVERIFY(!missing.error().fix.isEmpty());
        QCOMPARE(scanFolder(dir.path() + u"/file"_s, {}, std::stop_token()).error().kind, Error::Kind::Invalid);
        QVERIFY(scan(dir.path()).runs.isEmpty()); // an empty result is no error
    }
    void cancelledScansSayCancelled()
    {
        const auto stop = std::make_unique<std::stop_source>();
        stop->request_stop();
        QTemporaryDir dir;
        QCOMPARE(scanFolder(dir.path(), {}, stop->get_token()).error().kind, Error::Kind::Cancelled);
    }
};

QTEST_APPLESS_MAIN(TestFolder)
#include "tst_folder.moc"
