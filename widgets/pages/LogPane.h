// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Error.h"
#include "logs/LogBuffer.h"

#include <QWidget>
#include <memory>

class QHBoxLayout;

namespace cairn::kit {
class Button;
class Check;
class Chip;
class Label;
class SearchField;
class StateView;
} // namespace cairn::kit

namespace cairn::logs {
class LogView;
}

namespace cairn::pages {

/// Logs of a job's pods, merged by time: a chip per pod, search, previous containers, jump to the error, follow. Owns
/// the lines; whoever streams them appends. GUI thread only.
class LogPane : public QWidget
{
    Q_OBJECT
public:
    explicit LogPane(QWidget *parent = nullptr);
    ~LogPane() override;

    /// Starts anew with these pods (raw names). Sources of append() are indices into `pods`.
    void begin(const QStringList &pods);
    /// A pod that appeared while following; returns its source.
    int addPod(const QString &pod);
    void append(std::vector<logs::LogBuffer::Raw> lines);
    /// A pod's log ended; `reason` may say why ("container restarted").
    void setPodEnded(int source, const QString &reason);

    void setLoading();
    /// Content although no line came yet ("No lines yet").
    void setContent();
    void setNothing(const QString &title, const QString &text);
    void setError(const Error &error);
    void setForbidden(const QString &title, const QString &text, const QString &roleRequest);

    /// `possible` false greys it out with `why`.
    void setPreviousPossible(bool possible, const QString &why);
    bool isPrevious() const;
    logs::LogView *view() const { return m_view; }
    qsizetype lineCount() const;
    void focusSearch();

signals:
    /// Logs of the previous (true) or the current containers are wanted.
    void previousToggled(bool previous);
    void retryRequested();

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    void addChip(int source, const QString &name);
    void updateChips();
    void updateTabOrder();
    void updateNote();

    std::unique_ptr<logs::LogBuffer> m_buffer;
    logs::LogView *m_view;
    kit::StateView *m_state;
    QWidget *m_chipRow;
    QList<kit::Chip *> m_chips;
    kit::SearchField *m_search;
    kit::Button *m_up;
    kit::Button *m_down;
    kit::Check *m_time;
    kit::Check *m_pod;
    kit::Check *m_wrap;
    kit::Check *m_previous;
    kit::Button *m_error;
    kit::Button *m_follow;
    kit::Label *m_note;
    QStringList m_ended;
    bool m_first = true;
};

} // namespace cairn::pages
