// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/ResumePlan.h"

#include "base/Names.h"
#include "base/Text.h"
#include "checkpoints/Paths.h"
#include "checkpoints/SaveLocation.h"
#include "domain/ObjectDecoder.h"
#include "jobs/Attempt.h"
#include "jobs/CopyByHand.h"
#include "jobs/Processes.h"
#include "jobs/ResumeState.h"
#include "jobs/ShownOnly.h"
#include "jobs/Wrapper.h"
#include "manifest/Prune.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QRandomGenerator>
#include <QRegularExpression>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::jobs {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::jobs)
};

QString drawId()
{
    return QString::number(QRandomGenerator::system()->generate64(), 16).rightJustified(16, u'0');
}

QString managerSentence(const Manager &m)
{
    const QString name = text::safe(m.name);
    const QString kind = text::safe(m.kind);
    switch (m.type) {
    case Manager::Type::Controller:
        //: %1 kind, %2 name: "Experiment random-search"
        return Words::tr("The job belongs to %1 %2, which may revert a change or recreate the job.").arg(kind, name);
    case Manager::Type::Kueue:
        return Words::tr("The job waits in the Kueue queue %1; Kueue alone decides when it is suspended.").arg(name);
    case Manager::Type::ManagedBy: return Words::tr("The job is managed by %1 (spec.runPolicy.managedBy).").arg(name);
    case Manager::Type::ArgoCd: return Words::tr("Argo CD keeps the job as its application %1 says and would revert a change.").arg(name);
    case Manager::Type::Flux: return Words::tr("Flux keeps the job as its %1 %2 says and would revert a change.").arg(kind, name);
    case Manager::Type::Helm: return Words::tr("The job belongs to the Helm release %1; its next upgrade would revert a change.").arg(name);
    case Manager::Type::None: break;
    }
    return {};
}

bool isPlace(const QString &value)
{
    return value.startsWith(u'/') || isBucketPath(value);
}

/// Where the job's own variable or argument says that it saves; empty where neither names a place.
QString namedSaveDir(const ResumeRequest &r, const PathContract &c)
{
    if (!c.saveEnv.isEmpty() && r.job.env.contains(c.saveEnv)) {
        const QString value = expanded(r.job.env.value(c.saveEnv), r.job.env);
        if (isPlace(value))
            return value;
    }
    const QStringList words = visibleWords({r.job.command, r.job.args});
    for (qsizetype i = 0; i < c.saveArgs.size(); ++i) {
        const QString flag = c.saveArgs[i].section(u'=', 0, 0);
        const bool names = flag.startsWith(u"--"_s) || flag != c.saveArgs[i];
        const QString value = names ? expanded(flagValue(words, flag).value_or(QString()), r.job.env) : QString();
        if (isPlace(value))
            return value;
    }
    return {};
}

/// Where the job saves now, as the container sees it: its variable, its argument, else the folder of the checkpoint.
QString currentSaveDir(const ResumeRequest &r, const PathContract &c)
{
    if (!r.saveDir.isEmpty())
        return r.saveDir;
    const QString named = namedSaveDir(r, c);
    return named.isEmpty() ? joinPath(r.path, u".."_s) : named;
}

/// The folder so many levels above a path.
QString above(QString path, int levels)
{
    for (int i = 0; i < levels; ++i)
        path = joinPath(path, u".."_s);
    return path;
}

class Planner
{
public:
    explicit Planner(const ResumeRequest &request) : r(request) {}

