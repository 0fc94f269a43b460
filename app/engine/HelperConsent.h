// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "checkpoints/HelperJob.h"

#include <QStringList>
#include <functional>

namespace cairn::app {

/// Which helper Jobs a user agreed to on one server: by namespace and image. A helper takes its image from whichever
/// pod mounts the PVC, or from the database that is replaced, so somebody who may start pods could otherwise choose
/// what runs in the user's name. A value.
class HelperConsent {
public:
    /// `agreed` holds keys as of key(), of any server.
    HelperConsent(const QString &server, const QStringList &agreed);

    /// "SERVER NAMESPACE IMAGE". Without the image it is one of an older Cairn: no image was agreed to yet.
    static QString key(const QString &server, const QString &ns, const QString &image);
    /// Something was agreed to in this namespace.
    bool isAgreed(const QString &ns) const;
    QStringList images(const QString &ns) const;
    /// Error::Consent where the image of a planned helper is another one than was agreed to; refusedImage() tells
    /// which.
    Result<> check(const ckpt::HelperPod &request) const;

private:
    QString m_server;
    QStringList m_agreed;
};

/// Asked before a helper Job is created, once what it would run is known. An empty one allows everything:
/// --allow-helper.
using HelperCheck = std::function<Result<>(const ckpt::HelperPod &request)>;

/// The image that HelperConsent::check() refused, raw; empty for every other error.
QString refusedImage(const Error &error);

} // namespace cairn::app
