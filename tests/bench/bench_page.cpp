// SPDX-License-Identifier: GPL-3.0-or-later
// Fills the Pods page as a watch does, without a server, and says how much processor time the slots take: pages of a
// list, then changes.   bench_page [pods] [rows a batch] [changed pods a batch]

#include "Slots.h"
#include "items/PodTableModel.h"
#include "kit/Theme.h"
#include "pages/PodsPage.h"

#include <QTimer>
#include <algorithm>

using namespace cairn;
using bench::Application;
using bench::spent;

namespace {

Pod pod(int i, int round)
{
    const bool ofJob = i / 2 % 2 == 0;
    const int job = i / 4;
    Pod pod;
    pod.ns = QStringLiteral("team-%1").arg(job % 20, 2, 10, QLatin1Char('0'));
    pod.name = ofJob ? QStringLiteral("finetune-llama-%1-%2-0").arg(job, 5, 10, QLatin1Char('0')).arg(i % 2 ? u"worker" : u"master")
                     : QStringLiteral("inference-%1-7d9c5b8f4-%2").arg(job, 5, 10, QLatin1Char('0')).arg(i, 5, 16, QLatin1Char('0'));
    pod.uid = QStringLiteral("%1-3c1e-4f0a-9d2b-77aa").arg(i, 16, 16, QLatin1Char('0'));
    pod.resourceVersion = QString::number(1000 + i + round);
    pod.created = QDateTime(QDate(2026, 1, 1), QTime(0, 0), Qt::UTC).addSecs(30LL * i);
    pod.phase = QStringLiteral("Running");
    pod.node = QStringLiteral("gpu-node-%1.example.internal").arg(i % 200, 3, 10, QLatin1Char('0'));
    pod.ownerKind = ofJob ? QStringLiteral("PyTorchJob") : QStringLiteral("ReplicaSet");
    pod.ownerName = QStringLiteral("owner-%1").arg(job);
    pod.ownerUid = QString::number(job);
    ContainerState state;
    state.name = QStringLiteral("pytorch");
    state.ready = i % 100 >= 3;
    state.restarts = round;
    state.state = state.ready ? QStringLiteral("running") : QStringLiteral("waiting");
    state.reason = state.ready ? QString() : QStringLiteral("CrashLoopBackOff");
    pod.containers = {state};
    return pod;
}

} // namespace

int main(int argc, char **argv)
{
    Application application(argc, argv);
    kit::Theme::install(application, kit::ThemeMode::Light);
    const auto number = [&](int at, int otherwise) { return argc > at ? QByteArray(argv[at]).toInt() : otherwise; };
    const int pods = number(1, 20'000);
    const int batch = number(2, 1000);
    const int changed = number(3, 25);
    items::PodTableModel model;
    pages::PodsPage page;
    page.setModel(&model);
    page.resize(1280, 800);
    page.show();
    FeedState feed;

    // In the order of the server: by namespace, then by name.
    QList<Pod> all;
    for (int i = 0; i < pods; ++i)
        all.append(pod(i, 0));
    std::ranges::sort(all, [](const Pod &a, const Pod &b) { return std::tie(a.ns, a.name) < std::tie(b.ns, b.name); });

    int step = 0;
    const int loads = (pods + batch - 1) / batch;
    constexpr int changes = 100;
    QTimer timer;
    QObject::connect(&timer, &QTimer::timeout, &application, [&] {
        Delta<Pod> delta;
        if (step < loads) {
            delta.upserts = all.mid(qsizetype(step) * batch, batch);
        } else {
            if (step == loads) {
                spent.tell("load");
                feed.phase = FeedState::Phase::Live;
                page.setFeed(feed);
            }
            for (int i = 0; i < changed; ++i)
                delta.upserts.append(pod(int((qint64(step) * changed + i) * 7919 % pods), step));
        }
        model.applyDelta(delta);
        if (++step == loads + changes) {
            spent.tell("change");
            QCoreApplication::quit();
        }
    });
    timer.start(50);
    return QApplication::exec();
}
