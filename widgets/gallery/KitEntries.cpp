// SPDX-License-Identifier: GPL-3.0-or-later
#include "gallery/Entries.h"
#include "gallery/Sheet.h"
#include "kit/Button.h"
#include "kit/Icons.h"
#include "kit/Inputs.h"
#include "kit/Label.h"
#include "kit/Marks.h"
#include "kit/Navigation.h"
#include "kit/Paint.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QRadioButton>
#include <QSpinBox>
#include <QVBoxLayout>

namespace cairn::gallery {

using namespace Qt::StringLiterals;
using namespace kit;

namespace {

QWidget *disabled(QWidget *widget)
{
    widget->setEnabled(false);
    return widget;
}

/// The picture shows the widget with the keyboard's focus.
QWidget *focused(QWidget *widget)
{
    widget->setProperty("galleryFocus", true);
    return widget;
}

QWidget *buttons()
{
    auto *sheet = new Sheet;
    sheet->row(u"Primary"_s,
        {new Button(u"New training job…"_s, ButtonVariant::Primary),
            focused(new Button(u"Resume…"_s, ButtonVariant::Primary)),
            disabled(new Button(u"Resume"_s, ButtonVariant::Primary))});
    sheet->row(u"Normal"_s, {new Button(u"Columns…"_s), new Button(u"Logs"_s), disabled(new Button(u"Delete 46"_s))});
    sheet->row(u"Small"_s,
        {new Button(u"Suspend…"_s, ButtonVariant::Normal, Button::Size::Small),
            new Button(u"Add folder"_s, ButtonVariant::Primary, Button::Size::Small),
            new Button(u"Delete…"_s, ButtonVariant::Danger, Button::Size::Small)});
    sheet->row(u"Danger"_s,
        {new Button(u"Delete 46…"_s, ButtonVariant::Danger), new Button(u"Delete 46"_s, ButtonVariant::DangerPrimary)});
    sheet->row(u"Flat, link"_s,
        {Button::icon(u"copy"_s, u"Copy"_s), Button::icon(u"refresh"_s, u"Refresh"_s),
            new Button(u"Clear all"_s, ButtonVariant::Link, Button::Size::Small),
            new Button(u"8 more…"_s, ButtonVariant::Link)});
    return sheet;
}

QWidget *marks()
{
    auto *sheet = new Sheet;
    sheet->row(u"Jobs"_s,
        {new Tag(u"Running"_s, Tone::Ok), new Tag(u"Restarting"_s, Tone::Warn), new Tag(u"Pending"_s, Tone::Warn),
            new Tag(u"Queued"_s, Tone::Idle), new Tag(u"Suspended"_s, Tone::Idle), new Tag(u"Succeeded"_s, Tone::Info),
            new Tag(u"Failed"_s, Tone::Err), new Tag(u"Unknown"_s, Tone::Idle)});
    sheet->row(u"Contexts"_s,
        {new Tag(u"Reachable"_s, Tone::Ok), new Tag(u"Needs sign-in"_s, Tone::Warn),
            new Tag(u"Certificate expired"_s, Tone::Err), new Tag(u"Checking…"_s, Tone::Idle)});
    sheet->row(u"Trust"_s,
        {new TrustMark(Verdict::Whole, u"whole"_s), new TrustMark(Verdict::Writing, u"writing"_s),
            new TrustMark(Verdict::Unverified, u"unverified"_s), new TrustMark(Verdict::Damaged, u"damaged"_s)});
    sheet->row(
        u"Replicas"_s, {new ReplicaDots(3, 3), new ReplicaDots(3, 4), new ReplicaDots(0, 2), new ReplicaDots(16, 16)});
    const auto bar = [](double value) {
        auto *usage = new UsageBar(value);
        usage->setName(u"Used"_s);
        usage->setFixedWidth(110);
        return usage;
    };
    sheet->row(u"Usage"_s, {bar(0.19), bar(0.86), bar(0.98), bar(-1), bar(0.002)});
    return sheet;
}

QWidget *inputs()
{
    auto *sheet = new Sheet;
    auto *search = new SearchField(u"Name, image, owner, node, or lost:>10"_s);
    search->setFixedWidth(330);
    auto *hits = new SearchField(u"Search"_s);
    hits->setText(u"nccl|timeout"_s);
    hits->setNote(u"3 of 14"_s);
    hits->setFixedWidth(240);
    sheet->row(u"Search"_s, {search, focused(hits)});
    auto *name = new Input(u"New job"_s);
    name->setText(u"llama-ft-7-r3"_s);
    auto *bad = new Input(u"Bad name"_s);
    bad->setText(u"Llama_7"_s);
    bad->setBad(true);
    auto *off = new Input(u"Off"_s);
    off->setText(u"read-only"_s);
    sheet->row(u"Fields"_s, {name, bad, disabled(off)});
    auto *combo = new QComboBox;
    combo->setAccessibleName(u"Save to"_s);
    combo->addItems({u"PVC ckpt-shared"_s, u"Bucket ckpt"_s});
    auto *spin = new QSpinBox;
    spin->setAccessibleName(u"Workers"_s);
    spin->setValue(4);
    sheet->row(u"Choices"_s, {combo, spin});
    auto *views = new Segment(u"Views"_s, {u"All"_s, u"At risk"_s, u"Mine"_s, u"Finished"_s});
    views->setCurrent(1);
    auto *tabs =
        new Segment(u"Part"_s, {u"Timeline"_s, u"Logs and events"_s, u"Replicas"_s, u"YAML"_s}, Segment::Size::Normal);
    tabs->setSegmentEnabled(2, false, u"No pods are left"_s);
    sheet->row(u"Segments"_s, {views, tabs});
    auto *filter = new Chip(u"State: 4 of 7"_s, Chip::Tail::Remove);
    auto *pod = new Chip(u"worker-0"_s);
    pod->setCheckable(true);
    pod->setChecked(true);
    pod->setDetail(u"1\u202F204"_s);
    pod->setSeries(0);
    auto *gone = new Chip(u"worker-3"_s);
    gone->setCheckable(true);
    gone->setDetail(u"858"_s);
    gone->setSeries(3);
    sheet->row(u"Chips"_s, {filter, pod, gone, new Chip(u"Attempt 2"_s, Chip::Tail::Menu)});
    const auto check = [](const QString &text, bool on, int count) {
        auto *box = new Check(text);
        box->setChecked(on);
        box->setCount(count);
        box->setFixedWidth(150);
        return box;
    };
    auto *partial = new Check(u"Some"_s);
    partial->setTristate(true);
    partial->setCheckState(Qt::PartiallyChecked);
    auto *damaged = check(u"Damaged"_s, false, 4);
    damaged->setVerdict(Verdict::Damaged);
    sheet->row(u"Checks"_s, {check(u"Running"_s, true, 96), damaged, partial, disabled(new Check(u"Off"_s))});
    auto *keep = new QRadioButton(u"The newest whole"_s);
    keep->setChecked(true);
    sheet->row(u"Radio"_s, {keep, new QRadioButton(u"Another"_s)});
    sheet->row(u"Keys"_s,
        {new KeyHint(u"↑ ↓"_s, u"move"_s), new KeyHint(u"Space"_s, u"select"_s), new KeyHint(u"Ctrl K"_s),
            new KeyHint(u"/"_s, u"filter"_s)});
    return sheet;
}

QWidget *forms()
{
    auto *card = new Card;
    auto *name = new Input(u"New job"_s);
    name->setText(u"Llama_7"_s);
    auto *first = new FormRow(u"New job"_s, name);
    first->setError(u"A name holds only lower-case letters, digits and “-”. Try llama-7."_s);
    auto *path = new Input(u"Save to"_s);
    path->setType(Type::Mono);
    path->setText(u"/ckpt/bert-xl-2"_s);
    auto *second = new FormRow(u"Save to"_s, path);
    second->setHint(u"A fresh folder; the old checkpoints stay where they are."_s);
    card->body()->setSpacing(14);
    card->body()->addWidget(first);
    card->body()->addWidget(second);
    card->setMinimumWidth(520);
    return card;
}

QWidget *typeScale()
{
    auto *card = new Card;
    const QList<std::pair<QString, Type>> lines{{u"Jobs · page title"_s, Type::PageTitle},
        {u"Sign-in doctor · panel title"_s, Type::PanelTitle}, {u"Checkpoint timeline · section"_s, Type::Section},
        {u"worker-3: node gpu-4 lost · body"_s, Type::Body}, {u"1\u202F312 of 1\u202F536 · number"_s, Type::Number},
        {u"v1.34.2 · meta"_s, Type::Meta}, {u"Running · tag"_s, Type::Tag}, {u"7.8 · tile"_s, Type::TileNumber},
        {u"s3://ckpt/llama-ft-7 · mono"_s, Type::Mono}};
    for (const auto &[text, type] : lines)
        card->body()->addWidget(new Label(text, type));
    card->body()->addWidget(new Paragraph(
        u"A paragraph has a line height of 1.45 and knows `code` and **strong** words. What comes from a server is "
        u"never read as <b>markup</b>."_s,
        Type::Body, Token::Dim));
    card->setFixedWidth(420);
    return card;
}

QWidget *icons()
{
    auto *grid = new QWidget;
    auto *column = vbox(6);
    grid->setLayout(column);
    const QStringList names{u"overview"_s, u"jobs"_s, u"checkpoints"_s, u"availability"_s, u"storage"_s, u"events"_s,
        u"connect"_s, u"palette"_s, u"settings"_s, u"search"_s, u"plus"_s, u"close"_s, u"copy"_s, u"refresh"_s,
        u"resume"_s, u"pause"_s, u"stop"_s, u"logs"_s, u"yaml"_s, u"warning"_s, u"lock"_s, u"clock"_s, u"filter"_s,
        u"columns"_s, u"export"_s, u"trash"_s, u"folder"_s, u"key"_s, u"up"_s, u"down"_s, u"left"_s, u"right"_s,
        u"table"_s, u"chart"_s, u"help"_s, u"namespace"_s, u"more"_s, u"undo"_s};
    QHBoxLayout *row = nullptr;
    for (qsizetype i = 0; i < names.size(); ++i) {
        if (i % 13 == 0) {
            row = hbox(6);
            column->addLayout(row);
        }
        row->addWidget(Button::icon(names[i], names[i]));
    }
    row->addStretch();
    return grid;
}

QWidget *tiles()
{
    auto *widget = new QWidget;
    auto *row = hbox(space::cards);
    widget->setLayout(row);
    auto *jobs = new Tile(u"Training jobs"_s);
    jobs->setValue(u"12"_s, u"running · 96 GPUs"_s);
    jobs->setTags({{u"1 failed"_s, Tone::Err}, {u"2 suspended"_s, Tone::Idle}});
    auto *storage = new Tile(u"Shared storage"_s);
    storage->setValue(u"7.8"_s, u"of 10 TiB"_s);
    storage->setTags({{u"ckpt-shared full in 9 days"_s, Tone::Warn}});
    storage->setStale(u"26 min old"_s);
    row->addWidget(jobs);
    row->addWidget(storage);
    jobs->setFixedWidth(285);
    storage->setFixedWidth(285);
    return widget;
}

} // namespace

void registerKitEntries(GalleryRegistry &registry)
{
    registry.add({u"kit.buttons"_s, u"Buttons"_s, buttons, {}});
    registry.add({u"kit.marks"_s, u"Tags, trust marks, dots, bars"_s, marks, {}});
    registry.add({u"kit.inputs"_s, u"Fields, segments, chips, checks"_s, inputs, {}});
    registry.add({u"kit.forms"_s, u"Form rows"_s, forms, {}});
    registry.add({u"kit.type"_s, u"Type scale"_s, typeScale, {}});
    registry.add({u"kit.icons"_s, u"Icons"_s, icons, {}});
    registry.add({u"kit.tiles"_s, u"Tiles"_s, tiles, {}});
}

} // namespace cairn::gallery
