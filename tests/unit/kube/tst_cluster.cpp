// SPDX-License-Identifier: GPL-3.0-or-later
#include "FakeTransport.h"
#include "kube/ApiAnswer.h"
#include "kube/ApiPath.h"
#include "kube/Cluster.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>
#include <QUrlQuery>
#include <thread>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace cairn;
using namespace cairn::kube;
using cairn::test::answer;

namespace {

ObjectRef pod(const QString &name)
{
    return {kinds::pods(), u"ml"_s, name, {}};
}
QString value(const net::Request &request, const char *key)
{
    return QUrlQuery(request.path.section(u'?', 1)).queryItemValue(QLatin1StringView(key), QUrl::FullyDecoded);
}
QString path(const net::Request &request)
{
    return request.path.section(u'?', 0, 0);
}
QByteArray header(const net::Request &request, QByteArrayView name)
{
    for (const auto &[key, text] : request.headers) {
        if (key == name)
            return text;
    }
    return {};
}
QJsonObject body(const net::Request &request)
{
    return QJsonDocument::fromJson(request.body).object();
}

} // namespace

class TestCluster : public QObject
{
    Q_OBJECT

    std::shared_ptr<test::FakeTransport> m_server;
    std::unique_ptr<Cluster> m_cluster;
    std::vector<net::Request> m_sent;

    void answerAll(const net::Response &response)
    {
        m_server->automatic = [this, response](const net::Request &request) {
            m_sent.push_back(request);
            return response;
        };
    }
    Error errorOf(const net::Response &response)
    {
        answerAll(response);
        const auto result = m_cluster->get(pod(u"p"_s), {});
        return result ? Error() : result.error();
    }

private slots:
    void init()
    {
        m_server = std::make_shared<test::FakeTransport>();
        m_cluster = std::make_unique<Cluster>(m_server);
        m_sent.clear();
    }

    void nodesAndServicesAreReachedThroughTheProxy()
    {
        answerAll(answer(200, "hello"));
        const auto summary = m_cluster->viaProxy({kinds::nodes(), {}, u"node-1"_s, {}}, u"/stats/summary"_s, {});
        QVERIFY(summary);
        QCOMPARE(*summary, "hello"_ba);
        QCOMPARE(m_sent.back().path, u"/api/v1/nodes/node-1/proxy/stats/summary"_s);
        QVERIFY(m_sent.back().maxBody <= 32 << 20);
        QVERIFY(m_cluster->viaProxy({kinds::services(), u"monitoring"_s, u"https:prom:9090"_s, {}}, u"/api/v1/query?query=up"_s, {}));
        QCOMPARE(m_sent.back().path, u"/api/v1/namespaces/monitoring/services/https%3Aprom%3A9090/proxy/api/v1/query?query=up"_s);
        QVERIFY(!m_cluster->viaProxy({kinds::nodes(), {}, u"../pods"_s, {}}, u"/x"_s, {}));
    }
    void aProxiedRefusalSaysWhichRightIsMissing()
    {
        answerAll(answer(403, R"({"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","code":403,
            "message":"nodes is forbidden","details":{"name":"node-1","kind":"nodes"}})"));
        const auto summary = m_cluster->viaProxy({kinds::nodes(), {}, u"node-1"_s, {}}, u"/stats/summary"_s, {});
        QVERIFY(!summary);
        QCOMPARE(summary.error().kind, Error::Kind::Forbidden);
        QVERIFY2(summary.error().oneLine().contains(u"nodes/proxy"_s), qPrintable(summary.error().oneLine()));
    }
    void aProxiedTargetThatIsNoApiServerIsNotTakenForOne()
    {
        answerAll(answer(502, "<html>nothing here</html>"));
        const auto page = m_cluster->viaProxy({kinds::services(), u"m"_s, u"prom:9090"_s, {}}, u"/x"_s, {});
        QVERIFY(!page);
        QCOMPARE(page.error().kind, Error::Kind::Server);
        QCOMPARE(page.error().httpStatus, 502);
    }

