// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/ConnectPage.h"

#include "base/Text.h"
#include "items/CellText.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Inputs.h"
#include "kit/Label.h"
#include "kit/Marks.h"
#include "kit/StateView.h"
#include "pages/FlowLayout.h"
#include "pages/TabChain.h"
#include "views/DataTable.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollArea>
#include <QSplitter>
#include <QVBoxLayout>
#include <algorithm>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using namespace cairn::kit;
using items::ContextAction;
using items::ContextRow;
using items::ContextState;
using items::DoctorRemedy;
using items::DoctorStepView;
using items::DoctorView;

namespace {

/// A file that was read: path in the code font and what it held. Not a button, so not a Chip.
class FileChip : public Card
{
public:
    FileChip(const QString &path, const QString &detail, bool bad, QWidget *parent)
        : Card(Padding::Flush, parent)
    {
        setRadius(radius::control);
        if (bad)
            setTokens(Token::Err, Token::Panel);
        auto *row = hbox(6);
        row->setContentsMargins(8, 2, 8, 2);
        row->addWidget(new ElidedLabel(path, Type::Mono));
        row->addWidget(new Label(detail, Type::Meta, bad ? Token::Err : Token::Dim));
        body()->addLayout(row);
        setAccessibleName(path + u", "_s + detail);
    }
};

QString problemText(const Error &error)
{
    QStringList parts{u"**%1**"_s.arg(text::safe(error.what))};
    if (!error.why.isEmpty())
        parts.append(text::safe(error.why));
    if (!error.fix.isEmpty())
        parts.append(text::safe(error.fix));
    return parts.join(u' ');
}

} // namespace

ConnectPage::ConnectPage(QWidget *parent)
    : QWidget(parent)
    , m_model(new items::ContextTableModel(this))
    , m_now(QDateTime::currentDateTimeUtc())
{
    setObjectName(u"connect"_s);
    setAccessibleName(tr("Connect to a cluster"));

    m_header = new PageHeader(tr("Connect to a cluster"));
    m_add = new Button(tr("Add kubeconfig file…"));
    m_add->setObjectName(u"connect.addFile"_s);
    m_all = new Button(tr("Check all again"));
    m_all->setObjectName(u"connect.checkAll"_s);
    m_header->addAction(m_add);
    m_header->addAction(m_all);
    connect(m_add, &QPushButton::clicked, this, &ConnectPage::addFileRequested);
    connect(m_all, &QPushButton::clicked, this, &ConnectPage::checkAllRequested);

    m_fileRow = new QWidget;
    new FlowLayout(8, 6, m_fileRow);
    m_search = new SearchField(tr("Filter contexts"));
    m_search->setObjectName(u"connect.filter"_s);
    m_search->setFixedWidth(scaled(200));
    m_problems = new QWidget;
    auto *problems = vbox(8);
    m_problems->setLayout(problems);
    m_problems->hide();

    m_table = new views::DataTable(tr("Contexts"));
    m_table->setObjectName(u"connect.contexts"_s);
    m_table->setTwoLine(true);
    using Model = items::ContextTableModel;
    m_table->setColumns({{Model::Context, views::CellKind::Text, 140, 360, true},
                         {Model::SignIn, views::CellKind::Text, 100, 220},
                         {Model::State, views::CellKind::Tag, 140, 260},
                         {Model::Action, views::CellKind::Action, 90, 150, false, false}});
    m_filter = m_table->filter();
    m_table->setSource(m_model);

    auto *tableCard = new Card(Card::Padding::Flush);
    tableCard->body()->addWidget(m_table);

    auto *files = hbox(8);
    files->addWidget(m_fileRow, 1);
    files->addWidget(m_search, 0, Qt::AlignTop);

    auto *left = new QWidget;
    auto *leftBox = vbox(space::cards);
    leftBox->addLayout(files);
    leftBox->addWidget(m_problems);
    leftBox->addWidget(tableCard, 1);
    leftBox->addWidget(makeCards());
    left->setLayout(leftBox);

    m_splitter = new QSplitter(Qt::Horizontal);
    m_splitter->setObjectName(u"connect.splitter"_s);
    m_splitter->setHandleWidth(16);
    m_splitter->setChildrenCollapsible(false);
    m_splitter->addWidget(left);
    m_splitter->addWidget(makeDoctor());
    m_splitter->setStretchFactor(0, 1);
    m_splitter->setStretchFactor(1, 0);
    m_splitter->setSizes({700, 448});

    m_state = new StateView(m_splitter);
    m_state->setObjectName(u"connect.state"_s);

    auto *page = vbox(space::cards);
    page->setContentsMargins(space::pageH, space::pageV, space::pageH, space::pageV);
    page->addWidget(m_header);
    page->addWidget(m_state, 1);
    setLayout(page);

    connect(m_state, &StateView::triggered, this, [this](const QString &id) {
        if (id == "add"_L1)
            emit addFileRequested();
        else
            emit checkAllRequested();
    });
    connect(m_search, &SearchField::changed, m_filter, &items::FilterProxy::setText);
    m_table->followSearch(m_search);
    connect(m_table, &views::DataTable::keyTyped, this, [this](const QString &key) {
        if (key == "/"_L1)
            focusFilter();
    });
    connect(m_table, &views::DataTable::opened, this, &ConnectPage::act);
    connect(m_table, &views::DataTable::actionTriggered, this, &ConnectPage::act);
    connect(m_table, &views::DataTable::currentKeyChanged, this, [this](const QString &id) {
        showDoctor();
        if (!id.isEmpty())
            emit doctorRequested(id);
    });
    setAllowedPrograms({});
    showDoctor();
    setLoading();
}

