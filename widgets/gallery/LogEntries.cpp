// SPDX-License-Identifier: GPL-3.0-or-later
#include "gallery/Entries.h"
#include "kit/Card.h"
#include "logs/LogView.h"

#include <QTimeZone>
#include <QVBoxLayout>

namespace cairn::gallery {

using namespace Qt::StringLiterals;
using namespace logs;

namespace {

/// Keeps the buffer as long as the view that shows it.
class OwnedLog : public LogView {
public:
    LogBuffer buffer;
};

OwnedLog *makeLog()
{
    auto *view = new OwnedLog;
    for (const auto &name : {u"w-0"_s, u"w-1"_s, u"w-2"_s, u"w-3"_s})
        view->buffer.addSource(name);
    const auto at = [](int minute, int second, int ms) {
        return QDateTime(QDate(2026, 11, 25), QTime(12, minute, second, ms), QTimeZone::utc()).toMSecsSinceEpoch();
    };
    view->buffer.append({
        {0, at(46, 52, 440), u"INFO step: 11950  loss: 1.8726  grad_norm: 0.85  tps: 3 401"_s},
        {0, at(46, 59, 602), u"INFO step: 11960  loss: 1.8724  grad_norm: 0.83  tps: 3 409"_s},
        {0, at(47, 20, 915), u"INFO Saving the checkpoint (step-12000)"_s},
        {1, at(47, 21, 102), u"INFO Staging 8 shards to pinned memory"_s},
        {2, at(47, 21, 104), u"\x1b[32mINFO\x1b[0m Staging 8 shards to \x1b[1mpinned\x1b[0m memory"_s},
        {3, at(53, 14, 660), u"WARN Xid 79: GPU 5 has fallen off the bus"_s},
        {2, at(53, 31, 47), u"WARN NCCL net plugin: peer 10.42.7.31 not answering"_s},
        {0, at(53, 44, 210), u"ERROR Watchdog caught collective timeout: WorkNCCL(SeqNum=88214,"_s},
        {0, at(53, 44, 210), u"      OpType=ALLREDUCE, Timeout(ms)=30000) ran for 30117 ms"_s},
        {0, at(53, 45, 18), u"Traceback (most recent call last):"_s},
        {0, at(53, 45, 18), u"  File \"/app/train.py\", line 412, in main"_s},
        {0, at(53, 45, 19), u"torch.distributed.DistBackendError: NCCL communicator was aborted"_s},
        {1, at(53, 46, 480), u"WARN Sending process 70 closing signal SIGTERM"_s},
        {3, at(53, 47, 0), u"a name with \u202Egpj.exe and a bell \x07"_s},
    });
    view->setLocalTime(false);
    view->setBuffer(&view->buffer);
    return view;
}

QWidget *inCard(LogView *view)
{
    auto *card = new kit::Card(kit::Card::Padding::Flush);
    card->body()->addWidget(view);
    return card;
}

QWidget *log()
{
    LogView *view = makeLog();
    view->setSearch(u"nccl|timeout"_s);
    view->nextHit();
    view->nextHit();
    view->setProperty("galleryFocus", true);
    return inCard(view);
}

QWidget *wrapped()
{
    LogView *view = makeLog();
    view->setWrap(true);
    view->setMinimumLevel(Level::Warn);
    return inCard(view);
}

QWidget *empty()
{
    auto *view = new OwnedLog;
    view->setBuffer(&view->buffer);
    view->setPlaceholder(u"The pod has written nothing yet"_s);
    return inCard(view);
}

} // namespace

void registerLogEntries(kit::GalleryRegistry &registry)
{
    registry.add({u"log.view"_s, u"Log"_s, log, {{812, 280}}});
    registry.add({u"log.wrapped"_s, u"Log: warnings, wrapped"_s, wrapped, {{420, 280}}});
    registry.add({u"log.empty"_s, u"Log: nothing yet"_s, empty, {{420, 120}}});
}

} // namespace cairn::gallery
