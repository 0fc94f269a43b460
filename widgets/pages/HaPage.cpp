// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/HaPage.h"

#include "base/Text.h"
#include "kit/Card.h"
#include "kit/Label.h"
#include "kit/Messages.h"
#include "pages/SidePanel.h"

#include <QVBoxLayout>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using namespace cairn::kit;
using components::Component;
using components::Leadership;
using components::Standing;
using items::ComponentTableModel;

HaPage::HaPage(QWidget *parent)
    : ListPage(u"ha"_s, {tr("High availability"), tr("Component, node, or verdict"), tr("Filter components"), tr("No component matches the filter")}, parent)
    , m_model(new ComponentTableModel(this))
{
    using views::CellKind;
    setRows(m_model,
            {{ComponentTableModel::Name, CellKind::Text, 130, 280, true},
             {ComponentTableModel::Replicas, CellKind::Replicas, 80, 110},
             {ComponentTableModel::Spread, CellKind::Text, 116, 160},
             {ComponentTableModel::Leader, CellKind::Text, 80, 130},
             {ComponentTableModel::Budget, CellKind::Text, 108, 130},
             {ComponentTableModel::KeptIn, CellKind::Text, 100, 130, false, true, true},
             {ComponentTableModel::Verdict, CellKind::Tag, 150, 190}},
            ComponentTableModel::Verdict, Qt::AscendingOrder);
    showFrom(ComponentTableModel::KeptIn, 1200); // the panel says it too
    m_panel = makePanel();
    arrange(inStates(beside(tableCard({{u"/"_s, tr("filter")}, {u"F5"_s, tr("refresh")}}), m_panel)));
    settle();
}

SidePanel *HaPage::makePanel()
{
    auto *panel = new SidePanel(u"ha.panel"_s, tr("The selected component"));
    QVBoxLayout *column = panel->column();
    m_alarm = panel->addNote(Tone::Err, u"ha.alarm"_s);
    column->addSpacing(4);
    m_lossTitle = new ElidedLabel({}, Type::Section, Token::Text, Qt::ElideRight);
    column->addWidget(m_lossTitle);
    m_loss = panel->addParagraph(u"ha.loss"_s);
    panel->addSection(tr("Why this verdict"));
    m_why = panel->addParagraph(u"ha.why"_s);
    panel->addSection(tr("Details"));
    m_facts = panel->addFacts({tr("Replicas"), tr("Spread"), tr("Leader"), tr("Lease renewed"), tr("Disruptions allowed"), tr("Autoscaler"),
                               tr("Restarts"), tr("State kept in")});
    m_source = panel->addSource();
    return panel;
}

void HaPage::setComponents(const QList<Component> &components, const QDateTime &now)
{
    m_read = now;
    m_model->setComponents(components);
    settle();
}

void HaPage::updateAnswer()
{
    QList<Component> all;
    for (int i = 0; i < m_model->rowCount(); ++i)
        all.append(*m_model->rowAt(i));
    const components::Summary summary = components::summarise(all);
    if (summary.observable == 0) {
        header()->setAnswer({});
        return;
    }
    QString answer = tr("%1 of %n component(s) tolerate a node failure", nullptr, summary.observable).arg(summary.surviving);
    if (summary.unobservable > 0)
        answer = tr("%1 · %2", "answer, what is not known").arg(answer, tr("%n not observable", nullptr, summary.unobservable));
    header()->setAnswer(answer);
}

void HaPage::updatePanel()
{
    const Component *component = m_model->find(currentKey());
    m_panel->setVisible(component != nullptr);
    if (!component)
        return;
    // What a dependency is called is in the reason; the panel is narrow.
    m_panel->setHead(component->id, items::tag(component->standing),
                     tr("%1 · %2", "group, workload").arg(ComponentTableModel::group(*component),
                                                         text::safe(component->kind + u' ' + component->ns + u'/' + component->workload)));
    const QStringList alarms = components::alarms(*component, m_read);
    m_alarm->setText(alarms.join(u' '));
    m_alarm->setVisible(!alarms.isEmpty());
    m_lossTitle->setText(component->standing == Standing::Down             ? tr("Stopped now")
                             : component->standing == Standing::NotObservable ? tr("What stops without it")
                                                                             : tr("What a node failure does"));
    m_loss->setText(components::consequence(*component));
    m_why->setText(components::reasons(*component).join(u' '));

    const Leadership &leader = component->leader;
    QString renewed = u"–"_s;
    if (leader.state == Leadership::State::Fresh || leader.state == Leadership::State::Stale)
        renewed = text::ago(leader.renewed, m_read);
    else if (leader.state == Leadership::State::Future)
        renewed = tr("in the future");
    QString budget = component->budgetUnread ? tr("not readable") : tr("no PDB");
    if (component->budget)
        budget = tr("%1 (%2)", "disruptions allowed, rule of the budget").arg(component->budget->allowed).arg(ComponentTableModel::budget(*component));
    QString autoscaler = component->autoscalerUnread ? tr("not readable") : tr("none");
    if (component->autoscaler)
        autoscaler = tr("%1 to %2 replicas").arg(component->autoscaler->floor).arg(component->autoscaler->ceiling);
    QStringList places;
    for (const QString &place : component->keptIn)
        places.append(text::safe(place));
    m_facts->setValues({ComponentTableModel::replicas(*component), ComponentTableModel::spread(*component),
                        leader.holder.isEmpty() || component->splitBrain ? ComponentTableModel::leader(*component) : text::safe(leader.holder), renewed,
                        budget, autoscaler, component->restarts < 0 ? u"–"_s : text::number(component->restarts),
                        places.isEmpty() ? u"–"_s : places.join(u", "_s)});
    m_source->setText(tr("From the workload, its pods, lease, PDB and autoscaler, %1.").arg(text::ago(m_read, now())));
}

ListPage::FeedWords HaPage::feedWords(const QString &why) const
{
    FeedWords words;
    words.reading = tr("Reading components…");
    words.stale = tr("%1 The verdicts are as old; they are renewed as soon as the server answers.").arg(why);
    words.forbidden = tr("You don't have permission to list Kubeflow's components");
    words.failed = tr("The components could not be read");
    words.emptyTitle = tr("No Kubeflow components found");
    words.emptyText = tr("None of the namespaces that Kubeflow is usually installed in contains its components.");
    words.counted = false;
    return words;
}

} // namespace cairn::pages
