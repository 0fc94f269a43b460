// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Text.h"
#include "launch/Convert.h"
#include "launch/Layout.h"
#include "manifest/JsonEdit.h"

#include <QCoreApplication>
#include <QJsonArray>

/// How convert() works. Private to launch.
namespace cairn::launch {

/// Its words have a context of their own for translators.
struct ConvertTr {
    Q_DECLARE_TR_FUNCTIONS(cairn::launch)
};

inline QString nameIn(const QJsonValue &object)
{
    return object.toObject().value(QLatin1StringView("name")).toString();
}
/// Safe to show.
QString listed(const QStringList &names);

/// What a runtime says, as far as it is known.
class RuntimeFacts {
public:
    explicit RuntimeFacts(const ConvertTo &to)
        : m_known(!to.runtimeObject.isEmpty())
        , m_spec(to.runtimeObject.value(QLatin1StringView("spec")).toObject())
    {
    }

    bool known() const { return m_known; }
    QJsonObject policy() const { return m_spec.value(QLatin1StringView("mlPolicy")).toObject(); }
    QJsonObject jobSet() const
    {
        return m_spec.value(QLatin1StringView("template")).toObject().value(QLatin1StringView("spec")).toObject();
    }
    /// Of the replicated job: its Job's spec.
    QJsonObject replicated(const QString &name) const
    {
        for (const QJsonValue job : jobSet().value(QLatin1StringView("replicatedJobs")).toArray()) {
            if (nameIn(job) == name)
                return job.toObject().value(QLatin1StringView("template")).toObject().value(QLatin1StringView("spec")).toObject();
        }
        return {};
    }
    QJsonObject container(const QString &job, const QString &list, const QString &name) const
    {
        const QJsonObject pod = replicated(job).value(QLatin1StringView("template")).toObject().value(QLatin1StringView("spec")).toObject();
        for (const QJsonValue one : pod.value(list).toArray()) {
            if (nameIn(one) == name)
                return one.toObject();
        }
        return {};
    }

private:
    bool m_known;
    QJsonObject m_spec;
};

class Converter {
public:
    Converter(const QJsonObject &job, const ConvertTo &to)
        : m_job(job)
        , m_to(to)
        , m_runtime(to)
        , m_spec(specOf(job))
        , m_facts(facts(m_spec.kind))
        , m_layout(job, {})
    {
    }

    Result<Conversion> convert();

private:
    const QJsonObject m_job;
    const ConvertTo &m_to;
    const RuntimeFacts m_runtime;
    const Spec m_spec;
    const JobKindFacts &m_facts;
    const Layout m_layout;
    QString m_lead;     ///< the replica whose template all nodes get
    Conversion m_made;
    std::optional<Error> m_error;
    QStringList m_moved; ///< fields that went into the patches

    QString runtimeName() const { return text::safe(m_to.runtime); }
    void point(const QString &id, const QString &field, Conversion::Fate fate, const QString &text, const QString &fix = {})
    {
        m_made.points.append({id, field, fate, text, fix});
    }
    QString ownRuntime() const
    {
        return ConvertTr::tr("Say it in a TrainingRuntime of your own, made from %1.").arg(runtimeName());
    }
    QJsonValue at(const manifest::Path &path) const { return manifest::valueAt(m_job, path); }
    void set(const manifest::Path &path, const QJsonValue &value)
    {
        if (m_error)
            return;
        const Result<QJsonValue> changed = manifest::withValue(m_made.job, path, value);
        if (changed)
            m_made.job = changed->toObject();
        else
            m_error = changed.error();
    }
    QJsonObject replica(const QString &role) const { return at(m_layout.role(role)).toObject(); }
    QJsonObject podOf(const QString &role) const
    {
        return replica(role).value(QLatin1StringView("template")).toObject().value(QLatin1StringView("spec")).toObject();
    }
    QJsonObject trainerOf(const QString &role) const;
    QString roleField(const QString &role) const { return m_layout.role(role).text(); }

    Result<> begin();
    void metadata();
    void policies();
    void runPolicy(const QString &name, const QJsonValue &value);
    void ofKind(const QString &name, const QJsonValue &value);
    void cleanPods(const QString &field, const QString &policy);
    void elastic(const QJsonObject &policy);
    void roles();
    void restarts(const QString &role);
    void differences(const QString &other);
    void trainer();
    void environment(const QJsonArray &env, const QString &field);
    void processes();
    void framework();
    void aim(const QString &target);
    void pod(const QString &role, const QString &target);
    void containers(const QString &role, const QString &target);
    void container(const QJsonObject &said, const QString &target, const QString &field);
    void others(const QJsonArray &list, const QString &kind, const QString &target, const QString &field);
    void finish();
};

} // namespace cairn::launch
