// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Translation.h"
#include "forms/ChoiceField.h"
#include "forms/NumberField.h"
#include "forms/TextFields.h"
#include "kit/Button.h"
#include "kit/Inputs.h"
#include "kit/Label.h"
#include "kit/Marks.h"
#include "kit/Messages.h"
#include "kit/Navigation.h"
#include "kit/Theme.h"
#include "pages/OverlayPage.h"
#include "pages/OverlayServices.h"
#include "pages/TierTable.h"
#include "views/DataTable.h"

#include <QApplication>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using overlay::Row;
using overlay::Settings;
using pages::OverlayPage;
using pages::OverlayResult;
using pages::OverlayServices;

namespace {

Row row(int tier, const QString &name)
{
    Row row;
    row.workload = {u"apps"_s, u"Deployment"_s, u"kubeflow"_s, name};
    row.tier = tier;
    row.included = true;
    row.replicas = tier == 3 ? 1 : 2;
    row.locked = tier == 3;
    row.reason = u"Because."_s;
    row.budget = Row::Budget::Add;
    return row;
}

std::shared_ptr<OverlayResult> result()
{
    auto made = std::make_shared<OverlayResult>();
    made->proposal.rows = {row(1, u"dex"_s), row(2, u"training-operator"_s), row(3, u"scheduledworkflow"_s)};
    made->proposal.observed = 3;
    made->proposal.survivingThen = 2;
    overlay::FileStep step;
    step.path = u"components/replicas/kustomization.yaml"_s;
    step.text = "kind: Component\n";
    made->steps = {step};
    overlay::Landing lands;
    lands.file = step.path;
    lands.on = {made->proposal.rows[0].workload};
    made->built.landings = {lands};
    return made;
}

} // namespace

class TestOverlayPage : public QObject
{
    Q_OBJECT
    std::unique_ptr<QWidget> m_window;
    OverlayPage *m_page = nullptr;

