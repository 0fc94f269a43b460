// SPDX-License-Identifier: GPL-3.0-or-later
#include "kit/Button.h"
#include "kit/Inputs.h"
#include "kit/Label.h"
#include "kit/StateView.h"
#include "kit/Theme.h"
#include "logs/LogView.h"
#include "pages/JobPage.h"
#include "pages/LogPane.h"
#include "pages/WhyPanel.h"
#include "views/DataTable.h"

#include <QAction>
#include <QApplication>
#include <QLabel>
#include <QScopeGuard>
#include <QSignalSpy>
#include <QTest>
#include <algorithm>

using namespace Qt::StringLiterals;
using namespace cairn;
using pages::JobPage;

namespace {

const QDateTime now = QDateTime::fromString(u"2026-03-01T12:00:00Z"_s, Qt::ISODate);

Job job(const QString &uid)
{
    Job job;
    job.uid = uid;
    job.name = u"demo-"_s + uid;
    job.ns = u"research"_s;
    job.phase = JobPhase::Running;
    job.created = job.started = now.addSecs(-3600);
    job.replicas = {ReplicaGroup{u"Worker"_s, 2, 2, 2, 0, 0, 1}};
    return job;
}

Checkpoint checkpoint(qint64 step, Verdict verdict)
{
    Checkpoint c;
    c.path = u"step-%1"_s.arg(step);
    c.step = step;
    c.verdict = verdict;
    c.resumable = verdict == Verdict::Whole;
    c.savedAt = now.addSecs(step - 3000);
    c.reason = u"because"_s;
    return c;
}

Listing listing(const QList<Checkpoint> &checkpoints)
{
    Listing listing;
    listing.readAt = now;
    listing.runs = {Run{u"."_s, u"dcp"_s, {}, checkpoints}};
    return listing;
}

} // namespace

class TestJobPage : public QObject
{
    Q_OBJECT
    std::unique_ptr<JobPage> m_page;

    kit::Button *button(const QString &text)
    {
        // Rows made by a setter appear, and the ones they replace go, with the next turn of the event loop.
        QTest::qWait(0);
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        for (kit::Button *candidate : m_page->findChildren<kit::Button *>())
            if (candidate->text() == text && candidate->isVisibleTo(m_page.get()))
                return candidate;
        return nullptr;
    }
    views::DataTable *table() { return m_page->findChild<views::DataTable *>(u"job.checkpoints"_s); }

private slots:
    void initTestCase() { kit::Theme::install(*qApp, kit::ThemeMode::Light); }
    void init()
    {
        m_page = std::make_unique<JobPage>();
        m_page->resize(800, 700);
        m_page->show();
        m_page->setNow(now);
        m_page->setJob(job(u"1"_s), std::nullopt);
    }
    void cleanup() { m_page.reset(); }

    void theNewestWholeIsPreselectedUntilTheUserChooses()
    {
        m_page->setListing(listing({checkpoint(100, Verdict::Whole), checkpoint(200, Verdict::Whole),
                                    checkpoint(300, Verdict::Damaged)}));
        QCOMPARE(m_page->selectedCheckpoint(), u"step-200"_s);
        m_page->setListing(listing({checkpoint(100, Verdict::Whole), checkpoint(200, Verdict::Whole),
                                    checkpoint(400, Verdict::Whole)}));
        QCOMPARE(m_page->selectedCheckpoint(), u"step-400"_s);
        m_page->selectRow(u"step-100"_s);
        m_page->setListing(listing({checkpoint(100, Verdict::Whole), checkpoint(500, Verdict::Whole)}));
        QCOMPARE(m_page->selectedCheckpoint(), u"step-100"_s);
        m_page->setListing(listing({checkpoint(500, Verdict::Whole)}));
        QCOMPARE(m_page->selectedCheckpoint(), u"step-500"_s);
    }

