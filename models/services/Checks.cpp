// SPDX-License-Identifier: GPL-3.0-or-later
#include "services/Checks.h"

#include "base/Text.h"

#include <QRegularExpression>
#include <QUrl>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::services {
namespace {

/// A certificate that ends sooner than this is worth a word.
constexpr qint64 SOON_DAYS = 14;

QStringList idsOf(Kind kind)
{
    switch (kind) {
    case Kind::MySql:
        return {u"name"_s, u"tcp"_s, u"tls"_s, u"login"_s, u"version"_s, u"plugin"_s, u"create"_s, u"lifetime"_s};
    case Kind::PostgreSql: return {u"name"_s, u"tcp"_s, u"tls"_s, u"login"_s, u"version"_s, u"create"_s, u"lifetime"_s};
    case Kind::Kafka: return {u"name"_s, u"tcp"_s, u"tls"_s, u"login"_s, u"metadata"_s, u"brokers"_s, u"version"_s};
    case Kind::RabbitMq: return {u"name"_s, u"tcp"_s, u"tls"_s, u"login"_s, u"version"_s, u"metadata"_s, u"brokers"_s};
    case Kind::S3:
        return {u"name"_s, u"tcp"_s, u"tls"_s, u"s3"_s, u"clock"_s, u"region"_s, u"login"_s, u"style"_s, u"bucket"_s,
            u"list"_s, u"write"_s, u"read"_s, u"delete"_s};
    }
    return {};
}

QString whatOf(const QString &id)
{
    if (id == "name"_L1)
        return Words::tr("Name");
    if (id == "tcp"_L1)
        return Words::tr("TCP");
    if (id == "tls"_L1)
        return Words::tr("TLS");
    if (id == "login"_L1)
        return Words::tr("Sign-in");
    if (id == "version"_L1)
        return Words::tr("Version");
    if (id == "plugin"_L1)
        return Words::tr("Authentication plugin");
    if (id == "create"_L1)
        return Words::tr("Right to create");
    if (id == "lifetime"_L1)
        return Words::tr("Connection lifetime");
    if (id == "metadata"_L1)
        return Words::tr("Metadata");
    if (id == "s3"_L1)
        return Words::tr("S3 API");
    if (id == "clock"_L1)
        return Words::tr("Clock");
    if (id == "region"_L1)
        return Words::tr("Region");
    if (id == "style"_L1)
        return Words::tr("Path style");
    if (id == "bucket"_L1)
        return Words::tr("Bucket");
    if (id == "list"_L1)
        return Words::tr("Right to list");
    if (id == "write"_L1)
        return Words::tr("Right to write");
    if (id == "read"_L1)
        return Words::tr("Right to read");
    if (id == "delete"_L1)
        return Words::tr("Right to delete");
    return Words::tr("Brokers");
}

} // namespace

QString Server::text() const
{
    const QString name = text::safe(host.left(253));
    return (name.contains(u':') ? u'[' + name + u']' : name) + u':' + QString::number(port);
}

/// IPv6 may stand in brackets.
QString Server::name() const
{
    QString name = host.trimmed();
    if (name.startsWith(u'[') && name.endsWith(u']'))
        name = name.mid(1, name.size() - 2);
    if (std::ranges::any_of(name, [](QChar c) { return c.unicode() > 0x7f; }))
        name = QString::fromLatin1(QUrl::toAce(name));
    static const QRegularExpression plain(u"\\A[A-Za-z0-9._:%-]{1,253}\\z"_s);
    return plain.match(name).hasMatch() ? name : QString();
}

Checks::Checks(const Target &target, int seconds, const std::stop_token &stop)
    : m_target(target)
    , m_patience(seconds, stop)
{
}

void Checks::add(const QString &id, Check::State state, const QString &text, const QString &fix)
{
    if (!has(id))
        m_checks.append({id, whatOf(id), state, text, fix});
}

void Checks::add(const Check &check)
{
    add(check.id, check.state, check.text, check.fix);
}

void Checks::ok(const QString &id, const QString &text)
{
    add(id, Check::State::Ok, text, {});
}

void Checks::warn(const QString &id, const QString &text, const QString &fix)
{
    add(id, Check::State::Warn, text, fix);
}

void Checks::failed(const QString &id, const QString &text, const QString &fix)
{
    add(id, Check::State::Failed, text, fix);
}

void Checks::skipped(const QString &id, const QString &why)
{
    add(id, Check::State::Skipped, why, {});
}

void Checks::skipLogin()
{
    // A user without a password comes without the user too.
    skipped(u"login"_s, Words::tr("Sign-in was not tried: no user with a password was given."));
}

void Checks::failed(const QString &id, const Error &error)
{
    if (error.kind == Error::Kind::Cancelled)
        skipped(id, Words::tr("Stopped before the answer came."));
    else
        failed(id, error.what, error.fix);
}

const Check *Checks::find(const QString &id) const
{
    const auto it = std::ranges::find(m_checks, id, &Check::id);
    return it == m_checks.cend() ? nullptr : &*it;
}

bool Checks::has(const QString &id) const
{
    return find(id) != nullptr;
}

QString Checks::shown(const QByteArray &raw) const
{
    QByteArray bytes = raw.left(4096);
    if (!m_target.password.isEmpty())
        bytes.replace(m_target.password.reveal(), "***");
    const QString all = text::safe(bytes.trimmed());
    return all.size() > 200 ? all.left(199) + u'…' : all;
}

