// SPDX-License-Identifier: GPL-3.0-or-later
// Where templates are read from, and what a job becomes as one.
#include "base/Names.h"
#include "base/Text.h"
#include "launch/Draft.h"
#include "launch/Review.h"
#include "launch/Template.h"
#include "manifest/Yaml.h"

#include <QCoreApplication>
#include <QDir>
#include <QDirIterator>
#include <QJsonArray>
#include <algorithm>
#include <functional>

using namespace Qt::StringLiterals;

namespace cairn::launch {
namespace {

using manifest::Path;

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::launch::TemplateFiles)
};

constexpr qint64 kMostBytes = 1024 * 1024;
constexpr int kMostTemplates = 500;
constexpr int kMostNames = 5000;
constexpr int kDeepest = 4; // levels of folders

/// One folder and what is below it.
class Walk {
public:
    explicit Walk(const QString &folder)
        : m_root(QDir(folder).canonicalPath())
    {
    }

    TemplateFolder read()
    {
        walk(m_root, {}, 0);
        std::ranges::sort(m_found.templates, {}, &Template::id);
        if (m_full)
            m_found.notes.append(Words::tr("There are more than %1 templates, or %2 files: the others are left out.")
                                     .arg(kMostTemplates).arg(text::number(kMostNames)));
        return m_found;
    }

private:
    QString m_root;
    TemplateFolder m_found;
    int m_names = 0;
    bool m_full = false;

    void walk(const QString &folder, const QString &prefix, int level)
    {
        QStringList folders;
        QDirIterator names(folder, QDir::Files | QDir::Dirs | QDir::System | QDir::NoDotAndDotDot);
        while (names.hasNext()) {
            const QString path = names.next();
            const QFileInfo info = names.fileInfo();
            if (++m_names > kMostNames || m_found.templates.size() >= kMostTemplates) {
                m_full = true;
                return;
            }
            const QString name = info.fileName();
            if (name.startsWith(u'.'))
                continue;
            if (info.isDir()) {
                if (info.isSymLink())
                    m_found.notes.append(Words::tr("%1 is a link to a folder, which is not followed.").arg(text::safe(prefix + name)));
                else
                    folders.append(name);
                continue;
            }
            const QString suffix = info.suffix();
            if ((suffix != "yaml"_L1 && suffix != "yml"_L1) || info.completeBaseName().endsWith(".form"_L1))
                continue;
            take(path, prefix + info.completeBaseName());
        }
        folders.sort();
        for (const QString &name : std::as_const(folders)) {
            if (level + 1 >= kDeepest)
                m_found.notes.append(Words::tr("%1 lies too deep to be read.").arg(text::safe(prefix + name)));
            else
                walk(folder + u'/' + name, prefix + name + u'/', level + 1);
        }
    }

    void take(const QString &path, const QString &id)
    {
        Template made;
        made.id = id;
        made.title = id.section(u'/', -1);
        const Result<QByteArray> yaml = bytes(path);
        if (yaml) {
            Result<QByteArray> form = QByteArray();
            const QString stem = path.left(path.lastIndexOf(u'.'));
            for (const QString &suffix : {u".form.yaml"_s, u".form.yml"_s}) {
                if (const QFileInfo beside(stem + suffix); beside.exists() || beside.isSymLink()) {
                    form = bytes(beside.filePath());
                    break;
                }
            }
            if (form)
                made = readTemplate(id, *yaml, *form);
            else
                made.broken = form.error();
        } else {
            made.broken = yaml.error();
        }
        made.file = path;
        m_found.templates.append(made);
    }

    /// The place is looked at and then opened by the name that was found: a link that is changed between leads to nothing that
    /// could not be named here anyway, and what is read is only ever shown to who can read it.
    Result<QByteArray> bytes(const QString &path) const
    {
        const QFileInfo info(path);
        const QString real = info.canonicalFilePath();
        const auto refuse = [&](const QString &why, const QString &fix = {}) {
            return fail(Error::Kind::Invalid, Words::tr("%1 was not read").arg(text::safe(info.fileName())), why, fix);
        };
        if (real.isEmpty())
            return refuse(info.isSymLink() ? Words::tr("It is a link to nothing.") : Words::tr("It is gone."));
        if (!real.startsWith(m_root + u'/'))
            return refuse(Words::tr("It is a link that leads out of the folder."), Words::tr("Copy the file into the folder."));
        if (!QFileInfo(real).isFile())
            return refuse(Words::tr("It is no regular file."));
        QFile file(real);
        if (!file.open(QIODevice::ReadOnly))
            return refuse(file.errorString());
        const QByteArray read = file.read(kMostBytes + 1);
        if (read.size() > kMostBytes)
            return refuse(Words::tr("It has more than 1 MiB."), Words::tr("A template holds one job."));
        return read;
    }
};

void eachText(const QJsonValue &value, const Path &at, const std::function<void(const Path &, const QString &)> &visit)
{
    if (value.isString()) {
        visit(at, value.toString());
    } else if (value.isObject()) {
        const QJsonObject map = value.toObject();
        for (auto it = map.begin(); it != map.end(); ++it)
            eachText(it.value(), Path(at).field(it.key()), visit);
    } else if (value.isArray()) {
        const QJsonArray list = value.toArray();
        for (int i = 0; i < list.size(); ++i)
            eachText(list.at(i), Path(at).item(i), visit);
    }
}

QJsonObject parameterJson(const QString &name, const QString &title, const QString &type, const QJsonArray &places)
{
    return {{u"name"_s, name}, {u"title"_s, title}, {u"type"_s, type}, {u"paths"_s, places}};
}

} // namespace

