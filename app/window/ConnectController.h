// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "PageController.h"
#include "Preferences.h"
#include "base/Async.h"
#include "engine/Engine.h"
#include "items/ContextTableModel.h"
#include "items/DoctorView.h"
#include "kube/Doctor.h"

#include <QHash>
#include <QObject>

namespace cairn::pages {
class ConnectPage;
}

namespace cairn::app {

/// Brings the kubeconfig's contexts, their state and the doctor to the Connect page, asks for consents, and connects.
/// GUI thread; everything slow runs on the flow pool.
class ConnectController : public PageController
{
    Q_OBJECT

public:
    ConnectController(Engine &engine, Preferences &preferences, QObject *parent);

    void setSession(ClusterSession *session) override { Q_UNUSED(session) }
    void focus() override {}
    void refresh() override { reload(); }
    void setNow(const QDateTime &now) override;
    void addActions(ActionRegistry &actions) override;

    /// Reads the files, then looks at every context. With `thenConnect` the named context (or the current one) is
    /// connected as soon as the files are read.
    void reload(bool thenConnect = false, const QString &context = {});
    void connectTo(const QString &context);
    void setConnected(const QString &context);
    /// As read last, sorted by name.
    QList<items::ContextRow> contexts() const;
    /// Asks for a kubeconfig to add.
    void addFile();

signals:
    void connected(std::shared_ptr<cairn::kube::Cluster> cluster, const cairn::kube::KubeContext &context);
    /// The page should be shown: there is something to choose or to mend.
    void attentionNeeded();
    /// Another window, on this context.
    void newWindowRequested(const QString &context);
    /// A kubeconfig or a folder was added, or a consent given or taken back.
    void grantsChanged();

private:
    void show(const kube::Kubeconfig &config);
    void probe(const QString &context);
    void diagnose(const QString &context, bool runPlugin);
    void askConsent(const kube::ConsentRequest &request, const QString &context);
    void allow(const kube::ConsentRequest &request, const QString &context, const QByteArray &digest);
    void act(const QString &context, const items::DoctorRemedy &remedy);
    void showPrograms();
    void refreshPrograms();
    items::ContextRow rowOf(const kube::KubeContext &context) const;

    Engine &m_engine;
    Preferences &m_preferences;
    pages::ConnectPage *m_page;
    kube::Kubeconfig m_config;
    QHash<QString, items::ContextRow> m_rows;
    QHash<QString, kube::DoctorReport> m_reports;
    QString m_connected;
    QString m_connectWhenReady;
    bool m_connectOnLoad = false;
    async::Scope m_probes;
    async::Scope m_doctor;
    async::Scope m_connect;
    async::Scope m_scope;
};

} // namespace cairn::app

Q_DECLARE_METATYPE(std::shared_ptr<cairn::kube::Cluster>)
