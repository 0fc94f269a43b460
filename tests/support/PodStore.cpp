// SPDX-License-Identifier: GPL-3.0-or-later
#include "PodStore.h"

#include <QByteArrayList>
#include <QtEndian>
#include <algorithm>
#include <protozero/pbf_writer.hpp>
#include <string>

namespace cairn::test {

namespace {

using Wire = PodStore::Wire;
using Writer = protozero::pbf_writer;

constexpr int fewPods = 4, manyPods = 40;

// Field numbers as in models/domain/ProtoDecoder.cpp.

std::string view(const QByteArray &bytes)
{
    return bytes.toStdString();
}

std::string protoPod(const QByteArray &name, const PodRow &row)
{
    std::string pod, meta, spec;
    Writer m(meta);
    m.add_string(1, view(name));
    m.add_string(3, "ns");
    m.add_string(5, view(row.uid));
    m.add_string(6, std::to_string(row.version));
    Writer(spec).add_string(10, view(row.node));
    Writer p(pod);
    p.add_message(1, meta);
    p.add_message(2, spec);
    return pod;
}

QByteArray jsonPod(const QByteArray &name, const PodRow &row)
{
    return R"({"kind":"Pod","apiVersion":"v1","metadata":{"name":")" + name + R"(","namespace":"ns","uid":")" + row.uid
        + R"(","resourceVersion":")" + QByteArray::number(row.version) + R"("},"spec":{"nodeName":")" + row.node + R"("}})";
}

/// runtime.Unknown behind the four bytes every protobuf object of Kubernetes begins with.
std::string wrapped(const char *kind, const std::string &object)
{
    std::string type, unknown;
    Writer t(type);
    t.add_string(1, "v1");
    t.add_string(2, kind);
    Writer u(unknown);
    u.add_message(1, type);
    u.add_string(2, object);
    return std::string("k8s\0", 4) + unknown;
}

QByteArray frame(const QByteArray &type, const char *kind, const std::string &object)
{
    std::string raw, event;
    Writer(raw).add_string(1, wrapped(kind, object));
    Writer e(event);
    e.add_string(1, view(type));
    e.add_message(2, raw);
    QByteArray head(4, Qt::Uninitialized);
    qToBigEndian(static_cast<quint32>(event.size()), head.data());
    return head + QByteArray::fromStdString(event);
}

QByteArray podFrame(const QByteArray &type, const QByteArray &name, const PodRow &row, Wire wire)
{
    if (wire == Wire::Protobuf)
        return frame(type, "Pod", protoPod(name, row));
    return R"({"type":")" + type + R"(","object":)" + jsonPod(name, row) + "}\n";
}

} // namespace

PodStore::PodStore(quint64 firstVersion)
    : m_version(firstVersion)
    , m_oldest(firstVersion)
    , m_moments{{firstVersion, {}}}
{
}

void PodStore::change(Random &random)
{
    const std::lock_guard lock(m_mutex);
    PodRows rows = m_moments.at(m_version);
    const auto draw = [&](size_t below) { return std::uniform_int_distribution<size_t>(0, below - 1)(random); };
    m_version += 1 + draw(3); // other resources share the counter
    Change change;
    const size_t kind = rows.size() < fewPods ? 0 : rows.size() >= manyPods ? 1 + draw(2) : draw(3);
    if (kind == 0) {
        // Some names come again with another UID.
        change.name = "pod-" + QByteArray::number(static_cast<int>(draw(2 * manyPods)));
        if (rows.contains(change.name))
            change.name += "-" + QByteArray::number(m_created);
        change.type = "ADDED";
        change.row.uid = "uid-" + QByteArray::number(m_created++);
    } else {
        const auto it = std::next(rows.begin(), static_cast<std::ptrdiff_t>(draw(rows.size())));
        change = {kind == 1 ? "DELETED" : "MODIFIED", it->first, it->second};
    }
    change.row.version = m_version;
    change.row.node = "node-" + QByteArray::number(static_cast<int>(draw(9)));
    if (change.type == "DELETED")
        rows.erase(change.name);
    else
        rows[change.name] = change.row;
    m_moments.emplace(m_version, std::move(rows));
    m_changes.emplace(m_version, std::move(change));
}

