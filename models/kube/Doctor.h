// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "kube/DoctorRights.h"
#include "kube/SessionCredentials.h"

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>

namespace cairn::kube {

enum class DoctorStepId { Kubeconfig, Plugin, Credential, Tls, Api, Permissions };
enum class DoctorState {
    Pending, ///< not looked at yet, or being looked at
    Done,
    Warning, ///< works, but the user should know
    Failed,
    Waits    ///< cannot be tried before the step `waitsFor` is in order
};

/// Stable English words for JSON: "kubeconfig", "plugin", … and "done", "warning", ….
QString doctorStepName(DoctorStepId id);
QString doctorStateName(DoctorState state);

/// One step of the sign-in doctor. Texts are whole sentences, safe to show and free of secrets.
struct DoctorStep {
    DoctorStepId id = DoctorStepId::Kubeconfig;
    QString title;
    DoctorState state = DoctorState::Pending;
    std::chrono::milliseconds took{0};
    bool withoutCredential = false; ///< tried without proving who we are, since there is no credential
    int waitsFor = 0;               ///< 1-based number of a step; 0 for none
    QString detail;
    QString why;
    bool quotes = false; ///< `why` has what a sign-in program printed: for who ran it alone
    QString fix;
    QString fixCommand; ///< for a terminal; may be empty
    QString fixFolder;  ///< folder that holds the missing program: offer to add it for Cairn; may be empty
    std::optional<Error::Kind> cause; ///< of a failed step; Consent asks for the user's agreement
};

struct DoctorOptions {
    SessionOptions session;
    std::chrono::milliseconds timeout{15'000}; ///< per network exchange
    int warnDays = 14;    ///< a certificate that ends sooner is a warning
    bool runPlugin = true; ///< false leaves exec plugins alone, so that no browser opens while only looking around
    std::function<QDateTime()> now = &QDateTime::currentDateTimeUtc;
};

struct DoctorReport {
    KubeContext context;
    QList<DoctorStep> steps;
    QList<Right> rights; ///< empty when they could not be asked about
    QString serverVersion; ///< "v1.34.2"; empty when not known
    std::optional<ConsentRequest> consent; ///< what needs the user's agreement, if that is what is missing

    /// 1-based number of the first failed step; 0 when none failed.
    int failedStep() const;
    /// "Stopped at step 2 of 6", "Everything works", "Works, with 1 remark".
    QString headline() const;
    /// One or two sentences on what stands between the user and the cluster.
    QString summary() const;
    /// Headline and summary as sentences.
    QString conclusion() const;
};

/// Called on the calling thread after each change, with all steps.
using DoctorProgress = std::function<void(const DoctorReport &)>;

/// Looks at one context from the file to the permissions. Steps that need no credential run even when there is none.
/// Blocks for seconds: never on the GUI thread. `context` empty means the current one. After `stop` the remaining
/// steps stay Pending.
DoctorReport diagnose(const KubeconfigSource &source, const QString &context, net::HttpClient &http,
                      const DoctorOptions &options, std::stop_token stop, const DoctorProgress &progress = {});

enum class ContextStatus {
    Reachable, ReachableReadOnly, ReachableLimited, NeedsSignIn, CertificateExpired, PluginNotFound, NotReachable, Broken
};
/// Stable English word for JSON: "reachable", "read-only", ….
QString contextStatusName(ContextStatus status);

/// The state of one context for a list.
struct ContextProbe {
    ContextStatus status = ContextStatus::NotReachable;
    QString label;         ///< "Reachable, read-only"
    QString detail;        ///< "v1.34.2 · 41 ms", "ended 12 days ago", …; safe to show
    QString serverVersion;
    std::chrono::milliseconds latency{0}; ///< of one exchange, connection included; 0 when none was made
    int rightsAllowed = 0;
    int rightsTotal = 0;   ///< 0 when they were not asked about
    std::optional<Error> error;
};

/// A quick look at one context: the questions of the doctor, but it ends with the first answer that settles the state.
ContextProbe probe(const ResolvedContext &context, net::HttpClient &http, const DoctorOptions &options,
                   std::stop_token stop);

} // namespace cairn::kube
