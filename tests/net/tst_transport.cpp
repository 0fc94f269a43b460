// SPDX-License-Identifier: GPL-3.0-or-later
#include "FaultServer.h"
#include "kube/Transport.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::kube;
using namespace cairn::test;

namespace {

/// A user with a token, at a server of plain HTTP.
class TokenUser final : public Credentials
{
public:
    explicit TokenUser(const QUrl &server)
    {
        auto endpoint = std::make_shared<net::Endpoint>();
        endpoint->server = server;
        m_endpoint = endpoint;
    }
    Result<Material> material(std::stop_token) override
    {
        Material material;
        material.endpoint = m_endpoint;
        material.headers = {{"Authorization", "Bearer tell-nobody"}};
        return material;
    }
    void rejected(const Material &) override {}
    QString defaultNamespace() const override { return u"default"_s; }

private:
    std::shared_ptr<const net::Endpoint> m_endpoint;
};

} // namespace

/// The real transport against a server that repeats what it is sent.
class TestTransport : public QObject
{
    Q_OBJECT
private slots:
    void whatAnExecIsRefusedWithHoldsNoToken_data()
    {
        QTest::addColumn<int>("encoding");
        QTest::newRow("as it is") << 0;
        QTest::newRow("base64") << 1;
    }
    void whatAnExecIsRefusedWithHoldsNoToken()
    {
        QFETCH(int, encoding);
        QByteArray heard;
        const FaultServer server(faults::serve([&](const FaultRequest &request) {
            heard = request.header("authorization");
            const QByteArray said = encoding == 1 ? heard.toBase64() : heard;
            const QByteArray body = R"({"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","code":403,"message":"you sent )"
                + said + R"("})";
            return faults::answer(403, body, "Content-Type: application/json\r\n");
        }));
        net::HttpClient http("cairn-test/1.0");
        const auto transport = httpTransport(http, std::make_shared<TokenUser>(server.url()));
        net::ExecRequest request;
        request.path = u"/api/v1/namespaces/ml/pods/p/exec?command=ls"_s;
        const auto result = transport->exec(request, {});
        QVERIFY(!result);
        QCOMPARE(heard, "Bearer tell-nobody"_ba); // else there is nothing to repeat
        QCOMPARE(result.error().kind, Error::Kind::Forbidden);
        const QString all = result.error().oneLine();
        QVERIFY2(all.contains(u"*****"_s), qPrintable(all));
        QVERIFY2(!all.contains(u"tell-nobody"_s) && !all.contains(QString::fromLatin1("tell-nob"_ba.toBase64().first(8))), qPrintable(all));
    }
    void whatARequestIsRefusedWithHoldsNoToken()
    {
        const FaultServer server(faults::serve([](const FaultRequest &request) {
            return faults::answer(403, "you sent " + request.header("authorization"));
        }));
        net::HttpClient http("cairn-test/1.0");
        const auto transport = httpTransport(http, std::make_shared<TokenUser>(server.url()));
        net::Request request;
        request.path = u"/api"_s;
        const auto answer = transport->send(request, {});
        QVERIFY(answer);
        QCOMPARE(answer->body, "you sent Bearer *****"_ba);
    }
};

QTEST_GUILESS_MAIN(TestTransport)
#include "tst_transport.moc"
