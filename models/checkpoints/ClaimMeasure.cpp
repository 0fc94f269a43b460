// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/ClaimListing.h"

#include "base/Text.h"
#include "checkpoints/Check.h"
#include "checkpoints/HelperJob.h"
#include "checkpoints/HelperRun.h"
#include "checkpoints/HelperScript.h"

#include <array>

using namespace Qt::StringLiterals;

namespace cairn::ckpt {
namespace helper {

const QString &measureText()
{
    // %S is the size the counts are in, %a what an ordinary user may still take.
    static const QString text = QString::fromLatin1(R"script(LC_ALL=C
export LC_ALL
M=$1
echo "@@$M B 1"
if command -v stat >/dev/null 2>&1; then
  stat -f -c "@@$M U %i %S %b %f %a %c %d" "$2" 2>&1
else
  echo "@@$M X missing-stat"
fi
echo "@@$M Z"
)script");
    return text;
}

QStringList measureArguments(const QByteArray &marker, const QByteArray &folder)
{
    return {QString::fromLatin1(marker), QString::fromLatin1(folder)};
}

std::optional<VolumeUse> parseMeasure(const QByteArray &log, const QByteArray &marker)
{
    const QByteArray head = "@@" + marker + " U ";
    for (const QByteArray &line : log.split('\n')) {
        if (!line.startsWith(head))
            continue;
        const QList<QByteArray> fields = line.mid(head.size()).trimmed().split(' ');
        if (fields.size() != 7)
            return std::nullopt;
        std::array<qint64, 6> numbers{};
        for (std::size_t i = 0; i < numbers.size(); ++i) {
            bool ok = false;
            numbers[i] = fields[qsizetype(i) + 1].toLongLong(&ok);
            if (!ok || numbers[i] < 0)
                return std::nullopt;
        }
        const auto [size, blocks, free, available, inodes, inodesFree] = numbers;
        qint64 capacity = 0;
        if (size == 0 || blocks == 0 || free > blocks || available > blocks || inodesFree > inodes
            || __builtin_mul_overflow(size, blocks, &capacity))
            return std::nullopt;
        VolumeUse use;
        use.capacity = capacity;
        use.used = (blocks - free) * size;
        use.available = available * size;
        if (inodes > 0) {
            use.inodes = inodes;
            use.inodesUsed = inodes - inodesFree;
        }
        // Some network file systems have the id 0.
        const QString id = QString::fromLatin1(fields.first().left(32));
        if (!id.isEmpty() && id.count(u'0') != id.size())
            use.fileSystem = id;
        return use;
    }
    return std::nullopt;
}

} // namespace helper

Result<VolumeUse> measureClaim(ObjectApi &api, const ClaimRequest &request, std::stop_token stop, const Progress &progress)
{
    const QString what = Words::tr("The PVC %1 could not be measured").arg(text::safe(request.claim));
    if (request.image.isEmpty())
        return fail(Error::Kind::Invalid, what, Words::tr("No image is known for the helper"), Words::tr("Name an image that has a shell"));
    const QByteArray marker = helper::newMarker();
    HelperRun job(api, request, listingTask(request), what, stop, progress);
    const Result<QByteArray> log = job.run(helper::measureText(), helper::measureArguments(marker, helperMountPath.latin1()));
    if (!log) {
        Error error = log.error();
        if (error.kind == Error::Kind::Forbidden) // where nothing may be created, there is no second way to ask
            error.fix = Words::tr("Ask for permission to create jobs.batch in %1").arg(text::safe(request.ns));
        return fail(error);
    }
    std::optional<VolumeUse> use = helper::parseMeasure(*log, marker);
    if (!use) {
        if (log->contains("@@" + marker + " X missing-stat"))
            return fail(Error::Kind::Unsupported, what, Words::tr("The image has no %1").arg(u"stat"_s),
                        Words::tr("Choose an image with the usual shell tools, such as one based on Debian or Alpine"));
        const QByteArray said = log->trimmed();
        return fail(Error::Kind::Io, what,
                    said.isEmpty() ? Words::tr("The helper printed nothing")
                                   : Words::tr("The helper printed something else: %1").arg(text::safe(said.left(200))),
                    Words::tr("Choose an image with the usual shell tools, such as one based on Debian or Alpine"));
    }
    use->ns = request.ns;
    use->claim = request.claim;
    use->source = UseSource::Helper;
    use->at = QDateTime::currentDateTimeUtc();
    return *use;
}

} // namespace cairn::ckpt
