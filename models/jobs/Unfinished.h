// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "jobs/ResumeState.h"

/// Changes that were begun on jobs and neither finished nor rolled back: by this Cairn before it was killed, or by one on
/// another machine. The record on the job is the only source, so every Cairn sees the same.
namespace cairn::jobs {

struct UnfinishedChange {
    std::optional<ResumeState> record; ///< nullopt where it cannot be read: it can neither be finished nor rolled back then
    QString problem;                   ///< why it cannot be read; safe to show
    QString text;                      ///< what hangs, and how, without a full stop; safe to show
    bool canAct() const { return record.has_value(); }
};

/// nullopt where nothing hangs: no record, or one of a resume that was started and only lacks its first step.
std::optional<UnfinishedChange> unfinishedChange(const Job &job);

/// `kind` ("resume"), `readable`, `id`, `phase`, `checkpoint`, `begun`, `changed`, `tool`; null for nullopt. See docs/CAIRNCTL.md.
QJsonValue toJson(const std::optional<UnfinishedChange> &change);

} // namespace cairn::jobs
