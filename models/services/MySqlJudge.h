// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Error.h"
#include "services/Checks.h"
#include "services/MySqlAnswers.h"

/// What a MySQL server's answers mean, whoever asked for them. Private to services.
namespace cairn::services::mysql {

/// What a signed-in client was told.
struct Answers {
    QByteArray version;
    QByteArray createUser; ///< of SHOW CREATE USER; empty: it was not told
    QByteArrayList grants;
    std::optional<bool> exists; ///< the target's database
    std::optional<int> idleSeconds;
};
/// The checks version, plugin, create and lifetime.
void judge(Checks &checks, const Answers &answers);

/// Why a server or a client library refused to sign in.
Error refusalOf(const Checks &checks, unsigned int code, const QByteArray &message);

} // namespace cairn::services::mysql
