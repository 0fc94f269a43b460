// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayList>
#include <optional>

/// What MySQL and MariaDB say, read without a connection. Bytes are the server's, and hostile.
namespace cairn::services::mysql {

/// The packet with which a server begins, without its header; error code and text where it begins with a refusal.
struct Greeting {
    QByteArray version;
    quint32 capabilities = 0;
    quint16 errorCode = 0; ///< 0 for a greeting
    QByteArray errorText;
    bool offersTls() const { return (capabilities & 0x800) != 0; }
};
/// Nullopt where these bytes are no greeting of protocol 10.
std::optional<Greeting> readGreeting(const QByteArray &packet);

struct Version {
    int major = 0, minor = 0;
    bool mariaDb = false;
    QByteArray text; ///< "10.11.6-MariaDB", without the "5.5.5-" that MariaDB puts before it for old clients
};
std::optional<Version> readVersion(const QByteArray &text);

/// The plugins an account may sign in with, out of the answer to SHOW CREATE USER; its hash is not looked at.
QByteArrayList pluginsOf(const QByteArray &createUser);

/// Whether one of the lines of SHOW GRANTS allows to create `database`, or any where it is empty.
bool mayCreate(const QByteArrayList &grants, const QByteArray &database);
/// Whether there are roles, whose rights SHOW GRANTS does not list.
bool hasRoles(const QByteArrayList &grants);

} // namespace cairn::services::mysql
