// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/WebSocketFrames.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn::net::websocket;

namespace {

QList<QByteArray> messages(Reader &reader)
{
    QList<QByteArray> list;
    while (const auto message = reader.next())
        list.append(QByteArray::number(static_cast<int>(message->opcode)) + ':' + message->payload);
    return list;
}

QByteArray bytes(const char *hex)
{
    return QByteArray::fromHex(hex);
}

} // namespace

class TestWebSocketFrames : public QObject {
    Q_OBJECT
private slots:
    void theExamplesOfTheStandardAgree()
    {
        // RFC 6455 §1.3 and §5.7.
        QCOMPARE(acceptFor("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="_ba);
        QCOMPARE(encodeFrame(Opcode::Text, "Hello", {0x37, 0xfa, 0x21, 0x3d}), bytes("818537fa213d7f9f4d5158"));
        Reader reader(100);
        const QByteArray hello = bytes("810548656c6c6f");
        const QByteArray fragments = bytes("010348656c") + bytes("80026c6f");
        const QByteArray ping = bytes("890548656c6c6f");
        for (const QByteArray &part : {hello, fragments, ping})
            reader.feed(part.constData(), part.size());
        QCOMPARE(messages(reader), QList<QByteArray>({"1:Hello", "1:Hello", "9:Hello"}));
        QVERIFY(!reader.isBroken());
    }

    void lengthsOfAllFormsAreWrittenAndRead_data()
    {
        QTest::addColumn<int>("size");
        QTest::addColumn<int>("header");
        QTest::newRow("0") << 0 << 2;
        QTest::newRow("125") << 125 << 2;
        QTest::newRow("126") << 126 << 4;
        QTest::newRow("65535") << 65'535 << 4;
        QTest::newRow("65536") << 65'536 << 10;
    }
    void lengthsOfAllFormsAreWrittenAndRead()
    {
        QFETCH(int, size);
        QFETCH(int, header);
        const QByteArray payload(size, 'p');
        QByteArray frame = encodeFrame(Opcode::Binary, payload, {0, 0, 0, 0});
        QCOMPARE(frame.size(), header + 4 + size);
        // A zero mask changes nothing: without it and its bit this is what a server sends.
        frame.remove(header, 4);
        frame[1] = static_cast<char>(frame.at(1) & 0x7f);
        Reader reader(1 << 20);
        reader.feed(frame.constData(), frame.size());
        QCOMPARE(messages(reader), QList<QByteArray>({"2:" + payload}));
    }

    void bytesMayComeOneByOne()
    {
        Reader reader(100);
        QList<QByteArray> seen;
        for (const char byte : bytes("02034142438900800144880203e8")) {
            reader.feed(&byte, 1);
            seen.append(messages(reader));
        }
        // The ping between the fragments comes first.
        QCOMPARE(seen, QList<QByteArray>({"9:", "2:ABCD", "8:\x03\xe8"}));
    }

    void manyMessagesAreReadWithoutGrowing()
    {
        Reader reader(1 << 20);
        QByteArray frame = bytes("827e4000") + QByteArray(0x4000, 'm');
        for (int i = 0; i < 1000; ++i) {
            // Always half a frame ahead, so that the buffer is never empty.
            const qsizetype half = i == 0 ? 0 : frame.size() / 2;
            reader.feed(frame.constData() + half, frame.size() - half);
            reader.feed(frame.constData(), frame.size() / 2);
            QCOMPARE(messages(reader).size(), 1);
        }
        QVERIFY(!reader.isBroken());
    }

    void whatBreaksTheRulesBreaksTheReader_data()
    {
        QTest::addColumn<QByteArray>("input");
        QTest::addColumn<bool>("tooLarge");
        QTest::newRow("masked") << bytes("8181000000007a") << false;
        QTest::newRow("reserved bit") << bytes("c1017a") << false;
        QTest::newRow("reserved opcode 3") << bytes("83017a") << false;
        QTest::newRow("reserved opcode 11") << bytes("8b00") << false;
        QTest::newRow("long ping") << bytes("897e0080") << false;
        QTest::newRow("fragmented ping") << bytes("0900") << false;
        QTest::newRow("continuation first") << bytes("80017a") << false;
        QTest::newRow("new message inside a message") << bytes("02017a82017a") << false;
        QTest::newRow("too large") << bytes("827e0065") << true;
        QTest::newRow("too large in 64 bits") << bytes("827fffffffffffffffff") << true;
        QTest::newRow("sign bit") << bytes("827f8000000000000000") << true;
        QTest::newRow("too large together") << bytes("0240") + QByteArray(64, 'a') + bytes("8040") << true;
    }
    void whatBreaksTheRulesBreaksTheReader()
    {
        QFETCH(QByteArray, input);
        QFETCH(bool, tooLarge);
        Reader reader(100);
        reader.feed(input.constData(), input.size());
        QVERIFY(messages(reader).isEmpty());
        QCOMPARE(reader.fault(), tooLarge ? Reader::Fault::TooLarge : Reader::Fault::Protocol);
        const QByteArray good = bytes("81017a");
        reader.feed(good.constData(), good.size());
        QVERIFY(messages(reader).isEmpty());
        QVERIFY(reader.isBroken());
    }

    void everyTruncationWaits()
    {
        const QByteArray whole = bytes("827e0080") + QByteArray(128, 'x');
        for (qsizetype size = 0; size < whole.size(); ++size) {
            Reader reader(1000);
            reader.feed(whole.constData(), size);
            QVERIFY(messages(reader).isEmpty());
            QVERIFY(!reader.isBroken());
        }
    }
};

QTEST_APPLESS_MAIN(TestWebSocketFrames)
#include "tst_websocketframes.moc"
