// SPDX-License-Identifier: GPL-3.0-or-later
#include "FakeObjectApi.h"
#include "engine/LaunchFolder.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::app;
using namespace cairn::tests;

namespace {

QByteArray readAll(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void writeAll(const QString &path, const QByteArray &text)
{
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
        qFatal("not written");
}

} // namespace

class TestLaunchFolder : public QObject {
    Q_OBJECT

    std::unique_ptr<FakeObjectApi> api;
    std::unique_ptr<QTemporaryDir> folder;

    static launch::Spec spec(const QString &name = u"bert"_s)
    {
        launch::Spec spec;
        spec.name = name;
        spec.image = u"ghcr.io/team/bert:1"_s;
        spec.nodes = 2;
        spec.mounts = {{u"checkpoints"_s, u"ckpt"_s, u"/ckpt"_s, {}, false}, {u"data"_s, u"gone"_s, u"/data"_s, {}, true}};
        return spec;
    }
    LaunchPreview preview(const QByteArray &text) const
    {
        return *previewLaunch(*api, text, u"nlp"_s, {}, {});
    }
    QString path(const QString &name) const { return folder->filePath(name); }
    Result<LaunchFolder> saved(const QByteArray &text) const
    {
        const Result<LaunchFolder> made = launchFolder(*api, preview(text), folder->path(), {});
        if (!made)
            return made;
        if (const Result<> done = saveLaunchFolder(folder->path(), *made, {}); !done)
            return fail(done.error());
        return made;
    }

private slots:
    void init()
    {
        api = std::make_unique<FakeObjectApi>();
        folder = std::make_unique<QTemporaryDir>();
        api->put(kinds::claims(),
            {{u"metadata"_s, QJsonObject{{u"name"_s, u"ckpt"_s}, {u"namespace"_s, u"nlp"_s}, {u"finalizers"_s, QJsonArray{u"kubernetes.io/pvc-protection"_s}},
                                 {u"annotations"_s, QJsonObject{{u"pv.kubernetes.io/bind-completed"_s, u"yes"_s}, {u"volume.kubernetes.io/storage-provisioner"_s, u"nfs.csi.k8s.io"_s}, {u"team"_s, u"nlp"_s}}}}},
                {u"spec"_s, QJsonObject{{u"accessModes"_s, QJsonArray{u"ReadWriteMany"_s}}, {u"storageClassName"_s, u"nfs"_s}, {u"volumeName"_s, u"pvc-1"_s}}},
                {u"status"_s, QJsonObject{{u"phase"_s, u"Bound"_s}}}});
    }

    void jobVolumesAndKustomization()
    {
        const QByteArray text = "# why it is so\n" + launch::textOf(*launch::newJob(spec()));
        const Result<LaunchFolder> made = saved(text);
        QVERIFY2(made, made ? "" : qPrintable(made.error().oneLine()));
        QCOMPARE(QDir(path(u"base"_s)).entryList(QDir::Files, QDir::Name),
            (QStringList{u"kustomization.yaml"_s, u"pvc-ckpt.yaml"_s, u"pytorchjob-bert.yaml"_s}));
        QVERIFY(readAll(path(u"base/pytorchjob-bert.yaml"_s)).contains("# why it is so"));
        const QByteArray claim = readAll(path(u"base/pvc-ckpt.yaml"_s));
        QVERIFY(claim.contains("team: nlp") && claim.contains("storageClassName: nfs"));
        for (const char *servers : {"bind-completed", "volumeName", "phase", "finalizers", "uid"})
            QVERIFY2(!claim.contains(servers), servers);
        const QByteArray kustomization = readAll(path(u"base/kustomization.yaml"_s));
        QVERIFY(kustomization.contains("namespace: nlp") && kustomization.contains("- pytorchjob-bert.yaml"));
        // What is not there is said.
        QVERIFY(std::ranges::any_of(made->notes, [](const change::Note &note) { return note.text.contains(u"gone"_s); }));
        // Nothing of it was written on the cluster.
        QVERIFY(std::ranges::none_of(api->calls(), &FakeObjectApi::Call::writes));
    }

