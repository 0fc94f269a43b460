// SPDX-License-Identifier: GPL-3.0-or-later
#include "items/CellText.h"

#include "base/Text.h"
#include "jobs/Attempt.h"

#include <QCoreApplication>
#include <QHash>
#include <QTimeZone>
#include <algorithm>
#include <cmath>

namespace cairn::items {

using namespace Qt::StringLiterals;

namespace {
// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::items)
};
} // namespace

QString exactTime(const QDateTime &when)
{
    if (!when.isValid())
        return {};
    const QDateTime local = when.toLocalTime();
    return Words::tr("%1 local, %2 UTC")
        .arg(local.toString(u"yyyy-MM-dd HH:mm:ss"_s), when.toUTC().toString(u"yyyy-MM-dd HH:mm:ss"_s));
}

QString plainNumber(double value)
{
    if (std::abs(value - std::round(value)) < 0.05)
        return text::number(std::llround(value));
    return QString::number(value, 'f', 1);
}

QString formatLabel(const QString &format)
{
    // As their makers write them: the same in every language.
    static const QHash<QString, QString> labels{{u"torch-zip"_s, u"torch zip"_s}, {u"torch-legacy"_s, u"torch legacy"_s},
        {u"dcp"_s, u"DCP"_s}, {u"hf-trainer"_s, u"HF Trainer"_s}, {u"accelerate"_s, u"Accelerate"_s}, {u"deepspeed"_s, u"DeepSpeed"_s},
        {u"megatron"_s, u"Megatron"_s}, {u"tensorflow"_s, u"TensorFlow"_s}, {u"saved-model"_s, u"SavedModel"_s}, {u"keras"_s, u"Keras"_s},
        {u"keras-backup"_s, u"Keras backup"_s}, {u"orbax"_s, u"Orbax"_s}, {u"xgboost"_s, u"XGBoost"_s}, {u"paddle"_s, u"Paddle"_s},
        {u"git-lfs"_s, u"Git LFS"_s}, {u"skyrl"_s, u"SkyRL"_s}, {u"nemo-rl"_s, u"NeMo RL"_s}, {u"veomni"_s, u"VeOmni"_s},
        {u"prime-rl"_s, u"prime-rl"_s}, {u"xtuner"_s, u"XTuner"_s}, {u"llama-factory"_s, u"LLaMA-Factory"_s},
        {u"lightning"_s, u"Lightning"_s}, {u"openrlhf"_s, u"OpenRLHF"_s}, {u"slime"_s, u"slime"_s}, {u"areal"_s, u"AReaL"_s}, {u"nemo"_s, u"NeMo"_s}, {u"automodel"_s, u"NeMo AutoModel"_s},
        {u"flax"_s, u"Flax"_s}, {u"lightgbm"_s, u"LightGBM"_s}, {u"gguf"_s, u"GGUF"_s}, {u"numpy"_s, u"NumPy"_s}, {u"zstd"_s, u"Zstandard"_s},
        {u"msgpack"_s, u"MessagePack"_s}};
    if (const auto label = labels.find(format); label != labels.end())
        return *label;
    return text::safe(format);
}

QString runWord(const Run &run, const Listing &listing)
{
    if (const int attempt = jobs::attemptOf(run.path); attempt > 0) {
        const QString below = run.path.section(u'/', 1);
        const QString word = Words::tr("attempt %1").arg(attempt);
        return below.isEmpty() ? word : word + u'/' + text::safe(below);
    }
    const bool attempts = std::ranges::any_of(listing.runs, [](const Run &other) { return jobs::attemptOf(other.path) > 0; });
    if (run.path == "."_L1)
        return attempts ? Words::tr("attempt %1").arg(1) : QString();
    return text::safe(run.path);
}

} // namespace cairn::items