    void pathsAreEncodedAndKeptInTheirPlace()
    {
        QCOMPARE(collectionPath(kinds::pods(), {}).value(), u"/api/v1/pods"_s);
        QCOMPARE(collectionPath(kinds::nodes(), u"ignored"_s).value(), u"/api/v1/nodes"_s);
        QCOMPARE(objectPath({facts(JobKind::PyTorchJob).resource, u"ml"_s, u"a b?c"_s, {}}, u"status"_s).value(),
                 u"/apis/kubeflow.org/v1/namespaces/ml/pytorchjobs/a%20b%3Fc/status"_s);
        for (const QString &name : {u""_s, u"."_s, u".."_s, u"a/b"_s, u"a%2fb"_s})
            QVERIFY(!objectPath(pod(name)));
        QVERIFY(!collectionPath(kinds::pods(), u"../x"_s));
        QVERIFY(!objectPath({kinds::pods(), {}, u"p"_s, {}}));
        QVERIFY(!collectionPath({u"a/b"_s, u"v1"_s, u"pods"_s, u"Pod"_s, true}, {}));
    }

    void writesCarryManagerValidationAndDryRun()
    {
        answerAll(answer(200, "{\"kind\":\"Pod\"}"));
        QVERIFY(m_cluster->create(kinds::pods(), u"ml"_s, {{u"kind"_s, u"Pod"_s}}, {true, false, true}, {}));
        QCOMPARE(m_sent[0].method, "POST"_ba);
        QCOMPARE(path(m_sent[0]), u"/api/v1/namespaces/ml/pods"_s);
        QCOMPARE(value(m_sent[0], "fieldManager"), u"cairn"_s);
        QCOMPARE(value(m_sent[0], "fieldValidation"), u"Strict"_s);
        QCOMPARE(value(m_sent[0], "dryRun"), u"All"_s);
        QVERIFY(m_cluster->patch(pod(u"p"_s), PatchType::Merge, QJsonObject{{u"a"_s, 1}}, {false, true, false}, {}));
        QCOMPARE(header(m_sent[1], "Content-Type"), "application/merge-patch+json"_ba);
        QCOMPARE(value(m_sent[1], "fieldValidation"), u"Warn"_s);
        QCOMPARE(value(m_sent[1], "force"), QString());
        QVERIFY(m_cluster->patch(pod(u"p"_s), PatchType::Json, QJsonArray{}, {}, {}));
        QCOMPARE(header(m_sent[2], "Content-Type"), "application/json-patch+json"_ba);
        QVERIFY(m_cluster->patch(pod(u"p"_s), PatchType::Apply, QJsonObject{}, {false, true, true}, {}));
        QCOMPARE(header(m_sent[3], "Content-Type"), "application/apply-patch+yaml"_ba);
        QCOMPARE(value(m_sent[3], "force"), u"true"_s);
        QVERIFY(!m_cluster->patch(pod(u"p"_s), PatchType::Json, QJsonObject{}, {}, {}));
        QVERIFY(!m_cluster->create(kinds::pods(), {}, {}, {}, {}));
        QCOMPARE(m_sent.size(), size_t(4));
    }

    void deletesCarryTheirPreconditions()
    {
        answerAll(answer(200, "{\"kind\":\"Status\"}"));
        DeleteOptions options;
        options.uid = u"u"_s;
        options.resourceVersion = u"7"_s;
        options.dryRun = true;
        QVERIFY(m_cluster->remove(pod(u"p"_s), options, {}));
        QCOMPARE(m_sent[0].method, "DELETE"_ba);
        QCOMPARE(body(m_sent[0])[u"preconditions"_s],
                 QJsonValue(QJsonObject{{u"uid"_s, u"u"_s}, {u"resourceVersion"_s, u"7"_s}}));
        QCOMPARE(body(m_sent[0])[u"propagationPolicy"_s], u"Background"_s);
        QCOMPARE(body(m_sent[0])[u"dryRun"_s], QJsonValue(QJsonArray{u"All"_s}));
    }

