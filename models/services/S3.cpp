// SPDX-License-Identifier: GPL-3.0-or-later
#include "services/S3Look.h"

#include "s3/Answer.h"
#include "services/InPod.h"

using namespace Qt::StringLiterals;

namespace cairn::services {
namespace {

using namespace s3look;

/// Each request has a connection of its own, of which only the answer is read.
Result<std::unique_ptr<Wire>> connected(const Target &target, const Patience &patience)
{
    const Server server{target.host, target.port};
    const auto addresses = resolve(server.name(), server.port, patience);
    if (!addresses)
        return fail(addresses.error());
    auto wire = std::make_unique<Wire>(patience, server.text());
    if (const auto done = wire->connect(*addresses); !done)
        return fail(done.error());
    return wire;
}

Result<net::Response> exchange(const Target &target, const Patience &patience, const QByteArray &request)
{
    const Server server{target.host, target.port};
    auto wire = connected(target, patience);
    if (!wire)
        return fail(wire.error());
    if (target.tls != Tls::Off) {
        const auto seen = (*wire)->secure(server.name(), target.tls == Tls::Verify ? target.ca : QByteArray());
        if (!seen)
            return fail(seen.error());
        if (target.tls == Tls::Verify && seen->bad)
            return fail(*seen->bad);
    }
    if (const auto sent = (*wire)->write(request); !sent)
        return fail(sent.error());
    QByteArray bytes;
    const Clock::time_point until = patience.deadline(); // of all of it: who sends a byte a second has no end either
    std::optional<Error> late;
    bool isOver = false; // the server's end of the connection, as good as any other
    while (bytes.size() < MOST_ANSWER && !isWhole(bytes) && !isOver && !late) {
        const auto more = (*wire)->readSome(until);
        if (!more && (bytes.isEmpty() || more.error().kind == Error::Kind::Cancelled))
            return fail(more.error());
        if (!more && more.error().kind == Error::Kind::Timeout)
            late = more.error();
        else if (!more || more->isEmpty())
            isOver = true;
        else
            bytes += *more;
    }
    if (auto answer = answerOf(target, bytes)) {
        const bool goesOn = !isOver && !isWhole(bytes);
        if (goesOn && !tellsItsEnd(*answer))
            return fail(hasNoEnd(server.text()));
        if (goesOn && late)
            return fail(*late);
        return *std::move(answer);
    }
    return fail(Error::Kind::Parse,
        bytes.isEmpty() ? Words::tr("%1 closed the connection without an answer.").arg(server.text())
                        : Words::tr("%1 does not speak HTTP.").arg(server.text()),
        {}, Words::tr("Check that this is the port of the store's S3 API."));
}

/// Whether a port that was asked in plain text wants TLS.
bool wantsTls(const Target &target, const Patience &patience)
{
    auto wire = connected(target, patience);
    return wire && (*wire)->secure(Server{target.host, target.port}.name(), {});
}

/// One object, which is deleted again whatever happens: also where nobody waits for it any more.
void writeAndDelete(Checks &checks, int seconds, const QByteArray &region)
{
    const Target &target = checks.target();
    const QByteArray word = podMarker();
    const auto ask = [&](Ask what, const Patience &patience) {
        const QDateTime now = QDateTime::currentDateTimeUtc();
        auto answer = exchange(target, patience, asked(target, what, word, region, now).bytes);
        if (answer)
            judgeObject(checks, what, *answer, word, now);
        else
            judgeObject(checks, what, answer.error(), word);
        return answer;
    };
    const auto put = ask(Ask::Put, checks.patience());
    // What was refused is not there: to delete it would leave a mark in a bucket that keeps versions.
    if (put && put->status / 100 != 2 && put->status / 100 != 5)
        return;
    if (put && put->status / 100 == 2)
        ask(Ask::Get, checks.patience());
    const Patience last(seconds, {});
    ask(Ask::Delete, last);
}

} // namespace

void probeS3(Checks &checks)
{
    const Target &target = checks.target();
    const Server server{target.host, target.port};
    if (!checks.open(server, {}, {}))
        return;
    if (!isKey(target.user)) {
        checks.failed(u"login"_s, Words::tr("The access key has characters that no access key has."),
            Words::tr("Check the Secret: a line break at the end, or bytes that are no text, may be in it."));
        return;
    }
    QByteArray region = regionOf(target);
    const auto list = [&](bool inHost) {
        return exchange(target, checks.patience(),
            asked(target, Ask::List, {}, region, QDateTime::currentDateTimeUtc(), inHost).bytes);
    };
    auto answer = list(false);
    const bool odd = !answer ? answer.error().kind == Error::Kind::Parse || answer.error().kind == Error::Kind::Network
                             : answer->status == 400 && s3::parseRefusal(answer->body).code.isEmpty();
    if (odd && target.tls == Tls::Off && wantsTls(target, checks.patience())) {
        checks.failed(u"s3"_s, Words::tr("%1 speaks TLS on this port, and is asked without.").arg(server.text()),
            Words::tr("Choose TLS."));
        return;
    }
    if (!answer) {
        checks.failed(u"s3"_s, answer.error());
        return;
    }
    if (const QByteArray other = otherRegion(*answer, region); !other.isEmpty() && !target.user.isEmpty()) {
        // The rest is worth a look: only the name of the region is believed, no other server is asked.
        judgeRegion(checks, region, other);
        region = other;
        answer = list(false);
        if (!answer) {
            checks.failed(u"s3"_s, answer.error());
            return;
        }
    }
    const bool further = judgeList(checks, *answer, region, QDateTime::currentDateTimeUtc());
    if (const Check *bucket = checks.find(u"bucket"_s); answer->status == 404 && bucket && !checks.has(u"style"_s)) {
        // A store that does not look at the name it is asked by lists all of its buckets there, which tells nothing of this one.
        const auto named = list(true);
        if (named && named->status / 100 == 2 && named->body.contains("<ListBucketResult"))
            checks.failed(u"style"_s,
                Words::tr("The bucket is there only where it stands before the server's name, and Pipelines name it in the path."),
                Words::tr("Let the store take the bucket in the path."));
    }
    if (!further)
        return;
    if (target.mayWrite)
        writeAndDelete(checks, static_cast<int>(checks.patience().each().count()), region);
    else
        skipObjects(checks);
}

} // namespace cairn::services
