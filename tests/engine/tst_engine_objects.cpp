// SPDX-License-Identifier: GPL-3.0-or-later
#include "EngineTest.h"
#include "domain/ObjectDecoder.h"
#include "kube/ApiAnswer.h"

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::kube;
using namespace cairn::test;

class TestEngineObjects : public QObject
{
    Q_OBJECT

    std::unique_ptr<TestCluster> m_lab;
    QString m_ns;

    Cluster &cluster() { return *m_lab->cluster; }
    ObjectRef pod(const QString &name, const QString &uid = {}) { return {kinds::pods(), m_ns, name, uid}; }
    /// The same server as another user.
    std::unique_ptr<Cluster> as(const QByteArray &user)
    {
        return std::make_unique<Cluster>(
            m_lab->http,
            std::make_shared<OtherCredentials>(m_lab->credentials, QList<net::Header>{{"Impersonate-User", user}}));
    }
    QString created(const QString &name)
    {
        const auto result = cluster().create(kinds::pods(), m_ns, gatedPod(name), {}, {});
        if (!result)
            qWarning("%s", qPrintable(result.error().oneLine()));
        return result ? (*result)[u"metadata"_s][u"uid"_s].toString() : QString();
    }

    /// Reads one page in both forms and compares what did not change in between.
    template <class T>
    void compareForms(const QString &path, ObjectDecoder<T> &decoder)
    {
        int compared = 0;
        for (int attempt = 0; attempt < 10 && compared == 0; ++attempt) {
            QHash<QString, T> json;
            for (const QByteArray &accept : {"application/json"_ba, "application/vnd.kubernetes.protobuf"_ba}) {
                net::Request request;
                request.path = path;
                request.headers = {{"Accept", accept}};
                const auto answer = cluster().transport().send(request, {});
                QVERIFY(answer && answer->status == 200);
                QVERIFY2(answer->contentType.startsWith(accept), answer->contentType.constData());
                const WireFormat format = wireFormatOf(answer->contentType);
                const auto page = decoder.page(answer->body, format);
                QVERIFY2(page, qPrintable(page ? QString() : page.error().oneLine()));
                for (const T &item : page->items) {
                    if (format == WireFormat::Json) {
                        json.insert(item.uid, item);
                    } else if (const auto it = json.constFind(item.uid);
                               it != json.cend() && it->resourceVersion == item.resourceVersion) {
                        QVERIFY2(*it == item, qPrintable(item.name));
                        ++compared;
                    }
                }
            }
        }
        QVERIFY(compared > 0);
        qInfo("%d objects of %s are the same in both forms", compared, qPrintable(path));
    }

private slots:
    void initTestCase()
    {
        m_lab = std::make_unique<TestCluster>();
        QVERIFY2(m_lab->cluster, qPrintable(m_lab->problem));
        m_ns = freshName(u"cairn-engine-"_s);
        const auto made =
            cluster().create(kinds::namespaces(), {}, {{u"metadata"_s, QJsonObject{{u"name"_s, m_ns}}}}, {}, {});
        QVERIFY2(made, qPrintable(made ? QString() : made.error().oneLine()));
    }
    void cleanupTestCase()
    {
        if (m_lab && m_lab->cluster)
            (void)cluster().remove({kinds::namespaces(), {}, m_ns, {}}, {}, {});
    }

    void theServerSaysWhatItIsAndWhoWeAre()
    {
        const auto version = cluster().version({});
        QVERIFY(version);
        QVERIFY(version->gitVersion.startsWith(u"v1."_s));
        QVERIFY(version->minor >= 28);
        const auto me = cluster().whoAmI({});
        QVERIFY(me);
        QVERIFY(!me->name.isEmpty() && me->groups.contains(u"system:authenticated"_s));
        const auto namespaces = cluster().namespaces({});
        QVERIFY(namespaces && namespaces->complete);
        QVERIFY(namespaces->names.contains(m_ns) && namespaces->names.contains(u"kube-system"_s));
    }

