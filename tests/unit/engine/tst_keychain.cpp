// SPDX-License-Identifier: GPL-3.0-or-later
#include "MemoryKeychain.h"

#include <QDirIterator>
#include <QTemporaryDir>
#include <QTest>
#include <thread>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::app;
using tests::MemoryKeychain;

namespace {

s3::Access accessTo(const QString &server)
{
    s3::Access access;
    access.store.server = QUrl(server);
    access.keys = {"AKID"_ba, Secret("tell/nobody+\"1\""_ba), Secret("session"_ba)};
    return access;
}

} // namespace

class TestKeychain : public QObject
{
    Q_OBJECT
private slots:
    void keysAreFoundForTheirServerAndBucketAlone()
    {
        MemoryKeychain keychain;
        const s3::Access mine = accessTo(u"https://minio:9000"_s);
        QVERIFY(keepKeys(keychain, mine, u"ckpt"_s, {}));
        const auto found = keptKeys(keychain, mine.store, u"ckpt"_s, {});
        QVERIFY(found);
        QCOMPARE(found->id, mine.keys.id);
        QVERIFY(found->secret == mine.keys.secret && found->sessionToken == mine.keys.sessionToken);
        QVERIFY(keptKeys(keychain, mine.store, u"other"_s, {})->isEmpty());
        for (const char *server : {"", "http://minio:9000", "https://minio", "https://minio:9001", "https://minio.evil:9000"})
            QVERIFY2(keptKeys(keychain, accessTo(QLatin1StringView(server)).store, u"ckpt"_s, {})->isEmpty(), server);
        // The name of an entry is no secret and holds none.
        QVERIFY(!keychain.kept.keys().join(u' ').contains(u"nobody"_s));
    }

    void noStrangersEntryIsTakenForKeys()
    {
        MemoryKeychain keychain;
        const s3::Access mine = accessTo(u"https://minio:9000"_s);
        QVERIFY(keepKeys(keychain, mine, u"ckpt"_s, {}));
        for (const char *bytes : {"", "[]", "{", "{\"id\":7}", "hunter2"}) {
            for (Secret &secret : keychain.kept)
                secret = Secret(bytes);
            QVERIFY(keptKeys(keychain, mine.store, u"ckpt"_s, {})->isEmpty());
        }
    }

    void withoutAKeychainItIsSaidAndNothingIsWritten()
    {
        const QTemporaryDir home;
        for (const char *name : {"HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"})
            qputenv(name, home.path().toUtf8());
        qputenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere");
        const auto keychain = desktopKeychain();
        std::optional<Result<>> kept;
        std::optional<Result<s3::Keys>> found;
        std::atomic<bool> done = false;
        std::jthread worker([&] {
            const s3::Access mine = accessTo(u"https://minio:9000"_s);
            kept = keepKeys(*keychain, mine, u"ckpt"_s, {});
            found = keptKeys(*keychain, mine.store, u"ckpt"_s, {});
            done = true;
        });
        QTRY_VERIFY_WITH_TIMEOUT(done, 30'000);
        QVERIFY(!*kept);
        QCOMPARE(kept->error().kind, Error::Kind::Unsupported);
        QVERIFY(!*found);
        QCOMPARE(found->error().kind, Error::Kind::Unsupported);
        QDirIterator files(home.path(), QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
        QVERIFY2(!files.hasNext(), qPrintable(files.next()));
    }

    void whoWaitsForItCanLeave()
    {
        const auto keychain = desktopKeychain();
        std::jthread worker([&](std::stop_token stop) {
            const auto found = keychain->read(u"x"_s, stop); // no event loop runs: it never comes
            if (found || found.error().kind != Error::Kind::Cancelled)
                qFatal("not cancelled");
        });
        worker.request_stop();
        worker.join();
    }
};

QTEST_GUILESS_MAIN(TestKeychain)
#include "tst_keychain.moc"
