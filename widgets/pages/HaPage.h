// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "audit/Audit.h"
#include "items/AcceptedTableModel.h"
#include "items/ComponentHistoryModel.h"
#include "domain/Takeover.h"
#include "items/ComponentTableModel.h"
#include "items/FindingListModel.h"
#include "pages/ListPage.h"
#include "pages/WhatIfPanel.h"

class QActionGroup;
class QStackedWidget;
class QVBoxLayout;

namespace cairn::charts {
class AvailabilityStrip;
}

namespace cairn::kit {
class Button;
class Note;
class Paragraph;
class Tag;
} // namespace cairn::kit

namespace cairn::pages {

class FactGrid;
class FindingList;
class FindingPanel;
class GroupTiles;
class SidePanel;

/// What the overlay wizard would propose for what is in front. Safe to show.
struct OverlayOffer {
    QString sentence; ///< what would be proposed, or why nothing can be; "" while nobody knows
    QString act;      ///< names the button: "Add 3 to overlay…"
    QString refusal;  ///< why it is off; "" where it is on
    bool operator==(const OverlayOffer &) const = default;
};

/// What falls over if a node fails? Groups of components that filter the page; below them the components with a verdict each, area
/// by area, what the audit found, what was accepted, or when each component last failed over. The panel at the right says of the
/// selected one what its loss does and why, or answers what a node's failure and its drain would do. Pure presentation. GUI thread only.
class HaPage : public ListPage
{
    Q_OBJECT
public:
    enum class View { Components, Findings, Accepted, History };

    explicit HaPage(QWidget *parent = nullptr);

    /// `now` is when they were known to be so.
    void setComponents(const QList<components::Component> &components, const QDateTime &now);

    /// The audit runs: what it reads now, and how far it is; -1 for a total that is not known. Findings of before stay.
    void setAuditing(const QString &text, qint64 done, qint64 total);
    /// Findings that count, those that are accepted not among them. `took` is how long reading and judging took.
    void setReport(const audit::Report &report, std::chrono::milliseconds took);
    /// The last audit failed, or was cancelled; findings of before stay.
    void setAuditError(const Error &error);
    /// No audit was made yet.
    void clearReport();
    /// `file` says where that is kept, or why it could not be read; safe to show.
    void setAccepted(const QList<items::AcceptedRow> &rows, const QString &file);
    /// Why nothing can be accepted; "" where it can.
    void setAcceptRefusal(const QString &why);

    /// How ready the component in front was in the last days, oldest hour first: hoursOf(), and its takeovers, newest first. Asked for
    /// by shownChanged().
    void setHistory(const QList<ReadinessHour> &hours, const QList<LeaderChange> &changes);
    /// Of all components. `notice` is what is wrong with the history, safe to show; "" for nothing.
    void setHistories(const QList<items::ComponentHistoryRow> &rows, const QString &notice);
    /// For selectedFindings(), or for the component in front. Asked for by shownChanged().
    void setOffer(const OverlayOffer &offer);

    void setWhatIf(const WhatIfView &view) { m_whatIf->setView(view); }
    void setWhatIfNothing(const QString &why) { m_whatIf->setNothing(why); }

    View view() const;
    void showView(View view);
    bool showsWhatIf() const;
    void showWhatIf(bool show);
    /// Puts a component in front, by the key of its row.
    void showComponent(const QString &key);
    void showFinding(const QString &key);
    /// "" where no finding is selected.
    QString currentFinding() const;
    /// One, all of a fold, or none.
    QList<audit::Finding> selectedFindings() const;
    /// The component that the panel is about, by the key of its row; "" for none.
    QString componentInFront() const;
    const components::Component *inFront() const; ///< nullptr for none

