// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Text.h"
#include "dialogs/CompareDialog.h"
#include "dialogs/VerifyDialog.h"
#include "kit/Inputs.h"
#include "kit/StateView.h"
#include "kit/Theme.h"
#include "views/DataTable.h"

#include <QAbstractButton>
#include <QApplication>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using dialogs::CompareDialog;
using dialogs::VerifyDialog;
using kit::StateView;

namespace {

const QDateTime now = QDateTime::fromString(u"2026-05-01T12:30:00Z"_s, Qt::ISODate);

Verification damaged()
{
    Verification v;
    v.path = u"run/step-4500"_s;
    v.at = now.addSecs(-300);
    v.result = FullRead::Damaged;
    v.reason = u"rank_5.pt: entry data/3, bytes 64 to 127: its CRC-32 does not match."_s;
    v.files = {{u"rank_4.pt"_s, FullRead::Proved, 1000, 1000, 900, u"the CRC-32 of all 4 entries holds"_s},
               {u"rank_5.pt"_s, FullRead::Damaged, 1000, 1000, 800, u"entry data/3, bytes 64 to 127: its CRC-32 does not match"_s}};
    return v;
}

ckpt::Comparison comparison()
{
    ckpt::Contents a;
    a.checkpoint.path = u"step-4000"_s;
    a.checkpoint.step = 4000;
    a.checkpoint.verdict = Verdict::Whole;
    a.files = {{u"model.pt"_s, 100}};
    a.tensors = {{u"embed"_s, {128, 64}, u"BF16"_s}, {u"inv_freq"_s, {64}, u"F32"_s}, {u"norm"_s, {64}, u"F32"_s}};
    ckpt::Contents b = a;
    b.checkpoint.path = u"step-4500"_s;
    b.checkpoint.step = 4500;
    b.checkpoint.verdict = Verdict::Damaged;
    b.tensors = {{u"embed"_s, {136, 64}, u"BF16"_s}, {u"norm"_s, {64}, u"F32"_s}};
    return ckpt::compare(a, b);
}

} // namespace

