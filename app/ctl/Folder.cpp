// SPDX-License-Identifier: GPL-3.0-or-later
#include "Commands.h"
#include "Listing.h"
#include "Output.h"
#include "checkpoints/Folder.h"
#include "engine/VerifyFlows.h"

using namespace Qt::StringLiterals;

namespace cairn::ctl {

int checkpointsOfFolder(const Options &options, std::stop_token stop)
{
    Result<Listing> listing = ckpt::scanFolder(options.command[1], {}, stop);
    if (!listing)
        return printError(listing.error());
    store::VerificationStore store;
    app::addFoundDamage(*listing, app::placeOfFolder(options.command[1]), store);
    printListing(options, *listing);
    return listingExit(options, *listing);
}

} // namespace cairn::ctl
