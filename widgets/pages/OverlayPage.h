// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "items/OverlayModels.h"
#include "overlay/Folder.h"
#include "overlay/Lands.h"
#include "pages/WizardPage.h"

#include <functional>
#include <memory>
#include <optional>

namespace cairn::editors {
class CodeEditor;
class DiffView;
} // namespace cairn::editors
namespace cairn::forms {
class ChoiceField;
class FieldRow;
class Form;
class NumberField;
class TextField;
} // namespace cairn::forms
namespace cairn::kit {
class Check;
class SignLine;
class StateView;
} // namespace cairn::kit
namespace cairn::views {
class DataTable;
}

class QVBoxLayout;

namespace cairn::pages {

class OverlayServices;
class TierTable;

/// One object before and after. A Secret's values are not in it.
struct OverlayDiff {
    audit::ObjectName name;
    items::OverlayObjectRow::Act act = items::OverlayObjectRow::Act::Changed;
    QList<manifest::DiffLine> lines;
    int added = 0, removed = 0; ///< lines
};

/// What kustomize says of the same files. Texts are safe to show.
struct KustomizeVerdict {
    enum class State {
        Running,
        Absent, ///< neither kustomize nor kubectl was found
        NotRun, ///< `why` says why not
        Builds,
        Fails   ///< `why` is what it said, `file` and `line` the patch that it means, as far as that can be told
    };
    State state = State::Running;
    QString program; ///< "kustomize v5.8.1"
    QString why, fix;
    QString file; ///< raw
    int line = 0;
    qsizetype objects = 0;
    std::chrono::milliseconds took{0};
    QStringList differences; ///< objects that it makes otherwise than Cairn says
    bool operator==(const KustomizeVerdict &) const = default;
};

/// What follows from settings for one cluster, worked out away from the GUI thread.
struct OverlayResult {
    overlay::Proposal proposal;
    overlay::Tree tree;
    QList<overlay::FileStep> steps; ///< what writing it to `folder` would do
    QList<overlay::FileStep> edited; ///< those that somebody edited by hand, before anything was chosen for them
    overlay::Files files;           ///< as they will be, a person's own too
    QString folder;                 ///< empty: none is chosen yet, everything would be new
    overlay::Built built;
    QList<OverlayDiff> changed;
    QMap<QString, QString> moves; ///< how the data of a service is moved, by its key in the settings
};

/// Makes Kubeflow highly available: what the overlay is put over, which workloads run twice and which must not, databases that
/// outlive any node, and then what of it lands and what it changes. The live result at the right follows every choice. Pure
/// presentation; GUI thread only.
class OverlayPage : public WizardPage
{
    Q_OBJECT
public:
    explicit OverlayPage(QWidget *parent = nullptr);

    /// Fills the fields; does not emit settingsChanged().
    void setSettings(const overlay::Settings &settings);
    const overlay::Settings &settings() const { return m_settings; }
    void setResult(std::shared_ptr<const OverlayResult> result);
    /// Nothing can be said yet, or why not.
    void setWaiting(const QString &text);
    void setError(const Error &error);
    /// Why the overlay cannot be applied from here; "" where it can.
    void setApplyRefusal(const QString &why);
    /// Nothing while nobody asked kustomize.
    void setKustomize(const std::optional<KustomizeVerdict> &verdict);
    /// Where Save writes without asking again; "" where it asks.
    void setFolder(const QString &folder);
    /// Takes these workloads in, shows the step and marks them.
    void include(const QList<audit::ObjectName> &workloads);
    /// The last step is in front: what is slow and only told there is wanted.
    bool isReviewing() const;
    /// Puts the first file that was edited by hand in front.
    void showEdited();
    /// The step "External services": tests and passwords.
    OverlayServices *services() const { return m_services; }

signals:
    void settingsChanged(const cairn::overlay::Settings &settings);
    void retryRequested();
    void saveRequested();
    void copyRequested();
    void applyRequested();
    /// A file that was edited by hand, raw.
    void compareRequested(const QString &path);
    /// The name in this landing of the result that nothing has.
    void correctRequested(qsizetype landing);
    /// A choice of the settings is about a workload that is not there; `nearest` is there.
    void correctChoiceRequested(const cairn::audit::ObjectName &workload, const cairn::audit::ObjectName &nearest);

protected:
    void shown(int index) override;

private:
    /// One thing to look at before it is saved or applied.
    struct ReviewLine {
        kit::Tone tone;
        QString title, text; ///< safe to show
        QList<std::pair<QString, std::function<void()>>> acts = {}; ///< words of a button, what it does
    };
    QWidget *makeBase();
    QWidget *makeScope();
    QWidget *makeServices();
    QWidget *makeReview();
    forms::LivePane *makeLive();
    void takeBase();
    void takeDefaults();
    overlay::Choice &choiceOf(const audit::ObjectName &workload);
    void tell();
    void updateAnswer();
    void updateSteps();
    void updateReview();
    QList<ReviewLine> kustomizeLines();
    QList<ReviewLine> editedLines();
    QList<ReviewLine> landingLines();
    QList<ReviewLine> choiceLines();
    void showLines(const QList<ReviewLine> &lines);
    void showInFile(const QString &path, int line);
    const overlay::FileStep *editedStep(const QString &key) const;
    void showFile();
    void showObject();

    overlay::Settings m_settings;
    std::shared_ptr<const OverlayResult> m_result;
    bool m_filling = false;
    // Base
    forms::ChoiceField *m_base;
    forms::TextField *m_where;
    forms::FieldRow *m_whereRow;
    kit::Paragraph *m_found;
    // Scope
    forms::NumberField *m_replicas;
    kit::Check *m_nodes, *m_zones, *m_required, *m_budgets;
    kit::Paragraph *m_counted;
    TierTable *m_tiers;
    QWidget *m_tierCard;
    // External services
    OverlayServices *m_services;
    // Review
    kit::SignLine *m_summary;
    QWidget *m_problemBox;
    QVBoxLayout *m_problems;
    QStringList m_shownProblems;
    kit::Button *m_save, *m_copy, *m_apply;
    std::optional<KustomizeVerdict> m_kustomize;
    // Live
    kit::StateView *m_liveState, *m_changesState; ///< of the files, of the changes
    items::OverlayFileModel *m_fileModel;
    items::OverlayObjectModel *m_objectModel;
    views::DataTable *m_files, *m_objects;
    editors::CodeEditor *m_text;
    editors::DiffView *m_diff;
    QWidget *m_editedBar;
    kit::Paragraph *m_editedText;
    kit::Button *m_compare;
};

} // namespace cairn::pages
