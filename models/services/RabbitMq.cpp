// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Text.h"
#include "services/BrokerAnswers.h"
#include "services/BrokerJudge.h"

#include <QtEndian>
#include <amqp.h>
#include <amqp_tcp_socket.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace cairn::services {
namespace {

/// As long as any broker's first frame may be.
constexpr quint32 MOST_START = 128 * 1024;

/// A text of the table with which the server begins; empty where it has none of that name.
QByteArray property(const amqp_table_t *table, QByteArrayView name)
{
    for (int i = 0; table && i < table->num_entries; ++i) {
        const amqp_table_entry_t &entry = table->entries[i];
        const QByteArrayView key(static_cast<const char *>(entry.key.bytes), static_cast<qsizetype>(entry.key.len));
        if (key == name && (entry.value.kind == AMQP_FIELD_KIND_UTF8 || entry.value.kind == AMQP_FIELD_KIND_BYTES))
            return QByteArray(static_cast<const char *>(entry.value.value.bytes.bytes),
                static_cast<qsizetype>(std::min<size_t>(entry.value.value.bytes.len, 4096)));
    }
    return {};
}

QByteArray bytesOf(const amqp_bytes_t &bytes)
{
    return QByteArray(
        static_cast<const char *>(bytes.bytes), static_cast<qsizetype>(std::min<size_t>(bytes.len, 4096)));
}

/// Why there is no session.
Error refusal(const Checks &checks, const QString &server, const QString &vhost, const amqp_rpc_reply_t &reply)
{
    const QString user = checks.user();
    if (checks.patience().isStopped())
        return Error::cancelled();
    const QString wrong =
        Words::tr("Check user and password. The user “guest” may sign in from the broker's own machine alone.");
    if (reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION && reply.reply.id == AMQP_CONNECTION_CLOSE_METHOD) {
        const auto *close = static_cast<const amqp_connection_close_t *>(reply.reply.decoded);
        const QString text = checks.shown(bytesOf(close->reply_text));
        if (close->reply_code == AMQP_ACCESS_REFUSED)
            return Error::make(
                Error::Kind::Auth, Words::tr("The broker refuses user %1: %2").arg(user, text), {}, wrong);
        if (close->reply_code == AMQP_NOT_ALLOWED)
            return Error::make(Error::Kind::Forbidden,
                Words::tr("User %1 may sign in, but not use the virtual host %2: %3").arg(user, vhost, text), {},
                Words::tr(
                    "Create the virtual host, and give the user permissions on it: rabbitmqctl set_permissions."));
        return Error::make(Error::Kind::Server,
            Words::tr("The broker closes the connection: %1 (%2).").arg(text).arg(close->reply_code), {},
            Words::tr("Look at the broker's log."));
    }
    if (reply.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION) {
        switch (reply.library_error) {
        case AMQP_STATUS_TIMEOUT: return checks.patience().error(Patience::Wake::Late, server);
        case AMQP_STATUS_CONNECTION_CLOSED:
        case AMQP_STATUS_SOCKET_ERROR:
            return Error::make(Error::Kind::Network, Words::tr("%1 closed the connection at sign-in.").arg(server), {},
                Words::tr("Check that this is the port of AMQP (5672, with TLS 5671), and look at the broker's log."));
        case AMQP_STATUS_BROKER_UNSUPPORTED_SASL_METHOD:
            return Error::make(Error::Kind::Auth,
                Words::tr("The broker offers no sign-in with user and password (PLAIN)."), {},
                Words::tr("Add PLAIN to auth_mechanisms in rabbitmq.conf."));
        case AMQP_STATUS_INCOMPATIBLE_AMQP_VERSION:
            return Error::make(Error::Kind::Unsupported, Words::tr("%1 does not speak AMQP 0-9-1.").arg(server), {},
                Words::tr("Check that this is RabbitMQ's port of AMQP."));
        default:
            return Error::make(Error::Kind::Parse,
                Words::tr("%1 does not speak AMQP: %2.")
                    .arg(server, checks.shown(amqp_error_string2(reply.library_error))),
                {}, Words::tr("Check that this is the port of AMQP (5672, with TLS 5671)."));
        }
    }
    return Error::make(Error::Kind::Parse, Words::tr("%1 does not speak AMQP.").arg(server), {},
        Words::tr("Check that this is the port of AMQP (5672, with TLS 5671)."));
}

struct Connection {
    amqp_connection_state_t state = amqp_new_connection();
    Connection() = default;
    ~Connection() { amqp_destroy_connection(state); }
    Connection(const Connection &) = delete;
    Connection &operator=(const Connection &) = delete;
};

/// What the broker says before anybody signs in. A port where something else answers, or nothing, is no broker.
Result<broker::Amqp> greeting(const Checks &checks, Wire &wire, const QString &server)
{
    const auto other = [&] {
        return fail(Error::Kind::Parse, Words::tr("%1 does not speak AMQP.").arg(server), {},
            Words::tr("Check that this is the port of AMQP (5672, with TLS 5671)."));
    };
    if (const auto sent = wire.write(broker::request(checks.target())); !sent)
        return fail(sent.error());
    const auto header = wire.read(7);
    if (!header)
        return fail(header.error());
    const auto size = qFromBigEndian<quint32>(header->constData() + 3);
    if (header->first(3) != QByteArray(1, '\1') + QByteArray(2, '\0') || size > MOST_START)
        return other();
    const auto frame = wire.read(static_cast<qsizetype>(size) + 1);
    if (!frame)
        return fail(frame.error());
    const auto start = broker::amqp(*header + *frame);
    return start && frame->endsWith('\xce') ? Result<broker::Amqp>(*start) : other();
}

void greetOnly(Checks &checks, Wire &wire, const QString &server)
{
    const auto start = greeting(checks, wire, server);
    if (!start)
        return checks.failed(u"login"_s, start.error());
    checks.skipLogin();
    broker::judgeProduct(checks, start->product, start->version);
    broker::judgeCluster(checks, start->cluster);
}

} // namespace

