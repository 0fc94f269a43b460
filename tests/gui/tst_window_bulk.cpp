// SPDX-License-Identifier: GPL-3.0-or-later
// Several jobs at once in the window, against a real API server and operator: suspend, let go, save as YAML, delete.
#include "WindowTest.h"

#include "dialogs/BulkDialog.h"
#include "kit/Inputs.h"
#include "kit/Label.h"
#include "manifest/Yaml.h"
#include "pages/JobsPage.h"
#include "pages/NamespaceSelector.h"
#include "pages/SelectionBar.h"

#include <QContextMenuEvent>
#include <QFileDialog>
#include <QJsonArray>
#include <QJsonObject>
#include <QMenu>
#include <QRandomGenerator>

using namespace Qt::StringLiterals;
using namespace cairn;
using test::TestWindow;

namespace {

constexpr int wait = 60'000; // ms; a limit, not an expectation

const ResourceKind &pyTorchJobs()
{
    return facts(JobKind::PyTorchJob).resource;
}

QJsonObject trainingJob(const QString &name)
{
    const QJsonObject container{{u"name"_s, u"pytorch"_s}, {u"image"_s, u"localhost/busybox:1"_s}, {u"command"_s, QJsonArray{u"pretend-training"_s}}};
    const QJsonObject master{{u"replicas"_s, 1},
                             {u"restartPolicy"_s, u"OnFailure"_s},
                             {u"template"_s, QJsonObject{{u"spec"_s, QJsonObject{{u"containers"_s, QJsonArray{container}}}}}}};
    return {{u"apiVersion"_s, u"kubeflow.org/v1"_s},
            {u"kind"_s, u"PyTorchJob"_s},
            {u"metadata"_s, QJsonObject{{u"name"_s, name}}},
            {u"spec"_s, QJsonObject{{u"pytorchReplicaSpecs"_s, QJsonObject{{u"Master"_s, master}}}}}};
}

} // namespace

