// SPDX-License-Identifier: GPL-3.0-or-later
#include "editors/CodeEditor.h"
#include "editors/DiffView.h"
#include "kit/Theme.h"

#include <QApplication>
#include <QClipboard>
#include <QElapsedTimer>
#include <QTest>

using namespace cairn;
using namespace cairn::editors;
using namespace Qt::StringLiterals;

class TestEditors : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { kit::Theme::install(*qApp, kit::ThemeMode::Light); }

    /// A slot may take 8 ms; an ordinary diff is there in one, and a long one costs no more.
    void aLongDiffIsCutAndCopiedWhole()
    {
        QList<manifest::DiffLine> lines;
        for (int i = 0; i < 50'000; ++i)
            lines.append({manifest::DiffLine::Kind::Added, u"        - name: a-variable-of-ordinary-length-%1"_s.arg(i), 0, i + 1});
        DiffView view;
        view.resize(600, 400);
        view.show();
        view.setLines(lines.mid(0, 10));
        QElapsedTimer clock;
        clock.start();
        view.setLines(lines);
        const double took = static_cast<double>(clock.nsecsElapsed()) / 1e6;
        qInfo("50,000 lines: %.1f ms", took);
        QVERIFY2(took < 200, qPrintable(QString::number(took))); // all of them take seconds; a test shares its machine
        QCOMPARE(view.added(), 50'000);
        const auto *shown = view.findChild<editors::CodeEditor *>();
        QCOMPARE(shown->lineCount(), static_cast<int>(DiffView::mostLines) + 1);
        QVERIFY(shown->text().contains(u"49,000 more"_s) || shown->text().contains(u"49000 more"_s));
        QCOMPARE(view.toPlainText().count(u'\n'), 50'000);
    }

    void diffShowsChangesAndWhatIsLeftOut()
    {
        DiffView view;
        view.setTexts(u"a\na\na\nb\nc\u202e\n"_s, u"a\na\na\nb\nd\n"_s);
        QCOMPARE(view.added(), 1);
        QCOMPARE(view.removed(), 1);
        QCOMPARE(view.toPlainText().section(u'\n', 0, 0), u"@@ 1 unchanged line(s) @@"_s);
        QVERIFY(view.toPlainText().contains(u"+ d\n"_s));
        view.grab(); // a mark that turns the direction is painted, not obeyed
    }

    void hugeTextsAreStillCompared()
    {
        QString a;
        QString b;
        for (int i = 0; i < 20000; ++i) {
            a += u"a%1\n"_s.arg(i);
            b += u"b%1\n"_s.arg(i);
        }
        DiffView view;
        view.setTexts(a, b);
        QCOMPARE(view.added(), 20000);
        QCOMPARE(view.removed(), 20000);
        QTest::keyClick(&view, Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(QGuiApplication::clipboard()->text(), view.toPlainText());
    }
};

QTEST_MAIN(TestEditors)
#include "tst_editors.moc"
