// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Secret.h"
#include "change/Change.h"
#include "forms/ChoiceField.h"
#include "storage/Volumes.h"

#include <QDialog>

class QVBoxLayout;

namespace cairn::editors {
class CodeEditor;
}
namespace cairn::forms {
class FieldRow;
class Form;
class QuantityField;
class SecretField;
class TextField;
} // namespace cairn::forms
namespace cairn::kit {
class Button;
class Check;
class CheckList;
class Paragraph;
} // namespace cairn::kit

namespace cairn::dialogs {

/// What the cluster offers to make storage of. Texts are safe to show, ids raw.
struct VolumeOffers {
    bool read = false;                     ///< false: nothing below is known yet
    QList<forms::Option> classes = {};     ///< StorageClasses
    QMap<QString, QString> obstacles = {}; ///< why a kind cannot be made, by "KIND" and, of a class, "KIND/class"
    QMap<QString, QString> drivers = {};   ///< how a kind's driver is called here, where that is not usual
    QStringList gaps = {};                 ///< what could not be read
};

/// What came of the dry run.
struct VolumeTrial {
    QList<storage::VolumeRefusal> refused = {};
    QList<change::Note> problems = {};
    QList<change::Note> warnings = {};
    QList<change::Check> checks = {};
    std::optional<Error> error = {}; ///< the cluster could not be asked
    bool accepted = false;
};

/// Makes storage for jobs: kind, its fields, and the YAML they come to, which is only made after the server tried that very text. What goes
/// on at the server is its owner's. Show it with open(). GUI thread only.
class VolumeDialog : public QDialog {
    Q_OBJECT

public:
    /// `name` is proposed for the claim.
    VolumeDialog(const QString &ns, const QString &name, QWidget *parent = nullptr);
    ~VolumeDialog() override;

    void setOffers(const VolumeOffers &offers);
    void setTrying();
    /// Of spec(); a change of any field takes it away.
    void setTrial(const VolumeTrial &trial);
    /// It is being made: `latest` is what it does now.
    void setMaking(const QString &latest);
    /// How it ended. What failed may be tried again; where `canTakeBack`, what was made of it is still there.
    void setMade(const QString &text, bool failed, bool canTakeBack);

    storage::VolumeSpec spec() const;
    /// Values of the Secret that is made, by key; empty where none is.
    QMap<QString, Secret> secrets() const;

signals:
    void tryRequested();
    void makeRequested();
    void stopRequested();
    void takeBackRequested();
    void saveRequested(const QString &yaml);

private:
    enum class Stage { Editing, Trying, Tried, Making, Made, Failed };

    QWidget *makeForm();
    QWidget *makePreview();
    QLayout *makeFoot();
    void chooseKind();
    void fillKinds();
    void edited();
    void enter(Stage stage);
    void showItems(const VolumeTrial &trial);
    bool byClass() const;

    const QString m_ns;
    QString m_chosenWay; ///< of kinds that know both
    VolumeOffers m_offers;
    Stage m_stage = Stage::Editing;
    bool m_accepted = false;
    bool m_canTakeBack = false;
    QMap<QString, QString> m_typed; ///< what was said for any kind so far: it comes back with the kind

    forms::ChoiceField *m_kind;
    forms::ChoiceField *m_way;
    forms::FieldRow *m_wayRow, *m_sizeRow;
    forms::TextField *m_name;
    forms::QuantityField *m_size;
    kit::Paragraph *m_about;
    QVBoxLayout *m_place; ///< of the form of the kind
    forms::Form *m_form = nullptr;
    QList<std::pair<QString, forms::Field *>> m_fields; ///< by VolumeField::id
    kit::Check *m_withSecret = nullptr;
    QList<std::pair<QString, forms::SecretField *>> m_secrets;
    editors::CodeEditor *m_yaml;
    kit::CheckList *m_items;
    kit::Paragraph *m_state;
    kit::Button *m_cancel, *m_save, *m_takeBack, *m_try, *m_make;
};

} // namespace cairn::dialogs
