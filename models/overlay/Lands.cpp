// SPDX-License-Identifier: GPL-3.0-or-later
#include "overlay/Lands.h"

#include "base/Nearest.h"
#include "base/Text.h"
#include "manifest/Patch.h"
#include "overlay/Edits.h"
#include "overlay/Kustomization.h"
#include "overlay/Selection.h"
#include "overlay/ServiceParts.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QRegularExpression>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::overlay {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::overlay)
};

using audit::ObjectName;
using Kind = Landing::Kind;
using manifest::Document;
using manifest::Path;
using manifest::Place;

constexpr int kDeepest = 40;
constexpr int kMostKustomizations = 500;
constexpr qsizetype kMostLandings = 5000;

/// Objects on their way through the kustomizations.
struct Slot {
    QJsonObject object;
    QStringList files; ///< that changed it
    bool written = false; ///< it comes from a file; else from the scene
    QJsonObject undone = {}; ///< as kustomize has to be given it; empty: as it is in the scene
};
using Pool = QMap<ObjectName, Slot>;

/// Where the name that a patch is meant for is written.
struct Written {
    QString file;
    Path path;
    std::optional<Path> inner = {};
};

class Builder
{
public:
    /// `switches`: components are led to other stores too.
    Builder(const Files &files, const audit::Scene &scene, bool switches)
        : m_files(files)
        , m_scene(scene)
        , m_switches(switches)
    {
    }

    Built run(const QString &entry)
    {
        const QString file = kustomizationIn(m_files, entry);
        if (file.isEmpty()) {
            fault(entry, {}, Words::tr("There is no kustomization.yaml here."));
            return m_built;
        }
        Pool pool;
        const Document document = Document::read(m_files.value(file));
        const QJsonValue root = document.json();
        // A component, and patches alone, are put over something: here the live objects.
        const bool stands = root[u"kind"_s].toString() == u"Component" || (root[u"resources"_s].toArray().isEmpty() && root[u"bases"_s].toArray().isEmpty());
        if (stands)
            addLive(pool);
        build(entry, pool, 0);
        compare(pool);
        return m_built;
    }

private:
    void fault(const QString &file, const Place &place, const QString &why, const QString &fix = {})
    {
        const QString where = place.line > 0 ? u"%1:%2"_s.arg(text::safe(file)).arg(place.line) : text::safe(file);
        m_built.faults.append({u"fault"_s, where + u": "_s + why, fix});
    }

    void gap(const QString &file, const QString &what)
    {
        m_built.gaps.append({u"gap"_s, text::safe(file) + u": "_s + what, {}});
    }

    void addLive(Pool &pool)
    {
        m_live = true;
        for (auto it = m_scene.objects().begin(); it != m_scene.objects().end(); ++it) {
            if (!pool.contains(it.key()))
                pool.insert(it.key(), {it.value(), {}, false});
        }
    }

    void land(Landing landing)
    {
        if (m_built.landings.size() < kMostLandings)
            m_built.landings.append(std::move(landing));
    }

    void build(const QString &folder, Pool &pool, int depth)
    {
        const QString file = kustomizationIn(m_files, folder);
        if (m_open.contains(folder)) {
            fault(file, {}, Words::tr("It leads back to itself, which kustomize refuses."));
            return;
        }
        if (depth > kDeepest || ++m_count > kMostKustomizations) {
            fault(file, {}, Words::tr("Too many kustomizations lead to each other."));
            return;
        }
        const Document document = Document::read(m_files.value(file));
        for (const manifest::Fault &wrong : document.faults())
            fault(file, wrong.place, wrong.why, wrong.fix);
        if (!document.faults().isEmpty() || !document.root().isValid())
            return;
        if (document.count() > 1)
            fault(file, {}, Words::tr("A kustomization is one document."));
        const QJsonValue root = document.json();
        if (!root.isObject()) {
            fault(file, {}, Words::tr("A kustomization is a map."));
            return;
        }
        m_open.insert(folder);
        checkFields(file, document, root.toObject());
        for (const QString &field : {u"resources"_s, u"bases"_s})
            resources(file, folder, document, field, root[field], pool, depth);
        const QJsonArray components = root[u"components"_s].toArray();
        for (qsizetype i = 0; i < components.size(); ++i)
            component(file, folder, document.at(Path{u"components"_s}.item(static_cast<int>(i))).place(), components[i].toString(), pool, depth);
        generators(file, folder, document, u"configMapGenerator"_s, root, pool);
        generators(file, folder, document, u"secretGenerator"_s, root, pool);

        // In the order of kustomize's own transformers.
        patches(file, folder, document, u"patchesStrategicMerge"_s, root, pool);
        patches(file, folder, document, u"patches"_s, root, pool);
        patches(file, folder, document, u"patchesJson6902"_s, root, pool);
        replicas(file, document, root[u"replicas"_s].toArray(), pool);
        images(file, document, root[u"images"_s].toArray(), pool);
        replacements(file, folder, document, root[u"replacements"_s].toArray(), pool);
        m_open.remove(folder);
    }

