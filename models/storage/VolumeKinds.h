// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>
#include <QStringList>
#include <optional>

/// What storage can be made of, as data: forms, options of cairnctl and checks are made from it. Pure.
namespace cairn::storage {

/// One thing that has to be said of a volume.
struct VolumeField {
    /// What its text may be. Anything else is refused, so that no value can reach another field of the manifest.
    enum class Takes {
        Name,        ///< of a Kubernetes object: RFC 1123 subdomain
        FileSystem,  ///< "fs-0123456789abcdef0"
        AccessPoint, ///< "fsap-0123456789abcdef0"
        Host,        ///< name or IP address
        Folder,      ///< "/exports/team", absolute, without ".."
        Below,       ///< "team/data", relative, without ".."
        Bucket,      ///< as S3 and Google Cloud Storage name them
        Account,     ///< Azure's storage account: 3 to 24 lower-case letters and digits
        Share,       ///< Azure's container or share: 3 to 63 lower-case letters, digits and hyphens
        Url,         ///< http:// or https://, without user, query and fragment
        Word,        ///< letters, digits and ._-/ without spaces
        Region,      ///< "eu-central-1"
        Subnet,      ///< "subnet-0123456789abcdef0"
        Groups,      ///< "sg-0123…", several separated by commas
        Octal,       ///< "700"
        Number,      ///< a whole number from 0 on
        Role,        ///< "arn:aws:iam::123456789012:role/training"
        Identity,    ///< "training@project.iam.gserviceaccount.com"
        Instance,    ///< Filestore's "modeInstance/ZONE/INSTANCE/SHARE"
        Choice,      ///< one of `choices`
    };
    /// For which of the two ways it is asked.
    enum class In { Both, Existing, ByClass };

    QString id = {}; ///< key of VolumeSpec::values and option of cairnctl: "file-system"
    Takes takes = Takes::Word;
    In in = In::Both;
    bool needed = false;
    QString caption = {};
    QString hint = {};    ///< one short sentence; may be empty
    QString example = {}; ///< shown where nothing is typed
    QStringList choices = {}; ///< of Choice; the first is the default
    bool operator==(const VolumeField &) const = default;
};

/// A key of the Secret that a driver reads.
struct SecretKey {
    QString key = {};   ///< "accessKeyID"
    QString field = {}; ///< the field whose value it takes; empty: it is secret, and only given when it is made
    bool operator==(const SecretKey &) const = default;
};

/// One kind of storage.
struct VolumeKind {
    /// What the size of the claim means.
    enum class Size { Real, Ignored };

    QString id = {};     ///< "efs"
    QString title = {};  ///< "AWS EFS"
    QString driver = {}; ///< the CSIDriver that has to be there; empty: none. Rook's has the operator's namespace before it
    bool existing = true; ///< a file system that is there, by PersistentVolume and claim
    bool byClass = true;  ///< a new one, by StorageClass and claim
    bool claims = true;   ///< it ends in a PersistentVolumeClaim
    Size size = Size::Ignored;
    QString about = {};  ///< what to know before training saves there; one or two sentences
    QString source = {}; ///< where its shape is from: a repository and its folder
    QList<VolumeField> fields = {};
    QList<SecretKey> secret = {}; ///< keys of the Secret named by the field "secret"; empty: it needs none
    bool operator==(const VolumeKind &) const = default;
};

/// All of them, in the order in which they are offered. Texts in the user's language.
QList<VolumeKind> volumeKinds();
/// nullopt where the word is none of them.
std::optional<VolumeKind> volumeKind(const QString &id);

/// Whether what a driver makes can be written from several nodes at once.
struct SharedAccess {
    enum class Answer {
        Yes,
        IfSet,   ///< with what `needs` says
        No,
        Unknown, ///< a driver that the table does not hold
    };
    Answer answer = Answer::Unknown;
    QString needs = {};  ///< options without which it does not work, or a limit; may be empty
    QString source = {}; ///< where that is said
    bool operator==(const SharedAccess &) const = default;
};
/// By CSIDriver or provisioner ("efs.csi.aws.com"); Rook's names count with their namespace before them.
SharedAccess sharedAccess(const QString &driver);
QString answerWord(SharedAccess::Answer answer); ///< "yes", "ifSet", "no", "unknown"

} // namespace cairn::storage
