// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/ServiceFlows.h"

#include "base/Text.h"
#include "change/Change.h"
#include "checkpoints/ClaimListing.h"
#include "checkpoints/HelperRun.h"
#include "engine/AuditFlows.h"
#include "services/InPod.h"
#include "services/Probe.h"

#include <QCoreApplication>
#include <QFile>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::app)
};

constexpr qsizetype LONGEST_PASSWORD = 4096;

QString failedTest(const overlay::Outside &outside)
{
    return Words::tr("%1 could not be looked at from inside the cluster").arg(outside.title);
}

/// What a right that is missing is called.
Error explained(Error error, const overlay::Outside &outside)
{
    if (error.kind == Error::Kind::Cancelled)
        return error;
    const QString ns = text::safe(outside.ns);
    if (error.kind == Error::Kind::Forbidden)
        error.fix = Words::tr("Ask for permission to create and delete jobs.batch, to list pods, and to create "
                              "pods/exec in %1, or test from this machine alone.")
                        .arg(ns);
    else if (error.kind == Error::Kind::Timeout)
        error.fix = Words::tr("Look at the events of namespace %1, or test from this machine alone.").arg(ns);
    else
        error.fix =
            Words::tr("Name an image that has a shell and a client (--image), or test from this machine alone.");
    error.what = failedTest(outside);
    return error;
}

/// Of S3 curl is one, and is what images have.
QString clientOf(const overlay::Outside &outside)
{
    return outside.isStore() ? u"S3 (curl)"_s : services::kindName(outside.target.kind);
}

/// The target with what proves who asks.
Result<services::Target> targetOf(const overlay::Outside &outside, const Secret &password, bool mayWrite)
{
    services::Target target = outside.target;
    if (!outside.isStore()) {
        target.password = password;
        return target;
    }
    target.mayWrite = mayWrite;
    if (password.isEmpty())
        return target;
    const QByteArray &pair = password.reveal();
    const qsizetype colon = pair.indexOf(':');
    if (colon < 1 || colon == pair.size() - 1)
        return fail(Error::Kind::Invalid, Words::tr("The keys of %1 cannot be used").arg(outside.title),
            Words::tr("They are not both there."), Words::tr("Give them as ACCESSKEY:SECRETKEY, in one line."));
    target.user = QString::fromLatin1(pair.left(colon));
    target.password = Secret(pair.mid(colon + 1));
    return target;
}

/// Before it is known whether there is an image: that would be the second question.
Error notAllowed(const overlay::Outside &outside, const Result<ckpt::HelperPod> &pod)
{
    const QString image = pod
        ? text::safe(pod->image)
        : Words::tr("an image that has a shell and a client for %1").arg(clientOf(outside));
    return Error::make(Error::Kind::Consent,
        Words::tr("%1 was not looked at from inside the cluster").arg(outside.title),
        Words::tr("The consent to a helper Job is missing: it runs %1 in namespace %2, mounts nothing but memory, and "
                  "is gone when it has looked.")
            .arg(image, text::safe(outside.ns)),
        pod ? Words::tr("Allow it with --allow-helper, or look from this machine alone with --from here.")
            : Words::tr("Allow it with --allow-helper and name the image with --image, as nothing runs in the "
                        "cluster whose image could be used; or look from this machine alone with --from here."));
}

QJsonObject firstContainer(const QJsonObject &podSpec)
{
    return podSpec.value(u"containers"_s)[0].toObject();
}

} // namespace

bool ServiceTest::usable() const
{
    return !error && !reports.isEmpty() && std::ranges::all_of(reports, &services::Report::usable);
}

Result<ckpt::HelperPod> planServicePod(
    ObjectApi &api, const overlay::Outside &outside, const QString &image, std::stop_token stop)
{
    ckpt::HelperPod pod;
    pod.ns = outside.ns;
    // Where the component's pods go, the test's may go.
    if (!outside.readers.isEmpty()) {
        const audit::ObjectName &reader = outside.readers.first();
        const Result<QJsonObject> workload =
            api.get({reader.kind == "StatefulSet"_L1 ? kinds::statefulSets() : kinds::deployments(), reader.ns,
                        reader.name, {}},
                stop);
        if (workload)
            pod.tolerations = audit::podTemplateOf(*workload).value(u"spec"_s)[u"tolerations"_s].toArray();
        else if (workload.error().kind == Error::Kind::Cancelled)
            return fail(workload.error());
    }
    if (image.isEmpty() && !outside.store.name.isEmpty()) {
        const audit::ObjectName &store = outside.store;
        const Result<QJsonObject> workload = api.get(
            {store.kind == "StatefulSet"_L1 ? kinds::statefulSets() : kinds::deployments(), store.ns, store.name, {}},
            stop);
        if (!workload && workload.error().kind != Error::Kind::NotFound)
            return fail(explained(workload.error(), outside));
        if (workload) {
            const QJsonObject spec = audit::podTemplateOf(*workload).value(u"spec"_s).toObject();
            const QJsonArray tolerations = pod.tolerations;
            ckpt::takePodSpec(spec, firstContainer(spec), pod);
            pod.tolerations = tolerations;
            // Pull secrets are those of the store's namespace.
            if (store.ns != outside.ns)
                pod.imagePullSecrets.clear();
        }
    }
    if (!image.isEmpty())
        pod.image = image;
    if (pod.image.isEmpty())
        return fail(Error::Kind::NotFound, failedTest(outside),
            Words::tr("Nothing runs in the cluster whose image could be used."),
            Words::tr("Name an image that has a shell and a client for %1 (--image).").arg(clientOf(outside)));
    return pod;
}

