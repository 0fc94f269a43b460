// SPDX-License-Identifier: GPL-3.0-or-later
#include "s3/Signer.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::s3;

namespace {

QByteArray header(const QList<net::Header> &headers, const QByteArray &name)
{
    for (const auto &[key, value] : headers) {
        if (key == name)
            return value;
    }
    return {};
}

QByteArray signatureOf(const Unsigned &request, const Keys &keys, const QByteArray &region, const QDateTime &now)
{
    const QByteArray authorization = header(signedHeaders(request, keys, region, now), "Authorization");
    return authorization.mid(authorization.indexOf("Signature=") + 10);
}

} // namespace

/// AWS's vectors are those of the S3 API reference ("Authenticating Requests: Using the Authorization Header", and
/// "… Using Query Parameters"). The others were computed with botocore 1.43.11 (S3SigV4Auth, S3SigV4QueryAuth), its clock
/// set to 2026-01-02 03:04:05.
class TestSigner : public QObject {
    Q_OBJECT

    const Keys m_aws{"AKIAIOSFODNN7EXAMPLE", Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"), {}};
    const QDateTime m_awsTime{QDate(2013, 5, 24), QTime(0, 0), Qt::UTC};
    const Keys m_keys{"AKIDEXAMPLE", Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), {}};
    const Keys m_temporary{"ASIAEXAMPLE", m_keys.secret, Secret("FwoGZXIvYXdzEJr//token+with/odd==")};
    const QDateTime m_time{QDate(2026, 1, 2), QTime(3, 4, 5), Qt::UTC};

    static Unsigned example()
    {
        Unsigned request;
        request.host = "examplebucket.s3.amazonaws.com";
        request.path = "/";
        return request;
    }

private slots:
    void awsGetOfARange()
    {
        Unsigned request = example();
        request.path = "/test.txt";
        request.headers = {{"Range", "bytes=0-9"}};
        const QList<net::Header> headers = signedHeaders(request, m_aws, "us-east-1", m_awsTime);
        QCOMPARE(header(headers, "x-amz-date"), "20130524T000000Z"_ba);
        QCOMPARE(header(headers, "Authorization"),
                 "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
                 "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"
                 "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"_ba);
        QCOMPARE(header(headers, "Range"), "bytes=0-9"_ba);
    }

    void awsPut()
    {
        Unsigned request = example();
        request.method = "PUT";
        request.path = "/test$file.text";
        request.headers = {{"Date", "Fri, 24 May 2013 00:00:00 GMT"}, {"x-amz-storage-class", "REDUCED_REDUNDANCY"}};
        request.payloadHash = "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072";
        QCOMPARE(signatureOf(request, m_aws, "us-east-1", m_awsTime), "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"_ba);
    }

    void awsQueries()
    {
        Unsigned request = example();
        request.query = {{"lifecycle", ""}};
        QCOMPARE(encodedTarget(request), "/?lifecycle="_ba);
        QCOMPARE(signatureOf(request, m_aws, "us-east-1", m_awsTime), "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"_ba);
        request.query = {{"prefix", "J"}, {"max-keys", "2"}};
        QCOMPARE(encodedTarget(request), "/?max-keys=2&prefix=J"_ba);
        QCOMPARE(signatureOf(request, m_aws, "us-east-1", m_awsTime), "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"_ba);
    }

    void pathsAreEncodedOnceAndNeverNormalised()
    {
        Unsigned request;
        request.host = "127.0.0.1:7070";
        request.path = "/bucket/a//b/../c/./d e+f=g&h\xc3\xa9%25.pt";
        QCOMPARE(encodedTarget(request), "/bucket/a//b/../c/./d%20e%2Bf%3Dg%26h%C3%A9%2525.pt"_ba);
        QCOMPARE(signatureOf(request, m_keys, "eu-west-1", m_time), "c97ef85b563d1986a2721b89f2252ddc04f9f7e261658c3d871c495e4ba00842"_ba);
    }

    void queriesAreEncodedAndSorted()
    {
        Unsigned request;
        request.host = "127.0.0.1:7070";
        request.path = "/bucket";
        request.query = {{"prefix", "a b/c+d/\xc3\xa9"}, {"list-type", "2"}, {"continuation-token", "k=/+&x"},
                         {"Z", ""}, {"a", "2"}, {"a", "1"}};
        QCOMPARE(encodedTarget(request),
                 "/bucket?Z=&a=1&a=2&continuation-token=k%3D%2F%2B%26x&list-type=2&prefix=a%20b%2Fc%2Bd%2F%C3%A9"_ba);
        QCOMPARE(signatureOf(request, m_keys, "eu-west-1", m_time), "96981e16a0c7a47595c643675bc8e950fd4c914fb558341dc8fe5ca72b14e6a9"_ba);
    }

    void sessionTokensAreSigned()
    {
        Unsigned request;
        request.host = "bucket.s3.example.org";
        request.path = "/run/step-100.pt";
        request.headers = {{"Range", "bytes=0-9"}, {"If-Match", "\"abc-2\""}};
        const QList<net::Header> headers = signedHeaders(request, m_temporary, "auto", m_time);
        QCOMPARE(header(headers, "x-amz-security-token"), m_temporary.sessionToken.reveal());
        QVERIFY(header(headers, "Authorization").endsWith(
            "SignedHeaders=host;if-match;range;x-amz-content-sha256;x-amz-date;x-amz-security-token,"
            "Signature=4c5183a7b855d08654d8430e801cdcc5658cf384908796b8739bd528c74cde68"));
    }

    void secretsStayOut()
    {
        Unsigned request = example();
        QByteArray all;
        for (const auto &[name, value] : signedHeaders(request, m_aws, "us-east-1", m_awsTime))
            all += name + value;
        QVERIFY(all.contains(m_aws.id));
        QVERIFY(!all.contains(m_aws.secret.reveal()));
        QVERIFY(!all.contains(m_aws.secret.reveal().toPercentEncoding()));
    }
};

QTEST_APPLESS_MAIN(TestSigner)
#include "tst_signer.moc"
