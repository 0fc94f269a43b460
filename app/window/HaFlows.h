// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "audit/Acceptance.h"
#include "domain/ObjectApi.h"
#include "overlay/Proposal.h"

#include <memory>

/// What the High availability page does where it has to wait. Blocking: run it on the flow pool, never on the GUI thread.
namespace cairn::app {

/// One audit, as it was made.
struct Audited {
    audit::Scene scene;
    audit::Report report;
    std::chrono::milliseconds took{0}; ///< reading and judging
    overlay::Proposal proposal; ///< what the overlay wizard would propose by itself
};
/// `fallback`: a namespace that is judged where the whole cluster may not be listed, the context's; may be empty.
Result<std::shared_ptr<const Audited>> auditCluster(ObjectApi &api, const QString &fallback, std::stop_token stop);

/// What the wizard would do about workloads, for whoever thinks of adding them to the overlay.
struct OverlayAdvice {
    QList<audit::ObjectName> workloads; ///< that would be added
    QString sentence;                   ///< what is proposed for them, and what is left out; safe to show
    QString refusal;                    ///< none can be added: why; safe to show
};
/// Of findings: about the workloads they are about, however many. Pure.
OverlayAdvice adviceFor(const overlay::Proposal &proposal, const QList<audit::Finding> &findings);
OverlayAdvice adviceFor(const overlay::Proposal &proposal, const QList<audit::ObjectName> &workloads);

/// What a file says was accepted.
struct Accepted {
    QString path;
    audit::AcceptanceFile file;
    QDateTime read;                   ///< UTC
    std::optional<Error> error;       ///< it could not be read, or holds what cannot be understood; then nothing is accepted
    bool exists = false;
    QList<audit::Decision> decisions; ///< one for each finding of the report it was read for
};
/// A file that is not there accepts nothing.
Accepted readAccepted(const QString &path, const audit::Report &report);
/// Reads the file, lets `edit` change it, and writes it whole or not at all. Refused where the file cannot be understood.
Result<> changeAccepted(const QString &path, const std::function<Result<>(audit::AcceptanceFile &file)> &edit);

/// "json", "sarif" or "markdown", written whole or not at all.
Result<> exportReport(const Audited &audited, const Accepted &accepted, const QString &format, const QString &path);

/// An object to read, without what a Secret holds. Of a kind that the server does not serve an error.
Result<QString> yamlOf(ObjectApi &api, const audit::ObjectName &name, std::stop_token stop);

} // namespace cairn::app
