// SPDX-License-Identifier: GPL-3.0-or-later
// Reads every pod of the cluster that CAIRN_TEST_KUBECONFIG names by a watch and says how long it took and how much
// memory it needed.   bench_pods [seconds to keep watching] [first page] [later pages]

#include "TestCluster.h"
#include "base/Async.h"
#include "kube/Watcher.h"

#include <QElapsedTimer>
#include <QFile>
#include <cstdio>
#include <ctime>
#include <semaphore>

using namespace cairn;

namespace {

/// A line of /proc/self/status, in MiB.
double memory(QByteArrayView key)
{
    QFile file(QStringLiteral("/proc/self/status"));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    for (const QByteArray &line : file.readAll().split('\n')) {
        if (line.startsWith(key))
            return line.simplified().split(' ').value(1).toDouble() / 1024;
    }
    return 0;
}

} // namespace

int main(int argc, char **argv)
{
    const QByteArrayList args(argv + 1, argv + argc);
    test::TestCluster test;
    if (!test.cluster) {
        std::fprintf(stderr, "%s\n", qPrintable(test.problem));
        return 1;
    }
    const auto version = test.cluster->version({});
    if (!version) {
        std::fprintf(stderr, "%s\n", qPrintable(version.error().oneLine()));
        return 1;
    }
    std::printf("server %s, before: %.1f MiB\n", qPrintable(version->gitVersion), memory("VmRSS"));

    kube::WatchOptions options;
    options.firstPage = args.value(1, "500").toInt();
    options.laterPages = args.value(2, "1000").toInt();
    QHash<QString, Pod> pods;
    QElapsedTimer clock;
    clock.start();
    bool first = true;
    bool announced = false;
    qint64 deltas = 0;
    std::binary_semaphore live(0);
    kube::WatchHandlers<Pod> handlers;
    handlers.delta = [&](const Delta<Pod> &delta) {
        ++deltas;
        for (const Pod &pod : delta.upserts)
            pods.insert(pod.uid, pod);
        for (const QString &uid : delta.removed)
            pods.remove(uid);
        if (std::exchange(first, false))
            std::printf("first rows  %6lld ms  (%lld)\n", static_cast<long long>(clock.elapsed()),
                        static_cast<long long>(pods.size()));
        if (delta.complete)
            std::printf("all rows    %6lld ms  (%lld)\n", static_cast<long long>(clock.elapsed()),
                        static_cast<long long>(pods.size()));
    };
    handlers.state = [&](const FeedState &state) {
        if (state.phase == FeedState::Phase::Live && !std::exchange(announced, true))
            live.release();
        else if (state.error.kind != Error::Kind::Internal)
            std::printf("%s\n", qPrintable(state.error.oneLine()));
    };
    kube::Watcher<Pod> watcher(*test.cluster, kinds::pods(), {}, podDecoder(), std::move(handlers), options);
    live.acquire();
    std::printf("processor   %6.0f ms\n", 1000.0 * double(std::clock()) / CLOCKS_PER_SEC);
    std::printf("live        %6lld ms\nmemory now %.1f MiB, peak %.1f MiB\n", static_cast<long long>(clock.elapsed()),
                memory("VmRSS"), memory("VmHWM"));
    const int seconds = args.value(0, "0").toInt();
    if (seconds > 0) {
        deltas = 0;
        async::sleepFor(std::chrono::seconds(seconds), {});
        std::printf("after %d s: %lld batches, memory %.1f MiB, peak %.1f MiB\n", seconds,
                    static_cast<long long>(deltas), memory("VmRSS"), memory("VmHWM"));
    }
    return 0;
}
