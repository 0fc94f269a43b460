// SPDX-License-Identifier: GPL-3.0-or-later
#include "s3/Answer.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::s3;

namespace {

QByteArray list(const QByteArray &inside)
{
    return R"(<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name>)"
        + inside + "</ListBucketResult>";
}

QByteArray object(const QByteArray &key, const QByteArray &size)
{
    return "<Contents><Key>" + key + "</Key><LastModified>2026-01-02T03:04:05.678Z</LastModified><ETag>&quot;d41d-2&quot;</ETag><Size>"
        + size + "</Size><Owner><ID>x</ID></Owner><StorageClass>STANDARD</StorageClass></Contents>";
}

net::Response answer(int status, const QByteArray &body, const QList<net::Header> &headers = {})
{
    net::Response response;
    response.status = status;
    response.body = body;
    response.headers = headers;
    response.contentType = response.header("content-type");
    return response;
}

QByteArray refusal(const QByteArray &code, const QByteArray &more = {})
{
    return "<?xml version=\"1.0\"?><Error><Code>" + code + "</Code><Message>Said so</Message>" + more + "</Error>";
}

const Facts facts{u"The bucket b cannot be listed"_s, u"s3.example.org"_s, true, "us-east-1"};
const QDateTime now(QDate(2026, 1, 2), QTime(3, 4, 5), Qt::UTC);

} // namespace

class TestAnswer : public QObject {
    Q_OBJECT

private slots:
    void readsAPage()
    {
        const auto page = parseListPage(list("<IsTruncated>true</IsTruncated><NextContinuationToken>a&amp;b/+=</NextContinuationToken>"
                                             + object("run/a b+c%20.pt", "4579") + object("run/\xc3\xa9", "0")));
        QVERIFY(page);
        QCOMPARE(page->next, "a&b/+="_ba);
        QCOMPARE(page->objects.size(), 2);
        QCOMPARE(page->objects[0].key, "run/a b+c%20.pt"_ba); // not encoded: as it is
        QCOMPARE(page->objects[0].size, 4579);
        QCOMPARE(page->objects[0].etag, "\"d41d-2\""_ba);
        QCOMPARE(page->objects[0].storageClass, "STANDARD"_ba);
        QCOMPARE(QDateTime::fromMSecsSinceEpoch(page->objects[0].mtimeMs, Qt::UTC).toString(Qt::ISODateWithMs), u"2026-01-02T03:04:05.678Z"_s);
        QCOMPARE(page->objects[1].key, "run/\xc3\xa9"_ba);
    }

    void decodesOnlyWhatIsEncoded()
    {
        const auto page = parseListPage(list(object("run%2Fa+b%2Bc%0A.pt", "1") + "<EncodingType>url</EncodingType>"));
        QVERIFY(page);
        QCOMPARE(page->objects[0].key, "run/a b+c\n.pt"_ba);
        QVERIFY(page->next.isEmpty());
    }

    void anEmptyBucketIsAnEmptyPage()
    {
        const auto page = parseListPage(list("<KeyCount>0</KeyCount><IsTruncated>false</IsTruncated>"));
        QVERIFY(page && page->objects.isEmpty() && page->next.isEmpty());
    }

