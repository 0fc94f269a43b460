// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/LaunchPage.h"

#include "base/Text.h"
#include "editors/CodeEditor.h"
#include "editors/DiffView.h"
#include "forms/ChoiceField.h"
#include "forms/LiveSplit.h"
#include "forms/TextFields.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Inputs.h"
#include "kit/Label.h"
#include "kit/Marks.h"
#include "kit/Messages.h"
#include "kit/StateView.h"
#include "pages/AdvisorCard.h"
#include "pages/YamlDrop.h"

#include <QHBoxLayout>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using namespace cairn::kit;
using editors::CodeEditor;
using editors::CodeLayer;
using editors::CodeProblem;
using forms::Step;
using launch::Point;
using launch::Spec;

namespace {

enum StepIndex { StartStep, WorkersStep, StorageStep, CheckpointsStep, ReviewStep };
constexpr int FitTab = 2;
constexpr qsizetype mostMarks = 5000; // of changed lines: where there are more, all is new

Tone toneOf(const LaunchFitView &view)
{
    using Answer = launch::Fit::Answer;
    const Answer answer = view.fit && view.state != LaunchFitView::State::Failed ? view.fit->answer : Answer::Unknown;
    return answer == Answer::Now ? Tone::Ok : answer == Answer::Later ? Tone::Warn : answer == Answer::Never ? Tone::Err : Tone::Idle;
}

/// A field that says the same already is left as it is: it may be typed in just now.
template <class Binding, class Value>
bool saysSo(const Binding &binding, const Value &value)
{
    Value probe = value;
    binding.set(probe, binding.field->value());
    return probe == value;
}

} // namespace

template <class Value>
void LaunchPage::fill(const QList<Binding<Value>> &bindings, const Value &value)
{
    for (const Binding<Value> &binding : bindings) {
        if (!saysSo(binding, value))
            binding.field->setValue(binding.get(value));
    }
}
template void LaunchPage::fill(const QList<Binding<Spec>> &, const Spec &);
template void LaunchPage::fill(const QList<Binding<launch::Policy>> &, const launch::Policy &);

LaunchPage::LaunchPage(QWidget *parent)
    : WizardPage(u"launch"_s, tr("New training job"), tr("Jobs"), parent)
{
    setLive(makeLive(), tr("YAML"), 880); // its fields have no use for more, and lines of YAML do
    addStep({u"start"_s, tr("Kind and image"), {}, Step::State::Waiting}, tr("What runs, and what it is made from"),
        makeStart());
    addStep({u"workers"_s, tr("Workers"), {}, Step::State::Waiting}, tr("How many, how large, and where they may run"),
        makeWorkers());
    addStep(
        {u"storage"_s, tr("Storage"), {}, Step::State::Waiting}, tr("Volumes, each for one purpose"), makeStorage());
    addStep({u"checkpoints"_s, tr("Checkpoints"), {}, Step::State::Waiting},
        tr("Where it saves, how often, and how it goes on"), makeCheckpoints());
    addStep({u"review"_s, tr("Review"), {}, Step::State::Waiting},
        tr("What will be made, and what an expert would ask"), makeReview());
    setNote(tr("Form and text are one: change either."));
    setStart(LaunchStart::Blank);
    setWaiting(tr("Reading what the cluster offers…"));
    showSnippet();
}

LaunchPage::~LaunchPage() = default;

