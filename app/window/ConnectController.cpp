// SPDX-License-Identifier: GPL-3.0-or-later
#include "ConnectController.h"

#include "ActionRegistry.h"
#include "ConnectViews.h"
#include "base/Text.h"
#include "dialogs/ExecConsentDialog.h"
#include "pages/ConnectPage.h"

#include <QDesktopServices>
#include <QFileDialog>
#include <QUrl>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::app {

ConnectController::ConnectController(Engine &engine, Preferences &preferences, QObject *parent)
    : PageController({u"connect"_s, u"connect"_s, tr("Contexts"), Place::Where::Nowhere, u"Ctrl+0"_s, {}, false}, new pages::ConnectPage, parent)
    , m_engine(engine)
    , m_preferences(preferences)
    , m_page(static_cast<pages::ConnectPage *>(page()))
{
    using pages::ConnectPage;
    connect(m_page, &ConnectPage::connectRequested, this, &ConnectController::connectTo);
    connect(m_page, &ConnectPage::signInRequested, this, &ConnectController::connectTo);
    connect(m_page, &ConnectPage::doctorRequested, this, [this](const QString &id) {
        if (const auto it = m_reports.constFind(id); it != m_reports.cend())
            m_page->setDoctor(doctorView(*it, false));
        else
            diagnose(id, false);
    });
    connect(m_page, &ConnectPage::runAgainRequested, this, [this](const QString &id) {
        diagnose(id, true);
        probe(id);
    });
    connect(m_page, &ConnectPage::checkAllRequested, this, [this] { reload(); });
    connect(m_page, &ConnectPage::addFileRequested, this, &ConnectController::addFile);
    connect(m_page, &ConnectPage::managePrograms, this, &ConnectController::showPrograms);
    connect(m_page, &ConnectPage::remedyRequested, this, &ConnectController::act);
    connect(m_page, &ConnectPage::copied, this, [this](const QString &what) { emit notice(kit::Tone::Info, tr("Copied: %1").arg(what), {}); });
}

void ConnectController::setNow(const QDateTime &now)
{
    m_page->setNow(now);
}

void ConnectController::addActions(ActionRegistry &actions)
{
    using items::PaletteEntry;
    actions.add({}, {u"addKubeconfig"_s, u"plus"_s, tr("Add a kubeconfig…"), {}, {}, [this] { addFile(); }});
    actions.addSource(u"context"_s,
                      [this] {
                          QList<PaletteEntry> list;
                          for (const items::ContextRow &row : contexts())
                              list.append({u"context:"_s + row.id, PaletteEntry::Kind::Context, place().icon,
                                           tr("Switch to %1", "name of a context").arg(text::safe(row.name)), text::safe(row.server), {},
                                           tr("context cluster", "to be found by"), true});
                          return list;
                      },
                      [this](const QString &context, bool newWindow) {
                          if (newWindow)
                              emit newWindowRequested(context);
                          else
                              connectTo(context);
                      });
}

void ConnectController::reload(bool thenConnect, const QString &context)
{
    m_connectOnLoad = thenConnect;
    m_connectWhenReady = context;
    m_probes.cancel();
    m_reports.clear();
    if (m_rows.isEmpty())
        m_page->setLoading();
    m_scope.run(
        this, [&engine = m_engine](std::stop_token) { return engine.kubeconfig(); },
        [this](const kube::Kubeconfig &config) { show(config); });
    refreshPrograms();
}

void ConnectController::show(const kube::Kubeconfig &config)
{
    m_config = config;
    m_rows.clear();
    QList<items::ContextRow> rows;
    for (const kube::KubeContext &context : config.contexts()) {
        rows.append(rowOf(context));
        m_rows.insert(context.name, rows.last());
    }
    const QList<items::KubeconfigFileView> files = fileViews(config);
    if (rows.isEmpty() && files.isEmpty()) {
        QStringList places;
        for (const kube::KubeconfigFile &file : config.files())
            places.append(shortPath(file.path));
        m_page->setNoFiles(places);
        emit attentionNeeded();
        return;
    }
    const auto unread = std::ranges::find_if(files, [](const items::KubeconfigFileView &file) { return file.problem.has_value(); });
    if (rows.isEmpty() && files.size() == 1 && unread != files.end()) {
        m_page->setContexts({});
        m_page->setFailed(*unread->problem);
        emit attentionNeeded();
        return;
    }
    m_page->setFiles(files, qEnvironmentVariableIsSet("KUBECONFIG") && m_engine.options().kubeconfig.isEmpty() ? u"KUBECONFIG"_s : QString());
    m_page->setContexts(rows);

    QString wanted = m_connectWhenReady;
    if (m_connectOnLoad && wanted.isEmpty())
        wanted = m_rows.contains(config.currentContext()) ? config.currentContext() : m_preferences.lastContext();
    if (std::exchange(m_connectOnLoad, false)) {
        if (m_rows.contains(wanted)) {
            m_page->setCurrentContext(wanted);
            // The others are looked at when this page is: two dozen questions each to clusters nobody asked for.
            connectTo(wanted);
            return;
        }
        emit attentionNeeded();
    }
    for (const items::ContextRow &row : rows) {
        if (row.state != items::ContextState::Broken)
            probe(row.id);
    }
}

