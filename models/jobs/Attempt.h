// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "domain/Job.h"

#include <QSet>

/// Names of a new attempt: its job and its directory. Pure functions, any thread.
namespace cairn::jobs {

/// "demo" → "demo-r2", "demo-r2" → "demo-r3": unique among `taken`, a DNS label, and short enough that the names the
/// operator makes of it ("<job>-<role>-<index>", also a Service) stay within 63 characters.
QString attemptName(const Job &job, int attempt, const QSet<QString> &taken);

/// Checks a name a person typed for a new job of the kind and size of `job`; the error says what is wrong with it.
Result<> checkJobName(const QString &name, const Job &job, const QSet<QString> &taken);

/// The directory of a new attempt below the directory the first attempt saves to: "<base>/attempt-3-1a2b3c". An
/// attempt suffix of `saveDir` is taken off first, so attempts lie side by side. `id` (hexadecimal) makes it unique
/// even where two people resume the same job at once.
QString attemptDirectory(const QString &saveDir, int attempt, const QString &id);

/// `dir` without the attempt suffix: the directory all attempts have in common.
QString attemptBase(const QString &dir);

/// The directory of a new run that is made of a job that saves to `saveDir`: beside the job's own, for what lies below that is
/// taken for its own; where the mount does not reach further up, that of an attempt.
QString newRunDirectory(const Job &job, const QString &saveDir, const QString &name, int attempt, const QString &id);

/// Number of the attempt whose directory a path below that base lies in, relative to it: "attempt-3-1a2b3c/step-9.pt" → 3;
/// 0 for a path in none.
int attemptOf(const QString &relative);

/// The mount that holds `path` inside the container (the longest mount path above it); nullptr for none.
const VolumeMount *mountOf(const Job &job, const QString &path);

/// An address in an object store, "s3://bucket/prefix". The functions here take one in place of a directory.
bool isBucketPath(const QString &path);

/// Joins and tidies an absolute path: "/ckpt/" + "./a" → "/ckpt/a". ".." does not leave the root. Of an address only the
/// slashes at its end go, and ".." alone takes its last part away, but never the bucket's name.
QString joinPath(const QString &base, const QString &relative);

} // namespace cairn::jobs
