// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/LaunchPageStart.h"

#include "base/Text.h"
#include "forms/ChoiceField.h"
#include "forms/FieldRow.h"
#include "forms/NumberField.h"
#include "forms/TextFields.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Label.h"
#include "kit/Messages.h"
#include "pages/StartCard.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QResizeEvent>
#include <QVBoxLayout>
#include <algorithm>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using namespace cairn::kit;
using forms::ChoiceField;
using forms::Field;
using forms::NumberField;
using forms::Option;
using forms::QuantityField;
using forms::TextField;
using launch::TemplateParameter;
using Type_ = TemplateParameter::Type;

namespace {

/// In the order of the cards.
constexpr LaunchStart order[] = {LaunchStart::Blank, LaunchStart::Template, LaunchStart::Clone, LaunchStart::Yaml};
const auto beginning = u"-"_s; ///< a job's own, in place of a checkpoint

int placeOf(LaunchStart start)
{
    return static_cast<int>(std::ranges::find(order, start) - std::begin(order));
}

} // namespace

LaunchStartPart::LaunchStartPart(QWidget *parent)
    : QWidget(parent)
{
    setObjectName(u"launch.starts"_s);
    m_former = new Banner;
    m_former->setObjectName(u"launch.former"_s);
    connect(m_former, &Banner::triggered, this, &LaunchStartPart::formerRequested);
    auto *column = vbox(space::cards);
    QWidget *cards = makeCards();
    m_clone = makeClone();
    m_template = makeTemplate();
    m_yaml = makeYaml();
    for (QWidget *part : {static_cast<QWidget *>(m_former), cards, m_clone, m_template, m_yaml})
        column->addWidget(part);
    setLayout(column);
    setTemplates({}, {}, {});
    setFormer(std::nullopt);
    setObjects({});
    setStart(LaunchStart::Blank);
}

QWidget *LaunchStartPart::makeCards()
{
    auto *box = new QWidget;
    box->setObjectName(u"launch.start"_s);
    box->setAccessibleName(tr("Start from"));
    m_cardGrid = new QGridLayout(box);
    m_cardGrid->setContentsMargins(0, 0, 0, 0);
    m_cardGrid->setSpacing(space::row);
    const QStringList titles{tr("Blank"), tr("Template"), tr("Clone of a job"), tr("YAML")};
    const QStringList details{tr("the least that runs"), {}, tr("or of its checkpoint"), tr("paste, open, or drop")};
    const QStringList names{u"blank"_s, u"template"_s, u"clone"_s, u"yaml"_s};
    for (int i = 0; i < titles.size(); ++i) {
        auto *card = new StartCard(titles.at(i), box);
        card->setObjectName(u"launch.start."_s + names.at(i));
        card->setDetail(details.at(i));
        m_cards.append(card);
        // Not toggled(): what the program checks is no wish.
        connect(card, &QAbstractButton::clicked, this, [this, start = order[i]] {
            if (m_start == start && start != LaunchStart::Blank)
                return;
            m_start = start;
            showRows();
            // A clone waits for its job, a template for its parameters; YAML takes the text that is there.
            if (start == LaunchStart::Blank)
                emit startChosen(start, {});
        });
    }
    bindTheme(this, [this] { arrangeCards(); });
    return box;
}

void LaunchStartPart::arrangeCards()
{
    int wide = 0;
    for (const StartCard *card : std::as_const(m_cards))
        wide = std::max(wide, card->sizeHint().width());
    const auto fits = [&](int columns) { return width() >= columns * wide + (columns - 1) * space::row; };
    const int columns = fits(4) ? 4 : fits(2) ? 2 : 1;
    if (columns == m_columns)
        return;
    m_columns = columns;
    for (int i = 0; i < m_cards.size(); ++i) {
        m_cardGrid->addWidget(m_cards.at(i), i / columns, i % columns);
        m_cardGrid->setColumnStretch(i, i < columns ? 1 : 0);
        m_cardGrid->setRowStretch(i, 0);
    }
}

void LaunchStartPart::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    arrangeCards();
}

