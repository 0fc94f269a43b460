// SPDX-License-Identifier: GPL-3.0-or-later
#include "dialogs/ResumeDialog.h"

#include "base/Text.h"
#include "items/Vocabulary.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Inputs.h"
#include "kit/Label.h"

#include <QHBoxLayout>
#include <QRadioButton>
#include <QRegularExpression>
#include <QScreen>
#include <QScrollArea>
#include <QScrollBar>
#include <QSignalBlocker>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace cairn::dialogs {

using namespace Qt::StringLiterals;
using namespace cairn::kit;

namespace {

Note *errorNote(const Error &error)
{
    QStringList lines;
    for (const QString &line : {error.why, error.fix})
        if (!line.isEmpty())
            lines.append(text::safe(line));
    const QString text = lines.join(u'\n');
    return new Note(Tone::Err, text, text::safe(error.what));
}

} // namespace

ResumeDialog::ResumeDialog(QWidget *parent)
    : QDialog(parent)
{
    setObjectName(u"resume"_s);
    setWindowTitle(tr("Resume"));
    setSizeGripEnabled(true);
    paintBackground(this, Token::Panel);
    m_stack = new QStackedWidget;
    m_stack->addWidget(makePlan());
    m_stack->addWidget(makeProgress());
    auto *box = vbox(0);
    box->addWidget(m_stack);
    setLayout(box);
    setMinimumWidth(scaled(560));
    // Room for the whole plan of a usual job: a dialog that grows while its checks come in cannot be read.
    const int limit = screen() ? screen()->availableGeometry().height() * 9 / 10 : scaled(720);
    resize(scaled(780), std::min(limit, scaled(760)));
}

