// SPDX-License-Identifier: GPL-3.0-or-later
#include "launch/Review.h"

#include "base/Text.h"
#include "domain/QuantityDecoder.h"
#include "launch/Effective.h"
#include "launch/Layout.h"
#include "manifest/JsonEdit.h"

#include <QCoreApplication>
#include <QDir>
#include <QJsonArray>
#include <QLocale>
#include <QRegularExpression>
#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace cairn::launch {
namespace {

using manifest::Path;
using State = Point::State;

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::launch)
};

constexpr int kUsualGrace = 30; // Kubernetes' default terminationGracePeriodSeconds

double bytes(const QString &quantity)
{
    return decodeQuantity(quantity.toStdString()).value_or(0);
}

QString seconds(double value)
{
    return Words::tr("%1 s").arg(qint64(std::ceil(value)));
}

/// A job with its spec read once, and what the points ask of it.
class Looked {
public:
    Looked(const QJsonObject &job, Framework framework, const Around &around)
        : m_job(job)
        , m_spec(effectiveSpec(job, around.runtime))
        , m_policy(policyOf(m_spec, framework))
        , m_around(around)
        , m_layout(job, {})
        , m_blind(m_layout.isTrainJob() && around.runtime.isEmpty())
    {
    }

    Point requests() const
    {
        Point point{u"requests"_s, State::Holds, Words::tr("Requests equal limits"), {}, {}};
        if (m_spec.each.cpu.isEmpty() || m_spec.each.memory.isEmpty()) {
            // A TrainJob's runtime may say it.
            point.state = m_blind ? State::Unknown : State::Look;
            point.text = m_blind
                ? Words::tr("Its runtime may say CPU and memory.")
                : Words::tr("CPU or memory is not said: its pods are the first to be evicted.");
            point.fix = Words::tr("Say how much CPU and memory a pod needs.");
            return point;
        }
        for (const Path &place : m_layout.resources()) {
            const QJsonObject resources = manifest::valueAt(m_job, place).toObject();
            if (resources.value("requests"_L1) != resources.value("limits"_L1)) {
                point.state = State::Look;
                point.text = Words::tr("A pod may use more than it asked for, and is evicted before others.");
                point.fix = Words::tr("Set the limits to the requests.");
                return point;
            }
        }
        point.text = m_spec.each.gpus > 0 ? Words::tr("GPUs in both") : Words::tr("CPU and memory");
        return point;
    }

    Point memory() const
    {
        Point point{u"memory"_s, State::Holds, Words::tr("Shared memory"), {}, {}};
        const bool wants = m_spec.each.gpus > 1 || m_spec.processes > 1;
        if (m_spec.sharedMemory.isEmpty()) {
            if (!wants) {
                point.text = Words::tr("64 MiB, one process a pod");
                return point;
            }
            point.state = m_blind ? State::Unknown : State::Look;
            point.text = m_blind
                ? Words::tr("Its runtime may mount /dev/shm.")
                : Words::tr(
                    "64 MiB are too little for several processes and their data loaders: they die with a bus error.");
            point.fix = Words::tr("Mount an emptyDir with medium Memory at /dev/shm.");
            return point;
        }
        const double limit = bytes(m_spec.each.memory);
        if (limit > 0 && bytes(m_spec.sharedMemory) >= limit) {
            point.state = State::Fails;
            point.text = Words::tr("%1 of it count as the pod's memory, whose limit is %2.")
                             .arg(m_spec.sharedMemory, m_spec.each.memory);
            point.fix = Words::tr("Ask for more memory, or for less of /dev/shm.");
            return point;
        }
        point.text = Words::tr("%1, inside the limit").arg(m_spec.sharedMemory);
        return point;
    }

