// SPDX-License-Identifier: GPL-3.0-or-later
#include "dialogs/PlanDialog.h"

#include "kit/Card.h"
#include "kit/Label.h"

#include <QVBoxLayout>

namespace cairn::dialogs {

using namespace Qt::StringLiterals;
using namespace cairn::kit;

PlanDialog::PlanDialog(QWidget *parent)
    : ChangeDialog(u"plan"_s, ButtonVariant::Primary, parent)
    , m_phases(new CheckList)
    , m_checks(new CheckList)
    , m_noteBox(new QWidget)
    , m_notes(vbox(8))
{
    m_phases->setObjectName(u"plan.phases"_s);
    m_phases->setAccessibleName(tr("What happens, in order"));
    m_checks->setObjectName(u"plan.checks"_s);
    m_checks->setAccessibleName(tr("What the server says of it"));
    m_noteBox->setLayout(m_notes);
    auto *content = vbox(8);
    content->addWidget(m_noteBox);
    content->addWidget(new Label(tr("Safe order"), Type::Section));
    content->addWidget(m_phases);
    content->addSpacing(6);
    m_dryRun = new Label(tr("Dry run"), Type::Section);
    content->addWidget(m_dryRun);
    content->addWidget(m_checks);
    content->addStretch(1);
    setContent(content, true);
    resize(scaled(640), scaled(620));
    updateAct();
}

void PlanDialog::setView(const PlanView &view)
{
    m_view = view;
    setHead(view.title, view.sentence);
    m_phases->setItems(view.phases);
    m_checks->setItems(view.checks);
    // What is recorded was tried when it was planned.
    const bool tried = !view.checked || !view.checks.isEmpty();
    m_dryRun->setVisible(tried);
    m_checks->setVisible(tried);
    const QStringList notes = view.problems + QStringList{u"|"_s} + view.warnings;
    if (std::exchange(m_shownNotes, notes) != notes) {
        clearLayout(m_notes);
        for (const QString &text : view.problems)
            m_notes->addWidget(new Note(Tone::Err, text));
        for (const QString &text : view.warnings)
            m_notes->addWidget(new Note(Tone::Warn, text));
    }
    m_noteBox->setVisible(!view.problems.isEmpty() || !view.warnings.isEmpty());
    updateAct();
}

void PlanDialog::updateAct()
{
    QString why;
    if (!m_view.problems.isEmpty())
        why = tr("Settle the problems first.");
    else if (!m_view.checked)
        why = tr("Asking the server…");
    for (const CheckItem &check : m_view.checks) {
        if (check.state == CheckItem::State::Err)
            why = tr("The server refuses a part of it.");
    }
    setAct(m_view.act, why);
}

} // namespace cairn::dialogs
