// SPDX-License-Identifier: GPL-3.0-or-later
#include "services/InPod.h"

#include "base/Text.h"
#include "services/BrokerAnswers.h"
#include "services/BrokerJudge.h"
#include "services/Checks.h"
#include "services/MySqlJudge.h"
#include "services/PostgreSqlJudge.h"
#include "services/S3Look.h"

#include <QMap>
#include <QRandomGenerator>
#include <algorithm>
#include <arpa/inet.h>

using namespace Qt::StringLiterals;

namespace cairn::services {
namespace {

constexpr qsizetype MOST_OUTPUT = 256 * 1024;
constexpr qsizetype MOST_LINES = 800;
/// Looked at by one call.
constexpr qsizetype MOST_BROKERS = 16;
/// As the script says them.
constexpr int NO_TOOL = 99;
constexpr int TOO_MUCH = 98;
/// timeout of coreutils, and of busybox.
bool isLate(int code)
{
    return code == 124 || code == 137 || code == 143;
}

/// The servers a target names: host and port each.
QList<Server> serversOf(const Target &target)
{
    if (target.servers.isEmpty())
        return {{target.host, target.port}};
    QList<Server> servers;
    for (const QString &one : target.servers) {
        const qsizetype colon = one.lastIndexOf(u':');
        servers.append({one.left(colon), one.mid(colon + 1).toInt()});
    }
    return servers;
}

bool isBroker(const Target &target)
{
    return target.kind == Kind::Kafka || target.kind == Kind::RabbitMq;
}

/// A value of a MySQL option file: quoted, so that "#" and blanks stay, with its own escapes.
QByteArray optionValue(const QByteArray &value)
{
    QByteArray escaped = value;
    escaped.replace('\\', "\\\\").replace('"', "\\\"");
    return '"' + escaped + '"';
}

/// A field of .pgpass.
QByteArray passValue(const QByteArray &value)
{
    QByteArray escaped = value;
    return escaped.replace('\\', "\\\\").replace(':', "\\:");
}

QByteArray mysqlOptions(const Target &target, int seconds)
{
    QByteArray text = "[client]\nhost=" + optionValue(serversOf(target).first().name().toLatin1())
        + "\nport=" + QByteArray::number(target.port) + "\nuser=" + optionValue(target.user.toUtf8()) + "\n";
    if (!target.password.isEmpty())
        text += "password=" + optionValue(target.password.reveal()) + "\n";
    return text + "protocol=TCP\nconnect-timeout=" + QByteArray::number(seconds) + "\n";
}

/// MySQL's client and MariaDB's say it differently, and neither takes the other's words.
QByteArray mysqlTls(Tls tls)
{
    switch (tls) {
    case Tls::Off: return "ssl-mode=DISABLED\nloose-get-server-public-key=ON\n";
    case Tls::Encrypt: return "ssl-mode=REQUIRED\n";
    case Tls::Verify: break;
    }
    return "ssl-mode=VERIFY_IDENTITY\n";
}
QByteArray mariaDbTls(Tls tls)
{
    switch (tls) {
    case Tls::Off: return "skip-ssl\n";
    case Tls::Encrypt: return "ssl\nskip-ssl-verify-server-cert\n";
    case Tls::Verify: break;
    }
    return "ssl\nssl-verify-server-cert\n";
}

QByteArray postgresService(const Target &target, int seconds)
{
    const char *mode = target.tls == Tls::Off ? "disable" : target.tls == Tls::Encrypt ? "require" : "verify-full";
    QByteArray text = "[cairn]\nhost=" + serversOf(target).first().name().toLatin1()
        + "\nport=" + QByteArray::number(target.port) + "\nuser=" + target.user.toUtf8() + "\nsslmode=" + mode
        + "\nconnect_timeout=" + QByteArray::number(std::max(2, seconds)) + "\n";
    return text + "dbname=" + (target.database.isEmpty() ? "postgres" : target.database.toUtf8()) + "\n";
}

/// What was printed, as far as it is the script's.
struct Printed {
    bool begun = false, ended = false, noWork = false;
    QString client;
    QMap<int, QByteArray> names; ///< "ok ADDRESS…", "fail", "unsure" or "none"
    QMap<int, std::pair<int, QByteArray>> tcp, tls, http, talk;
    QMap<int, QByteArray> heard; ///< of a broker, as bytes
    QMap<int, QByteArray> answers; ///< of a store, line by line
    std::optional<qint64> clock;
    std::optional<std::pair<int, QByteArray>> login;
    QByteArrayList rows;
};

std::pair<int, QByteArray> coded(const QByteArray &text)
{
    const qsizetype blank = text.indexOf(' ');
    bool ok = false;
    const int code = (blank < 0 ? text : text.left(blank)).toInt(&ok);
    return {ok ? code : -1, blank < 0 ? QByteArray() : text.mid(blank + 1).trimmed()};
}

Printed read(const QByteArray &output, const QByteArray &marker)
{
    Printed printed;
    const QByteArray head = "@@" + marker + ' ';
    qsizetype lines = 0;
    for (const QByteArray &raw : output.left(MOST_OUTPUT).split('\n')) {
        if (!raw.startsWith(head) || ++lines > MOST_LINES)
            continue;
        const QByteArray line = raw.mid(head.size()).left(2000);
        const qsizetype blank = line.indexOf(' ');
        const QByteArray id = blank < 0 ? line.trimmed() : line.left(blank);
        const QByteArray rest = blank < 0 ? QByteArray() : line.mid(blank + 1);
        const auto [number, text] = coded(rest);
        if (id == "B")
            printed.begun = rest.trimmed() == "1";
        else if (id == "Z")
            printed.ended = true;
        else if (id == "X")
            printed.noWork = true;
        else if (id == "client")
            printed.client = QString::fromLatin1(rest.trimmed().left(20));
        else if (id == "name" && number >= 0)
            printed.names.insert(number, text);
        else if (id == "tcp" && number >= 0)
            printed.tcp.insert(number, coded(text));
        else if (id == "tls" && number >= 0)
            printed.tls.insert(number, coded(text));
        else if (id == "login")
            printed.login = std::pair(number, text);
        else if (id == "http" && number >= 0)
            printed.http.insert(number, coded(text));
        else if (id == "a" && number >= 0)
            printed.answers[number] += text + '\n';
        else if (id == "talk" && number >= 0)
            printed.talk.insert(number, coded(text));
        else if (id == "h" && number >= 0)
            printed.heard[number] += QByteArray::fromHex(text);
        else if (id == "clock" && rest.trimmed().toLongLong() > 0)
            printed.clock = rest.trimmed().toLongLong();
        else if (id == "q")
            printed.rows.append(rest);
    }
    return printed;
}

/// What the brokers of the first answer that has any say of the cluster.
std::optional<QList<Server>> namedBrokers(const Target &target, const Printed &printed)
{
    if (target.kind != Kind::Kafka)
        return std::nullopt;
    for (const QByteArray &heard : printed.heard) {
        if (const auto brokers = broker::kafka(heard).brokers; brokers && !brokers->isEmpty())
            return brokers->mid(0, MOST_BROKERS);
    }
    return std::nullopt;
}

/// Of a host without brackets: IPv4 or IPv6, which nobody has to look up.
bool isAddress(const QString &host)
{
    in6_addr buffer; // has room for either
    const QByteArray text = host.section(u'%', 0, 0).toLatin1();
    return inet_pton(AF_INET, text.constData(), &buffer) == 1 || inet_pton(AF_INET6, text.constData(), &buffer) == 1;
}

/// Whether a connection failed for its name: the words of busybox, of libc in bash, python3 and nc, and of perl.
bool isUnknownName(const QByteArray &refusal)
{
    static const QByteArrayList words{
        "bad address", "not known", "name resolution", "No address associated", "Bad hostname"};
    return std::ranges::any_of(words, [&](const QByteArray &one) { return refusal.contains(one); });
}

class Reader {
public:
    Reader(const Target &target, const Printed &printed, const QByteArray &marker, const std::optional<Printed> &next)
        : m_target(target)
        , m_printed(printed)
        , m_next(next)
        , m_marker(marker)
        , m_checks(target, 1, {})
    {
    }

