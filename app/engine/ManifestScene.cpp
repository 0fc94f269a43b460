// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Text.h"
#include "engine/AuditFlows.h"
#include "manifest/Document.h"

#include <QCoreApplication>
#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QSet>
#include <cmath>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::app)
};

using audit::Place;
using audit::Scene;
using manifest::Document;
using manifest::Fault;
using manifest::Node;

/// A List of a whole cluster is one document.
constexpr manifest::YamlLimits ofOneDocument{.bytes = 64 * 1024 * 1024, .nodes = 3'000'000};

/// Where the documents of a stream begin: at its start and behind each line "---". No text inside of a document may have such a line.
QList<qsizetype> partsOf(const QByteArray &bytes)
{
    QList<qsizetype> begins{0};
    for (qsizetype line = 0; line < bytes.size();) {
        const QByteArrayView rest = QByteArrayView(bytes).sliced(line);
        if (line > 0 && rest.startsWith("---") && (rest.size() == 3 || rest[3] == '\n' || rest[3] == '\r' || rest[3] == ' ' || rest[3] == '\t'))
            begins.append(line);
        const qsizetype end = bytes.indexOf('\n', line);
        line = end < 0 ? bytes.size() : end + 1;
    }
    return begins;
}

/// What keeps a document from being judged; other faults are told and the document is.
bool isFatal(const Fault &fault)
{
    using enum Fault::Kind;
    return fault.kind == Syntax || fault.kind == TooLarge || fault.kind == Key || fault.kind == Expansion;
}

/// What a field has to be where it is there at all. Null counts as unset, as for the API server.
enum class Type {
    Map,
    Texts, ///< a map of texts
    List,
    Text,
    Count,
    Share ///< a count, or a percentage
};

struct Shape {
    QString path; ///< names, and "*" for each item of a list
    Type type;
};

/// The fields that rules read, outer ones first; empty for kinds that no rule reads. One of another type would read as if it were
/// unset, and nobody would know.
const QList<Shape> &shapesOf(const QString &kind)
{
    static const QMap<QString, QList<Shape>> known = [] {
        const QList<Shape> any{{u"metadata"_s, Type::Map},
                               {u"metadata.name"_s, Type::Text},
                               {u"metadata.namespace"_s, Type::Text},
                               {u"metadata.labels"_s, Type::Texts},
                               {u"metadata.annotations"_s, Type::Texts},
                               {u"metadata.ownerReferences"_s, Type::List},
                               {u"spec"_s, Type::Map}};
        const auto selector = [](const QString &at) {
            return QList<Shape>{{at, Type::Map}, {at + u".matchLabels"_s, Type::Texts}, {at + u".matchExpressions"_s, Type::List}, {at + u".matchExpressions.*"_s, Type::Map}};
        };
        QList<Shape> workload = any + selector(u"spec.selector"_s)
            + QList<Shape>{{u"spec.replicas"_s, Type::Count},
                           {u"spec.strategy"_s, Type::Map},
                           {u"spec.volumeClaimTemplates"_s, Type::List},
                           {u"spec.template"_s, Type::Map},
                           {u"spec.template.metadata"_s, Type::Map},
                           {u"spec.template.metadata.labels"_s, Type::Texts},
                           {u"spec.template.spec"_s, Type::Map}};
        const QString pod = u"spec.template.spec."_s;
        for (const auto &[name, type] : {std::pair(u"affinity"_s, Type::Map), {u"priorityClassName"_s, Type::Text}, {u"serviceAccountName"_s, Type::Text}, {u"tolerations"_s, Type::List},
                                         {u"tolerations.*"_s, Type::Map}, {u"topologySpreadConstraints"_s, Type::List}, {u"topologySpreadConstraints.*"_s, Type::Map},
                                         {u"volumes"_s, Type::List}, {u"volumes.*"_s, Type::Map}})
            workload.append({pod + name, type});
        for (const QString &list : {u"containers"_s, u"initContainers"_s}) {
            workload.append({pod + list, Type::List});
            workload.append({pod + list + u".*"_s, Type::Map});
            for (const auto &[name, type] : {std::pair(u"name"_s, Type::Text), {u"image"_s, Type::Text}, {u"command"_s, Type::List}, {u"args"_s, Type::List}, {u"args.*"_s, Type::Text},
                                             {u"env"_s, Type::List}, {u"env.*"_s, Type::Map}, {u"resources"_s, Type::Map}, {u"readinessProbe"_s, Type::Map}, {u"livenessProbe"_s, Type::Map}})
                workload.append({pod + list + u".*."_s + name, type});
        }
        const QList<Shape> hooks = any + QList<Shape>{{u"webhooks"_s, Type::List}, {u"webhooks.*"_s, Type::Map}, {u"webhooks.*.clientConfig"_s, Type::Map}, {u"webhooks.*.rules"_s, Type::List}};
        return QMap<QString, QList<Shape>>{
            {u"Deployment"_s, workload},
            {u"StatefulSet"_s, workload},
            {u"DaemonSet"_s, workload},
            {u"HorizontalPodAutoscaler"_s, any + QList<Shape>{{u"spec.minReplicas"_s, Type::Count}, {u"spec.maxReplicas"_s, Type::Count}, {u"spec.scaleTargetRef"_s, Type::Map}}},
            {u"PodDisruptionBudget"_s, any + selector(u"spec.selector"_s) + QList<Shape>{{u"spec.minAvailable"_s, Type::Share}, {u"spec.maxUnavailable"_s, Type::Share}}},
            {u"Service"_s, any + QList<Shape>{{u"spec.selector"_s, Type::Texts}}},
            {u"ConfigMap"_s, any + QList<Shape>{{u"data"_s, Type::Texts}}},
            {u"PersistentVolumeClaim"_s, any + QList<Shape>{{u"spec.accessModes"_s, Type::List}, {u"spec.storageClassName"_s, Type::Text}}},
            {u"MutatingWebhookConfiguration"_s, hooks},
            {u"ValidatingWebhookConfiguration"_s, hooks}};
    }();
    static const QList<Shape> none;
    const auto it = known.constFind(kind);
    return it == known.cend() ? none : *it;
}

