// SPDX-License-Identifier: GPL-3.0-or-later
#include "FaultServer.h"
#include "s3/Bucket.h"

#include <QFile>
#include <QTest>
#include <QUrlQuery>
#include <atomic>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::s3;
using namespace cairn::test;

namespace {

const Keys keys{"AKIDEXAMPLE", Secret("hushhush"), Secret("session-token")};

QByteArray xml(int status, const QByteArray &body, const QByteArray &headers = {})
{
    return faults::answer(status, "<?xml version=\"1.0\"?>" + body, "Content-Type: application/xml\r\n" + headers);
}

QByteArray refusal(int status, const QByteArray &code, const QByteArray &more = {})
{
    return xml(status, "<Error><Code>" + code + "</Code>" + more + "</Error>");
}

QByteArray contents(const QByteArray &key, qint64 size)
{
    return "<Contents><Key>" + key + "</Key><Size>" + QByteArray::number(size)
        + "</Size><ETag>&quot;e&quot;</ETag><LastModified>2026-01-02T03:04:05.000Z</LastModified></Contents>";
}

QByteArray page(const QByteArray &inside, const QByteArray &next = {})
{
    return xml(200, "<ListBucketResult>" + inside + "<IsTruncated>" + (next.isEmpty() ? "false" : "true") + "</IsTruncated>"
                   + (next.isEmpty() ? QByteArray() : "<NextContinuationToken>" + next + "</NextContinuationToken>") + "</ListBucketResult>");
}

/// The range that a request asks for, and the answer an honest store gives.
QByteArray rangeOf(const FaultRequest &request, const QByteArray &bytes)
{
    const QList<QByteArray> ends = request.header("range").mid(6).split('-');
    const qint64 from = ends.value(0).toLongLong();
    if (from >= bytes.size())
        return refusal(416, "InvalidRange");
    const QByteArray part = bytes.mid(from, ends.value(1).toLongLong() - from + 1);
    return faults::answer(206, part, "Content-Range: bytes " + QByteArray::number(from) + '-' + QByteArray::number(from + part.size() - 1)
                              + '/' + QByteArray::number(bytes.size()) + "\r\n");
}

bool isList(const FaultRequest &request)
{
    return request.target.contains("list-type=2");
}

Access accessTo(const FaultServer &server, const Keys &with = keys)
{
    Access access;
    access.store.server = server.url();
    access.keys = with;
    return access;
}

QByteArray torchFile()
{
    QFile file(QStringLiteral(CAIRN_SOURCE_DIR "/tests/fixtures/checkpoints/torch/run/step-00000100.pt"));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// A bucket "ckpt" with one run of one honest checkpoint; `fault` may answer before it does.
FaultScript bucketOf(const QByteArray &bytes, const std::function<std::optional<QByteArray>(const FaultRequest &)> &fault = {})
{
    return faults::serve([=](const FaultRequest &request) {
        if (fault) {
            if (const auto answer = fault(request))
                return *answer;
        }
        return isList(request) ? page(contents("run/step-00000100.pt", bytes.size())) : rangeOf(request, bytes);
    });
}

bool anyMentions(const QList<FaultRequest> &requests, const QByteArray &text)
{
    return std::ranges::any_of(requests, [&](const FaultRequest &request) {
        return request.target.contains(text) || std::ranges::any_of(request.headers, [&](const auto &header) { return header.second.contains(text); });
    });
}

} // namespace

class TestClient : public QObject {
    Q_OBJECT

    net::HttpClient m_http{"cairn-test/1.0"};
    const Place m_place{u"ckpt"_s, "run/"};

    Result<Listing> scan(const FaultServer &server, const BucketLimits &limits = {})
    {
        BucketScanOptions options;
        options.limits = limits;
        return scanBucket(m_http, accessTo(server), m_place, options, {});
    }

    /// Nothing is called whole, and the listing says that something was not read.
    static bool isUnread(const Result<Listing> &listing)
    {
        return listing && listing->partial && listing->notes.value(0).startsWith("1 objects could not be read"_L1)
            && std::ranges::none_of(listing->runs, [](const Run &run) {
                   return std::ranges::any_of(run.checkpoints, [](const Checkpoint &c) { return c.verdict == Verdict::Whole || c.resumable; });
               });
    }

private slots:
    void initTestCase() { QVERIFY(!torchFile().isEmpty()); }

