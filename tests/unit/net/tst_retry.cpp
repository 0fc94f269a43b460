// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/Retry.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace cairn;
using namespace cairn::net;

namespace {

Result<Response> answer(int status, const QByteArray &retryAfterValue = {})
{
    Response response;
    response.status = status;
    if (!retryAfterValue.isNull())
        response.headers.append(Header("retry-after", retryAfterValue));
    return response;
}

Result<Response> failure(const QString &reason)
{
    Error error = Error::make(Error::Kind::Network, u"what"_s);
    error.reason = reason;
    return fail(error);
}

Request request(const QByteArray &method)
{
    Request request;
    request.method = method;
    return request;
}

} // namespace

class TestRetry : public QObject {
    Q_OBJECT
private slots:
    void onlyWholeSecondsCount_data()
    {
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<int>("seconds");
        QTest::newRow("one") << "1"_ba << 1;
        QTest::newRow("zero") << "0"_ba << 0;
        QTest::newRow("spaces") << " 7 "_ba << 7;
        QTest::newRow("empty") << ""_ba << -1;
        QTest::newRow("negative") << "-1"_ba << -1;
        QTest::newRow("fraction") << "1.5"_ba << -1;
        QTest::newRow("date") << "Wed, 21 Oct 2026 07:28:00 GMT"_ba << -1;
        QTest::newRow("too large for a number") << "99999999999999999999"_ba << -1;
    }
    void onlyWholeSecondsCount()
    {
        QFETCH(QByteArray, value);
        QFETCH(int, seconds);
        const auto parsed = retryAfter(value);
        QCOMPARE(parsed.has_value(), seconds >= 0);
        if (parsed)
            QCOMPARE(parsed->count(), seconds);
    }

    void answersAreRepeatedAsTheServerSays()
    {
        for (const char *method : {"GET", "POST", "PATCH"}) {
            QCOMPARE(retryWait(request(method), answer(429, "3"), 0, 0.5), 3000ms);
            QCOMPARE(retryWait(request(method), answer(503, "3"), 9, 0.5), 3000ms);
            QCOMPARE(retryWait(request(method), answer(429, "3"), 10, 0.5), std::nullopt);
            QCOMPARE(retryWait(request(method), answer(429, "3600"), 0, 0.5), 60'000ms);
            QCOMPARE(retryWait(request(method), answer(429), 0, 0.5), std::nullopt);
            QCOMPARE(retryWait(request(method), answer(500), 0, 0.5), std::nullopt);
            QCOMPARE(retryWait(request(method), answer(200, "1"), 0, 0.5), std::nullopt);
            QCOMPARE(retryWait(request(method), answer(409, "1"), 0, 0.5), std::nullopt);
        }
    }

    void busyStoresAreAskedAgainWhereTheRequestSaysSo()
    {
        Request busy = request("GET");
        busy.retryBusy = true;
        for (const int status : {429, 500, 502, 503, 504})
            QCOMPARE(retryWait(busy, answer(status), 0, 1.0), 500ms);
        QCOMPARE(retryWait(busy, answer(503), 0, 0.0), 250ms);
        QCOMPARE(retryWait(busy, answer(503), 4, 1.0), 8000ms);
        QCOMPARE(retryWait(busy, answer(503), 9, 1.0), 8000ms);
        QCOMPARE(retryWait(busy, answer(503), 10, 1.0), std::nullopt);
        QCOMPARE(retryWait(busy, answer(503, "3"), 0, 1.0), 3000ms);
        QCOMPARE(retryWait(busy, answer(501), 0, 1.0), std::nullopt);
        QCOMPARE(retryWait(busy, answer(403), 0, 1.0), std::nullopt);
        busy.method = "POST";
        QCOMPARE(retryWait(busy, answer(503), 0, 1.0), std::nullopt);
    }

    void lostConnectionsBackOffWithJitter()
    {
        const auto lost = failure(u"CURLE_RECV_ERROR/CONNECTION_LOST"_s);
        QCOMPARE(retryWait(request("GET"), lost, 0, 1.0), 250ms);
        QCOMPARE(retryWait(request("GET"), lost, 0, 0.0), 125ms);
        QCOMPARE(retryWait(request("GET"), lost, 1, 1.0), 500ms);
        QCOMPARE(retryWait(request("HEAD"), lost, 5, 1.0), 1000ms);
        QCOMPARE(retryWait(request("GET"), lost, 9, 0.0), 500ms);
        QCOMPARE(retryWait(request("GET"), lost, 10, 0.0), std::nullopt);
        QCOMPARE(retryWait(request("POST"), lost, 0, 0.0), std::nullopt);
        Request review = request("POST");
        review.idempotent = true;
        QCOMPARE(retryWait(review, lost, 0, 1.0), 250ms);
    }

    void otherFailuresAreFinal()
    {
        for (const QString &reason : {u"CURLE_COULDNT_CONNECT/ECONNREFUSED"_s, u"CURLE_COULDNT_RESOLVE_HOST"_s,
                 u"CURLE_PEER_FAILED_VERIFICATION/CERT_HAS_EXPIRED"_s, u"DEADLINE"_s, u"TOO_LARGE"_s, QString()})
            QCOMPARE(retryWait(request("GET"), failure(reason), 0, 0.0), std::nullopt);
    }
};

QTEST_APPLESS_MAIN(TestRetry)
#include "tst_retry.moc"
