// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/NetworkThread.h"

#include "base/Log.h"

#include <algorithm>
#include <csignal>
#include <pthread.h>

using namespace std::chrono_literals;

namespace cairn::net {

namespace {

constexpr int streamsPerConnection = 90;
constexpr long keptConnections = 25;                   ///< per group, as client-go's idle connections per host
constexpr std::chrono::milliseconds longestWait = 30s; ///< bounds how long connections of a dead Endpoint stay open

} // namespace

/// The connections of one endpoint and kind. A CURLSH of its own is a connection cache of its own.
struct NetworkThread::Group {
    Group()
        : share(curl_share_init())
    {
        curl_share_setopt(share, CURLSHOPT_SHARE, CURL_LOCK_DATA_CONNECT);
    }
    ~Group()
    {
        if (const CURLSHcode code = curl_share_cleanup(share); code != CURLSHE_OK)
            qCCritical(lcNet, "connection cache still in use: %s", curl_share_strerror(code));
    }
    Group(const Group &) = delete;
    Group &operator=(const Group &) = delete;

    CURLSH *share;
    int members = 0;            ///< transfers running or waiting
    Transfer *opener = nullptr; ///< makes the first connection; the others wait
    bool opened = false;        ///< a connection was made since the group was last idle
    std::deque<Transfer *> waiting;
};

NetworkThread::NetworkThread(const QByteArray &userAgent)
    : m_userAgent(userAgent)
{
    initCurl();
    m_multi = curl_multi_init();
    m_loop.attach(m_multi);
    curl_multi_setopt(m_multi, CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_MULTIPLEX));
    curl_multi_setopt(m_multi, CURLMOPT_MAXCONNECTS, keptConnections);
    m_thread = std::thread([this] { run(); });
}

NetworkThread::~NetworkThread()
{
    shutDown();
}

void NetworkThread::add(std::shared_ptr<Transfer> transfer)
{
    if (!post({Command::Kind::Add, transfer}))
        transfer->finish(fail(Error::cancelled()));
}

void NetworkThread::cancel(std::shared_ptr<Transfer> transfer)
{
    post({Command::Kind::Cancel, std::move(transfer)});
}

void NetworkThread::resume(std::shared_ptr<Transfer> transfer)
{
    post({Command::Kind::Resume, std::move(transfer)});
}

bool NetworkThread::post(Command command)
{
    const std::lock_guard lock(m_mutex);
    if (m_quit)
        return false;
    m_commands.push_back(std::move(command));
    m_loop.wake();
    return true;
}

void NetworkThread::shutDown()
{
    {
        const std::lock_guard lock(m_mutex);
        m_quit = true;
        m_loop.wake();
    }
    if (m_thread.joinable())
        m_thread.join();
}

std::deque<NetworkThread::Command> NetworkThread::takeCommands(bool *quit)
{
    const std::lock_guard lock(m_mutex);
    *quit = m_quit;
    return std::exchange(m_commands, {});
}

void NetworkThread::run()
{
    // A peer that closes while we write would otherwise kill the process: libcurl leaves SIGPIPE alone under NOSIGNAL.
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, nullptr);

    for (;;) {
        bool quit = false;
        for (const Command &command : takeCommands(&quit)) {
            switch (command.kind) {
            case Command::Kind::Add: start(command.transfer); break;
            case Command::Kind::Cancel: end(command.transfer.get(), fail(Error::cancelled())); break;
            case Command::Kind::Resume:
                if (m_active.contains(command.transfer.get()))
                    command.transfer->resume();
                break;
            }
        }
        if (quit)
            break;
        m_loop.runOnce(untilNextDeadline());
        collectFinished();
        expire();
        releaseWaiting();
        dropDeadEndpoints();
    }
    // Nothing is posted any more.
    while (!m_active.empty())
        end(m_active.begin()->first, fail(Error::cancelled()));
    m_groups.clear();
    curl_multi_cleanup(m_multi);
}