    void aBucketAsItWas()
    {
        const QByteArray bytes = torchFile();
        const auto version = [&](const QByteArray &name, const QByteArray &id, const QByteArray &day) {
            return "<Version><Key>run/" + name + "</Key><VersionId>" + id + "</VersionId><Size>" + QByteArray::number(bytes.size())
                + "</Size><ETag>&quot;e&quot;</ETag><LastModified>2026-01-" + day + "T00:00:00Z</LastModified></Version>";
        };
        FaultServer server(faults::serve([&](const FaultRequest &request) {
            if (!request.target.contains("versions="))
                return rangeOf(request, request.target.contains("versionId=good") ? bytes : QByteArray(bytes.size(), 'x'));
            // Overwritten on the 5th; deleted on the 4th, which this server tells before all versions; made on the 6th.
            return xml(200, "<ListVersionsResult><DeleteMarker><Key>run/step-2.pt</Key><VersionId>d</VersionId><LastModified>2026-01-04T00:00:00Z</LastModified></DeleteMarker>"
                                + version("step-1.pt", "bad", "05") + version("step-1.pt", "good1", "01") + version("step-2.pt", "good2", "02")
                                + version("step-3.pt", "good3", "06") + "</ListVersionsResult>");
        }));
        const auto at = [&](const QString &day) {
            BucketScanOptions options;
            options.asOf = QDateTime::fromString(u"2026-01-%1T12:00:00Z"_s.arg(day), Qt::ISODate);
            QStringList found;
            const auto listing = scanBucket(m_http, accessTo(server), m_place, options, {});
            if (!listing)
                return QStringList{listing.error().oneLine()};
            for (const Run &run : listing->runs) {
                for (const Checkpoint &one : run.checkpoints)
                    found.append(one.path + (one.verdict == Verdict::Whole ? u" whole"_s : u" not"_s));
            }
            found.sort();
            return found;
        };
        QCOMPARE(at(u"03"_s), (QStringList{u"step-1.pt whole"_s, u"step-2.pt whole"_s}));
        QCOMPARE(at(u"04"_s), QStringList{u"step-1.pt whole"_s});
        QCOMPARE(at(u"07"_s), (QStringList{u"step-1.pt not"_s, u"step-3.pt whole"_s}));
    }

    void aListOfVersionsThatTurnsInCirclesEnds()
    {
        FaultServer server(faults::serve([](const FaultRequest &) {
            return xml(200, "<ListVersionsResult><IsTruncated>true</IsTruncated><NextKeyMarker>run/a</NextKeyMarker><NextVersionIdMarker>v</NextVersionIdMarker>"
                            "<Version><Key>run/a</Key><VersionId>v</VersionId><Size>1</Size></Version></ListVersionsResult>");
        }));
        BucketScanOptions options;
        options.asOf = QDateTime::currentDateTimeUtc();
        const auto listing = scanBucket(m_http, accessTo(server), m_place, options, {});
        QVERIFY(!listing);
        QCOMPARE(listing.error().kind, Error::Kind::Parse);
        QCOMPARE(server.requests().size(), 2);
        QVERIFY(server.requests()[1].target.contains("version-id-marker=v"));
    }

