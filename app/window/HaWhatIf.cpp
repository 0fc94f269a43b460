// SPDX-License-Identifier: GPL-3.0-or-later
#include "HaWhatIf.h"

#include "base/Text.h"
#include "engine/CheckpointReader.h"
#include "jobs/LossOfWork.h"

#include <QCoreApplication>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

using components::Outcome;
using components::WhatIf;
using components::WhatIfQuestion;
using items::Tone;
using pages::WhatIfView;
using Effect = Outcome::Effect;
using Back = Outcome::Back;

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::app::HaWhatIf)
};

bool stops(const Outcome &outcome)
{
    return outcome.effect == Effect::Stops || outcome.effect == Effect::LosesQuorum || outcome.effect == Effect::StopsWithOther;
}

QString joined(const QStringList &names, qsizetype most = 2)
{
    QStringList safe;
    for (const QString &name : names.first(qMin(most, names.size())))
        safe.append(text::safe(name));
    const QString list = safe.join(u", "_s);
    return names.size() > most ? Words::tr("%1 and %n more", nullptr, static_cast<int>(names.size() - most)).arg(list) : list;
}

QStringList namesOf(const WhatIf &answer, const std::function<bool(const Outcome &)> &fits)
{
    QStringList names;
    for (const Outcome &outcome : answer.components) {
        if (fits(outcome))
            names.append(outcome.id);
    }
    names.removeDuplicates();
    return names;
}

QStringList notBack(const WhatIf &answer)
{
    return namesOf(answer, [](const Outcome &outcome) { return stops(outcome) && (outcome.back == Back::WithNode || outcome.back == Back::WhenFenced); });
}

QString backAfter(const WhatIf &answer)
{
    qint64 longest = -1;
    bool unknown = false, any = false;
    for (const Outcome &outcome : answer.components) {
        if (!stops(outcome))
            continue;
        any = true;
        if (outcome.back == Back::ByItself && outcome.seconds)
            longest = std::max(longest, *outcome.seconds);
        unknown |= outcome.back == Back::ByItself && !outcome.seconds;
    }
    if (longest >= 0)
        return text::duration(std::chrono::seconds(longest));
    return unknown ? Words::tr("when their new pods are ready") : any ? Words::tr("not by themselves") : u"–"_s;
}

QString lossOf(const WhatIf &answer)
{
    if (answer.jobs.isEmpty())
        return Words::tr("none");
    const std::optional<double> hours = answer.gpuHours();
    return hours ? text::gpuHours(hours) : Words::tr("not known");
}

/// What stands beside the name of one that stops.
QString briefly(const Outcome &outcome)
{
    if (outcome.effect == Effect::LosesQuorum)
        return Words::tr("loses its quorum");
    if (outcome.effect == Effect::StopsWithOther && !outcome.waitsFor.isEmpty())
        return Words::tr("depends on %1").arg(joined(outcome.waitsFor));
    if (outcome.effect == Effect::CannotRestart && !outcome.waitsFor.isEmpty())
        return Words::tr("a restart waits for %1").arg(joined(outcome.waitsFor));
    switch (outcome.back) {
    case Back::WithNode: return Words::tr("not before the node is back");
    case Back::WhenFenced: return Words::tr("not before the node is fenced");
    case Back::ByItself: return outcome.seconds ? text::duration(std::chrono::seconds(*outcome.seconds)) : Words::tr("until its new pod is ready");
    case Back::AtOnce:
    case Back::Unknown: break;
    }
    return Words::tr("for how long is not known");
}

QString shellComment(const QString &text)
{
    QString line = text;
    line.replace(u'\n', u' ');
    return u"# "_s + line;
}

WhatIfQuestion questionOf(const WhatIfFacts &facts, const components::ClaimReaches &reaches, const QString &node, WhatIfQuestion::Mode mode)
{
    WhatIfQuestion question;
    question.mode = mode;
    question.node = node;
    question.facts = facts.facts;
    question.components = facts.components;
    question.claims = reaches;
    question.claimsRead = facts.claimsRead;
    return question;
}

} // namespace