QList<items::ContextRow> ConnectController::contexts() const
{
    QList<items::ContextRow> rows = m_rows.values();
    std::ranges::sort(rows, {}, &items::ContextRow::id);
    return rows;
}

items::ContextRow ConnectController::rowOf(const kube::KubeContext &context) const
{
    items::ContextRow row = contextRow(context);
    row.connected = context.name == m_connected;
    return row;
}

void ConnectController::probe(const QString &context)
{
    const Result<kube::ResolvedContext> resolved = m_config.resolve(context);
    if (!resolved)
        return;
    items::ContextRow &row = m_rows[context];
    row.state = items::ContextState::Checking;
    row.action = items::ContextAction::None;
    row.detail = tr("at most 5 s");
    m_page->updateContext(row);
    kube::DoctorOptions options;
    options.session = m_engine.sessionOptions();
    options.timeout = std::chrono::seconds(5);
    options.runPlugin = false; // looking around must not open a browser
    m_probes.run(
        this,
        [resolved = *resolved, options, &http = m_engine.http()](std::stop_token stop) { return kube::probe(resolved, http, options, stop); },
        [this, context](const kube::ContextProbe &probe) {
            const auto it = m_rows.find(context);
            if (it == m_rows.end())
                return;
            applyProbe(*it, probe);
            m_page->updateContext(*it);
        });
}

void ConnectController::diagnose(const QString &context, bool runPlugin)
{
    m_doctor.cancel();
    kube::DoctorOptions options;
    options.session = m_engine.sessionOptions();
    options.runPlugin = runPlugin;
    const auto told = m_doctor.sink<kube::DoctorReport>(this, [this](const kube::DoctorReport &report) { m_page->setDoctor(doctorView(report, true)); });
    m_doctor.run(
        this,
        [source = m_engine.source(), context, options, &http = m_engine.http(), told](std::stop_token stop) {
            return kube::diagnose(source, context, http, options, stop, told);
        },
        [this, context](const kube::DoctorReport &report) {
            m_reports.insert(context, report);
            m_page->setDoctor(doctorView(report, false));
        });
}

void ConnectController::connectTo(const QString &context)
{
    m_connect.cancel();
    if (auto it = m_rows.find(context); it != m_rows.end()) {
        it->state = items::ContextState::Checking;
        it->action = items::ContextAction::None;
        m_page->updateContext(*it);
    }
    struct Answer {
        Result<std::shared_ptr<kube::Cluster>> cluster;
        std::optional<kube::ConsentRequest> consent;
    };
    m_connect.run(
        this,
        [&engine = m_engine, config = m_config, context](std::stop_token stop) -> Answer {
            Result<std::shared_ptr<kube::Cluster>> cluster = engine.connect(config, context);
            if (!cluster)
                return {cluster, {}};
            const Result<kube::Cluster::Version> version = (*cluster)->version(stop);
            if (version)
                return {cluster, {}};
            Answer answer{fail(version.error()), {}};
            if (version.error().kind == Error::Kind::Consent) {
                if (const Result<kube::ResolvedContext> resolved = config.resolve(context)) {
                    const kube::SessionCredentials credentials(*resolved, engine.sessionOptions());
                    if (const Result<kube::ConsentRequest> request = credentials.plannedExec(stop))
                        answer.consent = *request;
                }
            }
            return answer;
        },
        [this, context](const Answer &answer) {
            if (answer.cluster) {
                for (const kube::KubeContext &entry : m_config.contexts()) {
                    if (entry.name == context) {
                        m_preferences.setLastContext(context);
                        emit connected(*answer.cluster, entry);
                    }
                }
                return;
            }
            emit attentionNeeded();
            m_page->setCurrentContext(context);
            if (answer.consent) {
                askConsent(*answer.consent, context);
            } else {
                diagnose(context, true);
            }
            probe(context);
        });
}