    Report run(const QString &from)
    {
        if (!m_printed.begun)
            m_checks.skipped(
                u"name"_s, Words::tr("The pod printed nothing that can be read: its image may have no shell."));
        else if (m_printed.noWork)
            m_checks.skipped(u"name"_s, Words::tr("The pod has no place where a client's configuration could lie."));
        else
            look();
        Report report = m_checks.finish();
        report.from = from;
        return report;
    }

private:
    void look()
    {
        const QList<Server> servers = serversOf(m_target);
        names(servers);
        const int reached = connections(servers);
        if (isBroker(m_target))
            return brokers(servers, reached);
        if (m_checks.find(u"tcp"_s) && m_checks.find(u"tcp"_s)->state == Check::State::Failed)
            return;
        if (m_target.kind == Kind::S3)
            return store();
        if (m_printed.client == "none"_L1 || m_printed.client.isEmpty()) {
            const QString why = m_printed.ended
                ? Words::tr("Not looked at: the pod's image has no client for %1.").arg(kindName(m_target.kind))
                : Words::tr("Not looked at: the pod's answer is cut.");
            for (const QString &id : {u"tls"_s, u"login"_s, u"version"_s, u"plugin"_s, u"create"_s, u"lifetime"_s})
                m_checks.skipped(id, why);
            return;
        }
        if (m_target.user.isEmpty())
            return;
        if (m_target.kind == Kind::MySql)
            mysql();
        else
            postgres();
    }

