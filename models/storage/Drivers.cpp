// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/Drivers.h"

#include <QHash>

using namespace Qt::StringLiterals;

namespace cairn::storage {

DriverFacts driverFacts(const QString &driver)
{
    using C = DriverFacts::Capacity;
    using R = DriverFacts::Reports;
    static const QHash<QString, DriverFacts> known{
        {u"efs.csi.aws.com"_s, {C::None, R::IfSwitchedOn}},
        {u"s3.csi.aws.com"_s, {C::None, R::Never}},
        {u"fsx.csi.aws.com"_s, {C::Enforced, R::Never}},
        {u"ebs.csi.aws.com"_s, {C::Enforced, R::Yes}},
        {u"gcsfuse.csi.storage.gke.io"_s, {C::None, R::Never}},
        {u"filestore.csi.storage.gke.io"_s, {C::Enforced, R::Yes}},
        {u"pd.csi.storage.gke.io"_s, {C::Enforced, R::Yes}},
        {u"file.csi.azure.com"_s, {C::Enforced, R::Yes}},
        {u"disk.csi.azure.com"_s, {C::Enforced, R::Yes}},
        {u"blob.csi.azure.com"_s, {C::None, R::IfSwitchedOn}},
        {u"csi.juicefs.com"_s, {C::Enforced, R::Yes}},
        {u"ru.yandex.s3.csi"_s, {C::None, R::Never}},
        {u"nfs.csi.k8s.io"_s, {C::WholeFileSystem, R::Yes}},
        {u"smb.csi.k8s.io"_s, {C::WholeFileSystem, R::Yes}},
        {u"nfs"_s, {C::WholeFileSystem, R::Yes}},
        {u"local"_s, {C::WholeFileSystem, R::Yes}},
        {u"hostPath"_s, {C::WholeFileSystem, R::Never}},
    };
    if (const auto found = known.constFind(driver); found != known.cend())
        return *found;
    // Rook puts its namespace before the driver's name.
    if (driver.endsWith(u"cephfs.csi.ceph.com"_s) || driver.endsWith(u"rbd.csi.ceph.com"_s))
        return {C::Enforced, R::Yes};
    return {};
}

} // namespace cairn::storage
