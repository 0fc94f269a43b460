// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/ObjectApi.h"

#include <functional>

/// What reading for a launch and for its fit have in common. Private to LaunchFlows and FitFlows.
namespace cairn::app::launching {

inline constexpr qint64 pageSize = 500;
inline constexpr int mostNodes = 20; // pages

/// Hands on what a list holds, a page at a time; false where there is more than `most` pages.
Result<bool> readPages(ObjectApi &api, const ResourceKind &kind, ListQuery query, int most,
    const std::function<void(const QJsonObject &)> &take, const std::stop_token &stop);

} // namespace cairn::app::launching
