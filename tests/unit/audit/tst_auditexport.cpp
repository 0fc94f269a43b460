// SPDX-License-Identifier: GPL-3.0-or-later
#include "Examples.h"

#include "audit/Export.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSet>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::audit;
using namespace cairn::audit::samples;

namespace {

struct Made {
    Scene scene;
    Report report;
    AcceptanceFile accepted = AcceptanceFile::read("accepted:\n"
                                                   "  - {rule: HA28, object: Deployment kubeflow/mysql, reason: moves, by: ops, until: 2026-12-31}\n"
                                                   "  - {rule: HA24, namespace: kubeflow, reason: later, by: ops, until: 2026-01-31}\n"
                                                   "  - {rule: HA02, namespace: nowhere, reason: old, by: ops, until: 2027-01-31}\n");
    Judgement judgement() const { return {report, scene, accepted, decide(report, accepted, {2026, 3, 1}), unused(report, accepted)}; }
};

Made make(Scene::Source source = Scene::Source::Manifests)
{
    Made made;
    made.scene = Scene(source, now());
    if (source == Scene::Source::Cluster)
        readAll(made.scene);
    int line = 1;
    for (const QJsonObject &object : deploy({.name = u"mysql"_s}) + deploy({.name = u"ml-pipeline-ui"_s}) + deploy({.name = u"a`b|c"_s}))
        made.scene.add(object, source == Scene::Source::Manifests ? Place{u"a b/kubeflow.yaml"_s, line++ * 10} : Place());
    made.report = audit::audit(made.scene);
    return made;
}

} // namespace

class TestAuditExport : public QObject
{
    Q_OBJECT
private slots:
    void jsonHasWhatIsPromised()
    {
        const Made made = make();
        const QJsonObject json = toJson(made.judgement());
        const QJsonArray findings = json[u"findings"_s].toArray();
        QCOMPARE(findings.size(), made.report.findings.size());
        int accepted = 0, ended = 0, open = 0;
        for (const QJsonValue &value : findings) {
            const QJsonObject finding = value.toObject();
            for (const QString &key : {u"id"_s, u"severity"_s, u"object"_s, u"component"_s, u"primary"_s, u"title"_s, u"consequence"_s, u"fix"_s, u"evidence"_s, u"accepted"_s, u"counts"_s, u"file"_s, u"line"_s})
                QVERIFY2(finding.contains(key), qPrintable(key));
            for (const QString &key : {u"kind"_s, u"namespace"_s, u"name"_s})
                QVERIFY(finding[u"object"_s].toObject().contains(key));
            QVERIFY(severityOf(finding[u"severity"_s].toString()));
            QVERIFY(finding[u"line"_s].toInt() >= 10);
            if (finding[u"accepted"_s].isNull())
                ++open;
            else if (finding[u"accepted"_s][u"ended"_s].toBool())
                ++ended;
            else
                ++accepted;
            QCOMPARE(finding[u"counts"_s].toBool(), finding[u"accepted"_s].isNull() || finding[u"accepted"_s][u"ended"_s].toBool());
        }
        QCOMPARE(accepted, 1);
        QCOMPARE(ended, 3);
        int counted = 0;
        for (const QJsonValue &count : json[u"counts"_s].toObject())
            counted += count.toInt();
        QCOMPARE(counted, open + ended);
        QVERIFY(!json[u"notEvaluated"_s].toArray().isEmpty());
        QCOMPARE(json[u"unusedAcceptances"_s].toArray().size(), 1);
        QCOMPARE(json[u"source"_s].toString(), u"manifests"_s);
    }

    void thresholdsCountWhatIsNotAccepted()
    {
        Made made = make();
        QCOMPARE(counted(made.judgement()).value(Severity::Critical), 0); // mysql's is accepted
        QVERIFY(!isAtLeast(made.judgement(), Severity::Critical));
        QVERIFY(isAtLeast(made.judgement(), Severity::High));
        made.accepted = {};
        QVERIFY(isAtLeast(made.judgement(), Severity::Critical));
        made.report.findings.clear();
        QVERIFY(!isAtLeast(made.judgement(), Severity::Low));
    }

