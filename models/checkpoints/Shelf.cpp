// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/Shelf.h"

#include "base/Text.h"
#include "checkpoints/HelperScript.h"
#include "checkpoints/Paths.h"
#include "checkpoints/Recorded.h"

#include <QtEndian>
#include <zlib.h>

using namespace Qt::StringLiterals;

namespace cairn::ckpt {
namespace {

/// Prints a range of one file in whole blocks ("read"), or the last eight bytes of what gzip makes of it ("sum"): the CRC-32 and
/// the length of what went in (RFC 1952, 2.3.1). Names come as base64 of a path that ends in "/." or ".", as a substitution
/// drops newlines at its end.
const char *const script = R"script(LC_ALL=C
export LC_ALL
D=`printf %s "$1" | base64 -d`
F=`printf %s "$2" | base64 -d`
F=${F%.}
cd "$D" || exit 3
[ -f "$F" ] && [ ! -L "$F" ] || exit 4
if [ "$3" = read ]; then
  exec dd if="$F" bs=65536 skip=$4 count=$5 2>/dev/null
fi
command -v gzip >/dev/null 2>&1 && command -v tail >/dev/null 2>&1 || exit 5
dd if="$F" bs=65536 skip=$4 count=$5 2>/dev/null | tail -c +$6 | head -c $7 | gzip -1 -c | tail -c 8
)script";

constexpr qint64 block = 65536;
constexpr int noSuchFile = 4;
constexpr int noTool = 5;
/// Summed up by one command: gzip takes seconds for it, and an exec may take a minute.
constexpr qint64 summedAtOnce = 64 * 1024 * 1024;
/// The least that is read at once: a look at a header is followed by the next.
constexpr qint64 leastWindow = 256 * 1024;

QString base64(const QByteArray &bytes)
{
    return QString::fromLatin1(bytes.toBase64());
}

} // namespace

Shelf::Sum Shelf::crc32(const Entry &entry, qint64 offset, qint64 length, const std::function<bool(qint64)> &told)
{
    Sum sum{Source::Status::Ok, 0};
    for (qint64 done = 0; done < length;) {
        const qint64 count = std::min(piece(), length - done);
        const Source::Bytes bytes = source().read(entry, offset + done, count);
        if (bytes.status != Source::Status::Ok)
            return {bytes.status, 0};
        sum.crc = static_cast<quint32>(::crc32(sum.crc, reinterpret_cast<const Bytef *>(bytes.data.constData()), static_cast<uInt>(bytes.data.size())));
        done += count;
        if (!told(count))
            return {};
    }
    return sum;
}

FolderShelf::FolderShelf(std::unique_ptr<FolderSource> source)
    : m_source(std::move(source))
{
}

Result<std::unique_ptr<FolderShelf>> FolderShelf::open(const QString &path)
{
    Result<std::unique_ptr<FolderSource>> source = FolderSource::open(path);
    if (!source)
        return fail(source.error());
    return std::unique_ptr<FolderShelf>(new FolderShelf(*std::move(source)));
}

Result<Tree> FolderShelf::list(const std::stop_token &stop, const Progress &progress)
{
    Tree tree = m_source->walk({}, stop, progress);
    if (stop.stop_requested())
        return fail(Error::cancelled());
    return tree;
}

/// Ranges of files in the pod; keeps what it read last.
class ExecShelf::Reader final : public Source
{
public:
    explicit Reader(ExecShelf &shelf)
        : m_shelf(shelf)
    {
    }
    Bytes read(const Entry &entry, qint64 offset, qint64 length) override
    {
        if (m_path != entry.path || offset < m_offset || offset + length > m_offset + m_bytes.size()) {
            const qint64 first = offset / block;
            const qint64 end = std::min(entry.size, std::max(offset + length, offset + leastWindow));
            const qint64 count = (end + block - 1) / block - first;
            const Result<ExecOutput> output = m_shelf.runFile(entry, {u"read"_s, QString::number(first), QString::number(count)});
            m_bytes.clear();
            if (!output || output->exitCode != 0)
                return {Status::Failed, {}};
            m_path = entry.path;
            m_offset = first * block;
            m_bytes = output->out;
            if (offset + length > m_offset + m_bytes.size())
                return {Status::Failed, {}}; // shorter than listed
        }
        return {Status::Ok, m_bytes.mid(offset - m_offset, length)};
    }
    bool isLocal() const override { return false; }

private:
    ExecShelf &m_shelf;
    QByteArray m_path;
    qint64 m_offset = 0;
    QByteArray m_bytes;
};