QWidget *LaunchStartPart::makeClone()
{
    m_source = new ChoiceField(tr("Clone of"));
    m_source->setObjectName(u"launch.source"_s);
    m_source->setPlaceholder(tr("Choose a job…"));
    m_checkpoint = new ChoiceField(tr("Begin at"));
    m_checkpoint->setObjectName(u"launch.checkpoint"_s);
    auto *form = new forms::Form;
    form->addRow(tr("Clone of"), m_source)->setHint(tr("Name, checkpoint folder and lineage are new; all else is taken over."));
    m_checkpointRow = form->addRow(tr("Begin at"), m_checkpoint);
    connect(m_source, &Field::changed, this, [this] {
        m_beginsAt.clear();
        const QString key = m_source->value().toString();
        setCheckpoints({key});
        emit checkpointsWanted(key);
        emit startChosen(LaunchStart::Clone, key);
    });
    connect(m_checkpoint, &Field::changed, this, [this] {
        const QString path = m_checkpoint->value().toString();
        emit checkpointChosen(m_source->value().toString(), path == beginning ? QString() : path);
    });
    return form;
}

QWidget *LaunchStartPart::makeTemplate()
{
    m_templates = new ChoiceField(tr("Template"));
    m_templates->setObjectName(u"launch.template"_s);
    m_templates->setPlaceholder(tr("Choose a template…"));
    connect(m_templates, &Field::changed, this, &LaunchStartPart::chooseTemplate);
    auto *form = new forms::Form;
    m_templateRow = form->addRow(tr("Template"), m_templates);
    m_parameterBox = vbox(0);
    m_use = new Button(tr("Use the template"));
    m_use->setObjectName(u"launch.template.use"_s);
    connect(m_use, &QPushButton::clicked, this, &LaunchStartPart::useTemplate);
    m_templateNotes = new Paragraph({}, Type::Meta, Token::Dim);
    m_templateNotes->setObjectName(u"launch.template.notes"_s);
    auto *act = hbox(10);
    act->addWidget(m_use);
    act->addStretch(1);
    auto *whole = new QWidget;
    auto *column = vbox(space::cards);
    column->addWidget(form);
    column->addLayout(m_parameterBox);
    column->addLayout(act);
    column->addWidget(m_templateNotes);
    column->addWidget(new Line);
    whole->setLayout(column);
    return whole;
}

QWidget *LaunchStartPart::makeYaml()
{
    auto *open = new Button(tr("Open a file…"));
    open->setObjectName(u"launch.open"_s);
    auto *paste = new Button(tr("Paste"));
    paste->setObjectName(u"launch.paste"_s);
    connect(open, &QPushButton::clicked, this, &LaunchStartPart::openFileRequested);
    connect(paste, &QPushButton::clicked, this, &LaunchStartPart::pasteRequested);
    auto *row = hbox(10);
    row->addWidget(open);
    row->addWidget(paste);
    row->addWidget(new Paragraph(tr("Or drop a file anywhere here. The form shows what the text says."), Type::Body, Token::Dim), 1);
    m_objects = new ChoiceField(tr("Job in this text"));
    m_objects->setObjectName(u"launch.objects"_s);
    m_objects->setPlaceholder(tr("Choose the job…"));
    connect(m_objects, &Field::changed, this, [this] { emit objectChosen(m_objects->value().toString().toInt()); });
    auto *form = new forms::Form;
    form->addRow(tr("Job in this text"), m_objects)
        ->setHint(tr("The text holds several objects. One job is made at a time; apply the others with kubectl."));
    m_objectForm = form;
    auto *whole = new QWidget;
    auto *column = vbox(space::cards);
    column->addLayout(row);
    column->addWidget(form);
    whole->setLayout(column);
    return whole;
}

void LaunchStartPart::setStart(LaunchStart start, const QString &source, const QString &checkpoint)
{
    m_start = start;
    m_cards.at(placeOf(start))->setChecked(true);
    m_source->setValue(start == LaunchStart::Clone && !source.isEmpty() ? QVariant(source) : QVariant());
    m_beginsAt = checkpoint;
    setCheckpoints(start == LaunchStart::Clone && source == m_checkpoints.job ? m_checkpoints : LaunchCheckpoints{source});
    m_checkpoint->setValue(checkpoint.isEmpty() ? beginning : checkpoint);
    if (start == LaunchStart::Template && m_templates->value().toString() != source) {
        m_templates->setValue(source.isEmpty() ? QVariant() : QVariant(source));
        chooseTemplate();
    }
    showRows();
}

