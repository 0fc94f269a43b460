// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/CurlError.h"

#include <QTest>
#include <cerrno>
#include <openssl/x509_vfy.h>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace cairn;
using namespace cairn::net;

/// What cannot be provoked on loopback; the rest is in tst_faults.
class TestCurlError : public QObject {
    Q_OBJECT
private:
    static CurlFailure failure(CURLcode code, const QByteArray &detail = {})
    {
        CurlFailure failure;
        failure.code = code;
        failure.detail = detail;
        failure.server = u"cluster:6443"_s;
        failure.verifiedName = u"cluster"_s;
        return failure;
    }

private slots:
    void everyCodeGivesWholeSentences()
    {
        for (int code = 1; code < CURL_LAST; ++code) {
            for (const QString &proxy : {QString(), u"proxy:3128"_s}) {
                CurlFailure one = failure(static_cast<CURLcode>(code));
                one.proxy = proxy;
                const Error error = curlError(one);
                QVERIFY(!error.what.isEmpty() && !error.why.isEmpty() && !error.fix.isEmpty());
                QVERIFY(error.reason.startsWith(u"CURLE_"));
                QVERIFY2(!error.oneLine().contains(u'%'), qPrintable(error.oneLine()));
                QVERIFY(error.oneLine().contains(u"cluster:6443") || error.oneLine().contains(u"proxy:3128"));
            }
        }
    }

    void certificateResultsAreTold_data()
    {
        QTest::addColumn<int>("result");
        QTest::addColumn<QString>("reason");
        QTest::newRow("revoked") << X509_V_ERR_CERT_REVOKED << u"CERT_REVOKED"_s;
        QTest::newRow("chain") << X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN << u"SELF_SIGNED_CERT_IN_CHAIN"_s;
        QTest::newRow("leaf") << X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE << u"UNABLE_TO_VERIFY_LEAF_SIGNATURE"_s;
        QTest::newRow("address") << X509_V_ERR_IP_ADDRESS_MISMATCH << u"IP_ADDRESS_MISMATCH"_s;
        QTest::newRow("small key") << X509_V_ERR_EE_KEY_TOO_SMALL << u"EE_KEY_TOO_SMALL"_s;
        QTest::newRow("unknown") << 77 << u"X509_77"_s;
    }
    void certificateResultsAreTold()
    {
        QFETCH(int, result);
        QFETCH(QString, reason);
        CurlFailure one = failure(CURLE_PEER_FAILED_VERIFICATION);
        one.verifyResult = result;
        const Error error = curlError(one);
        QCOMPARE(error.kind, Error::Kind::Tls);
        QCOMPARE(error.reason, u"CURLE_PEER_FAILED_VERIFICATION/"_s + reason);
    }

    void routesAndTimeoutsAreNetworkErrors()
    {
        CurlFailure one = failure(CURLE_COULDNT_CONNECT);
        one.osErrno = ENETUNREACH;
        QCOMPARE(curlError(one).reason, u"CURLE_COULDNT_CONNECT/UNREACHABLE"_s);
        QCOMPARE(curlError(failure(CURLE_OPERATION_TIMEDOUT)).kind, Error::Kind::Timeout);
        QVERIFY(curlError(failure(CURLE_OPERATION_TIMEDOUT)).retryable());
    }

    void whatThePeerWroteIsMadeSafe()
    {
        const Error error = curlError(failure(CURLE_RECV_ERROR, "evil\n\x1b[31mtext"));
        QVERIFY(!error.why.contains(u'\n'));
        QVERIFY(!error.why.contains(u'\x1b'));
        QVERIFY(error.why.contains(u"evil"));
    }

    void limitsAreNamed()
    {
        QVERIFY(timeoutError(u"c:1"_s, 30s, true).what.contains(u"30 s"));
        QVERIFY(timeoutError(u"c:1"_s, 30s, false).what.contains(u"30 s"));
        QVERIFY(idleError(u"c:1"_s, 45s).what.contains(u"45 s"));
        QVERIFY(tooLargeError(u"c:1"_s, 1 << 20).why.contains(u"1 MiB"));
    }
};

QTEST_APPLESS_MAIN(TestCurlError)
#include "tst_curlerror.moc"
