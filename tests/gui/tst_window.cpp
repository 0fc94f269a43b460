// SPDX-License-Identifier: GPL-3.0-or-later
// The window against a real API server: connecting, live rows, filter, namespaces, one job's tabs, sign-in programs,
// rights, and servers that cannot be reached.
#include "FaultServer.h"
#include "WindowTest.h"

#include "dialogs/ExecConsentDialog.h"
#include "editors/CodeEditor.h"
#include "kit/Inputs.h"
#include "kit/Label.h"
#include "kit/Messages.h"
#include "kit/StateView.h"
#include "manifest/Yaml.h"
#include "pages/ConnectPage.h"
#include "pages/JobPage.h"
#include "pages/JobsPage.h"
#include "pages/LogPane.h"
#include "pages/NamespaceSelector.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QRandomGenerator>

using namespace Qt::StringLiterals;
using namespace cairn;
using test::TestWindow;

namespace {

constexpr int wait = 30'000; // ms; a limit, not an expectation

ResourceKind pyTorchJobs()
{
    return facts(JobKind::PyTorchJob).resource;
}

/// A job that the operator leaves alone: it is suspended from its start.
QJsonObject suspendedJob(const QString &name, const QJsonArray &env = {})
{
    const QJsonObject container{{u"name"_s, u"pytorch"_s}, {u"image"_s, u"none"_s}, {u"env"_s, env}};
    const QJsonObject master{
        {u"replicas"_s, 1},
        {u"template"_s, QJsonObject{{u"spec"_s, QJsonObject{{u"containers"_s, QJsonArray{container}}}}}}};
    return {{u"apiVersion"_s, u"kubeflow.org/v1"_s},
            {u"kind"_s, u"PyTorchJob"_s},
            {u"metadata"_s, QJsonObject{{u"name"_s, name}}},
            {u"spec"_s, QJsonObject{{u"runPolicy"_s, QJsonObject{{u"suspend"_s, true}}},
                                    {u"pytorchReplicaSpecs"_s, QJsonObject{{u"Master"_s, master}}}}}};
}

QByteArray checkpointFile()
{
    QFile file(QStringLiteral(CAIRN_SOURCE_DIR "/tests/fixtures/checkpoints/torch/run/step-00000100.pt"));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

class TestWindowOnCluster : public QObject
{
    Q_OBJECT
    QTemporaryDir m_home;
    std::unique_ptr<test::TestCluster> m_cluster;
    std::unique_ptr<TestWindow> m_window;

    TestWindow &open(const QString &config, const QString &context = {})
    {
        m_window.reset();
        m_window = std::make_unique<TestWindow>(m_home, config);
        m_window->window.start(context);
        return *m_window;
    }
    QString write(const QString &name, const QByteArray &text, bool executable = false)
    {
        QFile file(m_home.filePath(name));
        if (!file.open(QIODevice::WriteOnly | QIODevice::Truncate) || file.write(text) != text.size())
            qFatal("cannot write %s", qPrintable(file.fileName()));
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | (executable ? QFile::ExeOwner : QFile::Permissions()));
        return file.fileName();
    }
    /// The lab's kubeconfig as an object, to bend.
    QJsonObject labConfig()
    {
        QFile file(test::kubeconfig());
        if (!file.open(QIODevice::ReadOnly))
            return {};
        const Result<QJsonValue> parsed = manifest::fromYaml(file.readAll());
        return parsed ? parsed->toObject() : QJsonObject();
    }
    /// One entry of a kubeconfig's list changed: set(config, "clusters", {"server", …}).
    static void set(QJsonObject &config, const QString &list, const QString &item, const QJsonObject &values)
    {
        QJsonArray entries = config[list].toArray();
        for (qsizetype i = 0; i < entries.size(); ++i) {
            QJsonObject entry = entries[i].toObject();
            entry[item] = values;
            entries[i] = entry;
        }
        config[list] = entries;
    }
    static QByteArray json(const QJsonObject &object) { return QJsonDocument(object).toJson(); }

private slots:
    void initTestCase()
    {
        QVERIFY(m_home.isValid());
        qputenv("XDG_CONFIG_HOME", m_home.path().toUtf8());
        m_cluster = std::make_unique<test::TestCluster>();
        QVERIFY2(m_cluster->cluster, qPrintable(m_cluster->problem));
        kit::Theme::install(*qApp, kit::ThemeMode::Light);
    }
    void cleanup() { m_window.reset(); }

    void jobsComeAndGoLive()
    {
        TestWindow &w = open(test::kubeconfig());
        auto *table = w.table("jobs.table");
        QTRY_VERIFY_WITH_TIMEOUT(!test::keyOf(table, u"mnist-demo"_s).isEmpty(), wait);
        QVERIFY(w.find<pages::JobsPage>("jobs")->isVisible());
        // What the user stands on stays, whatever comes and goes.
        const QString chosen = test::keyOf(table, u"mnist-demo"_s);
        table->setCurrentKey(chosen);

        const QString name = u"window-%1"_s.arg(QRandomGenerator::global()->bounded(1'000'000'000), 0, 36);
        const Result<QJsonObject> made = m_cluster->cluster->create(pyTorchJobs(), u"empty"_s, suspendedJob(name), {}, {});
        QVERIFY2(made, made ? "" : qPrintable(made.error().oneLine()));
        QTRY_VERIFY_WITH_TIMEOUT(!test::keyOf(table, name).isEmpty(), wait);
        QCOMPARE(table->currentKey(), chosen);
        const ObjectRef ref{pyTorchJobs(), u"empty"_s, name, {}};
        QVERIFY(m_cluster->cluster->remove(ref, {}, {}));
        QTRY_VERIFY_WITH_TIMEOUT(test::keyOf(table, name).isEmpty(), wait);
        QCOMPARE(table->currentKey(), chosen);
    }

    void anotherPageMayComeFirst()
    {
        TestWindow &w = open(test::kubeconfig());
        QVERIFY(!w.window.setFirstPage(u"nowhere"_s));
        QVERIFY(w.window.setFirstPage(u"pods"_s));
        QTRY_VERIFY_WITH_TIMEOUT(w.table("pods.table")->isVisible() && w.table("pods.table")->rowCount() > 0, wait);
        QVERIFY(!w.find<pages::JobsPage>("jobs")->isVisible());
    }

    void aFilterAndANamespaceNarrowTheTable()
    {
        TestWindow &w = open(test::kubeconfig());
        auto *table = w.table("jobs.table");
        QTRY_VERIFY_WITH_TIMEOUT(!test::keyOf(table, u"mnist-demo"_s).isEmpty(), wait);
        // Each kind has a list of its own, and they come in any order.
        int all = 0;
        for (const JobKindFacts &kind : trainingKinds()) {
            if (const Result<QList<QJsonObject>> jobs = m_cluster->cluster->list(kind.resource, {}, {}, {}, {}))
                all += static_cast<int>(jobs->size());
        }
        QTRY_COMPARE_WITH_TIMEOUT(table->rowCount(), all, wait);
        table->setFocus();
        QTest::keyClick(table, '/');
        auto *filter = w.find<kit::SearchField>("jobs.filter");
        QTRY_VERIFY(filter->hasFocus());
        QTest::keyClicks(filter, u"mnist"_s);
        QTRY_VERIFY(table->rowCount() > 0 && table->rowCount() < all);
        for (int row = 0; row < table->rowCount(); ++row)
            QVERIFY(table->model()->index(row, 0).data().toString().contains(u"mnist"_s));
        QTest::keyClick(filter, Qt::Key_Escape);
        QTRY_COMPARE(table->rowCount(), all);

        auto *namespaces = w.find<pages::NamespaceSelector>("namespaces");
        emit namespaces->selectionChanged({u"vision"_s});
        QTRY_VERIFY_WITH_TIMEOUT(!test::keyOf(table, u"classifier"_s).isEmpty() && test::keyOf(table, u"mnist-demo"_s).isEmpty(), wait);
        emit namespaces->selectionChanged({});
        QTRY_COMPARE_WITH_TIMEOUT(table->rowCount(), all, wait);
    }

    void oneJobWithItsYamlEventsAndLogs()
    {
        TestWindow &w = open(test::kubeconfig());
        auto *table = w.table("jobs.table");
        QTRY_VERIFY_WITH_TIMEOUT(!test::keyOf(table, u"mnist-demo"_s).isEmpty(), wait);
        table->setCurrentKey(test::keyOf(table, u"mnist-demo"_s));
        QTest::keyClick(table, Qt::Key_Return);
        auto *page = w.find<pages::JobPage>("job");
        QTRY_VERIFY(page->isVisible());

        page->showTab(pages::JobPage::Tab::Yaml);
        auto *yaml = w.find<editors::CodeEditor>("job.yaml.view");
        QTRY_VERIFY_WITH_TIMEOUT(yaml->text().contains(u"kind: PyTorchJob"_s), wait);
        QVERIFY(yaml->isReadOnly());
        page->showTab(pages::JobPage::Tab::Events);
        QTRY_VERIFY_WITH_TIMEOUT(w.table("job.pods")->rowCount() > 0, wait);
        page->showTab(pages::JobPage::Tab::Logs);
        QTRY_VERIFY_WITH_TIMEOUT(page->logs()->lineCount() > 0, wait);
        // Esc goes back to the table.
        QTest::keyClick(w.table("jobs.list"), Qt::Key_Escape);
        QTRY_VERIFY(!w.find<pages::JobsPage>("jobs")->isSplit());
    }

    void aLogBeginsByItselfWhenItsPodStarts()
    {
        TestWindow &w = open(test::kubeconfig());
        auto *table = w.table("jobs.table");
        const QString name = u"late-%1"_s.arg(QRandomGenerator::global()->bounded(1'000'000'000), 0, 36);
        const Result<QJsonObject> made = m_cluster->cluster->create(pyTorchJobs(), u"empty"_s, suspendedJob(name), {}, {});
        QVERIFY2(made, made ? "" : qPrintable(made.error().oneLine()));
        const ObjectRef ref{pyTorchJobs(), u"empty"_s, name, {}};
        QTRY_VERIFY_WITH_TIMEOUT(!test::keyOf(table, name).isEmpty(), wait);
        w.find<pages::JobsPage>("jobs")->openJob(test::keyOf(table, name));
        auto *page = w.find<pages::JobPage>("job");
        page->showTab(pages::JobPage::Tab::Logs);
        QCOMPARE(page->logs()->lineCount(), 0);
        const QJsonObject go{{u"spec"_s, QJsonObject{{u"runPolicy"_s, QJsonObject{{u"suspend"_s, false}}}}}};
        const Result<QJsonObject> gone = m_cluster->cluster->patch(ref, PatchType::Merge, go, {}, {});
        QVERIFY2(gone, gone ? "" : qPrintable(gone.error().oneLine()));
        // Nobody asks again.
        QTRY_VERIFY_WITH_TIMEOUT(page->logs()->lineCount() > 0, wait);
        QVERIFY(m_cluster->cluster->remove(ref, {}, {}));
    }

    void theKeysOfABucketAreUsedOnceAgreedTo()
    {
        const QByteArray bytes = checkpointFile();
        QVERIFY(!bytes.isEmpty());
        test::FaultServer bucket(test::faults::serve([&](const test::FaultRequest &request) {
            return request.target.contains("list-type=2")
                ? test::faults::answer(200, "<ListBucketResult><Contents><Key>run/step-100.pt</Key><Size>" + QByteArray::number(bytes.size())
                                                + "</Size></Contents></ListBucketResult>")
                : test::faults::answer(200, bytes);
        }));
        const QString name = u"bucket-%1"_s.arg(QRandomGenerator::global()->bounded(1'000'000'000), 0, 36);
        const auto fromSecret = [&](const QString &variable, const QString &key) {
            return QJsonObject{{u"name"_s, variable},
                               {u"valueFrom"_s, QJsonObject{{u"secretKeyRef"_s, QJsonObject{{u"name"_s, name}, {u"key"_s, key}}}}}};
        };
        const QJsonObject secret{{u"apiVersion"_s, u"v1"_s}, {u"kind"_s, u"Secret"_s}, {u"metadata"_s, QJsonObject{{u"name"_s, name}}},
                                 {u"stringData"_s, QJsonObject{{u"id"_s, u"AKIDOFJOB"_s}, {u"key"_s, u"hush"_s}}}};
        QVERIFY(m_cluster->cluster->create(kinds::secrets(), u"empty"_s, secret, {}, {}));
        const QJsonArray env{QJsonObject{{u"name"_s, u"CHECKPOINT_DIR"_s}, {u"value"_s, u"s3://ckpt/run"_s}},
                             QJsonObject{{u"name"_s, u"AWS_ENDPOINT_URL"_s}, {u"value"_s, bucket.url().toString()}},
                             fromSecret(u"AWS_ACCESS_KEY_ID"_s, u"id"_s), fromSecret(u"AWS_SECRET_ACCESS_KEY"_s, u"key"_s)};
        QVERIFY(m_cluster->cluster->create(pyTorchJobs(), u"empty"_s, suspendedJob(name, env), {}, {}));

        const auto openJob = [&] {
            TestWindow &w = open(test::kubeconfig());
            auto *table = w.table("jobs.table");
            const bool there = QTest::qWaitFor([&] { return !test::keyOf(table, name).isEmpty(); }, wait);
            table->setCurrentKey(test::keyOf(table, name));
            QTest::keyClick(table, Qt::Key_Return);
            return there;
        };
        QVERIFY(openJob());
        auto *page = m_window->find<pages::JobPage>("job");
        QTRY_VERIFY_WITH_TIMEOUT(TestWindow::button(page, u"Allow"_s), wait);
        QCOMPARE(bucket.connections(), 0);
        TestWindow::button(page, u"Allow"_s)->click();
        QTRY_COMPARE_WITH_TIMEOUT(m_window->table("job.checkpoints")->rowCount(), 1, wait);
        for (const test::FaultRequest &request : bucket.requests())
            QVERIFY(request.header("authorization").contains("Credential=AKIDOFJOB/"));
        QTRY_VERIFY(m_window->find<QAbstractButton>("job.resume")->isEnabled());

        // Remembered for this namespace, Secret and server; no key is.
        QVERIFY(openJob());
        QTRY_COMPARE_WITH_TIMEOUT(m_window->table("job.checkpoints")->rowCount(), 1, wait);
        QVERIFY(!TestWindow::button(m_window->find<pages::JobPage>("job"), u"Allow"_s));
        QFile settings(m_home.filePath(u"cairn.conf"_s));
        QVERIFY(settings.open(QIODevice::ReadOnly));
        const QByteArray kept = settings.readAll();
        QVERIFY(kept.contains(name.toLatin1()) && !kept.contains("hush") && !kept.contains("AKIDOFJOB"));
        QVERIFY(m_cluster->cluster->remove({pyTorchJobs(), u"empty"_s, name, {}}, {}, {}));
        QVERIFY(m_cluster->cluster->remove({kinds::secrets(), u"empty"_s, name, {}}, {}, {}));
    }

    void nothingRunsForSignInBeforeTheUserAgrees()
    {
        // The plugin answers with the lab's own certificate and leaves a mark whenever it runs.
        QJsonObject config = labConfig();
        QVERIFY(!config.isEmpty());
        const QJsonObject user = config[u"users"_s].toArray().first().toObject()[u"user"_s].toObject();
        const auto pem = [&](const QString &key) {
            const QString data = user[key + u"-data"_s].toString();
            if (!data.isEmpty())
                return QString::fromUtf8(QByteArray::fromBase64(data.toUtf8()));
            QFile file(user[key].toString());
            return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
        };
        const QString answer = write(u"credential.json"_s, json({{u"apiVersion"_s, u"client.authentication.k8s.io/v1"_s},
                                                                  {u"kind"_s, u"ExecCredential"_s},
                                                                  {u"status"_s, QJsonObject{{u"clientCertificateData"_s, pem(u"client-certificate"_s)},
                                                                                            {u"clientKeyData"_s, pem(u"client-key"_s)}}}}));
        const QString mark = m_home.filePath(u"ran"_s);
        const QString plugin = write(u"sign-in"_s, "#!/bin/sh\necho ran >>'" + mark.toUtf8() + "'\ncat '" + answer.toUtf8() + "'\n", true);
        set(config, u"users"_s, u"user"_s, {{u"exec"_s, QJsonObject{{u"apiVersion"_s, u"client.authentication.k8s.io/v1"_s},
                                                                     {u"command"_s, plugin},
                                                                     {u"interactiveMode"_s, u"Never"_s}}}});
        TestWindow &w = open(write(u"exec.yaml"_s, json(config)));
        dialogs::ExecConsentDialog *question = nullptr;
        QTRY_VERIFY_WITH_TIMEOUT((question = w.window.findChild<dialogs::ExecConsentDialog *>()) && question->isVisible(), wait);
        QVERIFY(!QFile::exists(mark));
        QTest::mouseClick(question->findChild<QAbstractButton *>(u"execConsent.cancel"_s), Qt::LeftButton);
        QTRY_VERIFY(!w.window.findChild<dialogs::ExecConsentDialog *>());
        QVERIFY(!QFile::exists(mark));
        QVERIFY(!w.window.session());

        // Asked for again, and agreed to.
        auto *contexts = w.table("connect.contexts");
        QTRY_VERIFY(contexts->isVisible() && contexts->rowCount() > 0);
        contexts->setCurrentKey(u"cairn-lab"_s);
        QTest::keyClick(contexts, Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT((question = w.window.findChild<dialogs::ExecConsentDialog *>()) && question->isVisible(), wait);
        QTest::mouseClick(question->findChild<QAbstractButton *>(u"execConsent.allow"_s), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(!test::keyOf(w.table("jobs.table"), u"mnist-demo"_s).isEmpty(), wait);
        QVERIFY(QFile::exists(mark));
    }

    void whoMayOnlySeeOneNamespaceWorksThere()
    {
        TestWindow &w = open(test::kubeconfig(), u"cairn-lab-viewer"_s);
        auto *table = w.table("jobs.table");
        QTRY_VERIFY_WITH_TIMEOUT(!test::keyOf(table, u"mnist-demo"_s).isEmpty(), wait);
        QVERIFY(test::keyOf(table, u"classifier"_s).isEmpty());
        table->setCurrentKey(test::keyOf(table, u"mnist-demo"_s));
        QTest::keyClick(table, Qt::Key_Return);
        auto *resume = w.find<QAbstractButton>("job.resume");
        QTRY_VERIFY(resume->isVisible());
        QVERIFY(!resume->isEnabled());
        QTRY_VERIFY_WITH_TIMEOUT(resume->toolTip().contains(u"pytorchjobs"_s), wait);
        QVERIFY(!resume->isEnabled());
    }

    void aServerThatCannotBeReachedIsExplained_data()
    {
        QTest::addColumn<QJsonObject>("cluster");
        QTest::addColumn<QString>("says");
        QTest::newRow("nobody listens") << QJsonObject{{u"server"_s, u"https://127.0.0.1:1"_s}} << u"refused"_s;
        QTest::newRow("wrong authority") << QJsonObject{{u"certificate-authority-data"_s, u"@other"_s}} << u"certificate"_s;
    }
    void aServerThatCannotBeReachedIsExplained()
    {
        QFETCH(const QJsonObject, cluster);
        QFETCH(const QString, says);
        QJsonObject config = labConfig();
        QJsonObject bent = config[u"clusters"_s].toArray().first().toObject()[u"cluster"_s].toObject();
        for (auto it = cluster.begin(); it != cluster.end(); ++it)
            bent[it.key()] = it.value();
        if (bent[u"certificate-authority-data"_s] == u"@other"_s) {
            bent.remove(u"certificate-authority"_s);
            bent[u"certificate-authority-data"_s] = QString::fromUtf8(otherAuthority().toBase64());
        }
        set(config, u"clusters"_s, u"cluster"_s, bent);
        TestWindow &w = open(write(u"unreachable.yaml"_s, json(config)));
        auto *page = w.find<pages::ConnectPage>("connect");
        const auto said = [&] {
            QString text;
            for (auto *label : page->findChildren<QWidget *>())
                text += label->accessibleName() + u' ' + label->accessibleDescription() + u' ' + label->property("text").toString() + u'\n';
            return text;
        };
        QTRY_VERIFY2_WITH_TIMEOUT(said().contains(says, Qt::CaseInsensitive), qPrintable(said()), wait);
        QVERIFY(page->isVisible());
        QVERIFY(w.table("jobs.table")->rowCount() == 0);
    }

    void noFileAndABrokenFileEndInAClearState()
    {
        TestWindow &none = open(m_home.filePath(u"not-there"_s));
        auto *state = none.find<kit::StateView>("connect.state");
        QTRY_COMPARE_WITH_TIMEOUT(state->state(), kit::StateView::State::Error, wait);
        TestWindow &broken = open(write(u"broken.yaml"_s, "clusters: [unclosed\n"));
        QVERIFY(broken.find<pages::ConnectPage>("connect")->isVisible());
        QTRY_COMPARE_WITH_TIMEOUT(broken.find<kit::StateView>("connect.state")->state(), kit::StateView::State::Error, wait);
    }

private:
    /// A CA that signed nothing here.
    QByteArray otherAuthority()
    {
        const QString key = m_home.filePath(u"other.key"_s), file = m_home.filePath(u"other.crt"_s);
        QProcess openssl;
        openssl.start(u"openssl"_s, {u"req"_s, u"-x509"_s, u"-newkey"_s, u"ec"_s, u"-pkeyopt"_s, u"ec_paramgen_curve:P-256"_s, u"-nodes"_s,
                                     u"-subj"_s, u"/CN=other"_s, u"-days"_s, u"2"_s, u"-keyout"_s, key, u"-out"_s, file});
        if (!openssl.waitForFinished() || openssl.exitCode() != 0)
            qFatal("openssl: %s", openssl.readAllStandardError().constData());
        QFile made(file);
        return made.open(QIODevice::ReadOnly) ? made.readAll() : QByteArray();
    }
};

QTEST_MAIN(TestWindowOnCluster)
#include "tst_window.moc"
