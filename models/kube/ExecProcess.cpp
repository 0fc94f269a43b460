// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/ExecProcess.h"

#include "base/Text.h"

#include <QCoreApplication>
#include <QDeadlineTimer>
#include <QFile>
#include <QFileInfo>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

extern char **environ;

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace cairn::kube {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::kube)
};

/// A file descriptor that closes itself.
class Handle
{
public:
    explicit Handle(int fd = -1) : m_fd(fd) {}
    ~Handle() { reset(); }
    Handle(const Handle &) = delete;
    Handle &operator=(const Handle &) = delete;
    int get() const { return m_fd; }
    bool isOpen() const { return m_fd >= 0; }
    void reset(int fd = -1)
    {
        if (m_fd >= 0)
            ::close(m_fd);
        m_fd = fd;
    }

private:
    int m_fd;
};

std::vector<char *> pointers(const QByteArrayList &list)
{
    std::vector<char *> out;
    for (const QByteArray &each : list)
        out.push_back(const_cast<char *>(each.constData()));
    out.push_back(nullptr);
    return out;
}

QString systemSays(int code)
{
    return Words::tr("The system says: %1.").arg(QString::fromLocal8Bit(std::strerror(code)));
}

/// Ends the program and its children when it goes out of scope, unless it ended by itself.
class Child
{
public:
    Child(pid_t pid, bool ownGroup) : m_pid(pid), m_ownGroup(ownGroup) {}
    ~Child()
    {
        // What a finished plugin left behind may be the browser it opened: only a broken-off one loses its children.
        if (!m_released)
            end();
    }
    Child(const Child &) = delete;
    Child &operator=(const Child &) = delete;

    /// True once it ended; the group may still live.
    bool reap()
    {
        if (!m_reaped) {
            const pid_t got = ::waitpid(m_pid, &m_status, WNOHANG);
            m_reaped = got == m_pid || (got < 0 && errno == ECHILD);
        }
        return m_reaped;
    }
    int status() const { return m_status; }
    void release() { m_released = true; }

    void end()
    {
        signalAll(SIGTERM);
        // A plugin may want to remove a lock file; half a second is enough for that.
        for (int i = 0; i < 50 && !reap(); ++i)
            ::poll(nullptr, 0, 10);
        signalAll(SIGKILL);
        while (!reap())
            ::poll(nullptr, 0, 5);
    }

private:
    void signalAll(int number)
    {
        if (m_ownGroup)
            ::kill(-m_pid, number); // a reaped leader's id stays taken as long as its group has members
        else if (!m_reaped)
            ::kill(m_pid, number);
    }

    pid_t m_pid;
    bool m_ownGroup;
    bool m_reaped = false;
    bool m_released = false;
    int m_status = 0;
};

/// Reads what is there; false at the end of the stream.
bool drain(int fd, QByteArray &into)
{
    char buffer[16384];
    for (;;) {
        const ssize_t got = ::read(fd, buffer, sizeof buffer);
        if (got > 0) {
            into.append(buffer, got);
            return true;
        }
        if (got < 0 && errno == EINTR)
            continue;
        return got < 0 && errno == EAGAIN;
    }
}

} // namespace

QByteArrayList processEnvironment()
{
    QByteArrayList list;
    for (char **each = environ; each && *each; ++each)
        list.append(*each);
    return list;
}

void setVariable(QByteArrayList &environment, const QByteArray &name, const QByteArray &value)
{
    const QByteArray prefix = name + '=';
    environment.removeIf([&prefix](const QByteArray &each) { return each.startsWith(prefix); });
    environment.append(prefix + value);
}

