// SPDX-License-Identifier: GPL-3.0-or-later
#include "Commands.h"
#include "Listing.h"
#include "Output.h"
#include "checkpoints/Folder.h"

using namespace Qt::StringLiterals;

namespace cairn::ctl {

int checkpointsOfFolder(const Options &options, std::stop_token stop)
{
    const Result<Listing> listing = ckpt::scanFolder(options.command[1], {}, stop);
    if (!listing)
        return printError(listing.error());
    printListing(options, *listing);
    return listingExit(options, *listing);
}

} // namespace cairn::ctl
