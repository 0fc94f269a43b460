// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Internal to the decoders. Every function throws a std::exception on bytes that are no such message.

#include "domain/Job.h"
#include "domain/JsonFields.h"
#include "domain/ObjectDecoder.h"

#include <functional>

namespace cairn::decoding {

/// Body behind the magic bytes "k8s\0": runtime.Unknown of apimachinery.
struct ProtoEnvelope {
    std::string_view kind;
    std::string_view raw;
};
ProtoEnvelope openEnvelope(std::string_view body);

struct ProtoEvent {
    std::string_view type;
    std::string_view object; ///< an envelope
};
ProtoEvent openEvent(std::string_view frame);

/// ListMeta is field 1 and stands at the head.
ListInfo readListInfo(std::string_view list);
void readListItems(std::string_view list, const std::function<void(std::string_view item)> &visit);
QString readResourceVersion(std::string_view object);
ApiStatus readStatus(std::string_view status);

void readPod(std::string_view message, StringPool &pool, Pod &pod);
void readEvent(std::string_view message, StringPool &pool, Event &event);
void readNode(std::string_view message, StringPool &pool, Node &node);

} // namespace cairn::decoding
