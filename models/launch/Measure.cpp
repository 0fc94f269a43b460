// SPDX-License-Identifier: GPL-3.0-or-later
#include "launch/Measure.h"

#include "base/Text.h"
#include "domain/TimeDecoder.h"
#include "jobs/StepLines.h"

#include <QCoreApplication>
#include <QLocale>
#include <QRegularExpression>
#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace cairn::launch {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::launch::Measure)
};

constexpr qsizetype kLongestLine = 4096;

bool saysSaving(const QString &line)
{
    static const QRegularExpression pattern(
        u"\\bsav(?:ed|es|ing|e)\\b.{0,80}\\b(?:checkpoint|ckpt|model|state|snapshot)|\\b(?:checkpoint|ckpt)\\b.{0,80}\\bsav(?:ed|ing)\\b"
        "|^\\s*saved \\S"_s,
        QRegularExpression::CaseInsensitiveOption);
    return pattern.match(line).hasMatch();
}

/// "saved … in 1.2 s", "Finished saving the checkpoint in 12.34 seconds".
std::optional<double> saidSeconds(const QString &line)
{
    static const QRegularExpression pattern(
        u"\\bin (\\d{1,7}(?:\\.\\d{1,6})?) ?(ms|s|sec|seconds)\\b"_s, QRegularExpression::CaseInsensitiveOption);
    const auto match = pattern.match(line);
    if (!match.hasMatch())
        return std::nullopt;
    return match.captured(1).toDouble() * (match.captured(2).startsWith(u'm', Qt::CaseInsensitive) ? 0.001 : 1);
}

struct Stretch {
    double seconds;
    qint64 steps;
    int saves;
};

bool failsEveryTime(const Job &job)
{
    using Kind = DeathCause::Kind;
    if (!job.died)
        return false;
    const Kind kind = job.died->kind;
    return kind == Kind::MissingModule || kind == Kind::MissingFile || kind == Kind::Permission || kind == Kind::MissingKey
        || kind == Kind::BadCheckpoint;
}

/// Of "0.4 h" nobody has a picture.
QString hours(double value)
{
    return value < 10 ? QLocale().toString(value, 'f', 1) : text::number(std::llround(value));
}

} // namespace

void LogTimes::add(const LogTimes &more)
{
    steps += more.steps;
    saves += more.saves;
    if (!firstStepMs)
        firstStepMs = more.firstStepMs;
}

LogTimes timesOf(const QByteArray &log)
{
    struct At {
        qint64 ms;
        qint64 step;
    };
    // A progress bar counts where no line names its step: the two have steps of their own.
    struct Course {
        std::optional<At> last;
        int saves = 0;
        QList<Stretch> stretches;
        std::optional<qint64> first;
    } courses[2];
    QList<double> said;
    for (qsizetype from = 0; from < log.size();) {
        qsizetype end = log.indexOf('\n', from);
        if (end < 0)
            end = log.size();
        const QByteArrayView line = QByteArrayView(log).sliced(from, std::min(end - from, kLongestLine));
        from = end + 1;
        const qsizetype blank = line.indexOf(' ');
        if (blank < 20 || blank > 40)
            continue;
        const QDateTime time = decodeTime(std::string_view(line.data(), static_cast<size_t>(blank)));
        if (!time.isValid())
            continue;
        const QByteArray words = line.sliced(blank + 1).toByteArray();
        const QString text = QString::fromUtf8(words);
        if (saysSaving(text) && !jobs::saysResumed(words)) {
            if (const std::optional<double> seconds = saidSeconds(text))
                said.append(*seconds);
            for (Course &course : courses)
                ++course.saves;
            continue;
        }
        const std::optional<jobs::StepLine> step = jobs::stepOf(words);
        if (!step)
            continue;
        Course &course = courses[step->named ? 0 : 1];
        const At now{time.toMSecsSinceEpoch(), step->step};
        if (!course.first)
            course.first = now.ms;
        // A step that comes again is told twice, or training went back.
        if (course.last && now.step > course.last->step && now.ms > course.last->ms)
            course.stretches.append({static_cast<double>(now.ms - course.last->ms) / 1000, now.step - course.last->step, course.saves});
        else if (course.last && now.step == course.last->step)
            continue;
        course.last = now;
        course.saves = 0;
    }
    const Course &course = courses[0].first ? courses[0] : courses[1];
    LogTimes times;
    times.firstStepMs = course.first;
    for (const Stretch &stretch : course.stretches) {
        if (stretch.saves == 0)
            times.steps.append(stretch.seconds / static_cast<double>(stretch.steps));
    }
    if (!said.isEmpty()) {
        times.saves = said;
    } else if (const std::optional<double> step = median(times.steps)) {
        for (const Stretch &stretch : course.stretches) {
            if (stretch.saves == 1)
                times.saves.append(stretch.seconds - static_cast<double>(stretch.steps) * *step);
        }
    }
    return times;
}

