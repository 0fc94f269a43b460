// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLocale>

namespace cairn {

/// Installs the application's own translation for `locale`, and below it the English one, which only holds plural
/// forms ("1 file", "2 files"): a sentence that a language lacks is shown in English. Call once, on the GUI thread,
/// before the first window.
void installTranslation(const QLocale &locale);

} // namespace cairn
