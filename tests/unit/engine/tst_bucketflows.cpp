// SPDX-License-Identifier: GPL-3.0-or-later
#include "FakeObjectApi.h"
#include "MemoryKeychain.h"
#include "FaultServer.h"
#include "domain/ObjectDecoder.h"
#include "engine/BucketFlows.h"

#include <QJsonDocument>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::app;

namespace {

const ResourceKind &torch()
{
    return facts(JobKind::PyTorchJob).resource;
}

QJsonObject plain(const QString &name, const QString &value)
{
    return {{u"name"_s, name}, {u"value"_s, value}};
}

QJsonObject fromSecret(const QString &name, const QString &secret, const QString &key)
{
    return {{u"name"_s, name},
            {u"valueFrom"_s, QJsonObject{{u"secretKeyRef"_s, QJsonObject{{u"name"_s, secret}, {u"key"_s, key}}}}}};
}

QJsonObject whole(const QString &secret, const QString &prefix = {})
{
    QJsonObject entry{{u"secretRef"_s, QJsonObject{{u"name"_s, secret}}}};
    if (!prefix.isEmpty())
        entry.insert(u"prefix"_s, prefix);
    return entry;
}

QJsonObject secret(const QString &name, const QMap<QString, QByteArray> &values)
{
    QJsonObject data;
    for (auto it = values.begin(); it != values.end(); ++it)
        data.insert(it.key(), QString::fromLatin1(it.value().toBase64()));
    return {{u"apiVersion"_s, u"v1"_s}, {u"kind"_s, u"Secret"_s},
            {u"metadata"_s, QJsonObject{{u"name"_s, name}, {u"namespace"_s, u"nlp"_s}}}, {u"data"_s, data}};
}

/// A PyTorchJob of the namespace nlp that saves to s3://ckpt/run, put into `api`.
Job put(tests::FakeObjectApi &api, QJsonArray env, const QJsonArray &envFrom = {})
{
    env.append(plain(u"CHECKPOINT_DIR"_s, u"s3://ckpt/run"_s));
    const QJsonObject container{{u"name"_s, u"pytorch"_s}, {u"image"_s, u"i"_s}, {u"env"_s, env}, {u"envFrom"_s, envFrom}};
    const QJsonObject role{{u"replicas"_s, 1},
                           {u"template"_s, QJsonObject{{u"spec"_s, QJsonObject{{u"containers"_s, QJsonArray{container}}}}}}};
    const QJsonObject object = api.put(torch(), {{u"apiVersion"_s, u"kubeflow.org/v1"_s}, {u"kind"_s, u"PyTorchJob"_s},
        {u"metadata"_s, QJsonObject{{u"name"_s, u"llama"_s}, {u"namespace"_s, u"nlp"_s}}},
        {u"spec"_s, QJsonObject{{u"pytorchReplicaSpecs"_s, QJsonObject{{u"Master"_s, role}}}}}});
    return *decodeJob(QJsonDocument(object).toJson(QJsonDocument::Compact), JobKind::PyTorchJob);
}

QJsonArray keysOf(const QString &name)
{
    return {fromSecret(u"AWS_ACCESS_KEY_ID"_s, name, u"id"_s), fromSecret(u"AWS_SECRET_ACCESS_KEY"_s, name, u"key"_s)};
}

bool readASecret(const tests::FakeObjectApi &api)
{
    return std::ranges::any_of(api.calls(), [](const auto &call) { return call.resource == u"secrets"; });
}

} // namespace

class TestBucketFlows : public QObject {
    Q_OBJECT

private slots:
    void thePlanNamesSecretsAndReadsNone()
    {
        tests::FakeObjectApi api;
        QJsonArray env = keysOf(u"store"_s);
        env.append(plain(u"AWS_ENDPOINT_URL"_s, u"https://minio.example.org:9000"_s));
        env.append(plain(u"AWS_REGION"_s, u"eu-west-1"_s));
        const Job job = put(api, env, {whole(u"more"_s)});
        const auto plan = planBucket(api, job, {});
        QVERIFY2(plan, qPrintable(plan ? QString() : plan.error().oneLine()));
        QCOMPARE(plan->place.bucket, u"ckpt"_s);
        QCOMPARE(plan->place.prefix, "run/"_ba);
        QCOMPARE(plan->server(), u"https://minio.example.org:9000"_s);
        QCOMPARE(plan->store.region, "eu-west-1"_ba);
        QCOMPARE(plan->secrets(), QStringList({u"more"_s, u"store"_s}));
        QVERIFY(!readASecret(api));
    }

