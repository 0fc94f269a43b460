// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "items/BucketTableModel.h"
#include "items/ClaimTableModel.h"
#include "pages/ListPage.h"

#include <QSet>

class QStackedWidget;

namespace cairn::charts {
class UsageChart;
}
namespace cairn::items {
class UsageTableModel;
}
namespace cairn::kit {
class Banner;
class Button;
class Card;
class Check;
class Label;
class Note;
class Paragraph;
} // namespace cairn::kit

namespace cairn::pages {

class FactGrid;
class SidePanel;

/// What fills up first, and who fills it? Claims worst first, buckets, the selected claim's history; the panel at the right
/// says of the selected claim where each number comes from. Pure presentation. GUI thread only.
class StoragePage : public ListPage
{
    Q_OBJECT
public:
    explicit StoragePage(QWidget *parent = nullptr);

    void setClaims(const QList<storage::ClaimAccount> &claims);
    /// Jobs that save to buckets; none hides the table.
    void setBuckets(const QList<items::BucketRow> &buckets);
    void setNow(const QDateTime &now) override;

    /// Who is asked how full claims are.
    struct Sources {
        bool prometheusSought = false; ///< it was looked for
        QString prometheus;            ///< "ns/service"; raw; "" where there is none
        QString prometheusProblem;     ///< a sentence
        bool kubelet = false;          ///< the user turned it on
        QString kubeletProblem;
        bool operator==(const Sources &) const = default;
    };
    void setSources(const Sources &sources);
    /// Namespaces where a helper Job may be made without asking again.
    void setHelperAllowed(const QSet<QString> &namespaces);
    /// Claims a helper looks at right now, by UID.
    void setMeasuring(const QSet<QString> &uids);
    /// PVCs that are tested from two nodes right now, "ns/name".
    void setProving(const QSet<QString> &claims);
    /// Why the last measurement of a claim failed; `error` null takes it away.
    void setMeasureProblem(const QString &uid, const Error *error);
    /// The history was set aside, or cannot be kept; "" takes it away.
    void setHistoryNotice(const QString &title, const QString &text);

signals:
    /// The user agreed to a helper in the claim's namespace, now or before.
    void measureRequested(const QString &uid);
    void kubeletRequested(bool on);
    void jobRequested(const QString &uid);
    /// New storage is wanted.
    void makeRequested();
    /// A test of this PVC from two nodes is wanted.
    void proveRequested(const QString &uid);

protected:
    FeedWords feedWords(const QString &why) const override;
    bool hasContent() const override;
    void updateAnswer() override;
    void updatePanel() override;
    void currentChanged() override;

private:
    QWidget *makeList();
    QWidget *makeChart();
    SidePanel *makePanel();
    QWidget *makeSources();
    void measure();
    void updateMeasure(const storage::ClaimAccount &account);
    void updateShares(const storage::ClaimAccount &account);
    void updateChart(const storage::ClaimAccount &account);
    void updateSources();
    void showTable(bool table);

    items::ClaimTableModel *m_model;
    items::BucketTableModel *m_bucketModel;
    items::UsageTableModel *m_usageModel;
    kit::Button *m_sourcesButton;
    kit::Banner *m_notice;
    kit::Card *m_bucketCard;
    views::DataTable *m_buckets;
    // Sources
    kit::Card *m_sourcesCard;
    kit::Paragraph *m_prometheus;
    kit::Check *m_kubelet;
    kit::Paragraph *m_kubeletProblem;
    // Over time
    QWidget *m_chartCard;
    kit::ElidedLabel *m_chartTitle;
    kit::Segment *m_days;
    kit::Button *m_asTable;
    QStackedWidget *m_chartStack;
    charts::UsageChart *m_chart;
    views::DataTable *m_usage;
    // The selected claim
    SidePanel *m_panel;
    kit::Note *m_trouble;
    kit::Note *m_sharing;
    kit::Paragraph *m_silence;
    FactGrid *m_facts;
    kit::Paragraph *m_users;
    kit::Paragraph *m_unread;
    QList<kit::Button *> m_shareNames;
    QList<kit::Label *> m_shareSizes;
    kit::Paragraph *m_shareFoot;
    kit::Button *m_measure;
    kit::Button *m_prove;
    kit::Paragraph *m_measureText;

    Sources m_sources;
    QSet<QString> m_helperAllowed, m_measuring, m_proving;
    QHash<QString, Error> m_measureProblems;
    QString m_asking; ///< claim whose Measure… was pressed once: the consent is on the screen
};

} // namespace cairn::pages