    void names(const QList<Server> &servers)
    {
        QStringList found, lost, unasked;
        for (int i = 0; i < servers.size(); ++i) {
            const QString shown = text::safe(servers[i].host);
            const QByteArray said = m_printed.names.value(i, "none");
            const auto [code, refusal] = m_printed.tcp.value(i, {NO_TOOL, {}});
            if (isAddress(servers[i].name()))
                found.append(Words::tr("%1 is an address.").arg(shown));
            else if (said.startsWith("ok"))
                found.append(
                    Words::tr("%1 is %2.").arg(shown, m_checks.shown(said.mid(3).trimmed().replace(' ', ", "))));
            else if (code == 0) // by this name
                found.append(Words::tr("%1 has an address: it accepts connections.").arg(shown));
            else if (said.startsWith("fail") || isUnknownName(refusal))
                lost.append(shown);
            else
                unasked.append(said.startsWith("unsure")
                        ? Words::tr("nslookup found no address of %1, but it does not look where connections do.")
                              .arg(shown)
                        : Words::tr("The pod's image has no tool that looks up a name."));
        }
        unasked.removeDuplicates();
        if (!lost.isEmpty())
            m_checks.failed(u"name"_s, Words::tr("%1 has no address in the cluster.").arg(lost.join(u", "_s)),
                Words::tr("Check the name; the cluster's DNS may not know what this machine's knows."));
        else if (!unasked.isEmpty())
            m_checks.skipped(u"name"_s, unasked.join(u' '));
        else
            m_checks.ok(u"name"_s, found.join(u' '));
    }

