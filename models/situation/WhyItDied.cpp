// SPDX-License-Identifier: GPL-3.0-or-later
#include "situation/WhyItDied.h"

#include "base/Text.h"
#include "checkpoints/SaveLocation.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::situation {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::situation::WhyItDied)
};

using Kind = DeathCause::Kind;

constexpr qsizetype longestLine = 1000, longestQuote = 400;
/// A generic phrase tells why it died only among the last lines.
constexpr int nearEnd = 12;
/// An exception this many lines below a known phrase is another matter: the phrase was survived.
constexpr int survivedAfter = 40;

enum class Where { Anywhere, NearEnd };

struct Rule {
    Kind kind;
    Where where;
    const char *pattern;          ///< its group "s" is the subject
    const char *before = nullptr; ///< must stand in one of the four lines above
};

/// In this order where several fit one line. The phrases are those of CPython 3.8–3.13, PyTorch 1.13–2.8, NCCL 2.18–2.27,
/// gloo, TensorFlow 2, JAX, safetensors, glibc and busybox.
constexpr Rule rules[] = {
    // /dev/shm: "No space left on device" is said of it as well.
    {Kind::SharedMemory, Where::Anywhere, R"(insufficient shared memory \(shm\)|out of shared memory)"},
    {Kind::SharedMemory, Where::Anywhere, R"(unable to (?:open|mmap|resize|write to|allocate) (?:shared memory|file </torch_))"},
    {Kind::SharedMemory, Where::Anywhere, R"((?:/dev/shm/|shared memory segment).{0,200}(?:No space left|failed|error))"},
    {Kind::SharedMemory, Where::Anywhere, R"(DataLoader worker .{0,60}killed by signal: Bus error)"},

    {Kind::NoSpace, Where::Anywhere, R"((?:No space left on device|Disk quota exceeded)(?:[^'"]{0,60}['"](?<s>/[^'"]{1,400})['"])?)"},
    {Kind::NoSpace, Where::Anywhere, R"(kind: StorageFull)"},
    // torch.save does not pass the error number on.
    {Kind::NoSpace, Where::Anywhere, R"(PytorchStreamWriter failed writing file)"},
    {Kind::NoSpace, Where::Anywhere, R"(inline_container\.cc.{0,40}unexpected pos \d+ vs \d+)"},

    {Kind::GpuMemory, Where::Anywhere, R"((?:CUDA|HIP|XPU) (?:error: )?out of memory|OutOfMemoryError: (?:CUDA|HIP))"},
    {Kind::GpuMemory, Where::Anywhere, R"(CU(?:BLAS|DNN|SOLVER)_STATUS_ALLOC_FAILED|CUDA_ERROR_OUT_OF_MEMORY)"},
    {Kind::GpuMemory, Where::Anywhere, R"(RESOURCE_EXHAUSTED: Out of memory|OOM when allocating tensor)"},

    {Kind::HostMemory, Where::Anywhere, R"(DefaultCPUAllocator: (?:can't allocate|not enough) memory|killed by signal: Killed)"},
    {Kind::HostMemory, Where::Anywhere, R"(^(?:\[[^\]]{1,40}\]:?\s*)?(?:numpy\.\S{0,40})?(?:MemoryError|_ArrayMemoryError)\b|std::bad_alloc)"},
    {Kind::HostMemory, Where::NearEnd, R"(Cannot allocate memory)"},

    {Kind::GpuFault, Where::Anywhere, R"(uncorrectable ECC error|fallen off the bus|NVRM: Xid|CUDA driver version is insufficient)"},
    {Kind::GpuFault, Where::Anywhere, R"(No CUDA GPUs are available|Torch not compiled with CUDA|no CUDA-capable device|Found no NVIDIA driver|CUDA error: (?:system not yet initialized|device.{0,20} busy))"},

    {Kind::BadCheckpoint, Where::Anywhere, R"(PytorchStreamReader failed|Weights only load failed|UnpicklingError|pickle data was truncated|EOFError: Ran out of input)"},
    {Kind::BadCheckpoint, Where::Anywhere, R"(Error\(s\) in loading state_dict|(?:Missing|Unexpected) key\(s\) in state_dict|size mismatch for \S{1,200}: copying a param)"},
    {Kind::BadCheckpoint, Where::Anywhere, R"(loaded state dict (?:has a different|contains a parameter))"},
    {Kind::BadCheckpoint, Where::Anywhere, R"(SafetensorError: Error while deserializing|(?:Header|Metadata)(?:TooLarge|TooSmall|IncompleteBuffer)|InvalidHeader)"},
    {Kind::BadCheckpoint, Where::Anywhere, R"(CheckpointException|an't find a valid checkpoint at (?<s>\S{1,300}))"},
    {Kind::BadCheckpoint, Where::NearEnd, R"((?i:(?:failed|unable|could not) to (?:load|restore|read) (?:the )?(?:model )?(?:checkpoint|weights|state dict)))"},
    {Kind::BadCheckpoint, Where::Anywhere, R"(KeyError: (?<k>.{1,120}))", R"((?:checkpoint|ckpt|snapshot|state|state_dict|payload)\[|load_state_dict\(|torch\.load\()"},

    {Kind::MissingModule, Where::Anywhere, R"((?:ModuleNotFoundError|ImportError): No module named '?(?<s>[\w.]{1,120}))"},
    {Kind::MissingModule, Where::Anywhere, R"(ImportError: cannot import name '(?<s>\w{1,120})')"},
    {Kind::MissingModule, Where::Anywhere, R"((?:error while loading shared libraries|ImportError): (?<s>[\w.+-]{1,120}\.so[.\d]*): cannot open)"},
    {Kind::MissingModule, Where::NearEnd, R"(python[\d.]*: No module named (?<s>[\w.]{1,120}))"},

    {Kind::MissingFile, Where::Anywhere, R"(FileNotFoundError: \[Errno 2\][^:]{0,60}: ['"]?(?<s>[^'"]{1,400}))"},
    {Kind::MissingFile, Where::Anywhere, R"(FileNotFoundError:.{0,80}?(?<s>/[^\s'"]{1,300}))"},
    {Kind::MissingFile, Where::Anywhere, R"(can't open file ['"](?<s>[^'"]{1,400}))"},
    {Kind::MissingFile, Where::Anywhere, R"re(exec:? "(?<s>[^"]{1,400})": (?:executable file not found|stat|no such file))re"},
    {Kind::MissingFile, Where::Anywhere, R"(does not appear to have a file named (?<s>[\w.-]{1,120}))"},
    {Kind::MissingFile, Where::NearEnd, R"((?<s>/[^\s:'"]{1,300})['"]?: No such file or directory)"},
    {Kind::MissingFile, Where::NearEnd, R"((?:sh|bash)(?:: line \d+|: \d+)?: (?<s>[^\s:]{1,300}): (?:command )?not found)"},

    {Kind::Permission, Where::Anywhere, R"(PermissionError: \[Errno (?:1|13)\][^:'"]{0,60}(?:: ['"](?<s>[^'"]{1,400}))?)"},
    {Kind::Permission, Where::Anywhere, R"(\[Errno 30\] Read-only file system(?:: ['"](?<s>[^'"]{1,400}))?)"},
    {Kind::Permission, Where::Anywhere, R"(GatedRepoError|Access to model (?<s>\S{1,200}) is restricted)"},
    {Kind::Permission, Where::NearEnd, R"((?<s>/[^\s:'"]{1,300})['"]?: (?:Permission denied|Read-only file system))"},
    {Kind::Permission, Where::NearEnd, R"(Permission denied \(os error 13\)|\bAccessDenied\b|\b403 Forbidden\b)"},

    {Kind::MissingKey, Where::Anywhere, R"(KeyError: ['"]?(?<s>[^'"]{1,120}))"},
    {Kind::MissingKey, Where::Anywhere, R"(environment variable '?(?<s>\w{1,120})'? (?:expected|is not set|not set|is missing|must be set))"},

    // Whatever the reader of torch.load stumbles over: of a file that was cut it says "Invalid argument".
    {Kind::BadCheckpoint, Where::Anywhere, R"(^(?:\[[^\]]{1,60}\]:?\s*)*[\w.]{0,80}Error\b)", R"re(torch/serialization\.py", line \d+, in (?:_?load|_legacy_load|persistent_load|_check_seekable|_should_read_directly|_is_zipfile|__init__)\b)re"},

    {Kind::LostPeer, Where::Anywhere, R"(caught collective operation timeout|NCCL communicator was aborted|nccl(?:Remote|System|InProgress)Error|NCCL (?:timeout|WARN .{0,80}Connection closed))"},
    {Kind::LostPeer, Where::Anywhere, R"(Connection (?:reset|closed) by peer(?: \[(?<s>[\w.:]{1,80})\])?|peer closed)"},
    {Kind::LostPeer, Where::Anywhere, R"(Timed out after \d+ seconds waiting for clients|client socket has (?:timed out|failed).{0,60}connect to \(?(?<s>[\w.-]{0,200}))"},
    {Kind::LostPeer, Where::Anywhere, R"(Dist(?:Network|Store|Backend)Error|Rendezvous(?:Timeout|Connection|Closed)Error|Socket Timeout)"},
    {Kind::LostPeer, Where::Anywhere, R"(Name or service not known|failure in name resolution|ORTE has lost communication|Horovod has been shut down)"},
    {Kind::LostPeer, Where::NearEnd, R"(Connection refused|Broken pipe|[Hh]eartbeat.{0,40}timed? ?out)"},
};

struct Compiled {
    const Rule *rule;
    QRegularExpression pattern, before;
};

const QList<Compiled> &compiled()
{
    static const QList<Compiled> all = [] {
        QList<Compiled> list;
        for (const Rule &rule : rules) {
            list.append({&rule, QRegularExpression(QString::fromLatin1(rule.pattern)),
                         rule.before ? QRegularExpression(QString::fromLatin1(rule.before)) : QRegularExpression()});
            Q_ASSERT(list.last().pattern.isValid() && list.last().before.isValid());
        }
        return list;
    }();
    return all;
}

/// What a launcher says of the process it started: nothing of its own.
bool isOfLauncher(const QString &type)
{
    return type.endsWith("ChildFailedError"_L1) || type.endsWith("CalledProcessError"_L1) || type.endsWith("SignalException"_L1)
        || type.endsWith("ProcessExitedException"_L1) || type.endsWith("ProcessRaisedException"_L1);
}

/// "[rank1]: ValueError: x" and "torch.foo.BarError: x".
const QRegularExpression &exceptionLine()
{
    static const QRegularExpression line(uR"(^(?:\[[^\]]{1,60}\]:?\s*)*(?<type>(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Interrupt|Failure))(?::\s|$))"_s);
    return line;
}

QStringList linesOf(const QByteArray &tail)
{
    // Colours, and what a progress bar wrote over: a carriage return begins a line anew.
    static const QRegularExpression colour(u"\\x1b\\[[0-9;]*[A-Za-z]"_s);
    QString text = QString::fromUtf8(tail.right(deathTailBytes));
    text.remove(colour);
    QStringList lines;
    for (const QString &line : text.split(u'\n')) {
        const QString last = line.trimmed().section(u'\r', -1);
        if (!last.trimmed().isEmpty())
            lines.append(last.left(longestLine));
    }
    return lines;
}

/// A path in the line, or in one of those near it, that lies on a claim the job mounts.
QString pathOnClaim(const QStringList &lines, int at, const Job &job)
{
    static const QRegularExpression path(u"(?:^|[\\s'\"=(<:])(/[\\w./@+=-]{1,400})"_s);
    for (int distance = 0; distance <= 12; ++distance) {
        for (const int i : {at - distance, at + distance}) {
            if (i < 0 || i >= lines.size())
                continue;
            for (auto it = path.globalMatch(lines[i]); it.hasNext();) {
                const QString found = it.next().captured(1);
                if (ckpt::claimPathOf(job, found))
                    return found;
            }
        }
    }
    return {};
}

struct Hit {
    const Rule *rule = nullptr;
    int line = -1;
    QString subject;
};

class Reader
{
public:
    explicit Reader(const QStringList &lines)
        : m_lines(lines)
    {
    }

    /// The lowest line that a rule fits, of those that tell of the process itself or of those that tell of another one.
    Hit lowest(bool ofPeer) const
    {
        for (int i = static_cast<int>(m_lines.size()) - 1; i >= 0; --i) {
            for (const Compiled &one : compiled()) {
                if ((one.rule->kind == Kind::LostPeer) == ofPeer) {
                    if (Hit hit = fits(one, i); hit.rule)
                        return hit;
                }
            }
        }
        return {};
    }
    /// Another line of the same kind that names what this one does not.
    QString subjectNear(const Hit &hit) const
    {
        for (int i = std::min(hit.line + 20, static_cast<int>(m_lines.size()) - 1); i >= std::max(0, hit.line - 20); --i) {
            for (const Compiled &one : compiled()) {
                if (one.rule->kind == hit.rule->kind) {
                    if (const Hit other = fits(one, i); !other.subject.isEmpty())
                        return other.subject;
                }
            }
        }
        return {};
    }
    int lastException() const
    {
        for (int i = static_cast<int>(m_lines.size()) - 1; i >= 0; --i) {
            const QRegularExpressionMatch match = exceptionLine().match(m_lines[i]);
            if (match.hasMatch() && !isOfLauncher(match.captured(u"type"_s)))
                return i;
        }
        return -1;
    }

private:
    Hit fits(const Compiled &one, int line) const
    {
        if (one.rule->where == Where::NearEnd && line < m_lines.size() - nearEnd)
            return {};
        const QRegularExpressionMatch match = one.pattern.match(m_lines[line]);
        if (!match.hasMatch())
            return {};
        if (one.rule->before) {
            bool there = false;
            for (int i = line - 1; i >= std::max(0, line - 4) && !there; --i)
                there = one.before.match(m_lines[i]).hasMatch();
            if (!there)
                return {};
        }
        return {one.rule, line, match.captured(u"s"_s).trimmed()};
    }

    const QStringList &m_lines;
};

QString signalName(int exitCode)
{
    switch (exitCode) { // 128 + the number of the signal, signal(7)
    case 132: return u"SIGILL"_s;
    case 134: return u"SIGABRT"_s;
    case 135: return u"SIGBUS"_s;
    case 136: return u"SIGFPE"_s;
    case 137: return u"SIGKILL"_s;
    case 139: return u"SIGSEGV"_s;
    case 143: return u"SIGTERM"_s;
    default: return {};
    }
}

std::optional<Death> deathOf(const Pod &pod, const ContainerState &container)
{
    Death death{pod.ns, pod.name, pod.uid, container.name, container.restarts, false, {}, 0, {}};
    if (container.state == "terminated"_L1 && container.exitCode.value_or(0) != 0) {
        death.reason = container.reason;
        death.exitCode = *container.exitCode;
        death.at = container.finished;
        return death;
    }
    if (container.state != "terminated"_L1 && container.lastExitCode.value_or(0) != 0) {
        death.previous = true;
        death.reason = container.lastReason;
        death.exitCode = *container.lastExitCode;
        death.at = container.lastFinished;
        return death;
    }
    return std::nullopt;
}

} // namespace

QList<Death> deathsOf(const Job &job, const QList<Pod> &pods, int limit)
{
    QList<Death> deaths;
    if (job.phase != JobPhase::Restarting && job.phase != JobPhase::Failed)
        return deaths;
    for (const Pod &pod : pods) {
        for (const ContainerState &container : pod.containers) {
            if (const std::optional<Death> death = deathOf(pod, container))
                deaths.append(*death);
        }
    }
    constexpr int stopped = 143;
    if (std::ranges::any_of(deaths, [](const Death &d) { return d.exitCode != stopped; }))
        deaths.removeIf([](const Death &d) { return d.exitCode == stopped; });
    std::ranges::sort(deaths, [](const Death &a, const Death &b) {
        return std::make_tuple(!a.at.isValid(), a.at, a.pod, a.container) < std::make_tuple(!b.at.isValid(), b.at, b.pod, b.container);
    });
    return deaths.first(std::min<qsizetype>(limit, deaths.size()));
}

std::optional<DeathCause> causeOf(const Death &death, const QByteArray &tail, const Job &job)
{
    DeathCause cause;
    cause.pod = death.pod;
    cause.container = death.container;
    cause.exitCode = death.exitCode;
    cause.at = death.at;
    if (death.reason == "OOMKilled"_L1) { // the kernel's word needs no log, and the log has none
        cause.kind = Kind::HostMemory;
        return cause;
    }
    const QStringList lines = linesOf(tail);
    const Reader reader(lines);
    const int exception = reader.lastException();
    Hit hit = reader.lowest(false);
    if (hit.rule && exception > hit.line + survivedAfter)
        hit = {};
    // An exception of its own outweighs what follows from the death of another, unless it is the same.
    const Hit peer = hit.rule ? Hit() : reader.lowest(true);
    if (peer.rule && (exception < 0 || exception <= peer.line + survivedAfter))
        hit = peer;
    const auto quote = [&](int line) { return lines[line].trimmed().left(longestQuote); };
    if (hit.rule) {
        cause.kind = hit.rule->kind;
        cause.line = quote(hit.line);
        cause.subject = hit.subject.isEmpty() ? reader.subjectNear(hit) : hit.subject;
        if (cause.kind == Kind::NoSpace || cause.kind == Kind::BadCheckpoint || cause.kind == Kind::Permission) {
            const bool named = cause.subject.startsWith(u'/');
            if (!named)
                cause.subject = pathOnClaim(lines, hit.line, job);
            if (const auto place = ckpt::claimPathOf(job, cause.subject)) {
                cause.claim = place->claim;
                // A path that stands in the code nearby may be put together there: the mount is sure.
                if (!named && cause.kind == Kind::NoSpace)
                    cause.subject = place->mountPath;
            } else if (cause.kind == Kind::NoSpace && cause.subject.isEmpty()) {
                // What fills up is where it saves.
                const ckpt::SaveLocation location = ckpt::locate(job);
                cause.claim = location.place.claim;
                if (!cause.claim.isEmpty())
                    cause.subject = location.place.containerPath;
            }
        }
        return cause;
    }
    if (exception >= 0) {
        cause.kind = Kind::Exception;
        cause.line = quote(exception);
        return cause;
    }
    if (const QString signal = signalName(death.exitCode); !signal.isEmpty()) {
        cause.kind = Kind::Signal;
        cause.subject = signal;
        return cause;
    }
    if (lines.isEmpty())
        return std::nullopt;
    cause.kind = Kind::Exception;
    cause.line = quote(static_cast<int>(lines.size()) - 1);
    return cause;
}

QString causeWord(Kind kind)
{
    switch (kind) {
    case Kind::NoSpace: return u"no-space"_s;
    case Kind::GpuMemory: return u"gpu-memory"_s;
    case Kind::HostMemory: return u"host-memory"_s;
    case Kind::SharedMemory: return u"shared-memory"_s;
    case Kind::GpuFault: return u"gpu-fault"_s;
    case Kind::BadCheckpoint: return u"bad-checkpoint"_s;
    case Kind::MissingModule: return u"missing-module"_s;
    case Kind::MissingFile: return u"missing-file"_s;
    case Kind::Permission: return u"permission"_s;
    case Kind::MissingKey: return u"missing-key"_s;
    case Kind::Exception: return u"exception"_s;
    case Kind::LostPeer: return u"lost-peer"_s;
    case Kind::Signal: return u"signal"_s;
    }
    return {};
}

QString shortText(const DeathCause &cause)
{
    const QString subject = text::safe(cause.subject);
    const auto named = [&](const QString &with, const QString &without) { return subject.isEmpty() ? without : with.arg(subject); };
    switch (cause.kind) {
    case Kind::NoSpace:
        if (!cause.claim.isEmpty())
            return Words::tr("no space left on PVC %1").arg(text::safe(cause.claim));
        return named(Words::tr("no space left at %1"), Words::tr("no space left on device"));
    case Kind::GpuMemory: return Words::tr("GPU out of memory");
    case Kind::HostMemory: return cause.line.isEmpty() ? Words::tr("OOMKilled: memory limit reached") : Words::tr("out of memory");
    case Kind::SharedMemory: return Words::tr("/dev/shm is too small");
    case Kind::GpuFault: return Words::tr("GPU not usable");
    case Kind::BadCheckpoint: return Words::tr("a checkpoint does not load");
    case Kind::MissingModule: return named(Words::tr("missing module %1"), Words::tr("missing module"));
    case Kind::MissingFile: return named(Words::tr("missing file %1"), Words::tr("missing file"));
    case Kind::Permission: return named(Words::tr("permission denied: %1"), Words::tr("permission denied"));
    case Kind::MissingKey: return named(Words::tr("missing key %1"), Words::tr("missing key"));
    case Kind::LostPeer: return named(Words::tr("lost peer %1"), Words::tr("lost another process of the job"));
    case Kind::Signal: return Words::tr("crashed with %1 (exit %2)").arg(subject).arg(cause.exitCode);
    case Kind::Exception: break;
    }
    const QString line = text::safe(cause.line);
    return line.size() > 80 ? QString(line.left(79) + u'…') : line;
}

QString sentence(const DeathCause &cause)
{
    const QString subject = text::safe(cause.subject);
    const QString claim = text::safe(cause.claim);
    switch (cause.kind) {
    case Kind::NoSpace:
        if (!claim.isEmpty())
            return Words::tr("It died because PVC %1 has no space left; it was writing to %2.").arg(claim, subject);
        return subject.isEmpty() ? Words::tr("It died because there was no space left on a file system.")
                                 : Words::tr("It died because there was no space left at %1, which is on no PVC.").arg(subject);
    case Kind::GpuMemory: return Words::tr("It died because a GPU ran out of memory.");
    case Kind::HostMemory:
        return cause.line.isEmpty() ? Words::tr("It was OOMKilled: container %1 reached its memory limit.").arg(text::safe(cause.container))
                                    : Words::tr("It died because it ran out of memory.");
    case Kind::SharedMemory: return Words::tr("It died because shared memory (/dev/shm) was full.");
    case Kind::GpuFault: return Words::tr("It died because a GPU could not be used.");
    case Kind::BadCheckpoint:
        return subject.isEmpty() ? Words::tr("It died because a checkpoint does not load.") : Words::tr("It died because the checkpoint %1 does not load.").arg(subject);
    case Kind::MissingModule: return Words::tr("It died because the image has no %1.").arg(subject);
    case Kind::MissingFile: return Words::tr("It died because %1 does not exist.").arg(subject);
    case Kind::Permission:
        return subject.isEmpty() ? Words::tr("It died because it was denied access.") : Words::tr("It died because it was denied access to %1.").arg(subject);
    case Kind::MissingKey: return Words::tr("It died because the key %1 is missing.").arg(subject);
    case Kind::LostPeer:
        return subject.isEmpty() ? Words::tr("It died because another process of the job was gone or did not answer.")
                                 : Words::tr("It died because its peer %1 was gone or did not answer.").arg(subject);
    case Kind::Signal: return Words::tr("It was ended by %1 (exit %2), and its log does not say why.").arg(subject).arg(cause.exitCode);
    case Kind::Exception: break;
    }
    return cause.exitCode != 0 ? Words::tr("It exited with code %1; the line below is the last it printed.").arg(cause.exitCode)
                               : Words::tr("The line below is the last it printed.");
}

QString fixText(const DeathCause &cause)
{
    switch (cause.kind) {
    case Kind::NoSpace:
        return cause.claim.isEmpty() ? Words::tr("Write to a PVC, or raise the ephemeral storage.")
                                     : Words::tr("Delete old checkpoints on PVC %1, or expand it.").arg(text::safe(cause.claim));
    case Kind::GpuMemory: return Words::tr("Use a smaller batch per GPU, gradient checkpointing or sharding.");
    case Kind::HostMemory: return Words::tr("Raise the memory limit, or use fewer data loader workers.");
    case Kind::SharedMemory: return Words::tr("Mount an emptyDir with medium Memory at /dev/shm.");
    case Kind::GpuFault: return Words::tr("Check that image, driver and the node's GPU are compatible; cordon the node if this happens again.");
    case Kind::BadCheckpoint: return Words::tr("Resume from an older checkpoint, or check that it matches the model.");
    case Kind::MissingModule: return Words::tr("Use an image that has it.");
    case Kind::MissingFile: return Words::tr("Check the path, and that its PVC is mounted there.");
    case Kind::Permission: return Words::tr("Check runAsUser and fsGroup of the pod, and whether the volume is read-only.");
    case Kind::MissingKey: return Words::tr("Check the configuration and the environment of the script.");
    case Kind::LostPeer: return Words::tr("Look at the other pods: the one that failed first has the cause.");
    case Kind::Signal:
    case Kind::Exception: break;
    }
    return Words::tr("Read the log of the previous run.");
}

} // namespace cairn::situation
