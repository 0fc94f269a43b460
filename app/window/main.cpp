// SPDX-License-Identifier: GPL-3.0-or-later
#include "MeasuredApplication.h"
#include "Preferences.h"
#include "WindowSet.h"
#include "base/CoreDumps.h"
#include "base/Log.h"
#include "base/Translation.h"
#include "engine/Engine.h"
#include "engine/Manual.h"
#include "engine/Versions.h"
#include "kit/Theme.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QLocale>
#include <QTimer>
#include <algorithm>
#include <array>
#include <cstdio>
#include <malloc.h>
#include <memory>
#include <string_view>

using namespace Qt::StringLiterals;
using namespace cairn;

namespace {

QtMessageHandler shown = nullptr;

/// Text in a script that no installed font has (a name from the cluster, a line of a log) makes Qt try every font, and say of
/// each that it does not do, anew for every layout: thousands of lines that nobody can do anything about. Qt files them under
/// no category, so no rule of QT_LOGGING_RULES could leave them out.
void withoutMissingScripts(QtMsgType type, const QMessageLogContext &context, const QString &message)
{
    if (type == QtWarningMsg && message.startsWith("  OpenType support missing for"_L1))
        return;
    shown(type, context, message);
}

/// Help and version are asked for where there is no display as well: in a build, over ssh.
bool asksForWords(int argc, char *argv[])
{
    static constexpr std::array<std::string_view, 6> words{"-h", "--help", "--help-all", "-v", "--version", "--manual"};
    return std::any_of(argv + std::min(1, argc), argv + argc, [](const char *word) { return std::ranges::find(words, word) != words.end(); });
}

/// cairn(1). `cairn --manual` prints it, for the build.
QString manual(const QList<QCommandLineOption> &options)
{
    app::Manual page;
    page.program = u"cairn"_s;
    page.summary = u"desktop console for Kubeflow training jobs and their checkpoints"_s;
    page.synopsis = u"[OPTIONS]"_s;
    page.description = u"Shows the training jobs of a Kubernetes cluster live, says which checkpoints can be trusted and how much work is unsaved, and "
                       "resumes training from the checkpoint that is chosen. It connects through a kubeconfig and installs nothing on the cluster."_s;
    page.options = options;
    page.after = {{u"FILES"_s,
                   {},
                   {{u"~/.config/cairn/cairn.conf"_s, u"Settings and consents; no secrets."_s},
                    {u"~/.config/cairn/exec-consent.json"_s, u"The sign-in programs that may run, as digests."_s},
                    {u"~/.local/share/cairn/"_s, u"Histories, drafts and templates of jobs."_s}}},
                  {u"ENVIRONMENT"_s, {}, {{u"KUBECONFIG"_s, u"The kubeconfig files, separated by colons; ~/.kube/config when not set."_s}}}};
    page.seeAlso = u"cairnctl(1), kubectl(1)"_s;
    return app::toRoff(page);
}

void introduce()
{
    QCoreApplication::setApplicationName(u"cairn"_s);
    QCoreApplication::setApplicationVersion(u"" CAIRN_VERSION_STRING ""_s);
}

} // namespace

int main(int argc, char *argv[])
{
    leaveNoCoreDumps();
    QCommandLineParser parser;
    parser.setApplicationDescription(u"Desktop console for Kubeflow training jobs and their checkpoints"_s);
    const QCommandLineOption help = parser.addHelpOption();
    const QCommandLineOption version = parser.addVersionOption();
    const QCommandLineOption kubeconfig(u"kubeconfig"_s, u"Read this kubeconfig only."_s, u"FILE"_s);
    const QCommandLineOption context(u"context"_s, u"Open on this context instead of the current one."_s, u"NAME"_s);
    const QCommandLineOption page(u"page"_s, u"Show this page first (overview, jobs, ha …; a wrong one names them all)."_s, u"PAGE"_s);
    const QCommandLineOption theme(u"theme"_s, u"light, dark or system."_s, u"THEME"_s);
    const QCommandLineOption language(u"lang"_s, u"en or zh_TW; the system's when left out."_s, u"LANG"_s);
    const QCommandLineOption exitAfterStartup(u"exit-after-startup"_s, u"Start, show the window once, end."_s);
    QCommandLineOption forBuild(u"manual"_s);
    forBuild.setFlags(QCommandLineOption::HiddenFromHelp);
    const QList<QCommandLineOption> own{kubeconfig, context, page, theme, language, exitAfterStartup};
    parser.addOptions(own);
    parser.addOption(forBuild);
    if (asksForWords(argc, argv)) {
        const QCoreApplication words(argc, argv);
        introduce();
        const bool understood = parser.parse(QCoreApplication::arguments());
        if (understood && (parser.isSet(version) || parser.isSet(forBuild))) {
            const QString text = parser.isSet(version) ? app::versions(u"cairn"_s) + u'\n' : manual(QList{help, version} + own);
            std::fputs(text.toUtf8().constData(), stdout);
            return 0;
        }
        parser.process(words); // which ends the program
    }
    keepLog();
    shown = qInstallMessageHandler(withoutMissingScripts);
#ifdef M_MMAP_THRESHOLD
    // glibc raises this limit to the largest block that was given back: the answers to the first lists would leave holes of
    // megabytes between what is kept.
    mallopt(M_MMAP_THRESHOLD, 256 * 1024);
#endif
    const QString measureFile = app::MeasuredApplication::wantedFile();
    const auto application = std::unique_ptr<QApplication>(
        measureFile.isEmpty() ? new QApplication(argc, argv) : new app::MeasuredApplication(argc, argv, measureFile));
    introduce();
    application->setApplicationDisplayName(u"Cairn"_s);
    application->setDesktopFileName(u"io.github.cairn_console.Cairn"_s);
    parser.process(*application);

    app::Preferences preferences;
    kit::Theme::install(*application, kit::themeMode(parser.isSet(theme) ? parser.value(theme) : preferences.theme()));
    kit::Theme::instance().setTextScale(preferences.textPercent() / 100.0);
    const QString chosen = parser.isSet(language) ? parser.value(language) : preferences.language();
    installTranslation(chosen.isEmpty() ? QLocale::system() : QLocale(chosen));

    app::EngineOptions options;
    options.kubeconfig = parser.value(kubeconfig);
    options.addedFiles = preferences.addedKubeconfigs();
    options.addedFolders = preferences.addedProgramFolders();
    app::Engine engine(options);
    app::WindowSet windows(engine, preferences);
    const app::MainWindow *window = windows.open(parser.value(context), parser.value(page));
    if (!window) {
        std::fprintf(stderr, "cairn: there is no page '%s'; there are %s\n", qPrintable(parser.value(page)),
                     qPrintable(windows.pageIds().join(u", "_s)));
        return 2;
    }
    if (auto *measured = qobject_cast<app::MeasuredApplication *>(application.get()))
        QObject::connect(window, &app::MainWindow::connected, measured, [measured] { measured->mark("connected"); });
    if (parser.isSet(exitAfterStartup))
        QTimer::singleShot(0, application.get(), &QCoreApplication::quit);
    return application->exec();
}
