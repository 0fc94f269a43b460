// SPDX-License-Identifier: GPL-3.0-or-later
#include "change/Run.h"

#include "base/Async.h"
#include "base/Text.h"
#include "change/Fill.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace cairn::change {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::change)
};

using State = Outcome::State;

/// Operators write status all the time, so a Conflict is common and means little by itself.
constexpr int kWriteTries = 8;
constexpr int kReadTries = 5;
/// Most waits end within seconds; then each second between two looks is one that a job stands still.
constexpr std::chrono::milliseconds kSoon = 10s;
constexpr std::chrono::milliseconds kSoonPoll = 150ms;

std::chrono::milliseconds pause(int attempt, const Error &error)
{
    return error.retryAfter.value_or(100ms * (1 << std::min(attempt, 5)));
}

/// `sent`: a request may have had an effect, although no answer came.
Outcome failed(const Error &error, bool sent = false)
{
    if (error.kind == Error::Kind::Cancelled)
        return {State::Stopped, sent ? Words::tr("Stopped; the server may have got the request.") : Words::tr("Stopped; nothing was changed."), {}, {}};
    return {State::Failed, text::safe(error.what), error, {}};
}

} // namespace

Run::Run(ObjectApi &api, Options options, std::stop_token stop)
    : m_api(api)
    , m_options(std::move(options))
    , m_stop(std::move(stop))
{
    if (!m_options.now)
        m_options.now = [] { return QDateTime::currentDateTimeUtc(); };
    if (!m_options.sleep)
        m_options.sleep = [](std::chrono::milliseconds time, const std::stop_token &token) { return async::sleepFor(time, token); };
}

bool Run::sleep(std::chrono::milliseconds time) const
{
    if (m_goesOn && !m_asking) {
        m_asking = true;
        const bool goesOn = m_goesOn();
        m_asking = false;
        if (!goesOn)
            return false;
    }
    return m_options.sleep(time, m_stop);
}

bool Run::sleepUntilNextLook(const QDateTime &since) const
{
    return sleep(since.msecsTo(now()) < kSoon.count() ? std::min(kSoonPoll, m_options.poll) : m_options.poll);
}

void Run::report(Event event) const
{
    if (!m_options.progress)
        return;
    event.at = now();
    m_options.progress(event);
}

void Run::report(Event::Stage stage, const QString &text) const
{
    Event event;
    event.stage = stage;
    event.text = text;
    report(event);
}

Result<QJsonObject> Run::read(const ObjectRef &ref) const
{
    for (int attempt = 0;; ++attempt) {
        Result<QJsonObject> object = m_api.get(ref, m_stop);
        if (object) {
            if (!ref.uid.isEmpty() && object->value(u"metadata"_s)[u"uid"_s].toString() != ref.uid)
                return fail(Error::Kind::NotFound, Words::tr("%1 is gone.", "name of an object").arg(text::safe(ref.name)),
                            Words::tr("Another object of the same name took its place."), Words::tr("Open that one instead."));
            return object;
        }
        if (!object.error().retryable() || attempt + 1 >= kReadTries)
            return object;
        if (!sleep(pause(attempt, object.error())))
            return fail(Error::cancelled());
    }
}

Result<QList<QJsonObject>> Run::list(const ResourceKind &kind, const QString &ns, const QString &labels) const
{
    for (int attempt = 0;; ++attempt) {
        Result<QList<QJsonObject>> objects = m_api.list(kind, ns, labels, QString(), m_stop);
        if (objects || !objects.error().retryable() || attempt + 1 >= kReadTries)
            return objects;
        if (!sleep(pause(attempt, objects.error())))
            return fail(Error::cancelled());
    }
}

Result<QJsonObject> Run::write(const ObjectRef &ref, const std::function<Result<Write>(const QJsonObject &)> &look, bool *sent, QString *already,
                               PatchType type) const
{
    Error last;
    for (int attempt = 0; attempt < kWriteTries; ++attempt) {
        if (attempt > 0 && !sleep(pause(attempt, last)))
            return fail(Error::cancelled());
        const Result<QJsonObject> before = read(ref);
        if (!before)
            return before;
        Result<Write> what = look(*before);
        if (!what)
            return fail(what.error());
        if (already)
            *already = what->already;
        if (what->body.isEmpty())
            return before;
        QJsonObject metadata = what->body.value(u"metadata"_s).toObject();
        metadata.insert(u"resourceVersion"_s, before->value(u"metadata"_s)[u"resourceVersion"_s]);
        what->body.insert(u"metadata"_s, metadata);
        Result<QJsonObject> after = m_api.patch(ref, type, what->body, {}, m_stop);
        if (after)
            return after;
        last = after.error();
        if (sent && (last.retryable() || last.kind == Error::Kind::Cancelled))
            *sent = true; // the answer got lost, perhaps not the request
        if (last.kind != Error::Kind::Conflict && !last.retryable())
            return fail(last);
    }
    return fail(last);
}

