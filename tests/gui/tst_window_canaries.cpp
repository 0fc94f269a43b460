// SPDX-License-Identifier: GPL-3.0-or-later
// Leads the window through its pages with every log category on and prints what it shows and puts on the clipboard.
// Nothing is judged here: tests/e2e/test_canaries.py runs it with secrets planted and searches all it leaves.
#include "WindowTest.h"

#include "pages/JobPage.h"

#include <QAction>
#include <QClipboard>
#include <QLabel>
#include <QPlainTextEdit>
#include <cstdio>

using namespace Qt::StringLiterals;
using namespace cairn;
using test::TestWindow;

namespace {

constexpr int wait = 30'000; // ms; a limit, not an expectation
constexpr int look = 1200;   // ms for a page to ask its servers and show what they say

void say(const char *what, const QString &text)
{
    printf("%s: %s\n", what, qPrintable(text));
    fflush(stdout);
}

/// Prints all that is to be seen, then uses every button that copies.
void tell(const QWidget &window)
{
    for (const QLabel *label : window.findChildren<QLabel *>())
        say("label", label->text() + u' ' + label->toolTip());
    for (const QWidget *widget : window.findChildren<QWidget *>())
        say("widget", widget->accessibleName() + u' ' + widget->accessibleDescription() + u' ' + widget->toolTip());
    for (const QPlainTextEdit *text : window.findChildren<QPlainTextEdit *>())
        say("text", text->toPlainText());
    for (const views::DataTable *table : window.findChildren<views::DataTable *>()) {
        for (int row = 0; row < table->model()->rowCount(); ++row) {
            for (int column = 0; column < table->model()->columnCount(); ++column)
                say("cell", table->model()->index(row, column).data().toString());
        }
    }
    for (QAbstractButton *button : window.findChildren<QAbstractButton *>()) {
        if (button->isVisible() && button->isEnabled() && button->text().contains(u"Copy"_s)) {
            button->click();
            say("clipboard", QGuiApplication::clipboard()->text());
        }
    }
}

} // namespace

class TestWindowCanaries : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase() { kit::Theme::install(*qApp, kit::ThemeMode::Light); }

    void everyPageOfACluster()
    {
        app::EngineOptions options;
        options.kubeconfig = test::kubeconfig();
        app::Engine engine(options);
        app::Preferences preferences;
        app::MainWindow window(engine, preferences);
        window.resize(1280, 800);
        window.show();
        window.start({});
        auto *jobs = window.findChild<views::DataTable *>(u"jobs.table"_s);
        QTRY_VERIFY_WITH_TIMEOUT(!test::keyOf(jobs, u"mnist-demo"_s).isEmpty(), wait);
        int pages = 0;
        for (QAction *action : window.actions()) {
            if (!action->objectName().startsWith(u"page."_s))
                continue;
            ++pages;
            action->trigger();
            QTest::qWait(look);
            tell(window);
        }
        QVERIFY(pages >= 8);
        window.findChild<QAction *>(u"page.jobs"_s)->trigger();
        jobs->setCurrentKey(test::keyOf(jobs, u"mnist-demo"_s));
        QTest::keyClick(jobs, Qt::Key_Return);
        auto *page = window.findChild<pages::JobPage *>(u"job"_s);
        QTRY_VERIFY(page->isVisible());
        for (const auto tab : {pages::JobPage::Tab::Yaml, pages::JobPage::Tab::Events, pages::JobPage::Tab::Logs}) {
            page->showTab(tab);
            QTest::qWait(look);
            tell(window);
        }
        window.close();
    }

    void aServerThatRepeatsItsRequests()
    {
        app::EngineOptions options;
        options.kubeconfig = qEnvironmentVariable("CAIRN_PARROT_KUBECONFIG");
        app::Engine engine(options);
        app::Preferences preferences;
        app::MainWindow window(engine, preferences);
        window.show();
        window.start({});
        QTest::qWait(2 * look);
        tell(window);
        for (QAction *action : window.actions()) {
            if (!action->objectName().startsWith(u"page."_s))
                continue;
            action->trigger();
            QTest::qWait(look / 4);
            tell(window);
        }
        window.close();
    }
};

QTEST_MAIN(TestWindowCanaries)
#include "tst_window_canaries.moc"
