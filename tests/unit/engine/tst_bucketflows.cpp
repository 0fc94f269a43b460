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
        QCOMPARE(plan.error().reason, QString(endpointUnknown));
        QVERIFY(!readASecret(api));
    }

    void whoNamesTheServerIsAskedAboutThatOne()
    {
        tests::FakeObjectApi api;
        api.put(kinds::secrets(), secret(u"store"_s, {{u"id"_s, "AKID"}, {u"key"_s, "hush"}, {u"url"_s, "https://evil.example.org"}}));
        QJsonArray env = keysOf(u"store"_s);
        env.append(fromSecret(u"AWS_ENDPOINT_URL"_s, u"store"_s, u"url"_s));
        const Job job = put(api, env);
        for (const QString &wrong : {u"minio"_s, u"ftp://minio"_s, u"https://"_s, u"https://who:what@minio"_s})
            QCOMPARE(nameEndpoint(api, job.ref(), wrong, {}).error().kind, Error::Kind::Invalid);
        QVERIFY(!planBucket(api, job, {}));
        QVERIFY(nameEndpoint(api, job.ref(), u"https://minio.example.org:9000"_s, {}));
        const auto plan = planBucket(api, job, {});
        QVERIFY2(plan, qPrintable(plan ? QString() : plan.error().oneLine()));
        QCOMPARE(plan->server(), u"https://minio.example.org:9000"_s);
        QVERIFY(plan->consentKey(u"c"_s, u"nlp"_s).contains(u"https://minio.example.org:9000"_s));
        const auto access = accessOfJob(api, job, *plan, {});
        QVERIFY(access);
        QCOMPARE(access->store.server, QUrl(u"https://minio.example.org:9000"_s)); // not what the Secret says
        QCOMPARE(planBucket(api, job, {}, u"https://other.example.org"_s)->server(), u"https://other.example.org"_s);
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
        // As the record of an unfinished change names it.
        QVERIFY(recheckOf(api, job.ref(), u"s3://ckpt/run/step-1.pt"_s, read)({}));
        QCOMPARE(recheckOf(api, job.ref(), u"s3://ckpt/run/step-2.pt"_s, read)({}).error().kind, Error::Kind::NotFound);

        // The job names another server by now: its keys are not read for that one.
        put(api, env(u"https://elsewhere.example.org"_s));
        api.forgetCalls();
        QCOMPARE(recheckOf(api, resume, read)({}).error().kind, Error::Kind::Consent);
        QVERIFY(!readASecret(api));
    }

    void consentIsBoundToEveryKey_data()
    {
        QTest::addColumn<QJsonArray>("env");
        QTest::addColumn<QJsonArray>("envFrom");
        QTest::addColumn<bool>("same");
        const QJsonArray keys = keysOf(u"store"_s);
        const auto with = [&](const QJsonObject &entry) {
            QJsonArray list = keys;
            list.append(entry);
            return list;
        };
        QTest::newRow("nothing changed") << keys << QJsonArray() << true;
        QTest::newRow("the other way round") << QJsonArray{keys[1], keys[0]} << QJsonArray() << true;
        QTest::newRow("a variable that is not for S3") << with(fromSecret(u"DB_PASSWORD"_s, u"db"_s, u"pw"_s)) << QJsonArray() << true;
        // Whose value would travel to the server as the id of the key.
        QTest::newRow("another key of the Secret") << QJsonArray{fromSecret(u"AWS_ACCESS_KEY_ID"_s, u"store"_s, u"root-password"_s), keys[1]} << QJsonArray() << false;
        QTest::newRow("another Secret") << QJsonArray{keys[0], fromSecret(u"AWS_SECRET_ACCESS_KEY"_s, u"db"_s, u"key"_s)} << QJsonArray() << false;
        QTest::newRow("one more variable") << with(fromSecret(u"AWS_SESSION_TOKEN"_s, u"store"_s, u"x"_s)) << QJsonArray() << false;
        QTest::newRow("a Secret as a whole") << keys << QJsonArray{whole(u"store"_s)} << false;
        QTest::newRow("another server") << with(plain(u"AWS_ENDPOINT_URL"_s, u"https://elsewhere"_s)) << QJsonArray() << false;
    }
    void consentIsBoundToEveryKey()
    {
        QFETCH(QJsonArray, env);
        QFETCH(QJsonArray, envFrom);
        QFETCH(bool, same);
        tests::FakeObjectApi api;
        const auto agreed = planBucket(api, put(api, keysOf(u"store"_s)), {});
        const auto now = planBucket(api, put(api, env, envFrom), {});
        QVERIFY(agreed && now);
        QCOMPARE(now->consentKey(u"cluster"_s, u"nlp"_s) == agreed->consentKey(u"cluster"_s, u"nlp"_s), same);
        QVERIFY(now->consentKey(u"cluster"_s, u"nlp"_s) != now->consentKey(u"other"_s, u"nlp"_s));
        QVERIFY(now->consentKey(u"cluster"_s, u"nlp"_s) != now->consentKey(u"cluster"_s, u"vision"_s));
        BucketPlan elsewhere = *now;
        elsewhere.place.bucket = u"another"_s;
        QVERIFY(now->consentKey(u"cluster"_s, u"nlp"_s) != elsewhere.consentKey(u"cluster"_s, u"nlp"_s));
    }
    void theQuestionNamesEveryKey()
    {
        tests::FakeObjectApi api;
        const auto plan = planBucket(api, put(api, keysOf(u"store"_s), {whole(u"more"_s)}), {});
        QVERIFY(plan);
        QCOMPARE(plan->keySources(), (QStringList{u"AWS_ACCESS_KEY_ID: data key id of Secret store"_s, u"AWS_SECRET_ACCESS_KEY: data key key of Secret store"_s,
                                                  u"every variable of Secret more"_s}));
    }
    void whoTakesAConsentBackForgetsTheKeys()
    {
        tests::FakeObjectApi api;
        QJsonArray env = keysOf(u"store"_s);
        env.append(plain(u"AWS_ENDPOINT_URL"_s, u"https://minio:9000/"_s));
        env.append(plain(u"AWS_REGION"_s, u"eu-west-1"_s));
        const auto plan = planBucket(api, put(api, env), {});
        QVERIFY(plan);
        tests::MemoryKeychain keychain;
        s3::Access access{plan->store, {"AKID"_ba, Secret("hush"), {}}};
        QVERIFY(keepKeys(keychain, access, u"ckpt"_s, {}));
        QVERIFY(keepKeys(keychain, access, u"other"_s, {}));
        s3::Access aws = access;
        aws.store.server.clear();
        QVERIFY(keepKeys(keychain, aws, u"ckpt"_s, {}));
        QCOMPARE(keychain.kept.size(), 3);
        QVERIFY(forgetKeys(keychain, plan->consentKey(u"https://cluster:6443"_s, u"nlp"_s), {}));
        QCOMPARE(keychain.kept.size(), 2); // of this server and bucket alone
        QVERIFY(keptKeys(keychain, plan->store, u"ckpt"_s, {})->isEmpty());
        QVERIFY(!keptKeys(keychain, plan->store, u"other"_s, {})->isEmpty());
        BucketPlan onAws = *plan;
        onAws.store.server.clear();
        QVERIFY(forgetKeys(keychain, onAws.consentKey(u"https://cluster:6443"_s, u"nlp"_s), {}));
        QVERIFY(keptKeys(keychain, aws.store, u"ckpt"_s, {})->isEmpty());
        QVERIFY(forgetKeys(keychain, u"https://cluster:6443 nlp https://minio:9000/ store"_s, {})); // of an older Cairn
        QCOMPARE(keychain.kept.size(), 1);
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
