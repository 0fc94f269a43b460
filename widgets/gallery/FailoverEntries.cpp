// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/AvailabilityStrip.h"
#include "charts/TakeoverChart.h"
#include "dialogs/FailoverDialog.h"
#include "gallery/PageEntries.h"
#include "gallery/Sheet.h"
#include "kit/Card.h"
#include "pages/FailoverPage.h"

#include <QVBoxLayout>

namespace cairn::gallery {

using namespace Qt::StringLiterals;
using pages::FailoverPage;
using pages::FailoverView;

namespace {

QString pod(const QString &tail)
{
    return u"training-operator-6d5f9c7b8-"_s + tail;
}

/// The test of the mock-up.
FailoverResult cannedTest()
{
    FailoverResult test;
    test.id = u"4f2a81c09e"_s;
    test.component = test.workload = u"training-operator"_s;
    test.ns = u"kubeflow"_s;
    test.lease = u"kubeflow/1ca428e5.training-operator.kubeflow.org"_s;
    test.leaseSeconds = 15;
    test.retry = 2;
    test.at = cannedNow().addSecs(-600);
    test.acquired = test.at.addMSecs(18100);
    test.leader = {pod(u"7c9f"_s), u"node-1"_s};
    test.others = {{pod(u"x2k8"_s), u"node-3"_s}};
    test.next = test.others.first();
    test.successor = {pod(u"m3wz"_s), u"node-1"_s};
    test.readyBefore = 2;
    for (double at = -5.4; at < 0; at += 2)
        test.renewals.append(at);
    test.renewals.append(1.1);
    for (double at = 18.1; at < 36; at += 2)
        test.renewals.append(at);
    test.gap = 18.1;
    test.worked = 22.3;
    test.successorMade = 9.4;
    test.standby = 31.8;
    test.ended = 33;
    test.probe = {u"PyTorchJob"_s, u"kubeflow"_s, u"cairn-probe-4f2a"_s, 6.0, 22.3, 33.0, 3};
    test.jobsRunning = 12;
    test.jobsStopped = 0;
    test.state = FailoverResult::State::Done;
    using Kind = FailoverStep::Kind;
    test.steps = {{Kind::Checked, -4.1, true},  {Kind::LeaseSeen, -2.0, true},   {Kind::Killed, 0, true},         {Kind::ProbeCreated, 6.0, true},
                  {Kind::NewLeader, 18.1, true}, {Kind::ProbeWorks, 22.3, true}, {Kind::StandbyReady, 31.8, true}, {Kind::ProbeRemoved, 33.0, true}};
    return test;
}

/// Twelve seconds after the kill.
FailoverResult cannedRunning()
{
    FailoverResult test = cannedTest();
    test.id = u"5b00c1d2e3"_s;
    test.renewals = {-5.4, -3.4, -1.4};
    test.gap = test.worked = test.standby = -1;
    test.ended = -1;
    test.acquired = {};
    test.next = {};
    test.probe.made = test.probe.removed = -1;
    test.jobsStopped = -1;
    test.state = FailoverResult::State::Running;
    test.steps.resize(4);
    return test;
}

FailoverResult cannedFailure()
{
    FailoverResult test = cannedRunning();
    test.state = FailoverResult::State::Failed;
    test.problem = u"Nobody took over within 1 min 30 s."_s;
    test.probe.removed = 91;
    test.ended = 91;
    test.steps.append({FailoverStep::Kind::NewLeader, 90, false});
    test.steps.append({FailoverStep::Kind::ProbeRemoved, 91, true});
    return test;
}

/// A controller without a probe, whose leader gives its Lease back.
FailoverResult cannedReleased()
{
    FailoverResult test = cannedTest();
    test.id = u"77aa00bb11"_s;
    test.renewals.removeIf([](double at) { return at > 0; });
    for (double at = 2.4; at < 20; at += 2)
        test.renewals.append(at);
    test.probe = {};
    test.released = true;
    test.gap = 2.4;
    test.worked = 3.1;
    test.standby = 14.2;
    test.successorMade = 0.4;
    return test;
}

LeaderChange change(const QDateTime &at, LeaderCause cause, const QString &from, const QString &fromNode, const QString &to, const QString &toNode, double gap, int replicas = 2)
{
    LeaderChange change;
    change.component = u"training-operator"_s;
    change.ns = u"kubeflow"_s;
    change.lease = u"kubeflow/1ca428e5.training-operator.kubeflow.org"_s;
    change.at = at;
    change.cause = cause;
    change.fromPod = from.isEmpty() ? QString() : pod(from);
    change.fromNode = fromNode;
    change.toPod = pod(to);
    change.toNode = toNode;
    change.gap = gap;
    change.replicas = replicas;
    return change;
}

FailoverView cannedView()
{
    const QDateTime now = cannedNow();
    FailoverView view;
    view.component = u"training-operator"_s;
    view.verdict = {u"Tolerates node failure"_s, items::Tone::Ok};
    view.now = now;
    view.tests = {cannedTest()};
    view.changes = {cannedTest().change(),
                    change(now.addDays(-8), LeaderCause::Evicted, u"p5td"_s, u"node-2"_s, u"7c9f"_s, u"node-1"_s, 2.4),
                    change(now.addDays(-18), LeaderCause::RolledOut, u"zq41"_s, u"node-3"_s, u"p5td"_s, u"node-2"_s, 2.6),
                    change(now.addDays(-23), LeaderCause::NodeLost, u"h8vn"_s, u"node-1"_s, u"zq41"_s, u"node-3"_s, 17.4),
                    change(now.addDays(-31), LeaderCause::Begun, {}, {}, u"h8vn"_s, u"node-1"_s, -1),
                    change(now.addDays(-46), LeaderCause::Evicted, u"c0de"_s, u"node-2"_s, u"h8vn"_s, u"node-1"_s, 352, 1),
                    change(now.addDays(-53), LeaderCause::RolledOut, u"77bd"_s, u"node-3"_s, u"c0de"_s, u"node-2"_s, 34, 1),
                    change(now.addDays(-70), LeaderCause::Unknown, u"aa11"_s, {}, u"77bd"_s, u"node-3"_s, -1, 1)};
    view.changes[1].worked = 3.1;
    const QDateTime first = QDateTime::fromSecsSinceEpoch(now.toSecsSinceEpoch() / 3600 * 3600, Qt::UTC);
    view.hours = hoursOf({{now.addDays(-7), first.addSecs(-90 * 3600), Readiness::Ready},
                          {first.addSecs(-60 * 3600), first.addSecs(-40 * 3600), Readiness::Ready},
                          {first.addSecs(-40 * 3600), first.addSecs(-40 * 3600 + 900), Readiness::NotReady},
                          {first.addSecs(-40 * 3600 + 900), first.addSecs(-12 * 3600), Readiness::Ready},
                          {first.addSecs(-12 * 3600), first.addSecs(-10 * 3600), Readiness::Partly},
                          {first.addSecs(-10 * 3600), now, Readiness::Ready}},
                         now);
    return view;
}

QWidget *page(const FailoverView &view)
{
    auto *page = new FailoverPage;
    page->setView(view);
    return page;
}

QWidget *chart(const FailoverResult &result)
{
    auto *card = new kit::Card;
    auto *chart = new charts::TakeoverChart;
    chart->setResult(result);
    card->body()->addWidget(chart, 1);
    return card;
}

QWidget *strips()
{
    auto *sheet = new Sheet;
    const FailoverView view = cannedView();
    auto *some = new charts::AvailabilityStrip(u"training-operator"_s);
    some->setHours(view.hours);
    sheet->wide(u"7 days, partly seen"_s, some);
    auto *all = new charts::AvailabilityStrip(u"jobset-controller-manager"_s);
    all->setHours(hoursOf({{view.now.addDays(-8), view.now, Readiness::Ready}}, view.now));
    sheet->wide(u"Always ready"_s, all);
    auto *none = new charts::AvailabilityStrip(u"katib-controller"_s);
    none->setHours(hoursOf({}, view.now));
    sheet->wide(u"Not seen"_s, none);
    return sheet;
}

QWidget *dialog(bool feasible)
{
    using State = kit::CheckItem::State;
    auto *dialog = new dialogs::FailoverDialog;
    dialogs::FailoverAsk ask;
    ask.component = u"training-operator"_s;
    ask.warning = u"The test deletes pod training-operator-6d5f9c7b8-7c9f on node-1, which leads, without a grace period. Until another one leads, nothing that it controls "
                  "moves on; jobs that run go on."_s;
    ask.checks = {feasible ? kit::CheckItem{u"replicas"_s, State::Ok, u"2 ready pods on 2 nodes."_s, {}, u"0.4 s"_s, {}}
                           : kit::CheckItem{u"replicas"_s, State::Err, u"Only one replica is ready: the test would stop it."_s, u"Run two replicas with leader election first."_s, u"0.4 s"_s, {}},
                  {u"lease"_s, State::Ok, u"The Lease is fresh, held by training-operator-6d5f9c7b8-7c9f."_s, {}, {}, {}},
                  {u"pdb"_s, State::Ok, u"Its PDB training-operator allows it."_s, {}, {}, {}},
                  {u"rights"_s, State::Ok, u"You may delete its pods, and follow them and the Lease."_s, {}, u"0.1 s"_s, {}},
                  {u"probe"_s, State::Ok, u"PyTorchJob cairn-probe-4f2a is created while nobody leads, and removed afterwards."_s, {}, u"0.2 s"_s, {}}};
    ask.checked = true;
    ask.feasible = feasible;
    dialog->setAsk(ask);
    return dialog;
}

} // namespace

void registerFailoverEntries(kit::GalleryRegistry &registry)
{
    const QList<QSize> one{pageSizes().first()};
    registry.add({u"page.failover"_s, u"Failover test"_s, [] { return page(cannedView()); }, pageSizes()});
    registry.add({u"page.failover.running"_s, u"Failover test, running"_s,
                  [] {
                      FailoverView view = cannedView();
                      view.tests.append(cannedRunning());
                      view.running = cannedRunning().id;
                      return page(view);
                  },
                  one});
    registry.add({u"page.failover.failed"_s, u"Failover test, nobody took over"_s,
                  [] {
                      FailoverView view = cannedView();
                      view.tests = {cannedFailure()};
                      return page(view);
                  },
                  one});
    registry.add({u"page.failover.released"_s, u"Failover test, Lease given back"_s,
                  [] {
                      FailoverView view = cannedView();
                      view.tests = {cannedReleased()};
                      return page(view);
                  },
                  one});
    registry.add({u"page.failover.none"_s, u"Failover test, none yet"_s,
                  [] {
                      FailoverView view;
                      view.component = u"katib-controller"_s;
                      view.verdict = {u"Single point of failure"_s, items::Tone::Err};
                      view.now = cannedNow();
                      view.hours = hoursOf({}, view.now);
                      view.refusal = u"Only one replica is ready"_s;
                      view.noticeTitle = u"The high availability history starts over"_s;
                      view.notice = u"The file is damaged. The old file is kept as ha.sqlite.damaged-20260301T120000Z."_s;
                      return page(view);
                  },
                  one});
    registry.add({u"chart.takeover"_s, u"Takeover"_s, [] { return chart(cannedTest()); }, {{776, 300}}});
    registry.add({u"chart.takeover-running"_s, u"Takeover: still without a leader"_s, [] { return chart(cannedRunning()); }, {{776, 300}}});
    registry.add({u"chart.takeover-released"_s, u"Takeover: Lease given back"_s, [] { return chart(cannedReleased()); }, {{776, 260}}});
    registry.add({u"chart.takeover-empty"_s, u"Takeover: no test yet"_s, [] { return chart({}); }, {{600, 200}}});
    registry.add({u"chart.availability"_s, u"Availability strip"_s, strips, {{480, 190}}});
    registry.add({u"dialog.failover"_s, u"Failover test, asked"_s, [] { return dialog(true); }, {}});
    registry.add({u"dialog.failover.refused"_s, u"Failover test, refused"_s, [] { return dialog(false); }, {}});
}

} // namespace cairn::gallery
