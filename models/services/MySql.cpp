// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Text.h"
#include "services/Checks.h"
#include "services/MySqlJudge.h"

#include <algorithm>
#include <errmsg.h>
#include <mutex>
#include <mysql.h>
#include <sys/socket.h>

using namespace Qt::StringLiterals;

namespace cairn::services {
namespace {

/// A session reads some hundred bytes for each question.
constexpr qint64 MOST = 1 << 20;
/// No plugin that hands out the password as it is, and none that asks on the terminal.
constexpr const char *PLUGINS = "mysql_native_password,caching_sha2_password,sha256_password,client_ed25519";

Error notMySql(const QString &server)
{
    return Error::make(Error::Kind::Parse, Words::tr("%1 does not speak MySQL's protocol.").arg(server), {},
        Words::tr("Check the port: MySQL and MariaDB listen on 3306 unless told otherwise."));
}

/// Why a server or the client library refused to sign in.
Error refusal(const Checks &checks, unsigned int code, const QByteArray &message)
{
    const QString user = checks.user();
    const auto auth = [](const QString &what, const QString &fix) {
        return Error::make(Error::Kind::Auth, what, {}, fix);
    };
    switch (code) {
    case 1044: // ER_DBACCESS_DENIED_ERROR
        return auth(Words::tr("User %1 may not use the database.").arg(user),
            Words::tr("Grant the user rights on the database."));
    case 1045: // ER_ACCESS_DENIED_ERROR
    case 1698: // ER_ACCESS_DENIED_NO_PASSWORD_ERROR
        if (checks.target().password.isEmpty())
            return auth(
                Words::tr("The server refuses user %1 without a password.").arg(user), Words::tr("Give the password."));
        return auth(Words::tr("The server refuses user %1: the password is wrong, or there is no such user for "
                              "connections from here. "
                              "MySQL does not say which.")
                        .arg(user),
            Words::tr("Check user and password, and the host part of the account: 'user'@'%' allows every address."));
    case 1129: // ER_HOST_IS_BLOCKED
        return auth(Words::tr("The server blocks this machine after too many failed connections."),
            Words::tr("Run FLUSH HOSTS, or TRUNCATE performance_schema.host_cache, on the server."));
    case 1130: // ER_HOST_NOT_PRIVILEGED
        return auth(Words::tr("The server lets nobody in from this machine's address."),
            Words::tr("Create the account for this address, or for '%'."));
    case 1040: // ER_CON_COUNT_ERROR
    case 1203: // ER_TOO_MANY_USER_CONNECTIONS
        return Error::make(Error::Kind::Server, Words::tr("The server has no connection left."), {},
            Words::tr("Raise max_connections, or find out who holds them."));
    case 1251: // ER_NOT_SUPPORTED_AUTH_MODE
    case CR_AUTH_PLUGIN_CANNOT_LOAD:
    case CR_AUTH_PLUGIN_ERR:
    case CR_PLUGIN_NOT_ALLOWED:
    case CR_ERR_LOAD_PLUGIN:
        return auth(
            Words::tr("The account signs in with a plugin that is not used here: %1.").arg(checks.shown(message)),
            Words::tr("Let the account sign in with a password: mysql_native_password or caching_sha2_password."));
    case 1524: // ER_PLUGIN_IS_NOT_LOADED
        return auth(Words::tr("The server does not have the account's plugin loaded: %1.").arg(checks.shown(message)),
            Words::tr("MySQL 8.4 has mysql_native_password off: set mysql_native_password=ON in the section [mysqld] "
                      "and restart."));
    case 1820: // ER_MUST_CHANGE_PASSWORD
    case 1862: // ER_MUST_CHANGE_PASSWORD_LOGIN
        return auth(Words::tr("The password of user %1 has expired.").arg(user),
            Words::tr("Set a new password on the server."));
    case 3118: // ER_ACCOUNT_HAS_BEEN_LOCKED
    case 4151: // the same of MariaDB
        return auth(Words::tr("The account of user %1 is locked.").arg(user),
            Words::tr("Unlock it: ALTER USER … ACCOUNT UNLOCK."));
    case 3159: // ER_SECURE_TRANSPORT_REQUIRED
        return auth(Words::tr("The server lets nobody in without TLS."), Words::tr("Choose TLS."));
    case CR_SSL_CONNECTION_ERROR:
        return Error::make(Error::Kind::Tls, Words::tr("TLS failed at sign-in: %1.").arg(checks.shown(message)), {},
            Words::tr("Look at the server's log."));
    default:
        return Error::make(Error::Kind::Server,
            Words::tr("The server refuses: %1 (error %2).").arg(checks.shown(message)).arg(code), {},
            Words::tr("Look at the server's log."));
    }
}

/// The session of the client library. Its calls give the thread back while they wait, and a watch hangs up on a server
/// that keeps them from doing so.
class Session {
public:
    Session(Checks &checks, const QString &server)
        : m_checks(checks)
        , m_server(server)
        , m_watch(checks.patience(), MOST)
    {
        static std::once_flag once;
        std::call_once(once, [] { mysql_library_init(0, nullptr, nullptr); });
        m_mysql = mysql_init(nullptr);
    }
    ~Session() { mysql_close(m_mysql); }
    Session(const Session &) = delete;
    Session &operator=(const Session &) = delete;

