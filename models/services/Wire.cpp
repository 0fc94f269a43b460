// SPDX-License-Identifier: GPL-3.0-or-later
#include "services/Wire.h"

#include "base/Text.h"
#include "services/Checks.h"

#include <QFile>
#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cstring>
#include <fcntl.h>
#include <mutex>
#include <netinet/in.h>
// netinet/tcp.h lacks tcpi_bytes_received, and both cannot be read.
#include <linux/tcp.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace cairn::services {
namespace {

constexpr qint64 MOST = 1 << 20;

void ring(int eventFd)
{
    const uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(eventFd, &one, sizeof one);
}

int milliseconds(Clock::time_point until)
{
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
    return static_cast<int>(std::clamp<std::chrono::milliseconds>(left, 0ms, 3600s).count());
}

Error network(const QString &what, const QString &fix)
{
    return Error::make(Error::Kind::Network, what, {}, fix);
}

Error tls(const QString &what, const QString &fix)
{
    return Error::make(Error::Kind::Tls, what, {}, fix);
}

/// The bundle that OpenSSL is told of, or the one of the distribution.
QByteArray systemBundle()
{
    const QByteArray told = qgetenv("SSL_CERT_FILE");
    for (const QByteArray &path :
        {told, QByteArray("/etc/ssl/certs/ca-certificates.crt"), QByteArray("/etc/pki/tls/certs/ca-bundle.crt"),
            QByteArray("/etc/ssl/ca-bundle.pem"), QByteArray("/etc/ssl/cert.pem")}) {
        if (!path.isEmpty() && access(path.constData(), R_OK) == 0)
            return path;
    }
    return {};
}

QString textOf(const ASN1_STRING *string)
{
    unsigned char *utf8 = nullptr;
    const int length = ASN1_STRING_to_UTF8(&utf8, string);
    if (length < 0)
        return {};
    const QByteArray bytes(static_cast<const char *>(static_cast<const void *>(utf8)), std::min(length, 100));
    OPENSSL_free(utf8);
    return text::safe(bytes);
}

/// The common name, or the organisation where there is none.
QString nameOf(const X509_NAME *name)
{
    for (const int nid : {NID_commonName, NID_organizationName}) {
        const int at = X509_NAME_get_index_by_NID(name, nid, -1);
        if (at >= 0)
            return textOf(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
    }
    return Words::tr("somebody without a name");
}

/// The names a certificate is for: those that count first.
QString subjectOf(X509 *certificate)
{
    QStringList names;
    auto *alternatives =
        static_cast<GENERAL_NAMES *>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
    for (int i = 0; i < sk_GENERAL_NAME_num(alternatives) && names.size() < 4; ++i) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(alternatives, i);
        if (name->type == GEN_DNS)
            names.append(textOf(name->d.dNSName));
    }
    GENERAL_NAMES_free(alternatives);
    return names.isEmpty() ? nameOf(X509_get_subject_name(certificate)) : names.join(u", "_s);
}

QDateTime timeOf(const ASN1_TIME *time)
{
    tm parts{};
    if (ASN1_TIME_to_tm(time, &parts) != 1)
        return {};
    return QDateTime::fromSecsSinceEpoch(timegm(&parts), Qt::UTC);
}

Error notAccepted(long result, const Certificate &seen, const QString &host, bool ownCa)
{
    switch (result) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return tls(Words::tr("The server's certificate expired on %1.").arg(seen.notAfter.toString(u"yyyy-MM-dd"_s)),
            Words::tr("Renew the certificate on the server."));
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return tls(Words::tr("The server's certificate is not valid yet."),
            Words::tr("Check the clock of this machine and of the server."));
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return tls(Words::tr("The server's certificate is for %1, not for %2.").arg(seen.subject, text::safe(host)),
            Words::tr("Use a name that the certificate holds, or issue a certificate that holds this one."));
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        return tls(Words::tr("The server's certificate (%1) is self-signed and not trusted.").arg(seen.subject),
            Words::tr("Give this certificate as the CA, or use one that a CA signed."));
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        return tls(ownCa
                ? Words::tr("The server's certificate is signed by %1, which is not the given CA.").arg(seen.issuer)
                : Words::tr("The server's certificate is signed by %1, which this machine does not trust.")
                      .arg(seen.issuer),
            Words::tr("Give the certificate of the CA that signed it."));
    default:
        return tls(Words::tr("The server's certificate is not accepted: %1.")
                       .arg(QString::fromLatin1(X509_verify_cert_error_string(result))),
            Words::tr("Issue a certificate that is valid for this server."));
    }
}