ExecShelf::ExecShelf(ObjectApi &api, Inside inside, QString what)
    : m_api(api)
    , m_inside(std::move(inside))
    , m_what(std::move(what))
    , m_reader(std::make_unique<Reader>(*this))
{
}

ExecShelf::~ExecShelf() = default;

Source &ExecShelf::source()
{
    return *m_reader;
}

Result<ExecOutput> ExecShelf::run(const QString &text, const std::function<QStringList(const ExecTarget &)> &arguments)
{
    for (bool anew = false;; anew = true) {
        if (!m_target || anew) {
            Result<ExecTarget> target = m_inside(anew, m_stop);
            if (!target)
                return fail(target.error());
            m_target = *std::move(target);
        }
        Result<ExecOutput> output = m_api.exec(m_target->ns, m_target->pod, m_target->container,
                                               QStringList{u"sh"_s, u"-c"_s, text, u"cairn"_s} + arguments(*m_target), Secret(), m_stop);
        if (output || m_stop.stop_requested())
            return output;
        Error error = output.error();
        const bool refused = error.kind == Error::Kind::Forbidden || error.kind == Error::Kind::Unsupported;
        if (!anew && !refused)
            continue; // a helper is given ten minutes, and a pod may end
        error.what = m_what;
        if (refused) // its log is much too small for whole files
            error.fix = Words::tr("Reading whole files of a PVC takes exec: ask for permission to create pods/exec in %1").arg(text::safe(m_target->ns));
        return fail(error);
    }
}

Result<Tree> ExecShelf::list(const std::stop_token &stop, const Progress &progress)
{
    m_stop = stop;
    m_failure.reset();
    m_reader = std::make_unique<Reader>(*this);
    if (progress)
        progress(Words::tr("Listing the PVC"), 0);
    const QByteArray marker = helper::newMarker();
    const Result<ExecOutput> output = run(helper::scriptText(), [&](const ExecTarget &target) {
        return helper::listArguments(marker, pathFromText(target.mountPath), pathFromText(target.path));
    });
    if (!output)
        return fail(output.error());
    const helper::Output listed = helper::parse(output->out, marker);
    const QByteArray folder = pathFromText(m_target->path);
    if (const Result<> usable = checkListing(listed, m_what, folder, output->out); !usable)
        return fail(usable.error());
    RecordedSource recorded;
    recorded.addListing(listed, folder);
    return std::move(recorded.tree());
}

Result<ExecOutput> ExecShelf::runFile(const Entry &entry, const QStringList &what)
{
    if (m_failure)
        return fail(*m_failure);
    Result<ExecOutput> output = run(QString::fromLatin1(script), [&](const ExecTarget &target) {
        return QStringList{base64(pathFromText(target.path) + "/."), base64("./" + entry.path + '.')} + what;
    });
    if (!output)
        m_failure = output.error();
    return output;
}

Shelf::Sum ExecShelf::crc32(const Entry &entry, qint64 offset, qint64 length, const std::function<bool(qint64)> &told)
{
    Sum sum{Source::Status::Ok, 0};
    for (qint64 done = 0; done < length;) {
        if (m_noGzip)
            return Shelf::crc32(entry, offset, length, told);
        const qint64 at = offset + done;
        const qint64 count = std::min(summedAtOnce, length - done);
        const qint64 first = at / block;
        const qint64 blocks = (at + count + block - 1) / block - first;
        const Result<ExecOutput> output = runFile(entry, {u"sum"_s, QString::number(first), QString::number(blocks),
                                                          QString::number(at - first * block + 1), QString::number(count)});
        if (!output || output->exitCode == noSuchFile)
            return {};
        if (done == 0 && (output->exitCode == noTool || output->out.size() != 8)) {
            m_noGzip = true;
            continue;
        }
        if (output->out.size() != 8 || qFromLittleEndian<quint32>(output->out.constData() + 4) != static_cast<quint32>(count))
            return {}; // shorter than listed
        sum.crc = static_cast<quint32>(crc32_combine(sum.crc, qFromLittleEndian<quint32>(output->out.constData()), count));
        done += count;
        if (!told(count))
            return {};
    }
    return sum;
}

} // namespace cairn::ckpt
