// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "situation/Alerts.h"

#include <QDateTime>
#include <QWidget>
#include <functional>

class QVBoxLayout;

namespace cairn::forms {
class PathField;
}
namespace cairn::kit {
class Check;
class FormRow;
class Input;
class Segment;
} // namespace cairn::kit

namespace cairn::pages {

/// The sizes of text that are offered, in per cent, ascending.
inline constexpr int textSizes[] = {100, 125, 150, 175, 200};

/// What can be set, as shown.
struct SettingsView {
    QString theme = QStringLiteral("system"); ///< "system", "light", "dark"
    int textPercent = 100;                    ///< of textSizes; others are shown as none of these
    QString language;                         ///< "", "en", "zh_TW"
    QString firstPage = QStringLiteral("overview"); ///< "overview", "jobs"
    situation::AlertRules alerts;
    bool looksAgain = false;
    QString templateFolder = {}; ///< where this user's templates of jobs are
    bool operator==(const SettingsView &) const = default;
};

/// Something the user agreed to, or added, that can be taken back. Texts are safe to show.
struct Grant {
    enum class Kind { Program, Helper, Kubelets, Bucket, Kubeconfig, ProgramFolder };
    Kind kind = Kind::Program;
    QString id;     ///< comes back when it is taken back
    QString text;
    QString detail;
    bool operator==(const Grant &) const = default;
};

/// All settings on one page, each in force as soon as it is chosen. Pure presentation. GUI thread only.
class SettingsPage : public QWidget
{
    Q_OBJECT
public:
    explicit SettingsPage(QWidget *parent = nullptr);

    void setSettings(const SettingsView &view);
    const SettingsView &settings() const { return m_view; }
    void setGrants(const QList<Grant> &grants);
    /// Whether the desktop shows notifications; where not they appear in the window only.
    void setDesktopReachable(bool reachable);
    /// Files and version, for the foot. Lines; safe to show.
    void setFacts(const QList<std::pair<QString, QString>> &facts);
    void focusFirst();

signals:
    /// The user chose something; only what is valid is told.
    void changed(const cairn::pages::SettingsView &view);
    void takeBackRequested(cairn::pages::Grant::Kind kind, const QString &id);
    void addKubeconfigRequested();
    void addProgramFolderRequested();
    void tryNotificationRequested();
    void diagnosticsRequested();

private:
    QWidget *makeLook();
    QWidget *makeJobs();
    QWidget *makeAlerts();
    QWidget *makeGrants();
    QWidget *makeFacts();
    void showSettings();
    void edit(const std::function<void(SettingsView &)> &change);
    void takeTimes();

    SettingsView m_view;
    QList<Grant> m_grants;
    kit::Segment *m_theme, *m_text, *m_language, *m_first;
    QList<kit::Check *> m_kinds; ///< in the order of situation::AlertKind
    kit::Check *m_quiet, *m_again;
    forms::PathField *m_templates;
    kit::Input *m_from, *m_to, *m_percent;
    kit::FormRow *m_times, *m_percentRow, *m_where;
    QVBoxLayout *m_grantRows, *m_factRows;
};

} // namespace cairn::pages