    template <class T>
    T *find(const QString &name) const
    {
        return m_window->findChild<T *>(name);
    }
    QString answer() const { return find<kit::Paragraph>(u"overlay.answer"_s)->text(); }
    QString notes() const
    {
        QString all;
        for (const auto *paragraph : m_page->findChildren<kit::Paragraph *>()) {
            if (qobject_cast<const kit::Note *>(paragraph->parentWidget()))
                all += paragraph->text() + u'\n';
        }
        for (const auto *label : m_page->findChildren<QLabel *>())
            all += label->text() + u'\n';
        return all;
    }

private slots:
    void initTestCase()
    {
        installTranslation(QLocale(u"en"_s));
        kit::Theme::install(*qApp, kit::ThemeMode::Light);
    }
    void init()
    {
        m_window = std::make_unique<QWidget>();
        auto *sidebar = new kit::Sidebar(m_window.get());
        m_page = new OverlayPage(m_window.get());
        sidebar->setGeometry(0, 0, 216, 774);
        sidebar->addPage(u"jobs"_s, u"jobs"_s, u"Jobs"_s);
        m_page->setGeometry(216, 0, 1064, 774);
        sidebar->setInstead(m_page->steps());
        m_window->resize(1280, 774);
        m_window->show();
        m_window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get())); // shortcuts are for active windows
        m_page->setSettings({});
    }
    void cleanup() { m_window.reset(); }

    void theAgeOfWhatWasReadIsShown()
    {
        const QDateTime now = QDateTime::fromString(u"2026-03-01T12:00:00Z"_s, Qt::ISODate);
        const auto foot = [&] {
            QStringList all;
            for (const auto *paragraph : m_page->steps()->findChildren<kit::Paragraph *>())
                all.append(paragraph->text());
            return all.join(u'|');
        };
        m_page->setDraft({}, now, now.addSecs(-120));
        QVERIFY2(foot().contains(u"Cluster read 2 min ago"_s), qPrintable(foot()));
    }

    void theStepsTakeThePlaceOfThePages()
    {
        QVERIFY(m_page->steps()->isVisible());
        QVERIFY(!find<kit::NavItem>(u"nav.jobs"_s)->isVisible());
        find<kit::Sidebar>({})->setInstead(nullptr);
        QVERIFY(!m_page->steps()->isVisible());
        QVERIFY(find<kit::NavItem>(u"nav.jobs"_s)->isVisible());
    }

    void everyStepOpensByKeys()
    {
        m_page->setResult(result());
        QCOMPARE(m_page->currentStep(), 0);
        m_page->setFocus();
        QTest::keyClick(m_page, Qt::Key_Return, Qt::ControlModifier);
        QCOMPARE(m_page->currentStep(), 1);
        QTest::keyClick(m_page, Qt::Key_4, Qt::AltModifier);
        QCOMPARE(m_page->currentStep(), 3);
        QVERIFY(find<kit::Button>(u"overlay.apply"_s)->isVisible());
        QVERIFY(!find<kit::Button>(u"overlay.next"_s)->isVisible());
        // There is nothing after the last one.
        QTest::keyClick(m_page, Qt::Key_Return, Qt::ControlModifier);
        QCOMPARE(m_page->currentStep(), 3);
        QSignalSpy left(m_page, &OverlayPage::leaveRequested);
        QTest::keyClick(m_page, Qt::Key_Escape);
        QCOMPARE(left.size(), 1);
    }

    void nextWaitsAndSaysWhy()
    {
        m_page->setNextRefusal(u"The plugin is refused."_s);
        QVERIFY(!find<kit::Button>(u"overlay.next"_s)->isEnabled());
        QTest::keyClick(m_page, Qt::Key_Return, Qt::ControlModifier);
        QCOMPARE(m_page->currentStep(), 0);
    }

    void whatIsChosenIsTold()
    {
        m_page->setResult(result());
        m_page->showStep(1);
        QSignalSpy changed(m_page, &OverlayPage::settingsChanged);
        const auto includes = m_page->findChildren<kit::Check *>(u"overlay.include"_s);
        QCOMPARE(includes.size(), 2); // the locked one has a lock
        includes[1]->click();
        QCOMPARE(changed.size(), 1);
        const overlay::Choice *choice = m_page->settings().choiceOf({u"apps"_s, u"Deployment"_s, u"kubeflow"_s, u"training-operator"_s});
        QVERIFY(choice);
        QCOMPARE(choice->include, std::optional(false));
        const auto steppers = m_page->findChildren<forms::NumberField *>(u"overlay.replicas"_s);
        QCOMPARE(steppers.size(), 2);
        QTest::keyClick(steppers[0]->findChild<kit::Input *>(), Qt::Key_Up);
        QCOMPARE(m_page->settings().choiceOf({u"apps"_s, u"Deployment"_s, u"kubeflow"_s, u"dex"_s})->replicas, std::optional(3));
        m_page->findChildren<kit::Check *>(u"overlay.tier"_s)[2]->click();
        QVERIFY(!m_page->settings().tiers.contains(3));
        QCOMPARE(changed.size(), 3);
        // The answer to it keeps the controls, and so the focus.
        auto next = result();
        next->proposal.rows[0].replicas = 3;
        next->proposal.survivingThen = 1;
        m_page->setResult(next);
        QCOMPARE(m_page->findChildren<forms::NumberField *>(u"overlay.replicas"_s), steppers);
        QCOMPARE(changed.size(), 3);
        QVERIFY2(answer().startsWith(u"1 of 3"_s), qPrintable(answer()));
    }

    void fillingTheFieldsTellsNothing()
    {
        QSignalSpy changed(m_page, &OverlayPage::settingsChanged);
        Settings settings;
        settings.base = {overlay::Base::Kind::Remote, u"github.com/kubeflow/manifests//example?ref=v26.03"_s};
        settings.replicas = 3;
        settings.katib = overlay::Database{overlay::Database::Engine::PostgreSql, u"pg.example"_s, 5432, u"katib"_s, u"katib"_s, u"katib-db"_s, {}, 0};
        m_page->setSettings(settings);
        QCOMPARE(m_page->settings(), settings);
        QCOMPARE(changed.size(), 0);
        QCOMPARE(find<forms::TextField>(u"overlay.where"_s)->text(), settings.base.where);
        QCOMPARE(find<forms::TextField>(u"overlay.katib.host"_s)->text(), u"pg.example"_s);
    }

    void everyServiceIsTakenAsItIsFilled()
    {
        using Engine = overlay::Database::Engine;
        Settings settings;
        settings.pipelines = overlay::Database{.host = u"mysql.example"_s, .user = u"kfp"_s, .secret = u"kfp-db"_s, .connectionSeconds = 45};
        settings.katib = overlay::Database{.engine = Engine::PostgreSql, .host = u"pg.example"_s, .port = 5433, .user = u"k"_s, .database = u"katib"_s, .sslMode = u"verify-full"_s,
                                           .ca = u"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"_s};
        settings.registry = overlay::Database{.host = u"mysql.example"_s, .user = u"r"_s, .secret = u"registry"_s, .sslMode = u"require"_s};
        settings.catalog = overlay::Database{.engine = Engine::PostgreSql, .host = u"pg.example"_s, .port = 5432, .user = u"c"_s, .secret = u"catalog"_s};
        settings.objects = overlay::ObjectStore{.host = u"s3.example"_s, .port = 9000, .secure = false, .region = u"eu"_s, .bucket = u"b"_s, .secret = u"s3"_s, .iam = u"https://iam.example"_s};
        for (const auto kind : {overlay::EventBroker::Kind::Kafka, overlay::EventBroker::Kind::RabbitMq}) {
            settings.events = overlay::EventBroker{.kind = kind, .servers = {u"k1:9093"_s, u"k2:9093"_s}, .host = u"rabbit.example"_s, .port = 5671, .user = u"e"_s, .ns = u"team"_s, .name = u"durable"_s, .secret = u"kafka"_s, .replication = 2};
            m_page->setSettings(settings);
            Settings taken;
            m_page->services()->take(taken);
            taken.base = settings.base;
            QCOMPARE(taken, settings);
        }
        QCOMPARE(m_page->services()->summary().chosen, 6);
        QVERIFY(m_page->services()->summary().whole);
    }

    void aTestIsAskedForAndItsReportGoesWithTheNextKey()
    {
        m_page->setResult(result());
        m_page->showStep(2);
        Settings settings;
        settings.pipelines = overlay::Database{.host = u"mysql.example"_s, .user = u"kfp"_s};
        m_page->setSettings(settings);
        QSignalSpy wanted(m_page->services(), &OverlayServices::testWanted);
        // Not before it is said where.
        auto *host = find<forms::TextField>(u"overlay.pipelines.host"_s);
        host->setValue(QString());
        find<kit::Button>(u"overlay.pipelines.test"_s)->click();
        QCOMPARE(wanted.size(), 0);
        host->setValue(u"mysql.example"_s);
        find<kit::Button>(u"overlay.pipelines.test"_s)->click();
        QCOMPARE(wanted.size(), 1);
        QCOMPARE(wanted.first().first().toString(), u"pipelines"_s);
        QVERIFY(!wanted.first().last().toBool());
        find<kit::Button>(u"overlay.pipelines.testCluster"_s)->click();
        QVERIFY(wanted.last().last().toBool());
        QSignalSpy agreed(m_page->services(), &OverlayServices::testAgreed);
        m_page->services()->setConsent(u"pipelines"_s, u"kind: Job"_s);
        find<kit::Button>(u"overlay.pipelines.agree"_s)->click();
        QCOMPARE(agreed.size(), 1);

        m_page->services()->setTesting(u"pipelines"_s, u"Signing in…"_s);
        QVERIFY(!find<kit::Button>(u"overlay.pipelines.test"_s)->isVisible());
        QSignalSpy cancelled(m_page->services(), &OverlayServices::cancelWanted);
        find<kit::Button>(u"overlay.pipelines.cancel"_s)->click();
        QCOMPARE(cancelled.size(), 1);
        m_page->services()->setTesting(u"pipelines"_s, {});

        services::Report report;
        report.checks = {{u"tcp"_s, u"TCP"_s, services::Check::State::Ok, u"answers"_s, {}}, {u"plugin"_s, u"Plugin"_s, services::Check::State::Failed, u"is another"_s, u"ALTER USER"_s}};
        m_page->services()->setReport(u"pipelines"_s, report, false);
        QVERIFY(!m_page->services()->isTested(u"pipelines"_s));
        QVERIFY2(answer().contains(u"1 of 2"_s), qPrintable(answer()));
        // What is typed next was not tested.
        QTest::keyClicks(find<forms::TextField>(u"overlay.pipelines.host"_s)->input(), u"x"_s);
        QVERIFY(!answer().contains(u"1 of 2"_s));
        report.checks.removeLast();
        m_page->services()->setReport(u"pipelines"_s, report, true);
        QVERIFY(m_page->services()->isTested(u"pipelines"_s));
    }

    void aStoreIsTestedLikeADatabaseAndWritesOnlyWhereThatIsAgreedTo()
    {
        m_page->setResult(result());
        m_page->showStep(2);
        Settings settings;
        settings.objects = overlay::ObjectStore{.host = u"s3.example"_s, .secret = u"s3-keys"_s};
        m_page->setSettings(settings);
        OverlayServices *services = m_page->services();
        QSignalSpy wanted(services, &OverlayServices::testWanted);
        // By keys alone: from the buttons to what a test may write.
        auto *here = find<kit::Button>(u"overlay.objectStore.test"_s);
        auto *cluster = find<kit::Button>(u"overlay.objectStore.testCluster"_s);
        auto *writes = find<kit::Check>(u"overlay.objectStore.writes"_s);
        QVERIFY(here->isVisible() && cluster->isVisible() && writes->isVisible());
        QVERIFY(here->focusPolicy() & Qt::TabFocus && cluster->focusPolicy() & Qt::TabFocus && writes->focusPolicy() & Qt::TabFocus);
        here->setFocus();
        QTest::keyClick(here, Qt::Key_Space);
        QCOMPARE(wanted.size(), 1);
        QCOMPARE(wanted.first(), (QVariantList{u"objectStore"_s, false}));
        QVERIFY(!services->mayWrite(u"objectStore"_s) && !services->mayWrite(u"pipelines"_s));
        QTest::keyClick(writes, Qt::Key_Space);
        QVERIFY(services->mayWrite(u"objectStore"_s));

        services::Report report;
        report.checks = {{u"tcp"_s, u"TCP"_s, services::Check::State::Ok, u"answers"_s, {}}, {u"region"_s, u"Region"_s, services::Check::State::Failed, u"in eu-central-1"_s, u"Set it."_s}};
        services->setReport(u"objectStore"_s, report, false);
        QVERIFY2(answer().contains(u"1 of 2"_s), qPrintable(answer()));
        QVERIFY(!services->isTested(u"objectStore"_s));
        report.checks.removeLast();
        services->setReport(u"objectStore"_s, report, false);
        QVERIFY(services->isTested(u"objectStore"_s));
        const auto tag = [&] {
            QStringList tags;
            for (const kit::Tag *one : services->findChildren<kit::Tag *>())
                tags.append(one->accessibleName());
            return tags.join(u'|');
        };
        QVERIFY2(tag().contains(u"There, not tested"_s), qPrintable(tag()));
        report.checks.append({u"login"_s, u"Sign-in"_s, services::Check::State::Ok, u"accepted"_s, {}});
        services->setReport(u"objectStore"_s, report, false);
        QVERIFY2(tag().contains(u"Usable"_s) && !tag().contains(u"There, not tested"_s), qPrintable(tag()));
        // Nothing of it is written on apply.
        QVERIFY(services->passwords().isEmpty());
    }

    void aPasswordIsInNoSettings()
    {
        Settings settings;
        settings.katib = overlay::Database{.host = u"mysql.example"_s, .user = u"k"_s};
        m_page->setSettings(settings);
        find<forms::SecretField>(u"overlay.katib.password"_s)->setValue(u"hunter2"_s);
        QCOMPARE(m_page->services()->passwords().value(u"katib"_s), Secret("hunter2"));
        Settings taken;
        m_page->services()->take(taken);
        QVERIFY(!overlay::settingsText(taken)->contains("hunter2"));
        // One of a service that is not used any more is forgotten.
        m_page->setSettings({});
        QVERIFY(m_page->services()->passwords().isEmpty());
        m_page->setSettings(settings);
        QVERIFY(m_page->services()->passwords().isEmpty());
    }

    void aPatchThatLandsOnNothingIsSaidWithTheNearestName()
    {
        auto made = result();
        overlay::Landing miss;
        miss.file = u"site/limits.yaml"_s;
        miss.place.line = 4;
        miss.title = u"Deployment centraldashbord"_s;
        miss.why = u"Nothing has this name."_s;
        miss.nearest = u"centraldashboard"_s;
        made->built.landings.append(miss);
        m_page->setResult(made);
        m_page->showStep(3);
        QVERIFY2(answer().contains(u"1 patch"_s), qPrintable(answer()));
        QVERIFY2(notes().contains(u"centraldashboard"_s), qPrintable(notes()));
        auto *files = find<views::DataTable>(u"overlay.files"_s);
        QCOMPARE(files->totalCount(), 2); // a person's own file is listed where it is meant for something
    }

    void aNameIsCorrectedOnlyInAPersonsOwnFile()
    {
        auto made = result();
        overlay::Landing miss;
        miss.file = miss.nameFile = u"site/limits.yaml"_s;
        miss.missing = u"centraldashbord"_s;
        miss.nearest = u"centraldashboard"_s;
        made->built.landings.append(miss);
        miss.file = miss.nameFile = made->steps.first().path; // that one follows from the settings
        made->built.landings.append(miss);
        made->folder = u"/tmp/overlay"_s;
        m_page->setResult(made);
        m_page->showStep(3);
        QSignalSpy correct(m_page, &OverlayPage::correctRequested);
        QStringList words;
        for (auto *act : m_page->findChildren<kit::Button *>(u"note.offer"_s)) {
            words.append(act->text());
            if (act->text().startsWith(u"Correct"_s))
                act->click();
        }
        QCOMPARE(words, (QStringList{u"Show in file"_s, u"Correct the name…"_s, u"Show in file"_s}));
        QCOMPARE(correct.size(), 1);
        QCOMPARE(correct.first().first().toLongLong(), 1);
    }

    void aChoiceForNobodyIsToldWithTheNearestName()
    {
        const auto made = result();
        const audit::ObjectName wrong{u"apps"_s, u"Deployment"_s, u"kubeflow"_s, u"training-operater"_s};
        made->proposal.unknown = {{wrong, made->proposal.rows[1].workload, {u"unknown-component"_s, u"There is no such."_s, u"Did you mean it?"_s}}};
        made->proposal.warnings = {made->proposal.unknown.first().note};
        m_page->setResult(made);
        m_page->showStep(3);
        QSignalSpy correct(m_page, &OverlayPage::correctChoiceRequested);
        QCOMPARE(m_page->findChildren<kit::Button *>(u"note.offer"_s).size(), 1);
        m_page->findChild<kit::Button *>(u"note.offer"_s)->click();
        QCOMPARE(correct.size(), 1);
        QCOMPARE(correct.first()[0].value<audit::ObjectName>(), wrong);
        QCOMPARE(correct.first()[1].value<audit::ObjectName>(), made->proposal.rows[1].workload);
    }

    void whatKustomizeSaysIsShown()
    {
        using State = pages::KustomizeVerdict::State;
        auto made = result();
        made->built.remote = {u"https://github.com/kubeflow/manifests//example?ref=v26.03"_s};
        m_page->setResult(made);
        m_page->showStep(3);
        QVERIFY(m_page->isReviewing());
        const auto summary = [this] { return m_page->findChild<QWidget *>(u"overlay.summary"_s)->accessibleName(); };
        pages::KustomizeVerdict verdict;
        verdict.state = State::Builds;
        verdict.program = u"kustomize v5.8.1"_s;
        verdict.objects = 352;
        m_page->setKustomize(verdict);
        QVERIFY2(summary().contains(u"kustomize v5.8.1 builds 352 object"_s), qPrintable(summary()));
        verdict.state = State::Fails;
        verdict.why = u"no matches for Id x"_s;
        verdict.file = u"components/replicas/kustomization.yaml"_s;
        verdict.line = 1;
        m_page->setKustomize(verdict);
        QVERIFY2(notes().contains(u"components/replicas/kustomization.yaml, line 1: no matches for Id x"_s), qPrintable(notes()));
        m_page->findChild<kit::Button *>(u"note.offer"_s)->click();
        QCOMPARE(find<views::DataTable>(u"overlay.files"_s)->currentKey(), verdict.file);
        verdict = {};
        verdict.state = State::Absent;
        m_page->setKustomize(verdict);
        QVERIFY2(notes().contains(u"Neither kustomize nor kubectl was found"_s) && notes().contains(u"ref=v26.03"_s), qPrintable(notes()));
    }

    void anEditedFileIsCompared()
    {
        auto made = result();
        overlay::FileStep step = made->steps.first();
        step.act = overlay::FileStep::Act::Conflict;
        step.conflicts = {{1, {u"a"_s}, {u"b"_s}, {u"c"_s}}};
        made->steps = made->edited = {step};
        m_page->setResult(made);
        m_page->showEdited();
        QCOMPARE(m_page->currentStep(), 3);
        auto *compare = find<kit::Button>(u"overlay.compare"_s);
        QVERIFY(compare->isVisible());
        QSignalSpy asked(m_page, &OverlayPage::compareRequested);
        compare->click();
        m_page->findChild<kit::Button *>(u"note.offer"_s)->click();
        QTest::keyClick(find<views::DataTable>(u"overlay.files"_s), Qt::Key_Return);
        QCOMPARE(asked.size(), 3);
        QCOMPARE(asked.last().first().toString(), step.path);
        // Settled it is no longer waited for, but can be looked at again.
        made = std::make_shared<OverlayResult>(*made);
        made->steps.first().act = overlay::FileStep::Act::Merge;
        m_page->setResult(made);
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        QVERIFY(!m_page->findChild<kit::Button *>(u"note.offer"_s));
        QVERIFY(compare->isVisible());
    }

    void whatIsAddedIsMarkedAndTakenIn()
    {
        m_page->setResult(result());
        QSignalSpy changed(m_page, &OverlayPage::settingsChanged);
        const audit::ObjectName workload{u"apps"_s, u"Deployment"_s, u"kubeflow"_s, u"training-operator"_s};
        m_page->include({workload});
        QCOMPARE(m_page->currentStep(), 1);
        QCOMPARE(m_page->settings().choiceOf(workload)->include, std::optional(true));
        QCOMPARE(changed.size(), 1);
    }

    void whatForbidsItTurnsTheButtonsOff()
    {
        auto made = result();
        made->changed.clear();
        m_page->setResult(made);
        m_page->showStep(3);
        // The cluster is as the overlay says: the folder can be kept.
        QVERIFY(!find<kit::Button>(u"overlay.apply"_s)->isEnabled() && find<kit::Button>(u"overlay.save"_s)->isEnabled());
        made = result();
        made->changed.append(pages::OverlayDiff());
        m_page->setResult(made);
        QVERIFY(find<kit::Button>(u"overlay.apply"_s)->isEnabled());
        made = result();
        made->proposal.problems = {{u"x"_s, u"Two workloads have one name."_s, u"Rename one."_s}};
        m_page->setResult(made);
        QVERIFY(!find<kit::Button>(u"overlay.apply"_s)->isEnabled());
        QCOMPARE(find<kit::Button>(u"overlay.apply"_s)->toolTip(), u"Two workloads have one name."_s);
        m_page->setError(Error::make(Error::Kind::Network, u"The server did not answer"_s));
        QVERIFY(!find<kit::Button>(u"overlay.save"_s)->isEnabled());
    }
};

QTEST_MAIN(TestOverlayPage)
#include "tst_overlaypage.moc"
