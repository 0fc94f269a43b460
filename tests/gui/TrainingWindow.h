// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "WindowTest.h"

#include "kit/Messages.h"
#include "pages/JobPage.h"

#include <QMap>
#include <QRegularExpression>

namespace cairn::test {

/// The window on a job that really trains: what its page shows of its checkpoints, and the dialog that resumes it.
struct TrainingWindow : TestWindow {
    using TestWindow::TestWindow;
    static constexpr int patience = 120'000; // ms; a limit, not an expectation

    void openJob(const QString &name) const
    {
        auto *jobs = table("jobs.table");
        QTRY_VERIFY_WITH_TIMEOUT(!keyOf(jobs, name).isEmpty(), patience);
        jobs->setCurrentKey(keyOf(jobs, name));
        QTest::keyClick(jobs, Qt::Key_Return);
        auto *page = find<pages::JobPage>("job");
        QTRY_VERIFY(page->isVisible());
    }
    /// Step and key of those that are listed.
    QMap<qint64, QString> checkpoints() const
    {
        static const QRegularExpression number(QStringLiteral("step-0*(\\d+)\\.pt$"));
        QMap<qint64, QString> found;
        const QAbstractItemModel *model = table("job.checkpoints")->model();
        for (int row = 0; row < model->rowCount(); ++row) {
            const QString key = model->index(row, 0).data(items::KeyRole).toString();
            if (const auto match = number.match(key); match.hasMatch())
                found.insert(match.captured(1).toLongLong(), key);
        }
        return found;
    }
    /// Reads the list until it has as many, and allows the helper where it is asked for.
    void readCheckpoints(int atLeast) const
    {
        find<pages::JobPage>("job")->showTab(pages::JobPage::Tab::Checkpoints);
        auto *consent = find<kit::Banner>("job.consent");
        auto *again = find<QAbstractButton>("job.readAgain");
        const auto enough = [&] {
            if (checkpoints().size() >= atLeast)
                return true;
            QAbstractButton *next = consent->isVisible() ? button(consent, QStringLiteral("Allow")) : again;
            if (next && next->isEnabled() && next->isVisible())
                QTest::mouseClick(next, Qt::LeftButton);
            return false;
        };
        QTRY_VERIFY_WITH_TIMEOUT(enough(), patience);
    }
    /// What is there now, not what was read before.
    void readCheckpointsAgain() const
    {
        auto *again = find<QAbstractButton>("job.readAgain");
        QTRY_VERIFY_WITH_TIMEOUT(again->isEnabled(), patience);
        QTest::mouseClick(again, Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(again->isEnabled(), patience);
    }
    template<typename Widget>
    Widget *inDialog(const char *name) const
    {
        QWidget *dialog = named(QStringLiteral("resume"));
        return dialog ? dialog->findChild<Widget *>(QLatin1StringView(name)) : nullptr;
    }
    /// Chooses a checkpoint, presses R, and waits for the button that acts.
    QAbstractButton *plan(const QString &key) const
    {
        auto *list = table("job.checkpoints");
        list->setCurrentKey(key);
        QTest::keyClick(list, Qt::Key_R);
        const auto ready = [&] {
            auto *act = inDialog<QAbstractButton>("resume.act");
            return act && act->isVisible() && act->isEnabled();
        };
        [&] { QTRY_VERIFY_WITH_TIMEOUT(ready(), patience); }();
        return ready() ? inDialog<QAbstractButton>("resume.act") : nullptr;
    }
    /// Until a resume that began has ended, and its dialog can be closed.
    void awaitResumed() const
    {
        auto *close = inDialog<QAbstractButton>("resume.close");
        auto *steps = inDialog<kit::CheckList>("resume.steps");
        auto *stop = inDialog<QAbstractButton>("resume.stop");
        QVERIFY(close && steps && stop);
        QTRY_VERIFY_WITH_TIMEOUT(steps->isVisible() && close->isVisible() && !stop->isVisible(), patience);
    }
};

} // namespace cairn::test
