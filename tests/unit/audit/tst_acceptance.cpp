// SPDX-License-Identifier: GPL-3.0-or-later
#include "audit/Acceptance.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::audit;

namespace {

const QByteArray file = "# What we live with.\n"
                        "accepted:\n"
                        "  # The database\n"
                        "  - rule: HA28\n"
                        "    object: Deployment kubeflow/mysql\n"
                        "    reason: moves to RDS in Q4   # ticket 17\n"
                        "    by: ops\n"
                        "    until: 2026-03-31\n"
                        "\n"
                        "  - rule: HA25\n"
                        "    namespace: kube*\n"
                        "    reason: probes come with 26.06\n"
                        "    by: ops\n"
                        "    until: 2026-02-28\n";

Finding finding(const QString &rule, const QString &ns, const QString &name, const QString &kind = u"Deployment"_s)
{
    Finding made;
    made.rule = rule;
    made.object = {u"apps"_s, kind, ns, name};
    return made;
}

Report report(const QList<Finding> &findings)
{
    Report made;
    made.findings = findings;
    return made;
}

const QDate today(2026, 3, 1);

} // namespace

class TestAcceptance : public QObject
{
    Q_OBJECT
private slots:
    void countsUntilItsLastDay()
    {
        const AcceptanceFile accepted = AcceptanceFile::read(file);
        QVERIFY2(accepted.faults().isEmpty(), qPrintable(accepted.faults().value(0).why));
        QCOMPARE(accepted.entries().size(), 2);
        QCOMPARE(accepted.entries()[0].line, 4);
        const Report made = report({finding(u"HA28"_s, u"kubeflow"_s, u"mysql"_s), finding(u"HA28"_s, u"kubeflow"_s, u"katib-mysql"_s), finding(u"HA25"_s, u"kubeflow"_s, u"x"_s),
                                    finding(u"HA25"_s, u"auth"_s, u"dex"_s)});
        using State = Decision::State;
        const auto states = [&](const QDate &day) {
            QList<State> list;
            for (const Decision &decision : decide(made, accepted, day))
                list.append(decision.state);
            return list;
        };
        QCOMPARE(states(today), (QList{State::Accepted, State::Open, State::Ended, State::Open}));
        QCOMPARE(states({2026, 3, 31}).first(), State::Accepted);
        QCOMPARE(states({2026, 4, 1}).first(), State::Ended);
        QCOMPARE(decide(made, accepted, today)[2].entry, 1);
        QVERIFY(decide(made, accepted, today)[2].counts());
        QVERIFY(unused(made, accepted).isEmpty());
        QCOMPARE(unused(report({}), accepted), (QList{0, 1}));
    }

    void theLongestCounts()
    {
        const AcceptanceFile accepted = AcceptanceFile::read("accepted:\n"
                                                             "  - {rule: HA01, object: '* kubeflow/*', reason: a, by: b, until: 2026-01-01}\n"
                                                             "  - {rule: HA01, objects: ['Deployment kubeflow/x?', 'Deployment auth/dex'], reason: a, by: b, until: 2026-12-01}\n");
        QVERIFY(accepted.faults().isEmpty());
        const QList<Decision> decisions = decide(report({finding(u"HA01"_s, u"kubeflow"_s, u"x1"_s), finding(u"HA01"_s, u"kubeflow"_s, u"x12"_s)}), accepted, today);
        QCOMPARE(decisions[0], (Decision{Decision::State::Accepted, 1}));
        QCOMPARE(decisions[1], (Decision{Decision::State::Ended, 0}));
    }

    void anEmptyFileAcceptsNothing()
    {
        for (const QByteArray &text : {QByteArray(), QByteArray("# later\n"), QByteArray("accepted:\n"), QByteArray("accepted: []\n")}) {
            const AcceptanceFile accepted = AcceptanceFile::read(text);
            QVERIFY2(accepted.faults().isEmpty(), text.constData());
            QVERIFY(accepted.entries().isEmpty());
        }
    }

