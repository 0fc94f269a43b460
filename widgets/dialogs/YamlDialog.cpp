// SPDX-License-Identifier: GPL-3.0-or-later
#include "dialogs/YamlDialog.h"

#include "base/Text.h"
#include "editors/CodeEditor.h"
#include "kit/Announce.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Label.h"
#include "kit/StateView.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QVBoxLayout>

namespace cairn::dialogs {

using namespace Qt::StringLiterals;
using namespace cairn::kit;

YamlDialog::YamlDialog(const QString &title, const QString &place, QWidget *parent)
    : QDialog(parent)
    , m_editor(new editors::CodeEditor(title))
    , m_copy(new Button(tr("Copy")))
{
    setObjectName(u"yaml"_s);
    setWindowTitle(title);
    setSizeGripEnabled(true);
    paintBackground(this, Token::Panel);
    m_editor->setObjectName(u"yaml.text"_s);
    m_copy->setObjectName(u"yaml.copy"_s);
    auto *box = vbox(12);
    box->setContentsMargins(22, 20, 22, 18);
    box->addWidget(new ElidedLabel(title, Type::PageTitle));
    auto *card = new Card(Card::Padding::Flush);
    card->setOutside(Token::Panel);
    m_state = new StateView(m_editor);
    m_state->setObjectName(u"yaml.state"_s);
    card->body()->addWidget(m_state, 1);
    box->addWidget(card, 1);
    auto *foot = hbox(10);
    if (!place.isEmpty()) {
        auto *go = new Button(place);
        go->setObjectName(u"yaml.place"_s);
        connect(go, &QPushButton::clicked, this, [this] {
            accept();
            emit placeRequested();
        });
        foot->addWidget(go);
    }
    foot->addStretch(1);
    foot->addWidget(m_copy);
    auto *close = new Button(tr("Close"), ButtonVariant::Primary);
    close->setObjectName(u"yaml.close"_s);
    foot->addWidget(close);
    box->addLayout(foot);
    setLayout(box);
    resize(scaled(760), scaled(560));
    m_copy->setRefusal(tr("It is still being read"));
    m_state->setLoading(tr("Reading %1…").arg(title));
    connect(close, &QPushButton::clicked, this, &QDialog::accept);
    connect(m_state, &StateView::triggered, this, [this, title] {
        m_state->setLoading(tr("Reading %1…").arg(title));
        emit retryRequested();
    });
    connect(m_copy, &QPushButton::clicked, this, [this] {
        QApplication::clipboard()->setText(m_editor->text());
        announce(m_copy, tr("Copied"));
    });
    close->setFocus(Qt::OtherFocusReason);
}

void YamlDialog::setYaml(const QString &yaml)
{
    m_editor->setText(yaml);
    m_copy->setRefusal({});
    m_state->setContent();
    m_editor->setFocus(Qt::OtherFocusReason);
}

void YamlDialog::setError(const Error &error)
{
    Error shown = error;
    shown.what = text::safe(error.what);
    shown.why = text::safe(error.why);
    shown.fix = text::safe(error.fix);
    m_state->setError(shown, {{u"again"_s, tr("Try again"), ButtonVariant::Primary}});
}

} // namespace cairn::dialogs
