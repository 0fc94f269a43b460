// SPDX-License-Identifier: GPL-3.0-or-later
#include "ShelfSupport.h"
#include "ShellSupport.h"
#include "TfSupport.h"

#include "FakeObjectApi.h"
#include "base/Text.h"
#include "checkpoints/Verify.h"

#include <QTemporaryDir>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::ckpt;
using namespace support;

namespace {

Verification verified(Shelf &shelf, const QString &path)
{
    const Result<Verification> result = verify(shelf, path, later(), {});
    if (!result)
        qFatal("%s: %s", qPrintable(path), qPrintable(result.error().oneLine()));
    return *result;
}

Verification verified(const MemorySource &source, const QString &path)
{
    MemoryShelf shelf(source);
    return verified(shelf, path);
}

const VerifiedFile &fileOf(const Verification &verification, const QString &path)
{
    for (const VerifiedFile &file : verification.files) {
        if (file.path == path)
            return file;
    }
    qFatal("%s was not read", qPrintable(path));
}

QByteArray flipped(QByteArray bytes, qsizetype at)
{
    bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
    return bytes;
}

/// The files of `source` with one byte of one of them flipped.
MemorySource flippedIn(const MemorySource &source, const QByteArray &path, qsizetype at)
{
    return with(source, path, flipped(source.files[path], at));
}

/// What zipfile makes of one entry with ZIP_DEFLATED.
QByteArray deflatedZip(const QByteArray &name, const QByteArray &plain)
{
    QByteArray packed(1000 + plain.size(), '\0');
    z_stream stream{};
    if (deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        qFatal("deflate");
    QByteArray in = plain;
    stream.next_in = reinterpret_cast<Bytef *>(in.data());
    stream.avail_in = static_cast<uInt>(in.size());
    stream.next_out = reinterpret_cast<Bytef *>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    if (deflate(&stream, Z_FINISH) != Z_STREAM_END)
        qFatal("deflate");
    packed.truncate(static_cast<qsizetype>(stream.total_out));
    deflateEnd(&stream);
    const auto crc = static_cast<quint32>(crc32(0, reinterpret_cast<const Bytef *>(plain.constData()), static_cast<uInt>(plain.size())));
    const QByteArray common = le<quint16>(0) + le<quint16>(8) + le<quint16>(0) + le<quint16>(0) + le<quint32>(crc) + le<quint32>(static_cast<quint32>(packed.size()))
        + le<quint32>(static_cast<quint32>(plain.size())) + le<quint16>(static_cast<quint16>(name.size())) + le<quint16>(0);
    const QByteArray directory = "PK\x01\x02" + le<quint16>(20) + le<quint16>(20) + common + QByteArray(10, '\0') + le<quint32>(0) + name;
    const QByteArray file = "PK\x03\x04" + le<quint16>(20) + common + name + packed;
    return file + directory + "PK\x05\x06" + le<quint16>(0) + le<quint16>(0) + le<quint16>(1) + le<quint16>(1) + le<quint32>(static_cast<quint32>(directory.size()))
        + le<quint32>(static_cast<quint32>(file.size())) + le<quint16>(0);
}

MemorySource torchRun()
{
    MemorySource source(false);
    source.add("run/step-100.pt", trainingFile(100));
    source.add("run/step-200.pt", trainingFile(200));
    return source;
}

} // namespace

class TestVerify : public QObject
{
    Q_OBJECT
private slots:
    void aWholeTorchFileIsProvedByItsChecksums()
    {
        const MemorySource source = torchRun();
        const Verification result = verified(source, u"run/step-200.pt"_s);
        QCOMPARE(result.result, FullRead::Proved);
        QCOMPARE(result.files.size(), 1);
        const QString rest = text::bytes(result.bytes - result.checksummed);
        QCOMPARE(result.files[0].reason, u"the CRC-32 of all 3 entries holds; %1 of headers and padding carry none"_s.arg(rest));
        QCOMPARE(result.bytes, source.files["run/step-200.pt"].size());
        QVERIFY(result.read > result.checksummed);
        QVERIFY(result.checksummed > 16);
        QCOMPARE(result.reason, u"Every checksum of its 1 files holds; %1 between what they cover, headers and padding, carry none."_s.arg(rest));
        QVERIFY(result.at.isValid());
    }
    void whatHasNoKnownStructureIsReadNotHeld()
    {
        MemorySource source(false);
        source.add("run/step-5.pkl", QByteArray(5000, '\xa7'));
        const Verification plain = verified(source, u"run/step-5.pkl"_s);
        QCOMPARE(plain.result, FullRead::Read);
        QCOMPARE(plain.read, plain.bytes);
        QCOMPARE(plain.reason, u"run/step-5.pkl: read to its last byte; nothing about it can be checked."_s);
        QCOMPARE(verificationFromJson(toJson(plain))->result, FullRead::Read);
        // More than a listing reads, so that judges nothing.
        MemorySource set(false);
        set.add("step-7/.metadata", QByteArray(20 * 1024 * 1024, '\xa7'));
        set.add("step-7/__0_0.distcp", QByteArray(100, 'x'));
        const Verification garbage = verified(set, u"step-7"_s);
        QCOMPARE(garbage.result, FullRead::Damaged);
        QVERIFY2(garbage.reason.startsWith(u"step-7/.metadata: it breaks off, or is no pickle"_s), qPrintable(garbage.reason));
        QCOMPARE(fileOf(garbage, u"step-7/__0_0.distcp"_s).result, FullRead::Read);
    }
    void everyFlippedByteOfAnEntryIsFoundAndNamed()
    {
        const MemorySource source = torchRun();
        const QByteArray path = "run/step-100.pt";
        const qsizetype at = source.files[path].indexOf(QByteArray(16, '\1'));
        QVERIFY(at > 0);
        for (qsizetype i = 0; i < 16; ++i) {
            const Verification result = verified(flippedIn(source, path, at + i), QString::fromUtf8(path));
            QCOMPARE(result.result, FullRead::Damaged);
            QCOMPARE(result.files[0].reason, u"entry archive/data/0, bytes %1 to %2: its CRC-32 does not match"_s.arg(at).arg(at + 15));
            QVERIFY2(result.reason.startsWith(u"run/step-100.pt: entry archive/data/0"_s), qPrintable(result.reason));
            QVERIFY(result.checksummed < verified(source, QString::fromUtf8(path)).checksummed);
        }
        // The other one beside it is as good as before.
        QCOMPARE(verified(flippedIn(source, path, at), u"run/step-200.pt"_s).result, FullRead::Proved);
    }
    void aCutFileIsDamagedWhereverItIsCut()
    {
        const QByteArray whole = trainingFile(100);
        for (const qsizetype size : {qsizetype(0), qsizetype(10), whole.size() / 2, whole.size() - 1}) {
            MemorySource source = torchRun();
            const Verification result = verified(with(source, "run/step-100.pt", whole.left(size)), u"run/step-100.pt"_s);
            QVERIFY2(result.result == FullRead::Damaged, qPrintable(QString::number(size) + result.reason));
        }
    }
    void safetensorsHoldInStructureAlone()
    {
        const QByteArray header = R"({"a":{"dtype":"F32","shape":[2,4],"data_offsets":[0,32]},"b":{"dtype":"BF16","shape":[4],"data_offsets":[32,40]}})";
        MemorySource source(false);
        source.add("m/model.safetensors", safetensorsFile(header, 40));
        const Verification whole = verified(source, u"m/model.safetensors"_s);
        QCOMPARE(whole.result, FullRead::Held);
        QCOMPARE(whole.checksummed, 0);
        QCOMPARE(whole.read, whole.bytes);
        QVERIFY2(whole.files[0].reason.contains(u"types of 2 tensors hold"_s), qPrintable(whole.files[0].reason));
        QVERIFY2(whole.reason.contains(u"no checksums"_s), qPrintable(whole.reason));
        const QByteArray otherType = QByteArray(header).replace("BF16", "BF64").replace("\"F32\"", "\"F16\"");
        QCOMPARE(verified(with(source, "m/model.safetensors", safetensorsFile(otherType, 40)), u"m/model.safetensors"_s).result, FullRead::Damaged);
        QCOMPARE(verified(with(source, "m/model.safetensors", safetensorsFile(header, 39)), u"m/model.safetensors"_s).result, FullRead::Damaged);
        QCOMPARE(verified(with(source, "m/model.safetensors", safetensorsFile(header, 41)), u"m/model.safetensors"_s).result, FullRead::Damaged);
        QCOMPARE(verified(flippedIn(source, "m/model.safetensors", 8), u"m/model.safetensors"_s).result, FullRead::Damaged);
    }
    void theStructureOfHdf5IsFollowed()
    {
        MemorySource source(false);
        source.add("w/model.weights.h5", hdf5File());
        const QString path = u"w/model.weights.h5"_s;
        const Verification whole = verified(source, path);
        QVERIFY2(whole.result == FullRead::Held, qPrintable(whole.reason));
        QVERIFY2(whole.files[0].reason.contains(u"4 datasets hold"_s), qPrintable(whole.files[0].reason));
        int places = 0;
        for (const char *signature : {"TREE", "HEAP", "SNOD"}) {
            for (qsizetype at = hdf5File().indexOf(signature); at >= 0; at = hdf5File().indexOf(signature, at + 1)) {
                const Verification bad = verified(flippedIn(source, "w/model.weights.h5", at), path);
                QVERIFY2(bad.result == FullRead::Damaged, qPrintable(u"%1 at %2: %3"_s.arg(QLatin1StringView(signature)).arg(at).arg(bad.reason)));
                ++places;
            }
        }
        QVERIFY(places >= 12);
        QCOMPARE(verified(with(source, "w/model.weights.h5", hdf5File().chopped(1)), path).result, FullRead::Damaged);
        // No flipped byte makes it crash or hang, wherever it is.
        for (qsizetype at = 0; at < hdf5File().size(); at += 7) {
            MemoryShelf shelf(flippedIn(source, "w/model.weights.h5", at));
            (void)verify(shelf, path, later(), {});
        }
    }
    void everyTensorOfABundleHasItsChecksum()
    {
        MemorySource source(false);
        tf::addBundle(source, "run/ckpt-5", {{"dense/kernel", 1, 0, QByteArray(200, 'a'), {50}}, tf::texts("graph", 0, {"one", "", "three"}),
                                             {"dense/kernel/Adam", 1, 1, QByteArray(100, 'b'), {25}}, {"global_step", 9, 1, le<qint64>(5)}}, 2);
        const Verification whole = verified(source, u"run/ckpt-5"_s);
        QVERIFY2(whole.result == FullRead::Proved, qPrintable(whole.reason + whole.files.value(0).reason));
        QCOMPARE(whole.files.size(), 3);
        QCOMPARE(whole.checksummed, whole.bytes);
        QCOMPARE(fileOf(whole, u"run/ckpt-5.data-00000-of-00002"_s).reason, u"the CRC-32C of all 2 tensors in it holds"_s);
        const QByteArray first = "run/ckpt-5.data-00000-of-00002";
        for (qsizetype at = 0; at < source.files[first].size(); ++at) {
            const Verification bad = verified(flippedIn(source, first, at), u"run/ckpt-5"_s);
            QCOMPARE(bad.result, FullRead::Damaged);
            const QString tensor = at < 200 ? u"tensor dense/kernel, bytes 0 to 199: its CRC-32C does not match"_s : u"tensor graph, bytes 200 to"_s;
            QVERIFY2(fileOf(bad, QString::fromUtf8(first)).reason.startsWith(tensor), qPrintable(fileOf(bad, QString::fromUtf8(first)).reason));
            QCOMPARE(fileOf(bad, u"run/ckpt-5.data-00001-of-00002"_s).result, FullRead::Proved);
        }
        const Verification index = verified(flippedIn(source, "run/ckpt-5.index", 3), u"run/ckpt-5"_s);
        QCOMPARE(index.result, FullRead::Damaged);
        QCOMPARE(fileOf(index, u"run/ckpt-5.index"_s).result, FullRead::Damaged);
        QCOMPARE(fileOf(index, QString::fromUtf8(first)).result, FullRead::Held);
        const Verification cut = verified(with(source, first, source.files[first].left(150)), u"run/ckpt-5"_s);
        QCOMPARE(fileOf(cut, QString::fromUtf8(first)).result, FullRead::Damaged);
        // Each file holds, but the set does not.
        const Verification less = verified(without(source, "run/ckpt-5.data-00001-of-00002"), u"run/ckpt-5"_s);
        QCOMPARE(less.result, FullRead::Damaged);
        QVERIFY2(less.reason.contains(u"1 of 2 shards"_s), qPrintable(less.reason));
    }
    void itemsOfDistributedShardsAreZips()
    {
        Result<std::unique_ptr<FolderShelf>> shelf = FolderShelf::open(fixture(u"dcp"_s));
        QVERIFY(shelf.has_value());
        const Verification whole = verified(**shelf, u"step-100"_s);
        QCOMPARE(whole.files.size(), 5);
        QVERIFY2(fileOf(whole, u"step-100/__2_0.distcp"_s).result == FullRead::Proved, qPrintable(fileOf(whole, u"step-100/__2_0.distcp"_s).reason));
        QCOMPARE(fileOf(whole, u"step-100/.metadata"_s).result, FullRead::Held);
        MemorySource source(false);
        for (const QByteArray &name : QByteArrayList{".metadata", "__0_0.distcp", "__1_0.distcp", "__2_0.distcp", "__3_0.distcp"})
            source.add("step-100/" + name, contents(fixture(u"dcp/step-100/"_s) + QString::fromUtf8(name)));
        const QByteArray shard = source.files["step-100/__2_0.distcp"];
        const qsizetype at = shard.indexOf("/data/0"); // its bytes follow, after padding
        QVERIFY(at > 0);
        const Verification bad = verified(flippedIn(source, "step-100/__2_0.distcp", at + 80), u"step-100"_s);
        QCOMPARE(bad.result, FullRead::Damaged);
        QVERIFY2(fileOf(bad, u"step-100/__2_0.distcp"_s).reason.contains(u"its CRC-32 does not match"_s), qPrintable(fileOf(bad, u"step-100/__2_0.distcp"_s).reason));
        QCOMPARE(verified(flippedIn(source, "step-100/__2_0.distcp", 0), u"step-100"_s).result, FullRead::Damaged);
    }
    void compressedEntriesAreUnpackedForTheirChecksum()
    {
        const QByteArray text = QByteArray("{\"epoch\": 1}").repeated(100);
        MemorySource source(false);
        // A folder of a trainer holds whatever its user saves beside the model.
        const QByteArray folder = "checkpoint-7/";
        source.add(folder + "trainer_state.json", R"({"global_step": 7, "epoch": 1.0})");
        source.add(folder + "model.safetensors", safetensorsFile(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}})", 4));
        source.add(folder + "extra.pt", deflatedZip("archive/notes", text));
        const QString path = u"checkpoint-7"_s;
        const Verification whole = verified(source, path);
        QVERIFY2(fileOf(whole, u"checkpoint-7/extra.pt"_s).result == FullRead::Proved, qPrintable(fileOf(whole, u"checkpoint-7/extra.pt"_s).reason));
        QCOMPARE(fileOf(whole, u"checkpoint-7/trainer_state.json"_s).reason, u"valid JSON to its end"_s);
        const Verification bad = verified(flippedIn(source, folder + "extra.pt", 50), path);
        QCOMPARE(fileOf(bad, u"checkpoint-7/extra.pt"_s).result, FullRead::Damaged);
        const Verification json = verified(with(source, folder + "trainer_state.json", R"({"global_step": 7)"), path);
        QCOMPARE(fileOf(json, u"checkpoint-7/trainer_state.json"_s).result, FullRead::Damaged);
    }
    void whatIsListedAsWholeOrDamagedIsFoundSo()
    {
        const Result<Listing> listing = scanFolder(fixture({}), {{}, later()}, {});
        QVERIFY(listing.has_value());
        Result<std::unique_ptr<FolderShelf>> shelf = FolderShelf::open(fixture({}));
        QVERIFY(shelf.has_value());
        int whole = 0;
        int damaged = 0;
        for (const Run &run : listing->runs) {
            for (const Checkpoint &checkpoint : run.checkpoints) {
                const Verification result = verified(**shelf, checkpoint.path);
                const QString said = checkpoint.path + u": "_s + result.reason;
                if (checkpoint.verdict == Verdict::Whole) {
                    QVERIFY2(result.result == FullRead::Proved || result.result == FullRead::Held, qPrintable(said));
                    QCOMPARE(result.stamp, stampOf(checkpoint));
                    ++whole;
                } else if (checkpoint.verdict == Verdict::Damaged) {
                    QVERIFY2(result.result == FullRead::Damaged, qPrintable(said));
                    ++damaged;
                }
            }
        }
        QVERIFY(whole > 10);
        QVERIFY(damaged > 5);
    }
    void itEndsSoonWhenItIsCancelled()
    {
        MemoryShelf shelf(torchRun());
        std::stop_source stop;
        int reads = 0;
        shelf.onRead = [&](const QByteArray &, qint64) {
            if (++reads == 15)
                stop.request_stop();
        };
        const Result<Verification> result = verify(shelf, u"run/step-200.pt"_s, later(), stop.get_token());
        QVERIFY(!result);
        QCOMPARE(result.error().kind, Error::Kind::Cancelled);
        QVERIFY2(reads < 25, qPrintable(QString::number(reads)));
    }
    void whatChangesWhileItIsReadIsNotJudged()
    {
        for (const bool removed : {false, true}) {
            MemoryShelf shelf(torchRun());
            bool done = false;
            shelf.onRead = [&](const QByteArray &, qint64) {
                if (std::exchange(done, true))
                    return;
                shelf.memory = removed ? without(shelf.memory, "run/step-200.pt") : shelf.memory;
                if (!removed)
                    shelf.memory.tree.files[1].mtimeMs += 5000;
                shelf.memory.files["run/step-200.pt"] = flipped(trainingFile(200), 300);
            };
            const Verification result = verified(shelf, u"run/step-200.pt"_s);
            QCOMPARE(result.result, FullRead::Changed);
            QVERIFY2(result.reason.contains(removed ? u"removed while it was read"_s : u"written while it was read"_s), qPrintable(result.reason));
            QCOMPARE(shelf.lists, 2);
        }
    }
    void whatCannotBeReadIsSaidSo()
    {
        MemoryShelf shelf(torchRun());
        int reads = 0;
        shelf.onRead = [&](const QByteArray &path, qint64) {
            if (path == "run/step-100.pt" && ++reads == 8)
                shelf.unreadable = path; // a disk that fails halfway
        };
        const Verification result = verified(shelf, u"run/step-100.pt"_s);
        QCOMPARE(result.result, FullRead::Unread);
        QVERIFY2(result.reason.contains(u"could not be read"_s), qPrintable(result.reason));
        MemoryShelf gone(torchRun());
        gone.broken = Error::make(Error::Kind::Network, u"The store is gone"_s);
        const Result<Verification> failed = verify(gone, u"run/step-100.pt"_s, later(), {});
        QVERIFY(!failed && failed.error().kind == Error::Kind::Network);
    }
    void aCheckpointThatIsNotThereIsNotFound()
    {
        MemoryShelf shelf(torchRun());
        const Result<Verification> result = verify(shelf, u"run/step-300.pt"_s, later(), {});
        QVERIFY(!result && result.error().kind == Error::Kind::NotFound);
    }
    void progressGrowsToTheTotal()
    {
        MemoryShelf shelf(torchRun());
        QList<VerifyState> states;
        const Result<Verification> result = verify(shelf, u"run/step-200.pt"_s, later(), {}, [&](const VerifyState &state) { states << state; });
        QVERIFY(result.has_value());
        QVERIFY(states.size() >= 3);
        QCOMPARE(states.first().total, 0);
        qint64 before = 0;
        for (const VerifyState &state : std::as_const(states)) {
            QVERIFY(state.done >= before && state.done <= std::max(state.total, before));
            before = state.done;
        }
        QCOMPARE(states.last().done, result->bytes);
        QCOMPARE(states.last().filesDone, 1);
    }
    void jsonGoesThereAndBack()
    {
        Verification result = verified(torchRun(), u"run/step-200.pt"_s);
        const std::optional<Verification> back = verificationFromJson(toJson(result));
        QVERIFY(back.has_value());
        result.stamp.clear(); // kept beside it
        QCOMPARE(*back, result);
        QVERIFY(!verificationFromJson({}));
    }
    void insidePodsSumsAreMadeThere()
    {
        const QTemporaryDir scratch;
        const QString folder = scratch.path() + u"/claim"_s;
        const QByteArray large = torchFile(py::dict({{"model", py::model()}, {"optimizer", py::optimizer()}, {"step", py::integer(300)}}));
        const QByteArray many = zipOf({{"archive/data.pkl", "\x80\x02" + py::dict({{"model", py::model()}, {"optimizer", py::optimizer()}}) + "."},
                                       {"archive/data/0", QByteArray(3'000'000, 'z')}, {"archive/version", "3\n"}});
        QVERIFY(write(folder + u"/run/step-300.pt"_s, large));
        QVERIFY(write(folder + u"/run/big name'$(x)-400.pt"_s, many));
        QVERIFY(write(folder + u"/bad/step-400.pt"_s, flipped(many, 2'000'000)));
        for (const Shell &shell : shells(scratch)) {
            cairn::tests::FakeObjectApi api;
            qint64 carried = 0;
            int calls = 0;
            bool noGzip = false;
            api.run = [&](const QStringList &argv, const Secret &) {
                QStringList words = argv.mid(3);
                for (QString &word : words) {
                    const QByteArray path = QByteArray::fromBase64(word.toLatin1());
                    if (path.startsWith("/claim"))
                        word = QString::fromLatin1((folder.toUtf8() + path.mid(6)).toBase64());
                }
                QString script = argv[2];
                if (noGzip)
                    script.replace(u"command -v gzip"_s, u"command -v no-such-gzip"_s);
                QProcess process;
                QProcessEnvironment environment;
                environment.insert(u"PATH"_s, shell.path);
                process.setProcessEnvironment(environment);
                process.start(shell.program, shell.before + QStringList{u"-c"_s, script} + words);
                if (!process.waitForFinished(60'000))
                    qFatal("the script did not end");
                ++calls;
                const QByteArray out = process.readAllStandardOutput();
                carried += out.size();
                return ExecOutput{out, process.readAllStandardError(), process.exitCode()};
            };
            ExecTarget target;
            target.ns = u"team"_s;
            target.pod = u"helper"_s;
            target.container = u"list"_s;
            target.mountPath = u"/claim"_s;
            target.path = u"/claim"_s;
            QList<bool> asked;
            ExecShelf shelf(api, [&](bool anew, const std::stop_token &) { asked << anew; return Result<ExecTarget>(target); }, u"The PVC could not be read"_s);
            const Verification small = verified(shelf, u"run/step-300.pt"_s);
            QVERIFY2(small.result == FullRead::Proved, qPrintable(shell.name + small.reason));
            carried = 0;
            const Verification big = verified(shelf, u"run/big name'$(x)-400.pt"_s);
            QVERIFY2(big.result == FullRead::Proved, qPrintable(shell.name + big.reason));
            QVERIFY(big.checksummed > 3'000'000);
            QVERIFY2(carried < 2'500'000, qPrintable(QString::number(carried))); // the contents stayed where they are
            const Verification bad = verified(shelf, u"bad/step-400.pt"_s);
            QCOMPARE(bad.result, FullRead::Damaged);
            QVERIFY(bad.reason.contains(u"archive/data/0"_s));
            noGzip = true;
            ExecShelf plain(api, [&](bool, const std::stop_token &) { return Result<ExecTarget>(target); }, u"The PVC could not be read"_s);
            QCOMPARE(verified(plain, u"run/step-300.pt"_s).result, FullRead::Proved);
            QCOMPARE(verified(plain, u"bad/step-400.pt"_s).result, FullRead::Damaged);
            QCOMPARE(asked, QList<bool>{false});
            // A helper that ended is started anew, once for each call.
            bool gone = true;
            api.before = [&](const cairn::tests::FakeObjectApi::Call &) -> std::optional<Error> {
                if (!std::exchange(gone, false))
                    return std::nullopt;
                return Error::make(Error::Kind::NotFound, u"pod not found"_s);
            };
            QCOMPARE(verified(shelf, u"run/step-300.pt"_s).result, FullRead::Proved);
            QCOMPARE(asked, (QList<bool>{false, true}));
            api.before = [](const cairn::tests::FakeObjectApi::Call &) -> std::optional<Error> { return Error::make(Error::Kind::Forbidden, u"forbidden"_s); };
            const Result<Verification> refused = verify(shelf, u"run/step-300.pt"_s, later(), {});
            QVERIFY(!refused && refused.error().fix.contains(u"pods/exec"_s));
        }
    }
};

QTEST_APPLESS_MAIN(TestVerify)
#include "tst_verify.moc"
