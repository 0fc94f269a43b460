// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "items/TrailTableModel.h"
#include "pages/ListPage.h"

namespace cairn::kit {
class Banner;
}

namespace cairn::pages {

/// Where can everybody go back to? The checkpoints of all jobs that were read, newest first, and how many jobs were
/// not. Pure presentation. GUI thread only.
class CheckpointsPage : public ListPage
{
    Q_OBJECT
public:
    explicit CheckpointsPage(QWidget *parent = nullptr);

    /// Fill this; the page follows its signals.
    items::TrailTableModel *model() const { return m_model; }

    /// What was read, and what is known of jobs without rows here. Names are raw.
    struct Unread {
        int jobs = 0;           ///< that can be read
        QStringList namespaces; ///< where a helper Job needs the user's agreement first
        int left = 0;           ///< still to be read, the one under way included; 0: nothing is being read
        QString reading;        ///< name of the job that is being read
        QStringList problems;   ///< "namespace/job: why", of those whose reading failed
        int read = 0;           ///< jobs that were read
        int cut = 0;            ///< of these, with a listing that is partial
        QDateTime oldest = {}; ///< UTC, when the oldest of the listings shown was read
        bool operator==(const Unread &) const = default;
    };
    void setUnread(const Unread &unread);
    void setNow(const QDateTime &now) override;

    enum class View { All, Newest, Damaged };
    void setView(View view);

signals:
    /// Read all jobs that were not read; in `agreed` helper Jobs may run from now on.
    void readRequested(const QStringList &agreed);
    void stopRequested();
    void jobRequested(const QString &uid);
    void resumeRequested(const QString &uid, const QString &checkpoint);
    /// A new run that starts from its weights alone.
    void startFromWeightsRequested(const QString &uid, const QString &checkpoint);
    /// A new job that begins there.
    void newJobRequested(const QString &uid, const QString &checkpoint);

protected:
    void updateAnswer() override;
    void updateState() override; ///< and the banner
    QString footText() const override;
    void offered(const QString &id) override;
    void keyTyped(const QString &key) override;

private:
    void resume(const QString &key);
    void beginAt(const QString &key);
    void startFromWeights(const QString &key);
    void showMenu(const QPoint &at);

    items::TrailTableModel *m_model;
    kit::Segment *m_views;
    kit::Banner *m_banner;
    Unread m_unread;
};

} // namespace cairn::pages
