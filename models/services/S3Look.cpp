// SPDX-License-Identifier: GPL-3.0-or-later
#include "services/S3Look.h"

#include "base/Text.h"
#include "s3/Access.h"
#include "s3/Answer.h"

#include <QCryptographicHash>
#include <QRegularExpression>
#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace cairn::services::s3look {
namespace {

/// Requests may be that old (AWS: RequestTimeTooSkewed), and a minute is worth a word.
constexpr auto MOST_SKEW = 15min;
constexpr auto SOME_SKEW = 1min;

const QByteArray &probeBody()
{
    static const QByteArray body = "Written by Cairn to test this bucket. It may be deleted.\n";
    return body;
}

QByteArray hostHeader(const Target &target, bool inHost)
{
    QByteArray name = Server{target.host, target.port}.name().toLatin1();
    if (name.contains(':'))
        name = '[' + name + ']';
    if (inHost)
        name = target.database.toLatin1() + '.' + name;
    const int usual = target.tls == Tls::Off ? 80 : 443;
    return target.port == usual ? name : name + ':' + QByteArray::number(target.port);
}

QByteArray quoted(QByteArray text)
{
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    return '"' + text + "\"\n";
}

s3::Facts factsOf(const Target &target, const QByteArray &region)
{
    return {{}, Server{target.host, target.port}.text(), !target.user.isEmpty(), region};
}

QString bucketOf(const Checks &checks)
{
    return checks.shown(checks.target().database.toUtf8());
}

QString sentence(const QString &text)
{
    return text.isEmpty() || text.endsWith(u'.') ? text : text + u'.';
}

/// How the bucket is made, for a shell: nothing but names goes into it.
QString creating(const Target &target)
{
    static const QRegularExpression plain(u"\\A[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\\z"_s);
    const Server server{target.host, target.port};
    if (!plain.match(target.database).hasMatch() || server.name().isEmpty())
        return Words::tr("Create it, or correct its name.");
    return Words::tr("Create it, or correct its name: aws s3 mb s3://%1 --endpoint-url %2")
        .arg(target.database, (target.tls == Tls::Off ? u"http://"_s : u"https://"_s) + server.text());
}

/// Stores that refuse a bucket in the path: Alibaba, Tencent, Volcengine.
bool refusesPath(const QString &code)
{
    return code == "SecondLevelDomainForbidden"_L1 || code == "PathStyleDomainForbidden"_L1
        || code == "InvalidPathAccess"_L1;
}

/// By whom, or nobody where it is no S3.
std::optional<QString> storeIn(const Checks &checks, const net::Response &answer, const s3::Refusal &refusal)
{
    const bool named = !answer.header("x-amz-request-id").isEmpty() || !answer.header("x-amz-id-2").isEmpty();
    if (!named && refusal.code.isEmpty() && !answer.body.contains("<ListBucketResult"))
        return std::nullopt;
    return checks.shown(answer.header("server"));
}

/// False where nothing that the store says would be worth a look.
bool judgeStore(Checks &checks, const net::Response &answer, const s3::Refusal &refusal)
{
    const Target &target = checks.target();
    const QString id = u"s3"_s, server = Server{target.host, target.port}.text();
    if (target.tls == Tls::Off && answer.status / 100 == 3 && answer.header("location").startsWith("https://")) {
        checks.failed(id, Words::tr("%1 answers on http with a redirect to https, which nothing follows.").arg(server),
            Words::tr("Choose TLS, and the port of it."));
        return false;
    }
    const std::optional<QString> by = storeIn(checks, answer, refusal);
    if (!by) {
        checks.failed(id,
            s3::isWebPage(answer)
                ? Words::tr("%1 answered with a web page and status %2.").arg(server).arg(answer.status)
                : Words::tr("%1 answered with status %2, and not as an S3 store does.").arg(server).arg(answer.status),
            Words::tr("Check server and port: a console, a sign-in page or a proxy may stand there."));
        return false;
    }
    checks.ok(id,
        by->isEmpty() ? Words::tr("%1 answers as an S3 store.").arg(server)
                      : Words::tr("%1 answers as an S3 store (%2).").arg(server, *by));
    return true;
}

void judgeClock(Checks &checks, const net::Response &answer, bool refused, const QDateTime &now)
{
    const QString id = u"clock"_s;
    const auto by = s3::clockDifference(answer, now);
    const QString text = by ? Words::tr("The store's clock and the one here differ by %1.").arg(text::duration(*by))
                            : Words::tr("The store's clock and the one here differ too much.");
    const QString fix = Words::tr("Set the clock that is wrong: requests must be signed within 15 minutes.");
    if (refused && by && *by < MOST_SKEW) // of a pod: requests are signed elsewhere
        checks.warn(id, Words::tr("The clock of the machine that signed the request is wrong; the one here is right."), fix);
    else if (refused || (by && *by >= MOST_SKEW))
        checks.failed(id, text, fix);
    else if (!by)
        checks.skipped(id, Words::tr("Not looked at: the store does not tell its time."));
    else if (*by >= SOME_SKEW)
        checks.warn(id, text, fix);
    else
        checks.ok(id, Words::tr("The store's clock and the one here agree to a minute."));
}

/// "s3.eu-central-1.amazonaws.com" and "s3-eu-central-1.amazonaws.com"
QByteArray regionOfAws(const QString &host)
{
    static const QRegularExpression aws(
        u"\\As3(?:\\.dualstack)?[.-]([a-z0-9-]+)\\.amazonaws\\.com(?:\\.cn)?\\z"_s);
    const QByteArray region = aws.match(host.toLower()).captured(1).toLatin1();
    return region == "dualstack" || region == "external-1" ? QByteArray() : region;
}

QString rightOf(Ask ask)
{
    return ask == Ask::Put ? u"s3:PutObject"_s : ask == Ask::Get ? u"s3:GetObject"_s : u"s3:DeleteObject"_s;
}

QString idOf(Ask ask)
{
    return ask == Ask::Put ? u"write"_s : ask == Ask::Get ? u"read"_s : u"delete"_s;
}

QString leftBehind(const QByteArray &word)
{
    return Words::tr("Delete %1 from the bucket.").arg(QString::fromLatin1(probeKey(word)));
}

} // namespace

