// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "checkpoints/Index.h"

namespace cairn::ckpt {

/// PyTorch distributed checkpoints (torch.distributed.checkpoint): a folder with ".metadata", written last, and
/// "__<rank>_<i>.distcp" shards. Also the sharded folders of Lightning (meta.pt) and Megatron (metadata.json).
/// nullopt where the folder is none.
std::optional<Finding> recogniseDcp(const Index &index, const QByteArray &folder, Source &source, const Limits &limits);

/// What a .metadata file says, read passively.
struct DcpMetadata {
    bool complete = false;           ///< the pickle was followed to its end, so `length` is known for every shard
    bool loads = true;               ///< false where it breaks off or is no pickle at all
    QMap<QByteArray, qint64> shards; ///< file name → bytes it must have at least, 0 where unknown
    struct Item {
        QByteArray file;
        qint64 offset = 0;
        qint64 length = 0;
    };
    QList<Item> items;               ///< what the shards are made of, each a file of torch.save by itself
    bool training = false;           ///< keys beside the weights
    bool weights = false;            ///< keys that are nothing else
    bool keysKnown = false;
    QList<QByteArray> unknownGlobals; ///< see PickleGlobals
    static DcpMetadata parse(const QByteArray &pickle);
};

} // namespace cairn::ckpt