forms::LivePane *LaunchPage::makeLive()
{
    m_text = new CodeEditor(tr("YAML of the job"));
    m_text->setObjectName(u"launch.text"_s);
    m_text->setReadOnly(false);
    m_snippet = new CodeEditor(tr("In your script"), CodeEditor::Language::Plain);
    m_snippet->setObjectName(u"launch.snippet"_s);
    auto *copy = new Button(tr("Copy"), ButtonVariant::Normal, Button::Size::Small);
    copy->setObjectName(u"launch.snippet.copy"_s);
    auto *head = hbox(10);
    head->setContentsMargins(12, 6, 12, 6);
    head->addWidget(new Label(tr("In your script"), Type::BodyStrong));
    head->addWidget(new ElidedLabel(tr("saves and restores"), Type::Meta, Token::Dim, Qt::ElideRight), 1);
    head->addWidget(copy);
    auto *headBox = new QWidget;
    headBox->setLayout(head);
    paintBackground(headBox, Token::Panel);
    m_snippetBox = new QWidget;
    auto *below = vbox(0);
    below->addWidget(new Line);
    below->addWidget(headBox);
    below->addWidget(new Line);
    below->addWidget(m_snippet, 1);
    m_snippetBox->setLayout(below);
    auto *both = new QWidget;
    auto *column = vbox(0);
    column->addWidget(m_text, 3);
    column->addWidget(m_snippetBox, 2);
    both->setLayout(column);
    m_diff = new editors::DiffView;
    m_diff->setObjectName(u"launch.diff"_s);
    m_tag = new Tag(QString());
    m_tag->setObjectName(u"launch.tag"_s);
    auto *drop = new YamlDrop(this);
    drop->watch(m_text);
    connect(drop, &YamlDrop::fileDropped, this, &LaunchPage::fileDropped);
    connect(drop, &YamlDrop::textDropped, this, &LaunchPage::textDropped);
    connect(drop, &YamlDrop::refused, this, &LaunchPage::dropRefused);
    auto *pane = new forms::LivePane(tr("YAML"), {tr("YAML"), tr("Difference"), tr("Fit")});
    pane->setObjectName(u"launch.live"_s);
    m_textState = new StateView(both);
    m_textState->setObjectName(u"launch.state"_s);
    connect(m_textState, &StateView::triggered, this, &LaunchPage::retryRequested);
    pane->setTab(0, m_textState);
    pane->setTab(1, m_diff);
    m_fit = new FitPanel;
    pane->setTab(FitTab, m_fit);
    connect(m_fit, &FitPanel::nodesChosen, this, &LaunchPage::useNodes);
    connect(m_fit, &FitPanel::againRequested, this, [this] { emit fitWanted(true); });
    connect(pane, &forms::LivePane::tabChanged, this, [this] {
        updateTag();
        if (wantsFit())
            emit fitWanted(false);
    });
    pane->addToHead(m_tag);
    connect(m_text, &CodeEditor::textChanged, this, [this] {
        if (m_filling)
            return;
        m_review = {};
        showReview();
        emit textEdited();
    });
    connect(copy, &QPushButton::clicked, this, [this] { emit copyRequested(m_snippet->text()); });
    return pane;
}

void LaunchPage::setProvider(editors::CodeProvider *provider)
{
    m_text->setProvider(provider);
}

QByteArray LaunchPage::text() const
{
    return m_text->text().toUtf8();
}

void LaunchPage::setChoices(const LaunchChoices &choices)
{
    m_choices = choices;
    m_startPart->setJobs(choices.jobs, choices.read);
    showFields();
    updateSteps();
    updateAnswer();
}

void LaunchPage::setStart(LaunchStart start, const QString &source, const QString &name, const QString &checkpoint)
{
    m_sourceName = name;
    m_sourceCheckpoint = checkpoint;
    m_startPart->setStart(start, source, checkpoint);
    updateSteps();
}

void LaunchPage::setWaiting(const QString &text)
{
    m_waiting = text;
    m_result.reset();
    m_fitView = {};
    m_fit->set(m_fitView);
    setAnswer(text);
    for (QWidget *form : std::as_const(m_stepForms))
        form->setEnabled(false);
    m_text->setReadOnly(true);
    m_tag->hide();
    m_textState->setLoading(text, 0, -1, false);
    updateSubmit();
}

void LaunchPage::setError(const Error &error)
{
    setWaiting(text::safe(error.what));
    setAnswer(text::safe(error.what), text::safe(error.why.isEmpty() ? error.fix : error.why));
    Error shown = error;
    shown.what = text::safe(error.what);
    shown.why = text::safe(error.why);
    shown.fix = text::safe(error.fix);
    m_textState->setError(shown, {{u"again"_s, tr("Try again"), ButtonVariant::Primary}});
}

void LaunchPage::setFormError(const Error &error)
{
    m_formError = text::safe(error.oneLine());
    updateAnswer();
}

void LaunchPage::tell()
{
    if (m_filling)
        return;
    m_filling = true;
    showClaims(); // what may be mounted hangs on the number of nodes
    m_filling = false;
    m_review = {};
    m_formError.clear();
    showReview();
    updateSteps();
    emit specChanged(m_spec);
}

