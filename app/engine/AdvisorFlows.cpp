// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/AdvisorFlows.h"

#include "base/Text.h"
#include "domain/QuantityDecoder.h"
#include "engine/JobFlows.h"
#include "engine/StorageFlows.h"

#include <QCoreApplication>
#include <QSet>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

using launch::Input;
using launch::Inputs;
using launch::LogTimes;
using launch::Trained;

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::app::Advisor)
};

constexpr int kDeathsRead = 12;
constexpr qint64 kLogBytes = 4 << 20;
constexpr qint64 kHeadBytes = 256 << 10;
constexpr double kLongestRestart = 86'400;

/// Of the pod that tells the steps: the first of its role, the master rather than a worker.
const Pod *speaker(const QList<Pod> &pods)
{
    const auto rank = [](const Pod &pod) {
        static const QStringList first{u"master"_s, u"chief"_s, u"launcher"_s};
        return std::make_tuple(!first.contains(pod.role), pod.index < 0 ? 0 : pod.index, pod.phase != "Running"_L1);
    };
    const auto it = std::ranges::min_element(pods, {}, rank);
    return it == pods.end() ? nullptr : &*it;
}

/// Reads logs until one is refused: then none will be given.
class Logs {
public:
    Logs(ObjectApi &api, std::stop_token stop)
        : m_api(api)
        , m_stop(std::move(stop))
    {
    }
    /// The end of a log, or its beginning; empty where there is none.
    QByteArray of(const Pod &pod, const QString &container, bool head)
    {
        if (refused || m_stop.stop_requested())
            return {};
        LogOptions options;
        options.container = container;
        options.timestamps = true;
        options.tailLines = head ? -1 : kLogLines;
        options.limitBytes = head ? kHeadBytes : kLogBytes;
        const Result<QByteArray> log = m_api.log(pod.ns, pod.name, options, m_stop);
        if (log)
            return *log;
        if (log.error().kind == Error::Kind::Forbidden)
            refused = log.error();
        return {};
    }
    std::optional<Error> refused;

private:
    ObjectApi &m_api;
    std::stop_token m_stop;
};

bool isLike(const Job &job, const AdvisorAsk &ask)
{
    if (ask.like && job.name == ask.like->name && job.facts().resource == ask.like->kind)
        return true;
    return !ask.spec.image.isEmpty() && job.image == ask.spec.image && job.command == ask.spec.command;
}

/// The one that this job is made from first, then those that train, then the newest.
QList<const Trained *> alike(const QList<Trained> &jobs, const AdvisorAsk &ask)
{
    QList<const Trained *> all;
    for (const Trained &one : jobs) {
        if (isLike(one.job, ask))
            all.append(&one);
    }
    std::ranges::stable_sort(all, {}, [&](const Trained *one) {
        const Job &job = one->job;
        return std::make_tuple(!ask.like || job.name != ask.like->name, !isRunning(job.phase), -job.created.toMSecsSinceEpoch());
    });
    return all;
}

QString namesOf(const QStringList &names)
{
    QStringList safe;
    for (const QString &name : names)
        safe.append(text::safe(name));
    return safe.size() > 2 ? Words::tr("%1 jobs like it").arg(safe.size()) : safe.join(u", "_s);
}

void measureLogs(Inputs &inputs, const QList<const Trained *> &like, Logs &logs)
{
    LogTimes times;
    QStringList steps, saves;
    int read = 0;
    for (const Trained *one : like) {
        const Pod *pod = speaker(one->pods);
        if (!pod || read == kAlikeLogs)
            continue;
        ++read;
        const LogTimes some = launch::timesOf(logs.of(*pod, one->job.container, false));
        // Steps of two jobs are not the same steps: the first that tells some counts.
        if (times.steps.isEmpty() && !some.steps.isEmpty()) {
            times.steps = some.steps;
            steps.append(one->job.name);
        }
        if (!some.saves.isEmpty()) {
            times.saves += some.saves;
            saves.append(one->job.name);
        }
    }
    const QString none = like.isEmpty() ? Words::tr("no job of this image and command is listed here")
        : logs.refused                  ? Words::tr("logs may not be read here")
        : read == 0                     ? Words::tr("no pod of a job like this is left")
                                        : QString();
    if (const std::optional<double> step = launch::median(times.steps); step && *step > 0)
        inputs.step = {launch::Measured{*step, static_cast<int>(times.steps.size())},
            Words::tr("%n stretch(es) in the log of %1", nullptr, static_cast<int>(times.steps.size())).arg(namesOf(steps))};
    else
        inputs.step.from = none.isEmpty() ? Words::tr("no log of a job like this tells its steps") : none;
    const int count = static_cast<int>(times.saves.size());
    const std::optional<double> save = launch::median(times.saves);
    if (save && *save > 0)
        inputs.save = {launch::Measured{*save, count}, Words::tr("%n save(s) in the log of %1", nullptr, count).arg(namesOf(saves))};
    else if (save)
        inputs.save.from = Words::tr("%n save(s) of %1 did not hold training up that the log would show it", nullptr, count).arg(namesOf(saves));
    else
        inputs.save.from = none.isEmpty() ? Words::tr("no log of a job like this tells of a save and the steps around it") : none;
}

