// SPDX-License-Identifier: GPL-3.0-or-later
// What a job's pods say of mounts, placement and rights: the same in a replica, a patch and a runtime.
#include "launch/Editor.h"

using namespace Qt::StringLiterals;

namespace cairn::launch {
namespace {

using manifest::Path;

const QString kSharedMemory = u"dshm"_s;
const QString kSharedMemoryPath = u"/dev/shm"_s;

Toleration tolerationOf(const QJsonObject &entry)
{
    return {entry.value("key"_L1).toString(), entry.value("value"_L1).toString(), entry.value("effect"_L1).toString()};
}

QJsonObject jsonOf(const Toleration &toleration)
{
    QJsonObject entry{{u"operator"_s, toleration.value.isEmpty() ? u"Exists"_s : u"Equal"_s}};
    if (!toleration.key.isEmpty())
        entry.insert(u"key"_s, toleration.key);
    if (!toleration.value.isEmpty())
        entry.insert(u"value"_s, toleration.value);
    if (!toleration.effect.isEmpty())
        entry.insert(u"effect"_s, toleration.effect);
    return entry;
}

class PodWriter {
public:
    PodWriter(Editor &editor, const Layout &layout)
        : m_editor(editor)
        , m_layout(layout)
    {
    }

    void write(const Spec &before, const Spec &after)
    {
        writeMounts(before, after);
        for (const Path &pod : m_layout.pods()) {
            if (before.nodeSelector != after.nodeSelector) {
                for (auto it = before.nodeSelector.begin(); it != before.nodeSelector.end(); ++it) {
                    if (!after.nodeSelector.contains(it.key()))
                        m_editor.drop(under(pod, {u"nodeSelector"_s}).field(it.key()));
                }
                for (auto it = after.nodeSelector.begin(); it != after.nodeSelector.end(); ++it)
                    m_editor.set(under(pod, {u"nodeSelector"_s}).field(it.key()), it.value());
            }
            if (before.tolerations != after.tolerations)
                writeTolerations(under(pod, {u"tolerations"_s}), after.tolerations);
            if (before.pullSecrets != after.pullSecrets) {
                QJsonArray secrets;
                for (const QString &name : after.pullSecrets)
                    secrets.append(QJsonObject{{u"name"_s, name}});
                m_editor.put(under(pod, {u"imagePullSecrets"_s}), secrets, !secrets.isEmpty());
            }
            if (before.serviceAccount != after.serviceAccount)
                m_editor.put(under(pod, {u"serviceAccountName"_s}), after.serviceAccount);
            if (before.graceSeconds != after.graceSeconds)
                m_editor.put(under(pod, {u"terminationGracePeriodSeconds"_s}), after.graceSeconds);
            if (before.user != after.user)
                writeUser(under(pod, {u"securityContext"_s}), after.user);
            if (before.confined != after.confined)
                m_editor.put(under(pod, {u"securityContext"_s, u"seccompProfile"_s, u"type"_s}), u"RuntimeDefault"_s,
                    after.confined);
            if (before.priorityClass != after.priorityClass)
                m_editor.put(under(pod, {u"priorityClassName"_s}), after.priorityClass);
            if (before.token != after.token)
                m_editor.put(under(pod, {u"automountServiceAccountToken"_s}), after.token.value_or(false),
                    after.token.has_value());
        }
        if (before.confined == after.confined)
            return;
        for (const Path &container : m_layout.containers()) {
            const Path security = under(container, {u"securityContext"_s});
            m_editor.put(under(security, {u"allowPrivilegeEscalation"_s}), false, after.confined);
            m_editor.put(under(security, {u"capabilities"_s, u"drop"_s}), QJsonArray{u"ALL"_s}, after.confined);
        }
    }

    /// fsGroup with it: a volume of a file system that knows owners could not be written else.
    void writeUser(const Path &security, std::optional<int> user)
    {
        m_editor.put(under(security, {u"runAsNonRoot"_s}), true, user.has_value() && *user != 0);
        m_editor.put(under(security, {u"runAsUser"_s}), user);
        m_editor.put(under(security, {u"fsGroup"_s}), user);
    }

    void writeTolerations(const Path &place, const QList<Toleration> &after)
    {
        QJsonArray entries;
        const QJsonArray now = m_editor.at(place).toArray();
        for (const Toleration &toleration : after) {
            const auto same = std::ranges::find_if(
                now, [&](const QJsonValue &entry) { return tolerationOf(entry.toObject()) == toleration; });
            entries.append(same != now.end() ? *same : QJsonValue(jsonOf(toleration)));
        }
        m_editor.put(place, entries, !entries.isEmpty());
    }