    Result<> signIn(const Server &server)
    {
        const Target &target = m_checks.target();
        const size_t stack = 512 * 1024; // what OpenSSL and the resolver need
        const unsigned int protocol = MYSQL_PROTOCOL_TCP, no = 0, seconds = 60;
        const unsigned long packet = MOST;
        const my_bool encrypt = target.tls == Tls::Off ? 0 : 1, verify = target.tls == Tls::Verify ? 1 : 0;
        mysql_options(m_mysql, MYSQL_OPT_NONBLOCK, &stack);
        mysql_options(m_mysql, MYSQL_OPT_PROTOCOL, &protocol); // "localhost" would be a local socket
        mysql_options(m_mysql, MYSQL_OPT_LOCAL_INFILE, &no);   // a server can ask for any file of this machine
        mysql_options(m_mysql, MYSQL_OPT_MAX_ALLOWED_PACKET, &packet);
        mysql_options(m_mysql, MYSQL_OPT_CONNECT_TIMEOUT, &seconds); // the watch is sooner
        mysql_options(m_mysql, MARIADB_OPT_RESTRICTED_AUTH, PLUGINS);
        mysql_options(m_mysql, MYSQL_SET_CHARSET_NAME, "utf8mb4");
        mysql_options(m_mysql, MYSQL_OPT_SSL_ENFORCE, &encrypt);
        mysql_options(m_mysql, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verify);
        const CaFile ca(target.ca);
        if (verify)
            mysql_options(m_mysql, MYSQL_OPT_SSL_CA, ca.path().constData());
        if (encrypt)
            mysql_options(m_mysql, MARIADB_OPT_TLS_VERSION, "TLSv1.2,TLSv1.3");
        MYSQL *done = nullptr;
        const QByteArray host = server.name().toLatin1(), user = target.user.toUtf8();
        const int status = mysql_real_connect_start(&done, m_mysql, host.constData(), user.constData(),
            target.password.reveal().constData(), nullptr, static_cast<unsigned int>(server.port), nullptr, 0);
        if (const auto over = drive(status, [&](int ready) { return mysql_real_connect_cont(&done, m_mysql, ready); });
            !over)
            return over;
        return done ? Result<>() : fail(error());
    }

    /// Every row, with an empty text for NULL.
    Result<QList<QByteArrayList>> ask(const QByteArray &sql)
    {
        int bad = 0;
        int status = mysql_real_query_start(&bad, m_mysql, sql.constData(), static_cast<unsigned long>(sql.size()));
        if (const auto over = drive(status, [&](int ready) { return mysql_real_query_cont(&bad, m_mysql, ready); });
            !over)
            return fail(over.error());
        if (bad)
            return fail(error());
        MYSQL_RES *result = nullptr;
        status = mysql_store_result_start(&result, m_mysql);
        const auto over = drive(status, [&](int ready) { return mysql_store_result_cont(&result, m_mysql, ready); });
        const std::unique_ptr<MYSQL_RES, decltype(&mysql_free_result)> owner(result, mysql_free_result);
        if (!over)
            return fail(over.error());
        if (!result && mysql_errno(m_mysql) != 0)
            return fail(error());
        QList<QByteArrayList> rows;
        while (MYSQL_ROW row = result ? mysql_fetch_row(result) : nullptr) {
            const unsigned long *lengths = mysql_fetch_lengths(result);
            QByteArrayList cells;
            for (unsigned int i = 0; i < mysql_num_fields(result); ++i)
                cells.append(row[i] ? QByteArray(row[i], static_cast<qsizetype>(lengths[i])) : QByteArray());
            rows.append(cells);
        }
        return rows;
    }

