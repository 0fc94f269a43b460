// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/Proxy.h"

#include <QMap>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::net;

namespace {

using Variables = QMap<QString, QString>;

Environment of(const Variables &variables)
{
    return [variables](const char *name) { return variables.value(QString::fromLatin1(name)); };
}

} // namespace

class TestProxy : public QObject {
    Q_OBJECT
private slots:
    void explicitProxiesAreNormalised_data()
    {
        QTest::addColumn<QString>("given");
        QTest::addColumn<QByteArray>("proxy");
        QTest::newRow("http") << u"http://p:3128"_s << "http://p:3128"_ba;
        QTest::newRow("http without port") << u"http://p"_s << "http://p:80"_ba;
        QTest::newRow("https without port") << u"https://p"_s << "https://p:443"_ba;
        QTest::newRow("socks5") << u"socks5://p"_s << "socks5h://p:1080"_ba;
        QTest::newRow("socks5h") << u"socks5h://p:9"_s << "socks5h://p:9"_ba;
        QTest::newRow("no scheme") << u"p:3128"_s << "http://p:3128"_ba;
        QTest::newRow("path and query go") << u"http://p:1/x?y#z"_s << "http://p:1"_ba;
        QTest::newRow("password") << u"http://me:s%40x@p:1"_s << "http://me:s%40x@p:1"_ba;
        QTest::newRow("IPv6") << u"http://[::1]:8080"_s << "http://[::1]:8080"_ba;
        QTest::newRow("spaces around") << u" http://p:1 "_s << "http://p:1"_ba;
    }
    void explicitProxiesAreNormalised()
    {
        QFETCH(QString, given);
        QFETCH(QByteArray, proxy);
        // An explicit proxy ignores NO_PROXY and even serves loopback, as in client-go.
        const auto result = proxyFor(QUrl(u"https://127.0.0.1"_s), given, of({{u"NO_PROXY"_s, u"*"_s}}));
        QVERIFY(result.has_value());
        QCOMPARE(*result, proxy);
    }

    void unusableProxiesAreNamedWithoutTheirPassword_data()
    {
        QTest::addColumn<QString>("given");
        QTest::newRow("ftp") << u"ftp://u:hunter2@p"_s;
        QTest::newRow("socks4") << u"socks4://u:hunter2@p"_s;
        QTest::newRow("no host") << u"http://u:hunter2@"_s;
        QTest::newRow("bad port") << u"http://u:hunter2@p:99999"_s;
        QTest::newRow("space") << u"http://u:hunter2@p q"_s;
    }
    void unusableProxiesAreNamedWithoutTheirPassword()
    {
        QFETCH(QString, given);
        const auto result = proxyFor(QUrl(u"https://c"_s), given, of({}));
        QVERIFY(!result.has_value());
        QCOMPARE(result.error().kind, Error::Kind::Invalid);
        QVERIFY(!result.error().oneLine().contains(u"hunter2"));
        const auto fromEnvironment = proxyFor(QUrl(u"https://c"_s), {}, of({{u"https_proxy"_s, given}}));
        QVERIFY(!fromEnvironment.has_value());
        QVERIFY(fromEnvironment.error().what.contains(u"https_proxy"));
        QVERIFY(!fromEnvironment.error().oneLine().contains(u"hunter2"));
    }

    void theEnvironmentDecidesByScheme()
    {
        const Environment both = of({{u"HTTPS_PROXY"_s, u"http://s:1"_s}, {u"https_proxy"_s, u"http://other:1"_s},
            {u"http_proxy"_s, u"http://h:2"_s}});
        QCOMPARE(proxyFor(QUrl(u"https://c"_s), {}, both).value(), "http://s:1"_ba);
        QCOMPARE(proxyFor(QUrl(u"http://c"_s), {}, both).value(), "http://h:2"_ba);
        QCOMPARE(proxyFor(QUrl(u"https://c"_s), {}, of({})).value(), ""_ba);
        QCOMPARE(proxyFor(QUrl(u"https://c"_s), {}, of({{u"ALL_PROXY"_s, u"http://a"_s}})).value(), ""_ba);
    }

