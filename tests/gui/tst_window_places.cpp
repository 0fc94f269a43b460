// SPDX-License-Identifier: GPL-3.0-or-later
// Going to places by Ctrl K, settings, several windows, and being told of a job that fails, on a real API server.
#include "WindowTest.h"

#include "dialogs/Palette.h"
#include "dialogs/YamlDialog.h"
#include "editors/CodeEditor.h"
#include "kit/Inputs.h"
#include "kit/Label.h"
#include "kit/Messages.h"
#include "pages/HaPage.h"
#include "pages/JobPage.h"
#include "pages/OverviewPage.h"
#include "pages/SettingsPage.h"
#include "window/WindowSet.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QRandomGenerator>

using namespace Qt::StringLiterals;
using namespace cairn;
using test::TestWindow;

namespace {

constexpr int wait = 60'000; // ms; a limit, not an expectation

/// A job whose only pod fails three seconds after its start.
QJsonObject failingJob(const QString &name)
{
    const QJsonObject container{{u"name"_s, u"pytorch"_s}, {u"image"_s, u"none"_s}};
    const QJsonObject annotations{{u"lab.cairn/outcome"_s, u"failed"_s}, {u"lab.cairn/after"_s, u"3s"_s}};
    const QJsonObject pod{{u"metadata"_s, QJsonObject{{u"annotations"_s, annotations}}}, {u"spec"_s, QJsonObject{{u"containers"_s, QJsonArray{container}}}}};
    const QJsonObject master{{u"replicas"_s, 1}, {u"restartPolicy"_s, u"Never"_s}, {u"template"_s, pod}};
    return {{u"apiVersion"_s, u"kubeflow.org/v1"_s},
            {u"kind"_s, u"PyTorchJob"_s},
            {u"metadata"_s, QJsonObject{{u"name"_s, name}}},
            {u"spec"_s, QJsonObject{{u"runPolicy"_s, QJsonObject{{u"backoffLimit"_s, 0}}}, {u"pytorchReplicaSpecs"_s, QJsonObject{{u"Master"_s, master}}}}}};
}

} // namespace

class TestWindowPlaces : public QObject
{
    Q_OBJECT
    QTemporaryDir m_home;
    std::unique_ptr<TestWindow> m_window;

    TestWindow &open()
    {
        m_window = std::make_unique<TestWindow>(m_home, test::kubeconfig());
        m_window->preferences.setFirstPage(u"overview"_s);
        m_window->window.start();
        if (!QTest::qWaitFor([this] { return !test::keyOf(m_window->table("jobs.table"), u"mnist-demo"_s).isEmpty(); }, wait))
            qFatal("no jobs were read");
        return *m_window;
    }
    /// Ctrl K, the words, Enter.
    void go(const QString &words)
    {
        QTest::keyClick(&m_window->window, Qt::Key_K, Qt::ControlModifier);
        auto *field = m_window->find<kit::SearchField>("palette.field");
        QTRY_VERIFY(field->isVisible());
        QTest::keyClicks(field, words);
        QTest::keyClick(field, Qt::Key_Return);
        QVERIFY(!m_window->find<dialogs::Palette>("palette")->isVisible());
    }
    bool tells(const QString &text) const
    {
        for (const auto *label : m_window->window.findChildren<kit::Paragraph *>()) {
            if (label->isVisible() && label->text() == text)
                return true;
        }
        return false;
    }

private slots:
    void initTestCase()
    {
        QVERIFY(m_home.isValid());
        qputenv("XDG_CONFIG_HOME", m_home.path().toUtf8());
        qputenv("XDG_DATA_HOME", QFile::encodeName(m_home.filePath(u"data"_s)));
        kit::Theme::install(*qApp, kit::ThemeMode::Light);
    }
    void cleanup()
    {
        m_window.reset();
        kit::Theme::instance().setTextScale(1.0);
    }

    void theOverviewComesFirstAndKnowsTheCluster()
    {
        TestWindow &w = open();
        QVERIFY(w.find<pages::OverviewPage>("overview")->isVisible());
        auto *table = w.table("overview.table");
        // The seeded cluster has jobs that failed, and components that one node takes with it.
        QTRY_VERIFY_WITH_TIMEOUT(table->rowCount() > 1, wait);
        const auto has = [table](const QString &word) {
            for (int row = 0; row < table->model()->rowCount(); ++row) {
                if (table->model()->index(row, 0).data().toString() == word)
                    return true;
            }
            return false;
        };
        QTRY_VERIFY_WITH_TIMEOUT(has(u"Failed"_s) && has(u"At risk"_s), wait);
    }

