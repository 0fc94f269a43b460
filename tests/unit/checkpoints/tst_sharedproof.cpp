// SPDX-License-Identifier: GPL-3.0-or-later
#include "ShellSupport.h"

#include "checkpoints/SharedProof.h"

#include <QJsonDocument>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::ckpt;
using namespace support;

namespace {

const QByteArray kMarker = "0123456789abcdef";

ProofRequest request(qint64 bytes = 8 << 20)
{
    ProofRequest request;
    request.ns = u"nlp"_s;
    request.image = u"train:1"_s;
    request.claim = u"ckpt"_s;
    request.claimUid = u"uid-1"_s;
    request.bytes = bytes;
    return request;
}

/// The script of one pod on a folder that stands for the claim.
struct TestPod {
    TestPod(const Shell &shell, int index, const QString &folder, int patience = 20, qint64 bytes = 8 << 20)
    {
        QProcessEnvironment environment;
        environment.insert(u"PATH"_s, shell.path);
        environment.insert(u"JOB_COMPLETION_INDEX"_s, QString::number(index));
        process.setProcessEnvironment(environment);
        QStringList arguments = proofArguments(kMarker, request(bytes));
        arguments[1] = folder;
        arguments[3] = QString::number(patience);
        process.start(shell.program, shell.before + QStringList{u"-c"_s, proofScript(), u"cairn"_s} + arguments);
    }
    QByteArray log()
    {
        if (!process.waitForFinished(60'000))
            qFatal("the script did not end");
        return process.readAllStandardOutput();
    }
    QProcess process;
};

} // namespace

class TestSharedProof : public QObject {
    Q_OBJECT

    QTemporaryDir m_scratch;

    static bool isEmpty(const QString &folder) { return QDir(folder).isEmpty(QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot); }

private slots:
    void twoShellsShareAFolder_data()
    {
        QTest::addColumn<int>("index");
        const QList<Shell> all = shells(m_scratch);
        for (int i = 0; i < all.size(); ++i)
            QTest::newRow(qPrintable(all[i].name)) << i;
    }
    void twoShellsShareAFolder()
    {
        QFETCH(const int, index);
        const Shell shell = shells(m_scratch).at(index);
        const QTemporaryDir claim;
        TestPod second(shell, 1, claim.path());
        TestPod first(shell, 0, claim.path());
        const QList<QByteArray> logs{first.log(), second.log()};
        const Result<SharedProof> proof = readProof(logs, kMarker, request());
        QVERIFY2(proof, (logs[0] + first.process.readAllStandardError() + logs[1]).constData());
        QVERIFY2(proof->shared, qPrintable(proof->why));
        QCOMPARE(proof->bytes, qint64(8 << 20));
        QVERIFY(proof->writeSpeed > 0 && proof->readSpeed > 0);
        QVERIFY(isEmpty(claim.path())); // it takes away what it wrote
        QVERIFY(first.process.readAllStandardError().isEmpty());
    }

    /// Each node has a folder of its own: what a hostPath on two machines is.
    void foldersApartAreNotShared()
    {
        const Shell shell = shells(m_scratch).first();
        const QTemporaryDir here, there;
        TestPod first(shell, 0, here.path(), 2);
        TestPod second(shell, 1, there.path(), 2);
        const Result<SharedProof> proof = readProof({first.log(), second.log()}, kMarker, request());
        QVERIFY2(proof, proof ? "" : qPrintable(proof.error().oneLine()));
        QVERIFY(!proof->shared);
        QVERIFY(!proof->why.isEmpty());
        QVERIFY(isEmpty(here.path()) && isEmpty(there.path()));
    }