    unsigned int code() const { return mysql_errno(m_mysql); }

private:
    /// Waits for what a call waits for, until it is done.
    Result<> drive(int status, const std::function<int(int)> &go)
    {
        const auto until = m_checks.patience().deadline();
        m_watch.until(until);
        while (status != 0) {
            const int socket = mysql_get_socket(m_mysql);
            m_watch.over(socket);
            pollfd one{socket,
                static_cast<short>(((status & MYSQL_WAIT_READ) ? POLLIN : 0)
                    | ((status & MYSQL_WAIT_WRITE) ? POLLOUT : 0) | ((status & MYSQL_WAIT_EXCEPT) ? POLLPRI : 0)),
                0};
            const auto wake = m_checks.patience().wait(&one, 1, until);
            if (wake != Patience::Wake::Ready) {
                // The call is led to its end, as one that is left alone keeps what it holds.
                shutdown(socket, SHUT_RDWR);
                for (int i = 0; i < 1000 && status != 0; ++i)
                    status = go(MYSQL_WAIT_TIMEOUT);
                return fail(m_checks.patience().error(wake, m_server));
            }
            int ready = ((one.revents & POLLIN) ? MYSQL_WAIT_READ : 0)
                | ((one.revents & POLLOUT) ? MYSQL_WAIT_WRITE : 0) | ((one.revents & POLLPRI) ? MYSQL_WAIT_EXCEPT : 0);
            if (one.revents & (POLLERR | POLLHUP | POLLNVAL))
                ready |= status & (MYSQL_WAIT_READ | MYSQL_WAIT_WRITE);
            status = go(ready);
        }
        if (m_checks.patience().isStopped())
            return fail(Error::cancelled());
        if (m_watch.tooMuch())
            return fail(Error::Kind::Parse, Words::tr("%1 sends without end.").arg(m_server), {},
                Words::tr("Check that this is the right port."));
        if (m_watch.tooLate())
            return fail(m_checks.patience().error(Patience::Wake::Late, m_server));
        return {};
    }

    Error error() const { return refusal(m_checks, mysql_errno(m_mysql), mysql_error(m_mysql)); }

