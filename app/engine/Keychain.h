// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "base/Secret.h"
#include "s3/Access.h"

#include <memory>
#include <optional>
#include <stop_token>

namespace cairn::app {

/// Where secrets stay that the user wants kept beyond this run. Thread-safe. Calls block, for as long as the user takes to
/// unlock it: never on the main thread, which has to run its event loop meanwhile.
class Keychain
{
public:
    virtual ~Keychain() = default;
    /// nullopt where nothing is kept under `name`. Error::Unsupported where this computer has no keychain.
    virtual Result<std::optional<Secret>> read(const QString &name, std::stop_token stop) = 0;
    virtual Result<> write(const QString &name, const Secret &secret, std::stop_token stop) = 0;
    /// Nothing kept under `name` is no error.
    virtual Result<> remove(const QString &name, std::stop_token stop) = 0;
};

/// The desktop's, through QtKeychain: Secret Service or KWallet. Never a file of its own: where neither runs, calls fail
/// and nothing is kept.
std::unique_ptr<Keychain> desktopKeychain();

/// The keys of one bucket, bound to the server they were given for: they are never found for another one.
Result<> keepKeys(Keychain &keychain, const s3::Access &access, const QString &bucket, std::stop_token stop);
/// Empty keys where none are kept for this server and bucket.
Result<s3::Keys> keptKeys(Keychain &keychain, const s3::Store &store, const QString &bucket, std::stop_token stop);
Result<> forgetKeys(Keychain &keychain, const s3::Store &store, const QString &bucket, std::stop_token stop);
/// Adds kept keys where `access` has none. A keychain that cannot be read counts as one without: the store then says what
/// it thinks of requests that are not signed.
void addKeptKeys(Keychain &keychain, s3::Access &access, const QString &bucket, std::stop_token stop);

} // namespace cairn::app
