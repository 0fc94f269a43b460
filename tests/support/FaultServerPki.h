// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QStringList>
#include <memory>

namespace cairn::test {

/// A certificate and its key, both PEM.
struct Identity {
    QByteArray certPem, keyPem;
};

/// A certificate authority made for one test run, in memory only.
class Pki {
public:
    struct Wish {
        QString commonName = QStringLiteral("server");
        QStringList dnsNames{QStringLiteral("localhost")};
        QStringList addresses{QStringLiteral("127.0.0.1")};
        int validFromDays = -1; ///< relative to now
        int validToDays = 1;
        bool selfSigned = false;
    };

    Pki();
    ~Pki();
    QByteArray caPem() const;
    Identity issue(const Wish &wish) const;
    Identity issue() const { return issue(Wish()); }

private:
    class Private;
    std::unique_ptr<Private> d;
};

/// The key as PEM that is encrypted with a pass phrase.
QByteArray encryptedKey(const QByteArray &keyPem);

} // namespace cairn::test
