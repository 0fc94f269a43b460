// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/OverlayPage.h"

#include "base/Text.h"
#include "editors/CodeEditor.h"
#include "editors/DiffView.h"
#include "forms/ChoiceField.h"
#include "forms/FieldRow.h"
#include "forms/LiveSplit.h"
#include "forms/NumberField.h"
#include "forms/TextFields.h"
#include "items/CellText.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Inputs.h"
#include "kit/Label.h"
#include "kit/Marks.h"
#include "kit/Messages.h"
#include "kit/StateView.h"
#include "pages/FlowLayout.h"
#include "pages/OverlayServices.h"
#include "pages/TierTable.h"
#include "views/DataTable.h"

#include <QHBoxLayout>
#include <QRegularExpression>
#include <QVBoxLayout>
#include <algorithm>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using namespace cairn::kit;
using forms::Step;
using items::OverlayFileModel;
using items::OverlayFileRow;
using items::OverlayObjectModel;
using items::OverlayObjectRow;
using overlay::Base;
using overlay::Choice;
using overlay::FileStep;
using overlay::Landing;
using views::CellKind;

namespace {

enum StepIndex { BaseStep, ScopeStep, ServicesStep, ReviewStep };
constexpr qsizetype mostProblems = 30;

QString baseId(Base::Kind kind)
{
    switch (kind) {
    case Base::Kind::Remote: return u"remote"_s;
    case Base::Kind::Folder: return u"folder"_s;
    case Base::Kind::PatchOnly: break;
    }
    return u"patches"_s;
}

QString objectKey(const audit::ObjectName &name)
{
    return QStringList{name.group, name.kind, name.ns, name.name}.join(u'/');
}

std::pair<QString, Tone> stateOf(FileStep::Act act)
{
    switch (act) {
    case FileStep::Act::New: return {OverlayPage::tr("+ new"), Tone::Ok};
    case FileStep::Act::Same: return {OverlayPage::tr("as it is"), Tone::Dim};
    case FileStep::Act::Replace: return {OverlayPage::tr("~ changed"), Tone::Warn};
    case FileStep::Act::Merge: return {OverlayPage::tr("by hand, merged"), Tone::Warn};
    case FileStep::Act::Conflict: return {OverlayPage::tr("by hand, conflict"), Tone::Err};
    case FileStep::Act::Keep: return {OverlayPage::tr("yours"), Tone::Dim};
    case FileStep::Act::Remove: return {OverlayPage::tr("− removed"), Tone::Warn};
    case FileStep::Act::Leave: return {OverlayPage::tr("by hand, left there"), Tone::Warn};
    }
    return {};
}

/// A card of a form with a title and, at its right, a tag.
std::pair<Card *, QVBoxLayout *> titled(const QString &title, QWidget *aside = nullptr)
{
    auto *card = new Card;
    auto *head = hbox();
    head->addWidget(new Label(title, Type::PanelTitle));
    head->addStretch(1);
    if (aside)
        head->addWidget(aside);
    card->body()->addLayout(head);
    return {card, card->body()};
}

QWidget *column(const QList<QWidget *> &parts)
{
    auto *widget = new QWidget;
    auto *box = vbox(space::cards);
    box->setContentsMargins(space::pageH, 0, space::pageH, space::pageV);
    for (QWidget *part : parts)
        box->addWidget(part);
    box->addStretch(1);
    widget->setLayout(box);
    return widget;
}

} // namespace

OverlayPage::OverlayPage(QWidget *parent)
    : WizardPage(u"overlay"_s, tr("Make highly available"), tr("High availability"), parent)
    , m_fileModel(new OverlayFileModel(this))
    , m_objectModel(new OverlayObjectModel(this))
{
    setLive(makeLive(), tr("Overlay"));
    addStep({u"base"_s, tr("Base"), {}, Step::State::Waiting}, tr("What the overlay is put over"), makeBase());
    addStep({u"scope"_s, tr("Scope"), {}, Step::State::Waiting}, tr("What runs twice, where, and what must stay at one"), makeScope());
    addStep({u"services"_s, tr("External services"), {}, Step::State::Waiting}, tr("Databases and stores that outlive any node"), makeServices());
    addStep({u"review"_s, tr("Review and apply"), {}, Step::State::Waiting}, tr("What of it lands, and what it changes"), makeReview());
    setNote(tr("Nothing is changed on the cluster before the last step."));
    setWaiting(tr("Reading what the cluster runs…"));
}

