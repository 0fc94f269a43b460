// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Internal to checkpoints/.

#include "checkpoints/ClaimListing.h"

namespace cairn::ckpt {

/// One helper Job from creation to removal. Holds references: it lives on the stack of the flow that uses it.
class HelperRun
{
public:
    /// `what` is the first sentence of every error.
    HelperRun(ObjectApi &api, const ClaimRequest &request, QString what, std::stop_token stop, const Progress &progress);

    /// Runs `script` in the helper's container and returns what it printed. May be called again: a Job each.
    Result<QByteArray> run(const QString &script, const QStringList &arguments);
    /// Creates the helper and waits until its container runs: the name of its pod. remove() is the caller's then.
    Result<QString> start(const QString &script, std::stop_token stop, const Progress &progress);
    void remove();

private:
    Error explainCreate(Error error) const;
    Result<> create(const QString &script, const QStringList &arguments);
    /// Its pod, once it ended, or once it runs.
    Result<QJsonObject> follow(bool untilRunning);
    Result<QByteArray> logOf(const QJsonObject &pod);
    std::optional<QString> whyNoPod();

    ObjectApi &m_api;
    const ClaimRequest &m_request;
    const QString m_what;
    std::stop_token m_stop;
    Progress m_progress;
    ObjectRef m_ref;
};

} // namespace cairn::ckpt
