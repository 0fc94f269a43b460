// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/LoginShell.h"

#include "base/Async.h"
#include "base/Log.h"
#include "base/Text.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QRandomGenerator>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <pwd.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace cairn::kube {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::kube)
};

QByteArray variable(const QByteArrayList &environment, const QByteArray &name)
{
    for (const QByteArray &each : environment) {
        if (each.startsWith(name + '='))
            return each.mid(name.size() + 1);
    }
    return {};
}

QString userShell(const QByteArrayList &environment)
{
    const QString shell = QFile::decodeName(variable(environment, "SHELL"));
    if (QDir::isAbsolutePath(shell))
        return shell;
    passwd entry{};
    passwd *found = nullptr;
    QByteArray buffer(16384, Qt::Uninitialized);
    if (::getpwuid_r(::getuid(), &entry, buffer.data(), size_t(buffer.size()), &found) == 0 && found && found->pw_shell)
        return QFile::decodeName(found->pw_shell);
    return {};
}

/// Arguments that make the shell run `command` as a login shell; empty for shells with another language.
QStringList shellArguments(const QString &shell, const QString &command, bool interactive)
{
    const QString name = QFileInfo(shell).fileName();
    static const QStringList posix{u"bash"_s, u"zsh"_s, u"sh"_s, u"dash"_s, u"ash"_s, u"ksh"_s, u"mksh"_s, u"fish"_s};
    if (posix.contains(name))
        return interactive ? QStringList{u"-l"_s, u"-i"_s, u"-c"_s, command} : QStringList{u"-l"_s, u"-c"_s, command};
    // csh takes -l only as its single argument, so it reads its login files not at all here, but ~/.cshrc always.
    if (name == u"tcsh"_s || name == u"csh"_s)
        return interactive ? QStringList{u"-i"_s, u"-c"_s, command} : QStringList{u"-c"_s, command};
    return {};
}

QStringList absoluteFolders(const QString &path)
{
    QStringList list;
    for (const QString &folder : path.split(u':', Qt::SkipEmptyParts)) {
        // A relative entry would let any folder Cairn is started in supply programs (Go refuses them as well).
        if (QDir::isAbsolutePath(folder) && !list.contains(folder))
            list.append(folder);
    }
    return list;
}

Result<QStringList> askShell(const LoginShell::Options &options, const std::stop_token &stop)
{
    QByteArrayList environment = options.environment.isEmpty() ? processEnvironment() : options.environment;
    const QString shell = options.shell.isEmpty() ? userShell(environment) : options.shell;
    const QString what = Words::tr("The PATH of the login shell is not known.");
    const QByteArray mark = "cairn-" + QByteArray::number(QRandomGenerator::system()->generate64(), 16);
    const QString command = u"printf %1; /usr/bin/env -0; printf %1"_s.arg(QString::fromLatin1(mark));
    if (shell.isEmpty() || shellArguments(shell, command, true).isEmpty())
        return fail(Error::Kind::Unsupported, what,
                    shell.isEmpty() ? Words::tr("The user has no login shell.")
                                    : Words::tr("Cairn does not know the shell %1.").arg(text::safe(shell)),
                    Words::tr("Add the folder of the program for Cairn."));
    setVariable(environment, "TERM", "dumb"); // fish and prompt frameworks expect one
    setVariable(environment, "DISABLE_AUTO_UPDATE", "true"); // oh-my-zsh would ask
    setVariable(environment, "ZSH_TMUX_AUTOSTART", "false");
    setVariable(environment, "CAIRN_READS_PATH", "1"); // lets a start-up file skip slow parts

    Error last = Error::make(Error::Kind::Internal, what);
    for (const bool interactive : {true, false}) {
        ProcessRequest request;
        request.program = shell;
        request.args = shellArguments(shell, command, interactive);
        request.environment = environment;
        request.timeout = options.timeout;
        const auto result = runProcess(request, stop);
        if (!result) {
            if (result.error().kind == Error::Kind::Cancelled)
                return fail(result.error());
            last = Error::make(result.error().kind, what, result.error().what + u' ' + result.error().why,
                               Words::tr("Add the folder of the program for Cairn."));
            continue;
        }
        const qsizetype begin = result->out.indexOf(mark);
        const qsizetype end = result->out.lastIndexOf(mark);
        if (begin >= 0 && end > begin) {
            const QByteArray between = result->out.mid(begin + mark.size(), end - begin - mark.size());
            const QByteArray path = variable(between.split('\0'), "PATH");
            if (!path.isEmpty())
                return absoluteFolders(QFile::decodeName(path));
        }
        last = Error::make(Error::Kind::Parse, what, Words::tr("%1 did not print its environment.").arg(text::safe(shell)),
                           Words::tr("Add the folder of the program for Cairn."));
    }
    return fail(last);
}

} // namespace

struct LoginShell::Shared {
    Options options;
    std::mutex mutex;
    std::condition_variable_any changed;
    bool running = false;
    std::optional<Result<QStringList>> answer;
    std::stop_source stop;