    Point grace() const
    {
        Point point{u"grace"_s, State::Holds, Words::tr("Grace period"), {}, {}};
        const int grace = m_spec.graceSeconds.value_or(kUsualGrace);
        if (!m_around.step || !m_around.save) {
            point.state = m_spec.graceSeconds ? State::Unknown : State::Look;
            point.text = m_spec.graceSeconds
                ? Words::tr("%1 s; how long a step and a save take is not known.").arg(grace)
                : Words::tr("30 s, Kubernetes' default, is often too short for a last save.");
            point.fix = Words::tr("Give it as long as the longest step and a save take together.");
            return point;
        }
        const double needs = m_around.step->seconds + m_around.save->seconds;
        if (grace < needs) {
            point.state = State::Look;
            point.text = Words::tr("%1 s, but a step and a save take %2.").arg(grace).arg(seconds(needs));
            point.fix =
                Words::tr("Set terminationGracePeriodSeconds to %1.").arg(qint64(std::ceil(needs * 1.5 / 10) * 10));
            return point;
        }
        point.text = Words::tr("%1 s, a step and a save: %2").arg(grace).arg(seconds(needs));
        return point;
    }

    Point user() const
    {
        Point point{u"user"_s, State::Holds, Words::tr("User"), {}, {}};
        if (m_spec.user && *m_spec.user != 0 && m_spec.confined) {
            point.text = Words::tr("%1, no privileges, seccomp on").arg(*m_spec.user);
            return point;
        }
        point.state = m_blind && !m_spec.user && !m_spec.confined ? State::Unknown : State::Look;
        point.text = point.state == State::Unknown ? Words::tr("As the runtime says.")
            : m_spec.confined ? Words::tr("Whoever the image says, perhaps root; no privileges to gain.")
                              : Words::tr("The containers may gain privileges, and run as whoever the image says.");
        point.fix = Words::tr("Run as a plain user without privileges, where the image lets you.");
        return point;
    }

    Point token() const
    {
        Point point{u"token"_s, State::Holds, Words::tr("No token in the pods"), Words::tr("it calls no API"), {}};
        if (m_spec.token == std::optional(false))
            return point;
        if (m_blind) {
            point.state = State::Unknown;
            point.text = Words::tr("The runtime decides.");
        } else if (!m_spec.serviceAccount.isEmpty()) {
            point.text = Words::tr("but of %1, as chosen").arg(text::safe(m_spec.serviceAccount));
            return point;
        } else {
            point.state = State::Look;
            point.text = Words::tr("The pods get a token of the default service account.");
        }
        point.fix = Words::tr("Set automountServiceAccountToken to false.");
        return point;
    }

    Point secrets() const
    {
        Point point{u"secrets"_s, State::Holds, Words::tr("No secret in plain text"), {}, {}};
        for (const Variable &variable : m_spec.variables) {
            if (variable.from == Variable::From::Value && !variable.value.isEmpty() && soundsSecret(variable.name)) {
                point.state = State::Fails;
                point.text = Words::tr("%1 stands in the text of the job, for all who may read it.")
                                 .arg(text::safe(variable.name));
                point.fix = Words::tr("Take it from a Secret.");
                return point;
            }
            if (variable.from == Variable::From::Secret)
                point.text = Words::tr("%1 by reference").arg(text::safe(variable.name));
        }
        return point;
    }

    Point restarts() const
    {
        Point point{u"restarts"_s, State::Holds, Words::tr("Restarts"), {}, {}};
        if (m_layout.isTrainJob()) {
            const int restarts = m_spec.backoffLimit.value_or(0);
            point.state = m_blind ? State::Unknown : restarts > 0 ? State::Holds : State::Look;
            point.text = m_blind ? Words::tr("Its runtime decides; torch-distributed as shipped allows none.")
                : restarts > 0   ? Words::tr("%n restart(s) of the whole job", nullptr, restarts)
                                 : Words::tr("Its runtime tries single pods again, but never the whole job.");
            if (restarts == 0)
                point.fix = Words::tr("Say how often it is tried again: a TrainingRuntime of its own is made for that.");
            return point;
        }
        const QString policy =
            m_spec.restartPolicy.isEmpty() ? facts(m_spec.kind).defaultRestartPolicy : m_spec.restartPolicy;
        if (policy == "Never"_L1) {
            point.state = State::Fails;
            point.text = Words::tr("Never: the first failure ends the job.");
            point.fix = Words::tr("Choose OnFailure, or ExitCode.");
            return point;
        }
        if (m_spec.backoffLimit == std::optional(0)) {
            point.state = State::Fails;
            point.text = Words::tr("%1, but no try is left: backoffLimit is 0.").arg(policy);
            point.fix = Words::tr("Raise backoffLimit.");
            return point;
        }
        if (policy == "ExitCode"_L1 && m_spec.nodes > 1) {
            // Exit codes below 128 are permanent; a worker whose peer is gone raises an exception, which is 1.
            point.state = State::Look;
            point.text = Words::tr(
                "ExitCode: when one node dies, the others end with exit code 1, which fails the job for good.");
            point.fix = Words::tr("Choose OnFailure for several pods that train together.");
            return point;
        }
        point.text = m_spec.backoffLimit ? Words::tr("%1, %n tries", nullptr, *m_spec.backoffLimit).arg(policy)
                                         : Words::tr("%1, without end").arg(policy);
        return point;
    }

