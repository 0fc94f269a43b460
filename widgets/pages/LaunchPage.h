// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "forms/Field.h"
#include "forms/ListFields.h"
#include "launch/Draft.h"
#include "launch/Measure.h"
#include "launch/Pools.h"
#include "launch/Review.h"
#include "manifest/Diff.h"
#include "manifest/Schema.h"
#include "pages/FitPanel.h"
#include "pages/LaunchPageStart.h"
#include "pages/WizardPage.h"

#include <QSet>
#include <functional>
#include <memory>
#include <optional>


namespace cairn::editors {
class CodeEditor;
class CodeProvider;
class DiffView;
} // namespace cairn::editors
namespace cairn::forms {
class ChoiceField;
class FieldRow;
class Form;
class KeyValueField;
class NumberField;
class TextField;
} // namespace cairn::forms
namespace cairn::kit {
class Button;
class Check;
class CheckList;
class Chip;
class Note;
class Segment;
class SignLine;
class StateView;
class Tag;
} // namespace cairn::kit

namespace cairn::pages {

class AdvisorCard;

/// What the fields can be set to, as the cluster offers it. Names are raw.
struct LaunchChoices {
    struct Claim {
        QString name;
        QStringList modes; ///< "ReadWriteMany" …
        QString size;      ///< "1Ti"; empty: not said
        bool bound = false;
        QString proof = {};    ///< what a test from two nodes found; safe to show; empty: none was made
        bool shared = false;   ///< by that test
        bool proving = false;  ///< it is being tested now
        bool operator==(const Claim &) const = default;
    };
    bool read = false;         ///< false: nothing below is known yet
    QList<JobKind> kinds = {}; ///< served here
    launch::TrainJobFields fields = {};
    QStringList namespaces = {};
    QList<LaunchSource> jobs = {};
    QList<Claim> claims = {}; ///< of the job's namespace, as all that follows
    QStringList queues = {};
    QStringList priorities = {};
    QStringList volcanoQueues = {};
    QList<launch::NodePool> pools = {};
    QStringList runtimes = {};
    QStringList ownRuntimes = {}; ///< TrainingRuntimes of the namespace
    QSet<QString> taken = {}; ///< "PyTorchJob/bert-xl"
    QStringList gaps = {};    ///< what could not be read; safe to show
    QString makeRefusal = {};  ///< why no PVC may be made; empty: it may be tried
    QString proveRefusal = {}; ///< why none may be tested
};

/// What follows from the text, worked out away from the GUI thread.
struct LaunchResult {
    launch::Draft draft;
    bool checked = false; ///< against the schema that the cluster serves
    QList<manifest::Finding> findings;
    QList<manifest::DiffLine> diff; ///< against what it was begun with
    QList<launch::Incoming::Object> objects = {}; ///< where the text holds several
    QByteArray former = {}; ///< the text before it became one of another kind; else empty
    QStringList lost = {};  ///< then: places that are gone, as launch::lostByKind()
    bool lostWriting = false; ///< and its comments
};

/// What the cluster says of it.
struct LaunchReview {
    enum class State { Waiting, Running, Done, Failed };
    State state = State::Waiting;
    QList<launch::Point> points;  ///< launch::expertPoints()
    QList<launch::Point> net;     ///< launch::safetyNet()
    QStringList gaps;             ///< what could not be looked at; safe to show
    std::optional<Error> refused; ///< by the dry run; of Failed: why nothing could be asked
    QString unsure;               ///< a Submit got no answer: what to do, safe to show; it can be submitted again
    QString made;                 ///< key of the job, where an earlier Submit of this draft made it; `refused` is set too
    QDateTime groundAt;           ///< UTC: PVCs and other jobs are as of then; invalid: now
    std::chrono::milliseconds took{0};
};

/// Makes a training job: a form of five steps at the left and its YAML at the right, which say the same at any time.
/// The page tells what was changed, form or text; the owner works out what follows and gives it back. Pure
/// presentation; GUI thread only.
class LaunchPage : public WizardPage {
    Q_OBJECT
public:
    explicit LaunchPage(QWidget *parent = nullptr);
    ~LaunchPage() override;

