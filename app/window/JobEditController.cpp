// SPDX-License-Identifier: GPL-3.0-or-later
#include "JobEditController.h"

#include "SchemaProvider.h"
#include "base/Text.h"
#include "dialogs/JobChangeDialogs.h"
#include "engine/LaunchFlows.h"

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

QString sentence(const QString &text, const QString &fix)
{
    return fix.isEmpty() ? text : text + u' ' + fix;
}

QString sentence(const Error &error)
{
    QStringList parts;
    for (const QString &part : {error.what, error.why, error.fix}) {
        if (!part.isEmpty())
            parts.append(text::safe(part));
    }
    return parts.join(u' ');
}

dialogs::JobChangeNotes notesOf(const JobScale &scale)
{
    dialogs::JobChangeNotes notes;
    for (const change::Note &problem : scale.plan.problems)
        notes.problems.append(sentence(problem.text, problem.fix));
    for (const change::Note &warning : scale.plan.warnings)
        notes.warnings.append(sentence(warning.text, warning.fix));
    if (scale.refused)
        notes.problems.append(sentence(*scale.refused));
    notes.checked = true;
    notes.changes = scale.changes();
    return notes;
}

dialogs::JobChangeNotes notesOf(const JobEdit &edit)
{
    dialogs::JobChangeNotes notes;
    for (const launch::EditPoint &point : edit.points) {
        const QString told = sentence(point.field.isEmpty() ? point.text : text::safe(point.field) + u": "_s + point.text, point.fix);
        (point.forbids ? notes.problems : notes.warnings).append(told);
    }
    for (const change::Note &gap : edit.gaps)
        notes.warnings.append(gap.text);
    const qsizetype wrong = edit.faults.size() + edit.findings.size();
    if (wrong > 0)
        notes.problems.append(EditController::tr("%n problem(s) are marked in the text; F8 goes from one to the next.", nullptr, static_cast<int>(wrong)));
    if (edit.refused)
        notes.problems.append(sentence(*edit.refused));
    notes.checked = true;
    notes.changes = edit.changes();
    return notes;
}

QList<editors::CodeProblem> marksOf(const JobEdit &edit)
{
    QList<editors::CodeProblem> marks;
    const auto place = [](const manifest::Place &at) { return editors::CodePlace{std::max(0, at.line - 1), std::max(0, at.column - 1)}; };
    for (const manifest::Fault &fault : edit.faults)
        marks.append({place(fault.place), 1, kit::Tone::Err, sentence(fault.why, fault.fix), {}, {}});
    for (const manifest::Finding &finding : edit.findings)
        marks.append({place(finding.place), 1, kit::Tone::Err, finding.message, EditController::tr("CRD schema"), {}});
    return marks;
}

} // namespace

JobChangeController::JobChangeController(Changes &changes, std::shared_ptr<ObjectApi> api, const ObjectRef &job, QWidget *window)
    : QObject(window)
    , m_changes(changes)
    , m_api(std::move(api))
    , m_job(job)
{
    m_soon.setSingleShot(true);
    connect(&m_soon, &QTimer::timeout, this, [this] { ask(); });
}

JobChangeController::~JobChangeController()
{
    if (m_run)
        m_run->setShown(false);
}

void JobChangeController::show(dialogs::ChangeDialog *dialog)
{
    using dialogs::ChangeDialog;
    m_shown = dialog;
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ChangeDialog::stopRequested, this, [this] {
        if (m_run)
            m_run->stop();
    });
    connect(dialog, &ChangeDialog::rollBackRequested, this, [this] {
        if (m_run)
            m_run->putBack();
    });
    connect(dialog, &QObject::destroyed, this, &QObject::deleteLater);
    dialog->open();
}

void JobChangeController::carryOut(const change::Change &change, const QString &title)
{
    m_run = std::make_shared<JobChangeRun>(m_changes, m_api, title, change);
    m_run->setShown(true);
    connect(m_run.get(), &RunningChange::progressed, this, &JobChangeController::showProgress);
    connect(m_run.get(), &RunningChange::ended, this, &JobChangeController::showProgress);
    m_run->execute();
    showProgress();
}

void JobChangeController::showProgress()
{
    if (!m_shown || !m_run)
        return;
    using State = dialogs::ChangeProgress::State;
    using Row = kit::CheckItem::State;
    const auto &outcome = m_run->outcome();
    if (outcome && !*outcome && !m_shown->inProgress()) {
        m_shown->setRefused(outcome->error());
        return;
    }
    dialogs::ChangeProgress view;
    view.title = m_run->title();
    view.hasLogs = false;
    view.canCancel = !outcome;
    const bool failed = outcome && !*outcome;
    view.state = !outcome ? State::Running : failed ? State::Failed : m_run->isUndone() ? State::Undone : State::Done;
    if (outcome) {
        view.summary = failed ? QString() : m_run->ending().text;
        view.canPutBack = m_run->canRollBack();
        if (failed)
            view.error = outcome->error();
    }
    view.steps.append({u"write"_s, !outcome ? Row::Running : failed ? Row::Err : Row::Ok, m_run->latest(), {}, {}, {}});
    m_shown->setProgress(view);
}