bool isOf(const Node &node, Type type)
{
    using Kind = Node::Kind;
    switch (type) {
    case Type::Map: return node.kind() == Kind::Map;
    case Type::List: return node.kind() == Kind::List;
    case Type::Text: return node.kind() == Kind::Text;
    case Type::Texts:
        if (node.kind() != Kind::Map)
            return false;
        for (const Node &value : node.target().children()) {
            if (!value.isMerge() && value.kind() != Kind::Text && value.kind() != Kind::Null)
                return false;
        }
        return true;
    case Type::Share: {
        const QByteArray text = node.text();
        if (node.kind() == Kind::Text) {
            bool ok = false;
            const int part = text.chopped(text.endsWith('%') ? 1 : 0).toInt(&ok);
            return text.endsWith('%') && ok && part >= 0;
        }
        [[fallthrough]];
    }
    case Type::Count: {
        const double count = node.kind() == Kind::Number ? node.json().toDouble(-1) : -1;
        return count >= 0 && count == std::floor(count);
    }
    }
    return true;
}

QString typeName(Type type)
{
    switch (type) {
    case Type::Map: return Words::tr("a map is expected");
    case Type::Texts: return Words::tr("a map of texts is expected; put numbers and booleans in quotes");
    case Type::List: return Words::tr("a list is expected");
    case Type::Text: return Words::tr("a text is expected");
    case Type::Count: return Words::tr("a whole number is expected");
    case Type::Share: return Words::tr("a whole number or a percentage is expected");
    }
    return {};
}

QString kindName(Node::Kind kind)
{
    switch (kind) {
    case Node::Kind::Null: return Words::tr("nothing", "what a YAML field holds");
    case Node::Kind::Bool: return Words::tr("a boolean", "what a YAML field holds");
    case Node::Kind::Number: return Words::tr("a number", "what a YAML field holds");
    case Node::Kind::Text: return Words::tr("a text", "what a YAML field holds");
    case Node::Kind::List: return Words::tr("a list", "what a YAML field holds");
    case Node::Kind::Map: return Words::tr("a map", "what a YAML field holds");
    }
    return {};
}

constexpr int mostMisread = 200; ///< of a run: a file that is all wrong is told of as well by a part

class Reader
{
public:
    Reader(Scene *scene, std::stop_token stop)
        : m_scene(scene)
        , m_stop(std::move(stop))
    {
    }

    /// `name` is how places call it.
    void text(const QByteArray &bytes, const QString &name)
    {
        const QByteArray clean = bytes.startsWith("\xEF\xBB\xBF") ? bytes.mid(3) : bytes;
        const QList<qsizetype> begins = partsOf(clean);
        int line = 0; // lines before this part
        for (qsizetype i = 0; i < begins.size() && !m_stop.stop_requested(); ++i) {
            const qsizetype end = i + 1 < begins.size() ? begins[i + 1] : clean.size();
            const QByteArray part = clean.mid(begins[i], end - begins[i]);
            document(part, name, line);
            line += static_cast<int>(part.count('\n'));
        }
    }

