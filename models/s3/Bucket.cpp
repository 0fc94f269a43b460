// SPDX-License-Identifier: GPL-3.0-or-later
#include "s3/Bucket.h"

#include "base/Text.h"
#include "checkpoints/Paths.h"

#include <QCoreApplication>
#include <QSet>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::s3 {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::s3::Bucket)
};

/// Readers take many small ranges side by side: each request brings whole blocks of this size.
constexpr qint64 block = 64 * 1024;
/// The sizes of one listing may not sum up to more: Tree and Checkpoint hold sums of them.
constexpr qint64 maxTotal = qint64{1} << 62;

/// False for keys that no folder could hold: empty, "." or ".." parts, or a part that is too long to be meant.
bool isPath(const QByteArray &path)
{
    for (const QByteArray &part : path.split('/')) {
        if (part.isEmpty() || part == "." || part == ".." || part.size() > 1024 || part.contains('\0'))
            return false;
    }
    return true;
}

bool isArchived(const Object &object)
{
    return object.storageClass == "GLACIER" || object.storageClass == "DEEP_ARCHIVE";
}

} // namespace

/// Puts objects into a tree and counts what it leaves out.
class BucketSource::Planter
{
public:
    Planter(QByteArray prefix, const ckpt::FolderLimits &limits, QHash<QByteArray, Object> &objects)
        : m_prefix(std::move(prefix))
        , m_limits(limits)
        , m_objects(objects)
    {
    }

    /// False where the limits or the sizes end the listing.
    bool add(const Object &object)
    {
        if (++m_seen > m_limits.entries) {
            m_entryLimit = true;
            return false;
        }
        m_total += object.size;
        if (m_total > maxTotal) {
            m_tooMuch = true;
            return false;
        }
        const QByteArray path = object.key.mid(m_prefix.size());
        if (path.isEmpty() || path.endsWith('/'))
            return true; // markers that browsers of buckets leave for folders
        if (!object.key.startsWith(m_prefix) || !isPath(path)) {
            ++m_odd;
        } else if (path.count('/') > m_limits.depth) {
            ++m_tooDeep;
        } else if (!ckpt::isCandidateName(ckpt::baseName(path))) {
            addOther(path, object);
        } else if (m_objects.size() >= m_limits.candidates) {
            m_candidateLimit = true;
        } else if (!m_objects.contains(path)) {
            m_archived += isArchived(object) ? 1 : 0;
            m_objects.insert(path, object);
            m_tree.files << ckpt::Entry{path, object.size, object.mtimeMs, {}};
        }
        return true;
    }

    qint64 seen() const { return m_seen; }
    void note(const QString &text) { m_tree.notes << text; }

    ckpt::Tree take(bool pageLimit, bool stopped)
    {
        if (m_odd > 0)
            note(Words::tr("%n objects have names that are not paths and were left out.", nullptr, m_odd));
        if (m_tooDeep > 0)
            note(Words::tr("%n objects lie deeper than %1 levels and were left out.", nullptr, m_tooDeep).arg(m_limits.depth));
        if (m_entryLimit)
            note(Words::tr("The listing stopped after %1 objects; name a prefix further down.").arg(m_limits.entries));
        if (pageLimit)
            note(Words::tr("The listing did not end after %1 objects and was cut; name a prefix further down.").arg(m_seen));
        if (m_tooMuch)
            note(Words::tr("The listing was cut: the sizes that the store states cannot be true."));
        if (m_candidateLimit)
            note(Words::tr("More than %1 objects look like parts of checkpoints; the rest was left out.").arg(m_limits.candidates));
        if (stopped)
            note(Words::tr("The listing was cancelled."));
        if (m_archived > 0)
            note(Words::tr("%n objects are archived and could not be read.", nullptr, m_archived));
        m_tree.partial = !m_tree.notes.isEmpty();
        std::ranges::sort(m_tree.files, {}, &ckpt::Entry::path);
        return std::move(m_tree);
    }

private:
    void addOther(const QByteArray &path, const Object &object)
    {
        const QByteArray folder = ckpt::parentPath(path);
        auto found = m_tree.others.find(folder);
        if (found == m_tree.others.end()) {
            if (m_tree.others.size() >= m_limits.folders)
                return;
            found = m_tree.others.insert(folder, {});
        }
        ++found->files;
        found->empty += object.size == 0 ? 1 : 0;
        found->bytes += object.size;
        found->newestMs = std::max(found->newestMs, object.mtimeMs);
    }