    void checkFields(const QString &file, const Document &document, const QJsonObject &root)
    {
        static const QStringList known{u"apiVersion"_s, u"kind"_s, u"metadata"_s, u"resources"_s, u"bases"_s, u"components"_s, u"patches"_s,
                                       u"patchesStrategicMerge"_s, u"patchesJson6902"_s, u"replicas"_s, u"images"_s, u"replacements"_s,
                                       u"configMapGenerator"_s, u"secretGenerator"_s, u"generatorOptions"_s, u"buildMetadata"_s, u"sortOptions"_s};
        static const QStringList others{u"namespace"_s, u"namePrefix"_s, u"nameSuffix"_s, u"labels"_s, u"commonLabels"_s, u"commonAnnotations"_s,
                                        u"vars"_s, u"transformers"_s, u"generators"_s, u"validators"_s, u"helmCharts"_s, u"helmGlobals"_s,
                                        u"helmChartInflationGenerator"_s, u"openapi"_s, u"crds"_s, u"configurations"_s, u"inventory"_s};
        for (auto it = root.begin(); it != root.end(); ++it) {
            const QString nearest = text::nearestOf(it.key(), known + others);
            if (others.contains(it.key()))
                gap(file, Words::tr("“%1” is applied by kustomize alone: what it makes of the objects is not seen here.").arg(it.key()));
            else if (!known.contains(it.key()))
                fault(file, document.at(Path{it.key()}).keyPlace(), Words::tr("kustomize knows no field “%1” and refuses to build.").arg(text::safe(it.key())),
                      nearest.isEmpty() ? QString() : Words::tr("Did you mean “%1”?").arg(nearest));
        }
    }

    void resources(const QString &file, const QString &folder, const Document &document, const QString &field, const QJsonValue &list, Pool &pool, int depth)
    {
        const QJsonArray items = list.toArray();
        for (qsizetype i = 0; i < items.size(); ++i) {
            const Place place = document.at(Path{field}.item(static_cast<int>(i))).place();
            const QString path = items[i].toString();
            if (path.isEmpty()) {
                fault(file, place, Words::tr("A resource is a path or an address."));
                continue;
            }
            const std::optional<QString> inside = isRemote(path) ? std::nullopt : resolved(folder, path);
            if (!inside) {
                if (isRemote(path))
                    m_built.remote.append(path);
                else
                    m_built.outside.append({file, place, folder, path});
                addLive(pool);
            } else if (!kustomizationIn(m_files, *inside).isEmpty()) {
                Pool own;
                build(*inside, own, depth + 1);
                for (auto it = own.begin(); it != own.end(); ++it) {
                    if (it->written && pool.contains(it.key()) && pool.value(it.key()).written)
                        fault(file, place, Words::tr("%1 is there twice, which kustomize refuses.").arg(audit::shown(it.key())));
                    pool.insert(it.key(), it.value());
                }
            } else if (m_files.contains(*inside)) {
                addFile(*inside, pool);
            } else {
                fault(file, place, Words::tr("%1 is not there.", "a file").arg(text::safe(path)));
            }
        }
    }

    void addFile(const QString &file, Pool &pool)
    {
        const Document document = Document::read(m_files.value(file));
        for (const manifest::Fault &wrong : document.faults())
            fault(file, wrong.place, wrong.why, wrong.fix);
        if (!document.faults().isEmpty())
            return;
        for (int i = 0; i < document.count(); ++i) {
            const QJsonObject object = document.json(i).toObject();
            const ObjectName name = audit::nameOf(object);
            if (name.kind.isEmpty() || name.name.isEmpty()) {
                fault(file, document.root(i).place(), Words::tr("An object has a kind and a name."));
                continue;
            }
            if (pool.contains(name) && pool.value(name).written)
                fault(file, document.root(i).place(), Words::tr("%1 is there twice, which kustomize refuses.").arg(audit::shown(name)));
            pool.insert(name, {object, {file}, true});
        }
    }

