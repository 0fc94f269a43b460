// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Secret.h"

#include <QByteArray>
#include <QDateTime>
#include <QJsonObject>
#include <QList>
#include <QPair>
#include <QString>
#include <QStringList>
#include <QUrl>
#include <optional>

namespace cairn::kube {

/// Something wrong in a kubeconfig, kept as data: a broken entry breaks only itself, a broken file only itself.
/// Texts are safe to show and hold no secrets.
struct Problem {
    enum class Severity { Warning, Error }; ///< a context with an Error cannot be connected to
    Severity severity = Severity::Error;
    QString file;  ///< absolute path, raw: show through text::safe; empty where no single file is at fault
    int line = 0;  ///< 1-based; 0 where unknown
    QString entry; ///< "user \"dev\"", "context \"prod\""; empty for the file as a whole
    QString what;
    QString why;
    QString fix;
    bool operator==(const Problem &) const = default;
};

enum class InteractiveMode { Never, IfAvailable, Always };

/// users[].user.exec. Arguments may hold secrets as well: show them through maskedArguments() (Consent.h) only.
struct ExecConfig {
    QString command; ///< as client-go resolves it: a relative path is absolute here, a bare name stays bare
    QStringList args;
    QList<QPair<QString, Secret>> env;
    QString apiVersion; ///< "client.authentication.k8s.io/v1" or ".../v1beta1"
    QString installHint; ///< raw; show through text::safe
    bool provideClusterInfo = false;
    InteractiveMode interactiveMode = InteractiveMode::IfAvailable;
};

/// One `clusters[]` entry. Paths are absolute.
struct ClusterEntry {
    QString name;
    QString file;
    QString server;
    QString tlsServerName;
    QString caFile;
    QByteArray caData;
    QString proxyUrl; ///< may hold a password: never shown
    bool insecureSkipVerify = false;
    bool disableCompression = false;
    QJsonObject execExtension; ///< the extension "client.authentication.k8s.io/exec", for provideClusterInfo
    QList<Problem> problems;
};

/// One `users[]` entry. Paths are absolute.
struct UserEntry {
    QString name;
    QString file;
    QString clientCertFile;
    QByteArray clientCertData;
    QString clientKeyFile;
    Secret clientKeyData;
    Secret token;
    QString tokenFile;
    QString username;
    Secret password;
    QString impersonate;
    QString impersonateUid;
    QStringList impersonateGroups;
    QList<QPair<QString, QStringList>> impersonateExtra;
    QString authProvider; ///< its name; none of them is supported
    std::optional<ExecConfig> exec;
    QList<Problem> problems;
};

/// One `contexts[]` entry.
struct ContextEntry {
    QString name;
    QString file;
    QString cluster;
    QString user;
    QString ns;
    QList<Problem> problems;
};

enum class SignInKind { None, ClientCertificate, Token, TokenFile, Basic, ExecPlugin, AuthProvider };

/// The stable English word of a kind ("client-certificate"), used in JSON output.
QString signInKindName(SignInKind kind);

/// What a certificate says about itself.
struct CertificateInfo {
    QString commonName;       ///< raw; show through text::safe
    QStringList organizations; ///< raw
    QDateTime notBefore;      ///< UTC
    QDateTime notAfter;       ///< UTC
    bool operator==(const CertificateInfo &) const = default;
};

/// One context as a list shows it. No network, no program was needed; holds no secrets. Names are raw: text::safe.
struct KubeContext {
    QString name;
    QString clusterName;
    QString server;      ///< as written, without a user name or password
    QString userName;
    QString ns;          ///< "default" where the context names none
    QString file;        ///< where the context comes from
    QString clusterFile; ///< empty where the cluster does not exist
    QString userFile;
    SignInKind signIn = SignInKind::None;
    QString signInDetail; ///< plugin's program name, token file, user name or auth provider; may be empty
    std::optional<CertificateInfo> certificate; ///< of the client
    bool insecure = false;   ///< the server's certificate is not verified: always shown
    bool ambiguous = false;  ///< an entry of the same name in another file is hidden, so that it may not be the cluster or
                             ///< user one thinks of: always shown
    bool impersonates = false;
    bool isCurrent = false;
    QList<Problem> problems; ///< of the context, its cluster and its user

    bool usable() const;
};

/// Everything needed to talk to one context; only for SessionCredentials and the Doctor. Holds secrets.
struct ResolvedContext {
    KubeContext info;
    QUrl server; ///< normalised: scheme and host are there, no query, fragment or user
    ClusterEntry cluster;
    UserEntry user; ///< without any credential when the server is not https
};

/// One file that was looked at.
struct KubeconfigFile {
    QString path; ///< absolute
    bool exists = false;
    QDateTime modified;
    int contexts = 0;
    QList<Problem> problems; ///< of the file as a whole, duplicates included
};

} // namespace cairn::kube