QByteArray probeKey(const QByteArray &word)
{
    return "cairn-probe/" + word;
}

QByteArray regionOf(const Target &target)
{
    if (!target.region.isEmpty())
        return target.region;
    const QByteArray aws = regionOfAws(target.host);
    return aws.isEmpty() ? "us-east-1" : aws;
}

bool isKey(const QString &user)
{
    return std::ranges::all_of(user, [](QChar c) { return c.unicode() > 0x20 && c.unicode() < 0x7f; });
}

Asked asked(const Target &target, Ask ask, const QByteArray &word, const QByteArray &region, const QDateTime &now,
    bool inHost)
{
    s3::Unsigned request;
    request.method = ask == Ask::Put ? "PUT" : ask == Ask::Delete ? "DELETE" : "GET";
    request.host = hostHeader(target, inHost);
    request.path = inHost ? QByteArray() : '/' + target.database.toUtf8();
    QByteArray body;
    if (ask == Ask::List) {
        request.query = {{"list-type", "2"}, {"max-keys", "1"}};
        if (inHost)
            request.path = "/";
    } else {
        request.path += '/' + probeKey(word);
    }
    if (ask == Ask::Put) {
        body = probeBody();
        request.headers = {{"content-type", "text/plain"}};
        request.payloadHash = QCryptographicHash::hash(body, QCryptographicHash::Sha256).toHex();
    }
    const s3::Keys keys{target.user.toLatin1(), target.password, {}};
    const QList<net::Header> headers =
        keys.isEmpty() ? request.headers : s3::signedHeaders(request, keys, region, now);
    const QByteArray path = s3::encodedTarget(request);

    Asked made;
    made.bytes = request.method + ' ' + path + " HTTP/1.1\r\nHost: " + request.host + "\r\n";
    made.curl = "url = " + quoted((target.tls == Tls::Off ? "http://" : "https://") + request.host + path)
        + "request = " + quoted(request.method);
    for (const auto &[name, value] : headers) {
        made.bytes += name + ": " + value + "\r\n";
        made.curl += "header = " + quoted(name + ": " + value);
    }
    if (ask == Ask::Put) {
        made.bytes += "Content-Length: " + QByteArray::number(body.size()) + "\r\n";
        made.curl += "data-binary = " + quoted(body);
    }
    made.bytes += "User-Agent: cairn\r\nConnection: close\r\n\r\n" + body;
    return made;
}

bool tellsItsEnd(const net::Response &answer)
{
    constexpr qlonglong longest = 16 * 1024 * 1024;
    bool ok = false;
    const qlonglong length = answer.header("content-length").toLongLong(&ok);
    return ok && length >= 0 && length <= longest;
}

Error hasNoEnd(const QString &server)
{
    return Error::make(Error::Kind::Server,
        server.isEmpty() ? Words::tr("The answer has no end.") : Words::tr("The answer of %1 has no end.").arg(server), {},
        Words::tr("Check what answers at this port: whoever asks it waits for ever."));
}

