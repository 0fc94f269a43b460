// SPDX-License-Identifier: GPL-3.0-or-later
#include "kit/Inputs.h"
#include "kit/Theme.h"
#include "views/DataTable.h"

#include <QApplication>
#include <QContextMenuEvent>
#include <QHeaderView>
#include <QSignalSpy>
#include <QStandardItemModel>
#include <QTest>
#include <algorithm>
#include <random>

using namespace cairn;
using namespace cairn::views;
using namespace Qt::StringLiterals;

namespace {

QList<QStandardItem *> row(const QString &key, double value)
{
    auto *name = new QStandardItem(u"name-"_s + key);
    auto *number = new QStandardItem(QString::number(value));
    number->setData(value, items::SortRole);
    auto *action = new QStandardItem;
    action->setData(QVariant::fromValue(items::ActionValue{u"open"_s, u"Open"_s, false, true, {}}), items::ActionRole);
    QList<QStandardItem *> cells{name, number, action};
    for (QStandardItem *cell : cells)
        cell->setData(key, items::KeyRole);
    return cells;
}

QStringList keys(const DataTable &table)
{
    QStringList result;
    for (int i = 0; i < table.rowCount(); ++i)
        result.append(table.filter()->index(i, 0).data(items::KeyRole).toString());
    return result;
}

} // namespace

