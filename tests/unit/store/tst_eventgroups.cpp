// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/EventGroups.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using store::EventGroups;
using store::ResourceStore;
using store::StoreChange;

namespace {

const QDateTime start = QDateTime::fromString(u"2026-03-01T12:00:00Z"_s, Qt::ISODate);

Event said(const QString &uid, const QString &object, const QString &reason, int second, int count = 1)
{
    Event event;
    event.uid = uid;
    event.ns = u"research"_s;
    event.objectKind = u"Pod"_s;
    event.objectName = object;
    event.type = u"Warning"_s;
    event.reason = reason;
    event.message = u"message %1"_s.arg(second);
    event.count = count;
    event.first = start;
    event.last = start.addSecs(second);
    return event;
}

} // namespace

class TestEventGroups : public QObject
{
    Q_OBJECT
    std::unique_ptr<ResourceStore<Event>> m_events;
    std::unique_ptr<EventGroups> m_groups;
    QList<Delta<Event>> m_deltas;

    void put(const QList<Event> &upserts, const QStringList &removed = {})
    {
        m_deltas.clear();
        Delta<Event> delta;
        delta.upserts = upserts;
        delta.removed = removed;
        m_events->apply(delta);
    }

private slots:
    void init()
    {
        m_groups = std::make_unique<EventGroups>();
        m_events = std::make_unique<ResourceStore<Event>>();
        connect(m_events.get(), &store::StoreSignals::changed, this,
                [this](const StoreChange &change) { m_deltas.append(m_groups->apply(*m_events, change)); });
    }

    void whatSaysTheSameIsOneRow()
    {
        put({said(u"a"_s, u"p-0"_s, u"BackOff"_s, 10, 3), said(u"b"_s, u"p-0"_s, u"BackOff"_s, 20, 0),
             said(u"c"_s, u"p-1"_s, u"BackOff"_s, 5), said(u"d"_s, u"p-0"_s, u"Killing"_s, 5)});
        QCOMPARE(m_deltas.size(), 1);
        QCOMPARE(m_deltas[0].upserts.size(), 3);
        const auto group = std::ranges::find_if(m_deltas[0].upserts, [](const Event &e) { return e.count == 4; });
        QVERIFY(group != m_deltas[0].upserts.end());
        QCOMPARE(group->message, u"message 20"_s);
        QCOMPARE(group->first, start);
        QCOMPARE(group->last, start.addSecs(20));
    }

    void aGroupFollowsItsMembers()
    {
        put({said(u"a"_s, u"p-0"_s, u"BackOff"_s, 10), said(u"b"_s, u"p-0"_s, u"BackOff"_s, 20)});
        put({said(u"a"_s, u"p-0"_s, u"BackOff"_s, 30, 7)});
        QCOMPARE(m_deltas[0].upserts.size(), 1);
        QCOMPARE(m_deltas[0].upserts[0].count, 8);
        QCOMPARE(m_deltas[0].upserts[0].last, start.addSecs(30));
        put({}, {u"a"_s});
        QCOMPARE(m_deltas[0].upserts[0].count, 1);
        QCOMPARE(m_deltas[0].upserts[0].last, start.addSecs(20));
        const QString key = m_deltas[0].upserts[0].uid;
        put({}, {u"b"_s});
        QVERIFY(m_deltas[0].upserts.isEmpty());
        QCOMPARE(m_deltas[0].removed, QStringList{key});
    }

    void anEventThatBecomesAnotherMoves()
    {
        put({said(u"a"_s, u"p-0"_s, u"BackOff"_s, 10), said(u"b"_s, u"p-0"_s, u"BackOff"_s, 20)});
        put({said(u"b"_s, u"p-0"_s, u"Failed"_s, 30)});
        QCOMPARE(m_deltas[0].upserts.size(), 2);
        for (const Event &group : m_deltas[0].upserts)
            QCOMPARE(group.count, 1);
    }

    void aSecondObjectOfTheSameNameIsAnother()
    {
        Event old = said(u"a"_s, u"p-0"_s, u"BackOff"_s, 10);
        old.objectUid = u"1"_s;
        Event now = said(u"b"_s, u"p-0"_s, u"BackOff"_s, 20);
        now.objectUid = u"2"_s;
        put({old, now});
        QCOMPARE(m_deltas[0].upserts.size(), 2);
    }
};

QTEST_GUILESS_MAIN(TestEventGroups)
#include "tst_eventgroups.moc"
