// SPDX-License-Identifier: GPL-3.0-or-later
// The workers' step of LaunchPage: on how many nodes it runs, on which, and who lets it in.
#include "forms/ChoiceField.h"
#include "forms/FieldRow.h"
#include "forms/ListFields.h"
#include "forms/NumberField.h"
#include "forms/TextFields.h"
#include "launch/Runtime.h"
#include "pages/LaunchForms.h"
#include "pages/LaunchPage.h"

#include <QRegularExpression>
#include <algorithm>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using forms::ChoiceField;
using forms::KeyValue;
using forms::KeyValueField;
using forms::KeyValues;
using forms::ListField;
using forms::NumberField;
using forms::QuantityField;
using forms::TextField;
using launch::Spec;

namespace {

QVariant shownSelector(const Spec &spec)
{
    KeyValues rows;
    for (auto it = spec.nodeSelector.cbegin(); it != spec.nodeSelector.cend(); ++it)
        rows.append({it.key(), it.value(), {}});
    return rows.isEmpty() ? QVariant() : QVariant::fromValue(rows);
}

void takeSelector(Spec &spec, const QVariant &value)
{
    spec.nodeSelector.clear();
    for (const KeyValue &row : value.value<KeyValues>()) {
        if (!row.key.isEmpty())
            spec.nodeSelector.insert(row.key, row.value);
    }
}

QVariant shownTolerations(const Spec &spec)
{
    QStringList lines;
    for (const launch::Toleration &toleration : spec.tolerations)
        lines.append(launch::tolerationText(toleration));
    return lines.isEmpty() ? QVariant() : QVariant(lines);
}

/// Half a line is none: the field says what is wrong with it.
void takeTolerations(Spec &spec, const QVariant &value)
{
    QList<launch::Toleration> taken;
    for (const QString &line : value.toStringList()) {
        if (const std::optional<launch::Toleration> toleration = launch::tolerationFrom(line))
            taken.append(*toleration);
    }
    spec.tolerations = taken;
}

int whole(const QVariant &value)
{
    return static_cast<int>(std::clamp(value.toDouble(), 0.0, 1e6));
}

QString poolKey(const launch::NodePool *pool)
{
    return pool == nullptr ? QString() : pool->label + u'=' + pool->value;
}

} // namespace

