// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Quota.h"
#include "launch/GpuMap.h"
#include "launch/Needs.h"
#include "launch/Review.h"

#include <optional>

/// Whether a job can start now. Pure.
namespace cairn::launch {

/// A Secret that images are pulled with, as far as a launch has to know it: which registries it is for, never a key of them.
struct PullSecret {
    bool exists = false;
    QString type = {};      ///< raw
    bool readable = false;  ///< it holds a configuration of docker's
    QStringList hosts = {}; ///< its entries, as written: "ghcr.io", "https://index.docker.io/v1/"
    bool isFor(const QString &image) const; ///< as the kubelet matches them (pkg/credentialprovider, URLsMatchStr)
    bool operator==(const PullSecret &) const = default;
};
/// Of a Secret as JSON, which it does not keep.
PullSecret pullSecretOf(const QJsonObject &secret);

/// What is known of the cluster. Empty optionals were not read: what they would tell stays unknown.
struct FitFacts {
    std::optional<QList<Room>> rooms = {}; ///< of the nodes
    bool podsRead = false;                 ///< what runs on them is counted, in all namespaces
    std::optional<bool> grows = {};        ///< an autoscaler adds nodes
    /// The Pod Security level that the namespace enforces; empty: none.
    std::optional<QString> security = {};
    std::optional<QList<Quota>> quotas = {};      ///< ResourceQuotas of the namespace
    std::optional<QList<LimitRange>> ranges = {}; ///< of the namespace
    std::optional<bool> kueue = {};               ///< its LocalQueues are served
    std::optional<QList<Quota>> localQueues = {}; ///< of the namespace
    std::optional<QList<Quota>> clusterQueues = {};
    std::optional<bool> volcano = {};              ///< its Queues are served; read only where a job names one
    QMap<QString, bool> volcanoQueues = {};        ///< whether they exist: those that were looked at
    std::optional<QList<QJsonObject>> claims = {}; ///< PVCs of the namespace
    QMap<QString, PullSecret> pullSecrets = {};    ///< those that were looked at
    QMap<std::pair<Need::What, QString>, Found> found = {}; ///< by Need::id(), of what pods name: those that were looked at
    std::optional<QStringList> lateClasses = {};   ///< StorageClasses whose volumes are made for their first pod
};

struct Fit {
    enum class Answer {
        Now,
        Later,  ///< it waits until something else ends, or somebody makes room
        Never,  ///< as the cluster and the job are, nothing that ends makes room
        Unknown ///< it has not been refused, but something could not be read
    };
    /// What the job takes of one resource of a quota. In thousandths; negative where not known.
    struct Share {
        QString kind = {}; ///< "ResourceQuota", "ClusterQueue"
        QString name = {}; ///< raw
        QString resource = {};
        double hard = -1; ///< of a ClusterQueue its own in all flavors, without what it may borrow
        double used = -1;
        double asked = 0;
        bool operator==(const Share &) const = default;
    };
    Answer answer = Answer::Unknown;
    QString text = {}; ///< one sentence
    /// nodes, claims, service-account, priority, objects, quota, limits, queue, security, volcano, sub-paths, pull-secret: Holds, Look: not
    /// now, Fails: never, but of sub-paths, without which pods start and do not train. Of what pods name, and of volcano, there are those
    /// alone that something is named of. The last one does not change the answer: an image that is public is pulled without a Secret
    /// too; nor does a queue of Kueue or Volcano where that is not installed.
    QList<Point> points = {};
    QList<Share> shares = {}; ///< of each quota that counts it, GPUs first
    QList<GpuPool> pools = {}; ///< of its GPU resource; empty where it asks for none, or nodes or pods were not read
    int pods = 0;
    std::optional<int> now = {};     ///< how many of its pods find room on nodes now
    std::optional<int> empty = {};   ///< and if nothing else ran
    QMap<QString, int> nodes = {};   ///< where its pods would fill the fewest nodes; the scheduler may choose others
    std::optional<double> idle = {}; ///< GPUs that stay free on these; empty where not known, or it asks for none
    bool operator==(const Fit &) const = default;
};
QString answerWord(Fit::Answer answer); ///< "now", "later", "never", "unknown"

/// Only the pods that train are counted: not an MPI launcher, nor what a TrainJob's runtime adds. What is not in `spec`
/// (affinity, spreading) is not looked at. Kueue's rules: pkg/cache/scheduler of v0.19, without cohorts' own quotas. `needs`: what
/// its pods name; where they are not all of it, what a TrainJob does not say of its pods stays unknown.
Fit fitOf(const Spec &spec, const FitFacts &facts, const Needs &needs = {});
/// The same of a job with the runtime that it is laid over; without that one it is not known what a TrainJob leaves to it.
Fit fitOf(const Objects &job, const FitFacts &facts);

/// Whether `pods` pods like this one find nodes: "nodes" of Fit::points.
Point nodesFor(const Ask &ask, const QString &gpu, int pods, const FitFacts &facts);

} // namespace cairn::launch
