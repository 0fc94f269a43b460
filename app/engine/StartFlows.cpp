// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/StartFlows.h"

#include "base/Names.h"
#include "base/Nearest.h"
#include "base/Text.h"
#include "engine/BulkFlows.h"
#include "launch/Draft.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QStandardPaths>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::app::StartFlows)
};

} // namespace

QString ownTemplateFolder()
{
    return QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) + u"/cairn/templates"_s;
}

int TemplateShelf::own() const
{
    return static_cast<int>(std::ranges::count(templates, false, &launch::Template::builtIn));
}

const launch::Template *TemplateShelf::find(const QString &id) const
{
    const auto at = std::ranges::find(templates, id, &launch::Template::id);
    return at == templates.end() ? nullptr : &*at;
}

TemplateShelf readShelf(const QString &folder)
{
    const launch::TemplateFolder own = launch::readTemplates(folder);
    TemplateShelf shelf{folder, own.templates, own.notes, own.error};
    for (const launch::Template &one : launch::builtInTemplates()) {
        if (shelf.find(one.id) == nullptr)
            shelf.templates.append(one);
    }
    return shelf;
}

Result<launch::Template> chooseTemplate(const TemplateShelf &shelf, const QString &id)
{
    if (const launch::Template *found = shelf.find(id)) {
        if (found->broken)
            return fail(*found->broken);
        return *found;
    }
    QStringList ids;
    for (const launch::Template &one : shelf.templates)
        ids.append(one.id);
    const QString near = text::nearestOf(id, ids);
    return fail(Error::Kind::NotFound, Words::tr("There is no template %1").arg(text::safe(id)),
        shelf.error ? shelf.error->oneLine() : QString(),
        near.isEmpty() ? Words::tr("See: cairnctl job templates") : Words::tr("Did you mean %1?").arg(text::safe(near)));
}

Result<QByteArray> textFromTemplate(const launch::Template &from, const launch::TemplateValues &values, const QString &ns,
    const LaunchDefaults &defaults)
{
    const Result<QByteArray> text = launch::filled(from, values);
    if (!text)
        return text;
    const launch::Draft draft = launch::draftOf(*text);
    if (!draft.isJob())
        return fail(Error::Kind::Invalid, Words::tr("The template %1 holds no job").arg(text::safe(from.id)), draft.why, draft.fix);
    launch::Spec after = withDefaults(draft.spec, defaults);
    if (after.ns.isEmpty())
        after.ns = ns;
    const Result<launch::Draft> made = launch::edited(draft, draft.spec, after, defaults.fields);
    return made ? Result<QByteArray>(made->text) : fail(made.error());
}

Result<QStringList> saveAsTemplate(const QString &folder, const QString &name, const QByteArray &text)
{
    const QString what = Words::tr("The template was not saved");
    if (const QString why = launch::whyNoTemplateName(name); !why.isEmpty())
        return fail(Error::Kind::Invalid, what, why, Words::tr("Choose another name."));
    const Result<launch::MadeTemplate> made = launch::templateOf(text, name.section(u'/', -1));
    if (!made)
        return fail(made.error());
    // What is written has to be what is read again.
    if (const launch::Template again = launch::readTemplate(name, made->yaml, made->form); again.broken)
        return fail(*again.broken);
    const QString file = folder + u'/' + name + u".yaml"_s;
    const QString form = folder + u'/' + name + u".form.yaml"_s;
    for (const QString &path : {file, form, folder + u'/' + name + u".yml"_s}) {
        if (QFileInfo::exists(path) || QFileInfo(path).isSymLink())
            return fail(Error::Kind::Conflict, what, Words::tr("%1 is there already.").arg(text::safe(path)),
                Words::tr("Choose another name, or remove the file."));
    }
    if (!QDir().mkpath(QFileInfo(file).path()))
        return fail(Error::Kind::Io, what, Words::tr("The folder %1 cannot be made.").arg(text::safe(QFileInfo(file).path())),
            Words::tr("Choose another folder in Settings."));
    // The form first: without it the YAML would be a template with a name alone.
    for (const auto &[path, bytes] : {std::pair{form, made->form}, std::pair{file, made->yaml}}) {
        if (const Result<> saved = saveFile(path, bytes); !saved) {
            QFile::remove(form);
            return fail(saved.error());
        }
    }
    return made->blanked;
}

Result<CheckpointCopy> copyFromCheckpoint(jobs::ResumeRequest request, const QString &name)
{
    const Result<QJsonObject> copy = cloned(request.object, name);
    if (!copy)
        return fail(copy.error());
    const QString from = request.job.name;
    const launch::Spec spec = launch::specOf(*copy);
    const QString told = launch::policyOf(spec, launch::recognise(spec)).folder;
    request.object = *copy;
    request.newObject = true;
    request.useWrapper = false;
    request.newName = name;
    request.saveInto = !told.isEmpty() || request.saveDir.isEmpty() ? told : folderOfCopy(request.saveDir, from, name);
    const jobs::ResumePlan plan = jobs::planResume(request);
    if (!plan.feasible()) {
        Error error = Error::make(Error::Kind::Invalid, Words::tr("No job can begin at this checkpoint of %1").arg(text::safe(from)),
            plan.problems.first().text, plan.problems.first().fix);
        for (const jobs::PlanNote &problem : plan.problems)
            error.causes.append({{}, problem.id, problem.text});
        return fail(error);
    }
    QJsonObject result = plan.result;
    QJsonObject metadata = result.value("metadata"_L1).toObject();
    QJsonObject annotations = metadata.value("annotations"_L1).toObject();
    // It is a job of its own, not another attempt of that one: what it began at is told, and no lineage.
    for (const QLatin1StringView mark : {"attempt"_L1, "parent-name"_L1, "parent-uid"_L1, "resume-id"_L1})
        annotations.remove(names::name(mark));
    metadata.insert(u"annotations"_s, annotations);
    result.insert(u"metadata"_s, metadata);
    CheckpointCopy made{launch::textOf(result), plan.told, {}};
    static const QStringList telling{u"restarts-from-named"_s, u"script-must-pass"_s, u"unverified"_s, u"image-arguments"_s, u"runtime-changed"_s};
    std::ranges::copy_if(plan.warnings, std::back_inserter(made.notes), [](const change::Note &note) { return telling.contains(note.id); });
    return made;
}

} // namespace cairn::app
