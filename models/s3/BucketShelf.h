// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "checkpoints/Shelf.h"
#include "s3/Bucket.h"

namespace cairn::s3 {

/// A prefix of a bucket of which whole objects are read. Each range is read on the condition that the object is still the one
/// that was listed.
class BucketShelf final : public ckpt::Shelf
{
public:
    /// `http` outlives it.
    BucketShelf(net::HttpClient &http, const Access &access, const Place &place);

    Result<ckpt::Tree> list(const std::stop_token &stop, const ckpt::Progress &progress) override;
    ckpt::Source &source() override { return *m_source; }
    std::optional<Error> failure() const override { return m_source ? m_source->failure() : std::nullopt; }
    qint64 piece() const override { return 8 * 1024 * 1024; }

private:
    Client m_client;
    const QByteArray m_prefix;
    std::unique_ptr<BucketSource> m_source; ///< of the last list()
};

} // namespace cairn::s3
