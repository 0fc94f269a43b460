// SPDX-License-Identifier: GPL-3.0-or-later
#include "FaultServer.h"

#include <algorithm>
#include <arpa/inet.h>
#include <atomic>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <netinet/tcp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace cairn::test {

namespace {

struct CtxDeleter {
    void operator()(SSL_CTX *context) const { SSL_CTX_free(context); }
};
using CtxPtr = std::unique_ptr<SSL_CTX, CtxDeleter>;

sockaddr_in loopback(quint16 port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

int boundSocket(quint16 *port)
{
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(0);
    auto *raw = static_cast<sockaddr *>(static_cast<void *>(&address));
    socklen_t length = sizeof address;
    if (fd < 0 || bind(fd, raw, length) != 0 || getsockname(fd, raw, &length) != 0)
        qFatal("no loopback socket");
    *port = ntohs(address.sin_port);
    return fd;
}

template <class T, class Read>
T *fromPem(const QByteArray &pem, Read read)
{
    BIO *bio = BIO_new_mem_buf(pem.constData(), static_cast<int>(pem.size()));
    T *object = read(bio, nullptr, nullptr, nullptr);
    BIO_free(bio);
    return object;
}

int selectAlpn(SSL *, const unsigned char **out, unsigned char *outLength, const unsigned char *in,
    unsigned int inLength, void *http2)
{
    static const unsigned char both[] = "\x02h2\x08http/1.1";
    const unsigned char *offer = http2 ? both : both + 3;
    const unsigned int length = http2 ? 12 : 9;
    unsigned char *chosen = nullptr;
    if (SSL_select_next_proto(&chosen, outLength, offer, length, in, inLength) != OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_NOACK;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

CtxPtr contextFor(const FaultServer::Tls &tls)
{
    CtxPtr context(SSL_CTX_new(TLS_server_method()));
    SSL_CTX *ctx = context.get();
    X509 *cert = fromPem<X509>(tls.identity.certPem, PEM_read_bio_X509);
    EVP_PKEY *key = fromPem<EVP_PKEY>(tls.identity.keyPem, PEM_read_bio_PrivateKey);
    if (tls.maxVersion != 0) {
        SSL_CTX_set_security_level(ctx, 0);
        SSL_CTX_set_min_proto_version(ctx, 0);
        SSL_CTX_set_max_proto_version(ctx, tls.maxVersion);
    }
    SSL_CTX_use_certificate(ctx, cert);
    SSL_CTX_use_PrivateKey(ctx, key);
    X509_free(cert);
    EVP_PKEY_free(key);
    if (!tls.clientCaPem.isEmpty()) {
        X509 *ca = fromPem<X509>(tls.clientCaPem, PEM_read_bio_X509);
        X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), ca);
        X509_free(ca);
        SSL_CTX_set_verify(
            ctx, SSL_VERIFY_PEER | (tls.requireClientCertificate ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), nullptr);
    }
    SSL_CTX_set_alpn_select_cb(ctx, selectAlpn, tls.http2 ? ctx : nullptr);
    return context;
}

QByteArray commonName(SSL *ssl)
{
    X509 *cert = SSL_get1_peer_certificate(ssl);
    if (!cert)
        return {};
    char name[256] = "";
    X509_NAME_get_text_by_NID(X509_get_subject_name(cert), NID_commonName, name, sizeof name);
    X509_free(cert);
    return name;
}

} // namespace

class FaultServer::Private {
public:
    void run();
    void handle(int fd, int number);
    void stop();

    FaultScript script;
    CtxPtr context;
    bool tlsAtOnce = true;
    int listener = -1;
    quint16 port = 0;
    std::thread acceptor;

