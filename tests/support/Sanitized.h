// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

extern "C" {
[[gnu::weak]] void __asan_init(); // NOLINT: the runtimes' own names
[[gnu::weak]] void __tsan_init(); // NOLINT
}

namespace cairn::test {

/// Whether the program runs under AddressSanitizer or ThreadSanitizer, which have a memory and a pace of their own. Asked at
/// run time: of an instrumented build the libraries are compiled with it and the tests are not (cmake/CairnFlags.cmake).
inline bool isSanitized()
{
    return __asan_init != nullptr || __tsan_init != nullptr;
}

} // namespace cairn::test
