// SPDX-License-Identifier: GPL-3.0-or-later
#include "SettingsController.h"

#include "ActionRegistry.h"
#include "ConnectViews.h"
#include "DesktopNotifications.h"
#include "base/Text.h"
#include "dialogs/YamlDialog.h"
#include "engine/BucketFlows.h"
#include "engine/Diagnostics.h"
#include "kit/Theme.h"

#include <QFileDialog>
#include <QGuiApplication>
#include <QJsonArray>
#include <QScreen>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

using pages::Grant;
using pages::SettingsView;

/// The first word and the rest of "server namespace" and of a bucket's consent.
Grant grantOf(Grant::Kind kind, const QString &raw)
{
    const QString whom = text::safe(raw.section(u' ', 1).trimmed());
    const QString server = text::safe(raw.section(u' ', 0, 0));
    return whom.isEmpty() ? Grant{kind, raw, server, {}} : Grant{kind, raw, whom, server};
}

} // namespace

SettingsController::SettingsController(Engine &engine, Preferences &preferences, DesktopNotifications &desktop, QObject *parent)
    : PageController({u"settings"_s, u"settings"_s, tr("Settings"), Place::Where::Foot, u"Ctrl+,"_s, tr("preferences options", "to be found by"), false},
                     new pages::SettingsPage, parent)
    , m_engine(engine)
    , m_preferences(preferences)
    , m_page(static_cast<pages::SettingsPage *>(page()))
{
    using pages::SettingsPage;
    connect(m_page, &SettingsPage::tryNotificationRequested, this, &SettingsController::tryNotificationRequested);
    connect(m_page, &SettingsPage::addKubeconfigRequested, this, &SettingsController::addKubeconfigRequested);
    connect(m_page, &SettingsPage::changed, this, &SettingsController::keep);
    connect(m_page, &SettingsPage::takeBackRequested, this, &SettingsController::takeBack);
    connect(m_page, &SettingsPage::diagnosticsRequested, this, &SettingsController::showDiagnostics);
    connect(m_page, &SettingsPage::addProgramFolderRequested, this, &SettingsController::addFolder);
    const auto reachable = [page = m_page, &desktop] { page->setDesktopReachable(desktop.isReachable()); };
    connect(&desktop, &DesktopNotifications::reachableChanged, m_page, reachable);
    reachable();
    m_page->setFacts({{tr("Version"), u"Cairn " CAIRN_VERSION_STRING ""_s},
                    {tr("Licence"), u"GPL-3.0-or-later"_s},
                    {tr("Settings file"), text::safe(shortPath(preferences.file()))}});
}

SettingsView SettingsController::read() const
{
    return {m_preferences.theme(),     m_preferences.textPercent(), m_preferences.language(),
            m_preferences.firstPage(), m_preferences.alerts(),      m_preferences.looksAgain(),  m_preferences.templateFolder()};
}

void SettingsController::open()
{
    m_page->setSettings(read());
    showGrants();
}

void SettingsController::focus()
{
    m_page->focusFirst();
}

void SettingsController::grantsChanged()
{
    if (m_page->isVisible())
        open();
}

void SettingsController::addActions(ActionRegistry &actions)
{
    const QString everywhere = tr("Everywhere");
    const auto add = [&](const QString &id, const QString &text, const QString &words, const QList<QKeySequence> &keys, const std::function<void()> &act) {
        actions.add(everywhere, {id, place().icon, text, keys, words, act});
    };
    const QString theme = tr("theme", "to be found by");
    const QString zoom = tr("zoom", "to be found by");
    add(u"theme.light"_s, tr("Light colours"), theme, {}, [this] { setTheme(u"light"_s); });
    add(u"theme.dark"_s, tr("Dark colours"), theme, {}, [this] { setTheme(u"dark"_s); });
    add(u"theme.system"_s, tr("Colours follow the system"), theme, {}, [this] { setTheme(u"system"_s); });
    add(u"text.larger"_s, tr("Larger text"), zoom, {Qt::CTRL | Qt::Key_Plus, Qt::CTRL | Qt::Key_Equal}, [this] { stepTextSize(1); });
    add(u"text.smaller"_s, tr("Smaller text"), zoom, {Qt::CTRL | Qt::Key_Minus}, [this] { stepTextSize(-1); });
    add(u"text.normal"_s, tr("Text at 100 %"), zoom, {}, [this] { stepTextSize(0); });
    add(u"diagnostics"_s, tr("Copy diagnostics"), tr("version log report fault bug", "to be found by"), {}, [this] { showDiagnostics(); });
}

void SettingsController::keep(const SettingsView &view)
{
    m_preferences.setTheme(view.theme);
    kit::Theme::instance().setMode(kit::themeMode(view.theme));
    m_preferences.setTextPercent(view.textPercent);
    kit::Theme::instance().setTextScale(view.textPercent / 100.0);
    m_preferences.setLanguage(view.language);
    m_preferences.setFirstPage(view.firstPage);
    m_preferences.setAlerts(view.alerts);
    m_preferences.setLooksAgain(view.looksAgain);
    m_preferences.setTemplateFolder(view.templateFolder);
}