void LaunchPage::setText(const QByteArray &text)
{
    m_filling = true;
    m_text->replaceText(QString::fromUtf8(text));
    m_filling = false;
    m_review = {};
    showReview();
}

void LaunchPage::setResult(std::shared_ptr<const LaunchResult> result, const Spec &base)
{
    m_waiting.clear();
    m_formError.clear();
    m_textState->setContent();
    m_tag->show();
    m_result = std::move(result);
    m_filling = true;
    m_text->setReadOnly(m_submitting);
    // In bytes: fromUtf8() takes the mark of a byte order away, which would be a change that nobody made.
    if (m_result->draft.text != text())
        m_text->replaceText(QString::fromUtf8(m_result->draft.text));
    m_filling = false;
    const launch::Draft &draft = m_result->draft;
    m_startPart->setObjects(m_result->objects);
    for (QWidget *form : std::as_const(m_stepForms))
        form->setEnabled(draft.isJob() && !m_submitting);
    if (draft.isJob()) {
        const bool newer = m_spec != base;
        m_spec = launch::rebased(base, m_spec, draft.spec);
        takePolicy(newer);
        showFields();
    }
    showProblems();
    showCosts();
    showSnippet();
    updateSteps();
    updateAnswer();
    updateSubmit();
}

void LaunchPage::showProblems()
{
    QList<CodeProblem> problems;
    const auto length = [this](const manifest::Extent &extent) {
        const QByteArray part =
            m_result->draft.text.mid(extent.begin, std::min<qsizetype>(extent.end - extent.begin, 400));
        return std::max<int>(1,
            static_cast<int>(QString::fromUtf8(
                part.left(std::max<qsizetype>(0, part.indexOf('\n') < 0 ? part.size() : part.indexOf('\n'))))
                                 .size()));
    };
    for (const manifest::Fault &fault : m_result->draft.faults)
        problems.append({{std::max(0, fault.place.line - 1), std::max(0, fault.place.column - 1)}, 1, Tone::Err,
            fault.fix.isEmpty() ? fault.why : fault.why + u' ' + fault.fix, tr("YAML"), {}});
    for (const manifest::Finding &finding : m_result->findings) {
        const bool replaces = !finding.suggestion.isEmpty();
        problems.append({{std::max(0, finding.place.line - 1), std::max(0, finding.place.column - 1)},
            length(finding.extent), Tone::Err, finding.message, tr("CRD schema"),
            replaces ? std::optional(finding.suggestion) : std::nullopt});
    }
    m_text->setProblems(problems);
    QSet<int> changed;
    for (const manifest::DiffLine &line : m_result->diff) {
        if (changed.size() == mostMarks)
            break;
        if (line.kind == manifest::DiffLine::Kind::Added)
            changed.insert(line.newLine - 1);
    }
    m_text->setChangedLines(changed);
    if (m_result->diff != m_diff->lines())
        m_diff->setLines(m_result->diff);
    updateTag();
    const bool asked = m_review.state == LaunchReview::State::Done;
    using Layer = CodeLayer;
    m_text->setLayers({Layer{m_result->draft.isJob() ? Tone::Ok : Tone::Err, tr("YAML")},
        Layer{!m_result->checked               ? Tone::Idle
                : m_result->findings.isEmpty() ? Tone::Ok
                                               : Tone::Err,
            tr("schema")},
        Layer{!asked               ? Tone::Idle
                : m_review.refused ? Tone::Err
                                   : Tone::Ok,
            asked ? tr("server dry run") : tr("server dry run at review")}});
}

void LaunchPage::updateTag()
{
    if (!m_waiting.isEmpty() || !m_result)
        return;
    if (live() && live()->currentTab() == FitTab) {
        const QString word = FitPanel::wordOf(m_fitView);
        m_tag->set(word.isEmpty() ? tr("Not known") : word, toneOf(m_fitView));
        return;
    }
    const int count = problemCount();
    const bool asked = m_review.state == LaunchReview::State::Done;
    if (count > 0 || !m_result->draft.why.isEmpty())
        m_tag->set(tr("%n problem(s)", nullptr, std::max(1, count)), Tone::Err);
    else if (asked && m_review.refused)
        m_tag->set(tr("Refused by the server"), Tone::Err);
    else if (asked)
        m_tag->set(tr("Accepted by the server"), Tone::Ok);
    else if (m_result->checked)
        m_tag->set(tr("Schema holds"), Tone::Ok);
    else
        m_tag->set(tr("Schema not read"), Tone::Idle);
}

