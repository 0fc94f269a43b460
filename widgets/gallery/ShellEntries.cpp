// SPDX-License-Identifier: GPL-3.0-or-later
#include "gallery/Entries.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Label.h"
#include "kit/Marks.h"
#include "kit/Messages.h"
#include "kit/Navigation.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace cairn::gallery {

using namespace Qt::StringLiterals;
using namespace kit;

namespace {

void addPages(Sidebar *sidebar)
{
    sidebar->addPage(u"overview"_s, u"overview"_s, u"Overview"_s);
    sidebar->addPage(u"jobs"_s, u"jobs"_s, u"Jobs"_s)->setBadge(9);
    sidebar->addPage(u"checkpoints"_s, u"checkpoints"_s, u"Checkpoints"_s);
    sidebar->addPage(u"ha"_s, u"availability"_s, u"High availability"_s)->setBadge(2, Tone::Warn);
    sidebar->addPage(u"storage"_s, u"storage"_s, u"Storage"_s)->setBadge(3, Tone::Warn);
    sidebar->addPage(u"events"_s, u"events"_s, u"Events"_s);
    sidebar->addFoot(u"palette"_s, u"palette"_s, u"Command palette"_s)->setKeyHint(u"Ctrl K"_s);
    sidebar->addFoot(u"settings"_s, u"settings"_s, u"Settings"_s);
}

QWidget *sidebar()
{
    auto *sidebar = new Sidebar;
    sidebar->context()->set(ContextCard::Link::Live, u"train-hpc-us"_s, u"v1.34.2 · 148 nodes · namespace: all"_s);
    addPages(sidebar);
    sidebar->setCurrent(u"jobs"_s);
    return sidebar;
}

QWidget *sidebarOff()
{
    auto *sidebar = new Sidebar;
    addPages(sidebar);
    for (const auto &id : {u"overview"_s, u"jobs"_s, u"checkpoints"_s, u"ha"_s, u"storage"_s, u"events"_s})
        sidebar->item(id)->setEnabled(false);
    return sidebar;
}

QWidget *header()
{
    auto *widget = new QWidget;
    auto *column = vbox(18);
    column->setContentsMargins(22, 18, 22, 18);
    auto *jobs = new PageHeader(u"Jobs"_s);
    jobs->setAnswer(u"214 in 11 namespaces · 1\u202F312 of 1\u202F536 GPUs in use"_s);
    jobs->addAction(new Button(u"Columns…"_s));
    jobs->addAction(new Button(u"Export…"_s));
    jobs->addAction(new Button(u"New training job…"_s, ButtonVariant::Primary));
    auto *job = new PageHeader(u"llama-ft-7"_s);
    job->addBefore(new Label(u"Jobs ›"_s, Type::Body, Token::Dim));
    job->addAfterTitle(new Tag(u"Failed"_s, Tone::Err));
    job->setAnswer(u"worker-3: node gpu-4 lost · 4 min ago"_s);
    job->addAction(new Button(u"Resume…"_s, ButtonVariant::Primary));
    column->addWidget(jobs);
    column->addWidget(job);
    widget->setLayout(column);
    return widget;
}

QWidget *statusBar()
{
    auto *bar = new StatusBar;
    bar->setLink(ContextCard::Link::Live, u"live · 96 ms"_s);
    bar->setCounts(u"214 jobs · 3\u202F406 pods · prices from settings, $2.20 a GPU-hour"_s);
    bar->setRights(u"read-write as ops@example · RBAC checked"_s);
    auto *nowhere = new QWidget(bar);
    nowhere->hide();
    auto *host = new ToastHost(nowhere);
    host->show({u"a"_s, Tone::Err, u"llama-ft-7 failed at step 12 431"_s, {}, {}, true});
    host->show({u"b"_s, Tone::Ok, u"bert-xl saved step 86 500"_s, {}, {}, true});
    bar->addAtEnd(new NoticeBell(host));
    return bar;
}

} // namespace

void registerShellEntries(GalleryRegistry &registry)
{
    registry.add({u"shell.sidebar"_s, u"Sidebar"_s, sidebar, {{216, 560}}});
    registry.add({u"shell.sidebar-off"_s, u"Sidebar, not connected"_s, sidebarOff, {{216, 560}}});
    registry.add({u"shell.header"_s, u"Page header"_s, header, {{1100, 120}}});
    registry.add({u"shell.status"_s, u"Status bar"_s, statusBar, {{1100, 26}}});
}

} // namespace cairn::gallery
