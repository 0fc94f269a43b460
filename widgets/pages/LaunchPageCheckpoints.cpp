// SPDX-License-Identifier: GPL-3.0-or-later
// The step of LaunchPage about saving: where to, how often, what is kept, and what that costs.
#include "editors/CodeEditor.h"
#include "forms/ChoiceField.h"
#include "forms/FieldRow.h"
#include "forms/NumberField.h"
#include "forms/TextFields.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Inputs.h"
#include "kit/Label.h"
#include "kit/Messages.h"
#include "launch/Rules.h"
#include "pages/AdvisorCard.h"
#include "pages/LaunchPage.h"

#include <QHBoxLayout>
#include <QVBoxLayout>
#include <algorithm>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using namespace cairn::kit;
using forms::NumberField;
using forms::TextField;
using launch::Policy;

namespace {

int whole(const QVariant &value)
{
    return static_cast<int>(std::clamp(value.toDouble(), 0.0, 1e9));
}

QVariant unlessZero(int value)
{
    return value > 0 ? QVariant(double(value)) : QVariant();
}

} // namespace

void LaunchPage::bindPolicy(forms::Field *field, std::function<QVariant(const Policy &)> get,
    std::function<void(Policy &, const QVariant &)> set)
{
    connect(field, &forms::Field::changed, this, [this, field, set] {
        set(m_policy, field->value());
        passPolicy();
    });
    m_policyBindings.append({field, std::move(get), std::move(set)});
}

QWidget *LaunchPage::makeCheckpoints()
{
    auto *form = new forms::Form;
    auto *folder = new TextField(tr("Save to"));
    folder->setObjectName(u"launch.folder"_s);
    folder->setMono();
    folder->setMaxLength(1024);
    folder->setPlaceholder(u"/checkpoints/bert-xl"_s);
    folder->setRule(&launch::whyNoFolder);
    form->addRow(tr("Save to"), folder)
        ->setHint(tr("A folder of its own on the checkpoint volume: other jobs must not save there."));
    bindPolicy(
        folder, [](const Policy &policy) { return policy.folder; },
        [](Policy &policy, const QVariant &value) { policy.folder = value.toString(); });
    form->addRow(tr("Framework"), makeFramework(u"launch.saver"_s))
        ->setHint(tr("It decides how all this is passed: arguments, variables, or lines in the script."));

    const auto number = [](const QString &name, const QString &unit, const QString &id) {
        auto *field = new NumberField(name, unit);
        field->setObjectName(id);
        field->setRange(1, 1e9);
        return field;
    };
    auto *steps = number(tr("Save every so many steps"), tr("steps"), u"launch.steps"_s);
    auto *epochs = number(tr("Save every so many epochs"), tr("epochs"), u"launch.epochs"_s);
    auto *minutes = number(tr("Save every so many minutes"), tr("minutes"), u"launch.minutes"_s);
    auto *every = form->addRow(tr("Save every"), steps);
    every->addWords(tr("or", "between numbers"));
    every->add(epochs);
    every->addWords(tr("or", "between numbers"));
    every->add(minutes);
    bindPolicy(
        steps, [](const Policy &policy) { return unlessZero(policy.everySteps); },
        [](Policy &policy, const QVariant &value) { policy.everySteps = whole(value); });
    bindPolicy(
        epochs, [](const Policy &policy) { return unlessZero(policy.everyEpochs); },
        [](Policy &policy, const QVariant &value) { policy.everyEpochs = whole(value); });
    bindPolicy(
        minutes, [](const Policy &policy) { return unlessZero(policy.everySeconds / 60); },
        [](Policy &policy, const QVariant &value) { policy.everySeconds = std::min(whole(value), 1'000'000) * 60; });
    auto *last = number(tr("Keep the last"), tr("checkpoints"), u"launch.keepLast"_s);
    auto *kept = number(tr("Keep every so many steps for good"), tr("steps for good"), u"launch.keepEvery"_s);
    auto *keep = form->addRow(tr("Keep the last"), last);
    keep->addWords(tr("and every", "checkpoints that are kept"));
    keep->add(kept);
    keep->setHint(tr("Left empty, all are kept. Two at least: the newest may be half written."));
    bindPolicy(
        last, [](const Policy &policy) { return unlessZero(policy.keepLast); },
        [](Policy &policy, const QVariant &value) { policy.keepLast = whole(value); });
    bindPolicy(
        kept, [](const Policy &policy) { return unlessZero(policy.keepEvery); },
        [](Policy &policy, const QVariant &value) { policy.keepEvery = whole(value); });
    m_onTerm = new Check(tr("save before the pod goes"));
    m_onTerm->setObjectName(u"launch.onTerm"_s);
    form->addRow(tr("On SIGTERM"))->addWidget(m_onTerm);
    connect(m_onTerm, &QCheckBox::clicked, this, [this](bool on) {
        m_policy.onTerm = on;
        passPolicy();
    });
    m_remarks = new Note(Tone::Warn, {});
    m_remarks->setObjectName(u"launch.remarks"_s);

    m_advisor = new AdvisorCard;
    connect(m_advisor, &AdvisorCard::costsChanged, this, [this] {
        showCosts();
        // Minutes become steps by how long one takes.
        if (m_policy.everySeconds > 0 && m_result && m_result->draft.isJob())
            passPolicy();
        updateAnswer();
        emit costsChanged();
    });
    connect(m_advisor, &AdvisorCard::useRequested, this, [this](int bySteps, int bySeconds) {
        m_policy.everySteps = bySteps;
        m_policy.everyEpochs = 0;
        m_policy.everySeconds = bySeconds;
        fill(m_policyBindings, m_policy);
        passPolicy();
    });
    m_stepForms.append(form);
    auto *widget = new QWidget;
    auto *box = vbox(space::cards);
    box->setContentsMargins(space::pageH, 0, space::pageH, space::pageV);
    box->addWidget(form);
    box->addWidget(m_remarks);
    box->addWidget(m_advisor);
    box->addStretch(1);
    widget->setLayout(box);
    return widget;
}

