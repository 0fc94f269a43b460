// SPDX-License-Identifier: GPL-3.0-or-later
#include "BulkController.h"

#include "base/Text.h"
#include "dialogs/BulkDialog.h"

#include <QFileDialog>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

using Stage = dialogs::BulkView::Stage;
using Fate = jobs::BulkItem::Fate;
using State = jobs::BulkResult::State;

/// "4.8 GPU-h of 3 running jobs, …"; "" where none of those that are acted on trains.
QString lostSentence(const QList<jobs::BulkItem> &items)
{
    int running = 0;
    int unread = 0;
    bool atMost = false;
    double hours = 0;
    for (const jobs::BulkItem &item : items) {
        if (item.fate != Fate::Act || !item.losesWork)
            continue;
        ++running;
        unread += item.loss.unread ? 1 : 0;
        atMost |= item.loss.atMost;
        hours += item.loss.gpuHours.value_or(0);
    }
    if (running == 0)
        return {};
    QString text = atMost ? BulkController::tr("At most %1 of %n running job(s).", nullptr, running).arg(text::gpuHours(hours))
                          : BulkController::tr("%1 of %n running job(s), since their newest whole checkpoints.", nullptr, running)
                                .arg(text::gpuHours(hours));
    if (unread > 0)
        text += u' ' + BulkController::tr("The checkpoints of %n of them were not read.", nullptr, unread);
    return text;
}

/// Where the checkpoints of what is deleted stay.
QString staysSentence(const QList<jobs::BulkItem> &items)
{
    QStringList places;
    for (const jobs::BulkItem &item : items) {
        if (item.fate != Fate::Act)
            continue;
        for (const QString &place : item.stays) {
            const QString named = place.contains("://"_L1) ? text::safe(place) : text::safe(item.job.ns) + u'/' + text::safe(place);
            if (!places.contains(named))
                places.append(named);
        }
    }
    if (places.isEmpty())
        return {};
    const qsizetype more = places.size() - 6;
    if (more > 0)
        places = places.first(6) + QStringList{u"…"_s};
    return BulkController::tr("Checkpoints and everything else on PVCs and in buckets: %1.").arg(places.join(u", "_s));
}

} // namespace

BulkController::BulkController(Changes &changes, std::shared_ptr<ObjectApi> api, jobs::BulkAct act, const QList<Job> &jobs,
                               const QList<BulkTarget> &targets, QWidget *window)
    : QObject(window)
    , m_changes(changes)
    , m_api(std::move(api))
    , m_jobs(jobs)
    , m_targets(targets)
    , m_dialog(new dialogs::BulkDialog(act, window))
{
    using dialogs::BulkDialog;
    m_view.act = act;
    m_later.setSingleShot(true);
    m_later.setInterval(50);
    connect(&m_later, &QTimer::timeout, this, &BulkController::show);
    m_dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(m_dialog, &BulkDialog::actRequested, this, &BulkController::act);
    connect(m_dialog, &BulkDialog::againRequested, this, &BulkController::look);
    connect(m_dialog, &BulkDialog::stopRequested, this, [this] {
        if (m_run)
            m_run->stop();
    });
    connect(m_dialog, &QObject::destroyed, this, &QObject::deleteLater);
    look();
    m_dialog->open();
}

BulkController::~BulkController()
{
    if (m_run)
        m_run->setShown(false);
}

void BulkController::look()
{
    m_looking.cancel();
    m_items.clear();
    const jobs::BulkAct act = m_view.act;
    m_view = {};
    m_view.act = act;
    m_view.total = static_cast<int>(m_targets.size());
    for (const Job &job : m_jobs)
        m_view.rows.append(items::bulkRow(job));
    show();
    const auto looked = m_looking.sink<int, jobs::BulkItem>(this, [this](int index, const jobs::BulkItem &item) {
        const QString key = m_view.rows[index].key;
        m_view.rows[index] = items::bulkRow(item);
        m_view.rows[index].key = key;
        m_view.looked = index + 1;
        showSoon();
    });
    m_looking.run(
        this,
        [api = m_api, act, targets = m_targets, looked](std::stop_token stop) { return previewBulk(*api, act, targets, looked, stop); },
        [this](const Result<QList<jobs::BulkItem>> &items) { onItems(items); });
}