    void aPageAndAJobAreReachedByTheirNames()
    {
        TestWindow &w = open();
        go(u"high av"_s);
        QVERIFY(w.find<pages::HaPage>("ha")->isVisible());
        go(u"mnist-demo"_s);
        QTRY_VERIFY_WITH_TIMEOUT(w.find<pages::JobPage>("job")->isVisible(), wait);
        go(u"yaml mnist-demo"_s);
        QTRY_VERIFY_WITH_TIMEOUT(w.find<QWidget>("job.yaml.view")->isVisible(), wait);
        QTRY_VERIFY_WITH_TIMEOUT(w.window.session()->namespaces().names.contains(u"research"_s), wait);
        go(u"only research"_s);
        QTRY_COMPARE_WITH_TIMEOUT(w.window.session()->watched(), QStringList{u"research"_s}, wait);
        QVERIFY(w.preferences.recentPlaces().contains(u"ha"_s));
    }

    void aSettingHoldsAtOnceAndInTheNextWindow()
    {
        TestWindow &w = open();
        QTest::keyClick(&w.window, Qt::Key_Comma, Qt::ControlModifier);
        QVERIFY(w.find<pages::SettingsPage>("settings")->isVisible());
        QTest::keyClick(w.find<kit::Segment>("settings.text"), Qt::Key_Right);
        QCOMPARE(kit::Theme::instance().textScale(), 1.25);
        QTest::keyClick(w.find<kit::Segment>("settings.first"), Qt::Key_Right);
        QCOMPARE(w.preferences.textPercent(), 125);
        // What a report of a fault needs is shown before it goes anywhere.
        w.find<QWidget>("settings.diagnostics")->setFocus();
        QTest::keyClick(w.find<QWidget>("settings.diagnostics"), Qt::Key_Space);
        auto *diagnostics = w.find<dialogs::YamlDialog>("yaml");
        const auto *shown = diagnostics->findChild<editors::CodeEditor *>(u"yaml.text"_s);
        QTRY_VERIFY_WITH_TIMEOUT(shown->text().contains(u"windowSystem: offscreen"_s) && shown->text().contains(u"libcurl/"_s), wait);
        diagnostics->close();
        app::WindowSet windows(w.engine, w.preferences);
        app::MainWindow *second = windows.open(u"cairn-lab-viewer"_s);
        QVERIFY(QTest::qWaitFor([second] { return second->session() != nullptr; }, wait));
        QVERIFY(second->findChild<QWidget *>(u"jobs"_s)->isVisible());
        // Each looks at its own cluster.
        QCOMPARE(second->session()->contextName(), u"cairn-lab-viewer"_s);
        QCOMPARE(w.window.session()->contextName(), u"cairn-lab"_s);
        QVERIFY(second->windowTitle().startsWith(u"cairn-lab-viewer"_s));
        const QPointer<app::MainWindow> gone(second);
        second->close();
        QTRY_VERIFY(gone.isNull());
        QVERIFY(w.window.session());
    }

    void aJobThatFailsIsTold()
    {
        TestWindow &w = open();
        const test::TestCluster cluster;
        QVERIFY2(cluster.cluster, qPrintable(cluster.problem));
        const ResourceKind kind = facts(JobKind::PyTorchJob).resource;
        const QString name = u"fails-%1"_s.arg(QRandomGenerator::global()->bounded(1'000'000'000), 0, 36);
        const Result<QJsonObject> made = cluster.cluster->create(kind, u"empty"_s, failingJob(name), {}, {});
        QVERIFY2(made, made ? "" : qPrintable(made.error().oneLine()));
        // Offscreen there is no desktop to tell it to: it appears in the window.
        QTRY_VERIFY_WITH_TIMEOUT(tells(name + u" failed"_s), wait);
        auto *show = TestWindow::button(&w.window, u"Show"_s);
        QVERIFY(cluster.cluster->remove(ObjectRef{kind, u"empty"_s, name, {}}, {}, {}));
        QVERIFY(show);
    }
};

QTEST_MAIN(TestWindowPlaces)
#include "tst_window_places.moc"
