// SPDX-License-Identifier: GPL-3.0-or-later
#include "World.h"
#include "components/Release.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::components;
using namespace cairn::tests;

namespace {

/// What a release's own manifests run, as far as tags tell.
ProductVersions versionsOf(const QString &release)
{
    ProductVersions versions;
    const Release *found = catalogue().release(release);
    for (auto it = found->versions.begin(); it != found->versions.end(); ++it) {
        if (it.key() != "knative"_L1 && it.key() != "training-operator"_L1) // only digests, and a commit's hash
            addVersion(versions, it.key(), versionOf(it.value()));
    }
    return versions;
}

} // namespace

class TestRelease : public QObject
{
    Q_OBJECT
private slots:
    void versionsAreReadFromTags_data()
    {
        QTest::addColumn<QString>("image");
        QTest::addColumn<QString>("version");
        QTest::addColumn<QString>("repository");
        QTest::newRow("plain") << u"ghcr.io/kubeflow/kfp-api-server:2.16.1"_s << u"2.16.1"_s << u"kfp-api-server"_s;
        QTest::newRow("v and digest") << u"quay.io/argoproj/workflow-controller:v3.7.3@sha256:ab12"_s << u"3.7.3"_s << u"workflow-controller"_s;
        QTest::newRow("port, no tag") << u"registry.local:5000/mirror/dex"_s << QString() << u"dex"_s;
        QTest::newRow("digest only") << u"gcr.io/knative-releases/knative.dev/serving/cmd/activator@sha256:cf8d"_s << QString() << u"activator"_s;
        QTest::newRow("pre-release") << u"kserve/models-web-app:v0.13.0-rc.0"_s << u"0.13.0"_s << u"models-web-app"_s;
        QTest::newRow("suffix") << u"gcr.io/ml-pipeline/workflow-controller:v3.4.17-license-compliance"_s << u"3.4.17"_s << u"workflow-controller"_s;
        QTest::newRow("commit") << u"ghcr.io/kubeflow/training-v1/training-operator:v1-3f15cb8"_s << QString() << u"training-operator"_s;
        QTest::newRow("latest") << u"dex:latest"_s << QString() << u"dex"_s;
        QTest::newRow("date") << u"minio:RELEASE.2019-08-14T20-37-41Z"_s << QString() << u"minio"_s;
        QTest::newRow("number") << u"x:20240101"_s << QString() << u"x"_s;
        QTest::newRow("not a version after all") << u"x:1.2abc"_s << QString() << u"x"_s;
        QTest::newRow("empty") << QString() << QString() << QString();
        QTest::newRow("hostile") << u"//:::@@"_s << QString() << QString();
    }
    void versionsAreReadFromTags()
    {
        QFETCH(const QString, image);
        QTEST(versionOfImage(image).toString(), "version");
        QTEST(repositoryOfImage(image), "repository");
    }

    void onlyItsOwnImagesTellOfAComponent()
    {
        const Entry &tensorboard = *catalogue().find(u"tensorboard-controller"_s);
        const QString own = u"ghcr.io/kubeflow/kubeflow/tensorboard-controller:v1.10.0"_s;
        QCOMPARE(versionIn(tensorboard, {u"quay.io/brancz/kube-rbac-proxy:v0.8.0"_s, own}), QVersionNumber(1, 10, 0));
        QVERIFY(versionIn(tensorboard, {u"quay.io/brancz/kube-rbac-proxy:v0.8.0"_s}).isNull());
        QVERIFY(versionIn(tensorboard, {own, u"mirror/tensorboard-controller:v1.11.0"_s}).isNull()); // two say two things
        QVERIFY(versionIn(tensorboard, {}).isNull());
    }

    void eachReleaseIsKnownByItsVersions()
    {
        for (const Release &release : catalogue().releases) {
            const ReleaseFound found = findRelease(versionsOf(release.name));
            QCOMPARE(found.candidates, QStringList{release.name});
            QVERIFY(found.differs.isEmpty());
            QCOMPARE(releaseText(found), release.name);
        }
    }