QWidget *LaunchPage::makeWorkers()
{
    auto *form = new forms::Form;
    auto *nodes = new NumberField(tr("Nodes"), tr("pods, one per node"), NumberField::Look::Stepper);
    nodes->setObjectName(u"launch.nodes"_s);
    nodes->setRange(1, 4096);
    form->addRow(tr("Nodes"), nodes);
    bind(
        nodes, [](const Spec &spec) { return double(spec.nodes); },
        [](Spec &spec, const QVariant &value) { spec.nodes = std::max(1, whole(value)); });
    makeElastic(form);
    m_processes = new NumberField(tr("Processes"), tr("in each pod"));
    m_processes->setObjectName(u"launch.processes"_s);
    m_processes->setRange(1, 1024);
    form->addRow(tr("Processes"), m_processes)
        ->setHint(tr("Left empty, the framework decides: mostly one for each GPU."));
    bind(
        m_processes,
        [](const Spec &spec) { return spec.processes > 0 ? QVariant(double(spec.processes)) : QVariant(); },
        [](Spec &spec, const QVariant &value) { spec.processes = whole(value); });
    form->addLine();
    auto *gpus = new NumberField(tr("GPUs"), {}, NumberField::Look::Stepper);
    gpus->setObjectName(u"launch.gpus"_s);
    gpus->setRange(0, 64);
    auto *resource = new TextField(tr("Resource of the GPUs"));
    resource->setObjectName(u"launch.gpuResource"_s);
    resource->setMono();
    resource->setColumns(20);
    auto *gpuRow = form->addRow(tr("GPUs"), gpus);
    gpuRow->addWords(tr("a pod, of", "GPUs; a resource follows"));
    gpuRow->add(resource);
    bind(
        gpus, [](const Spec &spec) { return double(spec.each.gpus); },
        [](Spec &spec, const QVariant &value) { spec.each.gpus = whole(value); });
    bind(
        resource, [](const Spec &spec) { return spec.each.gpu; },
        [](Spec &spec, const QVariant &value) { spec.each.gpu = value.toString(); });
    auto *cpu = new QuantityField(tr("CPU"), {}, tr("CPU"));
    cpu->setObjectName(u"launch.cpu"_s);
    auto *memory = new QuantityField(tr("Memory"), u"Gi"_s, tr("GiB memory"));
    memory->setObjectName(u"launch.memory"_s);
    auto *each = form->addRow(tr("Each pod"), cpu);
    each->add(memory);
    each->setHint(tr("Requests and limits are the same, so that no pod is the first to be evicted."));
    bind(
        cpu, [](const Spec &spec) { return spec.each.cpu; },
        [](Spec &spec, const QVariant &value) { spec.each.cpu = value.toString(); });
    bind(
        memory, [](const Spec &spec) { return spec.each.memory; },
        [](Spec &spec, const QVariant &value) { spec.each.memory = value.toString(); });
    auto *shared = new QuantityField(tr("Shared memory"), u"Gi"_s, tr("GiB"));
    shared->setObjectName(u"launch.sharedMemory"_s);
    form->addRow(tr("Shared memory"), shared)
        ->setHint(
            tr("/dev/shm, for data loaders and NCCL; it counts as memory. Left empty, the runtime gives 64 MiB."));
    bind(
        shared, [](const Spec &spec) { return spec.sharedMemory; },
        [](Spec &spec, const QVariant &value) { spec.sharedMemory = value.toString(); });
    form->addLine();
    m_queue = new ChoiceField(tr("Queue"));
    m_queue->setObjectName(u"launch.queue"_s);
    form->addRow(tr("Queue"), m_queue)->setHint(tr("A LocalQueue of Kueue, which lets all pods in at once."));
    bind(
        m_queue, [](const Spec &spec) { return orNone(spec.queue); },
        [](Spec &spec, const QVariant &value) { spec.queue = unlessNone(value); });
    m_priority = new ChoiceField(tr("Priority"));
    m_priority->setObjectName(u"launch.priority"_s);
    form->addRow(tr("Priority"), m_priority);
    bind(
        m_priority, [](const Spec &spec) { return orNone(spec.priorityClass); },
        [](Spec &spec, const QVariant &value) { spec.priorityClass = unlessNone(value); });
    for (ChoiceField *field : {m_queue, m_priority})
        field->setValue(none);
    makeGang(form);
    makePlacement(form);
    form->addLine();
    m_retries = new NumberField(tr("Tries"), tr("until it fails"));
    m_retries->setObjectName(u"launch.retries"_s);
    m_retries->setRange(0, 100'000);
    m_retriesRow = form->addRow(tr("Tries"), m_retries);
    bind(
        m_retries,
        [](const Spec &spec) { return spec.backoffLimit ? QVariant(double(*spec.backoffLimit)) : QVariant(); },
        [](Spec &spec, const QVariant &value) {
            spec.backoffLimit = value.isValid() ? std::optional(whole(value)) : std::nullopt;
        });
    auto *secrets = new ListField(tr("Pull secrets"), tr("Add a Secret"));
    secrets->setObjectName(u"launch.pullSecrets"_s);
    secrets->setPattern(QRegularExpression(u"[a-z0-9]([-.a-z0-9]*[a-z0-9])?"_s), tr("The name of a Secret."));
    secrets->setUnique(tr("It is named twice."));
    auto *secretsRow = form->addRow(tr("Pull secrets"));
    secretsRow->add(secrets, true);
    secretsRow->setHint(tr("Secrets of the namespace by which the image is pulled."));
    m_pullSecrets = secrets;
    bind(
        secrets, [](const Spec &spec) { return spec.pullSecrets.isEmpty() ? QVariant() : QVariant(spec.pullSecrets); },
        [](Spec &spec, const QVariant &value) { spec.pullSecrets = value.toStringList(); });
    m_stepForms.append(form);
    return column({form});
}

/// Between how many nodes torchrun goes on.
void LaunchPage::makeElastic(forms::Form *form)
{
    const auto number = [](const QString &name, const QString &unit, const QString &id, double least) {
        auto *field = new NumberField(name, unit);
        field->setObjectName(id);
        field->setRange(least, 4096);
        return field;
    };
    auto *least = number(tr("Fewest nodes"), {}, u"launch.elastic.least"_s, 1);
    auto *most = number(tr("Most nodes"), tr("nodes"), u"launch.elastic.most"_s, 1);
    auto *restarts = number(tr("Restarts of the processes"), tr("restarts"), u"launch.elastic.restarts"_s, 0);
    m_elasticRow = form->addRow(tr("Elastic"), least);
    m_elasticRow->addWords(tr("to", "between the fewest and the most nodes"));
    m_elasticRow->add(most);
    m_elasticRow->add(restarts);
    m_elasticRow->setHint(tr("torchrun goes on while so many nodes are there. Left empty, it needs all of them."));
    m_elastic = {least, most, restarts};
    bind(
        least, [](const Spec &spec) { return spec.elastic ? QVariant(double(spec.elastic->least)) : QVariant(); },
        [](Spec &spec, const QVariant &value) {
            if (!value.isValid()) {
                spec.elastic.reset();
                return;
            }
            if (!spec.elastic)
                spec.elastic = launch::Elastic{1, std::max(spec.nodes, whole(value)), launch::Elastic().restarts};
            spec.elastic->least = whole(value);
            spec.elastic->most = std::max(spec.elastic->most, spec.elastic->least);
        });
    bind(
        most, [](const Spec &spec) { return spec.elastic ? QVariant(double(spec.elastic->most)) : QVariant(); },
        [](Spec &spec, const QVariant &value) {
            if (spec.elastic && value.isValid())
                spec.elastic->most = std::max(whole(value), spec.elastic->least);
        });
    bind(
        restarts,
        [](const Spec &spec) { return spec.elastic ? QVariant(double(spec.elastic->restarts)) : QVariant(); },
        [](Spec &spec, const QVariant &value) {
            if (spec.elastic && value.isValid())
                spec.elastic->restarts = whole(value);
        });
}

/// Pods that start together or not at all, where no Kueue lets them in.
void LaunchPage::makeGang(forms::Form *form)
{
    m_volcanoQueue = new ChoiceField(tr("Volcano queue"));
    m_volcanoQueue->setObjectName(u"launch.volcanoQueue"_s);
    m_volcanoQueue->setValue(none);
    m_together = new NumberField(tr("Pods that start together"), tr("pods at once"));
    m_together->setObjectName(u"launch.together"_s);
    m_together->setRange(1, 4096);
    m_gangRow = form->addRow(tr("Volcano queue"), m_volcanoQueue);
    m_gangRow->add(m_together);
    m_gangRow->setHint(tr("Where the operator makes pod groups. Left empty, all pods start together."));
    bind(
        m_volcanoQueue, [](const Spec &spec) { return orNone(spec.volcanoQueue); },
        [](Spec &spec, const QVariant &value) { spec.volcanoQueue = unlessNone(value); });
    bind(
        m_together, [](const Spec &spec) { return spec.together > 0 ? QVariant(double(spec.together)) : QVariant(); },
        [](Spec &spec, const QVariant &value) { spec.together = whole(value); });
}

/// A pool is a label with a name that people know; the selector below holds it with all others.
void LaunchPage::makePlacement(forms::Form *form)
{
    m_pool = new ChoiceField(tr("Node pool"));
    m_pool->setObjectName(u"launch.pool"_s);
    m_pool->setValue(none);
    m_poolRow = form->addRow(tr("Node pool"), m_pool);
    bind(
        m_pool, [this](const Spec &spec) { return orNone(poolKey(poolOf(spec))); },
        [this](Spec &spec, const QVariant &value) { choosePool(spec, unlessNone(value)); });
    auto *selector = new KeyValueField(tr("Node selector"), tr("Add a label"));
    selector->setObjectName(u"launch.selector"_s);
    auto *selectorRow = form->addRow(tr("Node selector"));
    selectorRow->add(selector, true);
    selectorRow->setHint(tr("Only nodes with all of these labels are used."));
    bind(selector, shownSelector, takeSelector);
    auto *tolerations = new ListField(tr("Tolerations"), tr("Add a toleration"));
    tolerations->setObjectName(u"launch.tolerations"_s);
    tolerations->setPattern(
        QRegularExpression(u"([A-Za-z0-9][-A-Za-z0-9_./]*(=[-A-Za-z0-9_.]*)?)?(:(NoSchedule|NoExecute|PreferNoSchedule))?"_s),
        tr("KEY, KEY=VALUE, or either with :NoSchedule, :NoExecute or :PreferNoSchedule."));
    auto *tolerationsRow = form->addRow(tr("Tolerations"));
    tolerationsRow->add(tolerations, true);
    tolerationsRow->setHint(tr("Taints that do not keep its pods away, such as nvidia.com/gpu:NoSchedule."));
    bind(tolerations, shownTolerations, takeTolerations);
}

/// Of the pools that the selector names, the first that is known here.
const launch::NodePool *LaunchPage::poolOf(const Spec &spec) const
{
    const auto at = std::ranges::find_if(m_choices.pools,
        [&](const launch::NodePool &pool) { return spec.nodeSelector.value(pool.label) == pool.value; });
    return at == m_choices.pools.end() ? nullptr : &*at;
}

/// Another pool takes the place of the one before, with what its taints ask for.
void LaunchPage::choosePool(Spec &spec, const QString &key)
{
    if (const launch::NodePool *before = poolOf(spec)) {
        spec.nodeSelector.remove(before->label);
        spec.tolerations.removeIf([&](const launch::Toleration &one) { return before->taints.contains(one); });
    }
    const auto at =
        std::ranges::find(m_choices.pools, key, [](const launch::NodePool &pool) { return poolKey(&pool); });
    if (at == m_choices.pools.end())
        return;
    spec.nodeSelector.insert(at->label, at->value);
    for (const launch::Toleration &taint : at->taints) {
        if (!spec.tolerations.contains(taint))
            spec.tolerations.append(taint);
    }
}

/// What the step's fields offer, and which of them the kind has no place for.
void LaunchPage::showWorkers()
{
    const auto orThere = [](QStringList names, const QString &there) {
        if (!there.isEmpty() && !names.contains(there))
            names.append(there);
        return names;
    };
    m_queue->setOptions(named(orThere(m_choices.queues, m_spec.queue),
        m_choices.queues.isEmpty() && m_choices.read ? tr("None here") : tr("None")));
    m_priority->setOptions(named(orThere(m_choices.priorities, m_spec.priorityClass), tr("Default")));
    m_volcanoQueue->setOptions(named(orThere(m_choices.volcanoQueues, m_spec.volcanoQueue), tr("None")));
    QList<forms::Option> pools{{none, tr("Any"), {}, {}}};
    for (const launch::NodePool &pool : std::as_const(m_choices.pools)) {
        QString detail = tr("%n node(s)", nullptr, pool.nodes);
        if (pool.gpus > 0)
            detail += u" · "_s + tr("%n GPU(s)", nullptr, static_cast<int>(pool.gpus));
        pools.append({poolKey(&pool), text::safe(poolKey(&pool)), detail, {}});
    }
    m_pool->setOptions(pools);
    m_poolRow->setVisible(!m_choices.pools.isEmpty());
    m_gangRow->setVisible(
        !m_choices.volcanoQueues.isEmpty() || !m_spec.volcanoQueue.isEmpty() || m_spec.together > 0);

    const QStringList off = [this] {
        Spec all = m_spec;
        all.processes = 1;
        all.priorityClass = u"x"_s;
        all.backoffLimit = 1;
        all.volcanoQueue = u"x"_s;
        all.together = 1;
        all.pullSecrets = QStringList{u"x"_s};
        all.elastic = launch::Elastic();
        return launch::placeless(all, m_choices.fields);
    }();
    const QString kind = kindWord(m_spec.kind);
    const QString noPlace = tr("A %1 has no place for it.").arg(kind);
    const QString runtimes = tr("A %1 takes it from its runtime.").arg(kind);
    const auto refuse = [&](forms::Field *field, const QString &name, const QString &why) {
        field->setRefusal(off.contains(name) ? why : QString());
    };
    refuse(m_processes, u"processes"_s, noPlace);
    refuse(m_priority, u"priorityClass"_s, runtimes);
    refuse(m_retries, u"backoffLimit"_s, runtimes);
    refuse(m_volcanoQueue, u"volcanoQueue"_s, runtimes);
    refuse(m_together, u"together"_s, noPlace);
    refuse(m_pullSecrets, u"pullSecrets"_s, noPlace);
    m_elasticRow->setVisible(!off.contains("elastic"_L1));
    m_elastic[1]->setVisible(m_spec.elastic.has_value());
    m_elastic[2]->setVisible(m_spec.elastic.has_value());
    m_retriesRow->setHint(!facts(m_spec.kind).isTrainJob()
            ? tr("Of all pods together: when a node dies, several of them end.")
            : launch::needsRuntime(m_spec, m_choices.fields).isEmpty()
            ? tr("Of the whole job. A TrainingRuntime of its own is made for it, the second document of the YAML.")
            : tr("Of the whole job, by the TrainingRuntime that is made with it: the second document of the YAML."));
}

} // namespace cairn::pages