    void setChoices(const LaunchChoices &choices);
    const LaunchChoices &choices() const { return m_choices; }
    /// What it was begun with. `source`: the key of the job that is cloned, or the template's id; `name` the job's, `checkpoint` of it.
    void setStart(LaunchStart start, const QString &source = {}, const QString &name = {}, const QString &checkpoint = {});
    /// How it can begin: templates, checkpoints, what was there before. Its signals are for the owner.
    LaunchStartPart *starts() const { return m_startPart; }
    /// Another text; does not emit textEdited(). It counts as soon as setResult() brings what follows from it.
    void setText(const QByteArray &text);
    /// `base`: spec() when this was begun to be worked out. What was changed in the form since stays.
    void setResult(std::shared_ptr<const LaunchResult> result, const launch::Spec &base);
    /// `review` of the text that is shown; what was said of another one goes with the next change.
    void setReview(const LaunchReview &review);
    void setFit(const LaunchFitView &view);
    /// Somebody looks at whether it can start: its tab, or a step that says so.
    bool wantsFit() const;
    void setNow(const QDateTime &now);
    /// The form could not be written into the text.
    void setFormError(const Error &error);
    /// What the namespace's own jobs tell of saving and failing.
    void setMeasured(const launch::Inputs &inputs);
    /// As AdvisorCard: what saving costs, as it was typed. The text does not hold it; it belongs to the draft.
    QMap<QString, qint64> typedCosts() const;
    void setTypedCosts(const QMap<QString, qint64> &costs);
    /// What is typed, else what was measured.
    launch::Costs costs() const;
    void setWaiting(const QString &text);
    void setError(const Error &error);
    void setSubmitting(bool submitting);
    void setProvider(editors::CodeProvider *provider);
    /// As if the user had chosen it; told by specChanged().
    void chooseClaim(const QString &volume, const QString &claim);

    const launch::Spec &spec() const { return m_spec; } ///< as the form says
    QByteArray text() const;
    bool isReviewing() const;
    bool canSubmit() const;

signals:
    void specChanged(const cairn::launch::Spec &spec);
    void textEdited();
    void frameworkChosen(cairn::launch::Framework framework);
    /// What saving costs was typed, or measured.
    void costsChanged();
    void retryRequested();
    void saveRequested();
    void saveFolderRequested(); ///< as a kustomize folder
    void saveTemplateRequested();
    /// Dropped here, or on a page that leads here.
    void fileDropped(const QString &path);
    void textDropped(const QString &text);
    void dropRefused(const QString &why);
    void copyRequested(const QString &text);
    void submitRequested();
    /// Of LaunchReview::made.
    void madeOpened(const QString &key);
    /// wantsFit() is true now; `anew`: as the cluster is by now.
    void fitWanted(bool anew);
    /// Storage for this role is wanted: "checkpoints".
    void storageRequested(const QString &volume);
    void proofRequested(const QString &claim);

protected:
    void shown(int index) override;

private:
    template <class Value>
    struct Binding {
        forms::Field *field;
        std::function<QVariant(const Value &)> get;
        std::function<void(Value &, const QVariant &)> set;
    };
    struct Role {
        QString volume;
        QString folder; ///< where it is mounted at first
        forms::ChoiceField *claim;
        forms::TextField *path;
        forms::FieldRow *row;
        kit::Button *make = nullptr;
        kit::Button *prove = nullptr;
    };
    template <class Value>
    static void fill(const QList<Binding<Value>> &bindings, const Value &value);

