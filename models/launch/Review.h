// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "checkpoints/SharedProof.h"
#include "launch/Advisor.h"
#include "launch/Policy.h"
#include "launch/Spec.h"

#include <QJsonObject>
#include <QMap>

namespace cairn::launch {

/// What is known around a job. What is not known is empty.
struct Around {
    QMap<QString, QStringList> claims =
        {}; ///< access modes of the namespace's PVCs: "ReadWriteMany" …; empty map: not listed
    QMap<QString, qint64> room = {};      ///< bytes left on a PVC
    QMap<QString, ckpt::SharedProof> proofs = {}; ///< PVCs that were tested from two nodes
    std::optional<qint64> saveBytes = {}; ///< size of one checkpoint
    std::optional<Measured> step = {};
    std::optional<Measured> save = {};
    QMap<QString, QString> folders = {}; ///< "claim:/folder" → the job that saves there
    QJsonObject runtime = {};            ///< of a TrainJob: what it is laid over; empty: not read
    std::optional<bool> restores = {};   ///< somebody said that the script restores
    QMap<QString, QString> broken = {};  ///< PVCs that no pod can mount → why, a sentence, safe to show
    QMap<QString, QString> local = {};   ///< PVCs on the disk of one node → what tells it, raw: "hostPath", "rancher.io/local-path"
    std::optional<int> clusterNodes = {}; ///< nodes of the cluster
};
/// What a PVC, and its PersistentVolume where that was read (else empty), say of it: claims, proofs, broken, local.
void addClaim(Around &around, const QJsonObject &claim, const QJsonObject &volume);
/// What tells that a PVC is on the disk of one node, raw; empty where nothing does. Its access modes are no sign: nobody enforces
/// them. By hostPath and local in its volume, a volume for one host alone, and the provisioners of local disks.
QString localDisk(const QJsonObject &claim, const QJsonObject &volume);

/// One thing that an expert would check.
struct Point {
    enum class State {
        Holds,
        Look,    ///< may be meant so
        Fails,   ///< will cost work
        Unknown, ///< cannot be told from here
    };
    QString id = {};
    State state = State::Holds;
    QString title = {}; ///< "Requests equal limits"
    QString text = {};  ///< what was found, a phrase after the title, or a sentence
    QString fix = {};   ///< what to do; empty where it holds
    bool operator==(const Point &) const = default;
};
QString stateWord(Point::State state); ///< "holds", "look", "fails", "unknown"

/// Fifteen points, always all of them and in this order: requests, memory, grace, user, token, secrets, restarts, pods,
/// ttl, template, shared, text, names, image, restore.
QList<Point> expertPoints(const QJsonObject &job, Framework framework, const Around &around);

/// Whether a dead node costs little: saves, interval, grace, restarts, shared, keep, folder, room.
QList<Point> safetyNet(const QJsonObject &job, Framework framework, const Around &around);

/// Where the job saves, as a key of Around::folders; empty where it does not say, or saves inside of its containers. `runtime`: what a
/// TrainJob is laid over; without it what that one says is not known.
QString saveFolder(const QJsonObject &job, const QJsonObject &runtime = {});

/// True for names of variables that usually hold what nobody should read: "HF_TOKEN", "DB_PASSWORD",
/// "AWS_SECRET_ACCESS_KEY".
bool soundsSecret(const QString &name);

} // namespace cairn::launch
