// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "LaunchOptions.h"
#include "VolumeOptions.h"
#include "s3/Access.h"

#include <QDateTime>
#include <QString>
#include <QStringList>
#include <variant>

namespace cairn::ctl {

/// Exit codes; part of the interface, see docs/CAIRNCTL.md.
enum Exit { ExitOk = 0, ExitFailed = 1, ExitUsage = 2, ExitNotFound = 3, ExitRefused = 4, ExitThreshold = 5 };

enum class Format { Table, Json, Yaml, Sarif, Markdown, Effective, Kustomize };

struct Options {
    QStringList command;        ///< {"jobs"}, {"job", "resume", "NAME"}, …
    QString kubeconfig;         ///< --kubeconfig; empty: KUBECONFIG or ~/.kube/config
    QString context;            ///< --context; empty: the current one
    QString ns;                 ///< -n; empty: the context's
    bool allNamespaces = false; ///< -A
    Format format = Format::Table;
    bool dryRun = false;
    bool wait = false;
    bool yes = false;           ///< --yes: change what the preview shows
    bool elsewhere = false;     ///< --elsewhere: also a record that asks for consent (change/Suspicion.h)
    bool whole = false;         ///< --whole: YAML with what the server owns
    bool allowExec = false;     ///< --allow-exec: run what the kubeconfig names; a consent given in the window does not count here
    bool allowHelper = false;   ///< --allow-helper: may create the helper Job that lists a claim
    bool allowNodeProxy = false; ///< --allow-node-proxy: may ask kubelets through nodes/proxy
    bool useExec = false;       ///< --use-exec: list through exec in a pod that mounts the claim
    QString from = QStringLiteral("latest"); ///< --from latest|step=N|PATH; of overlay test here|cluster|both
    QString with = QStringLiteral("latest"); ///< --with latest|step=N|PATH: the other one of checkpoint compare
    QString by;                 ///< --by env:NAME | arg:TEMPLATE | newest: how the script takes the path
    QString saveBy;             ///< --save-by env:NAME | arg:TEMPLATE: how it is told where to save
    QString newName;            ///< --name: name of the new object
    bool asNew = false;         ///< --as-new: a new object even where in place is possible
    bool wrapper = false;       ///< --wrapper: restart from the newest of the new folder
    bool acceptUnverified = false; ///< --accept-unverified
    bool anyProcesses = false;  ///< --any-processes: the user knows better how many there will be
    QString recover;            ///< --recover finish|undo: what a killed resume began
    QString failOn;             ///< --fail-on: exit 5 when a component is down|degraded|single-point|node, or a finding critical|high|medium|low; empty: never
    QString manifests;          ///< --manifests PATH: audit rendered YAML instead of a cluster; "-" is stdin
    QString bundle;             ///< --bundle FILE: where doctor writes what a report of a fault needs; "-" is stdout; empty: nowhere
    QString accepted;           ///< --accepted FILE: findings that a team accepts
    QString settings;           ///< --settings FILE: what an overlay is generated from
    QString out;                ///< --out DIR: the folder of an overlay
    QString overlay;            ///< --overlay NAME: which kustomization of it; empty: prod
    QString kustomize;          ///< --kustomize PROGRAM; empty: found in PATH
    QStringList passwordFrom;   ///< --password-from [SERVICE=]secret/NAME[/KEY]|file:PATH|stdin; checked
    QString image;              ///< --image: of the pod that looks at services from inside the cluster; empty: the database's
    bool allowWrite = false;    ///< --allow-write: overlay test may write, read and delete one small object in the bucket
    bool serviceTest = true;    ///< --no-service-test: overlay apply looks at no service first
    QStringList helmValues;     ///< --helm-values [NAMESPACE/]RELEASE=FILE: what `helm get values --all` says, to see whether it lands
    bool rules = false;         ///< --rules: print the rules of the audit
    bool drain = false;         ///< --drain: what-if of a drain instead of a loss
    bool allowSecret = false;   ///< --allow-secret: may read the job's Secret for the keys of its bucket; audit: Secrets, to compare them with shipped values
    bool keychain = false;      ///< --keychain: keys of a bucket are taken from the desktop's keychain, or kept there
    QString endpoint;           ///< --endpoint: the server that holds the bucket; empty: the environment's, else AWS
    QString region;             ///< --region
    s3::Store::Style style = s3::Store::Style::Automatic; ///< --path-style, --virtual-host
    QDateTime asOf;             ///< --as-of: the bucket as it was then, UTC; invalid: as it is
    LaunchOptions launch = {};  ///< of job new
    VolumeOptions volume = {};  ///< of storage
    bool failOnDamaged = false; ///< --fail-on-damaged: exit 5 when a checkpoint is damaged
};

/// What the user asked for instead of a command, or what is wrong with it.
struct Stop {
    int exitCode = ExitUsage;
    QString text; ///< help, version or an error
};

/// The two parts of --password-from: a path may hold "=" as well.
std::pair<QString, QString> passwordSource(const QString &option);

/// Every option, in the order of the help.
QList<QCommandLineOption> optionTable();

/// Parses argv. Unknown commands and options, missing values and surplus arguments are a Stop with ExitUsage.
std::variant<Options, Stop> parseOptions(const QStringList &arguments);

} // namespace cairn::ctl