    int connections(const QList<Server> &servers)
    {
        QStringList open, closed;
        bool tool = true;
        for (int i = 0; i < servers.size(); ++i) {
            const auto [code, said] = m_printed.tcp.value(i, {NO_TOOL, {}});
            if (code == 0)
                open.append(servers[i].text());
            else if (code == NO_TOOL)
                tool = false;
            else if (isLate(code))
                closed.append(Words::tr("%1 does not answer").arg(servers[i].text()));
            else
                closed.append(said.isEmpty() ? Words::tr("%1 cannot be reached").arg(servers[i].text())
                                             : Words::tr("%1: %2").arg(servers[i].text(), m_checks.shown(said)));
        }
        const QString fix = Words::tr(
            "Check host and port, firewalls on the way from the cluster's nodes, and NetworkPolicies for egress.");
        if (!tool && open.isEmpty() && closed.isEmpty())
            m_checks.skipped(u"tcp"_s, Words::tr("The pod's image has no tool that opens a connection."));
        else if (open.isEmpty())
            m_checks.failed(u"tcp"_s, closed.join(u"; "_s) + u'.', fix);
        else if (!closed.isEmpty())
            m_checks.warn(u"tcp"_s, closed.join(u"; "_s) + u'.', fix);
        else
            m_checks.ok(u"tcp"_s, Words::tr("%1 accepts connections.").arg(open.join(u", "_s)));
        return static_cast<int>(open.size());
    }

    void brokers(const QList<Server> &servers, int reached)
    {
        const bool talked = std::ranges::any_of(m_printed.talk, [](const auto &one) { return one.first != NO_TOOL; });
        const bool byOpenssl = std::ranges::any_of(m_printed.tls, [](const auto &one) { return one.first != NO_TOOL; });
        if (m_target.tls != Tls::Off && !byOpenssl && !m_printed.heard.isEmpty())
            tlsGood("TLS"); // python3 would not have come this far
        else
            tlsOf(servers);
        if (!talked) {
            const QString why = reached > 0 && m_printed.talk.isEmpty()
                ? Words::tr("Not looked at: the pod's answer is cut.")
                : Words::tr("Name, TCP and TLS only: the pod's image has neither python3 nor what would do instead to "
                            "speak %1's protocol.")
                      .arg(kindName(m_target.kind));
            if (reached > 0) {
                for (const QString &id : {u"login"_s, u"version"_s, u"metadata"_s, u"brokers"_s})
                    m_checks.skipped(id, why);
            }
            return;
        }
        if (!m_target.user.isEmpty())
            m_checks.skipped(u"login"_s, Words::tr("Not looked at from a pod: this machine signs in."));
        if (m_target.kind == Kind::RabbitMq)
            rabbitMq(servers);
        else
            kafka(servers);
    }

    /// Why nothing of the protocol came.
    QString silence(const QList<Server> &servers) const
    {
        QStringList texts;
        for (const auto &[number, said] : m_printed.talk.asKeyValueRange()) {
            const QString server = servers.value(number).text();
            texts.append(isLate(said.first) || said.second.contains("timed out")
                    ? Words::tr("%1 does not answer").arg(server)
                    : said.second.isEmpty() || m_printed.heard.contains(number)
                    ? Words::tr("%1 does not speak %2's protocol").arg(server, kindName(m_target.kind))
                    : Words::tr("%1: %2").arg(server, m_checks.shown(said.second)));
        }
        return texts.join(u"; "_s) + u'.';
    }

    void rabbitMq(const QList<Server> &servers)
    {
        const auto answer = broker::amqp(m_printed.heard.value(0));
        if (!answer)
            return m_checks.failed(u"metadata"_s, silence(servers),
                Words::tr("Check that this is the port of AMQP (5672, with TLS 5671), and whether it wants TLS."));
        broker::judgeProduct(m_checks, answer->product, answer->version);
        broker::judgeCluster(m_checks, answer->cluster);
    }

