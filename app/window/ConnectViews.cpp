// SPDX-License-Identifier: GPL-3.0-or-later
#include "ConnectViews.h"

#include "base/Text.h"

#include <QCoreApplication>
#include <QDir>
#include <QUrl>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::app)
};

QString signInWord(const kube::KubeContext &context)
{
    switch (context.signIn) {
    case kube::SignInKind::None: return Words::tr("None");
    case kube::SignInKind::ClientCertificate: return Words::tr("Client certificate");
    case kube::SignInKind::Token:
    case kube::SignInKind::TokenFile: return Words::tr("Token");
    case kube::SignInKind::Basic: return Words::tr("Name and password");
    case kube::SignInKind::ExecPlugin: return Words::tr("Sign-in program");
    case kube::SignInKind::AuthProvider: return Words::tr("Auth provider");
    }
    return {};
}

QString signInDetail(const kube::KubeContext &context)
{
    if (context.certificate) {
        QStringList parts{u"CN="_s + text::safe(context.certificate->commonName)};
        for (const QString &organization : context.certificate->organizations)
            parts.append(u"O="_s + text::safe(organization));
        return parts.join(u", "_s);
    }
    return text::safe(context.signInDetail);
}

items::ContextState stateOf(const kube::ContextProbe &probe)
{
    using items::ContextState;
    if (probe.error && probe.error->kind == Error::Kind::Consent)
        return ContextState::NeedsConsent;
    switch (probe.status) {
    case kube::ContextStatus::Reachable: return ContextState::Reachable;
    case kube::ContextStatus::ReachableReadOnly: return ContextState::ReachableReadOnly;
    case kube::ContextStatus::ReachableLimited: return ContextState::ReachableLimited;
    case kube::ContextStatus::NeedsSignIn: return ContextState::NeedsSignIn;
    case kube::ContextStatus::CertificateExpired: return ContextState::CertificateExpired;
    case kube::ContextStatus::PluginNotFound: return ContextState::ExecPluginNotFound;
    case kube::ContextStatus::NotReachable: return ContextState::NotReachable;
    case kube::ContextStatus::Broken: return ContextState::Broken;
    }
    return ContextState::NotReachable;
}

items::ContextAction actionOf(items::ContextState state)
{
    using items::ContextAction;
    using items::ContextState;
    switch (state) {
    case ContextState::Unchecked:
    case ContextState::Reachable:
    case ContextState::ReachableReadOnly:
    case ContextState::ReachableLimited: return ContextAction::Connect;
    case ContextState::Checking: return ContextAction::None;
    case ContextState::NeedsSignIn: return ContextAction::SignIn;
    case ContextState::NeedsConsent: return ContextAction::Allow;
    case ContextState::CertificateExpired: return ContextAction::HowToRenew;
    case ContextState::ExecPluginNotFound:
    case ContextState::Broken: return ContextAction::Fix;
    case ContextState::NotReachable: return ContextAction::TryAgain;
    }
    return ContextAction::None;
}

items::DoctorStepView::State stepState(kube::DoctorState state, bool running)
{
    using State = items::DoctorStepView::State;
    switch (state) {
    case kube::DoctorState::Pending: return running ? State::Running : State::Waiting;
    case kube::DoctorState::Done: return State::Done;
    case kube::DoctorState::Warning: return State::Warning;
    case kube::DoctorState::Failed: return State::Failed;
    case kube::DoctorState::Waits: return State::Waiting;
    }
    return State::Waiting;
}

QString stepResult(const kube::DoctorStep &step)
{
    const QString took = step.took.count() < 1000 ? Words::tr("%1 ms").arg(step.took.count()) : text::duration(step.took);
    switch (step.state) {
    case kube::DoctorState::Pending: return {};
    case kube::DoctorState::Failed: return Words::tr("failed");
    case kube::DoctorState::Waits: return Words::tr("waits for step %1").arg(step.waitsFor);
    case kube::DoctorState::Done:
    case kube::DoctorState::Warning: return step.withoutCredential ? Words::tr("tried without a credential · %1").arg(took) : took;
    }
    return {};
}

} // namespace

QString shortPath(const QString &path)
{
    const QString home = QDir::homePath() + u'/';
    return text::safe(path.startsWith(home) ? u"~/"_s + path.mid(home.size()) : path);
}

