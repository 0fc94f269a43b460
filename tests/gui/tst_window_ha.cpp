// SPDX-License-Identifier: GPL-3.0-or-later
// From red verdicts to an accepted finding and an overlay wizard that knows the cluster, without a terminal, on a real API server.
#include "WindowTest.h"

#include "dialogs/YamlDialog.h"
#include "forms/StepList.h"
#include "forms/TextFields.h"
#include "kit/Inputs.h"
#include "kit/Label.h"
#include "kit/Navigation.h"
#include "pages/FindingList.h"
#include "pages/HaPage.h"
#include "pages/OverlayPage.h"

#include <QStandardPaths>

using namespace Qt::StringLiterals;
using namespace cairn;
using test::TestWindow;

namespace {

constexpr int wait = 60'000; // ms; a limit, not an expectation

} // namespace

class TestWindowHa : public QObject
{
    Q_OBJECT
    QTemporaryDir m_home;
    std::unique_ptr<TestWindow> m_window;

    pages::HaPage *page() const { return m_window->find<pages::HaPage>("ha"); }
    pages::FindingList *findings() const { return m_window->find<pages::FindingList>("ha.findings"); }
    const items::FindingListModel *model() const { return static_cast<const items::FindingListModel *>(findings()->model()); }

private slots:
    void initTestCase()
    {
        QVERIFY(m_home.isValid());
        qputenv("XDG_CONFIG_HOME", m_home.path().toUtf8());
        qputenv("XDG_DATA_HOME", QFile::encodeName(m_home.filePath(u"data"_s)));
        kit::Theme::install(*qApp, kit::ThemeMode::Light);
    }
    void init()
    {
        m_window = std::make_unique<TestWindow>(m_home, test::kubeconfig());
        m_window->preferences.setFirstPage(u"ha"_s);
        m_window->window.start();
        QTRY_VERIFY_WITH_TIMEOUT(page()->isVisible() && m_window->table("ha.table")->rowCount() > 0, wait);
        // The page is shown, so the audit runs by itself.
        QTRY_VERIFY_WITH_TIMEOUT(!model()->findings().isEmpty(), wait);
    }
    void cleanup() { m_window.reset(); }

