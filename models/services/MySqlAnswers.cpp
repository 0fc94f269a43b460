// SPDX-License-Identifier: GPL-3.0-or-later
#include "services/MySqlAnswers.h"

#include <QRegularExpression>
#include <QtEndian>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::services::mysql {
namespace {

/// Where `needle` is outside of quotes, from `from`; -1 where it is not.
qsizetype findPlain(const QByteArray &text, QByteArrayView needle, qsizetype from = 0)
{
    char quote = 0;
    for (qsizetype i = from; i < text.size(); ++i) {
        const char c = text[i];
        if (quote != 0) {
            if (c == '\\' && quote == '\'')
                ++i;
            else if (c == quote)
                quote = 0; // a doubled one ends and begins again
        } else if (QByteArrayView(text).sliced(i).startsWith(needle)) {
            return i;
        } else if (c == '\'' || c == '"' || c == '`') {
            quote = c;
        }
    }
    return -1;
}

/// Takes a name, quoted or not, off the front.
QByteArray takeName(QByteArray &rest)
{
    rest = rest.trimmed();
    QByteArray name;
    if (!rest.isEmpty() && QByteArrayView("'\"`").contains(rest[0])) {
        const char quote = rest[0];
        qsizetype i = 1;
        for (; i < rest.size(); ++i) {
            if (rest[i] == quote) {
                if (i + 1 >= rest.size() || rest[i + 1] != quote)
                    break;
                ++i;
            }
            name += rest[i];
        }
        rest.remove(0, i + 1);
        return name;
    }
    const auto end = std::ranges::find_if(rest, [](char c) { return c == ' ' || c == '.' || c == ','; });
    name = rest.first(end - rest.cbegin());
    rest.remove(0, name.size());
    return name;
}

/// As LIKE has it: % any text, _ one character, \ takes the next as it is.
bool isLike(QByteArrayView text, QByteArrayView pattern)
{
    // Greedy with one way back, to the last %: no pattern takes longer than the product of both lengths.
    qsizetype t = 0, p = 0, backText = 0, backPattern = -1;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '%') {
            backPattern = ++p;
            backText = t;
            continue;
        }
        const bool escaped = p + 1 < pattern.size() && pattern[p] == '\\';
        const qsizetype at = p + (escaped ? 1 : 0);
        if (at < pattern.size() && ((pattern[at] == '_' && !escaped) || pattern[at] == text[t])) {
            p = at + 1;
            ++t;
        } else if (backPattern >= 0) {
            p = backPattern;
            t = ++backText;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '%')
        ++p;
    return p == pattern.size();
}

bool namesCreate(const QByteArray &privileges)
{
    const QByteArrayList all = privileges.toUpper().split(',');
    return std::ranges::any_of(all, [](const QByteArray &each) {
        const QByteArray word = each.trimmed();
        return word == "CREATE" || word == "ALL" || word == "ALL PRIVILEGES";
    });
}

/// Of a line "GRANT privileges ON database.* TO …": whether it names CREATE, and on what. Nullopt for all other lines.
std::optional<QByteArray> scopeOf(const QByteArray &line, const QByteArray &verb)
{
    if (!line.startsWith(verb))
        return std::nullopt;
    const qsizetype on = findPlain(line, " ON ");
    if (on < 0 || !namesCreate(line.sliced(verb.size(), on - verb.size())))
        return std::nullopt;
    QByteArray rest = line.sliced(on + 4);
    const QByteArray database = takeName(rest);
    if (!rest.startsWith(".*"))
        return std::nullopt;
    return database;
}

} // namespace

std::optional<Greeting> readGreeting(const QByteArray &packet)
{
    Greeting greeting;
    if (packet.size() >= 3 && packet[0] == '\xff') {
        greeting.errorCode = qFromLittleEndian<quint16>(packet.constData() + 1);
        greeting.errorText = packet.mid(packet.size() > 3 && packet[3] == '#' ? 9 : 3);
        return greeting.errorCode == 0 ? std::nullopt : std::optional(greeting);
    }
    if (packet.isEmpty() || packet[0] != 10)
        return std::nullopt;
    const qsizetype end = packet.indexOf('\0', 1);
    // After the version: thread (4), salt (8), filler (1), capabilities (2), character set (1), status (2),
    // capabilities (2).
    if (end < 2 || end > 200 || packet.size() < end + 1 + 15)
        return std::nullopt;
    greeting.version = packet.mid(1, end - 1);
    const char *after = packet.constData() + end + 1;
    greeting.capabilities = qFromLittleEndian<quint16>(after + 13);
    if (packet.size() >= end + 1 + 20)
        greeting.capabilities |= static_cast<quint32>(qFromLittleEndian<quint16>(after + 18)) << 16;
    return greeting;
}

std::optional<Version> readVersion(const QByteArray &text)
{
    Version version;
    version.text = text;
    version.mariaDb = text.toLower().contains("mariadb");
    if (version.text.startsWith("5.5.5-") && version.mariaDb)
        version.text.remove(0, 6);
    static const QRegularExpression numbers(u"\\A(\\d{1,3})\\.(\\d{1,3})"_s);
    const auto match = numbers.match(QString::fromLatin1(version.text.left(20)));
    if (!match.hasMatch())
        return std::nullopt;
    version.major = match.captured(1).toInt();
    version.minor = match.captured(2).toInt();
    return version;
}

QByteArrayList pluginsOf(const QByteArray &createUser)
{
    if (!createUser.startsWith("CREATE USER "))
        return {};
    const qsizetype at = findPlain(createUser, " IDENTIFIED ");
    if (at < 0)
        return {"mysql_native_password"}; // MariaDB, without a password
    QByteArray rest = createUser.sliced(at + 12);
    if (rest.startsWith("BY "))
        return {"mysql_native_password"}; // MariaDB's short form
    if (!rest.startsWith("WITH ") && !rest.startsWith("VIA "))
        return {};
    const bool mayBeMore = rest.startsWith("VIA "); // of MariaDB
    rest.remove(0, rest.indexOf(' ') + 1);
    QByteArrayList plugins;
    while (plugins.size() < 8) {
        plugins.append(takeName(rest));
        const qsizetype next = findPlain(rest, " OR ");
        if (next < 0 || !mayBeMore)
            break;
        rest.remove(0, next + 4);
    }
    return plugins;
}

bool mayCreate(const QByteArrayList &grants, const QByteArray &database)
{
    bool may = false;
    for (const QByteArray &line : grants) {
        if (const auto scope = scopeOf(line, "GRANT ");
            scope && (*scope == "*" || (!database.isEmpty() && isLike(database, *scope))))
            may = true;
    }
    for (const QByteArray &line : grants) { // MySQL's partial revokes
        if (const auto scope = scopeOf(line, "REVOKE "); scope && !database.isEmpty() && *scope == database)
            may = false;
    }
    return may;
}

bool hasRoles(const QByteArrayList &grants)
{
    return std::ranges::any_of(grants, [](const QByteArray &line) {
        return line.startsWith("GRANT ") && findPlain(line, " ON ") < 0 && findPlain(line, " TO ") > 0;
    });
}

} // namespace cairn::services::mysql