    int objects() const { return m_objects; }

private:
    void document(const QByteArray &part, const QString &name, int line)
    {
        const Document document = Document::read(part, ofOneDocument);
        bool broken = false;
        for (const Fault &fault : document.faults()) {
            const bool fatal = isFatal(fault);
            broken = broken || fatal;
            m_scene->unreadable(u"%1:%2:%3"_s.arg(text::safe(name)).arg(line + std::max(1, fault.place.line)).arg(std::max(1, fault.place.column)),
                                Error::make(Error::Kind::Parse, fatal ? Words::tr("A document is broken and was not judged") : Words::tr("A document is judged as kubectl reads it, but has a fault"),
                                            fault.why, fault.fix));
        }
        if (broken)
            return;
        for (int i = 0; i < document.count(); ++i)
            object(document.root(i), name, line);
    }

    void object(const Node &root, const QString &name, int line)
    {
        const QJsonObject json = root.json().toObject();
        const QString kind = json[u"kind"_s].toString();
        if (kind.isEmpty() || json[u"apiVersion"_s].toString().isEmpty())
            return; // values of a chart, or anything else that is not Kubernetes'
        if (const Node items = root.member(u"items"); kind.endsWith(u"List"_s) && items.isValid() && items.target().kind() == Node::Kind::List) {
            for (const Node &item : items.target().children()) {
                if (m_stop.stop_requested())
                    return;
                judged(item, item.json().toObject(), name, line);
            }
            return;
        }
        judged(root, json, name, line);
    }

    void judged(const Node &node, const QJsonObject &json, const QString &name, int line)
    {
        add(json, {name, line + node.line()});
        if (m_misread > mostMisread)
            return;
        for (const Shape &shape : shapesOf(json[u"kind"_s].toString()))
            check(node, QStringView(shape.path), shape, json, name, line);
        const Node meta = node.member(u"metadata");
        if (!shapesOf(json[u"kind"_s].toString()).isEmpty() && !meta.member(u"name").isValid() && !meta.member(u"generateName").isValid())
            misread(node, json, name, line, Words::tr("it has no name and was not judged"));
    }

    /// Looks at each field that `rest`, seen from `node`, names.
    void check(const Node &node, QStringView rest, const Shape &shape, const QJsonObject &json, const QString &name, int line)
    {
        const qsizetype dot = rest.indexOf(u'.');
        const QStringView step = dot < 0 ? rest : rest.first(dot);
        const QStringView further = dot < 0 ? QStringView() : rest.sliced(dot + 1);
        const auto look = [&](const Node &found) {
            // What is around it has a Shape of its own.
            if (!found.isValid() || found.kind() == Node::Kind::Null)
                return;
            if (!further.isEmpty())
                check(found, further, shape, json, name, line);
            else if (!isOf(found, shape.type))
                misread(found, json, name, line, Words::tr("%1 is %2 and was not read: %3", "field, what it is, what is expected").arg(shape.path, kindName(found.kind()), typeName(shape.type)));
        };
        if (step == u"*") {
            if (node.kind() == Node::Kind::List) {
                for (const Node &item : node.target().children())
                    look(item);
            }
        } else if (node.kind() == Node::Kind::Map) {
            look(node.member(step));
        }
    }

    void misread(const Node &node, const QJsonObject &json, const QString &name, int line, const QString &why)
    {
        if (++m_misread > mostMisread)
            return;
        const manifest::Place place = node.keyPlace();
        m_scene->unreadable(u"%1:%2:%3"_s.arg(text::safe(name)).arg(line + std::max(1, place.line)).arg(std::max(1, place.column)),
                            Error::make(Error::Kind::Parse, Words::tr("A field was not read"),
                                        Words::tr("%1: %2", "object, what is wrong with it").arg(audit::shown(audit::nameOf(json)), why),
                                        Words::tr("Correct it: the API server refuses the object as it is.")));
    }

    void add(const QJsonObject &object, const Place &place)
    {
        const qsizetype before = m_scene->count();
        m_scene->add(object, place);
        m_objects += m_scene->count() > before || m_scene->find(audit::nameOf(object));
    }

    Scene *m_scene;
    const std::stop_token m_stop;
    int m_misread = 0;
    int m_objects = 0;
};

Result<QByteArray> readFile(const QString &path, qint64 most)
{
    if (std::optional<Error> refused = refusedFile(path))
        return fail(*std::move(refused));
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fail(Error::Kind::Io, Words::tr("%1 cannot be read").arg(text::safe(path)), file.errorString(), Words::tr("Check its permissions"));
    // In pieces: a pipe has no size, and a device may have no end.
    QByteArray bytes;
    while (bytes.size() <= most) {
        const QByteArray piece = file.read(1 << 16);
        if (piece.isEmpty())
            break;
        bytes += piece;
    }
    if (bytes.size() > most)
        return fail(Error::Kind::Unsupported, Words::tr("%1 is too large").arg(text::safe(path)), Words::tr("The audit reads at most %1").arg(text::bytes(most)), Words::tr("Name a smaller folder"));
    return bytes;
}

