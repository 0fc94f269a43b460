// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/Preflight.h"

#include "base/Names.h"
#include "base/Text.h"
#include "domain/QuantityDecoder.h"
#include "jobs/Attempt.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QLocale>
#include <QSet>
#include <cmath>

using namespace Qt::StringLiterals;

namespace cairn::jobs {
namespace {

using State = Check::State;

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::jobs)
};

double quantity(const QJsonValue &value)
{
    const QByteArray text = value.isDouble() ? QByteArray::number(value.toDouble()) : value.toString().toUtf8();
    return decodeQuantity(std::string_view(text.constData(), static_cast<size_t>(text.size()))).value_or(0);
}

/// requests and limits of one container; a request that is absent is its limit (as the API server defaults it).
QMap<QString, double> containerDemand(const QJsonValue &container)
{
    QMap<QString, double> demand;
    const QJsonObject limits = container[u"resources"_s][u"limits"_s].toObject();
    const QJsonObject requests = container[u"resources"_s][u"requests"_s].toObject();
    for (auto it = limits.begin(); it != limits.end(); ++it) {
        demand[u"limits."_s + it.key()] = quantity(it.value());
        demand[u"requests."_s + it.key()] = quantity(it.value());
    }
    for (auto it = requests.begin(); it != requests.end(); ++it)
        demand[u"requests."_s + it.key()] = quantity(it.value());
    return demand;
}

QString amount(const QString &key, double value)
{
    if (key.endsWith(u"memory"_s) || key.endsWith(u"storage"_s))
        return text::bytes(std::llround(value));
    return QLocale::c().toString(value, 'g', 6);
}

class Preflight
{
public:
    Preflight(ObjectApi &api, const ResumePlan &plan, const PreflightOptions &options, std::stop_token stop)
        : m_api(api), m_plan(plan), m_options(options), m_stop(std::move(stop))
    {
    }

    QList<Check> run()
    {
        const std::initializer_list<void (Preflight::*)()> all{
            &Preflight::checkpoint, &Preflight::job,      &Preflight::access, &Preflight::logs,  &Preflight::quota,
            &Preflight::claims,     &Preflight::priority, &Preflight::pods,   &Preflight::dryRun};
        QList<change::CheckFunction> checks;
        for (const auto check : all) {
            if (m_options.nameOnly && check != &Preflight::dryRun)
                continue;
            checks.append([this, check](const change::Found &found) {
                m_found = &found;
                (this->*check)();
            });
        }
        return change::runChecks(checks, m_options.onCheck, m_stop);
    }

private:
    ObjectApi &m_api;
    const ResumePlan &m_plan;
    const PreflightOptions &m_options;
    std::stop_token m_stop;
    const change::Found *m_found = nullptr;

    bool inPlace() const { return m_plan.mode == ResumePlan::Mode::InPlace; }
    const QString &ns() const { return m_plan.job.ns; }
    const ResourceKind &resource() const { return m_plan.job.facts().resource; }

    void add(const QString &id, State state, const QString &text, const QString &fix = {}) { (*m_found)(id, state, text, fix); }
    /// A check that could not be made.
    void unknown(const QString &id, const QString &what, const Error &error)
    {
        if (error.kind != Error::Kind::Cancelled)
            add(id, State::Info, what + u' ' + error.what, error.fix);
    }

    void checkpoint()
    {
        Checkpoint c = m_plan.checkpoint;
        if (m_options.recheck) {
            const Result<Checkpoint> now = m_options.recheck(m_stop);
            if (!now) {
                if (now.error().kind == Error::Kind::NotFound)
                    add(u"checkpoint"_s, State::Fail, Words::tr("The checkpoint is gone."), Words::tr("Choose another checkpoint."));
                else if (now.error().kind != Error::Kind::Cancelled)
                    add(u"checkpoint"_s, State::Warn, Words::tr("The checkpoint could not be checked again: %1").arg(now.error().what), now.error().fix);
                return;
            }
            c = *now;
        }
        switch (c.verdict) {
        case Verdict::Whole:
            add(u"checkpoint"_s, State::Ok,
                c.reason.isEmpty() ? Words::tr("Checkpoint is whole.") : Words::tr("Checkpoint is whole: %1").arg(text::safe(c.reason)));
            break;
        case Verdict::Unverified:
            add(u"checkpoint"_s, State::Warn, Words::tr("Checkpoint is not verified: %1").arg(text::safe(c.reason)));
            break;
        case Verdict::Writing:
            add(u"checkpoint"_s, State::Fail, Words::tr("Checkpoint is still being written."), Words::tr("Choose an older one, or wait."));
            break;
        case Verdict::Damaged:
            add(u"checkpoint"_s, State::Fail, Words::tr("Checkpoint is damaged: %1").arg(text::safe(c.reason)), Words::tr("Choose another checkpoint."));
            break;
        }
    }