bool isWhole(const QByteArray &bytes)
{
    const qsizetype head = bytes.indexOf("\r\n\r\n");
    if (head < 0)
        return false;
    const QByteArray headers = bytes.left(head + 2).toLower();
    if (headers.contains("\r\ntransfer-encoding:"))
        return bytes.endsWith("\r\n0\r\n\r\n");
    const qsizetype length = headers.indexOf("\r\ncontent-length:");
    if (length < 0)
        return headers.mid(headers.indexOf(' ') + 1, 3) == "204";
    const qsizetype from = length + 17;
    bool ok = false;
    const qlonglong size = headers.mid(from, headers.indexOf('\r', from) - from).trimmed().toLongLong(&ok);
    return ok && bytes.size() - head - 4 >= size;
}

std::optional<net::Response> answerOf(const Target &target, const QByteArray &bytes)
{
    QByteArray clean = bytes;
    if (!target.password.isEmpty())
        clean.replace(target.password.reveal(), "***");
    if (!target.user.isEmpty())
        clean.replace(target.user.toLatin1(), "***");
    static const QRegularExpression status(u"\\AHTTP/[0-9.]{1,3} ([1-5][0-9]{2})(?: |\\z)"_s);
    net::Response answer;
    qsizetype at = 0;
    for (bool first = true; at < clean.size(); first = false) {
        qsizetype end = clean.indexOf('\n', at);
        if (end < 0)
            end = clean.size();
        const QByteArray line = clean.mid(at, end - at).trimmed();
        at = end + 1;
        if (first) {
            const auto match = status.match(QString::fromLatin1(line));
            if (!match.hasMatch())
                return std::nullopt;
            answer.status = match.captured(1).toInt();
            continue;
        }
        if (line.isEmpty())
            break;
        const qsizetype colon = line.indexOf(':');
        if (colon > 0 && answer.headers.size() < 100)
            answer.headers.append({line.left(colon).toLower(), line.mid(colon + 1).trimmed()});
    }
    if (answer.status == 0)
        return std::nullopt;
    answer.contentType = answer.header("content-type").toLower();
    // What is read of a body is XML; before it may stand the length of a chunk.
    answer.body = clean.mid(at);
    if (const qsizetype xml = answer.body.indexOf('<'); xml > 0 && answer.headers.contains({"transfer-encoding", "chunked"}))
        answer.body.remove(0, xml);
    return answer;
}

QByteArray otherRegion(const net::Response &answer, const QByteArray &region)
{
    if (answer.status / 100 == 2)
        return {};
    QByteArray named = s3::namedRegion(answer);
    const s3::Refusal refusal = s3::parseRefusal(answer.body);
    if (named.isEmpty() && refusal.code == "AuthorizationHeaderMalformed"_L1) {
        // "…; the region 'us-east-1' is wrong; expecting 'eu-central-1'"
        static const QRegularExpression expecting(u"expecting '?([a-z0-9-]{1,63})"_s);
        named = expecting.match(refusal.message).captured(1).toLatin1();
    }
    return s3::isRegionName(named) && named != region ? named : QByteArray();
}

void judgeRegion(Checks &checks, const QByteArray &region, const QByteArray &other)
{
    const QString right = QString::fromLatin1(other), asked = checks.shown(region);
    const bool aws = !regionOfAws(checks.target().host).isEmpty();
    const QString fix = aws ? Words::tr("Name the server s3.%1.amazonaws.com and the region %1.").arg(right)
                            : Words::tr("Set the region to %1.").arg(right);
    if (!checks.target().region.isEmpty() || aws)
        checks.failed(u"region"_s, Words::tr("The bucket is in region %1, not in %2.").arg(right, asked), fix);
    else
        checks.warn(u"region"_s,
            Words::tr("The store wants requests for region %1, and none is named: components sign for %2.")
                .arg(right, asked),
            fix);
}