    Result<QStringList> get(const std::stop_token &token)
    {
        std::unique_lock lock(mutex);
        for (;;) {
            if (answer)
                return *answer;
            if (!running)
                break;
            if (!changed.wait(lock, token, [this] { return answer || !running; }))
                return fail(Error::cancelled());
        }
        running = true;
        lock.unlock();
        auto got = askShell(options, token);
        lock.lock();
        running = false;
        if (got || got.error().kind != Error::Kind::Cancelled)
            answer = got;
        changed.notify_all();
        if (!got)
            qCInfo(lcAuth) << "login shell:" << got.error().oneLine();
        return got;
    }
};

LoginShell::LoginShell(Options options) : d(std::make_shared<Shared>())
{
    d->options = std::move(options);
}

LoginShell::~LoginShell()
{
    d->stop.request_stop();
}

void LoginShell::start()
{
    async::flowPool().start([shared = d] { shared->get(shared->stop.get_token()); });
}

Result<QStringList> LoginShell::folders(std::stop_token stop)
{
    return d->get(stop);
}

QList<SearchFolder> ProgramSearch::folders(std::stop_token stop) const
{
    QList<SearchFolder> list;
    const auto add = [&list](const QStringList &folders, FolderOrigin origin) {
        for (const QString &folder : folders) {
            const bool known =
                std::any_of(list.cbegin(), list.cend(), [&](const SearchFolder &each) { return each.path == folder; });
            if (!known && QDir::isAbsolutePath(folder))
                list.append({folder, origin});
        }
    };
    const QByteArrayList env = environment.isEmpty() ? processEnvironment() : environment;
    add(absoluteFolders(QFile::decodeName(variable(env, "PATH"))), FolderOrigin::Path);
    add(addedFolders, FolderOrigin::Added);
    if (loginShell) {
        if (const auto fromShell = loginShell->folders(stop))
            add(*fromShell, FolderOrigin::LoginShell);
    }
    return list;
}

namespace {

bool isProgram(const QString &path)
{
    const QFileInfo info(path);
    return info.isFile() && info.isExecutable();
}

} // namespace

Result<FoundProgram> ProgramSearch::find(const QString &command, std::stop_token stop) const
{
    const QString shown = text::safe(command);
    if (command.contains(u'/')) {
        if (isProgram(command))
            return FoundProgram{command, FolderOrigin::Path};
        return fail(Error::Kind::NotFound, Words::tr("The program %1 was not found.").arg(shown),
                    QFileInfo::exists(command) ? Words::tr("It exists, but it is not an executable file.")
                                               : Words::tr("There is no such file."),
                    Words::tr("Correct command in the kubeconfig, or install the program."));
    }
    // The login shell is only asked when its answer can matter: it may take seconds.
    ProgramSearch quick = *this;
    quick.loginShell.reset();
    for (const bool withShell : {false, true}) {
        if (withShell && !loginShell)
            break;
        for (const SearchFolder &folder : withShell ? folders(stop) : quick.folders(stop)) {
            const QString path = folder.path + u'/' + command;
            if (isProgram(path))
                return FoundProgram{path, folder.origin};
        }
        if (stop.stop_requested())
            return fail(Error::cancelled());
    }
    QStringList looked;
    for (const SearchFolder &folder : folders(stop))
        looked.append(text::safe(folder.path));
    return fail(Error::Kind::NotFound, Words::tr("The program %1 was not found.").arg(shown),
                Words::tr("%1 is not in any of these folders: %2").arg(shown, looked.join(u':')),
                Words::tr("Install the program, or add its folder for Cairn."));
}

QString ProgramSearch::wellKnownFolderWith(const QString &name) const
{
    if (name.isEmpty() || name.contains(u'/'))
        return {};
    const QString home = QDir::homePath();
    const QStringList known{
        u"/usr/local/bin"_s, u"/opt/google-cloud-sdk/bin"_s, home + u"/google-cloud-sdk/bin"_s,
        u"/usr/lib/google-cloud-sdk/bin"_s, u"/snap/bin"_s, home + u"/.local/bin"_s, home + u"/bin"_s,
        home + u"/.krew/bin"_s, home + u"/.azure-kubelogin"_s, home + u"/.azure-kubectl"_s, home + u"/go/bin"_s,
        home + u"/.asdf/shims"_s, home + u"/.local/share/mise/shims"_s, home + u"/.nix-profile/bin"_s,
        u"/run/current-system/sw/bin"_s, u"/home/linuxbrew/.linuxbrew/bin"_s, u"/opt/homebrew/bin"_s,
        home + u"/.rd/bin"_s, home + u"/.docker/bin"_s, u"/opt/bin"_s};
    for (const QString &folder : known) {
        if (isProgram(folder + u'/' + name))
            return folder;
    }
    return {};
}

QByteArray ProgramSearch::pathVariable(std::stop_token stop, bool withLoginShell) const
{
    ProgramSearch search = *this;
    if (!withLoginShell)
        search.loginShell.reset();
    QStringList list;
    for (const SearchFolder &folder : search.folders(stop))
        list.append(folder.path);
    return QFile::encodeName(list.join(u':'));
}

} // namespace cairn::kube
