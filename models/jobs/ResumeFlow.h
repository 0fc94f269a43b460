// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "jobs/ResumeExecutor.h"

/// Shared by the parts of the resume flow; not for use outside models/jobs.
namespace cairn::jobs::detail {

/// One flow on one job: options with their defaults filled in, reading with retries, progress.
class Flow
{
public:
    Flow(ObjectApi &api, ObjectRef ref, const ExecuteOptions &options, std::stop_token stop);

    ObjectApi &api() const { return m_api; }
    const ObjectRef &ref() const { return m_ref; }
    void setRef(const ObjectRef &ref) { m_ref = ref; }
    const ExecuteOptions &options() const { return m_options; }
    const std::stop_token &stop() const { return m_stop; }
    QDateTime now() const { return m_options.now(); }
    /// False when stopped.
    bool sleep(std::chrono::milliseconds time) const { return m_options.sleep(time, m_stop); }
    bool stopped() const { return m_stop.stop_requested(); }
    const JobKindFacts &facts() const;

    void report(ResumeEvent event) const;
    void report(ResumeEvent::Stage stage, const QString &text) const;

    /// The job now; transient failures are retried a few times. NotFound also where another job took the name.
    Result<QJsonObject> live() const;
    Result<Job> decoded(const QJsonObject &object) const;
    /// Pods that carry the job's label, whatever their state.
    Result<QList<QJsonObject>> pods() const;

    /// One guarded write: `build` looks at the live object and returns the merge patch (without resourceVersion) or an
    /// error that ends it; an empty patch means that it is done already. A Conflict or a transient failure reads and
    /// asks again. Returns the object after the write. `sent` becomes true as soon as a request may have had an effect.
    using Build = std::function<Result<QJsonObject>(const QJsonObject &live)>;
    Result<QJsonObject> write(const Build &build, bool *sent = nullptr) const;

private:
    ObjectApi &m_api;
    ObjectRef m_ref;
    ExecuteOptions m_options;
    std::stop_token m_stop;
};

/// Watches the job until the first step after `outcome.checkpointStep`, and fills the outcome's state, step, pod, error.
/// `resumeId` is the record that must still stand on the job ("" for a new job).
void follow(const Flow &flow, const QString &resumeId, ResumeOutcome &outcome);

/// spec.runPolicy.suspend; false where absent.
bool isSuspended(const QJsonObject &object);

} // namespace cairn::jobs::detail