QJsonObject servicePodJob(const ckpt::HelperPod &pod)
{
    return ckpt::helperJob(
        pod, ckpt::serviceTestTask(), ckpt::serviceTestTask().prefix + u"…"_s, ckpt::waitingScript(), {});
}

Result<services::Report> testFromCluster(ObjectApi &api, const overlay::Outside &outside, const Secret &password,
    const ServiceTestOptions &options, std::stop_token stop)
{
    const Result<ckpt::HelperPod> pod = planServicePod(api, outside, options.image, stop);
    if (!options.allowed && (pod || pod.error().kind == Error::Kind::NotFound))
        return fail(notAllowed(outside, pod));
    if (!pod)
        return fail(pod.error());
    if (options.mayRun) {
        if (const Result<> allowed = options.mayRun(*pod); !allowed)
            return fail(allowed.error());
    }
    const Result<services::Target> target = targetOf(outside, password, options.mayWrite);
    if (!target)
        return fail(target.error());
    const QByteArray marker = services::podMarker();
    if (const Result<Secret> input = services::podInput(*target, marker, options.seconds); !input)
        return fail(input.error());
    const ckpt::HelperTask task = ckpt::serviceTestTask();
    // What a crash left behind; where it may not be listed there is nothing to say about it either.
    (void)ckpt::sweepHelpers(api, outside.ns, std::chrono::minutes(15), stop, task.label);
    ckpt::HelperRun run(api, *pod, task, failedTest(outside), stop, {});
    const Result<QString> name = run.start(ckpt::waitingScript(), stop, options.progress);
    if (!name)
        return fail(explained(name.error(), outside));
    QString from = Words::tr("pod %1/%2").arg(text::safe(outside.ns), text::safe(*name));
    if (const Result<QJsonObject> there = api.get({kinds::pods(), outside.ns, *name, {}}, stop); there) {
        if (const QString node = there->value(u"spec"_s)[u"nodeName"_s].toString(); !node.isEmpty())
            from = Words::tr("pod %1/%2 on %3").arg(text::safe(outside.ns), text::safe(*name), text::safe(node));
    }
    if (options.progress)
        options.progress(Words::tr("Looking at %1 from inside the cluster").arg(outside.title), 0);
    const auto ask = [&](const services::Target &asked) -> Result<QByteArray> {
        // Now, as what is signed in it holds for minutes, and a pod may take as long to come up.
        const Result<Secret> input = services::podInput(asked, marker, options.seconds);
        if (!input)
            return fail(input.error());
        const Result<ExecOutput> output = api.exec(outside.ns, *name, task.container,
            QStringList{u"sh"_s, u"-c"_s, services::podScript(), u"cairn"_s}
                + services::podArguments(asked, marker, options.seconds, QString(ckpt::helperWorkPath)),
            *input, stop);
        if (!output)
            return fail(explained(output.error(), outside));
        return output->out;
    };
    const Result<QByteArray> output = ask(*target);
    Result<QByteArray> further{QByteArray()};
    if (output) {
        if (const auto next = services::podNext(*target, *output, marker))
            further = ask(*next);
    }
    run.remove();
    if (!output || !further)
        return fail((output ? further : output).error());
    return services::podReport(*target, *output, marker, from, *further);
}

ServiceTest testService(ObjectApi *api, const overlay::Outside &outside, const Secret &password,
    const ServiceTestOptions &options, std::stop_token stop)
{
    ServiceTest test;
    test.id = outside.id;
    test.title = outside.title;
    if (options.here) {
        const Result<services::Target> target = targetOf(outside, password, options.mayWrite);
        if (!target) {
            test.error = target.error();
            return test;
        }
        test.reports.append(services::probe(*target, options.seconds, stop));
    }
    if (options.cluster && api && !stop.stop_requested()) {
        if (Result<services::Report> report = testFromCluster(*api, outside, password, options, stop); report)
            test.reports.append(*report);
        else
            test.error = report.error();
    }
    if (stop.stop_requested())
        test.error = Error::cancelled();
    return test;
}