QWidget *ResumeDialog::makePlan()
{
    m_title = new Label({}, Type::PageTitle);
    m_title->setObjectName(u"resume.title"_s);
    m_title->setWordWrap(true);
    m_sentence = new Paragraph({}, Type::Body, Token::Dim);
    m_refused = new QWidget;
    m_refusedBox = vbox(8);
    m_refused->setLayout(m_refusedBox);
    m_refused->hide();

    m_object = new Segment(tr("What is resumed"), {tr("This job, in place"), tr("A new job")}, Segment::Size::Normal);
    m_object->setObjectName(u"resume.object"_s);
    auto *object = new QWidget;
    auto *objectBox = hbox(0);
    objectBox->addWidget(m_object);
    objectBox->addStretch(1);
    object->setLayout(objectBox);
    m_objectRow = new FormRow(tr("Resume"), object);
    m_name = new Input(tr("New job"));
    m_name->setObjectName(u"resume.name"_s);
    m_name->setMaxLength(63);
    m_nameRow = new FormRow(tr("New job"), m_name);
    m_checkpoint = new Paragraph({});
    m_unverified = new Check(tr("Resume from it although nobody checked that it is whole"));
    m_unverified->setObjectName(u"resume.unverified"_s);
    m_told = new Paragraph({});
    m_change = new Button(tr("Change…"), ButtonVariant::Link, Button::Size::Small);
    m_change->setObjectName(u"resume.contract.change"_s);
    m_change->setAccessibleName(tr("Change how the script is told"));
    auto *told = new QWidget;
    auto *toldRow = hbox();
    toldRow->addWidget(m_told, 1);
    toldRow->addWidget(m_change, 0, Qt::AlignTop);
    told->setLayout(toldRow);
    m_saveDir = new Paragraph({});
    m_saveRow = new FormRow(tr("Saves to"), m_saveDir);
    m_lost = new Paragraph({});
    m_lostRow = new FormRow(tr("Lost"), m_lost);
    m_restart = new Paragraph({}, Type::Body, Token::Warn);
    m_wrapper = new Check(tr("Put a small wrapper before the command, so that restarts go on from the newest"));
    m_wrapper->setObjectName(u"resume.wrapper"_s);
    auto *restart = new QWidget;
    auto *restartBox = vbox(4);
    restartBox->addWidget(m_restart);
    restartBox->addWidget(m_wrapper);
    restart->setLayout(restartBox);
    m_restartRow = new FormRow(tr("Restarts"), restart);

    m_problems = new CheckList;
    m_problems->setAccessibleName(tr("What stands in the way"));
    m_checks = new CheckList;
    m_checks->setObjectName(u"resume.checks"_s);
    m_checks->setAccessibleName(tr("Checks"));
    m_warnings = new CheckList;
    m_warnings->setAccessibleName(tr("What to know first"));

    m_diffCard = new Card;
    auto *diffHead = hbox();
    m_diffTitle = new Label({}, Type::BodyStrong);
    m_diffCount = new Label({}, Type::Body, Token::Dim);
    diffHead->addWidget(m_diffTitle, 1);
    diffHead->addWidget(m_diffCount);
    m_diffCard->body()->addLayout(diffHead);
    m_diff = new editors::DiffView;
    m_diff->setObjectName(u"resume.diff"_s);
    m_diff->setAccessibleName(tr("What changes"));
    m_diffCard->body()->addWidget(m_diff);

    auto *form = vbox(8);
    form->addWidget(m_objectRow);
    form->addWidget(m_nameRow);
    auto *checkpoint = new QWidget;
    auto *checkpointBox = vbox(4);
    checkpointBox->addWidget(m_checkpoint);
    checkpointBox->addWidget(m_unverified);
    checkpoint->setLayout(checkpointBox);
    form->addWidget(new FormRow(tr("Checkpoint"), checkpoint));
    form->addWidget(new FormRow(tr("Told by"), told));
    form->addWidget(makeContract());
    form->addWidget(m_saveRow);
    form->addWidget(m_lostRow);
    form->addWidget(m_restartRow);

    auto *inner = new QWidget;
    auto *innerBox = vbox(space::cards);
    innerBox->setContentsMargins(22, 20, 22, 8);
    auto *head = vbox(2);
    head->addWidget(m_title);
    head->addWidget(m_sentence);
    innerBox->addLayout(head);
    innerBox->addWidget(m_refused);
    innerBox->addLayout(form);
    innerBox->addWidget(m_problems);
    innerBox->addWidget(m_checks);
    innerBox->addWidget(m_warnings);
    innerBox->addWidget(m_diffCard);
    innerBox->addStretch(1);
    inner->setLayout(innerBox);

    auto *cancel = new Button(tr("Cancel"));
    cancel->setObjectName(u"resume.cancel"_s);
    m_saveYaml = new Button(tr("Save YAML…"));
    m_saveYaml->setObjectName(u"resume.saveYaml"_s);
    m_act = new Button(tr("Resume"), ButtonVariant::Primary);
    m_act->setObjectName(u"resume.act"_s);
    m_why = new Label({}, Type::Meta, Token::Dim);
    // Enter in a field must not start anything: the checks of what was just typed have not run yet.
    for (Button *button : {cancel, m_saveYaml, m_act})
        button->setAutoDefault(false);
    auto *foot = hbox(10);
    foot->setContentsMargins(22, 12, 22, 18);
    foot->addWidget(m_why, 1);
    foot->addWidget(cancel);
    foot->addWidget(m_saveYaml);
    foot->addWidget(m_act);

    auto *page = new QWidget;
    auto *box = vbox(0);
    box->addWidget(scrollDown(inner), 1);
    box->addWidget(new Line);
    box->addLayout(foot);
    page->setLayout(box);
    QWidget *const stops[] = {m_object,   m_name, m_unverified, m_change,    m_byEnv,  m_env,
                              m_saveEnv,  m_byArgs, m_args,     m_saveArgs,  m_byItself, m_contractUse,
                              m_wrapper,  m_diff, cancel,       m_saveYaml,  m_act};
    for (size_t i = 1; i < std::size(stops); ++i)
        QWidget::setTabOrder(stops[i - 1], stops[i]);

    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_saveYaml, &QPushButton::clicked, this, &ResumeDialog::saveYamlRequested);
    connect(m_act, &QPushButton::clicked, this, [this] {
        m_acting = true;
        m_refused->hide();
        updateAct();
        emit resumeRequested();
    });
    connect(m_name, &QLineEdit::textEdited, this, [this](const QString &name) {
        // Old checks say nothing about the new name.
        m_view.ready = false;
        updateAct();
        emit newNameChanged(name.trimmed());
    });
    connect(m_object, &Segment::currentChanged, this, [this](int index) { emit newObjectChosen(index == 1); });
    connect(m_wrapper, &QCheckBox::toggled, this, &ResumeDialog::wrapperChosen);
    connect(m_unverified, &QCheckBox::toggled, this, [this](bool on) {
        updateAct();
        emit unverifiedAccepted(on);
    });
    connect(m_change, &QPushButton::clicked, this, [this] {
        m_contract->setVisible(m_contract->isHidden());
        if (!m_contract->isHidden())
            m_byEnv->setFocus(Qt::OtherFocusReason);
    });
    for (CheckList *list : {m_problems, m_checks, m_warnings})
        connect(list, &CheckList::triggered, this, &ResumeDialog::checkTriggered);
    return page;
}