    void refusesNonsense_data()
    {
        QTest::addColumn<QByteArray>("body");
        const QByteArray whole = list(object("a", "1"));
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("html") << "<!DOCTYPE html><html><body>Sign in</body></html>"_ba;
        QTest::newRow("other xml") << "<ListAllMyBucketsResult/>"_ba;
        QTest::newRow("cut") << whole.left(whole.size() - 30);
        QTest::newRow("cut in an object") << whole.left(whole.indexOf("<Size>") + 3);
        QTest::newRow("negative size") << list(object("a", "-1"));
        QTest::newRow("impossible size") << list(object("a", "9223372036854775807"));
        QTest::newRow("size beyond 64 bits") << list(object("a", "99999999999999999999"));
        QTest::newRow("size in words") << list(object("a", "large"));
        QTest::newRow("no size") << list("<Contents><Key>a</Key></Contents>");
        QTest::newRow("no key") << list("<Contents><Size>1</Size></Contents>");
        QTest::newRow("element in a key") << list("<Contents><Key>a<b/></Key><Size>1</Size></Contents>");
        QTest::newRow("goes on nowhere") << list("<IsTruncated>true</IsTruncated>");
        QTest::newRow("endless token") << list("<IsTruncated>true</IsTruncated><NextContinuationToken>" + QByteArray(20'000, 'x') + "</NextContinuationToken>");
        QTest::newRow("control byte") << list(object("a\x01", "1"));
        QTest::newRow("entities") << "<!DOCTYPE l [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]>"_ba + list(object("&b;", "1")).mid(38);
    }
    void refusesNonsense()
    {
        QFETCH(QByteArray, body);
        const auto page = parseListPage(body);
        QVERIFY(!page);
        QCOMPARE(page.error().kind, Error::Kind::Parse);
        QVERIFY(!page.error().why.isEmpty() && !page.error().fix.isEmpty());
    }

    void everyCutOfAPageIsRefused()
    {
        const QByteArray whole = list(object("a", "12") + object("b", "34"));
        for (qsizetype size = 0; size < whole.size(); ++size)
            QVERIFY2(!parseListPage(whole.left(size)), QByteArray::number(size).constData());
    }

    void readsVersionsAndDeletions()
    {
        const QByteArray body = "<ListVersionsResult><IsTruncated>true</IsTruncated><NextKeyMarker>run%2Fb+c</NextKeyMarker>"
                                "<NextVersionIdMarker>v/1</NextVersionIdMarker><EncodingType>url</EncodingType>"
                                "<DeleteMarker><Key>run%2Fa.pt</Key><VersionId>v3</VersionId><LastModified>2026-01-03T00:00:00Z</LastModified></DeleteMarker>"
                                "<Version><Key>run%2Fa.pt</Key><VersionId>v2</VersionId><Size>5</Size><ETag>&quot;e&quot;</ETag></Version></ListVersionsResult>";
        const auto page = parseVersionPage(body);
        QVERIFY(page);
        QCOMPARE(page->nextKey, "run/b c"_ba);
        QCOMPARE(page->nextVersion, "v/1"_ba);
        QCOMPARE(page->versions.size(), 2);
        QVERIFY(page->versions[0].deleted);
        QCOMPARE(page->versions[1].object.key, "run/a.pt"_ba);
        QCOMPARE(page->versions[1].object.version, "v2"_ba);
        for (qsizetype size = 0; size < body.size(); ++size)
            QVERIFY2(!parseVersionPage(body.left(size)), QByteArray::number(size).constData());
        QVERIFY(!parseVersionPage("<ListVersionsResult><Version><Key>a</Key><VersionId>v</VersionId></Version></ListVersionsResult>")); // no size
        QVERIFY(!parseVersionPage("<ListVersionsResult><IsTruncated>true</IsTruncated></ListVersionsResult>")); // goes on, but not where
        QVERIFY(!parseVersionPage("<ListBucketResult></ListBucketResult>"));
    }

    void findsTheRegion()
    {
        QCOMPARE(namedRegion(answer(301, {}, {{"x-amz-bucket-region", "eu-west-1"}})), "eu-west-1"_ba);
        QCOMPARE(namedRegion(answer(400, refusal("AuthorizationHeaderMalformed", "<Region>eu-central-1</Region>"))), "eu-central-1"_ba);
        QCOMPARE(namedRegion(answer(400, refusal("AuthorizationHeaderMalformed", "<Region>evil.example.org/</Region>"))), QByteArray());
        QCOMPARE(namedRegion(answer(301, {}, {{"x-amz-bucket-region", "a.b"}})), QByteArray());
        QCOMPARE(namedRegion(answer(403, refusal("AccessDenied"))), QByteArray());
    }

    void explainsRefusals_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<Error::Kind>("kind");
        QTest::addColumn<QString>("says");
        QTest::newRow("no bucket") << 404 << refusal("NoSuchBucket") << Error::Kind::NotFound << u"no such bucket"_s;
        QTest::newRow("denied") << 403 << refusal("AccessDenied") << Error::Kind::Forbidden << u"do not permit"_s;
        QTest::newRow("expired") << 400 << refusal("ExpiredToken") << Error::Kind::Auth << u"expired"_s;
        QTest::newRow("unknown key") << 403 << refusal("InvalidAccessKeyId") << Error::Kind::Auth << u"does not know"_s;
        QTest::newRow("unknown key, versitygw") << 404 << refusal("XAdminUserNotFound") << Error::Kind::Auth << u"does not know"_s;
        QTest::newRow("wrong secret") << 403 << refusal("SignatureDoesNotMatch") << Error::Kind::Auth << u"secret key"_s;
        QTest::newRow("clock") << 403 << refusal("RequestTimeTooSkewed") << Error::Kind::Auth << u"differ by 1 h 10 min"_s;
        QTest::newRow("region") << 400 << refusal("AuthorizationHeaderMalformed") << Error::Kind::Auth << u"us-east-1"_s;
        QTest::newRow("busy") << 503 << refusal("SlowDown") << Error::Kind::RateLimited << u"overloaded"_s;
        QTest::newRow("busy, no XML") << 503 << "<html>busy</html>"_ba << Error::Kind::RateLimited << u"overloaded"_s;
        QTest::newRow("broken") << 500 << refusal("InternalError") << Error::Kind::Server << u"Said so"_s;
        QTest::newRow("redirect") << 307 << QByteArray() << Error::Kind::Unsupported << u"evil.example.org"_s;
        QTest::newRow("web page") << 404 << "<!DOCTYPE html><p>Not here"_ba << Error::Kind::Unsupported << u"not an S3 server"_s;
        QTest::newRow("archived") << 403 << refusal("InvalidObjectState") << Error::Kind::Forbidden << u"archived"_s;
        QTest::newRow("changed") << 412 << refusal("PreconditionFailed") << Error::Kind::Conflict << u"Said so"_s;
        QTest::newRow("nothing said") << 400 << QByteArray() << Error::Kind::Invalid << u"status 400"_s;
    }
    void explainsRefusals()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        QFETCH(Error::Kind, kind);
        QFETCH(QString, says);
        const Error error = refused(answer(status, body, {{"location", "https://evil.example.org/x"}, {"date", "Fri, 02 Jan 2026 04:14:05 GMT"}}), facts, now);
        QCOMPARE(error.kind, kind);
        QCOMPARE(error.httpStatus, status);
        QVERIFY2(error.oneLine().contains(says), qPrintable(error.oneLine()));
        QVERIFY(!error.why.isEmpty() && !error.fix.isEmpty());
    }

    void withoutKeysTheFixIsKeys()
    {
        Facts anonymous = facts;
        anonymous.keyed = false;
        QVERIFY(refused(answer(403, refusal("AccessDenied")), anonymous, now).fix.contains("AWS_ACCESS_KEY_ID"_L1));
    }

    void whatTheStoreSaysIsMadeSafe()
    {
        const Error error = refused(answer(400, refusal("Odd", "").replace("Said so", "a\xe2\x80\xae""b &#10; c")), facts, now);
        QVERIFY(!error.why.contains(QChar(0x202e)));
        QVERIFY(!error.why.contains(u'\n'));
    }
};

QTEST_APPLESS_MAIN(TestAnswer)
#include "tst_answer.moc"
