// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "checkpoints/ClaimListing.h"
#include "checkpoints/SaveLocation.h"
#include "domain/Checkpoint.h"
#include "domain/Gap.h"
#include "domain/Job.h"
#include "domain/ObjectApi.h"
#include "engine/HelperConsent.h"
#include "jobs/CurrentAttempt.h"
#include "jobs/ResumePlan.h"

/// What both programs do with a job, as blocking flows: run them on the flow pool or in cairnctl, never on the GUI
/// thread.
namespace cairn::app {

/// One job with everything a resume needs to know of it.
struct JobDetail {
    Job job;            ///< refined by its pods and, of a TrainJob, its runtime, as in the Jobs list
    QJsonObject object; ///< as the server has it
    QList<Pod> pods;
    bool runtimeChanged = false; ///< of a TrainJob: its runtime is no longer what Trainer kept when the job began
    std::optional<Error> podsError = {}; ///< why `pods` is empty and their state not known
};

/// Training jobs as far as they could be read.
struct JobList {
    QList<Job> jobs;
    QList<Pod> pods;                   ///< theirs
    QHash<QString, QString> jobOfPod;  ///< UID of a pod → UID of its job
    QList<Node> nodes;
    bool nodesRead = false;
    QList<Gap> gaps;       ///< kinds that could not be listed, pods, runtimes, API groups that do not answer
    bool allKinds = true;  ///< false where a kind of job that may be there could not be listed
    bool podsRead = true;  ///< false where the readiness of some job's pods is not known
    bool runtimesRead = true; ///< false where TrainJobs may be larger than they show
};

/// All training jobs of a namespace ("" for all), refined by their pods. Kinds that are not served are left out, those that
/// cannot be listed are gaps; an error where no kind is served, or none could be listed. Of at most `deaths` jobs that restart
/// or failed it is read what they died of (DeathReader.h), those that restart first, then those that failed last.
Result<JobList> listJobs(ObjectApi &api, const QString &ns, std::stop_token stop, int deaths = 0);

/// `name` is NAME or KIND/NAME; a NAME that several kinds share is refused and says so.
Result<JobDetail> findJob(ObjectApi &api, const QString &ns, const QString &name, std::stop_token stop);
Result<JobDetail> readJob(ObjectApi &api, const ObjectRef &ref, std::stop_token stop);

/// How checkpoints are read. Creating a helper Job needs the user's agreement, once per namespace, and so do the keys
/// of a bucket (BucketFlows.h).
enum class ListVia { Helper, Exec, Bucket };

/// The checkpoints of a job: of all its attempts, since a resumed attempt saves below the first one's folder.
struct JobListing {
    ckpt::SaveLocation location;
    QString root;    ///< absolute folder inside the container, or s3:// address, that the listing's paths are relative to
    Listing listing;
    /// Absolute path of a checkpoint inside the container, or its address.
    QString containerPath(const Checkpoint &checkpoint) const;
    /// What of it is the current attempt's. Job and listing outlive it.
    jobs::CurrentAttempt attemptOf(const Job &job) const;
    /// The checkpoint of that path within the listing; nullptr for none.
    const Checkpoint *find(const QString &path) const;
};
/// Of a PVC: by a helper, if `mayRun` lets it, or exec. `held` is a helper that is used where it is given.
Result<JobListing> readCheckpoints(ObjectApi &api, const Job &job, const QList<Pod> &pods, ListVia via,
                                   std::stop_token stop, const ckpt::Progress &progress = {}, const HelperCheck &mayRun = {},
                                   const std::shared_ptr<ckpt::HeldHelper> &held = {});

/// Where on its PVC a job saves, and how it is got at: by exec in a running pod, or by a helper.
struct ClaimPlace {
    ckpt::SaveLocation location;
    QString root; ///< JobListing::root
    std::optional<ckpt::ExecTarget> target = {};    ///< of ListVia::Exec
    std::optional<ckpt::ClaimRequest> request = {}; ///< of ListVia::Helper, if `mayRun` lets it
};
Result<ClaimPlace> placeOnClaim(ObjectApi &api, const Job &job, const QList<Pod> &pods, ListVia via, std::stop_token stop, const HelperCheck &mayRun = {});

/// A helper for all looks of one resume. It ends on the flow pool, whoever lets it go: that asks the server.
std::shared_ptr<ckpt::HeldHelper> holdHelper(std::shared_ptr<ObjectApi> api);
/// Ends it now, on the flow pool. nullptr is no helper.
void endHelper(const std::shared_ptr<ckpt::HeldHelper> &held);

/// Whether some pod may still be writing: what "changed a moment ago" means for a checkpoint without its end.
bool mayBeWriting(const Job &job, const QList<Pod> &pods);

/// A running pod of these that mounts the claim where the job does, for ListVia::Exec: its name, container and mount path.
std::optional<ckpt::ExecTarget> execTarget(const QList<Pod> &pods, const Job &job, const QString &claim);

/// Newest step the job's log tells of, from the last lines of its first pod; nullopt where nothing says so.
std::optional<qint64> latestStep(ObjectApi &api, const Job &job, const QList<Pod> &pods, std::stop_token stop);

/// What the user may choose in a resume.
struct ResumeChoice {
    jobs::Act act = jobs::Act::Resume;
    std::optional<jobs::PathContract> contract;
    bool newObject = false;
    bool useWrapper = false;
    bool acceptUnverified = false;
    bool anyProcesses = false;
    QString newName;
    QString id; ///< of an earlier plan of the same resume, so that names stay; "" draws one
};

/// Reads what a plan to resume from a checkpoint of `listing` is made from: the job, the names in use, its newest step.
Result<jobs::ResumeRequest> readForResume(ObjectApi &api, const ObjectRef &job, const JobListing &listing,
                                          const Checkpoint &checkpoint, std::stop_token stop);
/// The request with what the user chose; jobs::planResume() makes the plan of it. Pure: may be called at every key press.
jobs::ResumeRequest chosen(jobs::ResumeRequest request, const ResumeChoice &choice);

/// Lists the checkpoints of a job anew, in the way that the user agreed to. `progress` may be empty.
using ReadAgain = std::function<Result<JobListing>(const JobDetail &now, std::stop_token stop, const ckpt::Progress &progress)>;

/// Reads the checkpoint of a plan again; NotFound where it is gone. For preflight and execution.
std::function<Result<Checkpoint>(std::stop_token)> recheckOf(ObjectApi &api, const jobs::ResumePlan &plan, const ReadAgain &read);
/// The same of the checkpoint that an unfinished change of a job names: its path inside the container, or its address.
std::function<Result<Checkpoint>(std::stop_token)> recheckOf(ObjectApi &api, const ObjectRef &job, const QString &path, const ReadAgain &read);
/// The same for carrying on what hangs on a job: empty where it is rolled back, for which no checkpoint has to be there, and
/// where nothing could read.
std::function<Result<Checkpoint>(std::stop_token)> recheckToRecover(ObjectApi &api, const Job &job, bool finish, const ReadAgain &read);
/// Of a claim, as readCheckpoints() does.
std::function<Result<Checkpoint>(std::stop_token)> recheckOf(ObjectApi &api, const jobs::ResumePlan &plan, ListVia via);

/// Finds what `--from` names: "latest" (of the current attempt; to start from weights the newest whole one of all), "step=N",
/// or a path (relative to the listing, or absolute in the container).
Result<Checkpoint> chooseCheckpoint(const Job &job, const JobListing &listing, const QString &from, jobs::Act act = jobs::Act::Resume);

/// Remembers on the job where it saves; the annotation outranks every guess.
Result<> correctSaveLocation(ObjectApi &api, const ObjectRef &job, const QString &path, std::stop_token stop);

} // namespace cairn::app
