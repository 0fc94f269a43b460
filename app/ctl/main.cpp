// SPDX-License-Identifier: GPL-3.0-or-later
#include "CommandManual.h"
#include "Commands.h"
#include "Complete.h"
#include "Output.h"
#include "base/CoreDumps.h"
#include "base/Log.h"
#include "base/Translation.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QTimer>
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string_view>
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
    if (first == "checkpoint"_L1 && std::ranges::all_of(options.command.mid(2), [](const QString &target) { return target.contains(u'/'); }))
        return ctl::checkpoint(nullptr, options, stop);
    if (first == "audit"_L1 && options.rules)
        return auditRules(options);
    if (first == "audit"_L1 && !options.manifests.isEmpty())
        return auditManifests(options, stop);
    if (first == "overlay"_L1 && !options.manifests.isEmpty())
        return overlayOfManifests(options, stop);
    if (first == "job"_L1 && options.command[1] == "templates"_L1)
        return jobTemplates(options);

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
        return ctl::components(engine, options, stop);
    if (first == "overlay"_L1)
        return ctl::overlay(engine, options, stop);
    if (first == "audit"_L1)
        return auditCluster(engine, options, stop);
    if (first == "what-if"_L1)
        return ctl::whatIf(engine, options, stop);
    if (first == "failover"_L1)
        return failover(engine, options, stop);
    if (first == "claims"_L1)
        return claims(engine, options, stop);
    if (first == "storage"_L1)
        return ctl::storage(engine, options, stop);
    if (first == "quotas"_L1)
        return quotas(engine, options, stop);
    if (first == "overview"_L1)
        return overview(engine, options, stop);
    if (first == "jobs"_L1)
        return ctl::jobs(engine, options, stop);
    if (first == "checkpoint"_L1)
        return ctl::checkpoint(&engine, options, stop);
    if (first == "checkpoints"_L1)
        return checkpointsOfJob(engine, options, stop);
    const QString second = options.command[1];
    if (second == "show"_L1)
        return jobShow(engine, options, stop);
    if (second == "new"_L1)
        return jobNew(engine, options, stop);
    if (second == "clone"_L1)
        return jobClone(engine, options, stop);
    if (second == "convert"_L1)
        return jobConvert(engine, options, stop);
    if (second == "scale"_L1)
        return jobScale(engine, options, stop);
    if (second == "edit"_L1)
        return jobEdit(engine, options, stop);
    if (second == "why"_L1)
        return jobWhy(engine, options, stop);
    if (second == "effective"_L1)
        return jobEffective(engine, options, stop);
    if (second == "resume"_L1)
        return jobResume(engine, options, stop);
    if (second == "start-from-weights"_L1)
        return jobStartFromWeights(engine, options, stop);
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

    // Not for people, so not in the help: what the shells ask while a line is typed, and what the manual is made from.
    const QString hidden = app.arguments().value(1);
    if (hidden == "__complete"_L1)
        complete(app.arguments().mid(2)); // does not come back
    if (hidden == "__manual"_L1) {
        std::fputs(manual().toUtf8().constData(), stdout);
        return ExitOk;
    }
    keepLog();

    const std::variant<Options, Stop> parsed = parseOptions(app.arguments());
    if (const Stop *end = std::get_if<Stop>(&parsed)) {
        FILE *stream = end->exitCode == ExitOk ? stdout : stderr;
        std::fputs(end->text.toUtf8().constData(), stream);
        std::fputc('\n', stream);
        return end->exitCode;
    }

    // Whoever reads the output may go first: what was made on the cluster has to be cleaned up all the same.
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGINT, [](int) { interrupted = 1; });
    std::signal(SIGTERM, [](int) { interrupted = 1; });
    std::stop_source stop;
    int code = ExitFailed;
    // The command blocks, so it gets a thread; the main thread keeps an event loop for what needs one.
    std::thread worker([&] {
        code = run(std::get<Options>(parsed), stop.get_token());
        QMetaObject::invokeMethod(&app, &QCoreApplication::quit, Qt::QueuedConnection);
    });
    // An audit changes nothing and leaves nothing behind, and one YAML document of many megabytes is read in one go: it is not waited for.
    const bool mayBeCut = std::get<Options>(parsed).command.first() == "audit"_L1;
    QElapsedTimer since;
    QTimer watch;
    QObject::connect(&watch, &QTimer::timeout, &app, [&] {
        if (!interrupted)
            return;
        stop.request_stop();
        if (!since.isValid())
            since.start();
        if (mayBeCut && since.hasExpired(600)) {
            static constexpr std::string_view said = "cairnctl: Cancelled\n";
            [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, said.data(), said.size());
            std::_Exit(ExitFailed);
        }
    });
    watch.start(100);
    app.exec();
    worker.join();
    return code;
}
