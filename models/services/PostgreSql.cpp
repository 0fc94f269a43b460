// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Text.h"
#include "services/PostgreSqlJudge.h"

#include <QRandomGenerator>
#include <QRegularExpression>
#include <QtEndian>
#include <algorithm>
#include <array>
#include <cstring>
#include <libpq-fe.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace cairn::services {
namespace {

/// PostgreSQL itself asks for 4096; what a server asks for, the client has to compute.
constexpr qint64 MOST_ROUNDS = 1'000'000;

Error notPostgreSql(const QString &server)
{
    return Error::make(Error::Kind::Parse, Words::tr("%1 does not speak PostgreSQL's protocol.").arg(server), {},
        Words::tr("Check the port: PostgreSQL listens on 5432 unless told otherwise."));
}

/// Lets whole messages of the sign-in pass, but none that would keep libpq computing for hours, which nothing could
/// stop.
class SignInFilter {
public:
    std::optional<QByteArray> operator()(const QByteArray &bytes)
    {
        if (m_ready)
            return bytes;
        m_held += bytes;
        QByteArray pass;
        while (!m_ready && m_held.size() >= 5) {
            const qint64 size = 1 + qint64(qFromBigEndian<quint32>(m_held.constData() + 1));
            if (size < 5 || size > 64 * 1024) {
                // Not what a server sends: libpq says so, and needs no more than this to see it.
                pass += m_held;
                m_held.clear();
                m_ready = true;
                break;
            }
            if (m_held.size() < size)
                break;
            const QByteArray message = m_held.first(size);
            if (asksTooMuch(message))
                return std::nullopt;
            m_ready = message[0] == 'Z'; // ReadyForQuery
            pass += withoutBinding(message);
            m_held.remove(0, size);
        }
        if (m_ready)
            pass += std::exchange(m_held, {});
        return pass;
    }

private:
    static bool asksTooMuch(const QByteArray &message)
    {
        // AuthenticationSASLContinue: "r=…,s=…,i=4096"
        if (message[0] != 'R' || message.size() < 9 || qFromBigEndian<quint32>(message.constData() + 5) != 11)
            return false;
        const qsizetype at = message.lastIndexOf("i=");
        bool isNumber = false;
        const qint64 rounds = message.mid(at + 2).toLongLong(&isNumber);
        return at >= 0 && (!isNumber || rounds > MOST_ROUNDS);
    }

    /// libpq does not see our TLS, and takes the offer to bind the sign-in to it for a trick.
    static QByteArray withoutBinding(const QByteArray &message)
    {
        // AuthenticationSASL: names, each with a NUL
        if (message[0] != 'R' || message.size() < 9 || qFromBigEndian<quint32>(message.constData() + 5) != 10)
            return message;
        QByteArray body = message.mid(5);
        body.replace(QByteArray("SCRAM-SHA-256-PLUS\0", 19), QByteArray());
        QByteArray size(4, '\0');
        qToBigEndian(static_cast<quint32>(body.size() + 4), size.data());
        return 'R' + size + body;
    }

    QByteArray m_held;
    bool m_ready = false;
};

/// A listening socket that only this program knows of, as libpq takes no open one.
class Rendezvous {
public:
    Rendezvous()
        : m_directory("@cairn-" + QByteArray::number(QRandomGenerator::system()->generate64(), 16)
            + QByteArray::number(QRandomGenerator::system()->generate64(), 16))
        , m_socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        const QByteArray path = m_directory + "/.s.PGSQL.5432";
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(
            address.sun_path + 1, path.constData() + 1, static_cast<size_t>(path.size() - 1)); // abstract: '@' is NUL
        const void *raw = &address;
        const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path)) + static_cast<socklen_t>(path.size());
        m_listens = bind(m_socket, static_cast<const sockaddr *>(raw), size) == 0 && listen(m_socket, 1) == 0;
    }
    ~Rendezvous() { close(m_socket); }
    Rendezvous(const Rendezvous &) = delete;
    Rendezvous &operator=(const Rendezvous &) = delete;

    const QByteArray &directory() const { return m_directory; }
    /// The far end of the connection that libpq began; -1 where it is not ours.
    int accept() const
    {
        pollfd one{m_socket, POLLIN, 0};
        if (!m_listens || poll(&one, 1, 1000) != 1)
            return -1;
        const int socket = accept4(m_socket, nullptr, nullptr, SOCK_CLOEXEC);
        ucred peer{};
        socklen_t size = sizeof peer;
        if (socket >= 0 && (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 || peer.pid != getpid())) {
            close(socket);
            return -1;
        }
        return socket;
    }

private:
    const QByteArray m_directory;
    const int m_socket;
    bool m_listens = false;
};

