// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Error.h"
#include "items/FilterProxy.h"
#include "items/RowTableModel.h"

#include <QDateTime>
#include <QStringList>
#include <optional>

namespace cairn::items {

/// The context words of the status vocabulary, plus the two that precede any answer.
enum class ContextState {
    Unchecked,             ///< nobody asked the server yet
    Checking,
    Reachable,
    ReachableReadOnly,
    ReachableLimited,
    NeedsSignIn,
    NeedsConsent,          ///< an exec command has not been allowed yet
    CertificateExpired,
    ExecPluginNotFound,
    NotReachable,
    Broken                 ///< the entry itself is wrong; `problem` says how
};

/// What the row's button does.
enum class ContextAction { None, Connect, SignIn, Allow, Fix, HowToRenew, TryAgain };

/// One context of the kubeconfig files as the Connect page shows it. Every text is safe to show and holds no secret.
struct ContextRow {
    QString id;            ///< unique; what the signals of the page hand back
    QString name;
    QString server;        ///< host and port
    QString signIn;        ///< "Single sign-on", "Token", "Client certificate"
    QString signInDetail;  ///< "kubelogin", "CN=mlops, O=team-nlp"
    ContextState state = ContextState::Unchecked;
    QString detail;        ///< "v1.34.2 · 41 ms", "no answer in 5 s"
    ContextAction action = ContextAction::None;
    bool current = false;  ///< current-context of the files
    bool connected = false; ///< the window shows this one now
    bool insecure = false; ///< insecure-skip-tls-verify, or plain http
    bool ambiguous = false; ///< another file hides, or is hidden by, an entry of the same name
    std::optional<Error> problem; ///< of a broken entry, shown in place
    bool operator==(const ContextRow &other) const;
};

/// One kubeconfig file that was read or could not be read.
struct KubeconfigFileView {
    QString path;          ///< shown with "~" for the home folder; safe to show
    int contexts = 0;
    QDateTime changed;     ///< UTC; invalid where unknown
    std::optional<Error> problem; ///< unreadable, not YAML, cyclic, too big
    QList<Error> warnings = {}; ///< it was read, but something in it does not count
};

TagValue tag(ContextState state);
QString actionText(ContextAction action);
/// True where Connect would work.
bool canConnect(ContextState state);

class ContextTableModel : public RowTableModel<ContextRow>
{
    Q_OBJECT
public:
    enum Column { Context, SignIn, State, Action, ColumnCount };
    Q_ENUM(Column)

    explicit ContextTableModel(QObject *parent = nullptr);

    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    ColumnHead head(int column) const override;

    void setContexts(const QList<ContextRow> &contexts) { replaceRows(contexts); }
    void updateContext(const ContextRow &context) { applyRows({context}, {}); }

protected:
    QString keyOf(const ContextRow &row) const override { return row.id; }
};

} // namespace cairn::items