Error toError(const kube::Problem &problem)
{
    QString what = problem.what;
    if (problem.line > 0)
        what += Words::tr(" (line %1)").arg(problem.line);
    return Error::make(Error::Kind::Invalid, what, problem.why, problem.fix);
}

items::ContextRow contextRow(const kube::KubeContext &context)
{
    items::ContextRow row;
    row.id = context.name;
    row.name = text::safe(context.name);
    const QUrl url(context.server);
    row.server = url.isValid() && !url.host().isEmpty()
        ? text::safe(url.host() + (url.port() > 0 ? u':' + QString::number(url.port()) : QString()))
        : text::safe(context.server);
    row.signIn = signInWord(context);
    row.signInDetail = signInDetail(context);
    row.current = context.isCurrent;
    row.ambiguous = context.ambiguous;
    row.insecure = context.insecure || url.scheme() == "http"_L1;
    if (!context.usable()) {
        row.state = items::ContextState::Broken;
        for (const kube::Problem &problem : context.problems) {
            if (problem.severity == kube::Problem::Severity::Error) {
                row.problem = toError(problem);
                row.detail = text::safe(problem.what);
                break;
            }
        }
    }
    row.action = actionOf(row.state);
    return row;
}

void applyProbe(items::ContextRow &row, const kube::ContextProbe &probe)
{
    row.state = stateOf(probe);
    row.detail = probe.detail;
    row.action = actionOf(row.state);
}

QList<items::KubeconfigFileView> fileViews(const kube::Kubeconfig &config)
{
    QList<items::KubeconfigFileView> views;
    for (const kube::KubeconfigFile &file : config.files()) {
        if (!file.exists && file.problems.isEmpty())
            continue;
        items::KubeconfigFileView view;
        view.path = shortPath(file.path);
        view.contexts = file.contexts;
        view.changed = file.modified;
        for (const kube::Problem &problem : file.problems) {
            if (problem.severity == kube::Problem::Severity::Warning)
                view.warnings.append(toError(problem));
            else if (!view.problem)
                view.problem = toError(problem);
        }
        views.append(view);
    }
    return views;
}

items::DoctorView doctorView(const kube::DoctorReport &report, bool running)
{
    using Act = items::DoctorRemedy::Act;
    items::DoctorView view;
    view.contextId = report.context.name;
    view.contextName = text::safe(report.context.name);
    view.running = running;
    view.summary = running ? QString() : report.summary();
    const int failed = report.failedStep();
    view.verdict = running ? items::TagValue{Words::tr("Checking…"), items::Tone::Idle}
                           : items::TagValue{report.headline(), failed ? items::Tone::Err : items::Tone::Ok};
    QString plain = Words::tr("Cairn sign-in report for %1 (%2)").arg(view.contextName, text::safe(report.context.server)) + u'\n';
    for (const kube::DoctorStep &step : report.steps) {
        items::DoctorStepView shown;
        shown.state = stepState(step.state, running);
        shown.title = step.title;
        shown.result = stepResult(step);
        shown.detail = step.detail;
        shown.why = step.why;
        shown.whyCode = step.fixFolder;
        if (!step.fixFolder.isEmpty())
            shown.remedies.append({Act::AddFolder, u"folder"_s, Words::tr("Add this folder for Cairn only"), {}, step.fixFolder, true});
        if (step.cause == Error::Kind::Consent && report.consent)
            shown.remedies.append({Act::AllowProgram, u"allow"_s, step.fix, {}, report.consent->commandLine(), true});
        else if (!step.fix.isEmpty() || !step.fixCommand.isEmpty())
            shown.remedies.append({Act::CopyCommand, u"command"_s, step.fix, {}, step.fixCommand, false});
        view.steps.append(shown);
        plain += u"%1: %2 %3\n"_s.arg(step.title, kube::doctorStateName(step.state), shown.result);
        for (const QString &line : {step.detail, step.why, step.fix, step.fixCommand}) {
            if (!line.isEmpty())
                plain += u"    "_s + line + u'\n';
        }
    }
    view.report = plain + report.conclusion();
    return view;
}

} // namespace cairn::app