    void bothFormsOfDiscoveryTellTheSame()
    {
        const auto aggregated = cluster().mapper({});
        QVERIFY(aggregated);
        const auto spy = std::make_shared<SpyTransport>(httpTransport(m_lab->http, m_lab->credentials));
        spy->bend = [](net::Request &request) {
            for (auto &[name, text] : request.headers) {
                if (name == "Accept")
                    text = "application/json";
            }
        };
        Cluster old(spy);
        const auto legacy = old.mapper({});
        QVERIFY(legacy);
        const auto words = [](const RestMapper &mapper) {
            QStringList list;
            for (const ServedResource &served : mapper.resources()) {
                const ResourceKind &k = served.kind;
                QStringList subresources = served.subresources;
                subresources.sort();
                list.append(k.apiVersion() + u' ' + k.plural + u' ' + k.kind + (k.namespaced ? u" n "_s : u" c "_s)
                            + QStringList{served.verbs.join(u','), subresources.join(u','), served.shortNames.join(u',')}.join(u' '));
            }
            list.sort();
            return list;
        };
        QCOMPARE(*aggregated->named(u"deploy"_s), kinds::deployments());
        QVERIFY(aggregated->find(kinds::deployments())->subresources.contains(u"scale"_s));
        QCOMPARE(words(*aggregated), words(*legacy));
        QVERIFY(cluster().serves(kinds::pods(), {}).value());
        QVERIFY(!cluster().serves({u"nobody.example"_s, u"v1"_s, u"things"_s, u"Thing"_s, true}, {}).value());
    }

    void aDryRunLeavesNothing()
    {
        const auto dry = cluster().create(kinds::pods(), m_ns, gatedPod(u"dry"_s), {true, false, true}, {});
        QVERIFY(dry);
        QVERIFY(!(*dry)[u"metadata"_s][u"uid"_s].toString().isEmpty()); // defaulted by the server
        const auto none = cluster().get(pod(u"dry"_s), {});
        QVERIFY(!none);
        QCOMPARE(none.error().kind, Error::Kind::NotFound);
        QCOMPARE(none.error().reason, u"NotFound"_s);

        created(u"kept"_s);
        QVERIFY(cluster().patch(pod(u"kept"_s), PatchType::Merge,
                                QJsonObject{{u"metadata"_s, QJsonObject{{u"labels"_s, QJsonObject{{u"x"_s, u"y"_s}}}}}},
                                {true, false, true}, {}));
        QVERIFY(!(*cluster().get(pod(u"kept"_s), {}))[u"metadata"_s][u"labels"_s].toObject().contains(u"x"_s));
        DeleteOptions options;
        options.dryRun = true;
        QVERIFY(cluster().remove(pod(u"kept"_s), options, {}));
        QVERIFY(cluster().get(pod(u"kept"_s), {}));
    }

    void strictFieldsAreRefusedAndLooseOnesWarned()
    {
        QJsonObject odd = gatedPod(u"odd"_s);
        QJsonObject spec = odd[u"spec"_s].toObject();
        spec[u"noSuchField"_s] = 1;
        odd[u"spec"_s] = spec;
        const auto strict = cluster().create(kinds::pods(), m_ns, odd, {true, false, true}, {});
        QVERIFY(!strict);
        QCOMPARE(strict.error().kind, Error::Kind::Invalid);
        QVERIFY2(strict.error().why.contains("noSuchField"_L1), qPrintable(strict.error().why));
        QStringList warnings;
        cluster().setWarningHandler([&](const QString &text) { warnings.append(text); });
        QVERIFY(cluster().create(kinds::pods(), m_ns, odd, {true, false, false}, {}));
        cluster().setWarningHandler({});
        QVERIFY(!warnings.isEmpty() && warnings[0].contains("noSuchField"_L1));

        QJsonObject bad = gatedPod(u"Not A Name"_s);
        const auto invalid = cluster().create(kinds::pods(), m_ns, bad, {true, false, true}, {});
        QVERIFY(!invalid);
        QCOMPARE(invalid.error().kind, Error::Kind::Invalid);
        QCOMPARE(invalid.error().httpStatus, 422);
        QVERIFY(!invalid.error().causes.isEmpty());
        QCOMPARE(invalid.error().causes[0].field, u"metadata.name"_s);
    }