    Point pods() const
    {
        Point point{u"pods"_s, State::Holds, Words::tr("Failed pods stay"), Words::tr("their logs can be read"), {}};
        if (m_spec.cleanPods == "All"_L1) {
            point.state = State::Look;
            point.text = Words::tr("All pods are deleted when the job ends, with their logs.");
            point.fix = Words::tr("Set cleanPodPolicy to Running.");
        }
        return point;
    }

    Point ttl() const
    {
        Point point{u"ttl"_s, State::Holds, Words::tr("No time to live"), Words::tr("the job is not deleted"), {}};
        if (m_spec.ttlSeconds) {
            point.state = State::Look;
            point.text = Words::tr("The job is deleted %1 after it ends, and with it what is known of it.")
                             .arg(text::duration(std::chrono::seconds(*m_spec.ttlSeconds)));
            point.fix = Words::tr("Leave ttlSecondsAfterFinished out.");
        }
        return point;
    }

    Point alike() const
    {
        Point point{u"template"_s, State::Holds, Words::tr("Master and workers"), Words::tr("one template"), {}};
        QJsonValue first;
        for (const QString &role : m_layout.roles()) {
            if (role != m_layout.oneRole() && role != m_layout.manyRole())
                continue;
            const QJsonValue pod = manifest::valueAt(m_job, m_layout.role(role).field(u"template"_s));
            if (first.isUndefined() || first.isNull()) {
                first = pod;
            } else if (pod != first && !facts(m_spec.kind).isMpi()) {
                point.state = State::Look;
                point.text = Words::tr("Their templates differ.");
                point.fix = Words::tr("See that image, mounts and variables are meant to.");
            }
        }
        return point;
    }

    /// PVCs that every pod has to reach.
    Point shared(const QString &id = u"shared"_s) const
    {
        Point point{id, State::Holds, Words::tr("Checkpoints"), {}, {}};
        const Mount *mount = holds();
        if (m_policy.folder.startsWith("s3://"_L1) || m_policy.folder.startsWith("gs://"_L1)) {
            point.text = Words::tr("in a bucket that every node reaches");
            return point;
        }
        if (mount == nullptr) {
            point.state = m_policy.folder.isEmpty() ? State::Look : State::Fails;
            point.text = m_policy.folder.isEmpty()
                ? Words::tr("Nothing says where they are saved.")
                : Words::tr("%1 is inside of the container, and gone with its pod.").arg(text::safe(m_policy.folder));
            point.fix = Words::tr("Save on a PVC or in a bucket.");
            return point;
        }
        const QString claim = text::safe(mount->claim);
        if (mount->readOnly) {
            point.state = State::Fails;
            point.text = Words::tr("%1 is mounted read-only.").arg(claim);
            point.fix = Words::tr("Mount it for writing.");
            return point;
        }
        if (!m_around.claims.contains(mount->claim)) {
            point.state = m_around.claims.isEmpty() ? State::Unknown : State::Fails;
            point.text = m_around.claims.isEmpty() ? Words::tr("How PVC %1 can be mounted is not known.").arg(claim)
                                                   : Words::tr("PVC %1 does not exist.").arg(claim);
            point.fix = Words::tr("Choose a PVC of the namespace.");
            return point;
        }
        if (const QString why = m_around.broken.value(mount->claim); !why.isEmpty()) {
            point.state = State::Fails;
            point.text = why;
            point.fix = Words::tr("Choose another PVC.");
            return point;
        }
        const QStringList modes = m_around.claims.value(mount->claim);
        if (m_spec.nodes > 1 && !modes.contains("ReadWriteMany"_L1)) {
            point.state = State::Fails;
            point.text =
                Words::tr("%1 can be written from one node alone (%2), but %n pod(s) train.", nullptr, m_spec.nodes)
                    .arg(claim, modes.join(u", "_s));
            point.fix = Words::tr("Choose a PVC that is ReadWriteMany.");
            return point;
        }
        const auto proof = m_around.proofs.constFind(mount->claim);
        if (m_spec.nodes > 1 && proof != m_around.proofs.cend()) {
            const QString day = QLocale().toString(proof->at.date(), QLocale::ShortFormat);
            if (!proof->shared) {
                point.state = State::Fails;
                point.text = Words::tr("%1 says ReadWriteMany, but a test from two nodes failed (%2): %3").arg(claim, day, text::safe(proof->why));
                point.fix = Words::tr("Choose another PVC, or test it again when its storage is mended.");
                return point;
            }
            point.text = Words::tr("on %1, proven from two nodes (%2), %3 MB/s").arg(claim, day).arg(proof->writeSpeed, 0, 'f', 0);
            return point;
        }
        const QString disk = text::safe(m_around.local.value(mount->claim));
        if (m_spec.nodes > 1 && !disk.isEmpty() && m_around.clusterNodes != std::optional(1)) {
            point.state = State::Fails;
            point.text = Words::tr("%1 is the disk of a node (%2): each node has a folder of its own there, whatever its access modes say, "
                                   "and no test from two nodes has shown otherwise.").arg(claim, disk);
            point.fix = Words::tr("Choose a PVC that nodes share, or test this one from two nodes.");
            return point;
        }
        point.text = m_spec.nodes < 2 ? Words::tr("on %1").arg(claim)
            : !disk.isEmpty()         ? Words::tr("on %1, the disk of the cluster's only node").arg(claim)
                              : Words::tr("on %1, which %n node(s) share", nullptr, m_spec.nodes).arg(claim);
        return point;
    }

