// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "services/Wire.h"

#include <QCoreApplication>
#include <functional>

namespace cairn::services {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::services)
};

struct Server {
    QString host;
    int port = 0;
    QString text() const; ///< "host:port", safe to show
    QString name() const; ///< the host as DNS has it; empty where it is none
    bool operator==(const Server &) const = default;
};

/// One probe under way: what it looks at, how long, and what it found.
class Checks {
public:
    Checks(const Target &target, int seconds, const std::stop_token &stop);

    const Target &target() const { return m_target; }
    const Patience &patience() const { return m_patience; }

    void ok(const QString &id, const QString &text);
    void warn(const QString &id, const QString &text, const QString &fix = {});
    void failed(const QString &id, const QString &text, const QString &fix);
    void skipped(const QString &id, const QString &why);
    void skipLogin(); ///< where nobody is to sign in
    /// Failed; Skipped where it was stopped.
    void failed(const QString &id, const Error &error);
    void add(const Check &check);
    bool has(const QString &id) const;
    const Check *find(const QString &id) const; ///< until the next check is added

    /// Text of the server: escaped, cut, and with the password taken out of it.
    QString shown(const QByteArray &raw) const;
    QString user() const; ///< the user's name, safe to show

    /// Name, TCP and TLS. `greet` says hello where the protocol does so before TLS (what it fails with is the check
    /// `login`), `startTls` asks for TLS where the protocol begins in plain text; both may be empty. Gives the open
    /// wire, or nothing where there is no use in going on.
    using Greet = std::function<Result<>(Wire &)>;
    std::unique_ptr<Wire> open(const Server &server, const Greet &greet, const Greet &startTls);

    void warnPlain(); ///< the check `tls` where none is asked for

    /// All that the kind is looked at for, in order; what was not looked at is Skipped and says why.
    Report finish() const;

private:
    void add(const QString &id, Check::State state, const QString &text, const QString &fix);
    void certificate(const Certificate &seen);

    const Target m_target;
    const Patience m_patience;
    QList<Check> m_checks;
};

/// The check "lifetime": a server that closes connections after `idleSeconds` (0: never) beside what the component
/// keeps them.
void judgeLifetime(Checks &checks, int idleSeconds, const QString &fix);

void probeMySql(Checks &checks);
void probePostgreSql(Checks &checks);
void probeKafka(Checks &checks);
void probeRabbitMq(Checks &checks);
void probeS3(Checks &checks);

} // namespace cairn::services