    void aFindingIsReadAndAccepted()
    {
        page()->showView(pages::HaPage::View::Findings);
        const qsizetype before = model()->findings().size();
        const QString key = items::findingKey(model()->findings().first());
        page()->showFinding(key);
        QCOMPARE(page()->currentFinding(), key);
        m_window->find<QAbstractButton>("ha.finding.object")->click();
        auto *yaml = m_window->find<dialogs::YamlDialog>("yaml");
        QVERIFY(yaml);
        QTRY_VERIFY_WITH_TIMEOUT(yaml->findChild<QAbstractButton *>(u"yaml.copy"_s)->isEnabled(), wait);
        yaml->accept();

        QTest::keyClick(findings(), Qt::Key_A);
        auto *reason = m_window->find<forms::TextField>("accept.reason");
        QVERIFY(reason);
        QTest::keyClicks(reason->input(), u"a test lives with it"_s);
        m_window->find<QAbstractButton>("accept.act")->click();
        QTRY_COMPARE_WITH_TIMEOUT(model()->findings().size(), before - 1, wait);
        QCOMPARE(m_window->table("ha.accepted")->totalCount(), 1);
        // It counts again as soon as it is withdrawn.
        page()->showView(pages::HaPage::View::Accepted);
        auto *accepted = m_window->table("ha.accepted");
        accepted->setCurrentKey(u"0"_s);
        QTest::keyClick(accepted, Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE_WITH_TIMEOUT(model()->findings().size(), before, wait);
    }

    void aFindingIsAddedToTheOverlay()
    {
        page()->showView(pages::HaPage::View::Findings);
        auto *add = m_window->find<QAbstractButton>("ha.finding.add");
        // The first one that the wizard can do something about.
        QString about;
        for (const audit::Finding &finding : model()->findings()) {
            page()->showFinding(items::findingKey(finding));
            if (add->isEnabled() && add->isVisible() && finding.object.kind == u"Deployment") {
                about = finding.object.name;
                break;
            }
        }
        QVERIFY(!about.isEmpty());
        add->click();
        auto *wizard = m_window->find<pages::OverlayPage>("overlay");
        QVERIFY(wizard->isVisible());
        QTRY_COMPARE_WITH_TIMEOUT(wizard->currentStep(), 1, wait);
        QVERIFY(std::ranges::any_of(wizard->settings().choices, [&](const overlay::Choice &choice) { return choice.name == about && choice.include == true; }));
        // Nothing is lost unasked.
        m_window->find<QAbstractButton>("overlay.discard")->click();
        QVERIFY(!wizard->settings().choices.isEmpty());
        m_window->find<QAbstractButton>("discard.act")->click();
        QTRY_VERIFY(page()->isVisible());
        QVERIFY(wizard->settings().choices.isEmpty());
    }

    void kustomizeIsAskedInTheLastStep()
    {
        m_window->find<QAbstractButton>("ha.overlay")->click();
        auto *wizard = m_window->find<pages::OverlayPage>("overlay");
        QTRY_VERIFY_WITH_TIMEOUT(m_window->table("overlay.files")->totalCount() > 0, wait);
        wizard->showStep(3);
        const auto summary = [&] { return wizard->findChild<QWidget *>(u"overlay.summary"_s)->accessibleName(); };
        const bool found = !QStandardPaths::findExecutable(u"kustomize"_s).isEmpty() || !QStandardPaths::findExecutable(u"kubectl"_s).isEmpty();
        if (found)
            QTRY_VERIFY2_WITH_TIMEOUT(summary().contains(u"build"_s) && !summary().contains(u"is building"_s), qPrintable(summary()), wait);
        else
            QTRY_VERIFY2_WITH_TIMEOUT(summary().contains(u"no kustomize"_s), qPrintable(summary()), wait);
    }

    void whatIfIsAnsweredForANode()
    {
        QTest::keyClick(m_window->table("ha.table"), Qt::Key_W);
        const auto answer = [this] { return m_window->find<kit::Paragraph>("ha.whatif.answer")->text(); };
        QTRY_VERIFY_WITH_TIMEOUT(!m_window->window.findChildren<kit::Chip *>(u"ha.whatif.node"_s).isEmpty(), wait);
        const auto chips = m_window->window.findChildren<kit::Chip *>(u"ha.whatif.node"_s);
        chips.last()->click();
        QTRY_VERIFY_WITH_TIMEOUT(answer().contains(chips.last()->text()), wait);
    }

    void theWizardKnowsTheClusterAndKeepsItsDraft()
    {
        m_window->find<QAbstractButton>("ha.overlay")->click();
        auto *wizard = m_window->find<pages::OverlayPage>("overlay");
        QVERIFY(wizard->isVisible());
        QVERIFY(wizard->steps()->isVisible());
        QVERIFY(!m_window->find<kit::NavItem>("nav.jobs")->isVisible());
        QTRY_VERIFY_WITH_TIMEOUT(m_window->table("overlay.objects")->totalCount() > 0, wait);
        wizard->showStep(1);
        const auto tiers = wizard->findChildren<kit::Check *>(u"overlay.tier"_s);
        QVERIFY(!tiers.isEmpty());
        const bool was = tiers.first()->isChecked();
        tiers.first()->click();
        QCOMPARE(wizard->settings().tiers.contains(1), !was);
        QTest::keyClick(wizard, Qt::Key_Escape);
        QTRY_VERIFY(page()->isVisible());
        QVERIFY(m_window->find<kit::NavItem>("nav.jobs")->isVisible());
        // As after a crash: another window finds what was chosen.
        m_window = std::make_unique<TestWindow>(m_home, test::kubeconfig());
        m_window->preferences.setFirstPage(u"overlay"_s);
        m_window->window.start();
        auto *again = m_window->find<pages::OverlayPage>("overlay");
        QTRY_VERIFY_WITH_TIMEOUT(m_window->table("overlay.files")->totalCount() > 0 || again->settings().tiers.contains(1) != was, wait);
        QTRY_COMPARE_WITH_TIMEOUT(again->settings().tiers.contains(1), !was, wait);
    }
};

QTEST_MAIN(TestWindowHa)
#include "tst_window_ha.moc"
