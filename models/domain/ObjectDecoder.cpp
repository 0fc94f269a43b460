// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/ObjectDecoder.h"

#include "base/Text.h"
#include "domain/JsonDecoder.h"
#include "domain/ProtoDecoder.h"
#include "domain/QuotaDecoder.h"

#include <QCoreApplication>
#include <array>
#include <stdexcept>

namespace cairn {
namespace decoding {

namespace {

Error unreadable(const QString &why)
{
    return Error::make(
        Error::Kind::Parse,
        QCoreApplication::translate("cairn::ObjectDecoder", "The server's answer could not be read"), why,
        QCoreApplication::translate("cairn::ObjectDecoder",
                                    "Check that the address in the kubeconfig is a Kubernetes API server."));
}

WatchType watchType(std::string_view word)
{
    constexpr std::array<std::pair<std::string_view, WatchType>, 5> words{{{"ADDED", WatchType::Added},
                                                                           {"MODIFIED", WatchType::Modified},
                                                                           {"DELETED", WatchType::Deleted},
                                                                           {"BOOKMARK", WatchType::Bookmark},
                                                                           {"ERROR", WatchType::Error}}};
    for (const auto &[name, type] : words) {
        if (name == word)
            return type;
    }
    return WatchType::Unknown;
}

std::string_view view(QByteArrayView bytes)
{
    return {bytes.data(), std::size_t(bytes.size())};
}

ApiStatus statusFromJson(const JsonValue &value)
{
    ApiStatus status;
    status.code = toInt(value["code"].integer());
    status.reason = value["reason"].string();
    status.message = value["message"].string();
    status.continueToken = value["metadata"]["continue"].string();
    const JsonValue details = value["details"];
    status.kind = details["kind"].string();
    status.group = details["group"].string();
    status.name = details["name"].string();
    status.retryAfterSeconds = toInt(details["retryAfterSeconds"].integer());
    details["causes"].each([&](const JsonValue &cause) {
        status.causes.append({cause["field"].string(), cause["reason"].string(), cause["message"].string()});
    });
    return status;
}

/// One decoder for any kind: what differs is how one object is read.
template <class T, class ReadJson>
class Decoder final : public ObjectDecoder<T>
{
public:
    using ReadProto = void (*)(std::string_view, StringPool &, T &);

    Decoder(std::string_view kind, ReadJson readJson, ReadProto readProto)
        : m_kind(kind)
        , m_readJson(std::move(readJson))
        , m_readProto(readProto)
        , m_parser(std::make_unique<simdjson::dom::parser>())
    {
    }

    bool readsProtobuf() const override { return m_readProto != nullptr; }

    Result<ListPage<T>> page(const QByteArray &body, WireFormat format) override
    {
        return guarded<ListPage<T>>([&] { return format == WireFormat::Protobuf ? protoPage(body) : jsonPage(body); });
    }

    Result<WatchRecord<T>> event(QByteArrayView frame, WireFormat format) override
    {
        return guarded<WatchRecord<T>>(
            [&] { return format == WireFormat::Protobuf ? protoEvent(frame) : jsonEvent(frame); });
    }

    Result<T> object(const QByteArray &body, WireFormat format) override
    {
        return guarded<T>([&]() -> Result<T> {
            T value;
            std::string kind;
            if (format == WireFormat::Protobuf) {
                const ProtoEnvelope envelope = openEnvelope(view(body));
                kind = envelope.kind;
                if (kind == m_kind)
                    protoReader()(envelope.raw, m_pool, value);
            } else {
                const JsonValue document = parse(body);
                kind = document["kind"].text();
                if (kind == m_kind)
                    m_readJson(document, m_pool, value);
            }
            if (kind != m_kind)
                return fail(wrongKind(kind, QString::fromStdString(std::string(m_kind))));
            return value;
        });
    }

    void trim() override { m_parser = std::make_unique<simdjson::dom::parser>(); }

private:
    template <class R, class F>
    Result<R> guarded(F body)
    {
        // simdjson and protozero throw; exceptions end here.
        try {
            return body();
        } catch (const std::exception &error) {
            return fail(unreadable(QString::fromUtf8(error.what())));
        }
    }

    static Error wrongKind(std::string_view found, const QString &wanted)
    {
        return unreadable(QCoreApplication::translate("cairn::ObjectDecoder", "It holds “%1” instead of “%2”.")
                              .arg(text::safe(toQString(found)), wanted));
    }

    ReadProto protoReader() const
    {
        if (!m_readProto)
            throw std::runtime_error("this kind is not read in protobuf");
        return m_readProto;
    }

