// SPDX-License-Identifier: GPL-3.0-or-later
#include "Commands.h"
#include "Output.h"
#include "TextEditor.h"
#include "base/Text.h"
#include "engine/Diagnostics.h"
#include "kube/Doctor.h"

#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace cairn::ctl {
namespace {

QString sign(kube::DoctorState state)
{
    switch (state) {
    case kube::DoctorState::Done: return u"ok"_s;
    case kube::DoctorState::Warning: return u"!"_s;
    case kube::DoctorState::Failed: return u"FAIL"_s;
    case kube::DoctorState::Waits: return u"waits"_s;
    case kube::DoctorState::Pending: return u"–"_s;
    }
    return {};
}

/// The steps without what only stands there for a person: a report is read by others.
QJsonArray bundledSteps(const kube::DoctorReport &report)
{
    QJsonArray steps;
    for (const kube::DoctorStep &step : report.steps)
        steps.append(QJsonObject{{u"id"_s, kube::doctorStepName(step.id)}, {u"state"_s, kube::doctorStateName(step.state)},
                                 {u"milliseconds"_s, qint64(step.took.count())}, {u"detail"_s, step.detail}, {u"why"_s, step.quotes ? u"What it printed is left out."_s : step.why}});
    return steps;
}

/// Shown first, then saved; on a terminal only after a yes. With "-" shown alone.
int writeBundle(const kube::Kubeconfig &config, const kube::DoctorReport &report, const Options &options)
{
    const QJsonObject bundle = app::diagnostics(u"cairnctl"_s, config, {{u"doctor"_s, bundledSteps(report)}, {u"server"_s, report.serverVersion}});
    const QString text = app::diagnosticsText(bundle);
    print(options.format, bundle, text);
    if (options.bundle == "-"_L1)
        return ExitOk;
    if (onTerminal() && !options.yes && !agrees(u"Save this as %1?"_s.arg(text::safe(options.bundle))))
        return ExitRefused;
    if (const Result<> saved = app::saveDiagnostics(options.bundle, text); !saved)
        return printError(saved.error());
    note(u"Saved as %1, readable by you alone."_s.arg(text::safe(options.bundle)));
    return ExitOk;
}

} // namespace

int doctor(app::Engine &engine, const Options &options, std::stop_token stop)
{
    kube::DoctorOptions doctorOptions;
    doctorOptions.session = engine.sessionOptions();
    const kube::DoctorReport report = kube::diagnose(engine.source(), options.context, engine.http(), doctorOptions, stop);
    if (!options.bundle.isEmpty())
        return writeBundle(engine.kubeconfig(), report, options);
    QJsonArray steps, rights;
    QString table;
    bool refused = false;
    for (const kube::DoctorStep &step : report.steps) {
        steps.append(QJsonObject{{u"id"_s, kube::doctorStepName(step.id)}, {u"title"_s, step.title},
                                 {u"state"_s, kube::doctorStateName(step.state)}, {u"milliseconds"_s, qint64(step.took.count())},
                                 {u"detail"_s, step.detail}, {u"why"_s, step.why}, {u"fix"_s, step.fix}, {u"fixCommand"_s, step.fixCommand}});
        table += u"%1  %2\n"_s.arg(sign(step.state).leftJustified(5), step.title);
        for (const auto &[label, value] : {std::pair(QString(), step.detail), std::pair(u"Why: "_s, step.why),
                                          std::pair(u"Fix: "_s, step.fix), std::pair(u"Run: "_s, step.fixCommand)}) {
            if (!value.isEmpty())
                table += u"       "_s + label + value + u'\n';
        }
        refused = refused || step.cause == Error::Kind::Consent;
    }
    for (const kube::Right &right : report.rights)
        rights.append(QJsonObject{{u"right"_s, right.name()}, {u"allowed"_s, right.allowed}, {u"optional"_s, right.optional}});
    table += u'\n' + report.conclusion() + u'\n';
    if (refused)
        table += u"cairnctl runs it with --allow-exec.\n"_s;
    print(options.format, {{u"context"_s, report.context.name}, {u"server"_s, report.context.server},
                           {u"serverVersion"_s, report.serverVersion}, {u"insecure"_s, report.context.insecure},
                           {u"failedStep"_s, report.failedStep()}, {u"headline"_s, report.headline()}, {u"steps"_s, steps},
                           {u"rights"_s, rights}}, table);
    return refused ? ExitRefused : report.failedStep() ? ExitFailed : ExitOk;
}

} // namespace cairn::ctl
