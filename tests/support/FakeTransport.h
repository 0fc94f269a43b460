// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "kube/Transport.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <vector>

namespace cairn::test {

inline net::Response answer(int status, const QByteArray &body, const QByteArray &contentType = "application/json",
                            QList<net::Header> headers = {})
{
    net::Response response;
    response.status = status;
    response.contentType = contentType;
    response.body = body;
    response.headers = std::move(headers);
    return response;
}

/// A value that threads wait for.
class Latch
{
public:
    template <class F>
    void change(F f)
    {
        const std::lock_guard lock(m_mutex);
        f();
        m_changed.notify_all();
    }
    /// False when `condition` has not come true after ten seconds.
    template <class F>
    bool wait(F condition)
    {
        std::unique_lock lock(m_mutex);
        return m_changed.wait_for(lock, std::chrono::seconds(10), condition);
    }
    template <class F>
    auto read(F f)
    {
        const std::lock_guard lock(m_mutex);
        return f();
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_changed;
};

/// A server made of the test's own answers. Requests wait until the test answers them; streams are driven by it.
class FakeTransport final : public kube::Transport
{
public:
    /// One streamed exchange, as the network thread would drive it.
    class Channel
    {
    public:
        explicit Channel(net::Request r, net::StreamHandlers h)
            : request(std::move(r))
            , m_handlers(std::move(h))
        {
        }
        const net::Request request;

        void start(const QByteArray &contentType = "application/json")
        {
            call([&] { m_handlers.started(200, contentType); });
        }
        void send(const QByteArray &data)
        {
            call([&] { m_handlers.data(data.constData(), size_t(data.size())); });
        }
        void end(Result<net::Response> result = answer(200, {}))
        {
            call([&] { m_handlers.finished(std::move(result)); });
        }
        bool isClosed()
        {
            const std::lock_guard lock(m_mutex);
            return m_closed;
        }
        void close()
        {
            const std::lock_guard lock(m_mutex);
            m_closed = true;
        }

    private:
        template <class F>
        void call(F f)
        {
            const std::lock_guard lock(m_mutex);
            if (!m_closed)
                f();
        }
        std::mutex m_mutex;
        bool m_closed = false;
        net::StreamHandlers m_handlers;
    };

    Result<net::Response> send(net::Request request, std::stop_token stop) override
    {
        std::unique_lock lock(m_mutex);
        requests.push_back(request);
        const size_t mine = requests.size() - 1;
        answers.resize(requests.size());
        m_changed.notify_all();
        if (automatic)
            return automatic(request);
        if (!m_changed.wait(lock, stop, [&] { return answers[mine].has_value(); }))
            return fail(Error::cancelled());
        return *answers[mine];
    }

    Result<std::unique_ptr<net::Stream>> open(net::Request request, net::StreamHandlers handlers,
                                              std::stop_token) override
    {
        struct Handle final : net::Stream {
            std::shared_ptr<Channel> channel;
            ~Handle() override { channel->close(); }
        };
        auto handle = std::make_unique<Handle>();
        handle->channel = std::make_shared<Channel>(std::move(request), std::move(handlers));
        const std::lock_guard lock(m_mutex);
        channels.push_back(handle->channel);
        m_changed.notify_all();
        return std::unique_ptr<net::Stream>(std::move(handle));
    }

    Result<net::ExecResult> exec(net::ExecRequest request, std::stop_token) override
    {
        execs.push_back(request);
        return execAnswer;
    }

    QString defaultNamespace() const override { return QStringLiteral("home"); }

    /// Waits for the request with this number (0 is the first); an empty one when it does not come.
    net::Request request(size_t index)
    {
        std::unique_lock lock(m_mutex);
        if (!m_changed.wait_for(lock, std::chrono::seconds(10), [&] { return requests.size() > index; }))
            return {};
        return requests[index];
    }
    void reply(size_t index, Result<net::Response> response)
    {
        const std::lock_guard lock(m_mutex);
        answers[index] = std::move(response);
        m_changed.notify_all();
    }
    std::shared_ptr<Channel> channel(size_t index)
    {
        std::unique_lock lock(m_mutex);
        if (!m_changed.wait_for(lock, std::chrono::seconds(10), [&] { return channels.size() > index; }))
            return nullptr;
        return channels[index];
    }
    size_t requestCount()
    {
        const std::lock_guard lock(m_mutex);
        return requests.size();
    }

    size_t channelCount()
    {
        const std::lock_guard lock(m_mutex);
        return channels.size();
    }

    /// When set, answers every request at once.
    std::function<Result<net::Response>(const net::Request &)> automatic;
    std::vector<net::ExecRequest> execs;
    Result<net::ExecResult> execAnswer;

private:
    std::mutex m_mutex;
    std::condition_variable_any m_changed;
    std::vector<net::Request> requests;
    std::vector<std::optional<Result<net::Response>>> answers;
    std::vector<std::shared_ptr<Channel>> channels;
};

} // namespace cairn::test
