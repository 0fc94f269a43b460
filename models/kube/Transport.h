// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "kube/Credentials.h"
#include "kube/Pulse.h"
#include "net/Http.h"

#include <memory>
#include <stop_token>

namespace cairn::kube {

/// Requests to one server as one user: the network below Cluster and Watcher. Tests replace it to bring about faults
/// that a real server does not produce on demand. Thread-safe; blocks, so never call it on the GUI thread.
class Transport
{
public:
    virtual ~Transport() = default;

    /// Adds the credentials. A 401 tells them so that they are refreshed; a GET (or a request marked idempotent) is
    /// then sent once more with the fresh ones. client-go leaves that second try to its caller, so that one request
    /// fails each time a token runs out.
    virtual Result<net::Response> send(net::Request request, std::stop_token stop) = 0;
    /// The same for a streamed answer, but a 401 is only told, not repeated: `finished` gets it.
    virtual Result<std::unique_ptr<net::Stream>> open(net::Request request, net::StreamHandlers handlers,
                                                      std::stop_token stop) = 0;
    virtual Result<net::ExecResult> exec(net::ExecRequest request, std::stop_token stop) = 0;
    /// Namespace of the context, "default" when it names none.
    virtual QString defaultNamespace() const = 0;
    /// Requests from now on take new connections: those there are may lead nowhere. What is under way stays.
    virtual void renewConnections() { }
    /// The server's signs of life, whatever was asked.
    Pulse &pulse() { return m_pulse; }

private:
    Pulse m_pulse;
};

/// The real one. `http` must outlive it and every stream.
std::shared_ptr<Transport> httpTransport(net::HttpClient &http, std::shared_ptr<Credentials> credentials);

} // namespace cairn::kube
