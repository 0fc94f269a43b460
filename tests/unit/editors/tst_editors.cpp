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

namespace {

QString text(const QList<DiffLine> &lines)
{
    DiffView view;
    view.setLines(lines);
    return view.toPlainText();
}

} // namespace

class TestEditors : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase() { kit::Theme::install(*qApp, kit::ThemeMode::Light); }

    void diffShowsChangesWithTheirSurroundings()
    {
        const QList<DiffLine> lines = diffLines(u"a\nb\nc\nd\ne\n"_s, u"a\nb\nX\nd\ne\n"_s, 1);
        using enum DiffLine::Kind;
        QCOMPARE(lines.size(), 6);
        QCOMPARE(lines[0].kind, Gap);
        QCOMPARE(lines[1], (DiffLine{Context, u"b"_s}));
        QCOMPARE(lines[2], (DiffLine{Removed, u"c"_s}));
        QCOMPARE(lines[3], (DiffLine{Added, u"X"_s}));
        QCOMPARE(lines[4], (DiffLine{Context, u"d"_s}));
        QCOMPARE(lines[5].kind, Gap);
    }

    void equalTextsHaveNoDiff()
    {
        QVERIFY(diffLines(u"a\nb"_s, u"a\nb\n"_s).isEmpty());
        QVERIFY(diffLines({}, {}).isEmpty());
        QCOMPARE(text(diffLines({}, u"a"_s)), u"+ a\n"_s);
        QCOMPARE(text(diffLines(u"a"_s, {})), u"- a\n"_s);
    }

    /// A diff with all its context, applied, gives both texts back.
    void diffIsTrueForRandomTexts()
    {
        std::mt19937 random(11);
        for (int round = 0; round < 200; ++round) {
            const auto make = [&] {
                QStringList lines;
                for (auto i = random() % 12; i > 0; --i)
                    lines.append(QString(QChar(static_cast<char16_t>(u'a' + random() % 4))));
                return lines;
            };
            const QStringList a = make();
            const QStringList b = make();
            QStringList before;
            QStringList after;
            const QList<DiffLine> lines = diffLines(a.join(u'\n'), b.join(u'\n'), 1000);
            for (const DiffLine &line : lines) {
                QVERIFY(line.kind != DiffLine::Kind::Gap);
                if (line.kind != DiffLine::Kind::Added)
                    before.append(line.text);
                if (line.kind != DiffLine::Kind::Removed)
                    after.append(line.text);
            }
            if (a == b) {
                QVERIFY(lines.isEmpty());
                continue;
            }
            QCOMPARE(before, a);
            QCOMPARE(after, b);
        }
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
        QCoreApplication::processEvents();
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
