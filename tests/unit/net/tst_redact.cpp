// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/Redact.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::net;

class TestRedact : public QObject {
    Q_OBJECT
private slots:
    void whatAServerRepeatsIsTakenOut_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<QByteArray>("secret");
        QTest::newRow("token") << "Authorization"_ba << "Bearer tell-nobody"_ba << "tell-nobody"_ba;
        QTest::newRow("case") << "authorization"_ba << "bearer tell-nobody"_ba << "tell-nobody"_ba;
        QTest::newRow("basic") << "Authorization"_ba << "Basic " + "ann:tell-nobody"_ba.toBase64() << "ann:tell-nobody"_ba.toBase64();
        QTest::newRow("password") << "Authorization"_ba << "Basic " + "ann:tell-nobody"_ba.toBase64() << "tell-nobody"_ba;
        QTest::newRow("session") << "x-amz-security-token"_ba << "tell-nobody"_ba << "tell-nobody"_ba;
    }
    void whatAServerRepeatsIsTakenOut()
    {
        QFETCH(const QByteArray, name);
        QFETCH(const QByteArray, value);
        QFETCH(const QByteArray, secret);
        Response response;
        response.status = 403;
        response.body = "you sent " + secret + ", " + secret;
        response.headers = {{"warning", "299 - \"" + secret + "\""}};
        redact(response, {{name, value}});
        QCOMPARE(response.body, "you sent *****, *****"_ba);
        QCOMPARE(response.headers.first().second, "299 - \"*****\""_ba);
        Error error = Error::make(Error::Kind::Server, u"no"_s, QString::fromUtf8(secret));
        redact(error, {{name, value}});
        QCOMPARE(error.why, u"*****"_s);
    }

    void encodedFormsAreTakenOutToo_data()
    {
        QTest::addColumn<QByteArray>("said");
        const QByteArray token = "eyJh/bGci+Oi=.tell~nobody";
        QTest::newRow("percent") << token.toPercentEncoding();
        QByteArray lower = token.toPercentEncoding();
        lower.replace("%2F", "%2f").replace("%2B", "%2b").replace("%3D", "%3d");
        QTest::newRow("percent, small letters") << lower;
        QByteArray every;
        for (const char c : token)
            every += '%' + QByteArray(1, c).toHex().toUpper();
        QTest::newRow("every byte") << every;
        QTest::newRow("base64") << token.toBase64();
        QTest::newRow("base64 for URLs") << token.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
        for (const char *before : {"a", "ab", "abc", "Authorization: Bearer "})
            QTest::addRow("base64 after %s", before) << (before + token + " and more").toBase64();
    }
    void encodedFormsAreTakenOutToo()
    {
        QFETCH(QByteArray, said);
        const QByteArray token = "eyJh/bGci+Oi=.tell~nobody";
        Response response;
        response.status = 403;
        response.body = "GET /x?token=" + said + " refused";
        response.headers = {{"location", "https://h/?t=" + said}};
        redact(response, {{"Authorization", "Bearer " + token}});
        for (const QByteArray &text : {response.body, response.headers.first().second}) {
            QVERIFY2(text.contains("*****"), text.constData());
            // Nothing that is left decodes to more than a letter or two of it.
            for (qsizetype i = 0; i + 6 <= said.size(); ++i)
                QVERIFY2(!text.contains(said.mid(i, 6)) || !said.mid(i, 6).startsWith("tell"), text.constData());
            for (const QByteArray &word : text.split('=').last().split(' ')) {
                QVERIFY(!QByteArray::fromBase64(word).contains("tell"));
                QVERIFY(!QByteArray::fromPercentEncoding(word).contains("tell"));
            }
        }
        QVERIFY(response.body.startsWith("GET /x?token=") && response.body.endsWith(" refused"));
    }
    void aPasswordIsTakenOutOfThePairInBase64()
    {
        // Basic credentials travel in base64 themselves: what is repeated is the same again, or the pair around it.
        Response response;
        response.status = 401;
        response.body = ("log: ann:tell-nobody@host "_ba).toBase64();
        redact(response, {{"Authorization", "Basic " + "ann:tell-nobody"_ba.toBase64()}});
        QVERIFY(!QByteArray::fromBase64(QByteArray(response.body).replace("*****", "")).contains("nobody"));
        QVERIFY(response.body.contains("*****"));
    }

    void nothingElseIs()
    {
        Response response;
        response.status = 403;
        response.body = "AWS4-HMAC-SHA256 Credential=AKID/x, a and b";
        redact(response, {{"Authorization", "AWS4-HMAC-SHA256 Credential=AKID/x"}, {"Accept", "Credential"}, {"authorization", "Bearer a"}});
        QCOMPARE(response.body, "AWS4-HMAC-SHA256 Credential=AKID/x, a and b"_ba);
        response.status = 200; // an object may hold what a token is
        response.body = "tell-nobody";
        redact(response, {{"Authorization", "Bearer tell-nobody"}});
        QCOMPARE(response.body, "tell-nobody"_ba);
    }
};

QTEST_APPLESS_MAIN(TestRedact)
#include "tst_redact.moc"
