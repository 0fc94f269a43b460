// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "services/Checks.h"

/// What a PostgreSQL server's answers mean, whoever asked for them. Private to services.
namespace cairn::services::postgresql {

/// `number` as in server_version_num: 150004, or 90426; `said` the version in the server's words.
void judgeVersion(Checks &checks, int number, const QByteArray &said);

struct Rights {
    bool databases = false; ///< may create databases
    bool tables = false;    ///< may create tables in `schema`
    QByteArray database, schema;
};
void judgeCreate(Checks &checks, const Rights &rights);

} // namespace cairn::services::postgresql
