// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "window/MainWindow.h"
#include "TestCluster.h"
#include "forms/ChoiceField.h"
#include "items/Roles.h"
#include "kit/Button.h"
#include "kit/Theme.h"
#include "views/DataTable.h"

#include <QAbstractButton>
#include <QApplication>
#include <QLineEdit>
#include <QTemporaryDir>
#include <QTest>

namespace cairn::test {

/// The window as main() makes it, with settings of its own. Everything is found by object name and used by keys and
/// clicks, as a person would.
struct TestWindow {
    app::Engine engine;
    app::Preferences preferences;
    app::MainWindow window{engine, preferences};

    /// Opens on the Jobs page, where most tests begin. `home` outlives it.
    TestWindow(const QTemporaryDir &home, const QString &kubeconfig)
        : engine(options(kubeconfig))
        , preferences(home.filePath(QStringLiteral("cairn.conf")))
    {
        preferences.setFirstPage(QStringLiteral("jobs"));
        window.resize(1280, 800);
        window.show();
        window.activateWindow();
    }

    template<typename Widget>
    Widget *find(const char *name) const
    {
        return window.findChild<Widget *>(QLatin1StringView(name));
    }
    views::DataTable *table(const char *name) const { return find<views::DataTable>(name); }
    QWidget *named(const QString &name) const { return window.findChild<QWidget *>(name); }

    /// What a person did: a field that was filled, something that was chosen, a button: one each.
    int inputs = 0;
    void type(const QString &field, const QString &text)
    {
        ++inputs;
        auto *input = named(field)->findChild<QLineEdit *>();
        QVERIFY2(input && input->isEnabled(), qPrintable(field));
        input->setFocus();
        input->selectAll();
        QTest::keyClicks(input, text);
    }
    void choose(const QString &field, const QString &id)
    {
        ++inputs;
        auto *choice = qobject_cast<forms::ChoiceField *>(named(field));
        QVERIFY2(choice && choice->isEnabled(), qPrintable(field));
        auto *box = choice->findChild<QComboBox *>();
        box->setFocus();
        for (int i = 0; i < box->count() && choice->value() != id; ++i)
            QTest::keyClick(box, Qt::Key_Down);
        QCOMPARE(choice->value().toString(), id);
    }
    void press(QAbstractButton *button, int patience = 60'000)
    {
        ++inputs;
        QVERIFY(button);
        QTRY_VERIFY2_WITH_TIMEOUT(button->isEnabled(), qPrintable(button->objectName() + QStringLiteral(": ") + button->toolTip()), patience);
        button->click();
    }
    void press(const QString &button) { press(qobject_cast<QAbstractButton *>(named(button))); }

    /// A visible button by its text; nullptr where there is none.
    static QAbstractButton *button(const QWidget *parent, const QString &text)
    {
        for (auto *candidate : parent->findChildren<QAbstractButton *>()) {
            if (candidate->isVisible() && candidate->text().remove(u'&') == text)
                return candidate;
        }
        return nullptr;
    }

private:
    static app::EngineOptions options(const QString &kubeconfig)
    {
        app::EngineOptions options;
        options.kubeconfig = kubeconfig;
        options.loginShell = false;
        return options;
    }
};

/// Key of the row whose first column reads `name`; "" where there is none.
inline QString keyOf(const views::DataTable *table, const QString &name)
{
    const QAbstractItemModel *model = table->model();
    for (int row = 0; row < model->rowCount(); ++row) {
        if (model->index(row, 0).data().toString() == name)
            return model->index(row, 0).data(items::KeyRole).toString();
    }
    return {};
}

inline QString kubeconfig()
{
    return qEnvironmentVariable("CAIRN_TEST_KUBECONFIG");
}

} // namespace cairn::test