QWidget *OverlayPage::makeBase()
{
    auto *form = new forms::Form;
    m_base = new forms::ChoiceField(tr("Base"));
    m_base->setObjectName(u"overlay.base"_s);
    m_base->setOptions({{u"remote"_s, tr("A pinned release"), tr("fetched by kustomize"), {}},
                        {u"folder"_s, tr("A folder of manifests"), tr("beside the overlay"), {}},
                        {u"patches"_s, tr("The live objects"), tr("patches alone, nothing to build"), {}}});
    m_where = new forms::TextField(tr("Where"));
    m_where->setObjectName(u"overlay.where"_s);
    m_where->setMono();
    m_where->setPattern(QRegularExpression(u"(?!.*://[^/]*@).*"_s), tr("A user or a password does not belong in the address."));
    form->addRow(tr("Base"), m_base);
    m_whereRow = form->addRow(tr("Where"), m_where);
    auto [card, body] = titled(tr("Base"));
    m_found = new Paragraph({}, Type::Body, Token::Dim);
    m_found->setObjectName(u"overlay.found"_s);
    body->addWidget(m_found);
    body->addWidget(form);
    connect(form, &forms::Form::changed, this, &OverlayPage::takeBase);
    return column({card});
}

QWidget *OverlayPage::makeScope()
{
    m_replicas = new forms::NumberField(tr("Replicas by default"), tr("replicas"), forms::NumberField::Look::Stepper);
    m_replicas->setObjectName(u"overlay.replicas.default"_s);
    m_replicas->setRange(2, 9);
    m_nodes = new Check(tr("Spread over nodes"));
    m_zones = new Check(tr("Spread over zones"));
    m_required = new Check(tr("Spreading is required"));
    m_required->setToolTip(tr("A pod that cannot be spread stays pending, for example while a node is drained."));
    m_budgets = new Check(tr("PDB with maxUnavailable 1"));
    auto *card = new Card;
    auto *flowBox = new QWidget;
    auto *flow = new FlowLayout(16, 6);
    flow->addWidget(new Label(tr("By default"), Type::Body, Token::Dim));
    flow->addWidget(m_replicas);
    for (Check *check : {m_nodes, m_zones, m_required, m_budgets}) {
        flow->addWidget(check);
        connect(check, &QCheckBox::clicked, this, &OverlayPage::takeDefaults);
    }
    flowBox->setLayout(flow);
    card->body()->addWidget(flowBox);
    m_counted = new Paragraph({}, Type::Meta, Token::Dim);
    card->body()->addWidget(m_counted);
    connect(m_replicas, &forms::Field::changed, this, &OverlayPage::takeDefaults);

    m_tiers = new TierTable;
    auto *table = new Card(Card::Padding::Flush);
    table->body()->addWidget(m_tiers);
    m_tierCard = table;
    m_tierCard->hide(); // until there is something to choose
    connect(m_tiers, &TierTable::tierChosen, this, [this](int tier, bool on) {
        if (on)
            m_settings.tiers.insert(tier);
        else
            m_settings.tiers.remove(tier);
        tell();
    });
    connect(m_tiers, &TierTable::included, this, [this](const audit::ObjectName &workload, bool on) {
        choiceOf(workload).include = on;
        tell();
    });
    connect(m_tiers, &TierTable::replicasChosen, this, [this](const audit::ObjectName &workload, int replicas) {
        choiceOf(workload).replicas = replicas;
        tell();
    });
    return column({card, table});
}

QWidget *OverlayPage::makeServices()
{
    m_services = new OverlayServices;
    connect(m_services, &OverlayServices::changed, this, [this] {
        m_services->take(m_settings);
        tell();
        updateAnswer();
    });
    return column({m_services});
}

QWidget *OverlayPage::makeReview()
{
    m_summary = new SignLine;
    m_summary->setObjectName(u"overlay.summary"_s);
    m_problems = vbox(8);
    m_problemBox = new QWidget;
    m_problemBox->setLayout(m_problems);
    m_save = new Button(tr("Save folder…"));
    m_save->setObjectName(u"overlay.save"_s);
    m_copy = new Button(tr("Copy as commands"));
    m_copy->setObjectName(u"overlay.copy"_s);
    m_apply = new Button(tr("Apply now…"), ButtonVariant::Primary);
    m_apply->setObjectName(u"overlay.apply"_s);
    setLastButtons({m_save, m_copy, m_apply});
    connect(m_save, &QPushButton::clicked, this, &OverlayPage::saveRequested);
    connect(m_copy, &QPushButton::clicked, this, &OverlayPage::copyRequested);
    connect(m_apply, &QPushButton::clicked, this, &OverlayPage::applyRequested);
    return column({m_summary, m_problemBox});
}

