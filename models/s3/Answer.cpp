// SPDX-License-Identifier: GPL-3.0-or-later
#include "s3/Answer.h"

#include "base/Text.h"

#include <QCoreApplication>
#include <QLocale>
#include <QXmlStreamReader>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::s3 {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::s3::Answer)
};

constexpr qsizetype longestText = 2048;
constexpr qsizetype longestToken = 16 * 1024;

Error parseError(const QString &why)
{
    return Error::make(Error::Kind::Parse, Words::tr("The object store's answer cannot be read"), why,
                       Words::tr("Check that the endpoint is an S3 server and that nothing in between changes its answers"));
}

/// Reads until the root element; false where there is none of this name. A document type declaration, which no store
/// sends, ends it: entities stay out.
bool enters(QXmlStreamReader &xml, QLatin1StringView root)
{
    while (!xml.atEnd()) {
        const QXmlStreamReader::TokenType token = xml.readNext();
        if (token == QXmlStreamReader::DTD)
            return false;
        if (token == QXmlStreamReader::StartElement)
            return xml.name() == root;
    }
    return false;
}

/// encoding-type=url is form encoding: "+" is a space.
QByteArray decodedKey(QByteArray key)
{
    return QByteArray::fromPercentEncoding(key.replace('+', ' '));
}

/// All but the mark of a deletion must state their size.
Result<Object> parseObject(QXmlStreamReader &xml, bool isMark = false)
{
    Object object;
    bool sized = false;
    while (xml.readNextStartElement()) {
        const auto name = xml.name();
        if (name == "Key"_L1) {
            object.key = xml.readElementText().toUtf8();
        } else if (name == "Size"_L1) {
            object.size = xml.readElementText().toLongLong(&sized);
        } else if (name == "LastModified"_L1) {
            const QDateTime time = QDateTime::fromString(xml.readElementText(), Qt::ISODateWithMs);
            object.mtimeMs = time.isValid() ? time.toMSecsSinceEpoch() : 0;
        } else if (name == "ETag"_L1) {
            object.etag = xml.readElementText().toLatin1();
        } else if (name == "StorageClass"_L1) {
            object.storageClass = xml.readElementText().toLatin1();
        } else if (name == "VersionId"_L1) {
            object.version = xml.readElementText().toUtf8();
        } else {
            xml.skipCurrentElement();
        }
    }
    if (xml.hasError())
        return object; // the caller reports it
    if (object.key.isEmpty())
        return fail(parseError(Words::tr("It lists an object without a name")));
    if (!isMark && (!sized || object.size < 0 || object.size > maxObject))
        return fail(parseError(Words::tr("It states a size for %1 that no object can have").arg(text::safe(object.key))));
    return object;
}

/// What every page of a list says of itself.
struct Frame {
    bool truncated = false;
    bool encoded = false; ///< keys are
};

/// Reads the children of `root`; `take` reads those it knows and says whether it did.
template <class Take>
Result<Frame> readList(const QByteArray &body, QLatin1StringView root, const QString &notOne, const Take &take)
{
    QXmlStreamReader xml(body);
    if (!enters(xml, root))
        return fail(parseError(notOne));
    Frame frame;
    while (xml.readNextStartElement()) {
        if (xml.name() == "IsTruncated"_L1) {
            frame.truncated = xml.readElementText() == "true"_L1;
        } else if (xml.name() == "EncodingType"_L1) {
            frame.encoded = xml.readElementText() == "url"_L1;
        } else {
            const Result<bool> taken = take(xml);
            if (!taken)
                return fail(taken.error());
            if (!*taken)
                xml.skipCurrentElement();
        }
    }
    if (xml.hasError())
        return fail(parseError(Words::tr("It is not complete XML: %1 in line %2").arg(xml.errorString()).arg(xml.lineNumber())));
    return frame;
}

Error goesOnNowhere()
{
    return parseError(Words::tr("It says that the list continues, but not where"));
}

