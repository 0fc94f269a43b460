// SPDX-License-Identifier: GPL-3.0-or-later
// Two steps of LaunchPage: what runs, and with which volumes.
#include "base/Text.h"
#include "forms/ChoiceField.h"
#include "forms/FieldRow.h"
#include "forms/ListFields.h"
#include "forms/TextFields.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Inputs.h"
#include "kit/Label.h"
#include "pages/FlowLayout.h"
#include "pages/LaunchForms.h"
#include "pages/LaunchPage.h"

#include <QHBoxLayout>
#include <QVBoxLayout>
#include <algorithm>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using namespace cairn::kit;
using forms::ChoiceField;
using forms::KeyValue;
using forms::KeyValueField;
using forms::KeyValues;
using forms::LinesField;
using forms::Option;
using forms::TextField;
using launch::Mount;
using launch::Spec;
using launch::Variable;

namespace {

QString originOf(const Variable &variable)
{
    switch (variable.from) {
    case Variable::From::Value: return {};
    case Variable::From::Secret:
        return LaunchPage::tr("Secret %1, key %2").arg(text::safe(variable.object), text::safe(variable.value));
    case Variable::From::ConfigMap:
        return LaunchPage::tr("ConfigMap %1, key %2").arg(text::safe(variable.object), text::safe(variable.value));
    case Variable::From::Other: break;
    }
    return LaunchPage::tr("Set by Kubernetes; change it in the YAML");
}

/// How a TrainingRuntime of the namespace is told from the cluster's; no name has a slash.
QString ownRuntime(const QString &name)
{
    return u"namespace/"_s + name;
}

QVariant shownVariables(const Spec &spec)
{
    KeyValues rows;
    for (const Variable &variable : spec.variables)
        rows.append(
            {variable.name, variable.from == Variable::From::Value ? variable.value : QString(), originOf(variable)});
    return rows.isEmpty() ? QVariant() : QVariant::fromValue(rows);
}

void takeVariables(Spec &spec, const QVariant &value)
{
    QList<Variable> taken;
    for (const KeyValue &row : value.value<KeyValues>()) {
        if (row.key.isEmpty())
            continue;
        if (row.origin.isEmpty()) {
            taken.append({row.key, Variable::From::Value, row.value, {}});
            continue;
        }
        // A reference keeps what it stands for, also under another name.
        const auto same = [&](const Variable &variable) {
            return variable.name == row.key && originOf(variable) == row.origin;
        };
        auto at = std::ranges::find_if(spec.variables, same);
        if (at == spec.variables.end())
            at = std::ranges::find(spec.variables, row.origin, originOf);
        if (at == spec.variables.end())
            continue;
        taken.append(*at);
        taken.last().name = row.key;
    }
    spec.variables = taken;
}

QString shortMode(const QString &mode)
{
    return mode == "ReadWriteMany"_L1   ? u"RWX"_s
        : mode == "ReadOnlyMany"_L1     ? u"ROX"_s
        : mode == "ReadWriteOnce"_L1    ? u"RWO"_s
        : mode == "ReadWriteOncePod"_L1 ? u"RWOP"_s
                                        : text::safe(mode);
}

/// Why pods on `nodes` nodes cannot use the PVC; "" where they can, as far as that is known.
QString refusalOf(const LaunchChoices::Claim &claim, int nodes, bool reads)
{
    if (nodes < 2 || claim.modes.isEmpty() || claim.modes.contains("ReadWriteMany"_L1))
        return {};
    if (claim.modes.contains("ReadOnlyMany"_L1))
        return reads ? QString() : LaunchPage::tr("ReadOnlyMany: nothing can be saved there.");
    return LaunchPage::tr("%1: one node alone can mount it, and the job has %n.", nullptr, nodes)
        .arg(claim.modes.join(u", "_s));
}

Mount *mountOf(Spec &spec, const QString &volume)
{
    const auto at = std::ranges::find(spec.mounts, volume, &Mount::volume);
    return at == spec.mounts.end() ? nullptr : &*at;
}

/// An empty claim takes the mount away.
void mountClaim(Spec &spec, const QString &volume, const QString &claim, const QString &path)
{
    Mount *mount = mountOf(spec, volume);
    if (claim.isEmpty())
        spec.mounts.removeIf([&](const Mount &one) { return one.volume == volume; });
    else if (mount)
        mount->claim = claim;
    else
        spec.mounts.append({volume, claim, path, {}, volume == "data"_L1});
}

} // namespace

