// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Async.h"
#include "components/Component.h"
#include "domain/ObjectApi.h"
#include "jobs/BulkExecutor.h"
#include "jobs/ResumeExecutor.h"

#include <QObject>
#include <QSet>
#include <memory>
#include <optional>

namespace cairn::app {

class Changes;

/// One change of a cluster from the press of its button to its end. It belongs to the engine: windows look at it, and may
/// close. Made with std::make_shared; kept alive by the engine while it runs. GUI thread.
class RunningChange : public QObject, public std::enable_shared_from_this<RunningChange>
{
    Q_OBJECT

public:
    bool isRunning() const { return m_running; }
    bool isRollingBack() const { return m_rollingBack; }
    /// "Resuming demo from step 100"; safe to show.
    const QString &title() const { return m_title; }
    /// What it does now, one sentence; safe to show; may be empty.
    const QString &latest() const { return m_latest; }
    /// The job that carries its record while it runs; "" where none does.
    const QString &job() const { return m_job; }
    /// Whether what was done so far can be taken back.
    virtual bool canRollBack() const = 0;
    /// Whether something would stay half done if it ended now: false before its first write, and once only its effect is
    /// waited for.
    virtual bool isHalfDone() const = 0;
    /// Begins nothing further. What was done stays, and its record with it; ended() comes soon.
    void stop()
    {
        if (m_stop)
            m_stop->request_stop();
    }
    /// stop(), then takes back what was done.
    void rollBack();
    const ObjectApi *cluster() const { return m_api.get(); }

    /// How it ended, for whoever did not look: title, text, whether it failed. Safe to show.
    struct Ending {
        QString title;
        QString text;
        bool failed = false;
    };
    virtual Ending ending() const = 0;
    /// Components and workloads that it moves, so that nobody need be alarmed by it: see Changes::touches().
    virtual QSet<QString> touched() const { return {}; }
    /// While somebody shows it, nobody else needs to be told how it ended.
    void setShown(bool shown) { m_shown = shown; }
    bool isShown() const { return m_shown; }

signals:
    void progressed();
    void ended();

protected:
    RunningChange(Changes &changes, std::shared_ptr<ObjectApi> api, const QString &title);

    /// Runs `work(api, stop)` as the engine's, then `done(value)` and, unless that began another, ended().
    template <class Work, class Done>
    void begin(Work work, Done done)
    {
        enter();
        // Stopping lets the outcome through; only the end of the engine drops it.
        m_scope.run(
            this,
            [api = m_api, work = std::move(work), stop = *m_stop](std::stop_token cancelled) mutable {
                const std::stop_callback both(cancelled, [&stop] { stop.request_stop(); });
                return work(*api, stop.get_token());
            },
            [this, done = std::move(done)](auto value) {
                done(value);
                leave();
            });
    }
    template <class... Values, class Told>
    std::function<void(const Values &...)> sink(Told told)
    {
        return m_scope.sink<Values...>(this, std::move(told));
    }
    /// Takes back what the ended work did; begin() within.
    virtual void takeBack() = 0;
    void setTitle(const QString &title) { m_title = title; }
    void setLatest(const QString &latest) { m_latest = latest; }
    void tell() { emit progressed(); }
    void setJob(const QString &uid) { m_job = uid; }

private:
    void enter();
    void leave();

    Changes &m_changes;
    const std::shared_ptr<ObjectApi> m_api;
    QString m_title;
    QString m_latest;
    QString m_job;
    bool m_running = false;
    bool m_rollingBack = false;
    bool m_wantsBack = false;
    bool m_shown = false;
    std::optional<std::stop_source> m_stop; ///< the user's Stop
    async::Scope m_scope;
};

/// A resume, or what goes on with one that somebody left unfinished.
class ResumeRun : public RunningChange
{
    Q_OBJECT

public:
    ResumeRun(Changes &changes, std::shared_ptr<ObjectApi> api, const QString &title) : RunningChange(changes, std::move(api), title) {}