    ResumePlan run()
    {
        plan.id = r.id.isEmpty() ? drawId() : r.id;
        plan.act = r.act;
        plan.job = r.job;
        plan.object = r.object;
        plan.checkpoint = r.checkpoint;
        plan.alternative = r.alternative;
        plan.path = r.path;
        if (!weights()) // a new run computes all of it anyway
            plan.loss = r.loss;
        plan.attempt = r.job.lineage.attempt + 1;
        plan.contract = r.contract ? completed(*r.contract, r.job, r.checkpoint, r.act) : contractOf(r.job, r.checkpoint, r.act);
        if (const PlanNote refusal = shownOnly(r.job.kind); !refusal.id.isEmpty())
            plan.problems.append(refusal);
        judgeCheckpoint();
        chooseMode();
        judgeContract();
        judgeProcesses();
        choosePlaces();
        if (plan.contract.known())
            buildChanges();
        buildResult();
        addWarnings();
        return plan;
    }

private:
    const ResumeRequest &r;
    ResumePlan plan;

    void problem(const QString &id, const QString &text, const QString &fix = {}) { plan.problems.append({id, text, fix}); }
    void warn(const QString &id, const QString &text, const QString &fix = {}) { plan.warnings.append({id, text, fix}); }
    const QString &specs() const { return r.job.facts().replicaSpecs; }
    bool weights() const { return r.act == Act::StartFromWeights; }

    void judgeCheckpoint()
    {
        const Checkpoint &c = r.checkpoint;
        switch (c.verdict) {
        case Verdict::Damaged:
            problem(u"damaged"_s, Words::tr("The checkpoint is damaged: %1").arg(text::safe(c.reason)), Words::tr("Choose another checkpoint."));
            break;
        case Verdict::Writing:
            problem(u"writing"_s, Words::tr("The checkpoint is still being written."), Words::tr("Choose an older one, or wait."));
            break;
        case Verdict::Unverified:
            if (!r.acceptUnverified)
                problem(u"unverified"_s, Words::tr("Whether this checkpoint is whole could not be verified: %1").arg(text::safe(c.reason)),
                        Words::tr("Confirm that you want to try it."));
            break;
        case Verdict::Whole:
            if (!c.resumable && !weights())
                problem(u"not-resumable"_s, Words::tr("The checkpoint holds only weights: optimizer and step would start from scratch."),
                        Words::tr("Choose a checkpoint with the training state, or start a new run from these weights."));
            break;
        }
        if (!isPlace(r.path)) {
            problem(u"no-path"_s, Words::tr("It is not known under which path the job's containers see this checkpoint."),
                    Words::tr("Enter where the job saves."));
        } else if (isBucketPath(r.path)) {
            judgeBucket();
        } else if (const VolumeMount *mount = mountOf(r.job, r.path); !mount || mount->claim.isEmpty()) {
            problem(u"not-mounted"_s, Words::tr("The job mounts no PVC at %1, so its new pods would not find the checkpoint.").arg(text::safe(r.path)),
                    Words::tr("Choose a checkpoint on a PVC the job mounts, or add the mount to its YAML."));
        }
        if (!ckpt::isUtf8(ckpt::pathFromText(c.path)))
            problem(u"path-bytes"_s, Words::tr("The checkpoint's path is not UTF-8 and cannot be written into a Kubernetes object."),
                    Words::tr("Rename the checkpoint."));
        if (r.path.contains(QChar(u'\0')) || r.path.contains(u'\n'))
            problem(u"path-bytes"_s, Words::tr("The checkpoint's path holds a line break."), Words::tr("Rename the checkpoint."));
    }

    /// A script that is told a bucket's address must be one that reads buckets: its own words name one, or the user says
    /// that it takes one.
    void judgeBucket()
    {
        using Source = PathContract::Source;
        const PathContract &c = plan.contract;
        const bool said = c.source == Source::Given || c.source == Source::Remembered;
        if (c.known() && !said && !isBucketPath(namedSaveDir(r, c)))
            problem(u"bucket-not-named"_s, Words::tr("The script is given a location outside this bucket, so it may not be able to read from a bucket."),
                    Words::tr("Name the variable or argument that takes the bucket's address; it is remembered on the job."));
    }

