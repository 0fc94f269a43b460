// SPDX-License-Identifier: GPL-3.0-or-later
#include "Commands.h"
#include "Listing.h"
#include "Output.h"
#include "base/Text.h"
#include "s3/Bucket.h"

using namespace Qt::StringLiterals;

namespace cairn::ctl {
namespace {

/// Keys follow what the user named, by option or variable; that is the consent. What is not encrypted is said.
void sayWhereKeysGo(const s3::Access &access)
{
    if (access.store.isEncrypted())
        return;
    const QString server = text::safe(access.store.server.toDisplayString());
    note(u"Warning: %1 is not encrypted. Whoever is on the way can read and change what is listed%2."_s.arg(
        server, access.keys.sessionToken.isEmpty() ? u""_s : u", and read the session token"_s));
}

} // namespace

int checkpointsOfBucket(const Options &options, std::stop_token stop)
{
    const Result<s3::Place> place = s3::parsePlace(options.command[1]);
    if (!place)
        return printError(place.error());
    const Result<s3::Access> access = s3::accessFromEnvironment(
        {options.endpoint, options.region, options.style}, [](const char *name) { return qEnvironmentVariable(name); });
    if (!access)
        return printError(access.error());
    sayWhereKeysGo(*access);
    net::HttpClient http("cairnctl/" CAIRN_VERSION_STRING);
    const Result<Listing> listing = s3::scanBucket(http, *access, *place, {}, stop);
    if (!listing)
        return printError(listing.error());
    printListing(options, *listing);
    return listingExit(options, *listing);
}

} // namespace cairn::ctl
