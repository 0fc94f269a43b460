// SPDX-License-Identifier: GPL-3.0-or-later
#include "Support.h"

#include "checkpoints/Dcp.h"
#include "checkpoints/Json.h"
#include "checkpoints/Pickle.h"
#include "checkpoints/Safetensors.h"
#include "checkpoints/TorchFile.h"
#include "checkpoints/Zip.h"

#include <QTest>
#include <QtEndian>
#include <zlib.h>

using namespace Qt::StringLiterals;
using namespace cairn::ckpt;
using namespace support;

namespace {

QByteArray le(quint64 value, int width)
{
    QByteArray out;
    for (int i = 0; i < width; ++i)
        out += static_cast<char>(value >> (8 * i));
    return out;
}

struct Item {
    QByteArray name;
    QByteArray data;
    quint16 method = 0;
    qint64 size = -1; ///< plain size in the directory, -1 for the data's own
};

quint32 crcOf(const QByteArray &bytes)
{
    return static_cast<quint32>(crc32(0, reinterpret_cast<const Bytef *>(bytes.constData()), static_cast<uInt>(bytes.size())));
}

/// A zip whose fields the test controls.
QByteArray zip(const QList<Item> &items, quint64 claimedEntries = ~0ull, quint32 offsetShift = 0)
{
    QByteArray out;
    QByteArray directory;
    for (const Item &item : items) {
        const quint64 offset = static_cast<quint64>(out.size()) + offsetShift;
        const quint32 crc = crcOf(item.data);
        const quint64 size = static_cast<quint64>(item.size < 0 ? item.data.size() : item.size);
        const QByteArray common = le(20, 2) + le(0, 2) + le(item.method, 2) + le(0, 4) + le(crc, 4)
            + le(static_cast<quint64>(item.data.size()), 4) + le(size, 4) + le(static_cast<quint64>(item.name.size()), 2);
        out += "PK\x03\x04" + common + le(0, 2) + item.name + item.data;
        directory += "PK\x01\x02" + le(20, 2) + common + le(0, 2) + le(0, 2) + le(0, 2) + le(0, 2) + le(0, 4) + le(offset, 4)
            + item.name;
    }
    const quint64 count = claimedEntries == ~0ull ? static_cast<quint64>(items.size()) : claimedEntries;
    const quint64 start = static_cast<quint64>(out.size());
    out += directory;
    return out + "PK\x05\x06" + le(0, 4) + le(count, 2) + le(count, 2) + le(static_cast<quint64>(directory.size()), 4)
        + le(start, 4) + le(0, 2);
}

/// protocol 2 pickle of {"step": 5, "optimizer": {}}
const QByteArray trainingPickle = "\x80\x02}q\x00(X\x04\x00\x00\x00stepK\x05X\x09\x00\x00\x00optimizer}u."_ba;

} // namespace

class TestReaders : public QObject
{
    Q_OBJECT

