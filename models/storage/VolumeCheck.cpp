// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Text.h"
#include "domain/NameRules.h"
#include "domain/QuantityDecoder.h"
#include "storage/Volumes.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::storage {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::storage)
};

using Takes = VolumeField::Takes;

constexpr qsizetype kMost = 253; // an object's name, and more than any of the others
constexpr double kGi = 1024.0 * 1024 * 1024;
constexpr double kMostBytes = 8e18; // an int64 of bytes, as the API server counts

bool matches(const QString &text, const QString &pattern)
{
    return QRegularExpression(QRegularExpression::anchoredPattern(pattern)).match(text).hasMatch();
}

/// No segment of dots, nothing empty, nothing a mount option or a URL could end at.
bool isPath(const QString &text)
{
    const QStringList parts = text.split(u'/');
    return std::ranges::all_of(parts, [](const QString &part) {
        return part != "."_L1 && part != ".."_L1 && matches(part, u"[A-Za-z0-9._@+=-]+"_s);
    });
}

bool takes(const VolumeField &field, const QString &text)
{
    switch (field.takes) {
    case Takes::Name: return rules::isDnsName(text);
    case Takes::FileSystem: return matches(text, u"fs-[0-9a-f]{8,40}"_s);
    case Takes::AccessPoint: return matches(text, u"fsap-[0-9a-f]{8,40}"_s);
    case Takes::Host:
        return rules::isDnsName(text.toLower()) || matches(text, u"\\[?[0-9A-Fa-f:]*:[0-9A-Fa-f:.]+\\]?"_s);
    case Takes::Folder: return text == "/"_L1 || (text.startsWith(u'/') && isPath(text.mid(1)));
    case Takes::Below: return isPath(text);
    case Takes::Bucket: return text.size() >= 3 && text.size() <= 222 && matches(text, u"[a-z0-9]([a-z0-9._-]*[a-z0-9])?"_s) && !text.contains(".."_L1);
    case Takes::Account: return matches(text, u"[a-z0-9]{3,24}"_s);
    case Takes::Share: return matches(text, u"(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*"_s);
    case Takes::Url: return matches(text, u"https?://(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?)(:[0-9]{1,5})?(/[A-Za-z0-9._/-]*)?"_s);
    case Takes::Word: return matches(text, u"[A-Za-z0-9][A-Za-z0-9._/-]*"_s) && !text.contains(".."_L1);
    case Takes::Region: return matches(text, u"[a-z0-9]([a-z0-9-]*[a-z0-9])?"_s) && text.size() <= 63;
    case Takes::Subnet: return matches(text, u"subnet-[0-9a-f]{8,40}"_s);
    case Takes::Groups: return matches(text, u"sg-[0-9a-f]{8,40}(,sg-[0-9a-f]{8,40}){0,15}"_s);
    case Takes::Octal: return matches(text, u"[0-7]{3,4}"_s);
    case Takes::Number: return matches(text, u"[0-9]{1,9}"_s);
    case Takes::Role: return matches(text, u"arn:aws(-[a-z-]+)?:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]{1,512}"_s);
    case Takes::Identity: return matches(text, u"[a-z0-9][a-z0-9-]{0,62}@[a-z0-9.-]+\\.gserviceaccount\\.com"_s);
    case Takes::Instance: return matches(text, u"modeInstance/[a-z0-9-]+/[a-z0-9-]+/[A-Za-z0-9_]+"_s);
    case Takes::Choice: return field.choices.contains(text);
    }
    return false;
}

QString wanted(const VolumeField &field)
{
    switch (field.takes) {
    case Takes::Name: return Words::tr("Lower-case letters, digits, hyphens and dots, beginning and ending with a letter or digit.");
    case Takes::Choice: return Words::tr("Choose one of %1.").arg(field.choices.join(u", "_s));
    case Takes::Folder: return Words::tr("An absolute path of letters, digits and ._@+=- without \"..\".");
    case Takes::Below: return Words::tr("A path without a leading slash, of letters, digits and ._@+=- without \"..\".");
    case Takes::Host: return Words::tr("A host name or an IP address.");
    case Takes::Url: return Words::tr("A URL such as %1, without user or query.").arg(field.example);
    case Takes::Number: return Words::tr("A whole number.");
    default: break;
    }
    return field.example.isEmpty() ? QString() : Words::tr("It looks like %1.").arg(field.example);
}

/// The least size in GiB; 0: none is known.
double least(const VolumeSpec &spec)
{
    if (!goesByClass(spec))
        return 0;
    if (spec.kind == "fsx"_L1)
        return 1200;
    if (spec.kind == "filestore"_L1) {
        const QString tier = spec.values.value(u"tier"_s, u"zonal"_s);
        return tier == "basic_ssd"_L1 ? 2560 : 1024;
    }
    return 0;
}

} // namespace

bool goesByClass(const VolumeSpec &spec)
{
    const std::optional<VolumeKind> kind = volumeKind(spec.kind);
    if (!kind || (kind->existing && kind->byClass))
        return spec.byClass;
    return kind->byClass;
}

QList<VolumeField> volumeFields(const QString &id, bool byClass)
{
    QList<VolumeField> fields;
    const std::optional<VolumeKind> kind = volumeKind(id);
    for (const VolumeField &field : kind ? kind->fields : QList<VolumeField>()) {
        if (field.in == VolumeField::In::Both || (field.in == VolumeField::In::ByClass) == byClass)
            fields.append(field);
    }
    return fields;
}

