// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/NameRules.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;

class TestNameRules : public QObject {
    Q_OBJECT
private slots:
    void names()
    {
        for (const QString &good : {u"a"_s, u"hf-token"_s, u"0a.b-c.d"_s, QString(63, u'a')})
            QVERIFY2(rules::isDnsName(good), qPrintable(good));
        for (const QString &bad : {u""_s, u"../x"_s, u"a b"_s, u"A"_s, u"-a"_s, u"a-"_s, u"a..b"_s, u"a\n"_s, u"ä"_s, QString(254, u'a')})
            QVERIFY2(!rules::isDnsName(bad), qPrintable(bad));
        QVERIFY(!rules::isDnsLabel(u"a.b"_s) && !rules::isDnsLabel(QString(64, u'a')) && rules::isDnsLabel(u"a-b"_s));
    }
    void labels()
    {
        for (const QString &good : {u"pool"_s, u"nvidia.com/gpu"_s, u"A_b.c"_s})
            QVERIFY2(rules::isQualifiedName(good), qPrintable(good));
        for (const QString &bad : {u""_s, u"/a"_s, u"a/"_s, u"a/b/c"_s, u"A/b"_s, u"a b"_s})
            QVERIFY2(!rules::isQualifiedName(bad), qPrintable(bad));
        QVERIFY(rules::isLabelValue({}) && rules::isLabelValue(u"A100-80GB"_s) && !rules::isLabelValue(u"a b"_s));
    }
    void images()
    {
        const QString digest = u"@sha256:"_s + QString(64, u'a');
        for (const QString &good : {u"nginx"_s, u"nginx:1.2"_s, u"ghcr.io/a/b__c:v1.2-rc_1"_s, u"host:5000/a/b"_s, u"[::1]:5000/a"_s,
                 u"a/b"_s + digest, u"a/b:1"_s + digest, u"Host.example/a"_s})
            QVERIFY2(rules::isImageReference(good), qPrintable(good));
        for (const QString &bad : {u""_s, u" nginx"_s, u"my image"_s, u"nginx:"_s, u"Nginx"_s, u"a/B:1"_s, u"https://ghcr.io/a"_s,
                 u"a//b"_s, u"a/b@sha256:12"_s, u"a:1:2"_s, u"nginx\n"_s, u"a:"_s + QString(129, u'x')})
            QVERIFY2(!rules::isImageReference(bad), qPrintable(bad));
    }
    void folders_data()
    {
        QTest::addColumn<QString>("folder");
        QTest::addColumn<rules::FolderFault>("fault");
        using enum rules::FolderFault;
        const auto row = [](const char *name, const QString &folder, rules::FolderFault fault) { QTest::newRow(name) << folder << fault; };
        row("nothing", {}, None);
        row("absolute", u"/checkpoints/bert-xl"_s, None);
        row("dots in a name", u"/checkpoints/a..b/.c"_s, None);
        row("bucket", u"s3://bucket/run 1"_s, None);
        row("bucket alone", u"gs://bucket"_s, None);
        row("file", u"file:///checkpoints/run"_s, None);
        row("variable", u"$(DATA)/run"_s, None);
        row("upwards", u"/checkpoints/../../etc"_s, Upwards);
        row("upwards at the end", u"/checkpoints/.."_s, Upwards);
        row("upwards in a bucket", u"s3://bucket/../other"_s, Upwards);
        row("upwards behind a variable", u"$(DATA)/../x"_s, Upwards);
        row("relative", u"checkpoints/run"_s, Relative);
        row("here", u"./run"_s, Relative);
        row("one slash", u"s3:/bucket"_s, Relative);
        row("no bucket", u"s3://"_s, Bucket);
        row("no bucket but a prefix", u"s3:///run"_s, Bucket);
        row("blank bucket", u"gs:// /run"_s, Bucket);
        row("NUL", u"/checkpoints/a"_s + QChar(0) + u"b"_s, Control);
        row("line break", u"/checkpoints/a\nb"_s, Control);
        row("escape", u"/checkpoints/\x1b[31m"_s, Control);
        row("line separator", u"/checkpoints/a"_s + QChar(0x2028), Control);
        row("long", u"/"_s + QString(4096, u'a'), Long);
    }
    void folders()
    {
        QFETCH(QString, folder);
        QFETCH(rules::FolderFault, fault);
        QCOMPARE(rules::folderFault(folder), fault);
    }
    void foldersOfNodes()
    {
        using enum rules::NodeFolder;
        for (const QString &root : {u"/"_s, u"//"_s, u"/./"_s})
            QCOMPARE(rules::nodeFolder(root), Root);
        for (const QString &system : {u"/etc"_s, u"/etc/"_s, u"//etc//kubernetes"_s, u"/var"_s, u"/var/lib"_s, u"/var/lib/kubelet"_s, u"/var/lib/kubelet/pods"_s, u"/var/run"_s,
                 u"/run/containerd"_s, u"/home"_s, u"/root/.ssh"_s, u"/opt"_s, u"/mnt/../etc"_s, u"/proc/1"_s})
            QVERIFY2(rules::nodeFolder(system) == System, qPrintable(system));
        for (const QString &data : {u"/mnt/training"_s, u"/srv/nfs/"_s, u"/data/team"_s, u"/tmp/x"_s})
            QVERIFY2(rules::nodeFolder(data) == Data, qPrintable(data));
        // Neither by its first letters, nor the folder itself.
        for (const QString &other : {u"/mnt"_s, u"/mntx/a"_s, u"/etcetera"_s, u"/ckpt"_s, u"/var/lib/lab/x"_s, u"/home/ada/x"_s})
            QVERIFY2(rules::nodeFolder(other) == Other, qPrintable(other));
    }
    void registries()
    {
        QCOMPARE(rules::registryOf(u"nginx"_s), u"docker.io"_s);
        QCOMPARE(rules::registryOf(u"library/nginx:1"_s), u"docker.io"_s);
        QCOMPARE(rules::registryOf(u"ghcr.io/a/b"_s), u"ghcr.io"_s);
        QCOMPARE(rules::registryOf(u"localhost/a"_s), u"localhost"_s);
        QCOMPARE(rules::registryOf(u"host:5000/a"_s), u"host:5000"_s);
        QCOMPARE(rules::registryOf(u"a b"_s), QString());
    }
};

QTEST_APPLESS_MAIN(TestNameRules)
#include "tst_namerules.moc"