void ConnectController::setConnected(const QString &context)
{
    m_connected = context;
    for (items::ContextRow &row : m_rows) {
        if (row.connected != (row.id == context)) {
            row.connected = row.id == context;
            m_page->updateContext(row);
        }
    }
}

void ConnectController::askConsent(const kube::ConsentRequest &request, const QString &context)
{
    struct Question {
        kube::ShownRequest masked, whole;
        QByteArray digest; ///< of what is shown: it has to be the same when it is agreed to
    };
    m_scope.run(
        this, [request](std::stop_token) { return Question{request.shown(), request.shown(true), request.digest()}; },
        [this, request, context](const Question &question) {
            dialogs::ExecConsentView view;
            view.context = text::safe(request.context);
            view.program = text::safe(request.program.section(u'/', -1));
            view.binary = text::safe(request.program);
            view.command = question.masked.command;
            view.environment = question.masked.environment;
            if (question.masked.masked) {
                view.wholeCommand = question.whole.command;
                view.wholeEnvironment = question.whole.environment;
            }
            view.files = question.masked.files;
            view.interpreter = question.masked.interpreter;
            view.file = shortPath(request.kubeconfigFile);
            auto *dialog = new dialogs::ExecConsentDialog(view, m_page->window());
            dialog->setAttribute(Qt::WA_DeleteOnClose);
            connect(dialog, &QDialog::accepted, this, [this, request, context, digest = question.digest] { allow(request, context, digest); });
            dialog->open();
        });
}

void ConnectController::allow(const kube::ConsentRequest &request, const QString &context, const QByteArray &digest)
{
    m_scope.run(
        this, [request, digest, &engine = m_engine](std::stop_token) { return engine.consents().allow(request, digest); },
        [this, context](const Result<> &done) {
            if (!done) {
                m_page->setFailed(done.error());
                return;
            }
            refreshPrograms();
            m_reports.remove(context);
            connectTo(context);
        });
}

void ConnectController::act(const QString &context, const items::DoctorRemedy &remedy)
{
    using Act = items::DoctorRemedy::Act;
    switch (remedy.act) {
    case Act::AddFolder:
        m_preferences.addProgramFolder(remedy.value);
        m_engine.addProgramFolder(remedy.value);
        m_reports.remove(context);
        diagnose(context, true);
        probe(context);
        break;
    case Act::AllowProgram:
        if (const auto it = m_reports.constFind(context); it != m_reports.cend() && it->consent)
            askConsent(*it->consent, context);
        break;
    case Act::OpenUrl: QDesktopServices::openUrl(QUrl(remedy.value)); break;
    case Act::ChooseFile: addFile(); break;
    case Act::RunAgain:
        diagnose(context, true);
        probe(context);
        break;
    case Act::CopyCommand: break; // the page did it
    }
}

void ConnectController::addFile()
{
    auto *dialog = new QFileDialog(m_page->window(), tr("Add a kubeconfig file"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &file) {
        m_preferences.addKubeconfig(file);
        m_engine.addKubeconfig(file);
        emit grantsChanged();
        reload();
    });
    dialog->open();
}

void ConnectController::refreshPrograms()
{
    m_scope.run(
        this, [&engine = m_engine](std::stop_token) { return engine.consents().list(); },
        [this](const QList<kube::ConsentStore::Entry> &entries) {
            QStringList programs;
            for (const kube::ConsentStore::Entry &entry : entries) {
                const QString name = text::safe(entry.program);
                if (!programs.contains(name))
                    programs.append(name);
            }
            m_page->setAllowedPrograms(programs);
            emit grantsChanged();
        });
}

void ConnectController::showPrograms()
{
    auto *dialog = new dialogs::ProgramsDialog(m_page->window());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    const auto fill = [this, dialog] {
        QList<dialogs::AllowedProgram> programs;
        for (const kube::ConsentStore::Entry &entry : m_engine.consents().list()) {
            programs.append({QString::fromLatin1(entry.digest), text::safe(entry.program), text::safe(entry.context),
                             shortPath(entry.kubeconfigFile), entry.allowedAt});
        }
        dialog->setPrograms(programs);
    };
    connect(dialog, &dialogs::ProgramsDialog::revokeRequested, this, [this, fill](const QString &id) {
        const Result<> done = m_engine.consents().revoke(id.toLatin1());
        if (!done)
            m_page->setFailed(done.error());
        fill();
        refreshPrograms();
    });
    fill();
    dialog->open();
}

} // namespace cairn::app
