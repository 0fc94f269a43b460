// SPDX-License-Identifier: GPL-3.0-or-later
#include "ProtoWriter.h"
#include "domain/ListSplitter.h"
#include "domain/ObjectDecoder.h"

#include <QRandomGenerator>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::test::proto;

namespace {

QByteArray answer(int pods, int padding = 0)
{
    QByteArrayList list;
    for (int i = 0; i < pods; ++i)
        list.append(pod("pod-" + QByteArray::number(i), "uid-" + QByteArray::number(i), 100 + i, padding));
    // Behind the list stand two empty fields, its encodings.
    return envelope("PodList", podList(list, 4711)) + field(3, QByteArray()) + field(4, QByteArray());
}

struct Read {
    QStringList uids;
    QList<qsizetype> pages;
    QString version;
    std::optional<Error> error;
    bool complete = false;
};

Read read(const QByteArray &bytes, int perPage, const std::function<qsizetype()> &chunk)
{
    Read result;
    ListSplitter splitter(perPage);
    const auto decoder = podDecoder();
    for (qsizetype at = 0; at < bytes.size();) {
        const qsizetype size = std::min(chunk(), bytes.size() - at);
        const Result<> fed = splitter.feed(bytes.mid(at, size), [&](const QByteArray &part) {
            const auto page = decoder->page(part, WireFormat::Protobuf);
            if (!page) {
                result.error = page.error();
                return false;
            }
            result.pages.append(page->items.size());
            result.version = page->info.resourceVersion;
            for (const Pod &item : page->items)
                result.uids.append(item.uid);
            return true;
        });
        if (!fed)
            result.error = fed.error();
        if (result.error)
            return result;
        at += size;
    }
    result.complete = splitter.isComplete();
    return result;
}

} // namespace

class TestListSplitter : public QObject
{
    Q_OBJECT

private slots:
    void pagesHoldAllItemsOnceHoweverTheBytesCome()
    {
        const QByteArray bytes = answer(23, 300);
        QStringList all;
        for (int i = 0; i < 23; ++i)
            all.append(u"uid-%1"_s.arg(i));
        QRandomGenerator random(5);
        for (int round = 0; round < 200; ++round) {
            const int most = 1 + random.bounded(round % 2 ? 40 : 4000);
            const Read got = read(bytes, 5, [&] { return 1 + random.bounded(most); });
            QVERIFY2(!got.error, qPrintable(got.error ? got.error->oneLine() : QString()));
            QVERIFY(got.complete);
            QCOMPARE(got.uids, all);
            QCOMPARE(got.pages, (QList<qsizetype>{5, 5, 5, 5, 3}));
            QCOMPARE(got.version, u"4711"_s);
        }
    }

    void anEmptyListIsOnePage()
    {
        const Read got = read(answer(0), 5, [] { return 3; });
        QVERIFY(got.complete && !got.error);
        QCOMPARE(got.pages, QList<qsizetype>{0});
        QCOMPARE(got.version, u"4711"_s);
    }

    void theFirstPageComesBeforeTheLastByte()
    {
        const QByteArray bytes = answer(10, 1000);
        ListSplitter splitter(2);
        int pages = 0;
        QVERIFY(splitter.feed(bytes.left(bytes.size() / 2), [&](const QByteArray &) { return ++pages > 0; }));
        QVERIFY(pages >= 2);
        QVERIFY(!splitter.isComplete());
    }

    void aSinkThatHasEnoughIsNotAskedAgain()
    {
        ListSplitter splitter(2);
        int pages = 0;
        QVERIFY(splitter.feed(answer(10), [&](const QByteArray &) {
            ++pages;
            return false;
        }));
        QCOMPARE(pages, 1);
        QVERIFY(!splitter.isComplete());
    }

    void aCutListIsNotComplete()
    {
        const QByteArray bytes = answer(10);
        for (const qsizetype cut : {3, 9, 40, 300}) {
            const Read got = read(bytes.left(cut), 5, [] { return 7; });
            QVERIFY(!got.complete && !got.error);
        }
    }

    void whatIsNoListIsRefused_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::newRow("json") << QByteArray("{\"kind\":\"PodList\"}");
        QTest::newRow("html") << QByteArray("<html></html>");
        QTest::newRow("another wire type") << QByteArray("k8s\0\x08\x01", 6);
        QTest::newRow("an item longer than the list")
            << QByteArray("k8s\0", 4) + varint(2 << 3 | 2) + varint(10) + varint(2 << 3 | 2) + varint(11);
        QTest::newRow("an item of exabytes")
            << QByteArray("k8s\0", 4) + varint(2 << 3 | 2) + varint(~0ULL) + varint(2 << 3 | 2) + varint(~0ULL >> 4);
        QTest::newRow("an endless number") << QByteArray("k8s\0", 4) + QByteArray(12, '\xff');
    }
    void whatIsNoListIsRefused()
    {
        QFETCH(QByteArray, answer);
        for (const qsizetype chunk : {1, 100}) {
            const Read got = read(answer, 5, [&] { return chunk; });
            QVERIFY(got.error);
            QCOMPARE(got.error->kind, Error::Kind::Parse);
        }
    }
};

QTEST_GUILESS_MAIN(TestListSplitter)
#include "tst_listsplitter.moc"
