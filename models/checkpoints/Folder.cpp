// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/Folder.h"

#include "base/Text.h"
#include "checkpoints/Names.h"
#include "checkpoints/Paths.h"

#include <QFile>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace cairn::ckpt {
namespace {

QString errorText(int code)
{
    return QString::fromLocal8Bit(std::strerror(code));
}

qint64 mtimeMs(const struct stat &info)
{
    return qint64{info.st_mtim.tv_sec} * 1000 + info.st_mtim.tv_nsec / 1'000'000;
}

struct DirCloser {
    void operator()(DIR *dir) const { closedir(dir); }
};

/// Things of one kind that have the name of a checkpoint and are none that could be read, with the first of them.
struct Named {
    int count = 0;
    QByteArray first;
    void add(const QByteArray &path)
    {
        if (++count == 1)
            first = path;
    }
    /// "%1" stands for how many, "%2" for the example.
    void note(QStringList &notes, const QString &text) const
    {
        if (count > 0)
            notes << text.arg(count).arg(text::safe(pathToText(first)));
    }
};

/// Counts what was left out, so that a million unreadable folders make one note.
struct LeftOut {
    int unreadable = 0;
    QString firstUnreadable;
    int tooDeep = 0;
    bool entryLimit = false;
    bool candidateLimit = false;
    bool stopped = false;
    Named linksOut;
    Named linksToNothing;
    Named pipes;
    Named others; ///< sockets and devices
};

class Walk
{
public:
    Walk(int root, QByteArray realRoot, const FolderLimits &limits, const std::stop_token &stop, const Progress &progress)
        : m_root(root)
        , m_realRoot(std::move(realRoot))
        , m_limits(limits)
        , m_stop(stop)
        , m_progress(progress)
    {
    }

    Tree run()
    {
        // A stack instead of recursion, with one descriptor open at a time: depth costs no descriptors.
        QList<QByteArray> pending{QByteArray()};
        while (!pending.isEmpty() && mayGoOn())
            folder(pending.takeLast(), pending);
        resolveLinks();
        std::ranges::sort(m_tree.files, {}, &Entry::path);
        writeNotes();
        return std::move(m_tree);
    }

private:
    bool mayGoOn()
    {
        if (m_stop.stop_requested())
            m_left.stopped = true;
        return !m_left.stopped && !m_left.entryLimit;
    }

