// SPDX-License-Identifier: GPL-3.0-or-later
// The fields of a form, and the page of a wizard that is made of them.
#include "editors/CodeEditor.h"
#include "forms/ChoiceField.h"
#include "forms/FieldRow.h"
#include "forms/ListFields.h"
#include "forms/LiveSplit.h"
#include "forms/NumberField.h"
#include "forms/StepList.h"
#include "forms/TextFields.h"
#include "gallery/Entries.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Label.h"
#include "kit/Marks.h"

#include <QHBoxLayout>
#include <QRegularExpression>
#include <QVBoxLayout>

namespace cairn::gallery {

using namespace Qt::StringLiterals;
using namespace forms;
using namespace std::chrono_literals;
using kit::Token;
using kit::Tone;
using kit::Type;

namespace {

QWidget *inCard(QWidget *content, int width)
{
    auto *card = new kit::Card;
    card->body()->addWidget(content);
    card->setFixedWidth(width);
    return card;
}

QWidget *focused(Field *field)
{
    field->focusProxy()->setProperty("galleryFocus", true);
    return field;
}

ChoiceField *choice(const QString &name, const QString &text, const QString &detail = {})
{
    auto *field = new ChoiceField(name);
    field->setOptions({{u"1"_s, text, detail, {}}});
    field->setValue(u"1"_s);
    return field;
}

NumberField *stepper(const QString &name, double value)
{
    auto *field = new NumberField(name, {}, NumberField::Look::Stepper);
    field->setRange(1, 64);
    field->setValue(value);
    return field;
}

NumberField *plain(const QString &name, const QString &unit, const QVariant &value)
{
    auto *field = new NumberField(name, unit);
    field->setValue(value);
    return field;
}

QWidget *numbers()
{
    auto *form = new Form;
    FieldRow *nodes = form->addRow(u"Nodes"_s);
    nodes->add(stepper(u"Nodes"_s, 4));
    nodes->addWords(u"×"_s);
    nodes->add(stepper(u"GPUs of a node"_s, 8));
    nodes->add(choice(u"Kind of GPU"_s, u"GPUs, A100 80 GB"_s));
    nodes->addWords(u"= 32 GPUs"_s);
    nodes->setHint(u"One master and 3 workers, 8 processes each: 32 ranks. Nodes of this kind have 8 GPUs, so none is left idle."_s);
    FieldRow *pod = form->addRow(u"Each pod"_s);
    auto *cpu = plain(u"CPU of a pod"_s, u"CPU"_s, 48);
    auto *memory = new QuantityField(u"Memory of a pod"_s, u"Gi"_s, u"GiB memory"_s);
    memory->setValue(u"480Gi"_s);
    pod->add(cpu);
    pod->add(memory);
    pod->setHint(u"Of 64 CPU and 1\u202f006 GiB a node. Requests equal limits; bert-xl used 41 CPU and 388 GiB at most."_s);
    FieldRow *shared = form->addRow(u"Shared memory"_s);
    auto *shm = new QuantityField(u"Shared memory"_s, u"Gi"_s, u"GiB, of the 480"_s);
    shm->setBounds(u"64Mi"_s, u"480Gi"_s);
    shm->setValue(u"640Gi"_s);
    shm->reveal();
    shared->add(shm);
    FieldRow *every = form->addRow(u"Save every"_s);
    auto *steps = plain(u"Save every so many steps"_s, u"steps or"_s, 500);
    focused(steps);
    every->add(steps);
    every->add(plain(u"Save every so many epochs"_s, u"epochs or"_s, {}));
    auto *minutes = plain(u"Save every so many minutes"_s, u"minutes"_s, {});
    minutes->setRefusal(u"This trainer cannot save by the clock: minutes are turned into steps."_s);
    every->add(minutes);
    FieldRow *grace = form->addRow(u"Grace period"_s);
    auto *time = new DurationField(u"Grace period"_s, 1s);
    time->setValue(qint64(180'000));
    grace->add(time);
    grace->setHint(u"One step and one save took 98 s at most."_s);
    return inCard(form, 720);
}

QWidget *texts()
{
    auto *form = new Form;
    FieldRow *name = form->addRow(u"Name"_s);
    auto *text = new TextField(u"Name"_s);
    text->setPattern(QRegularExpression(u"[a-z0-9-]+"_s), u"At most 63 lower-case letters, digits and hyphens."_s);
    text->setColumns(24);
    text->setValue(u"Bert_xl"_s);
    text->reveal();
    name->add(text);
    name->addWords(u"in"_s);
    name->add(choice(u"Namespace"_s, u"nlp"_s));
    auto *image = new TextField(u"Image"_s);
    image->setMono();
    image->setValue(u"ghcr.example/nlp/bert:2.1"_s);
    form->addRow(u"Image"_s, image)
        ->setFindings({{Tone::Ok, u"On 12 nodes as sha256:9c1f…e07"_s}, {Tone::Ok, u"pull secret ghcr-pull is in nlp"_s}, {Tone::Warn, u"moves with :latest"_s}});
    auto *lines = new LinesField(u"Arguments"_s);
    lines->setValue(QStringList{u"--model_name=bert-large-uncased"_s, u"--max_steps=120000"_s, u"--bf16=true"_s});
    form->addRow(u"Arguments"_s, lines)->setHint(u"One a line, passed as they are: no shell, no quotes."_s);
    form->addLine();
    auto *key = new SecretField(u"Secret key"_s);
    key->setValue(u"not the real one"_s);
    form->addRow(u"Credentials"_s, key)->setHint(u"Sent with the apply, in no file."_s);
    auto *kept = new SecretField(u"Token"_s);
    kept->setKept(true);
    form->addRow(u"Token"_s, kept);
    auto *path = new PathField(u"Save to"_s, PathField::Kind::Folder);
    path->setValue(u"~/src/kubeflow-ha"_s);
    form->addRow(u"Save to"_s, path)->setHint(u"15 files; what is there by hand stays."_s);
    return inCard(form, 720);
}

QWidget *lists()
{
    auto *form = new Form;
    auto *variables = new KeyValueField(u"Environment"_s, u"Add a variable"_s);
    variables->addOffer(new kit::Button(u"Add from a Secret or ConfigMap…"_s, kit::ButtonVariant::Link, kit::Button::Size::Small));
    variables->setKeyPattern(QRegularExpression(u"[A-Za-z_][A-Za-z0-9_]*"_s), u"Letters, digits and _; the first is not a digit."_s);
    variables->setValue(QVariant::fromValue(
        KeyValues{{u"HF_TOKEN"_s, {}, u"Secret hf-token, key token"_s}, {u"NCCL_DEBUG"_s, u"INFO"_s, {}}, {u"2ND"_s, u"x"_s, {}}}));
    variables->reveal();
    form->addRow(u"Environment"_s, variables);
    auto *hosts = new ListField(u"Tolerations"_s, u"Add a toleration"_s);
    hosts->setValue(QStringList{u"nvidia.com/gpu:NoSchedule"_s, u"pool=a100-80g:NoSchedule"_s});
    form->addRow(u"Tolerations"_s, hosts)->setHint(u"Alt ↑ and Alt ↓ move a row."_s);
    auto *group = new CheckGroupField(u"On a failure"_s);
    group->setItems({{u"sigterm"_s, u"Save before the pod goes"_s, u"Grace period 180 s: one step and one save took 98 s at most."_s, {}},
        {u"restart"_s, u"Continue from the newest whole checkpoint"_s, {}, {}},
        {u"elastic"_s, u"Continue with fewer nodes"_s, {}, u"At another size a Hugging Face run continues with different random numbers."_s}});
    group->setValue(QStringList{u"sigterm"_s, u"restart"_s});
    form->addRow(u"On a failure"_s, group);
    return inCard(form, 720);
}

QWidget *choices()
{
    auto *form = new Form;
    FieldRow *clone = form->addRow(u"Clone of"_s);
    auto *job = choice(u"Clone of"_s, u"bert-xl"_s, u"nlp · Running"_s);
    focused(job);
    clone->add(job);
    clone->addWidget(new kit::Button(u"Start from a checkpoint…"_s));
    clone->setHint(u"Name, checkpoint folder and lineage are new; everything else is copied."_s);
    auto *claim = new ChoiceField(u"PVC"_s);
    claim->setOptions({{u"a"_s, u"scratch-old"_s, {}, {}}, {u"b"_s, u"bert-out"_s, {}, u"ReadWriteOnce: one node at a time, and this job has 4."_s}});
    claim->setRequired(u"Choose where the output goes."_s);
    claim->reveal();
    FieldRow *output = form->addRow(u"Output"_s);
    output->add(claim);
    auto *queue = choice(u"Queue"_s, u"nlp-queue"_s, u"Kueue"_s);
    queue->setRefusal(u"The namespace sets its queue."_s);
    FieldRow *fixed = form->addRow(u"Queue"_s);
    fixed->add(queue);
    return inCard(form, 720);
}

StepList *steps()
{
    auto *list = new StepList(u"New training job"_s);
    list->setSteps({{u"kind"_s, u"Kind and image"_s, u"PyTorchJob, a clone of bert-xl"_s, Step::State::Settled},
        {u"workers"_s, u"Workers and placement"_s, u"4 × 8 GPUs, one node short"_s, Step::State::Waiting},
        {u"storage"_s, u"Storage"_s, u"output: choose a PVC"_s, Step::State::Fails},
        {u"checkpoints"_s, u"Checkpoints"_s, u"every 3 h: improve"_s, Step::State::Look}, {u"review"_s, u"Review"_s, {}, Step::State::Waiting}});
    list->setCurrent(1);
    list->setFoot(u"Draft saved 1 min ago"_s);
    return list;
}

QWidget *stepList()
{
    return steps();
}

QWidget *wizard()
{
    auto *page = new QWidget;
    auto *column = kit::vbox(12);
    column->setContentsMargins(22, 18, 22, 18);
    auto *title = kit::hbox(10);
    title->addWidget(new kit::Label(u"Workers and placement"_s, Type::PageTitle));
    title->addWidget(new kit::Label(u"How many, how large, and where"_s, Type::Body, Token::Dim), 1);
    column->addLayout(title);
    column->addWidget(new kit::Label(u"Not now: 32 GPUs are free, but only 3 nodes have all 8"_s, Type::StateTitle));
    auto *form = new Form;
    FieldRow *nodes = form->addRow(u"Nodes"_s);
    nodes->add(stepper(u"Nodes"_s, 4));
    nodes->addWords(u"×"_s);
    nodes->add(stepper(u"GPUs of a node"_s, 8));
    nodes->add(choice(u"Kind of GPU"_s, u"GPUs, A100 80 GB"_s));
    nodes->addWords(u"= 32 GPUs"_s);
    nodes->setHint(u"One master and 3 workers, 8 processes each: 32 ranks."_s);
    FieldRow *pool = form->addRow(u"Node pool"_s);
    pool->add(choice(u"Node pool"_s, u"a100-80g"_s, u"12 nodes, 11 ready"_s));
    pool->setHint(u"By the label pool=a100-80g."_s);
    auto *group = new CheckGroupField(u"Runs as"_s);
    group->setItems({{u"user"_s, u"user 1000, no privileges, default seccomp profile"_s, {}, {}}});
    group->setValue(QStringList{u"user"_s});
    form->addRow(u"Runs as"_s, group)->setHint(u"nlp enforces Pod Security restricted; the image’s own user is 1000."_s);
    column->addWidget(form);
    column->addStretch(1);
    page->setLayout(column);
    kit::paintBackground(page, Token::Panel);

    auto *live = new LivePane(u"Live result"_s, {u"YAML"_s, u"Diff to bert-xl"_s, u"Fit"_s});
    auto *editor = new editors::CodeEditor(u"bert-xl-2.yaml"_s);
    editor->setText(u"apiVersion: kubeflow.org/v1\nkind: PyTorchJob\nmetadata:\n  name: bert-xl-2\n  namespace: nlp\nspec:\n  nprocPerNode: \"8\"\n"
                    "  pytorchReplicaSpecs:\n    Master:\n      replicas: 1\n    Worker:\n      replicas: 3\n"_s);
    editor->setReadOnly(false);
    editor->setChangedLines({3, 11});
    editor->setLayers({{Tone::Ok, u"31 Cairn rules"_s}, {Tone::Ok, u"schema"_s}, {Tone::Idle, u"dry run at review"_s}});
    live->setTab(0, editor);
    live->addToHead(new kit::Tag(u"Schema holds"_s, Tone::Ok));

    auto *all = new QWidget;
    auto *row = kit::hbox(0);
    row->addWidget(steps());
    row->addWidget(new LiveSplit(page, live, u"Live result"_s), 1);
    all->setLayout(row);
    return all;
}

} // namespace

void registerFormEntries(kit::GalleryRegistry &registry)
{
    registry.add({u"form.choices"_s, u"Choices"_s, choices, {}});
    registry.add({u"form.numbers"_s, u"Numbers, quantities, times"_s, numbers, {}});
    registry.add({u"form.texts"_s, u"Texts, secrets, files"_s, texts, {}});
    registry.add({u"form.lists"_s, u"Lists and groups"_s, lists, {}});
    registry.add({u"form.steps"_s, u"Steps of a wizard"_s, stepList, {{216, 420}}});
    registry.add({u"form.wizard"_s, u"Page of a wizard"_s, wizard, {{1320, 560}, {1100, 560}}});
}

} // namespace cairn::gallery