void LaunchPage::bind(
    forms::Field *field, std::function<QVariant(const Spec &)> get, std::function<void(Spec &, const QVariant &)> set)
{
    connect(field, &forms::Field::changed, this, [this, field, set] {
        set(m_spec, field->value());
        tell();
    });
    m_bindings.append({field, std::move(get), std::move(set)});
}

ChoiceField *LaunchPage::makeFramework(const QString &name)
{
    auto *field = new ChoiceField(tr("Framework"));
    field->setObjectName(name);
    QList<Option> options;
    for (const launch::Framework framework : launch::frameworks())
        options.append({launch::frameworkWord(framework), launch::frameworkName(framework), {}, {}});
    field->setOptions(options);
    connect(field, &forms::Field::changed, this, [this, field] {
        if (const std::optional<launch::Framework> chosen = launch::frameworkOf(field->value().toString()))
            chooseFramework(*chosen);
    });
    m_frameworks.append(field);
    return field;
}

QWidget *LaunchPage::makeStart()
{
    m_startPart = new LaunchStartPart;
    auto *form = new forms::Form;
    m_name = new TextField(tr("Name"));
    m_name->setObjectName(u"launch.name"_s);
    m_name->setMono();
    m_name->setColumns(28);
    m_name->setMaxLength(63);
    m_name->setRequired(tr("Give the job a name."));
    m_name->setPattern(QRegularExpression(u"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"_s),
        tr("At most 63 lower-case letters, digits and hyphens; a letter or digit at both ends."));
    m_space = new ChoiceField(tr("Namespace"));
    m_space->setObjectName(u"launch.namespace"_s);
    m_nameRow = form->addRow(tr("Name"), m_name);
    m_nameRow->addWords(tr("in", "a namespace"));
    m_nameRow->add(m_space);
    m_nameRow->setHint(tr("At most 63 lower-case letters, digits and hyphens."));
    bind(
        m_name, [](const Spec &spec) { return spec.name; },
        [](Spec &spec, const QVariant &value) { spec.name = value.toString(); });
    bind(
        m_space, [](const Spec &spec) { return spec.ns; },
        [](Spec &spec, const QVariant &value) { spec.ns = value.toString(); });

    m_kindBox = new QWidget;
    new FlowLayout(6, 6, m_kindBox);
    m_kindRow = form->addRow(tr("Kind"));
    m_kindRow->addWidget(m_kindBox);
    m_runtime = new ChoiceField(tr("Runtime"));
    m_runtime->setObjectName(u"launch.runtime"_s);
    m_runtimeRow = form->addRow(tr("Runtime"), m_runtime);
    m_runtimeRow->setHint(
        tr("What a TrainJob is made of: image, command and volumes of the runtime hold where the job says nothing."));
    m_runtimeRow->hide();
    bind(
        m_runtime, [](const Spec &spec) { return spec.ownRuntime ? ownRuntime(spec.runtime) : spec.runtime; },
        [](Spec &spec, const QVariant &value) {
            spec.ownRuntime = value.toString().startsWith(ownRuntime({}));
            spec.runtime = value.toString().mid(spec.ownRuntime ? ownRuntime({}).size() : 0);
        });

    auto *image = new TextField(tr("Image"));
    image->setObjectName(u"launch.image"_s);
    image->setMono();
    image->setMaxLength(1024);
    image->setPlaceholder(u"registry.example/team/image:1.0"_s);
    form->addRow(tr("Image"), image);
    bind(
        image, [](const Spec &spec) { return spec.image; },
        [](Spec &spec, const QVariant &value) { spec.image = value.toString(); });

    form->addRow(tr("Framework"), makeFramework(u"launch.framework"_s))
        ->setHint(tr("It decides how saving and resuming are passed on."));

    auto *command = new TextField(tr("Command"));
    command->setObjectName(u"launch.command"_s);
    command->setMono();
    command->setPlaceholder(u"torchrun train.py"_s);
    form->addRow(tr("Command"), command)
        ->setHint(tr("Left empty, the image's own. Quotes keep blanks together; no shell reads it."));
    bind(
        command, [](const Spec &spec) { return launch::commandLine(spec.command); },
        [](Spec &spec, const QVariant &value) { spec.command = launch::commandWords(value.toString()); });
    auto *args = new LinesField(tr("Arguments"));
    args->setObjectName(u"launch.args"_s);
    form->addRow(tr("Arguments"), args)->setHint(tr("One a line, passed as they are: no shell, no quotes."));
    bind(
        args, [](const Spec &spec) { return spec.args; },
        [](Spec &spec, const QVariant &value) { spec.args = value.toStringList(); });

    m_variables = new KeyValueField(tr("Environment"), tr("Add a variable"));
    m_variables->setObjectName(u"launch.env"_s);
    m_variables->setKeyPattern(QRegularExpression(u"[-._a-zA-Z][-._a-zA-Z0-9]*"_s),
        tr("Letters, digits, _, - and . are allowed, and no digit at the start."));
    auto *secret = new Button(tr("Add from a Secret…"), ButtonVariant::Link, Button::Size::Small);
    secret->setObjectName(u"launch.env.secret"_s);
    m_variables->addOffer(secret);
    auto *variables = form->addRow(tr("Environment"));
    variables->add(m_variables, true);
    bind(m_variables, shownVariables, takeVariables);
    const auto small = [](const QString &name, const QString &id) {
        auto *field = new TextField(name);
        field->setObjectName(id);
        field->setMono();
        field->setColumns(14);
        field->setPlaceholder(name);
        return field;
    };
    m_secretVariable = small(tr("Variable"), u"launch.secret.variable"_s);
    m_secretName = small(tr("Secret"), u"launch.secret.name"_s);
    m_secretKey = small(tr("Key"), u"launch.secret.key"_s);
    auto *add = new Button(tr("Add"), ButtonVariant::Normal, Button::Size::Small);
    add->setObjectName(u"launch.secret.add"_s);
    auto *secretRow = form->addRow(tr("From a Secret"));
    for (TextField *field : {m_secretVariable, m_secretName, m_secretKey})
        secretRow->add(field);
    secretRow->addWidget(add);
    secretRow->setHint(tr("The YAML names the Secret; its value is never read here."));
    m_secretRow = secretRow;
    m_secretRow->hide();
    connect(secret, &QPushButton::clicked, this, [this] {
        m_secretRow->show();
        m_secretVariable->setFocus(Qt::OtherFocusReason);
    });
    connect(add, &QPushButton::clicked, this, &LaunchPage::addSecret);
    m_stepForms.append(form);
    return column({m_startPart, form});
}