    const QByteArray m_prefix;
    const ckpt::FolderLimits m_limits;
    QHash<QByteArray, Object> &m_objects;
    ckpt::Tree m_tree;
    qint64 m_seen = 0;
    qint64 m_total = 0;
    int m_odd = 0;
    int m_tooDeep = 0;
    int m_archived = 0;
    bool m_entryLimit = false;
    bool m_candidateLimit = false;
    bool m_tooMuch = false;
};

BucketSource::BucketSource(Client &client, QByteArray prefix, std::stop_token stop, const QDateTime &asOf)
    : m_client(client)
    , m_prefix(std::move(prefix))
    , m_stop(std::move(stop))
    , m_asOf(asOf)
{
}

Error BucketSource::circles() const
{
    return Error::make(Error::Kind::Parse, Words::tr("The bucket %1 at %2 cannot be listed").arg(text::safe(m_client.bucket()), m_client.server()),
                       Words::tr("Its list loops: a continuation token came twice"),
                       Words::tr("Name a prefix further down; the store does not page as S3 does"));
}

Result<bool> BucketSource::listCurrent(Planter &planter, const BucketLimits &limits, const ckpt::Progress &progress)
{
    QSet<QByteArray> tokens;
    QByteArray token;
    for (int pages = 1;; ++pages) {
        Result<ListPage> page = m_client.list(m_prefix, token, m_stop);
        if (!page)
            return fail(page.error());
        const bool goOn = std::ranges::all_of(page->objects, [&](const Object &object) { return planter.add(object); });
        if (progress)
            progress(Words::tr("Listing %1").arg(text::safe(m_client.bucket())), planter.seen());
        token = page->next;
        if (!goOn || token.isEmpty())
            return false;
        if (tokens.contains(token))
            return fail(circles());
        tokens << token;
        if (pages >= limits.pages)
            return true;
        if (m_stop.stop_requested())
            return false;
    }
}

Result<bool> BucketSource::listVersions(Planter &planter, const BucketLimits &limits, const ckpt::Progress &progress)
{
    const qint64 asOf = m_asOf.toMSecsSinceEpoch();
    QSet<QByteArray> markers;
    QByteArray key, version;
    // Deletions may come before all versions (versitygw) or among them (AWS): which was the last is a question of time.
    QHash<QByteArray, Version> then;
    qint64 listed = 0;
    bool versioned = false;
    bool cut = false;
    for (int pages = 1;; ++pages) {
        Result<VersionPage> page = m_client.listVersions(m_prefix, key, version, m_stop);
        if (!page)
            return fail(page.error());
        bool goOn = true;
        for (const Version &one : std::as_const(page->versions)) {
            versioned |= one.object.version != "null" && !one.object.version.isEmpty();
            if (++listed > limits.tree.entries) {
                planter.note(Words::tr("The listing stopped after %1 versions; name a prefix further down.").arg(limits.tree.entries));
                goOn = false;
                break;
            }
            if (one.object.mtimeMs > asOf)
                continue;
            const auto known = then.constFind(one.object.key);
            if (known == then.cend() || known->object.mtimeMs < one.object.mtimeMs) // of the same time the first is the newer
                then.insert(one.object.key, one);
        }
        if (progress)
            progress(Words::tr("Listing %1").arg(text::safe(m_client.bucket())), listed);
        key = page->nextKey;
        version = page->nextVersion;
        if (!goOn || key.isEmpty() || m_stop.stop_requested())
            break;
        const QByteArray marker = key + '\0' + version;
        if (markers.contains(marker))
            return fail(circles());
        markers << marker;
        cut = pages >= limits.pages;
        if (cut)
            break;
    }
    for (const Version &one : std::as_const(then)) {
        if (!one.deleted && !planter.add(one.object))
            break;
    }
    if (listed > 0 && !versioned)
        planter.note(Words::tr("The bucket keeps no versions: what was overwritten or deleted since is not shown."));
    return cut;
}

