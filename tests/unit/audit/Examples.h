// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "audit/Audit.h"

/// Small clusters for the rules: each rule has one that it speaks of, and one like it where it must be silent.
namespace cairn::audit::samples {

/// 2026-03-01 12:00 UTC
QDateTime now();

/// YAML of one object.
QJsonObject yaml(const char *text);

struct Deploy {
    QString name;
    int replicas = 1;
    QStringList nodes = {}; ///< a ready pod on each
    QString ns = QStringLiteral("kubeflow");
    QString kind = QStringLiteral("Deployment");
    QString image = QStringLiteral("example.com/x:1");
    const char *spec = "{}";      ///< YAML that is laid over spec
    const char *pod = "{}";       ///< … over the pod's spec
    const char *container = "{}"; ///< … over its container
    const char *meta = "{}";      ///< … over metadata
};
/// The workload and its pods.
QList<QJsonObject> deploy(const Deploy &what);
QJsonObject budget(const char *spec, const QString &app = QStringLiteral("ml-pipeline-ui"), const char *status = "{}");
QJsonObject autoscaler(const QString &target, int floor, const QString &ns = QStringLiteral("kubeflow"));

struct Example {
    QString rule;
    QList<QJsonObject> bad;
    QList<QJsonObject> good;
    Scene::Source source = Scene::Source::Cluster;
};
const QList<Example> &examples();

/// A scene of them in which every list was read, with nodes n1 and n2 (zone a) and n3 (zone b) where it is a cluster's.
Scene scene(const QList<QJsonObject> &objects, Scene::Source source = Scene::Source::Cluster);
/// Marks every list that the rules need as read.
void readAll(Scene &scene);

} // namespace cairn::audit::samples