/// Adds every certificate of a PEM text. False where there is none.
bool trust(X509_STORE *store, const QByteArray &pem)
{
    BIO *bio = BIO_new_mem_buf(pem.constData(), static_cast<int>(pem.size()));
    int count = 0;
    while (X509 *each = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr)) {
        count += X509_STORE_add_cert(store, each) == 1 ? 1 : 0;
        X509_free(each);
    }
    ERR_clear_error();
    BIO_free(bio);
    return count > 0;
}

bool isAddress(const QByteArray &host)
{
    std::array<unsigned char, sizeof(in6_addr)> bytes{};
    return inet_pton(AF_INET, host.constData(), bytes.data()) == 1
        || inet_pton(AF_INET6, host.constData(), bytes.data()) == 1;
}

/// A lookup that nobody may be waiting for any more.
struct Lookup {
    ~Lookup()
    {
        close(done);
        if (found)
            freeaddrinfo(found);
    }
    int done = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    int status = EAI_FAIL;
    addrinfo *found = nullptr;
};

} // namespace

// ---- Patience

Patience::Patience(int seconds, std::stop_token stop)
    : m_each(std::clamp(seconds, 1, 600))
    , m_end(Clock::now() + 4 * m_each)
    , m_stop(std::move(stop))
    , m_wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
{
    m_onStop.emplace(m_stop, [wake = m_wake] { ring(wake); });
}

Patience::~Patience()
{
    m_onStop.reset();
    close(m_wake);
}

Clock::time_point Patience::deadline() const
{
    return std::min(Clock::now() + m_each, m_end);
}

Patience::Wake Patience::wait(pollfd *sockets, size_t count, Clock::time_point until) const
{
    std::array<pollfd, 4> all{};
    std::copy_n(sockets, count, all.begin());
    all[count] = {m_wake, POLLIN, 0};
    for (;;) {
        if (isStopped())
            return Wake::Stopped;
        const int ready = poll(all.data(), count + 1, milliseconds(until));
        if (ready < 0 && errno == EINTR)
            continue;
        if (isStopped())
            return Wake::Stopped;
        std::copy_n(all.begin(), count, sockets);
        if (ready > 0)
            return Wake::Ready;
        if (Clock::now() >= until)
            return Wake::Late;
    }
}

Patience::Wake Patience::wait(int socket, short events, Clock::time_point until) const
{
    pollfd one{socket, events, 0};
    return wait(&one, 1, until);
}

Error Patience::error(Wake wake, const QString &server) const
{
    if (wake == Wake::Stopped)
        return Error::cancelled();
    return Error::make(Error::Kind::Timeout,
        Words::tr("%1 did not answer within %2.").arg(server, text::duration(m_each)), {},
        Words::tr("Check the server's load, and that no firewall or proxy holds the connection."));
}

// ---- Addresses

QString Address::text() const
{
    std::array<char, INET6_ADDRSTRLEN> out{};
    const void *raw = &storage;
    const void *bytes = storage.ss_family == AF_INET
        ? static_cast<const void *>(&static_cast<const sockaddr_in *>(raw)->sin_addr)
        : static_cast<const void *>(&static_cast<const sockaddr_in6 *>(raw)->sin6_addr);
    return QString::fromLatin1(inet_ntop(storage.ss_family, bytes, out.data(), out.size()));
}

