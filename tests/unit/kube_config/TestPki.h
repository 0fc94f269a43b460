// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QDateTime>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

/// Certificates made on the spot, so that no key lies in the repository and no test dies of old age.
namespace pki {

struct Pair {
    QByteArray cert;
    QByteArray key;
};

inline QByteArray contents(BIO *bio)
{
    char *data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    QByteArray bytes(data, qsizetype(size));
    BIO_free(bio);
    return bytes;
}

/// Signed by `issuer`, else by itself. `san` as OpenSSL writes it: "IP:127.0.0.1,DNS:localhost".
inline Pair make(const char *commonName, const char *organization, const QDateTime &from, const QDateTime &until,
                 const Pair *issuer = nullptr, const char *san = nullptr, bool isCa = false)
{
    static long serial = 1;
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *cert = X509_new();
    X509_set_version(cert, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(cert), ++serial);
    ASN1_TIME_set(X509_getm_notBefore(cert), time_t(from.toSecsSinceEpoch()));
    ASN1_TIME_set(X509_getm_notAfter(cert), time_t(until.toSecsSinceEpoch()));
    X509_set_pubkey(cert, key);
    X509_NAME *name = X509_get_subject_name(cert);
    const auto add = [name](const char *field, const char *value) {
        X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, reinterpret_cast<const unsigned char *>(value), -1, -1, 0);
    };
    if (organization)
        add("O", organization);
    add("CN", commonName);

    X509 *issuerCert = nullptr;
    EVP_PKEY *issuerKey = nullptr;
    if (issuer) {
        BIO *bio = BIO_new_mem_buf(issuer->cert.constData(), int(issuer->cert.size()));
        issuerCert = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
        BIO_free(bio);
        bio = BIO_new_mem_buf(issuer->key.constData(), int(issuer->key.size()));
        issuerKey = PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr);
        BIO_free(bio);
    }
    X509_set_issuer_name(cert, issuerCert ? X509_get_subject_name(issuerCert) : name);
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuerCert ? issuerCert : cert, cert, nullptr, nullptr, 0);
    const auto extend = [&](int nid, const char *value) {
        X509_EXTENSION *extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value);
        X509_add_ext(cert, extension, -1);
        X509_EXTENSION_free(extension);
    };
    extend(NID_basic_constraints, isCa ? "critical,CA:TRUE" : "critical,CA:FALSE");
    if (san)
        extend(NID_subject_alt_name, san);
    X509_sign(cert, issuerKey ? issuerKey : key, EVP_sha256());

    Pair pair;
    BIO *out = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(out, cert);
    pair.cert = contents(out);
    out = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
    pair.key = contents(out);
    X509_free(issuerCert);
    EVP_PKEY_free(issuerKey);
    X509_free(cert);
    EVP_PKEY_free(key);
    return pair;
}

/// The key under a passphrase (PKCS #8, AES-256).
inline QByteArray locked(const QByteArray &keyPem, char *passphrase)
{
    BIO *bio = BIO_new_mem_buf(keyPem.constData(), int(keyPem.size()));
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr);
    BIO_free(bio);
    bio = BIO_new(BIO_s_mem());
    PEM_write_bio_PKCS8PrivateKey(bio, key, EVP_aes_256_cbc(), nullptr, 0, nullptr, passphrase);
    EVP_PKEY_free(key);
    return contents(bio);
}

inline Pair client(const char *commonName = "mlops", const char *organization = "team-nlp", int daysLeft = 30)
{
    const QDateTime now = QDateTime::currentDateTimeUtc();
    return make(commonName, organization, now.addDays(-400), now.addDays(daysLeft));
}

} // namespace pki