    void listsAreReadPageByPage()
    {
        m_server->automatic = [this](const net::Request &request) {
            m_sent.push_back(request);
            return value(request, "continue").isEmpty()
                ? answer(200,
                         "{\"kind\":\"PodList\",\"metadata\":{\"continue\":\"t/"
                         "+=\"},\"items\":[{\"metadata\":{\"name\":\"a\"}}]}")
                : answer(200, "{\"kind\":\"PodList\",\"metadata\":{},\"items\":[{\"metadata\":{\"name\":\"b\"}}]}");
        };
        const auto pods = m_cluster->list(kinds::pods(), u"ml"_s, u"a=b,c!=d"_s, u"spec.nodeName=n"_s, {});
        QVERIFY(pods);
        QCOMPARE(pods->size(), 2);
        QCOMPARE(pods->at(1)[u"kind"_s].toString(), u"Pod"_s); // items carry none themselves
        QCOMPARE(value(m_sent[0], "limit"), u"500"_s);
        QCOMPARE(value(m_sent[1], "limit"), u"1000"_s);
        QCOMPARE(value(m_sent[1], "continue"), u"t/+="_s);
        QCOMPARE(value(m_sent[1], "labelSelector"), u"a=b,c!=d"_s);
        QCOMPARE(value(m_sent[1], "fieldSelector"), u"spec.nodeName=n"_s);
    }

    void anExpiredTokenReadsTheListInOnePiece()
    {
        m_server->automatic = [this](const net::Request &request) {
            m_sent.push_back(request);
            if (!value(request, "continue").isEmpty())
                return answer(410, "{\"kind\":\"Status\",\"code\":410,\"reason\":\"Expired\"}");
            return answer(
                200,
                value(request, "limit").isEmpty()
                    ? "{\"metadata\":{},\"items\":[{\"metadata\":{\"name\":\"a\"}},{\"metadata\":{\"name\":\"b\"}}]}"_ba
                    : "{\"metadata\":{\"continue\":\"t\"},\"items\":[{\"metadata\":{\"name\":\"a\"}}]}"_ba);
        };
        const auto pods = m_cluster->list(kinds::pods(), {}, {}, {}, {});
        QVERIFY(pods);
        QCOMPARE(pods->size(), 2);
        QCOMPARE(m_sent.size(), size_t(3));
    }

    void aServerThatRepeatsAPageIsLeft()
    {
        answerAll(answer(200, "{\"metadata\":{\"continue\":\"t\"},\"items\":[]}"));
        QVERIFY(!m_cluster->list(kinds::pods(), {}, {}, {}, {}));
        QCOMPARE(m_sent.size(), size_t(2));
    }

    void whatIsNoListIsNotAnEmptyList()
    {
        for (const char *body : {"{}", "{\"kind\":\"Status\",\"status\":\"Success\"}"}) {
            answerAll(answer(200, body));
            const auto list = m_cluster->list(kinds::pods(), {}, {}, {}, {});
            QVERIFY(!list);
            QCOMPARE(list.error().kind, Error::Kind::Parse);
        }
        answerAll(answer(200, "{\"kind\":\"PodList\",\"items\":null}")); // Go's empty slice
        QVERIFY(m_cluster->list(kinds::pods(), {}, {}, {}, {}));
    }

    void refusalsKeepCausesAndRetryAfter()
    {
        const Error error = errorOf(answer(
            422,
            "{\"kind\":\"Status\",\"code\":422,\"reason\":\"Invalid\",\"message\":\"bad\",\"details\":{\"name\":\"p\","
            "\"causes\":[{\"reason\":\"FieldValueInvalid\",\"field\":\"spec.x\",\"message\":\"no\"}],"
            "\"retryAfterSeconds\":2}}"));
        QCOMPARE(error.kind, Error::Kind::Invalid);
        QCOMPARE(error.causes, (QList<FieldCause>{{u"spec.x"_s, u"FieldValueInvalid"_s, u"no"_s}}));
        QVERIFY(error.retryAfter == 2s);
    }