    void component(const QString &file, const QString &folder, const Place &place, const QString &path, Pool &pool, int depth)
    {
        if (isRemote(path)) {
            gap(file, Words::tr("The component %1 is fetched by kustomize: what it changes is not seen here.").arg(text::safe(path)));
            return;
        }
        const std::optional<QString> inside = resolved(folder, path);
        if (!inside) {
            m_built.outside.append({file, place, folder, path});
            gap(file, Words::tr("The component %1 lies outside of this folder and was not read.").arg(text::safe(path)));
        } else if (kustomizationIn(m_files, *inside).isEmpty()) {
            fault(file, place, Words::tr("%1 is no folder with a kustomization.").arg(text::safe(path)));
        } else {
            build(*inside, pool, depth + 1);
        }
    }

    // Patches

    void patches(const QString &file, const QString &folder, const Document &document, const QString &field, const QJsonValue &root, Pool &pool)
    {
        const QJsonArray items = root[field].toArray();
        for (qsizetype i = 0; i < items.size(); ++i) {
            const Path at = Path{field}.item(static_cast<int>(i));
            const Place place = document.at(at).place();
            const QJsonValue item = items[i];
            QString path = item[u"path"_s].toString();
            QString inlined = item[u"patch"_s].toString();
            if (field == "patchesStrategicMerge"_L1) {
                // A path, or the patch itself.
                (item.toString().contains(u'\n') || item.toString().contains(u": "_s) ? inlined : path) = item.toString();
            }
            if (path.isEmpty() == inlined.isEmpty()) {
                fault(file, place, Words::tr("A patch has either a path or a patch."));
                continue;
            }
            QString patchFile = file;
            QByteArray text = inlined.toUtf8();
            if (!path.isEmpty()) {
                const std::optional<QString> inside = isRemote(path) ? std::nullopt : resolved(folder, path);
                if (!inside || !m_files.contains(*inside)) {
                    fault(file, place, Words::tr("%1 is not there.", "a file").arg(text::safe(path)));
                    continue;
                }
                patchFile = *inside;
                text = m_files.value(patchFile);
            }
            const Document patch = Document::read(text);
            for (const manifest::Fault &wrong : patch.faults())
                fault(patchFile, path.isEmpty() ? place : wrong.place, wrong.why, wrong.fix);
            if (!patch.faults().isEmpty())
                continue;
            std::optional<Selector> target;
            if (const QJsonObject fields = item[u"target"_s].toObject(); item[u"target"_s].isObject()) {
                // An unquoted y is true, which kustomize refuses and which must not select everything here.
                if (std::ranges::any_of(fields.begin(), fields.end(), [](const QJsonValue &part) { return !part.isString(); })) {
                    fault(file, place, Words::tr("Each field of a target is a text."), Words::tr("Put it into quotes."));
                    continue;
                }
                target = selectorFrom(fields);
            }
            for (int d = 0; d < patch.count(); ++d) {
                const Place where = path.isEmpty() ? place : patch.root(d).place();
                const QJsonValue body = patch.json(d);
                Path own = Path{u"metadata"_s, u"name"_s};
                own.in(d);
                const Written chosen{file, Path(at).field(u"target"_s).field(u"name"_s)};
                const Written named = !path.isEmpty() ? Written{patchFile, own} : Written{file, item.isString() ? at : Path(at).field(u"patch"_s), own};
                if (body.isArray())
                    onTargets(patchFile, where, chosen, target, body.toArray(), {}, pool, field);
                else if (body.isObject() && target)
                    onTargets(patchFile, where, chosen, target, {}, body.toObject(), pool, field);
                else if (body.isObject())
                    onItsOwn(patchFile, where, named, body.toObject(), pool);
                else
                    fault(patchFile, where, Words::tr("A patch is an object or a list of operations."));
            }
        }
    }

    void onTargets(const QString &file, const Place &place, const Written &written, const std::optional<Selector> &target, const QJsonArray &operations,
                   const QJsonObject &patch, Pool &pool, const QString &field)
    {
        Landing landing;
        landing.file = file;
        landing.place = place;
        if (!target || target->isEmpty()) {
            landing.title = Words::tr("a patch without target");
            landing.error = Error::make(Error::Kind::Invalid, Words::tr("A patch of operations needs a target."), {}, Words::tr("Add target: with kind and name."));
            land(landing);
            return;
        }
        landing.title = titleOf(*target);
        for (const QString &pattern : {target->group, target->version, target->kind, target->name, target->ns}) {
            if (!QRegularExpression(pattern).isValid())
                landing.error = Error::make(Error::Kind::Invalid, Words::tr("“%1” is no regular expression; kustomize refuses to build.").arg(text::safe(pattern)));
        }
        if (!landing.error) {
            const Matcher matcher(*target);
            QList<ObjectName> hit;
            for (auto it = pool.constBegin(); it != pool.constEnd(); ++it) {
                if (matcher.takes(it.key(), it->object))
                    hit.append(it.key());
            }
            for (const ObjectName &name : std::as_const(hit))
                change(landing, name, operations, patch, pool);
        }
        if (landing.on.isEmpty() && !landing.error)
            miss(landing, written, target->name, *target, pool, field);
        land(landing);
        if (!landing.error && !landing.on.isEmpty())
            tellAlternatives(landing, written, *target, pool, field);
    }

