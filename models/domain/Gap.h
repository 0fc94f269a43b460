// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"

#include <QList>
#include <QString>

namespace cairn {

/// A part of what was asked for that could not be read. The rest is shown, and this is said beside it.
struct Gap {
    QString what; ///< "tfjobs.kubeflow.org", "pods", "metrics.k8s.io/v1beta1"; safe to show
    Error error;
};

/// Gathers several lists of which each may fail by itself.
class Gaps
{
public:
    /// A list was read.
    void read() { m_anyRead = true; }
    /// A list failed. Fails in turn where there is no use in asking for more: it was cancelled, the server does not take
    /// the user's credentials or cannot be reached. One that only hung or was cut off counts as the server's silence when
    /// nothing was read before it and another one was as silent.
    Result<> missed(const QString &what, const Error &error)
    {
        using enum Error::Kind;
        if (error.kind == Cancelled || error.kind == Auth || error.kind == Consent || error.kind == Tls || error.kind == Io)
            return fail(error);
        const bool silent = error.kind == Timeout || error.kind == Network;
        if (silent && !m_anyRead && m_anySilent)
            return fail(error);
        m_anySilent = m_anySilent || silent;
        m_gaps.append({what, error});
        return {};
    }
    /// A list was read, and some of what it holds could not be understood: they are missing in what is shown.
    void garbled(const QString &what, const Error &error) { m_gaps.append({what, error}); }
    bool anyRead() const { return m_anyRead; }
    const QList<Gap> &gaps() const { return m_gaps; }

private:
    QList<Gap> m_gaps;
    bool m_anyRead = false;
    bool m_anySilent = false;
};

} // namespace cairn
