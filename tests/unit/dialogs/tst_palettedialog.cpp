// SPDX-License-Identifier: GPL-3.0-or-later
#include "dialogs/Palette.h"
#include "kit/Inputs.h"
#include "kit/Theme.h"

#include <QApplication>
#include <QListView>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using dialogs::Palette;
using items::PaletteEntry;

class TestPaletteDialog : public QObject
{
    Q_OBJECT
    std::unique_ptr<QWidget> m_window;
    QPushButton *m_button = nullptr;
    items::PaletteModel m_model;
    Palette *m_palette = nullptr;
    kit::SearchField *m_field = nullptr;

private slots:
    void initTestCase() { kit::Theme::install(*qApp, kit::ThemeMode::Light); }
    void init()
    {
        m_window = std::make_unique<QWidget>();
        m_window->resize(1000, 700);
        m_button = new QPushButton(u"under it"_s, m_window.get());
        m_model.setRecent({});
        m_model.setEntries({{u"a"_s, PaletteEntry::Kind::Page, u"jobs"_s, u"Jobs"_s, {}, u"Ctrl 2"_s, {}, false},
                            {u"context:b"_s, PaletteEntry::Kind::Context, u"connect"_s, u"Switch to b"_s, u"api"_s, {}, {}, true}},
                           {});
        m_palette = new Palette(&m_model, m_window.get());
        m_field = m_palette->findChild<kit::SearchField *>(u"palette.field"_s);
        m_window->show();
        m_window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
        m_button->setFocus();
    }
    void cleanup() { m_window.reset(); }

    void enterGoesAndTheFocusComesBack()
    {
        QSignalSpy chosen(m_palette, &Palette::chosen);
        m_palette->open();
        QVERIFY(m_palette->isVisible());
        QVERIFY(m_field->hasFocus());
        QTest::keyClicks(m_field, u"swi"_s);
        QTest::keyClick(m_field, Qt::Key_Return);
        QCOMPARE(chosen.takeFirst(), (QVariantList{u"context:b"_s, false}));
        QVERIFY(!m_palette->isVisible());
        QVERIFY(m_button->hasFocus());
        m_palette->open();
        QTest::keyClick(m_field, Qt::Key_Escape);
        QVERIFY(!m_palette->isVisible());
        QVERIFY(m_button->hasFocus());
        QVERIFY(chosen.isEmpty());
    }

    void arrowsMoveAndCtrlEnterAsksForAWindow()
    {
        QSignalSpy chosen(m_palette, &Palette::chosen);
        m_palette->open();
        QTest::keyClick(m_field, Qt::Key_Down);
        QTest::keyClick(m_field, Qt::Key_Down); // the last one
        QTest::keyClick(m_field, Qt::Key_Return, Qt::ControlModifier);
        QCOMPARE(chosen.takeFirst(), (QVariantList{u"context:b"_s, true}));
        // A page has no window of its own.
        m_palette->open();
        QTest::keyClick(m_field, Qt::Key_Return, Qt::ControlModifier);
        QCOMPARE(chosen.takeFirst(), (QVariantList{u"a"_s, false}));
    }

    void aClickChoosesAndOneBesideItCloses()
    {
        QSignalSpy chosen(m_palette, &Palette::chosen);
        m_palette->open();
        auto *list = m_palette->findChild<QListView *>(u"palette.list"_s);
        QTest::mouseClick(list->viewport(), Qt::LeftButton, {}, list->visualRect(m_model.index(1)).center());
        QCOMPARE(chosen.takeFirst().first().toString(), u"context:b"_s);
        m_palette->open();
        QTest::mouseClick(m_palette, Qt::LeftButton, {}, QPoint(5, 5));
        QVERIFY(!m_palette->isVisible());
    }

    void nothingFoundSaysSo()
    {
        m_palette->open(u"zzz"_s);
        QVERIFY(m_palette->findChild<QWidget *>(u"palette.none"_s)->isVisible());
        QTest::keyClick(m_field, Qt::Key_Return); // nothing to choose
        QVERIFY(m_palette->isVisible());
    }
};

QTEST_MAIN(TestPaletteDialog)
#include "tst_palettedialog.moc"
