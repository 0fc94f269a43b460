// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/Consent.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::kube;

class TestConsent : public QObject
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_dir;
    ConsentRequest m_request;

    QString path(const QString &name) const { return m_dir->path() + u'/' + name; }
    void write(const QString &name, const QByteArray &bytes) const
    {
        QFile file(path(name));
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate) && file.write(bytes) == bytes.size());
    }
    QByteArray read(const QString &name) const
    {
        QFile file(path(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

private slots:
    void init()
    {
        m_dir = std::make_unique<QTemporaryDir>();
        write(u"kubeconfig"_s, "x");
        write(u"plugin"_s, "#!/bin/sh\n");
        m_request = {};
        m_request.kubeconfigFile = path(u"kubeconfig"_s);
        m_request.context = u"prod"_s;
        m_request.program = path(u"plugin"_s);
        m_request.args = QStringList{u"get-token"_s, u"--secret"_s, u"hidden-word"_s};
        m_request.env = {{u"PROFILE"_s, Secret("hidden-value")}};
    }

    void consentSurvivesAndCanBeRevoked()
    {
        ConsentStore store(path(u"sub/consent.json"_s));
        QVERIFY(!store.isAllowed(m_request));
        QVERIFY(store.allow(m_request));
        QVERIFY(store.allow(m_request)); // once more changes nothing
        const ConsentStore other(path(u"sub/consent.json"_s));
        QVERIFY(other.isAllowed(m_request));
        const auto list = other.list();
        QCOMPARE(list.size(), 1);
        QCOMPARE(list[0].program, u"plugin"_s);
        QCOMPARE(list[0].context, u"prod"_s);
        QVERIFY(list[0].allowedAt.isValid());
        QVERIFY(store.revoke(list[0].digest));
        QVERIFY(!other.isAllowed(m_request));
    }

    void anyChangeAsksAgain_data()
    {
        QTest::addColumn<int>("change");
        const char *names[] = {"argument", "argument split", "argument order", "variable", "variable name", "no variable",
                               "kubeconfig", "program", "content", "content with old time and size"};
        for (int i = 0; i < 10; ++i)
            QTest::newRow(names[i]) << i;
    }
    void anyChangeAsksAgain()
    {
        QFETCH(int, change);
        ConsentStore store(path(u"consent.json"_s));
        QVERIFY(store.allow(m_request));
        ConsentRequest changed = m_request;
        switch (change) {
        case 0: changed.args[2] = u"other"_s; break;
        case 1: changed.args = QStringList{u"get-token--secret"_s, u"hidden-word"_s}; break;
        case 2: changed.args.swapItemsAt(0, 1); break;
        case 3: changed.env[0].second = Secret("other"); break;
        case 4: changed.env[0].first = u"LD_PRELOAD"_s; break;
        case 5: changed.env.clear(); break;
        case 6:
            write(u"kubeconfig2"_s, "x");
            changed.kubeconfigFile = path(u"kubeconfig2"_s);
            break;
        case 7:
            QVERIFY(QFile::copy(path(u"plugin"_s), path(u"plugin2"_s)));
            changed.program = path(u"plugin2"_s);
            break;
        case 8: write(u"plugin"_s, "#!/bin/sh\nevil\n"); break;
        case 9: {
            struct stat info {};
            QCOMPARE(::stat(QFile::encodeName(m_request.program).constData(), &info), 0);
            write(u"plugin"_s, "#!/bin/ed\n");
            const timespec times[] = {info.st_atim, info.st_mtim};
            QCOMPARE(::utimensat(AT_FDCWD, QFile::encodeName(m_request.program).constData(), times, 0), 0);
            break;
        }
        }
        QVERIFY(!store.isAllowed(changed));
    }

    void theContextAloneDoesNotAskAgain()
    {
        ConsentStore store(path(u"consent.json"_s));
        QVERIFY(store.allow(m_request));
        m_request.context = u"other"_s;
        QVERIFY(store.isAllowed(m_request));
    }

    void sameKubeconfigThroughALink()
    {
        ConsentStore store(path(u"consent.json"_s));
        QVERIFY(store.allow(m_request));
        QVERIFY(QFile::link(path(u"kubeconfig"_s), path(u"link"_s)));
        m_request.kubeconfigFile = path(u"link"_s);
        QVERIFY(store.isAllowed(m_request));
    }

    void noSecretReachesTheDisk()
    {
        ConsentStore store(path(u"sub/consent.json"_s));
        QVERIFY(store.allow(m_request));
        const QByteArray bytes = read(u"sub/consent.json"_s);
        QVERIFY(!bytes.contains("hidden"));
        QVERIFY(!bytes.contains("get-token"));
        struct stat info {};
        QCOMPARE(::stat(QFile::encodeName(path(u"sub/consent.json"_s)).constData(), &info), 0);
        QCOMPARE(int(info.st_mode & 0777), 0600);
        const QDir folder(path(u"sub"_s));
        QCOMPARE(folder.entryList(QDir::Files | QDir::Hidden), QStringList{u"consent.json"_s});
    }

    void aFileOthersCanWriteIsNoConsent()
    {
        ConsentStore store(path(u"consent.json"_s));
        QVERIFY(store.allow(m_request));
        QCOMPARE(::chmod(QFile::encodeName(path(u"consent.json"_s)).constData(), 0620), 0);
        QVERIFY(!store.isAllowed(m_request));
    }

    void damagedFilesAreNoConsent()
    {
        ConsentStore store(path(u"consent.json"_s));
        for (const QByteArray &bytes : {""_ba, "junk"_ba, "[]"_ba, R"({"consents": [1, {"digest": 5}, {"digest": "short"}]})"_ba,
                                        R"({"consents": {}})"_ba}) {
            write(u"consent.json"_s, bytes);
            QVERIFY(store.list().isEmpty());
            QVERIFY(!store.isAllowed(m_request));
        }
        QVERIFY(store.allow(m_request));
        QVERIFY(store.isAllowed(m_request));
    }

    void unwritablePlacesAreExplained()
    {
        write(u"file"_s, "x");
        ConsentStore store(path(u"file/consent.json"_s));
        const auto done = store.allow(m_request);
        QVERIFY(!done);
        QCOMPARE(done.error().kind, Error::Kind::Io);
        QVERIFY(!done.error().fix.isEmpty());
    }

    void defaultFileFollowsXdg()
    {
        qputenv("XDG_CONFIG_HOME", "/x/y");
        QCOMPARE(ConsentStore::defaultFile(), u"/x/y/cairn/exec-consent.json"_s);
        qputenv("XDG_CONFIG_HOME", "relative");
        QCOMPARE(ConsentStore::defaultFile(), QDir::homePath() + u"/.config/cairn/exec-consent.json"_s);
        qunsetenv("XDG_CONFIG_HOME");
    }

    void argumentsAreMasked_data()
    {
        QTest::addColumn<QStringList>("args");
        QTest::addColumn<QStringList>("shown");
        const auto row = [](const char *name, const QStringList &args, const QStringList &shown) {
            QTest::newRow(name) << args << shown;
        };
        row("plain", {u"eks"_s, u"get-token"_s, u"--cluster-name"_s, u"prod"_s}, {u"eks"_s, u"get-token"_s, u"--cluster-name"_s, u"prod"_s});
        row("flag and value", {u"--token"_s, u"abc"_s, u"x"_s}, {u"--token"_s, u"•••"_s, u"x"_s});
        row("assignment", {u"--oidc-client-secret=abc"_s}, {u"--oidc-client-secret=•••"_s});
        row("short dash", {u"-password=abc"_s}, {u"-password=•••"_s});
        row("variable", {u"API_TOKEN=abc"_s}, {u"API_TOKEN=•••"_s});
        row("a file may be shown", {u"--token-file"_s, u"/a"_s, u"--token-cache-dir=/b"_s}, {u"--token-file"_s, u"/a"_s, u"--token-cache-dir=/b"_s});
        row("switch before a flag", {u"--credential"_s, u"--verbose"_s}, {u"--credential"_s, u"--verbose"_s});
        row("web token", {u"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln"_s}, {u"•••"_s});
        row("in a script", {u"-c"_s, u"curl -H 'Authorization: Bearer abcdef123' https://u:pw@h/"_s},
            {u"-c"_s, u"curl -H 'Authorization: Bearer •••' https://•••@h/"_s});
        row("ids", {u"--client-id"_s, u"abc"_s, u"--region=eu"_s}, {u"--client-id"_s, u"abc"_s, u"--region=eu"_s});
    }
    void argumentsAreMasked()
    {
        QFETCH(QStringList, args);
        QFETCH(QStringList, shown);
        QCOMPARE(maskedArguments(args), shown);
    }

    void commandLineIsSafeToShow()
    {
        m_request.program = u"/p\u202Ex"_s;
        m_request.args = QStringList{u"a\nb"_s, u"two words"_s, u""_s};
        QCOMPARE(m_request.commandLine(), u"/p\\u{202E}x a\\nb \"two words\" \"\""_s);
        QCOMPARE(m_request.variableNames(), QStringList{u"PROFILE"_s});
    }
};

QTEST_APPLESS_MAIN(TestConsent)
#include "tst_consent.moc"