std::optional<double> median(QList<double> values)
{
    if (values.isEmpty())
        return std::nullopt;
    const auto middle = values.begin() + values.size() / 2;
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

Failures failuresOf(const QList<Trained> &jobs, const QDateTime &now)
{
    Failures all;
    all.read = true;
    for (const Trained &one : jobs) {
        const Job &job = one.job;
        const QDateTime from = job.started.isValid() ? job.started : job.created;
        const QDateTime to = isRunning(job.phase) ? now : isFinished(job.phase) ? job.finished : QDateTime();
        if (!from.isValid() || !to.isValid() || to <= from)
            continue;
        const qint64 seconds = from.secsTo(to);
        const bool failed = job.phase == JobPhase::Failed;
        if (failed && (seconds < kTooSoonSeconds || failsEveryTime(job)))
            continue;
        int containers = 0, sets = 0;
        for (const Pod &pod : one.pods) {
            containers = std::max(containers, pod.restarts());
            sets = std::max(sets, pod.attempt);
        }
        // One that restarts every other minute never trains: it counts as one that failed too soon.
        const int restarts = containers + sets;
        if (restarts > 0 && seconds / restarts < kTooSoonSeconds)
            continue;
        all.count += restarts + (failed ? 1 : 0) + (job.phase == JobPhase::NodeLost ? 1 : 0);
        ++all.jobs;
        const double share = static_cast<double>(seconds) / 3600;
        all.podHours += share * std::max(1, job.desired());
        all.gpuHours += share * job.gpus();
    }
    return all;
}

Input failureOf(const Inputs &inputs, const Spec &spec)
{
    const Failures &seen = inputs.failures;
    if (!inputs.read)
        return {};
    if (!seen.read)
        return {{}, Words::tr("jobs or pods of this namespace cannot be listed")};
    const double gpus = static_cast<double>(spec.each.gpus) * std::max(1, spec.nodes);
    const bool byGpus = gpus > 0 && seen.gpuHours > 0;
    const double observed = byGpus ? seen.gpuHours : seen.podHours;
    if (seen.jobs == 0 || !(observed > 0))
        return {{}, Words::tr("no job has trained here that is still listed")};
    const QString time = byGpus ? Words::tr("%1 GPU-hours", "length").arg(hours(observed)) : Words::tr("%1 pod-hours", "length").arg(hours(observed));
    Input input;
    input.from = Words::tr("%n failure(s)", nullptr, seen.count)
        + Words::tr(" in %1", "failures in so many GPU-hours").arg(time);
    if (seen.count > 0) {
        const double size = byGpus ? gpus : std::max(1, spec.nodes);
        input.value = Measured{observed * 3600 / seen.count / size, seen.count};
    }
    return input;
}

Costs costsOf(const Inputs &inputs, const Spec &spec, const Costs &typed)
{
    const auto either = [](const std::optional<Measured> &mine, const std::optional<Measured> &theirs) { return mine ? mine : theirs; };
    return {either(typed.save, inputs.save.value), either(typed.step, inputs.step.value),
        either(typed.failure, failureOf(inputs, spec).value), either(typed.restart, inputs.restart.value)};
}

std::optional<double> intervalOf(const Policy &policy, std::optional<double> stepSeconds)
{
    std::optional<double> interval;
    if (policy.everySteps > 0) {
        // Saving by unknown steps may come before any known time.
        if (!stepSeconds)
            return std::nullopt;
        interval = policy.everySteps * *stepSeconds;
    }
    if (policy.everySeconds > 0)
        interval = std::min(interval.value_or(policy.everySeconds), static_cast<double>(policy.everySeconds));
    return interval;
}

} // namespace cairn::launch
