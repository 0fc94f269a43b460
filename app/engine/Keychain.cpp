// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/Keychain.h"

#include "base/Log.h"
#include "base/Text.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <qt6keychain/keychain.h>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::app::Keychain)
};

Error problem(const QKeychain::Job &job)
{
    const QString why = text::safe(job.errorString());
    switch (job.error()) {
    case QKeychain::AccessDeniedByUser:
    case QKeychain::AccessDenied:
        return Error::make(Error::Kind::Consent, Words::tr("The keychain stays locked"), why, Words::tr("Unlock it when it asks."));
    default:
        return Error::make(Error::Kind::Unsupported, Words::tr("There is no keychain on this computer"), why,
                           Words::tr("Start GNOME Keyring, KWallet or another Secret Service. Until then credentials stay in memory only."));
    }
}

/// What a job came to; lives as long as whoever looks last.
struct Outcome {
    std::mutex mutex;
    std::condition_variable_any arrived;
    std::optional<Result<std::optional<Secret>>> value;
};

class DesktopKeychain final : public Keychain
{
public:
    DesktopKeychain() { m_context->moveToThread(QCoreApplication::instance()->thread()); }
    ~DesktopKeychain() override { m_context->deleteLater(); }
    DesktopKeychain(const DesktopKeychain &) = delete;
    DesktopKeychain &operator=(const DesktopKeychain &) = delete;

    Result<std::optional<Secret>> read(const QString &name, std::stop_token stop) override
    {
        return run(stop, [name](const QString &service) {
            auto *job = new QKeychain::ReadPasswordJob(service);
            job->setKey(name);
            return job;
        });
    }
    Result<> write(const QString &name, const Secret &secret, std::stop_token stop) override
    {
        const auto done = run(stop, [name, secret](const QString &service) {
            auto *job = new QKeychain::WritePasswordJob(service);
            job->setKey(name);
            job->setBinaryData(secret.reveal());
            return job;
        });
        return done ? Result<>() : fail(done.error());
    }

    Result<> remove(const QString &name, std::stop_token stop) override
    {
        const auto done = run(stop, [name](const QString &service) {
            auto *job = new QKeychain::DeletePasswordJob(service);
            job->setKey(name);
            return job;
        });
        return done ? Result<>() : fail(done.error());
    }

private:
    /// `make` is called on the main thread: QtKeychain's backends deliver there.
    Result<std::optional<Secret>> run(const std::stop_token &stop, const std::function<QKeychain::Job *(const QString &service)> &make)
    {
        const auto outcome = std::make_shared<Outcome>();
        QMetaObject::invokeMethod(
            m_context,
            [context = m_context, outcome, make] {
                QKeychain::Job *job = make(u"io.github.cairn_console.Cairn"_s);
                job->setAutoDelete(true);
                job->setInsecureFallback(false); // a file of ours would be no keychain
                QObject::connect(job, &QKeychain::Job::finished, context, [outcome](QKeychain::Job *done) {
                    Result<std::optional<Secret>> value;
                    const auto *read = qobject_cast<QKeychain::ReadPasswordJob *>(done);
                    if (done->error() != QKeychain::NoError && done->error() != QKeychain::EntryNotFound)
                        value = fail(problem(*done));
                    else if (read && done->error() == QKeychain::NoError)
                        value = Secret(read->binaryData());
                    const std::lock_guard lock(outcome->mutex);
                    outcome->value.emplace(std::move(value));
                    outcome->arrived.notify_all();
                });
                job->start();
            },
            Qt::QueuedConnection);
        std::unique_lock lock(outcome->mutex);
        if (!outcome->arrived.wait(lock, stop, [&] { return outcome->value.has_value(); }))
            return fail(Error::cancelled());
        return *outcome->value;
    }

    QObject *const m_context = new QObject; ///< of the main thread; nobody hears of what ends after it
};

/// "https://minio:9000 bucket"; AWS has no server of its own.
QString nameOf(const s3::Store &store, const QString &bucket)
{
    const QString server = store.isAws() ? u"aws"_s
                                         : store.server.toString(QUrl::RemoveUserInfo | QUrl::RemovePath | QUrl::RemoveQuery | QUrl::RemoveFragment);
    return u"s3 %1 %2"_s.arg(server, bucket);
}

} // namespace

std::unique_ptr<Keychain> desktopKeychain()
{
    return std::make_unique<DesktopKeychain>();
}

Result<> keepKeys(Keychain &keychain, const s3::Access &access, const QString &bucket, std::stop_token stop)
{
    const QJsonObject keys{{u"id"_s, QString::fromUtf8(access.keys.id)},
                           {u"secret"_s, QString::fromUtf8(access.keys.secret.reveal())},
                           {u"sessionToken"_s, QString::fromUtf8(access.keys.sessionToken.reveal())}};
    return keychain.write(nameOf(access.store, bucket), Secret(QJsonDocument(keys).toJson(QJsonDocument::Compact)), stop);
}

Result<s3::Keys> keptKeys(Keychain &keychain, const s3::Store &store, const QString &bucket, std::stop_token stop)
{
    const Result<std::optional<Secret>> found = keychain.read(nameOf(store, bucket), stop);
    if (!found)
        return fail(found.error());
    if (!*found)
        return s3::Keys();
    const QJsonObject keys = QJsonDocument::fromJson((*found)->reveal()).object();
    return s3::Keys{keys[u"id"_s].toString().toUtf8(), Secret(keys[u"secret"_s].toString().toUtf8()),
                    Secret(keys[u"sessionToken"_s].toString().toUtf8())};
}

Result<> forgetKeys(Keychain &keychain, const s3::Store &store, const QString &bucket, std::stop_token stop)
{
    return keychain.remove(nameOf(store, bucket), std::move(stop));
}

void addKeptKeys(Keychain &keychain, s3::Access &access, const QString &bucket, std::stop_token stop)
{
    if (!access.keys.isEmpty())
        return;
    Result<s3::Keys> kept = keptKeys(keychain, access.store, bucket, stop);
    if (kept)
        access.keys = *std::move(kept);
    else
        qCInfo(lcAuth) << "keychain:" << kept.error().oneLine();
}

} // namespace cairn::app