    /// Of "a|b" the names that hit nothing, each for itself: the others hide them.
    void tellAlternatives(const Landing &landing, const Written &written, const Selector &target, const Pool &pool, const QString &field)
    {
        static const QRegularExpression plain(u"\\A[a-z0-9]([-a-z0-9]|\\\\\\.)*(\\|[a-z0-9]([-a-z0-9]|\\\\\\.)*)+\\z"_s);
        if (!plain.match(target.name.left(5000)).hasMatch())
            return;
        for (const QString &name : target.name.split(u'|')) {
            if (std::ranges::any_of(landing.on, [&](const ObjectName &on) { return selects(name, on.name); }))
                continue;
            Selector one = target;
            one.name = name;
            Landing missing = landing;
            missing.on.clear();
            missing.title = titleOf(one);
            miss(missing, written, name, one, pool, field);
            land(missing);
        }
    }

    /// A strategic merge patch that names its object: kustomize refuses where there is none.
    void onItsOwn(const QString &file, const Place &place, const Written &written, const QJsonObject &patch, Pool &pool)
    {
        ObjectName name = audit::nameOf(patch);
        Landing landing;
        landing.file = file;
        landing.place = place;
        landing.title = audit::shown(name);
        if (name.kind.isEmpty() || name.name.isEmpty()) {
            landing.error = Error::make(Error::Kind::Invalid, Words::tr("A patch names the kind and the name of its object, or has a target."));
            land(landing);
            return;
        }
        if (!pool.contains(name) && namespaceOf(name) == "default"_L1)
            name.ns = name.ns.isEmpty() ? u"default"_s : QString();
        if (pool.contains(name)) {
            change(landing, name, {}, patch, pool);
        } else {
            const ObjectName wanted = audit::nameOf(patch);
            Selector selector;
            selector.group = QRegularExpression::escape(wanted.group);
            selector.kind = wanted.kind;
            selector.name = wanted.name;
            selector.ns = wanted.ns;
            miss(landing, written, wanted.name, selector, pool, {});
        }
        land(landing);
    }

    void change(Landing &landing, const ObjectName &name, const QJsonArray &operations, const QJsonObject &patch, Pool &pool)
    {
        landing.on.append(name);
        if (!m_switches && switchesStore(landing.file))
            return;
        Slot &slot = pool[name];
        if (operations.isEmpty() && patch[u"$patch"_s].toString() == u"delete") {
            m_removed.insert(name, slot.files + QStringList{landing.file});
            pool.remove(name);
            return;
        }
        QJsonObject body = patch;
        body.remove(u"apiVersion"_s);
        body.remove(u"kind"_s);
        // The name of the patch is not the object's where a target chose it.
        QJsonObject meta = body[u"metadata"_s].toObject();
        meta.remove(u"name"_s);
        meta.remove(u"namespace"_s);
        if (meta.isEmpty())
            body.remove(u"metadata"_s);
        else
            body.insert(u"metadata"_s, meta);
        if (!operations.isEmpty() && !slot.written && m_scene.isLive())
            return again(landing, name, operations, slot);
        const Result<QJsonValue> after = operations.isEmpty() ? merged(name.group, slot.object, body) : manifest::jsonPatch(slot.object, operations);
        if (!after || !after->isObject()) {
            landing.error = after ? Error::make(Error::Kind::Invalid, Words::tr("It would leave no object.")) : after.error();
            return;
        }
        slot.object = after->toObject();
        if (!slot.files.contains(landing.file))
            slot.files.append(landing.file);
    }

    /// Onto a live object, which may have had it put on before: by kustomize onto a base that nobody sees here.
    void again(Landing &landing, const ObjectName &name, const QJsonArray &operations, Slot &slot)
    {
        const Result<Patched> patched = patchAgain(slot.object, operations);
        if (!patched) {
            landing.error = patched.error();
            return;
        }
        if (!patched->undo.isEmpty())
            slot.undone = undone(slot.undone.isEmpty() ? slot.object : slot.undone, patched->undo);
        for (const QString &doubt : patched->doubts)
            gap(landing.file, u"%1: %2"_s.arg(audit::shown(name), doubt));
        slot.object = patched->object;
        if (!slot.files.contains(landing.file))
            slot.files.append(landing.file);
    }

