// SPDX-License-Identifier: GPL-3.0-or-later
#include "launch/Rules.h"

#include "base/Text.h"
#include "domain/NameRules.h"
#include "domain/QuantityDecoder.h"
#include "launch/Draft.h"
#include "launch/Layout.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <QStringList>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::launch {
namespace {

using manifest::Finding;
using manifest::Node;
using manifest::Path;

struct RuleWords {
    Q_DECLARE_TR_FUNCTIONS(cairn::launch::Rules)
};

constexpr qsizetype kMostFindings = 200;
constexpr int kMostNodes = 100'000; // aliases are walked each time they stand there
constexpr double kLeastMemory = 1024.0 * 1024;

class Walk {
public:
    explicit Walk(int document)
        : m_document(document)
    {
    }

    QList<Finding> run(const Node &root)
    {
        Path path;
        path.in(m_document);
        m_ofKubeflow = root.member(u"apiVersion").text().contains("kubeflow.org/");
        visit(root, path, {});
        return m_findings;
    }

private:
    const int m_document;
    bool m_ofKubeflow = false; ///< others, as a PVC beside the job, may have dots in their names
    QList<Finding> m_findings;
    int m_nodes = 0;

    void add(const Node &node, const Path &path, const QString &message, const QString &suggestion = {}, bool atKey = false)
    {
        if (m_findings.size() < kMostFindings)
            m_findings.append({Finding::Kind::Value, atKey ? node.keyPlace() : node.place(),
                atKey ? node.keyExtent() : node.extent(), path, message, suggestion});
    }

    static QString notAnObject()
    {
        return RuleWords::tr("This is no name of an object: lower-case letters, digits, hyphens and dots, beginning and ending "
                             "with a letter or a digit.");
    }

    /// `within`: the field that holds the map, or the list that it is an item of.
    void visit(const Node &map, const Path &path, const QString &within)
    {
        if (within == "env"_L1 && map.member(u"name").text() == "CHECKPOINT_DIR")
            folder(map.member(u"value"), Path(path).field(u"value"_s));
        for (const Node &child : map.children()) {
            if (child.isMerge() || ++m_nodes > kMostNodes)
                continue;
            const QString key = child.key();
            // Free text, whatever it is called.
            if (key == "annotations"_L1)
                continue;
            const Path at = Path(path).field(key);
            const Node node = child.target();
            if (node.kind() == Node::Kind::Map) {
                if (key == "labels"_L1 || key == "matchLabels"_L1 || key == "nodeSelector"_L1)
                    labels(node, at);
                else
                    visit(node, at, key);
            } else if (node.kind() == Node::Kind::List) {
                const QList<Node> items = node.children();
                for (int i = 0; i < items.size() && m_nodes <= kMostNodes; ++i) {
                    ++m_nodes;
                    if (const Node item = items.at(i).target(); item.kind() == Node::Kind::Map)
                        visit(item, Path(at).item(i), key);
                }
            } else if (node.kind() == Node::Kind::Text || node.kind() == Node::Kind::Number) {
                scalar(child, QString::fromUtf8(node.text()), at, within, key);
            }
        }
    }

    void scalar(const Node &node, const QString &text, const Path &path, const QString &within, const QString &key)
    {
        static const QStringList references{u"imagePullSecrets"_s, u"secretKeyRef"_s, u"configMapKeyRef"_s, u"secretRef"_s,
            u"configMapRef"_s, u"configMap"_s, u"runtimeRef"_s, u"nodePublishSecretRef"_s};
        static const QStringList names{
            u"claimName"_s, u"secretName"_s, u"serviceAccountName"_s, u"priorityClassName"_s, u"storageClassName"_s};
        static const QStringList containers{u"containers"_s, u"initContainers"_s, u"ephemeralContainers"_s, u"trainer"_s};
        if (within == "requests"_L1 || within == "limits"_L1) {
            if (!rules::isQualifiedName(key))
                add(node, path, RuleWords::tr("This is no name of a resource, such as cpu or nvidia.com/gpu."), {}, true);
            quantity(node, text, path, key == "memory"_L1 || key == "ephemeral-storage"_L1);
        } else if (within == "emptyDir"_L1 && key == "sizeLimit"_L1) {
            quantity(node, text, path, true);
        } else if (text.isEmpty()) {
            return; // as if it were not there; what must be is for the schema and the server to say
        } else if (key == "image"_L1 && containers.contains(within)) {
            if (!rules::isImageReference(text))
                add(node, path,
                    RuleWords::tr("This is no reference of an image. It is written HOST/NAME:TAG or HOST/NAME@sha256:DIGEST, "
                                  "without blanks and the name in lower case."));
        } else if (within == "metadata"_L1 && path.steps().size() == 2) {
            if (key == "namespace"_L1 && !rules::isDnsLabel(text))
                add(node, path, RuleWords::tr("This is no name of a namespace: at most 63 lower-case letters, digits and hyphens."));
            // RFC 1035, as the webhooks of all these kinds ask for.
            else if (key == "name"_L1 && !m_ofKubeflow && !rules::isDnsName(text))
                add(node, path, notAnObject());
            else if (key == "name"_L1 && m_ofKubeflow && (!rules::isDnsLabel(text) || text.at(0).isDigit()))
                add(node, path,
                    RuleWords::tr("This is no name of a job: at most 63 lower-case letters, digits and hyphens, beginning with a letter."));
        } else if (names.contains(key) || (key == "name"_L1 && references.contains(within))
            || (within == "schedulingPolicy"_L1 && (key == "queue"_L1 || key == "priorityClass"_L1))) {
            if (!rules::isDnsName(text))
                add(node, path, notAnObject());
        } else if (within == "volumeMounts"_L1 && key == "subPath"_L1) {
            const rules::FolderFault fault = rules::folderFault(u'/' + text);
            if (text.startsWith(u'/') || fault != rules::FolderFault::None)
                add(node, path, RuleWords::tr("This is no sub-path of a volume: it is relative to the volume, and has no “..” in it."));
        } else if (within == "volumeMounts"_L1 && key == "mountPath"_L1) {
            if (const QString why = whyNoFolder(text); !why.isEmpty())
                add(node, path, why);
        } else if (within == "tolerations"_L1 && key == "key"_L1) {
            if (!rules::isQualifiedName(text))
                add(node, path, RuleWords::tr("This is no key of a taint."));
        } else if (within == "tolerations"_L1 && key == "value"_L1) {
            if (!rules::isLabelValue(text))
                add(node, path, RuleWords::tr("This is no value of a taint."));
        }
    }

