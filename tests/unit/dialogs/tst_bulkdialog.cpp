// SPDX-License-Identifier: GPL-3.0-or-later
#include "dialogs/BulkDialog.h"
#include "kit/Button.h"
#include "kit/Inputs.h"
#include "kit/Label.h"
#include "kit/Theme.h"
#include "views/DataTable.h"

#include <QApplication>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::dialogs;
using jobs::BulkAct;
using Stage = BulkView::Stage;

namespace {

Job job(const QString &name, JobPhase phase = JobPhase::Running)
{
    Job job;
    job.uid = name;
    job.name = name;
    job.ns = u"research"_s;
    job.phase = phase;
    return job;
}

BulkView ready(BulkAct act, int count, int losing)
{
    BulkView view;
    view.stage = Stage::Ready;
    view.act = act;
    view.total = view.acting = count;
    view.losing = losing;
    view.lost = losing > 0 ? u"4.8 GPU-h"_s : QString();
    for (int i = 0; i < count; ++i)
        view.rows.append(items::bulkRow(jobs::planBulk(act, job(u"job-%1"_s.arg(i)), nullptr, QDateTime::currentDateTimeUtc())));
    return view;
}

} // namespace

class TestBulkDialog : public QObject
{
    Q_OBJECT
    std::unique_ptr<BulkDialog> m_dialog;

    kit::Button *button(const char *name) { return m_dialog->findChild<kit::Button *>(QLatin1StringView(name)); }
    kit::Button *act() { return button("bulk.act"); }
    kit::Check *read() { return m_dialog->findChild<kit::Check *>(u"bulk.read"_s); }
    void open(const BulkView &view)
    {
        m_dialog = std::make_unique<BulkDialog>(view.act);
        m_dialog->open();
        m_dialog->setView(view);
    }

private slots:
    void initTestCase() { kit::Theme::install(*qApp, kit::ThemeMode::Light); }
    void cleanup() { m_dialog.reset(); }

    void theActWaitsUntilEveryJobWasLookedAt()
    {
        BulkView view = ready(BulkAct::Suspend, 3, 3);
        view.stage = Stage::Checking;
        view.looked = 1;
        open(view);
        QVERIFY(!act()->isEnabled());
        QVERIFY(act()->toolTip().contains(u"1"_s) && act()->toolTip().contains(u"3"_s));
        m_dialog->setView(ready(BulkAct::Suspend, 3, 3));
        QVERIFY(act()->isEnabled());
        QVERIFY(act()->text().contains(u'3'));
        // The safe button has the focus.
        QCOMPARE(m_dialog->focusWidget(), button("bulk.cancel"));
        QSignalSpy asked(m_dialog.get(), &BulkDialog::actRequested);
        act()->click();
        act()->click();
        QCOMPARE(asked.size(), 1);
    }

    void lostWorkIsReadBeforeItIsDeleted()
    {
        open(ready(BulkAct::Delete, 2, 1));
        QVERIFY(read()->isVisible());
        QVERIFY(!act()->isEnabled());
        read()->click();
        QVERIFY(act()->isEnabled());
        // Looked at again, it may be otherwise.
        BulkView again = ready(BulkAct::Delete, 2, 1);
        again.stage = Stage::Checking;
        m_dialog->setView(again);
        m_dialog->setView(ready(BulkAct::Delete, 2, 1));
        QVERIFY(!read()->isChecked() && !act()->isEnabled());
        // Nothing is lost: nothing to read.
        open(ready(BulkAct::Delete, 5, 0));
        QVERIFY(!read()->isVisible() && act()->isEnabled());
        open(ready(BulkAct::Suspend, 5, 5));
        QVERIFY(!read()->isVisible() && act()->isEnabled());
        open(ready(BulkAct::Suspend, 6, 6));
        QVERIFY(read()->isVisible() && !act()->isEnabled());
    }

    void manyAreDeletedOnlyAfterTheirNumberIsTyped()
    {
        open(ready(BulkAct::Delete, 12, 0));
        auto *typed = m_dialog->findChild<kit::Input *>(u"bulk.typed"_s);
        QVERIFY(typed->isVisible() && !act()->isEnabled());
        typed->setFocus();
        QTest::keyClicks(typed, u"1"_s);
        QVERIFY(!act()->isEnabled());
        QTest::keyClicks(typed, u"2"_s);
        QVERIFY(act()->isEnabled());
        QSignalSpy asked(m_dialog.get(), &BulkDialog::actRequested);
        QSignalSpy finished(m_dialog.get(), &QDialog::finished);
        QTest::keyClick(typed, Qt::Key_Return);
        QCOMPARE(asked.size() + finished.size(), 0);
        open(ready(BulkAct::Suspend, 12, 0));
        QVERIFY(!m_dialog->findChild<kit::Input *>(u"bulk.typed"_s)->isVisible());
    }

