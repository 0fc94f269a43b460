// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Translation.h"
#include "kit/Button.h"
#include "kit/Messages.h"
#include "kit/StateView.h"
#include "kit/Theme.h"
#include "pages/CheckpointsPage.h"
#include "views/DataTable.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QMenu>
#include <QSignalSpy>
#include <QTest>
#include <algorithm>

using namespace Qt::StringLiterals;
using namespace cairn;
using items::TrailTableModel;
using pages::CheckpointsPage;

namespace {

const QDateTime now = QDateTime::fromString(u"2026-03-01T12:00:00Z"_s, Qt::ISODate);

Checkpoint checkpoint(qint64 step, int secondsAgo, Verdict verdict = Verdict::Whole, bool resumable = true)
{
    Checkpoint c;
    c.path = u"step-%1.pt"_s.arg(step);
    c.step = step;
    c.savedAt = now.addSecs(-secondsAgo);
    c.verdict = verdict;
    c.resumable = resumable;
    c.bytes = 1024;
    return c;
}

QList<items::TrailRow> rows()
{
    Listing a;
    a.runs = {{u"."_s, {}, u"step-20.pt"_s, {checkpoint(10, 200), checkpoint(20, 200), checkpoint(30, 100, Verdict::Damaged, false)}}};
    Listing b;
    b.runs = {{u"."_s, {}, {}, {checkpoint(7, 50, Verdict::Writing, false)}}};
    return items::trailOf(u"1"_s, u"mnist"_s, u"research"_s, a, newestResumable(a)) + items::trailOf(u"2"_s, u"bert"_s, u"nlp"_s, b, newestResumable(b));
}

} // namespace

class TestCheckpointsPage : public QObject
{
    Q_OBJECT
    std::unique_ptr<CheckpointsPage> m_page;

    views::DataTable *table() { return m_page->findChild<views::DataTable *>(u"checkpoints.table"_s); }
    kit::StateView *state() { return m_page->findChild<kit::StateView *>(u"checkpoints.state"_s); }
    kit::Banner *banner() { return m_page->findChild<kit::Banner *>(u"checkpoints.unread"_s); }
    /// The shown button of `inside` with this text, or null.
    static QPushButton *button(QWidget *inside, const QString &text)
    {
        for (auto *button : inside->findChildren<QPushButton *>()) {
            if (button->isVisible() && button->text() == text)
                return button;
        }
        return nullptr;
    }

private slots:
    void initTestCase()
    {
        installTranslation(QLocale(u"en"_s)); // for the plurals
        kit::Theme::install(*qApp, kit::ThemeMode::Light);
    }
    void init()
    {
        m_page = std::make_unique<CheckpointsPage>();
        m_page->resize(1064, 774);
        m_page->show();
        m_page->setNow(now);
    }
    void cleanup() { m_page.reset(); }

    void whatAResumeWouldTakeIsTheNewestTrustedOne()
    {
        QAbstractItemModelTester tester(m_page->model());
        m_page->model()->setRows(rows());
        m_page->settle();
        QCOMPARE(table()->rowCount(), 4);
        QCOMPARE(table()->model()->index(2, TrailTableModel::Step).data().toString(), u"20"_s); // saved in one second
        m_page->setView(CheckpointsPage::View::Newest);
        QCOMPARE(table()->rowCount(), 1);
        QCOMPARE(table()->model()->index(0, TrailTableModel::Step).data().toString(), u"20"_s);
        m_page->setView(CheckpointsPage::View::Damaged);
        QCOMPARE(table()->rowCount(), 1);
        m_page->setView(CheckpointsPage::View::All);
        m_page->setFilterText(u"nlp"_s);
        QCOMPARE(table()->rowCount(), 1);
        m_page->setFilterText(u"saved:<2min"_s);
        QCOMPARE(table()->rowCount(), 2);
    }

    void silenceIsNotNone()
    {
        const auto said = [this](const CheckpointsPage::Unread &unread) {
            m_page->setUnread(unread);
            m_page->settle();
            QStringList all;
            for (const auto *widget : state()->findChildren<QWidget *>())
                all.append(widget->accessibleName());
            return all.join(u'\n');
        };
        CheckpointsPage::Unread unread;
        QVERIFY2(said(unread).contains(u"No checkpoints"_s), qPrintable(said(unread)));
        unread.read = 3;
        QVERIFY2(said(unread).contains(u"No checkpoints yet"_s), qPrintable(said(unread)));
        unread.cut = 1;
        QVERIFY2(said(unread).contains(u"among what was read"_s), qPrintable(said(unread)));
        m_page->model()->setRows(rows());
        m_page->settle();
        bool told = false;
        for (const auto *label : m_page->findChildren<QWidget *>())
            told = told || label->accessibleName().contains(u"partial"_s);
        QVERIFY(told);
    }