    void findsACheckpoint()
    {
        FaultServer server(bucketOf(torchFile()));
        const auto listing = scan(server);
        QVERIFY2(listing, qPrintable(listing ? QString() : listing.error().oneLine()));
        QCOMPARE(listing->source, u"bucket"_s);
        QVERIFY(!listing->partial);
        QCOMPARE(listing->runs.size(), 1);
        QCOMPARE(listing->runs[0].checkpoints.size(), 1);
        const Checkpoint found = listing->runs[0].checkpoints[0];
        QCOMPARE(found.path, u"step-00000100.pt"_s);
        QCOMPARE(found.verdict, Verdict::Whole);
        QVERIFY(found.resumable);
        QCOMPARE(found.savedAt, QDateTime(QDate(2026, 1, 2), QTime(3, 4, 5), Qt::UTC));
        const QList<FaultRequest> requests = server.requests();
        QCOMPARE(requests[0].target, "/ckpt?encoding-type=url&list-type=2&max-keys=1000&prefix=run%2F"_ba);
        QCOMPARE(requests[1].target, "/ckpt/run/step-00000100.pt"_ba);
        QCOMPARE(requests[1].header("if-match"), "\"e\""_ba);
        QCOMPARE(requests.size(), 2); // a small file comes whole, once
        for (const FaultRequest &request : requests) {
            QVERIFY(request.header("authorization").contains("Credential=AKIDEXAMPLE/"));
            QCOMPARE(request.header("x-amz-security-token"), "session-token"_ba);
        }
        QVERIFY(!anyMentions(requests, "hushhush"));
    }

    void withoutKeysNothingIsSigned()
    {
        FaultServer server(bucketOf(torchFile()));
        QVERIFY(scanBucket(m_http, accessTo(server, {}), m_place, {}, {}));
        for (const FaultRequest &request : server.requests())
            QVERIFY(!request.hasHeader("authorization") && !request.hasHeader("x-amz-date"));
    }

    void theBucketMayStandInTheHost()
    {
        FaultServer server(bucketOf(torchFile()));
        Access access = accessTo(server);
        access.store.server = server.url(u"localhost"_s);
        access.store.style = Store::Style::VirtualHost;
        QVERIFY(scanBucket(m_http, access, m_place, {}, {}));
        const QList<FaultRequest> requests = server.requests();
        QCOMPARE(requests[0].header("host"), "ckpt.localhost:" + QByteArray::number(server.port()));
        QVERIFY(requests[0].target.startsWith("/?"));
        QCOMPARE(requests[1].target, "/run/step-00000100.pt"_ba);
    }

    void pagesAreFollowed()
    {
        FaultServer server(faults::serve([](const FaultRequest &request) {
            if (request.target.contains("continuation-token=k%3D%2F%2B%20"))
                return page(contents("run/notes.txt", 7));
            return page(contents("run/log.txt", 5) + contents("run/none.txt", 0) + contents("run/", 0), "k=/+ ");
        }));
        Client client(m_http, accessTo(server), m_place.bucket);
        BucketSource source(client, m_place.prefix, {});
        const auto tree = source.list({});
        QVERIFY(tree && !tree->partial);
        QCOMPARE(tree->rootName, "run"_ba);
        QCOMPARE(tree->others[""].files, 3);
        QCOMPARE(tree->others[""].empty, 1);
        QCOMPARE(tree->others[""].bytes, 12);
    }

    void aBusyStoreIsAskedAgain()
    {
        std::atomic<int> refused = 0;
        FaultServer server(bucketOf(torchFile(), [&](const FaultRequest &) -> std::optional<QByteArray> {
            return refused++ < 2 ? std::optional(refusal(503, "SlowDown")) : std::nullopt;
        }));
        const auto listing = scan(server);
        QVERIFY(listing && listing->runs.size() == 1);
        QCOMPARE(server.requests().size(), 4);
    }

    void aRedirectIsNotFollowed()
    {
        FaultServer other(bucketOf(torchFile()));
        const QByteArray target = other.url().toEncoded() + "/ckpt";
        FaultServer server(bucketOf(torchFile(), [&](const FaultRequest &) -> std::optional<QByteArray> {
            return xml(307, "<Error><Code>TemporaryRedirect</Code><Endpoint>evil.example.org</Endpoint></Error>", "Location: " + target + "\r\n");
        }));
        const auto listing = scan(server);
        QVERIFY(!listing);
        QCOMPARE(listing.error().kind, Error::Kind::Unsupported);
        QVERIFY(listing.error().why.contains(QString::fromLatin1(target)));
        QCOMPARE(server.requests().size(), 1);
        QCOMPARE(other.connections(), 0);
    }