Result<ProcessResult> runProcess(const ProcessRequest &request, std::stop_token stop)
{
    const QString name = text::safe(QFileInfo(request.program).fileName());
    const QString cannot = Words::tr("The program %1 cannot be started.").arg(name);
    if (stop.stop_requested())
        return fail(Error::cancelled());

    int outPipe[2], errPipe[2] = {-1, -1};
    if (::pipe2(outPipe, O_CLOEXEC) != 0)
        return fail(Error::Kind::Io, cannot, systemSays(errno));
    Handle outRead(outPipe[0]), outWrite(outPipe[1]);
    if (!request.terminal && ::pipe2(errPipe, O_CLOEXEC) != 0)
        return fail(Error::Kind::Io, cannot, systemSays(errno));
    Handle errRead(errPipe[0]), errWrite(errPipe[1]);
    const Handle wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!wake.isOpen())
        return fail(Error::Kind::Io, cannot, systemSays(errno));

    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    if (!request.terminal) {
        ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
        ::posix_spawn_file_actions_adddup2(&actions, errWrite.get(), 2);
    }
    ::posix_spawn_file_actions_adddup2(&actions, outWrite.get(), 1);
    ::posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    sigset_t none, defaults;
    ::sigemptyset(&none);
    ::sigemptyset(&defaults);
    for (const int number : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGCHLD, SIGQUIT})
        ::sigaddset(&defaults, number);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setsigdefault(&attributes, &defaults);
    int flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
    if (!request.terminal)
        flags |= POSIX_SPAWN_SETSID;
    ::posix_spawnattr_setflags(&attributes, static_cast<short>(flags));

    const QByteArray program = QFile::encodeName(request.program);
    QByteArrayList argv{program};
    for (const QString &arg : request.args)
        argv.append(arg.toLocal8Bit());
    pid_t pid = 0;
    const int code = ::posix_spawn(&pid, program.constData(), &actions, &attributes, pointers(argv).data(),
                                   pointers(request.environment).data());
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
    if (code != 0) {
        if (code == ENOENT)
            return fail(Error::Kind::NotFound, cannot, Words::tr("%1, or the interpreter it names, does not exist.")
                            .arg(text::safe(request.program)), Words::tr("Install it again, or correct the path."));
        if (code == EACCES)
            return fail(Error::Kind::Io, cannot, Words::tr("You don't have permission to run %1.").arg(text::safe(request.program)),
                        Words::tr("Make it executable, for example: chmod +x FILE"));
        if (code == ENOEXEC)
            return fail(Error::Kind::Io, cannot, Words::tr("%1 is not a program for this computer.")
                            .arg(text::safe(request.program)), Words::tr("Install the version for this system."));
        return fail(Error::Kind::Io, cannot, systemSays(code));
    }
    Child child(pid, !request.terminal);
    outWrite.reset();
    errWrite.reset();
    for (const Handle *handle : {&outRead, &errRead}) {
        if (handle->isOpen())
            ::fcntl(handle->get(), F_SETFL, O_NONBLOCK);
    }

    const std::stop_callback cancel(stop, [&wake] {
        const quint64 one = 1;
        [[maybe_unused]] const auto written = ::write(wake.get(), &one, sizeof one);
    });
    ProcessResult result;
    const QDeadlineTimer deadline(request.timeout);
    QDeadlineTimer endOfOutput(QDeadlineTimer::Forever);
    bool ended = false;
    while (outRead.isOpen() || errRead.isOpen() || !ended) {
        if (stop.stop_requested())
            return fail(Error::cancelled());
        if (deadline.hasExpired())
            return fail(Error::Kind::Timeout, Words::tr("The program %1 did not finish.").arg(name),
                        Words::tr("It was ended after %1.").arg(text::duration(request.timeout)),
                        Words::tr("Run it in a terminal to see what it waits for."));
        if (!ended && child.reap()) {
            ended = true;
            // A child it left behind may hold the pipes open; what belongs to the answer is there by now.
            endOfOutput.setRemainingTime(1000);
        }
        if (ended && endOfOutput.hasExpired())
            break;
        pollfd fds[] = {{outRead.get(), POLLIN, 0}, {errRead.get(), POLLIN, 0}, {wake.get(), POLLIN, 0}};
        const qint64 left = qMin(deadline.remainingTime(), qint64(ended ? 50 : 20));
        ::poll(fds, 3, static_cast<int>(qMax<qint64>(left, 1)));
        if (outRead.isOpen() && fds[0].revents && !drain(outRead.get(), result.out))
            outRead.reset();
        if (errRead.isOpen() && fds[1].revents && !drain(errRead.get(), result.err))
            errRead.reset();
        if (result.out.size() > request.maxOutput)
            return fail(Error::Kind::Io, Words::tr("The program %1 prints too much.").arg(name),
                        Words::tr("It printed more than %1.").arg(text::bytes(request.maxOutput)),
                        Words::tr("Run it in a terminal and compare its output with its manual."));
        if (result.err.size() > 2 * request.maxErrors)
            result.err = result.err.right(request.maxErrors);
    }
    child.release();
    result.err = result.err.right(request.maxErrors);
    if (WIFSIGNALED(child.status()))
        result.signal = WTERMSIG(child.status());
    else
        result.exitCode = WEXITSTATUS(child.status());
    return result;
}

} // namespace cairn::kube
