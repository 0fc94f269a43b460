// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "items/ContextTableModel.h"
#include "items/DoctorView.h"
#include "kube/Doctor.h"

/// The engine's answers about contexts in the words of the Connect page. Pure functions.
namespace cairn::app {

/// "~" for the home folder.
QString shortPath(const QString &path);
items::ContextRow contextRow(const kube::KubeContext &context);
/// Puts what a probe found into a row.
void applyProbe(items::ContextRow &row, const kube::ContextProbe &probe);
items::DoctorView doctorView(const kube::DoctorReport &report, bool running);
QList<items::KubeconfigFileView> fileViews(const kube::Kubeconfig &config);
Error toError(const kube::Problem &problem);

} // namespace cairn::app