Result<std::vector<Address>> resolve(const QString &host, int port, const Patience &patience)
{
    const auto lookup = std::make_shared<Lookup>();
    // The resolver cannot be stopped: it is left alone where nobody waits for it any longer.
    std::thread([lookup, name = host.toLatin1(), service = QByteArray::number(port)] {
        addrinfo hints{};
        hints.ai_family = AF_UNSPEC;
        hints.ai_socktype = SOCK_STREAM;
        hints.ai_flags = AI_NUMERICSERV;
        lookup->status = getaddrinfo(name.constData(), service.constData(), &hints, &lookup->found);
        ring(lookup->done);
    }).detach();
    const Patience::Wake wake = patience.wait(lookup->done, POLLIN, patience.deadline());
    if (wake == Patience::Wake::Stopped)
        return fail(Error::cancelled());
    if (wake == Patience::Wake::Late || lookup->status == EAI_AGAIN)
        return fail(network(Words::tr("The name server did not answer for %1.").arg(text::safe(host)),
            Words::tr("Check this machine's DNS settings and its connection.")));
    uint64_t rung = 0; // pairs with the ring above: what the thread wrote is seen
    [[maybe_unused]] const auto got = ::read(lookup->done, &rung, sizeof rung);
    if (lookup->status != 0)
        return fail(Error::Kind::NotFound, Words::tr("The name %1 is not known here.").arg(text::safe(host)), {},
            Words::tr("Check the spelling. A name that only the cluster knows cannot be resolved from this machine."));
    std::vector<Address> addresses;
    for (const addrinfo *each = lookup->found; each && addresses.size() < 8; each = each->ai_next) {
        Address address;
        std::memcpy(&address.storage, each->ai_addr, std::min<size_t>(each->ai_addrlen, sizeof address.storage));
        address.length = each->ai_addrlen;
        addresses.push_back(address);
    }
    return addresses;
}

// ---- Wire

Wire::Wire(const Patience &patience, QString server)
    : m_patience(patience)
    , m_server(std::move(server))
{
}

Wire::~Wire()
{
    SSL_free(m_tls);
    SSL_CTX_free(m_context);
    if (m_socket >= 0)
        close(m_socket);
}

Result<> Wire::connect(const std::vector<Address> &addresses)
{
    const Clock::time_point until = m_patience.deadline();
    Error last = network(Words::tr("%1 has no address.").arg(m_server), Words::tr("Check the name."));
    for (size_t i = 0; i < addresses.size(); ++i) {
        const Address &address = addresses[i];
        const void *raw = &address.storage;
        m_socket = ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        int code = m_socket < 0 ? errno : 0;
        if (m_socket >= 0 && ::connect(m_socket, static_cast<const sockaddr *>(raw), address.length) != 0) {
            code = errno;
            if (code == EINPROGRESS) {
                const auto now = Clock::now();
                const auto wake =
                    m_patience.wait(m_socket, POLLOUT, now + (until - now) / static_cast<int>(addresses.size() - i));
                if (wake == Patience::Wake::Stopped)
                    return fail(Error::cancelled());
                socklen_t size = sizeof code;
                if (wake == Patience::Wake::Late)
                    code = ETIMEDOUT;
                else
                    getsockopt(m_socket, SOL_SOCKET, SO_ERROR, &code, &size);
            }
        }
        if (code == 0)
            return {};
        if (m_socket >= 0)
            close(m_socket);
        m_socket = -1;
        const QString where = addresses.size() > 1 || address.text() == m_server.section(u':', 0, -2)
            ? m_server
            : Words::tr("%1 (%2)").arg(m_server, address.text());
        if (code == ECONNREFUSED)
            last = network(Words::tr("%1 refuses the connection: nothing listens on that port.").arg(where),
                Words::tr(
                    "Check the port, that the server runs, and that it listens on more than its loopback address."));
        else if (code == ETIMEDOUT)
            last = network(Words::tr("%1 does not answer.").arg(where),
                Words::tr("Check the address, and that firewalls and security groups let this machine through."));
        else
            last = network(Words::tr("%1 cannot be reached: %2.").arg(where, qt_error_string(code)),
                Words::tr("Check the address and this machine's network."));
    }
    return fail(last);
}

