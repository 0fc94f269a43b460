// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Error.h"

#include <tl/expected.hpp>

namespace cairn {

/// A value or an Error. The only include of tl/expected, so that std::expected can take its place.
template <class T = void>
using Result = tl::expected<T, Error>;

/// `return fail(error);` from a function that returns any Result.
inline tl::unexpected<Error> fail(Error error)
{
    return tl::unexpected<Error>(std::move(error));
}

inline tl::unexpected<Error> fail(Error::Kind kind, const QString &what, const QString &why = {}, const QString &fix = {})
{
    return tl::unexpected<Error>(Error::make(kind, what, why, fix));
}

} // namespace cairn