QList<VolumeRefusal> refusals(const VolumeSpec &spec)
{
    QList<VolumeRefusal> all;
    const auto refuse = [&](const QString &field, const QString &text, const QString &fix) { all.append({field, text, fix}); };
    const std::optional<VolumeKind> kind = volumeKind(spec.kind);
    if (!kind) {
        QStringList words;
        for (const VolumeKind &one : volumeKinds())
            words.append(one.id);
        refuse(u"kind"_s, Words::tr("%1 is no kind of storage.").arg(text::safe(spec.kind)), Words::tr("Choose one of %1.").arg(words.join(u", "_s)));
        return all;
    }
    const bool byClass = goesByClass(spec);
    // 63, as it is also the value of a label and the name of a volume in a pod.
    if (!rules::isDnsLabel(spec.name))
        refuse(u"name"_s, spec.name.isEmpty() ? Words::tr("It needs a name.") : Words::tr("%1 is refused as a name.").arg(text::safe(spec.name)),
            Words::tr("At most 63 lower-case letters, digits and hyphens, beginning and ending with a letter or digit."));
    if (!rules::isDnsLabel(spec.ns))
        refuse(u"namespace"_s, Words::tr("%1 is no namespace.").arg(text::safe(spec.ns)), Words::tr("Choose one of the cluster's."));
    if (kind->claims) {
        const double bytes = decodeQuantity(spec.size.toStdString()).value_or(0);
        const double floor = least(spec);
        if (spec.size.isEmpty() ? kind->size == VolumeKind::Size::Real : bytes < 1 || bytes > kMostBytes || spec.size.size() > 32)
            refuse(u"size"_s, spec.size.isEmpty() ? Words::tr("It needs a size.") : Words::tr("%1 is no size.").arg(text::safe(spec.size)), Words::tr("A quantity such as 500Gi."));
        else if (!spec.size.isEmpty() && bytes < floor * kGi)
            refuse(u"size"_s, Words::tr("%1 is less than the service makes.").arg(text::safe(spec.size)), Words::tr("At least %1Gi.").arg(floor));
    }
    const QList<VolumeField> fields = volumeFields(spec.kind, byClass);
    for (const VolumeField &field : fields) {
        const QString value = spec.values.value(field.id);
        if (value.isEmpty()) {
            if (field.needed)
                refuse(field.id, Words::tr("%1 is needed.").arg(field.caption), wanted(field));
        } else if (value.size() > (field.takes == Takes::Groups || field.takes == Takes::Role || field.takes == Takes::Folder ? 1024 : kMost) || !takes(field, value)) {
            refuse(field.id, Words::tr("%1 cannot be %2.").arg(field.caption, text::safe(value.left(80))), wanted(field));
        }
    }
    for (auto it = spec.values.cbegin(); it != spec.values.cend(); ++it) {
        const bool known = std::ranges::any_of(fields, [&](const VolumeField &field) { return field.id == it.key(); });
        if (!known && !it->isEmpty()) {
            QStringList names;
            for (const VolumeField &field : fields)
                names.append(field.id);
            refuse(it.key(), byClass ? Words::tr("%1 by a class has no %2.").arg(kind->title, text::safe(it.key())) : Words::tr("%1 has no %2.").arg(kind->title, text::safe(it.key())),
                Words::tr("It takes %1.").arg(names.join(u", "_s)));
        }
    }
    // What only goes together.
    const QString protocol = spec.values.value(u"protocol"_s);
    const bool nfs = spec.kind == "azure-files"_L1 ? protocol != "smb"_L1 : protocol == "nfs"_L1;
    if (spec.kind.startsWith("azure-"_L1) && !byClass && !nfs && spec.values.value(u"secret"_s).isEmpty())
        refuse(u"secret"_s, Words::tr("It is mounted with the account's key, which is in a Secret."), Words::tr("Name the Secret."));
    if (spec.kind == "bucket-identity"_L1 && spec.values.value(u"role"_s).isEmpty() && spec.values.value(u"google-account"_s).isEmpty() && spec.values.value(u"azure-client"_s).isEmpty())
        refuse(u"role"_s, Words::tr("Whom the cloud should take it for is not said."), Words::tr("Give a role, a Google service account or an Azure client ID."));
    if (spec.makesSecret && kind->secret.isEmpty())
        refuse(u"secret"_s, Words::tr("%1 has no Secret.").arg(kind->title), Words::tr("Leave the values out."));
    if (spec.makesSecret && spec.kind != "s3-keys"_L1 && spec.values.value(u"secret"_s).isEmpty() && !kind->secret.isEmpty())
        refuse(u"secret"_s, Words::tr("The Secret that is made needs a name."), Words::tr("Name it."));
    if (spec.kind == "s3-keys"_L1 && !spec.makesSecret)
        refuse(u"secret"_s, Words::tr("This kind is a Secret, and its values are missing."), Words::tr("Give them from a file or standard input."));
    if (spec.makesSecret && spec.kind == "s3-csi"_L1 && spec.values.value(u"endpoint"_s).isEmpty())
        refuse(u"endpoint"_s, Words::tr("The Secret names the server."), Words::tr("Give its URL."));
    return all;
}

} // namespace cairn::storage