    void aNameIsTakenOnce()
    {
        QVERIFY(!created(u"twice"_s).isEmpty());
        const auto again = cluster().create(kinds::pods(), m_ns, gatedPod(u"twice"_s), {}, {});
        QVERIFY(!again);
        QCOMPARE(again.error().kind, Error::Kind::Conflict);
        QCOMPARE(again.error().reason, u"AlreadyExists"_s);
    }

    void patchesAreGuardedByVersionAndManager()
    {
        QVERIFY(!created(u"patched"_s).isEmpty());
        const QString version = (*cluster().get(pod(u"patched"_s), {}))[u"metadata"_s][u"resourceVersion"_s].toString();
        const auto label = [&](const QString &text, const QString &guard) {
            QJsonObject meta{{u"labels"_s, QJsonObject{{u"step"_s, text}}}};
            if (!guard.isEmpty())
                meta[u"resourceVersion"_s] = guard;
            return cluster().patch(pod(u"patched"_s), PatchType::Merge, QJsonObject{{u"metadata"_s, meta}}, {}, {});
        };
        QVERIFY(label(u"one"_s, version));
        const auto stale = label(u"two"_s, version);
        QVERIFY(!stale);
        QCOMPARE(stale.error().kind, Error::Kind::Conflict);
        const QJsonArray operations{
            QJsonObject{{u"op"_s, u"replace"_s}, {u"path"_s, u"/metadata/labels/step"_s}, {u"value"_s, u"three"_s}}};
        const auto json = cluster().patch(pod(u"patched"_s), PatchType::Json, operations, {}, {});
        QVERIFY(json);
        QCOMPARE((*json)[u"metadata"_s][u"labels"_s][u"step"_s].toString(), u"three"_s);

        const QJsonObject apply{
            {u"apiVersion"_s, u"v1"_s},
            {u"kind"_s, u"Pod"_s},
            {u"metadata"_s,
             QJsonObject{{u"name"_s, u"patched"_s}, {u"labels"_s, QJsonObject{{u"step"_s, u"four"_s}}}}}};
        const auto conflict = cluster().patch(pod(u"patched"_s), PatchType::Apply, apply, {}, {});
        QVERIFY(!conflict);
        QCOMPARE(conflict.error().kind, Error::Kind::Conflict);
        QVERIFY(!conflict.error().causes.isEmpty());
        QCOMPARE(conflict.error().causes[0].reason, u"FieldManagerConflict"_s);
        QCOMPARE(conflict.error().causes[0].field, u"metadata.labels.step"_s);
        QCOMPARE(fieldOwner(conflict.error().causes[0]), u"cairn"_s);
        QVERIFY(cluster().patch(pod(u"patched"_s), PatchType::Apply, apply, {false, true, true}, {}));
    }

    void onlyTheVeryObjectIsDeleted()
    {
        const QString uid = created(u"deleted"_s);
        QVERIFY(!uid.isEmpty());
        DeleteOptions options;
        options.uid = u"00000000-0000-0000-0000-000000000000"_s;
        const auto other = cluster().remove(pod(u"deleted"_s), options, {});
        QVERIFY(!other);
        QCOMPARE(other.error().kind, Error::Kind::Conflict);
        options.uid = uid;
        options.resourceVersion = u"1"_s;
        QCOMPARE(cluster().remove(pod(u"deleted"_s), options, {}).error().kind, Error::Kind::Conflict);
        options.resourceVersion.clear();
        QVERIFY(cluster().remove(pod(u"deleted"_s), options, {}));
        const auto gone = cluster().remove(pod(u"deleted"_s), options, {});
        QVERIFY(!gone);
        QCOMPARE(gone.error().kind, Error::Kind::NotFound);
    }

    void selectorsNarrowAList()
    {
        QVERIFY(!created(u"selected"_s).isEmpty());
        const auto byName = cluster().list(kinds::pods(), m_ns, u"cairn-test=yes"_s, u"metadata.name=selected"_s, {});
        QVERIFY(byName);
        QCOMPARE(byName->size(), 1);
        QCOMPARE(byName->at(0)[u"kind"_s].toString(), u"Pod"_s);
        QCOMPARE(cluster().list(kinds::pods(), m_ns, u"cairn-test=no"_s, {}, {})->size(), 0);
        const auto bad = cluster().list(kinds::pods(), m_ns, u"a=="_s + QString(3, u'!'), {}, {});
        QVERIFY(!bad);
        QCOMPARE(bad.error().kind, Error::Kind::Invalid);
    }