ScaleController::ScaleController(Changes &changes, std::shared_ptr<ObjectApi> api, const ObjectRef &job, QWidget *window)
    : JobChangeController(changes, std::move(api), job, window)
    , m_dialog(new dialogs::ScaleDialog(text::safe(job.name), window))
{
    m_soon.setInterval(250);
    connect(m_dialog, &dialogs::ScaleDialog::workersChosen, this, [this](int workers) {
        m_asking.cancel();
        m_workers = workers;
        m_scale.reset();
        m_soon.start();
    });
    connect(m_dialog, &dialogs::ChangeDialog::actRequested, this, [this] {
        if (m_scale && m_scale->feasible() && m_scale->changes())
            carryOut(m_scale->change, tr("Scaling %1").arg(text::safe(m_job.name)));
    });
    ask();
    show(m_dialog);
}

void ScaleController::ask()
{
    m_asking.cancel();
    m_asking.run(
        this, [api = m_api, job = m_job, workers = m_workers](std::stop_token stop) { return previewScale(*api, job, workers, stop); },
        [this](const Result<JobScale> &scale) {
            if (!m_dialog)
                return;
            if (!scale) {
                m_dialog->setNotes({{sentence(scale.error())}, {}, true, false});
                return;
            }
            m_scale = *scale;
            if (scale->plan.feasible() || m_workers)
                m_dialog->setBounds(scale->plan.role, scale->plan.from, scale->plan.least, scale->plan.most);
            m_dialog->setNotes(notesOf(*scale));
        });
}

EditController::EditController(Changes &changes, std::shared_ptr<ObjectApi> api, const ObjectRef &job, QWidget *window)
    : JobChangeController(changes, std::move(api), job, window)
    , m_dialog(new dialogs::EditDialog(text::safe(job.name), window))
    , m_provider(std::make_unique<SchemaProvider>())
{
    m_soon.setInterval(500); // each look asks the server
    m_dialog->setProvider(m_provider.get());
    connect(m_dialog, &dialogs::EditDialog::textEdited, this, [this] {
        m_asking.cancel();
        m_edit.reset();
        m_soon.start();
    });
    connect(m_dialog, &dialogs::ChangeDialog::actRequested, this, [this] {
        if (m_edit && m_edit->feasible() && m_edit->changes())
            carryOut(m_edit->change, tr("Changing %1").arg(text::safe(m_job.name)));
    });
    read();
    show(m_dialog);
}

EditController::~EditController()
{
    if (m_dialog)
        m_dialog->setProvider(nullptr);
}

void EditController::read()
{
    struct Read {
        QJsonObject object;
        QString text;
        std::shared_ptr<const manifest::Schema> schema;
    };
    m_scope.run(
        this,
        [api = m_api, job = m_job](std::stop_token stop) -> Result<Read> {
            const Result<QJsonObject> object = api->get(job, stop);
            if (!object)
                return fail(object.error());
            Read read{*object, QString::fromUtf8(launch::editText(*object)), nullptr};
            const JobKindFacts *kind = jobKindOf(job.kind);
            if (kind) {
                if (Result<manifest::Schema> schema = readLaunchSchema(*api, kind->id, stop))
                    read.schema = std::make_shared<const manifest::Schema>(*std::move(schema));
            }
            return read;
        },
        [this](const Result<Read> &read) {
            if (!m_dialog)
                return;
            if (!read) {
                m_dialog->setNotes({{sentence(read.error())}, {}, true, false});
                return;
            }
            m_base = read->object;
            m_provider->setSchema(read->schema);
            m_dialog->setText(read->text);
            ask(); // what stands in the way is told before anything is typed
        });
}

void EditController::ask()
{
    m_asking.cancel();
    m_asking.run(
        this,
        [api = m_api, job = m_job, base = m_base, text = m_dialog->text().toUtf8()](std::stop_token stop) { return previewEdit(*api, job, base, text, stop); },
        [this](const Result<JobEdit> &edit) {
            if (!m_dialog)
                return;
            if (!edit) {
                m_dialog->setNotes({{sentence(edit.error())}, {}, true, false});
                return;
            }
            m_edit = *edit;
            m_dialog->setMarks(marksOf(*edit));
            m_dialog->setDiff(edit->diff);
            m_dialog->setNotes(notesOf(*edit));
        });
}

} // namespace cairn::app
