// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "manifest/Document.h"
#include "manifest/Schema.h"

namespace cairn::launch {

/// What is wrong with a job, or with what is made with it (document `index`: a TrainingRuntime, a PVC), each at its field: what the
/// schema says where there is one, and what schemas of CRDs do not say, as their pods are opaque to most. Names of objects,
/// labels and taints, references of images, quantities (apimachinery; distribution/reference); memory below 1 MiB, which has lost
/// its unit; where checkpoints are saved, and sub-paths of volumes. In the order of the text, at most 200 of each. Pure, any thread.
QList<manifest::Finding> findingsOf(const manifest::Document &document, const manifest::Schema *schema, int index = 0);

/// Why checkpoints cannot be saved there (rules::folderFault()), a sentence; empty where nothing is wrong with it.
QString whyNoFolder(const QString &folder);

} // namespace cairn::launch