QString Checks::user() const
{
    return shown(m_target.user.toUtf8());
}

std::unique_ptr<Wire> Checks::open(const Server &server, const Greet &greet, const Greet &startTls)
{
    const QString host = server.name();
    if (host.isEmpty() || server.port < 1 || server.port > 65'535) {
        failed(u"name"_s, Words::tr("“%1” is no host and port.").arg(server.text()),
            Words::tr("Give a host name or an address, and a port."));
        return nullptr;
    }
    const auto addresses = resolve(host, server.port, m_patience);
    if (!addresses) {
        failed(u"name"_s, addresses.error());
        return nullptr;
    }
    QStringList texts;
    for (const Address &each : *addresses)
        texts.append(each.text());
    ok(u"name"_s,
        texts.contains(host) ? Words::tr("%1 is an address.").arg(host)
                             : Words::tr("%1 is %2.").arg(host, texts.join(u", "_s)));

    auto wire = std::make_unique<Wire>(m_patience, server.text());
    if (const auto connected = wire->connect(*addresses); !connected) {
        failed(u"tcp"_s, connected.error());
        return nullptr;
    }
    ok(u"tcp"_s, Words::tr("%1 accepts connections.").arg(server.text()));

    if (greet) {
        if (const auto greeted = greet(*wire); !greeted) {
            failed(u"login"_s, greeted.error());
            return nullptr;
        }
    }
    if (m_target.tls == Tls::Off) {
        warnPlain();
        return wire;
    }
    if (startTls) {
        if (const auto started = startTls(*wire); !started) {
            failed(u"tls"_s, started.error());
            return nullptr;
        }
    }
    const auto seen = wire->secure(host, m_target.tls == Tls::Verify ? m_target.ca : QByteArray());
    if (!seen) {
        failed(u"tls"_s, seen.error());
        return nullptr;
    }
    certificate(*seen);
    return m_target.tls == Tls::Verify && seen->bad ? nullptr : std::move(wire);
}

void Checks::warnPlain()
{
    warn(u"tls"_s,
        m_target.kind == Kind::S3
            ? Words::tr("Not encrypted: objects can be read and changed on the way. The secret key itself is never sent.")
            : Words::tr("Not encrypted: password and data can be read on the way."),
        Words::tr("Use TLS where the server offers it."));
}

void Checks::certificate(const Certificate &seen)
{
    const QString about = Words::tr("the certificate is for %1, signed by %2, and valid until %3")
                              .arg(seen.subject, seen.issuer, seen.notAfter.toString(u"yyyy-MM-dd"_s));
    if (m_target.tls == Tls::Encrypt) {
        warn(u"tls"_s, Words::tr("Encrypted (%1), but nobody checks who answers: %2.").arg(seen.protocol, about),
            seen.bad ? Words::tr("It would not be accepted yet. %1 %2").arg(seen.bad->what, seen.bad->fix)
                     : Words::tr("Have the certificate verified: it would be accepted."));
        return;
    }
    if (seen.bad) {
        failed(u"tls"_s, *seen.bad);
        return;
    }
    const qint64 days = QDateTime::currentDateTimeUtc().daysTo(seen.notAfter);
    const QString text = Words::tr("Encrypted (%1): %2.").arg(seen.protocol, about);
    if (days < SOON_DAYS)
        warn(u"tls"_s, text, Words::tr("The certificate ends soon: renew it."));
    else
        ok(u"tls"_s, text);
}

void judgeLifetime(Checks &checks, int idleSeconds, const QString &fix)
{
    const QString id = u"lifetime"_s;
    const int life = checks.target().lifeSeconds;
    const QString idle = text::duration(std::chrono::seconds(idleSeconds));
    const QString kept = text::duration(std::chrono::seconds(life));
    if (idleSeconds <= 0)
        checks.ok(id, Words::tr("The server keeps idle connections."));
    else if (life <= 0)
        checks.ok(id,
            Words::tr("The server closes connections that are idle for %1. How long the component keeps its own is not "
                      "known here.")
                .arg(idle));
    else if (life < idleSeconds)
        checks.ok(id,
            Words::tr("The component gives up a connection after %1, before the server closes an idle one (%2).")
                .arg(kept, idle));
    else
        checks.warn(id,
            Words::tr("The component keeps a connection for %1, but the server closes an idle one after %2: requests "
                      "will fail.")
                .arg(kept, idle),
            fix);
}

Report Checks::finish() const
{
    Report report;
    report.from = Words::tr("this machine");
    for (const QString &id : idsOf(m_target.kind)) {
        if (const Check *check = find(id)) {
            report.checks.append(*check);
            continue;
        }
        const auto bad = std::ranges::find(m_checks, Check::State::Failed, &Check::state);
        QString why = Words::tr("Not looked at.");
        if (m_patience.isStopped())
            why = Words::tr("Stopped before this was looked at.");
        else if (bad != m_checks.cend())
            why = Words::tr("Not looked at, as this failed: %1.").arg(bad->what);
        else if (m_target.user.isEmpty())
            why = m_target.kind == Kind::S3 ? Words::tr("Not looked at, as no keys were given.")
                                            : Words::tr("Not looked at, as no user with a password was given.");
        report.checks.append({id, whatOf(id), Check::State::Skipped, why, {}});
    }
    return report;
}

} // namespace cairn::services
