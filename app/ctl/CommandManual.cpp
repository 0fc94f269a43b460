// SPDX-License-Identifier: GPL-3.0-or-later
#include "CommandManual.h"

#include "CommandTable.h"
#include "Options.h"
#include "engine/Manual.h"

using namespace Qt::StringLiterals;

namespace cairn::ctl {

QString manual()
{
    app::ManualSection commands{u"COMMANDS"_s, {}, {}};
    for (const CommandFacts &command : commandTable()) {
        const QString head = command.arguments.isEmpty() ? command.path : command.path + u' ' + command.arguments;
        commands.terms.append({head, command.help + u'.'});
    }
    const auto code = [](Exit exit) { return QString::number(exit); };
    app::Manual page;
    page.program = u"cairnctl"_s;
    page.summary = u"Kubeflow jobs, their checkpoints and their resume, from the terminal"_s;
    page.synopsis = u"[OPTIONS] COMMAND"_s;
    page.description = u"One command per call, by the engine of the window cairn(1). The result goes to standard output, everything else to "
                       "standard error; with -o json the result is one JSON object whose fields are stable. What changes a cluster "
                       "only shows what it would do without --yes; job resume does it, and has --dry-run. Helper Jobs run with "
                       "--allow-helper alone. Options may stand before or after the command."_s;
    page.before = {commands};
    page.options = optionTable();
    page.after = {{u"EXIT STATUS"_s,
                   {},
                   {{code(ExitOk), u"It worked."_s},
                    {code(ExitFailed), u"It failed."_s},
                    {code(ExitUsage), u"The command line is wrong."_s},
                    {code(ExitNotFound), u"What is named is not there."_s},
                    {code(ExitRefused), u"It was refused: a right, a consent or --yes is missing, or a check failed."_s},
                    {code(ExitThreshold), u"A threshold was reached: --fail-on, --fail-on-damaged, or a test that did not pass."_s}}},
                  {u"ENVIRONMENT"_s,
                   {},
                   {{u"KUBECONFIG"_s, u"The kubeconfig files, separated by colons; ~/.kube/config when not set."_s},
                    {u"HTTPS_PROXY, HTTP_PROXY, NO_PROXY"_s, u"Proxies, where the kubeconfig names none."_s},
                    {u"AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION, AWS_ENDPOINT_URL"_s, u"For checkpoints in buckets."_s},
                    {u"VISUAL, EDITOR"_s, u"The editor of job edit."_s}}}};
    page.seeAlso = u"cairn(1), kubectl(1)"_s;
    return app::toRoff(page);
}

} // namespace cairn::ctl
