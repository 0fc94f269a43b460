// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/FrameDecoder.h"

#include <QTest>
#include <QtEndian>

using namespace Qt::StringLiterals;
using namespace cairn;

namespace {

/// Single quotes stand for double ones, so that the texts stay readable (moc stumbles over raw strings).
QByteArray json(const char *text)
{
    return QByteArray(text).replace('\'', '"');
}

} // namespace

class TestFrameDecoder : public QObject
{
    Q_OBJECT

    static QByteArray framed(const QByteArray &message)
    {
        QByteArray head(4, '\0');
        qToBigEndian(quint32(message.size()), head.data());
        return head + message;
    }

    /// Feeds `stream` in chunks of `size` bytes and collects the frames.
    static QByteArrayList cut(FrameDecoder &decoder, const QByteArray &stream, qsizetype size, bool *failed = nullptr)
    {
        QByteArrayList frames;
        for (qsizetype at = 0; at < stream.size(); at += size) {
            const auto result = decoder.feed(QByteArrayView(stream).sliced(at, qMin(size, stream.size() - at)),
                                             [&](QByteArrayView frame) {
                                                 frames.append(frame.toByteArray());
                                                 return true;
                                             });
            if (failed)
                *failed = !result;
            if (!result)
                break;
        }
        return frames;
    }

private slots:
    void jsonIsCutAtEveryChunkSize()
    {
        const QByteArrayList expected{json("{'type':'ADDED','object':{'a':'}{\\']\\\\'}}"), json("{'b':[1,{'c':[]}]}"),
                                      "{}"_ba};
        const QByteArray stream = expected[0] + "\n" + expected[1] + expected[2] + " \r\n";
        for (qsizetype size = 1; size <= stream.size(); ++size) {
            FrameDecoder decoder(WireFormat::Json);
            QCOMPARE(cut(decoder, stream, size), expected);
        }
    }

    void protobufIsCutAtEveryChunkSize()
    {
        const QByteArrayList expected{"abc"_ba, QByteArray(300, 'x'), QByteArray("\0\0\0\1", 4)};
        const QByteArray stream = framed(expected[0]) + framed(expected[1]) + framed(expected[2]);
        for (qsizetype size = 1; size <= stream.size(); ++size) {
            FrameDecoder decoder(WireFormat::Protobuf);
            QCOMPARE(cut(decoder, stream, size), expected);
            QVERIFY(decoder.atBoundary());
        }
    }

    void anEndInsideAnEventIsSeen()
    {
        FrameDecoder text(WireFormat::Json);
        QCOMPARE(cut(text, json("{'a':1}{'b'"), 100), QByteArrayList{json("{'a':1}")});
        QVERIFY(!text.atBoundary());
        FrameDecoder proto(WireFormat::Protobuf);
        QVERIFY(cut(proto, framed("abc"_ba).chopped(1), 2).isEmpty());
        QVERIFY(!proto.atBoundary());
    }

    void garbageIsAnError_data()
    {
        QTest::addColumn<bool>("protobuf");
        QTest::addColumn<QByteArray>("stream");
        QTest::newRow("html") << false << "<html>"_ba;
        QTest::newRow("array") << false << "[1]"_ba;
        QTest::newRow("stray brace") << false << "{}}"_ba;
        QTest::newRow("endless object") << false << QByteArray(2000, '{');
        QTest::newRow("absurd length") << true << "\xff\xff\xff\xff xyz"_ba;
        QTest::newRow("length of zero") << true << QByteArray(4, '\0');
    }
    void garbageIsAnError()
    {
        QFETCH(bool, protobuf);
        QFETCH(QByteArray, stream);
        FrameDecoder decoder(protobuf ? WireFormat::Protobuf : WireFormat::Json, 1000);
        bool failed = false;
        cut(decoder, stream, 64, &failed);
        QVERIFY(failed);
    }

    void theReaderMayStop()
    {
        FrameDecoder decoder(WireFormat::Json);
        int seen = 0;
        QVERIFY(decoder.feed("{}{}{}", [&](QByteArrayView) { return ++seen < 2; }));
        QCOMPARE(seen, 2);
        QVERIFY(decoder.feed("", [&](QByteArrayView) { return ++seen < 10; }));
        QCOMPARE(seen, 3);
    }
};

QTEST_APPLESS_MAIN(TestFrameDecoder)
#include "tst_framedecoder.moc"