Result<ckpt::Tree> BucketSource::list(const BucketLimits &limits, const ckpt::Progress &progress)
{
    Planter planter(m_prefix, limits.tree, m_objects);
    const Result<bool> cut = m_asOf.isValid() ? listVersions(planter, limits, progress) : listCurrent(planter, limits, progress);
    if (!cut)
        return fail(cut.error());
    if (planter.seen() == 0 && !m_prefix.isEmpty())
        return fail(Error::Kind::NotFound, Words::tr("There is nothing under %1 in the bucket %2").arg(text::safe(m_prefix), text::safe(m_client.bucket())),
                    m_asOf.isValid() ? Words::tr("No object whose name begins with it is known from that time") : Words::tr("No object's name begins with it"),
                    Words::tr("Name the folder that holds the checkpoints"));
    ckpt::Tree tree = planter.take(*cut, m_stop.stop_requested());
    tree.rootName = m_prefix.isEmpty() ? m_client.bucket().toUtf8() : ckpt::baseName(m_prefix.chopped(1));
    return tree;
}

ckpt::Source::Bytes BucketSource::read(const ckpt::Entry &entry, qint64 offset, qint64 length)
{
    const auto found = m_objects.constFind(entry.path);
    if (m_failure || found == m_objects.constEnd() || isArchived(*found))
        return {Status::Failed, {}};
    const qint64 windowEnd = m_window.offset + m_window.bytes.size();
    if (m_window.path != entry.path || offset < m_window.offset || offset + length > windowEnd) {
        const qint64 from = offset / block * block;
        const qint64 to = std::min(entry.size, (offset + length + block - 1) / block * block);
        m_window = {};
        Result<QByteArray> bytes = m_client.read(*found, from, to - from, m_stop);
        if (!bytes) {
            switch (bytes.error().kind) {
            case Error::Kind::Forbidden:
            case Error::Kind::NotFound:
            case Error::Kind::Conflict:
            case Error::Kind::Invalid: // these say something about this object alone
                if (m_unreadable.isEmpty())
                    m_firstUnreadable = bytes.error();
                m_unreadable << entry.path;
                break;
            default: m_failure = bytes.error();
            }
            return {Status::Failed, {}};
        }
        m_window = {entry.path, from, std::move(*bytes)};
    }
    return {Status::Ok, m_window.bytes.mid(offset - m_window.offset, length)};
}

Result<Listing> scanBucket(net::HttpClient &http, const Access &access, const Place &place, const BucketScanOptions &options,
                           std::stop_token stop, const ckpt::Progress &progress)
{
    Client client(http, access, place.bucket);
    BucketSource source(client, place.prefix, stop, options.asOf);
    const Result<ckpt::Tree> tree = source.list(options.limits, progress);
    if (!tree)
        return fail(tree.error());
    ckpt::RecogniseOptions recogniseOptions = options.recognise;
    if (!recogniseOptions.now.isValid())
        recogniseOptions.now = QDateTime::currentDateTimeUtc();
    Listing listing = ckpt::recognise(*tree, source, recogniseOptions, stop, progress).listing;
    if (stop.stop_requested())
        return fail(Error::cancelled());
    if (source.failure())
        return fail(*source.failure());
    if (source.unreadable() > 0) { // what cannot be read may not even be recognised
        listing.partial = true;
        listing.notes << Words::tr("%n objects could not be read. %1: %2.", nullptr, source.unreadable())
                             .arg(source.firstUnreadable().what, source.firstUnreadable().why);
    }
    listing.source = u"bucket"_s;
    return listing;
}

} // namespace cairn::s3
