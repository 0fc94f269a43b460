// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCommandLineOption>
#include <QList>

namespace cairn::ctl {

/// QCommandLineParser gives no option back that it was given, and help, manual and completion need them all.
class OptionTable
{
public:
    void addOption(const QCommandLineOption &option) { m_options.append(option); }
    const QList<QCommandLineOption> &options() const { return m_options; }

private:
    QList<QCommandLineOption> m_options;
};

} // namespace cairn::ctl