    /// Nothing was hit: why, and where the name is written.
    void miss(Landing &landing, const Written &written, const QString &name, const Selector &selector, const Pool &pool, const QString &field) const
    {
        explain(landing, selector, pool, field);
        tellName(landing, written, name);
    }

    static void tellName(Landing &landing, const Written &written, const QString &name)
    {
        landing.missing = name;
        landing.nameFile = written.file;
        landing.name = written.path;
        landing.inner = written.inner;
    }

    /// Why nothing was hit.
    void explain(Landing &landing, const Selector &selector, const Pool &pool, const QString &field) const
    {
        QStringList names;
        QStringList elsewhere, otherKinds;
        const Matcher matcher(selector);
        for (auto it = pool.begin(); it != pool.end(); ++it) {
            const bool kind = matcher.takesKind(it.key());
            if (kind && matcher.takesNamespace(it.key()))
                names.append(it.key().name);
            if (!selector.name.isEmpty() && matcher.takesName(it.key())) {
                if (kind)
                    elsewhere.append(text::safe(namespaceOf(it.key())));
                else
                    otherKinds.append(text::safe(it.key().kind));
            }
        }
        const QString kind = selector.kind.isEmpty() ? Words::tr("object") : text::safe(selector.kind);
        const QString plain = QString(selector.name).remove(u'\\'); // a name that was escaped to stand for itself
        const QString name = text::safe(plain);
        if (m_live && m_scene.isLive() && names.isEmpty() && !wasSeen(selector)) {
            landing.unknown = true;
            landing.why = Words::tr("Objects of kind %1 were not read, so whether it lands is not known.").arg(kind);
            return;
        }
        const QString then = field.isEmpty() ? Words::tr("kustomize refuses to build.") : Words::tr("kustomize silently ignores it.");
        if (!elsewhere.isEmpty() && !selector.ns.isEmpty())
            landing.why = Words::tr("%1 %2 is in namespace %3, not in %4: %5").arg(kind, name, elsewhere.first(), text::safe(selector.ns), then);
        else if (!elsewhere.isEmpty())
            landing.why = Words::tr("%1 %2 has other labels, annotations or another version: %3").arg(kind, name, then);
        else if (!otherKinds.isEmpty())
            landing.why = Words::tr("%1 is a %2, not a %3: %4").arg(name, otherKinds.first(), kind, then);
        else if (!selector.name.isEmpty())
            landing.why = Words::tr("No %1 has the name %2: %3").arg(kind, name, then);
        else
            landing.why = Words::tr("No %1 fits: %2").arg(kind, then);
        landing.nearest = text::nearestOf(plain, names);
    }

    bool wasSeen(const Selector &selector) const
    {
        if (selector.kind.isEmpty())
            return true;
        for (const auto &[group, kind] : kindsToRead()) {
            if (selects(selector.kind, kind) && selects(selector.group, group) && m_scene.saw(group, kind))
                return true;
        }
        // Of a kind that was read beside these there would be objects.
        return false;
    }

    // Fields of a kustomization that are no patches

    void replicas(const QString &file, const Document &document, const QJsonArray &items, Pool &pool)
    {
        static const QStringList scalable{u"Deployment"_s, u"StatefulSet"_s, u"ReplicaSet"_s, u"ReplicationController"_s};
        for (qsizetype i = 0; i < items.size(); ++i) {
            const QString name = items[i][u"name"_s].toString();
            Landing landing;
            landing.kind = Kind::Replicas;
            landing.file = file;
            landing.place = document.at(Path{u"replicas"_s}.item(static_cast<int>(i))).place();
            landing.title = Words::tr("replicas of %1").arg(text::safe(name));
            if (!items[i][u"count"_s].isDouble())
                landing.error = Error::make(Error::Kind::Invalid, Words::tr("count is a number."));
            QStringList names;
            for (auto it = pool.begin(); it != pool.end(); ++it) {
                if (!scalable.contains(it.key().kind))
                    continue;
                names.append(it.key().name);
                if (it.key().name != name || landing.error)
                    continue;
                landing.on.append(it.key());
                QJsonObject spec = it->object[u"spec"_s].toObject();
                spec.insert(u"replicas"_s, items[i][u"count"_s]);
                it->object.insert(u"spec"_s, spec);
                if (!it->files.contains(file))
                    it->files.append(file);
            }
            if (landing.on.isEmpty()) {
                landing.why = Words::tr("No workload has the name %1: kustomize refuses to build.").arg(text::safe(name));
                landing.nearest = text::nearestOf(name, names);
                tellName(landing, {file, Path{u"replicas"_s}.item(static_cast<int>(i)).field(u"name"_s)}, name);
            }
            land(landing);
        }
    }