    void kafka(const QList<Server> &servers)
    {
        broker::skipKafkaVersion(m_checks);
        QStringList up, down;
        for (int i = 0; i < servers.size(); ++i)
            (broker::kafka(m_printed.heard.value(i)).answers ? up : down).append(servers[i].text());
        if (up.isEmpty())
            return m_checks.failed(u"metadata"_s, silence(servers),
                Words::tr("Check the port. A listener with TLS needs TLS to be chosen here."));
        const auto named = namedBrokers(m_target, m_printed);
        if (!named) {
            if (m_target.user.isEmpty())
                m_checks.warn(u"metadata"_s,
                    Words::tr("%1 speaks Kafka's protocol, but does not name the brokers.").arg(up.join(u", "_s)),
                    Words::tr("Check whether this listener wants a sign-in, and name the user."));
            else
                m_checks.skipped(u"metadata"_s, Words::tr("Not looked at from a pod: brokers are named after a sign-in alone."));
            const QString text = Words::tr("%1 of %2 named servers answer as brokers of Kafka.").arg(up.size()).arg(servers.size());
            if (up.size() >= broker::ENOUGH && down.isEmpty())
                m_checks.ok(u"brokers"_s, text);
            else if (servers.size() >= broker::ENOUGH)
                m_checks.warn(u"brokers"_s, text,
                    up.size() < broker::ENOUGH ? Words::tr("Three are needed to outlive one.")
                                               : Words::tr("Not answering: %1.").arg(down.join(u", "_s)));
            else
                m_checks.skipped(u"brokers"_s,
                    Words::tr("%1 Name three to have as many looked at from a pod.").arg(text));
            return;
        }
        QStringList reached, lost;
        for (int i = 0; i < named->size(); ++i) {
            const QString text = named->at(i).text();
            const bool answers = up.contains(text) || (m_next && broker::kafka(m_next->heard.value(i)).answers);
            if (!answers && !servers.contains(named->at(i)) && (!m_next || !m_next->tcp.contains(i)))
                return m_checks.skipped(u"brokers"_s, Words::tr("Not looked at: the pod's answer is cut."));
            (answers ? reached : lost).append(text);
        }
        broker::judgeKafka(m_checks, reached, lost);
    }

    /// As openssl said, where it was asked.
    void tlsOf(const QList<Server> &servers)
    {
        if (m_target.tls == Tls::Off) {
            m_checks.warnPlain();
        } else if (!m_printed.tls.isEmpty()) {
            const auto bad = std::ranges::find_if(m_printed.tls, [](const auto &one) { return one.first != 0; });
            if (bad == m_printed.tls.end())
                tlsGood(m_printed.tls.first().second);
            else if (bad->first == NO_TOOL)
                m_checks.skipped(u"tls"_s, Words::tr("Not looked at: the pod's image has no openssl."));
            else
                m_checks.failed(u"tls"_s,
                    Words::tr("%1: %2").arg(servers.value(bad.key()).text(), m_checks.shown(bad->second)),
                    Words::tr("Check that the server offers TLS here, and who signed its certificate."));
        }
    }

