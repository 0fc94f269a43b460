// SPDX-License-Identifier: GPL-3.0-or-later
#include "overlay/Folder.h"

#include "base/Text.h"
#include "overlay/Kustomization.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QRandomGenerator>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace cairn::overlay {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::overlay)
};

using Act = FileStep::Act;

constexpr int kMostFiles = 2000;
constexpr int kDeepest = 20;
constexpr qsizetype kLargest = 4 * 1024 * 1024;
const auto kOwnFolder = u".cairn"_s;
const auto kGenerated = u".cairn/generated/"_s;

/// A descriptor that closes itself.
class Handle
{
public:
    explicit Handle(int fd = -1)
        : m_fd(fd)
    {
    }
    ~Handle() { reset(); }
    Handle(Handle &&other) noexcept
        : m_fd(std::exchange(other.m_fd, -1))
    {
    }
    Handle &operator=(Handle &&other) noexcept
    {
        if (this != &other) {
            reset();
            m_fd = std::exchange(other.m_fd, -1);
        }
        return *this;
    }
    int get() const { return m_fd; }
    bool isOpen() const { return m_fd >= 0; }
    void reset()
    {
        if (m_fd >= 0)
            ::close(m_fd);
        m_fd = -1;
    }

private:
    int m_fd;
};

Error ioError(const QString &path, int number)
{
    const QString what = Words::tr("%1 could not be written.", "a file").arg(text::safe(path));
    switch (number) {
    case EROFS:
    case EACCES:
    case EPERM: return Error::make(Error::Kind::Io, what, Words::tr("The folder or the file is read-only for you."), Words::tr("Choose another folder, or change its permissions."));
    case ENOSPC:
    case EDQUOT: return Error::make(Error::Kind::Io, what, Words::tr("There is no space left."), Words::tr("Make room, then write again: every file is whole, old or new."));
    case ELOOP: return Error::make(Error::Kind::Io, what, Words::tr("It, or a folder on the way, is a symbolic link, and links are not written through."), Words::tr("Replace the link by a folder or a file."));
    case ENOTDIR: return Error::make(Error::Kind::Io, what, Words::tr("A folder on the way is a file or a symbolic link."), Words::tr("Move it away."));
    default: return Error::make(Error::Kind::Io, what, QString::fromLocal8Bit(std::strerror(number)), Words::tr("Choose another folder."));
    }
}