bool judgeList(Checks &checks, const net::Response &answer, const QByteArray &region, const QDateTime &now)
{
    const Target &target = checks.target();
    const bool keyed = !target.user.isEmpty(), good = answer.status / 100 == 2;
    const s3::Refusal refusal = s3::parseRefusal(answer.body);
    const QString bucket = bucketOf(checks);
    if (!judgeStore(checks, answer, refusal))
        return false;
    const bool late = refusal.code == "RequestTimeTooSkewed"_L1;
    judgeClock(checks, answer, late, now);
    if (late)
        return false;
    const QString putIn = Words::tr("The bucket is named in the path, as Pipelines do.");
    if (good) {
        if (keyed)
            checks.ok(u"login"_s, Words::tr("The keys are accepted."));
        checks.ok(u"region"_s,
            keyed ? Words::tr("Requests signed for %1 are accepted.").arg(checks.shown(region))
                  : Words::tr("The store names no other region."));
        checks.ok(u"style"_s, putIn);
        checks.ok(u"bucket"_s, Words::tr("The bucket %1 is there.").arg(bucket));
        if (keyed)
            checks.ok(u"list"_s, Words::tr("The keys may list the bucket."));
        else
            checks.warn(u"list"_s, Words::tr("Anybody may list this bucket, without keys."),
                Words::tr("Close the bucket to the public, and name the Secret with its keys."));
        return keyed;
    }
    const Error error = s3::refused(answer, factsOf(target, region), now);
    const QString why = sentence(error.why), fix = sentence(error.fix);
    if (const QByteArray other = otherRegion(answer, region); !other.isEmpty()) {
        judgeRegion(checks, region, other);
        return false;
    }
    if (refusesPath(refusal.code)) {
        checks.failed(u"style"_s, Words::tr("The store refuses a bucket in the path (%1).").arg(checks.shown(refusal.code.toUtf8())),
            Words::tr("Pipelines can ask in no other way: use a store or a gateway that takes the bucket in the path."));
        return false;
    }
    if (target.host.startsWith(target.database + u'.', Qt::CaseInsensitive)) {
        checks.failed(u"style"_s,
            Words::tr("The server's name holds the bucket already, and Pipelines put it into the path as well."),
            Words::tr("Name the server without the bucket before it."));
        return false;
    }
    if (error.kind == Error::Kind::Auth && keyed) {
        checks.failed(u"login"_s, why, fix);
        return false;
    }
    if (refusal.code == "NoSuchBucket"_L1 || (answer.status == 404 && !refusal.code.isEmpty())) {
        checks.failed(u"bucket"_s, Words::tr("The store has no bucket %1.").arg(bucket), creating(target));
        return false;
    }
    if (error.kind == Error::Kind::Forbidden || (error.kind == Error::Kind::Auth && !keyed)) {
        checks.ok(u"style"_s, putIn);
        if (!keyed) {
            checks.warn(u"bucket"_s,
                Words::tr("Something is there, but it was not tested: without keys the answer is %1.").arg(answer.status),
                Words::tr("Name the Secret that holds accesskey and secretkey, and test again."));
            return false;
        }
        checks.ok(u"login"_s, Words::tr("The keys are not refused as such."));
        checks.ok(u"region"_s, Words::tr("Requests signed for %1 are accepted.").arg(checks.shown(region)));
        checks.warn(u"bucket"_s, Words::tr("Whether %1 is there is not told to these keys.").arg(bucket),
            Words::tr("Check the bucket's name, and whose it is."));
        checks.failed(u"list"_s, Words::tr("The keys may not list the bucket: %1").arg(checks.shown(refusal.code.toUtf8())),
            Words::tr("Allow s3:ListBucket: Pipelines look for the bucket and list folders of artifacts."));
        return true;
    }
    checks.failed(u"bucket"_s, why, fix);
    return false;
}

void judgeObject(Checks &checks, Ask ask, const net::Response &answer, const QByteArray &word, const QDateTime &now)
{
    const Target &target = checks.target();
    const QString key = QString::fromLatin1(probeKey(word));
    if (answer.status / 100 == 2) {
        if (ask == Ask::Put)
            checks.ok(idOf(ask), Words::tr("%1 was written.").arg(key));
        else if (ask == Ask::Get && answer.body.contains(probeBody().trimmed()))
            checks.ok(idOf(ask), Words::tr("It was read back as it was written."));
        else if (ask == Ask::Get)
            checks.failed(idOf(ask), Words::tr("What was read back is not what was written."),
                Words::tr("Check what stands between here and the store."));
        else if (answer.header("x-amz-delete-marker").toLower() == "true" || !answer.header("x-amz-version-id").isEmpty())
            checks.warn(idOf(ask),
                Words::tr("It was deleted, but this bucket keeps versions: a delete marker and the old version of %1 stay.")
                    .arg(key),
                Words::tr("Delete its versions, or let a lifecycle rule do it: artifacts that are deleted stay as well."));
        else
            checks.ok(idOf(ask), Words::tr("It was deleted again."));
        return;
    }
    const Error error = s3::refused(answer, factsOf(target, regionOf(target)), now);
    QString fix = error.kind == Error::Kind::Forbidden ? Words::tr("Allow %1 on the objects of the bucket.").arg(rightOf(ask))
                                                       : sentence(error.fix);
    if (ask == Ask::Delete)
        fix = leftBehind(word) + u' ' + fix;
    checks.failed(idOf(ask), sentence(error.why), fix);
}

void judgeObject(Checks &checks, Ask ask, const Error &error, const QByteArray &word)
{
    if (ask == Ask::Delete)
        checks.failed(idOf(ask), Words::tr("Whether %1 was deleted is not known: %2").arg(QString::fromLatin1(probeKey(word)), error.what),
            leftBehind(word));
    else
        checks.failed(idOf(ask), error);
}

void skipObjects(Checks &checks)
{
    for (const Ask ask : {Ask::Put, Ask::Get, Ask::Delete})
        checks.skipped(idOf(ask), Words::tr("Not looked at: an object is written only where you agree to it."));
}

} // namespace cairn::services::s3look
