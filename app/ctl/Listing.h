// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "Options.h"
#include "domain/Checkpoint.h"

#include <QJsonObject>

namespace cairn::ctl {

/// Prints a listing in the chosen format; its notes, and that it is partial, go to stderr as well. `extra` adds keys to
/// the JSON.
void printListing(const Options &options, const Listing &listing, const QJsonObject &extra = {});
/// ExitThreshold when --fail-on-damaged was given and something is damaged.
int listingExit(const Options &options, const Listing &listing);

} // namespace cairn::ctl