    /// A volume that somebody made by hand is named, so that the claim finds it again.
    void aClaimOfOneVolumeKeepsItsName()
    {
        api->edit(kinds::claims(), u"nlp"_s, u"ckpt"_s, [](QJsonObject &claim) {
            QJsonObject metadata = claim.value("metadata"_L1).toObject();
            metadata.remove(u"annotations"_s);
            claim.insert(u"metadata"_s, metadata);
            return true;
        });
        const Result<LaunchFolder> made = saved(launch::textOf(*launch::newJob(spec())));
        QVERIFY(made);
        QVERIFY(readAll(path(u"base/pvc-ckpt.yaml"_s)).contains("volumeName: pvc-1"));
        QVERIFY(std::ranges::any_of(made->notes, [](const change::Note &note) { return note.id == "volume"_L1; }));
    }

    void whatSomebodyWroteStays()
    {
        QVERIFY(QDir(folder->path()).mkdir(u"base"_s));
        writeAll(path(u"base/kustomization.yaml"_s), "resources: [mine.yaml]\n");
        const Result<LaunchFolder> made = saved(launch::textOf(*launch::newJob(spec())));
        QVERIFY(made);
        QCOMPARE(readAll(path(u"base/kustomization.yaml"_s)), QByteArray("resources: [mine.yaml]\n"));
        QVERIFY(readAll(path(u"base/kustomization.yaml.cairn"_s)).contains("pytorchjob-bert.yaml"));
        QVERIFY(std::ranges::any_of(made->notes, [](const change::Note &note) { return note.id == "kept"_L1; }));
        QVERIFY(QFile::exists(path(u"base/pytorchjob-bert.yaml"_s)));
    }

    void againIsTheSame()
    {
        const QByteArray text = launch::textOf(*launch::newJob(spec()));
        QVERIFY(saved(text));
        const Result<LaunchFolder> again = launchFolder(*api, preview(text), folder->path(), {});
        QVERIFY(again);
        for (const overlay::FileStep &step : again->steps)
            QCOMPARE(overlay::actWord(step.act), u"same"_s);
        // A change is written over what nobody edited.
        launch::Spec other = spec();
        other.nodes = 4;
        other.mounts.removeFirst();
        const Result<LaunchFolder> less = saved(launch::textOf(*launch::newJob(other)));
        QVERIFY(less);
        QVERIFY(readAll(path(u"base/pytorchjob-bert.yaml"_s)).contains("replicas: 3"));
        QVERIFY(!QFile::exists(path(u"base/pvc-ckpt.yaml"_s)));
    }

    void anotherJobsFolderIsLeftAlone()
    {
        QVERIFY(saved(launch::textOf(*launch::newJob(spec()))));
        const Result<LaunchFolder> other = saved(launch::textOf(*launch::newJob(spec(u"gpt"_s))));
        QVERIFY(!other && other.error().kind == Error::Kind::Conflict);
        QVERIFY(QFile::exists(path(u"base/pytorchjob-bert.yaml"_s)));
    }

    void noLinkIsWrittenThrough()
    {
        QTemporaryDir outside;
        QVERIFY(QFile::link(outside.path(), path(u"base"_s)));
        const Result<LaunchFolder> made = saved(launch::textOf(*launch::newJob(spec())));
        QVERIFY(!made);
        QVERIFY(QDir(outside.path()).isEmpty());
    }

    void noNameLeadsOut()
    {
        launch::Spec odd = spec(u"../../x"_s);
        QVERIFY(!saved(launch::textOf(*launch::newJob(odd))));
        odd = spec();
        odd.mounts.first().claim = u"../x"_s;
        const Result<LaunchFolder> made = saved(launch::textOf(*launch::newJob(odd)));
        QVERIFY(made);
        for (auto it = made->tree.files.begin(); it != made->tree.files.end(); ++it)
            QVERIFY2(!it.key().contains(".."_L1), qPrintable(it.key()));
    }
};

QTEST_GUILESS_MAIN(TestLaunchFolder)
#include "tst_launchfolder.moc"
