// SPDX-License-Identifier: GPL-3.0-or-later
// Files that were edited by hand, and names that nothing has.
#include "OverlayController.h"

#include "base/Text.h"
#include "dialogs/AskDialog.h"
#include "dialogs/MergeDialog.h"
#include "engine/OverlayFlows.h"
#include "manifest/Diff.h"
#include "overlay/Folder.h"
#include "pages/OverlayPage.h"

#include <QTimer>
#include <algorithm>
#include <tuple>

using namespace Qt::StringLiterals;

namespace cairn::app {

void OverlayController::compare(const QString &path)
{
    if (!m_result)
        return;
    const auto found = std::ranges::find(m_result->edited, path, &overlay::FileStep::path);
    if (found == m_result->edited.end())
        return;
    const bool lost = found->act == overlay::FileStep::Act::Keep;
    m_merging.cancel();
    m_merging.run(
        this,
        [step = *found, lost, choice = m_settlements.value(path)](std::stop_token) {
            dialogs::MergeView view;
            view.step = step;
            view.choice = choice.of == overlay::editOf(step) ? choice : overlay::Settlement();
            const QString base = QString::fromUtf8(lost ? step.before : step.base);
            if (!lost)
                view.mine = manifest::diffText(base, QString::fromUtf8(step.before));
            if (!step.generated.isEmpty())
                view.generated = manifest::diffText(base, QString::fromUtf8(step.generated));
            return view;
        },
        [this](const dialogs::MergeView &view) {
            auto *dialog = new dialogs::MergeDialog(view, m_page->window());
            dialog->setAttribute(Qt::WA_DeleteOnClose);
            const auto show = [this, step = view.step, shown = QPointer<dialogs::MergeDialog>(dialog)](const overlay::Settlement &choice) {
                m_merging.cancel();
                m_merging.run(
                    this, [step, choice](std::stop_token) { return overlay::settled(step, choice); },
                    [shown](const overlay::FileStep &settled) {
                        if (shown)
                            shown->setResult(settled);
                    });
            };
            connect(dialog, &dialogs::MergeDialog::chosen, this, show);
            connect(dialog, &dialogs::MergeDialog::useRequested, this, [this, dialog, path = view.step.path](const overlay::Settlement &choice) {
                m_settlements.insert(path, choice);
                dialog->accept();
                workOut();
            });
            dialog->open();
            show(dialog->choice());
        });
}

/// A name in a person's own file that nothing has, after it was shown what becomes of the file.
void OverlayController::correct(qsizetype at)
{
    if (!m_result || at < 0 || at >= m_result->built.landings.size() || m_result->folder.isEmpty())
        return;
    struct Preview {
        QByteArray before, after;
        QList<manifest::DiffLine> diff;
    };
    const overlay::Landing landing = m_result->built.landings[at];
    m_merging.cancel();
    m_merging.run(
        this,
        [result = m_result, landing](std::stop_token) -> Result<Preview> {
            const Result<QByteArray> after = overlay::corrected(result->files, landing);
            if (!after)
                return fail(after.error());
            const QByteArray before = result->files.value(landing.nameFile);
            return Preview{before, *after, manifest::diffText(QString::fromUtf8(before), QString::fromUtf8(*after))};
        },
        [this, landing, folder = m_result->folder](const Result<Preview> &preview) {
            if (!preview) {
                emit notice(kit::Tone::Err, text::safe(preview.error().what), text::safe(preview.error().oneLine()));
                return;
            }
            auto *dialog = new dialogs::AskDialog(u"correct"_s,
                                                  {tr("Correct the name in %1?", "file").arg(text::safe(landing.nameFile)),
                                                   tr("“%1” becomes “%2”. The file is yours; nothing else in it changes.").arg(text::safe(landing.missing), text::safe(landing.nearest)), preview->diff,
                                                   tr("Correct the name"), false},
                                                  m_page->window());
            dialog->setAttribute(Qt::WA_DeleteOnClose);
            connect(dialog, &dialogs::AskDialog::actRequested, this, [this, dialog, landing, folder, preview = *preview] {
                overlay::FileStep step;
                step.path = landing.nameFile;
                step.act = overlay::FileStep::Act::Replace;
                step.text = preview.after;
                step.before = preview.before; // whatever somebody wrote meanwhile stays
                m_scope.run(
                    this, [folder, step](std::stop_token stop) { return overlay::writeFolder(folder, {}, {step}, stop); },
                    [this, step, shown = QPointer<dialogs::AskDialog>(dialog)](const Result<> &written) {
                        if (!written) {
                            if (shown)
                                shown->setError(written.error());
                            return;
                        }
                        if (shown)
                            shown->accept();
                        emit notice(kit::Tone::Ok, tr("Name corrected"), text::safe(step.path));
                        workOut();
                    });
            });
            dialog->open();
        });
}

/// The same for what the settings say of a workload.
void OverlayController::correctChoice(const audit::ObjectName &workload, const audit::ObjectName &nearest)
{
    if (!m_result)
        return;
    overlay::Settings after = m_page->settings();
    const overlay::Row *row = m_result->proposal.find(nearest);
    const auto choice = std::ranges::find_if(after.choices, [&](const overlay::Choice &one) { return one.kind == workload.kind && one.ns == workload.ns && one.name == workload.name; });
    if (!row || choice == after.choices.end())
        return;
    overlay::Choice corrected = *choice;
    corrected.kind = row->workload.kind;
    corrected.ns = row->workload.ns;
    corrected.name = row->workload.name;
    after.choices.erase(choice);
    if (!after.choiceOf(row->workload)) // what was chosen for that one counts
        after.choices.append(corrected);
    std::ranges::sort(after.choices, {}, [](const overlay::Choice &one) { return std::tie(one.kind, one.ns, one.name); });
    const Result<QByteArray> was = overlay::settingsText(m_page->settings());
    const Result<QByteArray> becomes = overlay::settingsText(after);
    if (!was || !becomes)
        return;
    auto *dialog = new dialogs::AskDialog(u"correct"_s,
                                          {tr("Correct the name in the settings?"), tr("What was chosen for %1 is then meant for %2.").arg(audit::shown(workload), audit::shown(row->workload)),
                                           manifest::diffText(QString::fromUtf8(*was), QString::fromUtf8(*becomes)), tr("Correct the name"), false},
                                          m_page->window());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &dialogs::AskDialog::actRequested, this, [this, dialog, after] {
        dialog->accept();
        m_page->setSettings(after);
        m_keepSoon->start();
        workOut();
    });
    dialog->open();
}

} // namespace cairn::app