    void chooseMode()
    {
        const bool managed = r.job.manager.type != Manager::Type::None;
        const bool finished = isFinished(r.job.phase);
        plan.mode = !r.job.canGoOnInPlace() || r.newObject || weights() ? ResumePlan::Mode::NewObject : ResumePlan::Mode::InPlace;
        if (r.job.deleting.isValid() && plan.mode == ResumePlan::Mode::InPlace)
            problem(u"deleting"_s, Words::tr("The job is being deleted."), Words::tr("Resume it as a new job."));
        if (managed && !finished)
            warn(u"managed"_s, managerSentence(r.job.manager),
                 Words::tr("The job itself stays untouched: create a new job, or take the YAML to whoever manages it."));
        else if (managed)
            warn(u"managed"_s, managerSentence(r.job.manager), Words::tr("The new job is managed by nobody but you."));
        if (r.job.facts().isTrainJob() && !finished && !managed)
            warn(u"immutable"_s, Words::tr("Trainer does not let a TrainJob's trainer be changed, so a new job is made; this one stays as it is."));
        if (r.job.kind == JobKind::MPIJobV2 && !finished && !managed)
            warn(u"immutable"_s, Words::tr("The MPI operator does not let a changed command or environment reach the launcher, so a new job is made; this one stays as it is."));
        if (r.runtimeChanged)
            warn(u"runtime-changed"_s, Words::tr("The runtime %1 was changed after this job began: the new job gets the runtime as it is now.").arg(text::safe(r.job.runtime.name)),
                 Words::tr("The job's own copy is in the ConfigMap %1.").arg(text::safe(r.job.name) + u"-runtime-snapshot"_s));
        if (plan.mode != ResumePlan::Mode::NewObject) {
            // One that was let go already waits for nobody; the new record takes its place.
            const auto pending = readPending(r.job.annotations);
            if (pending && !*pending)
                problem(u"pending"_s, pending->error().what + u' ' + pending->error().why, pending->error().fix);
            else if (pending && needsAttention(**pending))
                problem(u"pending"_s, Words::tr("An earlier resume of this job is not finished."), Words::tr("Finish it or roll it back first."));
            return;
        }
        if (!finished)
            warn(u"both-run"_s, r.job.gpus() > 0 ? Words::tr("The old job keeps running: both will hold GPUs and quota until you stop one.")
                                                 : Words::tr("The old job keeps running: both will hold CPUs, memory and quota until you stop one."));
        if (r.newName.isEmpty()) {
            plan.newName = attemptName(r.job, plan.attempt, r.takenNames);
        } else {
            plan.newName = r.newName;
            if (const Result<> ok = checkJobName(r.newName, r.job, r.takenNames); !ok)
                problem(u"name"_s, ok.error().what + u' ' + ok.error().why, ok.error().fix);
        }
    }

    void judgeContract()
    {
        const PathContract &c = plan.contract;
        if (!c.known() && weights()) {
            problem(u"needs-contract"_s, Words::tr("It is not known how weights alone are passed to this job's script. %1").arg(c.evidence),
                    Words::tr("Name the variable or argument that takes them."));
            return;
        }
        if (!c.known()) {
            problem(u"needs-contract"_s, Words::tr("It is not known how a checkpoint is passed to this job's script. %1").arg(c.evidence),
                    Words::tr("Name the variable or argument that takes the path; it is remembered on the job."));
            return;
        }
        judgeOverrides();
        if (c.how == PathContract::How::Newest) {
            if (weights())
                problem(u"needs-contract"_s, Words::tr("A script that takes its newest checkpoint resumes it: weights alone have to be passed to it."),
                        Words::tr("Name the variable or argument that takes them."));
            else if (!r.newest && !readsCopy())
                problem(u"only-newest"_s, Words::tr("The script looks for its newest checkpoint by itself, so it cannot be told to start from an older one. %1").arg(c.why).trimmed(),
                        copyByHand(r.job, c, r.path, attemptDirectory(currentSaveDir(r, c), plan.attempt, plan.id)));
            return;
        }
        if (!c.tellsSaveDir())
            problem(u"needs-save"_s, Words::tr("It is not known how the save directory is passed to this job's script, and a new attempt must not write among the old checkpoints."),
                    Words::tr("Name the variable or argument that takes the directory; it is remembered on the job."));
        if (std::ranges::any_of(c.args, [](const QString &w) { return w.contains(u"{step}"_s); }) && !r.checkpoint.step)
            problem(u"no-step"_s, Words::tr("The script takes a step, but the step of this checkpoint is not known."),
                    Words::tr("Choose a checkpoint whose step is known."));
    }

