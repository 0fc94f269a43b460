// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "launch/Incoming.h"
#include "launch/Template.h"

#include <QWidget>
#include <optional>

class QGridLayout;
class QVBoxLayout;

namespace cairn::forms {
class ChoiceField;
class Field;
class FieldRow;
class Form;
} // namespace cairn::forms
namespace cairn::kit {
class Banner;
class Button;
class Paragraph;
} // namespace cairn::kit

namespace cairn::pages {

class StartCard;

/// What a job can be begun with; the numbers are kept in drafts.
enum class LaunchStart { Blank, Clone, Yaml, Template };

/// A job that can be cloned. `detail` is safe to show, the name is raw.
struct LaunchSource {
    QString key; ///< items::jobKey
    QString name;
    QString detail; ///< "nlp · Running"
    bool operator==(const LaunchSource &) const = default;
};

/// Checkpoints of the job that is to be cloned. Texts are safe to show.
struct LaunchCheckpoints {
    struct Item {
        QString path; ///< within the job's listing
        QString text; ///< "Step 12 000"
        QString detail; ///< "whole · 9 min ago"
        QString refusal; ///< why nothing can begin there; "" where it can
        bool operator==(const Item &) const = default;
    };
    QString job; ///< key of the job
    QList<Item> items = {};
    QString why = {}; ///< a sentence where there is none
};

/// What the job that is shown took the place of, so that it can be gone back to.
struct LaunchFormer {
    QString what; ///< "PyTorchJob bert-xl"; safe to show
    QString how; ///< why it went, and what was lost by it: sentences, safe to show
};

/// What the wizard begins with: nothing, a template with its parameters, another job or one of its checkpoints, or a text that is pasted,
/// opened or dropped. Tells what was chosen; the owner puts the text together. Pure presentation; GUI thread only.
class LaunchStartPart : public QWidget {
    Q_OBJECT
public:
    explicit LaunchStartPart(QWidget *parent = nullptr);

    /// What the text was begun with. `source`: key of the job, `checkpoint` of it, or id of the template.
    void setStart(LaunchStart start, const QString &source = {}, const QString &checkpoint = {});
    LaunchStart start() const { return m_start; }
    /// Key of the job that is chosen to be cloned; "" for none.
    QString source() const;
    /// `read`: the cluster was asked; before that none is no answer.
    void setJobs(const QList<LaunchSource> &jobs, bool read);
    void setCheckpoints(const LaunchCheckpoints &checkpoints);
    /// `folder`: where the user's own are; `notes`: what was left out there. Both safe to show.
    void setTemplates(const QList<launch::Template> &templates, const QString &folder, const QStringList &notes);
    /// Why the template could not be filled in: its causes name parameters.
    void setTemplateError(const Error &error);
    /// Of a text with several: which one is meant is asked for. Empty: it has one.
    void setObjects(const QList<launch::Incoming::Object> &objects);
    void setFormer(const std::optional<LaunchFormer> &former);

signals:
    /// `key` of the job to clone; "" otherwise. Template and Yaml wait for what follows.
    void startChosen(cairn::pages::LaunchStart start, const QString &key);
    /// The checkpoint of this job to begin at; "" for the job's own beginning.
    void checkpointChosen(const QString &key, const QString &checkpoint);
    /// The user looks for one: its checkpoints are wanted.
    void checkpointsWanted(const QString &key);
    void templateChosen(const QString &id, const cairn::launch::TemplateValues &values);
    void openFileRequested();
    void pasteRequested();
    void objectChosen(int index);
    void formerRequested();

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    QWidget *makeCards();
    QWidget *makeClone();
    QWidget *makeTemplate();
    QWidget *makeYaml();
    void arrangeCards();
    void showRows();
    void chooseTemplate();
    void useTemplate();
    forms::Field *fieldFor(const launch::TemplateParameter &parameter);
    const launch::Template *chosen() const;

    LaunchStart m_start = LaunchStart::Blank;
    QList<StartCard *> m_cards; ///< in the order shown
    QGridLayout *m_cardGrid;
    int m_columns = 0;
    kit::Banner *m_former;
    QWidget *m_clone, *m_template, *m_yaml;
    forms::ChoiceField *m_source, *m_checkpoint;
    forms::FieldRow *m_checkpointRow;
    LaunchCheckpoints m_checkpoints;
    QString m_beginsAt; ///< the checkpoint that the text was begun with
    forms::ChoiceField *m_templates, *m_objects;
    forms::FieldRow *m_templateRow;
    QVBoxLayout *m_parameterBox;
    forms::Form *m_parameters = nullptr;
    QList<std::pair<QString, forms::Field *>> m_fields; ///< by parameter
    kit::Button *m_use;
    kit::Paragraph *m_templateNotes;
    QList<launch::Template> m_all;
    QWidget *m_objectForm;
};

} // namespace cairn::pages
