// SPDX-License-Identifier: GPL-3.0-or-later
#include "FaultServerPki.h"

#include <atomic>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

using namespace Qt::StringLiterals;

namespace cairn::test {

namespace {

struct KeyDeleter {
    void operator()(EVP_PKEY *key) const { EVP_PKEY_free(key); }
};
struct CertDeleter {
    void operator()(X509 *cert) const { X509_free(cert); }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, KeyDeleter>;
using CertPtr = std::unique_ptr<X509, CertDeleter>;

template <class Write>
QByteArray toPem(Write write)
{
    BIO *bio = BIO_new(BIO_s_mem());
    write(bio);
    char *data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    QByteArray pem(data, size);
    BIO_free(bio);
    return pem;
}

QByteArray pemOf(X509 *cert)
{
    return toPem([cert](BIO *bio) { PEM_write_bio_X509(bio, cert); });
}

QByteArray pemOf(EVP_PKEY *key)
{
    return toPem([key](BIO *bio) { PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr); });
}

void addExtension(X509 *cert, X509 *issuer, int nid, const QByteArray &value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, cert, nullptr, nullptr, 0);
    if (X509_EXTENSION *extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.constData())) {
        X509_add_ext(cert, extension, -1);
        X509_EXTENSION_free(extension);
    }
}

/// An unsigned certificate; the caller adds extensions and signs.
CertPtr blank(const QString &commonName, EVP_PKEY *key, int fromDays, int toDays)
{
    static std::atomic<long> serial{1};
    CertPtr cert(X509_new());
    X509_set_version(cert.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(cert.get()), serial++);
    X509_gmtime_adj(X509_getm_notBefore(cert.get()), 86'400L * fromDays);
    X509_gmtime_adj(X509_getm_notAfter(cert.get()), 86'400L * toDays);
    X509_set_pubkey(cert.get(), key);
    const QByteArray name = commonName.toUtf8();
    X509_NAME_add_entry_by_txt(X509_get_subject_name(cert.get()), "CN", MBSTRING_UTF8,
        static_cast<const unsigned char *>(static_cast<const void *>(name.constData())), -1, -1, 0);
    return cert;
}

KeyPtr newKey()
{
    return KeyPtr(EVP_EC_gen("P-256"));
}

} // namespace

class Pki::Private {
public:
    KeyPtr key = newKey();
    CertPtr cert;
};

Pki::Pki()
    : d(std::make_unique<Private>())
{
    static std::atomic<int> count{0};
    // Distinct names, so that OpenSSL cannot mistake one authority for another.
    d->cert = blank(u"Test authority %1"_s.arg(++count), d->key.get(), -2, 30);
    X509 *ca = d->cert.get();
    X509_set_issuer_name(ca, X509_get_subject_name(ca));
    addExtension(ca, ca, NID_basic_constraints, "critical,CA:TRUE");
    addExtension(ca, ca, NID_key_usage, "critical,keyCertSign,cRLSign");
    addExtension(ca, ca, NID_subject_key_identifier, "hash");
    X509_sign(ca, d->key.get(), EVP_sha256());
}

Pki::~Pki() = default;

QByteArray Pki::caPem() const
{
    return pemOf(d->cert.get());
}

Identity Pki::issue(const Wish &wish) const
{
    const KeyPtr key = newKey();
    const CertPtr cert = blank(wish.commonName, key.get(), wish.validFromDays, wish.validToDays);
    X509 *issuer = wish.selfSigned ? cert.get() : d->cert.get();
    X509_set_issuer_name(cert.get(), X509_get_subject_name(issuer));
    QByteArrayList names;
    for (const QString &name : wish.dnsNames)
        names.append("DNS:" + name.toUtf8());
    for (const QString &address : wish.addresses)
        names.append("IP:" + address.toUtf8());
    if (!names.isEmpty())
        addExtension(cert.get(), issuer, NID_subject_alt_name, names.join(','));
    addExtension(cert.get(), issuer, NID_ext_key_usage, "serverAuth,clientAuth");
    X509_sign(cert.get(), wish.selfSigned ? key.get() : d->key.get(), EVP_sha256());
    return {pemOf(cert.get()), pemOf(key.get())};
}

QByteArray encryptedKey(const QByteArray &keyPem)
{
    BIO *in = BIO_new_mem_buf(keyPem.constData(), static_cast<int>(keyPem.size()));
    const KeyPtr key(PEM_read_bio_PrivateKey(in, nullptr, nullptr, nullptr));
    BIO_free(in);
    unsigned char phrase[] = "phrase";
    return toPem([&](BIO *bio) {
        PEM_write_bio_PrivateKey(bio, key.get(), EVP_aes_256_cbc(), phrase, sizeof phrase - 1, nullptr, nullptr);
    });
}

} // namespace cairn::test
