// SPDX-License-Identifier: GPL-3.0-or-later
// Types into the filter of the high availability page and says how much processor time the slots take.   bench_ha [components]

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

} // namespace

int main(int argc, char **argv)
{
    Application application(argc, argv);
    kit::Theme::install(application, kit::ThemeMode::Light);
    const int count = argc > 1 ? QByteArray(argv[1]).toInt() : 10'000;
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
    return 0;
}