QWidget *ResumeDialog::makeContract()
{
    m_contract = new Card;
    m_contract->setTokens(Token::Line, Token::Bg);
    m_contract->setObjectName(u"resume.contract"_s);
    m_contract->body()->addWidget(new Paragraph(
        tr("**How does the training script take the checkpoint?** Asked once; the answer is kept on the job.")));
    m_byEnv = new QRadioButton(tr("An environment variable"));
    m_byArgs = new QRadioButton(tr("An argument"));
    m_byItself = new QRadioButton(tr("It looks for its newest checkpoint by itself"));
    m_byEnv->setChecked(true);
    m_env = new Input(tr("Variable for the checkpoint"));
    m_env->setText(u"RESUME_FROM_CHECKPOINT"_s);
    m_saveEnv = new Input(tr("Variable for the new save folder"));
    m_saveEnv->setPlaceholderText(tr("for the new save folder, may stay empty"));
    m_args = new Input(tr("Arguments for the checkpoint"));
    m_args->setPlaceholderText(u"--resume={path}"_s);
    m_saveArgs = new Input(tr("Arguments for the new save folder"));
    m_saveArgs->setPlaceholderText(tr("--output={save}, may stay empty"));
    for (Input *input : {m_env, m_saveEnv, m_args, m_saveArgs})
        input->setType(Type::Mono);
    const auto pair = [](Input *first, Input *second) {
        auto *row = new QWidget;
        auto *box = hbox();
        box->setContentsMargins(24, 0, 0, 0);
        box->addWidget(first, 1);
        box->addWidget(second, 1);
        row->setLayout(box);
        return row;
    };
    QWidget *envRow = pair(m_env, m_saveEnv);
    QWidget *argsRow = pair(m_args, m_saveArgs);
    m_contractError = new Paragraph({}, Type::Meta, Token::Err);
    m_contractError->hide();
    m_contractUse = new Button(tr("Use this"), ButtonVariant::Normal, Button::Size::Small);
    m_contractUse->setObjectName(u"resume.contract.use"_s);
    m_contractUse->setAutoDefault(false);
    m_contract->body()->addWidget(m_byEnv);
    m_contract->body()->addWidget(envRow);
    m_contract->body()->addWidget(m_byArgs);
    m_contract->body()->addWidget(argsRow);
    m_contract->body()->addWidget(m_byItself);
    m_contract->body()->addWidget(m_contractError);
    m_contract->body()->addWidget(m_contractUse, 0, Qt::AlignRight);
    argsRow->hide();
    connect(m_byEnv, &QRadioButton::toggled, envRow, &QWidget::setVisible);
    connect(m_byArgs, &QRadioButton::toggled, argsRow, &QWidget::setVisible);
    connect(m_contractUse, &QPushButton::clicked, this, &ResumeDialog::chooseContract);
    m_contract->hide();
    return m_contract;
}

QWidget *ResumeDialog::makeProgress()
{
    m_progressTitle = new Label({}, Type::PageTitle);
    m_progressTitle->setObjectName(u"resume.progress.title"_s);
    m_progressTitle->setWordWrap(true);
    m_progressText = new Paragraph({}, Type::Body, Token::Dim);
    m_steps = new CheckList;
    m_steps->setObjectName(u"resume.steps"_s);
    m_steps->setAccessibleName(tr("Steps"));
    m_error = new QWidget;
    m_errorBox = vbox(8);
    m_error->setLayout(m_errorBox);
    m_error->hide();

    auto *inner = new QWidget;
    auto *innerBox = vbox(space::cards);
    innerBox->setContentsMargins(22, 20, 22, 8);
    auto *head = vbox(2);
    head->addWidget(m_progressTitle);
    head->addWidget(m_progressText);
    innerBox->addLayout(head);
    innerBox->addWidget(m_error);
    innerBox->addWidget(m_steps);
    innerBox->addStretch(1);
    inner->setLayout(innerBox);

    m_stop = new Button(tr("Stop waiting"));
    m_stop->setObjectName(u"resume.stop"_s);
    m_putBack = new Button(tr("Put back"));
    m_putBack->setObjectName(u"resume.putBack"_s);
    m_logs = new Button(tr("Logs"));
    m_logs->setObjectName(u"resume.logs"_s);
    m_close = new Button({}, ButtonVariant::Primary);
    m_close->setObjectName(u"resume.close"_s);
    for (Button *button : {m_stop, m_putBack, m_logs, m_close})
        button->setAutoDefault(false);
    auto *foot = hbox(10);
    foot->setContentsMargins(22, 12, 22, 18);
    foot->addWidget(m_logs);
    foot->addStretch(1);
    foot->addWidget(m_stop);
    foot->addWidget(m_putBack);
    foot->addWidget(m_close);

    auto *page = new QWidget;
    auto *box = vbox(0);
    box->addWidget(scrollDown(inner), 1);
    box->addWidget(new Line);
    box->addLayout(foot);
    page->setLayout(box);
    connect(m_stop, &QPushButton::clicked, this, &ResumeDialog::cancelRequested);
    connect(m_putBack, &QPushButton::clicked, this, [this] {
        m_putBack->setEnabled(false);
        emit putBackRequested();
    });
    connect(m_logs, &QPushButton::clicked, this, &ResumeDialog::logsRequested);
    connect(m_close, &QPushButton::clicked, this, &QDialog::accept);
    return page;
}