class Session {
public:
    Session(Checks &checks, const Server &server)
        : m_checks(checks)
        , m_server(server.text())
    {
    }
    ~Session()
    {
        m_relay.reset(); // first, so that a farewell waits for nobody
        PQfinish(m_connection);
    }
    Session(const Session &) = delete;
    Session &operator=(const Session &) = delete;

    PGconn *connection() const { return m_connection; }

    Result<> signIn(std::unique_ptr<Wire> wire)
    {
        const Target &target = m_checks.target();
        const Rendezvous rendezvous;
        const QByteArray user = target.user.toUtf8();
        const QByteArray database = target.database.isEmpty() ? QByteArray("postgres") : target.database.toUtf8();
        // What is left out would come from the environment or from files in the home folder, and so would what is
        // empty.
        std::vector<std::pair<const char *, const char *>> words{{"host", rendezvous.directory().constData()},
            {"port", "5432"}, {"user", user.constData()}, {"dbname", database.constData()},
            {"password", target.password.isEmpty() ? " " : target.password.reveal().constData()},
            {"passfile", "/dev/null"}, {"sslmode", "disable"}, {"gssencmode", "disable"},
            {"channel_binding", "disable"}, {"target_session_attrs", "any"}, {"client_encoding", "UTF8"},
            {"application_name", "cairn"}};
        if (qEnvironmentVariableIsSet("PGOPTIONS"))
            words.emplace_back("options", "-c default_transaction_read_only=on");
        std::vector<const char *> names, values;
        for (const auto &[name, value] : words) {
            names.push_back(name);
            values.push_back(value);
        }
        names.push_back(nullptr);
        values.push_back(nullptr);
        m_connection = PQconnectStartParams(names.data(), values.data(), 0);
        if (!m_connection || PQstatus(m_connection) == CONNECTION_BAD)
            return fail(error());
        PQsetErrorVerbosity(m_connection, PQERRORS_VERBOSE); // with the SQLSTATE
        PQsetNoticeReceiver(
            m_connection, [](void *, const PGresult *) {}, nullptr);
        const int far = rendezvous.accept();
        if (far < 0)
            return fail(
                Error::Kind::Internal, Words::tr("No socket could be made for libpq."), {}, Words::tr("Try again."));
        m_relay = std::make_unique<Relay>(
            std::move(wire), far, [this, filter = SignInFilter()](const QByteArray &bytes) mutable {
                auto pass = filter(bytes);
                m_tooMuch = !pass;
                return pass;
            });
        PostgresPollingStatusType status = PGRES_POLLING_WRITING;
        const auto until = m_checks.patience().deadline();
        while (status != PGRES_POLLING_OK) {
            const auto wake = m_checks.patience().wait(
                PQsocket(m_connection), status == PGRES_POLLING_READING ? POLLIN : POLLOUT, until);
            if (wake != Patience::Wake::Ready)
                return fail(m_checks.patience().error(wake, m_server));
            status = PQconnectPoll(m_connection);
            if (status == PGRES_POLLING_FAILED)
                return fail(error());
        }
        return {};
    }

    /// The first row, with an empty text for NULL; no cells where there is none.
    Result<QByteArrayList> ask(const char *sql)
    {
        if (PQsendQuery(m_connection, sql) != 1)
            return fail(error());
        const auto until = m_checks.patience().deadline();
        QByteArrayList cells;
        std::optional<Error> bad;
        for (;;) {
            while (PQisBusy(m_connection)) {
                const auto wake = m_checks.patience().wait(PQsocket(m_connection), POLLIN, until);
                if (wake != Patience::Wake::Ready)
                    return fail(m_checks.patience().error(wake, m_server));
                if (PQconsumeInput(m_connection) != 1)
                    return fail(error());
            }
            const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQgetResult(m_connection), PQclear);
            if (!result)
                break;
            const auto status = PQresultStatus(result.get());
            if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH)
                return fail(notPostgreSql(m_server)); // nobody asked for that
            if (status != PGRES_TUPLES_OK)
                bad = error();
            else if (PQntuples(result.get()) > 0 && cells.isEmpty())
                for (int i = 0; i < PQnfields(result.get()); ++i)
                    cells.append(QByteArray(PQgetvalue(result.get(), 0, i), PQgetlength(result.get(), 0, i)));
        }
        if (bad)
            return fail(*bad);
        return cells;
    }