Error nothing(const QString &path)
{
    return Error::make(Error::Kind::NotFound, Words::tr("There is no Kubernetes object in %1").arg(text::safe(path)), {},
                       Words::tr("Render the manifests first, for instance with: kubectl kustomize DIR | cairnctl audit --manifests -"));
}

/// All files to read below a folder, by the name that places call them, in order.
Result<QMap<QString, QString>> filesOf(const QString &folder, const ManifestLimits &limits, Scene *scene, const std::stop_token &stop)
{
    const QString root = QDir(folder).canonicalPath();
    QMap<QString, QString> files;
    QSet<QString> taken; ///< canonical: a file that two links name is read once
    QList<std::pair<QString, int>> open{{root, 0}};
    while (!open.isEmpty()) {
        if (stop.stop_requested())
            return fail(Error::cancelled());
        const auto [path, depth] = open.takeLast();
        QDirIterator it(path, QDir::Files | QDir::Dirs | QDir::NoDotAndDotDot | QDir::System);
        while (it.hasNext()) {
            it.next();
            const QFileInfo info = it.fileInfo();
            const QString name = QDir(root).relativeFilePath(info.absoluteFilePath());
            const QString real = info.canonicalFilePath();
            if (info.isSymLink() && real != root && !real.startsWith(root + u'/')) {
                scene->unreadable(text::safe(name), Error::make(Error::Kind::Unsupported, Words::tr("A link was not followed"), Words::tr("It leads out of the folder, or nowhere")));
                continue;
            }
            if (info.isDir()) {
                // Links to folders would be read twice, or for ever.
                if (info.isSymLink())
                    continue;
                if (depth + 1 > limits.depth)
                    scene->unreadable(text::safe(name), Error::make(Error::Kind::Unsupported, Words::tr("A folder is too deep and was not read")));
                else
                    open.append({info.absoluteFilePath(), depth + 1});
                continue;
            }
            static const QStringList endings{u"yaml"_s, u"yml"_s, u"json"_s};
            if (!QFileInfo(real).isFile() || !endings.contains(info.suffix().toLower()) || taken.contains(real))
                continue;
            taken.insert(real);
            files.insert(name, real);
            if (files.size() > limits.files)
                return fail(Error::Kind::Unsupported, Words::tr("There are more than %1 files in %2").arg(limits.files).arg(text::safe(folder)), {}, Words::tr("Name a smaller folder"));
        }
    }
    return files;
}

} // namespace

Result<Scene> readManifestText(const QByteArray &bytes, const QString &name, std::stop_token stop)
{
    Scene scene(Scene::Source::Manifests, QDateTime::currentDateTimeUtc());
    Reader reader(&scene, stop);
    reader.text(bytes, name);
    if (stop.stop_requested())
        return fail(Error::cancelled());
    if (reader.objects() == 0)
        return fail(scene.gaps().isEmpty() ? nothing(name) : scene.gaps().first().error);
    return scene;
}

Result<Scene> readManifests(const QString &path, const ManifestLimits &limits, std::stop_token stop)
{
    const QFileInfo info(path);
    if (!info.exists())
        return fail(Error::Kind::NotFound, Words::tr("There is no %1").arg(text::safe(path)), {}, Words::tr("Check the path"));
    if (!info.isDir()) {
        const Result<QByteArray> bytes = readFile(path, limits.bytes);
        return bytes ? readManifestText(*bytes, path, stop) : fail(bytes.error());
    }
    Scene scene(Scene::Source::Manifests, QDateTime::currentDateTimeUtc());
    const Result<QMap<QString, QString>> files = filesOf(path, limits, &scene, stop);
    if (!files)
        return fail(files.error());
    Reader reader(&scene, stop);
    qint64 left = limits.bytes;
    for (auto it = files->begin(); it != files->end(); ++it) {
        const Result<QByteArray> bytes = readFile(it.value(), left);
        if (!bytes && bytes.error().kind == Error::Kind::Unsupported)
            return fail(bytes.error());
        if (!bytes) {
            scene.unreadable(text::safe(it.key()), bytes.error());
            continue;
        }
        left -= bytes->size();
        reader.text(*bytes, it.key());
        if (stop.stop_requested())
            return fail(Error::cancelled());
    }
    if (reader.objects() == 0)
        return fail(scene.gaps().isEmpty() ? nothing(path) : scene.gaps().first().error);
    return scene;
}

std::optional<Error> refusedFile(const QString &path)
{
    const QFileInfo file(path);
    if (!file.exists() || file.isFile() || path.startsWith("/dev/fd/"_L1) || path.startsWith("/proc/self/fd/"_L1) || path == "/dev/stdin"_L1)
        return std::nullopt;
    return Error::make(Error::Kind::Io, Words::tr("%1 is not read").arg(text::safe(path)),
                       file.isDir() ? Words::tr("It is a folder") : Words::tr("It is not a regular file"), Words::tr("Name a file"));
}

} // namespace cairn::app
