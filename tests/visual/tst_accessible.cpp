// SPDX-License-Identifier: GPL-3.0-or-later
#include "Stage.h"
#include "gallery/Entries.h"

#include <QAbstractButton>
#include <QAccessible>
#include <QTest>

using namespace cairn;

/// Every control that can have the focus says what it is, and is large enough to be hit.
class TestAccessible : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { kit::Theme::install(*qApp, kit::ThemeMode::Light); }

    void everyControlHasAName_data() { entries(); }
    void everyControlHasAName()
    {
        QFETCH(const int, index);
        const auto window = test::stage(m_registry.entries().at(index));
        const auto children = window->findChildren<QWidget *>();
        for (const QWidget *widget : children) {
            if (!widget->isVisible() || widget->focusPolicy() == Qt::NoFocus || widget->focusProxy())
                continue;
            QAccessibleInterface *interface = QAccessible::queryAccessibleInterface(const_cast<QWidget *>(widget));
            QVERIFY2(interface, qPrintable(test::describe(widget)));
            QVERIFY2(!interface->text(QAccessible::Name).trimmed().isEmpty(),
                qPrintable(test::describe(widget) + QStringLiteral(" has no accessible name")));
        }
    }

    void targetsAreLargeEnough_data() { entries(); }
    void targetsAreLargeEnough()
    {
        QFETCH(const int, index);
        const auto window = test::stage(m_registry.entries().at(index));
        const auto buttons = window->findChildren<QAbstractButton *>();
        for (const QAbstractButton *button : buttons) {
            if (!button->isVisible() || button->focusPolicy() == Qt::NoFocus)
                continue;
            QVERIFY2(button->height() >= 24,
                qPrintable(QStringLiteral("%1 “%2” is %3 px high")
                               .arg(test::describe(button), button->text())
                               .arg(button->height())));
        }
    }

    void nothingIsCutOffAtTwiceTheTextSize_data() { entries(); }
    void nothingIsCutOffAtTwiceTheTextSize()
    {
        QFETCH(const int, index);
        kit::Theme::instance().setTextScale(2.0);
        const auto window = test::stage(m_registry.entries().at(index));
        const auto buttons = window->findChildren<QAbstractButton *>();
        QString cut;
        for (const QAbstractButton *button : buttons) {
            if (button->isVisible() && button->height() < button->minimumSizeHint().height())
                cut = test::describe(button) + QStringLiteral(" “%1” is cut off").arg(button->text());
        }
        kit::Theme::instance().setTextScale(1.0);
        QVERIFY2(cut.isEmpty(), qPrintable(cut));
    }

private:
    void entries()
    {
        QTest::addColumn<int>("index");
        m_registry = gallery::allEntries();
        for (int i = 0; i < static_cast<int>(m_registry.entries().size()); ++i)
            QTest::addRow("%s", qPrintable(m_registry.entries().at(i).id)) << i;
    }
    kit::GalleryRegistry m_registry;
};

QTEST_MAIN(TestAccessible)
#include "tst_accessible.moc"
