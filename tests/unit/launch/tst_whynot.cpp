// SPDX-License-Identifier: GPL-3.0-or-later
#include "launch/WhyNot.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>
#include <algorithm>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::launch;

Q_DECLARE_METATYPE(cairn::launch::WhyNot::Verdict)

namespace {

using State = WhyNot::Evidence::State;

/// Single quotes stand for double ones.
QJsonObject json(QByteArray text)
{
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(text.replace('\'', '"'), &error);
    if (error.error != QJsonParseError::NoError)
        qFatal("%s at %d in %s", qPrintable(error.errorString()), error.offset, text.constData());
    return document.object();
}

QJsonObject node(const QByteArray &name, int gpus, const QByteArray &spec = "")
{
    return json("{'metadata':{'name':'" + name + "','labels':{'pool':'a100'}},'spec':{" + spec
        + "},'status':{'allocatable':{'cpu':'64','memory':'1000Gi','pods':'110','nvidia.com/gpu':'"
        + QByteArray::number(gpus) + "'},'conditions':[{'type':'Ready','status':'True'}]}}");
}

QJsonObject job(const QByteArray &more = "", const QByteArray &template_ = "", const QByteArray &labels = "")
{
    return json("{'apiVersion':'kubeflow.org/"
                "v1','kind':'PyTorchJob','metadata':{'name':'bert','namespace':'nlp','uid':'j1','labels':{"
        + labels + "},'creationTimestamp':'2026-11-30T16:00:00Z'},'spec':{" + more
        + "'pytorchReplicaSpecs':{'Master':{'replicas':1,'template':{'spec':{'containers':[{'name':'pytorch','image':'"
          "reg/a:1','resources':{'limits':{"
          "'nvidia.com/gpu':8}}}]"
        + template_
        + "}}}}},'status':{'conditions':[{'type':'Created','status':'True','lastTransitionTime':'2026-11-30T16:00:01Z'}"
          "]}}");
}

/// Of the job above.
QJsonObject pod(const QByteArray &status, const QByteArray &node = "", const QByteArray &spec = "'nodeSelector':{}")
{
    return json("{'kind':'Pod','metadata':{'name':'bert-master-0','uid':'p1'},'spec':{'nodeName':'" + node + "'," + spec
        + ",'containers':[{'name':'pytorch','resources':{'requests':{'nvidia.com/"
          "gpu':'8'}}}]},'status':{'phase':'Pending',"
        + status + "}}");
}

QJsonObject unscheduled(const QString &message, const QByteArray &spec = "'nodeSelector':{}")
{
    QJsonObject made = pod("'a':1", "", spec);
    made.insert(u"status"_s,
        QJsonObject{{u"phase"_s, u"Pending"_s},
            {u"conditions"_s,
                QJsonArray{QJsonObject{{u"type"_s, u"PodScheduled"_s}, {u"status"_s, u"False"_s},
                    {u"reason"_s, u"Unschedulable"_s}, {u"message"_s, message},
                    {u"lastTransitionTime"_s, u"2026-11-30T16:05:00Z"_s}}}}});
    return made;
}

QJsonObject waiting(const QString &reason, const QString &message, const QString &list = u"containerStatuses"_s)
{
    QJsonObject made = pod("'a':1", "node-1");
    made.insert(u"status"_s,
        QJsonObject{{u"phase"_s, u"Pending"_s},
            {list,
                QJsonArray{QJsonObject{{u"name"_s, u"pytorch"_s}, {u"image"_s, u"reg/a:1"_s},
                    {u"state"_s,
                        QJsonObject{{u"waiting"_s, QJsonObject{{u"reason"_s, reason}, {u"message"_s, message}}}}}}}}});
    return made;
}

QJsonObject eventOf(
    const QString &kind, const QString &name, const QString &uid, const QString &reason, const QString &message)
{
    return {{u"involvedObject"_s, QJsonObject{{u"kind"_s, kind}, {u"name"_s, name}, {u"uid"_s, uid}}},
        {u"reason"_s, reason}, {u"message"_s, message}, {u"lastTimestamp"_s, u"2026-11-30T16:06:00Z"_s}};
}

/// All read; two nodes of 8 GPUs, nothing on them.
WhyFacts facts(const QJsonObject &job)
{
    Rooms rooms;
    rooms.add(node("node-1", 8));
    rooms.add(node("node-2", 8));
    WhyFacts facts;
    facts.job = job;
    facts.pods.emplace();
    facts.events.emplace();
    facts.claims.emplace();
    facts.workloads.emplace();
    facts.cluster.rooms = rooms.all();
    facts.cluster.podsRead = true;
    facts.cluster.grows = false;
    facts.cluster.quotas.emplace();
    facts.cluster.ranges.emplace();
    facts.cluster.kueue = false;
    facts.now = QDateTime::fromString(u"2026-11-30T16:10:00Z"_s, Qt::ISODate);
    return facts;
}

WhyFacts withPod(const QJsonObject &pod)
{
    WhyFacts with = facts(job());
    with.pods->append(pod);
    return with;
}

WhyNot::Evidence stageOf(const WhyNot &why, const QString &id)
{
    const auto it = std::ranges::find(why.chain, id, &WhyNot::Evidence::id);
    return it == why.chain.end() ? WhyNot::Evidence{u"none"_s, State::Unknown, {}, {}, {}, {}} : *it;
}

WhyFacts queued(const QString &message, const QString &reason = u"Pending"_s)
{
    WhyFacts with = facts(job("'runPolicy':{'suspend':true},", "", "'kueue.x-k8s.io/queue-name':'nlp-queue'"));
    with.cluster.kueue = true;
    Quota local;
    local.kind = u"LocalQueue"_s;
    local.name = u"nlp-queue"_s;
    local.queue = u"training"_s;
    Quota cluster;
    cluster.kind = u"ClusterQueue"_s;
    cluster.name = u"training"_s;
    cluster.limits = {{u"nvidia.com/gpu"_s, u"a100"_s, 16, 16, -1}};
    with.cluster.localQueues = QList<Quota>{local};
    with.cluster.clusterQueues = QList<Quota>{cluster};
    const auto workload = [&](const QString &uid, const QString &owner, double priority, const QString &made) {
        return QJsonObject{
            {u"metadata"_s,
                QJsonObject{{u"name"_s, u"pytorchjob-"_s + uid}, {u"uid"_s, uid}, {u"creationTimestamp"_s, made},
                    {u"ownerReferences"_s, QJsonArray{QJsonObject{{u"uid"_s, owner}}}}}},
            {u"spec"_s, QJsonObject{{u"queueName"_s, u"nlp-queue"_s}, {u"priority"_s, priority}}},
            {u"status"_s,
                QJsonObject{{u"conditions"_s,
                    QJsonArray{QJsonObject{{u"type"_s, u"QuotaReserved"_s}, {u"status"_s, u"False"_s},
                        {u"reason"_s, reason}, {u"message"_s, message}}}}}}};
    };
    with.workloads = QList<QJsonObject>{workload(u"w1"_s, u"j1"_s, 0, u"2026-11-30T16:00:02Z"_s),
        workload(u"w2"_s, u"j2"_s, 0, u"2026-11-30T15:00:00Z"_s),
        workload(u"w3"_s, u"j3"_s, 0, u"2026-11-30T16:09:00Z"_s),
        workload(u"w4"_s, u"j4"_s, 100, u"2026-11-30T16:09:00Z"_s)};
    return with;
}

} // namespace