    void job()
    {
        const Result<QJsonObject> live = m_api.get(m_plan.job.ref(), m_stop);
        if (!live) {
            if (live.error().kind == Error::Kind::NotFound)
                add(u"job"_s, inPlace() ? State::Fail : State::Info, Words::tr("The job %1 is gone.").arg(text::safe(m_plan.job.name)));
            else
                unknown(u"job"_s, Words::tr("The job cannot be read."), live.error());
            return;
        }
        const QJsonValue meta = live->value(u"metadata"_s);
        const QJsonValue planned = m_plan.object.value(u"metadata"_s);
        if (meta[u"uid"_s] != planned[u"uid"_s])
            add(u"job"_s, inPlace() ? State::Fail : State::Warn, Words::tr("Another job of the same name took its place."), Words::tr("Open that job."));
        else if (meta[u"generation"_s] != planned[u"generation"_s] || meta[u"labels"_s] != planned[u"labels"_s])
            add(u"job"_s, inPlace() ? State::Fail : State::Warn, Words::tr("The job has changed since this was opened."), Words::tr("Open it again."));
        else
            add(u"job"_s, State::Ok, Words::tr("The job is as it was read (generation %1).").arg(meta[u"generation"_s].toInteger()));
    }

    void access()
    {
        const QString verb = inPlace() ? u"patch"_s : u"create"_s;
        const Result<AccessAnswer> answer =
            m_api.may({verb, resource().group, resource().plural, QString(), ns(), inPlace() ? m_plan.job.name : QString()}, m_stop);
        if (!answer)
            unknown(u"access"_s, Words::tr("It is not known whether you may change the job."), answer.error());
        else if (answer->allowed)
            //: %1 a verb such as patch, %2 a resource, %3 a namespace
            add(u"access"_s, State::Ok, Words::tr("You have permission to %1 %2 in %3.").arg(verb, resource().plural, text::safe(ns())));
        else
            add(u"access"_s, State::Fail, Words::tr("You don't have permission to %1 %2 in %3.").arg(verb, resource().plural, text::safe(ns())),
                Words::tr("Ask for a role with the verb %1 on %2.%3.").arg(verb, resource().plural, resource().group));
    }

    void logs()
    {
        for (const auto &[verb, sub] : {std::pair{u"list"_s, QString()}, std::pair{u"get"_s, u"log"_s}}) {
            const Result<AccessAnswer> answer = m_api.may({verb, QString(), u"pods"_s, sub, ns(), QString()}, m_stop);
            if (answer && answer->allowed)
                continue;
            const bool needed = inPlace() && sub.isEmpty();
            if (answer)
                add(u"logs"_s, needed ? State::Fail : State::Warn,
                    needed ? Words::tr("You don't have permission to list pods in %1, so there is no way to tell when the old ones are gone.").arg(text::safe(ns()))
                           : Words::tr("You don't have permission to read pod logs in %1, so the first step cannot be followed.").arg(text::safe(ns())),
                    Words::tr("Ask for the verbs list on pods and get on pods/log."));
            return;
        }
    }

    void quota()
    {
        const Result<QList<QJsonObject>> quotas = m_api.list(kinds::resourceQuotas(), ns(), QString(), QString(), m_stop);
        if (!quotas) {
            unknown(u"quota"_s, Words::tr("The namespace's quotas cannot be read."), quotas.error());
            return;
        }
        if (quotas->isEmpty()) {
            add(u"quota"_s, State::Ok, Words::tr("No quota limits %1.").arg(text::safe(ns())));
            return;
        }
        if (inPlace() && !m_plan.job.suspendRequested) {
            add(u"quota"_s, State::Ok, Words::tr("The job reuses what it frees by stopping."));
            return;
        }
        if (m_plan.job.facts().isTrainJob() && m_plan.job.replicas.value(0).resourcesOfRuntime)
            add(u"quota"_s, State::Info, Words::tr("What the pods ask for is in the runtime %1 and was not counted.").arg(text::safe(m_plan.job.runtime.name)));
        QMap<QString, double> demand = quotaDemand(m_plan.result, m_plan.job.facts().replicaSpecs);
        if (!inPlace())
            demand[u"count/"_s + resource().plural + u'.' + resource().group] = 1;
        bool said = false;
        QString free;
        for (const QJsonObject &quota : *quotas) {
            const QString name = text::safe(quota.value(u"metadata"_s)[u"name"_s].toString());
            const QJsonObject spec = quota.value(u"spec"_s).toObject();
            if (spec.contains(u"scopes"_s) || spec.contains(u"scopeSelector"_s)) {
                add(u"quota"_s, State::Info, Words::tr("Quota %1 applies to some pods only and was not counted.").arg(name));
                continue;
            }
            const QJsonObject hard = quota.value(u"status"_s)[u"hard"_s].toObject();
            const QJsonValue used = quota.value(u"status"_s)[u"used"_s];
            for (auto it = hard.begin(); it != hard.end(); ++it) {
                const QString key = it.key();
                const QString full = key == u"cpu" || key == u"memory" || key == u"ephemeral-storage" ? u"requests."_s + key
                    : key == u"count/pods"                                                            ? u"pods"_s
                                                                                                      : key;
                if (!demand.contains(full) || demand.value(full) <= 0)
                    continue;
                const double limit = quantity(it.value());
                const double left = std::max(0.0, limit - quantity(used[key]));
                const QString sentence = Words::tr("Quota %1: the job needs %2 of %3, %4 of %5 are free.")
                                             .arg(name, amount(key, demand.value(full)), text::safe(key), amount(key, left), amount(key, limit));
                if (demand.value(full) > limit) {
                    add(u"quota"_s, State::Fail, sentence, Words::tr("Ask for a larger quota."));
                    said = true;
                } else if (demand.value(full) > left) {
                    add(u"quota"_s, State::Warn, sentence, Words::tr("Its pods wait until something else ends."));
                    said = true;
                } else if (free.isEmpty() || key.contains(u"gpu"_s)) {
                    free = sentence;
                }
            }
        }
        if (!said)
            add(u"quota"_s, State::Ok, free.isEmpty() ? Words::tr("No quota in %1 counts what the job asks for.").arg(text::safe(ns())) : free);
    }

