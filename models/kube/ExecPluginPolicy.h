// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"

#include <QStringList>
#include <functional>

namespace cairn::kube {

/// The user's own rule which credential plugins may run, from kubectl's preferences file (kuberc, since Kubernetes
/// 1.35): https://kubernetes.io/docs/reference/config-api/kuberc.v1beta1. Honoured before any consent.
struct ExecPluginPolicy {
    enum class Mode { AllowAll, DenyAll, Allowlist };
    Mode mode = Mode::AllowAll;
    QStringList allowlist; ///< bare names and absolute paths
    QString file;          ///< where it comes from; empty for the default

    /// `variable` is the value of KUBERC: "off" switches preferences off, else it names a file that must exist; empty
    /// takes <home>/.kube/kuberc if it exists. A file that cannot be understood is an Error: the plugin must not run
    /// then, since the file may forbid it.
    static Result<ExecPluginPolicy> load(const QString &variable, const QString &home);
    static Result<ExecPluginPolicy> fromEnvironment();

    /// Success when the program at `resolved` may run. `find` resolves a bare name as a command would be resolved
    /// and returns an empty text where there is none.
    Result<> check(const QString &resolved, const std::function<QString(const QString &)> &find) const;
};

} // namespace cairn::kube