    void folder(const QByteArray &path, QList<QByteArray> &pending)
    {
        const int fd = openFolder(path);
        std::unique_ptr<DIR, DirCloser> dir(fd >= 0 ? fdopendir(fd) : nullptr);
        if (!dir) {
            if (fd >= 0)
                ::close(fd);
            if (++m_left.unreadable == 1)
                m_left.firstUnreadable = Words::tr("%1: %2").arg(path.isEmpty() ? u"."_s : text::safe(path), errorText(errno));
            return;
        }
        const int depth = path.isEmpty() ? 0 : static_cast<int>(path.count('/')) + 1;
        QList<QByteArray> below;
        while (const dirent *item = readdir(dir.get())) {
            const QByteArray name(item->d_name);
            if (name == "." || name == "..")
                continue;
            if (++m_seen > m_limits.entries) {
                m_left.entryLimit = true;
                break;
            }
            if (m_seen % 4096 == 0) {
                if (!mayGoOn())
                    break;
                if (m_progress)
                    m_progress(Words::tr("Listing %1").arg(text::safe(path)), m_seen);
            }
            struct stat info {};
            if (fstatat(dirfd(dir.get()), item->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0)
                continue; // removed meanwhile
            const QByteArray full = joined(path, name);
            if (S_ISDIR(info.st_mode)) {
                if (depth + 1 > m_limits.depth || full.size() >= PATH_MAX)
                    ++m_left.tooDeep;
                else
                    below << full;
            } else if (S_ISREG(info.st_mode)) {
                file(path, name, full, info);
            } else if (isCandidateName(name) || isStepFolder(name)) {
                special(full, info.st_mode);
            }
        }
        pending += below;
    }

    /// Has the name of a checkpoint, and is neither a file nor a folder. FIFOs, sockets and devices are not even opened.
    void special(const QByteArray &full, mode_t mode)
    {
        if (S_ISFIFO(mode))
            m_left.pipes.add(full);
        else if (!S_ISLNK(mode))
            m_left.others.add(full);
        else if (m_links.size() < 10'000)
            m_links << full;
    }

    void file(const QByteArray &folderPath, const QByteArray &name, const QByteArray &full, const struct stat &info)
    {
        if (isCandidateName(name)) {
            if (m_tree.files.size() < m_limits.candidates)
                m_tree.files << Entry{full, info.st_size, mtimeMs(info), {}};
            else
                m_left.candidateLimit = true;
            return;
        }
        auto found = m_tree.others.find(folderPath);
        if (found == m_tree.others.end()) {
            if (m_tree.others.size() >= m_limits.folders)
                return;
            found = m_tree.others.insert(folderPath, {});
        }
        ++found->files;
        found->empty += info.st_size == 0 ? 1 : 0;
        found->bytes += info.st_size;
        found->newestMs = std::max(found->newestMs, mtimeMs(info));
    }

    int openFolder(const QByteArray &path)
    {
        int fd = ::openat(m_root, ".", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (path.isEmpty())
            return fd;
        for (const QByteArray &part : path.split('/')) {
            if (fd < 0)
                return fd;
            const int next = ::openat(fd, part.constData(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
            const int code = errno;
            ::close(fd);
            errno = code;
            fd = next;
        }
        return fd;
    }

    /// A linked file counts only where its target is a regular file inside the tree.
    void resolveLinks()
    {
        for (const QByteArray &link : m_links) {
            const std::unique_ptr<char, decltype(&std::free)> real(
                ::realpath((m_realRoot + '/' + link).constData(), nullptr), &std::free);
            if (!real) { // dangling, or a loop
                m_left.linksToNothing.add(link);
                continue;
            }
            const QByteArray target(real.get());
            const QByteArray base = m_realRoot == "/" ? m_realRoot : m_realRoot + '/';
            struct stat info {};
            if (!target.startsWith(base)) {
                if (target != m_realRoot)
                    m_left.linksOut.add(link);
                continue;
            }
            if (!isCandidateName(baseName(link)) || ::lstat(target.constData(), &info) != 0 || !S_ISREG(info.st_mode))
                continue; // a linked folder is listed where it lies
            m_tree.files << Entry{link, info.st_size, mtimeMs(info), target.mid(base.size())};
        }
    }

    void writeNotes()
    {
        if (m_left.unreadable > 0)
            m_tree.notes << Words::tr("%n folders could not be read, the first is %1.", nullptr, m_left.unreadable).arg(m_left.firstUnreadable);
        if (m_left.tooDeep > 0)
            m_tree.notes << Words::tr("%n folders lie deeper than %1 levels and were left out.", nullptr, m_left.tooDeep).arg(m_limits.depth);
        if (m_left.entryLimit)
            m_tree.notes << Words::tr("The listing stopped after %1 entries; name a folder further down.").arg(m_limits.entries);
        if (m_left.candidateLimit)
            m_tree.notes << Words::tr("More than %1 files look like parts of checkpoints; the rest was left out.").arg(m_limits.candidates);
        if (m_left.stopped)
            m_tree.notes << Words::tr("The listing was cancelled.");
        m_left.linksOut.note(m_tree.notes, Words::tr("Links that lead out of the folder were not followed: %1, such as %2."));
        m_tree.partial = !m_tree.notes.isEmpty();
        // These hide nothing, but look like checkpoints in a listing of names.
        m_left.linksToNothing.note(m_tree.notes, Words::tr("Links with the names of checkpoints lead to nothing: %1, such as %2."));
        m_left.pipes.note(m_tree.notes, Words::tr("Pipes with the names of checkpoints were left out: %1, such as %2."));
        m_left.others.note(m_tree.notes, Words::tr("Sockets and devices with the names of checkpoints were left out: %1, such as %2."));
    }

    int m_root;
    QByteArray m_realRoot;
    FolderLimits m_limits;
    std::stop_token m_stop;
    const Progress &m_progress;
    Tree m_tree;
    QList<QByteArray> m_links;
    qint64 m_seen = 0;
    LeftOut m_left;
};

} // namespace

FolderSource::FolderSource(int root, QByteArray realPath)
    : m_root(root)
    , m_realPath(std::move(realPath))
{
}

FolderSource::~FolderSource()
{
    if (m_openFile >= 0)
        ::close(m_openFile);
    ::close(m_root);
}

Result<std::unique_ptr<FolderSource>> FolderSource::open(const QString &path)
{
    const QByteArray name = QFile::encodeName(path);
    const QString what = Words::tr("The folder %1 cannot be read").arg(text::safe(path));
    const int root = ::open(name.constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK);
    if (root < 0) {
        switch (errno) {
        case ENOENT:
            return fail(Error::Kind::NotFound, what, Words::tr("There is no such folder"), Words::tr("Check the path"));
        case ENOTDIR:
            return fail(Error::Kind::Invalid, what, Words::tr("It is not a folder"), Words::tr("Name the folder that holds the checkpoint"));
        case EACCES:
            return fail(Error::Kind::Forbidden, what, errorText(EACCES), Words::tr("Ask its owner for read access"));
        default: return fail(Error::Kind::Io, what, errorText(errno), Words::tr("Check the path and the file system"));
        }
    }
    const std::unique_ptr<char, decltype(&std::free)> real(::realpath(name.constData(), nullptr), &std::free);
    return std::unique_ptr<FolderSource>(new FolderSource(root, real ? QByteArray(real.get()) : name));
}

Tree FolderSource::walk(const FolderLimits &limits, const std::stop_token &stop, const Progress &progress)
{
    Tree tree = Walk(m_root, m_realPath, limits, stop, progress).run();
    tree.rootName = baseName(m_realPath);
    return tree;
}

int FolderSource::openBeneath(const QByteArray &path, int flags) const
{
    const QList<QByteArray> parts = path.split('/');
    int fd = ::dup(m_root);
    for (qsizetype i = 0; i < parts.size() && fd >= 0; ++i) {
        const bool last = i + 1 == parts.size();
        const int next = ::openat(fd, parts[i].constData(),
                                  O_NOFOLLOW | O_CLOEXEC | (last ? flags : O_RDONLY | O_DIRECTORY));
        ::close(fd);
        fd = next;
    }
    return fd;
}

Source::Bytes FolderSource::read(const Entry &entry, qint64 offset, qint64 length)
{
    const QByteArray &path = entry.isLink() ? entry.linkTarget : entry.path;
    if (m_openFile < 0 || m_openPath != path) {
        if (m_openFile >= 0)
            ::close(m_openFile);
        // O_NONBLOCK: should a FIFO have taken the file's place, opening it must not wait for a writer.
        m_openFile = openBeneath(path, O_RDONLY | O_NONBLOCK);
        m_openPath = path;
        struct stat info {};
        if (m_openFile >= 0 && (::fstat(m_openFile, &info) != 0 || !S_ISREG(info.st_mode))) {
            ::close(m_openFile);
            m_openFile = -1;
        }
    }
    if (m_openFile < 0)
        return {Status::Failed, {}};
    QByteArray data(length, Qt::Uninitialized);
    qint64 done = 0;
    while (done < length) {
        const ssize_t got = ::pread(m_openFile, data.data() + done, static_cast<std::size_t>(length - done), offset + done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return {Status::Failed, {}}; // shorter than listed, or an I/O error
        done += got;
    }
    return {Status::Ok, data};
}

Result<Listing> scanFolder(const QString &path, const ScanOptions &options, std::stop_token stop, const Progress &progress)
{
    Result<std::unique_ptr<FolderSource>> source = FolderSource::open(path);
    if (!source)
        return fail(source.error());
    const Tree tree = (*source)->walk(options.folder, stop, progress);
    RecogniseOptions recogniseOptions = options.recognise;
    if (!recogniseOptions.now.isValid())
        recogniseOptions.now = QDateTime::currentDateTimeUtc();
    Listing listing = recognise(tree, **source, recogniseOptions, stop, progress).listing;
    if (stop.stop_requested())
        return fail(Error::cancelled());
    listing.source = u"folder"_s;
    return listing;
}

} // namespace cairn::ckpt
