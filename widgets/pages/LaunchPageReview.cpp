// SPDX-License-Identifier: GPL-3.0-or-later
// The last step of LaunchPage: what an expert would ask, what the server says, and the way on.
#include "base/Text.h"
#include "editors/CodeEditor.h"
#include "forms/LiveSplit.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Label.h"
#include "kit/Marks.h"
#include "kit/Messages.h"
#include "pages/LaunchPage.h"
#include "pages/LaunchSigns.h"

#include <QHBoxLayout>
#include <QLocale>
#include <QMenu>
#include <QVBoxLayout>
#include <algorithm>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using namespace cairn::kit;
using launch::Point;

namespace {

QString countOf(const QString &title, const QList<Point> &points)
{
    const auto holds = std::ranges::count(points, Point::State::Holds, &Point::state);
    return points.isEmpty()
        ? title
        : LaunchPage::tr("%1: %2 of %3 hold", "title, numbers").arg(title).arg(holds).arg(points.size());
}

} // namespace

QWidget *LaunchPage::makeReview()
{
    m_summary = new SignLine;
    m_summary->setObjectName(u"launch.summary"_s);
    m_refused = vbox(8);
    m_refusedBox = new QWidget;
    m_refusedBox->setLayout(m_refused);
    m_problemTitle = new Label(tr("To be corrected"), Type::PanelTitle);
    m_problemList = new CheckList;
    m_problemList->setObjectName(u"launch.problems"_s);
    m_netTitle = new Label({}, Type::PanelTitle);
    m_netList = new CheckList;
    m_netList->setObjectName(u"launch.net"_s);
    m_pointTitle = new Label({}, Type::PanelTitle);
    m_pointList = new CheckList;
    m_pointList->setObjectName(u"launch.points"_s);
    connect(m_problemList, &CheckList::triggered, this, [this](const QString &id) {
        live()->showTab(0);
        updateTag();
        m_text->setCursor({std::max(0, id.section(u':', 0, 0).toInt() - 1), 0});
        m_text->setFocus(Qt::OtherFocusReason);
    });
    m_save = new Button(tr("Save"));
    m_save->setObjectName(u"launch.save"_s);
    auto *ways = new QMenu(this);
    connect(ways->addAction(tr("YAML file…")), &QAction::triggered, this, &LaunchPage::saveRequested);
    m_saveFolder = ways->addAction(tr("Kustomize folder…"));
    connect(m_saveFolder, &QAction::triggered, this, &LaunchPage::saveFolderRequested);
    m_saveTemplate = ways->addAction(tr("Template…"));
    connect(m_saveTemplate, &QAction::triggered, this, &LaunchPage::saveTemplateRequested);
    m_save->setMenu(ways);
    m_copy = new Button(tr("Copy YAML"));
    m_copy->setObjectName(u"launch.copy"_s);
    m_submit = new Button(tr("Submit"), ButtonVariant::Primary);
    m_submit->setObjectName(u"launch.submit"_s);
    setLastButtons({m_save, m_copy, m_submit});
    connect(m_copy, &QPushButton::clicked, this, [this] { emit copyRequested(m_text->text()); });
    connect(m_submit, &QPushButton::clicked, this, [this] {
        if (canSubmit())
            emit submitRequested();
    });
    auto *widget = new QWidget;
    auto *box = vbox(10);
    box->setContentsMargins(space::pageH, 0, space::pageH, space::pageV);
    for (QWidget *part : QList<QWidget *>{
             m_summary, m_refusedBox, m_problemTitle, m_problemList, m_netTitle, m_netList, m_pointTitle, m_pointList})
        box->addWidget(part);
    box->addStretch(1);
    widget->setLayout(box);
    return widget;
}

void LaunchPage::setReview(const LaunchReview &review)
{
    m_review = review;
    if (m_result)
        showProblems();
    showReview();
    updateSteps();
    updateAnswer();
}

