// SPDX-License-Identifier: GPL-3.0-or-later
#include "s3/BucketShelf.h"

namespace cairn::s3 {

BucketShelf::BucketShelf(net::HttpClient &http, const Access &access, const Place &place)
    : m_client(http, access, place.bucket)
    , m_prefix(place.prefix)
{
}

Result<ckpt::Tree> BucketShelf::list(const std::stop_token &stop, const ckpt::Progress &progress)
{
    m_source = std::make_unique<BucketSource>(m_client, m_prefix, stop);
    return m_source->list({}, progress);
}

} // namespace cairn::s3
