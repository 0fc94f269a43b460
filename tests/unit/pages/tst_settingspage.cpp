// SPDX-License-Identifier: GPL-3.0-or-later
#include "kit/Button.h"
#include "kit/Inputs.h"
#include "kit/Theme.h"
#include "pages/SettingsPage.h"

#include <QApplication>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using pages::Grant;
using pages::SettingsPage;
using pages::SettingsView;

class TestSettingsPage : public QObject
{
    Q_OBJECT

    static SettingsView last(const QSignalSpy &spy) { return spy.last().first().value<SettingsView>(); }

private slots:
    void initTestCase() { kit::Theme::install(*qApp, kit::ThemeMode::Light); }

    void eachChoiceIsToldAtOnce()
    {
        SettingsPage page;
        page.resize(1064, 774);
        page.show();
        page.setSettings({});
        QSignalSpy changed(&page, &SettingsPage::changed);
        page.focusFirst();
        QTest::keyClick(page.findChild<kit::Segment *>(u"settings.theme"_s), Qt::Key_Right);
        QCOMPARE(last(changed).theme, u"light"_s);
        QTest::keyClick(page.findChild<kit::Segment *>(u"settings.text"_s), Qt::Key_Right);
        QCOMPARE(last(changed).textPercent, 125);
        QTest::keyClick(page.findChild<kit::Segment *>(u"settings.language"_s), Qt::Key_Right);
        QCOMPARE(last(changed).language, u"en"_s);
        QTest::keyClick(page.findChild<kit::Segment *>(u"settings.first"_s), Qt::Key_Right);
        QCOMPARE(last(changed).firstPage, u"jobs"_s);
        const QList<kit::Check *> alerts = page.findChildren<kit::Check *>(u"settings.alert"_s);
        QCOMPARE(alerts.size(), situation::alertKinds);
        QTest::keyClick(alerts[1], Qt::Key_Space);
        QVERIFY(!last(changed).alerts.wanted.contains(situation::AlertKind::CheckpointDamaged));
        QCOMPARE(last(changed).textPercent, 125); // the others stay
        QCOMPARE(changed.size(), 5);
    }

    void whatIsNotValidIsNotKept()
    {
        SettingsPage page;
        page.show();
        SettingsView view;
        view.alerts.quiet = true;
        page.setSettings(view);
        QSignalSpy changed(&page, &SettingsPage::changed);
        auto *percent = page.findChild<kit::Input *>(u"settings.percent"_s);
        for (const QString &bad : {u"120"_s, u"x"_s, u""_s, u"49"_s}) {
            percent->setText(bad);
            QTest::keyClick(percent, Qt::Key_Return);
        }
        QVERIFY(changed.isEmpty());
        percent->setText(u"75 %"_s);
        QTest::keyClick(percent, Qt::Key_Return);
        QCOMPARE(last(changed).alerts.claimPercent, 75);
        auto *from = page.findChild<kit::Input *>(u"settings.quietFrom"_s);
        from->setText(u"25:00"_s);
        QTest::keyClick(from, Qt::Key_Return);
        QCOMPARE(changed.size(), 1);
        from->setText(u"9:30"_s);
        QTest::keyClick(from, Qt::Key_Return);
        QCOMPARE(last(changed).alerts.quietFrom, QTime(9, 30));
    }

    void consentsAreTakenBack()
    {
        SettingsPage page;
        page.show();
        page.setGrants({{Grant::Kind::Helper, u"https://a ml"_s, u"ml"_s, u"https://a"_s}, {Grant::Kind::Kubeconfig, u"/x"_s, u"/x"_s, {}}});
        QSignalSpy back(&page, &SettingsPage::takeBackRequested);
        const QList<kit::Button *> buttons = page.findChildren<kit::Button *>(u"settings.takeBack"_s);
        QCOMPARE(buttons.size(), 2);
        QTest::keyClick(buttons[0], Qt::Key_Space);
        QCOMPARE(back.last()[0].value<Grant::Kind>(), Grant::Kind::Helper);
        QCOMPARE(back.last()[1].toString(), u"https://a ml"_s);
        QVERIFY(buttons[0]->accessibleName().contains(u"ml"_s));
    }
};

QTEST_MAIN(TestSettingsPage)
#include "tst_settingspage.moc"
