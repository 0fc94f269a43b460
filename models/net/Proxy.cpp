// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/Proxy.h"

#include "base/Text.h"
#include "net/Http.h"

#include <QCoreApplication>
#include <arpa/inet.h>
#include <array>
#include <cstring>
#include <optional>

using namespace Qt::StringLiterals;

namespace cairn::net {

namespace {

struct Messages {
    Q_DECLARE_TR_FUNCTIONS(cairn::net::Proxy)
public:
    static Error unusable(const QString &source, const QString &why)
    {
        return Error::make(Error::Kind::Invalid, tr("The proxy in %1 cannot be used.").arg(source), why,
            tr("Give it as http://host:port, https://host:port or socks5://host:port."));
    }
    static QString kubeconfig() { return tr("the kubeconfig (proxy-url)"); }
    static QString variable(const QString &name) { return tr("the environment variable %1").arg(name); }
    static QString badScheme(const QString &scheme)
    {
        return tr("Its scheme “%1” is none of http, https, socks5 and socks5h.").arg(scheme);
    }
    static QString notUrl() { return tr("It is not a URL with a host name."); }
};

/// An IPv4 or IPv6 address as 16 bytes; IPv4 in its mapped form, so that both compare the same way.
struct Address {
    std::array<unsigned char, 16> bytes{};
    bool v4 = false;
    bool operator==(const Address &) const = default;

    bool isLoopback() const
    {
        if (v4)
            return bytes[12] == 127;
        Address one;
        one.bytes[15] = 1;
        return *this == one;
    }
};

std::optional<Address> parseAddress(QString text)
{
    if (text.startsWith(u'[') && text.endsWith(u']'))
        text = text.mid(1, text.size() - 2);
    const QByteArray ascii = text.toLatin1();
    Address address;
    in_addr four{};
    if (inet_pton(AF_INET, ascii.constData(), &four) == 1) {
        address.bytes[10] = address.bytes[11] = 0xff;
        std::memcpy(&address.bytes[12], &four, 4);
        address.v4 = true;
        return address;
    }
    if (inet_pton(AF_INET6, ascii.constData(), address.bytes.data()) == 1)
        return address;
    return std::nullopt;
}

bool inBlock(const Address &address, const Address &network, int prefix)
{
    if (address.v4 != network.v4)
        return false;
    const int bits = network.v4 ? prefix + 96 : prefix;
    for (int i = 0; i < 16; ++i) {
        const int here = std::clamp(bits - i * 8, 0, 8);
        const auto mask = static_cast<unsigned char>(0xff << (8 - here));
        const auto index = static_cast<size_t>(i);
        if ((address.bytes[index] & mask) != (network.bytes[index] & mask))
            return false;
    }
    return true;
}

/// Splits "host:port" and "[v6]:port"; a bare IPv6 address has no port.
std::pair<QString, QString> splitPort(const QString &entry)
{
    const qsizetype colon = entry.lastIndexOf(u':');
    if (colon < 0 || (entry.count(u':') > 1 && !entry.startsWith(u'[')) || entry.endsWith(u']'))
        return {entry, {}};
    return {entry.left(colon), entry.mid(colon + 1)};
}

bool entryMatches(const QString &raw, const QString &host, const std::optional<Address> &address, const QString &port)
{
    const QString entry = raw.trimmed().toLower();
    if (entry.isEmpty())
        return false;
    if (entry == u"*")
        return true;
    if (const qsizetype slash = entry.indexOf(u'/'); slash > 0) {
        const std::optional<Address> network = parseAddress(entry.left(slash));
        bool ok = false;
        const int prefix = entry.mid(slash + 1).toInt(&ok);
        if (!network || !ok || prefix < 0 || prefix > (network->v4 ? 32 : 128))
            return false;
        return address && inBlock(*address, *network, prefix);
    }
    auto [name, entryPort] = splitPort(entry);
    if (!entryPort.isEmpty() && entryPort != port)
        return false;
    if (const std::optional<Address> only = parseAddress(name))
        return address && *address == *only;
    if (address)
        return false;
    if (name.startsWith(u"*."))
        name.remove(0, 1);
    if (name.startsWith(u'.'))
        return host.endsWith(name);
    return host == name || host.endsWith(u'.' + name);
}

bool bypassesProxy(const QUrl &server, const QString &noProxy)
{
    QString host = server.host(QUrl::FullyEncoded).toLower();
    while (host.endsWith(u'.'))
        host.chop(1);
    const std::optional<Address> address = parseAddress(host);
    if (host == u"localhost" || (address && address->isLoopback()))
        return true;
    const QString port = QString::number(server.port(server.scheme() == u"http" ? 80 : 443));
    const QStringList entries = noProxy.split(u',', Qt::SkipEmptyParts);
    return std::any_of(
        entries.begin(), entries.end(), [&](const QString &entry) { return entryMatches(entry, host, address, port); });
}

Result<QByteArray> normalised(QString text, const QString &source)
{
    text = text.trimmed();
    if (!text.contains(u"://"_s))
        text.prepend(u"http://"_s);
    QUrl url(text, QUrl::StrictMode);
    if (!url.isValid() || url.host().isEmpty())
        return fail(Messages::unusable(source, Messages::notUrl()));
    const QString scheme = url.scheme();
    int defaultPort = 0;
    if (scheme == u"http")
        defaultPort = 80;
    else if (scheme == u"https")
        defaultPort = 443;
    else if (scheme == u"socks5" || scheme == u"socks5h")
        defaultPort = 1080;
    else
        return fail(Messages::unusable(source, Messages::badScheme(text::safe(scheme))));
    // Go resolves names at the proxy for both spellings; for libcurl only socks5h does. libcurl's default ports differ.
    if (scheme == u"socks5")
        url.setScheme(u"socks5h"_s);
    url.setPort(url.port(defaultPort));
    return url.toEncoded(QUrl::RemovePath | QUrl::RemoveQuery | QUrl::RemoveFragment);
}

} // namespace

Result<QByteArray> proxyFor(const QUrl &server, const QString &explicitProxy, const Environment &environment)
{
    if (!explicitProxy.isEmpty())
        return normalised(explicitProxy, Messages::kubeconfig());
    const auto either = [&](const char *upper, const char *lower) -> std::pair<QString, QString> {
        if (const QString value = environment(upper); !value.isEmpty())
            return {value, QString::fromLatin1(upper)};
        return {environment(lower), QString::fromLatin1(lower)};
    };
    const auto [proxy, name] =
        server.scheme() == u"http" ? either("HTTP_PROXY", "http_proxy") : either("HTTPS_PROXY", "https_proxy");
    if (proxy.isEmpty() || bypassesProxy(server, either("NO_PROXY", "no_proxy").first))
        return QByteArray();
    return normalised(proxy, Messages::variable(name));
}

Result<QByteArray> proxyFor(const Endpoint &endpoint)
{
    return proxyFor(endpoint.server, endpoint.proxyUrl, [](const char *name) { return qEnvironmentVariable(name); });
}

QString proxyName(const QByteArray &proxy)
{
    const QUrl url = QUrl::fromEncoded(proxy);
    return text::safe(u"%1:%2"_s.arg(url.host()).arg(url.port()));
}

} // namespace cairn::net