    void folder(const Node &node, const Path &path)
    {
        if (!node.isValid() || node.target().kind() != Node::Kind::Text)
            return;
        if (const QString why = whyNoFolder(QString::fromUtf8(node.target().text())); !why.isEmpty())
            add(node, path, why);
    }

    void labels(const Node &map, const Path &path)
    {
        for (const Node &child : map.children()) {
            if (child.isMerge() || ++m_nodes > kMostNodes)
                continue;
            const Path at = Path(path).field(child.key());
            if (!rules::isQualifiedName(child.key()))
                add(child, at, RuleWords::tr("This is no key of a label."), {}, true);
            const Node node = child.target();
            if (node.kind() == Node::Kind::Text && !rules::isLabelValue(QString::fromUtf8(node.text())))
                add(child, at,
                    RuleWords::tr("This is no value of a label: at most 63 letters, digits, hyphens, dots and underscores."));
        }
    }

    void quantity(const Node &node, const QString &text, const Path &path, bool bytes)
    {
        const std::optional<double> amount = decodeQuantity(text.toStdString());
        if (!amount || *amount < 0) {
            add(node, path, RuleWords::tr("This is no quantity, such as 8, 500m or 64Gi."));
        } else if (bytes && *amount > 0 && *amount < kLeastMemory) {
            static const QRegularExpression bare(u"^[0-9.]+$"_s);
            add(node, path, RuleWords::tr("This is less than 1 MiB: the unit is missing, or too small. Memory is counted in Mi or Gi."),
                bare.match(text).hasMatch() ? text + u"Gi"_s : QString());
        }
    }
};

/// Where the arguments say that it saves, which is the framework's to name; nullopt where that is in order.
std::optional<Finding> folderArgument(const manifest::Document &document, const QJsonObject &job, int index)
{
    const Spec spec = specOf(job);
    const Framework framework = recognise(spec);
    const QString folder = policyOf(spec, framework).folder;
    // torchtitan's is relative to its own dump folder.
    const bool relative = framework == Framework::Torchtitan && rules::folderFault(folder) == rules::FolderFault::Relative;
    const QString why = relative ? QString() : whyNoFolder(folder);
    if (why.isEmpty())
        return std::nullopt;
    for (const Path &process : Layout(job, {}).processes()) {
        for (const QString &list : {u"args"_s, u"command"_s}) {
            Path path = under(process, {list});
            const QList<Node> words = document.at(path.in(index)).children();
            for (qsizetype i = words.size(); i-- > 0;) { // the last one counts
                if (QString::fromUtf8(words[i].target().text()).contains(folder))
                    return Finding{Finding::Kind::Value, words[i].place(), words[i].extent(), Path(path).item(static_cast<int>(i)), why, {}};
            }
        }
    }
    return std::nullopt; // a variable, which is looked at wherever it stands
}

} // namespace

QString whyNoFolder(const QString &folder)
{
    switch (rules::folderFault(folder)) {
    case rules::FolderFault::None: break;
    case rules::FolderFault::Control:
        return RuleWords::tr("There is a character in this path that cannot be seen, such as a line break.");
    case rules::FolderFault::Long: return RuleWords::tr("This path is longer than the 4,096 characters that Linux takes.");
    case rules::FolderFault::Relative:
        return RuleWords::tr("This path is relative, so that it lies in the container and is gone with its pod. An absolute one begins with "
                             "the mount path of a volume, such as /checkpoints/run.");
    case rules::FolderFault::Upwards:
        return RuleWords::tr("A step “..” may lead out of the volume. Write where it leads to instead.");
    case rules::FolderFault::Bucket: return RuleWords::tr("This address names no bucket. It is written such as s3://BUCKET/PREFIX.");
    }
    return {};
}

QList<manifest::Finding> findingsOf(const manifest::Document &document, const manifest::Schema *schema, int index)
{
    const Node root = document.root(index);
    if (!root.isValid() || root.json().isUndefined())
        return {};
    QList<Finding> findings = schema != nullptr ? manifest::validate(document, *schema, index) : QList<Finding>();
    QList<Finding> ours = Walk(index).run(root);
    if (const QJsonObject job = root.json().toObject(); whyNoJob(job).why.isEmpty()) {
        if (const std::optional<Finding> folder = folderArgument(document, job, index))
            ours.append(*folder);
    }
    for (const Finding &own : std::as_const(ours)) {
        const auto same = [&](const Finding &other) { return other.path.steps() == own.path.steps(); };
        if (std::ranges::none_of(findings, same)) // the schema may say it too
            findings.append(own);
    }
    std::ranges::stable_sort(findings, {}, [](const Finding &finding) { return finding.place.offset; });
    return findings;
}

} // namespace cairn::launch
