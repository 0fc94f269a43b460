// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

class QWidget;

namespace cairn::kit {

/// Tells screen readers a change: at most one announcement in 5 s, the newest waits for its turn. GUI thread.
void announce(QWidget *source, const QString &text);

} // namespace cairn::kit
