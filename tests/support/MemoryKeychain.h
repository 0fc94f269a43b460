// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/Keychain.h"

#include <QHash>

namespace cairn::tests {

/// A keychain that forgets with the test.
class MemoryKeychain final : public app::Keychain
{
public:
    Result<std::optional<Secret>> read(const QString &name, std::stop_token) override
    {
        const auto found = kept.constFind(name);
        return found == kept.cend() ? std::nullopt : std::optional(*found);
    }
    Result<> write(const QString &name, const Secret &secret, std::stop_token) override
    {
        kept.insert(name, secret);
        return {};
    }
    Result<> remove(const QString &name, std::stop_token) override
    {
        kept.remove(name);
        return {};
    }
    QHash<QString, Secret> kept;
};

} // namespace cairn::tests
