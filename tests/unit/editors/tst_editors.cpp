// SPDX-License-Identifier: GPL-3.0-or-later
#include "editors/DiffView.h"
#include "kit/Theme.h"

#include <QApplication>
#include <QClipboard>
#include <QTest>

using namespace cairn;
using namespace cairn::editors;
using namespace Qt::StringLiterals;

class TestEditors : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { kit::Theme::install(*qApp, kit::ThemeMode::Light); }

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