    void keysComeOutOfSecrets()
    {
        tests::FakeObjectApi api;
        api.put(kinds::secrets(), secret(u"store"_s, {{u"id"_s, "AKID"}, {u"key"_s, "hush/+="}}));
        const Job job = put(api, keysOf(u"store"_s));
        const auto plan = planBucket(api, job, {});
        QVERIFY(plan && plan->store.isAws());
        const auto access = accessOfJob(api, job, *plan, {});
        QVERIFY(access);
        QCOMPARE(access->keys.id, "AKID"_ba);
        QVERIFY(access->keys.secret == Secret("hush/+="));
        QVERIFY(access->store.isAws());
    }

    void wholeSecretsCountAsTheContainerSeesThem()
    {
        tests::FakeObjectApi api;
        api.put(kinds::secrets(), secret(u"one"_s, {{u"AWS_ACCESS_KEY_ID"_s, "first"}, {u"AWS_SECRET_ACCESS_KEY"_s, "s1"}, {u"AWS_SESSION_TOKEN"_s, "t"}}));
        api.put(kinds::secrets(), secret(u"two"_s, {{u"ACCESS_KEY_ID"_s, "second"}, {u"AWS_SECRET_ACCESS_KEY"_s, "unseen"}}));
        api.put(kinds::secrets(), secret(u"own"_s, {{u"k"_s, "s3"}}));
        const Job job = put(api, {fromSecret(u"AWS_SECRET_ACCESS_KEY"_s, u"own"_s, u"k"_s)}, {whole(u"one"_s), whole(u"two"_s, u"AWS_"_s)});
        const auto plan = planBucket(api, job, {});
        QVERIFY(plan);
        const auto access = accessOfJob(api, job, *plan, {});
        QVERIFY(access);
        QCOMPARE(access->keys.id, "second"_ba);            // the later Secret wins, its prefix put before
        QVERIFY(access->keys.secret == Secret("s3"));      // env beats envFrom
        QVERIFY(access->keys.sessionToken == Secret("t"));
    }

    void aSecretCannotMoveTheEndpoint()
    {
        tests::FakeObjectApi api;
        api.put(kinds::secrets(), secret(u"store"_s, {{u"AWS_ACCESS_KEY_ID"_s, "AKID"}, {u"AWS_SECRET_ACCESS_KEY"_s, "hush"},
                                                     {u"AWS_ENDPOINT_URL"_s, "https://evil.example.org"}}));
        const Job job = put(api, {}, {whole(u"store"_s)});
        const auto plan = planBucket(api, job, {});
        QVERIFY(plan && plan->store.isAws());
        const auto access = accessOfJob(api, job, *plan, {});
        QVERIFY(!access);
        QCOMPARE(access.error().kind, Error::Kind::Consent);
        QVERIFY(access.error().why.contains("evil.example.org"_L1));
        QVERIFY(!access.error().oneLine().contains("hush"_L1));
        // Nor where the job's own variable names one, which is what was shown.
        const Job named = put(api, {plain(u"AWS_ENDPOINT_URL_S3"_s, u"https://minio.example.org"_s)}, {whole(u"store"_s)});
        const auto shown = planBucket(api, named, {});
        QVERIFY(shown);
        QCOMPARE(accessOfJob(api, named, *shown, {})->store.server, QUrl(u"https://minio.example.org"_s));
    }

    void anEndpointThatCannotBeShownIsNotUsed()
    {
        tests::FakeObjectApi api;
        QJsonArray env = keysOf(u"store"_s);
        env.append(fromSecret(u"AWS_ENDPOINT_URL"_s, u"store"_s, u"url"_s));
        const auto plan = planBucket(api, put(api, env), {});
        QVERIFY(!plan);
        QCOMPARE(plan.error().kind, Error::Kind::Unsupported);
        QVERIFY(!readASecret(api));
    }

    void refusalsAreTheServers()
    {
        tests::FakeObjectApi api;
        const Job job = put(api, keysOf(u"store"_s));
        const auto plan = planBucket(api, job, {});
        QVERIFY(plan);
        QCOMPARE(accessOfJob(api, job, *plan, {}).error().kind, Error::Kind::NotFound);
        api.deny(u"get secrets"_s);
        QCOMPARE(accessOfJob(api, job, *plan, {}).error().kind, Error::Kind::Forbidden);
    }

    void otherStoresAreNotListed()
    {
        tests::FakeObjectApi api;
        Job job = put(api, {});
        job.env[u"CHECKPOINT_DIR"_s] = u"gs://ckpt/run"_s;
        QVERIFY(!savesToBucket(ckpt::locate(job)));
        QVERIFY(!planBucket(api, job, {}));
    }

