// SPDX-License-Identifier: GPL-3.0-or-later
#include "editors/CodeEditor.h"
#include "kit/Inputs.h"
#include "kit/Theme.h"

#include <QAccessible>
#include <QApplication>
#include <QClipboard>
#include <QElapsedTimer>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTest>

using namespace cairn;
using namespace cairn::editors;
using namespace Qt::StringLiterals;

namespace {

/// Answers when the test says so.
class Provider : public CodeProvider {
public:
    void complete(const QString &, CodePlace place, std::function<void(QList<CodeCompletion>)> answer) override
    {
        asked.append(place);
        completions.append(std::move(answer));
    }
    void hover(const QString &, CodePlace, std::function<void(QString)>) override { }
    QList<CodePlace> asked;
    QList<std::function<void(QList<CodeCompletion>)>> completions;
};

const QList<CodeCompletion> policies{{u"OnFailure"_s, u"the default here"_s, {}}, {u"ExitCode"_s, u"by its exit code"_s, u"1–127 fails the job."_s},
    {u"Always"_s, {}, {}}, {u"Never"_s, {}, {}}};

QString lines(int count)
{
    QString yaml;
    for (int i = 0; i < count; ++i)
        yaml += u"key%1: value\n"_s.arg(i);
    return yaml;
}

} // namespace

class TestCodeEditor : public QObject {
    Q_OBJECT
    std::unique_ptr<CodeEditor> m_editor;
    QWidget *area() { return m_editor->focusProxy(); }
    QWidget *list() { return m_editor->findChild<QWidget *>(u"code.completions"_s); }

private slots:
    void initTestCase() { kit::Theme::install(*qApp, kit::ThemeMode::Light); }
    void init()
    {
        m_editor = std::make_unique<CodeEditor>(u"Manifest"_s);
        m_editor->resize(420, 240);
        m_editor->show();
        m_editor->activateWindow();
        m_editor->setFocus();
        QVERIFY(QTest::qWaitForWindowExposed(m_editor.get()));
    }
    void cleanup() { m_editor.reset(); }

    void itKeepsThePlaceAndFinds()
    {
        m_editor->setText(lines(100));
        m_editor->setFirstVisibleLine(30);
        QTRY_COMPARE(m_editor->firstVisibleLine(), 30);
        m_editor->setText(lines(100) + u"more: 1\n"_s);
        QCOMPARE(m_editor->firstVisibleLine(), 30);
        QVERIFY(m_editor->isReadOnly());
        QCOMPARE(m_editor->setSearch(u"KEY7"_s), 11);
        m_editor->nextHit();
        QCOMPARE(m_editor->selectedText(), u"key7"_s);
        m_editor->previousHit(); // round the end
        QCOMPARE(m_editor->cursor().line, 79);
        QCOMPARE(m_editor->setSearch({}), 0);
        m_editor->setSearchElsewhere(true);
        QSignalSpy search(m_editor.get(), &CodeEditor::searchRequested);
        QTest::keyClick(area(), '/');
        QTest::keyClick(area(), Qt::Key_F, Qt::ControlModifier);
        QCOMPARE(search.count(), 2);
    }

