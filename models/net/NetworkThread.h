// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "net/SocketLoop.h"
#include "net/Transfer.h"

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace cairn::net {

/// The one thread that drives libcurl. Commands come through a mutexed queue; everything else belongs to the thread.
///
/// Connections are kept in groups: one group holds the connections of one Endpoint pointer and one kind of transfer,
/// so that identities never mix, neither bulk answers nor paused streams delay watches, and at most 90 streams share a connection (servers
/// allow 100). The first transfer of a group opens the connection while the others wait for it, so that a burst of
/// watches becomes one HTTP/2 connection instead of many.
class NetworkThread {
public:
    explicit NetworkThread(const QByteArray &userAgent);
    ~NetworkThread();
    NetworkThread(const NetworkThread &) = delete;
    NetworkThread &operator=(const NetworkThread &) = delete;

    /// Starts it; finishes it with Cancelled when the thread has ended.
    void add(std::shared_ptr<Transfer> transfer);
    /// Ends it with Cancelled, soon. Nothing happens where it is over already.
    void cancel(std::shared_ptr<Transfer> transfer);
    /// Goes on with one that is paused, soon.
    void resume(std::shared_ptr<Transfer> transfer);
    /// Ends all transfers with Cancelled and joins. Not from a handler.
    void shutDown();
    bool isCurrent() const { return std::this_thread::get_id() == m_thread.get_id(); }

private:
    struct Group;
    struct Command {
        enum class Kind { Add, Cancel, Resume } kind;
        std::shared_ptr<Transfer> transfer;
    };
    struct Active {
        std::shared_ptr<Transfer> transfer;
        Group *group = nullptr;
        bool running = false; ///< in the multi handle; false while it waits for the group's first connection
    };
    struct Groups {
        std::vector<std::unique_ptr<Group>> bulk, streams, apart;
    };
    using EndpointKey = std::weak_ptr<const Endpoint>;

    bool post(Command command);
    void run();
    std::deque<Command> takeCommands(bool *quit);
    void start(const std::shared_ptr<Transfer> &transfer);
    Group *groupFor(const Transfer &transfer);
    void launch(Active &active);
    void collectFinished();
    void releaseWaiting();
    void expire();
    void dropDeadEndpoints();
    void end(Transfer *transfer, Result<Response> outcome);
    std::chrono::milliseconds untilNextDeadline() const;

    const QByteArray m_userAgent;
    SocketLoop m_loop;
    std::mutex m_mutex; ///< guards the next two
    std::deque<Command> m_commands;
    bool m_quit = false;

    CURLM *m_multi = nullptr;
    std::map<EndpointKey, Groups, std::owner_less<EndpointKey>> m_groups;
    std::map<Transfer *, Active> m_active;
    std::thread m_thread; // last: starts when everything else exists
};

} // namespace cairn::net
