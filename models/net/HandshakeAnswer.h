// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "net/Http.h"

#include <QByteArray>
#include <QByteArrayView>

namespace cairn::net {

/// The server's answer to a WebSocket handshake: 101, or a refusal whose body is a Kubernetes Status.
class HandshakeAnswer {
public:
    explicit HandshakeAnswer(const QString &server)
        : m_server(server)
    {
    }
    /// More bytes; an empty view is the end of the stream. An Error when they are no HTTP answer.
    Result<> feed(QByteArrayView bytes);
    bool isComplete() const { return m_complete; }
    /// Once complete: an Error unless the server accepted; `accept` is the expected Sec-WebSocket-Accept.
    Result<> check(const QByteArray &accept) const;
    /// What came after the header of a 101.
    QByteArray rest() const { return m_bytes; }

private:
    Result<> parseHeader();
    bool bodyIsComplete();
    Error refusal() const;

    const QString m_server;
    QByteArray m_bytes; ///< the header while it is incomplete, then what follows it
    Response m_response;
    bool m_headerDone = false;
    bool m_complete = false;
};

} // namespace cairn::net
