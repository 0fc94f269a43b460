// SPDX-License-Identifier: GPL-3.0-or-later
#include "ProtoWriter.h"
#include "domain/ObjectDecoder.h"
#include "domain/QuantityDecoder.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::test::proto;

namespace {

QByteArray fixture(const QString &name)
{
    QFile file(QStringLiteral(CAIRN_SOURCE_DIR "/tests/fixtures/k8s-api/") + name);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QDateTime utc(const char *iso)
{
    return QDateTime::fromString(QLatin1StringView(iso), Qt::ISODateWithMs);
}

/// The message inside an envelope: field 2 of Unknown follows its type meta.
QByteArray rawOf(const QByteArray &body)
{
    qsizetype at = 4;
    while (at < body.size()) {
        const int tag = uchar(body[at++]);
        quint64 length = 0;
        for (int shift = 0;; shift += 7) {
            const auto byte = uchar(body[at++]);
            length |= quint64(byte & 0x7f) << shift;
            if (byte < 0x80)
                break;
        }
        if (tag == (2 << 3 | 2))
            return body.mid(at, qsizetype(length));
        at += qsizetype(length);
    }
    return {};
}

} // namespace

class TestObjectDecoder : public QObject
{
    Q_OBJECT

    template <class T>
    void agree(std::unique_ptr<ObjectDecoder<T>> decoder, const QString &kind, T &object)
    {
        const Result<T> json = decoder->object(fixture(u"core.v1."_s + kind + u".json"_s), WireFormat::Json);
        const Result<T> proto = decoder->object(fixture(u"core.v1."_s + kind + u".pb"_s), WireFormat::Protobuf);
        QVERIFY2(json, qPrintable(json ? QString() : json.error().oneLine()));
        QVERIFY2(proto, qPrintable(proto ? QString() : proto.error().oneLine()));
        QCOMPARE(json->uid, u"uidValue"_s);
        QVERIFY(*json == *proto);
        object = *json;
    }

private slots:
    void podReadersAgreeOnThePublishedObject()
    {
        Pod pod;
        agree(podDecoder(), u"Pod"_s, pod);
        QCOMPARE(pod.name, u"nameValue"_s);
        QCOMPARE(pod.ns, u"namespaceValue"_s);
        QCOMPARE(pod.node, u"nodeNameValue"_s);
        QCOMPARE(pod.phase, u"phaseValue"_s);
        QCOMPARE(pod.reason, u"reasonValue"_s);
        QCOMPARE(pod.ownerUid, u"uidValue"_s);
        QCOMPARE(pod.created, utc("2008-01-01T01:01:01Z"));
        QCOMPARE(pod.deleting, utc("2009-01-01T01:01:01Z"));
        QCOMPARE(pod.claims, QStringList{u"claimNameValue"_s});
        QCOMPARE(pod.containers.size(), 1);
        QCOMPARE(pod.containers[0].restarts, 5);
        QCOMPARE(pod.containers[0].exitCode, std::optional<int>(1));
        QCOMPARE(pod.containers[0].lastFinished, utc("2006-01-01T01:01:01Z"));
        QCOMPARE(pod.initReason, u"reasonValue"_s);
    }
    void eventReadersAgreeOnThePublishedObject()
    {
        Event event;
        agree(eventDecoder(), u"Event"_s, event);
        QCOMPARE(event.count, 8);
        QCOMPARE(event.first, utc("2006-01-01T01:01:01Z"));
        QCOMPARE(event.last, utc("2007-01-01T01:01:01Z"));
        QCOMPARE(event.source, u"reportingComponentValue"_s);
        QCOMPARE(event.objectName, u"nameValue"_s);
    }
    void nodeReadersAgreeOnThePublishedObject()
    {
        Node node;
        agree(nodeDecoder(), u"Node"_s, node);
        QVERIFY(node.unschedulable);
        QVERIFY(!node.ready);
        QCOMPARE(node.kubeletVersion, u"kubeletVersionValue"_s);
    }
    void claimIsReadFromJson()
    {
        const auto claim = claimDecoder()->object(fixture(u"core.v1.PersistentVolumeClaim.json"_s), WireFormat::Json);
        QVERIFY(claim);
        QCOMPARE(claim->storageClass, u"storageClassNameValue"_s);
        QCOMPARE(claim->volume, u"volumeNameValue"_s);
        QCOMPARE(claim->accessModes, QStringList{u"accessModesValue"_s});
        QCOMPARE(claim->capacity, qint64(-1)); // the published object has no key "storage"
        QVERIFY(!claimDecoder()->readsProtobuf());
        QVERIFY(!claimDecoder()->object(envelope("PersistentVolumeClaim", {}), WireFormat::Protobuf));
    }