    TorchFile torch(const QByteArray &bytes, bool local = true)
    {
        MemorySource source(local);
        source.add("x.pt", bytes);
        FileReader reader(source, source.tree.files.first(), Limits{}.fileBudget);
        return probeTorch(reader, {});
    }
    SafetensorsFile safetensors(const QByteArray &header, qint64 buffer)
    {
        MemorySource source;
        source.add("x.safetensors", le(static_cast<quint64>(header.size()), 8) + header + QByteArray(buffer, 'x'));
        FileReader reader(source, source.tree.files.first(), Limits{}.fileBudget);
        return probeSafetensors(reader, {});
    }

private slots:
    void aHandMadeZipIsWhole()
    {
        const TorchFile file = torch(zip({{"a/data.pkl", trainingPickle}, {"a/data/0", "xyz"}, {"a/version", "3\n"}}));
        QCOMPARE(file.kind, TorchFile::Kind::Zip);
        QVERIFY2(file.check.isGood(), qPrintable(file.check.reason));
        QCOMPARE(file.step, 5);
        QCOMPARE(file.content, Content::Training);
    }
    void hostileDirectoriesAreBroken_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        const Item pkl{"a/data.pkl", trainingPickle};
        QTest::newRow("numbering has a gap") << zip({pkl, {"a/data/0", "x"}, {"a/data/2", "y"}, {"a/version", "3\n"}});
        QTest::newRow("no version") << zip({pkl, {"a/data/0", "x"}});
        QTest::newRow("numbering repeats") << zip({pkl, {"a/data/0", "x"}, {"a/data/0", "y"}});
        QTest::newRow("numbering is no number") << zip({pkl, {"a/data/x", "x"}, {"a/version", "3\n"}});
        QTest::newRow("numbering is huge") << zip({pkl, {"a/data/9223372036854775807", "x"}, {"a/version", "3\n"}});
        QTest::newRow("pickle twice") << zip({pkl, {"a/data/0", "x"}, {"a/version", "3\n"}, {"a/data.pkl", trainingPickle}});
        QTest::newRow("pickle twice but for case, first") << zip({{"a/DATA.pkl", trainingPickle}, pkl, {"a/data/0", "x"}});
        QTest::newRow("pickle twice but for case, last") << zip({pkl, {"a/data/0", "x"}, {"A/data.pkl", trainingPickle}});
        QTest::newRow("more entries claimed") << zip({pkl}, 9);
        QTest::newRow("fewer entries claimed") << zip({pkl, {"a/data/0", "x"}}, 1);
        QTest::newRow("offsets beyond the end") << zip({pkl}, ~0ull, 0x7fffff00);
        QTest::newRow("offsets slightly off") << zip({pkl}, ~0ull, 1);
        QTest::newRow("stored sizes differ") << zip({{"a/data.pkl", trainingPickle, 0, 99}});
        QByteArray overlap = zip({pkl, {"a/data/0", "xxxxxxxx"}});
        // Point the second entry at the first one's header.
        const qsizetype second = overlap.lastIndexOf("PK\x01\x02");
        overlap.replace(second + 42, 4, le(0, 4));
        QTest::newRow("entries overlap") << overlap;
        // One bit each, in fields that no checksum covers: torch refuses all of these.
        const QByteArray good = zip({pkl, {"a/data/0", "x"}, {"a/version", "3\n"}});
        const auto flipped = [&good](qsizetype at, char bits) {
            QByteArray bytes = good;
            bytes[at] = static_cast<char>(bytes[at] ^ bits);
            return bytes;
        };
        const qsizetype entry = good.lastIndexOf("PK\x01\x02");
        const qsizetype end = good.lastIndexOf("PK\x05\x06");
        QTest::newRow("encrypted") << flipped(entry + 8, 1);
        QTest::newRow("strongly encrypted") << flipped(entry + 8, 0x40);
        QTest::newRow("an entry on another disk") << flipped(entry + 34, 4);
        QTest::newRow("another disk") << flipped(end + 4, 4);
        QTest::newRow("the directory on another disk") << flipped(end + 6, 4);
        QTest::newRow("fewer entries on this disk") << flipped(end + 8, 1);
        QTest::newRow("storage named by the pickle is missing")
            << zip({{"a/data.pkl", "\x80\x02}X\x01\x00\x00\x00k(X\x07\x00\x00\x00storageNX\x01\x00\x00\x00" "7NNtQs."_ba}, {"a/version", "3\n"}});
    }
    void hostileDirectoriesAreBroken()
    {
        QFETCH(QByteArray, bytes);
        const TorchFile file = torch(bytes);
        QVERIFY2(file.check.state == State::Broken, qPrintable(file.check.reason));
        QVERIFY(!file.check.reason.isEmpty());
    }
    void everyFlippedBitOfAnEndRecordIsFound()
    {
        const QByteArray plain = zip({{"a/data.pkl", trainingPickle}, {"a/data/0", "x"}, {"a/version", "3\n"}});
        const qsizetype end = plain.lastIndexOf("PK\x05\x06");
        const qsizetype directory = plain.indexOf("PK\x01\x02");
        const auto number = [](qint64 n, int width) { return le(static_cast<quint64>(n), width); };
        const QByteArray large = plain.left(end) + "PK\x06\x06" + number(44, 8) + number(45, 2) + number(45, 2) + number(0, 8) + number(3, 8) + number(3, 8)
            + number(end - directory, 8) + number(directory, 8) + "PK\x06\x07" + number(0, 4) + number(end, 8) + number(1, 4) + plain.mid(end);
        QVERIFY2(torch(large).check.isGood(), qPrintable(torch(large).check.reason));
        for (qsizetype i = end; i < large.size(); ++i) {
            if (i >= end + 12 && i < end + 16)
                continue; // versions of the writer, which nobody holds against it
            for (const int bit : {1, 4, 0x80}) {
                QByteArray bytes = large;
                bytes[i] = static_cast<char>(bytes[i] ^ bit);
                QVERIFY2(!torch(bytes).check.isGood(), qPrintable(QString::number(i - end)));
            }
        }
    }
    void storagesHoldTheirTensors_data()
    {
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<int>("bytes"); // of the only storage
        QTest::addColumn<QString>("wrong"); // empty: whole
        const auto text = [](const QByteArray &s) { return "X" + le(static_cast<quint64>(s.size()), 4) + s; };
        const auto storage = [&](const QByteArray &cls, int elements) {
            return "(" + text("storage") + "ctorch\n" + cls + "\n" + text("0") + text("cpu") + "J" + le(static_cast<quint64>(elements), 4) + "tQ";
        };
        const auto tensor = [&](const QByteArray &of, int offset, int rows, int stride) {
            return "ctorch._utils\n_rebuild_tensor_v2\n(" + of + "J" + le(static_cast<quint64>(offset), 4) + "J" + le(static_cast<quint64>(rows), 4) + "K\x02\x86J"
                + le(static_cast<quint64>(stride), 4) + "K\x01\x86\x89)tR";
        };
        const auto row = [&](const char *name, const QByteArray &value, int bytes, const QString &wrong) {
            QTest::newRow(name) << "\x80\x02}" + text("w") + value + "s." << bytes << wrong;
        };
        row("whole", tensor(storage("FloatStorage", 4), 0, 2, 2), 16, {});
        row("part of it", tensor(storage("FloatStorage", 8), 4, 2, 2), 32, {});
        row("longer", tensor(storage("FloatStorage", 4), 0, 2, 2), 64, {});
        row("half", tensor(storage("HalfStorage", 4), 0, 2, 2), 8, {});
        row("no elements", tensor(storage("FloatStorage", 0), 0, 0, 2), 0, {});
        row("unknown class", tensor(storage("NewStorage", 4), 0, 2, 2), 1, {});
        row("short", tensor(storage("FloatStorage", 4), 0, 2, 2), 12, u"too short: 12 of 16 bytes"_s);
        row("empty", tensor(storage("FloatStorage", 4), 0, 2, 2), 0, u"too short"_s);
        row("wider type", tensor(storage("DoubleStorage", 4), 0, 2, 2), 16, u"too short: 16 of 32"_s);
        row("offset", tensor(storage("FloatStorage", 4), 1, 2, 2), 16, u"beyond its storage"_s);
        row("stride", tensor(storage("FloatStorage", 4), 0, 2, 3), 16, u"beyond its storage"_s);
        row("huge shape", tensor(storage("FloatStorage", 4), 0, 0x7fffffff, 0x7fffffff), 16, u"beyond its storage"_s);
        row("no storage", tensor("K\x05Q", 0, 2, 2), 16, u"no tensor storage"_s);
    }
    void storagesHoldTheirTensors()
    {
        QFETCH(QByteArray, value);
        QFETCH(int, bytes);
        QFETCH(QString, wrong);
        for (const bool local : {true, false}) {
            const TorchFile file = torch(zip({{"a/data.pkl", value}, {"a/data/0", QByteArray(bytes, 'w')}, {"a/version", "3\n"}}), local);
            QCOMPARE(file.kind, TorchFile::Kind::Zip);
            QVERIFY2(wrong.isEmpty() ? file.check.isGood() : file.check.state == State::Broken && file.check.reason.contains(wrong), qPrintable(file.check.reason));
        }
    }
    void aLegacyFileEndsWithItsStorages()
    {
        const auto text = [](const QByteArray &s) { return "X" + le(static_cast<quint64>(s.size()), 4) + s; };
        const QByteArray storage = "(" + text("storage") + "ctorch\nFloatStorage\n" + text("94") + text("cpu") + "K\x04NtQ";
        const QByteArray head = QByteArray::fromHex("80028a0a6cfc9c46f9206aa850192e") + "\x80\x02M\xe9\x03." + "\x80\x02}.";
        const QByteArray whole = head + "\x80\x02}" + text("step") + "K\x05s" + text("w") + storage + "s." + "\x80\x02]" + text("94") + "a." + le(4, 8) + QByteArray(16, 'w');
        const TorchFile file = torch(whole);
        QCOMPARE(file.kind, TorchFile::Kind::Legacy);
        QCOMPARE(file.check.state, State::Unverified);
        QCOMPARE(file.step, 5);
        for (qsizetype length = 40; length < whole.size(); ++length)
            QVERIFY2(torch(whole.left(length)).check.state == State::Incomplete, qPrintable(QString::number(length)));
    }
    void aPickleWithTheRightChecksumMayStillBeNone()
    {
        for (const QByteArray &value : {"\x80\x02}K\x01" "a."_ba, "\x80\x02}"_ba, "\x80\x02\xff."_ba, "\x80\x02}]Ns."_ba})
            QCOMPARE(torch(zip({{"a/data.pkl", value}, {"a/version", "3\n"}})).check.state, State::Broken);
    }
    void aDoubledEntryIsNamed()
    {
        const TorchFile file = torch(zip({{"a/data.pkl", trainingPickle}, {"a/data/0", "x"}, {"a/Data.PKL", trainingPickle}}));
        QCOMPARE(file.kind, TorchFile::Kind::Zip);
        QVERIFY2(file.check.reason.contains(u"entry a/Data.PKL is there twice"_s), qPrintable(file.check.reason));
    }
    void aBombIsNotInflated()
    {
        // One MiB of zeros deflates to about a thousand bytes; the directory claims 64 KiB.
        QByteArray plain(1 << 20, '\0');
        QByteArray packed(4096, '\0');
        z_stream stream{};
        QCOMPARE(deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
        stream.next_in = reinterpret_cast<Bytef *>(plain.data());
        stream.avail_in = static_cast<uInt>(plain.size());
        stream.next_out = reinterpret_cast<Bytef *>(packed.data());
        stream.avail_out = static_cast<uInt>(packed.size());
        QCOMPARE(deflate(&stream, Z_FINISH), Z_STREAM_END);
        packed.truncate(static_cast<qsizetype>(stream.total_out));
        deflateEnd(&stream);
        QCOMPARE(torch(zip({{"a/data.pkl", packed, 8, 65536}, {"a/version", "3\n"}})).check.state, State::Broken);
        // A claim beyond the budget is not even begun.
        QCOMPARE(torch(zip({{"a/data.pkl", packed, 8, 1 << 30}, {"a/version", "3\n"}})).check.state, State::Unverified);
    }
    void everyCutOfARealFileIsHandled()
    {
        const QByteArray whole = contents(fixture(u"torch/run/step-00000100.pt"_s));
        QVERIFY(!whole.isEmpty());
        for (qsizetype length = 0; length < whole.size(); length += 7) {
            const TorchFile file = torch(whole.left(length));
            if (file.check.state != State::Incomplete)
                QFAIL(qPrintable(u"cut to %1: %2"_s.arg(length).arg(file.check.reason)));
            if (length > 100)
                QCOMPARE(file.kind, TorchFile::Kind::Zip);
        }
    }
    void everyFlippedByteOfContentIsFound()
    {
        const QByteArray whole = contents(fixture(u"torch/run/step-00000100.pt"_s));
        MemorySource source;
        source.add("x.pt", whole);
        FileReader reader(source, source.tree.files.first(), 1 << 24);
        const ZipDirectory directory = ZipDirectory::read(reader, {});
        int flips = 0;
        for (const ZipEntry &entry : directory.entries) {
            QByteArray bytes = whole;
            const qsizetype at = entry.headerOffset + 30 + qFromLittleEndian<quint16>(whole.constData() + entry.headerOffset + 26)
                + qFromLittleEndian<quint16>(whole.constData() + entry.headerOffset + 28);
            if (entry.packed == 0)
                continue;
            bytes[at] = static_cast<char>(bytes[at] ^ 1);
            QCOMPARE(torch(bytes).check.state, State::Broken);
            ++flips;
        }
        QVERIFY(flips > 5);
    }
    void picklesAreReadPassively_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<qint64>("step");
        // Written by CPython 3.11: pickle.dumps({"step": 7, "epoch": 1.5}, protocol)
        QTest::newRow("0") << "(dp0\nVstep\np1\nI7\nsVepoch\np2\nF1.5\ns."_ba << qint64{7};
        QTest::newRow("2") << QByteArray::fromHex("80027d71002858040000007374657071014b07580500000065706f63687102473ff8000000000000752e") << qint64{7};
        QTest::newRow("4") << QByteArray::fromHex("80049519000000000000007d94288c0473746570944b078c0565706f636894473ff8000000000000752e") << qint64{7};
        QTest::newRow("true is no step") << "\x80\x02}X\x04\x00\x00\x00step\x88s."_ba << qint64{-1};
        QTest::newRow("NaN is no step") << "\x80\x02}X\x04\x00\x00\x00stepG\x7f\xf8\x00\x00\x00\x00\x00\x00s."_ba << qint64{-1};
        QTest::newRow("negative") << "\x80\x02}X\x04\x00\x00\x00stepJ\xff\xff\xff\xffs."_ba << qint64{-1};
        QTest::newRow("long") << "\x80\x02}X\x04\x00\x00\x00step\x8a\x03\x01\x00\x01s."_ba << qint64{65537};
        QTest::newRow("too long") << "\x80\x02}X\x04\x00\x00\x00step\x8a\x09\x01\x00\x01\x01\x01\x01\x01\x01\x01s."_ba << qint64{-1};
    }
    void picklesAreReadPassively()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(qint64, step);
        const Pickle pickle(bytes);
        QCOMPARE(pickle.end(), Pickle::End::Complete);
        QCOMPARE(countersOf(pickle).step.value_or(-1), step);
    }
    void hostilePicklesEndEarly_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("empty") << ""_ba;
        QTest::newRow("stop on nothing") << "."_ba;
        QTest::newRow("pop on nothing") << "0."_ba;
        QTest::newRow("stop on a mark") << "(."_ba;
        QTest::newRow("unknown opcode") << "\xff."_ba;
        QTest::newRow("huge text") << "X\xff\xff\xff\xff."_ba;
        QTest::newRow("huge text 8") << "\x8d\xff\xff\xff\xff\xff\xff\xff\xff."_ba;
        QTest::newRow("unknown memo") << "h\x05."_ba;
        QTest::newRow("build on nothing") << "}b."_ba;
        QTest::newRow("odd pairs") << "}(NNNu."_ba;
        QTest::newRow("set item in a list") << "]NNs."_ba;
        QTest::newRow("reduce on nothing") << "R."_ba;
        QTest::newRow("tuple over a mark") << "N(\x86."_ba;
        QTest::newRow("line without end") << "I12"_ba;
        QTest::newRow("never stops") << "}K\x01K\x02s"_ba;
        QTest::newRow("copy of a mark") << "(2."_ba;
        QTest::newRow("build on a mark") << "(}b."_ba;
        QTest::newRow("append to a number") << "K\x01N" "a."_ba;
        QTest::newRow("append to a mapping") << "}N" "a."_ba;
        QTest::newRow("add to a list") << "](N\x90."_ba;
        QTest::newRow("call of a number") << "K\x01)R."_ba;
        QTest::newRow("call with a number") << "ccollections\nOrderedDict\nK\x01R."_ba;
        QTest::newRow("a list as a key") << "}]Ns."_ba;
        QTest::newRow("a mapping as a key") << "(}Nd."_ba;
    }
    void hostilePicklesEndEarly()
    {
        QFETCH(QByteArray, bytes);
        const Pickle pickle(bytes);
        QVERIFY(pickle.end() != Pickle::End::Complete);
        QCOMPARE(countersOf(pickle).step, std::nullopt);
    }
    void aPickleThatGrowsIsCutOff()
    {
        // A million empty lists, then a list that holds itself.
        QCOMPARE(Pickle(QByteArray(2'000'000, ']')).end(), Pickle::End::TooLarge);
        QCOMPARE(Pickle("]q\x00h\x00" "a."_ba).end(), Pickle::End::Complete);
        // DUP doubles nothing: every copy is one number.
        QCOMPARE(Pickle("N" + QByteArray(2'000'000, '2')).end(), Pickle::End::TooLarge);
        QCOMPARE(Pickle("(" + QByteArray(600'000, 'N') + "t.").end(), Pickle::End::TooLarge);
    }
    void aCutPickleStillTellsItsFirstKeys()
    {
        const QByteArray bytes = trainingPickle.left(20);
        const Pickle pickle(bytes);
        QCOMPARE(pickle.end(), Pickle::End::Truncated);
        QCOMPARE(countersOf(pickle).step, 5);
    }
    void metadataNamesItsShards()
    {
        const DcpMetadata metadata = DcpMetadata::parse(contents(fixture(u"dcp/step-200/.metadata"_s)));
        QVERIFY(metadata.complete);
        QVERIFY(metadata.keysKnown);
        QVERIFY(metadata.training);
        QCOMPARE(metadata.shards.keys(), (QList<QByteArray>{"__0_0.distcp", "__1_0.distcp", "__2_0.distcp", "__3_0.distcp"}));
        for (auto it = metadata.shards.begin(); it != metadata.shards.end(); ++it)
            QCOMPARE(it.value(), QFileInfo(fixture(u"dcp/step-200/"_s) + QString::fromLatin1(it.key())).size());
        QVERIFY(!DcpMetadata::parse(contents(fixture(u"dcp/weights/.metadata"_s))).training);
        // Cut short: the names are still found, their sizes are not claimed.
        const QByteArray bytes = contents(fixture(u"dcp/step-200/.metadata"_s));
        QVERIFY(!DcpMetadata::parse(bytes.left(bytes.size() - 3)).complete);
        QVERIFY(DcpMetadata::parse("x__7_0.distcp__8_1.distcp").shards.contains("__8_1.distcp"));
    }
    void safetensorsHeadersAreChecked_data()
    {
        QTest::addColumn<QByteArray>("header");
        QTest::addColumn<qint64>("buffer");
        QTest::addColumn<int>("state");
        const auto row = [](const char *name, const QByteArray &header, qint64 buffer, State state) {
            QTest::newRow(name) << header << buffer << static_cast<int>(state);
        };
        row("whole", R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", 8, State::Good);
        row("no tensors", "{}", 0, State::Good);
        row("six bits", R"({"a":{"dtype":"F6_E2M3","shape":[4],"data_offsets":[0,3]}})", 3, State::Good);
        row("later type", R"({"a":{"dtype":"F12_E5M6","shape":[2],"data_offsets":[0,3]}})", 3, State::Unverified);
        row("no such type", R"({"a":{"dtype":"F33","shape":[2],"data_offsets":[0,8]}})", 8, State::Broken);
        row("type is no text", R"({"a":{"dtype":32,"shape":[2],"data_offsets":[0,8]}})", 8, State::Broken);
        row("no shape", R"({"a":{"dtype":"F32","data_offsets":[0,4]}})", 4, State::Broken);
        row("metadata of texts", R"({"__metadata__":{"step":"5"},"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}})", 2, State::Good);
        row("metadata of numbers", R"({"__metadata__":{"step":5},"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}})", 2, State::Broken);
        row("short", R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", 7, State::Incomplete);
        row("long", R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", 9, State::Broken);
        row("shape", R"({"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}})", 8, State::Broken);
        row("hole", R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}})", 4, State::Broken);
        row("overlap", R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}})", 3, State::Broken);
        row("backwards", R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[2,0]}})", 2, State::Broken);
        row("negative", R"({"a":{"dtype":"U8","shape":[-2],"data_offsets":[-2,0]}})", 2, State::Broken);
        row("huge", R"({"a":{"dtype":"U8","shape":[18446744073709551615],"data_offsets":[0,18446744073709551615]}})", 2, State::Broken);
        row("huge shape", R"({"a":{"dtype":"F64","shape":[4294967296,4294967296,4294967296],"data_offsets":[0,0]}})", 0, State::Broken);
        row("not an object", R"({"a":[1,2]})", 2, State::Broken);
        row("no JSON", "{\"a\":", 2, State::Broken);
        row("deep JSON", "{\"a\":" + QByteArray(5000, '[') + QByteArray(5000, ']') + "}", 2, State::Broken);
    }
    void safetensorsHeadersAreChecked()
    {
        QFETCH(QByteArray, header);
        QFETCH(qint64, buffer);
        QFETCH(int, state);
        const SafetensorsFile file = safetensors(header, buffer);
        QCOMPARE(static_cast<int>(file.check.state), state);
        QVERIFY(file.check.isGood() == file.check.reason.isEmpty());
    }
    void aHeaderOfTooManyValuesIsNotParsed()
    {
        const QByteArray header = R"({"a": {"dtype": "F32", "shape": [0)" + QByteArray(",0").repeated(3'300'000) + R"(], "data_offsets": [0, 0]}})";
        MemorySource source;
        source.add("x.safetensors", le(static_cast<quint64>(header.size()), 8) + header);
        FileReader reader(source, source.tree.files.first(), Limits{}.fileBudget);
        QCOMPARE(probeSafetensors(reader, {}).check.state, State::Unverified);
    }
    void aHeaderLongerThanTheFileIsIncomplete()
    {
        MemorySource source;
        source.add("x.safetensors", le(5000, 8) + "{\"a\":1");
        FileReader reader(source, source.tree.files.first(), 1 << 24);
        QCOMPARE(probeSafetensors(reader, {}).check.state, State::Incomplete);
        MemorySource huge;
        huge.add("x.safetensors", le(~0ull, 8) + "{\"a\":1");
        FileReader hugeReader(huge, huge.tree.files.first(), 1 << 24);
        QCOMPARE(probeSafetensors(hugeReader, {}).check.state, State::Broken);
    }
    void pythonsJsonIsUnderstood()
    {
        const auto json = parsePythonJson("{\"loss\": NaN, \"a\": -Infinity, \"b\": Infinity, \"text\": \"NaN \\\" Infinity\", \"step\": 5}");
        QVERIFY(json.has_value());
        QVERIFY((*json)[u"loss"_s].isNull());
        QCOMPARE((*json)[u"text"_s].toString(), u"NaN \" Infinity"_s);
        QCOMPARE(wholeNumber((*json)[u"step"_s]), 5);
        QVERIFY(!parsePythonJson("[1]"));
        QVERIFY(!parsePythonJson("{\"a\": \"unfinished"));
        QVERIFY(!parsePythonJson("{\"a\": \"\\"));
        QVERIFY(!wholeNumber(QJsonValue(1.5)));
        QVERIFY(!wholeNumber(QJsonValue(-1)));
        QVERIFY(!wholeNumber(QJsonValue(1e300)));
        QVERIFY(!wholeNumber(QJsonValue(u"5"_s)));
    }
};

QTEST_APPLESS_MAIN(TestReaders)
#include "tst_readers.moc"
