// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/FindingPanel.h"

#include "base/Text.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Label.h"
#include "kit/Marks.h"
#include "kit/Paint.h"

#include <QHBoxLayout>
#include <QScrollArea>
#include <QVBoxLayout>
#include <algorithm>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using namespace cairn::kit;
using audit::Finding;
using audit::ObjectName;
using audit::Severity;

namespace {

constexpr qsizetype mostLinks = 20;

paint::Glyph signOf(Severity severity)
{
    switch (severity) {
    case Severity::Critical: return paint::Glyph::Cross;
    case Severity::High: return paint::Glyph::Triangle;
    case Severity::Medium: return paint::Glyph::Bang;
    case Severity::Low: break;
    }
    return paint::Glyph::Dot;
}

} // namespace

FindingPanel::FindingPanel(QWidget *parent)
    : QWidget(parent)
    , m_head(new QWidget)
    , m_sign(new Sign(Tone::Err))
    , m_tag(new Tag(QString()))
    , m_rule(new Label({}, Type::Mono, Token::Dim))
    , m_title(new Paragraph({}, Type::StateTitle))
    , m_object(new ElidedLink({}))
    , m_consequence(new Paragraph({}, Type::Body, Token::Dim))
    , m_linksTitle(new Label({}, Type::Section))
    , m_linkBox(new QWidget)
    , m_links(vbox(0))
    , m_fixTitle(new Label(tr("Fix"), Type::Section))
    , m_fix(new Paragraph({}))
    , m_whyTitle(new Label(tr("Why it is looked for"), Type::Section))
    , m_why(new Paragraph({}, Type::Body, Token::Dim))
    , m_offerTitle(new Label(tr("In the overlay"), Type::Section))
    , m_offer(new Paragraph({}))
    , m_accept(new Button(tr("Accept…")))
    , m_add(new Button({}, ButtonVariant::Primary))
{
    m_title->setObjectName(u"ha.finding.title"_s);
    m_consequence->setObjectName(u"ha.finding.consequence"_s);
    m_object->setObjectName(u"ha.finding.object"_s);
    m_fix->setObjectName(u"ha.finding.fix"_s);
    m_accept->setObjectName(u"ha.finding.accept"_s);
    m_offer->setObjectName(u"ha.finding.offer"_s);
    m_add->setObjectName(u"ha.finding.add"_s);
    auto *head = hbox(8);
    head->addWidget(m_sign);
    head->addWidget(m_tag);
    head->addStretch(1);
    head->addWidget(m_rule);
    m_head->setLayout(head);
    m_linkBox->setLayout(m_links);

    auto *column = vbox(6);
    column->setContentsMargins(16, 4, 16, 14);
    column->addWidget(m_head);
    column->addWidget(m_title);
    column->addWidget(m_object);
    column->addWidget(m_consequence);
    column->addSpacing(4);
    column->addWidget(m_linksTitle);
    column->addWidget(m_linkBox);
    column->addSpacing(4);
    column->addWidget(m_fixTitle);
    column->addWidget(m_fix);
    column->addSpacing(4);
    column->addWidget(m_offerTitle);
    column->addWidget(m_offer);
    column->addSpacing(4);
    column->addWidget(m_whyTitle);
    column->addWidget(m_why);
    column->addStretch(1);
    auto *inside = new QWidget;
    inside->setLayout(column);
    QScrollArea *scroll = scrollDown(inside);
    scroll->setObjectName(u"ha.finding"_s);
    scroll->setAccessibleName(tr("The selected finding"));
    scroll->setFocusPolicy(Qt::StrongFocus); // it holds what must be read by key
    auto *foot = hbox();
    foot->setContentsMargins(16, 8, 16, 12);
    foot->addStretch(1);
    foot->addWidget(m_accept);
    foot->addWidget(m_add);
    auto *whole = vbox(0);
    whole->addWidget(scroll, 1);
    whole->addLayout(foot);
    setLayout(whole);

    connect(m_object, &QAbstractButton::clicked, this, [this] { emit objectRequested(m_about); });
    connect(m_accept, &QPushButton::clicked, this, &FindingPanel::acceptRequested);
    connect(m_add, &QPushButton::clicked, this, &FindingPanel::offerTaken);
    setOffer({}, {}, {});
    setNothing({});
}