    void whoMayLittleIsToldWhatIsMissing()
    {
        const QByteArray user = "cairn-engine-nobody"_ba;
        const auto nobody = as(user);
        QCOMPARE(nobody->whoAmI({})->name, QString::fromLatin1(user));
        const auto list = nobody->list(kinds::pods(), m_ns, {}, {}, {});
        QVERIFY(!list);
        QCOMPARE(list.error().kind, Error::Kind::Forbidden);
        for (const QString &word : {u"list"_s, u"pods"_s, m_ns})
            QVERIFY2(list.error().what.contains(word), qPrintable(list.error().what));
        QVERIFY(list.error().fix.contains(QString::fromLatin1(user)));
        const auto namespaces = nobody->namespaces({});
        QVERIFY(namespaces && !namespaces->complete);
        QCOMPARE(namespaces->names, QStringList{u"default"_s});
        const AccessQuery query{u"list"_s, {}, u"pods"_s, {}, m_ns, {}};
        QVERIFY(!nobody->may(query, {})->allowed);
        QVERIFY(cluster().may(query, {})->allowed);

        // With a role in one namespace they work there.
        const ResourceKind roles{u"rbac.authorization.k8s.io"_s, u"v1"_s, u"roles"_s, u"Role"_s, true};
        const ResourceKind bindings{u"rbac.authorization.k8s.io"_s, u"v1"_s, u"rolebindings"_s, u"RoleBinding"_s, true};
        QVERIFY(cluster().create(roles, m_ns,
                                 {{u"metadata"_s, QJsonObject{{u"name"_s, u"reader"_s}}},
                                  {u"rules"_s,
                                   QJsonArray{QJsonObject{{u"apiGroups"_s, QJsonArray{QString()}},
                                                          {u"resources"_s, QJsonArray{u"pods"_s}},
                                                          {u"verbs"_s, QJsonArray{u"list"_s}}}}}},
                                 {}, {}));
        QVERIFY(cluster().create(
            bindings, m_ns,
            {{u"metadata"_s, QJsonObject{{u"name"_s, u"reader"_s}}},
             {u"roleRef"_s,
              QJsonObject{
                  {u"apiGroup"_s, u"rbac.authorization.k8s.io"_s}, {u"kind"_s, u"Role"_s}, {u"name"_s, u"reader"_s}}},
             {u"subjects"_s,
              QJsonArray{QJsonObject{{u"kind"_s, u"User"_s},
                                     {u"apiGroup"_s, u"rbac.authorization.k8s.io"_s},
                                     {u"name"_s, QString::fromLatin1(user)}}}}},
            {}, {}));
        const auto fresh = as(user); // the old one remembers its answer for a minute
        QTRY_VERIFY_WITH_TIMEOUT(fresh->list(kinds::pods(), m_ns, {}, {}, {}), 10'000);
        QVERIFY(!fresh->list(kinds::pods(), {}, {}, {}, {}));
    }

    void credentialsAreRefreshedOnce()
    {
        /// Wrong until told.
        class Turning final : public Credentials
        {
        public:
            explicit Turning(std::shared_ptr<Credentials> base)
                : m_base(std::move(base))
            {
            }
            Result<Material> material(std::stop_token stop) override
            {
                Result<Material> good = m_base->material(stop);
                if (!good || m_told >= needed)
                    return good;
                auto endpoint = std::make_shared<net::Endpoint>(*good->endpoint);
                endpoint->clientCertPem.clear();
                endpoint->clientKeyPem.clear();
                return Material{endpoint, {{"Authorization", "Bearer wrong"}}};
            }
            void rejected(const Material &) override { ++m_told; }
            QString defaultNamespace() const override { return {}; }
            int needed = 1;
            int told() const { return m_told; }

        private:
            const std::shared_ptr<Credentials> m_base;
            std::atomic<int> m_told = 0;
        };
        const auto once = std::make_shared<Turning>(m_lab->credentials);
        QVERIFY(Cluster(m_lab->http, once).list(kinds::namespaces(), {}, {}, {}, {}));
        QCOMPARE(once->told(), 1);
        const auto never = std::make_shared<Turning>(m_lab->credentials);
        never->needed = 100;
        const auto refused = Cluster(m_lab->http, never).list(kinds::namespaces(), {}, {}, {}, {});
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, Error::Kind::Auth);
        QCOMPARE(never->told(), 2);
        const auto write = std::make_shared<Turning>(m_lab->credentials);
        QCOMPARE(Cluster(m_lab->http, write).create(kinds::pods(), m_ns, gatedPod(u"unsent"_s), {}, {}).error().kind,
                 Error::Kind::Auth);
        QCOMPARE(write->told(), 1); // told, but a write is not sent twice
    }

