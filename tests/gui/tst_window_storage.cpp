// SPDX-License-Identifier: GPL-3.0-or-later
// The Storage page on real claims: measured by a helper that really mounts one, and by the kubelets.
#include "WindowTest.h"

#include "items/ClaimTableModel.h"
#include "kit/Inputs.h"
#include "kit/Messages.h"
#include "kit/Navigation.h"
#include "pages/StoragePage.h"

#include <QDir>
#include <QFile>

using namespace Qt::StringLiterals;
using namespace cairn;
using items::ClaimTableModel;
using test::TestWindow;

namespace {
constexpr int wait = 90'000; // ms; a limit, not an expectation
}

class TestWindowStorage : public QObject
{
    Q_OBJECT
    QTemporaryDir m_home;
    std::unique_ptr<TestWindow> m_window;

    QString dataFile() const { return m_home.filePath(u"data/cairn/usage.sqlite"_s); }

    /// The window on its Storage page, with claims.
    TestWindow &open(const QString &context = {})
    {
        m_window.reset();
        m_window = std::make_unique<TestWindow>(m_home, test::kubeconfig());
        m_window->window.start(context);
        if (!QTest::qWaitFor([this] { return m_window->window.session() != nullptr; }, wait))
            qFatal("not connected");
        QTest::keyClick(&m_window->window, Qt::Key_5, Qt::ControlModifier);
        return *m_window;
    }
    views::DataTable *table() const { return m_window->table("storage.table"); }

    /// Of a claim by "ns/name"; "" where there is none.
    QString keyOf(const QString &path) const
    {
        const QAbstractItemModel *model = table()->model();
        for (int row = 0; row < model->rowCount(); ++row) {
            const QModelIndex index = model->index(row, 0);
            if (index.data(items::SecondLineRole).toString() + u'/' + index.data().toString() == path)
                return index.data(items::KeyRole).toString();
        }
        return {};
    }
    QString cell(const QString &key, int column, int role = Qt::DisplayRole) const
    {
        const QModelIndex index = table()->indexOfKey(key);
        return index.sibling(index.row(), column).data(role).toString();
    }

private slots:
    void initTestCase()
    {
        QVERIFY(m_home.isValid());
        qputenv("XDG_CONFIG_HOME", m_home.path().toUtf8());
        qputenv("XDG_DATA_HOME", QFile::encodeName(m_home.filePath(u"data"_s)));
        kit::Theme::install(*qApp, kit::ThemeMode::Light);
    }
    void cleanup() { m_window.reset(); }

    void aClaimIsMeasuredByAHelperAfterConsent()
    {
        TestWindow &shown = open();
        QTRY_VERIFY_WITH_TIMEOUT(!keyOf(u"research/checkpoints"_s).isEmpty() && !keyOf(u"vision/archive"_s).isEmpty(), wait);
        const QString key = keyOf(u"research/checkpoints"_s);
        QTRY_COMPARE_WITH_TIMEOUT(cell(key, ClaimTableModel::Used), u"not measured"_s, wait);
        QTRY_COMPARE_WITH_TIMEOUT(cell(keyOf(u"research/datasets"_s), ClaimTableModel::Used), u"driver reports nothing"_s, wait);
        QCOMPARE(cell(keyOf(u"vision/archive"_s), ClaimTableModel::Used), u"not bound"_s);

        shown.find<pages::StoragePage>("storage")->setCurrentKey(key);
        auto *measure = shown.find<kit::Button>("storage.measure");
        QTRY_VERIFY(measure->isVisible());
        const auto press = [&] { QMetaObject::invokeMethod(measure, "click"); };
        press(); // asks first
        QVERIFY(!shown.preferences.helperAllowed(shown.window.session()->server(), u"research"_s));
        QCOMPARE(measure->text(), u"Allow and measure"_s);
        press();
        QTRY_COMPARE_WITH_TIMEOUT(cell(key, ClaimTableModel::MeasuredBy), u"df by helper"_s, wait);
        QVERIFY(shown.preferences.helperAllowed(shown.window.session()->server(), u"research"_s));
        QVERIFY2(cell(key, ClaimTableModel::Used).endsWith(u'%'), qPrintable(cell(key, ClaimTableModel::Used)));
        QCOMPARE(measure->text(), u"Measure now"_s);
        // And it is kept, for nobody else to read.
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(dataFile()), wait);
        QCOMPARE(QFile::permissions(dataFile()) & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
        if (const QString folder = qEnvironmentVariable("CAIRN_TEST_GRAB"); !folder.isEmpty())
            shown.window.grab().save(folder + u"/window-storage.png"_s);
    }

    void theKubeletsAreAskedOnceTheUserTurnsThatOn()
    {
        TestWindow &shown = open();
        QTRY_VERIFY_WITH_TIMEOUT(!keyOf(u"research/checkpoints"_s).isEmpty(), wait);
        const QString key = keyOf(u"research/checkpoints"_s);
        QTRY_VERIFY_WITH_TIMEOUT(cell(key, ClaimTableModel::UsedBy).contains(u"mnist"_s), wait); // its pods are known
        // Not "–": a helper may measure again by itself, as it was agreed to before.
        QVERIFY(cell(key, ClaimTableModel::MeasuredBy) != "kubelet"_L1);
        shown.find<kit::Button>("storage.sourcesButton")->click();
        auto *kubelet = shown.find<kit::Check>("storage.kubelet");
        QTRY_VERIFY(kubelet->isVisible());
        QVERIFY(!kubelet->isChecked());
        QTRY_VERIFY_WITH_TIMEOUT((kubelet->isChecked() ? void() : kubelet->click(), cell(key, ClaimTableModel::MeasuredBy) == "kubelet"_L1), wait);
        QVERIFY(shown.preferences.kubeletsAllowed(shown.window.session()->server()));
        kubelet->click();
        QTRY_VERIFY_WITH_TIMEOUT(cell(key, ClaimTableModel::MeasuredBy) != "kubelet"_L1, wait);
        QVERIFY(!shown.preferences.kubeletsAllowed(shown.window.session()->server()));
    }

    void aDamagedHistoryIsSaidAndTheOldOneKept()
    {
        m_window.reset();
        QDir().mkpath(m_home.filePath(u"data/cairn"_s));
        QFile file(dataFile());
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        file.write(QByteArray("no database\n").repeated(500));
        file.close();
        TestWindow &shown = open();
        auto *notice = shown.find<kit::Banner>("storage.notice");
        QTRY_VERIFY_WITH_TIMEOUT(notice->isVisible(), wait);
        QCOMPARE(QDir(m_home.filePath(u"data/cairn"_s)).entryList({u"usage.sqlite.damaged-*"_s}).size(), 1);
        QTRY_VERIFY_WITH_TIMEOUT(!keyOf(u"research/checkpoints"_s).isEmpty(), wait);
    }

    void whoMayNotListClaimsOfAllNamespacesSeesTheirOwn()
    {
        open(u"cairn-lab-viewer"_s);
        QTRY_VERIFY_WITH_TIMEOUT(!keyOf(u"research/checkpoints"_s).isEmpty(), wait);
        QVERIFY(keyOf(u"nlp/scratch"_s).isEmpty());
    }
};

QTEST_MAIN(TestWindowStorage)
#include "tst_window_storage.moc"