private:
    Error error() const
    {
        const auto auth = [](const QString &what, const QString &fix) {
            return Error::make(Error::Kind::Auth, what, {}, fix);
        };
        if (m_checks.patience().isStopped())
            return Error::cancelled();
        if (m_tooMuch)
            return Error::make(Error::Kind::Parse,
                Words::tr("%1 asks for more rounds of hashing than any honest server.").arg(m_server), {},
                Words::tr("Check that this is the right server."));
        const QString user = m_checks.user();
        const QString all =
            QString::fromUtf8(QByteArray(m_connection ? PQerrorMessage(m_connection) : "out of memory").left(4096));
        static const QRegularExpression stated(
            u":  ([0-9A-Z]{5}): ([^\n]*)"_s); // "FATAL:  28P01: password authentication failed …"
        const auto match = stated.match(all);
        if (!match.hasMatch()) {
            // After "connection to server on socket … failed: ", which is of no use to anybody.
            const QString text = m_checks.shown(all.section(u"failed: "_s, -1).section(u'\n', 0, 0).toUtf8());
            return Error::make(Error::Kind::Network,
                Words::tr("The conversation with %1 broke off: %2").arg(m_server, text), {},
                Words::tr("Check that this is the port of a PostgreSQL server, and look at its log."));
        }
        const QString code = match.captured(1), text = m_checks.shown(match.captured(2).toUtf8());
        if (code == "28P01"_L1 && m_checks.target().password.isEmpty())
            return auth(
                Words::tr("The server asks user %1 for a password.").arg(user), Words::tr("Give the password."));
        if (code == "28P01"_L1)
            return auth(Words::tr("The server refuses user %1: the password is wrong, or there is no such user. "
                                  "PostgreSQL does not say which.")
                            .arg(user),
                Words::tr("Check user and password."));
        if (code == "28000"_L1)
            return auth(Words::tr("The server refuses user %1: %2.").arg(user, text),
                text.contains("pg_hba.conf"_L1) ? Words::tr("Add a line to pg_hba.conf that lets this user in from "
                                                            "this address. A line “hostssl” asks for TLS.")
                                                : Words::tr("Check that the user exists and may sign in (LOGIN)."));
        if (code == "3D000"_L1)
            return Error::make(Error::Kind::NotFound,
                Words::tr("User %1 may sign in, but the database does not exist: %2.").arg(user, text), {},
                Words::tr("Create the database, with this user as its owner."));
        if (code == "42501"_L1)
            return Error::make(Error::Kind::Forbidden, Words::tr("User %1 lacks a right: %2.").arg(user, text), {},
                Words::tr("Grant the right CONNECT on the database."));
        if (code == "53300"_L1)
            return Error::make(Error::Kind::Server, Words::tr("The server has no connection left: %1.").arg(text), {},
                Words::tr("Raise max_connections, or find out who holds them."));
        if (code == "57P03"_L1)
            return Error::make(Error::Kind::Server, Words::tr("The server is not ready: %1.").arg(text), {},
                Words::tr("Try again once it has started."));
        return Error::make(Error::Kind::Server, Words::tr("The server refuses: %1 (%2).").arg(text, code), {},
            Words::tr("Look at the server's log."));
    }

    Checks &m_checks;
    const QString m_server;
    PGconn *m_connection = nullptr;
    std::atomic<bool> m_tooMuch{false};
    std::unique_ptr<Relay> m_relay;
};

} // namespace

