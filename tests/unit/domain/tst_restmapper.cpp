// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/RestMapper.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;

namespace {

ServedResource served(const QString &group, const QString &version, const QString &plural, const QString &kind,
                      const QStringList &shortNames = {})
{
    return {{group, version, plural, kind, true}, {}, {}, shortNames};
}

} // namespace

class TestRestMapper : public QObject
{
    Q_OBJECT

    RestMapper m_mapper{{served({}, u"v1"_s, u"events"_s, u"Event"_s, {u"ev"_s}),
                         served(u"events.k8s.io"_s, u"v1"_s, u"events"_s, u"Event"_s, {u"ev"_s}),
                         served(u"kubeflow.org"_s, u"v1"_s, u"mpijobs"_s, u"MPIJob"_s),
                         served(u"kubeflow.org"_s, u"v2beta1"_s, u"mpijobs"_s, u"MPIJob"_s)},
                        {{u"metrics.k8s.io"_s, u"v1beta1"_s, Error::make(Error::Kind::Server, u"no answer"_s)}}};

private slots:
    void objectsAreResolvedByVersionAndKind()
    {
        QCOMPARE(m_mapper.resolve(u"v1"_s, u"Event"_s)->plural, u"events"_s);
        QCOMPARE(m_mapper.resolve(u"kubeflow.org/v2beta1"_s, u"MPIJob"_s)->version, u"v2beta1"_s);
        const auto old = m_mapper.resolve(u"kubeflow.org/v1alpha2"_s, u"MPIJob"_s);
        QVERIFY(!old);
        QCOMPARE(old.error().kind, Error::Kind::Unsupported);
        QVERIFY2(old.error().why.contains(u"kubeflow.org/v1, kubeflow.org/v2beta1"_s), qPrintable(old.error().why));
        QVERIFY(!m_mapper.resolve(u"v1"_s, u"event"_s)); // kinds are written exactly
    }
    void whatAPersonTypesIsResolved_data()
    {
        QTest::addColumn<QString>("word");
        QTest::addColumn<QString>("apiVersion");
        QTest::newRow("plural") << u"events"_s << u"v1"_s;
        QTest::newRow("short") << u"ev"_s << u"v1"_s;
        QTest::newRow("kind") << u"MPIJob"_s << u"kubeflow.org/v1"_s;
        QTest::newRow("singular") << u"mpijob"_s << u"kubeflow.org/v1"_s;
        QTest::newRow("group") << u"events.events.k8s.io"_s << u"events.k8s.io/v1"_s;
        QTest::newRow("version and group") << u"mpijobs.v2beta1.kubeflow.org"_s << u"kubeflow.org/v2beta1"_s;
        QTest::newRow("core version") << u"events.v1"_s << u"v1"_s;
        QTest::newRow("unknown") << u"things"_s << QString();
        QTest::newRow("unknown group") << u"mpijobs.example.org"_s << QString();
    }
    void whatAPersonTypesIsResolved()
    {
        QFETCH(QString, word);
        QFETCH(QString, apiVersion);
        const auto kind = m_mapper.named(word);
        QCOMPARE(kind ? kind->apiVersion() : QString(), apiVersion);
        if (!kind)
            QVERIFY2(kind.error().why.contains(u"metrics.k8s.io/v1beta1"_s), qPrintable(kind.error().why)); // it may be there
    }
    void aGapIsNeitherServedNorMissing()
    {
        const ResourceKind metrics{u"metrics.k8s.io"_s, u"v1beta1"_s, u"pods"_s, u"PodMetrics"_s, true};
        QCOMPARE(m_mapper.serves(metrics).error().what, u"no answer"_s);
        QCOMPARE(m_mapper.resolve(u"metrics.k8s.io/v1beta1"_s, u"PodMetrics"_s).error().what, u"no answer"_s);
        QCOMPARE(m_mapper.named(u"pods.metrics.k8s.io"_s).error().what, u"no answer"_s);
        QCOMPARE(*m_mapper.serves({u"metrics.k8s.io"_s, u"v1"_s, u"pods"_s, u"PodMetrics"_s, true}), false);
        QCOMPARE(*m_mapper.serves({{}, u"v1"_s, u"events"_s, u"Event"_s, true}), true);
    }
};

QTEST_APPLESS_MAIN(TestRestMapper)
#include "tst_restmapper.moc"