forms::LivePane *OverlayPage::makeLive()
{
    m_files = new views::DataTable(tr("Files of the overlay"));
    m_files->setObjectName(u"overlay.files"_s);
    m_files->setColumns({{OverlayFileModel::Path, CellKind::Text, 190, 600, true}, {OverlayFileModel::Lands, CellKind::Text, 66, 130}, {OverlayFileModel::State, CellKind::Text, 126, 160}});
    m_files->setSource(m_fileModel);
    m_files->sortBy(OverlayFileModel::Path, Qt::AscendingOrder);
    m_text = new editors::CodeEditor(tr("Text of the file"));
    m_text->setObjectName(u"overlay.text"_s);
    m_objects = new views::DataTable(tr("Objects that it changes"));
    m_objects->setObjectName(u"overlay.objects"_s);
    m_objects->setColumns({{OverlayObjectModel::Name, CellKind::Text, 140, 600, true}, {OverlayObjectModel::Lines, CellKind::Text, 70, 110}, {OverlayObjectModel::Act, CellKind::Text, 80, 110}});
    m_objects->setSource(m_objectModel);
    m_objects->sortBy(OverlayObjectModel::Name, Qt::AscendingOrder);
    m_diff = new editors::DiffView;
    m_diff->setObjectName(u"overlay.diff"_s);
    m_editedText = new Paragraph({}, Type::Meta, Token::Dim);
    m_editedText->setObjectName(u"overlay.edited"_s);
    m_compare = new Button(tr("Compare three ways…"), ButtonVariant::Normal, Button::Size::Small);
    m_compare->setObjectName(u"overlay.compare"_s);
    m_editedBar = new QWidget;
    auto *bar = hbox(10);
    bar->setContentsMargins(12, 6, 12, 6);
    bar->addWidget(m_editedText, 1);
    bar->addWidget(m_compare);
    m_editedBar->setLayout(bar);
    m_editedBar->hide();
    const auto stacked = [](QWidget *above, QWidget *below, QWidget *between = nullptr) {
        auto *widget = new QWidget;
        auto *box = vbox(0);
        box->addWidget(above, 2);
        box->addWidget(new Line);
        if (between)
            box->addWidget(between);
        box->addWidget(below, 3);
        widget->setLayout(box);
        return widget;
    };
    auto *pane = new forms::LivePane(tr("Overlay"), {tr("Changes"), tr("Files")});
    m_changesState = new StateView(stacked(m_objects, m_diff));
    m_changesState->setObjectName(u"overlay.changes.state"_s);
    pane->setTab(0, m_changesState);
    m_liveState = new StateView(stacked(m_files, m_text, m_editedBar));
    m_liveState->setObjectName(u"overlay.state"_s);
    pane->setTab(1, m_liveState);
    connect(m_files, &views::DataTable::currentKeyChanged, this, &OverlayPage::showFile);
    connect(m_objects, &views::DataTable::currentKeyChanged, this, &OverlayPage::showObject);
    const auto compare = [this] {
        if (const FileStep *step = editedStep(m_files->currentKey()))
            emit compareRequested(step->path);
    };
    connect(m_files, &views::DataTable::opened, this, compare);
    connect(m_compare, &QPushButton::clicked, this, compare);
    for (StateView *state : {m_liveState, m_changesState})
        connect(state, &StateView::triggered, this, &OverlayPage::retryRequested);
    return pane;
}

Choice &OverlayPage::choiceOf(const audit::ObjectName &workload)
{
    const auto key = [](const Choice &choice) { return QStringList{choice.kind, choice.ns, choice.name}; };
    const Choice wanted{workload.kind, workload.ns, workload.name, {}, {}, {}, {}, {}, {}};
    auto at = std::ranges::lower_bound(m_settings.choices, key(wanted), {}, key);
    if (at == m_settings.choices.end() || key(*at) != key(wanted))
        at = m_settings.choices.insert(at, wanted);
    return *at;
}

void OverlayPage::tell()
{
    if (m_filling)
        return;
    updateSteps();
    emit settingsChanged(m_settings);
}

void OverlayPage::takeBase()
{
    const QString kind = m_base->value().toString();
    m_settings.base.kind = kind == "remote"_L1 ? Base::Kind::Remote : kind == "folder"_L1 ? Base::Kind::Folder : Base::Kind::PatchOnly;
    // What is typed for a server to let somebody in reaches no draft.
    static const QRegularExpression login(u"://[^/]*@"_s);
    m_settings.base.where = m_settings.base.kind == Base::Kind::PatchOnly ? QString() : m_where->text().replace(login, u"://"_s);
    m_whereRow->setVisible(m_settings.base.kind != Base::Kind::PatchOnly);
    m_where->setRequired(m_settings.base.kind == Base::Kind::PatchOnly ? QString() : tr("Say where it is."));
    m_where->setHint(m_settings.base.kind == Base::Kind::Remote ? tr("An address that kustomize fetches, pinned by ?ref= to a tag or commit.")
                                                               : tr("Relative to the folder of the overlay: kustomize takes no absolute path."));
    tell();
}

