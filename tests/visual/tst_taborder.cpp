// SPDX-License-Identifier: GPL-3.0-or-later
#include "Stage.h"
#include "gallery/Entries.h"

#include <QRadioButton>
#include <QSet>
#include <QTest>

using namespace cairn;

namespace {

/// Radio buttons of one group are one stop: Tab goes to the chosen one, the arrows to the others.
bool sharesAStop(const QWidget *widget, const QSet<QWidget *> &reached)
{
    return qobject_cast<const QRadioButton *>(widget)
        && std::any_of(reached.begin(), reached.end(), [widget](const QWidget *other) {
               return qobject_cast<const QRadioButton *>(other) && other->parentWidget() == widget->parentWidget();
           });
}

} // namespace

/// Tab reaches every control of every page and comes round to where it began: no control is out of reach and none
/// keeps the focus.
class TestTabOrder : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { kit::Theme::install(*qApp, kit::ThemeMode::Light); }

    void tabReachesEveryControl_data()
    {
        QTest::addColumn<int>("index");
        m_registry = gallery::allEntries();
        for (int i = 0; i < static_cast<int>(m_registry.entries().size()); ++i)
            if (m_registry.entries().at(i).id != QLatin1String("editor.complete")) // there Tab takes what is offered
                QTest::addRow("%s", qPrintable(m_registry.entries().at(i).id)) << i;
    }

    void tabReachesEveryControl()
    {
        QFETCH(const int, index);
        const auto window = test::stage(m_registry.entries().at(index));
        const QList<QWidget *> wanted = test::tabStops(window.get());
        if (wanted.isEmpty())
            return;
        wanted.first()->setFocus(Qt::TabFocusReason);
        QVERIFY2(wanted.first()->hasFocus(), qPrintable(test::describe(wanted.first())));
        QSet<QWidget *> reached{wanted.first()};
        for (qsizetype i = 0; i < wanted.size() + 1; ++i) {
            QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
            QWidget *focus = QApplication::focusWidget();
            QVERIFY(focus);
            if (reached.contains(focus))
                break;
            reached.insert(focus);
        }
        for (QWidget *widget : wanted) {
            if (sharesAStop(widget, reached))
                continue;
            QVERIFY2(
                reached.contains(widget), qPrintable(QStringLiteral("Tab never reaches ") + test::describe(widget)));
        }
    }

    void backTabGoesTheSameWay_data() { tabReachesEveryControl_data(); }

    void backTabGoesTheSameWay()
    {
        QFETCH(const int, index);
        const auto window = test::stage(m_registry.entries().at(index));
        const QList<QWidget *> wanted = test::tabStops(window.get());
        if (wanted.size() < 2)
            return;
        wanted.first()->setFocus(Qt::TabFocusReason);
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
        QWidget *second = QApplication::focusWidget();
        QVERIFY2(
            second != wanted.first(), qPrintable(test::describe(second) + QStringLiteral(" keeps the focus on Tab")));
        QTest::keyClick(second, Qt::Key_Tab, Qt::ShiftModifier);
        QVERIFY2(QApplication::focusWidget() == wanted.first(),
            qPrintable(QStringLiteral("Shift+Tab leads to ") + test::describe(QApplication::focusWidget())));
    }

private:
    kit::GalleryRegistry m_registry;
};

QTEST_MAIN(TestTabOrder)
#include "tst_taborder.moc"
