// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "net/Http.h"
#include "services/Checks.h"

#include <QDateTime>

/// What an object store is asked and what its answers mean, whoever carried the requests: this machine or a pod. Requests
/// are signed here, by the time of this machine, and hold for 15 minutes: the secret key is part of none of them. Pure.
///
/// Pipelines and its launcher name the bucket in the path, sign for one region, list folders, and write, read and delete
/// objects (pipelines backend/src/apiserver/storage, backend/src/v2/objectstore): that is what is looked at.
namespace cairn::services::s3look {

enum class Ask { List, Put, Get, Delete };

/// Of `Ask::Put` and what follows; `word` is a random one of letters and digits.
QByteArray probeKey(const QByteArray &word);

/// The region to sign for: the target's, that of an AWS host's name, or us-east-1.
QByteArray regionOf(const Target &target);
/// Whether an access key is one that a header can hold.
bool isKey(const QString &user);

struct Asked {
    QByteArray bytes; ///< of HTTP/1.1; the connection ends with the answer
    QByteArray curl;  ///< the same as curl's configuration
};
/// Unsigned where the target has no user. `inHost`: the bucket stands before the host's name instead of in the path.
Asked asked(const Target &target, Ask ask, const QByteArray &word, const QByteArray &region, const QDateTime &now,
    bool inHost = false);

/// More is read of no answer: lists have one object, refusals are short.
constexpr qsizetype MOST_ANSWER = 64 * 1024;
/// Whether an answer says how long it is, and that is a length an answer here may have.
bool tellsItsEnd(const net::Response &answer);
/// Of an answer of which more came than MOST_ANSWER, or for longer than is waited, and that does not tell its end: nobody can use
/// such a store. `server` is safe to show, or empty.
Error hasNoEnd(const QString &server);

/// True where no more will come, by Content-Length or the last chunk.
bool isWhole(const QByteArray &bytes);
/// Keys that the store repeats are taken out. Lines may have lost their carriage returns, and the marks between chunks
/// stay in the body. Nothing where it is not HTTP.
std::optional<net::Response> answerOf(const Target &target, const QByteArray &bytes);

/// Where the store says that the bucket is, where that is not `region`.
QByteArray otherRegion(const net::Response &answer, const QByteArray &region);
/// The check "region" of such an answer.
void judgeRegion(Checks &checks, const QByteArray &region, const QByteArray &other);
/// All that the answer to `Ask::List` tells. `now` is of whoever asked. True where objects may be asked for next.
bool judgeList(Checks &checks, const net::Response &answer, const QByteArray &region, const QDateTime &now);
/// The check of `ask`, which is not List.
void judgeObject(Checks &checks, Ask ask, const net::Response &answer, const QByteArray &word, const QDateTime &now);
/// The check of `ask`, which is not List, where nobody answered.
void judgeObject(Checks &checks, Ask ask, const Error &error, const QByteArray &word);
/// Without agreement nothing is written.
void skipObjects(Checks &checks);

} // namespace cairn::services::s3look
