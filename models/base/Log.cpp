// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Log.h"

#include <QDateTime>
#include <mutex>

using namespace Qt::StringLiterals;

Q_LOGGING_CATEGORY(lcNet, "cairn.net", QtWarningMsg)
Q_LOGGING_CATEGORY(lcKube, "cairn.kube", QtWarningMsg)
Q_LOGGING_CATEGORY(lcWatch, "cairn.kube.watch", QtWarningMsg)
Q_LOGGING_CATEGORY(lcAuth, "cairn.kube.auth", QtWarningMsg)
Q_LOGGING_CATEGORY(lcJobs, "cairn.jobs", QtWarningMsg)
Q_LOGGING_CATEGORY(lcCkpt, "cairn.checkpoints", QtWarningMsg)
Q_LOGGING_CATEGORY(lcUi, "cairn.ui", QtWarningMsg)

namespace cairn {
namespace {

constexpr qsizetype mostLines = 200, longestLine = 1000;

struct Kept {
    std::mutex mutex;
    QStringList lines;
    QtMessageHandler shown = nullptr; ///< set before the first message comes here
};

Kept &kept()
{
    // Never destroyed: a message may come while the process ends.
    static Kept &one = *new Kept;
    return one;
}

QLatin1StringView levelWord(QtMsgType type)
{
    switch (type) {
    case QtDebugMsg: return "debug"_L1;
    case QtInfoMsg: return "info"_L1;
    case QtWarningMsg: return "warning"_L1;
    case QtCriticalMsg: return "critical"_L1;
    case QtFatalMsg: return "fatal"_L1;
    }
    return {};
}

void keep(QtMsgType type, const QMessageLogContext &context, const QString &message)
{
    Kept &all = kept();
    const QString line = u"%1 %2 %3: %4"_s.arg(QDateTime::currentDateTimeUtc().toString(Qt::ISODateWithMs), levelWord(type),
                                              QString::fromLatin1(context.category), message.left(longestLine));
    {
        const std::lock_guard lock(all.mutex);
        if (all.lines.size() >= mostLines)
            all.lines.removeFirst();
        all.lines.append(line.left(longestLine));
    }
    all.shown(type, context, message);
}

} // namespace

void keepLog()
{
    // Without a handler of its own Qt's is in force, which is given back as a function all the same.
    kept().shown = qInstallMessageHandler(nullptr);
    qInstallMessageHandler(keep);
}

QStringList lastLog()
{
    Kept &all = kept();
    const std::lock_guard lock(all.mutex);
    return all.lines;
}

} // namespace cairn