void ResumeDialog::setView(const ResumeView &view)
{
    const bool first = m_view.jobName.isEmpty();
    m_view = view;
    m_acting = false;
    const Checkpoint &checkpoint = view.checkpoint;
    const QString step = checkpoint.step ? text::number(*checkpoint.step) : QString();
    m_title->setText(checkpoint.step ? tr("Resume %1 from step %2").arg(view.jobName, step)
                                     : tr("Resume %1 from %2", "job, checkpoint").arg(view.jobName, text::safe(checkpoint.path)));
    setWindowTitle(m_title->text());
    QString sentence;
    if (view.newObject)
        sentence = tr("A new job starts from this checkpoint. The old job and all its checkpoints stay as they are.");
    else if (view.running)
        sentence = tr("The job is suspended, its pods end, then it starts again from this checkpoint. All its checkpoints "
                      "stay as they are.");
    else
        sentence = tr("The job starts again from this checkpoint. All its checkpoints stay as they are.");
    if (!view.objectReason.isEmpty())
        sentence += u' ' + view.objectReason;
    m_sentence->setText(sentence);

    m_objectRow->setVisible(view.mayChooseObject);
    m_object->setCurrent(view.newObject ? 1 : 0);
    m_nameRow->setVisible(view.newObject);
    if (!m_name->hasFocus() || m_name->text().trimmed().isEmpty() || first)
        m_name->setText(view.newName);
    m_nameRow->setError(view.nameError);

    m_checkpoint->setText(tr("`%1` · %2 · %3", "path, size, trust")
                              .arg(view.checkpointPath, text::bytes(checkpoint.bytes),
                                   items::tag(checkpoint.verdict).text.toLower())
                          + (checkpoint.reason.isEmpty() ? QString() : u"\n"_s + text::safe(checkpoint.reason)));
    m_unverified->setVisible(checkpoint.verdict == Verdict::Unverified);

    if (!view.contractKnown)
        m_told->setText(tr("Not known yet: say below how the script takes the path."));
    else if (view.told.isEmpty())
        m_told->setText(view.toldReason);
    else
        m_told->setText(view.toldReason.isEmpty() ? u"`%1`"_s.arg(view.told)
                                                  : u"`%1` (%2)"_s.arg(view.told, view.toldReason));
    m_change->setVisible(view.contractKnown);
    if (!view.contractKnown)
        m_contract->show();
    else if (first)
        m_contract->hide();
    m_saveRow->setVisible(!view.saveDir.isEmpty());
    m_saveDir->setText(tr("`%1`, a fresh folder", "path").arg(view.saveDir));
    m_lostRow->setVisible(!view.lost.isEmpty());
    m_lost->setText(view.lost);
    m_restartRow->setVisible(!view.restartNote.isEmpty() || view.wrapperOffered);
    m_restart->setText(view.restartNote);
    m_restart->setVisible(!view.restartNote.isEmpty());
    m_wrapper->setVisible(view.wrapperOffered);
    {
        const QSignalBlocker block(m_wrapper);
        m_wrapper->setChecked(view.wrapper);
    }

    m_problems->setItems(view.problems);
    m_problems->setVisible(!view.problems.isEmpty());
    m_checks->setItems(view.checks);
    m_checks->setVisible(!view.checks.isEmpty());
    m_warnings->setItems(view.warnings);
    m_warnings->setVisible(!view.warnings.isEmpty());

    m_diffCard->setVisible(!view.diff.isEmpty());
    m_diffTitle->setText(tr("What changes against %1").arg(view.diffAgainst));
    m_diff->setLines(view.diff);
    const int lines = m_diff->added() + m_diff->removed();
    m_diffCount->setText(tr("%n line(s)", nullptr, lines));
    // As high as its lines, within limits: the buttons stay in the window.
    m_diff->setFixedHeight(std::clamp(m_diff->sizeHint().height(), scaled(60), scaled(240)));
    m_saveYaml->setVisible(!view.diff.isEmpty());
    updateAct();
    if (first)
        (view.newObject ? static_cast<QWidget *>(m_name) : static_cast<QWidget *>(m_act))->setFocus(Qt::OtherFocusReason);
}

