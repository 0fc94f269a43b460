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
#include <QSignalBlocker>
#include <QVBoxLayout>

namespace cairn::dialogs {

using namespace Qt::StringLiterals;
using namespace cairn::kit;

ResumeDialog::ResumeDialog(QWidget *parent)
    : ChangeDialog(u"resume"_s, ButtonVariant::Primary, parent)
{
    setWindowTitle(tr("Resume"));
    stopButton()->setText(tr("Stop following"));
    m_saveYaml = addButton(u"saveYaml"_s, tr("Save YAML…"));
    setContent(makePlan(), true);
    QWidget *const stops[] = {m_object,   m_name, m_unverified, m_change,   m_byEnv,  m_env,         m_saveEnv, m_byArgs, m_args,
                              m_saveArgs, m_byItself, m_contractUse, m_wrapper, m_diff, m_saveYaml, cancelButton(), actButton()};
    for (size_t i = 1; i < std::size(stops); ++i)
        QWidget::setTabOrder(stops[i - 1], stops[i]);
    // Room for the whole plan of a usual job: a dialog that grows while its checks come in cannot be read.
    const int limit = screen() ? screen()->availableGeometry().height() * 9 / 10 : scaled(720);
    resize(scaled(780), std::min(limit, scaled(760)));
}

QLayout *ResumeDialog::makePlan()
{
    m_object = new Segment(tr("What to resume"), {tr("This job, in place"), tr("A new job")}, Segment::Size::Normal);
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
    m_unverified = new Check(tr("Resume from it although it was never verified"));
    m_unverified->setObjectName(u"resume.unverified"_s);
    m_told = new Paragraph({});
    m_change = new Button(tr("Change…"), ButtonVariant::Link, Button::Size::Small);
    m_change->setObjectName(u"resume.contract.change"_s);
    m_change->setAccessibleName(tr("Change how it is passed to the script"));
    auto *told = new QWidget;
    auto *toldRow = hbox();
    toldRow->addWidget(m_told, 1);
    toldRow->addWidget(m_change, 0, Qt::AlignTop);
    told->setLayout(toldRow);
    m_saveDir = new Paragraph({});
    m_saveRow = new FormRow(tr("Saves to"), m_saveDir);
    m_lost = new Paragraph({});
    m_lostRow = new FormRow(tr("Work to redo"), m_lost);
    m_restart = new Paragraph({}, Type::Body, Token::Warn);
    m_wrapper = new Check(tr("Wrap the command, to continue"));
    m_wrapper->setToolTip(tr("Wrap the command, so that restarts continue from the newest checkpoint"));
    m_wrapper->setAccessibleDescription(m_wrapper->toolTip());
    m_wrapper->setObjectName(u"resume.wrapper"_s);
    auto *restart = new QWidget;
    auto *restartBox = vbox(4);
    restartBox->addWidget(m_restart);
    restartBox->addWidget(m_wrapper);
    restart->setLayout(restartBox);
    m_restartRow = new FormRow(tr("Restarts"), restart);

    m_problems = new CheckList;
    m_problems->setAccessibleName(tr("Blocking problems"));
    m_checks = new CheckList;
    m_checks->setObjectName(u"resume.checks"_s);
    m_checks->setAccessibleName(tr("Checks"));
    m_warnings = new CheckList;
    m_warnings->setAccessibleName(tr("Before you resume"));

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
    form->addWidget(new FormRow(tr("Passed to the script as"), told));
    form->addWidget(makeContract());
    form->addWidget(m_saveRow);
    form->addWidget(m_lostRow);
    form->addWidget(m_restartRow);

    auto *box = vbox(space::cards);
    box->addLayout(form);
    box->addWidget(m_problems);
    box->addWidget(m_checks);
    box->addWidget(m_warnings);
    box->addWidget(m_diffCard);
    box->addStretch(1);
    connect(m_saveYaml, &QPushButton::clicked, this, &ResumeDialog::saveYamlRequested);
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
    return box;
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
    m_saveEnv->setPlaceholderText(tr("for the new save folder, optional"));
    m_args = new Input(tr("Arguments for the checkpoint"));
    m_args->setPlaceholderText(u"--resume={path}"_s);
    m_saveArgs = new Input(tr("Arguments for the new save folder"));
    m_saveArgs->setPlaceholderText(tr("--output={save}, optional"));
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

void ResumeDialog::setView(const ResumeView &view)
{
    const bool first = m_view.jobName.isEmpty();
    m_view = view;
    setAnswered();
    const Checkpoint &checkpoint = view.checkpoint;
    const QString step = checkpoint.step ? text::number(*checkpoint.step) : QString();
    const QString title = view.startsRun    ? tr("Start a new run from weights of %1", "job").arg(view.jobName)
                          : checkpoint.step ? tr("Resume %1 from step %2").arg(view.jobName, step)
                                            : tr("Resume %1 from %2", "job, checkpoint").arg(view.jobName, text::safe(checkpoint.path));
    QString sentence;
    if (view.startsRun)
        sentence = tr("A new job begins at step 0 with these weights. Optimizer, step and data position are not taken over, so "
                      "this resumes nothing. The old job and all its checkpoints stay as they are.");
    else if (view.newObject)
        sentence = tr("A new job starts from this checkpoint. The old job and all its checkpoints stay as they are.");
    else if (view.running)
        sentence = tr("The job is suspended, its pods terminate, then it starts again from this checkpoint. All its "
                      "checkpoints stay as they are.");
    else
        sentence = tr("The job starts again from this checkpoint. All its checkpoints stay as they are.");
    if (!view.objectReason.isEmpty())
        sentence += u' ' + view.objectReason;
    setHead(title, sentence);

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
        m_told->setText(tr("Not known yet: say below how the path is passed to the script."));
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
    m_diffTitle->setText(tr("Changes compared with %1").arg(view.diffAgainst));
    m_diff->setLines(view.diff);
    const int lines = m_diff->added() + m_diff->removed();
    m_diffCount->setText(tr("%n line(s)", nullptr, lines));
    // As high as its lines, within limits: the buttons stay in the window.
    m_diff->setFixedHeight(std::clamp(m_diff->sizeHint().height(), scaled(60), scaled(240)));
    m_saveYaml->setVisible(!inProgress() && !view.diff.isEmpty());
    updateAct();
    if (first)
        (view.newObject ? static_cast<QWidget *>(m_name) : static_cast<QWidget *>(actButton()))->setFocus(Qt::OtherFocusReason);
}

void ResumeDialog::updateAct()
{
    QString why;
    if (!m_view.nameError.isEmpty())
        why = m_view.nameError;
    else if (!m_view.contractKnown)
        why = tr("Say how the path is passed to the script.");
    else if (!m_view.problems.isEmpty())
        why = tr("%n problem(s) block(s) the resume.", nullptr, static_cast<int>(m_view.problems.size()));
    else if (m_view.checkpoint.verdict == Verdict::Unverified && !m_unverified->isChecked())
        why = tr("The checkpoint is not verified.");
    else if (m_view.checking)
        why = tr("Checks are running…");
    else if (!m_view.ready)
        why = tr("The checks have not passed yet.");
    setAct(m_view.startsRun ? tr("Start from these weights") : tr("Resume"), why);
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
            wrong = tr("A variable name consists of letters, digits and underscores and does not begin with a digit.");
        contract.resumeBy = u"env:"_s + name;
        contract.saveBy = save.isEmpty() ? QString() : u"env:"_s + save;
    } else if (m_byArgs->isChecked()) {
        const QString args = m_args->text().trimmed();
        const QString save = m_saveArgs->text().trimmed();
        if (!args.contains("{path}"_L1) && !args.contains("{step}"_L1) && !args.contains("{name}"_L1))
            wrong = tr("Put {path}, {name} or {step} where the checkpoint goes, for example --resume={path}.");
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

QString ResumeDialog::newName() const
{
    return m_name->text().trimmed();
}

bool ResumeDialog::acceptsUnverified() const
{
    return m_unverified->isChecked();
}

} // namespace cairn::dialogs
