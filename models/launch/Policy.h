// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "launch/Spec.h"

#include <QList>
#include <optional>

namespace cairn::launch {

/// What trains, as far as saving and restoring are concerned.
enum class Framework {
    Contract,    ///< a script that reads the environment contract (CHECKPOINT_DIR and others), as
                 ///< resources/templates/pytorch/train.py
    HuggingFace, ///< transformers' Trainer
    Lightning,   ///< LightningCLI
    Torchtitan,
    Megatron, ///< Megatron-LM
    DeepSpeed,
    Keras,
    TensorFlow, ///< tf.train.CheckpointManager
    Orbax,
    XGBoost,
    Verl,
    Axolotl,
    LlamaFactory,
    MsSwift,
};

/// When training saves, where to, and what is kept. Zero: not by this.
struct Policy {
    Framework framework = Framework::Contract;
    QString folder = {}; ///< in the container, or an address of a bucket
    int everySteps = 0;
    int everyEpochs = 0;
    int everySeconds = 0;
    int keepLast = 0;    ///< 0: all
    int keepEvery = 0;   ///< besides, each one whose step is a multiple of this; 0: none
    bool onTerm = false; ///< save when the pod is told to end
    bool operator==(const Policy &) const = default;
};

/// One thing that is not passed as it was asked for.
struct Remark {
    enum class What {
        Converted, ///< passed as something else, as minutes as steps
        Cannot,    ///< the framework has nothing for it
        NeedsCode, ///< the script has to do it: see `snippet`
        NeedsStep, ///< it could be converted, if it were known how long a step takes
    };
    What what = What::Cannot;
    QString field = {}; ///< of Policy
    QString text = {};  ///< one sentence
    bool operator==(const Remark &) const = default;
};

/// How a policy comes to the training.
struct Passing {
    QStringList args = {};  ///< "--save_steps=500", "trainer.save_freq=500"; each replaces an earlier one of its name
    QStringList drops = {}; ///< names of arguments that must go, as "--save_total_limit"
    QList<Variable> variables = {}; ///< values alone; an empty value takes the variable away
    QList<Remark> remarks = {};
    bool operator==(const Passing &) const = default;
};

const QList<Framework> &frameworks();
QString frameworkName(Framework framework); ///< "Hugging Face Trainer"
QString frameworkWord(Framework framework); ///< "huggingface", as options and JSON say it
std::optional<Framework> frameworkOf(const QString &word);

/// By command, arguments, variables and image; Contract where nothing tells. `sure` is false then, unless the
/// contract's own variables do.
Framework recognise(const Spec &spec, bool *sure = nullptr);

/// `stepSeconds`: how long a step takes, to turn minutes into steps; empty: unknown.
Passing pass(const Policy &policy, std::optional<double> stepSeconds = {});

/// What the job's arguments and variables say already, for its framework.
Policy policyOf(const Spec &spec, Framework framework);

/// `spec` with the policy passed: arguments at the end of those it has, variables in the place of earlier ones.
Spec withPolicy(const Spec &spec, const Passing &passing);

/// `spec` without what pass() wrote for this policy: another framework would not know its arguments.
Spec withoutPolicy(const Spec &spec, const Policy &policy);

/// `spec` saving into another folder; all else of its policy stays.
Spec withFolder(const Spec &spec, Framework framework, const QString &folder);

/// What a script has to hold so that it saves and, in the order newest whole, named, scratch, restores. Python; ends in
/// a line break. Of the contract the lines for PyTorch; empty where arguments do all of it.
QString snippet(Framework framework);
/// True where training begins at step 0 after a restart unless the script holds these lines. Of a script that reads the
/// contract nobody knows it.
bool needsSnippet(Framework framework);

} // namespace cairn::launch