    JsonValue parse(QByteArrayView json)
    {
        if (json.isEmpty())
            throw std::runtime_error("it is empty"); // simdjson would copy from a null pointer
        return JsonValue(m_parser->parse(json.data(), std::size_t(json.size()), true).value());
    }

    Result<ListPage<T>> jsonPage(const QByteArray &body)
    {
        const JsonValue document = parse(body);
        const std::string_view kind = document["kind"].text();
        if (!kind.ends_with("List"))
            return fail(wrongKind(kind, QString::fromStdString(std::string(m_kind) + "List")));
        ListPage<T> page;
        const JsonValue meta = document["metadata"];
        page.info.resourceVersion = meta["resourceVersion"].string();
        page.info.continueToken = meta["continue"].string();
        page.info.remaining = meta["remainingItemCount"].integer(-1);
        document["items"].each([&](const JsonValue &item) {
            T value;
            m_readJson(item, m_pool, value);
            if (!value.uid.isEmpty())
                page.items.append(std::move(value));
        });
        return page;
    }

    Result<ListPage<T>> protoPage(const QByteArray &body)
    {
        const ProtoEnvelope envelope = openEnvelope(view(body));
        if (!envelope.kind.ends_with("List"))
            return fail(wrongKind(envelope.kind, QString::fromStdString(std::string(m_kind) + "List")));
        const ReadProto read = protoReader();
        ListPage<T> page;
        page.info = readListInfo(envelope.raw);
        readListItems(envelope.raw, [&](std::string_view item) {
            T value;
            read(item, m_pool, value);
            if (!value.uid.isEmpty())
                page.items.append(std::move(value));
        });
        return page;
    }

    Result<WatchRecord<T>> jsonEvent(QByteArrayView frame)
    {
        const JsonValue document = parse(frame);
        WatchRecord<T> record;
        record.type = watchType(document["type"].text());
        const JsonValue object = document["object"];
        if (record.type == WatchType::Error) {
            record.status = statusFromJson(object);
            return record;
        }
        record.resourceVersion = object["metadata"]["resourceVersion"].string();
        if (record.type != WatchType::Bookmark && record.type != WatchType::Unknown)
            m_readJson(object, m_pool, record.object);
        return record;
    }

    Result<WatchRecord<T>> protoEvent(QByteArrayView frame)
    {
        const ProtoEvent event = openEvent(view(frame));
        const ProtoEnvelope envelope = openEnvelope(event.object);
        WatchRecord<T> record;
        record.type = watchType(event.type);
        if (record.type == WatchType::Error) {
            record.status = readStatus(envelope.raw);
            return record;
        }
        record.resourceVersion = readResourceVersion(envelope.raw);
        if (record.type != WatchType::Bookmark && record.type != WatchType::Unknown)
            protoReader()(envelope.raw, m_pool, record.object);
        return record;
    }

