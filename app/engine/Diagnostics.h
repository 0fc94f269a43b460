// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "kube/Kubeconfig.h"

#include <QJsonObject>

/// What a report of a fault needs, for both programs. People are shown it before it goes anywhere.
namespace cairn::app {

/// The file of the window's settings, whether it is there or not.
QString settingsFile();

/// Versions, platform, settings, how many contexts and problems the kubeconfig has, the last lines of the log, and `more`. No
/// names of contexts, users, namespaces or servers but what a line of the log or `more` says; what looks like a secret is
/// masked in all of it, and the home directory is "~". Blocks on the settings file alone.
/// Keys: versions[], platform{}, environment[] (names alone), settings{}, kubeconfig{}, log[].
QJsonObject diagnostics(const QString &program, const kube::Kubeconfig &config, const QJsonObject &more = {});
/// The same as the YAML that people read.
QString diagnosticsText(const QJsonObject &diagnostics);

/// Writes a new file that only its owner can read (0600). One that is there is refused, be it a link.
Result<> saveDiagnostics(const QString &path, const QString &text);

} // namespace cairn::app
