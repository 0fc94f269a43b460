// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "net/Proxy.h"
#include "s3/Signer.h"

#include <QUrl>

namespace cairn::s3 {

/// A bucket and a folder in it.
struct Place {
    QString bucket;
    QByteArray prefix; ///< raw bytes; ends with "/" unless it is empty
};

/// "s3://BUCKET[/PREFIX]"; the prefix is taken as it is, without percent-decoding, as other S3 tools do.
Result<Place> parsePlace(const QString &uri);

/// One object store and how it is asked. A value.
struct Store {
    enum class Style {
        Automatic,  ///< AWS: in the host name, unless the bucket has a dot; elsewhere in the path
        Path,       ///< https://server/bucket/key
        VirtualHost ///< https://bucket.server/key
    };
    QUrl server;       ///< https://host[:port], http where the user named it so; empty for AWS
    QByteArray region; ///< empty: found out, beginning with us-east-1
    Style style = Style::Automatic;
    QByteArray caPem;  ///< only these roots are trusted; empty means the system's

    bool isAws() const { return server.isEmpty(); }
    bool isEncrypted() const { return isAws() || server.scheme() == QLatin1StringView("https"); }
    /// Where requests for this bucket go in `inRegion`. For AWS a host below amazonaws.com (for a region of China:
    /// amazonaws.com.cn), else `server`, with the bucket before its host name in virtual-host style.
    QUrl serverFor(const QString &bucket, const QByteArray &inRegion) const;
    /// Whether the bucket stands in the path.
    bool isInPath(const QString &bucket) const;
};

/// A store together with the keys that may be sent to it, and to nobody else. Whoever makes one from what a user did
/// not type shows the server first and asks.
struct Access {
    Store store;
    Keys keys; ///< empty: requests are not signed, which public buckets allow
};

/// What the user typed; each beats the environment.
struct AccessOptions {
    QString endpoint;
    QString region;
    Store::Style style = Store::Style::Automatic;
};

/// From the options and the variables the AWS tools know: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN,
/// AWS_ENDPOINT_URL_S3 before AWS_ENDPOINT_URL, AWS_REGION before AWS_DEFAULT_REGION, AWS_CA_BUNDLE (a PEM file, read
/// here). Without an endpoint in either the keys go to AWS alone.
Result<Access> accessFromEnvironment(const AccessOptions &options, const net::Environment &environment);

/// True for what may be put into a host name or a scope: 1 to 63 of a-z, 0-9 and "-".
bool isRegionName(QByteArrayView name);

} // namespace cairn::s3