    mutable std::mutex mutex; ///< guards all below
    mutable std::condition_variable changed;
    bool stopping = false;
    int accepted = 0;
    std::vector<int> open; ///< file descriptors
    std::vector<std::thread> workers;
    QList<FaultRequest> requests;
    QList<QByteArray> serverNames, clientNames;
};

namespace {

class SocketConnection final : public FaultConnection {
public:
    SocketConnection(FaultServer::Private &server, int fd, SSL *ssl, int number)
        : m_server(server)
        , m_fd(fd)
        , m_ssl(server.tlsAtOnce ? ssl : nullptr)
        , m_later(ssl)
        , m_number(number)
    {
    }
    bool startTls() override
    {
        m_ssl = m_later;
        return m_ssl && SSL_accept(m_ssl) == 1;
    }
    qsizetype readSome(char *data, qsizetype size) override
    {
        const qsizetype got =
            m_ssl ? SSL_read(m_ssl, data, static_cast<int>(size)) : recv(m_fd, data, static_cast<size_t>(size), 0);
        return std::max<qsizetype>(got, 0);
    }
    bool write(const QByteArray &bytes) override
    {
        qsizetype done = 0;
        while (done < bytes.size()) {
            const char *data = bytes.constData() + done;
            const qsizetype left = bytes.size() - done;
            const qsizetype sent = m_ssl ? SSL_write(m_ssl, data, static_cast<int>(left))
                                         : send(m_fd, data, static_cast<size_t>(left), MSG_NOSIGNAL);
            if (sent <= 0)
                return false;
            done += sent;
        }
        return true;
    }
    void reset() override
    {
        // The close after the script then sends RST at once.
        const linger now{1, 0};
        setsockopt(m_fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        m_reset = true;
    }
    bool wasReset() const { return m_reset; }
    bool sleepFor(std::chrono::milliseconds time) override
    {
        std::unique_lock lock(m_server.mutex);
        return !m_server.changed.wait_for(lock, time, [this] { return m_server.stopping; });
    }
    bool readable(std::chrono::milliseconds time) override
    {
        if (m_ssl && SSL_pending(m_ssl) > 0)
            return true;
        pollfd wanted{m_fd, POLLIN, 0};
        return poll(&wanted, 1, static_cast<int>(time.count())) > 0;
    }
    int number() const override { return m_number; }
    QByteArray protocol() const override
    {
        const unsigned char *name = nullptr;
        unsigned int length = 0;
        if (m_ssl)
            SSL_get0_alpn_selected(m_ssl, &name, &length);
        return QByteArray(static_cast<const char *>(static_cast<const void *>(name)), static_cast<qsizetype>(length));
    }

protected:
    void record(const FaultRequest &request) override
    {
        const std::lock_guard lock(m_server.mutex);
        m_server.requests.append(request);
        m_server.changed.notify_all();
    }

private:
    FaultServer::Private &m_server;
    int m_fd;
    SSL *m_ssl;
    SSL *m_later;
    int m_number;
    bool m_reset = false;
};

} // namespace

QByteArray FaultRequest::header(const QByteArray &name) const
{
    for (const auto &[key, value] : headers) {
        if (key == name)
            return value;
    }
    return {};
}

bool FaultRequest::hasHeader(const QByteArray &name) const
{
    return std::any_of(headers.begin(), headers.end(), [&](const auto &pair) { return pair.first == name; });
}

bool FaultConnection::readExactly(QByteArray *bytes, qsizetype size)
{
    while (m_buffer.size() < size) {
        char chunk[16'384];
        const qsizetype got = readSome(chunk, sizeof chunk);
        if (got == 0)
            return false;
        m_buffer.append(chunk, got);
    }
    *bytes = m_buffer.first(size);
    m_buffer.remove(0, size);
    return true;
}

std::optional<FaultRequest> FaultConnection::readRequest()
{
    qsizetype end = -1;
    while ((end = m_buffer.indexOf("\r\n\r\n")) < 0) {
        char chunk[16'384];
        const qsizetype got = readSome(chunk, sizeof chunk);
        if (got == 0)
            return std::nullopt;
        m_buffer.append(chunk, got);
    }
    QByteArray head;
    readExactly(&head, end + 4);
    QByteArrayList lines = head.trimmed().split('\n');
    const QByteArrayList words = lines.takeFirst().trimmed().split(' ');
    FaultRequest request;
    request.connection = number();
    request.method = words.value(0);
    request.target = words.value(1);
    for (const QByteArray &line : lines) {
        const qsizetype colon = line.indexOf(':');
        request.headers.append({line.left(colon).trimmed().toLower(), line.mid(colon + 1).trimmed()});
    }
    if (!readExactly(&request.body, request.header("content-length").toLongLong()))
        return std::nullopt;
    record(request);
    return request;
}

void FaultConnection::waitForClose()
{
    char chunk[4096];
    while (readSome(chunk, sizeof chunk) > 0) { }
}

void FaultServer::Private::run()
{
    // Workers inherit the mask: a client that goes away must not kill the test.
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
    for (;;) {
        const int fd = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        const std::lock_guard lock(mutex);
        if (stopping) {
            if (fd >= 0)
                close(fd);
            return;
        }
        if (fd < 0)
            continue;
        const int number = accepted++;
        open.push_back(fd);
        workers.emplace_back([this, fd, number] { handle(fd, number); });
        changed.notify_all();
    }
}

void FaultServer::Private::handle(int fd, int number)
{
    const int noDelay = 1; // as every HTTP server does
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &noDelay, sizeof noDelay);
    SSL *ssl = nullptr;
    bool ready = true;
    if (context) {
        ssl = SSL_new(context.get());
        SSL_set_fd(ssl, fd);
        ready = !tlsAtOnce || SSL_accept(ssl) == 1;
        const std::lock_guard lock(mutex);
        serverNames.append(SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name));
        clientNames.append(commonName(ssl));
    }
    bool reset = false;
    if (ready) {
        SocketConnection connection(*this, fd, ssl, number);
        script(connection);
        reset = connection.wasReset();
    }
    if (ssl) {
        if (ready && !reset && SSL_is_init_finished(ssl))
            SSL_shutdown(ssl);
        SSL_free(ssl);
    }
    if (!ready) {
        // Closing with unread bytes would reset the connection, and the client might never see the alert.
        shutdown(fd, SHUT_WR);
        char chunk[4096];
        while (recv(fd, chunk, sizeof chunk, 0) > 0) { }
    }
    const std::lock_guard lock(mutex);
    std::erase(open, fd);
    close(fd);
    changed.notify_all();
}

void FaultServer::Private::stop()
{
    std::vector<std::thread> joining;
    {
        const std::lock_guard lock(mutex);
        stopping = true;
        for (const int fd : open)
            shutdown(fd, SHUT_RDWR);
        changed.notify_all();
    }
    shutdown(listener, SHUT_RDWR);
    acceptor.join();
    {
        const std::lock_guard lock(mutex);
        joining = std::move(workers);
    }
    for (std::thread &worker : joining)
        worker.join();
    close(listener);
}

FaultServer::FaultServer(FaultScript script)
    : d(std::make_unique<Private>())
{
    d->script = std::move(script);
    d->listener = boundSocket(&d->port);
    if (listen(d->listener, 128) != 0)
        qFatal("cannot listen");
    d->acceptor = std::thread([this] { d->run(); });
}

FaultServer::FaultServer(FaultScript script, Tls tls)
    : d(std::make_unique<Private>())
{
    d->script = std::move(script);
    d->context = contextFor(tls);
    d->tlsAtOnce = tls.atOnce;
    d->listener = boundSocket(&d->port);
    if (listen(d->listener, 128) != 0)
        qFatal("cannot listen");
    d->acceptor = std::thread([this] { d->run(); });
}

FaultServer::~FaultServer()
{
    d->stop();
}

quint16 FaultServer::port() const
{
    return d->port;
}

QUrl FaultServer::url(const QString &host) const
{
    QUrl url;
    url.setScheme(d->context ? u"https"_s : u"http"_s);
    url.setHost(host);
    url.setPort(d->port);
    return url;
}

int FaultServer::connections() const
{
    const std::lock_guard lock(d->mutex);
    return d->accepted;
}

int FaultServer::openConnections() const
{
    const std::lock_guard lock(d->mutex);
    return static_cast<int>(d->open.size());
}

QList<FaultRequest> FaultServer::requests() const
{
    const std::lock_guard lock(d->mutex);
    return d->requests;
}

QList<QByteArray> FaultServer::serverNames() const
{
    const std::lock_guard lock(d->mutex);
    return d->serverNames;
}

QList<QByteArray> FaultServer::clientNames() const
{
    const std::lock_guard lock(d->mutex);
    return d->clientNames;
}

bool FaultServer::waitUntil(const std::function<bool(const FaultServer &)> &condition) const
{
    const auto end = std::chrono::steady_clock::now() + 20s;
    for (;;) {
        if (condition(*this))
            return true;
        std::unique_lock lock(d->mutex);
        // The condition takes the lock itself, so a change between the two may be missed: hence the short wait.
        d->changed.wait_for(lock, 10ms);
        if (std::chrono::steady_clock::now() > end)
            return false;
    }
}

void Signal::release(int count)
{
    const std::lock_guard lock(m_mutex);
    m_count += count;
    m_changed.notify_all();
}

void Signal::acquire()
{
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [this] { return m_count > 0; });
    --m_count;
}

bool Signal::tryAcquire(int count, int milliseconds)
{
    std::unique_lock lock(m_mutex);
    if (!m_changed.wait_for(lock, std::chrono::milliseconds(milliseconds), [&] { return m_count >= count; }))
        return false;
    m_count -= count;
    return true;
}

int Signal::available() const
{
    const std::lock_guard lock(m_mutex);
    return m_count;
}

ClosedPort::ClosedPort()
    : m_socket(boundSocket(&m_port))
{
}

ClosedPort::~ClosedPort()
{
    close(m_socket);
}

} // namespace cairn::test
