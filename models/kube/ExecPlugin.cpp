// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/ExecPlugin.h"

#include "base/Log.h"
#include "base/Text.h"
#include "kube/Consent.h"
#include "kube/ContextCertificate.h"
#include "kube/Kubeconfig.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

using namespace Qt::StringLiterals;

namespace cairn::kube {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::kube)
};

/// The last lines of stderr, without secrets, on one line.
QString lastWords(const QByteArray &err, const ExecConfig &config)
{
    QList<QByteArray> known;
    for (const auto &variable : config.env)
        known.append(variable.second.reveal());
    const QStringList masked = maskedArguments(config.args);
    for (qsizetype i = 0; i < config.args.size(); ++i) {
        if (masked[i] != config.args[i]) {
            // The whole argument and, for --flag=value, the value.
            known.append(config.args[i].toUtf8());
            known.append(config.args[i].section(u'=', 1).toUtf8());
        }
    }
    QStringList lines;
    // As a whole: a key has many lines.
    for (const QString &line : maskedText(QString::fromUtf8(err), known).split(u'\n')) {
        const QString shown = line.trimmed();
        if (!shown.isEmpty())
            lines.append(text::safe(shown));
    }
    QString words = lines.mid(qMax<qsizetype>(0, lines.size() - 3)).join(u" / "_s);
    if (words.size() > 400)
        words = u"… "_s + words.right(400);
    return words;
}

QString hintOf(const ExecConfig &config)
{
    QString hint = text::safe(config.installHint.simplified());
    return hint.size() > 1000 ? hint.left(1000) + u'…' : hint;
}

} // namespace

QByteArray execInfo(const ResolvedContext &context, const QByteArray &caPem, bool interactive)
{
    const ExecConfig config = context.user.exec.value_or(ExecConfig());
    QJsonObject spec{{u"interactive"_s, interactive}};
    if (config.provideClusterInfo) {
        QJsonObject cluster{{u"server"_s, context.server.toString()}};
        if (!context.cluster.tlsServerName.isEmpty())
            cluster.insert(u"tls-server-name"_s, context.cluster.tlsServerName);
        if (context.cluster.insecureSkipVerify)
            cluster.insert(u"insecure-skip-tls-verify"_s, true);
        if (!caPem.isEmpty())
            cluster.insert(u"certificate-authority-data"_s, QString::fromLatin1(caPem.toBase64()));
        if (!context.cluster.proxyUrl.isEmpty())
            cluster.insert(u"proxy-url"_s, context.cluster.proxyUrl);
        if (context.cluster.disableCompression)
            cluster.insert(u"disable-compression"_s, true);
        if (!context.cluster.execExtension.isEmpty())
            cluster.insert(u"config"_s, context.cluster.execExtension);
        spec.insert(u"cluster"_s, cluster);
    }
    return QJsonDocument(QJsonObject{{u"kind"_s, u"ExecCredential"_s},
                                     {u"apiVersion"_s, config.apiVersion},
                                     {u"spec"_s, spec}})
        .toJson(QJsonDocument::Compact);
}