Result<QJsonObject> Run::create(const ObjectRef &ref, const QJsonObject &object, const std::function<bool(const QJsonObject &)> &isOurs) const
{
    Result<QJsonObject> made = m_api.create(ref.kind, ref.ns, object, {}, m_stop);
    for (int attempt = 0; !made && attempt < 4; ++attempt) {
        const Error error = made.error();
        if (!error.retryable() && error.reason != u"AlreadyExists" && error.kind != Error::Kind::Conflict)
            return fail(error);
        // A lost answer looks like this too: see whether what is there carries our mark.
        const Result<QJsonObject> there = read(ref);
        if (there && isOurs(*there))
            return there;
        if (there) {
            Error taken = Error::make(Error::Kind::Conflict, Words::tr("%1 already exists.", "name of an object").arg(text::safe(ref.name)), QString(),
                                      Words::tr("Choose another name."));
            taken.reason = u"AlreadyExists"_s;
            return fail(taken);
        }
        if (there.error().kind != Error::Kind::NotFound)
            return there;
        if (!sleep(500ms))
            return fail(Error::cancelled());
        made = m_api.create(ref.kind, ref.ns, object, {}, m_stop);
    }
    return made;
}

namespace {

Result<Write> lookAt(const Change &change, const QJsonObject &live)
{
    if (change.look)
        return change.look(live);
    if (const Result<> stands = standsAsPlanned(live, change.before); !stands)
        return fail(stands.error());
    return Write{change.body, {}};
}

/// After the server took the deletion: is it gone?
Outcome deletionOf(const Run &run, const ObjectRef &ref)
{
    const Result<QJsonObject> left = run.read(ref);
    if (!left)
        return {State::Done, Words::tr("Deleted."), {}, {}};
    QStringList holders;
    for (const QJsonValue finalizer : left->value(u"metadata"_s)[u"finalizers"_s].toArray())
        holders.append(text::safe(finalizer.toString()));
    return {State::Done,
            holders.isEmpty() ? Words::tr("It is being deleted.")
                              : Words::tr("It is being deleted; it goes when its finalizers do: %1.").arg(holders.join(u", "_s)),
            {},
            {}};
}

} // namespace

Outcome Run::remove(const Change &change) const
{
    Error last;
    bool sent = false;
    for (int attempt = 0; attempt < kWriteTries; ++attempt) {
        if (attempt > 0 && !sleep(pause(attempt, last)))
            return failed(Error::cancelled(), sent);
        const Result<QJsonObject> live = read(change.target);
        if (!live && live.error().kind == Error::Kind::NotFound)
            return sent ? deletionOf(*this, change.target) : Outcome{State::Unchanged, Words::tr("It was already gone."), {}, {}};
        if (!live)
            return failed(live.error(), sent);
        const Result<Write> what = lookAt(change, *live);
        if (!what)
            return failed(what.error());
        if (!what->already.isEmpty())
            return sent ? deletionOf(*this, change.target) : Outcome{State::Unchanged, what->already, {}, {}};
        const QJsonValue meta = live->value(u"metadata"_s);
        const DeleteOptions deletion{meta[u"uid"_s].toString(), meta[u"resourceVersion"_s].toString(), u"Background"_s, false};
        const Result<> removed = m_api.remove(change.target, deletion, m_stop);
        if (removed)
            return deletionOf(*this, change.target);
        last = removed.error();
        sent |= last.retryable() || last.kind == Error::Kind::Cancelled;
        // NotFound: it went while it was asked for, or an answer was lost; the next look tells.
        if (last.kind != Error::Kind::Conflict && last.kind != Error::Kind::NotFound && !last.retryable())
            break;
    }
    return failed(last, sent);
}

Outcome Run::perform(const Change &change) const
{
    if (change.act == Change::Act::Delete)
        return remove(change);
    if (change.act == Change::Act::Await) {
        if (const Result<> met = waitUntil(change.until); !met)
            return failed(met.error());
        return {State::Done, change.done, {}, {}};
    }
    if (change.act == Change::Act::Create || (change.act == Change::Act::Apply && change.before.isEmpty())) {
        const QJsonValue marks = change.body.value(u"metadata"_s)[u"annotations"_s];
        const Result<QJsonObject> made = create(change.target, change.body, [&](const QJsonObject &there) {
            const QString mark = marks[changeMark()].toString();
            return !mark.isEmpty() && there.value(u"metadata"_s)[u"annotations"_s][changeMark()].toString() == mark;
        });
        return made ? Outcome{State::Done, change.done, {}, *made} : failed(made.error());
    }
    bool sent = false;
    QString already;
    const Result<QJsonObject> written = write(
        change.target, [&](const QJsonObject &live) { return lookAt(change, live); }, &sent, &already,
        change.act == Change::Act::Apply ? PatchType::Apply : PatchType::Merge);
    if (!written)
        return failed(written.error(), sent);
    if (!already.isEmpty() && !sent)
        return {State::Unchanged, already, {}, *written};
    return {State::Done, change.done, {}, *written};
}