    void theListingIsOfTheBucketAndAResumeStartsThere()
    {
        test::FaultServer server(test::faults::serve([](const test::FaultRequest &) {
            return test::faults::answer(200, "<ListBucketResult><Contents><Key>run/step-1.pt</Key><Size>0</Size></Contents></ListBucketResult>");
        }));
        tests::FakeObjectApi api;
        const Job job = put(api, {plain(u"AWS_ENDPOINT_URL"_s, server.url().toString())});
        const auto plan = planBucket(api, job, {});
        QVERIFY(plan && plan->secrets().isEmpty());
        const auto access = accessOfJob(api, job, *plan, {});
        QVERIFY(access && access->keys.isEmpty());
        net::HttpClient http("cairn-test/1.0");
        const auto listing = readBucket(http, job, {}, *plan, *access, {});
        QVERIFY(listing);
        QCOMPARE(listing->root, u"s3://ckpt/run"_s);
        QCOMPARE(listing->listing.runs.size(), 1);
        api.forgetCalls();
        const Checkpoint &first = listing->listing.runs[0].checkpoints[0];
        QCOMPARE(listing->containerPath(first), u"s3://ckpt/run/step-1.pt"_s);
        const auto request = readForResume(api, job.ref(), *listing, first, {});
        const auto resume = request.map([](const jobs::ResumeRequest &read) { return jobs::planResume(read); });
        QVERIFY(resume);
        QCOMPARE(resume->problems.size(), 1);
        QCOMPARE(resume->problems[0].id, u"damaged"_s); // an empty file
        QCOMPARE(resume->told, u"RESUME_FROM_CHECKPOINT=s3://ckpt/run/step-1.pt"_s);
        QVERIFY(resume->saveDir.startsWith(u"s3://ckpt/run/attempt-2-"_s));
        // What lies in other stores cannot be read, so nothing starts there.
        JobListing elsewhere = *listing;
        elsewhere.location.uri = u"gs://ckpt/run"_s;
        QCOMPARE(readForResume(api, job.ref(), elsewhere, first, {}).error().kind, Error::Kind::Unsupported);
    }

    void aBucketIsReadAgainOnlyAsItWasAgreedTo()
    {
        test::FaultServer server(test::faults::serve([](const test::FaultRequest &) {
            return test::faults::answer(200, "<ListBucketResult><Contents><Key>run/step-1.pt</Key><Size>0</Size></Contents></ListBucketResult>");
        }));
        tests::FakeObjectApi api;
        api.put(kinds::secrets(), secret(u"store"_s, {{u"id"_s, "AKID"}, {u"key"_s, "hush"}}));
        const auto env = [&](const QString &endpoint) {
            QJsonArray list = keysOf(u"store"_s);
            list.append(plain(u"AWS_ENDPOINT_URL"_s, endpoint));
            list.append(plain(u"AWS_REGION"_s, u"eu-west-1"_s));
            return list;
        };
        const Job job = put(api, env(server.url().toString()));
        const auto plan = planBucket(api, job, {});
        QVERIFY(plan);
        net::HttpClient http("cairn-test/1.0");
        tests::MemoryKeychain keychain;
        const auto read = agreedBucket(http, keychain, api, u"cluster"_s, {plan->consentKey(u"cluster"_s, u"nlp"_s)});
        jobs::ResumePlan resume;
        resume.job = job;
        resume.checkpoint.path = u"step-1.pt"_s;
        QVERIFY(recheckOf(api, resume, read)({}));
        resume.checkpoint.path = u"step-2.pt"_s;
        QCOMPARE(recheckOf(api, resume, read)({}).error().kind, Error::Kind::NotFound);

        // The job names another server by now: its keys are not read for that one.
        put(api, env(u"https://elsewhere.example.org"_s));
        api.forgetCalls();
        QCOMPARE(recheckOf(api, resume, read)({}).error().kind, Error::Kind::Consent);
        QVERIFY(!readASecret(api));
    }

    void allAttemptsAreListed()
    {
        tests::FakeObjectApi api;
        Job job = put(api, {});
        job.env[u"CHECKPOINT_DIR"_s] = u"s3://ckpt/run/attempt-2-abc123"_s;
        const auto plan = planBucket(api, job, {});
        QVERIFY(plan);
        QCOMPARE(plan->uri, u"s3://ckpt/run"_s);
        QCOMPARE(plan->place.prefix, "run/"_ba);
    }
};

QTEST_GUILESS_MAIN(TestBucketFlows)
#include "tst_bucketflows.moc"