    void theTextComesBackByteForByte_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("markup") << u"name: <b>x</b>\n"_s;
        QTest::newRow("NUL") << u"a: x"_s + QChar(0) + u"y\nb: 2\n"_s;
        QTest::newRow("bidi") << u"a: \u202egnp.exe\u2066\u200b\n"_s;
        QTest::newRow("chinese and beyond the BMP") << u"a: 檢查點 \U0001F600\n"_s;
        QTest::newRow("byte order mark") << u"\ufeffa: 1\n"_s;
        QTest::newRow("no end of line") << u"a: 1"_s;
        QTest::newRow("CR LF") << u"a: 1\r\nb: 2\r\n"_s;
        QTest::newRow("control") << u"a: \x1b[31m\x85\u2028\n"_s;
    }
    void theTextComesBackByteForByte()
    {
        QFETCH(QString, text);
        m_editor->setText(text);
        QCOMPARE(m_editor->text(), text);
        m_editor->grab();
        m_editor->setReadOnly(false);
        m_editor->replaceText(text + u"z: 1\n"_s);
        QCOMPARE(m_editor->text(), text + u"z: 1\n"_s);
        m_editor->undo();
        QCOMPARE(m_editor->text(), text);
    }

    void whatDeceivesTheEyeIsPainted()
    {
        const auto picture = [this](const QString &text) {
            m_editor->setText(text);
            return m_editor->grab().toImage();
        };
        const QImage plain = picture(u"a: png.exe\n"_s);
        for (const char16_t c : {u'\u202e', u'\u200b', u'\u2066', u'\ufeff', u'\u00ad', u'\u2028', u'\u0007', u'\u0090'})
            QVERIFY2(picture(u"a: "_s + QChar(c) + u"png.exe\n"_s) != plain, qPrintable(QString::number(c, 16)));
    }

    void aChangeFromOutsideIsOneStepAndMovesNothing()
    {
        m_editor->setReadOnly(false);
        m_editor->setText(u"a: 1\nb: 檢\nc: 3\n"_s);
        m_editor->setCursor({2, 1});
        QSignalSpy changed(m_editor.get(), &CodeEditor::textChanged);
        m_editor->replaceText(u"a: 1\nb: 查\nbb: 2\nc: 3\n"_s);
        QCOMPARE(m_editor->text(), u"a: 1\nb: 查\nbb: 2\nc: 3\n"_s);
        QCOMPARE(m_editor->cursor(), (CodePlace{3, 1}));
        QVERIFY(changed.count() > 0);
        QVERIFY(m_editor->isModified());
        m_editor->undo();
        QCOMPARE(m_editor->text(), u"a: 1\nb: 檢\nc: 3\n"_s);
        QVERIFY(!m_editor->isModified());
        QVERIFY(!m_editor->canUndo());
        m_editor->redo();
        QCOMPARE(m_editor->lineCount(), 5);
    }

    void whatIsOnlyReadCannotBeChanged()
    {
        m_editor->setText(u"a: 1\n"_s);
        QTest::keyClicks(area(), u"xyz"_s);
        QTest::keyClick(area(), Qt::Key_Delete);
        QTest::keyClick(area(), Qt::Key_Return);
        QCOMPARE(m_editor->text(), u"a: 1\n"_s);
        QVERIFY(!m_editor->applyFix());
    }

    void aNewLineStandsWhereTheValueWould()
    {
        m_editor->setReadOnly(false);
        m_editor->setText(u"spec:"_s);
        m_editor->setCursor({0, 5});
        QTest::keyClick(area(), Qt::Key_Return);
        QTest::keyClicks(area(), u"list:"_s);
        QTest::keyClick(area(), Qt::Key_Return);
        QTest::keyClicks(area(), u"- a: 1"_s);
        QTest::keyClick(area(), Qt::Key_Return);
        QTest::keyClicks(area(), u"b: 2"_s);
        QCOMPARE(m_editor->text(), u"spec:\n  list:\n    - a: 1\n      b: 2"_s);
        m_editor->undo();
        QVERIFY(m_editor->text() != u"spec:\n  list:\n    - a: 1\n      b: 2"_s);
    }

    void completionIsNarrowedAndTaken()
    {
        Provider provider;
        m_editor->setProvider(&provider);
        m_editor->setReadOnly(false);
        m_editor->setText(u"restartPolicy: \n"_s);
        m_editor->setCursor({0, 15});
        QTest::keyClick(area(), Qt::Key_Space, Qt::ControlModifier);
        QCOMPARE(provider.asked, QList<CodePlace>{(CodePlace{0, 15})});
        QVERIFY(!list()->isVisible()); // nothing is known yet, nothing waits
        provider.completions[0](policies);
        QVERIFY(list()->isVisible());
        QTest::keyClicks(area(), u"e"_s);
        QVERIFY(list()->isVisible());
        QTest::keyClick(area(), Qt::Key_Tab);
        QCOMPARE(m_editor->text(), u"restartPolicy: ExitCode\n"_s);
        QVERIFY(!list()->isVisible());
        QVERIFY(area()->hasFocus());
        // Esc closes the list and nothing else.
        m_editor->setCursor({0, 15});
        m_editor->complete();
        provider.completions[1](policies);
        QVERIFY(list()->isVisible());
        QTest::keyClick(area(), Qt::Key_Down);
        QTest::keyClick(area(), Qt::Key_Escape);
        QVERIFY(!list()->isVisible());
        QCOMPARE(m_editor->text(), u"restartPolicy: ExitCode\n"_s);
    }

    void aLateAnswerIsDropped()
    {
        Provider provider;
        m_editor->setProvider(&provider);
        m_editor->setReadOnly(false);
        m_editor->setText(u"a: \n"_s);
        m_editor->setCursor({0, 3});
        m_editor->complete();
        QTest::keyClicks(area(), u"x"_s);
        provider.completions[0](policies);
        QVERIFY(!list()->isVisible());
        m_editor->complete();
        m_editor.reset();
        provider.completions[1](policies); // nobody is there
    }

    void problemsAreWalkedFixedAndMoveWithTheText()
    {
        m_editor->setReadOnly(false);
        m_editor->setText(u"spec:\n  backofLimit: 6\n  x: 1\n"_s);
        m_editor->setProblems({{{1, 2}, 11, kit::Tone::Err, u"no such field: write backoffLimit"_s, u"CRD schema"_s, u"backoffLimit"_s},
            {{2, 2}, 1, kit::Tone::Warn, u"unknown\u202e"_s, {}, {}}});
        QTest::keyClick(area(), Qt::Key_F8);
        QCOMPARE(m_editor->cursor(), (CodePlace{1, 2}));
        QTest::keyClick(area(), Qt::Key_F8);
        QCOMPARE(m_editor->cursor(), (CodePlace{2, 2}));
        QTest::keyClick(area(), Qt::Key_F8);
        QCOMPARE(m_editor->cursor(), (CodePlace{1, 2}));
        QTest::keyClick(area(), Qt::Key_F8, Qt::ShiftModifier);
        QCOMPARE(m_editor->cursor(), (CodePlace{2, 2}));
        m_editor->grab();
        m_editor->setCursor({0, 0});
        QTest::keyClick(area(), Qt::Key_Return);
        QCOMPARE(m_editor->problems().first().place.line, 2);
        m_editor->goToProblem(true);
        QTest::keyClick(area(), Qt::Key_Period, Qt::ControlModifier);
        QCOMPARE(m_editor->text(), u"\nspec:\n  backoffLimit: 6\n  x: 1\n"_s);
        QCOMPARE(m_editor->problems().size(), 1);
    }

    void blocksFold()
    {
        m_editor->setText(u"a:\n  b: 1\n  c:\n  - d: 2\n    e: 3\nf: 4\n"_s);
        m_editor->setCursor({3, 4});
        QTest::keyClick(area(), Qt::Key_BraceLeft, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(m_editor->isFolded(3));
        m_editor->setFolded(2, true);
        QVERIFY(m_editor->isFolded(2));
        m_editor->setFolded(1, true); // not a block of its own: what it stands in
        QVERIFY(m_editor->isFolded(0));
        QVERIFY(!m_editor->isFolded(5));
        m_editor->grab();
        QTest::keyClick(area(), Qt::Key_BraceRight, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(!m_editor->isFolded(0));
    }

    void tabGoesOnAndIndentsSelectedLines()
    {
        QWidget window;
        auto *editor = new CodeEditor(u"A"_s, CodeEditor::Language::Yaml, &window);
        auto *next = new QLineEdit(&window);
        window.show();
        window.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        editor->setReadOnly(false);
        editor->setText(u"a: 1\nb: 2\n"_s);
        editor->setFocus();
        QTest::keyClick(editor->focusProxy(), Qt::Key_A, Qt::ControlModifier);
        QTest::keyClick(editor->focusProxy(), Qt::Key_Tab);
        QCOMPARE(editor->text(), u"  a: 1\n  b: 2\n"_s);
        editor->setCursor({0, 0});
        QTest::keyClick(editor->focusProxy(), Qt::Key_Tab);
        QVERIFY(next->hasFocus());
        QCOMPARE(editor->text(), u"  a: 1\n  b: 2\n"_s);
    }

    void theSearchFieldOpensFindsAndCloses()
    {
        m_editor->setText(lines(30));
        QTest::keyClick(area(), Qt::Key_F, Qt::ControlModifier);
        auto *field = m_editor->findChild<kit::SearchField *>();
        QVERIFY(field->isVisible() && field->hasFocus());
        QTest::keyClicks(field, u"key2"_s);
        QTest::keyClick(field, Qt::Key_Return);
        QCOMPARE(m_editor->selectedText(), u"key2"_s);
        QTest::keyClick(field, Qt::Key_Escape);
        QTest::keyClick(field, Qt::Key_Escape);
        QVERIFY(!field->isVisible());
        QVERIFY(area()->hasFocus());
    }

    void aScreenReaderHearsNameAndText()
    {
        m_editor->setText(u"kind: Job\n"_s);
        QAccessibleInterface *interface = QAccessible::queryAccessibleInterface(area());
        QVERIFY(interface);
        QCOMPARE(interface->text(QAccessible::Name), u"Manifest"_s);
        QVERIFY(interface->textInterface());
        QCOMPARE(interface->textInterface()->text(0, 4), u"kind"_s);
    }

    void aLineWithoutAnEndIsCutAndKept()
    {
        const QString text = u"a: 1\nb: "_s + QString(4 << 20, u'x') + u"\nc: 3\n"_s;
        QElapsedTimer timer;
        timer.start();
        m_editor->setReadOnly(false);
        m_editor->setText(text);
        m_editor->grab();
        QVERIFY2(timer.elapsed() < 1500, qPrintable(QString::number(timer.elapsed())));
        QVERIFY(m_editor->text() == text);
        QVERIFY(m_editor->isReadOnly()); // what is not shown must not be written over
        QCOMPARE(m_editor->lineCount(), 4);
        m_editor->setText(u"a: 1\n"_s);
        QVERIFY(!m_editor->isReadOnly());
        m_editor->replaceText(text);
        QVERIFY(m_editor->text() == text && m_editor->isReadOnly());
        m_editor->replaceText(u"b: 2\n"_s);
        QCOMPARE(m_editor->text(), u"b: 2\n"_s);
        QVERIFY(!m_editor->isReadOnly());
    }

    void fourMegabytesOpenScrollAndChangeAtOnce()
    {
        QString yaml;
        for (int i = 0; yaml.size() < 4 << 20; ++i)
            yaml += u"  - name: item-%1\n    value: \"%1\"\n    enabled: true # each\n"_s.arg(i);
        QElapsedTimer timer;
        timer.start();
        m_editor->setText(yaml);
        m_editor->grab();
        const qint64 opened = timer.restart();
        m_editor->setFirstVisibleLine(m_editor->lineCount() - 20);
        m_editor->grab();
        const qint64 scrolled = timer.restart();
        m_editor->setReadOnly(false);
        m_editor->setCursor({100, 0});
        timer.restart();
        for (int i = 0; i < 20; ++i) {
            QTest::keyClick(area(), Qt::Key_X);
            m_editor->grab();
        }
        const qint64 typed = timer.restart() / 20;
        QCOMPARE(m_editor->setSearch(u"item-100"_s), 111);
        const qint64 searched = timer.elapsed();
        qInfo("open %lld ms, to the end %lld ms, a key %lld ms, search %lld ms", opened, scrolled, typed, searched);
        QVERIFY(opened < 1500 && scrolled < 2500 && typed < 150 && searched < 2500); // with room for a slow machine
    }
};

QTEST_MAIN(TestCodeEditor)
#include "tst_codeeditor.moc"