QWidget *ConnectPage::makeCards()
{
    auto *before = new Card;
    before->body()->setSpacing(6);
    before->body()->addWidget(new Label(tr("Before you connect"), Type::Section));
    before->body()->addWidget(new Paragraph(tr("Cairn only reads until you press a button that says what it changes. "
                                               "Kubeconfig files are never written. Tokens stay in memory and out of "
                                               "reports."),
                                            Type::Body, Token::Dim));
    before->body()->addStretch(1);

    auto *programs = new Card;
    programs->body()->setSpacing(6);
    auto *head = hbox();
    head->addWidget(new ElidedLabel(tr("Programs allowed to run for sign-in"), Type::Section, Token::Text,
                                    Qt::ElideRight), 1);
    m_manage = new Button(tr("Manage…"), ButtonVariant::Normal, Button::Size::Small);
    m_manage->setObjectName(u"connect.programs"_s);
    connect(m_manage, &QPushButton::clicked, this, &ConnectPage::managePrograms);
    head->addWidget(m_manage);
    programs->body()->addLayout(head);
    m_programs = new Paragraph({}, Type::Body, Token::Dim);
    programs->body()->addWidget(m_programs);
    programs->body()->addStretch(1);

    auto *row = new QWidget;
    auto *box = hbox(space::cards);
    box->addWidget(before, 1);
    box->addWidget(programs, 1);
    row->setLayout(box);
    return row;
}

QWidget *ConnectPage::makeDoctor()
{
    auto *card = new Card;
    card->setObjectName(u"connect.doctor"_s);
    card->setMinimumWidth(scaled(320));
    auto *head = hbox();
    head->addWidget(new Label(tr("Sign-in doctor"), Type::StateTitle));
    m_doctorName = new ElidedLabel({}, Type::Body, Token::Dim);
    head->addWidget(m_doctorName, 1);
    m_doctorTag = new Tag(QString());
    head->addWidget(m_doctorTag);
    card->body()->setSpacing(4);
    card->body()->addLayout(head);
    m_doctorSummary = new Paragraph({}, Type::Body, Token::Dim);
    card->body()->addWidget(m_doctorSummary);
    card->body()->addSpacing(8);

    m_steps = new DoctorSteps;
    m_steps->setObjectName(u"connect.doctor.steps"_s);
    auto *inner = new QWidget;
    auto *innerBox = vbox(0);
    innerBox->addWidget(m_steps);
    innerBox->addStretch(1);
    inner->setLayout(innerBox);
    card->body()->addWidget(scrollDown(inner), 1);
    card->body()->addSpacing(6);

    auto *foot = hbox();
    m_copyReport = new Button(tr("Copy report"));
    m_copyReport->setObjectName(u"connect.doctor.copy"_s);
    m_noSecrets = new Label(tr("no secrets inside"), Type::Meta, Token::Dim);
    m_runAgain = new Button(tr("Run again"));
    m_runAgain->setObjectName(u"connect.doctor.again"_s);
    foot->addWidget(m_copyReport);
    foot->addWidget(m_noSecrets);
    foot->addStretch(1);
    foot->addWidget(m_runAgain);
    card->body()->addLayout(foot);

    connect(m_copyReport, &QPushButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(m_shown.report);
        emit copied(tr("The report"));
    });
    connect(m_runAgain, &QPushButton::clicked, this, [this] {
        if (!m_shown.contextId.isEmpty())
            emit runAgainRequested(m_shown.contextId);
    });
    connect(m_steps, &DoctorSteps::triggered, this, &ConnectPage::showRemedyOf);
    return card;
}