    void otherBodiesAreCapped()
    {
        const Error error =
            errorOf(answer(500, "line\n" + QByteArray(100'000, 'x'), "text/plain", {{"retry-after", "7"}}));
        QCOMPARE(error.kind, Error::Kind::Server);
        QVERIFY(error.why.size() <= 2048);
        QVERIFY(!error.why.contains(u'\n'));
        QVERIFY(error.retryAfter == 7s);
    }

    void somethingElseThanKubernetesIsNamed_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("type");
        QTest::newRow("web page") << 200 << "<html>hello</html>"_ba
                                  << "text/html; charset=utf-8"_ba;
        QTest::newRow("web page called JSON") << 200 << "  <!DOCTYPE html>"_ba
                                              << "application/json"_ba;
        QTest::newRow("text") << 200 << "It works!"_ba
                              << "text/plain"_ba;
        QTest::newRow("empty") << 200 << ""_ba
                               << ""_ba;
        QTest::newRow("a list") << 200 << "[1,2]"_ba
                                << "application/json"_ba;
        QTest::newRow("redirect") << 302 << ""_ba
                                  << ""_ba;
        QTest::newRow("sign-in page") << 403 << "<html>sign in</html>"_ba
                                      << "text/html"_ba;
    }
    void somethingElseThanKubernetesIsNamed()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        QFETCH(QByteArray, type);
        const Error error = errorOf(answer(status, body, type));
        QCOMPARE(error.reason, QString(notKubernetes));
        QVERIFY(!error.what.isEmpty() && !error.why.isEmpty() && !error.fix.isEmpty());
    }

    void aMissingResourceIsToldFromAMissingObject()
    {
        QCOMPARE(errorOf(answer(404, "404 page not found\n", "text/plain")).reason, QString(notServed));
        const Error object = errorOf(answer(
            404,
            "{\"kind\":\"Status\",\"code\":404,\"reason\":\"NotFound\",\"details\":{\"name\":\"p\",\"kind\":\"pods\"}"
            "}"));
        QCOMPARE(object.kind, Error::Kind::NotFound);
        QCOMPARE(object.reason, u"NotFound"_s);
    }

    void warningsArePassedOn()
    {
        QStringList texts;
        m_cluster->setWarningHandler([&](const QString &text) { texts.append(text); });
        answerAll(answer(200, "{}", "application/json",
                         {{"warning", "299 - \"unknown field \\\"spec.x\\\"\""},
                          {"warning", "299 - \"old\", 299 - \"older\""},
                          {"date", "299 - \"no\""}}));
        QVERIFY(m_cluster->get(pod(u"p"_s), {}));
        QCOMPARE(texts, (QStringList{u"unknown field \"spec.x\""_s, u"old"_s, u"older"_s}));
    }

    void accessIsAskedOnceAMinute()
    {
        answerAll(answer(201, "{\"status\":{\"allowed\":true,\"reason\":\"RBAC\"}}"));
        const AccessQuery query{u"create"_s, {}, u"pods"_s, u"exec"_s, u"ml"_s, {}};
        for (int i = 0; i < 3; ++i) {
            const auto may = m_cluster->may(query, {});
            QVERIFY(may && may->allowed);
            QCOMPARE(may->reason, u"RBAC"_s);
        }
        QCOMPARE(m_sent.size(), size_t(1));
        QVERIFY(m_sent[0].idempotent);
        QCOMPARE(body(m_sent[0])[u"spec"_s][u"resourceAttributes"_s],
                 QJsonValue(QJsonObject{{u"verb"_s, u"create"_s},
                                        {u"group"_s, QString()},
                                        {u"resource"_s, u"pods"_s},
                                        {u"subresource"_s, u"exec"_s},
                                        {u"namespace"_s, u"ml"_s}}));
        AccessQuery other = query;
        other.ns = u"other"_s;
        QVERIFY(m_cluster->may(other, {}));
        QCOMPARE(m_sent.size(), size_t(2));
    }

    void whoAndWhatTheServerIs()
    {
        answerAll(
            answer(201, "{\"status\":{\"userInfo\":{\"username\":\"jane\",\"uid\":\"7\",\"groups\":[\"a\",\"b\"]}}}"));
        const auto user = m_cluster->whoAmI({});
        QVERIFY(user);
        QCOMPARE(user->name, u"jane"_s);
        QCOMPARE(user->groups, (QStringList{u"a"_s, u"b"_s}));
        answerAll(answer(200, "{\"major\":\"1\",\"minor\":\"30+\",\"gitVersion\":\"v1.30.4-gke\"}"));
        const auto version = m_cluster->version({});
        QVERIFY(version);
        QCOMPARE(version->minor, 30);
        answerAll(answer(200, "{\"hello\":\"world\"}"));
        const auto none = m_cluster->version({});
        QVERIFY(!none);
        QCOMPARE(none.error().reason, QString(notKubernetes));
    }

    void whoMayNotListNamespacesStillHasTheirs()
    {
        answerAll(answer(403, "{\"kind\":\"Status\",\"code\":403,\"reason\":\"Forbidden\"}"));
        const auto own = m_cluster->namespaces({});
        QVERIFY(own);
        QCOMPARE(own->names, QStringList{u"home"_s});
        QVERIFY(!own->complete);
        QCOMPARE(own->error.kind, Error::Kind::Forbidden);
        answerAll(answer(500, "{}"));
        QVERIFY(!m_cluster->namespaces({}));
    }

    void discoveryIsRevalidatedByItsTag()
    {
        const QByteArray list =
            "{\"kind\":\"APIGroupDiscoveryList\",\"items\":[{\"metadata\":{\"name\":\"kubeflow.org\"},\"versions\":[{"
            "\"version\":\"v1\",\"resources\":["
            "{\"resource\":\"pytorchjobs\",\"responseKind\":{\"kind\":\"PyTorchJob\"},\"scope\":\"Namespaced\"},{\"scope\":7},null]}]}]}"_ba;
        m_server->automatic = [&](const net::Request &request) {
            m_sent.push_back(request);
            if (path(request) == "/api"_L1)
                return answer(404, "");
            return header(request, "If-None-Match") == "\"tag\""
                ? answer(304, "")
                : answer(200, list, "application/json", {{"etag", "\"tag\""}});
        };
        Discovery discovery(m_server);
        QVERIFY(discovery.serves(facts(JobKind::PyTorchJob).resource, 0ms, {}).value());
        QVERIFY(!discovery.serves(facts(JobKind::TFJob).resource, 1h, {}).value());
        QCOMPARE(m_sent.size(), size_t(2)); // the second answer came from memory
        QVERIFY(discovery.serves(facts(JobKind::PyTorchJob).resource, 0ms, {}).value());
        QCOMPARE(m_sent.size(), size_t(4));
        QCOMPARE(header(m_sent[3], "If-None-Match"), "\"tag\""_ba);
    }

    void oldServersAreAskedGroupByGroup()
    {
        m_server->automatic = [&](const net::Request &request) {
            m_sent.push_back(request);
            if (path(request) == "/api"_L1)
                return answer(200, "{\"kind\":\"APIVersions\",\"versions\":[\"v1\"]}");
            if (path(request) == "/apis"_L1)
                return answer(200,
                              "{\"kind\":\"APIGroupList\",\"groups\":[{\"versions\":[{\"groupVersion\":\"broken/"
                              "v1\"},{\"groupVersion\":\"kubeflow.org/v1\"}]}]}");
            if (path(request) == "/api/v1"_L1)
                return answer(
                    200,
                    "{\"resources\":[{\"name\":\"pods\",\"kind\":\"Pod\",\"namespaced\":true},{\"name\":\"pods/"
                    "log\",\"kind\":\"Pod\"}]}");
            if (path(request) == "/apis/kubeflow.org/v1"_L1)
                return answer(200, "{\"resources\":[{\"name\":\"tfjobs\",\"kind\":\"TFJob\",\"namespaced\":true}]}");
            return answer(503, "down", "text/plain");
        };
        const auto all = m_cluster->resources({});
        QVERIFY(all);
        QCOMPARE(all->size(), 2);
        QVERIFY(m_cluster->serves(facts(JobKind::TFJob).resource, {}).value());
        QVERIFY(m_cluster->serves(kinds::pods(), {}).value());
        QVERIFY(!m_cluster->serves(kinds::nodes(), {}).value());
    }

    void execGivesTheExitCode()
    {
        m_server->execAnswer = net::ExecResult{"out"_ba, "err"_ba, "{\"status\":\"Success\"}"_ba};
        auto result = m_cluster->exec(u"ml"_s, u"p"_s, u"c"_s, {u"ls"_s, u"-l"_s, u""_s, u"a&b"_s}, {});
        QVERIFY(result);
        QCOMPARE(result->exitCode, 0);
        QCOMPARE(result->out, "out"_ba);
        QCOMPARE(
            m_server->execs[0].path,
            u"/api/v1/namespaces/ml/pods/p/exec?command=ls&command=-l&command=&command=a%26b&container=c&stdout=true&stderr=true"_s);
        m_server->execAnswer = net::ExecResult{
            {},
            {},
            "{\"status\":\"Failure\",\"reason\":\"NonZeroExitCode\",\"details\":{\"causes\":[{\"reason\":\"ExitCode\",\"message\":\"3\"}]}}"_ba};
        result = m_cluster->exec(u"ml"_s, u"p"_s, u"c"_s, {u"false"_s}, {});
        QVERIFY(result);
        QCOMPARE(result->exitCode, 3);
        m_server->execAnswer =
            net::ExecResult{{}, {}, "{\"status\":\"Failure\",\"code\":500,\"message\":\"no such container\"}"_ba};
        QVERIFY(!m_cluster->exec(u"ml"_s, u"p"_s, u"c"_s, {u"x"_s}, {}));
        m_server->execAnswer = net::ExecResult{{}, {}, {}};
        QVERIFY(!m_cluster->exec(u"ml"_s, u"p"_s, u"c"_s, {u"x"_s}, {}));
        QVERIFY(!m_cluster->exec(u"ml"_s, u"p"_s, u"c"_s, {}, {}));
    }

    void aFollowedLogSurvivesALostConnection()
    {
        int asked = 0;
        m_server->automatic = [&](const net::Request &request) {
            // Is the container still there? First yes, then no.
            if (path(request) == "/api/v1/namespaces/ml/pods/p"_L1)
                return ++asked == 1
                    ? answer(200, "{\"status\":{\"containerStatuses\":[{\"name\":\"c\",\"state\":{\"running\":{}}}]}}")
                    : answer(200, "{\"status\":{\"phase\":\"Succeeded\"}}");
            return answer(500, "");
        };
        QByteArrayList lines;
        Result<> result;
        LogOptions options;
        options.container = u"c"_s;
        options.tailLines = 10;
        std::jthread follower([&](std::stop_token stop) {
            result = m_cluster->followLog(
                u"ml"_s, u"p"_s, options,
                [&](const QByteArray &line) {
                    lines.append(line);
                    return true;
                },
                stop);
        });
        const auto first = m_server->channel(0);
        QVERIFY(first);
        QCOMPARE(value(first->request, "follow"), u"true"_s);
        QCOMPARE(value(first->request, "timestamps"), u"true"_s);
        QCOMPARE(value(first->request, "tailLines"), u"10"_s);
        first->start("text/plain");
        first->send("2026-01-01T00:00:01.5Z one\n2026-01-01T00:00:02.5Z two\n2026-01-01T00:0");
        first->end(fail(Error::make(Error::Kind::Network, u"reset"_s)));
        const auto second = m_server->channel(1);
        QVERIFY(second);
        QCOMPARE(value(second->request, "sinceTime"), u"2026-01-01T00:00:02Z"_s);
        QCOMPARE(value(second->request, "tailLines"), QString());
        second->start("text/plain");
        second->send("2026-01-01T00:00:02.5Z two\n2026-01-01T00:00:03.5Z three\n");
        second->end(); // cut by a proxy: the container runs on
        const auto third = m_server->channel(2);
        QVERIFY(third);
        third->start("text/plain");
        third->send("2026-01-01T00:00:03.5Z three\n2026-01-01T00:00:04.5Z four");
        third->end();
        follower.join();
        QVERIFY(result);
        QCOMPARE(lines, (QByteArrayList{"one", "two", "three", "four"}));
    }

    void aLogThatCannotBeReadSaysWhy()
    {
        Result<> result;
        std::jthread follower([&](std::stop_token stop) {
            result = m_cluster->followLog(
                u"ml"_s, u"p"_s, {}, [](const QByteArray &) { return true; }, stop);
        });
        const auto channel = m_server->channel(0);
        QVERIFY(channel);
        channel->end(answer(
            400,
            "{\"kind\":\"Status\",\"code\":400,\"message\":\"container is waiting to start: trying and failing to pull "
            "image\"}"));
        follower.join();
        QVERIFY(!result);
        QVERIFY(result.error().why.contains("pull image"_L1));
    }

    void followingEndsWhenAsked()
    {
        Result<> result;
        std::jthread follower([&](std::stop_token stop) {
            result = m_cluster->followLog(
                u"ml"_s, u"p"_s, {}, [](const QByteArray &) { return true; }, stop);
        });
        QVERIFY(m_server->channel(0));
        follower.request_stop();
        follower.join();
        QCOMPARE(result.error().kind, Error::Kind::Cancelled);
        QVERIFY(m_server->channel(0)->isClosed());
    }
};

QTEST_GUILESS_MAIN(TestCluster)
#include "tst_cluster.moc"