    Point text() const
    {
        Point point{u"text"_s, State::Holds, Words::tr("Numbers in quotes"), Words::tr("where text is asked for"), {}};
        for (const Path &place : m_layout.processes()) {
            const QJsonObject process = manifest::valueAt(m_job, place).toObject();
            const auto isText = [](const QJsonValue &value) { return value.isString() || value.isUndefined(); };
            bool all = true;
            for (const QJsonValue entry : process.value("env"_L1).toArray())
                all = all && isText(entry.toObject().value("value"_L1));
            for (const QLatin1StringView list : {"command"_L1, "args"_L1}) {
                for (const QJsonValue word : process.value(list).toArray())
                    all = all && word.isString();
            }
            if (!all) {
                point.state = State::Fails;
                point.text =
                    Words::tr("A variable or an argument is a number or a boolean: the API server refuses it.");
                point.fix = Words::tr("Put it in quotes.");
                return point;
            }
        }
        return point;
    }

    Point names() const
    {
        Point point{u"names"_s, State::Holds, Words::tr("Names"), Words::tr("as Kubernetes has them"), {}};
        static const QRegularExpression pattern(u"^[a-z]([-a-z0-9]*[a-z0-9])?$"_s); // RFC 1035, as the webhooks ask for
        // Pods and their Services append role and number.
        if (!pattern.match(m_spec.name).hasMatch() || m_spec.name.size() > 63) {
            point.state = State::Fails;
            point.text = m_spec.name.isEmpty() ? Words::tr("The job has no name.")
                                               : Words::tr("%1 is refused as a name.").arg(text::safe(m_spec.name));
            point.fix = Words::tr("At most 63 lower-case letters, digits and hyphens, beginning with a letter.");
        } else if (m_spec.name.size() > 49) {
            point.state = State::Look;
            point.text =
                Words::tr("Its pods' names append role and number, and are cut or refused beyond 63 characters.");
            point.fix = Words::tr("Take a name of at most 49 characters.");
        }
        return point;
    }

