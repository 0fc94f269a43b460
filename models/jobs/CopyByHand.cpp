// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/CopyByHand.h"

#include "base/Text.h"
#include "jobs/Attempt.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace cairn::jobs {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::jobs)
};

/// For a shell, as one word.
QString quoted(const QString &word)
{
    return u'\'' + QString(word).replace(u"'"_s, u"'\\''"_s) + u'\'';
}

} // namespace

QString copyByHand(const Job &job, const PathContract &contract, const QString &path, const QString &folder)
{
    if (contract.framework.isEmpty())
        return Words::tr("Choose the newest whole checkpoint, or say how a path is passed to the script.");
    if (contract.copyLevels == 0 || !path.startsWith(u'/'))
        return Words::tr("Choose the newest whole checkpoint.");
    // Between the folder that is told and the checkpoint there may be one of a role: "_actor".
    QString into = folder;
    const bool hasRoles = contract.copyLevels > 1;
    if (hasRoles)
        into += u'/' + path.section(u'/', -2, -2);
    QString command = u"mkdir -p %1 && cp -a %2 %1/"_s.arg(quoted(into), quoted(path));
    if (hasRoles)
        command += u" && printf %s %1 > %2"_s.arg(quoted(path.section(u'/', -1)), quoted(into + u"/latest"_s));
    const VolumeMount *mount = mountOf(job, path);
    QStringList sentences;
    //: %1 a PVC, %2 a path, %3 a shell command, %4 a namespace; POD stays as it is
    sentences << Words::tr("To go on from this one, copy it into a folder of its own, in a pod that mounts the PVC %1 at %2 "
                           "(kubectl -n %4 exec -it POD -- sh): %3")
                     .arg(text::safe(mount ? mount->claim : QString()), text::safe(mount ? mount->mountPath : QString()), text::safe(command),
                          text::safe(job.ns));
    if (hasRoles)
        sentences << Words::tr("Do the same in the folder of every other role.");
    sentences << Words::tr("Then list the checkpoints again and choose the copy: the job is told its folder.");
    return sentences.join(u'\n'); // so that the end of the command is seen
}

} // namespace cairn::jobs