Result<std::optional<Pending>> Run::firstPending(const Change &change, const QDateTime &since) const
{
    for (const Wait &wait : change.waits) {
        Result<std::optional<Pending>> pending = wait(*this, since);
        if (!pending || *pending)
            return pending;
    }
    return std::optional<Pending>();
}

Result<> Run::waitFor(const Change &change) const
{
    for (const Wait &wait : change.waits) {
        const QDateTime since = now();
        for (;;) {
            const Result<std::optional<Pending>> pending = wait(*this, since);
            if (!pending)
                return fail(pending.error());
            if (!*pending)
                break;
            if (!(*pending)->text.isEmpty()) {
                Event event;
                event.stage = change.waitStage;
                event.text = (*pending)->text;
                event.podsLeft = (*pending)->left;
                report(event);
            }
            if (!sleepUntilNextLook(since))
                return fail(Error::cancelled());
        }
    }
    return {};
}

QList<Outcome> carryOutEach(Run &run, const QList<Change> &changes, const std::function<void(qsizetype, const Outcome &)> &onOutcome)
{
    QList<Outcome> outcomes(changes.size());
    const auto report = [&](qsizetype index, const Outcome &outcome) {
        outcomes[index] = outcome;
        if (onOutcome)
            onOutcome(index, outcome);
    };
    QList<qsizetype> open;
    for (qsizetype i = 0; i < changes.size(); ++i)
        open.append(i);
    const QDateTime begin = run.now();
    while (!open.isEmpty()) {
        QList<qsizetype> waiting;
        for (const qsizetype i : std::as_const(open)) {
            if (run.stopped()) {
                report(i, {State::Stopped, Words::tr("Stopped before its turn; nothing was changed."), {}, {}});
                continue;
            }
            if (outcomes[i].text.isEmpty())
                report(i, {State::Running, {}, {}, {}});
            const Result<std::optional<Pending>> pending = run.firstPending(changes[i], begin);
            if (!pending) {
                report(i, failed(pending.error()));
            } else if (*pending) {
                report(i, {State::Waiting, (*pending)->text, {}, {}});
                waiting.append(i);
            } else {
                report(i, run.perform(changes[i]));
            }
        }
        open = waiting;
        if (!open.isEmpty())
            run.sleep(run.options().poll);
    }
    return outcomes;
}

Result<> carryOutInOrder(const Run &run, const QList<Change> &changes, qsizetype begin)
{
    for (qsizetype i = begin; i < changes.size(); ++i) {
        const Change &change = changes[i];
        if (const Result<> ready = run.waitFor(change); !ready)
            return ready;
        if (change.lastLook) {
            if (const Result<> ok = change.lastLook(run); !ok)
                return ok;
        }
        if (!change.text.isEmpty())
            run.report(change.stage, change.text);
        const Outcome outcome = run.perform(change);
        if (outcome.state == State::Stopped)
            return fail(Error::cancelled());
        if (outcome.error)
            return fail(*outcome.error);
    }
    return {};
}

Result<> tryOut(ObjectApi &api, const Change &change, std::stop_token stop)
{
    const WriteOptions dry{.dryRun = true};
    Result<> answer;
    for (int attempt = 0; attempt < 3; ++attempt) {
        switch (change.act) {
        case Change::Act::Await: break;
        case Change::Act::Fill: answer = tryFill(api, change, stop); break;
        case Change::Act::Delete: answer = api.remove(change.target, {change.target.uid, {}, u"Background"_s, true}, stop); break;
        case Change::Act::Create: answer = api.create(change.target.kind, change.target.ns, change.body, dry, stop).map([](const QJsonObject &) {}); break;
        case Change::Act::Merge:
        case Change::Act::Apply: {
            QJsonObject body = change.body;
            QJsonObject metadata = body.value(u"metadata"_s).toObject();
            if (!change.target.uid.isEmpty())
                metadata.insert(u"uid"_s, change.target.uid); // or another object that took its name would be asked
            body.insert(u"metadata"_s, metadata);
            answer = api.patch(change.target, change.act == Change::Act::Apply ? PatchType::Apply : PatchType::Merge, body, dry, stop)
                         .map([](const QJsonObject &) {});
            break;
        }
        }
        if (answer || !answer.error().retryable())
            break;
    }
    return answer;
}

Error ofPlan(Error error)
{
    if (error.reason == u"AlreadyExists")
        error.fix = Words::tr("The cluster has changed since it was read: refresh, then look at the plan again.");
    return error;
}

} // namespace cairn::change