    void aProductOfAnotherVersionIsNamed()
    {
        ProductVersions versions = versionsOf(u"26.03.1"_s);
        versions[u"pipelines"_s] = {QVersionNumber(2, 17, 0)};
        addVersion(versions, u"kueue"_s, QVersionNumber(0, 14)); // of no release
        QCOMPARE(releaseText(findRelease(versions)), u"26.03.1 with Pipelines 2.17.0"_s);
        versions[u"pipelines"_s] = {};
        addVersion(versions, u"pipelines"_s, QVersionNumber(2, 17, 0));
        addVersion(versions, u"pipelines"_s, QVersionNumber(2, 16, 1));
        addVersion(versions, u"pipelines"_s, QVersionNumber(2, 17, 0)); // once is enough
        QCOMPARE(releaseText(findRelease(versions)), u"26.03.1 with Pipelines 2.16.1/2.17.0"_s); // in the middle of an upgrade
        for (const QString &product : {u"dex"_s, u"istio"_s, u"katib"_s})
            versions[product] = {QVersionNumber(9, 9)};
        const QString text = releaseText(findRelease(versions));
        QVERIFY2(text.startsWith("26.03.1 with "_L1) && text.endsWith(", 1 more"_L1), qPrintable(text));
    }

    void whatFitsTwoIsSaidToFitTwo()
    {
        ProductVersions versions;
        for (const auto &[product, version] : {std::pair(u"katib"_s, u"0.19.0"_s), std::pair(u"trainer"_s, u"2.1.0"_s), std::pair(u"jobset"_s, u"0.10.1"_s)})
            addVersion(versions, product, versionOf(version));
        const ReleaseFound found = findRelease(versions);
        QVERIFY(!found.isKnown());
        QCOMPARE(releaseText(found), u"1.11 or 26.03"_s);
    }

    void whatIsNoneIsUnknown()
    {
        QVERIFY(findRelease(ProductVersions()).candidates.isEmpty());
        QVERIFY(releaseText({}).isEmpty());
        ProductVersions two;
        addVersion(two, u"katib"_s, QVersionNumber(0, 19, 0));
        addVersion(two, u"dex"_s, QVersionNumber(2, 45, 1));
        QVERIFY(findRelease(two).candidates.isEmpty()); // anybody may have these two
        ProductVersions other = versionsOf(u"26.03"_s);
        for (const QString &product : other.keys().first(other.size() - 5))
            other[product] = {QVersionNumber(7, 7)};
        QVERIFY(findRelease(other).candidates.isEmpty()); // more disagree than agree
    }

    void liveWorkloadsTell()
    {
        World world;
        const QList<std::tuple<QString, QString, QString>> running{
            {u"kubeflow"_s, u"ml-pipeline"_s, u"ghcr.io/kubeflow/kfp-api-server:2.17.0"_s},
            {u"kubeflow"_s, u"katib-controller"_s, u"ghcr.io/kubeflow/katib/katib-controller:v0.19.0"_s},
            {u"kubeflow"_s, u"dashboard"_s, u"ghcr.io/kubeflow/dashboard/dashboard:v2.0.0"_s},
            {u"istio-system"_s, u"istiod"_s, u"registry.istio.io/release/pilot:1.30.1"_s},
            {u"auth"_s, u"dex"_s, u"ghcr.io/dexidp/dex:v2.45.1"_s},
            {u"knative-serving"_s, u"activator"_s, u"gcr.io/knative-releases/knative.dev/serving/cmd/activator@sha256:8f7e"_s}};
        for (const auto &[ns, name, image] : running) {
            world.add(name, 1, {u"n1"_s}, ns);
            world.image(name, image);
        }
        world.add(u"metadata-grpc-deployment"_s, 1, {u"n1"_s});
        world.image(u"metadata-grpc-deployment"_s, u"gcr.io/tfx-oss-public/ml_metadata_store_server:1.14.0"_s);
        const QList<Component> list = judge(world);
        QCOMPARE(releaseText(findRelease(list)), u"26.03.1 with Pipelines 2.17.0"_s);
        QCOMPARE(world.one(u"ml-pipeline"_s).version, QVersionNumber(2, 17, 0));
        // Its own tag is not that of Pipelines: its version is unknown, and what holds of it follows Pipelines.
        QVERIFY(world.one(u"metadata-grpc"_s).version.isNull());
        QCOMPARE(world.one(u"metadata-grpc"_s).entry().startsAfter, QStringList{u"mysql"_s});
        QVERIFY(world.one(u"activator"_s).version.isNull());
        QCOMPARE(world.one(u"activator"_s).asOf, QVersionNumber(1, 22, 0)); // of the release, which is certain
    }
};

QTEST_GUILESS_MAIN(TestRelease)
#include "tst_release.moc"