    void itSaysWhyTheJobDiedAndLeadsToTheLog()
    {
        Job dead = job(u"1"_s);
        dead.phase = JobPhase::Restarting;
        dead.message = u"PyTorchJob research/demo-1 is restarting"_s;
        dead.died = DeathCause{};
        dead.died->kind = DeathCause::Kind::NoSpace;
        dead.died->claim = u"ckpt"_s;
        dead.died->subject = u"/ckpt"_s;
        dead.died->pod = u"demo-1-worker-0"_s;
        dead.died->line = u"OSError: [Errno 28] No space left on device"_s;
        m_page->setJob(dead, std::nullopt);
        auto *banner = m_page->findChild<QWidget *>(u"job.died"_s);
        QVERIFY(banner->isVisibleTo(m_page.get()));
        kit::Button *toLog = button(u"Show log"_s);
        QVERIFY(toLog && banner->isAncestorOf(toLog));
        toLog->click();
        QCOMPARE(m_page->tab(), JobPage::Tab::Logs);
        m_page->setJob(job(u"1"_s), std::nullopt);
        QVERIFY(!banner->isVisibleTo(m_page.get()));
    }

    void onALostNodeReadinessIsUnknown()
    {
        Job lost = job(u"1"_s);
        lost.phase = JobPhase::NodeLost;
        lost.replicas[0].ready = 1;
        lost.replicas[0].unknown = 1;
        m_page->setJob(lost, std::nullopt);
        QVERIFY(m_page->findChild<QWidget *>(u"job.died"_s)->isVisibleTo(m_page.get()));
        QStringList texts;
        for (const QLabel *label : m_page->findChildren<QLabel *>())
            texts.append(label->text());
        QVERIFY(texts.contains(u"≥ 1/2"_s));
    }

    void damagedCannotBeResumedByAnyWay()
    {
        m_page->setListing(listing({checkpoint(100, Verdict::Whole), checkpoint(300, Verdict::Damaged)}));
        QSignalSpy resumes(m_page.get(), &JobPage::resumeRequested);
        m_page->selectRow(u"step-300"_s);
        auto *resume = m_page->findChild<kit::Button *>(u"job.resume"_s);
        QVERIFY(!resume->isEnabled());
        resume->click();
        QTest::keyClick(table(), Qt::Key_R);
        QTest::keyClick(table(), Qt::Key_Return);
        QTest::keyClick(table(), Qt::Key_Return, Qt::ControlModifier);
        QCOMPARE(resumes.size(), 0);
        m_page->selectRow(u"step-100"_s);
        QVERIFY(resume->isEnabled());
        QTest::keyClick(table(), Qt::Key_R);
        QCOMPARE(resumes.size(), 1);
        QCOMPARE(resumes.first().first().toString(), u"step-100"_s);
    }

    void aFullReadIsAskedForByKeyAndItsResultKept()
    {
        const Checkpoint c = checkpoint(200, Verdict::Whole);
        m_page->setListing(listing({checkpoint(100, Verdict::Whole), c}));
        QSignalSpy verify(m_page.get(), &JobPage::verifyRequested);
        QSignalSpy resume(m_page.get(), &JobPage::resumeRequested);
        QTest::keyClick(table(), Qt::Key_V);
        QCOMPARE(verify.size(), 1);
        QCOMPARE(verify.first().first().toString(), u"step-200"_s);
        const auto reason = [&](const QString &path) {
            return table()->filter()->index(table()->indexOfKey(path).row(), items::CheckpointTableModel::Reason).data().toString();
        };
        m_page->setVerifying(u"step-200"_s, u"41 %"_s);
        QVERIFY2(reason(u"step-200"_s).contains(u"41 %"_s), qPrintable(reason(u"step-200"_s)));
        m_page->setVerifying(u"step-200"_s, {});
        Verification damaged;
        damaged.path = c.path;
        damaged.at = now.addSecs(-7200);
        damaged.result = FullRead::Damaged;
        damaged.reason = u"entry data/3 does not hold."_s;
        damaged.stamp = stampOf(c);
        m_page->setVerifications({{c.path, damaged}});
        QVERIFY2(reason(u"step-200"_s).contains(u"2 h ago"_s) && reason(u"step-200"_s).contains(u"entry data/3"_s), qPrintable(reason(u"step-200"_s)));
        QCOMPARE(reason(u"step-100"_s), u"because"_s);
        QVERIFY(!m_page->findChild<kit::Button *>(u"job.resume"_s)->isEnabled());
        QTest::keyClick(table(), Qt::Key_R);
        QCOMPARE(resume.size(), 0);
        // Of files that were written since it says nothing.
        Checkpoint newer = c;
        newer.savedAt = c.savedAt.addSecs(60);
        m_page->setListing(listing({checkpoint(100, Verdict::Whole), newer}));
        QCOMPARE(reason(u"step-200"_s), u"because"_s);
        QVERIFY(m_page->findChild<kit::Button *>(u"job.resume"_s)->isEnabled());
    }

