// SPDX-License-Identifier: GPL-3.0-or-later
#include "Commands.h"
#include "Output.h"
#include "base/Text.h"

#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace cairn::ctl {
namespace {

QJsonObject problemJson(const kube::Problem &problem)
{
    return {{u"severity"_s, problem.severity == kube::Problem::Severity::Error ? u"error"_s : u"warning"_s},
            {u"file"_s, problem.file}, {u"line"_s, problem.line}, {u"entry"_s, problem.entry},
            {u"what"_s, problem.what}, {u"why"_s, problem.why}, {u"fix"_s, problem.fix}};
}

void noteProblem(const kube::Problem &problem)
{
    QString where = problem.file;
    if (problem.line > 0)
        where += u':' + QString::number(problem.line);
    if (!problem.entry.isEmpty())
        where += u' ' + problem.entry;
    note(u"%1: %2"_s.arg(text::safe(where), text::safe(problem.what)));
    if (!problem.why.isEmpty())
        note(u"  Why: "_s + text::safe(problem.why));
    if (!problem.fix.isEmpty())
        note(u"  Fix: "_s + text::safe(problem.fix));
}

QString signIn(const kube::KubeContext &context)
{
    const QString kind = kube::signInKindName(context.signIn);
    return context.signInDetail.isEmpty() ? kind : kind + u" ("_s + text::safe(context.signInDetail) + u')';
}

} // namespace

int contexts(app::Engine &engine, const Options &options)
{
    const kube::Kubeconfig config = engine.kubeconfig();
    QJsonArray files, list, problems;
    QList<QStringList> rows{{u""_s, u"NAME"_s, u"SERVER"_s, u"SIGN-IN"_s, u"NAMESPACE"_s, u"STATE"_s}};
    for (const kube::KubeconfigFile &file : config.files())
        files.append(QJsonObject{{u"path"_s, file.path}, {u"exists"_s, file.exists}, {u"contexts"_s, file.contexts}});
    for (const kube::Problem &problem : config.problems()) {
        problems.append(problemJson(problem));
        noteProblem(problem);
    }
    for (const kube::KubeContext &context : config.contexts()) {
        QJsonArray own;
        for (const kube::Problem &problem : context.problems) {
            own.append(problemJson(problem));
            noteProblem(problem);
        }
        list.append(QJsonObject{{u"name"_s, context.name},
                                {u"current"_s, context.isCurrent},
                                {u"cluster"_s, context.clusterName},
                                {u"server"_s, context.server},
                                {u"user"_s, context.userName},
                                {u"namespace"_s, context.ns},
                                {u"signIn"_s, kube::signInKindName(context.signIn)},
                                {u"insecure"_s, context.insecure},
                                {u"ambiguous"_s, context.ambiguous},
                                {u"file"_s, context.file},
                                {u"usable"_s, context.usable()},
                                {u"problems"_s, own}});
        QStringList state{context.usable() ? u"ready"_s : u"broken"_s};
        if (context.usable() && context.insecure)
            state = {u"insecure: server not verified"_s};
        if (context.usable() && context.ambiguous)
            state.append(u"name used twice"_s);
        rows.append({context.isCurrent ? u"*"_s : u""_s, text::safe(context.name), text::safe(context.server), signIn(context),
                     text::safe(context.ns), state.join(u", "_s)});
    }
    print(options.format, {{u"files"_s, files}, {u"contexts"_s, list}, {u"problems"_s, problems}}, renderTable(rows));
    if (config.contexts().isEmpty()) {
        note(u"There is no context. Set KUBECONFIG, or give --kubeconfig FILE."_s);
        return ExitNotFound;
    }
    return ExitOk;
}

} // namespace cairn::ctl
