// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Async.h"

#include <QTest>
#include <QThread>
#include <algorithm>
#include <memory>

using namespace cairn;

/// Scopes are on the heap: g++ 12 takes a stop source on the stack for uninitialized.
class TestAsync : public QObject
{
    Q_OBJECT

private slots:
    void cleanup() { async::drain(); }

    void whatAFlowTellsComesInOrderOnTheGuiThreadBeforeItsEnd()
    {
        const auto scope = std::make_unique<async::Scope>();
        QList<int> told;
        const auto sink = scope->sink<int, QString>(this, [&](int number, const QString &text) {
            QCOMPARE(QThread::currentThread(), thread());
            QCOMPARE(text, QString::number(number));
            told.append(number);
        });
        bool ended = false;
        scope->run(
            this,
            [sink](std::stop_token) {
                for (int i = 0; i < 100; ++i)
                    sink(i, QString::number(i));
                return 7;
            },
            [&](int value) {
                QCOMPARE(value, 7);
                QCOMPARE(told.size(), 100);
                ended = true;
            });
        QTRY_VERIFY(ended);
        QVERIFY(std::ranges::is_sorted(told));
    }

    void afterACancelNothingIsTold()
    {
        const auto scope = std::make_unique<async::Scope>();
        int told = 0;
        const auto early = scope->sink<int>(this, [&](int) { ++told; });
        early(1); // on its way
        scope->cancel();
        early(2);
        scope->sink<int>(this, [&](int) { told += 100; })(3);
        QTRY_COMPARE(told, 100);
    }

    void whoIsGoneIsNotTold()
    {
        const auto scope = std::make_unique<async::Scope>();
        auto owner = std::make_unique<QObject>();
        bool told = false;
        bool reached = false;
        const auto sink = scope->sink<int>(owner.get(), [&](int) { told = true; });
        sink(1);
        owner.reset();
        scope->sink<int>(this, [&](int) { reached = true; })(2);
        QTRY_VERIFY(reached);
        QVERIFY(!told);
    }
};

QTEST_GUILESS_MAIN(TestAsync)
#include "tst_async.moc"
