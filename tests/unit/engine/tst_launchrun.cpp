// SPDX-License-Identifier: GPL-3.0-or-later
// A launch as a change of the engine's: one job, whatever happens on the way.
#include "FakeObjectApi.h"
#include "engine/LaunchFlows.h"
#include "engine/LaunchRun.h"

#include <QSignalSpy>
#include <QTest>
#include <atomic>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::app;
using namespace cairn::tests;

class TestLaunchRun : public QObject {
    Q_OBJECT
    std::shared_ptr<FakeObjectApi> m_api;
    const ResourceKind &m_kind = facts(JobKind::PyTorchJob).resource;

    change::Change create(const QString &id) const
    {
        launch::Spec spec;
        spec.name = u"bert"_s;
        spec.ns = u"nlp"_s;
        spec.image = u"registry.example/train:1"_s;
        PreviewOptions options;
        options.id = id;
        const Result<LaunchPreview> preview = previewLaunch(*m_api, launch::textOf(*launch::newJob(spec)), u"nlp"_s, options, {});
        return preview ? preview->create : change::Change();
    }
    qsizetype made() const
    {
        const QList<FakeObjectApi::Call> calls = m_api->calls();
        return std::ranges::count_if(calls, [](const FakeObjectApi::Call &call) { return call.writes() && call.verb == "create"_L1; });
    }
    static Error lost()
    {
        return Error::make(Error::Kind::Network, u"The connection was cut off"_s);
    }

private slots:
    void init() { m_api = std::make_shared<FakeObjectApi>(); }
    void cleanup() { async::drain(); }

    void itOutlivesItsWindowAndDropsTheDraft()
    {
        Changes changes;
        QSignalSpy ended(&changes, &Changes::ended);
        std::atomic_int dropped = 0;
        {
            auto run = std::make_shared<LaunchRun>(changes, m_api, QList{create(u"a1"_s)}, [&dropped] { ++dropped; });
            run->execute();
            run->execute(); // once more while it runs: nothing
        } // its window is gone
        QCOMPARE(changes.running().size(), 1);
        QVERIFY(changes.running().first()->isHalfDone()); // whoever closes the last window is asked
        QTRY_COMPARE(ended.size(), 1);
        QCOMPARE(m_api->all(m_kind).size(), 1);
        QCOMPARE(made(), 1);
        QCOMPARE(dropped.load(), 1);
    }

    void aLostAnswerMakesNoSecondJob()
    {
        Changes changes;
        int lose = 1;
        m_api->after = [&](const FakeObjectApi::Call &call) -> std::optional<Error> {
            return call.writes() && call.verb == "create"_L1 && lose-- > 0 ? std::optional(lost()) : std::nullopt;
        };
        auto run = std::make_shared<LaunchRun>(changes, m_api, QList{create(u"a1"_s)});
        QSignalSpy ended(run.get(), &RunningChange::ended);
        run->execute();
        QTRY_COMPARE(ended.size(), 1);
        QVERIFY2(*run->outcome(), qPrintable(*run->outcome() ? QString() : run->outcome()->error().oneLine()));
        QCOMPARE(run->uid(), m_api->stored(m_kind, u"nlp"_s, u"bert"_s).value("metadata"_L1)["uid"_L1].toString());
        QCOMPARE(m_api->all(m_kind).size(), 1);
        QVERIFY(!run->isUnsure());
    }

    /// The server takes the job, and nothing is heard of it any more. The next Submit finds it.
    void whatNobodyKnowsIsSaidAndFoundLater()
    {
        Changes changes;
        bool silent = false;
        m_api->before = [&](const FakeObjectApi::Call &) -> std::optional<Error> { return silent ? std::optional(lost()) : std::nullopt; };
        m_api->after = [&](const FakeObjectApi::Call &call) -> std::optional<Error> {
            if (!call.writes())
                return std::nullopt;
            silent = true;
            return lost();
        };
        const change::Change one = create(u"a1"_s);
        auto run = std::make_shared<LaunchRun>(changes, m_api, QList{one});
        QSignalSpy ended(run.get(), &RunningChange::ended);
        run->execute();
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, 60'000);
        QVERIFY(run->isUnsure() && run->ending().failed);
        QVERIFY2(run->ending().title.contains(u"not known"_s), qPrintable(run->ending().title));
        m_api->after = nullptr;
        silent = false;
        auto again = std::make_shared<LaunchRun>(changes, m_api, QList{one});
        QSignalSpy found(again.get(), &RunningChange::ended);
        again->execute();
        QTRY_COMPARE(found.size(), 1);
        QVERIFY(*again->outcome());
        QCOMPARE(m_api->all(m_kind).size(), 1);
    }

    void aNameThatIsTakenIsRefused()
    {
        Changes changes;
        const change::Change one = create(u"a1"_s);
        m_api->put(m_kind, create(u"b2"_s).body);
        auto run = std::make_shared<LaunchRun>(changes, m_api, QList{one});
        QSignalSpy ended(run.get(), &RunningChange::ended);
        run->execute();
        QTRY_COMPARE(ended.size(), 1);
        QVERIFY(!*run->outcome() && !run->isUnsure());
        QVERIFY2(run->ending().title.contains(u"was not launched"_s), qPrintable(run->ending().title));
        QCOMPARE(m_api->all(m_kind).size(), 1);
    }

    void aSecondWindowFindsTheOneThatRuns()
    {
        Changes changes;
        auto run = std::make_shared<LaunchRun>(changes, m_api, QList{create(u"a1"_s)});
        QVERIFY(!LaunchRun::find(changes, u"a1"_s));
        QSignalSpy ended(run.get(), &RunningChange::ended);
        run->execute();
        QCOMPARE(LaunchRun::find(changes, u"a1"_s), run);
        QVERIFY(!LaunchRun::find(changes, u"b2"_s) && !LaunchRun::find(changes, {}));
        QTRY_COMPARE(ended.size(), 1);
        QVERIFY(!LaunchRun::find(changes, u"a1"_s));
    }

    void stoppedItIsNotSaidToHaveMadeNothing()
    {
        Changes changes;
        m_api->before = [&](const FakeObjectApi::Call &call) -> std::optional<Error> {
            return call.writes() ? std::optional(Error::cancelled()) : std::nullopt;
        };
        auto run = std::make_shared<LaunchRun>(changes, m_api, QList{create(u"a1"_s)});
        QSignalSpy ended(run.get(), &RunningChange::ended);
        run->execute();
        run->stop();
        QTRY_COMPARE(ended.size(), 1);
        QVERIFY(run->isUnsure());
    }
};

QTEST_GUILESS_MAIN(TestLaunchRun)
#include "tst_launchrun.moc"
