// SPDX-License-Identifier: GPL-3.0-or-later
// Whatever is typed or pasted into the text of the launch wizard, it neither crashes nor loses a character, and the form comes
// back as soon as the text holds a job again. The loop of result and change is the controller's, without a cluster.
#include "base/Translation.h"
#include "editors/CodeEditor.h"
#include "kit/Theme.h"
#include "launch/Draft.h"
#include "launch/Review.h"
#include "manifest/Diff.h"
#include "pages/LaunchPage.h"

#include <QApplication>
#include <QClipboard>
#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>
#include <algorithm>
#include <random>

using namespace Qt::StringLiterals;
using namespace cairn;
using launch::Draft;
using launch::Spec;
using pages::LaunchPage;
using pages::LaunchResult;

namespace {

QByteArray job()
{
    Spec spec;
    spec.name = u"bert"_s;
    spec.ns = u"nlp"_s;
    spec.image = u"ghcr.example/bert:1"_s;
    spec.command = {u"torchrun"_s, u"train.py"_s};
    spec.args = {u"--lr=1e-4"_s};
    spec.variables = {{u"TOKEN"_s, launch::Variable::From::Secret, u"key"_s, u"name"_s}, {u"A"_s, launch::Variable::From::Value, u"1"_s, {}}};
    spec.mounts = {{u"checkpoints"_s, u"ckpt"_s, u"/ckpt"_s, {}, false}};
    spec.nodes = 2;
    const Result<QJsonObject> made = launch::newJob(spec);
    return made ? "# mine\n" + launch::textOf(*made) : QByteArray();
}

/// Each refers to the one before ten times: a thousand million strings, were they written out.
QString bomb()
{
    QString text = u"a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"_s;
    for (int i = 1; i < 9; ++i) {
        text += u"a%1: &a%1 ["_s.arg(i);
        for (int k = 0; k < 10; ++k)
            text += u"*a%1%2"_s.arg(i - 1).arg(k < 9 ? u", "_s : u"]\n"_s);
    }
    return text;
}

QString binary(std::mt19937_64 &random, int size)
{
    QString text;
    for (int i = 0; i < size; ++i)
        text += QChar(static_cast<char16_t>(random() % 256));
    return text;
}

} // namespace

class TestLaunchFuzz : public QObject {
    Q_OBJECT
    std::unique_ptr<LaunchPage> m_page;
    editors::CodeEditor *m_editor = nullptr;
    Spec m_shown;
    int m_rounds = 0, m_jobs = 0; ///< of the random edits: all, and those after which the text still held a job

    /// What the controller does once something changed, at once. False where a form's change could not be written.
    bool workOut()
    {
        const Spec after = m_page->spec();
        auto result = std::make_shared<LaunchResult>();
        result->draft = launch::draftOf(m_page->text());
        if (result->draft.isJob() && m_shown != after) {
            Result<Draft> draft = launch::edited(result->draft, m_shown, after);
            if (!draft) {
                m_page->setFormError(draft.error());
                return false;
            }
            result->draft = *std::move(draft);
        }
        result->diff = manifest::diffText(QString::fromUtf8(job()), QString::fromUtf8(result->draft.text));
        m_page->setResult(result, after);
        if (result->draft.isJob())
            m_shown = result->draft.spec;
        return true;
    }

    void start(const QByteArray &text)
    {
        m_page->setText(text);
        m_shown = m_page->spec();
        workOut();
    }

