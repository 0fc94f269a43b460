// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/WhyPanel.h"

#include "base/Text.h"
#include "kit/Announce.h"
#include "kit/Button.h"
#include "kit/Label.h"
#include "kit/Marks.h"
#include "kit/Messages.h"

#include <QHBoxLayout>
#include <QLocale>
#include <QVBoxLayout>
#include <algorithm>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using namespace cairn::kit;
using launch::WhyNot;
using Evidence = WhyNot::Evidence;
using Verdict = WhyNot::Verdict;

namespace {

CheckItem::State signOf(Evidence::State state)
{
    switch (state) {
    case Evidence::State::Ok: return CheckItem::State::Ok;
    case Evidence::State::Waits: return CheckItem::State::Warn;
    case Evidence::State::Failed: return CheckItem::State::Err;
    case Evidence::State::NotAsked:
    case Evidence::State::Unknown: break;
    }
    return CheckItem::State::Waiting;
}

std::pair<QString, Tone> tagOf(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Started: return {WhyPanel::tr("Started"), Tone::Ok};
    case Verdict::Waiting: return {WhyPanel::tr("Waiting"), Tone::Warn};
    case Verdict::Never: return {WhyPanel::tr("Will never start"), Tone::Err};
    case Verdict::Unknown: break;
    }
    return {WhyPanel::tr("Not known"), Tone::Idle};
}

/// What holds and cites nothing takes one row together: the room belongs to what stands in the way.
QList<CheckItem> rowsOf(const QList<Evidence> &chain)
{
    QList<CheckItem> rows;
    QStringList later;
    bool joins = false;
    for (const Evidence &one : chain) {
        if (one.state == Evidence::State::NotAsked) {
            later.append(one.text);
            continue;
        }
        const bool plain = one.state == Evidence::State::Ok && one.source.isEmpty();
        if (plain && joins) {
            rows.last().text += u' ' + one.text;
            continue;
        }
        joins = plain;
        CheckItem row{one.id, signOf(one.state), one.text, {}, {}, {}};
        // A quote within marks of code would end them.
        const QString words = QString(one.message).replace(u'`', u'\'');
        const QString quoted = words.isEmpty() || one.text.contains(one.message) ? QString() : u'`' + words + u'`';
        row.detail = one.source.isEmpty() ? quoted : quoted.isEmpty() ? one.source : WhyPanel::tr("%1: %2", "what is cited, its words").arg(one.source, quoted);
        if (one.at.isValid())
            row.aside = QLocale().toString(one.at.toLocalTime().time(), u"HH:mm:ss"_s);
        rows.append(row);
    }
    if (!later.isEmpty())
        rows.append({u"later"_s, CheckItem::State::Waiting, WhyPanel::tr("Not asked yet: %1").arg(later.join(u", "_s)), {}, {}, {}});
    return rows;
}

} // namespace

bool JobWhyView::operator==(const JobWhyView &other) const
{
    return reading == other.reading && why == other.why && gaps == other.gaps && readAt == other.readAt
        && error.has_value() == other.error.has_value() && (!error || error->oneLine() == other.error->oneLine());
}

WhyPanel::WhyPanel(QWidget *parent)
    : Card(Padding::Padded, parent)
    , m_verdict(new Tag(QString()))
    , m_age(new ElidedLabel({}, Type::Meta, Token::Dim, Qt::ElideRight))
    , m_again(new Button(tr("Refresh"), ButtonVariant::Normal, Button::Size::Small))
    , m_sentence(new Paragraph({}, Type::StateTitle))
    , m_ways(new Paragraph({}, Type::Body))
    , m_gaps(new Paragraph({}, Type::Meta, Token::Warn))
    , m_chain(new CheckList)
{
    setObjectName(u"job.why"_s);
    setAccessibleName(tr("Why is it not starting?"));
    m_sentence->setObjectName(u"job.why.sentence"_s);
    m_ways->setObjectName(u"job.why.ways"_s);
    m_chain->setObjectName(u"job.why.chain"_s);
    m_verdict->setObjectName(u"job.why.verdict"_s);
    m_gaps->setObjectName(u"job.why.gaps"_s);
    m_again->setObjectName(u"job.why.again"_s);
    m_again->setAccessibleName(tr("Look again why it does not start"));
    auto *head = hbox(10);
    head->addWidget(new Label(tr("Why is it not starting?"), Type::Meta, Token::Dim));
    head->addWidget(m_verdict);
    head->addWidget(m_age, 1);
    head->addWidget(m_again);
    body()->setSpacing(6);
    body()->addLayout(head);
    for (QWidget *part : QList<QWidget *>{m_sentence, m_ways, m_chain, m_gaps})
        body()->addWidget(part);
    connect(m_again, &QPushButton::clicked, this, &WhyPanel::againRequested);
    set({});
}

void WhyPanel::set(const JobWhyView &view)
{
    const bool news = view.why && (!m_view.why || m_view.why->sentence != view.why->sentence);
    m_view = view;
    if (view.error && !view.why) {
        m_sentence->setText(text::safe(view.error->what));
        m_ways->setText(text::safe(view.error->why.isEmpty() ? view.error->fix : view.error->why));
    } else if (!view.why) {
        m_sentence->setText(tr("Looking at its operator, queue, PVCs, pods and events…"));
        m_ways->setText({});
    }
    m_verdict->setVisible(view.why.has_value());
    m_chain->setVisible(view.why.has_value());
    if (view.why)
        showWhy(*view.why);
    else
        setTokens(Token::Line, Token::Panel);
    m_ways->setVisible(!m_ways->text().isEmpty());
    QStringList gaps;
    for (const QString &gap : view.gaps)
        gaps.append(tr("Not seen: %1").arg(gap));
    if (view.error && view.why)
        gaps.append(tr("It could not be read again: %1").arg(text::safe(view.error->oneLine())));
    m_gaps->setText(gaps.join(u'\n'));
    m_gaps->setVisible(!gaps.isEmpty());
    updateAge();
    if (news)
        announce(this, m_sentence->text());
}

void WhyPanel::showWhy(const WhyNot &why)
{
    const auto [word, tone] = tagOf(why.verdict);
    m_verdict->set(word, tone);
    setTokens(tone == Tone::Err ? Token::Err : tone == Tone::Warn ? Token::Warn : Token::Line, Token::Panel);
    m_sentence->setText(why.sentence);
    QStringList ways;
    for (const QString &way : why.ways)
        ways.append(why.ways.size() > 1 ? u"%1. %2"_s.arg(ways.size() + 1).arg(way) : way);
    m_ways->setText(ways.join(u'\n'));
    m_chain->setItems(rowsOf(why.chain));
}

void WhyPanel::setNow(const QDateTime &now)
{
    m_now = now;
    updateAge();
}

void WhyPanel::updateAge()
{
    QString age = m_view.readAt.isValid() ? tr("read %1").arg(text::ago(m_view.readAt, std::max(m_now, m_view.readAt))) : QString();
    if (m_view.reading)
        age = age.isEmpty() ? tr("reading…") : tr("%1, looking again…").arg(age);
    m_age->setText(age);
    m_age->setToken(m_view.error && m_view.why ? Token::Warn : Token::Dim);
    m_again->setEnabled(!m_view.reading);
}

} // namespace cairn::pages
