// SPDX-License-Identifier: GPL-3.0-or-later
#include "items/FilterProxy.h"
#include "items/JobTableModel.h"
#include "items/PodTableModel.h"

#include <QAbstractItemModelTester>
#include <QRandomGenerator>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::items;

namespace {

const QDateTime now = QDateTime::fromString(u"2026-03-01T12:00:00Z"_s, Qt::ISODate);

Job job(const QString &name, JobPhase phase, double gpus, const QString &ns = u"vision"_s)
{
    Job job;
    job.uid = name;
    job.name = name;
    job.ns = ns;
    job.phase = phase;
    job.image = u"registry.example/train:1"_s;
    job.created = now.addSecs(-7200);
    job.started = now.addSecs(-3600);
    job.replicas = {ReplicaGroup{u"Worker"_s, 1, 1, 1, 0, 0, gpus}};
    return job;
}

CheckpointSummary saved(int secondsAgo)
{
    CheckpointSummary summary;
    summary.verdict = Verdict::Whole;
    summary.savedAt = now.addSecs(-secondsAgo);
    summary.safeSince = summary.savedAt;
    return summary;
}

QStringList names(const FilterProxy &proxy)
{
    QStringList names;
    for (int row = 0; row < proxy.rowCount(); ++row)
        names.append(proxy.index(row, 0).data().toString());
    return names;
}

struct Item {
    QString key;
    int section = 0;
    bool isHead = false;
    int value = 0;
    bool operator==(const Item &) const = default;
};

/// Rows in sections, with a head for each.
class Sections : public RowTableModel<Item>
{
public:
    static constexpr int count = 4;
    mutable int asked = 0; ///< for what a row is filtered or ordered by

    Sections()
    {
        QList<Item> heads;
        for (int section = 0; section < count; ++section)
            heads.append({u"head %1"_s.arg(section), section, true, 0});
        applyRows(heads, {});
    }
    void apply(const QList<Item> &items, const QStringList &removed)
    {
        applyRows(items, removed);
        for (int section = 0; section < count; ++section) {
            const int row = rowOf(u"head %1"_s.arg(section));
            emit dataChanged(index(row, 0), index(row, 0));
        }
    }
    int columnCount(const QModelIndex &parent = {}) const override { return parent.isValid() ? 0 : 1; }
    ColumnHead head(int) const override { return {u"Name"_s, u"name"_s}; }
    QVariant data(const QModelIndex &index, int role) const override
    {
        const Item *item = rowAt(index);
        if (!item)
            return {};
        asked += role == SearchRole || role == SortRole || role == SectionRole || role == HeadRole ? 1 : 0;
        switch (role) {
        case Qt::DisplayRole:
        case SearchRole:
        case KeyRole: return item->key;
        case SortRole: return item->value;
        case SectionRole: return item->section;
        case HeadRole: return item->isHead;
        default: return {};
        }
    }

protected:
    QString keyOf(const Item &item) const override { return item.key; }
};

} // namespace

class TestFilterProxy : public QObject
{
    Q_OBJECT
    JobTableModel m_model;
    FilterProxy m_proxy;

private slots:
    void init()
    {
        m_proxy.clearFilter();
        m_model.setNow(now);
        m_model.setJobs({job(u"llama-10"_s, JobPhase::Running, 32), job(u"llama-2"_s, JobPhase::Unknown, 32),
                         job(u"bert"_s, JobPhase::Running, 8, u"nlp"_s),
                         job(u"clip"_s, JobPhase::Suspended, 0, u"nlp"_s)});
        m_model.setCheckpoints(u"llama-10"_s, saved(1800));
        m_model.setCheckpoints(u"bert"_s, saved(600));
        if (!m_proxy.sourceModel())
            m_proxy.setSourceModel(&m_model);
        m_proxy.sort(JobTableModel::Lost, Qt::DescendingOrder);
    }

    void worstFirstAndUnknownLast()
    {
        // 16 GPU-h, 1.3 GPU-h, nothing, unknown.
        QCOMPARE(names(m_proxy), (QStringList{u"llama-10"_s, u"bert"_s, u"clip"_s, u"llama-2"_s}));
        m_proxy.sort(JobTableModel::Lost, Qt::AscendingOrder);
        QCOMPARE(names(m_proxy), (QStringList{u"clip"_s, u"bert"_s, u"llama-10"_s, u"llama-2"_s}));
    }

