// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "PodStore.h"
#include "Scene.h"

#include <QList>
#include <QUrlQuery>
#include <atomic>
#include <deque>
#include <optional>

namespace cairn::test {

enum class Fault {
    None,
    Gone,        ///< 410: of a page with or without a fresh token, of a watch as an answer or as an event
    TooMany,     ///< 429 with Retry-After
    Broken,      ///< 500
    Unavailable, ///< 503 with Retry-After
    Unauthorized,
    Forbidden, ///< until somebody presses Retry
    Absent,    ///< 404, as while a CRD is away
    Reset,     ///< RST amid the body
    Cut,       ///< an orderly end amid the body
    HangUp,    ///< closes without an answer
    HalfOpen,  ///< takes the request and says nothing more
    NotHttp,
    Garbage,  ///< 200 with bytes that are neither JSON nor protobuf
    WebPage,  ///< 200 with HTML
    Other,    ///< 200 with JSON of something else
    Drip,     ///< slow, but it ends
    DripForever,
    Stale,    ///< a list of some versions ago
    Skewed,   ///< right, with a clock that is decades off
    GoAway,   ///< HTTP/2 GOAWAY; HTTP/1.1 closes after the answer
    Hollow,   ///< a watch that ends at once
    Bookmark, ///< a watch that ends after a bookmark that says nothing new
    Count
};

struct Order {
    Fault fault = Fault::None;
    int detail = 0; ///< which variant
};

/// What is done to first pages, further pages and watches while the plague lasts.
struct Plague {
    Fault page, further, watch;
};

/// An API server of one namespace's pods that misbehaves in the order its random numbers say: first a storm of faults, one
/// for each request until all are spent; while it is plagued, always the same; else never. Thread-safe.
class StormServer {
public:
    explicit StormServer(PodStore::Random &random);

    /// What plays it; the server must outlive whoever plays.
    FaultScript script();
    PodStore &store() { return m_store; }
    bool stormOver() const;
    void setPlagued(bool plagued) { m_plagued = plagued; }
    const Plague &plague() const { return m_plague; }
    /// First pages, watches, and further pages that were refused, so far.
    int tries() const { return m_tries; }

private:
    Scene answer(const FaultRequest &request);
    Scene page(const QUrlQuery &query, PodStore::Wire wire, Order order);
    Scene watch(const QUrlQuery &query, PodStore::Wire wire, Order order);
    Scene watching(const QUrlQuery &query, PodStore::Wire wire, int events, QList<Step> then);

    PodStore m_store;
    bool m_protobuf = false;
    Plague m_plague{};
    std::atomic<int> m_tries = 0;
    std::atomic<bool> m_plagued = false;
    mutable std::mutex m_mutex; ///< guards what follows
    std::deque<Order> m_orders;
};

} // namespace cairn::test
