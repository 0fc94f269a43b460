// SPDX-License-Identifier: GPL-3.0-or-later
// What LaunchController offers in the form of what the cluster has, and what saving costs there.
#include "LaunchController.h"

#include "VolumeController.h"
#include "base/Text.h"
#include "engine/AdvisorFlows.h"
#include "engine/VolumeFlows.h"

#include <QTimer>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::app {

using pages::LaunchChoices;
using pages::LaunchStart;

/// What the advice is made from hangs on namespace, image, command, PVC and the job that is cloned: asked anew where one of
/// them is another one.
void LaunchController::measure()
{
    if (!m_session || !m_read)
        return;
    AdvisorAsk ask{m_ns, m_shown, {}, {}};
    if (const Job *job = m_started.from == LaunchStart::Clone ? m_session->jobs().find(m_started.source) : nullptr; job && job->ns == m_ns)
        ask.like = job->ref();
    const QString key = inputsKey(ask);
    if (key == m_measured)
        return;
    m_measured = key;
    m_session->jobs().each([&](const Job &job) {
        const CheckpointReader::Known *known = job.ns == m_ns ? m_reader.known(job.uid) : nullptr;
        if (known)
            ask.listings.insert(job.uid, known->listing.listing);
    });
    m_measuring.cancel();
    m_measuring.run(
        this,
        [cluster = m_session->sharedCluster(), ask](std::stop_token stop) {
            store::UsageHistory history;
            return readInputs(*cluster, ask, &history, stop);
        },
        [this](const Result<launch::Inputs> &inputs) {
            if (inputs)
                m_page->setMeasured(*inputs);
            else
                m_measured.clear(); // the next change tries again
        });
}

void LaunchController::readPlace()
{
    struct Read {
        Result<LaunchDefaults> defaults;
        LaunchPlace place;
    };
    m_placing.cancel();
    m_placing.run(
        this,
        [cluster = m_session->sharedCluster(), ns = m_ns](std::stop_token stop) {
            return Read{readLaunchDefaults(*cluster, ns, stop), readLaunchPlace(*cluster, ns, stop)};
        },
        [this](const Read &read) {
            if (read.defaults)
                m_defaults = *read.defaults;
            m_place = read.place;
            showChoices();
        });
}

/// What was made is chosen where it was asked for, as if somebody had.
void LaunchController::takeStorage(const QString &ns, const QString &claim)
{
    const QString volume = std::exchange(m_madeFor, {});
    if (!m_session || !m_read || ns != m_ns)
        return;
    readPlace();
    if (!volume.isEmpty() && !claim.isEmpty())
        m_page->chooseClaim(volume, claim);
}

void LaunchController::showChoices()
{
    LaunchChoices choices;
    choices.read = true;
    choices.kinds = m_defaults.kinds;
    choices.fields = m_defaults.fields;
    choices.namespaces = m_session->namespaces().names;
    m_session->jobs().each([&](const Job &job) {
        choices.jobs.append({job.uid, job.name, u"%1 · %2"_s.arg(text::safe(job.ns), phaseName(job.phase))});
        if (job.ns == m_ns)
            choices.taken.insert(facts(job.kind).resource.kind + u'/' + job.name);
    });
    std::ranges::sort(choices.jobs, {}, &pages::LaunchSource::name);
    m_jobs = m_session->jobs().size();
    for (const LaunchPlace::Claim &claim : std::as_const(m_place.claims))
        choices.claims.append({claim.name, claim.modes, claim.size, claim.bound, claim.proof ? proofText(*claim.proof) : QString(), claim.proof && claim.proof->shared,
            m_volumes.proving().contains(m_ns + u'/' + claim.name)});
    if (m_place.mayMakeClaims == std::optional(false))
        choices.makeRefusal = tr("You have no permission to create PVCs in %1.").arg(text::safe(m_ns));
    if (m_place.mayTest == std::optional(false))
        choices.proveRefusal = tr("You have no permission to create Jobs in %1.").arg(text::safe(m_ns));
    choices.queues = m_place.queues;
    choices.priorities = m_place.priorities;
    choices.runtimes = m_place.runtimes;
    choices.ownRuntimes = m_place.ownRuntimes;
    choices.volcanoQueues = m_place.volcanoQueues;
    choices.pools = m_place.pools;
    for (const change::Note &gap : std::as_const(m_place.gaps))
        choices.gaps.append(text::safe(gap.text));
    m_page->setChoices(choices);
}

} // namespace cairn::app