    void volumeIsReadFromJson()
    {
        const auto volume = volumeDecoder()->object(
            R"({"kind":"PersistentVolume","metadata":{"name":"pv-1","uid":"u","resourceVersion":"7"},"spec":{"capacity":{"storage":"8Gi"},
            "claimRef":{"namespace":"ml","name":"c","uid":"c1"},"persistentVolumeReclaimPolicy":"Retain","storageClassName":"fast"},
            "status":{"phase":"Released","message":"why"}})", WireFormat::Json);
        QVERIFY(volume);
        QCOMPARE(volume->name, u"pv-1"_s);
        QCOMPARE(volume->phase, u"Released"_s);
        QCOMPARE(volume->message, u"why"_s);
        QCOMPARE(volume->claimNs + u'/' + volume->claimName + u'/' + volume->claimUid, u"ml/c/c1"_s);
        QCOMPARE(volume->reclaimPolicy, u"Retain"_s);
        QCOMPARE(volume->storageClass, u"fast"_s);
        QVERIFY(!volumeDecoder()->readsProtobuf());
    }

    void volumesNameWhatStandsBehindThem_data()
    {
        QTest::addColumn<QByteArray>("spec");
        QTest::addColumn<QString>("driver");
        QTest::addColumn<QString>("backing");
        const auto row = [](const char *name, const char *spec, const QString &driver, const QString &backing) {
            QTest::newRow(name) << QByteArray(spec) << driver << backing;
        };
        row("nfs", R"("nfs":{"server":"10.0.0.1","path":"/export"})", u"nfs"_s, u"10.0.0.1:/export"_s);
        row("nfs-csi", R"("csi":{"driver":"nfs.csi.k8s.io","volumeHandle":"10.0.0.1#export#pvc-1","volumeAttributes":{"server":"10.0.0.1","share":"/export","subdir":"pvc-1"}})",
            u"nfs.csi.k8s.io"_s, u"10.0.0.1:/export"_s);
        row("efs", R"("csi":{"driver":"efs.csi.aws.com","volumeHandle":"fs-1:/:fsap-2"})", u"efs.csi.aws.com"_s, u"fs-1"_s);
        row("ceph", R"("csi":{"driver":"rook-ceph.cephfs.csi.ceph.com","volumeHandle":"0001-1"})",
            u"rook-ceph.cephfs.csi.ceph.com"_s, u"0001-1"_s);
        row("local", R"("local":{"path":"/mnt/a"},"nodeAffinity":{"required":{"nodeSelectorTerms":[{"matchExpressions":[{"key":"kubernetes.io/hostname","operator":"In","values":["n1"]}]}]}})",
            u"local"_s, u"n1:/mnt/a"_s);
        row("hostPath", R"("hostPath":{"path":"/srv"})", u"hostPath"_s, u"/srv"_s);
        row("nothing", R"("csi":"text")", QString(), QString());
        row("unknown", R"("somethingNew":{"path":"/x"})", QString(), QString());
    }
    void volumesNameWhatStandsBehindThem()
    {
        QFETCH(QByteArray, spec);
        const auto volume = volumeDecoder()->object(
            R"({"kind":"PersistentVolume","metadata":{"name":"v","uid":"u"},"spec":{"capacity":{"storage":"8Gi"},)" + spec + "}}", WireFormat::Json);
        QVERIFY(volume);
        QTEST(volume->driver, "driver");
        QTEST(volume->backing, "backing");
        QCOMPARE(volume->nodes, spec.contains("nodeAffinity") ? QStringList{u"n1"_s} : QStringList());
        QCOMPARE(volume->capacity, qint64(8) << 30);
    }

    void storageClassIsReadFromJson()
    {
        const auto value = storageClassDecoder()->object(
            R"({"kind":"StorageClass","metadata":{"name":"fast","uid":"u"},"provisioner":"rbd.csi.ceph.com","allowVolumeExpansion":true})", WireFormat::Json);
        QVERIFY(value);
        QCOMPARE(value->provisioner, u"rbd.csi.ceph.com"_s);
        QVERIFY(value->expandable);
    }

    void readersAgreeOnAPodOfAJob()
    {
        const QByteArray json =
            R"({"kind":"Pod","apiVersion":"v1","metadata":{"name":"t-worker-1","namespace":"ml","uid":"u1",
            "resourceVersion":"42","labels":{"training.kubeflow.org/job-name":"t","training.kubeflow.org/replica-type":"worker",
            "training.kubeflow.org/replica-index":"1"}},
            "spec":{"containers":[{"resources":{"limits":{"nvidia.com/gpu":"8","cpu":"2"},"requests":{"nvidia.com/gpu":"8"}}},
            {"resources":{"requests":{"nvidia.com/mig-1g.5gb":"1"}}}]},
            "status":{"phase":"Pending","conditions":[{"type":"PodScheduled","status":"False","reason":"Unschedulable","message":"0/4 nodes"}],
            "initContainerStatuses":[{"state":{"waiting":{"reason":"ImagePullBackOff"}}}]}})"_ba;
        const auto label = [](const char *key, const char *value) {
            return field(11, field(1, "training.kubeflow.org/"_ba + key) + field(2, QByteArray(value)));
        };
        const auto resource = [](int where, const char *key, const char *value) {
            return field(where, field(1, QByteArray(key)) + field(2, field(1, QByteArray(value))));
        };
        const QByteArray meta = field(1, "t-worker-1"_ba) + field(3, "ml"_ba) + field(5, "u1"_ba) + field(6, "42"_ba)
            + label("job-name", "t") + label("replica-type", "worker") + label("replica-index", "1");
        const QByteArray spec = field(2,
                                      field(8,
                                            resource(1, "nvidia.com/gpu", "8") + resource(1, "cpu", "2")
                                                + resource(2, "nvidia.com/gpu", "8")))
            + field(2, field(8, resource(2, "nvidia.com/mig-1g.5gb", "1")));
        const QByteArray condition = field(1, "PodScheduled"_ba) + field(2, "False"_ba) + field(5, "Unschedulable"_ba)
            + field(6, "0/4 nodes"_ba);
        const QByteArray status = field(1, "Pending"_ba) + field(2, condition)
            + field(10, field(2, field(1, field(1, "ImagePullBackOff"_ba))));
        const QByteArray proto = envelope("Pod", field(1, meta) + field(2, spec) + field(3, status));

        const auto decoder = podDecoder();
        const auto fromJson = decoder->object(json, WireFormat::Json);
        const auto fromProto = decoder->object(proto, WireFormat::Protobuf);
        QVERIFY(fromJson && fromProto);
        QVERIFY(*fromJson == *fromProto);
        QCOMPARE(fromJson->gpus, 9.0);
        QCOMPARE(fromJson->jobName, u"t"_s);
        QCOMPARE(fromJson->role, u"worker"_s);
        QCOMPARE(fromJson->index, 1);
        QCOMPARE(fromJson->reason, u"Unschedulable"_s);
        QCOMPARE(fromJson->message, u"0/4 nodes"_s);
        QCOMPARE(fromJson->initReason, u"ImagePullBackOff"_s);
    }

    void howLongAPodStaysOnALostNode()
    {
        struct Toleration {
            QByteArray key, op, effect;
            int seconds = -1; ///< -1: without a limit
        };
        const auto stays = [](const QList<Toleration> &tolerations) {
            QByteArrayList json;
            QByteArray proto;
            for (const Toleration &t : tolerations) {
                json.append("{'key':'" + t.key + "','operator':'" + t.op + "','effect':'" + t.effect + '\''
                            + (t.seconds < 0 ? QByteArray() : ",'tolerationSeconds':" + QByteArray::number(t.seconds)) + '}');
                QByteArray one = field(1, t.key) + field(2, t.op) + field(4, t.effect);
                if (t.seconds >= 0)
                    one += field(5, t.seconds);
                proto += field(22, one);
            }
            const auto decoder = podDecoder();
            const auto fromJson = decoder->object(QByteArray("{'kind':'Pod','metadata':{'name':'p','uid':'u'},'spec':{'tolerations':["_ba + json.join(',') + "]}}").replace('\'', '"'), WireFormat::Json);
            const auto fromProto = decoder->object(envelope("Pod", field(1, field(1, "p"_ba) + field(5, "u"_ba)) + field(2, proto)), WireFormat::Protobuf);
            return fromJson && fromProto && *fromJson == *fromProto ? std::optional(fromJson->staysFor) : std::nullopt;
        };
        const QByteArray key = "node.kubernetes.io/unreachable";
        QCOMPARE(stays({{key, "Exists", "NoExecute", 300}}), std::optional(300));
        QCOMPARE(stays({{key, "Exists", "NoExecute", 300}, {key, "Exists", "", 30}}), std::optional(30));
        QCOMPARE(stays({{key, "Exists", "NoExecute"}}), std::optional(-1));
        QCOMPARE(stays({{key, "Exists", "NoExecute"}, {key, "Exists", "NoExecute", 20}}), std::optional(20));
        QCOMPARE(stays({{"", "Exists", ""}}), std::optional(-1)); // tolerates everything
        QCOMPARE(stays({{"", "Equal", ""}}), std::optional(0));
        QCOMPARE(stays({{key, "Exists", "NoSchedule", 300}}), std::optional(0));
        QCOMPARE(stays({{"node.kubernetes.io/not-ready", "Exists", "NoExecute", 300}}), std::optional(0));
        QCOMPARE(stays({}), std::optional(0));
    }

    void nodesSayWhoRunsTheControlPlane()
    {
        const auto decoder = nodeDecoder();
        const auto read = [&](const QByteArray &label) {
            const auto fromJson = decoder->object(QByteArray("{'kind':'Node','metadata':{'name':'n','uid':'u','labels':{'"_ba + label + "':'x'}}}").replace('\'', '"'), WireFormat::Json);
            const auto fromProto = decoder->object(
                envelope("Node", field(1, field(1, "n"_ba) + field(5, "u"_ba) + field(11, field(1, label) + field(2, "x"_ba)))), WireFormat::Protobuf);
            return fromJson && fromProto && *fromJson == *fromProto ? *fromJson : Node();
        };
        QCOMPARE(read("eks.amazonaws.com/nodegroup").vendor, u"EKS"_s);
        QCOMPARE(read("cloud.google.com/gke-nodepool").vendor, u"GKE"_s);
        QCOMPARE(read("kubernetes.azure.com/cluster").vendor, u"AKS"_s);
        QCOMPARE(read("cloud.google.com/other").vendor, QString());
        QVERIFY(read("node-role.kubernetes.io/control-plane").controlPlane && read("node-role.kubernetes.io/master").controlPlane);
        QVERIFY(!read("node-role.kubernetes.io/worker").controlPlane);
    }

    void theNodeControllersMarkIsSeen()
    {
        const auto marked = [](const QByteArray &status, const QByteArray &reason) {
            QByteArray json =
                R"({"kind":"Pod","apiVersion":"v1","metadata":{"name":"p","uid":"u"},"status":{"conditions":[{"type":"Ready","status":"S","reason":"R"}]}})";
            json.replace("\"S\"", '"' + status + '"').replace("\"R\"", '"' + reason + '"');
            const QByteArray condition = field(1, "Ready"_ba) + field(2, status) + (reason.isEmpty() ? QByteArray() : field(5, reason));
            const QByteArray proto = envelope("Pod", field(1, field(1, "p"_ba) + field(5, "u"_ba)) + field(3, field(2, condition)));
            const auto decoder = podDecoder();
            const auto fromJson = decoder->object(json, WireFormat::Json);
            const auto fromProto = decoder->object(proto, WireFormat::Protobuf);
            return fromJson && fromProto && *fromJson == *fromProto ? std::optional(fromJson->unanswered) : std::nullopt;
        };
        QCOMPARE(marked("False", ""), std::optional(true));
        QCOMPARE(marked("False", "ContainersNotReady"), std::optional(false));
        QCOMPARE(marked("True", ""), std::optional(false));
    }

    void pagesAndTheirHeadsAgree()
    {
        const QByteArray item = rawOf(fixture(u"core.v1.Pod.pb"_s));
        const QByteArray meta = field(2, "77"_ba) + field(3, "token=="_ba) + field(4, qint64(1234));
        const QByteArray proto = envelope("PodList", field(1, meta) + field(2, item) + field(2, item));
        QJsonObject pod = QJsonDocument::fromJson(fixture(u"core.v1.Pod.json"_s)).object();
        pod.remove(u"kind"_s); // items of a typed list carry none
        pod.remove(u"apiVersion"_s);
        const QByteArray json = QJsonDocument(QJsonObject{{u"kind"_s, u"PodList"_s},
                                                          {u"metadata"_s,
                                                           QJsonObject{{u"resourceVersion"_s, u"77"_s},
                                                                       {u"continue"_s, u"token=="_s},
                                                                       {u"remainingItemCount"_s, 1234}}},
                                                          {u"items"_s, QJsonArray{pod, pod}}})
                                    .toJson();
        const auto decoder = podDecoder();
        const auto a = decoder->page(json, WireFormat::Json);
        const auto b = decoder->page(proto, WireFormat::Protobuf);
        QVERIFY(a && b);
        QCOMPARE(a->items.size(), 2);
        QVERIFY(a->items == b->items);
        for (const ListInfo &info : {a->info, b->info, peekListInfo(proto, WireFormat::Protobuf).value()}) {
            QCOMPARE(info.resourceVersion, u"77"_s);
            QCOMPARE(info.continueToken, u"token=="_s);
            QCOMPARE(info.remaining, qint64(1234));
        }
        QVERIFY(!peekListInfo(json, WireFormat::Json));
    }

    void eventsOfTheWatchAgree()
    {
        const QByteArray object = fixture(u"core.v1.Pod.pb"_s);
        const auto decoder = podDecoder();
        const QList<QPair<QByteArray, WatchType>> types{{"ADDED"_ba, WatchType::Added},
                                                        {"MODIFIED"_ba, WatchType::Modified},
                                                        {"DELETED"_ba, WatchType::Deleted},
                                                        {"BOOKMARK"_ba, WatchType::Bookmark}};
        for (const auto &[word, type] : types) {
            const auto a = decoder->event(field(1, word) + field(2, field(1, object)), WireFormat::Protobuf);
            const auto b =
                decoder->event(R"({"type":")"_ba + word + R"(","object":)"_ba + fixture(u"core.v1.Pod.json"_s) + "}"_ba,
                               WireFormat::Json);
            QVERIFY(a && b);
            QCOMPARE(a->type, type);
            QCOMPARE(b->type, type);
            QCOMPARE(a->resourceVersion, u"resourceVersionValue"_s);
            QCOMPARE(b->resourceVersion, u"resourceVersionValue"_s);
            QVERIFY(a->object == b->object);
            QCOMPARE(a->object.uid.isEmpty(), type == WatchType::Bookmark);
        }
        const auto unknown = decoder->event(R"({"type":"NEW","object":{"metadata":{}}})", WireFormat::Json);
        QVERIFY(unknown && unknown->type == WatchType::Unknown);
        const auto gone = decoder->event(
            R"({"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"too old"}})",
            WireFormat::Json);
        QVERIFY(gone && gone->type == WatchType::Error);
        QCOMPARE(gone->status.code, 410);
        const auto goneProto =
            decoder->event(field(1, "ERROR"_ba)
                               + field(2, field(1, envelope("Status", field(6, qint64(410)) + field(4, "Expired"_ba)))),
                           WireFormat::Protobuf);
        QVERIFY(goneProto && goneProto->type == WatchType::Error);
        QCOMPARE(goneProto->status.code, 410);
        QCOMPARE(goneProto->status.reason, u"Expired"_s);
    }

    void brokenBytesNeverCrash()
    {
        const auto decoder = podDecoder();
        const QByteArray proto = fixture(u"core.v1.Pod.pb"_s);
        const Result<Pod> whole = decoder->object(proto, WireFormat::Protobuf);
        for (qsizetype length = 0; length < proto.size(); ++length) {
            const Result<Pod> part = decoder->object(proto.first(length), WireFormat::Protobuf);
            QVERIFY(!part || part->uid.isEmpty() || *part == *whole); // never half an object
        }
        // Flip every byte in turn: any value is fine, only memory errors and escaping exceptions are not.
        for (qsizetype at = 0; at < proto.size(); ++at) {
            QByteArray bent = proto;
            bent[at] = char(bent[at] ^ 0xff);
            (void)decoder->object(bent, WireFormat::Protobuf);
            bent[at] = char(proto[at] ^ 0x07); // another wire type
            (void)decoder->object(bent, WireFormat::Protobuf);
        }
        const QByteArray json = fixture(u"core.v1.Event.json"_s);
        const auto events = eventDecoder();
        for (qsizetype length = 0; length + 2 < json.size(); length += 7)
            QVERIFY(!events->object(json.first(length), WireFormat::Json));
    }

    void otherKindsAreRefusedInWords()
    {
        const auto decoder = podDecoder();
        const auto table = decoder->page(R"({"kind":"Table","rows":[]})", WireFormat::Json);
        QVERIFY(!table);
        QCOMPARE(table.error().kind, Error::Kind::Parse);
        QVERIFY(table.error().why.contains("Table"_L1) && table.error().why.contains("PodList"_L1));
        QVERIFY(!decoder->page("<html>login</html>", WireFormat::Json));
        QVERIFY(!decoder->page({}, WireFormat::Json));
        QVERIFY(!decoder->page({}, WireFormat::Protobuf));
        QVERIFY(!decoder->object(envelope("Node", {}), WireFormat::Protobuf));
        const auto empty = decoder->page(R"({"kind":"PodList","metadata":{},"items":null})", WireFormat::Json);
        QVERIFY(empty && empty->items.isEmpty());
    }

    void wrongTypesReadAsAbsent()
    {
        const auto pod = podDecoder()->object(
            R"({"kind":"Pod","metadata":{"uid":7,"name":null,"labels":[1],"ownerReferences":{"a":1},
            "creationTimestamp":"yesterday"},"spec":{"containers":"none","volumes":[null,3]},"status":{"phase":{},"containerStatuses":[[],"x",{"restartCount":"many","ready":"yes","state":[]}]}})",
            WireFormat::Json);
        QVERIFY(pod);
        QVERIFY(pod->uid.isEmpty() && pod->name.isEmpty() && !pod->created.isValid());
        QCOMPARE(pod->containers.size(), 3);
        QVERIFY(!pod->ready());
        QCOMPARE(pod->restarts(), 0);
    }

    void quantitiesFollowTheGrammar_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<double>("value");
        QTest::newRow("plain") << u"8"_s << 8.0;
        QTest::newRow("milli") << u"500m"_s << 0.5;
        QTest::newRow("binary") << u"1.5Gi"_s << 1610612736.0;
        QTest::newRow("exponent") << u"2e3"_s << 2000.0;
        QTest::newRow("exa") << u"12E"_s << 12e18;
        QTest::newRow("exponent capital") << u"12E2"_s << 1200.0;
        QTest::newRow("signed") << u"+4k"_s << 4000.0;
        QTest::newRow("empty") << u""_s << -1.0;
        QTest::newRow("word") << u"many"_s << -1.0;
        QTest::newRow("unknown suffix") << u"4q"_s << -1.0;
        QTest::newRow("infinity") << u"inf"_s << -1.0;
        QTest::newRow("two signs") << u"+-1"_s << -1.0;
    }
    void quantitiesFollowTheGrammar()
    {
        QFETCH(QString, text);
        QFETCH(double, value);
        const QByteArray utf8 = text.toUtf8();
        QCOMPARE(decodeQuantity(std::string_view(utf8.data(), std::size_t(utf8.size()))).value_or(-1.0), value);
    }

    void timesAreReadAsRfc3339_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QDateTime>("time");
        QTest::newRow("zulu") << u"2026-02-28T23:59:59Z"_s << utc("2026-02-28T23:59:59Z");
        QTest::newRow("micro") << u"2010-01-01T01:01:01.123456Z"_s << utc("2010-01-01T01:01:01.123Z");
        QTest::newRow("offset") << u"2026-01-01T01:30:00+02:00"_s << utc("2025-12-31T23:30:00Z");
        QTest::newRow("leap day") << u"2024-02-29T00:00:00Z"_s << utc("2024-02-29T00:00:00Z");
        QTest::newRow("before 1970") << u"1969-12-31T23:59:59Z"_s << utc("1969-12-31T23:59:59Z");
        QTest::newRow("no zone") << u"2026-01-01T00:00:00"_s << QDateTime();
        QTest::newRow("month 13") << u"2026-13-01T00:00:00Z"_s << QDateTime();
        QTest::newRow("tail") << u"2026-01-01T00:00:00Zx"_s << QDateTime();
        QTest::newRow("empty fraction") << u"2026-01-01T00:00:00.Z"_s << QDateTime();
    }
    void timesAreReadAsRfc3339()
    {
        QFETCH(QString, text);
        QFETCH(QDateTime, time);
        const auto pod = podDecoder()->object(R"({"kind":"Pod","metadata":{"uid":"u","creationTimestamp":")"_ba
                                                  + text.toUtf8() + R"("}})"_ba,
                                              WireFormat::Json);
        QVERIFY(pod);
        QCOMPARE(pod->created, time);
    }
};

QTEST_APPLESS_MAIN(TestObjectDecoder)
#include "tst_objectdecoder.moc"