class TestCheckpointDialogs : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { kit::Theme::install(*qApp, kit::ThemeMode::Light); }

    void aFullReadIsAskedForShownAndEnds()
    {
        VerifyDialog dialog({u"step 4500"_s, u"run/step-4500"_s, 2000, 2, {}, {}});
        dialog.show();
        auto *state = dialog.findChild<StateView *>(u"verify.state"_s);
        auto *act = dialog.findChild<QAbstractButton *>(u"verify.act"_s);
        auto *cancel = dialog.findChild<QAbstractButton *>(u"verify.cancel"_s);
        QCOMPARE(state->state(), StateView::State::Empty);
        QVERIFY(act->isVisible());
        QCOMPARE(dialog.focusWidget(), act);
        QVERIFY(!cancel->isVisible());
        QSignalSpy asked(&dialog, &VerifyDialog::verifyRequested);
        QTest::keyClick(act, Qt::Key_Return);
        QCOMPARE(asked.size(), 1);
        dialog.setRunning({u"run/rank_5.pt"_s, 1, 2, 1000, 2000}, std::chrono::seconds(4));
        QVERIFY(!act->isVisible());
        QVERIFY(cancel->isVisible());
        QCOMPARE(dialog.focusWidget(), cancel);
        QSignalSpy cancelled(&dialog, &VerifyDialog::cancelRequested);
        QTest::keyClick(cancel, Qt::Key_Space);
        QCOMPARE(cancelled.size(), 1);
        dialog.setResult(damaged(), now);
        QCOMPARE(state->state(), StateView::State::Content);
        auto *table = dialog.findChild<views::DataTable *>(u"verify.files"_s);
        QCOMPARE(table->rowCount(), 2);
        QCOMPARE(table->firstKey(), u"rank_5.pt"_s); // what is wrong comes first
        QVERIFY(act->isVisible() && !cancel->isVisible());
    }
    void itsProgressTellsWhatIsLeft()
    {
        using std::chrono::seconds;
        QVERIFY(VerifyDialog::progressText({}, seconds(1)).contains(u"Listing"_s));
        const ckpt::VerifyState half{u"x"_s, 0, 1, 512LL << 20, 1LL << 30};
        QCOMPARE(VerifyDialog::progressText(half, seconds(1)), u"%1 of %2"_s.arg(text::bytes(512LL << 20), text::bytes(1LL << 30)));
        const QString shown = VerifyDialog::progressText(half, seconds(8));
        QVERIFY2(shown.contains(u"/s"_s) && shown.contains(u"8 s left"_s), qPrintable(shown));
    }
    void cancelledAndFailedAreTold()
    {
        VerifyDialog dialog({u"step 1"_s, u"a"_s, 1, 1, {}, {}});
        dialog.show();
        auto *state = dialog.findChild<StateView *>(u"verify.state"_s);
        dialog.setRunning({}, {});
        dialog.setFailed(Error::cancelled());
        QCOMPARE(state->state(), StateView::State::Empty);
        dialog.setFailed(Error::make(Error::Kind::Network, u"The store is gone"_s));
        QCOMPARE(state->state(), StateView::State::Error);
        QSignalSpy asked(&dialog, &VerifyDialog::verifyRequested);
        emit state->triggered(u"again"_s);
        QCOMPARE(asked.size(), 1);
        dialog.setRefusal(u"another one is read"_s);
        QVERIFY(!dialog.findChild<QAbstractButton *>(u"verify.act"_s)->isEnabled());
    }
    void aComparisonShowsDifferencesFirst()
    {
        CompareDialog dialog(u"step 4000"_s, u"step 4500"_s);
        dialog.show();
        auto *state = dialog.findChild<StateView *>(u"compare.state"_s);
        auto *table = dialog.findChild<views::DataTable *>(u"compare.rows"_s);
        dialog.setLoading(u"Reading headers…"_s, 0);
        QCOMPARE(state->state(), StateView::State::Loading);
        dialog.setComparison(comparison(), now);
        QCOMPARE(state->state(), StateView::State::Content);
        QCOMPARE(table->rowCount(), 2); // embed, inv_freq
        auto *views = dialog.findChild<kit::Segment *>(u"compare.views"_s);
        emit views->currentChanged(1);
        QCOMPARE(table->rowCount(), 3);
        emit views->currentChanged(2);
        QCOMPARE(table->rowCount(), 1);
        emit views->currentChanged(1);
        auto *search = dialog.findChild<kit::SearchField *>(u"compare.search"_s);
        QTest::keyClick(table, u'/');
        QTRY_VERIFY(search->hasFocus());
        QTest::keyClicks(search, u"inv"_s);
        QTRY_COMPARE(table->rowCount(), 1);
        QCOMPARE(table->firstKey(), u"t:inv_freq"_s);
    }
    void withoutDifferencesItSaysSo()
    {
        ckpt::Comparison same = comparison();
        same = ckpt::compare(same.a, same.a);
        CompareDialog dialog(u"step 4000"_s, u"step 4000"_s);
        dialog.show();
        dialog.setComparison(same, now);
        QCOMPARE(dialog.findChild<views::DataTable *>(u"compare.rows"_s)->rowCount(), 0);
        QSignalSpy retried(&dialog, &CompareDialog::retryRequested);
        dialog.setError(Error::make(Error::Kind::NotFound, u"There is no checkpoint"_s));
        auto *state = dialog.findChild<StateView *>(u"compare.state"_s);
        QCOMPARE(state->state(), StateView::State::Error);
        emit state->triggered(u"again"_s);
        QCOMPARE(retried.size(), 1);
    }
};

QTEST_MAIN(TestCheckpointDialogs)
#include "tst_checkpointdialogs.moc"
