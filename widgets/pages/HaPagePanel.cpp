// SPDX-License-Identifier: GPL-3.0-or-later
// The panel at the right of the page: a component, its history, or a finding.
#include "pages/HaPage.h"

#include "base/Text.h"
#include "charts/AvailabilityStrip.h"
#include "kit/Button.h"
#include "kit/Label.h"
#include "kit/Marks.h"
#include "kit/Messages.h"
#include "kit/Paint.h"
#include "kit/StateView.h"
#include "pages/FindingList.h"
#include "pages/FindingPanel.h"
#include "pages/SidePanel.h"
#include "situation/FailoverWords.h"
#include "items/LeaderChangeTableModel.h"

#include <QHBoxLayout>
#include <QVBoxLayout>
#include <algorithm>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using namespace cairn::kit;
using audit::Finding;
using components::Component;
using components::Leadership;
using components::Standing;
using items::ComponentTableModel;
using items::FindingListModel;

namespace {

constexpr qsizetype mostFindings = 6; ///< of a component, in its panel
constexpr qsizetype mostChanges = 8;  ///< takeovers of a component, in its panel

} // namespace

void HaPage::setOffer(const OverlayOffer &offer)
{
    m_offer = offer;
    m_findingPanel->setOffer(offer.sentence, offer.act, offer.refusal);
    m_offerText->setText(offer.sentence);
    m_offerText->setVisible(!offer.sentence.isEmpty());
    m_add->setText(offer.act);
    m_add->setRefusal(offer.refusal);
    m_add->setVisible(!offer.act.isEmpty());
}

void HaPage::updatePanel()
{
    updateFailover(inFront());
    if (showsWhatIf())
        return;
    if (view() == View::Components)
        updateComponentPanel();
    else if (view() == View::History)
        updateHistoryPanel();
    else
        updateFindingPanel();
}

void HaPage::updateFindingPanel()
{
    const QList<Finding> findings = selectedFindings();
    if (findings.isEmpty()) {
        m_findingPanel->setNothing(tr("Select a finding to see what it rests on and how to repair it."));
        return;
    }
    const FindingListModel::Row *row = m_findingModel->rowAt(m_findingModel->rowOf(m_findings->currentKey()));
    if (row->kind == FindingListModel::Kind::Fold)
        m_findingPanel->setFold(m_findingModel->title(*row), findings);
    else
        m_findingPanel->setFinding(findings.first());
}

void HaPage::updateComponentFindings(const Component &component)
{
    QStringList shown;
    QList<qsizetype> own;
    const QList<Finding> &all = m_findingModel->findings();
    for (qsizetype i = 0; i < all.size(); ++i) {
        if (items::concerns(all[i], component)) {
            own.append(i);
            shown.append(all[i].rule + all[i].title);
        }
    }
    m_findingsTitle->setVisible(m_report.has_value());
    m_findingsTitle->setText(own.isEmpty() ? tr("No findings") : tr("%n finding(s)", nullptr, static_cast<int>(own.size())));
    if (std::exchange(m_shownFindings, shown) == shown)
        return;
    clearLayout(m_componentFindings);
    for (const qsizetype at : own.first(qMin(mostFindings, own.size()))) {
        const Finding &finding = all[at];
        auto *row = hbox(6);
        row->addWidget(new Sign(finding.severity == audit::Severity::High ? paint::Glyph::Triangle : paint::signOf(items::tone(finding.severity)),
                                foreground(items::tone(finding.severity))));
        auto *name = new ElidedLink(finding.title);
        name->setObjectName(u"ha.component.finding"_s);
        name->setHint(tr("Show the finding"));
        connect(name, &QAbstractButton::clicked, this, [this, key = items::findingKey(finding)] { showFinding(key); });
        row->addWidget(name, 1);
        row->addWidget(new Label(finding.rule, Type::Mono, Token::Dim));
        m_componentFindings->addLayout(row);
    }
    if (own.size() > mostFindings)
        m_componentFindings->addWidget(new Label(tr("and %n more", nullptr, static_cast<int>(own.size() - mostFindings)), Type::Meta, Token::Dim));
}