    void images(const QString &file, const Document &document, const QJsonArray &items, Pool &pool)
    {
        for (qsizetype i = 0; i < items.size(); ++i) {
            const QJsonValue item = items[i];
            const QString name = item[u"name"_s].toString();
            Landing landing;
            landing.kind = Kind::Image;
            landing.file = file;
            landing.place = document.at(Path{u"images"_s}.item(static_cast<int>(i))).place();
            landing.title = Words::tr("image %1").arg(text::safe(name));
            QStringList names;
            for (auto it = pool.begin(); it != pool.end(); ++it) {
                if (!setImage(it->object, item, names))
                    continue;
                landing.on.append(it.key());
                if (!it->files.contains(file))
                    it->files.append(file);
            }
            if (landing.on.isEmpty()) {
                landing.why = Words::tr("No container runs the image %1: kustomize silently ignores it.").arg(text::safe(name));
                names.removeDuplicates();
                landing.nearest = text::nearestOf(name, names);
                tellName(landing, {file, Path{u"images"_s}.item(static_cast<int>(i)).field(u"name"_s)}, name);
            }
            land(landing);
        }
    }

    void generators(const QString &file, const QString &folder, const Document &document, const QString &field, const QJsonValue &root, Pool &pool)
    {
        const bool secret = field == "secretGenerator"_L1;
        const QJsonArray items = root[field].toArray();
        for (qsizetype i = 0; i < items.size(); ++i) {
            const QJsonValue item = items[i];
            const ObjectName name{u""_s, secret ? u"Secret"_s : u"ConfigMap"_s, item[u"namespace"_s].toString(), item[u"name"_s].toString()};
            Landing landing;
            landing.kind = secret ? Kind::Secret : Kind::ConfigMap;
            landing.file = file;
            landing.place = document.at(Path{field}.item(static_cast<int>(i))).place();
            landing.title = audit::shown(name);
            const QString behavior = item[u"behavior"_s].toString(u"create"_s);
            QJsonObject data;
            for (const QJsonValue literal : item[u"literals"_s].toArray()) {
                const QString text = literal.toString();
                QString value = text.section(u'=', 1);
                if (value.size() >= 2 && (value.front() == u'"' || value.front() == u'\'') && value.back() == value.front())
                    value = value.mid(1, value.size() - 2);
                data.insert(text.section(u'=', 0, 0), value);
            }
            for (const QJsonValue entry : item[u"files"_s].toArray()) {
                const QString text = entry.toString();
                const QString path = text.contains(u'=') ? text.section(u'=', 1) : text;
                const std::optional<QString> inside = resolved(folder, path);
                if (inside && m_files.contains(*inside))
                    data.insert(text.contains(u'=') ? text.section(u'=', 0, 0) : path.section(u'/', -1), QString::fromUtf8(m_files.value(*inside)));
                else
                    fault(file, landing.place, Words::tr("%1 is not there.", "a file").arg(text::safe(path)));
            }
            if (item[u"envs"_s].isArray() || item[u"env"_s].isString())
                gap(file, Words::tr("Files of variables are read by kustomize alone."));
            if (secret) {
                for (const QString &key : data.keys())
                    data.insert(key, QString::fromLatin1(data[key].toString().toUtf8().toBase64()));
            }
            const bool suffix = !root[u"generatorOptions"_s][u"disableNameSuffixHash"_s].toBool() && !item[u"options"_s][u"disableNameSuffixHash"_s].toBool();
            if (behavior == "create"_L1) {
                if (suffix)
                    gap(file, Words::tr("%1 gets a suffix from its content, which only kustomize knows.").arg(audit::shown(name)));
                QJsonObject meta{{u"name"_s, name.name}};
                if (!name.ns.isEmpty())
                    meta.insert(u"namespace"_s, name.ns);
                pool.insert(name, {{{u"apiVersion"_s, u"v1"_s}, {u"kind"_s, name.kind}, {u"metadata"_s, meta}, {u"data"_s, data}}, {file}, true});
                landing.on.append(name);
            } else if (pool.contains(name) && !m_switches && switchesStore(file)) {
                landing.on.append(name);
            } else if (pool.contains(name)) {
                Slot &slot = pool[name];
                QJsonObject now = behavior == "replace"_L1 ? QJsonObject() : slot.object[u"data"_s].toObject();
                for (auto it = data.begin(); it != data.end(); ++it)
                    now.insert(it.key(), it.value());
                slot.object.insert(u"data"_s, now);
                if (!slot.files.contains(file))
                    slot.files.append(file);
                landing.on.append(name);
                if (suffix)
                    gap(file, Words::tr("%1 gets a suffix from its content, which only kustomize knows.").arg(audit::shown(name)));
            } else {
                Selector selector;
                selector.kind = name.kind;
                selector.name = QRegularExpression::escape(name.name);
                selector.ns = name.ns;
                explain(landing, selector, pool, {});
                QStringList names;
                for (auto it = pool.begin(); it != pool.end(); ++it) {
                    if (it.key().kind == name.kind)
                        names.append(it.key().name);
                }
                landing.nearest = text::nearestOf(name.name, names);
                tellName(landing, {file, Path{field}.item(static_cast<int>(i)).field(u"name"_s)}, name.name);
                // Contents of Secrets are not among what is read.
                if (secret && m_live) {
                    landing.unknown = true;
                    landing.why = Words::tr("Secrets are not read here, so whether it lands is not known.");
                }
            }
            land(landing);
        }
    }

