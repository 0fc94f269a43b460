// SPDX-License-Identifier: GPL-3.0-or-later
#include "FailoverController.h"

#include "ActionRegistry.h"
#include "base/Text.h"
#include "dialogs/FailoverDialog.h"
#include "engine/BulkFlows.h"
#include "items/ComponentTableModel.h"
#include "pages/FailoverPage.h"

#include <QFileDialog>
#include <QJsonDocument>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

kit::CheckItem itemOf(const change::Check &check)
{
    using Kind = kit::CheckItem::State;
    const Kind state = check.state == change::Check::State::Fail ? Kind::Err : check.state == change::Check::State::Warn ? Kind::Warn : Kind::Ok;
    return {check.id, state, check.text, check.state == change::Check::State::Ok ? QString() : check.fix,
            check.took.count() >= 50 ? text::duration(check.took) : QString(), {}};
}

} // namespace

FailoverController::FailoverController(Changes &changes, HaRecorder &recorder, QWidget *window)
    : PageController({u"failover"_s, u"availability"_s, tr("Failover test"), Place::Where::Nowhere, {}, {}, true, u"ha"_s}, new pages::FailoverPage, window)
    , m_changes(changes)
    , m_recorder(recorder)
    , m_window(window)
    , m_page(static_cast<pages::FailoverPage *>(page()))
{
    connect(m_page, &pages::FailoverPage::testRequested, this, &FailoverController::ask);
    connect(m_page, &pages::FailoverPage::stopRequested, this, [this] {
        if (m_run)
            m_run->stop();
    });
    connect(m_page, &pages::FailoverPage::backRequested, this, [this] { go(u"ha"_s, m_component); });
    connect(m_page, &pages::FailoverPage::exportRequested, this, &FailoverController::save);
    connect(&m_recorder, &HaRecorder::changed, this, &FailoverController::show);
    show();
}

FailoverController::~FailoverController()
{
    if (m_run)
        m_run->setShown(false);
}

void FailoverController::setSession(ClusterSession *session)
{
    m_checking.cancel();
    m_scope.cancel();
    if (m_dialog)
        m_dialog->reject();
    // The run goes on; its end is told like that of any change.
    if (m_run) {
        m_run->disconnect(this);
        m_run->setShown(false);
    }
    m_run.reset();
    m_plan.reset();
    m_own.clear();
    m_component.clear();
    m_session = session;
    if (session) {
        // What a killed test left behind. Who may not see it has not made it.
        m_scope.run(
            this, [cluster = session->sharedCluster()](std::stop_token stop) { return sweepProbes(*cluster, {}, probeAge, stop); }, [](const Result<int> &) { });
    }
    show();
}

void FailoverController::open()
{
    m_recorder.open();
    show();
}

void FailoverController::focus()
{
    m_page->focusFirst();
}

void FailoverController::refresh()
{
    if (m_session)
        m_session->retryNow();
}

void FailoverController::setNow(const QDateTime &now)
{
    // The strip moves on by the hour, the words by the day.
    if (!m_shownAt.isValid() || m_shownAt.secsTo(now) >= 60)
        show();
}

void FailoverController::select(const QString &key)
{
    if (key.isEmpty() || key == m_component)
        return;
    m_component = key;
    m_page->showTest({});
    show();
}

void FailoverController::addActions(ActionRegistry &actions)
{
    using items::PaletteEntry;
    actions.addSource(u"failover"_s,
                      [this] {
                          QList<PaletteEntry> list;
                          const QList<components::Component> *components = m_recorder.components();
                          for (const components::Component &component : components ? *components : QList<components::Component>()) {
                              using State = components::Leadership::State;
                              if (component.leader.state != State::None && component.leader.state != State::Off)
                                  list.append({u"failover:"_s + items::ComponentTableModel::key(component), PaletteEntry::Kind::Object, place().icon,
                                               tr("Failover test of %1").arg(text::safe(component.id)), tr("leader changes · %1", "namespace").arg(text::safe(component.ns)), {}, {},
                                               false});
                          }
                          return list;
                      },
                      [this](const QString &key, bool) { go(place().id, key); });
}

void FailoverController::start(const QString &component)
{
    select(component);
    go(place().id, component);
    ask();
}

void FailoverController::ask()
{
    if (!m_session || m_component.isEmpty() || m_dialog || (m_run && m_run->isRunning()))
        return;
    m_dialog = new dialogs::FailoverDialog(m_window);
    m_dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(m_dialog, &dialogs::FailoverDialog::actRequested, this, &FailoverController::begin);
    connect(m_dialog, &dialogs::FailoverDialog::againRequested, this, &FailoverController::check);
    connect(m_dialog, &QObject::destroyed, this, [this] { m_checking.cancel(); });
    m_dialog->open();
    check();
}