    /// The script looks into one folder, and there is nothing but the chosen one: as copyByHand() tells.
    bool readsCopy() const { return r.alone && plan.contract.copyLevels > 0; }

    /// Overrides as Hydra and OmegaConf take them are a language of their own: what a path must not hold is not quoted here.
    void judgeOverrides()
    {
        const PathContract &c = plan.contract;
        static const QRegularExpression assignment(u"^\\+{0,2}[A-Za-z_][^=]*=.*\\{"_s);
        static const QRegularExpression plain(u"^[A-Za-z0-9_/.:@%+-]*$"_s);
        const bool takes = std::ranges::any_of(c.args + c.saveArgs, [&](const QString &word) { return assignment.match(word).hasMatch(); });
        if (takes && (!plain.match(r.path).hasMatch() || !plain.match(currentSaveDir(r, c)).hasMatch()))
            problem(u"path-words"_s, Words::tr("The path holds characters that have a meaning of their own in an override such as %1.").arg((c.args + c.saveArgs).last()),
                    Words::tr("Rename the folder so that it has letters, digits and . _ - only."));
    }

    /// A save in one piece for each process does not load with another number of them, and fails after the job has its GPUs.
    void judgeProcesses()
    {
        const Processes processes = processesOf(r.job, r.object);
        plan.processes = processes.count;
        const PlanNote note = whyNotLoadable(processes, r.checkpoint.worldSize);
        if (!note.id.isEmpty())
            (processes.count && !r.anyProcesses ? plan.problems : plan.warnings).append(note);
        else if (!weights() && processes.count && r.checkpoint.ranks > 1 && *processes.count != r.checkpoint.ranks)
            warn(u"other-processes"_s, Words::tr("The checkpoint holds the random states of %1 processes, and the job will have %2 (%3): it goes on, but not with exactly the same order of data.")
                                           .arg(r.checkpoint.ranks).arg(*processes.count).arg(processes.told));
    }

    void choosePlaces()
    {
        if (!isPlace(r.path))
            return;
        const QString now = currentSaveDir(r, plan.contract);
        if (plan.contract.how == PathContract::How::Newest) {
            if (!weights() && !r.newest && readsCopy())
                plan.saveDir = above(r.path, plan.contract.copyLevels);
            if (plan.saveDir.isEmpty())
                return;
            plan.baseDir = attemptBase(plan.saveDir);
        } else {
            plan.baseDir = attemptBase(now);
            plan.saveDir = !r.saveInto.isEmpty() ? r.saveInto
                           : weights()           ? newRunDirectory(r.job, now, plan.newName, plan.attempt, plan.id)
                                                 : attemptDirectory(now, plan.attempt, plan.id);
        }
        if (isBucketPath(plan.saveDir))
            return;
        const VolumeMount *mount = mountOf(r.job, plan.saveDir);
        if (!mount || mount->claim.isEmpty())
            problem(u"save-not-mounted"_s, Words::tr("The job saves to %1, which is not on a PVC: what it saves there is lost with its pod.").arg(text::safe(plan.saveDir)),
                    Words::tr("Mount a PVC there."));
        else if (mount->readOnly)
            problem(u"save-read-only"_s, Words::tr("The PVC at %1 is mounted read-only, so the new attempt could not save.").arg(text::safe(mount->mountPath)),
                    Words::tr("Mount it read-write."));
    }