Error Wire::closed() const
{
    return network(Words::tr("%1 closed the connection.").arg(m_server),
        Words::tr("Check that this is the right port, and look at the server's log."));
}

Result<bool> Wire::fill(Clock::time_point until)
{
    std::array<char, 16'384> chunk;
    for (;;) {
        const ssize_t got = recv(m_socket, chunk.data(), chunk.size(), 0);
        if (got == 0)
            return false;
        if (got > 0) {
            m_received += got;
            if (m_received > MOST)
                return fail(Error::Kind::Parse, Words::tr("%1 sends without end.").arg(m_server), {},
                    Words::tr("Check that this is the right port."));
            if (m_tls)
                BIO_write(SSL_get_rbio(m_tls), chunk.data(), static_cast<int>(got));
            else
                m_buffer.append(chunk.data(), got);
            return true;
        }
        if (errno == EINTR)
            continue;
        if (errno != EAGAIN)
            return fail(closed());
        const auto wake = m_patience.wait(m_socket, POLLIN, until);
        if (wake != Patience::Wake::Ready)
            return fail(m_patience.error(wake, m_server));
    }
}

/// Sends what TLS has to say.
Result<> Wire::flush()
{
    std::array<char, 16'384> chunk;
    const Clock::time_point until = m_patience.deadline();
    for (;;) {
        const int size = BIO_read(SSL_get_wbio(m_tls), chunk.data(), static_cast<int>(chunk.size()));
        if (size <= 0)
            return {};
        for (int done = 0; done < size;) {
            const ssize_t sent = send(m_socket, chunk.data() + done, static_cast<size_t>(size - done), MSG_NOSIGNAL);
            if (sent > 0) {
                done += static_cast<int>(sent);
                continue;
            }
            if (errno == EINTR)
                continue;
            if (errno != EAGAIN)
                return fail(closed());
            const auto wake = m_patience.wait(m_socket, POLLOUT, until);
            if (wake != Patience::Wake::Ready)
                return fail(m_patience.error(wake, m_server));
        }
    }
}

Result<Certificate> Wire::secure(const QString &host, const QByteArray &ca)
{
    // A byte that came before TLS began could have been put there by anybody.
    if (!m_buffer.isEmpty())
        return fail(tls(
            Words::tr("%1 speaks before TLS begins.").arg(m_server), Words::tr("Check that this is the right port.")));
    m_context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_min_proto_version(m_context, TLS1_2_VERSION);
    if (!ca.isEmpty()) {
        if (!trust(SSL_CTX_get_cert_store(m_context), ca))
            return fail(Error::Kind::Invalid, Words::tr("The given CA holds no certificate."), {},
                Words::tr("Give it as PEM."));
    } else if (const QByteArray bundle = systemBundle(); !bundle.isEmpty()) {
        SSL_CTX_load_verify_file(m_context, bundle.constData());
    }
    m_tls = SSL_new(m_context);
    SSL_set_bio(m_tls, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_verify(m_tls, SSL_VERIFY_NONE, nullptr); // it is looked at below, as what was refused is to be told
    QByteArray name = host.toLatin1();
    if (isAddress(name)) {
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(m_tls), name.constData());
    } else {
        SSL_set1_host(m_tls, name.constData());
        SSL_ctrl(m_tls, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data()); // the macro casts
    }
    const Clock::time_point until = m_patience.deadline();
    for (;;) {
        ERR_clear_error();
        const int done = SSL_connect(m_tls);
        const int why = SSL_get_error(m_tls, done);
        if (const auto sent = flush(); !sent)
            return fail(sent.error());
        if (done == 1)
            break;
        if (why != SSL_ERROR_WANT_READ) {
            const unsigned long code = ERR_peek_error();
            ERR_clear_error();
            const int reason = ERR_GET_REASON(code);
            if (reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_PACKET_LENGTH_TOO_LONG
                || reason == SSL_R_HTTP_REQUEST)
                return fail(tls(Words::tr("%1 does not speak TLS on this port.").arg(m_server),
                    Words::tr("Use the port for TLS, turn TLS on at the server, or choose no TLS.")));
            const char *text = ERR_reason_error_string(code);
            return fail(tls(Words::tr("The TLS handshake with %1 failed: %2.")
                                .arg(m_server, QString::fromLatin1(text ? text : "unknown reason")),
                Words::tr("The server must offer TLS 1.2 or newer, and must not ask for a client certificate.")));
        }
        const auto more = fill(until);
        if (!more)
            return fail(more.error());
        if (!*more)
            return fail(tls(Words::tr("%1 closed the connection during the TLS handshake.").arg(m_server),
                Words::tr("Check that this port speaks TLS, and look at the server's log.")));
    }
    Certificate seen;
    seen.protocol = QString::fromLatin1(SSL_get_version(m_tls));
    X509 *certificate = SSL_get0_peer_certificate(m_tls);
    if (!certificate)
        return fail(
            tls(Words::tr("%1 shows no certificate.").arg(m_server), Words::tr("Give the server a certificate.")));
    seen.subject = subjectOf(certificate);
    seen.issuer = nameOf(X509_get_issuer_name(certificate));
    seen.notAfter = timeOf(X509_get0_notAfter(certificate));
    if (const long result = SSL_get_verify_result(m_tls); result != X509_V_OK)
        seen.bad = notAccepted(result, seen, host, !ca.isEmpty());
    return seen;
}

