// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "kube/Kubeconfig.h"
#include "kube/KubeconfigYaml.h"

namespace cairn::kube {

/// Turns one kubeconfig file into entries and merges them into a Kubeconfig; files are given in order. Used by
/// Kubeconfig::load only.
class KubeconfigReader
{
public:
    explicit KubeconfigReader(Kubeconfig &into) : m_into(into) {}

    /// Reads `file`; what is wrong with it lands in the file's problems.
    void read(const QString &file, bool mustExist);
    /// The same for bytes at hand, as if they were the content of `file`; the caller keeps `file`.
    void readBytes(const QByteArray &bytes, KubeconfigFile &file);

private:
    /// Where a value is read, for the wording of a problem.
    struct Place {
        QList<Problem> *problems;
        QString entry;
    };

    void readRoot(const yaml::Node &root);
    template <class Entry, class Read>
    void readList(const yaml::Node &root, const char *list, const char *body, const QString &noun,
                  QMap<QString, Entry> &into, QList<Entry> &hidden, Read read);
    void readCluster(const yaml::Node &node, ClusterEntry &cluster);
    void readUser(const yaml::Node &node, UserEntry &user);
    void readContext(const yaml::Node &node, ContextEntry &context);
    void readExec(const yaml::Node &node, UserEntry &user, const Place &place);
    void readImpersonation(const yaml::Node &node, UserEntry &user, const Place &place);
    void validate(ClusterEntry &cluster, const Place &place);
    void validate(UserEntry &user, const Place &place);
    void validateExec(const UserEntry &user, bool interactiveModeGiven, const Place &place);
    /// Says that `value` is what `kubectl config view` writes in place of a secret; true where it is.
    bool isLeftOut(const char *key, const QString &value, const yaml::Node *node, const Place &place);
    void checkAuthority(const ClusterEntry &cluster, const Place &place);
    void checkFile(const QString &path, const QString &field, const Place &place);

    QString text(const yaml::Node &map, const char *key, const Place &place);
    bool flag(const yaml::Node &map, const char *key, const Place &place);
    QStringList texts(const yaml::Node &map, const char *key, const Place &place);
    QByteArray base64(const yaml::Node &map, const char *key, const Place &place);
    QString absolute(const QString &path) const;
    void add(const Place &place, int line, const QString &what, const QString &why, const QString &fix,
             Problem::Severity severity = Problem::Severity::Error);

    Kubeconfig &m_into;
    KubeconfigFile *m_file = nullptr;
};

} // namespace cairn::kube
