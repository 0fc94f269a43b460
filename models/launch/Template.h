// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "launch/Spec.h"

#include <QByteArray>
#include <QMap>
#include <optional>

/// Templates of jobs. A template is a plain file NAME.yaml that holds one job and can be applied as it is. What can be set
/// in it stands beside it in NAME.form.yaml (docs/LAUNCH.md); without that file its name alone can be set. Values are
/// written at their places in the text, so that comments and all else stay.
namespace cairn::launch {

/// One thing that can be set.
struct TemplateParameter {
    enum class Type { Text, Number, Quantity, Choice, Bool };
    struct Place {
        QString path = {}; ///< of the document (manifest::Path)
        QString as = {};   ///< the text there, with "{}" for the value: "--save_steps={}"; empty: the value alone
        bool operator==(const Place &) const = default;
    };
    QString name = {};  ///< "workers": what --set says
    QString title = {}; ///< raw, as `help`
    QString help = {};
    Type type = Type::Text;
    QString preset = {}; ///< what the template's text says already, where `default` says nothing else
    bool required = false;
    std::optional<double> least = {};
    std::optional<double> most = {};
    QStringList choices = {};
    QList<Place> places = {};
    bool operator==(const TemplateParameter &) const = default;
};
QString typeWord(TemplateParameter::Type type); ///< "text", "number", "quantity", "choice", "bool"

/// What is set, as text: "2", "64Gi", "true". Parameters that are not named keep what they are preset to.
using TemplateValues = QMap<QString, QString>;

struct Template {
    QString id = {};   ///< "pytorch-ddp"; of one in a folder below: "team/pytorch-ddp"
    QString file = {}; ///< where its YAML is
    bool builtIn = false;
    QString title = {}; ///< raw, as `text`; the id where it has none
    QString text = {};  ///< one sentence
    QByteArray yaml = {};
    QString kind = {}; ///< "PyTorchJob"
    QList<TemplateParameter> parameters = {};
    std::optional<Error> broken = {}; ///< why it cannot be used; its place is in causes, as of manifest::Document::error()
};

/// Of texts that were read already; `form` empty: there is none. Never fails: what is wrong is in `broken`. Any thread.
Template readTemplate(const QString &id, const QByteArray &yaml, const QByteArray &form);

/// Those that come with Cairn, by title.
QList<Template> builtInTemplates();

struct TemplateFolder {
    QList<Template> templates = {};   ///< by id; broken ones too
    QStringList notes = {};           ///< what was left out, a sentence each; safe to show
    std::optional<Error> error = {};  ///< the folder cannot be read; one that is not there yet is empty, and no error
};
/// All templates in `folder` and, up to four levels, in folders below it, as of a Git checkout; names that begin with a dot
/// are left out. Nothing outside of the folder is read: a symbolic link that leads out of it is listed as broken, one to a folder
/// is not followed. At most 500 templates of 1 MiB each, and 5,000 names. Blocking.
TemplateFolder readTemplates(const QString &folder);

/// The text with these values in it. Fails with everything that is wrong at once, causes[i].field names the parameter.
Result<QByteArray> filled(const Template &from, const TemplateValues &values);

/// What a job becomes as a template: its YAML without namespace, Cairn's annotations, and the plain values of variables that sound
/// like secrets, and a form for name, image and pods.
struct MadeTemplate {
    QByteArray yaml = {};
    QByteArray form = {};
    QStringList blanked = {}; ///< names of the variables whose value was left out
};
Result<MadeTemplate> templateOf(const QByteArray &text, const QString &title);
/// "pytorch-ddp", "team/ddp.v2": what a file may be called; empty where the name will do, else a sentence.
QString whyNoTemplateName(const QString &name);

} // namespace cairn::launch