Result<> Wire::write(const QByteArray &bytes)
{
    if (m_tls) {
        ERR_clear_error();
        if (!bytes.isEmpty() && SSL_write(m_tls, bytes.constData(), static_cast<int>(bytes.size())) <= 0)
            return fail(closed());
        return flush();
    }
    const Clock::time_point until = m_patience.deadline();
    for (qsizetype done = 0; done < bytes.size();) {
        const ssize_t sent =
            send(m_socket, bytes.constData() + done, static_cast<size_t>(bytes.size() - done), MSG_NOSIGNAL);
        if (sent > 0) {
            done += sent;
            continue;
        }
        if (errno == EINTR)
            continue;
        if (errno != EAGAIN)
            return fail(closed());
        const auto wake = m_patience.wait(m_socket, POLLOUT, until);
        if (wake != Patience::Wake::Ready)
            return fail(m_patience.error(wake, m_server));
    }
    return {};
}

Result<QByteArray> Wire::readSome(Clock::time_point until)
{
    while (m_buffer.isEmpty()) {
        if (m_tls) {
            std::array<char, 16'384> chunk;
            ERR_clear_error();
            const int got = SSL_read(m_tls, chunk.data(), static_cast<int>(chunk.size()));
            if (got > 0) {
                m_buffer.append(chunk.data(), got);
                break;
            }
            const int why = SSL_get_error(m_tls, got);
            if (why == SSL_ERROR_ZERO_RETURN)
                return QByteArray();
            if (why != SSL_ERROR_WANT_READ) {
                ERR_clear_error();
                return fail(closed());
            }
            if (const auto sent = flush(); !sent)
                return fail(sent.error());
        }
        const auto more = fill(until);
        if (!more)
            return fail(more.error());
        if (!*more)
            return QByteArray();
    }
    return std::exchange(m_buffer, {});
}

Result<QByteArray> Wire::read(qsizetype size)
{
    QByteArray bytes;
    const Clock::time_point until = m_patience.deadline();
    while (bytes.size() < size) {
        auto more = readSome(until);
        if (!more)
            return more;
        if (more->isEmpty())
            return fail(closed());
        bytes += *more;
    }
    m_buffer = bytes.mid(size);
    bytes.truncate(size);
    return bytes;
}

