// SPDX-License-Identifier: GPL-3.0-or-later
#include "dialogs/VerifyDialog.h"

#include "base/Text.h"
#include "items/VerificationTableModel.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Label.h"
#include "kit/Marks.h"
#include "kit/StateView.h"
#include "views/DataTable.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace cairn::dialogs {

using namespace Qt::StringLiterals;
using namespace cairn::kit;
using Model = items::VerificationTableModel;

VerifyDialog::VerifyDialog(const VerifyView &view, QWidget *parent)
    : QDialog(parent)
    , m_view(view)
    , m_sentence(new Paragraph({}))
    , m_bar(new UsageBar(0))
    , m_progress(new Label({}, Type::Body, Token::Dim))
    , m_files(new Model(this))
{
    setObjectName(u"verify"_s);
    setWindowTitle(tr("Verify %1 fully").arg(text::safe(view.name)));
    paintBackground(this, Token::Panel);
    m_sentence->setText(tr("Cairn reads the contents of all %n files (%1) and checks every checksum that the format has. %2", nullptr, view.files)
                            .arg(text::bytes(view.bytes), view.how));
    m_bar->setName(tr("Progress"));
    m_bar->set(0, items::Tone::Info);

    m_table = new views::DataTable(tr("Files of the checkpoint"));
    m_table->setObjectName(u"verify.files"_s);
    using views::CellKind;
    m_table->setColumns({{Model::Result, CellKind::Tag, 84, 120}, {Model::File, CellKind::Text, 120, 340}, {Model::Size, CellKind::Number, 72, 100},
                         {Model::What, CellKind::Text, 160, 2000, true, false}});
    m_table->setSource(m_files);
    m_table->sortBy(Model::Result, Qt::AscendingOrder);
    m_state = new StateView(m_table);
    m_state->setObjectName(u"verify.state"_s);
    m_state->setEmpty(tr("It has not been verified fully"), tr("A listing looks at the ends and headers of files. Only a full read finds bytes that changed in their middle."));
    auto *card = new Card(Card::Padding::Flush);
    card->body()->addWidget(m_state);

    m_close = new Button(tr("Close"));
    m_close->setObjectName(u"verify.close"_s);
    m_cancel = new Button(tr("Cancel"));
    m_cancel->setObjectName(u"verify.cancel"_s);
    m_verify = new Button(tr("Verify"), ButtonVariant::Primary);
    m_verify->setObjectName(u"verify.act"_s);
    auto *foot = hbox(10);
    foot->addWidget(m_close);
    foot->addStretch(1);
    foot->addWidget(m_cancel);
    foot->addWidget(m_verify);
    auto *box = vbox(space::cards);
    box->setContentsMargins(22, 20, 22, 18);
    auto *title = new ElidedLabel(windowTitle(), Type::PageTitle);
    box->addWidget(title);
    box->addWidget(m_sentence);
    box->addWidget(m_bar);
    box->addWidget(m_progress);
    box->addWidget(card, 1);
    box->addLayout(foot);
    setLayout(box);
    connect(m_close, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_cancel, &QPushButton::clicked, this, &VerifyDialog::cancelRequested);
    connect(m_verify, &QPushButton::clicked, this, &VerifyDialog::verifyRequested);
    connect(m_state, &StateView::triggered, this, &VerifyDialog::verifyRequested);
    setRunningNow(false);
    setRefusal(view.refusal);
    m_verify->setFocus(Qt::OtherFocusReason);
    resize(scaled(820), scaled(520));
}

void VerifyDialog::setRefusal(const QString &why)
{
    m_verify->setRefusal(why);
}

void VerifyDialog::setRunningNow(bool running)
{
    m_bar->setVisible(running);
    m_progress->setVisible(running);
    m_cancel->setVisible(running);
    m_verify->setVisible(!running);
    m_close->setText(running ? tr("Go on in background") : tr("Close"));
}

QString VerifyDialog::progressText(const ckpt::VerifyState &state, std::chrono::milliseconds since)
{
    if (state.total == 0)
        return tr("Listing its files…");
    const QString bytes = tr("%1 of %2", "bytes that were read, of all").arg(text::bytes(state.done), text::bytes(state.total));
    // The first moments say nothing about the rest.
    if (since < std::chrono::seconds(2) || state.done == 0)
        return bytes;
    const double perMs = static_cast<double>(state.done) / static_cast<double>(since.count());
    const auto left = std::chrono::milliseconds(static_cast<qint64>(static_cast<double>(state.total - state.done) / perMs));
    return tr("%1 · %2/s · %3 left", "bytes, speed, time").arg(bytes, text::bytes(static_cast<qint64>(perMs * 1000)), text::duration(left));
}

void VerifyDialog::setRunning(const ckpt::VerifyState &state, std::chrono::milliseconds since)
{
    if (m_cancel->isHidden()) {
        const bool focused = focusWidget() == m_verify;
        m_files->clear();
        setRunningNow(true);
        if (focused)
            m_cancel->setFocus(Qt::OtherFocusReason);
    }
    m_bar->set(state.total > 0 ? static_cast<double>(state.done) / static_cast<double>(state.total) : 0, items::Tone::Info);
    m_progress->setText(progressText(state, since));
    m_state->setLoading(state.file.isEmpty() ? tr("Listing its files…") : tr("Reading %1").arg(text::safe(state.file)), state.filesDone, state.files > 0 ? state.files : -1);
}

void VerifyDialog::setResult(const Verification &verification, const QDateTime &now)
{
    setRunningNow(false);
    QString sentence = tr("%1: %2", "time ago, a sentence").arg(text::ago(verification.at, now), text::safe(verification.reason));
    if (verification.otherFiles > 0)
        sentence += u' ' + tr("%n more files (%1) in its folders have names that no format knows, and were not read.", nullptr, verification.otherFiles)
                               .arg(text::bytes(verification.otherBytes));
    m_sentence->setText(sentence);
    m_sentence->setToken(verification.result == FullRead::Damaged                                                     ? Token::Err
                         : verification.result == FullRead::Unread || verification.result == FullRead::Changed ? Token::Warn
                                                                                                                : Token::Text);
    m_files->setFiles(verification.files);
    m_state->setContent();
    m_verify->setText(tr("Verify again"));
}

void VerifyDialog::setFailed(const Error &error)
{
    setRunningNow(false);
    if (error.kind == Error::Kind::Cancelled)
        m_state->setEmpty(tr("Cancelled"), tr("Nothing is known of what was not read; a result that was there before is kept."));
    else
        m_state->setError(text::safe(error), {{u"again"_s, tr("Try again"), ButtonVariant::Normal}});
}

} // namespace cairn::dialogs