    void namesSortInNaturalOrder()
    {
        m_proxy.sort(JobTableModel::Name, Qt::AscendingOrder);
        QCOMPARE(names(m_proxy), (QStringList{u"bert"_s, u"clip"_s, u"llama-2"_s, u"llama-10"_s}));
        QVERIFY(FilterProxy::naturalLess(u"a2"_s, u"a10"_s));
        QVERIFY(!FilterProxy::naturalLess(u"a10"_s, u"a2"_s));
        QVERIFY(!FilterProxy::naturalLess(u"a"_s, u"a"_s));
        QVERIFY(FilterProxy::naturalLess(u"a"_s, u"a0"_s));
        QVERIFY(FilterProxy::naturalLess(u"a01"_s, u"a1"_s) != FilterProxy::naturalLess(u"a1"_s, u"a01"_s));
    }

    void equalValuesAreOrderedWorstFirstInBothDirections()
    {
        m_model.setJobs({job(u"b"_s, JobPhase::Running, 1), job(u"a"_s, JobPhase::Running, 1),
                         job(u"z"_s, JobPhase::Failed, 1)});
        for (const Qt::SortOrder order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
            m_proxy.sort(JobTableModel::Gpus, order);
            QCOMPARE(names(m_proxy), (QStringList{u"z"_s, u"a"_s, u"b"_s}));
        }
    }

