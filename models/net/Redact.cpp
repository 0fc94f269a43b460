// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/Redact.h"

namespace cairn::net {

namespace {

constexpr auto stars = "*****";
constexpr qsizetype shortest = 6; ///< what is shorter would tear up ordinary words

QByteArrayList secretsOf(const QList<Header> &sent)
{
    QByteArrayList secrets;
    for (const auto &[name, value] : sent) {
        const QByteArray lower = name.toLower();
        if (lower == "x-amz-security-token")
            secrets.append(value);
        if (lower != "authorization" && lower != "proxy-authorization")
            continue;
        const qsizetype space = value.indexOf(' ');
        const QByteArray scheme = value.left(space).toLower();
        const QByteArray credential = value.mid(space + 1).trimmed();
        // S3's Authorization is a signature, no secret, and its words help.
        if (scheme != "bearer" && scheme != "basic")
            continue;
        secrets.append(credential);
        if (scheme == "basic") {
            const QByteArray pair = QByteArray::fromBase64(credential);
            secrets.append(pair.mid(pair.indexOf(':') + 1));
        }
    }
    secrets.removeIf([](const QByteArray &secret) { return secret.size() < shortest; });
    return secrets;
}

} // namespace

void redact(Response &response, const QList<Header> &sent)
{
    const QByteArrayList secrets = secretsOf(sent);
    for (const QByteArray &secret : secrets) {
        for (auto &[name, value] : response.headers)
            value.replace(secret, stars);
        if (response.status >= 300)
            response.body.replace(secret, stars);
    }
}

void redact(Error &error, const QList<Header> &sent)
{
    const QByteArrayList secrets = secretsOf(sent);
    for (const QByteArray &bytes : secrets) {
        const QString secret = QString::fromUtf8(bytes);
        for (QString *text : {&error.what, &error.why, &error.fix})
            text->replace(secret, QLatin1StringView(stars));
        for (FieldCause &cause : error.causes)
            cause.message.replace(secret, QLatin1StringView(stars));
    }
}

} // namespace cairn::net