    void twoAreCompared()
    {
        m_page->setListing(listing({checkpoint(100, Verdict::Whole), checkpoint(200, Verdict::Whole), checkpoint(300, Verdict::Damaged)}));
        QSignalSpy compare(m_page.get(), &JobPage::compareRequested);
        auto *act = m_page->findChild<kit::Button *>(u"job.compare"_s);
        for (const QStringList &checked : {QStringList{u"step-100"_s}, QStringList{u"step-100"_s, u"step-200"_s, u"step-300"_s}}) {
            table()->setCheckedKeys(checked);
            QVERIFY(!act->isEnabled());
            QTest::keyClick(table(), Qt::Key_C);
        }
        QCOMPARE(compare.size(), 0);
        table()->setCheckedKeys({u"step-300"_s, u"step-100"_s});
        QVERIFY(act->isEnabled());
        QTest::keyClick(table(), Qt::Key_C);
        act->click();
        QCOMPARE(compare.size(), 2);
        QCOMPARE(compare.first(), (QVariantList{u"step-100"_s, u"step-300"_s})); // the older is A
    }
    /// Where none is checked, as in a narrow table, which has no boxes.
    void theSelectedOneIsComparedWithTheOneBelow()
    {
        m_page->setListing(listing({checkpoint(100, Verdict::Whole), checkpoint(200, Verdict::Whole), checkpoint(300, Verdict::Whole)}));
        QSignalSpy compare(m_page.get(), &JobPage::compareRequested);
        table()->setCurrentKey(u"step-300"_s);
        QTest::keyClick(table(), Qt::Key_C);
        QCOMPARE(compare.takeFirst(), (QVariantList{u"step-200"_s, u"step-300"_s}));
        table()->setCurrentKey(u"step-100"_s);
        QTest::keyClick(table(), Qt::Key_C);
        QCOMPARE(compare.size(), 0);
        QVERIFY(!m_page->findChild<QAction *>(u"job.compare.act"_s)->isEnabled());
    }

    void aMissingRightTurnsEveryResumeOff()
    {
        m_page->setListing(listing({checkpoint(100, Verdict::Whole)}));
        m_page->setResumeRefusal(u"You may not patch pytorchjobs in research."_s);
        QSignalSpy resumes(m_page.get(), &JobPage::resumeRequested);
        QTest::keyClick(table(), Qt::Key_R);
        QVERIFY(!m_page->findChild<kit::Button *>(u"job.resume"_s)->isEnabled());
        QCOMPARE(resumes.size(), 0);
    }

    void anotherJobStartsEmpty()
    {
        m_page->setListing(listing({checkpoint(100, Verdict::Whole)}));
        items::PendingResume pending;
        pending.text = u"A resume was not finished"_s;
        m_page->setPendingResume(pending);
        QVERIFY(button(u"Finish"_s));
        QSignalSpy shown(m_page.get(), &JobPage::tabShown);
        m_page->setJob(job(u"2"_s), std::nullopt);
        QCOMPARE(m_page->selectedCheckpoint(), QString());
        QCOMPARE(table()->rowCount(), 0);
        QVERIFY(!button(u"Finish"_s));
        QCOMPARE(shown.size(), 1);
    }