    void claims()
    {
        if (isBucketPath(m_plan.saveDir))
            add(u"bucket"_s, State::Info, Words::tr("The new attempt saves to %1; whether its credentials can write there shows when it saves.").arg(text::safe(m_plan.saveDir)));
        QSet<QString> names;
        for (const QString &path : {m_plan.path, m_plan.saveDir}) {
            const VolumeMount *mount = mountOf(m_plan.job, path);
            if (mount && !mount->claim.isEmpty())
                names.insert(mount->claim);
        }
        for (const QString &name : std::as_const(names)) {
            const Result<QJsonObject> claim = m_api.get({kinds::claims(), ns(), name, QString()}, m_stop);
            const QString shown = text::safe(name);
            if (!claim) {
                if (claim.error().kind == Error::Kind::NotFound)
                    add(u"claim"_s, State::Fail, Words::tr("The PVC %1 does not exist.").arg(shown), Words::tr("The pods would wait for it forever."));
                else
                    unknown(u"claim"_s, Words::tr("The PVC %1 cannot be read.").arg(shown), claim.error());
                continue;
            }
            const QString phase = claim->value(u"status"_s)[u"phase"_s].toString();
            if (!claim->value(u"metadata"_s)[u"deletionTimestamp"_s].isUndefined())
                add(u"claim"_s, State::Fail, Words::tr("The PVC %1 is being deleted.").arg(shown), Words::tr("It goes away as soon as no pod uses it; save its data first."));
            else if (phase != u"Bound")
                add(u"claim"_s, State::Fail, Words::tr("The PVC %1 is not bound (%2).").arg(shown, text::safe(phase)), Words::tr("Look at its events."));
            else if (!inPlace() && !isFinished(m_plan.job.phase) && onlyOnce(*claim))
                add(u"claim"_s, State::Warn, Words::tr("The PVC %1 can be mounted on one node only, and the old job is using it.").arg(shown),
                    Words::tr("Stop the old job, or the new pods may wait."));
            else
                add(u"claim"_s, State::Ok, Words::tr("PVC %1 is bound.").arg(shown));
        }
    }

    static bool onlyOnce(const QJsonObject &claim)
    {
        const QJsonArray modes = claim.value(u"status"_s)[u"accessModes"_s].toArray();
        for (const QJsonValue mode : modes) {
            if (mode.toString() == u"ReadWriteMany")
                return false;
        }
        return !modes.isEmpty();
    }

    void priority()
    {
        const QString name = m_plan.job.priorityClass;
        if (name.isEmpty())
            return;
        const Result<QJsonObject> found = m_api.get({kinds::priorityClasses(), QString(), name, QString()}, m_stop);
        if (found)
            add(u"priority"_s, State::Ok, Words::tr("Priority class %1 exists.").arg(text::safe(name)));
        else if (found.error().kind == Error::Kind::NotFound)
            add(u"priority"_s, State::Fail, Words::tr("The priority class %1 does not exist, so no pod could be created.").arg(text::safe(name)),
                Words::tr("Ask for the class, or remove it from the job."));
        else
            unknown(u"priority"_s, Words::tr("The priority class %1 cannot be read.").arg(text::safe(name)), found.error());
    }