Result<Secret> passwordFromFile(const QString &path)
{
    const QString name = text::safe(path);
    if (std::optional<Error> refused = refusedFile(path))
        return fail(*std::move(refused));
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fail(file.exists() ? Error::Kind::Io : Error::Kind::NotFound, Words::tr("%1 cannot be read").arg(name),
            file.errorString(), Words::tr("Check the path of the file with the password."));
    QByteArray line = file.read(LONGEST_PASSWORD + 3); // with a line break, and a byte more
    if (line.endsWith('\n'))
        line.chop(1);
    if (line.endsWith('\r'))
        line.chop(1);
    const QString why = line.isEmpty()               ? Words::tr("It is empty.")
        : line.size() > LONGEST_PASSWORD             ? Words::tr("It is longer than 4 KiB.")
        : line.contains('\n') || line.contains('\r') ? Words::tr("It has more than one line.")
        : line.contains('\0')                        ? Words::tr("It is no text.")
                                                     : QString();
    if (!why.isEmpty())
        return fail(Error::Kind::Invalid, Words::tr("%1 holds no password").arg(name), why,
            Words::tr("Name a file that holds the password alone, in one line."));
    return Secret(line);
}

Result<Secret> passwordFromSecret(
    ObjectApi &api, const overlay::Outside &outside, const QString &name, const QString &key, std::stop_token stop)
{
    const QString what = Words::tr("The password cannot be taken from the Secret %1").arg(text::safe(name));
    const Result<QJsonObject> secret = api.get({kinds::secrets(), outside.ns, name, {}}, stop);
    if (!secret) {
        Error error = secret.error();
        error.what = what;
        return fail(error);
    }
    const QJsonObject data = secret->value(u"data"_s).toObject();
    const auto valueOf = [&data](const QString &one) { return QByteArray::fromBase64(data.value(one).toString().toLatin1()); };
    if (outside.isStore()) {
        for (const QString &one : {outside.userKey, outside.passwordKey}) {
            if (!key.isEmpty() || !data.contains(one))
                return fail(Error::Kind::NotFound, what,
                    key.isEmpty() ? Words::tr("It has no key %1.").arg(one) : Words::tr("Of a store two keys are read."),
                    Words::tr("Name a Secret that has %1 and %2.").arg(outside.userKey, outside.passwordKey));
        }
        return Secret(valueOf(outside.userKey) + ':' + valueOf(outside.passwordKey));
    }
    QString chosen = key;
    if (chosen.isEmpty()) {
        for (const QString &one : {outside.passwordKey, u"password"_s}) {
            if (chosen.isEmpty() && data.contains(one))
                chosen = one;
        }
        if (chosen.isEmpty() && data.size() == 1)
            chosen = data.begin().key();
    }
    if (!data.contains(chosen) || chosen.isEmpty()) {
        QStringList keys;
        for (const QString &one : data.keys())
            keys.append(text::safe(one));
        return fail(Error::Kind::NotFound, what,
            key.isEmpty() ? Words::tr("It has several keys.") : Words::tr("It has no key %1.").arg(text::safe(key)),
            Words::tr("Name one of: %1").arg(keys.join(u", "_s)));
    }
    return Secret(valueOf(chosen));
}

Result<overlay::SecretFacts> secretFacts(ObjectApi &api, const overlay::Outside &outside, std::stop_token stop)
{
    overlay::SecretFacts facts;
    const Result<QJsonObject> secret = api.get({kinds::secrets(), outside.ns, outside.secret, {}}, stop);
    if (!secret && secret.error().kind == Error::Kind::NotFound)
        return facts;
    if (!secret)
        return fail(secret.error());
    facts.exists = true;
    facts.metadata = secret->value(u"metadata"_s).toObject();
    // kubectl apply leaves the whole object there, values and all.
    QJsonObject annotations = facts.metadata.value(u"annotations"_s).toObject();
    annotations.remove(u"kubectl.kubernetes.io/last-applied-configuration"_s);
    facts.metadata.insert(u"annotations"_s, annotations);
    facts.keys = secret->value(u"data"_s).toObject().keys();
    return facts;
}

QMap<QString, Secret> secretsFor(const QList<overlay::Outside> &outsides, const QMap<QString, Secret> &passwords)
{
    QMap<QString, Secret> secrets;
    for (const overlay::Outside &outside : outsides) {
        if (passwords.contains(outside.id))
            secrets.insert(change::secretSlot({kinds::secrets(), outside.ns, outside.secret, {}}, outside.passwordKey),
                passwords.value(outside.id));
    }
    return secrets;
}

} // namespace cairn::app