void NetworkThread::start(const std::shared_ptr<Transfer> &transfer)
{
    if (Result<> prepared = transfer->prepare(m_userAgent); !prepared) {
        transfer->finish(fail(prepared.error()));
        return;
    }
    Active active{transfer, groupFor(*transfer), false};
    Group &group = *active.group;
    ++group.members;
    curl_easy_setopt(transfer->easy(), CURLOPT_SHARE, group.share);
    Active &stored = m_active[transfer.get()] = active;
    if (transfer->needsFreshConnection() || group.opened) {
        launch(stored);
    } else if (!group.opener) {
        group.opener = transfer.get();
        launch(stored);
    } else {
        group.waiting.push_back(transfer.get());
    }
}

NetworkThread::Group *NetworkThread::groupFor(const Transfer &transfer)
{
    Groups &groups = m_groups[transfer.endpoint()];
    auto &list = transfer.mode() != Transfer::Mode::Streamed ? groups.bulk : transfer.apart() ? groups.apart : groups.streams;
    for (const auto &group : list) {
        if (group->members < streamsPerConnection)
            return group.get();
    }
    return list.emplace_back(std::make_unique<Group>()).get();
}

void NetworkThread::launch(Active &active)
{
    active.running = true;
    curl_multi_add_handle(m_multi, active.transfer->easy());
}

void NetworkThread::collectFinished()
{
    int left = 0;
    while (const CURLMsg *message = curl_multi_info_read(m_multi, &left)) {
        if (message->msg != CURLMSG_DONE)
            continue;
        char *self = nullptr;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &self);
        auto *transfer = static_cast<Transfer *>(static_cast<void *>(self));
        const CURLcode code = message->data.result; // the message dies with the handle's removal
        end(transfer, transfer->outcome(code));
    }
}

void NetworkThread::releaseWaiting()
{
    for (auto &[key, groups] : m_groups) {
        for (auto *list : {&groups.bulk, &groups.streams, &groups.apart}) {
            for (const auto &group : *list) {
                if (group->opener && group->opener->connected()) {
                    group->opened = true;
                    group->opener = nullptr;
                }
                // Where the opener failed, all the others try for themselves: one after the other they would each
                // wait for the same dead address.
                if (group->opener)
                    continue;
                for (Transfer *transfer : std::exchange(group->waiting, {}))
                    launch(m_active.at(transfer));
            }
        }
    }
}

void NetworkThread::expire()
{
    const auto now = Transfer::Clock::now();
    std::vector<std::pair<Transfer *, Error>> dead;
    for (const auto &[transfer, active] : m_active) {
        if (std::optional<Error> error = transfer->expired(now))
            dead.emplace_back(transfer, std::move(*error));
    }
    for (auto &[transfer, error] : dead)
        end(transfer, fail(std::move(error)));
}

void NetworkThread::dropDeadEndpoints()
{
    // Transfers hold their endpoint, so a dead one has no members.
    std::erase_if(m_groups, [](const auto &entry) { return entry.first.expired(); });
}

void NetworkThread::end(Transfer *transfer, Result<Response> outcome)
{
    const auto found = m_active.find(transfer);
    if (found == m_active.end())
        return;
    const Active active = std::move(found->second);
    m_active.erase(found);
    if (active.running)
        curl_multi_remove_handle(m_multi, transfer->easy());
    Group &group = *active.group;
    if (group.opener == transfer) {
        group.opened = transfer->connected();
        group.opener = nullptr;
    }
    std::erase(group.waiting, transfer);
    if (--group.members == 0)
        group.opened = false;
    transfer->finish(std::move(outcome));
}

std::chrono::milliseconds NetworkThread::untilNextDeadline() const
{
    const auto now = Transfer::Clock::now();
    auto wait = longestWait;
    for (const auto &[transfer, active] : m_active) {
        if (const auto deadline = transfer->deadline())
            wait = std::min(wait, std::chrono::ceil<std::chrono::milliseconds>(*deadline - now));
    }
    return std::max(wait, 0ms);
}

} // namespace cairn::net
