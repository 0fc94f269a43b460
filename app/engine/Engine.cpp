// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/Engine.h"

#include "base/Async.h"

namespace cairn::app {

Engine::Engine(EngineOptions options)
    : m_options(std::move(options))
    , m_consents(std::make_shared<kube::ConsentStore>())
    , m_loginShell(m_options.loginShell ? std::make_shared<kube::LoginShell>() : nullptr)
    , m_http("cairn/" CAIRN_VERSION_STRING " (linux/amd64) kubernetes/unknown")
    , m_keychain(desktopKeychain())
    , m_changes(std::make_unique<Changes>())
{
}

Engine::~Engine()
{
    m_changes.reset();
    async::drain();
}

EngineOptions Engine::options() const
{
    const std::lock_guard lock(m_mutex);
    return m_options;
}

kube::KubeconfigSource Engine::source() const
{
    const EngineOptions current = options();
    kube::KubeconfigSource source = kube::KubeconfigSource::fromEnvironment();
    source.explicitFile = current.kubeconfig;
    source.addedFiles = current.addedFiles;
    return source;
}

kube::Kubeconfig Engine::kubeconfig() const
{
    return kube::Kubeconfig::load(source());
}

kube::SessionOptions Engine::sessionOptions() const
{
    const EngineOptions current = options();
    kube::SessionOptions session;
    session.allowExec = current.allowExec;
    session.consent = m_consents;
    session.search.addedFolders = current.addedFolders;
    session.search.loginShell = m_loginShell;
    session.terminal = current.terminal;
    return session;
}

Result<std::shared_ptr<kube::Cluster>> Engine::connect(const kube::Kubeconfig &config, const QString &context)
{
    Result<kube::ResolvedContext> resolved = config.resolve(context);
    if (!resolved)
        return fail(std::move(resolved).error());
    auto credentials = std::make_shared<kube::SessionCredentials>(std::move(*resolved), sessionOptions());
    return std::make_shared<kube::Cluster>(m_http, std::move(credentials));
}

void Engine::addProgramFolder(const QString &folder)
{
    const std::lock_guard lock(m_mutex);
    if (!m_options.addedFolders.contains(folder))
        m_options.addedFolders.append(folder);
}

void Engine::removeProgramFolder(const QString &folder)
{
    const std::lock_guard lock(m_mutex);
    m_options.addedFolders.removeAll(folder);
}

void Engine::removeKubeconfig(const QString &file)
{
    const std::lock_guard lock(m_mutex);
    m_options.addedFiles.removeAll(file);
}

void Engine::addKubeconfig(const QString &file)
{
    const std::lock_guard lock(m_mutex);
    if (!m_options.addedFiles.contains(file))
        m_options.addedFiles.append(file);
}

} // namespace cairn::app
