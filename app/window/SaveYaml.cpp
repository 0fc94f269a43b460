// SPDX-License-Identifier: GPL-3.0-or-later
#include "SaveYaml.h"

#include "base/Text.h"
#include "engine/BulkFlows.h"

#include <QCoreApplication>
#include <QFileDialog>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

struct SaveYamlWords {
    Q_DECLARE_TR_FUNCTIONS(cairn::app::SaveYaml)
};

} // namespace

void saveYaml(QObject *owner, async::Scope &scope, QWidget *parent, const QString &name, const std::function<QByteArray()> &bytes,
    const std::function<void(kit::Tone tone, const QString &title, const QString &text)> &tell)
{
    auto *dialog = new QFileDialog(parent, SaveYamlWords::tr("Save the YAML"), name + u".yaml"_s, SaveYamlWords::tr("YAML (*.yaml *.yml)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    QObject::connect(dialog, &QFileDialog::fileSelected, owner, [owner, &scope, bytes, tell](const QString &path) {
        scope.run(
            owner, [path, text = bytes()](std::stop_token) { return saveFile(path, text); },
            [path, tell](const Result<> &saved) {
                if (saved)
                    tell(kit::Tone::Ok, SaveYamlWords::tr("YAML saved"), text::safe(path));
                else
                    tell(kit::Tone::Err, SaveYamlWords::tr("The YAML was not saved"), text::safe(saved.error().oneLine()));
            });
    });
    dialog->open();
}

} // namespace cairn::app