    void replacements(const QString &file, const QString &folder, const Document &document, const QJsonArray &items, Pool &pool)
    {
        for (qsizetype i = 0; i < items.size(); ++i) {
            const Place place = document.at(Path{u"replacements"_s}.item(static_cast<int>(i))).place();
            const QString path = items[i][u"path"_s].toString();
            if (path.isEmpty()) {
                replacement(file, place, items[i], pool);
                continue;
            }
            const std::optional<QString> inside = resolved(folder, path);
            if (!inside || !m_files.contains(*inside)) {
                fault(file, place, Words::tr("%1 is not there.", "a file").arg(text::safe(path)));
                continue;
            }
            const Document other = Document::read(m_files.value(*inside));
            for (const manifest::Fault &wrong : other.faults())
                fault(*inside, wrong.place, wrong.why, wrong.fix);
            const QJsonValue body = other.json();
            const QJsonArray list = body.isArray() ? body.toArray() : QJsonArray{body};
            for (const QJsonValue one : list)
                replacement(*inside, other.root().place(), one, pool);
        }
    }

    void replacement(const QString &file, const Place &place, const QJsonValue &item, Pool &pool)
    {
        Landing landing;
        landing.kind = Kind::Replacement;
        landing.file = file;
        landing.place = place;
        const Selector source = selectorFrom(item[u"source"_s]);
        landing.title = Words::tr("replacement from %1").arg(titleOf(source));
        QList<ObjectName> found;
        const Matcher sources(source);
        for (auto it = pool.constBegin(); it != pool.constEnd(); ++it) {
            if (sources.takes(it.key(), it->object))
                found.append(it.key());
        }
        const QString from = item[u"source"_s][u"fieldPath"_s].toString(u"metadata.name"_s);
        if (found.size() != 1) {
            landing.error = Error::make(Error::Kind::Invalid, found.isEmpty() ? Words::tr("Nothing is its source: kustomize refuses to build.")
                                                                             : Words::tr("%n object(s) are its source: kustomize refuses to build.", nullptr, static_cast<int>(found.size())));
            if (found.isEmpty())
                explain(landing, source, pool, {});
            land(landing);
            return;
        }
        const std::optional<QStringList> fromPath = fieldPath(from);
        const QJsonValue value = fromPath ? fieldAt(pool.value(found.first()).object, *fromPath) : QJsonValue(QJsonValue::Undefined);
        if (value.isUndefined()) {
            landing.error = Error::make(Error::Kind::Invalid, Words::tr("%1 has no field %2: kustomize refuses to build.").arg(audit::shown(found.first()), text::safe(from)));
            land(landing);
            return;
        }
        for (const QJsonValue target : item[u"targets"_s].toArray()) {
            const Selector select = selectorFrom(target[u"select"_s]);
            const Matcher selected(select);
            QList<Selector> rejected;
            for (const QJsonValue reject : target[u"reject"_s].toArray())
                rejected.append(selectorFrom(reject));
            if (target[u"options"_s][u"delimiter"_s].isString() || item[u"source"_s][u"options"_s].isObject()) {
                gap(file, Words::tr("A replacement of a part of a value is applied by kustomize alone."));
                continue;
            }
            bool any = false;
            for (auto it = pool.begin(); it != pool.end(); ++it) {
                if (!selected.takes(it.key(), it->object)
                    || std::ranges::any_of(rejected, [&](const Selector &reject) { return !reject.isEmpty() && Matcher(reject).takes(it.key(), it->object); }))
                    continue;
                any = true;
                if (!landing.on.contains(it.key()))
                    landing.on.append(it.key());
                QJsonArray paths = target[u"fieldPaths"_s].toArray();
                if (paths.isEmpty())
                    paths.append(u"metadata.name"_s);
                for (const QJsonValue where : paths) {
                    const std::optional<QStringList> to = fieldPath(where.toString());
                    QJsonValue object = it->object;
                    if (to && setField(object, *to, value, target[u"options"_s][u"create"_s].toBool())) {
                        it->object = object.toObject();
                        if (!it->files.contains(file))
                            it->files.append(file);
                    } else {
                        landing.error = Error::make(Error::Kind::Invalid, Words::tr("%1 has no field %2: kustomize refuses to build.")
                                                                              .arg(audit::shown(it.key()), text::safe(where.toString())));
                    }
                }
            }
            if (!any)
                explain(landing, select, pool, u"replacements"_s);
        }
        land(landing);
    }

