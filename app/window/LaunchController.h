// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "PageController.h"
#include "Preferences.h"
#include "base/Async.h"
#include "engine/CheckpointReader.h"
#include "engine/ClusterSession.h"
#include "engine/LaunchRun.h"
#include "engine/StartFlows.h"
#include "pages/LaunchPage.h"

#include <QHash>
#include <QPointer>
#include <functional>

class QTimer;

namespace cairn::app {

class CheckpointReader;
class SchemaProvider;
class VolumeController;

/// The wizard that makes a training job. It reads what the cluster offers, keeps form and text in step, asks the
/// server's dry run at the last step, looks whether the job could start, keeps the text as a draft, and in the end submits
/// it, once, as a change of the engine's. All of that in flows. GUI thread.
class LaunchController : public PageController {
    Q_OBJECT

public:
    /// All of them outlive it.
    LaunchController(Changes &changes, CheckpointReader &reader, Preferences &preferences, VolumeController &volumes,
        QObject *parent);
    ~LaunchController() override;

    void setSession(ClusterSession *session) override;
    void open() override;
    void focus() override;
    void refresh() override;
    void setNow(const QDateTime &now) override;
    QWidget *sidebar() const override;
    /// Shows the wizard with a clone of this job. What was there before is kept, and can be gone back to.
    void clone(const QString &uid);
    /// The same with one that begins at this checkpoint; `checkpoint` is a path within the job's listing.
    void beginAt(const QString &uid, const QString &checkpoint);
    /// The same with a job from a file, or a text.
    void openFile(const QString &path);
    void openText(const QString &text);
    /// The same with a TrainJob made of it; what has no counterpart stands in comments above it.
    void convert(const QString &uid);

signals:
    /// The job is made: it wants to be seen, with what happens to it.
    void launched(const QString &uid);

private:
    using Schemas = QHash<QString, std::shared_ptr<const manifest::Schema>>; ///< by "APIVERSION KIND"; null: asked, and not known
    /// What the wizard was begun with, and what it is compared to.
    struct Start {
        pages::LaunchStart from = pages::LaunchStart::Blank;
        QString source; ///< uid; of a template its id
        QString name;   ///< of the job that is cloned
        QByteArray base;
        QByteArray first = {}; ///< the text that it was begun with; empty: a draft that was begun before, or that nobody else has
        QString checkpoint = {}; ///< that the clone begins at
        QString id = {};       ///< newLaunchId(): however often it is submitted, one job is made
    };
    /// What the text took the place of.
    struct Former {
        QByteArray text;
        Start start;
        std::optional<launch::Framework> chosen;
        QString how; ///< what was lost, sentences
    };
    struct Opened;
    struct Begin; ///< what is read before the form can be filled in

    void begin();
    // How it begins: LaunchControllerStart.cpp
    void wireStart();
    void startFrom(pages::LaunchStart from, const QString &uid);
    void startBlank();
    void startClone(const QString &uid);
    void startConvert(const QString &uid);
    void startAt(const QString &uid, const QString &checkpoint, bool unverified);
    void startTemplate(const QString &id, const launch::TemplateValues &values);
    static Result<Opened> openedFrom(const QByteArray &bytes);
    void startOpened(const Result<Opened> &opened, const QString &what);
    void chooseFile();
    void readTemplates();
    void showCheckpoints(const QString &uid);
    void saveTemplate();
    QString templateFolder() const;
    /// Does it as soon as the cluster is read, on this page.
    void whenRead(const std::function<void()> &act);
    void adopt(const QByteArray &text, const Start &start);
    /// The same in place of what is there, which is kept.
    void replaceWith(const QByteArray &text, const Start &start);
    /// Does it where nothing is lost for good, else asks.
    void unlessLost(const std::function<void()> &act);
    bool isPersons() const;
    void setFormer(const std::optional<Former> &former);
    void keepFormer(const pages::LaunchResult &result);
    /// Shows again what was there before; with `swap` what is there now takes its place.
    void goBack(bool swap);
    void takeDraft(const QJsonObject &draft);
    static QJsonObject jsonOf(const QByteArray &text, const Start &start, std::optional<launch::Framework> chosen);
    static Start startOf(const QJsonObject &draft);
    static QString whatOf(const QByteArray &text);
    static Result<QByteArray> blankJob(const QString &ns, const LaunchDefaults &defaults);
    void workOut();
    void readPlace();
    void readSchemas();
    void showSchemas();
    void measure();
    void showChoices();
    void askServer();
    void keepDraft();
    /// A function that makes the draft's bytes, on any thread: text and base may be long.
    std::function<QByteArray()> draftMaker() const;
    void askDiscard();
    void discard();
    void save();
    void saveFolder();
    void submit();
    void launchIt();
    /// Shows how a launch goes, which somebody may have begun before.
    void follow(const std::shared_ptr<LaunchRun> &run);
    void unfollow();
    void ended();
    void readFit();
    void workOutFit();
    void showFit();
    void takeStorage(const QString &ns, const QString &claim);
    void reset();
    QString freeName(const QString &name, const QString &ns) const;