QString LaunchStartPart::source() const
{
    return m_source->value().toString();
}

void LaunchStartPart::showRows()
{
    m_clone->setVisible(m_start == LaunchStart::Clone);
    m_template->setVisible(m_start == LaunchStart::Template);
    m_yaml->setVisible(m_start == LaunchStart::Yaml || !m_objectForm->isHidden());
    m_checkpointRow->setVisible(!m_source->isEmpty());
}

void LaunchStartPart::setJobs(const QList<LaunchSource> &jobs, bool read)
{
    QList<Option> options;
    for (const LaunchSource &job : jobs)
        options.append({job.key, text::safe(job.name), job.detail, {}});
    m_source->setOptions(options);
    m_source->setRefusal(read && jobs.isEmpty() ? tr("No job was found.") : QString());
}

void LaunchStartPart::setCheckpoints(const LaunchCheckpoints &checkpoints)
{
    m_checkpoints = checkpoints;
    QList<Option> options{{beginning, tr("Its beginning"), tr("step 0"), {}}};
    for (const LaunchCheckpoints::Item &item : checkpoints.items)
        options.append({item.path, item.text, item.detail, item.refusal});
    // It may be gone, or not be read by now: it is what the text says all the same.
    if (!m_beginsAt.isEmpty() && std::ranges::find(options, m_beginsAt, &Option::id) == options.end())
        options.append({m_beginsAt, text::safe(m_beginsAt), {}, {}});
    m_checkpoint->setOptions(options);
    if (m_checkpoint->isEmpty())
        m_checkpoint->setValue(beginning);
    m_checkpointRow->setHint(checkpoints.why.isEmpty() ? tr("A checkpoint is passed to the script as in a resume; the job saves into a folder of its own.")
                                                       : checkpoints.why);
    showRows();
}

void LaunchStartPart::setTemplates(const QList<launch::Template> &templates, const QString &folder, const QStringList &notes)
{
    m_all = templates;
    const auto own = std::ranges::count(templates, false, &launch::Template::builtIn);
    m_cards.at(placeOf(LaunchStart::Template))
        ->setDetail(tr("%1, of them %2 yours", "numbers of templates").arg(templates.size()).arg(own));
    arrangeCards();
    QList<Option> options;
    QStringList lines;
    for (const launch::Template &one : templates) {
        const QString from = one.builtIn ? tr("Cairn's", "a template") : tr("yours", "a template");
        const QString detail = one.kind.isEmpty() ? from : tr("%1 · %2", "kind, origin").arg(text::safe(one.kind), from);
        options.append({one.id, text::safe(one.title), detail, one.broken ? text::safe(one.broken->why) : QString()});
        if (one.broken)
            lines.append(tr("%1 cannot be used: %2", "template, why").arg(text::safe(one.id), [&] {
                QString why = text::safe(one.broken->why.isEmpty() ? one.broken->what : one.broken->why);
                if (!one.broken->causes.isEmpty() && !one.broken->causes.first().field.isEmpty())
                    why = tr("%1 (line %2)", "why, line:column").arg(why, text::safe(one.broken->causes.first().field));
                return one.broken->fix.isEmpty() ? why : why + u' ' + text::safe(one.broken->fix);
            }()));
    }
    lines += notes;
    m_templates->setOptions(options);
    m_templateNotes->setText(lines.join(u'\n'));
    m_templateNotes->setVisible(!lines.isEmpty());
    m_templateRow->setHint(folder.isEmpty() ? QString() : tr("Yours are read from %1; Settings names another folder.").arg(folder));
    if (m_parameters == nullptr || chosen() == nullptr)
        chooseTemplate();
}

const launch::Template *LaunchStartPart::chosen() const
{
    const auto at = std::ranges::find(m_all, m_templates->value().toString(), &launch::Template::id);
    return at == m_all.end() || at->broken ? nullptr : &*at;
}