    void writeMounts(const Spec &before, const Spec &after)
    {
        const QList<Path> pods = m_layout.pods();
        const QList<Path> containers = m_layout.containers();
        for (qsizetype i = 0; i < pods.size(); ++i) {
            const Path volumes = under(pods.at(i), {u"volumes"_s});
            const Path mounts = under(containers.at(i), {u"volumeMounts"_s});
            for (const Mount &mount : before.mounts) {
                if (std::ranges::none_of(after.mounts, [&](const Mount &m) { return m.volume == mount.volume; })) {
                    m_editor.drop(Path(volumes).item(u"name"_s, mount.volume));
                    m_editor.drop(Path(mounts).item(u"name"_s, mount.volume));
                }
            }
            for (const Mount &mount : after.mounts) {
                const auto was = std::ranges::find(before.mounts, mount.volume, &Mount::volume);
                if (was != before.mounts.end() && *was == mount)
                    continue;
                const Path volume = Path(volumes).item(u"name"_s, mount.volume);
                const Path inside = Path(mounts).item(u"name"_s, mount.volume);
                m_editor.set(under(volume, {u"persistentVolumeClaim"_s, u"claimName"_s}), mount.claim);
                m_editor.set(under(inside, {u"mountPath"_s}), mount.path);
                m_editor.put(under(inside, {u"subPath"_s}), mount.subPath);
                m_editor.put(under(inside, {u"readOnly"_s}), true, mount.readOnly);
            }
            if (before.sharedMemory == after.sharedMemory)
                continue;
            const Path volume = Path(volumes).item(u"name"_s, kSharedMemory);
            const Path inside = Path(mounts).item(u"name"_s, kSharedMemory);
            if (after.sharedMemory.isEmpty()) {
                m_editor.drop(volume);
                m_editor.drop(inside);
            } else {
                m_editor.set(under(volume, {u"emptyDir"_s, u"medium"_s}), u"Memory"_s);
                m_editor.set(under(volume, {u"emptyDir"_s, u"sizeLimit"_s}), after.sharedMemory);
                m_editor.set(under(inside, {u"mountPath"_s}), kSharedMemoryPath);
            }
        }
    }

private:
    Editor &m_editor;
    const Layout &m_layout;
};

} // namespace

void readPod(Spec &spec, const QJsonObject &pod, const QJsonObject &container)
{
    QMap<QString, QJsonObject> volumes;
    for (const QJsonValue volume : pod.value("volumes"_L1).toArray())
        volumes.insert(volume.toObject().value("name"_L1).toString(), volume.toObject());
    for (const QJsonValue entry : container.value("volumeMounts"_L1).toArray()) {
        const QJsonObject mount = entry.toObject();
        const QString name = mount.value("name"_L1).toString();
        const QJsonObject volume = volumes.value(name);
        if (volume.contains("persistentVolumeClaim"_L1)) {
            spec.mounts.append(
                {name, volume.value("persistentVolumeClaim"_L1).toObject().value("claimName"_L1).toString(),
                    mount.value("mountPath"_L1).toString(), mount.value("subPath"_L1).toString(),
                    mount.value("readOnly"_L1).toBool()});
        } else if (name == kSharedMemory && mount.value("mountPath"_L1).toString() == kSharedMemoryPath) {
            spec.sharedMemory = quantity(volume.value("emptyDir"_L1).toObject().value("sizeLimit"_L1));
        }
    }
    const QJsonObject selector = pod.value("nodeSelector"_L1).toObject();
    for (auto it = selector.begin(); it != selector.end(); ++it)
        spec.nodeSelector.insert(it.key(), it.value().toString());
    for (const QJsonValue entry : pod.value("tolerations"_L1).toArray())
        spec.tolerations.append(tolerationOf(entry.toObject()));
    for (const QJsonValue entry : pod.value("imagePullSecrets"_L1).toArray())
        spec.pullSecrets.append(entry.toObject().value("name"_L1).toString());
    spec.priorityClass = pod.value("priorityClassName"_L1).toString();
    spec.serviceAccount = pod.value("serviceAccountName"_L1).toString();
    const QJsonValue token = pod.value("automountServiceAccountToken"_L1);
    if (token.isBool())
        spec.token = token.toBool();
    const QJsonObject security = pod.value("securityContext"_L1).toObject();
    spec.user = number(security.value("runAsUser"_L1));
    const QJsonObject confined = container.value("securityContext"_L1).toObject();
    spec.confined = !security.value("seccompProfile"_L1).toObject().isEmpty()
        && confined.value("allowPrivilegeEscalation"_L1) == QJsonValue(false)
        && confined.value("capabilities"_L1).toObject().value("drop"_L1).toArray().contains(u"ALL"_s);
    spec.graceSeconds = number(pod.value("terminationGracePeriodSeconds"_L1));
}

void writePods(Editor &editor, const Layout &layout, const Spec &before, const Spec &after)
{
    PodWriter(editor, layout).write(before, after);
}

} // namespace cairn::launch
