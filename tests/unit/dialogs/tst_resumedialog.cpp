// SPDX-License-Identifier: GPL-3.0-or-later
#include "dialogs/ExecConsentDialog.h"
#include "dialogs/ResumeDialog.h"
#include "kit/Button.h"
#include "kit/Inputs.h"
#include "kit/Theme.h"

#include <QApplication>
#include <QRadioButton>
#include <QPlainTextEdit>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::dialogs;

namespace {

ResumeView view()
{
    ResumeView view;
    view.jobName = u"demo"_s;
    view.newObject = true;
    view.newName = u"demo-r2"_s;
    view.checkpoint.path = u"step-100"_s;
    view.checkpoint.step = 100;
    view.checkpoint.verdict = Verdict::Whole;
    view.checkpointPath = u"/ckpt/step-100"_s;
    view.told = u"RESUME_FROM_CHECKPOINT=/ckpt/step-100"_s;
    view.diffAgainst = u"demo"_s;
    view.diff = {{manifest::DiffLine::Kind::Added, u"x"_s}};
    view.ready = true;
    return view;
}

} // namespace

class TestResumeDialog : public QObject
{
    Q_OBJECT
    std::unique_ptr<ResumeDialog> m_dialog;

    kit::Button *act() { return m_dialog->findChild<kit::Button *>(u"resume.act"_s); }
    kit::Input *name() { return m_dialog->findChild<kit::Input *>(u"resume.name"_s); }

private slots:
    void initTestCase() { kit::Theme::install(*qApp, kit::ThemeMode::Light); }
    void init()
    {
        m_dialog = std::make_unique<ResumeDialog>();
        m_dialog->setView(view());
        m_dialog->open();
    }
    void cleanup() { m_dialog.reset(); }

    void aStartFromWeightsIsNotCalledAResume()
    {
        QVERIFY(act()->text().contains(u"Resume"_s));
        ResumeView changed = view();
        changed.startsRun = true;
        m_dialog->setView(changed);
        QCOMPARE(act()->text(), u"Start from these weights"_s);
        QVERIFY2(!m_dialog->windowTitle().contains(u"Resume"_s), qPrintable(m_dialog->windowTitle()));
    }

    void theActIsOffUntilEverythingAllowsIt()
    {
        QVERIFY(act()->isEnabled());
        ResumeView changed = view();
        changed.checking = true;
        changed.ready = false;
        m_dialog->setView(changed);
        QVERIFY(!act()->isEnabled());
        QVERIFY(!act()->toolTip().isEmpty());
        changed = view();
        changed.problems = {{u"damaged"_s, kit::CheckItem::State::Err, u"It is damaged"_s, {}, {}, {}}};
        m_dialog->setView(changed);
        QVERIFY(!act()->isEnabled());
        changed = view();
        changed.nameError = u"Taken."_s;
        m_dialog->setView(changed);
        QVERIFY(!act()->isEnabled());
        m_dialog->setView(view());
        QVERIFY(act()->isEnabled());
    }

    void unverifiedAsksFirst()
    {
        ResumeView unverified = view();
        unverified.checkpoint.verdict = Verdict::Unverified;
        m_dialog->setView(unverified);
        QVERIFY(!act()->isEnabled());
        QSignalSpy accepted(m_dialog.get(), &ResumeDialog::unverifiedAccepted);
        m_dialog->findChild<kit::Check *>(u"resume.unverified"_s)->click();
        QCOMPARE(accepted.size(), 1);
        QVERIFY(act()->isEnabled());
    }

    void enterInTheNameFieldStartsNothing()
    {
        QSignalSpy resumes(m_dialog.get(), &ResumeDialog::actRequested);
        QSignalSpy finished(m_dialog.get(), &QDialog::finished);
        name()->setFocus();
        QTest::keyClick(name(), Qt::Key_Return);
        QCOMPARE(resumes.size(), 0);
        QCOMPARE(finished.size(), 0);
    }

    void typingANameAsksForANewPlanAndIsNotOverwritten()
    {
        QSignalSpy names(m_dialog.get(), &ResumeDialog::newNameChanged);
        name()->setFocus();
        name()->selectAll();
        QTest::keyClicks(name(), u"mine"_s);
        QCOMPARE(names.last().first().toString(), u"mine"_s);
        QVERIFY(!act()->isEnabled());
        ResumeView late = view();
        late.newName = u"demo-r2"_s;
        m_dialog->activateWindow();
        QApplication::setActiveWindow(m_dialog.get());
        name()->setFocus();
        QTRY_VERIFY(name()->hasFocus());
        m_dialog->setView(late);
        QCOMPARE(m_dialog->newName(), u"mine"_s);
    }

    void theActIsAskedForOnceUntilItIsAnswered()
    {
        QSignalSpy resumes(m_dialog.get(), &ResumeDialog::actRequested);
        act()->click();
        act()->click();
        QCOMPARE(resumes.size(), 1);
        m_dialog->setRefused(Error::make(Error::Kind::Conflict, u"The job changed meanwhile."_s));
        QVERIFY(!m_dialog->inProgress());
        QVERIFY(act()->isEnabled());
    }