class TestWindowBulk : public QObject
{
    Q_OBJECT
    QTemporaryDir m_home;
    std::unique_ptr<test::TestCluster> m_cluster;
    std::unique_ptr<TestWindow> m_window;
    QString m_ns = u"bulk-%1"_s.arg(QRandomGenerator::global()->bounded(1'000'000'000), 0, 36);
    const QStringList m_names{u"alpha"_s, u"beta"_s, u"gamma"_s};

    TestWindow &open(const QString &context = {})
    {
        m_window.reset();
        m_window = std::make_unique<TestWindow>(m_home, test::kubeconfig());
        m_window->window.start(context);
        return *m_window;
    }
    QJsonObject live(const QString &name)
    {
        const Result<QJsonObject> object = m_cluster->cluster->get({pyTorchJobs(), m_ns, name, {}}, {});
        return object ? *object : QJsonObject();
    }
    bool isSuspended(const QString &name) { return live(name)[u"spec"_s][u"runPolicy"_s][u"suspend"_s].toBool(); }
    qsizetype podCount()
    {
        const Result<QList<QJsonObject>> pods = m_cluster->cluster->list(kinds::pods(), m_ns, {}, {}, {});
        return pods ? pods->size() : -1;
    }
    /// Only our jobs in view, all of them selected with the keyboard.
    views::DataTable *selectAll(TestWindow &w)
    {
        auto *table = w.table("jobs.table");
        if (!QTest::qWaitFor([&] { return table->rowCount() > m_names.size(); }, wait))
            return nullptr; // not connected
        emit w.find<pages::NamespaceSelector>("namespaces")->selectionChanged({m_ns});
        if (!QTest::qWaitFor([&] { return table->rowCount() == m_names.size(); }, wait))
            return nullptr;
        table->setFocus();
        QTest::keyClick(table, Qt::Key_A, Qt::ControlModifier);
        return table;
    }
    dialogs::BulkDialog *dialog(TestWindow &w)
    {
        auto *found = w.window.findChild<dialogs::BulkDialog *>();
        const bool ready = QTest::qWaitFor(
            [&] { return (found = w.window.findChild<dialogs::BulkDialog *>()) && found->view().stage == dialogs::BulkView::Stage::Ready; }, wait);
        return ready ? found : nullptr;
    }
    static bool ended(dialogs::BulkDialog *dialog)
    {
        return QTest::qWaitFor([&] { return dialog->view().stage == dialogs::BulkView::Stage::Ended; }, wait);
    }

private slots:
    void initTestCase()
    {
        QVERIFY(m_home.isValid());
        qputenv("XDG_CONFIG_HOME", m_home.path().toUtf8());
        m_cluster = std::make_unique<test::TestCluster>();
        QVERIFY2(m_cluster->cluster, qPrintable(m_cluster->problem));
        kit::Theme::install(*qApp, kit::ThemeMode::Light);
        const Result<QJsonObject> made = m_cluster->cluster->create(kinds::namespaces(), {}, {{u"apiVersion"_s, u"v1"_s}, {u"kind"_s, u"Namespace"_s},
                                                                                               {u"metadata"_s, QJsonObject{{u"name"_s, m_ns}}}}, {}, {});
        QVERIFY2(made, made ? "" : qPrintable(made.error().oneLine()));
        for (const QString &name : m_names) {
            const Result<QJsonObject> job = m_cluster->cluster->create(pyTorchJobs(), m_ns, trainingJob(name), {}, {});
            QVERIFY2(job, job ? "" : qPrintable(job.error().oneLine()));
        }
        QTRY_COMPARE_WITH_TIMEOUT(podCount(), m_names.size(), wait);
    }
    void cleanupTestCase()
    {
        m_window.reset();
        if (!m_cluster || !m_cluster->cluster)
            return;
        for (const QString &name : m_names)
            m_cluster->cluster->remove({pyTorchJobs(), m_ns, name, {}}, {}, {});
        m_cluster->cluster->remove({kinds::namespaces(), {}, m_ns, {}}, {}, {});
    }
    void cleanup() { m_window.reset(); }

    void severalAreSuspended()
    {
        TestWindow &w = open();
        QVERIFY(selectAll(w));
        auto *bar = w.find<pages::SelectionBar>("selection");
        QVERIFY(bar->isVisible());
        QTest::mouseClick(w.find<QAbstractButton>("selection.suspend"), Qt::LeftButton);
        auto *question = dialog(w);
        QVERIFY(question);
        QCOMPARE(question->view().acting, 3);
        // The dry run changed nothing, and nothing is changed by leaving.
        for (const QString &name : m_names)
            QVERIFY(!isSuspended(name));
        QTest::keyClick(question, Qt::Key_Escape);
        QTRY_VERIFY(!w.window.findChild<dialogs::BulkDialog *>());
        for (const QString &name : m_names)
            QVERIFY(!isSuspended(name));

        QTest::mouseClick(w.find<QAbstractButton>("selection.suspend"), Qt::LeftButton);
        question = dialog(w);
        QVERIFY(question);
        QTest::mouseClick(question->findChild<QAbstractButton *>(u"bulk.act"_s), Qt::LeftButton);
        QVERIFY(ended(question));
        QCOMPARE(question->view().done, 3);
        for (const QString &name : m_names)
            QVERIFY(isSuspended(name));
        QTRY_COMPARE_WITH_TIMEOUT(podCount(), 0, wait);
    }

    void oneIsLetGoFromItsMenu()
    {
        TestWindow &w = open();
        auto *table = selectAll(w);
        QVERIFY(table);
        QTest::keyClick(table, Qt::Key_Escape);
        table->setCurrentKey(test::keyOf(table, u"beta"_s));
        // As the list tells it, it is suspended.
        QTRY_VERIFY_WITH_TIMEOUT(w.find<pages::JobsPage>("jobs")->model()->job(table->currentKey())->suspendRequested, wait);
        QContextMenuEvent menuKey(QContextMenuEvent::Keyboard, QPoint(0, 0), QPoint(0, 0));
        QApplication::sendEvent(table->viewport(), &menuKey);
        auto *menu = w.find<QMenu>("jobs.menu");
        QVERIFY(menu);
        for (QAction *action : menu->actions()) {
            if (action->text() == pages::SelectionBar::label(pages::SelectionBar::Act::Unsuspend))
                action->trigger();
        }
        menu->close();
        auto *question = dialog(w);
        QVERIFY(question);
        QCOMPARE(question->view().total, 1);
        QTest::mouseClick(question->findChild<QAbstractButton *>(u"bulk.act"_s), Qt::LeftButton);
        QVERIFY(ended(question));
        QCOMPARE(question->view().done, 1);
        QVERIFY(!isSuspended(u"beta"_s));
        QVERIFY(isSuspended(u"alpha"_s) && isSuspended(u"gamma"_s));
    }

    void theirYamlCanBeApplied()
    {
        TestWindow &w = open();
        QVERIFY(selectAll(w));
        QTest::mouseClick(w.find<QAbstractButton>("selection.saveYaml"), Qt::LeftButton);
        auto *files = w.window.findChild<QFileDialog *>();
        QVERIFY(files);
        const QString path = m_home.filePath(u"jobs.yaml"_s);
        emit files->fileSelected(path);
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(path), wait);
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const Result<QList<QJsonValue>> documents = manifest::documentsFromYaml(file.readAll());
        QVERIFY2(documents, documents ? "" : qPrintable(documents.error().oneLine()));
        QCOMPARE(documents->size(), 3);
        for (const QJsonValue &document : *documents) {
            QVERIFY(document[u"status"_s].isUndefined());
            QJsonObject again = document.toObject();
            QJsonObject meta = again[u"metadata"_s].toObject();
            meta[u"name"_s] = meta[u"name"_s].toString() + u"-again"_s;
            again[u"metadata"_s] = meta;
            const Result<QJsonObject> made = m_cluster->cluster->create(pyTorchJobs(), m_ns, again, {.dryRun = true}, {});
            QVERIFY2(made, made ? "" : qPrintable(made.error().oneLine()));
        }
    }

    void whoMayNotIsToldSo()
    {
        TestWindow &w = open(u"cairn-lab-viewer"_s);
        auto *table = w.table("jobs.table");
        QTRY_VERIFY_WITH_TIMEOUT(!test::keyOf(table, u"mnist-demo"_s).isEmpty(), wait);
        table->setCheckedKeys({test::keyOf(table, u"mnist-demo"_s)});
        auto *suspend = w.find<QAbstractButton>("selection.suspend");
        auto *deletes = w.find<QAbstractButton>("selection.delete");
        QTRY_VERIFY_WITH_TIMEOUT(!suspend->isEnabled() && !deletes->isEnabled(), wait);
        QVERIFY2(suspend->toolTip().contains(u"patch pytorchjobs"_s), qPrintable(suspend->toolTip()));
        QVERIFY2(deletes->toolTip().contains(u"delete pytorchjobs"_s), qPrintable(deletes->toolTip()));
        QVERIFY(w.find<QAbstractButton>("selection.saveYaml")->isEnabled());
    }

    void allAreDeletedAndOneMadeAnewStays()
    {
        TestWindow &w = open();
        auto *table = selectAll(w);
        QVERIFY(table);
        QTest::keyClick(table, Qt::Key_Delete);
        auto *question = dialog(w);
        QVERIFY(question);
        QCOMPARE(question->view().acting, 3);
        // Between the question and the answer somebody makes one of them anew.
        QVERIFY(m_cluster->cluster->remove({pyTorchJobs(), m_ns, u"gamma"_s, {}}, {}, {}));
        QTRY_VERIFY_WITH_TIMEOUT(live(u"gamma"_s).isEmpty(), wait);
        const Result<QJsonObject> anew = m_cluster->cluster->create(pyTorchJobs(), m_ns, trainingJob(u"gamma"_s), {}, {});
        QVERIFY(anew);
        auto *act = question->findChild<QAbstractButton *>(u"bulk.act"_s);
        if (auto *read = question->findChild<kit::Check *>(u"bulk.read"_s); read->isVisible()) {
            QVERIFY(!act->isEnabled());
            read->click();
        }
        QTest::mouseClick(act, Qt::LeftButton);
        QVERIFY(ended(question));
        QCOMPARE(question->view().done, 2);
        QCOMPARE(question->view().failed, 0);
        QTRY_VERIFY_WITH_TIMEOUT(live(u"alpha"_s).isEmpty() && live(u"beta"_s).isEmpty(), wait);
        QCOMPARE(live(u"gamma"_s)[u"metadata"_s][u"uid"_s], anew->value(u"metadata"_s)[u"uid"_s]);
    }
};

QTEST_MAIN(TestWindowBulk)
#include "tst_window_bulk.moc"