void LaunchPage::addSecret()
{
    const QString variable = m_secretVariable->text(), name = m_secretName->text(), key = m_secretKey->text();
    m_secretVariable->setError(variable.isEmpty() ? tr("Name the variable.") : QString());
    m_secretName->setError(name.isEmpty() ? tr("Name the Secret.") : QString());
    m_secretKey->setError(key.isEmpty() ? tr("Name the key in it.") : QString());
    if (variable.isEmpty() || name.isEmpty() || key.isEmpty())
        return;
    m_spec.variables.removeIf([&](const Variable &other) { return other.name == variable; });
    m_spec.variables.append({variable, Variable::From::Secret, key, name});
    for (TextField *field : {m_secretVariable, m_secretName, m_secretKey})
        field->setValue({});
    m_secretRow->hide();
    m_variables->setValue(shownVariables(m_spec));
    tell();
}

void LaunchPage::chooseKind(JobKind kind)
{
    if (kind == m_spec.kind)
        return showKinds(); // a click took its check away
    m_spec.kind = kind;
    showFields();
    tell();
}

void LaunchPage::showKinds()
{
    QList<JobKind> kinds = m_choices.kinds;
    if (!kinds.contains(m_spec.kind))
        kinds.append(m_spec.kind); // of a text
    QStringList names;
    for (const JobKind kind : std::as_const(kinds))
        names.append(kindWord(kind));
    QStringList shown;
    for (const auto &[kind, chip] : std::as_const(m_kinds))
        shown.append(chip->text());
    if (names != shown) {
        for (const auto &[kind, chip] : std::exchange(m_kinds, {})) {
            chip->hide();
            chip->deleteLater();
        }
        for (const JobKind kind : std::as_const(kinds)) {
            auto *chip = new Chip(kindWord(kind));
            chip->setObjectName(u"launch.kind."_s + facts(kind).resource.kind);
            chip->setCheckable(true);
            m_kinds.append({kind, chip});
            m_kindBox->layout()->addWidget(chip);
            chip->show();
            connect(chip, &QAbstractButton::clicked, this, [this, kind] { chooseKind(kind); });
        }
    }
    // Each right behind the namespace, the last one first.
    QWidget *before = m_space->focusProxy() ? m_space->focusProxy() : m_space;
    for (qsizetype i = m_kinds.size(); names != shown && i-- > 0;)
        setTabOrder(before, m_kinds.at(i).second);
    for (const auto &[kind, chip] : std::as_const(m_kinds))
        chip->setChecked(kind == m_spec.kind);
    const bool served = m_choices.kinds.contains(m_spec.kind);
    m_kindRow->setHint(!m_choices.read  ? tr("Reading what the cluster serves…")
            : m_choices.kinds.isEmpty() ? tr("This cluster serves no kind of training job: the YAML can be saved.")
            : !served                   ? tr("%1 is not served here: the YAML can be saved.").arg(kindWord(m_spec.kind))
                      : tr("Served here. Choosing another kind rewrites the YAML; Ctrl Z undoes it."));
    m_runtimeRow->setVisible(facts(m_spec.kind).isTrainJob());
}