QList<Template> builtInTemplates()
{
    QList<Template> all;
    const QDir folder(u":/cairn/templates"_s);
    const auto bytes = [&](const QString &name) {
        QFile file(folder.filePath(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    };
    for (const QString &name : folder.entryList({u"*.yaml"_s})) {
        const QString id = name.chopped(5);
        if (id.endsWith(".form"_L1))
            continue;
        Template made = readTemplate(id, bytes(name), bytes(id + u".form.yaml"_s));
        made.file = folder.filePath(name);
        made.builtIn = true;
        all.append(made);
    }
    std::ranges::sort(all, {}, &Template::title);
    return all;
}

TemplateFolder readTemplates(const QString &folder)
{
    const QFileInfo info(folder);
    if (!info.exists())
        return {};
    TemplateFolder none;
    if (!info.isDir() || !info.isReadable()) {
        none.error = Error::make(Error::Kind::Io, Words::tr("The templates in %1 cannot be read").arg(text::safe(folder)),
            info.isDir() ? Words::tr("You may not read the folder.") : Words::tr("It is no folder."),
            Words::tr("Choose another folder in Settings."));
        return none;
    }
    return Walk(folder).read();
}

Result<MadeTemplate> templateOf(const QByteArray &text, const QString &title)
{
    const Draft draft = draftOf(text);
    if (!draft.isJob())
        return fail(Error::Kind::Invalid, Words::tr("This is no job that can become a template"),
            draft.faults.isEmpty() ? draft.why : draft.faults.first().why, Words::tr("Correct the text first."));
    MadeTemplate made;
    manifest::Document document = manifest::Document::read(text);
    const auto remove = [&](const Path &path) -> Result<> {
        return document.at(path).isValid() ? document.remove(path) : Result<>();
    };
    QList<Path> gone{Path{u"metadata"_s, u"namespace"_s}};
    const QJsonObject annotations =
        draft.job.value("metadata"_L1).toObject().value("annotations"_L1).toObject();
    bool all = !annotations.isEmpty();
    for (const QString &key : annotations.keys()) {
        if (key.startsWith(names::prefix))
            gone.append(Path{u"metadata"_s, u"annotations"_s}.field(key));
        else
            all = false;
    }
    if (all)
        gone = {gone.first(), Path{u"metadata"_s, u"annotations"_s}};
    for (const Path &path : std::as_const(gone)) {
        if (const Result<> done = remove(path); !done)
            return fail(done.error());
    }
    // A template is shared: what nobody else should read does not go with it. Whatever holds a name and a value is a variable.
    QList<Path> secrets;
    const std::function<void(const QJsonValue &, const Path &)> look = [&](const QJsonValue &value, const Path &at) {
        if (value.isArray()) {
            for (int i = 0; i < value.toArray().size(); ++i)
                look(value.toArray().at(i), Path(at).item(i));
            return;
        }
        const QJsonObject map = value.toObject();
        const QString name = map.value("name"_L1).toString();
        if (!map.value("value"_L1).toString().isEmpty() && soundsSecret(name)) {
            secrets.append(Path(at).field(u"value"_s));
            if (!made.blanked.contains(name))
                made.blanked.append(name);
        }
        for (auto it = map.begin(); it != map.end(); ++it) {
            if (it.value().isObject() || it.value().isArray())
                look(it.value(), Path(at).field(it.key()));
        }
    };
    look(document.json(), {});
    for (const Path &path : std::as_const(secrets)) {
        if (const Result<> done = document.set(path, QString()); !done)
            return fail(done.error());
    }
    made.yaml = document.text();

    QJsonArray named, images, many;
    const QString folder = u'/' + draft.spec.name;
    eachText(document.json(), {}, [&](const Path &at, const QString &value) {
        const QString field = at.steps().last().name;
        if (at == Path{u"metadata"_s, u"name"_s})
            named.prepend(at.text());
        else if (!draft.spec.name.isEmpty() && value.endsWith(folder) && field != "image"_L1)
            named.append(QJsonObject{{u"path"_s, at.text()}, {u"as"_s, value.chopped(draft.spec.name.size()) + u"{}"_s}});
        else if (field == "image"_L1 && value == draft.spec.image)
            images.append(at.text());
    });
    const bool trainJob = facts(draft.spec.kind).isTrainJob();
    const Path pods = trainJob ? Path{u"spec"_s, u"trainer"_s, u"numNodes"_s}
                               : Path{u"spec"_s, facts(draft.spec.kind).replicaSpecs, u"Worker"_s, u"replicas"_s};
    if (document.at(pods).isValid())
        many.append(pods.text());
    QJsonArray parameters;
    const auto add = [&](const QString &name, const QString &caption, const QString &type, const QJsonArray &places) {
        if (!places.isEmpty())
            parameters.append(parameterJson(name, caption, type, places));
    };
    add(u"name"_s, Words::tr("Name"), u"text"_s, named);
    add(u"image"_s, Words::tr("Image"), u"text"_s, images);
    add(trainJob ? u"nodes"_s : u"workers"_s, trainJob ? Words::tr("Nodes") : Words::tr("Workers"), u"number"_s, many);
    QJsonObject form{{u"parameters"_s, parameters}};
    if (!title.isEmpty())
        form.insert(u"title"_s, title);
    made.form = manifest::toYaml(form, {u"title"_s, u"name"_s, u"type"_s}).toUtf8();
    return made;
}

} // namespace cairn::launch
