// SPDX-License-Identifier: GPL-3.0-or-later
#include "gallery/PageEntries.h"

namespace cairn::gallery {

using namespace Qt::StringLiterals;

QDateTime cannedNow()
{
    return QDateTime::fromString(u"2026-03-03T12:57:00Z"_s, Qt::ISODate);
}

const QList<QSize> &pageSizes()
{
    static const QList<QSize> sizes{{1064, 774}, {1704, 1054}};
    return sizes;
}

Job cannedJob(const QString &name, const QString &ns, JobKind kind, JobPhase phase, int ready, int desired, double gpusEach)
{
    Job job;
    job.kind = kind;
    job.apiVersion = u"kubeflow.org/v1"_s;
    job.ns = ns;
    job.name = name;
    job.uid = u"uid-"_s + ns + u'-' + name;
    job.phase = phase;
    job.created = cannedNow().addSecs(-6 * 3600);
    job.started = job.created.addSecs(40);
    job.image = u"registry.example/train/"_s + name + u":1.4"_s;
    const JobKindFacts &facts = job.facts();
    ReplicaGroup workers;
    workers.role = facts.roles.isEmpty() ? u"Worker"_s : facts.roles.last();
    workers.desired = desired;
    workers.ready = ready;
    workers.active = ready;
    workers.gpusEach = gpusEach;
    job.replicas = {workers};
    if (isFinished(phase))
        job.finished = cannedNow().addSecs(-240);
    return job;
}

Checkpoint cannedCheckpoint(qint64 step, int minutesAgo, Verdict verdict)
{
    Checkpoint checkpoint;
    checkpoint.path = u"step-%1"_s.arg(step);
    checkpoint.format = u"dcp"_s;
    checkpoint.step = step;
    checkpoint.stepSource = u"name"_s;
    checkpoint.epoch = static_cast<double>(step) / 4000;
    checkpoint.bytes = 29'098'500'000;
    checkpoint.files = 32;
    checkpoint.filesExpected = 32;
    checkpoint.savedAt = cannedNow().addSecs(-60 * minutesAgo);
    checkpoint.verdict = verdict;
    checkpoint.reason = u"32 of 32 shards have the size the metadata names; contents not read."_s;
    checkpoint.resumable = verdict == Verdict::Whole;
    checkpoint.loss = 1.85 + static_cast<double>(14000 - step) / 100000;
    if (verdict == Verdict::Damaged) {
        checkpoint.bytes = 22'978'000'000;
        checkpoint.files = 25;
        checkpoint.loss.reset();
        checkpoint.reason = u"7 of 32 shards are missing."_s;
    } else if (verdict == Verdict::Writing) {
        checkpoint.files = 11;
        checkpoint.loss.reset();
        checkpoint.reason = u"Changed a moment ago; 11 of 32 shards so far."_s;
    } else if (verdict == Verdict::Unverified) {
        checkpoint.reason = u"The metadata is larger than the 16 MiB that are read."_s;
    }
    return checkpoint;
}

QList<Job> cannedJobs()
{
    using K = JobKind;
    using P = JobPhase;
    QList<Job> jobs{
        cannedJob(u"moe-8x7b-pt"_s, u"research"_s, K::PyTorchJob, P::Running, 16, 16, 8),
        cannedJob(u"sd3-finetune"_s, u"vision"_s, K::PyTorchJob, P::Restarting, 5, 8, 8),
        cannedJob(u"gpt-neox-20b"_s, u"research"_s, K::MPIJob, P::Running, 13, 13, 8),
        cannedJob(u"llama3-70b-sft"_s, u"research"_s, K::PyTorchJob, P::Failed, 3, 4, 8),
        cannedJob(u"bert-xl-mlm"_s, u"nlp"_s, K::PyTorchJob, P::Running, 8, 8, 1),
        cannedJob(u"mixtral-dpo-2"_s, u"research"_s, K::PyTorchJob, P::Running, 4, 4, 8),
        cannedJob(u"whisper-zh"_s, u"speech"_s, K::PyTorchJob, P::Running, 4, 4, 8),
        cannedJob(u"t5-base-zh"_s, u"nlp"_s, K::PyTorchJob, P::Running, 2, 2, 8),
        cannedJob(u"vit-h-14"_s, u"vision"_s, K::TFJob, P::Running, 9, 9, 4),
        cannedJob(u"resnet-ddp-r2"_s, u"vision"_s, K::PyTorchJob, P::Running, 2, 2, 8),
        cannedFailedJob(),
        cannedJob(u"detr-coco"_s, u"vision"_s, K::PaddleJob, P::Running, 4, 4, 8),
        cannedJob(u"xgb-ctr-daily"_s, u"ads"_s, K::XGBoostJob, P::Running, 5, 5, 0),
        cannedJob(u"dlrm-wide"_s, u"ads"_s, K::TFJob, P::Pending, 0, 12, 1),
        cannedJob(u"segm-small"_s, u"vision"_s, K::PyTorchJob, P::Queued, 0, 1, 4),
        cannedJob(u"clip-small"_s, u"vision"_s, K::JAXJob, P::Suspended, 0, 4, 4),
        cannedJob(u"pythia-410m-with-a-name-that-is-much-longer-than-any-column"_s, u"research"_s, K::PyTorchJob,
                  P::Succeeded, 0, 2, 4)};
    jobs[1].cause = u"3rd restart"_s;
    jobs[1].restarts = 3;
    jobs[3].cause = u"OOMKilled"_s;
    jobs[13].cause = u"Unschedulable"_s;
    jobs[15].manager.type = Manager::Type::Kueue;
    return jobs;
}

QList<Job> cannedManyJobs(int count)
{
    QList<Job> jobs;
    jobs.reserve(count);
    for (int i = 0; i < count; ++i) {
        Job job = cannedJob(u"train-%1"_s.arg(i, 5, 10, QLatin1Char('0')), u"team-%1"_s.arg(i % 40),
                            static_cast<JobKind>(i % 6), static_cast<JobPhase>(i % 8), i % 5, 4, i % 3 * 4);
        job.restarts = i % 11 == 0 ? i % 4 : 0;
        jobs.append(job);
    }
    return jobs;
}

Job cannedFailedJob()
{
    Job job = cannedJob(u"llama-ft-7"_s, u"research"_s, JobKind::PyTorchJob, JobPhase::Failed, 3, 4, 8);
    ReplicaGroup master = job.replicas.first();
    master.role = u"Master"_s;
    master.desired = master.ready = 1;
    master.gpusEach = 0;
    job.replicas.prepend(master);
    job.cause = u"node lost"_s;
    job.message = u"worker-3: node gpu-4 stopped answering"_s;
    job.restarts = 1;
    job.lineage.attempt = 2;
    job.lineage.parentName = u"llama-ft-6"_s;
    job.lineage.step = 6000;
    return job;
}

Listing cannedListing()
{
    Listing listing;
    listing.readAt = cannedNow().addSecs(-95);
    listing.source = u"helper job"_s;
    Run run;
    run.path = u"."_s;
    run.format = u"dcp"_s;
    for (int i = 1; i <= 6; ++i)
        run.checkpoints.append(cannedCheckpoint(i * 1000, 290 - i * 22, Verdict::Whole));
    for (int i = 7; i <= 12; ++i)
        run.checkpoints.append(
            cannedCheckpoint(i * 1000, 9 + (12 - i) * 22, i == 8 ? Verdict::Unverified : Verdict::Whole));
    run.checkpoints.append(cannedCheckpoint(12400, 4, Verdict::Damaged));
    run.latestResumable = u"step-12000"_s;
    listing.runs = {run};
    return listing;
}

Error cannedError()
{
    Error error = Error::make(Error::Kind::Server, u"The job list of train-hpc-us could not be read"_s,
                              u"The API server answered with an internal error three times in 20 s."_s,
                              u"Look at the API server's own log, or try again in a minute."_s);
    error.httpStatus = 500;
    error.reason = u"InternalError"_s;
    return error;
}

QString cannedRoleRequest()
{
    return u"kind: RoleBinding\nroleRef: {kind: ClusterRole, name: kubeflow-view}\nsubjects: [{kind: User, name: ana@example}]"_s;
}

void registerPageEntries(kit::GalleryRegistry &registry)
{
    registerConnectEntries(registry);
    registerJobsEntries(registry);
    registerJobEntries(registry);
    registerHaEntries(registry);
    registerFailoverEntries(registry);
    registerLaunchEntries(registry);
    registerOverlayEntries(registry);
    registerEventsEntries(registry);
    registerStorageEntries(registry);
    registerNodesEntries(registry);
    registerQuotasEntries(registry);
    registerOverviewEntries(registry);
    registerCheckpointsEntries(registry);
    registerSettingsEntries(registry);
    registerDialogEntries(registry);
    registerBulkEntries(registry);
}

} // namespace cairn::gallery
