// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "services/InPod.h"

#include <QDir>
#include <QProcess>
#include <QProcessEnvironment>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>

/// What a pod would find out about a service, found out by the same script as a process of this machine.
namespace cairn::test {

using namespace Qt::StringLiterals;
using namespace cairn::services;

inline Check checkOf(const Report &report, const QString &id)
{
    const auto it = std::ranges::find(report.checks, id, &Check::id);
    return it == report.checks.end() ? Check{u"none"_s} : *it;
}

inline QString said(const Report &report, const QString &id)
{
    return id + u": "_s + checkOf(report, id).text + u" | "_s + checkOf(report, id).fix;
}

/// A process of this machine in place of the pod, with these tools of it and nothing else; a folder stands for its memory.
struct Pod {
    QTemporaryDir work, tools;
    QString path = u"/usr/bin:/bin"_s;
    QString shell = u"/bin/sh"_s;
    QByteArray given;
    QStringList arguments;

    void only(const QStringList &names)
    {
        for (const QString &name : names) {
            const QString program = QStandardPaths::findExecutable(name, {u"/usr/bin"_s, u"/bin"_s});
            if (!program.isEmpty())
                QFile::link(program, tools.filePath(name));
        }
        path = tools.path();
    }
    QByteArray print(const Target &target, const QByteArray &marker, int seconds)
    {
        given = podInput(target, marker, seconds)->reveal();
        arguments = podArguments(target, marker, seconds, work.path());
        QProcess process;
        QProcessEnvironment environment;
        environment.insert(u"PATH"_s, path);
        process.setProcessEnvironment(environment);
        process.start(shell, QStringList{u"-c"_s, podScript(), u"cairn"_s} + arguments);
        process.write(given); // and not closed
        if (!process.waitForFinished(60'000))
            qFatal("the script did not end");
        return process.readAllStandardOutput();
    }
    Report look(const Target &target, int seconds = 5)
    {
        const QByteArray marker = podMarker();
        return podReport(target, print(target, marker, seconds), marker, u"pod"_s);
    }
    QStringList left() const { return QDir(work.path()).entryList(QDir::Files | QDir::Hidden); }
};

} // namespace cairn::test