void FailoverController::check()
{
    m_checking.cancel();
    m_plan.reset();
    m_checks.clear();
    dialogs::FailoverAsk asked;
    asked.component = text::safe(id());
    m_dialog->setAsk(asked);
    const auto told = m_checking.sink<change::Check>(this, [this, asked](const change::Check &check) {
        if (!m_dialog)
            return;
        m_checks.append(check);
        dialogs::FailoverAsk now = asked;
        for (const change::Check &made : std::as_const(m_checks))
            now.checks.append(itemOf(made));
        m_dialog->setAsk(now);
    });
    m_checking.run(
        this,
        [cluster = m_session->sharedCluster(), component = id(), ns = ns(), told](std::stop_token stop) {
            FailoverOptions options;
            options.onCheck = told;
            return planFailover(*cluster, component, ns, options, stop);
        },
        [this, asked](const Result<FailoverPlan> &plan) {
            if (!m_dialog)
                return;
            dialogs::FailoverAsk now = asked;
            now.checked = true;
            if (plan) {
                m_plan = *plan;
                now.warning = plan->warning;
                now.feasible = plan->feasible();
                for (const change::Check &made : plan->checks)
                    now.checks.append(itemOf(made));
            } else {
                now.error = Error::make(plan.error().kind, text::safe(plan.error().what), text::safe(plan.error().why), text::safe(plan.error().fix));
            }
            m_dialog->setAsk(now);
        });
}

void FailoverController::begin()
{
    if (!m_plan || !m_plan->feasible() || !m_session)
        return;
    m_run = std::make_shared<FailoverRun>(m_changes, m_session->sharedCluster(), *m_plan);
    m_run->setShown(true);
    connect(m_run.get(), &RunningChange::progressed, this, &FailoverController::show);
    connect(m_run.get(), &RunningChange::ended, this, &FailoverController::end);
    m_run->execute();
    m_plan.reset();
    m_dialog->accept();
    show();
}

void FailoverController::end()
{
    if (m_run->refused()) {
        const Error &error = *m_run->refused();
        if (error.kind != Error::Kind::Cancelled)
            emit notice(kit::Tone::Err, text::safe(error.what), text::safe(error.why + u' ' + error.fix));
        m_run.reset();
    } else {
        m_own.append(m_run->result());
        m_recorder.keep(m_run->result());
    }
    show();
}

void FailoverController::show()
{
    m_shownAt = QDateTime::currentDateTimeUtc();
    pages::FailoverView view;
    view.now = m_shownAt;
    view.component = id();
    const HaRecord &record = m_recorder.record();
    const auto own = [this](const auto &value) { return value.component == id() && value.ns == ns(); };
    std::ranges::copy_if(record.leaders, std::back_inserter(view.changes), own);
    std::ranges::copy_if(record.tests, std::back_inserter(view.tests), own);
    // What the history does not have yet, or could not keep.
    QList<FailoverResult> mine = m_own;
    if (m_run && m_run->isRunning())
        mine.append(m_run->result());
    for (const FailoverResult &test : std::as_const(mine)) {
        if (!own(test) || std::ranges::any_of(view.tests, [&](const FailoverResult &kept) { return kept.id == test.id; }))
            continue;
        view.tests.append(test);
        if (test.acquired.isValid() && test.state != FailoverResult::State::Running)
            view.changes.append(test.change());
    }
    if (m_run && m_run->isRunning() && own(m_run->result()))
        view.running = m_run->result().id;
    view.hours = hoursOf(record.readiness.value(m_component), view.now);
    if (const QList<components::Component> *components = m_recorder.components()) {
        const auto component = std::ranges::find(*components, m_component, &items::ComponentTableModel::key);
        if (component != components->end()) {
            view.verdict = items::tag(*component);
            if (component->leader.state == components::Leadership::State::None)
                view.refusal = tr("It elects no leader, or none that a Lease shows");
            else if (component->leader.state == components::Leadership::State::Off)
                view.refusal = tr("Its leader election is off");
        }
    }
    if (m_component.isEmpty())
        view.refusal = tr("Choose a component on the High availability page");
    if (const Error *notice = m_recorder.notice()) {
        view.noticeTitle = text::safe(notice->what);
        view.notice = text::safe(notice->why + u' ' + notice->fix);
    }
    m_page->setView(view);
}

void FailoverController::save()
{
    const FailoverResult *test = m_page->shown();
    if (!test)
        return;
    auto *dialog = new QFileDialog(m_window, tr("Export the failover test"), {}, tr("JSON files (*.json)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(u"json"_s);
    dialog->selectFile(u"failover-%1-%2.json"_s.arg(test->component, test->at.toUTC().toString(u"yyyyMMdd'T'HHmmss'Z'"_s)));
    const QByteArray bytes = QJsonDocument(test->toJson()).toJson(QJsonDocument::Indented);
    connect(dialog, &QFileDialog::fileSelected, this, [this, bytes](const QString &path) {
        m_scope.run(
            this, [path, bytes](std::stop_token) { return saveFile(path, bytes); },
            [this, path](const Result<> &saved) {
                if (saved)
                    emit notice(kit::Tone::Info, tr("Exported"), text::safe(path));
                else
                    emit notice(kit::Tone::Err, saved.error().what, saved.error().why + u' ' + saved.error().fix);
            });
    });
    dialog->open();
}

} // namespace cairn::app
