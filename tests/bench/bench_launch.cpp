// SPDX-License-Identifier: GPL-3.0-or-later
// How long the launch wizard takes from a keystroke until form, text, problems, differences and points are shown, without a
// server: a key in the text (text → spec → form), and one in the form (form → text). Of a job as people write it, and of one
// with a thousand variables. QT_QPA_PLATFORM=offscreen.   bench_launch [rounds] [schema.yaml]

#include "base/Translation.h"
#include "kit/Theme.h"
#include "launch/Draft.h"
#include "launch/Review.h"
#include "manifest/Diff.h"
#include "manifest/Schema.h"
#include "manifest/Yaml.h"
#include "pages/LaunchPage.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QFile>
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <vector>

using namespace Qt::StringLiterals;
using namespace cairn;
using pages::LaunchPage;
using pages::LaunchResult;

namespace {

manifest::Schema schemaOf(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("%s cannot be read", qPrintable(path));
    const Result<QJsonValue> crd = manifest::fromYaml(file.readAll());
    const Result<manifest::Schema> schema = manifest::Schema::fromCrd(crd ? crd->toObject() : QJsonObject(), u"v1"_s);
    if (!schema)
        qFatal("%s", qPrintable(schema.error().oneLine()));
    return *schema;
}

QByteArray jobOf(int variables)
{
    launch::Spec spec;
    spec.name = u"bert-xl-2"_s;
    spec.ns = u"nlp"_s;
    spec.image = u"ghcr.example/nlp/bert:2.1"_s;
    spec.command = {u"torchrun"_s, u"train.py"_s};
    spec.args = {u"--model_name=bert-large-uncased"_s, u"--max_steps=120000"_s, u"--bf16=true"_s};
    for (int i = 0; i < variables; ++i)
        spec.variables.append({u"VARIABLE_%1"_s.arg(i), launch::Variable::From::Value, u"value %1"_s.arg(i), {}});
    spec.nodes = 4;
    spec.processes = 8;
    spec.each = {u"96"_s, u"512Gi"_s, u"nvidia.com/gpu"_s, 8};
    spec.sharedMemory = u"64Gi"_s;
    spec.mounts = {{u"data"_s, u"corpus-en"_s, u"/data"_s, {}, true}, {u"checkpoints"_s, u"ckpt-fast"_s, u"/ckpt"_s, {}, false}};
    spec.restartPolicy = u"OnFailure"_s;
    spec.backoffLimit = 24;
    spec.graceSeconds = 180;
    const launch::Policy policy{.framework = launch::Framework::HuggingFace, .folder = u"/ckpt/bert-xl-2"_s, .everySteps = 500, .keepLast = 5};
    const Result<QJsonObject> job = launch::newJob(launch::withPolicy(spec, launch::pass(policy)));
    if (!job)
        qFatal("%s", qPrintable(job.error().oneLine()));
    return launch::textOf(*job);
}

struct Stage {
    const char *name;
    std::vector<double> times = {};
    void add(double ms) { times.push_back(ms); }
    double median()
    {
        std::ranges::sort(times);
        return times[times.size() / 2];
    }
    double longest() const { return *std::ranges::max_element(times); }
};

/// What follows from a change, as the controller's flow works it out, and the points that the server is not needed for.
std::shared_ptr<LaunchResult> workOut(const QByteArray &text, const launch::Spec *before, const launch::Spec *after, const manifest::Schema &schema,
                                      const QByteArray &base)
{
    auto result = std::make_shared<LaunchResult>();
    result->draft = launch::draftOf(text);
    if (after) {
        const Result<launch::Draft> draft = launch::edited(result->draft, *before, *after);
        if (!draft)
            qFatal("%s", qPrintable(draft.error().oneLine()));
        result->draft = *draft;
    }
    result->findings = manifest::validate(manifest::Document::read(result->draft.text), schema);
    result->checked = true;
    result->diff = manifest::diffText(QString::fromUtf8(base), QString::fromUtf8(result->draft.text));
    const launch::Around around;
    if (launch::expertPoints(result->draft.job, result->draft.framework, around).isEmpty()
        || launch::safetyNet(result->draft.job, result->draft.framework, around).isEmpty())
        qFatal("no points");
    return result;
}

void measure(const char *event, const QByteArray &base, const manifest::Schema &schema, int rounds)
{
    LaunchPage page;
    page.resize(1072, 774);
    page.show();
    pages::LaunchChoices choices;
    choices.read = true;
    choices.kinds = {JobKind::PyTorchJob};
    page.setChoices(choices);
    page.setResult(workOut(base, nullptr, nullptr, schema, base), page.spec());
    page.showStep(3);
    // What was asked to be laid out and painted is, at once; all of the page, which is more than a key changes.
    const auto paint = [&page] {
        QApplication::sendPostedEvents();
        page.repaint();
    };
    paint();
    Stage text{"text"}, form{"form"}, shown{"shown"}, processor{"processor"};
    for (int i = 0; i < rounds; ++i) {
        const bool typed = i % 2 == 0;
        // Every other keystroke is in the image of the text, the others in the name of the form.
        QByteArray changed = base;
        changed.replace("bert:2.1", "bert:2.1" + QByteArray::number(i));
        if (typed) {
            page.setText(changed);
            paint();
        }
        const launch::Spec before = page.spec();
        launch::Spec after = before;
        after.name = u"bert-xl-%1"_s.arg(i);
        const std::clock_t begun = std::clock();
        QElapsedTimer clock;
        clock.start();
        const auto result = typed ? workOut(changed, nullptr, nullptr, schema, base) : workOut(page.text(), &before, &after, schema, base);
        const double worked = static_cast<double>(clock.nsecsElapsed()) / 1e6;
        page.setResult(result, before);
        paint();
        const double all = static_cast<double>(clock.nsecsElapsed()) / 1e6;
        (typed ? text : form).add(all);
        shown.add(all - worked);
        processor.add(static_cast<double>(std::clock() - begun) * 1e3 / CLOCKS_PER_SEC);
    }
    std::printf("{\"event\":\"%s\",\"lines\":%lld", event, static_cast<long long>(base.count('\n')));
    for (Stage *stage : {&text, &form, &shown, &processor})
        std::printf(",\"%s\":%.1f,\"%sLongest\":%.1f", stage->name, stage->median(), stage->name, stage->longest());
    std::printf("}\n");
}

} // namespace

int main(int argc, char **argv)
{
    QApplication app(argc, argv);
    installTranslation(QLocale(u"en"_s));
    kit::Theme::install(app, kit::ThemeMode::Light);
    const int rounds = argc > 1 ? std::max(2, std::atoi(argv[1])) : 40;
    const manifest::Schema schema = schemaOf(argc > 2 ? QString::fromLocal8Bit(argv[2]) : QStringLiteral(CAIRN_SCHEMA));
    measure("launch", jobOf(2), schema, rounds);
    measure("launchLarge", jobOf(1000), schema, rounds);
}
