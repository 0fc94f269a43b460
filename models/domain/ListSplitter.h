// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"

#include <QByteArray>
#include <functional>

namespace cairn {

/// Cuts a list in protobuf, while its bytes still travel, into pages that read like answers of their own: each has the
/// list's head and the items that are whole by then. So a list that was asked for in one piece shows its first rows at
/// once and needs no room for all of it. Any thread, one at a time.
///
/// Such an answer is "k8s\0" and a runtime.Unknown{typeMeta=1, raw=2}, whose raw is a PodList{metadata=1, items=2} or
/// another list, which all have these two fields (k8s.io/apimachinery pkg/runtime/generated.proto).
class ListSplitter
{
public:
    using Sink = std::function<bool(const QByteArray &page)>;

    explicit ListSplitter(int itemsPerPage = 500, qsizetype maxItem = 64 << 20);

    /// Gives each page to `sink`, the last one when the list has ended: it may hold no item. `sink` says whether it goes
    /// on. Parse where the bytes cannot be a list; nothing must be fed afterwards.
    Result<> feed(const QByteArray &chunk, const Sink &sink);
    /// The whole list was given away.
    bool isComplete() const { return m_state == State::Complete; }

private:
    enum class State { Magic, Envelope, List, Complete };
    enum class Step { On, Wait, Stop };

    Step step(const Sink &sink);
    Step envelopeField();
    Step listField(const Sink &sink);
    bool give(const Sink &sink);
    /// Of the field at `at`: whether it has come as far as its content; then where that begins, and its length.
    bool openField(qsizetype *content, quint32 *tag, quint64 *length) const;

    const int m_itemsPerPage;
    const quint64 m_maxItem;
    State m_state = State::Magic;
    QByteArray m_buffer;
    qsizetype m_at = 0;    ///< read so far
    qsizetype m_begin = 0; ///< of the items not yet given away
    int m_items = 0;
    quint64 m_left = 0;    ///< bytes of the list still to come, behind m_at
    QByteArray m_type, m_head; ///< the fields typeMeta and metadata, whole
    QByteArray m_page;     ///< kept for its memory
};

} // namespace cairn