    void store()
    {
        if (m_target.tls == Tls::Off || m_printed.tls.value(0).first != NO_TOOL)
            tlsOf(serversOf(m_target));
        const QString id = u"s3"_s;
        const auto [code, said] = m_printed.http.value(0, {-1, {}});
        if (code < 0)
            return m_checks.skipped(id, Words::tr("Not looked at: the pod's answer is cut."));
        if (code == NO_TOOL)
            return m_checks.skipped(id,
                Words::tr("Not looked at: the pod's image has neither curl nor python3, nor what would do instead."));
        const auto answer = s3look::answerOf(m_target, m_printed.answers.value(0));
        // 35, 51, 58, 60, 77 and 83: curl's codes of TLS. With openssl the check is there already.
        if (m_target.tls != Tls::Off && answer)
            tlsGood("TLS");
        else if (m_target.tls != Tls::Off && QList<int>{35, 51, 58, 60, 77, 83}.contains(code))
            m_checks.failed(u"tls"_s, m_checks.shown(said),
                Words::tr("Check that the server offers TLS here, and who signed its certificate."));
        if (!answer)
            return m_checks.failed(id,
                isLate(code) || code == 28 ? Words::tr("The server does not answer in time.")
                    : said.isEmpty()       ? Words::tr("What answers does not speak HTTP.")
                                           : m_checks.shown(said),
                Words::tr("Check that this is the port of the store's S3 API, and whether it wants TLS."));
        if (isEndless(code, *answer))
            return m_checks.failed(id, s3look::hasNoEnd({}));
        const QDateTime now = m_printed.clock ? QDateTime::fromSecsSinceEpoch(*m_printed.clock, Qt::UTC)
                                              : QDateTime::currentDateTimeUtc();
        const QByteArray region = s3look::regionOf(m_target);
        const bool further = s3look::judgeList(m_checks, *answer, region, now);
        if (!s3look::otherRegion(*answer, region).isEmpty()) {
            const QString why = Words::tr("Not looked at, as the request was signed for another region.");
            for (const QString &one : {u"login"_s, u"style"_s, u"bucket"_s, u"list"_s, u"write"_s, u"read"_s, u"delete"_s})
                m_checks.skipped(one, why);
        }
        if (further && m_target.mayWrite)
            objects(now);
        else if (further)
            s3look::skipObjects(m_checks);
    }

    /// Whether the pod's tool was cut off, by amount or by time, while more came. Tools that read until the connection ends are late
    /// also where the answer was whole and the server keeps it.
    static bool isEndless(int code, const net::Response &answer)
    {
        const bool cut = code == TOO_MUCH || isLate(code) || code == 28;
        return cut && answer.status != 204 && !s3look::tellsItsEnd(answer) && !answer.body.trimmed().endsWith("\n0");
    }

    void objects(const QDateTime &now)
    {
        using enum s3look::Ask;
        for (const s3look::Ask ask : {Put, Get, Delete}) {
            const int number = static_cast<int>(ask);
            if (!m_printed.http.contains(number))
                continue;
            const auto answer = s3look::answerOf(m_target, m_printed.answers.value(number));
            if (answer && isEndless(m_printed.http.value(number).first, *answer))
                s3look::judgeObject(m_checks, ask, s3look::hasNoEnd({}), m_marker);
            else if (answer)
                s3look::judgeObject(m_checks, ask, *answer, m_marker, now);
            else
                s3look::judgeObject(m_checks, ask,
                    Error::make(Error::Kind::Network, Words::tr("The server does not answer in time."), {},
                        Words::tr("Try again; look at the server.")),
                    m_marker);
        }
    }

    void tlsGood(const QByteArray &protocol)
    {
        const QString shown = m_checks.shown(protocol);
        if (m_target.tls == Tls::Verify)
            m_checks.ok(u"tls"_s, Words::tr("Encrypted (%1), and the certificate is the server's.").arg(shown));
        else
            m_checks.warn(u"tls"_s, Words::tr("Encrypted (%1), but nobody checks who answers.").arg(shown),
                Words::tr("Have the certificate verified."));
    }

    /// "=version 8.4.1" → "8.4.1"
    std::optional<QByteArray> answer(const QByteArray &name) const
    {
        for (const QByteArray &row : m_printed.rows) {
            if (row.startsWith('=' + name + ' '))
                return row.mid(name.size() + 2).trimmed();
        }
        return std::nullopt;
    }