    void compare(const Pool &pool)
    {
        for (auto it = pool.begin(); it != pool.end(); ++it) {
            const QJsonObject *live = m_scene.find(it.key());
            QJsonObject after = it->object;
            if (!it->undone.isEmpty() || (it->written && live))
                m_built.undone.insert(it.key(), it->undone);
            if (it->written && live) {
                // A file says less than the server's object: what it does not say stays, as with kubectl apply.
                const Result<QJsonValue> both = merged(it.key().group, *live, after);
                if (both && both->isObject())
                    after = both->toObject();
            }
            if (!live || *live != after)
                m_built.changed.append({it.key(), live ? *live : QJsonObject(), after, it->files});
        }
        for (auto it = m_removed.begin(); it != m_removed.end(); ++it) {
            const QJsonObject *live = m_scene.find(it.key());
            if (live && !pool.contains(it.key()))
                m_built.changed.append({it.key(), *live, {}, it.value()});
        }
        std::ranges::sort(m_built.changed, [](const Changed &a, const Changed &b) { return a.name < b.name; });
    }

    const Files &m_files;
    const audit::Scene &m_scene;
    const bool m_switches;
    Built m_built;
    QSet<QString> m_open;
    QMap<ObjectName, QStringList> m_removed;
    int m_count = 0;
    bool m_live = false;
};

} // namespace

int Built::landing() const
{
    return static_cast<int>(std::ranges::count_if(landings, &Landing::lands));
}

Built lands(const Files &files, const QString &entry, const audit::Scene &scene)
{
    Built built = Builder(files, scene, true).run(entry);
    const auto isSwitched = [](const Changed &changed) {
        return std::ranges::any_of(changed.files, switchesStore)
            && !(changed.before.isEmpty() || changed.after.isEmpty());
    };
    if (std::ranges::none_of(built.changed, isSwitched))
        return built;
    const Built kept = Builder(files, scene, false).run(entry);
    for (Changed &changed : built.changed) {
        if (!isSwitched(changed))
            continue;
        const auto same = std::ranges::find(kept.changed, changed.name, &Changed::name);
        changed.unswitched = same == kept.changed.end() ? changed.before : same->after;
    }
    return built;
}

Result<QByteArray> corrected(const Files &files, const Landing &landing)
{
    const QString what = Words::tr("The name in %1 cannot be corrected.", "a file").arg(text::safe(landing.nameFile));
    const auto gone = [&] { return fail(Error::make(Error::Kind::Conflict, what, Words::tr("It does not say “%1” any more.").arg(text::safe(landing.missing)), Words::tr("Work it out again."))); };
    if (landing.nearest.isEmpty() || landing.missing.isEmpty())
        return fail(Error::make(Error::Kind::NotFound, what, Words::tr("No name is close to it.")));
    const auto correct = [&](Document &document, const Path &path) -> Result<> {
        const manifest::Node node = document.at(path);
        QStringList names = node.isValid() ? QString::fromUtf8(node.text()).split(u'|') : QStringList();
        // Of "a|b" the one that misses; a pattern otherwise stays what it is, as a whole.
        const bool whole = names.join(u'|') == landing.missing;
        if (whole)
            names = {landing.nearest};
        else if (!names.contains(landing.missing))
            return gone();
        else
            names.replaceInStrings(QRegularExpression(u"\\A"_s + QRegularExpression::escape(landing.missing) + u"\\z"_s), landing.nearest);
        return document.set(path, names.join(u'|'));
    };
    Document document = Document::read(files.value(landing.nameFile));
    if (!landing.inner) {
        const Result<> done = correct(document, landing.name);
        return done ? Result<QByteArray>(document.text()) : Result<QByteArray>(fail(done.error()));
    }
    const manifest::Node node = document.at(landing.name);
    if (!node.isValid())
        return gone();
    Document inner = Document::read(node.text());
    Result<> done = correct(inner, *landing.inner);
    if (done)
        done = document.set(landing.name, QString::fromUtf8(inner.text()));
    return done ? Result<QByteArray>(document.text()) : Result<QByteArray>(fail(done.error()));
}

} // namespace cairn::overlay