void OverlayPage::takeDefaults()
{
    if (m_replicas->isValid() && m_replicas->number())
        m_settings.replicas = static_cast<int>(*m_replicas->number());
    m_settings.spread = {m_nodes->isChecked(), m_zones->isChecked(), m_required->isChecked()};
    m_settings.budgets = m_budgets->isChecked();
    tell();
}

void OverlayPage::setSettings(const overlay::Settings &settings)
{
    m_filling = true;
    m_settings = settings;
    m_base->setValue(baseId(settings.base.kind));
    m_where->setValue(settings.base.where);
    takeBase();
    m_replicas->setValue(settings.replicas);
    m_nodes->setChecked(settings.spread.nodes);
    m_zones->setChecked(settings.spread.zones);
    m_required->setChecked(settings.spread.required);
    m_budgets->setChecked(settings.budgets);
    m_services->setSettings(settings);
    m_settings = settings;
    m_filling = false;
    updateSteps();
}

void OverlayPage::setWaiting(const QString &text)
{
    m_result.reset();
    for (StateView *state : {m_liveState, m_changesState})
        state->setLoading(text, 0, -1, false);
    m_objects->setPlaceholder(text);
    setAnswer(text);
    for (Button *button : {m_save, m_copy, m_apply})
        button->setRefusal(text);
}

void OverlayPage::setError(const Error &error)
{
    Error shown = error;
    shown.what = text::safe(error.what);
    shown.why = text::safe(error.why);
    shown.fix = text::safe(error.fix);
    // What was worked out before stays in sight, and is said to be old.
    const QList<Offer> again{{u"again"_s, tr("Try again"), ButtonVariant::Primary}};
    for (StateView *state : {m_liveState, m_changesState}) {
        if (m_result)
            state->setStale(tr("As it was before the last change"), shown.why.isEmpty() ? shown.what : shown.why, again);
        else
            state->setError(shown, again);
    }
    setAnswer(shown.what, shown.why);
    for (Button *button : {m_save, m_copy, m_apply})
        button->setRefusal(shown.what);
}

void OverlayPage::setApplyRefusal(const QString &why)
{
    m_apply->setRefusal(why);
}

void OverlayPage::setResult(std::shared_ptr<const OverlayResult> result)
{
    m_result = std::move(result);
    for (StateView *state : {m_liveState, m_changesState}) {
        if (state->state() != StateView::State::Content)
            state->setContent();
    }
    m_tiers->setProposal(m_result->proposal, m_settings.tiers);
    m_tierCard->show();
    m_services->setKnown(m_result->proposal.replaceable, m_result->proposal.pipelines);
    m_services->setMoveTexts(m_result->moves);

    QHash<QString, std::pair<int, int>> lands; ///< by file: lands, of
    for (const Landing &landing : m_result->built.landings) {
        auto &[good, all] = lands[landing.file];
        good += landing.lands();
        ++all;
    }
    QList<OverlayFileRow> files;
    QSet<QString> listed;
    for (const FileStep &step : m_result->steps) {
        auto [word, tone] = stateOf(step.act);
        if (const FileStep *found = editedStep(text::safe(step.path)); found && found->act != step.act) {
            word = step.act == FileStep::Act::Merge ? tr("by hand, settled") : tr("by hand, given up");
            tone = Tone::Warn;
        }
        const auto [good, all] = lands.value(step.path);
        files.append({text::safe(step.path), word, tone, good, all});
        listed.insert(step.path);
    }
    // Of a user's own files only those that are meant for something are of interest.
    for (auto it = lands.cbegin(); it != lands.cend(); ++it) {
        if (!listed.contains(it.key()))
            files.append({text::safe(it.key()), tr("yours"), Tone::Dim, it->first, it->second});
    }
    m_fileModel->setFiles(files);
    QList<OverlayObjectRow> objects;
    for (const OverlayDiff &diff : m_result->changed)
        objects.append({objectKey(diff.name), audit::shown(diff.name), diff.act, diff.added, diff.removed});
    m_objectModel->setObjects(objects);
    m_objects->setPlaceholder(tr("Nothing is changed"));
    for (views::DataTable *table : {m_files, m_objects}) {
        if (table->currentKey().isEmpty() && table->rowCount() > 0)
            table->setCurrentKey(table->model()->index(0, 0).data(items::KeyRole).toString());
    }
    showFile();
    showObject();
    updateAnswer();
    updateSteps();
    updateReview();
}

