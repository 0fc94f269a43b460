// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "pages/ListPage.h"

namespace cairn::app {

class ActionRegistry;
class ClusterSession;

/// One page of the window: its widget, its place among the others, and what fills it. The window knows its pages by this
/// alone; docs/ARCHITECTURE.md says how to add one. GUI thread.
class PageController : public QObject
{
    Q_OBJECT

public:
    struct Place {
        QString id;    ///< word of --page, of the preferences, and by which others go there; never translated
        QString icon;  ///< name of a bundled icon
        QString title;
        enum class Where { Sidebar, Foot, Nowhere } where = Where::Sidebar; ///< Sidebar: Ctrl 1… in the order of the pages
        QString keys = {};  ///< "Ctrl+,"; in the sidebar its number
        QString words = {}; ///< more for the command palette to find it by
        bool needsCluster = true; ///< shown, and told the time, only while one is connected
        QString within = {}; ///< of one that is Nowhere: the page of the sidebar it belongs to
    };
    /// The window takes `page` into its stack.
    PageController(Place place, QWidget *page, QObject *parent)
        : QObject(parent)
        , m_place(std::move(place))
        , m_page(page)
    {
    }

    const Place &place() const { return m_place; }
    QWidget *page() const { return m_page; }
    /// What the sidebar shows in place of the pages while this one is in front (the steps of a wizard); nullptr: the pages.
    virtual QWidget *sidebar() const { return nullptr; }

    /// Null before the session ends; a session outlives its use here.
    virtual void setSession(ClusterSession *session) = 0;
    /// The page is in front now.
    virtual void open() {}
    virtual void focus() { m_page->setFocus(Qt::OtherFocusReason); }
    /// F5, and whatever the page offers to try again.
    virtual void refresh() = 0;
    /// Each second.
    virtual void setNow(const QDateTime &now) = 0;
    /// Puts one of its objects in front, by the key that its list has.
    virtual void select(const QString &key) { Q_UNUSED(key) }
    virtual void setFilterText(const QString &text) { Q_UNUSED(text) }
    /// What can be done and found from everywhere, beyond the page itself, and the keys of its own.
    virtual void addActions(ActionRegistry &actions) { Q_UNUSED(actions) }

signals:
    /// How many things on it need somebody; 0 as well while that is not known.
    void badgeChanged(int count);
    /// Another page is wanted; `key` and `filter` are "" where nothing particular on it.
    void goRequested(const QString &page, const QString &key, const QString &filter);
    /// A resume of this job, from this checkpoint or, where "", from the newest that can be resumed.
    void resumeRequested(const QString &uid, const QString &checkpoint);
    /// A new run of this job that starts from the weights of this checkpoint alone.
    void startFromWeightsRequested(const QString &uid, const QString &checkpoint);
    /// A new job, made from this one and begun at this checkpoint of it.
    void newJobRequested(const QString &uid, const QString &checkpoint);
    /// Finish the unfinished change of this job, or roll it back.
    void recoverRequested(const QString &uid, bool finish);
    /// For the user, wherever they are.
    void notice(cairn::kit::Tone tone, const QString &title, const QString &text);

protected:
    void go(const QString &page, const QString &key = {}, const QString &filter = {}) { emit goRequested(page, key, filter); }
    void goToJob(const QString &uid) { go(QStringLiteral("jobs"), uid); }

private:
    const Place m_place;
    QWidget *const m_page;
};

/// A page with a list.
class ListController : public PageController
{
    Q_OBJECT

public:
    ListController(Place place, pages::ListPage *page, QObject *parent)
        : PageController(std::move(place), page, parent)
        , m_list(page)
    {
        connect(page, &pages::ListPage::retryRequested, this, [this] { refresh(); });
        connect(page, &pages::ListPage::signInRequested, this, [this] { go(QStringLiteral("connect")); });
    }
    void focus() override { m_list->focusTable(); }
    void select(const QString &key) override
    {
        if (!key.isEmpty())
            m_list->setCurrentKey(key);
    }
    void setFilterText(const QString &text) override { m_list->setFilterText(text); }

private:
    pages::ListPage *const m_list;
};

} // namespace cairn::app
