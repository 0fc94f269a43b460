// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "change/Run.h"
#include "domain/Gap.h"
#include "launch/Effective.h"
#include "launch/Pools.h"
#include "launch/Review.h"
#include "launch/Runtime.h"
#include "launch/WhyNot.h"
#include "manifest/Schema.h"

#include <QDateTime>
#include <chrono>
#include <memory>

/// What both programs do to launch a job. Blocking: run it on the flow pool or in cairnctl, never on the GUI thread.
namespace cairn::app {

/// What a form takes as a start, read from the cluster; what may not be read is empty.
struct LaunchDefaults {
    QList<JobKind> kinds = {}; ///< served here
    launch::TrainJobFields fields = {};
    QString runtime = {};    ///< the ClusterTrainingRuntime for PyTorch, else the only one
    QString queue = {};      ///< the only LocalQueue of the namespace
    bool restricted = false; ///< the namespace enforces Pod Security "restricted"
};
Result<LaunchDefaults> readLaunchDefaults(ObjectApi &api, const QString &ns, std::stop_token stop);

/// `spec` with what an expert would add and nobody asks for: restarts, no token, shared memory for several processes, a
/// grace period for the last save. What is chosen stays.
launch::Spec withDefaults(const launch::Spec &spec, const LaunchDefaults &defaults);

/// `after` with the defaults that follow from what a person changed in `before`: a field that says what withDefaults()
/// gives it goes on to follow, one that was typed or emptied stays. Nodes become two, and the retries double; a
/// checkpoint volume is chosen, and the job saves into a folder of its name there.
launch::Spec followDefaults(
    const launch::Spec &before, const launch::Spec &after, launch::Framework framework, const LaunchDefaults &defaults);

/// What the fields of a form can be set to in one namespace. What may not be read is empty, and in `gaps`.
struct LaunchPlace {
    struct Claim {
        QString name;
        QStringList modes; ///< of access: "ReadWriteMany" …
        QString size;      ///< "1Ti"; empty: not said
        bool bound = false;
        std::optional<ckpt::SharedProof> proof = {}; ///< of a test from two nodes
        bool operator==(const Claim &) const = default;
    };
    QList<Claim> claims = {};
    std::optional<bool> mayMakeClaims = {}; ///< empty: not known
    std::optional<bool> mayTest = {};       ///< to create the helper Jobs that try a PVC
    QStringList queues = {};     ///< LocalQueues
    QStringList priorities = {}; ///< PriorityClasses, without the system's
    QStringList runtimes = {};   ///< ClusterTrainingRuntimes
    QStringList ownRuntimes = {}; ///< TrainingRuntimes
    QStringList volcanoQueues = {};
    QList<launch::NodePool> pools = {};
    QList<change::Note> gaps = {};
};
LaunchPlace readLaunchPlace(ObjectApi &api, const QString &ns, std::stop_token stop);

/// What the served version of the kind may hold.
Result<manifest::Schema> readLaunchSchema(ObjectApi &api, JobKind kind, std::stop_token stop);
/// The same of any kind that a text says it holds. Raw and hostile; NotFound where the server has none.
Result<manifest::Schema> readObjectSchema(ObjectApi &api, const QString &apiVersion, const QString &kind, std::stop_token stop);

/// What a preview rests on beside the text: kept between previews, so that each of them costs one request, the dry run.
struct LaunchGround {
    /// How old it may get: others make jobs and PVCs meanwhile.
    static constexpr std::chrono::seconds mostAge{30};
    QString ns = {};
    JobKind kind = JobKind::PyTorchJob;
    std::shared_ptr<const manifest::Schema> schema = {}; ///< null where it could not be read
    launch::Around around = {};
    QList<change::Note> gaps = {}; ///< what of it could not be read
    QDateTime readAt = {};         ///< UTC; invalid: never
    bool holdsFor(const QString &place, JobKind of, const QDateTime &now) const
    {
        return readAt.isValid() && ns == place && kind == of && readAt.secsTo(now) < mostAge.count() && readAt <= now;
    }
};
Result<LaunchGround> readLaunchGround(ObjectApi &api, const QString &ns, JobKind kind, std::stop_token stop);

/// The id by which one launch is recognised, however often it is asked for: a new one.
QString newLaunchId();
/// The same of a launch that keeps nothing beside its text, as cairnctl's: of the same text in the same namespace it is the same, so that
/// a command that was killed finds, when it is run again, what it made.
QString launchIdOf(const QByteArray &text, const QString &ns);

struct PreviewOptions {
    std::optional<launch::Framework> framework = {};
    QString id = {};          ///< newLaunchId() of the launch this is about; empty: a new one
    LaunchGround ground = {}; ///< of the preview before; read anew where it does not hold
    launch::Costs costs = {}; ///< what is known of step and save, for the grace period
    bool mends = true;        ///< a launch of this id that was killed is ended at once; else it is told in LaunchPreview::late
};

/// A job as it would be made, and everything that is wrong with it at once.
struct LaunchPreview {
    QByteArray text;                   ///< YAML
    QList<manifest::Fault> faults;     ///< of the text
    QList<manifest::Finding> findings; ///< of the schema that the cluster serves, with their places in `text`
    QList<launch::Point> points;       ///< launch::expertPoints()
    QList<launch::Point> net;          ///< launch::safetyNet()
    QList<change::Note> gaps;          ///< what could not be looked at
    QJsonObject runtime;               ///< that a TrainJob is laid over, its own or the one it refers to; empty: not read
    launch::Effective effective;       ///< what the job becomes, each line with its origin
    std::optional<Error> refused;      ///< by the server's strict dry run, with its webhooks; empty: accepted
    /// The job that has the name already, as the server has it; empty: none, or it could not be read. Where it is not this launch's,
    /// `refused` says whose it is.
    QJsonObject there;
    /// UID of the job, where it is there already and bears the id that was given: an earlier launch got through although
    /// its answer was lost. `refused` then says that the name is taken. Where that launch was killed before the job owned its
    /// TrainingRuntime, it does now: the only thing that a preview writes.
    QString made;
    LaunchGround ground;               ///< that it rests on
    /// What another launch of this name left undone when it was killed: its job does not own the TrainingRuntime that was made with
    /// it. For finishLaunch(); empty where nothing is.
    QList<change::Change> late;
    /// What is made before the job: the TrainingRuntime of its own, whole in Change::body. One that a launch left which was
    /// cut short is taken over instead: a Merge.
    QList<change::Change> needs;
    change::Change create;             ///< the job; both are for submitLaunch(), in this order
    bool feasible() const { return faults.isEmpty() && findings.isEmpty() && !refused; }
};
/// `text` holds one job, or a TrainJob and the TrainingRuntime that is made with it. `ns` is where it goes if it does not say. An error only where the cluster cannot be asked at
/// all.
Result<LaunchPreview> previewLaunch(ObjectApi &api, const QByteArray &text, const QString &ns,
    const PreviewOptions &options, std::stop_token stop);

/// What a job of the cluster becomes. Of a TrainJob whose runtime is gone or may not be read, a note tells that.
Result<launch::Effective> readEffective(ObjectApi &api, const ObjectRef &job, std::stop_token stop);

/// Makes the job, once: the change's mark tells its own object from another one where an answer is lost, and a second
/// call finds it. Conflict where the name is taken. `creates` ends with the job, which then owns what was made before
/// it; where it cannot be made, that is deleted again.
Result<QJsonObject> submitLaunch(
    ObjectApi &api, const QList<change::Change> &creates, const change::Options &options, std::stop_token stop);

/// Does what LaunchPreview::late says. Guarded: what changed meanwhile is refused, what is done already is left as it is.
Result<> finishLaunch(ObjectApi &api, const QList<change::Change> &late, const change::Options &options, std::stop_token stop);

/// A job made from another one: without what belonged to that one alone, under a new name, and saving into a folder of
/// its own.
Result<QByteArray> cloneOf(const QJsonObject &job, const QString &name);
/// The same as an object.
Result<QJsonObject> cloned(const QJsonObject &job, const QString &name);
/// Where a copy named `name` saves, of a job named `from` that saves into `folder`: beside it where the folder bears the job's name,
/// else below it. Folders of a resumed job's attempts count as the one that they have in common.
QString folderOfCopy(const QString &folder, const QString &from, const QString &name);

/// What decides whether a job could start, whatever it asks for: read once for many edits of it. At most 10,000 nodes and 30,000 pods are read; where there
/// are more, what is free stays unknown.
struct FitRead {
    launch::FitFacts facts;
    QList<Gap> gaps;
    QDateTime readAt; ///< UTC
    // What was looked at by name, for the last job.
    ObjectRef runtimeRef;  ///< that `runtime` is; of no kind: none was asked for
    QJsonObject runtime;   ///< that a TrainJob is laid over; empty: not read
    launch::Needs needs;
    QStringList pullSecrets;
    QString volcanoQueue;
};
Result<FitRead> readFitFacts(ObjectApi &api, const QString &ns, const launch::Objects &job, std::stop_token stop);
/// Looks at what `job` names and `read` does not know yet: the runtime of a TrainJob, Secrets, ConfigMaps, service accounts,
/// priorities, Volcano's Queue. At most 40 of them, a Secret only where getting it is allowed; what they hold is dropped at once, but for the names of
/// keys and registries. Costs nothing where the job names the same as the last one. Cancelled alone fails it.
Result<> readNamed(ObjectApi &api, const QString &ns, const launch::Objects &job, FitRead &read, const std::stop_token &stop);
/// Whether it could start, by what was read. Pure.
launch::Fit fitOf(const launch::Objects &job, const FitRead &read);

/// Whether a job could start, with what could not be read.
struct LaunchFit {
    launch::Fit fit;
    QList<Gap> gaps;
};
Result<LaunchFit> readFit(ObjectApi &api, const launch::Objects &job, const QString &ns, std::stop_token stop);

/// Why the pods of a job that the server takes would never start or never train, sentences, safe to show; "" where nothing tells.
/// cairnctl refuses such a job without --anyway, the window asks. `fit`: null where it is not known.
QString neverTrains(const LaunchPreview &preview, const launch::Fit *fit);

/// Why a job does not run, with what could not be read. Within the same bounds, and of at most 5,000 events.
struct JobWhy {
    launch::WhyNot why;
    QList<Gap> gaps;
};
Result<JobWhy> readWhyNot(ObjectApi &api, const ObjectRef &job, std::stop_token stop);

} // namespace cairn::app