    void anUnfinishedResumeCanBeFinishedOrUndone()
    {
        items::PendingResume pending;
        pending.text = u"A resume was not finished"_s;
        m_page->setPendingResume(pending);
        QSignalSpy finish(m_page.get(), &JobPage::finishResumeRequested);
        QSignalSpy undo(m_page.get(), &JobPage::undoResumeRequested);
        button(u"Finish"_s)->click();
        button(u"Roll back"_s)->click();
        QCOMPARE(finish.size(), 1);
        QCOMPARE(undo.size(), 1);
        pending.refusal = u"You may not patch it."_s;
        m_page->setPendingResume(pending);
        QVERIFY(!button(u"Finish"_s));
    }

    void aGuessCanBeCorrectedByAnAbsolutePathOnly()
    {
        items::SaveLocation guess;
        guess.path = u"/out"_s;
        guess.guessed = true;
        m_page->setSaveLocation(guess);
        QSignalSpy corrected(m_page.get(), &JobPage::saveLocationCorrected);
        button(u"Correct…"_s)->click();
        auto *field = m_page->findChild<kit::Input *>(u"job.saveLocation"_s);
        QVERIFY(field->isVisible());
        QCOMPARE(field->text(), u"/out"_s);
        for (const QString &bad : {u"ckpt"_s, u""_s, u"/a/../b"_s}) {
            field->setText(bad);
            QTest::keyClick(field, Qt::Key_Return);
        }
        QCOMPARE(corrected.size(), 0);
        field->setText(u"/ckpt/run"_s);
        QTest::keyClick(field, Qt::Key_Return);
        QCOMPARE(corrected.size(), 1);
        QVERIFY(!field->isVisible());
    }

    void aJobThatIsOnlyShownOffersNoCorrection()
    {
        items::SaveLocation guess;
        guess.path = u"/out"_s;
        guess.guessed = true;
        guess.reason = u"From an argument."_s;
        const auto told = [this] {
            QString all;
            for (const kit::Paragraph *text : m_page->findChild<QWidget *>(u"job.guess"_s)->findChildren<kit::Paragraph *>())
                all += text->text();
            return all;
        };
        Job shown = job(u"set"_s);
        shown.kind = JobKind::JobSet;
        m_page->setJob(shown, std::nullopt);
        m_page->setSaveLocation(guess);
        QVERIFY(m_page->findChild<QWidget *>(u"job.guess"_s)->isVisible());
        QVERIFY(!button(u"Correct…"_s));
        QVERIFY2(told().contains(u"JobSet"_s), qPrintable(told()));
        // Where the user may not write on it, as well.
        m_page->setJob(job(u"2"_s), std::nullopt);
        m_page->setSaveLocation(guess);
        QVERIFY(button(u"Correct…"_s));
        m_page->setPatchRefusal(u"You have no permission."_s);
        QVERIFY(!button(u"Correct…"_s));
        QVERIFY(told().contains(u"You have no permission."_s));
    }

    void theCauseIsWholeInANarrowWindow()
    {
        Job failed = job(u"1"_s);
        failed.phase = JobPhase::Failed;
        failed.message = u"PyTorchJob demo-1 is failed because 1 Worker replica(s) failed with exit code 137."_s;
        m_page->resize(640, 690);
        m_page->setJob(failed, std::nullopt);
        QTest::qWait(0);
        kit::ElidedLabel *cause = nullptr;
        for (kit::ElidedLabel *label : m_page->findChildren<kit::ElidedLabel *>()) {
            if (label->text().contains(failed.message))
                cause = label;
        }
        QVERIFY(cause && cause->isVisible());
        QVERIFY2(cause->width() > 400, qPrintable(QString::number(cause->width())));
        QVERIFY(cause->height() >= cause->heightForWidth(cause->width()));
        QVERIFY(cause->toolTip().isEmpty()); // nothing of it is cut
        QVERIFY(cause->accessibleName().contains(failed.message));
        m_page->resize(1700, 690);
        QTest::qWait(0);
        QVERIFY(cause->y() < 60); // beside the name again
    }

