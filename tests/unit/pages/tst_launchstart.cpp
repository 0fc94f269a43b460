// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Translation.h"
#include "editors/CodeEditor.h"
#include "forms/ChoiceField.h"
#include "forms/NumberField.h"
#include "forms/TextFields.h"
#include "kit/Label.h"
#include "kit/Theme.h"
#include "pages/JobsPage.h"
#include "pages/LaunchPage.h"

#include <QApplication>
#include <QDropEvent>
#include <QMimeData>
#include <QRadioButton>
#include <QScopeGuard>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using launch::Template;
using pages::LaunchCheckpoints;
using pages::LaunchPage;
using pages::LaunchStart;
using pages::LaunchStartPart;

namespace {

void drop(QWidget *on, const QMimeData &data)
{
    QDragEnterEvent enter({5, 5}, Qt::CopyAction | Qt::MoveAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(on, &enter);
    if (!enter.isAccepted())
        return;
    QDropEvent event(QPointF(5, 5), Qt::MoveAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(on, &event);
}

std::shared_ptr<pages::LaunchResult> resultOf(const QByteArray &text)
{
    auto result = std::make_shared<pages::LaunchResult>();
    result->draft = launch::draftOf(text);
    if (const Result<launch::Incoming> incoming = launch::readIncoming(text); incoming && incoming->objects.size() > 1)
        result->objects = incoming->objects;
    return result;
}

} // namespace

class TestLaunchStart : public QObject {
    Q_OBJECT
    std::unique_ptr<LaunchPage> m_page;

    LaunchStartPart *part() const { return m_page->starts(); }
    template <class T>
    T *find(const QString &name) const
    {
        return m_page->findChild<T *>(name);
    }
    void choose(const QString &start) { find<QRadioButton>(u"launch.start."_s + start)->click(); }
    void pick(const QString &field, const QString &id)
    {
        auto *choice = find<forms::ChoiceField>(field);
        choice->setValue(id);
        emit choice->changed();
    }
    void type(const QString &field, const QString &text)
    {
        auto *input = find<QWidget>(field)->findChild<QLineEdit *>();
        QVERIFY(input);
        input->setFocus();
        input->selectAll();
        QTest::keyClicks(input, text);
    }

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
        m_page->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_page.get())); // arrows move a focus that only an active window has
        part()->setJobs({{u"1"_s, u"bert-xl"_s, u"nlp · Running"_s}}, true);
        QList<Template> templates = launch::builtInTemplates();
        Template broken = launch::readTemplate(u"ours"_s, "kind: [\n", {});
        templates.prepend(broken);
        part()->setTemplates(templates, u"~/templates"_s, {});
        m_page->setResult(resultOf("apiVersion: kubeflow.org/v1\nkind: PyTorchJob\nmetadata:\n  name: bert\nspec: {}\n"), m_page->spec());
    }
    void cleanup() { m_page.reset(); }

    void eachWayShowsItsOwnFields()
    {
        const auto shown = [this](const QString &name) { return find<QWidget>(name)->isVisible(); };
        QVERIFY(!shown(u"launch.template"_s) && !shown(u"launch.source"_s) && !shown(u"launch.open"_s));
        choose(u"template"_s);
        QVERIFY(shown(u"launch.template"_s) && !shown(u"launch.source"_s));
        choose(u"clone"_s);
        QVERIFY(shown(u"launch.source"_s) && !shown(u"launch.template"_s));
        choose(u"yaml"_s);
        QVERIFY(shown(u"launch.open"_s) && shown(u"launch.paste"_s) && !shown(u"launch.source"_s));
        QSignalSpy starts(part(), &LaunchStartPart::startChosen);
        choose(u"blank"_s);
        QCOMPARE(starts.count(), 1);
        // By the keyboard too.
        find<QRadioButton>(u"launch.start.blank"_s)->setFocus();
        QTest::keyClick(find<QRadioButton>(u"launch.start.blank"_s), Qt::Key_Right);
        QVERIFY(find<QRadioButton>(u"launch.start.template"_s)->isChecked());
        QVERIFY(shown(u"launch.template"_s));
    }

    void aTemplateIsFilledIn()
    {
        choose(u"template"_s);
        pick(u"launch.template"_s, u"pytorch-ddp"_s);
        QSignalSpy used(part(), &LaunchStartPart::templateChosen);
        auto *use = find<QAbstractButton>(u"launch.template.use"_s);
        use->click(); // the image is missing
        QCOMPARE(used.count(), 0);
        QVERIFY(!find<forms::TextField>(u"launch.parameter.image"_s)->error().isEmpty());
        type(u"launch.parameter.image"_s, u"a:1"_s);
        type(u"launch.parameter.workers"_s, u"3"_s);
        use->click();
        QCOMPARE(used.count(), 1);
        const auto values = used.first().at(1).value<launch::TemplateValues>();
        QCOMPARE(used.first().at(0).toString(), u"pytorch-ddp"_s);
        QCOMPARE(values.value(u"workers"_s), u"3"_s);
        QCOMPARE(values.value(u"memory"_s), u"64Gi"_s);
        // What the form gives is what a template takes.
        const QList<Template> all = launch::builtInTemplates();
        const auto one = std::ranges::find(all, u"pytorch-ddp"_s, &Template::id);
        const Result<QByteArray> text = launch::filled(*one, values);
        QVERIFY2(text, qPrintable(text ? QString() : text.error().oneLine()));
        QCOMPARE(launch::draftOf(*text).spec.nodes, 4);
    }
    void aBrokenTemplateIsListedWithItsError()
    {
        choose(u"template"_s);
        const QList<forms::Option> options = find<forms::ChoiceField>(u"launch.template"_s)->options();
        QCOMPARE(options.size(), launch::builtInTemplates().size() + 1);
        QVERIFY(!options.first().refusal.isEmpty());
        const QString notes = find<kit::Paragraph>(u"launch.template.notes"_s)->text();
        QVERIFY2(notes.contains(u"ours"_s) && notes.contains(u"line 2"_s), qPrintable(notes));
        pick(u"launch.template"_s, u"ours"_s);
        QVERIFY(!find<QWidget>(u"launch.template.use"_s)->isVisible());
        QVERIFY(find<QRadioButton>(u"launch.start.template"_s)->accessibleDescription().contains(u"1 yours"_s));
    }

    void aCheckpointIsChosen()
    {
        choose(u"clone"_s);
        QSignalSpy wanted(part(), &LaunchStartPart::checkpointsWanted);
        QSignalSpy chosen(part(), &LaunchStartPart::checkpointChosen);
        pick(u"launch.source"_s, u"1"_s);
        QCOMPARE(wanted.count(), 1);
        part()->setCheckpoints({u"1"_s, {{u"step-9.pt"_s, u"Step 9"_s, u"Whole"_s, {}}, {u"step-5.pt"_s, u"Step 5"_s, u"Damaged"_s, u"It is damaged."_s}}, {}});
        const QList<forms::Option> options = find<forms::ChoiceField>(u"launch.checkpoint"_s)->options();
        QCOMPARE(options.size(), 3);
        QVERIFY(!options.at(2).refusal.isEmpty());
        pick(u"launch.checkpoint"_s, u"step-9.pt"_s);
        QCOMPARE(chosen.count(), 1);
        QCOMPARE(chosen.first(), (QVariantList{u"1"_s, u"step-9.pt"_s}));
        pick(u"launch.checkpoint"_s, options.first().id);
        QCOMPARE(chosen.last().at(1).toString(), QString());
    }

    void ofSeveralObjectsTheJobIsAskedFor()
    {
        const QByteArray text = "apiVersion: kubeflow.org/v1\nkind: TFJob\nmetadata: {name: a}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: b}\n"
                                "---\napiVersion: kubeflow.org/v1\nkind: TFJob\nmetadata: {name: c}\n";
        m_page->setText(text);
        m_page->setResult(resultOf(text), m_page->spec());
        auto *objects = find<forms::ChoiceField>(u"launch.objects"_s);
        QVERIFY(objects->isVisible());
        QCOMPARE(objects->options().size(), 3);
        QVERIFY(!objects->options().at(1).refusal.isEmpty()); // the Service
        QSignalSpy chosen(part(), &LaunchStartPart::objectChosen);
        pick(u"launch.objects"_s, u"2"_s);
        QCOMPARE(chosen.first().first().toInt(), 2);
        m_page->setResult(resultOf("apiVersion: kubeflow.org/v1\nkind: TFJob\nmetadata: {name: c}\n"), m_page->spec());
        QVERIFY(!objects->isVisible());
    }

    void filesAndTextsAreDropped()
    {
        QSignalSpy files(m_page.get(), &LaunchPage::fileDropped);
        QSignalSpy texts(m_page.get(), &LaunchPage::textDropped);
        QSignalSpy refused(m_page.get(), &LaunchPage::dropRefused);
        QMimeData file;
        file.setUrls({QUrl::fromLocalFile(u"/tmp/job.yaml"_s)});
        drop(m_page.get(), file);
        QCOMPARE(files.count(), 1);
        QCOMPARE(files.first().first().toString(), u"/tmp/job.yaml"_s);
        // Over the editor as well, which would insert the address of the file.
        auto *editor = find<editors::CodeEditor>(u"launch.text"_s);
        const QString before = editor->text();
        for (QAbstractScrollArea *area : editor->findChildren<QAbstractScrollArea *>())
            drop(area->viewport(), file);
        QVERIFY(files.count() >= 2);
        QCOMPARE(editor->text(), before);
        QMimeData words;
        words.setText(u"kind: TFJob\n"_s);
        drop(m_page.get(), words);
        QCOMPARE(texts.count(), 1);
        QMimeData several;
        several.setUrls({QUrl::fromLocalFile(u"/tmp/a"_s), QUrl::fromLocalFile(u"/tmp/b"_s)});
        drop(m_page.get(), several);
        QMimeData far;
        far.setUrls({QUrl(u"https://example.org/job.yaml"_s)});
        drop(m_page.get(), far);
        QCOMPARE(refused.count(), 2);
        QMimeData picture;
        picture.setData(u"image/png"_s, "x");
        drop(m_page.get(), picture);
        QCOMPARE(files.count() + texts.count() + refused.count(), files.count() + 3);
    }
    void theJobsPageTakesThemToo()
    {
        pages::JobsPage jobs(new QWidget);
        QSignalSpy files(&jobs, &pages::JobsPage::fileDropped);
        QMimeData file;
        file.setUrls({QUrl::fromLocalFile(u"/tmp/job.yaml"_s)});
        drop(&jobs, file);
        QCOMPARE(files.count(), 1);
    }

    void theCardsAreWholeAtEveryWidthAndTextSize()
    {
        const auto back = qScopeGuard([] { kit::Theme::instance().setTextScale(1.0); });
        for (const double scale : {1.0, 2.0}) {
            kit::Theme::instance().setTextScale(scale);
            for (const int width : {640, 1064, 1704}) {
                m_page->resize(width, 774);
                QCoreApplication::sendPostedEvents();
                QTest::qWait(0);
                const QWidget *before = nullptr;
                for (const QString &name : {u"blank"_s, u"template"_s, u"clone"_s, u"yaml"_s}) {
                    const auto *card = find<QRadioButton>(u"launch.start."_s + name);
                    const QString place = u"%1 at %2 px, text %3"_s.arg(name).arg(width).arg(scale);
                    QVERIFY2(card->height() >= card->heightForWidth(card->width()), qPrintable(place));
                    // A word that does not fit alone is cut.
                    QVERIFY2(card->width() >= card->minimumSizeHint().width(), qPrintable(place));
                    QVERIFY2(!before || !before->geometry().intersects(card->geometry()), qPrintable(place));
                    QVERIFY2(part()->rect().contains(card->geometry().translated(card->parentWidget()->pos())), qPrintable(place));
                    before = card;
                }
            }
        }
    }

    void whatWasThereCanBeGoneBackTo()
    {
        QSignalSpy back(part(), &LaunchStartPart::formerRequested);
        auto *former = find<QWidget>(u"launch.former"_s);
        QVERIFY(!former->isVisible());
        part()->setFormer(pages::LaunchFormer{u"PyTorchJob bert"_s, u"Rewritten as a TFJob. Left out: metadata.labels."_s});
        QVERIFY(former->isVisible());
        former->findChild<QAbstractButton *>()->click();
        QCOMPARE(back.count(), 1);
        part()->setFormer(std::nullopt);
        QVERIFY(!former->isVisible());
    }
    void anOlderVersionIsSaidWithItsFix()
    {
        m_page->setResult(resultOf("apiVersion: kubeflow.org/v1beta1\nkind: TFJob\n"), m_page->spec());
        QString said;
        for (const kit::Paragraph *paragraph : m_page->findChildren<kit::Paragraph *>())
            said += paragraph->text() + u'\n';
        QVERIFY2(said.contains(u"Write apiVersion: kubeflow.org/v1."_s), qPrintable(said));
    }
};

QTEST_MAIN(TestLaunchStart)
#include "tst_launchstart.moc"
