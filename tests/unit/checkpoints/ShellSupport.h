// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>

namespace support {

/// A shell with a PATH of its own, to run the helper script as an image would.
struct Shell {
    QString name;
    QString program;
    QStringList before; ///< arguments in front of "-c"
    QString path;
};

/// GNU coreutils with dash and bash, and busybox with nothing but its own applets in PATH.
inline QList<Shell> shells(const QTemporaryDir &scratch)
{
    using namespace Qt::StringLiterals;
    const QString gnu = u"/usr/bin:/bin"_s;
    const QString applets = scratch.path() + u"/applets"_s;
    QDir().mkpath(applets);
    QProcess list;
    list.start(u"busybox"_s, {u"--list"_s});
    list.waitForFinished();
    const QList<QByteArray> names = list.readAllStandardOutput().split('\n');
    for (const QByteArray &name : names) {
        if (!name.trimmed().isEmpty())
            QFile::link(u"/bin/busybox"_s, applets + u'/' + QString::fromLatin1(name.trimmed()));
    }
    return {{u"dash"_s, u"/bin/dash"_s, {}, gnu},
            {u"bash"_s, u"/bin/bash"_s, {u"--posix"_s}, gnu},
            {u"busybox"_s, applets + u"/sh"_s, {}, applets}};
}

inline QByteArray runScript(const Shell &shell, const QString &script, const QStringList &arguments, QByteArray *errors = nullptr)
{
    using namespace Qt::StringLiterals;
    QProcess process;
    QProcessEnvironment environment;
    environment.insert(u"PATH"_s, shell.path);
    process.setProcessEnvironment(environment);
    process.start(shell.program, shell.before + QStringList{u"-c"_s, script, u"cairn"_s} + arguments);
    if (!process.waitForFinished(60'000))
        qFatal("the script did not end");
    if (errors)
        *errors = process.readAllStandardError();
    return process.readAllStandardOutput();
}

} // namespace support