void OverlayPage::showFile()
{
    QString text;
    const FileStep *edited = nullptr;
    if (m_result) {
        const QString key = m_files->currentKey();
        for (auto it = m_result->files.cbegin(); it != m_result->files.cend(); ++it) {
            if (text::safe(it.key()) == key)
                text = QString::fromUtf8(*it);
        }
        for (const FileStep &step : m_result->steps) {
            if (text::safe(step.path) == key)
                text = QString::fromUtf8(step.act == FileStep::Act::Keep || step.act == FileStep::Act::Leave ? step.before : step.text);
        }
        edited = editedStep(key);
    }
    if (text != m_text->text())
        m_text->setText(text);
    m_editedBar->setVisible(edited != nullptr);
    if (edited)
        m_editedText->setText(edited->act == FileStep::Act::Conflict ? tr("Somebody edited this file, and Cairn would change the same lines: %n conflict(s).", nullptr, static_cast<int>(edited->conflicts.size()))
                              : edited->act == FileStep::Act::Merge  ? tr("Somebody edited this file. Both changes come together.")
                              : edited->act == FileStep::Act::Keep   ? tr("Somebody wrote this file otherwise. It is left alone unless you choose the generated one.")
                                                                     : tr("Somebody edited this file, and the overlay does not need it any more."));
}

/// As it was found, by the key of its row; nullptr where nobody edited it.
const FileStep *OverlayPage::editedStep(const QString &key) const
{
    if (!m_result)
        return nullptr;
    const auto step = std::ranges::find_if(m_result->edited, [&](const FileStep &one) { return text::safe(one.path) == key; });
    return step == m_result->edited.end() ? nullptr : &*step;
}

void OverlayPage::showInFile(const QString &path, int line)
{
    live()->showTab(1);
    m_files->setCurrentKey(text::safe(path));
    m_text->setCursor({qMax(0, line - 1), 0});
    m_text->setFocus(Qt::OtherFocusReason);
}

void OverlayPage::showEdited()
{
    showStep(ReviewStep);
    if (m_result && !m_result->edited.isEmpty()) {
        const auto conflict = std::ranges::find(m_result->edited, FileStep::Act::Conflict, &FileStep::act);
        live()->showTab(1);
        m_files->setCurrentKey(text::safe(conflict == m_result->edited.end() ? m_result->edited.first().path : conflict->path));
        m_compare->setFocus(Qt::OtherFocusReason);
    }
}

bool OverlayPage::isReviewing() const
{
    return currentStep() == ReviewStep;
}

void OverlayPage::setFolder(const QString &folder)
{
    m_save->setText(folder.isEmpty() ? tr("Save folder…") : tr("Save in %1").arg(text::safe(folder.section(u'/', -1))));
}

void OverlayPage::include(const QList<audit::ObjectName> &workloads)
{
    for (const audit::ObjectName &workload : workloads)
        choiceOf(workload).include = true;
    tell();
    showStep(ScopeStep);
    m_tiers->mark(workloads);
}

void OverlayPage::setKustomize(const std::optional<KustomizeVerdict> &verdict)
{
    if (std::exchange(m_kustomize, verdict) != verdict && m_result)
        updateReview();
}

void OverlayPage::showObject()
{
    if (!m_result)
        return;
    for (const OverlayDiff &diff : m_result->changed) {
        if (objectKey(diff.name) == m_objects->currentKey()) {
            m_diff->setLines(diff.lines);
            return;
        }
    }
    m_diff->setLines({});
}

void OverlayPage::shown(int index)
{
    Q_UNUSED(index)
    updateAnswer();
}