    void setFeed(const FeedState &feed, const QString &roleRequest = {}) override;
    void settle() override;

signals:
    /// The wizard that repairs it.
    void overlayRequested();
    /// The wizard, with what selectedFindings() or the component in front are about.
    void offerTaken();
    /// The page with all its takeovers and tests; the key of its row.
    void takeoversRequested(const QString &key);
    /// To kill the leader of the component in front, by the key of its row. Nothing was asked yet.
    void failoverRequested(const QString &key);
    void auditRequested();
    void auditCancelled();
    /// These findings, all of one rule.
    void acceptRequested(const QList<cairn::audit::Finding> &findings);
    void renewRequested(const QString &key);
    void withdrawRequested(const QString &key);
    /// "json", "sarif", "markdown"
    void exportRequested(const QString &format);
    /// To see the YAML of an object, or its page.
    void objectRequested(const cairn::audit::ObjectName &object);
    void nodeChosen(const QString &name);
    void jobRequested(const QString &key); ///< "namespace/name"
    /// The view or the panel is another; what it shows may have to be made.
    void shownChanged();

protected:
    FeedWords feedWords(const QString &why) const override;
    bool hasContent() const override;
    void updateAnswer() override;
    void updatePanel() override;
    void currentChanged() override;
    void keyTyped(const QString &key) override;
    void keyPressEvent(QKeyEvent *event) override;
    QWidget *activeList() const override;
    views::DataTable *activeTable() const override;
    void focusRow() override;
    void openFound() override;

private:
    QWidget *makeComponentPanel();
    QWidget *makeFindings();
    QWidget *makeAccepted();
    QWidget *makeHistory();
    QWidget *makeHistoryPanel();
    QWidget *makePanel();
    void filterShown();
    void makeGrouping();
    void group(int by);
    void updateGrouping();
    void updateHistoryPanel();
    void updateGroups();
    void updateViews();
    void updateFindings();
    void updateComponentPanel();
    void updateFailover(const components::Component *component);
    void updateComponentFindings(const components::Component &component);
    void updateFindingPanel();
    void setGroup(const QString &group);
    void accept();
    void takeOffer();

    items::ComponentTableModel *m_model;
    items::FindingListModel *m_findingModel;
    items::AcceptedTableModel *m_acceptedModel;
    items::ComponentHistoryModel *m_historyModel;
    kit::Button *m_failover;
    kit::Button *m_export;
    GroupTiles *m_groups;
    kit::Segment *m_views;
    kit::Tag *m_release;
    kit::Button *m_grouping;
    QActionGroup *m_groupings;
    bool m_byArea = true, m_findingsByArea = false;
    QStackedWidget *m_lists;
    // Findings
    FindingList *m_findings;
    kit::StateView *m_auditState;
    kit::ElidedLabel *m_auditFoot;
    kit::Button *m_unreadButton;
    QWidget *m_unreadBox;
    kit::Paragraph *m_unread;
    // Accepted
    views::DataTable *m_accepted;
    kit::StateView *m_acceptedState;
    kit::ElidedLabel *m_acceptedFile;
    // History
    views::DataTable *m_history;
    kit::ElidedLabel *m_historyFoot;
    SidePanel *m_historySide;
    charts::AvailabilityStrip *m_historyStrip;
    kit::Paragraph *m_historySeen;
    kit::Label *m_changesTitle;
    QVBoxLayout *m_changes;
    QStringList m_shownChanges;
    kit::Button *m_takeovers;
    // The panel
    QWidget *m_panel;
    kit::Segment *m_aspect;
    QStackedWidget *m_details;
    QWidget *m_componentPanel;
    FindingPanel *m_findingPanel;
    WhatIfPanel *m_whatIf;
    // Of a component
    SidePanel *m_side;
    kit::ElidedLabel *m_lossTitle;
    kit::Paragraph *m_loss;
    kit::Label *m_findingsTitle;
    QVBoxLayout *m_componentFindings;
    QStringList m_shownFindings;
    kit::Paragraph *m_why;
    kit::Note *m_alarm;
    FactGrid *m_facts;
    charts::AvailabilityStrip *m_strip;
    kit::Paragraph *m_seen;
    kit::Paragraph *m_source;
    kit::Paragraph *m_offerText;
    kit::Button *m_add;
    OverlayOffer m_offer;

    QDateTime m_read; ///< when the components were so
    std::optional<audit::Report> m_report;
    std::chrono::milliseconds m_took{0};
    std::optional<Error> m_auditError;
    bool m_auditing = false;
    QString m_acceptRefusal;
};

} // namespace cairn::pages