    void bothReadersAgreeOnLiveObjects()
    {
        QVERIFY(!created(u"compared"_s).isEmpty());
        compareForms(u"/api/v1/pods?limit=500"_s, *podDecoder());
        compareForms(u"/api/v1/nodes?limit=500"_s, *nodeDecoder());
        compareForms(u"/api/v1/events?limit=500"_s, *eventDecoder());
        // Custom resources come as JSON whatever was asked for first.
        net::Request request;
        request.path = u"/apis/kubeflow.org/v1/pytorchjobs?limit=500"_s;
        request.headers = {{"Accept", "application/vnd.kubernetes.protobuf,application/json"}};
        const auto answer = cluster().transport().send(request, {});
        QVERIFY(answer && answer->status == 200);
        QCOMPARE(wireFormatOf(answer->contentType), WireFormat::Json);
        QVERIFY(jobDecoder(JobKind::PyTorchJob)->page(answer->body, WireFormat::Json));
    }

    void logsAndCommandsOfWhatDoesNotRunExplainThemselves()
    {
        QVERIFY(!created(u"silent"_s).isEmpty());
        const auto none = cluster().log(m_ns, u"missing"_s, {}, {});
        QVERIFY(!none);
        QCOMPARE(none.error().kind, Error::Kind::NotFound);
        const auto waiting = cluster().log(m_ns, u"silent"_s, {}, {});
        QVERIFY(waiting && waiting->isEmpty()); // the server's answer for a pod without a node
        const auto followed = cluster().followLog(m_ns, u"missing"_s, {}, [](const QByteArray &) { return true; }, {});
        QVERIFY(!followed);
        QCOMPARE(followed.error().kind, Error::Kind::NotFound);
        LogOptions wrong;
        wrong.container = u"nobody"_s;
        const auto nobody = cluster().log(m_ns, u"silent"_s, wrong, {});
        QVERIFY(!nobody);
        QCOMPARE(nobody.error().kind, Error::Kind::Invalid);
        QVERIFY(nobody.error().why.contains("nobody"_L1));
        const auto command = cluster().exec(m_ns, u"missing"_s, u"c"_s, {u"true"_s}, Secret(), {});
        QVERIFY(!command);
        QVERIFY2(command.error().kind == Error::Kind::NotFound, qPrintable(command.error().oneLine()));
    }

    void whatIsNotServedIsSaid()
    {
        const auto list =
            cluster().list({u"nobody.example"_s, u"v1"_s, u"things"_s, u"Thing"_s, true}, m_ns, {}, {}, {});
        QVERIFY(!list);
        QCOMPARE(list.error().kind, Error::Kind::NotFound);
        QCOMPARE(list.error().reason, QString(notServed));
    }

    void aStopEndsARequest()
    {
        const auto stop = std::make_unique<std::stop_source>();
        stop->request_stop();
        const auto list = cluster().list(kinds::pods(), {}, {}, {}, stop->get_token());
        QVERIFY(!list);
        QCOMPARE(list.error().kind, Error::Kind::Cancelled);
    }
};

QTEST_GUILESS_MAIN(TestEngineObjects)
#include "tst_engine_objects.moc"