    /// The variables of one container: (name, literal value), nullopt to remove.
    QList<std::pair<QString, std::optional<QString>>> variables() const
    {
        QList<std::pair<QString, std::optional<QString>>> vars;
        const PathContract &c = plan.contract;
        if (c.how == PathContract::How::Env)
            vars.append({c.env, r.path});
        if (!c.saveEnv.isEmpty() && !plan.saveDir.isEmpty())
            vars.append({c.saveEnv, plan.saveDir});
        for (const QString &name : c.unsets)
            vars.append({name, std::nullopt});
        if (plan.useWrapper) {
            const auto mine = wrapper::variables(c, r.path, r.checkpoint.step, plan.saveDir);
            for (auto it = mine.begin(); it != mine.end(); ++it)
                vars.append({it.key(), it.value()});
        } else {
            for (const QString &name : wrapper::variableNames())
                vars.append({name, std::nullopt});
        }
        return vars;
    }

    void buildChanges()
    {
        const PathContract &c = plan.contract;
        bool everyCommandKnown = true;
        QList<RoleChange> changes;
        for (const QString &role : rolesOf(r.object, specs())) {
            const QString name = containerIn(role);
            const QJsonObject container = containerOf(r.object, specs(), role, name);
            if (container.isEmpty()) {
                problem(u"no-container"_s, Words::tr("The pod template of %1 has no container %2.").arg(text::safe(role), text::safe(name)),
                        Words::tr("Fix the job's YAML."));
                continue;
            }
            RoleChange change{role, name, {}, Argv::of(container), Argv::of(container)};
            everyCommandKnown &= wrapper::possible(effective(change)) || runsNoTraining(role);
            changes.append(change);
        }
        // The wrapper looks into folders.
        const bool folders = !isBucketPath(r.path) && !isBucketPath(plan.saveDir);
        plan.wrapperPossible = c.restartsFromNamed && c.wrapperKnows && !weights() && everyCommandKnown && folders && !changes.isEmpty();
        plan.useWrapper = r.useWrapper && plan.wrapperPossible;
        if (r.useWrapper && c.restartsFromNamed && !folders)
            problem(u"no-wrapper"_s, Words::tr("The wrapper looks for checkpoints in folders and cannot read a bucket."), Words::tr("Continue without the wrapper."));
        else if (r.useWrapper && c.restartsFromNamed && (!c.wrapperKnows || weights()))
            problem(u"no-wrapper"_s, Words::tr("The wrapper cannot tell the whole checkpoints of this framework from others."), Words::tr("Continue without the wrapper."));
        else if (r.useWrapper && c.restartsFromNamed && !plan.wrapperPossible)
            problem(u"no-wrapper"_s, Words::tr("The command of the job is its image's own entry point, which is not known here; it cannot be wrapped."),
                    Words::tr("Continue without the wrapper, or write the command into the job."));

        for (RoleChange &change : changes) {
            changeEnv(change);
            if (!runsNoTraining(change.role))
                changeArguments(change);
        }
        plan.told = toldText();
        erase_if(changes, [](const RoleChange &change) { return change.empty(); });
        plan.changes = changes;
    }

    /// What really runs: a TrainJob leaves to its runtime what it does not say itself.
    Argv effective(const RoleChange &change) const
    {
        if (!r.job.facts().isTrainJob())
            return change.before;
        const auto known = [](const QStringList &words) { return words.isEmpty() ? std::nullopt : std::optional(words); };
        return {known(r.job.command), known(r.job.args)};
    }

    /// Name of the container to change. Workers of MPI have one of their own, the first, whatever the launcher's is called.
    QString containerIn(const QString &role) const
    {
        if (!runsNoTraining(role) || !containerOf(r.object, specs(), role, r.job.container).isEmpty())
            return r.job.container;
        const QJsonValue spec = r.object.value(u"spec"_s)[specs()][role][u"template"_s][u"spec"_s];
        return spec[u"containers"_s][0][u"name"_s].toString();
    }

    /// MPI workers run sshd and take their environment, but no arguments, from the job.
    bool runsNoTraining(const QString &role) const { return r.job.facts().isMpi() && role != u"Launcher"; }