void OverlayPage::updateAnswer()
{
    if (!m_result)
        return;
    const overlay::Proposal &proposal = m_result->proposal;
    m_found->setText(proposal.release.isEmpty() ? tr("No release of Kubeflow was recognised.")
                                                : tr("Kubeflow %1 was found.", "release").arg(text::safe(proposal.release)));
    m_counted->setText(proposal.nodes == 0  ? tr("Nodes cannot be read, so spreading is not counted.")
                           : proposal.zones > 1 ? tr("Counted: %1 in %2. Soft rules leave no pod pending when one of them is lost.", "nodes, zones")
                                                      .arg(tr("%n node(s)", nullptr, proposal.nodes), tr("%n zone(s)", nullptr, proposal.zones))
                                                : tr("Counted: %n node(s), no zones. Soft rules leave no pod pending when one of them is lost.", nullptr, proposal.nodes));
    QString detail;
    if (proposal.morePods > 0) {
        detail = tr("%n more pod(s) request %1 CPU and %2.", nullptr, proposal.morePods).arg(items::plainNumber(proposal.moreCores), text::bytes(static_cast<qint64>(proposal.moreBytes)));
        if (proposal.freeCores >= 0 && proposal.freeBytes >= 0)
            detail = tr("%1 The nodes have %2 CPU and %3 free.", "sentence, cores, bytes").arg(detail, items::plainNumber(proposal.freeCores), text::bytes(static_cast<qint64>(proposal.freeBytes)));
    }
    if (currentStep() == ReviewStep) {
        const int all = static_cast<int>(m_result->built.landings.size());
        const int misses = all - m_result->built.landing();
        setAnswer(misses == 0 ? tr("Every patch of the overlay lands") : tr("%n patch(es) match nothing or cannot be applied", nullptr, misses), detail);
        return;
    }
    if (const QString failed = m_services->summary().answer; currentStep() == ServicesStep && !failed.isEmpty()) {
        setAnswer(failed, tr("Tests write nothing. Change what is wrong, or leave it as it is."));
        return;
    }
    setAnswer(tr("%1 of %n component(s) will tolerate a node failure; %2 do now", nullptr, proposal.observed).arg(proposal.survivingThen).arg(proposal.survivingNow), detail);
}

void OverlayPage::updateSteps()
{
    const Base &base = m_settings.base;
    const bool placed = base.kind == Base::Kind::PatchOnly || !base.where.isEmpty();
    setStepState(u"base"_s, placed ? Step::State::Settled : Step::State::Look,
                 base.kind == Base::Kind::PatchOnly ? tr("live objects") : placed ? base.kind == Base::Kind::Remote ? tr("pinned release") : tr("folder") : tr("say where it is"));
    const OverlayServices::Summary services = m_services->summary();
    setStepState(u"services"_s, services.failed > 0 ? Step::State::Fails : services.whole ? Step::State::Settled : Step::State::Look,
                 services.failed > 0 ? tr("%n test(s) failed", nullptr, services.failed) : !services.whole ? tr("a field is missing")
                     : services.chosen == 0 ? tr("left as they are") : tr("%n service(s)", nullptr, services.chosen));
    if (!m_result)
        return;
    const overlay::Proposal &proposal = m_result->proposal;
    setStepState(u"scope"_s, proposal.problems.isEmpty() ? Step::State::Settled : Step::State::Fails, tr("%1 of %2 tolerate it", "components, of all").arg(proposal.survivingThen).arg(proposal.observed));
    const qsizetype misses = m_result->built.landings.size() - m_result->built.landing();
    setStepState(u"review"_s, misses > 0 || !m_result->built.faults.isEmpty() ? Step::State::Fails : Step::State::Waiting,
                 tr("%n object(s)", nullptr, static_cast<int>(m_result->changed.size())));
}

