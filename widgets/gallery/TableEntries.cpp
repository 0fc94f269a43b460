// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/Checkpoint.h"
#include "gallery/Entries.h"
#include "items/Roles.h"
#include "kit/Card.h"
#include "views/DataTable.h"

#include <QStandardItemModel>
#include <QVBoxLayout>

namespace cairn::gallery {

using namespace Qt::StringLiterals;
using namespace kit;
using views::CellKind;
using views::DataTable;

namespace {

using Item = QStandardItem;

Item *cell(const QString &text, std::initializer_list<std::pair<int, QVariant>> roles = {})
{
    auto *item = new Item(text);
    for (const auto &[role, value] : roles)
        item->setData(value, role);
    return item;
}

Item *tagged(const QString &word, Tone tone, const QString &detail = {})
{
    return cell(
        word, {{items::TagRole, QVariant::fromValue(items::TagValue{word, tone})}, {items::DetailRole, detail}});
}

int tone(Tone value)
{
    return static_cast<int>(value);
}

QStandardItemModel *jobsModel(QObject *parent)
{
    auto *model = new QStandardItemModel(parent);
    model->setHorizontalHeaderLabels({u"Name"_s, u"Namespace"_s, u"Kind"_s, u"State"_s, u"Progress"_s, u"Ready"_s,
        u"GPUs"_s, u"Last checkpoint"_s, u"Unsaved work"_s});
    struct Row {
        QString name, ns, kind, state;
        Tone stateTone;
        QString why;
        double progress;
        QString ready;
        bool bad;
        int gpus;
        std::optional<Verdict> verdict;
        QString age;
        Tone ageTone;
        double lost;
        Tone lostTone;
    };
    using V = Verdict;
    const QList<Row> rows{{u"moe-8x7b-pt"_s, u"research"_s, u"PyTorchJob"_s, u"Running"_s, Tone::Ok, {}, .41,
                              u"16/16"_s, false, 128, V::Unverified, u"2 h 51 min"_s, Tone::Warn, 364.8, Tone::Err},
        {u"sd3-finetune"_s, u"vision"_s, u"PyTorchJob"_s, u"Restarting"_s, Tone::Warn, u"3rd"_s, .55, u"5/8"_s, true,
            64, V::Damaged, u"12 min"_s, Tone::Err, 42.7, Tone::Warn},
        {u"gpt-neox-20b"_s, u"research"_s, u"MPIJob"_s, u"Running"_s, Tone::Ok, {}, .38, u"13/13"_s, false, 96,
            V::Writing, u"now"_s, Tone::None, 41.6, Tone::Warn},
        {u"llama3-70b-sft"_s, u"research"_s, u"PyTorchJob"_s, u"Failed"_s, Tone::Err, u"OOM"_s, .68, u"3/4"_s, true, 32,
            V::Whole, u"58 min"_s, Tone::None, 30.9, Tone::Warn},
        {u"bert-xl-mlm"_s, u"nlp"_s, u"PyTorchJob"_s, u"Running"_s, Tone::Ok, {}, .22, u"8/8"_s, false, 8, V::Whole,
            u"2 h 10 min"_s, Tone::Warn, 17.3, Tone::Warn},
        {u"mixtral-dpo-2"_s, u"research"_s, u"PyTorchJob"_s, u"Running"_s, Tone::Ok, {}, .09, u"4/4"_s, false, 32, {},
            u"none yet"_s, Tone::Warn, 13.0, Tone::Warn},
        {u"whisper-zh"_s, u"speech"_s, u"PyTorchJob"_s, u"Running"_s, Tone::Ok, {}, .73, u"4/4"_s, false, 32, V::Whole,
            u"19 min"_s, Tone::None, 10.1, Tone::None},
        {u"vit-h-14"_s, u"vision"_s, u"TFJob"_s, u"Running"_s, Tone::Ok, {}, .64, u"9/9"_s, false, 32, V::Whole,
            u"12 min"_s, Tone::None, 6.4, Tone::None},
        {u"xgb-ctr-daily"_s, u"ads"_s, u"XGBoostJob"_s, u"Running"_s, Tone::Ok, {}, .51, u"5/5"_s, false, 0,
            V::Unverified, u"8 min"_s, Tone::None, 0.7, Tone::None},
        {u"clip-small"_s, u"vision"_s, u"JAXJob"_s, u"Suspended"_s, Tone::Idle, u"by Kueue"_s, .47, u"0/4"_s, false, 0,
            V::Whole, u"1 d"_s, Tone::None, 0, Tone::Dim},
        {u"a-very-long-name-that-somebody-gave-to-a-sweep-0123456789"_s, u"research"_s, u"PaddleJob"_s, u"Queued"_s,
            Tone::Idle, {}, -1, u"0/2"_s, false, 16, {}, u"–"_s, Tone::Dim, 0, Tone::Dim}};
    for (const Row &row : rows) {
        const bool finished = row.state == "Failed"_L1;
        const bool idle = row.state == "Suspended"_L1;
        QList<Item *> line{cell(row.name, {{items::StrongRole, true}}),
            cell(row.ns, {{items::ToneRole, tone(Tone::Dim)}}), cell(row.kind),
            tagged(row.state, row.stateTone, row.why),
            cell(row.progress < 0 ? u"–"_s : u"%1\u202F%"_s.arg(qRound(row.progress * 100)),
                {{items::ProgressRole, row.progress}, {items::SortRole, row.progress},
                    {items::ProgressToneRole,
                        tone(finished  ? Tone::Err
                                : idle ? Tone::Idle
                                       : Tone::Info)}}),
            cell(row.ready, {{items::ToneRole, tone(row.bad ? Tone::Err : Tone::None)}, {items::StrongRole, row.bad}}),
            cell(QString::number(row.gpus), {{items::SortRole, row.gpus}}),
            cell(row.age,
                {{items::TrustRole, row.verdict ? QVariant(static_cast<int>(*row.verdict)) : QVariant()},
                    {items::ToneRole, tone(row.ageTone)}}),
            cell(row.lost > 0 ? u"%1 GPU-h"_s.arg(row.lost, 0, 'f', 1) : u"0"_s,
                {{items::SortRole, row.lost}, {items::ToneRole, tone(row.lostTone)},
                    {items::StrongRole, row.lostTone == Tone::Err}})};
        for (Item *item : std::as_const(line))
            item->setData(row.name, items::KeyRole);
        model->appendRow(line);
    }
    return model;
}

DataTable *jobsTable()
{
    auto *table = new DataTable(u"Jobs"_s);
    table->setColumns({{0, CellKind::Text, 100, 180, true}, {1, CellKind::Text, 60, 140}, {2, CellKind::Text, 70, 120},
        {3, CellKind::Tag, 80, 220}, {4, CellKind::Progress, 110, 160}, {5, CellKind::Number}, {6, CellKind::Number},
        {7, CellKind::Trust, 100, 200}, {8, CellKind::Number, 100, 200}});
    table->setCheckable(true);
    table->setSource(jobsModel(table));
    table->sortBy(8);
    return table;
}

QWidget *inCard(DataTable *table)
{
    auto *card = new Card(Card::Padding::Flush);
    card->body()->addWidget(table);
    return card;
}

QWidget *jobs()
{
    auto *table = jobsTable();
    table->setCheckedKeys({u"llama3-70b-sft"_s, u"bert-xl-mlm"_s, u"mixtral-dpo-2"_s});
    table->setCurrentKey(u"mixtral-dpo-2"_s);
    table->setProperty("galleryFocus", true);
    return inCard(table);
}

QWidget *filtered()
{
    auto *table = jobsTable();
    table->setPlaceholder(u"No job matches “nothing”. 11 are hidden by the filter."_s);
    table->filter()->setText(u"nothing"_s);
    return inCard(table);
}

QWidget *skeleton()
{
    auto *table = new DataTable(u"PVCs"_s);
    auto *model = new QStandardItemModel(table);
    model->setHorizontalHeaderLabels({u"PVC"_s, u"Used"_s, u"Full in"_s});
    table->setColumns({{0, CellKind::Text, 120}, {1, CellKind::Text, 120}, {2, CellKind::Number, 80}});
    table->setSource(model);
    table->setSkeleton(true);
    return inCard(table);
}

QWidget *contexts()
{
    auto *table = new DataTable(u"Contexts"_s);
    auto *model = new QStandardItemModel(table);
    model->setHorizontalHeaderLabels({u"Context"_s, u"Sign-in"_s, u"State"_s, {}});
    const auto add = [&](const QString &name, const QString &server, const QString &how, const QString &user,
                         const QString &state, Tone stateTone, const QString &note, const QString &button) {
        auto *stateCell = tagged(state, stateTone);
        stateCell->setData(note, items::SecondLineRole);
        auto *action = cell({},
            {{items::ActionRole,
                QVariant::fromValue(items::ActionValue{u"context.connect"_s, button, false, true, {}})}});
        QList<Item *> line{cell(name, {{items::StrongRole, true}, {items::SecondLineRole, server}}),
            cell(how, {{items::SecondLineRole, user}}), stateCell, action};
        for (Item *item : std::as_const(line))
            item->setData(name, items::KeyRole);
        model->appendRow(line);
    };
    add(u"prod-train-eu"_s, u"api.prod-train-eu.example:6443"_s, u"Single sign-on"_s, u"kubelogin"_s, u"Reachable"_s,
        Tone::Ok, u"v1.34.2 · 41 ms"_s, u"Connect"_s);
    add(u"train-hpc-us"_s, u"9F2C.gr7.us-east-1.eks.example:443"_s, u"AWS"_s, u"aws eks get-token"_s,
        u"Needs sign-in"_s, Tone::Warn, u"session ended 3 h ago"_s, u"Sign in…"_s);
    add(u"staging"_s, u"10.20.0.11:6443"_s, u"Client certificate"_s, u"CN=mlops, O=team-nlp"_s,
        u"Certificate expired"_s, Tone::Err, u"ended 11 Nov, 12 days ago"_s, u"How to renew"_s);
    add(u"gke-vision"_s, u"34.90.17.202:443"_s, u"Google Cloud"_s, u"gke-gcloud-auth-plugin"_s,
        u"Exec plugin not found"_s, Tone::Err, u"not on the PATH of Cairn"_s, u"Fix…"_s);
    add(u"minikube"_s, u"127.0.0.1:49155"_s, u"Client certificate"_s, u"CN=minikube-user"_s, u"Checking…"_s, Tone::Idle,
        u"2 s of at most 5 s"_s, {});
    table->setColumns({{0, CellKind::Text, 160, 300, true}, {1, CellKind::Text, 120, 200}, {2, CellKind::Tag, 140, 240},
        {3, CellKind::Action, 110, 160}});
    table->setTwoLine(true);
    table->setSource(model);
    table->setCurrentKey(u"gke-vision"_s);
    return inCard(table);
}

} // namespace

void registerTableEntries(GalleryRegistry &registry)
{
    registry.add({u"table.jobs"_s, u"Table: jobs"_s, jobs, {{1000, 420}}});
    registry.add({u"table.filtered"_s, u"Table: all hidden"_s, filtered, {{1000, 160}}});
    registry.add({u"table.skeleton"_s, u"Table: first read"_s, skeleton, {{340, 240}}});
    registry.add({u"table.contexts"_s, u"Table: two lines, actions"_s, contexts, {{714, 276}}});
}

} // namespace cairn::gallery
