// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Translation.h"
#include "charts/WasteChart.h"
#include "editors/CodeEditor.h"
#include "forms/ChoiceField.h"
#include "forms/NumberField.h"
#include "forms/TextFields.h"
#include "kit/Inputs.h"
#include "kit/Label.h"
#include "kit/Theme.h"
#include "pages/LaunchPage.h"

#include <QMenu>
#include <QPushButton>
#include <QAbstractItemView>
#include <QApplication>
#include <QLabel>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using launch::Spec;
using pages::LaunchChoices;
using pages::LaunchPage;
using pages::LaunchResult;
using pages::LaunchReview;

namespace {

std::shared_ptr<LaunchResult> resultOf(const Spec &spec)
{
    auto result = std::make_shared<LaunchResult>();
    const Result<QJsonObject> job = launch::newJob(spec);
    result->draft = launch::draftOf(job ? launch::textOf(*job) : QByteArray());
    result->checked = true;
    return result;
}

Spec start()
{
    Spec spec;
    spec.name = u"bert"_s;
    spec.ns = u"nlp"_s;
    spec.image = u"ghcr.example/bert:1"_s;
    return spec;
}

LaunchChoices choices()
{
    LaunchChoices choices;
    choices.read = true;
    choices.kinds = {JobKind::PyTorchJob, JobKind::TrainJob};
    choices.namespaces = {u"nlp"_s};
    choices.claims = {
        {u"one"_s, {u"ReadWriteOnce"_s}, u"1Gi"_s, true}, {u"many"_s, {u"ReadWriteMany"_s}, u"1Ti"_s, true}};
    choices.taken = {u"PyTorchJob/taken"_s};
    return choices;
}

/// Three of four pods find room.
pages::LaunchFitView fitView()
{
    auto fit = std::make_shared<launch::Fit>();
    fit->answer = launch::Fit::Answer::Later;
    fit->text = u"Not now: room for 3 of 4 pods."_s;
    fit->pods = 4;
    fit->now = 3;
    fit->points = {{u"nodes"_s, launch::Point::State::Look, u"Whole nodes"_s, u"Room for 3 of 4."_s, u"Wait."_s},
        {u"quota"_s, launch::Point::State::Holds, u"Quota"_s, u"enough is left"_s, {}}};
    fit->shares = {{u"ResourceQuota"_s, u"team"_s, u"requests.nvidia.com/gpu"_s, 64'000, 32'000, 32'000}};
    launch::GpuPool pool;
    pool.name = u"A100"_s;
    pool.nodes = {{u"gpu-1"_s, 8, 0, 8, 0, true, true, {}}, {u"gpu-2"_s, 8, 3, 0, 3, true, true, {u"resnet"_s}}};
    fit->pools = {pool};
    return {pages::LaunchFitView::State::Done, fit, {u"clusterqueues: may not be listed"_s},
        QDateTime::fromString(u"2026-03-01T12:00:00Z"_s, Qt::ISODate), {}};
}

} // namespace

class TestLaunchPage : public QObject {
    Q_OBJECT
    std::unique_ptr<LaunchPage> m_page;

    template <class T>
    T *find(const QString &name) const
    {
        return m_page->findChild<T *>(name);
    }
    void type(const QString &field, const QString &text)
    {
        auto *input = find<QWidget>(field)->findChild<QLineEdit *>();
        QVERIFY(input);
        input->setFocus();
        input->selectAll();
        QTest::keyClicks(input, text);
    }
    forms::ChoiceField *claim(const QString &role) const { return find<forms::ChoiceField>(u"launch.claim."_s + role); }

private slots:
    void initTestCase()
    {
        installTranslation(QLocale(u"en"_s));
        kit::Theme::install(*qApp, kit::ThemeMode::Light);
    }
    void init()
    {
        m_page = std::make_unique<LaunchPage>();
        m_page->resize(1064, 774);
        m_page->show();
        m_page->setChoices(choices());
        m_page->setResult(resultOf(start()), m_page->spec());
    }
    void cleanup() { m_page.reset(); }

    void theFormShowsTheText()
    {
        QCOMPARE(find<forms::TextField>(u"launch.name"_s)->text(), u"bert"_s);
        QCOMPARE(find<forms::TextField>(u"launch.image"_s)->text(), u"ghcr.example/bert:1"_s);
        QVERIFY(m_page->text().contains("image: ghcr.example/bert:1"));
    }

    void aFieldChangesItsOwnPartAlone()
    {
        QSignalSpy changes(m_page.get(), &LaunchPage::specChanged);
        type(u"launch.image"_s, u"x:2"_s);
        QCOMPARE(changes.count(), 3);
        Spec expected = start();
        expected.image = u"x:2"_s;
        QCOMPARE(m_page->spec().image, expected.image);
        QCOMPARE(m_page->spec().name, expected.name);
        QCOMPARE(m_page->spec().mounts, expected.mounts);
    }

    /// The result of one keystroke comes while the next ones are typed.
    void whatIsTypedIsNotTakenBack()
    {
        type(u"launch.name"_s, u"ab"_s);
        const Spec base = m_page->spec();
        type(u"launch.name"_s, u"abc"_s);
        Spec worked = base;
        worked.backoffLimit = 6;
        m_page->setResult(resultOf(worked), base);
        QCOMPARE(find<forms::TextField>(u"launch.name"_s)->text(), u"abc"_s);
        QCOMPARE(m_page->spec().name, u"abc"_s);
        QCOMPARE(m_page->spec().backoffLimit, std::optional(6));
    }

    void theFormWaitsWhileTheTextHoldsNoJob()
    {
        auto broken = std::make_shared<LaunchResult>();
        broken->draft = launch::draftOf("spec: [\n");
        m_page->setResult(broken, m_page->spec());
        QVERIFY(!find<QWidget>(u"launch.name"_s)->isEnabled());
        QVERIFY(!find<editors::CodeEditor>(u"launch.text"_s)->problems().isEmpty());
        QVERIFY(!m_page->canSubmit());
        m_page->setResult(resultOf(start()), m_page->spec());
        QVERIFY(find<QWidget>(u"launch.name"_s)->isEnabled());
    }

    void aClaimOfOneNodeIsRefusedToSeveral()
    {
        const auto refusal = [this] { return claim(u"checkpoints"_s)->options().at(1).refusal; };
        QCOMPARE(refusal(), QString());
        type(u"launch.nodes"_s, u"2"_s);
        QVERIFY(refusal().contains(u"ReadWriteOnce"_s));
        QCOMPARE(claim(u"checkpoints"_s)->options().at(2).refusal, QString());
    }

    void checkpointsBecomeWhatTheFrameworkReads()
    {
        type(u"launch.folder"_s, u"/ckpt/bert"_s);
        type(u"launch.steps"_s, u"500"_s);
        const QList<launch::Variable> variables = m_page->spec().variables;
        const auto value = [&](const QString &name) {
            const auto at = std::ranges::find(variables, name, &launch::Variable::name);
            return at == variables.end() ? QString() : at->value;
        };
        QCOMPARE(value(u"CHECKPOINT_DIR"_s), u"/ckpt/bert"_s);
        QVERIFY(std::ranges::any_of(
            variables, [](const launch::Variable &variable) { return variable.value == "500"_L1; }));
    }

    void aTakenNameIsSaid()
    {
        Spec spec = start();
        spec.name = u"taken"_s;
        m_page->setResult(resultOf(spec), m_page->spec());
        QVERIFY(find<forms::TextField>(u"launch.name"_s)->error().contains(u"taken"_s));
    }

    void aFolderIsSavedOnceTheServerWasAsked()
    {
        QSignalSpy files(m_page.get(), &LaunchPage::saveRequested), folders(m_page.get(), &LaunchPage::saveFolderRequested);
        m_page->showStep(4);
        const QList<QAction *> ways = find<QPushButton>(u"launch.save"_s)->menu()->actions();
        QCOMPARE(ways.size(), 3);
        QVERIFY(ways[0]->isEnabled());
        QVERIFY(!ways[1]->isEnabled()); // who else would say what goes with the job
        LaunchReview review;
        review.state = LaunchReview::State::Done;
        m_page->setReview(review);
        QVERIFY(ways[1]->isEnabled());
        ways[1]->trigger();
        ways[0]->trigger();
        QCOMPARE(folders.count(), 1);
        QCOMPARE(files.count(), 1);
    }

    void submitIsOnOnceTheServerAccepts()
    {
        QSignalSpy submits(m_page.get(), &LaunchPage::submitRequested);
        auto *button = find<QAbstractButton>(u"launch.submit"_s);
        m_page->showStep(4);
        QVERIFY(!button->isEnabled());
        LaunchReview review;
        review.state = LaunchReview::State::Done;
        m_page->setReview(review);
        QVERIFY(button->isEnabled());
        button->click();
        m_page->setSubmitting(true);
        button->click();
        QCOMPARE(submits.count(), 1);
        m_page->setSubmitting(false);
        review.refused = Error::make(Error::Kind::Forbidden, u"You may not create PyTorchJobs in nlp."_s);
        m_page->setReview(review);
        QVERIFY(!button->isEnabled());
        QVERIFY(button->toolTip().contains(u"nlp"_s));
        // What was accepted was another text.
        review.refused.reset();
        m_page->setReview(review);
        QVERIFY(button->isEnabled());
        type(u"launch.image"_s, u"y"_s);
        QVERIFY(!button->isEnabled());
    }

    void whetherItCanStartIsShownAndWhatElseCould()
    {
        QSignalSpy wanted(m_page.get(), &LaunchPage::fitWanted);
        QVERIFY(!m_page->wantsFit());
        m_page->showStep(1);
        QVERIFY(m_page->wantsFit());
        QCOMPARE(wanted.count(), 1);
        Spec four = start();
        four.nodes = 4;
        m_page->setResult(resultOf(four), m_page->spec());
        m_page->setFit(fitView());
        m_page->setNow(fitView().readAt.addSecs(9));
        // The answer of the step, and of the tab.
        QCOMPARE(find<kit::Paragraph>(u"launch.answer"_s)->text(), fitView().fit->text);
        QCOMPARE(find<kit::Paragraph>(u"launch.fit.answer"_s)->text(), fitView().fit->text);
        QVERIFY(find<kit::Paragraph>(u"launch.fit.gaps"_s)->text().contains(u"clusterqueues"_s));
        QVERIFY(find<QWidget>(u"launch.fit.map"_s)->accessibleName().contains(u"8 for this job"_s));
        // Fewer nodes find room at once.
        QSignalSpy changes(m_page.get(), &LaunchPage::specChanged);
        auto *use = find<QWidget>(u"launch.fit.ways"_s)->findChild<QAbstractButton *>();
        QVERIFY(use);
        use->click();
        QCOMPARE(m_page->spec().nodes, 3);
        QCOMPARE(changes.count(), 1);
        find<QAbstractButton>(u"launch.fit.again"_s)->click();
        QVERIFY(wanted.last().first().toBool());
        // Not read is not "never".
        pages::LaunchFitView failed;
        failed.state = pages::LaunchFitView::State::Failed;
        failed.error = Error::make(Error::Kind::Timeout, u"The server is silent"_s);
        m_page->setFit(failed);
        QVERIFY(find<kit::Paragraph>(u"launch.fit.answer"_s)->text().contains(u"not known"_s));
        QVERIFY(find<QWidget>(u"launch.fit.error"_s));
    }

    void theMapIsReadWithTheKeyboard()
    {
        m_page->setFit(fitView());
        auto *map = find<QWidget>(u"launch.fit.map"_s);
        QTest::keyClick(map, Qt::Key_End);
        QVERIFY2(map->accessibleName().startsWith(u"gpu-2: 3 of 8 in use by resnet"_s), qPrintable(map->accessibleName()));
        QVERIFY(map->accessibleName().contains(u"3 short of a pod"_s));
    }

    void whatBecameOfASubmitIsNotGuessed()
    {
        m_page->showStep(4);
        LaunchReview review;
        review.state = LaunchReview::State::Done;
        review.unsure = u"No answer came."_s;
        m_page->setReview(review);
        QVERIFY(find<QWidget>(u"launch.unsure"_s));
        auto *submit = find<QAbstractButton>(u"launch.submit"_s);
        QVERIFY(submit->isEnabled());
        QCOMPARE(submit->text(), u"Submit again"_s);

        QSignalSpy opened(m_page.get(), &LaunchPage::madeOpened);
        review.unsure.clear();
        review.refused = Error::make(Error::Kind::Conflict, u"bert already exists."_s);
        review.made = u"uid-1"_s;
        m_page->setReview(review);
        QVERIFY(!submit->isEnabled());
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        find<QWidget>(u"launch.made"_s)->findChild<QAbstractButton *>()->click();
        QCOMPARE(opened.count(), 1);
        QCOMPARE(opened.first().first().toString(), u"uid-1"_s);
    }

    void nothingIsTypedWhileItIsSubmitted()
    {
        m_page->setSubmitting(true);
        QVERIFY(!find<QWidget>(u"launch.name"_s)->isEnabled());
        QVERIFY(find<editors::CodeEditor>(u"launch.text"_s)->isReadOnly());
        m_page->setResult(resultOf(start()), m_page->spec()); // was under way
        QVERIFY(!find<QWidget>(u"launch.name"_s)->isEnabled());
        m_page->setSubmitting(false);
        QVERIFY(find<QWidget>(u"launch.name"_s)->isEnabled());
        QVERIFY(!find<editors::CodeEditor>(u"launch.text"_s)->isReadOnly());
    }

    void unknownCostsAreNotZero()
    {
        const auto advice = [this] { return find<kit::Paragraph>(u"launch.advice"_s)->text(); };
        QVERIFY(advice().contains(u"not known"_s));
        QVERIFY(find<charts::WasteChart>(u"launch.waste"_s)->data().curve.isEmpty());
        QVERIFY(find<QWidget>(u"launch.wasteAsTable"_s)->isHidden());
        type(u"launch.cost.save"_s, u"74"_s);
        QVERIFY(find<kit::Paragraph>(u"launch.adviceMore"_s)->text().contains(u"not known"_s));
        type(u"launch.cost.step"_s, u"5"_s);
        type(u"launch.cost.failure"_s, u"93600"_s);
        QVERIFY(!find<QAbstractButton>(u"launch.useAdvice"_s)->isHidden());
        find<QAbstractButton>(u"launch.useAdvice"_s)->click();
        QVERIFY(find<forms::NumberField>(u"launch.steps"_s)->number().value_or(0) > 100);
    }

    int topOf(const QString &name) const
    {
        QCoreApplication::sendPostedEvents();
        QTest::qWait(0);
        return find<QWidget>(name)->mapTo(m_page.get(), QPoint()).y();
    }
    void noFieldMovesWhenAnAnswerComes()
    {
        m_page->showStep(1);
        pages::LaunchFitView running;
        running.state = pages::LaunchFitView::State::Running;
        m_page->setFit(running);
        const int nodes = topOf(u"launch.nodes"_s);
        m_page->setFit(fitView());
        QCOMPARE(topOf(u"launch.nodes"_s), nodes);
        m_page->setFit(running);
        QCOMPARE(topOf(u"launch.nodes"_s), nodes);
        m_page->showStep(3);
        const int save = topOf(u"launch.cost.save"_s), restart = topOf(u"launch.cost.restart"_s);
        type(u"launch.cost.save"_s, u"74"_s);
        QVERIFY(!find<charts::WasteChart>(u"launch.waste"_s)->data().curve.isEmpty());
        QCOMPARE(topOf(u"launch.cost.save"_s), save);
        QCOMPARE(topOf(u"launch.cost.restart"_s), restart);
    }
    void typedCostsCanBeKept()
    {
        QVERIFY(m_page->typedCosts().isEmpty());
        QSignalSpy told(m_page.get(), &LaunchPage::costsChanged);
        type(u"launch.cost.save"_s, u"74"_s);
        type(u"launch.cost.failure"_s, u"26 h"_s);
        QVERIFY(told.count() >= 2);
        const QMap<QString, qint64> typed{{u"save"_s, 74'000}, {u"failure"_s, 26LL * 3600 * 1000}};
        QCOMPARE(m_page->typedCosts(), typed);
        m_page->setTypedCosts({});
        QVERIFY(find<forms::DurationField>(u"launch.cost.save"_s)->isEmpty());
        QVERIFY(!m_page->costs().save);
        m_page->setTypedCosts({{u"save"_s, 74'000}, {u"step"_s, -3}, {u"nonsense"_s, 1}});
        QCOMPARE(m_page->typedCosts(), (QMap<QString, qint64>{{u"save"_s, 74'000}}));
        QCOMPARE(m_page->costs().save->seconds, 74.0);
    }
    void wordsGoWithTheirField()
    {
        m_page->showStep(2);
        const auto atIsShown = [this] {
            for (const QLabel *label : find<QWidget>(u"launch.claim.output"_s)->parentWidget()->findChildren<QLabel *>()) {
                if (label->text() == u"at"_s)
                    return label->isVisible();
            }
            return false;
        };
        QVERIFY(!atIsShown());
        m_page->chooseClaim(u"output"_s, u"many"_s);
        QVERIFY(atIsShown());
    }

    static launch::Inputs measured()
    {
        launch::Inputs inputs;
        inputs.read = true;
        inputs.save = {launch::Measured{74, 41}, u"41 saves in the log of bert-xl"_s};
        inputs.step = {launch::Measured{5.16, 40}, u"40 stretches in the log of bert-xl"_s};
        inputs.failures = {true, 7, 4, 500, 5824};
        inputs.restart.from = u"no job here restarted"_s;
        inputs.bytes = 52LL << 30;
        inputs.checkpoints = 12;
        inputs.sizeOf = u"bert-xl"_s;
        inputs.claim = u"many"_s;
        inputs.room = 1LL << 40;
        return inputs;
    }
    void measuredCostsNeedNoTyping()
    {
        m_page->setMeasured(measured());
        m_page->showStep(3);
        auto *save = find<forms::DurationField>(u"launch.cost.save"_s);
        QVERIFY(save->isEmpty()); // a proposal, not an entry
        QVERIFY(save->findChild<QLineEdit *>()->placeholderText().contains(u"74"_s) || save->findChild<QLineEdit *>()->placeholderText().contains(u"1 min 14 s"_s));
        QVERIFY(save->message().contains(u"41 saves"_s));
        QVERIFY(find<forms::DurationField>(u"launch.cost.failure"_s)->message().contains(u'7'));
        QCOMPARE(find<forms::DurationField>(u"launch.cost.restart"_s)->findChild<QLineEdit *>()->placeholderText(), u"unknown"_s);
        const auto advice = [this] { return find<kit::Paragraph>(u"launch.advice"_s)->text(); };
        QVERIFY2(advice().contains(u'%'), qPrintable(advice()));
        QVERIFY(find<kit::Paragraph>(u"launch.adviceRoom"_s)->text().contains(u"many"_s));
        auto *chart = find<charts::WasteChart>(u"launch.waste"_s);
        QVERIFY(chart->isVisible());
        const double proposed = chart->data().proposed->interval;
        // What is typed outweighs it, and says so; emptied, the measurement counts again.
        type(u"launch.cost.save"_s, u"10"_s);
        QVERIFY(chart->data().proposed->interval < proposed / 2);
        QVERIFY(save->message().contains(u"typed"_s) && save->message().contains(u"41 saves"_s));
        auto *input = save->findChild<QLineEdit *>();
        input->selectAll();
        QTest::keyClick(input, Qt::Key_Delete);
        QCOMPARE(chart->data().proposed->interval, proposed);
    }
    void curveAndTableSayTheSame()
    {
        m_page->setMeasured(measured());
        m_page->showStep(3);
        type(u"launch.steps"_s, u"500"_s);
        auto *chart = find<charts::WasteChart>(u"launch.waste"_s);
        QVERIFY(chart->data().set);
        QVERIFY(std::abs(chart->data().set->interval - 2580) < 1e-6);
        QVERIFY(chart->data().flatFrom < chart->data().proposed->interval && chart->data().proposed->interval < chart->data().flatTo);
        chart->setFocus();
        QTest::keyClick(chart, Qt::Key_T);
        QVERIFY(!chart->isVisible());
        QVERIFY(find<QAbstractItemView>(u"launch.wasteTable"_s)->isVisible());
        QVERIFY(find<QAbstractItemView>(u"launch.wasteTable"_s)->model()->rowCount() >= 10);
        find<QAbstractButton>(u"launch.wasteAsTable"_s)->click();
        QVERIFY(chart->isVisible());
    }
    /// Minutes that somebody typed become steps as soon as it is known how long one takes.
    void minutesWaitForTheStep()
    {
        Spec spec = start();
        spec.command = {u"torchrun"_s, u"train.py"_s};
        spec.args = {u"--save_strategy=steps"_s, u"--save_steps=9"_s};
        m_page->setResult(resultOf(spec), m_page->spec());
        type(u"launch.steps"_s, u""_s);
        auto *steps = find<QWidget>(u"launch.steps"_s)->findChild<QLineEdit *>();
        steps->selectAll();
        QTest::keyClick(steps, Qt::Key_Delete);
        type(u"launch.minutes"_s, u"43"_s);
        QVERIFY(!m_page->spec().args.join(u' ').contains(u"save_steps"_s));
        m_page->setMeasured(measured());
        QVERIFY2(m_page->spec().args.contains(u"--save_steps=500"_s), qPrintable(m_page->spec().args.join(u' ')));
    }
};

QTEST_MAIN(TestLaunchPage)
#include "tst_launchpage.moc"