    const std::string m_kind;
    const ReadJson m_readJson;
    const ReadProto m_readProto;
    StringPool m_pool;
    std::unique_ptr<simdjson::dom::parser> m_parser;
};

template <class T, class ReadJson>
std::unique_ptr<ObjectDecoder<T>> makeDecoder(std::string_view kind, ReadJson readJson,
                                              typename Decoder<T, ReadJson>::ReadProto readProto)
{
    return std::make_unique<Decoder<T, ReadJson>>(kind, std::move(readJson), readProto);
}

} // namespace
} // namespace decoding

using namespace decoding;

std::unique_ptr<ObjectDecoder<Pod>> podDecoder()
{
    return makeDecoder<Pod>(
        "Pod", [](const JsonValue &o, StringPool &p, Pod &v) { readPod(o, p, v); }, &readPod);
}

std::unique_ptr<ObjectDecoder<Event>> eventDecoder()
{
    return makeDecoder<Event>(
        "Event", [](const JsonValue &o, StringPool &p, Event &v) { readEvent(o, p, v); }, &readEvent);
}

std::unique_ptr<ObjectDecoder<Node>> nodeDecoder()
{
    return makeDecoder<Node>(
        "Node", [](const JsonValue &o, StringPool &p, Node &v) { readNode(o, p, v); }, &readNode);
}

std::unique_ptr<ObjectDecoder<Claim>> claimDecoder()
{
    return makeDecoder<Claim>(
        "PersistentVolumeClaim", [](const JsonValue &o, StringPool &p, Claim &v) { readClaim(o, p, v); }, nullptr);
}

std::unique_ptr<ObjectDecoder<PersistentVolume>> volumeDecoder()
{
    return makeDecoder<PersistentVolume>(
        "PersistentVolume", [](const JsonValue &o, StringPool &p, PersistentVolume &v) { readVolume(o, p, v); }, nullptr);
}

std::unique_ptr<ObjectDecoder<StorageClass>> storageClassDecoder()
{
    return makeDecoder<StorageClass>(
        "StorageClass", [](const JsonValue &o, StringPool &p, StorageClass &v) { readStorageClass(o, p, v); }, nullptr);
}

std::unique_ptr<ObjectDecoder<Job>> jobDecoder(JobKind kind)
{
    return makeDecoder<Job>(
        facts(kind).resource.kind.toStdString(),
        [kind](const JsonValue &o, StringPool &p, Job &v) { readJob(o, p, kind, v); }, nullptr);
}

std::unique_ptr<ObjectDecoder<TrainingRuntime>> runtimeDecoder(bool cluster)
{
    return makeDecoder<TrainingRuntime>(
        cluster ? "ClusterTrainingRuntime" : "TrainingRuntime",
        [](const JsonValue &o, StringPool &p, TrainingRuntime &v) { readTrainingRuntime(o, p, v); }, nullptr);
}

std::unique_ptr<ObjectDecoder<Workload>> workloadDecoder(const ResourceKind &kind)
{
    return makeDecoder<Workload>(
        kind.kind.toStdString(),
        [word = kind.kind](const JsonValue &o, StringPool &p, Workload &v) { readWorkload(o, p, word, v); }, nullptr);
}

std::unique_ptr<ObjectDecoder<Lease>> leaseDecoder()
{
    return makeDecoder<Lease>(
        "Lease", [](const JsonValue &o, StringPool &p, Lease &v) { readLease(o, p, v); }, nullptr);
}

std::unique_ptr<ObjectDecoder<EndpointSlice>> endpointSliceDecoder()
{
    return makeDecoder<EndpointSlice>(
        "EndpointSlice", [](const JsonValue &o, StringPool &p, EndpointSlice &v) { readEndpointSlice(o, p, v); }, nullptr);
}

std::unique_ptr<ObjectDecoder<DisruptionBudget>> budgetDecoder()
{
    return makeDecoder<DisruptionBudget>(
        "PodDisruptionBudget", [](const JsonValue &o, StringPool &p, DisruptionBudget &v) { readBudget(o, p, v); }, nullptr);
}

std::unique_ptr<ObjectDecoder<Autoscaler>> autoscalerDecoder()
{
    return makeDecoder<Autoscaler>(
        "HorizontalPodAutoscaler", [](const JsonValue &o, StringPool &p, Autoscaler &v) { readAutoscaler(o, p, v); }, nullptr);
}

std::unique_ptr<ObjectDecoder<Quota>> quotaDecoder(const ResourceKind &kind)
{
    return makeDecoder<Quota>(
        kind.kind.toStdString(), [word = kind.kind](const JsonValue &o, StringPool &p, Quota &v) { readQuota(o, p, word, v); }, nullptr);
}

std::unique_ptr<ObjectDecoder<LimitRange>> limitRangeDecoder()
{
    return makeDecoder<LimitRange>(
        "LimitRange", [](const JsonValue &o, StringPool &p, LimitRange &v) { readLimitRange(o, p, v); }, nullptr);
}

Result<Job> decodeJob(const QByteArray &json, JobKind kind)
{
    return jobDecoder(kind)->object(json, WireFormat::Json);
}

Result<TrainingRuntime> decodeRuntime(const QByteArray &json, bool cluster)
{
    return runtimeDecoder(cluster)->object(json, WireFormat::Json);
}

std::optional<ListInfo> peekListInfo(QByteArrayView body, WireFormat format)
{
    if (format != WireFormat::Protobuf)
        return std::nullopt;
    try {
        return readListInfo(openEnvelope(view(body)).raw);
    } catch (const std::exception &) {
        return std::nullopt; // reading the page will say what is wrong
    }
}

WireFormat wireFormatOf(QByteArrayView contentType)
{
    return contentType.startsWith("application/vnd.kubernetes.protobuf") ? WireFormat::Protobuf : WireFormat::Json;
}

std::optional<ApiStatus> decodeStatus(QByteArrayView body, WireFormat format)
{
    if (body.isEmpty())
        return std::nullopt;
    try {
        if (format == WireFormat::Protobuf) {
            const ProtoEnvelope envelope = openEnvelope(view(body));
            if (envelope.kind != "Status")
                return std::nullopt;
            return readStatus(envelope.raw);
        }
        simdjson::dom::parser parser;
        const JsonValue document(parser.parse(body.data(), std::size_t(body.size()), true).value());
        if (document["kind"].text() != "Status")
            return std::nullopt;
        return statusFromJson(document);
    } catch (const std::exception &) {
        return std::nullopt;
    }
}

} // namespace cairn
