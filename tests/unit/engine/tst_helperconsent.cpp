// SPDX-License-Identifier: GPL-3.0-or-later
#include "FakeObjectApi.h"
#include "engine/HelperConsent.h"
#include "engine/JobFlows.h"
#include "engine/StorageFlows.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::app;
using tests::FakeObjectApi;

namespace {

const auto server = u"https://h:6443"_s;

ckpt::ClaimRequest planned(const QString &ns, const QString &image)
{
    ckpt::ClaimRequest request;
    request.ns = ns;
    request.claim = u"ckpt"_s;
    request.image = image;
    return request;
}

QJsonObject podWith(const QString &name, const QString &image, const QString &claim)
{
    return {{u"metadata"_s, QJsonObject{{u"name"_s, name}, {u"namespace"_s, u"ml"_s}}},
            {u"spec"_s, QJsonObject{{u"containers"_s, QJsonArray{QJsonObject{{u"name"_s, u"c"_s}, {u"image"_s, image},
                                     {u"volumeMounts"_s, QJsonArray{QJsonObject{{u"name"_s, u"v"_s}, {u"mountPath"_s, u"/ckpt"_s}}}}}}},
                                    {u"volumes"_s, QJsonArray{QJsonObject{{u"name"_s, u"v"_s},
                                     {u"persistentVolumeClaim"_s, QJsonObject{{u"claimName"_s, claim}}}}}}}},
            {u"status"_s, QJsonObject{{u"phase"_s, u"Running"_s}}}};
}

bool madeAHelper(const FakeObjectApi &api)
{
    return std::ranges::any_of(api.calls(), [](const FakeObjectApi::Call &call) { return call.verb == "create"_L1; });
}

} // namespace

class TestHelperConsent : public QObject
{
    Q_OBJECT
private slots:
    void consentIsToAnImageInANamespaceOfAServer()
    {
        const HelperConsent consent(server, {HelperConsent::key(server, u"ml"_s, u"torch:2"_s), HelperConsent::key(u"https://other"_s, u"nlp"_s, u"torch:2"_s),
                                             HelperConsent::key(server, u"ml-team"_s, u"jax:1"_s)});
        QVERIFY(consent.check(planned(u"ml"_s, u"torch:2"_s)));
        QVERIFY(!consent.check(planned(u"ml"_s, u"torch:3"_s)));
        QVERIFY(!consent.check(planned(u"ml"_s, u"jax:1"_s)));  // of another namespace, whose name begins alike
        QVERIFY(!consent.check(planned(u"nlp"_s, u"torch:2"_s))); // of another server
        QVERIFY(!consent.check(planned(u"ml"_s, QString())));
        QVERIFY(consent.isAgreed(u"ml"_s) && consent.isAgreed(u"ml-team"_s) && !consent.isAgreed(u"nlp"_s) && !consent.isAgreed(u"m"_s));
        QCOMPARE(consent.images(u"ml"_s), QStringList{u"torch:2"_s});
    }
    void aChangeOfTheImageIsTold()
    {
        const HelperConsent consent(server, {HelperConsent::key(server, u"ml"_s, u"torch:2"_s)});
        const auto refused = consent.check(planned(u"ml"_s, u"evil/torch:2\u202E"_s));
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, Error::Kind::Consent);
        QVERIFY2(refused.error().why.contains(u"evil/torch:2\\u{202E}"_s) && refused.error().why.contains(u"you agreed to torch:2"_s), qPrintable(refused.error().why));
        QCOMPARE(refusedImage(refused.error()), u"evil/torch:2\u202E"_s);
        QVERIFY(refusedImage(Error::make(Error::Kind::Consent, u"another consent"_s)).isEmpty());
    }
    void consentOfAnOlderCairnNamesNoImage()
    {
        const HelperConsent consent(server, {server + u" ml"_s});
        QVERIFY(consent.isAgreed(u"ml"_s));
        QVERIFY(!consent.check(planned(u"ml"_s, u"torch:2"_s)));
    }
    void aHostilePodOnTheClaimRunsNothing()
    {
        FakeObjectApi api;
        api.put(kinds::claims(), {{u"metadata"_s, QJsonObject{{u"name"_s, u"ckpt"_s}, {u"namespace"_s, u"ml"_s}}},
                                  {u"spec"_s, QJsonObject{{u"accessModes"_s, QJsonArray{u"ReadWriteMany"_s}}}},
                                  {u"status"_s, QJsonObject{{u"phase"_s, u"Bound"_s}}}});
        api.put(kinds::pods(), podWith(u"a-hostile"_s, u"evil:1"_s, u"ckpt"_s));
        const HelperConsent consent(server, {HelperConsent::key(server, u"ml"_s, u"torch:2"_s)});
        const HelperCheck check = [&](const ckpt::HelperPod &request) { return consent.check(request); };
        const auto measured = measureClaim(api, u"ml"_s, u"ckpt"_s, {}, {}, {}, check);
        QVERIFY(!measured);
        QCOMPARE(refusedImage(measured.error()), u"evil:1"_s);
        Job job;
        job.ns = u"ml"_s;
        job.name = u"j"_s;
        job.annotations.insert(u"cairn.console/checkpoint-dir"_s, u"/ckpt/run"_s);
        job.mounts = {{u"/ckpt"_s, {}, u"ckpt"_s, false}};
        const auto listed = readCheckpoints(api, job, {}, ListVia::Helper, {}, {}, check);
        QVERIFY(!listed);
        QCOMPARE(refusedImage(listed.error()), u"evil:1"_s);
        QVERIFY(!madeAHelper(api));
        // The same with the image that was agreed to goes on, as far as this double can.
        api.erase(kinds::pods(), u"ml"_s, u"a-hostile"_s);
        api.put(kinds::pods(), podWith(u"mine"_s, u"torch:2"_s, u"ckpt"_s));
        api.before = [](const FakeObjectApi::Call &call) -> std::optional<Error> {
            return call.verb == "create"_L1 ? std::optional(Error::make(Error::Kind::Forbidden, u"seen"_s)) : std::nullopt;
        };
        QVERIFY(!measureClaim(api, u"ml"_s, u"ckpt"_s, {}, {}, {}, check));
        QVERIFY(madeAHelper(api));
    }
};

QTEST_GUILESS_MAIN(TestHelperConsent)
#include "tst_helperconsent.moc"