void LaunchPage::setFit(const LaunchFitView &view)
{
    m_fitView = view;
    m_fit->set(view);
    updateTag();
    updateSteps();
    updateAnswer();
}

const launch::Fit *LaunchPage::knownFit() const
{
    return m_fitView.state == LaunchFitView::State::Failed ? nullptr : m_fitView.fit.get();
}

bool LaunchPage::wantsFit() const
{
    const bool tab = live()->currentTab() == FitTab && m_fit->isVisible();
    return isVisible() && m_result && m_result->draft.isJob() && (tab || currentStep() == WorkersStep || isReviewing());
}

void LaunchPage::setNow(const QDateTime &now)
{
    m_fit->setNow(now);
}

void LaunchPage::useNodes(int nodes)
{
    if (nodes < 1 || m_submitting || !m_result || !m_result->draft.isJob())
        return;
    m_spec.nodes = nodes;
    showFields();
    tell();
}

int LaunchPage::problemCount() const
{
    return m_result ? static_cast<int>(m_result->draft.faults.size() + m_result->findings.size()) : 0;
}

void LaunchPage::updateAnswer()
{
    if (!m_waiting.isEmpty())
        return;
    const launch::Draft *draft = m_result ? &m_result->draft : nullptr;
    if (draft && !draft->isJob()) {
        const QString why = draft->faults.isEmpty()
            ? QString(draft->why + u' ' + draft->fix).trimmed()
            : tr("Line %1: %2").arg(draft->faults.first().place.line).arg(draft->faults.first().why);
        setAnswer(tr("The form waits until the text holds a job"), why);
        return;
    }
    const QString kind = facts(m_spec.kind).resource.kind;
    const QString name = m_spec.name.isEmpty() ? tr("without a name", "a job") : text::safe(m_spec.name);
    QString what = m_sourceName.isEmpty()
        ? tr("%1 %2 on %n node(s)", "kind, name", m_spec.nodes).arg(kind, name)
        : tr("A clone of %1 named %2 on %n node(s)", nullptr, m_spec.nodes).arg(text::safe(m_sourceName), name);
    if (m_spec.each.gpus > 0)
        what = tr("%1 with %n GPU(s)", nullptr, m_spec.nodes * m_spec.each.gpus).arg(what);
    const int count = problemCount();
    if (count > 0) {
        const int line = m_result->findings.isEmpty() ? 0 : m_result->findings.first().place.line;
        setAnswer(tr("%1; the YAML has %n problem(s)", nullptr, count).arg(what),
            line > 0 ? tr("Line %1: %2").arg(line).arg(m_result->findings.first().message) : QString());
        return;
    }
    QString more;
    if (!m_sourceCheckpoint.isEmpty())
        more = tr("It begins at %1.", "a checkpoint's path").arg(text::safe(m_sourceCheckpoint));
    if (!m_formError.isEmpty())
        more = m_formError;
    else if (currentStep() == WorkersStep && knownFit())
        more = std::exchange(what, knownFit()->text); // that is what the step is about
    else if (currentStep() == CheckpointsStep && !m_advisor->headline().isEmpty())
        what = m_advisor->headline();
    else if (isReviewing() && m_review.state == LaunchReview::State::Done)
        what = m_review.refused ? tr("The API server refuses %1", "a job").arg(name)
                                : tr("The API server accepts it: %1", "what it is").arg(what);
    const bool looking = m_fitView.state == LaunchFitView::State::Running && !knownFit();
    if (isReviewing() && more.isEmpty() && !m_review.refused && knownFit())
        more = knownFit()->text;
    else if ((isReviewing() || currentStep() == WorkersStep) && more.isEmpty() && looking)
        more = tr("Looking whether it can start…"); // in the room of the answer
    setAnswer(what, more, looking && currentStep() == WorkersStep);
}

