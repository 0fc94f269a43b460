// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "checkpoints/HelperJob.h"
#include "checkpoints/Recognise.h"
#include "domain/ObjectApi.h"

namespace cairn::ckpt {

/// One helper Job from creation to removal. Holds references: it lives on the stack of the flow that uses it. Blocking. The fixes of
/// its errors are those of a listing: who does something else says another.
class HelperRun
{
public:
    /// `what` is the first sentence of every error.
    HelperRun(ObjectApi &api, const HelperPod &request, HelperTask task, QString what, std::stop_token stop, const Progress &progress);

    /// Runs `script` in the helper's container and returns what it printed. May be called again: a Job each.
    Result<QByteArray> run(const QString &script, const QStringList &arguments);
    /// What two pods on two nodes printed, the first one's first.
    struct Pair {
        QStringList nodes;
        QList<QByteArray> logs;
        QString unmounted; ///< the volume could not be mounted a second time: why, safe to show. There are no logs then
    };
    /// The same for a task of two nodes.
    Result<Pair> runPair(const QString &script, const QStringList &arguments);
    /// Creates the helper and waits until its container runs: the name of its pod. remove() is the caller's then.
    Result<QString> start(const QString &script, std::stop_token stop, const Progress &progress);
    void remove();

private:
    Error explainCreate(Error error) const;
    Result<> create(const QString &script, const QStringList &arguments);
    /// Its pod, once it ended, or once it runs.
    Result<QJsonObject> follow(bool untilRunning);
    Result<Pair> followPair();
    Result<QByteArray> logOf(const QJsonObject &pod);
    std::optional<QString> whyNotMounted(const QJsonObject &pod);
    std::optional<QString> whyNoPod();

    ObjectApi &m_api;
    const HelperPod &m_request;
    const HelperTask m_task;
    const QString m_what;
    std::stop_token m_stop;
    Progress m_progress;
    ObjectRef m_ref;
};

} // namespace cairn::ckpt
