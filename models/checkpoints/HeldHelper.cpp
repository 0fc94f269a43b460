// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Text.h"
#include "checkpoints/Check.h"
#include "checkpoints/ClaimListing.h"
#include "checkpoints/HelperJob.h"
#include "checkpoints/HelperRun.h"

using namespace Qt::StringLiterals;

namespace cairn::ckpt {
namespace {

QString listFailed(const ClaimRequest &request)
{
    return Words::tr("The PVC %1 could not be listed").arg(text::safe(request.claim));
}

bool sameHelper(const ClaimRequest &a, const ClaimRequest &b)
{
    return a.ns == b.ns && a.claim == b.claim && a.subPath == b.subPath;
}

ExecTarget targetIn(const ClaimRequest &request, const QString &pod)
{
    ExecTarget target{request.ns, pod, u"list"_s, QString(helperMountPath), QString(helperMountPath), request.recognise};
    if (!request.path.isEmpty() && request.path != u".")
        target.path += u'/' + request.path;
    return target;
}

} // namespace

/// One helper that waits in the cluster.
struct HeldHelper::Held {
    Held(ObjectApi &api, const ClaimRequest &wanted)
        : request(wanted), run(api, request, listingTask(request), listFailed(request), {}, progress)
    {
    }
    const ClaimRequest request; ///< the run refers to it
    const Progress progress;
    HelperRun run;
    QString pod;
};

HeldHelper::HeldHelper(std::shared_ptr<ObjectApi> api)
    : m_api(std::move(api))
{
}

HeldHelper::~HeldHelper()
{
    end();
}

void HeldHelper::end()
{
    const std::lock_guard lock(m_mutex);
    drop();
}

void HeldHelper::drop()
{
    if (m_held)
        m_held->run.remove();
    m_held.reset();
}

Result<QString> HeldHelper::started(const ClaimRequest &request, std::stop_token stop, const Progress &progress)
{
    if (m_held && sameHelper(m_held->request, request))
        return m_held->pod;
    drop();
    auto held = std::make_unique<Held>(*m_api, request);
    Result<QString> pod = held->run.start(waitingScript(), std::move(stop), progress);
    if (pod) {
        held->pod = *pod;
        m_held = std::move(held);
    }
    return pod;
}

Result<ExecTarget> HeldHelper::target(const ClaimRequest &request, bool anew, std::stop_token stop, const Progress &progress)
{
    const std::lock_guard lock(m_mutex);
    if (anew)
        drop();
    const Result<QString> pod = started(request, std::move(stop), progress);
    if (!pod)
        return fail(pod.error());
    return targetIn(request, *pod);
}

Result<Listing> HeldHelper::list(const ClaimRequest &request, std::stop_token stop, const Progress &progress)
{
    const std::lock_guard lock(m_mutex);
    while (!m_execRefused) {
        const bool reused = m_held && sameHelper(m_held->request, request);
        const Result<QString> pod = started(request, stop, progress);
        if (!pod)
            return fail(pod.error());
        Result<Listing> listing = listClaimByExec(*m_api, targetIn(request, *pod), stop, progress);
        if (listing) {
            listing->source = u"helper job"_s;
            return listing;
        }
        // Exec into one's own helper may not be allowed, or not get through a proxy; reading its log needs neither.
        const Error &error = listing.error();
        const bool forGood = error.kind == Error::Kind::Forbidden || error.kind == Error::Kind::Unsupported;
        const bool refused = forGood || error.kind == Error::Kind::Network || error.httpStatus >= 400;
        if (error.kind == Error::Kind::Cancelled || (!refused && !reused))
            return listing;
        m_execRefused = forGood || (refused && !reused);
        drop(); // a used one may have ended: ten minutes are all it is given
    }
    return listClaim(*m_api, request, std::move(stop), progress);
}

} // namespace cairn::ckpt
