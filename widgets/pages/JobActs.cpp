// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/JobActs.h"

#include "jobs/ShownOnly.h"
#include "launch/Scale.h"

#include <QCoreApplication>

namespace cairn::pages {
namespace {

struct JobActTr {
    Q_DECLARE_TR_FUNCTIONS(cairn::pages)
};

} // namespace

QString jobActLabel(JobAct act)
{
    switch (act) {
    case JobAct::Scale: return JobActTr::tr("Scale…");
    case JobAct::Edit: return JobActTr::tr("Edit YAML…");
    case JobAct::Convert: break;
    }
    return JobActTr::tr("Convert to TrainJob…");
}

QString jobActRefusal(JobAct act, const Job &job, const QString &patch)
{
    if (const QString only = jobs::shownOnly(job.kind).text; !only.isEmpty())
        return only;
    if (act == JobAct::Convert)
        return job.facts().isTrainJob() ? JobActTr::tr("It is a TrainJob already.") : QString();
    if (job.deleting.isValid())
        return JobActTr::tr("It is being deleted.");
    if (act == JobAct::Scale && isFinished(job.phase))
        return JobActTr::tr("It has finished and does not run again.");
    const std::optional<change::Note> owner = launch::ownerRefusal(job.manager);
    // Labels of a job that Kueue queues may be edited: the dialog tells what may not.
    if (owner && !(act == JobAct::Edit && job.manager.type == Manager::Type::Kueue))
        return owner->text;
    return patch;
}

} // namespace cairn::pages