    void atTwiceTheTextTheListHasRowsAndTheNewJobAButton()
    {
        const auto back = qScopeGuard([] { kit::Theme::instance().setTextScale(1.0); });
        kit::Theme::instance().setTextScale(2.0);
        m_page->resize(640, 690);
        m_page->setListing(listing({checkpoint(100, Verdict::Whole), checkpoint(200, Verdict::Whole)}));
        QTest::qWait(0);
        QVERIFY2(table()->height() >= 4 * table()->rowHeight(), qPrintable(QString::number(table()->height())));
        auto *act = m_page->findChild<QAction *>(u"job.newJob.act"_s);
        QVERIFY(act && act->isEnabled());
        QSignalSpy wanted(m_page.get(), &JobPage::newJobRequested);
        act->trigger();
        QCOMPARE(wanted.size(), 1);
        QCOMPARE(wanted.first().first().toString(), u"step-200"_s);
        m_page->setListing(listing({checkpoint(100, Verdict::Damaged)}));
        QVERIFY(!act->isEnabled());
    }

    void theHelperJobAsksAndOffersExec()
    {
        items::ListingConsent consent;
        consent.ns = u"research"_s;
        consent.claim = u"ckpt"_s;
        consent.what = u"kind: Job"_s;
        consent.mayExec = true;
        m_page->setListingConsent(consent);
        QSignalSpy allowed(m_page.get(), &JobPage::helperAllowed);
        QSignalSpy exec(m_page.get(), &JobPage::execChosen);
        button(u"Allow"_s)->click();
        button(u"Use exec instead"_s)->click();
        QCOMPARE(allowed.size(), 1);
        QCOMPARE(exec.size(), 1);
        auto *what = m_page->findChild<QWidget *>(u"job.consent.what"_s);
        QVERIFY(!what->isVisible());
        button(u"What it runs"_s)->click();
        QVERIFY(what->isVisible());
        consent.mayCreate = false;
        m_page->setListingConsent(consent);
        QVERIFY(!button(u"Allow"_s));
        QVERIFY(button(u"Use exec instead"_s));
        m_page->setListingConsent(std::nullopt);
        QVERIFY(!button(u"Use exec instead"_s));
    }

    void theKeysOfABucketAreAskedFor()
    {
        items::BucketConsent consent;
        consent.ns = u"research"_s;
        consent.uri = u"s3://ckpt/llama"_s;
        consent.server = u"https://minio.example.org"_s;
        consent.secrets = QStringList{u"minio-keys"_s};
        m_page->setBucketConsent(consent);
        const auto shown = [this] {
            QString text;
            const QList<QWidget *> widgets = m_page->findChildren<QWidget *>();
            for (const QWidget *widget : widgets) {
                const auto *label = qobject_cast<const QLabel *>(widget);
                if (widget->isVisible()) // a banner's title is its accessible name; the label elides it
                    text += widget->accessibleName() + u'\n' + (label ? label->text() : QString()) + u'\n';
            }
            return text;
        };
        for (const QString &part : {consent.ns, consent.uri, consent.server, consent.secrets.first()})
            QVERIFY2(shown().contains(part), qPrintable(part));
        QVERIFY(!shown().contains(u"not encrypted"_s));
        QSignalSpy allowed(m_page.get(), &JobPage::bucketAllowed);
        QSignalSpy helper(m_page.get(), &JobPage::helperAllowed);
        button(u"Allow"_s)->click();
        QCOMPARE(allowed.size(), 1);
        QCOMPARE(helper.size(), 0);
        consent.server = u"http://minio.example.org"_s;
        consent.encrypted = false;
        m_page->setBucketConsent(consent);
        QVERIFY(shown().contains(u"not encrypted"_s));
        m_page->setListingConsent(std::nullopt);
        QVERIFY(!button(u"Allow"_s));
    }