Field *LaunchStartPart::fieldFor(const TemplateParameter &parameter)
{
    const QString name = text::safe(parameter.title);
    Field *field = nullptr;
    switch (parameter.type) {
    case Type_::Number: {
        auto *number = new NumberField(name, {});
        number->setRange(parameter.least.value_or(-1e15), parameter.most.value_or(1e15));
        number->setDecimals(parameter.preset.contains(u'.') ? 6 : 0);
        if (!parameter.preset.isEmpty())
            number->setValue(parameter.preset.toDouble());
        field = number;
        break;
    }
    case Type_::Quantity:
        field = new QuantityField(name, {}, {});
        field->setValue(parameter.preset);
        break;
    case Type_::Choice:
    case Type_::Bool: {
        auto *choice = new ChoiceField(name);
        QList<Option> options;
        if (parameter.type == Type_::Bool)
            options = {{u"true"_s, tr("Yes"), {}, {}}, {u"false"_s, tr("No"), {}, {}}};
        for (const QString &one : parameter.choices)
            options.append({one, text::safe(one), {}, {}});
        choice->setOptions(options);
        choice->setValue(parameter.preset);
        field = choice;
        break;
    }
    case Type_::Text: {
        auto *line = new TextField(name);
        line->setMono();
        line->setMaxLength(4096);
        line->setValue(parameter.preset);
        field = line;
        break;
    }
    }
    if (parameter.required)
        field->setRequired(tr("The template needs it."));
    field->setObjectName(u"launch.parameter."_s + parameter.name);
    return field;
}

void LaunchStartPart::chooseTemplate()
{
    delete m_parameters;
    m_parameters = nullptr;
    m_fields.clear();
    const launch::Template *one = chosen();
    m_use->setVisible(one != nullptr);
    if (one == nullptr)
        return;
    m_parameters = new forms::Form;
    if (!one->text.isEmpty())
        m_parameters->addWidget(new Paragraph(text::safe(one->text), Type::Body, Token::Dim));
    for (const TemplateParameter &parameter : one->parameters) {
        Field *field = fieldFor(parameter);
        m_parameters->addRow(text::safe(parameter.title), field)->setHint(text::safe(parameter.help));
        m_fields.append({parameter.name, field});
    }
    m_parameterBox->addWidget(m_parameters);
    // From the choice through the parameters to the button.
    QWidget *before = m_templates->focusProxy() ? m_templates->focusProxy() : static_cast<QWidget *>(m_templates);
    for (const auto &[name, field] : std::as_const(m_fields)) {
        QWidget *stop = field->focusProxy() ? field->focusProxy() : static_cast<QWidget *>(field);
        setTabOrder(before, stop);
        before = stop;
    }
    setTabOrder(before, m_use);
}

void LaunchStartPart::useTemplate()
{
    const launch::Template *one = chosen();
    if (one == nullptr || m_parameters == nullptr || m_parameters->revealFirstError())
        return;
    launch::TemplateValues values;
    for (const auto &[name, field] : std::as_const(m_fields)) {
        const QVariant value = field->value();
        values.insert(name, value.metaType() == QMetaType::fromType<double>() ? QString::number(value.toDouble(), 'g', 15) : value.toString());
    }
    emit templateChosen(one->id, values);
}

void LaunchStartPart::setTemplateError(const Error &error)
{
    for (const FieldCause &cause : error.causes) {
        for (const auto &[name, field] : std::as_const(m_fields)) {
            if (name == cause.field)
                field->setError(text::safe(cause.message));
        }
    }
    m_templateNotes->setText(text::safe(error.oneLine()));
    m_templateNotes->show();
}

void LaunchStartPart::setObjects(const QList<launch::Incoming::Object> &objects)
{
    QList<Option> options;
    for (int i = 0; i < objects.size(); ++i) {
        const launch::Incoming::Object &object = objects.at(i);
        const QString kind = object.kind.isEmpty() ? tr("Without a kind", "an object") : text::safe(object.kind);
        options.append({QString::number(i), object.name.isEmpty() ? kind : tr("%1 %2", "kind, name").arg(kind, text::safe(object.name)),
            tr("line %1").arg(object.line), object.isKnown ? QString() : object.why});
    }
    if (options != m_objects->options()) {
        m_objects->setOptions(options);
        m_objects->setValue({});
    }
    m_objectForm->setVisible(objects.size() > 1);
    showRows();
}

void LaunchStartPart::setFormer(const std::optional<LaunchFormer> &former)
{
    if (former)
        m_former->set(Tone::Info, tr("%1 is kept", "what was begun before").arg(former->what), former->how,
            {{u"back"_s, tr("Go back to it"), ButtonVariant::Normal}});
    else
        m_former->clear();
}

} // namespace cairn::pages