    /// False where nobody was let in.
    bool login()
    {
        if (!m_printed.login) {
            m_checks.skipped(u"login"_s, Words::tr("Not looked at: the pod's answer is cut."));
            return false;
        }
        const auto &[code, said] = *m_printed.login;
        if (code == 0) {
            m_checks.ok(u"login"_s, Words::tr("User %1 is let in.").arg(m_checks.user()));
            return true;
        }
        if (isLate(code)) {
            m_checks.failed(u"login"_s, Words::tr("The server does not answer in time."),
                Words::tr("Try again; look at the server."));
        } else if (said.contains("SSL") || said.contains("TLS") || said.contains("certificate")) {
            m_checks.failed(u"tls"_s, m_checks.shown(said),
                Words::tr("Check that the server offers TLS here, and who signed its certificate."));
        } else if (const unsigned int number = mysqlError(said); number != 0) {
            const Error error = mysql::refusalOf(m_checks, number, said);
            m_checks.failed(u"login"_s, error.what, error.fix);
        } else {
            m_checks.failed(u"login"_s,
                said.isEmpty() ? Words::tr("The client ended with code %1.").arg(code) : m_checks.shown(said),
                Words::tr("Check user and password, and from where the user may connect."));
        }
        return false;
    }

    /// 1045 of "ERROR 1045 (28000): Access denied …"
    unsigned int mysqlError(const QByteArray &said) const
    {
        return m_target.kind == Kind::MySql && said.startsWith("ERROR ")
            ? said.mid(6, said.indexOf(' ', 6) - 6).toUInt()
            : 0;
    }

    void mysql()
    {
        if (m_target.tls == Tls::Off)
            m_checks.warnPlain();
        if (!login())
            return;
        mysql::Answers answers;
        answers.version = answer("version").value_or(QByteArray());
        QByteArray protocol;
        QByteArrayList databases;
        for (const QByteArray &row : m_printed.rows) {
            if (row.startsWith("GRANT "))
                answers.grants.append(row);
            else if (row.startsWith("CREATE USER "))
                answers.createUser = row;
            else if (row.startsWith("Ssl_version"))
                protocol = row.mid(11).trimmed();
            else if (!row.startsWith('='))
                databases.append(row.trimmed());
        }
        if (m_target.tls != Tls::Off) {
            if (protocol.isEmpty())
                m_checks.failed(u"tls"_s, Words::tr("The connection is not encrypted."),
                    Words::tr("Give the server a certificate (ssl_cert, ssl_key), or choose no TLS."));
            else
                tlsGood(protocol);
        }
        if (!m_target.database.isEmpty())
            answers.exists = databases.contains(m_target.database.toUtf8());
        bool number = false;
        const int idle = answer("idle").value_or(QByteArray()).toInt(&number);
        if (number)
            answers.idleSeconds = idle;
        mysql::judge(m_checks, answers);
    }

    void postgres()
    {
        if (m_target.tls == Tls::Off)
            m_checks.warnPlain();
        if (!login())
            return;
        if (const auto protocol = answer("tls"); protocol && m_target.tls != Tls::Off) {
            if (*protocol == "off")
                m_checks.failed(u"tls"_s, Words::tr("The connection is not encrypted."),
                    Words::tr("Turn on ssl on the server, or choose no TLS."));
            else
                tlsGood(*protocol);
        }
        if (const auto version = answer("version")) {
            const auto [release, said] = coded(*version);
            postgresql::judgeVersion(m_checks, release, said);
        }
        if (const auto tables = answer("tables"))
            postgresql::judgeCreate(m_checks,
                {answer("createdb") == "true", *tables == "true", answer("database").value_or(QByteArray()),
                    answer("schema").value_or(QByteArray())});
        bool number = false;
        const qint64 idle = answer("idle").value_or(QByteArray()).toLongLong(&number); // milliseconds
        if (number)
            judgeLifetime(m_checks, static_cast<int>(std::clamp<qint64>(idle / 1000, 0, 1 << 30)),
                Words::tr("Raise idle_session_timeout on the server."));
    }