void SettingsController::setTheme(const QString &theme)
{
    m_preferences.setTheme(theme);
    kit::Theme::instance().setMode(kit::themeMode(theme));
    m_page->setSettings(read());
}

void SettingsController::stepTextSize(int direction)
{
    const int now = m_preferences.textPercent();
    int next = 100;
    if (direction > 0)
        next = *std::ranges::find_if(pages::textSizes, [now](int size) { return size > now || size == std::ranges::max(pages::textSizes); });
    else if (direction < 0) {
        for (const int size : pages::textSizes)
            next = size < now ? size : next;
    }
    m_preferences.setTextPercent(next);
    kit::Theme::instance().setTextScale(next / 100.0);
    m_page->setSettings(read());
}

void SettingsController::showGrants()
{
    m_scope.run(
        this, [&engine = m_engine](std::stop_token) { return engine.consents().list(); },
        [this](const QList<kube::ConsentStore::Entry> &programs) {
            QList<Grant> grants;
            for (const kube::ConsentStore::Entry &entry : programs)
                grants.append({Grant::Kind::Program, QString::fromLatin1(entry.digest), text::safe(entry.program), text::safe(entry.context)});
            for (const QString &place : m_preferences.helperPlaces())
                grants.append(grantOf(Grant::Kind::Helper, place));
            for (const QString &server : m_preferences.kubeletServers())
                grants.append(grantOf(Grant::Kind::Kubelets, server));
            for (const QString &bucket : m_preferences.allowedBuckets())
                grants.append(grantOf(Grant::Kind::Bucket, bucket));
            for (const QString &file : m_preferences.addedKubeconfigs())
                grants.append({Grant::Kind::Kubeconfig, file, text::safe(shortPath(file)), {}});
            for (const QString &folder : m_preferences.addedProgramFolders())
                grants.append({Grant::Kind::ProgramFolder, folder, text::safe(shortPath(folder)), {}});
            m_page->setGrants(grants);
        });
}

void SettingsController::takeBack(Grant::Kind kind, const QString &id)
{
    switch (kind) {
    case Grant::Kind::Program:
        if (const Result<> done = m_engine.consents().revoke(id.toLatin1()); !done)
            emit notice(kit::Tone::Err, text::safe(done.error().what), text::safe(done.error().why));
        break;
    case Grant::Kind::Helper: m_preferences.revokeHelper(id); break;
    case Grant::Kind::Kubelets: m_preferences.allowKubelets(id, false); break;
    case Grant::Kind::Bucket:
        m_preferences.revokeBucket(id);
        m_scope.run(
            this, [&keychain = m_engine.keychain(), id](std::stop_token stop) { return forgetKeys(keychain, id, stop); },
            [this](const Result<> &done) {
                if (!done && done.error().kind != Error::Kind::Unsupported) // without a keychain nothing was kept
                    emit notice(kit::Tone::Err, text::safe(done.error().what), text::safe(done.error().why));
            });
        break;
    case Grant::Kind::Kubeconfig:
        m_preferences.removeKubeconfig(id);
        m_engine.removeKubeconfig(id);
        emit sourcesChanged();
        break;
    case Grant::Kind::ProgramFolder:
        m_preferences.removeProgramFolder(id);
        m_engine.removeProgramFolder(id);
        emit sourcesChanged();
        break;
    }
    showGrants();
}

void SettingsController::addFolder()
{
    auto *dialog = new QFileDialog(m_page->window(), tr("Add a folder of sign-in programs"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &folder) {
        m_preferences.addProgramFolder(folder);
        m_engine.addProgramFolder(folder);
        showGrants();
        emit sourcesChanged();
    });
    dialog->open();
}

void SettingsController::showDiagnostics()
{
    // Shown before it is copied: what is sent to strangers is for its owner to judge.
    auto *dialog = new dialogs::YamlDialog(tr("Diagnostics"), {}, m_page->window());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    QJsonArray screens;
    for (const QScreen *screen : QGuiApplication::screens())
        screens.append(u"%1x%2 at %3"_s.arg(screen->size().width()).arg(screen->size().height()).arg(screen->devicePixelRatio()));
    const QJsonObject window{{u"windowSystem"_s, QGuiApplication::platformName()}, {u"screens"_s, screens}};
    m_scope.run(
        dialog,
        [&engine = m_engine, window](std::stop_token) { return diagnosticsText(diagnostics(u"cairn"_s, engine.kubeconfig(), {{u"window"_s, window}})); },
        [dialog](const QString &text) { dialog->setYaml(text); });
    dialog->open();
}

} // namespace cairn::app
