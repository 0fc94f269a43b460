// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "window/MainWindow.h"
#include "TestCluster.h"
#include "items/Roles.h"
#include "kit/Button.h"
#include "kit/Theme.h"
#include "views/DataTable.h"

#include <QAbstractButton>
#include <QApplication>
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