WhatIfFacts whatIfFacts(ClusterSession &session, const CheckpointReader &reader, const QList<components::Component> &components, const QString &node)
{
    WhatIfFacts facts;
    facts.facts = session.componentFacts();
    facts.components = components;
    facts.node = node;
    StorageFeeds &storage = session.storage();
    facts.claims = storage.claims.store.values();
    facts.volumes = storage.volumes.store.values();
    // PVCs of namespaces that are not watched are not among them.
    facts.claimsRead = session.watched().isEmpty() && storage.claims.store.state().phase == FeedState::Phase::Live
        && storage.volumes.store.state().phase == FeedState::Phase::Live;
    if (node.isEmpty())
        return facts;
    const auto isLive = [](const FeedState &state) { return state.phase == FeedState::Phase::Live || state.phase == FeedState::Phase::Stale; };
    facts.podsRead = session.watched().isEmpty() && !session.isNarrowed() && isLive(session.pods().state());
    facts.jobsRead = facts.podsRead && isLive(session.jobs().jobsState());
    QHash<QString, QStringList> here; ///< by UID of the job
    session.pods().each([&](const Pod &pod) {
        if (pod.node != node || pod.deleting.isValid() || pod.phase == "Succeeded"_L1 || pod.phase == "Failed"_L1)
            return;
        facts.pods.append(pod);
        if (const QString uid = session.jobs().jobOf(pod); !uid.isEmpty())
            here[uid].append(pod.name);
    });
    if (here.isEmpty())
        return facts;
    reader.eachJob()([&](const Job &job, const CheckpointSummary *known) {
        const auto pods = here.constFind(job.uid);
        if (pods == here.cend() || job.uid.isEmpty())
            return;
        components::JobThere there;
        there.kind = cairn::facts(job.kind).resource.kind;
        there.ns = job.ns;
        there.name = job.name;
        there.podsHere = *pods;
        there.pods = static_cast<int>(session.jobs().podsOf(job.uid).size());
        const jobs::LossOfWork lost = jobs::lossIfItDiesNow(job, known, session.asOf());
        there.gpuHours = lost.gpuHours;
        if (lost.gpuHours || lost.time.count() > 0) {
            const QString amount = job.gpus() > 0 ? text::gpuHours(lost.gpuHours) : text::duration(lost.time);
            there.lost = lost.atMost ? Words::tr("at most %1").arg(amount) : lost.atLeast ? Words::tr("at least %1").arg(amount) : amount;
        }
        facts.jobs.append(there);
    });
    return facts;
}

WhatIfAnswer whatIfAnswer(const WhatIfFacts &facts, std::stop_token stop)
{
    WhatIfAnswer answer;
    QHash<QString, const PersistentVolume *> volumes;
    for (const PersistentVolume &volume : facts.volumes)
        volumes.insert(volume.name, &volume);
    components::ClaimReaches reaches;
    for (const Claim &claim : facts.claims)
        reaches.insert(claim.ns + u'/' + claim.name, components::reachOf(claim.accessModes, claim.volume.isEmpty() ? nullptr : volumes.value(claim.volume)));
    for (const Node &node : facts.facts.nodes) {
        if (stop.stop_requested())
            return answer;
        answer.nodes.append({node.name, components::whatIf(questionOf(facts, reaches, node.name, WhatIfQuestion::Mode::Lost)).stops()});
    }
    std::ranges::sort(answer.nodes, [](const WhatIfView::Node &a, const WhatIfView::Node &b) { return a.stops != b.stops ? a.stops > b.stops : a.name < b.name; });
    const QString node = !facts.node.isEmpty() ? facts.node : answer.nodes.isEmpty() ? QString() : answer.nodes.first().name;
    if (node.isEmpty())
        return answer;
    QSet<QString> ours;
    for (const Pod &pod : facts.facts.pods)
        ours.insert(pod.uid);
    for (const WhatIfQuestion::Mode mode : {WhatIfQuestion::Mode::Lost, WhatIfQuestion::Mode::Drained}) {
        WhatIfQuestion question = questionOf(facts, reaches, node, mode);
        for (const Pod &pod : facts.pods) {
            if (!ours.contains(pod.uid))
                question.others.append({pod, std::nullopt}); // a watched pod keeps no labels
        }
        question.othersRead = facts.podsRead;
        question.jobs = facts.jobs;
        question.jobsRead = facts.jobsRead;
        (mode == WhatIfQuestion::Mode::Lost ? answer.lost : answer.drained) = components::whatIf(question);
    }
    return answer;
}

