// SPDX-License-Identifier: GPL-3.0-or-later
// What Ctrl K offers, the list of keys, and where notifications lead.
#include "MainWindow.h"

#include "base/Text.h"
#include "dialogs/KeysDialog.h"
#include "items/ComponentTableModel.h"
#include "kit/Messages.h"
#include "pages/ConnectPage.h"
#include "pages/HaPage.h"
#include "pages/JobPage.h"
#include "pages/JobsPage.h"
#include "pages/NamespaceSelector.h"
#include "pages/NodesPage.h"
#include "pages/StoragePage.h"

#include <QApplication>

using namespace Qt::StringLiterals;

namespace cairn::app {

using items::PaletteEntry;
using Kind = PaletteEntry::Kind;

void MainWindow::makePlaces()
{
    const auto act = [this](const QString &id, const QString &icon, const QString &text, const QString &keys, const QString &words, const std::function<void()> &run) {
        m_palette->add({id, Kind::Action, icon, text, {}, keys, words, false}, run);
    };
    m_palette->add({u"settings"_s, Kind::Page, u"settings"_s, tr("Settings"), {}, u"Ctrl ,"_s, tr("preferences options", "to be found by"), false},
                   [this] { showPage(u"settings"_s); });
    act(u"refresh"_s, u"refresh"_s, tr("Read again"), u"F5"_s, tr("refresh reload", "to be found by"), [this] { findChild<QAction *>(u"view.refresh"_s)->trigger(); });
    act(u"readCheckpoints"_s, u"checkpoints"_s, tr("Read the checkpoints of all jobs"), {}, {}, [this] {
        showPage(u"checkpoints"_s);
        m_checkpoints->readAgain();
    });
    const auto theme = [this](const QString &name) { return [this, name] { m_settings->setTheme(name); }; };
    act(u"theme.light"_s, u"settings"_s, tr("Light colours"), {}, tr("theme", "to be found by"), theme(u"light"_s));
    act(u"theme.dark"_s, u"settings"_s, tr("Dark colours"), {}, tr("theme", "to be found by"), theme(u"dark"_s));
    act(u"theme.system"_s, u"settings"_s, tr("Colours as the system"), {}, tr("theme", "to be found by"), theme(u"system"_s));
    act(u"text.larger"_s, u"settings"_s, tr("Larger text"), u"Ctrl +"_s, tr("zoom", "to be found by"), [this] { m_settings->stepTextSize(1); });
    act(u"text.smaller"_s, u"settings"_s, tr("Smaller text"), u"Ctrl −"_s, tr("zoom", "to be found by"), [this] { m_settings->stepTextSize(-1); });
    act(u"text.normal"_s, u"settings"_s, tr("Text at 100 %"), {}, tr("zoom", "to be found by"), [this] { m_settings->stepTextSize(0); });
    act(u"addKubeconfig"_s, u"plus"_s, tr("Add a kubeconfig…"), {}, {}, [this] { m_connect->addFile(); });
    act(u"newWindow"_s, u"plus"_s, tr("New window on this context"), u"Ctrl Shift N"_s, {},
        [this] { emit newWindowRequested(m_session ? m_session->contextName() : QString()); });
    act(u"keys"_s, u"help"_s, tr("All keys"), u"F1"_s, tr("help shortcuts", "to be found by"), [this] { showKeys(); });
    act(u"closeWindow"_s, u"close"_s, tr("Close this window"), u"Ctrl W"_s, {}, [this] { close(); });
    act(u"quit"_s, u"close"_s, tr("Quit"), u"Ctrl Q"_s, {}, [] { QApplication::closeAllWindows(); });
    addPlaces();
}

void MainWindow::addPlaces()
{
    m_palette->addSource(u"context"_s,
                         [this] {
                             QList<PaletteEntry> list;
                             for (const items::ContextRow &row : m_connect->contexts())
                                 list.append({u"context:"_s + row.id, Kind::Context, u"connect"_s, tr("Switch to %1", "name of a context").arg(text::safe(row.name)),
                                              text::safe(row.server), {}, tr("context cluster", "to be found by"), true});
                             return list;
                         },
                         [this](const QString &context, bool newWindow) {
                             if (newWindow)
                                 emit newWindowRequested(context);
                             else
                                 m_connect->connectTo(context);
                         });
    m_palette->addSource(u"namespace"_s,
                         [this] {
                             QList<PaletteEntry> list;
                             if (!m_session)
                                 return list;
                             list.append({u"namespace:"_s, Kind::Namespace, u"namespace"_s, tr("Show all namespaces"), {}, {}, {}, false});
                             for (const QString &name : m_session->namespaces().names)
                                 list.append({u"namespace:"_s + name, Kind::Namespace, u"namespace"_s, tr("Show only namespace %1").arg(text::safe(name)), {}, {}, {}, false});
                             return list;
                         },
                         [this](const QString &name, bool) {
                             const QStringList names = name.isEmpty() ? QStringList() : QStringList{name};
                             m_jobsPage->namespaces()->setSelected(names);
                             watchNamespaces(names);
                         });
    m_palette->addSource(u"component"_s,
                         [this] {
                             QList<PaletteEntry> list;
                             if (const QList<components::Component> *all = m_ha->components()) {
                                 for (const components::Component &component : *all)
                                     list.append({u"component:"_s + items::ComponentTableModel::key(component), Kind::Object, u"availability"_s, component.id,
                                                  tr("component · %1", "namespace").arg(text::safe(component.ns)), {}, {}, false});
                             }
                             return list;
                         },
                         [this](const QString &key, bool) { showComponent(key); });
    m_palette->addSource(u"claim"_s,
                         [this] {
                             QList<PaletteEntry> list;
                             if (const QList<storage::ClaimAccount> *all = m_storage->accounts()) {
                                 for (const storage::ClaimAccount &account : *all)
                                     list.append({u"claim:"_s + account.key(), Kind::Object, u"storage"_s, text::safe(account.claim.name),
                                                  tr("claim · %1", "namespace").arg(text::safe(account.claim.ns)), {}, {}, false});
                             }
                             return list;
                         },
                         [this](const QString &key, bool) { showClaim(key); });
    m_palette->addSource(u"node"_s,
                         [this] {
                             QList<PaletteEntry> list;
                             for (const items::NodeRow &row : m_nodes->joined())
                                 list.append({u"node:"_s + items::NodeTableModel::key(row.node), Kind::Object, u"nodes"_s, text::safe(row.node.name),
                                              row.node.zone.isEmpty() ? tr("node") : tr("node · %1", "zone").arg(text::safe(row.node.zone)), {}, {}, false});
                             return list;
                         },
                         [this](const QString &key, bool) { showNode(key); });
    m_palette->addSource(u"open"_s, {}, [this](const QString &key, bool) { openJob(key); });
    m_palette->addSource(u"resume"_s, {}, [this](const QString &key, bool) {
        openJob(key);
        resumeNewest(key);
    });
    const auto tab = [this](pages::JobPage::Tab which) {
        return [this, which](const QString &key, bool) {
            openJob(key);
            m_jobPage->showTab(which);
        };
    };
    m_palette->addSource(u"logs"_s, {}, tab(pages::JobPage::Tab::Logs));
    m_palette->addSource(u"yaml"_s, {}, tab(pages::JobPage::Tab::Yaml));
}

void MainWindow::showComponent(const QString &key)
{
    showPage(u"ha"_s);
    if (!key.isEmpty())
        m_haPage->setCurrentKey(key);
}

void MainWindow::showNode(const QString &key)
{
    showPage(u"nodes"_s);
    m_nodesPage->setCurrentKey(key);
}

void MainWindow::showClaim(const QString &key)
{
    showPage(u"storage"_s);
    m_storagePage->setCurrentKey(key);
}

void MainWindow::wireAlerts()
{
    connect(m_notifier, &Notifier::showRequested, this, [this](items::AlertKind kind, const QString &target) {
        switch (kind) {
        case items::AlertKind::JobFailed:
        case items::AlertKind::CheckpointDamaged:
        case items::AlertKind::CheckpointOverdue: openJob(target); return;
        case items::AlertKind::LeaderLost: showComponent(target); return;
        case items::AlertKind::ClaimFull: showClaim(target); return;
        }
    });
    connect(m_settingsPage, &pages::SettingsPage::tryNotificationRequested, m_notifier, &Notifier::tryIt);
    connect(m_settingsPage, &pages::SettingsPage::addKubeconfigRequested, m_connect, &ConnectController::addFile);
    connect(m_settings, &SettingsController::sourcesChanged, m_connect, [this] { m_connect->reload(); });
    connect(m_settings, &SettingsController::failed, this, [this](const Error &error) {
        m_toasts->show({u"settings"_s, kit::Tone::Err, text::safe(error.what), text::safe(error.why), {}, true});
    });
    connect(m_connect, &ConnectController::grantsChanged, m_settings, [this] {
        if (m_settingsPage->isVisible())
            m_settings->open();
    });
}

void MainWindow::showKeys()
{
    auto *dialog = new dialogs::KeysDialog({{tr("Everywhere"),
                                             {{u"Ctrl K"_s, tr("go to anything")},
                                              {u"Ctrl ,"_s, tr("settings")},
                                              {u"F5"_s, tr("read again")},
                                              {u"/"_s, tr("filter")},
                                              {u"Ctrl Shift N"_s, tr("new window")},
                                              {u"Ctrl +"_s, tr("larger text")},
                                              {u"Ctrl −"_s, tr("smaller text")},
                                              {u"Ctrl W"_s, tr("close this window")},
                                              {u"Ctrl Q"_s, tr("quit")},
                                              {u"F1"_s, tr("this list")}}},
                                            {tr("Tables"),
                                             {{u"↑ ↓"_s, tr("move")},
                                              {u"Enter"_s, tr("open")},
                                              {u"Ctrl Enter"_s, tr("the button of the row")},
                                              {u"Ctrl C"_s, tr("copy the row")},
                                              {u"Space"_s, tr("select the row")},
                                              {u"Shift ↑ ↓"_s, tr("select several")},
                                              {u"Ctrl A"_s, tr("select all")},
                                              {u"Esc"_s, tr("back")}}},
                                            {tr("Pages"),
                                             {{u"Ctrl 0"_s, tr("contexts")},
                                              {u"Ctrl 1"_s, tr("overview")},
                                              {u"Ctrl 2"_s, tr("jobs")},
                                              {u"Ctrl 3"_s, tr("checkpoints")},
                                              {u"Ctrl 4"_s, tr("high availability")},
                                              {u"Ctrl 5"_s, tr("storage")},
                                              {u"Ctrl 6"_s, tr("events")},
                                              {u"Ctrl 7"_s, tr("nodes")},
                                              {u"Ctrl 8"_s, tr("pods")}}},
                                            {tr("Jobs, pods and logs"),
                                             {{u"R"_s, tr("resume…")},
                                              {u"Del"_s, tr("delete the selected jobs…")},
                                              {u"Menu"_s, tr("all that can be done with them")},
                                              {u"L"_s, tr("logs of the job or pod")},
                                              {u"Y"_s, tr("YAML of the pod")},
                                              {u"F"_s, tr("follow the log")},
                                              {u"N"_s, tr("next hit")},
                                              {u"Shift N"_s, tr("previous hit")},
                                              {u"E"_s, tr("next error")}}}},
                                           this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
}

} // namespace cairn::app