Handle openDirectory(int at, const QByteArray &name)
{
    return Handle(::openat(at, name.constData(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

Result<QByteArray> readAt(int at, const QByteArray &name, const QString &path)
{
    const Handle file(::openat(at, name.constData(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
    struct stat status = {};
    if (!file.isOpen() || ::fstat(file.get(), &status) != 0)
        return fail(Error::Kind::Io, Words::tr("%1 could not be read.", "a file").arg(text::safe(path)), QString::fromLocal8Bit(std::strerror(errno)));
    if (!S_ISREG(status.st_mode) || status.st_size > kLargest)
        return fail(Error::Kind::Io, Words::tr("%1 was not read.", "a file").arg(text::safe(path)),
                    S_ISREG(status.st_mode) ? Words::tr("It is larger than 4 MiB.") : Words::tr("It is not a regular file."));
    QByteArray bytes(kLargest + 1, Qt::Uninitialized);
    qsizetype size = 0;
    for (;;) {
        const ssize_t got = ::read(file.get(), bytes.data() + size, static_cast<size_t>(bytes.size() - size));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail(Error::Kind::Io, Words::tr("%1 could not be read.", "a file").arg(text::safe(path)), QString::fromLocal8Bit(std::strerror(errno)));
        if (got == 0)
            break;
        size += got;
        if (size > kLargest)
            return fail(Error::Kind::Io, Words::tr("%1 was not read.", "a file").arg(text::safe(path)), Words::tr("It is larger than 4 MiB."));
    }
    bytes.truncate(size);
    bytes.squeeze();
    return bytes;
}

/// What an editor, or git on Windows, makes of a file without changing what it says: kept by what is written over it.
struct Style {
    bool crlf = false;
    bool mark = false; ///< a byte order mark
};
constexpr QByteArrayView kMarkOfOrder("\xEF\xBB\xBF");

Style styleOf(const QByteArray &text)
{
    return {2 * text.count("\r\n") > text.count('\n'), text.startsWith(kMarkOfOrder)};
}

QByteArray plain(const QByteArray &text)
{
    QByteArray out = text.startsWith(kMarkOfOrder) ? text.mid(kMarkOfOrder.size()) : text;
    return out.replace("\r\n", "\n");
}

QByteArray styled(QByteArray text, Style style)
{
    if (style.crlf)
        text.replace('\n', "\r\n");
    return style.mark ? kMarkOfOrder.toByteArray() + text : text;
}

class Reader
{
public:
    explicit Reader(std::stop_token stop)
        : m_stop(std::move(stop))
    {
    }

    Result<Folder> run(const QString &path)
    {
        m_folder.path = path;
        Handle top(::open(QFile::encodeName(path).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (!top.isOpen() && errno == ENOENT)
            return m_folder;
        if (!top.isOpen())
            return fail(Error::Kind::Io, Words::tr("The folder %1 could not be read.").arg(text::safe(path)), QString::fromLocal8Bit(std::strerror(errno)),
                        Words::tr("Choose another folder."));
        read(std::move(top), {}, 0);
        if (m_stop.stop_requested())
            return fail(Error::cancelled());
        return m_folder;
    }

private:
    void gap(const QString &path, const QString &why)
    {
        m_folder.gaps.append({text::safe(path), Error::make(Error::Kind::Io, Words::tr("%1 was not read.", "a file").arg(text::safe(path)), why)});
    }

    void read(Handle directory, const QString &prefix, int depth)
    {
        // fdopendir() takes the descriptor; openat() below still needs one.
        const int copy = ::fcntl(directory.get(), F_DUPFD_CLOEXEC, 0);
        const std::unique_ptr<DIR, int (*)(DIR *)> entries(copy < 0 ? nullptr : ::fdopendir(copy), ::closedir);
        if (!entries)
            return gap(prefix, QString::fromLocal8Bit(std::strerror(errno)));
        QByteArrayList names;
        while (const dirent *entry = ::readdir(entries.get())) { // NOLINT(concurrency-mt-unsafe): a stream of its own
            const QByteArray name(entry->d_name);
            if (name != "." && name != ".." && name != ".git")
                names.append(name);
            if (names.size() > 20 * kMostFiles)
                return gap(prefix, Words::tr("It holds too many files."));
        }
        std::ranges::sort(names);
        for (const QByteArray &name : std::as_const(names)) {
            if (m_stop.stop_requested())
                return;
            const QString path = prefix + QString::fromUtf8(name);
            struct stat status = {};
            if (::fstatat(directory.get(), name.constData(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
                gap(path, QString::fromLocal8Bit(std::strerror(errno)));
            } else if (S_ISLNK(status.st_mode)) {
                gap(path, Words::tr("It is a symbolic link, which is not followed."));
            } else if (S_ISDIR(status.st_mode)) {
                Handle inner = openDirectory(directory.get(), name);
                if (!inner.isOpen())
                    gap(path, QString::fromLocal8Bit(std::strerror(errno)));
                else if (depth + 1 >= kDeepest)
                    gap(path, Words::tr("It lies too deep."));
                else
                    read(std::move(inner), path + u'/', depth + 1);
            } else if (++m_count > kMostFiles) {
                if (m_count == kMostFiles + 1)
                    gap(path, Words::tr("It and what follows: more than %1 files.").arg(kMostFiles));
            } else if (const Result<QByteArray> text = readAt(directory.get(), name, path); !text) {
                m_folder.gaps.append({text::safe(path), text.error()});
            } else if (path.startsWith(kGenerated)) {
                if (const QByteArray generated = plain(*text); isUntouched(generated))
                    m_folder.generated.insert(path.mid(kGenerated.size()), generated);
            } else if (!path.startsWith(kOwnFolder + u'/')) {
                m_folder.files.insert(path, *text);
            }
        }
    }

    const std::stop_token m_stop;
    Folder m_folder;
    int m_count = 0;
};

/// The header's line, and what is around it.
std::pair<QByteArray, QByteArray> parted(const QByteArray &text)
{
    if (headerHash(text).isEmpty())
        return {{}, text};
    const qsizetype from = text.startsWith("#!") ? text.indexOf('\n') + 1 : 0;
    qsizetype to = text.indexOf('\n', from);
    to = to < 0 ? text.size() : to + 1;
    return {text.mid(from, to - from), text.left(from) + text.mid(to)};
}

QByteArray joined(const QByteArray &header, const QByteArray &body)
{
    const qsizetype from = body.startsWith("#!") ? body.indexOf('\n') + 1 : 0;
    return body.left(from) + header + body.mid(from);
}

class Writer
{
public:
    Writer(Handle top, std::stop_token stop)
        : m_top(std::move(top))
        , m_stop(std::move(stop))
    {
    }

    /// Whether a file could be written, as far as that can be told without writing: links, folders in its place, rights, edits.
    Result<> check(const QString &path, const std::optional<QByteArray> &expected) const
    {
        QByteArray name;
        const Result<Handle> directory = parentOf(path, false, &name);
        if (!directory)
            return directory.error().kind == Error::Kind::NotFound ? Result<>() : Result<>(fail(directory.error()));
        if (::faccessat(directory->get(), ".", W_OK | X_OK, 0) != 0)
            return fail(ioError(path, errno));
        const Result<bool> exists = isThere(*directory, name, path, expected);
        return exists ? Result<>() : Result<>(fail(exists.error()));
    }

    Result<> write(const QString &path, const QByteArray &text, bool program, const std::optional<QByteArray> &expected)
    {
        if (m_stop.stop_requested())
            return fail(Error::cancelled());
        QByteArray name;
        Result<Handle> directory = parentOf(path, true, &name);
        if (!directory)
            return fail(directory.error());
        struct stat status = {};
        const Result<bool> exists = isThere(*directory, name, path, expected, &status);
        if (!exists)
            return fail(exists.error());
        const QByteArray beside = '.' + name.left(180) + ".cairn-" + QByteArray::number(QRandomGenerator::system()->generate64(), 16);
        const mode_t mode = *exists ? status.st_mode & 07777 : program ? 0777 : 0666;
        {
            const Handle file(::openat(directory->get(), beside.constData(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
            if (!file.isOpen())
                return fail(ioError(path, errno));
            qsizetype done = 0;
            int wrong = 0;
            while (done < text.size() && wrong == 0) {
                const ssize_t wrote = ::write(file.get(), text.constData() + done, static_cast<size_t>(text.size() - done));
                if (wrote < 0 && errno != EINTR)
                    wrong = errno;
                done += std::max<ssize_t>(wrote, 0);
            }
            if (wrong == 0 && ::fsync(file.get()) != 0)
                wrong = errno;
            if (wrong != 0) {
                ::unlinkat(directory->get(), beside.constData(), 0);
                return fail(ioError(path, wrong));
            }
        }
        if (::renameat(directory->get(), beside.constData(), directory->get(), name.constData()) != 0) {
            const int wrong = errno;
            ::unlinkat(directory->get(), beside.constData(), 0);
            return fail(ioError(path, wrong));
        }
        ::fsync(directory->get());
        return {};
    }

    Result<> remove(const QString &path, const std::optional<QByteArray> &expected)
    {
        if (m_stop.stop_requested())
            return fail(Error::cancelled());
        QByteArray name;
        const Result<Handle> directory = parentOf(path, false, &name);
        if (!directory)
            return directory.error().kind == Error::Kind::NotFound ? Result<>() : Result<>(fail(directory.error()));
        if (expected) {
            const Result<QByteArray> now = readAt(directory->get(), name, path);
            if (!now || *now != *expected)
                return {}; // somebody's now
        }
        if (::unlinkat(directory->get(), name.constData(), 0) != 0 && errno != ENOENT)
            return fail(ioError(path, errno));
        return {};
    }

private:
    /// Whether there is such a file; an error where a link or a folder is in its place, or where it is not as expected.
    static Result<bool> isThere(const Handle &directory, const QByteArray &name, const QString &path, const std::optional<QByteArray> &expected, struct stat *found = nullptr)
    {
        struct stat status = {};
        const bool exists = ::fstatat(directory.get(), name.constData(), &status, AT_SYMLINK_NOFOLLOW) == 0;
        if (exists && S_ISLNK(status.st_mode))
            return fail(ioError(path, ELOOP));
        if (exists && !S_ISREG(status.st_mode))
            return fail(ioError(path, EISDIR));
        if (expected) {
            const Result<QByteArray> now = exists ? readAt(directory.get(), name, path) : Result<QByteArray>(QByteArray());
            if (!now || *now != *expected)
                return fail(Error::Kind::Conflict, Words::tr("%1 was changed in the meantime.", "a file").arg(text::safe(path)), QString(),
                            Words::tr("Generate again: what is in it now is then merged."));
        }
        if (found)
            *found = status;
        return exists;
    }

    Result<Handle> parentOf(const QString &path, bool make, QByteArray *name) const
    {
        const QStringList steps = path.split(u'/');
        for (const QString &step : steps) {
            if (step.isEmpty() || step == "."_L1 || step == ".."_L1 || step.contains(u'\0'))
                return fail(Error::Kind::Invalid, Words::tr("%1 is no path of an overlay.").arg(text::safe(path)));
        }
        Handle directory(::fcntl(m_top.get(), F_DUPFD_CLOEXEC, 0));
        for (qsizetype i = 0; i + 1 < steps.size(); ++i) {
            const QByteArray step = QFile::encodeName(steps[i]);
            if (make && ::mkdirat(directory.get(), step.constData(), 0777) != 0 && errno != EEXIST)
                return fail(ioError(path, errno));
            Handle next = openDirectory(directory.get(), step);
            if (!next.isOpen())
                return fail(errno == ENOENT ? Error::make(Error::Kind::NotFound, text::safe(path)) : ioError(path, errno));
            directory = std::move(next);
        }
        *name = QFile::encodeName(steps.last());
        return directory;
    }

    const Handle m_top;
    const std::stop_token m_stop;
};

} // namespace

QString actWord(Act act)
{
    switch (act) {
    case Act::New: return u"new"_s;
    case Act::Same: return u"same"_s;
    case Act::Replace: return u"replace"_s;
    case Act::Merge: return u"merge"_s;
    case Act::Conflict: return u"conflict"_s;
    case Act::Keep: return u"keep"_s;
    case Act::Remove: return u"remove"_s;
    case Act::Leave: break;
    }
    return u"leave"_s;
}

Result<Folder> readFolder(const QString &path, std::stop_token stop)
{
    return Reader(std::move(stop)).run(path);
}

void checkOutside(Built &built, const QString &path)
{
    if (path.isEmpty())
        return;
    for (const Built::Outside &one : std::as_const(built.outside)) {
        const QString where = u"%1:%2: "_s.arg(text::safe(one.file)).arg(one.place.line);
        if (one.path.startsWith(u'/')) {
            built.faults.append({u"fault"_s, where + Words::tr("%1 is an absolute path, which kustomize does not take.").arg(text::safe(one.path)),
                                 Words::tr("Name it from where the kustomization is: ../…")});
            continue;
        }
        const QString full = QDir::cleanPath(QDir(path).absoluteFilePath(one.folder + u'/' + one.path));
        const QFileInfo there(full);
        const bool builds = there.isFile() || std::ranges::any_of(kustomizationNames(), [&](const QString &name) { return QFileInfo(full + u'/' + name).isFile(); });
        if (builds)
            continue;
        built.faults.append({u"fault"_s,
                             where + (there.exists() ? Words::tr("The folder %1 holds no kustomization.").arg(text::safe(full)) : Words::tr("There is no folder %1.").arg(text::safe(full))),
                             Words::tr("Put the base there, or correct base.folder in the settings and generate again.")});
    }
}

QList<FileStep> stepsTo(const Tree &tree, const Folder &folder)
{
    QList<FileStep> steps;
    for (auto it = tree.files.begin(); it != tree.files.end(); ++it) {
        FileStep step;
        step.path = it.key();
        step.text = it.value();
        const auto there = folder.files.constFind(it.key());
        if (there == folder.files.cend()) {
            steps.append(step);
            continue;
        }
        step.before = *there;
        const QByteArray now = plain(*there);
        // A script whose first line ends in a carriage return does not run.
        const Style style = tree.programs.contains(it.key()) ? Style() : styleOf(*there);
        const auto base = folder.generated.constFind(it.key());
        if (now == it.value() && styled(now, style) == *there) {
            step.act = Act::Same;
        } else if (isUntouched(now)) {
            step.act = Act::Replace;
            step.text = styled(it.value(), style);
        } else if (base == folder.generated.cend()) {
            step.act = Act::Keep;
            step.generated = it.value();
        } else {
            step.base = *base;
            step.generated = it.value();
            const QByteArray mine = parted(now).second;
            const auto [header, theirs] = parted(it.value());
            const manifest::TextMerge merged = manifest::mergeText(QString::fromUtf8(parted(*base).second), QString::fromUtf8(mine), QString::fromUtf8(theirs));
            step.conflicts = merged.conflicts;
            step.act = merged.conflicts.isEmpty() ? Act::Merge : Act::Conflict;
            // The header keeps the hash of what was generated: so the file stays known as edited.
            step.text = styled(joined(header, merged.text.toUtf8()), style);
            if (step.text == *there)
                step.act = Act::Same;
        }
        steps.append(step);
    }
    for (auto it = folder.generated.begin(); it != folder.generated.end(); ++it) {
        const auto there = folder.files.constFind(it.key());
        if (tree.files.contains(it.key()) || there == folder.files.cend())
            continue;
        FileStep step;
        step.path = it.key();
        step.before = *there;
        step.act = isUntouched(plain(*there)) ? Act::Remove : Act::Leave;
        if (step.act == Act::Leave)
            step.base = it.value();
        steps.append(step);
    }
    std::ranges::sort(steps, {}, &FileStep::path);
    return steps;
}

QByteArray editOf(const FileStep &step)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (const QByteArray &part : {step.before, step.base, step.generated}) {
        hash.addData(QByteArray::number(part.size()) + ' ');
        hash.addData(part);
    }
    return hash.result();
}

FileStep settled(const FileStep &step, const Settlement &choice)
{
    if (!step.isEdited() || choice.of != editOf(step))
        return step;
    FileStep out = step;
    if (choice.file == Settlement::File::Generated) {
        out.act = step.act == Act::Leave ? Act::Remove : Act::Replace;
        out.text = step.generated;
        return out;
    }
    if (step.act != Act::Merge && step.act != Act::Conflict)
        return out; // it stays as it is anyway
    const QByteArray header = parted(step.generated).first;
    if (choice.file == Settlement::File::Mine) {
        out.act = Act::Merge;
        out.text = joined(header, parted(step.before).second);
        return out;
    }
    QStringList lines = QString::fromUtf8(parted(step.text).second).split(u'\n');
    bool open = false;
    for (qsizetype i = step.conflicts.size() - 1; i >= 0; --i) {
        const manifest::TextMerge::Conflict &conflict = step.conflicts[i];
        const Settlement::Hunk hunk = choice.hunks.value(i, Settlement::Hunk::Open);
        open = open || hunk == Settlement::Hunk::Open;
        const qsizetype at = conflict.line - 1;
        if (hunk != Settlement::Hunk::Generated || at < 0 || at + conflict.mine.size() > lines.size())
            continue;
        lines.remove(at, conflict.mine.size());
        for (qsizetype line = 0; line < conflict.theirs.size(); ++line)
            lines.insert(at + line, conflict.theirs[line]);
    }
    out.act = open ? Act::Conflict : Act::Merge;
    out.text = joined(header, lines.join(u'\n').toUtf8());
    return out;
}

Result<> writeFolder(const QString &path, const Tree &tree, const QList<FileStep> &steps, std::stop_token stop)
{
    const QByteArray top = QFile::encodeName(path);
    if (::mkdir(top.constData(), 0777) != 0 && errno != EEXIST)
        return fail(ioError(path, errno));
    Handle directory(::open(top.constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory.isOpen())
        return fail(ioError(path, errno));
    Writer writer(std::move(directory), std::move(stop));
    // All of it, or nothing, as far as that can be told beforehand.
    for (const FileStep &step : steps) {
        Result<> can;
        if (step.act == Act::Keep)
            can = writer.check(step.path + u".cairn"_s, std::nullopt);
        else if (step.act == Act::Remove) // what somebody changed since is left alone
            can = writer.check(kGenerated + step.path, std::nullopt);
        else if (step.act != Act::Leave && step.act != Act::Same)
            can = writer.check(step.path, step.before);
        if (can && step.act != Act::Keep && step.act != Act::Leave && tree.files.contains(step.path))
            can = writer.check(kGenerated + step.path, std::nullopt);
        if (!can)
            return can;
    }
    for (const FileStep &step : steps) {
        const bool program = tree.programs.contains(step.path);
        Result<> done;
        switch (step.act) {
        case Act::New:
        case Act::Replace:
        case Act::Merge:
        case Act::Conflict: done = writer.write(step.path, step.text, program, step.before); break;
        case Act::Keep: done = writer.write(step.path + u".cairn"_s, step.text, program, std::nullopt); break;
        case Act::Remove: done = writer.remove(step.path, step.before); break;
        case Act::Same:
        case Act::Leave: break;
        }
        if (!done)
            return done;
        // What was generated is the base of the next merge. Of a file that is not Cairn's there is none.
        if (step.act == Act::Remove)
            done = writer.remove(kGenerated + step.path, std::nullopt);
        else if (step.act != Act::Keep && step.act != Act::Leave && tree.files.contains(step.path))
            done = writer.write(kGenerated + step.path, tree.files.value(step.path), false, std::nullopt);
        if (!done)
            return done;
    }
    return {};
}

} // namespace cairn::overlay