    void contractsAreCheckedBeforeTheyAreUsed()
    {
        ResumeView unknown = view();
        unknown.contractKnown = false;
        m_dialog->setView(unknown);
        QVERIFY(!act()->isEnabled());
        QSignalSpy chosen(m_dialog.get(), &ResumeDialog::contractChosen);
        auto *use = m_dialog->findChild<kit::Button *>(u"resume.contract.use"_s);
        QVERIFY(use->isVisible());
        use->click();
        QCOMPARE(chosen.size(), 1);
        QCOMPARE(chosen.last().first().value<ResumeContract>().resumeBy, u"env:RESUME_FROM_CHECKPOINT"_s);
        m_dialog->setView(unknown);
        const auto radios = m_dialog->findChildren<QRadioButton *>();
        QCOMPARE(radios.size(), 3);
        radios[1]->click();
        use->click();
        QCOMPARE(chosen.size(), 1);
        for (kit::Input *input : m_dialog->findChildren<kit::Input *>())
            if (input->placeholderText() == u"--resume={path}"_s)
                input->setText(u"--from={path}"_s);
        use->click();
        QCOMPARE(chosen.size(), 2);
        QCOMPARE(chosen.last().first().value<ResumeContract>().resumeBy, u"arg:--from={path}"_s);
        m_dialog->setView(unknown);
        radios[2]->click();
        use->click();
        QCOMPARE(chosen.last().first().value<ResumeContract>().resumeBy, u"newest"_s);
    }

    void theStepsReplaceTheChecksAndFailuresCanBePutBack()
    {
        ChangeProgress progress;
        progress.title = u"Resuming demo"_s;
        progress.canCancel = true;
        progress.steps = {{u"suspend"_s, kit::CheckItem::State::Running, u"Suspending"_s, {}, {}, {}}};
        m_dialog->setProgress(progress);
        QVERIFY(m_dialog->inProgress());
        auto *putBack = m_dialog->findChild<kit::Button *>(u"resume.putBack"_s);
        auto *stop = m_dialog->findChild<kit::Button *>(u"resume.stop"_s);
        QVERIFY(!putBack->isVisible());
        QVERIFY(stop->isVisible());
        progress.state = ChangeProgress::State::Failed;
        progress.error = Error::make(Error::Kind::Server, u"It failed."_s);
        progress.canPutBack = true;
        m_dialog->setProgress(progress);
        QVERIFY(putBack->isVisible());
        QVERIFY(!stop->isVisible());
        QSignalSpy back(m_dialog.get(), &ResumeDialog::rollBackRequested);
        putBack->click();
        putBack->click();
        QCOMPARE(back.size(), 1);
    }

    void consentShowsWhatIsMasked()
    {
        ExecConsentView asks;
        asks.program = u"plugin"_s;
        asks.command = u"/usr/bin/plugin --token •••"_s;
        asks.environment = {u"API_KEY=•••"_s};
        asks.files = {u"/tmp/hook.py"_s};
        {
            const ExecConsentDialog nothingMasked(asks);
            QVERIFY(!nothingMasked.findChild<kit::Button *>(u"execConsent.show"_s));
        }
        asks.wholeCommand = u"/usr/bin/plugin --token abc"_s;
        asks.wholeEnvironment = {u"API_KEY=k"_s};
        const ExecConsentDialog dialog(asks);
        const auto text = [&](const QString &name) { return dialog.findChild<QPlainTextEdit *>(name)->toPlainText(); };
        QCOMPARE(text(u"execConsent.command"_s), asks.command);
        QCOMPARE(text(u"execConsent.files"_s), u"/tmp/hook.py"_s);
        auto *show = dialog.findChild<kit::Button *>(u"execConsent.show"_s);
        show->click();
        QCOMPARE(text(u"execConsent.command"_s), asks.wholeCommand);
        QCOMPARE(text(u"execConsent.environment"_s), u"API_KEY=k"_s);
        show->click();
        QCOMPARE(text(u"execConsent.environment"_s), u"API_KEY=•••"_s);
    }

    void consentIsNeverGivenByEnter()
    {
        ExecConsentView asks;
        asks.program = u"plugin"_s;
        asks.binary = u"/usr/bin/plugin"_s;
        ExecConsentDialog dialog(asks);
        QSignalSpy accepted(&dialog, &QDialog::accepted);
        QSignalSpy rejected(&dialog, &QDialog::rejected);
        dialog.open();
        QTest::keyClick(&dialog, Qt::Key_Return);
        QCOMPARE(accepted.size(), 0);
        QCOMPARE(rejected.size(), 1);
        dialog.open();
        dialog.findChild<kit::Button *>(u"execConsent.allow"_s)->click();
        QCOMPARE(accepted.size(), 1);
    }
};

QTEST_MAIN(TestResumeDialog)
#include "tst_resumedialog.moc"
