// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace cairn {

/// A crash of this process leaves no core file and hands none to a crash collector: tokens and keys are in its memory.
/// Other programs of the user cannot read that memory either. Call it first in main(). Programs started later write core
/// files only if they raise the soft limit again.
void leaveNoCoreDumps();

} // namespace cairn
