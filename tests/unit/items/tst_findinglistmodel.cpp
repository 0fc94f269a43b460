// SPDX-License-Identifier: GPL-3.0-or-later
#include "items/FindingListModel.h"

#include <QAbstractItemModelTester>
#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using audit::Finding;
using audit::Severity;
using items::FindingListModel;
using Kind = FindingListModel::Kind;

namespace {

Finding finding(const QString &rule, Severity severity, const QString &name)
{
    Finding finding;
    finding.rule = rule;
    finding.severity = severity;
    finding.object = {u"apps"_s, u"Deployment"_s, u"kubeflow"_s, name};
    finding.component = name;
    finding.title = name + u" is alone"_s;
    finding.consequence = u"It stops."_s;
    finding.evidence = {{finding.object, u"spec.replicas"_s, u"1"_s}};
    return finding;
}

QStringList rows(const FindingListModel &model)
{
    QStringList list;
    for (int i = 0; i < model.rowCount(); ++i) {
        const FindingListModel::Row &row = *model.rowAt(i);
        list.append(row.kind == Kind::Section ? u"#"_s + row.key : row.kind == Kind::Fold ? u"+"_s + row.key : model.title(row));
    }
    return list;
}

} // namespace

class TestFindingListModel : public QObject
{
    Q_OBJECT
private slots:
    void findingsCanBeReadAreaByArea()
    {
        FindingListModel model;
        QAbstractItemModelTester tester(&model);
        model.setSections(FindingListModel::Sections::Area);
        Finding node = finding(u"HA33"_s, Severity::High, u"n1"_s);
        node.object = {{}, u"Node"_s, {}, u"n1"_s};
        node.component.clear();
        model.setFindings({finding(u"HA28"_s, Severity::Critical, u"mysql"_s), node, finding(u"HA01"_s, Severity::High, u"training-operator"_s),
                           finding(u"HA17"_s, Severity::Low, u"ml-pipeline"_s)});
        QCOMPARE(rows(model), (QStringList{u"#area:pipelines"_s, u"mysql is alone"_s, u"ml-pipeline is alone"_s, u"#area:training"_s, u"training-operator is alone"_s,
                                           u"#area:"_s, u"n1 is alone"_s}));
        QCOMPARE(model.consequence(*model.rowAt(0)), u"critical 1, low 1"_s);
        // A low one is not folded away with its severity here, and an area folds.
        model.setOpen(u"area:pipelines"_s, false);
        QCOMPARE(model.rowCount(), 5);
        model.reveal(items::findingKey(model.findings().first()));
        QCOMPARE(model.rowCount(), 7);
    }

    void whatTheControlPlaneLacksConcernsEachOfItsPrograms()
    {
        Finding plane = finding(u"HA41"_s, Severity::Critical, u"cp-1"_s);
        plane.object = {{}, u"Node"_s, {}, u"cp-1"_s};
        plane.component = u"kube-apiserver"_s;
        components::Component component;
        component.ns = u"kube-system"_s;
        for (const QString &id : {u"kube-apiserver"_s, u"etcd"_s}) {
            component.id = id;
            QVERIFY(items::concerns(plane, component));
        }
        component.ns = u"kubeflow"_s;
        component.id = u"training-operator"_s;
        QVERIFY(!items::concerns(plane, component));
        QVERIFY(items::concerns(finding(u"HA01"_s, Severity::High, u"training-operator"_s), component));
        component.ns = u"elsewhere"_s;
        QVERIFY(!items::concerns(finding(u"HA01"_s, Severity::High, u"training-operator"_s), component));
    }

    void threeOfARuleAreOneRowThatUnfolds()
    {
        FindingListModel model;
        QAbstractItemModelTester tester(&model);
        model.setFindings({finding(u"HA28"_s, Severity::Critical, u"mysql"_s), finding(u"HA01"_s, Severity::High, u"a"_s), finding(u"HA01"_s, Severity::High, u"b"_s),
                           finding(u"HA01"_s, Severity::High, u"c"_s), finding(u"HA17"_s, Severity::High, u"d"_s), finding(u"HA17"_s, Severity::High, u"e"_s)});
        const QStringList folded{u"#critical"_s, u"mysql is alone"_s, u"#high"_s, u"+high HA01"_s, u"d is alone"_s, u"e is alone"_s};
        QCOMPARE(rows(model), folded);
        QCOMPARE(model.rowAt(3)->findings.size(), 3);
        QVERIFY(!model.action(*model.rowAt(3)).isEmpty());
        model.setOpen(u"high HA01"_s, true);
        QCOMPARE(rows(model), (QStringList{u"#critical"_s, u"mysql is alone"_s, u"#high"_s, u"+high HA01"_s, u"a is alone"_s, u"b is alone"_s, u"c is alone"_s,
                                           u"d is alone"_s, u"e is alone"_s}));
        QVERIFY(model.rowAt(4)->child);
        model.setOpen(u"high HA01"_s, false);
        QCOMPARE(rows(model), folded);
        model.setOpen(u"high"_s, false);
        QCOMPARE(rows(model), (QStringList{u"#critical"_s, u"mysql is alone"_s, u"#high"_s}));
    }

