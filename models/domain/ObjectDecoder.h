// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "domain/Claim.h"
#include "domain/Job.h"
#include "domain/StatusDecoder.h"
#include "domain/Volume.h"
#include "domain/Workload.h"

#include <QByteArray>
#include <QList>
#include <memory>
#include <optional>

namespace cairn {

/// Head of a list answer.
struct ListInfo {
    QString resourceVersion;
    QString continueToken; ///< empty on the last page
    qint64 remaining = -1; ///< objects after this page; -1 where the server does not say
};

template <class T>
struct ListPage {
    ListInfo info;
    QList<T> items;
};

enum class WatchType { Added, Modified, Deleted, Bookmark, Error, Unknown };

template <class T>
struct WatchRecord {
    WatchType type = WatchType::Unknown;
    T object;                ///< of Added, Modified, Deleted
    QString resourceVersion; ///< of every type but Error
    ApiStatus status;        ///< of Error
};

/// Reads objects of one kind out of server answers into values: a projection at parse time, without an object tree or
/// raw bytes kept, repeated strings shared. Missing, null and wrong-typed fields read as absent; only a body that is
/// no JSON or protobuf at all, or holds something else than was asked for, is an error. Keeps buffers between calls:
/// one decoder per thread.
template <class T>
class ObjectDecoder
{
public:
    virtual ~ObjectDecoder() = default;
    virtual bool readsProtobuf() const = 0;
    virtual Result<ListPage<T>> page(const QByteArray &body, WireFormat format) = 0;
    virtual Result<WatchRecord<T>> event(QByteArrayView frame, WireFormat format) = 0;
    virtual Result<T> object(const QByteArray &body, WireFormat format) = 0;
    /// Gives back what a long list made the buffers grow to.
    virtual void trim() = 0;
};

std::unique_ptr<ObjectDecoder<Pod>> podDecoder();
std::unique_ptr<ObjectDecoder<Event>> eventDecoder();
std::unique_ptr<ObjectDecoder<Node>> nodeDecoder();
std::unique_ptr<ObjectDecoder<Claim>> claimDecoder();
std::unique_ptr<ObjectDecoder<PersistentVolume>> volumeDecoder();
std::unique_ptr<ObjectDecoder<StorageClass>> storageClassDecoder();
std::unique_ptr<ObjectDecoder<Job>> jobDecoder(JobKind kind);
/// Of both kinds: TrainingRuntime, and ClusterTrainingRuntime where `cluster` is true.
std::unique_ptr<ObjectDecoder<TrainingRuntime>> runtimeDecoder(bool cluster);
/// Of one kind: Deployment or StatefulSet.
std::unique_ptr<ObjectDecoder<Workload>> workloadDecoder(const ResourceKind &kind);
std::unique_ptr<ObjectDecoder<Lease>> leaseDecoder();
std::unique_ptr<ObjectDecoder<EndpointSlice>> endpointSliceDecoder();
std::unique_ptr<ObjectDecoder<DisruptionBudget>> budgetDecoder();
std::unique_ptr<ObjectDecoder<Autoscaler>> autoscalerDecoder();

/// One job object as JSON, for instance the answer to a GET.
Result<Job> decodeJob(const QByteArray &json, JobKind kind);
Result<TrainingRuntime> decodeRuntime(const QByteArray &json, bool cluster);

/// The head of a page without reading its items, so that the next page can be asked for at once. Protobuf only:
/// JSON lists of custom resources carry their head behind the items.
std::optional<ListInfo> peekListInfo(QByteArrayView body, WireFormat format);

} // namespace cairn