    const Target &m_target;
    const Printed &m_printed;
    const std::optional<Printed> &m_next; ///< of podNext()
    const QByteArray m_marker;
    Checks m_checks;
};

} // namespace

QByteArray podMarker()
{
    QByteArray bytes(16, Qt::Uninitialized);
    for (char &byte : bytes)
        byte = static_cast<char>(QRandomGenerator::system()->generate());
    return bytes.toHex();
}

QStringList podArguments(const Target &target, const QByteArray &marker, int seconds, const QString &work)
{
    const QString kind = isBroker(target) ? u"broker"_s : kindWord(target.kind);
    const QString tls = target.tls == Tls::Off ? u"off"_s : target.tls == Tls::Encrypt ? u"encrypt"_s : u"verify"_s;
    QStringList arguments{QString::fromLatin1(marker), kind, QString::number(seconds), tls, work};
    for (const Server &server : serversOf(target))
        arguments << server.name() << QString::number(server.port);
    return arguments;
}

Result<Secret> podInput(const Target &target, const QByteArray &marker, int seconds)
{
    if (target.kind == Kind::S3 && !s3look::isKey(target.user))
        return fail(Error::Kind::Invalid, Words::tr("The access key has characters that no access key has."), {},
            Words::tr("Check the Secret: a line break at the end, or bytes that are no text, may be in it."));
    for (const QByteArray &value : {target.user.toUtf8(), target.password.reveal(), target.database.toUtf8()}) {
        if (value.contains('\n') || value.contains('\r') || value.contains('\0'))
            return fail(Error::Kind::Invalid, Words::tr("User, password and database must be one line each."), {},
                Words::tr("Give them without a line break."));
    }
    QByteArray text;
    const auto file = [&](const QByteArray &name, const QByteArray &content) {
        if (!content.isEmpty())
            text += "@@" + marker + ' ' + name + '\n' + content + (content.endsWith('\n') ? "" : "\n");
    };
    if (target.kind == Kind::MySql) {
        file("conf", mysqlOptions(target, seconds));
        file("mysql", mysqlTls(target.tls));
        file("mariadb", mariaDbTls(target.tls));
    } else if (target.kind == Kind::PostgreSql) {
        file("conf", postgresService(target, seconds));
        if (!target.password.isEmpty())
            file("pass", "*:*:*:*:" + passValue(target.password.reveal()));
    }
    if (isBroker(target)) {
        QByteArray escaped; // for printf: no line of a shell can hold every byte
        for (const char byte : broker::request(target))
            escaped += '\\' + QByteArray::number(static_cast<uchar>(byte), 8).rightJustified(3, '0');
        file("q", escaped);
    }
    if (target.kind == Kind::S3) {
        using enum s3look::Ask;
        for (const s3look::Ask ask : {List, Put, Get, Delete}) {
            if (ask != List && (!target.mayWrite || target.user.isEmpty()))
                break;
            const s3look::Asked one = s3look::asked(
                target, ask, marker, s3look::regionOf(target), QDateTime::currentDateTimeUtc());
            const QByteArray number = QByteArray::number(static_cast<int>(ask));
            file('r' + number, one.bytes);
            file('c' + number, one.curl);
        }
    }
    if (target.tls == Tls::Verify)
        file("ca", target.ca);
    return Secret(text + "@@" + marker + " end\n");
}

std::optional<Target> podNext(const Target &target, const QByteArray &output, const QByteArray &marker)
{
    const auto named = namedBrokers(target, read(output, marker));
    if (!named)
        return std::nullopt;
    const QList<Server> looked = serversOf(target);
    if (std::ranges::all_of(*named, [&](const Server &one) { return looked.contains(one); }))
        return std::nullopt;
    Target next = target;
    next.servers.clear();
    for (const Server &server : *named)
        next.servers.append(server.text());
    return next;
}

Report podReport(const Target &target, const QByteArray &output, const QByteArray &marker, const QString &from,
    const QByteArray &next)
{
    const Printed printed = read(output, marker);
    const std::optional<Printed> further = next.isEmpty() ? std::nullopt : std::optional(read(next, marker));
    return Reader(target, printed, marker, further).run(from);
}

} // namespace cairn::services
