// SPDX-License-Identifier: GPL-3.0-or-later
#include "FakeTransport.h"
#include "kube/ApiAnswer.h"
#include "kube/ApiPath.h"
#include "kube/Cluster.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QElapsedTimer>
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
        QVERIFY(!body(m_sent[0]).contains(u"gracePeriodSeconds"_s));
        options.graceSeconds = 0;
        QVERIFY(m_cluster->remove(pod(u"p"_s), options, {}));
        QCOMPARE(body(m_sent[1])[u"gracePeriodSeconds"_s], QJsonValue(0));
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
        const auto all = m_cluster->mapper({});
        QVERIFY(all);
        QCOMPARE(all->resources().size(), 2);
        QCOMPARE(all->find(kinds::pods())->subresources, QStringList{u"log"_s});
        QCOMPARE(all->gaps().size(), 1);
        QCOMPARE(all->gaps()[0].name(), u"broken/v1"_s);
        QVERIFY(m_cluster->serves(facts(JobKind::TFJob).resource, {}).value());
        QVERIFY(m_cluster->serves(kinds::pods(), {}).value());
        QVERIFY(!m_cluster->serves(kinds::nodes(), {}).value());
    }

    void aGroupThatHangsIsLeftOutInTime_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("name");
        QTest::newRow("an aggregated API") << u"/apis/metrics.k8s.io/v1"_s << u"metrics.k8s.io/v1"_s;
        QTest::newRow("the jobs themselves") << u"/apis/kubeflow.org/v1"_s << u"kubeflow.org/v1"_s;
        QTest::newRow("the core group") << u"/api/v1"_s << u"v1"_s;
    }
    void aGroupThatHangsIsLeftOutInTime()
    {
        QFETCH(QString, path);
        QFETCH(QString, name);
        // Answers on many threads, and lets one request wait for its own time-out as the network would.
        struct Server final : Transport {
            QString broken;
            std::atomic<int> asked = 0;
            Result<net::Response> send(net::Request request, std::stop_token) override
            {
                ++asked;
                if (request.path == broken) {
                    std::this_thread::sleep_for(request.timeout);
                    return fail(Error::Kind::Timeout, u"no answer"_s, u"It did not answer completely in time."_s);
                }
                if (request.path == "/api"_L1)
                    return answer(200, R"({"kind":"APIVersions","versions":["v1"]})");
                if (request.path == "/apis"_L1)
                    return answer(200, R"({"kind":"APIGroupList","groups":[
                        {"versions":[{"groupVersion":"metrics.k8s.io/v1"}]},
                        {"versions":[{"groupVersion":"kubeflow.org/v1alpha1"},{"groupVersion":"kubeflow.org/v1"}],
                         "preferredVersion":{"groupVersion":"kubeflow.org/v1"}}]})");
                return answer(200, R"({"resources":[{"name":"tfjobs","kind":"TFJob","namespaced":true},
                    {"name":"pods","kind":"Pod","namespaced":true}]})");
            }
            Result<std::unique_ptr<net::Stream>> open(net::Request, net::StreamHandlers, std::stop_token) override { return fail(Error::cancelled()); }
            Result<net::ExecResult> exec(net::ExecRequest, std::stop_token) override { return fail(Error::cancelled()); }
            QString defaultNamespace() const override { return {}; }
        };
        const auto server = std::make_shared<Server>();
        server->broken = path;
        Discovery discovery(server);
        discovery.setPatience(2s, 100ms);
        const auto mapper = discovery.mapper(1h, {});
        QVERIFY(mapper);
        QCOMPARE(server->asked.load(), 6);
        QCOMPARE(mapper->gaps().size(), 1);
        QCOMPARE(mapper->gaps()[0].name(), name);
        QVERIFY2(mapper->gaps()[0].error.oneLine().contains(name), qPrintable(mapper->gaps()[0].error.oneLine()));
        const ResourceKind &tfJobs = facts(JobKind::TFJob).resource;
        const auto served = mapper->serves(tfJobs);
        // What a silent group serves is not known; it is not missing.
        QCOMPARE(served.has_value(), name != "kubeflow.org/v1"_L1);
        QVERIFY(mapper->resolve(u"kubeflow.org/v1alpha1"_s, u"TFJob"_s));
        if (served)
            QCOMPARE(mapper->named(u"tfjobs.kubeflow.org"_s)->version, u"v1"_s); // the preferred one
    }
    void manyGroupsThatHangDoNotAddUp()
    {
        QStringList groups;
        for (int i = 0; i < 30; ++i)
            groups.append(u"{\"versions\":[{\"groupVersion\":\"g%1/v1\"}]}"_s.arg(i));
        struct Server final : Transport {
            QByteArray list;
            Result<net::Response> send(net::Request request, std::stop_token) override
            {
                if (request.path == "/api"_L1)
                    return answer(404, "");
                if (request.path == "/apis"_L1)
                    return answer(200, list);
                std::this_thread::sleep_for(request.timeout);
                return fail(Error::Kind::Network, u"lost"_s);
            }
            Result<std::unique_ptr<net::Stream>> open(net::Request, net::StreamHandlers, std::stop_token) override { return fail(Error::cancelled()); }
            Result<net::ExecResult> exec(net::ExecRequest, std::stop_token) override { return fail(Error::cancelled()); }
            QString defaultNamespace() const override { return {}; }
        };
        const auto server = std::make_shared<Server>();
        server->list = u"{\"kind\":\"APIGroupList\",\"groups\":[%1]}"_s.arg(groups.join(u',')).toUtf8();
        Discovery discovery(server);
        discovery.setPatience(300ms, 200ms);
        QElapsedTimer timer;
        timer.start();
        const auto mapper = discovery.mapper(1h, {});
        QVERIFY(mapper);
        QCOMPARE(mapper->gaps().size(), 30);
        QVERIFY2(timer.elapsed() < 3'000, qPrintable(QString::number(timer.elapsed()))); // one after the other: 6 s
    }
    void staleGroupsAreGaps()
    {
        m_server->automatic = [&](const net::Request &request) {
            return path(request) == "/api"_L1 ? answer(404, "") : answer(200, R"({"kind":"APIGroupDiscoveryList","items":[
                {"metadata":{"name":"metrics.k8s.io"},"versions":[{"version":"v1beta1","freshness":"Stale","resources":[]}]},
                {"metadata":{"name":"apps"},"versions":[{"version":"v1","freshness":"Current","resources":[{"resource":"deployments",
                  "responseKind":{"kind":"Deployment"},"scope":"Namespaced","verbs":["get","patch"],"shortNames":["deploy"],
                  "subresources":[{"subresource":"scale"},{"subresource":"status"}]}]}]}]})");
        };
        const auto mapper = m_cluster->mapper({});
        QVERIFY(mapper);
        QCOMPARE(mapper->gaps().size(), 1);
        QCOMPARE(mapper->gaps()[0].name(), u"metrics.k8s.io/v1beta1"_s);
        QVERIFY(!mapper->serves({u"metrics.k8s.io"_s, u"v1beta1"_s, u"pods"_s, u"PodMetrics"_s, true}));
        QCOMPARE(*mapper->serves(kinds::statefulSets()), false);
        const ServedResource *deployments = mapper->find(kinds::deployments());
        QVERIFY(deployments);
        QCOMPARE(deployments->subresources, (QStringList{u"scale"_s, u"status"_s}));
        QCOMPARE(deployments->verbs, (QStringList{u"get"_s, u"patch"_s}));
        QCOMPARE(*mapper->named(u"deploy"_s), kinds::deployments());
    }
    void subresourcesAreReadAndPatched()
    {
        answerAll(answer(200, R"({"kind":"Scale","spec":{"replicas":2}})"));
        const ObjectRef deployment{kinds::deployments(), u"ml"_s, u"d"_s, {}};
        QVERIFY(m_cluster->getPart(deployment, u"scale"_s, {}));
        WriteOptions options;
        options.subresource = u"scale"_s;
        QVERIFY(m_cluster->patch(deployment, PatchType::Merge, QJsonObject{}, options, {}));
        QCOMPARE(path(m_sent[0]), u"/apis/apps/v1/namespaces/ml/deployments/d/scale"_s);
        QCOMPARE(path(m_sent[1]), u"/apis/apps/v1/namespaces/ml/deployments/d/scale"_s);
        QVERIFY(!m_cluster->getPart(deployment, u"../../x"_s, {}));
        QCOMPARE(m_sent.size(), size_t(2));
        answerAll(answer(403, R"({"kind":"Status","code":403,"reason":"Forbidden"})"));
        QVERIFY(m_cluster->getPart(deployment, u"scale"_s, {}).error().what.contains(u"deployments/scale"_s));
    }
    void pagesOfAnyKindAreGivenOneByOne()
    {
        answerAll(answer(200, R"({"metadata":{"continue":"t","remainingItemCount":7,"resourceVersion":"9"},"items":[{"metadata":{"name":"a"}}]})"));
        ListQuery query{u"ml"_s, u"a=b"_s, {}, 20, {}};
        const auto page = m_cluster->page(kinds::configMaps(), query, {});
        QVERIFY(page);
        QCOMPARE(page->objects[0][u"kind"_s].toString(), u"ConfigMap"_s);
        QCOMPARE(page->next, u"t"_s);
        QCOMPARE(page->remaining, std::optional<qint64>(7));
        QCOMPARE(page->resourceVersion, u"9"_s);
        QCOMPARE(value(m_sent[0], "limit"), u"20"_s);
        QCOMPARE(value(m_sent[0], "continue"), QString());
        query.next = page->next;
        QVERIFY(!m_cluster->page(kinds::configMaps(), query, {})); // the same page again
        QCOMPARE(value(m_sent[1], "continue"), u"t"_s);
    }
    void singleObjectsAreBounded()
    {
        answerAll(answer(200, R"({"items":[]})"));
        QVERIFY(m_cluster->get(pod(u"p"_s), {}));
        QVERIFY(m_cluster->patch(pod(u"p"_s), PatchType::Merge, QJsonObject{}, {}, {}));
        QVERIFY(m_cluster->create(kinds::pods(), u"ml"_s, {}, {}, {}));
        QVERIFY(m_cluster->remove(pod(u"p"_s), {}, {}));
        for (const net::Request &request : m_sent)
            QCOMPARE(request.maxBody, 32LL << 20);
        QVERIFY(m_cluster->list(kinds::pods(), {}, {}, {}, {}));
        QVERIFY(m_sent.back().maxBody > 32LL << 20);
    }
    void whatMayBeDoneIsAskedAtOnce()
    {
        answerAll(answer(201, R"({"status":{"incomplete":false,"resourceRules":[
            {"verbs":["get","list"],"apiGroups":[""],"resources":["pods","pods/log"]},
            {"verbs":["*"],"apiGroups":["kubeflow.org"],"resources":["*"]},
            {"verbs":["patch"],"apiGroups":["apps"],"resources":["*/scale"]},
            {"verbs":["get"],"apiGroups":[""],"resources":["secrets"],"resourceNames":["mine"]}]}})"));
        const auto rules = m_cluster->rules(u"ml"_s, {});
        QVERIFY(rules);
        QCOMPARE(body(m_sent[0])[u"spec"_s], QJsonValue(QJsonObject{{u"namespace"_s, u"ml"_s}}));
        QVERIFY(rules->complete);
        const auto may = [&](const QString &verb, const QString &group, const QString &resource, const QString &sub = {}, const QString &name = {}) {
            return rules->allows({verb, group, resource, sub, u"ml"_s, name});
        };
        QCOMPARE(may(u"list"_s, {}, u"pods"_s), std::optional(true));
        QCOMPARE(may(u"get"_s, {}, u"pods"_s, u"log"_s), std::optional(true));
        QCOMPARE(may(u"get"_s, {}, u"pods"_s, u"exec"_s), std::optional(false));
        QCOMPARE(may(u"delete"_s, {}, u"pods"_s), std::optional(false));
        QCOMPARE(may(u"list"_s, u"apps"_s, u"pods"_s), std::optional(false));
        QCOMPARE(may(u"patch"_s, u"kubeflow.org"_s, u"tfjobs"_s, u"status"_s), std::optional(true));
        QCOMPARE(may(u"patch"_s, u"apps"_s, u"deployments"_s, u"scale"_s), std::optional(true));
        QCOMPARE(may(u"patch"_s, u"apps"_s, u"deployments"_s), std::optional(false));
        QCOMPARE(may(u"get"_s, {}, u"secrets"_s, {}, u"mine"_s), std::optional(true));
        QCOMPARE(may(u"get"_s, {}, u"secrets"_s), std::optional(false));
        // An authoriser that cannot list its rules leaves a no unknown.
        answerAll(answer(201, R"({"status":{"incomplete":true,"evaluationError":"webhook authorizer does not support user rule resolution","resourceRules":[]}})"));
        const auto partial = m_cluster->rules(u"ml"_s, {});
        QVERIFY(partial && !partial->complete);
        QCOMPARE(partial->allows({u"get"_s, {}, u"pods"_s, {}, {}, {}}), std::nullopt);
        QVERIFY(partial->why.contains(u"webhook"_s));
    }
    void schemasAreReadAgainWhenTheirHashChanges()
    {
        QByteArray hash = "AB%3D";
        m_server->automatic = [&](const net::Request &request) {
            m_sent.push_back(request);
            if (path(request) == "/openapi/v3"_L1)
                return answer(200, QByteArray("{'paths':{'apis/apps/v1':{'serverRelativeURL':'/openapi/v3/apis/apps/v1?hash=HASH'},"
                                              "'api/v1':{'serverRelativeURL':'https://evil.example/steal?hash=X'}}}")
                                       .replace('\'', '"')
                                       .replace("HASH", hash));
            return answer(200, R"({"openapi":"3.0.0","components":{"schemas":{"x":{}}}})");
        };
        const auto apps = m_cluster->openApi(u"apps"_s, u"v1"_s, {});
        QVERIFY(apps);
        QVERIFY((*apps)[u"components"_s][u"schemas"_s].isObject());
        QCOMPARE(m_sent[1].path, u"/openapi/v3/apis/apps/v1?hash=AB%3D"_s);
        QVERIFY(m_cluster->openApi(u"apps"_s, u"v1"_s, {}));
        QCOMPARE(m_sent.size(), size_t(2)); // from memory
        QVERIFY(m_cluster->openApi({}, u"v1"_s, {}));
        QCOMPARE(m_sent[2].path, u"/openapi/v3/api/v1?hash=X"_s); // wherever it pointed
        const auto none = m_cluster->openApi(u"batch"_s, u"v1"_s, {});
        QVERIFY(!none);
        QCOMPARE(none.error().kind, Error::Kind::Unsupported);
        OpenApi other(m_server); // a later look, with a fresh index
        m_sent.clear();
        hash = "CD";
        QVERIFY(other.document(u"apps"_s, u"v1"_s, {}));
        QCOMPARE(m_sent[1].path, u"/openapi/v3/apis/apps/v1?hash=CD"_s);
        answerAll(answer(404, "404 page not found", "text/plain"));
        Cluster old(m_server);
        QCOMPARE(old.openApi(u"apps"_s, u"v1"_s, {}).error().kind, Error::Kind::Unsupported);
        answerAll(answer(500, "{}"));
        Cluster broken(m_server);
        QCOMPARE(broken.openApi(u"apps"_s, u"v1"_s, {}).error().kind, Error::Kind::Server);
    }

    void execGivesTheExitCode()
    {
        m_server->execAnswer = net::ExecResult{"out"_ba, "err"_ba, "{\"status\":\"Success\"}"_ba};
        auto result = m_cluster->exec(u"ml"_s, u"p"_s, u"c"_s, {u"ls"_s, u"-l"_s, u""_s, u"a&b"_s}, Secret(), {});
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
        result = m_cluster->exec(u"ml"_s, u"p"_s, u"c"_s, {u"false"_s}, Secret(), {});
        QVERIFY(result);
        QCOMPARE(result->exitCode, 3);
        m_server->execAnswer =
            net::ExecResult{{}, {}, "{\"status\":\"Failure\",\"code\":500,\"message\":\"no such container\"}"_ba};
        QVERIFY(!m_cluster->exec(u"ml"_s, u"p"_s, u"c"_s, {u"x"_s}, Secret(), {}));
        m_server->execAnswer = net::ExecResult{{}, {}, {}};
        QVERIFY(!m_cluster->exec(u"ml"_s, u"p"_s, u"c"_s, {u"x"_s}, Secret(), {}));
        QVERIFY(!m_cluster->exec(u"ml"_s, u"p"_s, u"c"_s, {}, Secret(), {}));
        // What is given to it is in no address.
        (void)m_cluster->exec(u"ml"_s, u"p"_s, u"c"_s, {u"cat"_s}, Secret("hunter2"_ba), {});
        QCOMPARE(m_server->execs.back().path, u"/api/v1/namespaces/ml/pods/p/exec?command=cat&container=c&stdout=true&stderr=true&stdin=true"_s);
        QCOMPARE(m_server->execs.back().input.reveal(), "hunter2"_ba);
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