    void anOldListStaysWhenReadingAgainFails()
    {
        m_page->setListing(listing({checkpoint(100, Verdict::Whole)}));
        m_page->setListingError(Error::make(Error::Kind::Network, u"No answer"_s));
        auto *state = m_page->findChild<kit::StateView *>(u"job.checkpoints.state"_s);
        QCOMPARE(state->state(), kit::StateView::State::Stale);
        QCOMPARE(table()->rowCount(), 1);
    }

    void aBucketWithoutAServerIsAskedFor()
    {
        m_page->setListingError(Error::make(Error::Kind::Unsupported, u"The bucket cannot be listed"_s), JobPage::Ask::Server);
        QVERIFY(button(u"Name the server…"_s));
        button(u"Name the server…"_s)->click();
        auto *field = m_page->findChild<kit::Input *>(u"job.saveLocation"_s);
        QVERIFY(field->isVisible());
        QSignalSpy named(m_page.get(), &JobPage::bucketServerNamed);
        QSignalSpy folder(m_page.get(), &JobPage::saveLocationCorrected);
        QTest::keyClicks(field, u"minio:9000"_s);
        QTest::keyClick(field, Qt::Key_Return);
        QCOMPARE(named.size(), 0); // no address: said below the field
        QVERIFY(field->isVisible());
        field->setText(u" https://minio.example.org:9000 "_s);
        QTest::keyClick(field, Qt::Key_Return);
        QCOMPARE(named.size(), 1);
        QCOMPARE(named.first().first().toString(), u"https://minio.example.org:9000"_s);
        QCOMPARE(folder.size(), 0);
        QVERIFY(!field->isVisible());
    }

    void theActIsTheOneTheTextNames()
    {
        m_page->setListingError(Error::make(Error::Kind::Unsupported, u"Cannot be listed"_s, {}, u"Enter where it saves"_s), JobPage::Ask::Folder);
        QVERIFY(button(u"Enter the folder…"_s));
        button(u"Enter the folder…"_s)->click();
        auto *field = m_page->findChild<kit::Input *>(u"job.saveLocation"_s);
        QVERIFY(field->isVisible());
        QSignalSpy folder(m_page.get(), &JobPage::saveLocationCorrected);
        field->setText(u"/ckpt/run"_s);
        QTest::keyClick(field, Qt::Key_Return);
        QCOMPARE(folder.size(), 1);
    }

    void lettersChangeTabs()
    {
        QSignalSpy shown(m_page.get(), &JobPage::tabShown);
        QTest::keyClick(table(), Qt::Key_L);
        QCOMPARE(m_page->tab(), JobPage::Tab::Logs);
        QCOMPARE(shown.size(), 1);
    }

    void logsOfSeveralPodsAreMerged()
    {
        pages::LogPane *pane = m_page->logs();
        pane->begin({u"w-0"_s, u"w-1\u202E"_s});
        pane->append({{0, 2000, u"second"_s}, {1, 1000, u"first"_s}});
        QCOMPARE(pane->lineCount(), 2);
        QSignalSpy previous(pane, &pages::LogPane::previousToggled);
        pane->setPreviousPossible(true, {});
        pane->findChild<kit::Check *>(u"logs.previous"_s)->click();
        QCOMPARE(previous.size(), 1);
        QVERIFY(pane->isPrevious());
        pane->begin({});
        QCOMPARE(pane->lineCount(), 0);
    }

