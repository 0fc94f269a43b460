// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "kube/Consent.h"
#include "kube/Credentials.h"
#include "kube/ExecPlugin.h"
#include "kube/ExecPluginPolicy.h"
#include "kube/Kubeconfig.h"

#include <functional>

namespace cairn::kube {

struct SessionOptions {
    AllowExec allowExec = AllowExec::IfConsented;
    std::shared_ptr<ConsentStore> consent; ///< null means that no consent was ever given
    ProgramSearch search;
    std::chrono::milliseconds execTimeout{60'000};
    bool terminal = false; ///< cairnctl on a terminal: the plugin may ask there
    /// The user's rule for plugins; asked before every run.
    std::function<Result<ExecPluginPolicy>()> policy = &ExecPluginPolicy::fromEnvironment;
    /// The current time; tests move it.
    std::function<QDateTime()> now = &QDateTime::currentDateTimeUtc;
};

/// Credentials of one kubeconfig context, with client-go's rules:
/// - tokenFile beats token and is read again after 50 s (client-go: 10 s before the end of a life of one minute); its
///   last good value is kept while it cannot be read;
/// - an exec plugin runs only where there is no token, basic or certificate; one run at a time serves all waiters; it
///   runs again when the server rejected its credential, and, other than client-go, already 60 s before the expiry (or a
///   quarter of its life, if that is shorter), so that no request meets an expired token;
/// - certificate and CA files are looked at again once a second at most; changed ones give a new endpoint.
/// A failed run is remembered for 5 s, so that a dozen watches do not open a dozen browser windows.
/// The kubeconfig itself is not read again: make a new object for a new one.
class SessionCredentials final : public Credentials
{
public:
    SessionCredentials(ResolvedContext context, SessionOptions options);
    ~SessionCredentials() override;

    Result<Material> material(std::stop_token stop) override;
    void rejected(const Material &used) override;
    QString defaultNamespace() const override;

    const KubeContext &context() const { return m_context.info; }
    /// The endpoint without anything that proves who we are: for probes.
    Result<std::shared_ptr<const net::Endpoint>> anonymousEndpoint();
    /// Finds the plugin and checks the policy; runs nothing. For contexts with an exec plugin only.
    Result<ConsentRequest> plannedExec(std::stop_token stop) const;
    /// Success when `request` may run now; Kind::Consent, saying what would run, where the user has to agree first.
    Result<> mayRun(const ConsentRequest &request) const;
    /// Expiry of the current exec credential; invalid where none is held or it names none.
    QDateTime expires() const;

private:
    class Private;
    ResolvedContext m_context;
    SessionOptions m_options;
    std::unique_ptr<Private> d;
};

} // namespace cairn::kube
