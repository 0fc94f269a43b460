// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Error.h"
#include "kit/Messages.h"

#include <QDateTime>
#include <QWidget>

class QStackedLayout;
class QTimer;

namespace cairn::kit {

class LoadingLine;

/// What stands in place of content that is not there, and over content that is old. Wraps the content: while there is
/// something to show it stays visible, marked; only when there is nothing does a state take its place.
///
///   auto *state = new StateView(table);
///   state->setLoading(tr("Reading jobs…"), 3, 7);   // after 300 ms; content shows at once if it has rows
///   state->setContent();                            // live
///   state->setError(error, {{u"again"_s, tr("Try again")}});
class StateView : public QWidget {
    Q_OBJECT

public:
    enum class State { Content, Empty, Loading, Error, Offline, Forbidden, Stale };
    Q_ENUM(State)

    /// Takes ownership of `content`.
    explicit StateView(QWidget *content, QWidget *parent = nullptr);
    ~StateView() override;

    State state() const { return m_state; }
    QWidget *content() const { return m_content; }

    /// Live content, nothing over it.
    void setContent();
    /// Nothing here, and what to do. The last primary offer is the suggestion.
    void setEmpty(const QString &title, const QString &text, const QList<Offer> &offers = {});
    /// Shown after 300 ms. `total` < 0 is unknown. With `keepContent` the content stays and the progress runs in a
    /// foot line; `cancelText` "" offers no cancel (the offer's id is "cancel").
    void setLoading(const QString &text, qint64 done = 0, qint64 total = -1, bool keepContent = false,
        const QString &cancelText = {});
    /// Shows a loading state at once that waits for its 300 ms (screenshots, tests).
    void showPending();
    /// What happened, why, fix, then the code and time in mono. Offers besides "copy" come from the caller.
    void setError(const Error &error, const QList<Offer> &offers = {}, const QDateTime &when = {});
    /// Content stays, marked by a banner.
    void setOffline(const QString &title, const QString &text, const QList<Offer> &offers = {});
    /// Content stays, marked as old.
    void setStale(const QString &title, const QString &text, const QList<Offer> &offers = {});
    /// A right is missing. `title`: "You may not read logs in research"; `text` names user, verb and resource;
    /// `manifest` is the role to ask an admin for ("" for none), offered with a copy button.
    void setForbidden(
        const QString &title, const QString &text, const QString &manifest, const QList<Offer> &offers = {});

signals:
    /// An offer was pressed. "copy" and "copyRequest" are handled here and are not emitted.
    void triggered(const QString &id);

private:
    struct Pending {
        QString text;
        qint64 done = 0;
        qint64 total = -1;
        bool keepContent = false;
        QString cancel;
    };
    void setState(State state);
    void placeContent();
    void placePanel(QWidget *panel, const QString &spoken);
    void showLoading();
    Button *makeOffer(const Offer &offer);

    State m_state = State::Content;
    QWidget *m_content;
    Banner *m_banner;
    QWidget *m_foot;
    LoadingLine *m_footLine;
    QWidget *m_panel = nullptr;
    LoadingLine *m_loading = nullptr; ///< inside m_panel while that shows progress
    QStackedLayout *m_stack;
    QTimer *m_delay;
    Pending m_pending;
};

} // namespace cairn::kit