    /// The functions as in jobs::ExecuteOptions.
    void execute(const jobs::ResumePlan &plan, const std::function<Result<Checkpoint>(std::stop_token)> &recheck,
                 const std::function<void()> &looksDone = {});
    /// Finishes what hangs, or rolls it back.
    void recover(const Job &job, bool finish, const std::function<Result<Checkpoint>(std::stop_token)> &recheck = {},
                 const std::function<void()> &looksDone = {});
    /// After it ended, where canRollBack().
    void putBack() { takeBack(); }

    /// One of each stage, in order: a stage that goes on changes its event.
    const QList<jobs::ResumeEvent> &events() const { return m_events; }
    /// nullopt while it runs.
    const std::optional<Result<jobs::ResumeOutcome>> &outcome() const { return m_outcome; }
    QDateTime begun() const { return m_begun; }
    bool canRollBack() const override;
    bool isHalfDone() const override;
    Ending ending() const override;
    /// What came of it, without its error; safe to show.
    QString summary() const;

protected:
    void takeBack() override;

private:
    template <class Work>
    void carryOut(Work work, jobs::ExecuteOptions options = {});
    void onEvent(const jobs::ResumeEvent &event);

    QList<jobs::ResumeEvent> m_events;
    std::optional<Result<jobs::ResumeOutcome>> m_outcome;
    QDateTime m_begun, m_ended;
    bool m_undoes = false;
    bool m_recovers = false; ///< it began in the middle
};

/// Several jobs suspended, unsuspended or deleted.
class BulkRun : public RunningChange
{
    Q_OBJECT

public:
    BulkRun(Changes &changes, std::shared_ptr<ObjectApi> api, const QString &title, const QList<jobs::BulkItem> &items);

    void execute();
    const QList<jobs::BulkItem> &items() const { return m_items; }
    /// Of each item, as far as it got.
    const QList<jobs::BulkResult> &results() const { return m_results; }
    bool canRollBack() const override;
    bool isHalfDone() const override;
    Ending ending() const override;

signals:
    void resultChanged(int index);

protected:
    void takeBack() override;

private:
    jobs::BulkAct act() const { return m_items.first().act; }
    int count(jobs::BulkResult::State state) const;

    QList<jobs::BulkItem> m_items;
    QList<jobs::BulkResult> m_results;
};

/// All changes that run now. Owned by the engine, so that none ends with a window. GUI thread.
class Changes : public QObject
{
    Q_OBJECT

public:
    /// Stops them all: what is under way stays recorded on its job. Windows ask first.
    ~Changes() override;

    /// In the order in which they began.
    QList<std::shared_ptr<RunningChange>> running() const { return m_running; }
    /// UIDs of the jobs whose records belong to changes that run here: nobody has to look after those.
    QSet<QString> jobs() const;
    /// Whether a change that runs here on this cluster, or ended less than half a minute ago, moves this component: what it does
    /// meanwhile is no news.
    bool touches(const ObjectApi *cluster, const components::Component &component, const QDateTime &now) const;
    /// How RunningChange::touched() names a workload, and a component.
    static QString workloadMark(const QString &kind, const QString &ns, const QString &name) { return kind + u'/' + ns + u'/' + name; }
    static QString componentMark(const QString &id, const QString &ns) { return id + u'@' + ns; }

signals:
    /// One began or ended.
    void changed();
    void progressed();
    void ended(cairn::app::RunningChange *change);

private:
    friend class RunningChange;
    void enter(const std::shared_ptr<RunningChange> &change);
    void leave(const std::shared_ptr<RunningChange> &change);

    QList<std::shared_ptr<RunningChange>> m_running;
    struct Ended {
        QDateTime at;
        const ObjectApi *cluster; ///< to compare alone: it may be gone
        QSet<QString> touched;
    };
    QList<Ended> m_ended; ///< not long ago
};

} // namespace cairn::app