    void sarifIsSound()
    {
        const Made made = make();
        const QJsonObject sarif = toSarif(made.judgement(), u"1.2.3"_s);
        QCOMPARE(sarif[u"version"_s].toString(), u"2.1.0"_s);
        QCOMPARE(sarif[u"runs"_s].toArray().size(), 1);
        const QJsonObject run = sarif[u"runs"_s][0].toObject();
        const QJsonArray described = run[u"tool"_s][u"driver"_s][u"rules"_s].toArray();
        QCOMPARE(described.size(), rules().size());
        static const QStringList levels{u"error"_s, u"warning"_s, u"note"_s};
        QSet<QString> prints;
        int suppressed = 0;
        for (const QJsonValue &value : run[u"results"_s].toArray()) {
            QCOMPARE(described[value[u"ruleIndex"_s].toInt()][u"id"_s], value[u"ruleId"_s]);
            QVERIFY(levels.contains(value[u"level"_s].toString()));
            QVERIFY(!value[u"message"_s][u"text"_s].toString().isEmpty());
            const QJsonValue location = value[u"locations"_s][0];
            QCOMPARE(location[u"physicalLocation"_s][u"artifactLocation"_s][u"uri"_s].toString(), u"a%20b/kubeflow.yaml"_s);
            QVERIFY(location[u"physicalLocation"_s][u"region"_s][u"startLine"_s].toInt() >= 10);
            QVERIFY(location[u"logicalLocations"_s][0][u"fullyQualifiedName"_s].toString().startsWith(u"Deployment/kubeflow/"_s));
            const QString print = value[u"partialFingerprints"_s][u"cairnFinding/v1"_s].toString();
            QVERIFY(print.size() >= 64 && !prints.contains(print));
            prints.insert(print);
            suppressed += !value[u"suppressions"_s].toArray().isEmpty();
        }
        QCOMPARE(prints.size(), made.report.findings.size());
        QCOMPARE(suppressed, 1);
        QVERIFY(!run[u"invocations"_s][0][u"toolExecutionNotifications"_s].toArray().isEmpty());
        // The same finding keeps its fingerprint when lines move.
        Made moved = make();
        moved.scene.add(deploy({.name = u"mysql"_s}).first(), {u"other.yaml"_s, 99});
        const QJsonObject again = toSarif(moved.judgement(), u"1.2.3"_s)[u"runs"_s][0].toObject();
        for (const QJsonValue &value : again[u"results"_s].toArray())
            QVERIFY(prints.contains(value[u"partialFingerprints"_s][u"cairnFinding/v1"_s].toString()));
        // Of a cluster there are no files.
        const Made live = make(Scene::Source::Cluster);
        for (const QJsonValue &value : toSarif(live.judgement(), {})[u"runs"_s][0][u"results"_s].toArray())
            QVERIFY(value[u"locations"_s][0][u"physicalLocation"_s].isUndefined());
    }

    void markdownShowsNamesAsTheyAre()
    {
        const Made made = make();
        const QString text = toMarkdown(made.judgement());
        QVERIFY(text.contains(u"a\\`b\\|c"_s));
        QVERIFY(text.contains(u"## Accepted (1)"_s));
        QVERIFY(text.contains(u"counts again"_s));
        QVERIFY(text.contains(u"## Not evaluated"_s));
        QVERIFY(text.contains(u"`a b/kubeflow.yaml:10`"_s));
    }

    void theDocumentedRulesAreTheRules()
    {
        QFile file(u"" CAIRN_SOURCE_DIR "/docs/HA.md"_s);
        QVERIFY(file.open(QIODevice::ReadOnly));
        // Where this fails: build/dev/app/cairnctl audit --rules -o markdown
        QVERIFY(file.readAll().contains(rulesMarkdown().toUtf8()));
    }
};

QTEST_GUILESS_MAIN(TestAuditExport)
#include "tst_auditexport.moc"
