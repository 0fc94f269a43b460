// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "domain/Service.h"

#include <optional>

/// The same look at a service as probe(), from a pod: a shell script for whatever image there is, what it is given, and
/// the reader of what it prints. Pure.
///
/// The script is one constant text for sh of any kind. Host and port are arguments; user and password come through
/// standard input and lie in memory as a client's own configuration until it ends. It looks for a name by getent,
/// python3, perl or nslookup, opens a connection by bash, python3, perl or nc, and signs in where the image has mysql,
/// mariadb or psql; whatever is not there is skipped, with the reason. It writes nothing on a server but the object of
/// `Target::mayWrite`.
///
/// A broker is asked for the first step of its protocol, without signing in, by python3, bash, nc or openssl. What it
/// answers is read here, not there; the brokers that a Kafka names are then looked at by a second call.
///
/// A store is asked by curl, python3, openssl, or in plain text by bash or nc. What it is asked was signed here: the
/// pod gets no secret key, but requests that hold for 15 minutes.
///
/// It prints lines; M is a random word of this one call, and a text is one line without control characters:
///   @@M B 1                       begin, protocol version
///   @@M name N ok ADDRESS…        of server N; or "fail", or "none": no tool, or "unsure": nslookup alone found none.
///                                 busybox's asks DNS for the name as it stands: no search list, no /etc/hosts
///   @@M tcp N RC TEXT             RC 0 connected, 99 no tool, 124 too late, else refused
///   @@M tls N RC TEXT             of brokers and stores, by openssl; 99: no openssl
///   @@M talk N RC TEXT            broker N was asked; 99 no tool, 124 too late
///   @@M h N HEX                   of its answer
///   @@M clock SECONDS             of stores: the pod's, since 1970
///   @@M http N RC TEXT            request N was made; 99 no tool, 124 too late, else curl's code or another's
///   @@M a N TEXT                  a line of its answer, headers first
///   @@M client WORD               mysql, mariadb, psql or none
///   @@M login RC TEXT             and the last error of the client
///   @@M q TEXT                    a row of an answer
///   @@M X WORD                    "nowork": there is no place to write
///   @@M Z                         end; without it the output is cut
namespace cairn::services {

const QString &podScript();
/// 128 random bits as hexadecimal.
QByteArray podMarker();
/// Behind `sh -c <script> cairn`. `work` is a folder in memory that the pod may write to. Hold no secret.
QStringList podArguments(const Target &target, const QByteArray &marker, int seconds, const QString &work);
/// For standard input. Error::Kind::Invalid where user or password have a line break, which no configuration file can
/// hold.
Result<Secret> podInput(const Target &target, const QByteArray &marker, int seconds);
/// Of Kafka: the same target with the brokers that the first answer names, where others are among them than were looked at, 16 at
/// most. Each must be reachable from the pod: that is where clients are led to.
std::optional<Target> podNext(const Target &target, const QByteArray &output, const QByteArray &marker);
/// Never fails. Requests of a store are named by `marker`. What is missing or damaged is Skipped and says so. `from` is the report's, `next`
/// what was printed for podNext().
Report podReport(const Target &target, const QByteArray &output, const QByteArray &marker, const QString &from,
    const QByteArray &next = {});

} // namespace cairn::services
