// SPDX-License-Identifier: GPL-3.0-or-later
#include "gallery/Entries.h"
#include "kit/Label.h"
#include "kit/Marks.h"
#include "kit/Messages.h"
#include "kit/StateView.h"

#include <QScrollArea>
#include <QTimeZone>
#include <QVBoxLayout>

namespace cairn::gallery {

using namespace Qt::StringLiterals;
using namespace kit;

namespace {

QWidget *rows()
{
    auto *content = new QWidget;
    auto *column = vbox(8);
    column->setContentsMargins(12, 10, 12, 10);
    column->addWidget(new Label(u"bert-xl"_s, Type::Body, Token::Dim));
    column->addWidget(new Line);
    column->addWidget(new Label(u"t5-base"_s, Type::Body, Token::Dim));
    column->addStretch();
    content->setLayout(column);
    return content;
}

QWidget *inCard(const std::function<void(StateView *)> &set)
{
    auto *card = new Card(Card::Padding::Flush);
    auto *state = new StateView(rows());
    set(state);
    card->body()->addWidget(state);
    return card;
}

QWidget *empty()
{
    return inCard([](StateView *state) {
        state->setEmpty(u"No training jobs in nlp"_s,
            u"Other namespaces have 15. Jobs created with kubectl or a pipeline appear here automatically."_s,
            {{u"all"_s, u"Show all namespaces"_s}, {u"new"_s, u"New training job…"_s, ButtonVariant::Primary}});
    });
}

QWidget *loading()
{
    return inCard([](StateView *state) {
        state->setLoading(u"3 of 7 PVCs · 2 s"_s, 3, 7, true, u"Stop"_s);
        state->showPending();
    });
}

QWidget *loadingAlone()
{
    return inCard([](StateView *state) {
        state->setLoading(u"Reading jobs: 1 500 of about 20 000"_s, 1500, 20000, false, u"Stop"_s);
        state->showPending();
    });
}

QWidget *offline()
{
    return inCard([](StateView *state) {
        state->setOffline(u"Not connected since 12:51"_s,
            u"No answer from api.prod-train-eu.example. Next try in 8 s. What you see is from 12:51; changes wait."_s,
            {{u"now"_s, u"Try now"_s}});
    });
}

QWidget *forbidden()
{
    return inCard([](StateView *state) {
        state->setForbidden(u"You don't have permission to read logs in research"_s,
            u"The API server refused `get pods/log` for ana@example. Everything else on this page works."_s,
            u"kind: RoleBinding\nroleRef: {kind: ClusterRole, name: view}\nsubjects: [{kind: User, name: ana@example}]"_s,
            {{u"again"_s, u"Check again"_s}});
    });
}

QWidget *error()
{
    auto *state = new StateView(rows());
    Error error = Error::make(Error::Kind::Auth, u"The checkpoint list of gpt-neox could not be read"_s,
        u"The clock of this computer is 19 min ahead; the object store refuses more than 15."_s,
        u"Turn on network time, or let Cairn use the store's clock for signing."_s);
    error.httpStatus = 403;
    error.reason = u"RequestTimeTooSkewed"_s;
    state->setError(error, {{u"clock"_s, u"Use store's clock"_s, ButtonVariant::Primary}},
        QDateTime(QDate(2026, 11, 25), QTime(12, 57, 2), QTimeZone::utc()));
    return state;
}

QWidget *notes()
{
    auto *widget = new QWidget;
    auto *column = vbox(10);
    widget->setLayout(column);
    column->addWidget(new Note(Tone::Err, u"46 checkpoints of 5 jobs, oldest 31 d"_s, u"Deleted"_s));
    column->addWidget(new Note(Tone::Ok, u"85, among them the newest whole of each job"_s, u"Kept"_s));
    column->addWidget(new Note(Tone::Warn,
        u"Deleting cannot be undone: this PVC has no snapshots. A running resume reads bert-xl step 86 000; it is kept."_s));
    column->addWidget(new Note(Tone::Info, u"Every restart begins again at step 12 000."_s));
    column->addWidget(new Note(Tone::None, u"Nothing was changed."_s));
    widget->setFixedWidth(420);
    return widget;
}

QWidget *toasts()
{
    auto *window = new QWidget;
    window->setFixedSize(440, 250);
    auto *host = new ToastHost(window);
    host->show({u"a"_s, Tone::Err, u"llama-ft-7 failed at step 12 431"_s, u"newest whole: step 12 000"_s,
        {u"resume"_s, u"Resume…"_s, ButtonVariant::Primary}, true});
    host->show({u"b"_s, Tone::Ok, u"bert-xl saved step 86 500"_s, u"31.2 GiB in 74 s"_s, {}, true});
    host->show({u"c"_s, Tone::Warn, u"ckpt-shared full in 9 days"_s, u"1.1 TiB can be freed"_s,
        {u"prune"_s, u"Prune…"_s}, true});
    return window;
}

QWidget *longToast()
{
    auto *window = new QWidget;
    window->setFixedSize(440, 250);
    auto *foot = new QWidget(window);
    foot->setGeometry(0, 180, 440, 44);
    paintBackground(foot, Token::Panel);
    auto *host = new ToastHost(window);
    host->setFloor(foot);
    host->show({u"a"_s, Tone::Err, u"The PVC bert-xl-checkpoints cannot be tested from two nodes"_s,
        u"Its access modes allow writing from one node alone. Make one that is ReadWriteMany, or let the job have one node."_s, {}, true});
    return window;
}

QWidget *noticeList()
{
    auto *card = new Card(Card::Padding::Flush);
    auto *window = new QWidget(card);
    window->hide();
    auto *host = new ToastHost(window);
    host->show({u"c"_s, Tone::Warn, u"ckpt-shared full in 9 days"_s, u"1.1 TiB can be freed"_s, {u"prune"_s, u"Prune…"_s}, true});
    host->show({u"b"_s, Tone::Ok, u"bert-xl saved step 86 500"_s, u"31.2 GiB in 74 s"_s, {}, true});
    host->markRead();
    host->show({u"a"_s, Tone::Err, u"llama-ft-7 failed at step 12 431"_s, u"newest whole: step 12 000"_s,
        {u"resume"_s, u"Resume…"_s, ButtonVariant::Primary}, true});
    card->body()->addWidget(new NoticeList(host, QDateTime::currentDateTimeUtc()));
    return card;
}

QWidget *checkList()
{
    using State = CheckItem::State;
    auto *list = new CheckList;
    list->setItems({{u"1"_s, State::Ok, u"Checkpoint is whole: 32 of 32 shards, metadata readable"_s, {}, u"0.4 s"_s,
                        {}},
        {u"2"_s, State::Ok, u"Quota in research: 32 of 64 GPUs free"_s, {}, u"0.1 s"_s, {}},
        {u"3"_s, State::Warn, u"Node gpu-4 is not ready: 28 GPUs can be scheduled now, the job needs 32"_s, {}, {},
            {u"use3"_s, u"Use 3 workers"_s}},
        {u"4"_s, State::Err, u"The PVC ckpt-shared is full"_s,
            u"Saving needs 27.1 GiB; 3.2 GiB are free. Prune old checkpoints first."_s, {}, {u"prune"_s, u"Prune…"_s}},
        {u"5"_s, State::Running, u"The API server checks the job (dry run)"_s, {}, {}, {}},
        {u"6"_s, State::Waiting, u"Pods start"_s, {}, {}, {}}});
    list->setFixedWidth(640);
    return list;
}

QWidget *doctor()
{
    using State = DoctorStep::State;
    auto *card = new Card;
    auto *steps = new DoctorSteps;
    DoctorStep plugin{u"exec"_s, State::Failed, u"Exec plugin found"_s,
        u"`gke-gcloud-auth-plugin` is not in any of these folders: `/usr/local/bin:/usr/bin:/bin`"_s, u"failed"_s,
        u"Cairn was started from the desktop and got a shorter PATH than your terminal. Your login shell finds the "
        u"program here:"_s,
        u"/opt/google-cloud-sdk/bin"_s,
        {{u"add"_s, u"Add this folder for Cairn only"_s, {}, u"Add folder"_s, true},
            {u"copy"_s, u"Or install it for all users"_s, u"gcloud components install gke-gcloud-auth-plugin"_s,
                u"Copy command"_s, false}}};
    steps->setSteps({{u"file"_s, State::Done, u"Kubeconfig read"_s,
                         u"`~/.kube/config` · user `gke_vision-main` · namespace vision"_s, u"3 ms"_s, {}, {}, {}},
        plugin,
        {u"cred"_s, State::Waiting, u"Credential obtained"_s,
            u"Will run once, at most 15 s; you may see a browser window"_s, u"waits for step 2"_s, {}, {}, {}},
        {u"tls"_s, State::Done, u"TLS"_s, u"Certificate matches the CA in the file · valid 61 more days"_s,
            u"tried without a credential · 62 ms"_s, {}, {}, {}},
        {u"api"_s, State::Running, u"API reachable"_s, u"Waiting for the server"_s, u"2 s of at most 5 s"_s, {}, {},
            {}},
        {u"rbac"_s, State::Waiting, u"Permissions"_s, u"17 rights to check: list jobs, read logs, create jobs"_s,
            u"waits for step 3"_s, {}, {}, {}}});
    auto *scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setFocusPolicy(Qt::NoFocus);
    auto *inside = new QWidget;
    auto *column = vbox(0);
    column->addWidget(steps);
    column->addStretch();
    inside->setLayout(column);
    scroll->setWidget(inside);
    inside->setAutoFillBackground(false);
    scroll->viewport()->setAutoFillBackground(false);
    card->body()->addWidget(scroll);
    return card;
}

} // namespace

void registerStateEntries(GalleryRegistry &registry)
{
    registry.add({u"state.empty"_s, u"Empty"_s, empty, {{340, 248}}});
    registry.add({u"state.loading"_s, u"Loading, rows arrive"_s, loading, {{340, 248}}});
    registry.add({u"state.loading-alone"_s, u"Loading, nothing yet"_s, loadingAlone, {{340, 248}}});
    registry.add({u"state.offline"_s, u"Offline"_s, offline, {{340, 248}}});
    registry.add({u"state.forbidden"_s, u"Forbidden"_s, forbidden, {{340, 300}}});
    registry.add({u"state.error"_s, u"Error"_s, error, {{340, 300}}});
    registry.add({u"kit.notes"_s, u"Notes"_s, notes, {}});
    registry.add({u"kit.toasts"_s, u"Notifications"_s, toasts, {}});
    registry.add({u"kit.toasts.long"_s, u"Notification with a long text, above a foot"_s, longToast, {}});
    registry.add({u"kit.notices"_s, u"List of notifications"_s, noticeList, {{390, 220}}});
    registry.add({u"kit.checklist"_s, u"Check list"_s, checkList, {}});
    registry.add({u"kit.doctor"_s, u"Sign-in doctor"_s, doctor, {{446, 660}}});
}

} // namespace cairn::gallery