void ResumeDialog::updateAct()
{
    QString why;
    if (m_acting)
        why = tr("Starting…");
    else if (!m_view.nameError.isEmpty())
        why = m_view.nameError;
    else if (!m_view.contractKnown)
        why = tr("Say how the script takes the path.");
    else if (!m_view.problems.isEmpty())
        why = tr("%n problem(s) stand(s) in the way.", nullptr, static_cast<int>(m_view.problems.size()));
    else if (m_view.checkpoint.verdict == Verdict::Unverified && !m_unverified->isChecked())
        why = tr("The checkpoint is not verified.");
    else if (m_view.checking)
        why = tr("Checks are running…");
    else if (!m_view.ready)
        why = tr("The checks do not allow it yet.");
    m_act->setRefusal(why);
    m_why->setText(why);
    m_act->setText(m_acting ? tr("Starting…") : tr("Resume"));
}

void ResumeDialog::chooseContract()
{
    ResumeContract contract;
    QString wrong;
    static const QRegularExpression variable(u"^[A-Za-z_][A-Za-z0-9_]*$"_s);
    if (m_byEnv->isChecked()) {
        const QString name = m_env->text().trimmed();
        const QString save = m_saveEnv->text().trimmed();
        if (!variable.match(name).hasMatch() || (!save.isEmpty() && !variable.match(save).hasMatch()))
            wrong = tr("A variable's name has letters, digits and underscores and does not begin with a digit.");
        contract.resumeBy = u"env:"_s + name;
        contract.saveBy = save.isEmpty() ? QString() : u"env:"_s + save;
    } else if (m_byArgs->isChecked()) {
        const QString args = m_args->text().trimmed();
        const QString save = m_saveArgs->text().trimmed();
        if (!args.contains("{path}"_L1) && !args.contains("{step}"_L1) && !args.contains("{dir}"_L1))
            wrong = tr("Put {path}, {dir} or {step} where the checkpoint goes, for example --resume={path}.");
        else if (!save.isEmpty() && !save.contains("{save}"_L1))
            wrong = tr("Put {save} where the new folder goes, for example --output={save}.");
        contract.resumeBy = u"arg:"_s + args;
        contract.saveBy = save.isEmpty() ? QString() : u"arg:"_s + save;
    } else {
        contract.resumeBy = u"newest"_s;
    }
    m_contractError->setText(wrong);
    m_contractError->setVisible(!wrong.isEmpty());
    if (!wrong.isEmpty())
        return;
    m_contract->hide();
    emit contractChosen(contract);
}

void ResumeDialog::setRefused(const Error &error)
{
    m_acting = false;
    clearLayout(m_refusedBox);
    m_refusedBox->addWidget(errorNote(error));
    m_refused->show();
    m_stack->setCurrentIndex(0);
    updateAct();
}

void ResumeDialog::setProgress(const ResumeProgress &progress)
{
    m_stack->setCurrentIndex(1);
    m_progressTitle->setText(progress.title);
    setWindowTitle(progress.title);
    m_progressText->setText(progress.summary);
    m_progressText->setVisible(!progress.summary.isEmpty());
    m_steps->setItems(progress.steps);
    clearLayout(m_errorBox);
    if (progress.error)
        m_errorBox->addWidget(errorNote(*progress.error));
    m_error->setVisible(progress.error.has_value());
    const bool running = progress.state == ResumeProgress::State::Running;
    m_stop->setVisible(running && progress.canCancel);
    m_putBack->setVisible(!running && progress.canPutBack);
    m_putBack->setEnabled(true);
    m_close->setText(running ? tr("Go on in background") : tr("Close"));
    m_close->setVariant(running ? ButtonVariant::Normal : ButtonVariant::Primary);
    m_logs->setVisible(progress.state == ResumeProgress::State::Done || progress.state == ResumeProgress::State::Failed);
    if (!running)
        m_close->setFocus(Qt::OtherFocusReason);
}

bool ResumeDialog::inProgress() const
{
    return m_stack->currentIndex() == 1;
}

QString ResumeDialog::newName() const
{
    return m_name->text().trimmed();
}

bool ResumeDialog::acceptsUnverified() const
{
    return m_unverified->isChecked();
}

} // namespace cairn::dialogs
