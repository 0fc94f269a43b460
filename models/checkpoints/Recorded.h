// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "checkpoints/HelperScript.h"
#include "checkpoints/Source.h"

#include <QHash>
#include <QSet>

namespace cairn::ckpt {

/// A tree as the helper script saw it, with the ranges it sent so far. What is asked for and not at hand is noted, so
/// that the next call of the script can bring it.
class RecordedSource final : public Source
{
public:
    /// Takes the listing part of an output; `folder` gives the tree its name.
    void addListing(const helper::Output &output, const QByteArray &folder);
    void addRanges(const helper::Output &output);
    /// A training that keeps the last N removes files while they are read: what is gone is no checkpoint any more.
    void removeGone(const helper::Output &output);
    /// Call after a complete answer to these wants: what is still missing of them will never come.
    void giveUpOn(const QList<helper::Want> &asked);

    const Tree &tree() const { return m_tree; }
    Tree &tree() { return m_tree; }
    /// Ranges asked for since the last call: at most `maxBytes` of contents, and requests of `maxNames` bytes; the
    /// first is always included.
    QList<helper::Want> takeWants(qint64 maxBytes, qint64 maxNames);

    Bytes read(const Entry &entry, qint64 offset, qint64 length) override;
    bool isLocal() const override { return false; }

private:
    QByteArray assemble(const QByteArray &path, qint64 offset, qint64 length) const;

    Tree m_tree;
    QHash<QByteArray, QMap<qint64, QByteArray>> m_ranges;
    QMap<QByteArray, QMap<qint64, qint64>> m_wants; ///< path → first block → last block
    QSet<QByteArray> m_given;                       ///< "path\0first\0" of ranges that did not come
};

} // namespace cairn::ckpt
