// SPDX-License-Identifier: GPL-3.0-or-later
#include "services/BrokerJudge.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <algorithm>
#include <array>
#include <librdkafka/rdkafka.h>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace cairn::services {
namespace {

/// An answer with the addresses of nearly two hundred brokers. The library makes a thread for each.
constexpr int MOST_BYTES = 16 * 1024;
/// As often a broker is tried before it is said not to be reachable.
constexpr int TRIES = 3;
/// The strongest first. PLAIN shows the password to whoever answers.
constexpr std::array MECHANISMS{"SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN"};

/// What the library told so far, all of it in calls of `rd_kafka_poll()`.
struct Seen {
    QStringList up, down; ///< brokers of the metadata, "host:port" as the cluster says it
    int waiting = 0;      ///< those of `down` that are still tried
    rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
    QByteArray reason; ///< of the first error that says more than that all are down
    bool allDown = false;
};

int onStatistics(rd_kafka_t * /*kafka*/, char *json, size_t size, void *opaque)
{
    auto *seen = static_cast<Seen *>(opaque);
    seen->up.clear();
    seen->down.clear();
    seen->waiting = 0;
    const QJsonObject brokers =
        QJsonDocument::fromJson(QByteArray(json, static_cast<qsizetype>(size))).object().value("brokers"_L1).toObject();
    for (const QJsonValue value : brokers) {
        const QJsonObject broker = value.toObject();
        if (broker.value("nodeid"_L1).toInt(-1) < 0)
            continue; // a bootstrap server that is not yet known to be one of the brokers
        const bool isUp = broker.value("state"_L1).toString() == "UP"_L1;
        (isUp ? seen->up : seen->down).append(broker.value("nodename"_L1).toString());
        if (!isUp && broker.value("connects"_L1).toInt() < TRIES)
            ++seen->waiting;
    }
    return 0; // the library frees the text
}

void onError(rd_kafka_t * /*kafka*/, int code, const char *reason, void *opaque)
{
    auto *seen = static_cast<Seen *>(opaque);
    if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) {
        seen->allDown = true;
    } else if (seen->reason.isEmpty() || code == RD_KAFKA_RESP_ERR__AUTHENTICATION) {
        seen->code = static_cast<rd_kafka_resp_err_t>(code);
        seen->reason = QByteArray(reason).left(4096);
    }
}

/// The library's own lines would go to the terminal.
void onLog(const rd_kafka_t * /*kafka*/, int /*level*/, const char * /*facility*/, const char * /*text*/)
{
}

/// Ends the library's threads. One that is asking the name server cannot be stopped: who was told to stop leaves it
/// behind.
void destroy(rd_kafka_t *kafka, bool hurry)
{
    const auto done = std::make_shared<std::atomic<bool>>(false);
    std::thread worker([kafka, done] {
        rd_kafka_destroy(kafka);
        *done = true;
    });
    const auto until = Clock::now() + (hurry ? 100ms : 5s);
    while (!*done && Clock::now() < until)
        std::this_thread::sleep_for(5ms);
    if (*done)
        worker.join();
    else
        worker.detach();
}