Result<ExecCredential> parseExecCredential(const QByteArray &output, const QString &apiVersion, const QString &program)
{
    const QString name = text::safe(program);
    const QString what = Words::tr("The program %1 returned no credential.").arg(name);
    const QString fix = Words::tr("Run it in a terminal; it should print one ExecCredential in JSON.");
    const auto bad = [&](const QString &why) { return fail(Error::Kind::Auth, what, why, fix); };

    if (output.trimmed().isEmpty())
        return bad(Words::tr("It printed nothing."));
    QJsonParseError parseError{};
    const QJsonDocument document = QJsonDocument::fromJson(output, &parseError);
    if (!document.isObject())
        return bad(Words::tr("What it printed is not JSON (at byte %1).").arg(parseError.offset));
    const QJsonObject root = document.object();
    if (root.value(u"kind"_s).toString() != u"ExecCredential"_s)
        return bad(Words::tr("What it printed is not an ExecCredential."));
    const QString version = root.value(u"apiVersion"_s).toString();
    if (version != apiVersion)
        return fail(Error::Kind::Auth, what,
                    Words::tr("The kubeconfig asks for %1, the program answered in %2.")
                        .arg(text::safe(apiVersion), version.isEmpty() ? Words::tr("no version") : text::safe(version.left(100))),
                    Words::tr("Set apiVersion of exec to the version the program speaks, or update the program."));
    if (!root.value(u"status"_s).isObject())
        return bad(Words::tr("The answer has no status."));
    const QJsonObject status = root.value(u"status"_s).toObject();
    for (const QString &key : {u"token"_s, u"clientCertificateData"_s, u"clientKeyData"_s, u"expirationTimestamp"_s}) {
        const QJsonValue value = status.value(key);
        if (!value.isUndefined() && !value.isNull() && !value.isString())
            return bad(Words::tr("The field %1 of the answer is not text.").arg(key));
    }
    ExecCredential credential;
    credential.token = Secret(status.value(u"token"_s).toString().toUtf8());
    credential.certPem = status.value(u"clientCertificateData"_s).toString().toUtf8();
    credential.keyPem = Secret(status.value(u"clientKeyData"_s).toString().toUtf8());
    if (credential.certPem.isEmpty() != credential.keyPem.isEmpty())
        return bad(credential.certPem.isEmpty() ? Words::tr("It gave a key without its certificate.")
                                                : Words::tr("It gave a certificate without its key."));
    if (credential.token.isEmpty() && credential.certPem.isEmpty())
        return bad(Words::tr("The answer holds neither a token nor a certificate."));
    if (isPlaceholder(credential.token.reveal()))
        return bad(Words::tr("The token is a placeholder, not a token."));
    for (const char c : credential.token.reveal()) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            return bad(Words::tr("The token holds a line break or control character."));
    }
    if (!credential.certPem.isEmpty()) {
        if (const auto pair = checkKeyPair(credential.certPem, credential.keyPem.reveal()); !pair)
            return bad(pair.error().why);
    }
    if (const QString expiry = status.value(u"expirationTimestamp"_s).toString(); !expiry.isEmpty()) {
        const QDateTime time = QDateTime::fromString(expiry, Qt::ISODateWithMs);
        if (!time.isValid() || time.timeSpec() == Qt::LocalTime)
            return bad(Words::tr("The field %1 of the answer is not a time.").arg(u"expirationTimestamp"_s));
        credential.expires = time.toUTC();
    }
    return credential;
}

Result<ExecCredential> runExecPlugin(const ExecPluginRun &run, std::stop_token stop)
{
    const QString name = QFileInfo(run.config.command).fileName();
    const QString shown = text::safe(name);
    const bool terminal = run.terminal && run.config.interactiveMode != InteractiveMode::Never;
    if (run.config.interactiveMode == InteractiveMode::Always && !terminal)
        return fail(Error::Kind::Auth, Words::tr("The program %1 cannot sign in here.").arg(shown),
                    Words::tr("Its interactiveMode is Always: it needs a terminal to ask questions."),
                    Words::tr("Sign in once in a terminal with kubectl, or set interactiveMode to IfAvailable."));
    ProcessRequest request;
    request.program = run.program.path;
    request.args = run.config.args;
    request.timeout = run.timeout;
    request.terminal = terminal;
    request.environment = run.search.environment.isEmpty() ? processEnvironment() : run.search.environment;
    setVariable(request.environment, "PATH",
                run.search.pathVariable(stop, run.program.origin == FolderOrigin::LoginShell));
    for (const auto &variable : run.config.env)
        setVariable(request.environment, variable.first.toUtf8(), variable.second.reveal());
    setVariable(request.environment, "KUBERNETES_EXEC_INFO", run.execInfo);

    qCInfo(lcAuth) << "runs credential plugin" << shown;
    const auto result = runProcess(request, stop);
    const QString hint = hintOf(run.config);
    if (!result) {
        Error error = result.error();
        if (error.kind == Error::Kind::NotFound && !hint.isEmpty())
            error.fix = hint;
        return fail(error);
    }
    if (result->exitCode != 0 || result->signal != 0) {
        const QString words = lastWords(result->err, run.config);
        Error error = Error::make(Error::Kind::Auth,
                                  result->signal ? Words::tr("The program %1 was ended by signal %2.").arg(shown).arg(result->signal)
                                                 : Words::tr("The program %1 failed with exit code %2.").arg(shown).arg(result->exitCode),
                                  words.isEmpty() ? Words::tr("It did not say why.") : Words::tr("It said: %1").arg(words),
                                  Words::tr("Sign in again with its own tool, then try again."));
        error.reason = u"ExecFailed"_s;
        return fail(error);
    }
    return parseExecCredential(result->out, run.config.apiVersion, name);
}

} // namespace cairn::kube
