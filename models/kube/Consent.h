// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "kube/KubeconfigTypes.h"

#include <QDateTime>
#include <QMutex>

namespace cairn::kube {

/// Whether a program named in a kubeconfig may run. A kubeconfig can name any program of this computer, so Cairn asks
/// before the first run.
enum class AllowExec {
    IfConsented, ///< only what the user agreed to and what has not changed since
    Always,      ///< cairnctl --allow-exec: this run only, nothing is remembered
    Never
};

/// Arguments fit to show: values of flags and assignments that look like secrets become "•••".
QStringList maskedArguments(const QStringList &args);
/// Text of a program fit to show: tokens, and every one of `known`, become "•••". Not yet passed through text::safe.
QString maskedText(const QString &text, const QList<QByteArray> &known = {});

/// What would run, and for whom. The consent is bound to all of it.
struct ConsentRequest {
    QString kubeconfigFile; ///< where the user entry comes from
    QString context;        ///< shown, but not bound: contexts that share a user share the consent
    QString program;        ///< resolved, absolute
    QStringList args;       ///< raw; show maskedArguments()
    QList<QPair<QString, Secret>> env; ///< names may be shown, values not

    /// SHA-256 over file, program, the program's content, arguments and environment; hex. A program over 64 MiB, or
    /// one that may be run but not read, counts by size, time and inode instead of its content.
    QByteArray digest() const;
    /// "/usr/bin/aws eks get-token …" with masks, safe to show.
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
    Result<> allow(const ConsentRequest &request);
    Result<> revoke(const QByteArray &digest);
    /// Newest first. Empty where the file is absent, damaged, or can be written by others: consent then counts as
    /// not given.
    QList<Entry> list() const;

private:
    QList<Entry> read() const;
    Result<> write(const QList<Entry> &entries) const;

    QString m_file;
    mutable QMutex m_mutex;
};

} // namespace cairn::kube
