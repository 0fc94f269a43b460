// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "kube/KubeconfigTypes.h"

namespace cairn::kube {

/// The first certificate of `pem`; Kind::Parse when there is none. Does not verify anything.
Result<CertificateInfo> certificateInfo(const QByteArray &pem);

/// Succeeds when `keyPem` is an unencrypted private key that belongs to the first certificate of `certPem`.
Result<> checkKeyPair(const QByteArray &certPem, const QByteArray &keyPem);

} // namespace cairn::kube
