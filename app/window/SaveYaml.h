// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Async.h"
#include "kit/Theme.h"

#include <QByteArray>
#include <QString>
#include <functional>

class QWidget;

namespace cairn::app {

/// Asks on `parent` for a file, "<name>.yaml" at first, and writes it away from the GUI thread. `bytes` is asked for once a file is
/// chosen; `tell` gets what came of it, safe to show. Both live as long as `owner`, which `scope` is a part of. GUI thread.
void saveYaml(QObject *owner, async::Scope &scope, QWidget *parent, const QString &name, const std::function<QByteArray()> &bytes,
    const std::function<void(kit::Tone tone, const QString &title, const QString &text)> &tell);

} // namespace cairn::app
