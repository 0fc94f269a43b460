// SPDX-License-Identifier: GPL-3.0-or-later
#include "editors/DiffView.h"
#include "editors/YamlView.h"
#include "kit/Theme.h"

#include <QApplication>
#include <QClipboard>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>
#include <random>

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
        QCOMPARE(view.toPlainText().section(u'\n', 0, 0), u"@@ 1 equal line(s) @@"_s);
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

    void yamlKeepsThePlaceAndFinds()
    {
        YamlView view(u"Manifest"_s);
        view.resize(300, 120);
        view.show();
        QString yaml;
        for (int i = 0; i < 100; ++i)
            yaml += u"key%1: value\n"_s.arg(i);
        view.setYaml(yaml);
        QTRY_VERIFY(view.verticalScrollBar()->maximum() >= 400);
        view.verticalScrollBar()->setValue(400);
        const int before = view.verticalScrollBar()->value();
        QVERIFY(before > 0);
        view.setYaml(yaml + u"more: 1\n"_s);
        QCOMPARE(view.verticalScrollBar()->value(), before);
        QVERIFY(view.isReadOnly());
        QCOMPARE(view.setSearch(u"KEY7"_s), 11);
        view.nextHit();
        QCOMPARE(view.textCursor().selectedText().toLower(), u"key7"_s);
        QCOMPARE(view.setSearch({}), 0);
        QSignalSpy search(&view, &YamlView::searchRequested);
        QTest::keyClick(&view, '/');
        QCOMPARE(search.count(), 1);
    }

    void yamlOfAServerIsNeverMarkup()
    {
        YamlView view(u"Manifest"_s);
        view.setYaml(u"name: <b>x</b>\n"_s);
        QCOMPARE(view.toPlainText(), u"name: <b>x</b>\n"_s);
    }
};

QTEST_MAIN(TestEditors)
#include "tst_editors.moc"