void LaunchPage::chooseClaim(const QString &volume, const QString &claim)
{
    const auto role = std::ranges::find(m_roles, volume, &Role::volume);
    if (role == m_roles.end())
        return;
    mountClaim(m_spec, volume, claim, role->folder);
    showFields();
    tell();
}

void LaunchPage::addRole(forms::Form *form, const QString &volume, const QString &caption, const QString &path)
{
    Role role{
        volume, path, new ChoiceField(caption), new TextField(tr("Mount path of %1", "a volume").arg(caption)), nullptr};
    role.claim->setObjectName(u"launch.claim."_s + volume);
    role.claim->setValue(none);
    role.path->setObjectName(u"launch.path."_s + volume);
    role.path->setMono();
    role.path->setColumns(20);
    role.path->setPattern(QRegularExpression(u"/[^:]*"_s), tr("An absolute path in the container."));
    role.row = form->addRow(caption, role.claim);
    role.row->addWords(tr("at", "a mount path"));
    role.row->add(role.path);
    role.make = new Button(tr("Make one…"), ButtonVariant::Normal, Button::Size::Small);
    role.make->setObjectName(u"launch.make."_s + volume);
    role.make->setAccessibleName(tr("Make storage for %1", "a volume").arg(caption));
    connect(role.make, &QPushButton::clicked, this, [this, volume] { emit storageRequested(volume); });
    role.row->addWidget(role.make);
    if (volume != "data"_L1) {
        role.prove = new Button(tr("Test from two nodes…"), ButtonVariant::Normal, Button::Size::Small);
        role.prove->setObjectName(u"launch.prove."_s + volume);
        connect(role.prove, &QPushButton::clicked, this, [this, volume] {
            if (const Mount *mount = mountOf(m_spec, volume))
                emit proofRequested(mount->claim);
        });
        role.row->addWidget(role.prove);
    }
    bind(
        role.claim,
        [volume](const Spec &spec) {
            const auto at = std::ranges::find(spec.mounts, volume, &Mount::volume);
            return orNone(at == spec.mounts.end() ? QString() : at->claim);
        },
        [volume, path](Spec &spec, const QVariant &value) { mountClaim(spec, volume, unlessNone(value), path); });
    bind(
        role.path,
        [volume](const Spec &spec) {
            const auto at = std::ranges::find(spec.mounts, volume, &Mount::volume);
            return at == spec.mounts.end() ? QString() : at->path;
        },
        [volume](Spec &spec, const QVariant &value) {
            if (Mount *mount = mountOf(spec, volume))
                mount->path = value.toString();
        });
    m_roles.append(role);
}

QWidget *LaunchPage::makeStorage()
{
    auto *form = new forms::Form;
    addRole(form, u"data"_s, tr("Data"), u"/data"_s);
    m_roles.last().row->setHint(tr("Mounted read-only: training cannot harm it."));
    addRole(form, u"checkpoints"_s, tr("Checkpoints"), u"/checkpoints"_s);
    m_roles.last().row->setHint(tr("Every node has to reach it, or a job that moves finds nothing to go on from."));
    addRole(form, u"output"_s, tr("Output"), u"/output"_s);
    m_roles.last().row->setHint(tr("For the final model and logs; may be left out."));
    m_otherMounts = new Paragraph({}, Type::Body, Token::Dim);
    m_storageGaps = new Paragraph({}, Type::Body, Token::Dim);
    m_stepForms.append(form);
    return column({form, m_otherMounts, m_storageGaps});
}

