// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/Url.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn::net;

class TestUrl : public QObject {
    Q_OBJECT
private slots:
    void percentEncodeLeavesOnlyUnreserved_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QByteArray>("encoded");
        QTest::newRow("plain") << u"job-1.a_b~c"_s << "job-1.a_b~c"_ba;
        QTest::newRow("slash") << u"a/../b"_s << "a%2F..%2Fb"_ba;
        QTest::newRow("space and plus") << u"a b+c"_s << "a%20b%2Bc"_ba;
        QTest::newRow("query") << u"a=b&c?d#e%f"_s << "a%3Db%26c%3Fd%23e%25f"_ba;
        QTest::newRow("umlaut") << u"ü"_s << "%C3%BC"_ba;
        QTest::newRow("beyond the BMP") << QString::fromUtf8("\xf0\x9f\x98\x80") << "%F0%9F%98%80"_ba;
        QTest::newRow("line break") << u"a\r\nb"_s << "a%0D%0Ab"_ba;
        QTest::newRow("null") << QString(u'\0') << "%00"_ba;
        QTest::newRow("empty") << QString() << ""_ba;
    }
    void percentEncodeLeavesOnlyUnreserved()
    {
        QFETCH(QString, text);
        QFETCH(QByteArray, encoded);
        QCOMPARE(percentEncode(text), encoded);
        QVERIFY(isRequestPath(u'/' + QString::fromLatin1(percentEncode(text))));
    }
    void requestPathsAreChecked_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<bool>("good");
        QTest::newRow("root") << u"/"_s << true;
        QTest::newRow("query") << u"/api?a=b&c=%2F"_s << true;
        QTest::newRow("exec") << u"/exec?command={}&command=+"_s << true;
        QTest::newRow("empty") << QString() << false;
        QTest::newRow("relative") << u"api"_s << false;
        QTest::newRow("at sign first") << u"@host/"_s << false;
        QTest::newRow("space") << u"/a b"_s << false;
        QTest::newRow("tab") << u"/a\tb"_s << false;
        QTest::newRow("fragment") << u"/a#b"_s << false;
        QTest::newRow("delete") << u"/a\x7f"_s << false;
        QTest::newRow("letter beyond ASCII") << u"/é"_s << false;
        QTest::newRow("escape cut at the end") << u"/a%2"_s << false;
        QTest::newRow("escape without digits") << u"/a%gg"_s << false;
        QTest::newRow("null") << QString(u"/a"_s + QChar(u'\0')) << false;
    }
    void requestPathsAreChecked()
    {
        QFETCH(QString, path);
        QFETCH(bool, good);
        QCOMPARE(isRequestPath(path), good);
    }
    void tokensAndValuesAreChecked()
    {
        QVERIFY(isToken("Impersonate-Extra-a.b%2fc"));
        QVERIFY(!isToken(""));
        QVERIFY(!isToken("a b"));
        QVERIFY(!isToken("a:"));
        QVERIFY(!isToken("a\n"));
        QVERIFY(!isToken("\xc3\xbc"));
        QVERIFY(isHeaderValue(""));
        QVERIFY(isHeaderValue("Bearer abc=="));
        QVERIFY(!isHeaderValue("a\rb"));
        QVERIFY(!isHeaderValue("a\nb"));
        QVERIFY(!isHeaderValue(QByteArrayView("a\0b", 3)));
    }
};

QTEST_APPLESS_MAIN(TestUrl)
#include "tst_url.moc"
