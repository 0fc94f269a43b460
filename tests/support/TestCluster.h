// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "kube/Cluster.h"
#include "kube/Kubeconfig.h"
#include "kube/SessionCredentials.h"

#include <QFile>

namespace cairn::test {

/// The real API server that CAIRN_TEST_KUBECONFIG names (tests/lab/lab kubeconfig prints such a file).
struct TestCluster {
    net::HttpClient http{"cairn-test/1.0 (linux/amd64) kubernetes/unknown"};
    std::shared_ptr<kube::Credentials> credentials;
    std::unique_ptr<kube::Cluster> cluster;
    QString problem; ///< why there is none

    explicit TestCluster(const QString &context = {})
    {
        const QString file = qEnvironmentVariable("CAIRN_TEST_KUBECONFIG");
        if (file.isEmpty()) {
            problem = QStringLiteral("CAIRN_TEST_KUBECONFIG is not set: start a lab with tests/lab/lab up --light");
            return;
        }
        kube::KubeconfigSource source;
        source.explicitFile = file;
        const Result<kube::ResolvedContext> resolved = kube::Kubeconfig::load(source).resolve(context);
        if (!resolved) {
            problem = resolved.error().oneLine();
            return;
        }
        credentials = std::make_shared<kube::SessionCredentials>(*resolved, kube::SessionOptions());
        cluster = std::make_unique<kube::Cluster>(http, credentials);
    }
};

} // namespace cairn::test
