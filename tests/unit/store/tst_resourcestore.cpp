// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/Job.h"
#include "store/ResourceStore.h"

#include <QTest>
#include <random>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::store;

namespace {

Pod pod(const QString &uid, int version)
{
    Pod p;
    p.uid = uid;
    p.resourceVersion = QString::number(version);
    return p;
}

} // namespace

class TestResourceStore : public QObject
{
    Q_OBJECT
private slots:
    void oneBatchIsOneNotification()
    {
        ResourceStore<Pod> store;
        QList<StoreChange> changes;
        connect(&store, &StoreSignals::changed, this, [&](const StoreChange &change) { changes.append(change); });
        store.apply({{pod(u"a"_s, 1), pod(u"b"_s, 1)}, {}, true, u"1"_s});
        QCOMPARE(changes.size(), 1);
        QCOMPARE(changes[0].added, (QStringList{u"a"_s, u"b"_s}));
        QVERIFY(changes[0].complete);
        store.apply({{pod(u"a"_s, 1)}, {u"x"_s}, false, {}});
        QCOMPARE(changes.size(), 1); // nothing differs
        store.apply({{pod(u"a"_s, 2), pod(u"c"_s, 2), pod(u"c"_s, 3)}, {u"b"_s, u"c"_s}, false, {}});
        QCOMPARE(changes.size(), 2);
        QCOMPARE(changes[1].added, QStringList{u"c"_s});
        QCOMPARE(changes[1].changed, QStringList{u"a"_s});
        QCOMPARE(changes[1].removed, QStringList{u"b"_s});
        QCOMPARE(store.find(u"c"_s)->resourceVersion, u"3"_s);
        store.clear();
        QCOMPARE(changes[2].removed.size(), 2);
        QCOMPARE(store.size(), 0);
    }

    void randomBatchesEqualAPlainMap_data()
    {
        QTest::addColumn<uint>("seed");
        for (uint seed = 1; seed <= 100; ++seed)
            QTest::addRow("%u", seed) << seed;
    }
    void randomBatchesEqualAPlainMap()
    {
        QFETCH(uint, seed);
        std::mt19937 random(seed);
        const auto below = [&](uint n) { return int(random() % n); };
        ResourceStore<Pod> store;
        QSet<QString> announced; // what a listener knows to be there
        connect(&store, &StoreSignals::changed, this, [&](const StoreChange &change) {
            for (const QString &uid : change.added) {
                QVERIFY(!announced.contains(uid));
                announced.insert(uid);
            }
            for (const QString &uid : change.changed)
                QVERIFY(announced.contains(uid) && !change.added.contains(uid) && !change.removed.contains(uid));
            for (const QString &uid : change.removed)
                QVERIFY(announced.remove(uid));
        });
        QMap<QString, Pod> plain;
        for (int step = 0; step < 60; ++step) {
            Delta<Pod> delta;
            for (int i = below(6); i > 0; --i)
                delta.removed.append(QString::number(below(20)));
            for (int i = below(6); i > 0; --i)
                delta.upserts.append(pod(QString::number(below(20)), below(4)));
            for (const QString &uid : delta.removed)
                plain.remove(uid);
            for (const Pod &p : delta.upserts)
                plain.insert(p.uid, p);
            store.apply(delta);
            QCOMPARE(store.size(), plain.size());
            for (const Pod &p : plain)
                QVERIFY(store.find(p.uid) && *store.find(p.uid) == p);
            QCOMPARE(announced.size(), plain.size());
        }
    }
};

QTEST_APPLESS_MAIN(TestResourceStore)
#include "tst_resourcestore.moc"