    void enterDeletesNothing()
    {
        open(ready(BulkAct::Delete, 2, 0));
        QSignalSpy asked(m_dialog.get(), &BulkDialog::actRequested);
        act()->setFocus();
        QTest::keyClick(act(), Qt::Key_Return);
        QCOMPARE(asked.size(), 0);
        QTest::keyClick(act(), Qt::Key_Space);
        QCOMPARE(asked.size(), 1);
    }

    void everyRowSaysWhyInFull()
    {
        BulkView view = ready(BulkAct::Suspend, 1, 1);
        Job finished = job(u"old"_s, JobPhase::Succeeded);
        view.rows.append(items::bulkRow(jobs::planBulk(BulkAct::Suspend, finished, nullptr, {})));
        view.leftOut = 1;
        open(view);
        auto *table = m_dialog->findChild<views::DataTable *>(u"bulk.table"_s);
        QCOMPARE(table->rowCount(), 2);
        QCOMPARE(table->currentKey(), u"job-0"_s);
        table->setCurrentKey(u"old"_s);
        bool said = false;
        for (const kit::Paragraph *text : m_dialog->findChildren<kit::Paragraph *>())
            said |= text->isVisible() && text->text().contains(u"nothing to suspend"_s);
        QVERIFY(said);
    }

    void nothingToDoLeavesNoAct()
    {
        BulkView view = ready(BulkAct::Unsuspend, 2, 0);
        view.acting = 0;
        view.leftOut = 2;
        open(view);
        QVERIFY(!act()->isVisible());
        QVERIFY(button("bulk.cancel")->isVisible());
        QVERIFY(button("bulk.again")->isVisible());
    }

    void progressCanBeStoppedAndLeft()
    {
        BulkView view = ready(BulkAct::Suspend, 3, 0);
        view.stage = Stage::Running;
        open(view);
        QVERIFY(!act()->isVisible() && button("bulk.stop")->isVisible());
        QSignalSpy stopped(m_dialog.get(), &BulkDialog::stopRequested);
        button("bulk.stop")->click();
        button("bulk.stop")->click();
        QCOMPARE(stopped.size(), 1);
        view.stage = Stage::Ended;
        view.done = 1;
        view.failed = 1;
        view.stopped = 1;
        m_dialog->setView(view);
        QVERIFY(!button("bulk.stop")->isVisible());
        auto *title = m_dialog->findChild<kit::Label *>(u"bulk.title"_s);
        QVERIFY2(title->text().startsWith(u"1 "_s), qPrintable(title->text()));
        QSignalSpy closed(m_dialog.get(), &QDialog::finished);
        QTest::keyClick(button("bulk.close"), Qt::Key_Return);
        QCOMPARE(closed.size(), 1);
    }

    void tenThousandJobsAreStillATable()
    {
        open(ready(BulkAct::Delete, 10'000, 0));
        QVERIFY(m_dialog->findChildren<QWidget *>().size() < 100);
    }

    void resultsReplaceThePlan()
    {
        const items::BulkRow planned = items::bulkRow(jobs::planBulk(BulkAct::Delete, job(u"a"_s), nullptr, QDateTime::currentDateTimeUtc()));
        QVERIFY(!planned.more.isEmpty());
        const Error error = Error::make(Error::Kind::Conflict, u"It changed."_s, u"Why"_s, u"Fix"_s);
        const items::BulkRow failed = items::withResult(planned, {jobs::BulkResult::State::Failed, error.what, error});
        QCOMPARE(failed.text, u"It changed."_s);
        QCOMPARE(failed.more, (QStringList{u"Why"_s, u"Fix"_s}));
        QVERIFY(failed.tag.tone == items::Tone::Err);
        // Left out: it keeps saying why.
        const items::BulkRow left = items::bulkRow(jobs::planBulk(BulkAct::Suspend, job(u"b"_s, JobPhase::Failed), nullptr, {}));
        QCOMPARE(items::withResult(left, {jobs::BulkResult::State::Unchanged, left.text, {}}), left);
    }
};

QTEST_MAIN(TestBulkDialog)
#include "tst_bulkdialog.moc"