    void terms_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QStringList>("left");
        const QStringList all{u"bert"_s, u"clip"_s, u"llama-10"_s, u"llama-2"_s};
        QTest::newRow("empty") << u""_s << all;
        QTest::newRow("plain") << u"LLAMA"_s << QStringList{u"llama-10"_s, u"llama-2"_s};
        QTest::newRow("two terms") << u"llama unknown"_s << QStringList{u"llama-2"_s};
        QTest::newRow("image") << u"registry.example"_s << all;
        QTest::newRow("lost more") << u"lost:>10"_s << QStringList{u"llama-10"_s};
        QTest::newRow("lost at most") << u"lost:<=2"_s << QStringList{u"bert"_s, u"clip"_s};
        QTest::newRow("gpus exactly") << u"gpus:=32"_s << QStringList{u"llama-10"_s, u"llama-2"_s};
        QTest::newRow("duration") << u"saved:>20min"_s << QStringList{u"llama-10"_s};
        QTest::newRow("field text") << u"ns:nlp"_s << QStringList{u"bert"_s, u"clip"_s};
        QTest::newRow("state") << u"state:running"_s << QStringList{u"bert"_s, u"llama-10"_s};
        QTest::newRow("being typed") << u"lost:>"_s << all;
        QTest::newRow("unknown field is text") << u"train:1"_s << all;
        QTest::newRow("nothing") << u"lost:>1000"_s << QStringList{};
    }
    void terms()
    {
        QFETCH(QString, text);
        QFETCH(QStringList, left);
        m_proxy.setText(text);
        QStringList shown = names(m_proxy);
        shown.sort();
        QCOMPARE(shown, left);
        QCOMPARE(m_proxy.hiddenRows(), 4 - static_cast<int>(left.size()));
    }

    void facetsCombine()
    {
        QSignalSpy changed(&m_proxy, &FilterProxy::filterChanged);
        m_proxy.setFacet(JobTableModel::PhaseRole, {u"Running"_s, u"Suspended"_s});
        m_proxy.setFacet(JobTableModel::NamespaceRole, {u"nlp"_s});
        QCOMPARE(names(m_proxy), (QStringList{u"bert"_s, u"clip"_s}));
        QCOMPARE(changed.size(), 2);
        m_proxy.setFacet(JobTableModel::NamespaceRole, {u"nlp"_s});
        QCOMPARE(changed.size(), 2);
        m_proxy.clearFilter();
        QCOMPARE(m_proxy.hiddenRows(), 0);
    }

    void rowsEnterAndLeaveWithTheirState()
    {
        m_proxy.setFacet(JobTableModel::PhaseRole, {u"Unknown"_s});
        QCOMPARE(names(m_proxy), QStringList{u"llama-2"_s});
        Delta<Job> delta;
        delta.upserts = {job(u"bert"_s, JobPhase::Unknown, 8, u"nlp"_s)};
        m_model.applyDelta(delta);
        QCOMPARE(m_proxy.rowCount(), 2);
    }

    void endsAsOneMadeAfreshUnderRandomDeltas_data()
    {
        QTest::addColumn<int>("column");
        QTest::addColumn<Qt::SortOrder>("order");
        QTest::newRow("numbers, greatest first") << int(JobTableModel::Gpus) << Qt::DescendingOrder;
        QTest::newRow("texts") << int(JobTableModel::Name) << Qt::AscendingOrder;
        QTest::newRow("as they came") << -1 << Qt::AscendingOrder;
    }
    void endsAsOneMadeAfreshUnderRandomDeltas()
    {
        QFETCH(int, column);
        QFETCH(Qt::SortOrder, order);
        QAbstractItemModelTester tester(&m_proxy);
        QRandomGenerator random(7);
        m_proxy.setFacet(JobTableModel::PhaseRole, {u"Running"_s, u"Failed"_s});
        m_proxy.sort(column, order);
        QPersistentModelIndex kept;
        QString keptKey;
        for (int round = 0; round < 120; ++round) {
            // Few rows at a time go to their places one by one, many as one change of layout.
            const int changes = round % 3 == 0 ? 3 : 60;
            Delta<Job> delta;
            for (int i = 0; i < changes; ++i) {
                const QString name = QString::number(random.bounded(200));
                if (random.bounded(3) == 0)
                    delta.removed.append(name);
                else
                    delta.upserts.append(job(name, static_cast<JobPhase>(random.bounded(8)), random.bounded(64)));
            }
            if (round % 10 == 7)
                m_proxy.setHeld(true);
            m_model.applyDelta(delta);
            if (kept.isValid())
                QCOMPARE(kept.data(KeyRole).toString(), keptKey);
            if (round % 10 == 9)
                m_proxy.setHeld(false);
            if (round % 10 == 5)
                m_proxy.setText(round % 20 == 5 ? u"1"_s : QString());
            if (!m_proxy.isHeld()) {
                FilterProxy fresh;
                fresh.setSourceModel(&m_model);
                fresh.setFacets(m_proxy.facets());
                fresh.setText(m_proxy.text());
                fresh.sort(column, order);
                QCOMPARE(names(m_proxy), names(fresh));
                QCOMPARE(m_proxy.hiddenRows(), fresh.hiddenRows());
            }
            kept = m_proxy.rowCount() > 0 ? m_proxy.index(random.bounded(m_proxy.rowCount()), 1) : QModelIndex();
            keptKey = kept.data(KeyRole).toString();
        }
        m_proxy.setHeld(false);
        m_model.clear();
        QCOMPARE(m_proxy.rowCount(), 0);
    }

    /// What comes back has its place, whatever became of it and of others while it was hidden, in sections of which some are folded.
    void sectionsEndAsThoseMadeAfresh()
    {
        Sections model;
        FilterProxy proxy;
        proxy.setSourceModel(&model);
        proxy.setSectioned(true);
        proxy.sort(0, Qt::DescendingOrder);
        QAbstractItemModelTester tester(&proxy);
        QRandomGenerator random(11);
        QSet<int> folded;
        int compared = 0;
        for (int round = 0; round < 150; ++round) {
            QList<Item> upserts;
            QStringList removed;
            const int changes = round % 4 == 0 ? 60 : 2;
            for (int i = 0; i < changes; ++i) {
                const QString key = QString::number(random.bounded(300));
                if (random.bounded(6) == 0)
                    removed.append(key);
                else
                    upserts.append({key, int(random.bounded(Sections::count)), false, int(random.bounded(20))});
            }
            if (round % 12 == 8)
                proxy.setHeld(true);
            model.apply(upserts, removed);
            if (round % 3 == 1)
                proxy.setText(QStringList{u"1"_s, u"12"_s, QString(), u"nothing"_s}.at(random.bounded(4)));
            if (round % 12 == 10)
                proxy.setHeld(false);
            if (round % 7 == 5 && !proxy.isHeld()) {
                const int section = random.bounded(Sections::count);
                const bool fold = !folded.contains(section);
                if (fold)
                    folded.insert(section);
                else
                    folded.remove(section);
                proxy.setFolded(section, fold);
            }
            if (proxy.isHeld())
                continue;
            ++compared;
            FilterProxy fresh;
            fresh.setSourceModel(&model);
            fresh.setSectioned(true);
            fresh.setText(proxy.text());
            for (const int section : std::as_const(folded))
                fresh.setFolded(section, true);
            fresh.sort(0, Qt::DescendingOrder);
            QCOMPARE(names(proxy), names(fresh));
            int passing = 0, total = 0;
            for (int row = 0; row < model.rowCount(); ++row) {
                const QModelIndex index = model.index(row, 0);
                if (index.data(HeadRole).toBool())
                    continue;
                ++total;
                passing += index.data().toString().contains(proxy.text()) ? 1 : 0;
            }
            QCOMPARE(proxy.count().total, total);
            QCOMPARE(proxy.count().passing, passing);
        }
        QVERIFY(compared > 100);
    }

    /// A letter that is typed costs one look at each row, and its taking back no order to be found anew.
    void typingAsksEachRowOnce()
    {
        Sections model;
        QList<Item> items;
        for (int i = 0; i < 1000; ++i)
            items.append({u"item %1"_s.arg(i), i % Sections::count, false, (i * 7919) % 1000});
        model.apply(items, {});
        FilterProxy proxy;
        proxy.setSourceModel(&model);
        proxy.setSectioned(true);
        proxy.sort(0, Qt::AscendingOrder);
        const QStringList all = names(proxy);
        QSignalSpy laidOut(&proxy, &QAbstractItemModel::layoutChanged);
        for (const QString &text : {u"3"_s, u"37"_s, u"nothing like it"_s, u"9"_s, QString()}) {
            model.asked = 0;
            laidOut.clear();
            proxy.setText(text);
            QVERIFY2(model.asked <= 1000, qPrintable(u"%1: %2"_s.arg(text).arg(model.asked)));
            QVERIFY2(laidOut.size() <= 2, qPrintable(u"%1: %2"_s.arg(text).arg(laidOut.size()))); // those that leave, and those that come
            model.asked = 0;
            QVERIFY(proxy.count().total == 1000 && proxy.count().passing <= 1000);
            QCOMPARE(model.asked, 0);
        }
        QCOMPARE(names(proxy), all);
    }

    void heldRowsKeepTheirPlaces()
    {
        m_proxy.sort(JobTableModel::Gpus, Qt::DescendingOrder);
        const QStringList before = names(m_proxy);
        m_proxy.setHeld(true);
        Delta<Job> delta;
        delta.upserts = {job(u"clip"_s, JobPhase::Running, 99, u"nlp"_s), job(u"new"_s, JobPhase::Running, 100)};
        m_model.applyDelta(delta);
        QCOMPARE(names(m_proxy), before + QStringList{u"new"_s});
        m_proxy.setHeld(false);
        QCOMPARE(names(m_proxy).mid(0, 2), (QStringList{u"new"_s, u"clip"_s}));
    }

    void manyRowsAreOneInsertionAndOneLayout()
    {
        m_proxy.sort(JobTableModel::Name, Qt::AscendingOrder);
        QSignalSpy inserted(&m_proxy, &QAbstractItemModel::rowsInserted);
        QSignalSpy laidOut(&m_proxy, &QAbstractItemModel::layoutChanged);
        QSignalSpy removed(&m_proxy, &QAbstractItemModel::rowsRemoved);
        Delta<Job> delta;
        for (int i = 0; i < 100; ++i) {
            delta.upserts.append(job(u"x%1-a"_s.arg(i), JobPhase::Running, 1));
            delta.upserts.append(job(u"x%1-c"_s.arg(i), JobPhase::Running, 1));
        }
        m_model.applyDelta(delta);
        QCOMPARE(inserted.size(), 1); // all behind one another
        QCOMPARE(laidOut.size(), 0);
        delta = {};
        for (int i = 0; i < 100; ++i)
            delta.upserts.append(job(u"x%1-b"_s.arg(i), JobPhase::Running, 1));
        m_model.applyDelta(delta);
        QCOMPARE(inserted.size(), 2);
        QCOMPARE(laidOut.size(), 1);
        m_proxy.setText(u"-b"_s);
        QCOMPARE(removed.size(), 1);
        QCOMPARE(m_proxy.rowCount(), 100);
    }

    void largeWholeNumbersKeepAllTheirDigits()
    {
        struct Model final : QAbstractTableModel {
            int rowCount(const QModelIndex &parent) const override { return parent.isValid() ? 0 : 3; }
            int columnCount(const QModelIndex &parent) const override { return parent.isValid() ? 0 : 1; }
            QVariant data(const QModelIndex &index, int role) const override
            {
                if (role == Qt::DisplayRole)
                    return QString(QChar(u'a' + index.row()));
                return role == SortRole ? QVariant((1LL << 62) + (index.row() + 1) % 3) : QVariant();
            }
        } model;
        FilterProxy proxy;
        proxy.setSourceModel(&model);
        proxy.sort(0);
        QCOMPARE(names(proxy), (QStringList{u"c"_s, u"a"_s, u"b"_s}));
    }

    void aModelThatGoesFirstLeavesNoRows()
    {
        FilterProxy proxy;
        {
            JobTableModel model;
            model.setJobs({job(u"a"_s, JobPhase::Running, 1)});
            proxy.setSourceModel(&model);
            proxy.setSourceModel(&model);
            QCOMPARE(proxy.rowCount(), 1);
        }
        QCOMPARE(proxy.rowCount(), 0);
        QCOMPARE(proxy.columnCount(), 0);
    }

    void modelsWithoutSearchTextAreSearchedByCell()
    {
        PodTableModel pods;
        Pod pod;
        pod.uid = u"1"_s;
        pod.name = u"w-0"_s;
        pod.node = u"gpu-4"_s;
        pods.setPods({pod});
        FilterProxy proxy;
        proxy.setSourceModel(&pods);
        proxy.setText(u"GPU-4"_s);
        QCOMPARE(proxy.rowCount(), 1);
        proxy.setText(u"gpu-5"_s);
        QCOMPARE(proxy.rowCount(), 0);
    }
};

QTEST_GUILESS_MAIN(TestFilterProxy)
#include "tst_filterproxy.moc"