    Point image() const
    {
        Point point{u"image"_s, State::Holds, Words::tr("Image"), {}, {}};
        const QString name = m_spec.image.section(u'/', -1);
        const QString tag = name.contains(u':') ? name.section(u':', 1) : QString();
        if (m_spec.image.isEmpty()) {
            point.state = m_blind ? State::Holds : State::Fails;
            point.text = m_blind ? Words::tr("the runtime's") : Words::tr("No image is said.");
            point.fix = m_blind ? QString() : Words::tr("Say which image to run.");
        } else if (m_spec.image.contains("@sha256:"_L1)) {
            point.text = Words::tr("pinned by its digest");
        } else if (tag.isEmpty() || tag == "latest"_L1) {
            point.state = State::Look;
            point.text = Words::tr("%1 changes without notice: a pod that is started later may run other code.")
                             .arg(tag.isEmpty() ? Words::tr("No tag, so latest:") : u"latest"_s);
            point.fix = Words::tr("Name a version, or the digest.");
        } else {
            point.state = State::Look;
            point.text = Words::tr(
                "The tag %1 can be moved to another image. A digest cannot: a pod started later would run other code.")
                             .arg(text::safe(tag));
            point.fix = Words::tr("Pin it by its digest.");
        }
        return point;
    }

    Point restore() const
    {
        Point point{u"restore"_s, State::Holds, Words::tr("Restoring"), {}, {}};
        if (m_around.restores == std::optional(true)) {
            point.text = Words::tr("is in the script, as was said");
        } else if (m_policy.framework == Framework::Contract || needsSnippet(m_policy.framework)) {
            point.state = State::Look;
            point.text = Words::tr(
                "The call that restores is not known to be in the image. Without it a restart begins at step 0.");
            point.fix = Words::tr("Copy it from the checkpoints' step.");
        } else {
            point.text = Words::tr("by %1 itself").arg(frameworkName(m_policy.framework));
        }
        return point;
    }

    Point saves() const
    {
        Point point{u"saves"_s, State::Holds, Words::tr("Saves checkpoints"), {}, {}};
        if (m_policy.everySteps + m_policy.everyEpochs + m_policy.everySeconds > 0 && !m_policy.folder.isEmpty()) {
            point.text = text::safe(m_policy.folder);
            return point;
        }
        point.state = State::Fails;
        point.text =
            m_policy.folder.isEmpty() ? Words::tr("Nothing says where to.") : Words::tr("Nothing says how often.");
        point.fix = Words::tr("Choose an interval and a folder.");
        return point;
    }

    Point interval() const
    {
        Point point{u"interval"_s, State::Holds, Words::tr("Interval below the deadline"), {}, {}};
        const double every = m_policy.everySeconds > 0             ? m_policy.everySeconds
            : m_policy.everySteps > 0 && m_around.step.has_value() ? m_policy.everySteps * m_around.step->seconds
                                                                   : 0;
        if (!m_spec.deadlineSeconds) {
            point.text = Words::tr("no deadline");
        } else if (every <= 0) {
            point.state = State::Unknown;
            point.text = Words::tr("How long the interval takes is not known.");
        } else if (every >= *m_spec.deadlineSeconds) {
            point.state = State::Fails;
            point.text = Words::tr("The job is stopped after %1, before it has saved once (%2).")
                             .arg(seconds(*m_spec.deadlineSeconds), seconds(every));
            point.fix = Words::tr("Save more often, or raise activeDeadlineSeconds.");
        }
        return point;
    }

    Point keep() const
    {
        Point point{u"keep"_s, State::Holds, Words::tr("Keeps two or more"), {}, {}};
        if (m_policy.keepLast == 1) {
            point.state = State::Fails;
            point.text = Words::tr("One alone: while the next is written, there may be no whole one.");
            point.fix = Words::tr("Keep at least two.");
        } else {
            point.text = m_policy.keepLast == 0 ? Words::tr("all of them")
                                                : Words::tr("the last %n", nullptr, m_policy.keepLast);
        }
        return point;
    }

    Point folder() const
    {
        Point point{u"folder"_s, State::Holds, Words::tr("A folder of its own"), {}, {}};
        const QString place = placeOf(m_spec, m_policy.folder);
        const QString other = m_around.folders.value(place);
        if (place.isEmpty()) {
            point.state = State::Unknown;
            point.text = Words::tr("Where it saves is not known.");
        } else if (!other.isEmpty() && other != m_spec.name) {
            point.state = State::Fails;
            point.text = Words::tr("%1 saves there too: each would take the other's checkpoints for its own.")
                             .arg(text::safe(other));
            point.fix = Words::tr("Choose another folder.");
        }
        return point;
    }

