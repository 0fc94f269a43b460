// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/Changes.h"
#include "engine/Keychain.h"
#include "kube/Cluster.h"
#include "kube/Kubeconfig.h"
#include "kube/SessionCredentials.h"
#include "net/Http.h"

#include <memory>
#include <mutex>

namespace cairn::app {

struct EngineOptions {
    QString kubeconfig;       ///< only this file; empty for KUBECONFIG or ~/.kube/config
    QStringList addedFiles;   ///< kubeconfigs the user added for Cairn
    QStringList addedFolders; ///< where the user lets Cairn look for sign-in programs besides PATH
    kube::AllowExec allowExec = kube::AllowExec::IfConsented;
    bool terminal = false;    ///< a sign-in program may ask on this terminal
    bool loginShell = true;   ///< also search the PATH of the login shell
};

/// What both programs share for as long as they run: the network thread, the consents, how sign-in programs are found.
/// Thread-safe after construction. Outlives every cluster it connected.
class Engine
{
public:
    explicit Engine(EngineOptions options);
    /// Waits for flows that still run: everything that started one must have cancelled it.
    ~Engine();

    /// Reads the kubeconfig files anew. Blocks on local files only.
    kube::Kubeconfig kubeconfig() const;
    kube::KubeconfigSource source() const;
    /// A context ready to talk. No request is made and nothing runs yet. Empty `context` is the current one.
    Result<std::shared_ptr<kube::Cluster>> connect(const kube::Kubeconfig &config, const QString &context);

    kube::SessionOptions sessionOptions() const;
    net::HttpClient &http() { return m_http; }
    Keychain &keychain() { return *m_keychain; }
    kube::ConsentStore &consents() { return *m_consents; }
    /// GUI thread.
    Changes &changes() { return *m_changes; }
    EngineOptions options() const;
    /// Lets sign-in programs be found in one more folder, from now on.
    void addProgramFolder(const QString &folder);
    void removeProgramFolder(const QString &folder);
    void addKubeconfig(const QString &file);
    void removeKubeconfig(const QString &file);

private:
    mutable std::mutex m_mutex; ///< guards m_options
    EngineOptions m_options;
    std::shared_ptr<kube::ConsentStore> m_consents;
    std::shared_ptr<kube::LoginShell> m_loginShell;
    net::HttpClient m_http;
    const std::unique_ptr<Keychain> m_keychain;
    std::unique_ptr<Changes> m_changes;
};

} // namespace cairn::app