WhatIfView whatIfView(const WhatIfFacts &facts, const WhatIfAnswer &answer, const QDateTime &now)
{
    const WhatIf &lost = answer.lost;
    const WhatIf &drained = answer.drained;
    WhatIfView view;
    view.nodes = answer.nodes;
    view.node = lost.node;
    if (lost.node.isEmpty()) {
        view.answer = Words::tr("Nodes cannot be read, so nobody can say what one of them takes with it.");
        return view;
    }
    const QStringList stuck = notBack(lost);
    QStringList sentences{lost.stops() > 0 ? Words::tr("If %1 fails, %n component(s) stop.", nullptr, lost.stops()).arg(text::safe(lost.node))
                                           : Words::tr("If %1 fails, no component stops.").arg(text::safe(lost.node))};
    if (!stuck.isEmpty())
        sentences.append(Words::tr("%1 will not be back before the node is.").arg(joined(stuck)));
    if (const std::optional<double> hours = lost.gpuHours(); !lost.jobs.isEmpty() && hours && *hours > 0)
        sentences.append(Words::tr("%n job(s) there lose %1.", nullptr, static_cast<int>(lost.jobs.size())).arg(text::gpuHours(hours)));
    view.answer = sentences.join(u' ');

    const auto none = [](const QStringList &names) { return names.isEmpty() ? Words::tr("none") : joined(names); };
    const auto quorum = [](const WhatIf &of) { return namesOf(of, [](const Outcome &outcome) { return outcome.effect == Effect::LosesQuorum; }); };
    const auto leaders = [](const WhatIf &of) { return namesOf(of, [](const Outcome &outcome) { return outcome.effect == Effect::LeaderChanges; }); };
    QStringList held;
    for (const components::HeldPod &pod : drained.held)
        held.append(pod.pod);
    const auto alarm = [](bool bad, Tone tone) { return bad ? tone : Tone::None; };
    view.rows = {
        {Words::tr("Stop"), text::number(lost.stops()), text::number(drained.stops()), alarm(lost.stops() > 0, Tone::Err), Tone::None},
        {Words::tr("Back after"), backAfter(lost), backAfter(drained), Tone::None, Tone::None},
        {Words::tr("Not back"), none(stuck), none(notBack(drained)), alarm(!stuck.isEmpty(), Tone::Err), alarm(!notBack(drained).isEmpty(), Tone::Err)},
        {Words::tr("Quorum lost"), none(quorum(lost)), none(quorum(drained)), alarm(!quorum(lost).isEmpty(), Tone::Err), alarm(!quorum(drained).isEmpty(), Tone::Err)},
        {Words::tr("New leader"), none(leaders(lost)), none(leaders(drained)), Tone::None, Tone::None},
        {Words::tr("Evictions blocked"), u"–"_s,
         held.isEmpty() ? facts.podsRead ? Words::tr("none") : Words::tr("none known") : Words::tr("%1: %2", "how many, which").arg(text::number(held.size()), joined(held, 1)),
         Tone::Dim, alarm(!held.isEmpty(), Tone::Warn)},
        {Words::tr("Work lost"), facts.jobsRead ? lossOf(lost) : Words::tr("not known"), facts.jobsRead ? lossOf(drained) : Words::tr("not known"),
         alarm(lost.gpuHours().value_or(0) > 0, Tone::Warn), Tone::None},
    };
    for (const Outcome &outcome : lost.components) {
        if (!stops(outcome) && outcome.effect != Effect::CannotRestart)
            continue;
        const bool forGood = outcome.back == Back::WithNode || outcome.back == Back::WhenFenced || outcome.effect == Effect::LosesQuorum;
        view.stops.append({forGood || outcome.effect == Effect::StopsWithOther ? Tone::Err : Tone::Warn, outcome.id + u'@' + outcome.ns, text::safe(outcome.id), briefly(outcome), outcome.text});
    }
    for (const components::JobOutcome &outcome : lost.jobs) {
        const components::JobThere &job = outcome.job;
        const int here = static_cast<int>(job.podsHere.size());
        view.jobs.append({job.ns + u'/' + job.name, text::safe(job.name), job.pods >= 0 ? Words::tr("%1 of %n pod(s)", nullptr, job.pods).arg(here) : Words::tr("%n pod(s)", nullptr, here),
                          job.lost.isEmpty() ? Words::tr("not known") : job.lost});
    }
    QStringList lines;
    int number = 0;
    bool commands = false;
    for (const components::Step &step : drained.steps) {
        lines.append(shellComment(Words::tr("%1. %2", "number, step").arg(++number).arg(step.text)));
        if (!step.command.isEmpty()) {
            lines.append(step.command);
            commands = true;
        }
    }
    if (commands)
        view.safeWay = lines.join(u'\n');
    else if (!drained.steps.isEmpty())
        view.safeWayText = drained.steps.first().text;
    QStringList source{Words::tr("Worked out from pods, leases and PDBs of %1; a lost node is noticed after %2.")
                           .arg(text::ago(facts.facts.now, now), text::duration(std::chrono::seconds(lost.graceSeconds)))};
    QStringList notes = lost.notes + drained.notes;
    notes.removeDuplicates();
    view.source = (source + notes).join(u' ');
    return view;
}

} // namespace cairn::app
