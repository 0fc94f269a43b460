// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "checkpoints/HelperJob.h"
#include "checkpoints/HelperScript.h"
#include "checkpoints/Recognise.h"
#include "domain/Job.h"
#include "domain/ObjectApi.h"
#include "domain/VolumeUse.h"

#include <chrono>
#include <memory>
#include <mutex>

namespace cairn::ckpt {

/// Everything a helper needs to list one claim. planClaim fills it from the cluster; the user may change image, uid
/// and gid.
struct ClaimRequest : HelperPod {
    QString claim;
    QString subPath;              ///< of the volume, mounted instead of its root; usually empty
    QString path;                 ///< folder to list, relative to the mount; lossless text as of pathToText
    RecogniseOptions recognise;   ///< `now` invalid means the current time
};

/// A pod in which the same script can run without creating anything.
struct ExecTarget {
    QString ns;
    QString pod;
    QString container;
    QString mountPath;            ///< where the claim is mounted
    QString path;                 ///< folder to list, absolute, under mountPath; lossless text
    RecogniseOptions recognise;
};

/// Finds out how a claim may be listed: it must be Bound; image, pull secrets, node and user come from a pod that
/// mounts it, else from the pod template of `job`. Errors name what is missing.
Result<ClaimRequest> planClaim(ObjectApi &api, const QString &ns, const QString &claim, const std::optional<ObjectRef> &job,
                               std::stop_token stop);

HelperTask listingTask(const ClaimRequest &request);
/// The helper Job that lists a claim, which it mounts read-only. Pure.
QJsonObject helperJob(const ClaimRequest &request, const QString &name);

/// Lists a claim through helper Jobs, one for each round, and removes them. Blocks up to minutes.
/// Error::Forbidden where the user may not create Jobs; the fix then names exec.
Result<Listing> listClaim(ObjectApi &api, const ClaimRequest &request, std::stop_token stop, const Progress &progress = {});

/// A helper Job that stays while somebody looks at a claim again and again: the script runs in its pod through exec, so that
/// each look after the first takes a fraction of a second. Where exec is refused, each look is a listClaim(). Thread-safe.
class HeldHelper
{
public:
    explicit HeldHelper(std::shared_ptr<ObjectApi> api);
    ~HeldHelper(); ///< end()
    HeldHelper(const HeldHelper &) = delete;
    HeldHelper &operator=(const HeldHelper &) = delete;

    /// As listClaim(). Starts the helper at the first call, and anew where it is gone or another claim is meant.
    Result<Listing> list(const ClaimRequest &request, std::stop_token stop, const Progress &progress = {});
    /// Where commands may run in the helper: started at the first call, and anew where `anew` says that it is gone.
    Result<ExecTarget> target(const ClaimRequest &request, bool anew, std::stop_token stop, const Progress &progress = {});
    /// Removes the helper. Blocks on the server; a later list() starts another.
    void end();

private:
    struct Held;
    Result<QString> started(const ClaimRequest &request, std::stop_token stop, const Progress &progress);
    void drop();

    const std::shared_ptr<ObjectApi> m_api;
    std::mutex m_mutex; ///< guards what follows; held while it lists, for one helper lists once at a time
    std::unique_ptr<Held> m_held;
    bool m_execRefused = false;
};

/// Asks the file system behind a claim how full it is, through a helper Job of the same kind that lists nothing: what df
/// says. Blocks up to minutes. Source and time are filled in.
Result<VolumeUse> measureClaim(ObjectApi &api, const ClaimRequest &request, std::stop_token stop, const Progress &progress = {});

/// Why what the script printed is no listing of `folder`. `what` is the first sentence of the error.
Result<> checkListing(const helper::Output &output, const QString &what, const QByteArray &folder, const QByteArray &raw);

/// The same as listClaim through exec in a running pod. Nothing is created.
Result<Listing> listClaimByExec(ObjectApi &api, const ExecTarget &target, std::stop_token stop,
                                const Progress &progress = {});

/// Removes helper Jobs of one kind (HelperTask::label) that a crash left behind in a namespace, when older than `age`. Returns how many.
Result<int> sweepHelpers(ObjectApi &api, const QString &ns, std::chrono::seconds age, std::stop_token stop, const QString &label = QStringLiteral("listing"));

} // namespace cairn::ckpt
