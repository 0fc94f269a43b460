// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "kube/KubeconfigTypes.h"

#include <QDateTime>
#include <QMutex>
#include <functional>

namespace cairn::kube {

/// Whether a program named in a kubeconfig may run. A kubeconfig can name any program of this computer, so Cairn asks
/// before the first run.
enum class AllowExec {
    IfConsented, ///< only what the user agreed to and what has not changed since
    Always,      ///< cairnctl --allow-exec: this run only, nothing is remembered
    Never
};

/// Arguments for logs and messages: whatever may be a secret becomes "•••". Never for a question: there, what is hidden could
/// be what runs (see ConsentRequest::command()).
QStringList maskedArguments(const QStringList &args);
/// Text of a program fit to show: tokens, and every one of `known`, become "•••". Not yet passed through text::safe.
QString maskedText(const QString &text, const QList<QByteArray> &known = {});

/// What a question shows of a request. Safe to show.
struct ShownRequest {
    QString command;         ///< one line, each word quoted where its limits are else not seen
    QStringList environment; ///< "NAME=value"
    QStringList files;       ///< named by arguments and environment, and bound as well
    bool masked = false;     ///< some value is "•••"; shown(true) has it
    bool interpreter = false; ///< it runs what its arguments say, and may load files that no argument names
};

/// What would run, and for whom. The consent is bound to all of it.
struct ConsentRequest {
    QString kubeconfigFile; ///< where the user entry comes from
    QString context;        ///< shown, but not bound: contexts that share a user share the consent
    QString program;        ///< resolved, absolute
    QStringList args;       ///< raw; show shown()
    QList<QPair<QString, Secret>> env; ///< names may be shown, values as in shown()

    /// SHA-256 over file, program, the program's content, arguments, environment, and the content of the files they name
    /// (namedFiles()); hex. A file over 64 MiB, or one that may be run but not read, counts by size, time and inode instead
    /// of its content. Where more is named than can be watched no two digests are the same: it is asked each time.
    QByteArray digest() const;
    /// Everything that is agreed to. Only what can be nothing but a secret is masked: the value of a flag or variable that
    /// is called one and holds no character that a shell would act on, a web token, a password in an address; nothing at all
    /// where the program runs what its arguments say. `whole` masks nothing.
    ShownRequest shown(bool whole = false) const;
    /// shown().command: "/usr/bin/aws eks get-token …".
    QString commandLine() const;
    /// Names of the variables it gets, safe to show.
    QStringList variableNames() const;
};

/// Consents of the user, kept in one file (0600) that holds digests and no arguments or values. Several processes may
/// share the file. Thread-safe; blocks on small local files and, once per program version, on hashing the program.
class ConsentStore
{
public:
    struct Entry {
        QByteArray digest;
        QString program;        ///< file name of the program
        QString context;
        QString kubeconfigFile;
        QDateTime allowedAt;    ///< UTC
        bool operator==(const Entry &) const = default;
    };

    /// `file` empty means defaultFile().
    explicit ConsentStore(const QString &file = {});
    /// $XDG_CONFIG_HOME/cairn/exec-consent.json, or ~/.config/cairn/…
    static QString defaultFile();

    bool isAllowed(const ConsentRequest &request) const;
    /// `seen` is the digest when the question was shown: a program or script that changed since is not agreed to
    /// (Error::Conflict). Empty where nothing was shown.
    Result<> allow(const ConsentRequest &request, const QByteArray &seen = {});
    Result<> revoke(const QByteArray &digest);
    /// Newest first. Empty where the file is absent, damaged, or can be written by others: consent then counts as
    /// not given.
    QList<Entry> list() const;

private:
    QList<Entry> read() const;
    Result<> write(const QList<Entry> &entries) const;
    /// Reads, changes and writes while no other process does.
    Result<> change(const std::function<void(QList<Entry> &)> &edit) const;

    QString m_file;
    mutable QMutex m_mutex;
};

} // namespace cairn::kube