/// Size of a checkpoint, and how long steps take where no log told it: by the times between two checkpoints.
void measureCheckpoints(Inputs &inputs, const QList<const Trained *> &like, const QHash<QString, Listing> &listings)
{
    for (const Trained *one : like) {
        const auto listing = listings.constFind(one->job.uid);
        if (listing == listings.cend())
            continue;
        QList<double> sizes, steps;
        for (const Run &run : listing->runs) {
            const Checkpoint *last = nullptr;
            for (const Checkpoint &checkpoint : run.checkpoints) {
                if (!canResumeFrom(checkpoint))
                    continue;
                sizes.append(static_cast<double>(checkpoint.bytes));
                if (last && last->step && checkpoint.step && *checkpoint.step > *last->step && last->savedAt < checkpoint.savedAt)
                    steps.append(static_cast<double>(last->savedAt.msecsTo(checkpoint.savedAt)) / 1000
                        / static_cast<double>(*checkpoint.step - *last->step));
                last = &checkpoint;
            }
        }
        if (!inputs.bytes && !sizes.isEmpty()) {
            inputs.bytes = static_cast<qint64>(*launch::median(sizes));
            inputs.checkpoints = static_cast<int>(sizes.size());
            inputs.sizeOf = text::safe(one->job.name);
        }
        if (!inputs.step.value && !steps.isEmpty()) {
            const int count = static_cast<int>(steps.size());
            inputs.step = {launch::Measured{*launch::median(steps), count},
                Words::tr("%n gap(s) between checkpoints of %1, saves included", nullptr, count).arg(text::safe(one->job.name))};
        }
    }
}

void measureRestarts(Inputs &inputs, const QList<Trained> &jobs, Logs &logs)
{
    QList<double> restarts;
    int read = 0;
    for (const Trained &one : jobs) {
        if (read == kRestartLogs)
            break;
        const Pod *pod = speaker(one.pods);
        if (!pod || pod->phase != "Running"_L1)
            continue;
        // Of a container that was started again its end is known; of pods that a JobSet made anew only when they were made.
        const auto container = std::ranges::find_if(pod->containers,
            [&](const ContainerState &state) { return state.name == one.job.container && state.restarts > 0 && state.lastFinished.isValid(); });
        const QDateTime failed = container != pod->containers.end() ? container->lastFinished : pod->attempt > 0 ? pod->created : QDateTime();
        if (!failed.isValid())
            continue;
        ++read;
        const std::optional<qint64> first = launch::timesOf(logs.of(*pod, one.job.container, true)).firstStepMs;
        const double seconds = first ? static_cast<double>(*first - failed.toMSecsSinceEpoch()) / 1000 : -1;
        if (seconds > 0 && seconds < kLongestRestart)
            restarts.append(seconds);
    }
    const int count = static_cast<int>(restarts.size());
    if (const std::optional<double> restart = launch::median(restarts))
        inputs.restart = {launch::Measured{*restart, count}, Words::tr("%n restart(s) in this namespace", nullptr, count)};
    else
        inputs.restart.from = logs.refused ? Words::tr("logs may not be read here") : Words::tr("no job here restarted whose log tells its next step");
}

