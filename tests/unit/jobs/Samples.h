// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/ObjectDecoder.h"
#include "jobs/ResumePlan.h"

#include <QJsonArray>
#include <QJsonDocument>

/// Jobs and checkpoints as the tests of models/jobs need them.
namespace cairn::tests {

inline QJsonObject container(const QString &name, const QJsonObject &env, const QStringList &command = {}, const QStringList &args = {})
{
    QJsonArray variables;
    for (auto it = env.begin(); it != env.end(); ++it)
        variables.append(QJsonObject{{QStringLiteral("name"), it.key()}, {QStringLiteral("value"), it.value()}});
    QJsonObject c{{QStringLiteral("name"), name},
                  {QStringLiteral("image"), QStringLiteral("example/train:1")},
                  {QStringLiteral("volumeMounts"),
                   QJsonArray{QJsonObject{{QStringLiteral("name"), QStringLiteral("ckpt")}, {QStringLiteral("mountPath"), QStringLiteral("/ckpt")}},
                              QJsonObject{{QStringLiteral("name"), QStringLiteral("tmp")}, {QStringLiteral("mountPath"), QStringLiteral("/tmp")}}}}};
    if (!variables.isEmpty())
        c.insert(QStringLiteral("env"), variables);
    if (!command.isEmpty())
        c.insert(QStringLiteral("command"), QJsonArray::fromStringList(command));
    if (!args.isEmpty())
        c.insert(QStringLiteral("args"), QJsonArray::fromStringList(args));
    return c;
}

inline QJsonObject role(const QJsonObject &trainer, int replicas = 1)
{
    const QJsonObject sidecar{{QStringLiteral("name"), QStringLiteral("sidecar")}, {QStringLiteral("image"), QStringLiteral("example/side:1")}};
    return {{QStringLiteral("replicas"), replicas},
            {QStringLiteral("restartPolicy"), QStringLiteral("OnFailure")},
            {QStringLiteral("template"),
             QJsonObject{{QStringLiteral("spec"),
                          QJsonObject{{QStringLiteral("containers"), QJsonArray{sidecar, trainer}},
                                      {QStringLiteral("volumes"),
                                       QJsonArray{QJsonObject{{QStringLiteral("name"), QStringLiteral("ckpt")},
                                                              {QStringLiteral("persistentVolumeClaim"),
                                                               QJsonObject{{QStringLiteral("claimName"), QStringLiteral("ckpt-claim")}}}},
                                                  QJsonObject{{QStringLiteral("name"), QStringLiteral("tmp")},
                                                              {QStringLiteral("emptyDir"), QJsonObject{}}}}}}}}}};
}

inline QJsonObject condition(const QString &type, bool value)
{
    return {{QStringLiteral("type"), type}, {QStringLiteral("status"), value ? QStringLiteral("True") : QStringLiteral("False")}};
}

/// A running PyTorchJob "demo" in "research" with a Master and two Workers, all with the same container.
inline QJsonObject pytorchJob(const QJsonObject &trainer, const QString &name = QStringLiteral("demo"))
{
    return {{QStringLiteral("apiVersion"), QStringLiteral("kubeflow.org/v1")},
            {QStringLiteral("kind"), QStringLiteral("PyTorchJob")},
            {QStringLiteral("metadata"),
             QJsonObject{{QStringLiteral("name"), name}, {QStringLiteral("namespace"), QStringLiteral("research")},
                         {QStringLiteral("uid"), QStringLiteral("uid-") + name}, {QStringLiteral("resourceVersion"), QStringLiteral("50")},
                         {QStringLiteral("generation"), 1}}},
            {QStringLiteral("spec"),
             QJsonObject{{QStringLiteral("pytorchReplicaSpecs"),
                          QJsonObject{{QStringLiteral("Master"), role(trainer)}, {QStringLiteral("Worker"), role(trainer, 2)}}}}},
            {QStringLiteral("status"),
             QJsonObject{{QStringLiteral("startTime"), QStringLiteral("2026-01-02T00:00:00Z")},
                         {QStringLiteral("conditions"), QJsonArray{condition(QStringLiteral("Created"), true),
                                                                    condition(QStringLiteral("Running"), true)}}}}};
}

/// Sets the value at a path of keys inside an object.
inline QJsonObject with(QJsonObject object, QStringList path, const QJsonValue &value)
{
    const QString key = path.takeFirst();
    object.insert(key, path.isEmpty() ? value : QJsonValue(with(object.value(key).toObject(), path, value)));
    return object;
}

inline QJsonObject contractJob(const QString &name = QStringLiteral("demo"))
{
    return pytorchJob(container(QStringLiteral("pytorch"), {{QStringLiteral("CHECKPOINT_DIR"), QStringLiteral("/ckpt/demo")}, {QStringLiteral("SEED"), QStringLiteral("1")}},
                                {QStringLiteral("python3"), QStringLiteral("train.py")}), name);
}

inline Job decoded(const QJsonObject &object, JobKind kind = JobKind::PyTorchJob)
{
    const Result<Job> job = decodeJob(QJsonDocument(object).toJson(), kind);
    return job ? *job : Job();
}

inline Checkpoint wholeCheckpoint(qint64 step = 100)
{
    Checkpoint c;
    c.path = QStringLiteral("demo/step-%1.pt").arg(step);
    c.format = QStringLiteral("torch-zip");
    c.step = step;
    c.bytes = 1000;
    c.files = 1;
    c.savedAt = QDateTime::fromString(QStringLiteral("2026-01-02T03:00:00Z"), Qt::ISODate);
    c.verdict = Verdict::Whole;
    c.resumable = true;
    return c;
}

inline jobs::ResumeRequest requestFor(const QJsonObject &object, qint64 step = 100, JobKind kind = JobKind::PyTorchJob)
{
    jobs::ResumeRequest r;
    r.object = object;
    r.job = decoded(object, kind);
    r.checkpoint = wholeCheckpoint(step);
    r.path = QStringLiteral("/ckpt/") + r.checkpoint.path;
    r.id = QStringLiteral("abc123def456");
    return r;
}

/// The training container's variable in a role, "" where absent.
inline QString envOf(const QJsonObject &object, const QString &roleName, const QString &name,
                     const QString &specs = QStringLiteral("pytorchReplicaSpecs"), const QString &containerName = QStringLiteral("pytorch"))
{
    for (const QJsonValue v : jobs::containerOf(object, specs, roleName, containerName).value(QStringLiteral("env")).toArray()) {
        if (v[QStringLiteral("name")].toString() == name)
            return v[QStringLiteral("value")].toString();
    }
    return {};
}

inline QStringList argsOf(const QJsonObject &object, const QString &roleName, const QString &field = QStringLiteral("args"),
                          const QString &specs = QStringLiteral("pytorchReplicaSpecs"), const QString &containerName = QStringLiteral("pytorch"))
{
    QStringList list;
    for (const QJsonValue v : jobs::containerOf(object, specs, roleName, containerName).value(field).toArray())
        list += v.toString();
    return list;
}

} // namespace cairn::tests
