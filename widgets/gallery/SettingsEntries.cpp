// SPDX-License-Identifier: GPL-3.0-or-later
#include "dialogs/KeysDialog.h"
#include "dialogs/Palette.h"
#include "gallery/PageEntries.h"
#include "kit/Theme.h"
#include "pages/SettingsPage.h"

namespace cairn::gallery {

using namespace Qt::StringLiterals;
using items::PaletteEntry;
using pages::Grant;
using pages::SettingsPage;

namespace {

SettingsPage *page(bool grants)
{
    auto *page = new SettingsPage;
    pages::SettingsView view;
    view.alerts.quiet = grants;
    view.alerts.wanted.remove(situation::AlertKind::ClaimFull);
    page->setSettings(view);
    page->setDesktopReachable(grants);
    page->setFacts({{u"Version"_s, u"Cairn 0.2.0"_s}, {u"Licence"_s, u"GPL-3.0-or-later"_s}, {u"Settings file"_s, u"~/.config/cairn/cairn.conf"_s}});
    if (grants)
        page->setGrants({{Grant::Kind::Program, u"p"_s, u"kubelogin"_s, u"prod-train-eu"_s},
                         {Grant::Kind::Helper, u"h"_s, u"research"_s, u"https://api.prod-train-eu.example:6443"_s},
                         {Grant::Kind::Kubelets, u"k"_s, u"https://api.prod-train-eu.example:6443"_s, {}},
                         {Grant::Kind::Kubeconfig, u"f"_s, u"~/clusters/hpc-us.yaml"_s, {}}});
    return page;
}

/// The palette over an empty window.
QWidget *palette(const QString &query)
{
    auto *window = new QWidget;
    window->setAccessibleName(u"Window"_s);
    kit::paintBackground(window, kit::Token::Bg);
    auto *model = new items::PaletteModel(window);
    using Kind = PaletteEntry::Kind;
    model->setEntries({{u"overview"_s, Kind::Page, u"overview"_s, u"Overview"_s, {}, u"Ctrl 1"_s, {}, false},
                       {u"jobs"_s, Kind::Page, u"jobs"_s, u"Jobs"_s, {}, u"Ctrl 2"_s, {}, false},
                       {u"checkpoints"_s, Kind::Page, u"checkpoints"_s, u"Checkpoints"_s, {}, u"Ctrl 3"_s, {}, false},
                       {u"ha"_s, Kind::Page, u"availability"_s, u"High availability"_s, {}, u"Ctrl 4"_s, {}, false},
                       {u"theme.dark"_s, Kind::Action, u"settings"_s, u"Dark colours"_s, {}, {}, {}, false},
                       {u"keys"_s, Kind::Action, u"help"_s, u"Keyboard shortcuts"_s, {}, u"F1"_s, {}, false},
                       {u"context:a"_s, Kind::Context, u"connect"_s, u"Switch to train-hpc-us"_s, u"api.train-hpc-us.example:6443"_s, {}, {}, true},
                       {u"claim:a"_s, Kind::Object, u"storage"_s, u"llama-checkpoints"_s, u"PVC · research"_s, {}, {}, false}},
                      {{u"u1"_s, u"llama-ft-7"_s, u"research"_s, u"PyTorchJob · research · Failed"_s, true, u"12\u202f000"_s},
                       {u"u2"_s, u"llama-ft-6"_s, u"research"_s, u"PyTorchJob · research · Succeeded"_s, false, {}},
                       {u"u3"_s, u"bert-xl"_s, u"nlp"_s, u"TrainJob · nlp · Running"_s, true, u"41\u202f000"_s}});
    model->setRecent({u"open:u3"_s, u"ha"_s});
    auto *shown = new dialogs::Palette(model, window);
    shown->open(query);
    return window;
}

QWidget *keys()
{
    auto *dialog = new dialogs::KeysDialog({{u"Everywhere"_s, {{u"Ctrl K"_s, u"Command palette"_s}, {u"Ctrl ,"_s, u"Settings"_s}, {u"F5"_s, u"Refresh"_s}}},
                                            {u"Tables"_s, {{u"↑ ↓"_s, u"move"_s}, {u"Enter"_s, u"open"_s}}},
                                            {u"Pages"_s, {{u"Ctrl 1"_s, u"overview"_s}, {u"Ctrl 2"_s, u"jobs"_s}}},
                                            {u"Jobs, pods and logs"_s, {{u"R"_s, u"resume…"_s}, {u"Shift N"_s, u"previous hit"_s}}}});
    dialog->setWindowFlags(Qt::Widget);
    return dialog;
}

} // namespace

void registerSettingsEntries(kit::GalleryRegistry &registry)
{
    const QList<QSize> one{pageSizes().first()};
    registry.add({u"page.settings"_s, u"Settings"_s, [] { return page(true); }, pageSizes()});
    registry.add({u"page.settings.fresh"_s, u"Settings, nothing allowed yet"_s, [] { return page(false); }, one});
    registry.add({u"palette"_s, u"Palette, what was chosen lately first"_s, [] { return palette({}); }, one});
    registry.add({u"palette.found"_s, u"Palette, an act on a job"_s, [] { return palette(u"res llama"_s); }, one});
    registry.add({u"palette.nothing"_s, u"Palette, nothing found"_s, [] { return palette(u"zzz"_s); }, one});
    registry.add({u"dialog.keys"_s, u"Keyboard shortcuts"_s, keys, {QSize(760, 480)}});
}

} // namespace cairn::gallery
