// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/SharedProof.h"

#include "base/Names.h"
#include "base/Text.h"
#include "checkpoints/Check.h"
#include "checkpoints/HelperRun.h"
#include "checkpoints/HelperScript.h"

#include <QJsonDocument>
#include <algorithm>
#include <array>
#include <cmath>

using namespace Qt::StringLiterals;

namespace cairn::ckpt {
namespace {

constexpr qint64 kMiB = 1024 * 1024;
constexpr qint64 kStep = 4; ///< MiB of random bytes that a file repeats
constexpr int kPatience = 180; ///< seconds until what one node wrote has to be seen by the other: directory caches of NFS live for 60
constexpr qsizetype kMostText = 4096;


struct Side {
    bool ended = false;
    QList<QByteArray> sum;   ///< of what it wrote: file, crc, size
    QList<QByteArray> read;  ///< of what it read
    QByteArray refusal, said;
    qint64 bytes = 0;
    double write = 0, readSpeed = 0;
};

double speed(const QByteArray &bytes, const QByteArray &begin, const QByteArray &end)
{
    bool ok[3];
    const double size = bytes.toDouble(&ok[0]), from = begin.toDouble(&ok[1]), to = end.toDouble(&ok[2]);
    // The clock counts hundredths: a file that took none of them took at most one.
    const double seconds = std::max(to - from, 0.01);
    const double value = size / seconds / 1e6;
    return ok[0] && ok[1] && ok[2] && std::isfinite(value) && value > 0 ? value : 0;
}

Side sideOf(const QByteArray &log, const QByteArray &marker)
{
    Side side;
    const QByteArray head = "@@" + marker + ' ';
    for (const QByteArray &line : log.split('\n')) {
        if (!line.startsWith(head))
            continue;
        QList<QByteArray> words = line.mid(head.size()).trimmed().split(' ');
        const QByteArray what = words.takeFirst();
        if (what == "W" && words.size() == 3) {
            side.bytes = words[0].toLongLong();
            side.write = speed(words[0], words[1], words[2]);
        } else if (what == "S" && words.size() == 3) {
            side.sum = words;
        } else if (what == "R" && words.size() == 5) {
            side.read = words.mid(0, 3);
            side.readSpeed = speed(words[2], words[3], words[4]);
        } else if (what == "X" && !words.isEmpty()) {
            side.refusal = words.takeFirst();
            side.said = words.join(' ');
        } else if (what == "Z") {
            side.ended = true;
        }
    }
    return side;
}

double slower(double a, double b)
{
    return a > 0 && b > 0 ? std::min(a, b) : std::max(a, b);
}

} // namespace

QString proofAnnotation()
{
    return names::name("shared-proof"_L1);
}

QString toAnnotation(const SharedProof &proof)
{
    QJsonObject json{{u"verdict"_s, proof.shared ? u"shared"_s : u"notShared"_s}, {u"claimUid"_s, proof.claimUid}, {u"at"_s, proof.at.toUTC().toString(Qt::ISODate)},
        {u"nodes"_s, QJsonArray::fromStringList(proof.nodes)}, {u"bytes"_s, proof.bytes}, {u"writeMBs"_s, std::round(proof.writeSpeed * 10) / 10}, {u"readMBs"_s, std::round(proof.readSpeed * 10) / 10}};
    if (!proof.why.isEmpty())
        json.insert(u"why"_s, proof.why);
    return QString::fromUtf8(QJsonDocument(json).toJson(QJsonDocument::Compact));
}

std::optional<SharedProof> proofOf(const QJsonObject &claim)
{
    const QJsonValue metadata = claim[u"metadata"_s];
    const QString text = metadata[u"annotations"_s][proofAnnotation()].toString();
    if (text.isEmpty() || text.size() > kMostText)
        return std::nullopt;
    const QJsonObject json = QJsonDocument::fromJson(text.toUtf8()).object();
    SharedProof proof;
    const QString verdict = json[u"verdict"_s].toString();
    proof.shared = verdict == "shared"_L1;
    proof.claimUid = json[u"claimUid"_s].toString();
    proof.at = QDateTime::fromString(json[u"at"_s].toString(), Qt::ISODate).toUTC();
    for (const QJsonValue &node : json[u"nodes"_s].toArray())
        proof.nodes.append(node.toString());
    proof.bytes = json[u"bytes"_s].toInteger();
    proof.writeSpeed = json[u"writeMBs"_s].toDouble();
    proof.readSpeed = json[u"readMBs"_s].toDouble();
    proof.why = json[u"why"_s].toString();
    const bool known = proof.shared || verdict == "notShared"_L1;
    // Whoever copies a claim with its annotations copies no proof.
    if (!known || !proof.at.isValid() || proof.claimUid.isEmpty() || proof.claimUid != metadata[u"uid"_s].toString() || proof.nodes.size() != 2 || proof.nodes[0] == proof.nodes[1])
        return std::nullopt;
    return proof;
}

Result<ProofRequest> planProof(ObjectApi &api, const QString &ns, const QString &claim, const std::optional<ObjectRef> &job, const QString &image, bool waits, std::stop_token stop)
{
    const QString what = Words::tr("The PVC %1 cannot be tested from two nodes").arg(text::safe(claim));
    const Result<QJsonObject> object = api.get(ObjectRef{kinds::claims(), ns, claim, {}}, stop);
    if (!object)
        return fail(object.error());
    const QJsonValue spec = (*object)[u"spec"_s];
    const QJsonArray modes = spec[u"accessModes"_s].toArray();
    if (!modes.contains(u"ReadWriteMany"_s))
        return fail(Error::Kind::Unsupported, what, Words::tr("Its access modes allow writing from one node alone"), Words::tr("Make one that is ReadWriteMany"));
    if (spec[u"volumeMode"_s].toString() == "Block"_L1)
        return fail(Error::Kind::Unsupported, what, Words::tr("It is a raw block device"), Words::tr("Choose one with a file system"));
    const QString phase = (*object)[u"status"_s][u"phase"_s].toString();
    ProofRequest request;
    if (image.isEmpty()) {
        // Image, pull secrets, tolerations and user as for a listing, from whoever uses it.
        Result<ClaimRequest> planned = planClaim(api, ns, claim, job, stop);
        if (!planned) {
            Error error = planned.error();
            error.what = what;
            return fail(error);
        }
        static_cast<HelperPod &>(request) = *planned;
        request.node.clear();
    } else {
        if (phase != "Bound"_L1 && !waits)
            return fail(Error::Kind::Unsupported, what, Words::tr("It is %1, not Bound").arg(text::safe(phase)), Words::tr("Wait until it is bound; its events say what is in the way"));
        request.ns = ns;
        request.image = image;
        request.imagePullPolicy = u"IfNotPresent"_s;
    }
    request.claim = claim;
    request.claimUid = (*object)[u"metadata"_s][u"uid"_s].toString();
    request.startTimeout = std::chrono::seconds(kPatience);
    return request;
}

HelperTask proofTask(const ProofRequest &request)
{
    HelperTask task{u"shared-proof"_s, u"cairn-prove-"_s, u"prove"_s,
        {{u"name"_s, u"claim"_s}, {u"persistentVolumeClaim"_s, QJsonObject{{u"claimName"_s, request.claim}}}},
        {{u"name"_s, u"claim"_s}, {u"mountPath"_s, QString(helperMountPath)}}};
    task.twoNodes = true;
    return task;
}

QStringList proofArguments(const QByteArray &marker, const ProofRequest &request)
{
    const qint64 size = std::clamp<qint64>(request.bytes / kMiB / kStep, 1, 64 * 1024) * kStep;
    return {QString::fromLatin1(marker), QString(helperMountPath), QString::number(size), QString::number(kPatience)};
}

/// Output, by lines; M is a random word of this one call:
///   @@M W <bytes> <begin> <end>             wrote that much, flushed; times in seconds of the node's own clock
///   @@M S <file> <sum> <size>               what it wrote, by POSIX cksum, or SHA-256 where the image has none
///   @@M R <file> <sum> <size> <begin> <end> what it read of the other one
///   @@M X <word> <text>                     "missing", "denied", "full", "write", "rename", "read" or "unseen"
///   @@M Z                                   all done
/// The second pod begins when it sees the first one's file, so that both directions are measured alone. A slow file system is
/// not one that nobody shares: while the other one's unfinished file is seen, no time counts.
const QString &proofScript()
{
    static const QString text = QString::fromLatin1(R"script(LC_ALL=C
export LC_ALL
M=$1
R=$2
N=$3
T=$4
I=${JOB_COMPLETION_INDEX:-0}
D=$R/.cairn-proof-$M
say() { echo "@@$M $*"; }
trap 'rm -rf "$D"; exit 143' TERM INT
quit() {
  say X "$@"
  rm -rf "$D"
  exit 0
}
for tool in cat dd df expr find ls mkdir mv rm sleep tail wc; do
  command -v "$tool" >/dev/null 2>&1 || quit missing "$tool"
done
command -v cksum >/dev/null 2>&1 || command -v sha256sum >/dev/null 2>&1 || quit missing cksum
sum() {
  if command -v cksum >/dev/null 2>&1; then
    cksum <"$1"
  else
    sha256sum <"$1" | { read -r hash rest; echo "$hash"; }
    wc -c <"$1"
  fi
}
now() { read -r up idle </proc/uptime && echo "$up"; }
free=`df -Pk "$R" 2>/dev/null | tail -n 1 | { read -r a b c d e; echo "$d"; }`
case $free in
  ''|*[!0-9]*) ;;
  *) most=`expr "$free" / 16384 '*' 4`
     [ "$N" -le "$most" ] || N=$most ;;
esac
[ "$N" -ge 4 ] || quit full "$free KiB"
find "$R" -maxdepth 1 -name '.cairn-proof-*' -mmin +15 -exec rm -rf {} + 2>/dev/null
e=`mkdir -p "$D" 2>&1` || quit denied $e
B=`expr "$N" '*' 1048576`
put() {
  e=`dd if=/dev/urandom of="$D/block.$I" bs=1048576 count=4 2>&1` || quit write $e
  s=`now`
  e=`{ i=0; while [ "$i" -lt "$N" ]; do cat "$D/block.$I" || exit 1; i=\`expr "$i" + 4\`; done | dd of="$D/$1.part" bs=1048576 conv=fsync; } 2>&1` || quit write $e
  t=`now`
  set -- "$1" `sum "$D/$1.part"`
  [ "$3" = "$B" ] || quit write "$3 bytes of $B"
  say W "$3" "$s" "$t"
  say S "$1" "$2" "$3"
  e=`mv "$D/$1.part" "$D/$1" 2>&1` || quit rename $e
}
get() {
  n=0
  until ls "$D" >/dev/null 2>&1 && [ -e "$D/$1" ]; do
    [ "$n" -lt "$T" ] || quit unseen "$1"
    [ -e "$D/$1.part" ] || n=`expr "$n" + 1`
    sleep 1 &
    wait $!
  done
  [ "$I" = 0 ] || : >"$D/second.part"
  s=`now`
  cat "$D/$1" >/dev/null 2>&1
  t=`now`
  set -- "$1" `sum "$D/$1" 2>&1`
  say R "$1" "$2" "$3" "$s" "$t"
}
if [ "$I" = 0 ]; then
  put first
  get second
  rm -rf "$D"
else
  get first
  put second
fi
say Z
)script");
    return text;
}

