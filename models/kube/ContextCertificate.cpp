// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/ContextCertificate.h"

#include <QCoreApplication>
#include <QTimeZone>
#include <memory>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace cairn::kube {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::kube)
};

template <auto Free>
struct Deleter {
    template <class T>
    void operator()(T *object) const
    {
        Free(object);
    }
};
using Bio = std::unique_ptr<BIO, Deleter<BIO_free_all>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;

/// Leaves no entry behind: OpenSSL's error queue belongs to the thread and would confuse the next user.
struct ErrorQueue {
    ErrorQueue() { ERR_clear_error(); }
    ~ErrorQueue() { ERR_clear_error(); }
};

/// Refuses to ask for a passphrase; OpenSSL would read the terminal.
int noPassphrase(char *, int, int, void *asked)
{
    *static_cast<bool *>(asked) = true;
    return -1;
}

Bio memory(const QByteArray &bytes)
{
    return Bio(BIO_new_mem_buf(bytes.constData(), int(qMin<qsizetype>(bytes.size(), 16 << 20))));
}

Certificate firstCertificate(const QByteArray &pem)
{
    const Bio bio = memory(pem);
    bool asked = false;
    return Certificate(bio ? PEM_read_bio_X509(bio.get(), nullptr, noPassphrase, &asked) : nullptr);
}

QDateTime timeOf(const ASN1_TIME *time)
{
    std::tm tm{};
    if (!time || ASN1_TIME_to_tm(time, &tm) != 1)
        return {};
    return QDateTime(QDate(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday), QTime(tm.tm_hour, tm.tm_min, tm.tm_sec),
                     Qt::UTC);
}

QStringList subjectValues(const X509_NAME *name, int nid)
{
    QStringList values;
    for (int at = -1; (at = X509_NAME_get_index_by_NID(name, nid, at)) >= 0;) {
        unsigned char *utf8 = nullptr;
        const int size = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
        if (size >= 0)
            values.append(QString::fromUtf8(reinterpret_cast<const char *>(utf8), size));
        OPENSSL_free(utf8);
    }
    return values;
}

} // namespace

Result<CertificateInfo> certificateInfo(const QByteArray &pem)
{
    const ErrorQueue queue;
    const Certificate certificate = firstCertificate(pem);
    if (!certificate)
        return fail(Error::Kind::Parse, Words::tr("The certificate cannot be read."),
                    Words::tr("It holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)."));
    CertificateInfo info;
    const X509_NAME *subject = X509_get_subject_name(certificate.get());
    const QStringList names = subjectValues(subject, NID_commonName);
    info.commonName = names.isEmpty() ? QString() : names.last();
    info.organizations = subjectValues(subject, NID_organizationName);
    info.notBefore = timeOf(X509_get0_notBefore(certificate.get()));
    info.notAfter = timeOf(X509_get0_notAfter(certificate.get()));
    return info;
}

Result<> checkKeyPair(const QByteArray &certPem, const QByteArray &keyPem)
{
    const ErrorQueue queue;
    const QString what = Words::tr("The client certificate cannot be used.");
    const Certificate certificate = firstCertificate(certPem);
    if (!certificate)
        return fail(Error::Kind::Invalid, what, Words::tr("The certificate is not in PEM form."),
                    Words::tr("Get the certificate again; it begins with -----BEGIN CERTIFICATE-----."));
    const Bio bio = memory(keyPem);
    bool asked = false;
    const Key key(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, noPassphrase, &asked) : nullptr);
    if (!key && asked)
        return fail(Error::Kind::Unsupported, what, Words::tr("The private key is protected by a passphrase."),
                    Words::tr("Remove the passphrase as for kubectl, for example with: openssl pkey -in KEY -out NEWKEY"));
    if (!key)
        return fail(Error::Kind::Invalid, what, Words::tr("The private key is not in PEM form."),
                    Words::tr("Get the key again; it begins with -----BEGIN … PRIVATE KEY-----."));
    if (X509_check_private_key(certificate.get(), key.get()) != 1)
        return fail(Error::Kind::Invalid, what, Words::tr("The private key belongs to another certificate."),
                    Words::tr("Use the certificate and the key that were issued together."));
    return {};
}

} // namespace cairn::kube
