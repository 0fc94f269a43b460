// SPDX-License-Identifier: GPL-3.0-or-later
#include "kit/Button.h"
#include "kit/Inputs.h"
#include "kit/Label.h"
#include "kit/Marks.h"
#include "kit/Messages.h"
#include "kit/Navigation.h"

#include <QApplication>
#include <QSignalSpy>
#include <QTest>

using namespace cairn;
using namespace cairn::kit;
using namespace Qt::StringLiterals;

class TestControls : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { Theme::install(*qApp, ThemeMode::Light); }

    void enterPressesAButtonButNeverADangerousOne()
    {
        Button normal(u"Resume"_s, ButtonVariant::Primary);
        Button danger(u"Delete 46"_s, ButtonVariant::Danger);
        QSignalSpy pressed(&normal, &QPushButton::clicked);
        QSignalSpy deleted(&danger, &QPushButton::clicked);
        QTest::keyClick(&normal, Qt::Key_Return);
        QCOMPARE(pressed.count(), 1);
        QTest::keyClick(&danger, Qt::Key_Return);
        QTest::keyClick(&danger, Qt::Key_Enter);
        QCOMPARE(deleted.count(), 0);
        QTest::keyClick(&danger, Qt::Key_Space);
        QCOMPARE(deleted.count(), 1);
    }

    void refusalSaysWhy()
    {
        Button button(u"Resume…"_s);
        button.setRefusal(u"You may not create jobs in research"_s);
        QVERIFY(!button.isEnabled());
        QCOMPARE(button.accessibleDescription(), u"You may not create jobs in research"_s);
        button.setRefusal({});
        QVERIFY(button.isEnabled());
    }

    void searchSendsOnEnterAndEscClearsThenLeaves()
    {
        SearchField field(u"Filter"_s);
        QSignalSpy changed(&field, &SearchField::changed);
        QSignalSpy left(&field, &SearchField::left);
        QTest::keyClicks(&field, u"llama"_s);
        QTest::keyClick(&field, Qt::Key_Return);
        QCOMPARE(changed.count(), 1);
        QCOMPARE(changed.takeFirst().first().toString(), u"llama"_s);
        QTest::keyClick(&field, Qt::Key_Escape);
        QCOMPARE(changed.takeFirst().first().toString(), QString());
        QCOMPARE(left.count(), 0);
        QTest::keyClick(&field, Qt::Key_Escape);
        QCOMPARE(left.count(), 1);
    }

    void searchSendsByItselfAfterAPause()
    {
        SearchField field(u"Filter"_s);
        QSignalSpy changed(&field, &SearchField::changed);
        QTest::keyClicks(&field, u"bert"_s);
        QTRY_COMPARE(changed.count(), 1);
        QCOMPARE(changed.first().first().toString(), u"bert"_s);
    }

    void segmentSkipsWhatIsOff()
    {
        Segment segment(u"Part"_s, {u"A"_s, u"B"_s, u"C"_s});
        segment.setSegmentEnabled(1, false, u"no pods"_s);
        QSignalSpy changed(&segment, &Segment::currentChanged);
        QTest::keyClick(&segment, Qt::Key_Right);
        QCOMPARE(segment.current(), 2);
        QCOMPARE(changed.count(), 1);
        QTest::keyClick(&segment, Qt::Key_Right);
        QCOMPARE(segment.current(), 2);
        QTest::keyClick(&segment, Qt::Key_Left);
        QCOMPARE(segment.current(), 0);
        QVERIFY(segment.accessibleName().contains(u"A"_s));
    }

    void marksSpeakTheirValueAndState()
    {
        QCOMPARE(TrustMark(Verdict::Whole, u"12 000"_s).accessibleName(), u"12 000, whole"_s);
        QCOMPARE(TrustMark(Verdict::Damaged, u"damaged"_s).accessibleName(), u"damaged"_s);
        QCOMPARE(ReplicaDots(3, 4).accessibleName(), u"3 of 4 ready"_s);
        UsageBar bar(0.914);
        bar.setName(u"Used"_s);
        QCOMPARE(bar.accessibleName(), u"Used: 91\u202F%"_s);
        bar.set(-1);
        QCOMPARE(bar.accessibleName(), u"Used: unknown"_s);
    }

    void usageWarnsAt85AndAlarmsAt97()
    {
        QCOMPARE(UsageBar::toneOf(0.849), Tone::Info);
        QCOMPARE(UsageBar::toneOf(0.85), Tone::Warn);
        QCOMPARE(UsageBar::toneOf(0.97), Tone::Err);
    }

    void formRowNamesItsFieldAndCarriesTheError()
    {
        auto *input = new Input(QString());
        FormRow row(u"New job"_s, input);
        QCOMPARE(input->accessibleName(), u"New job"_s);
        row.setHint(u"A fresh folder"_s);
        row.setError(u"Taken"_s);
        QCOMPARE(input->accessibleDescription(), u"Taken"_s);
        QVERIFY(input->property("error").toBool());
        row.setError({});
        QCOMPARE(input->accessibleDescription(), u"A fresh folder"_s);
        QVERIFY(!input->property("error").toBool());
    }

    void sidebarMovesWithArrowsAndTellsThePage()
    {
        Sidebar sidebar;
        sidebar.addPage(u"jobs"_s, u"jobs"_s, u"Jobs"_s);
        sidebar.addPage(u"events"_s, u"events"_s, u"Events"_s)->setBadge(3);
        sidebar.addFoot(u"settings"_s, u"settings"_s, u"Settings"_s);
        QSignalSpy activated(&sidebar, &Sidebar::activated);
        sidebar.item(u"jobs"_s)->click();
        QCOMPARE(sidebar.current(), u"jobs"_s);
        sidebar.item(u"settings"_s)->click();
        QCOMPARE(activated.count(), 2);
        QCOMPARE(sidebar.current(), u"jobs"_s);
        QVERIFY(sidebar.item(u"events"_s)->accessibleName().contains(u"3"_s));
    }

    void checkListKeepsEqualRows()
    {
        CheckList list;
        const CheckItem first{u"a"_s, CheckItem::State::Ok, u"whole"_s, {}, u"0.4 s"_s, {}};
        CheckItem second{u"b"_s, CheckItem::State::Warn, u"quota"_s, {}, {}, {u"use3"_s, u"Use 3 workers"_s}};
        list.setItems({first, second});
        const auto offer = [&]() -> Button * {
            const auto buttons = list.findChildren<Button *>();
            for (Button *button : buttons) {
                if (button->isVisibleTo(&list))
                    return button;
            }
            return nullptr;
        };
        Button *before = offer();
        QVERIFY(before);
        QSignalSpy spy(&list, &CheckList::triggered);
        before->click();
        QCOMPARE(spy.first().at(0).toString(), u"b"_s);
        CheckItem changed = first;
        changed.aside = u"0.5 s"_s;
        list.setItems({changed, second});
        QCOMPARE(offer(), before);
        list.setItems({changed});
        QVERIFY(!offer());
    }

    void elidedLabelShowsAllInItsToolTipOnlyWhenCut()
    {
        ElidedLabel label(u"a-rather-long-name-of-a-training-job"_s);
        label.resize(80, 20);
        label.show();
        QCOMPARE(label.toolTip(), label.text());
        label.resize(600, 20);
        QCOMPARE(label.toolTip(), QString());
        QCOMPARE(label.accessibleName(), label.text());
    }
};

QTEST_MAIN(TestControls)
#include "tst_controls.moc"
