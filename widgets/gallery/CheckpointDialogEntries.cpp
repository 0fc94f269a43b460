// SPDX-License-Identifier: GPL-3.0-or-later
#include "dialogs/CompareDialog.h"
#include "dialogs/VerifyDialog.h"
#include "gallery/PageEntries.h"
#include "kit/StateView.h"

namespace cairn::gallery {

using namespace Qt::StringLiterals;
using dialogs::CompareDialog;
using dialogs::VerifyDialog;

namespace {

constexpr qint64 gib = 1LL << 30;

template <class Dialog>
Dialog *inPlace(Dialog *dialog)
{
    dialog->setWindowFlags(Qt::Widget);
    return dialog;
}

VerifyDialog *verifyDialog()
{
    return new VerifyDialog({u"step 4\u202f500"_s, u"llama3-8b-sft-r2/checkpoint-4500"_s, 119 * gib, 32,
                             u"A helper Job mounts the PVC read-only and is gone a minute later. What needs no look at single bytes is summed up there."_s, {}});
}

Verification verification()
{
    Verification v;
    v.path = u"llama3-8b-sft-r2/checkpoint-4500"_s;
    v.at = cannedNow().addSecs(-240);
    v.result = FullRead::Damaged;
    v.reason = u"global_step4500/zero_pp_rank_2_mp_rank_00_optim_states.pt: entry archive/data/17, bytes 4194368 to 8388671: its CRC-32 does not match."_s;
    v.bytes = v.read = 119 * gib;
    v.checksummed = 104 * gib;
    v.otherFiles = 3;
    v.otherBytes = 12'000;
    const auto file = [&](const QString &name, FullRead result, qint64 bytes, const QString &reason) {
        v.files.append({u"llama3-8b-sft-r2/checkpoint-4500/"_s + name, result, bytes, bytes, result == FullRead::Held ? 0 : bytes, reason});
    };
    file(u"global_step4500/mp_rank_00_model_states.pt"_s, FullRead::Proved, 15 * gib, u"the CRC-32 of all 324 entries holds"_s);
    file(u"global_step4500/zero_pp_rank_0_mp_rank_00_optim_states.pt"_s, FullRead::Proved, 11 * gib, u"the CRC-32 of all 12 entries holds"_s);
    file(u"global_step4500/zero_pp_rank_1_mp_rank_00_optim_states.pt"_s, FullRead::Proved, 11 * gib, u"the CRC-32 of all 12 entries holds"_s);
    file(u"global_step4500/zero_pp_rank_2_mp_rank_00_optim_states.pt"_s, FullRead::Damaged, 11 * gib,
         u"entry archive/data/17, bytes 4194368 to 8388671: its CRC-32 does not match"_s);
    file(u"model-00001-of-00004.safetensors"_s, FullRead::Held, 4 * gib,
         u"header, places, shapes and types of 82 tensors hold, and all of it could be read; the format has no checksums"_s);
    file(u"trainer_state.json"_s, FullRead::Held, 14'200, u"valid JSON to its end"_s);
    return v;
}

ckpt::Comparison comparison()
{
    ckpt::Contents a;
    a.checkpoint = cannedCheckpoint(4000, 480, Verdict::Whole);
    a.checkpoint.path = u"llama3-8b-sft/checkpoint-4000"_s;
    a.checkpoint.bytes = 119 * gib;
    a.checkpoint.files = 32;
    a.files = {{u"global_step<step>/zero_pp_rank_5_mp_rank_00_optim_states.pt"_s, 11 * gib}, {u"model-00001-of-00004.safetensors"_s, 4 * gib}, {u"trainer_state.json"_s, 14'000}};
    for (int layer = 0; layer < 12; ++layer)
        a.tensors.append({u"model.layers.%1.self_attn.q_proj.weight"_s.arg(layer, 2, 10, QLatin1Char('0')), {4096, 4096}, u"BF16"_s});
    ckpt::Contents b = a;
    b.checkpoint = cannedCheckpoint(4500, 30, Verdict::Damaged);
    b.checkpoint.path = u"llama3-8b-sft-r2/checkpoint-4500"_s;
    b.checkpoint.bytes = 108 * gib;
    b.checkpoint.files = 31;
    b.files = {{u"model-00001-of-00004.safetensors"_s, 4 * gib + 65'536}, {u"trainer_state.json"_s, 14'000}};
    a.tensors.append({u"model.layers.rotary_emb.inv_freq"_s, {64}, u"F32"_s});
    for (ckpt::Contents *one : {&a, &b}) {
        const bool first = one == &a;
        one->tensors.prepend({u"lm_head.weight"_s, {first ? 128'256 : 128'264, 4096}, u"BF16"_s});
        one->tensors.append({u"model.norm.weight"_s, {4096}, first ? u"BF16"_s : u"F32"_s});
    }
    return ckpt::compare(a, b);
}

CompareDialog *compareDialog()
{
    return new CompareDialog(u"step 4\u202f000"_s, u"step 4\u202f500"_s);
}

} // namespace

void registerCheckpointDialogs(kit::GalleryRegistry &registry)
{
    const QSize verifySize(820, 520);
    const QSize compareSize(960, 640);
    registry.add({u"dialog.verify"_s, u"Read a checkpoint fully?"_s, [] { return inPlace(verifyDialog()); }, {verifySize}});
    registry.add({u"dialog.verify.running"_s, u"A checkpoint is being read fully"_s,
                  [] {
                      auto *shown = verifyDialog();
                      shown->setRunning({u"llama3-8b-sft-r2/checkpoint-4500/global_step4500/zero_pp_rank_2_mp_rank_00_optim_states.pt"_s, 7, 32, 49 * gib, 119 * gib}, std::chrono::seconds(125));
                      shown->findChild<kit::StateView *>()->showPending();
                      return inPlace(shown);
                  },
                  {verifySize}});
    registry.add({u"dialog.verify.damaged"_s, u"A full read found damage"_s,
                  [] {
                      auto *shown = verifyDialog();
                      shown->setResult(verification(), cannedNow());
                      return inPlace(shown);
                  },
                  {verifySize}});
    registry.add({u"dialog.compare"_s, u"Two checkpoints side by side"_s,
                  [] {
                      auto *shown = compareDialog();
                      shown->setComparison(comparison(), cannedNow());
                      return inPlace(shown);
                  },
                  {compareSize}});
    registry.add({u"dialog.compare.same"_s, u"Two checkpoints without differences"_s,
                  [] {
                      auto *shown = compareDialog();
                      const ckpt::Comparison two = comparison();
                      shown->setComparison(ckpt::compare(two.a, two.a), cannedNow());
                      return inPlace(shown);
                  },
                  {compareSize}});
    registry.add({u"dialog.compare.error"_s, u"Two checkpoints that could not be read"_s,
                  [] {
                      auto *shown = compareDialog();
                      shown->setError(cannedError());
                      return inPlace(shown);
                  },
                  {compareSize}});
}

} // namespace cairn::gallery
