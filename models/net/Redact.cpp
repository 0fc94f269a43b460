// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/Redact.h"

#include <algorithm>

namespace cairn::net {

namespace {

constexpr auto stars = "*****";
constexpr qsizetype shortest = 6; ///< what is shorter would tear up ordinary words

/// The characters that a secret makes in base64 wherever it stands in what was encoded: the first and the last may hold
/// bits of its neighbours, and are left out.
QByteArray insideBase64(const QByteArray &secret, qsizetype offset, QByteArray::Base64Options alphabet)
{
    const QByteArray encoded = (QByteArray(offset, '\0') + secret).toBase64(alphabet | QByteArray::OmitTrailingEquals);
    const qsizetype from = (offset * 8 + 5) / 6;
    const qsizetype to = (offset + secret.size()) * 8 / 6;
    return encoded.sliced(from, to - from);
}

/// Every way in which a server may write a secret: as it is, percent-encoded, in hexadecimal, in base64 alone or within
/// something longer.
QByteArrayList formsOf(const QByteArray &secret)
{
    QByteArrayList forms{secret};
    const QByteArray percent = secret.toPercentEncoding();
    QByteArray every;
    for (const char c : secret)
        every += '%' + QByteArray(1, c).toHex();
    forms << percent << every << every.toUpper() << secret.toHex() << secret.toHex().toUpper();
    // Only the digits of an escape are in either case.
    QByteArray lower = percent;
    for (qsizetype i = 0; (i = lower.indexOf('%', i)) >= 0; i += 3)
        lower.replace(i, 3, lower.mid(i, 3).toLower());
    forms << lower;
    for (const QByteArray::Base64Option alphabet : {QByteArray::Base64Encoding, QByteArray::Base64UrlEncoding}) {
        for (const qsizetype offset : {0, 1, 2})
            forms << insideBase64(secret, offset, alphabet);
    }
    return forms;
}

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
    QByteArrayList forms;
    for (const QByteArray &secret : std::as_const(secrets))
        forms += formsOf(secret);
    forms.removeIf([](const QByteArray &form) { return form.size() < shortest; });
    // What holds another one is taken out first, or its rest would stay.
    std::ranges::sort(forms, [](const QByteArray &a, const QByteArray &b) { return a.size() != b.size() ? a.size() > b.size() : a < b; });
    forms.erase(std::unique(forms.begin(), forms.end()), forms.end());
    return forms;
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