    void whyItDoesNotStartIsToldWithWhatItRestsOn()
    {
        using State = launch::WhyNot::Evidence::State;
        Job waiting = job(u"w"_s);
        waiting.phase = JobPhase::Queued;
        m_page->setJob(waiting, {});
        auto *panel = m_page->findChild<pages::WhyPanel *>();
        QVERIFY(panel->isHidden());
        pages::JobWhyView view;
        view.reading = true;
        m_page->setWhy(&view);
        QVERIFY(!panel->isHidden());
        QVERIFY(panel->findChild<QWidget *>(u"job.why.chain"_s)->isHidden());
        view.reading = false;
        view.readAt = now.addSecs(-4);
        launch::WhyNot why;
        why.verdict = launch::WhyNot::Verdict::Waiting;
        why.sentence = u"It waits in LocalQueue nlp, number 2 of 3: no room."_s;
        why.ways = {u"Wait."_s, u"Ask for less."_s};
        why.chain = {{u"taken"_s, State::Ok, u"An operator took the job."_s, {}, {}, {}}, {u"claims"_s, State::Ok, u"Its PVCs are there."_s, {}, {}, {}},
            {u"queue"_s, State::Waits, u"It waits in LocalQueue nlp."_s, u"Workload w, condition QuotaReserved"_s, u"couldn't assign flavors"_s, now},
            {u"scheduled"_s, State::NotAsked, u"the scheduler"_s, {}, {}, {}}, {u"image"_s, State::NotAsked, u"image pulls"_s, {}, {}, {}}};
        view.why = why;
        view.gaps = {u"nodes: forbidden"_s};
        m_page->setNow(now);
        m_page->setWhy(&view);
        const auto text = [&](const QString &name) { return panel->findChild<kit::Paragraph *>(name)->text(); };
        QCOMPARE(text(u"job.why.sentence"_s), why.sentence);
        QVERIFY(text(u"job.why.ways"_s).contains(u"2. Ask for less."_s));
        QVERIFY(text(u"job.why.gaps"_s).contains(u"nodes: forbidden"_s));
        QCOMPARE(panel->findChild<QWidget *>(u"job.why.verdict"_s)->accessibleName(), u"Waiting"_s);
        QStringList rows;
        for (const kit::Paragraph *row : panel->findChild<QWidget *>(u"job.why.chain"_s)->findChildren<kit::Paragraph *>())
            rows.append(row->text());
        QCOMPARE(rows.size(), 4); // what holds in one, the queue in two, what was not asked in one
        QVERIFY2(rows.join(u'|').contains(u"Workload w, condition QuotaReserved: `couldn't assign flavors`"_s), qPrintable(rows.join(u'|')));
        QVERIFY(rows.last().contains(u"the scheduler, image pulls"_s));
        QSignalSpy again(m_page.get(), &JobPage::whyRequested);
        panel->findChild<QAbstractButton *>(u"job.why.again"_s)->click();
        QCOMPARE(again.count(), 1);
        // Every line of it can be read on each tab, where the window gives the page less than it asks for.
        {
            QWidget window;
            m_page->setParent(&window);
            const auto back = qScopeGuard([this] { m_page->setParent(nullptr); });
            m_page->setGeometry(0, 0, 652, 654);
            m_page->show();
            window.show();
            for (const auto tab : {JobPage::Tab::Checkpoints, JobPage::Tab::Logs, JobPage::Tab::Yaml, JobPage::Tab::Events}) {
                m_page->showTab(tab);
                const auto all = panel->findChildren<kit::Paragraph *>();
                QTRY_VERIFY_WITH_TIMEOUT(std::ranges::all_of(all, [](const auto *row) { return row->isVisible() && row->height() >= row->heightForWidth(row->width()); }), 2000);
                QCOMPARE(m_page->height(), 654);
            }
        }
        // It started, or another job is opened.
        m_page->setJob(job(u"x"_s), {});
        QVERIFY(panel->isHidden());
    }
};

QTEST_MAIN(TestJobPage)
#include "tst_jobpage.moc"
