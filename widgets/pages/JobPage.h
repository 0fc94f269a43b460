// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Checkpoint.h"
#include "domain/Job.h"
#include "items/CheckpointTableModel.h"
#include "items/EventTableModel.h"
#include "items/JobTableModel.h"
#include "items/JobView.h"
#include "items/PodTableModel.h"
#include "pages/JobActs.h"

#include <QHash>
#include <QWidget>
#include <optional>

class QAction;
class QHBoxLayout;
class QStackedWidget;
class QVBoxLayout;

namespace cairn::charts {
class TimelineChart;
}
namespace cairn::editors {
class CodeEditor;
}
namespace cairn::kit {
class Banner;
class Button;
class Card;
class ElidedLabel;
class Input;
class Label;
class Paragraph;
class SearchField;
class Segment;
class StateView;
class Tag;
} // namespace cairn::kit
namespace cairn::views {
class DataTable;
}

namespace cairn::pages {

class CheckpointActs;
class LogPane;
class WhyPanel;
struct JobWhyView;

/// How far, how safe, where do I go back to? One job: header, timeline, checkpoints, logs, YAML, events. Pure
/// presentation; everything is about the job given to setJob(). GUI thread only.
class JobPage : public QWidget
{
    Q_OBJECT
public:
    enum class Tab { Checkpoints, Logs, Yaml, Events };
    Q_ENUM(Tab)

    explicit JobPage(QWidget *parent = nullptr);
    ~JobPage() override;

    /// Another key empties every tab first; the same key updates in place. `summary` gives the "lost" fact.
    void setJob(const Job &job, const std::optional<items::CheckpointSummary> &summary);
    /// Nothing is chosen, or the job is gone; `why` is a sentence ("The job was deleted.").
    void setNoJob(const QString &why);
    QString jobKey() const { return m_key; }
    void setNow(const QDateTime &now);
    /// Key of the job this one was resumed from, when it still exists; "" takes the link away.
    void setParentKey(const QString &key);

    void setPods(const QList<Pod> &pods);
    void setEvents(const QList<Event> &events);
    /// Events or pods may not be read; "" when they may.
    void setEventsRefusal(const QString &why);
    void setSaveLocation(const items::SaveLocation &location);

    /// The checkpoints are being read; the old list stays visible. `total` < 0 unknown.
    void setListingRunning(const QString &what, qint64 done = 0, qint64 total = -1);
    /// `proposed`: path of what a resume would take by itself; "" for the newest of all.
    void setListing(const Listing &listing, const QString &proposed = {});
    /// What it would help to be told: on which server the bucket is, or the folder that the job saves to.
    enum class Ask { Nothing, Server, Folder };
    void setListingError(const Error &error, Ask ask = Ask::Nothing);
    /// What full reads of checkpoints came to, by path within the listing.
    void setVerifications(const QHash<QString, Verification> &verifications);
    /// How far the full read of one is; "" when it ended.
    void setVerifying(const QString &path, const QString &progress);
    void setListingForbidden(const QString &title, const QString &text, const QString &roleRequest);
    /// Asks before the first helper Job of a namespace; nullopt takes the question away.
    void setListingConsent(const std::optional<items::ListingConsent> &consent);
    /// The same before the keys of a bucket are used.
    void setBucketConsent(const items::BucketConsent &consent);
    /// Why nothing can be resumed now ("" when it can): missing rights, another resume under way.
    void setResumeRefusal(const QString &why);
    /// Why the user may not change the job ("" when they may, or nobody said).
    void setPatchRefusal(const QString &why);
    void setPendingResume(const std::optional<items::PendingResume> &pending);

    /// Why it does not start; nullptr for a job that runs, or did.
    void setWhy(const JobWhyView *why);

    void setYaml(const QString &yaml);
    void setYamlLoading();
    void setYamlError(const Error &error);
    LogPane *logs() const { return m_logs; }