void probeRabbitMq(Checks &checks)
{
    const Target &target = checks.target();
    const Server server{target.host, target.port};
    auto wire = checks.open(server, {}, {});
    if (!wire)
        return;
    if (target.user.isEmpty()) {
        greetOnly(checks, *wire, server.text());
        return;
    }
    int ends[2] = {-1, -1};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        checks.failed(u"login"_s, Words::tr("No socket could be made."), Words::tr("Try again."));
        return;
    }
    fcntl(ends[0], F_SETFL, O_NONBLOCK); // or the library would wait without a time limit
    const Connection connection;         // closes its end last
    amqp_tcp_socket_set_sockfd(amqp_tcp_socket_new(connection.state), ends[0]);
    const Relay relay(std::move(wire), ends[1]);
    const auto left =
        std::chrono::duration_cast<std::chrono::microseconds>(checks.patience().deadline() - Clock::now()).count();
    const timeval time{static_cast<time_t>(left / 1'000'000), static_cast<suseconds_t>(left % 1'000'000)};
    amqp_set_handshake_timeout(connection.state, &time);
    amqp_set_rpc_timeout(connection.state, &time);

    const QByteArray vhost = target.database.isEmpty() ? QByteArray("/") : target.database.toUtf8();
    const QByteArray user = target.user.toUtf8();
    const amqp_rpc_reply_t reply = amqp_login(connection.state, vhost.constData(), 0, 16 * 1024, 0,
        AMQP_SASL_METHOD_PLAIN, user.constData(), target.password.reveal().constData());
    const QString shownHost = checks.shown(vhost);
    if (reply.reply_type == AMQP_RESPONSE_NORMAL)
        checks.ok(u"login"_s, Words::tr("User %1 signs in to virtual host %2.").arg(checks.user(), shownHost));
    else
        checks.failed(u"login"_s, refusal(checks, server.text(), shownHost, reply));

    // The broker tells this before anybody signs in.
    const amqp_table_t *said = amqp_get_server_properties(connection.state);
    const QByteArray product = property(said, "product"), version = property(said, "version"),
                     cluster = property(said, "cluster_name");
    broker::judgeProduct(checks, product, version);
    if (reply.reply_type != AMQP_RESPONSE_NORMAL)
        return;
    broker::judgeCluster(checks, cluster);
    amqp_connection_close(connection.state, AMQP_REPLY_SUCCESS);
}

} // namespace cairn::services