void PodStore::compact()
{
    const std::lock_guard lock(m_mutex);
    m_oldest = m_version;
}

PodRows PodStore::rows() const
{
    const std::lock_guard lock(m_mutex);
    return m_moments.at(m_version);
}

quint64 PodStore::version() const
{
    const std::lock_guard lock(m_mutex);
    return m_version;
}

bool PodStore::everWere(const PodRows &rows) const
{
    const std::lock_guard lock(m_mutex);
    return std::ranges::any_of(m_moments, [&](const auto &moment) { return moment.second == rows; });
}

PodStore::Answer PodStore::list(const QByteArray &token, int limit, Wire wire, int stale) const
{
    const std::lock_guard lock(m_mutex);
    quint64 at = m_version;
    QByteArray last;
    if (!token.isEmpty()) { // "VERSION.NAME", version 0 for today's
        const qsizetype dot = token.indexOf('.');
        last = token.mid(dot + 1);
        if (const quint64 wanted = token.left(dot).toULongLong(); wanted != 0)
            at = wanted;
        if (at < m_oldest)
            return {410, status(410, "Expired")};
    } else if (stale > 0) {
        auto moment = m_moments.find(m_version);
        while (stale-- > 0 && moment != m_moments.begin())
            --moment;
        at = moment->first;
    }
    const PodRows &rows = m_moments.at(at);
    auto it = last.isEmpty() ? rows.begin() : rows.upper_bound(last);
    QByteArrayList json;
    std::string proto;
    Writer items(proto);
    int count = 0;
    for (; it != rows.end() && count < limit; ++it, ++count) {
        last = it->first;
        if (wire == Wire::Protobuf)
            items.add_message(2, protoPod(it->first, it->second));
        else
            json.append(jsonPod(it->first, it->second));
    }
    const QByteArray next = it == rows.end() ? QByteArray() : QByteArray::number(at) + "." + last;
    if (wire == Wire::Json) {
        return {200, R"({"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":")" + QByteArray::number(at)
                + R"(","continue":")" + next + R"("},"items":[)" + json.join(',') + "]}"};
    }
    std::string meta, page;
    Writer m(meta);
    m.add_string(2, std::to_string(at));
    if (!next.isEmpty())
        m.add_string(3, view(next));
    Writer(page).add_message(1, meta);
    return {200, QByteArray::fromStdString(wrapped("PodList", page + proto))};
}

QByteArray PodStore::goneWithToken(const QByteArray &token) const
{
    return status(410, "Expired", "0." + token.mid(token.indexOf('.') + 1));
}

std::optional<PodStore::Notice> PodStore::after(quint64 version, Wire wire) const
{
    const std::lock_guard lock(m_mutex);
    if (version < m_oldest)
        return Notice{version, errorFrame(410, "Expired", wire)};
    const auto found = m_changes.upper_bound(version);
    if (found == m_changes.end())
        return std::nullopt;
    const Change &change = found->second;
    return Notice{found->first, podFrame(change.type, change.name, change.row, wire)};
}

QByteArray PodStore::status(int code, const QByteArray &reason, const QByteArray &token)
{
    return R"({"kind":"Status","apiVersion":"v1","status":"Failure","message":"m","reason":")" + reason + R"(","code":)"
        + QByteArray::number(code) + R"(,"metadata":{"continue":")" + token + R"("}})";
}

QByteArray PodStore::errorFrame(int code, const QByteArray &reason, Wire wire)
{
    if (wire == Wire::Json)
        return R"({"type":"ERROR","object":)" + status(code, reason) + "}\n";
    std::string object;
    Writer s(object);
    s.add_string(3, "m");
    s.add_string(4, view(reason));
    s.add_int32(6, code);
    return frame("ERROR", "Status", object);
}

QByteArray PodStore::bookmarkFrame(quint64 version, Wire wire) const
{
    return podFrame("BOOKMARK", {}, {{}, version, {}}, wire);
}

QByteArray PodStore::contentType(Wire wire, bool watch)
{
    if (wire == Wire::Json)
        return "application/json";
    return watch ? "application/vnd.kubernetes.protobuf;stream=watch" : "application/vnd.kubernetes.protobuf";
}

} // namespace cairn::test
