// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/TlsProbe.h"

#include "net/CurlError.h"
#include "net/CurlSetup.h"
#include "net/Proxy.h"

#include <QDeadlineTimer>
#include <openssl/x509_vfy.h>

namespace cairn::net {
namespace {

struct MultiDeleter {
    void operator()(CURLM *multi) const { curl_multi_cleanup(multi); }
};

/// One handshake; the certificate is empty when libcurl did not get as far as keeping it.
Result<QByteArray> handshake(const Endpoint &endpoint, const QDeadlineTimer &deadline,
    std::chrono::milliseconds timeout, const std::stop_token &stop)
{
    const auto target = Target::of(endpoint);
    if (!target)
        return fail(target.error());
    const EasyPtr easy(curl_easy_init());
    const std::unique_ptr<CURLM, MultiDeleter> multi(curl_multi_init());
    if (!easy || !multi)
        return fail(Error::Kind::Internal, QStringLiteral("libcurl"));
    SlistPtr connectTo;
    char errorBuffer[CURL_ERROR_SIZE];
    applyEndpoint(easy.get(), endpoint, *target, connectTo, errorBuffer);
    curl_easy_setopt(easy.get(), CURLOPT_URL, (target->origin + '/').constData());
    curl_easy_setopt(easy.get(), CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(easy.get(), CURLOPT_CERTINFO, 1L);

    curl_multi_add_handle(multi.get(), easy.get());
    Result<QByteArray> outcome = fail(Error::cancelled());
    while (!stop.stop_requested()) {
        int running = 0, left = 0;
        curl_multi_perform(multi.get(), &running);
        const CURLMsg *message = curl_multi_info_read(multi.get(), &left);
        if (message && message->msg == CURLMSG_DONE) {
            if (message->data.result != CURLE_OK) {
                CurlFailure failure = CurlFailure::of(easy.get(), message->data.result, errorBuffer);
                // Before OpenSSL's result is copied libcurl compares the names itself and leaves its initial value.
                if (failure.verifyResult == X509_V_ERR_UNSPECIFIED)
                    failure.verifyResult = X509_V_OK;
                failure.server = target->server;
                failure.verifiedName = target->verifiedName;
                if (!target->proxy.isEmpty())
                    failure.proxy = proxyName(target->proxy);
                outcome = fail(curlError(failure));
                break;
            }
            QByteArray pem;
            curl_certinfo *info = nullptr;
            if (curl_easy_getinfo(easy.get(), CURLINFO_CERTINFO, &info) == CURLE_OK && info && info->num_of_certs > 0) {
                for (const curl_slist *line = info->certinfo[0]; line; line = line->next) {
                    if (QByteArrayView(line->data).startsWith("Cert:"))
                        pem = QByteArray(line->data).mid(5);
                }
            }
            outcome = pem;
            break;
        }
        if (deadline.hasExpired()) {
            outcome = fail(timeoutError(target->server, timeout, false));
            break;
        }
        curl_multi_poll(multi.get(), nullptr, 0, 50, nullptr); // short, so that a cancel is noticed
    }
    curl_multi_remove_handle(multi.get(), easy.get());
    return outcome;
}

} // namespace

Result<TlsFacts> probeTls(const Endpoint &endpoint, std::chrono::milliseconds timeout, std::stop_token stop)
{
    initCurl();
    const QDeadlineTimer deadline(timeout);
    Endpoint anonymous = endpoint;
    anonymous.clientCertPem.clear();
    anonymous.clientKeyPem.clear();
    TlsFacts facts;
    auto pem = handshake(anonymous, deadline, timeout, stop);
    if (pem) {
        facts.serverCertPem = *pem;
        return facts;
    }
    if (pem.error().kind != Error::Kind::Tls || endpoint.insecureSkipVerify)
        return fail(pem.error());
    // libcurl keeps no certificate it refused: look once more without verifying. Nothing is sent, so nothing leaks.
    facts.notTrusted = pem.error();
    anonymous.insecureSkipVerify = true;
    pem = handshake(anonymous, deadline, timeout, stop);
    if (!pem)
        return fail(*facts.notTrusted);
    facts.serverCertPem = *pem;
    return facts;
}

} // namespace cairn::net
