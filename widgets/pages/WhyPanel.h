// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Error.h"
#include "kit/Card.h"
#include "launch/WhyNot.h"

#include <QDateTime>
#include <optional>

namespace cairn::kit {
class Button;
class CheckList;
class ElidedLabel;
class Paragraph;
class Tag;
} // namespace cairn::kit

namespace cairn::pages {

/// Why a job does not start, as far as it is known.
struct JobWhyView {
    bool reading = false;
    std::optional<launch::WhyNot> why = {}; ///< stays while it is read again
    QStringList gaps = {};                  ///< what could not be read; safe to show
    QDateTime readAt = {};                  ///< UTC
    std::optional<Error> error = {};        ///< it could not be read at all
    bool operator==(const JobWhyView &other) const;
};

/// Why is it not starting? One sentence, ways out of it, and the chain of evidence up to what stands in the way, each with what it
/// cites. Pure presentation; GUI thread only.
class WhyPanel : public kit::Card {
    Q_OBJECT

public:
    explicit WhyPanel(QWidget *parent = nullptr);
    void set(const JobWhyView &view);
    void setNow(const QDateTime &now);

signals:
    void againRequested();

private:
    void showWhy(const launch::WhyNot &why);
    void updateAge();

    JobWhyView m_view;
    QDateTime m_now;
    kit::Tag *m_verdict;
    kit::ElidedLabel *m_age;
    kit::Button *m_again;
    kit::Paragraph *m_sentence, *m_ways, *m_gaps;
    kit::CheckList *m_chain;
};

} // namespace cairn::pages
