// SPDX-License-Identifier: GPL-3.0-or-later
#include "kit/Button.h"
#include "kit/Inputs.h"
#include "kit/StateView.h"
#include "kit/Theme.h"
#include "logs/LogView.h"
#include "pages/JobPage.h"
#include "pages/LogPane.h"
#include "views/DataTable.h"

#include <QApplication>
#include <QLabel>
#include <QSignalSpy>
#include <QTest>

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
        m_page->setListingError(Error::make(Error::Kind::Unsupported, u"The bucket cannot be listed"_s), true);
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
};

QTEST_MAIN(TestJobPage)
#include "tst_jobpage.moc"