Error::Kind kindOf(const QString &code, int status)
{
    using enum Error::Kind;
    static const QHash<QString, Error::Kind> kinds{
        {u"AccessDenied"_s, Forbidden}, {u"AllAccessDisabled"_s, Forbidden}, {u"InvalidObjectState"_s, Forbidden},
        {u"ExpiredToken"_s, Auth}, {u"TokenRefreshRequired"_s, Auth}, {u"InvalidToken"_s, Auth},
        {u"InvalidAccessKeyId"_s, Auth}, {u"XAdminUserNotFound"_s, Auth}, {u"SignatureDoesNotMatch"_s, Auth},
        {u"AuthorizationHeaderMalformed"_s, Auth}, {u"RequestTimeTooSkewed"_s, Auth}, {u"NoSuchBucket"_s, NotFound},
        {u"NoSuchKey"_s, NotFound}, {u"SlowDown"_s, RateLimited}, {u"ServiceUnavailable"_s, RateLimited}};
    if (const auto found = kinds.constFind(code); found != kinds.constEnd())
        return *found;
    switch (status) {
    case 401: return Auth;
    case 403: return Forbidden;
    case 404: return NotFound;
    case 412: return Conflict;
    case 429:
    case 503: return RateLimited;
    default: break;
    }
    return status >= 500 ? Server : status >= 300 && status < 400 ? Unsupported : Invalid;
}

struct Reading {
    QString why, fix;
};

Reading explained(const Refusal &refusal, const net::Response &response, const Facts &facts, Error::Kind kind, const QDateTime &now)
{
    const QString &code = refusal.code;
    if (response.status >= 300 && response.status < 400)
        return {Words::tr("%1 redirects to “%2”, and neither requests nor credentials follow it there")
                    .arg(facts.server, text::safe(response.header("location").left(longestText))),
                Words::tr("Name the endpoint that serves this bucket, or its region")};
    if (code == "ExpiredToken"_L1 || code == "TokenRefreshRequired"_L1)
        return {Words::tr("The session token of these temporary credentials has expired"), Words::tr("Get new credentials and try again")};
    if (code == "InvalidToken"_L1)
        return {Words::tr("%1 does not accept the session token").arg(facts.server),
                Words::tr("Get new credentials, or leave AWS_SESSION_TOKEN out where they are permanent")};
    if (code == "InvalidAccessKeyId"_L1 || code == "XAdminUserNotFound"_L1)
        return {Words::tr("%1 does not know the access key").arg(facts.server),
                Words::tr("Check the access key, and that it belongs to this endpoint")};
    if (code == "SignatureDoesNotMatch"_L1)
        return {Words::tr("The signature does not match the access key"),
                Words::tr("Check the secret key; a proxy that changes requests has the same effect")};
    if (code == "RequestTimeTooSkewed"_L1) {
        const auto by = clockDifference(response, now);
        return {!by ? Words::tr("The clocks of this machine and of %1 differ too much").arg(facts.server)
                    : Words::tr("The clocks of this machine and of %1 differ by %2").arg(facts.server, text::duration(*by)),
                Words::tr("Set this machine's clock; requests must be signed within 15 minutes")};
    }
    if (code == "AuthorizationHeaderMalformed"_L1)
        return {Words::tr("It does not accept requests for the region %1").arg(QString::fromLatin1(facts.region)),
                Words::tr("Name the bucket's region")};
    if (code == "InvalidObjectState"_L1)
        return {Words::tr("The object is archived"), Words::tr("Restore it first")};
    if (code == "NoSuchBucket"_L1)
        return {Words::tr("There is no such bucket at %1").arg(facts.server), Words::tr("Check the bucket's name and the endpoint")};
    switch (kind) {
    case Error::Kind::RateLimited:
        return {Words::tr("%1 is overloaded and asks for fewer requests").arg(facts.server), Words::tr("Try again later")};
    case Error::Kind::Forbidden:
        return facts.keyed ? Reading{Words::tr("The credentials do not permit this"),
                                     Words::tr("Ask for permission to list the bucket and to read its objects")}
                           : Reading{Words::tr("It cannot be read without credentials"),
                                     Words::tr("Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")};
    default: break;
    }
    const QString said = text::safe(refusal.message.left(longestText).simplified());
    return {said.isEmpty() ? Words::tr("%1 answered with status %2").arg(facts.server).arg(response.status) : said,
            response.status >= 500 ? Words::tr("Try again later") : Words::tr("Check the endpoint, the bucket and the region")};
}

} // namespace

Result<ListPage> parseListPage(const QByteArray &body)
{
    ListPage page;
    const Result<Frame> frame = readList(body, "ListBucketResult"_L1, Words::tr("It is not a list of objects"), [&](QXmlStreamReader &xml) -> Result<bool> {
        if (xml.name() == "Contents"_L1) {
            Result<Object> object = parseObject(xml);
            if (!object)
                return fail(object.error());
            page.objects << std::move(*object);
        } else if (xml.name() == "NextContinuationToken"_L1) {
            page.next = xml.readElementText().toUtf8();
        } else {
            return false;
        }
        return true;
    });
    if (!frame)
        return fail(frame.error());
    if (frame->encoded) {
        for (Object &object : page.objects)
            object.key = decodedKey(object.key);
    }
    if (!frame->truncated)
        page.next.clear();
    else if (page.next.isEmpty() || page.next.size() > longestToken)
        return fail(goesOnNowhere());
    return page;
}