void OverlayPage::updateReview()
{
    const overlay::Proposal &proposal = m_result->proposal;
    const overlay::Built &built = m_result->built;
    const int all = static_cast<int>(built.landings.size());
    int added = 0, removed = 0, changed = 0, conflicts = 0;
    for (const OverlayDiff &diff : m_result->changed) {
        added += diff.act == OverlayObjectRow::Act::New;
        removed += diff.act == OverlayObjectRow::Act::Removed;
        changed += diff.act == OverlayObjectRow::Act::Changed;
    }
    for (const FileStep &step : m_result->steps)
        conflicts += step.act == FileStep::Act::Conflict;
    QList<std::pair<Tone, QString>> signs{{built.landing() == all ? Tone::Ok : Tone::Err, tr("%1 of %n patch(es) land", nullptr, all).arg(built.landing())},
                                          {Tone::Idle, tr("%1 changed, %2 new, %3 removed", "objects").arg(changed).arg(added).arg(removed)}};
    if (conflicts > 0)
        signs.append({Tone::Warn, tr("%n file(s) edited by hand differ", nullptr, conflicts)});
    if (m_kustomize) {
        using State = KustomizeVerdict::State;
        switch (m_kustomize->state) {
        case State::Running: signs.prepend({Tone::Idle, tr("kustomize is building it…")}); break;
        case State::Absent: signs.prepend({Tone::Warn, tr("not built: no kustomize, no kubectl")}); break;
        case State::NotRun: signs.prepend({Tone::Warn, tr("not built by %1", "kustomize v5.8").arg(m_kustomize->program)}); break;
        case State::Builds:
            signs.prepend({m_kustomize->differences.isEmpty() ? Tone::Ok : Tone::Warn,
                           tr("%1 builds %n object(s) in %2", "kustomize v5.8, duration", static_cast<int>(m_kustomize->objects)).arg(m_kustomize->program, text::duration(m_kustomize->took))});
            break;
        case State::Fails: signs.prepend({Tone::Err, tr("%1 does not build it", "kustomize v5.8").arg(m_kustomize->program)}); break;
        }
    }
    m_summary->set(signs);

    QList<ReviewLine> lines;
    for (const change::Note &note : proposal.problems)
        lines.append({Tone::Err, note.text, note.fix});
    lines += kustomizeLines();
    for (const change::Note &note : built.faults)
        lines.append({Tone::Err, note.text, note.fix});
    lines += landingLines();
    lines += editedLines();
    lines += choiceLines();
    for (const change::Note &note : proposal.warnings) {
        if (note.id != "unknown-component"_L1) // told with the way to correct it
            lines.append({Tone::Warn, note.text, note.fix});
    }
    for (const change::Note &note : built.gaps)
        lines.append({Tone::Warn, note.text, note.fix});
    QMap<QString, QStringList> owned;
    for (const overlay::Row &row : proposal.rows) {
        if (row.changes() && !row.owner.isEmpty() && !row.ownerTakesReplicas)
            owned[row.owner].append(text::safe(row.workload.name));
    }
    for (auto it = owned.cbegin(); it != owned.cend(); ++it)
        lines.append({Tone::Info, tr("Saved, not applied: %1", "who owns them").arg(it.key()), tr("It would put these back: %1.").arg(it.value().join(u", "_s))});
    showLines(lines);
    QString why;
    if (!proposal.problems.isEmpty())
        why = proposal.problems.first().text;
    else if (m_result->steps.isEmpty())
        why = tr("There is nothing to change");
    for (Button *button : {m_save, m_copy, m_apply})
        button->setRefusal(why);
    // The folder is worth keeping on a cluster that is already as it says.
    if (why.isEmpty() && m_result->changed.isEmpty() && built.faults.isEmpty())
        m_apply->setRefusal(tr("There is nothing to change"));
}

void OverlayPage::showLines(const QList<ReviewLine> &lines)
{
    QStringList said;
    for (const ReviewLine &line : lines) {
        said.append(line.title + u'\n' + line.text);
        for (const auto &act : line.acts)
            said.append(act.first);
    }
    // A button that says the same may have the focus.
    if (std::exchange(m_shownProblems, said) == said)
        return;
    clearLayout(m_problems);
    for (const ReviewLine &line : lines.first(qMin(mostProblems, lines.size()))) {
        auto *note = new Note(line.tone, line.text, line.title);
        m_problems->addWidget(note);
        QList<Offer> offers;
        for (qsizetype i = 0; i < line.acts.size(); ++i)
            offers.append({QString::number(i), line.acts[i].first, ButtonVariant::Normal});
        note->setOffers(offers);
        connect(note, &Note::triggered, this, [acts = line.acts](const QString &id) { acts[id.toInt()].second(); });
    }
    if (lines.size() > mostProblems)
        m_problems->addWidget(new Label(tr("and %n more", nullptr, static_cast<int>(lines.size() - mostProblems)), Type::Meta, Token::Dim));
}

