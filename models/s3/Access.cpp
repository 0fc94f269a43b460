// SPDX-License-Identifier: GPL-3.0-or-later
#include "s3/Access.h"

#include "base/Text.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::s3 {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::s3::Access)
};

constexpr qint64 longestBundle = 8 * 1024 * 1024;

bool isLabelCharacter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

/// Old buckets and other stores also have capitals and "_"; nothing that means something in a path or a host.
bool isBucketName(const QString &name)
{
    return !name.isEmpty() && name.size() <= 255 && name != "."_L1 && name != ".."_L1
        && std::ranges::all_of(name, [](QChar c) {
               const char l = c.toLower().toLatin1();
               return c.unicode() < 128 && (isLabelCharacter(l) || l == '.' || l == '_');
           });
}

/// What may stand before the host name of a certificate with one wildcard.
bool isHostLabel(const QString &bucket)
{
    const QByteArray name = bucket.toLatin1();
    return name.size() <= 63 && !name.startsWith('-') && !name.endsWith('-') && std::ranges::all_of(name, isLabelCharacter);
}

Result<QUrl> parseServer(const QString &text)
{
    const QString what = Words::tr("The endpoint %1 cannot be used").arg(text::safe(QUrl(text).toDisplayString(QUrl::RemoveUserInfo)));
    const QUrl url(text, QUrl::StrictMode);
    const QString fix = Words::tr("Name it as https://HOST[:PORT]");
    if (!url.isValid() || url.host().isEmpty() || (url.scheme() != "https"_L1 && url.scheme() != "http"_L1))
        return fail(Error::Kind::Invalid, what, Words::tr("It is not a URL that starts with https:// or http://"), fix);
    if (!url.userInfo().isEmpty())
        return fail(Error::Kind::Invalid, what, Words::tr("It holds a user name or password, which S3 does not take"), fix);
    if ((!url.path().isEmpty() && url.path() != "/"_L1) || url.hasQuery() || url.hasFragment())
        return fail(Error::Kind::Invalid, what, Words::tr("It has more than a host and a port"), fix);
    return url.adjusted(QUrl::RemovePath);
}

Result<QByteArray> readBundle(const QString &path)
{
    const QString what = Words::tr("The certificates of AWS_CA_BUNDLE cannot be read");
    if (!QFileInfo(path).isFile())
        return fail(Error::Kind::NotFound, what, Words::tr("%1 is not a file").arg(text::safe(path)), Words::tr("Correct the variable, or leave it out"));
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fail(Error::Kind::Io, what, text::safe(file.errorString()), Words::tr("Check who may read %1").arg(text::safe(path)));
    QByteArray pem = file.read(longestBundle + 1);
    if (pem.size() > longestBundle || !pem.contains("-----BEGIN CERTIFICATE-----"))
        return fail(Error::Kind::Invalid, what, Words::tr("%1 holds no PEM certificates").arg(text::safe(path)),
                    Words::tr("Name a file with the store's root certificates in PEM form"));
    return pem;
}

} // namespace

Result<Place> parsePlace(const QString &uri)
{
    const QString what = Words::tr("%1 cannot be listed").arg(text::safe(uri));
    if (!uri.startsWith("s3://"_L1))
        return fail(Error::Kind::Invalid, what, Words::tr("It does not start with s3://"), Words::tr("Name it as s3://BUCKET/PREFIX"));
    const QString rest = uri.mid(5);
    const qsizetype slash = rest.indexOf(u'/');
    Place place;
    place.bucket = rest.left(slash);
    if (!isBucketName(place.bucket))
        return fail(Error::Kind::Invalid, what, Words::tr("“%1” is not a valid bucket name").arg(text::safe(place.bucket)),
                    Words::tr("Name it as s3://BUCKET/PREFIX"));
    place.prefix = slash < 0 ? QByteArray() : rest.mid(slash + 1).toUtf8();
    if (!place.prefix.isEmpty() && !place.prefix.endsWith('/'))
        place.prefix += '/';
    return place;
}

bool isRegionName(QByteArrayView name)
{
    return !name.isEmpty() && name.size() <= 63 && std::ranges::all_of(name, isLabelCharacter);
}

bool Store::isInPath(const QString &bucket) const
{
    switch (style) {
    case Style::Path: return true;
    case Style::VirtualHost: return !isHostLabel(bucket);
    case Style::Automatic: break;
    }
    return !isAws() || !isHostLabel(bucket);
}

QUrl Store::serverFor(const QString &bucket, const QByteArray &inRegion) const
{
    QUrl url = server;
    if (isAws()) {
        url.setScheme(u"https"_s);
        url.setHost(u"s3."_s + QString::fromLatin1(inRegion) + u".amazonaws.com"_s + (inRegion.startsWith("cn-") ? u".cn"_s : QString()));
    }
    if (!isInPath(bucket))
        url.setHost(bucket + u'.' + url.host());
    return url;
}

Result<Access> accessFromEnvironment(const AccessOptions &options, const net::Environment &environment)
{
    const auto first = [&](const QString &option, std::initializer_list<const char *> names) {
        QString value = option;
        for (const char *name : names) {
            if (value.isEmpty())
                value = environment(name);
        }
        return value;
    };
    Access access;
    access.store.style = options.style;
    if (const QString endpoint = first(options.endpoint, {"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"}); !endpoint.isEmpty()) {
        Result<QUrl> server = parseServer(endpoint);
        if (!server)
            return fail(server.error());
        access.store.server = *server;
    }
    access.store.region = first(options.region, {"AWS_REGION", "AWS_DEFAULT_REGION"}).toUtf8();
    if (!access.store.region.isEmpty() && !isRegionName(access.store.region))
        return fail(Error::Kind::Invalid, Words::tr("The region cannot be used"),
                    Words::tr("“%1” is not a valid region name").arg(text::safe(access.store.region)),
                    Words::tr("Name it as in us-east-1, or leave it out"));
    if (const QString bundle = environment("AWS_CA_BUNDLE"); !bundle.isEmpty()) {
        Result<QByteArray> pem = readBundle(bundle);
        if (!pem)
            return fail(pem.error());
        access.store.caPem = *pem;
    }
    const QByteArray id = environment("AWS_ACCESS_KEY_ID").toUtf8();
    const QByteArray secret = environment("AWS_SECRET_ACCESS_KEY").toUtf8();
    if (id.isEmpty() != secret.isEmpty())
        return fail(Error::Kind::Auth, Words::tr("The credentials for the bucket are incomplete"),
                    id.isEmpty() ? Words::tr("AWS_SECRET_ACCESS_KEY is set and AWS_ACCESS_KEY_ID is not")
                                 : Words::tr("AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not"),
                    Words::tr("Set both, or neither for a public bucket"));
    access.keys = {id, Secret(secret), Secret(id.isEmpty() ? QByteArray() : environment("AWS_SESSION_TOKEN").toUtf8())};
    return access;
}

} // namespace cairn::s3
