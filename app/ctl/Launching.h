// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "Cluster.h"
#include "engine/LaunchFlows.h"

/// What the commands that make a job have in common.
namespace cairn::ctl {

/// For commands on one job, which is in one namespace.
Result<std::shared_ptr<kube::Cluster>> connectToOne(app::Engine &engine, const Options &options);

/// Of a preview of this text: its id is the text's, so that the same command finds what it made.
app::PreviewOptions previewOptions(const Options &options, const QByteArray &text, const QString &ns);

/// Shows the job, and makes it where that is agreed to. `more` is added to the JSON; `never`: why it would not train
/// although the server takes it, "" where nothing is known.
int carryOn(kube::Cluster &cluster, const Options &options, const app::LaunchPreview &preview, const std::stop_token &stop,
    const QJsonObject &more = {}, const QString &never = {});

/// A file of at most 4 MiB, or standard input ("-").
Result<QByteArray> readJobFile(const QString &path);

/// Places and sentences of what is wrong with a text, as in JSON; and told on stderr.
QJsonArray problemsJson(const QList<manifest::Fault> &faults, const QList<manifest::Finding> &findings);
void tellProblems(const QList<manifest::Fault> &faults, const QList<manifest::Finding> &findings);

} // namespace cairn::ctl