QList<OverlayPage::ReviewLine> OverlayPage::kustomizeLines()
{
    using State = KustomizeVerdict::State;
    if (!m_kustomize)
        return {};
    // What kustomize says ends as it likes.
    const auto sentence = [](const QString &why, const QString &fix) {
        const QString said = why.endsWith(u'.') || why.isEmpty() ? why : why + u'.';
        return fix.isEmpty() ? said : tr("%1 %2", "why, fix").arg(said, fix);
    };
    switch (m_kustomize->state) {
    case State::Running: break;
    case State::Absent:
    case State::NotRun: {
        QStringList remote = m_result->built.remote;
        remote.removeDuplicates();
        QString proved = tr("Each patch was put on the live objects by Cairn alone.");
        if (!remote.isEmpty())
            proved = tr("%1 Not built: %2.", "sentence, addresses").arg(proved, text::safe(remote.first(qMin(qsizetype(3), remote.size())).join(u", "_s)));
        return {{Tone::Warn, m_kustomize->state == State::Absent ? tr("Neither kustomize nor kubectl was found") : tr("%1 was not run", "kustomize v5.8").arg(m_kustomize->program),
                 m_kustomize->state == State::Absent ? sentence(proved, m_kustomize->fix) : sentence(m_kustomize->why, proved)}};
    }
    case State::Builds:
        if (!m_kustomize->differences.isEmpty())
            return {{Tone::Warn, tr("%1 makes %n object(s) otherwise", "kustomize v5.8", static_cast<int>(m_kustomize->differences.size())).arg(m_kustomize->program),
                     tr("What is applied is what Cairn shows here. Different: %1.")
                         .arg(QStringList(m_kustomize->differences.first(qMin(qsizetype(5), m_kustomize->differences.size()))).join(u", "_s))}};
        break;
    case State::Fails: {
        ReviewLine line{Tone::Err, tr("%1 does not build it", "kustomize v5.8").arg(m_kustomize->program), sentence(m_kustomize->why, m_kustomize->fix)};
        if (!m_kustomize->file.isEmpty()) {
            const QString place = m_kustomize->line > 0 ? tr("%1, line %2", "file").arg(text::safe(m_kustomize->file)).arg(m_kustomize->line) : text::safe(m_kustomize->file);
            line.text = tr("%1: %2", "place of a patch, what kustomize says").arg(place, line.text);
            line.acts.append({tr("Show in file"), [this, file = m_kustomize->file, at = m_kustomize->line] { showInFile(file, at); }});
        }
        return {line};
    }
    }
    return {};
}

/// What nobody can merge waits for a choice; the rest is told.
QList<OverlayPage::ReviewLine> OverlayPage::editedLines()
{
    QList<ReviewLine> lines;
    for (const FileStep &found : m_result->edited) {
        const auto step = std::ranges::find(m_result->steps, found.path, &FileStep::path);
        if (step == m_result->steps.end() || (step->act != FileStep::Act::Conflict && step->act != FileStep::Act::Keep))
            continue;
        const bool conflict = step->act == FileStep::Act::Conflict;
        lines.append({Tone::Warn, tr("%1 was edited by hand", "file").arg(text::safe(found.path)),
                      conflict ? tr("Cairn would change the same lines. Yours stay there unless you choose the generated ones.")
                               : tr("It is left alone; what Cairn would write is saved beside it as %1.").arg(text::safe(found.path.section(u'/', -1) + u".cairn"_s)),
                      {{tr("Compare three ways…"), [this, path = found.path] { emit compareRequested(path); }}}});
    }
    return lines;
}

QList<OverlayPage::ReviewLine> OverlayPage::landingLines()
{
    QList<ReviewLine> lines;
    for (qsizetype i = 0; i < m_result->built.landings.size(); ++i) {
        const Landing &landing = m_result->built.landings[i];
        if (landing.lands())
            continue;
        const QString place = tr("%1, line %2", "file").arg(text::safe(landing.file)).arg(landing.place.line);
        const QString title = tr("%1: %2", "place of a patch, what it is for").arg(place, landing.title);
        QString why = landing.error ? text::safe(landing.error->oneLine()) : landing.why;
        if (!landing.nearest.isEmpty())
            why = tr("%1 Close to it: %2.", "why, nearest name").arg(why, text::safe(landing.nearest));
        ReviewLine line{landing.unknown ? Tone::Warn : Tone::Err, title, why};
        line.acts.append({tr("Show in file"), [this, file = landing.file, at = landing.place.line] { showInFile(file, at); }});
        // What Cairn writes follows from the settings; a person's own file is theirs to correct, and lies on the disk.
        const auto step = std::ranges::find(m_result->steps, landing.nameFile, &FileStep::path);
        const bool own = step == m_result->steps.end() || step->act == FileStep::Act::Keep || step->act == FileStep::Act::Leave;
        if (!landing.nearest.isEmpty() && !landing.nameFile.isEmpty() && own && !m_result->folder.isEmpty())
            line.acts.append({tr("Correct the name…"), [this, i] { emit correctRequested(i); }});
        lines.append(line);
    }
    return lines;
}

/// Choices of the settings for workloads that are not there.
QList<OverlayPage::ReviewLine> OverlayPage::choiceLines()
{
    QList<ReviewLine> lines;
    for (const overlay::UnknownChoice &unknown : std::as_const(m_result->proposal.unknown)) {
        ReviewLine line{Tone::Warn, unknown.note.text, unknown.note.fix};
        if (!unknown.nearest.name.isEmpty())
            line.acts.append({tr("Correct the name…"), [this, unknown] { emit correctChoiceRequested(unknown.workload, unknown.nearest); }});
        lines.append(line);
    }
    return lines;
}

} // namespace cairn::pages