    void changeEnv(RoleChange &change)
    {
        const QJsonArray env = containerOf(r.object, specs(), change.role, change.container).value(u"env"_s).toArray();
        for (const auto &[name, value] : variables()) {
            EnvChange variable;
            variable.name = name;
            for (const QJsonValue entry : env) {
                if (entry[u"name"_s].toString() == name)
                    variable.before = entry.toObject();
            }
            if (value)
                variable.after = QJsonObject{{u"name"_s, name}, {u"value"_s, escapedForKubernetes(*value)}};
            if (variable.before != variable.after)
                change.env.append(variable);
        }
    }

    void changeArguments(RoleChange &change)
    {
        const PathContract &c = plan.contract;
        QStringList add = plan.saveDir.isEmpty() ? QStringList() : filledTemplate(c.saveArgs, r.path, r.checkpoint.step, plan.saveDir);
        if (!plan.useWrapper && (c.how == PathContract::How::Args || c.how == PathContract::How::Newest))
            add = toldArguments() + c.resets + add;
        else if (plan.useWrapper)
            add = c.resets + add;
        const bool addsArguments = !add.isEmpty() || (plan.useWrapper && c.how == PathContract::How::Args);
        if (!addsArguments && !plan.useWrapper) {
            change.after = wrapper::unwrapped(change.before);
            return;
        }
        const Argv bare = wrapper::unwrapped(effective(change));
        Argv next = bare;
        if (addsArguments) {
            if (bare.empty())
                warn(u"image-arguments"_s, Words::tr("%1 takes its command from the image; the image's own arguments, if it has any, are replaced.").arg(change.role));
            const Result<Argv> done = withArguments(bare, add, c.drops);
            if (!done) {
                if (!plan.hasProblem("shell-line"_L1))
                    problem(u"shell-line"_s, done.error().what + u' ' + done.error().why, done.error().fix);
                return;
            }
            next = *done;
        }
        change.after = plan.useWrapper ? wrapper::wrapped(next) : next;
    }

    /// A script that keeps its folder is told that one.
    QStringList toldArguments() const
    {
        const QString save = plan.saveDir.isEmpty() ? currentSaveDir(r, plan.contract) : plan.saveDir;
        return filledTemplate(plan.contract.args, r.path, r.checkpoint.step, save);
    }

    QString toldText() const
    {
        const PathContract &c = plan.contract;
        if (c.how == PathContract::How::Env)
            return c.env + u'=' + r.path;
        return toldArguments().join(u' ');
    }

