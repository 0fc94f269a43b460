// SPDX-License-Identifier: GPL-3.0-or-later
#include "StormServer.h"

#include <QUrl>
#include <algorithm>
#include <chrono>
#include <utility>

using namespace Qt::StringLiterals;

namespace cairn::test {

namespace {

using Clock = std::chrono::steady_clock;
using Wire = PodStore::Wire;
using Kind = Step::Kind;

constexpr int pageSize = 7;

constexpr Plague plagues[] = {
    {Fault::None, Fault::None, Fault::Gone},
    {Fault::None, Fault::None, Fault::Hollow},
    {Fault::None, Fault::None, Fault::Bookmark},
    {Fault::None, Fault::None, Fault::Cut},
    {Fault::None, Fault::None, Fault::Broken},
    {Fault::None, Fault::None, Fault::Unauthorized},
    {Fault::None, Fault::None, Fault::Garbage},
    {Fault::None, Fault::Gone, Fault::None},
    {Fault::None, Fault::Other, Fault::None},
    {Fault::Broken, Fault::Broken, Fault::Broken},
    {Fault::Gone, Fault::Gone, Fault::Gone},
    {Fault::Garbage, Fault::Garbage, Fault::Garbage},
    {Fault::HangUp, Fault::HangUp, Fault::HangUp},
    {Fault::Absent, Fault::Absent, Fault::Absent},
    {Fault::Unauthorized, Fault::Unauthorized, Fault::Unauthorized},
};

QByteArray garbage(int detail, Wire wire)
{
    PodStore::Random random(static_cast<PodStore::Random::result_type>(detail));
    QByteArray bytes(5 + detail % 200, Qt::Uninitialized);
    for (char &byte : bytes)
        byte = static_cast<char>(random());
    // The hardest kinds begin well.
    return detail % 3 != 0 ? bytes : wire == Wire::Json ? R"({"kind":"PodList","items":[{"metadata":)" + bytes : "k8s" + bytes;
}

/// Answers that are the same for lists and watches.
std::optional<Scene> anyway(Wire wire, Order order)
{
    const QByteArray retryAfter = QByteArray::number(order.detail % 2);
    const auto once = [](Step step) {
        Scene scene;
        scene.status = 0;
        scene.next = [step] { return step; };
        return scene;
    };
    const auto refused = [&](int status, const QByteArray &reason, bool later) {
        Scene scene = whole(status, PodStore::status(status, reason));
        if (later)
            scene.headers = {{"retry-after", retryAfter}};
        return scene;
    };
    switch (order.fault) {
    case Fault::TooMany: return refused(429, "TooManyRequests", true);
    case Fault::Broken: return refused(500, "InternalError", false);
    case Fault::Unavailable: return refused(503, "ServiceUnavailable", true);
    case Fault::Unauthorized: return refused(401, "Unauthorized", false);
    case Fault::Forbidden: return refused(403, "Forbidden", false);
    case Fault::Absent: return refused(404, "NotFound", false);
    case Fault::HangUp: return once({Kind::Drop, {}});
    case Fault::HalfOpen: return once({Kind::Wait, {}});
    case Fault::NotHttp: return once({Kind::NotHttp, "SSH-2.0-OpenSSH_9.2\r\n" + garbage(order.detail, wire)});
    case Fault::WebPage: return whole(200, "<!DOCTYPE html><html><body>Sign in</body></html>", "text/html");
    default: return std::nullopt;
    }
}

} // namespace

StormServer::StormServer(PodStore::Random &random)
    : m_store(1000)
{
    const auto draw = [&](int below) { return std::uniform_int_distribution<int>(0, below - 1)(random); };
    m_protobuf = draw(2) == 0;
    for (int i = draw(30); i >= 0; --i)
        m_store.change(random);
    for (int i = 8 + draw(14); i > 0; --i) {
        // Some quiet in between lets one fault meet the traces of another.
        const bool quiet = draw(3) == 0;
        m_orders.push_back({quiet ? Fault::None : Fault(1 + draw(int(Fault::Count) - 1)), draw(1000)});
    }
    m_plague = plagues[draw(int(std::size(plagues)))];
}

FaultScript StormServer::script()
{
    return play([this](const FaultRequest &request) { return answer(request); });
}

bool StormServer::stormOver() const
{
    const std::lock_guard lock(m_mutex);
    return m_orders.empty();
}

Scene StormServer::answer(const FaultRequest &request)
{
    const QUrl url = QUrl::fromEncoded(request.target);
    const QString path = url.path();
    if (path == "/api"_L1)
        return whole(200, R"({"kind":"APIVersions","versions":["v1"]})");
    if (path == "/apis"_L1)
        return whole(200, R"({"kind":"APIGroupList","groups":[]})");
    if (path == "/api/v1"_L1)
        return whole(200, R"({"resources":[{"name":"pods","kind":"Pod","namespaced":true}]})");
    const QUrlQuery query(url);
    const bool watches = query.hasQueryItem(u"watch"_s);
    const bool further = query.hasQueryItem(u"continue"_s);
    Order order;
    {
        const std::lock_guard lock(m_mutex);
        if (m_plagued) {
            order.fault = watches ? m_plague.watch : further ? m_plague.further : m_plague.page;
        } else if (!m_orders.empty()) {
            order = m_orders.front();
            m_orders.pop_front();
        }
    }
    if (!further || order.fault != Fault::None)
        ++m_tries;
    const bool protobuf = m_protobuf && request.header("accept").contains("protobuf");
    const Wire wire = protobuf ? Wire::Protobuf : Wire::Json;
    if (std::optional<Scene> scene = anyway(wire, order))
        return *scene;
    return watches ? watch(query, wire, order) : page(query, wire, order);
}

Scene StormServer::page(const QUrlQuery &query, Wire wire, Order order)
{
    const QByteArray token = query.queryItemValue(u"continue"_s, QUrl::FullyDecoded).toLatin1();
    // Where the plague is not in further pages there are none: a watch that is refused while its list still goes on would
    // wait for it.
    const bool paged = query.hasQueryItem(u"limit"_s) && !(m_plagued && m_plague.further == Fault::None);
    const int limit = paged ? pageSize : 1'000'000;
    const QByteArray type = PodStore::contentType(wire, false);
    const PodStore::Answer good =
        m_store.list(token, limit, wire, order.fault == Fault::Stale ? 1 + order.detail % 30 : 0);
    Scene scene = whole(good.status, good.body, good.status == 200 ? type : "application/json"_ba);
    const auto promise = [&](QList<Step> steps) {
        scene.next = [steps, at = 0]() mutable { return steps[std::min<qsizetype>(at++, steps.size() - 1)]; };
        return scene;
    };
    switch (order.fault) {
    case Fault::Gone:
        return whole(410, !token.isEmpty() && order.detail % 2 == 0 ? m_store.goneWithToken(token) : PodStore::status(410, "Expired"));
    case Fault::Reset: return promise({{Kind::Bytes, good.body.first(good.body.size() / 2)}, {Kind::Reset, {}}});
    case Fault::Cut:
        if (order.detail % 2 == 0) // nobody promised how long it would be
            scene.length = -1;
        return promise({{Kind::Bytes, good.body.first(good.body.size() / 2)}, {scene.length < 0 ? Kind::End : Kind::Drop, {}}});
    case Fault::Garbage: return whole(200, garbage(order.detail, wire), type);
    case Fault::Other: {
        const char *const bodies[] = {"{}", "[]", "null", "7", R"({"kind":"Pod","metadata":{"uid":"x"}})",
            R"({"kind":"Status","status":"Success"})", ""};
        return whole(200, bodies[order.detail % int(std::size(bodies))]);
    }
    case Fault::Drip: {
        QList<Step> steps;
        for (qsizetype at = 0, step = 1 + good.body.size() / 40; at < good.body.size(); at += step)
            steps << Step{Kind::Bytes, good.body.mid(at, step)} << Step{Kind::Wait, {}};
        return promise(steps << Step{Kind::End, {}});
    }
    case Fault::DripForever:
        scene.length = 1'000'000;
        scene.next = [drop = false]() mutable { return Step{std::exchange(drop, !drop) ? Kind::Bytes : Kind::Wait, " "}; };
        return scene;
    case Fault::Skewed:
        scene.headers = {{"date", order.detail % 2 == 0 ? "Thu, 01 Jan 1970 00:00:01 GMT" : "Tue, 01 Jan 2097 00:00:00 GMT"}};
        return scene;
    case Fault::GoAway: return promise({{Kind::Bytes, good.body}, {Kind::GoAway, {}}});
    default: return scene;
    }
}

/// A watch that ends with `then` after so many changes, or when none came for a while; negative: as long as it was asked.
Scene StormServer::watching(const QUrlQuery &query, Wire wire, int events, QList<Step> then)
{
    Scene scene;
    scene.contentType = PodStore::contentType(wire, true);
    struct State {
        quint64 version;
        int left;
        int idle = 0;
        qsizetype at = 0;
        bool over = false;
    };
    const auto end = Clock::now() + std::chrono::seconds(query.queryItemValue(u"timeoutSeconds"_s).toInt());
    scene.next = [this, wire, then, end, plagued = m_plagued.load(), state = State{query.queryItemValue(u"resourceVersion"_s).toULongLong(), events}]() mutable {
        if (m_plagued != plagued) // a watch that stands would not notice
            return Step{Kind::End, {}};
        if (!state.over && state.left != 0) {
            if (const auto notice = m_store.after(state.version, wire)) {
                state.over = notice->version == state.version; // an error ends it
                state.version = notice->version;
                --state.left;
                return Step{Kind::Bytes, notice->frame};
            }
            if (state.left < 0 ? Clock::now() < end : ++state.idle < 15)
                return Step{Kind::Wait, {}};
        }
        state.over = true;
        return state.at < then.size() ? then[state.at++] : Step{Kind::End, {}};
    };
    return scene;
}

Scene StormServer::watch(const QUrlQuery &query, Wire wire, Order order)
{
    const int events = order.detail % 4;
    const quint64 version = query.queryItemValue(u"resourceVersion"_s).toULongLong();
    const auto then = [&](const QList<Step> &steps) { return watching(query, wire, events, steps); };
    const QByteArray bookmark = m_store.bookmarkFrame(version, wire);
    const Step half{Kind::Bytes, bookmark.first(bookmark.size() / 2)};
    switch (order.fault) {
    case Fault::None:
    case Fault::Stale: return watching(query, wire, stormOver() ? -1 : events + 1, {});
    case Fault::Gone:
        if (order.detail % 3 == 0)
            return whole(410, PodStore::status(410, "Expired"));
        return then({{Kind::Bytes, PodStore::errorFrame(410, "Expired", wire)}});
    case Fault::Other:
        return then({{Kind::Bytes, PodStore::errorFrame(500, "InternalError", wire)}});
    case Fault::Reset: return then({half, {Kind::Reset, {}}});
    case Fault::Cut: return then({half, {order.detail % 2 == 0 ? Kind::End : Kind::Drop, {}}});
    case Fault::Garbage: return then({{Kind::Bytes, garbage(order.detail, wire)}});
    case Fault::Drip: {
        Scene scene = then({});
        scene.next = [next = scene.next, rest = QByteArray(), wait = false]() mutable {
            if (rest.isEmpty()) {
                Step step = next();
                if (step.kind != Kind::Bytes)
                    return step;
                rest = step.bytes;
            }
            if (std::exchange(wait, !wait))
                return Step{Kind::Wait, {}};
            const Step step{Kind::Bytes, rest.first(std::min<qsizetype>(rest.size(), 25))};
            rest.remove(0, 25);
            return step;
        };
        return scene;
    }
    case Fault::DripForever: {
        // The first event is announced, and never ends.
        Scene scene = watching(query, wire, 0, {});
        scene.next = [first = true, drop = false, wire]() mutable {
            if (std::exchange(first, false))
                return Step{Kind::Bytes, wire == Wire::Json ? "{"_ba : QByteArray("\0\1\0\0", 4)};
            return Step{std::exchange(drop, !drop) ? Kind::Bytes : Kind::Wait, " "};
        };
        return scene;
    }
    case Fault::Skewed: {
        Scene scene = then({});
        scene.headers = {{"date", "Thu, 01 Jan 1970 00:00:01 GMT"}};
        return scene;
    }
    case Fault::GoAway: return then({{Kind::GoAway, {}}});
    case Fault::Bookmark: return watching(query, wire, 0, {{Kind::Bytes, bookmark}});
    default: return watching(query, wire, 0, {});
    }
}

} // namespace cairn::test
