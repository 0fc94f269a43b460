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