/// A test drops a leader for real: it is only offered where another one can take over.
void HaPage::updateFailover(const Component *component)
{
    QString refusal;
    if (!component)
        refusal = tr("Choose a component first");
    else if (component->leader.state == Leadership::State::None)
        refusal = tr("%1 elects no leader that a Lease shows").arg(component->id);
    else if (component->leader.state == Leadership::State::Off)
        refusal = tr("The leader election of %1 is off").arg(component->id);
    else if (component->leader.state != Leadership::State::Fresh)
        refusal = tr("The Lease of %1 is not fresh").arg(component->id);
    else if (component->ready < 2)
        refusal = tr("It would drop the only ready replica of %1").arg(component->id);
    m_failover->setRefusal(refusal);
}

void HaPage::setHistory(const QList<ReadinessHour> &hours, const QList<LeaderChange> &changes)
{
    m_strip->setHours(hours);
    m_seen->setText(m_strip->summary());
    m_historyStrip->setHours(hours);
    m_historySeen->setText(m_historyStrip->summary());
    QStringList shown;
    const auto first = changes.first(qMin(mostChanges, changes.size()));
    for (const LeaderChange &change : first) {
        shown += {items::LeaderChangeTableModel::when(change.at, now()), situation::whyText(change), situation::secondsText(change.gap),
                  tr("%1 → %2", "who led, who leads").arg(situation::fromText(change), situation::toText(change))};
    }
    if (shown.isEmpty() && inFront())
        shown = {inFront()->leader.state == Leadership::State::None ? tr("It elects no leader that a Lease shows.") : tr("Cairn has not seen one yet.")};
    if (std::exchange(m_shownChanges, shown) == shown)
        return;
    clearLayout(m_changes);
    if (shown.size() < 4) {
        for (const QString &text : std::as_const(shown))
            m_changes->addWidget(new Paragraph(text, Type::Body, Token::Dim));
        return;
    }
    for (qsizetype i = 0; i + 3 < shown.size(); i += 4) {
        auto *line = hbox(8);
        line->addWidget(new Label(shown[i], Type::Body));
        line->addWidget(new ElidedLabel(shown[i + 1], Type::Body, Token::Dim, Qt::ElideRight), 1);
        line->addWidget(new Label(shown[i + 2], Type::BodyStrong));
        m_changes->addLayout(line);
        m_changes->addWidget(new ElidedLabel(shown[i + 3], Type::Meta, Token::Dim));
    }
}

void HaPage::updateHistoryPanel()
{
    const Component *component = inFront();
    m_historySide->setVisible(component != nullptr);
    if (!component)
        return;
    m_historySide->setHead(component->id, items::tag(component->standing),
                           tr("%1 · %2", "group, workload").arg(ComponentTableModel::group(*component),
                                                               text::safe(component->kind + u' ' + component->ns + u'/' + component->workload)));
    m_historyStrip->setName(component->id);
    m_takeovers->setVisible(component->leader.state != Leadership::State::None);
}

void HaPage::updateComponentPanel()
{
    const Component *component = inFront();
    m_side->setVisible(component != nullptr);
    if (!component)
        return;
    // What a dependency is called is in the reason; the panel is narrow.
    m_side->setHead(component->id, items::tag(component->standing),
                    tr("%1 · %2", "group, workload").arg(ComponentTableModel::group(*component),
                                                        text::safe(component->kind + u' ' + component->ns + u'/' + component->workload)));
    const QStringList alarms = components::alarms(*component, m_read);
    m_alarm->setText(alarms.join(u' '));
    m_alarm->setVisible(!alarms.isEmpty());
    m_lossTitle->setText(component->standing == Standing::Down             ? tr("Stopped now")
                             : component->standing == Standing::NoLeader      ? tr("What stops while nobody leads")
                             : component->standing == Standing::NotObservable ? tr("What stops without it")
                                                                             : tr("What a node failure does"));
    m_loss->setText(components::consequence(*component));
    updateComponentFindings(*component);
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
    m_strip->setName(component->id);
    m_source->setText(tr("From the workload, its pods, lease, PDB and autoscaler, %1.").arg(text::ago(m_read, now())));
}

} // namespace cairn::pages