/// One try to get at the brokers. What the library does not know of its settings is an Error.
Result<Seen> look(const Checks &checks, const QByteArray &servers, const QByteArray &mechanism)
{
    const Target &target = checks.target();
    const bool signsIn = !target.user.isEmpty(), encrypts = target.tls != Tls::Off;
    Seen seen;
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    std::array<char, 512> why{};
    bool isGood = true;
    const auto set = [&](const char *name, const QByteArray &value) {
        isGood = isGood && rd_kafka_conf_set(conf, name, value.constData(), why.data(), why.size()) == RD_KAFKA_CONF_OK;
    };
    const QByteArray wait = QByteArray::number(checks.patience().each().count() * 1000);
    set("bootstrap.servers", servers);
    set("client.id", "cairn");
    set("security.protocol", QByteArray(signsIn ? "sasl_" : "") + (encrypts ? "ssl" : "plaintext"));
    set("statistics.interval.ms", "50");       // how the library tells whom it reaches
    set("enable.sparse.connections", "false"); // connect to every broker, not to those that are needed
    set("receive.message.max.bytes", QByteArray::number(MOST_BYTES));
    set("socket.connection.setup.timeout.ms", wait);
    set("socket.timeout.ms", wait);
    set("reconnect.backoff.ms", "50");
    set("reconnect.backoff.max.ms", "200");
    set("log_level", "0");
    if (signsIn) {
        set("sasl.mechanism", mechanism);
        set("sasl.username", target.user.toUtf8());
        set("sasl.password", target.password.reveal());
    }
    if (encrypts) {
        const bool verify = target.tls == Tls::Verify;
        set("enable.ssl.certificate.verification", verify ? "true" : "false");
        set("ssl.endpoint.identification.algorithm", verify ? "https" : "none");
        if (verify && !target.ca.isEmpty())
            set("ssl.ca.pem", target.ca);
        else if (verify)
            set("ssl.ca.location", CaFile({}).path());
    }
    rd_kafka_conf_set_opaque(conf, &seen);
    rd_kafka_conf_set_stats_cb(conf, onStatistics);
    rd_kafka_conf_set_error_cb(conf, onError);
    rd_kafka_conf_set_log_cb(conf, onLog);
    rd_kafka_t *kafka = isGood ? rd_kafka_new(RD_KAFKA_PRODUCER, conf, why.data(), why.size()) : nullptr;
    if (!kafka) {
        rd_kafka_conf_destroy(conf);
        return fail(Error::Kind::Internal,
            Words::tr("librdkafka refuses its settings: %1.").arg(checks.shown(why.data())), {},
            Words::tr("Check user, password and CA."));
    }
    const auto until = checks.patience().deadline();
    while (!checks.patience().isStopped() && Clock::now() < until) {
        rd_kafka_poll(kafka, 20);
        if (!seen.up.isEmpty() && seen.waiting == 0)
            break;
        const bool refused = seen.code == RD_KAFKA_RESP_ERR__AUTHENTICATION || seen.code == RD_KAFKA_RESP_ERR__SSL;
        if (seen.up.isEmpty() && seen.down.isEmpty() && (refused || (seen.allDown && !seen.reason.isEmpty())))
            break;
    }
    destroy(kafka, checks.patience().isStopped());
    if (checks.patience().isStopped())
        return fail(Error::cancelled());
    return seen;
}

/// Whether it was the sign-in that ended it. A broker should say so; some just hang up.
bool isRefusal(const Seen &seen)
{
    return seen.code == RD_KAFKA_RESP_ERR__AUTHENTICATION || seen.reason.contains("in state AUTH_");
}

/// What to try after `tried` was refused; empty where there is nothing. PLAIN is used only where the broker asks for
/// it.
QByteArray otherMechanism(const Seen &seen, const QByteArray &tried)
{
    const qsizetype at = seen.reason.indexOf("supported mechanisms:");
    if (!isRefusal(seen))
        return {};
    if (!seen.reason.contains("Unsupported SASL mechanism") || at < 0)
        return tried == MECHANISMS[0] ? QByteArray(MECHANISMS[1])
                                      : QByteArray(); // a user has a secret for each of them
    QByteArray list = seen.reason.mid(at + 21);
    list.replace('(', ','); // "(after 2ms in state AUTH_HANDSHAKE)"
    QByteArrayList offered;
    for (const QByteArray &each : list.split(','))
        offered.append(each.trimmed());
    for (const char *each : MECHANISMS) {
        if (each != tried && offered.contains(each))
            return each;
    }
    return {};
}

/// "host:port" and "[address]:port"; a host alone has Kafka's usual port.
Server serverOf(const QString &text)
{
    const qsizetype colon = text.lastIndexOf(u':');
    if (colon < 0 || text.endsWith(u']') || text.count(u':') > 1 + (text.startsWith(u'[') ? 7 : 0))
        return {text, 9092};
    return {text.left(colon), text.mid(colon + 1).toInt()};
}