/// The PVC that takes the checkpoints.
void measureRoom(ObjectApi &api, Inputs &inputs, const AdvisorAsk &ask, store::UsageHistory *history, const std::stop_token &stop)
{
    const auto mount = std::ranges::find(ask.spec.mounts, u"checkpoints"_s, &launch::Mount::volume);
    if (mount == ask.spec.mounts.end() || mount->claim.isEmpty())
        return;
    inputs.claim = mount->claim;
    const Result<QJsonObject> claim = api.get({kinds::claims(), ask.ns, mount->claim, {}}, stop);
    if (!claim) {
        if (claim.error().kind != Error::Kind::NotFound) // it may be made together with the job
            inputs.gaps.append({u"persistentvolumeclaims"_s, claim.error()});
        return;
    }
    const QString size = claim->value("status"_L1).toObject().value("capacity"_L1).toObject().value("storage"_L1).toString();
    if (const std::optional<double> bytes = decodeQuantity(size.toStdString()); bytes && *bytes > 0)
        inputs.capacity = static_cast<qint64>(std::min(*bytes, 9e18));
    if (!history)
        return;
    const Result<QString> cluster = clusterId(api, stop);
    if (!cluster)
        return;
    const auto samples = history->read(*cluster);
    if (!samples)
        return;
    const QString uid = claim->value("metadata"_L1).toObject().value("uid"_L1).toString();
    const QList<UsageSample> mine = samples->value(uid);
    if (!mine.isEmpty() && mine.last().used >= 0 && mine.last().capacity > 0) {
        inputs.room = std::max<qint64>(0, mine.last().capacity - mine.last().used);
        inputs.roomAt = mine.last().at;
    }
}

} // namespace

QString inputsKey(const AdvisorAsk &ask)
{
    QString claim;
    for (const launch::Mount &mount : ask.spec.mounts) {
        if (mount.volume == "checkpoints"_L1)
            claim = mount.claim;
    }
    QStringList parts{ask.ns, ask.spec.image, claim, ask.like ? ask.like->name : QString()};
    return (parts + ask.spec.command).join(QChar(0));
}

Result<Inputs> readInputs(ObjectApi &api, const AdvisorAsk &ask, store::UsageHistory *history, std::stop_token stop)
{
    Inputs inputs;
    inputs.read = true;
    inputs.ns = text::safe(ask.ns);
    const Result<JobList> list = listJobs(api, ask.ns, stop, kDeathsRead);
    if (stop.stop_requested())
        return fail(Error::cancelled());
    if (!list) {
        if (list.error().kind != Error::Kind::Forbidden && list.error().kind != Error::Kind::NotFound)
            return fail(list.error());
        inputs.gaps.append({Words::tr("training jobs"), list.error()});
        for (Input *input : {&inputs.save, &inputs.step, &inputs.restart})
            input->from = Words::tr("jobs of this namespace cannot be listed");
        measureRoom(api, inputs, ask, history, stop);
        return inputs;
    }
    inputs.gaps = list->gaps;
    QList<Trained> jobs;
    QHash<QString, qsizetype> places;
    for (const Job &job : list->jobs) {
        places.insert(job.uid, jobs.size());
        jobs.append({job, {}});
    }
    for (const Pod &pod : list->pods) {
        if (const auto at = places.constFind(list->jobOfPod.value(pod.uid)); at != places.cend())
            jobs[*at].pods.append(pod);
    }
    inputs.failures = launch::failuresOf(jobs, QDateTime::currentDateTimeUtc());
    inputs.failures.read = list->podsRead && list->allKinds;
    const QList<const Trained *> like = alike(jobs, ask);
    Logs logs(api, stop);
    measureLogs(inputs, like, logs);
    QHash<QString, Listing> listings = ask.listings;
    if (ask.list && !like.isEmpty() && !listings.contains(like.first()->job.uid)) {
        if (const Result<Listing> read = ask.list(like.first()->job, like.first()->pods))
            listings.insert(like.first()->job.uid, *read);
        else
            inputs.gaps.append({Words::tr("checkpoints of %1").arg(text::safe(like.first()->job.name)), read.error()});
    }
    measureCheckpoints(inputs, like, listings);
    measureRestarts(inputs, jobs, logs);
    if (logs.refused)
        inputs.gaps.append({u"pods/log"_s, *logs.refused});
    if (ask.like) {
        if (const Result<QJsonObject> object = api.get(*ask.like, stop)) {
            const launch::Spec before = launch::specOf(*object);
            inputs.before = launch::policyOf(before, launch::recognise(before));
            inputs.beforeName = text::safe(ask.like->name);
        }
    }
    measureRoom(api, inputs, ask, history, stop);
    if (stop.stop_requested())
        return fail(Error::cancelled());
    return inputs;
}

} // namespace cairn::app
