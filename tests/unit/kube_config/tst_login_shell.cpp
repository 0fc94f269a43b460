// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/LoginShell.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <thread>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::kube;
using namespace std::chrono_literals;

class TestLoginShell : public QObject
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_dir;

    QString path(const QString &name) const { return m_dir->path() + u'/' + name; }
    QString write(const QString &name, const QByteArray &bytes) const
    {
        QDir().mkpath(QFileInfo(path(name)).absolutePath());
        QFile file(path(name));
        if (!file.open(QIODevice::WriteOnly | QIODevice::Truncate) || file.write(bytes) != bytes.size())
            qFatal("cannot write the test file");
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        return path(name);
    }
    /// A shell that counts its starts, then runs `body`; its command is the last argument.
    LoginShell::Options shell(const QByteArray &body, const QString &name = u"bash"_s) const
    {
        LoginShell::Options options;
        options.shell = write(name, "#!/bin/sh\necho \"$*\" >> " + path(u"starts"_s).toUtf8() + "\n" + body + "\n");
        options.environment = {"PATH=/usr/bin:/bin", "HOME=" + m_dir->path().toUtf8()};
        options.timeout = 10s;
        return options;
    }
    QByteArray starts() const
    {
        QFile file(path(u"starts"_s));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

private slots:
    void init() { m_dir = std::make_unique<QTemporaryDir>(); }

    void readsThePathOfARealShell()
    {
        // Not a stand-in: dash reads ~/.profile as a login shell.
        write(u".profile"_s, "echo 'Welcome, PATH=/wrong'\nexport PATH=\"$HOME/my tools:/usr/bin:relative:/bin\"\n");
        LoginShell::Options options;
        options.shell = u"/bin/sh"_s;
        options.environment = {"PATH=/usr/bin:/bin", "HOME=" + m_dir->path().toUtf8()};
        LoginShell login(options);
        const auto folders = login.folders({});
        QVERIFY2(folders, qPrintable(folders ? QString() : folders.error().oneLine()));
        QCOMPARE(*folders, (QStringList{path(u"my tools"_s), u"/usr/bin"_s, u"/bin"_s}));
    }

    void noiseAroundTheMarkersIsIgnored()
    {
        LoginShell login(shell("export PATH=/a:/b:/usr/bin:/bin\necho 'PATH=/no'; echo oh-my; for last; do :; done; eval \"$last\"; echo bye"));
        QCOMPARE(login.folders({}).value(), (QStringList{u"/a"_s, u"/b"_s, u"/usr/bin"_s, u"/bin"_s}));
    }

    void theShellRunsOnce()
    {
        LoginShell login(shell("for last; do :; done; eval \"$last\""));
        std::vector<std::jthread> threads;
        std::atomic<int> good = 0;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&] { good += login.folders({}).has_value(); });
        threads.clear();
        QCOMPARE(good.load(), 4);
        QCOMPARE(starts().count('\n'), 1);
    }

    void aFailingInteractiveShellIsRetriedWithout()
    {
        LoginShell login(shell("case \" $* \" in *\" -i \"*) exit 1;; esac\nfor last; do :; done; eval \"$last\""));
        QVERIFY(login.folders({}));
        QCOMPARE(starts().count('\n'), 2);
    }

    void aHangingShellIsEnded()
    {
        auto options = shell("sleep 1000");
        options.timeout = 200ms;
        LoginShell login(options);
        const auto folders = login.folders({});
        QVERIFY(!folders);
        QCOMPARE(folders.error().kind, Error::Kind::Timeout);
        QVERIFY(!login.folders({})); // remembered
        QCOMPARE(starts().count('\n'), 2);
    }

    void cancelIsNotRemembered()
    {
        LoginShell login(shell("while [ ! -e " + path(u"go"_s).toUtf8() + " ]; do sleep 0.01; done; for last; do :; done; eval \"$last\""));
        std::stop_source stop;
        std::jthread canceller([&] {
            QTRY_VERIFY(!starts().isEmpty());
            stop.request_stop();
        });
        QCOMPARE(login.folders(stop.get_token()).error().kind, Error::Kind::Cancelled);
        canceller.join();
        write(u"go"_s, "");
        QVERIFY(login.folders({}));
    }

    void unknownShellsAreNotRun()
    {
        LoginShell login(shell("exit 0", u"nu"_s));
        QCOMPARE(login.folders({}).error().kind, Error::Kind::Unsupported);
        QVERIFY(starts().isEmpty());
    }

    void aShellThatPrintsNothingUsefulIsAnError()
    {
        LoginShell login(shell("echo hello"));
        QCOMPARE(login.folders({}).error().kind, Error::Kind::Parse);
    }

    void programsAreFoundInOrder()
    {
        write(u"added/tool"_s, "#!/bin/sh\n");
        write(u"login/tool"_s, "#!/bin/sh\n");
        write(u"login/only"_s, "#!/bin/sh\n");
        QDir().mkpath(path(u"path/tool"_s)); // a folder is no program
        ProgramSearch search;
        search.environment = {"PATH=" + path(u"path"_s).toUtf8() + ":/usr/bin"};
        search.addedFolders = QStringList{path(u"added"_s)};
        search.loginShell = std::make_shared<LoginShell>(
            shell("export PATH=" + path(u"login"_s).toUtf8() + ":/usr/bin:/bin; for last; do :; done; eval \"$last\""));
        const auto tool = search.find(u"tool"_s, {});
        QVERIFY(tool);
        QCOMPARE(tool->path, path(u"added/tool"_s));
        QCOMPARE(tool->origin, FolderOrigin::Added);
        QVERIFY(starts().isEmpty()); // found without asking the shell
        const auto only = search.find(u"only"_s, {});
        QVERIFY(only);
        QCOMPARE(only->origin, FolderOrigin::LoginShell);
        const auto none = search.find(u"absent-program"_s, {});
        QCOMPARE(none.error().kind, Error::Kind::NotFound);
        QVERIFY2(none.error().why.endsWith(path(u"path"_s) + u":/usr/bin:"_s + path(u"added"_s) + u':' + path(u"login"_s) + u":/bin"_s),
                 qPrintable(none.error().why));
    }

    void wellKnownFoldersAreOnlyASuggestion()
    {
        qputenv("HOME", m_dir->path().toUtf8());
        write(u".krew/bin/kubectl-made-up-name"_s, "#!/bin/sh\n");
        ProgramSearch search;
        search.environment = {"PATH=/usr/bin"};
        QVERIFY(!search.find(u"kubectl-made-up-name"_s, {}));
        QCOMPARE(search.wellKnownFolderWith(u"kubectl-made-up-name"_s), path(u".krew/bin"_s));
        QVERIFY(search.wellKnownFolderWith(u"kubectl-other-name"_s).isEmpty());
        QVERIFY(search.wellKnownFolderWith(u"../x"_s).isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestLoginShell)
#include "tst_login_shell.moc"