std::optional<double> LaunchPage::stepSeconds() const
{
    return m_advisor->stepSeconds();
}

QMap<QString, qint64> LaunchPage::typedCosts() const
{
    return m_advisor->typedCosts();
}

void LaunchPage::setTypedCosts(const QMap<QString, qint64> &costs)
{
    m_advisor->setTypedCosts(costs);
    updateAnswer();
}

launch::Costs LaunchPage::costs() const
{
    return m_advisor->costs();
}

void LaunchPage::setMeasured(const launch::Inputs &inputs)
{
    m_advisor->setInputs(inputs);
    updateAnswer();
}

void LaunchPage::chooseFramework(launch::Framework framework)
{
    if (framework != m_policy.framework) {
        // What another framework was told would only confuse this one.
        m_spec = launch::withoutPolicy(m_spec, m_policy);
        m_policy.framework = framework;
        if (!m_policy.folder.isEmpty())
            m_spec = launch::withPolicy(m_spec, launch::pass(m_policy, stepSeconds()));
        m_policyPending = true;
    }
    emit frameworkChosen(framework);
    for (forms::ChoiceField *field : std::as_const(m_frameworks))
        field->setValue(launch::frameworkWord(framework));
    showSnippet();
    showCosts();
    tell();
}

/// The form changed it.
void LaunchPage::passPolicy()
{
    if (m_filling)
        return;
    m_spec = launch::withPolicy(m_spec, launch::pass(m_policy, stepSeconds()));
    m_policyPending = true;
    showCosts();
    tell();
}

/// The text may have. What was typed and is passed in another way, as minutes that became steps, stays as it was typed.
void LaunchPage::takePolicy(bool newer)
{
    if (newer && m_policyPending)
        return; // the next result is about what is typed now
    const launch::Draft &draft = m_result->draft;
    const Policy &now = draft.policy;
    if (now.framework != m_policy.framework) {
        m_policy = now;
    } else if (!m_policyPending) {
        const auto take = [&](auto member) {
            if (now.*member != m_readPolicy.*member)
                m_policy.*member = now.*member;
        };
        take(&Policy::folder);
        take(&Policy::everySteps);
        take(&Policy::everyEpochs);
        take(&Policy::everySeconds);
        take(&Policy::keepLast);
        take(&Policy::keepEvery);
        take(&Policy::onTerm);
    }
    m_policyPending = false;
    m_readPolicy = now;
    m_filling = true;
    for (forms::ChoiceField *field : std::as_const(m_frameworks)) {
        field->setValue(launch::frameworkWord(draft.framework));
        field->setHint(draft.sure ? QString() : tr("Nothing in command, arguments and image tells it: choose it."));
    }
    fill(m_policyBindings, m_policy);
    m_onTerm->setChecked(m_policy.onTerm);
    m_filling = false;
}

void LaunchPage::showCosts()
{
    const launch::Passing passing = launch::pass(m_policy, stepSeconds());
    QStringList remarks;
    const bool asked = m_policy != Policy{.framework = m_policy.framework};
    for (const launch::Remark &remark : passing.remarks) {
        if (asked)
            remarks.append(remark.text);
    }
    m_remarks->setText(remarks.join(u'\n'));
    m_remarks->setVisible(!remarks.isEmpty());

    m_advisor->setJob(m_spec, m_policy);
}

void LaunchPage::showSnippet()
{
    // Of a script that reads the contract nobody knows whether it does; the lines do no harm to look at.
    const launch::Framework framework = m_policy.framework;
    const QString text = launch::needsSnippet(framework) || framework == launch::Framework::Contract
        ? launch::snippet(framework)
        : QString();
    if (text != m_snippet->text())
        m_snippet->setText(text);
    shown(currentStep());
}

} // namespace cairn::pages
