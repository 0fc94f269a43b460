// SPDX-License-Identifier: GPL-3.0-or-later
// Types into the filter of the high availability page and says how much processor time the slots take.
//   bench_ha [components [findings]]

#include "Slots.h"
#include "kit/Inputs.h"
#include "kit/Theme.h"
#include "pages/HaPage.h"

#include <QTest>
#include <iterator>

using namespace cairn;
using bench::Application;
using bench::spent;

namespace {

components::Component component(int i)
{
    const QList<components::Entry> &entries = components::catalogue().entries;
    components::Component one;
    const bool known = i < entries.size();
    one.id = known ? entries[i].id : QStringLiteral("inference-%1").arg(i, 5, 10, QLatin1Char('0'));
    one.catalogued = known;
    one.kind = QStringLiteral("Deployment");
    one.ns = QStringLiteral("team-%1").arg(i % 40, 2, 10, QLatin1Char('0'));
    one.workload = one.id;
    one.desired = 1 + i % 3;
    one.ready = one.desired;
    for (int replica = 0; replica < one.desired; ++replica) {
        one.pods.append(QStringLiteral("%1-%2").arg(one.id).arg(replica));
        one.nodes.append(QStringLiteral("gpu-node-%1").arg((i + replica) % 200, 3, 10, QLatin1Char('0')));
    }
    one.standing = one.desired == 1 ? components::Standing::SinglePoint : components::Standing::SurvivesNode;
    return one;
}

audit::Finding finding(int i)
{
    const QList<audit::Rule> &rules = audit::rules();
    audit::Finding one;
    one.rule = rules[i % rules.size()].id;
    one.title = QStringLiteral("Single replica");
    one.severity = static_cast<audit::Severity>(i % 4);
    one.consequence = QStringLiteral("While node gpu-node-%1 is away, nobody starts a job there.").arg(i % 200);
    one.object = {QStringLiteral("apps"), QStringLiteral("Deployment"), QStringLiteral("team-%1").arg(i % 40), QStringLiteral("inference-%1").arg(i, 5, 10, QLatin1Char('0'))};
    for (int field = 0; field < 3; ++field)
        one.evidence.append({one.object, QStringLiteral("spec.template.spec.containers[%1].args").arg(field), QString::number(i)});
    return one;
}

} // namespace

int main(int argc, char **argv)
{
    Application application(argc, argv);
    kit::Theme::install(application, kit::ThemeMode::Light);
    const int count = argc > 1 ? QByteArray(argv[1]).toInt() : 10'000;
    const int found = argc > 2 ? QByteArray(argv[2]).toInt() : 1'000;
    QList<components::Component> all;
    for (int i = 0; i < count; ++i)
        all.append(component(i));
    pages::HaPage page;
    page.resize(1280, 800);
    page.show();
    page.setComponents(all, QDateTime::currentDateTimeUtc());
    FeedState feed;
    feed.phase = FeedState::Phase::Live;
    page.setFeed(feed);
    QTest::qWait(2000); // as somebody would look at it first
    spent.tell("show");
    auto *field = page.findChild<kit::SearchField *>();
    field->setFocus();
    const auto type = [&](const char *event, const QStringList &texts) {
        for (const QString &text : texts) {
            field->setText(text);
            QTest::qWait(600); // the field waits until nobody types
        }
        spent.tell(event);
    };
    // A few, none, a third, and all again.
    type("narrow", {QStringLiteral("i"), QStringLiteral("inf"), QStringLiteral("inference-01"), QStringLiteral("inference-012")});
    type("none", {QStringLiteral("xyz")});
    type("third", {QStringLiteral("1/1")});
    type("all", {QString()});
    audit::Report report;
    for (int i = 0; i < found; ++i)
        report.findings.append(finding(i));
    page.setReport(report, std::chrono::milliseconds(100));
    page.showView(pages::HaPage::View::Findings);
    QTest::qWait(2000);
    spent.tell("findings");
    type("narrow findings", {QStringLiteral("i"), QStringLiteral("inf"), QStringLiteral("inference-001"), QStringLiteral("inference-0012")});
    type("no finding", {QStringLiteral("xyz")});
    type("all findings", {QString()});
    return 0;
}
