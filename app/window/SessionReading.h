// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/CheckpointReader.h"

namespace cairn::net {
class HttpClient;
}

namespace cairn::app {

class ClusterSession;
class Keychain;
class Preferences;

/// How the checkpoints of a session's jobs are read, with what the preferences say was agreed to. All outlive it.
CheckpointReader::Access checkpointAccess(net::HttpClient &http, Keychain &keychain, Preferences &preferences, ClusterSession &session);

} // namespace cairn::app