    void theRegionIsLearnt_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::newRow("400") << refusal(400, "AuthorizationHeaderMalformed", "<Region>eu-west-1</Region>");
        QTest::newRow("301") << xml(301, "<Error><Code>PermanentRedirect</Code></Error>", "x-amz-bucket-region: eu-west-1\r\nLocation: https://evil.example.org\r\n");
    }
    void theRegionIsLearnt()
    {
        QFETCH(QByteArray, answer);
        FaultServer server(bucketOf(torchFile(), [&](const FaultRequest &request) -> std::optional<QByteArray> {
            return request.header("authorization").contains("/eu-west-1/s3/") ? std::nullopt : std::optional(answer);
        }));
        QVERIFY(scan(server));
        QCOMPARE(server.requests().size(), 3); // asked once more, then remembered
    }

    void aRegionThatIsNoneIsNotBelieved()
    {
        FaultServer server(bucketOf(torchFile(), [&](const FaultRequest &) -> std::optional<QByteArray> {
            return refusal(400, "AuthorizationHeaderMalformed", "<Region>x.evil.example.org/</Region>");
        }));
        QVERIFY(!scan(server));
        QCOMPARE(server.requests().size(), 1);
    }

    void keysThatExpireEndTheScan()
    {
        FaultServer server(bucketOf(torchFile(), [&](const FaultRequest &request) {
            return isList(request) ? std::nullopt : std::optional(refusal(400, "ExpiredToken"));
        }));
        const auto listing = scan(server);
        QVERIFY(!listing);
        QCOMPARE(listing.error().kind, Error::Kind::Auth);
        QCOMPARE(listing.error().reason, u"ExpiredToken"_s);
        QCOMPARE(server.requests().size(), 2); // nothing is asked with dead keys
    }

    void oneUnreadableObjectDoesNot()
    {
        FaultServer server(bucketOf(torchFile(), [&](const FaultRequest &request) {
            return isList(request) ? std::nullopt : std::optional(refusal(403, "AccessDenied"));
        }));
        const auto listing = scan(server);
        QVERIFY(isUnread(listing));
    }

    void aBodyThatIsCutIsAskedForAgain()
    {
        const QByteArray bytes = torchFile();
        std::atomic<int> cut = 0;
        FaultServer server([&](FaultConnection &connection) {
            while (const auto request = connection.readRequest()) {
                if (isList(*request)) {
                    connection.write(page(contents("run/step-00000100.pt", bytes.size())));
                } else if (cut++ == 0) {
                    connection.write(rangeOf(*request, bytes).chopped(bytes.size() / 2));
                    return;
                } else {
                    connection.write(rangeOf(*request, bytes));
                }
            }
        });
        const auto listing = scan(server);
        QVERIFY(listing);
        QCOMPARE(listing->runs[0].checkpoints[0].verdict, Verdict::Whole);
        QCOMPARE(cut, 2);
    }

    void aWebPageIsNamed()
    {
        FaultServer server(faults::serve([](const FaultRequest &) {
            return faults::answer(200, "<!DOCTYPE html><html><title>Sign in</title></html>", "Content-Type: text/html\r\n");
        }));
        const auto listing = scan(server);
        QVERIFY(!listing);
        QCOMPARE(listing.error().reason, QString(notAStore));
    }

    void sizesThatAreLies_data()
    {
        QTest::addColumn<qint64>("listed");
        const qint64 size = torchFile().size();
        QTest::newRow("longer") << size + 1;
        QTest::newRow("a gigabyte longer") << size + (qint64{1} << 30);
        QTest::newRow("shorter") << size - 1;
    }
    void sizesThatAreLies()
    {
        QFETCH(qint64, listed);
        FaultServer server(bucketOf(torchFile(), [&](const FaultRequest &request) {
            return isList(request) ? std::optional(page(contents("run/step-00000100.pt", listed))) : std::nullopt;
        }));
        const auto listing = scan(server);
        QVERIFY(isUnread(listing));
    }

    void sizesThatOverflowEndTheListing()
    {
        QByteArray many;
        for (int i = 0; i < 1000; ++i)
            many += contents("run/" + QByteArray::number(i) + ".log", maxObject);
        std::atomic<int> number = 0;
        FaultServer server(faults::serve([&](const FaultRequest &) { return page(many, QByteArray::number(++number)); }));
        const auto listing = scan(server);
        QVERIFY(listing && listing->partial);
        QVERIFY(listing->notes.join(u' ').contains("cannot be true"_L1));
    }