    void buildResult()
    {
        const auto mark = [&](QLatin1StringView name, const QString &value) { plan.annotations.insert(names::name(name), value); };
        if (weights()) {
            mark("weights"_L1, r.path);
        } else {
            mark("checkpoint"_L1, r.path);
            mark("attempt"_L1, QString::number(plan.attempt));
            if (r.checkpoint.step)
                mark("step"_L1, QString::number(*r.checkpoint.step));
        }
        // What takes weights must not be taken for what resumes.
        if (!weights() && plan.contract.source == PathContract::Source::Given) {
            mark("resume-by"_L1, resumeByText(plan.contract));
            if (const QString by = saveByText(plan.contract); !by.isEmpty())
                mark("save-by"_L1, by);
        }

        const bool isNew = plan.mode == ResumePlan::Mode::NewObject;
        QJsonObject result = isNew ? manifest::forClone(r.object) : manifest::forDisplay(r.object);
        if (const Result<QJsonObject> changed = applied(result, specs(), plan.changes, true))
            result = *changed;
        QJsonObject metadata = result.value(u"metadata"_s).toObject();
        QJsonObject annotations = metadata.value(u"annotations"_s).toObject();
        annotations.remove(names::name("resume"_L1));
        if (isNew) {
            if (!weights()) {
                mark("parent-name"_L1, r.job.name);
                mark("parent-uid"_L1, r.job.uid);
            }
            mark("resume-id"_L1, plan.id);
            metadata.insert(u"name"_s, plan.newName);
        }
        // A run of its own has no attempts before it.
        for (const QLatin1StringView gone : {"checkpoint"_L1, "attempt"_L1, "step"_L1, "parent-name"_L1, "parent-uid"_L1, "checkpoint-dir"_L1}) {
            if (weights())
                annotations.remove(names::name(gone));
        }
        if (!r.checkpoint.step)
            annotations.remove(names::name("step"_L1));
        const auto writeAnnotations = [&] {
            for (auto it = plan.annotations.begin(); it != plan.annotations.end(); ++it)
                annotations.insert(it.key(), it.value());
            metadata.insert(u"annotations"_s, annotations);
            result.insert(u"metadata"_s, metadata);
        };
        writeAnnotations();
        // Whoever lists the new attempt must find its directory: where neither variable nor argument shows it, say it.
        if (!plan.saveDir.isEmpty() && !showsSaveDir(result)) {
            mark("checkpoint-dir"_L1, plan.saveDir);
            writeAnnotations();
        }

        QJsonObject spec = result.value(u"spec"_s).toObject();
        QJsonObject runPolicy = spec.value(u"runPolicy"_s).toObject();
        const bool trainJob = r.job.facts().isTrainJob();
        // A new job of a queue stays suspended until the queue admits it: that word is Kueue's.
        const bool queued = isNew && r.job.manager.type == Manager::Type::Kueue;
        if (trainJob && spec.value(u"suspend"_s).toBool() && !queued) {
            spec.remove(u"suspend"_s);
            result.insert(u"spec"_s, spec);
        } else if (runPolicy.value(u"suspend"_s).toBool() && !queued) {
            runPolicy.insert(u"suspend"_s, false);
            spec.insert(u"runPolicy"_s, runPolicy);
            result.insert(u"spec"_s, spec);
        }
        plan.result = result;

        QJsonObject before = isNew ? manifest::forClone(r.object) : manifest::forDisplay(r.object);
        QJsonObject after = result;
        for (QJsonObject *side : {&before, &after})
            side->remove(u"status"_s);
        plan.diff = manifest::diff(before, after);
    }

    bool showsSaveDir(const QJsonObject &object) const
    {
        Result<Job> job = decodeJob(QJsonDocument(object).toJson(QJsonDocument::Compact), r.job.kind);
        if (job && r.job.facts().isTrainJob())
            job->mounts = r.job.mounts; // most are the runtime's
        if (!job)
            return false;
        const ckpt::SaveLocation location = ckpt::locate(*job);
        return (isBucketPath(plan.saveDir) ? location.uri : location.place.containerPath) == plan.saveDir;
    }

    /// Time alone says which checkpoint is the newest; whether it is of the branch that is trained now, the attempts say.
    void judgeAttempt()
    {
        const auto name = [](const Checkpoint &c) {
            return c.step ? Words::tr("step %1").arg(text::number(*c.step)) : text::safe(c.path);
        };
        const auto attempt = [](const Checkpoint &c) { return QString::number(std::max(1, attemptOf(c.path))); };
        const QString current = QString::number(r.job.lineage.attempt);
        if (r.ofOtherAttempt) {
            warn(u"other-attempt"_s,
                 Words::tr("This checkpoint was saved by attempt %1 and holds nothing of the current attempt, %2.").arg(attempt(r.checkpoint), current),
                 r.alternative ? Words::tr("The newest of the current attempt is %1.").arg(name(*r.alternative)) : QString());
        } else if (r.alternative) {
            warn(u"newer-elsewhere"_s,
                 Words::tr("A newer checkpoint, %1, was saved by attempt %2, not by the current attempt, %3.").arg(name(*r.alternative), attempt(*r.alternative), current),
                 Words::tr("It holds nothing of the current attempt. Choose it to continue from there instead."));
        }
    }

