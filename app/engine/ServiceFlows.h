// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Secret.h"
#include "domain/ObjectApi.h"
#include "engine/HelperConsent.h"
#include "overlay/Services.h"

#include <functional>
#include <stop_token>

/// Whether services outside of the cluster can be used, and the Secrets that lead to them. Blocking: run it on the flow
/// pool or in cairnctl, never on the GUI thread.
namespace cairn::app {

struct ServiceTestOptions {
    bool here = true;        ///< from this machine
    bool cluster = false;    ///< from a pod beside the component: that is where it has to work
    int seconds = 10;        ///< each wait
    bool allowed = true;     ///< that pod may run; false: what consent is missing is the error, and nobody is asked
    bool mayWrite = false;   ///< of an object store: one small object may be written below cairn-probe/, and is deleted
    QString image = {};      ///< of that pod; empty: the image of the database or store in the cluster, which has the client
    HelperCheck mayRun = {}; ///< asked before that pod is created
    std::function<void(const QString &what, qint64 seconds)> progress = {}; ///< any thread
};

/// One service, looked at from one or both places.
struct ServiceTest {
    QString id;                      ///< of Outside
    QString title;                   ///< safe to show
    QList<services::Report> reports; ///< from here, then from the cluster; as many as were asked for and came about
    std::optional<Error> error; ///< why it could not be looked at from the cluster: no consent, no right, no image …
    bool usable() const;        ///< by every report, of which there is one at least; no error
};

/// The pod that would look at it: what is asked consent for. NotFound where no image is known. Changes nothing.
Result<ckpt::HelperPod> planServicePod(
    ObjectApi &api, const overlay::Outside &outside, const QString &image, std::stop_token stop);
/// The Job of such a pod, as it would be created.
QJsonObject servicePodJob(const ckpt::HelperPod &pod);

/// `password` is here and below one of a database or broker; of an object store "ACCESSKEY:SECRETKEY", empty where nobody
/// gives any. From a pod in the component's namespace, which is removed at the end, also when it is stopped; those that a crash
/// left there are removed before.
Result<services::Report> testFromCluster(ObjectApi &api, const overlay::Outside &outside, const Secret &password,
    const ServiceTestOptions &options, std::stop_token stop);

/// `api` may be null where only this machine looks.
ServiceTest testService(ObjectApi *api, const overlay::Outside &outside, const Secret &password,
    const ServiceTestOptions &options, std::stop_token stop);

/// A file of one line, of at most 4 KiB, with or without a line break at its end. No part of it is in an error.
Result<Secret> passwordFromFile(const QString &path);

/// One value of a Secret that exists. NotFound names the keys there are. `key` empty: the one the service's components
/// read, else the only one, else "password". Of an object store both of its keys, and `key` is empty.
Result<Secret> passwordFromSecret(
    ObjectApi &api, const overlay::Outside &outside, const QString &name, const QString &key, std::stop_token stop);

/// Name, owner and keys of the Secret that the service's components read; values are dropped at once.
Result<overlay::SecretFacts> secretFacts(ObjectApi &api, const overlay::Outside &outside, std::stop_token stop);

/// change::Options::secrets for these passwords, by Outside::id.
QMap<QString, Secret> secretsFor(const QList<overlay::Outside> &outsides, const QMap<QString, Secret> &passwords);

} // namespace cairn::app
