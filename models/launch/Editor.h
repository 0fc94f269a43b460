// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "launch/Layout.h"
#include "manifest/JsonEdit.h"

#include <QJsonArray>
#include <algorithm>

/// Private to launch.
namespace cairn::launch {

/// A whole number that is not negative.
inline std::optional<int> number(const QJsonValue &value)
{
    return value.isDouble() && value.toDouble() >= 0 ? std::optional(value.toInt()) : std::nullopt;
}
/// Written with or without quotes.
inline QString quantity(const QJsonValue &value)
{
    return value.isDouble() ? QString::number(value.toDouble()) : value.toString();
}

/// Edits of one object; after the first one that fails nothing is done any more.
class Editor {
public:
    using Path = manifest::Path;
    explicit Editor(const QJsonObject &job)
        : m_job(job)
    {
    }

    QJsonValue at(const Path &path) const { return manifest::valueAt(m_job, path); }
    void set(const Path &path, const QJsonValue &value)
    {
        if (!m_error)
            take(manifest::withValue(m_job, path, value));
    }
    /// What becomes empty by it goes too, up to `spec`.
    void drop(const Path &path)
    {
        if (m_error || at(path).isUndefined())
            return;
        take(manifest::without(m_job, path));
        const Path above = path.parent();
        const QJsonValue left = at(above);
        const bool empty =
            (left.isObject() && isNothing(left.toObject(), above)) || (left.isArray() && left.toArray().isEmpty());
        if (above.steps().size() > 1 && empty)
            drop(above);
    }
    void put(const Path &path, const QJsonValue &value, bool wanted)
    {
        if (wanted)
            set(path, value);
        else
            drop(path);
    }
    void put(const Path &path, const QString &value) { put(path, value, !value.isEmpty()); }
    void put(const Path &path, std::optional<int> value) { put(path, value.value_or(0), value.has_value()); }

    QJsonObject job() const { return m_job; }
    Result<QJsonObject> result() const
    {
        if (m_error)
            return tl::unexpected(*m_error);
        return m_job;
    }

private:
    QJsonObject m_job;
    std::optional<Error> m_error;

    /// Also an entry of a TrainJob's patches that patches nothing: it holds its name alone, or the jobs it is for.
    static bool isNothing(const QJsonObject &object, const Path &path)
    {
        static const QStringList patches{QStringLiteral("runtimePatches"), QStringLiteral("podTemplateOverrides"),
            QStringLiteral("podSpecOverrides")};
        static const QStringList names{QStringLiteral("manager"), QStringLiteral("name"), QStringLiteral("targetJobs")};
        if (!patches.contains(path.steps().value(1).name))
            return object.isEmpty();
        return std::ranges::all_of(object.keys(), [](const QString &key) { return names.contains(key); });
    }
    void take(const Result<QJsonValue> &changed)
    {
        if (changed)
            m_job = changed->toObject();
        else
            m_error = changed.error();
    }
};

Resources resourcesOf(const QJsonObject &resources);
QStringList texts(const QJsonValue &list);
Variable variableOf(const QJsonObject &entry); ///< of a container's env
/// Reads what a pod and the container in it that trains say of mounts, placement and rights.
void readPod(Spec &spec, const QJsonObject &pod, const QJsonObject &container);
/// Writes what differs of the same into every pod of the layout.
void writePods(Editor &editor, const Layout &layout, const Spec &before, const Spec &after);

} // namespace cairn::launch
