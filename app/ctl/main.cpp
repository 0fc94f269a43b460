// SPDX-License-Identifier: GPL-3.0-or-later
#include "Commands.h"
#include "Output.h"
#include "base/CoreDumps.h"
#include "base/Translation.h"

#include <QCoreApplication>
#include <QTimer>
#include <csignal>
#include <cstdio>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::ctl;

namespace {

// A signal handler may only touch this; a thread turns it into a stop request.
volatile std::sig_atomic_t interrupted = 0;

int run(const Options &options, std::stop_token stop)
{
    const QString first = options.command.first();
    if (first == "checkpoints"_L1 && options.command[1].startsWith("s3://"_L1))
        return checkpointsOfBucket(options, stop);
    if (first == "checkpoints"_L1 && options.command[1].contains(u'/'))
        return checkpointsOfFolder(options, stop);

    app::EngineOptions engineOptions;
    engineOptions.kubeconfig = options.kubeconfig;
    engineOptions.allowExec = options.allowExec ? kube::AllowExec::Always : kube::AllowExec::Never;
    engineOptions.terminal = isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
    app::Engine engine(engineOptions);
    if (first == "contexts"_L1)
        return contexts(engine, options);
    if (first == "doctor"_L1)
        return doctor(engine, options, stop);
    if (first == "components"_L1)
        return components(engine, options, stop);
    if (first == "claims"_L1)
        return claims(engine, options, stop);
    if (first == "quotas"_L1)
        return quotas(engine, options, stop);
    if (first == "jobs"_L1)
        return ctl::jobs(engine, options, stop);
    if (first == "checkpoints"_L1)
        return checkpointsOfJob(engine, options, stop);
    const QString second = options.command[1];
    if (second == "show"_L1)
        return jobShow(engine, options, stop);
    if (second == "resume"_L1)
        return jobResume(engine, options, stop);
    return second == "yaml"_L1 ? jobYaml(engine, options, stop) : jobBulk(engine, options, stop);
}

} // namespace

int main(int argc, char *argv[])
{
    leaveNoCoreDumps();
    QCoreApplication app(argc, argv);
    app.setApplicationName(u"cairnctl"_s);
    app.setApplicationVersion(u"" CAIRN_VERSION_STRING ""_s);

    installTranslation(QLocale::c()); // scripts read the output: always English

    const std::variant<Options, Stop> parsed = parseOptions(app.arguments());
    if (const Stop *end = std::get_if<Stop>(&parsed)) {
        FILE *stream = end->exitCode == ExitOk ? stdout : stderr;
        std::fputs(end->text.toUtf8().constData(), stream);
        std::fputc('\n', stream);
        return end->exitCode;
    }

    std::signal(SIGINT, [](int) { interrupted = 1; });
    std::signal(SIGTERM, [](int) { interrupted = 1; });
    std::stop_source stop;
    int code = ExitFailed;
    // The command blocks, so it gets a thread; the main thread keeps an event loop for what needs one.
    std::thread worker([&] {
        code = run(std::get<Options>(parsed), stop.get_token());
        QMetaObject::invokeMethod(&app, &QCoreApplication::quit, Qt::QueuedConnection);
    });
    QTimer watch;
    QObject::connect(&watch, &QTimer::timeout, &app, [&] {
        if (interrupted)
            stop.request_stop();
    });
    watch.start(100);
    app.exec();
    worker.join();
    return code;
}