class TestWhyNot : public QObject {
    Q_OBJECT

    static void compare(
        const WhyNot &why, WhyNot::Verdict verdict, const QString &cause, const QString &words, const QString &stage)
    {
        QVERIFY2(why.verdict == verdict && why.cause == cause,
            qPrintable(verdictWord(why.verdict) + u' ' + why.cause + u": "_s + why.sentence));
        QVERIFY2(why.sentence.contains(words), qPrintable(why.sentence));
        const WhyNot::Evidence failed = stageOf(why, stage);
        QVERIFY2(failed.state
                == (verdict == WhyNot::Verdict::Never         ? State::Failed
                        : verdict == WhyNot::Verdict::Waiting ? State::Waits
                                                      : State::Unknown),
            qPrintable(failed.id + u' ' + evidenceWord(failed.state)));
        bool before = true;
        for (const WhyNot::Evidence &one : why.chain) {
            before = before && one.id != stage;
            if (before)
                QVERIFY2(one.state != State::NotAsked, qPrintable(one.id));
            QVERIFY2(!one.text.isEmpty(), qPrintable(one.id));
        }
    }

private slots:
    void theScheduler_data()
    {
        QTest::addColumn<QString>("message");
        QTest::addColumn<QByteArray>("spec");
        QTest::addColumn<WhyNot::Verdict>("verdict");
        QTest::addColumn<QString>("cause");
        QTest::addColumn<QString>("words");
        const QByteArray plain = "'nodeSelector':{}";
        QTest::newRow("selector")
            << u"0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector. preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling."_s
            << QByteArray("'nodeSelector':{'pool':'h100'}") << WhyNot::Verdict::Never << u"selector"_s << u"pool=h100"_s;
        QTest::newRow("affinity") << u"0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector."_s
                                  << QByteArray("'affinity':{'nodeAffinity':{}}") << WhyNot::Verdict::Never << u"selector"_s
                                  << u"labels"_s;
        QTest::newRow("too many GPUs")
            << u"0/2 nodes are available: 2 Insufficient nvidia.com/gpu. preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod."_s
            << QByteArray("'overhead':{'nvidia.com/gpu':'1'}") << WhyNot::Verdict::Never << u"room"_s << u"9 nvidia.com/gpu"_s;
        QTest::newRow("in use") << u"0/2 nodes are available: 2 Insufficient nvidia.com/gpu."_s
                                << QByteArray("'nodeSelector':{'x':'y'},'affinity':{'a':1}") << WhyNot::Verdict::Unknown
                                << u"room"_s << u"nvidia.com/gpu"_s;
        QTest::newRow("taint")
            << u"0/2 nodes are available: 1 node(s) had untolerated taint {dedicated: telephony}, 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }. preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling."_s
            << QByteArray("'affinity':{'a':1}") << WhyNot::Verdict::Never << u"taint"_s << u"dedicated: telephony"_s;
        QTest::newRow("not ready")
            << u"0/2 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/not-ready: }, 1 node(s) were unschedulable."_s
            << plain << WhyNot::Verdict::Waiting << u"node-not-ready"_s << u"cordoned, or not ready"_s;
        QTest::newRow("no PVC")
            << u"0/2 nodes are available: persistentvolumeclaim \"ckpt\" not found. preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling."_s
            << plain << WhyNot::Verdict::Never << u"claim-missing"_s << u"PVC ckpt"_s;
        QTest::newRow("unbound")
            << u"0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims. preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling."_s
            << plain << WhyNot::Verdict::Waiting << u"claim-unbound"_s << u"no volume yet"_s;
        QTest::newRow("volume of another zone")
            << u"0/2 nodes are available: 2 node(s) had volume node affinity conflict."_s << plain << WhyNot::Verdict::Never
            << u"claim-elsewhere"_s << u"volume"_s;
        QTest::newRow("other words") << u"pod group is not ready, 1 Pending, 2 minAvailable"_s << plain
                                     << WhyNot::Verdict::Unknown << u"scheduler"_s << u"pod group is not ready"_s;
        QTest::newRow("not looked at") << QString() << plain << WhyNot::Verdict::Waiting << u"scheduler"_s << u"not looked"_s;
        QTest::newRow("hostile") << QString(100'000, u'{') << plain << WhyNot::Verdict::Unknown << u"scheduler"_s << u"…"_s;
        QTest::newRow("deceiving") << u"0/2 nodes are available: \u202E2 \n\x1b[31m"_s << plain << WhyNot::Verdict::Unknown
                                   << u"scheduler"_s << u"\\u{202E}"_s;
    }
    void theScheduler()
    {
        QFETCH(QString, message);
        QFETCH(QByteArray, spec);
        QFETCH(WhyNot::Verdict, verdict);
        QFETCH(QString, cause);
        QFETCH(QString, words);
        const WhyNot why = whyNot(withPod(unscheduled(message, spec)));
        compare(why, verdict, cause, words, u"scheduled"_s);
        QVERIFY(why.sentence.size() < 1000);
        QCOMPARE(stageOf(why, u"image"_s).state, State::NotAsked);
        QCOMPARE(stageOf(why, u"created"_s).state, State::Ok);
    }

    void nodesTellWhetherWaitingHelps()
    {
        const QString message = u"0/2 nodes are available: 2 Insufficient nvidia.com/gpu."_s;
        WhyFacts with = withPod(unscheduled(message));
        Rooms rooms;
        rooms.add(node("node-1", 8));
        rooms.occupy(
            json("{'spec':{'nodeName':'node-1','containers':[{'resources':{'limits':{'nvidia.com/gpu':'3'}}}]}}"));
        with.cluster.rooms = rooms.all();
        compare(whyNot(with), WhyNot::Verdict::Waiting, u"room"_s, u"Room for 0 of 1"_s, u"scheduled"_s);
        // Two pods, one node: the second never.
        with.pods->append(unscheduled(message));
        compare(whyNot(with), WhyNot::Verdict::Never, u"room"_s, u"only 1 of its 2"_s, u"scheduled"_s);
        with.cluster.grows = true;
        QCOMPARE(whyNot(with).verdict, WhyNot::Verdict::Waiting);
        with.cluster.grows = false;
        with.cluster.rooms.reset();
        with.pods = QList<QJsonObject>{unscheduled(
            u"0/2 nodes are available: 2 Insufficient nvidia.com/gpu. no new claims to deallocate, preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod."_s)};
        QVERIFY2(whyNot(with).sentence.contains(u"free nvidia.com/gpu;"_s), qPrintable(whyNot(with).sentence));
        compare(whyNot(with), WhyNot::Verdict::Unknown, u"room"_s, u"not known"_s, u"scheduled"_s);
    }

    void images_data()
    {
        QTest::addColumn<QString>("reason");
        QTest::addColumn<QString>("message");
        QTest::addColumn<WhyNot::Verdict>("verdict");
        QTest::addColumn<QString>("cause");
        const QString head = u"Failed to pull image \"reg/a:1\": "_s;
        QTest::newRow("missing") << u"ErrImagePull"_s
                                 << head
                + u"rpc error: code = NotFound desc = failed to pull and unpack image \"reg/a:1\": failed to resolve reference \"reg/a:1\": reg/a:1: not found"_s
                                 << WhyNot::Verdict::Never << u"image-missing"_s;
        QTest::newRow("docker") << u"ErrImagePull"_s
                                << head
                + u"rpc error: code = Unknown desc = Error response from daemon: manifest for reg/a:1 not found: manifest unknown"_s
                                << WhyNot::Verdict::Never << u"image-missing"_s;
        QTest::newRow("401") << u"ErrImagePull"_s
                             << head
                + u"failed to resolve reference: unexpected status from HEAD request to https://reg/v2/a/manifests/1: 401 Unauthorized"_s
                             << WhyNot::Verdict::Never << u"image-secret"_s;
        QTest::newRow("no credentials") << u"ErrImagePull"_s
                                        << head
                + u"pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials"_s
                                        << WhyNot::Verdict::Never << u"image-secret"_s;
        QTest::newRow("rate") << u"ErrImagePull"_s
                              << head + u"toomanyrequests: You have reached your pull rate limit."_s << WhyNot::Verdict::Waiting
                              << u"image-rate"_s;
        QTest::newRow("timeout") << u"ErrImagePull"_s
                                 << head
                + u"failed to do request: Head \"https://reg/v2/a/manifests/1\": dial tcp 31.13.95.34:443: i/o timeout"_s
                                 << WhyNot::Verdict::Waiting << u"image-registry"_s;
        QTest::newRow("name of the registry") << u"ErrImagePull"_s
                                              << head
                + u"failed to do request: Head \"https://reg/v2/a/manifests/1\": dial tcp: lookup reg: no such host"_s
                                              << WhyNot::Verdict::Never << u"image-host"_s;
        QTest::newRow("platform") << u"ErrImagePull"_s << head + u"no match for platform in manifest: not found"_s
                                  << WhyNot::Verdict::Never << u"image-platform"_s;
        QTest::newRow("no name")
            << u"InvalidImageName"_s
            << u"Failed to apply default image tag \"A:::1\": couldn't parse image name \"A:::1\": invalid reference format"_s
            << WhyNot::Verdict::Never << u"image-name"_s;
        QTest::newRow("never") << u"ErrImageNeverPull"_s
                               << u"Container image \"reg/a:1\" is not present with pull policy of Never"_s
                               << WhyNot::Verdict::Never << u"image-never"_s;
        QTest::newRow("other words") << u"ErrImagePull"_s << u"the dog ate it"_s << WhyNot::Verdict::Unknown << u"image"_s;
    }
    void images()
    {
        QFETCH(QString, reason);
        QFETCH(QString, message);
        QFETCH(WhyNot::Verdict, verdict);
        QFETCH(QString, cause);
        compare(whyNot(withPod(waiting(reason, message))), verdict, cause, {}, u"image"_s);
        if (reason != u"ErrImagePull"_s)
            return;
        // While it backs off, the event alone says why.
        WhyFacts with = withPod(
            waiting(u"ImagePullBackOff"_s, u"Back-off pulling image \"reg/a:1\""_s, u"initContainerStatuses"_s));
        with.events->append(eventOf(u"Pod"_s, u"bert-master-0"_s, u"p1"_s, u"Failed"_s,
            message.startsWith(u"Failed"_s) ? message : u"Failed to pull image: "_s + message));
        QCOMPARE(whyNot(with).cause, cause);
    }

    void creation_data()
    {
        QTest::addColumn<QString>("message");
        QTest::addColumn<WhyNot::Verdict>("verdict");
        QTest::addColumn<QString>("cause");
        QTest::addColumn<QString>("words");
        const QString head = u"Error creating: pods \"bert-master-0\" is forbidden: "_s;
        QTest::newRow("quota") << head
                + u"exceeded quota: team, requested: requests.nvidia.com/gpu=8, used: requests.nvidia.com/gpu=12, limited: requests.nvidia.com/gpu=16"_s
                               << WhyNot::Verdict::Waiting << u"quota"_s << u"team"_s;
        QTest::newRow("above quota") << head
                + u"exceeded quota: team, requested: pods=1,requests.nvidia.com/gpu=8, used: pods=0,requests.nvidia.com/gpu=0, limited: pods=10,requests.nvidia.com/gpu=4"_s
                                     << WhyNot::Verdict::Never << u"quota"_s << u"requests.nvidia.com/gpu"_s;
        QTest::newRow("unsaid") << head
                + u"failed quota: mem-cpu-demo: must specify limits.cpu for: pytorch; limits.memory for: pytorch"_s
                                << WhyNot::Verdict::Never << u"quota-unsaid"_s << u"limits.cpu"_s;
        QTest::newRow("pod security") << head
                + u"violates PodSecurity \"restricted:latest\": allowPrivilegeEscalation != false (container \"pytorch\" must set securityContext.allowPrivilegeEscalation=false)"_s
                                      << WhyNot::Verdict::Never << u"pod-security"_s << u"restricted"_s;
        QTest::newRow("service account") << head
                + u"error looking up service account nlp/trainer: serviceaccount \"trainer\" not found"_s
                                         << WhyNot::Verdict::Never << u"service-account"_s << u"trainer"_s;
        QTest::newRow("webhook")
            << u"Error creating: admission webhook \"validate.kyverno.svc-fail\" denied the request: no GPUs on Mondays"_s
            << WhyNot::Verdict::Never << u"webhook"_s << u"no GPUs on Mondays"_s;
        QTest::newRow("webhook is down")
            << u"Error creating: Internal error occurred: failed calling webhook \"mpod.kb.io\": failed to call webhook: Post \"https://kueue-webhook-service.kueue-system.svc:443/mutate--v1-pod\": dial tcp 10.0.0.1:443: connect: connection refused"_s
            << WhyNot::Verdict::Waiting << u"webhook-down"_s << u"mpod.kb.io"_s;
        QTest::newRow("policy") << head
                + u"ValidatingAdmissionPolicy 'mesh-opt-out' with binding 'mesh-opt-out' denied request: Pods must opt out"_s
                                << WhyNot::Verdict::Never << u"policy"_s << u"mesh-opt-out"_s;
        QTest::newRow("limit range") << head + u"maximum memory usage per Container is 1000Mi, but limit is 1200Mi"_s
                                     << WhyNot::Verdict::Never << u"limit-range"_s << u"1000Mi"_s;
        QTest::newRow("priority") << head + u"no PriorityClass with name high was found"_s << WhyNot::Verdict::Never
                                  << u"priority"_s << u"high"_s;
        QTest::newRow("other words") << u"Error creating: etcdserver: request timed out"_s << WhyNot::Verdict::Unknown
                                     << u"creation"_s << u"timed out"_s;
        QTest::newRow("hostile") << u"Error creating: exceeded quota: "_s + QString(50'000, u',') + u"\x1b]0;x"_s
                                 << WhyNot::Verdict::Waiting << u"quota"_s << QString();
    }
    void creation()
    {
        QFETCH(QString, message);
        QFETCH(WhyNot::Verdict, verdict);
        QFETCH(QString, cause);
        QFETCH(QString, words);
        WhyFacts with = facts(job());
        with.events->append(eventOf(u"PyTorchJob"_s, u"bert"_s, u"j1"_s, u"FailedCreatePod"_s, message));
        const WhyNot why = whyNot(with);
        compare(why, verdict, cause, words, u"created"_s);
        QCOMPARE(stageOf(why, u"scheduled"_s).state, State::NotAsked);
        QVERIFY(!stageOf(why, u"created"_s).message.contains(QChar(0x1b)));
        // The same of the batch Job that Trainer's JobSet makes, and not of another one's.
        with.events = QList<QJsonObject>{eventOf(u"Job"_s, u"bert-node-0"_s, u"x"_s, u"FailedCreate"_s, message)};
        QCOMPARE(whyNot(with).cause, cause);
        with.events = QList<QJsonObject>{eventOf(u"Job"_s, u"bart-node-0"_s, u"x"_s, u"FailedCreate"_s, message)};
        QCOMPARE(whyNot(with).cause, u"no-pods"_s);
        // An old refusal of a pod that is there by now says nothing.
        with.events = QList<QJsonObject>{eventOf(u"PyTorchJob"_s, u"bert"_s, u"j1"_s, u"FailedCreatePod"_s, message)};
        with.pods->append(unscheduled(u"0/2 nodes are available: 2 node(s) were unschedulable."_s));
        QCOMPARE(whyNot(with).cause, u"node-not-ready"_s);
    }

    void quotaOfTheWholeJob()
    {
        WhyFacts with = facts(job());
        with.events->append(eventOf(u"PyTorchJob"_s, u"bert"_s, u"j1"_s, u"FailedCreatePod"_s,
            u"Error creating: pods \"bert-master-0\" is forbidden: exceeded quota: team, requested: pods=1, used: pods=4, limited: pods=4"_s));
        QCOMPARE(whyNot(with).verdict, WhyNot::Verdict::Waiting);
        Quota quota;
        quota.name = u"team"_s;
        quota.limits = {{u"requests.nvidia.com/gpu"_s, {}, 4, 0, -1}};
        with.cluster.quotas = QList<Quota>{quota};
        compare(whyNot(with), WhyNot::Verdict::Never, u"quota"_s, u"allows 4"_s, u"created"_s);
    }

    void mounts_data()
    {
        QTest::addColumn<QString>("reason");
        QTest::addColumn<QString>("message");
        QTest::addColumn<WhyNot::Verdict>("verdict");
        QTest::addColumn<QString>("cause");
        QTest::newRow("ConfigMap")
            << u"FailedMount"_s << u"MountVolume.SetUp failed for volume \"cfg\" : configmap \"settings\" not found"_s
            << WhyNot::Verdict::Never << u"object-missing"_s;
        QTest::newRow("Secret") << u"FailedMount"_s
                                << u"MountVolume.SetUp failed for volume \"s\" : secret \"hf\" not found"_s
                                << WhyNot::Verdict::Never << u"object-missing"_s;
        QTest::newRow("key")
            << u"FailedMount"_s
            << u"MountVolume.SetUp failed for volume \"cfg\" : references non-existent config key: train.yaml"_s
            << WhyNot::Verdict::Never << u"key-missing"_s;
        QTest::newRow("another's")
            << u"FailedAttachVolume"_s
            << u"Multi-Attach error for volume \"pvc-1\" Volume is already used by pod(s) vit-master-0"_s
            << WhyNot::Verdict::Waiting << u"claim-in-use"_s;
        QTest::newRow("its own")
            << u"FailedAttachVolume"_s
            << u"Multi-Attach error for volume \"pvc-1\" Volume is already used by pod(s) bert-worker-1"_s
            << WhyNot::Verdict::Never << u"claim-rwo"_s;
        QTest::newRow("attached elsewhere")
            << u"FailedAttachVolume"_s
            << u"Multi-Attach error for volume \"pvc-1\" Volume is already exclusively attached to one node and can't be attached to another"_s
            << WhyNot::Verdict::Waiting << u"claim-in-use"_s;
        QTest::newRow("slow")
            << u"FailedMount"_s
            << u"Unable to attach or mount volumes: unmounted volumes=[data], unattached volumes=[]: timed out waiting for the condition"_s
            << WhyNot::Verdict::Waiting << u"mount-slow"_s;
        QTest::newRow("other words")
            << u"FailedMount"_s
            << u"MountVolume.MountDevice failed for volume \"pvc-1\" : rpc error: code = Internal desc = mount failed: exit status 32"_s
            << WhyNot::Verdict::Unknown << u"mount"_s;
    }
    void mounts()
    {
        QFETCH(QString, reason);
        QFETCH(QString, message);
        QFETCH(WhyNot::Verdict, verdict);
        QFETCH(QString, cause);
        WhyFacts with = withPod(waiting(u"ContainerCreating"_s, {}));
        with.events->append(eventOf(u"Pod"_s, u"bert-master-0"_s, u"p1"_s, reason, message));
        compare(whyNot(with), verdict, cause, {}, u"volumes"_s);
        with.events->first() =
            eventOf(u"Pod"_s, u"bert-master-0"_s, u"p0"_s, reason, message); // of an earlier pod of that name
        QCOMPARE(whyNot(with).cause, u"starting"_s);
    }

    void containers_data()
    {
        QTest::addColumn<QString>("reason");
        QTest::addColumn<QString>("message");
        QTest::addColumn<QString>("cause");
        QTest::newRow("secret") << u"CreateContainerConfigError"_s << u"secret \"hf\" not found"_s
                                << u"object-missing"_s;
        QTest::newRow("key") << u"CreateContainerConfigError"_s << u"couldn't find key token in Secret nlp/hf"_s
                             << u"key-missing"_s;
        QTest::newRow("root")
            << u"CreateContainerConfigError"_s
            << u"container has runAsNonRoot and image will run as root (pod: \"bert-master-0_nlp(p1)\", container: pytorch)"_s
            << u"root"_s;
        QTest::newRow("command")
            << u"RunContainerError"_s
            << u"failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: \"torchrum\": executable file not found in $PATH: unknown"_s
            << u"command"_s;
    }
    void containers()
    {
        QFETCH(QString, reason);
        QFETCH(QString, message);
        QFETCH(QString, cause);
        const WhyNot why = whyNot(withPod(waiting(reason, message)));
        compare(why, WhyNot::Verdict::Never, cause, {}, u"containers"_s);
        QCOMPARE(stageOf(why, u"image"_s).state, State::Ok);
        QCOMPARE(stageOf(why, u"training"_s).state, State::NotAsked);
    }

    void kueue_data()
    {
        QTest::addColumn<QString>("message");
        QTest::addColumn<QString>("reason");
        QTest::addColumn<WhyNot::Verdict>("verdict");
        QTest::addColumn<QString>("cause");
        QTest::addColumn<QString>("words");
        const QString head = u"couldn't assign flavors to pod set worker: "_s;
        QTest::newRow("full") << head + u"insufficient unused quota for nvidia.com/gpu in flavor a100, 8 more needed"_s
                              << u"Pending"_s << WhyNot::Verdict::Waiting << u"queue-full"_s << u"number 3 of 4"_s;
        QTest::newRow("one flavor of two") << head
                + u"insufficient quota for nvidia.com/gpu in flavor spot, request > maximum capacity (8 > 4), insufficient unused quota for nvidia.com/gpu in flavor a100, 8 more needed"_s
                                           << u"Pending"_s << WhyNot::Verdict::Waiting << u"queue-full"_s << u"8 more needed"_s;
        QTest::newRow("topology") << head + u"topology \"hostname\" allows to fit only 3 out of 4 pod(s)"_s
                                  << u"Pending"_s << WhyNot::Verdict::Waiting << u"queue-full"_s << u"3 out of 4"_s;
        QTest::newRow("too much") << head
                + u"insufficient quota for nvidia.com/gpu in flavor a100, request > maximum capacity (24 > 16)"_s
                                  << u"Pending"_s << WhyNot::Verdict::Never << u"queue-quota"_s << u"(24 > 16)"_s;
        QTest::newRow("too much, newer") << head
                + u"insufficient quota for nvidia.com/gpu in flavor a100, previously considered podsets requests (16) + current podset request (8) > maximum capacity (16)"_s
                                         << u"ExceedsMaxQuota"_s << WhyNot::Verdict::Never << u"queue-quota"_s
                                         << u"nvidia.com/gpu"_s;
        QTest::newRow("not covered") << head + u"resource memory unavailable in ClusterQueue"_s << u"Pending"_s
                                     << WhyNot::Verdict::Never << u"queue-resource"_s << u"memory"_s;
        QTest::newRow("no LocalQueue") << u"LocalQueue nlp-queue doesn't exist"_s << u"Inadmissible"_s << WhyNot::Verdict::Never
                                       << u"queue-missing"_s << u"nlp-queue"_s;
        QTest::newRow("stopped") << u"LocalQueue nlp-queue is inactive"_s << u"Inadmissible"_s << WhyNot::Verdict::Never
                                 << u"queue-stopped"_s << u"LocalQueue nlp-queue"_s;
        QTest::newRow("no ClusterQueue") << u"ClusterQueue training doesn't exist"_s << u"Inadmissible"_s
                                         << WhyNot::Verdict::Never << u"queue-missing"_s << u"training"_s;
        QTest::newRow("taint") << head + u"untolerated taint {instance spot NoSchedule <nil>} in flavor spot"_s
                               << u"Pending"_s << WhyNot::Verdict::Never << u"queue-taint"_s << u"instance spot"_s;
        QTest::newRow("other words") << u"Waiting for all pods to become ready"_s << u"Waiting"_s << WhyNot::Verdict::Waiting
                                     << u"queue-full"_s << u"all pods"_s;
    }
    void kueue()
    {
        QFETCH(QString, message);
        QFETCH(QString, reason);
        QFETCH(WhyNot::Verdict, verdict);
        QFETCH(QString, cause);
        QFETCH(QString, words);
        const WhyNot why = whyNot(queued(message, reason));
        compare(why, verdict, cause, words, u"queue"_s);
        QCOMPARE(stageOf(why, u"created"_s).state, State::NotAsked);
        QVERIFY(stageOf(why, u"queue"_s).source.contains(u"pytorchjob-w1"_s));
    }

    void queuesThemselves()
    {
        const QString full =
            u"couldn't assign flavors to pod set main: borrowing limit for nvidia.com/gpu in flavor a100 exceeded"_s;
        QCOMPARE(whyNot(queued(full)).verdict, WhyNot::Verdict::Waiting);
        WhyFacts with = queued(full);
        with.cluster.clusterQueues->first().limits.first().hard = 4;
        compare(whyNot(with), WhyNot::Verdict::Never, u"queue"_s, u"can have 4"_s, u"queue"_s);
        with = queued(full);
        with.workloads->clear();
        compare(whyNot(with), WhyNot::Verdict::Unknown, u"queue"_s, u"no Workload"_s, u"queue"_s);
        with.cluster.localQueues->clear();
        compare(whyNot(with), WhyNot::Verdict::Never, u"queue"_s, u"no LocalQueue"_s, u"queue"_s);
        with.cluster.localQueues.reset();
        with.workloads.reset();
        compare(whyNot(with), WhyNot::Verdict::Unknown, u"queue"_s, u"could not be read"_s, u"queue"_s);
        with = queued(full);
        QJsonObject mine = with.workloads->first();
        mine.insert(u"spec"_s, QJsonObject{{u"queueName"_s, u"nlp-queue"_s}, {u"active"_s, false}});
        with.workloads->first() = mine;
        compare(whyNot(with), WhyNot::Verdict::Never, u"deactivated"_s, {}, u"queue"_s);
    }

    void suspendedBySomebody()
    {
        QJsonObject suspended = job("'runPolicy':{'suspend':true},");
        QJsonObject metadata = suspended.value("metadata"_L1).toObject();
        metadata.insert(u"managedFields"_s,
            json("{'a':[{'manager':'training-operator','time':'2026-11-30T16:02:00Z','fieldsV1':{'f:status':{}}},{'"
                 "manager':'kubectl-edit','time':"
                 "'2026-11-30T16:01:00Z','fieldsV1':{'f:spec':{'f:runPolicy':{'f:suspend':{}}}}}]}")
                .value("a"_L1));
        suspended.insert(u"metadata"_s, metadata);
        const WhyNot why = whyNot(facts(suspended));
        compare(why, WhyNot::Verdict::Never, u"suspended"_s, u"kubectl-edit"_s, u"suspended"_s);
        QVERIFY(why.ways.first().contains(u"job unsuspend bert"_s));
        // Nobody is there who would let it go.
        WhyFacts with = queued({});
        with.cluster.kueue = false;
        compare(whyNot(with), WhyNot::Verdict::Never, u"no-kueue"_s, u"not installed"_s, u"suspended"_s);
    }

    void claims()
    {
        const QByteArray volumes = ",'volumes':[{'name':'ckpt','persistentVolumeClaim':{'claimName':'fast'}}]";
        WhyFacts with = facts(job("", volumes));
        QCOMPARE(claimsOf(with.job), QStringList{u"fast"_s});
        compare(whyNot(with), WhyNot::Verdict::Never, u"claim-missing"_s, u"PVC fast"_s, u"claims"_s);
        with.claims = QList<QJsonObject>{json("{'metadata':{'name':'fast','uid':'c1'},'status':{'phase':'Pending'}}")};
        const auto after = [&](const QString &reason, const QString &message) {
            with.events = QList<QJsonObject>{eventOf(u"PersistentVolumeClaim"_s, u"fast"_s, u"c1"_s, reason, message)};
            return whyNot(with);
        };
        compare(after(u"ProvisioningFailed"_s, u"storageclass.storage.k8s.io \"nvme\" not found"_s), WhyNot::Verdict::Never,
            u"storage-class"_s, u"nvme"_s, u"claims"_s);
        compare(
            after(u"FailedBinding"_s, u"no persistent volumes available for this claim and no storage class is set"_s),
            WhyNot::Verdict::Never, u"claim-unbound"_s, u"fast"_s, u"claims"_s);
        compare(after(u"ExternalProvisioning"_s,
                    u"Waiting for a volume to be created either by the external provisioner"_s),
            WhyNot::Verdict::Waiting, u"provisioning"_s, u"fast"_s, u"claims"_s);
        // It waits for its first pod, as it is meant to: the pod tells what is the matter.
        with.pods->append(unscheduled(u"0/2 nodes are available: 2 node(s) were unschedulable."_s));
        QCOMPARE(after(u"WaitForFirstConsumer"_s, u"waiting for first consumer to be created before binding"_s).cause,
            u"node-not-ready"_s);
        with.claims.reset();
        QCOMPARE(stageOf(whyNot(with), u"claims"_s).state, State::Unknown);
    }

    void operatorsAndRuntimes()
    {
        QJsonObject untouched = job();
        untouched.remove(u"status"_s);
        WhyFacts with = facts(untouched);
        compare(whyNot(with), WhyNot::Verdict::Never, u"operator"_s, u"No operator"_s, u"taken"_s);
        with.now = QDateTime::fromString(u"2026-11-30T16:00:10Z"_s, Qt::ISODate);
        compare(whyNot(with), WhyNot::Verdict::Waiting, u"new"_s, u"new"_s, u"taken"_s);

        QJsonObject invalid = job();
        invalid.insert(u"status"_s,
            json("{'conditions':[{'type':'Failed','status':'True','reason':'PyTorchJobFailedValidation','message':'"
                 "PyTorchJobSpec is not valid: Image is undefined in the container of Worker'}]}"));
        compare(whyNot(facts(invalid)), WhyNot::Verdict::Never, u"invalid"_s, u"Image is undefined"_s, u"taken"_s);

        const QByteArray trainJob =
            "{'apiVersion':'trainer.kubeflow.org/"
            "v1alpha1','kind':'TrainJob','metadata':{'name':'bert','namespace':'nlp','uid':'j1'},"
            "'spec':{'runtimeRef':{'name':'torch'},'trainer':{'numNodes':1}},'status':{'jobsStatus':[{'name':'node'}]%"
            "1}}";
        with = facts(json(QByteArray(trainJob).replace("%1", "")));
        with.runtime = false;
        compare(whyNot(with), WhyNot::Verdict::Never, u"runtime"_s, u"ClusterTrainingRuntime torch"_s, u"runtime"_s);
        with.runtime.reset();
        QCOMPARE(stageOf(whyNot(with), u"runtime"_s).state, State::Unknown);
        with.job = json(QByteArray(trainJob).replace("%1",
            ",'conditions':[{'type':'Failed','status':'True','reason':'TrainingRuntimeNotSupported','message':'not "
            "found: ClusterTrainingRuntime'}]"));
        compare(whyNot(with), WhyNot::Verdict::Never, u"runtime"_s, u"torch"_s, u"runtime"_s);
    }

    void whatStandsStillOnTheNode()
    {
        WhyFacts with = withPod(waiting(u"ContainerCreating"_s, {}));
        with.events->append(
            eventOf(u"Pod"_s, u"bert-master-0"_s, u"p1"_s, u"Pulling"_s, u"Pulling image \"reg/a:1\""_s));
        compare(whyNot(with), WhyNot::Verdict::Waiting, u"pulling"_s, u"node-1"_s, u"image"_s);
        with.events.reset();
        QCOMPARE(whyNot(with).verdict, WhyNot::Verdict::Unknown);

        // What will never start counts before what waits.
        with = withPod(unscheduled(u"0/2 nodes are available: 2 node(s) were unschedulable."_s));
        with.pods->append(waiting(u"InvalidImageName"_s, {}));
        const WhyNot why = whyNot(with);
        QCOMPARE(why.cause, u"image-name"_s);
        QCOMPARE(stageOf(why, u"scheduled"_s).state, State::Waits);
    }

    void whatRunsOrEnded()
    {
        WhyFacts with = withPod(json("{'metadata':{'name':'bert-master-0'},'spec':{'nodeName':'node-1'},'status':{'"
                                     "phase':'Running','containerStatuses':[{"
                                     "'state':{'running':{}}}]}}"));
        QCOMPARE(whyNot(with).verdict, WhyNot::Verdict::Started);
        QVERIFY(std::ranges::all_of(whyNot(with).chain, [](const auto &one) { return one.state == State::Ok; }));
        with.pods.reset();
        QCOMPARE(whyNot(with).verdict, WhyNot::Verdict::Unknown);
        QJsonObject failed = job();
        failed.insert(u"status"_s,
            json("{'conditions':[{'type':'Failed','status':'True','reason':'PyTorchJobFailed','message':'backoffLimit "
                 "reached'}]}"));
        const WhyNot why = whyNot(facts(failed));
        QCOMPARE(why.verdict, WhyNot::Verdict::Started);
        QVERIFY(why.sentence.contains(u"backoffLimit reached"_s));
        QJsonObject crashed = waiting(u"CrashLoopBackOff"_s, u"back-off 5m0s restarting failed container=pytorch"_s);
        QCOMPARE(whyNot(withPod(crashed)).cause, u"crash"_s);
    }

    void hostileObjects()
    {
        for (const QByteArray &text :
            {QByteArray("{}"), QByteArray("{'metadata':[],'spec':7,'status':{'conditions':[1,{'type':{}}]}}"),
                QByteArray("{'kind':'PyTorchJob','apiVersion':'///"
                           "','spec':{'pytorchReplicaSpecs':{'Master':3,'Worker':{'replicas':1e300}}}}")}) {
            WhyFacts with = facts(json(text));
            with.pods = QList<QJsonObject>{json(text),
                json("{'status':{'containerStatuses':[{'state':{'waiting':{'reason':5}}}]},'spec':{'nodeName':'\\u202e'"
                     "}}")};
            with.events = QList<QJsonObject>{json(text), json("{'involvedObject':[],'message':{}}")};
            with.claims = with.pods;
            with.workloads = with.pods;
            QVERIFY(!whyNot(with).sentence.contains(QChar(0x202E)));
            QVERIFY(!whyNot(with).sentence.isEmpty());
        }
    }
};

QTEST_APPLESS_MAIN(TestWhyNot)
#include "tst_whynot.moc"