    // The rows follow the documentation of golang.org/x/net/http/httpproxy.
    void noProxyIsUnderstood_data()
    {
        QTest::addColumn<QString>("noProxy");
        QTest::addColumn<QString>("server");
        QTest::addColumn<bool>("direct");
        const auto row = [](const char *name, const QString &noProxy, const QString &server, bool direct) {
            QTest::newRow(name) << noProxy << server << direct;
        };
        row("empty", QString(), u"https://c.example"_s, false);
        row("star", u"*"_s, u"https://c.example"_s, true);
        row("same name", u"c.example"_s, u"https://c.example:6443"_s, true);
        row("case", u"C.Example"_s, u"https://c.eXAMPLE"_s, true);
        row("subdomain", u"example"_s, u"https://c.example"_s, true);
        row("not a suffix of letters", u"xample"_s, u"https://c.example"_s, false);
        row("dot: only subdomains", u".c.example"_s, u"https://c.example"_s, false);
        row("dot: subdomain", u".example"_s, u"https://c.example"_s, true);
        row("star and dot", u"*.example"_s, u"https://c.example"_s, true);
        row("star and dot, name itself", u"*.example"_s, u"https://example"_s, false);
        row("port fits", u"c.example:6443"_s, u"https://c.example:6443"_s, true);
        row("port differs", u"c.example:443"_s, u"https://c.example:6443"_s, false);
        row("default port", u"c.example:443"_s, u"https://c.example"_s, true);
        row("address", u"10.0.0.1"_s, u"https://10.0.0.1:6443"_s, true);
        row("address and port", u"10.0.0.1:6443"_s, u"https://10.0.0.1:6443"_s, true);
        row("other address", u"10.0.0.2"_s, u"https://10.0.0.1"_s, false);
        row("block", u"10.0.0.0/8"_s, u"https://10.200.3.4"_s, true);
        row("block, outside", u"10.0.0.0/9"_s, u"https://10.200.3.4"_s, false);
        row("block of one", u"10.0.0.1/32"_s, u"https://10.0.0.1"_s, true);
        row("block of all", u"0.0.0.0/0"_s, u"https://8.8.8.8"_s, true);
        row("block beside IPv6", u"0.0.0.0/0"_s, u"https://[2001:db8::1]"_s, false);
        row("IPv6 block", u"2001:db8::/32"_s, u"https://[2001:db8::1]"_s, true);
        row("IPv6 block, outside", u"2001:db9::/32"_s, u"https://[2001:db8::1]"_s, false);
        row("IPv6 address", u"2001:db8::1"_s, u"https://[2001:db8::1]:6443"_s, true);
        row("IPv6 address and port", u"[2001:db8::1]:6443"_s, u"https://[2001:db8::1]:6443"_s, true);
        row("block does not match names", u"0.0.0.0/0"_s, u"https://c.example"_s, false);
        row("broken block", u"10.0.0.0/99"_s, u"https://10.0.0.1"_s, false);
        row("spaces", u" a.example , c.example "_s, u"https://c.example"_s, true);
        row("localhost always", QString(), u"https://localhost:6443"_s, true);
        row("loopback always", QString(), u"https://127.1.2.3"_s, true);
        row("IPv6 loopback always", QString(), u"https://[::1]"_s, true);
        row("trailing dot", u"c.example"_s, u"https://c.example."_s, true);
        row("address is no subdomain", u"0.0.1"_s, u"https://10.0.0.1"_s, false);
    }
    void noProxyIsUnderstood()
    {
        QFETCH(QString, noProxy);
        QFETCH(QString, server);
        QFETCH(bool, direct);
        for (const QString &name : {u"NO_PROXY"_s, u"no_proxy"_s}) {
            const auto result = proxyFor(QUrl(server), {}, of({{u"HTTPS_PROXY"_s, u"http://p:1"_s}, {name, noProxy}}));
            QVERIFY(result.has_value());
            QCOMPARE(result->isEmpty(), direct);
        }
    }

    void theShownNameHoldsNoPassword() { QCOMPARE(proxyName("http://me:hunter2@p:3128"), u"p:3128"_s); }
};

QTEST_APPLESS_MAIN(TestProxy)
#include "tst_proxy.moc"
