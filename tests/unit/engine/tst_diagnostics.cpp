// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Log.h"
#include "engine/Diagnostics.h"
#include "engine/Versions.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <sys/stat.h>

using namespace Qt::StringLiterals;
using namespace cairn;

class TestDiagnostics : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;

    void write(const QString &path, const QByteArray &bytes) const
    {
        QVERIFY(QDir().mkpath(QFileInfo(path).path()));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        QCOMPARE(file.write(bytes), bytes.size());
    }
    static kube::Kubeconfig kubeconfig()
    {
        return kube::Kubeconfig::fromBytes("apiVersion: v1\nkind: Config\ncurrent-context: prod-eu\n"
                                           "clusters: [{name: c, cluster: {server: 'https://ada:hidden-pw@prod.example:6443'}}]\n"
                                           "users: [{name: ada, user: {token: kept-secret-token}}]\n"
                                           "contexts: [{name: prod-eu, context: {cluster: c, user: ada}}, {name: other, context: {cluster: c, user: ada}}]\n",
                                           u"/k"_s);
    }

private slots:
    void initTestCase()
    {
        QVERIFY(m_dir.isValid());
        qputenv("XDG_CONFIG_HOME", m_dir.path().toUtf8());
        qputenv("HTTPS_PROXY", "http://ada:proxy-pw@proxy:3128");
        keepLog();
    }

    void tellsVersionsOfAllThatMatters()
    {
        const QStringList lines = app::versions(u"cairnctl"_s).split(u'\n');
        QCOMPARE(lines.size(), 3);
        QVERIFY(QRegularExpression(u"^cairnctl \\d+\\.\\d+\\.\\d+$"_s).match(lines[0]).hasMatch());
        QCOMPARE(lines[1].section(u' ', 0, 1), u"Qt "_s + QLatin1StringView(qVersion()));
        QVERIFY(lines[2].startsWith("libcurl/"_L1));
    }

    void showsChoicesAndCountsTheRest()
    {
        write(app::settingsFile(), "[view]\ntheme=dark\n[alerts]\nclaimPercent=90\n[connect]\nlastContext=prod-eu\nkubeconfigs=/home/ada/a, /home/ada/b\n"
                                   "[claims]\nhelperAllowed=https://prod.example research image\n");
        const QJsonObject settings = app::diagnostics(u"cairn"_s, kubeconfig())["settings"_L1].toObject();
        QCOMPARE(settings["view/theme"_L1].toString(), u"dark"_s);
        QCOMPARE(settings["alerts/claimPercent"_L1].toString(), u"90"_s);
        QCOMPARE(settings["connect/kubeconfigs"_L1].toString(), u"2 set"_s);
        QCOMPARE(settings["connect/lastContext"_L1].toString(), u"1 set"_s);
        QCOMPARE(settings["claims/helperAllowed"_L1].toString(), u"1 set"_s);
        QCOMPARE(settings["exists"_L1].toBool(), true);
    }

    void namesNothingOfTheKubeconfigAndNoSecret()
    {
        qCWarning(lcNet) << "answer was Authorization: Bearer abcdef0123456789 from" << QDir::homePath() + u"/.kube/config"_s;
        qCWarning(lcKube, "%s", "two\nlines\x1b[31m");
        qputenv("AWS_SECRET_ACCESS_KEY", "aws-hidden-value");
        const QJsonObject all = app::diagnostics(u"cairn"_s, kubeconfig(), {{u"doctor"_s, QJsonArray{u"password: hunter22 at https://u:p@x.example/"_s,
            u"key -----BEGIN PRIVATE KEY-----\nbWluZS1hbG9uZQ==\n-----END PRIVATE KEY----- end"_s, u"aGFsZi1rZXk=\n-----END RSA PRIVATE KEY-----"_s, u"-----BEGIN PRIVATE KEY-----\nY3V0LW9mZg=="_s}}});
        QVERIFY(all["environment"_L1].toArray().contains(u"AWS_SECRET_ACCESS_KEY"_s));
        QCOMPARE(all["kubeconfig"_L1].toObject()["contexts"_L1].toInt(), 2);
        QCOMPARE(all["kubeconfig"_L1].toObject()["signIn"_L1].toObject()["token"_L1].toInt(), 2);
        QVERIFY(all["environment"_L1].toArray().contains(u"HTTPS_PROXY"_s));
        const QString text = app::diagnosticsText(all);
        for (const QString &secret : {u"aws-hidden-value"_s, u"bWluZS1hbG9uZQ"_s, u"aGFsZi1rZXk"_s, u"Y3V0LW9mZg"_s, u"hidden-pw"_s, u"kept-secret-token"_s, u"proxy-pw"_s, u"abcdef0123456789"_s, u"hunter22"_s, u"u:p@"_s, u"prod-eu"_s, u"prod.example"_s, u"/home/ada"_s, u"\x1b"_s})
            QVERIFY2(!text.contains(secret), qPrintable(secret + u" in\n"_s + text));
        QVERIFY2(text.contains(u"~/.kube/config"_s), qPrintable(text));
        QVERIFY(text.contains(u"warning cairn.kube: two\\nlines"_s) || text.contains(u"warning cairn.kube: two\\\\nlines"_s));
    }

    void keepsTheLastLinesOnly()
    {
        for (int i = 0; i < 250; ++i)
            qCWarning(lcUi, "line %d %s", i, QByteArray(3000, 'x').constData());
        const QStringList lines = lastLog();
        QCOMPARE(lines.size(), 200);
        QVERIFY(lines.first().contains(u"line 50 "_s));
        QVERIFY(lines.last().contains(u"line 249 "_s));
        QVERIFY(std::ranges::all_of(lines, [](const QString &line) { return line.size() <= 1000; }));
    }

    void savesForItsOwnerAloneAndOverNothing()
    {
        const QString path = m_dir.filePath(u"bundle.yaml"_s);
        const mode_t before = umask(0);
        const Result<> saved = app::saveDiagnostics(path, u"a: 1\n"_s);
        umask(before);
        QVERIFY(saved);
        struct stat facts{};
        QCOMPARE(::stat(path.toUtf8().constData(), &facts), 0);
        QCOMPARE(facts.st_mode & 0777U, 0600U);
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), "a: 1\n"_ba);
        QVERIFY(!app::saveDiagnostics(path, u"b: 2\n"_s));
        const QString link = m_dir.filePath(u"link.yaml"_s);
        QVERIFY(QFile::link(m_dir.filePath(u"nowhere.yaml"_s), link));
        QVERIFY(!app::saveDiagnostics(link, u"b: 2\n"_s));
        QVERIFY(!QFile::exists(m_dir.filePath(u"nowhere.yaml"_s)));
        const Result<> nowhere = app::saveDiagnostics(m_dir.filePath(u"nodir/x"_s), u"c: 3\n"_s);
        QVERIFY(!nowhere);
        QCOMPARE(nowhere.error().why, u"There is no folder %1."_s.arg(m_dir.filePath(u"nodir"_s)));
    }
};

QTEST_GUILESS_MAIN(TestDiagnostics)
#include "tst_diagnostics.moc"
