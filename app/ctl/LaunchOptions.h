// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "OptionTable.h"
#include "base/Result.h"
#include "launch/Policy.h"
#include "launch/Template.h"

#include <QCommandLineParser>

namespace cairn::ctl {

/// What `job new` is told of the job.
struct LaunchOptions {
    launch::Spec spec = {};
    launch::Policy policy = {};
    bool kindGiven = false;
    std::optional<launch::Framework> framework = {}; ///< empty: recognised by the command
    bool contract = false;                           ///< anything is said about checkpoints
    bool advised = false;                            ///< --every auto
    bool anyway = false;                             ///< --anyway: also what will not run, or costs work
    QStringList given = {};                          ///< the options that say something of the job, as "image"
    QString file = {};                               ///< -f, --file FILE: a job as YAML; "-" is standard input
    QString templateName = {};                       ///< --template NAME
    QString templates = {};                          ///< --templates DIR; empty: this user's own
    launch::TemplateValues values = {};              ///< --set NAME=VALUE
    QString fromCheckpoint = {};                     ///< --from-checkpoint latest|step=N|PATH, of job clone
    std::optional<int> workers = {};                 ///< --workers N, of job scale
};

void addLaunchOptions(OptionTable &table);
/// Values that make no sense are a Kind::Invalid whose `why` names the option.
Result<LaunchOptions> launchOptions(const QCommandLineParser &parser);

} // namespace cairn::ctl
