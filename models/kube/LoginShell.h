// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "kube/ExecProcess.h"

#include <QStringList>
#include <chrono>
#include <memory>
#include <stop_token>

namespace cairn::kube {

/// The PATH of the user's login shell. A program started from the desktop has a shorter PATH than a terminal, so
/// credential plugins such as aws or gke-gcloud-auth-plugin would not be found. The shell runs at most once per
/// object, interactively first (zsh and many bash set-ups read the file with PATH only then), then not interactively.
/// Thread-safe.
class LoginShell
{
public:
    struct Options {
        QString shell;              ///< absolute; empty takes SHELL, then the password database
        QByteArrayList environment; ///< empty takes that of this process
        std::chrono::milliseconds timeout{10'000}; ///< per attempt
    };

    explicit LoginShell(Options options);
    LoginShell() : LoginShell(Options()) {}
    ~LoginShell();
    LoginShell(const LoginShell &) = delete;
    LoginShell &operator=(const LoginShell &) = delete;

    /// Asks the shell in the background, so that folders() need not wait later. Returns at once.
    void start();
    /// The folders of the login shell's PATH, in order. Blocks until the shell has answered: not for the GUI thread.
    /// An Error is remembered too, except Cancelled.
    Result<QStringList> folders(std::stop_token stop);

private:
    struct Shared;
    std::shared_ptr<Shared> d;
};

/// Where a folder of a search comes from.
enum class FolderOrigin { Path, Added, LoginShell, WellKnown };

struct SearchFolder {
    QString path;
    FolderOrigin origin = FolderOrigin::Path;
};

struct FoundProgram {
    QString path;   ///< absolute; symbolic links are kept, since programs such as busybox look at their name
    FolderOrigin origin = FolderOrigin::Path;
};

/// How programs named in a kubeconfig are found: PATH of this process, folders added for Cairn, the login shell's
/// PATH. Well-known folders are never used by themselves; they tell the user which folder to add.
class ProgramSearch
{
public:
    QByteArrayList environment;     ///< of this process; empty takes it at the time of use
    QStringList addedFolders;       ///< absolute
    std::shared_ptr<LoginShell> loginShell; ///< may be null: then only PATH and the added folders count

    /// A name without a slash is searched, anything else is the program itself. NotFound lists the folders looked at.
    Result<FoundProgram> find(const QString &command, std::stop_token stop) const;
    /// A well-known folder that holds the program (Homebrew, snap, Google Cloud SDK, krew, …); empty when none does.
    QString wellKnownFolderWith(const QString &name) const;
    /// Everything find() looks at, in its order; asks the login shell.
    QList<SearchFolder> folders(std::stop_token stop) const;
    /// PATH for a program that was found this way: its own helpers are found as in a terminal.
    QByteArray pathVariable(std::stop_token stop, bool withLoginShell) const;
};

} // namespace cairn::kube
