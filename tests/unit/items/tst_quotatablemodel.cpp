// SPDX-License-Identifier: GPL-3.0-or-later
#include "items/QuotaTableModel.h"

#include <QAbstractItemModelTester>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::items;

namespace {

Quota quota(const QString &ns, const QList<QuotaLimit> &limits)
{
    Quota quota;
    quota.kind = ns.isEmpty() ? u"ClusterQueue"_s : u"ResourceQuota"_s;
    quota.ns = ns;
    quota.name = u"q"_s;
    quota.uid = u"uid-"_s + ns;
    quota.limits = limits;
    return quota;
}

QString tagOf(double hard, double used, const QString &ns = u"a"_s)
{
    return QuotaTableModel::tag(quotaRows({quota(ns, {{u"pods"_s, {}, hard, used, -1}})}).value(0)).text;
}

} // namespace

class TestQuotaTableModel : public QObject
{
    Q_OBJECT
private slots:
    void gpusComeFirstAndTheFullestBeforeTheOthers()
    {
        QuotaTableModel model;
        QAbstractItemModelTester tester(&model);
        model.setQuotas(quotaRows({quota(u"a"_s, {{u"pods"_s, {}, 10, 10, -1}, {u"requests.nvidia.com/gpu"_s, {}, 8, 2, -1}}),
                                   quota(u"b"_s, {{u"requests.nvidia.com/gpu"_s, {}, 8, 8, -1}, {u"requests.cpu"_s, {}, 4, 1, -1}}),
                                   quota(u"c"_s, {{u"requests.nvidia.com/gpu"_s, {}, 8, -1, -1}}), quota(u"d"_s, {{u"requests.nvidia.com/gpu"_s, {}, 0, 0, -1}})}));
        FilterProxy proxy;
        proxy.setSourceModel(&model);
        proxy.sort(QuotaTableModel::Resource, Qt::AscendingOrder);
        QStringList shown;
        for (int row = 0; row < proxy.rowCount(); ++row)
            shown.append(proxy.index(row, QuotaTableModel::Resource).data().toString() + u'@' + proxy.index(row, QuotaTableModel::Namespace).data().toString());
        QCOMPARE(shown, (QStringList{u"nvidia.com/gpu@b"_s, u"nvidia.com/gpu@a"_s, u"nvidia.com/gpu@c"_s, u"nvidia.com/gpu@d"_s, u"cpu@b"_s, u"pods@a"_s}));
    }

    void eachStateHasItsWord()
    {
        QCOMPARE(tagOf(10, 3), u"Available"_s);
        QCOMPARE(tagOf(100, 84), u"Available"_s);
        QCOMPARE(tagOf(100, 85), u"Nearly full"_s);
        QCOMPARE(tagOf(10, 10), u"Full"_s);
        QCOMPARE(tagOf(10, 12), u"Over quota"_s);
        QCOMPARE(tagOf(10, 12, {}), u"Borrowing"_s);
        QCOMPARE(tagOf(0, 0), u"None allowed"_s);
        QCOMPARE(tagOf(10, -1), u"Not counted"_s);
        QuotaRow row{quota({}, {}), {u"pods"_s, {}, 10, 1, -1}};
        row.quota.stopped = true;
        QCOMPARE(QuotaTableModel::tag(row).text, u"Stopped"_s);
    }

    void amountsHaveTheirUnitAndUnknownIsNoZero()
    {
        QuotaTableModel model;
        model.setQuotas(quotaRows({quota(u"a"_s, {{u"requests.memory"_s, {}, 4.0 * 1024 * 1024 * 1024, -1, -1}})}));
        QCOMPARE(model.index(0, QuotaTableModel::Used).data().toString(), u"– of 4 GiB"_s);
        QCOMPARE(model.index(0, QuotaTableModel::Free).data().toString(), u"–"_s);
        QVERIFY(!model.index(0, QuotaTableModel::Used).data(ProgressRole).isValid());
        QCOMPARE(QuotaTableModel::amount(u"cpu"_s, 0.5), u"0.5"_s);
    }

    void sumsCountWhatIsKnownOfWholeNamespaces()
    {
        QuotaTableModel model;
        Quota some = quota(u"c"_s, {{u"requests.nvidia.com/gpu"_s, {}, 100, 100, -1}});
        some.scopes = {u"Terminating"_s};
        model.setQuotas(quotaRows({quota(u"a"_s, {{u"requests.nvidia.com/gpu"_s, {}, 8, 2, -1}, {u"pods"_s, {}, 0, 0, -1}}),
                                   quota(u"b"_s, {{u"requests.nvidia.com/gpu"_s, {}, 4, -1, -1}}), some}));
        const QuotaTableModel::Sums sums = model.sums();
        QCOMPARE(sums.quotas, 3);
        QCOMPARE(sums.gpusUsed, 2.0);
        QCOMPARE(sums.gpusHard, 8.0);
        QCOMPARE(sums.full, 1); // what allows nothing is not full
    }

    void theSelectionOutlivesAChangeOfUse()
    {
        QuotaTableModel model;
        model.setQuotas(quotaRows({quota(u"a"_s, {{u"pods"_s, {}, 10, 1, -1}})}));
        const QPersistentModelIndex kept(model.index(0, 0));
        model.setQuotas(quotaRows({quota(u"a"_s, {{u"pods"_s, {}, 10, 9, -1}})}));
        QVERIFY(kept.isValid());
        QCOMPARE(kept.sibling(kept.row(), QuotaTableModel::Used).data().toString(), u"9 of 10"_s);
    }
};

QTEST_APPLESS_MAIN(TestQuotaTableModel)
#include "tst_quotatablemodel.moc"