    Checks &m_checks;
    const QString m_server;
    Watch m_watch;
    MYSQL *m_mysql = nullptr;
};

void judgeVersion(Checks &checks, const QByteArray &text)
{
    const QString id = u"version"_s;
    const Consumer consumer = checks.target().consumer;
    const auto version = mysql::readVersion(text);
    if (consumer == Consumer::ModelCatalog) {
        checks.failed(
            id, Words::tr("The model catalog works with PostgreSQL alone."), Words::tr("Choose a PostgreSQL server."));
        return;
    }
    if (!version) {
        checks.warn(
            id, Words::tr("The server calls its version “%1”, which is no version number.").arg(checks.shown(text)));
        return;
    }
    const QString shown = checks.shown(version->text);
    if (version->mariaDb) {
        if (consumer == Consumer::None)
            checks.ok(id, Words::tr("MariaDB: %1.").arg(shown));
        else
            checks.warn(id, Words::tr("MariaDB: %1. Kubeflow's projects test with MySQL, not with MariaDB.").arg(shown),
                Words::tr("Use MySQL 8.0 to 8.4, or try this server with your release before you rely on it."));
        return;
    }
    const bool old = version->major < 8;
    const bool tooNew = version->major > 8 || version->minor > 4;
    if (consumer == Consumer::Pipelines && old)
        checks.failed(id, Words::tr("MySQL %1 is too old: Pipelines needs 8.0 to 8.4.").arg(shown),
            Words::tr("Use MySQL 8.0 to 8.4."));
    else if (consumer == Consumer::Pipelines && tooNew)
        checks.failed(id,
            Words::tr("MySQL %1 is too new: ML Metadata signs in with mysql_native_password, which was removed in 9.0.")
                .arg(shown),
            Words::tr("Use MySQL 8.0 to 8.4."));
    else if (consumer != Consumer::None && old)
        checks.warn(id, Words::tr("MySQL %1 is older than what Kubeflow's projects test with (8.x).").arg(shown),
            Words::tr("Use MySQL 8.0 to 8.4."));
    else
        checks.ok(id, Words::tr("MySQL %1.").arg(shown));
}

void judgePlugin(Checks &checks, const QByteArrayList &plugins)
{
    const QString names = checks.shown(plugins.join(", "));
    if (checks.target().consumer != Consumer::Pipelines || plugins.contains("mysql_native_password"))
        checks.ok(u"plugin"_s, Words::tr("User %1 signs in with %2.").arg(checks.user(), names));
    else
        checks.failed(u"plugin"_s,
            Words::tr("User %1 signs in with %2, but ML Metadata knows only mysql_native_password.")
                .arg(checks.user(), names),
            Words::tr("ALTER USER … IDENTIFIED WITH mysql_native_password BY '…'. On MySQL 8.4, set "
                      "mysql_native_password=ON in the section [mysqld] first."));
}

/// Whether the databases can be created, or what is in the one that is there. Pipelines runs CREATE DATABASE at each
/// start, even where the database is there; the others open the one they are told.
void judgeCreate(Checks &checks, const QByteArrayList &grants, std::optional<bool> exists)
{
    const QString id = u"create"_s;
    const Target &target = checks.target();
    QByteArrayList databases;
    if (!target.database.isEmpty())
        databases = {target.database.toUtf8()};
    else if (target.consumer == Consumer::Pipelines)
        databases = {"mlpipeline", "metadb", "cachedb"};
    QByteArrayList missing;
    for (const QByteArray &each : databases) {
        if (!mysql::mayCreate(grants, each))
            missing.append(each);
    }
    const bool may = databases.isEmpty() ? mysql::mayCreate(grants, {}) : missing.isEmpty();
    const QString user = checks.user(), all = checks.shown(databases.join(", "));
    const QString fix = databases.isEmpty() ? Words::tr("GRANT CREATE ON *.* TO the user, or name the database.")
                                            : Words::tr("GRANT ALL PRIVILEGES ON each of these databases TO the user.");
    if (!may && mysql::hasRoles(grants)) {
        checks.warn(id,
            Words::tr("User %1 has roles. Whether they allow to create databases was not followed.").arg(user), fix);
    } else if (!may && databases.isEmpty()) {
        checks.warn(id, Words::tr("User %1 may not create databases.").arg(user), fix);
    } else if (!may) {
        checks.failed(
            id, Words::tr("User %1 has no right CREATE on %2.").arg(user, checks.shown(missing.join(", "))), fix);
    } else if (exists && !*exists && target.consumer != Consumer::Pipelines && target.consumer != Consumer::None) {
        checks.failed(id,
            Words::tr("The database %1 does not exist. The user may create it, but the component does not.").arg(all),
            Words::tr("CREATE DATABASE %1.").arg(all));
    } else if (databases.isEmpty()) {
        checks.ok(id, Words::tr("User %1 may create databases.").arg(user));
    } else {
        checks.ok(id, Words::tr("User %1 has the right CREATE on %2.").arg(user, all));
    }
}

void lookAtAccount(Checks &checks, Session &session)
{
    const Target &target = checks.target();
    if (const auto user = session.ask("SHOW CREATE USER CURRENT_USER()"); user && !user->isEmpty()) {
        const QByteArrayList plugins = mysql::pluginsOf(user->first().value(0));
        if (plugins.isEmpty())
            checks.skipped(u"plugin"_s, Words::tr("The server's answer does not tell how the user signs in."));
        else
            judgePlugin(checks, plugins);
    } else if (!user && user.error().kind != Error::Kind::Server) {
        checks.failed(u"plugin"_s, user.error());
    } else {
        checks.skipped(u"plugin"_s, Words::tr("The server does not tell how the user signs in."));
    }

    std::optional<bool> exists;
    if (!target.database.isEmpty()) {
        const auto used = session.ask("USE `" + target.database.toUtf8().replace('`', "``") + '`');
        if (used || session.code() == 1049) // ER_BAD_DB_ERROR
            exists = used.has_value();
    }
    if (const auto rows = session.ask("SHOW GRANTS"); rows) {
        QByteArrayList grants;
        for (const QByteArrayList &row : *rows)
            grants.append(row.value(0));
        judgeCreate(checks, grants, exists);
    } else if (rows.error().kind == Error::Kind::Server) {
        checks.skipped(u"create"_s, Words::tr("The server does not tell the user's rights: %1").arg(rows.error().what));
    } else {
        checks.failed(u"create"_s, rows.error());
    }

    const auto idle = session.ask("SELECT @@SESSION.wait_timeout");
    bool isNumber = false;
    const int seconds = idle && !idle->isEmpty() ? idle->first().value(0).toInt(&isNumber) : 0;
    if (!idle)
        checks.failed(u"lifetime"_s, idle.error());
    else if (!isNumber)
        checks.skipped(u"lifetime"_s, Words::tr("The server does not tell when it closes idle connections."));
    else
        judgeLifetime(checks, seconds, Words::tr("Raise wait_timeout on the server, or lower ConMaxLifeTime."));
}

} // namespace

void probeMySql(Checks &checks)
{
    const Target &target = checks.target();
    const Server server{target.host, target.port};
    mysql::Greeting greeting;
    const auto greet = [&](Wire &wire) -> Result<> {
        const auto header = wire.read(4);
        if (!header)
            return fail(header.error());
        const auto *bytes = static_cast<const uchar *>(static_cast<const void *>(header->constData()));
        const int size = bytes[0] | bytes[1] << 8 | bytes[2] << 16;
        if (size > 4096 || bytes[3] > 1)
            return fail(notMySql(server.text()));
        const auto packet = wire.read(size);
        if (!packet)
            return fail(packet.error());
        const auto read = mysql::readGreeting(*packet);
        if (!read)
            return fail(notMySql(server.text()));
        if (read->errorCode != 0)
            return fail(refusal(checks, read->errorCode, read->errorText));
        greeting = *read;
        return {};
    };
    const auto startTls = [&](Wire &wire) -> Result<> {
        if (!greeting.offersTls())
            return fail(Error::Kind::Tls, Words::tr("%1 offers no TLS.").arg(server.text()), {},
                Words::tr("Give the server a certificate (ssl_cert, ssl_key), or choose no TLS."));
        // CLIENT_PROTOCOL_41, CLIENT_SSL, CLIENT_SECURE_CONNECTION, CLIENT_PLUGIN_AUTH; packets of 16 MiB; utf8mb4.
        QByteArray request = QByteArray::fromHex("20000001"
                                                 "008a0800"
                                                 "00000001"
                                                 "2d");
        request += QByteArray(23, '\0');
        return wire.write(request);
    };
    // Closed before the library makes its own: a wire that is kept open would hold one of the server's connections.
    const bool open = checks.open(server, greet, startTls) != nullptr;
    if (!greeting.version.isEmpty() && (!open || target.user.isEmpty()))
        judgeVersion(checks, greeting.version);
    if (!open)
        return;
    if (target.user.isEmpty()) {
        checks.skipLogin();
        return;
    }
    Session session(checks, server.text());
    if (const auto in = session.signIn(server); !in) {
        checks.failed(u"login"_s, in.error());
        judgeVersion(checks, greeting.version);
        return;
    }
    checks.ok(u"login"_s, Words::tr("User %1 signs in.").arg(checks.user()));
    // A proxy greets with a version of its own.
    const auto version = session.ask("SELECT VERSION()");
    judgeVersion(checks, version && !version->isEmpty() ? version->first().value(0) : greeting.version);
    lookAtAccount(checks, session);
}

Error mysql::refusalOf(const Checks &checks, unsigned int code, const QByteArray &message)
{
    return refusal(checks, code, message);
}

void mysql::judge(Checks &checks, const Answers &answers)
{
    if (!answers.version.isEmpty())
        judgeVersion(checks, answers.version);
    const QByteArrayList plugins = mysql::pluginsOf(answers.createUser);
    if (plugins.isEmpty())
        checks.skipped(u"plugin"_s, Words::tr("The server does not tell how the user signs in."));
    else
        judgePlugin(checks, plugins);
    if (answers.grants.isEmpty())
        checks.skipped(u"create"_s, Words::tr("The server does not tell what the user may do."));
    else
        judgeCreate(checks, answers.grants, answers.exists);
    if (answers.idleSeconds)
        judgeLifetime(checks, *answers.idleSeconds, Words::tr("Raise wait_timeout on the server, or lower ConMaxLifeTime."));
    else
        checks.skipped(u"lifetime"_s, Words::tr("The server does not tell when it closes idle connections."));
}

} // namespace cairn::services