    Changes &m_changes;
    CheckpointReader &m_reader;
    Preferences &m_preferences;
    VolumeController &m_volumes;
    pages::LaunchPage *m_page;
    QString m_madeFor; ///< the volume that storage was asked for last: "checkpoints"
    ClusterSession *m_session = nullptr;
    QString m_draft; ///< its file
    QString m_ns;    ///< that m_defaults and m_place are of
    LaunchDefaults m_defaults;
    LaunchPlace m_place;
    Schemas m_schemas;
    QMap<int, QString> m_documents; ///< first line → key of m_schemas, of the text as it was worked out last
    Start m_started;
    std::optional<launch::Framework> m_chosen;
    launch::Framework m_framework = launch::Framework::Contract;
    launch::Spec m_shown; ///< what the text said last; the form's changes are told from it
    int m_textChanges = 0;
    int m_formChanges = 0;
    bool m_read = false; ///< the cluster was read, the form can be filled in
    bool m_reading = false;
    bool m_working = false;
    bool m_again = false;   ///< something changed while it was being worked out
    bool m_keeping = false; ///< the draft is being written
    std::function<void()> m_wanted; ///< to be done as soon as the cluster is read
    std::optional<Former> m_former;
    QMap<QString, qint64> m_costs; ///< that were typed, as the review was told
    TemplateShelf m_shelf;
    QList<launch::Incoming::Object> m_objects; ///< of a text that holds several
    qsizetype m_jobs = -1; ///< that the choices were made from
    QDateTime m_kept;
    QList<change::Change> m_needs; ///< what is made before it
    std::optional<change::Change> m_create; ///< of the text that is shown, as the server accepted it
    std::shared_ptr<const LaunchPreview> m_accepted; ///< that m_create is of
    QPointer<QWidget> m_asked; ///< whether to launch what will not train
    std::unique_ptr<SchemaProvider> m_provider;
    LaunchGround m_ground; ///< of the preview before
    std::shared_ptr<LaunchRun> m_run; ///< that is shown; null: none
    std::shared_ptr<const FitRead> m_cluster; ///< what decides whether it can start; null: never read
    QString m_clusterNs;                      ///< that it is of
    std::chrono::milliseconds m_clusterTook{0};
    launch::Objects m_job;    ///< that the text held last
    launch::Objects m_fitted; ///< that the answer is about
    pages::LaunchFitView m_fit;
    bool m_fitReading = false;
    QDateTime m_fitFailed; ///< when it could not be read last
    QString m_measured; ///< inputsKey() of what the page was told
    QTimer *m_soon, *m_keepSoon, *m_askSoon, *m_fitSoon, *m_measureSoon;
    async::Scope m_work;
    async::Scope m_asking; ///< the dry run; a newer one takes its place
    async::Scope m_placing;
    async::Scope m_looking; ///< at the cluster, for the fit: edits do not hold it up
    async::Scope m_fitting; ///< what follows from it for the form; a newer one takes its place
    async::Scope m_starting; ///< what the next text comes from; a newer wish takes its place
    async::Scope m_measuring;
    async::Scope m_scope;
};

} // namespace cairn::app
