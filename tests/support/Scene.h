// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "FaultServer.h"

namespace cairn::test {

/// What a server does next while it answers.
struct Step {
    enum class Kind {
        Bytes,  ///< sends `bytes` of the body
        Wait,   ///< nothing for now; asked again a few milliseconds later
        End,    ///< the orderly end of the answer
        Drop,   ///< closes the connection in an orderly way, wherever the body stands
        Reset,  ///< RST; on HTTP/2 only of the stream
        GoAway, ///< HTTP/2: says GOAWAY, ends this answer and closes once all others have ended; HTTP/1.1: as End, then closes
        NotHttp ///< writes `bytes` where HTTP was expected and closes
    };
    Kind kind = Kind::End;
    QByteArray bytes;
};

/// One answer, made piece by piece so that a watch may go on for long.
struct Scene {
    int status = 200; ///< 0: says nothing at all, not even a header, before the first step that is no Wait
    QByteArray contentType = "application/json";
    QList<QPair<QByteArray, QByteArray>> headers; ///< names in lower case
    qint64 length = -1;                           ///< Content-Length to promise; -1 for none
    std::function<Step()> next;                   ///< called on the connection's thread until an end; must not block
};
using SceneMaker = std::function<Scene(const FaultRequest &)>;

/// `body` in one piece, its length promised.
Scene whole(int status, const QByteArray &body, const QByteArray &contentType = "application/json");

/// Plays scenes over HTTP/2 where ALPN agreed on it, else over HTTP/1.1. `maker` is called from several threads.
FaultScript play(SceneMaker maker);

} // namespace cairn::test