void BulkController::onItems(const Result<QList<jobs::BulkItem>> &items)
{
    if (!items)
        return; // cancelled
    m_view.stage = Stage::Ready;
    m_items = *items;
    for (const jobs::BulkItem &item : m_items) {
        if (item.fate == Fate::Act)
            ++m_view.acting;
        else
            ++m_view.leftOut;
        m_view.losing += item.losesWork ? 1 : 0;
    }
    m_view.lost = lostSentence(m_items);
    m_view.stays = m_view.act == jobs::BulkAct::Delete ? staysSentence(m_items) : QString();
    show();
}

void BulkController::act()
{
    if (m_view.stage != Stage::Ready || m_view.acting == 0)
        return;
    m_view.stage = Stage::Running;
    show();
    m_run = std::make_shared<BulkRun>(m_changes, m_api, m_dialog->windowTitle(), m_items);
    m_run->setShown(true);
    connect(m_run.get(), &BulkRun::resultChanged, this, [this](int index) {
        showResult(index);
        showSoon();
    });
    connect(m_run.get(), &RunningChange::ended, this, [this] {
        m_view.stage = Stage::Ended;
        for (int i = 0; i < m_run->results().size(); ++i)
            showResult(i);
        show();
    });
    m_run->execute();
}

void BulkController::showResult(int index)
{
    const QString key = m_view.rows[index].key;
    m_view.rows[index] = items::withResult(items::bulkRow(m_run->items()[index]), m_run->results()[index]);
    m_view.rows[index].key = key;
}

void BulkController::countResults()
{
    m_view.done = m_view.failed = m_view.stopped = 0;
    for (const jobs::BulkResult &result : m_run->results()) {
        m_view.done += result.state == State::Done ? 1 : 0;
        m_view.failed += result.state == State::Failed ? 1 : 0;
        m_view.stopped += result.state == State::Stopped ? 1 : 0;
    }
}

void BulkController::showSoon()
{
    if (!m_later.isActive())
        m_later.start();
}

void BulkController::show()
{
    m_later.stop();
    if (m_run)
        countResults();
    if (m_dialog)
        m_dialog->setView(m_view);
}

SaveYamlController::SaveYamlController(std::shared_ptr<ObjectApi> api, const QList<ObjectRef> &jobs, QWidget *window)
    : QObject(window)
    , m_api(std::move(api))
    , m_jobs(jobs)
{
    const QString clean = tr("YAML to apply again (*.yaml)");
    const QString whole = tr("YAML with status and everything the server added (*.yaml)");
    // Asks before it overwrites.
    auto *dialog = new QFileDialog(window, tr("Save %n job(s) as YAML", nullptr, static_cast<int>(jobs.size())), {}, clean + u";;"_s + whole);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(u"yaml"_s);
    dialog->selectFile(jobs.size() == 1 ? jobs.first().name + u".yaml"_s : u"jobs.yaml"_s);
    connect(dialog, &QFileDialog::fileSelected, this,
            [this, dialog, whole](const QString &path) { save(path, dialog->selectedNameFilter() == whole); });
    connect(dialog, &QDialog::rejected, this, &QObject::deleteLater);
    dialog->open();
}

void SaveYamlController::save(const QString &path, bool whole)
{
    m_scope.run(
        this,
        [api = m_api, jobs = m_jobs, path, whole](std::stop_token stop) -> Result<> {
            const Result<QString> yaml = yamlOfJobs(*api, jobs, whole, stop);
            if (!yaml)
                return fail(yaml.error());
            return saveFile(path, yaml->toUtf8());
        },
        [this, path](const Result<> &saved) {
            if (saved)
                emit ended(tr("%n job(s) saved", nullptr, static_cast<int>(m_jobs.size())), text::safe(path), false);
            else
                emit ended(tr("The jobs were not saved"), saved.error().oneLine(), true);
            deleteLater();
        });
}

} // namespace cairn::app