void LaunchPage::showClaims()
{
    for (const Role &role : std::as_const(m_roles)) {
        const bool reads = role.volume == "data"_L1;
        const Mount *mount = mountOf(m_spec, role.volume);
        QList<Option> options{
            {none, m_choices.claims.isEmpty() && m_choices.read ? tr("No PVC in this namespace") : tr("None"), {}, {}}};
        QString refused;
        bool known = false;
        std::optional<LaunchChoices::Claim> chosen;
        for (const LaunchChoices::Claim &claim : std::as_const(m_choices.claims)) {
            QStringList detail;
            for (const QString &mode : claim.modes)
                detail.append(shortMode(mode));
            if (!claim.size.isEmpty())
                detail.append(text::safe(claim.size));
            if (!claim.bound)
                detail.append(tr("not bound yet"));
            const QString refusal = refusalOf(claim, m_spec.nodes, reads);
            options.append({claim.name, text::safe(claim.name), detail.join(u" · "_s), refusal});
            if (mount && mount->claim == claim.name) {
                known = true;
                refused = refusal;
                chosen = claim;
            }
        }
        if (mount && !known)
            options.append({mount->claim, text::safe(mount->claim), m_choices.read ? tr("not found") : QString(), {}});
        role.claim->setOptions(options);
        role.claim->setError(refused);
        role.path->setVisible(mount != nullptr);
        role.make->setRefusal(m_choices.makeRefusal);
        if (role.prove == nullptr)
            continue;
        const bool many = chosen && chosen->modes.contains("ReadWriteMany"_L1);
        role.prove->setVisible(many);
        role.prove->setText(many && chosen->proving ? tr("Testing…") : tr("Test from two nodes…"));
        role.prove->setRefusal(many && chosen->proving ? tr("Two nodes write and read it now.") : m_choices.proveRefusal);
        QList<std::pair<Tone, QString>> findings;
        if (many && !chosen->proof.isEmpty())
            findings.append({chosen->shared ? Tone::Ok : Tone::Err, chosen->proof});
        role.row->setFindings(findings);
    }
    QStringList others;
    for (const Mount &mount : std::as_const(m_spec.mounts)) {
        if (std::ranges::none_of(m_roles, [&](const Role &role) { return role.volume == mount.volume; }))
            others.append(tr("%1 at %2", "PVC, path").arg(text::safe(mount.claim), text::safe(mount.path)));
    }
    m_otherMounts->setText(
        others.isEmpty() ? QString() : tr("Also mounted, by the YAML alone: %1", "list").arg(others.join(u", "_s)));
    m_otherMounts->setVisible(!others.isEmpty());
    m_storageGaps->setText(m_choices.gaps.join(u'\n'));
    m_storageGaps->setVisible(!m_choices.gaps.isEmpty());
}

/// What the fields offer, and what they say, by the spec.
void LaunchPage::showFields()
{
    m_filling = true;
    const bool trainJob = facts(m_spec.kind).isTrainJob();
    showKinds();
    m_space->setOptions(named(m_choices.namespaces.contains(m_spec.ns) || m_spec.ns.isEmpty()
            ? m_choices.namespaces
            : m_choices.namespaces + QStringList{m_spec.ns},
        {}));
    QStringList runtimes = m_choices.runtimes;
    QStringList own = m_choices.ownRuntimes;
    QStringList &there = m_spec.ownRuntime ? own : runtimes;
    if (!m_spec.runtime.isEmpty() && !there.contains(m_spec.runtime))
        there.append(m_spec.runtime);
    QList<Option> choices = named(runtimes, {});
    for (const QString &name : std::as_const(own))
        choices.append({ownRuntime(name), text::safe(name), tr("of the namespace"), {}});
    m_runtime->setOptions(choices);
    m_runtime->setRequired(trainJob ? tr("A TrainJob needs a runtime.") : QString());
    showWorkers();
    showClaims();
    fill(m_bindings, m_spec);
    m_filling = false;
}

} // namespace cairn::pages