    void pods()
    {
        const Result<QList<QJsonObject>> found =
            m_api.list(kinds::pods(), ns(), m_plan.job.facts().podLabel + u'=' + m_plan.job.name, QString(), m_stop);
        if (!found) {
            unknown(u"pods"_s, Words::tr("The job's pods cannot be read."), found.error());
            return;
        }
        const int count = static_cast<int>(found->size());
        if (inPlace() && count > 0)
            add(u"pods"_s, State::Info,
                QCoreApplication::translate("cairn::jobs", "%n pod(s) will be stopped; each has %1 to end.", nullptr, count)
                    .arg(text::duration(std::chrono::seconds(m_plan.job.gracePeriodSeconds))));
        else if (inPlace())
            add(u"pods"_s, State::Ok, Words::tr("No pod has to be stopped."));
        else if (count > 0 && isFinished(m_plan.job.phase))
            add(u"pods"_s, State::Info, QCoreApplication::translate("cairn::jobs", "%n pod(s) of the old job stay for their logs.", nullptr, count));
    }

    void dryRun()
    {
        WriteOptions options;
        options.dryRun = true;
        Result<QJsonObject> done;
        if (inPlace()) {
            QJsonObject annotations;
            for (auto it = m_plan.annotations.begin(); it != m_plan.annotations.end(); ++it)
                annotations.insert(it.key(), it.value());
            const QString specs = m_plan.job.facts().replicaSpecs;
            QJsonObject spec{{u"runPolicy"_s, QJsonObject{{u"suspend"_s, false}}}};
            if (!m_plan.changes.isEmpty())
                spec.insert(specs, containersPatch(m_plan.result, specs, m_plan.changes));
            done = m_api.patch(m_plan.job.ref(), PatchType::Merge,
                               QJsonObject{{u"metadata"_s, QJsonObject{{u"annotations"_s, annotations}}}, {u"spec"_s, spec}}, options, m_stop);
        } else {
            done = m_api.create(resource(), ns(), m_plan.result, options, m_stop);
        }
        if (done) {
            add(u"dry-run"_s, State::Ok, inPlace() ? Words::tr("The API server accepts the change (dry run).") : Words::tr("The API server accepts the job (dry run)."));
            return;
        }
        const Error &e = done.error();
        if (e.kind == Error::Kind::Cancelled)
            return;
        QString why = e.why;
        for (const FieldCause &cause : e.causes)
            why += u' ' + text::safe(cause.field) + u": "_s + text::safe(cause.message);
        const bool refused = !e.retryable();
        add(u"dry-run"_s, refused ? State::Fail : State::Warn,
            refused ? Words::tr("The API server rejects it (dry run): %1 %2").arg(e.what, why).simplified()
                    : Words::tr("The dry run got no answer: %1").arg(e.what),
            e.fix);
    }
};

} // namespace

QMap<QString, double> quotaDemand(const QJsonObject &object, const QString &replicaSpecs)
{
    QMap<QString, double> total;
    if (replicaSpecs.isEmpty()) {
        const QJsonValue trainer = object.value(u"spec"_s)[u"trainer"_s];
        const double nodes = trainer[u"numNodes"_s].toDouble(1);
        const QMap<QString, double> one = containerDemand(QJsonObject{{u"resources"_s, trainer[u"resourcesPerNode"_s]}});
        for (auto it = one.begin(); it != one.end(); ++it)
            total[it.key()] = it.value() * nodes;
        total[u"pods"_s] = nodes;
        return total;
    }
    const QJsonObject specs = object.value(u"spec"_s)[replicaSpecs].toObject();
    for (auto role = specs.begin(); role != specs.end(); ++role) {
        const double replicas = role.value()[u"replicas"_s].toDouble(1);
        const QJsonValue podSpec = role.value()[u"template"_s][u"spec"_s];
        QMap<QString, double> pod;
        for (const QJsonValue container : podSpec[u"containers"_s].toArray()) {
            const QMap<QString, double> one = containerDemand(container);
            for (auto it = one.begin(); it != one.end(); ++it)
                pod[it.key()] += it.value();
        }
        // Init containers run one after another, before the others.
        for (const QJsonValue container : podSpec[u"initContainers"_s].toArray()) {
            const QMap<QString, double> one = containerDemand(container);
            for (auto it = one.begin(); it != one.end(); ++it)
                pod[it.key()] = std::max(pod.value(it.key()), it.value());
        }
        pod[u"pods"_s] = 1;
        for (auto it = pod.begin(); it != pod.end(); ++it)
            total[it.key()] += it.value() * replicas;
    }
    return total;
}

QList<Check> preflight(ObjectApi &api, const ResumePlan &plan, const PreflightOptions &options, std::stop_token stop)
{
    return Preflight(api, plan, options, std::move(stop)).run();
}

} // namespace cairn::jobs