Result<VersionPage> parseVersionPage(const QByteArray &body)
{
    VersionPage page;
    const Result<Frame> frame = readList(body, "ListVersionsResult"_L1, Words::tr("It is not a list of versions"), [&](QXmlStreamReader &xml) -> Result<bool> {
        const bool isMark = xml.name() == "DeleteMarker"_L1;
        if (isMark || xml.name() == "Version"_L1) {
            Result<Object> object = parseObject(xml, isMark);
            if (!object)
                return fail(object.error());
            if (object->version.size() > longestText)
                return fail(parseError(Words::tr("It names a version of %1 that no store would").arg(text::safe(object->key))));
            page.versions << Version{std::move(*object), isMark};
        } else if (xml.name() == "NextKeyMarker"_L1) {
            page.nextKey = xml.readElementText().toUtf8();
        } else if (xml.name() == "NextVersionIdMarker"_L1) {
            page.nextVersion = xml.readElementText().toUtf8();
        } else {
            return false;
        }
        return true;
    });
    if (!frame)
        return fail(frame.error());
    if (frame->encoded) {
        for (Version &version : page.versions)
            version.object.key = decodedKey(version.object.key);
        page.nextKey = decodedKey(page.nextKey);
    }
    if (!frame->truncated) {
        page.nextKey.clear();
        page.nextVersion.clear();
    } else if (page.nextKey.isEmpty() || page.nextKey.size() > longestToken || page.nextVersion.size() > longestText) {
        return fail(goesOnNowhere());
    }
    return page;
}

Refusal parseRefusal(const QByteArray &body)
{
    Refusal refusal;
    QXmlStreamReader xml(body);
    if (!enters(xml, "Error"_L1))
        return refusal;
    while (xml.readNextStartElement()) {
        const auto name = xml.name();
        if (name == "Code"_L1)
            refusal.code = xml.readElementText().left(128);
        else if (name == "Message"_L1)
            refusal.message = xml.readElementText().left(longestText);
        else if (name == "Region"_L1)
            refusal.region = xml.readElementText().left(128);
        else
            xml.skipCurrentElement();
    }
    return refusal;
}

QByteArray namedRegion(const net::Response &response)
{
    QByteArray region = response.header("x-amz-bucket-region");
    if (region.isEmpty())
        region = parseRefusal(response.body).region.toLatin1();
    const bool plain = std::ranges::all_of(region, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
    return plain && region.size() <= 63 ? region : QByteArray();
}

std::optional<std::chrono::milliseconds> clockDifference(const net::Response &response, const QDateTime &now)
{
    QDateTime theirs = QLocale::c().toDateTime(QString::fromLatin1(response.header("date")), u"ddd, dd MMM yyyy HH:mm:ss 'GMT'"_s);
    if (!theirs.isValid())
        return std::nullopt;
    theirs.setTimeSpec(Qt::UTC);
    return std::chrono::milliseconds(std::abs(theirs.msecsTo(now)));
}

Error refused(const net::Response &response, const Facts &facts, const QDateTime &now)
{
    const Refusal refusal = parseRefusal(response.body);
    const bool redirect = response.status >= 300 && response.status < 400;
    if (refusal.code.isEmpty() && !redirect && isWebPage(response) && response.status != 429 && response.status < 500)
        return notAStoreError(facts, Words::tr("%1 answered with a web page and status %2").arg(facts.server).arg(response.status),
                              response.status);
    Error error;
    error.kind = kindOf(refusal.code, response.status);
    const Reading reading = explained(refusal, response, facts, error.kind, now);
    error.what = facts.what;
    error.why = reading.why;
    error.fix = reading.fix;
    error.reason = refusal.code;
    error.httpStatus = response.status;
    return error;
}

Error notAStoreError(const Facts &facts, const QString &why, int status)
{
    Error error = Error::make(Error::Kind::Unsupported, facts.what, why,
                              Words::tr("%1 is not an S3 server: check the endpoint, and whether a proxy or sign-in page stands in between")
                                  .arg(facts.server));
    error.reason = notAStore;
    error.httpStatus = status;
    return error;
}

bool isWebPage(const net::Response &response)
{
    const QByteArray start = response.body.left(256).trimmed().toLower();
    return response.contentType.startsWith("text/html") || start.startsWith("<!doctype html") || start.startsWith("<html");
}

} // namespace cairn::s3