/// Name, TCP and TLS of every bootstrap server, side by side. One that works is enough, but the others are told of.
QByteArrayList bootstrap(Checks &checks)
{
    const Target &target = checks.target();
    std::vector<Server> servers;
    for (const QString &each : target.servers) {
        if (servers.size() < 16)
            servers.push_back(serverOf(each));
    }
    if (servers.empty())
        servers.push_back({target.host, target.port});
    std::vector<std::unique_ptr<Checks>> each;
    std::vector<std::unique_ptr<Wire>> wires(servers.size());
    {
        std::vector<std::jthread> threads;
        for (size_t i = 0; i < servers.size(); ++i) {
            each.push_back(std::make_unique<Checks>(
                target, static_cast<int>(checks.patience().each().count()), checks.patience().token()));
            threads.emplace_back(
                [&wires, &servers, i, one = each.back().get()] { wires[i] = one->open(servers[i], {}, {}); });
        }
    }
    QByteArrayList good;
    for (size_t i = 0; i < servers.size(); ++i) {
        if (wires[i]) {
            const QByteArray name = servers[i].name().toLatin1();
            good.append((name.contains(':') ? '[' + name + ']' : name) + ':' + QByteArray::number(servers[i].port));
        }
    }
    for (const QString &id : {u"name"_s, u"tcp"_s, u"tls"_s}) {
        QStringList texts, fixes;
        bool anyBad = false, allBad = true, anyWarn = false;
        for (const auto &one : each) {
            const Check *check = one->find(id);
            if (!check)
                continue;
            texts.append(check->text);
            if (!check->fix.isEmpty())
                fixes.append(check->fix);
            anyBad = anyBad || check->state == Check::State::Failed;
            allBad = allBad && check->state == Check::State::Failed;
            anyWarn = anyWarn || check->state == Check::State::Warn;
        }
        texts.removeDuplicates();
        fixes.removeDuplicates();
        const QString text = texts.join(u' '), fix = fixes.join(u' ');
        if (texts.isEmpty() || checks.patience().isStopped())
            continue;
        if (allBad)
            checks.failed(id, text, fix);
        else if (anyBad || anyWarn)
            checks.warn(id, text, fix);
        else
            checks.ok(id, text);
    }
    return good;
}

} // namespace

void probeKafka(Checks &checks)
{
    const Target &target = checks.target();
    const QByteArrayList servers = bootstrap(checks);
    if (servers.isEmpty())
        return;
    broker::skipKafkaVersion(checks);
    const bool signsIn = !target.user.isEmpty();
    if (!signsIn)
        checks.skipLogin();
    QByteArray mechanism = target.mechanism.isEmpty() ? QByteArray(MECHANISMS.front()) : target.mechanism.toLatin1();
    Result<Seen> seen = look(checks, servers.join(','), mechanism);
    for (size_t i = 1; i < MECHANISMS.size() && signsIn && target.mechanism.isEmpty() && seen && seen->up.isEmpty();
         ++i) {
        const QByteArray other = otherMechanism(*seen, mechanism);
        if (other.isEmpty())
            break;
        mechanism = other;
        seen = look(checks, servers.join(','), mechanism);
    }
    const QString next = signsIn ? u"login"_s : u"metadata"_s;
    if (!seen) {
        checks.failed(next, seen.error());
        return;
    }
    if (seen->up.isEmpty()) {
        const QString said = checks.shown(seen->reason);
        if (isRefusal(*seen))
            checks.failed(u"login"_s,
                Words::tr("The broker refuses user %1 (%2): %3")
                    .arg(checks.user(), QString::fromLatin1(mechanism), said),
                Words::tr("Check user, password and mechanism: each mechanism has users of its own."));
        else if (seen->reason.contains("Invalid response size"))
            checks.failed(next, Words::tr("%1 does not speak Kafka's protocol.").arg(checks.shown(servers.join(", "))),
                Words::tr("Check the port. A listener with TLS needs TLS to be chosen here."));
        else if (!seen->reason.isEmpty())
            checks.failed(next, Words::tr("No broker answers as Kafka does: %1").arg(said),
                Words::tr("Check that this is a listener for clients, and that TLS and sign-in are what it asks for."));
        else
            checks.failed(next, checks.patience().error(Patience::Wake::Late, Server{target.host, target.port}.text()));
        return;
    }
    checks.ok(u"login"_s, Words::tr("User %1 signs in (%2).").arg(checks.user(), QString::fromLatin1(mechanism)));
    broker::judgeKafka(checks, seen->up, seen->down);
}

} // namespace cairn::services