    void aStoreThatIgnoresRangesIsNotRead()
    {
        const QByteArray big(200'000, 'x');
        FaultServer server(faults::serve([&](const FaultRequest &request) {
            return isList(request) ? page(contents("run/step-1.safetensors", big.size())) : faults::answer(200, big);
        }));
        const auto listing = scan(server);
        QVERIFY(isUnread(listing));
    }

    void anEndlessListIsCut()
    {
        std::atomic<int> number = 0;
        FaultServer server(faults::serve([&](const FaultRequest &) {
            const QByteArray next = QByteArray::number(++number);
            return page(contents("run/" + next + ".log", 1), next);
        }));
        BucketLimits limits;
        limits.pages = 25;
        const auto listing = scan(server, limits);
        QVERIFY(listing && listing->partial);
        QVERIFY(listing->notes.value(0).contains("did not end"_L1));
        QCOMPARE(number, 25);
        limits.tree.entries = 10;
        const auto fewer = scan(server, limits);
        QVERIFY(fewer && fewer->partial);
        QVERIFY(fewer->notes.value(0).contains("after 10 objects"_L1));
    }

    void aListThatTurnsInCirclesIsAnError()
    {
        std::atomic<int> number = 0;
        FaultServer server(faults::serve([&](const FaultRequest &) { return page(contents("run/a.log", 1), QByteArray::number(++number % 3)); }));
        const auto listing = scan(server);
        QVERIFY(!listing);
        QCOMPARE(listing.error().kind, Error::Kind::Parse);
        QCOMPARE(number, 4);
    }

    void oddNamesAreLeftOutAndSaid()
    {
        FaultServer server(faults::serve([](const FaultRequest &) {
            return page(contents("run/../../etc/passwd.pt", 1) + contents("run//a.pt", 1) + contents("elsewhere/b.pt", 1) + contents("run/./c.pt", 1)
                        + contents("run/" + QByteArray("d/").repeated(40) + "e.pt", 1) + contents("run/sub/", 0));
        }));
        Client client(m_http, accessTo(server), m_place.bucket);
        BucketSource source(client, m_place.prefix, {});
        const auto tree = source.list({});
        QVERIFY(tree && tree->partial);
        QVERIFY(tree->files.isEmpty());
        QCOMPARE(tree->notes.size(), 2);
    }

    void archivedObjectsAreNotAskedFor()
    {
        FaultServer server(bucketOf(torchFile(), [&](const FaultRequest &request) {
            return isList(request) ? std::optional(page(contents("run/step-1.pt", 5000).replace("</Contents>", "<StorageClass>GLACIER</StorageClass></Contents>")))
                                   : std::nullopt;
        }));
        const auto listing = scan(server);
        QVERIFY(listing && listing->partial);
        QVERIFY(listing->notes.value(0).contains("archived"_L1));
        QCOMPARE(server.requests().size(), 1);
    }

    void nothingThereIsNotFound()
    {
        FaultServer server(faults::serve([](const FaultRequest &) { return page({}); }));
        const auto listing = scan(server);
        QVERIFY(!listing);
        QCOMPARE(listing.error().kind, Error::Kind::NotFound);
        const auto whole = scanBucket(m_http, accessTo(server), {u"ckpt"_s, {}}, {}, {});
        QVERIFY(whole && whole->runs.isEmpty());
    }

    void cancellingEndsIt()
    {
        const auto stop = std::make_shared<std::stop_source>();
        FaultServer server(faults::serve([&](const FaultRequest &) {
            stop->request_stop();
            return refusal(503, "SlowDown");
        }));
        const auto listing = scanBucket(m_http, accessTo(server), m_place, {}, stop->get_token());
        QVERIFY(!listing);
        QCOMPARE(listing.error().kind, Error::Kind::Cancelled);
    }
};

QTEST_GUILESS_MAIN(TestClient)
#include "tst_client.moc"
