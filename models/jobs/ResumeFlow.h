// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "jobs/JobPods.h"
#include "jobs/ResumeExecutor.h"

/// Shared by the parts of the resume flow; not for use outside models/jobs.
namespace cairn::jobs::detail {

/// A run on one job.
class Flow : public change::Run
{
public:
    Flow(ObjectApi &api, ObjectRef ref, const ExecuteOptions &options, std::stop_token stop)
        : Run(api, options, std::move(stop)), m_ref(std::move(ref)), m_resume(options)
    {
    }

    const ObjectRef &ref() const { return m_ref; }
    void setRef(const ObjectRef &ref) { m_ref = ref; }
    const ExecuteOptions &resume() const { return m_resume; }
    const JobKindFacts &facts() const { return kindOf(m_ref); }

    /// The job now; NotFound also where another job took the name.
    Result<QJsonObject> live() const { return read(m_ref); }
    Result<Job> decoded(const QJsonObject &object) const { return decodedJob(object, m_ref); }
    Result<QList<QJsonObject>> pods() const { return podsOf(*this, m_ref); }

private:
    ObjectRef m_ref;
    ExecuteOptions m_resume;
};

/// Watches the job until the first step after `outcome.checkpointStep`, and fills the outcome's state, step, pod, error.
/// `resumeId` is the record that must still stand on the job ("" for a new job).
void follow(const Flow &flow, const QString &resumeId, ResumeOutcome &outcome);

/// spec.runPolicy.suspend; false where absent.
bool isSuspended(const QJsonObject &object);

} // namespace cairn::jobs::detail
