// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "kube/KubeconfigTypes.h"

#include <QMap>

namespace cairn::kube {

/// Which files to read, in order. Rules of client-go's ClientConfigLoadingRules.
struct KubeconfigSource {
    QString explicitFile;   ///< --kubeconfig: only this file, and it must exist
    QString variable;       ///< value of KUBECONFIG; a list, exact duplicates are dropped
    QString homeFolder;     ///< of the user; ~/.kube/config is read when neither of the above is set
    QStringList addedFiles; ///< files the user added for Cairn; read last, not used with explicitFile

    /// From KUBECONFIG and HOME of this process.
    static KubeconfigSource fromEnvironment();
    /// The files to read: absolute, without duplicates.
    QStringList files() const;
};

/// One or more kubeconfig files, merged as client-go does: the first file wins per name, as a whole entry; the first
/// non-empty current-context wins; relative paths belong to the folder of their file. Where client-go refuses the
/// whole load because of one fault, the fault stays with its entry or file here. Never writes, never touches the
/// network, never runs a program. A value; reading blocks on local files only.
class Kubeconfig
{
public:
    static constexpr qint64 maxFileSize = 10LL << 20;    ///< a larger kubeconfig is refused unread
    static constexpr qint64 maxMaterialSize = 1LL << 20; ///< of a certificate, key or token file

    /// Always yields a value; what went wrong is in problems() and in the contexts.
    static Kubeconfig load(const KubeconfigSource &source = KubeconfigSource::fromEnvironment());

    /// The same for bytes at hand, as if they were the content of the file `path`.
    static Kubeconfig fromBytes(const QByteArray &bytes, const QString &path);

    QList<KubeconfigFile> files() const { return m_files; }
    /// In the order of the files; shadowed entries are left out.
    QList<KubeContext> contexts() const { return m_list; }
    /// Name of the current context; empty where none is set.
    QString currentContext() const { return m_current; }
    /// Problems of files and of the set as a whole; those of entries are in the contexts.
    QList<Problem> problems() const;
    /// A context ready for use; an empty name means the current one. Fails with the first problem of the context.
    Result<ResolvedContext> resolve(const QString &context = {}) const;
    /// The same, whatever its problems: for the Doctor, which explains them. NotFound where no such context exists.
    Result<ResolvedContext> resolveUnchecked(const QString &context = {}) const;

private:
    friend class KubeconfigReader;
    void finish();
    KubeContext describe(const ContextEntry &context) const;
    /// The first file wins, as for kubectl; here it is at least said. Warnings on the file, and on the contexts of it that
    /// silently talk to somebody else's cluster.
    void tellOfHidden();
    void warnOfHidden(const ContextEntry &context, KubeContext &info) const;
    UserEntry effectiveUser(const ContextEntry &context) const;

    QList<KubeconfigFile> m_files;
    QList<Problem> m_problems;
    QString m_current;
    QString m_currentFile;
    QMap<QString, ClusterEntry> m_clusters;
    QMap<QString, UserEntry> m_users;
    QMap<QString, ContextEntry> m_contexts;
    /// Entries of later files that an earlier one hides and that say something else, in file order.
    QList<ClusterEntry> m_hiddenClusters;
    QList<UserEntry> m_hiddenUsers;
    QList<ContextEntry> m_hiddenContexts;
    QStringList m_order; ///< context names in file order
    QList<KubeContext> m_list;
};

/// Reads a small regular file (never a FIFO, device or folder, so it cannot block); fails with Kind::Io.
Result<QByteArray> readRegularFile(const QString &path, qint64 limit);

/// Whether `value` stands where a secret was left out: "DATA+OMITTED", "REDACTED" (kubectl config view without --raw). Such a
/// value is never sent anywhere.
bool isPlaceholder(const QByteArray &value);

/// The server of a cluster as a URL, with client-go's defaulting: without a scheme it is https where TLS material is
/// given, else http. Fails with Kind::Invalid.
Result<QUrl> serverUrl(const ClusterEntry &cluster, const UserEntry &user);

} // namespace cairn::kube