Result<SharedProof> readProof(const QList<QByteArray> &logs, const QByteArray &marker, const ProofRequest &request)
{
    const QString what = Words::tr("The PVC %1 could not be tested from two nodes").arg(text::safe(request.claim));
    SharedProof proof;
    proof.claimUid = request.claimUid;
    proof.at = QDateTime::currentDateTimeUtc();
    std::array<Side, 2> sides;
    for (std::size_t i = 0; i < sides.size(); ++i)
        sides[i] = sideOf(logs.value(qsizetype(i)), marker);
    for (const Side &side : sides) {
        const QString said = text::safe(QString::fromUtf8(side.said).left(200));
        if (side.refusal == "missing")
            return fail(Error::Kind::Unsupported, what, Words::tr("The image has no %1").arg(said), Words::tr("Choose an image with the usual shell tools, such as one based on Debian or Alpine"));
        if (side.refusal == "full")
            return fail(Error::Kind::Io, what, Words::tr("Too little is free on it: %1").arg(said), Words::tr("Make room, or a larger PVC"));
        if (side.refusal == "denied" || side.refusal == "write")
            return fail(Error::Kind::Io, what, Words::tr("User %1 could not write: %2").arg(request.runAsUser).arg(said), Words::tr("Test as the user that trains, or let that user write"));
        if (side.refusal == "rename") {
            proof.why = Words::tr("A file cannot be renamed there, which is how checkpoints are finished: %1").arg(said);
            return proof;
        }
    }
    for (const Side &side : sides) {
        if (side.refusal == "unseen") {
            proof.why = Words::tr("What one node wrote was not seen by the other within %1 s.").arg(kPatience);
            return proof;
        }
    }
    if (!sides[0].ended || !sides[1].ended)
        return fail(Error::Kind::Server, what, Words::tr("A pod of the test ended before it was through"), Words::tr("Try again; look at the events of the namespace"));
    if (sides[0].sum.isEmpty() || sides[1].sum.isEmpty() || sides[0].sum != sides[1].read || sides[1].sum != sides[0].read) {
        proof.why = Words::tr("One node read something else than the other had written.");
        return proof;
    }
    proof.shared = true;
    proof.bytes = std::min(sides[0].bytes, sides[1].bytes);
    proof.writeSpeed = slower(sides[0].write, sides[1].write);
    proof.readSpeed = slower(sides[0].readSpeed, sides[1].readSpeed);
    return proof;
}

Result<SharedProof> proveShared(ObjectApi &api, const ProofRequest &request, std::stop_token stop, const Progress &progress)
{
    const QString what = Words::tr("The PVC %1 could not be tested from two nodes").arg(text::safe(request.claim));
    const QByteArray marker = helper::newMarker().left(16);
    HelperRun job(api, request, proofTask(request), what, stop, progress);
    Result<HelperRun::Pair> pair = job.runPair(proofScript(), proofArguments(marker, request));
    if (!pair) {
        Error error = pair.error();
        if (error.kind == Error::Kind::Forbidden)
            error.fix = Words::tr("Ask for permission to create jobs.batch in %1").arg(text::safe(request.ns));
        return fail(error);
    }
    Result<SharedProof> proof = pair->unmounted.isEmpty() ? readProof(pair->logs, marker, request) : Result<SharedProof>(SharedProof());
    if (!proof)
        return proof;
    if (!pair->unmounted.isEmpty()) {
        proof->claimUid = request.claimUid;
        proof->at = QDateTime::currentDateTimeUtc();
        proof->why = Words::tr("The second node cannot mount it while the first one does: %1").arg(pair->unmounted);
    }
    proof->nodes = pair->nodes;
    return proof;
}

} // namespace cairn::ckpt