    void addWarnings()
    {
        const PathContract &c = plan.contract;
        if (!weights())
            judgeAttempt();
        if (!c.care.isEmpty() && c.known())
            warn(u"care"_s, c.care);
        if (c.restartsFromNamed && !plan.useWrapper) {
            const QString text = weights() ? Words::tr("Every restart starts a new run from these weights again.")
                : r.checkpoint.step
                ? Words::tr("Every restart starts again from step %1.").arg(text::number(*r.checkpoint.step))
                : Words::tr("Every restart starts again from this checkpoint.");
            warn(u"restarts-from-named"_s, text,
                 plan.wrapperPossible ? Words::tr("Use the wrapper: it continues from the newest checkpoint of the new attempt.") : QString());
        }
        if (c.passedOnByScript)
            warn(u"script-must-pass"_s, Words::tr("The Trainer does not read --resume_from_checkpoint by itself: the script must pass it on to train()."));
        if (c.how == PathContract::How::Newest && plan.saveDir.isEmpty())
            warn(u"same-directory"_s, Words::tr("The script finds its newest checkpoint only where it saved before, so the new attempt saves into the same directory."));
        if (r.checkpoint.verdict == Verdict::Unverified && r.acceptUnverified)
            warn(u"unverified"_s, Words::tr("The checkpoint is not verified: %1").arg(text::safe(r.checkpoint.reason)));
        if (plan.mode == ResumePlan::Mode::InPlace && r.job.suspendRequested)
            warn(u"was-suspended"_s, Words::tr("The job is suspended now; it will run when this is done."));
        if (plan.mode == ResumePlan::Mode::InPlace && !r.job.suspendRequested && r.job.env.contains(u"CHECKPOINT_KEEP_LAST"_s)
            && !r.newest)
            warn(u"may-rotate"_s, Words::tr("The job keeps only its last %1 checkpoints: if it saves once more while it stops, this one may be removed. It is checked again before anything changes.")
                     .arg(text::safe(r.job.env.value(u"CHECKPOINT_KEEP_LAST"_s))));
        if (plan.mode == ResumePlan::Mode::NewObject && isFinished(r.job.phase) && r.job.ttlSecondsAfterFinished >= 0)
            warn(u"ttl"_s, Words::tr("The old job deletes itself %1 after it finished; its checkpoints stay where they are.")
                     .arg(text::duration(std::chrono::seconds(r.job.ttlSecondsAfterFinished))));
    }
};

} // namespace

bool ResumePlan::hasProblem(QLatin1StringView id_) const
{
    return std::ranges::any_of(problems, [&](const PlanNote &n) { return n.id == id_; });
}

bool ResumePlan::hasWarning(QLatin1StringView id_) const
{
    return std::ranges::any_of(warnings, [&](const PlanNote &n) { return n.id == id_; });
}

QStringList filledTemplate(const QStringList &words, const QString &path, std::optional<qint64> step, const QString &saveDir)
{
    const QMap<QString, QString> values{{u"path"_s, path},
                                        {u"dir"_s, joinPath(path, u".."_s)},
                                        {u"name"_s, path.section(u'/', -1, -1, QString::SectionSkipEmpty)},
                                        {u"step"_s, step ? QString::number(*step) : QString()},
                                        {u"save"_s, saveDir}};
    QStringList out;
    for (const QString &word : words) {
        // One pass, so that a path that holds "{step}" stays as it is.
        QString filled;
        for (qsizetype i = 0; i < word.size();) {
            const qsizetype end = word[i] == u'{' ? word.indexOf(u'}', i) : -1;
            const QString name = end > 0 ? word.mid(i + 1, end - i - 1) : QString();
            if (values.contains(name)) {
                filled += values.value(name);
                i = end + 1;
            } else {
                filled += word[i++];
            }
        }
        out += escapedForKubernetes(filled);
    }
    return out;
}

ResumePlan planResume(const ResumeRequest &request)
{
    return Planner(request).run();
}

} // namespace cairn::jobs
