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
