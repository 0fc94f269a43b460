// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Error.h"
#include "domain/Checkpoint.h"
#include "domain/Job.h"
#include "kit/Gallery.h"

/// Every page and dialog on canned data, in each of its states.
namespace cairn::gallery {

void registerConnectEntries(kit::GalleryRegistry &registry);
void registerJobsEntries(kit::GalleryRegistry &registry);
void registerJobEntries(kit::GalleryRegistry &registry);
void registerHaEntries(kit::GalleryRegistry &registry);
void registerFailoverEntries(kit::GalleryRegistry &registry);
void registerLaunchEntries(kit::GalleryRegistry &registry);
void registerOverlayEntries(kit::GalleryRegistry &registry);
void registerEventsEntries(kit::GalleryRegistry &registry);
void registerStorageEntries(kit::GalleryRegistry &registry);
void registerNodesEntries(kit::GalleryRegistry &registry);
void registerQuotasEntries(kit::GalleryRegistry &registry);
void registerOverviewEntries(kit::GalleryRegistry &registry);
void registerCheckpointsEntries(kit::GalleryRegistry &registry);
void registerSettingsEntries(kit::GalleryRegistry &registry);
void registerDialogEntries(kit::GalleryRegistry &registry);
/// Of the dialogs those that read checkpoints whole.
void registerCheckpointDialogs(kit::GalleryRegistry &registry);
void registerBulkEntries(kit::GalleryRegistry &registry);
/// All of the above.
void registerPageEntries(kit::GalleryRegistry &registry);

/// Canned data that several pages share. All times are relative to cannedNow().
QDateTime cannedNow();
Job cannedJob(const QString &name, const QString &ns, JobKind kind, JobPhase phase, int ready, int desired, double gpusEach);
Checkpoint cannedCheckpoint(qint64 step, int minutesAgo, Verdict verdict);
/// The jobs of the mock-up.
QList<Job> cannedJobs();
/// `count` jobs in 40 namespaces.
QList<Job> cannedManyJobs(int count);
Job cannedFailedJob();
Listing cannedListing();
Error cannedError();
QString cannedRoleRequest();
const QList<QSize> &pageSizes();

} // namespace cairn::gallery
