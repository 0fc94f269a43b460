// SPDX-License-Identifier: GPL-3.0-or-later
#include "change/Change.h"

#include "base/Names.h"
#include "base/Text.h"

#include <QCoreApplication>
#include <QElapsedTimer>

using namespace Qt::StringLiterals;

namespace cairn::change {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::change)
};

} // namespace

QString checkWord(Check::State state)
{
    switch (state) {
    case Check::State::Ok: return u"ok"_s;
    case Check::State::Warn: return u"warn"_s;
    case Check::State::Fail: return u"fail"_s;
    case Check::State::Info: return u"info"_s;
    }
    return {};
}

QList<Check> runChecks(const QList<CheckFunction> &checks, const std::function<void(const Check &)> &onCheck, const std::stop_token &stop)
{
    QList<Check> made;
    QElapsedTimer timer;
    const Found found = [&](const QString &id, Check::State state, const QString &text, const QString &fix) {
        made.append({id, state, text, fix, std::chrono::milliseconds(timer.restart())});
        if (onCheck)
            onCheck(made.last());
    };
    for (const CheckFunction &check : checks) {
        if (stop.stop_requested())
            break;
        timer.start();
        check(found);
    }
    return made;
}

QString stageWord(Event::Stage stage)
{
    using Stage = Event::Stage;
    switch (stage) {
    case Stage::Checking: return u"checking"_s;
    case Stage::Suspending: return u"suspending"_s;
    case Stage::Stopping: return u"stopping"_s;
    case Stage::Changing: return u"changing"_s;
    case Stage::Creating: return u"creating"_s;
    case Stage::Deleting: return u"deleting"_s;
    case Stage::Starting: return u"starting"_s;
    case Stage::Following: return u"following"_s;
    case Stage::Waiting: return u"waiting"_s;
    case Stage::Undoing: return u"undoing"_s;
    case Stage::Done: return u"done"_s;
    }
    return {};
}

QString stateWord(Outcome::State state)
{
    using State = Outcome::State;
    switch (state) {
    case State::Waiting: return u"waiting"_s;
    case State::Running: return u"running"_s;
    case State::Done: return u"done"_s;
    case State::Unchanged: return u"unchanged"_s;
    case State::Failed: return u"failed"_s;
    case State::Stopped: break;
    }
    return u"stopped"_s;
}

QString changeMark()
{
    return names::name("change"_L1);
}

QJsonObject masked(const QJsonObject &value, const QJsonObject &mask)
{
    QJsonObject kept;
    for (auto it = mask.begin(); it != mask.end(); ++it) {
        const QJsonValue there = value.value(it.key());
        if (there.isObject() && it->isObject())
            kept.insert(it.key(), masked(there.toObject(), it->toObject()));
        else if (!there.isUndefined())
            kept.insert(it.key(), there);
    }
    return kept;
}

Result<> standsAsPlanned(const QJsonObject &live, const QJsonObject &before)
{
    const QJsonValue now = live.value(u"metadata"_s);
    const QJsonValue then = before.value(u"metadata"_s);
    const QString name = text::safe(now[u"name"_s].toString());
    const auto conflict = [&](const QString &why) {
        return fail(Error::Kind::Conflict, Words::tr("%1 was changed in the meantime.", "name of an object").arg(name), why,
                    Words::tr("Look at it as it is now and start again."));
    };
    if (now[u"uid"_s] != then[u"uid"_s])
        return conflict(Words::tr("Another object took its name."));
    if (!now[u"deletionTimestamp"_s].isUndefined())
        return conflict(Words::tr("It is being deleted."));
    // Kinds without a generation (ConfigMaps, say) tell by their content alone.
    const bool counted = !then[u"generation"_s].isUndefined();
    bool same = counted ? now[u"generation"_s] == then[u"generation"_s] : true;
    if (!counted) {
        for (const QString &field : {u"spec"_s, u"data"_s, u"stringData"_s, u"rules"_s})
            same = same && live.value(field) == before.value(field);
    }
    if (!same || now[u"labels"_s] != then[u"labels"_s] || now[u"ownerReferences"_s] != then[u"ownerReferences"_s])
        return conflict(Words::tr("Its specification, labels or owner are not those the plan was made from."));
    return {};
}

} // namespace cairn::change