    QWidget *makeStart();
    QWidget *makeWorkers();
    QWidget *makeStorage();
    QWidget *makeCheckpoints();
    QWidget *makeReview();
    forms::LivePane *makeLive();
    forms::ChoiceField *makeFramework(const QString &name);
    void bind(forms::Field *field, std::function<QVariant(const launch::Spec &)> get,
        std::function<void(launch::Spec &, const QVariant &)> set);
    void bindPolicy(forms::Field *field, std::function<QVariant(const launch::Policy &)> get,
        std::function<void(launch::Policy &, const QVariant &)> set);
    void addRole(forms::Form *form, const QString &volume, const QString &caption, const QString &path);
    void addSecret();
    void chooseKind(JobKind kind);
    void chooseFramework(launch::Framework framework);
    void tell();
    void takePolicy(bool newer);
    void passPolicy();
    void makeElastic(forms::Form *form);
    void makeGang(forms::Form *form);
    void makePlacement(forms::Form *form);
    const launch::NodePool *poolOf(const launch::Spec &spec) const;
    void choosePool(launch::Spec &spec, const QString &key);
    void showWorkers();
    void showFields();
    void showKinds();
    void showClaims();
    void showCosts();
    void showSnippet();
    void showProblems();
    void showReview();
    void updateAnswer();
    void updateSteps();
    void updateSubmit();
    void updateTag();
    /// Null where it is not known, or was not read again.
    const launch::Fit *knownFit() const;
    void useNodes(int nodes);
    int problemCount() const;
    std::optional<double> stepSeconds() const;

    launch::Spec m_spec;
    launch::Policy m_policy;     ///< as the form says
    launch::Policy m_readPolicy; ///< as the text said last
    bool m_policyPending = false;
    LaunchChoices m_choices;
    std::shared_ptr<const LaunchResult> m_result;
    LaunchReview m_review;
    QString m_sourceName;
    QString m_sourceCheckpoint;
    QString m_waiting;
    QString m_formError;
    bool m_filling = false;
    bool m_submitting = false;
    QList<Binding<launch::Spec>> m_bindings;
    QList<Binding<launch::Policy>> m_policyBindings;
    QList<QWidget *> m_stepForms; ///< off while the text holds no job
    // Kind and image
    LaunchStartPart *m_startPart;
    forms::ChoiceField *m_space, *m_runtime;
    forms::TextField *m_name;
    QList<std::pair<JobKind, kit::Chip *>> m_kinds; ///< in no QButtonGroup: Tab would reach the checked one alone
    QWidget *m_kindBox;
    forms::FieldRow *m_runtimeRow, *m_nameRow, *m_kindRow;
    QList<forms::ChoiceField *> m_frameworks;
    forms::KeyValueField *m_variables;
    QWidget *m_secretRow;
    forms::TextField *m_secretVariable, *m_secretName, *m_secretKey;
    // Workers
    forms::ChoiceField *m_queue, *m_priority, *m_volcanoQueue, *m_pool;
    forms::NumberField *m_processes, *m_together, *m_retries;
    forms::Field *m_pullSecrets;
    QList<forms::NumberField *> m_elastic; ///< least, most, restarts
    forms::FieldRow *m_elasticRow, *m_gangRow, *m_poolRow, *m_retriesRow;
    // Storage
    QList<Role> m_roles;
    kit::Paragraph *m_otherMounts, *m_storageGaps;
    // Checkpoints
    kit::Check *m_onTerm;
    kit::Note *m_remarks;
    AdvisorCard *m_advisor;
    // Review
    kit::SignLine *m_summary;
    QWidget *m_refusedBox;
    class QVBoxLayout *m_refused;
    kit::CheckList *m_netList, *m_pointList, *m_problemList;
    kit::Label *m_netTitle, *m_pointTitle, *m_problemTitle;
    kit::Button *m_save, *m_copy, *m_submit;
    QAction *m_saveFolder, *m_saveTemplate;
    // Live
    kit::StateView *m_textState;
    kit::Tag *m_tag;
    editors::CodeEditor *m_text, *m_snippet;
    editors::DiffView *m_diff;
    QWidget *m_snippetBox;
    FitPanel *m_fit;
    LaunchFitView m_fitView;
};

} // namespace cairn::pages
