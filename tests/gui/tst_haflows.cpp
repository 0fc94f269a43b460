// SPDX-License-Identifier: GPL-3.0-or-later
// What the High availability page and its wizard do away from the GUI thread: audits, accepted findings, exports, drafts, and the
// words of what-if.
#include "FakeObjectApi.h"
#include "World.h"
#include "kit/Theme.h"
#include "window/Drafts.h"
#include "window/HaFlows.h"
#include "window/HaWhatIf.h"

#include <QApplication>
#include <QDir>
#include <QJsonDocument>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::app;
using tests::FakeObjectApi;
using tests::World;

namespace {

QJsonObject parsed(const char *json)
{
    return QJsonDocument::fromJson(QByteArray(json).replace('\'', '"')).object();
}

QJsonObject deployment(const QString &name)
{
    QJsonObject object = parsed("{'apiVersion': 'apps/v1', 'kind': 'Deployment', 'spec': {'replicas': 1, 'selector': {'matchLabels': {'app': 'x'}},"
                                " 'template': {'metadata': {'labels': {'app': 'x'}}, 'spec': {'containers': [{'name': 'main', 'image': 'a/b:1'}]}}}}");
    object[u"metadata"_s] = QJsonObject{{u"name"_s, name}, {u"namespace"_s, u"kubeflow"_s}};
    return object;
}

audit::Report reportOf(const QStringList &names)
{
    audit::Report report;
    for (const QString &name : names) {
        audit::Finding finding;
        finding.rule = u"HA01"_s;
        finding.severity = audit::Severity::High;
        finding.object = {u"apps"_s, u"Deployment"_s, u"kubeflow"_s, name};
        finding.title = name;
        report.findings.append(finding);
    }
    return report;
}

audit::Acceptance acceptance(const QString &object, const QDate &until)
{
    audit::Acceptance entry;
    entry.rule = u"HA01"_s;
    entry.objects = {object};
    entry.reason = u"moves in Q4"_s;
    entry.by = u"ops"_s;
    entry.until = until;
    return entry;
}

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

class TestHaFlows : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase() { kit::Theme::install(*qApp, kit::ThemeMode::Light); }

    void aClusterIsAuditedAndExportedInEachFormat()
    {
        FakeObjectApi api;
        api.put(kinds::deployments(), deployment(u"ml-pipeline-ui"_s));
        const auto audited = auditCluster(api, {}, {});
        QVERIFY2(audited, audited ? "" : qPrintable(audited.error().oneLine()));
        QVERIFY(!(*audited)->report.findings.isEmpty());
        QTemporaryDir folder;
        const Accepted accepted = readAccepted(folder.filePath(u"none.yaml"_s), (*audited)->report);
        QVERIFY(!accepted.exists);
        for (const auto &[format, word] : {std::pair(u"json"_s, QByteArray("\"findings\"")), std::pair(u"sarif"_s, QByteArray("\"2.1.0\"")), std::pair(u"markdown"_s, QByteArray("ml-pipeline-ui"))}) {
            const QString path = folder.filePath(format);
            QVERIFY(exportReport(**audited, accepted, format, path));
            QVERIFY2(contentOf(path).contains(word), qPrintable(format));
        }
        QVERIFY(!exportReport(**audited, accepted, u"json"_s, folder.filePath(u"no/such/folder/x.json"_s)));
    }

    void aCancelledAuditEndsAsCancelled()
    {
        FakeObjectApi api;
        std::stop_source stop;
        stop.request_stop();
        const auto audited = auditCluster(api, {}, stop.get_token());
        QVERIFY(!audited);
        QCOMPARE(audited.error().kind, Error::Kind::Cancelled);
    }