void FindingPanel::setText(Label *heading, Paragraph *paragraph, const QString &text)
{
    paragraph->setText(text);
    paragraph->setVisible(!text.isEmpty());
    if (heading)
        heading->setVisible(!text.isEmpty());
}

void FindingPanel::setHead(Severity severity, const QString &rule, const QString &title)
{
    m_head->show();
    m_sign->set(signOf(severity), foreground(items::tone(severity)));
    m_tag->set(items::severityTitle(severity), items::tone(severity));
    m_rule->setText(rule);
    m_title->setText(title);
    const audit::Rule *about = audit::rule(rule);
    setText(m_whyTitle, m_why, about ? about->shownWhy() : QString());
    m_accept->show();
}

void FindingPanel::setLinks(const QString &heading, const QList<std::pair<QString, ObjectName>> &links, int more)
{
    m_linksTitle->setText(heading);
    m_linksTitle->setVisible(!links.isEmpty());
    m_linkBox->setVisible(!links.isEmpty());
    QStringList shown{QString::number(more)};
    for (const auto &[text, object] : links)
        shown.append(text + u'\n' + audit::shown(object));
    if (std::exchange(m_shownLinks, shown) == shown)
        return;
    clearLayout(m_links);
    for (const auto &[text, object] : links) {
        auto *link = new ElidedLink(text, Type::Mono);
        link->setObjectName(u"ha.finding.link"_s);
        link->setHint(tr("YAML of %1").arg(audit::shown(object)));
        connect(link, &QAbstractButton::clicked, this, [this, object = object] { emit objectRequested(object); });
        m_links->addWidget(link);
    }
    if (more > 0)
        m_links->addWidget(new Label(tr("and %n more", nullptr, more), Type::Meta, Token::Dim));
}

void FindingPanel::setFinding(const Finding &finding)
{
    setHead(finding.severity, finding.rule, finding.title);
    m_about = finding.object;
    m_object->setWords(audit::shown(finding.object));
    m_object->setHint(tr("Show its YAML"));
    m_object->show();
    setText(nullptr, m_consequence, finding.consequence);
    QList<std::pair<QString, ObjectName>> links;
    for (const audit::Evidence &evidence : finding.evidence.first(qMin(mostLinks, finding.evidence.size())))
        links.append({items::evidenceText(evidence, finding.object), evidence.object});
    setLinks(tr("Evidence"), links, static_cast<int>(finding.evidence.size() - links.size()));
    setText(m_fixTitle, m_fix, finding.fix);
}

void FindingPanel::setFold(const QString &title, const QList<Finding> &findings)
{
    const Finding &first = findings.first();
    setHead(first.severity, first.rule, title);
    m_object->hide();
    const bool same = std::ranges::all_of(findings, [&](const Finding &finding) { return finding.consequence == first.consequence; });
    setText(nullptr, m_consequence, same ? first.consequence : QString());
    QList<std::pair<QString, ObjectName>> links;
    for (const Finding &finding : findings.first(qMin(mostLinks, findings.size())))
        links.append({audit::shown(finding.object), finding.object});
    setLinks(tr("%n finding(s)", nullptr, static_cast<int>(findings.size())), links, static_cast<int>(findings.size() - links.size()));
    const bool oneFix = std::ranges::all_of(findings, [&](const Finding &finding) { return finding.fix == first.fix; });
    setText(m_fixTitle, m_fix, oneFix ? first.fix : QString());
}

void FindingPanel::setNothing(const QString &text)
{
    m_head->hide();
    m_title->setText({});
    m_object->hide();
    setText(nullptr, m_consequence, text);
    setLinks({}, {}, 0);
    setText(m_fixTitle, m_fix, {});
    setText(m_whyTitle, m_why, {});
    m_accept->hide();
}

void FindingPanel::setOffer(const QString &sentence, const QString &act, const QString &refusal)
{
    setText(m_offerTitle, m_offer, sentence);
    m_add->setText(act);
    m_add->setRefusal(refusal);
    m_add->setVisible(!act.isEmpty());
}

void FindingPanel::setAcceptRefusal(const QString &why)
{
    m_accept->setRefusal(why);
}

} // namespace cairn::pages