    void onlyWhatMayBeResumedIsOffered()
    {
        m_page->model()->setRows(rows());
        QSignalSpy resume(m_page.get(), &CheckpointsPage::resumeRequested);
        QSignalSpy open(m_page.get(), &CheckpointsPage::jobRequested);
        m_page->focusTable();
        m_page->setCurrentKey(TrailTableModel::key(u"1"_s, u"step-30.pt"_s));
        QTest::keyClick(table(), Qt::Key_R);
        m_page->setCurrentKey(TrailTableModel::key(u"2"_s, u"step-7.pt"_s));
        QTest::keyClick(table(), Qt::Key_R);
        QCOMPARE(resume.size(), 0);
        QTest::keyClick(table(), Qt::Key_Return);
        QCOMPARE(open.takeFirst().first().toString(), u"2"_s);
        m_page->setCurrentKey(TrailTableModel::key(u"1"_s, u"step-10.pt"_s));
        QTest::keyClick(table(), Qt::Key_R);
        QCOMPARE(resume.takeFirst(), (QVariantList{u"1"_s, u"step-10.pt"_s}));
    }

    void whatHoldsWeightsAloneIsStartedFrom()
    {
        Listing listing;
        listing.runs = {{u"."_s, {}, {}, {checkpoint(10, 200), checkpoint(20, 100, Verdict::Whole, false)}}};
        m_page->model()->setRows(items::trailOf(u"1"_s, u"mnist"_s, u"research"_s, listing, newestResumable(listing)));
        QSignalSpy start(m_page.get(), &CheckpointsPage::startFromWeightsRequested);
        m_page->focusTable();
        for (const auto &[path, resumes] : {std::pair{u"step-10.pt"_s, true}, std::pair{u"step-20.pt"_s, false}}) {
            m_page->setCurrentKey(TrailTableModel::key(u"1"_s, path));
            emit table()->menuRequested(QPoint());
            auto *menu = m_page->findChild<QMenu *>(u"checkpoints.menu"_s);
            QVERIFY(menu);
            const auto action = [menu](const QString &text) {
                const QList<QAction *> all = menu->actions();
                const auto found = std::ranges::find(all, text, &QAction::text);
                return found == all.end() ? nullptr : *found;
            };
            QVERIFY(action(u"Resume…"_s) && action(u"Start from these weights…"_s));
            QCOMPARE(action(u"Resume…"_s)->isEnabled(), resumes);
            action(u"Start from these weights…"_s)->trigger();
            QCOMPARE(start.takeFirst(), (QVariantList{u"1"_s, path}));
            delete menu;
        }
    }

    void readingIsAskedForOnceAndSaysWhatItStarts()
    {
        QSignalSpy read(m_page.get(), &CheckpointsPage::readRequested);
        m_page->setUnread({2, {u"nlp"_s}, 0, {}, {}});
        QCOMPARE(state()->state(), kit::StateView::State::Empty);
        QTRY_VERIFY(button(state(), u"Allow and read 2 jobs"_s));
        button(state(), u"Allow and read 2 jobs"_s)->click();
        QCOMPARE(read.takeFirst().first().toStringList(), QStringList{u"nlp"_s});
        m_page->model()->setRows(rows());
        m_page->setUnread({1, {}, 0, {}, {}});
        m_page->settle();
        QTRY_VERIFY(button(banner(), u"Read 1 job"_s));
        button(banner(), u"Read 1 job"_s)->click();
        QCOMPARE(read.takeFirst().first().toStringList(), QStringList());
        QSignalSpy stop(m_page.get(), &CheckpointsPage::stopRequested);
        m_page->setUnread({1, {}, 1, u"bert"_s, {}});
        QTRY_VERIFY(button(banner(), u"Stop"_s));
        button(banner(), u"Stop"_s)->click();
        QCOMPARE(stop.size(), 1);
        m_page->setUnread({});
        QVERIFY(banner()->isHidden());
    }
};

QTEST_MAIN(TestCheckpointsPage)
#include "tst_checkpointspage.moc"
