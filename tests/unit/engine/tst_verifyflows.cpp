// SPDX-License-Identifier: GPL-3.0-or-later
#include "FakeObjectApi.h"
#include "Samples.h"
#include "engine/VerifyFlows.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::app;

namespace {

QJsonObject podOfJob(const QString &name, const QJsonObject &labels)
{
    const QJsonObject claim{{u"name"_s, u"work"_s}, {u"persistentVolumeClaim"_s, QJsonObject{{u"claimName"_s, u"ckpt-claim"_s}}}};
    const QJsonObject mount{{u"name"_s, u"work"_s}, {u"mountPath"_s, u"/ckpt"_s}};
    return {{u"metadata"_s, QJsonObject{{u"name"_s, name}, {u"namespace"_s, u"research"_s}, {u"labels"_s, labels}}},
            {u"spec"_s, QJsonObject{{u"volumes"_s, QJsonArray{claim}},
                                    {u"containers"_s, QJsonArray{QJsonObject{{u"name"_s, u"pytorch"_s}, {u"volumeMounts"_s, QJsonArray{mount}}}}}}},
            {u"status"_s, QJsonObject{{u"phase"_s, u"Running"_s}}}};
}

} // namespace

class TestVerifyFlows : public QObject
{
    Q_OBJECT
private slots:
    void aFullReadThroughAPodIsKeptForTheListing()
    {
        QTemporaryDir claim;
        QVERIFY(QDir(claim.path()).mkpath(u"demo"_s));
        const QString file = claim.path() + u"/demo/step-00000200.pt"_s;
        QVERIFY(QFile::copy(QStringLiteral(CAIRN_SOURCE_DIR "/tests/fixtures/checkpoints/torch/run/step-00000200.pt"), file));
        QFile::setPermissions(file, QFile::ReadOwner | QFile::WriteOwner);
        tests::FakeObjectApi api;
        api.run = [&](const QStringList &argv, const Secret &) {
            QStringList words = argv;
            for (QString &word : words) {
                const QByteArray path = QByteArray::fromBase64(word.toLatin1());
                if (path.startsWith("/ckpt"))
                    word = QString::fromLatin1((QFile::encodeName(claim.path()) + path.mid(5)).toBase64());
            }
            QProcess process;
            process.start(words.first(), words.mid(1));
            process.waitForFinished(60'000);
            return ExecOutput{process.readAllStandardOutput(), process.readAllStandardError(), process.exitCode()};
        };
        const JobKindFacts &kind = facts(JobKind::PyTorchJob);
        api.put(kind.resource, tests::contractJob());
        api.put(kinds::pods(), podOfJob(u"demo-master-0"_s, {{kind.podLabel, u"demo"_s}}));
        const Result<JobDetail> detail = findJob(api, u"research"_s, u"demo"_s, {});
        QVERIFY2(detail.has_value(), detail ? "" : qPrintable(detail.error().oneLine()));
        const auto list = [&] { return readCheckpoints(api, detail->job, detail->pods, ListVia::Exec, {}); };
        const Result<JobListing> listing = list();
        QVERIFY2(listing.has_value(), listing ? "" : qPrintable(listing.error().oneLine()));
        const Checkpoint *checkpoint = newestCheckpoint(listing->listing);
        QVERIFY(checkpoint);

        const Result<std::unique_ptr<ckpt::Shelf>> shelf = openClaim(api, detail->job, detail->pods, ListVia::Exec, {}, {});
        QVERIFY(shelf.has_value());
        const QTemporaryDir data;
        store::VerificationStore store(data.filePath(u"v.sqlite"_s));
        const QString place = placeOfJob(u"cluster"_s, detail->job, *listing);
        std::optional<Error> trouble;
        const Result<Verification> result = verifyAndKeep(**shelf, checkpoint->path, {}, store, place, {}, {}, trouble);
        QVERIFY2(result.has_value(), result ? "" : qPrintable(result.error().oneLine()));
        QCOMPARE(result->result, FullRead::Proved);
        QVERIFY(!trouble);
        const auto kept = store.read(place, listing->listing);
        QVERIFY(kept.has_value());
        QCOMPARE(kept->value(checkpoint->path).reason, result->reason);
        QCOMPARE(store.read(placeOfJob(u"another"_s, detail->job, *listing), listing->listing)->size(), 0);
        // What is found damaged is so in what is listed of the job, from the usual store.
        qputenv("XDG_DATA_HOME", data.path().toLocal8Bit());
        QCOMPARE(withFoundDamage(list(), api, u"server"_s, detail->job, {})->listing.runs, list()->listing.runs);
        Verification damaged = *result;
        damaged.result = FullRead::Damaged;
        QVERIFY(store::VerificationStore().put(placeOfJob(u"server"_s, detail->job, *listing), damaged).has_value());
        const Result<JobListing> known = withFoundDamage(list(), api, u"server"_s, detail->job, {});
        QCOMPARE(newestCheckpoint(known->listing)->verdict, Verdict::Damaged);
        QVERIFY(!chooseCheckpoint(detail->job, *known, u"latest"_s).has_value());
        // Once the file is another one, nothing is known of it.
        QFile again(file);
        QVERIFY(again.open(QIODevice::Append) && again.write("x") == 1);
        again.close();
        const Result<JobListing> later = list();
        QVERIFY(later.has_value());
        QCOMPARE(store.read(place, later->listing)->size(), 0);
    }
    void whatCannotBeSavedIsTold()
    {
        const QTemporaryDir folder;
        QVERIFY(QFile::copy(QStringLiteral(CAIRN_SOURCE_DIR "/tests/fixtures/checkpoints/torch/run/step-00000200.pt"), folder.filePath(u"step-00000200.pt"_s)));
        Result<std::unique_ptr<ckpt::FolderShelf>> shelf = ckpt::FolderShelf::open(folder.path());
        QVERIFY(shelf.has_value());
        store::VerificationStore store(u"/proc/no-such-place/v.sqlite"_s);
        std::optional<Error> trouble;
        const Result<Verification> result = verifyAndKeep(**shelf, u"step-00000200.pt"_s, {}, store, placeOfFolder(folder.path()), {}, {}, trouble);
        QVERIFY(result.has_value());
        QCOMPARE(result->result, FullRead::Proved);
        QVERIFY(trouble && trouble->what.contains(u"could not be saved"_s));
    }
};

QTEST_GUILESS_MAIN(TestVerifyFlows)
#include "tst_verifyflows.moc"
