// SPDX-License-Identifier: GPL-3.0-or-later
#include "dialogs/VolumeDialog.h"

#include "base/Text.h"
#include "editors/CodeEditor.h"
#include "forms/FieldRow.h"
#include "forms/TextFields.h"
#include "kit/Announce.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Inputs.h"
#include "kit/Label.h"
#include "kit/Messages.h"

#include <QHBoxLayout>
#include <QScrollArea>
#include <QVBoxLayout>
#include <algorithm>

namespace cairn::dialogs {

using namespace Qt::StringLiterals;
using namespace cairn::kit;
using storage::VolumeField;
using storage::VolumeKind;

namespace {

const auto existing = u"existing"_s;
const auto newClass = u"class"_s;

CheckItem item(CheckItem::State state, const QString &text, const QString &detail)
{
    CheckItem one;
    one.id = text;
    one.state = state;
    one.text = text;
    one.detail = detail;
    return one;
}

} // namespace

VolumeDialog::VolumeDialog(const QString &ns, const QString &name, QWidget *parent)
    : QDialog(parent)
    , m_ns(ns)
    , m_chosenWay(existing)
{
    setObjectName(u"volume"_s);
    setWindowTitle(tr("New storage in %1", "namespace").arg(text::safe(ns)));
    setSizeGripEnabled(true);
    paintBackground(this, Token::Panel);
    auto *halves = hbox(space::cards);
    halves->addWidget(makeForm(), 5);
    halves->addWidget(makePreview(), 4);
    m_items = new CheckList;
    m_items->setObjectName(u"volume.checks"_s);
    m_items->hide();
    m_state = new Paragraph({}, Type::Body, Token::Dim);
    m_state->setObjectName(u"volume.state"_s);
    auto *box = vbox(12);
    box->setContentsMargins(22, 20, 22, 18);
    box->addWidget(new ElidedLabel(windowTitle(), Type::PageTitle));
    box->addLayout(halves, 1);
    box->addWidget(m_items);
    box->addWidget(m_state);
    box->addLayout(makeFoot());
    setLayout(box);
    resize(scaled(1040), scaled(680));
    m_name->setValue(name);
    fillKinds();
    m_kind->setValue(u"class"_s);
    chooseKind();
    m_kind->setFocus(Qt::OtherFocusReason);
}

VolumeDialog::~VolumeDialog() = default;

QWidget *VolumeDialog::makeForm()
{
    m_kind = new forms::ChoiceField(tr("Kind"));
    m_kind->setObjectName(u"volume.kind"_s);
    m_way = new forms::ChoiceField(tr("Storage"));
    m_way->setObjectName(u"volume.way"_s);
    m_way->setOptions({{existing, tr("is there already"), {}, {}}, {newClass, tr("is made by a new StorageClass"), {}, {}}});
    m_way->setValue(existing);
    m_name = new forms::TextField(tr("Name"));
    m_name->setObjectName(u"volume.name"_s);
    m_name->setMono();
    m_name->setRequired(tr("It needs a name."));
    m_size = new forms::QuantityField(tr("Size"), u"Gi"_s, tr("GiB"));
    m_size->setObjectName(u"volume.size"_s);
    auto *form = new forms::Form;
    form->addRow(tr("Kind"), m_kind);
    m_wayRow = form->addRow(tr("Storage"), m_way);
    m_about = new Paragraph({}, Type::Body, Token::Dim);
    m_about->setObjectName(u"volume.about"_s);
    form->addWidget(m_about);
    form->addRow(tr("Name"), m_name);
    m_sizeRow = form->addRow(tr("Size"), m_size);
    m_place = vbox(0);
    auto *column = vbox(space::row);
    column->setContentsMargins(0, 0, 8, 0);
    column->addWidget(form);
    column->addLayout(m_place);
    column->addStretch(1);
    auto *content = new QWidget;
    content->setLayout(column);
    connect(m_kind, &forms::Field::changed, this, &VolumeDialog::chooseKind);
    connect(m_way, &forms::Field::changed, this, [this] {
        m_chosenWay = m_way->value().toString();
        chooseKind();
    });
    for (forms::Field *field : {static_cast<forms::Field *>(m_name), static_cast<forms::Field *>(m_size)})
        connect(field, &forms::Field::changed, this, &VolumeDialog::edited);
    return scrollDown(content);
}

QWidget *VolumeDialog::makePreview()
{
    m_yaml = new editors::CodeEditor(tr("What would be made"));
    m_yaml->setObjectName(u"volume.yaml"_s);
    m_yaml->setLineNumbersShown(false);
    auto *card = new Card(Card::Padding::Flush);
    card->setOutside(Token::Panel);
    card->body()->addWidget(m_yaml, 1);
    return card;
}

QLayout *VolumeDialog::makeFoot()
{
    m_save = new Button(tr("Save the YAML…"));
    m_takeBack = new Button(tr("Take it back"), ButtonVariant::Danger);
    m_cancel = new Button(tr("Cancel"));
    m_try = new Button(tr("Dry run"));
    m_make = new Button(tr("Make it"), ButtonVariant::Primary);
    for (const auto &[button, name] : {std::pair{m_save, u"save"_s}, std::pair{m_takeBack, u"takeBack"_s}, std::pair{m_cancel, u"cancel"_s}, std::pair{m_try, u"try"_s}, std::pair{m_make, u"make"_s}}) {
        button->setObjectName(u"volume."_s + name);
        button->setAutoDefault(false);
    }
    connect(m_save, &QPushButton::clicked, this, [this] { emit saveRequested(m_yaml->text()); });
    connect(m_takeBack, &QPushButton::clicked, this, &VolumeDialog::takeBackRequested);
    connect(m_cancel, &QPushButton::clicked, this, [this] {
        if (m_stage == Stage::Making)
            emit stopRequested();
        else
            reject();
    });
    connect(m_try, &QPushButton::clicked, this, [this] {
        if (m_form->revealFirstError() || !m_name->isValid())
            return;
        emit tryRequested();
    });
    connect(m_make, &QPushButton::clicked, this, &VolumeDialog::makeRequested);
    auto *foot = hbox(10);
    foot->addWidget(m_save);
    foot->addStretch(1);
    foot->addWidget(m_takeBack);
    foot->addWidget(m_cancel);
    foot->addWidget(m_try);
    foot->addWidget(m_make);
    return foot;
}

bool VolumeDialog::byClass() const
{
    return m_way->value().toString() == newClass;
}

/// A kind that cannot be made here stays in its place and says why.
void VolumeDialog::fillKinds()
{
    QList<forms::Option> options;
    for (const VolumeKind &kind : storage::volumeKinds()) {
        QStringList why;
        for (const auto &[possible, key] : {std::pair{kind.existing, kind.id}, std::pair{kind.byClass, kind.id + u"/class"_s}}) {
            if (possible)
                why.append(m_offers.obstacles.value(key));
        }
        const bool none = !why.isEmpty() && std::ranges::none_of(why, &QString::isEmpty);
        options.append({kind.id, kind.title, m_offers.drivers.value(kind.id, kind.driver), none ? why.first() : QString()});
    }
    m_kind->setOptions(options);
}

void VolumeDialog::setOffers(const VolumeOffers &offers)
{
    m_offers = offers;
    fillKinds();
    chooseKind();
}

void VolumeDialog::chooseKind()
{
    const std::optional<VolumeKind> kind = storage::volumeKind(m_kind->value().toString());
    if (!kind)
        return;
    const bool both = kind->existing && kind->byClass;
    m_wayRow->setVisible(both);
    m_way->setValue(both ? m_chosenWay : kind->byClass ? newClass : existing);
    const QString obstacle = m_offers.obstacles.value(byClass() ? kind->id + u"/class"_s : kind->id);
    m_way->setError(both ? obstacle : QString());
    m_about->setText(kind->about);
    m_sizeRow->setVisible(kind->claims);
    m_size->setHint(kind->size == VolumeKind::Size::Ignored ? tr("Not enforced; may be left out.") : QString());
    m_size->setRequired(kind->size == VolumeKind::Size::Real && kind->claims ? tr("It needs a size.") : QString());

    m_fields.clear();
    m_secrets.clear();
    m_withSecret = nullptr;
    clearLayout(m_place);
    m_form = new forms::Form;
    for (const VolumeField &field : storage::volumeFields(kind->id, byClass())) {
        forms::Field *made = nullptr;
        const bool offered = kind->id == "class"_L1 && field.id == "class"_L1 && m_offers.read && !m_offers.classes.isEmpty();
        if (field.takes == VolumeField::Takes::Choice || offered) {
            auto *choice = new forms::ChoiceField(field.caption);
            QList<forms::Option> options = m_offers.classes;
            if (!offered) {
                options.clear();
                for (const QString &one : field.choices)
                    options.append({one, one, {}, {}});
            }
            choice->setOptions(options);
            choice->setPlaceholder(tr("Choose…"));
            choice->setValue(m_typed.value(field.id, offered ? QString() : field.choices.value(0)));
            made = choice;
        } else {
            auto *line = new forms::TextField(field.caption);
            line->setMono();
            line->setMaxLength(1024);
            line->setPlaceholder(field.example);
            line->setValue(m_typed.value(field.id, field.id == "driver"_L1 ? m_offers.drivers.value(kind->id) : QString()));
            made = line;
        }
        made->setObjectName(u"volume.field."_s + field.id);
        made->setHint(field.hint);
        if (field.needed)
            made->setRequired(tr("%1 is needed.").arg(field.caption));
        m_form->addRow(field.caption, made);
        m_fields.append({field.id, made});
        connect(made, &forms::Field::changed, this, [this, id = field.id, made] {
            m_typed.insert(id, made->value().toString());
            edited();
        });
    }
    if (!kind->secret.isEmpty()) {
        m_withSecret = new Check(tr("Make the Secret too"));
        m_withSecret->setObjectName(u"volume.withSecret"_s);
        m_withSecret->setChecked(kind->id == "s3-keys"_L1);
        m_withSecret->setVisible(kind->id != "s3-keys"_L1);
        m_form->addWidget(m_withSecret);
        auto *values = new forms::Form;
        for (const storage::SecretKey &key : kind->secret) {
            if (!key.field.isEmpty())
                continue;
            auto *secret = new forms::SecretField(key.key);
            secret->setObjectName(u"volume.secret."_s + key.key);
            values->addRow(key.key, secret);
            m_secrets.append({key.key, secret});
            connect(secret, &forms::Field::changed, this, &VolumeDialog::edited);
        }
        values->setVisible(m_withSecret->isChecked());
        m_form->addWidget(values);
        connect(m_withSecret, &QCheckBox::toggled, this, [this, values](bool on) {
            values->setVisible(on);
            edited();
        });
    }
    m_place->addWidget(m_form);
    edited();
}

storage::VolumeSpec VolumeDialog::spec() const
{
    storage::VolumeSpec spec;
    spec.kind = m_kind->value().toString();
    spec.name = m_name->value().toString();
    spec.ns = m_ns;
    spec.byClass = byClass();
    spec.size = m_size->value().toString();
    for (const auto &[id, field] : m_fields) {
        if (!field->isEmpty())
            spec.values.insert(id, field->value().toString());
    }
    spec.makesSecret = m_withSecret && m_withSecret->isChecked();
    return spec;
}

QMap<QString, Secret> VolumeDialog::secrets() const
{
    QMap<QString, Secret> values;
    for (const auto &[key, field] : m_secrets) {
        if (m_withSecret && m_withSecret->isChecked() && !field->isEmpty())
            values.insert(key, Secret(field->value().toString().toUtf8()));
    }
    return values;
}

/// The text follows every key; what is wrong stands at its field.
void VolumeDialog::edited()
{
    const storage::VolumeSpec now = spec();
    const QList<storage::VolumeRefusal> refused = storage::refusals(now);
    for (const auto &[id, field] : m_fields) {
        const auto wrong = std::ranges::find(refused, id, &storage::VolumeRefusal::field);
        // What is only missing is said when somebody has been there.
        field->setError(wrong != refused.end() && !field->isEmpty() ? wrong->text + u' ' + wrong->fix : QString());
    }
    const auto at = [&](const QString &id, forms::Field *field) {
        const auto wrong = std::ranges::find(refused, id, &storage::VolumeRefusal::field);
        field->setError(wrong != refused.end() && !field->isEmpty() ? wrong->text + u' ' + wrong->fix : QString());
    };
    at(u"name"_s, m_name);
    at(u"size"_s, m_size);
    const Result<storage::Volume> volume = storage::volumeOf(now);
    m_yaml->setText(volume ? QString::fromUtf8(storage::textOf(*volume)) : u"# "_s + refused.first().text + u'\n');
    m_accepted = false;
    m_items->hide();
    enter(Stage::Editing);
    const QString why = volume ? QString() : refused.first().text;
    const bool lacksValue = now.makesSecret && secrets().size() < m_secrets.size();
    const QString lacking = lacksValue ? tr("A value of the Secret is missing.") : QString();
    m_save->setRefusal(why);
    m_try->setRefusal(why.isEmpty() ? lacking : why);
}

void VolumeDialog::enter(Stage stage)
{
    m_stage = stage;
    const bool busy = stage == Stage::Trying || stage == Stage::Making;
    const bool over = stage == Stage::Made;
    for (QWidget *field : {static_cast<QWidget *>(m_kind), static_cast<QWidget *>(m_way), static_cast<QWidget *>(m_name), static_cast<QWidget *>(m_size), static_cast<QWidget *>(m_form)})
        field->setEnabled(!busy && !over && !m_canTakeBack);
    m_takeBack->setVisible(stage == Stage::Failed && m_canTakeBack);
    m_cancel->setText(stage == Stage::Making ? tr("Stop") : over || m_canTakeBack ? tr("Close") : tr("Cancel"));
    m_try->setVisible(!over && !m_canTakeBack);
    m_make->setVisible(!over && !m_canTakeBack);
    if (busy)
        m_try->setRefusal(tr("It is under way."));
    m_make->setRefusal(m_accepted && stage == Stage::Tried ? QString() : busy ? tr("It is under way.") : tr("The server's dry run comes first."));
    if (stage == Stage::Editing)
        m_state->setText(m_offers.gaps.join(u' '));
}

void VolumeDialog::setTrying()
{
    enter(Stage::Trying);
    m_state->setToken(Token::Dim);
    m_state->setText(tr("The server tries it; nothing is made."));
}

void VolumeDialog::showItems(const VolumeTrial &trial)
{
    using State = CheckItem::State;
    QList<CheckItem> items;
    if (trial.error)
        items.append(item(State::Err, text::safe(trial.error->what), text::safe(trial.error->why + u' ' + trial.error->fix).trimmed()));
    for (const storage::VolumeRefusal &one : trial.refused)
        items.append(item(State::Err, one.text, one.fix));
    for (const change::Note &one : trial.problems)
        items.append(item(State::Err, one.text, one.fix));
    for (const change::Check &one : trial.checks) {
        if (one.state == change::Check::State::Fail)
            items.append(item(State::Err, one.text, one.fix));
    }
    for (const change::Note &one : trial.warnings)
        items.append(item(State::Warn, one.text, one.fix));
    if (trial.accepted)
        items.append(item(State::Ok, tr("The server would make all of it."), {}));
    m_items->setItems(items);
    m_items->setVisible(!items.isEmpty());
}

void VolumeDialog::setTrial(const VolumeTrial &trial)
{
    m_accepted = trial.accepted;
    showItems(trial);
    m_try->setRefusal({});
    enter(Stage::Tried);
    m_state->setText(trial.accepted ? tr("Nothing was made yet.") : tr("It was not made."));
    (trial.accepted ? m_make : m_try)->setFocus(Qt::OtherFocusReason);
}

void VolumeDialog::setMaking(const QString &latest)
{
    enter(Stage::Making);
    m_state->setToken(Token::Dim);
    m_state->setText(latest.isEmpty() ? tr("It is being made.") : latest);
}

void VolumeDialog::setMade(const QString &text, bool failed, bool canTakeBack)
{
    m_canTakeBack = failed && canTakeBack;
    m_accepted = false;
    m_try->setRefusal({});
    enter(failed ? Stage::Failed : Stage::Made);
    m_state->setToken(failed ? Token::Err : Token::Text);
    m_state->setText(text);
    announce(m_state, text);
    m_cancel->setFocus(Qt::OtherFocusReason);
}

} // namespace cairn::dialogs
