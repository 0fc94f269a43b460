// SPDX-License-Identifier: GPL-3.0-or-later
// Whatever a kubeconfig, a kuberc or a credential plugin holds, reading it must end with a value or an error.
#include "kube/ExecPlugin.h"
#include "kube/Kubeconfig.h"
#include "kube/KubeconfigYaml.h"

#include <cstdint>
#include <cstdlib>

using namespace cairn::kube;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const QByteArray bytes(reinterpret_cast<const char *>(data), qsizetype(size));
    // A folder that does not exist: relative paths lead nowhere.
    const Kubeconfig config = Kubeconfig::fromBytes(bytes, QStringLiteral("/nonexistent/fuzz/config"));
    for (const KubeContext &context : config.contexts()) {
        const auto resolved = config.resolveUnchecked(context.name);
        if (!resolved)
            std::abort(); // what is listed must exist
        if (config.resolve(context.name).has_value() != context.usable())
            std::abort(); // list and use must agree
        if (resolved->user.exec)
            execInfo(*resolved, resolved->cluster.caData, false);
    }
    for (const Problem &problem : config.problems()) {
        if (problem.what.isEmpty() || problem.fix.isEmpty())
            std::abort(); // every fault names its remedy
    }
    if (const auto document = yaml::Document::parse(bytes, QStringLiteral("x")))
        yaml::toJson(document->root());
    (void)parseExecCredential(bytes, QStringLiteral("client.authentication.k8s.io/v1"), QStringLiteral("plugin"));
    return 0;
}
