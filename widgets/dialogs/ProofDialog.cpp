// SPDX-License-Identifier: GPL-3.0-or-later
#include "dialogs/ProofDialog.h"

#include "base/Text.h"
#include "forms/FieldRow.h"
#include "forms/TextFields.h"

#include <QRegularExpression>

namespace cairn::dialogs {

using namespace Qt::StringLiterals;

namespace {

AskView viewOf(const ProofView &view)
{
    return {ProofDialog::tr("Test %1 from two nodes?").arg(text::safe(view.claim)),
        ProofDialog::tr("Cairn creates a Job in namespace %1 with a pod on each of two nodes. Each writes %2 into a folder of its own on the PVC and reads what the other one wrote; the "
                        "folder is removed. The result stays on the PVC as an annotation.")
            .arg(text::safe(view.ns), text::bytes(view.bytes)),
        {}, ProofDialog::tr("Test it"), false};
}

} // namespace

ProofDialog::ProofDialog(const ProofView &view, QWidget *parent)
    : AskDialog(u"prove"_s, viewOf(view), parent)
    , m_image(new forms::TextField(tr("Image")))
    , m_user(new forms::TextField(tr("User")))
{
    m_image->setObjectName(u"prove.image"_s);
    m_image->setMono();
    m_image->setMaxLength(1024);
    m_image->setRequired(tr("It needs an image with a shell."));
    // A reference has no spaces; whether there is such an image, the nodes find out.
    m_image->setPattern(QRegularExpression(u"\\S+"_s), tr("An image has no spaces in its name."));
    m_image->setHint(view.image.isEmpty() ? tr("No pod mounts the PVC, so none is known. Any with a shell will do, for example the one you train with.")
                                          : tr("Any with a shell; one that the nodes have already starts at once."));
    m_image->setValue(view.image);
    m_user->setObjectName(u"prove.user"_s);
    m_user->setMono();
    m_user->setColumns(12);
    m_user->setMaxLength(9); // of the numbers that Linux has for users, all that anybody uses
    m_user->setPattern(QRegularExpression(u"\\d+"_s), tr("The number of a user."));
    m_user->setRequired(tr("It needs a user."));
    m_user->setHint(tr("Its number. It has to be one that may write on the PVC, as your jobs do."));
    m_user->setValue(QString::number(view.user));
    auto *form = new forms::Form;
    form->addRow(tr("Image"), m_image);
    form->addRow(tr("User"), m_user);
    setForm(form);
    if (view.image.isEmpty())
        m_image->setFocus(Qt::OtherFocusReason);
}

QString ProofDialog::image() const
{
    return m_image->text();
}

qint64 ProofDialog::user() const
{
    return m_user->text().toLongLong();
}

} // namespace cairn::dialogs