void LaunchPage::showReview()
{
    using State = LaunchReview::State;
    QList<std::pair<Tone, QString>> summary;
    switch (m_review.state) {
    case State::Waiting: summary = {{Tone::Idle, tr("The server is asked as soon as the text can be read")}}; break;
    case State::Running: summary = {{Tone::Idle, tr("Asking the API server and its webhooks…")}}; break;
    case State::Failed: summary = {{Tone::Err, tr("The cluster could not be asked")}}; break;
    case State::Done:
        summary = {m_review.refused
                ? std::pair(Tone::Err, tr("Refused by the strict dry run"))
                : std::pair(Tone::Ok,
                    tr("Accepted by the strict dry run, with the webhooks, in %1").arg(text::duration(m_review.took)))};
        if (m_review.groundAt.isValid())
            summary.append({Tone::Idle, tr("PVCs and other jobs as of %1", "time").arg(QLocale().toString(m_review.groundAt.toLocalTime().time(), QLocale::LongFormat))});
        for (const QString &gap : m_review.gaps)
            summary.append({Tone::Warn, gap});
    }
    m_summary->set(summary);
    clearLayout(m_refused);
    if (!m_review.unsure.isEmpty()) {
        auto *note = new Note(Tone::Warn, m_review.unsure, tr("Whether the job was made is not known"));
        note->setObjectName(u"launch.unsure"_s);
        m_refused->addWidget(note);
    } else if (!m_review.made.isEmpty()) {
        auto *note = new Note(Tone::Ok, tr("An earlier Submit of this draft got through, although its answer was lost. Nothing is made twice."),
            tr("%1 is there already", "a job").arg(text::safe(m_spec.name)));
        note->setObjectName(u"launch.made"_s);
        note->setOffers({{u"open"_s, tr("Open the job"), ButtonVariant::Primary}});
        connect(note, &Note::triggered, this, [this] { emit madeOpened(m_review.made); });
        m_refused->addWidget(note);
    } else if (m_review.refused) {
        const Error &error = *m_review.refused;
        QStringList lines{text::safe(error.why)};
        for (const FieldCause &cause : error.causes)
            lines.append(text::safe(cause.field.isEmpty() ? cause.message : cause.field + u": "_s + cause.message));
        lines.append(text::safe(error.fix));
        lines.removeAll(QString());
        lines.removeDuplicates();
        auto *note = new Note(Tone::Err, lines.join(u'\n'), text::safe(error.what));
        note->setObjectName(u"launch.refused"_s);
        if (m_review.state == State::Failed) {
            note->setOffers({{u"again"_s, tr("Try again"), ButtonVariant::Normal}});
            connect(note, &Note::triggered, this, &LaunchPage::retryRequested);
        }
        m_refused->addWidget(note);
    }
    m_refusedBox->setVisible(m_refused->count() > 0);

    QList<CheckItem> problems;
    const auto add = [&](const manifest::Place &place, const QString &text, const QString &detail) {
        problems.append({u"%1:%2:%3"_s.arg(place.line).arg(place.column).arg(problems.size()), CheckItem::State::Err,
            text, detail, {}, {u"show"_s, tr("Line %1").arg(place.line), ButtonVariant::Link}});
    };
    if (m_result) {
        for (const manifest::Fault &fault : m_result->draft.faults)
            add(fault.place, fault.why, fault.fix);
        for (const manifest::Finding &finding :
            m_result->findings.first(std::min<qsizetype>(30, m_result->findings.size())))
            add(finding.place, finding.message,
                finding.suggestion.isEmpty()
                    ? text::safe(finding.path.text())
                    : tr("%1. Close to it: %2", "field, name")
                          .arg(text::safe(finding.path.text()), text::safe(finding.suggestion)));
    }
    m_problemList->setItems(problems);
    const auto show = [](QWidget *title, QWidget *list, bool on) {
        title->setVisible(on);
        list->setVisible(on);
    };
    show(m_problemTitle, m_problemList, !problems.isEmpty());
    m_netTitle->setText(countOf(tr("If a node dies"), m_review.net));
    m_netList->setItems(pointItems(m_review.net, PointRows::Full));
    show(m_netTitle, m_netList, !m_review.net.isEmpty());
    m_pointTitle->setText(countOf(tr("What an expert would check"), m_review.points));
    m_pointList->setItems(pointItems(m_review.points, PointRows::Full));
    show(m_pointTitle, m_pointList, !m_review.points.isEmpty());
    updateSubmit();
}

bool LaunchPage::canSubmit() const
{
    return !m_submitting && m_waiting.isEmpty() && m_result && m_result->draft.isJob() && m_result->findings.isEmpty()
        && m_review.state == LaunchReview::State::Done && !m_review.refused;
}

void LaunchPage::setSubmitting(bool submitting)
{
    m_submitting = submitting;
    // What is typed meanwhile would be lost with the draft.
    m_text->setReadOnly(submitting || !m_waiting.isEmpty());
    for (QWidget *form : std::as_const(m_stepForms))
        form->setEnabled(!submitting && m_result && m_result->draft.isJob());
    updateSubmit();
}

void LaunchPage::updateSubmit()
{
    using State = LaunchReview::State;
    QString why;
    if (!m_waiting.isEmpty())
        why = m_waiting;
    else if (m_submitting)
        why = tr("The job is being made.");
    else if (!m_result || !m_result->draft.isJob())
        why = tr("The text holds no job.");
    else if (!m_result->findings.isEmpty())
        why = tr("The schema does not allow it: see what is to be corrected.");
    else if (m_review.refused)
        why = text::safe(m_review.refused->oneLine());
    else if (m_review.state != State::Done)
        why = tr("The server has not been asked about this text yet.");
    m_submit->setText(m_submitting ? tr("Submitting…") : m_review.unsure.isEmpty() ? tr("Submit") : tr("Submit again"));
    m_submit->setRefusal(why);
    const QString none = m_text->text().isEmpty() ? tr("There is no text yet.") : QString();
    m_save->setRefusal(none);
    m_copy->setRefusal(none);
    const bool job = m_result && m_result->draft.isJob();
    m_saveTemplate->setEnabled(job);
    m_saveFolder->setEnabled(job && m_review.state == State::Done); // the server says what goes with the job
}

} // namespace cairn::pages
