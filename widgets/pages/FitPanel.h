// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Error.h"
#include "launch/Fit.h"

#include <QDateTime>
#include <QWidget>
#include <memory>

class QVBoxLayout;

namespace cairn::kit {
class Button;
class CheckList;
class ElidedLabel;
class Label;
class Note;
class Paragraph;
} // namespace cairn::kit

namespace cairn::pages {

/// Whether a job could start, as far as it is known.
struct LaunchFitView {
    enum class State { Waiting, Running, Done, Failed };
    State state = State::Waiting;
    std::shared_ptr<const launch::Fit> fit = {}; ///< stays while another one is worked out
    QStringList gaps = {};                       ///< what could not be read; safe to show
    QDateTime readAt = {};                       ///< UTC, of the cluster
    std::optional<Error> error = {};             ///< of Failed
};

/// Can it start now, and if not, what is missing? The answer with its checks, ways to start, quotas as bars, and the GPUs of the
/// cluster node by node. Scrolls down. Pure presentation; GUI thread only.
class FitPanel : public QWidget {
    Q_OBJECT

public:
    explicit FitPanel(QWidget *parent = nullptr);
    void set(const LaunchFitView &view);
    void setNow(const QDateTime &now);
    /// One word for the head: "Starts now", "Waits"; "" where nothing is known.
    static QString wordOf(const LaunchFitView &view);

signals:
    /// Another number of nodes, of which it says that they find room.
    void nodesChosen(int nodes);
    void againRequested();

private:
    void showWays(const launch::Fit &fit);
    void showShares(const launch::Fit &fit);
    void showPools(const launch::Fit &fit);
    void updateAge();

    LaunchFitView m_view;
    QDateTime m_now;
    std::shared_ptr<const launch::Fit> m_shown;
    kit::ElidedLabel *m_age;
    kit::Button *m_again;
    kit::Paragraph *m_answer;
    kit::CheckList *m_checks, *m_ways;
    kit::Label *m_waysTitle;
    QWidget *m_errorBox;
    QVBoxLayout *m_error, *m_shares, *m_pools;
    QWidget *m_sharesBox, *m_poolsBox;
    kit::Paragraph *m_gaps, *m_source;
};

} // namespace cairn::pages