    Point space() const
    {
        Point point{u"room"_s, State::Unknown, Words::tr("Room for what is kept"), {}, {}};
        const Mount *mount = holds();
        if (mount == nullptr || !m_around.saveBytes || !m_around.room.contains(mount->claim)
            || m_policy.keepLast == 0) {
            point.text = m_policy.keepLast == 0
                ? Words::tr("All are kept, so it grows without end.")
                : Words::tr("The size of a checkpoint, or what is left on the PVC, is not known.");
            return point;
        }
        // One more than is kept: the oldest goes when the newest is whole.
        const double needs = static_cast<double>(*m_around.saveBytes) * (m_policy.keepLast + 1);
        const auto left = static_cast<double>(m_around.room.value(mount->claim));
        point.state = needs <= left ? State::Holds : State::Fails;
        point.text = Words::tr("%1 of %2 that are left")
                         .arg(text::bytes(static_cast<qint64>(needs)), text::bytes(static_cast<qint64>(left)));
        point.fix = needs <= left ? QString() : Words::tr("Keep fewer, or choose a larger PVC.");
        return point;
    }

    static QString placeOf(const Spec &spec, const QString &folder)
    {
        if (folder.contains("://"_L1))
            return folder;
        const Mount *mount = mountOf(spec, folder);
        if (mount == nullptr)
            return {};
        // However it is written: "/checkpoints//bert/" is the folder of "/checkpoints/bert".
        const QString below = QDir::cleanPath(folder).mid(QDir::cleanPath(mount->path).size());
        return mount->claim + u":/"_s + QDir::cleanPath(mount->subPath + u'/' + below).remove(QRegularExpression(u"^/+"_s));
    }

private:
    QJsonObject m_job;
    Spec m_spec;
    Policy m_policy;
    const Around &m_around;
    Layout m_layout;
    bool m_blind; ///< it is laid over a runtime that was not read

    /// The mount that the folder is in: the deepest.
    static const Mount *mountOf(const Spec &spec, const QString &written)
    {
        const Mount *best = nullptr;
        const QString folder = QDir::cleanPath(written);
        for (const Mount &mount : spec.mounts) {
            const QString path = QDir::cleanPath(mount.path);
            const QString root = path.endsWith(u'/') ? path : path + u'/';
            if (!mount.path.isEmpty() && (folder == path || folder.startsWith(root))
                && (best == nullptr || mount.path.size() > best->path.size()))
                best = &mount;
        }
        return best;
    }
    const Mount *holds() const { return mountOf(m_spec, m_policy.folder); }
};

} // namespace

QString stateWord(Point::State state)
{
    switch (state) {
    case State::Holds: return u"holds"_s;
    case State::Look: return u"look"_s;
    case State::Fails: return u"fails"_s;
    case State::Unknown: break;
    }
    return u"unknown"_s;
}

QList<Point> expertPoints(const QJsonObject &job, Framework framework, const Around &around)
{
    const Looked at(job, framework, around);
    return {at.requests(), at.memory(), at.grace(), at.user(), at.token(), at.secrets(), at.restarts(), at.pods(),
        at.ttl(), at.alike(), at.shared(), at.text(), at.names(), at.image(), at.restore()};
}

QList<Point> safetyNet(const QJsonObject &job, Framework framework, const Around &around)
{
    const Looked at(job, framework, around);
    return {at.saves(), at.interval(), at.grace(), at.restarts(), at.shared(), at.keep(), at.folder(), at.space()};
}

QString saveFolder(const QJsonObject &job, const QJsonObject &runtime)
{
    const Spec spec = effectiveSpec(job, runtime);
    return Looked::placeOf(spec, policyOf(spec, recognise(spec)).folder);
}

bool soundsSecret(const QString &name)
{
    static const QRegularExpression pattern(
        u"(^|_)(PASSWORD|PASSWD|PWD|TOKEN|SECRET|APIKEY|CREDENTIALS?|(ACCESS|SECRET|API|PRIVATE|ACCOUNT)_KEY)($|_)"_s,
        QRegularExpression::CaseInsensitiveOption);
    return pattern.match(name).hasMatch();
}

} // namespace cairn::launch