void Wire::relay(int other, const Filter &filter)
{
    // Less than what the socket between both holds, so that nobody waits for anybody here.
    constexpr qint64 LIMIT = 64 * 1024;
    qint64 carried = 0;
    Clock::time_point until = m_patience.deadline();
    for (;;) {
        std::array<pollfd, 2> both{pollfd{other, POLLIN, 0}, pollfd{m_socket, POLLIN, 0}};
        const bool waits = m_buffer.isEmpty() && (!m_tls || SSL_pending(m_tls) == 0);
        const auto wake = m_patience.wait(both.data(), 2, waits ? until : Clock::now());
        if (wake == Patience::Wake::Stopped || (wake == Patience::Wake::Late && waits))
            break;
        until = m_patience.deadline();
        if (both[0].revents != 0) {
            std::array<char, 16'384> chunk;
            const ssize_t got = recv(other, chunk.data(), chunk.size(), MSG_DONTWAIT);
            if (got <= 0 || !write(QByteArray(chunk.data(), got)))
                break;
        }
        if (both[1].revents != 0 || !waits) {
            const auto came = readSome(Clock::now());
            if (!came && came.error().kind == Error::Kind::Timeout)
                continue; // half a TLS record
            if (!came || came->isEmpty())
                break;
            carried += came->size();
            const auto bytes = filter ? filter(*came) : *came;
            if (carried > LIMIT || !bytes
                || send(other, bytes->constData(), static_cast<size_t>(bytes->size()), MSG_NOSIGNAL) != bytes->size())
                break;
        }
    }
    shutdown(other, SHUT_RDWR);
}

// ---- Relay

Relay::Relay(std::unique_ptr<Wire> wire, int socket, Wire::Filter filter)
    : m_wire(std::move(wire))
    , m_socket(socket)
    , m_thread([this, filter = std::move(filter)] { m_wire->relay(m_socket, filter); })
{
}

Relay::~Relay()
{
    shutdown(m_socket, SHUT_RDWR);
    m_thread.join();
    close(m_socket);
}

// ---- Watch

Watch::Watch(const Patience &patience, qint64 limit)
    : m_patience(patience)
    , m_limit(limit)
    , m_wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
    , m_deadline(patience.deadline())
    , m_thread([this](const std::stop_token &end) { run(end); })
{
}

Watch::~Watch()
{
    m_thread.request_stop();
    ring(m_wake);
    m_thread.join();
    if (const int socket = m_socket; socket >= 0)
        close(socket);
    close(m_wake);
}

void Watch::over(int socket)
{
    if (socket >= 0 && m_socket < 0)
        m_socket = fcntl(socket, F_DUPFD_CLOEXEC, 0);
}

void Watch::until(Clock::time_point deadline)
{
    m_deadline = deadline;
}

void Watch::run(const std::stop_token &end)
{
    while (!end.stop_requested()) {
        // Twenty times a second, and at once when stop is requested.
        if (m_patience.wait(m_wake, POLLIN, Clock::now() + 50ms) == Patience::Wake::Ready)
            return;
        const int socket = m_socket;
        if (socket < 0) {
            if (m_patience.isStopped())
                std::this_thread::sleep_for(1ms); // there may be a socket yet
            continue;
        }
        tcp_info info{};
        socklen_t size = sizeof info;
        if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) == 0
            && info.tcpi_bytes_received > static_cast<uint64_t>(m_limit))
            m_tooMuch = true;
        if (Clock::now() >= m_deadline.load())
            m_tooLate = true;
        if (m_tooMuch || m_tooLate || m_patience.isStopped()) {
            shutdown(socket, SHUT_RDWR);
            return;
        }
    }
}

// ---- CaFile

CaFile::CaFile(const QByteArray &ca)
{
    if (ca.isEmpty()) {
        m_path = systemBundle();
        return;
    }
    m_file = memfd_create("cairn-ca", MFD_CLOEXEC);
    if (m_file >= 0 && ::write(m_file, ca.constData(), static_cast<size_t>(ca.size())) == ca.size())
        m_path = "/proc/self/fd/" + QByteArray::number(m_file);
}

CaFile::~CaFile()
{
    if (m_file >= 0)
        close(m_file);
}

} // namespace cairn::services