    void whatMayWaitIsFoldedUntilSomebodyLooksForIt()
    {
        FindingListModel model;
        model.setFindings({finding(u"HA07"_s, Severity::Low, u"a"_s)});
        QCOMPARE(rows(model), QStringList{u"#low"_s});
        model.setFilter(u"ha07"_s);
        QCOMPARE(rows(model), (QStringList{u"#low"_s, u"a is alone"_s}));
        model.setFilter({});
        model.reveal(items::findingKey(model.findingAt(0)));
        QCOMPARE(rows(model), (QStringList{u"#low"_s, u"a is alone"_s}));
    }

    void theFilterLooksAtRuleObjectAndEvidence()
    {
        FindingListModel model;
        Finding spread = finding(u"HA17"_s, Severity::High, u"ui"_s);
        spread.evidence.append({{{}, u"Pod"_s, u"kubeflow"_s, u"ui-1"_s}, u"spec.nodeName"_s, u"node-2"_s});
        model.setFindings({finding(u"HA01"_s, Severity::High, u"a"_s), finding(u"HA01"_s, Severity::High, u"b"_s), finding(u"HA01"_s, Severity::High, u"c"_s), spread});
        model.setFilter(u"NODE-2"_s);
        QCOMPARE(rows(model), (QStringList{u"#high"_s, u"ui is alone"_s}));
        QCOMPARE(model.shownCount(), 1);
        model.setFilter(u"ha01 kubeflow/b"_s);
        QCOMPARE(rows(model), (QStringList{u"#high"_s, u"b is alone"_s}));
        // Who filters sees each by itself.
        model.setFilter(u"ha01"_s);
        QCOMPARE(model.rowCount(), 4);
        model.setFilter(u"nothing"_s);
        QCOMPARE(model.rowCount(), 0);
    }

    void theGroupIsTheCatalogues()
    {
        FindingListModel model;
        model.setFindings({finding(u"HA28"_s, Severity::Critical, u"mysql"_s), finding(u"HA01"_s, Severity::High, u"not-catalogued"_s)});
        const QString group = items::groupOf(model.findingAt(0));
        QVERIFY(!group.isEmpty());
        QCOMPARE(items::groupOf(model.findingAt(1)), u"uncatalogued"_s);
        model.setGroup(group);
        QCOMPARE(rows(model), (QStringList{u"#critical"_s, u"mysql is alone"_s}));
    }

    void theSameReportChangesNothing()
    {
        FindingListModel model;
        const QList<Finding> findings{finding(u"HA28"_s, Severity::Critical, u"mysql"_s), finding(u"HA28"_s, Severity::Critical, u"mysql"_s)};
        model.setFindings(findings);
        // Twins have keys of their own.
        QVERIFY(model.rowAt(1)->key != model.rowAt(2)->key);
        QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        model.setFindings(findings);
        QCOMPARE(reset.size() + changed.size(), 0);
        QList<Finding> other = findings;
        other[0].title = u"mysql keeps three databases"_s;
        model.setFindings(other);
        QCOMPARE(reset.size(), 0);
        QCOMPARE(changed.size(), 1);
    }

    void textFromOutsideIsShownSafely()
    {
        FindingListModel model;
        Finding evil = finding(u"HA01"_s, Severity::High, u"a\u202Eb"_s);
        evil.evidence = {{evil.object, {}, {}}, {{{}, u"Pod"_s, {}, u"p\nq"_s}, u"spec\u202E"_s, u"1"_s}};
        model.setFindings({evil});
        for (const FindingListModel::Link &link : model.links(*model.rowAt(1))) {
            QVERIFY2(!link.text.contains(QChar(0x202e)) && !link.text.contains(u'\n'), qPrintable(link.text));
        }
    }

    void tenThousandAreFast()
    {
        QList<Finding> findings;
        for (int i = 0; i < 10'000; ++i)
            findings.append(finding(u"HA%1"_s.arg(i % 55 + 1, 2, 10, QLatin1Char('0')), static_cast<Severity>(i * 4 / 10'000), u"component-%1"_s.arg(i)));
        FindingListModel model;
        QElapsedTimer timer;
        timer.start();
        model.setFindings(findings);
        model.setFilter(u"component-77"_s);
        QCOMPARE(model.shownCount(), 111);
        model.setFilter({});
        QVERIFY(model.rowCount() < 300);
        // Generous: the machine that tests may be busy.
        QVERIFY2(timer.elapsed() < 2000, qPrintable(QString::number(timer.elapsed())));
    }
};

QTEST_GUILESS_MAIN(TestFindingListModel)
#include "tst_findinglistmodel.moc"