void postgresql::judgeVersion(Checks &checks, int number, const QByteArray &said)
{
    const QString shown = checks.shown(said);
    if (checks.target().consumer == Consumer::Pipelines)
        checks.failed(u"version"_s,
            Words::tr(
                "PostgreSQL %1. Pipelines works with MySQL alone: its cache server and its queries know no other.")
                .arg(shown),
            Words::tr("Use MySQL 8.0 to 8.4. PostgreSQL is meant for KFP 3.0."));
    else if (number <= 0)
        checks.warn(u"version"_s, Words::tr("The server does not tell its version."));
    else if (number < 90'400)
        checks.failed(u"version"_s,
            Words::tr("PostgreSQL %1 is too old: 9.4 is the oldest that the components work with.").arg(shown),
            Words::tr("Use a release that PostgreSQL still maintains."));
    else
        checks.ok(u"version"_s, Words::tr("PostgreSQL %1.").arg(shown));
}

void postgresql::judgeCreate(Checks &checks, const Rights &rights)
{
    const QString id = u"create"_s, user = checks.user();
    const bool databases = rights.databases, tables = rights.tables;
    const QString database = checks.shown(rights.database);
    if (checks.target().consumer != Consumer::None && !checks.target().database.isEmpty()) {
        // No component creates its database; all of them create their tables.
        if (tables)
            checks.ok(id,
                Words::tr("User %1 may create tables in database %2, schema %3.")
                    .arg(user, database, checks.shown(rights.schema)));
        else
            checks.failed(id, Words::tr("User %1 may not create tables in database %2.").arg(user, database),
                Words::tr("Make the user the owner of the database, or GRANT CREATE ON SCHEMA public: since PostgreSQL "
                          "15 not everybody has it."));
    } else if (databases) {
        checks.ok(id, Words::tr("User %1 may create databases.").arg(user));
    } else if (tables && !checks.target().database.isEmpty()) {
        checks.ok(id, Words::tr("User %1 may not create databases, but may create tables in %2.").arg(user, database));
    } else {
        checks.warn(id, Words::tr("User %1 may not create databases.").arg(user),
            Words::tr("ALTER ROLE … CREATEDB, or have the database created with this user as its owner."));
    }
}

namespace {

/// Begins as a client does, as far as the server's first answer: how it wants a user to sign in, or why it lets this one
/// not. Either is PostgreSQL; nobody signs in.
Result<> greet(Wire &wire, const QString &server)
{
    const QByteArray words = "user\0cairn\0database\0postgres\0application_name\0cairn\0\0"_ba;
    QByteArray startup(8, '\0');
    qToBigEndian(static_cast<quint32>(startup.size() + words.size()), startup.data());
    qToBigEndian(quint32(0x00030000), startup.data() + 4); // protocol 3.0
    if (const auto sent = wire.write(startup + words); !sent)
        return sent;
    const auto header = wire.read(5);
    if (!header)
        return fail(header.error());
    const char type = header->front();
    const auto size = qFromBigEndian<quint32>(header->constData() + 1);
    if ((type != 'R' && type != 'E') || size < 8 || size > 64 * 1024)
        return fail(notPostgreSql(server));
    const auto body = wire.read(static_cast<qsizetype>(size) - 4);
    if (!body)
        return fail(body.error());
    if (type == 'R') // 0 to 12: from “is let in” to the last step of SASL
        return qFromBigEndian<quint32>(body->constData()) <= 12 ? Result<>() : fail(notPostgreSql(server));
    QByteArray code;
    for (const QByteArray &field : body->split('\0')) {
        if (field.startsWith('C'))
            code = field.mid(1);
    }
    static const QRegularExpression sqlState(u"\\A[0-9A-Z]{5}\\z"_s);
    if (!sqlState.match(QString::fromLatin1(code)).hasMatch())
        return fail(notPostgreSql(server));
    // It would say so to every user: starting, ending, or full.
    if (code.startsWith("57P") || code.startsWith("53"))
        return fail(Error::Kind::Server, Words::tr("%1 takes no connections now (%2).").arg(server, QString::fromLatin1(code)), {},
            Words::tr("Look at the server's log, and try again."));
    return {};
}

void askRights(Checks &checks, Session &session)
{
    const auto role =
        session.ask("SELECT rolsuper OR rolcreatedb FROM pg_catalog.pg_roles WHERE rolname = current_user");
    const auto schema = role ? session.ask("SELECT current_database(), current_schema(), "
                                           "pg_catalog.has_schema_privilege(current_schema(), 'CREATE')")
                             : Result<QByteArrayList>(fail(role.error()));
    if (!schema)
        checks.failed(u"create"_s, schema.error());
    else
        postgresql::judgeCreate(
            checks, {role->value(0) == "t", schema->value(2) == "t", schema->value(0), schema->value(1)});
}

} // namespace

void probePostgreSql(Checks &checks)
{
    const Target &target = checks.target();
    const Server server{target.host, target.port};
    const auto startTls = [&](Wire &wire) -> Result<> {
        if (const auto sent = wire.write(QByteArray::fromHex("0000000804d2162f")); !sent) // SSLRequest
            return sent;
        const auto answer = wire.read(1);
        if (!answer)
            return fail(answer.error());
        if (*answer == "N")
            return fail(Error::Kind::Tls, Words::tr("%1 offers no TLS.").arg(server.text()), {},
                Words::tr("Set ssl = on at the server, or choose no TLS."));
        return *answer == "S" ? Result<>() : fail(notPostgreSql(server.text()));
    };
    auto wire = checks.open(server, {}, startTls);
    if (!wire)
        return;
    if (target.user.isEmpty()) {
        if (const auto greeted = greet(*wire, server.text()); !greeted)
            checks.failed(u"login"_s, greeted.error());
        else
            checks.skipLogin();
        return;
    }
    Session session(checks, server);
    if (const auto in = session.signIn(std::move(wire)); !in) {
        checks.failed(u"login"_s, in.error());
        return;
    }
    checks.ok(u"login"_s,
        Words::tr("User %1 signs in to database %2.").arg(checks.user(), checks.shown(PQdb(session.connection()))));
    const char *version = PQparameterStatus(session.connection(), "server_version");
    postgresql::judgeVersion(checks, PQserverVersion(session.connection()), version ? version : "");
    askRights(checks, session);
    const auto idle = session.ask("SELECT setting FROM pg_catalog.pg_settings WHERE name = 'idle_session_timeout'");
    if (!idle)
        checks.failed(u"lifetime"_s, idle.error());
    else // milliseconds; none before PostgreSQL 14
        judgeLifetime(checks, idle->value(0).toInt() / 1000,
            Words::tr("Raise idle_session_timeout on the server, or have the component give up connections sooner."));
}

} // namespace cairn::services
