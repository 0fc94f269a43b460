// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Secret.h"

#include <QByteArray>
#include <QList>
#include <QString>
#include <QStringList>

/// Databases, message brokers and object stores outside of Kubeflow: whether they can be used by a component, found out before
/// anything that needs them is written. Values, any thread; `services/Probe.h` looks from this machine.
namespace cairn::services {

enum class Kind { MySql, PostgreSql, Kafka, RabbitMq, S3 };

enum class Tls {
    Off,     ///< plain text
    Encrypt, ///< encrypted, but nobody looks who answers
    Verify,  ///< encrypted, and the certificate must be of `host` and signed by `ca` or by what this machine trusts
};

/// Who reads the service: it decides what is asked for, as the right to create databases and `mysql_native_password`.
enum class Consumer { None, Pipelines, Katib, ModelRegistry, ModelCatalog, Eventing };

struct Target {
    Kind kind = Kind::MySql;
    Consumer consumer = Consumer::None;
    QString host = {};       ///< a name or an address; for Kafka the first of `servers`
    int port = 3306;
    QStringList servers = {}; ///< of Kafka: "host:port" each, the bootstrap servers
    QString user = {};       ///< empty: nobody signs in; of S3 the access key, which is shown nowhere
    Secret password = Secret(); ///< of S3 the secret key
    QString database = {};   ///< a database's name, RabbitMQ's virtual host or S3's bucket; empty: none is chosen
    Tls tls = Tls::Off;
    QByteArray ca = {};      ///< PEM, of `Tls::Verify`; empty: what is trusted here
    int lifeSeconds = 0;     ///< how long the component keeps a connection (ConMaxLifeTime); 0: unknown
    /// Kafka's way to sign in: "PLAIN", "SCRAM-SHA-256" or "SCRAM-SHA-512"; empty: the strongest that the broker offers.
    QString mechanism = {};
    QByteArray region = {};  ///< of S3; empty: nobody says
    /// Of S3: one small object may be written, read and deleted below `cairn-probe/`. Nothing else is ever written.
    bool mayWrite = false;
};

/// One thing that was looked at. A check is never left out without a word: what could not be looked at is Skipped and says why.
struct Check {
    enum class State { Ok, Warn, Failed, Skipped };
    /// "name", "tcp", "tls", "login", "version", "plugin", "create", "lifetime", "metadata", "brokers"; of S3 also "s3", "clock",
    /// "region", "style", "bucket", "list", "write", "read", "delete". Stays, for JSON.
    QString id = {};
    QString what = {}; ///< "TLS", for people
    State state = State::Skipped;
    QString text = {}; ///< what was found, one sentence; never holds a secret
    QString fix = {};  ///< what to do, where there is something to do
    bool operator==(const Check &) const = default;
};

struct Report {
    QString from = {}; ///< "this machine", or "pod NAMESPACE/NAME on NODE"
    QList<Check> checks = {};
    bool usable() const; ///< none failed, and at least one was looked at
    /// For people: what was skipped one after the other for the same reason is one line, "… (5)".
    QList<Check> brief() const;
    bool operator==(const Report &) const = default;
};

/// "mysql", "postgresql", "kafka", "rabbitmq", "s3"
QString kindWord(Kind kind);
QString kindName(Kind kind); ///< "MySQL", for people

} // namespace cairn::services
