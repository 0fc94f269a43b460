// SPDX-License-Identifier: GPL-3.0-or-later
// How LaunchController keeps what was begun: as a draft, until it is discarded, and as a file.
#include "LaunchController.h"

#include "Drafts.h"
#include "SaveYaml.h"
#include "base/Text.h"
#include "dialogs/AskDialog.h"

#include <QJsonDocument>
#include <QTimer>

using namespace Qt::StringLiterals;

namespace cairn::app {

std::function<QByteArray()> LaunchController::draftMaker() const
{
    return [start = m_started, text = m_page->text(), step = m_page->currentStep(), chosen = m_chosen, old = m_former, costs = m_page->typedCosts()] {
        QJsonObject draft = jsonOf(text, start, chosen);
        draft.insert(u"step"_s, step);
        QJsonObject typed;
        for (auto it = costs.cbegin(); it != costs.cend(); ++it)
            typed.insert(it.key(), *it);
        if (!typed.isEmpty())
            draft.insert(u"costs"_s, typed);
        if (old) {
            QJsonObject former = jsonOf(old->text, old->start, old->chosen);
            former.insert(u"how"_s, old->how);
            draft.insert(u"former"_s, former);
        }
        return QJsonDocument(draft).toJson();
    };
}

void LaunchController::keepDraft()
{
    if (m_draft.isEmpty() || !m_read || m_run)
        return;
    if (m_page->text() == m_started.first && !m_former && m_costs.isEmpty())
        return; // nothing of a person's is in it
    if (m_keeping) {
        m_keepSoon->start(); // two writers would race for the last word
        return;
    }
    m_keeping = true;
    m_scope.run(
        this, [file = m_draft, make = draftMaker()](std::stop_token) { return writeDraft(file, make()); },
        [this](const Result<> &kept) {
            m_keeping = false;
            if (kept) {
                m_kept = QDateTime::currentDateTimeUtc();
                m_page->setDraft(m_kept, m_kept);
            } else {
                m_page->setDraftProblem(tr("The draft could not be saved: %1").arg(text::safe(kept.error().oneLine())));
            }
        });
}

void LaunchController::askDiscard()
{
    auto *dialog = new dialogs::AskDialog(u"discard"_s,
        {tr("Discard the draft?"),
            m_former ? tr("All that was filled in is lost, which cannot be undone; %1, which was kept, takes its place. The cluster stays as it is.")
                           .arg(whatOf(m_former->text))
                     : tr("All that was filled in is lost, which cannot be undone. The cluster stays as it is."),
            {},
            tr("Discard the draft"), true},
        m_page->window());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &dialogs::AskDialog::actRequested, this, [this, dialog] {
        dialog->accept();
        discard();
        go(u"jobs"_s);
    });
    dialog->open();
}

void LaunchController::discard()
{
    m_keepSoon->stop();
    if (const Result<> dropped = dropDraft(m_draft); !dropped)
        emit notice(kit::Tone::Warn, tr("The draft was not removed"), text::safe(dropped.error().oneLine()));
    m_kept = {};
    m_costs.clear();
    m_page->setTypedCosts({});
    if (m_read && m_former)
        goBack(false);
    else if (m_read)
        startBlank();
    m_page->showStep(0);
}

void LaunchController::save()
{
    saveYaml(this, m_scope, m_page->window(), m_page->spec().name.isEmpty() ? u"job"_s : m_page->spec().name, [this] { return m_page->text(); },
        [this](kit::Tone tone, const QString &title, const QString &text) { emit notice(tone, title, text); });
}

} // namespace cairn::app