class TestDataTable : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { kit::Theme::install(*qApp, kit::ThemeMode::Light); }

    void init()
    {
        m_model = std::make_unique<QStandardItemModel>();
        m_model->setHorizontalHeaderLabels({u"Name"_s, u"Lost"_s, {}});
        m_table = std::make_unique<DataTable>(u"Jobs"_s);
        m_table->setColumns({{0, CellKind::Text, 100, 300, true}, {1, CellKind::Number}, {2, CellKind::Action, 80}});
        m_table->setCheckable(true);
        for (const auto &[key, value] : {std::pair(u"a"_s, 3.0), std::pair(u"b"_s, 10.0), std::pair(u"c"_s, 7.0)})
            m_model->appendRow(row(key, value));
        m_table->setSource(m_model.get());
        m_table->resize(600, 300);
        m_table->show();
    }

    void numbersSortWorstFirstAndMissingOnesLast()
    {
        auto cells = row(u"d"_s, 0);
        cells[1]->setData(QVariant(std::nan("")), items::SortRole);
        m_model->appendRow(cells);
        m_table->sortBy(1);
        QCOMPARE(keys(*m_table), (QStringList{u"b"_s, u"c"_s, u"a"_s, u"d"_s}));
        m_table->sortBy(1, Qt::AscendingOrder);
        QCOMPARE(keys(*m_table), (QStringList{u"a"_s, u"c"_s, u"b"_s, u"d"_s}));
    }

    void equalRowsKeepTheirOrderInBothDirections()
    {
        m_model->appendRow(row(u"e"_s, 7));
        m_table->sortBy(1);
        QCOMPARE(keys(*m_table), (QStringList{u"b"_s, u"c"_s, u"e"_s, u"a"_s}));
        m_table->sortBy(1, Qt::AscendingOrder);
        QCOMPARE(keys(*m_table), (QStringList{u"a"_s, u"c"_s, u"e"_s, u"b"_s}));
    }

    void selectionFollowsTheKey()
    {
        m_table->sortBy(1);
        m_table->setCurrentKey(u"c"_s);
        QSignalSpy changed(m_table.get(), &DataTable::currentKeyChanged);
        // The row moves to the top when it becomes the worst.
        m_model->item(2, 1)->setData(99.0, items::SortRole);
        QCOMPARE(keys(*m_table).first(), u"c"_s);
        QCOMPARE(m_table->currentKey(), u"c"_s);
        QCOMPARE(m_table->currentIndex().row(), 0);
        QCOMPARE(changed.count(), 0);
    }

    void selectionSurvivesAReset()
    {
        m_table->setCurrentKey(u"b"_s);
        m_model->clear();
        QCOMPARE(m_table->currentKey(), QString());
        m_model->setColumnCount(3);
        m_model->appendRow(row(u"x"_s, 1));
        m_model->appendRow(row(u"b"_s, 2));
        QCOMPARE(m_table->currentKey(), u"b"_s);
    }

    void aRemovedRowLeavesNoOtherSelected()
    {
        m_table->setCurrentKey(u"b"_s);
        QSignalSpy changed(m_table.get(), &DataTable::currentKeyChanged);
        m_model->removeRow(1);
        QCOMPARE(m_table->currentKey(), QString());
        QVERIFY(!m_table->currentIndex().isValid());
        QCOMPARE(changed.count(), 1);
        // The arrow goes on where the row had been.
        QTest::keyClick(m_table.get(), Qt::Key_Down);
        QCOMPARE(m_table->currentKey(), u"c"_s);
    }

    void aFilteredRowComesBackSelected()
    {
        m_table->setCurrentKey(u"b"_s);
        m_table->filter()->setText(u"name-a"_s);
        QCOMPARE(m_table->currentKey(), QString());
        m_table->filter()->setText({});
        QCOMPARE(m_table->currentKey(), u"b"_s);
    }

    /// As with a few: also where so many places change that the rest is laid out anew.
    void oneOfManyThatAreFilteredComesBackSelected()
    {
        for (int i = 0; i < 200; ++i)
            m_model->appendRow(row(QString::number(i), i % 10));
        m_table->sortBy(0, Qt::AscendingOrder);
        m_table->setCurrentKey(u"77"_s);
        m_table->setCheckedKeys({u"77"_s, u"121"_s});
        const QStringList before = keys(*m_table);
        QSignalSpy changed(m_table.get(), &DataTable::currentKeyChanged);
        m_table->filter()->setText(u"1"_s);
        QCOMPARE(m_table->currentKey(), QString());
        QVERIFY(!m_table->currentIndex().isValid());
        QCOMPARE(changed.count(), 1);
        QCOMPARE(m_table->checkedKeys(), QStringList{u"121"_s});
        changed.clear();
        m_table->filter()->setText({});
        QCOMPARE(keys(*m_table), before);
        QCOMPARE(m_table->currentKey(), u"77"_s);
        QCOMPARE(m_table->currentIndex().row(), before.indexOf(u"77"_s));
        QCOMPARE(changed.count(), 1);
    }

    void aWantedKeyIsSelectedWhenItArrives()
    {
        m_table->setCurrentKey(u"z"_s);
        QCOMPARE(m_table->currentKey(), QString());
        m_model->appendRow(row(u"z"_s, 1));
        QCOMPARE(m_table->currentKey(), u"z"_s);
    }

    void checksAreByKeyAndGoWithTheirRow()
    {
        m_table->setCurrentKey(u"a"_s);
        QTest::keyClick(m_table.get(), Qt::Key_Space);
        QTest::keyClick(m_table.get(), Qt::Key_Down);
        QTest::keyClick(m_table.get(), Qt::Key_Space);
        QCOMPARE(m_table->checkedKeys(), (QStringList{u"a"_s, u"b"_s}));
        QSignalSpy changed(m_table.get(), &DataTable::checkedChanged);
        m_model->removeRow(0);
        QCOMPARE(m_table->checkedKeys(), QStringList{u"b"_s});
        QCOMPARE(changed.count(), 1);
        QTest::keyClick(m_table.get(), Qt::Key_Escape);
        QVERIFY(m_table->checkedKeys().isEmpty());
    }

    void selectAllTakesOnlyRowsInView()
    {
        m_table->filter()->setText(u"name-b"_s);
        QTest::keyClick(m_table.get(), Qt::Key_A, Qt::ControlModifier);
        QCOMPARE(m_table->checkedKeys(), QStringList{u"b"_s});
    }

    void shiftChecksAllRowsUpToThere()
    {
        m_model->appendRow(row(u"d"_s, 1));
        m_table->setCurrentKey(u"b"_s);
        QTest::keyClick(m_table.get(), Qt::Key_Down, Qt::ShiftModifier);
        QTest::keyClick(m_table.get(), Qt::Key_Down, Qt::ShiftModifier);
        QCOMPARE(m_table->checkedKeys(), (QStringList{u"b"_s, u"c"_s, u"d"_s}));
        QCOMPARE(m_table->currentKey(), u"d"_s);
        // A range that shrinks gives its rows back, and goes over its beginning to the other side.
        QTest::keyClick(m_table.get(), Qt::Key_Up, Qt::ShiftModifier);
        QCOMPARE(m_table->checkedKeys(), (QStringList{u"b"_s, u"c"_s}));
        QTest::keyClick(m_table.get(), Qt::Key_Home, Qt::ShiftModifier);
        QCOMPARE(m_table->checkedKeys(), (QStringList{u"a"_s, u"b"_s}));
        // Without Shift the next range begins anew and keeps what is checked.
        QTest::keyClick(m_table.get(), Qt::Key_End);
        QTest::keyClick(m_table.get(), Qt::Key_End, Qt::ShiftModifier);
        QCOMPARE(m_table->checkedKeys(), (QStringList{u"a"_s, u"b"_s, u"d"_s}));
        QTest::keyClick(m_table.get(), Qt::Key_Escape);
        QVERIFY(m_table->checkedKeys().isEmpty());
    }

    void clicksWithShiftAndCtrlCheckRows()
    {
        const auto click = [&](int at, Qt::KeyboardModifiers modifiers) {
            const QRect cell = m_table->visualRect(m_table->filter()->index(at, 0));
            QTest::mouseClick(m_table->viewport(), Qt::LeftButton, modifiers, QPoint(cell.left() + 90, cell.center().y()));
        };
        click(0, {});
        QVERIFY(m_table->checkedKeys().isEmpty());
        click(2, Qt::ShiftModifier);
        QCOMPARE(m_table->checkedKeys(), (QStringList{u"a"_s, u"b"_s, u"c"_s}));
        click(1, Qt::ControlModifier);
        QCOMPARE(m_table->checkedKeys(), (QStringList{u"a"_s, u"c"_s}));
        QCOMPARE(m_table->currentKey(), u"b"_s);
    }

    void theMenuIsOfARow()
    {
        QSignalSpy menus(m_table.get(), &DataTable::menuRequested);
        QContextMenuEvent nowhere(QContextMenuEvent::Keyboard, QPoint(0, 0), QPoint(0, 0));
        QApplication::sendEvent(m_table->viewport(), &nowhere);
        QCOMPARE(menus.count(), 0);
        const QPoint second = m_table->visualRect(m_table->filter()->index(1, 0)).center();
        QContextMenuEvent mouse(QContextMenuEvent::Mouse, second, m_table->viewport()->mapToGlobal(second));
        QApplication::sendEvent(m_table->viewport(), &mouse);
        QCOMPARE(menus.count(), 1);
        QCOMPARE(m_table->currentKey(), u"b"_s);
        QContextMenuEvent keyboard(QContextMenuEvent::Keyboard, QPoint(0, 0), QPoint(0, 0));
        QApplication::sendEvent(m_table->viewport(), &keyboard);
        QCOMPARE(menus.count(), 2);
    }

    void countTellsWhatIsHidden()
    {
        QSignalSpy counts(m_table.get(), &DataTable::countsChanged);
        m_table->filter()->setText(u"NAME-A"_s);
        QCOMPARE(m_table->rowCount(), 1);
        QCOMPARE(counts.last().at(0).toInt(), 1);
        QCOMPARE(counts.last().at(1).toInt(), 3);
        QVERIFY(m_table->countText().contains(u"1 of 3"_s));
    }

    void keysOpenEscapeAndPassLettersOn()
    {
        m_table->setCurrentKey(u"c"_s);
        QSignalSpy opened(m_table.get(), &DataTable::opened);
        QSignalSpy escaped(m_table.get(), &DataTable::escaped);
        QSignalSpy typed(m_table.get(), &DataTable::keyTyped);
        QSignalSpy action(m_table.get(), &DataTable::actionTriggered);
        QTest::keyClick(m_table.get(), Qt::Key_Return);
        QCOMPARE(opened.first().first().toString(), u"c"_s);
        QTest::keyClick(m_table.get(), Qt::Key_Escape);
        QCOMPARE(escaped.count(), 1);
        QTest::keyClick(m_table.get(), '/');
        QTest::keyClick(m_table.get(), 'l');
        QCOMPARE(typed.count(), 2);
        QCOMPARE(typed.last().first().toString(), u"l"_s);
        QTest::keyClick(m_table.get(), Qt::Key_Return, Qt::ControlModifier);
        QCOMPARE(action.first().at(1).toString(), u"open"_s);
        m_table->setStale(true);
        QTest::keyClick(m_table.get(), Qt::Key_Return, Qt::ControlModifier);
        QCOMPARE(action.count(), 1);
    }

    void downInTheFilterTakesTheFirstRowAndEnterOpensIt()
    {
        kit::SearchField field(u"Filter"_s);
        connect(&field, &kit::SearchField::changed, m_table->filter(), &items::FilterProxy::setText);
        m_table->followSearch(&field);
        QSignalSpy opened(m_table.get(), &DataTable::opened);
        // A row that was current and is filtered out leaves none, and the table had the focus before: Qt selects nothing then.
        m_table->setFocus();
        m_table->setCurrentKey(u"a"_s);
        QTest::keyClicks(&field, u"name-b"_s);
        QTest::keyClick(&field, Qt::Key_Down);
        QCOMPARE(keys(*m_table), QStringList{u"b"_s});
        QCOMPARE(m_table->currentKey(), u"b"_s);
        QTest::keyClick(m_table.get(), Qt::Key_Return);
        QCOMPARE(opened.size(), 1);
        QCOMPARE(opened.first().first().toString(), u"b"_s);
        // A row in view stays the current one.
        field.setText(u"name"_s);
        QTest::keyClick(&field, Qt::Key_Down);
        QCOMPARE(m_table->rowCount(), 3);
        QCOMPARE(m_table->currentKey(), u"b"_s);
    }

    void enterInTheFilterOpensTheOnlyRow()
    {
        kit::SearchField field(u"Filter"_s);
        connect(&field, &kit::SearchField::changed, m_table->filter(), &items::FilterProxy::setText);
        m_table->followSearch(&field);
        QSignalSpy opened(m_table.get(), &DataTable::opened);
        QTest::keyClicks(&field, u"name"_s);
        QTest::keyClick(&field, Qt::Key_Return);
        QCOMPARE(opened.size(), 0); // which of three is for the next Enter to say
        QCOMPARE(m_table->currentIndex().row(), 0);
        field.setText(u"name-c"_s);
        QTest::keyClick(&field, Qt::Key_Enter);
        QCOMPARE(opened.size(), 1);
        QCOMPARE(opened.first().first().toString(), u"c"_s);
        field.setText(u"nothing like it"_s);
        QTest::keyClick(&field, Qt::Key_Return);
        QTest::keyClick(&field, Qt::Key_Down);
        QCOMPARE(m_table->rowCount(), 0);
        QCOMPARE(opened.size(), 1);
    }

    void aNumberThatGrowsIsNeverCut()
    {
        m_table->resize(320, 300);
        const int before = m_table->columnWidth(1);
        m_model->item(1, 1)->setText(u"lost at most 12\u202f345.6 GPU-h, and then some, which is more than 360 pixels wide"_s);
        QTRY_VERIFY(m_table->columnWidth(1) > before);
        const QModelIndex cell = m_table->filter()->index(1, 1);
        QVERIFY(m_table->columnWidth(1) >= m_table->itemDelegateForColumn(1)->sizeHint({}, cell).width());
        const int grown = m_table->columnWidth(1);
        m_model->item(1, 1)->setText(u"0"_s);
        m_table->grab();
        QCOMPARE(m_table->columnWidth(1), grown); // it does not jump back
    }

    void clickOnTheButtonActsOnItsRow()
    {
        QSignalSpy action(m_table.get(), &DataTable::actionTriggered);
        const QModelIndex index = m_table->filter()->index(1, 2);
        const QRect cell = m_table->visualRect(index);
        QTest::mouseClick(m_table->viewport(), Qt::LeftButton, {}, QPoint(cell.right() - 20, cell.center().y()));
        QCOMPARE(action.count(), 1);
        QCOMPARE(action.first().at(0).toString(), u"b"_s);
    }

    void headerClickSortsAndTurnsRound()
    {
        QHeaderView *header = m_table->header();
        const QPoint numbers(header->sectionViewportPosition(1) + header->sectionSize(1) / 2, header->height() / 2);
        QTest::mouseClick(header->viewport(), Qt::LeftButton, {}, numbers);
        QCOMPARE(keys(*m_table), (QStringList{u"b"_s, u"c"_s, u"a"_s}));
        QTest::mouseClick(header->viewport(), Qt::LeftButton, {}, numbers);
        QCOMPARE(keys(*m_table), (QStringList{u"a"_s, u"c"_s, u"b"_s}));
    }

    void rowsKeepTheirPlaceWhileHeld()
    {
        m_table->sortBy(1);
        m_table->filter()->setHeld(true);
        m_model->item(0, 1)->setData(100.0, items::SortRole);
        QCOMPARE(keys(*m_table), (QStringList{u"b"_s, u"c"_s, u"a"_s}));
        m_table->filter()->setHeld(false);
        QCOMPARE(keys(*m_table), (QStringList{u"a"_s, u"b"_s, u"c"_s}));
    }

    /// What is known of a row's place goes with the row, wherever its source puts it.
    void theOrderFollowsTheSource()
    {
        m_table->sortBy(1);
        std::mt19937 random(11);
        for (int step = 0; step < 400; ++step) {
            const int rows = m_model->rowCount();
            const int at = static_cast<int>(random() % static_cast<unsigned>(rows + 1));
            const double value = static_cast<double>(random() % 1000);
            switch (random() % 4) {
            case 0:
            case 1: m_model->insertRow(at, row(u"n%1"_s.arg(step), value)); break;
            case 2:
                if (rows > 3)
                    m_model->removeRow(at % rows);
                break;
            default:
                m_model->item(at % rows, 1)->setData(value, items::SortRole);
                if (step % 40 == 0)
                    m_model->sort(0, step % 80 == 0 ? Qt::AscendingOrder : Qt::DescendingOrder);
            }
            std::vector<std::pair<double, QString>> plain;
            for (int i = 0; i < m_model->rowCount(); ++i)
                plain.emplace_back(-m_model->item(i, 1)->data(items::SortRole).toDouble(), m_model->item(i, 0)->data(items::KeyRole).toString());
            std::vector<double> wanted, shown;
            std::ranges::sort(plain);
            for (int i = 0; i < m_model->rowCount(); ++i) {
                wanted.push_back(-plain[static_cast<size_t>(i)].first);
                shown.push_back(m_table->filter()->index(i, 1).data(items::SortRole).toDouble());
            }
            QCOMPARE(shown, wanted);
        }
    }

    /// Random updates against a plain sorted list.
    void tenThousandRowsStayRight()
    {
        constexpr int count = 10000;
        m_model->clear();
        m_model->setColumnCount(3);
        std::mt19937 random(7);
        QList<std::pair<double, QString>> plain;
        for (int i = 0; i < count; ++i) {
            const double value = static_cast<double>(random() % 100000);
            const QString key = u"k%1"_s.arg(i, 5, 10, QChar(u'0'));
            m_model->appendRow(row(key, value));
            plain.append({value, key});
        }
        m_table->sortBy(1);
        m_table->setCurrentKey(u"k00042"_s);
        for (int i = 0; i < 200; ++i) {
            const int at = static_cast<int>(random() % count);
            const double value = static_cast<double>(random() % 100000);
            m_model->item(at, 1)->setData(value, items::SortRole);
            plain[at].first = value;
        }
        std::sort(plain.begin(), plain.end(),
            [](const auto &a, const auto &b) { return a.first != b.first ? a.first > b.first : a.second < b.second; });
        for (int i = 0; i < count; ++i)
            QCOMPARE(m_table->filter()->index(i, 0).data(items::KeyRole).toString(), plain[i].second);
        QCOMPARE(m_table->currentKey(), u"k00042"_s);
        // No widget for any row.
        QVERIFY(m_table->findChildren<QWidget *>().size() < 20);
    }

private:
    std::unique_ptr<QStandardItemModel> m_model;
    std::unique_ptr<DataTable> m_table;
};

QTEST_MAIN(TestDataTable)
#include "tst_datatable.moc"
