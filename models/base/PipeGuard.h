// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <csignal>
#include <ctime>

namespace cairn {

/// Blocks SIGPIPE on the calling thread while a library writes: a peer that went away must not kill the process.
class PipeGuard {
public:
    PipeGuard()
    {
        const sigset_t pipe = pipeOnly();
        pthread_sigmask(SIG_BLOCK, &pipe, &m_before);
        m_wasBlocked = sigismember(&m_before, SIGPIPE) == 1;
    }
    ~PipeGuard()
    {
        if (m_wasBlocked)
            return;
        // A SIGPIPE that came meanwhile is taken out before the mask lets it through.
        const sigset_t pipe = pipeOnly();
        const timespec now{};
        while (sigtimedwait(&pipe, nullptr, &now) == SIGPIPE) { }
        pthread_sigmask(SIG_SETMASK, &m_before, nullptr);
    }
    PipeGuard(const PipeGuard &) = delete;
    PipeGuard &operator=(const PipeGuard &) = delete;

private:
    static sigset_t pipeOnly()
    {
        sigset_t pipe;
        sigemptyset(&pipe);
        sigaddset(&pipe, SIGPIPE);
        return pipe;
    }

    sigset_t m_before{};
    bool m_wasBlocked = false;
};

} // namespace cairn