void ConnectPage::setFiles(const QList<items::KubeconfigFileView> &files, const QString &origin)
{
    m_files = files;
    m_origin = origin;
    updateFiles();
    updateAnswer();
}

void ConnectPage::updateFiles()
{
    QLayout *flow = m_fileRow->layout();
    while (QLayoutItem *item = flow->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    flow->addWidget(new Label(tr("Read from"), Type::Body, Token::Dim));
    for (const items::KubeconfigFileView &file : std::as_const(m_files)) {
        QString detail = file.problem ? tr("not read") : tr("%n context(s)", nullptr, file.contexts);
        if (!file.problem && file.changed.isValid())
            detail = tr("%1 · changed %2", "contexts in a file, time ago").arg(detail, text::ago(file.changed, m_now));
        flow->addWidget(new FileChip(text::safe(file.path), detail, file.problem.has_value(), m_fileRow));
    }

    QLayout *notes = m_problems->layout();
    while (QLayoutItem *item = notes->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    constexpr int most = 2;
    int shown = 0;
    int bad = 0;
    for (const items::KubeconfigFileView &file : std::as_const(m_files)) {
        if (!file.problem)
            continue;
        ++bad;
        if (shown < most) {
            notes->addWidget(new Note(Tone::Err, problemText(*file.problem)));
            ++shown;
        }
    }
    if (bad > shown)
        notes->addWidget(new Label(tr("%n more file(s) could not be read.", nullptr, bad - shown), Type::Meta, Token::Err));
    int warnings = 0;
    for (const items::KubeconfigFileView &file : std::as_const(m_files)) {
        for (const Error &warning : file.warnings) {
            if (++warnings <= most)
                notes->addWidget(new Note(Tone::Warn, problemText(warning)));
        }
    }
    if (warnings > most)
        notes->addWidget(new Label(tr("%n more warning(s): cairnctl contexts names them all.", nullptr, warnings - most), Type::Meta, Token::Warn));
    m_problems->setVisible(bad + warnings > 0);
}

void ConnectPage::setContexts(const QList<ContextRow> &contexts)
{
    m_model->setContexts(contexts);
    QSet<QString> known;
    QString preferred;
    for (const ContextRow &row : contexts) {
        known.insert(row.id);
        if (row.connected || (row.current && preferred.isEmpty()))
            preferred = row.id;
    }
    m_doctors.removeIf([&](const std::pair<const QString &, DoctorView &> entry) { return !known.contains(entry.first); });
    updateAnswer();
    m_state->setContent();
    if (m_table->currentKey().isEmpty() && !contexts.isEmpty())
        m_table->setCurrentKey(preferred.isEmpty() ? contexts.first().id : preferred);
    showDoctor();
}

void ConnectPage::updateContext(const ContextRow &context)
{
    m_model->updateContext(context);
    updateAnswer();
    if (context.id == m_table->currentKey())
        showDoctor();
}

void ConnectPage::updateAnswer()
{
    m_table->setPlaceholder(m_model->rowCount() == 0 ? tr("These files contain no contexts") : tr("No context matches the filter"));
    if (m_files.isEmpty()) {
        m_header->setAnswer({});
        return;
    }
    const QString contexts = tr("%n context(s)", nullptr, m_model->rowCount());
    const QString files = tr("%n file(s)", nullptr, static_cast<int>(m_files.size()));
    m_header->setAnswer(m_origin.isEmpty()
                            ? tr("%1 in %2", "contexts, files").arg(contexts, files)
                            : tr("%1 in %2, order from %3", "contexts, files, variable").arg(contexts, files, m_origin));
}

void ConnectPage::setDoctor(const DoctorView &doctor)
{
    m_doctors.insert(doctor.contextId, doctor);
    if (doctor.contextId == m_table->currentKey())
        showDoctor();
}

void ConnectPage::showDoctor()
{
    const QString id = m_table->currentKey();
    const ContextRow *row = m_model->find(id);
    const auto known = m_doctors.constFind(id);
    m_shown = {};
    if (known != m_doctors.cend()) {
        m_shown = *known;
    } else if (row) {
        m_shown.contextId = id;
        m_shown.contextName = row->name;
        if (row->problem) {
            // A broken entry never gets as far as the doctor: its own error is the only step.
            m_shown.verdict = {tr("Invalid entry"), Tone::Err};
            m_shown.summary = tr("Only this entry is invalid; the other contexts in the file work.");
            DoctorStepView step;
            step.state = DoctorStepView::State::Failed;
            step.title = tr("Kubeconfig entry");
            step.result = tr("failed");
            step.detail = text::safe(row->problem->what);
            step.why = text::safe(row->problem->why);
            if (!row->problem->fix.isEmpty())
                step.remedies = {{DoctorRemedy::Act::RunAgain, {}, text::safe(row->problem->fix), tr("Check again"), {}, true}};
            m_shown.steps = {step};
            m_shown.report = row->problem->oneLine();
        } else {
            m_shown.verdict = items::tag(row->state);
            m_shown.summary = tr("The steps of the sign-in appear here while they run.");
        }
    } else {
        m_shown.summary = tr("Choose a context to see each step of its sign-in.");
    }

    m_doctorName->setText(text::safe(m_shown.contextName));
    m_doctorTag->set(m_shown.verdict);
    m_doctorTag->setVisible(!m_shown.verdict.text.isEmpty());
    m_doctorSummary->setText(m_shown.summary);
    m_doctorSummary->setVisible(!m_shown.summary.isEmpty());
    QList<DoctorStep> steps;
    for (const DoctorStepView &view : std::as_const(m_shown.steps)) {
        DoctorStep step;
        step.id = QString::number(steps.size());
        switch (view.state) {
        case DoctorStepView::State::Done: step.state = DoctorStep::State::Done; break;
        case DoctorStepView::State::Warning: step.state = DoctorStep::State::Warn; break;
        case DoctorStepView::State::Failed: step.state = DoctorStep::State::Failed; break;
        case DoctorStepView::State::Waiting: step.state = DoctorStep::State::Waiting; break;
        case DoctorStepView::State::Running: step.state = DoctorStep::State::Running; break;
        }
        step.title = view.title;
        step.detail = view.detail;
        step.aside = view.result;
        step.why = view.why;
        step.whyCode = view.whyCode;
        for (const DoctorRemedy &remedy : view.remedies) {
            DoctorStep::Fix fix;
            fix.id = QString::number(step.fixes.size());
            fix.text = remedy.text;
            fix.code = remedy.value;
            fix.button = remedy.button;
            fix.primary = remedy.primary;
            if (fix.button.isEmpty()) {
                switch (remedy.act) {
                case DoctorRemedy::Act::CopyCommand: fix.button = tr("Copy command"); break;
                case DoctorRemedy::Act::AddFolder: fix.button = tr("Add folder"); break;
                case DoctorRemedy::Act::AllowProgram: fix.button = tr("Allow this program…"); break;
                case DoctorRemedy::Act::OpenUrl: fix.button = tr("Open page"); break;
                case DoctorRemedy::Act::ChooseFile: fix.button = tr("Choose a file…"); break;
                case DoctorRemedy::Act::RunAgain: fix.button = tr("Run again"); break;
                }
            }
            step.fixes.append(fix);
        }
        steps.append(step);
    }
    m_steps->setSteps(steps);
    QList<QWidget *> stops{m_add, m_all, m_search, m_table, m_manage};
    for (Button *button : m_steps->findChildren<Button *>())
        stops.append(button);
    stops.append(m_copyReport);
    stops.append(m_runAgain);
    tabChain(stops);
    m_copyReport->setVisible(!m_shown.report.isEmpty());
    m_noSecrets->setVisible(!m_shown.report.isEmpty());
    m_runAgain->setVisible(!m_shown.contextId.isEmpty());
    m_runAgain->setEnabled(!m_shown.running);
    m_runAgain->setText(m_shown.running ? tr("Checking…") : tr("Run again"));
}

void ConnectPage::showRemedyOf(const QString &stepId, const QString &fixId)
{
    const int step = stepId.toInt();
    const int fix = fixId.toInt();
    if (step < 0 || step >= m_shown.steps.size() || fix < 0 || fix >= m_shown.steps[step].remedies.size())
        return;
    const DoctorRemedy remedy = m_shown.steps[step].remedies[fix];
    if (remedy.act == DoctorRemedy::Act::CopyCommand) {
        QGuiApplication::clipboard()->setText(remedy.value);
        emit copied(tr("The command"));
    } else if (remedy.act == DoctorRemedy::Act::RunAgain) {
        emit runAgainRequested(m_shown.contextId);
    } else {
        emit remedyRequested(m_shown.contextId, remedy);
    }
}

void ConnectPage::act(const QString &id)
{
    const ContextRow *row = m_model->find(id);
    if (!row)
        return;
    m_table->setCurrentKey(id);
    switch (row->action) {
    case ContextAction::None:
        // Nobody need wait for a look around to end.
        if (items::canConnect(row->state) || row->state == ContextState::Checking)
            emit connectRequested(id);
        break;
    case ContextAction::Connect: emit connectRequested(id); break;
    case ContextAction::SignIn: emit signInRequested(id); break;
    case ContextAction::TryAgain: emit runAgainRequested(id); break;
    case ContextAction::Allow:
    case ContextAction::Fix:
    case ContextAction::HowToRenew:
        // The fix stands in the panel: go to its first button.
        emit doctorRequested(id);
        for (QWidget *child : m_steps->findChildren<QWidget *>())
            if (qobject_cast<Button *>(child) && child->isVisible()) {
                child->setFocus(Qt::TabFocusReason);
                break;
            }
        break;
    }
}

void ConnectPage::setAllowedPrograms(const QStringList &programs)
{
    QStringList quoted;
    for (const QString &program : programs)
        quoted.append(u'`' + program + u'`');
    m_programs->setText(programs.isEmpty()
                            ? tr("Exec plugins are programs on this computer. None is allowed yet; Cairn asks before each "
                                 "one's first run.")
                            : tr("Exec plugins are programs on this computer. Allowed: %1. Cairn asks before any "
                                 "other's first run.")
                                  .arg(quoted.join(u", "_s)));
    m_manage->setVisible(!programs.isEmpty());
}

void ConnectPage::setNow(const QDateTime &now)
{
    m_now = now;
    if (!m_files.isEmpty())
        updateFiles();
}

void ConnectPage::setLoading()
{
    m_state->setLoading(tr("Reading kubeconfig files…"));
}

void ConnectPage::setNoFiles(const QStringList &places)
{
    m_files.clear();
    m_model->setContexts({});
    updateAnswer();
    QStringList quoted;
    for (const QString &place : places)
        quoted.append(u'`' + text::safe(place) + u'`');
    m_state->setEmpty(tr("No kubeconfig file found"),
                      tr("Looked for %1. Your cluster's administrator can give you one; a cloud provider's command-line "
                         "tool writes one when you sign in.")
                          .arg(quoted.join(u", "_s)),
                      {{u"again"_s, tr("Search again"), ButtonVariant::Normal},
                       {u"add"_s, tr("Add kubeconfig file…"), ButtonVariant::Primary}});
}

void ConnectPage::setFailed(const Error &error)
{
    m_state->setError(error,
                      {{u"again"_s, tr("Refresh"), ButtonVariant::Normal},
                       {u"add"_s, tr("Add kubeconfig file…"), ButtonVariant::Primary}},
                      m_now);
}

QString ConnectPage::currentContext() const
{
    return m_table->currentKey();
}

void ConnectPage::setCurrentContext(const QString &id)
{
    m_table->setCurrentKey(id);
}

void ConnectPage::focusFilter()
{
    m_search->setFocus(Qt::ShortcutFocusReason);
    m_search->selectAll();
}

void ConnectPage::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    if (m_placed)
        return;
    // The doctor gets its 448 px where there is room; on a small window the table comes first.
    m_placed = true;
    const int room = width() - 2 * space::pageH - m_splitter->handleWidth();
    const int doctor = std::clamp(room * 37 / 100, scaled(320), scaled(448));
    m_splitter->setSizes({room - doctor, doctor});
}

void ConnectPage::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_F5) {
        emit checkAllRequested();
    } else if (event->text() == "/"_L1 && event->modifiers() == Qt::NoModifier) {
        focusFilter();
    } else {
        QWidget::keyPressEvent(event);
        return;
    }
    event->accept();
}

} // namespace cairn::pages