    void faultsNameTheirPlace_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("line");
        QTest::addColumn<int>("column");
        const QByteArray rest = ", reason: a, by: b, until: 2026-12-01}\n";
        QTest::newRow("no YAML") << QByteArray("accepted: [\n") << 2 << 1;
        QTest::newRow("a list") << QByteArray("- a\n") << 1 << 1;
        QTest::newRow("another key") << QByteArray("acepted: []\n") << 1 << 1;
        QTest::newRow("a word") << QByteArray("accepted: HA01\n") << 1 << 11;
        QTest::newRow("an entry that is none") << QByteArray("accepted:\n  - HA01\n") << 2 << 5;
        QTest::newRow("no such rule") << "accepted:\n  - {rule: HA99, object: Deployment a/b" + rest << 2 << 12;
        QTest::newRow("no object") << "accepted:\n  - {rule: HA01" + rest << 2 << 5;
        QTest::newRow("two ways") << "accepted:\n  - {rule: HA01, namespace: a, object: Deployment a/b" + rest << 2 << 5;
        QTest::newRow("an object without kind") << "accepted:\n  - {rule: HA01, object: a/b" + rest << 2 << 26;
        QTest::newRow("a misspelt key") << "accepted:\n  - {rule: HA01, object: Deployment a/b, untill: x" + rest << 2 << 42;
        QTest::newRow("no end") << QByteArray("accepted:\n  - {rule: HA01, object: Deployment a/b, reason: a, by: b}\n") << 2 << 5;
        QTest::newRow("no date") << QByteArray("accepted:\n  - {rule: HA01, object: Deployment a/b, reason: a, by: b, until: soon}\n") << 2 << 67;
        QTest::newRow("not that day") << QByteArray("accepted:\n  - {rule: HA01, object: Deployment a/b, reason: a, by: b, until: 2026-02-30}\n") << 2 << 67;
        QTest::newRow("no reason") << QByteArray("accepted:\n  - {rule: HA01, object: Deployment a/b, reason: '', by: b, until: 2026-12-01}\n") << 2 << 50;
        QTest::newRow("a list as reason") << QByteArray("accepted:\n  - {rule: HA01, object: Deployment a/b, reason: [a], by: b, until: 2026-12-01}\n") << 2 << 50;
    }
    void faultsNameTheirPlace()
    {
        QFETCH(const QByteArray, text);
        QFETCH(const int, line);
        QFETCH(const int, column);
        const AcceptanceFile accepted = AcceptanceFile::read(text);
        QVERIFY(!accepted.faults().isEmpty());
        QVERIFY(accepted.entries().isEmpty());
        const manifest::Fault &fault = accepted.faults().first();
        QCOMPARE(u"%1:%2"_s.arg(fault.place.line).arg(fault.place.column), u"%1:%2"_s.arg(line).arg(column));
        QVERIFY(!fault.why.isEmpty() && !fault.fix.isEmpty());
        QCOMPARE(accepted.error().causes.first().field, u"%1:%2"_s.arg(line).arg(column));
        AcceptanceFile copy = accepted;
        QVERIFY(!copy.add({u"HA01"_s, {u"Deployment a/b"_s}, {}, u"a"_s, u"b"_s, today}));
        QCOMPARE(copy.text(), text);
    }

    void oneFaultyEntryHidesNoOther()
    {
        const AcceptanceFile accepted = AcceptanceFile::read(file + "  - rule: HA01\n");
        QVERIFY(!accepted.faults().isEmpty());
        QCOMPARE(accepted.entries().size(), 2);
    }

    void editsKeepWhatPeopleWrote()
    {
        AcceptanceFile accepted = AcceptanceFile::read(file);
        QVERIFY(accepted.renew(accepted.entries()[0], {2026, 12, 31}));
        // In quotes, as readers of YAML 1.1 would make a date of it.
        const QByteArray renewed = QByteArray(file).replace("2026-03-31", "\"2026-12-31\"");
        QCOMPARE(accepted.text(), renewed);
        QCOMPARE(accepted.entries()[0].until, QDate(2026, 12, 31));

        QVERIFY(accepted.add({u"HA45"_s, {u"Deployment kubeflow/ml-pipeline-viewer-crd"_s}, {}, u"no: TensorBoard here"_s, u"lena"_s, {2026, 6, 30}}));
        QVERIFY(accepted.text().startsWith(renewed));
        QCOMPARE(accepted.entries().size(), 3);
        QCOMPARE(accepted.entries()[2].reason, u"no: TensorBoard here"_s);

        QVERIFY(accepted.remove(accepted.entries()[1]));
        QCOMPARE(accepted.entries().size(), 2);
        QVERIFY(accepted.text().contains("# ticket 17") && accepted.text().contains("# The database") && !accepted.text().contains("HA25"));
    }

    void theFirstEntryMakesTheFile()
    {
        for (const QByteArray &text : {QByteArray(), QByteArray("# of team A"), QByteArray("accepted: []\n"), QByteArray("accepted:\n")}) {
            AcceptanceFile accepted = AcceptanceFile::read(text);
            const Result<> added = accepted.add({u"HA01"_s, {}, u"kubeflow"_s, u"a"_s, u"b"_s, today});
            QVERIFY2(added, text.constData());
            const AcceptanceFile again = AcceptanceFile::read(accepted.text());
            QVERIFY(again.faults().isEmpty());
            QCOMPARE(again.entries().size(), 1);
            QCOMPARE(again.entries()[0].ns, u"kubeflow"_s);
            QVERIFY(!text.startsWith('#') || accepted.text().startsWith(text));
        }
    }

    void whatCannotBeAddedIsNotAdded()
    {
        AcceptanceFile accepted = AcceptanceFile::read(file);
        QVERIFY(!accepted.add({u"HA01"_s, {}, {}, u"a"_s, u"b"_s, today}));
        QVERIFY(!accepted.add({u"HA01"_s, {u"nonsense"_s}, {}, u"a"_s, u"b"_s, today}));
        QVERIFY(!accepted.add({u"HA01"_s, {}, u"a"_s, u"a"_s, u"b"_s, QDate()}));
        QCOMPARE(accepted.text(), file);
    }

    void aPatternOfStarsCostsLittle()
    {
        const QByteArray stars = QByteArray(2000, '*') + "b";
        const AcceptanceFile accepted = AcceptanceFile::read("accepted:\n  - {rule: HA01, namespace: '" + stars + "', reason: a, by: b, until: 2026-12-01}\n");
        QCOMPARE(accepted.entries().size(), 1);
        QVERIFY(!accepted.entries()[0].fits(finding(u"HA01"_s, QString(5000, u'a'), u"x"_s)));
        QVERIFY(accepted.entries()[0].fits(finding(u"HA01"_s, QString(5000, u'a') + u'b', u"x"_s)));
    }
};

QTEST_GUILESS_MAIN(TestAcceptance)
#include "tst_acceptance.moc"
