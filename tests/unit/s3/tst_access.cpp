// SPDX-License-Identifier: GPL-3.0-or-later
#include "s3/Access.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::s3;

namespace {

net::Environment environment(const QHash<QByteArray, QString> &values)
{
    return [values](const char *name) { return values.value(name); };
}

} // namespace

class TestAccess : public QObject {
    Q_OBJECT

private slots:
    void places()
    {
        const auto place = parsePlace(u"s3://ckpt/llama/ft 7%20+é"_s);
        QVERIFY(place);
        QCOMPARE(place->bucket, u"ckpt"_s);
        QCOMPARE(place->prefix, "llama/ft 7%20+\xc3\xa9/"_ba);
        QCOMPARE(parsePlace(u"s3://ckpt/llama/"_s)->prefix, "llama/"_ba);
        QVERIFY(parsePlace(u"s3://ckpt"_s)->prefix.isEmpty());
        QVERIFY(parsePlace(u"s3://ckpt/"_s)->prefix.isEmpty());
        for (const QString &bad : {u"s3://"_s, u"s3:///x"_s, u"s3://../x"_s, u"s3://a@b/x"_s, u"s3://a:80/x"_s, u"s3://a?b/x"_s,
                                   u"s3://bücket/x"_s, u"gs://a/x"_s, u"s3://a%2fb/x"_s, u"s3://"_s + QString(256, u'a')})
            QVERIFY2(!parsePlace(bad), qPrintable(bad));
    }

    void addressesOfAws()
    {
        const Store aws;
        QCOMPARE(aws.serverFor(u"ckpt"_s, "eu-west-1"), QUrl(u"https://ckpt.s3.eu-west-1.amazonaws.com"_s));
        QVERIFY(!aws.isInPath(u"ckpt"_s));
        // A dot would not match the certificate, and capitals are no host name.
        QCOMPARE(aws.serverFor(u"ckpt.a"_s, "eu-west-1"), QUrl(u"https://s3.eu-west-1.amazonaws.com"_s));
        QVERIFY(aws.isInPath(u"ckpt.a"_s) && aws.isInPath(u"Old_Bucket"_s));
        QCOMPARE(aws.serverFor(u"ckpt"_s, "cn-north-1"), QUrl(u"https://ckpt.s3.cn-north-1.amazonaws.com.cn"_s));
        Store path;
        path.style = Store::Style::Path;
        QCOMPARE(path.serverFor(u"ckpt"_s, "us-east-1"), QUrl(u"https://s3.us-east-1.amazonaws.com"_s));
    }

    void addressesOfOthers()
    {
        Store store;
        store.server = QUrl(u"http://minio.example.org:9000"_s);
        QCOMPARE(store.serverFor(u"ckpt"_s, "eu-west-1"), store.server); // the region never moves it
        QVERIFY(store.isInPath(u"ckpt"_s) && !store.isEncrypted());
        store.style = Store::Style::VirtualHost;
        QCOMPARE(store.serverFor(u"ckpt"_s, "x"), QUrl(u"http://ckpt.minio.example.org:9000"_s));
    }

    void environmentNamesTheAccess()
    {
        const auto access = accessFromEnvironment({}, environment({{"AWS_ACCESS_KEY_ID", u"id"_s}, {"AWS_SECRET_ACCESS_KEY", u"hush"_s},
            {"AWS_SESSION_TOKEN", u"token"_s}, {"AWS_ENDPOINT_URL", u"https://all.example.org"_s},
            {"AWS_ENDPOINT_URL_S3", u"http://s3.example.org:9000/"_s}, {"AWS_REGION", u"auto"_s}, {"AWS_DEFAULT_REGION", u"x"_s}}));
        QVERIFY(access);
        QCOMPARE(access->store.server, QUrl(u"http://s3.example.org:9000"_s));
        QCOMPARE(access->store.region, "auto"_ba);
        QCOMPARE(access->keys.id, "id"_ba);
        QVERIFY(access->keys.secret == Secret("hush") && access->keys.sessionToken == Secret("token"));
    }

    void optionsBeatTheEnvironment()
    {
        const auto access = accessFromEnvironment({u"https://[::1]:7070"_s, u"eu-west-1"_s, Store::Style::VirtualHost},
            environment({{"AWS_ENDPOINT_URL_S3", u"https://other.example.org"_s}, {"AWS_REGION", u"x"_s}}));
        QVERIFY(access);
        QCOMPARE(access->store.server, QUrl(u"https://[::1]:7070"_s));
        QCOMPARE(access->store.region, "eu-west-1"_ba);
        QVERIFY(access->keys.isEmpty());
    }

    void withoutAnEndpointTheKeysAreForAws()
    {
        const auto access = accessFromEnvironment({}, environment({{"AWS_ACCESS_KEY_ID", u"id"_s}, {"AWS_SECRET_ACCESS_KEY", u"hush"_s}}));
        QVERIFY(access && access->store.isAws() && access->store.isEncrypted());
        QVERIFY(access->store.serverFor(u"b"_s, "us-east-1").host().endsWith(".amazonaws.com"_L1));
    }

    void badInputIsNamed_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("value");
        QTest::newRow("no scheme") << u"AWS_ENDPOINT_URL"_s << u"minio:9000"_s;
        QTest::newRow("no host") << u"AWS_ENDPOINT_URL"_s << u"https://"_s;
        QTest::newRow("other scheme") << u"AWS_ENDPOINT_URL"_s << u"file:///etc"_s;
        QTest::newRow("password") << u"AWS_ENDPOINT_URL"_s << u"https://user:hush@minio"_s;
        QTest::newRow("path") << u"AWS_ENDPOINT_URL"_s << u"https://minio/s3"_s;
        QTest::newRow("query") << u"AWS_ENDPOINT_URL"_s << u"https://minio/?a"_s;
        QTest::newRow("region") << u"AWS_REGION"_s << u"a.evil.example.org/"_s;
        QTest::newRow("half of the keys") << u"AWS_ACCESS_KEY_ID"_s << u"hush"_s;
        QTest::newRow("other half") << u"AWS_SECRET_ACCESS_KEY"_s << u"hush"_s;
        QTest::newRow("no bundle") << u"AWS_CA_BUNDLE"_s << u"/nowhere/ca.pem"_s;
        QTest::newRow("device") << u"AWS_CA_BUNDLE"_s << u"/dev/zero"_s;
    }
    void badInputIsNamed()
    {
        QFETCH(QString, name);
        QFETCH(QString, value);
        const auto access = accessFromEnvironment({}, environment({{name.toLatin1(), value}}));
        QVERIFY(!access);
        QVERIFY(!access.error().why.isEmpty() && !access.error().fix.isEmpty());
        QVERIFY2(!access.error().oneLine().contains("hush"_L1), qPrintable(access.error().oneLine()));
    }

    void bundlesAreRead()
    {
        QTemporaryDir dir;
        QFile file(dir.filePath(u"ca.pem"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n");
        file.close();
        QVERIFY(accessFromEnvironment({}, environment({{"AWS_CA_BUNDLE", file.fileName()}}))->store.caPem.startsWith("-----BEGIN"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("no certificate");
        file.close();
        QVERIFY(!accessFromEnvironment({}, environment({{"AWS_CA_BUNDLE", file.fileName()}})));
    }
};

QTEST_APPLESS_MAIN(TestAccess)
#include "tst_access.moc"
