// SPDX-License-Identifier: GPL-3.0-or-later
#include "FakeObjectApi.h"
#include "engine/BulkFlows.h"
#include "manifest/Yaml.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::app;
using namespace cairn::tests;
using jobs::BulkAct;
using Fate = jobs::BulkItem::Fate;

namespace {

const ResourceKind &jobResource()
{
    return facts(JobKind::PyTorchJob).resource;
}

QJsonObject job(const QString &name)
{
    return {{u"metadata"_s, QJsonObject{{u"name"_s, name}, {u"namespace"_s, u"research"_s}, {u"annotations"_s, QJsonObject{{u"mine"_s, u"1"_s}}}}},
            {u"spec"_s, QJsonObject{{u"pytorchReplicaSpecs"_s, QJsonObject{}}}},
            {u"status"_s, QJsonObject{{u"startTime"_s, u"2026-01-02T00:00:00Z"_s}}}};
}

ObjectRef refOf(const QJsonObject &object)
{
    const QJsonValue meta = object[u"metadata"_s];
    return {jobResource(), meta[u"namespace"_s].toString(), meta[u"name"_s].toString(), meta[u"uid"_s].toString()};
}

} // namespace

class TestBulkFlows : public QObject
{
    Q_OBJECT

private slots:
    void theServerTriesEachAndNothingIsChanged()
    {
        FakeObjectApi api;
        const ObjectRef good = refOf(api.put(jobResource(), job(u"good"_s)));
        const ObjectRef refused = refOf(api.put(jobResource(), job(u"refused"_s)));
        const ObjectRef gone{jobResource(), u"research"_s, u"gone"_s, u"uid-gone"_s};
        ObjectRef anew = refOf(api.put(jobResource(), job(u"anew"_s)));
        anew.uid = u"the-old-one"_s;
        api.before = [](const FakeObjectApi::Call &call) -> std::optional<Error> {
            if (call.dryRun && call.name == u"refused")
                return Error::make(Error::Kind::Forbidden, u"You may not"_s);
            return std::nullopt;
        };
        QList<int> told;
        const Result<QList<jobs::BulkItem>> items = previewBulk(api, BulkAct::Delete, {{good, {}}, {refused, {}}, {gone, {}}, {anew, {}}},
                                                                [&](int index, const jobs::BulkItem &) { told.append(index); }, {});
        QVERIFY(items);
        QCOMPARE(told, (QList<int>{0, 1, 2, 3}));
        QVERIFY(items->at(0).fate == Fate::Act);
        QCOMPARE(items->at(1).verdict.id, u"forbidden"_s);
        QCOMPARE(items->at(2).verdict.id, u"gone"_s);
        QCOMPARE(items->at(2).job.name, u"gone"_s);
        QCOMPARE(items->at(3).verdict.id, u"gone"_s);
        QVERIFY(std::ranges::none_of(api.calls(), &FakeObjectApi::Call::writes));
        std::stop_source stop;
        stop.request_stop();
        QVERIFY(!previewBulk(api, BulkAct::Delete, {{good, {}}}, {}, stop.get_token()));
    }

    void yamlCanBeAppliedAgain()
    {
        FakeObjectApi api;
        const ObjectRef a = refOf(api.put(jobResource(), job(u"a"_s)));
        const ObjectRef b = refOf(api.put(jobResource(), job(u"b"_s)));
        const Result<QString> yaml = yamlOfJobs(api, {a, b}, false, {});
        QVERIFY(yaml);
        const Result<QList<QJsonValue>> documents = manifest::documentsFromYaml(yaml->toUtf8());
        QVERIFY(documents);
        QCOMPARE(documents->size(), 2);
        QCOMPARE(documents->at(1)[u"metadata"_s].toObject().keys(), (QStringList{u"annotations"_s, u"name"_s, u"namespace"_s}));
        QVERIFY(documents->at(1)[u"status"_s].isUndefined());
        QCOMPARE(documents->at(1)[u"kind"_s].toString(), u"PyTorchJob"_s);
        const Result<QString> whole = yamlOfJobs(api, {a}, true, {});
        QVERIFY(whole && whole->contains(u"resourceVersion"_s) && whole->contains(u"status:"_s));
        // Half of it is none of it.
        QVERIFY(!yamlOfJobs(api, {a, {jobResource(), u"research"_s, u"c"_s, {}}}, false, {}));
        QVERIFY(!yamlOfJobs(api, {{jobResource(), u"research"_s, u"a"_s, u"another"_s}}, false, {}));
    }

    void noLinkIsWrittenThrough()
    {
        const QTemporaryDir folder;
        const QString target = folder.filePath(u"target"_s), link = folder.filePath(u"link.yaml"_s);
        QVERIFY(saveFile(target, "old"));
        QVERIFY(QFile::link(target, link));
        QVERIFY(!saveFile(link, "new"));
        QVERIFY(!saveFile(folder.filePath(u"no/such/folder.yaml"_s), "new"));
        QFile kept(target);
        QVERIFY(kept.open(QIODevice::ReadOnly));
        QCOMPARE(kept.readAll(), QByteArray("old"));
    }
};

QTEST_GUILESS_MAIN(TestBulkFlows)
#include "tst_bulkflows.moc"
