// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Checkpoint.h"
#include "situation/JobWords.h"

#include <QDateTime>
#include <QString>

/// Texts that several item models share. All are safe to show.
namespace cairn::items {

using situation::age;
/// "2026-01-02 08:00:00 (Europe/Berlin), 07:00:00 UTC": exact local time and UTC for tooltips; "" where invalid.
QString exactTime(const QDateTime &when);
/// 0 → "0", 0.5 → "0.5", 32 → "32".
QString plainNumber(double value);
/// "torch-zip" → "torch zip"; the words users know a format by. Unknown ones are shown as they are.
QString formatLabel(const QString &format);

/// A run as a word beside the step of a checkpoint, where its listing has several: "attempt 2" for the folder of an attempt
/// (jobs/Attempt.h), "attempt 1" for the root that holds such folders, nothing for another root, else the folder.
QString runWord(const Run &run, const Listing &listing);

} // namespace cairn::items