    void aStoppedOneLeavesNothing()
    {
        const Shell shell = shells(m_scratch).first();
        const QTemporaryDir claim;
        TestPod first(shell, 0, claim.path(), 60);
        QTRY_VERIFY_WITH_TIMEOUT(!isEmpty(claim.path()), 10'000);
        first.process.terminate();
        QVERIFY(first.process.waitForFinished(10'000));
        QCOMPARE(first.process.exitCode(), 143);
        QVERIFY(isEmpty(claim.path()));
    }

    void whoMayNotWriteIsTold()
    {
        const Shell shell = shells(m_scratch).first();
        TestPod first(shell, 0, u"/dev/null"_s, 2); // nobody can make a folder there, root neither
        const Result<SharedProof> proof = readProof({first.log(), {}}, kMarker, request());
        QVERIFY(!proof);
        QCOMPARE(proof.error().kind, Error::Kind::Io);
        QVERIFY2(proof.error().why.contains(u"65534"_s), qPrintable(proof.error().why));
    }

    void whatTheLogsSay_data()
    {
        QTest::addColumn<QByteArray>("first");
        QTest::addColumn<QByteArray>("second");
        QTest::addColumn<QString>("verdict");
        const auto log = [](const QByteArray &lines) { return QByteArray(lines).replace("@ ", "@@" + kMarker + ' '); };
        const QByteArray a = log("@ W 100000000 1.00 3.00\n@ S first 11 100000000\n@ R second 22 100000000 5.00 6.00\n@ Z\n");
        const QByteArray b = log("@ R first 11 100000000 3.00 7.00\n@ W 100000000 7.00 8.00\n@ S second 22 100000000\n@ Z\n");
        QTest::newRow("shared") << a << b << u"shared"_s;
        QTest::newRow("other bytes") << a << QByteArray(b).replace("first 11", "first 12") << u"not"_s;
        QTest::newRow("the reverse") << QByteArray(a).replace("second 22", "second 23") << b << u"not"_s;
        QTest::newRow("shorter") << a << QByteArray(b).replace("first 11 100000000", "first 11 99999999") << u"not"_s;
        QTest::newRow("unseen") << a << log("@ X unseen first\n") << u"not"_s;
        QTest::newRow("rename") << log("@ X rename mv: denied\n") << log("@ X unseen first\n") << u"not"_s;
        QTest::newRow("cut") << a << b.left(b.size() - 4) << u"error"_s;
        QTest::newRow("nothing") << QByteArray() << QByteArray() << u"error"_s;
        QTest::newRow("no tool") << log("@ X missing dd\n") << log("@ X missing dd\n") << u"error"_s;
        QTest::newRow("full") << log("@ X full 100 KiB\n") << b << u"error"_s;
        // What somebody wrote into a file name or an image is no line of ours.
        QTest::newRow("another's marker") << QByteArray(a).replace(kMarker, "ffff") << b << u"error"_s;
        QTest::newRow("nothing was read or written") << log("@ Z\n") << log("@ Z\n") << u"not"_s;
    }
    void whatTheLogsSay()
    {
        QFETCH(const QByteArray, first);
        QFETCH(const QByteArray, second);
        QFETCH(const QString, verdict);
        const Result<SharedProof> proof = readProof({first, second}, kMarker, request());
        QCOMPARE(!proof ? u"error"_s : proof->shared ? u"shared"_s : u"not"_s, verdict);
        if (proof && proof->shared) {
            QCOMPARE(proof->writeSpeed, 50.0); // the slower of the two
            QCOMPARE(proof->readSpeed, 25.0);
        }
        if (proof && !proof->shared)
            QVERIFY(!proof->why.isEmpty());
    }

    void annotationIsOfOneClaimAlone()
    {
        SharedProof proof;
        proof.shared = true;
        proof.claimUid = u"uid-1"_s;
        proof.at = QDateTime({2026, 11, 30}, {12, 0}, Qt::UTC);
        proof.nodes = {u"node-1"_s, u"node-2"_s};
        proof.bytes = 268435456;
        proof.writeSpeed = 210.5;
        proof.readSpeed = 340;
        const auto claim = [](const QString &uid, const QString &text) {
            return QJsonObject{{u"metadata"_s, QJsonObject{{u"uid"_s, uid}, {u"annotations"_s, QJsonObject{{proofAnnotation(), text}}}}}};
        };
        QCOMPARE(proofAnnotation(), u"cairn.console/shared-proof"_s);
        QCOMPARE(proofOf(claim(u"uid-1"_s, toAnnotation(proof))), std::optional(proof));
        QVERIFY(!proofOf(claim(u"uid-2"_s, toAnnotation(proof)))); // made anew, or a copy
        QVERIFY(!proofOf(claim(u"uid-1"_s, u"yes"_s)));
        QVERIFY(!proofOf(claim(u"uid-1"_s, u"{}"_s)));
        QVERIFY(!proofOf({}));
        proof.nodes = {u"node-1"_s, u"node-1"_s};
        QVERIFY(!proofOf(claim(u"uid-1"_s, toAnnotation(proof))));
        proof.nodes = {u"node-1"_s, u"node-2"_s};
        proof.shared = false;
        proof.why = u"What one node wrote was not seen."_s;
        QCOMPARE(proofOf(claim(u"uid-1"_s, toAnnotation(proof))), std::optional(proof));
    }

    void jobHasTwoPodsOnTwoNodes()
    {
        const ProofRequest asked = request(256LL << 20);
        const QJsonObject job = helperJob(asked, proofTask(asked), u"cairn-prove-1"_s, proofScript(), proofArguments(kMarker, asked));
        const QJsonValue spec = job[u"spec"_s];
        QCOMPARE(spec[u"parallelism"_s].toInt(), 2);
        QCOMPARE(spec[u"completions"_s].toInt(), 2);
        QCOMPARE(spec[u"completionMode"_s].toString(), u"Indexed"_s);
        const QJsonValue pod = spec[u"template"_s];
        const QJsonValue term = pod[u"spec"_s][u"affinity"_s][u"podAntiAffinity"_s][u"requiredDuringSchedulingIgnoredDuringExecution"_s][0];
        QCOMPARE(term[u"topologyKey"_s].toString(), u"kubernetes.io/hostname"_s);
        const QJsonObject labels = term[u"labelSelector"_s][u"matchLabels"_s].toObject();
        QVERIFY(!labels.isEmpty());
        for (auto it = labels.begin(); it != labels.end(); ++it)
            QCOMPARE(pod[u"metadata"_s][u"labels"_s][it.key()], it.value());
        QVERIFY(!pod[u"spec"_s][u"volumes"_s][0][u"persistentVolumeClaim"_s].toObject().contains(u"readOnly"_s));
        QVERIFY(!pod[u"spec"_s][u"automountServiceAccountToken"_s].toBool(true));
        QVERIFY(!proofScript().contains(u"$("_s)); // Kubernetes would expand it
        QVERIFY(!proofScript().contains(u"$$"_s));
        for (const QJsonValue &word : pod[u"spec"_s][u"containers"_s][0][u"args"_s].toArray())
            QVERIFY(!word.toString().contains(u'$'));
        QCOMPARE(proofArguments(kMarker, asked)[2], u"256"_s);
        QCOMPARE(proofArguments(kMarker, request(1))[2], u"4"_s);
    }
};

QTEST_GUILESS_MAIN(TestSharedProof)
#include "tst_sharedproof.moc"