    Tab tab() const;
    void showTab(Tab tab);
    /// The filter of the tab's table, or its search.
    void focusFilter();
    /// Path of the selected checkpoint; the proposed one until the user chooses.
    QString selectedCheckpoint() const;
    /// Selects a checkpoint as the user would; later lists keep it while it exists.
    void selectRow(const QString &path);

signals:
    /// A tab came into view: its data is wanted.
    void tabShown(cairn::pages::JobPage::Tab tab);
    /// Path within the listing; "" when there is none to name.
    void resumeRequested(const QString &checkpoint);
    void cloneRequested();
    /// A new job that begins at this checkpoint; path within the listing.
    void newJobRequested(const QString &checkpoint);
    /// Read it to its last byte; compare two: paths within the listing.
    void verifyRequested(const QString &checkpoint);
    void compareRequested(const QString &a, const QString &b);
    void actRequested(cairn::pages::JobAct act);
    void openJobRequested(const QString &key);
    void readAgainRequested();
    void cancelListingRequested();
    /// Answers to setListingConsent and setBucketConsent.
    void helperAllowed();
    void execChosen();
    void bucketAllowed();
    /// Absolute path inside the container.
    void saveLocationCorrected(const QString &path);
    /// The URL of the server that the job's bucket is on.
    void bucketServerNamed(const QString &server);
    void finishResumeRequested();
    void undoResumeRequested();
    void yamlRetryRequested();
    /// Look again why it does not start.
    void whyRequested();
    void copied(const QString &what);

protected:
    void resizeEvent(QResizeEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    QWidget *makeHeader();
    QWidget *makeBanners();
    QWidget *makeCheckpoints();
    QWidget *makeYaml();
    QWidget *makeEvents();
    void updateHeader();
    void placeCause();
    void updateFacts();
    void updateTimeline();
    void updateAge();
    void updateGuess();
    void updateDied();
    void updateBanners();
    void updateTabOrder();
    void applyFilter(const QString &text);
    void updateResume();
    void updateActs();
    void selectCheckpoint(const QString &path);
    void requestResume(const QString &path);
    void requestNewJob(const QString &path);
    QString whyNoBeginning() const;
    void askForPlace(bool server);
    void commitCorrection();
    QString proposed() const;

    Job m_job;
    QString m_key;
    std::optional<items::CheckpointSummary> m_summary;
    QDateTime m_now;
    QList<Pod> m_podList;
    Listing m_listing;
    QString m_proposed;
    bool m_listed = false;
    bool m_chosen = false; ///< the user picked a checkpoint: updates keep it
    items::SaveLocation m_location;
    std::optional<items::ListingConsent> m_consent;
    QString m_parentKey;
    QString m_refusal;
    QString m_patchRefusal;
    QString m_footText;

    items::CheckpointTableModel *m_checkpoints;
    items::PodTableModel *m_pods;
    items::EventTableModel *m_events;

    kit::StateView *m_none;
    kit::ElidedLabel *m_name;
    kit::Tag *m_phase;
    kit::ElidedLabel *m_cause;
    QHBoxLayout *m_headRow;
    QHBoxLayout *m_causeRow; ///< where the cause has no room beside the buttons
    kit::Button *m_toLogs;
    kit::Button *m_toYaml;
    kit::Button *m_clone;
    kit::Button *m_more;
    QHash<JobAct, QAction *> m_acts;
    QAction *m_newJobAct;
    kit::Button *m_resume;
    kit::Button *m_newJob;
    CheckpointActs *m_checkpointActs;
    QWidget *m_facts;
    QWidget *m_lineage;
    kit::ElidedLabel *m_lineageText;
    kit::Button *m_lineageLink;
    kit::Paragraph *m_manager;
    QWidget *m_banners;
    kit::Banner *m_pending;
    kit::Banner *m_died;
    WhyPanel *m_why;
    kit::Banner *m_guess;
    QWidget *m_correction;
    kit::Input *m_correctionPath;
    kit::Button *m_correctionCancel;
    kit::Button *m_correctionUse;
    kit::Paragraph *m_correctionError;
    bool m_asksServer = false; ///< of a bucket, in place of a folder
    kit::Banner *m_consentBanner;
    editors::CodeEditor *m_consentCode;
    kit::Segment *m_tabs;
    kit::SearchField *m_search;
    kit::ElidedLabel *m_age;
    kit::Tag *m_partial;
    kit::Button *m_again;
    QStackedWidget *m_stack;
    kit::Card *m_timelineCard;
    charts::TimelineChart *m_timeline;
    views::DataTable *m_table;
    kit::StateView *m_listState;
    kit::ElidedLabel *m_listFoot;
    LogPane *m_logs;
    editors::CodeEditor *m_yaml;
    kit::Button *m_copyYaml;
    kit::StateView *m_yamlState;
    views::DataTable *m_podTable;
    views::DataTable *m_eventTable;
    kit::Label *m_eventTitle;
    kit::Label *m_podTitle;
    kit::Paragraph *m_eventRefusal;
};

} // namespace cairn::pages