    bool isOn() const { return m_page->findChild<QWidget *>(u"launch.name"_s)->isEnabled(); }

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
        pages::LaunchChoices choices;
        choices.read = true;
        choices.kinds = {JobKind::PyTorchJob, JobKind::TrainJob};
        m_page->setChoices(choices);
        m_editor = m_page->findChild<editors::CodeEditor *>(u"launch.text"_s);
        QVERIFY(m_editor);
        start(job());
        QVERIFY(isOn());
    }
    void cleanup() { m_page.reset(); }

    void texts_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("holdsAJob");
        std::mt19937_64 random(1);
        const QString good = QString::fromUtf8(job());
        QTest::newRow("empty") << QString() << false;
        QTest::newRow("blank") << u" \n\t\n "_s << false;
        QTest::newRow("scalar") << u"42"_s << false;
        QTest::newRow("list") << u"- a\n- b\n"_s << false;
        QTest::newRow("wrong kind") << u"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"_s << false;
        QTest::newRow("kind is a list") << u"apiVersion: kubeflow.org/v1\nkind: [PyTorchJob]\n"_s << false;
        QTest::newRow("two documents") << good + u"---\n"_s + good << false;
        QTest::newRow("CRLF") << QString(good).replace(u'\n', u"\r\n"_s) << true;
        QTest::newRow("CR") << QString(good).replace(u'\n', u'\r') << false; // a lone carriage return ends no line
        QTest::newRow("BOM") << QChar(0xfeff) + good << true;
        QTest::newRow("tabs") << QString(good).replace(u"  "_s, u"\t"_s) << false;
        QTest::newRow("bomb") << bomb() << false;
        QTest::newRow("bomb in a job") << good + bomb() << false;
        QTest::newRow("anchor of itself") << good + u"x: &a [*a]\n"_s << false;
        QTest::newRow("merge key") << good + u"x: &a {b: 1}\ny: {<<: *a}\n"_s << false;
        QTest::newRow("deep") << good + u"x: "_s + u"["_s.repeated(50'000) << false;
        QTest::newRow("huge") << good + u"# "_s + u"long comment\n# "_s.repeated(200'000) << false;
        QTest::newRow("long line") << good + u"x: "_s + u"y"_s.repeated(2'000'000) + u'\n' << false;
        QTest::newRow("binary") << binary(random, 20'000) << false;
        QTest::newRow("zeros") << good + QString(100, QChar(0)) << false;
        QTest::newRow("bidi") << good + u"# \u202e\u2066 evil \u2069\n"_s << true;
        QTest::newRow("astral") << good + u"# \U0001F4A5 \U0010FFFF\n"_s << true;
        QTest::newRow("lone surrogate") << good + u"# "_s + QChar(0xd800) + u"\n"_s << true;
        QTest::newRow("types") << QString(good).replace(u"replicas: 1"_s, u"replicas: {a: [b]}"_s).replace(u"containers:"_s, u"containers: 7 #"_s) << false;
        QTest::newRow("names twice") << good + u"kind: TrainJob\n"_s << false;
        QTest::newRow("JSON") << u"{\"apiVersion\":\"kubeflow.org/v1\",\"kind\":\"PyTorchJob\",\"metadata\":{\"name\":\"a\"},\"spec\":{}}"_s << true;
    }
    /// As a file that is opened, and as text that is pasted.
    void texts()
    {
        QFETCH(QString, text);
        QFETCH(bool, holdsAJob);
        QElapsedTimer clock;
        clock.start();
        QSignalSpy edits(m_page.get(), &LaunchPage::textEdited);
        m_editor->replaceText(text);
        QVERIFY(text == QString::fromUtf8(job()) || edits.count() > 0);
        const QByteArray kept = m_page->text();
        // A surrogate without its half is no text in UTF-8: it is the one thing that may not come back as it was.
        if (QString::fromUtf8(text.toUtf8()) == text)
            QCOMPARE(QString::fromUtf8(kept), text);
        QVERIFY(workOut());
        QCOMPARE(m_page->text(), kept);
        if (holdsAJob)
            QVERIFY(isOn());
        for (int step = 0; step < 5; ++step)
            m_page->showStep(step);
        QVERIFY2(clock.elapsed() < 20'000, qPrintable(QString::number(clock.elapsed())));
        // The whole of it is undone in one step, and the form is back. A text with lines that are too long to show is kept whole
        // but shown shortened, and nothing is undone past it.
        const QStringList lines = text.split(u'\n');
        if (std::ranges::any_of(lines, [](const QString &line) { return line.size() > 20'000; }))
            m_editor->replaceText(QString::fromUtf8(job()));
        else
            m_editor->undo();
        QCOMPARE(m_page->text(), job());
        QVERIFY(workOut());
        QVERIFY(isOn());
        QCOMPARE(m_page->text(), job());
        // The same as another text.
        start(text.toUtf8());
        QCOMPARE(m_page->text(), kept.startsWith("\xef\xbb\xbf") ? kept.mid(3) : kept); // of a file, its mark is no text
        start(job());
        QVERIFY(isOn());
    }

    void randomEdits_data()
    {
        QTest::addColumn<int>("seed");
        for (int seed = 1; seed <= 12; ++seed)
            QTest::newRow(qPrintable(QString::number(seed))) << seed;
    }
    void randomEdits()
    {
        QFETCH(int, seed);
        std::mt19937_64 random(static_cast<std::mt19937_64::result_type>(seed));
        const auto below = [&](qsizetype n) { return n > 0 ? static_cast<qsizetype>(random() % static_cast<quint64>(n)) : 0; };
        const QStringList garbage{u"\t"_s, u"\r\n"_s, u"\r"_s, u"---\n"_s, u"...\n"_s, u"- "_s, u": "_s, u"{"_s, u"]"_s, u"\""_s, u"'"_s, u"|\n"_s, u">-\n"_s, u"&a "_s, u"*a"_s,
            u"!!binary "_s, u"%YAML 9.9\n"_s, u"# \u202e\n"_s, QString(QChar(0)), QString(QChar(0xfeff)), u"\U0001F4A5"_s, u"null"_s, u"1e999"_s, u"kind: X\n"_s, bomb(), binary(random, 40)};
        int jobs = 0;
        for (int round = 0; round < 60; ++round) {
            QString text = QString::fromUtf8(m_page->text());
            for (int edit = 0; edit < 1 + below(3); ++edit) {
                qsizetype at = below(text.size() + 1);
                if (at < text.size() && text.at(at).isLowSurrogate())
                    --at; // nobody's cursor stands within a character
                switch (below(5)) {
                case 0: text.insert(at, garbage.at(below(garbage.size()))); break;
                case 1: text.remove(at, 1 + below(30)); break;
                case 2: text.insert(at, text.mid(below(text.size()), below(200))); break;
                case 3: { // a line goes elsewhere
                    QStringList lines = text.split(u'\n');
                    const QString line = lines.takeAt(below(lines.size()));
                    lines.insert(below(lines.size() + 1), line);
                    text = lines.join(u'\n');
                    break;
                }
                default: text.replace(at, 1, QChar(static_cast<char16_t>(' ' + below(95)))); break;
                }
                text = QString::fromUtf8(text.toUtf8()); // a half character that was cut off is none
            }
            m_editor->replaceText(text);
            QCOMPARE(QString::fromUtf8(m_page->text()), text);
            if (below(4) == 0) { // a field of the form is changed meanwhile
                auto *name = m_page->findChild<QWidget *>(u"launch.image"_s)->findChild<QLineEdit *>();
                if (name->isEnabled())
                    QTest::keyClicks(name, u"x"_s);
            }
            const QByteArray before = m_page->text();
            const bool form = m_page->spec() != m_shown;
            (void)workOut();
            if (!form) // only the form may change the text
                QCOMPARE(m_page->text(), before);
            jobs += isOn() ? 1 : 0;
            if (round % 6 == 5) { // and begins anew, or nothing but garbage would be tested
                start(job());
                QVERIFY(isOn());
            }
        }
        m_rounds += 60;
        m_jobs += jobs;
    }
    /// Or nothing but garbage would have been tested. Of all seeds together: few edits leave a job.
    void cleanupTestCase() { QVERIFY(m_rounds == 0 || m_jobs > m_rounds / 100); }

    /// What the form writes leaves alone what it does not know, whatever else stands there.
    void theFormKeepsWhatItDoesNotKnow()
    {
        const QByteArray note = "# do not touch: \xe2\x9c\x93\n";
        for (const QByteArray &end : {QByteArray("\n"), QByteArray("\r\n")}) {
            QByteArray text = job() + note + "x-unknown: {b: 2, a: 1}   # odd\n";
            text.replace("\n", end);
            start(text);
            QVERIFY(isOn());
            auto *image = m_page->findChild<QWidget *>(u"launch.image"_s)->findChild<QLineEdit *>();
            QTest::keyClicks(image, u"-new"_s);
            QVERIFY(workOut());
            const QByteArray now = m_page->text();
            QVERIFY(now.contains("ghcr.example/bert:1-new"));
            QVERIFY(now.contains("x-unknown: {b: 2, a: 1}   # odd"));
            QVERIFY(now.contains(note.trimmed()));
            QCOMPARE(now.count("\r\n"), text.count("\r\n"));
        }
    }

    void pastedByTheUser()
    {
        QWidget *area = m_editor->focusProxy() ? m_editor->focusProxy() : m_editor;
        area->setFocus();
        for (const QString &text : {bomb(), u"a\tb\r\nc\rd\n"_s, u"\ufeff---\nkind: X\n"_s, u"["_s.repeated(5000)}) {
            const QByteArray before = m_page->text();
            QGuiApplication::clipboard()->setText(text);
            m_editor->setCursor({0, 0});
            QTest::keyClick(area, Qt::Key_V, Qt::ControlModifier);
            // Lines that are pasted end as those of the text do.
            QCOMPARE(m_page->text(), QString(text).replace(u"\r\n"_s, u"\n"_s).replace(u'\r', u'\n').toUtf8() + before);
            QVERIFY(workOut());
            m_editor->undo();
            QCOMPARE(m_page->text(), before);
            QVERIFY(workOut());
            QVERIFY(isOn());
        }
    }
};

QTEST_MAIN(TestLaunchFuzz)
#include "tst_launchfuzz.moc"
