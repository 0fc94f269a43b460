// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "kube/KubeconfigTypes.h"
#include "kube/LoginShell.h"

#include <QDateTime>
#include <chrono>
#include <optional>
#include <stop_token>

namespace cairn::kube {

/// What a credential plugin answered. Certificate and key are both set or both empty.
struct ExecCredential {
    Secret token;
    QByteArray certPem;
    Secret keyPem;
    std::optional<QDateTime> expires; ///< UTC
};

/// One run of a credential plugin (client.authentication.k8s.io/v1 and v1beta1).
struct ExecPluginRun {
    ExecConfig config;
    FoundProgram program;
    QByteArray execInfo;     ///< value of KUBERNETES_EXEC_INFO
    ProgramSearch search;    ///< for the PATH the plugin gets
    std::chrono::milliseconds timeout{60'000};
    bool terminal = false;   ///< hand our stdin to the plugin
};

/// The ExecCredential request for a context. `caPem` is the CA's content, also where the kubeconfig names a file.
QByteArray execInfo(const ResolvedContext &context, const QByteArray &caPem, bool interactive);

/// Reads what a plugin printed. Errors never quote the output.
Result<ExecCredential> parseExecCredential(const QByteArray &output, const QString &apiVersion, const QString &program);

/// Runs the plugin. Needs consent and policy to be checked before. Blocks; Kind::Auth where the plugin failed.
Result<ExecCredential> runExecPlugin(const ExecPluginRun &run, std::stop_token stop);

} // namespace cairn::kube
