// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "kit/Card.h"
#include "launch/AdviceWords.h"

#include <QList>
#include <QMap>
#include <optional>

class QBoxLayout;
class QStackedWidget;
class QStandardItemModel;

namespace cairn::charts {
class WasteChart;
}
namespace cairn::forms {
class DurationField;
}
namespace cairn::kit {
class Button;
class Paragraph;
} // namespace cairn::kit
namespace cairn::views {
class DataTable;
}

namespace cairn::pages {

/// What saving costs: the lost share against the interval as a curve (or a table), the inputs that were measured with their
/// sources, each of which can be typed instead, and what follows in a few sentences. GUI thread only.
class AdvisorCard : public kit::Card {
    Q_OBJECT
public:
    explicit AdvisorCard(QWidget *parent = nullptr);

    void setInputs(const launch::Inputs &inputs);
    /// The job as the form says; only what the advice hangs on is looked at.
    void setJob(const launch::Spec &spec, const launch::Policy &policy);
    /// What is typed, else what was measured.
    launch::Costs costs() const;
    std::optional<double> stepSeconds() const;
    /// What is typed in milliseconds, by "save", "step", "failure" and "restart"; 0 and missing for what is not.
    QMap<QString, qint64> typedCosts() const;
    /// As if they had been typed; tells nobody.
    void setTypedCosts(const QMap<QString, qint64> &costs);
    /// For the head of the page: "4.6 % of the time will be lost …"; "" where nothing is known.
    QString headline() const { return m_headline; }

signals:
    /// A cost was typed, or measured.
    void costsChanged();
    /// Steps where it is known how long one takes, else whole minutes; one of both is 0.
    void useRequested(int steps, int seconds);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    launch::Costs typed() const;
    void showAdvice();
    void showTable(bool on);
    void fillTable(const launch::Costs &costs, double to);

    launch::Inputs m_inputs;
    launch::Spec m_spec;
    launch::Policy m_policy;
    QString m_headline;
    QBoxLayout *m_columns;
    QWidget *m_inputForm;
    QStackedWidget *m_stack;
    bool m_asRows = false; ///< the table is wanted
    charts::WasteChart *m_chart;
    views::DataTable *m_table;
    QStandardItemModel *m_rows;
    kit::Button *m_asTable;
    QList<forms::DurationField *> m_costs; ///< save, step, failure, restart
    kit::Paragraph *m_advice, *m_more, *m_room;
    kit::Button *m_use;
};

} // namespace cairn::pages