    void whatIsAcceptedDoesNotCountUntilItEnds()
    {
        QTemporaryDir folder;
        const QString path = folder.filePath(u"team/accepted.yaml"_s); // the folder is made with it
        const audit::Report report = reportOf({u"dex"_s, u"katib-ui"_s});
        const QDate today = QDate::currentDate();
        QVERIFY(changeAccepted(path, [&](audit::AcceptanceFile &file) { return file.add(acceptance(u"Deployment kubeflow/dex"_s, today.addDays(5))); }));
        Accepted accepted = readAccepted(path, report);
        QVERIFY(!accepted.error && accepted.exists);
        QVERIFY(!accepted.decisions[0].counts());
        QVERIFY(accepted.decisions[1].counts());
        QVERIFY(changeAccepted(path, [&](audit::AcceptanceFile &file) { return file.renew(accepted.file.entries().first(), today.addDays(-1)); }));
        accepted = readAccepted(path, report);
        QCOMPARE(accepted.decisions[0].state, audit::Decision::State::Ended);
        QVERIFY(changeAccepted(path, [&](audit::AcceptanceFile &file) { return file.remove(accepted.file.entries().first()); }));
        QCOMPARE(readAccepted(path, report).decisions[0].state, audit::Decision::State::Open);
    }

    void aFileThatCannotBeUnderstoodAcceptsNothingAndStaysAsItIs()
    {
        QTemporaryDir folder;
        const QString path = folder.filePath(u"accepted.yaml"_s);
        const QByteArray broken = "accepted:\n  - rule: HA01\n    object: Deployment kubeflow/dex\n    until: tomorrow\n";
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(broken) == broken.size());
        file.close();
        const Accepted accepted = readAccepted(path, reportOf({u"dex"_s}));
        QVERIFY(accepted.error);
        QVERIFY(accepted.decisions[0].counts());
        QVERIFY(!changeAccepted(path, [&](audit::AcceptanceFile &edited) { return edited.add(acceptance(u"Deployment kubeflow/dex"_s, QDate::currentDate().addDays(5))); }));
        QCOMPARE(contentOf(path), broken);
        // What is no file would be read for ever.
        const QString pipe = folder.filePath(u"pipe"_s);
        QCOMPARE(::mkfifo(QFile::encodeName(pipe).constData(), 0600), 0);
        QVERIFY(readAccepted(pipe, reportOf({u"dex"_s})).error);
    }

    void theYamlOfASecretHasNoValues()
    {
        FakeObjectApi api;
        api.put(kinds::secrets(), parsed("{'apiVersion': 'v1', 'kind': 'Secret', 'metadata': {'name': 's', 'namespace': 'kubeflow'}, 'data': {'password': 'aHVudGVyMg=='}}"));
        const Result<QString> yaml = yamlOf(api, {{}, u"Secret"_s, u"kubeflow"_s, u"s"_s}, {});
        QVERIFY2(yaml, yaml ? "" : qPrintable(yaml.error().oneLine()));
        QVERIFY(yaml->contains(u"password"_s));
        QVERIFY(!yaml->contains(u"aHVudGVyMg"_s));
        const Result<QString> gone = yamlOf(api, {{}, u"Pod"_s, u"kubeflow"_s, u"gone"_s}, {});
        QVERIFY(!gone);
    }

    void aDraftOutlivesAndIsDropped()
    {
        QTemporaryDir home;
        qputenv("XDG_DATA_HOME", QFile::encodeName(home.path()));
        const QString file = draftFile(u"overlay"_s, u"https://10.0.0.1:6443"_s);
        QVERIFY(file.startsWith(home.path()));
        QVERIFY(file != draftFile(u"overlay"_s, u"https://10.0.0.2:6443"_s));
        QCOMPARE(*readDraft(file), QByteArray());
        QVERIFY(writeDraft(file, "replicas: 3\n"));
        QCOMPARE(*readDraft(file), QByteArray("replicas: 3\n"));
        QVERIFY(dropDraft(file));
        QCOMPARE(*readDraft(file), QByteArray());
        QVERIFY(dropDraft(file));
        QVERIFY(QDir().mkpath(file)); // something else is in its place
        QVERIFY(!readDraft(file));
    }

    void whatIfSaysTheSameAsTheModel()
    {
        World world;
        world.add(u"ml-pipeline-ui"_s, 1, {u"n1"_s});
        world.add(u"katib-ui"_s, 2, {u"n1"_s, u"n2"_s});
        WhatIfFacts facts;
        facts.facts = world;
        facts.components = components::judge(world);
        WhatIfAnswer answer = whatIfAnswer(facts, {});
        QCOMPARE(answer.nodes.size(), 4);
        QCOMPARE(answer.nodes.first().name, u"n1"_s); // the one that stops most is asked about
        QCOMPARE(answer.lost.node, u"n1"_s);
        QCOMPARE(answer.nodes.first().stops, answer.lost.stops());
        const pages::WhatIfView view = whatIfView(facts, answer, tests::now);
        QVERIFY2(view.answer.contains(u"n1"_s), qPrintable(view.answer));
        QVERIFY(std::ranges::any_of(view.stops, [](const auto &stop) { return stop.key == "ml-pipeline-ui@kubeflow"_L1; }));
        QVERIFY(std::ranges::none_of(view.stops, [](const auto &stop) { return stop.name == "katib-ui"_L1; }));
        // What was not read is no zero.
        QCOMPARE(view.rows.last().lost, u"not known"_s);
        facts.node = u"n3"_s;
        answer = whatIfAnswer(facts, {});
        QCOMPARE(answer.lost.stops(), 0);
        facts.facts.nodes.clear();
        facts.node.clear();
        QVERIFY(whatIfView(facts, whatIfAnswer(facts, {}), tests::now).nodes.isEmpty());
    }

    void whatTheOverlayWouldDoIsSaidAndWhyNot()
    {
        overlay::Proposal proposal;
        const auto add = [&](const QString &name) -> overlay::Row & {
            overlay::Row row;
            row.id = name;
            row.workload = {u"apps"_s, u"Deployment"_s, u"kubeflow"_s, name};
            row.tier = 1;
            row.included = true;
            row.replicas = 2;
            row.spread = {true, false, false};
            row.budget = overlay::Row::Budget::Add;
            proposal.rows.append(row);
            return proposal.rows.last();
        };
        add(u"katib-ui"_s);
        overlay::Row &locked = add(u"mysql"_s);
        locked.locked = true;
        locked.included = false;
        locked.replicas = 1;
        locked.reason = u"It keeps its data on one disk."_s;
        overlay::Row &fast = add(u"scheduledworkflow"_s);
        fast.locked = fast.restartFast = true;
        fast.replicas = 1;
        fast.reason = u"Two would start every run twice."_s;
        add(u"dex"_s).owner = u"Argo CD application auth"_s;
        const auto about = [&](const QStringList &names) { return adviceFor(proposal, reportOf(names).findings); };

        OverlayAdvice advice = about({u"katib-ui"_s});
        QCOMPARE(advice.workloads.size(), 1);
        QCOMPARE(advice.sentence, u"katib-ui: 2 replicas instead of 1, spread over nodes, a PDB."_s);
        advice = about({u"mysql"_s});
        QVERIFY(advice.workloads.isEmpty());
        QVERIFY2(advice.refusal.contains(locked.reason), qPrintable(advice.refusal));
        advice = about({u"dex"_s});
        QVERIFY2(advice.refusal.contains(u"Argo CD"_s), qPrintable(advice.refusal));
        advice = about({u"scheduledworkflow"_s});
        QVERIFY2(advice.refusal.isEmpty() && advice.sentence.contains(u"stays at one"_s), qPrintable(advice.sentence));
        advice = about({u"katib-ui"_s, u"mysql"_s, u"dex"_s, u"scheduledworkflow"_s});
        QCOMPARE(advice.workloads.size(), 2);
        QVERIFY2(advice.sentence.contains(u"left out"_s), qPrintable(advice.sentence));
        QVERIFY(!about({u"a-node"_s}).refusal.isEmpty());
        // About something else of a component: its workload.
        audit::Finding webhook;
        webhook.object = {u"admissionregistration.k8s.io"_s, u"ValidatingWebhookConfiguration"_s, {}, u"x"_s};
        webhook.component = u"katib-ui"_s;
        QCOMPARE(adviceFor(proposal, QList<audit::Finding>{webhook}).workloads.first().name, u"katib-ui"_s);
    }
};

QTEST_MAIN(TestHaFlows)
#include "tst_haflows.moc"