void LaunchPage::updateSteps()
{
    const bool job = m_result && m_result->draft.isJob();
    const auto unless = [job](bool bad, Step::State state) {
        return !job ? Step::State::Waiting : bad ? state : Step::State::Settled;
    };
    QString start = facts(m_spec.kind).resource.kind;
    if (!m_spec.name.isEmpty())
        start = tr("%1 %2", "kind, name").arg(start, text::safe(m_spec.name));
    if (!m_sourceName.isEmpty())
        start = tr("%1, a clone of %2").arg(start, text::safe(m_sourceName));
    const QString key = facts(m_spec.kind).resource.kind + u'/' + m_spec.name;
    const bool taken = m_choices.taken.contains(key);
    m_name->setError(taken ? tr("%1 is taken in this namespace.").arg(text::safe(m_spec.name)) : QString());
    const bool imageless = m_spec.image.isEmpty() && !facts(m_spec.kind).isTrainJob();
    setStepState(u"start"_s,
        m_spec.name.isEmpty() || imageless ? Step::State::Waiting
                                           : unless(taken || !m_name->isValid(), Step::State::Fails),
        start);
    const QString workers = m_spec.each.gpus > 0 ? tr("%1 × %n GPU(s)", "nodes", m_spec.each.gpus).arg(m_spec.nodes)
                                                 : tr("%n node(s), no GPU", nullptr, m_spec.nodes);
    using Answer = launch::Fit::Answer;
    const Answer fits = knownFit() ? knownFit()->answer : Answer::Unknown;
    setStepState(u"workers"_s, unless(fits == Answer::Later || fits == Answer::Never, fits == Answer::Never ? Step::State::Fails : Step::State::Look),
        fits != Answer::Unknown ? tr("%1: %2", "workers, whether it can start").arg(workers, FitPanel::wordOf(m_fitView).toLower()) : workers);
    QStringList claims;
    bool refused = false, saves = false;
    for (const launch::Mount &mount : std::as_const(m_spec.mounts)) {
        if (!claims.contains(text::safe(mount.claim)))
            claims.append(text::safe(mount.claim));
        saves |= mount.volume == "checkpoints"_L1;
    }
    for (const Role &role : std::as_const(m_roles))
        refused |= !role.claim->error().isEmpty();
    setStepState(u"storage"_s,
        refused                ? unless(true, Step::State::Fails)
            : claims.isEmpty() ? Step::State::Waiting
                               : unless(false, Step::State::Look),
        claims.isEmpty() ? tr("no volume yet") : claims.join(u", "_s));
    const launch::Policy &policy = m_result ? m_result->draft.policy : m_policy;
    const QString every = policy.everySteps > 0 ? tr("every %n step(s)", nullptr, policy.everySteps)
        : policy.everyEpochs > 0                ? tr("every %n epoch(s)", nullptr, policy.everyEpochs)
        : policy.everySeconds > 0
        ? tr("every %1", "duration").arg(text::duration(std::chrono::seconds(policy.everySeconds)))
        : QString();
    QString kept = every;
    if (!every.isEmpty() && policy.keepLast > 0)
        kept = tr("%1, the last %2", "every 500 steps, the last 5").arg(every).arg(policy.keepLast);
    const bool none = every.isEmpty() || policy.folder.isEmpty();
    setStepState(u"checkpoints"_s,
        none ? Step::State::Waiting : unless(!saves && !policy.folder.contains("://"_L1), Step::State::Look),
        none ? tr("not set") : kept);
    Step::State review = Step::State::Waiting;
    QString said;
    if (problemCount() > 0) {
        review = Step::State::Fails;
        said = tr("%n problem(s)", nullptr, problemCount());
    } else if (m_review.state == LaunchReview::State::Done) {
        const auto bad = std::ranges::count_if(
            m_review.net + m_review.points, [](const Point &point) { return point.state == Point::State::Fails; });
        review = m_review.refused ? Step::State::Fails : bad > 0 ? Step::State::Look : Step::State::Settled;
        said = m_review.refused ? tr("refused by the server") : tr("accepted by the server");
    }
    setStepState(u"review"_s, review, said);
}

bool LaunchPage::isReviewing() const
{
    return currentStep() == ReviewStep;
}

void LaunchPage::shown(int index)
{
    if (!m_snippetBox || m_stepForms.size() < 4)
        return;
    m_snippetBox->setVisible(index == CheckpointsStep && !m_snippet->text().isEmpty());
    updateAnswer();
    if (wantsFit())
        emit fitWanted(false);
}

} // namespace cairn::pages
