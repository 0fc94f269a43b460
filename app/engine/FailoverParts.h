// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "components/Component.h"
#include "domain/ObjectApi.h"
#include "domain/ObjectDecoder.h"
#include "domain/Job.h"

#include <QJsonDocument>
#include <QJsonObject>

/// What planning, running and sweeping of failover tests have in common. Private to FailoverFlows.
namespace cairn::app::failover {

/// Between two attempts to create or remove a probe.
inline constexpr std::chrono::milliseconds probeRetry{500};

/// Label of a probe job, and the annotation that says which process made it.
QString probeLabel();
QString ownerAnnotation();
bool isProbe(const QJsonObject &object);
const QList<JobKind> &probeKinds();
/// The job that is created while nobody leads, without its annotations. Its pods never run.
QJsonObject pyTorchProbe(const QString &name, const QString &ns, const QString &image);
QJsonObject trainJobProbe(const QString &name, const QString &ns, const QString &runtime);

template <class T>
std::optional<T> decoded(ObjectDecoder<T> &decoder, const QJsonObject &object)
{
    Result<T> value = decoder.object(QJsonDocument(object).toJson(QJsonDocument::Compact), WireFormat::Json);
    return value ? std::optional<T>(*std::move(value)) : std::nullopt;
}

/// Whether the pod belongs to the workload.
bool belongsTo(const Pod &pod, const components::Component &component);
bool isReady(const Pod &pod);
Result<QList<Pod>> podsOf(ObjectApi &api, const components::Component &component, std::stop_token stop);

} // namespace cairn::app::failover
