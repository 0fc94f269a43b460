// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/ExecPluginPolicy.h"

#include "base/Text.h"
#include "kube/Kubeconfig.h"
#include "kube/KubeconfigYaml.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>

using namespace Qt::StringLiterals;

namespace cairn::kube {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::kube)
};

Result<ExecPluginPolicy> parse(const QByteArray &bytes, const QString &path)
{
    const QString what = Words::tr("The preferences file %1 cannot be parsed.").arg(text::safe(path));
    const QString fix = Words::tr("Correct the file, or set KUBERC=off to do without it.");
    const auto invalid = [&](const QString &why) { return fail(Error::Kind::Invalid, what, why, fix); };

    const auto document = yaml::Document::parse(bytes, what);
    if (!document)
        return fail(Error::Kind::Invalid, what, document.error().why, fix);
    const yaml::Node &root = document->root();
    const auto textOf = [&root](QByteArrayView key) {
        const yaml::Node *node = root.find(key);
        return node ? QString::fromUtf8(node->text) : QString();
    };
    if (root.type != yaml::Node::Type::Map || textOf("kind") != u"Preference"_s
        || !textOf("apiVersion").startsWith(u"kubectl.config.k8s.io/"_s))
        return invalid(Words::tr("It is not a Preference of kubectl.config.k8s.io."));

    ExecPluginPolicy policy;
    policy.file = path;
    const yaml::Node *list = root.find("credentialPluginAllowlist");
    const bool hasList = list && list->type != yaml::Node::Type::Null;
    const QString mode = textOf("credentialPluginPolicy");
    if (mode == u"DenyAll"_s)
        policy.mode = ExecPluginPolicy::Mode::DenyAll;
    else if (mode == u"Allowlist"_s)
        policy.mode = ExecPluginPolicy::Mode::Allowlist;
    else if (!mode.isEmpty() && mode != u"AllowAll"_s)
        return invalid(Words::tr("credentialPluginPolicy is \"%1\"; it can be AllowAll, DenyAll or Allowlist.").arg(text::safe(mode)));
    if (policy.mode != ExecPluginPolicy::Mode::Allowlist) {
        if (hasList)
            return invalid(Words::tr("credentialPluginAllowlist needs credentialPluginPolicy: Allowlist."));
        return policy;
    }
    if (!hasList || list->type != yaml::Node::Type::List || list->items.isEmpty())
        return invalid(Words::tr("The policy is Allowlist, but credentialPluginAllowlist is empty."));
    for (const yaml::Node *item : list->items) {
        // 1.35 calls the field "name", 1.36 renamed it to "command".
        const yaml::Node *name = item->find("command");
        if (!name)
            name = item->find("name");
        const QString entry = name && name->type == yaml::Node::Type::Text ? QString::fromUtf8(name->text) : QString();
        if (entry.isEmpty())
            return invalid(Words::tr("An entry of credentialPluginAllowlist names no program."));
        policy.allowlist.append(entry);
    }
    return policy;
}

} // namespace

Result<ExecPluginPolicy> ExecPluginPolicy::load(const QString &variable, const QString &home)
{
    if (variable == u"off"_s)
        return ExecPluginPolicy();
    const QString path = variable.isEmpty() ? home + u"/.kube/kuberc"_s : variable;
    if (variable.isEmpty() && !QFileInfo::exists(path))
        return ExecPluginPolicy();
    const auto bytes = readRegularFile(path, 1LL << 20);
    if (!bytes)
        return fail(bytes.error());
    if (bytes->trimmed().isEmpty())
        return ExecPluginPolicy();
    return parse(*bytes, path);
}

Result<ExecPluginPolicy> ExecPluginPolicy::fromEnvironment()
{
    return load(qEnvironmentVariable("KUBERC"), QDir::homePath());
}

Result<> ExecPluginPolicy::check(const QString &resolved, const std::function<QString(const QString &)> &find) const
{
    if (mode == Mode::AllowAll)
        return {};
    if (mode == Mode::Allowlist) {
        const QString wanted = QDir::cleanPath(resolved);
        for (const QString &entry : allowlist) {
            const QString path = entry.contains(u'/') ? entry : find(entry);
            if (!path.isEmpty() && QDir::cleanPath(path) == wanted)
                return {};
        }
    }
    return fail(Error::Kind::Forbidden, Words::tr("The program %1 is not allowed to run.").arg(text::safe(resolved)),
                mode == Mode::DenyAll ? Words::tr("%1 says credentialPluginPolicy: DenyAll.").arg(text::safe(file))
                                      : Words::tr("It is not in credentialPluginAllowlist of %1.").arg(text::safe(file)),
                Words::tr("Add it to credentialPluginAllowlist if you trust it."));
}

} // namespace cairn::kube
